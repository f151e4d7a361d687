"""The form of a project judges values as CloudFormation does, and asks until they are right."""

from collections.abc import Mapping
from typing import Any

import pytest

from scripts.console.change import OperatorError
from scripts.projects import commands
from scripts.projects.form import Field, Form, assignments
from scripts.projects.rules import broken
from scripts.projects.template import Template, _location
from tests.products.launches import templates


@pytest.mark.parametrize(
    ("bounds", "kind", "allowed", "refused"),
    [
        ({"AllowedPattern": "[a-z]+"}, "String", ["abc"], ["ab1", "abc\n", ""]),
        # Java's classes are ASCII.
        ({"AllowedPattern": r"\d{2}"}, "String", ["12"], ["\uff11\uff12", "1"]),
        # What Python cannot read is left to AWS.
        ({"AllowedPattern": r"\p{Lower}+"}, "String", ["abc", "ABC"], []),
        ({"AllowedValues": ["a", "b"]}, "String", ["a"], ["c", "A", ""]),
        ({"MinLength": "2", "MaxLength": "3"}, "String", ["ab", "abc"], ["a", "abcd"]),
        ({}, "String", ["", "x" * 4096], ["x" * 4097]),
        (
            {"MinValue": "1", "MaxValue": "3"},
            "Number",
            ["1", "2.5", "3"],
            ["0", "4", "nan", "1_0", "two", ""],
        ),
        ({"AllowedPattern": "[a-z]+"}, "CommaDelimitedList", ["a,b", "a, b"], ["a,1"]),
        ({"MaxValue": "9"}, "List<Number>", ["1,2"], ["1,10", "1,x"]),
    ],
    ids=str,
)
def test_values_are_judged_by_the_templates_own_bounds(
    bounds: Mapping[str, Any], kind: str, allowed: list[str], refused: list[str]
) -> None:
    described: Any = {"ParameterKey": "P", "ParameterType": kind, "ParameterConstraints": bounds}
    judged = Field.of(described, None)
    assert [value for value in allowed if judged.mistake(value)] == []
    assert [value for value in refused if not judged.mistake(value)] == []


def test_a_secret_is_not_repeated() -> None:
    secret = Field(name="Token", label="Token", secret=True, pattern="[a-z]+")
    assert secret.mistake("S3CRET") == "Token: the value does not match [a-z]+."


def test_all_mistakes_are_said_at_once() -> None:
    form = Form(fields=(Field(name="A", label="A", pattern="a"), Field(name="B", label="B", choices=("b",))))
    with pytest.raises(OperatorError) as refused:
        form.complete({"A": "x", "B": "x", "C": "x"})
    assert len(str(refused.value).splitlines()) == 3


def test_nobody_is_asked_for_what_is_given_and_mistakes_come_before_questions() -> None:
    form = Form(fields=(Field(name="A", label="A"), Field(name="B", label="B", pattern="b")))
    asked: list[str] = []

    def ask(entry: Field) -> str:
        asked.append(entry.name)
        return "answer"

    assert form.complete({"B": "b"}, ask) == {"B": "b", "A": "answer"}
    with pytest.raises(OperatorError):
        form.complete({"B": "x"}, ask)
    assert asked == ["A"]


def test_an_entry_is_asked_for_until_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["B", "b"])
    asked: list[tuple[str, Any]] = []

    def prompt(text: str, **options: Any) -> str:
        asked.append((text, options["default"]))
        return next(answers)

    monkeypatch.setattr("scripts.projects.commands.typer.prompt", prompt)
    entry = Field(name="B", label="The letter", pattern="[ab]", default="a", choices=("a", "b"))
    assert commands._ask(entry) == "b"
    assert asked == [("The letter (B) [a, b]", "a")] * 2


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://s3.eu-west-1.amazonaws.com/bucket/a/b.json", ("bucket", "a/b.json")),
        ("https://s3-eu-west-1.amazonaws.com/bucket/a%20b.json?versionId=1", ("bucket", "a b.json")),
        ("https://bucket.with.dots.s3.eu-west-1.amazonaws.com/a.json", ("bucket.with.dots", "a.json")),
        ("https://bucket.s3.amazonaws.com/a.json", ("bucket", "a.json")),
    ],
)
def test_addresses_in_s3(url: str, place: tuple[str, str]) -> None:
    assert _location(url) == place


def test_what_is_no_address_in_s3_is_refused() -> None:
    with pytest.raises(ValueError, match="no address in S3"):
        _location("https://example.com/a.json")


REF: Mapping[str, str] = {"Ref": "A"}


@pytest.mark.parametrize(
    ("condition", "assertion", "holds"),
    [
        (None, {"Fn::Equals": [REF, "1"]}, True),
        (None, {"Fn::Equals": [REF, "2"]}, False),
        (None, {"Fn::Not": [{"Fn::Equals": [REF, "2"]}]}, True),
        (None, {"Fn::And": [{"Fn::Equals": [REF, "1"]}, {"Fn::Equals": [REF, "2"]}]}, False),
        (None, {"Fn::Or": [{"Fn::Equals": [REF, "1"]}, {"Fn::Equals": [REF, "2"]}]}, True),
        (None, {"Fn::Contains": [["1", "2"], REF]}, True),
        (None, {"Fn::EachMemberIn": [[REF], ["2"]]}, False),
        (None, {"Fn::EachMemberEquals": [[REF], "1"]}, True),
        ({"Fn::Equals": [REF, "2"]}, {"Fn::Equals": [REF, "2"]}, True),
        # AWS alone knows the account.
        (None, {"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, REF]}, True),
        (None, {"Fn::Equals": [{"Ref": "AWS::AccountId"}, REF]}, True),
        ({"Fn::Equals": [{"Ref": "AWS::Region"}, REF]}, {"Fn::Equals": [REF, "2"]}, True),
    ],
    ids=str,
)
def test_rules_of_a_template(condition: Any, assertion: Any, holds: bool) -> None:
    rule: dict[str, Any] = {"Assertions": [{"Assert": assertion, "AssertDescription": "Broken."}]}
    if condition is not None:
        rule["RuleCondition"] = condition
    assert list(broken({"R": rule}, {"A": "1"})) == ([] if holds else ["Broken."])


def test_one_account_for_test_and_production_is_refused_before_the_launch() -> None:
    template = Template.parse(templates()["deploy_realtime"])
    values = {"TestAccountId": "444444444444", "ProductionAccountId": "444444444444"}
    assert list(broken(template.rules, values)) == ["Test and production must be two accounts."]


def test_the_form_has_the_labels_and_the_order_of_the_template() -> None:
    template = Template.parse(templates()["build_from_s3"])
    described: Any = [{"ParameterKey": name} for name in sorted(templates()["build_from_s3"]["Parameters"])]
    form = Form.of(described, template)
    assert [(entry.name, entry.label) for entry in form.fields] == [
        ("InputDataUri", "Input data"),
        ("TargetColumn", "Target column"),
        ("Registration", "Where versions are registered"),
    ]
    assert [entry.name for entry in form.fields if entry.optional] == ["Registration"]


def test_a_value_may_hold_equals_signs_and_begin_with_a_dash() -> None:
    assert assignments(["A=b=c", "B=-1", "C="]) == {"A": "b=c", "B": "-1", "C": ""}
