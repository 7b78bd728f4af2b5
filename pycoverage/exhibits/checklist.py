"""What proves a right, as a list that an adviser follows with the person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.exhibits.bundle import Evidence, Means, Need, Supply
from pycoverage.presentation import status_text
from pycoverage.speech import count, day, speech


def checklist(found: Sequence[Evidence], base: KnowledgeBase) -> Iterator[str]:
    """Yield the lines of the lists, one per right and person."""
    for item in found:
        yield from _right(item, base)
        yield ""
    if not found:
        yield "Aucun droit de ce dossier ne demande de document."
        yield ""
    yield speech()("avertissement")


def _right(item: Evidence, base: KnowledgeBase) -> Iterator[str]:
    name = base.rights[item.droit].nom
    yield f"{_capital(item.personne)} : {name}, au {day(item.date)} : {status_text(item.statut, speech())}"
    if item.statut == "non":
        yield "  Le droit n'est pas ouvert ce jour-là : des documents seuls ne l'ouvriront pas (pycoverage explain)."
    if item.depend_de:
        yield f"  Des faits restent à préciser d'abord : {', '.join(item.depend_de)}."
    if not (item.asks or item.besoins):
        yield "  Aucune pièce connue de la base."
    needs = {need.code: need for need in item.besoins}
    asked = [supply for supply in item.a_fournir if supply.exigee]
    helpful = [supply for supply in item.a_fournir if not supply.exigee]
    enough = "suffit" if len(asked) == 1 else "suffisent"
    yield from _section(f"À fournir ({count(len(asked), 'document')} {enough})", _supplies(asked, needs))
    yield from _section(
        "À l'appui (aucune pièce n'est exigée, mais ceci prouve ce que dit le dossier)", _supplies(helpful, needs)
    )
    yield from _section("Déjà prouvé", _proved(item.besoins))
    yield from _section("Ne suffit pas", _rejected(item.besoins))
    yield from _section("Une déclaration suffit", _declared(item.besoins))
    yield from _section("Sur l'honneur", _honour(item.besoins))
    yield from _section(
        "Utile, sans être exigé", (f"· {entry.texte}{_source(entry.source)}" for entry in item.facultatifs)
    )
    yield from _section(
        "Ne peut pas être exigé", (f"⊘ {entry.texte}{_source(entry.source)}" for entry in item.non_exigibles)
    )
    lost = [need for need in item.besoins if need.etat == "impossible"]
    yield from _section("Aucun document possible", (f"! {need.nom}{_source(need.source)}" for need in lost))
    bare = [need for need in item.besoins if need.etat == "sans_document"]
    yield from _section("Sans document connu de la base", (f"· {need.texte}" for need in bare))
    if item.repose_sur:
        names = ", ".join(base.rights[right].nom for right in item.repose_sur)
        yield f"  Se prouve à part, car ce droit en dépend : {names}."


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"  {title} :"
        yield from (f"    {line}" for line in found)


def _supplies(found: Iterable[Supply], needs: dict[str, Need]) -> Iterator[str]:
    for supply in found:
        means = Means(supply.document, supply.nom, supply.conditions, supply.precision)
        whose = f" — {_capital(supply.personne)}" if supply.personne else ""
        yield f"☐ {' ; '.join(_grouped([means]))}{whose}{_source(supply.source)}"
        met = [needs[code] for code in supply.pour]
        for need in (need for need in met if need.exigee):
            if len(met) > 1 or need.nom != supply.nom:
                yield f"    pour : {need.nom}"
            others = [means for means in need.moyens if means.document != supply.document]
            if others:
                yield f"    ou bien : {' ; '.join(_grouped(others))}"
        told = [need.texte for need in met if not need.exigee]
        if told:
            yield f"    pour : {' ; '.join(told)}"


def _grouped(means: Iterable[Means]) -> Iterator[str]:
    """Yield documents, those that share their conditions together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for item in means:
        if item.document:
            groups.setdefault((item.conditions, item.precision), []).append(item.nom)
    for (conditions, precision), names in groups.items():
        details = ", ".join(text for text in (conditions, precision) if text)
        yield f"{', '.join(names)}{f' ({details})' if details else ''}"
    for item in means:
        if not item.document:
            details = f" ({item.conditions})" if item.conditions else ""
            yield f"{item.precision or item.nom}{details}"


def _proved(needs: Iterable[Need]) -> Iterator[str]:
    for need in needs:
        if need.preuve is not None:
            until = f", jusqu'au {day(need.preuve.jusqu_au)}" if need.preuve.jusqu_au else ""
            remark = f" ; {need.preuve.reserve}" if need.preuve.reserve else ""
            yield f"✓ {_named(need)} : {need.preuve.nom}{until}{remark}{_line(need.preuve.ligne)}"


def _rejected(needs: Iterable[Need]) -> Iterator[str]:
    for need in needs:
        for found in need.ecartes:
            yield f"✗ {found.nom}, pour « {_named(need)} » : {found.raison}{_line(found.ligne)}"


def _declared(needs: Iterable[Need]) -> Iterator[str]:
    for need in needs:
        if need.etat == "declaration":
            first = next(found for found in need.honneur if found.valeur == "suffit")
            yield f"✎ {_named(need)} : {first.precision}{_since(first.depuis)}{_source(first.source)}"


def _honour(needs: Iterable[Need]) -> Iterator[str]:
    words = {"a_defaut": "admise à défaut de document", "refusee": "refusée"}
    for need in needs:
        for found in need.honneur:
            if found.valeur in words and need.etat != "prouve":
                told = f"{words[found.valeur]}{_since(found.depuis) if found.valeur == 'a_defaut' else ''}"
                yield f"· {_named(need)} : déclaration {told} ; {found.precision}{_source(found.source)}"


def _named(need: Need) -> str:
    return need.nom if need.exigee else need.texte


def _since(text: str) -> str:
    return f", depuis le {day(text)}" if text else ""


def _source(text: str) -> str:
    return f" [{text}]" if text else ""


def _line(number: int) -> str:
    return f" (ligne {number})" if number else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
