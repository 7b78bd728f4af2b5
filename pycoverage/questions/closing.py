"""The end of an interview: the rights, what stays open, and where the answers are kept, if anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pycoverage.answer import Answer
from pycoverage.assessment import assess
from pycoverage.evaluation import answer_for
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.presentation import answer_text
from pycoverage.questions.dialogue import BackError, StoppedError
from pycoverage.questions.interview import Interview, useful_for
from pycoverage.questions.questionnaire import Concern
from pycoverage.writing import write_whole


def conclude(interview: Interview, *, finished: bool) -> Iterator[str]:
    """Yield what is known at the end: every right, or when the person stops before, how many are settled."""
    law, dossier = interview.law, interview.dossier()
    yield ""
    if not finished:
        opened = [
            Concern(dossier.persons[p], right)
            for p in dossier.persons
            for right in law.base.rights
            if (p, right) in interview.inquiry.open
        ]
        if opened:
            yield "Reste à préciser :"
            yield from (f"  ? {line}" for line in useful_for(law, opened))
        return
    yield "Plus de question utile."
    yield ""
    answer = answer_for(assess(law, dossier, date=interview.date, seconds=interview.seconds))
    yield from answer_text(answer, law.base, {"title": dossier.title})
    left = list(_left(law, answer))
    if left:
        yield ""
        yield "Reste à préciser :"
        yield from left


def _left(law: Law, answer: Answer) -> Iterator[str]:
    """Yield each right that stays open, and the facts it depends on."""
    for name, person in answer.personnes.items():
        for identifier, right in person.droits.items():
            if right.statut == "a_preciser":
                known = law.base.rights[identifier]
                depends = f" : {', '.join(right.depend_de)}" if right.depend_de else ""
                yield f"  ? {name} — {known.sigle or known.nom}{depends}"


def keep(interview: Interview, output: Path | None, source: Path | None, before: str) -> None:
    """Write the dossier where the person wants it, or nowhere: not in place if another hand changed it meanwhile.

    Raises InputError if it cannot be written.
    """
    dialogue = interview.dialogue
    if interview.text == before and output is None:
        return
    try:
        target = output or source
        if target is None:
            typed = dialogue.heard("Fichier où écrire le dossier (vide : ne rien garder)")
            target = Path(typed) if typed else None
        if target is not None and target.exists():
            asked = "Écrire les réponses dans" if target == source else "Ce fichier existe. Remplacer"
            if not dialogue.agreed(f"{asked} {target} ?"):
                target = None
    except (StoppedError, BackError):
        target = None
    if target is None:
        dialogue.tell("Rien n'est gardé.")
        return
    if target == source and target.read_bytes() != before.encode():
        message = "ce fichier a changé pendant le dialogue"
        raise InputError([Finding(Place(str(target)), "DO013", message, "recommencez avec -o et un autre fichier")])
    write_whole(target, interview.text)
    dialogue.tell(f"Dossier écrit : {target}")
