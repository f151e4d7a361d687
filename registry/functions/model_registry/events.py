"""The event that SageMaker sends when a model version changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .errors import RegistryError

STATE_CHANGE = "SageMaker Model Package State Change"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelPackage.html
_UPDATED_FIELDS = frozenset(
    {
        "AdditionalInferenceSpecifications",
        "AdditionalInferenceSpecificationsToAdd",
        "ApprovalDescription",
        "CustomerMetadataProperties",
        "CustomerMetadataPropertiesToRemove",
        "InferenceSpecification",
        "ModelApprovalStatus",
        "ModelCard",
        "ModelLifeCycle",
        "ModelPackageRegistrationType",
        "SourceUri",
    }
)

_VERSION_ARN = re.compile(
    r"^arn:[^:]+:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-package/(?P<group>[^/]+)/(?P<version>\d+)$",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True)
class ModelVersionArn:
    """The ARN of a version in a model package group, taken apart."""

    arn: str
    account: str
    region: str
    group: str
    version: int

    @property
    def group_arn(self) -> str:
        """The ARN of the group that it belongs to."""
        return self.arn.replace(":model-package/", ":model-package-group/").rpartition("/")[0]

    @classmethod
    def parse(cls, arn: str) -> Self:
        """Take an ARN apart.

        Raises:
            RegistryError: If it is not the ARN of a version in a group.
        """
        match = _VERSION_ARN.match(arn)
        if match is None:
            raise RegistryError(
                f"{arn!r} is not the ARN of a version in a model package group: "
                "only versions that belong to a group are promoted and released."
            )
        return cls(
            arn=arn,
            account=match["account"],
            region=match["region"],
            group=match["group"],
            version=int(match["version"]),
        )


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """One state change of a model version.

    SageMaker sends one for every update of a version, whatever it changes, and each carries the approval
    status of the moment. Whoever updates versions in answer to these events would thus answer itself for
    ever, if it did not look at what has changed.
    https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html

    Attributes:
        id: The event's own id, the same for each delivery.
        time: When it was sent, such as ``2026-11-21T09:15:00Z``.
        account: Whose version it is.
        version: The version's ARN.
        approval_status: The approval status at that time, such as ``Approved``.
        updated_fields: The fields of the version that the update set, such as ``ModelLifeCycle``; None if
            the event does not say.
    """

    id: str
    time: str
    account: str
    version: ModelVersionArn
    approval_status: str
    updated_fields: frozenset[str] | None

    def may_change(self, *fields: str) -> bool:
        """Whether one of the fields, such as ``ModelApprovalStatus``, may be among what has changed.

        AWS documents the list by an example alone. A list that names nothing which UpdateModelPackage sets is
        taken as none: what was done already is then done once more, and found done.
        """
        known = (self.updated_fields or frozenset()) & _UPDATED_FIELDS
        return not known or not known.isdisjoint(fields)

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> Self:
        """Read an event as EventBridge delivers it.

        Raises:
            RegistryError: If it is another event, lacks a field, or speaks for another account's model.
        """
        if event.get("source") != "aws.sagemaker" or event.get("detail-type") != STATE_CHANGE:
            raise RegistryError(
                f"An event {event.get('detail-type')!r} from {event.get('source')!r} arrived, where only "
                f"{STATE_CHANGE!r} from 'aws.sagemaker' may: check the pattern of the EventBridge rule."
            )
        detail = event.get("detail")
        account = _text(event, "account")
        version = ModelVersionArn.parse(_text(detail, "ModelPackageArn"))
        if version.account != account:
            raise RegistryError(
                f"Account {account} sent an event about {version.arn} of account {version.account}: "
                "an account may speak for its own models only."
            )
        return cls(
            id=_text(event, "id"),
            time=_text(event, "time"),
            account=version.account,
            version=version,
            approval_status=_text(detail, "ModelApprovalStatus"),
            # The list is missing or empty where a version is new.
            updated_fields=frozenset(event["detail"].get("UpdatedModelPackageFields") or ()) or None,
        )


def _text(holder: Any, field: str) -> str:
    value = holder.get(field) if isinstance(holder, Mapping) else None
    if not isinstance(value, str) or not value:
        raise RegistryError(
            f"The event has no {field}: deliver it as SageMaker sent it, without an input transformer."
        )
    return value
