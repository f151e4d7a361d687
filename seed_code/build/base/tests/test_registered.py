"""What is known of earlier versions, by the answers of a registry that notes each call."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import evaluate
import registered
from card import EVALUATION
from registered import Approved, Production

GROUP = "arn:aws:sagemaker:eu-west-1:222222222222:model-package-group/flowers"
VERSION = "arn:aws:sagemaker:eu-west-1:333333333333:model-package/flowers/7"
CARD = "arn:aws:sagemaker:eu-west-1:222222222222:model-card/flowers"


class Account:
    """A registry, its bucket and its cards."""

    def __init__(self) -> None:
        self.approved: list[str] = [VERSION]
        self.metrics: dict[str, Any] = {
            "ModelDataQuality": {"Statistics": {"S3Uri": "s3://kept/models/1/evaluation/baseline.json"}}
        }
        self.cards: list[int] = [4]
        self.content: dict[str, Any] = content(0.75)
        self.error = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def client(self, service: str, **options: Any) -> "Account":
        assert (service in ("s3", "sagemaker"), options["region_name"]) == (True, "eu-west-1")
        return self

    def list_model_packages(self, **given: Any) -> dict[str, Any]:
        self.calls.append(("list_model_packages", given))
        return {"ModelPackageSummaryList": [{"ModelPackageArn": arn} for arn in self.approved]}

    def describe_model_package(self, **given: Any) -> dict[str, Any]:
        self.calls.append(("describe_model_package", given))
        return {"ModelMetrics": self.metrics} if self.metrics else {}

    def get_object(self, **given: Any) -> dict[str, Any]:
        self.calls.append(("get_object", given))
        return {"Body": io.BytesIO(b'{"target": "weight"}')}

    def list_model_card_versions(self, **given: Any) -> dict[str, Any]:
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": ""}}, "ListModelCardVersions")
        self.calls.append(("list_model_card_versions", given))
        return {"ModelCardVersionSummaryList": [{"ModelCardVersion": number} for number in self.cards]}

    def describe_model_card(self, **given: Any) -> dict[str, Any]:
        self.calls.append(("describe_model_card", given))
        return {"Content": json.dumps(self.content)}


def content(skill: float) -> dict[str, Any]:
    """What a card says, beside an evaluation of somebody else's."""
    groups = [
        {
            "name": "Model",
            "metric_data": [{"name": "rmse", "value": 3}, {"name": "skill_score", "value": skill}],
        },
        {"name": "Baseline", "metric_data": [{"name": "skill_score", "value": 0.0}]},
    ]
    others = [{"name": "Integration tests", "metric_groups": []}]
    return {
        "model_package_details": {"model_package_arn": VERSION},
        "evaluation_details": [*others, {"name": EVALUATION, "metric_groups": groups}],
    }


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account()
    monkeypatch.setattr(boto3, "client", account.client)
    return account


def test_the_baseline_is_that_of_the_newest_approved_version(account: Account) -> None:
    assert registered.last_approved(GROUP, "eu-west-1") == Approved(VERSION, {"target": "weight"})
    (_, asked), (_, described), (_, read) = account.calls
    assert asked == {
        "ModelPackageGroupName": GROUP,
        "ModelApprovalStatus": "Approved",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 1,
    }
    assert described == {"ModelPackageName": VERSION}
    assert read == {"Bucket": "kept", "Key": "models/1/evaluation/baseline.json"}


def test_there_may_be_no_version_or_none_with_a_baseline(account: Account) -> None:
    account.metrics = {}
    assert registered.last_approved(GROUP, "eu-west-1") == Approved(VERSION, None)
    account.approved = []
    assert registered.last_approved(GROUP, "eu-west-1") is None


def test_production_is_what_the_newest_approved_card_says(account: Account) -> None:
    assert registered.in_production(CARD) == Production(VERSION, 0.75)
    (_, asked), (_, described) = account.calls
    assert (asked["ModelCardName"], asked["ModelCardStatus"]) == (CARD, "Approved")
    assert (asked["SortBy"], asked["SortOrder"], asked["MaxResults"]) == ("Version", "Descending", 1)
    assert described == {"ModelCardName": CARD, "ModelCardVersion": 4}


@pytest.mark.parametrize("case", ["no card", "not shared", "never approved", "another", "no score"])
def test_nothing_may_be_in_production(account: Account, case: str) -> None:
    account.error = {"no card": "ResourceNotFound", "not shared": "AccessDeniedException"}.get(case, "")
    if case == "never approved":
        account.cards = []
    if case == "another":
        account.content["evaluation_details"].pop()
    if case == "no score":
        account.content["evaluation_details"][1]["metric_groups"][0]["metric_data"].pop()
    assert registered.in_production(CARD) is None


def test_another_error_is_none_of_ours(account: Account) -> None:
    account.error = "ThrottlingException"
    with pytest.raises(ClientError):
        registered.in_production(CARD)


@pytest.mark.parametrize(
    ("production", "change"),
    [(None, 0.5), (Production(VERSION, 0.75), -0.25), (Production(VERSION, 0.5), 0.0)],
)
def test_a_model_is_compared_with_production(production: Production | None, change: float) -> None:
    found = evaluate.beside_production(0.5, production)
    assert found["change"] == change
    assert found["version"] == (production.arn if production else "")
