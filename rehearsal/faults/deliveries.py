"""Events come several times, together, and out of order."""

from rehearsal.fault import Fault
from rehearsal.faults.function import deliver
from rehearsal.faults.versions import central_versions, check, decide, promoted, register
from rehearsal.story import Story
from rehearsal.waiting import wait_for

DUPLICATES = 6
DECISIONS = ("Approved", "Rejected", "Approved", "Rejected")
LATE = 2


def _many_at_once(story: Story) -> str:
    probe = register(story, "duplicates")
    decide(story, probe, "Approved")
    deliver(story, probe.arn, DUPLICATES)
    package = promoted(story, probe)
    return f"one central version, {package['ModelPackageVersion']}, with the bytes of its source"


def _out_of_order(story: Story) -> str:
    probe = register(story, "out-of-order")
    for status in DECISIONS:
        decide(story, probe, status)
    deliver(story, probe.arn, LATE)

    def offered() -> list[str]:
        return [package["ModelApprovalStatus"] for package in central_versions(story, probe)]

    wait_for("the end of what was offered", lambda: set(offered()) <= {"Rejected"} or None, 30)
    decide(story, probe, "Approved")
    waiting = ["PendingManualApproval"]
    wait_for("the version that waits for approval", lambda: offered() == waiting or None, 30)
    check(story, probe)
    return "nothing offered as long as its source was rejected, and then one version that waits for approval"


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
