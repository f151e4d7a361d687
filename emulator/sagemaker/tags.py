"""Tags of SageMaker resources.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html.
"""

from typing import Any

from emulator.core.service import Request
from emulator.sagemaker.service import sagemaker
from emulator.sagemaker.store import page, tags


def _resource(request: Request) -> str:
    return str(request.parameters["ResourceArn"])


@sagemaker.operation("AddTags", resource=_resource)
def _add(request: Request) -> dict[str, Any]:
    tags.put(_resource(request), request.parameters["Tags"])
    return {"Tags": tags.of(_resource(request))}


@sagemaker.operation("ListTags", resource=_resource)
def _list(request: Request) -> dict[str, Any]:
    found, rest = page(request, tags.of(_resource(request)))
    return {"Tags": found, **rest}


@sagemaker.operation("DeleteTags", resource=_resource)
def _delete(request: Request) -> dict[str, Any]:
    tags.remove(_resource(request), request.parameters["TagKeys"])
    return {}
