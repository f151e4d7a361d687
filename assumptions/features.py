"""Assumptions about central feature groups."""

from assumptions.assumption import Assumption, Source

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"

FEATURES = (
    Assumption(
        key="feature-table-creator",
        assumed="CreateFeatureGroup makes the table of an offline store in the name of its caller, who needs "
        "CREATE_TABLE of Lake Formation on the database.",
        where=("pipelines/features/store.py",),
        source=Source(
            says="CloudFormation's handler of feature groups lists `glue:CreateTable`; of Lake Formation it "
            "is only said how a table is handed over that is there already.",
            url=f"{_GUIDE}/feature-store-lf-governance.html",
        ),
        if_wrong="A launch of *Feature group* would fail while it makes the group, because the role of the "
        "offline store would need the permission.",
        fallback="None is built in. The launch ends with the missing grant in its reason, and everything is "
        "removed again. By hand, grant the role `<prefix>-offline-<group>` CREATE_TABLE on a database "
        "that you make before.",
        probe="Not probed, because a feature group costs, and takes minutes to make. The first launch tells.",
        shown_by="tests/emulator/sagemaker/test_sagemaker_feature_store.py"
        "::test_whoever_makes_a_group_needs_create_table_of_lake_formation",
    ),
    Assumption(
        key="feature-table-writer",
        assumed="SageMaker writes an offline store whose table Lake Formation governs, under the role of the "
        "group, with the five permissions on the table that its SDK grants.",
        where=("pipelines/features/store.py",),
        source=Source(
            says="The SDK grants the role SELECT, INSERT, DELETE, DESCRIBE and ALTER; that they are enough "
            "is not said, nor whether fewer would be.",
            url=f"{_GUIDE}/feature-store-lf-governance.html",
        ),
        if_wrong="Records would be in the online store alone.",
        fallback="Nothing is lost at once: SageMaker says in `OfflineStoreStatus` of the group that it is "
        "blocked, and why. The next ingestion puts what the offline store lacks.",
        probe="Not probed, because a feature group costs. Look at `OfflineStoreStatus` after the first "
        "ingestion.",
        shown_by="tests/emulator/sagemaker/test_sagemaker_feature_store.py"
        "::test_records_do_not_arrive_without_the_permissions_of_the_role",
    ),
    Assumption(
        key="feature-deletion",
        assumed="DeleteRecord writes its marker to the offline store of a group that has an online store, "
        "and to no other.",
        where=(
            "pipelines/features/functions/feature_ingestion/ingestion.py",
            "products/admin/feature_group/README.md",
        ),
        source=Source(
            says="“Deletes a Record from a FeatureGroup in the OnlineStore”, and appends the deleted record "
            "marker to the offline store; of groups without an online store nothing is said.",
            url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_DeleteRecord.html",
        ),
        if_wrong="Deletions would also reach groups without an online store.",
        fallback="The form asks for the online store where the table marks deletions. It costs more than "
        "needed then, and nothing is wrong.",
        probe="Not probed, because it takes a feature group, which costs. Delete a record of a group without "
        "an online store.",
        shown_by="tests/emulator/sagemaker/test_sagemaker_feature_store.py"
        "::test_the_offline_store_keeps_each_record_and_the_online_store_the_latest",
    ),
)
