"""The role under which a project's SageMaker pipeline trains, registers and documents."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.sources import Source, feature_group_data, lake_data, s3_data

_SEED_README = "seed_code/build/base/README.md"
_JOBS = (
    "sagemaker:dev:processing-job/pipelines-1-Preprocess",
    "sagemaker:dev:training-job/pipelines-1-Train",
)
_XGBOOST = "ecr:141502667606:repository/sagemaker-xgboost"
_OWN_IMAGE = "ecr:dev:repository/mlplatform-images/p-image"
_PENDING = {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}
_NAMESPACES = ("/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs")
_GROUPS = tuple(f"logs:dev:log-group:{name}" for name in _NAMESPACES)
_OTHER_GROUPS = ("logs:dev:log-group:payroll", "logs:dev:log-group:payroll:log-stream:1")

_TWICE = (
    "Where versions go is a parameter, and the project's own bucket and key are among the project's storage."
)


def _twice(project: str) -> tuple[str, ...]:
    bucket = f"arn:aws:s3:::mlplatform-{project}-{{dev}}-{{region}}"
    return (
        "kms:Decrypt is gone",
        "kms:DescribeKey is gone",
        "kms:GenerateDataKey is gone",
        "s3:ListBucket is gone",
        f"s3:ListBucket on {bucket} is gone",
        f"s3:ListBucket on * instead of ['{bucket}']",
        "s3:ListBucket: the condition StringLike s3:prefix is gone",
    )


def _training(
    name: str,
    project: str,
    *,
    source: Source,
    registry: str,
    artifacts: str,
    card_account: str,
    image: str,
    variant: str = "codecommit",
    unnoticed: tuple[str, ...] = (),
) -> Table:
    """The table of a project's role.

    Args:
        name: The project's name.
        project: Its id.
        source: Where its data comes from.
        registry: The account of the group in which it registers.
        artifacts: Where it keeps what makes up a version: bucket and folder.
        card_account: The account of the model's card.
        image: The repository of the image in which its jobs run.
        variant: The settings.
        unnoticed: What no row can notice.
    """
    title = f"{name}-{project}"
    bucket = f"s3::mlplatform-{project}-{{dev}}-{{region}}"
    group, version = (
        f"sagemaker:{registry}:model-package{kind}" for kind in (f"-group/{title}", f"/{title}/1")
    )
    is_central = registry == "hub"
    key = "mlplatform-registry" if is_central else title
    alias = "alias/mlplatform-registry" if is_central else f"alias/mlplatform-{project}"
    return Table(
        role=f"training-{project}",
        account="dev",
        variant=variant,
        may=(
            May(
                actions="sagemaker: AddTags ListTags",
                on=_JOBS,
                not_on=("sagemaker:dev:training-job/other", "sagemaker:dev:endpoint/churn"),
                why="Pipelines tags the jobs of its steps.",
            ),
            May(
                actions="sagemaker: CreateProcessingJob DescribeProcessingJob StopProcessingJob",
                on=_JOBS[:1],
                not_on=("sagemaker:dev:processing-job/other",),
                promise=(_SEED_README, "checks the data, decides what each column is"),
            ),
            May(
                actions="sagemaker: CreateTrainingJob DescribeTrainingJob StopTrainingJob",
                on=_JOBS[1:],
                not_on=("sagemaker:dev:training-job/other",),
                promise=(_SEED_README, "trains the model on the training rows"),
            ),
            May(
                actions="iam: PassRole",
                on=(f"iam:dev:role/mlplatform-training-{project}",),
                only_if={"iam:PassedToService": "sagemaker.amazonaws.com"},
                not_on=("iam:dev:role/mlplatform-lead-data-scientist",),
                why="Jobs run under the role of their pipeline.",
            ),
            May(
                actions="s3: AbortMultipartUpload GetObject PutObject",
                on=(f"{bucket}/code/1/sourcedir.tar.gz", f"{bucket}/runs/1/schema/schema.json"),
                not_on=(f"{bucket}/cache/1", "s3::mlplatform-team-data-{dev}-{region}/other/1.csv"),
                promise=(_SEED_README, "What the pipeline writes is in the project's bucket"),
            ),
            May(
                actions="s3: AbortMultipartUpload GetObject PutObject",
                on=(f"{artifacts}/1/model.tar.gz",),
                not_on=("s3::mlplatform-registry-{hub}-{region}/registered/{dev}/p-other/1/model.tar.gz",),
                promise=(_SEED_README, "what makes up a version: `model.tar.gz` with the model"),
            ),
            May(
                actions="s3: GetBucketLocation ListBucket",
                on=(bucket, *source.buckets),
                not_on=("s3::payroll",),
                why="Jobs list the files of their inputs.",
            ),
            *(
                (
                    May(
                        actions="s3: ListBucket",
                        on=("s3::mlplatform-registry-{hub}-{region}",),
                        only_if={"s3:prefix": f"registered/{{dev}}/{project}/1/"},
                        not_on=("s3::payroll",),
                        why="Jobs list what they registered.",
                    ),
                )
                if is_central
                else ()
            ),
            May(
                actions="kms: Decrypt DescribeKey GenerateDataKey",
                on=(f"kms:{title}",),
                not_on=("kms:studio",),
                promise=(_SEED_README, "encrypted with the project's key"),
            ),
            May(
                actions="kms: CreateGrant",
                on=(f"kms:{title}",),
                only_if={"kms:GrantIsForAWSResource": "true"},
                not_on=("kms:studio",),
                why="Volumes of jobs are encrypted under a grant.",
            ),
            May(
                actions="kms: Encrypt" + (" Decrypt DescribeKey GenerateDataKey" if is_central else ""),
                on=(f"kms:{key}",),
                only_if={"kms:ResourceAliases": [alias]},
                not_on=("arn:aws:kms:{region}:999999999999:key/1",),
                why="The parts of a version are encrypted with the key of the place where they are.",
            ),
            *source.rows,
            May(
                actions="sagemaker: DescribeModelPackage ListModelPackages",
                on=(version,),
                not_on=(f"sagemaker:{registry}:model-package/other/1",),
                why="Whoever registers sees the versions before.",
            ),
            May(
                actions="sagemaker: DescribeModelPackageGroup",
                on=(group,),
                not_on=(f"sagemaker:{registry}:model-package-group/other",),
                why="Whoever registers looks for the group.",
            ),
            May(
                actions="sagemaker: CreateModelPackage",
                on=(group, version),
                only_if=_PENDING,
                not_on=(
                    f"sagemaker:{registry}:model-package-group/other",
                    f"sagemaker:{'dev' if is_central else 'hub'}:model-package-group/{title}",
                ),
                promise=(_SEED_README, "registers a version that waits for approval"),
            ),
            May(
                actions="sagemaker: CreateModelPackageGroup",
                on=(f"sagemaker:dev:model-package-group/{title}",),
                not_on=("sagemaker:dev:model-package-group/other",),
                why="Pipelines may ask for the group that is there.",
            ),
            May(
                actions="sagemaker: AddTags",
                on=(f"sagemaker:dev:model-package-group/{title}", f"sagemaker:dev:model-package/{title}/1"),
                not_on=("sagemaker:dev:model-package-group/other",),
                why="Pipelines tags what its steps make.",
            ),
            May(
                actions="sagemaker: DescribeModelCard ListModelCardVersions UpdateModelCard",
                on=(f"sagemaker:{card_account}:model-card/{title}",),
                not_on=(f"sagemaker:{card_account}:model-card/other",),
                promise=(_SEED_README, "writes the version into its model card, and asks for a review"),
            ),
            May(
                actions="logs: CreateLogGroup DescribeLogStreams",
                # AWS documents both forms.
                on=(*_GROUPS, *(f"{name}:log-stream:" for name in _GROUPS)),
                not_on=_OTHER_GROUPS,
                promise=(_SEED_README, "Findings are in the log of Preprocess"),
            ),
            May(
                actions="logs: CreateLogStream PutLogEvents",
                on=tuple(f"{name}:log-stream:pipelines-1" for name in _GROUPS),
                not_on=_OTHER_GROUPS,
                promise=(_SEED_README, "Findings are in the log of Preprocess"),
            ),
            *(
                May(
                    actions="cloudwatch: PutMetricData",
                    on=("*",),
                    only_if={"cloudwatch:namespace": namespace},
                    why="SageMaker sends the metrics of jobs.",
                )
                for namespace in _NAMESPACES
            ),
            May(
                actions="ecr: BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer",
                on=(image,),
                not_on=("ecr:dev:repository/payroll", "ecr:dev:repository/mlplatform-images/p-other"),
                why="Jobs run in the one image.",
            ),
            May(actions="ecr: GetAuthorizationToken", on=("*",), why="Whoever pulls an image signs in."),
        ),
        may_not=(
            *source.refused,
            MayNot(
                actions="sagemaker: CreateModelPackage",
                on=(group, version),
                given={"sagemaker:ModelApprovalStatus": "Approved"},
                why="Whoever trains a model does not approve it, in whichever group.",
            ),
            MayNot(
                actions="sagemaker: UpdateModelPackage DeleteModelPackage PutModelPackageGroupPolicy",
                on=(group, version),
                why="Whoever trains a model does not decide about it later.",
            ),
            MayNot(
                actions="sagemaker: CreateModelCard DeleteModelCard CreateEndpoint CreateModel",
                on=(f"sagemaker:{card_account}:model-card/{title}", "sagemaker:dev:endpoint/churn"),
                why="A training serves nothing, and starts no card.",
            ),
            MayNot(
                actions="s3: DeleteObject DeleteObjectVersion PutObjectTagging",
                on=(f"{artifacts}/1/model.tar.gz", *source.objects),
                why="What a version consists of stays, and is opened by others.",
            ),
            MayNot(
                actions="s3: PutObject",
                on=source.objects,
                why="A training leaves its data as it is.",
            ),
        ),
        unnoticed=dict.fromkeys(unnoticed, _TWICE),
    )


def _of_the_team(
    name: str,
    project: str,
    source: Source,
    *,
    card_account: str = "hub",
    image: str = _XGBOOST,
    variant: str = "codecommit",
) -> Table:
    """The table of a project that registers with its team."""
    return _training(
        name,
        project,
        source=source,
        registry="dev",
        artifacts=f"s3::mlplatform-{project}-{{dev}}-{{region}}/models",
        card_account=card_account,
        image=image,
        variant=variant,
        unnoticed=_twice(project),
    )


TRAINING = (
    _of_the_team("churn", "p-team", s3_data("churn")),
    _of_the_team("churn", "p-team", s3_data("churn"), card_account="dev", variant="github"),
    _training(
        "fraud",
        "p-direct",
        source=s3_data("fraud"),
        registry="hub",
        artifacts="s3::mlplatform-registry-{hub}-{region}/registered/{dev}/p-direct",
        card_account="hub",
        image=_XGBOOST,
    ),
    _of_the_team("pumps", "p-image", s3_data("pumps"), image=_OWN_IMAGE),
    _of_the_team(
        "pumps", "p-image", s3_data("pumps"), image=_OWN_IMAGE, card_account="dev", variant="github"
    ),
    _of_the_team("houses", "p-lake", lake_data("houses", "p-lake"), variant="data"),
    _of_the_team("visits", "p-features", feature_group_data("visits", "p-features"), variant="data"),
    _of_the_team("rents", "p-subscribed", lake_data("rents", "p-subscribed"), variant="data"),
)
