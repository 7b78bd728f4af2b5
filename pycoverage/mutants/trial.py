"""What sees a mutant: an expectation that fails, an error or an anomaly, or only a conclusion that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal as Choice
from typing import get_args

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
from pycoverage.mutants.reason import reasons
from pycoverage.mutants.subject import Subject
from pycoverage.situation import Context
from pycoverage.suite import compare
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Value

Fate = Choice["controle", "erreur", "anomalie", "attente", "conclusion", "motif", "vivant"]
"""What sees a mutant, the surest first; `conclusion`: an approved answer changes, that no dossier expects; `motif`:
only the approved reasons of one."""

SURE: frozenset[Fate] = frozenset({"controle", "erreur", "anomalie", "attente"})
"""Fates that make a mutant known to be wrong."""

RANK: dict[Fate, int] = {fate: rank for rank, fate in enumerate(get_args(Fate))}

ROUNDS = (2, 6, 30)
"""How many dossiers each mutant that no expectation has seen is played on, time after time."""

ALL = 300
"""How many more those are played on of which no conclusion has changed yet either."""

LAST = 12
"""How many are then played under every reading, for the mutants that nothing has seen."""

COPIES = 150
"""Copies of dossiers per grounding."""

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
    for size in (*ROUNDS, ALL, LAST):
        if size == ALL:
            waiting = {number: queue for number, queue in waiting.items() if number not in fates}
        if size == LAST:
            waiting = {
                number: queue[:LAST]
                for number, queue in first.items()
                if fates.get(number, ("vivant", ""))[0] == "vivant"
            }
        batch = [(number, at) for number, queue in waiting.items() for at in queue[:size]]
        waiting = {number: queue[size:] for number, queue in waiting.items()}
        done = 0
        for part in parts(law, mutants, batch):
            for number, fate, witness in play(law, mutants, subjects, part, whole=size == LAST):
                if RANK[fate] < RANK[fates.get(number, ("vivant", ""))[0]]:
                    fates[number] = (fate, witness)
            done += len(part)
            told(done, len(batch))
        waiting = {number: queue for number, queue in waiting.items() if queue and not _settled(fates.get(number))}
    alive = {number: mutants[number] for number in left if number not in fates and mutants[number].nomenclature is None}
    near = lambda mutant, places: _nearest(law, mutant, subjects, places)  # noqa: E731
    fates |= {number: ("motif", file) for number, file in reasons(law, alive, subjects, near, told)}
    return [
        Outcome(mutant, *fates.get(number, ("vivant", "")), len(seen.get(number, ())))
        for number, mutant in enumerate(mutants)
    ]


def _settled(found: tuple[Fate, str] | None) -> bool:
    return found is not None and found[0] in SURE


def subjects_of(law: Law, dossiers: Sequence[Dossier]) -> Iterator[Subject]:
    """Yield each dossier that leaves nothing open, as it is played, with what the base concludes of it."""
    for start in range(0, len(dossiers), COPIES):
        part = [(each, fill(each, law.base)) for each in dossiers[start : start + COPIES]]
        part = [(dossier, filled) for dossier, filled in part if not filled.gaps]
        contexts = [contexts_of(law, dossier) for dossier, _ in part]
        found = assess_filled(law, [each for each, _ in part], [each for _, each in part], contexts, others=None)
        for (dossier, filled), own, assessment in zip(part, contexts, found, strict=True):
            told = {each: _conclusions(assessment, each) for each in _read(assessment)}
            asked = own if _contesting(dossier) else own[:1]
            odd = frozenset(assessment.anomalies)
            yield Subject(dossier, filled, own, asked, _expected(dossier), odd, told)


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
    """Return the dossiers to play: first those that expect something of what the rules lead to, then those of the
    folder that mirrors the one of the rule.
    """
    folder = f"/{mutant.place.file.split('/')[1]}/" if "/" in mutant.place.file else "/"
    reached = _reached(law, {rule.head for _, rule in mutant.rules})
    own = sorted(seen, key=lambda at: (folder not in subjects[at].dossier.file, at))
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


def _contesting(dossier: Dossier) -> bool:
    """Tell whether a dossier expects a right to depend on how a text is read."""
    nodes = [node for rights in dossier.expected.values() for node in rights.values()]
    statuses = [status for node in nodes for status in (node, node.get("statut")) if status is not None]
    return any(status.text == "conteste" or status.get("conteste") is not None for status in statuses)


def _expected(dossier: Dossier) -> frozenset[tuple[str, str]]:
    """Return what a dossier expects: predicates and rights; an examined refusal rests on all that is told of it."""
    found: set[tuple[str, str]] = set()
    for rights in dossier.expected.values():
        for right, node in rights.items():
            keys = ("statut",) if node.text is not None else tuple(node.entries or {})
            for key in keys:
                if key == REFUSAL:
                    found |= {(name, right) for name in OUTPUT}
                elif key in ("statut", "conteste"):
                    found.add(("droit", right))
                else:
                    found.add((DETAILS[key][0] if key in DETAILS else key, right))
    return frozenset(found)


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
    subjects: Sequence[Subject],
    part: Sequence[tuple[int, int]],
    *,
    whole: bool,
) -> Iterator[tuple[int, Fate, str]]:
    """Yield what sees each mutant in each dossier; `whole` plays the other readings too."""
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
        found = assess_filled(other, dossiers, filled, contexts, others=None)
    except InputError as error:
        if len(part) == 1:
            yield part[0][0], "erreur", str(error.findings[0].message)
        else:
            middle = len(part) // 2
            for half in (part[:middle], part[middle:]):
                yield from play(law, mutants, subjects, half, whole=whole)
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
    if frozenset(assessment.anomalies) != subject.anomalies:
        return "anomalie"
    if any(True for _ in _failures(assessment, refusals=False)):
        return "attente"
    usual = subject.conclusions[subject.contexts[0]]
    for context in assessment.contexts:
        known = context in subject.conclusions or context.readings in assessment.world.parts
        if known and _conclusions(assessment, context) != subject.conclusions.get(context, usual):
            return "conclusion"
    return "vivant"


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
