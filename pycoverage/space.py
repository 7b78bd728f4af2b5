"""The values that each fact left open may take, so that its completions stand for all that the dossier may be.

Each open fact has points. A fact of a closed list has one per class of codes that no rule can tell apart;
a date, an amount or a number has the first value of each interval that the comparisons of the rules cut,
those with the points of the other open facts included (see `thresholds`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property

from pycoverage.atoms import Ids, situation_atoms
from pycoverage.choices import Choices
from pycoverage.completion import Filled
from pycoverage.field import codes
from pycoverage.flow import Chain, Flow, Position
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.likeness import Likeness
from pycoverage.relevance import relevant
from pycoverage.scalar import FIRST_DAY, cents, day_before
from pycoverage.situation import Context
from pycoverage.slot import Slot, Slots
from pycoverage.thresholds import Thresholds
from pycoverage.value import SUP, Bound, Fun, Value, rank

ORDERED = ("date", "montant", "nombre")
"""Types of the facts that are compared."""

AFFORDABLE = 20_000
"""Options times days looked at, up to which every point is tried: a second or two of grounding."""

BRIEF = 1_500
"""The same where an answer is awaited at once."""

KEPT = 8
"""Points kept per open date or amount when they cannot all be tried."""

AMOUNTS = 12
"""Points kept for all open amounts together: each sum they make is written out."""

PASSES = 4
"""Times that the open amounts are cut, at most: each time rules that need more may conclude."""


class Space(Slots):
    """The open facts of a dossier, with the values found for them where the rules change.

    `closed` tells that every combination of values has a combination of points that no rule can tell from it,
    but for the comparisons of the rules `uncovered`. `goals` are the predicates asked for. With `brief`, fewer
    points are kept, and found sooner.
    """

    def __init__(
        self,
        law: Law,
        filled: Filled,
        contexts: Sequence[Context],
        goals: Sequence[str],
        *,
        brief: bool = False,
    ) -> None:
        super().__init__(law.base, filled)
        self.law, self.contexts = law, contexts
        self.brief, self.affordable = brief, BRIEF if brief else AFFORDABLE
        self._codes: dict[tuple[str, str], list[Value]] = {}
        self.today = contexts[0].jour
        self.points = [self._first(slot) for slot in self.slots]
        self.closed, self.uncovered = True, frozenset[int]()
        self._ordered = [number for number, slot in enumerate(self.slots) if slot.field.type in ORDERED]
        if self._ordered:
            self._refine(list(goals))

    @property
    def declared(self) -> list[str]:
        """The ids of the rules `uncovered`, sorted; of a technical rule, what it concludes.

        With any, an answer holds on the domain that the points make, and says so.
        """
        rules = (self.base.rules[number] for number in self.uncovered)
        return sorted({rule.guard or rule.head.name for rule in rules})

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(self.base)

    def _first(self, slot: Slot) -> list[Value | None]:
        """Return the points of a closed list, or one starting point of an ordered domain."""
        none: list[Value | None] = [None] if self.listed(slot) else []
        if slot.field.type == "personne":
            return none + [Fun(person) for person in self.filled.case.persons]
        if slot.field.type == "texte":
            return [*none, "?"]
        if slot.field.type in ORDERED:
            return [*none, self._start(slot) if slot.field.type == "date" else 0]
        kind = slot.field.type, slot.field.nomenclature
        if kind not in self._codes:
            self._codes[kind] = self._likeness.representatives(slot.field, codes(self.base, slot.field))
        return none + list(self._codes[kind])

    def _start(self, slot: Slot) -> str:
        """Return a day that the rest of its line admits: this one, unless the line has ended, or has not begun."""
        partial = self.filled.partial.get(slot.gap.entry)
        values = partial.values if partial else {}
        start, end = values.get("du"), values.get("au")
        if slot.part == "du" and isinstance(end, str):
            return min(self.today, end)
        return max(self.today, start) if slot.part == "au" and isinstance(start, str) else self.today

    def _refine(self, goals: list[str]) -> None:
        """Cut each ordered slot where the rules do, given the points of the others, first one and then the next."""
        chain = self._chain(goals)
        amounts = [number for number in self._ordered if self.slots[number].field.type == "montant"]
        others = [number for number in self._ordered if number not in amounts]
        for turn in range(2 * len(others) - 1):
            found = self._cut(chain)
            fixed = max(0, turn - len(others) + 1)
            changed = False
            for number in others[fixed:]:
                points = self._points(number, found)
                changed = changed or points != self.points[number]
                self.points[number] = points
            self.uncovered |= found.uncovered
            if self.size() > self.affordable:
                for number in others:
                    self.points[number] = self._first(self.slots[number])
                self._thin(others, self._cut(chain, pivots=False))
                break
            if not changed:
                break
        if amounts:
            self._refine_amounts(chain, amounts)

    def _refine_amounts(self, chain: Chain, amounts: Sequence[int]) -> None:
        """Cut the open amounts, where the rules do given what each conclusion may be with the points found so far."""
        sums: dict[int, frozenset[int]] | None = None
        for _ in range(PASSES):
            sums, found = self._amounts(chain, amounts, sums)
            points = [self._points(number, found) for number in amounts]
            if points == [self.points[number] for number in amounts]:
                break
            for number, each in zip(amounts, points, strict=True):
                self.points[number] = each
            many = self.brief and any(len(each) > AMOUNTS for each in points)
            if many or self.size() > self.affordable or len(amounts) > 1:
                self.closed = self.closed and len(amounts) == 1
                self._thin(amounts, found, max(3, AMOUNTS // len(amounts)))
                if self.brief:
                    break
        self.uncovered |= found.uncovered

    def _thin(self, numbers: Sequence[int], found: Thresholds, most: int = KEPT) -> None:
        """Keep some of the points: not every completion is then tried."""
        for kept in range(most, 2, -2):
            for number in numbers:
                points = self._points(number, found)
                self.points[number] = spread(points, kept)
                self.closed = self.closed and self.points[number] == points
                if not self.listed(self.slots[number]) and self.slots[number].gap.line < 0:
                    low, _ = self._bounds(self.slots[number])
                    self.points[number] = list(dict.fromkeys([low, *self.points[number]]))
            if self.size() <= self.affordable:
                return

    def _amounts(
        self, chain: Chain, amounts: Sequence[int], sums: dict[int, frozenset[int]] | None
    ) -> tuple[dict[int, frozenset[int]], Thresholds]:
        """Return what each sum is when the amounts looked for are nothing (or as given), and the cuts of amounts."""
        asked = set(self.law.program.days)
        days = {self.today} | {
            arg
            for fact in self.filled.case.facts
            for index, arg in enumerate(fact.args)
            if isinstance(arg, str) and (fact.name, index) in asked
        }
        wanted = {self._position(self.slots[number]) for number in amounts}
        met = Flow(chain, wanted).names()
        program = Choices(instance(self.law, self.filled.case, self.options(), self.contexts[:1], goals=met))
        sums = program.sums(days) if sums is None else sums
        concluded = dict.fromkeys(rule.head.name for _, rule in chain.rules)
        values = {**self._given(days), **program.values(concluded, days)}
        persons = len(self.filled.case.persons)
        return sums, Thresholds(chain, values, days, persons, wanted, sums=sums)

    def plainest(self) -> list[int]:
        """Return the option that an example takes of each group if it can: no fact, the latest day or the highest
        amount, the code that comes first.
        """
        found = []
        for numbers, options in zip(self.groups.values(), self.options(), strict=True):
            ordered = all(self.slots[number].field.type in ORDERED for number in numbers)
            found.append(len(options) - 1 if options[0] and ordered else 0)
        return found

    def size(self) -> int:
        """Return how many options there are, times the days on which the rules may look at them."""
        asked = set(self.law.program.days)
        days = {
            point
            for number in self._ordered
            if self._position(self.slots[number]) in asked
            for point in self.points[number]
        }
        return (len(days) + 1) * sum(
            math.prod(len(self.points[number]) for number in numbers) for numbers in self.groups.values()
        )

    def _chain(self, goals: Sequence[str]) -> Chain:
        """Return the rules that may apply to some completion, in the order of their conclusions."""
        ids = Ids(self.law.program.pivots)
        full = self.full()
        for _ in situation_atoms(self.base, self.law.program, [full], [self.contexts], ids):
            pass
        asked = set(self.law.program.days)
        states = set(ids.laws)
        if any(self._position(self.slots[number]) in asked for number in self._ordered):
            states |= {(day, self.contexts[0].readings, self.contexts[0].etat) for day in self.law.program.pivots}
        chosen, _ = relevant(self.base, self.law.program, [full], states, goals, any_reading=True)
        return Chain(self.law, [statement.rule for statement in chosen])

    def _cut(self, chain: Chain, *, pivots: bool = True) -> Thresholds:
        """Return the cuts of the days and numbers, given the points of the others."""
        wanted = {self._position(self.slots[number]) for number in self._ordered}
        persons = len(self.filled.case.persons)
        return Thresholds(chain, self._given([self.today]), [self.today], persons, wanted, pivots=pivots)

    def _given(self, days: Iterable[str]) -> dict[Position, frozenset[Value]]:
        """Return the values of the facts, stated or possible, and of the parameters on some days."""
        given: dict[Position, set[Value]] = {}
        for fact in self.full().facts:
            for index, value in enumerate(fact.args):
                given.setdefault((fact.name, index), set()).add(value)
        capped = [context.droit_au for context in self.contexts[:1] if context.plafond_droit]
        etats = dict.fromkeys(context.etat for context in self.contexts)
        for name, parameter in self.base.parameters.items():
            amounts = parameter.amounts
            if parameter.type != "nombre":
                amounts = tuple(
                    amount for day in capped or days for etat in etats for amount in parameter.at(day, etat)
                )
            for amount in amounts:
                for index, value in enumerate((*amount.keys, amount.value)):
                    given.setdefault((name, index), set()).add(value)
        return {place: frozenset(values) for place, values in given.items()}

    def _points(self, number: int, found: Thresholds) -> list[Value | None]:
        slot = self.slots[number]
        low, high = self._bounds(slot)
        cuts = sorted(
            {
                cut
                for cut in found.cuts.get(self._position(slot), ())
                if not isinstance(cut, Bound) and rank(low) < rank(cut) <= rank(high)
            },
            key=rank,
        )
        first = before(cuts[0]) if cuts else high
        points: list[Value | None] = [first, *cuts]
        if slot.part == "au" or slot.field.absence == "ouvert":
            points.append(SUP)
        return [None, *points] if self.listed(slot) else points

    def _bounds(self, slot: Slot) -> tuple[Value, Value]:
        if slot.field.type == "montant":
            amounts = [cents(bound) or 0 for bound in slot.field.plage] or [0, 100_000_000]
            return amounts[0], min(amounts[1], 100_000_000)
        if slot.field.type == "nombre":
            return 0, 99
        limits = self._plage(slot)
        if limits:
            return limits[0].isoformat(), limits[1].isoformat()
        line = self.filled.partial.get(slot.gap.entry)
        start, end = (line.values.get("du"), line.values.get("au")) if line else (None, None)
        low = start if slot.part == "au" and isinstance(start, str) else FIRST_DAY
        late = (date.fromisoformat(self.today) + timedelta(days=2 * 366)).isoformat()
        return low, end if slot.part == "du" and isinstance(end, str) else max(low, late)

    def _plage(self, slot: Slot) -> tuple[date, date] | None:
        if len(slot.field.plage) != 2:
            return None
        ends = []
        for bound in slot.field.plage:
            text = self.today if bound == "jour" else self._known(slot.gap.owner, bound)
            ends.append(date.fromisoformat(text) if text else date(1900, 1, 1))
        return ends[0], ends[1]

    def _known(self, owner: str, bound: str) -> str:
        """Return a bound of a range: a day as written, or the value of another attribute if it is known."""
        attribute = self.base.vocabulary.personne.get(bound)
        if attribute is None:
            return bound
        facts = (fact for fact in self.filled.case.facts if fact.name == attribute.predicate)
        return next((str(fact.args[-1]) for fact in facts if fact.args[0] == Fun(owner)), "")


def before(value: Value) -> Value:
    """Return the last value before a cut."""
    if isinstance(value, str):
        return day_before(value)
    assert isinstance(value, int)
    return value - 1


def spread(points: list[Value | None], kept: int) -> list[Value | None]:
    """Return some points, the first and the last among them, evenly spread."""
    if len(points) <= kept:
        return points
    return [points[round(step * (len(points) - 1) / (kept - 1))] for step in range(kept)]
