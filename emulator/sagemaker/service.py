"""The service object to which SageMaker's files add their operations, and the checks these share."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.core.concurrency import run_reentrant

from emulator.core.authorization import (
    AuthenticationError,
    ResourcePolicy,
    principal_of_role,
    refusal,
    tag_keys,
)
from emulator.core.protocols import Answer
from emulator.core.service import Request, Service, ServiceError, authorize
from emulator.ecr.service import described, policy_of
from emulator.ecr.store import RepositoryName

PRINCIPAL = "sagemaker.amazonaws.com"

_PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")

_FEATURES = re.compile(r"/(FeatureGroup/.+|BatchGetRecord|BatchWriteRecord)")
_INVOCATION = re.compile(r"/endpoints/(?P<endpoint>[^/]+)/invocations")

Invocation = Callable[[str, dict[str, str], bytes, dict[str, Any]], Answer]
"""Answers an invocation, given the endpoint's name and the request's headers, body and query."""


class SageMaker(Service):
    """SageMaker, its runtime and that of Feature Store: signed alike, and told apart by their paths."""

    def __init__(self) -> None:
        super().__init__("sagemaker", moto=True)
        self._invocation: Invocation | None = None
        self._features: Service | None = None

    def add_features(self, features: Service) -> None:
        """Route the requests of Feature Store's runtime to a service."""
        self._features = features

    def invocation(self, answer: Invocation) -> Invocation:
        """Decorate the function that answers invocations of endpoints."""
        self._invocation = answer
        return answer

    def install(self) -> None:
        """Route the requests of SageMaker and of its runtime here."""
        super().install()
        app.SERVICE_HANDLERS[self.name] = self._route

    async def _route(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Answer:
        if self._features is not None and _FEATURES.fullmatch(path):
            # The server has unquoted the path, in which an ARN is one label.
            path = path.replace(":feature-group/", ":feature-group%2F")
            return await self._features.handle(method, path, headers, body, query)
        match = _INVOCATION.fullmatch(path)
        if match is None or method != "POST" or self._invocation is None:
            return await self.handle(method, path, headers, body, query)
        answer: Answer = await run_reentrant(
            self._invocation, unquote(match["endpoint"]), headers, body, query
        )
        return answer


sagemaker = SageMaker()


def check_pass_role(request: Request, role_arn: str) -> None:
    """Check that the caller may hand a role to SageMaker.

    Raises:
        ServiceError: The caller may not.
    """
    authorize(request, "iam:PassRole", role_arn, condition_keys={"iam:PassedToService": PRINCIPAL})


def check_tagging(request: Request, resource: str) -> None:
    """Check that the caller may tag what it creates, if the request has tags.

    `sagemaker:TaggingAction` is the operation that brings the tags
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html).

    Raises:
        ServiceError: The caller may not.
    """
    if request.parameters.get("Tags"):
        keys = {"sagemaker:TaggingAction": request.operation, **tag_keys(request.parameters)}
        authorize(request, "sagemaker:AddTags", resource, condition_keys=keys)


def check_image_pull(role_arn: str, image: str, region: str) -> None:
    """Check that an execution role may pull a container image from Amazon ECR.

    The repositories of AWS's own images are open to every account, so the role's policies decide; of any
    other, the repository's policy does as well
    (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms).

    Args:
        role_arn: The execution role.
        image: URI of the image.
        region: Region of the job or endpoint.

    Raises:
        ServiceError: The role may not.
    """
    host, _, path = image.partition("/")
    owner, _, registry = host.partition(".dkr.ecr.")
    if not registry:
        return
    repository = path.partition(":")[0].partition("@")[0]
    repository_arn = f"arn:aws:ecr:{registry.partition('.')[0]}:{owner}:repository/{repository}"
    anyone = {"Effect": "Allow", "Principal": "*", "Action": list(_PULL_ACTIONS), "Resource": "*"}
    name = RepositoryName(owner, registry.partition(".")[0], repository)
    policy: ResourcePolicy = ({"Statement": [anyone]}, owner)
    if described(name) is not None:
        policy = policy_of(name)
    try:
        role = principal_of_role(role_arn, "SageMaker")
    except AuthenticationError as error:
        raise ServiceError(error.code, str(error)) from None
    if sentence := refusal(role, "ecr:GetAuthorizationToken", "*", region=region):
        raise ServiceError("AccessDeniedException", sentence)
    for action in _PULL_ACTIONS:
        if sentence := refusal(role, action, repository_arn, region=region, resource_policy=policy):
            raise ServiceError("AccessDeniedException", sentence)
