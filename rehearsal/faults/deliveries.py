"""Events come several times, together, and out of order."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rehearsal.fault import Fault
from rehearsal.faults.function import sentences
from rehearsal.faults.versions import Probe, central_versions, check, decide, promoted, register
from rehearsal.story import ActError, Story, built
from rehearsal.waiting import wait_for

DUPLICATES = 20
DECISIONS = ("Approved", "Rejected", "Approved", "Rejected")
LATE = 2


def deliver(story: Story, probe: Probe, times: int) -> None:
    """Start the promotion function as EventBridge does, several times at once with the same event."""
    event = _approval(story, probe)
    function = story.stage.administrator("shared_services", "lambda")

    def invoke(_: int) -> None:
        function.invoke(
            FunctionName=story.stage.names.promotion_function,
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(invoke, range(times)))


def _approval(story: Story, probe: Probe) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000000",
        "detail-type": "SageMaker Model Package State Change",
        "source": "aws.sagemaker",
        "account": story.stage.account_id("development"),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": story.stage.settings.region,
        "resources": [probe.arn],
        "detail": {
            "ModelPackageGroupName": built(story.build_project).names.title,
            "ModelPackageArn": probe.arn,
            "ModelApprovalStatus": "Approved",
            "UpdatedModelPackageFields": ["ModelApprovalStatus"],
        },
    }


def _many_at_once(story: Story) -> str:
    probe = register(story, "duplicates")
    decide(story, probe, "Approved")
    deliver(story, probe, DUPLICATES)
    package = promoted(story, probe)
    _settled(story, probe, 1 + DUPLICATES)
    check(story, probe)
    return f"one central version, {package['ModelPackageVersion']}, with the bytes of its source"


def _out_of_order(story: Story) -> str:
    probe = register(story, "out-of-order")
    for status in DECISIONS:
        decide(story, probe, status)
    deliver(story, probe, LATE)
    _settled(story, probe, len(DECISIONS) + LATE)
    offered = {package["ModelApprovalStatus"] for package in central_versions(story, probe)} - {"Rejected"}
    if offered:
        raise ActError(f"a central version of a rejected one is {', '.join(offered)}")
    decide(story, probe, "Approved")

    def waits() -> bool | None:
        found = [package["ModelApprovalStatus"] for package in central_versions(story, probe)]
        return found == ["PendingManualApproval"] or None

    wait_for("the version that waits for approval again", waits, 30)
    check(story, probe)
    return "nothing offered as long as its source was rejected, and then one version that waits for approval"


def _settled(story: Story, probe: Probe, deliveries: int) -> None:
    """Wait until the function has said of every delivery what it did about it."""

    def look() -> bool | None:
        return len(sentences(story, probe.arn)) >= deliveries or None

    wait_for(f"the end of {deliveries} promotions", look, 90)


ROWS = (
    Fault(
        name="The same approval many times at once",
        done=f"Approved a version, and delivered the event {DUPLICATES} times more, all at once.",
        expected="one central version with the bytes of its source",
        bring_about=_many_at_once,
    ),
    Fault(
        name="Decisions faster than their events",
        done="Approved, rejected, approved, rejected a version at once, and delivered old approvals late.",
        expected="what the last decision says; approved again, one version that waits",
        bring_about=_out_of_order,
    ),
)
