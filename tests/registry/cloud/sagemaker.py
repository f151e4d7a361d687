# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""Amazon SageMaker: model packages of several accounts, with the idempotence of ClientToken."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .core import HUB, REGION, Core, Parameters, failure, paged

LEAD = "lead-data-scientist"


@dataclass
class Group:
    """A model package group."""

    name: str
    account: str
    tags: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    @property
    def arn(self) -> str:
        """Its ARN, which SageMaker writes in lower case."""
        return f"arn:aws:sagemaker:{REGION}:{self.account}:model-package-group/{self.name.lower()}"


class SageMaker(Core):
    """The model registries of several accounts; the clients act in the hub.

    Attributes:
        groups: By account and lower-case name.
        versions: By ARN, as DescribeModelPackage describes them.
        state_changes: The events that SageMaker has sent, one for each change made through the API.
    """

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[tuple[str, str], Group] = {}
        self.versions: dict[str, Parameters] = {}
        self.state_changes: list[Parameters] = []
        self.closed_keys: set[str] = set()
        self._client_tokens: dict[tuple[str, str], str] = {}

    def register(self, account: str, group: str, **fields: Any) -> str:
        """Register a model version, and give its ARN."""
        self.groups.setdefault((account, group.lower()), Group(name=group, account=account))
        return self._add_version(account, {"ModelPackageGroupName": group, **fields})

    def approve(
        self, arn: str, status: str = "Approved", *, who: str = LEAD, description: str | None = None
    ) -> Parameters:
        """Set the approval status as a role of the version's account; return the event that SageMaker sends.

        Args:
            arn: The version.
            status: The new status.
            who: The name of the role.
            description: Its words.
        """
        account = arn.split(":")[4]
        self.versions[arn]["ModelApprovalStatus"] = status
        if description is not None:
            self.versions[arn]["ApprovalDescription"] = description
        self._modified(arn, f"arn:aws:sts::{account}:assumed-role/{who}/session")
        return state_change(arn, status)

    def versions_of(self, account: str, group: str) -> list[Parameters]:
        """The versions of a group, oldest first."""
        return [
            version
            for arn, version in sorted(self.versions.items(), key=lambda item: item[1]["ModelPackageVersion"])
            if f":{account}:model-package/{group.lower()}/" in arn
        ]

    def forget_client_tokens(self) -> None:
        """Forget tokens, as after days: SageMaker takes a repeated request for a new one."""
        self._client_tokens.clear()

    def _group(self, operation: str, name: str) -> Group:
        group = self.groups.get((HUB, name.rpartition("/")[2].lower()))
        if group is None:
            raise failure(operation, "ValidationException", f"ModelPackageGroup {name} does not exist.")
        return group

    def _add_version(self, account: str, fields: Mapping[str, Any]) -> str:
        group = str(fields["ModelPackageGroupName"])
        number = len(self.versions_of(account, group)) + 1
        arn = f"arn:aws:sagemaker:{REGION}:{account}:model-package/{group.lower()}/{number}"
        self.versions[arn] = {
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": "PendingManualApproval",
            **fields,
            "ModelPackageName": f"{group}-{number}",
            "ModelPackageArn": arn,
            "ModelPackageVersion": number,
            "CreationTime": self.now(),
        }
        return arn

    def _modified(self, arn: str, by: str) -> None:
        self.versions[arn]["LastModifiedTime"] = self.now()
        told = "last-modified-by" not in self.feared
        self.versions[arn]["LastModifiedBy"] = {"IamIdentity": {"Arn": by}} if told else {}

    def _announce(self, arn: str, *fields: str) -> None:
        event = state_change(arn, self.versions[arn]["ModelApprovalStatus"])
        if fields and "updated-fields" not in self.feared:
            event["detail"]["UpdatedModelPackageFields"] = list(fields)
        self.state_changes.append(event)

    def sagemaker_DescribeModelPackage(
        self, *, ModelPackageName: str, IncludedData: str = "AllData"
    ) -> Parameters:
        if ModelPackageName not in self.versions:
            raise failure(
                "DescribeModelPackage", "ValidationException", f"{ModelPackageName} does not exist."
            )
        version = dict(self.versions[ModelPackageName])
        key = version.get("SecurityConfig", {}).get("KmsKeyId")
        if IncludedData == "AllData" and key in self.closed_keys:
            raise failure(
                "DescribeModelPackage",
                "AccessDeniedException",
                f"User is not authorized to perform: kms:Decrypt on the resource {key}",
            )
        if "empty-lists" in self.feared:
            version.setdefault("AdditionalInferenceSpecifications", [])
            specification = dict(version.get("InferenceSpecification", {}))
            version["InferenceSpecification"] = {"SupportedTransformInstanceTypes": []} | specification
        return version

    def sagemaker_DescribeModelPackageGroup(self, *, ModelPackageGroupName: str) -> Parameters:
        group = self._group("DescribeModelPackageGroup", ModelPackageGroupName)
        return {
            "ModelPackageGroupName": group.name,
            "ModelPackageGroupArn": group.arn,
            "CreationTime": self.now(),
            "CreatedBy": {},
            "ModelPackageGroupStatus": "Completed",
        }

    def sagemaker_CreateModelPackageGroup(
        self,
        *,
        ModelPackageGroupName: str,
        ModelPackageGroupDescription: str = "",
        Tags: list[Parameters] | None = None,
    ) -> Parameters:
        if (HUB, ModelPackageGroupName.lower()) in self.groups:
            raise failure(
                "CreateModelPackageGroup", "ValidationException", "ModelPackageGroup already exists"
            )
        group = Group(
            name=ModelPackageGroupName, account=HUB, tags={tag["Key"]: tag["Value"] for tag in Tags or []}
        )
        self.groups[HUB, ModelPackageGroupName.lower()] = group
        return {"ModelPackageGroupArn": group.arn}

    def _tagged(self, operation: str, arn: str) -> Group:
        group = next((group for group in self.groups.values() if group.arn == arn), None)
        if group is None:
            raise failure(operation, "ValidationException", f"{arn} does not exist.")
        return group

    def sagemaker_ListTags(self, *, ResourceArn: str) -> Parameters:
        group = self._tagged("ListTags", ResourceArn)
        return {"Tags": [{"Key": key, "Value": value} for key, value in group.tags.items()]}

    def sagemaker_AddTags(self, *, ResourceArn: str, Tags: list[Parameters]) -> Parameters:
        group = self._tagged("AddTags", ResourceArn)
        group.tags.update({tag["Key"]: tag["Value"] for tag in Tags})
        return {"Tags": [{"Key": key, "Value": value} for key, value in group.tags.items()]}

    def sagemaker_PutModelPackageGroupPolicy(
        self, *, ModelPackageGroupName: str, ResourcePolicy: str
    ) -> Parameters:
        group = self._group("PutModelPackageGroupPolicy", ModelPackageGroupName)
        for statement in json.loads(ResourcePolicy)["Statement"]:
            if "group-policy" in self.feared and (
                "Condition" in statement or "*" in statement["Principal"]["AWS"]
            ):
                raise failure("PutModelPackageGroupPolicy", "ValidationException", "Name accounts alone.")
        group.policy = ResourcePolicy
        return {"ModelPackageGroupArn": group.arn}

    def sagemaker_GetModelPackageGroupPolicy(self, *, ModelPackageGroupName: str) -> Parameters:
        group = self._group("GetModelPackageGroupPolicy", ModelPackageGroupName)
        if not group.policy:
            raise failure(
                "GetModelPackageGroupPolicy", "ValidationException", "Resource policy does not exist."
            )
        return {"ResourcePolicy": group.policy}

    def sagemaker_ListModelPackages(
        self,
        *,
        ModelPackageGroupName: str,
        SortBy: str = "CreationTime",
        SortOrder: str = "Ascending",
        MaxResults: int = 10,
        ModelApprovalStatus: str | None = None,
        NextToken: str = "0",
    ) -> Parameters:
        group = self._group("ListModelPackages", ModelPackageGroupName)
        summary = (
            "ModelPackageGroupName",
            "ModelPackageVersion",
            "ModelPackageArn",
            "ModelPackageDescription",
            "CreationTime",
            "ModelPackageStatus",
            "ModelApprovalStatus",
            "ModelLifeCycle",
        )
        found = [
            {name: version[name] for name in summary if name in version}
            for version in self.versions_of(HUB, group.name)
            if ModelApprovalStatus in (None, version["ModelApprovalStatus"])
        ]
        ordered = found[::-1] if SortOrder == "Descending" else found
        # AWS may give fewer than asked for: in pages of two, so that nobody can forget that there are more.
        page, following = paged(ordered, NextToken, min(MaxResults, 2))
        return {"ModelPackageSummaryList": page} | ({"NextToken": following} if following else {})

    def sagemaker_CreateModelPackage(
        self, *, ClientToken: str, ModelPackageGroupName: str, **fields: Any
    ) -> Parameters:
        group = self._group("CreateModelPackage", ModelPackageGroupName)
        if "model-card-field" in self.feared and "ModelCard" in fields:
            raise failure("CreateModelPackage", "ValidationException", "ModelCard cannot be given here.")
        token = (group.name, ClientToken)
        if token not in self._client_tokens:
            arn = self._add_version(HUB, {"ModelPackageGroupName": group.name, **fields})
            self._client_tokens[token] = arn
            self._announce(arn)
        return {"ModelPackageArn": self._client_tokens[token]}

    def sagemaker_UpdateModelPackage(self, *, ModelPackageArn: str, **fields: Any) -> Parameters:
        version = self.sagemaker_DescribeModelPackage(
            ModelPackageName=ModelPackageArn, IncludedData="MetadataOnly"
        )
        if "CustomerMetadataProperties" in fields and "metadata-update" not in self.feared:
            # What an update does not name stays.
            kept = version.get("CustomerMetadataProperties", {})
            fields["CustomerMetadataProperties"] = {**kept, **fields["CustomerMetadataProperties"]}
        self.versions[ModelPackageArn].update(fields)
        self._modified(ModelPackageArn, f"arn:aws:sts::{HUB}:assumed-role/hub/session")
        self._announce(ModelPackageArn, *fields)
        return {"ModelPackageArn": ModelPackageArn}


def state_change(arn: str, status: str, **changes: Any) -> Parameters:
    """The event that SageMaker sends when a version's approval status changes."""
    return {
        "version": "0",
        "id": "7f0d9f1e-0000-4000-8000-000000000000",
        "detail-type": "SageMaker Model Package State Change",
        "source": "aws.sagemaker",
        "account": arn.split(":")[4],
        "time": "2026-11-21T09:15:00Z",
        "region": REGION,
        "resources": [arn],
        "detail": {
            "ModelPackageArn": arn,
            "ModelPackageGroupName": arn.split("/")[1],
            "ModelApprovalStatus": status,
        },
        **changes,
    }


def policy(cloud: SageMaker, group: str) -> Parameters:
    """The resource policy of a central group."""
    return json.loads(cloud.groups[HUB, group.lower()].policy)  # type: ignore[no-any-return]
