"""A version's sample is read as it was registered."""

import base64
import json
import zlib

import pytest

from deploy.sample import Sample, SampleError


def encoded(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode())).decode()


@pytest.mark.parametrize(
    ("answer", "sample"),
    [
        ({"prediction": "rose", "probability": 0.75}, Sample("1,red", "rose", 0.75)),
        ({"prediction": 2.5}, Sample("1,red", 2.5, None)),
    ],
    ids=["classification", "regression"],
)
def test_a_sample_is_read(answer: dict[str, object], sample: Sample) -> None:
    metadata = {"sample_request": encoded("1,red"), "sample_prediction": encoded(json.dumps(answer))}
    assert Sample.of("arn", metadata) == sample


@pytest.mark.parametrize("there", [[], ["sample_request"], ["sample_prediction"]])
def test_a_version_without_a_sample_is_named(there: list[str]) -> None:
    with pytest.raises(SampleError, match=r"^arn was registered without sample_request and"):
        Sample.of("arn", dict.fromkeys(there, encoded("1")))
