"""What the owner of a feature group, its ingestion and those who read it must agree on."""

FOLDER = "features"
"""Folder of the lake's bucket whose folders are the offline stores of feature groups."""

EVENT_TIME = "event_time"
"""The feature with the event time of a record, and the column of the lake's table with the same."""

IS_DELETED = "is_deleted"
"""The column of an offline store, and of the lake's table, that says of a record that it was deleted."""

GROUP_PATTERN = "^[a-z]([a-z0-9_]{0,28}[a-z0-9])?$"
GROUP_EXPECTED = "2 to 30 lower-case letters, digits and inner underscores, starting with a letter"
MAXIMUM_GROUP = 30
