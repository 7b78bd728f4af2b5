"""The declared domain: every household of so many persons of whom each fact may be anything the vocabulary admits.

Each fact has its points. A code has one per class that no rule can tell apart; a date, an amount or a number has
one per interval that the rules cut, seen from the day examined and from the dates of the law; an ordinary value
stands for its interval. Limits, told with every answer: a list has at most one line, nothing begins, is filed or
is notified after the day examined, and where two dates of the dossier are compared with each other, only the
points kept are.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.completion import Filled, Gap
from pycoverage.field import scalar
from pycoverage.law import Law
from pycoverage.relevance import support
from pycoverage.situation import Case, Context
from pycoverage.space import Option, Slot, Space, spread
from pycoverage.thresholds import Thresholds
from pycoverage.value import INF, SUP, Value, rank
from pycoverage.vocabulary import Attribute

FOCUS = "p1"
"""The person looked at; the others are those of the household."""

NAMES = ("claude", "sacha", "camille", "dominique", "andrea", "morgan")
"""What the persons of an example are called: names of no sex, for no one of them is known."""

MOST = 400
"""Options kept per fact: beyond, its dates and amounts keep fewer points."""

AMOUNTS = 6
"""Points kept per amount: sums of several make many more."""


class Domain(Space):
    """The households of so many persons on a day; `contexts` are those in which they are looked at.

    `free` are the attributes that what is asked for rests on; nothing else can change it. `thinned` are the facts of
    which some points were left out.
    """

    def __init__(self, law: Law, persons: int, contexts: Sequence[Context], goals: Sequence[str]) -> None:
        names = {f"p{number + 1}": name for number, name in enumerate(NAMES[:persons])}
        rests = support(law.program, goals)
        self.free = [attribute for attribute in law.base.vocabulary if attribute.predicate in rests]
        owners: dict[str, list[str]] = {"foyer": [""]}
        gaps = (Gap(owner, each.name) for each in self.free for owner in owners.get(each.owner, list(names)))
        self.thinned: list[Gap] = []
        super().__init__(law, Filled(Case("domaine", names, ()), tuple(gaps), {}), contexts, goals)

    def _refine(self, goals: list[str]) -> None:
        """Cut each date, amount and number where the rules do, the other facts of a dossier left aside."""
        rules = self._rules(goals)
        own = {self._position(self.slots[number]) for number in self._ordered}
        given = {place: values for place, values in self._given([self.today]).items() if place not in own}
        persons = len(self.filled.case.persons)
        found: dict[tuple[str, int], Thresholds] = {}
        whole: dict[int, list[Value | None]] = {}
        for number in self._ordered:
            slot = self.slots[number]
            place = self._position(slot)
            if place not in found:
                days = [self.today]
                found[place] = Thresholds(self.law, rules, given, days, persons, [place], pivots=False)
                self.uncovered |= found[place].uncovered
            points = self._points(number, found[place])
            if slot.field.type == "montant" and len(points) > AMOUNTS:
                points = spread(points, AMOUNTS)
                self._leave_out(slot.gap)
            whole[number] = points if slot.field.type == "montant" else self._usual(slot, points)
            self.points[number] = whole[number]
        for numbers in self.groups.values():
            self._begun({self.slots[number].part: number for number in numbers}, whole)
        self._fit(whole)

    def _begun(self, parts: Mapping[str, int], whole: dict[int, list[Value | None]]) -> None:
        """Let a line begin before it ends: its first day is early enough for its earliest last day."""
        if not {"du", "au"} <= parts.keys() or not whole.keys() >= {parts["du"], parts["au"]}:
            return
        start, end = whole[parts["du"]], whole[parts["au"]]
        days = [point for point in end if isinstance(point, str)]
        known = [point for point in start if point is not None]
        if days and known and rank(known[0]) > rank(days[0]):
            at = start.index(known[0])
            whole[parts["du"]] = self.points[parts["du"]] = [*start[:at], days[0], *start[at:]]

    def _fit(self, whole: Mapping[int, list[Value | None]]) -> None:
        """Keep fewer points of the facts that have too many options."""
        for numbers in self.groups.values():
            kept = max((len(whole.get(number, ())) for number in numbers), default=0)
            while math.prod(len(self.points[number]) for number in numbers) > MOST and kept > 2:
                kept -= 1
                for number in numbers:
                    if number in whole:
                        self.points[number] = spread(whole[number], kept)
            if any(self.points[number] != whole.get(number, self.points[number]) for number in numbers):
                self._leave_out(self.slots[numbers[0]].gap)

    def _leave_out(self, gap: Gap) -> None:
        """Note that some points of a fact were left out."""
        self.closed = False
        if gap not in self.thinned:
            self.thinned.append(gap)

    def _usual(self, slot: Slot, points: list[Value | None]) -> list[Value | None]:
        """Return the points with the ordinary value, if there is one, in place of the one of its interval."""
        attribute = self.attribute(slot.gap)
        usual = scalar(self.base, slot.field, attribute.ordinaire) if attribute.ordinaire and not slot.part else None
        if usual is None:
            return points
        below = [index for index, point in enumerate(points) if point is not None and rank(point) <= rank(usual)]
        index = below[-1] if below else 0
        return [*points[:index], usual, *points[index + 1 :]]

    def _bounds(self, slot: Slot) -> tuple[Value, Value]:
        low, high = super()._bounds(slot)
        if slot.field.type == "date" and slot.part != "au" and slot.field.absence != "ouvert":
            return low, min(high, self.today, key=rank)
        return low, high

    def _points(self, number: int, found: Thresholds) -> list[Value | None]:
        points = super()._points(number, found)
        slot = self.slots[number]
        if slot.part == "du" and SUP in points:
            points.remove(SUP)
            points.insert(1 if self.listed(slot) else 0, INF)
        return [*points, SUP] if self.attribute(slot.gap).absence == "ouvert" else points

    def _named(self, key: tuple[str, str, int]) -> dict[Option, dict[str, Value | None]]:
        """Return the options of one fact, the ordinary one first."""
        found = super()._named(key)
        usual = self.ordinary(list(self.groups).index(key))
        return {usual: found[usual], **found} if usual in found else found

    def ordinary(self, group: int) -> Option:
        """Return the option of a group that an example need not mention, or of which nothing is ordinary, none."""
        key = list(self.groups)[group]
        attribute = self.attribute(self.slots[self.groups[key][0]].gap)
        value = None if attribute.is_list else usual_value(self.base, attribute)
        return () if value is None else self.option(key, {"": value})

    def apart(self) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Yield the pairs of options (numbers of groups, each with that of its option) that no dossier may state."""
        keys, options = list(self.groups), self.options()
        for number, (owner, _, _) in enumerate(keys):
            low, _ = (*self.attribute(self.slots[self.groups[keys[number]][0]].gap).plage, "", "")[:2]
            if (owner, low, -1) in self.groups:
                other = keys.index((owner, low, -1))
                for one, other_one in itertools.product(range(len(options[number])), range(len(options[other]))):
                    [fact], [bound] = options[number][one], options[other][other_one]
                    if rank(fact.args[-1]) < rank(bound.args[-1]):
                        yield (number, one), (other, other_one)


def usual_value(base: KnowledgeBase, attribute: Attribute) -> Value | None:
    """Return the ordinary value of a simple attribute, or None if the vocabulary names none."""
    if attribute.absence == "ouvert":
        return SUP
    text = attribute.valeur_presumee if attribute.absence == "presume" else attribute.ordinaire
    return scalar(base, attribute.field("valeur"), str(text)) if text else None
