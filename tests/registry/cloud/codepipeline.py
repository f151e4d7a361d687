# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""AWS CodePipeline: the answers to jobs, and the actions of executions."""

from .core import Core, Parameters, failure


class CodePipeline(Core):
    """The pipelines of the hub.

    Attributes:
        jobs: The jobs that wait, or have waited, by id, each with the answer once there is one.
        actions: Runs of actions, by pipeline and execution, as ListActionExecutions describes them.
        started: Requests that started an execution, by their token.
    """

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, Parameters] = {}
        self.actions: dict[tuple[str, str], list[Parameters]] = {}
        self.started: dict[str, Parameters] = {}

    def act(self, pipeline: str, execution: str, action: str, status: str, by: str | None = None) -> None:
        """Run an action of a stage of the same name, or let a person decide about it."""
        details = {
            "pipelineExecutionId": execution,
            "stageName": action,
            "actionName": action,
            "status": status,
            "lastUpdateTime": self.now(),
            "output": {"executionResult": {"externalExecutionSummary": "Looks good." if by else ""}},
            **({"updatedBy": by} if by else {}),
        }
        self.actions.setdefault((pipeline, execution), []).insert(0, details)

    def codepipeline_ListActionExecutions(
        self,
        *,
        pipelineName: str,
        filter: dict[str, str],  # noqa: A002
        nextToken: str = "",
    ) -> Parameters:
        # One at a time, so that there are several pages.
        actions = self.actions.get((pipelineName, filter["pipelineExecutionId"]), [])
        start = int(nextToken or 0)
        more = {"nextToken": str(start + 1)} if start + 1 < len(actions) else {}
        named = [
            {key: value for key, value in action.items() if key != "updatedBy"}
            if "approval-updated-by" in self.feared
            else action
            for action in actions[start : start + 1]
        ]
        return {"actionExecutionDetails": named, **more}

    def codepipeline_StartPipelineExecution(
        self, *, clientRequestToken: str, **request: object
    ) -> Parameters:
        self.started.setdefault(clientRequestToken, request)
        number = list(self.started).index(clientRequestToken)
        return {"pipelineExecutionId": f"11111111-2222-4333-8444-{number:012}"}

    def codepipeline_GetPipelineState(self, *, name: str) -> Parameters:
        latest = {
            action["stageName"]: (execution, action)
            for (pipeline, execution), actions in self.actions.items()
            for action in reversed(actions)
            if pipeline == name
        }
        return {
            "stageStates": [
                {
                    "stageName": stage,
                    "latestExecution": {"pipelineExecutionId": execution, "status": action["status"]},
                    "actionStates": [
                        {
                            "actionName": action["actionName"],
                            "latestExecution": {
                                "status": action["status"],
                                "lastStatusChange": action["lastUpdateTime"],
                                "summary": action["output"]["executionResult"]["externalExecutionSummary"],
                                **({"lastUpdatedBy": action["updatedBy"]} if "updatedBy" in action else {}),
                            },
                        }
                    ],
                }
                for stage, (execution, action) in latest.items()
            ]
        }

    def codepipeline_PutJobSuccessResult(self, *, jobId: str, **answer: object) -> Parameters:
        return self._answer("PutJobSuccessResult", jobId, answer)

    def codepipeline_PutJobFailureResult(self, *, jobId: str, **answer: object) -> Parameters:
        return self._answer("PutJobFailureResult", jobId, answer)

    def _answer(self, operation: str, job: str, answer: Parameters) -> Parameters:
        if job not in self.jobs:
            raise failure(operation, "JobNotFoundException", f"There is no job {job}")
        if self.jobs[job]:
            raise failure(operation, "InvalidJobStateException", f"The job {job} is not in progress")
        self.jobs[job] = answer
        return {}
