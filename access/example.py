"""An example of the platform in use: one team, four projects, and a model in each state of its life.

Names of the people's and services' roles come from the templates; what is named here are things that no
template makes: versions, artifacts, cards and what is shared of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from access.access import Document, Estate, Policy, ResourcePolicy, Role
from access.platform import PlatformTemplates
from access.templates import DeployedTemplate
from base.contracts.tags import REGISTERS_DIRECTLY, SOURCE_ACCOUNT
from base.names import (
    PROJECT_ID_PARAMETER,
    PROJECT_NAME_PARAMETER,
    REPOSITORY_PARAMETER,
    PlatformNames,
    ProjectNames,
)
from base.settings import Settings
from pipelines.deliveries.delivery import roles_that_read_versions
from products.product import Template
from registry.functions.model_registry.group_policy import (
    group_policy,
)
from registry.functions.model_registry.promotion.repositories import repository_policy
from registry.functions.model_registry.readers import Readers
from registry.serving import readers

CREATED = "20261121T091500Z"


@dataclass(frozen=True, kw_only=True)
class ExampleProject:
    """A project of the example.

    Attributes:
        name: Its name.
        id: Its id.
        product: The product that it was launched from.
        parameters: Further parameters.
    """

    name: str
    id: str
    product: str
    parameters: Mapping[str, str]


TEAM = ExampleProject(
    name="churn",
    id="p-team",
    product="build_from_s3",
    parameters={"InputDataUri": "s3://team-data/churn", "TargetColumn": "left"},
)
"""A project whose versions the team's lead approves, and promotion copies."""

DIRECT = ExampleProject(
    name="fraud",
    id="p-direct",
    product="build_from_s3",
    parameters={"InputDataUri": "s3://team-data/fraud", "TargetColumn": "fraud", "Registration": "central"},
)
"""A project that registers its versions in the central registry itself."""

DEPLOY = ExampleProject(
    name="churn-serving",
    id="p-deploy",
    product="deploy_realtime",
    parameters={"ModelPackageGroupName": "churn-p-team"},
)
"""A project that deploys the versions of the first one."""

LAKE = ExampleProject(
    name="houses",
    id="p-lake",
    product="build_from_lake",
    parameters={"LakeTable": "houses", "TargetColumn": "price"},
)
"""A project that trains on a table of the data lake; only with a data account."""

FEATURES = ExampleProject(
    name="visits",
    id="p-features",
    product="build_from_feature_group",
    parameters={
        "LakeTable": "visits",
        "FeatureGroup": "customers",
        "SecondFeatureGroup": "orders",
        "ThirdFeatureGroup": "shops",
        "TargetColumn": "returns",
    },
)
"""A project that joins labels with feature groups; only with a data account."""

GROUP = {
    "GroupName": "customers",
    "Features": "customer:Integral,spend:Fractional,city:String",
    "LakeTable": "customers",
}
"""A feature group; only with a data account."""

OWN_IMAGE = ExampleProject(
    name="pumps",
    id="p-image",
    product="build_own_container",
    parameters={"InputDataUri": "s3://team-data/pumps", "TargetColumn": "fails"},
)
"""A project that builds its own container image."""

SUBSCRIBED = ExampleProject(
    name="rents",
    id="p-subscribed",
    product="build_from_subscription",
    parameters={"ListingId": "5rq1z0fjv7an2q", "TargetColumn": "price"},
)
"""A project that trains on a data set which the account subscribes to; only with a data account."""

DOMAIN = {"DomainName": "team"}
CATALOG = {"DomainId": "dzd_4p9n6sw4qt9xgn"}

# https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-xaccount.html
AUTHOR_ACTIONS = [
    "sagemaker:DescribeModelCard",
    "sagemaker:ListModelCardVersions",
    "sagemaker:UpdateModelCard",
]
"""What AWS's managed permission for model cards lets another account do."""

# https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-cross-account-access.html
READER_ACTIONS = [
    "sagemaker:BatchGetRecord",
    "sagemaker:DescribeFeatureGroup",
    "sagemaker:DescribeFeatureMetadata",
    "sagemaker:GetRecord",
]
"""What AWS's managed permission for reading feature groups lets another account do."""


