"""What Service Catalog, and the forms of its console and of Studio, ask of whoever launches products."""

from base.grants.reasons import NOTHING_NARROWER
from base.pseudo_parameters import PARTITION, REGION
from base.roles import Permission, arn


def launching(*, owners: tuple[str, ...], updates: bool) -> list[Permission]:
    """To find a product, fill in its form, launch it under its launch constraint, and follow the launch.

    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/permissions-examples.html; what the forms
    read besides is in AWS's own AmazonSageMakerFullAccess and AWSServiceCatalogEndUserFullAccess, with which
    `tests/access` compares.

    Args:
        owners: The accounts that own the products: the hub, and where Service Catalog asks for them so, the
            account itself.
        updates: Whether to update what was launched, too.
    """
    return [
        Permission(
            actions=(
                "servicecatalog:DescribeProduct",
                "servicecatalog:DescribeProvisioningArtifact",
                "servicecatalog:DescribeProvisioningParameters",
                "servicecatalog:ListLaunchPaths",
                "servicecatalog:ListProvisioningArtifacts",
                "servicecatalog:ProvisionProduct",
            ),
            resources=tuple(f"arn:{PARTITION}:catalog:{REGION}:{owner}:product/*" for owner in owners),
            because="AWS chooses the products' ids; the principals of the portfolio decide.",
        ),
        Permission(
            actions=(
                # The form's parameters, of a template that belongs to no stack yet.
                "cloudformation:GetTemplateSummary",
                "servicecatalog:DescribeProductView",
                "servicecatalog:GetProvisionedProductOutputs",
                "servicecatalog:SearchProducts",
            ),
            resources=("*",),
            because=NOTHING_NARROWER,
        ),
        Permission(
            actions=("s3:GetObject",),
            resources=(f"arn:{PARTITION}:s3:::*/*",),
            conditions={"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
            because="GetTemplateSummary reads the template in a bucket of Service Catalog, whose name is not "
            "published; the tag marks what the service has put there.",
        ),
        Permission(
            actions=(
                "servicecatalog:DescribeProvisionedProduct",
                "servicecatalog:DescribeRecord",
                "servicecatalog:ListRecordHistory",
                "servicecatalog:ScanProvisionedProducts",
                "servicecatalog:SearchProvisionedProducts",
                "servicecatalog:TerminateProvisionedProduct",
                *(("servicecatalog:UpdateProvisionedProduct",) if updates else ()),
            ),
            resources=("*",),
            conditions={"StringEquals": {"servicecatalog:roleLevel": "self"}},
            because=f"{NOTHING_NARROWER} The condition keeps to what the role itself has launched.",
        ),
        Permission(
            actions=(
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStacks",
                "cloudformation:ListStackResources",
            ),
            resources=(arn("cloudformation", "stack/SC-*"),),
            because="A launch tells how it goes, and why it failed, in its stack, whose id AWS chooses.",
        ),
    ]
