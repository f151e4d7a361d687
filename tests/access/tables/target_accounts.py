"""The roles of an account that serves models: they bring up, run and test endpoints, and show them."""

from tests.access.rows import May, MayNot, Table

_BUCKET = "s3::mlplatform-registry-{hub}-{region}"
_SEED_README = "seed_code/deploy/realtime/README.md"
_BATCH_README = "seed_code/deploy/batch/README.md"
_OF_THE_PROJECT = {"aws:RequestTag/sagemaker:project-id": "p-deploy"}
_OTHER = {"test": "prod", "prod": "test"}


def _model(account: str, logs: str) -> tuple[May, ...]:
    """What every role under which models run may do."""
    image = "ecr: BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer"
    group = f"logs:{account}:log-group:/aws/sagemaker/{logs}"
    return (
        May(
            actions="s3: GetObject",
            on=(
                f"{_BUCKET}/models/{{dev}}/a/model.tar.gz",
                f"{_BUCKET}/registered/{{dev}}/a/model.tar.gz",
            ),
            not_on=(f"{_BUCKET}/other", "s3::mlplatform-p-deploy-{hub}-{region}/models/a"),
            promise=("README.md", "read an artifact only while its version is approved"),
        ),
        *(
            May(
                actions="s3: ListBucket",
                on=(_BUCKET,),
                only_if={"s3:prefix": f"{folder}/a/"},
                not_on=("s3::mlplatform-p-deploy-{hub}-{region}",),
                why="SageMaker lists the files of an uncompressed model.",
            )
            for folder in ("models", "registered")
        ),
        May(
            actions="kms: Decrypt",
            on=("kms:mlplatform-registry",),
            only_if={"kms:ResourceAliases": ["alias/mlplatform-registry"]},
            not_on=("arn:aws:kms:{region}:{dev}:key/1",),
            why="Artifacts are encrypted with the registry's key.",
        ),
        May(
            actions=image,
            on=("ecr:141502667606:repository/sagemaker-xgboost",),
            not_on=("ecr:141502667606:repository/payroll",),
            why="AWS keeps the images of SageMaker in accounts of its own.",
        ),
        May(
            actions=image,
            on=("ecr:hub:repository/mlplatform-models/{dev}/churn-p-team",),
            not_on=("ecr:dev:repository/mlplatform-models/{dev}/churn-p-team",),
            why="The hub keeps the images of models that bring their own.",
        ),
        May(actions="ecr: GetAuthorizationToken", on=("*",), why="Whoever pulls an image signs in."),
        May(
            actions="logs: CreateLogGroup",
            on=(f"{group}:log-stream:",),
            not_on=(f"logs:{account}:log-group:payroll:log-stream:",),
            why="What serves writes its log.",
        ),
        May(
            actions="logs: CreateLogStream PutLogEvents",
            on=(f"{group}:log-stream:1",),
            not_on=(f"logs:{account}:log-group:payroll:log-stream:1",),
            why="What serves writes its log.",
        ),
        May(
            actions="cloudwatch: PutMetricData",
            on=("*",),
            only_if={"cloudwatch:namespace": f"/aws/sagemaker/{logs.partition('/')[0]}"},
            why="What serves sends its metrics.",
        ),
    )


def _model_may_not(account: str) -> tuple[MayNot, ...]:
    return (
        MayNot(
            actions="s3: PutObject PutObjectTagging DeleteObject",
            on=(f"{_BUCKET}/models/{{dev}}/a/model.tar.gz",),
            why="What serves a model does not change it, nor what opens it.",
        ),
        MayNot(
            actions="sagemaker: CreateModel UpdateEndpoint DescribeModelPackage",
            on=(f"sagemaker:{account}:endpoint/churn", "sagemaker:hub:model-package/churn-p-team/1"),
            why="A model has no say about what runs.",
        ),
    )


def _endpoint(account: str) -> Table:
    capture = f"s3::mlplatform-data-capture-{{{account}}}-{{region}}"
    return Table(
        role="endpoint",
        account=account,
        may=(
            *_model(account, "Endpoints/churn-serving-p-deploy"),
            May(
                actions="s3: PutObject",
                on=(f"{capture}/churn/1.jsonl",),
                not_on=(f"{_BUCKET}/models/a",),
                promise=(_SEED_README, "Requests and answers are kept in"),
            ),
            May(
                actions="kms: GenerateDataKey",
                on=(f"arn:aws:kms:{{region}}:{{{account}}}:key/target-DataCaptureKey8FD44BE6",),
                not_on=("kms:mlplatform-registry",),
                promise=(_SEED_README, "encrypted with that account's key"),
            ),
        ),
        may_not=_model_may_not(account),
    )


def _files(account: str) -> tuple[str, str]:
    """The bucket and the key of an account's batch transforms."""
    bucket = f"s3::mlplatform-batch-{{{account}}}-{{region}}"
    return bucket, f"arn:aws:kms:{{region}}:{{{account}}}:key/target-BatchKeyE9B40582"


