"""The central bucket and its key: the policies, asked about requests of everybody who might try."""

import pytest
from ministack.core.iam_evaluator import EvalContext

from tests.registry.cloud import HUB, REGION, TEAM
from tests.registry.registry_stack import (
    ATTRIBUTES,
    BUCKET,
    NAMES,
    OBJECT,
    PRODUCTION,
    TEST,
    UNITS,
    Template,
    asks,
    decided,
    only,
    resources,
)

ENDPOINT, PROMOTION, RELEASE, STAGES = (
    NAMES.endpoint_role,
    NAMES.promotion_role,
    NAMES.release_role,
    NAMES.stage_role,
)
ML_ENGINEER, OFFICER = NAMES.ml_engineer_role, NAMES.governance_officer_role
TRAINING = f"{NAMES.prefix}-training-p-abc"
ANOTHER_TEAM = "777777777777"
ANOTHER_ORGANIZATION = "o-anotherone"

FOLDER = OBJECT.rpartition("/")[0]
RECEIPT = f"{FOLDER}/receipt.json"
DIRECT = f"{BUCKET}/registered/{TEAM}/p-abc/runs/1"
DIRECT_OBJECT = f"{DIRECT}/model.tar.gz"
DIRECT_FOLDER = f"{DIRECT}/version-1"
DIRECT_RECEIPT = f"{DIRECT_FOLDER}/receipt.json"


def decision(kind: str, folder: str = FOLDER) -> str:
    return f"{folder}/decisions/{kind}-0123456789abcdef.json"


APPROVED = {"s3:ExistingObjectTag/approval-status": "Approved"}
REJECTED = {"s3:ExistingObjectTag/approval-status": "Rejected"}
ADMITTED = {**APPROVED, "s3:ExistingObjectTag/production-status": "Admitted"}
ONCE = {"s3:if-none-match": "*"}
BELOW_MODELS = {"s3:prefix": f"models/{TEAM}/"}
ASKS_APPROVED = {"s3:RequestObjectTag/approval-status": "Approved"}
ASKS_ADMITTED = {**ASKS_APPROVED, "s3:RequestObjectTag/production-status": "Admitted"}

