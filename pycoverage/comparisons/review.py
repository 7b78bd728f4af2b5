"""The answers of the day laid beside the approved ones: what changed, and what in the base may have changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pycoverage.comparisons.approval import Approved, name_of
from pycoverage.comparisons.attribution import Teller
from pycoverage.comparisons.comparison import VERSION, Cause, Change, Compared, Comparison, Side
from pycoverage.comparisons.conclusion import MOTIVE, STATUS, Aspects, differing
from pycoverage.comparisons.difference import nature_of
from pycoverage.comparisons.gathering import by_right, grouped
from pycoverage.comparisons.imprint import imprints
from pycoverage.comparisons.record import ABSENT, Record, Recorded
from pycoverage.comparisons.wording import change_text
from pycoverage.law import Law
from pycoverage.reasoning import Reason
from pycoverage.sentence import Writer


def unapproved(law: Law, root: Path, known: Approved, found: Sequence[Recorded], *, whole: bool) -> Comparison:
    """Compare the answers found with the approved ones; with `whole`, dossiers that are gone are told too."""
    marks = imprints(law.base)
    moved = {key for key in marks.keys() | known.marks.keys() if marks.get(key) != known.marks.get(key)}
    compared, new = [], []
    for each in found:
        name = name_of(root, each.file)
        if name not in known.records:
            new.append(name)
            continue
        changes = list(_changes(law, known.records[name], each, moved))
        compared.append(
            Compared(Path(name).stem, name, each.record.date, list(each.record.persons), each.facts, changes)
        )
    here = {name_of(root, each.file) for each in found}
    gone = sorted(name for name in known.records if name not in here and (whole or not (root / name).is_file()))
    changed = [each for each in compared if each.changements]
    groups, reasons = grouped(changed)
    keys = {key for each in changed for change in each.changements for key in change.causes}
    return Comparison(
        VERSION,
        Side("approuve", "les réponses approuvées"),
        Side("base", "la base"),
        "",
        len(compared),
        sum(len(each.personnes) for each in compared),
        [],
        list(_causes(law, sorted(keys), known.marks, marks)),
        by_right(change for each in changed for change in each.changements),
        groups,
        reasons,
        changed,
        new,
        gone,
    )


def _changes(law: Law, before: Record, after: Recorded, moved: set[str]) -> Iterator[Change]:
    writer, record = Writer(law, {}), after.record
    if before.contradictions != record.contradictions:
        yield _of_dossier("contradiction", before.contradictions, record.contradictions)
    elif tuple(before.persons) != tuple(record.persons):
        yield _of_dossier("personnes", tuple(before.persons), tuple(record.persons))
    if before.date != record.date:
        yield _of_dossier("date", (before.date,), (record.date,))
    for person in [name for name in record.persons if name in before.persons]:
        mine, theirs = before.persons[person], record.persons[person]
        for right in dict.fromkeys((*mine, *theirs)):
            one, other = mine.get(right, ABSENT), theirs.get(right, ABSENT)
            causes = _moved(one, other, after.reasons.get((person, right), frozenset()), moved)
            yield from _right_changes(writer, person, right, one, other, causes)


def _of_dossier(aspect: str, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    text = f"{aspect} : {', '.join(before) or 'rien'} → {', '.join(after) or 'rien'}"
    return Change("", "", "rubrique", aspect, text, list(before), list(after))


def _right_changes(
    writer: Writer, person: str, right: str, before: Aspects, after: Aspects, causes: list[str]
) -> Iterator[Change]:
    aspects = list(differing(before, after))
    if STATUS in aspects:
        aspects = [STATUS]
    elif len(aspects) > 1:
        aspects = [aspect for aspect in aspects if aspect != MOTIVE]
    for aspect in aspects:
        nature, one, other = nature_of(aspect, before, after)
        if aspect == MOTIVE:
            text = change_text(writer, right, STATUS, before, before)
        else:
            text = change_text(writer, right, aspect, before, after)
        yield Change(person, right, nature, aspect, text, one, other, causes)


def _moved(before: Aspects, after: Aspects, reason: Reason, moved: set[str]) -> list[str]:
    """Return what has changed in the base among what a conclusion rests on, now or when it was approved."""
    looked = {f"{sort}:{name.partition(' ')[0].partition('(')[0]}" for sort, name in reason}
    named = {f"regle:{word}" for each in (before, after) for text in each.get(MOTIVE, ()) for word in text.split()}
    return sorted(moved & (looked | named))


def _causes(law: Law, keys: Sequence[str], before: dict[str, str], after: dict[str, str]) -> Iterator[Cause]:
    teller = Teller(law)
    for key in keys:
        state = "réécrite" if key in before and key in after else "nouvelle" if key in after else "supprimée"
        yield teller.cause(key, state)
