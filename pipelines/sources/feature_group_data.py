"""Labels of the data lake, joined with central feature groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation

from base.contracts.features import GROUP_EXPECTED, GROUP_PATTERN, MAXIMUM_GROUP
from base.grants.tables import QUERY_TABLES
from base.pseudo_parameters import ACCOUNT_ID, PARTITION, REGION
from base.roles import Permission
from pipelines.context import ProjectContext
from pipelines.sources.lake_data import LakeData, link_to
from pipelines.sources.source import Data

FEATURES_GROUP = "Features"
NONE = "none"
SEPARATOR = "+"
"""Between the names of groups; the metadata of a version takes it, and no comma."""

_PARAMETERS = (("", "FeatureGroup"), ("second ", "SecondFeatureGroup"), ("third ", "ThirdFeatureGroup"))

_Permissions = lakeformation.CfnPrincipalPermissions


@dataclass(frozen=True, kw_only=True)
class _Group:
    """A feature group that the form names.

    Attributes:
        parameter: The parameter with its name.
        name: Its name.
        exists: Holds if the form names one; None for the first, which it always does.
    """

    parameter: str
    name: str
    exists: cdk.CfnCondition | None


@dataclass(frozen=True)
class FeatureGroupData:
    """A table of the data lake with labels, and the feature groups that are joined with it.

    The labels are read as in `LakeData`. A group has a database of its own, to which the project has a link;
    the grants by which the lake is shared hold for it.

    Attributes:
        layers: The code that joins them.
    """

    layers: tuple[str, ...] = ("build/athena", "build/feature_group_data")

    def ask(self, project: ProjectContext) -> Data:
        """Declare the parameters for the labels and for up to three groups.

        Args:
            project: The project, whose form asks for them.
        """
        labels = LakeData(query="src/labels.sql").ask(project)
        owner = project.settings.accounts.data or ""
        groups = list(_ask_for_groups(project))
        links = [(group, _link(project, group, owner=owner)) for group in groups]

        def grant_to(role: iam.Role) -> None:
            if labels.grant_to:
                labels.grant_to(role)
            for group, link in links:
                describe = _describe(project, group, link, role)
                describe.add_resource_dependency(link)

        return Data(
            address=labels.address,
            permissions=(*labels.permissions, *_reading(project, groups, owner=owner)),
            environment={**labels.environment, "INPUT_DATA_FEATURE_GROUPS": _joined(groups)},
            grant_to=grant_to,
        )


def _ask_for_groups(project: ProjectContext) -> Iterator[_Group]:
    for ordinal, parameter in _PARAMETERS:
        name = project.form.ask(
            parameter,
            group=FEATURES_GROUP,
            label=f"{ordinal}feature group".capitalize(),
            description=f"A {ordinal}central feature group that is joined with the labels."
            + (f" {NONE} if there is none." if ordinal else ""),
            pattern=GROUP_PATTERN,
            expected=GROUP_EXPECTED,
            maximum=MAXIMUM_GROUP,
            default=NONE if ordinal else None,
        )
        exists = None
        if ordinal:
            is_none = cdk.Fn.condition_equals(name, NONE)
            exists = cdk.CfnCondition(
                project.stack, f"Has{parameter}", expression=cdk.Fn.condition_not(is_none)
            )
        yield _Group(parameter=parameter, name=name, exists=exists)


def _joined(groups: Sequence[_Group]) -> str:
    """The names of those groups that there are."""
    texts = [
        cdk.Fn.condition_if(group.exists.logical_id, f"{SEPARATOR}{group.name}", "").to_string()
        if group.exists
        else group.name
        for group in groups
    ]
    return cdk.Fn.join("", texts)


def _link(project: ProjectContext, group: _Group, *, owner: str) -> glue.CfnDatabase:
    link = link_to(
        project,
        f"{group.parameter}Link",
        suffix=f"_{group.name}",
        owner=owner,
        database=project.platform.feature_database(group.name),
    )
    link.cfn_options.condition = group.exists
    return link


def _describe(
    project: ProjectContext, group: _Group, link: glue.CfnDatabase, role: iam.Role
) -> lakeformation.CfnPrincipalPermissions:
    describe = _Permissions(
        project.stack,
        f"Describe{group.parameter}Link",
        catalog=ACCOUNT_ID,
        principal=_Permissions.DataLakePrincipalProperty(data_lake_principal_identifier=role.role_arn),
        resource=_Permissions.ResourceProperty(
            database=_Permissions.DatabaseResourceProperty(
                catalog_id=ACCOUNT_ID, name=str(link.database_name)
            )
        ),
        permissions=["DESCRIBE"],
        permissions_with_grant_option=[],
    )
    describe.cfn_options.condition = group.exists
    return describe


def _reading(project: ProjectContext, groups: Sequence[_Group], *, owner: str) -> tuple[Permission, ...]:
    """What reads the groups; of a group that there is not, nothing is there to be read."""
    databases = [project.platform.feature_database(group.name) for group in groups]
    theirs = f"arn:{PARTITION}:glue:{REGION}:{owner}"
    return (
        Permission(
            actions=QUERY_TABLES,
            resources=(
                *(f"{theirs}:database/{each}" for each in databases),
                *(
                    f"{theirs}:table/{database}/{group.name}"
                    for database, group in zip(databases, groups, strict=True)
                ),
            ),
        ),
        Permission(
            actions=("sagemaker:DescribeFeatureGroup",),
            resources=tuple(
                f"arn:{PARTITION}:sagemaker:{REGION}:{owner}:feature-group/{group.name}" for group in groups
            ),
        ),
    )
