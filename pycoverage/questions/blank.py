"""A new dossier from nothing: the day, the persons, and how they are related."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from pycoverage.assessment import assessment_day
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.questions.amendment import Plain, amended, flow
from pycoverage.questions.dialogue import BackError, Dialogue, StoppedError
from pycoverage.questions.interview import accepted, checked, contradictions, place, present
from pycoverage.questions.question import inquire
from pycoverage.questions.questionnaire import Asked, Choice, Entry, entries, wording
from pycoverage.vocabulary import Attribute

T = TypeVar("T")

DAY = Entry("date", "date", "À quelle date apprécier les droits ?", "obligatoire")


def opened(law: Law, name: str, dialogue: Dialogue, *, seconds: float | None = None) -> str:
    """Return the text of a new dossier, which does not contradict itself: with a first person, what is known when
    the person stops. Raises StoppedError before that.
    """
    begun = f"dossier: {flow(name)}\ndate: {_day(law, name, dialogue)}\npersonnes:\n"
    text = _persons(law, name, begun, dialogue)
    while True:
        related = _related(law, name, text, dialogue)
        dossier = checked(law, related, name)
        if inquire(law, dossier, dossier.date, seconds=seconds).coherent:
            return related
        if dialogue.stopping:
            return text
        for message in contradictions(law, dossier, None, seconds):
            dialogue.tell(f"   Ces liens se contredisent : {message}.")


def _related(law: Law, name: str, text: str, dialogue: Dialogue) -> str:
    """Return the text with how the persons are related."""
    persons = checked(law, text, name).persons
    if len(persons) > 1:
        for attribute in law.base.vocabulary:
            if attribute.role == "oui":
                for owner in [""] if attribute.owner == "foyer" else persons:
                    if not dialogue.stopping:
                        text = _role(law, name, text, attribute, owner, dialogue)
    return text


def _day(law: Law, name: str, dialogue: Dialogue) -> str:
    while True:
        dialogue.tell(DAY.texte)
        found = _answered(lambda: dialogue.value(DAY), dialogue)
        try:
            assessment_day(law, checked(law, "personnes: {x: }", name), found)
        except InputError as error:
            for finding in error.findings:
                dialogue.tell(f"   {finding.message}" + (f" — {finding.help}" if found and finding.help else ""))
        else:
            return str(found)


def _persons(law: Law, name: str, text: str, dialogue: Dialogue) -> str:
    dialogue.tell("Qui vit dans le foyer ? Un prénom ou un pseudonyme suffit ; vide : c'est tout.")
    taken: dict[str, str] = {}
    while True:
        try:
            typed = _answered(partial(dialogue.heard, f"   personne {len(taken) + 1}"), dialogue)
        except StoppedError:
            if not taken:
                raise
            dialogue.stopping = True
            return text
        if not typed and taken:
            return text
        if not typed:
            dialogue.tell("   Donnez au moins une personne : un prénom ou un pseudonyme.")
        elif typed.casefold() in taken:
            dialogue.tell(f"   Ce nom est déjà pris : « {taken[typed.casefold()]} ». Donnez-en un autre.")
        elif accepted(law, more := f"{text}  {flow(typed)}:\n", name, dialogue.tell):
            text = more
            taken[typed.casefold()] = typed


def _role(law: Law, name: str, text: str, attribute: Attribute, owner: str, dialogue: Dialogue) -> str:
    dossier = checked(law, text, name)
    person = dossier.persons.get(owner, "")
    fields = [_without(entry, person) for entry in entries(law.base, dossier, attribute)]
    shown = Asked(
        attribute.name, attribute.name, wording(law, dossier, attribute, owner), fields, [], 1, 0, person, liste=True
    )
    present(law, shown, dialogue.tell)

    def fits(lines: Plain) -> bool:
        return accepted(law, amended(text, place(shown), lines), name, dialogue.tell)

    try:
        found = _answered(lambda: dialogue.lines(fields, fits), dialogue)
    except StoppedError:
        dialogue.stopping = True
        return text
    return text if found is None else amended(text, place(shown), found)


def _without(entry: Entry, person: str) -> Entry:
    """Return what may be answered about a person: himself left out."""
    return msgspec.structs.replace(entry, choix=[Choice(c.code, c.nom) for c in entry.choix if c.code != person])


def _answered(ask: Callable[[], T], dialogue: Dialogue) -> T:
    """Return an answer; there is nothing to go back to."""
    while True:
        try:
            return ask()
        except BackError:
            dialogue.tell("   Le foyer se corrige ensuite, dans le fichier.")
