"""What DataZone works with in an account: a role that it grants in, and environments that make nothing."""

from collections.abc import Iterable

from aws_cdk import aws_datazone as datazone
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID, REGION
from base.roles import Permission, role

# Of environments whose resources are their owner's own
# (https://docs.aws.amazon.com/datazone/latest/userguide/working-with-custom-blueprint.html).
CUSTOM = "CustomAwsService"


def trusted_by(domain_account: str) -> iam.PrincipalBase:
    """DataZone, acting for a domain of an account.

    https://docs.aws.amazon.com/datazone/latest/userguide/glue-manage-access-role.html

    Args:
        domain_account: The account that owns the domain.
    """
    principal = iam.ServicePrincipal("datazone.amazonaws.com")
    return principal.with_conditions({"StringEquals": {"aws:SourceAccount": domain_account}})


class CatalogAccount(Construct):
    """An account's part of a domain: the blueprint, a project, and an environment in it.

    Attributes:
        access: The role under which DataZone grants tables.
        project: Publishes, or subscribes, for the account.
        environment: Where data sources and subscription targets are.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        domain: str,
        domain_account: str,
        access_role: str,
        permissions: Iterable[Permission],
        project_name: str,
        project_description: str,
    ) -> None:
        """Define it.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            domain: Id of the domain.
            domain_account: The account that owns the domain.
            access_role: Name of the role under which DataZone grants tables.
            permissions: What this role may do.
            project_name: What the catalog calls the account's project.
            project_description: What the project is for.
        """
        super().__init__(scope, construct_id)
        self.access = role(
            self,
            "Access",
            name=access_role,
            description="DataZone grants tables of the Data Catalog under this role",
            trusts=trusted_by(domain_account),
            permissions=permissions,
        )
        blueprint = datazone.CfnEnvironmentBlueprintConfiguration(
            self,
            "Blueprint",
            domain_identifier=domain,
            environment_blueprint_identifier=CUSTOM,
            enabled_regions=[REGION],
            manage_access_role_arn=self.access.role_arn,
        )
        self.project = datazone.CfnProject(
            self,
            "Project",
            domain_identifier=domain,
            name=project_name,
            description=project_description,
        )
        # People who open the environment from the data portal get this role. They have better ones.
        powerless = role(
            self,
            "EnvironmentRole",
            name=names.catalog_environment_role,
            description="Environments of the data catalog have a role, and this one may do nothing",
            trusts=trusted_by(domain_account),
            permissions=(),
        )
        self.environment = datazone.CfnEnvironment(
            self,
            "Environment",
            domain_identifier=domain,
            project_identifier=self.project.attr_id,
            name=project_name,
            environment_account_identifier=ACCOUNT_ID,
            environment_account_region=REGION,
            environment_blueprint_identifier=blueprint.attr_environment_blueprint_id,
            environment_role_arn=powerless.role_arn,
        )

    def add_member(self, construct_id: str, *, role_arn: str, owner: bool) -> datazone.CfnProjectMembership:
        """Make a role a member of the project.

        Args:
            construct_id: Id of the membership.
            role_arn: ARN of the role.
            owner: Whether it owns the project, or only works in it.
        """
        return datazone.CfnProjectMembership(
            self,
            construct_id,
            domain_identifier=self.project.domain_identifier,
            project_identifier=self.project.attr_id,
            designation="PROJECT_OWNER" if owner else "PROJECT_CONTRIBUTOR",
            member=datazone.CfnProjectMembership.MemberProperty(user_identifier=role_arn),
        )
