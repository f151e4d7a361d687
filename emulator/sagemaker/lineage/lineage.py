"""SageMaker's lineage: its entities, their associations, and queries.

Source: the API reference of each operation, such as
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_QueryLineage.html.
"""

from collections.abc import Callable, Mapping
from typing import Any

from emulator.core.service import Request, ServiceError
from emulator.sagemaker.lineage.graph import (
    ARTIFACT,
    KINDS,
    MAXIMUM_DEPTH,
    TRIAL_COMPONENT,
    Association,
    Entity,
    Graph,
    Kind,
    graph,
)
from emulator.sagemaker.service import check_tagging, sagemaker
from emulator.sagemaker.store import arn, listed, page, tags, within


def _lineage(request: Request) -> Graph:
    return graph(request.account, request.region)


def _resource(kind: Kind) -> Callable[[Request], str]:
    """How an operation finds the ARN that IAM is asked about."""

    def of(request: Request) -> str:
        given = str(request.parameters.get(kind.arn_key) or request.parameters.get(kind.name_key, "*"))
        if given.startswith("arn:"):
            return given
        # The name of a new artifact is not that of its ARN, which SageMaker makes of the source.
        name = "*" if kind is ARTIFACT else given
        return arn(request.region, request.account, f"{kind.resource}/{name}")

    return of


def _add_operations(kind: Kind) -> None:
    noun, resource = kind.noun, _resource(kind)
    # An artifact is found by its ARN, the others by name.
    key = kind.arn_key if kind is ARTIFACT else kind.name_key

    def find(request: Request) -> Entity:
        if key not in request.parameters:
            raise ServiceError("UnsupportedOperation", f"The emulator finds what to delete by {key} only.")
        return _lineage(request).named(kind, request.parameters[key])

    @sagemaker.operation(f"Create{noun}", resource=resource)
    def create(request: Request) -> dict[str, Any]:
        given = dict(request.parameters)
        check_tagging(request, resource(request))
        tagged = given.pop("Tags", [])
        type_ = given.pop(kind.type_key, "") or "ExperimentTrialComponent"
        entity = _lineage(request).put(kind, type_, given, by=request.caller_arn)
        tags.put(entity.arn, tagged)
        return {kind.arn_key: entity.arn}

    @sagemaker.operation(f"Describe{noun}", resource=resource)
    def describe(request: Request) -> dict[str, Any]:
        return find(request).description

    @sagemaker.operation(f"Delete{noun}", resource=resource)
    def delete(request: Request) -> dict[str, Any]:
        entity = find(request)
        _lineage(request).remove(entity)
        tags.forget(entity.arn)
        return {kind.arn_key: entity.arn}

    @sagemaker.operation(f"List{noun}s")
    def list_all(request: Request) -> dict[str, Any]:
        given = request.parameters
        wanted = given.get(kind.source_key)
        kept = [
            _summary(entity)
            for entity in _lineage(request).all(kind)
            if wanted in (None, entity.source) and given.get(kind.type_key) in (None, entity.type)
        ]
        found, rest = listed(request, kept, name=kind.name_key, descending=True)
        return {f"{noun}Summaries": found, **rest}


def _summary(entity: Entity) -> dict[str, Any]:
    """An entity as List answers it; what the operation does not show is left out on the way."""
    if entity.kind is TRIAL_COMPONENT and "Source" in entity.description:
        return {**entity.description, "TrialComponentSource": entity.description["Source"]}
    return entity.description


for _kind in KINDS:
    _add_operations(_kind)


def _both_ends(request: Request) -> list[str]:
    return [request.parameters["SourceArn"], request.parameters["DestinationArn"]]


@sagemaker.operation("AddAssociation", resource=_both_ends)
def _add_association(request: Request) -> dict[str, Any]:
    lineage, ends = _lineage(request), _both_ends(request)
    source, destination = (lineage.get(each) for each in ends)
    lineage.associate(source, destination, request.parameters.get("AssociationType"), by=request.caller_arn)
    return {"SourceArn": source.arn, "DestinationArn": destination.arn}


@sagemaker.operation("DeleteAssociation", resource=_both_ends)
def _delete_association(request: Request) -> dict[str, Any]:
    source, destination = _both_ends(request)
    _lineage(request).dissociate(source, destination)
    return {"SourceArn": source, "DestinationArn": destination}


@sagemaker.operation("ListAssociations")
def _list_associations(request: Request) -> dict[str, Any]:
    filters = ("SourceArn", "DestinationArn", "SourceType", "DestinationType", "AssociationType")
    given = {key: request.parameters[key] for key in filters if key in request.parameters}
    described = [_described(each) for each in _lineage(request).associations()]
    kept = [each for each in described if all(each[key] == value for key, value in given.items())]
    found, rest = listed(request, kept, name="SourceName", descending=True)
    return {"AssociationSummaries": found, **rest}


def _described(association: Association) -> dict[str, Any]:
    described: dict[str, Any] = {"AssociationType": association.type, "CreationTime": association.created}
    for end, entity in (("Source", association.source), ("Destination", association.destination)):
        prefix = "SageMaker" if entity.kind is TRIAL_COMPONENT else ""
        described |= {
            f"{end}Arn": entity.arn,
            f"{end}Type": f"{prefix}{entity.type}",
            f"{end}Name": entity.description.get(entity.kind.name_key),
        }
    if association.by:
        described["CreatedBy"] = {"IamIdentity": {"Arn": association.by}}
    return described


@sagemaker.operation("QueryLineage")
def _query(request: Request) -> dict[str, Any]:
    given, lineage = request.parameters, _lineage(request)
    start = given.get("StartArns", [])
    if not start:
        raise ServiceError("UnsupportedOperation", "The emulator queries the lineage from StartArns.")
    reached = lineage.reach(start, given.get("Direction", "Both"), given.get("MaxDepth", MAXIMUM_DEPTH))
    kept = [entity for entity in reached if _passes(entity, given.get("Filters", {}))]
    found, rest = page(request, kept)
    answer: dict[str, Any] = {
        "Vertices": [
            {"Arn": entity.arn, "Type": entity.type, "LineageType": entity.kind.noun} for entity in found
        ],
        **rest,
    }
    if given.get("IncludeEdges", True):
        shown, ends = {entity.arn for entity in found}, {*start, *(entity.arn for entity in kept)}
        answer["Edges"] = [
            {"SourceArn": pair[0], "DestinationArn": pair[1], "AssociationType": association.type}
            for association in lineage.associations()
            if (pair := (association.source.arn, association.destination.arn))
            and ends.issuperset(pair)
            and not shown.isdisjoint(pair)
        ]
    return answer


def _passes(entity: Entity, filters: Mapping[str, Any]) -> bool:
    """Whether a vertex is one that a query wants."""
    described = entity.description
    properties = described.get("Properties", {})
    return (
        entity.type in filters.get("Types", [entity.type])
        and entity.kind.noun in filters.get("LineageTypes", [entity.kind.noun])
        and all(properties.get(key) == value for key, value in filters.get("Properties", {}).items())
        and within(described["CreationTime"], filters.get("CreatedAfter"), filters.get("CreatedBefore"))
        and within(described["LastModifiedTime"], filters.get("ModifiedAfter"), filters.get("ModifiedBefore"))
    )
