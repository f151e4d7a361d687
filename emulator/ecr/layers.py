"""Layers: asked for, uploaded part by part, and downloaded from the bucket in which AWS keeps them.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-private-repositories.html
"""

import uuid
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from emulator.core.service import Request, ServiceError
from emulator.docker.digests import sha256
from emulator.ecr.service import ecr, find, repository_arn, resource_policy
from emulator.ecr.store import lock
from emulator.iam import credentials

PART_SIZE = 10_485_760

AWS_ACCOUNT = "000000000000"
"""Stands for the account of AWS's that owns the bucket of layers."""
BUCKET = "prod-{region}-starport-layer-bucket"
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-setting-up-s3-gateway"""
URL_SECONDS = 3600


@ecr.operation("BatchCheckLayerAvailability", resource=repository_arn, resource_policy=resource_policy)
def _check(request: Request) -> dict[str, Any]:
    layers = find(request).layers
    asked = request.parameters["layerDigests"]
    return {
        "layers": [
            {"layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": len(layers[digest])}
            for digest in asked
            if digest in layers
        ],
        "failures": [
            {
                "layerDigest": digest,
                "failureCode": "MissingLayerDigest",
                "failureReason": "Requested layer not found",
            }
            for digest in asked
            if digest not in layers
        ],
    }


@ecr.operation("GetDownloadUrlForLayer", resource=repository_arn, resource_policy=resource_policy)
def _download_url(request: Request) -> dict[str, Any]:
    digest = request.parameters["layerDigest"]
    layer = find(request).layers.get(digest)
    if layer is None:
        raise ServiceError("LayersNotFoundException", f"The layer with digest '{digest}' does not exist")
    s3 = credentials.client("s3", credentials.root_credentials(AWS_ACCOUNT), request.region)
    place = {"Bucket": BUCKET.format(region=request.region), "Key": digest.replace(":", "-")}
    try:
        s3.put_object(**place, Body=layer)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(
                Bucket=place["Bucket"], CreateBucketConfiguration={"LocationConstraint": request.region}
            )
        s3.put_object(**place, Body=layer)
    url = s3.generate_presigned_url("get_object", Params=place, ExpiresIn=URL_SECONDS)
    return {"downloadUrl": url, "layerDigest": digest}


@ecr.operation("InitiateLayerUpload", resource=repository_arn, resource_policy=resource_policy)
def _initiate(request: Request) -> dict[str, Any]:
    upload = str(uuid.uuid4())
    with lock:
        find(request).uploads[upload] = bytearray()
    return {"uploadId": upload, "partSize": PART_SIZE}


@ecr.operation("UploadLayerPart", resource=repository_arn, resource_policy=resource_policy)
def _upload_part(request: Request) -> dict[str, Any]:
    given = request.parameters
    part: bytes = given["layerPartBlob"]
    with lock:
        content = _upload(request)
        expected = given["partLastByte"] - given["partFirstByte"] + 1
        if given["partFirstByte"] != len(content) or len(part) != expected:
            raise ServiceError(
                "InvalidLayerPartException",
                f"The part does not follow on the {len(content)} bytes that have come",
            )
        content += part
    return {"uploadId": given["uploadId"], "lastByteReceived": given["partLastByte"]}


@ecr.operation("CompleteLayerUpload", resource=repository_arn, resource_policy=resource_policy)
def _complete(request: Request) -> dict[str, Any]:
    given = request.parameters
    with lock:
        repository, content = find(request), bytes(_upload(request))
        digest = sha256(content)
        if digest not in given["layerDigests"]:
            raise ServiceError("InvalidLayerException", f"The content of the layer has the digest '{digest}'")
        if not content:
            raise ServiceError("EmptyUploadException", "The layer has no content")
        if digest in repository.layers:
            raise ServiceError(
                "LayerAlreadyExistsException", f"The layer with digest '{digest}' already exists"
            )
        repository.layers[digest] = content
        del repository.uploads[given["uploadId"]]
    return {"uploadId": given["uploadId"], "layerDigest": digest}


def _upload(request: Request) -> bytearray:
    upload = request.parameters["uploadId"]
    uploads = find(request).uploads
    if upload not in uploads:
        raise ServiceError("UploadNotFoundException", f"The upload '{upload}' does not exist")
    return uploads[upload]
