"""The ways to contest: which are open on the day of the letter, until when, and which model serves each."""

from __future__ import annotations

import msgspec

from pycoverage.evaluation import entries
from pycoverage.objection import Objection, elsewhere
from pycoverage.proof import Stated, reach
from pycoverage.refusal import Examined
from pycoverage.stationery import Model, Stationery


class Way(msgspec.Struct, frozen=True):
    """An open way: its code, its model, its last day, and the nodes of the procedure that open it."""

    code: str
    model: Model
    last_day: str
    roots: tuple[int, ...]


def chosen(examined: Examined, stationery: Stationery, way: str = "") -> Way | Objection:
    """Return the way asked for (default: the first one open), or why it is closed."""
    models = [
        (code, model)
        for model in stationery.serving(_right(examined))
        for code in model.voies
        if way in ("", code) and any(entry.valeurs["voie"] == code for entry in examined.examination.voies)
    ]
    reasons = []
    for code, model in models:
        found = _open(examined, code, model)
        if isinstance(found, Way):
            return found
        reasons.append(found)
    names = examined.assessment.law.base.nomenclatures["voie_recours"].elements
    if not models:
        asked = f"« {names[way].nom if way in names else way} »" if way else "ce droit"
        known = ", ".join(dict.fromkeys(code for model in stationery.serving(_right(examined)) for code in model.voies))
        reasons.append(f"aucun modèle de lettre ne sert {asked} ce jour-là (modèles : {known or 'aucun'})")
    passed = [entry.texte for entry in examined.examination.avertissements if entry.valeurs["code"] == "delai_passe"]
    return elsewhere(examined, [*reasons, *passed])


def _right(examined: Examined) -> str:
    assert examined.examination.decision is not None
    return examined.examination.decision.droit


def _open(examined: Examined, code: str, model: Model) -> Way | str:
    """Return a way if a deadline runs for it: after its prior appeal, and not after one of its own."""
    decision = examined.examination.decision
    assert decision is not None
    base, prover = examined.current.law.base, examined.current_prover
    name = base.nomenclatures["voie_recours"].elements[code].nom
    told = list(entries(examined.current, prover, decision.personne, decision.droit))
    deadlines: list[tuple[str, int]] = []
    waiting = False
    for rubric, entry, root in told:
        if rubric != "echeance" or entry.valeurs["nature"] != "recours":
            continue
        prior = {
            str(arg)
            for node in reach(prover.nodes, root)
            if isinstance(node, Stated) and node.fact.attribute == "recours"
            for arg in node.fact.args
        }
        if code not in prior and (not model.prealable or model.prealable in prior):
            deadlines.append((str(entry.valeurs["jour"]), root))
        waiting = waiting or bool(model.prealable and model.prealable not in prior)
    if not deadlines:
        prior_name = base.nomenclatures["voie_recours"].elements[model.prealable].nom if model.prealable else ""
        return f"{name} : d'abord, {prior_name}" if waiting else f"{name} : aucun délai de recours ne court"
    last_day, deadline = max(deadlines)
    opening = [root for rubric, entry, root in told if rubric == "voie_recours" and entry.valeurs["voie"] == code]
    useful = [
        root
        for rubric, entry, root in told
        if rubric == "avertissement" and entry.valeurs["code"] in model.avertissements
    ]
    silence = [root for rubric, _, root in told if rubric == "silence" and decision.forme == "tacite"]
    return Way(code, model, last_day, (*silence, *opening, *useful, deadline))
