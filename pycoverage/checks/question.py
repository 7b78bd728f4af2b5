"""Readings: a rule follows a reading of a question that the base asks."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.value import Fun, Term

CODES = (
    Doc(
        "PC235",
        "question sans règle",
        "Une question que les textes laissent ouverte n'a d'effet que si une règle suit l'une de ses lectures.",
        "# facts/lectures.yaml : une question que nulle règle ne nomme",
        "selon(majorite_large, question_ouverte, large).",
    ),
    Doc(
        "PC309",
        "question ou lecture inconnue",
        "selon(id, question, lecture) nomme une question de facts/lectures.yaml et une de ses lectures ; sinon la "
        "règle ne s'applique jamais. La lecture par défaut est l'une des lectures.",
        "selon(majorite_large, question_ouverte, largee).",
        "selon(majorite_large, question_ouverte, large).",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find unknown questions and readings, and questions that no rule follows."""
    questions = study.base.questions
    asked: set[str] = set()
    for fact in study.facts("selon"):
        _, question, reading = fact.head.args
        asked.add(str(question))
        yield from _pair(study, question, reading, fact.place)
    for name, known in questions.items():
        if known.defaut not in known.lectures:
            help_ = suggestion(known.defaut, known.lectures) or f"lectures : {', '.join(known.lectures)}"
            message = f"lecture par défaut inconnue « {known.defaut} » de « {name} »"
            yield Finding(study.locate(known.place, known.defaut), "PC309", message, help_)
        if name not in asked and name not in study.lost:
            message = f"aucune règle ne suit une lecture de « {name} »"
            yield Finding(known.place, "PC235", message, "écrivez selon(id, question, lecture)", "avertissement")


def _pair(study: Study, question: Term, reading: Term, place: Place) -> Iterator[Finding]:
    questions = study.base.questions
    if not isinstance(question, Fun) or question.name in study.lost:
        return
    if question.name not in questions:
        help_ = suggestion(question.name, questions) or "ajoutez-la à facts/lectures.yaml"
        where = study.locate(place, question.name)
        yield Finding(where, "PC309", f"question inconnue « {question.name} »", help_)
    elif isinstance(reading, Fun) and reading.name not in questions[question.name].lectures:
        known = questions[question.name].lectures
        help_ = suggestion(reading.name, known) or f"lectures : {', '.join(known)}"
        message = f"lecture inconnue « {reading.name} » de « {question.name} »"
        yield Finding(study.locate(place, reading.name), "PC309", message, help_)
