"""The declared domain: every household of so many persons of whom each fact may be anything the vocabulary admits.

Each fact has its points. A code has one per class that no rule can tell apart; a date, an amount or a number has
one per interval that the rules cut, seen from the day examined and from the dates of the law; an ordinary value
stands for its interval. A line has the points that the rules which look for its codes ask for. Limits, told with
every answer: a list has at most one line, nothing begins, is filed or is notified after the day examined, where two
dates of the dossier are compared with each other only the points kept are, and where rules look at the law of the
day of a fact that has many options, only some of the days on which that law changes (the fact is then `thinned`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pycoverage.completion import Filled, Gap
from pycoverage.contradiction import Contradictions
from pycoverage.field import codes, scalar, usual_value
from pycoverage.flow import Chain, Flow, Position
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.likeness import Likeness
from pycoverage.limit import time_left
from pycoverage.relevance import support
from pycoverage.searches.demand import Demand, Look, demand
from pycoverage.situation import Case, Context, Option
from pycoverage.slot import Slot
from pycoverage.space import ORDERED, Space, spread
from pycoverage.thresholds import Thresholds
from pycoverage.value import INF, SUP, Fun, Value, rank

_Key = tuple[str, str, int]

FOCUS = "p1"
"""The person looked at; the others are those of the household."""

NAMES = ("claude", "sacha", "camille", "dominique", "andrea", "morgan")
"""What the persons of an example are called: names of no sex, for no one of them is known."""

MOST, FEWER = 400, 150
"""Options kept per fact: beyond the first number, its dates and amounts keep fewer points, down to the second where
lines are told apart by their codes."""

AMOUNTS = 6
"""Points kept per amount, at least: sums of several make many more."""

OTHER_LAWS = 2
"""Days kept, of those on which the law changes, where rules look at the day of a fact: each is one more situation."""

SHORT = 30
"""Options of a fact, at most, for its values to be tried where amounts are cut."""

SUMS = 120
"""Sums of amounts of one line each, about, that are written out."""


class Domain(Space):
    """The households of so many persons on a day; `contexts` are those in which they are looked at.

    `free` are the attributes that what is asked for rests on; nothing else can change it. Of `asked`, the goals to be
    told (by default all), a line that none rests on is left out, and each line has the days at which the rules that
    look for its codes change, or the law of that day does. `alike` gives, per slot of codes, the one that stands for
    each. `thinned` are the facts of which some points were left out. Raises LimitError past `until`.
    """

    def __init__(
        self,
        law: Law,
        persons: int,
        contexts: Sequence[Context],
        goals: Sequence[str],
        asked: Sequence[str] = (),
        *,
        until: float | None = None,
    ) -> None:
        self._until = until
        names = {f"p{number + 1}": name for number, name in enumerate(NAMES[:persons])}
        rests = support(law.program, goals)
        self.free = [attribute for attribute in law.base.vocabulary if attribute.predicate in rests]
        owners: dict[str, list[str]] = {"foyer": [""]}
        gaps = (Gap(owner, each.name) for each in self.free for owner in owners.get(each.owner, list(names)))
        self.thinned: list[Gap] = []
        self.alike: dict[int, dict[str, Value]] = {}
        self._asked, self._looked = tuple(asked or goals), Demand()
        self._cuts: dict[tuple[int, Position], set[Value]] = {}
        self._plain: dict[int, list[Value | None]] = {}
        self._contradictions = Contradictions(law.base)
        self._lines: dict[_Key, dict[Option, dict[str, Value | None]]] = {}
        super().__init__(law, Filled(Case("domaine", names, ()), tuple(gaps), {}), contexts, goals)

    def _refine(self, goals: list[str]) -> None:
        """Cut each date, amount and number where the rules do, the other facts of a dossier left aside."""
        chain = self._chain(goals)
        likeness = Likeness(self.base, [rule for _, rule in chain.rules])
        for number, slot in enumerate(self.slots):
            if slot.field.type not in (*ORDERED, "personne", "texte"):
                self.alike[number] = self._usual_codes(slot, likeness.classes(slot.field, codes(self.base, slot.field)))
                self.points[number] = [None] * self.listed(slot) + list(dict.fromkeys(self.alike[number].values()))
        self.named_again()
        self._looked = demand(self.base, chain.numbers, self._asked, self.full().facts)
        self.named_again()
        own = {self._position(self.slots[number]) for number in self._ordered}
        given = {place: values for place, values in self._given([self.today]).items() if place not in own}
        elsewhere = set(self.law.program.days)
        found: dict[Position, Thresholds] = {}
        sparse: dict[Position, Thresholds] = {}
        whole: dict[int, list[Value | None]] = {}
        for number in self._ordered:
            time_left(self._until)
            slot = self.slots[number]
            place = self._position(slot)
            if place not in found:
                found[place] = self._thresholds(chain, given, place, pivots=place in elsewhere)
            points = self._points(number, found[place])
            self.points[number] = whole[number] = self._usual(slot, points)
            if place in elsewhere:
                if place not in sparse:
                    sparse[place] = self._thresholds(chain, given, place, pivots=False)
                self._plain[number] = self._points(number, sparse[place])
        self._cut_amounts(chain, whole)
        for numbers in self.groups.values():
            self._begun({self.slots[number].part: number for number in numbers}, whole)
        self.named_again()
        self._fit(whole)
        self.named_again()

    def _thresholds(
        self, chain: Chain, given: Mapping[Position, Iterable[Value]], place: Position, *, pivots: bool
    ) -> Thresholds:
        """Return the cuts at a place, those of the law of other days among them or not, and note them."""
        persons = len(self.filled.case.persons)
        found = Thresholds(chain, given, [self.today], persons, [place], pivots=pivots)
        self.uncovered |= found.uncovered
        for (rule, at), cuts in found.cuts_of.items():
            if at == place:
                self._cuts.setdefault((rule, at), set()).update(cuts)
        return found

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

    def _cut_amounts(self, chain: Chain, whole: dict[int, list[Value | None]]) -> None:
        """Cut the amounts at what the rules compare them with, where no long list changes it; keep some of the cuts."""
        amounts = [number for number in whole if self.slots[number].field.type == "montant"]
        if not amounts:
            return
        for number in amounts:
            self.points[number] = self._first(self.slots[number])
        found = self._compared(chain, {self._position(self.slots[number]) for number in amounts})
        self.uncovered |= found.uncovered
        for number in amounts:
            points = self._points(number, found)
            if not any(point in found.cuts.get(self._position(self.slots[number]), ()) for point in points):
                points = [*points[:-1], self._bounds(self.slots[number])[0], points[-1]]
            self.points[number] = whole[number] = points
        many = [number for number in amounts if len(whole[number]) > AMOUNTS]
        for number in many:
            self.points[number] = spread(whole[number], max(AMOUNTS, int(SUMS ** (1 / len(many)))))

    def _compared(self, chain: Chain, wanted: Collection[Position]) -> Thresholds:
        """Return the cuts of amounts, given what each conclusion may be when they are nothing."""
        from pycoverage.symbolic import Symbolic

        points = list(self.points)
        for numbers in self.groups.values():
            if math.prod(len(points[number]) for number in numbers) > SHORT:
                for number in numbers:
                    self.points[number] = points[number][:1]
        self.named_again()
        program = Symbolic(
            instance(self.law, self.filled.case, self.options(), self.contexts, goals=Flow(chain, wanted).names()),
            strict=False,
            seconds=time_left(self._until),
        )
        days = {self.today}
        concluded = dict.fromkeys(rule.head.name for _, rule in chain.rules)
        given = {place: values for place, values in self._given(days).items() if place not in wanted}
        for slot, kept in zip(self.slots, points, strict=True):
            place = self._position(slot)
            if place not in wanted:
                given[place] = given.get(place, frozenset()) | {value for value in kept if value is not None}
        self.points = points
        self.named_again()
        values = {**given, **program.values(concluded, days)}
        persons = len(self.filled.case.persons)
        return Thresholds(chain, values, days, persons, wanted, sums=program.sums(days), pivots=False)

    def _fit(self, whole: Mapping[int, list[Value | None]]) -> None:
        """Keep fewer points of the facts that have too many options."""
        for key, numbers in self.groups.items():
            laws = max((len(whole[n]) - len(self._plain[n]) for n in numbers if n in self._plain), default=0)
            if self._size(key) > MOST or laws > OTHER_LAWS:
                self._leave_out(key, whole)
            if any(self.points[number] != whole.get(number, self.points[number]) for number in numbers):
                self.closed = False
                self.thinned.append(self.slots[numbers[0]].gap)

    def _leave_out(self, key: _Key, whole: Mapping[int, list[Value | None]]) -> None:
        """Keep fewer points of a fact: first of the days on which the law of another day changes."""
        numbers = [number for number in self.groups[key] if number in whole]
        known = {number: [*whole[number][:2], *self._plain.get(number, whole[number])] for number in numbers}
        plain = {number: [each for each in whole[number] if each in known[number]] for number in numbers}
        more = {number: [each for each in whole[number] if each not in plain[number]] for number in numbers}
        for kept in range(min(OTHER_LAWS, max(map(len, more.values()))), -1, -1):
            for number in numbers:
                few = set(spread(more[number], kept) if kept > 1 else more[number][:kept])
                self.points[number] = [each for each in whole[number] if each in few or each in plain[number]]
            if self._size(key) <= MOST:
                return
        kept = max(map(len, plain.values()))
        while self._size(key) > FEWER and kept > 2:
            kept -= 1
            for number in numbers:
                self.points[number] = spread(plain[number], kept)

    def _size(self, key: _Key) -> int:
        """Return about how many options a fact has."""
        numbers = self.groups[key]
        if not self.attribute(self.slots[numbers[0]].gap).is_list:
            return math.prod(len(self.points[number]) for number in numbers)
        dated = [number for number in numbers if self.slots[number].field.type in ORDERED]
        return sum(
            math.prod(len(self._seen_by(looks, number)) for number in dated) for _, looks in self._told_apart(key)
        )

    def _usual(self, slot: Slot, points: list[Value | None]) -> list[Value | None]:
        """Return the points with the ordinary value, if there is one, in place of the one of its interval."""
        attribute = self.attribute(slot.gap)
        usual = scalar(self.base, slot.field, attribute.ordinaire) if attribute.ordinaire and not slot.part else None
        if usual is None:
            return points
        below = [index for index, point in enumerate(points) if point is not None and rank(point) <= rank(usual)]
        index = below[-1] if below else 0
        return [*points[:index], usual, *points[index + 1 :]]

    def _usual_codes(self, slot: Slot, alike: Mapping[str, Value]) -> dict[str, Value]:
        """Return the code that stands for each, a usual one where some of its class is."""
        stands: dict[Value, Value] = {}
        for code in self.usuals(slot):
            stands.setdefault(alike[code], Fun(code))
        return {code: stands.get(value, value) for code, value in alike.items()}

    def usuals(self, slot: Slot) -> tuple[str, ...]:
        """Return the codes that an example takes first, those of its list that the vocabulary says are usual."""
        nomenclature = self.base.nomenclatures.get(slot.field.nomenclature)
        return nomenclature.usuels if nomenclature else ()

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

    def _named(self, key: _Key) -> dict[Option, dict[str, Value | None]]:
        """Return the options of one fact, the ordinary one first."""
        if key not in self._lines:
            listed = self.attribute(self.slots[self.groups[key][0]].gap).is_list
            found = self._looked_for(key) if listed and self._looked else super()._named(key)
            usual = self.ordinary(list(self.groups).index(key))
            self._lines[key] = {usual: found[usual], **found} if usual in found else found
        return self._lines[key]

    def named_again(self) -> None:
        """Forget the options known: they are named again from the points."""
        self._lines.clear()

    def _looked_for(self, key: _Key) -> dict[Option, dict[str, Value | None]]:
        """Return the lines of a list that a rule looks for, one of those that none can tell apart, and no line."""
        dated = [number for number in self.groups[key] if self.slots[number].field.type in ORDERED]
        empty: dict[str, Value | None] = {self.slots[number].part: None for number in self.groups[key]}
        found: dict[Option, dict[str, Value | None]] = {(): empty}
        for parts, looks in self._told_apart(key):
            for days in itertools.product(*(self._seen_by(looks, number) for number in dated)):
                line = {**parts, **{self.slots[number].part: day for number, day in zip(dated, days, strict=True)}}
                if not self.backwards(key, line):
                    found.setdefault(self.option(key, line), line)
        return found

    def _told_apart(self, key: _Key) -> Iterator[tuple[dict[str, Value | None], list[Look]]]:
        """Yield the codes of a line that some rules look for, and these rules."""
        named = [number for number in self.groups[key] if self.slots[number].field.type not in ORDERED]
        seen: set[frozenset[object]] = set()
        for values in itertools.product(*([each for each in self.points[number] if each] for number in named)):
            parts: dict[str, Value | None] = {
                self.slots[number].part: value for number, value in zip(named, values, strict=True)
            }
            told, looks = self._looks(key, parts)
            if looks and told not in seen and not self._contradictions.holds(*self._atom(key, parts)):
                seen.add(told)
                yield parts, looks

    def _looks(self, key: _Key, parts: Mapping[str, Value | None]) -> tuple[frozenset[object], list[Look]]:
        """Return the rules that look for a line with some codes, and all that they can tell of these."""
        name, args = self._atom(key, parts)
        looks = [look for look in self._looked.get(name, ()) if look.meets(args)]
        return frozenset(look.minds(args) for look in looks), looks

    def _atom(self, key: _Key, parts: Mapping[str, Value | None]) -> tuple[str, list[Value | None]]:
        """Return the predicate of a line and its arguments, None where its parts do not say them."""
        owner, _, _ = key
        attribute = self.attribute(self.slots[self.groups[key][0]].gap)
        args = [Fun(owner) if name == "personne" and owner else parts.get(name) for name in attribute.arguments]
        return attribute.predicate, args

    def _seen_by(self, looks: Iterable[Look], number: int) -> list[Value]:
        """Return the points of a day or amount at which some rules change, and those that stand for no change."""
        place = self._position(self.slots[number])
        all_cuts = {cut for (_, at), cuts in self._cuts.items() if at == place for cut in cuts}
        own = {cut for look in looks for cut in self._cuts.get((look.rule, place), ())}
        return [point for point in self.points[number] if point is not None and (point in own or point not in all_cuts)]

    def ordinary(self, group: int) -> Option:
        """Return the option of a group that an example need not mention, or of which nothing is ordinary, none."""
        key = list(self.groups)[group]
        attribute = self.attribute(self.slots[self.groups[key][0]].gap)
        value = None if attribute.is_list else usual_value(self.base, attribute)
        return () if value is None else self.option(key, {"": value})

    def named(self, group: int) -> list[dict[str, Value | None]]:
        """Return the values of the parts of a fact, per option of its group."""
        return list(self._named(list(self.groups)[group]).values())

    def standing(self, group: int, named: Mapping[str, Value | None]) -> dict[str, Value | None]:
        """Return the parts of a fact, any codes and days, as those of the domain that no rule tells from them: each
        day the first of its interval, and no line where no rule looks for it.
        """
        key = list(self.groups)[group]
        if None in named.values():
            return dict(named)
        parts = {self.slots[number].part: self._standing(number, named) for number in self.groups[key]}
        if not self.attribute(self.slots[self.groups[key][0]].gap).is_list:
            return parts
        days = {self.slots[number].part for number in self.groups[key] if self.slots[number].field.type in ORDERED}
        told, _ = self._looks(key, {part: value for part, value in parts.items() if part not in days})
        for known, looks in self._told_apart(key):
            if self._looks(key, known)[0] == told:
                dated = (number for number in self.groups[key] if self.slots[number].field.type in ORDERED)
                return known | {
                    self.slots[n].part: _below(self._seen_by(looks, n), parts[self.slots[n].part]) for n in dated
                }
        return dict.fromkeys(parts)

    def _standing(self, number: int, named: Mapping[str, Value | None]) -> Value | None:
        slot = self.slots[number]
        value = named[slot.part]
        if slot.field.type in ORDERED:
            return value
        return self.alike[number].get(str(value), value) if number in self.alike else value

    def rests_on(self, name: str, args: Sequence[Value | None]) -> bool:
        """Tell whether a rule looks for an atom on the way to what is asked; None stands for any value."""
        return name in self._asked or any(look.meets(args) for look in self._looked.get(name, ()))

    def limits(self, slot: Slot) -> tuple[Value, Value]:
        """Return the least and the greatest value that a date, an amount or a number may have."""
        return self._bounds(slot)

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


def _below(points: Sequence[Value | None], value: Value | None) -> Value | None:
    """Return the point of the interval in which a value stands; an open end stands for itself."""
    known = [point for point in points if point is not None]
    below = [point for point in known if value is not None and rank(point) <= rank(value)]
    closed = [point for point in below if point != SUP or value == SUP]
    return closed[-1] if closed else known[0]
