"""From an endpoint back to the data, the code and the execution that its model came of, across accounts.

Each step asks AWS what the step before has named. The link between accounts is the receipt of the central
version, which says where the version comes from; SageMaker's own lineage ends at the account
(https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking.html). Where a step finds nothing (a job
that was deleted, an account that does not let us in), the trace says so at that place and goes on with what
it knows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.functions.model_registry import metrics
from registry.functions.model_registry.events import ModelVersionArn
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import SOURCE_MODEL_PACKAGE_ARN, Receipt, data_details
from registry.functions.model_registry.versions import describe_version
from scripts.lineage.graph import LineageGraph
from scripts.lineage.node import Gap, Node, ask

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import PipelineExecutionStepTypeDef


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Follows models back.

    Attributes:
        sagemaker: Gives the client of an account, or raises GapError.
        receipts: The receipts of the central registry.
        hub: The shared services account.
    """

    sagemaker: Callable[[str], "SageMakerClient"]
    receipts: ReceiptBook
    hub: str

    def endpoint(self, name: str, account: str) -> Node:
        """Follow an endpoint back.

        Args:
            name: The endpoint's name.
            account: Its account.

        Raises:
            GapError: If the endpoint is not there, or not shown.
        """
        sagemaker = self.sagemaker(account)
        found = ask(lambda: sagemaker.describe_endpoint(EndpointName=name))
        configuration = found.get("EndpointConfigName")
        return Node(
            kind="Endpoint",
            name=name,
            identifier=found["EndpointArn"],
            account=account,
            time=found["LastModifiedTime"],
            facts={"status": found["EndpointStatus"]},
            gap="" if configuration else "It has no configuration yet.",
            sources=[self._configuration(configuration, account)] if configuration else [],
        )

    def version(self, version: ModelVersionArn) -> Node:
        """Follow a model version back, a central one or a team's.

        Args:
            version: The version.

        Raises:
            GapError: If the version is not there, or not shown.
        """
        return self._central(version) if version.account == self.hub else self._teams(version, {})

    def _configuration(self, name: str, account: str) -> Node:
        node = Node(kind="Endpoint configuration", name=name, account=account)
        with Gap(node):
            sagemaker = self.sagemaker(account)
            found = ask(lambda: sagemaker.describe_endpoint_config(EndpointConfigName=name))
            node.identifier, node.time = found["EndpointConfigArn"], found["CreationTime"]
            models = dict.fromkeys(variant.get("ModelName") for variant in found["ProductionVariants"])
            node.sources = [self._model(model, account) for model in models if model]
        return node

    def _model(self, name: str, account: str) -> Node:
        node = Node(kind="Model", name=name, account=account)
        with Gap(node):
            sagemaker = self.sagemaker(account)
            found = ask(lambda: sagemaker.describe_model(ModelName=name))
            node.identifier, node.time = found["ModelArn"], found["CreationTime"]
            containers = found.get("Containers") or [found.get("PrimaryContainer", {})]
            packages = dict.fromkeys(container.get("ModelPackageName") for container in containers)
            node.sources = [self._package(package) for package in packages if package]
            if not node.sources:
                node.gap = "It was made of an artifact itself, and of no model version of the registry."
        return node

    def _package(self, arn: str) -> Node:
        node = Node(kind="Model version", name=arn.rpartition("/")[2], identifier=arn)
        with Gap(node):
            return self.version(ModelVersionArn.parse(arn))
        return node

    def _central(self, version: ModelVersionArn) -> Node:
        sagemaker = self.sagemaker(version.account)
        found = ask(lambda: describe_version(sagemaker, version.arn))
        stage = found.get("ModelLifeCycle", {})
        facts: dict[str, str] = {"status": found["ModelApprovalStatus"]}
        if stage:
            facts["stage"] = f"{stage['Stage']}, {stage['StageStatus']}"
        return Node(
            kind="Central version",
            name=f"{version.group} {version.version}",
            identifier=version.arn,
            account=version.account,
            time=found["CreationTime"],
            facts=facts,
            sources=[self._receipt(version, found)],
        )

    def _receipt(self, version: ModelVersionArn, found: Mapping[str, Any]) -> Node:
        """The receipt, and what it says of the version's origin; else what the version itself says of it."""
        stated = found.get("CustomerMetadataProperties", {})
        node = Node(
            kind="Receipt",
            name=f"of {version.group} {version.version}",
            identifier=stated.get("receipt_uri", ""),
            account=version.account,
        )
        with Gap(node):
            receipt = ask(lambda: self.receipts.read(found))
            node.facts = dict(_receipt_facts(receipt))
            stated = {name: value for name, value in receipt.content.items() if value is not None}
        node.sources = self._origin(version, stated, repository=found["ModelPackageGroupName"])
        return node

    def _origin(self, central: ModelVersionArn, stated: Mapping[str, Any], *, repository: str) -> list[Node]:
        """A team's version, or what a project did that registered into the central group itself."""
        arn = stated.get(SOURCE_MODEL_PACKAGE_ARN, central.arn)
        if arn == central.arn:
            execution = stated.get("pipeline_execution_arn", "")
            account = execution.split(":")[4] if execution else central.account
            starts = [artifact["uri"] for artifact in stated.get("artifacts", [])]
            return self._making(account, stated, starts, repository=repository)
        source = ModelVersionArn.parse(arn)
        node = Node(
            kind="Team's version",
            name=f"{source.group} {source.version}",
            identifier=arn,
            account=source.account,
        )
        with Gap(node):
            return [self._teams(source, stated)]
        node.sources = self._making(source.account, stated, [arn], repository=repository)
        return [node]

    def _teams(self, version: ModelVersionArn, stated: Mapping[str, Any]) -> Node:
        sagemaker = self.sagemaker(version.account)
        found = ask(lambda: describe_version(sagemaker, version.arn))
        facts: dict[str, str] = {"status": found["ModelApprovalStatus"]}
        if found.get("ApprovalDescription"):
            facts["approval"] = found["ApprovalDescription"]
        containers = found.get("InferenceSpecification", {}).get("Containers", [])
        artifacts = [container["ModelDataUrl"] for container in containers if "ModelDataUrl" in container]
        return Node(
            kind="Team's version",
            name=f"{version.group} {version.version}",
            identifier=version.arn,
            account=version.account,
            time=found["CreationTime"],
            facts=facts,
            sources=self._making(
                version.account,
                {**found.get("CustomerMetadataProperties", {}), **stated},
                [version.arn, *artifacts],
                repository=found["ModelPackageGroupName"],
            ),
        )

    def _making(
        self, account: str, stated: Mapping[str, Any], starts: Sequence[str], *, repository: str
    ) -> list[Node]:
        """The execution, the commit and the lineage of a version.

        Args:
            account: Where it was made.
            stated: ``commit`` and ``pipeline_execution_arn``, as far as they are known.
            starts: Where SageMaker's lineage may begin: sources of artifacts, the best first.
            repository: What Studio knows the project's repository by: the name of the version's group.
        """
        return [
            self._execution(stated.get("pipeline_execution_arn"), account),
            self._commit(stated.get("commit"), repository, account),
            self._lineage(starts, account),
        ]

    def _execution(self, arn: str | None, account: str) -> Node:
        node = Node(kind="Pipeline execution", name="unknown", account=account)
        if arn is None:
            node.gap = "The version does not name any: it was made outside of the project's pipeline."
            return node
        node.name, node.identifier = arn.rpartition("/")[2], arn
        with Gap(node):
            sagemaker = self.sagemaker(account)
            found = ask(lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn))
            node.time = found["CreationTime"]
            node.facts = {
                "pipeline": found["PipelineArn"].rpartition("/")[2],
                "status": found["PipelineExecutionStatus"],
            }
            pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
                PipelineExecutionArn=arn, SortOrder="Ascending"
            )
            steps = ask(lambda: [step for page in pages for step in page["PipelineExecutionSteps"]])
            node.sources = [_step(step, account) for step in steps]
        return node

    def _commit(self, commit: str | None, repository: str, account: str) -> Node:
        node = Node(kind="Commit", name="unknown", account=account)
        if commit is None:
            node.gap = "The version does not name any: it was made outside of the project's build."
            return node
        node.name, node.facts = commit[:12], {"commit": commit}
        with Gap(node):
            sagemaker = self.sagemaker(account)
            found = ask(lambda: sagemaker.describe_code_repository(CodeRepositoryName=repository))
            node.identifier = found["GitConfig"]["RepositoryUrl"]
        return node

    def _lineage(self, starts: Sequence[str], account: str) -> Node:
        node = Node(kind="SageMaker lineage", name=f"in account {account}", account=account)
        for start in starts:
            node.gap = ""
            with Gap(node):
                node.sources = LineageGraph(self.sagemaker(account), account, start).sources()
                break
        else:
            node.gap = node.gap or "The version names no artifact to begin with."
        return node


