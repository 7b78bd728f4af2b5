"""The values that a field accepts: a text typed by its field, the codes of its list, and what is ordinary."""

from __future__ import annotations

from pycoverage.base import KnowledgeBase
from pycoverage.scalar import cents, day, number
from pycoverage.value import NON, OUI, SUP, Fun, Value
from pycoverage.vocabulary import Attribute, Field


def scalar(base: KnowledgeBase, field: Field, text: str) -> Value | None:
    """Return a text typed by a field, or None if it is not one of its values (persons excepted)."""
    match field.type:
        case "date":
            return day(text)
        case "montant":
            return cents(text)
        case "nombre":
            return number(text)
        case "oui_non":
            return {"oui": OUI, "non": NON}.get(text)
        case "droit" | "attribut":
            return Fun(text) if text in codes(base, field) else None
        case "code":
            return Fun(text.lower()) if text.lower() in codes(base, field) else None
    return text


def codes(base: KnowledgeBase, field: Field) -> list[str]:
    """Return the codes a field accepts."""
    if field.type == "droit":
        return list(base.rights)
    if field.type == "attribut":
        return [attribute.name for attribute in base.vocabulary]
    if field.type == "oui_non":
        return ["oui", "non"]
    nomenclature = base.nomenclatures.get(field.nomenclature)
    return list(nomenclature.elements) if nomenclature else []


def usual_value(base: KnowledgeBase, attribute: Attribute) -> Value | None:
    """Return the ordinary value of a simple attribute, or None if the vocabulary names none."""
    if attribute.absence == "ouvert":
        return SUP
    text = attribute.valeur_presumee if attribute.absence == "presume" else attribute.ordinaire
    return scalar(base, attribute.field("valeur"), str(text)) if text else None
