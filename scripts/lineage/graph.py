"""What SageMaker's lineage of an account says came before an artifact."""

from typing import TYPE_CHECKING, Any

from scripts.lineage.node import Gap, GapError, Node, ask

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import QueryLineageResponseTypeDef

# The most that a query goes back, and gives at once
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_QueryLineage.html).
DEPTH, PAGE = 10, 50

KINDS = {
    "DataSet": "Data",
    "Image": "Image",
    "Model": "Model artifact",
    "ProcessingJob": "Processing job",
    "TrainingJob": "Training job",
}
"""What SageMaker's lineage calls things, and what people do."""


class LineageGraph:
    """All artifacts and jobs that led to one artifact."""

    def __init__(self, sagemaker: "SageMakerClient", account: str, source_uri: str) -> None:
        """Ask for them.

        Args:
            sagemaker: A client of the account.
            account: The account.
            source_uri: What the artifact stands for: an S3 URI, or the ARN of a model version.

        Raises:
            GapError: If there is no such artifact, or it is not shown.
        """
        self._sagemaker = sagemaker
        self._account = account
        self._types: dict[str, str] = {}
        self._before: dict[str, list[str]] = {}
        self._shown: dict[str, Node] = {}
        found = ask(lambda: sagemaker.list_artifacts(SourceUri=source_uri)["ArtifactSummaries"])
        if not found:
            raise GapError(f"SageMaker knows nothing of {source_uri} there.")
        self._start = found[0]["ArtifactArn"]
        self._query()

    def sources(self) -> list[Node]:
        """What led to the artifact directly, each with what led to it in turn, which is shown once."""
        return self._sources(self._start)

    def _query(self) -> None:
        page = self._page()
        while True:
            self._types |= {vertex["Arn"]: vertex["Type"] for vertex in page.get("Vertices", [])}
            for edge in page.get("Edges", []):
                before = self._before.setdefault(edge["DestinationArn"], [])
                if edge["SourceArn"] not in before:
                    before.append(edge["SourceArn"])
            if not page.get("NextToken"):
                return
            page = self._page(NextToken=page["NextToken"])

    def _page(self, **following: Any) -> "QueryLineageResponseTypeDef":
        return ask(
            lambda: self._sagemaker.query_lineage(
                StartArns=[self._start],
                Direction="Ascendants",
                IncludeEdges=True,
                # Not the decisions about a version, nor its group.
                Filters={"LineageTypes": ["Artifact", "TrialComponent"]},
                MaxDepth=DEPTH,
                MaxResults=PAGE,
                **following,
            )
        )

    def _sources(self, arn: str) -> list[Node]:
        return [self._node(each) for each in self._before.get(arn, [])]

    def _node(self, arn: str) -> Node:
        if arn in self._shown:
            first = self._shown[arn]
            return Node(
                kind=first.kind,
                name=first.name,
                identifier=first.identifier,
                account=self._account,
                facts={"see": "above"},
            )
        type_ = self._types.get(arn, "Entity")
        node = Node(
            kind=KINDS.get(type_, type_), name=arn.rpartition("/")[2], identifier=arn, account=self._account
        )
        self._shown[arn] = node
        with Gap(node):
            self._describe(node, arn)
        node.sources = self._sources(arn)
        return node

    def _describe(self, node: Node, arn: str) -> None:
        if ":artifact/" in arn:
            artifact = ask(lambda: self._sagemaker.describe_artifact(ArtifactArn=arn))
            node.identifier, node.time = artifact["Source"]["SourceUri"], artifact["CreationTime"]
            node.name = node.identifier.rstrip("/").rpartition("/")[2]
            return
        component = ask(lambda: self._sagemaker.describe_trial_component(TrialComponentName=node.name))
        node.time = component.get("StartTime", component["CreationTime"])
        if "Source" in component:
            node.identifier = component["Source"]["SourceArn"]
            node.name = node.identifier.rpartition("/")[2]
        if "PrimaryStatus" in component.get("Status", {}):
            node.facts["status"] = component["Status"]["PrimaryStatus"]
