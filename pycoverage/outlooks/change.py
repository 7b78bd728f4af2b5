"""What could be otherwise in a dossier from some day on: the steps of the vocabulary, applied to its persons.

The past stays what it was: a new line begins on that day or later, a line that ends is in force on it.
What the vocabulary gives no step for is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal as Choice

import msgspec

from pycoverage.completion import fill
from pycoverage.dossier import Dossier
from pycoverage.field import codes, scalar
from pycoverage.finding import Place
from pycoverage.law import Law
from pycoverage.likeness import Likeness
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.situation import Fact
from pycoverage.speech import speech
from pycoverage.stated import Line, Stated, Unknown
from pycoverage.value import INF, SUP, Fun, Value, rank
from pycoverage.vocabulary import Attribute, Field, Step, type_name

Values = dict[str, Value | Unknown]
Kind = Choice["demarches", "evenements"]


class Change(msgspec.Struct, frozen=True):
    """One step taken by a person (a canonical id): what the dossier then says of an attribute of `owner`.

    `owner` is empty for an attribute of the household. `texte` is the sentence of the step, `phrase` the same
    with its holes.
    """

    person: str
    owner: str
    attribute: str
    texte: str
    phrase: str
    cost: int
    stated: Stated


def changes(law: Law, dossier: Dossier, day: str, holds: Callable[[str, str], bool], kind: Kind) -> list[Change]:
    """Return the changes that a dossier could know from a day on, in the order of the vocabulary.

    `holds` tells whether a notion holds of a person; `kind` is what people do, or what may happen to them.
    """
    found: list[Change] = []
    writer = Writer(law, dossier.persons)
    for attribute in law.base.vocabulary:
        for step in getattr(attribute, kind):
            for person in dossier.persons:
                if all(holds(notion, person) for notion in step.si):
                    found += _taken(law, dossier, attribute, step, person, day, writer)
    return list({(each.person, each.texte, _key(each)): each for each in found}.values())


def _key(change: Change) -> tuple[str, str, str]:
    lines = change.stated.lines or ()
    return change.owner, change.attribute, str(change.stated.value if not lines else [line.values for line in lines])


def _taken(
    law: Law, dossier: Dossier, attribute: Attribute, step: Step, person: str, day: str, writer: Writer
) -> Iterator[Change]:
    """Yield what a step makes of an attribute: one change per code where the step leaves it open."""
    owner = "" if attribute.owner == "foyer" else person
    before = dossier.stated.get((owner, attribute.name))
    if before is not None and isinstance(before.value, Unknown):
        return
    place = before.place if before is not None else Place()

    def change(stated: Stated, values: Values) -> Change:
        def hole(name: str) -> str:
            value = values[name]
            return writer.value(None if isinstance(value, Unknown) else value, type_name(attribute.field(name)))

        return Change(person, owner, attribute.name, speech().filled(step.phrase, hole), step.phrase, step.cout, stated)

    if not attribute.is_list:
        for value in _values(law, attribute.field("valeur"), step.valeur, "valeur", person, day):
            if before is None or before.value != value:
                yield change(Stated(place, value), {"valeur": value})
        return
    lines = (before.lines if before is not None else None) or ()
    if step.ajoute:
        for line in _added(law, attribute, step, person, day):
            yield change(Stated(place, None, (*lines, line)), line.values)
        return
    touched = [_ended(law, attribute, step, line, person, day) for line in lines]
    changed = [line for line in touched if line is not None]
    if changed:
        kept = tuple(new or old for new, old in zip(touched, lines, strict=True))
        yield change(Stated(place, None, kept), changed[0].values)


def _added(law: Law, attribute: Attribute, step: Step, person: str, day: str) -> Iterator[Line]:
    """Yield the lines that a step adds: the fields it names, the rest as the vocabulary takes them."""
    choices: list[Values] = [{}]
    fields = attribute.champs or {"valeur": attribute.field("valeur")}
    for name, field in fields.items():
        if name in step.ajoute:
            values: Sequence[Value] = _values(law, field, step.ajoute[name], name, person, day)
        elif field.absence == "presume":
            found = scalar(law.base, field, field.valeur_presumee)
            values = [] if found is None else [found]
        else:
            values = [INF if name == "du" else SUP]
        choices = [{**each, name: value} for each in choices for value in values]
    yield from (Line(values, Place()) for values in choices)


def _ended(law: Law, attribute: Attribute, step: Step, line: Line, person: str, day: str) -> Line | None:
    """Return a current line with its new values, or None if the line is not current or would not change."""
    start = line.values.get("du")
    fields = attribute.champs or {"valeur": attribute.field("valeur")}
    new: Values = {}
    for name, text in step.change.items():
        [value] = _values(law, fields[name], text, name, person, day)
        old = line.values[name]
        if isinstance(old, Unknown) or (fields[name].type == "date" and rank(old) < rank(day)):
            return None
        new[name] = value
    values = {**line.values, **new}
    end = values.get("au")
    if isinstance(start, Unknown) or (start is not None and rank(start) > rank(day)) or values == line.values:
        return None
    if isinstance(end, str) and isinstance(start, str) and end < start:
        return None
    if "personne" in attribute.champs and line.values["personne"] != Fun(person):
        return None
    return Line(values, line.place)


def _values(law: Law, field: Field, text: str, name: str, person: str, day: str) -> list[Value]:
    """Return the values that a word of a step stands for."""
    match text:
        case "jour":
            return [day]
        case "veille":
            return [day_before(day)]
        case "ouvert":
            return [INF if name == "du" else SUP]
        case "personne":
            return [Fun(person)]
        case "?":
            return Likeness(law.base).representatives(field, codes(law.base, field))
    found = scalar(law.base, field, text)
    return [] if found is None else [found]


def apply(dossier: Dossier, taken: Sequence[Change]) -> Dossier:
    """Return a dossier in which some changes were made, one per attribute at most."""
    stated = {**dossier.stated, **{(each.owner, each.attribute): each.stated for each in taken}}
    return msgspec.structs.replace(dossier, stated=stated)


class Alternatives(msgspec.Struct, frozen=True):
    """The changes of a dossier as options: `kept` are the facts that no change touches.

    `changes[g][i]` is the change that option i + 1 of group g makes; option 0 is the fact as it stands.
    """

    kept: tuple[Fact, ...]
    groups: list[list[tuple[Fact, ...]]]
    changes: list[list[Change]]


def alternatives(law: Law, dossier: Dossier, found: Sequence[Change]) -> Alternatives:
    """Return changes as options of facts: those of one attribute of one person exclude each other."""
    as_stated = {(fact.name, fact.args): fact for fact in fill(dossier, law.base).case.facts}
    keys = list(dict.fromkeys((each.person, each.owner, each.attribute) for each in found))
    grouped = [[each for each in found if (each.person, each.owner, each.attribute) == key] for key in keys]
    groups: list[list[tuple[Fact, ...]]] = []
    away: set[tuple[str, tuple[Value, ...]]] = set()
    for own in grouped:
        made = [
            {(fact.name, fact.args): fact for fact in fill(apply(dossier, [each]), law.base).case.facts} for each in own
        ]
        touched = {key for facts in made for key in as_stated.keys() - facts.keys()}
        away |= touched
        options = [
            tuple(fact for key, fact in facts.items() if key in touched or key not in as_stated)
            for facts in (as_stated, *made)
        ]
        groups.append(options)
    kept = tuple(fact for key, fact in as_stated.items() if key not in away)
    return Alternatives(kept, groups, grouped)