# "ImplicitDeny" says of a role of the hub that its own policy decides, and of any other that it may not.
SERVING = {
    "test reads an approved artifact": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys=APPROVED),
        "Allow",
    ),
    "test reads an approved artifact that was registered directly": (
        asks(ENDPOINT, "s3:GetObject", DIRECT_OBJECT, account=TEST, keys=APPROVED),
        "Allow",
    ),
    "test reads one without a tag": (asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST), "ImplicitDeny"),
    "test reads a rejected one": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys=REJECTED),
        "ImplicitDeny",
    ),
    "test reads one that is admitted but rejected since": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys={**ADMITTED, **REJECTED}),
        "ImplicitDeny",
    ),
    "production reads an admitted artifact": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=PRODUCTION, keys=ADMITTED),
        "Allow",
    ),
    "production reads an admitted artifact that was registered directly": (
        asks(ENDPOINT, "s3:GetObject", DIRECT_OBJECT, account=PRODUCTION, keys=ADMITTED),
        "Allow",
    ),
    "production reads one that is only approved": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=PRODUCTION, keys=APPROVED),
        "ImplicitDeny",
    ),
    "production reads one that is admitted but rejected since": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=PRODUCTION, keys={**ADMITTED, **REJECTED}),
        "ImplicitDeny",
    ),
    "an account in a unit below production's reads": (
        asks(
            ENDPOINT,
            "s3:GetObject",
            OBJECT,
            account=ANOTHER_TEAM,
            units=(UNITS.workloads, UNITS.production, "ou-ml01-bank0001"),
            keys=ADMITTED,
        ),
        "Allow",
    ),
    "an endpoint role outside the units reads": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=ANOTHER_TEAM, units=(), keys=ADMITTED),
        "ImplicitDeny",
    ),
    "an endpoint role of the development unit reads": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEAM, keys=ADMITTED),
        "ImplicitDeny",
    ),
    "an endpoint of another organisation reads": (
        asks(
            ENDPOINT,
            "s3:GetObject",
            OBJECT,
            account=TEST,
            keys=ADMITTED,
            organization=ANOTHER_ORGANIZATION,
        ),
        "ImplicitDeny",
    ),
    "another role of the test account reads": (
        asks("administrator", "s3:GetObject", OBJECT, account=TEST, keys=ADMITTED),
        "ImplicitDeny",
    ),
    "an endpoint reads what is no model": (
        asks(ENDPOINT, "s3:GetObject", f"{BUCKET}/notes/1", account=TEST, keys=ADMITTED),
        "ImplicitDeny",
    ),
    "an endpoint reads without TLS": (
        asks(ENDPOINT, "s3:GetObject", OBJECT, account=TEST, keys=ADMITTED, secure=False),
        "Deny",
    ),
    "an endpoint lists models": (
        asks(ENDPOINT, "s3:ListBucket", BUCKET, account=TEST, keys=BELOW_MODELS),
        "Allow",
    ),
    "an endpoint lists what is registered directly": (
        asks(
            ENDPOINT, "s3:ListBucket", BUCKET, account=PRODUCTION, keys={"s3:prefix": f"registered/{TEAM}/"}
        ),
        "Allow",
    ),
    "an endpoint lists everything": (asks(ENDPOINT, "s3:ListBucket", BUCKET, account=TEST), "ImplicitDeny"),
    "an endpoint writes": (asks(ENDPOINT, "s3:PutObject", OBJECT, account=TEST), "Deny"),
    "an endpoint tags": (asks(ENDPOINT, "s3:PutObjectTagging", OBJECT, account=PRODUCTION), "Deny"),
}
WRITING = {
    "promotion writes a model": (asks(PROMOTION, "s3:PutObject", OBJECT), "ImplicitDeny"),
    "promotion writes a receipt": (asks(PROMOTION, "s3:PutObject", RECEIPT, keys=ONCE), "ImplicitDeny"),
    "promotion overwrites a receipt": (asks(PROMOTION, "s3:PutObject", RECEIPT), "Deny"),
    "promotion copies a file of a model that is called as a receipt": (
        asks(PROMOTION, "s3:PutObject", f"{FOLDER}/model/receipt.json"),
        "ImplicitDeny",
    ),
    "promotion copies a file of a model that is called as a decision": (
        asks(PROMOTION, "s3:PutObject", f"{FOLDER}/model/decisions/test-1.json"),
        "ImplicitDeny",
    ),
    "promotion writes among what is registered directly": (
        asks(PROMOTION, "s3:PutObject", DIRECT_OBJECT),
        "Deny",
    ),
    "promotion forges a decision": (
        asks(PROMOTION, "s3:PutObject", decision("production-approval"), keys=ONCE),
        "Deny",
    ),
    "a role named like promotion writes": (asks(PROMOTION, "s3:PutObject", OBJECT, account=TEAM), "Deny"),
    "release writes a model": (asks(RELEASE, "s3:PutObject", OBJECT), "Deny"),
    "stages write a model": (asks(STAGES, "s3:PutObject", OBJECT), "Deny"),
    "the officer writes a model": (asks(OFFICER, "s3:PutObject", OBJECT), "Deny"),
    "a data scientist writes a model": (asks("data-scientist", "s3:PutObject", OBJECT, account=TEAM), "Deny"),
    "the hub's administrator writes a model": (asks("administrator", "s3:PutObject", OBJECT), "Deny"),
    "the hub's administrator writes elsewhere": (
        asks("administrator", "s3:PutObject", f"{BUCKET}/notes/1"),
        "Deny",
    ),
    "promotion writes elsewhere": (asks(PROMOTION, "s3:PutObject", f"{BUCKET}/notes/1"), "Deny"),
}
REGISTERING = {
    "training writes below its account": (
        asks(TRAINING, "s3:PutObject", DIRECT_OBJECT, account=TEAM),
        "Allow",
    ),
    "training reads what it wrote": (asks(TRAINING, "s3:GetObject", DIRECT_OBJECT, account=TEAM), "Allow"),
    "training lists what it wrote": (
        asks(
            TRAINING, "s3:ListBucket", BUCKET, account=TEAM, keys={"s3:prefix": f"registered/{TEAM}/p-abc/"}
        ),
        "Allow",
    ),
    "training lists another account's": (
        asks(
            TRAINING,
            "s3:ListBucket",
            BUCKET,
            account=TEAM,
            keys={"s3:prefix": f"registered/{ANOTHER_TEAM}/"},
        ),
        "ImplicitDeny",
    ),
    "training writes below another account": (
        asks(TRAINING, "s3:PutObject", f"{BUCKET}/registered/{ANOTHER_TEAM}/model.tar.gz", account=TEAM),
        "Deny",
    ),
    "training reads another account's": (
        asks(TRAINING, "s3:GetObject", f"{BUCKET}/registered/{ANOTHER_TEAM}/model.tar.gz", account=TEAM),
        "ImplicitDeny",
    ),
    "training writes a promoted model": (asks(TRAINING, "s3:PutObject", OBJECT, account=TEAM), "Deny"),
    "training reads a promoted model": (asks(TRAINING, "s3:GetObject", OBJECT, account=TEAM), "ImplicitDeny"),
    "training writes its receipt": (
        asks(TRAINING, "s3:PutObject", DIRECT_RECEIPT, account=TEAM, keys=ONCE),
        "Deny",
    ),
    "training forges a decision": (
        asks(TRAINING, "s3:PutObject", decision("central-approval", DIRECT_FOLDER), account=TEAM, keys=ONCE),
        "Deny",
    ),
    "training approves by a tag": (
        asks(TRAINING, "s3:PutObjectTagging", DIRECT_OBJECT, account=TEAM, keys=ASKS_APPROVED),
        "Deny",
    ),
    "training approves a version of an object": (
        asks(TRAINING, "s3:PutObjectVersionTagging", DIRECT_OBJECT, account=TEAM, keys=ASKS_APPROVED),
        "Deny",
    ),
    "training deletes": (asks(TRAINING, "s3:DeleteObject", DIRECT_OBJECT, account=TEAM), "Deny"),
    "training outside the development unit writes": (
        asks(TRAINING, "s3:PutObject", f"{BUCKET}/registered/{TEST}/model.tar.gz", account=TEST),
        "ImplicitDeny",
    ),
    "training of another organisation writes": (
        asks(TRAINING, "s3:PutObject", DIRECT_OBJECT, account=TEAM, organization=ANOTHER_ORGANIZATION),
        "ImplicitDeny",
    ),
    "another role of the team writes": (
        asks(NAMES.lead_data_scientist_role, "s3:PutObject", DIRECT_OBJECT, account=TEAM),
        "Deny",
    ),
}
KINDS = {
    "central-approval": RELEASE,
    "test": STAGES,
    "production-approval": STAGES,
    "production": STAGES,
    "card-approval": OFFICER,
}
RECORDING = {
    **{
        f"{role} records {kind} {where}": (
            asks(role, "s3:PutObject", decision(kind, folder), keys=ONCE),
            "ImplicitDeny" if role == writer else "Deny",
        )
        for kind, writer in KINDS.items()
        for role in (PROMOTION, RELEASE, STAGES, OFFICER, ML_ENGINEER)
        for where, folder in (("of a promoted version", FOLDER), ("of a direct one", DIRECT_FOLDER))
    },
    **{
        f"{writer} overwrites {kind}": (asks(writer, "s3:PutObject", decision(kind)), "Deny")
        for kind, writer in KINDS.items()
    },
    "release writes the receipt of a direct version": (
        asks(RELEASE, "s3:PutObject", DIRECT_RECEIPT, keys=ONCE),
        "ImplicitDeny",
    ),
    "release overwrites the receipt of a direct version": (
        asks(RELEASE, "s3:PutObject", DIRECT_RECEIPT),
        "Deny",
    ),
    "release writes the receipt of a promoted version": (
        asks(RELEASE, "s3:PutObject", RECEIPT, keys=ONCE),
        "Deny",
    ),
    "stages write a receipt": (asks(STAGES, "s3:PutObject", RECEIPT, keys=ONCE), "Deny"),
    "the hub's administrator writes a receipt": (
        asks("administrator", "s3:PutObject", RECEIPT, keys=ONCE),
        "Deny",
    ),
}
TAGGING = {
    "release approves": (asks(RELEASE, "s3:PutObjectTagging", OBJECT, keys=ASKS_APPROVED), "ImplicitDeny"),
    "release keeps what is admitted": (
        asks(RELEASE, "s3:PutObjectTagging", OBJECT, keys={**ADMITTED, **ASKS_ADMITTED}),
        "ImplicitDeny",
    ),
    "release admits": (
        asks(RELEASE, "s3:PutObjectTagging", OBJECT, keys={**APPROVED, **ASKS_ADMITTED}),
        "Deny",
    ),
    "stages admit what is approved": (
        asks(STAGES, "s3:PutObjectTagging", OBJECT, keys={**APPROVED, **ASKS_ADMITTED}),
        "ImplicitDeny",
    ),
    "stages admit what is rejected": (
        asks(STAGES, "s3:PutObjectTagging", OBJECT, keys={**REJECTED, **ASKS_ADMITTED}),
        "Deny",
    ),
    "stages admit what has no tag": (
        asks(STAGES, "s3:PutObjectTagging", OBJECT, keys=ASKS_ADMITTED),
        "Deny",
    ),
    "stages drop the approval": (
        asks(
            STAGES,
            "s3:PutObjectTagging",
            OBJECT,
            keys={**APPROVED, "s3:RequestObjectTag/production-status": "Admitted"},
        ),
        "Deny",
    ),
    "promotion tags": (asks(PROMOTION, "s3:PutObjectTagging", OBJECT, keys=ASKS_APPROVED), "Deny"),
    "the ML engineer tags": (asks(ML_ENGINEER, "s3:PutObjectTagging", OBJECT, keys=ASKS_APPROVED), "Deny"),
    "the hub's administrator tags a version of an object": (
        asks("administrator", "s3:PutObjectVersionTagging", OBJECT, keys=ASKS_APPROVED),
        "Deny",
    ),
}
DELETING = {
    "promotion removes what it left": (asks(PROMOTION, "s3:DeleteObject", OBJECT), "ImplicitDeny"),
    "promotion removes a receipt": (asks(PROMOTION, "s3:DeleteObject", RECEIPT), "Deny"),
    "promotion removes a decision": (asks(PROMOTION, "s3:DeleteObject", decision("test")), "Deny"),
    "promotion removes what is registered directly": (
        asks(PROMOTION, "s3:DeleteObject", DIRECT_OBJECT),
        "Deny",
    ),
    "promotion erases": (asks(PROMOTION, "s3:DeleteObjectVersion", OBJECT), "Deny"),
    "the hub's administrator deletes": (asks("administrator", "s3:DeleteObject", OBJECT), "Deny"),
    "the hub's administrator erases": (asks("administrator", "s3:DeleteObjectVersion", OBJECT), "Deny"),
    "release deletes": (asks(RELEASE, "s3:DeleteObject", OBJECT), "Deny"),
}
BUCKET_DECISIONS = SERVING | WRITING | REGISTERING | RECORDING | TAGGING | DELETING


