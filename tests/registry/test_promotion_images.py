"""Container images: which are copied, that they are the same, and what is said when they cannot be."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.promotion.promote import Promotion
from tests.registry.cloud import HUB, OTHER_TEAM, REGION, TEAM, TEAM_BUCKET, Call, Cloud, Parameters, failure
from tests.registry.promoting import (
    AWS_IMAGE,
    GROUP,
    KEY_ARN,
    READERS,
    ROLE_ARN,
    container,
    inference,
    only_central_version,
    promote,
    simple_version,
)

REPOSITORY = f"mlplatform-models/{TEAM}/{GROUP.lower()}"
CENTRAL = f"{HUB}.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}"
LAYERS = (b"an operating system", b"python", b"the model's server")


def version_with(cloud: Cloud, image: str, **fields: Any) -> str:
    """A version with one container."""
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"weights")
    return simple_version(cloud, InferenceSpecification=inference(container(uri, Image=image, **fields)))


def test_an_image_of_the_team_becomes_a_central_one_by_digest(cloud: Cloud, promotion: Promotion) -> None:
    image = cloud.push(TEAM, "churn/server", "3", *LAYERS)
    digest = cloud.digest(image)

    promote(promotion, version_with(cloud, image))

    version = only_central_version(cloud)
    (serving,) = version["InferenceSpecification"]["Containers"]
    assert serving["Image"] == f"{CENTRAL}@{digest}"
    assert serving["ImageDigest"] == digest
    theirs, ours = cloud.repositories[TEAM, "churn/server"], cloud.repositories[HUB, REPOSITORY]
    assert ours.manifests == theirs.manifests
    assert ours.layers == theirs.layers
    assert ours.tags == {}
    assert promotion.receipts.read(version).content["images"] == [
        {"source": image, "image": f"{CENTRAL}@{digest}", "digest": digest}
    ]


def test_the_central_repository_is_closed_but_to_the_serving_roles(
    cloud: Cloud, promotion: Promotion
) -> None:
    promote(promotion, version_with(cloud, cloud.push(TEAM, "churn", "1", *LAYERS)))

    repository = cloud.repositories[HUB, REPOSITORY]
    assert repository.settings == {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": KEY_ARN},
    }
    (statement,) = repository.policy["Statement"]
    assert statement["Condition"] == READERS.condition
    assert statement["Action"] == [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    ]


def test_a_tag_that_was_moved_since_does_not_count(cloud: Cloud, promotion: Promotion) -> None:
    image = cloud.push(TEAM, "churn", "latest", b"registered")
    registered = cloud.digest(image)
    arn = version_with(cloud, image, ImageDigest=registered)
    cloud.push(TEAM, "churn", "latest", b"pushed later")

    promote(promotion, arn)

    (serving,) = only_central_version(cloud)["InferenceSpecification"]["Containers"]
    assert serving["Image"] == f"{CENTRAL}@{registered}"
    assert set(cloud.repositories[HUB, REPOSITORY].manifests) == {registered}


def test_an_image_named_by_digest_is_copied(cloud: Cloud, promotion: Promotion) -> None:
    image = cloud.push(TEAM, "churn", "1", *LAYERS)
    by_digest = f"{image.rpartition(':')[0]}@{cloud.digest(image)}"

    promote(promotion, version_with(cloud, by_digest))

    (serving,) = only_central_version(cloud)["InferenceSpecification"]["Containers"]
    assert serving["Image"] == f"{CENTRAL}@{cloud.digest(image)}"


def test_the_second_container_of_a_version_has_its_own_image_copied(
    cloud: Cloud, promotion: Promotion
) -> None:
    """In each place that holds containers; the first may have an image of AWS."""
    first, second, third = (
        cloud.push(TEAM, "churn", name, b"python", name.encode()) for name in ("1", "2", "3")
    )
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"weights")
    arn = simple_version(
        cloud,
        InferenceSpecification=inference(
            container(uri, Image=first), container(uri, Image=second, ImageDigest=cloud.digest(second))
        ),
        AdditionalInferenceSpecifications=[
            {"Name": "more", "Containers": [container(uri), container(uri, Image=third)]},
        ],
    )

    promote(promotion, arn)

    version = only_central_version(cloud)
    (more,) = version["AdditionalInferenceSpecifications"]
    images = [
        each["Image"] for each in (*version["InferenceSpecification"]["Containers"], *more["Containers"])
    ]
    ours = [f"{CENTRAL}@{cloud.digest(image)}" for image in (first, second, third)]
    assert images == [ours[0], ours[1], AWS_IMAGE, ours[2]]
    receipt = promotion.receipts.read(version)
    assert [image["image"] for image in receipt.content["images"]] == images


def test_images_of_every_specification_are_copied_once_each(cloud: Cloud, promotion: Promotion) -> None:
    cpu = cloud.push(TEAM, "churn-cpu", "1", b"python", b"cpu")
    gpu = cloud.push(TEAM, "churn-gpu", "1", b"python", b"gpu")
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"weights")
    arn = simple_version(
        cloud,
        InferenceSpecification=inference(container(uri, Image=cpu), container(uri)),
        AdditionalInferenceSpecifications=[
            {"Name": "gpu", "Containers": [container(uri, Image=gpu)]},
            {"Name": "cpu", "Containers": [container(uri, Image=cpu)]},
        ],
    )

    promote(promotion, arn)

    version = only_central_version(cloud)
    first, second = version["InferenceSpecification"]["Containers"]
    in_gpu, in_cpu = (more["Containers"][0] for more in version["AdditionalInferenceSpecifications"])
    assert first["Image"] == in_cpu["Image"] == f"{CENTRAL}@{cloud.digest(cpu)}"
    assert in_gpu["Image"] == f"{CENTRAL}@{cloud.digest(gpu)}"
    assert second["Image"] == AWS_IMAGE
    assert cloud.calls.count("PutImage") == 2
    # The layer that both have is copied once.
    assert cloud.calls.count("CompleteLayerUpload") == 4


def test_an_image_for_several_platforms_arrives_with_all_of_them(cloud: Cloud, promotion: Promotion) -> None:
    image = cloud.push_index(TEAM, "churn", "1", (b"amd64",), (b"arm64",))

    promote(promotion, version_with(cloud, image))

    theirs, ours = cloud.repositories[TEAM, "churn"], cloud.repositories[HUB, REPOSITORY]
    assert len(ours.manifests) == 3
    assert ours.manifests == theirs.manifests


LEFT_ALONE = {
    "an image of AWS": AWS_IMAGE,
    "an image of another account": f"{OTHER_TEAM}.dkr.ecr.{REGION}.amazonaws.com/shared:1",
    "an image outside of ECR": "registry.example.com/team/server:1",
}


@pytest.mark.parametrize("image", LEFT_ALONE.values(), ids=list(LEFT_ALONE))
def test_an_image_that_is_not_the_teams_is_left_alone(cloud: Cloud, promotion: Promotion, image: str) -> None:
    promote(promotion, version_with(cloud, image))

    (serving,) = only_central_version(cloud)["InferenceSpecification"]["Containers"]
    assert serving["Image"] == image
    assert cloud.repositories == {}


def test_a_second_version_copies_only_what_is_new(cloud: Cloud, promotion: Promotion) -> None:
    promote(promotion, version_with(cloud, cloud.push(TEAM, "churn", "1", *LAYERS)))
    before = len(cloud.calls)

    promote(promotion, version_with(cloud, cloud.push(TEAM, "churn", "2", *LAYERS[:2], b"a new server")))

    assert cloud.calls[before:].count("CompleteLayerUpload") == 1
    assert cloud.calls[before:].count("PutImage") == 1


# What cannot be copied.


def missing(cloud: Cloud) -> str:
    cloud.push(TEAM, "churn", "1", *LAYERS)
    return version_with(cloud, f"{TEAM}.dkr.ecr.{REGION}.amazonaws.com/churn:2")


def repository_that_is_missing(cloud: Cloud) -> str:
    return version_with(cloud, f"{TEAM}.dkr.ecr.{REGION}.amazonaws.com/churn:1")


def in_another_region(cloud: Cloud) -> str:
    return version_with(cloud, f"{TEAM}.dkr.ecr.us-east-1.amazonaws.com/churn:1")


def with_another_manifest(cloud: Cloud) -> str:
    image = cloud.push(TEAM, "churn", "1", *LAYERS)
    text, media_type = cloud.repositories[TEAM, "churn"].manifests[cloud.digest(image)]
    cloud.repositories[TEAM, "churn"].manifests[cloud.digest(image)] = (f"{text} ", media_type)
    return version_with(cloud, image)


def with_another_layer(cloud: Cloud) -> str:
    image = cloud.push(TEAM, "churn", "1", *LAYERS)
    layers = cloud.repositories[TEAM, "churn"].layers
    layers[f"sha256:{hashlib.sha256(b'python').hexdigest()}"] = b"perl"
    return version_with(cloud, image)


def with_a_layer_that_is_missing(cloud: Cloud) -> str:
    image = cloud.push(TEAM, "churn", "1", *LAYERS)
    del cloud.repositories[TEAM, "churn"].layers[f"sha256:{hashlib.sha256(b'python').hexdigest()}"]
    return version_with(cloud, image)


REFUSALS: dict[str, tuple[Callable[[Cloud], str], list[str]]] = {
    "an image that is missing": (missing, ["The image 2", "repository churn", "does not exist"]),
    "a repository that is missing": (repository_that_is_missing, ["The image 1", "does not exist"]),
    "an image in another Region": (in_another_region, ["us-east-1", f"push the image to {REGION}"]),
    "a layer that is missing": (with_a_layer_that_is_missing, ["The layer sha256:", "does not exist"]),
    "a manifest that is another": (with_another_manifest, ["has the digest sha256:", "nothing was regist"]),
    "a layer that is another": (with_another_layer, ["came with the digest sha256:", "nothing was regist"]),
}


@pytest.mark.parametrize(("make", "words"), REFUSALS.values(), ids=list(REFUSALS))
def test_refusals_say_what_to_do_and_register_nothing(
    cloud: Cloud, promotion: Promotion, make: Callable[[Cloud], str], words: list[str]
) -> None:
    arn = make(cloud)

    with pytest.raises(RegistryError) as refusal:
        promote(promotion, arn)

    for word in words:
        assert word in str(refusal.value)
    assert cloud.versions_of(HUB, GROUP) == []
    assert all(not central.manifests for (owner, _), central in cloud.repositories.items() if owner == HUB)


@pytest.mark.parametrize("operation", ["BatchGetImage", "GetDownloadUrlForLayer"])
def test_a_denial_gives_the_statement_to_add(cloud: Cloud, promotion: Promotion, operation: str) -> None:
    arn = version_with(cloud, cloud.push(TEAM, "churn", "1", *LAYERS))
    cloud.denied = {f"ecr:{operation}"}

    with pytest.raises(RegistryError) as refusal:
        promote(promotion, arn)

    sentence = str(refusal.value)
    assert f"pull from the repository churn of account {TEAM}" in sentence
    statement, _ = json.JSONDecoder().raw_decode(sentence[sentence.index("{") :])
    assert statement == {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"},
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}},
    }


def test_what_ecr_cannot_give_is_said(cloud: Cloud, promotion: Promotion) -> None:
    arn = version_with(cloud, cloud.push(TEAM, "churn", "1", *LAYERS))

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        if operation != "BatchGetImage":
            return call()
        reason = {"failureCode": "KmsError", "failureReason": "The key is disabled."}
        return {"images": [], "failures": [{"imageId": {"imageTag": "1"}, **reason}]}

    cloud.interfere = interfere

    with pytest.raises(RegistryError, match="KmsError: The key is disabled"):
        promote(promotion, arn)


def test_a_download_that_is_refused_is_said(cloud: Cloud, promotion: Promotion) -> None:
    arn = version_with(cloud, cloud.push(TEAM, "churn", "1", *LAYERS))
    cloud.interfere = lambda _n, operation, call: {"status": 403} if operation == "Download" else call()

    with pytest.raises(RegistryError, match=r"cannot be downloaded \(status 403\)"):
        promote(promotion, arn)


def test_a_layer_that_another_run_has_brought_meanwhile_is_there(cloud: Cloud, promotion: Promotion) -> None:
    arn = version_with(cloud, cloud.push(TEAM, "churn", "1", *LAYERS))

    def brought(_number: int, operation: str, call: Call) -> Parameters:
        answer = call()
        if operation == "CompleteLayerUpload":
            raise failure(operation, "LayerAlreadyExistsException", "It exists already.")
        if operation == "PutImage":
            raise failure(operation, "ImageAlreadyExistsException", "It exists already.")
        return answer

    cloud.interfere = brought

    promote(promotion, arn)

    assert cloud.repositories[HUB, REPOSITORY].layers == cloud.repositories[TEAM, "churn"].layers
