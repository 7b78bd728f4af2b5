"""Why a right begins or ends: a fact begins or ends, a delay elapses, the law changes, an amount is revalued.

The conditions that one day meets and the other does not (see `gap`) tell the cause: what moved in them.
"""

from __future__ import annotations

from typing import Literal as Choice

import msgspec

from pycoverage.gap import Gap, behind, gaps
from pycoverage.matching import compare
from pycoverage.proof import (
    Applied,
    Compared,
    Denied,
    InForce,
    Node,
    ParameterLeaf,
    PropertyLeaf,
    Stated,
)
from pycoverage.prover import Prover
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.situation import Context
from pycoverage.speech import day
from pycoverage.syntax import Atom, Literal, variables
from pycoverage.value import Arith, Call, Term, Value, Var

Nature = Choice["fait", "delai", "droit", "montant"]

MOST = 2
"""Causes named for one change; they most often say the same."""


CHOSEN = ("plus_tot", "plus_tard")
"""Functions that choose one of two days: the day chosen was given elsewhere."""


class Cause(msgspec.Struct, frozen=True):
    """What moved on a day: its nature, a sentence that names it, and the source of the rule or of the value."""

    nature: Nature
    texte: str
    source: str = ""


class Comparer:
    """Lays two days of one model side by side."""

    def __init__(self, prover: Prover, writer: Writer) -> None:
        self.prover, self.writer, self.base = prover, writer, writer.base

    def causes(self, atom: Atom, before: Context, after: Context) -> tuple[Cause, ...]:
        """Return why an atom holds on only one of two days, between which nothing else changes before the later."""
        roots = self.prover.explain(atom, before), self.prover.explain(atom, after)
        found: dict[tuple[str, str], Cause] = {}
        for gap in gaps(self.prover, *roots):
            cause = self._cause(gap, after.jour)
            found.setdefault((cause.nature, cause.texte if cause.nature == "fait" else cause.source), cause)
        return tuple(found.values())[:MOST]

    def _cause(self, gap: Gap, when: str) -> Cause:
        last, node = self.prover.nodes[gap.before], self.prover.nodes[gap.after]
        if isinstance(last, InForce) and isinstance(node, InForce):
            return self._rule(gap, node)
        if isinstance(node, PropertyLeaf):
            return Cause(
                "droit", f"le droit change le {day(when)} : {self.writer.node(node)}", self._cited(node.source)
            )
        if isinstance(last, Compared) and isinstance(node, Compared):
            return self._comparison(gap, last, node, when)
        return Cause("fait", _joined("un fait change", self._sentence(gap)), self._source(gap))

    def _rule(self, gap: Gap, node: InForce) -> Cause:
        """Return the cause told by a rule that is in force on one day only, or by the one that replaces it."""
        rule = self.base.legal[node.rule]
        follower = next((each for each in self.base.legal.values() if each.replaces == node.rule), None)
        new = rule if node.holds else follower
        if new is not None:
            what = f"le droit change : règle nouvelle le {day(new.interval.start)}"
            return Cause("droit", _joined(what, self._sentence(gap)), self._cited(new.source))
        what = f"le droit change : une règle cesse de s'appliquer le {day(str(rule.interval.end))}"
        return Cause("droit", _joined(what, self._sentence(gap)), self._cited(rule.source))

    def _comparison(self, gap: Gap, last: Compared, node: Compared, when: str) -> Cause:
        """Return the cause told by a comparison: by its side that moved, or, against the day, by the other."""
        sides = [(last.left, node.left, node.left_term), (last.right, node.right, node.right_term)]
        for before, after, term in sides:
            value = self._revalued(gap, term, when) if before != after else None
            if value is not None:
                return value
        if self._is_amount(node):
            return Cause("fait", _joined("un total change", self._sentence(gap)), self._source(gap))
        kept = [(after, term) for before, after, term in sides if before == after]
        turned: Compared | None = node
        if len(kept) != 1:
            turned = self._turned(gap, when)
            kept = [side for side in _sides(turned) if not self._is_day(turned, side[1])] if turned else []
        if turned is None or not kept:
            return Cause("fait", _joined("un fait change", self._sentence(gap)), self._source(gap))
        fixed, term = kept[0]
        how = ""
        if isinstance(fixed, str):
            origin = self._origin(gap, fixed, term)
            if isinstance(origin, Stated):
                what = "un fait commence" if fixed == when else "un fait prend fin"
                return Cause("fait", f"{what} : {self.writer.fact(origin.fact)}", self._source(gap))
            if isinstance(origin, Compared):
                how = f" ({self.writer.term(origin.right_term, origin.binding, origin.rule)})"
            elif isinstance(term, Call):
                how = f" ({self.writer.term(term, turned.binding, turned.rule)})"
        return Cause("delai", _joined("un délai s'écoule", self._sentence(gap)) + how, self._source(gap))

    def _turned(self, gap: Gap, when: str) -> Compared | None:
        """Return the comparison with the day that turned, where the two days look at different lines of the dossier."""
        for number in gap.under[0]:
            proof = self.prover.nodes[number]
            if not isinstance(proof, Applied):
                continue
            for node in map(self.prover.nodes.__getitem__, proof.premises):
                if isinstance(node, Compared):
                    other = day_before(when) if proof.jour == when else when
                    left, right = (
                        other if isinstance(term, Var) and self._is_day(node, term) else value
                        for value, term in _sides(node)
                    )
                    if not compare(left, node.op, right):
                        return node
        return None

    def _is_day(self, node: Compared, term: Term) -> bool:
        """Tell whether a term of a rule is made of the day."""
        body = self.base.rules[node.rule].body
        names = {name for c in body if isinstance(c, Literal) and c.atom.name == "date" for name in variables(c)}
        return bool(names & set(variables(term)))

    def _is_amount(self, node: Compared) -> bool:
        names = [*variables(node.left_term), *variables(node.right_term)]
        return any(self.writer.kinds.variable(node.rule, name) == "montant" for name in names)

    def _revalued(self, gap: Gap, term: Term, when: str) -> Cause | None:
        """Return the value of the law behind a term that is new on the day."""
        for leaf in behind(self.prover, gap, term):
            if isinstance(leaf, ParameterLeaf) and leaf.amount is not None and leaf.amount.interval.start == when:
                parameter = self.base.parameters[leaf.name]
                source = self._cited(leaf.amount.source or parameter.source)
                if parameter.type == "montant":
                    return Cause("montant", f"un montant est revalorisé : {self.writer.node(leaf)}", source)
                return Cause("droit", f"le droit change : {self.writer.node(leaf)}", source)
        return None

    def _origin(self, gap: Gap, value: Value, term: Term) -> Node | None:
        """Return the nearest fact that states a day, or the calculation that gives it."""
        if isinstance(term, Call | Arith):
            return None
        for node in behind(self.prover, gap, term):
            if isinstance(node, Stated) and value in node.fact.args:
                return node
            if isinstance(node, Compared) and isinstance(node.right_term, Call) and node.op == "=":
                computed = node.right_term.name not in CHOSEN
                if computed and value in (node.left, node.right):
                    return node
        return None

    def _sentence(self, gap: Gap) -> str:
        """Return what the rules say, on the later day, of the nearest conclusion they have a sentence for."""
        for _, after in gap.under:
            node = self.prover.nodes[after]
            guard = self.base.rules[node.rule].guard if isinstance(node, Applied) else None
            if isinstance(node, Applied | Denied) and (
                node.name in self.base.notions or (guard and self.base.legal[guard].phrase)
            ):
                return self.writer.node(node)
        return ""

    def _source(self, gap: Gap) -> str:
        """Return the source of the nearest rule above the condition."""
        for pair in gap.under:
            for node in map(self.prover.nodes.__getitem__, pair):
                if isinstance(node, Applied) and self.writer.legal_source(node.rule, node.jour):
                    return self.writer.legal_source(node.rule, node.jour)
        return ""

    def _cited(self, source: Term | str) -> str:
        return self.writer.source(source) if source else ""


def _sides(node: Compared) -> list[tuple[Value, Term]]:
    return [(node.left, node.left_term), (node.right, node.right_term)]


def _joined(what: str, sentence: str) -> str:
    return f"{what} : {sentence}" if sentence else what
