"""A card is shared with an account once, whoever asks how often, and never with another organisation."""

from typing import Any

import pytest

from registry.functions.model_registry import card_sharing
from registry.functions.model_registry.card_sharing import Access, CardSharing
from registry.functions.model_registry.errors import RegistryError
from tests.registry.cards import GROUP
from tests.registry.cloud import HUB, REGION, TEAM, Call, Cloud, client
from tests.registry.faults import Fault, cut, rows

CARD = f"arn:aws:sagemaker:{REGION}:{HUB}:model-card/{GROUP}"
TEST, PRODUCTION, STRANGER = "444444444444", "555555555555", "999999999999"
READER = f"arn:aws:ram:{REGION}:{HUB}:permission/mlplatform-model-card-reader"
AUTHORS, READERS = f"mlplatform-card-authors-{GROUP}", f"mlplatform-card-readers-{GROUP}"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_sharing, "PAUSE_SECONDS", 0.0)


@pytest.fixture
def sharing(cloud: Cloud) -> CardSharing:
    return CardSharing(
        ram=client("ram"),
        authors_share="mlplatform-card-authors-",
        readers_share="mlplatform-card-readers-",
        reader_permission_arn=READER,
    )


ACCESS: dict[str, tuple[Access, str, str]] = {
    "an author": ("author", AUTHORS, "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerModelCards"),
    "a reader": ("reader", READERS, READER),
}


@pytest.mark.parametrize(("access", "name", "permission"), ACCESS.values(), ids=list(ACCESS))
def test_a_card_is_shared(
    cloud: Cloud, sharing: CardSharing, access: Access, name: str, permission: str
) -> None:
    assert sharing.share(CARD, GROUP, TEST, access)
    (share,) = cloud.shares
    assert share.name == name
    assert share.request["permissionArns"] == [permission]
    assert share.request["allowExternalPrincipals"] is False
    assert share.associated("RESOURCE") == [CARD]
    assert share.associated("PRINCIPAL") == [TEST]
    assert sharing.is_shared(CARD, GROUP, TEST, access)


def test_sharing_again_asks_and_changes_nothing(cloud: Cloud, sharing: CardSharing) -> None:
    sharing.share(CARD, GROUP, TEST)
    cloud.calls.clear()
    assert not sharing.share(CARD, GROUP, TEST)
    assert set(cloud.calls) == {"GetResourceShares", "GetResourceShareAssociations"}


def test_accounts_join_one_share_and_readers_another(cloud: Cloud, sharing: CardSharing) -> None:
    sharing.share(CARD, GROUP, TEAM)
    sharing.share(CARD, GROUP, TEST)
    sharing.share(CARD, GROUP, PRODUCTION, "reader")
    assert {share.name: share.associated("PRINCIPAL") for share in cloud.shares} == {
        AUTHORS: [TEAM, TEST],
        READERS: [PRODUCTION],
    }


@pytest.mark.parametrize(
    ("card", "group", "account"),
    [(CARD, GROUP, PRODUCTION), (CARD, "other-group", TEST), (f"{CARD}x", GROUP, TEST)],
    ids=["another account", "another group", "another card"],
)
def test_what_is_not_shared_is_known(sharing: CardSharing, card: str, group: str, account: str) -> None:
    sharing.share(CARD, GROUP, TEST)
    assert not sharing.is_shared(card, group, account)


def test_looking_changes_nothing(cloud: Cloud, sharing: CardSharing) -> None:
    assert not sharing.is_shared(CARD, GROUP, TEST)
    assert cloud.shares == []


@pytest.mark.parametrize("kind", ["PRINCIPAL", "RESOURCE"])
def test_what_was_taken_off_is_put_back(cloud: Cloud, sharing: CardSharing, kind: str) -> None:
    sharing.share(CARD, GROUP, TEST)
    (share,) = cloud.shares
    entity = TEST if kind == "PRINCIPAL" else CARD
    share.associations[kind, entity]["status"] = "DISASSOCIATED"
    assert sharing.share(CARD, GROUP, TEST)
    assert share.associated(kind) == [entity]


def test_the_oldest_of_several_shares_of_a_name_counts(cloud: Cloud, sharing: CardSharing) -> None:
    for token in ("one", "another"):
        client("ram").create_resource_share(
            name=AUTHORS, resourceArns=[CARD], allowExternalPrincipals=False, clientToken=token
        )
    sharing.share(CARD, GROUP, TEST)
    assert [share.associated("PRINCIPAL") for share in cloud.shares] == [[TEST], []]


SWITCHED_ON = r"sharing with it is on \('catalog prepare'"


def test_an_account_of_another_organisation_is_refused(cloud: Cloud, sharing: CardSharing) -> None:
    with pytest.raises(RegistryError, match=SWITCHED_ON) as error:
        sharing.share(CARD, GROUP, STRANGER)
    assert "can only be shared within your AWS Organization" in str(error.value)
    assert STRANGER in str(error.value)


def test_an_association_that_fails_is_said_with_its_reason(cloud: Cloud, sharing: CardSharing) -> None:
    cloud.unlucky.add(TEST)
    with pytest.raises(RegistryError, match=SWITCHED_ON) as error:
        sharing.share(CARD, GROUP, TEST)
    assert "FAILED: RAM could not reach the account." in str(error.value)


def test_sharing_that_is_not_on_is_said(cloud: Cloud, sharing: CardSharing) -> None:
    cloud.sharing_is_on = False
    with pytest.raises(RegistryError, match=SWITCHED_ON):
        sharing.share(CARD, GROUP, TEST)


def test_an_association_that_takes_too_long_is_said(
    cloud: Cloud, sharing: CardSharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_sharing, "DEADLINE_SECONDS", -1.0)
    with pytest.raises(RegistryError, match="ASSOCIATING: AWS gives no reason"):
        sharing.share(CARD, GROUP, TEST)


def test_a_refusal_by_iam_is_a_sentence(cloud: Cloud, sharing: CardSharing) -> None:
    cloud.denied.add("ram:CreateResourceShare")
    with pytest.raises(RegistryError, match=f"may not share {CARD}"):
        sharing.share(CARD, GROUP, TEST)


def test_two_who_make_the_share_at_once_make_one(cloud: Cloud, sharing: CardSharing) -> None:
    nested: list[str] = []

    def interfere(_number: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "CreateResourceShare" and not nested:
            nested.append(operation)
            sharing.share(CARD, GROUP, TEAM)
        return call()

    cloud.interfere = interfere
    sharing.share(CARD, GROUP, TEST)
    (share,) = cloud.shares
    assert share.associated("PRINCIPAL") == [TEAM, TEST]


CALLS = (
    "GetResourceShares",
    "GetResourceShares",
    "CreateResourceShare",
    "GetResourceShareAssociations",
    "GetResourceShareAssociations",
    "GetResourceShareAssociations",
    "AssociateResourceShare",
    "GetResourceShareAssociations",
    "GetResourceShareAssociations",
)


def test_the_calls_of_a_first_sharing(cloud: Cloud, sharing: CardSharing) -> None:
    sharing.share(CARD, GROUP, TEST)
    assert tuple(cloud.calls) == CALLS


@pytest.mark.parametrize(("number", "fault"), rows(CALLS))
def test_a_replay_completes(cloud: Cloud, sharing: CardSharing, number: int, fault: Fault) -> None:
    cut(cloud, number, fault, lambda: sharing.share(CARD, GROUP, TEST))
    sharing.share(CARD, GROUP, TEST)
    (share,) = cloud.shares
    assert (share.associated("RESOURCE"), share.associated("PRINCIPAL")) == ([CARD], [TEST])
