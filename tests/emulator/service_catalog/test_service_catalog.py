import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.emulator.support import SETTINGS, Emulator, Statement, allow, policy, trust

SECONDS = 20.0
UNITS = SETTINGS.organization.organizational_units
TEMPLATE = {
    "Parameters": {
        "Name": {"Type": "String", "AllowedPattern": "[a-z0-9-]+", "ConstraintDescription": "lower case"},
        "Retention": {"Type": "Number", "Default": 30},
        "SageMakerProjectName": {"Type": "String", "Default": "none"},
        "SageMakerProjectId": {"Type": "String", "Default": "none"},
    },
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Name"}}},
    },
    "Outputs": {"Topic": {"Value": {"Ref": "Topic"}}, "Project": {"Value": {"Ref": "SageMakerProjectId"}}},
}
TOPIC = [
    "sns:CreateTopic",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:SetTopicAttributes",
    "sns:TagResource",
]
END_USER = allow(["servicecatalog:*", "sagemaker:*"])


def launch_statements(**changes: Statement | None) -> list[Statement]:
    """What a launch role of the product needs."""
    statements: dict[str, Statement | None] = {
        "stacks": allow("cloudformation:*", "arn:aws:cloudformation:*:*:stack/SC-*"),
        "template": allow(
            "s3:GetObject",
            Condition={"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
        ),
        "topic": allow(TOPIC, "arn:aws:sns:*:*:*"),
        **changes,
    }
    return [statement for statement in statements.values() if statement is not None]


@dataclass
class Offer:
    """A portfolio of the hub with a product, shared with the workloads unit."""

    name: str
    portfolio: str
    product: str
    artifact: str
    launch_role: str
    end_user: str


@pytest.fixture(scope="module", autouse=True)
def delegated(emulator: Emulator) -> None:
    catalog = emulator.client("servicecatalog", account=emulator.management)
    catalog.enable_aws_organizations_access()
    emulator.client("sagemaker").enable_sagemaker_servicecatalog_portfolio()
    organizations = emulator.client("organizations", account=emulator.management)
    try:
        organizations.register_delegated_administrator(
            AccountId=emulator.hub, ServicePrincipal="servicecatalog.amazonaws.com"
        )
    except organizations.exceptions.AccountAlreadyRegisteredException:
        return


@pytest.fixture
def offer(emulator: Emulator) -> Offer:
    name = f"offer-{uuid.uuid4().hex[:10]}"
    s3 = emulator.client("s3", account=emulator.hub)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_object(Bucket=name, Key="template.json", Body=json.dumps(TEMPLATE))
    end_user = emulator.role(END_USER, name=f"{name}-user").rpartition("/")[2]
    emulator.role(
        account=emulator.hub, name=f"{name}-launch", trusting=trust(Service="servicecatalog.amazonaws.com")
    )
    stack = {
        "Resources": {
            "Portfolio": {
                "Type": "AWS::ServiceCatalog::Portfolio",
                "Properties": {"DisplayName": name, "ProviderName": "tests"},
            },
            "Product": {
                "Type": "AWS::ServiceCatalog::CloudFormationProduct",
                "Properties": {
                    "Name": name,
                    "Owner": "tests",
                    "ProvisioningArtifactParameters": [
                        {
                            "Name": "1.0.0",
                            "Info": {"LoadTemplateFromURL": f"https://{name}.s3.amazonaws.com/template.json"},
                        }
                    ],
                    "Tags": [{"Key": "sagemaker:studio-visibility", "Value": "true"}],
                },
            },
            "Association": {
                "Type": "AWS::ServiceCatalog::PortfolioProductAssociation",
                "Properties": {"PortfolioId": {"Ref": "Portfolio"}, "ProductId": {"Ref": "Product"}},
            },
            "Constraint": {
                "Type": "AWS::ServiceCatalog::LaunchRoleConstraint",
                "DependsOn": "Association",
                "Properties": {
                    "PortfolioId": {"Ref": "Portfolio"},
                    "ProductId": {"Ref": "Product"},
                    "LocalRoleName": f"{name}-launch",
                },
            },
            "Principal": {
                "Type": "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
                "Properties": {
                    "PortfolioId": {"Ref": "Portfolio"},
                    "PrincipalARN": f"arn:aws:iam:::role/{end_user}",
                    "PrincipalType": "IAM_PATTERN",
                },
            },
            "Option": {
                "Type": "AWS::ServiceCatalog::TagOption",
                "Properties": {"Key": name, "Value": "only"},
            },
            "OptionAssociation": {
                "Type": "AWS::ServiceCatalog::TagOptionAssociation",
                "Properties": {"TagOptionId": {"Ref": "Option"}, "ResourceId": {"Ref": "Portfolio"}},
            },
        },
        "Outputs": {
            "Portfolio": {"Value": {"Ref": "Portfolio"}},
            "Product": {"Value": {"Ref": "Product"}},
            "Artifact": {"Value": {"Fn::GetAtt": ["Product", "ProvisioningArtifactIds"]}},
        },
    }
    cloudformation = emulator.client("cloudformation", account=emulator.hub)
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(stack))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})
    described = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    emulator.client("servicecatalog", account=emulator.hub).create_portfolio_share(
        PortfolioId=outputs["Portfolio"],
        OrganizationNode={"Type": "ORGANIZATIONAL_UNIT", "Value": UNITS.workloads},
        SharePrincipals=True,
        ShareTagOptions=True,
    )
    return Offer(
        name=name,
        portfolio=outputs["Portfolio"],
        product=outputs["Product"],
        artifact=outputs["Artifact"],
        launch_role=f"{name}-launch",
        end_user=end_user,
    )


