"""The access matrix: it is what is written in docs, and what must hold holds, by hand."""

import inspect
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from access import platform
from access.access_matrix import AccessMatrix, compute
from access.access_page import COMMAND, page
from access.platform import PlatformTemplates, longest, synthesize
from access.sizes import measure
from base import settings
from base.names import PlatformNames
from scripts.catalog import app
from scripts.checks.access_matrix import PAGE, read_policy
from scripts.console.change import OperatorError
from tests.data_account import with_data_account
from tests.sharing import made_once

SETTINGS = settings.load()
NAMES = SETTINGS.names


@pytest.fixture(scope="module")
def templates() -> PlatformTemplates:
    return made_once("platform-codecommit", lambda _: synthesize(SETTINGS))


@pytest.fixture(scope="module")
def matrix(templates: PlatformTemplates) -> AccessMatrix:
    return compute(SETTINGS, templates)


def who(matrix: AccessMatrix, title: str, name: str) -> set[str]:
    """The roles that may do something, each with the beginning of its account's name."""
    (topic,) = (topic for topic in matrix.topics if topic.title == title)
    (ability,) = (ability for ability in topic.abilities if ability.name == name)
    return {
        f"{matrix.accounts[role.account]}: {role.name.removeprefix(f'{NAMES.prefix}-')}"
        for role in matrix.who(ability)
    }


def test_the_page_is_what_the_policies_say(matrix: AccessMatrix) -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(matrix), f"docs/access_matrix.md is out of date: renew it with {COMMAND}."


def test_the_same_templates_keep_clear_of_the_limits(templates: PlatformTemplates) -> None:
    measured = list(measure(longest(SETTINGS, templates.by_name)))
    assert len(measured) > len(templates.by_name)
    assert [each.sentence for each in measured if each.is_near] == []


# By hand, and whole: whoever is missing here may not.
EXPECTED = {
    ("Versions", "Register with the team"): {"development: training-p-team"},
    ("Versions", "Register a promoted one"): {"shared services: promotion"},
    ("Versions", "Register directly"): {"development: training-p-direct", "shared services: promotion"},
    ("Versions", "Register as approved"): set(),
    ("Versions", "Register with a receipt"): {"shared services: promotion"},
    ("Versions", "Approve for the team"): {"development: lead-data-scientist"},
    ("Versions", "Approve centrally"): {"shared services: ml-engineer"},
    ("Versions", "Name its receipt"): {"shared services: promotion", "shared services: release"},
    ("Reading artifacts", "Its image"): {
        "production: batch-transform",
        "production: endpoint",
        "shared services: promotion",
        "test: batch-transform",
        "test: endpoint",
    },
    ("Changing artifacts", "Write a promoted one"): {"shared services: promotion"},
    ("Changing artifacts", "Write a direct one"): {"development: training-p-direct"},
    ("Changing artifacts", "Write another account's"): set(),
    ("Changing artifacts", "Open to test"): {"shared services: release"},
    ("Changing artifacts", "Let into production"): {"shared services: stages"},
    ("Changing artifacts", "Let in unapproved"): set(),
    ("Changing artifacts", "Delete a promoted one"): {"shared services: promotion"},
    ("Changing artifacts", "Delete a direct one"): set(),
    ("Changing artifacts", "Erase"): set(),
    ("Model cards", "Start"): {"development: lead-data-scientist", "shared services: model-card-author"},
    ("Model cards", "Approve"): {"shared services: governance-officer"},
    ("Receipts and decisions", "Write, promoted"): {"shared services: promotion"},
    ("Receipts and decisions", "Write, direct"): {"shared services: release"},
    ("Receipts and decisions", "Change a receipt"): set(),
    ("Receipts and decisions", "Delete a receipt"): set(),
    ("Receipts and decisions", "Record central-approval"): {"shared services: release"},
    ("Receipts and decisions", "Record test"): {"shared services: stages"},
    ("Receipts and decisions", "Record card-approval"): {"shared services: governance-officer"},
    ("Receipts and decisions", "Record production-approval"): {"shared services: stages"},
    ("Receipts and decisions", "Record production"): {"shared services: stages"},
    ("Receipts and decisions", "Change a decision"): set(),
    ("Deployments", "Deploy to test"): {"shared services: pipeline-p-deploy", "test: deployment"},
    ("Deployments", "Deploy to production"): {
        "production: deployment",
        "shared services: pipeline-p-deploy",
    },
    ("Deployments", "Create an endpoint in test"): {"test: deployment-cloudformation"},
    ("Deployments", "Create an endpoint in production"): {"production: deployment-cloudformation"},
    ("Deployments", "Create a batch transform in test"): {"test: deployment-cloudformation"},
    ("Deployments", "Create a batch transform in production"): {"production: deployment-cloudformation"},
    ("Deployments", "Start a batch transform in test"): {
        "shared services: integration-test-p-deploy",
        "test: batch-schedule",
        "test: integration-test",
    },
    ("Deployments", "Start a batch transform in production"): {
        "production: batch-schedule",
        "production: integration-test",
    },
    ("Deployments", "Approve production"): {"shared services: governance-officer"},
}


