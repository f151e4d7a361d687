"""The request and answer that were registered with a model version."""

import base64
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import boto3

from deploy.project import required

NAMES = ("sample_request", "sample_prediction")


class SampleError(LookupError):
    """A version has no sample; the message tells which."""


@dataclass(frozen=True)
class Sample:
    """A request with the answer that the model gave when it was evaluated.

    Attributes:
        row: The request as a CSV row.
        prediction: The label or the number.
        probability: The probability of the label; None for a regression.
    """

    row: str
    prediction: str | float
    probability: float | None

    @classmethod
    def registered(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the sample of the model version that the environment names, from the central registry.

        Args:
            environment: ``MODEL_PACKAGE_ARN`` and ``AWS_REGION``.

        Raises:
            SampleError: The version has none.
        """
        arn, region = required(environment, ["MODEL_PACKAGE_ARN", "AWS_REGION"])
        client = boto3.client("sagemaker", region_name=region)
        version = client.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")
        return cls.of(arn, version.get("CustomerMetadataProperties", {}))

    @classmethod
    def of(cls, arn: str, metadata: Mapping[str, str]) -> Self:
        """Read the sample in the metadata of a version.

        Raises:
            SampleError: There is none.
        """
        if not set(NAMES) <= metadata.keys():
            raise SampleError(f"{arn} was registered without {' and '.join(NAMES)} (README.md).")
        row, answer = (zlib.decompress(base64.b64decode(metadata[name])).decode() for name in NAMES)
        expected = json.loads(answer)
        return cls(row, expected["prediction"], expected.get("probability"))