def _receipt_facts(receipt: Receipt) -> Iterator[tuple[str, str]]:
    content = receipt.content
    if content["approved_by"]:
        yield "approved by", content["approved_by"]
        yield "approved at", content["approved_at"]
    if content["input_data_uri"]:
        yield "input data", content["input_data_uri"]
    for name, value in data_details(content).items():
        yield name.replace("_", " "), value
    for image in content["images"]:
        yield "image", f"{image['image']} ({image['digest']})" if image["digest"] else image["image"]
    if content["metrics"]:
        values = content["metrics"].items()
        yield "metrics", ", ".join(f"{name} {metrics.written(value)}" for name, value in values)
    yield "SHA-256", receipt.sha256


def _step(step: "PipelineExecutionStepTypeDef", account: str) -> Node:
    facts: dict[str, str] = {"status": step["StepStatus"]}
    metadata: Mapping[str, Any] = step.get("Metadata", {})
    reused = step.get("CacheHitResult", {}).get("SourcePipelineExecutionArn")
    if reused:
        facts["reused from"] = reused
    outcome = metadata.get("Condition", {}).get("Outcome")
    if outcome:
        facts["outcome"] = outcome
    made = (each["Arn"] for each in metadata.values() if isinstance(each, Mapping) and "Arn" in each)
    return Node(
        kind="Step",
        name=step["StepName"],
        identifier=next(made, ""),
        account=account,
        time=step.get("StartTime"),
        facts=facts,
    )
