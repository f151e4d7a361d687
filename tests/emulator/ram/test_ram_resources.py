"""Model cards, their shares and managed permissions as resources of a template."""

import json
from typing import Any

import pytest

from tests.emulator.card_support import CARDS, EXPORT, READ, enable_sharing, make_card, managed
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import Emulator, allow, trust
from tests.emulator.support_code import until

CLOUDFORMATION = "cloudformation.amazonaws.com"


def template(emulator: Emulator, name: str, **changes: dict[str, Any]) -> str:
    """A card that is shared with the development account by a permission of its own."""
    properties: dict[str, dict[str, Any]] = {
        "Card": {
            "ModelCardName": name,
            "ModelCardStatus": "Draft",
            "Content": {
                "BusinessDetails": {"BusinessProblem": "Customers leave"},
                "AdditionalInformation": {"CustomDetails": {"DataOwner": "Ana"}},
            },
            "Tags": [{"Key": "team", "Value": "ml"}],
        },
        "Reader": {
            "Name": name[:36],
            "ResourceType": "sagemaker:ModelCard",
            "PolicyTemplate": {"Effect": "Allow", "Action": READ},
        },
        "Share": {
            "Name": name,
            "AllowExternalPrincipals": False,
            "PermissionArns": [{"Ref": "Reader"}],
            "Principals": [emulator.development],
            "ResourceArns": [{"Fn::GetAtt": ["Card", "ModelCardArn"]}],
            "Tags": [{"Key": "team", "Value": "ml"}, {"Key": "old", "Value": "tag"}],
        },
    }
    types = {
        "Card": "AWS::SageMaker::ModelCard",
        "Reader": "AWS::RAM::Permission",
        "Share": "AWS::RAM::ResourceShare",
    }
    resources = {
        logical_id: {"Type": types[logical_id], "Properties": given | changes.get(logical_id, {})}
        for logical_id, given in properties.items()
    }
    outputs = {
        "Card": {"Value": {"Ref": "Card"}},
        "CardArn": {"Value": {"Fn::GetAtt": ["Card", "ModelCardArn"]}},
        "Reader": {"Value": {"Ref": "Reader"}},
        "Share": {"Value": {"Ref": "Share"}},
        "Owner": {"Value": {"Fn::GetAtt": ["Share", "OwningAccountId"]}},
    }
    return json.dumps({"Resources": resources, "Outputs": outputs})


class Stack:
    """A stack of the hub."""

    def __init__(self, emulator: Emulator) -> None:
        self.name = unique("cards")
        self.client = emulator.client("cloudformation", account=emulator.hub)

    def run(self, verb: str, body: str, **more: Any) -> dict[str, str]:
        """Create or update it, and return its status and its outputs."""
        getattr(self.client, f"{verb}_stack")(StackName=self.name, TemplateBody=body, **more)
        stack = until(self.describe, lambda stack: not stack["StackStatus"].endswith("IN_PROGRESS"))
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
        return {"status": stack["StackStatus"], **outputs}

    def describe(self) -> dict[str, Any]:
        """Describe it."""
        described: dict[str, Any] = self.client.describe_stacks(StackName=self.name)["Stacks"][0]
        return described

    def reasons(self) -> str:
        """Why resources failed."""
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        return " ".join(each.get("ResourceStatusReason", "") for each in events)


@pytest.fixture(autouse=True, scope="module")
def _sharing(emulator: Emulator) -> None:
    enable_sharing(emulator)


def test_a_shared_card_lives_as_a_stack(emulator: Emulator) -> None:
    stack = Stack(emulator)
    sagemaker, ram = (emulator.client(each, account=emulator.hub) for each in ("sagemaker", "ram"))
    created = stack.run("create", template(emulator, stack.name))
    assert created["status"] == "CREATE_COMPLETE", stack.reasons()
    card, share = created["CardArn"], created["Share"]
    assert (created["Card"], created["Owner"]) == (stack.name, emulator.hub)
    assert json.loads(sagemaker.describe_model_card(ModelCardName=card)["Content"]) == {
        "business_details": {"business_problem": "Customers leave"},
        "additional_information": {"custom_details": {"DataOwner": "Ana"}},
    }
    tags = {each["Key"]: each["Value"] for each in sagemaker.list_tags(ResourceArn=card)["Tags"]}
    assert tags["team"] == "ml"
    reader = emulator.client("sagemaker", role=emulator.role(allow("sagemaker:*", card)))
    assert reader.describe_model_card(ModelCardName=card)["ModelCardVersion"] == 1
    assert (
        refused(reader.update_model_card, ModelCardName=card, ModelCardStatus="Approved")[0]
        == "AccessDeniedException"
    )

    other = make_card(emulator)
    changed = template(
        emulator,
        stack.name,
        Card={
            "Content": {"BusinessDetails": {"LineOfBusiness": "Mobile"}},
            "ModelCardStatus": "PendingReview",
        },
        Share={
            "Name": f"{stack.name}-authors",
            "PermissionArns": [managed(CARDS)],
            "Principals": [emulator.test],
            "ResourceArns": [{"Fn::GetAtt": ["Card", "ModelCardArn"]}, other],
            "Tags": [{"Key": "team", "Value": "platform"}],
        },
    )
    updated = stack.run("update", changed)
    assert updated["status"] == "UPDATE_COMPLETE", stack.reasons()
    assert (updated["Share"], updated["CardArn"]) == (share, card)
    described = sagemaker.describe_model_card(ModelCardName=card)
    assert (described["ModelCardVersion"], described["ModelCardStatus"]) == (2, "PendingReview")
    assert refused(reader.describe_model_card, ModelCardName=card)[0] == "AccessDeniedException"
    author = emulator.client(
        "sagemaker", role=emulator.role(allow("sagemaker:*", other), account=emulator.test)
    )
    author.update_model_card(ModelCardName=other, ModelCardStatus="Approved")
    [found] = ram.get_resource_shares(resourceOwner="SELF", name=f"{stack.name}-authors")["resourceShares"]
    given = {each["key"]: each["value"] for each in found["tags"] if not each["key"].startswith("aws:")}
    assert given == {"team": "platform"}

    stack.client.delete_stack(StackName=stack.name)
    until(
        lambda: ram.get_resource_shares(resourceOwner="SELF", resourceShareArns=[share])["resourceShares"][0],
        lambda found: found["status"] == "DELETED",
    )
    until(
        lambda: sagemaker.list_model_cards(NameContains=stack.name)["ModelCardSummaries"],
        lambda left: left == [],
    )
    until(
        lambda: [
            each["arn"] for each in ram.list_permissions(permissionType="CUSTOMER_MANAGED")["permissions"]
        ],
        lambda left: created["Reader"] not in left,
    )


