"""From a dossier to facts: what is stated, what is presumed, and what stays unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal as Choice

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.dossier import Dossier
from pycoverage.field import scalar
from pycoverage.finding import Place
from pycoverage.situation import Case, Fact
from pycoverage.stated import Line, Stated, Unknown
from pycoverage.value import SUP, Fun, Value
from pycoverage.vocabulary import Attribute

Entry = tuple[str, str, int]
"""A person (or the household, empty), an attribute, and the number of a line of it, or -1."""


class Gap(msgspec.Struct, frozen=True, order=True):
    """An unknown fact: an attribute of a person (or of the household), or one field of one line."""

    owner: str
    attribute: str
    line: int = -1
    field: str = ""
    place: Place = Place()

    @property
    def entry(self) -> Entry:
        """The attribute, or the line of it, that the gap is in."""
        return self.owner, self.attribute, self.line

    def key(self, names: dict[str, str]) -> str:
        """Return how answers name the gap: `amina.arrivee`, `amina.sejour[1].au`, `foyer.territoire`."""
        owner = names.get(self.owner, self.owner) or "foyer"
        if self.line < 0:
            return f"{owner}.{self.attribute}"
        return f"{owner}.{self.attribute}[{self.line + 1}].{self.field}"


class Filled(msgspec.Struct, frozen=True):
    """A dossier as facts; `gaps` are the facts left open and `partial` the lines that have one."""

    case: Case
    gaps: tuple[Gap, ...]
    partial: dict[Entry, Line]


class Outcome(msgspec.Struct, frozen=True):
    """The status of a right in a context and the open facts it depends on."""

    status: Choice["oui", "non", "a_preciser"]
    depends: tuple[Gap, ...]


def fill(dossier: Dossier, base: KnowledgeBase) -> Filled:
    """Turn a dossier into facts, taking the presumed values that the vocabulary names."""
    facts: list[Fact] = []
    gaps: list[Gap] = []
    partial: dict[Entry, Line] = {}
    for attribute in base.vocabulary:
        for owner in [""] if attribute.owner == "foyer" else dossier.persons:
            stated = dossier.stated.get((owner, attribute.name))
            stated, origin = _presumed(dossier, base, attribute, owner, stated)
            if stated is None:
                continue
            if isinstance(stated.value, Unknown):
                gaps.append(Gap(owner, attribute.name, place=stated.place))
            elif stated.lines is None:
                values = {"personne": Fun(owner), "valeur": stated.value}
                facts.append(_fact(attribute, values, stated.place, origin))
            else:
                for index, line in enumerate(stated.lines):
                    open_fields = [name for name in attribute.arguments if isinstance(line.values.get(name), Unknown)]
                    if open_fields:
                        partial[owner, attribute.name, index] = line
                        gaps += [Gap(owner, attribute.name, index, name, line.place) for name in open_fields]
                    else:
                        facts.append(line_fact(attribute, owner, index, line, origin))
    case = Case(dossier.name, dossier.persons, tuple(facts), Place(dossier.file))
    return Filled(case, tuple(gaps), partial)


def line_fact(
    attribute: Attribute, owner: str, index: int, line: Line, origin: str = "stated", blanks: Collection[str] = ()
) -> Fact:
    """Return the fact that a complete line of a list becomes; `blanks` are the fields supposed in a line stated."""
    values = {"personne": Fun(owner), "cle": index + 1, **line.values}
    found = _fact(attribute, values, line.place, origin)
    places = tuple(number for number, name in enumerate(attribute.arguments) if name in blanks)
    return msgspec.structs.replace(found, blanks=places) if places else found


def value_fact(attribute: Attribute, owner: str, value: Value) -> Fact:
    """Return the fact that a supposed value of a simple attribute becomes."""
    return _fact(attribute, {"personne": Fun(owner), "valeur": value}, Place(), "supposed")


def _fact(attribute: Attribute, values: Mapping[str, object], place: Place, origin: str) -> Fact:
    arguments = tuple(values[name] for name in attribute.arguments)
    return Fact(attribute.predicate, arguments, place, origin, attribute.name)  # type: ignore[arg-type]


def _presumed(
    dossier: Dossier, base: KnowledgeBase, attribute: Attribute, owner: str, stated: Stated | None
) -> tuple[Stated | None, str]:
    """Return what is taken for an attribute, and its origin."""
    if stated is not None:
        return stated, "stated"
    if _moot(dossier, attribute, owner):
        return None, "presumed"
    match attribute.absence:
        case "inconnu" | "obligatoire":
            return Stated(Place(), Unknown()), "unknown"
        case "non":
            return None, "stated"
        case "ouvert":
            return Stated(Place(), SUP), "stated"
        case "herite":
            for parent in _related(dossier, owner, str(attribute.valeur_presumee)):
                found = dossier.stated.get((parent, attribute.name))
                if found is not None:
                    return found, "presumed"
            return Stated(Place(), Unknown()), "unknown"
    if attribute.is_list:
        return None, "presumed"
    value = scalar(base, attribute.field("valeur"), str(attribute.valeur_presumee))
    return Stated(Place(), value), "presumed"


def _moot(dossier: Dossier, attribute: Attribute, owner: str) -> bool:
    """Tell whether a list has no object for a person, given what else is stated of him."""
    for name, values in attribute.sans_objet.items():
        stated = dossier.stated.get((owner, name))
        if stated is not None and str(stated.value) in values:
            return True
    return False


def _related(dossier: Dossier, owner: str, attribute: str) -> Iterator[str]:
    stated = dossier.stated.get((owner, attribute))
    for line in (stated.lines or ()) if stated else ():
        value = line.values.get("valeur")
        if isinstance(value, Fun):
            yield value.name
