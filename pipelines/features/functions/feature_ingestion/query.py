"""The query for the records of a lake's table that a feature group does not have as they are there."""

from collections.abc import Mapping, Sequence

EVENT_TIME = "event_time"
IS_DELETED = "is_deleted"

_KINDS = {"Fractional": "double", "Integral": "bigint", "String": "varchar"}

# SageMaker takes event times in this form (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FeatureGroup.html).
_WRITTEN_TIME = f"substr(date_format(CAST({EVENT_TIME} AS timestamp), '%Y-%m-%dT%H:%i:%s.%f'), 1, 23) || 'Z'"


def features_of(text: str) -> dict[str, str]:
    """The type of each feature, by its name, but for the event time.

    Args:
        text: ``name:type`` with commas between them, as in the form of the product.
    """
    return dict(pair.split(":") for pair in text.split(","))


def missing_records(
    *, lake: Sequence[str], store: Sequence[str], features: Mapping[str, str], has_deletions: bool
) -> str:
    """The SELECT of what the table has, and the offline store does not, oldest event first.

    A record that was corrected has another value at an event time that is known, and so is among them. What
    the offline store has of an event time is what was written last.

    Args:
        lake: Database and table of the lake.
        store: Database and table of the offline store.
        features: The type of each feature; the first identifies a record.
        has_deletions: Whether the lake's table says which records were deleted.
    """
    identifier, *others = features
    deleted = f"coalesce({IS_DELETED}, false)" if has_deletions else "false"
    ours = [
        f'CAST("{identifier}" AS {_KINDS[features[identifier]]}) AS "{identifier}"',
        f"{_WRITTEN_TIME} AS {EVENT_TIME}",
        *(_kept(name, features[name], deleted if has_deletions else "") for name in others),
        f"{deleted} AS {IS_DELETED}",
    ]
    names = ", ".join(f'"{each}"' for each in (identifier, EVENT_TIME, *others, IS_DELETED))
    latest = (
        f'row_number() OVER (PARTITION BY "{identifier}", {EVENT_TIME} '
        "ORDER BY write_time DESC, api_invocation_time DESC)"
    )
    # Names are those that CloudFormation has checked by the patterns of the form.
    return (
        f"WITH kept AS (SELECT {names}, {latest} AS age FROM {_table(store)})\n"  # noqa: S608
        f"SELECT * FROM (\nSELECT {', '.join(ours)} FROM {_table(lake)}\n"
        f"EXCEPT\nSELECT {names} FROM kept WHERE age = 1\n)\n"
        f'ORDER BY {EVENT_TIME}, "{identifier}"'
    )


def _kept(name: str, kind: str, deleted: str) -> str:
    """A feature, of which a record that was deleted has none."""
    value = f'CAST("{name}" AS {_KINDS[kind]})'
    return (
        f'CASE WHEN {deleted} THEN NULL ELSE {value} END AS "{name}"' if deleted else f'{value} AS "{name}"'
    )


def _table(named: Sequence[str]) -> str:
    return ".".join(f'"{each}"' for each in named)
