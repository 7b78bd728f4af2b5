"""What a dossier may expect of a right (`attendu`): its status, and if need be its days, amounts and rubrics."""

from __future__ import annotations

from typing import get_args

from pycoverage.base import KnowledgeBase
from pycoverage.document import Node
from pycoverage.field import codes, scalar
from pycoverage.finding import Finding, suggestion
from pycoverage.refusals.examination import Judgement, Nature, Support
from pycoverage.vocabulary import Field

STATUSES = ("oui", "non", "a_preciser", "conteste")

PRESENCE = ("oui", "non")

NONE = "aucun"
"""What is written where no value is expected."""

DETAILS = {
    "effet": ("effet", Field("date")),
    "fin": ("fin", Field("date")),
    "mensualite": ("montant_du", Field("montant")),
    "ouverture": ("ouverture", Field("code", "ouverture")),
}
"""What can be expected beside the status and the rubrics: the predicate that tells it, and its values."""

REFUSAL = "refus"
"""The key under which the examination of a refusal is expected."""

FINDINGS: dict[str, tuple[str, ...]] = {
    "constat": get_args(Judgement),
    "motif": (*get_args(Support), NONE),
    "erreur": (*get_args(Nature), NONE),
    "forme": ("expresse", "tacite", NONE),
}
"""What can be expected of it, beside `jour` and `delais`: `erreur` is the first mistake found."""


def read_expectation(node: Node, base: KnowledgeBase) -> Finding | None:
    """Return what is wrong in an expectation as written, or None."""
    if node.text in STATUSES:
        return None
    if node.get("conteste") is not None:
        return _contested(node, base)
    known = ("statut", *DETAILS, REFUSAL, *base.rubrics)
    if not node.entries:
        help_ = f"{', '.join(STATUSES)}, {{conteste: {{lecture: statut}}}}, ou {{statut: …, effet: …}}"
        return Finding(node.place, "DO009", f"statut inconnu {node.describe()}", help_)
    for key, (place, part) in node.entries.items():
        if key not in known:
            return Finding(
                place,
                "DO009",
                f"clé inconnue « {key} »",
                suggestion(key, (*known, "conteste")) or "statut, effet, fin…",
            )
        if key == REFUSAL:
            found = _refusal(part, base)
        else:
            found = read_expectation(part, base) if key == "statut" else _detail(key, part, base)
        if found is not None:
            return found
    return None


def _contested(node: Node, base: KnowledgeBase) -> Finding | None:
    """Return what is wrong in `{conteste: {lecture: statut}}`, where a reading may be `question=lecture`."""
    inner = node.get("conteste")
    readings = (inner.entries or {}) if inner else {}
    if not readings or len(node.entries or {}) > 1:
        return Finding(node.place, "DO009", f"statut inconnu {node.describe()}", "{conteste: {lecture: statut}}")
    known = {name for question in base.questions.values() for name in question.lectures}
    known |= {f"{key}={name}" for key, question in base.questions.items() for name in question.lectures}
    for name, (place, status) in readings.items():
        if name not in known:
            return Finding(place, "DO012", f"lecture inconnue « {name} »", suggestion(name, known))
        if status.text not in STATUSES:
            return Finding(status.place, "DO009", f"statut inconnu {status.describe()}", ", ".join(STATUSES))
    return None


def _refusal(node: Node, base: KnowledgeBase) -> Finding | None:
    """Return what is wrong in `{constat: …, motif: …, erreur: …, forme: …, jour: …, delais: {voie: jour}}`."""
    known = (*FINDINGS, "jour", "delais")
    if not node.entries:
        return Finding(node.place, "DO009", f"« {REFUSAL} » est un bloc de clés", f"clés connues : {', '.join(known)}")
    for key, (place, part) in node.entries.items():
        if key not in known:
            help_ = suggestion(key, known) or f"clés connues : {', '.join(known)}"
            return Finding(place, "DO009", f"clé inconnue « {key} »", help_)
        if key in FINDINGS and part.text not in FINDINGS[key]:
            message = f"« {key} » : valeur inconnue {part.describe()}"
            return Finding(part.place, "DO009", message, ", ".join(FINDINGS[key]))
        dates = (
            [part] if key == "jour" else [day for _, day in (part.entries or {}).values()] if key == "delais" else []
        )
        for when in dates:
            if flaw := _value(key, Field("date"), when, base):
                return flaw
        for way, (where, _) in (part.entries or {}).items() if key == "delais" else ():
            if flaw := _value(
                key, Field("code", base.rubrics["voie_recours"].champs["voie"].nomenclature), Node(where, way), base
            ):
                return flaw
    return None


def _detail(key: str, node: Node, base: KnowledgeBase) -> Finding | None:
    if key in DETAILS:
        return _value(key, DETAILS[key][1], node, base)
    fields = list(base.rubrics[key].champs.values())
    if len(fields) == 1 and node.items is not None:
        return next((flaw for item in node.items if (flaw := _value(key, fields[0], item, base))), None)
    if not node.entries:
        help_ = f"{key}: [valeur, …] pour toutes, {key}: {{valeur: oui}} pour certaines"
        return Finding(node.place, "DO009", f"« {key} » : une liste ou un bloc de valeurs", help_)
    for name, (place, part) in node.entries.items():
        flaw = _value(key, fields[0], Node(place, name), base)
        if flaw is None and len(fields) == 1 and part.text not in PRESENCE:
            flaw = Finding(part.place, "DO009", f"« {key} » : oui ou non pour chaque valeur", f"{key}: {{valeur: oui}}")
        for value in (part.items or (part,)) if len(fields) > 1 and flaw is None else ():
            flaw = flaw or _value(key, fields[1], value, base)
        if flaw is not None:
            return flaw
    return None


def _value(key: str, field: Field, node: Node, base: KnowledgeBase) -> Finding | None:
    """Return what is wrong in a value expected, or None; `aucun` is always one."""
    if node.text == NONE or (node.text is not None and scalar(base, field, node.text) is not None):
        return None
    help_ = suggestion(node.text or "", codes(base, field)) or f"une valeur du type {field.nomenclature or field.type}"
    return Finding(node.place, "DO009", f"« {key} » : valeur inconnue {node.describe()}", help_)
