# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""What a trace asks of several accounts: endpoints, executions, and SageMaker's lineage."""

from collections.abc import Mapping
from typing import Any

from .core import REGION, Core, Parameters, failure

# Smaller than AWS's, so that a small lineage has several pages.
PAGE = 4


class Lineage(Core):
    """Things that are described by name, and entities that led to one another.

    Attributes:
        described: What an operation answers, by its name and that of the thing.
        steps: The steps of executions, by ARN, oldest first.
        entities: Type and description of artifacts and trial components, by ARN.
        edges: Which entity led to which, by their ARNs.
        closed: Accounts that let nobody assume a role.
        assumed: The roles that were assumed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.described: dict[tuple[str, str], Parameters] = {}
        self.steps: dict[str, list[Parameters]] = {}
        self.entities: dict[str, tuple[str, Parameters]] = {}
        self.edges: list[tuple[str, str]] = []
        self.closed: set[str] = set()
        self.assumed: list[str] = []

    def job(self, arn: str, read: list[tuple[str, str]], wrote: list[tuple[str, str]]) -> str:
        """Note a job with types and URIs of what it read and wrote; give its trial component's ARN."""
        name, kind = arn.rpartition("/")[2], arn.split(":")[5].partition("/")[0]
        account, component = arn.split(":")[4], f"{name}-aws-{kind}"
        component_arn = f"arn:aws:sagemaker:{REGION}:{account}:experiment-trial-component/{component}"
        self.entities[component_arn] = (
            {"training-job": "TrainingJob", "processing-job": "ProcessingJob"}[kind],
            {
                "TrialComponentName": component,
                "Source": {"SourceArn": arn},
                "Status": {"PrimaryStatus": "Completed"},
                "CreationTime": self.now(),
            },
        )
        self.edges += [(self.artifact(account, *each), component_arn) for each in read]
        self.edges += [(component_arn, self.artifact(account, *each)) for each in wrote]
        return component_arn

    def artifact(self, account: str, kind: str, uri: str) -> str:
        """Note an artifact, and give its ARN."""
        arn = f"arn:aws:sagemaker:{REGION}:{account}:artifact/{uri.encode().hex()}"
        described = {"ArtifactArn": arn, "Source": {"SourceUri": uri}, "CreationTime": self.now()}
        self.entities.setdefault(arn, (kind, described))
        return arn

    def sts_AssumeRole(self, *, RoleArn: str, RoleSessionName: str) -> Parameters:
        if RoleArn.split(":")[4] in self.closed:
            raise failure("AssumeRole", "AccessDenied", "not authorized to perform: sts:AssumeRole", 403)
        self.assumed.append(RoleArn)
        secret = {"AccessKeyId": "in-memory-key-id", "SecretAccessKey": RoleSessionName}
        return {"Credentials": {**secret, "SessionToken": "in-memory", "Expiration": self.now()}}

    def _described(self, operation: str, name: str, code: str = "ValidationException") -> Parameters:
        if (operation, name) not in self.described:
            raise failure(operation, code, f'Could not find "{name}".')
        return self.described[operation, name]

    def sagemaker_DescribeEndpoint(self, *, EndpointName: str) -> Parameters:
        return self._described("DescribeEndpoint", EndpointName)

    def sagemaker_DescribeEndpointConfig(self, *, EndpointConfigName: str) -> Parameters:
        return self._described("DescribeEndpointConfig", EndpointConfigName)

    def sagemaker_DescribeModel(self, *, ModelName: str) -> Parameters:
        return self._described("DescribeModel", ModelName)

    def sagemaker_DescribeCodeRepository(self, *, CodeRepositoryName: str) -> Parameters:
        return self._described("DescribeCodeRepository", CodeRepositoryName)

    def sagemaker_DescribePipelineExecution(self, *, PipelineExecutionArn: str) -> Parameters:
        return self._described("DescribePipelineExecution", PipelineExecutionArn, "ResourceNotFound")

    def sagemaker_ListPipelineExecutionSteps(
        self, *, PipelineExecutionArn: str, SortOrder: str, NextToken: str = "0"
    ) -> Parameters:
        found = self.steps[PipelineExecutionArn]
        ordered = found if SortOrder == "Ascending" else found[::-1]
        return {"PipelineExecutionSteps": ordered[int(NextToken) :][:PAGE], **_rest(NextToken, ordered)}

    def sagemaker_ListArtifacts(self, *, SourceUri: str) -> Parameters:
        found = [
            described
            for _, described in self.entities.values()
            if described["Source"].get("SourceUri") == SourceUri
        ]
        return {"ArtifactSummaries": found}

    def sagemaker_DescribeArtifact(self, *, ArtifactArn: str) -> Parameters:
        return self._entity("DescribeArtifact", ArtifactArn)

    def sagemaker_DescribeTrialComponent(self, *, TrialComponentName: str) -> Parameters:
        arn = next((arn for arn in self.entities if arn.endswith(f"/{TrialComponentName}")), "")
        return self._entity("DescribeTrialComponent", arn)

    def _entity(self, operation: str, arn: str) -> Parameters:
        if arn not in self.entities:
            raise failure(operation, "ResourceNotFound", f"Lineage entity {arn} does not exist.")
        return self.entities[arn][1]

    def sagemaker_QueryLineage(
        self,
        *,
        StartArns: list[str],
        Direction: str,
        IncludeEdges: bool,
        Filters: Mapping[str, Any],
        MaxDepth: int,
        MaxResults: int,
        NextToken: str = "0",
    ) -> Parameters:
        assert (Direction, IncludeEdges) == ("Ascendants", True)
        assert Filters == {"LineageTypes": ["Artifact", "TrialComponent"]}
        assert MaxResults >= PAGE
        found: dict[str, None] = {}
        edge = StartArns
        for _ in range(MaxDepth):
            edge = [source for source, target in self.edges if target in edge and source not in found]
            found |= dict.fromkeys(edge)
        page = list(found)[int(NextToken) :][:PAGE]
        return {
            "Vertices": [
                {
                    "Arn": arn,
                    # What was deleted since is still part of the lineage.
                    "Type": self.entities.get(arn, ("DataSet", {}))[0],
                    "LineageType": "Artifact" if ":artifact/" in arn else "TrialComponent",
                }
                for arn in page
            ],
            "Edges": [
                {"SourceArn": source, "DestinationArn": target, "AssociationType": "ContributedTo"}
                for source, target in self.edges
                if source in page
            ],
            **_rest(NextToken, list(found)),
        }


def _rest(token: str, all_: list[Any]) -> Parameters:
    following = int(token) + PAGE
    return {"NextToken": str(following)} if following < len(all_) else {}
