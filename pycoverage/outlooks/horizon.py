"""The days to come of a dossier: its rights with the facts unchanged, and the days on which more may change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pycoverage.dossier import LAST_DAY
from pycoverage.engine import evaluate
from pycoverage.law import Law
from pycoverage.prover import Prover
from pycoverage.relevance import relevant
from pycoverage.scalar import day_before
from pycoverage.situation import Case, Context
from pycoverage.thresholds import TODAY, Position, Thresholds
from pycoverage.value import Fun, Value
from pycoverage.world import World

HORIZON = 731
"""Days looked at: two years."""

Pairs = frozenset[tuple[str, str]]


class Horizon:
    """The rights held on each day of two years, the facts unchanged; its world also tells some notions."""

    def __init__(
        self, law: Law, case: Case, context: Context, notions: Iterable[str] = (), *, seconds: float | None = None
    ) -> None:
        self.law, self.case, self.context = law, case, context
        self.days = list(_following(context.jour, HORIZON))
        contexts = [context.on(day) for day in self.days]
        model = evaluate(law.base, law.program, [case], [contexts], goals=("droit", *notions), seconds=seconds)
        self.world = World(law.base, {context.readings: (model, 0)})
        self._provers: dict[str, Prover] = {}
        self.held: dict[str, Pairs] = {}
        for each in contexts:
            rows = self.world.rows("droit", 2, each)
            self.held[each.jour] = frozenset((str(person), str(right)) for person, right in rows)

    @property
    def end(self) -> str:
        return self.days[-1]

    def first(self, pair: tuple[str, str], *, held: bool) -> str:
        """Return the first day to come on which a right is held, or is not; empty if there is none."""
        return next((day for day in self.days[1:] if (pair in self.held[day]) is held), "")

    def turns(self) -> list[str]:
        """Return the days on which some right begins or ends."""
        return [day for last, day in zip(self.days, self.days[1:], strict=False) if self.held[last] != self.held[day]]

    def around(self, day: str) -> Prover:
        """Return what proves the rights of the unchanged facts on a day and on the day before."""
        if day not in self._provers:
            contexts = [self.context.on(each) for each in (day_before(day), day)]
            model = evaluate(self.law.base, self.law.program, [self.case], [contexts], goals=("droit",))
            world = World(self.law.base, {self.context.readings: (model, 0)})
            self._provers[day] = Prover(self.law.base, self.case, world)
        return self._provers[day]

    def pivots(self, case: Case) -> list[str]:
        """Return the days to come on which the rights of another case of these persons may change."""
        law, today, end = self.law, self.days[0], self.end
        laws = [day for day in law.program.pivots if today < day <= end]
        states = [(day, self.context.readings) for day in (today, *laws)]
        chosen, _ = relevant(law.base, law.program, [case], states, ("droit",))
        given: dict[Position, set[Value]] = {}
        for fact in case.facts:
            for index, value in enumerate(fact.args):
                given.setdefault((fact.name, index), set()).add(value)
        for name, parameter in law.base.parameters.items():
            for amount in parameter.amounts:
                for index, value in enumerate((*amount.keys, amount.value)):
                    given.setdefault((name, index), set()).add(value)
        rules = [statement.rule for statement in chosen]
        found = Thresholds(law, rules, given, [today], len(case.persons), {TODAY})
        cuts = {cut for cut in found.cuts.get(TODAY, ()) if isinstance(cut, str)}
        return sorted({day for day in (*cuts, *laws, *self.turns()) if today < day <= end})


def days_held(
    law: Law, cases: Iterable[Case], context: Context, days: Iterable[str], *, seconds: float | None = None
) -> list[dict[str, Pairs]]:
    """Return, per case and day, the rights held; a day on which the case contradicts itself is left out."""
    whole, contexts = list(cases), [context.on(day) for day in days]
    if not whole or not contexts:
        return [{} for _ in whole]
    goals = ("droit", "anomalie")
    model = evaluate(law.base, law.program, whole, [contexts] * len(whole), goals=goals, seconds=seconds)
    found: list[dict[str, Pairs]] = []
    for number in range(len(whole)):
        own: dict[str, Pairs] = {}
        for each in contexts:
            if not model.rows("anomalie", 2, number, each):
                rows = model.rows("droit", 2, number, each)
                own[each.jour] = frozenset((str(who), str(right)) for who, right in rows)
        found.append(own)
    return found


def _following(start: str, count: int) -> Iterable[str]:
    first, last = date.fromisoformat(start), date.fromisoformat(LAST_DAY)
    for number in range(count):
        if (day := first + timedelta(days=number)) <= last:
            yield day.isoformat()


def between(start: str, end: str) -> list[str]:
    """Return the days after one day, up to another included."""
    count = (date.fromisoformat(end) - date.fromisoformat(start)).days
    return list(_following(start, count + 1))[1:]


def holds(world: World, notion: str, person: str, context: Context) -> bool:
    """Tell whether a notion of one person holds."""
    return (Fun(person),) in world.rows(notion, 1, context)
