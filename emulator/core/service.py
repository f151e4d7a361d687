"""What every service of the overlay is built on: routing, validation, authorisation, answers.

A service is an object; its operations are functions that take a `Request` and return what the API answers.
Requests are parsed and checked against botocore's model of the service, authorised with the caller's own
policies, and run in a thread of their own, so an operation may call back into the emulator. Services of the
protocols in `protocols` only; ministack itself brings the others.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.model import OperationModel, ServiceModel
from ministack import app
from ministack.core import iam_actions, responses, router
from ministack.core.concurrency import run_reentrant
from ministack.services.cloudformation import provisioners

from emulator.core import arns, moto_backend, not_offered, service_linked_roles, wire
from emulator.core.authorization import (
    AuthenticationError,
    ResourcePolicy,
    principal_of_key,
    refusal,
    tag_keys,
)
from emulator.core.protocols import Answer, HttpRequest, WireProtocol, protocol_of
from emulator.core.resource_schemas import tag_property

logger = logging.getLogger(__name__)

Resource = str | list[str]
ResourceOf = Callable[["Request"], Resource]
ConditionKeysOf = Callable[["Request"], dict[str, Any] | list[dict[str, Any]]]
ResourcePolicyOf = Callable[["Request", str], ResourcePolicy | None]

registered_types: set[str] = set()
"""CloudFormation types that the overlay brings."""


class ServiceError(Exception):
    """An error as the API answers it.

    Attributes:
        code: Its code, such as `ValidationException`.
        message: For people.
        status: HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class NotOfferedError(ServiceError):
    """Something that AWS offers, and the emulator does not."""

    def __init__(self, what: str) -> None:
        """Say so.

        Args:
            what: Such as `the execution mode QUEUED`.
        """
        super().__init__(not_offered.CODE, not_offered.sentence(what))


@dataclass(frozen=True)
class Request:
    """A request that has been parsed and authenticated.

    Attributes:
        operation: Name of the operation, such as `CreateProject`.
        parameters: As boto3 takes them: binary values as bytes, times as datetime.
        account: The caller's account.
        region: The Region the request was sent to.
        caller_arn: Who sent it: a role's session, a user, or an account's root.
        access_key: The caller's access key id.
    """

    operation: str
    parameters: dict[str, Any]
    account: str
    region: str
    caller_arn: str
    access_key: str


@dataclass(frozen=True, kw_only=True)
class _Operation:
    answer: Callable[[Request], dict[str, Any] | None]
    resource: ResourceOf | str
    condition_keys: ConditionKeysOf | None
    resource_policy: ResourcePolicyOf | None


def current_account() -> str:
    """Return the account on whose behalf this thread works."""
    account: str = responses.get_account_id()
    return account


def current_region() -> str:
    """Return the Region in which this thread works."""
    region: str = responses.get_region()
    return region


def authorize(
    request: Request,
    action: str,
    resource: Resource = "*",
    *,
    condition_keys: Mapping[str, Any] | None = None,
    resource_policy: ResourcePolicyOf | None = None,
) -> None:
    """Check that the caller of a request may do something, such as `iam:PassRole` on a role it names.

    Args:
        request: The request.
        action: The IAM action.
        resource: ARNs of what it is done to; every one must be allowed.
        condition_keys: Keys that policies may ask for.
        resource_policy: Looks up the policy of a resource and the account that owns it.

    Raises:
        ServiceError: AccessDeniedException, in AWS's words.
    """
    principal = principal_of_key(request.access_key, request.account)
    for arn in [resource] if isinstance(resource, str) else resource:
        reason = refusal(
            principal,
            action,
            arn,
            region=request.region,
            condition_keys=condition_keys,
            resource_policy=resource_policy(request, arn) if resource_policy else None,
        )
        if reason is not None:
            raise ServiceError("AccessDeniedException", reason)


def register_resource_type(
    type_name: str,
    *,
    create: Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]],
    update: Callable[[str, dict[str, Any], dict[str, Any], str], tuple[str, dict[str, Any]]] | None = None,
    delete: Callable[[str, dict[str, Any]], None],
    replacing: Iterable[str] = (),
) -> None:
    """Teach CloudFormation a resource type. What the functions raise becomes the reason of the failure.

    They run with the account and Region of the stack set, in a thread that may wait.

    Args:
        type_name: Such as `AWS::CodeCommit::Repository`.
        create: From the logical id, the properties and the stack's name to the physical id (what `Ref`
            answers) and the attributes (what `Fn::GetAtt` answers).
        update: From the physical id, the old and the new properties and the stack's name to the same.
            Without it a change replaces the resource.
        delete: From the physical id and the properties. A resource that is already gone is no error.
        replacing: Properties whose change replaces the resource.
    """
    handlers: dict[str, Any] = {"create": create, "delete": delete}
    if update is not None:
        handlers["update"] = update
    provisioners._RESOURCE_HANDLERS[type_name] = handlers
    if replacing:
        provisioners._REPLACING_PROPERTIES[type_name] = tuple(replacing)
    tagged = tag_property(type_name)
    if tagged is not None:
        provisioners._STACK_TAG_PROPERTY[type_name] = tagged  # Tags of the stack become the resource's.
    registered_types.add(type_name)


