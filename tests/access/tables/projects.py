"""The roles of a project: its pipeline, its builds, and the SageMaker pipeline that trains."""

from tests.access.places import CONNECTION
from tests.access.rows import May, MayNot, Table

_BUILD_README = "products/build/from_s3/README.md"


def _writes_log(account: str, name: str) -> May:
    group = f"logs:{account}:log-group:/aws/codebuild/mlplatform-{name}"
    return May(
        actions="logs: CreateLogStream PutLogEvents",
        on=(f"{group}:log-stream:1",),
        not_on=(f"{group}-other:log-stream:1",),
        why="A build prints what it does.",
    )


def _uses_key(title: str) -> May:
    return May(
        actions="kms: Decrypt GenerateDataKey",
        on=(f"kms:{title}",),
        not_on=("kms:studio",),
        why="Everything of the project is encrypted with its key.",
    )


def _build(account: str, name: str, title: str, project: str) -> tuple[May, ...]:
    """What every build does."""
    bucket = f"s3::mlplatform-{project}-{{{account}}}-{{region}}"
    return (
        _writes_log(account, name),
        _uses_key(title),
        May(
            actions="s3: GetBucketAcl GetBucketLocation",
            on=(bucket,),
            not_on=("s3::payroll",),
            why="CodeBuild looks at the bucket of its cache.",
        ),
        May(
            actions="s3: GetObject PutObject",
            on=(f"{bucket}/cache/1",),
            not_on=("s3::payroll/cache/1",),
            why="CodeBuild keeps what speeds up the next build.",
        ),
    )


_CACHE_IS_A_PART = (
    "Every build reads and writes its cache; this one reads or writes the whole bucket besides."
)


def _covered_cache(account: str, project: str, *, writes: bool) -> dict[str, str]:
    cache = f"arn:aws:s3:::mlplatform-{project}-{{{account}}}-{{region}}/cache/*"
    changes = ["s3:GetObject is gone"]
    if writes:
        changes += ["s3:PutObject is gone", f"s3:GetObject on {cache} is gone"]
    return dict.fromkeys(changes, _CACHE_IS_A_PART)


def _source(account: str, title: str, variant: str, repository: str) -> May:
    if variant == "github":
        return May(
            actions="codeconnections: UseConnection",
            on=(CONNECTION,),
            only_if={"codeconnections:FullRepositoryId": repository},
            not_on=(CONNECTION[:-1] + "1",),
            why="The pipeline fetches its source, of this one repository.",
        )
    return May(
        actions="codecommit: CancelUploadArchive GetBranch GetCommit GetUploadArchiveStatus UploadArchive",
        on=(f"codecommit:{account}:{title}",),
        not_on=(f"codecommit:{account}:other",),
        why="The pipeline fetches its source.",
    )


def _pipeline(
    account: str, title: str, project: str, *builds: str, variant: str, repository: str
) -> tuple[May, ...]:
    bucket = f"s3::mlplatform-{project}-{{{account}}}-{{region}}"
    return (
        May(
            actions="s3: GetObject GetObjectVersion PutObject PutObjectAcl",
            on=(f"{bucket}/churn/Source/1",),
            not_on=("s3::payroll/1",),
            why="The pipeline hands artifacts on.",
        ),
        May(
            actions="s3: GetBucketAcl GetBucketLocation GetBucketVersioning",
            on=(bucket,),
            not_on=("s3::payroll",),
            why="CodePipeline looks at the bucket of its artifacts: the documented minimum.",
        ),
        _uses_key(title),
        _source(account, title, variant, repository),
        May(
            actions="codebuild: BatchGetBuilds StartBuild",
            on=tuple(f"codebuild:{account}:project/mlplatform-{build}-{project}" for build in builds),
            not_on=(f"codebuild:{account}:project/mlplatform-build-p-other",),
            why="The pipeline runs its builds.",
        ),
    )


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


