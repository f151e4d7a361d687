"""What promotion refuses, and what it says: the sentence leads to what has to be changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.promotion import copying
from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import (
    HUB,
    OTHER_TEAM,
    REGION,
    REGISTRY_BUCKET,
    TEAM,
    TEAM_BUCKET,
    Call,
    Cloud,
    Parameters,
    failure,
)
from tests.registry.promoting import (
    AWS_IMAGE,
    GROUP,
    ROLE_ARN,
    container,
    inference,
    promote,
    simple_version,
    uncompressed,
)


def artifact_in_a_bucket_of_another_account(cloud: Cloud) -> str:
    foreign = f"mlplatform-p-xyz-{OTHER_TEAM}-{REGION}"
    cloud.owners[foreign] = OTHER_TEAM
    uri = cloud.put(foreign, "models/model.tar.gz", b"somebody else's")
    return simple_version(cloud, InferenceSpecification=inference(container(uri)))


def artifact_in_the_central_bucket(cloud: Cloud) -> str:
    uri = cloud.put(REGISTRY_BUCKET, f"models/{OTHER_TEAM}/g/1/model.tar.gz", b"somebody else's")
    return simple_version(cloud, InferenceSpecification=inference(container(uri)))


def missing_artifact(cloud: Cloud) -> str:
    arn = simple_version(cloud)
    del cloud.objects[TEAM_BUCKET, "models/run-1/model.tar.gz"]
    return arn


def empty_prefix(cloud: Cloud) -> str:
    return simple_version(cloud, InferenceSpecification=inference(uncompressed("models/none/")))


def artifact_by_https(cloud: Cloud) -> str:
    url = f"https://{TEAM_BUCKET}.s3.{REGION}.amazonaws.com/models/model.tar.gz"
    return simple_version(cloud, InferenceSpecification=inference(container(url)))


def artifact_by_manifest(cloud: Cloud) -> str:
    source = {
        "S3Uri": f"s3://{TEAM_BUCKET}/models/run-1/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
        "ManifestS3Uri": f"s3://{TEAM_BUCKET}/models/manifest.csv",
    }
    specification = inference({"Image": AWS_IMAGE, "ModelDataSource": {"S3DataSource": source}})
    return simple_version(cloud, InferenceSpecification=specification)


def failed_version(cloud: Cloud) -> str:
    return simple_version(cloud, ModelPackageStatus="Failed")


def too_much_metadata(cloud: Cloud) -> str:
    return simple_version(cloud, CustomerMetadataProperties={f"key-{n}": "value" for n in range(46)})


def group_of_another_account(cloud: Cloud) -> str:
    cloud.register(HUB, GROUP)
    cloud.groups[HUB, GROUP.lower()].tags = {"source-account": OTHER_TEAM}
    return simple_version(cloud)


def group_of_nobody(cloud: Cloud) -> str:
    cloud.register(HUB, GROUP)
    return simple_version(cloud)


def version_that_is_gone(cloud: Cloud) -> str:
    arn = simple_version(cloud)
    del cloud.versions[arn]
    return arn


REFUSALS: dict[str, tuple[Callable[[Cloud], str], list[str]]] = {
    "bucket of another account": (
        artifact_in_a_bucket_of_another_account,
        [f"either its bucket is not account {TEAM}'s", "s3:GetObject", "kms:Decrypt"],
    ),
    "artifact in the central bucket": (
        artifact_in_the_central_bucket,
        [f"either its bucket is not account {TEAM}'s"],
    ),
    "missing artifact": (
        missing_artifact,
        ["run-1/model.tar.gz", "does not exist", "register the version again"],
    ),
    "empty prefix": (empty_prefix, ["models/none/", "register the version again"]),
    "artifact by https": (artifact_by_https, ["ModelDataUrl", "s3://bucket/key"]),
    "artifact by manifest": (artifact_by_manifest, ["manifest.csv", "S3 prefix"]),
    "failed version": (failed_version, ["has failed"]),
    "too much metadata": (
        too_much_metadata,
        ["46 customer metadata properties", "adds 6", "50", "remove some"],
    ),
    "group of another account": (
        group_of_another_account,
        [f"holds the models of account {OTHER_TEAM}", "another group name"],
    ),
    "group of nobody": (group_of_nobody, ["has no tag source-account"]),
    "version that is gone": (version_that_is_gone, ["does not exist any more"]),
}


@pytest.mark.parametrize(("make", "words"), REFUSALS.values(), ids=list(REFUSALS))
def test_refusals_say_what_to_do_and_register_nothing(
    cloud: Cloud, promotion: Promotion, make: Callable[[Cloud], str], words: list[str]
) -> None:
    arn = make(cloud)
    before = len(cloud.versions_of(HUB, GROUP))

    with pytest.raises(RegistryError) as refusal:
        promote(promotion, arn)

    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    for word in words:
        assert word in sentence
    assert len(cloud.versions_of(HUB, GROUP)) == before


def statement(sentence: str, number: int = 0) -> dict[str, Any]:
    """The policy statement that a refusal asks for."""
    found: list[dict[str, Any]] = []
    rest = sentence
    while "{" in rest:
        start = rest.index("{")
        parsed, end = json.JSONDecoder().raw_decode(rest[start:])
        found.append(parsed)
        rest = rest[start + end :]
    return found[number]


BUCKET_REFUSES = "is not authorized to perform: s3:GetObject because no resource-based policy allows it"
KEY_REFUSES = "is not authorized to perform: kms:Decrypt because no resource-based policy allows it"
PROMOTION_ROLE = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"},
}
ROLE_IS_PROMOTION = {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}}
READ = {
    **PROMOTION_ROLE,
    "Action": ["s3:GetObject"],
    "Resource": f"arn:aws:s3:::{TEAM_BUCKET}/*",
    "Condition": ROLE_IS_PROMOTION,
}
DECRYPT = {
    **PROMOTION_ROLE,
    "Action": ["kms:Decrypt"],
    "Resource": "*",
    "Condition": {
        **ROLE_IS_PROMOTION,
        "StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
    },
}


@dataclass(frozen=True, kw_only=True)
class Denial:
    """An operation that a team's account denies, what S3 says of it, and the statement that is missing."""

    operation: str
    message: str
    code: str = "AccessDenied"
    asks_for: dict[str, Any]
    head: bool = False


