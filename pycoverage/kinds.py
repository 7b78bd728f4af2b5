"""Kinds of the terms of the rules: a date, an amount, a code of a list, a person…"""

from __future__ import annotations

from typing import Literal as Choice

import msgspec

from pycoverage.finding import Place

_LABELS = {
    "personne": "une personne",
    "date": "une date",
    "montant": "un montant",
    "nombre": "un nombre",
    "coefficient": "un coefficient",
    "texte": "un texte",
    "cle": "un numéro de ligne",
    "regle": "un identifiant de règle",
    "anomalie": "un identifiant d'anomalie",
    "code": "un code",
    "code:droit": "un droit",
    "code:oui_non": "oui ou non",
}
About = Choice["comparaison", "argument", "fonction", "calcul", "agregat"]
"""What brought two kinds together."""


class Conflict(msgspec.Struct, frozen=True):
    """Two kinds that cannot meet, met in a condition; `token` is the value written there, if any."""

    place: Place
    found: str
    expected: str
    about: About
    text: str
    token: str = ""


class Constant(msgspec.Struct, frozen=True):
    """A constant written in a rule, at a place of a known kind."""

    place: Place
    name: str
    kind: str
    text: str


class Kinds(msgspec.Struct, frozen=True):
    """The kinds of every position of a predicate and of every variable of a rule."""

    positions: dict[str, tuple[str | None, ...]]
    variables: tuple[dict[str, str], ...]
    conflicts: tuple[Conflict, ...] = ()
    constants: tuple[Constant, ...] = ()

    def position(self, predicate: str, index: int) -> str | None:
        """Return the kind of an argument of a predicate (from 0), or None if nothing tells."""
        kinds = self.positions.get(predicate, ())
        return kinds[index] if index < len(kinds) else None

    def variable(self, rule: int, name: str) -> str | None:
        """Return the kind of a variable of a rule, or None if nothing tells."""
        return self.variables[rule].get(name)


def label(kind: str) -> str:
    """Return how to name a kind in a message, with its article."""
    if kind in _LABELS:
        return _LABELS[kind]
    sort, _, name = kind.partition(":")
    return f"un code de « {name} »" if sort == "code" else f"un terme « {name} »"
