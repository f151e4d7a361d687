"""The emulator says what it does not offer, and fails as AWS does where something does not exist."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "sentence"),
    [
        pytest.param(
            "codepipeline", "ListWebhooks", {}, "codepipeline:ListWebhooks", id="a service of the overlay"
        ),
        pytest.param(
            "sagemaker", "ListWorkforces", {}, "sagemaker:ListWorkforces", id="an operation left to moto"
        ),
        pytest.param(
            "sagemaker-runtime",
            "InvokeEndpointAsync",
            {"EndpointName": "a", "InputLocation": "s3://a/b"},
            "sagemaker:InvokeEndpointAsync",
            id="a service that is signed as another",
        ),
        pytest.param(
            "iam",
            "AddClientIDToOpenIDConnectProvider",
            {"OpenIDConnectProviderArn": "arn:aws:iam::333333333333:oidc-provider/a", "ClientID": "a"},
            "iam:AddClientIDToOpenIDConnectProvider",
            id="query",
        ),
        pytest.param("ec2", "DescribeHosts", {}, "ec2:DescribeHosts", id="query of EC2"),
        pytest.param(
            "sqs",
            "ListDeadLetterSourceQueues",
            {"QueueUrl": "https://q"},
            "sqs:ListDeadLetterSourceQueues",
            id="JSON that was query once",
        ),
        pytest.param("logs", "ListAnomalies", {}, "logs:ListAnomalies", id="JSON"),
        pytest.param(
            "grafana",
            "DescribeWorkspace",
            {"workspaceId": "g-0123456789"},
            "grafana:DescribeWorkspace",
            id="no such service, REST",
        ),
        pytest.param(
            "service-quotas", "ListServices", {}, "servicequotas:ListServices", id="no such service, JSON"
        ),
        pytest.param(
            "redshift", "DescribeClusters", {}, "redshift:DescribeClusters", id="no such service, query"
        ),
    ],
)
def test_what_is_not_offered_says_so(
    emulator: Emulator, service: str, operation: str, parameters: dict[str, Any], sentence: str
) -> None:
    client = emulator.client(service)
    with pytest.raises(ClientError) as refused:
        client._make_api_call(operation, parameters)
    error = refused.value.response
    assert error["Error"]["Code"] == "UnsupportedOperation"
    assert error["Error"]["Message"] == f"The emulator does not offer {sentence}; AWS does."
    # The SDK repeats what may be a passing trouble of AWS; a gap is none.
    assert error["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("athena", "ListPreparedStatements", {"WorkGroup": "nobodys"}),
        ("athena", "ListTableMetadata", {"CatalogName": "AwsDataCatalog", "DatabaseName": "nobodys"}),
        ("codecommit", "ListBranches", {"repositoryName": "nobodys"}),
        ("codepipeline", "ListPipelineExecutions", {"pipelineName": "nobodys"}),
        ("events", "ListTargetsByRule", {"Rule": "nobodys"}),
        ("glue", "GetJobRuns", {"JobName": "nobodys"}),
        ("glue", "GetPartitions", {"DatabaseName": "nobodys", "TableName": "nobodys"}),
        ("glue", "GetTables", {"DatabaseName": "nobodys"}),
        ("sagemaker", "ListModelCardVersions", {"ModelCardName": "nobodys"}),
        ("sagemaker", "ListPipelineExecutions", {"PipelineName": "nobodys"}),
        ("servicecatalog", "ListPortfoliosForProduct", {"ProductId": "prod-nobodys"}),
        ("servicecatalog", "ListPrincipalsForPortfolio", {"PortfolioId": "port-nobodys"}),
        ("servicecatalog", "DescribeProvisionedProduct", {}),
        ("codecommit", "GetBranch", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_lists_of_what_does_not_exist_fail_with_an_error_that_the_operation_has(
    emulator: Emulator, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    """The witness is AWS's own model of the service: the errors of each operation."""
    client = emulator.client(service)
    with pytest.raises(ClientError) as refused:
        client._make_api_call(operation, parameters)
    model = client.meta.service_model.operation_model(operation)
    errors = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
    assert refused.value.response["Error"]["Code"] in errors


def test_lists_of_what_exists_succeed(emulator: Emulator) -> None:
    events = emulator.client("events")
    events.put_rule(Name="somebodys", EventPattern='{"source": ["tests"]}')
    assert events.list_targets_by_rule(Rule="somebodys")["Targets"] == []
