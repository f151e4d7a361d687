"""Names of every resource that more than one room, account or person must know.

A name that only one template needs is left to CloudFormation. What is named here is derived from the
prefix, the account, the Region, or a project's name and id, and stays within the limit of its service:

* S3 bucket: 63 characters, lower case
  (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)
* IAM role: 64 characters (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)
* SageMaker model package group and endpoint: 63 characters; project: 32, its id: 20
  (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProject.html)
* SageMaker model card: 63
  (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelCard.html)
* RAM managed permission: 36 (https://docs.aws.amazon.com/ram/latest/APIReference/API_CreatePermission.html)
"""

from dataclasses import dataclass

MAXIMUM_PREFIX = 12
MAXIMUM_PROJECT_NAME = 32
MAXIMUM_PROJECT_ID = 20
MAXIMUM_BUCKET = 63
MAXIMUM_ROLE = 64
MAXIMUM_MODEL_PACKAGE_GROUP = 63
MAXIMUM_ENDPOINT = 63
MAXIMUM_MODEL_CARD = 63
MAXIMUM_MANAGED_PERMISSION = 36

# Narrower than SageMaker's own. Capital letters: SageMaker writes some ARNs in lower case, and policies
# compare them as they are written. Double hyphens: ECR's documentation has no repository with them
# (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html).
PROJECT_NAME_PATTERN = "^[a-z0-9](-?[a-z0-9]){0,31}$"
PROJECT_NAME_EXPECTED = (
    f"up to {MAXIMUM_PROJECT_NAME} lower-case letters and digits, with single hyphens between them, because "
    "ARNs and image repositories of the project know no other spelling"
)
PROJECT_ID_PATTERN = "^[a-z0-9](-*[a-z0-9]){0,19}$"

# What people see of the two portfolios.
PORTFOLIO_NAMES = {"ml_admin": "ML Admin", "sagemaker_projects": "SageMaker Projects"}
# The part of SageMaker Projects that is launched in shared services, and so is shared with nobody.
OWN_PROJECTS_PORTFOLIO = "SageMaker Projects (shared services)"
# The part of ML Admin that is launched in data accounts, and so is shared with their unit alone.
DATA_PORTFOLIO = "ML Admin (data)"

PROJECT_NAME_PARAMETER = "SageMakerProjectName"
PROJECT_ID_PARAMETER = "SageMakerProjectId"
REPOSITORY_PARAMETER = "RepositoryId"


