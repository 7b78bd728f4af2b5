"""What a dossier leaves open: its slots, and the facts that the values chosen for them make."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.completion import Entry, Filled, Gap, line_fact, value_fact
from pycoverage.field import scalar
from pycoverage.finding import Place
from pycoverage.flow import Position
from pycoverage.situation import Case, Option
from pycoverage.stated import Line, Unknown
from pycoverage.value import INF, SUP, Value
from pycoverage.vocabulary import Attribute, Field


class Slot(msgspec.Struct, frozen=True):
    """One thing to choose: a gap, or one field of the line that stands for an unknown list."""

    gap: Gap
    field: Field
    part: str


class Slots:
    """The open facts of a dossier (`slots`), those of one attribute or line together (`groups`), and their values.

    `points` are the values of each slot; None, of a list, that it is empty. They are none until they are found.
    """

    def __init__(self, base: KnowledgeBase, filled: Filled) -> None:
        self.base, self.filled = base, filled
        self.slots = list(self._slots())
        self.groups: dict[Entry, list[int]] = {}
        for number, slot in enumerate(self.slots):
            self.groups.setdefault(slot.gap.entry, []).append(number)
        self.points: list[list[Value | None]] = [[] for _ in self.slots]

    def attribute(self, gap: Gap) -> Attribute:
        """Return the attribute that a gap is in."""
        vocabulary = self.base.vocabulary
        return (vocabulary.personne if gap.owner else vocabulary.foyer)[gap.attribute]

    def _slots(self) -> Iterator[Slot]:
        for gap in self.filled.gaps:
            attribute = self.attribute(gap)
            if gap.line >= 0:
                yield Slot(gap, attribute.champs[gap.field], gap.field)
            elif not attribute.is_list:
                yield Slot(gap, attribute.field("valeur"), "")
            elif attribute.element is not None:
                yield Slot(gap, attribute.element, "valeur")
            else:
                free = [
                    name
                    for name in attribute.seen
                    if attribute.temoin.get(name, "?" if not attribute.temoin else "") == "?"
                ]
                for name in free:
                    yield Slot(gap, attribute.champs[name], name)

    def listed(self, slot: Slot) -> bool:
        """Tell whether a slot is a part of the line that stands for an unknown list."""
        return slot.gap.line < 0 and self.attribute(slot.gap).is_list

    def _position(self, slot: Slot) -> Position:
        attribute = self.attribute(slot.gap)
        return attribute.predicate, attribute.arguments.index(slot.part or "valeur")

    def full(self) -> Case:
        """Return the case with every option of every open fact."""
        options = (fact for group in self.options() for option in group for fact in option)
        return Case(self.filled.case.name, self.filled.case.persons, (*self.filled.case.facts, *options))

    def completed(self, taken: Sequence[int]) -> Case:
        """Return the dossier completed by one option per group."""
        whole = self.filled.case
        facts = [fact for group, index in zip(self.options(), taken, strict=True) for fact in group[index]]
        return Case(whole.name, whole.persons, (*whole.facts, *facts), whole.place)

    def gaps(self) -> list[tuple[Gap, ...]]:
        """Return the open facts that each group of options stands for."""
        return [tuple(dict.fromkeys(self.slots[number].gap for number in numbers)) for numbers in self.groups.values()]

    def options(self) -> list[list[Option]]:
        """Return, per unknown attribute or line, the facts it may become."""
        return [list(self._named(key)) for key in self.groups]

    def _named(self, key: Entry) -> dict[Option, dict[str, Value | None]]:
        """Return the options of one unknown attribute or line, with the values of its parts."""
        numbers = self.groups[key]
        parts = [self.slots[number].part for number in numbers]
        found: dict[Option, dict[str, Value | None]] = {}
        for values in itertools.product(*(self.points[number] for number in numbers)):
            named = dict(zip(parts, values, strict=True))
            if not self.backwards(key, named):
                found.setdefault(self.option(key, named), named)
        return found

    def chosen(self, group: int, option: int) -> list[tuple[Slot, Value | None]]:
        """Return the value that an option of a group gives to each of its slots."""
        key = list(self.groups)[group]
        named = list(self._named(key).values())[option]
        return [(self.slots[number], named[self.slots[number].part]) for number in self.groups[key]]

    def backwards(self, key: Entry, chosen: Mapping[str, Value | None]) -> bool:
        """Tell whether a line would end before it starts, which no dossier may say."""
        partial = self.filled.partial.get(key)
        values = {**(partial.values if partial else {}), **chosen}
        start, end = values.get("du"), values.get("au")
        return isinstance(start, str) and isinstance(end, str) and end < start

    def option(self, key: Entry, chosen: Mapping[str, Value | None]) -> Option:
        """Return the fact that an unknown attribute or line becomes, or none for a list taken as empty."""
        owner, name, index = key
        vocabulary = self.base.vocabulary
        attribute = (vocabulary.personne if owner else vocabulary.foyer)[name]
        if index >= 0:
            line = self.filled.partial[key]
            values = {**line.values, **{part: value for part, value in chosen.items() if value is not None}}
            return (line_fact(attribute, owner, index, Line(values, line.place), "supposed", chosen),)
        if None in chosen.values():
            return ()
        if not attribute.is_list:
            (value,) = chosen.values()
            assert value is not None
            return (value_fact(attribute, owner, value),)
        return (line_fact(attribute, owner, 0, Line(self._witness(attribute, chosen), Place()), "supposed"),)

    def _witness(self, attribute: Attribute, chosen: Mapping[str, Value | None]) -> dict[str, Value | Unknown]:
        """Return the line that stands for an unknown list: the values chosen, the rest as the vocabulary says."""
        values: dict[str, Value | Unknown] = {name: value for name, value in chosen.items() if value is not None}
        for name, field in attribute.seen.items():
            fixed = attribute.temoin.get(name)
            if name not in values:
                value = scalar(self.base, field, fixed) if fixed else (INF if name == "du" else SUP)
                assert value is not None
                values[name] = value
        return values
