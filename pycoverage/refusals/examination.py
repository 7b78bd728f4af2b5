"""What the examination of a refusal finds: the decision, its ground, its mistakes, and what can still be done."""

from __future__ import annotations

from typing import Literal as Choice

import msgspec

from pycoverage.answer import Entry, RightAnswer
from pycoverage.speech import day

VERSION = 1

Judgement = Choice["infonde", "fonde", "incertain", "conteste", "sans_decision"]

Support = Choice["infonde", "fonde", "incertain", "conteste", "inconnu"]

Nature = Choice["fait", "piece_non_exigible", "date", "parametre", "lecture", "regle_anterieure", "regle_ignoree"]


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """The decision examined. `personne` is a canonical id (`p1`…); days are `AAAA-MM-JJ`, or empty.

    `notifiee` is the day of notification, or the day on which silence became a refusal. `jour` is the day on
    which the rules say the right is to be assessed, `raison` and `source` why it is that day. `retenu` names
    the facts the authority took, as `amina.arrivee`.
    """

    droit: str
    personne: str
    sens: str
    forme: Choice["expresse", "tacite"]
    notifiee: str
    jour: str
    raison: str = ""
    source: str = ""
    datee: str = ""
    effet: str = ""
    par: str = ""
    reference: str = ""
    motif: str = ""
    motif_libre: str = ""
    piece: str = ""
    retenu: tuple[str, ...] = ()
    ligne: int = 0


class Ground(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ground alleged: a condition of the right, and whether it is true that it was not met.

    `texte` is the allegation in words, `verdict` what the rules say of it under the default readings
    (`fonde`: the condition was indeed not met). `lectures` gives the verdict under each other reading that
    changes it. `node` is the root of its proof in the prover of the examination.
    """

    code: str
    texte: str
    verdict: Support
    node: int | None = None
    lectures: dict[str, Support] = {}
    depend_de: list[str] = []


class Mistake(msgspec.Struct, frozen=True, omit_defaults=True):
    """One mistake that explains the refusal: with it, and all else as it is, the right is not held.

    Each was verified by evaluating again. `taille` counts what has to be changed.
    """

    nature: Nature
    texte: str
    source: str = ""
    node: int | None = None
    taille: int = 1


class Examination(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is found about the refusal of one right to one person.

    `constat` judges the refusal itself, `motif` the ground alleged. `droit` is the answer for the right on the
    day it is to be assessed, `aujourd_hui` on `date`. `erreurs` come smallest first. `voies`, `echeances`,
    `avertissements`, `silence` are what the rules tell on `date`; `delais` gives the last day of each body, empty
    where no delay runs.
    `autres` are the other rights held on `date`; `changer` what would change the outcome.
    """

    version: int
    dossier: str
    date: str
    constat: Judgement
    decision: Decision | None = None
    droit: RightAnswer | None = None
    aujourd_hui: RightAnswer | None = None
    motif: Ground | None = None
    erreurs: list[Mistake] = []
    voies: list[Entry] = []
    delais: dict[str, str] = {}
    echeances: list[Entry] = []
    avertissements: list[Entry] = []
    silence: list[Entry] = []
    autres: dict[str, RightAnswer] = {}
    changer: list[str] = []
    complet: bool = True


class Examinations(msgspec.Struct, frozen=True):
    """What `refusal --format json` answers: one examination per refusal. `noms` gives the persons by their ids."""

    version: int
    dossier: str
    date: str
    noms: dict[str, str]
    examens: list[Examination]


def until(last: str) -> str:
    """Return in words until when a body can be seized."""
    return f"jusqu'au {day(last)}" if last else "sans dernier jour"
