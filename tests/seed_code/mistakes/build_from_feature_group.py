"""Mistakes in the layer `build/feature_group_data`; `build_from_lake` tries that of Athena."""

from tests.seed_code.mistakes.mistake import Mistake


def _mistake(name: str, file: str, old: str, new: str, test: str) -> Mistake:
    """A mistake that the tests of one file must notice."""
    return Mistake(
        name=name, file=file, old=old, new=new, check=f"python -m pytest --exitfirst tests/{test}.py"
    )


MISTAKES = (
    _mistake(
        "what was written first holds",
        "src/point_in_time.py",
        "ORDER BY write_time DESC, api_invocation_time DESC",
        "ORDER BY write_time, api_invocation_time",
        "test_point_in_time",
    ),
    _mistake(
        "what was deleted holds",
        "src/point_in_time.py",
        'f"AND NOT {alias}.is_deleted"',
        'f"AND {alias}.is_deleted IS NOT NULL"',
        "test_point_in_time",
    ),
    _mistake(
        "labels without features are lost",
        "src/point_in_time.py",
        '"LEFT JOIN (',
        '"JOIN (',
        "test_point_in_time",
    ),
    _mistake(
        "numbers are compared with texts",
        "src/point_in_time.py",
        'return f"to_unixtime({time})"',
        "return time",
        "test_point_in_time",
    ),
    _mistake(
        "a group is asked for by its name, which is one of the own account",
        "src/groups.py",
        "describe_feature_group(FeatureGroupName=arn)",
        "describe_feature_group(FeatureGroupName=name)",
        "test_groups",
    ),
    _mistake(
        "the owner's database is read, and not the link to it",
        "src/groups.py",
        'table=(link, catalog["TableName"])',
        'table=(catalog["Database"], catalog["TableName"])',
        "test_groups",
    ),
    _mistake(
        "an error of SageMaker is taken for a refusal",
        "src/groups.py",
        'if code != "AccessDeniedException":\n            raise\n',
        'if code == "":\n            raise\n',
        "test_groups",
    ),
    _mistake(
        "two features become one column",
        "src/groups.py",
        "columns.count(each) > 1",
        "columns.count(each) > 2",
        "test_groups",
    ),
    _mistake(
        "a schema is too long for the metadata",
        "src/groups.py",
        "if len(text) > MAXIMUM_METADATA:",
        "if not text:",
        "test_groups",
    ),
    _mistake(
        "the identifier is a feature",
        "src/groups.py",
        "if each not in (identifier, event_time)",
        "if each != event_time",
        "test_groups",
    ),
    _mistake(
        "who and when stay in the table",
        "src/narrow.py",
        "if name not in names]",
        "if name]",
        "test_narrow",
    ),
    _mistake(
        "the groups are fixed when the project is made",
        "pipelines/data.py",
        '"groups": self._groups,',
        '"groups": dict(project.data_details)[GROUPS],',
        "test_join_step",
    ),
    _mistake(
        "the version does not say its features",
        "pipelines/data.py",
        '"input_data_feature_schema": JsonGet(',
        '"schema": JsonGet(',
        "test_join_step",
    ),
)
