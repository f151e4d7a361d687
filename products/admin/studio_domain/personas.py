"""What the people of a team may do: data scientists, and lead data scientists, who also approve."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from base.grants.launching import launching
from base.grants.models import READ_VERSIONS, read_cards
from base.grants.objects import READ_BUCKET, USE_KEY
from base.grants.people import trusted_people
from base.grants.projects import OF_A_PROJECT, own_projects
from base.grants.reasons import NOTHING_NARROWER
from base.grants.runs import READ_LOGS, READ_PIPELINE
from base.grants.studio import look_around, own_profile, profile_of
from base.pseudo_parameters import ACCOUNT_ID, PARTITION, REGION
from base.roles import Permission, arn, role, role_arn
from base.settings import Settings

NAMED_LATER = "Named when a project or a space is made; the account belongs to one team."


class Personas(Construct):
    """The roles of both personas, which are the execution roles of their Studio profiles as well."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, key: kms.IKey, team_data: s3.IBucket
    ) -> None:
        """Define both roles.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            settings: What the adopter decided.
            key: The key of the domain and of the team's data.
            team_data: The bucket of the team's data.
        """
        super().__init__(scope, construct_id)
        names = settings.names
        work = [
            *_data(key, team_data),
            *_launch_projects(settings),
            *_code(settings),
            *_runs(settings.name_prefix),
            *_results(settings.name_prefix),
            _read_cards(settings),
            _lists(),
            look_around(),
        ]
        self.data_scientist = role(
            self,
            "DataScientist",
            name=names.data_scientist_role,
            description="Makes projects, changes their code, runs their pipelines and sees their models",
            trusts=trusted_people(),
            permissions=[
                *work,
                *own_profile(profile_of(names.data_scientist_role, names.prefix), key_arn=key.key_arn),
            ],
        )
        self.lead_data_scientist = role(
            self,
            "LeadDataScientist",
            name=names.lead_data_scientist_role,
            description="Does what a data scientist does, approves models, starts cards and updates projects",
            trusts=trusted_people(),
            permissions=[
                *work,
                *own_profile(profile_of(names.lead_data_scientist_role, names.prefix), key_arn=key.key_arn),
                *_update_projects(),
                _approval(),
                _start_cards(settings),
            ],
        )


def _approval() -> Permission:
    return Permission(
        actions=("sagemaker:UpdateModelPackage",),
        resources=(arn("sagemaker", "model-package/*"),),
        because="A lead approves the versions of all the team's projects.",
    )


def _update_projects() -> list[Permission]:
    """UpdateProject updates the product's launch in the caller's name, whoever launched it.

    The launch constraint's role changes the resources, and a product of another portfolio stays out of reach:
    only a principal of its portfolio updates it.
    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/permissions-examples.html
    """
    return [
        Permission(
            actions=("sagemaker:UpdateProject",),
            resources=(arn("sagemaker", "project/*"),),
            because=NAMED_LATER,
        ),
        Permission(
            actions=(
                "servicecatalog:DescribeProvisionedProduct",
                "servicecatalog:DescribeRecord",
                "servicecatalog:UpdateProvisionedProduct",
            ),
            resources=("*",),
            conditions={"StringEquals": {"servicecatalog:accountLevel": "self"}},
            because=f"{NOTHING_NARROWER} A lead updates the projects of all the team, of this account alone.",
        ),
    ]


def _start_cards(settings: Settings) -> Permission:
    """The hub's role tells by the session's tag from which account a lead comes."""
    return Permission(
        actions=("sts:AssumeRole", "sts:TagSession"),
        resources=(role_arn(settings.accounts.shared_services, settings.names.model_card_author_role),),
    )


def _data(key: kms.IKey, team_data: s3.IBucket) -> list[Permission]:
    return [
        Permission(
            # Versions of objects are out of reach: what is deleted can be brought back. Reading is among
            # the results, as of every bucket of the platform in the account.
            actions=("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"),
            resources=(team_data.arn_for_objects("*"),),
            because="The team names its data.",
        ),
        Permission(actions=("s3:GetBucketLocation",), resources=(team_data.bucket_arn,)),
        Permission(actions=USE_KEY, resources=(key.key_arn,)),
    ]


def _launch_projects(settings: Settings) -> list[Permission]:
    """CreateProject launches a Service Catalog product with the caller's own permissions.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-studio-updates.html
    """
    return [
        own_projects(updates=False, because=NAMED_LATER),
        *launching(owners=(settings.accounts.shared_services, ACCOUNT_ID), updates=False),
    ]


