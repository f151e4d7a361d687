"""What the platform engineer sees of the platform in operation; nothing of it changes anything."""

from base.grants.runs import READ_LOGS
from base.settings import Settings
from portfolios.permissions import Statement
from portfolios.template_values import ACCOUNT


def look(settings: Settings) -> tuple[Statement, ...]:
    """The statements that show stacks, the accounts made ready, alarms, logs, and what the portfolios hold.

    Stack sets of a delegated administrator belong to the management account, and CloudFormation asks whether
    the caller may know the delegated administrators
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html).

    Args:
        settings: What the adopter decided.
    """
    names, region = settings.names, settings.region
    here = f"{region}:{ACCOUNT}"
    stacks = (
        names.accounts_stack,
        names.foundation_stack,
        names.platform_engineer_stack,
        names.portfolios_stack,
        names.registry_stack,
    )
    return (
        Statement(
            sid="StacksAreWatched",
            actions=(
                "cloudformation:DescribeEvents",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStackResources",
                "cloudformation:DescribeStacks",
                "cloudformation:GetTemplate",
                "cloudformation:ListStackResources",
            ),
            resources=tuple(f"arn:aws:cloudformation:{here}:stack/{stack}/*" for stack in stacks),
        ),
        Statement(
            sid="StackSetsAreWatched",
            actions=(
                "cloudformation:DescribeStackInstance",
                "cloudformation:DescribeStackSet",
                "cloudformation:DescribeStackSetOperation",
                "cloudformation:ListStackInstances",
                "cloudformation:ListStackSetOperationResults",
                "cloudformation:ListStackSetOperations",
            ),
            resources=tuple(
                f"arn:aws:cloudformation:{region}:{account}:stackset/{name}:*"
                for account in (settings.accounts.management, ACCOUNT)
                for name in sorted(settings.stack_sets)
            ),
        ),
        Statement(
            sid="AlarmsAreWatched",
            # A list of alarms is asked for with this very ARN.
            actions=("cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"),
            resources=(f"arn:aws:cloudwatch:{here}:alarm:*",),
        ),
        Statement(
            sid="LogsAreRead",
            actions=READ_LOGS,
            resources=tuple(
                f"arn:aws:logs:{here}:log-group:{group}{names.prefix}-*"
                for group in ("", "/aws/codebuild/", "/aws/lambda/")
            ),
        ),
        Statement(
            sid="ProductsAreSeen",
            actions=(
                "servicecatalog:DescribePortfolio",
                "servicecatalog:DescribeProductAsAdmin",
                "servicecatalog:DescribeProvisioningArtifact",
                "servicecatalog:ListPortfolioAccess",
                "servicecatalog:ListPrincipalsForPortfolio",
                "servicecatalog:ListProvisioningArtifacts",
            ),
            # AWS chooses the ids of portfolios and products.
            resources=tuple(f"arn:aws:catalog:{here}:{kind}/*" for kind in ("portfolio", "product")),
        ),
        Statement(
            sid="ListsKnowNoResources",
            actions=(
                "cloudformation:ListStackSets",
                "cloudformation:ListStacks",
                "cloudwatch:GetMetricData",
                "cloudwatch:ListMetrics",
                "logs:DescribeLogGroups",
                "organizations:ListDelegatedAdministrators",
                "servicecatalog:DescribeConstraint",
                "servicecatalog:ListConstraintsForPortfolio",
                "servicecatalog:ListOrganizationPortfolioAccess",
                "servicecatalog:SearchProductsAsAdmin",
            ),
            resources=("*",),
        ),
    )
