"""The ways to contest: which are open on the day of the letter, until when, and which model serves each."""

from __future__ import annotations

import msgspec

from pycoverage.evaluation import entries
from pycoverage.letters.objection import Objection, elsewhere
from pycoverage.letters.stationery import Model, Stationery
from pycoverage.refusals.examination import until
from pycoverage.refusals.refusal import Examined
from pycoverage.syntax import Atom
from pycoverage.value import SUP, Fun


class Way(msgspec.Struct, frozen=True):
    """An open way: its code, its model, its last day (empty: none), and the nodes of the procedure that open it."""

    code: str
    model: Model
    last_day: str
    roots: tuple[int, ...]


def chosen(examined: Examined, stationery: Stationery, way: str = "") -> Way | Objection:
    """Return the way asked for (default: the first one open, in the order of the models), or why it is closed."""
    found, base = examined.examination, examined.current.law.base
    assert found.decision is not None
    names = {code: element.nom for code, element in base.nomenclatures["voie_recours"].elements.items()}
    models = {code: model for model in stationery.serving(found.decision.droit) for code in model.voies}
    told = {str(entry.valeurs["voie"]): entry.texte for entry in found.voies}
    wanted = [way] if way else list(models)
    for code in wanted:
        if code in models and code in found.delais:
            return _way(examined, code, models[code], found.delais[code])
    reasons = [f"{names.get(code, code)} : {_closed(code, told, models)}" for code in wanted if way or code in told]
    still = [f"{names[code]} : {until(last)}" for code, last in found.delais.items() if code in names]
    passed = [entry.texte for entry in found.avertissements if entry.valeurs["code"] == "delai_passe"]
    if not reasons:
        none = stationery.sans_modele.get(found.decision.droit, "")
        reasons = [f"aucun modèle de lettre ne sert ce droit{f' : {none}' if none else ''}"]
    return elsewhere(examined, [*reasons, *passed], ways=still)


def _closed(code: str, told: dict[str, str], models: dict[str, Model]) -> str:
    if code not in told:
        return "cette voie n'est pas ouverte ce jour-là"
    return "aucun délai ne court ce jour-là" if code in models else "aucun modèle de lettre ne la sert"


def _way(examined: Examined, code: str, model: Model, last_day: str) -> Way:
    """Return an open way with what proves it: the silence, the way, what has to be known of it, the deadline."""
    decision, prover = examined.examination.decision, examined.current_prover
    assert decision is not None
    told = list(entries(examined.current, prover, decision.personne, decision.droit))
    silence = [root for rubric, _, root in told if rubric == "silence" and decision.forme == "tacite"]
    opening = [root for rubric, entry, root in told if rubric == "voie_recours" and entry.valeurs["voie"] == code]
    warnings = [
        root
        for rubric, entry, root in told
        if rubric == "avertissement" and entry.valeurs["code"] in model.avertissements
    ]
    atom = Atom("delai", (Fun(decision.personne), Fun(decision.droit), Fun(code), last_day or SUP))
    deadline = prover.explain(atom, examined.current.default)
    return Way(code, model, last_day, (*silence, *opening, *warnings, deadline))
