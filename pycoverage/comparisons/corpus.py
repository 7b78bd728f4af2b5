"""Compares two states of the law over many dossiers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from pycoverage.assessment import assessment_day, chosen_readings
from pycoverage.comparisons.attribution import causes_of
from pycoverage.comparisons.causation import Followed, told
from pycoverage.comparisons.comparison import VERSION, Apart, Change, Compared, Comparison, Side
from pycoverage.comparisons.difference import Differ
from pycoverage.comparisons.gathering import by_right, grouped
from pycoverage.comparisons.novelty import Key, Novelty, novelty
from pycoverage.comparisons.sides import Sides, sides_of
from pycoverage.comparisons.trial import Trial
from pycoverage.dossier import Dossier, read_dossier
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.states.state import Pair, State
from pycoverage.suite import find_dossiers
from pycoverage.workers import shared_out

PART = 50
"""Dossiers answered together, between two signs of progress."""

Progress = Callable[[int, int], None]


class Task(msgspec.Struct, frozen=True):
    """What is asked of every part of a corpus."""

    pair: Pair
    novelty: Novelty
    touched: frozenset[Key]
    date: str | None
    right: str | None
    readings: dict[str, str]
    seconds: float | None
    trial: Trial


def compare(
    pair: Pair,
    dossiers: Sequence[Dossier],
    *,
    date: str | None = None,
    right: str | None = None,
    readings: Mapping[str, str] | None = None,
    seconds: float | None = None,
    processes: int | None = None,
    progress: Progress = lambda _done, _whole: None,
) -> Comparison:
    """Compare two states of the law on dossiers, all on the same day: `date`, else the later of the two states, else
    the own day of each dossier.

    `right` is an identifier, None for all. Raises InputError and LimitError; a dossier that cannot be answered on
    that day is told apart.
    """
    chosen_readings(pair.law, readings or {})
    for dossier in dossiers[:1] if date else ():
        assessment_day(pair.law, dossier, date)
    new = novelty(pair)
    jour = date or pair.date or None
    trial = Trial(pair, new, date=jour, readings=readings or {}, seconds=seconds)
    task = Task(pair, new, new.touched(), jour, right, dict(readings or {}), seconds, trial)
    parts = [dossiers[start : start + PART] for start in range(0, len(dossiers), PART)]
    found: list[Compared | Apart] = []
    progress(0, len(dossiers))
    for part in shared_out(_compared, task, parts, processes=processes):
        found += part
        progress(len(found), len(dossiers))
    compared = [each for each in found if isinstance(each, Compared)]
    changed = [each for each in compared if each.changements]
    keys = {key: None for each in changed for change in each.changements for key in change.causes}
    groups, reasons = grouped(changed)
    return Comparison(
        VERSION,
        _side(pair.before),
        _side(pair.after),
        jour or "",
        len(compared),
        sum(len(each.personnes) for each in compared),
        [each for each in found if isinstance(each, Apart)],
        causes_of(pair, new, keys, jour),
        by_right(change for each in changed for change in each.changements),
        groups,
        reasons,
        changed,
        avertissements=list(pair.warnings(jour)) if jour else [],
    )


def _side(state: State) -> Side:
    return Side(state.spec, state.label)


def _compared(task: Task, dossiers: Sequence[Dossier]) -> list[Compared | Apart]:
    """Compare the two states on some dossiers."""
    there = {each.file: _there(task, each) for each in dossiers}
    asked = [each for each in dossiers if there[each.file]]
    answered = iter(
        sides_of(task.pair, asked, date=task.date, readings=task.readings, seconds=task.seconds) if asked else ()
    )
    found: list[Followed | Apart] = []
    for dossier in dossiers:
        if not there[dossier.file]:
            found.append(Apart(dossier.file, "ce jour-là, aucune de ses personnes n'est encore née ou arrivée"))
            continue
        sides = next(answered)
        problem = _problem(sides)
        if problem or isinstance(sides, InputError):
            found.append(Apart(dossier.file, problem))
        else:
            found.append(_followed(task, sides, there[dossier.file]))
    changes = iter(told(task.trial, [each for each in found if isinstance(each, Followed)]))
    return [each if isinstance(each, Apart) else _one(each, there, next(changes)) for each in found]


def _there(task: Task, dossier: Dossier) -> list[str]:
    """Return the persons (canonical ids) of whom no unchangeable fact is dated after the day of the comparison."""
    jour = task.date or dossier.date
    fixed = [
        name
        for name, each in task.pair.law.base.vocabulary.personne.items()
        if each.evolution == "immuable" and each.type == "date"
    ]

    def known(person: str) -> Iterator[str]:
        for name in fixed:
            stated = dossier.stated.get((person, name))
            if stated is not None and isinstance(stated.value, str):
                yield stated.value

    return [person for person in dossier.persons if not jour or all(day <= jour for day in known(person))]


def _problem(sides: Sides | InputError) -> str:
    """Return why a dossier cannot be compared, or an empty text."""
    if isinstance(sides, InputError):
        return " ; ".join(f"{each.message}" for each in sides.findings)
    for side, state in ((sides.before, "premier"), (sides.after, "second")):
        if side.anomalies:
            codes = ", ".join(sorted({code.replace("_", " ") for code, _ in side.anomalies}))
            return f"le dossier se contredit dans le {state} état : {codes}"
        if side.missing:
            return f"dans le {state} état, sans valeur ce jour-là : {', '.join(side.missing)}"
        if not side.complete:
            return "trop de faits inconnus : la réponse est partielle"
    return ""


def _followed(task: Task, sides: Sides, there: Sequence[str]) -> Followed:
    """Return the changes of one dossier with what its proofs name as their causes."""
    differ = Differ(sides, task.novelty, task.touched)
    rights = [task.right] if task.right else list(sides.before.law.base.rights)
    return Followed(
        differ, [change for person in there for right in rights for change in differ.changes(person, right)]
    )


def _one(found: Followed, there: Mapping[str, Sequence[str]], changes: list[Change]) -> Compared:
    """Return one dossier as it is compared."""
    before = found.differ.before
    dossier = before.dossier
    stated = sum(fact.origin == "stated" for fact in before.case.facts)
    names = [dossier.persons[person] for person in there[dossier.file]]
    return Compared(dossier.name, dossier.file, before.date, names, stated, changes)


def default_paths(root: Path) -> list[Path]:
    """Return the dossiers of the checkout of a base, seen from here: tests, their neighbours, examples."""
    folders = (root / "tests" / "dossiers", root / "tests" / "voisins", root / "examples")
    return find_dossiers(Path(os.path.relpath(folder)) for folder in folders if folder.is_dir())


def read_all(law: Law, paths: Sequence[Path]) -> list[Dossier]:
    """Read dossiers. Raises InputError with every error of all of them."""
    dossiers: list[Dossier] = []
    findings = []
    for path in paths:
        try:
            dossiers.append(read_dossier(path, law.base))
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return dossiers
