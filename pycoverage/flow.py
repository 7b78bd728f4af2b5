"""Where a value goes: the conditions and the conclusions that it reaches, from rule to rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pycoverage.days import asked_elsewhere
from pycoverage.law import Law
from pycoverage.syntax import Aggregate, Comparison, Condition, Literal, Rule, literals, told_apart, variables
from pycoverage.value import Term, Var

Position = tuple[str, int]

TODAY: Position = ("date", 0)
OTHER_DAY: Position = ("date", 1)
"""The day of assessment, and the days that `a_la_date` asks for."""


class Chain:
    """Some rules of a law (their numbers), those that a rule rests on first, and how the variables of each are bound.

    `elsewhere` are those that `a_la_date` may lead to.
    """

    def __init__(self, law: Law, numbers: Sequence[int]) -> None:
        self.law, self.numbers = law, numbers
        self.rules = [(number, law.base.rules[number]) for number in numbers]
        self.elsewhere = asked_elsewhere(law.base, frozenset(numbers))
        self.forms = {number: Form(rule) for number, rule in self.rules}


class Flow:
    """The positions (`places`) whose value comes from some wanted ones, through the rules of a chain."""

    def __init__(self, chain: Chain, wanted: Iterable[Position]) -> None:
        self.rules, self.elsewhere, self.forms = chain.rules, chain.elsewhere, chain.forms
        self.places = self._reached(wanted)

    def _reached(self, wanted: Iterable[Position]) -> set[Position]:
        found = set(wanted)
        if TODAY in found:
            found.add(OTHER_DAY)
        growing = True
        while growing:
            growing = False
            for number, rule in self.rules:
                form = self.forms[number]
                for index, term in enumerate(rule.head.args):
                    place = rule.head.name, index
                    if place not in found and any(form.comes_from(name, found) for name in variables(term)):
                        found.add(place)
                        growing = True
                for literal in form.on_days:
                    assert literal.day is not None
                    if OTHER_DAY not in found and any(form.comes_from(n, found) for n in variables(literal.day)):
                        found.add(OTHER_DAY)
                        growing = True
        return found

    def leads(self, number: int, term: Term) -> bool:
        """Tell whether a term of a rule comes from what is wanted."""
        found = self.places
        if number not in self.elsewhere:
            found = found - {OTHER_DAY}
        elif OTHER_DAY in found:
            found = found | {TODAY}
        return any(self.forms[number].comes_from(name, found) for name in variables(term))

    def names(self) -> set[str]:
        """Return the predicates of the rules in which something stands that comes from what is wanted."""
        found: set[str] = set()
        for number, rule in self.rules:
            terms = [Var(name) for name in self.forms[number].names()]
            if any(self.leads(number, term) for term in terms):
                found |= {rule.head.name, *(literal.atom.name for literal, _ in literals(rule.body))}
        return found


class Form:
    """How the variables of a rule are bound, and which comparisons are tests."""

    def __init__(self, rule: Rule) -> None:
        self.places: dict[str, list[Position]] = {}
        self.refused: dict[str, list[Position]] = {}
        self.gathered: dict[str, Aggregate] = {}
        self.on_days: list[Literal] = []
        inner = [c for a in rule.body if isinstance(a, Aggregate) for e in a.elements for c in e.condition]
        conditions: list[Condition] = [*rule.body, *inner]
        for condition in conditions:
            if isinstance(condition, Literal):
                kept = self.refused if condition.negated else self.places
                for index, term in enumerate(condition.atom.args):
                    if isinstance(term, Var) and term.name != "_":
                        kept.setdefault(term.name, []).append((condition.atom.name, index))
                if condition.day is not None:
                    self.on_days.append(condition)
            elif isinstance(condition, Aggregate) and isinstance(condition.term, Var):
                self.gathered[condition.term.name] = condition
        compared = (each for each in conditions if isinstance(each, Comparison))
        self.assigned, self.tests = told_apart(compared, {*self.places, *self.gathered})

    def comes_from(self, name: str, places: Collection[Position]) -> bool:
        """Tell whether a variable takes its value from one of some positions."""
        if any(place in places for place in self.places.get(name, ())):
            return True
        if name in self.assigned:
            return any(self.comes_from(other, places) for other in variables(self.assigned[name]))
        if name in self.gathered:
            elements = self.gathered[name].elements
            return any(self.comes_from(other, places) for e in elements for other in variables(e.terms[0]))
        return False

    def names(self) -> set[str]:
        """Return the variables that some condition binds."""
        return {*self.places, *self.refused, *self.assigned, *self.gathered}
