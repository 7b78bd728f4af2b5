"""What a dossier expected (`attendu`) and its new answers made false."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from pycoverage.assessment import assess
from pycoverage.dossier import Dossier
from pycoverage.finding import InputError, LimitError
from pycoverage.questions.interview import Interview, checked
from pycoverage.suite import compare

Missed = dict[tuple[str, str], list[tuple[str, str]]]
"""By person and right, each expectation that does not hold: what was expected, what was found."""


def lapsed(interview: Interview, before: str) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Yield the path of each expectation of a right that held before the answers and no longer does, and a line
    that says so.

    What cannot be compared, for want of time or of one answer, stays expected.
    """
    after = _missed(interview, interview.dossier())
    if not after:
        return
    already = _missed(interview, checked(interview.law, before, interview.file))
    for (person, right), pairs in after.items():
        if (person, right) not in already:
            told = " ; ".join(f"{expected}, devenu {found}" for expected, found in pairs)
            yield ("attendu", person, right), f"« attendu » retiré — {person}, {right} : {told} avec ces réponses"


def _missed(interview: Interview, dossier: Dossier) -> Missed:
    found: Missed = {}
    if not dossier.expected:
        return found
    ids = {name: identifier for identifier, name in dossier.persons.items()}
    date = None if dossier.date else interview.date
    with suppress(InputError, LimitError):
        assessment = assess(interview.law, dossier, date=date, seconds=interview.seconds)
        for name, rights in dossier.expected.items() if assessment.complete else ():
            for right, node in rights.items():
                for mismatch in compare(assessment, ids[name], right, node):
                    if mismatch is not None:
                        found.setdefault((name, right), []).append(mismatch[:2])
    return found
