"""What Amazon ECR does, asked of the emulator and of the cloud in memory alike.

Each scenario states a rule of AWS that promoting images relies on
(https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html).
"""

import hashlib
import json
from typing import Any

from tests.contract.conftest import World
from tests.contract.support import refusal

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
ABSENT = f"sha256:{'0' * 64}"


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def make_repository(world: World) -> Any:
    ecr = world.client("ecr")
    ecr.create_repository(repositoryName=world.name, imageTagMutability="IMMUTABLE")
    return ecr


def put_layer(ecr: Any, name: str, content: bytes) -> str:
    """Upload a layer in the parts that the registry asks for."""
    upload = ecr.initiate_layer_upload(repositoryName=name)
    size = upload["partSize"]
    for first in range(0, len(content), size):
        part = content[first : first + size]
        ecr.upload_layer_part(
            repositoryName=name,
            uploadId=upload["uploadId"],
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
    ecr.complete_layer_upload(
        repositoryName=name, uploadId=upload["uploadId"], layerDigests=[digest(content)]
    )
    return digest(content)


def manifest_of(*layers: bytes) -> str:
    config, *rest = ({"digest": digest(layer), "size": len(layer)} for layer in layers)
    return json.dumps({"schemaVersion": 2, "config": config, "layers": rest})


def put_image(ecr: Any, name: str, text: str, kind: str = MANIFEST, **more: Any) -> None:
    ecr.put_image(
        **{
            "repositoryName": name,
            "imageManifest": text,
            "imageManifestMediaType": kind,
            "imageDigest": digest(text.encode()),
            **more,
        }
    )


def get_image(ecr: Any, name: str, identifier: str) -> Any:
    return ecr.batch_get_image(
        repositoryName=name, imageIds=[{"imageDigest": identifier}], acceptedMediaTypes=[MANIFEST, INDEX]
    )


def test_a_repository_is_made_once(world: World) -> None:
    ecr = make_repository(world)
    again = refusal(ecr.create_repository, repositoryName=world.name)
    assert again == ("RepositoryAlreadyExistsException", 400)


def test_the_policy_of_a_repository_that_is_not_there(world: World) -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    refused = refusal(
        world.client("ecr").set_repository_policy,
        repositoryName=f"{world.name}-absent",
        policyText=json.dumps(document),
    )
    assert refused == ("RepositoryNotFoundException", 400)


def test_images_of_a_repository_that_is_not_there(world: World) -> None:
    ecr = world.client("ecr")
    for call in (
        lambda: get_image(ecr, world.name, ABSENT),
        lambda: ecr.initiate_layer_upload(repositoryName=world.name),
        lambda: ecr.get_download_url_for_layer(repositoryName=world.name, layerDigest=ABSENT),
        lambda: put_image(ecr, world.name, manifest_of(b"{}")),
    ):
        assert refusal(call) == ("RepositoryNotFoundException", 400)


def test_an_image_that_is_not_there_is_a_failure_in_the_answer(world: World) -> None:
    answer = get_image(make_repository(world), world.name, ABSENT)
    assert answer["images"] == []
    assert [each["failureCode"] for each in answer["failures"]] == ["ImageNotFound"]


def test_an_image_comes_layer_by_layer_and_keeps_its_digest(world: World) -> None:
    ecr, layers = make_repository(world), (b"{}", b"a layer of more than one part")
    text = manifest_of(*layers)
    assert refusal(put_image, ecr=ecr, name=world.name, text=text) == ("LayersNotFoundException", 400)
    for layer in layers:
        put_layer(ecr, world.name, layer)
    found = ecr.batch_check_layer_availability(
        repositoryName=world.name, layerDigests=[digest(layers[1]), ABSENT]
    )
    assert [each["layerDigest"] for each in found["layers"]] == [digest(layers[1])]
    assert [each["layerDigest"] for each in found["failures"]] == [ABSENT]
    put_image(ecr, world.name, text)
    (image,) = get_image(ecr, world.name, digest(text.encode()))["images"]
    assert image["imageManifest"] == text
    assert image["imageManifestMediaType"] == MANIFEST
    assert image["imageId"]["imageDigest"] == digest(text.encode())


def test_what_is_there_already_is_refused(world: World) -> None:
    ecr, text = make_repository(world), manifest_of(b"{}")
    put_layer(ecr, world.name, b"{}")
    put_image(ecr, world.name, text)
    assert refusal(put_image, ecr=ecr, name=world.name, text=text) == ("ImageAlreadyExistsException", 400)
    assert refusal(put_layer, ecr=ecr, name=world.name, content=b"{}") == (
        "LayerAlreadyExistsException",
        400,
    )


def test_a_digest_that_is_not_that_of_the_content(world: World) -> None:
    ecr, text = make_repository(world), manifest_of(b"{}")
    put_layer(ecr, world.name, b"{}")
    wrong = refusal(put_image, ecr=ecr, name=world.name, text=text, imageDigest=ABSENT)
    assert wrong == ("ImageDigestDoesNotMatchException", 400)


def test_a_list_names_images_that_are_there(world: World) -> None:
    ecr = make_repository(world)
    text = json.dumps({"schemaVersion": 2, "manifests": [{"digest": ABSENT}]})
    refused = refusal(put_image, ecr=ecr, name=world.name, text=text, kind=INDEX)
    assert refused == ("ReferencedImagesNotFoundException", 400)
