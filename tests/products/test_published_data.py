"""What the catalog of published data sets promises, in the data account and in those that subscribe."""

import json

import pytest

from tests.data_account import DATA
from tests.products.launches import PRODUCTS, Launch, launch

TEAM = "333333333333"
GRANT = "AWS::LakeFormation::PrincipalPermissions"


@pytest.fixture(scope="module")
def published() -> Launch:
    return launch("published_data", SubscriberAccounts=f"{TEAM},888888888888", **{"AWS::AccountId": DATA})


@pytest.fixture(scope="module")
def project() -> Launch:
    return launch("build_from_subscription")


@pytest.mark.parametrize(("approval", "required"), [("Required", "YES"), ("Automatic", "NO")])
def test_the_form_decides_whether_requests_wait(approval: str, required: str) -> None:
    source = launch("published_data", Approval=approval).only("AWS::DataZone::DataSource")
    [form] = source["AssetFormsInput"]
    assert form["FormName"] == "SubscriptionTermsForm"
    assert json.loads(form["Content"]) == {"approvalRequired": required}


def test_each_table_of_the_lake_is_published_and_nothing_else(published: Launch) -> None:
    source = published.only("AWS::DataZone::DataSource")
    assert source["PublishOnImport"] is True
    glue = source["Configuration"]["GlueRunConfiguration"]
    assert glue["RelationalFilterConfigurations"] == [
        {
            "DatabaseName": "mlplatform_x_lake",
            "FilterExpressions": [{"Expression": "*", "Type": "INCLUDE"}],
        }
    ]


def test_the_domain_is_shared_with_the_listed_accounts_of_the_organisation(published: Launch) -> None:
    share = published.only("AWS::RAM::ResourceShare")
    assert share["Principals"] == [TEAM, "888888888888"]
    assert share["AllowExternalPrincipals"] is False
    profiles = published.only("Custom::DataSubscribers")
    assert profiles["Accounts"] == [TEAM, "888888888888"]
    assert profiles["RoleNames"] == [
        "mlplatform-x-launch-data-subscriptions",
        "mlplatform-x-data-subscriptions",
    ]


def test_datazone_may_grant_reading_and_no_more(published: Launch) -> None:
    granted = {next(iter(each["Resource"])): each for each in published.of_type(GRANT)}
    assert sorted(granted) == ["Database", "Table"]
    assert granted["Table"]["Permissions"] == ["DESCRIBE", "SELECT"]
    assert granted["Table"]["PermissionsWithGrantOption"] == ["DESCRIBE", "SELECT"]
    assert granted["Database"]["Permissions"] == ["DESCRIBE"]


def test_a_subscription_is_granted_to_the_training_role_alone(project: Launch) -> None:
    target = project.only("AWS::DataZone::SubscriptionTarget")
    [principal] = target["AuthorizedPrincipals"]
    (role,) = (
        resource["Properties"]["RoleName"]
        for logical_id, resource in project.resources.items()
        if f"<{logical_id}.Arn>" == principal
    )
    assert role == "mlplatform-x-training-p-0123456789abcdefgh"
    assert target["ManageAccessRole"] == f"arn:aws:iam::{TEAM}:role/mlplatform-x-subscription-access"
    [config] = target["SubscriptionTargetConfig"]
    assert json.loads(config["Content"]) == {"databaseName": "project_p_0123456789abcdefgh"}


def test_the_subscription_is_asked_for_when_its_target_is_there(project: Launch) -> None:
    subscription = project.only("Custom::Subscription")
    assert subscription["TargetId"] == "<SubscriptionTarget.Id>"
    assert subscription["Reason"] == "The project customer-churn-prediction-for-eu trains a model on it."
    assert subscription["ServiceToken"].endswith(f":{TEAM}:function:mlplatform-x-data-subscriptions")


def test_the_lake_is_read_without_a_catalog() -> None:
    """Nothing of the lake's own product, or of its projects, knows of DataZone."""
    for name in ("data_lake", "build_from_lake"):
        assert "DataZone" not in json.dumps(launch(name).template)
        assert "data" in (*PRODUCTS[name].needs, *PRODUCTS[name].launched_in)
