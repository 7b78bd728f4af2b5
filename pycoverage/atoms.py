"""The facts of cases and of their contexts, as the lifted rules receive them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pycoverage.base import STATE
from pycoverage.situation import Case, Context, LawState
from pycoverage.value import Fun, Value

if TYPE_CHECKING:
    from pycoverage.base import KnowledgeBase
    from pycoverage.program import Program


class Ids:
    """Numbers for contexts, states of the law and regimes, in the order they are met.

    The law is the same from one pivot day to the next, so that days share their state of the law.
    """

    def __init__(self, pivots: Sequence[str]) -> None:
        self._pivots = pivots
        self.contexts: dict[Context, int] = {}
        self.laws: dict[LawState, int] = {}
        self.regimes: dict[LawState, int] = {}

    def context(self, context: Context) -> int:
        return self.contexts.setdefault(context, len(self.contexts))

    def law(self, context: Context) -> int:
        at = bisect_right(self._pivots, context.droit_au)
        day = self._pivots[at - 1] if at else context.droit_au
        return self.laws.setdefault((day, context.readings, context.etat), len(self.laws))

    def regime(self, context: Context) -> int:
        return self.regimes.setdefault((context.plafond_droit, context.readings, context.etat), len(self.regimes))


def context_atoms(base: KnowledgeBase, context: Context) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """Yield what rules receive in one context, without hidden arguments: day, law, parameters, lists."""
    law_day, etat = context.droit_au, context.etat
    yield "date", (context.jour,)
    yield "droit_au", (law_day,)
    for rule in base.legal:
        if base.in_force(rule, context.law):
            yield "en_vigueur", (Fun(rule),)
    for name, parameter in base.parameters.items():
        for amount in parameter.at(law_day, etat):
            yield name, (*amount.keys, amount.value)
    for nomenclature in base.nomenclatures.values():
        for code, element in nomenclature.elements.items():
            for key, intervals in element.properties.items():
                if any(interval.holds(law_day, etat) for interval in intervals):
                    yield key, (Fun(code),)


def situation_atoms(
    base: KnowledgeBase,
    program: Program,
    cases: Sequence[Case],
    contexts: Sequence[Sequence[Context]],
    ids: Ids | None = None,
) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """Yield the facts of the cases and of their contexts, with hidden arguments."""
    ids = ids or Ids(program.pivots)
    asked = set(program.days)
    situations: dict[tuple[int, int], Context] = {}
    for number, (case, own) in enumerate(zip(cases, contexts, strict=True)):
        yield "_cas", (number,)
        for person in case.persons:
            yield "personne", (number, Fun(person))
        days: dict[str, None] = {}
        for fact in case.facts:
            yield fact.name, (number, *fact.args)
            for index, arg in enumerate(fact.args):
                if isinstance(arg, str) and (fact.name, index) in asked:
                    days[arg] = None
        for context in own:
            yield "_demandee", (number, ids.context(context))
            for day in (context.jour, *days):
                other = context.on(day)
                situations[number, ids.context(other)] = other
    laws: set[tuple[int, int]] = set()
    for (number, identifier), context in situations.items():
        yield "_situation", (number, identifier)
        if (number, ids.law(context)) not in laws:
            laws.add((number, ids.law(context)))
            yield "_cas_loi", (number, ids.law(context))
    for context, identifier in ids.contexts.items():
        regime = ids.regime(context)
        yield "_contexte", (identifier, ids.law(context))
        yield "_appel", (identifier, ids.law(context), 0)
        yield "_regime", (identifier, regime)
        yield "_jour", (regime, context.jour, identifier)
        yield "date", (identifier, context.jour)
        yield "droit_au", (identifier, context.droit_au)
    for (law_day, readings, etat), law in ids.laws.items():
        yield "_loi", (law, law_day)
        if etat:
            yield STATE, (law, Fun(etat))
        chosen = dict(readings)
        for question in base.questions:
            yield "_lecture", (law, Fun(question), Fun(base.reading(question, chosen)))


def rank_atoms(case: Case) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """Yield the rank of each line of a case in the orders in which the open form of the rules adds sums."""
    persons = [Fun(person) for person in case.persons]
    lines: dict[Value, dict[int, None]] = {}
    for fact in case.facts:
        for person, number in zip(fact.args, fact.args[1:], strict=False):
            if person in persons and isinstance(number, int):
                lines.setdefault(person, {})[number] = None
    numbers = sorted({number for found in lines.values() for number in found})
    orders: dict[str, list[tuple[Value, ...]]] = {
        "personne": [(person,) for person in persons],
        "cle": [(number,) for number in numbers],
        "personne_cle": [(person, number) for person in persons for number in sorted(lines.get(person, ()))],
    }
    for order, keys in orders.items():
        yield "_dernier_rang", (Fun(order), len(keys))
        for rank, key in enumerate(keys, start=1):
            yield "_rang", (Fun(order), rank)
            yield "_rang", (Fun(order), rank, *key)