DENIALS = {
    "the bucket denies reading": Denial(
        operation="HeadObject", message=BUCKET_REFUSES, asks_for=READ, head=True
    ),
    "the key denies reading": Denial(
        operation="HeadObject", message=KEY_REFUSES, asks_for=DECRYPT, head=True
    ),
    "nothing is said": Denial(operation="HeadObject", message="Access Denied", asks_for=READ, head=True),
    "the bucket denies copying": Denial(operation="CopyObject", message=BUCKET_REFUSES, asks_for=READ),
    "the key denies copying": Denial(operation="CopyObject", message=KEY_REFUSES, asks_for=DECRYPT),
    "the bucket denies a part": Denial(operation="UploadPartCopy", message=BUCKET_REFUSES, asks_for=READ),
    "the key denies a part": Denial(operation="UploadPartCopy", message=KEY_REFUSES, asks_for=DECRYPT),
    "the bucket denies listing": Denial(operation="ListObjectsV2", message=BUCKET_REFUSES, asks_for=READ),
}


@pytest.mark.parametrize("denial", DENIALS.values(), ids=list(DENIALS))
def test_a_denial_gives_the_statement_to_add(
    cloud: Cloud, promotion: Promotion, monkeypatch: pytest.MonkeyPatch, denial: Denial
) -> None:
    if denial.operation == "UploadPartCopy":
        monkeypatch.setattr(copying, "SINGLE_COPY_LIMIT", 1)
    cloud.put(TEAM_BUCKET, "folder/part", b"part")
    uri = cloud.put(TEAM_BUCKET, "model.tar.gz", b"model")
    specification = inference(container(uri), uncompressed("folder/"))
    arn = simple_version(cloud, InferenceSpecification=specification)

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == denial.operation and denial.head:
            raise failure(operation, "403", "Forbidden", 403)
        if operation == denial.operation or (denial.head and operation == "GetObject"):
            raise failure(operation, denial.code, denial.message, 403)
        return call()

    cloud.interfere = interfere

    with pytest.raises(RegistryError) as refusal:
        promote(promotion, arn)

    assert statement(str(refusal.value)) == denial.asks_for
    assert str(refusal.value).endswith("Then replay the event.")
    assert cloud.versions_of(HUB, GROUP) == []


@pytest.mark.parametrize("action", ["s3:PutObject", "kms:GenerateDataKey"])
def test_a_denial_on_the_side_of_the_registry_asks_nothing_of_the_team(
    cloud: Cloud, promotion: Promotion, action: str
) -> None:
    arn = simple_version(cloud)

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "CopyObject":
            raise failure(operation, "AccessDenied", f"is not authorized to perform: {action}", 403)
        return call()

    cloud.interfere = interfere

    with pytest.raises(RegistryError, match=r"may not write its copy .* deploy the registry again"):
        promote(promotion, arn)


def test_a_denial_that_says_nothing_names_both_policies(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    cloud.denied = {"s3:HeadObject", "s3:GetObject"}
    cloud.interfere = lambda _n, operation, call: nothing_said(operation, call)

    with pytest.raises(RegistryError) as refusal:
        promote(promotion, arn)

    assert statement(str(refusal.value), 0) == READ
    assert statement(str(refusal.value), 1)["Action"] == ["s3:ListBucket"]
    assert statement(str(refusal.value), 2) == DECRYPT


def nothing_said(operation: str, call: Call) -> Parameters:
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            raise failure(operation, "AccessDenied", "Access Denied", 403) from error
        raise


def test_a_group_that_does_not_show_its_versions_is_named(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    cloud.denied = {"sagemaker:DescribeModelPackage"}

    with pytest.raises(RegistryError, match=f"resource policy of the group churn-p-abc in account {TEAM}"):
        promote(promotion, arn)


# What is not the same.


def test_a_copy_that_differs_registers_nothing(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)

    def corrupt(_number: int, operation: str, call: Call) -> Parameters:
        response = call()
        if operation == "CopyObject":
            for (bucket, key), item in list(cloud.objects.items()):
                if bucket == REGISTRY_BUCKET:
                    cloud.put(bucket, key, item.body.upper())
        return response

    cloud.interfere = corrupt

    with pytest.raises(RegistryError, match=r"is not the same as .*CRC64NVME"):
        promote(promotion, arn)
    assert cloud.versions_of(HUB, GROUP) == []


def test_a_source_that_changes_while_it_is_copied_registers_nothing(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)

    def change(_number: int, operation: str, call: Call) -> Parameters:
        if operation == "CopyObject":
            cloud.put(TEAM_BUCKET, "models/run-1/model.tar.gz", b"another one")
        return call()

    cloud.interfere = change

    with pytest.raises(RegistryError, match="was written anew while it was copied"):
        promote(promotion, arn)
    assert cloud.versions_of(HUB, GROUP) == []
