"""Assumptions about the data lake and those that read it."""

from assumptions.assumption import Assumption, Setting, Source

_LAKE_FORMATION = "https://docs.aws.amazon.com/lake-formation/latest"
_SEED = "seed_code/build/athena"

LAKE = (
    Assumption(
        key="lake-location-trust",
        assumed="Lake Formation tells the lake's own account in `aws:SourceAccount` when it assumes the role "
        "of a location, also for a query of another account.",
        where=("pipelines/lake/location.py", "products/admin/data_lake/stack.py"),
        source=Source(
            says="The role must trust `lakeformation.amazonaws.com`; the example has no condition, and which "
            "keys the service sends is not said.",
            url=f"{_LAKE_FORMATION}/dg/registration-role.html",
        ),
        if_wrong="No query of another account, or none at all, could read a table of the lake.",
        fallback="The role trusts the service alone. Lake Formation takes a role from whoever may pass it in "
        "its account, and its grants decide who reads. Set it, deploy, and update the launched data lake.",
        setting=Setting(path="assumptions.lake_location_trust", hoped="source_account", fallback="service"),
        probe="Not probed, because it takes two accounts and a table. The query fails, and CloudTrail of the "
        "data account has a refused AssumeRole of `<prefix>-lake-location`.",
        shown_by="tests/products/test_fallbacks.py::test_lake_location_trust",
    ),
    Assumption(
        key="lake-settings-context",
        assumed="PutDataLakeSettings takes the parameter SET_CONTEXT, which GetDataLakeSettings returns.",
        where=("pipelines/functions/custom_resources/data_lake_administrators.py",),
        source=Source(
            says="Of `Parameters` it lists CROSS_ACCOUNT_VERSION and SET_SOURCE_IDENTITY; SET_CONTEXT is not "
            "mentioned.",
            url=f"{_LAKE_FORMATION}/APIReference/API_DataLakeSettings.html",
        ),
        if_wrong="The launch roles could not become data lake administrators, and the StackSets would fail.",
        fallback="The function puts the settings again without this one parameter.",
        probe="Not probed, because the settings of an account are others' as well, and no throw-away. "
        "CloudTrail has the refused PutDataLakeSettings.",
        shown_by="tests/pipelines/test_data_lake_administrators_function.py::test_lake_settings_context",
    ),
    Assumption(
        key="csv-empty-numbers",
        assumed="Athena reads the CSV tables that the crawler describes, with empty cells in columns of "
        "numbers.",
        where=(f"{_SEED}/src/refusals.py", "pipelines/lake/intake.py", "products/admin/data_lake/README.md"),
        source=Source(
            says="The Open CSV SerDe does “not recognize empty or null values in columns defined as a "
            "numeric data type”; with the table property `use.null.for.invalid.data` they are NULL.",
            url="https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html",
        ),
        if_wrong="A query of such a table fails with HIVE_BAD_DATA, and no project trains on it.",
        fallback="The step says which value of which column it is, and what to do by hand: put the table "
        "into the lake as Parquet, or set the table property. Without it no wrong value is taken for a "
        "missing one.",
        probe="Not probed, because it takes a table and a query, which costs. Query a new CSV table once.",
        shown_by=f"{_SEED}/tests/test_athena.py::test_a_refusal_names_what_is_missing_in_one_sentence",
    ),
    Assumption(
        key="image-pyarrow",
        assumed="AWS's image of XGBoost 3.2-0 has pyarrow.",
        where=(
            f"{_SEED}/src/athena.py",
            "seed_code/build/base/src/parquet.py",
            "pipelines/algorithms/xgboost.py",
        ),
        source=Source(
            says="The algorithm reads Parquet, for which the image's published source imports pyarrow; the "
            "packages of the image are not listed.",
            url="https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html",
        ),
        if_wrong="The step Query could not read what Athena has unloaded.",
        fallback="The step ends before it starts a query, and says that the image lacks it. By hand, name a "
        "version that has it in `pipelines/image.py` of the repository.",
        probe="Not probed, because it takes a job, which costs. The first run of a project's pipeline tells.",
        shown_by=f"{_SEED}/tests/test_athena.py::test_an_image_without_pyarrow_is_refused_before_the_query",
    ),
)
