"""`catalog group`: prepare groups of the central registry for projects that register there themselves.

Promotion makes the groups of all other projects. A group says by its tags whose models it holds and which
role registers into it, and its policy follows from them; promotion keeps both
(`registry/functions/model_registry/group_policy.py`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import boto3
import typer
from botocore.exceptions import ClientError

from base.names import PROJECT_ID_PATTERN, PROJECT_NAME_EXPECTED, PROJECT_NAME_PATTERN, ProjectNames
from base.settings import CATALOG, Settings, load
from registry.functions.model_registry.errors import error_code, is_missing
from registry.functions.model_registry.group_policy import (
    REGISTERS_DIRECTLY_TAG,
    SOURCE_ACCOUNT_TAG,
    group_policy,
    policy_text,
)
from registry.functions.model_registry.member_accounts import MemberAccounts
from registry.functions.model_registry.readers import Readers
from registry.serving import serving_units
from scripts.console.caller import Need
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.command import RETRIES, CatalogFile, Pretend, aws_session, report, sentences
from scripts.versions.readers import central_readers

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

app = typer.Typer(no_args_is_help=True, help="Groups of the central registry.")


@dataclass(frozen=True, kw_only=True)
class RegisteringProject:
    """A project that registers versions in the central registry itself.

    Attributes:
        group: The name of its group.
        account: Its account.
        role: The name of the role there that registers.
    """

    group: str
    account: str
    role: str

    @classmethod
    def of(cls, settings: Settings, *, name: str, identifier: str, account: str) -> "RegisteringProject":
        """A project by what its form says.

        Raises:
            OperatorError: If no project has such a name, id or account.
        """
        for what, value, pattern in (
            (f"name of a project: {PROJECT_NAME_EXPECTED}", name, PROJECT_NAME_PATTERN),
            (
                "id of a project: up to 20 lower-case letters, digits and hyphens",
                identifier,
                PROJECT_ID_PATTERN,
            ),
            ("id of an account: 12 digits", account, "[0-9]{12}"),
        ):
            if re.fullmatch(pattern, value) is None:
                raise OperatorError(f"'{value}' is not the {what}; Studio shows it with the project.")
        names = ProjectNames(
            prefix=settings.name_prefix,
            project_name=name,
            project_id=identifier,
            account=account,
            region=settings.region,
        )
        return cls(group=names.title, account=account, role=names.role("training"))

    @property
    def tags(self) -> dict[str, str]:
        """What its group says of it."""
        return {SOURCE_ACCOUNT_TAG: self.account, REGISTERS_DIRECTLY_TAG: self.role}


def prepare(
    project: RegisteringProject, *, sagemaker: "SageMakerClient", readers: Readers, pretend: bool = False
) -> Iterator[Change]:
    """Make the central group of a project, and let its training role register there. Safe to repeat.

    Args:
        project: The project.
        sagemaker: A client of the shared services account.
        readers: Who may use the group's versions in the accounts that serve models.
        pretend: Only tell what would be done.

    Yields:
        Each change, when it is made.

    Raises:
        OperatorError: If the group belongs to another account or role.
    """
    group = f"group {project.group}"
    registrar = f"registration by {project.role} of account {project.account}"
    arn = _arn(sagemaker, project.group)
    if arn is None:
        if not pretend:
            arn = sagemaker.create_model_package_group(
                ModelPackageGroupName=project.group,
                ModelPackageGroupDescription=f"Models that account {project.account} registers here.",
                Tags=_listed(project.tags),
            )["ModelPackageGroupArn"]
        yield Change(Outcome.CREATE, group)
    else:
        missing = _missing(project, _tags(sagemaker, arn))
        if missing and not pretend:
            sagemaker.add_tags(ResourceArn=arn, Tags=_listed(missing))
        yield Change(Outcome.UPDATE if missing else Outcome.IDENTICAL, group)
    if arn is None:
        yield Change(Outcome.CREATE, registrar)
        return
    wanted = group_policy(arn, project.tags, readers)
    found = _policy(sagemaker, project.group)
    outcome = Outcome.CREATE if found is None else Outcome.UPDATE
    if found == wanted:
        outcome = Outcome.IDENTICAL
    elif not pretend:
        sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=project.group, ResourcePolicy=policy_text(wanted)
        )
    yield Change(outcome, registrar)


def _missing(project: RegisteringProject, tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that an existing group lacks, if it is the project's."""
    owner = tags.get(SOURCE_ACCOUNT_TAG)
    if owner != project.account:
        holder = f"holds the models of account {owner}" if owner else f"has no tag {SOURCE_ACCOUNT_TAG}"
        raise OperatorError(
            f"The central group {project.group} {holder}: nothing was changed; "
            "see that name, id and account are the project's."
        )
    role = tags.get(REGISTERS_DIRECTLY_TAG, project.role)
    if role != project.role:
        raise OperatorError(
            f"The role {role} registers in the central group {project.group}, so {project.role} cannot: "
            "nothing was changed; see that name and id are the project's."
        )
    return {key: value for key, value in project.tags.items() if key not in tags}


def _arn(sagemaker: "SageMakerClient", group: str) -> str | None:
    try:
        return sagemaker.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupArn"]
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def _tags(sagemaker: "SageMakerClient", arn: str) -> dict[str, str]:
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def _policy(sagemaker: "SageMakerClient", group: str) -> Any:
    try:
        found = sagemaker.get_model_package_group_policy(ModelPackageGroupName=group)["ResourcePolicy"]
    except ClientError as error:
        # SageMaker says so when the group, which is there, has no policy.
        if error_code(error) == "ValidationException":
            return None
        raise
    return json.loads(found)


def _readers(settings: Settings, session: boto3.Session) -> Readers:
    """Who may use the group's versions, each account by name where the settings say so."""
    found = central_readers(settings)
    if settings.assumptions.group_policy == "organization":
        return found
    organizations = session.client("organizations", config=RETRIES)
    members = MemberAccounts(organizations=organizations, units=serving_units(settings.organization))
    return replace(found, accounts=members.listed())


def _listed(tags: Mapping[str, str]) -> Any:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


@app.callback()
def group() -> None:
    """Prepare groups of the central registry."""


@app.command()
def create(
    project_name: Annotated[str, typer.Option(help="The project's name.")],
    project_id: Annotated[str, typer.Option(help="The project's id, as Studio shows it.")],
    account: Annotated[str, typer.Option(help="The account of the project.")],
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
) -> None:
    """Prepare a group in which a build project registers centrally (ML engineer, shared services account)."""
    with sentences():
        settings = load(catalog)
        project = RegisteringProject.of(settings, name=project_name, identifier=project_id, account=account)
        session = aws_session(settings)
        names = settings.names
        need = Need.of_hub(settings, task="groups are prepared", roles=(names.ml_engineer_role,))
        need.met_by(session, names)
        report(
            prepare(
                project,
                sagemaker=session.client("sagemaker", config=RETRIES),
                readers=_readers(settings, session),
                pretend=pretend,
            ),
            pretend=pretend,
        )
