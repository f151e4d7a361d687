"""What Athena keeps of queries.

https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecution.html
"""

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from emulator.athena.workgroup_settings import Settings
from emulator.services import events

if TYPE_CHECKING:
    from emulator.athena.statements import Statement

State = Literal["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]

ENDED: tuple[State, ...] = ("SUCCEEDED", "FAILED", "CANCELLED")
CATALOG = "AwsDataCatalog"
ENGINE = "Athena engine version 3"


@dataclass(kw_only=True)
class Execution:
    """A query that was started.

    Attributes:
        identifier: Its id.
        account: The account of who started it.
        access_key: With which it was started: what the query does, it does in this name.
        query: Its text.
        statement: What the text says.
        catalog: The catalog of names without one.
        database: The database of names without one, or None.
        workgroup: The workgroup.
        settings: What the workgroup and the request say of results and limits.
        reason: Why it failed or was cancelled.
        scanned: Bytes of data that it read.
        rows: How many rows it gave or wrote.
        manifest: Where it lists the files that it wrote, or None.
        columns: Names and Athena's types of its result.
        stopped: Set when it is to stop, and when it has ended.
    """

    identifier: str
    account: str
    region: str
    access_key: str
    query: str
    statement: "Statement"
    catalog: str
    database: str | None
    workgroup: str
    settings: Settings
    state: State = "QUEUED"
    reason: str | None = None
    submitted: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    scanned: int = 0
    rows: int = 0
    manifest: str | None = None
    columns: list[tuple[str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def output(self) -> str:
        """Where its result is: https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html."""
        suffix = "" if self.statement.unload else ".csv"
        return f"{self.settings.location}{self.identifier}{suffix}"

    def end(self, state: State, reason: str | None = None) -> bool:
        """Note how it ended, if it has not ended already; return whether it had not."""
        with self.lock:
            if self.state in ENDED:
                return False
            before, self.ended = self.state, time.time()
            self.reason = reason
            self.state = state
        self._tell(before)
        return True

    def _tell(self, before: State) -> None:
        """Send the event of its end: https://docs.aws.amazon.com/athena/latest/ug/athena-events.html."""
        detail = {
            "versionId": "0",
            "currentState": self.state,
            "previousState": before,
            "statementType": "DML",
            "queryExecutionId": self.identifier,
            "workgroupName": self.workgroup,
            "sequenceNumber": "3",
        }
        events.put_service_event(self.account, self.region, "aws.athena", "Athena Query State Change", detail)

    def run(self) -> bool:
        """Note that it runs, if nobody has stopped it; return whether it does."""
        with self.lock:
            if self.state != "QUEUED":
                return False
            self.started = time.time()
            self.state = "RUNNING"
        return True

    def described(self) -> dict[str, Any]:
        """It as the API describes it."""
        now = self.ended or time.time()
        queued = (self.started or now) - self.submitted
        status: dict[str, Any] = {
            "State": self.state,
            "SubmissionDateTime": self.submitted,
            "StateChangeReason": self.reason,
            "CompletionDateTime": self.ended,
        }
        if self.state == "FAILED":
            # https://docs.aws.amazon.com/athena/latest/ug/error-reference.html: 2 is the user's.
            status["AthenaError"] = {"ErrorCategory": 2, "Retryable": False, "ErrorMessage": self.reason}
        return {
            "QueryExecutionId": self.identifier,
            "Query": self.query,
            "StatementType": "DML",
            "ResultConfiguration": {
                "OutputLocation": self.output,
                "EncryptionConfiguration": self.settings.encryption or None,
                "ExpectedBucketOwner": self.settings.bucket_owner,
            },
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": {"Catalog": self.catalog.lower(), "Database": self.database},
            "Status": status,
            "Statistics": {
                "DataScannedInBytes": self.scanned,
                "DataManifestLocation": self.manifest,
                "EngineExecutionTimeInMillis": int((now - (self.started or now)) * 1000),
                "QueryQueueTimeInMillis": int(queued * 1000),
                "TotalExecutionTimeInMillis": int((now - self.submitted) * 1000),
                "ResultReuseInformation": {"ReusedPreviousResult": False},
            },
            "WorkGroup": self.workgroup,
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE},
            "SubstatementType": "UNLOAD" if self.statement.unload else "SELECT",
        }


executions: dict[str, Execution] = {}
"""By id, oldest first."""


def of_workgroup(account: str, region: str, workgroup: str) -> list[Execution]:
    """The queries of a workgroup, newest first."""
    wanted = (account, region, workgroup)
    known = tuple(executions.values())  # Others may start some meanwhile.
    return [each for each in reversed(known) if (each.account, each.region, each.workgroup) == wanted]
