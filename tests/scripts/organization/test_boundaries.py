"""The adopter's permissions boundary is looked for in every account before a StackSet needs it."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from base.settings import Settings, load
from scripts.console.change import Change, OperatorError, Outcome
from scripts.organization import boundaries

BOUNDARY = "security/ml-boundary"
SETTINGS = load().model_copy(update={"permissions_boundary": BOUNDARY})
HUB = SETTINGS.accounts.shared_services
UNITS = SETTINGS.organization.organizational_units
BELOW = "ou-ml01-teamabove"


def client(service: Any) -> Any:
    return boto3.client(
        service, aws_access_key_id="x", aws_secret_access_key="x", region_name=SETTINGS.region
    )


def organization() -> Any:
    """Four accounts in the units and below, and one that is suspended."""
    made = client("organizations")
    stub = Stubber(made)
    tree: Mapping[str, tuple[list[dict[str, str]], list[str]]] = {
        UNITS.development: ([{"Id": "333333333333", "State": "ACTIVE", "Status": "ACTIVE"}], [BELOW]),
        UNITS.test: ([{"Id": "444444444444", "Status": "ACTIVE"}], []),
        UNITS.production: (
            [
                {"Id": "555555555555", "State": "ACTIVE"},
                {"Id": "777777777777", "State": "SUSPENDED", "Status": "SUSPENDED"},
            ],
            [],
        ),
        BELOW: ([{"Id": "666666666666", "State": "ACTIVE"}], []),
    }
    for parent, (accounts, children) in tree.items():
        stub.add_response("list_accounts_for_parent", {"Accounts": accounts}, {"ParentId": parent})
        stub.add_response(
            "list_organizational_units_for_parent",
            {"OrganizationalUnits": [{"Id": child} for child in children]},
            {"ParentId": parent},
        )
    stub.activate()
    return made


def iam(account: str, *, has: bool) -> Any:
    made = client("iam")
    stub = Stubber(made)
    asked = {"PolicyArn": f"arn:aws:iam::{account}:policy/{BOUNDARY}"}
    if has:
        stub.add_response("get_policy", {"Policy": {}}, asked)
    else:
        stub.add_client_error("get_policy", "NoSuchEntity", expected_params=asked)
    stub.activate()
    return made


def look(
    *, lacking: tuple[str, ...] = (), closed: tuple[str, ...] = (), settings: Settings = SETTINGS
) -> list[Change]:
    return list(
        boundaries.look_for_boundaries(
            organizations=organization(),
            enter=lambda account: None if account in closed else iam(account, has=account not in lacking),
            settings=settings,
        )
    )


def test_every_active_account_of_the_units_is_looked_at() -> None:
    assert look() == [
        Change(Outcome.IDENTICAL, f"permissions boundary {BOUNDARY} in {account}")
        for account in (HUB, "333333333333", "444444444444", "555555555555", "666666666666")
    ]


def test_accounts_without_the_boundary_are_all_named_and_nothing_is_changed() -> None:
    with pytest.raises(OperatorError) as refused:
        look(lacking=("444444444444", "666666666666"))
    assert str(refused.value).startswith(f"There is no IAM policy {BOUNDARY} in 444444444444, 666666666666: ")


def test_accounts_that_nobody_may_enter_are_named_and_left_to_their_administrators() -> None:
    (unchecked,) = (
        change for change in look(closed=("555555555555",)) if change.outcome is Outcome.UNCHECKED
    )
    assert (
        f"{BOUNDARY} in 555555555555: it has none of the roles OrganizationAccountAccessRole"
        in unchecked.subject
    )


def test_without_a_boundary_of_the_adopter_nothing_is_looked_for() -> None:
    assert look(settings=load()) == []


@pytest.mark.parametrize(
    ("refused", "entered"),
    [
        ((), boundaries.ADMINISTRATORS[0]),
        (boundaries.ADMINISTRATORS[:1], boundaries.ADMINISTRATORS[1]),
        (boundaries.ADMINISTRATORS, None),
    ],
    ids=["created by AWS Organizations", "enrolled by AWS Control Tower", "invited"],
)
def test_the_management_account_enters_where_it_may(refused: tuple[str, ...], entered: str | None) -> None:
    sts = client("sts")
    stub = Stubber(sts)
    for role in refused:
        stub.add_client_error("assume_role", "AccessDenied", expected_params=_assuming(role))
    if entered:
        key = {
            "AccessKeyId": "A" * 16,
            "SecretAccessKey": "s",
            "SessionToken": "t",
            "Expiration": "2030-01-01",
        }
        stub.add_response("assume_role", {"Credentials": key}, _assuming(entered))
    stub.activate()
    found = boundaries.enter_by(boto3.Session(region_name=SETTINGS.region), sts)("333333333333")
    assert (found is not None) is (entered is not None)
    stub.assert_no_pending_responses()


def _assuming(role: str) -> dict[str, str]:
    return {"RoleArn": f"arn:aws:iam::333333333333:role/{role}", "RoleSessionName": boundaries.SESSION_NAME}
