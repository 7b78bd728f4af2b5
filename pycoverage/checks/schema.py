"""The vocabulary and the rubrics: their codes have a list, presumed values exist, predicates are their own."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.base import CONTEXT, OUTPUT, STATE
from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.expectation import DETAILS, REFUSAL
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.rubric import Rubric
from pycoverage.scalar import SCALARS
from pycoverage.vocabulary import Attribute, Field

MAX_FIELDS = 2

RESERVED = ("statut", "conteste", REFUSAL, *DETAILS)
"""Words of `attendu` that no rubric may take."""

CODES = (
    Doc(
        "PC308",
        "attribut ou rubrique mal rattaché",
        "Un code vient d'une nomenclature de facts/nomenclatures/, une valeur présumée ou témoin est du type de "
        "l'attribut, et deux faits ne deviennent pas le même prédicat.",
        "territoire: {type: code, nomenclature: teritoire, predicat: territoire(valeur), …}",
        "territoire: {type: code, nomenclature: territoire, predicat: territoire(valeur), …}",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find attributes whose lists, presumed values or predicates do not fit."""
    for attribute in study.base.vocabulary:
        for field in (_whole(attribute), attribute.element, *attribute.champs.values()):
            if field is not None:
                yield from _field(study, f"l'attribut « {attribute.name} »", attribute.place, field)
        for key, value in attribute.temoin.items():
            if key in attribute.champs and value != "?":
                yield from _value(
                    study, f"l'attribut « {attribute.name} »", attribute.place, attribute.champs[key], value
                )
        yield from _moot(study, attribute)
    for name, rubric in study.base.rubrics.items():
        yield from _rubric(study, name, rubric)
        for field in rubric.champs.values():
            yield from _field(study, f"la rubrique « {name} »", rubric.place, field)
    yield from _rights(study)
    yield from _names(study)


def _moot(study: Study, attribute: Attribute) -> Iterator[Finding]:
    """Find a `sans_objet` on a simple attribute, which must have a value, or that names nothing."""
    where = study.locate(attribute.place, "sans_objet")
    owner = f"« sans_objet » de l'attribut « {attribute.name} »"
    if attribute.sans_objet and not attribute.is_list:
        yield Finding(where, "PC308", f"{owner} : l'attribut n'est pas une liste", "réservez-le aux listes")
    section = study.base.vocabulary.personne if attribute.owner == "personne" else study.base.vocabulary.foyer
    for name, values in attribute.sans_objet.items():
        other = section.get(name)
        if other is None or other.is_list:
            help_ = suggestion(name, section) or "un attribut simple de la même partie"
            yield Finding(where, "PC308", f"{owner} : attribut incorrect « {name} »", help_)
            continue
        for value in values:
            yield from _value(study, owner, attribute.place, other.field("valeur"), value)


def _rights(study: Study) -> Iterator[Finding]:
    """Find a right that names a right or a rubric which does not exist."""
    rights, rubrics = study.base.rights, study.base.rubrics
    for name, right in rights.items():
        if right.voies and right.voies not in rubrics and right.voies not in study.lost:
            help_ = suggestion(right.voies, rubrics) or f"rubriques : {', '.join(rubrics)}"
            message = f"« voies » du droit « {name} » : rubrique inconnue « {right.voies} »"
            yield Finding(study.locate(right.place, right.voies), "PC308", message, help_)
        for other in right.a_defaut_de:
            if other not in rights and other not in study.lost:
                help_ = suggestion(other, rights) or f"droits : {', '.join(rights)}"
                message = f"« a_defaut_de » du droit « {name} » : droit inconnu « {other} »"
                yield Finding(study.locate(right.place, other), "PC308", message, help_)


SCALAR = ("date", "montant", "nombre", "oui_non", "code", "droit")
"""Types that a field of a rubric may have."""


def _rubric(study: Study, name: str, rubric: Rubric) -> Iterator[Finding]:
    where = study.locate(rubric.place, name)
    if not 1 <= len(rubric.champs) <= MAX_FIELDS:
        message = f"la rubrique « {name} » a {len(rubric.champs)} champs"
        yield Finding(where, "PC308", message, "un ou deux champs")
    if name in RESERVED:
        yield Finding(where, "PC308", f"la rubrique prend le nom « {name} », réservé à « attendu »", "un autre nom")
    for key, field in rubric.champs.items():
        if field.type not in SCALAR:
            message = f"le champ « {key} » de la rubrique « {name} » est du type « {field.type} »"
            yield Finding(where, "PC308", message, f"types : {', '.join(SCALAR)}")


def _whole(attribute: Attribute) -> Field | None:
    if attribute.is_list:
        return None
    presumed = attribute.valeur_presumee if isinstance(attribute.valeur_presumee, str) else ""
    return Field(attribute.type, attribute.nomenclature, valeur_presumee=presumed)


def _field(study: Study, owner: str, place: Place, field: Field) -> Iterator[Finding]:
    known = study.base.nomenclatures
    if field.type == "code" and field.nomenclature not in known:
        if field.nomenclature not in study.lost:
            help_ = suggestion(field.nomenclature, known) or "ajoutez-la à facts/nomenclatures/"
            message = f"nomenclature inconnue « {field.nomenclature} » de {owner}"
            yield Finding(study.locate(place, field.nomenclature or "code"), "PC308", message, help_)
    elif field.valeur_presumee:
        yield from _value(study, owner, place, field, field.valeur_presumee)


def _value(study: Study, owner: str, place: Place, field: Field, value: str) -> Iterator[Finding]:
    codes: dict[str, set[str]] = {"oui_non": {"oui", "non"}, "droit": set(study.base.rights)}
    if field.type == "code" and field.nomenclature in study.base.nomenclatures:
        codes["code"] = set(study.base.nomenclatures[field.nomenclature].elements)
    known = codes.get(field.type)
    convert = SCALARS.get(field.type)
    if known is not None:
        good = value in known or value in study.lost
    else:
        good = convert is None or field.type == "code" or convert(value) is not None
    if not good:
        message = f"valeur incorrecte « {value} » de {owner}"
        help_ = suggestion(value, known or ()) or f"une valeur du type {field.type}"
        yield Finding(study.locate(place, value), "PC308", message, help_)


def _names(study: Study) -> Iterator[Finding]:
    """Find two origins of one predicate."""
    base = study.base
    taken: dict[str, str] = dict.fromkeys(("personne", STATE, *CONTEXT, *OUTPUT), "un prédicat du moteur")
    given: list[tuple[str, str, Place]] = [(a.predicate, f"l'attribut « {a.name} »", a.place) for a in base.vocabulary]
    given += [(name, f"la rubrique « {name} »", rubric.place) for name, rubric in base.rubrics.items()]
    given += [(name, f"le paramètre « {name} »", parameter.place) for name, parameter in base.parameters.items()]
    for name, nomenclature in base.properties():
        where = study.locate(base.nomenclatures[nomenclature].place, name)
        given.append((name, f"la propriété « {name} » de « {nomenclature} »", where))
    for name, what, place in given:
        if name in taken:
            message = f"{what} prend le nom « {name} », déjà pris par {taken[name]}"
            yield Finding(place, "PC308", message, "donnez-lui un autre nom")
        taken.setdefault(name, what)
