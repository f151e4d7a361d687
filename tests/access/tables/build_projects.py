"""The roles of a project that builds a model: its pipeline, its trigger and its builds."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.project_parts import builds, covered_cache, runs_pipeline, trigger

_BUILD_README = "products/build/from_s3/README.md"
_IMAGE_README = "products/build/own_container/README.md"


_PIPELINE_NEVER = (
    MayNot(
        actions="sagemaker: UpdateModelPackage CreateModelPackage CreateEndpoint",
        on=("sagemaker:hub:model-package/churn-p-team/1", "sagemaker:dev:model-package/churn-p-team/1"),
        given={"sagemaker:ModelApprovalStatus": "Approved"},
        why="A push to a repository approves nothing.",
    ),
    MayNot(
        actions="iam: PassRole",
        on=("iam:dev:role/mlplatform-training-p-team", "iam:prod:role/mlplatform-endpoint"),
        why="A pipeline runs builds, which have their own roles.",
    ),
)


def image_build(title: str, project: str, variant: str = "codecommit") -> Table:
    """The role under which a project builds its own image."""
    bucket = f"s3::mlplatform-{project}-{{dev}}-{{region}}"
    repository = f"ecr:dev:repository/mlplatform-images/{project}"
    return Table(
        role=f"image-{project}",
        account="dev",
        variant=variant,
        may=(
            *builds("dev", f"image-{project}", title, project),
            May(
                actions="s3: GetObject GetObjectVersion",
                on=(f"{bucket}/churn/Source/1",),
                not_on=("s3::mlplatform-team-data-{dev}-{region}/1.csv",),
                why="The pipeline hands the source over.",
            ),
            May(
                actions="ecr: BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload "
                "DescribeImageScanFindings DescribeImages GetDownloadUrlForLayer InitiateLayerUpload "
                "PutImage UploadLayerPart",
                on=(repository,),
                not_on=(
                    "ecr:dev:repository/mlplatform-images/p-other",
                    "ecr:hub:repository/mlplatform-models/1",
                ),
                promise=(
                    _IMAGE_README,
                    "push to the one repository of images, and read what its scans found",
                ),
            ),
            May(actions="ecr: GetAuthorizationToken", on=("*",), why="Whoever pushes an image signs in."),
        ),
        may_not=(
            MayNot(
                actions="ecr: BatchDeleteImage DeleteRepository PutImageTagMutability SetRepositoryPolicy",
                on=(repository,),
                why="What is pushed stays, and the repository as it is.",
            ),
            MayNot(
                actions="sagemaker: StartPipelineExecution UpdatePipeline",
                on=(f"sagemaker:dev:pipeline/{title}",),
                why="A build with a daemon of docker starts no training.",
            ),
            MayNot(
                actions="s3: PutObject",
                on=(f"{bucket}/code/1/sourcedir.tar.gz", f"{bucket}/models/1/model.tar.gz"),
                why="The build of the image makes nothing but the image.",
            ),
        ),
        unnoticed=covered_cache("dev", project, writes=False),
    )


def build_project(
    title: str, project: str, variant: str = "codecommit", builds_run: tuple[str, ...] = ("build",)
) -> tuple[Table, ...]:
    """The roles of a project that builds a model."""
    bucket = f"s3::mlplatform-{project}-{{dev}}-{{region}}"
    name = title.removesuffix(f"-{project}")
    return (
        Table(
            role=f"pipeline-{project}",
            account="dev",
            variant=variant,
            may=runs_pipeline("dev", title, project, *builds_run, variant=variant, repository=f"team/{name}"),
            may_not=_PIPELINE_NEVER,
        ),
        trigger("dev", title, project, variant),
        Table(
            role=f"build-{project}",
            account="dev",
            variant=variant,
            may=(
                *builds("dev", f"build-{project}", title, project),
                May(
                    actions="s3: ListBucket",
                    on=(bucket,),
                    not_on=("s3::mlplatform-team-data-{dev}-{region}",),
                    why="The seed looks whether its code is there already.",
                ),
                May(
                    actions="s3: GetObject GetObjectVersion",
                    on=(f"{bucket}/churn/Source/1",),
                    not_on=("s3::mlplatform-team-data-{dev}-{region}/1.csv",),
                    why="The pipeline hands the source over.",
                ),
                May(
                    actions="s3: PutObject",
                    on=(f"{bucket}/code/1/sourcedir.tar.gz",),
                    not_on=(f"{bucket}/models/1/model.tar.gz", f"{bucket}/runs/1/schema.json"),
                    promise=("seed_code/build/base/README.md", "equal content has an equal key"),
                ),
                May(
                    actions="sagemaker: AddTags CreatePipeline DescribePipeline ListTags "
                    "StartPipelineExecution UpdatePipeline",
                    on=(f"sagemaker:dev:pipeline/{title}",),
                    not_on=("sagemaker:dev:pipeline/other", f"sagemaker:dev:model-package-group/{title}"),
                    promise=(_BUILD_README, "updates the SageMaker pipeline, starts it and ends"),
                ),
                May(
                    actions="iam: PassRole",
                    on=(f"iam:dev:role/mlplatform-training-{project}",),
                    only_if={"iam:PassedToService": "sagemaker.amazonaws.com"},
                    not_on=("iam:dev:role/mlplatform-lead-data-scientist",),
                    why="The SageMaker pipeline runs under the training role.",
                ),
            ),
            may_not=(
                *_PIPELINE_NEVER[:1],
                MayNot(
                    actions="sagemaker: CreateTrainingJob CreateModelPackage DeletePipeline",
                    on=(
                        "sagemaker:dev:training-job/pipelines-1-Train",
                        f"sagemaker:dev:model-package-group/{title}",
                        f"sagemaker:dev:pipeline/{title}",
                    ),
                    given={"sagemaker:ModelApprovalStatus": "PendingManualApproval"},
                    why="A build registers nothing past the pipeline's checks.",
                ),
                MayNot(
                    actions="s3: PutObject",
                    on=(f"{bucket}/models/1/model.tar.gz",),
                    why="Models come of trainings.",
                ),
            ),
            unnoticed=covered_cache("dev", project, writes=False),
        ),
    )
