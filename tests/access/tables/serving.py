"""The roles under which models run in an account that serves them: endpoints and batch transforms."""

from tests.access.rows import May, MayNot, Table

BUCKET = "s3::mlplatform-registry-{hub}-{region}"
REALTIME_README = "seed_code/deploy/realtime/README.md"
BATCH_README = "seed_code/deploy/batch/README.md"
OF_THE_PROJECT = {"aws:RequestTag/sagemaker:project-id": "p-deploy"}


def _model(account: str, logs: str) -> tuple[May, ...]:
    """What every role under which models run may do."""
    image = "ecr: BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer"
    group = f"logs:{account}:log-group:/aws/sagemaker/{logs}"
    return (
        May(
            actions="s3: GetObject",
            on=(
                f"{BUCKET}/models/{{dev}}/a/model.tar.gz",
                f"{BUCKET}/registered/{{dev}}/a/model.tar.gz",
            ),
            not_on=(f"{BUCKET}/other", "s3::mlplatform-p-deploy-{hub}-{region}/models/a"),
            promise=("README.md", "read an artifact only while its version is approved"),
        ),
        *(
            May(
                actions="s3: ListBucket",
                on=(BUCKET,),
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
            on=(
                "ecr:141502667606:repository/sagemaker-xgboost",
                "ecr:763104351884:repository/tensorflow-inference",
            ),
            not_on=("ecr:141502667606:repository/payroll", "ecr:763104351884:repository/tensorflow-training"),
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
            on=(f"{BUCKET}/models/{{dev}}/a/model.tar.gz",),
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
                not_on=(f"{BUCKET}/models/a",),
                promise=(REALTIME_README, "Requests and answers are kept in"),
            ),
            May(
                actions="kms: GenerateDataKey",
                on=(f"arn:aws:kms:{{region}}:{{{account}}}:key/target-DataCaptureKey8FD44BE6",),
                not_on=("kms:mlplatform-registry",),
                promise=(REALTIME_README, "encrypted with that account's key"),
            ),
        ),
        may_not=_model_may_not(account),
    )


def batch_files(account: str) -> tuple[str, str]:
    """The bucket and the key of an account's batch transforms."""
    bucket = f"s3::mlplatform-batch-{{{account}}}-{{region}}"
    return bucket, f"arn:aws:kms:{{region}}:{{{account}}}:key/target-BatchKeyE9B40582"


def _batch_transform(account: str) -> Table:
    bucket, key = batch_files(account)
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
                promise=(BATCH_README, "a transform reads every file below"),
            ),
            May(
                actions="s3: AbortMultipartUpload PutObject",
                on=(f"{project}/output/1.out", f"{bucket}/integration-tests/churn-serving-p-deploy/1.out"),
                not_on=(f"{project}/input/1.csv", "s3::payroll/output/1.out"),
                promise=(BATCH_README, "and writes `<file>.out` below `output/`"),
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
                promise=(BATCH_README, "encrypted with that account's key"),
            ),
        ),
        may_not=(
            *_model_may_not(account),
            MayNot(
                actions="sagemaker: CreateTransformJob",
                on=(f"sagemaker:{account}:transform-job/p-deploy-1",),
                given=OF_THE_PROJECT,
                why="A model starts nothing.",
            ),
        ),
    )


def starting(account: str) -> tuple[May, ...]:
    job, other = f"sagemaker:{account}:transform-job/p-deploy-1", f"sagemaker:{account}:training-job/1"
    return (
        May(
            actions="sagemaker: CreateTransformJob",
            on=(job,),
            only_with=OF_THE_PROJECT,
            not_on=(other,),
            promise=(BATCH_README, "starts a transform job at each time"),
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
        may=starting(account),
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


SERVING = tuple(
    make(account) for make in (_endpoint, _batch_transform, _batch_schedule) for account in ("test", "prod")
)
