"""The completions of a dossier that leaves facts open: what each unknown fact may become.

Each open fact has points: every answer of a closed list, and for dates, amounts and numbers the values
that `exploration` finds on a coarse grid over the sensible range.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.completion import Filled, Gap, line_fact, value_fact
from pycoverage.dossier import Line, Unknown
from pycoverage.field import codes, scalar
from pycoverage.finding import Place
from pycoverage.scalar import cents
from pycoverage.situation import Case, Fact
from pycoverage.syntax import Atom, Comparison, Rule, comparisons, literals
from pycoverage.value import INF, SUP, Fun, Value
from pycoverage.vocabulary import Attribute, Field

MAX_COMPLETIONS = 20_000
"""Beyond so many completions, a fixed sample is tried."""

SAMPLED = 40
"""Starting points of that sample; around each, every open fact goes through all its points."""


class Slot(msgspec.Struct, frozen=True):
    """One thing to choose: a gap, or one field of the line that stands for an unknown list."""

    gap: Gap
    field: Field
    part: str


Option = tuple[Fact, ...]
"""What an unknown fact may become: one fact, or none."""

_Key = tuple[str, str, int]


def _key(gap: Gap) -> _Key:
    return gap.owner, gap.attribute, gap.line


Choices = tuple[Value | None, ...]
"""One value per slot; None in a slot of an unknown list means that the list is empty."""


class Space:
    """The open facts of a dossier (`slots`), their values (`points`), and the cases they make.

    `today` is the day of assessment.
    """

    def __init__(self, base: KnowledgeBase, filled: Filled, today: str) -> None:
        self.base, self.filled, self.today = base, filled, today
        self.slots = list(self._slots())
        self.groups: dict[_Key, list[int]] = {}
        for number, slot in enumerate(self.slots):
            self.groups.setdefault(_key(slot.gap), []).append(number)
        self.points: list[list[Value | None]] = [self._first(slot) for slot in self.slots]

    def attribute(self, gap: Gap) -> Attribute:
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
        return slot.gap.line < 0 and self.attribute(slot.gap).is_list

    def _first(self, slot: Slot) -> list[Value | None]:
        """Return the points of a closed list, or one starting point of an ordered domain."""
        none: list[Value | None] = [None] if self.listed(slot) else []
        if slot.field.type == "personne":
            return none + [Fun(person) for person in self.filled.case.persons]
        if slot.field.type in ("date", "montant", "nombre", "texte"):
            return [*none, self.domain(slot)[-1]]
        known = codes(self.base, slot.field)
        return none + list(representatives(self.base, slot.field, known))

    def case(self, choices: Choices) -> Case:
        """Return the dossier completed by these choices."""
        whole = self.filled.case
        facts = list(whole.facts)
        for key, numbers in self.groups.items():
            facts += self._option(key, {self.slots[number].part: choices[number] for number in numbers})
        return Case(whole.name, whole.persons, tuple(facts), whole.place)

    def options(self) -> list[list[Option]]:
        """Return, per unknown attribute or line, the facts it may become."""
        found = []
        for key, numbers in self.groups.items():
            parts = [self.slots[number].part for number in numbers]
            choices = itertools.product(*(self.points[number] for number in numbers))
            named = (dict(zip(parts, values, strict=True)) for values in choices)
            found.append(list(dict.fromkeys(self._option(key, n) for n in named if not self._backwards(key, n))))
        return found

    def possible(self, choices: Choices) -> bool:
        """Tell whether no line ends before it starts, which no dossier may say."""
        return not any(
            self._backwards(key, {self.slots[number].part: choices[number] for number in numbers})
            for key, numbers in self.groups.items()
        )

    def _backwards(self, key: _Key, chosen: Mapping[str, Value | None]) -> bool:
        partial = self.filled.partial.get(key)
        values = {**(partial.values if partial else {}), **chosen}
        start, end = values.get("du"), values.get("au")
        return isinstance(start, str) and isinstance(end, str) and end < start

    def _option(self, key: _Key, chosen: Mapping[str, Value | None]) -> Option:
        """Return the fact that an unknown attribute or line becomes, or none for a list taken as empty."""
        owner, name, index = key
        vocabulary = self.base.vocabulary
        attribute = (vocabulary.personne if owner else vocabulary.foyer)[name]
        if index >= 0:
            line = self.filled.partial[key]
            values = {**line.values, **{part: value for part, value in chosen.items() if value is not None}}
            return (line_fact(attribute, owner, index, Line(values, line.place), "supposed"),)
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

    def domain(self, slot: Slot) -> Sequence[Value]:
        """Return a coarse grid over an ordered domain, fine enough for the bisection to start."""
        kind = slot.field.type
        if kind == "montant":
            bounds = [cents(bound) for bound in slot.field.plage] or [0, 100_000_000]
            low, high = bounds[0] or 0, min(bounds[1] or 0, 100_000_000)
            steps = [0, 500_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000, 5_000_000]
            return sorted({low, high, *(step for step in steps if low <= step <= high)})
        if kind == "nombre":
            return [*range(100)]
        today = date.fromisoformat(self.today)
        limits = self._plage(slot)
        low_day, high_day = limits or (date(1900, 1, 1), today + timedelta(days=2 * 366))
        late = slot.part == "au" or slot.field.absence == "ouvert"
        days = {low_day, high_day, today, today - timedelta(days=1)}
        days |= {today - timedelta(days=31 * month) for month in (1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 18, 24, 36)}
        days |= {today - timedelta(days=365 * year) for year in (4, 5, 6, 10, 15, 17, 18, 19, 25, 35, 50, 65, 90)}
        days |= {today + timedelta(days=31 * month) for month in (1, 3, 12)}
        for fact in self.filled.case.facts:
            for arg in fact.args:
                if isinstance(arg, str) and len(arg) == 10:
                    known = date.fromisoformat(arg)
                    days |= {known, known + timedelta(days=1)}
        found: list[Value] = [d.isoformat() for d in sorted(days) if low_day <= d <= high_day]
        return [*found, SUP] if late else found

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

    def small(self) -> bool:
        """Tell whether all completions can be tried."""
        return math.prod(len(points) for points in self.points) <= MAX_COMPLETIONS

    def completions(self) -> Iterator[Choices]:
        """Yield the completions to try: all of them, or a fixed sample."""
        if self.small():
            yield from filter(self.possible, itertools.product(*self.points))
            return
        seen: set[Choices] = set()
        for turn in range(SAMPLED):
            base = tuple(points[(turn * 7 + 3 * number) % len(points)] for number, points in enumerate(self.points))
            for number, points in enumerate(self.points):
                for point in points:
                    choices = (*base[:number], point, *base[number + 1 :])
                    if choices not in seen and self.possible(choices):
                        seen.add(choices)
                        yield choices


def representatives(base: KnowledgeBase, field: Field, known: Sequence[str]) -> list[Value]:
    """Return one code per class of codes that no rule can tell apart, in file order."""
    nomenclature = base.nomenclatures.get(field.nomenclature)
    named = {name for rule in base.rules for name in _constants(rule)}
    seen: dict[object, Value] = {}
    for code in known:
        element = nomenclature.elements.get(code) if nomenclature else None
        properties = tuple(sorted(element.properties.items())) if element else ()
        key = code if code in named or nomenclature is None else properties
        seen.setdefault(str(key), Fun(code))
    return list(seen.values())


def _constants(rule: Rule) -> Iterator[str]:
    """Yield the codes a rule names."""

    def within(part: object) -> Iterator[str]:
        if isinstance(part, Fun):
            yield part.name
        elif isinstance(part, Atom):
            for arg in part.args:
                yield from within(arg)
        elif isinstance(part, Comparison):
            yield from within(part.left)
            yield from within(part.right)

    yield from within(rule.head)
    for literal, _ in literals(rule.body):
        yield from within(literal.atom)
    for comparison in comparisons(rule.body):
        yield from within(comparison)
