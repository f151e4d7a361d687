"""Check a table before a pipeline runs on it: what would be learned from it, or why nothing can be.

``python src/check.py --target price table.csv``, with the options of Preprocess. It is the check that
Preprocess makes, needs nothing but Python, and writes nothing.
"""

import json
import sys
from pathlib import Path
from typing import Any

import step
from errors import DataError, UsageError
from examine import Examination, examine
from options import Options


def main() -> None:
    """Run the check."""
    parser = step.Arguments(__doc__)
    Options.add_to(parser)
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.add_argument("location", type=Path, help="a file, or a folder of files")
    arguments = parser.given()
    if not arguments.location.exists():
        raise DataError(f"There is no file {arguments.location}; give the path of a table.")
    examination = examine(arguments.location, Options.of(arguments))
    if arguments.json:
        print(json.dumps(summary(examination), allow_nan=False))
    else:
        print(*examination.report(), sep="\n")


def summary(examination: Examination) -> dict[str, Any]:
    """What a program wants to know of a table."""
    position = examination.target_position
    return {
        "target": examination.schema.target,
        "problem_type": examination.schema.problem_type,
        "columns": examination.table.header,
        "rows": examination.rows,
        "dropped": examination.dropped,
        "report": list(examination.report()),
        # Without the target, as a request has them.
        "sample": [row.cells[:position] + row.cells[position + 1 :] for row in examination.sample],
    }


if __name__ == "__main__":
    try:
        main()
    except (DataError, UsageError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)