@dataclass(frozen=True, kw_only=True)
class PlatformNames:
    """Names that the whole platform shares."""

    prefix: str
    region: str
    shared_services_account: str

    # Stacks of the shared services account, in the order of their deployment.

    @property
    def foundation_stack(self) -> str:
        """Stack of the asset bucket and the role that publishes to it."""
        return f"{self.prefix}-foundation"

    @property
    def registry_stack(self) -> str:
        """Stack of the central model registry."""
        return f"{self.prefix}-registry"

    @property
    def card_permission_stack(self) -> str:
        """Stack of the managed permission to read model cards, apart from all others."""
        return f"{self.prefix}-card-permission"

    @property
    def portfolios_stack(self) -> str:
        """Stack of both portfolios, their products, and the hub's own launch roles."""
        return f"{self.prefix}-portfolios"

    @property
    def accounts_stack(self) -> str:
        """Stack of the StackSets that prepare the accounts, the hub itself included."""
        return f"{self.prefix}-accounts"

    @property
    def platform_engineer_stack(self) -> str:
        """Stack of the role that deploys all others; the account's administrator creates it once."""
        return f"{self.prefix}-platform-engineer"

    # What the StackSets create in the accounts of an organisational unit.

    @property
    def launch_stack_set(self) -> str:
        """StackSet for accounts that launch products."""
        return f"{self.prefix}-launch"

    @property
    def deployment_target_stack_set(self) -> str:
        """StackSet for accounts that serve models (test, production)."""
        return f"{self.prefix}-deployment-target"

    @property
    def data_stack_set(self) -> str:
        """StackSet for accounts that govern data."""
        return f"{self.prefix}-data"

    # What tells whose something is, and what bounds it.

    @property
    def product_tag(self) -> str:
        """Key of the tag that tells by which product something was made."""
        return f"{self.prefix}:product"

    @property
    def project_boundary(self) -> str:
        """Permissions boundary of the roles that products make, unless the adopter names one."""
        return f"{self.prefix}-project-boundary"

    # Buckets, keys, buses.

    @property
    def asset_bucket(self) -> str:
        """Templates, seed archives and function code; readable by the organisation."""
        return f"{self.prefix}-assets-{self.shared_services_account}-{self.region}"

    @property
    def registry_bucket(self) -> str:
        """Artifacts of the central model registry."""
        return f"{self.prefix}-registry-{self.shared_services_account}-{self.region}"

    @property
    def registry_key_alias(self) -> str:
        """Alias of the key of the central model registry."""
        return f"alias/{self.prefix}-registry"

    @property
    def event_bus(self) -> str:
        """Bus of the shared services account that receives approvals from the workload accounts."""
        return f"{self.prefix}-registry"

    @property
    def event_bus_arn(self) -> str:
        """ARN of `event_bus`."""
        return f"arn:aws:events:{self.region}:{self.shared_services_account}:event-bus/{self.event_bus}"

    @property
    def registry_event_source(self) -> str:
        """Source of the events that the central registry itself sends."""
        return f"{self.prefix}.registry"

    @property
    def central_image_repositories(self) -> str:
        """What the names of the central image repositories begin with; account and group follow."""
        return f"{self.prefix}-models"

    def model_card_arn(self, model_package_group_name: str) -> str:
        """The central model card of a model: it has the name of the model's group.

        Args:
            model_package_group_name: The group; at most 63 characters, as a model card's name.
        """
        return (
            f"arn:aws:sagemaker:{self.region}:{self.shared_services_account}:"
            f"model-card/{model_package_group_name}"
        )

    def card_authors_share(self, model_package_group_name: str) -> str:
        """RAM resource share through which accounts read and write a model's card."""
        return f"{self.prefix}-card-authors-{model_package_group_name}"

    def card_readers_share(self, model_package_group_name: str) -> str:
        """RAM resource share through which accounts read a model's card."""
        return f"{self.prefix}-card-readers-{model_package_group_name}"

    @property
    def card_reader_permission(self) -> str:
        """RAM managed permission to read a model card."""
        return f"{self.prefix}-model-card-reader"

    @property
    def card_reader_permission_arn(self) -> str:
        """ARN of `card_reader_permission`."""
        return (
            f"arn:aws:ram:{self.region}:{self.shared_services_account}:"
            f"permission/{self.card_reader_permission}"
        )

    def team_data_bucket(self, account: str) -> str:
        """Bucket in which a team keeps its data; the Studio domain product creates it."""
        return f"{self.prefix}-team-data-{account}-{self.region}"

    @property
    def domain_key_alias(self) -> str:
        """Alias of the key of an account's Studio domain and team data bucket."""
        return f"alias/{self.prefix}-domain"

    def data_capture_bucket(self, account: str) -> str:
        """Bucket into which the endpoints of an account capture requests and responses."""
        return f"{self.prefix}-data-capture-{account}-{self.region}"

    @property
    def data_capture_key_alias(self) -> str:
        """Alias of the key of an account's data capture bucket."""
        return f"alias/{self.prefix}-data-capture"

    def batch_bucket(self, account: str) -> str:
        """Bucket with the input and the output of an account's batch transforms."""
        return f"{self.prefix}-batch-{account}-{self.region}"

    @property
    def batch_key_alias(self) -> str:
        """Alias of the key of an account's batch bucket."""
        return f"alias/{self.prefix}-batch"

    # The data lake of a data account; one in an account.

    def lake_bucket(self, account: str) -> str:
        """Bucket with the tables of an account's data lake."""
        return f"{self.prefix}-lake-{account}-{self.region}"

    @property
    def lake_key_alias(self) -> str:
        """Alias of the key of an account's data lake."""
        return f"alias/{self.prefix}-lake"

    @property
    def lake_database(self) -> str:
        """Database of the data lake's tables in the Glue Data Catalog, whose names have no hyphens."""
        return f"{self.prefix.replace('-', '_')}_lake"

    @property
    def lake_audience_tag(self) -> str:
        """Key of the LF-tag that tells who may read a table or a column."""
        return f"{self.prefix}-audience"

    @property
    def lake_location_role(self) -> str:
        """Data accounts: role under which Lake Formation reads the data lake for whoever may."""
        return f"{self.prefix}-lake-location"

    @property
    def lake_crawler(self) -> str:
        """Data accounts: what finds new tables in the data lake, and its role."""
        return f"{self.prefix}-lake-crawler"

    @property
    def lake_administrators(self) -> str:
        """Data and launch accounts: the function that keeps data lake administrators, and its role."""
        return f"{self.prefix}-lake-administrators"

    # Feature groups of a data account.

    def feature_database(self, group: str) -> str:
        """Database of a feature group's offline table.

        Args:
            group: The feature group.
        """
        return f"{self.prefix.replace('-', '_')}_features_{group}"

    def feature_store_role(self, group: str) -> str:
        """Data accounts: role under which SageMaker writes a feature group's offline store.

        Args:
            group: The feature group.
        """
        return f"{self.prefix}-offline-{group}"

    def feature_ingestion(self, group: str) -> str:
        """Data accounts: what fills a feature group from the lake: function, role and workgroup.

        Args:
            group: The feature group.
        """
        return f"{self.prefix}-ingest-{group}"

    def feature_share(self, group: str) -> str:
        """RAM resource share through which accounts read a feature group.

        Args:
            group: The feature group.
        """
        return f"{self.prefix}-features-{group}"

    # The catalog of published data sets; one in a data account, which development accounts join.

    @property
    def data_catalog(self) -> str:
        """Data accounts: the DataZone domain, and the role under which its portal works."""
        return f"{self.prefix}-data-catalog"

    @property
    def catalog_environment_role(self) -> str:
        """Data and launch accounts: role of environments in the domain, which may do nothing."""
        return f"{self.prefix}-catalog-environment"

    @property
    def publication_access_role(self) -> str:
        """Data accounts: role under which DataZone reads the lake's catalog and shares its tables."""
        return f"{self.prefix}-publication-access"

    @property
    def data_subscribers(self) -> str:
        """Data accounts: the function that lets roles of other accounts into the domain, and its role."""
        return f"{self.prefix}-data-subscribers"

    @property
    def subscription_access_role(self) -> str:
        """Launch accounts: role under which DataZone grants what the account has subscribed to."""
        return f"{self.prefix}-subscription-access"

    @property
    def data_subscriptions(self) -> str:
        """Launch accounts: the function that subscribes for projects, and its role."""
        return f"{self.prefix}-data-subscriptions"

    # Roles of people.

    @property
    def platform_engineer_role(self) -> str:
        """Shared services: deploys the bundle and shares portfolios."""
        return f"{self.prefix}-platform-engineer"

    @property
    def ml_administrator_role(self) -> str:
        """Launch accounts and shared services: launches from the ML Admin portfolio."""
        return f"{self.prefix}-ml-administrator"

    @property
    def lead_data_scientist_role(self) -> str:
        """Launch accounts: approves model versions; created by the Studio domain product."""
        return f"{self.prefix}-lead-data-scientist"

    @property
    def data_scientist_role(self) -> str:
        """Launch accounts: creates projects; created by the Studio domain product."""
        return f"{self.prefix}-data-scientist"

    @property
    def ml_engineer_role(self) -> str:
        """Shared services: approves central versions and owns deploy projects."""
        return f"{self.prefix}-ml-engineer"

    @property
    def governance_officer_role(self) -> str:
        """Shared services: approves production."""
        return f"{self.prefix}-governance-officer"

    @property
    def data_engineer_role(self) -> str:
        """Data accounts: launches from the part of ML Admin that is launched there."""
        return f"{self.prefix}-data-engineer"

    @property
    def data_producer_role(self) -> str:
        """Data accounts: puts tables into the data lake, whose product creates the role."""
        return f"{self.prefix}-data-producer"

    @property
    def data_owner_role(self) -> str:
        """Data accounts: decides who may subscribe to published data; created by the product."""
        return f"{self.prefix}-data-owner"

    @property
    def roles_of_people(self) -> tuple[str, ...]:
        """All roles that people assume."""
        return (
            self.platform_engineer_role,
            self.ml_administrator_role,
            self.lead_data_scientist_role,
            self.data_scientist_role,
            self.ml_engineer_role,
            self.governance_officer_role,
            self.data_engineer_role,
            self.data_producer_role,
            self.data_owner_role,
        )

    # Roles of services.

    def launch_role(self, product: str) -> str:
        """Role under which Service Catalog launches a product.

        Args:
            product: The identifier of the product, which is the name of its folder.
        """
        return f"{self.prefix}-launch-{product.replace('_', '-')}"

    @property
    def asset_publishing_role(self) -> str:
        """Role under which the CDK command line publishes assets."""
        return f"{self.prefix}-asset-publishing"

    @property
    def promotion_role(self) -> str:
        """Role of the promotion function."""
        return f"{self.prefix}-promotion"

    @property
    def release_role(self) -> str:
        """Role of the function that releases approved central versions to the workload accounts."""
        return f"{self.prefix}-release"

    @property
    def promotion_function(self) -> str:
        """The function that promotes approved versions of the teams' accounts."""
        return f"{self.prefix}-promotion"

    @property
    def promotion_dead_letters(self) -> str:
        """Queue of the events that the promotion function could not handle."""
        return f"{self.prefix}-promotion-dead-letters"

    @property
    def release_function(self) -> str:
        """The function that follows the approvals in the central registry."""
        return f"{self.prefix}-release"

    @property
    def release_dead_letters(self) -> str:
        """Queue of the events that the release function could not handle."""
        return f"{self.prefix}-release-dead-letters"

    @property
    def stage_function(self) -> str:
        """The function that deploy pipelines invoke as a version goes from stage to stage."""
        return f"{self.prefix}-stages"

    @property
    def stage_role(self) -> str:
        """Role of the stage function."""
        return f"{self.prefix}-stages"

    @property
    def model_card_author_role(self) -> str:
        """Shared services: what lead data scientists of other accounts assume to start a model's card."""
        return f"{self.prefix}-model-card-author"

    @property
    def lineage_reader_role(self) -> str:
        """Launch and target accounts: what the hub's people assume to trace a model."""
        return f"{self.prefix}-lineage-reader"

    @property
    def sagemaker_projects_function(self) -> str:
        """Launch accounts and shared services: the function that turns Projects on, and its role."""
        return f"{self.prefix}-sagemaker-projects"

    @property
    def sagemaker_projects_note(self) -> str:
        """Launch accounts and shared services: the parameter that notes that Projects was off before."""
        return f"/{self.prefix}/sagemaker-projects"

    @property
    def event_forwarding_role(self) -> str:
        """Launch accounts: role under which EventBridge forwards approvals to the hub's bus."""
        return f"{self.prefix}-event-forwarding"

    @property
    def deployment_role(self) -> str:
        """Target accounts: what a deploy pipeline assumes."""
        return f"{self.prefix}-deployment"

    @property
    def deployment_cloudformation_role(self) -> str:
        """Target accounts: what CloudFormation assumes to create an endpoint."""
        return f"{self.prefix}-deployment-cloudformation"

    @property
    def endpoint_role(self) -> str:
        """Target accounts: execution role of the endpoints."""
        return f"{self.prefix}-endpoint"

    @property
    def batch_transform_role(self) -> str:
        """Target accounts: execution role of the models of batch transforms."""
        return f"{self.prefix}-batch-transform"

    @property
    def batch_schedule_role(self) -> str:
        """Target accounts: role under which schedules start batch transforms."""
        return f"{self.prefix}-batch-schedule"

    @property
    def integration_test_role(self) -> str:
        """Target accounts: what the integration tests of a deploy pipeline assume."""
        return f"{self.prefix}-integration-test"


