"""Images: put, found, described, scanned and deleted.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.ecr.service import ecr, find, repository_arn, resource_policy
from emulator.ecr.store import Image, Repository, lock

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"


@ecr.operation("PutImage", resource=repository_arn, resource_policy=resource_policy)
def _put(request: Request) -> dict[str, Any]:
    given = request.parameters
    with lock:
        repository = find(request)
        media_type = given.get("imageManifestMediaType", DOCKER)
        image = Image(manifest=given["imageManifest"], media_type=media_type)
        if given.get("imageDigest", image.digest) != image.digest:
            raise ServiceError(
                "ImageDigestDoesNotMatchException",
                f"The provided image digest does not match the digest {image.digest} of the manifest",
            )
        _check_parts(repository, image)
        _tag(repository, image, given.get("imageTag"))
    return {"image": _shown(repository, repository.images[image.digest], given.get("imageTag"))}


def _check_parts(repository: Repository, image: Image) -> None:
    """Check that the repository has everything that a manifest names."""
    content = image.content
    blobs = [content["config"], *content.get("layers", [])] if "config" in content else []
    if missing := [blob["digest"] for blob in blobs if blob["digest"] not in repository.layers]:
        raise ServiceError(
            "LayersNotFoundException", f"Layers with digests '{missing}' required for the image do not exist"
        )
    named = [each["digest"] for each in content.get("manifests", [])]
    if missing := [digest for digest in named if digest not in repository.images]:
        raise ServiceError("ReferencedImagesNotFoundException", f"Images '{missing}' are missing")


def _tag(repository: Repository, image: Image, tag: str | None) -> None:
    """Take an image up under a tag, as far as tags may move."""
    kept = repository.images.get(image.digest)
    if kept is not None and tag in (None, *kept.tags):
        raise ServiceError(
            "ImageAlreadyExistsException",
            f"Image with digest '{image.digest}' and tag '{tag}' already exists in the repository",
        )
    before = repository.image({"imageTag": tag}) if tag else None
    if before is not None:
        if repository.settings["imageTagMutability"] == "IMMUTABLE":
            raise ServiceError(
                "ImageTagAlreadyExistsException",
                f"The image tag '{tag}' already exists in the '{repository.name.name}' repository and "
                "cannot be overwritten because the tag is immutable.",
            )
        before.tags.remove(str(tag))
    kept = kept or image
    if tag:
        kept.tags.append(tag)
    repository.keep(kept)


@ecr.operation("BatchGetImage", resource=repository_arn, resource_policy=resource_policy)
def _get(request: Request) -> dict[str, Any]:
    repository = find(request)
    images, failures = [], []
    for identifier in request.parameters["imageIds"]:
        image = repository.image(identifier)
        if image is None:
            reason = "Requested image not found"
            failures.append({"imageId": identifier, "failureCode": "ImageNotFound", "failureReason": reason})
        else:
            images.append(_shown(repository, image, identifier.get("imageTag")))
    return {"images": images, "failures": failures}


@ecr.operation("DescribeImages", resource=repository_arn, resource_policy=resource_policy)
def _describe(request: Request) -> dict[str, Any]:
    repository = find(request)
    identifiers = request.parameters.get("imageIds")
    asked = (
        list(repository.images.values())
        if identifiers is None
        else [_existing(repository, each) for each in identifiers]
    )
    return {"imageDetails": [_details(repository, image) for image in asked]}


@ecr.operation("ListImages", resource=repository_arn, resource_policy=resource_policy)
def _list(request: Request) -> dict[str, Any]:
    identifiers: list[dict[str, str]] = []
    for image in find(request).images.values():
        digest = {"imageDigest": image.digest}
        identifiers += [{**digest, "imageTag": tag} for tag in image.tags] or [digest]
    return {"imageIds": identifiers}


@ecr.operation("BatchDeleteImage", resource=repository_arn, resource_policy=resource_policy)
def _delete(request: Request) -> dict[str, Any]:
    deleted, failures = [], []
    with lock:
        repository = find(request)
        for identifier in request.parameters["imageIds"]:
            image = repository.image(identifier)
            if image is None:
                failures.append({"imageId": identifier, "failureCode": "ImageNotFound"})
                continue
            tag = identifier.get("imageTag")
            if tag:
                image.tags.remove(tag)
            # Without tags, an image that was deleted by its tag is gone.
            if not tag or not image.tags:
                repository.forget(image)
            deleted.append({**identifier, "imageDigest": image.digest})
    return {"imageIds": deleted, "failures": failures}


@ecr.operation("DescribeImageScanFindings", resource=repository_arn, resource_policy=resource_policy)
def _scan_findings(request: Request) -> dict[str, Any]:
    """What a scan found: nothing ever, because the emulator knows no vulnerabilities."""
    repository = find(request)
    image = _existing(repository, request.parameters["imageId"])
    if not _scanned(repository):
        raise ServiceError(
            "ScanNotFoundException",
            f"Image scan does not exist for the image with '{{imageDigest:'{image.digest}'}}'",
        )
    return {
        "registryId": repository.name.account,
        "repositoryName": repository.name.name,
        "imageId": {**request.parameters["imageId"], "imageDigest": image.digest},
        "imageScanStatus": {"status": "COMPLETE", "description": "The scan was completed successfully."},
        "imageScanFindings": {
            "imageScanCompletedAt": image.pushed,
            "vulnerabilitySourceUpdatedAt": image.pushed,
            "findings": [],
            "findingSeverityCounts": {},
        },
    }


def _existing(repository: Repository, identifier: dict[str, str]) -> Image:
    image = repository.image(identifier)
    if image is None:
        raise ServiceError(
            "ImageNotFoundException", f"The image with imageId {identifier} does not exist in the repository"
        )
    return image


def _scanned(repository: Repository) -> bool:
    return str(repository.settings["imageScanningConfiguration"].get("scanOnPush")).lower() == "true"


def _shown(repository: Repository, image: Image, tag: str | None) -> dict[str, Any]:
    return {
        "registryId": repository.name.account,
        "repositoryName": repository.name.name,
        "imageId": {"imageDigest": image.digest} | ({"imageTag": tag} if tag else {}),
        "imageManifest": image.manifest,
        "imageManifestMediaType": image.media_type,
    }


def _details(repository: Repository, image: Image) -> dict[str, Any]:
    content = image.content
    details: dict[str, Any] = {
        "registryId": repository.name.account,
        "repositoryName": repository.name.name,
        "imageDigest": image.digest,
        "imageSizeInBytes": sum(layer.get("size", 0) for layer in content.get("layers", [])),
        "imagePushedAt": image.pushed,
        "imageManifestMediaType": image.media_type,
    }
    if image.tags:
        details["imageTags"] = list(image.tags)
    if _scanned(repository):
        details["imageScanStatus"] = {"status": "COMPLETE"}
        details["imageScanFindingsSummary"] = {"findingSeverityCounts": {}}
    return details
