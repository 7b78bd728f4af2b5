"""The days to come of a dossier: its rights with the facts unchanged, and the days on which more may change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from pycoverage.engine import evaluate
from pycoverage.functions import plus_jours
from pycoverage.law import Law
from pycoverage.prover import Prover
from pycoverage.scalar import LAST_DAY, day_before
from pycoverage.situation import Case, Context
from pycoverage.timelines.pivots import pivot_days
from pycoverage.value import Fun
from pycoverage.world import World

HORIZON = 731
"""Days looked at: two years."""

GOALS = ("droit",)

Pairs = frozenset[tuple[str, str]]


class Horizon:
    """The rights held on each day of two years, the facts unchanged; its world also tells some notions.

    Between two of its `days` every rule concludes the same.
    """

    def __init__(
        self, law: Law, case: Case, context: Context, notions: Iterable[str] = (), *, seconds: float | None = None
    ) -> None:
        self.law, self.case, self.context = law, case, context
        self.end = min(plus_jours(context.jour, HORIZON - 1), LAST_DAY)
        goals = (*GOALS, *notions)
        self.days = pivot_days(law, case, context.jour, self.end, goals)
        contexts = [context.on(day) for day in self.days]
        model = evaluate(law.base, law.program, [case], [contexts], goals=goals, seconds=seconds)
        self.world = World(law.base, {context.readings: (model, 0)})
        self._provers: dict[str, Prover] = {}
        self._held: dict[str, Pairs] = {}
        for each in contexts:
            rows = self.world.rows("droit", 2, each)
            self._held[each.jour] = frozenset((str(person), str(right)) for person, right in rows)

    def held(self, day: str) -> Pairs:
        """Return the rights held on a day of the range."""
        return self._held[self.days[bisect_right(self.days, day) - 1]]

    def first(self, pair: tuple[str, str], *, held: bool) -> str:
        """Return the first day to come on which a right is held, or is not; empty if there is none."""
        return next((day for day in self.days[1:] if (pair in self._held[day]) is held), "")

    def around(self, day: str) -> Prover:
        """Return what proves the rights of the unchanged facts on a day and on the day before."""
        if day not in self._provers:
            contexts = [self.context.on(each) for each in (day_before(day), day)]
            model = evaluate(self.law.base, self.law.program, [self.case], [contexts], goals=GOALS)
            world = World(self.law.base, {self.context.readings: (model, 0)})
            self._provers[day] = Prover(self.law.base, self.case, world)
        return self._provers[day]

    def pivots(self, case: Case) -> list[str]:
        """Return the days to come on which the rights of another case of these persons may change."""
        return pivot_days(self.law, case, self.context.jour, self.end, GOALS)[1:]


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


def holds(world: World, notion: str, person: str, context: Context) -> bool:
    """Tell whether a notion of one person holds."""
    return (Fun(person),) in world.rows(notion, 1, context)
