"""What sees a mutant: an expectation that fails, an error or an anomaly, or only a conclusion that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from pycoverage.checks import interval as intervals
from pycoverage.checks.study import Study, study
from pycoverage.comparisons.record import Record
from pycoverage.dossier import Dossier
from pycoverage.law import Law
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.probing import sightings
from pycoverage.mutants.reason import proved
from pycoverage.mutants.replay import RANK, Fate, parts, play
from pycoverage.mutants.subject import Subject, subjects_of
from pycoverage.program import CASE
from pycoverage.syntax import Atom
from pycoverage.value import Fun
from pycoverage.workers import processors, shared_out

SURE: frozenset[Fate] = frozenset({"controle", "erreur", "anomalie", "attente"})
"""Fates that make a mutant known to be wrong."""

ROUNDS = (2, 6, 30)
"""How many dossiers each mutant that no expectation has seen is played on, time after time."""

ALL = 300
"""How many more those are played on of which no conclusion has changed yet either."""

LAST = 12
"""How many are then played under every reading, for the mutants that nothing has seen."""

LEAST, MOST = 100, 800
"""Mutants tried in one process, where there are more."""

Told = Callable[[int, int], None]


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
    subjects = list(subjects_of(law, dossiers))
    size = max(LEAST, min(MOST, -(-len(mutants) // processors())))
    if len(mutants) <= size:
        return _outcomes(law, subjects, mutants, told)
    batches = [mutants[start : start + size] for start in range(0, len(mutants), size)]
    found: list[Outcome] = []
    for done in shared_out(_part, (law, subjects), batches, fresh=True):
        found += done
        told(len(found), len(mutants))
    return found


def _part(known: tuple[Law, Sequence[Subject]], mutants: Sequence[Mutant]) -> list[Outcome]:
    law, subjects = known
    return _outcomes(law, subjects, mutants, lambda _done, _all: None)


def _outcomes(law: Law, subjects: Sequence[Subject], mutants: Sequence[Mutant], told: Told) -> list[Outcome]:
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
    waiting = {number: _nearest(law, mutants[number], subjects, seen[number]) for number in left if number not in fates}
    first = dict(waiting)

    def rehearse(batch: list[tuple[int, int]], *, whole: bool, records: Mapping[int, Record] | None = None) -> None:
        done = 0
        for part in parts(law, mutants, batch):
            for number, fate, witness in play(law, mutants, subjects, part, whole=whole, records=records):
                if RANK[fate] < RANK[fates.get(number, ("vivant", ""))[0]]:
                    fates[number] = (fate, witness)
            done += len(part)
            told(done, len(batch))

    for size in (*ROUNDS, ALL):
        if size == ALL:
            waiting = {number: queue for number, queue in waiting.items() if number not in fates}
        rehearse([(number, at) for number, queue in waiting.items() for at in queue[:size]], whole=False)
        waiting = {
            number: queue[size:]
            for number, queue in waiting.items()
            if len(queue) > size and not _settled(fates.get(number))
        }
    alive = {number: mutants[number] for number in left if number not in fates}
    proofs = proved(law, alive, subjects, seen, told)
    fates |= {number: ("motif", file) for number, file in proofs.seen.items()}
    for start, size in ((0, LAST), (LAST, ALL)):
        batch = [
            (number, at)
            for number, queue in first.items()
            if number not in fates
            for at in queue[start : start + size]
            if start == 0 or proofs.names[at] & {rule.head.name for _, rule in mutants[number].rules}
        ]
        rehearse(batch, whole=True, records=proofs.records)
    return [
        Outcome(mutant, *fates.get(number, ("vivant", "")), len(seen.get(number, ())))
        for number, mutant in enumerate(mutants)
    ]


def _settled(found: tuple[Fate, str] | None) -> bool:
    return found is not None and found[0] in SURE


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
    """Return the dossiers to play: first those that expect something of what the rules lead to, then those where the
    most rules have what they need to go on from there, then those of the folder that mirrors the one of the rule.
    """
    folder = f"/{mutant.place.file.split('/')[1]}/" if "/" in mutant.place.file else "/"
    reached = _reached(law, {rule.head for _, rule in mutant.rules})
    heads = {rule.head.name for _, rule in mutant.rules}
    needs = [
        {name for name, _ in each.needs if CASE in law.program.levels.get(name, ())}
        for each in law.program.statements
        if not heads.isdisjoint(each.rests)
    ]

    def distance(at: int) -> tuple[int, bool, int]:
        met = sum(each <= subjects[at].held for each in needs)
        return -met, folder not in subjects[at].dossier.file, at

    own = sorted(seen, key=distance)
    wanted = {(name, right) for name, right in reached if right}
    loose = {name for name, right in reached if not right}
    expecting = {
        at for at in own if subjects[at].expects & wanted or any(name in loose for name, _ in subjects[at].expects)
    }
    return sorted(own, key=lambda at: at not in expecting)


def _reached(law: Law, heads: Iterable[Atom]) -> set[tuple[str, str]]:
    """Return what rests on some conclusions, and these: predicates, each with the right it is about if it names one."""
    found = {(head.name, _right(head.args)) for head in heads}
    names = {name for name, _ in found}
    growing = True
    while growing:
        size = len(found)
        for each in law.program.statements:
            if not names.isdisjoint(each.rests):
                found.add((each.head[0], _right(each.head[1])))
                names.add(each.head[0])
        growing = len(found) > size
    return found


def _right(args: Sequence[object]) -> str:
    """Return the right that the second argument of a conclusion names, or an empty text."""
    return args[1].name if len(args) > 1 and isinstance(args[1], Fun) and not args[1].args else ""
