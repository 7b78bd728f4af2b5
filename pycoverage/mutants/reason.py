"""Mutants that change no answer but its approved reasons: the same right, by other rules, values or lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from pycoverage.assessment import assess_filled
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.comparisons.record import Record, record_of
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.lifting import lift_beside
from pycoverage.mutants.mutated import mutated
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.probing import sightings
from pycoverage.mutants.subject import Subject
from pycoverage.syntax import Comparison

TRIES = 3
"""Dossiers in which each mutant is looked at: the first in which the rule applies."""

NEVER = Comparison(0, "=", 1)


def reasons(
    law: Law,
    mutants: Mapping[int, Mutant],
    subjects: Sequence[Subject],
    near: Callable[[Mutant, Sequence[int]], list[int]],
    told: Callable[[int, int], None],
) -> Iterator[tuple[int, str]]:
    """Yield the number of each mutant that changes the record of a dossier in which its rule applies, and the file.

    `near` orders dossiers for a mutant.
    """
    applied = _applied(law, mutants, subjects)
    known: dict[int, Record] = {}
    for done, (number, mutant) in enumerate(mutants.items()):
        told(done, len(mutants))
        places = sorted({at for index, _ in mutant.rules for at in applied[index]})
        for at in near(mutant, places)[:TRIES]:
            if at not in known:
                known[at] = _record(law, subjects[at])
            try:
                same = _record(in_place(law, mutant), subjects[at]) == known[at]
            except InputError:
                same = False
            if not same:
                yield number, subjects[at].dossier.file
                break


def in_place(law: Law, mutant: Mutant) -> Law:
    """Return the law that a mutant makes, an amount or a list that it changes under its own name."""
    base = law.base
    if mutant.parameter is not None:
        changed = msgspec.structs.replace(base, parameters={**base.parameters, mutant.subject: mutant.parameter})
        return Law(changed, lift_beside(changed, law.program, law.kinds, [], {}), law.kinds)
    return mutated(law, mutant)


def _record(law: Law, subject: Subject) -> Record:
    found = assess_filled(law, [subject.dossier], [subject.filled], [subject.contexts[:1]], others=(RIGHT,))
    return record_of(found[0]).record


def _applied(law: Law, mutants: Mapping[int, Mutant], subjects: Sequence[Subject]) -> dict[int, set[int]]:
    """Return, per rule that some mutants change, the dossiers in which it alone concludes something."""
    indexes = sorted({index for mutant in mutants.values() for index, _ in mutant.rules})
    without = [_without(law, index) for index in indexes]
    cases = [each.filled.case for each in subjects]
    found = sightings(law, without, cases, [each.contexts[:1] for each in subjects])
    return dict(zip(indexes, found.cases, strict=True))


def _without(law: Law, index: int) -> Mutant:
    """Return the mutant whose rule never applies."""
    rule = law.base.rules[index]
    never = msgspec.structs.replace(rule, body=(*rule.body, NEVER), places=(*rule.places, rule.place))
    return Mutant(f"{index}", "condition", rule.head.name, "", rule.place, "moins", ((index, never),))