def _build_project(title: str, project: str, variant: str = "codecommit") -> tuple[Table, ...]:
    bucket = f"s3::mlplatform-{project}-{{dev}}-{{region}}"
    name = title.removesuffix(f"-{project}")
    return (
        Table(
            role=f"pipeline-{project}",
            account="dev",
            variant=variant,
            may=_pipeline("dev", title, project, "build", variant=variant, repository=f"team/{name}"),
            may_not=_PIPELINE_NEVER,
        ),
        _trigger("dev", title, project, variant),
        Table(
            role=f"build-{project}",
            account="dev",
            variant=variant,
            may=(
                *_build("dev", f"build-{project}", title, project),
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
            unnoticed=_covered_cache("dev", project, writes=False),
        ),
    )


def _trigger(account: str, title: str, project: str, variant: str) -> Table:
    return Table(
        role=f"trigger-{project}",
        account=account,
        variant=variant,
        may=(
            May(
                actions="codepipeline: StartPipelineExecution",
                on=(f"codepipeline:{account}:{title}",),
                not_on=(f"codepipeline:{account}:other",),
                why="An event starts the project's pipeline.",
            ),
        ),
    )


def _deploy_project(variant: str) -> tuple[Table, ...]:
    title, project = "churn-serving-p-deploy", "p-deploy"
    bucket = "s3::mlplatform-p-deploy-{hub}-{region}"
    version, group = (
        "sagemaker:hub:model-package/churn-p-team/1",
        "sagemaker:hub:model-package-group/churn-p-team",
    )
    reads_models = (
        May(
            actions="sagemaker: DescribeModelPackage ListModelPackages",
            on=(version,),
            not_on=("sagemaker:hub:model-package/fraud-p-direct/1",),
            promise=("seed_code/deploy/realtime/README.md", "resolves the model version"),
        ),
        May(
            actions="sagemaker: DescribeModelPackageGroup",
            on=(group,),
            not_on=("sagemaker:hub:model-package-group/fraud-p-direct",),
            promise=("seed_code/deploy/realtime/README.md", "resolves the model version"),
        ),
    )
    never = (
        MayNot(
            actions="sagemaker: UpdateModelPackage InvokeEndpoint CreateEndpoint",
            on=(version, "sagemaker:prod:endpoint/churn-serving-p-deploy"),
            given={"sagemaker:ModelApprovalStatus": "Approved"},
            why="A team's code neither approves versions nor touches endpoints itself.",
        ),
        MayNot(
            actions="sts: AssumeRole",
            on=(
                "iam:prod:role/mlplatform-integration-test",
                "iam:prod:role/mlplatform-endpoint",
                "iam:prod:role/mlplatform-deployment-cloudformation",
            ),
            why="Code of the repository never acts in production.",
        ),
        MayNot(
            actions="codepipeline: PutApprovalResult UpdatePipeline",
            on=(f"codepipeline:hub:{title}/ApproveProduction/ApproveProduction", f"codepipeline:hub:{title}"),
            why="A team's code does not approve itself.",
        ),
    )
    return (
        Table(
            role="pipeline-p-deploy",
            account="hub",
            variant=variant,
            may=(
                *_pipeline(
                    "hub",
                    title,
                    project,
                    "build",
                    "integration-test",
                    variant=variant,
                    repository="team/churn-serving",
                ),
                May(
                    actions="sts: AssumeRole",
                    on=("iam:test:role/mlplatform-deployment", "iam:prod:role/mlplatform-deployment"),
                    not_on=("iam:dev:role/mlplatform-deployment", "iam:prod:role/admin"),
                    promise=(
                        "seed_code/deploy/realtime/README.md",
                        "updates the endpoint in the production account",
                    ),
                ),
                May(
                    actions="lambda: InvokeFunction",
                    on=("lambda:hub:function:mlplatform-stages",),
                    not_on=("lambda:hub:function:mlplatform-promotion",),
                    promise=("seed_code/deploy/realtime/README.md", "notes that the version comes to test"),
                ),
            ),
            may_not=never,
        ),
        _trigger("hub", title, project, variant),
        Table(
            role="build-p-deploy",
            account="hub",
            variant=variant,
            may=(
                *_build("hub", "build-p-deploy", title, project),
                May(
                    actions="s3: GetObject GetObjectVersion PutObject",
                    on=(f"{bucket}/churn/Build/1",),
                    not_on=("s3::mlplatform-registry-{hub}-{region}/models/1",),
                    why="The pipeline hands the source over, and takes the templates.",
                ),
                *reads_models,
            ),
            may_not=(
                *never,
                MayNot(
                    actions="sts: AssumeRole",
                    on=("iam:test:role/mlplatform-integration-test", "iam:test:role/mlplatform-deployment"),
                    why="A build makes templates, and nothing else.",
                ),
            ),
            unnoticed=_covered_cache("hub", project, writes=True),
        ),
        Table(
            role="integration-test-p-deploy",
            account="hub",
            variant=variant,
            may=(
                *_build("hub", "integration-test-p-deploy", title, project),
                May(
                    actions="s3: GetObject GetObjectVersion",
                    on=(f"{bucket}/churn/Source/1",),
                    not_on=("s3::mlplatform-registry-{hub}-{region}/models/1",),
                    why="The pipeline hands the source over.",
                ),
                *reads_models,
                May(
                    actions="sts: AssumeRole",
                    on=("iam:test:role/mlplatform-integration-test",),
                    not_on=("iam:test:role/mlplatform-deployment",),
                    promise=(
                        "seed_code/deploy/realtime/README.md",
                        "They assume the role of the test account",
                    ),
                ),
            ),
            may_not=never,
            unnoticed=_covered_cache("hub", project, writes=False),
        ),
    )


def _seeding(account: str, title: str, project: str, repository: str) -> tuple[Table, ...]:
    """Where a provider keeps the repository: a build pushes the first commit, and a function tells of it."""
    return (
        Table(
            role=f"seeding-{project}",
            account=account,
            variant="github",
            may=(
                *_build(account, f"seeding-{project}", title, project),
                _source(account, title, "github", repository),
                May(
                    actions="s3: GetObject GetObjectVersion",
                    on=("s3::mlplatform-assets-{hub}-{region}/{seed_of_" + project.replace("-", "_") + "}",),
                    not_on=("s3::mlplatform-assets-{hub}-{region}/other.zip",),
                    why="The first commit is the product's seed.",
                ),
            ),
        ),
        Table(
            role=f"seeding-answer-{project}",
            account=account,
            variant="github",
            may=(
                May(
                    actions="codebuild: BatchGetBuilds StartBuild",
                    on=(f"codebuild:{account}:project/mlplatform-seeding-{project}",),
                    not_on=(f"codebuild:{account}:project/mlplatform-build-{project}",),
                    why="The function starts the build and reads why it failed.",
                ),
                May(
                    actions="logs: CreateLogStream PutLogEvents",
                    on=(
                        f"logs:{account}:log-group:/aws/lambda/mlplatform-seeding-answer-{project}:log-stream:1",
                    ),
                    not_on=(f"logs:{account}:log-group:payroll:log-stream:1",),
                    why="The function writes its log.",
                ),
            ),
        ),
    )


PROJECTS = (
    *_build_project("churn-p-team", "p-team"),
    *_build_project("fraud-p-direct", "p-direct"),
    *_build_project("churn-p-team", "p-team", "github"),
    *_build_project("houses-p-lake", "p-lake", "data"),
    *_deploy_project("codecommit"),
    *_deploy_project("github"),
    *_seeding("dev", "churn-p-team", "p-team", "team/churn"),
    *_build_project("fraud-p-direct", "p-direct", "github"),
    *_seeding("dev", "fraud-p-direct", "p-direct", "team/fraud"),
    *_seeding("hub", "churn-serving-p-deploy", "p-deploy", "team/churn-serving"),
)
