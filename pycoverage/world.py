"""The models that answer for one dossier, one per reading that matters to it.

The default readings are evaluated first. Another reading is evaluated only where something is at stake:
in the model of the default, one of its rules would conclude what does not hold, or a rule of the reading
it replaces concludes what none of its own does. Elsewhere that model is also its own: what comes adds
nothing, what goes is concluded all the same, and a stratified program has one model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.engine import Model, Stake, evaluate
from pycoverage.law import Law
from pycoverage.situation import Case, Context
from pycoverage.value import Fun, Value

Readings = tuple[tuple[str, str], ...]


class World:
    """The rows of predicates for one case, in each of its contexts.

    `parts` gives the model and the number of the case in it, per readings, the default ones first. What the
    rules receive of `facts/` is told by the base: the models hold only what was asked of it.
    """

    def __init__(self, base: KnowledgeBase, parts: Mapping[Readings, tuple[Model, int]]) -> None:
        self.base = base
        self.parts = dict(parts)
        self._properties = dict(base.properties())
        self._default = next(iter(self.parts))
        self._rows: dict[tuple[str, Context], Mapping[tuple[Value, ...], None]] = {}

    def rows(self, name: str, arity: int, context: Context) -> Mapping[tuple[Value, ...], None]:
        """Return the rows of a predicate in a context, as an ordered set."""
        found = self._rows.get((name, context))
        if found is None:
            if name == "en_vigueur" or name in self.base.parameters or name in self._properties:
                found = dict.fromkeys(self._given(name, context))
            else:
                (model, case), own = self._at(context)
                found = model.rows(name, arity, case, own)
            self._rows[name, context] = found
        return found

    def _given(self, name: str, context: Context) -> Iterator[tuple[Value, ...]]:
        """Yield the rows of a name of `facts/`, or of the rules in force."""
        day, etat = context.droit_au, context.etat
        if name in self.base.parameters:
            yield from ((*amount.keys, amount.value) for amount in self.base.parameters[name].at(day, etat))
        elif name in self._properties:
            for code, element in self.base.nomenclatures[self._properties[name]].elements.items():
                if any(interval.holds(day, etat) for interval in element.properties.get(name, ())):
                    yield (Fun(code),)
        else:
            yield from ((Fun(rule),) for rule in self.base.legal if self.base.in_force(rule, context.law))

    def covers(self, context: Context) -> bool:
        """Tell whether the case was evaluated in a context."""
        (model, case), own = self._at(context)
        return model.covers(case, own)

    def applied(self, index: int, hidden: tuple[str, ...], variables: int) -> bool:
        """Tell whether a rule was applied in a context of the case (only after a traced evaluation)."""
        return any(model.applied(index, hidden, variables, case) for model, case in self.parts.values())

    def _at(self, context: Context) -> tuple[tuple[Model, int], Context]:
        part = self.parts.get(context.readings)
        if part is not None:
            return part, context
        return self.parts[self._default], context.read(self._default)


def worlds(
    law: Law,
    cases: Sequence[Case],
    contexts: Sequence[Sequence[Context]],
    *,
    traced: bool = False,
    goals: Iterable[str] | None = None,
    others: Iterable[str] | None = None,
    seconds: float | None = None,
) -> list[World]:
    """Evaluate each case in its contexts, the first being the default. Raises as `engine.evaluate` does.

    `goals` are the predicates asked for (by default all that cross into Python), `others` those asked for in
    the other readings (by default the same): a reading that changes none of them is not evaluated.
    """
    others = list(others or goals or law.base.outputs())
    defaults = [own[:1] for own in contexts]
    first = evaluate(law.base, law.program, cases, defaults, traced=traced, stakes=others, goals=goals, seconds=seconds)
    changed = [
        [context for context in own[1:] if at_stake(law, first.stakes(number), own[0], context)]
        for number, own in enumerate(contexts)
    ]
    concerned = [number for number, own in enumerate(changed) if own]
    place = {number: index for index, number in enumerate(concerned)}
    second = first
    if concerned:
        second = evaluate(
            law.base,
            law.program,
            [cases[number] for number in concerned],
            [changed[number] for number in concerned],
            traced=traced,
            goals=others,
            seconds=seconds,
        )
    return [
        World(
            law.base,
            {contexts[number][0].readings: (first, number)}
            | {context.readings: (second, place[number]) for context in changed[number]},
        )
        for number in range(len(cases))
    ]


def at_stake(law: Law, stakes: frozenset[Stake], default: Context, context: Context) -> bool:
    """Tell whether a reading in which a context differs from the default changes the rules applied."""
    one, other = dict(default.readings), dict(context.readings)
    for question in one.keys() | other.keys():
        kept, changed = law.base.reading(question, one), law.base.reading(question, other)
        if {(question, kept, changed), (question, changed, changed)} & stakes:
            return True
    return False
