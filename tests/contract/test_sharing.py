"""What AWS Resource Access Manager does, asked of the emulator and of the cloud in memory alike.

Each scenario states a rule of AWS that sharing model cards relies on
(https://docs.aws.amazon.com/ram/latest/APIReference/Welcome.html).
"""

from typing import Any

from tests.contract.conftest import World
from tests.contract.support import pages, refusal

PERMISSION = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerModelCards"


def make_card(world: World) -> str:
    arn: str = world.client("sagemaker").create_model_card(
        ModelCardName=world.name, Content="{}", ModelCardStatus="Draft"
    )["ModelCardArn"]
    return arn


def make_share(world: World, card: str, token: str = "one", **more: Any) -> dict[str, Any]:
    share: dict[str, Any] = world.client("ram").create_resource_share(
        **{
            "name": world.name,
            "resourceArns": [card],
            "permissionArns": [PERMISSION],
            "allowExternalPrincipals": False,
            "clientToken": f"{world.name}-{token}",
            **more,
        }
    )["resourceShare"]
    return share


def statuses(world: World, share: str, kind: str) -> dict[str, str]:
    """What is associated with a share: status by entity, once each is at its end."""
    ram = world.client("ram")
    while True:
        found = ram.get_resource_share_associations(associationType=kind, resourceShareArns=[share])
        stated = {each["associatedEntity"]: each["status"] for each in found["resourceShareAssociations"]}
        if "ASSOCIATING" not in stated.values():
            return stated


def unknown(world: World) -> str:
    return f"arn:aws:ram:eu-west-1:{world.account}:resource-share/00000000-0000-4000-8000-000000000000"


def test_a_share_that_is_not_there(world: World) -> None:
    ram, code = world.client("ram"), ("UnknownResourceException", 400)
    absent = unknown(world)
    assert refusal(ram.associate_resource_share, resourceShareArn=absent, principals=[world.member]) == code
    assert (
        refusal(ram.get_resource_share_associations, associationType="PRINCIPAL", resourceShareArns=[absent])
        == code
    )
    named = ram.get_resource_shares(
        resourceOwner="SELF", name=f"{world.name}-absent", resourceShareStatus="ACTIVE"
    )
    assert named["resourceShares"] == []


def test_a_token_makes_one_share(world: World) -> None:
    card = make_card(world)
    first, again = make_share(world, card), make_share(world, card)
    assert first["resourceShareArn"] == again["resourceShareArn"]
    other = refusal(
        world.client("ram").create_resource_share,
        name=f"{world.name}-other",
        resourceArns=[card],
        permissionArns=[PERMISSION],
        allowExternalPrincipals=False,
        clientToken=f"{world.name}-one",
    )
    assert other == ("IdempotentParameterMismatchException", 400)


def test_a_permission_that_is_not_there(world: World) -> None:
    card = make_card(world)
    refused = refusal(
        world.client("ram").create_resource_share,
        name=world.name,
        resourceArns=[card],
        permissionArns=[f"arn:aws:ram:eu-west-1:{world.account}:permission/{world.name}"],
        allowExternalPrincipals=False,
        clientToken=world.name,
    )
    assert refused == ("UnknownResourceException", 400)


def test_several_shares_of_a_name_come_in_pages(world: World) -> None:
    card = make_card(world)
    made = [make_share(world, card, token)["resourceShareArn"] for token in ("one", "two", "three")]
    found = list(
        pages(
            world.client("ram").get_resource_shares,
            "resourceShares",
            "nextToken",
            resourceOwner="SELF",
            name=world.name,
            resourceShareStatus="ACTIVE",
            maxResults=2,
        )
    )
    assert max(map(len, found)) <= 2
    assert sorted(each["resourceShareArn"] for page in found for each in page) == sorted(made)
    assert all(each["creationTime"] for page in found for each in page)


def test_associating_goes_on_after_the_answer_and_may_be_repeated(world: World) -> None:
    card, ram = make_card(world), world.client("ram")
    share = make_share(world, card)["resourceShareArn"]
    assert statuses(world, share, "RESOURCE") == {card: "ASSOCIATED"}
    assert statuses(world, share, "PRINCIPAL") == {}
    (first,) = ram.associate_resource_share(resourceShareArn=share, principals=[world.member])[
        "resourceShareAssociations"
    ]
    assert (first["associatedEntity"], first["status"]) == (world.member, "ASSOCIATING")
    assert statuses(world, share, "PRINCIPAL") == {world.member: "ASSOCIATED"}
    (again,) = ram.associate_resource_share(resourceShareArn=share, principals=[world.member])[
        "resourceShareAssociations"
    ]
    assert again["status"] == "ASSOCIATED"
    assert statuses(world, share, "PRINCIPAL") == {world.member: "ASSOCIATED"}


def test_associations_come_in_pages(world: World) -> None:
    share = make_share(world, make_card(world))["resourceShareArn"]
    members = sorted(account for accounts in world.below.values() for account in accounts)
    world.client("ram").associate_resource_share(resourceShareArn=share, principals=members)
    found = list(
        pages(
            world.client("ram").get_resource_share_associations,
            "resourceShareAssociations",
            "nextToken",
            associationType="PRINCIPAL",
            resourceShareArns=[share],
            maxResults=2,
        )
    )
    assert max(map(len, found)) <= 2
    assert sorted(each["associatedEntity"] for page in found for each in page) == members


def test_an_account_outside_the_organisation(world: World) -> None:
    share = make_share(world, make_card(world))["resourceShareArn"]
    refused = refusal(
        world.client("ram").associate_resource_share, resourceShareArn=share, principals=[world.stranger]
    )
    assert refused == ("OperationNotPermittedException", 400)
    assert statuses(world, share, "PRINCIPAL") == {}