def add_launch_role(emulator: Emulator, offer: Offer, **changes: Any) -> None:
    trusting = changes.pop("trusting", trust(Service="servicecatalog.amazonaws.com"))
    emulator.role(*launch_statements(**changes), name=offer.launch_role, trusting=trusting)


def launch(emulator: Emulator, offer: Offer, name: str, **more: Any) -> Mapping[str, Any]:
    """Launch the product as its end user, and wait for the record."""
    catalog = emulator.client("servicecatalog", role=offer.end_user)
    record = catalog.provision_product(
        ProductId=offer.product,
        ProvisioningArtifactId=offer.artifact,
        ProvisionedProductName=name,
        ProvisioningParameters=[{"Key": "Name", "Value": name}],
        **more,
    )["RecordDetail"]
    return finished(catalog, record["RecordId"])


def finished(catalog: Any, record: str) -> Mapping[str, Any]:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        answer: Mapping[str, Any] = catalog.describe_record(Id=record)
        if answer["RecordDetail"]["Status"] in ("SUCCEEDED", "FAILED"):
            return answer
        time.sleep(0.02)
    raise AssertionError(f"{record} does not end")


def test_a_shared_portfolio_is_imported_by_the_accounts_of_the_unit(emulator: Emulator, offer: Offer) -> None:
    for account, seen in (
        (emulator.development, True),
        (emulator.production, True),
        (emulator.management, False),
    ):
        catalog = emulator.client("servicecatalog", account=account)
        listed = catalog.list_accepted_portfolio_shares(PortfolioShareType="AWS_ORGANIZATIONS")
        assert (offer.portfolio in {each["Id"] for each in listed["PortfolioDetails"]}) is seen
    hub = emulator.client("servicecatalog", account=emulator.hub)
    shares = hub.describe_portfolio_shares(PortfolioId=offer.portfolio, Type="ORGANIZATIONAL_UNIT")
    assert shares["PortfolioShareDetails"][0]["PrincipalId"] == UNITS.workloads


