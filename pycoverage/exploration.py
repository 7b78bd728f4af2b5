"""Explores the completions of a dossier that leaves facts open.

A conclusion is certain when it holds in every completion, possible when it holds in some. The points of
an ordered fact are the first values of the intervals over which the rules conclude the same, found by
bisection with the rules themselves. When the completions are too many to try all, a fixed sample is
tried: two different conclusions found are still a proof that the right is open, but a single one is then
only `a_preciser` and the answer says that it is not complete.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from pycoverage.completion import Filled, Gap, Outcome
from pycoverage.engine import CHUNK
from pycoverage.law import Law
from pycoverage.relevance import support
from pycoverage.situation import Case, Context, Fact
from pycoverage.space import Choices, Option, Space
from pycoverage.value import Bound, Fun, Value, rank
from pycoverage.world import World, worlds

SETTINGS = 20
"""Settings of the other open facts under which the points of one are looked for."""

ROUNDS = 3
"""Rounds in which the points of each open fact are derived again from those of the others."""

SAMPLING_SHARE, TRYING_SHARE = 0.4, 0.85
"""Shares of the time allowed after which sampling, then trying, stop; the answer is then partial."""


GOALS = ("droit", "anomalie")
"""What is asked of each completion."""


class Exploration(msgspec.Struct, frozen=True):
    """What the completions give; `case` and `world` are one completion, kept as an example."""

    outcomes: dict[tuple[str, str, Context], Outcome]
    case: Case
    world: World
    complete: bool


def explore(law: Law, filled: Filled, contexts: Sequence[Context], *, seconds: float | None = None) -> Exploration:
    """Evaluate the completions of a dossier. Raises InputError and LimitError as `evaluate` does."""
    search = _Search(law, filled, contexts, seconds)
    search.sample()
    tried = list(search.space.completions())
    search.complete = search.complete and search.space.small()
    results = search.conclusions(tried)
    possible = [number for number, conclusion in enumerate(results) if conclusion is not None]
    kept = possible or list(range(len(tried)))
    outcomes = search.outcomes(tried, results, kept)
    case = search.space.case(tried[kept[0]])
    [world] = worlds(law, [case], [contexts], seconds=seconds)
    return Exploration(outcomes, case, world, search.complete)


def alternatives(law: Law, filled: Filled, contexts: Sequence[Context]) -> list[list[Option]]:
    """Return, per unknown attribute or line, the facts it may become: one option is one or no fact."""
    search = _Search(law, filled, contexts, None)
    search.sample()
    return search.space.options()


Conclusion = dict[Context, frozenset[tuple[str, str]]]


class _Search:
    def __init__(self, law: Law, filled: Filled, contexts: Sequence[Context], seconds: float | None) -> None:
        self.law, self.filled, self.contexts = law, filled, list(contexts)
        self.seconds, self.started = seconds, time.monotonic()
        self.space = Space(law.base, filled, contexts[0].jour)
        self.complete = True

    def sample(self) -> None:
        """Find the points of each ordered slot, the others at several of their own points, until stable."""
        ordered = [
            number for number, slot in enumerate(self.space.slots) if slot.field.type in ("date", "montant", "nombre")
        ]
        done: set[tuple[int, Choices]] = set()
        for _ in range(ROUNDS if len(self.space.slots) > 1 else 1):
            before = [len(points) for points in self.space.points]
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
            if before == [len(points) for points in self.space.points]:
                break

    def _settings(self, number: int) -> list[list[Value | None]]:
        """Return settings of the other slots: each of their points in turn, the rest at the last."""
        base = [points[-1] for points in self.space.points]
        found = [base]
        for other, points in enumerate(self.space.points):
            if other != number:
                for point in points[:-1]:
                    found.append([*base[:other], point, *base[other + 1 :]])
        return found[:SETTINGS]

    def _bisect(self, number: int, settings: Sequence[list[Value | None]], contexts: Sequence[Context]) -> None:
        """Add to a slot the first value of each interval over which the rules conclude the same.

        All settings of the other slots go on together, so that each round is one grounding.
        """
        slot = self.space.slots[number]
        grid = self.space.domain(slot)
        names = self._dependents(self.space.attribute(slot.gap).predicate)
        seen: list[dict[Value, object]] = [{} for _ in settings]

        def look(wanted: Sequence[Sequence[Value]]) -> None:
            fresh = [
                (place, value)
                for place, values in enumerate(wanted)
                for value in dict.fromkeys(values)
                if value not in seen[place]
            ]
            cases = [
                self.space.case((*settings[place][:number], value, *settings[place][number + 1 :]))
                for place, value in fresh
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
        found: set[Value] = {value for value in self.space.points[number] if value is not None}
        for known in seen:
            values = sorted(known, key=rank)
            found.add(values[0])
            found.update(high for _, high in self._changes(values, known))
        none: list[Value | None] = [None] if self.space.listed(slot) else []
        self.space.points[number] = [*none, *sorted(found, key=rank)]

    def _changes(self, values: Sequence[Value], known: dict[Value, object]) -> list[tuple[Value, Value]]:
        """Return the neighbours that the rules do not treat alike."""
        return [(low, high) for low, high in itertools.pairwise(values) if known[low] != known[high]]

    def _signatures(
        self, cases: Sequence[Case], names: Sequence[tuple[str, int]], contexts: Sequence[Context]
    ) -> Iterator[object]:
        """Yield what the rules conclude in each case, dates and amounts left out."""
        for start in range(0, len(cases), CHUNK):
            chunk = cases[start : start + CHUNK]
            for world in self._evaluate(chunk, contexts):
                yield frozenset(
                    (context.readings, name, tuple(arg for arg in row if isinstance(arg, Fun)))
                    for context in contexts
                    for name, arity in names
                    for row in world.rows(name, arity, context)
                )

    def _dependents(self, predicate: str) -> list[tuple[str, int]]:
        """Return what is concluded from a predicate on the way to what is asked, with its arity."""
        arities = {each.head[0]: len(each.head[1]) for each in self.law.program.statements}
        asked = support(self.law.program, GOALS)
        return [
            (name, arity)
            for name, arity in sorted(arities.items())
            if name in asked and predicate in support(self.law.program, [name]) - {name}
        ]

    def _evaluate(self, cases: Sequence[Case], own: Sequence[Context]) -> list[World]:
        return worlds(self.law, cases, [own] * len(cases), goals=GOALS, seconds=self.seconds)

    def _late(self, share: float) -> bool:
        """Tell whether a share of the time allowed has passed; from then on the answer is partial."""
        late = self.seconds is not None and time.monotonic() - self.started > share * self.seconds
        self.complete = self.complete and not late
        return late

    def conclusions(self, tried: Sequence[Choices]) -> list[Conclusion | None]:
        """Return the rights held in each completion, or None where the facts contradict each other."""
        cases = {case.facts: case for case in map(self.space.case, tried)}
        distinct = list(cases.values())
        known: dict[tuple[Fact, ...], Conclusion | None] = {}
        for start in range(0, len(distinct), CHUNK):
            if start and self._late(TRYING_SHARE):
                break
            chunk = distinct[start : start + CHUNK]
            for case, world in zip(chunk, self._evaluate(chunk, self.contexts), strict=True):
                known[case.facts] = None
                if not world.rows("anomalie", 2, self.contexts[0]):
                    known[case.facts] = {
                        context: frozenset((str(row[0]), str(row[1])) for row in world.rows("droit", 2, context))
                        for context in self.contexts
                    }
        return [known.get(self.space.case(choices).facts) for choices in tried]

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
            own = [slot.gap == gap for slot in self.space.slots]
            for number in kept:
                rest = tuple(None if mine else value for mine, value in zip(own, tried[number], strict=True))
                groups.setdefault(rest, []).append(number)
            found[gap] = [group for group in groups.values() if len(group) > 1]
        return found


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
