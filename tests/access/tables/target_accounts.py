"""The roles of a target account: they create, run and test what serves models, and show it."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.serving import BATCH_README, REALTIME_README, batch_files, starting

_OTHER = {"test": "prod", "prod": "test"}


def _deployment(account: str) -> Table:
    return Table(
        role="deployment",
        account=account,
        may=(
            May(
                actions="cloudformation: CreateStack DeleteStack DescribeStackEvents DescribeStacks "
                "GetTemplate SetStackPolicy UpdateStack",
                on=tuple(
                    f"cloudformation:{account}:stack/mlplatform-{kind}-p-deploy/1"
                    for kind in ("endpoint", "batch")
                ),
                not_on=(
                    f"cloudformation:{account}:stack/StackSet-mlplatform-deployment-target-1/1",
                    f"cloudformation:{_OTHER[account]}:stack/mlplatform-endpoint-p-deploy/1",
                ),
                promise=(REALTIME_README, "creates or updates the endpoint in the test account"),
            ),
            May(
                actions="iam: PassRole",
                on=(f"iam:{account}:role/mlplatform-deployment-cloudformation",),
                only_if={"iam:PassedToService": "cloudformation.amazonaws.com"},
                not_on=(f"iam:{account}:role/mlplatform-endpoint", f"iam:{account}:role/admin"),
                why="CloudFormation creates endpoints under its own role.",
            ),
            May(
                actions="s3: GetObject GetObjectVersion",
                on=("s3::mlplatform-p-deploy-{hub}-{region}/churn/Build/1",),
                not_on=("s3::mlplatform-p-team-{dev}-{region}/churn/Build/1", "s3::payroll/1"),
                why="The template is in the deploy project's bucket.",
            ),
            May(
                actions="kms: Decrypt",
                on=("kms:churn-serving-p-deploy",),
                only_if={"kms:ResourceAliases": ["alias/mlplatform-p-deploy"]},
                not_on=("arn:aws:kms:{region}:{dev}:key/1",),
                why="The template is encrypted with the deploy project's key.",
            ),
        ),
        may_not=(
            MayNot(
                actions="sagemaker: CreateModel CreateEndpoint UpdateEndpoint InvokeEndpoint",
                on=(f"sagemaker:{account}:endpoint/churn-serving-p-deploy",),
                why="A pipeline hands templates over, and touches no endpoint itself.",
            ),
            MayNot(
                actions="cloudformation: CreateChangeSet ExecuteChangeSet",
                on=(f"cloudformation:{account}:stack/mlplatform-endpoint-p-deploy/1",),
                why="The pipeline's action creates and updates.",
            ),
        ),
    )


def _integration_test(account: str) -> Table:
    bucket, key = batch_files(account)
    tested = f"{bucket}/integration-tests/churn-serving-p-deploy/1.csv"
    may = (
        *starting(account),
        May(
            actions="sagemaker: DescribeTransformJob",
            on=(f"sagemaker:{account}:transform-job/p-deploy-1",),
            not_on=(f"sagemaker:{account}:training-job/1",),
            promise=(BATCH_README, "and run it on three rows"),
        ),
        May(
            actions="scheduler: GetSchedule",
            on=(f"scheduler:{account}:schedule/default/mlplatform-batch-p-deploy",),
            not_on=(f"scheduler:{account}:schedule/default/payroll",),
            promise=(BATCH_README, "take the request that the schedule would make"),
        ),
        May(
            actions="s3: GetObject PutObject",
            on=(tested,),
            not_on=(f"{bucket}/churn-serving-p-deploy/input/1.csv",),
            promise=(BATCH_README, "Their files are in the folder `integration-tests`"),
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=(key,),
            not_on=(f"arn:aws:kms:{{region}}:{{{account}}}:key/1",),
            promise=(BATCH_README, "Their files are in the folder `integration-tests`"),
        ),
        May(
            actions="sagemaker: DescribeEndpoint InvokeEndpoint",
            on=(f"sagemaker:{account}:endpoint/churn-serving-p-deploy",),
            not_on=(f"sagemaker:{_OTHER[account]}:endpoint/churn-serving-p-deploy",),
            promise=(
                REALTIME_README,
                "They assume the role of the test account that may ask this project's endpoint",
            ),
        ),
        May(
            actions="sagemaker: DescribeModelCard ListModelCardVersions",
            on=("sagemaker:hub:model-card/churn-p-team",),
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=(REALTIME_README, "Their results come into the model's card in the central registry"),
        ),
    )
    writes = May(
        actions="sagemaker: UpdateModelCard",
        on=("sagemaker:hub:model-card/churn-p-team",),
        not_on=("sagemaker:dev:model-card/churn-p-team",),
        promise=(REALTIME_README, "Their results come into the model's card in the central registry"),
    )
    production = MayNot(
        actions="sagemaker: UpdateModelCard",
        on=("sagemaker:hub:model-card/churn-p-team",),
        why="Production reads cards, whatever a share may allow.",
    )
    return Table(
        role="integration-test",
        account=account,
        may=(*may, writes) if account == "test" else may,
        may_not=(
            *(() if account == "test" else (production,)),
            MayNot(
                actions="sagemaker: UpdateEndpoint DeleteEndpoint CreateModelCard",
                on=(f"sagemaker:{account}:endpoint/churn-serving-p-deploy",),
                why="Tests ask, and change nothing.",
            ),
        ),
        # Both accounts get the same role, and the path of the account in the organisation decides.
        unnoticed=_WRITING_NEVER if account == "prod" else _BOUND_IN_PRODUCTION,
    )


_ANY_CARD = "arn:aws:sagemaker:{region}:{hub}:model-card/*"
_WRITING_NEVER = {
    f"sagemaker:UpdateModelCard{change}": "Only accounts of the unit for tests write cards."
    for change in (" is gone", f" on {_ANY_CARD} is gone", f" on * instead of ['{_ANY_CARD}']")
}
_BOUND_IN_PRODUCTION = {
    "sagemaker:UpdateModelCard: the condition ForAnyValue:StringLike aws:PrincipalOrgPaths is gone": (
        "The table of production notices."
    )
}


def _lineage_reader(account: str) -> Table:
    return Table(
        role="lineage-reader",
        account=account,
        may=(
            May(
                actions="sagemaker: DescribeEndpoint",
                on=(f"sagemaker:{account}:endpoint/churn-serving-p-deploy",),
                not_on=(f"sagemaker:{account}:training-job/1",),
                promise=("registry/README.md", "follows an endpoint of production"),
            ),
            May(
                actions="sagemaker: DescribeEndpointConfig",
                on=(f"sagemaker:{account}:endpoint-config/1",),
                not_on=(f"sagemaker:{account}:training-job/1",),
                promise=("registry/README.md", "follows an endpoint of production"),
            ),
            May(
                actions="sagemaker: DescribeModel",
                on=(f"sagemaker:{account}:model/1",),
                not_on=(f"sagemaker:{account}:training-job/1",),
                promise=("registry/README.md", "follows an endpoint of production"),
            ),
            May(
                actions="sagemaker: DescribeModelCard ListModelCardVersions",
                on=("sagemaker:hub:model-card/churn-p-team",),
                not_on=("sagemaker:dev:model-card/churn-p-team",),
                why="The trace shows the card as the account sees it.",
            ),
        ),
        may_not=(
            MayNot(
                actions="sagemaker: InvokeEndpoint UpdateEndpoint",
                on=(f"sagemaker:{account}:endpoint/churn-serving-p-deploy",),
                why="The role only describes.",
            ),
            MayNot(
                actions="s3: GetObject",
                on=(f"s3::mlplatform-data-capture-{{{account}}}-{{region}}/churn/1.jsonl",),
                why="The role reads no data.",
            ),
        ),
    )


TARGET_ACCOUNTS = tuple(
    make(account)
    for make in (
        _deployment,
        _integration_test,
        _lineage_reader,
    )
    for account in ("test", "prod")
)
