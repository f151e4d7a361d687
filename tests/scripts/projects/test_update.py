"""An update of a project tells what becomes of its resources, and waits for its pipeline."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.console.change import OperatorError
from scripts.projects.template import Template
from scripts.projects.update import compare, refuse_while_running


class Pipelines:
    """CodePipeline, whose one pipeline has had these executions or cannot be asked."""

    def __init__(self, *statuses: str, error: str = "") -> None:
        self.statuses = statuses
        self.error = error

    def get_paginator(self, operation: str) -> "Pipelines":
        assert operation == "list_pipeline_executions"
        return self

    def paginate(self, **given: str) -> Iterator[dict[str, Any]]:
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": ""}}, "ListPipelineExecutions")
        for number, status in enumerate(self.statuses):
            execution = {"pipelineExecutionId": f"{given['pipelineName']}-{number}", "status": status}
            yield {"pipelineExecutionSummaries": [execution]}


def test_resources_that_come_go_and_stay() -> None:
    old = Template(resources={"A": "T", "B": "T", "C": "T", "D": "T"}, kept=frozenset({"B"}))
    new = Template(resources={"A": "T", "D": "U", "E": "T"})
    assert list(compare(old, new)) == [
        "B (T) stays, and is the project's no more",
        "C (T) is deleted",
        "D (T) is replaced by U",
        "E (T) is created",
    ]


def test_a_project_whose_pipeline_runs_is_not_updated() -> None:
    pipelines: Any = Pipelines("Succeeded", "InProgress")
    with pytest.raises(OperatorError, match=r"Pipeline churn runs \(execution churn-1\)"):
        refuse_while_running(pipelines, "churn")


@pytest.mark.parametrize(
    "pipelines",
    [
        Pipelines("Succeeded", "Failed", "Stopped"),
        Pipelines(),
        Pipelines(error="PipelineNotFoundException"),
        Pipelines(error="AccessDeniedException"),
    ],
    ids=["at rest", "never ran", "none", "not to be seen"],
)
def test_a_project_at_rest_is_updated(pipelines: Any) -> None:
    refuse_while_running(pipelines, "churn")


def test_throttling_is_no_rest() -> None:
    pipelines: Any = Pipelines(error="ThrottlingException")
    with pytest.raises(ClientError):
        refuse_while_running(pipelines, "churn")
