"""The role under which a product is launched: what its template needs, and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.limits import INLINE_POLICIES, MANAGED_POLICIES, MANAGED_POLICY
from base.roles import Permission, explain_wildcards, service_principal
from base.settings import Settings
from portfolios.permissions import derive
from portfolios.resource_types import PermissionsError
from portfolios.statements import Statement, document, size
from portfolios.template_values import ACCOUNT
from products.discovery import folder
from products.product import Product, Template

DERIVED = "derived"
"""What the inline policy of such a role is called."""


class DerivedRole(Construct):
    """A role with derived permissions: inline as long as they fit, and else in managed policies.

    Attributes:
        role: The role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        role_name: str,
        description: str,
        trusts: iam.IPrincipal,
        statements: Sequence[Statement],
    ) -> None:
        """Define the role.

        Args:
            scope: The parent.
            construct_id: Its id below the parent.
            role_name: The name of the role.
            description: What the role is for.
            trusts: Who may assume it.
            statements: What it allows.

        Raises:
            PermissionsError: If the statements fit no role.
        """
        super().__init__(scope, construct_id)
        account = cdk.Stack.of(self).account
        inline, managed = fit(statements)
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name,
            description=description,
            assumed_by=trusts,
            inline_policies={DERIVED: document(inline, account)} if inline else None,
        )
        _explain(self.role, inline, account)
        for number, part in enumerate(managed, start=1):
            policy = iam.ManagedPolicy(
                self,
                f"Policy{number}",
                managed_policy_name=f"{role_name}-{number}",
                description=description,
                document=document(part, account),
            )
            _explain(policy, part, account)
            self.role.add_managed_policy(policy)


class LaunchRole(DerivedRole):
    """The role of a product's launch constraint.

    It trusts two services, for the two ways in which a template is launched: Service Catalog assumes it for
    a launch constraint, CloudFormation assumes it for a project created from a template in S3
    (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html).
    Nobody else may assume it, and no statement lets it change itself. All launches of the product in an
    account share it: docs/launch_roles.md tells what keeps them apart, and what cannot.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        role_name: str,
        product_name: str,
        templates: Sequence[Template],
        region: str,
        product_tag: str,
    ) -> None:
        """Define the role.

        Args:
            scope: The parent.
            construct_id: Its id below the parent.
            role_name: The name of the role.
            product_name: What the catalog calls the product.
            templates: The templates of all versions on offer; none where the role only has to exist.
            region: The Region in which it is launched.
            product_tag: The key of the tag by which a template tells its product.

        Raises:
            PermissionsError: If the role cannot be derived, or would hold more than a role can.
        """
        super().__init__(
            scope,
            construct_id,
            role_name=role_name,
            description=(
                f"Launches the product {product_name}"
                if templates
                else f"Lets a launch constraint name it; {product_name} is not launched here"
            ),
            trusts=iam.CompositePrincipal(
                iam.ServicePrincipal("servicecatalog.amazonaws.com"),
                service_principal("cloudformation"),
            ),
            statements=(
                (*_service_catalog(region), *derive(*templates, region=region, product_tag=product_tag))
                if templates
                else ()
            ),
        )


def add_launch_role(
    scope: Construct,
    construct_id: str,
    *,
    settings: Settings,
    product: Product,
    templates: Sequence[Template],
) -> LaunchRole:
    """Define the launch role of a product under the name that its launch constraint knows.

    Args:
        scope: The parent.
        construct_id: Its id below the parent.
        settings: What the adopter decided.
        product: The product.
        templates: The templates of its versions on offer; none where it is not launched.

    Raises:
        PermissionsError: If the role cannot be derived from a template; with the product's folder.
    """
    try:
        return LaunchRole(
            scope,
            construct_id,
            role_name=settings.names.launch_role(product.identifier),
            product_name=product.name,
            templates=templates,
            region=settings.region,
            product_tag=settings.names.product_tag,
        )
    except PermissionsError as error:
        raise PermissionsError(f"{folder(product)}: {error}") from error


def _service_catalog(region: str) -> tuple[Statement, ...]:
    """What Service Catalog does under a launch role besides the product's own resources.

    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/getstarted-launchconstraint.html; the names
    of its stacks begin with ``SC-``.
    """
    return (
        Statement(
            sid="ServiceCatalogStacks",
            actions=(
                "cloudformation:CreateStack",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStacks",
                "cloudformation:SetStackPolicy",
                "cloudformation:TagResource",
                "cloudformation:UntagResource",
                "cloudformation:UpdateStack",
            ),
            resources=(f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/SC-*",),
        ),
        # Both read a template that belongs to no stack yet.
        Statement(
            sid="TemplatesBelongToNoStack",
            actions=("cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"),
            resources=("*",),
        ),
        # The template's copy is in a bucket of the service, whose name is not published.
        Statement(
            sid="TemplateCopyInBucketOfServiceCatalog",
            actions=("s3:GetObject",),
            resources=("arn:aws:s3:::*/*",),
            condition=(("StringEquals", "s3:ExistingObjectTag/servicecatalog:provisioning", ("true",)),),
        ),
    )


def fit(statements: Sequence[Statement]) -> tuple[list[Statement], list[list[Statement]]]:
    """Distribute statements over the policies of one role.

    Args:
        statements: All that the role allows.

    Returns:
        The statements of an inline policy, and those of each managed policy; one of both is empty.

    Raises:
        PermissionsError: If not even managed policies hold them.
    """
    if size(statements) <= INLINE_POLICIES.maximum:
        return list(statements), []
    policies: list[list[Statement]] = [[]]
    for statement in _halved(statements):
        if size([*policies[-1], statement]) > MANAGED_POLICY.maximum:
            policies.append([])
        policies[-1].append(statement)
    if len(policies) > MANAGED_POLICIES.maximum:
        raise PermissionsError(
            f"The template needs {size(statements):,} characters of policy, and a role holds "
            f"{MANAGED_POLICIES.maximum} managed policies of {MANAGED_POLICY.maximum:,}: "
            "split the product in two."
        )
    return [], policies


def _halved(statements: Iterable[Statement]) -> list[Statement]:
    """Split each statement that fits no policy alone, by its resources or else by its actions."""
    fitting: list[Statement] = []
    for statement in statements:
        if size([statement]) <= MANAGED_POLICY.maximum:
            fitting.append(statement)
            continue
        part = "resources" if len(statement.resources) > len(statement.actions) else "actions"
        values = getattr(statement, part)
        middle = len(values) // 2
        if not middle:
            raise PermissionsError(f"The statement {statement.sid} fits no policy: shorten its names.")
        halves = (("A", values[:middle]), ("B", values[middle:]))
        fitting += _halved(
            replace(statement, **{"sid": f"{statement.sid}{mark}", part: half}) for mark, half in halves
        )
    return fitting


def _explain(construct: Construct, statements: Iterable[Statement], account: str) -> None:
    """Give the reason of each wildcard where the gates look for it."""
    explain_wildcards(
        construct,
        [
            Permission(
                actions=statement.actions,
                resources=tuple(arn.replace(ACCOUNT, account) for arn in statement.resources),
                because="These actions know no resources."
                if statement.resources == ("*",)
                else "Only a launch decides the rest: a project's name and id, or an id that AWS generates.",
            )
            for statement in statements
        ],
    )