@dataclass(frozen=True)
class Example:
    """The accounts with everything in them.

    Attributes:
        settings: What the adopter decided.
        templates: The templates.
        boundary: The document of the permissions boundary, if the adopter has one.
    """

    settings: Settings
    templates: PlatformTemplates
    boundary: Document | None = None

    @property
    def names(self) -> PlatformNames:
        """The platform's names."""
        return self.settings.names

    def project(self, project: ExampleProject) -> ProjectNames:
        """The names of a project's own."""
        accounts = self.settings.accounts
        return ProjectNames(
            prefix=self.names.prefix,
            project_name=project.name,
            project_id=project.id,
            account=accounts.shared_services if project is DEPLOY else accounts.development,
            region=self.settings.region,
        )

    def sagemaker(self, account: str, resource: str) -> str:
        """The ARN of something of SageMaker."""
        return f"arn:aws:sagemaker:{self.settings.region}:{account}:{resource}"

    @cached_property
    def deployed(self) -> tuple[DeployedTemplate, ...]:
        """Every template in every account where it stands."""
        accounts, data = self.settings.accounts, self.templates.data_accounts
        return (
            *(
                self._deploy(name, template, accounts.shared_services)
                for name, template in self.templates.hub.items()
            ),
            self._deploy("launch", self.templates.launch_accounts, accounts.development),
            self._deploy("target", self.templates.target_accounts, accounts.test),
            self._deploy("target", self.templates.target_accounts, accounts.production),
            *(self._about_data(data, accounts.data) if data and accounts.data else ()),
            self._deploy("studio", self.templates.products["studio_domain"], accounts.development, DOMAIN),
            *map(self._launch, (TEAM, DIRECT, OWN_IMAGE, DEPLOY)),
        )

    @cached_property
    def estate(self) -> Estate:
        """What decides about requests."""
        return Estate(
            region=self.settings.region,
            organization_id=self.settings.organization.id,
            organization_paths=self._organization_paths(),
            roles=tuple(self._roles()),
            resource_policies=dict(self._resource_policies()),
        )

    def key(self, template: str) -> str:
        """The ARN of the one key of a template.

        Args:
            template: What its deployment is called.
        """
        (arn,) = (
            arn for deployed in self.deployed if deployed.name == template for arn, _ in _keys(deployed)
        )
        return arn

    def _deploy(
        self, name: str, template: Template, account: str, parameters: Mapping[str, str] | None = None
    ) -> DeployedTemplate:
        return DeployedTemplate(
            name=name,
            template=template,
            account=account,
            region=self.settings.region,
            parameters=parameters or {},
        )

    def _about_data(self, template: Template, account: str) -> Iterator[DeployedTemplate]:
        """What is in a data account, and the projects that read it."""
        products = self.templates.products
        lake = self._deploy("lake", products["data_lake"], account)
        ((key, _),) = _keys(lake)
        yield self._deploy("data", template, account)
        yield lake
        yield self._deploy("features", products["feature_group"], account, GROUP | {"LakeKeyArn": key})
        yield self._launch(LAKE)
        yield self._launch(FEATURES)
        development = self.settings.accounts.development
        subscribers = {"SubscriberAccounts": development}
        yield self._deploy("catalog", products["published_data"], account, subscribers)
        yield self._deploy("subscriptions", products["data_subscriptions"], development, CATALOG)
        yield self._launch(SUBSCRIBED)

    def _launch(self, project: ExampleProject) -> DeployedTemplate:
        own = self.project(project)
        template = self.templates.products[project.product]
        given = {
            PROJECT_NAME_PARAMETER: project.name,
            PROJECT_ID_PARAMETER: project.id,
            **project.parameters,
        }
        if REPOSITORY_PARAMETER in template["Parameters"]:
            given[REPOSITORY_PARAMETER] = f"team/{project.name}"
        return self._deploy(own.title, template, own.account, given)

    def _organization_paths(self) -> dict[str, str]:
        organization, accounts = self.settings.organization, self.settings.accounts
        units = dict(organization.organizational_units)
        return {
            account: f"{organization.id}/r-root/"
            + (f"{units['workloads']}/{units[name]}/" if name in units else "")
            for name, account in accounts
        }

    def _roles(self) -> Iterator[Role]:
        names = self.names
        boundary = None if self.boundary is None else Policy(self.boundary)
        tags = {names.model_card_author_role: {SOURCE_ACCOUNT: self.settings.accounts.development}}
        for deployed in self.deployed:
            managed = {
                f"arn:aws:iam::{deployed.account}:policy/{policy['ManagedPolicyName']}": Policy(
                    policy["PolicyDocument"]
                )
                for _, policy in deployed.resources("AWS::IAM::ManagedPolicy")
            }
            added = [policy for _, policy in deployed.resources("AWS::IAM::Policy")]
            for logical_id, role in deployed.resources("AWS::IAM::Role"):
                name = role.get("RoleName", logical_id)
                yield Role(
                    account=deployed.account,
                    name=name,
                    trust=Policy(role["AssumeRolePolicyDocument"]),
                    policies=(
                        *(Policy(policy["PolicyDocument"]) for policy in role.get("Policies", [])),
                        *(managed[arn] for arn in role.get("ManagedPolicyArns", [])),
                        *(Policy(policy["PolicyDocument"]) for policy in added if name in policy["Roles"]),
                    ),
                    boundary=boundary if "PermissionsBoundary" in role else None,
                    session_tags=tags.get(name, {}),
                )

    def _resource_policies(self) -> Iterator[tuple[str, ResourcePolicy]]:
        for deployed in self.deployed:
            yield from _buckets(deployed)
            yield from _keys(deployed)
            yield from _groups(deployed)
            yield from _repositories(deployed)
        yield from self._central_groups()
        yield from self._cards()
        yield from self._feature_groups()
        yield from self._images()

    def _central_groups(self) -> Iterator[tuple[str, ResourcePolicy]]:
        """The central groups: one that promotion keeps, one into which a project registers itself."""
        accounts, reading = self.settings.accounts, self._readers
        for project in (TEAM, DIRECT):
            owned = self.project(project)
            tags = {SOURCE_ACCOUNT: accounts.development}
            if project is DIRECT:
                tags[REGISTERS_DIRECTLY] = owned.role("training")
            arn = self.sagemaker(accounts.shared_services, f"model-package-group/{owned.title}")
            policy = ResourcePolicy(
                name="central group",
                account=accounts.shared_services,
                policy=Policy(group_policy(arn, tags, reading)),
            )
            yield arn, policy
            yield arn.replace(":model-package-group/", ":model-package/"), policy

    def _cards(self) -> Iterator[tuple[str, ResourcePolicy]]:
        """A card that is shared with the team and with test for writing, and with production for reading."""
        accounts = self.settings.accounts
        reading: Sequence[str] = AUTHOR_ACTIONS
        for stack in self.deployed:
            if stack.name == self.names.card_permission_stack:
                ((_, permission),) = stack.resources("AWS::RAM::Permission")
                reading = permission["PolicyTemplate"]["Action"]
        card = self.names.model_card_arn(self.project(TEAM).title)
        shares = {
            accounts.development: ("AuthorsShare", AUTHOR_ACTIONS),
            accounts.test: ("AuthorsShare", AUTHOR_ACTIONS),
            accounts.production: ("ReadersShare", reading),
        }
        statements = [
            {
                "Sid": share,
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": actions,
                "Resource": card,
            }
            for account, (share, actions) in shares.items()
        ]
        yield (
            card,
            ResourcePolicy(
                name="card", account=accounts.shared_services, policy=Policy({"Statement": statements})
            ),
        )

    def _feature_groups(self) -> Iterator[tuple[str, ResourcePolicy]]:
        """The feature groups of the project, which are shared with the development unit."""
        accounts = self.settings.accounts
        if accounts.data is None:
            return
        for parameter in ("FeatureGroup", "SecondFeatureGroup", "ThirdFeatureGroup"):
            arn = self.sagemaker(accounts.data, f"feature-group/{FEATURES.parameters[parameter]}")
            statement = {
                "Sid": "FeatureGroupShare",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{accounts.development}:root"},
                "Action": READER_ACTIONS,
                "Resource": arn,
            }
            policy = Policy({"Statement": [statement]})
            yield arn, ResourcePolicy(name="feature group", account=accounts.data, policy=policy)

    @property
    def _readers(self) -> Readers:
        serving_roles = roles_that_read_versions(self.templates.deliveries, self.names)
        return readers(self.names, self.settings.organization, serving_roles)

    def _images(self) -> Iterator[tuple[str, ResourcePolicy]]:
        hub, title = self.settings.accounts.shared_services, self.project(TEAM).title
        policy = repository_policy(self._readers)
        # The policy of a repository is about the repository, and so names no resource.
        yield (
            self.image_repository(title),
            ResourcePolicy(name="image repository", account=hub, policy=Policy(policy)),
        )

    def image_repository(self, title: str) -> str:
        """The ARN of the central image repository of a model."""
        accounts = self.settings.accounts
        return (
            f"arn:aws:ecr:{self.settings.region}:{accounts.shared_services}:repository/"
            f"{self.names.central_image_repositories}/{accounts.development}/{title}"
        )


