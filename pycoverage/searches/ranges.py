"""The values that each deciding fact of a situation may take alone without the difference being undone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from pycoverage.completion import Gap
from pycoverage.searches.difference import Difference
from pycoverage.searches.domain import Domain
from pycoverage.searches.variation import Variation, Variations
from pycoverage.situation import Option
from pycoverage.slot import Slot
from pycoverage.space import ORDERED
from pycoverage.value import Bound, Fun, Value, rank

TEXT, PERSON = "texte", "personne"

WITHIN = 15
"""Values tried inside an interval: days that another fact of the situation cuts are no points of the domain."""


BETWEEN = 7
"""Values tried at a time where an interval ends between two values."""


class Range(msgspec.Struct, frozen=True):
    """What a fact, or one part of a line, may be, all else equal: days or amounts (`du`, `au` included, empty where the
    domain ends; amounts in cents), or codes.

    `ouvert`: it may also be open, without a first or a last day. `reduit`: of this fact not all values were tried.
    """

    fait: str
    partie: str
    intervalles: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()
    ouvert: bool = False
    reduit: bool = False


class _Edge(msgspec.Struct):
    """The end of an interval is sought between a value that keeps the difference and one that does not."""

    group: int
    number: int
    inside: int
    outside: int
    tried: bool = False

    def within(self, place: int) -> bool:
        """Tell whether a value is still between the one within and the one without."""
        return min(self.inside, self.outside) < place < max(self.inside, self.outside)

    def places(self) -> list[int]:
        """Return the values to try next, the nearest to the value within first.

        Most points stand at the start of their interval: what is next to the value without is tried first.
        """
        if not self.tried:
            return [self.outside + (1 if self.outside < self.inside else -1)]
        low, high = sorted((self.inside, self.outside))
        places = _spread(low, high, BETWEEN)
        return places if low == self.inside else places[::-1]


class Ranges:
    """The ranges of the facts that decide of a difference, in a situation that shows it."""

    def __init__(self, tried: Variations, difference: Difference, taken: Sequence[int]) -> None:
        self.tried, self.domain = tried, tried.domain
        self.difference, self.taken = difference, taken
        self.keys = list(self.domain.groups)
        self.slots, self.numbers = list(self.domain.slots), {key: list(own) for key, own in self.domain.groups.items()}
        for numbers in self.numbers.values():
            fixed = list(_fixed(self.domain, self.slots[numbers[0]].gap))
            numbers += range(len(self.slots), len(self.slots) + len(fixed))
            self.slots += fixed
        self.bounded = {(later, earlier) for (later, _), (earlier, _) in self.domain.apart()}

    def of(self, variations: Sequence[Variation]) -> list[Range]:
        """Return the range of each part that a deciding fact states. Raises LimitError."""
        runs: dict[tuple[int, int], list[tuple[_Edge, _Edge]]] = {}
        for each in variations:
            for number in self.numbers[self.keys[each.group]]:
                if self.slots[number].field.type in ORDERED and self._stated(each.group, number) is not None:
                    runs[each.group, number] = list(self._runs(each, number))
        self._settle([edge for found in runs.values() for run in found for edge in run])
        runs = self._broken(runs)
        self._settle([edge for found in runs.values() for run in found for edge in run])
        return [found for each in variations for found in self._ranges(each, runs)]

    def _ranges(self, each: Variation, runs: dict[tuple[int, int], list[tuple[_Edge, _Edge]]]) -> Iterator[Range]:
        for number in self.numbers[self.keys[each.group]]:
            slot = self.slots[number]
            alone = slot.field.type == PERSON and len(self.domain.filled.case.persons) == 1
            own = self._stated(each.group, number)
            if own is None or slot.field.type == TEXT or alone:
                continue
            name = slot.gap.key(self.domain.filled.case.persons)
            fixed = number >= len(self.domain.slots)
            thinned = fixed or slot.gap in self.domain.thinned
            if slot.field.type in ORDERED:
                last = _place(self.domain.limits(slot)[1])
                dated = ((low.inside, high.inside) for low, high in runs[each.group, number] if low.inside <= last)
                found = tuple(self._told(number, *ends) for ends in dated)
                ends = any(isinstance(value, Bound) for value in ([own] if fixed else self._values(each, number)))
                yield Range(name, slot.part, found, ouvert=ends, reduit=thinned)
            else:
                yield Range(name, slot.part, codes=tuple(self._codes(each, number, slot)), reduit=thinned)

    def _told(self, number: int, first: int, last: int) -> tuple[str, str]:
        """Return an interval, its ends left out where they are the least and the greatest that a dossier may state.

        Of what comes after the day examined nothing is known: an interval that ends there is not open.
        """
        low, high = (_place(value) for value in self.domain.limits(self.slots[number]))
        kind = self.slots[number].field.type
        start, end = str(_value(kind, first)), str(_value(kind, last))
        return "" if first <= low else start, "" if last >= high and end != self.domain.today else end

    def _own(self, group: int) -> dict[str, Value | None]:
        return self.domain.named(group)[self.taken[group]]

    def _stated(self, group: int, number: int) -> Value | None:
        """Return the value of a part, those that the vocabulary fixes in the line of an example among them."""
        own, slot = self._own(group), self.slots[number]
        if slot.part in own:
            return own[slot.part]
        arguments = self.domain.attribute(slot.gap).arguments
        [fact, *_] = self.domain.options()[group][self.taken[group]] or [None]
        return None if fact is None else dict(zip(arguments, fact.args, strict=True))[slot.part]

    def _part(self, number: int) -> str:
        return self.slots[number].part

    def _values(self, each: Variation, number: int) -> set[Value]:
        """Return the values of a part that keep the difference, the other parts of its line as they are."""
        own, part, named = self._own(each.group), self._part(number), self.domain.named(each.group)
        found = (named[option] for option in each.kept)
        return {value for parts in found if (value := parts[part]) is not None and {**parts, part: own[part]} == own}

    def _codes(self, each: Variation, number: int, slot: Slot) -> Iterator[str]:
        """Yield the codes that keep the difference: each as the one that stands for it."""
        own, named = self._own(each.group), self.domain.named(each.group)
        kept = [named[option] for option in each.kept]
        persons = self.domain.filled.case.persons
        for code in self.domain.alike.get(number, persons):
            if self.domain.standing(each.group, {**own, slot.part: Fun(code)}) in kept:
                yield persons.get(code, code)

    def _runs(self, each: Variation, number: int) -> Iterator[tuple[_Edge, _Edge]]:
        """Yield the intervals that the points kept make; where each begins and ends is still to be settled."""
        low, high = (_place(value) for value in self.domain.limits(self.slots[number]))
        if number >= len(self.domain.slots):
            stated = self._stated(each.group, number)
            place = high + 1 if isinstance(stated, Bound) else _place(stated or 0)
            yield _Edge(each.group, number, place, low - 1), _Edge(each.group, number, place, max(high, place) + 1)
            return
        own, part, kept = self._own(each.group), self._part(number), self._values(each, number)
        named = (parts for parts in self.domain.named(each.group) if {**parts, part: own[part]} == own)
        known = {value for parts in named if (value := parts[part]) is not None and not isinstance(value, Bound)}
        points = [(_place(point), point in kept) for point in sorted(known, key=rank)]
        for keeps, run in itertools.groupby(enumerate(points), key=lambda each: each[1][1]):
            if keeps:
                numbered = list(run)
                (first, (start, _)), (last, (end, _)) = numbered[0], numbered[-1]
                before = points[first - 1][0] if first else min(low, start) - 1
                after = points[last + 1][0] if last + 1 < len(points) else max(high, end) + 1
                yield _Edge(each.group, number, start, before), _Edge(each.group, number, end, after)

    def _broken(
        self, runs: dict[tuple[int, int], list[tuple[_Edge, _Edge]]]
    ) -> dict[tuple[int, int], list[tuple[_Edge, _Edge]]]:
        """Return the intervals, those broken inside in parts of which the ends are still to be settled."""
        within = [
            (key, number, place)
            for key, found in runs.items()
            for number, (low, high) in enumerate(found)
            for place in _spread(low.inside, high.inside, WITHIN)
        ]
        stated = [self._option(_Edge(*key, place, place), place) for key, _, place in within]
        asked = [(key[0], option) for (key, _, _), option in zip(within, stated, strict=True) if option is not None]
        told = iter(self.tried.keeping(self.difference, self.taken, asked))
        kept: dict[tuple[tuple[int, int], int], list[tuple[int, bool]]] = {}
        for (key, number, place), option in zip(within, stated, strict=True):
            kept.setdefault((key, number), []).append((place, option is not None and bool(next(told))))
        return {
            key: [
                part for number, run in enumerate(found) for part in self._parts(*key, run, kept.get((key, number), []))
            ]
            for key, found in runs.items()
        }

    def _parts(
        self, group: int, number: int, run: tuple[_Edge, _Edge], within: Sequence[tuple[int, bool]]
    ) -> Iterator[tuple[_Edge, _Edge]]:
        """Yield the parts of an interval, given which values inside it keep the difference."""
        low, high = run
        if low.inside == high.inside or all(keeps for _, keeps in within):
            yield run
            return
        places = [(low.outside, False), (low.inside, True), *within, (high.inside, True), (high.outside, False)]
        for keeps, part in itertools.groupby(enumerate(places), key=lambda each: each[1][1]):
            if keeps:
                numbered = list(part)
                (first, (start, _)), (last, (end, _)) = numbered[0], numbered[-1]
                before, after = places[first - 1][0], places[last + 1][0]
                yield _Edge(group, number, start, before, True), _Edge(group, number, end, after, True)

    def _settle(self, edges: Sequence[_Edge]) -> None:
        """Narrow each edge until the value within and the one without are neighbours."""
        while wide := [each for each in edges if abs(each.inside - each.outside) > 1]:
            places = [(each, place) for each in wide for place in each.places()]
            stated = [self._option(*each) for each in places]
            asked = [
                (each.group, option) for (each, _), option in zip(places, stated, strict=True) if option is not None
            ]
            told = iter(self.tried.keeping(self.difference, self.taken, asked))
            for (each, place), option in zip(places, stated, strict=True):
                keeps = option is not None and bool(next(told))
                if not each.within(place):
                    continue
                each.tried = True
                if keeps:
                    each.inside = place
                else:
                    each.outside = place

    def _option(self, edge: _Edge, place: int) -> Option | None:
        """Return what a fact becomes with a value, or None where no dossier may state it."""
        key, slot = self.keys[edge.group], self.slots[edge.number]
        value = _value(slot.field.type, place)
        parts = {**self._own(edge.group), slot.part: value}
        for later, earlier in self.bounded:
            if later == edge.group and rank(self._own(earlier)[""] or value) > rank(value):
                return None
            if earlier == edge.group and rank(self._own(later)[""] or value) < rank(value):
                return None
        return None if self.domain.backwards(key, parts) else self.domain.option(key, parts)


def _fixed(domain: Domain, gap: Gap) -> Iterator[Slot]:
    """Yield the dates and amounts of a list of which the domain has one value, that of the vocabulary, and no other."""
    attribute = domain.attribute(gap)
    if attribute.is_list and attribute.element is None:
        varied = {slot.part for slot in domain.slots if slot.gap == gap}
        for name, field in attribute.seen.items():
            if name not in varied and field.type in ORDERED:
                yield Slot(gap, field, name)


def _spread(first: int, last: int, most: int) -> list[int]:
    """Return at most so many values between two others, evenly apart."""
    places = (first + (last - first) * step // (most + 1) for step in range(1, most + 1))
    return [place for place in dict.fromkeys(places) if first < place < last]


def _place(value: Value) -> int:
    """Return where a day or an amount stands: its number, from which its neighbours are one apart."""
    return date.fromisoformat(value).toordinal() if isinstance(value, str) else int(str(value))


def _value(kind: str, place: int) -> Value:
    return date.fromordinal(place).isoformat() if kind == "date" else place
