import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, allow


def test_a_role_without_the_permission_is_denied_in_aws_words(emulator: Emulator) -> None:
    role = emulator.role(allow("sagemaker:ListModels"))
    sagemaker = emulator.client("sagemaker", role=role)
    assert "Models" in sagemaker.list_models()
    with pytest.raises(ClientError) as refused:
        sagemaker.list_endpoints()
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    session = f"arn:aws:sts::{emulator.development}:assumed-role/{role.rpartition('/')[2]}/test"
    assert error["Message"] == (
        f"User: {session} is not authorized to perform: sagemaker:ListEndpoints on resource: * "
        "because no identity-based policy allows the sagemaker:ListEndpoints action"
    )


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "sentence"),
    [
        pytest.param(
            "sagemaker",
            "describe_project",
            {"ProjectName": "-no-name"},
            "ValidationException",
            "1 validation error detected: Value at 'ProjectName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern",
            id="pattern",
        ),
        pytest.param(
            "sagemaker",
            "describe_project",
            {"ProjectName": "a" * 33},
            "ValidationException",
            "less than or equal to 32",
            id="length",
        ),
        pytest.param(
            "servicecatalog",
            "associate_principal_with_portfolio",
            {"PortfolioId": "port-a", "PrincipalARN": "arn:a", "PrincipalType": "ROLE"},
            "ValidationException",
            "satisfy enum value set: [IAM, IAM_PATTERN]",
            id="enumeration",
        ),
        pytest.param(
            "organizations",
            "create_account",
            {"Email": "a@example.com", "AccountName": "a"},
            "UnsupportedOperation",
            "The emulator does not offer organizations:CreateAccount; AWS does.",
            id="not-offered",
        ),
    ],
)
def test_a_wrong_request_is_answered_with_a_sentence(  # noqa: PLR0917
    emulator: Emulator, service: str, operation: str, parameters: dict[str, str], code: str, sentence: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(emulator.client(service), operation)(**parameters)
    assert refused.value.response["Error"]["Code"] == code
    assert sentence in refused.value.response["Error"]["Message"]


def test_an_operation_left_to_moto_is_authorised_on_the_resource_it_names(emulator: Emulator) -> None:
    arn = f"arn:aws:sagemaker:{emulator.region}:{emulator.development}:notebook-instance/"
    role = emulator.role(allow("sagemaker:DescribeNotebookInstance", f"{arn}own"))
    sagemaker = emulator.client("sagemaker", role=role)
    with pytest.raises(ClientError, match="RecordNotFound"):
        sagemaker.describe_notebook_instance(NotebookInstanceName="own")
    with pytest.raises(ClientError, match=f"not authorized .* on resource: {arn}other"):
        sagemaker.describe_notebook_instance(NotebookInstanceName="other")


def test_a_wrong_signature_is_refused(emulator: Emulator) -> None:
    role = emulator.role(allow("organizations:*"))
    credentials = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    forged = emulator.client_of("organizations", {**credentials, "SecretAccessKey": "guessed"})
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        forged.describe_organization()


def test_request_tags_are_condition_keys(emulator: Emulator) -> None:
    tagged = {"StringEquals": {"aws:RequestTag/team": "own"}}
    role = emulator.role(allow("servicecatalog:CreatePortfolio", Condition=tagged))
    catalog = emulator.client("servicecatalog", role=role)
    given = {"DisplayName": "tagged", "ProviderName": "tests"}
    catalog.create_portfolio(**given, Tags=[{"Key": "team", "Value": "own"}])
    with pytest.raises(ClientError, match="AccessDenied"):
        catalog.create_portfolio(**given, Tags=[{"Key": "team", "Value": "other"}])