@pytest.mark.parametrize(("request_", "expected"), BUCKET_DECISIONS.values(), ids=list(BUCKET_DECISIONS))
def test_the_bucket_policy(template: Template, request_: EvalContext, expected: str) -> None:
    policy = only(template, "AWS::S3::BucketPolicy", "StorageBucket")["PolicyDocument"]
    assert decided(policy, request_) == expected


KEY = ATTRIBUTES["StorageKey"]
S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
FOR_BUCKET = {**S3, "kms:EncryptionContext:aws:s3:arn": BUCKET}
FOR_OBJECT = {**S3, "kms:EncryptionContext:aws:s3:arn": OBJECT}
FOR_ANOTHER_BUCKET = {**S3, "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::another-bucket"}

KEY_DECISIONS = {
    "an endpoint reads by the bucket's key": (
        asks(ENDPOINT, "kms:Decrypt", KEY, account=TEST, keys=FOR_BUCKET),
        "Allow",
    ),
    "an endpoint reads an object": (
        asks(ENDPOINT, "kms:Decrypt", KEY, account=PRODUCTION, keys=FOR_OBJECT),
        "Allow",
    ),
    "an endpoint decrypts directly": (asks(ENDPOINT, "kms:Decrypt", KEY, account=TEST), "ImplicitDeny"),
    "an endpoint reads another bucket": (
        asks(ENDPOINT, "kms:Decrypt", KEY, account=TEST, keys=FOR_ANOTHER_BUCKET),
        "ImplicitDeny",
    ),
    "an endpoint encrypts": (
        asks(ENDPOINT, "kms:GenerateDataKey", KEY, account=TEST, keys=FOR_BUCKET),
        "ImplicitDeny",
    ),
    "an endpoint of another organisation reads": (
        asks(ENDPOINT, "kms:Decrypt", KEY, account=TEST, keys=FOR_BUCKET, organization=ANOTHER_ORGANIZATION),
        "ImplicitDeny",
    ),
    "an endpoint role of the development unit reads": (
        asks(ENDPOINT, "kms:Decrypt", KEY, account=TEAM, keys=FOR_BUCKET),
        "ImplicitDeny",
    ),
    "training writes": (asks(TRAINING, "kms:GenerateDataKey", KEY, account=TEAM, keys=FOR_BUCKET), "Allow"),
    "training reads": (asks(TRAINING, "kms:Decrypt", KEY, account=TEAM, keys=FOR_OBJECT), "Allow"),
    "training encrypts another bucket": (
        asks(TRAINING, "kms:GenerateDataKey", KEY, account=TEAM, keys=FOR_ANOTHER_BUCKET),
        "ImplicitDeny",
    ),
    "training decrypts directly": (asks(TRAINING, "kms:Decrypt", KEY, account=TEAM), "ImplicitDeny"),
    "training of another unit writes": (
        asks(TRAINING, "kms:GenerateDataKey", KEY, account=TEST, keys=FOR_BUCKET),
        "ImplicitDeny",
    ),
    "a data scientist reads": (
        asks(NAMES.data_scientist_role, "kms:Decrypt", KEY, account=TEAM, keys=FOR_BUCKET),
        "ImplicitDeny",
    ),
}


