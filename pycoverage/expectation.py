"""What a dossier may expect of a right (`attendu`): its status, and if need be its days, amounts and rubrics."""

from __future__ import annotations

from pycoverage.base import KnowledgeBase
from pycoverage.document import Node
from pycoverage.finding import Finding, suggestion

STATUSES = ("oui", "non", "a_preciser", "conteste")

PRESENCE = ("oui", "non")

DETAILS = {"effet": "effet", "fin": "fin", "mensualite": "montant_du", "ouverture": "ouverture"}
"""What can be expected beside the status and the rubrics, and the predicate that tells it."""


def read_expectation(node: Node, base: KnowledgeBase) -> Finding | None:
    """Return what is wrong in an expectation as written, or None."""
    if node.text in STATUSES or _contested(node):
        return None
    known = ("statut", *DETAILS, *base.rubrics)
    if not node.entries or not set(known) & set(node.entries):
        help_ = f"{', '.join(STATUSES)}, ou {{conteste: {{lecture: statut}}}}"
        return Finding(node.place, "DO009", f"statut inconnu {node.describe()}", help_)
    for key, (place, part) in node.entries.items():
        if key not in known:
            return Finding(place, "DO005", f"clé inconnue « {key} »", suggestion(key, known))
        found = read_expectation(part, base) if key == "statut" else _detail(key, part, base)
        if found is not None:
            return found
    return None


def _contested(node: Node) -> bool:
    """Tell whether an expected status is written `{conteste: {lecture: statut}}`."""
    inner = node.get("conteste")
    readings = (inner.entries or {}) if inner else {}
    return bool(readings) and len(node.entries or {}) == 1 and all(s.text in STATUSES for _, s in readings.values())


def _detail(key: str, node: Node, base: KnowledgeBase) -> Finding | None:
    if key in DETAILS:
        return None if node.text is not None else Finding(node.place, "DO009", f"« {key} » : une seule valeur", "")
    fields = len(base.rubrics[key].champs)
    if fields == 1 and any(item.text is None for item in node.items or ()):
        return Finding(node.place, "DO009", f"« {key} » : une liste de valeurs", f"{key}: [valeur, …]")
    if fields == 1 and any(part.text not in PRESENCE for _, part in (node.entries or {}).values()):
        return Finding(node.place, "DO009", f"« {key} » : oui ou non pour chaque valeur", f"{key}: {{valeur: oui}}")
    if fields == 1 and node.items is None and not node.entries:
        help_ = f"{key}: [valeur, …] pour toutes, {key}: {{valeur: oui}} pour certaines"
        return Finding(node.place, "DO009", f"« {key} » : une liste ou un bloc de valeurs", help_)
    if fields == 2 and node.entries is None:
        return Finding(node.place, "DO009", f"« {key} » : un bloc clé: valeur", f"{key}: {{clé: valeur}}")
    return None
