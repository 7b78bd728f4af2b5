"""What is concluded of a right, read from the models without proofs, as aspects that compare one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.assessment import Assessment
from pycoverage.status import verdict
from pycoverage.value import Bound, Value, rank

STATUS, DEFAULT, READINGS, OPEN, OUT = "statut", "par_defaut", "lectures", "depend_de", "hors_periode"
START, END, DUE, OPENING = "effet", "fin", "mensualite", "ouverture"
MOTIVE = "motif"
"""The aspect that holds, in what is approved, the reason: its mark, then what the proof applies or misses."""

TERMS = {START: "effet", END: "fin", DUE: "montant_du", OPENING: "ouverture"}
"""Aspects told by a predicate of their own, beside the rubrics of the base."""

REFUSED = ("refus", "jour_apprecie", "delai")
"""What is told of a refusal that may be contested: approved with the answer, beside what `conclusion` gives."""

Aspects = dict[str, tuple[str, ...]]
"""What is concluded, by aspect, as codes: days as AAAA-MM-JJ, amounts in cents. What says nothing is absent."""


def conclusion(assessment: Assessment, person: str, right: str, *, firm: bool = True) -> Aspects:
    """Return what is concluded of a right of a person (canonical id).

    Days, amounts and rubrics are told of what is `firm`: of a dossier that leaves facts open, the model is an example.
    """
    found = verdict(assessment, person, right)
    names = assessment.dossier.persons
    aspects: Aspects = {STATUS: (found.status,)}
    if found.out_of_period:
        aspects[OUT] = ("oui",)
    if found.others:
        aspects[DEFAULT] = (found.default,)
        aspects[READINGS] = tuple(f"{reading} {status}" for reading, status in sorted(found.others.items()))
    if found.depends:
        aspects[OPEN] = tuple(gap.key(names) for gap in found.depends)
    if firm:
        held = found.default == "oui"
        for aspect, name in TERMS.items():
            rows = assessment.told(name, person, right) if held or aspect == OPENING else []
            values = [row[0] for row in rows if not isinstance(row[0], Bound)]
            if values:
                aspects[aspect] = (_text(max(values, key=rank) if aspect == END else min(values, key=rank)),)
        for name in assessment.law.base.rubrics:
            lines = tuple(_lines(assessment.told(name, person, right)))
            if lines:
                aspects[name] = lines
    return aspects


def approved(assessment: Assessment, person: str, right: str, *, firm: bool = True) -> Aspects:
    """Return what is approved of a right of a person (canonical id), but for its reason."""
    aspects = conclusion(assessment, person, right, firm=firm)
    for name in REFUSED if firm else ():
        lines = tuple(_lines(assessment.told(name, person, right)))
        if lines:
            aspects[name] = lines
    return aspects


def _lines(rows: Iterable[tuple[Value, ...]]) -> Iterator[str]:
    for row in sorted(rows, key=lambda row: [rank(value) for value in row]):
        yield " ".join(map(_text, row))


def _text(value: Value) -> str:
    return str(value)


def differing(before: Aspects, after: Aspects) -> Iterator[str]:
    """Yield the aspects in which two conclusions differ, the status first."""
    for aspect in dict.fromkeys((*before, *after)):
        if before.get(aspect) != after.get(aspect):
            yield aspect
