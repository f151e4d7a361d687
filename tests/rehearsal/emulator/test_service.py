import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.support import Emulator, allow


def test_a_role_without_the_permission_is_denied_in_aws_words(emulator: Emulator) -> None:
    role = emulator.role(allow("sagemaker:ListModels"))
    sagemaker = emulator.client("sagemaker", role=role)
    assert sagemaker.list_models()["Models"] == []
    with pytest.raises(ClientError) as refused:
        sagemaker.list_endpoints()
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        f"User: arn:aws:sts::{emulator.development}:assumed-role/{role.rpartition('/')[2]}/test is not authorized "
        "to perform: sagemaker:ListEndpoints on resource: * because no identity-based policy allows the "
        "sagemaker:ListEndpoints action"
    )
