"""Who may do what with an object of the central bucket.

Statements that deny hold for everybody, the account's administrators included: what they leave open, the
policies of roles of the account may allow. Other accounts need a statement that allows as well.
"""

from collections.abc import Sequence

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from base.contracts import tags
from base.contracts.objects import (
    DIRECT_RECEIPTS,
    MODELS,
    RECORDS,
    REGISTERED,
    VERSIONS,
    decisions,
    registered,
)
from base.roles import role_arn
from registry.parties import Conditions, Parties, both

OWN_REGISTERED = f"{registered('${aws:PrincipalAccount}')}/*"
"""What the caller's account has registered."""


class BucketPolicy:
    """The statements of the central bucket's policy."""

    def __init__(self, bucket: s3.IBucket, parties: Parties) -> None:
        """Prepare the statements.

        Args:
            bucket: The central bucket.
            parties: Whom they mean.
        """
        self._bucket = bucket
        self._bucket_arn = bucket.bucket_arn
        self._parties = parties
        names = parties.names
        self._promotion = self._hub_role(names.promotion_role)
        self._release = self._hub_role(names.release_role)
        self._stages = self._hub_role(names.stage_role)
        self._officer = self._hub_role(names.governance_officer_role)

    def statements(self) -> list[iam.PolicyStatement]:
        """All statements."""
        return [
            *self._writing(),
            *self._recording(),
            *self._tagging(),
            *self._deleting(),
            *self._training(),
            *(self._serving() if self._parties.serving_roles else ()),
        ]

    def _writing(self) -> list[iam.PolicyStatement]:
        """Promotion writes models, training what its own account registers, and records are beside."""
        recorders = [self._release, self._stages, self._officer]
        trainings = self._parties.training_roles
        put = ["s3:PutObject"]
        return [
            self._deny("NothingElseIsWritten", put, but=VERSIONS),
            self._deny("OnlyPromotionWritesModels", put, [MODELS], _unless(self._promotion, *recorders)),
            self._deny("OnlyTrainingRegisters", put, [REGISTERED], _unless(trainings, *recorders)),
            self._deny("TrainingKeepsToItsAccount", put, but=[OWN_REGISTERED], conditions=_if(trainings)),
        ]

    def _recording(self) -> list[iam.PolicyStatement]:
        """Each record is written by one role, and once.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
        """
        own = {
            "ReleaseRecords": (self._release, [*DIRECT_RECEIPTS, *decisions("central-approval")]),
            "StagesRecord": (self._stages, decisions("test", "production-approval", "production")),
            "TheOfficerRecords": (self._officer, decisions("card-approval")),
        }
        put = ["s3:PutObject"]
        return [
            *(self._deny(sid, put, but=keys, conditions=_if(role_)) for sid, (role_, keys) in own.items()),
            self._deny(
                "NobodyElseRecords",
                put,
                [*DIRECT_RECEIPTS, *decisions("*")],
                _unless(self._release, self._stages, self._officer),
            ),
            self._deny("RecordsAreWrittenOnce", put, RECORDS, {"Null": {"s3:if-none-match": "true"}}),
        ]

    def _tagging(self) -> list[iam.PolicyStatement]:
        """Release says what is approved; stages let into production what release has approved."""
        admitted = {"StringEquals": {f"s3:RequestObjectTag/{tags.PRODUCTION}": tags.ADMITTED}}
        put = ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"]
        everything = ["*"]
        return [
            self._deny(
                "OnlyReleaseAndStagesTag",
                [*put, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"],
                everything,
                _unless(self._release, self._stages),
            ),
            self._deny(
                "ReleaseAdmitsNothing",
                put,
                everything,
                both(
                    _if(self._release),
                    admitted,
                    {"StringNotEquals": {f"s3:ExistingObjectTag/{tags.PRODUCTION}": tags.ADMITTED}},
                ),
            ),
            *(
                self._deny(
                    sid,
                    put,
                    everything,
                    both(
                        _if(self._stages), {"StringNotEquals": {f"s3:{key}/{tags.APPROVAL}": tags.APPROVED}}
                    ),
                )
                for sid, key in (
                    ("StagesTagWhatIsApproved", "ExistingObjectTag"),
                    ("StagesLeaveItApproved", "RequestObjectTag"),
                )
            ),
        ]

    def _deleting(self) -> list[iam.PolicyStatement]:
        """Promotion removes what an interrupted run left, and a version of the object stays behind."""
        return [
            self._deny("OnlyPromotionDeletes", ["s3:DeleteObject"], ["*"], _unless(self._promotion)),
            self._deny("RecordsStay", ["s3:DeleteObject"], [REGISTERED, *RECORDS]),
            self._deny("NothingIsErased", ["s3:DeleteObjectVersion"], ["*"]),
        ]

    def _training(self) -> list[iam.PolicyStatement]:
        return [
            self._allow(
                "TrainingRolesRegister",
                ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
                [OWN_REGISTERED],
                self._parties.trainings,
            ),
            self._allow_listing("TrainingRolesList", [OWN_REGISTERED], self._parties.trainings),
        ]

    def _serving(self) -> list[iam.PolicyStatement]:
        """What is overwritten loses its tags, and cannot be read until it is approved again."""
        approved: Conditions = {"StringEquals": {f"s3:ExistingObjectTag/{tags.APPROVAL}": tags.APPROVED}}
        admitted: Conditions = {"StringEquals": {f"s3:ExistingObjectTag/{tags.PRODUCTION}": tags.ADMITTED}}
        get = ["s3:GetObject"]
        return [
            self._allow(
                "TestReadsWhatIsApproved", get, VERSIONS, both(self._parties.test_endpoints, approved)
            ),
            self._allow(
                "ProductionReadsWhatIsAdmitted",
                get,
                VERSIONS,
                both(self._parties.production_endpoints, approved, admitted),
            ),
            # SageMaker lists the files of an uncompressed model; their names are no secret among endpoints.
            self._allow_listing("EndpointsList", VERSIONS, self._parties.endpoints),
        ]

    def _hub_role(self, name: str) -> str:
        return role_arn(cdk.Stack.of(self._bucket).account, name)

    def _allow(
        self, sid: str, actions: list[str], keys: Sequence[str], conditions: Conditions
    ) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid=sid,
            principals=[iam.AnyPrincipal()],
            actions=actions,
            resources=self._arns(keys),
            conditions=dict(conditions),
        )

    def _allow_listing(
        self, sid: str, prefixes: Sequence[str], conditions: Conditions
    ) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid=sid,
            principals=[iam.AnyPrincipal()],
            actions=["s3:ListBucket"],
            resources=[self._bucket_arn],
            conditions=both(conditions, {"StringLike": {"s3:prefix": list(prefixes)}}),
        )

    def _deny(
        self,
        sid: str,
        actions: list[str],
        keys: Sequence[str] | None = None,
        conditions: Conditions | None = None,
        *,
        but: Sequence[str] | None = None,
    ) -> iam.PolicyStatement:
        """A statement for everybody: about some keys, or about all but some."""
        return iam.PolicyStatement(
            sid=sid,
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=actions,
            resources=self._arns(keys) if keys else None,
            not_resources=self._arns(but) if but else None,
            conditions=dict(conditions) if conditions else None,
        )

    def _arns(self, keys: Sequence[str]) -> list[str]:
        return [f"{self._bucket_arn}/{key}" for key in keys]


def _if(role_arn_pattern: str) -> Conditions:
    return {"ArnLike": {"aws:PrincipalArn": role_arn_pattern}}


def _unless(*role_arn_patterns: str) -> Conditions:
    return {"ArnNotLike": {"aws:PrincipalArn": list(role_arn_patterns)}}
