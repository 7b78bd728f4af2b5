"""The answers of the day laid beside the approved ones: what changed, and what in the base may have changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pycoverage.comparisons.approval import Approved, moved, name_of
from pycoverage.comparisons.attribution import Teller
from pycoverage.comparisons.comparison import VERSION, Cause, Change, Compared, Comparison, Side
from pycoverage.comparisons.conclusion import MOTIVE, STATUS, Aspects, differing
from pycoverage.comparisons.difference import nature_of
from pycoverage.comparisons.gathering import by_right, grouped
from pycoverage.comparisons.imprint import imprints
from pycoverage.comparisons.record import ABSENT, Record, Recorded
from pycoverage.comparisons.wording import change_text
from pycoverage.law import Law
from pycoverage.sentence import Writer


def unapproved(law: Law, root: Path, known: Approved, found: Sequence[Recorded], *, whole: bool) -> Comparison:
    """Compare the answers found with the approved ones; with `whole`, dossiers that are gone are told too."""
    marks = imprints(law.base)
    changed_since = moved(law, known)
    compared, new = [], []
    for each in found:
        name = name_of(root, each.file)
        if name not in known.records:
            new.append(name)
            continue
        changes = list(_changes(law, known.records[name], each, changed_since))
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


def _changes(law: Law, before: Record, after: Recorded, since: frozenset[str]) -> Iterator[Change]:
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
            for aspect in _told(one, other):
                causes = after.causes.get((person, right, aspect), []) or _named(one, other, since)
                yield _change(writer, person, right, aspect, one, other, causes)


def _of_dossier(aspect: str, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    text = f"{aspect} : {', '.join(before) or 'rien'} → {', '.join(after) or 'rien'}"
    return Change("", "", "rubrique", aspect, text, list(before), list(after))


def _told(before: Aspects, after: Aspects) -> list[str]:
    """Return the aspects to tell of what differs: the status alone, or all but the reason, or the reason."""
    aspects = list(differing(before, after))
    if STATUS in aspects:
        return [STATUS]
    return [aspect for aspect in aspects if aspect != MOTIVE] or aspects


def _change(
    writer: Writer, person: str, right: str, aspect: str, before: Aspects, after: Aspects, causes: list[str]
) -> Change:
    nature, one, other = nature_of(aspect, before, after)
    if aspect == MOTIVE:
        text = change_text(writer, right, STATUS, before, before)
    else:
        text = change_text(writer, right, aspect, before, after)
    return Change(person, right, nature, aspect, text, one, other, causes)


def _named(before: Aspects, after: Aspects, since: frozenset[str]) -> list[str]:
    """Return what has changed among the rules that the approved reason, or the new one, names."""
    words = (word for each in (before, after) for text in each.get(MOTIVE, ()) for word in text.split())
    return sorted(since & {f"regle:{word}" for word in words})


def _causes(law: Law, keys: Sequence[str], before: dict[str, str], after: dict[str, str]) -> Iterator[Cause]:
    teller = Teller(law)
    for key in keys:
        state = "réécrite" if key in before and key in after else "nouvelle" if key in after else "supprimée"
        yield teller.cause(key, state)
