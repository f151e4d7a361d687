"""What people typed in an act: commands as they were run, and calls of the API as commands of the AWS CLI.

The AWS CLI derives its commands and options from the names of the API's operations and parameters
(https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html), and so does this.
"""

import json
import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore import xform_name

from rehearsal.record import CommandRecord, QuoteRecord

_CLI_NAMES = {"s3": "s3api"}
"""Services whose operations the CLI offers under another name."""

_READS = ("BatchGet", "Describe", "Get", "Head", "List", "Query", "Search")
"""How operations begin that change nothing. An act makes hundreds while it waits."""

FILE = "<file>"


class Journal:
    """Notes of the act that is played now.

    Attributes:
        by: Who acts, where nobody else is named.
        quotes: What a command or a service said, word for word.
    """

    def __init__(self) -> None:
        self.begin("")

    def begin(self, by: str) -> None:
        """Turn to a new page for the next act."""
        self.by = by
        self._commands: list[CommandRecord] = []
        self.quotes: list[QuoteRecord] = []

    def note(self, line: str, by: str = "") -> None:
        """Note a command.

        Args:
            line: The command as it is typed.
            by: Who ran it, by profession; whoever acts if left out.
        """
        self._commands.append(CommandRecord(by=by or self.by, line=line))

    @property
    def length(self) -> int:
        """How many commands are noted so far."""
        return len(self._commands)

    def commands(self, since: int = 0) -> tuple[CommandRecord, ...]:
        """Return what was run in this act, first to last, each command once.

        Args:
            since: The length of the journal before the first of them.
        """
        return tuple(dict.fromkeys(self._commands[since:]))

    def quote(self, title: str, text: str) -> None:
        """Note what was said, which the report keeps whole and folded.

        Args:
            title: Who said what, in a few words.
            text: Word for word.
        """
        self.quotes.append(QuoteRecord(title=title, text=text))

    def listen(self, client: Any, by: str) -> None:
        """Note each call of a boto3 client that changes something. Safe to repeat.

        Args:
            client: The client.
            by: Who calls, by profession.
        """

        def note(params: Mapping[str, Any], model: Any, **_: Any) -> None:
            if not model.name.startswith(_READS):
                self.note(written(model, params), by)

        client.meta.events.register("provide-client-params", note, unique_id="journal")


def written(model: Any, parameters: Mapping[str, Any]) -> str:
    """Return a call of the API as a command of the AWS CLI.

    Args:
        model: The operation, as botocore describes it.
        parameters: What it is called with. Bytes are a file's, and are left out.
    """
    service = model.service_model.service_name
    words = ["aws", _CLI_NAMES.get(service, service), xform_name(model.name, "-")]
    for name, value in parameters.items():
        option = xform_name(name, "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words += [f"--{option}", shlex.quote(_word(value))]
    if model.has_streaming_output:
        words.append("answer")  # The CLI writes the answer's body into a file.
    return " ".join(words)


def _word(value: Any) -> str:
    if isinstance(value, bytes):
        return f"fileb://{FILE}"
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value, default=lambda _: FILE)