@pytest.mark.parametrize(("title", "ability"), EXPECTED, ids=[f"{title}: {name}" for title, name in EXPECTED])
def test_nobody_else_may(matrix: AccessMatrix, title: str, ability: str) -> None:
    assert who(matrix, title, ability) == EXPECTED[title, ability]


MAY = [
    ("Versions", "See the central", "test: deployment-cloudformation"),
    ("Versions", "See the central", "shared services: governance-officer"),
    ("Versions", "See the team's", "shared services: ml-engineer"),
    ("Versions", "See the direct", "development: training-p-direct"),
    ("Versions", "Set the stage", "shared services: stages"),
    ("Reading artifacts", "Promoted, approved", "test: endpoint"),
    ("Reading artifacts", "Direct, approved", "test: endpoint"),
    ("Reading artifacts", "Promoted, let in", "production: endpoint"),
    ("Reading artifacts", "Promoted, approved", "test: batch-transform"),
    ("Reading artifacts", "Promoted, let in", "production: batch-transform"),
    ("Reading artifacts", "Direct, let in", "production: endpoint"),
    ("Reading artifacts", "The team's", "shared services: promotion"),
    ("Model cards", "Read", "production: integration-test"),
    ("Model cards", "Write", "development: training-p-team"),
    ("Model cards", "Write", "test: integration-test"),
    ("Model cards", "Write", "shared services: integration-test-p-deploy"),
    ("Receipts and decisions", "Read", "shared services: governance-officer"),
    ("Deployments", "Start the pipeline", "shared services: trigger-p-deploy"),
]
MAY_NOT = [
    ("Reading artifacts", "Promoted, before approval", "test: batch-transform"),
    ("Reading artifacts", "Promoted, approved", "production: batch-transform"),
    ("Versions", "See the central", "development: lead-data-scientist"),
    ("Versions", "See the central", "test: endpoint"),
    ("Versions", "See the direct", "development: training-p-team"),
    ("Versions", "Set the stage", "shared services: ml-engineer"),
    ("Versions", "Set the stage", "shared services: governance-officer"),
    ("Versions", "Set the stage", "shared services: release"),
    ("Reading artifacts", "Promoted, before approval", "test: endpoint"),
    ("Reading artifacts", "Promoted, before approval", "production: endpoint"),
    ("Reading artifacts", "Promoted, approved", "production: endpoint"),
    ("Reading artifacts", "Direct, before approval", "test: endpoint"),
    ("Reading artifacts", "Direct, approved", "production: endpoint"),
    ("Reading artifacts", "Promoted, let in", "development: lead-data-scientist"),
    ("Reading artifacts", "Direct, before approval", "development: training-p-team"),
    ("Reading artifacts", "The team's", "development: training-p-direct"),
    ("Reading artifacts", "The team's", "shared services: ml-engineer"),
    ("Model cards", "Write", "development: data-scientist"),
    ("Model cards", "Write", "production: integration-test"),
    ("Model cards", "Write", "shared services: ml-engineer"),
    ("Deployments", "Deploy to test", "shared services: ml-engineer"),
    ("Deployments", "Deploy to production", "shared services: governance-officer"),
    ("Deployments", "Deploy to production", "test: deployment"),
    ("Deployments", "Approve production", "shared services: ml-engineer"),
]


