"""What a transform of the test account writes, started as the schedule would start it."""

import json
from typing import Any

import pytest

from deploy.sample import Sample
from integration_tests.conftest import Transform


def test_the_schedule_starts_a_job_whose_name_is_new_each_time(scheduled: dict[str, Any]) -> None:
    assert "<aws.scheduler.execution-id>" in scheduled["TransformJobName"]


def test_the_transform_completes(transform: Transform) -> None:
    assert (transform.status, transform.reason) == ("Completed", "")


def test_each_row_gets_the_answer_that_the_model_gave_when_it_was_evaluated(
    transform: Transform, sample: Sample
) -> None:
    # A document for each group of rows that SageMaker has sent at once.
    answers = [json.loads(line) for line in transform.output.splitlines() if line.strip()]
    predictions = [prediction for answer in answers for prediction in answer["predictions"]]
    if sample.probability is None:
        assert predictions == [pytest.approx(sample.prediction, rel=1e-4, abs=1e-6)] * 3
        return
    assert predictions == [sample.prediction] * 3
    probabilities = [each[str(sample.prediction)] for answer in answers for each in answer["probabilities"]]
    assert probabilities == [pytest.approx(sample.probability, abs=1e-3)] * 3
