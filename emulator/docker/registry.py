"""Images pushed to a registry of ECR, by the operations that a push asks permission for.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""

import base64
import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from emulator.docker.build import Built
from emulator.docker.digests import sha256
from emulator.docker.dockerfile import DockerError
from emulator.machine.isolation import LoopbackSession

_REFERENCE = re.compile(
    r"(?P<host>(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com)"
    r"/(?P<repository>[a-z0-9._/-]+):(?P<tag>[\w.-]{1,128})",
    re.ASCII,
)


class Reference(NamedTuple):
    """The name of an image of a registry of ECR."""

    host: str
    account: str
    region: str
    repository: str
    tag: str


def parse_reference(text: str) -> Reference:
    """Read the name of an image.

    Raises:
        DockerError: It is none of a registry of ECR.
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise DockerError(f"invalid reference format: {text} is no tag of a registry of ECR.")
    return Reference(**match.groupdict())


def password_of(given: Mapping[str, Any]) -> str:
    """The password of a token that stands for credentials; on AWS nobody can read it.

    Args:
        given: As STS gives them.
    """
    return base64.b64encode(json.dumps(dict(given)).encode()).decode()


def push(reference: Reference, built: Built, password: str) -> str:
    """Push an image: the layers that are missing, then the manifest under its tag.

    Args:
        reference: Its name.
        built: The image.
        password: Of the token that `docker login` was given.

    Returns:
        Its digest.

    Raises:
        DockerError: The registry refuses it.
    """
    try:
        given = json.loads(base64.b64decode(password, validate=True))
    except ValueError:
        raise DockerError(
            "denied: Your authorization token has expired. Reauthenticate and try again."
        ) from None
    session = LoopbackSession(os.environ["AWS_ENDPOINT_URL"], reference.region)
    ecr = session.client("ecr", given["AccessKeyId"], given["SecretAccessKey"], given.get("SessionToken"))
    where = {"registryId": reference.account, "repositoryName": reference.repository}
    try:
        answer = ecr.batch_check_layer_availability(**where, layerDigests=list(built.blobs))
        for failure in answer["failures"]:
            _upload(ecr, where, built.blobs[failure["layerDigest"]])
        ecr.put_image(
            **where,
            imageManifest=built.manifest,
            imageManifestMediaType=built.media_type,
            imageTag=reference.tag,
        )
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code == "ImageAlreadyExistsException":
            return sha256(built.manifest.encode())
        kind = {"ImageTagAlreadyExistsException": "tag invalid", "AccessDeniedException": "denied"}
        raise DockerError(f"{kind.get(code, 'unknown')}: {message}") from None
    return sha256(built.manifest.encode())


def _upload(ecr: Any, where: dict[str, str], blob: bytes) -> None:
    started = ecr.initiate_layer_upload(**where)
    upload, size = started["uploadId"], started["partSize"]
    for first in range(0, len(blob), size):
        part = blob[first : first + size]
        ecr.upload_layer_part(
            **where,
            uploadId=upload,
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
    ecr.complete_layer_upload(**where, uploadId=upload, layerDigests=[sha256(blob)])
