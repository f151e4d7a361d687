"""The roles of an account that launches products, besides those of the domain and of projects."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.shared import launches

_ADMINISTRATORS = tuple(
    Table(
        role="ml-administrator",
        account=account,
        may=launches(
            account=account,
            owners=("hub", "dev"),
            updates=True,
            why="The domain is launched by the account's ML administrator.",
        ),
        may_not=(
            MayNot(
                actions="servicecatalog: CreateConstraint AssociateProductWithPortfolio AcceptPortfolioShare",
                on=(f"catalog:{account}:portfolio/port-abcdefghijklm",),
                why="What is offered is the platform engineer's to decide.",
            ),
            MayNot(
                actions="iam: PassRole CreateRole",
                on=(
                    f"iam:{account}:role/mlplatform-launch-studio-domain",
                    f"iam:{account}:role/mlplatform-data-scientist",
                ),
                why="The launch role is used by Service Catalog alone.",
            ),
            MayNot(
                actions="cloudformation: CreateStack UpdateStack DeleteStack",
                on=(f"cloudformation:{account}:stack/SC-1-pp-2/3",),
                why="Stacks change by launches alone.",
            ),
        ),
    )
    for account in ("dev", "hub")
)

EVENT_FORWARDING = Table(
    role="event-forwarding",
    account="dev",
    may=(
        May(
            actions="events: PutEvents",
            on=("events:hub:event-bus/mlplatform-registry",),
            not_on=("events:hub:event-bus/default", "events:dev:event-bus/default"),
            promise=("README.md", "what a team approves in its own account is copied there once"),
        ),
    ),
)

_TRACED = ("registry/README.md", "jobs, images and data sets, up to ten steps back")

LINEAGE_READER = Table(
    role="lineage-reader",
    account="dev",
    may=(
        *(
            May(
                actions=f"sagemaker: {action}",
                on=(f"sagemaker:dev:{resource}",),
                not_on=("sagemaker:dev:user-profile/d-1/data-scientist",),
                promise=_TRACED,
            )
            for action, resource in (
                ("DescribeCodeRepository", "code-repository/churn-p-team"),
                ("DescribeModelPackage", "model-package/churn-p-team/1"),
                ("DescribePipelineExecution", "pipeline/churn-p-team/execution/1"),
                ("ListPipelineExecutionSteps", "pipeline/churn-p-team/execution/1"),
                ("DescribeTrialComponent", "experiment-trial-component/pipelines-1-train-aws-training-job"),
                ("DescribeArtifact", "artifact/0123"),
            )
        ),
        May(actions="sagemaker: ListArtifacts QueryLineage", on=("*",), promise=_TRACED),
    ),
    may_not=(
        MayNot(
            actions="s3: GetObject",
            on=("s3::mlplatform-team-data-{dev}-{region}/1.csv", "s3::mlplatform-p-team-{dev}-{region}/1"),
            why="The role reads no data.",
        ),
        MayNot(
            actions="codecommit: GitPull GetFile",
            on=("codecommit:dev:churn-p-team",),
            given={"aws:ResourceTag/sagemaker:project-id": "p-team"},
            why="The role reads no code.",
        ),
        MayNot(
            actions="sagemaker: UpdateModelPackage StartPipelineExecution",
            on=("sagemaker:dev:model-package/churn-p-team/1", "sagemaker:dev:pipeline/churn-p-team"),
            why="The role only describes.",
        ),
    ),
)

FLOW_LOG = Table(
    role="studio-flow-log",
    account="dev",
    may=(
        May(
            actions="logs: DescribeLogStreams",
            on=("logs:dev:log-group:/aws/vpc-flow-logs/mlplatform-studio:log-stream:",),
            not_on=("logs:dev:log-group:payroll:log-stream:",),
            why="The domain's network writes down who speaks with whom.",
        ),
        May(
            actions="logs: CreateLogStream PutLogEvents",
            on=("logs:dev:log-group:/aws/vpc-flow-logs/mlplatform-studio:log-stream:eni-1",),
            not_on=("logs:dev:log-group:payroll:log-stream:eni-1",),
            why="The domain's network writes down who speaks with whom.",
        ),
    ),
)

LAUNCH_ACCOUNTS = (*_ADMINISTRATORS, EVENT_FORWARDING, LINEAGE_READER, FLOW_LOG)
