"""What `evaluate` answers: the stable contract of `--format json` (version 1).

Keys marked optional in the shipped JSON Schema may be absent; all others are always there.
"""

from __future__ import annotations

from typing import Literal as Choice

import msgspec

VERSION = 1

Status = Choice["oui", "non", "a_preciser", "conteste"]


class Anomaly(msgspec.Struct, frozen=True, omit_defaults=True):
    """A contradiction of the dossier: its code, the person, one sentence, and the facts concerned."""

    code: str
    message: str
    personne: str = ""
    fichier: str = ""
    ligne: int = 0
    faits: list[str] = []


class Citation(msgspec.Struct, frozen=True, omit_defaults=True):
    """An article the answer rests on: its text, how it is cited, the version in force that day (its first day,
    empty when it is not known), whether that version was read, and its address."""

    texte: str
    article: str
    citation: str
    version: str
    lue: bool
    adresse: str = ""


class Entry(msgspec.Struct, frozen=True):
    """One line under a rubric: its values (amounts in cents), its sentence, the rule and its source."""

    valeurs: dict[str, str | int]
    texte: str
    regle: str
    source: str


class Variant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Days and amount of a right under another reading that gives it too; those that are the same are absent."""

    effet: str = ""
    fin: str = ""
    mensualite: int | None = None


class RightAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer for one right of one person.

    `par_defaut` is the status under the default readings, `lectures` the status under each other
    reading that changes it (`question=lecture`). `effet` and `fin` are days, `ouverture` the state of a
    request as the rules tell it. `variantes` are the other readings under which the right is held with
    another day or amount. `motif` is
    `hors_periode` when no rule gives the right that day. `mensualite` is in cents. `rubriques` is what the
    base tells beside the status: who decides, what is covered, deadlines (facts/rubriques.yaml).
    """

    statut: Status
    par_defaut: Status
    regles: list[str]
    hypotheses: list[str]
    depend_de: list[str]
    lectures: dict[str, Status] = {}
    effet: str = ""
    fin: str = ""
    mensualite: int | None = None
    motif: str = ""
    ouverture: str = ""
    suite: str = ""
    reserves: list[str] = []
    variantes: dict[str, Variant] = {}
    rubriques: dict[str, list[Entry]] = {}


class PersonAnswer(msgspec.Struct, frozen=True):
    """The rights of one person, in the order of the base."""

    droits: dict[str, RightAnswer]


class Answer(msgspec.Struct, frozen=True):
    """The answer for a dossier. With anomalies, `personnes` is empty; `langue` is whom its texts speak to.

    `suppositions` gives the sentence of each of the `hypotheses` of its rights. `domaine_declare` names the rules
    of which a comparison could not be followed over all that the unknown facts may be: with any, the answer holds
    on the values tried.
    """

    version: int
    dossier: str
    date: str
    droit_au: str
    lectures: dict[str, str]
    anomalies: list[Anomaly]
    personnes: dict[str, PersonAnswer]
    complet: bool = True
    textes: list[Citation] = []
    langue: str = "fr"
    suppositions: dict[str, str] = {}
    domaine_declare: list[str] = []
