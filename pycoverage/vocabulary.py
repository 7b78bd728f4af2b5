"""What can be said of a person or a household: the schema of dossiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from typing import Literal as Choice

import msgspec

from pycoverage.finding import Place

if TYPE_CHECKING:
    from pycoverage.document import Node
    from pycoverage.reader import Reader

Absence = Choice["inconnu", "non", "presume", "ouvert", "herite", "obligatoire", "facultatif"]
Kind = Choice[
    "date",
    "montant",
    "nombre",
    "oui_non",
    "code",
    "personne",
    "droit",
    "attribut",
    "texte",
    "liste",
    "condition",
    "faits",
]


class Field(msgspec.Struct, frozen=True):
    """One field of a line of a list."""

    type: Kind = "texte"
    nomenclature: str = ""
    absence: Absence = "obligatoire"
    valeur_presumee: str = ""
    plage: tuple[str, ...] = ()
    question: dict[str, str] = {}
    predicat: str = ""


class Step(msgspec.Struct, frozen=True):
    """One way in which a fact changes, from some day on: `phrase` says it, in the infinitive, with fields as holes.

    `valeur` is the new value of a simple attribute, `ajoute` the fields of a line added to a list, `change` those
    that are new in its current lines. A value is written as in a dossier, or is one of `WORDS`. `si` names
    notions that must hold of the person, `cout` orders the ways: the dearer, the later.
    """

    phrase: str
    valeur: str = ""
    ajoute: dict[str, str] = {}
    change: dict[str, str] = {}
    si: tuple[str, ...] = ()
    cout: int = 1


WORDS = ("jour", "veille", "ouvert", "personne", "?")
"""In a step: the day of the change, the day before, no end (or no beginning), the person, and any code."""


class Attribute(msgspec.Struct, frozen=True):
    """One thing that can be said, of the household (`foyer`) or of a person."""

    type: Kind
    predicat: str
    absence: Absence
    question: dict[str, str] = {}
    phrase: str = ""
    nomenclature: str = ""
    valeur_presumee: str | list[object] = ""
    ordinaire: str = ""
    evolution: Choice["immuable", "modifiable", "temps"] = "modifiable"
    plage: tuple[str, ...] = ()
    preuves: tuple[str, ...] = ()
    sensible: Choice["oui", "non"] = "non"
    cout: Choice["faible", "moyen", "fort"] = "moyen"
    role: Choice["oui", "non"] = "non"
    note: str = ""
    champs: dict[str, Field] = {}
    element: Field | None = None
    temoin: dict[str, str] = {}
    sans_objet: dict[str, tuple[str, ...]] = {}
    demarches: tuple[Step, ...] = ()
    evenements: tuple[Step, ...] = ()
    name: str = ""
    owner: str = ""
    place: Place = Place()

    @property
    def predicate(self) -> str:
        return _predicate(self.predicat)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the predicate's arguments: `personne`, `cle`, `valeur` or a field."""
        return _arguments(self.predicat)

    @property
    def seen(self) -> dict[str, Field]:
        """The fields of a line that the rules see; the others only describe it."""
        return {name: field for name, field in self.champs.items() if name in self.arguments}

    @property
    def is_list(self) -> bool:
        return self.type == "liste"

    def field(self, argument: str) -> Field:
        """Return the description of one argument of the predicate."""
        if argument == "personne" and "personne" not in self.champs:
            return Field("personne")
        if argument == "cle":
            return Field("nombre")
        if argument == "valeur":
            if self.element is not None:
                return self.element
            return Field(self.type, self.nomenclature, plage=self.plage)
        return self.champs[argument]


@cache
def _predicate(predicat: str) -> str:
    return predicat.split("(", 1)[0].strip()


@cache
def _arguments(predicat: str) -> tuple[str, ...]:
    match = re.fullmatch(r"\s*\w+\s*\((.*)\)\s*", predicat)
    return tuple(part.strip() for part in match.group(1).split(",")) if match else ()


class Vocabulary(msgspec.Struct, frozen=True):
    """All attributes, those of the household and those of a person, in file order."""

    foyer: dict[str, Attribute]
    personne: dict[str, Attribute]

    def __iter__(self) -> Iterator[Attribute]:  # type: ignore[override]
        yield from self.foyer.values()
        yield from self.personne.values()

    def by_predicate(self) -> dict[str, Attribute]:
        """Return the attributes by the predicate they become."""
        return {attribute.predicate: attribute for attribute in self}


def type_name(field: Field) -> str:
    """Return the type of a field as rules see it: `code:nomenclature`, `date`, `montant`…"""
    if field.type == "code":
        return f"code:{field.nomenclature}"
    return {"oui_non": "code:oui_non", "droit": "code:droit"}.get(field.type, field.type)


def read_vocabulary(root: Node, reader: Reader) -> Vocabulary:
    """Decode `facts/vocabulaire.yaml`; what is wrong is added to the reader's findings."""
    sections: dict[str, dict[str, Attribute]] = {"foyer": {}, "personne": {}}
    for section, found in sections.items():
        for name, place, node in reader.each(root.get(section), "attribut"):
            attribute = reader.decode(node, Attribute, f"attribut « {name} »", name=name, owner=section, place=place)
            if attribute is None:
                continue
            problem = _problem(attribute)
            if problem:
                reader.error(place, f"attribut « {name} » : {problem}")
                continue
            found[name] = attribute
    for key, (place, _) in (root.entries or {}).items():
        if key not in sections:
            reader.error(place, f"vocabulaire : partie inconnue « {key} »", "« foyer » ou « personne »")
    return Vocabulary(sections["foyer"], sections["personne"])


def _problem(attribute: Attribute) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*\s*\(.*\)", attribute.predicat.strip()):
        return f"predicat incorrect « {attribute.predicat} »"
    known = {"personne", "cle", "valeur", *attribute.champs}
    unknown = [argument for argument in attribute.arguments if argument not in known]
    if unknown:
        return f"argument inconnu « {unknown[0]} » dans « {attribute.predicat} »"
    if attribute.is_list and not attribute.champs and attribute.element is None:
        return "une liste a besoin de « champs » ou de « element »"
    if not attribute.is_list and "valeur" not in attribute.arguments:
        return "le prédicat d'un attribut simple a un argument « valeur »"
    if attribute.type == "code" and not attribute.nomenclature:
        return "un code a besoin de « nomenclature »"
    optional = [name for name, field in attribute.seen.items() if field.absence == "facultatif"]
    if optional:
        return f"« {optional[0]} » est vu des règles : il ne peut être facultatif"
    if not attribute.question.get("fr"):
        return "il manque la question en français"
    return next(filter(None, (_flaw(attribute, step) for step in (*attribute.demarches, *attribute.evenements))), "")


def _flaw(attribute: Attribute, step: Step) -> str:
    """Return what is wrong with the form of a step."""
    parts = [bool(step.valeur), bool(step.ajoute), bool(step.change)]
    if attribute.evolution == "immuable":
        return "un fait immuable n'a ni démarche ni événement"
    if sum(parts) != 1 or bool(step.valeur) is attribute.is_list:
        wanted = "« ajoute » ou « change »" if attribute.is_list else "« valeur »"
        return f"« {step.phrase} » : une démarche a une seule clé, {wanted}"
    fields = set(attribute.champs) if attribute.champs else {"valeur"}
    unknown = [name for name in (*step.ajoute, *step.change) if name not in fields]
    if unknown:
        return f"« {step.phrase} » : champ inconnu « {unknown[0]} »"
    return ""
