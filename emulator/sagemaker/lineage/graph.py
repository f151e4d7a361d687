"""The lineage of what an account makes with SageMaker: entities, and what made which of which.

https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-entities.html
"""

import hashlib
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.core.service import ServiceError
from emulator.sagemaker.store import arn

MAXIMUM_DEPTH = 10


@dataclass(frozen=True)
class Kind:
    """A kind of entity.

    Attributes:
        noun: What operations and queries call it, such as `Artifact`.
        resource: What its ARNs call it.
        type_key: The parameter with its type; a trial component has none.
        source_key: Of its source, the key of the place.
    """

    noun: str
    resource: str
    type_key: str
    source_key: str = "SourceUri"

    @property
    def name_key(self) -> str:
        """The parameter with its name."""
        return f"{self.noun}Name"

    @property
    def arn_key(self) -> str:
        """The field with its ARN."""
        return f"{self.noun}Arn"


ARTIFACT = Kind("Artifact", "artifact", "ArtifactType")
CONTEXT = Kind("Context", "context", "ContextType")
ACTION = Kind("Action", "action", "ActionType")
TRIAL_COMPONENT = Kind("TrialComponent", "experiment-trial-component", "", "SourceArn")
KINDS = (ARTIFACT, CONTEXT, ACTION, TRIAL_COMPONENT)


@dataclass
class Entity:
    """An entity.

    Attributes:
        kind: What it is.
        type: Of what type, such as `DataSet`, `Endpoint` or `TrainingJob`.
        description: What Describe returns.
    """

    kind: Kind
    type: str
    description: dict[str, Any]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.description[self.kind.arn_key])

    @property
    def source(self) -> str | None:
        """Where what it stands for is: an S3 URI, an image, an ARN."""
        found: str | None = self.description.get("Source", {}).get(self.kind.source_key)
        return found


@dataclass(frozen=True)
class Association:
    """That one entity led to another.

    Attributes:
        type: ContributedTo, Produced, AssociatedWith, DerivedFrom or SameAs.
        created: When, in seconds since 1970.
    """

    source: Entity
    destination: Entity
    type: str | None
    created: float
    by: str | None


class Graph:
    """The lineage of one account in one Region."""

    def __init__(self, account: str, region: str) -> None:
        """Make an empty one."""
        self.account = account
        self.region = region
        self.lock = threading.RLock()
        self._entities: dict[str, Entity] = {}
        self._associations: dict[tuple[str, str], Association] = {}

    def put(self, kind: Kind, type_: str, description: Mapping[str, Any], by: str | None = None) -> Entity:
        """Add an entity, or find the one that is there: an artifact by its source, another by its name.

        Args:
            kind: What it is.
            type_: Of what type.
            description: What Describe returns, but for ARN and times.
            by: Who makes it.
        """
        name = description.get(kind.name_key, "")
        if kind is ARTIFACT:
            name = hashlib.md5(description["Source"]["SourceUri"].encode(), usedforsecurity=False).hexdigest()
        entity_arn = arn(self.region, self.account, f"{kind.resource}/{name}")
        with self.lock:
            if entity_arn not in self._entities:
                now = time.time()
                known = {kind.arn_key: entity_arn, "CreationTime": now, "LastModifiedTime": now}
                known |= {kind.type_key: type_} if kind.type_key else {}
                known |= {"CreatedBy": {"IamIdentity": {"Arn": by}}} if by else {}
                self._entities[entity_arn] = Entity(kind, type_, {**description, **known})
            return self._entities[entity_arn]

    def change(self, entity: Entity, changes: Mapping[str, Any]) -> None:
        """Change what Describe returns of an entity."""
        entity.description = {**entity.description, **changes, "LastModifiedTime": time.time()}

    def get(self, entity_arn: str) -> Entity:
        """Find an entity.

        Raises:
            ServiceError: There is none.
        """
        if entity_arn not in self._entities:
            raise ServiceError("ResourceNotFound", f"Lineage entity {entity_arn} does not exist.")
        return self._entities[entity_arn]

    def named(self, kind: Kind, name: str) -> Entity:
        """Find an entity by its name or ARN.

        Raises:
            ServiceError: There is none.
        """
        return self.get(name if ":" in name else arn(self.region, self.account, f"{kind.resource}/{name}"))

    def all(self, kind: Kind) -> list[Entity]:
        """All entities of a kind, oldest first."""
        with self.lock:
            return [entity for entity in self._entities.values() if entity.kind is kind]

    def remove(self, entity: Entity) -> None:
        """Forget an entity.

        Raises:
            ServiceError: It has associations.
        """
        with self.lock:
            if any(entity.arn in pair for pair in self._associations):
                raise ServiceError(
                    "ValidationException", f"{entity.arn} has associations: delete these first."
                )
            self._entities.pop(entity.arn, None)

    def associate(
        self, source: Entity, destination: Entity, type_: str | None, by: str | None = None
    ) -> None:
        """Note that one entity led to another; nothing happens if that is known."""
        with self.lock:
            self._associations.setdefault(
                (source.arn, destination.arn), Association(source, destination, type_, time.time(), by)
            )

    def dissociate(self, source_arn: str, destination_arn: str) -> None:
        """Forget an association.

        Raises:
            ServiceError: There is none.
        """
        with self.lock:
            if self._associations.pop((source_arn, destination_arn), None) is None:
                raise ServiceError(
                    "ResourceNotFound", f"{source_arn} is not associated with {destination_arn}."
                )

    def associations(self) -> list[Association]:
        """All associations, oldest first."""
        with self.lock:
            return list(self._associations.values())

    def reach(self, start: Iterable[str], direction: str, depth: int) -> list[Entity]:
        """Find what led to entities, or what they led to, the nearest first.

        Args:
            start: ARNs of the entities, which are not among the result.
            direction: Ascendants, Descendants or Both.
            depth: How many associations away at most.

        Raises:
            ServiceError: One of them does not exist.
        """
        edge = [self.get(each) for each in start]
        found = {entity.arn: entity for entity in edge}
        given = set(found)
        for _ in range(depth):
            arns = {entity.arn for entity in edge}
            edge = []
            for association in self.associations():
                ends = (association.source, association.destination)
                for near, far, way in ((*ends, "Descendants"), (*ends[::-1], "Ascendants")):
                    if direction in (way, "Both") and near.arn in arns and far.arn not in found:
                        found[far.arn] = far
                        edge.append(far)
        return [entity for key, entity in found.items() if key not in given]


_graphs: dict[tuple[str, str], Graph] = {}
_making = threading.Lock()


def graph(account: str, region: str) -> Graph:
    """The lineage of an account in a Region."""
    with _making:
        return _graphs.setdefault((account, region), Graph(account, region))
