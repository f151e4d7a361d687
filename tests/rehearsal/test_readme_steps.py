"""The README's steps are read as they stand, and its promise of what stays is held in both directions."""

import re
from typing import Any

import botocore.session
import pytest

from base.settings import load
from rehearsal import aws_command, readme, stays
from rehearsal.inventory import Thing
from rehearsal.story import ActError

NAMES = load().names


def commands(heading: str) -> list[str]:
    return [command for step in readme.steps(heading) for command in step.commands]


def test_steps_of_adopting_and_leaving_come_in_their_order() -> None:
    assert [step.title for step in readme.steps(readme.ADOPT)] == [
        "Describe your organisation",
        "Delegate",
        "Create the platform engineer's role",
        "Deploy",
        "Share both portfolios",
        "Provision a domain",
        "Work",
    ]
    assert [step.title for step in readme.steps(readme.LEAVE)] == [
        "Delete the projects",
        "Delete the endpoints",
        "Terminate the domain",
        "Take back what is shared",
        "Destroy the stacks",
        "Delete the platform engineer's role",
    ]


def test_stacks_of_the_commands_are_those_of_the_bundle() -> None:
    named = {
        word
        for command in commands(readme.ADOPT) + commands(readme.LEAVE)
        if command.startswith("scripts/cdk ")
        for word in command.split()[2:]
        if word.startswith(NAMES.prefix)
    }
    assert named == {NAMES.platform_engineer_stack, NAMES.foundation_stack}


def test_every_prompt_of_the_sections_belongs_to_a_step() -> None:
    for heading in (readme.ADOPT, readme.LEAVE):
        prompts = re.findall(r"^ *\$ (.+)$", readme.section(heading), re.MULTILINE)
        assert prompts == commands(heading)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, []),
        ({"less": 0}, ["Named in docs/what_stays.md, and not left: | test | key |"]),
        ({"more": Thing("test", "role", "mlplatform-endpoint")}, ["role mlplatform-endpoint in test"]),
        ({"more": Thing("production", "key", "a key")}, ["key a key in production"]),
        ({"more": Thing("test", "bucket", "mlplatform-p-1-1-x")}, ["bucket mlplatform-p-1-1-x in test"]),
    ],
    ids=["as promised", "less", "another kind", "another account", "another name"],
)
def test_what_is_left_is_what_was_promised(change: dict[str, Any], sentence: list[str]) -> None:
    promises = [
        stays.Promise(("test",), "key", re.compile("a key"), "| test | key |"),
        stays.Promise(("test",), "bucket", stays._pattern("capture-<account>-<Region>"), "| test | bucket |"),
    ]
    left = [Thing("test", "key", "a key"), Thing("test", "bucket", "capture-444444444444-eu-west-1")]
    if "less" in change:
        del left[change["less"]]
    if "more" in change:
        left.append(change["more"])
    found = stays.mistakes(left, promises)
    assert len(found) == len(sentence)
    assert all(words in each for words, each in zip(sentence, found, strict=True))


def test_every_row_of_the_page_names_an_account_a_kind_and_a_name() -> None:
    rows = [line for line in stays.PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    assert {promise.row.count("|") for promise in stays.promised()} == {4}
    assert len({promise.row for promise in stays.promised()}) == len(rows)


class Client:
    """Records what it is asked."""

    def __init__(self) -> None:
        real = botocore.session.Session().create_client(
            "cloudformation", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.meta, self.asked = real.meta, dict[str, Any]()

    def delete_stack(self, **parameters: Any) -> None:
        self.asked = parameters


class OneClient:
    """Accounts with one client."""

    def __init__(self) -> None:
        self.made = Client()

    def client(self, _credentials: object, service: str) -> Client:
        assert service == "cloudformation"
        return self.made


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ("--stack-name churn", {"StackName": "churn"}),
        ("""--stack-name churn --retain-resources ["A"]""", {"StackName": "churn", "RetainResources": ["A"]}),
    ],
)
def test_options_of_the_aws_cli_are_parameters_of_the_api(options: str, asked: dict[str, Any]) -> None:
    accounts: Any = OneClient()
    nobody: Any = None
    aws_command.run(accounts, nobody, ["cloudformation", "delete-stack", *options.split()])
    assert accounts.made.asked == asked


def test_an_option_that_the_aws_cli_does_not_know_is_refused() -> None:
    accounts: Any = OneClient()
    nobody: Any = None
    with pytest.raises(ValueError, match="DeleteStack has no option --name, but --stack-name"):
        aws_command.run(accounts, nobody, ["cloudformation", "delete-stack", "--name", "churn"])


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(ActError, match="Nobody knows what 'project id' in"):
        readme._filled("aws x --name <project id>", {"project": "churn"})


def test_what_stays_in_a_data_account_is_promised_only_where_there_is_one() -> None:
    everywhere = {promise.row for promise in stays.promised()}
    without = {promise.row for promise in stays.promised(("development", "shared_services"))}
    of_data = {row for row in everywhere if row.startswith("| data |")}
    assert of_data
    assert not of_data & without
