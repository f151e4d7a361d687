"""The one form in which tests say what a role may do: rows of requests, each with its reason.

A row says what passes, and beside it how nearly the same request is refused: on another resource, without
what a condition asks for, or with what it rules out. `test_tables` asks both, and then asks of each part of
each statement (action, resource, condition, value) which row would notice if it were taken away or widened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from access.access import Request

Keys = Mapping[str, Any]

ANYTHING_ELSE = "something-else"
"""A value of a condition key that no policy names."""


@dataclass(frozen=True, kw_only=True)
class May:
    """Requests that pass.

    Attributes:
        actions: The service and its actions: ``sqs: ReceiveMessage DeleteMessage``.
        on: What each acts on: ARNs as in `Place.arn`, or ``*``.
        why: Who makes the request; what a README promises is quoted in `promise` as well.
        promise: A README, and a sentence or a part of one that stands in it.
        not_on: The same requests are refused on these.
        given: What the requests carry besides.
        only_if: What they must carry: they are refused without each of these, and with another value.
        only_with: What they must carry with any value: they are refused without each of these.
        unless: Each of these, carried too, has the request refused.
    """

    actions: str
    on: tuple[str, ...]
    why: str = ""
    promise: tuple[str, str] | None = None
    not_on: tuple[str, ...] = ()
    given: Keys = field(default_factory=dict)
    only_if: Keys = field(default_factory=dict)
    only_with: Keys = field(default_factory=dict)
    unless: tuple[Keys, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MayNot:
    """Requests that are refused by the role's own policies.

    Attributes:
        actions: As in `May`.
        on: As in `May`.
        why: What would go wrong.
        given: What the requests carry.
    """

    actions: str
    on: tuple[str, ...]
    why: str
    given: Keys = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a role may do, and what it may not.

    Attributes:
        role: The role's name, without the platform's prefix.
        account: ``dev``, ``hub``, ``test``, ``prod`` or ``data``.
        may: What passes.
        may_not: What is refused beyond the variations of what passes.
        derived: Statements that are derived from a template, by their ids, and the test that proves them.
        unnoticed: Changes of the policies that no row could notice, as `test_tables` names them, and why.
        variant: The settings under which the role is looked at: see `places.VARIANTS`.
    """

    role: str
    account: str
    may: tuple[May, ...]
    may_not: tuple[MayNot, ...] = ()
    derived: Mapping[str, str] = field(default_factory=dict)
    unnoticed: Mapping[str, str] = field(default_factory=dict)
    variant: str = "codecommit"

    @property
    def title(self) -> str:
        """What tests call it."""
        return f"{self.account}/{self.role}" + ("" if self.variant == "codecommit" else f"/{self.variant}")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request of a table, and whether it passes.

    Attributes:
        request: The request, in full.
        passes: What the table says.
        why: Its reason.
    """

    request: Request
    passes: bool
    why: str

    @property
    def sentence(self) -> str:
        """The request in words."""
        keys = "".join(f" with {key}={value}" for key, value in self.request.keys.items())
        return f"{self.request.action} on {self.request.resource}{keys}: {self.why}"


def asked(table: Table, place: Any) -> Iterator[Asked]:
    """Every request that a table makes, its variations included.

    Args:
        table: The table.
        place: What fills in ARNs and the values of keys: a `places.Place`.
    """
    for row in table.may:
        reason = row.why or (row.promise[1] if row.promise else "")
        keys = place.filled({**row.given, **row.only_if, **row.only_with})
        refused = [_without(keys, key) for key in (*row.only_if, *row.only_with)]
        refused += [{**keys, key: ANYTHING_ELSE} for key in row.only_if]
        refused += [{**keys, **place.filled(more)} for more in row.unless]
        for action in _actions(row.actions):
            for resource in row.on:
                arn = place.arn(resource)
                yield Asked(request=Request(action=action, resource=arn, keys=keys), passes=True, why=reason)
                for others in refused:
                    request = Request(action=action, resource=arn, keys=others)
                    yield Asked(request=request, passes=False, why=f"not without the condition of: {reason}")
            for resource in row.not_on:
                request = Request(action=action, resource=place.arn(resource), keys=keys)
                yield Asked(request=request, passes=False, why=f"not there: {reason}")
    for refusal in table.may_not:
        for action in _actions(refusal.actions):
            for resource in refusal.on:
                request = Request(
                    action=action, resource=place.arn(resource), keys=place.filled(refusal.given)
                )
                yield Asked(request=request, passes=False, why=refusal.why)


def _actions(text: str) -> list[str]:
    service, _, names = text.partition(":")
    return [f"{service}:{name}" for name in names.split()]


def _without(keys: Keys, left_out: str) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if key != left_out}
