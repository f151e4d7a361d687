"""What each parameter of a form takes and refuses."""

import re

import pytest

from tests.products.launches import LONGEST, templates

CASES = [
    # (product, provider, parameter, value, accepted)
    ("build_from_s3", "codecommit", "SageMakerProjectName", "churn", True),
    ("build_from_s3", "codecommit", "SageMakerProjectName", LONGEST["SageMakerProjectName"], True),
    ("build_from_s3", "codecommit", "SageMakerProjectName", "a" * 33, False),
    ("build_from_s3", "codecommit", "SageMakerProjectName", "churn-", False),
    ("build_from_s3", "codecommit", "SageMakerProjectName", "Churn", False),
    ("build_from_s3", "codecommit", "SageMakerProjectName", "churn--eu", False),
    ("deploy_realtime", "codecommit", "SageMakerProjectName", "Churn", False),
    ("build_from_s3", "codecommit", "SageMakerProjectName", "churn_model", False),
    ("build_from_s3", "codecommit", "SageMakerProjectId", "p-k2xyz0abcdef", True),
    ("build_from_s3", "codecommit", "SageMakerProjectId", "P-K2XYZ0ABCDEF", False),
    ("build_from_s3", "codecommit", "SageMakerProjectId", "a" * 21, False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/data.csv", True),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://my-bucket.eu/folder/part (1).csv", False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/2026-01/data", True),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket", False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/", False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/folder/", True),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/folder//", False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/*", False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/dat?", False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/${aws:username}", False),
    ("build_from_s3", "codecommit", "InputDataUri", "https://bucket.s3.amazonaws.com/data.csv", False),
    ("build_from_s3", "codecommit", "InputDataUri", f"s3://bucket/{'d' * 244}", True),
    ("build_from_s3", "codecommit", "InputDataUri", f"s3://bucket/{'d' * 245}", False),
    ("build_from_s3", "codecommit", "InputDataUri", "s3://bucket/data(1)", False),
    ("build_from_s3", "codecommit", "Registration", "team", True),
    ("build_from_s3", "codecommit", "Registration", "central", True),
    ("build_from_s3", "codecommit", "Registration", "both", False),
    ("build_from_s3", "codecommit", "TargetColumn", "species", True),
    ("build_from_s3", "codecommit", "TargetColumn", "Culmen Length (mm)", True),
    ("build_from_s3", "codecommit", "TargetColumn", "größe", True),
    ("build_from_s3", "codecommit", "TargetColumn", "", False),
    ("build_from_s3", "codecommit", "TargetColumn", " species", False),
    ("build_from_s3", "codecommit", "TargetColumn", "$(rm -r /)", False),
    ("build_from_s3", "codecommit", "TargetColumn", "a`b", False),
    ("build_from_s3", "codecommit", "TargetColumn", "a\nb", False),
    ("build_from_s3", "codecommit", "TargetColumn", 'a"b', False),
    ("build_from_s3", "codecommit", "TargetColumn", "a" * 128, False),
    ("build_from_s3", "github", "RepositoryId", "example-team/churn.model", True),
    ("build_from_s3", "github", "RepositoryId", "example-team/group/churn", False),
    ("build_from_s3", "github", "RepositoryId", "churn", False),
    ("build_from_s3", "github", "RepositoryId", "https://github.com/example-team/churn", False),
    ("build_from_s3", "bitbucket", "RepositoryId", "example-team/group/churn", False),
    ("build_from_s3", "gitlab", "RepositoryId", "example-team/group/sub-group/churn", True),
    ("deploy_realtime", "codecommit", "ModelPackageGroupName", LONGEST["ModelPackageGroupName"], True),
    ("deploy_realtime", "codecommit", "ModelPackageGroupName", "a" * 64, False),
    (
        "deploy_realtime",
        "codecommit",
        "ModelPackageGroupName",
        "arn:aws:sagemaker:eu-west-1:222222222222:model-package-group/churn",
        False,
    ),
    ("deploy_realtime", "codecommit", "TestAccountId", "044444444444", True),
    ("deploy_realtime", "codecommit", "TestAccountId", "44444444444", False),
    ("deploy_realtime", "codecommit", "ProductionAccountId", "555555555555", True),
    ("deploy_realtime", "codecommit", "ProductionAccountId", "production", False),
    ("studio_domain", "codecommit", "DomainName", "risk-team", True),
    ("studio_domain", "codecommit", "DomainName", "risk team", False),
    ("studio_domain", "codecommit", "NetworkAccess", "VpcOnly", True),
    ("studio_domain", "codecommit", "NetworkAccess", "PublicInternetOnly", True),
    ("studio_domain", "codecommit", "NetworkAccess", "Public", False),
    ("studio_domain", "codecommit", "VpcCidr", "10.0.0.0/24", True),
    ("studio_domain", "codecommit", "VpcCidr", "172.16.0.0/16", True),
    ("studio_domain", "codecommit", "VpcCidr", "255.255.255.128/25", True),
    ("studio_domain", "codecommit", "VpcCidr", "10.0.0.0/26", False),
    ("studio_domain", "codecommit", "VpcCidr", "10.0.0.0/8", False),
    ("studio_domain", "codecommit", "VpcCidr", "10.0.0.256/24", False),
    ("studio_domain", "codecommit", "VpcCidr", "10.0.0/24", False),
    ("data_lake", "codecommit", "Crawling", "Daily", True),
    ("data_lake", "codecommit", "Crawling", "OnDemand", True),
    ("data_lake", "codecommit", "Crawling", "hourly", False),
    ("feature_group", "codecommit", "GroupName", "c", True),
    ("feature_group", "codecommit", "GroupName", "customers_2026", True),
    ("feature_group", "codecommit", "GroupName", "customers_", False),
    ("feature_group", "codecommit", "GroupName", "customer-orders", False),
    ("feature_group", "codecommit", "GroupName", "g" * 31, False),
    ("feature_group", "codecommit", "Features", "customer:Integral", True),
    ("feature_group", "codecommit", "Features", "customer:String,spend:Fractional", True),
    ("feature_group", "codecommit", "Features", LONGEST["Features"], True),
    ("feature_group", "codecommit", "Features", f"{LONGEST['Features']},one_more:String", False),
    ("feature_group", "codecommit", "Features", "customer", False),
    ("feature_group", "codecommit", "Features", "customer:integer", False),
    ("feature_group", "codecommit", "Features", "customer:Integral,", False),
    ("feature_group", "codecommit", "Features", "customer:Integral, spend:Fractional", False),
    ("feature_group", "codecommit", "Features", "Customer:Integral", False),
    ("feature_group", "codecommit", "OnlineStore", "On", True),
    ("feature_group", "codecommit", "OnlineStore", "Off", True),
    ("feature_group", "codecommit", "OnlineStore", "InMemory", False),
    ("feature_group", "codecommit", "LakeKeyArn", LONGEST["LakeKeyArn"], True),
    ("feature_group", "codecommit", "LakeKeyArn", "alias/mlplatform-lake", False),
    ("feature_group", "codecommit", "LakeTable", "customers", True),
    ("feature_group", "codecommit", "LakeTable", "lake.customers", False),
    ("feature_group", "codecommit", "Deletions", "Marked", True),
    ("feature_group", "codecommit", "Deletions", "None", True),
    ("feature_group", "codecommit", "Deletions", "is_deleted", False),
    ("feature_group", "codecommit", "Ingestion", "Daily", True),
    ("feature_group", "codecommit", "Ingestion", "OnDemand", True),
    ("feature_group", "codecommit", "Ingestion", "Hourly", False),
    ("build_from_feature_group", "codecommit", "LakeTable", "churn_labels", True),
    ("build_from_feature_group", "codecommit", "LakeTable", "churn-labels", False),
    ("build_from_feature_group", "codecommit", "ScanLimit", "10", True),
    ("build_from_feature_group", "codecommit", "ScanLimit", "10000", False),
    *(
        ("build_from_feature_group", "codecommit", name, value, accepted)
        for name in ("FeatureGroup", "SecondFeatureGroup", "ThirdFeatureGroup")
        for value, accepted in (
            ("customers_2026", True),
            ("none", True),
            ("Customers", False),
            ("customers+orders", False),
            ("arn:aws:sagemaker:eu-west-1:666666666666:feature-group/customers", False),
        )
    ),
    ("build_from_subscription", "codecommit", "ListingId", "5rq1z0fjv7an2q", True),
    ("build_from_subscription", "codecommit", "ListingId", "l" * 36, True),
    ("build_from_subscription", "codecommit", "ListingId", "l" * 37, False),
    ("build_from_subscription", "codecommit", "ListingId", "a/b", False),
    ("build_from_subscription", "codecommit", "ScanLimit", "1000", True),
    ("build_from_subscription", "codecommit", "ScanLimit", "5", False),
    ("data_subscriptions", "codecommit", "DomainId", "dzd_4p9n6sw4qt9xgn", True),
    ("data_subscriptions", "codecommit", "DomainId", "dzd-4p9n6sw4qt9xgn", True),
    ("data_subscriptions", "codecommit", "DomainId", "d-4p9n6sw4qt9xgn", False),
    ("published_data", "codecommit", "SubscriberAccounts", "333333333333", True),
    ("published_data", "codecommit", "SubscriberAccounts", "333333333333,888888888888", True),
    ("published_data", "codecommit", "SubscriberAccounts", "333333333333, 888888888888", False),
    ("published_data", "codecommit", "SubscriberAccounts", ",".join(["333333333333"] * 51), False),
    ("published_data", "codecommit", "Approval", "Automatic", True),
    ("published_data", "codecommit", "Approval", "Never", False),
    ("build_from_lake", "codecommit", "LakeTable", "houses_2026", True),
    ("build_from_lake", "codecommit", "LakeTable", "t" * 129, False),
    ("build_from_lake", "codecommit", "LakeTable", "lake.houses", False),
    ("build_from_lake", "codecommit", "LakeTable", 'houses"; --', False),
    ("build_from_lake", "codecommit", "LakeTable", "Houses", False),
    ("build_from_lake", "codecommit", "ScanLimit", "10", True),
    ("build_from_lake", "codecommit", "ScanLimit", "10000", False),
]


@pytest.mark.parametrize(
    ("product", "provider", "name", "value", "accepted"),
    [pytest.param(*case, id=f"{case[2]}-{case[3][:24]!r}-{'yes' if case[4] else 'no'}") for case in CASES],
)
def test_parameter(product: str, provider: str, name: str, value: str, accepted: bool) -> None:
    parameter = templates(provider)[product]["Parameters"][name]
    found = (
        re.search(parameter["AllowedPattern"], value) is not None
        and parameter["MinLength"] <= len(value) <= parameter["MaxLength"]
        and value in parameter.get("AllowedValues", [value])
    )
    assert found == accepted


def test_every_parameter_is_tried_both_ways() -> None:
    tried = {(product, name, accepted) for product, _, name, _, accepted in CASES}
    for product, template in templates("github").items():
        for name in template["Parameters"]:
            # The project's own parameters and the repository are the same in all forms, and those of the
            # parts in all products that are made of them.
            somewhere = {
                accepted
                for other, other_name, accepted in tried
                if other_name == name and other in (product, "build_from_s3", "deploy_realtime")
            }
            assert somewhere == {True, False}, (product, name)
