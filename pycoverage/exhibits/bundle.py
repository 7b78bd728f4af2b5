"""What `evidence` answers: the stable contract of its `--format json` (version 1), one item per right."""

from __future__ import annotations

from typing import Literal as Choice

import msgspec

from pycoverage.answer import Entry, Status


class Means(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document that would do; without `document`, any other that fits `precision`."""

    document: str
    nom: str
    conditions: str = ""
    precision: str = ""
    source: str = ""


class Support(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document held that proves a need, until which day (empty: no text sets a term), and what to say of it."""

    document: str
    nom: str
    personne: str
    jusqu_au: str = ""
    reserve: str = ""
    ligne: int = 0


class Rejected(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document held that does not do that day, why, and the day from which it will."""

    document: str
    nom: str
    personne: str
    raison: str
    suffit_le: str = ""
    ligne: int = 0


class Honour(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a declaration on honour is worth here: enough, in default of documents, or refused; since when."""

    valeur: Choice["suffit", "a_defaut", "refusee"]
    precision: str
    source: str
    depuis: str = ""
    document: str = ""


class Need(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to prove: a piece that a rule asks (`exigee`), or a fact that the proof of the right rests on.

    `etat`: proved by a document held, settled by a declaration, missing, provable by no known document, or
    without any document that can be had.
    """

    code: str
    nom: str
    personne: str
    exigee: bool
    etat: Choice["prouve", "declaration", "manque", "sans_document", "impossible"]
    texte: str
    source: str = ""
    regle: str = ""
    faits: list[str] = []
    preuve: Support | None = None
    ecartes: list[Rejected] = []
    moyens: list[Means] = []
    honneur: list[Honour] = []


class Supply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document to supply, whose it is (empty: the household), and the codes of the needs it meets."""

    document: str
    nom: str
    personne: str
    exigee: bool
    pour: list[str]
    conditions: str = ""
    precision: str = ""
    source: str = ""


class Evidence(msgspec.Struct, frozen=True):
    """What proves a right of a person on a day.

    `a_fournir` is the smallest set that meets the needs still missing: first the pieces asked, then what helps.
    `repose_sur` are other rights that the proof takes as held, each proved on its own.
    """

    version: int
    dossier: str
    date: str
    personne: str
    droit: str
    statut: Status
    a_fournir: list[Supply]
    besoins: list[Need]
    non_exigibles: list[Entry]
    facultatifs: list[Entry]
    repose_sur: list[str]
    depend_de: list[str]

    @property
    def asks(self) -> bool:
        """Tell whether a rule says something of the documents of this right."""
        return bool(self.non_exigibles or self.facultatifs or any(need.exigee for need in self.besoins))
