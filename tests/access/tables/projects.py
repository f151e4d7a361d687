"""The roles of all projects of the example, and those that seed a repository of a provider."""

from tests.access.rows import May, Table
from tests.access.tables.build_projects import build_project, image_build
from tests.access.tables.deploy_projects import deploy_project
from tests.access.tables.project_parts import builds, fetches_source


def _seeding(account: str, title: str, project: str, repository: str) -> tuple[Table, ...]:
    """Where a provider keeps the repository: a build pushes the first commit, and a function tells of it."""
    return (
        Table(
            role=f"seeding-{project}",
            account=account,
            variant="github",
            may=(
                *builds(account, f"seeding-{project}", title, project),
                fetches_source(account, title, "github", repository),
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


def _with_image(variant: str) -> tuple[Table, ...]:
    """A project that builds its own image, under a role of its own."""
    title, project = "pumps-p-image", "p-image"
    return (
        *build_project(title, project, variant, builds_run=("image", "build")),
        image_build(title, project, variant),
    )


PROJECTS = (
    *build_project("churn-p-team", "p-team"),
    *build_project("fraud-p-direct", "p-direct"),
    *build_project("churn-p-team", "p-team", "github"),
    *build_project("houses-p-lake", "p-lake", "data"),
    *_with_image("codecommit"),
    *_with_image("github"),
    *_seeding("dev", "pumps-p-image", "p-image", "team/pumps"),
    *build_project("visits-p-features", "p-features", "data"),
    *build_project("rents-p-subscribed", "p-subscribed", "data"),
    *deploy_project("codecommit"),
    *deploy_project("github"),
    *_seeding("dev", "churn-p-team", "p-team", "team/churn"),
    *build_project("fraud-p-direct", "p-direct", "github"),
    *_seeding("dev", "fraud-p-direct", "p-direct", "team/fraud"),
    *_seeding("hub", "churn-serving-p-deploy", "p-deploy", "team/churn-serving"),
)
