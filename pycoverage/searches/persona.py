"""A situation of the domain as a dossier that a person can read, keep and assess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pycoverage.field import usual_value
from pycoverage.scalar import LAST_DAY
from pycoverage.searches.domain import Domain
from pycoverage.situation import Fact
from pycoverage.space import Space
from pycoverage.value import Bound, Fun, Value
from pycoverage.vocabulary import Attribute, Field


def persona(domain: Domain, taken: Sequence[int], name: str, title: str = "") -> str:
    """Return the dossier (YAML) of a situation, one option taken of each fact; what is presumed is left out."""
    owners: dict[str, dict[str, str]] = {"": {}, **{person: {} for person in domain.filled.case.persons}}
    for attribute in domain.base.vocabulary:
        if attribute.absence == "inconnu" and attribute.owner != "foyer":
            usual = usual_value(domain.base, attribute)
            if usual is not None or attribute.is_list:
                text = "[]" if usual is None else _scalar(domain, attribute.field("valeur"), usual)
                for person in domain.filled.case.persons:
                    owners[person][attribute.name] = text
    for group, ((owner, attribute_name, _), options) in enumerate(zip(domain.groups, domain.options(), strict=True)):
        option = options[taken[group]]
        section = domain.base.vocabulary.personne if owner else domain.base.vocabulary.foyer
        attribute = section[attribute_name]
        if option != domain.ordinary(group) or attribute.absence == "inconnu":
            owners[owner][attribute_name] = _written(domain, attribute, option)
    return "\n".join(_lines(domain, owners, name, title)) + "\n"


def _lines(domain: Domain, owners: dict[str, dict[str, str]], name: str, title: str) -> Iterator[str]:
    yield f"dossier: {name}"
    if title:
        yield f"titre: {_quoted(title)}"
    yield f"date: {domain.today}"
    for attribute, text in owners[""].items():
        yield f"{attribute}: {text}"
    yield "personnes:"
    for person, label in domain.filled.case.persons.items():
        yield f"  {label}:"
        stated = owners[person]
        for attribute, text in stated.items():
            described = domain.base.vocabulary.personne[attribute]
            if not (text == "[]" and _moot(described, stated)):
                yield f"    {attribute}: {text}"


def _moot(attribute: Attribute, stated: dict[str, str]) -> bool:
    """Tell whether an empty list has no object, given what else is said."""
    return any(stated.get(name, "").lower() in values for name, values in attribute.sans_objet.items())


def _written(space: Space, attribute: Attribute, option: tuple[Fact, ...]) -> str:
    if not attribute.is_list:
        return _scalar(space, attribute.field("valeur"), option[0].args[-1])
    lines = (line(space, attribute, fact) for fact in option)
    return f"[{', '.join(map(_flow, lines))}]"


def line(space: Space, attribute: Attribute, fact: Fact) -> str | dict[str, str]:
    """Return a line of a list as a dossier states it: a value, or the values of its fields."""
    values = dict(zip(attribute.arguments, fact.args, strict=True))
    if attribute.element is not None:
        return _scalar(space, attribute.element, values["valeur"])
    fields = {name: field for name, field in attribute.seen.items() if _says(field, values[name])}
    return {name: _scalar(space, field, values[name]) for name, field in fields.items()}


def _flow(stated: str | dict[str, str]) -> str:
    if isinstance(stated, str):
        return stated
    return f"{{{', '.join(f'{name}: {text}' for name, text in stated.items())}}}"


def _says(field: Field, value: Value) -> bool:
    """Tell whether a value is written: an open end is not, where silence means it."""
    return not isinstance(value, Bound) or field.absence == "inconnu"


def _scalar(space: Space, field: Field, value: Value) -> str:
    if isinstance(value, Fun):
        return space.filled.case.persons.get(value.name, value.name)
    if isinstance(value, Bound):
        return LAST_DAY
    if field.type == "montant" and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}"
    return _quoted(str(value)) if field.type == "texte" else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "'") + '"'
