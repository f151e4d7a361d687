"""The ML engineer and the governance officer of the shared services account."""

from registry.functions.model_registry.promotion.fields import WRITTEN_BY_PROMOTION
from tests.access.rows import May, MayNot, Table
from tests.access.tables.shared import OF_A_PROJECT, launches, opens_studio, reads_build_logs

_BUCKET = "s3::mlplatform-registry-{hub}-{region}"
_PIPELINE = "codepipeline:hub:churn-serving-p-deploy"
_VERSION = "sagemaker:hub:model-package/churn-p-team/1"
_GROUP = "sagemaker:hub:model-package-group/churn-p-team"
_CARD = "sagemaker:hub:model-card/churn-p-team"
_README = "registry/README.md"

_READS = (
    May(actions="codepipeline: ListPipelines", on=("*",), why="Whoever decides finds the pipelines."),
    May(
        actions="sagemaker: ListModelCards ListModelPackageGroups",
        on=("*",),
        why="Whoever decides finds models and cards.",
    ),
    May(
        actions="sagemaker: DescribeModelPackage ListModelPackages ListTags",
        on=(_VERSION,),
        not_on=("sagemaker:dev:model-package/churn-p-team/1",),
        promise=(_README, "shows receipt, metrics beside production's and decisions, all checked"),
    ),
    May(
        actions="sagemaker: DescribeModelPackageGroup ListTags",
        on=(_GROUP,),
        not_on=("sagemaker:dev:model-package-group/churn-p-team",),
        promise=(_README, "shows receipt, metrics beside production's and decisions, all checked"),
    ),
    May(
        actions="s3: GetObject",
        on=(f"{_BUCKET}/models/{{dev}}/a/receipt.json", f"{_BUCKET}/registered/{{dev}}/a/receipt.json"),
        not_on=("s3::mlplatform-p-deploy-{hub}-{region}/models/a", f"{_BUCKET}/other/a"),
        promise=(_README, "shows receipt, metrics beside production's and decisions, all checked"),
    ),
    May(
        actions="s3: ListBucket",
        on=(_BUCKET,),
        only_if={"s3:prefix": "models/a"},
        not_on=("s3::mlplatform-assets-{hub}-{region}",),
        why="`catalog receipt` finds the decisions about a version.",
    ),
    May(
        actions="s3: ListBucket",
        on=(_BUCKET,),
        only_if={"s3:prefix": "registered/a"},
        why="`catalog receipt` finds the decisions about a direct version.",
    ),
    May(
        actions="kms: Decrypt",
        on=("kms:mlplatform-registry",),
        not_on=("kms:churn-serving-p-deploy",),
        why="The central bucket is encrypted with the registry's key.",
    ),
    May(
        actions="codepipeline: GetPipeline GetPipelineExecution GetPipelineState ListActionExecutions "
        "ListPipelineExecutions",
        on=(_PIPELINE,),
        not_on=("codepipeline:dev:churn-p-team",),
        why="Whoever waits for a deployment sees where it is.",
    ),
    May(
        actions="codebuild: BatchGetBuilds",
        on=("codebuild:hub:project/mlplatform-build-p-deploy",),
        not_on=("codebuild:dev:project/mlplatform-build-p-team",),
        why="A failed action leads to its build.",
    ),
    *reads_build_logs("hub"),
    May(
        actions="sagemaker: DescribeModelCard ListModelCardVersions",
        on=(_CARD,),
        not_on=("sagemaker:dev:model-card/churn-p-team",),
        promise=("docs/model_cards.md", "catalog card show"),
    ),
    May(
        actions="sts: AssumeRole",
        on=("iam:prod:role/mlplatform-lineage-reader", "iam:dev:role/mlplatform-lineage-reader"),
        not_on=(
            "iam:prod:role/mlplatform-endpoint",
            "iam:dev:role/mlplatform-lead-data-scientist",
            "iam:999999999999:role/mlplatform-lineage-reader",
        ),
        promise=(_README, "In every other account the command takes the role `<prefix>-lineage-reader`"),
    ),
)

