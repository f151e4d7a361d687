"""What is asked of SageMaker, what a version says of its features, and what is said of a refusal."""

import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

import groups
from errors import DataError, UsageError
from point_in_time import Group

DESCRIBED = {
    "RecordIdentifierFeatureName": "customer",
    "EventTimeFeatureName": "event_time",
    "FeatureDefinitions": [
        {"FeatureName": "event_time", "FeatureType": "String"},
        {"FeatureName": "customer", "FeatureType": "Integral"},
        {"FeatureName": "spend", "FeatureType": "Fractional"},
        {"FeatureName": "city", "FeatureType": "String"},
    ],
    "OfflineStoreConfig": {"DataCatalogConfig": {"Database": "theirs", "TableName": "customers"}},
}


class SageMaker:
    """Answers as SageMaker does."""

    def __init__(self, answer: dict[str, Any] | str) -> None:
        self.answer, self.asked = answer, ""

    def describe_feature_group(self, *, FeatureGroupName: str) -> dict[str, Any]:  # noqa: N803
        self.asked = FeatureGroupName
        if isinstance(self.answer, str):
            raise ClientError({"Error": {"Code": self.answer, "Message": "no"}}, "DescribeFeatureGroup")
        return self.answer


def described(answer: dict[str, Any] | str, *without: str) -> Group:
    return groups.described(
        SageMaker(answer),
        "customers",
        owner="666666666666",
        region="eu-west-1",
        link="project_p_1_customers",
        without=frozenset(without),
    )


def group(name: str, *features: str) -> Group:
    return Group(
        name=name,
        table=("link", name),
        identifier="id",
        event_time="event_time",
        types={"id": "Integral", "event_time": "String", **dict.fromkeys(features, "Fractional")},
        wanted=features,
    )


def test_a_group_is_described_by_its_arn_and_read_through_the_link() -> None:
    sagemaker = SageMaker(DESCRIBED)
    found = groups.described(
        sagemaker, "Customers", owner="666666666666", region="eu-west-1", link="link", without=frozenset()
    )
    assert sagemaker.asked == "arn:aws:sagemaker:eu-west-1:666666666666:feature-group/customers"
    assert found.table == ("link", "customers")
    assert (found.identifier, found.event_time) == ("customer", "event_time")
    assert found.wanted == ("spend", "city")


def test_a_feature_may_be_left_out() -> None:
    found = described(DESCRIBED, "customers.spend")
    assert found.wanted == ("city",)
    groups.check([found], frozenset({"customers.spend"}))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("ResourceNotFound", "There is no feature group customers in the account 666666666666"),
        (
            "AccessDeniedException",
            "The training role may not describe the feature group customers of the account",
        ),
        ({**DESCRIBED, "OfflineStoreConfig": {}}, "The feature group customers has no offline store"),
    ],
)
def test_a_group_that_cannot_be_read_is_refused_in_one_sentence(
    answer: dict[str, Any] | str, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        described(answer)


def test_another_error_of_sagemaker_is_not_taken_for_a_refusal() -> None:
    with pytest.raises(ClientError):
        described("ThrottlingException")


@pytest.mark.parametrize("given", ["", "customers+", "customers+customers", "customers,orders", 'a"b'])
def test_names_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(UsageError, match="name each feature group once"):
        groups.names_of(given)


def test_several_groups_are_named_with_a_plus_sign() -> None:
    assert groups.names_of("customers+orders") == ["customers", "orders"]


def test_two_features_of_one_column_are_refused() -> None:
    with pytest.raises(DataError, match="Two features would be the column a_b_c"):
        groups.check([group("a", "b_c"), group("a_b", "c")], frozenset())


def test_what_is_left_out_must_be_there() -> None:
    with pytest.raises(DataError, match=r"leaves out customers\.spent, which no feature group has"):
        groups.check([described(DESCRIBED)], frozenset({"customers.spent"}))


def test_the_version_says_each_feature_with_its_type() -> None:
    told = groups.schema([described(DESCRIBED), group("orders", "count")])
    expected = "customers/spend:Fractional customers/city:String orders/count:Fractional"
    assert told["registration"] == {"feature_schema": expected}
    assert told["groups"][0]["features"] == {"spend": "Fractional", "city": "String"}


def test_a_schema_that_is_too_long_for_the_metadata_is_told_by_its_digest() -> None:
    told = groups.schema([group("orders", *(f"feature_{number}" for number in range(30)))])
    digest = hashlib.sha256(json.dumps(told["groups"], sort_keys=True).encode()).hexdigest()
    assert told["registration"] == {"feature_schema": f"orders/30 sha256:{digest}"}
