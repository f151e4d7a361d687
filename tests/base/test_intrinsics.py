"""Functions and conditions of templates, evaluated with what they refer to."""

from typing import Any

import pytest

from base.intrinsics import NOTHING, Intrinsics, UnknownFunctionError

REFERENCES: dict[str, Any] = {
    "Stage": "test",
    "Zones": ["a", "b"],
    "Empty": "",
    "AWS::Region": "eu-west-1",
    "AWS::NoValue": NOTHING,
}
INTRINSICS = Intrinsics(
    reference=lambda name: REFERENCES[name],
    attribute=lambda logical_id, name: f"{logical_id}/{name}",
    conditions={
        "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
        "IsLive": {"Fn::Not": [{"Condition": "IsTest"}]},
        "IsEither": {"Fn::Or": [{"Condition": "IsLive"}, {"Fn::Equals": ["a", "a"]}]},
        "IsBoth": {"Fn::And": [{"Condition": "IsTest"}, {"Condition": "IsLive"}]},
    },
)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("text", "text"),
        (1, 1),
        ({"Ref": "Stage"}, "test"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Bucket/Arn"),
        ({"Fn::GetAtt": "Nested.Outputs.Arn"}, "Nested/Outputs.Arn"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-test"),
        ({"Fn::Join": ["", {"Ref": "Zones"}]}, "ab"),
        ({"Fn::Select": ["1", {"Fn::Split": ["/", "a/b/c"]}]}, "b"),
        ({"Fn::Sub": "${Stage} ${Bucket.Arn} ${!Stage}"}, "test Bucket/Arn ${Stage}"),
        ({"Fn::Sub": ["${Stage} ${Own}", {"Own": {"Ref": "Stage"}}]}, "test test"),
        ({"Fn::If": ["IsTest", 1, 2]}, 1),
        ({"Fn::If": ["IsLive", 1, 2]}, 2),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ([{"Ref": "AWS::NoValue"}, "kept"], ["kept"]),
        ({"Left": {"Fn::If": ["IsLive", 1, {"Ref": "AWS::NoValue"}]}, "Kept": 1}, {"Kept": 1}),
        (
            {"Condition": {"StringEquals": {"a": {"Ref": "Stage"}}}},
            {"Condition": {"StringEquals": {"a": "test"}}},
        ),
        ({"Fn::Contains": [{"Ref": "Zones"}, "a"]}, True),
        ({"Fn::EachMemberEquals": [{"Ref": "Zones"}, "a"]}, False),
        ({"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "b", "c"]]}, True),
    ],
)
def test_values(node: Any, expected: Any) -> None:
    assert INTRINSICS.value(node) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("IsTest", True),
        ("IsLive", False),
        ("IsEither", True),
        ("IsBoth", False),
        ({"Condition": "IsTest"}, True),
        ({"Fn::Not": [{"Fn::Equals": [{"Ref": "Empty"}, ""]}]}, False),
    ],
)
def test_conditions(condition: Any, expected: bool) -> None:
    assert INTRINSICS.holds(condition) is expected


def test_what_has_no_condition_exists() -> None:
    assert INTRINSICS.exists({"Type": "AWS::S3::Bucket"})
    assert not INTRINSICS.exists({"Type": "AWS::S3::Bucket", "Condition": "IsLive"})


def test_a_function_that_is_not_known_is_named() -> None:
    with pytest.raises(UnknownFunctionError, match="Fn::ImportValue"):
        INTRINSICS.value({"a": [{"Fn::ImportValue": "shared"}]})