_NEITHER = (
    MayNot(
        actions="codepipeline: RollbackStage OverrideStageCondition",
        on=(f"{_PIPELINE}/DeployProduction", f"{_PIPELINE}/ApproveProduction"),
        why="An older execution, or one whose condition is overridden, would pass the approval by.",
    ),
    MayNot(
        actions="codepipeline: UpdatePipeline DeletePipeline PutJobSuccessResult",
        on=(_PIPELINE,),
        why="A pipeline without its approval lets everything through.",
    ),
    MayNot(
        actions="sagemaker: CreateModelPackage DeleteModelPackage DeleteModelPackageGroup",
        on=(_VERSION, _GROUP),
        why="Versions come by promotion and registration, and stay.",
    ),
    MayNot(
        actions="s3: PutObject PutObjectTagging DeleteObject DeleteObjectVersion",
        on=(f"{_BUCKET}/models/{{dev}}/a/model.tar.gz",),
        why="Whoever decides about an artifact does not change it, nor what opens it.",
    ),
    MayNot(
        actions="sagemaker: CreateEndpoint InvokeEndpoint",
        on=("sagemaker:prod:endpoint/churn-serving-p-deploy", "sagemaker:hub:endpoint/churn"),
        why="Models run where pipelines bring them.",
    ),
)

_NOT_THEIRS_TO_WRITE = (
    "ModelLifeCycle:Stage",
    "ModelLifeCycle:StageStatus",
    "CustomerMetadataPropertiesToRemove",
    *(f"CustomerMetadataProperties/{name}" for name in WRITTEN_BY_PROMOTION),
)


def _studio(profile: str, other: str) -> tuple[May, ...]:
    return (
        *opens_studio(
            account="hub",
            profile=profile,
            other=other,
            key="arn:aws:kms:{region}:{hub}:key/studio",
            not_key="arn:aws:kms:{region}:{dev}:key/studio",
            key_alias="alias/mlplatform-domain",
        ),
        May(
            actions="sagemaker: ListApps ListDomains ListSpaces ListUserProfiles",
            on=("*",),
            why="Studio lists what its domain has.",
        ),
    )


ML_ENGINEER = Table(
    role="ml-engineer",
    account="hub",
    may=(
        *_READS,
        *_studio("ml-engineer", "governance-officer"),
        May(
            actions="sagemaker: UpdateModelPackage",
            on=(_VERSION,),
            given={"sagemaker:ModelApprovalStatus": "Approved"},
            unless=tuple({f"sagemaker:{key}": "anything"} for key in _NOT_THEIRS_TO_WRITE),
            not_on=("sagemaker:dev:model-package/churn-p-team/1",),
            promise=("README.md", "waits for the ML engineer's approval"),
        ),
        May(
            actions="sagemaker: AddTags CreateModelPackageGroup",
            on=(_GROUP,),
            given={"aws:TagKeys": ["registers-directly", "source-account"]},
            unless=({"aws:TagKeys": ["sagemaker:project-id"]},),
            not_on=("sagemaker:dev:model-package-group/churn-p-team",),
            promise=(_README, "The ML engineer prepares its group once"),
        ),
        May(
            actions="sagemaker: GetModelPackageGroupPolicy PutModelPackageGroupPolicy",
            on=(_GROUP,),
            not_on=("sagemaker:dev:model-package-group/churn-p-team",),
            promise=(_README, "The ML engineer prepares its group once"),
        ),
        May(
            actions="sqs: ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl "
            "ReceiveMessage",
            on=("sqs:hub:mlplatform-promotion-dead-letters", "sqs:hub:mlplatform-release-dead-letters"),
            not_on=("sqs:hub:payroll",),
            promise=(_README, "The ML engineer sees what is wrong"),
        ),
        May(
            actions="lambda: InvokeFunction",
            on=("lambda:hub:function:mlplatform-promotion", "lambda:hub:function:mlplatform-release"),
            not_on=("lambda:hub:function:mlplatform-stages",),
            promise=(_README, "lets the function try again"),
        ),
        May(
            actions="codepipeline: StartPipelineExecution StopPipelineExecution",
            on=(_PIPELINE,),
            only_with={"aws:ResourceTag/sagemaker:project-id": "p-deploy"},
            not_on=("codepipeline:dev:churn-p-team",),
            why="Their deploy projects run when they want, and stop when they must.",
        ),
        May(
            actions="codepipeline: RetryStageExecution",
            on=(f"{_PIPELINE}/DeployTest", f"{_PIPELINE}/DeployProduction"),
            not_on=("codepipeline:dev:churn-p-team/Build",),
            why="A stage that failed is tried again; the approval of production stays in between.",
        ),
        May(
            actions="codepipeline: DisableStageTransition EnableStageTransition",
            on=(f"{_PIPELINE}/Build", f"{_PIPELINE}/DeployTest", f"{_PIPELINE}/IntegrationTest"),
            not_on=(f"{_PIPELINE}/ApproveProduction", f"{_PIPELINE}/DeployProduction"),
            why="They hold what is on its way to test; what the officer holds stays held.",
        ),
        May(
            actions="sagemaker: AddTags CreateProject DeleteProject DescribeProject ListTags UpdateProject",
            on=("sagemaker:hub:project/churn-serving",),
            not_on=("sagemaker:dev:project/churn",),
            promise=("README.md", "ML engineers in the shared services account"),
        ),
        May(actions="sagemaker: ListProjects", on=("*",), why="Studio lists projects."),
        May(actions="tag: GetResources", on=("*",), why="Studio finds by tags what belongs to a project."),
        *launches(
            account="hub",
            elsewhere=("dev",),
            updates=True,
            why="The ML engineer launches deploy projects.",
        ),
        May(
            actions="codecommit: GetRepository GitPull GitPush",
            on=("codecommit:hub:churn-serving-p-deploy",),
            only_with={"aws:ResourceTag/sagemaker:project-id": "p-deploy"},
            not_on=("codecommit:dev:churn-p-team",),
            promise=("seed_code/deploy/realtime/README.md", "It is yours: change what you like."),
        ),
    ),
    may_not=(
        *_NEITHER,
        MayNot(
            actions="codepipeline: PutApprovalResult",
            on=(f"{_PIPELINE}/ApproveProduction/ApproveProduction",),
            why="Whoever approves a version does not let it into production.",
        ),
        MayNot(
            actions="sagemaker: UpdateModelCard CreateModelCard",
            on=(_CARD,),
            why="Whoever approves a version does not approve its card.",
        ),
    ),
)