class Service:
    """A service of the overlay.

    Attributes:
        name: Its name in botocore.
        iam_prefix: What its IAM actions start with.
    """

    def __init__(
        self, name: str, *, iam_prefix: str | None = None, moto: bool = False, ministack: bool = False
    ) -> None:
        """Define a service; `install` puts it in place.

        Args:
            name: Its name in botocore.
            iam_prefix: What its IAM actions start with, if that is another word.
            moto: Whether moto answers the operations that are not defined here.
            ministack: Whether ministack answers them.
        """
        self.name = name
        self.iam_prefix = iam_prefix or name
        self._operations: dict[str, _Operation] = {}
        self._moto = moto
        self._has_ministack = ministack
        self._ministack: Any = None

    @property
    def model(self) -> ServiceModel:
        """Botocore's model of the service."""
        return wire.service_model(self.name)

    @cached_property
    def _protocol(self) -> WireProtocol:
        return protocol_of(self.model)

    def operation(
        self,
        name: str,
        *,
        resource: ResourceOf | str = "*",
        condition_keys: ConditionKeysOf | None = None,
        resource_policy: ResourcePolicyOf | None = None,
    ) -> Callable[[Callable[[Request], dict[str, Any] | None]], Callable[[Request], dict[str, Any] | None]]:
        """Decorate a function as an operation.

        Args:
            name: Name of the operation.
            resource: ARN of what the caller must be allowed to do it to, or a function that finds it, or
                a function that finds several.
            condition_keys: Finds condition keys; those of the request's tags are always there. Several
                dictionaries are asked for one after the other, and each must be allowed.
            resource_policy: Finds the policy of a resource and the account that owns it.
        """

        def define(
            answer: Callable[[Request], dict[str, Any] | None],
        ) -> Callable[[Request], dict[str, Any] | None]:
            self._operations[name] = _Operation(
                answer=answer,
                resource=resource,
                condition_keys=condition_keys,
                resource_policy=resource_policy,
            )
            return answer

        return define

    def install(self) -> None:
        """Route the service's requests here, in place of what ministack may have."""
        # Requests are told apart by their credential scope.
        scope = self.model.signing_name
        if self._has_ministack:
            self._ministack = app.SERVICE_HANDLERS[scope]  # With what seams have put around it.
        app.SERVICE_HANDLERS[scope] = self.handle
        router.SERVICE_PATTERNS.setdefault(scope, {"credential_scope": scope})
        # Without a namespace ministack checks the signature only; the policies are evaluated here, where
        # resources and condition keys are known.
        iam_actions.SERVICE_TO_IAM_NAMESPACE.pop(scope, None)

    async def handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Answer:
        """Respond to a request."""
        answer: Answer = await run_reentrant(self._answer, method, path, headers, body, query)
        return answer

    def _answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Answer:
        sent = HttpRequest(method, path, headers, body, query)
        name = self._protocol.operation(sent)
        try:
            return self._offered(name, sent)
        except NotImplementedError:
            # moto knows the operation, and has nothing behind it.
            failure = self._not_offered(name)
        except ServiceError as error:
            failure = error
        except AuthenticationError as error:
            failure = ServiceError(error.code, str(error), 403)
        except Exception as error:
            logger.exception("%s:%s failed", self.name, name)
            failure = ServiceError("InternalFailure", f"{type(error).__name__}: {error}", 500)
        return self._protocol.failure(failure.code, failure.message, failure.status)

    def _offered(self, name: str, sent: HttpRequest) -> Answer:
        if name not in self.model.operation_names:
            raise self._not_offered(not_offered.operation_of(self.name, sent))
        model = self.model.operation_model(name)
        request = self._request(model, sent)
        operation = self._operations.get(name)
        self._authorize(request, operation)
        if operation is not None:
            linked = self._authorize_linked_role(request)
            answered = operation.answer(request) or {}
            if linked is not None:
                service_linked_roles.create(linked)
            return self._protocol.success(model, answered)
        if self._moto:
            target = sent.headers["x-amz-target"]
            return moto_backend.call(self.name, target, sent.body, request.account, request.region)
        if self._ministack is not None:
            theirs: Answer = app.call_service_handler_sync(self._ministack, *sent)
            return theirs
        raise self._not_offered(name)

    def _not_offered(self, name: str) -> ServiceError:
        return NotOfferedError(f"{self.iam_prefix}:{name}")

    def _request(self, model: OperationModel, sent: HttpRequest) -> Request:
        access_key = router.extract_access_key_id(sent.headers, sent.query)
        account = current_account()
        parameters = self._protocol.parameters(sent, model)
        if model.input_shape is not None and (problem := wire.problems(parameters, model.input_shape)):
            raise ServiceError("ValidationException", problem)
        return Request(
            operation=model.name,
            parameters=parameters,
            account=account,
            region=current_region(),
            caller_arn=principal_of_key(access_key, account).arn,
            access_key=access_key,
        )

    def _authorize(self, request: Request, operation: _Operation | None) -> None:
        action = f"{self.iam_prefix}:{request.operation}"
        keys = tag_keys(request.parameters)
        if operation is None:
            derived = arns.resources(action, request.parameters, request.account, request.region)
            authorize(request, action, derived or "*", condition_keys=keys)
            return
        resource = operation.resource if isinstance(operation.resource, str) else operation.resource(request)
        own = operation.condition_keys(request) if operation.condition_keys is not None else {}
        for each in (own if isinstance(own, list) else [own]) or [{}]:
            authorize(
                request,
                action,
                resource,
                condition_keys=keys | each,
                resource_policy=operation.resource_policy,
            )

    def _authorize_linked_role(self, request: Request) -> service_linked_roles.ServiceLinkedRole | None:
        """Check that the caller may create the service-linked role that is missing, and return it."""
        linked = service_linked_roles.missing(f"{self.iam_prefix}:{request.operation}", request.account)
        if linked is not None:
            authorize(request, service_linked_roles.ACTION, linked.arn, condition_keys=linked.condition_keys)
        return linked
