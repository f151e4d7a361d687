"""Roles are assumed by those they are for."""

from rehearsal.accounts import Credentials
from rehearsal.denied import Denial
from rehearsal.people import Person
from rehearsal.story import Story


def _scientist_becomes_lead(story: Story) -> None:
    accounts, people = story.accounts, story.people
    accounts.assume(
        accounts.identity(people.data_scientist), accounts.role_arn(people.lead_data_scientist), "lead"
    )


def _assume_in_production(story: Story, person: Person, role: str) -> None:
    accounts = story.accounts
    arn = f"arn:aws:iam::{accounts.account_id('production')}:role/{role}"
    accounts.assume(accounts.credentials(person), arn, "trespass")


def _test_assumes_production(story: Story) -> None:
    _assume_in_production(story, story.people.test_administrator, story.accounts.names.deployment_role)


def _development_assumes_production(story: Story) -> None:
    _assume_in_production(story, story.people.development_administrator, story.accounts.names.deployment_role)


def _engineer_assumes_production(story: Story) -> None:
    _assume_in_production(story, story.people.ml_engineer, story.accounts.names.deployment_role)


def _scientist_assumes_launch_role(story: Story) -> None:
    accounts = story.accounts
    role = accounts.names.launch_role("build_from_s3")
    arn = f"arn:aws:iam::{accounts.account_id('development')}:role/{role}"
    accounts.assume(accounts.credentials(story.people.data_scientist), arn, "launch")


def _nobody_asks(story: Story) -> object:
    unknown = Credentials(access_key_id="AKIAUNKNOWN123456789", secret_access_key="x" * 40)
    return story.accounts.client(unknown, "sts").get_caller_identity()["Arn"]


ROWS = (
    Denial(
        actor="Data scientist",
        action="assumes the lead data scientist's role",
        code="AccessDenied",
        mentions="sts:AssumeRole",
        attempt=_scientist_becomes_lead,
    ),
    Denial(
        actor="Data scientist",
        action="assumes the launch role of a product",
        code="AccessDenied",
        mentions="sts:AssumeRole",
        attempt=_scientist_assumes_launch_role,
    ),
    Denial(
        actor="Administrator of test",
        action="assumes the deployment role of production",
        code="AccessDenied",
        mentions="sts:AssumeRole",
        attempt=_test_assumes_production,
    ),
    Denial(
        actor="Administrator of development",
        action="assumes the deployment role of production",
        code="AccessDenied",
        mentions="sts:AssumeRole",
        attempt=_development_assumes_production,
    ),
    Denial(
        actor="ML engineer",
        action="assumes the deployment role of production",
        code="AccessDenied",
        mentions="sts:AssumeRole",
        attempt=_engineer_assumes_production,
    ),
    Denial(
        actor="Somebody unknown",
        action="asks who they are",
        code="InvalidClientTokenId",
        mentions="security token",
        attempt=_nobody_asks,
    ),
)
