"""SageMaker Studio domain: the resources of one team's domain."""

from collections.abc import Mapping
from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from base.grants.studio import profile_of
from base.pseudo_parameters import ACCOUNT_ID, REGION
from base.roles import role_arn
from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.form import Form
from pipelines.storage import encryption_key, private_bucket
from products.admin.studio_domain.network import StudioNetwork
from products.admin.studio_domain.personas import Personas

DOMAIN_GROUP = "Domain"
NETWORK_GROUP = "Network"

VPC_ONLY = "VpcOnly"
PUBLIC = "PublicInternetOnly"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html
DOMAIN_NAME_PATTERN = "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
# Two subnets of 64 addresses fit in /25; a VPC is /16 at most.
CIDR_PATTERN = rf"^{_OCTET}(\.{_OCTET}){{3}}/(1[6-9]|2[0-5])$"


class StudioDomainStack(cdk.Stack):
    """Domain, profiles and roles, network, key and the team's data bucket.

    In the shared services account there is no team: the registry has made the roles there, and its bucket
    holds what they work on. So that domain has profiles for them, and neither roles nor a bucket of its own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],  # noqa: ARG002  (the products' common signature)
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        """Define the domain.

        Args:
            scope: The app.
            construct_id: The stack's id.
            settings: What the adopter decided.
            assets: None is needed.
            synthesizer: How the stack becomes a template.
        """
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        form = Form(self)
        domain_name = form.ask(
            "DomainName",
            group=DOMAIN_GROUP,
            label="Domain name",
            description="What Studio calls the domain.",
            pattern=DOMAIN_NAME_PATTERN,
            expected="up to 63 letters, digits and inner hyphens",
            maximum=63,
        )
        network_access = form.choose(
            "NetworkAccess",
            group=NETWORK_GROUP,
            label="Network access",
            description=(
                "VpcOnly: applications reach AWS through private endpoints, and nothing else. "
                "PublicInternetOnly: they reach the internet through a network of SageMaker."
            ),
            default=VPC_ONLY,
            choices=(VPC_ONLY, PUBLIC),
        )
        vpc_cidr = form.ask(
            "VpcCidr",
            group=NETWORK_GROUP,
            label="Addresses of the network",
            description="An IPv4 range that no connected network uses.",
            pattern=CIDR_PATTERN,
            expected="an IPv4 range from /16 to /25, such as 10.0.0.0/24",
            maximum=18,
            default="10.0.0.0/24",
        )

        names = replace(settings.names, region=REGION)
        is_hub = cdk.Fn.condition_equals(ACCOUNT_ID, settings.accounts.shared_services)
        in_hub = cdk.CfnCondition(self, "InSharedServices", expression=is_hub)
        for_a_team = cdk.CfnCondition(self, "ForATeam", expression=cdk.Fn.condition_not(is_hub))
        key = encryption_key(
            self, "Key", alias=names.domain_key_alias, description="The Studio domain and its team's data"
        )
        team_data = private_bucket(self, "TeamData", name=names.team_data_bucket(ACCOUNT_ID), key=key)
        network = StudioNetwork(
            self,
            "Network",
            name=f"{settings.name_prefix}-studio",
            cidr=vpc_cidr,
            key=key,
            flow_log_role_name=f"{settings.name_prefix}-studio-flow-log",
            with_codecommit=settings.repository.provider == "codecommit",
            isolated=cdk.CfnCondition(
                self, "Isolated", expression=cdk.Fn.condition_equals(network_access, VPC_ONLY)
            ),
        )
        personas = Personas(self, "Personas", settings=settings, key=key, team_data=team_data)
        for construct in (team_data, personas):
            _only_if(for_a_team, construct)
        hub_roles = {"MlEngineer": names.ml_engineer_role, "GovernanceOfficer": names.governance_officer_role}
        default_role = cdk.Fn.condition_if(
            for_a_team.logical_id,
            personas.data_scientist.role_arn,
            role_arn(ACCOUNT_ID, names.ml_engineer_role),
        )
        domain = sagemaker.CfnDomain(
            self,
            "Domain",
            domain_name=domain_name,
            auth_mode="IAM",
            app_network_access_type=network_access,
            vpc_id=network.vpc_id,
            subnet_ids=network.subnet_ids,
            kms_key_id=key.key_id,
            # Spaces have volumes of their own. A shared home would stay behind when the domain is deleted,
            # and keep the network with it.
            home_efs_file_system_creation="Disabled",
            default_user_settings=sagemaker.CfnDomain.UserSettingsProperty(
                execution_role=cdk.Token.as_string(default_role),
                security_groups=[network.security_group_id],
                studio_web_portal="ENABLED",
                default_landing_uri="studio::",
            ),
            tag_propagation="ENABLED",
        )
        for persona, role_name in (
            (personas.data_scientist, names.data_scientist_role),
            (personas.lead_data_scientist, names.lead_data_scientist_role),
        ):
            profile = self._profile(
                persona.node.id, domain, profile_of(role_name, names.prefix), persona.role_arn
            )
            profile.cfn_options.condition = for_a_team
        for persona_id, role_name in hub_roles.items():
            execution_role = role_arn(ACCOUNT_ID, role_name)
            profile = self._profile(persona_id, domain, profile_of(role_name, names.prefix), execution_role)
            profile.cfn_options.condition = in_hub

        form.answer("DomainId", domain.attr_domain_id, "The domain, as the SageMaker console lists it.")
        form.answer("DomainUrl", domain.attr_url, "Open Studio here once you have assumed one of the roles.")
        form.answer(
            "TeamDataBucketName",
            team_data.bucket_name,
            "Put the team's data here.",
            condition=for_a_team,
        )
        form.answer(
            "DataScientistRoleArn",
            personas.data_scientist.role_arn,
            "Let data scientists assume this role; its Studio profile is data-scientist.",
            condition=for_a_team,
        )
        form.answer(
            "LeadDataScientistRoleArn",
            personas.lead_data_scientist.role_arn,
            "Let those who approve models assume this role; its Studio profile is lead-data-scientist.",
            condition=for_a_team,
        )

    def _profile(
        self, persona: str, domain: sagemaker.CfnDomain, name: str, execution_role: str
    ) -> sagemaker.CfnUserProfile:
        return sagemaker.CfnUserProfile(
            self,
            f"{persona}Profile",
            domain_id=domain.attr_domain_id,
            user_profile_name=name,
            user_settings=sagemaker.CfnUserProfile.UserSettingsProperty(execution_role=execution_role),
        )


def _only_if(condition: cdk.CfnCondition, construct: Construct) -> None:
    """Make everything in a construct only if a condition holds."""
    for child in construct.node.find_all():
        if isinstance(child, cdk.CfnResource):
            child.cfn_options.condition = condition
