"""Proofs: why an atom of the model holds, and why one does not, as a shared graph without loops.

A proof is a graph of nodes. A true atom points to one applied instance of a rule (its other instances
are counted), whose premises are aligned with the conditions of the rule. A false atom points to one
attempt per rule that could give it: the conditions met and all those missing. Leaves are stated or
presumed facts, absent facts, parameters, properties of nomenclatures, and the context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec

from pycoverage.catalogue import Amount, Interval
from pycoverage.situation import Fact
from pycoverage.value import Term, Value

Pattern: TypeAlias = tuple[Value | None, ...]
"""The arguments of an atom; None fits anything."""


class Stated(msgspec.Struct, frozen=True, tag="fait"):
    """A fact of the dossier: written there, presumed, or supposed in one completion."""

    fact: Fact
    jour: str


class Absent(msgspec.Struct, frozen=True, tag="absence"):
    """No fact of the dossier fits: `near` are those of the same attribute and person.

    `presumed` tells that the list was not given and was taken as empty.
    """

    name: str
    args: Pattern
    near: tuple[Fact, ...]
    presumed: bool
    jour: str


class Given(msgspec.Struct, frozen=True, tag="contexte"):
    """An atom of the context: the day, the day of the law, a reading, or a person of the dossier."""

    name: str
    args: Pattern
    holds: bool
    jour: str


class ParameterLeaf(msgspec.Struct, frozen=True, tag="parametre"):
    """A value of a parameter in force on the day of the law, or none (`amount` is None)."""

    name: str
    amount: Amount | None
    droit_au: str


class PropertyLeaf(msgspec.Struct, frozen=True, tag="nomenclature"):
    """A property of an element of a nomenclature; `interval` is None when it does not hold that day."""

    name: str
    element: str
    interval: Interval | None
    source: str
    droit_au: str


class InForce(msgspec.Struct, frozen=True, tag="en_vigueur"):
    """Whether a rule is in force; not so because of its dates, or because of the reading chosen."""

    rule: str
    holds: bool
    interval: Interval
    reading: str
    droit_au: str


class Applied(msgspec.Struct, frozen=True, tag="regle"):
    """A true atom and the instance of a rule that gives it; premise i proves condition i."""

    name: str
    args: tuple[Value, ...]
    rule: int
    binding: dict[str, Value]
    premises: tuple[int, ...]
    others: int
    jour: str


class Attempt(msgspec.Struct, frozen=True):
    """One rule that could give an atom and does not.

    `binding` is the closest attempt; `met`, `missing` are (condition, node); `skipped` the conditions
    that were not examined: an earlier one gave them nothing to look at, or they rest on an open fact and others
    fail without it.
    """

    rule: int
    in_force: int
    binding: dict[str, Value]
    met: tuple[tuple[int, int], ...]
    missing: tuple[tuple[int, int], ...]
    skipped: tuple[int, ...]


class Denied(msgspec.Struct, frozen=True, tag="refus"):
    """An atom that does not hold (None fits anything), with one attempt per rule, closest first."""

    name: str
    args: Pattern
    attempts: tuple[Attempt, ...]
    jour: str


class Compared(msgspec.Struct, frozen=True, tag="comparaison"):
    """A comparison with its two values, and how each was computed."""

    text: str
    left: Value
    op: str
    right: Value
    holds: bool
    left_term: Term
    right_term: Term
    binding: dict[str, Value]
    rule: int


class Contribution(msgspec.Struct, frozen=True):
    """One element that counts in an aggregate, and what proves its condition."""

    terms: tuple[Value, ...]
    premises: tuple[int, ...]


class Summed(msgspec.Struct, frozen=True, tag="agregat"):
    """An aggregate: its value, what it is compared with, and every contribution."""

    function: str
    value: Value
    op: str
    compared: Value | None
    holds: bool
    contributions: tuple[Contribution, ...]
    rule: int
    condition: int


class Loop(msgspec.Struct, frozen=True, tag="boucle"):
    """An atom already being refuted above: it could only rest on itself."""

    name: str
    args: Pattern
    jour: str


Node: TypeAlias = (
    Stated | Absent | Given | ParameterLeaf | PropertyLeaf | InForce | Applied | Denied | Compared | Summed | Loop
)


def premises(node: Node) -> Iterator[int]:
    """Yield the nodes that a node rests on, in order."""
    if isinstance(node, Applied):
        yield from node.premises
    elif isinstance(node, Denied):
        for attempt in node.attempts:
            if attempt.in_force >= 0:
                yield attempt.in_force
            yield from (child for _, child in attempt.met)
            yield from (child for _, child in attempt.missing)
    elif isinstance(node, Summed):
        for contribution in node.contributions:
            yield from contribution.premises


def children(node: Node, *, decisive: bool = True) -> list[int]:
    """Return the nodes just under a node, as `reach` follows them."""
    if decisive and isinstance(node, Denied):
        return [child for attempt in node.attempts for _, child in attempt.missing]
    return list(premises(node))


def reach(nodes: Mapping[int, Node], root: int, *, decisive: bool = True) -> Iterator[Node]:
    """Yield the nodes under a root, once each.

    With `decisive`, a refusal leads only to what is missing: the conditions met of a rule that fails
    do not carry the conclusion.
    """
    for number in reached(nodes, root, decisive=decisive):
        yield nodes[number]


def reached(nodes: Mapping[int, Node], root: int, *, decisive: bool = True) -> Iterator[int]:
    """Yield the numbers of the nodes under a root, once each, as `reach` does."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        node = nodes[number]
        yield number
        stack += reversed(children(node, decisive=decisive))
