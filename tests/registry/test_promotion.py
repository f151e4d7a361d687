"""What promotion brings over, and what it refuses."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import ModelVersionArn
from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import HUB, OTHER_TEAM, REGION, REGISTRY_BUCKET, TEAM, TEAM_BUCKET, Cloud, policy

GROUP = "Churn-p-abc"
AWS_IMAGE = f"141502667606.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:3.2-0"


def container(uri: str, **more: Any) -> dict[str, Any]:
    return {"Image": AWS_IMAGE, "ModelDataUrl": uri, **more}


def inference(*containers: dict[str, Any]) -> dict[str, Any]:
    return {
        "Containers": list(containers),
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["application/json"],
    }


def simple_version(cloud: Cloud, body: bytes = b"the model", group: str = GROUP, **fields: Any) -> str:
    """A version as the build project registers it, approved."""
    uri = cloud.put(TEAM_BUCKET, "models/run-1/model.tar.gz", body)
    report = cloud.put(TEAM_BUCKET, "runs/run-1/evaluation.json", b'{"accuracy": 0.97}')
    metrics = {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": report}}}
    given = {
        "InferenceSpecification": inference(container(uri)),
        "ModelMetrics": metrics,
        "CustomerMetadataProperties": {"commit": "abc123"},
    }
    arn = cloud.register(TEAM, group, **given | fields)
    cloud.approve(arn)
    return arn


def promote(promotion: Promotion, arn: str) -> str:
    return promotion.follow(ModelVersionArn.parse(arn))


def only_central_version(cloud: Cloud, group: str = GROUP) -> dict[str, Any]:
    (version,) = cloud.versions_of(HUB, group)
    return version


def test_an_approved_version_waits_in_the_central_registry(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)

    said = promote(promotion, arn)

    version = only_central_version(cloud)
    assert said == f"{arn} is promoted to {version['ModelPackageArn']}."
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    assert version["ModelPackageDescription"].startswith(f"Promoted from {arn}, created ")
    folder = f"s3://{REGISTRY_BUCKET}/models/{TEAM}/{GROUP}/1/"
    artifact = version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    report = version["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert artifact.startswith(folder)
    assert artifact.endswith("/model.tar.gz")
    assert cloud.body(artifact) == b"the model"
    assert report.startswith(folder)
    assert cloud.body(report) == b'{"accuracy": 0.97}'
    created = version["CustomerMetadataProperties"].pop("source_created")
    assert f"/{created}/" in artifact
    assert version["CustomerMetadataProperties"] == {
        "commit": "abc123",
        "source_model_package_arn": arn,
        "source_account": TEAM,
        "artifact_sha256": hashlib.sha256(b"the model").hexdigest(),
    }


def test_the_central_group_is_shared_with_the_serving_roles_of_the_organisation(
    cloud: Cloud, promotion: Promotion
) -> None:
    promote(promotion, simple_version(cloud))

    assert cloud.groups[HUB, GROUP.lower()].tags == {"source-account": TEAM}
    group, versions = policy(cloud, GROUP)["Statement"]
    assert group["Action"] == ["sagemaker:DescribeModelPackageGroup"]
    assert group["Resource"] == cloud.groups[HUB, GROUP.lower()].arn
    assert versions["Action"] == [
        "sagemaker:CreateModel",
        "sagemaker:DescribeModelPackage",
        "sagemaker:ListModelPackages",
    ]
    assert versions["Resource"] == f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/{GROUP.lower()}/*"
    for statement in (group, versions):
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": "o-mlplatform1"},
            "ArnLike": {
                "aws:PrincipalArn": [
                    "arn:aws:iam::*:role/mlplatform-deployment-cloudformation",
                    "arn:aws:iam::*:role/mlplatform-endpoint",
                ]
            },
        }


def test_a_tag_that_a_team_sets_does_not_open_the_central_copy(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    for item in cloud.objects.values():
        item.tags = {"approval-status": "Approved"}

    promote(promotion, arn)

    assert [item.tags for (bucket, _), item in cloud.objects.items() if bucket == REGISTRY_BUCKET] == [{}, {}]


# Artifacts of every shape.


def two_containers_with_one_key(cloud: Cloud) -> dict[str, Any]:
    second = f"mlplatform-p-two-{TEAM}-{REGION}"
    cloud.owners[second] = TEAM
    return {
        "InferenceSpecification": inference(
            container(cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"first")),
            container(cloud.put(second, "models/model.tar.gz", b"second")),
        )
    }


def one_artifact_in_two_containers(cloud: Cloud) -> dict[str, Any]:
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"shared")
    return {"InferenceSpecification": inference(container(uri), container(uri))}


def an_uncompressed_model(cloud: Cloud) -> dict[str, Any]:
    for name in ("weights/part-1", "weights/part-2", "config.json"):
        cloud.put(TEAM_BUCKET, f"models/run-1/large/{name}", name.encode())
    cloud.put(TEAM_BUCKET, "models/run-1/large/", b"")
    cloud.put(TEAM_BUCKET, "models/run-1/larger/other", b"not part of it")
    source = {
        "S3Uri": f"s3://{TEAM_BUCKET}/models/run-1/large/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    return {
        "InferenceSpecification": inference({"Image": AWS_IMAGE, "ModelDataSource": {"S3DataSource": source}})
    }


def a_prefix_that_begins_several_names(cloud: Cloud) -> dict[str, Any]:
    cloud.put(TEAM_BUCKET, "models/run-1/model-a.bin", b"a")
    cloud.put(TEAM_BUCKET, "models/run-1/model-b.bin", b"b")
    source = {
        "S3Uri": f"s3://{TEAM_BUCKET}/models/run-1/model",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    return {
        "InferenceSpecification": inference({"Image": AWS_IMAGE, "ModelDataSource": {"S3DataSource": source}})
    }


def several_specifications(cloud: Cloud) -> dict[str, Any]:
    uris = [
        cloud.put(TEAM_BUCKET, f"models/{name}/model.tar.gz", name.encode())
        for name in ("cpu", "gpu", "edge")
    ]
    return {
        "InferenceSpecification": inference(container(uris[0])),
        "AdditionalInferenceSpecifications": [
            {"Name": name, "Containers": [container(uri)]}
            for name, uri in zip(("gpu", "edge"), uris[1:], strict=True)
        ],
    }


def code_named_by_the_environment(cloud: Cloud) -> dict[str, Any]:
    code = cloud.put(TEAM_BUCKET, "code/sourcedir.tar.gz", b"inference.py")
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"weights")
    environment = {"SAGEMAKER_SUBMIT_DIRECTORY": code, "S3Uri": "s3://a-team/means/something-else"}
    return {"InferenceSpecification": inference(container(uri, Environment=environment))}


def additional_model_data(cloud: Cloud) -> dict[str, Any]:
    adapter = {
        "S3Uri": cloud.put(TEAM_BUCKET, "models/adapter.tar.gz", b"adapter"),
        "S3DataType": "S3Object",
        "CompressionType": "Gzip",
    }
    extra = {"S3Uri": cloud.put(TEAM_BUCKET, "models/extra.bin", b"extra"), "S3DataType": "S3Object"}
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"weights")
    more = {
        "AdditionalModelDataSources": [{"ChannelName": "adapter", "S3DataSource": adapter}],
        "AdditionalS3DataSource": extra,
    }
    return {"InferenceSpecification": inference(container(uri, **more))}


ARTIFACTS: dict[str, tuple[Callable[[Cloud], dict[str, Any]], list[bytes]]] = {
    "two containers, same key, different buckets": (two_containers_with_one_key, [b"first", b"second"]),
    "one artifact in two containers": (one_artifact_in_two_containers, [b"shared"]),
    "uncompressed model": (
        an_uncompressed_model,
        [b"config.json", b"weights/part-1", b"weights/part-2"],
    ),
    "prefix that begins several names": (a_prefix_that_begins_several_names, [b"a", b"b"]),
    "several inference specifications": (several_specifications, [b"cpu", b"edge", b"gpu"]),
    "code named by the environment": (code_named_by_the_environment, [b"inference.py", b"weights"]),
    "additional model data": (additional_model_data, [b"adapter", b"extra", b"weights"]),
}


@pytest.mark.parametrize("make", [row[0] for row in ARTIFACTS.values()], ids=list(ARTIFACTS))
def test_every_artifact_arrives(
    cloud: Cloud, promotion: Promotion, make: Callable[[Cloud], dict[str, Any]]
) -> None:
    expected = next(bodies for maker, bodies in ARTIFACTS.values() if maker is make)
    fields = make(cloud)
    arn = cloud.register(TEAM, GROUP, **fields)
    cloud.approve(arn)

    promote(promotion, arn)

    version = only_central_version(cloud)
    arrived = {key: item.body for (bucket, key), item in cloud.objects.items() if bucket == REGISTRY_BUCKET}
    assert sorted(arrived.values()) == sorted(expected)
    spoken = [uri for uri in s3_uris(version) if "means/something-else" not in uri]
    assert all(uri.startswith(f"s3://{REGISTRY_BUCKET}/models/{TEAM}/{GROUP}/1/") for uri in spoken)
    for key in arrived:
        assert any(f"s3://{REGISTRY_BUCKET}/{key}".startswith(uri) for uri in spoken), (
            f"nothing refers to {key}"
        )
    digests = sorted(hashlib.sha256(body).hexdigest() for body in arrived.values())
    recorded = version["CustomerMetadataProperties"]["artifact_sha256"]
    assert len(recorded) == 64
    assert (recorded in digests) == (len(digests) == 1)


def s3_uris(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [uri for item in value.values() for uri in s3_uris(item)]
    if isinstance(value, list):
        return [uri for item in value for uri in s3_uris(item)]
    return [value] if isinstance(value, str) and value.startswith("s3://") else []


def test_versions_of_one_group_never_share_an_object(cloud: Cloud, promotion: Promotion) -> None:
    first = simple_version(cloud, b"first")
    promote(promotion, first)
    promote(promotion, simple_version(cloud, b"second"))

    bodies = [
        cloud.body(version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])
        for version in cloud.versions_of(HUB, GROUP)
    ]
    assert bodies == [b"first", b"second"]


def test_a_group_that_is_made_anew_counts_from_one_again_and_is_not_mistaken_for_the_old_one(
    cloud: Cloud, promotion: Promotion
) -> None:
    first = simple_version(cloud, b"first")
    promote(promotion, first)
    del cloud.versions[first]

    again = simple_version(cloud, b"second")
    promote(promotion, again)

    assert again == first
    bodies = [
        cloud.body(version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])
        for version in cloud.versions_of(HUB, GROUP)
    ]
    assert bodies == [b"first", b"second"]


@pytest.mark.parametrize(
    ("algorithm", "composite", "reads"),
    [
        pytest.param("SHA256", False, 0, id="SHA256 is taken from S3"),
        pytest.param("CRC64NVME", False, 1, id="CRC64NVME is compared, SHA-256 is read"),
        pytest.param("CRC32", False, 1, id="CRC32 is compared, SHA-256 is read"),
        pytest.param("CRC32", True, 1, id="a checksum of parts says nothing about the whole"),
    ],
)
def test_checksums_of_the_source(
    cloud: Cloud, promotion: Promotion, algorithm: str, composite: bool, reads: int
) -> None:
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"weights", algorithm=algorithm, composite=composite)
    arn = cloud.register(TEAM, GROUP, InferenceSpecification=inference(container(uri)))
    cloud.approve(arn)

    promote(promotion, arn)

    metadata = only_central_version(cloud)["CustomerMetadataProperties"]
    assert metadata["artifact_sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert cloud.calls.count("GetObject") == reads


# The status of the source.


def test_a_rejected_source_rejects_the_central_version(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    cloud.approve(arn, "Rejected")

    promote(promotion, arn)

    version = only_central_version(cloud)
    assert version["ModelApprovalStatus"] == "Rejected"
    assert arn in version["ApprovalDescription"]


def test_approving_a_rejected_source_again_asks_the_central_approvers_again(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    for status in ("Approved", "Rejected", "Approved"):
        cloud.approve(arn, status)
        promote(promotion, arn)

    version = only_central_version(cloud)
    assert version["ModelApprovalStatus"] == "PendingManualApproval"
    assert arn in version["ApprovalDescription"]


def test_a_version_that_the_central_approvers_rejected_stays_rejected(
    cloud: Cloud, promotion: Promotion
) -> None:
    arn = simple_version(cloud)
    promote(promotion, arn)
    version = only_central_version(cloud)
    version.update(ModelApprovalStatus="Rejected", ApprovalDescription="Not fair to tenants.")

    promote(promotion, arn)

    assert version["ModelApprovalStatus"] == "Rejected"


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_only_an_approved_version_is_promoted(cloud: Cloud, promotion: Promotion, status: str) -> None:
    arn = simple_version(cloud)
    cloud.approve(arn, status)

    promote(promotion, arn)

    assert cloud.versions_of(HUB, GROUP) == []
    assert not [bucket for bucket, _ in cloud.objects if bucket == REGISTRY_BUCKET]


# What is refused.


def image_of_the_team(cloud: Cloud) -> str:
    image = f"{TEAM}.dkr.ecr.{REGION}.amazonaws.com/own:1"
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"x")
    return simple_version(cloud, InferenceSpecification=inference({"Image": image, "ModelDataUrl": uri}))


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
    source = {
        "S3Uri": f"s3://{TEAM_BUCKET}/models/none/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    specification = inference({"Image": AWS_IMAGE, "ModelDataSource": {"S3DataSource": source}})
    return simple_version(cloud, InferenceSpecification=specification)


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
    return simple_version(cloud, CustomerMetadataProperties={f"key-{n}": "value" for n in range(48)})


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
    "image of the team": (image_of_the_team, [f"{TEAM}.dkr.ecr", "an image of AWS"]),
    "bucket of another account": (
        artifact_in_a_bucket_of_another_account,
        [f"its bucket must belong to account {TEAM}", "s3:GetObject", "kms:Decrypt"],
    ),
    "artifact in the central bucket": (
        artifact_in_the_central_bucket,
        [f"its bucket must belong to account {TEAM}"],
    ),
    "missing artifact": (
        missing_artifact,
        ["run-1/model.tar.gz", "does not exist", "register the version again"],
    ),
    "empty prefix": (empty_prefix, ["models/none/", "register the version again"]),
    "artifact by https": (artifact_by_https, ["ModelDataUrl", "s3://bucket/key"]),
    "artifact by manifest": (artifact_by_manifest, ["manifest.csv", "S3 prefix"]),
    "failed version": (failed_version, ["has failed"]),
    "too much metadata": (too_much_metadata, ["48 customer metadata properties", "50", "remove some"]),
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


DENIALS = {
    "sagemaker:DescribeModelPackage": ["resource policy of the group churn-p-abc", TEAM],
    "s3:HeadObject": ["s3:GetObject", "kms:Decrypt", "the promotion role"],
    "s3:CopyObject": ["s3:GetObject", "kms:Decrypt", "the promotion role"],
}


@pytest.mark.parametrize(("denied", "words"), DENIALS.items(), ids=list(DENIALS))
def test_denials_name_the_policy_to_change(
    cloud: Cloud, promotion: Promotion, denied: str, words: list[str]
) -> None:
    arn = simple_version(cloud)
    cloud.denied = {denied}

    with pytest.raises(RegistryError) as refusal:
        promote(promotion, arn)

    for word in words:
        assert word in str(refusal.value)
    assert cloud.versions_of(HUB, GROUP) == []


def test_a_copy_that_differs_registers_nothing(cloud: Cloud, promotion: Promotion) -> None:
    arn = simple_version(cloud)

    def corrupt(_number: int, operation: str, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
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