@dataclass(frozen=True, kw_only=True)
class ProjectNames:
    """Names of what one project owns.

    Arguments may be literal or CloudFormation references (tokens, ``${Parameter}``). Names that people
    read carry the project's name and id, 53 characters at most; names with a tighter limit carry the
    id alone, which is unique in an account and Region.
    """

    prefix: str
    project_name: str
    project_id: str
    account: str
    region: str

    @property
    def title(self) -> str:
        """The repository, pipelines, endpoint and model package group of the project."""
        return f"{self.project_name}-{self.project_id}"

    @property
    def bucket(self) -> str:
        """The project's bucket: pipeline artifacts and model artifacts."""
        return f"{self.prefix}-{self.project_id}-{self.account}-{self.region}"

    @property
    def key_alias(self) -> str:
        """Alias of the project's key."""
        return f"alias/{self.prefix}-{self.project_id}"

    @property
    def image_repository(self) -> str:
        """The repository of the images that the project builds."""
        return f"{self.prefix}-images/{self.project_id}"

    def role(self, purpose: str) -> str:
        """A role of the project.

        Args:
            purpose: What the role is for, in at most 24 characters, such as ``pipeline`` or ``build``.
        """
        return f"{self.prefix}-{purpose}-{self.project_id}"

    def delivery_stack(self, kind: str) -> str:
        """Stack that a deploy pipeline keeps in each target account.

        Args:
            kind: What the stack creates, in at most 24 characters, such as ``endpoint``.
        """
        return f"{self.prefix}-{kind}-{self.project_id}"
