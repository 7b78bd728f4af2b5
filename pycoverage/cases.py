"""Proofs by cases: a conclusion that is certain although no single proof of it is.

Whatever the open facts are, the right is held (or not), but not always by the same way. The proof then takes
the fewest open facts it needs, goes through all that they may be, and proves the conclusion in each case
without any other open fact.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.assessment import Assessment
from pycoverage.completion import Gap
from pycoverage.evaluation import rules_of
from pycoverage.proof import reach
from pycoverage.prover import Prover
from pycoverage.reliance import Reliance
from pycoverage.situation import Case
from pycoverage.slot import Slot
from pycoverage.space import ORDERED, Space, before
from pycoverage.syntax import Atom
from pycoverage.value import Bound, Fun, Value
from pycoverage.vocabulary import type_name
from pycoverage.wording import Wording
from pycoverage.world import worlds

MOST = 300
"""Cases tried for one proof."""


class Branch(msgspec.Struct, frozen=True):
    """Some values of the open facts, and the proof that holds for them.

    `quand` gives, per open fact, its first and its last value in the order of its points: up to the next point for
    a date or an amount, the same twice for one value; None stands for an empty list. `root` is a node of `prover`.
    """

    quand: tuple[tuple[Slot, Value | None, Value | None], ...]
    prover: Prover
    root: int


def branches(assessment: Assessment, person: str, right: str) -> list[Branch]:
    """Return the cases of the proof of a certain conclusion that rests on open facts; none if it rests on none.

    Empty too when the cases are too many to be told. `person` is a canonical id.
    """
    space = assessment.space
    if space is None:
        return []
    atom = Atom("droit", (Fun(person), Fun(right)))
    context = assessment.default
    options = space.options()
    groups = space.gaps()
    example = Reliance(assessment.law, assessment.filled, assessment.case, assessment.world)
    needed = _needed(groups, example.of(atom, context))
    while needed and math.prod(len(options[number]) for number in needed) <= MOST:
        chosen = list(itertools.product(*(range(len(options[number])) for number in needed)))
        cases = [_case(assessment, space, dict(zip(needed, each, strict=True))) for each in chosen]
        evaluated = worlds(assessment.law, cases, [[context]] * len(cases))
        found: list[tuple[tuple[int, ...], Prover, int]] = []
        more: set[int] = set()
        for each, case, world in zip(chosen, cases, evaluated, strict=True):
            if world.rows("anomalie", 2, context):
                continue
            reliance = Reliance(assessment.law, assessment.filled, case, world)
            more |= set(_needed(groups, reliance.of(atom, context)))
            prover = Prover(assessment.law.base, case, world, reliance)
            found.append((each, prover, prover.explain(atom, context)))
        if more <= set(needed):
            return list(_merged(space, needed, found))
        needed = sorted({*needed, *more})
    return []


def cases_text(branch: Branch, space: Space, writer: Wording) -> Iterator[str]:
    """Yield what each open fact is in a case: one value, or all those from one point to the next that differs."""
    for slot, first, last in branch.quand:
        say, what = writer.speech, slot.gap.key(space.filled.case.persons) + (f".{slot.part}" if slot.part else "")
        what = say.foreign(what)
        kind = type_name(slot.field)
        points = [point for point in space.points[space.slots.index(slot)] if point is not None]
        if first is None or last is None:
            yield say("cas_vide", quoi=what)
        elif slot.field.type not in ORDERED or isinstance(last, Bound):
            yield say("cas_valeur", quoi=what, valeur=writer.value(first, kind))
        else:
            after = [point for point in points[points.index(last) + 1 :] if not isinstance(point, Bound)]
            until = writer.value(before(after[0]), kind) if after else ""
            open_start = first == points[0]
            if kind == "date":
                words = ("cas_jusqu_a_jour", "cas_toujours") if open_start else ("cas_de_a_jour", "cas_a_partir_jour")
            else:
                words = ("cas_jusqu_a", "cas_toujours") if open_start else ("cas_de_a", "cas_a_partir")
            word = words[0] if until else words[1]
            yield say(word, quoi=what, debut=writer.value(first, kind), fin=until)


def _needed(groups: Sequence[tuple[Gap, ...]], gaps: frozenset[Gap]) -> list[int]:
    return [number for number, own in enumerate(groups) if set(own) & gaps]


def _case(assessment: Assessment, space: Space, chosen: dict[int, int]) -> Case:
    """Return the example of the assessment with other options of some groups."""
    options = space.options()
    replaced = {fact for number in chosen for option in options[number] for fact in option}
    facts = [fact for fact in assessment.case.facts if fact not in replaced]
    facts += [fact for number, index in chosen.items() for fact in options[number][index]]
    return Case(assessment.case.name, assessment.case.persons, tuple(facts), assessment.case.place)


def _merged(
    space: Space, needed: Sequence[int], found: Sequence[tuple[tuple[int, ...], Prover, int]]
) -> Iterator[Branch]:
    """Yield one branch per run of neighbouring cases that are proved alike."""
    runs: list[list[tuple[tuple[int, ...], Prover, int]]] = []
    for each in found:
        last = runs[-1][-1] if runs else None
        near = last is not None and last[0][:-1] == each[0][:-1] and last[0][-1] + 1 == each[0][-1]
        if last is not None and near and _shape(last[1], last[2]) == _shape(each[1], each[2]):
            runs[-1].append(each)
        else:
            runs.append([each])
    for run in runs:
        quand: list[tuple[Slot, Value | None, Value | None]] = []
        for place, number in enumerate(needed):
            first, last_ = (space.chosen(number, run[at][0][place]) for at in (0, -1))
            quand += [(slot, low, high) for (slot, low), (_, high) in zip(first, last_, strict=True)]
        yield Branch(tuple(quand), run[0][1], run[0][2])


def _shape(prover: Prover, root: int) -> tuple[str, ...]:
    return tuple(rules_of(prover, list(reach(prover.nodes, root))))
