"""What a comparison of two states of the law says: the stable contract of `--format json` (version 1)."""

from __future__ import annotations

from typing import Literal as Choice

import msgspec

VERSION = 1

Nature = Choice[
    "gagne",
    "perd",
    "a_preciser",
    "conteste",
    "plus_conteste",
    "conteste_autrement",
    "effet",
    "fin",
    "montant",
    "ouverture",
    "rubrique",
    "motif",
]
"""What changes for a right: won, lost, to or from an open answer, contested from now on, no longer or otherwise, one
of its terms, what is told beside it, or only the reason."""

Sort = Choice["regle", "montant", "liste", "technique"]


class Side(msgspec.Struct, frozen=True):
    """One of the states: as it was asked for, and in words."""

    etat: str
    nom: str


class Cause(msgspec.Struct, frozen=True):
    """What one state says otherwise: a rule, a value of the law, an entry of a list, or a technical rule.

    `texte` is its sentence, `source` the article, `etat` what became of it.
    """

    cle: str
    nature: Sort
    nom: str
    texte: str
    source: str
    etat: str


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """What changes for one right of one person. `aspect` is what of the answer; `avant` and `apres` are codes: of a
    contested status, the answer by default follows.

    `causes` are keys of causes, `texte` tells the change, `pourquoi` what the later state says.
    """

    personne: str
    droit: str
    nature: Nature
    aspect: str
    texte: str
    avant: list[str] = []
    apres: list[str] = []
    causes: list[str] = []
    pourquoi: str = ""


class Compared(msgspec.Struct, frozen=True):
    """A dossier answered in both states: its persons who were there, what it states, and what changes."""

    dossier: str
    fichier: str
    date: str
    personnes: list[str]
    faits: int
    changements: list[Change]


class Apart(msgspec.Struct, frozen=True):
    """A dossier that is not compared, and why."""

    fichier: str
    raison: str


class Example(msgspec.Struct, frozen=True):
    """One change of a group: a right won or lost if there is one, in the dossier that states the least."""

    fichier: str
    changement: Change


class Group(msgspec.Struct, frozen=True):
    """Changes that have the same causes: how many dossiers and persons, and, by right, of each nature."""

    causes: list[str]
    dossiers: int
    personnes: int
    droits: dict[str, dict[Nature, int]]
    exemple: Example


class Comparison(msgspec.Struct, frozen=True):
    """Two states of the law on the same dossiers.

    `date` is the day on which all stand, an empty text where each stands on its own day. `groupes` gathers what is
    concluded otherwise, by cause; `motifs` what only has another reason. `changements` holds the dossiers that
    change. `ecartes` are not compared; `nouveaux` have no approved answer, `disparus` are approved and gone.
    `avertissements` name the reforms not yet in force on `date`.
    """

    version: int
    avant: Side
    apres: Side
    date: str
    dossiers: int
    personnes: int
    ecartes: list[Apart]
    causes: list[Cause]
    droits: dict[str, dict[Nature, int]]
    groupes: list[Group]
    motifs: list[Group]
    changements: list[Compared]
    nouveaux: list[str] = []
    disparus: list[str] = []
    avertissements: list[str] = []

    @property
    def concluded(self) -> list[Compared]:
        """The dossiers in which something is concluded otherwise."""
        return [each for each in self.changements if any(one.nature != "motif" for one in each.changements)]
