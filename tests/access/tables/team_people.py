"""Data scientists and lead data scientists of a development account."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.shared import OF_A_PROJECT, launches, opens_studio, reads_build_logs

_DATA = "s3::mlplatform-team-data-{dev}-{region}"
_RESULTS = "s3::mlplatform-p-team-{dev}-{region}"
_VERSION = "sagemaker:dev:model-package/churn-p-team/1"
_CENTRAL = "sagemaker:hub:model-package/churn-p-team/1"
_PIPELINE = "codepipeline:dev:churn-p-team"
_BUILD_README = "products/build/from_s3/README.md"
_DOMAIN_README = "products/admin/studio_domain/README.md"
_PROJECT = {"aws:ResourceTag/sagemaker:project-id": "p-team"}


def _job_logs() -> tuple[May, ...]:
    groups = tuple(f"logs:dev:log-group:/aws/sagemaker/{kind}Jobs" for kind in ("Processing", "Training"))
    others = ("logs:dev:log-group:/aws/lambda/x:log-stream:", "logs:prod:log-group:/aws/sagemaker/x")
    return (
        May(
            actions="logs: DescribeLogStreams FilterLogEvents",
            # AWS documents both forms.
            on=(*groups, *(f"{group}:log-stream:" for group in groups)),
            not_on=others,
            promise=("seed_code/build/base/README.md", "Findings are in the log of Preprocess"),
        ),
        May(
            actions="logs: GetLogEvents",
            on=tuple(f"{group}:log-stream:pipelines-1" for group in groups),
            not_on=others,
            promise=("seed_code/build/base/README.md", "Findings are in the log of Preprocess"),
        ),
    )


_WORK = (
    May(
        actions="s3: AbortMultipartUpload DeleteObject GetObject PutObject",
        on=(f"{_DATA}/churn/1.csv",),
        not_on=("s3::payroll/1.csv",),
        promise=(_BUILD_README, "The team data bucket of the Studio domain works without further ado."),
    ),
    May(
        actions="s3: GetBucketLocation ListBucket",
        on=(_DATA,),
        not_on=("s3::payroll",),
        promise=(_BUILD_README, "The team data bucket of the Studio domain works without further ado."),
    ),
    May(
        actions="kms: Decrypt GenerateDataKey",
        on=("kms:studio",),
        not_on=("kms:mlplatform-registry",),
        why="The team's data are encrypted with the domain's key.",
    ),
    May(
        actions="sagemaker: AddTags CreateProject DeleteProject DescribeProject ListTags",
        on=("sagemaker:dev:project/churn",),
        not_on=("sagemaker:hub:project/churn",),
        promise=(_BUILD_README, "A data scientist launches this product as a SageMaker project"),
    ),
    *launches(
        account="dev",
        owners=("hub", "dev"),
        elsewhere=("prod",),
        updates=False,
        why="A data scientist launches projects.",
    ),
    May(
        actions="sagemaker: DescribeCodeRepository",
        on=("sagemaker:dev:code-repository/churn-p-team",),
        not_on=("sagemaker:hub:code-repository/churn-p-team",),
        why="Studio shows a project's repositories.",
    ),
    May(
        actions="codepipeline: GetPipeline GetPipelineExecution GetPipelineState ListActionExecutions "
        "ListPipelineExecutions StartPipelineExecution",
        on=(_PIPELINE,),
        only_with=_PROJECT,
        not_on=("codepipeline:hub:churn-serving-p-deploy",),
        promise=(_BUILD_README, "The first execution of the pipeline starts by itself"),
    ),
    May(
        actions="codebuild: BatchGetBuilds ListBuildsForProject",
        on=("codebuild:dev:project/mlplatform-build-p-team",),
        not_on=("codebuild:dev:project/payroll", "codebuild:hub:project/mlplatform-build-p-deploy"),
        why="A failed action leads to its build.",
    ),
    May(
        actions="sagemaker: DescribePipeline DescribePipelineDefinitionForExecution "
        "DescribePipelineExecution ListPipelineExecutionSteps ListPipelineExecutions "
        "ListPipelineParametersForExecution RetryPipelineExecution StartPipelineExecution "
        "StopPipelineExecution",
        on=("sagemaker:dev:pipeline/churn-p-team", "sagemaker:dev:pipeline/churn-p-team/execution/1"),
        not_on=("sagemaker:hub:pipeline/churn-p-team",),
        promise=("seed_code/build/base/README.md", "the pipeline's parameters, when you start it in Studio"),
    ),
    May(
        actions="sagemaker: DescribeProcessingJob",
        on=("sagemaker:dev:processing-job/pipelines-1-Preprocess",),
        not_on=("sagemaker:dev:processing-job/other",),
        promise=("seed_code/build/base/README.md", "Follow the execution in Studio"),
    ),
    May(
        actions="sagemaker: DescribeTrainingJob",
        on=("sagemaker:dev:training-job/pipelines-1-Train",),
        not_on=("sagemaker:dev:training-job/other",),
        promise=("seed_code/build/base/README.md", "Follow the execution in Studio"),
    ),
    *reads_build_logs("dev"),
    *_job_logs(),
    May(
        actions="sagemaker: DescribeModelPackage ListModelPackages ListTags",
        on=(_VERSION,),
        not_on=(_CENTRAL,),
        promise=("seed_code/build/base/README.md", "The version appears under *Models*"),
    ),
    May(
        actions="sagemaker: DescribeModelPackageGroup ListTags",
        on=("sagemaker:dev:model-package-group/churn-p-team",),
        not_on=("sagemaker:hub:model-package-group/churn-p-team",),
        promise=("seed_code/build/base/README.md", "The version appears under *Models*"),
    ),
    May(
        actions="s3: GetObject",
        on=(f"{_RESULTS}/models/1/evaluation/evaluation.json",),
        not_on=(
            "s3::mlplatform-p-deploy-{hub}-{region}/models/1",
            "s3::mlplatform-registry-{hub}-{region}/models/1",
        ),
        promise=("seed_code/build/base/README.md", "What the pipeline writes is in the project's bucket"),
    ),
    May(
        actions="s3: ListBucket",
        on=(_RESULTS,),
        not_on=("s3::mlplatform-registry-{hub}-{region}",),
        promise=("seed_code/build/base/README.md", "What the pipeline writes is in the project's bucket"),
    ),
    May(
        actions="kms: Decrypt",
        on=("kms:churn-p-team",),
        only_if={"kms:ResourceAliases": ["alias/mlplatform-p-team"]},
        not_on=("kms:mlplatform-registry",),
        promise=("seed_code/build/base/README.md", "encrypted with the project's key"),
    ),
    May(
        actions="sagemaker: DescribeModelCard ListModelCardVersions",
        on=("sagemaker:hub:model-card/churn-p-team", "sagemaker:dev:model-card/churn-p-team"),
        not_on=("sagemaker:prod:model-card/churn-p-team",),
        promise=(_BUILD_README, "The version is written into the model's card"),
    ),
    May(
        actions="sagemaker: ListApps ListCodeRepositories ListDomains ListModelPackageGroups ListPipelines "
        "ListProcessingJobs ListProjects ListSpaces ListTrainingJobs ListUserProfiles Search",
        on=("*",),
        why="Studio lists what there is, and finds jobs, executions and versions.",
    ),
    May(actions="codepipeline: ListPipelines", on=("*",), why="The console lists pipelines."),
    May(actions="tag: GetResources", on=("*",), why="Studio finds by tags what belongs to a project."),
    May(actions="codecommit: ListRepositories", on=("*",), why="The console lists repositories."),
)

_CODE = (
    May(
        actions="codecommit: CreateBranch CreateCommit CreatePullRequest GetBranch GetCommit GetDifferences "
        "GetFile GetFolder GetPullRequest GetRepository GitPull GitPush ListBranches ListPullRequests "
        "MergePullRequestByFastForward PutFile",
        on=("codecommit:dev:churn-p-team",),
        only_with=_PROJECT,
        not_on=("codecommit:hub:churn-serving-p-deploy",),
        promise=("seed_code/build/base/README.md", "It is yours: change what you like."),
    ),
)

_NOBODY = (
    MayNot(
        actions="sagemaker: CreateModelPackage CreateModelPackageGroup DeleteModelPackage "
        "DeleteModelPackageGroup PutModelPackageGroupPolicy",
        on=(_VERSION, _CENTRAL, "sagemaker:dev:model-package-group/churn-p-team"),
        given={"sagemaker:ModelApprovalStatus": "PendingManualApproval"},
        why="Versions come of executions, whose record shows what they are.",
    ),
    MayNot(
        actions="sagemaker: UpdateModelPackage",
        on=(_CENTRAL,),
        given={"sagemaker:ModelApprovalStatus": "Approved"},
        why="The central registry is the ML engineer's.",
    ),
    MayNot(
        actions="sagemaker: CreateTrainingJob CreateProcessingJob CreateEndpoint UpdatePipeline "
        "CreatePipeline UpdateModelCard CreateModelCard",
        on=(
            "sagemaker:dev:training-job/pipelines-1-Train",
            "sagemaker:dev:processing-job/pipelines-1-Preprocess",
            "sagemaker:dev:endpoint/churn",
            "sagemaker:dev:pipeline/churn-p-team",
            "sagemaker:hub:model-card/churn-p-team",
        ),
        why="Code that a commit shows trains models and writes cards.",
    ),
    MayNot(
        actions="iam: PassRole",
        on=("iam:dev:role/mlplatform-training-p-team", "iam:dev:role/mlplatform-lead-data-scientist"),
        given={"iam:PassedToService": "sagemaker.amazonaws.com"},
        why="A job of one's own under the training role would register whatever it likes.",
    ),
    MayNot(
        actions="s3: PutObject DeleteObject PutObjectTagging",
        on=(f"{_RESULTS}/models/1/model.tar.gz", f"{_RESULTS}/code/1/train.py"),
        why="What a version consists of is what its execution made.",
    ),
    MayNot(
        actions="s3: DeleteObjectVersion PutBucketPolicy",
        on=(f"{_DATA}/churn/1.csv", _DATA),
        why="What is deleted can be brought back.",
    ),
    MayNot(
        actions="codecommit: DeleteRepository DeleteBranch",
        on=("codecommit:dev:churn-p-team",),
        given=_PROJECT,
        why="A version's commit stays to be found.",
    ),
    MayNot(
        actions="codepipeline: PutApprovalResult UpdatePipeline",
        on=(_PIPELINE, f"{_PIPELINE}/ApproveProduction/ApproveProduction"),
        given=OF_A_PROJECT,
        why="Pipelines are the product's.",
    ),
)

_LEAD_ONLY = (
    May(
        actions="sagemaker: UpdateProject",
        on=("sagemaker:dev:project/churn",),
        not_on=("sagemaker:hub:project/churn-serving",),
        why="A lead brings the team's projects to a new version of their product.",
    ),
    May(
        actions="servicecatalog: DescribeProvisionedProduct DescribeRecord UpdateProvisionedProduct",
        on=("*",),
        only_if={"servicecatalog:accountLevel": "self"},
        why="UpdateProject updates the launch in the lead's name, whoever of the team launched it.",
    ),
    May(
        actions="sagemaker: UpdateModelPackage",
        on=(_VERSION,),
        not_on=(_CENTRAL,),
        promise=(_BUILD_README, "A lead data scientist approves or rejects the version."),
    ),
    May(
        actions="sts: AssumeRole TagSession",
        on=("iam:hub:role/mlplatform-model-card-author",),
        not_on=("iam:hub:role/mlplatform-ml-engineer", "iam:prod:role/mlplatform-lineage-reader"),
        promise=(_BUILD_README, "a lead data scientist does it with `scripts/catalog card create`"),
    ),
)

_SCIENTIST_NOT = (
    MayNot(
        actions="sagemaker: UpdateProject",
        on=("sagemaker:dev:project/churn",),
        why="An update can replace what others work with.",
    ),
    MayNot(
        actions="sagemaker: UpdateModelPackage",
        on=(_VERSION,),
        given={"sagemaker:ModelApprovalStatus": "Approved"},
        why="A lead approves what a data scientist has made.",
    ),
    MayNot(
        actions="sts: AssumeRole",
        on=("iam:hub:role/mlplatform-model-card-author",),
        why="A lead starts cards.",
    ),
)

DATA_SCIENTIST, LEAD = "data-scientist", "lead-data-scientist"

TEAM_PEOPLE = tuple(
    Table(
        role=role,
        account="dev",
        variant=variant,
        may=(
            *_WORK,
            *opens_studio(
                account="dev", profile=role, other=other, key="kms:studio", not_key="kms:churn-p-team"
            ),
            *code,
            *(_LEAD_ONLY if role == LEAD else ()),
        ),
        may_not=(*_NOBODY, *(() if role == LEAD else _SCIENTIST_NOT)),
    )
    for role, other in ((DATA_SCIENTIST, LEAD), (LEAD, DATA_SCIENTIST))
    for variant, code in (("codecommit", _CODE), ("github", ()))
)
