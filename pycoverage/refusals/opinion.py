"""The examination of a refusal as an adviser reads it: the finding first, then why, the mistake, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.explanation import Layout
from pycoverage.presentation import tree_text
from pycoverage.refusals.examination import Decision, Examination, Ground, Mistake, until
from pycoverage.refusals.refusal import Examined
from pycoverage.sentence import Writer
from pycoverage.speech import day, speech
from pycoverage.syntax import Atom
from pycoverage.value import Fun

DEPTH = 3
"""How far the reasons are developed; `pycoverage explain --date` tells the rest."""

FINDINGS = {
    "infonde": "✗ Refus infondé : au {jour}, la loi donne ce droit.",
    "fonde": "✓ Refus fondé : au {jour}, la loi ne donne pas ce droit.",
    "incertain": "? Refus incertain : ce que dit le dossier ne permet pas de conclure.",
    "conditions_manquantes": "✓ Refus fondé : au {jour}, les conditions pour demander ce droit ne sont pas remplies.",
    "discretionnaire": "? Refus incertain : les conditions pour demander sont remplies, mais l'autorité apprécie.",
    "conteste": "≠ Refus contesté : les textes se lisent de deux façons.",
    "sans_decision": "· Aucun refus à contester au {jour}.",
}

GIVEN = {"oui": "la loi donne ce droit", "non": "la loi ne donne pas ce droit"}
DISCRETIONARY = {
    "oui": "les conditions pour demander ce droit sont remplies, et l'autorité apprécie",
    "non": "les conditions pour demander ce droit ne sont pas remplies",
}
"""What the status of a right means today; where the authority chooses, the law gives no right."""

VERDICTS = {
    "infonde": "inexact",
    "fonde": "exact",
    "incertain": "incertain",
    "conteste": "selon la lecture",
    "inconnu": "non examiné",
}

NATURES = {
    "fait": "un fait pris à tort",
    "piece_non_exigible": "une pièce qui ne peut pas être exigée",
    "date": "un mauvais jour",
    "parametre": "un mauvais plafond",
    "lecture": "une autre lecture des textes",
    "regle_anterieure": "une règle qui a changé",
    "regle_ignoree": "une règle oubliée",
}


def opinion_text(examined: Examined, person: str, right: str) -> Iterator[str]:
    """Yield the lines of an examination."""
    told, law = examined.examination, examined.current.law
    writer = Writer(law, examined.current.dossier.persons)
    yield f"{writer.person(person)} — {law.base.rights[right].nom}{_heading(told.decision, writer)}"
    yield ""
    yield from _finding(told, law.base.rights[right].nature == "discretionnaire")
    yield ""
    if told.decision is not None:
        yield from _ground(examined, told.motif, told.decision, writer)
        yield from _reasons(examined, writer, person, right)
        yield from _mistakes(told.erreurs)
    yield from _silence(told)
    yield from _ways(told)
    yield from _rest(examined, told)
    if not told.complet:
        yield "Trop de faits sont inconnus pour tout essayer : « incertain » peut cacher une réponse certaine."
        yield ""


def _heading(decision: Decision | None, writer: Writer) -> str:
    if decision is None:
        return ""
    if decision.forme == "tacite":
        return f" : refus né du silence le {day(decision.notifiee)}"
    kind = writer.code(Fun(decision.sens), "code:sens_decision")
    parts = [f"notification du {day(decision.notifiee)}"]
    if decision.datee:
        parts.append(f"décision du {day(decision.datee)}")
    if decision.reference:
        parts.append(f"référence {decision.reference}")
    if decision.par:
        parts.append(f"par : {writer.code(Fun(decision.par), 'code:organisme')}")
    return f" : {kind}, {', '.join(parts)}"


def _finding(told: Examination, discretionary: bool) -> Iterator[str]:
    decision = told.decision
    jour = day(decision.jour if decision else told.date)
    if told.constat == "incertain" and discretionary:
        yield FINDINGS["discretionnaire"]
    elif told.constat == "fonde" and discretionary:
        yield FINDINGS["conditions_manquantes"].replace("{jour}", jour)
    elif told.constat == "infonde" and discretionary:
        yield "✗ Refus infondé : son motif est inexact."
    else:
        yield FINDINGS[told.constat].replace("{jour}", jour)
    if told.droit is not None and told.droit.depend_de:
        yield f"  Cela dépend de : {', '.join(told.droit.depend_de)}."
    if decision is not None and decision.raison:
        yield f"  {decision.raison[:1].upper()}{decision.raison[1:]} ({decision.source})."
    if told.constat == "fonde" and told.motif is not None and told.motif.verdict == "infonde":
        yield "  Le motif donné est inexact, mais une autre condition manque."
    if told.constat == "infonde" and told.motif is not None and told.motif.verdict == "fonde":
        yield "  Le motif donné est exact, mais il ne suffit pas."


def _ground(examined: Examined, ground: Ground | None, decision: Decision, writer: Writer) -> Iterator[str]:
    if ground is None:
        return
    if ground.texte:
        yield f"Le motif : {ground.texte} — {VERDICTS[ground.verdict]}"
    if decision.motif_libre and decision.motif_libre != ground.texte:
        yield f"  écrit : « {decision.motif_libre} »"
    for name, verdict in ground.lectures.items():
        yield f"  selon la lecture {name} : {VERDICTS[verdict]}"
    if ground.depend_de:
        yield f"  cela dépend de : {', '.join(ground.depend_de)}"
    if ground.node is not None and ground.verdict != "incertain":
        yield from tree_text(Layout(examined.prover, writer, depth=DEPTH).lines(ground.node), "  ")
    yield ""


def _reasons(examined: Examined, writer: Writer, person: str, right: str) -> Iterator[str]:
    """Yield why the right is held or not on the day it is to be assessed; nothing where that is open."""
    if examined.examination.constat == "incertain" and examined.assessment.filled.gaps:
        return
    root = examined.prover.explain(Atom("droit", (Fun(person), Fun(right))), examined.assessment.default)
    yield f"Pourquoi, au {day(examined.assessment.date)} :"
    yield from tree_text(Layout(examined.prover, writer, depth=DEPTH).lines(root), "  ")
    yield f"  {speech()('legende')}"
    yield ""


def _mistakes(found: list[Mistake]) -> Iterator[str]:
    if found:
        yield "Ce qui explique le refus (vérifié : avec cette erreur, le droit serait refusé) :"
        for mistake in found:
            yield f"  ! {NATURES[mistake.nature]} — {mistake.texte}{_source(mistake.source)}"
        yield ""


def _silence(told: Examination) -> Iterator[str]:
    if told.decision is None and told.silence:
        yield "Le silence :"
        yield from (f"  · {entry.texte}{_source(entry.source)}" for entry in told.silence)
        yield ""


def _ways(told: Examination) -> Iterator[str]:
    if told.decision is not None and told.voies:
        little = " (le refus est fondé : ces voies ne serviront que si le dossier se trompe)"
        yield f"Contester{little if told.constat == 'fonde' else ''} :"
        for entry in told.voies:
            last = told.delais.get(str(next(iter(entry.valeurs.values()))))
            when = f" — {until(last)}" if last is not None else ""
            yield f"  → {entry.texte}{_source(entry.source)}{when}"
        yield ""
    dated = [(str(when), entry) for entry in told.echeances for when in list(entry.valeurs.values())[-1:]]
    if dated:
        yield "Échéances :"
        for when, entry in sorted(dated, key=lambda pair: pair[0]):
            passed = " (passé)" if when < told.date else ""
            yield f"  ◷ {day(when)}{passed} : {entry.texte}{_source(entry.source)}"
        yield ""
    if told.decision is not None and told.avertissements:
        yield "À savoir :"
        yield from (f"  · {entry.texte}{_source(entry.source)}" for entry in told.avertissements)
        yield ""


def _rest(examined: Examined, told: Examination) -> Iterator[str]:
    rights = examined.current.law.base.rights
    today = told.aujourd_hui
    if today is not None and told.decision is not None and told.decision.jour != told.date:
        discretionary = rights[told.decision.droit].nature == "discretionnaire"
        shown = DISCRETIONARY if discretionary else GIVEN
        text = f"Au {day(told.date)}, {shown.get(today.statut, 'ce droit est à préciser ou contesté')}"
        again = told.constat == "fonde" and today.statut == "oui"
        yield f"{text} : refaire une demande." if again else f"{text}."
        yield ""
    if told.autres:
        yield f"Ce qui est ouvert au {day(told.date)} :"
        for name, answer in told.autres.items():
            yield f"  ✓ {rights[name].nom}{f' : {answer.suite}' if answer.suite else ''}"
        yield ""


def _source(source: str) -> str:
    return f" ({source})" if source else ""
