"""boto3 clients whose requests go to the cloud in use."""

import functools
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from .core import REGION, Core, Parameters

_current: list[Core] = []


def use(cloud: Core) -> None:
    """Connect all clients to this cloud."""
    _current[:] = [cloud]


def answer(service: str, operation: str, parameters: Parameters) -> Parameters:
    """What the cloud in use answers."""
    return _current[0].answer(service, operation, parameters)


@functools.cache
def client(service: str) -> Any:
    """A boto3 client whose requests go to the cloud in use."""
    session: Any = boto3.Session(
        aws_access_key_id="in-memory", aws_secret_access_key="in-memory", region_name=REGION
    )
    made = session.client(service)

    def remember(params: Parameters, context: Parameters, **_: Any) -> None:
        context["parameters"] = dict(params)

    def respond(model: Any, context: Parameters, **_: Any) -> tuple[AWSResponse, Parameters]:
        try:
            response = answer(service, model.name, context["parameters"])
            status = 200
        except ClientError as error:
            response, status = dict(error.response), error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 200:
            _check(model, response)
        return AWSResponse("in-memory://", status, HTTPHeaders(), None), response

    made.meta.events.register("before-parameter-build", remember)
    made.meta.events.register("before-call", respond)
    return made


def _check(model: Any, response: Parameters) -> None:
    checkable = {name: value for name, value in response.items() if name != "Body"}
    if model.output_shape is not None:
        report = ParamValidator().validate(checkable, model.output_shape)
        # Not every member that the model requires matters to whom it is shown here, and AWS may answer an
        # empty list where it would take none.
        allowed = ("Missing required", "value: 0, valid min length: 1")
        lines = report.generate_report().splitlines()
        wrong = [line for line in lines if not any(text in line for text in allowed)]
        assert not wrong, f"{model.name}: {wrong}"