def _batch_transform(account: str) -> Table:
    bucket, key = _files(account)
    project = f"{bucket}/churn-serving-p-deploy"
    return Table(
        role="batch-transform",
        account=account,
        may=(
            *_model(account, "TransformJobs"),
            May(
                actions="s3: GetObject",
                on=(f"{project}/input/1.csv", f"{bucket}/integration-tests/churn-serving-p-deploy/1.csv"),
                not_on=(f"{project}/output/1.csv.out", "s3::payroll/input/1.csv"),
                promise=(_BATCH_README, "a transform reads every file below"),
            ),
            May(
                actions="s3: AbortMultipartUpload PutObject",
                on=(f"{project}/output/1.out", f"{bucket}/integration-tests/churn-serving-p-deploy/1.out"),
                not_on=(f"{project}/input/1.csv", "s3::payroll/output/1.out"),
                promise=(_BATCH_README, "and writes `<file>.out` below `output/`"),
            ),
            May(
                actions="s3: ListBucket",
                on=(bucket,),
                not_on=("s3::payroll",),
                why="SageMaker lists the files of a folder.",
            ),
            May(
                actions="kms: Decrypt GenerateDataKey",
                on=(key,),
                not_on=(f"arn:aws:kms:{{region}}:{{{account}}}:key/1",),
                promise=(_BATCH_README, "encrypted with that account's key"),
            ),
        ),
        may_not=(
            *_model_may_not(account),
            MayNot(
                actions="sagemaker: CreateTransformJob",
                on=(f"sagemaker:{account}:transform-job/p-deploy-1",),
                given=_OF_THE_PROJECT,
                why="A model starts nothing.",
            ),
        ),
    )


def _starting(account: str) -> tuple[May, ...]:
    job, other = f"sagemaker:{account}:transform-job/p-deploy-1", f"sagemaker:{account}:training-job/1"
    return (
        May(
            actions="sagemaker: CreateTransformJob",
            on=(job,),
            only_with=_OF_THE_PROJECT,
            not_on=(other,),
            promise=(_BATCH_README, "starts a transform job at each time"),
        ),
        May(
            actions="sagemaker: AddTags",
            on=(job,),
            only_if={"sagemaker:TaggingAction": "CreateTransformJob"},
            not_on=(other,),
            why="Jobs are tagged as the project's when they start.",
        ),
    )


def _batch_schedule(account: str) -> Table:
    return Table(
        role="batch-schedule",
        account=account,
        may=_starting(account),
        may_not=(
            MayNot(
                actions="iam: PassRole",
                on=(f"iam:{account}:role/mlplatform-batch-transform",),
                why="A job runs under the role of its model, which nobody passes again.",
            ),
            MayNot(
                actions="sagemaker: CreateModel StopTransformJob",
                on=(f"sagemaker:{account}:transform-job/p-deploy-1", f"sagemaker:{account}:model/1"),
                why="A schedule starts jobs of models that are there.",
            ),
        ),
    )


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
                promise=(_SEED_README, "creates or updates the endpoint in the test account"),
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
                why="The template lies in the deploy project's bucket.",
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
    bucket, key = _files(account)
    tested = f"{bucket}/integration-tests/churn-serving-p-deploy/1.csv"
    may = (
        *_starting(account),
        May(
            actions="sagemaker: DescribeTransformJob",
            on=(f"sagemaker:{account}:transform-job/p-deploy-1",),
            not_on=(f"sagemaker:{account}:training-job/1",),
            promise=(_BATCH_README, "and run it on three rows"),
        ),
        May(
            actions="scheduler: GetSchedule",
            on=(f"scheduler:{account}:schedule/default/mlplatform-batch-p-deploy",),
            not_on=(f"scheduler:{account}:schedule/default/payroll",),
            promise=(_BATCH_README, "take the request that the schedule would make"),
        ),
        May(
            actions="s3: GetObject PutObject",
            on=(tested,),
            not_on=(f"{bucket}/churn-serving-p-deploy/input/1.csv",),
            promise=(_BATCH_README, "Their files lie in the folder `integration-tests`"),
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=(key,),
            not_on=(f"arn:aws:kms:{{region}}:{{{account}}}:key/1",),
            promise=(_BATCH_README, "Their files lie in the folder `integration-tests`"),
        ),
        May(
            actions="sagemaker: DescribeEndpoint InvokeEndpoint",
            on=(f"sagemaker:{account}:endpoint/churn-serving-p-deploy",),
            not_on=(f"sagemaker:{_OTHER[account]}:endpoint/churn-serving-p-deploy",),
            promise=(
                _SEED_README,
                "They assume the role of the test account that may ask this project's endpoint",
            ),
        ),
        May(
            actions="sagemaker: DescribeModelCard ListModelCardVersions",
            on=("sagemaker:hub:model-card/churn-p-team",),
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=(_SEED_README, "Their results come into the model's card in the central registry"),
        ),
    )
    writes = May(
        actions="sagemaker: UpdateModelCard",
        on=("sagemaker:hub:model-card/churn-p-team",),
        not_on=("sagemaker:dev:model-card/churn-p-team",),
        promise=(_SEED_README, "Their results come into the model's card in the central registry"),
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
        _endpoint,
        _batch_transform,
        _batch_schedule,
        _deployment,
        _integration_test,
        _lineage_reader,
    )
    for account in ("test", "prod")
)
