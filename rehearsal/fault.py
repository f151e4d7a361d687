"""What goes wrong on AWS, caused for real; the registry has to come out as it must."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from rehearsal.processes import ProcessError
from rehearsal.record import FaultRecord, Status
from rehearsal.story import ActError, Story


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One row of the table.

    Attributes:
        name: What goes wrong.
        done: What is done to bring it about, in a sentence.
        expected: What has to come of it.
        bring_about: Does it, and tells what came of it; raises `ActError` if that is something else.
    """

    name: str
    done: str
    expected: str
    bring_about: Callable[[Story], str]


def bring_about(story: Story, fault: Fault) -> FaultRecord:
    """Play a row, and judge what came of it."""
    beginning = time.monotonic()
    status: Status = "failed"
    try:
        observed = fault.bring_about(story)
        status = "ok"
    except (ActError, ClientError, ProcessError) as error:
        observed = str(error)
    return FaultRecord(
        name=fault.name,
        done=fault.done,
        expected=fault.expected,
        observed=observed,
        status=status,
        seconds=round(time.monotonic() - beginning, 2),
    )