GOVERNANCE_OFFICER = Table(
    role="governance-officer",
    account="hub",
    may=(
        *_READS,
        *_studio("governance-officer", "ml-engineer"),
        May(
            actions="codepipeline: PutApprovalResult",
            on=(f"{_PIPELINE}/ApproveProduction/ApproveProduction",),
            not_on=(f"{_PIPELINE}/ApproveProduction/Review", f"{_PIPELINE}/Build/Build"),
            promise=("README.md", "the governance officer's approval"),
        ),
        May(
            actions="codepipeline: DisableStageTransition EnableStageTransition",
            on=(f"{_PIPELINE}/ApproveProduction", f"{_PIPELINE}/DeployProduction"),
            not_on=(f"{_PIPELINE}/DeployTest",),
            why="Whoever decides about production can hold it back.",
        ),
        May(
            actions="sagemaker: UpdateModelCard",
            on=(_CARD,),
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=("README.md", "the governance officer approves"),
        ),
        May(
            actions="s3: PutObject",
            on=(
                f"{_BUCKET}/models/{{dev}}/churn/1/20261121T091500Z/decisions/card-approval-1.json",
                f"{_BUCKET}/registered/{{dev}}/p-direct/version-1/decisions/card-approval-1.json",
            ),
            not_on=(
                f"{_BUCKET}/models/{{dev}}/churn/1/20261121T091500Z/decisions/production-1.json",
                f"{_BUCKET}/models/{{dev}}/churn/1/20261121T091500Z/receipt.json",
            ),
            promise=(_README, "governance officer's record (`catalog card approve`)"),
        ),
        May(
            actions="kms: GenerateDataKey",
            on=("kms:mlplatform-registry",),
            not_on=("kms:churn-serving-p-deploy",),
            why="The record is encrypted with the registry's key.",
        ),
    ),
    may_not=(
        *_NEITHER,
        MayNot(
            actions="sagemaker: UpdateModelPackage",
            on=(_VERSION,),
            given={"sagemaker:ModelApprovalStatus": "Approved"},
            why="Whoever lets a version into production has not approved it.",
        ),
        MayNot(
            actions="codepipeline: StartPipelineExecution StopPipelineExecution RetryStageExecution",
            on=(_PIPELINE, f"{_PIPELINE}/DeployProduction"),
            given=OF_A_PROJECT,
            why="Deployments are the ML engineer's.",
        ),
    ),
)
