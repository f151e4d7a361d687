"""The roles of a project that deploys a model: its pipeline, its trigger, its builds and tests."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.project_parts import builds, covered_cache, runs_pipeline, trigger


def deploy_project(variant: str) -> tuple[Table, ...]:
    """The roles of the project that deploys a model."""
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
                *runs_pipeline(
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
        trigger("hub", title, project, variant),
        Table(
            role="build-p-deploy",
            account="hub",
            variant=variant,
            may=(
                *builds("hub", "build-p-deploy", title, project),
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
            unnoticed=covered_cache("hub", project, writes=True),
        ),
        Table(
            role="integration-test-p-deploy",
            account="hub",
            variant=variant,
            may=(
                *builds("hub", "integration-test-p-deploy", title, project),
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
            unnoticed=covered_cache("hub", project, writes=False),
        ),
    )
