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
