"""Explores the completions of a dossier that leaves facts open.

A conclusion is certain when it holds in every completion, possible when it holds in some. Each open
fact takes sample points: every answer of a closed list, and for dates, amounts and numbers the first
value of each interval over which the rules conclude the same, found by bisection with the rules
themselves. When the completions are too many to try all, a fixed sample is tried: two different
conclusions found are still a proof that the right is open, but a single one is then only `a_preciser`
and the answer says that it is not complete.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal as Choice

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.completion import Filled, Gap, line_fact, value_fact
from pycoverage.dossier import Line, Unknown, codes, scalar
from pycoverage.engine import CHUNK, Model, evaluate
from pycoverage.finding import Place
from pycoverage.law import Law
from pycoverage.scalar import cents
from pycoverage.situation import Case, Context, Fact
from pycoverage.syntax import Atom, Comparison, Rule, comparisons, literals
from pycoverage.value import INF, SUP, Bound, Fun, Value, rank
from pycoverage.vocabulary import Attribute, Field

MAX_COMPLETIONS = 20_000
"""Beyond so many completions, a fixed sample is tried."""

SAMPLED = 40
"""Starting points of that sample; around each, every open fact goes through all its points."""

SETTINGS = 20
"""Settings of the other open facts under which the points of one are looked for."""

ROUNDS = 3
"""Rounds in which the points of each open fact are derived again from those of the others."""

SAMPLING_SHARE, TRYING_SHARE = 0.4, 0.85
"""Shares of the time allowed after which sampling, then trying, stop; the answer is then partial."""


class Outcome(msgspec.Struct, frozen=True):
    """The status of a right in a context and the open facts it depends on."""

    status: Choice["oui", "non", "a_preciser"]
    depends: tuple[Gap, ...]


class Exploration(msgspec.Struct, frozen=True):
    """What the completions give; `case` and `model` are one completion, kept as an example."""

    outcomes: dict[tuple[str, str, Context], Outcome]
    case: Case
    model: Model
    complete: bool


class _Slot(msgspec.Struct, frozen=True):
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


def explore(law: Law, filled: Filled, contexts: Sequence[Context], *, seconds: float | None = None) -> Exploration:
    """Evaluate the completions of a dossier. Raises InputError and LimitError as `evaluate` does."""
    space = _Space(law, filled, contexts, seconds)
    space.sample()
    tried = list(space.completions())
    results = space.conclusions(tried)
    possible = [number for number, conclusion in enumerate(results) if conclusion is not None]
    kept = possible or list(range(len(tried)))
    outcomes = space.outcomes(tried, results, kept)
    case = space.case(tried[kept[0]])
    model = evaluate(law.base, law.program, [case], [contexts], seconds=seconds)
    return Exploration(outcomes, case, model, space.complete)


def alternatives(law: Law, filled: Filled, contexts: Sequence[Context]) -> list[list[Option]]:
    """Return, per unknown attribute or line, the facts it may become: one option is one or no fact."""
    space = _Space(law, filled, contexts, None)
    space.sample()
    return space.options()


Conclusion = dict[Context, frozenset[tuple[str, str]]]


class _Space:
    def __init__(self, law: Law, filled: Filled, contexts: Sequence[Context], seconds: float | None) -> None:
        self.law, self.filled, self.contexts = law, filled, list(contexts)
        self.seconds, self.started = seconds, time.monotonic()
        self.slots = list(self._slots())
        self.groups: dict[_Key, list[int]] = {}
        for number, slot in enumerate(self.slots):
            self.groups.setdefault(_key(slot.gap), []).append(number)
        self.complete = True
        self.points: list[list[Value | None]] = [self._first(slot) for slot in self.slots]

    def _attribute(self, gap: Gap) -> Attribute:
        vocabulary = self.law.base.vocabulary
        return (vocabulary.personne if gap.owner else vocabulary.foyer)[gap.attribute]

    def _slots(self) -> Iterator[_Slot]:
        for gap in self.filled.gaps:
            attribute = self._attribute(gap)
            if gap.line >= 0:
                yield _Slot(gap, attribute.champs[gap.field], gap.field)
            elif not attribute.is_list:
                yield _Slot(gap, attribute.field("valeur"), "")
            elif attribute.element is not None:
                yield _Slot(gap, attribute.element, "valeur")
            else:
                free = [
                    name
                    for name in attribute.champs
                    if attribute.temoin.get(name, "?" if not attribute.temoin else "") == "?"
                ]
                for name in free:
                    yield _Slot(gap, attribute.champs[name], name)

    def _listed(self, slot: _Slot) -> bool:
        return slot.gap.line < 0 and self._attribute(slot.gap).is_list

    def _first(self, slot: _Slot) -> list[Value | None]:
        """Return the points of a closed list, or one starting point of an ordered domain."""
        none: list[Value | None] = [None] if self._listed(slot) else []
        if slot.field.type == "personne":
            return none + [Fun(person) for person in self.filled.case.persons]
        if slot.field.type in ("date", "montant", "nombre", "texte"):
            return [*none, self._domain(slot)[-1]]
        known = codes(self.law.base, slot.field)
        return none + list(representatives(self.law.base, slot.field, known))

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

    def _possible(self, choices: Choices) -> bool:
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
        vocabulary = self.law.base.vocabulary
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
        for name, field in attribute.champs.items():
            fixed = attribute.temoin.get(name)
            if name not in values:
                value = scalar(self.law.base, field, fixed) if fixed else (INF if name == "du" else SUP)
                assert value is not None
                values[name] = value
        return values

    def _domain(self, slot: _Slot) -> Sequence[Value]:
        """Return a coarse grid over an ordered domain, fine enough for the bisection to start."""
        kind = slot.field.type
        if kind == "montant":
            bounds = [cents(bound) for bound in slot.field.plage] or [0, 100_000_000]
            low, high = bounds[0] or 0, min(bounds[1] or 0, 100_000_000)
            steps = [0, 500_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000, 5_000_000]
            return sorted({low, high, *(step for step in steps if low <= step <= high)})
        if kind == "nombre":
            return [*range(100)]
        today = date.fromisoformat(self.contexts[0].jour)
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

    def _plage(self, slot: _Slot) -> tuple[date, date] | None:
        if len(slot.field.plage) != 2:
            return None
        ends = []
        for bound in slot.field.plage:
            text = self.contexts[0].jour if bound == "jour" else self._known(slot.gap.owner, bound)
            ends.append(date.fromisoformat(text) if text else date(1900, 1, 1))
        return ends[0], ends[1]

    def _known(self, owner: str, bound: str) -> str:
        """Return a bound of a range: a day as written, or the value of another attribute if it is known."""
        attribute = self.law.base.vocabulary.personne.get(bound)
        if attribute is None:
            return bound
        facts = (fact for fact in self.filled.case.facts if fact.name == attribute.predicate)
        return next((str(fact.args[-1]) for fact in facts if fact.args[0] == Fun(owner)), "")

    def sample(self) -> None:
        """Find the points of each ordered slot, the others at several of their own points, until stable."""
        ordered = [number for number, slot in enumerate(self.slots) if slot.field.type in ("date", "montant", "nombre")]
        done: set[tuple[int, Choices]] = set()
        for _ in range(ROUNDS if len(self.slots) > 1 else 1):
            before = [len(points) for points in self.points]
            for number in ordered:
                if self._late(SAMPLING_SHARE):
                    return
                fresh = []
                for settings in self._settings(number):
                    key = number, (*settings[:number], *settings[number + 1 :])
                    if key not in done:
                        done.add(key)
                        fresh.append(settings)
                self._bisect(number, fresh[:1], self.contexts)
                self._bisect(number, fresh[1:], self.contexts[:1])
            if before == [len(points) for points in self.points]:
                break

    def _settings(self, number: int) -> list[list[Value | None]]:
        """Return settings of the other slots: each of their points in turn, the rest at the last."""
        base = [points[-1] for points in self.points]
        found = [base]
        for other, points in enumerate(self.points):
            if other != number:
                for point in points[:-1]:
                    found.append([*base[:other], point, *base[other + 1 :]])
        return found[:SETTINGS]

    def _bisect(self, number: int, settings: Sequence[list[Value | None]], contexts: Sequence[Context]) -> None:
        """Add to a slot the first value of each interval over which the rules conclude the same.

        All settings of the other slots go on together, so that each round is one grounding.
        """
        slot = self.slots[number]
        grid = self._domain(slot)
        names = self._dependents(self._attribute(slot.gap).predicate)
        seen: list[dict[Value, object]] = [{} for _ in settings]

        def look(wanted: Sequence[Sequence[Value]]) -> None:
            fresh = [
                (place, value)
                for place, values in enumerate(wanted)
                for value in dict.fromkeys(values)
                if value not in seen[place]
            ]
            cases = [
                self.case((*settings[place][:number], value, *settings[place][number + 1 :])) for place, value in fresh
            ]
            for (place, value), signature in zip(fresh, self._signatures(cases, names, contexts), strict=True):
                seen[place][value] = signature

        look([grid] * len(settings))
        cuts = [self._changes(grid, known) for known in seen]
        while any(cuts) and not self._late(SAMPLING_SHARE):
            finer = [[[low, *_between(low, high), high] for low, high in pairs] for pairs in cuts]
            look([[value for cut in cut_list for value in cut] for cut_list in finer])
            cuts = [
                [pair for cut in cut_list if len(cut) > 2 for pair in self._changes(cut, known)]
                for cut_list, known in zip(finer, seen, strict=True)
            ]
        found: set[Value] = {value for value in self.points[number] if value is not None}
        for known in seen:
            values = sorted(known, key=rank)
            found.add(values[0])
            found.update(high for _, high in self._changes(values, known))
        none: list[Value | None] = [None] if self._listed(slot) else []
        self.points[number] = [*none, *sorted(found, key=rank)]

    def _changes(self, values: Sequence[Value], known: dict[Value, object]) -> list[tuple[Value, Value]]:
        """Return the neighbours that the rules do not treat alike."""
        return [(low, high) for low, high in itertools.pairwise(values) if known[low] != known[high]]

    def _signatures(
        self, cases: Sequence[Case], names: Sequence[tuple[str, int]], contexts: Sequence[Context]
    ) -> Iterator[object]:
        """Yield what the rules conclude in each case, dates and amounts left out."""
        for start in range(0, len(cases), CHUNK):
            chunk = cases[start : start + CHUNK]
            model = self._evaluate(chunk, contexts)
            for number in range(len(chunk)):
                yield frozenset(
                    (context.readings, name, tuple(arg for arg in row if isinstance(arg, Fun)))
                    for context in contexts
                    for name, arity in names
                    for row in model.rows(name, arity, number, context)
                )

    def _dependents(self, predicate: str) -> list[tuple[str, int]]:
        """Return the derived predicates whose rules lead back to a predicate, with their arity."""
        reached = {predicate}
        found: dict[str, int] = {}
        growing = True
        while growing:
            growing = False
            for rule in self.law.base.rules:
                if rule.head.name not in found and any(
                    literal.atom.name in reached for literal, _ in literals(rule.body)
                ):
                    reached.add(rule.head.name)
                    found[rule.head.name] = len(rule.head.args)
                    growing = True
        return sorted(found.items())

    def _evaluate(self, cases: Sequence[Case], own: Sequence[Context]) -> Model:
        contexts = [own] * len(cases)
        return evaluate(self.law.base, self.law.program, cases, contexts, seconds=self.seconds)

    def _late(self, share: float) -> bool:
        """Tell whether a share of the time allowed has passed; from then on the answer is partial."""
        late = self.seconds is not None and time.monotonic() - self.started > share * self.seconds
        self.complete = self.complete and not late
        return late

    def completions(self) -> Iterator[Choices]:
        """Yield the completions to try: all of them, or a fixed sample with `complete` set to False."""
        total = math.prod(len(points) for points in self.points)
        if total <= MAX_COMPLETIONS:
            yield from filter(self._possible, itertools.product(*self.points))
            return
        self.complete = False
        seen: set[Choices] = set()
        for turn in range(SAMPLED):
            base = tuple(points[(turn * 7 + 3 * number) % len(points)] for number, points in enumerate(self.points))
            for number, points in enumerate(self.points):
                for point in points:
                    choices = (*base[:number], point, *base[number + 1 :])
                    if choices not in seen and self._possible(choices):
                        seen.add(choices)
                        yield choices

    def conclusions(self, tried: Sequence[Choices]) -> list[Conclusion | None]:
        """Return the rights held in each completion, or None where the facts contradict each other."""
        cases = {case.facts: case for case in map(self.case, tried)}
        distinct = list(cases.values())
        known: dict[tuple[Fact, ...], Conclusion | None] = {}
        for start in range(0, len(distinct), CHUNK):
            if start and self._late(TRYING_SHARE):
                break
            chunk = distinct[start : start + CHUNK]
            model = self._evaluate(chunk, self.contexts)
            for number, case in enumerate(chunk):
                known[case.facts] = None
                if not model.rows("anomalie", 2, number, self.contexts[0]):
                    known[case.facts] = {
                        context: frozenset(
                            (str(row[0]), str(row[1])) for row in model.rows("droit", 2, number, context)
                        )
                        for context in self.contexts
                    }
        return [known.get(self.case(choices).facts) for choices in tried]

    def outcomes(
        self, tried: Sequence[Choices], results: Sequence[Conclusion | None], kept: Sequence[int]
    ) -> dict[tuple[str, str, Context], Outcome]:
        """Return the status of each right and, for an open one, the gaps whose value alone changes it."""
        neighbours = self._neighbours(tried, kept)
        found: dict[tuple[str, str, Context], Outcome] = {}
        for context in self.contexts:
            existing = {right for right in self.law.base.rights if self.law.base.exists(right, context.droit_au)}
            held = {number: (results[number] or {}).get(context, frozenset()) for number in kept}
            for person in self.filled.case.persons:
                for right in self.law.base.rights:
                    values = {number: (person, right) in held[number] for number in kept}
                    certain = self.complete or right not in existing
                    if len(set(values.values())) == 1 and certain:
                        found[person, right, context] = Outcome("oui" if values[kept[0]] else "non", ())
                        continue
                    depends = [
                        gap
                        for gap, groups in neighbours.items()
                        if any(len({values[number] for number in group}) > 1 for group in groups)
                    ]
                    found[person, right, context] = Outcome("a_preciser", tuple(depends))
        return found

    def _neighbours(self, tried: Sequence[Choices], kept: Sequence[int]) -> dict[Gap, list[list[int]]]:
        """Group, per gap, the completions that differ by that gap alone."""
        found: dict[Gap, list[list[int]]] = {}
        for gap in self.filled.gaps:
            groups: dict[Choices, list[int]] = {}
            own = [slot.gap == gap for slot in self.slots]
            for number in kept:
                rest = tuple(None if mine else value for mine, value in zip(own, tried[number], strict=True))
                groups.setdefault(rest, []).append(number)
            found[gap] = [group for group in groups.values() if len(group) > 1]
        return found


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


def _between(low: Value, high: Value) -> Sequence[Value]:
    """Return up to seven values strictly between two others, evenly spread; none for neighbours."""
    if isinstance(low, Bound) or isinstance(high, Bound):
        return []
    if isinstance(low, int) and isinstance(high, int):
        return sorted({low + (high - low) * step // 8 for step in range(1, 8)} - {low, high})
    assert isinstance(low, str) and isinstance(high, str)
    first = date.fromisoformat(low)
    days = (date.fromisoformat(high) - first).days
    steps = sorted({days * step // 8 for step in range(1, 8)} - {0, days})
    return [(first + timedelta(days=step)).isoformat() for step in steps]
