"""Names stay within the limits of their services, whatever the prefix, the Region and the project."""

import re

import pytest

from base import names

LONGEST_REGION = "ap-southeast-1"
PLATFORM = names.PlatformNames(
    prefix="p" * names.MAXIMUM_PREFIX, region=LONGEST_REGION, shared_services_account="2" * 12
)
PROJECT = names.ProjectNames(
    prefix="p" * names.MAXIMUM_PREFIX,
    project_name="n" * names.MAXIMUM_PROJECT_NAME,
    project_id="i" * names.MAXIMUM_PROJECT_ID,
    account="3" * 12,
    region=LONGEST_REGION,
)
PROPERTIES = [name for name, value in vars(names.PlatformNames).items() if isinstance(value, property)]

WITHIN = [
    *[(name, getattr(PLATFORM, name), names.MAXIMUM_ROLE) for name in PROPERTIES if name.endswith("_role")],
    *[
        (name, getattr(PLATFORM, name), names.MAXIMUM_BUCKET)
        for name in PROPERTIES
        if name.endswith("_bucket")
    ],
    *[(name, getattr(PLATFORM, name), 128) for name in PROPERTIES if name.endswith(("_stack", "_stack_set"))],
    ("team data bucket", PLATFORM.team_data_bucket("3" * 12), names.MAXIMUM_BUCKET),
    ("data capture bucket", PLATFORM.data_capture_bucket("3" * 12), names.MAXIMUM_BUCKET),
    ("card reader permission", PLATFORM.card_reader_permission, names.MAXIMUM_MANAGED_PERMISSION),
    ("launch role", PLATFORM.launch_role("deploy_realtime_serverless"), names.MAXIMUM_ROLE),
    ("project title as a model package group", PROJECT.title, names.MAXIMUM_MODEL_PACKAGE_GROUP),
    ("project title as an endpoint", PROJECT.title, names.MAXIMUM_ENDPOINT),
    ("project bucket", PROJECT.bucket, names.MAXIMUM_BUCKET),
    ("project role", PROJECT.role("x" * 24), names.MAXIMUM_ROLE),
    ("endpoint stack", PROJECT.delivery_stack("endpoint"), 128),
    ("schedule", PROJECT.delivery_stack("batch"), 64),
    ("batch bucket", PLATFORM.batch_bucket("3" * 12), names.MAXIMUM_BUCKET),
]


@pytest.mark.parametrize(("name", "limit"), [row[1:] for row in WITHIN], ids=[row[0] for row in WITHIN])
def test_a_name_is_within_its_limit(name: str, limit: int) -> None:
    assert 0 < len(name) <= limit


@pytest.mark.parametrize(
    ("pattern", "value", "accepted"),
    [
        (names.PROJECT_NAME_PATTERN, "a", True),
        (names.PROJECT_NAME_PATTERN, "a" * 32, True),
        (names.PROJECT_NAME_PATTERN, "2-b-c", True),
        (names.PROJECT_NAME_PATTERN, "Churn", False),
        (names.PROJECT_NAME_PATTERN, "a-b--c", False),
        (names.PROJECT_NAME_PATTERN, "\uff41", False),
        (names.PROJECT_NAME_PATTERN, "a" * 33, False),
        (names.PROJECT_NAME_PATTERN, "-a", False),
        (names.PROJECT_NAME_PATTERN, "a-", False),
        (names.PROJECT_ID_PATTERN, "p-abcdefghijkl", True),
        (names.PROJECT_ID_PATTERN, "P-abc", False),
        (names.PROJECT_ID_PATTERN, "a" * 21, False),
    ],
)
def test_patterns_of_a_project(pattern: str, value: str, accepted: bool) -> None:
    assert (re.fullmatch(pattern, value) is not None) is accepted