def test_an_end_user_launches_updates_and_terminates(emulator: Emulator, offer: Offer) -> None:
    add_launch_role(emulator, offer)
    catalog = emulator.client("servicecatalog", role=offer.end_user)
    assert offer.name in {each["Name"] for each in catalog.search_products()["ProductViewSummaries"]}
    (path,) = catalog.list_launch_paths(ProductId=offer.product)["LaunchPathSummaries"]
    parameters = catalog.describe_provisioning_parameters(
        ProductId=offer.product, ProvisioningArtifactId=offer.artifact, PathId=path["Id"]
    )
    assert parameters["TagOptions"] == [{"Key": offer.name, "Values": ["only"]}]
    record = launch(emulator, offer, offer.name, PathId=path["Id"])
    assert record["RecordDetail"]["RecordErrors"] == []
    outputs = {each["OutputKey"]: each["OutputValue"] for each in record["RecordOutputs"]}
    topic = outputs["Topic"]
    stack = f"SC-{emulator.development}-{record['RecordDetail']['ProvisionedProductId']}"
    assert emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    tags = {
        each["Key"]: each["Value"]
        for each in emulator.client("sns").list_tags_for_resource(ResourceArn=topic)["Tags"]
    }
    assert tags[offer.name] == "only"
    assert tags["sagemaker:studio-visibility"] == "true"
    assert tags["aws:servicecatalog:provisioningPrincipalArn"].endswith(f"assumed-role/{offer.end_user}/test")

    updated = catalog.update_provisioned_product(
        ProvisionedProductName=offer.name, ProvisioningParameters=[{"Key": "Retention", "Value": "60"}]
    )
    assert finished(catalog, updated["RecordDetail"]["RecordId"])["RecordDetail"]["Status"] == "SUCCEEDED"
    detail = catalog.describe_provisioned_product(Name=offer.name)["ProvisionedProductDetail"]
    assert detail["Status"] == "AVAILABLE"
    ended = catalog.terminate_provisioned_product(ProvisionedProductName=offer.name)
    assert finished(catalog, ended["RecordDetail"]["RecordId"])["RecordDetail"]["Status"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="NotFound"):
        emulator.client("sns").get_topic_attributes(TopicArn=topic)


def test_a_version_that_stays_on_offer_is_updated_and_left_when_it_suits(
    emulator: Emulator, offer: Offer
) -> None:
    """The stack of the portfolio gets a second version, and the first one keeps its id."""
    add_launch_role(emulator, offer)
    launch(emulator, offer, offer.name)
    newer = json.loads(json.dumps(TEMPLATE))
    newer["Outputs"]["Version"] = {"Value": "2"}
    emulator.client("s3", account=emulator.hub).put_object(
        Bucket=offer.name, Key="newer.json", Body=json.dumps(newer)
    )
    cloudformation = emulator.client("cloudformation", account=emulator.hub)
    stack = cloudformation.get_template(StackName=offer.name)["TemplateBody"]
    stack = json.loads(stack) if isinstance(stack, str) else stack
    versions = stack["Resources"]["Product"]["Properties"]["ProvisioningArtifactParameters"]
    address = f"https://{offer.name}.s3.amazonaws.com/newer.json"
    versions.append({"Name": "1.1.0", "Info": {"LoadTemplateFromURL": address}})
    cloudformation.update_stack(StackName=offer.name, TemplateBody=json.dumps(stack))
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=offer.name, WaiterConfig={"Delay": 0.05}
    )
    catalog = emulator.client("servicecatalog", role=offer.end_user)
    listed = catalog.describe_product(Id=offer.product)["ProvisioningArtifacts"]
    ids = {each["Name"]: each["Id"] for each in listed}
    assert list(ids) == ["1.0.0", "1.1.0"]
    assert ids["1.0.0"] == offer.artifact

    def update(version: str, **parameters: str) -> Mapping[str, Any]:
        record = catalog.update_provisioned_product(
            ProvisionedProductName=offer.name,
            ProductId=offer.product,
            ProvisioningArtifactId=ids[version],
            ProvisioningParameters=[
                *({"Key": key, "Value": value} for key, value in parameters.items()),
                *({"Key": key, "UsePreviousValue": True} for key in ("Name",)),
            ],
        )["RecordDetail"]
        return finished(catalog, record["RecordId"])

    within = update("1.0.0", Retention="60")
    assert within["RecordDetail"]["Status"] == "SUCCEEDED"
    assert "Version" not in {each["OutputKey"] for each in within["RecordOutputs"]}
    upgraded = update("1.1.0")
    assert upgraded["RecordDetail"]["Status"] == "SUCCEEDED"
    outputs = {each["OutputKey"]: each["OutputValue"] for each in upgraded["RecordOutputs"]}
    assert outputs["Version"] == "2"
    detail = catalog.describe_provisioned_product(Name=offer.name)["ProvisionedProductDetail"]
    assert detail["ProvisioningArtifactId"] == ids["1.1.0"]


def test_a_role_that_is_no_principal_launches_nothing(emulator: Emulator, offer: Offer) -> None:
    catalog = emulator.client("servicecatalog", role=emulator.role(END_USER))
    assert offer.name not in {each["Name"] for each in catalog.search_products()["ProductViewSummaries"]}
    with pytest.raises(ClientError, match=f"No launch paths found for resource: {offer.product}"):
        catalog.provision_product(
            ProductId=offer.product, ProvisioningArtifactId=offer.artifact, ProvisionedProductName="x"
        )


