"""On what a right rests along a range of days: the sentence of the rule that gives it, and from which day."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from pycoverage.matching import unify, value
from pycoverage.proof import Applied
from pycoverage.syntax import Atom
from pycoverage.value import Value

if TYPE_CHECKING:
    from pycoverage.prover import Prover
    from pycoverage.sentence import Writer
    from pycoverage.situation import Context


class Basis(msgspec.Struct, frozen=True):
    """What a right rests on from a day: the sentence of the rule that gives it, and its source."""

    du: str
    raison: str
    source: str


class Bases:
    """Follows the basis of one right through days given in order: one is kept for as long as it holds."""

    def __init__(self, atom: Atom, writer: Writer) -> None:
        self.atom, self.writer = atom, writer
        self.args: tuple[Value, ...] = tuple(value(arg, {}) for arg in atom.args)
        self.found: list[Basis] = []
        self._rule = -1

    def tell(self, prover: Prover, context: Context) -> None:
        """Take in a day on which the right is held."""
        if self._rule >= 0 and any(self._same(self._basis(node)) for node in self._given(prover, self._rule, context)):
            return
        node = self._first(prover, context)
        basis = self._basis(node)
        self._rule = node.rule
        if not (self.found and self._same(basis)):
            self.found.append(basis)

    def _basis(self, node: Applied) -> Basis:
        return Basis(node.jour, self.writer.node(node), self.writer.legal_source(node.rule, node.jour))

    def _same(self, basis: Basis) -> bool:
        last = self.found[-1]
        return (basis.raison, basis.source) == (last.raison, last.source)

    def _given(self, prover: Prover, number: int, context: Context) -> Iterator[Applied]:
        """Yield how one rule gives the right."""
        rule = prover.base.rules[number]
        start = unify(rule.head.args, self.args, {})
        if start is not None:
            for binding in prover.matcher.solutions(rule, start, context):
                yield Applied(self.atom.name, self.args, number, binding, (), 0, context.jour)

    def _first(self, prover: Prover, context: Context) -> Applied:
        """Return how the right is proved. Only where rules compete can one of them rest on the right itself."""
        rules = prover.base.by_head().get(self.atom.name, ())
        known = list(itertools.islice((node for number in rules for node in self._given(prover, number, context)), 2))
        if len(known) == 1:
            return known[0]
        node = prover.nodes[prover.explain(self.atom, context)]
        assert isinstance(node, Applied)
        return node
