"""Which rule feeds which, on atoms with their constants, and where that runs in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import ge, gt, le, lt
from typing import TypeAlias

import msgspec

from pycoverage.checks.study import conditions
from pycoverage.checks.unification import unifies
from pycoverage.finding import Place
from pycoverage.syntax import Aggregate, Atom, Comparison, Literal, Rule
from pycoverage.value import Fun, Term, Var


class Edge(msgspec.Struct, frozen=True):
    """A rule (`reader`) whose literal may read the head of another (`source`).

    `strict` when the whole of that head must be known first: under `not`, or inside an aggregate.
    """

    reader: int
    source: int
    literal: Literal
    place: Place
    strict: bool


def edges(rules: Sequence[Rule]) -> list[Edge]:
    """Return every dependency between rules; a literal read on another day counts like any other."""
    heads: dict[str, list[int]] = {}
    for index, rule in enumerate(rules):
        heads.setdefault(rule.head.name, []).append(index)
    limits = [_limits(rule) for rule in rules]
    found = []
    for index, rule in enumerate(rules):
        for literal, place, strict in _reads(rule):
            for source in heads.get(literal.atom.name, ()):
                head = rules[source].head
                if unifies(literal.atom, head) and not (
                    _excluded(head, literal.atom, limits[source]) or _excluded(literal.atom, head, limits[index])
                ):
                    found.append(Edge(index, source, literal, place, strict))
    return found


Limits: TypeAlias = dict[str, list[tuple[str, Term]]]

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TESTS = {"<": lt, ">": gt, "<=": le, ">=": ge}


def _limits(rule: Rule) -> Limits:
    """Return what a rule's comparisons with constants say of its variables."""
    found: Limits = {}
    for condition in rule.body:
        if isinstance(condition, Comparison):
            for one, op, other in (
                (condition.left, condition.op, condition.right),
                (condition.right, _FLIPPED.get(condition.op, condition.op), condition.left),
            ):
                if isinstance(one, Var) and _constant(other):
                    found.setdefault(one.name, []).append((op, other))
    return found


def _constant(term: Term) -> bool:
    return isinstance(term, int | str) or (isinstance(term, Fun) and not term.args)


def _excluded(atom: Atom, other: Atom, limits: Limits) -> bool:
    """Tell whether the limits of an atom's variables keep out the constants of another."""
    for one, value in zip(atom.args, other.args, strict=True):
        if isinstance(one, Var) and _constant(value):
            for op, bound in limits.get(one.name, ()):
                if op in ("=", "!=") and (value == bound) != (op == "="):
                    return True
                if _outside(value, op, bound):
                    return True
    return False


def _outside(value: Term, op: str, bound: Term) -> bool:
    if op not in _TESTS:
        return False
    if isinstance(value, int) and isinstance(bound, int):
        return not _TESTS[op](value, bound)
    return isinstance(value, str) and isinstance(bound, str) and not _TESTS[op](value, bound)


def circles(count: int, found: Sequence[Edge]) -> list[int]:
    """Return, per rule, the number of its circle (strongly connected component)."""
    nexts: list[list[int]] = [[] for _ in range(count)]
    for edge in found:
        nexts[edge.reader].append(edge.source)
    order, low = [-1] * count, [0] * count
    circle, path = [-1] * count, list[int]()
    clock = numbered = 0
    for root in range(count):
        if order[root] >= 0:
            continue
        work = [(root, iter(nexts[root]))]
        order[root] = low[root] = clock
        clock += 1
        path.append(root)
        while work:
            node, following = work[-1]
            target = next(following, None)
            if target is not None:
                if order[target] < 0:
                    order[target] = low[target] = clock
                    clock += 1
                    path.append(target)
                    work.append((target, iter(nexts[target])))
                elif circle[target] < 0:
                    low[node] = min(low[node], order[target])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == order[node]:
                while circle[node] < 0:
                    circle[path.pop()] = numbered
                numbered += 1
    return circle


def way(start: int, goal: int, found: Sequence[Edge]) -> list[Edge]:
    """Return a shortest chain of edges from one rule to another."""
    nexts: dict[int, list[Edge]] = {}
    for edge in found:
        nexts.setdefault(edge.reader, []).append(edge)
    reached: dict[int, list[Edge]] = {start: []}
    queue = [start]
    for node in queue:
        if node == goal:
            break
        for edge in nexts.get(node, ()):
            if edge.source not in reached:
                reached[edge.source] = [*reached[node], edge]
                queue.append(edge.source)
    return reached.get(goal, [])


def _reads(rule: Rule) -> Iterator[tuple[Literal, Place, bool]]:
    for condition, place in conditions(rule):
        if isinstance(condition, Literal):
            yield condition, place, condition.negated
        elif isinstance(condition, Aggregate):
            for element in condition.elements:
                for inner in element.condition:
                    if isinstance(inner, Literal):
                        yield inner, place, True
