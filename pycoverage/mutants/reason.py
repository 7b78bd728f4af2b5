"""Mutants that change no answer but its approved reasons: the same right, by other rules, values or lists.

Where a mutated rule concludes the same, the model of the dossier is that of the base: only its proofs may differ. So
each dossier is proved once, and what a mutant changes is looked for where its rules stand in the proofs.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from pycoverage.assessment import Assessment, assess_filled
from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.comparisons.record import Record, record_of
from pycoverage.evaluation import prover_for
from pycoverage.law import Law
from pycoverage.mutants.footing import Footing
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.subject import Subject
from pycoverage.world import World

PART = 50
"""Dossiers proved together."""

TRIES = 12
"""Dossiers whose reasons are told again for each mutant, at most: those whose proofs rest on what it changes."""


class Proved(msgspec.Struct):
    """What proofs tell: per dossier, what is approved of it and the predicates that its proofs look at; per mutant
    that changes the reasons of some dossier, the file of the first one."""

    records: dict[int, Record]
    names: dict[int, frozenset[str]]
    seen: dict[int, str]


def proved(
    law: Law,
    mutants: Mapping[int, Mutant],
    subjects: Sequence[Subject],
    elsewhere: Mapping[int, Collection[int]],
    told: Callable[[int, int], None],
) -> Proved:
    """Prove dossiers, and tell which mutants change the reasons of one where they conclude the same.

    `elsewhere` are, per mutant, the dossiers in which it concludes something else: it is not looked at there.
    """
    found = Proved({}, {}, {})
    left = {number: (mutant, in_place(law.base, mutant)) for number, mutant in mutants.items()}
    tries: Counter[int] = Counter()
    order = sorted(range(len(subjects)), key=lambda at: hashlib.sha256(subjects[at].dossier.file.encode()).digest())
    for start in range(0, len(order), PART):
        part = [subjects[at] for at in order[start : start + PART]]
        told(start, len(subjects))
        contexts = [each.contexts for each in part]
        dossiers, filled = [each.dossier for each in part], [each.filled for each in part]
        assessed = assess_filled(law, dossiers, filled, contexts, others=(RIGHT,))
        for at, assessment in zip(order[start:], assessed, strict=False):
            prover = prover_for(assessment)
            own = found.records[at] = record_of(assessment, prover=prover).record
            footing = Footing(prover, assessment)
            found.names[at] = frozenset(footing.named)
            for number, (mutant, base) in list(left.items()):
                if at in elsewhere.get(number, ()) or not (rights := footing.moved(mutant, base)):
                    continue
                tries[number] += 1
                if not _same(own, _record(law, base, assessment, rights), rights, assessment.dossier.persons):
                    found.seen[number] = assessment.dossier.file
                if number in found.seen or tries[number] == TRIES:
                    del left[number]
    return found


def records_of(law: Law, subjects: Mapping[int, Subject]) -> dict[int, Record]:
    """Return what is approved of some dossiers, by their numbers."""
    own = list(subjects.values())
    dossiers, filled = [each.dossier for each in own], [each.filled for each in own]
    assessed = assess_filled(law, dossiers, filled, [each.contexts for each in own], others=(RIGHT,)) if own else ()
    return {at: record_of(each).record for at, each in zip(subjects, assessed, strict=True)}


def record_under(law: Law, mutant: Mutant, assessment: Assessment) -> Record:
    """Return what would be approved of a dossier assessed under a mutant."""
    return _record(law, in_place(law.base, mutant), assessment)


def _record(
    law: Law, base: KnowledgeBase, assessment: Assessment, only: Collection[tuple[str, str]] | None = None
) -> Record:
    other = Law(base, law.program, law.kinds)
    world = World(base, assessment.world.parts)
    return record_of(msgspec.structs.replace(assessment, law=other, world=world), only=only).record


def _same(one: Record, other: Record, rights: Collection[tuple[str, str]], names: Mapping[str, str]) -> bool:
    """Tell whether two records are the same for some rights of persons (canonical ids)."""
    told = (tuple(each.persons.get(names[who], {}).get(right) for each in (one, other)) for who, right in rights)
    return all(before == after for before, after in told)


def in_place(base: KnowledgeBase, mutant: Mutant) -> KnowledgeBase:
    """Return the base that a mutant makes, what it changes under its own name."""
    replace = msgspec.structs.replace
    if mutant.parameter is not None:
        return replace(base, parameters={**base.parameters, mutant.subject: mutant.parameter})
    if mutant.nomenclature is not None:
        key = next(iter(mutant.nomenclature.proprietes)).partition("__sans_")[0]
        code = mutant.other.removeprefix(f"{key}__sans_")
        known = base.nomenclatures[mutant.subject]
        kept = {name: own for name, own in known.elements[code].properties.items() if name != key}
        elements = {**known.elements, code: replace(known.elements[code], properties=kept)}
        return replace(base, nomenclatures={**base.nomenclatures, mutant.subject: replace(known, elements=elements)})
    if mutant.interval is not None:
        ((_, rule),) = mutant.rules
        legal = base.legal[rule.guard or ""]
        return replace(base, legal={**base.legal, legal.id: replace(legal, interval=mutant.interval)})
    rules = list(base.rules)
    for index, changed in mutant.rules:
        rules[index] = changed
    return replace(base, rules=tuple(rules))
