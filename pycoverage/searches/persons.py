"""How many persons a statement names that cannot be one and the same: of fewer, it says nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from pycoverage.base import KnowledgeBase
from pycoverage.law import Law
from pycoverage.syntax import Atom, Comparison, Literal, Rule
from pycoverage.value import Var

_Places = frozenset[tuple[int, int]]


class Persons:
    """Counts the persons that rules of a law name."""

    def __init__(self, law: Law) -> None:
        self.base, self.kinds = law.base, law.kinds
        self._apart: dict[str, _Places] = dict(_forbidden(law.base))
        self._concluding: dict[str, list[Rule]] = {}
        for rule in law.base.rules:
            self._concluding.setdefault(rule.head.name, []).append(rule)

    def named(self, rules: Iterable[int]) -> int:
        """Return how many persons one of some rules, the one that names the fewest, tells apart; at least one."""
        return min((self._of(number) for number in rules), default=1)

    def _of(self, number: int) -> int:
        rule = self.base.rules[number]
        apart = {
            pair
            for pair in self._distinct(rule)
            if all(self.kinds.variable(number, name) == "personne" for name in pair)
        }
        names = sorted({name for pair in apart for name in pair})
        for size in range(len(names), 1, -1):
            for some in itertools.combinations(names, size):
                if all(frozenset(pair) in apart for pair in itertools.combinations(some, 2)):
                    return size
        return 1

    def _distinct(self, rule: Rule) -> set[frozenset[str]]:
        """Return the pairs of variables that the conditions of a rule tell apart."""
        found = set()
        for condition in rule.body:
            if isinstance(condition, Comparison) and condition.op == "!=":
                if isinstance(condition.left, Var) and isinstance(condition.right, Var):
                    found.add(frozenset({condition.left.name, condition.right.name}))
            elif isinstance(condition, Literal) and not condition.negated:
                found |= {_names(condition.atom, *places) for places in self._places(condition.atom.name)}
        return {pair for pair in found if len(pair) == 2 and "_" not in pair}

    def _places(self, name: str) -> _Places:
        """Return the places of a predicate where no one person stands twice, by all that concludes it."""
        if name not in self._apart:
            self._apart[name] = frozenset()
            known = []
            for rule in self._concluding.get(name, ()):
                apart = self._distinct(rule)
                places = itertools.combinations(range(len(rule.head.args)), 2)
                known.append({each for each in places if _names(rule.head, *each) in apart})
            self._apart[name] = frozenset(set.intersection(*known)) if known else frozenset()
        return self._apart[name]


def _names(atom: Atom, one: int, other: int) -> frozenset[str]:
    return frozenset(arg.name for arg in (atom.args[one], atom.args[other]) if isinstance(arg, Var))


def _forbidden(base: KnowledgeBase) -> Iterable[tuple[str, _Places]]:
    """Yield the facts that a dossier contradicts itself by stating of one person twice, and at which places."""
    found: dict[str, set[tuple[int, int]]] = {}
    for rule in base.rules:
        if rule.head.name == "anomalie" and len(rule.body) == 1 and isinstance(rule.body[0], Literal):
            args = rule.body[0].atom.args
            found.setdefault(rule.body[0].atom.name, set()).update(
                (one, other)
                for one, other in itertools.combinations(range(len(args)), 2)
                if isinstance(args[one], Var) and args[one] == args[other] != Var("_")
            )
    return ((name, frozenset(places)) for name, places in found.items())
