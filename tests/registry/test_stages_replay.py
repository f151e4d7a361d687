"""Each task survives death, throttling, denial, lost answers and being done many times at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.stages.job import TaskName
from tests.hangs import HANGS
from tests.registry.cloud import Cloud
from tests.registry.deploying import EXECUTION, OFFICER_ARN, PRODUCTION, TEST, do, ready_version, step
from tests.registry.faults import Fault, cut, denied, rows
from tests.registry.versions import PROMOTED, book, receipt, tags

SECOND = PROMOTED.replace("/1/", "/2/")
BEFORE = "99999999-2222-4333-8444-555555555555"
RECEIPT = ("GetObject",)
DECISIONS = ("ListObjectsV2", "GetObject")
APPROVED = (*RECEIPT, *DECISIONS)
CARD = ("ListModelCardVersions", "DescribeModelCard", *DECISIONS)
ASSOCIATIONS = ("GetResourceShareAssociations",) * 2
# The share is made with the card; then the account is added, and both are looked at once more.
SHARE = (
    "GetResourceShares",
    "GetResourceShares",
    "CreateResourceShare",
    *ASSOCIATIONS,
    "GetResourceShareAssociations",
    "AssociateResourceShare",
    *ASSOCIATIONS,
)
TASKS: dict[TaskName, tuple[str, ...]] = {
    "test": (
        "DescribeModelPackage",
        *APPROVED,
        "DescribeModelCard",
        *SHARE,
        "PutObject",
        "UpdateModelPackage",
    ),
    "review": (
        "DescribeModelPackage",
        *APPROVED,
        *CARD,
        "ListModelPackages",
        "DescribeModelPackage",
        "GetObject",
        "UpdateModelPackage",
    ),
    "admit": (
        "DescribeModelPackage",
        *APPROVED,
        "HeadObject",
        *CARD,
        "ListActionExecutions",
        "ListActionExecutions",
        "PutObject",
        *SHARE,
        "GetObjectTagging",
        "PutObjectTagging",
        "DescribeModelPackage",
        "UpdateModelPackage",
    ),
    "record": (
        "DescribeModelPackage",
        *RECEIPT,
        "ListModelPackages",
        "PutObject",
        "UpdateModelPackage",
        "UpdateModelPackage",
    ),
}
KINDS = {"test": "test", "admit": "production-approval", "record": "production"}
STEPS = {
    "test": ("QA", "InProgress"),
    "review": ("QA", "PendingApproval"),
    "admit": ("Production", "InProgress"),
    "record": ("Production", "Approved"),
}


@dataclass(frozen=True)
class Replacement:
    """A version on its way to a production that runs another."""

    former: str
    version: str


def replacement(cloud: Cloud) -> Replacement:
    """Production runs a version; the next one is ready to be tested."""
    former = ready_version(cloud, execution=BEFORE)
    cloud.versions[former]["ModelLifeCycle"] = {"Stage": "Production", "StageStatus": "Approved"}
    version = ready_version(cloud, SECOND)
    return Replacement(former=former, version=version)


def assert_done(cloud: Cloud, task: TaskName, made: Replacement) -> None:
    """What a task leaves behind, however often it was begun."""
    assert step(cloud, made.version) == STEPS[task]
    known = book().decisions(receipt(cloud, made.version))
    assert [decision.id for decision in known if decision.kind == KINDS.get(task)] == (
        [EXECUTION] if task in KINDS else []
    )
    shared = {share.name.split("-")[2]: share.associated("PRINCIPAL") for share in cloud.shares}
    assert shared == {"test": {"authors": [TEST]}, "admit": {"readers": [PRODUCTION]}}.get(task, {})
    assert ("production-status" in tags(cloud, folder=SECOND)) == (task == "admit")
    assert "production-status" not in tags(cloud)
    assert step(cloud, made.former) == (
        ("Archived", "Retired") if task == "record" else ("Production", "Approved")
    )
    if task == "admit":
        (approval,) = (decision for decision in known if decision.kind == "production-approval")
        assert approval.by == OFFICER_ARN
    if task == "record":
        (deployed,) = (decision for decision in known if decision.kind == "production")
        assert deployed.details["replaces"] == [made.former]
        assert (
            cloud.versions[made.version]["LastModifiedTime"] > cloud.versions[made.former]["LastModifiedTime"]
        )


@pytest.mark.parametrize("task", TASKS)
def test_the_calls_of_a_task(cloud: Cloud, task: TaskName) -> None:
    made = replacement(cloud)
    do(made.version, task)
    assert tuple(cloud.calls) == TASKS[task]
    assert_done(cloud, task, made)


ROWS: list[Any] = [
    pytest.param(task, *row.values, id=f"{task} {row.id}")
    for task, calls in TASKS.items()
    for row in rows(calls)
]
# What may not be read is said to the person who decides, instead of failing the review.
SAID = [
    row
    for row in ROWS
    if row.values[0] == "review"
    and row.values[2] is denied
    and row.values[1] in (4, 5, 7, TASKS["review"].index("UpdateModelPackage") - 1)
]


@pytest.mark.parametrize(("task", "number", "fault"), SAID)
def test_what_a_review_may_not_read_is_said(cloud: Cloud, task: TaskName, number: int, fault: Fault) -> None:
    made = replacement(cloud)
    cloud.interfere = lambda n, operation, call: fault(operation, call) if n == number else call()
    assert "This role may not " in do(made.version, task).outputs["Summary"]
    assert_done(cloud, task, made)


@pytest.mark.parametrize(("task", "number", "fault"), [row for row in ROWS if row not in SAID])
def test_a_repetition_completes(cloud: Cloud, task: TaskName, number: int, fault: Fault) -> None:
    made = replacement(cloud)
    cut(cloud, number, fault, lambda: do(made.version, task))
    assert len(cloud.calls) == number + 1
    tagged = "production-status" in tags(cloud, folder=SECOND)
    assert not tagged or number >= TASKS["admit"].index("PutObjectTagging")

    outcome = do(made.version, task)

    assert outcome.said
    assert set(outcome.outputs) == ({"Summary", "Link"} if task == "review" else set())
    assert_done(cloud, task, made)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_is_done_changes_nothing(cloud: Cloud, task: TaskName) -> None:
    made = replacement(cloud)
    do(made.version, task)
    cloud.calls.clear()

    do(made.version, task)

    assert not {
        "UpdateModelPackage",
        "PutObjectTagging",
        "CreateResourceShare",
        "AssociateResourceShare",
    } & set(cloud.calls)
    assert_done(cloud, task, made)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_may_be_done_many_times_at_once(cloud: Cloud, task: TaskName) -> None:
    made = replacement(cloud)
    times = 20
    together = threading.Barrier(times)

    def deliver(_: int) -> bool:
        together.wait(timeout=HANGS)
        with suppress(RegistryError):
            do(made.version, task)
            return True
        return False

    with ThreadPoolExecutor(times) as pool:
        assert all(pool.map(deliver, range(times)))

    assert_done(cloud, task, made)
