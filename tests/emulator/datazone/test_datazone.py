"""A domain's own rules: who gets in, who may change what, and what a request and its decision lead to.

What a grant becomes in AWS Lake Formation is tried in `tests/emulator/bundle/test_subscription_products.py`.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, allow

ALL = allow(["datazone:*"])
SHARED = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionAmazonDataZoneDomain"


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A domain of the hub, shared with the development account.

    Attributes:
        identifier: Its id.
        owner: A client of a role of its account.
        guest: A client of a role of the development account, which has a profile.
        guest_role: ARN of that role.
    """

    emulator: Emulator
    identifier: str
    owner: Any
    guest: Any
    guest_role: str

    def project(self, client: Any, name: str) -> str:
        """A new project of whoever the client is."""
        made = client.create_project(domainIdentifier=self.identifier, name=f"{name}-{uuid.uuid4().hex[:8]}")
        return str(made["id"])


@pytest.fixture
def domain(emulator: Emulator) -> Iterator[Domain]:
    emulator.client("ram", account=emulator.management).enable_sharing_with_aws_organization()
    owner = emulator.client("datazone", account=emulator.hub, role=emulator.role(ALL, account=emulator.hub))
    made = owner.create_domain(name=f"domain-{uuid.uuid4().hex[:8]}")
    share = emulator.client("ram", account=emulator.hub).create_resource_share(
        name="DataZone-test",
        resourceArns=[made["arn"]],
        principals=[emulator.development],
        permissionArns=[SHARED],
        allowExternalPrincipals=False,
    )["resourceShare"]["resourceShareArn"]
    role = emulator.role(ALL)
    owner.create_user_profile(domainIdentifier=made["id"], userIdentifier=role, userType="IAM_ROLE")
    yield Domain(
        emulator=emulator,
        identifier=made["id"],
        owner=owner,
        guest=emulator.client("datazone", role=role),
        guest_role=role,
    )
    emulator.client("ram", account=emulator.hub).delete_resource_share(resourceShareArn=share)


def passed(emulator: Emulator) -> str:
    return emulator.role(account=emulator.hub, name=f"execution-{uuid.uuid4().hex[:8]}")


def refused(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(**given)
    error = refusal.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_a_role_without_the_permission_is_denied(emulator: Emulator, domain: Domain) -> None:
    role = emulator.role(allow("datazone:GetListing"), account=emulator.hub)
    client = emulator.client("datazone", account=emulator.hub, role=role)
    said = refused(client.list_projects, domainIdentifier=domain.identifier)
    assert said.startswith("AccessDeniedException: User: ")
    assert "is not authorized to perform: datazone:ListProjects on resource: *" in said


def test_a_role_is_handed_over_only_by_who_may_pass_it(emulator: Emulator) -> None:
    client = emulator.client("datazone", account=emulator.hub, role=emulator.role(ALL, account=emulator.hub))
    execution = passed(emulator)
    said = refused(client.create_domain, name="unpassed", domainExecutionRole=execution)
    assert f"is not authorized to perform: iam:PassRole on resource: {execution}" in said


def test_another_account_gets_in_by_a_share_and_a_profile_that_is_active(
    emulator: Emulator, domain: Domain
) -> None:
    given = {"domainIdentifier": domain.identifier}
    assert domain.guest.list_projects(**given)["items"] == []
    not_permitted = "AccessDeniedException: User is not permitted to perform operation: ListProjects"
    # Without a share, though the role is there and may call DataZone.
    elsewhere = emulator.client(
        "datazone", account=emulator.test, role=emulator.role(ALL, account=emulator.test)
    )
    assert refused(elsewhere.list_projects, **given) == not_permitted
    # With the share, and without a profile.
    stranger = emulator.client("datazone", role=emulator.role(ALL))
    assert refused(stranger.list_projects, **given) == not_permitted
    domain.owner.update_user_profile(
        **given, userIdentifier=domain.guest_role, type="IAM", status="DEACTIVATED"
    )
    assert refused(domain.guest.list_projects, **given) == not_permitted


def test_a_guest_does_not_govern_the_domain(domain: Domain) -> None:
    said = refused(
        domain.guest.create_user_profile,
        domainIdentifier=domain.identifier,
        userIdentifier=domain.guest_role,
        userType="IAM_ROLE",
    )
    assert said == "AccessDeniedException: User is not permitted to perform operation: CreateUserProfile"


def test_a_project_is_changed_by_its_owners_alone(domain: Domain) -> None:
    theirs = domain.project(domain.owner, "theirs")
    given = {"domainIdentifier": domain.identifier, "identifier": theirs}
    said = "AccessDeniedException: User is not permitted to perform operation: "
    assert refused(domain.guest.update_project, **given, name="mine") == f"{said}UpdateProject"
    domain.owner.create_project_membership(
        domainIdentifier=domain.identifier,
        projectIdentifier=theirs,
        member={"userIdentifier": domain.guest_role},
        designation="PROJECT_CONTRIBUTOR",
    )
    assert refused(domain.guest.delete_project, **given) == f"{said}DeleteProject"
    domain.owner.delete_project(**given)
    assert refused(domain.owner.get_project, **given) == (
        f"ResourceNotFoundException: Project {theirs} could not be found"
    )


def test_an_environment_waits_for_its_blueprint(emulator: Emulator, domain: Domain) -> None:
    given = {"domainIdentifier": domain.identifier}
    project = domain.project(domain.guest, "subscriber")
    [blueprint] = domain.guest.list_environment_blueprints(**given, managed=True)["items"]
    assert blueprint["name"] == "CustomAwsService"
    wanted = {
        **given,
        "projectIdentifier": project,
        "name": "environment",
        "environmentBlueprintIdentifier": blueprint["id"],
        "environmentAccountIdentifier": emulator.development,
    }
    said = refused(domain.guest.create_environment, **wanted)
    assert said.startswith("ResourceNotFoundException: Environment blueprint configuration")
    domain.guest.put_environment_blueprint_configuration(
        **given, environmentBlueprintIdentifier=blueprint["id"], enabledRegions=[emulator.region]
    )
    made = domain.guest.create_environment(**wanted)
    assert (made["awsAccountId"], made["status"]) == (emulator.development, "ACTIVE")
    # Neither goes while the other needs it.
    said = refused(
        domain.guest.delete_environment_blueprint_configuration,
        **given,
        environmentBlueprintIdentifier=blueprint["id"],
    )
    assert said.startswith("ConflictException: ")
    assert refused(domain.guest.delete_project, **given, identifier=project).startswith("ConflictException: ")
    domain.guest.delete_environment(**given, identifier=made["id"])
    domain.guest.delete_project(**given, identifier=project)