@pytest.mark.parametrize(("request_", "expected"), KEY_DECISIONS.values(), ids=list(KEY_DECISIONS))
def test_the_key_policy(template: Template, request_: EvalContext, expected: str) -> None:
    policy = only(template, "AWS::KMS::Key")["KeyPolicy"]
    assert decided(policy, request_) == expected


def test_no_statement_names_an_account_besides_the_hub(template: Template) -> None:
    """So that the policies do not grow with accounts."""
    for kind, key in (("AWS::S3::BucketPolicy", "PolicyDocument"), ("AWS::KMS::Key", "KeyPolicy")):
        for resource in resources(template, kind).values():
            text = str(resource["Properties"][key])
            assert HUB in text or "AccessLogs" in text
            assert [account for account in (TEAM, TEST, PRODUCTION) if account in text] == []


def test_statements_are_named_apart(template: Template) -> None:
    statements = only(template, "AWS::S3::BucketPolicy", "StorageBucket")["PolicyDocument"]["Statement"]
    names = [statement["Sid"] for statement in statements if "Sid" in statement]
    assert len(names) == len(set(names)) >= len(statements) - 1


@pytest.mark.parametrize("kept", ["AWS::S3::Bucket", "AWS::KMS::Key", "AWS::S3::BucketPolicy"])
def test_what_holds_models_outlives_the_stack(template: Template, kept: str) -> None:
    found = [
        resource for name, resource in resources(template, kept).items() if "AccessLogsPolicy" not in name
    ]
    assert found
    assert {resource["DeletionPolicy"] for resource in found} == {"Retain"}


def test_the_bucket(template: Template) -> None:
    bucket = only(template, "AWS::S3::Bucket", "StorageBucket")
    assert bucket["BucketName"] == NAMES.registry_bucket
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": ATTRIBUTES["StorageKey"],
    }
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "DestinationBucketName" in bucket["LoggingConfiguration"]