@pytest.mark.parametrize(
    ("changes", "version", "status"),
    [
        pytest.param({"ModelCardStatus": "Approved"}, 1, "Approved", id="status"),
        pytest.param({"Content": {"BusinessDetails": {}}}, 2, "Draft", id="content"),
        pytest.param({"Tags": [{"Key": "team", "Value": "other"}]}, 1, "Draft", id="tags"),
    ],
)
def test_a_change_of_a_card_makes_no_more_versions_than_needed(
    emulator: Emulator, changes: dict[str, Any], version: int, status: str
) -> None:
    stack = Stack(emulator)
    card = stack.run("create", template(emulator, stack.name))["CardArn"]
    assert stack.run("update", template(emulator, stack.name, Card=changes))["status"] == "UPDATE_COMPLETE"
    described = emulator.client("sagemaker", account=emulator.hub).describe_model_card(ModelCardName=card)
    assert (described["ModelCardVersion"], described["ModelCardStatus"]) == (version, status)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param(
            {"Card": {"Content": {"BusinessDetails": {"Budget": "1"}}}},
            "business_details has no field budget",
            id="unknown field of a card",
        ),
        pytest.param(
            {"Reader": {"PolicyTemplate": {"Effect": "Allow", "Action": "sagemaker:DeleteModelCard"}}},
            "Actions not supported for sagemaker:ModelCard",
            id="action that is not shared",
        ),
        pytest.param(
            {"Share": {"Principals": ["999999999999"]}},
            "can only be shared within your AWS Organization",
            id="stranger",
        ),
        pytest.param({"Share": {"Colour": "red"}}, "unsupported property Colour", id="unknown property"),
    ],
)
def test_a_wrong_resource_fails_its_stack_with_the_reason(
    emulator: Emulator, changes: dict[str, dict[str, Any]], reason: str
) -> None:
    stack = Stack(emulator)
    assert stack.run("create", template(emulator, stack.name, **changes))["status"] == "ROLLBACK_COMPLETE"
    assert reason in stack.reasons()


SHARING = {
    "StringEqualsIfExists": {"ram:RequestedResourceType": "sagemaker:ModelCard"},
    "Bool": {"ram:RequestedAllowsExternalPrincipals": "false"},
}


@pytest.mark.parametrize(
    ("sharing", "more", "refused_action"),
    [
        pytest.param(
            SHARING, ("ram:CreatePermission", "sagemaker:CreateModelCard"), None, id="all that it takes"
        ),
        pytest.param(SHARING, ("sagemaker:CreateModelCard",), "ram:CreatePermission", id="no permission"),
        pytest.param(SHARING, ("ram:CreatePermission",), "sagemaker:CreateModelCard", id="no card"),
        pytest.param(
            {
                "StringEqualsIfExists": {
                    "ram:Principal": SHARING["Bool"]["ram:RequestedAllowsExternalPrincipals"]
                }
            },
            ("ram:CreatePermission", "sagemaker:CreateModelCard"),
            "ram:CreateResourceShare",
            id="another principal",
        ),
    ],
)
def test_a_stack_is_asked_for_its_roles_permissions(
    emulator: Emulator, sharing: dict[str, Any], more: tuple[str, ...], refused_action: str | None
) -> None:
    tags = ("ram:TagResource", "sagemaker:AddTags")
    clean_up = (
        "ram:DeletePermission",
        "ram:DeleteResourceShare",
        "ram:GetResourceShares",
        "sagemaker:DeleteModelCard",
    )
    reads = ("ram:GetPermission", "sagemaker:DescribeModelCard", "sagemaker:ListTags")
    role = emulator.role(
        allow("ram:CreateResourceShare", Condition=sharing),
        allow([*more, *tags, *clean_up, *reads]),
        account=emulator.hub,
        trusting=trust(Service=CLOUDFORMATION),
    )
    stack = Stack(emulator)
    ended = stack.run("create", template(emulator, stack.name), RoleARN=role)
    if refused_action is None:
        assert ended["status"] == "CREATE_COMPLETE", stack.reasons()
    else:
        assert ended["status"] == "ROLLBACK_COMPLETE"
        assert f"not authorized to perform: {refused_action} on" in stack.reasons()


def test_a_share_takes_no_permission_twice(emulator: Emulator) -> None:
    stack = Stack(emulator)
    both = {"PermissionArns": [managed(CARDS), managed(EXPORT)]}
    assert stack.run("create", template(emulator, stack.name, Share=both))["status"] == "ROLLBACK_COMPLETE"
    assert "one permission for sagemaker:ModelCard" in stack.reasons()
