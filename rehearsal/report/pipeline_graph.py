"""The graph of the SageMaker pipeline, from the definition that SageMaker holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rehearsal.record import PipelineRun, StepRecord

NODE_WIDTH = 158
NODE_HEIGHT = 50
GAP_X = 14
GAP_Y = 34
MARGIN = 3
BRANCHES = {"IfSteps": "true", "ElseSteps": "false"}

_REFERENCE = re.compile(r"^Steps\.([^.\[]+)")


@dataclass(frozen=True, kw_only=True)
class Node:
    """A step with its place.

    Attributes:
        name: Name of the step.
        kind: Its type, such as `Training`.
        step: How it went; None if the run did not reach it.
        x: Left edge.
        y: Upper edge.
    """

    name: str
    kind: str
    step: StepRecord | None
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A dependency between two steps.

    Attributes:
        path: The line, as an SVG path.
        label: `true` or `false` for the branches of a condition.
        x: Where the label stands.
        y: Where the label stands.
        taken: Whether the run went this way.
    """

    path: str
    label: str
    x: float
    y: float
    taken: bool


@dataclass(frozen=True, kw_only=True)
class Graph:
    """All that the template draws."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, kw_only=True)
class _Step:
    name: str
    kind: str
    needs: frozenset[str]
    condition: str = ""
    branch: str = ""


def draw_graph(run: PipelineRun) -> Graph:
    """Lay out the steps of a run from top to bottom, each below all it depends on.

    Args:
        run: The run, with its definition.
    """
    steps = {step.name: step for step in _flatten(run.definition["Steps"])}
    results = {step.name: step for step in run.steps}
    layers = _layers(steps)
    width = max(len(layer) for layer in layers) * (NODE_WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    nodes: dict[str, Node] = {}
    for row, layer in enumerate(layers):
        left = (width - len(layer) * (NODE_WIDTH + GAP_X) + GAP_X) / 2
        for column, name in enumerate(layer):
            nodes[name] = Node(
                name=name,
                kind=steps[name].kind,
                step=results.get(name),
                x=left + column * (NODE_WIDTH + GAP_X),
                y=MARGIN + row * (NODE_HEIGHT + GAP_Y),
            )
    edges = [
        _edge(nodes[need], nodes[name], step) for name, step in steps.items() for need in _drawn(step, steps)
    ]
    return Graph(
        width=width,
        height=len(layers) * (NODE_HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN,
        nodes=tuple(nodes.values()),
        edges=tuple(edges),
    )


def _flatten(steps: list[dict[str, Any]], condition: str = "", branch: str = "") -> Iterator[_Step]:
    """Yield every step; those in the branches of a condition depend on the condition."""
    for step in steps:
        arguments = step.get("Arguments", {})
        own = {key: value for key, value in arguments.items() if key not in BRANCHES}
        needs = set(step.get("DependsOn", ())) | set(_references(own))
        yield _Step(
            name=step["Name"],
            kind=step["Type"],
            needs=frozenset(needs | ({condition} if condition else set())),
            condition=condition,
            branch=branch,
        )
        if step["Type"] == "Condition":
            for key, label in BRANCHES.items():
                yield from _flatten(arguments.get(key, []), step["Name"], label)


def _references(value: Any) -> Iterator[str]:
    """Yield the steps that a part of a definition refers to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            found = _REFERENCE.match(inner) if key == "Get" and isinstance(inner, str) else None
            if found:
                yield found[1]
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _layers(steps: dict[str, _Step]) -> list[list[str]]:
    """Group steps so that each stands below all it needs."""
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            needs = [need for need in steps[name].needs if need in steps]
            depths[name] = 1 + max(map(depth, needs), default=-1)
        return depths[name]

    layers: list[list[str]] = [[] for _ in range(1 + max(map(depth, steps)))]
    for name in steps:
        layers[depths[name]].append(name)
    return layers


def _drawn(step: _Step, steps: dict[str, _Step]) -> list[str]:
    """What a step is connected with: all it needs, less what another of its needs already needs."""
    known = {need for need in step.needs if need in steps}
    implied = {above for need in known for above in _above(need, steps)}
    return sorted(known - implied)


def _above(name: str, steps: dict[str, _Step]) -> set[str]:
    direct = {need for need in steps[name].needs if need in steps}
    return direct.union(*(_above(need, steps) for need in direct))


def _edge(start: Node, end: Node, step: _Step) -> Edge:
    x1, y1 = start.x + NODE_WIDTH / 2, start.y + NODE_HEIGHT
    x2, y2 = end.x + NODE_WIDTH / 2, end.y
    middle = (y1 + y2) / 2
    return Edge(
        path=f"M{x1:g} {y1:g} C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {y2 - 5:g}",
        label=step.branch if step.condition == start.name else "",
        x=(x1 + x2) / 2 + (8 if x2 >= x1 else -8),
        y=middle + 4,
        taken=start.step is not None and end.step is not None,
    )