@pytest.mark.parametrize(
    ("title", "ability", "role", "allowed"),
    [
        pytest.param(*row, allowed, id=" ".join(row))
        for rows, allowed in ((MAY, True), (MAY_NOT, False))
        for row in rows
    ],
)
def test_what_a_role_may_do(matrix: AccessMatrix, title: str, ability: str, role: str, allowed: bool) -> None:
    assert (role in who(matrix, title, ability)) is allowed


def test_each_row_names_a_role_that_there_is(matrix: AccessMatrix) -> None:
    """So that no denial holds only because a name is wrong."""
    there = {
        f"{matrix.accounts[role.account]}: {role.name.removeprefix(f'{NAMES.prefix}-')}"
        for role in matrix.roles
    }
    assert {role for *_, role in (*MAY, *MAY_NOT)} <= there


@pytest.fixture(scope="module")
def with_data() -> AccessMatrix:
    """The matrix of a platform with a data account."""
    named = with_data_account(SETTINGS)
    return compute(named, synthesize(named))


def test_no_role_of_a_data_account_has_to_do_with_models(with_data: AccessMatrix) -> None:
    allowed = {
        (role.name, ability.name)
        for role in with_data.roles
        if with_data.accounts[role.account] == "data"
        for topic in with_data.topics
        for ability in topic.abilities
        if (role.arn, ability) in with_data.found
    }
    assert allowed == set()


def test_every_role_of_the_platform_is_asked(with_data: AccessMatrix) -> None:
    named = {
        getattr(NAMES, name)
        for name, _ in inspect.getmembers(PlatformNames, lambda member: isinstance(member, property))
        if name.endswith("_role")
    }
    assert named <= {role.name for role in with_data.roles}


def test_a_boundary_takes_away(templates: PlatformTemplates) -> None:
    bounded = SETTINGS.model_copy(update={"permissions_boundary": "boundary"})
    document = {
        "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "sagemaker:UpdateModelPackage", "Resource": "*"},
        ]
    }
    with_boundary = json.loads(json.dumps(templates.hub[NAMES.registry_stack]))
    for resource in with_boundary["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            resource["Properties"]["PermissionsBoundary"] = "arn:aws:iam::222222222222:policy/boundary"
    # Of the roles of products this one is not the boundary.
    unbounded = json.loads(json.dumps(templates.products))
    for template in unbounded.values():
        for resource in template["Resources"].values():
            resource["Properties"].pop("PermissionsBoundary", None)
    changed = PlatformTemplates(
        hub={**templates.hub, NAMES.registry_stack: with_boundary},
        launch_accounts=templates.launch_accounts,
        target_accounts=templates.target_accounts,
        products=unbounded,
    )
    unknown, known = compute(bounded, changed), compute(bounded, changed, document)
    assert who(unknown, "Versions", "Approve centrally") == {"shared services: ml-engineer"}
    assert who(known, "Versions", "Approve centrally") == set()
    assert who(known, "Versions", "Approve for the team") == {"development: lead-data-scientist"}
    assert "--boundary FILE" in page(unknown)
    assert "--boundary FILE" not in page(known)


@pytest.mark.parametrize("content", [None, "no JSON", "{}"], ids=["missing", "no-json", "no-policy"])
def test_a_boundary_that_is_no_policy_ends_with_a_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "boundary.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(OperatorError, match="save the policy's document in it"):
        read_policy(path)
    result = CliRunner().invoke(app, ["access-matrix", "--boundary", str(path)])
    assert result.exit_code == 2
    assert "save the policy's document in it" in result.output


def test_the_command_writes_the_page(
    templates: PlatformTemplates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(platform, "synthesize", lambda _: templates)
    path = tmp_path / "page.md"
    for outcome in ("create", "identical"):
        result = CliRunner().invoke(app, ["access-matrix", "--output", str(path)])
        assert result.exit_code == 0
        assert outcome in result.output
    assert path.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