def test_a_principal_without_the_iam_permission_is_denied(emulator: Emulator, offer: Offer) -> None:
    iam = emulator.client("iam")
    narrow = policy(allow("servicecatalog:Search*"))
    iam.put_role_policy(RoleName=offer.end_user, PolicyName="test", PolicyDocument=narrow)
    with pytest.raises(ClientError, match="not authorized to perform: servicecatalog:ProvisionProduct"):
        launch(emulator, offer, offer.name)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param(
            {"trusting": trust(Service="sns.amazonaws.com")},
            "Access denied while assuming the role",
            id="trust",
        ),
        pytest.param({"stacks": None}, "cloudformation:CreateStack", id="no-stacks"),
        pytest.param({"template": None}, "S3 error: Access Denied", id="no-template"),
        pytest.param({"topic": allow("sns:GetTopicAttributes")}, "sns:CreateTopic", id="no-topic"),
    ],
)
def test_a_launch_that_the_launch_role_may_not_do_fails_with_the_reason(
    emulator: Emulator, offer: Offer, changes: Mapping[str, Any], reason: str
) -> None:
    add_launch_role(emulator, offer, **changes)
    record = launch(emulator, offer, offer.name)
    assert record["RecordDetail"]["Status"] == "FAILED"
    assert reason in record["RecordDetail"]["RecordErrors"][0]["Description"]
    catalog = emulator.client("servicecatalog", role=offer.end_user)
    assert (
        catalog.describe_provisioned_product(Name=offer.name)["ProvisionedProductDetail"]["Status"] == "ERROR"
    )


def test_without_the_launch_role_the_launch_fails(emulator: Emulator, offer: Offer) -> None:
    record = launch(emulator, offer, offer.name)
    assert offer.launch_role in record["RecordDetail"]["RecordErrors"][0]["Description"]


def test_a_tag_option_takes_only_its_values(emulator: Emulator, offer: Offer) -> None:
    with pytest.raises(ClientError, match="must be one of only"):
        launch(emulator, offer, offer.name, Tags=[{"Key": offer.name, "Value": "another"}])


def test_a_role_sees_what_it_launched_itself(emulator: Emulator, offer: Offer) -> None:
    add_launch_role(emulator, offer)
    launch(emulator, offer, offer.name)
    level = allow("servicecatalog:*", Condition={"StringEquals": {"servicecatalog:roleLevel": "self"}})
    other = emulator.client("servicecatalog", role=emulator.role(level))
    names = {each["Name"] for each in other.scan_provisioned_products()["ProvisionedProducts"]}
    assert offer.name not in names
    with pytest.raises(ClientError, match="AccessDenied"):
        other.terminate_provisioned_product(ProvisionedProductName=offer.name)
    emulator.client("iam").put_role_policy(
        RoleName=offer.end_user, PolicyName="test", PolicyDocument=policy(level)
    )
    own = emulator.client("servicecatalog", role=offer.end_user)
    assert offer.name in {each["Name"] for each in own.scan_provisioned_products()["ProvisionedProducts"]}


@pytest.mark.parametrize("parameter", ["LocalRoleName", "RoleArn"])
def test_a_launch_constraint_names_a_role_of_its_own_account(
    emulator: Emulator, offer: Offer, parameter: str
) -> None:
    """https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreateConstraint.html."""
    catalog = emulator.client("servicecatalog", account=emulator.hub)
    (existing,) = catalog.list_constraints_for_portfolio(PortfolioId=offer.portfolio)["ConstraintDetails"]
    catalog.delete_constraint(Id=existing["ConstraintId"])
    prefix = "" if parameter == "LocalRoleName" else f"arn:aws:iam::{emulator.hub}:role/"
    given = {"PortfolioId": offer.portfolio, "ProductId": offer.product, "Type": "LAUNCH"}
    with pytest.raises(ClientError, match=f"The role {offer.end_user} does not exist in account"):
        catalog.create_constraint(**given, Parameters=json.dumps({parameter: prefix + offer.end_user}))
    catalog.create_constraint(**given, Parameters=json.dumps({parameter: prefix + offer.launch_role}))


