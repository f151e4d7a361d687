"""The query that joins labels with feature groups as they were at the time of each label.

A record holds from its event time until the next one of the same identifier. If several have one event time,
the one that was written last holds. A record that was deleted holds nothing: labels after it have no features
until there is another record. So each label finds one record of a group at most, and no label is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

EVENT_TIME = "event_time"
"""The column of the labels with the time as of which features are joined."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A feature group, as the query needs it.

    Attributes:
        name: Its name.
        table: Database and table of its offline store.
        identifier: The feature that identifies a record.
        event_time: The feature with the event time.
        types: The type of each feature, by its name.
        wanted: The features to join, in their order.
    """

    name: str
    table: tuple[str, str]
    identifier: str
    event_time: str
    types: Mapping[str, str]
    wanted: tuple[str, ...]

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the joined table, by the features that they hold."""
        return {feature: f"{self.name}_{feature}".lower() for feature in self.wanted}


def query(labels: str, groups: Sequence[Group]) -> str:
    """The SELECT of the labels with the features of all groups.

    Args:
        labels: The SELECT of the labels.
        groups: The groups.
    """
    features = [
        f"{_alias(number)}.{_quoted(feature)} AS {_quoted(column)}"
        for number, group in enumerate(groups)
        for feature, column in group.columns.items()
    ]
    joins = [_join(number, group) for number, group in enumerate(groups)]
    return "\n".join(
        [f"SELECT {', '.join(['labels.*', *features])}", f"FROM (\n{labels}\n) AS labels", *joins]
    )


def _join(number: int, group: Group) -> str:
    alias, identifier = _alias(number), _quoted(group.identifier)
    at = _time_of_label(group)
    # Names come from SageMaker, which allows no quotes in them.
    return (
        f"LEFT JOIN (\n{_held(group)}\n) AS {alias}\n"
        f"ON CAST({alias}.{identifier} AS varchar) = CAST(labels.{identifier} AS varchar)\n"
        f"AND {alias}.held_from <= {at}\n"
        f"AND ({alias}.held_until IS NULL OR {at} < {alias}.held_until)\n"
        f"AND NOT {alias}.is_deleted"
    )


def _held(group: Group) -> str:
    """The records of a group, each with the times between which it holds."""
    kept = ", ".join(map(_quoted, dict.fromkeys((group.identifier, *group.wanted))))
    identifier = _quoted(group.identifier)
    return (
        f"SELECT {kept}, is_deleted, held_from,\n"
        f"lead(held_from) OVER (PARTITION BY {identifier} ORDER BY held_from) AS held_until\n"
        f"FROM (\nSELECT {kept}, is_deleted, held_from,\n"
        f"row_number() OVER (PARTITION BY {identifier}, held_from "
        "ORDER BY write_time DESC, api_invocation_time DESC) AS age\n"
        f"FROM (\nSELECT {kept}, is_deleted, write_time, api_invocation_time,\n"
        f"{_time_of_record(group)} AS held_from\n"
        f"FROM {'.'.join(map(_quoted, group.table))}\n) AS written\n) AS ranked\nWHERE age = 1"
    )


def _time_of_record(group: Group) -> str:
    """Event time as it can be compared: a number, or a text whose order is that of times."""
    column = _quoted(group.event_time)
    if _is_number(group):
        return f"CAST({column} AS double)"
    # SageMaker takes yyyy-MM-ddTHH:mm:ssZ, and the same with three digits of a second.
    return f"CASE WHEN length({column}) = 20 THEN substr({column}, 1, 19) || '.000Z' ELSE {column} END"


def _time_of_label(group: Group) -> str:
    time = f"CAST(labels.{EVENT_TIME} AS timestamp)"
    if _is_number(group):
        return f"to_unixtime({time})"
    return f"substr(date_format({time}, '%Y-%m-%dT%H:%i:%s.%f'), 1, 23) || 'Z'"


def _is_number(group: Group) -> bool:
    return group.types[group.event_time] == "Fractional"


def _alias(number: int) -> str:
    return f"group{number}"


def _quoted(name: str) -> str:
    return f'"{name.lower()}"'
