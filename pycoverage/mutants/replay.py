"""Dossiers played again under mutants: what an expectation, an anomaly or an approved answer sees of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal as Choice
from typing import get_args

import msgspec

from pycoverage.assessment import Assessment, assess_filled
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.comparisons.record import Record
from pycoverage.completion import Filled
from pycoverage.document import Node
from pycoverage.expectation import REFUSAL
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.mutants.mutated import copy, mutated, mutated_apart, shareable
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.reason import record_under
from pycoverage.mutants.subject import COPIES, Subject, told_of
from pycoverage.suite import compare

Fate = Choice["controle", "erreur", "anomalie", "attente", "conclusion", "motif", "vivant"]
"""What sees a mutant, the surest first; `conclusion`: an approved answer changes, that no dossier expects; `motif`:
only the approved reasons of one."""

RANK: dict[Fate, int] = {fate: rank for rank, fate in enumerate(get_args(Fate))}


def parts(law: Law, mutants: Sequence[Mutant], batch: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield what is played together: copies of many mutants, or the dossiers of one."""
    shared: list[tuple[int, int]] = []
    alone: dict[int, list[tuple[int, int]]] = {}
    for number, at in batch:
        if shareable(law, mutants[number]):
            shared.append((number, at))
        else:
            alone.setdefault(number, []).append((number, at))
    yield from (shared[start : start + COPIES] for start in range(0, len(shared), COPIES))
    for own in alone.values():
        yield from (own[start : start + COPIES] for start in range(0, len(own), COPIES))


def play(
    law: Law,
    mutants: Sequence[Mutant],
    subjects: Sequence[Subject] | Mapping[int, Subject],
    part: Sequence[tuple[int, int]],
    *,
    whole: bool,
    records: Mapping[int, Record] | None = None,
) -> Iterator[tuple[int, Fate, str]]:
    """Yield what sees each mutant in each dossier; `whole` plays the other readings too.

    With `records`, what is approved of each dossier, its reasons are looked at too.
    """
    numbers = dict.fromkeys(number for number, _ in part)
    apart = all(shareable(law, mutants[number]) for number in numbers)
    try:
        if apart:
            other = mutated_apart(law, {number: mutants[number] for number in numbers})
        else:
            other = mutated(law, mutants[next(iter(numbers))])
        filled = [subjects[at].filled for _, at in part]
        if apart:
            cases = [copy(each.case, number) for (number, _), each in zip(part, filled, strict=True)]
            filled = [Filled(case, (), {}) for case in cases]
        dossiers = [subjects[at].dossier for _, at in part]
        contexts = [subjects[at].contexts if whole else subjects[at].asked for _, at in part]
        found = assess_filled(other, dossiers, filled, contexts, others=(RIGHT,))
    except InputError as error:
        if len(part) == 1:
            yield part[0][0], "erreur", str(error.findings[0].message)
        else:
            middle = len(part) // 2
            for half in (part[:middle], part[middle:]):
                yield from play(law, mutants, subjects, half, whole=whole, records=records)
        return
    failed: set[int] = set()
    for (number, at), assessment in zip(part, found, strict=True):
        fate = _fate(law, subjects[at], assessment, whole=whole)
        if fate == "conclusion" and number not in failed and _refused(law, mutants[number], assessment):
            fate = "attente"
        if fate == "attente":
            failed.add(number)
        unseen = fate == "vivant" and number not in failed
        if unseen and records is not None and record_under(law, mutants[number], assessment) != records[at]:
            failed.add(number)
            fate = "motif"
        if fate != "vivant":
            yield number, fate, subjects[at].dossier.file


def _fate(law: Law, subject: Subject, assessment: Assessment, *, whole: bool) -> Fate:
    if frozenset(assessment.anomalies) != subject.anomalies:
        return "anomalie"
    if any(True for _ in _failures(assessment, refusals=False)):
        return "attente"
    if whole:
        return "vivant" if told_of(law, assessment, subject.contexts) == subject.whole else "conclusion"
    return "vivant" if told_of(law, assessment, subject.asked) == subject.told else "conclusion"


def _refused(law: Law, mutant: Mutant, assessment: Assessment) -> bool:
    """Tell whether what a dossier expects of the examination of a refusal fails."""
    if not any(node.get(REFUSAL) for rights in assessment.dossier.expected.values() for node in rights.values()):
        return False
    alone = msgspec.structs.replace(assessment, law=mutated(law, mutant))
    try:
        return any(True for _ in _failures(alone, refusals=True))
    except Exception:  # noqa: BLE001 - whatever a wrong base breaks here, a test would see it
        return True


def _failures(assessment: Assessment, *, refusals: bool) -> Iterator[object]:
    """Yield the expectations that fail: those on refusals, or the others."""
    ids = {name: identifier for identifier, name in assessment.dossier.persons.items()}
    for name, rights in assessment.dossier.expected.items():
        for right, node in rights.items():
            own = node.get(REFUSAL)
            if refusals and own is not None:
                node = Node(node.place, {REFUSAL: (own.place, own)})
            elif refusals:
                continue
            elif own is not None:
                node = Node(node.place, {key: each for key, each in (node.entries or {}).items() if key != REFUSAL})
            yield from (each for each in compare(assessment, ids[name], right, node) if each is not None)