def test_a_stack_with_a_shared_portfolio_is_not_deleted_before_the_share(
    emulator: Emulator, offer: Offer
) -> None:
    """https://docs.aws.amazon.com/servicecatalog/latest/dg/API_DeletePortfolio.html."""
    cloudformation = emulator.client("cloudformation", account=emulator.hub)

    def ended(status: str) -> None:
        cloudformation.delete_stack(StackName=offer.name)
        waited = cloudformation.get_waiter("stack_delete_complete")
        if status == "DELETE_COMPLETE":
            waited.wait(StackName=offer.name, WaiterConfig={"Delay": 0.05})
            return
        with pytest.raises(WaiterError, match=status):
            waited.wait(StackName=offer.name, WaiterConfig={"Delay": 0.05})

    ended("DELETE_FAILED")
    emulator.client("servicecatalog", account=emulator.hub).delete_portfolio_share(
        PortfolioId=offer.portfolio,
        OrganizationNode={"Type": "ORGANIZATIONAL_UNIT", "Value": UNITS.workloads},
    )
    ended("DELETE_COMPLETE")


def test_a_tag_option_in_use_is_not_deleted(emulator: Emulator, offer: Offer) -> None:
    catalog = emulator.client("servicecatalog", account=emulator.hub)
    (option,) = [
        each["Id"] for each in catalog.list_tag_options()["TagOptionDetails"] if each["Key"] == offer.name
    ]
    with pytest.raises(ClientError, match=f"ResourceInUseException.*associated with {offer.portfolio}"):
        catalog.delete_tag_option(Id=option)
    catalog.disassociate_tag_option_from_resource(ResourceId=offer.portfolio, TagOptionId=option)
    catalog.delete_tag_option(Id=option)


def test_only_an_administrator_of_the_organisation_shares_with_it(emulator: Emulator) -> None:
    catalog = emulator.client("servicecatalog", account=emulator.test)
    portfolio = catalog.create_portfolio(DisplayName="own", ProviderName="tests")["PortfolioDetail"]["Id"]
    with pytest.raises(ClientError, match="OperationNotSupportedException"):
        catalog.create_portfolio_share(
            PortfolioId=portfolio,
            OrganizationNode={"Type": "ORGANIZATIONAL_UNIT", "Value": UNITS.development},
        )


def project(emulator: Emulator, offer: Offer, name: str) -> Mapping[str, Any]:
    """Create a project from the product as its end user, and wait for it."""
    sagemaker = emulator.client("sagemaker", role=offer.end_user)
    created = sagemaker.create_project(
        ProjectName=name,
        ServiceCatalogProvisioningDetails={
            "ProductId": offer.product,
            "ProvisioningArtifactId": offer.artifact,
            "ProvisioningParameters": [{"Key": "Name", "Value": name}],
        },
    )
    assert created["ProjectArn"].endswith(f":project/{name}")
    return settled(sagemaker, name)


def settled(sagemaker: Any, name: str) -> Mapping[str, Any]:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        described: Mapping[str, Any] = sagemaker.describe_project(ProjectName=name)
        if not described["ProjectStatus"].endswith("InProgress"):
            return described
        time.sleep(0.02)
    raise AssertionError(f"{name} does not settle")


def test_a_project_is_a_launch_under_its_name_and_id(emulator: Emulator, offer: Offer) -> None:
    add_launch_role(emulator, offer)
    described = project(emulator, offer, offer.name)
    assert described["ProjectStatus"] == "CreateCompleted", described
    assert described["ProjectId"].startswith("p-")
    assert len(described["ProjectId"]) == 14
    identifier = described["ServiceCatalogProvisionedProductDetails"]["ProvisionedProductId"]
    catalog = emulator.client("servicecatalog", role=offer.end_user)
    outputs = catalog.get_provisioned_product_outputs(ProvisionedProductId=identifier)["Outputs"]
    assert {"OutputKey": "Project", "OutputValue": described["ProjectId"]} in outputs
    topic = next(each["OutputValue"] for each in outputs if each["OutputKey"] == "Topic")
    tags = emulator.client("sns").list_tags_for_resource(ResourceArn=topic)["Tags"]
    assert {"Key": "sagemaker:project-id", "Value": described["ProjectId"]} in tags
    sagemaker = emulator.client("sagemaker", role=offer.end_user)
    sagemaker.delete_project(ProjectName=offer.name)
    assert settled(sagemaker, offer.name)["ProjectStatus"] == "DeleteCompleted"


