"""Mistakes in the layers `build/athena` and `build/lake_data`; `build_from_s3` tries those below them."""

from tests.seed_code.mistakes.mistake import Mistake


def _mistake(name: str, file: str, old: str, new: str, test: str = "test_athena") -> Mistake:
    """A mistake that the tests of one file must notice."""
    return Mistake(
        name=name, file=file, old=old, new=new, check=f"python -m pytest --exitfirst tests/{test}.py"
    )


MISTAKES = (
    _mistake(
        "any text is taken for a source",
        "src/athena.py",
        "if match is None:\n        raise UsageError",
        "if match is None and not source:\n        raise UsageError",
    ),
    _mistake(
        "a comment at the end hides the UNLOAD",
        "src/athena.py",
        'startswith("--")',
        'startswith("#")',
    ),
    _mistake(
        "a file without a query is sent",
        "src/athena.py",
        "if not select:",
        "if select is None:",
    ),
    _mistake(
        "what is unloaded is not Parquet",
        "src/athena.py",
        "format = 'PARQUET'",
        "format = 'TEXTFILE'",
    ),
    _mistake(
        "the step asks Athena without a pause",
        "src/athena.py",
        "seconds * 2",
        "seconds * 1",
    ),
    _mistake(
        "a query that failed is taken for one without rows",
        "src/athena.py",
        '!= "SUCCEEDED"',
        '== ""',
    ),
    _mistake(
        "a model is trained on no rows",
        "src/athena.py",
        "rows += parquet.count(path)",
        "rows += 1",
    ),
    _mistake(
        "a refusal does not name the grant",
        "src/refusals.py",
        "{said['right'].upper()} on ",
        "on ",
    ),
    _mistake(
        "the limit on what a query reads goes unexplained",
        "src/refusals.py",
        "[Bb]ytes scanned limit was exceeded",
        "[Bb]ytes read limit was exceeded",
    ),
    _mistake(
        "the rows are kept under a key that nobody chose",
        "pipelines/data.py",
        'outputs=("queried",)',
        "outputs=()",
        test="test_query_step",
    ),
    _mistake(
        "the query runs in another project's workgroup",
        "pipelines/data.py",
        "project.pipeline_name",
        '"primary"',
        test="test_query_step",
    ),
)
