"""What sees a mutant: an expectation that fails, an error or an anomaly, or only a conclusion that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal as Choice

import msgspec

from pycoverage.assessment import Assessment, assess_filled, contexts_of
from pycoverage.base import OUTPUT
from pycoverage.checks import interval as intervals
from pycoverage.checks.study import Study, study
from pycoverage.completion import Filled, fill
from pycoverage.document import Node
from pycoverage.dossier import Dossier
from pycoverage.expectation import DETAILS, REFUSAL
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.mutants.mutated import copy, mutated, mutated_apart, shareable
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.probing import sightings
from pycoverage.situation import Context
from pycoverage.suite import compare
from pycoverage.value import Value

Fate = Choice["controle", "erreur", "anomalie", "attente", "conclusion", "vivant"]
"""What sees a mutant, the surest first; `conclusion`: what crosses into Python changes, and no dossier expects it."""

ROUNDS = (2, 6, 30, 10_000)
"""How many dossiers each mutant still alive is played on, time after time."""

COPIES = 150
"""Copies of dossiers per grounding."""

Told = Callable[[int, int], None]


class Subject(msgspec.Struct):
    """A dossier as it is played again and again, and what the base concludes of it."""

    dossier: Dossier
    filled: Filled
    contexts: list[Context]
    expects: frozenset[str]
    conclusions: dict[Context, frozenset[tuple[str, tuple[Value, ...]]]]


class Outcome(msgspec.Struct, frozen=True):
    """The fate of a mutant, the dossier or the finding that tells it, and in how many dossiers its rule differs."""

    mutant: Mutant
    fate: Fate
    witness: str
    seen: int


def outcomes(
    law: Law, mutants: Sequence[Mutant], dossiers: Sequence[Dossier], *, told: Told = lambda _done, _all: None
) -> list[Outcome]:
    """Return the fate of each mutant. Dossiers that leave a fact open are not played."""
    subjects = list(_subjects(law, dossiers))
    fates: dict[int, tuple[Fate, str]] = dict(_checked(law, mutants))
    left = [number for number in range(len(mutants)) if number not in fates]
    found = sightings(
        law,
        [mutants[number] for number in left],
        [each.filled.case for each in subjects],
        [each.contexts for each in subjects],
    )
    fates |= {left[each]: ("erreur", "") for each in found.failing}
    seen = {number: found.cases[at] for at, number in enumerate(left)}
    waiting = {
        number: _nearest(law, mutants[number], subjects, seen[number]) for number in left if number not in fates
    }
    for size in ROUNDS:
        batch = [(number, at) for number, queue in waiting.items() for at in queue[:size]]
        waiting = {number: queue[size:] for number, queue in waiting.items()}
        done = 0
        for part in _parts(law, mutants, batch):
            for number, fate, witness in _play(law, mutants, subjects, part):
                if RANK[fate] < RANK[fates.get(number, ("vivant", ""))[0]]:
                    fates[number] = (fate, witness)
            done += len(part)
            told(done, len(batch))
        waiting = {
            number: queue for number, queue in waiting.items() if queue and not _settled(fates.get(number))
        }
    return [
        Outcome(mutant, *fates.get(number, ("vivant", "")), len(seen.get(number, ())))
        for number, mutant in enumerate(mutants)
    ]


RANK: dict[Fate, int] = {"controle": 0, "erreur": 1, "anomalie": 2, "attente": 3, "conclusion": 4, "vivant": 5}


def _settled(found: tuple[Fate, str] | None) -> bool:
    return found is not None and found[0] not in ("conclusion", "vivant")


def _subjects(law: Law, dossiers: Sequence[Dossier]) -> Iterator[Subject]:
    for start in range(0, len(dossiers), COPIES):
        part = [(each, fill(each, law.base)) for each in dossiers[start : start + COPIES]]
        part = [(dossier, filled) for dossier, filled in part if not filled.gaps]
        contexts = [contexts_of(law, dossier) for dossier, _ in part]
        found = assess_filled(law, [each for each, _ in part], [each for _, each in part], contexts, others=None)
        for (dossier, filled), own, assessment in zip(part, contexts, found, strict=True):
            told = {each: _conclusions(assessment, each) for each in _read(assessment)}
            yield Subject(dossier, filled, own, _expected(dossier), told)


def _read(assessment: Assessment) -> list[Context]:
    """Return the contexts that were evaluated: in the others nothing is at stake."""
    return [each for each in assessment.contexts if each.readings in assessment.world.parts]


def _conclusions(assessment: Assessment, context: Context) -> frozenset[tuple[str, tuple[Value, ...]]]:
    rows = assessment.world.rows
    outputs = assessment.law.base.outputs().items()
    return frozenset((name, row) for name, arity in outputs for row in rows(name, arity, context))


def _checked(law: Law, mutants: Sequence[Mutant]) -> Iterator[tuple[int, tuple[Fate, str]]]:
    """Yield the mutants that `pycoverage check` sees: versions that overlap, or leave a gap."""
    moved = [number for number, mutant in enumerate(mutants) if mutant.interval is not None]
    if not moved:
        return
    from pathlib import Path

    subject, _ = study(Path(law.base.root))
    known = set(intervals.check(subject))
    for number in moved:
        new = [each for each in intervals.check(_moved(subject, mutants[number])) if each not in known]
        if new:
            yield number, ("controle", str(new[0].code))


def _moved(subject: Study, mutant: Mutant) -> Study:
    ((_, rule),) = mutant.rules
    legal = msgspec.structs.replace(subject.base.legal[rule.guard or ""], interval=mutant.interval)
    base = msgspec.structs.replace(subject.base, legal={**subject.base.legal, legal.id: legal})
    return msgspec.structs.replace(subject, base=base)


def _nearest(law: Law, mutant: Mutant, subjects: Sequence[Subject], seen: Iterable[int]) -> list[int]:
    """Return the dossiers to play, first those of the folder that mirrors the one of the rule.

    Of those that expect nothing of what the rules lead to, one is enough: it tells whether a conclusion changes.
    """
    folder = f"/{mutant.place.file.split('/')[1]}/" if "/" in mutant.place.file else "/"
    reached = _reached(law, {rule.head.name for _, rule in mutant.rules})
    own = sorted(seen, key=lambda at: (folder not in subjects[at].dossier.file, at))
    expecting = [at for at in own if subjects[at].expects & reached]
    return expecting + [at for at in own if at not in expecting][:1]


def _reached(law: Law, names: set[str]) -> set[str]:
    """Return the predicates that rest on some, and these."""
    found = set(names)
    growing = True
    while growing:
        size = len(found)
        found |= {each.head[0] for each in law.program.statements if not found.isdisjoint(each.rests)}
        growing = len(found) > size
    return found


def _expected(dossier: Dossier) -> frozenset[str]:
    """Return the predicates of which a dossier expects something; an examined refusal rests on all those of a right."""
    found = {"anomalie"}
    for rights in dossier.expected.values():
        for node in rights.values():
            keys = ("statut",) if node.text is not None else tuple(node.entries or {})
            for key in keys:
                found |= {"droit", *OUTPUT} if key == REFUSAL else {DETAILS[key][0] if key in DETAILS else key}
    return frozenset("droit" if key in ("statut", "conteste") else key for key in found)


def _parts(
    law: Law, mutants: Sequence[Mutant], batch: Sequence[tuple[int, int]]
) -> Iterator[list[tuple[int, int]]]:
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


def _play(
    law: Law, mutants: Sequence[Mutant], subjects: Sequence[Subject], part: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, Fate, str]]:
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
        contexts = [subjects[at].contexts for _, at in part]
        found = assess_filled(other, dossiers, filled, contexts, others=None)
    except InputError as error:
        if len(part) == 1:
            yield part[0][0], "erreur", str(error.findings[0].message)
        else:
            middle = len(part) // 2
            for half in (part[:middle], part[middle:]):
                yield from _play(law, mutants, subjects, half)
        return
    failed: set[int] = set()
    for (number, at), assessment in zip(part, found, strict=True):
        fate = _fate(subjects[at], assessment)
        if fate == "conclusion" and number not in failed and _refused(law, mutants[number], assessment):
            fate = "attente"
        if fate == "attente":
            failed.add(number)
        if fate != "vivant":
            yield number, fate, subjects[at].dossier.file


def _fate(subject: Subject, assessment: Assessment) -> Fate:
    if assessment.anomalies:
        return "anomalie"
    if any(True for _ in _failures(assessment, refusals=False)):
        return "attente"
    for context in {**subject.conclusions, **dict.fromkeys(_read(assessment))}:
        before = subject.conclusions.get(context)
        if before is None:
            before = subject.conclusions[subject.contexts[0]]
        if _conclusions(assessment, context) != before:
            return "conclusion"
    return "vivant"


def _refused(law: Law, mutant: Mutant, assessment: Assessment) -> bool:
    """Tell whether what a dossier expects of the examination of a refusal fails."""
    if not any(node.get(REFUSAL) for rights in assessment.dossier.expected.values() for node in rights.values()):
        return False
    alone = msgspec.structs.replace(assessment, law=mutated(law, mutant))
    return any(True for _ in _failures(alone, refusals=True))


def _failures(assessment: Assessment, *, refusals: bool) -> Iterator[object]:
    """Yield the expectations that fail: those on refusals, or the others."""
    ids = {name: identifier for identifier, name in assessment.dossier.persons.items()}
    for name, rights in assessment.dossier.expected.items():
        for right, node in rights.items():
            own = node.get(REFUSAL)
            if refusals and own is not None:
                node = Node(node.place, {REFUSAL: (own.place, own)})  # noqa: PLW2901
            elif refusals:
                continue
            elif own is not None:
                node = Node(node.place, {key: each for key, each in (node.entries or {}).items() if key != REFUSAL})  # noqa: PLW2901
            yield from (each for each in compare(assessment, ids[name], right, node) if each is not None)