def test_a_project_that_fails_says_why(emulator: Emulator, offer: Offer) -> None:
    add_launch_role(emulator, offer, topic=None)
    described = project(emulator, offer, offer.name)
    assert described["ProjectStatus"] == "CreateFailed"
    message = described["ServiceCatalogProvisionedProductDetails"]["ProvisionedProductStatusMessage"]
    assert "Topic (AWS::SNS::Topic)" in message
    assert "sns:CreateTopic" in message


def test_a_project_needs_the_callers_permission_for_the_product(emulator: Emulator, offer: Offer) -> None:
    narrow = policy(allow("sagemaker:*"))
    emulator.client("iam").put_role_policy(RoleName=offer.end_user, PolicyName="test", PolicyDocument=narrow)
    with pytest.raises(ClientError, match="not authorized to perform: servicecatalog:ProvisionProduct"):
        project(emulator, offer, offer.name)


def test_a_role_without_the_permission_creates_no_project(emulator: Emulator, offer: Offer) -> None:
    narrow = policy(allow("servicecatalog:*"))
    emulator.client("iam").put_role_policy(RoleName=offer.end_user, PolicyName="test", PolicyDocument=narrow)
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:CreateProject"):
        project(emulator, offer, offer.name)


@pytest.fixture
def template_url(emulator: Emulator) -> str:
    name = f"templates-{uuid.uuid4().hex[:10]}"
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_object(Bucket=name, Key="template.json", Body=json.dumps(TEMPLATE))
    return f"https://{name}.s3.{emulator.region}.amazonaws.com/template.json"


def test_a_project_from_a_template_runs_under_the_given_role(emulator: Emulator, template_url: str) -> None:
    name = f"template-{uuid.uuid4().hex[:8]}"
    role = emulator.role(
        allow(TOPIC, "arn:aws:sns:*:*:*"), trusting=trust(Service="cloudformation.amazonaws.com")
    )
    caller = emulator.role(
        allow(["sagemaker:*", "s3:GetObject"]),
        allow("iam:PassRole", role),
        allow("cloudformation:*", "arn:aws:cloudformation:*:*:stack/SP-*"),
    )
    sagemaker = emulator.client("sagemaker", role=caller)
    sagemaker.create_project(
        ProjectName=name,
        TemplateProviders=[
            {
                "CfnTemplateProvider": {
                    "TemplateName": "topic",
                    "TemplateURL": template_url,
                    "RoleARN": role,
                    "Parameters": [{"Key": "Name", "Value": name}],
                }
            }
        ],
    )
    described = settled(sagemaker, name)
    assert described["ProjectStatus"] == "CreateCompleted", described
    detail = described["TemplateProviderDetails"][0]["CfnTemplateProviderDetail"]
    assert detail["TemplateName"] == "topic"
    stack = f"SP-{name}-{described['ProjectId']}"
    assert emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]


def test_a_project_moves_to_another_version(emulator: Emulator, offer: Offer) -> None:
    add_launch_role(emulator, offer)
    described = project(emulator, offer, offer.name)
    hub = emulator.client("servicecatalog", account=emulator.hub)
    changed = json.dumps({**TEMPLATE, "Outputs": {"Version": {"Value": "two"}}})
    emulator.client("s3", account=emulator.hub).put_object(Bucket=offer.name, Key="two.json", Body=changed)
    artifact = hub.create_provisioning_artifact(
        ProductId=offer.product,
        Parameters={
            "Name": "2.0.0",
            "Info": {"LoadTemplateFromURL": f"https://{offer.name}.s3.amazonaws.com/two.json"},
        },
    )["ProvisioningArtifactDetail"]["Id"]
    sagemaker = emulator.client("sagemaker", role=offer.end_user)
    sagemaker.update_project(
        ProjectName=offer.name, ServiceCatalogProvisioningUpdateDetails={"ProvisioningArtifactId": artifact}
    )
    assert settled(sagemaker, offer.name)["ProjectStatus"] == "UpdateCompleted"
    identifier = described["ServiceCatalogProvisionedProductDetails"]["ProvisionedProductId"]
    catalog = emulator.client("servicecatalog", role=offer.end_user)
    outputs = catalog.get_provisioned_product_outputs(ProvisionedProductId=identifier)["Outputs"]
    assert outputs == [{"OutputKey": "Version", "OutputValue": "two"}]
