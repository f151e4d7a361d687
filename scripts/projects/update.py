"""What an update of a project would change: said before it is done.

AWS warns that an update of a project in use may lose resources
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateProject.html). So a plan comes first: the
version, the parameters, and the resources that come, go or become something else; and nothing is updated
while the project's pipeline runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from registry.functions.model_registry.errors import DENIED, error_code
from scripts.console.change import OperatorError
from scripts.projects.offers import Catalog, Product, Version
from scripts.projects.project import Project
from scripts.projects.template import Template

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.client import CodePipelineClient

PIPELINE_MISSING = "PipelineNotFoundException"


@dataclass(frozen=True, kw_only=True)
class Update:
    """An update of a project.

    Attributes:
        project: The project as it is.
        product: Its product.
        version: The version it gets.
        values: The parameters it gets.
        resources: What becomes of its resources, in a line each; None if the templates cannot be read.
    """

    project: Project
    product: Product
    version: Version
    values: Mapping[str, str]
    resources: tuple[str, ...] | None

    @property
    def changes_nothing(self) -> bool:
        """Whether the project is as it would become."""
        failed = self.project.status == "UpdateFailed"
        return not failed and self.version.identifier == self.project.version_id and not self._changed()

    def describe(self) -> Iterator[str]:
        """Tell what would change, in a line each."""
        yield f"Project {self.project.name}, from '{self.product.name}':"
        yield f"  version: {self._version_name()} -> {self.version.name}"
        for name, (old, new) in self._changed().items():
            yield f"  {name}: {_shown(old)} -> {_shown(new)}"
        if self.resources is None:
            yield "  resources: not compared, as these credentials may not read the product's templates"
        else:
            yield from (f"  {line}" for line in self.resources)
        yield (
            "AWS may replace resources in an update, and what they hold is lost then; the repository "
            "is left as it is. Nobody should work with the project meanwhile."
        )

    def _version_name(self) -> str:
        names = {version.identifier: version.name for version in self.product.versions}
        return names.get(self.project.version_id, self.project.version_id or "unknown")

    def _changed(self) -> dict[str, tuple[str | None, str | None]]:
        old, new = self.project.values, self.values
        return {
            name: (old.get(name), new.get(name))
            for name in dict.fromkeys([*new, *old])
            if old.get(name) != new.get(name)
        }


def plan(catalog: Catalog, project: Project, *, version: str | None, given: Mapping[str, str]) -> Update:
    """Work out what an update changes.

    Args:
        catalog: What the caller is offered.
        project: The project.
        version: The version it gets; the newest by default.
        given: Parameters that change.

    Raises:
        OperatorError: The project cannot be updated so.
    """
    if not project.product_id:
        raise OperatorError(
            f"Project {project.name} does not come from a product of Service Catalog: update it in Studio."
        )
    product = catalog.product(project.product_id)
    wanted = product.version(version)
    form = catalog.form(product, wanted)
    known = {field.name for field in form.fields}
    kept = {name: value for name, value in project.values.items() if name in known}
    values = form.complete({**kept, **given})
    return Update(
        project=project,
        product=product,
        version=wanted,
        values=values,
        resources=_resources(catalog, product, project.version_id, wanted, form.template),
    )


def _resources(
    catalog: Catalog, product: Product, before: str, version: Version, after: Template | None
) -> tuple[str, ...] | None:
    if before == version.identifier:
        return ()
    old = catalog.template(product, before)
    if old is None or after is None:
        return None
    return tuple(compare(old, after))


def compare(old: Template, new: Template) -> Iterator[str]:
    """Tell which resources of a template come, go, or become something else.

    Args:
        old: The template of today.
        new: The template of tomorrow.
    """
    for name, kind in old.resources.items():
        if name not in new.resources:
            fate = "stays, and is the project's no more" if name in old.kept else "is deleted"
            yield f"{name} ({kind}) {fate}"
        elif new.resources[name] != kind:
            yield f"{name} ({kind}) is replaced by {new.resources[name]}"
    for name, kind in new.resources.items():
        if name not in old.resources:
            yield f"{name} ({kind}) is created"


def refuse_while_running(codepipeline: "CodePipelineClient", pipeline: str) -> None:
    """See that a project's pipeline rests, if it has one.

    Args:
        codepipeline: A client with the caller's credentials.
        pipeline: The pipeline's name.

    Raises:
        OperatorError: It runs.
    """
    try:
        pages = codepipeline.get_paginator("list_pipeline_executions").paginate(pipelineName=pipeline)
        executions = [each for page in pages for each in page["pipelineExecutionSummaries"]]
    except ClientError as error:
        # Who may see pipelines of projects only is denied one that is not there.
        if error_code(error) in (PIPELINE_MISSING, *DENIED):
            return
        raise
    running = [each["pipelineExecutionId"] for each in executions if each["status"] == "InProgress"]
    if running:
        raise OperatorError(
            f"Pipeline {pipeline} runs (execution {running[0]}), and AWS warns of updating a project in use: "
            "wait for its end, or stop it, and run the command again."
        )


def _shown(value: str | None) -> str:
    return "none" if value is None else f"'{value}'"
