"""The function dies in the middle of its work."""

import contextlib
import time

import psutil

from rehearsal.fault import Fault
from rehearsal.faults.function import processes
from rehearsal.faults.versions import central_objects, central_versions, decide, promoted, register
from rehearsal.story import ActError, Story
from rehearsal.waiting import wait_for

FILES = 60
COPIED = 5


def _killed_in_a_copy(story: Story) -> str:
    probe = register(story, "killed", files=FILES)
    decide(story, probe, "Approved")

    def copying() -> int | None:
        copied = central_objects(story, probe)
        return copied if copied >= COPIED else None

    wait_for("the beginning of the copy", copying, 60)
    for process in processes(story):
        with contextlib.suppress(psutil.Error):
            process.kill()
    copied = central_objects(story, probe)
    if central_versions(story, probe):
        raise ActError("the copy was over before the process was killed")
    beginning = time.monotonic()
    promoted(story, probe)
    return (
        f"nothing was registered after {copied} of {FILES} files; {time.monotonic() - beginning:.0f} s later "
        "one central version with the bytes of its source"
    )


ROWS = (
    Fault(
        name="Killed in the middle of a copy",
        done=f"Killed the function's processes while it was copying an artifact of {FILES} files.",
        expected="nothing half-made, and then one central version with the bytes of its source",
        bring_about=_killed_in_a_copy,
    ),
)
