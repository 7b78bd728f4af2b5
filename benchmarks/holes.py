"""Draws dossiers of one person with any days and cents, and looks for each in the domain of `compare --exhaustive`:
`python benchmarks/holes.py [--count N]` prints how many are there, and by what the others are held off.

A dossier is in the domain when some situation of it states the same codes and gives the same notions in both
states: all that the rules conclude on the day examined, less the days and amounts that they carry.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pycoverage.engine import CHUNK, evaluate  # noqa: E402
from pycoverage.field import usual_value  # noqa: E402
from pycoverage.instance import instance  # noqa: E402
from pycoverage.law import Law  # noqa: E402
from pycoverage.relevance import support  # noqa: E402
from pycoverage.searches.domain import Domain  # noqa: E402
from pycoverage.situation import Case  # noqa: E402
from pycoverage.space import ORDERED, Slot  # noqa: E402
from pycoverage.states.state import Pair, read_state, side_by_side  # noqa: E402
from pycoverage.symbolic import Symbolic  # noqa: E402
from pycoverage.value import SUP, Bound, Fun, Value, rank  # noqa: E402

PAIRS = (
    ("2019-10-31", "2019-11-01"),
    ("2019-12-28", "2019-12-29"),
    ("2019-12-29", "2019-12-30"),
    ("2019-12-31", "2020-01-01"),
    ("2020-12-31", "2021-01-01"),
)
"""The days before and on which the law changed."""

GOALS = ("droit", "anomalie")
SPOKEN = (0.1, 0.3, 0.6)
"""How many of the facts of a dossier are out of the ordinary: one is taken per dossier."""

NEAR = 500
"""Days around the day examined, and around the other days of the dossier, in which most days are drawn."""

Named = dict[str, Value | None]
"""The value of each part of a fact."""

Signature = frozenset[tuple[int, str, tuple[Value, ...]]]
"""The notions that hold: in which state, their name, and what they carry but days and amounts."""


class Drawn(msgspec.Struct, frozen=True):
    """A dossier drawn: the parts of each group of facts, the facts, and what the rules conclude of them."""

    named: tuple[Named, ...]
    case: Case
    notions: Signature


class Found(msgspec.Struct, frozen=True):
    """The dossiers drawn, how many were found by the first day of each interval and by the solver, and those that were
    not: with the notions that no situation of the domain gives together with the codes of the dossier.
    """

    dossiers: tuple[Drawn, ...]
    direct: int
    searched: int
    missing: tuple[tuple[Drawn, tuple[tuple[int, str, tuple[Value, ...]], ...]], ...]


class Sampler:
    """Dossiers of one person drawn at random, and their place in the domain of two states of the law on a day."""

    def __init__(self, pair: Pair, jour: str) -> None:
        self.pair, self.law = pair, pair.law
        self.contexts = [pair.before.context(jour), pair.after.context(jour)]
        self.domain = Domain(self.law, 1, self.contexts, GOALS, ("droit",))
        self.keys = list(self.domain.groups)
        self.known = self.domain.alike
        self.codes = {
            (f"code:{self.domain.slots[n].field.nomenclature}", code): value
            for n, found in self.known.items()
            for code, value in found.items()
            if self.domain.slots[n].field.nomenclature
        }
        self.derived = {
            name: arity
            for name, arity in derived(self.law).items()
            if "C__" in self.law.program.levels[name] and not all(self._carried(name, at) for at in range(arity))
        }
        self._symbolic: Symbolic | None = None

    # Drawing.

    def draw(self, drawn: random.Random) -> Iterator[tuple[tuple[Named, ...], Case]]:
        """Yield dossiers that a person could state, each with its parts, without end."""
        while True:
            share = drawn.choice(SPOKEN)
            days = [self.domain.today]
            named = tuple(self._group(group, drawn, share, days) for group in range(len(self.keys)))
            if (case := self.case(named)) is not None:
                yield named, case

    def _group(self, group: int, drawn: random.Random, share: float, days: list[str]) -> Named:
        key = self.keys[group]
        slots = [(number, self.domain.slots[number]) for number in self.domain.groups[key]]
        if drawn.random() >= share:
            attribute = self.domain.attribute(slots[0][1].gap)
            value = None if attribute.is_list else usual_value(self.domain.base, attribute)
            return {slot.part: value for _, slot in slots}
        return {slot.part: self._value(number, slot, drawn, days) for number, slot in slots}

    def _value(self, number: int, slot: Slot, drawn: random.Random, days: list[str]) -> Value:
        if number in self.known:
            return Fun(drawn.choice(list(self.known[number])))
        if slot.field.type == "personne":
            return Fun(drawn.choice(list(self.domain.filled.case.persons)))
        if slot.field.type == "texte":
            return "?"
        low, high = self.domain.limits(slot)
        if slot.field.type != "date":
            assert isinstance(low, int)
            assert isinstance(high, int)
            return drawn.randint(low, high if drawn.random() < 0.1 else min(high, 3_000_000))
        open_ends = [point for point in self.domain.points[number] if isinstance(point, Bound)]
        if open_ends and drawn.random() < 0.4:
            return drawn.choice(open_ends)
        first, last = date.fromisoformat(str(low)), date.fromisoformat(str(high))
        if drawn.random() < 0.8:
            near = date.fromisoformat(drawn.choice(days))
            years = drawn.choice((0, 0, 0, 1, 16, 18, 20, 25)) if slot.part == "" else 0
            near -= timedelta(days=round(365.25 * years))
            first, last = max(first, near - timedelta(days=NEAR)), min(last, near + timedelta(days=NEAR))
            first = min(first, last)
        found = (first + timedelta(days=drawn.randint(0, (last - first).days))).isoformat()
        days.append(found)
        return found

    def case(self, named: Sequence[Named]) -> Case | None:
        """Return the dossier that some parts make, or None if no one may state it."""
        facts = []
        for key, parts in zip(self.keys, named, strict=True):
            if self.domain.backwards(key, parts):
                return None
            facts += self.domain.option(key, parts)
        own = {(owner, name): parts.get("") for (owner, name, _), parts in zip(self.keys, named, strict=True)}
        for (owner, name), value in own.items():
            low = _low(self.law, owner, name)
            bound = own.get((owner, low))
            if value is not None and bound is not None and rank(value) < rank(bound):
                return None
        return Case("tire", self.domain.filled.case.persons, tuple(facts))

    # The notions of dossiers.

    def notions(self, cases: Sequence[Case]) -> list[Signature | None]:
        """Return what the rules conclude of each case in both states, or None if it contradicts itself."""
        found: list[Signature | None] = []
        for start in range(0, len(cases), CHUNK):
            part = cases[start : start + CHUNK]
            model = evaluate(
                self.law.base, self.law.program, part, [self.contexts] * len(part), goals=(*GOALS, *self.derived)
            )
            for number in range(len(part)):
                if any(model.rows("anomalie", 2, number, context) for context in self.contexts):
                    found.append(None)
                    continue
                found.append(
                    frozenset(
                        (state, name, self._kept(name, row))
                        for name, arity in self.derived.items()
                        for state, context in enumerate(self.contexts)
                        for row in model.rows(name, arity, number, context)
                        if self.domain.rests_on(name, [self._code(name, at, value) for at, value in enumerate(row)])
                    )
                )
        return found

    def _kept(self, name: str, row: Sequence[Value]) -> tuple[Value, ...]:
        return tuple(
            self._code(name, index, value) for index, value in enumerate(row) if not self._carried(name, index)
        )

    def _code(self, name: str, index: int, value: Value) -> Value:
        """Return the code that stands for those that no rule can tell from it."""
        kind = self.law.kinds.position(name, index)
        return self.codes.get((kind, str(value)), value) if kind else value

    def _carried(self, name: str, index: int) -> bool:
        """Tell whether a notion carries a day, an amount or a number at a place."""
        return self.law.kinds.position(name, index) in (*ORDERED, "coefficient", "cle")

    # Their place in the domain.

    def nearest(self, named: Sequence[Named]) -> list[Named]:
        """Return the parts moved to the first value of their intervals, and the codes to the one of their class."""
        return [self.domain.standing(group, parts) for group, parts in enumerate(named)]

    def held_off(self, drawn: Drawn) -> tuple[tuple[int, str, tuple[Value, ...]], ...] | None:
        """Return None if a situation of the domain has the codes and the notions of a dossier, or else some notions
        that none has together.
        """
        symbolic = self._solver()
        wanted: dict[int, tuple[int, str, tuple[Value, ...]]] = {}
        known = dict(symbolic.signature("_notion", 3))
        rows = {
            (int(str(state)), str(name), key.args): literal
            for (state, name, key), literal in known.items()
            if isinstance(key, Fun) and self.domain.rests_on(str(name), self._whole(str(name), key.args))
        }
        lost = [notion for notion in drawn.notions if notion not in rows]
        if lost:
            return tuple(sorted(lost, key=str))
        for notion, literal in rows.items():
            wanted[literal if notion in drawn.notions else -literal] = notion
        fixed = [literal for group, parts in enumerate(drawn.named) for literal in self._fixed(symbolic, group, parts)]
        core = symbolic.core([*fixed, *wanted])
        if core is None:
            return None
        kept = [each for each in core if each in wanted]
        for each in list(kept):
            fewer = symbolic.core([*fixed, *(other for other in kept if other != each)])
            kept = [other for other in kept if other in fewer] if fewer is not None else kept
        return tuple(wanted[each] for each in kept)

    def _whole(self, name: str, kept: Sequence[Value]) -> list[Value | None]:
        """Return the arguments of a notion, with None for the days and amounts that it carries."""
        left = iter(kept)
        return [None if self._carried(name, index) else next(left) for index in range(self.derived[name])]

    def _fixed(self, symbolic: Symbolic, group: int, parts: Named) -> Iterator[int]:
        """Yield the literals that leave only the options of a group that state the codes of a dossier."""
        codes_ = self._codes(group, self.domain.standing(group, parts))
        for option, named in enumerate(self.domain.named(group)):
            if self._codes(group, named) != codes_:
                yield -symbolic.chosen({group: option})[0]

    def _codes(self, group: int, parts: Named) -> list[Value | bool | None]:
        slots = [self.domain.slots[number] for number in self.domain.groups[self.keys[group]]]
        return [(parts[slot.part] is None) if slot.field.type in ORDERED else parts[slot.part] for slot in slots]

    def _solver(self) -> Symbolic:
        if self._symbolic is None:
            lines = ["#defined _notion/3."]
            levels = self.law.program.levels
            for name, arity in self.derived.items():
                hidden = [{"C__": "0", "K__": "K", "L__": "L"}[level] for level in levels.get(name, ())]
                kept = [f"X{index}" for index in range(arity) if not self._carried(name, index)]
                given = [f"X{index}" if f"X{index}" in kept else "_" for index in range(arity)]
                atom = f"{name}({','.join([*hidden, *given])})" if hidden or given else name
                key = f"n({','.join(kept)})" if kept else "n"
                lines.append(f"_notion(N,{name},{key}) :- {atom}, _observe(K,N), _contexte(K,L).")
                lines.append(f"#defined {name}/{arity + len(hidden)}.")
            self._symbolic = Symbolic(
                instance(
                    self.law,
                    self.domain.filled.case,
                    self.domain.options(),
                    self.contexts,
                    goals=(*GOALS, *self.derived),
                    program="\n".join([*lines, ""]),
                ),
                apart=self.domain.apart(),
                strict=False,
            )
        return self._symbolic


def derived(law: Law) -> dict[str, int]:
    """Return the notions that rights rest on, rights included, each with its arity."""
    asked = support(law.program, GOALS)
    return {rule.head.name: len(rule.head.args) for rule in law.base.rules if rule.head.name in asked}


def _low(law: Law, owner: str, name: str) -> str:
    """Return the attribute, or the day, before which another may not be."""
    section = law.base.vocabulary.personne if owner else law.base.vocabulary.foyer
    return (*section[name].plage, "")[0]


def look(sampler: Sampler, count: int, seed: int) -> Found:
    """Draw dossiers and look for each in the domain."""
    stream = sampler.draw(random.Random(seed))
    direct = searched = 0
    missing = []
    kept: list[Drawn] = []
    while len(kept) < count:
        some = [next(stream) for _ in range(min(CHUNK, 2 * (count - len(kept)) + 10))]
        notions = sampler.notions([case for _, case in some])
        kept += [
            Drawn(named, case, found) for (named, case), found in zip(some, notions, strict=True) if found is not None
        ]
    kept = kept[:count]
    moved = [sampler.case(sampler.nearest(each.named)) for each in kept]
    possible = iter(sampler.notions([case for case in moved if case is not None]))
    for each, case in zip(kept, moved, strict=True):
        if case is not None and next(possible) == each.notions:
            direct += 1
        elif (core := sampler.held_off(each)) is None:
            searched += 1
        else:
            missing.append((each, core))
    return Found(tuple(kept), direct, searched, tuple(missing))


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--count", type=int, default=10_000, help="dossiers drawn, shared among the reforms")
    options.add_argument("--pairs", type=int, default=len(PAIRS), help="reforms looked at")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=0, help="dossiers shown that are not found")
    given = options.parse_args()
    print("| états | dossiers | premier jour de l'intervalle | par le solveur | introuvables | durée |")
    print("|---|---:|---:|---:|---:|---:|")
    held: Counter[str] = Counter()
    for number, days in enumerate(PAIRS[: given.pairs]):
        started = time.perf_counter()
        pair = side_by_side(*(read_state(f"droit:{day}", ROOT) for day in days))
        found = look(Sampler(pair, pair.date), given.count // given.pairs, given.seed + number)
        held.update(notion for _, core in found.missing for notion in {name for _, name, _ in core})
        taken = f"{time.perf_counter() - started:.0f} s"
        row = (" → ".join(days), len(found.dossiers), found.direct, found.searched, len(found.missing), taken)
        print(f"| {' | '.join(map(str, row))} |", flush=True)
        for each, core in found.missing[: given.show]:
            print(
                "  ",
                [f"{fact.name}{tuple(map(str, fact.args))}" for fact in each.case.facts if fact.name in told(each)],
            )
            print(
                "    ->",
                [
                    f"{s}:{n}({','.join(map(str, k))}){'' if (s, n, k) in each.notions else ' ABSENT'}"
                    for s, n, k in core
                ],
            )
    for name, times in held.most_common():
        print(f"- {name} : {times}")


def told(each: Drawn) -> Collection[str]:
    return {fact.name for fact in each.case.facts if not fact.args or fact.args[-1] not in (SUP,)}


if __name__ == "__main__":
    main()
