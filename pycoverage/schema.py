"""JSON Schemas: of dossiers, from the vocabulary; of what the commands write, from its types."""

from __future__ import annotations

from typing import Any

import msgspec

from pycoverage.answer import Anomaly, Answer, Status
from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.comparison import Comparison
from pycoverage.exhibits.bundle import Evidence
from pycoverage.expectation import DETAILS, REFUSAL, STATUSES
from pycoverage.field import codes
from pycoverage.ground import conditions
from pycoverage.outlooks.remedy import Outlooks
from pycoverage.proof import Node
from pycoverage.questions.questionnaire import Questionnaire
from pycoverage.refusals.examination import Examinations
from pycoverage.searches.survey import Survey
from pycoverage.searches.verdict import Report
from pycoverage.timelines.timeline import Timeline
from pycoverage.vocabulary import Attribute, Field

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def dossier_schema(base: KnowledgeBase) -> dict[str, Any]:
    """Return the schema of a dossier, for editors to complete and validate."""
    person = {name: _attribute(base, attribute) for name, attribute in base.vocabulary.personne.items()}
    household = {name: _attribute(base, attribute) for name, attribute in base.vocabulary.foyer.items()}
    contested = {"type": "object", "required": ["conteste"]}
    status: dict[str, Any] = {"anyOf": [{"enum": list(STATUSES)}, contested]}
    details: dict[str, Any] = {"statut": status, **{key: {} for key in (*DETAILS, REFUSAL, *base.rubrics)}}
    status = {"anyOf": [*status["anyOf"], {"type": "object", "properties": details, "additionalProperties": False}]}
    expected = {"type": "object", "properties": dict.fromkeys(base.rights, status), "additionalProperties": False}
    text = {"type": "string"}
    return {
        "$schema": _DIALECT,
        "title": "Dossier pycoverage",
        "type": "object",
        "additionalProperties": False,
        "required": ["personnes"],
        "properties": {
            "dossier": {**text, "description": "nom court du dossier"},
            "titre": {**text, "description": "titre lisible"},
            "recit": {**text, "description": "l'histoire en deux lignes"},
            "note": text,
            "references": {"type": "array", "items": text},
            "date": {**text, "pattern": _DAY, "description": "jour auquel les droits sont appréciés"},
            "personnes": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {
                    "type": ["object", "null"],
                    "properties": person,
                    "additionalProperties": False,
                },
            },
            "attendu": {"type": "object", "additionalProperties": expected},
            **household,
        },
    }


class Root(msgspec.Struct):
    """The status of a right, and the node that proves it or tells why it is not held.

    The others prove its first day, its last day and its amount, where they are known.
    """

    statut: Status
    noeud: int
    noeud_effet: int | msgspec.UnsetType = msgspec.UNSET
    noeud_fin: int | msgspec.UnsetType = msgspec.UNSET
    noeud_mensualite: int | msgspec.UnsetType = msgspec.UNSET


class Explanation(msgspec.Struct):
    """A proof graph: nodes by number, the root of each right of each person; `noms` by canonical id.

    `domaine_declare` is that of the answer.
    """

    version: int
    dossier: str
    langue: str
    date: str
    noms: dict[str, str]
    anomalies: list[Anomaly]
    personnes: dict[str, dict[str, Root]]
    noeuds: dict[str, Node]
    domaine_declare: list[str] = []


OUTPUTS: dict[str, Any] = {
    "ask": Questionnaire,
    "change": Outlooks,
    "compare": Comparison,
    "compare_exhaustive": Survey,
    "evaluate": Answer,
    "explain": Explanation,
    "evidence": list[Evidence],
    "refusal": Examinations,
    "timeline": Timeline,
    "verify": Report,
}
"""The commands whose JSON has a schema, and what it holds."""


def output_schema(command: str) -> dict[str, Any]:
    """Return the schema of what a command of `OUTPUTS` writes with `--format json`.

    Keys outside `required` may be absent. Every node of a proof also says itself in its `texte`.
    """
    schema = msgspec.json.schema(OUTPUTS[command])
    if command == "explain":
        kinds = schema["$defs"]["Explanation"]["properties"]["noeuds"]["additionalProperties"]["anyOf"]
        for kind in kinds:
            node = schema["$defs"][kind["$ref"].rpartition("/")[2]]
            node["properties"]["texte"] = {"type": "string"}
            node["required"].append("texte")
    return {"$schema": _DIALECT, **schema}


def _attribute(base: KnowledgeBase, attribute: Attribute) -> dict[str, Any]:
    described = {"description": attribute.question.get("fr", "")}
    if not attribute.is_list:
        return {**described, **_field(base, attribute.field("valeur"))}
    if attribute.element is not None:
        items = _field(base, attribute.element)
    else:
        required = [name for name, field in attribute.champs.items() if field.absence == "obligatoire"]
        items = {
            "type": "object",
            "properties": {name: _field(base, field) for name, field in attribute.champs.items()},
            "required": required,
            "additionalProperties": False,
        }
    return {**described, "anyOf": [{"type": "array", "items": items}, {"const": "inconnu"}]}


def _field(base: KnowledgeBase, field: Field) -> dict[str, Any]:
    unknown = {"const": "inconnu"}
    match field.type:
        case "date":
            return {"anyOf": [{"type": "string", "pattern": _DAY}, unknown]}
        case "montant":
            return {"anyOf": [{"type": "number"}, unknown]}
        case "nombre":
            return {"anyOf": [{"type": "integer"}, unknown]}
        case "oui_non":
            return {"anyOf": [{"type": "boolean"}, {"enum": ["oui", "non", "inconnu"]}]}
        case "droit" | "attribut":
            return {"enum": codes(base, field)}
        case "code" if len(codes(base, field)) > 60:
            return {"type": "string"}
        case "code":
            known = codes(base, field)
            nomenclature = base.nomenclatures.get(field.nomenclature)
            names = nomenclature.elements if nomenclature else {}
            return {"enum": [*known, "inconnu"], "description": ", ".join(f"{k} : {names[k].nom}" for k in known)}
        case "condition":
            return {"enum": sorted({code for right in base.rights for code in conditions(base, right)})}
        case "faits":
            return {"type": "object"}
    return {"type": "string"}
