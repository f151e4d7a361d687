"""The endpoint of the test account, asked like an application would ask it."""

import csv
import json

import pytest
from botocore.exceptions import ClientError

from deploy.sample import Sample
from integration_tests.conftest import Endpoint

CSV = "text/csv"
JSON = "application/json"


def body(sample: Sample, content_type: str) -> str:
    """The sample as a request of a content type."""
    if content_type == CSV:
        return sample.row
    return json.dumps({"instances": [next(csv.reader([sample.row]))]})


def test_the_endpoint_is_in_service(endpoint: Endpoint) -> None:
    assert endpoint.status == "InService"


@pytest.mark.parametrize("content_type", [CSV, JSON])
def test_the_endpoint_answers_as_the_model_did_when_it_was_evaluated(
    endpoint: Endpoint, sample: Sample, content_type: str
) -> None:
    answer = endpoint.ask(body(sample, content_type), content_type)
    if sample.probability is None:
        assert answer["predictions"] == [pytest.approx(sample.prediction, rel=1e-4, abs=1e-6)]
    else:
        assert answer["predictions"] == [sample.prediction]
        probability = answer["probabilities"][0][str(sample.prediction)]
        assert probability == pytest.approx(sample.probability, abs=1e-3)


@pytest.mark.parametrize(
    ("request_body", "content_type"),
    [
        pytest.param('"an open quote', CSV, id="not-csv"),
        pytest.param('{"instances": ', JSON, id="not-json"),
        pytest.param("<rows/>", "application/xml", id="unknown-type"),
    ],
)
def test_a_wrong_request_is_refused_and_the_next_one_answered(
    endpoint: Endpoint, sample: Sample, request_body: str, content_type: str
) -> None:
    with pytest.raises(ClientError) as refusal:
        endpoint.ask(request_body, content_type)
    assert refusal.value.response["Error"]["Code"] == "ModelError"
    assert endpoint.ask(body(sample, CSV), CSV)["predictions"]
