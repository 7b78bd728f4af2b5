"""The end of an interview: the rights, what stays open, and where the answers are kept, if anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pycoverage.answer import Answer
from pycoverage.assessment import assess
from pycoverage.evaluation import answer_for
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.presentation import answer_text, declared
from pycoverage.questions.amendment import without
from pycoverage.questions.dialogue import BackError, Dialogue, StoppedError
from pycoverage.questions.interview import Interview, useful_for
from pycoverage.questions.lapse import lapsed
from pycoverage.questions.questionnaire import Concern
from pycoverage.speech import speech
from pycoverage.writing import refuse_replacing, refuse_unwritable, write_whole


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
        if interview.inquiry.declared:
            yield declared(interview.inquiry.declared, speech())
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


def agree_output(output: Path | None, source: Path | None, dialogue: Dialogue, *, agreed: bool) -> None:
    """Raise InputError, before anything is asked, if the answers could not be written where the person wants.

    A file that exists is replaced on agreement only, given beforehand or here; the dossier itself is asked for
    at the end, once the answers are known.
    """
    if output is None:
        return
    refuse_unwritable(output)
    if output.exists() and not agreed and not _same(output, source):
        with suppress(StoppedError, BackError):
            agreed = dialogue.agreed(f"Ce fichier existe. Le remplacer à la fin, {output} ?")
        refuse_replacing(output, agreed=agreed)


def _same(path: Path | None, source: Path | None) -> bool:
    return path is not None and source is not None and path.resolve() == source.resolve()


def keep(interview: Interview, output: Path | None, source: Path | None, before: str) -> bool:
    """Write the dossier where the person wants it, or nowhere: not in place if another hand changed it meanwhile.

    What the answers made false is no longer expected there. Return False if answers were given and not kept.
    Raises InputError if the dossier cannot be written.
    """
    dialogue, text = interview.dialogue, interview.text
    if text == before and output is None:
        return True
    for path, line in lapsed(interview, before) if source is not None else ():
        text = without(text, path)
        dialogue.tell(line)
    try:
        target = output or source
        if target is None:
            typed = dialogue.heard("Fichier où écrire le dossier (vide : ne rien garder)")
            target = Path(typed) if typed else None
            if target is not None and target.exists():
                target = target if dialogue.agreed(f"Ce fichier existe. Remplacer {target} ?") else None
        elif _same(target, source):
            target = target if dialogue.agreed(f"Écrire les réponses dans {target} ?") else None
    except (StoppedError, BackError):
        target = None
    if target is None:
        dialogue.tell("Rien n'est gardé.")
        return False
    if _same(target, source) and target.read_bytes() != before.encode():
        message = "ce fichier a changé pendant le dialogue"
        raise InputError([Finding(Place(str(target)), "DO013", message, "recommencez avec -o et un autre fichier")])
    write_whole(target, text)
    dialogue.tell(f"Dossier écrit : {target}")
    return True
