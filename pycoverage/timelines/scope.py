"""What the conditions of a rule see: where each variable gets its value, and what is tested."""

from __future__ import annotations

from collections.abc import Sequence

from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Literal, Rule, told_apart
from pycoverage.value import Arith, Call, Fun, Term, Var


class Scope:
    """The conditions of a rule, or of one element of an aggregate together with those of its rule.

    `places` gives, per variable, the conditions that bind it and which argument does; `assigned` the term
    that it is computed from, `gathered` the aggregate. `own` are the literals that are this scope's,
    `tests` its comparisons that bind nothing, `terms` what it computes or counts.
    """

    def __init__(self, body: Sequence[Condition], own: Sequence[Condition], terms: Sequence[Term]) -> None:
        self.literals = [c for c in body if isinstance(c, Literal) and not c.negated]
        self.own = [c for c in own if isinstance(c, Literal)]
        self.places: dict[str, list[tuple[Literal, int]]] = {}
        for literal in self.literals:
            for index, arg in enumerate(literal.atom.args):
                if isinstance(arg, Var) and arg.name != "_":
                    self.places.setdefault(arg.name, []).append((literal, index))
        self.gathered: dict[str, Gathered] = {}
        self.aggregates: list[Gathered] = []
        self.assigned: dict[str, Term] = {}
        self.tests: list[Comparison] = []
        self.terms = list(terms)
        for condition in own:
            if isinstance(condition, Comparison):
                self.terms += [condition.left, condition.right]
        self._body, self._own = body, own

    def settle(self) -> None:
        """Tell the comparisons that bind a variable from those that test."""
        compared = (each for each in self._body if isinstance(each, Comparison))
        self.assigned, tests = told_apart(compared, {*self.places, *self.gathered})
        self.tests = [each for each in tests if each in self._own]

    def expanded(self, term: Term) -> Term:
        """Return a term in which what is only computed is written out."""
        if isinstance(term, Var):
            return self.expanded(self.assigned[term.name]) if term.name in self.assigned else term
        if isinstance(term, Call | Fun) and term.args:
            return type(term)(term.name, tuple(map(self.expanded, term.args)))
        if isinstance(term, Arith):
            return Arith(term.op, self.expanded(term.left), self.expanded(term.right))
        return term


Gathered = tuple[Aggregate, list[Scope]]
"""An aggregate and the scope of each of its elements."""


def scopes(rule: Rule) -> list[Scope]:
    """Return the scope of a rule, then those of the elements of its aggregates."""
    whole = Scope(rule.body, rule.body, rule.head.args)
    found = [whole]
    for aggregate in rule.body:
        if isinstance(aggregate, Aggregate):
            inner = [Scope((*rule.body, *e.condition), e.condition, e.terms) for e in aggregate.elements]
            whole.aggregates.append((aggregate, inner))
            if isinstance(aggregate.term, Var) and aggregate.op == "=" and aggregate.term.name not in whole.places:
                whole.gathered.setdefault(aggregate.term.name, (aggregate, inner))
            found += inner
    for scope in found:
        scope.gathered = whole.gathered
        scope.settle()
    return found


def meets(atom: Atom, row: Sequence[Term | None]) -> bool:
    """Tell whether a row may be one of an atom: the codes that both write agree."""
    return all(
        met is None or not isinstance(arg, Fun) or not isinstance(met, Fun) or arg == met
        for arg, met in zip(atom.args, row, strict=True)
    )