def _code(settings: Settings) -> list[Permission]:
    """Repositories of projects, where they are in CodeCommit; other providers know the person themselves."""
    registered = Permission(
        actions=("sagemaker:DescribeCodeRepository",),
        resources=(arn("sagemaker", "code-repository/*"),),
        because=NAMED_LATER,
    )
    if settings.repository.provider != "codecommit":
        return [registered]
    return [
        registered,
        Permission(
            actions=(
                "codecommit:CreateBranch",
                "codecommit:CreateCommit",
                "codecommit:CreatePullRequest",
                "codecommit:GetBranch",
                "codecommit:GetCommit",
                "codecommit:GetDifferences",
                "codecommit:GetFile",
                "codecommit:GetFolder",
                "codecommit:GetPullRequest",
                "codecommit:GetRepository",
                "codecommit:GitPull",
                "codecommit:GitPush",
                "codecommit:ListBranches",
                "codecommit:ListPullRequests",
                "codecommit:MergePullRequestByFastForward",
                "codecommit:PutFile",
            ),
            resources=(arn("codecommit", "*"),),
            conditions=OF_A_PROJECT,
            because=f"{NAMED_LATER} The condition keeps to repositories of projects.",
        ),
    ]


def _runs(prefix: str) -> list[Permission]:
    """Pipelines, their executions, jobs and logs."""
    return [
        Permission(
            actions=(*READ_PIPELINE, "codepipeline:StartPipelineExecution"),
            resources=(arn("codepipeline", "*"),),
            conditions=OF_A_PROJECT,
            because=f"{NAMED_LATER} The condition keeps to pipelines of projects.",
        ),
        Permission(
            actions=("codebuild:BatchGetBuilds", "codebuild:ListBuildsForProject"),
            resources=(arn("codebuild", f"project/{prefix}-*"),),
            because=NAMED_LATER,
        ),
        Permission(
            actions=(
                "sagemaker:DescribePipeline",
                "sagemaker:DescribePipelineDefinitionForExecution",
                "sagemaker:DescribePipelineExecution",
                "sagemaker:ListPipelineExecutionSteps",
                "sagemaker:ListPipelineExecutions",
                "sagemaker:ListPipelineParametersForExecution",
                "sagemaker:RetryPipelineExecution",
                "sagemaker:StartPipelineExecution",
                "sagemaker:StopPipelineExecution",
            ),
            resources=(arn("sagemaker", "pipeline/*"),),
            because=NAMED_LATER,
        ),
        Permission(
            actions=("sagemaker:DescribeProcessingJob", "sagemaker:DescribeTrainingJob"),
            resources=(
                arn("sagemaker", "processing-job/pipelines-*"),
                arn("sagemaker", "training-job/pipelines-*"),
            ),
            because="SageMaker Pipelines names each job pipelines-, the execution's id and the step.",
        ),
        Permission(
            actions=READ_LOGS,
            # AWS documents a log group's ARN with ":*" and without, and asks for the first today.
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
            resources=(
                arn("logs", f"log-group:/aws/codebuild/{prefix}-*"),
                *(
                    arn("logs", f"log-group:/aws/sagemaker/{kind}Jobs{streams}")
                    for kind in ("Processing", "Training")
                    for streams in ("", ":*")
                ),
            ),
            because="A log stream belongs to each job, a log group to each project's builds.",
        ),
    ]


def _results(prefix: str) -> list[Permission]:
    """Model versions, the team's data, and what the runs of projects have left in their buckets."""
    buckets = f"arn:{PARTITION}:s3:::{prefix}-*-{ACCOUNT_ID}-{REGION}"
    return [
        Permission(
            actions=(*READ_VERSIONS, "sagemaker:ListTags"),
            resources=(arn("sagemaker", "model-package/*"), arn("sagemaker", "model-package-group/*")),
            because=NAMED_LATER,
        ),
        Permission(
            actions=READ_BUCKET,
            resources=(buckets, f"{buckets}/*"),
            because=f"{NAMED_LATER} The platform's buckets are named so.",
        ),
        Permission(
            actions=("kms:Decrypt",),
            resources=(arn("kms", "key/*"),),
            conditions={"ForAnyValue:StringLike": {"kms:ResourceAliases": f"alias/{prefix}-*"}},
            because="Keys have ids of AWS's choice; the condition names the aliases of projects' keys.",
        ),
    ]


def _read_cards(settings: Settings) -> Permission:
    """Model cards that the hub shares with the team, and the team's own."""
    return read_cards(
        settings.names.model_card_arn("*"),
        arn("sagemaker", "model-card/*"),
        because="A card is named after its model; the hub's shares decide about its cards.",
    )


def _lists() -> Permission:
    return Permission(
        actions=(
            "codecommit:ListRepositories",
            "codepipeline:ListPipelines",
            "sagemaker:ListCodeRepositories",
            "sagemaker:ListModelPackageGroups",
            "sagemaker:ListPipelines",
            "sagemaker:ListProcessingJobs",
            "sagemaker:ListProjects",
            "sagemaker:ListTrainingJobs",
            # How Studio finds jobs, executions and versions.
            "sagemaker:Search",
            # By their tags, what belongs to a project.
            "tag:GetResources",
        ),
        resources=("*",),
        because=NOTHING_NARROWER,
    )
