"""Artifacts of every shape arrive whole, each under a name of its own."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from registry.functions.model_registry.promotion import multipart, transfer
from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, TEAM, TEAM_BUCKET, Cloud
from tests.registry.promoting import (
    GROUP,
    central_objects,
    container,
    inference,
    only_central_version,
    promote,
    simple_version,
    uncompressed,
)


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
    return {"InferenceSpecification": inference(uncompressed("models/run-1/large/"))}


def a_prefix_that_begins_several_names(cloud: Cloud) -> dict[str, Any]:
    cloud.put(TEAM_BUCKET, "models/run-1/model-a.bin", b"a")
    cloud.put(TEAM_BUCKET, "models/run-1/model-b.bin", b"b")
    return {"InferenceSpecification": inference(uncompressed("models/run-1/model"))}


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


def names_of_the_registrys_own_files(cloud: Cloud) -> dict[str, Any]:
    cloud.put(TEAM_BUCKET, "run-1/decisions/part-1", b"part 1")
    containers = [
        container(cloud.put(TEAM_BUCKET, f"run-1/{name}", name.encode()))
        for name in ("receipt.json", "receipt-draft.json")
    ]
    return {"InferenceSpecification": inference(*containers, uncompressed("run-1/decisions/"))}


def a_folder_named_like_what_a_prefix_begins(cloud: Cloud) -> dict[str, Any]:
    cloud.put(TEAM_BUCKET, "a/model-1", b"begun")
    cloud.put(TEAM_BUCKET, "a/model.d/model-1", b"in the folder")
    return {"InferenceSpecification": inference(uncompressed("a/model-"), uncompressed("a/model.d/"))}


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
    "names of the registry's own files": (
        names_of_the_registrys_own_files,
        [b"part 1", b"receipt-draft.json", b"receipt.json"],
    ),
    "folder named like what a prefix begins": (
        a_folder_named_like_what_a_prefix_begins,
        [b"begun", b"in the folder"],
    ),
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
    arrived = central_objects(cloud)
    assert sorted(arrived.values()) == sorted(expected)
    del version["CustomerMetadataProperties"]["receipt_uri"]
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


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """How S3 describes a source object, and what promotion does with it."""

    algorithm: str
    part_size: int | None = None
    by_parts: int = 0
    reads: int = 1
    proven: bool = True


CHECKSUMS = {
    "SHA256 is compared, and taken from S3": Checksum(algorithm="SHA256", reads=0),
    "CRC64NVME is compared, and SHA-256 read": Checksum(algorithm="CRC64NVME"),
    "CRC32 is compared, and SHA-256 read": Checksum(algorithm="CRC32"),
    "one of 3 parts is compared, because the copy has the same": Checksum(
        algorithm="CRC32", part_size=8, by_parts=3
    ),
    "one of 2 parts of SHA256 is compared": Checksum(algorithm="SHA256", part_size=10, by_parts=2),
    "one of 1 part is not": Checksum(algorithm="CRC32", part_size=100, proven=False),
}


@pytest.mark.parametrize("case", CHECKSUMS.values(), ids=list(CHECKSUMS))
def test_checksums_of_the_source(
    cloud: Cloud, promotion: Promotion, monkeypatch: pytest.MonkeyPatch, case: Checksum
) -> None:
    monkeypatch.setattr(multipart, "SMALLEST_PART", 4)
    body = b"twenty bytes of data"
    uri = cloud.put(
        TEAM_BUCKET, "models/model.tar.gz", body, algorithm=case.algorithm, part_size=case.part_size
    )
    arn = cloud.register(TEAM, GROUP, InferenceSpecification=inference(container(uri)))
    cloud.approve(arn)

    promote(promotion, arn)

    version = only_central_version(cloud)
    assert version["CustomerMetadataProperties"]["artifact_sha256"] == hashlib.sha256(body).hexdigest()
    assert cloud.calls.count("UploadPartCopy") == case.by_parts
    assert cloud.calls.count("GetObject") == case.reads
    copied = version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    original, copy = (
        cloud.objects[tuple(there.removeprefix("s3://").split("/", 1))].checksums for there in (uri, copied)
    )
    assert (original == copy) == case.proven


def test_digests_are_read_only_of_what_can_be_read_in_time(
    cloud: Cloud, promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "READ_LIMIT", 10)

    promote(promotion, simple_version(cloud, b"eleven byte"))

    version = only_central_version(cloud)
    assert "artifact_sha256" not in version["CustomerMetadataProperties"]
    (artifact,) = promotion.receipts.read(version).artifacts
    assert artifact.sha256 is None
    assert set(artifact.checksums) == {"CRC64NVME"}
