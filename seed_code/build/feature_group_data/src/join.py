"""Step 0: join the labels of `labels.sql` with feature groups in Athena, and fetch the rows to ``queried``.

The schema of the features goes to ``features``, and from there into the metadata of the version.
"""

import json
from pathlib import Path

import boto3

import athena
import folders
import groups
import narrow
import step
from point_in_time import EVENT_TIME, query

WITHOUT: frozenset[str] = frozenset()
"""Features that the model does without, as ``group.feature``: those that are not shared with the project."""

LABELS = Path(__file__).parent / "labels.sql"
FILE = "src/labels.sql"


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    parser.add_argument("--groups", required=True, help="names of feature groups, a plus sign between them")
    athena.ask(parser)
    given = parser.given()
    athena.check_image()
    owner, table = athena.source_of(given.source)
    sagemaker = boto3.client("sagemaker", region_name=given.region, config=athena.RETRIES)
    found = [
        groups.described(
            sagemaker,
            name,
            owner=owner,
            region=given.region,
            link=f"{given.database}_{name}",
            without=WITHOUT,
        )
        for name in groups.names_of(given.groups)
    ]
    groups.check(found, WITHOUT)
    labels = athena.select_of(LABELS, file=FILE).replace("{table}", f'"{given.database}"."{table}"')
    queried = folders.processing("queried")
    athena.query(query(labels, found), athena.place_of(given), file=FILE, folder=queried)
    # Who and when is no feature: it says nothing of whom the model will meet later.
    narrow.leave_out(queried, frozenset({EVENT_TIME, *(group.identifier.lower() for group in found)}))
    kept = folders.processing("features")
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "features.json").write_text(json.dumps(groups.schema(found), indent=1), encoding="utf-8")


if __name__ == "__main__":
    step.run(main)
