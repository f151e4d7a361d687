"""Rows that the tables of several roles hold."""

from tests.access.rows import May

OF_A_PROJECT = {"aws:ResourceTag/sagemaker:project-id": "p-team"}


def launches(
    *,
    account: str,
    owners: tuple[str, ...] = ("hub",),
    elsewhere: tuple[str, ...] = (),
    updates: bool,
    why: str,
) -> tuple[May, ...]:
    """To find a product, fill in the form, launch it, and follow the launch.

    Args:
        account: Where it is launched.
        owners: The accounts that own the products.
        elsewhere: Accounts whose products are out of reach.
        updates: Whether what was launched may be updated.
        why: Who does it.
    """
    return (
        May(
            actions="servicecatalog: DescribeProduct DescribeProvisioningArtifact "
            "DescribeProvisioningParameters ListLaunchPaths ListProvisioningArtifacts ProvisionProduct",
            on=tuple(f"catalog:{owner}:product/prod-abcdefghijklm" for owner in owners),
            not_on=(
                f"catalog:{owners[0]}:portfolio/port-abcdefghijklm",
                *(f"catalog:{other}:product/prod-abcdefghijklm" for other in elsewhere),
            ),
            why=why,
        ),
        May(
            actions="servicecatalog: DescribeProductView GetProvisionedProductOutputs SearchProducts",
            on=("*",),
            why=why,
        ),
        May(
            actions="cloudformation: GetTemplateSummary",
            on=("*",),
            why="The form's fields are the template's parameters.",
        ),
        May(
            actions="s3: GetObject",
            on=("s3::sc-templates-of-aws/template.json",),
            only_if={"s3:ExistingObjectTag/servicecatalog:provisioning": "true"},
            not_on=("s3::sc-templates-of-aws",),
            why="GetTemplateSummary reads the template in a bucket of Service Catalog.",
        ),
        May(
            actions="servicecatalog: DescribeProvisionedProduct DescribeRecord ListRecordHistory "
            "ScanProvisionedProducts SearchProvisionedProducts TerminateProvisionedProduct"
            + (" UpdateProvisionedProduct" if updates else ""),
            on=("*",),
            only_if={"servicecatalog:roleLevel": "self"},
            why=f"{why} What others have launched is theirs.",
        ),
        May(
            actions="cloudformation: DescribeStackEvents DescribeStacks ListStackResources",
            on=(f"cloudformation:{account}:stack/SC-1-pp-2/3",),
            not_on=(
                f"cloudformation:{account}:stack/mlplatform-registry/1",
                "cloudformation:prod:stack/SC-1-pp-2/3",
            ),
            why="Whoever launches sees how it goes, and why it failed.",
        ),
    )


def opens_studio(
    *, account: str, profile: str, other: str, key: str, not_key: str, key_alias: str | None = None
) -> tuple[May, ...]:
    """To open Studio under the person's own profile, and to keep private spaces there.

    Args:
        account: The account of the domain.
        profile: The profile.
        other: Somebody else's.
        key: The domain's key.
        not_key: Another key.
        key_alias: The alias by which alone the role knows the key.
    """
    elsewhere = "hub" if account == "dev" else "dev"
    profiles = f"arn:aws:sagemaker:{{region}}:{{{account}}}:user-profile/d-1"
    spaces = (f"sagemaker:{account}:app/d-1/space/jupyterlab/default", f"sagemaker:{account}:space/d-1/space")
    alias = {"kms:ResourceAliases": [key_alias]} if key_alias else {}
    return (
        May(
            actions="sagemaker: CreatePresignedDomainUrl DescribeUserProfile",
            on=(f"sagemaker:{account}:user-profile/d-1/{profile}",),
            not_on=(f"sagemaker:{account}:user-profile/d-1/{other}",),
            why="Studio opens with the person's own profile.",
        ),
        May(
            actions="sagemaker: DescribeApp DescribeDomain DescribeSpace",
            on=(*spaces, f"sagemaker:{account}:domain/d-1"),
            not_on=(f"sagemaker:{elsewhere}:domain/d-1",),
            why="Studio shows its domain and spaces.",
        ),
        May(
            actions="sagemaker: CreateApp CreateSpace DeleteApp DeleteSpace UpdateSpace",
            on=spaces,
            given={"sagemaker:OwnerUserProfileArn": f"{profiles}/{profile}"},
            only_if={"sagemaker:SpaceSharingType": "Private"},
            unless=({"sagemaker:OwnerUserProfileArn": f"{profiles}/{other}"},),
            not_on=(f"sagemaker:{elsewhere}:space/d-1/space",),
            why="Each works in private spaces of their own.",
        ),
        May(
            actions="sagemaker: AddTags",
            on=spaces,
            only_if={"sagemaker:TaggingAction": "CreateApp"},
            not_on=(f"sagemaker:{account}:domain/d-1",),
            why="Studio tags apps as it creates them.",
        ),
        May(
            actions="sagemaker: AddTags",
            on=spaces,
            only_if={"sagemaker:TaggingAction": "CreateSpace"},
            why="Studio tags spaces as it creates them.",
        ),
        May(
            actions="kms: CreateGrant",
            on=(key,),
            only_if={"kms:GrantIsForAWSResource": "true", **alias},
            not_on=(not_key,),
            why="Volumes of spaces are encrypted under a grant.",
        ),
        May(
            actions="kms: DescribeKey GenerateDataKeyWithoutPlaintext",
            on=(key,),
            only_if=alias,
            not_on=(not_key,),
            why="Volumes of spaces are encrypted with the domain's key.",
        ),
    )


def reads_build_logs(account: str) -> tuple[May, ...]:
    """To read what builds print.

    Args:
        account: Where they run.
    """
    group = f"logs:{account}:log-group:/aws/codebuild/mlplatform-build-p-team"
    return (
        May(
            actions="logs: DescribeLogStreams FilterLogEvents",
            # AWS documents both forms.
            on=(group, f"{group}:log-stream:"),
            not_on=(f"logs:{account}:log-group:payroll", f"logs:{account}:log-group:payroll:log-stream:"),
            why="A failed build tells its reason there.",
        ),
        May(
            actions="logs: GetLogEvents",
            on=(f"{group}:log-stream:1",),
            not_on=(f"logs:{account}:log-group:payroll:log-stream:1",),
            why="A failed build tells its reason there.",
        ),
    )