def _buckets(deployed: DeployedTemplate) -> Iterator[tuple[str, ResourcePolicy]]:
    for _, policy in deployed.resources("AWS::S3::BucketPolicy"):
        yield (
            f"arn:aws:s3:::{policy['Bucket']}",
            ResourcePolicy(name="bucket", account=deployed.account, policy=Policy(policy["PolicyDocument"])),
        )


def _keys(deployed: DeployedTemplate) -> Iterator[tuple[str, ResourcePolicy]]:
    for logical_id, key in deployed.resources("AWS::KMS::Key"):
        arn = deployed.filled({"Fn::GetAtt": [logical_id, "Arn"]})
        yield (
            arn,
            ResourcePolicy(
                name="key", account=deployed.account, policy=Policy(key["KeyPolicy"]), is_required=True
            ),
        )


def _groups(deployed: DeployedTemplate) -> Iterator[tuple[str, ResourcePolicy]]:
    for _, group in deployed.resources("AWS::SageMaker::ModelPackageGroup"):
        name = group["ModelPackageGroupName"]
        arn = f"arn:aws:sagemaker:{deployed.region}:{deployed.account}:model-package-group/{name}"
        policy = ResourcePolicy(
            name="team's group", account=deployed.account, policy=Policy(group["ModelPackageGroupPolicy"])
        )
        yield arn, policy
        yield arn.replace(":model-package-group/", ":model-package/"), policy


def _repositories(deployed: DeployedTemplate) -> Iterator[tuple[str, ResourcePolicy]]:
    for _, repository in deployed.resources("AWS::ECR::Repository"):
        name, policy = repository["RepositoryName"], repository["RepositoryPolicyText"]
        yield (
            f"arn:aws:ecr:{deployed.region}:{deployed.account}:repository/{name}",
            ResourcePolicy(name="image repository", account=deployed.account, policy=Policy(policy)),
        )
