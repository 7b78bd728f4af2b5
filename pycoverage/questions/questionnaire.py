"""The next questions as people and programs read them: what is asked, the answers it takes, and why."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pycoverage.assessment import assessment_day
from pycoverage.base import KnowledgeBase
from pycoverage.dossier import Dossier
from pycoverage.field import codes
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.questions.question import Inquiry, Question, Right, inquire, weight
from pycoverage.sentence import Writer
from pycoverage.speech import speech
from pycoverage.stated import DESCRIBED
from pycoverage.vocabulary import Attribute, Field

VERSION = 1

LABELS = {"du": "premier jour", "au": "dernier jour"}
"""What the two ends of every interval are called."""


class Choice(msgspec.Struct, frozen=True):
    """One answer of a closed list: as a dossier writes it, and its name."""

    code: str
    nom: str


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value to give: its name (`valeur` if it is the only one), its type, and the answers of a closed list.

    `absence` says what no answer means: `obligatoire` (it must be given, or be `inconnu`), `inconnu`, `ouvert` (a
    date without bound), or `presume`, then `presumee` is taken.
    """

    nom: str
    type: str
    texte: str
    absence: str
    presumee: str = ""
    choix: list[Choice] = []


class Concern(msgspec.Struct, frozen=True):
    """A right of a person that the answer may settle."""

    personne: str
    droit: str


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question.

    `cle` names the fact as answers do (`amina.sejour`). `liste`: the answer is a list of lines (`[]`: none), each
    with the `champs`; else one value, or with `ligne` (from 1) what that line of the dossier leaves open.
    `cout` is what the answer costs, `tranche` how many rights it settles on average over the values tried;
    `deja_demandee`: the dossier itself says that it is not known.
    """

    cle: str
    attribut: str
    texte: str
    champs: list[Entry]
    droits: list[Concern]
    cout: int
    tranche: float
    personne: str = ""
    liste: bool = False
    ligne: int = 0
    sensible: bool = False
    deja_demandee: bool = False


class Questionnaire(msgspec.Struct, frozen=True):
    """The questions of one step, best first, and the rights that are open in the default readings.

    Not `complet`: too much is unknown to have looked at every fact, and there may be other questions.
    `domaine_declare` names the rules of which a comparison could not be followed everywhere.
    """

    version: int
    dossier: str
    date: str
    ouverts: list[Concern]
    questions: list[Asked]
    complet: bool
    domaine_declare: tuple[str, ...] = ()


def step(law: Law, dossier: Dossier, *, date: str | None = None, seconds: float | None = None) -> Questionnaire:
    """Return what to ask next of a dossier, on a day (default: its own). Raises InputError and LimitError."""
    day = assessment_day(law, dossier, date)
    inquiry = inquire(law, dossier, day, every=True, seconds=seconds)
    if not inquiry.coherent:
        message = "le dossier se contredit"
        raise InputError([Finding(Place(dossier.file), "DO016", message, "« pycoverage evaluate » dit où")])
    return questionnaire(law, dossier, day, inquiry)


def questionnaire(law: Law, dossier: Dossier, date: str, inquiry: Inquiry) -> Questionnaire:
    """Return what one step asks of a dossier."""
    rights = [(person, right) for person in dossier.persons for right in law.base.rights]
    opened = [pair for pair in rights if pair in inquiry.open]
    questions = [asked(law, dossier, question) for question in inquiry.questions]
    concerns = _concerns(dossier, opened)
    return Questionnaire(VERSION, dossier.name, date, concerns, questions, inquiry.whole, inquiry.declared)


def asked(law: Law, dossier: Dossier, question: Question) -> Asked:
    """Return a question as it is asked."""
    owner, name, line = question.key
    base = law.base
    attribute = (base.vocabulary.personne if owner else base.vocabulary.foyer)[name]
    person = dossier.persons.get(owner, "")
    cle = f"{person or 'foyer'}.{name}" + (f"[{line + 1}]" if line >= 0 else "")
    return Asked(
        cle=cle,
        attribut=name,
        texte=wording(law, dossier, attribute, owner),
        champs=entries(base, dossier, attribute, question.fields),
        droits=_concerns(dossier, question.informs),
        cout=weight(attribute),
        tranche=round(float(question.settles), 3),
        personne=person,
        liste=attribute.is_list and line < 0,
        ligne=line + 1,
        sensible=attribute.sensible == "oui",
        deja_demandee=question.again,
    )


def wording(law: Law, dossier: Dossier, attribute: Attribute, owner: str) -> str:
    """Return the question of an attribute, put about a person."""
    writer = Writer(law, dossier.persons)
    return speech().filled(attribute.question["fr"], lambda _: writer.person(owner))


def entries(base: KnowledgeBase, dossier: Dossier, attribute: Attribute, only: Iterable[str] = ()) -> list[Entry]:
    """Return the values to give: of an attribute, of each line of a list, or `only` some of a line."""
    if not attribute.is_list:
        return [_entry(base, dossier, "valeur", attribute.field("valeur"))]
    if attribute.element is not None:
        return [_entry(base, dossier, "valeur", attribute.element)]
    wanted = set(only)
    return [
        _entry(base, dossier, name, field)
        for name, field in attribute.champs.items()
        if (name in wanted if wanted else field.absence != "facultatif" and field.type not in DESCRIBED)
    ]


def _entry(base: KnowledgeBase, dossier: Dossier, name: str, field: Field) -> Entry:
    nomenclature = base.nomenclatures.get(field.nomenclature)
    label = field.question.get("fr") or LABELS.get(name) or (nomenclature.nom if nomenclature else "")
    return Entry(
        nom=name,
        type=field.type,
        texte=label or name.replace("_", " "),
        absence=field.absence,
        presumee=field.valeur_presumee if field.absence == "presume" else "",
        choix=_choices(base, dossier, field),
    )


def _choices(base: KnowledgeBase, dossier: Dossier, field: Field) -> list[Choice]:
    if field.type == "personne":
        return [Choice(name, name) for name in dossier.persons.values()]
    nomenclature = base.nomenclatures.get(field.nomenclature)
    found = []
    for code in codes(base, field):
        if field.type == "droit":
            name = base.rights[code].nom
        else:
            name = nomenclature.elements[code].nom if nomenclature else code.replace("_", " ")
        found.append(Choice(code, name))
    return found


def _concerns(dossier: Dossier, rights: Iterable[Right]) -> list[Concern]:
    return [Concern(dossier.persons[person], right) for person, right in rights]
