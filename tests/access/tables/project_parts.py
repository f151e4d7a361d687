"""What the tables of projects' roles share."""

from tests.access.places import CONNECTION
from tests.access.rows import May, Table


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


def builds(account: str, name: str, title: str, project: str) -> tuple[May, ...]:
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


def covered_cache(account: str, project: str, *, writes: bool) -> dict[str, str]:
    """What no row can notice of a build that reads or writes the whole bucket."""
    cache = f"arn:aws:s3:::mlplatform-{project}-{{{account}}}-{{region}}/cache/*"
    changes = ["s3:GetObject is gone"]
    if writes:
        changes += ["s3:PutObject is gone", f"s3:GetObject on {cache} is gone"]
    return dict.fromkeys(changes, _CACHE_IS_A_PART)


def fetches_source(account: str, title: str, variant: str, repository: str) -> May:
    """To fetch the source of a pipeline."""
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


def runs_pipeline(
    account: str, title: str, project: str, *builds: str, variant: str, repository: str
) -> tuple[May, ...]:
    """What every pipeline does."""
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
        fetches_source(account, title, variant, repository),
        May(
            actions="codebuild: BatchGetBuilds StartBuild",
            on=tuple(f"codebuild:{account}:project/mlplatform-{build}-{project}" for build in builds),
            not_on=(f"codebuild:{account}:project/mlplatform-build-p-other",),
            why="The pipeline runs its builds.",
        ),
    )


def trigger(account: str, title: str, project: str, variant: str) -> Table:
    """The role that starts a pipeline."""
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
