"""The law as mutants make it: one alone, or many at once, each for its own copies of the cases."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pycoverage.law import Law
from pycoverage.lifting import lift_beside
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.probing import beside, guarded
from pycoverage.program import CASE
from pycoverage.situation import Case, Fact
from pycoverage.syntax import Atom, Literal, Rule

CHOSEN = "_mutant"
"""Predicate that tells of which mutant a copy of a case is."""


def mutated(law: Law, mutant: Mutant) -> Law:
    """Return the law that a mutant makes."""
    return _law(law, {0: mutant}, apart=False)


def mutated_apart(law: Law, mutants: dict[int, Mutant]) -> Law:
    """Return a law where each mutant, by number, holds for the copies of cases that `copy` marks with it."""
    return _law(law, mutants, apart=True)


def copy(case: Case, number: int) -> Case:
    """Return a case to which a mutant applies."""
    return Case(case.name, case.persons, (*case.facts, Fact(CHOSEN, (number,))), case.place)


def shareable(law: Law, mutant: Mutant) -> bool:
    """Tell whether a mutant can be evaluated with others: all that its rules conclude is of one case."""
    return all(CASE in law.program.levels[rule.head.name] for _, rule in mutant.rules)


def _law(law: Law, mutants: dict[int, Mutant], *, apart: bool) -> Law:
    base = law.base
    rules: list[Rule] = list(base.rules)
    legal, parameters, lists = dict(base.legal), dict(base.parameters), dict(base.nomenclatures)
    levels: dict[str, Sequence[str]] = {CHOSEN: (CASE,)}
    twins: list[int] = []
    changed: set[int] = set()
    for number, mutant in mutants.items():
        beside(mutant, number, base, legal, parameters, lists)
        if mutant.other:
            levels[mutant.other] = ("L__",)
        for index, rule in mutant.rules:
            new = guarded(rule, f"{rule.guard}__{number}") if mutant.interval is not None else rule
            changed.add(index)
            if apart:
                rules[index] = _with(rules[index], number, negated=True)
                rules.append(_with(new, number, negated=False))
                twins.append(index)
            else:
                rules[index] = new
    wider = msgspec.structs.replace(base, rules=tuple(rules), legal=legal, parameters=parameters, nomenclatures=lists)
    program = lift_beside(wider, law.program, law.kinds, twins, levels, changed)
    return Law(wider, program, law.kinds)


def _with(rule: Rule, number: int, *, negated: bool) -> Rule:
    """Return a rule that also asks that the case be a copy of a mutant, or not be one."""
    mark = Literal(Atom(CHOSEN, (number,)), negated)
    return Rule(rule.head, (*rule.body, mark), rule.place, (*rule.places, rule.place))
