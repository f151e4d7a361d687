"""SageMaker's runtime: InvokeEndpoint, a REST operation beside SageMaker's JSON operations.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html.
"""

import json
from http import HTTPStatus
from typing import Any

from ministack.core import router

from emulator.core.authorization import AuthenticationError, principal_of_key
from emulator.core.protocols import Answer
from emulator.core.service import (
    Request,
    ServiceError,
    authorize,
    current_account,
    current_region,
)
from emulator.sagemaker.hosting.endpoint import Endpoint
from emulator.sagemaker.hosting.hosting import endpoints
from emulator.sagemaker.service import sagemaker

_CUSTOM_ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
_TARGET_VARIANT = "x-amzn-sagemaker-target-variant"


@sagemaker.invocation
def _answer(name: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
    try:
        request = _request(name, headers, query)
        authorize(
            request,
            "sagemaker:InvokeEndpoint",
            endpoints.arn(request, name),
            condition_keys={"sagemaker:TargetModel": headers.get("x-amzn-sagemaker-target-model")},
        )
        return _invoke(request, headers, body)
    except AuthenticationError as error:
        return _failure(error.code, str(error), HTTPStatus.FORBIDDEN)
    except ServiceError as error:
        denied = error.code == "AccessDeniedException"
        return _failure(
            error.code, error.message, HTTPStatus.FORBIDDEN if denied else HTTPStatus(error.status)
        )


def _request(name: str, headers: dict[str, str], query: dict[str, Any]) -> Request:
    access_key = router.extract_access_key_id(headers, query)
    account = current_account()
    return Request(
        operation="InvokeEndpoint",
        parameters={"EndpointName": name},
        account=account,
        region=current_region(),
        caller_arn=principal_of_key(access_key, account).arn,
        access_key=access_key,
    )


def _invoke(request: Request, headers: dict[str, str], body: bytes) -> Answer:
    name = request.parameters["EndpointName"]
    endpoint: Endpoint | None = endpoints.find(request.account, request.region, name)
    if endpoint is None:
        raise ServiceError("ValidationError", f"Endpoint {name} of account {request.account} not found.")
    given = {
        "Content-Type": headers.get("content-type", ""),
        "Accept": headers.get("accept", "*/*"),
        "X-Amzn-SageMaker-Custom-Attributes": headers.get(_CUSTOM_ATTRIBUTES, ""),
    }
    passed = {key: value for key, value in given.items() if value}
    try:
        variant, answer = endpoint.invoke(body, passed, headers.get(_TARGET_VARIANT))
    except OSError as error:
        return _model_error(HTTPStatus.INTERNAL_SERVER_ERROR, f"The container does not answer: {error}")
    if answer.status != HTTPStatus.OK:
        return _model_error(answer.status, answer.body.decode("utf-8", "replace"))
    return (
        HTTPStatus.OK,
        # In lower case, for ministack makes every `Content-Type` of JSON that of the service's protocol.
        {"content-type": answer.content_type, "x-amzn-invoked-production-variant": variant},
        answer.body,
    )


def _model_error(status: int, message: str) -> Answer:
    """A container's error as the client sees it."""
    side = "client" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server"
    return _failure(
        "ModelError",
        f'Received {side} error ({status}) from primary with message "{message}".',
        HTTPStatus.FAILED_DEPENDENCY,
        OriginalStatusCode=status,
        OriginalMessage=message,
    )


def _failure(code: str, message: str, status: int, **members: Any) -> Answer:
    content = {"message": message, "Message": message, **members}
    return (
        int(status),
        {"Content-Type": "application/json", "x-amzn-errortype": code},
        json.dumps(content).encode(),
    )
