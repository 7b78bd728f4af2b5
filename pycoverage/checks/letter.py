"""The models of letters: they name what exists, and every sentence they say is listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.letters.stationery import (
    FOLDER,
    HOLES,
    INDEX,
    Model,
    Stationery,
    holes,
    is_hole,
    plain,
    read_stationery,
    written,
)
from pycoverage.mishap import reason

CODES = (
    Doc(
        "PC315",
        "référence morte d'un modèle de lettre",
        "facts/lettres/modeles.yaml nomme des documents, des voies, des droits, des avertissements, des textes et des "
        "attributs qui existent : un code renommé ne doit pas priver quelqu'un de sa lettre. De même les règles que "
        "« regles » redit pour une lettre, avec leurs trous, et les notions que « omises » y tait.",
        "modeles:\n"
        "  recours_exemple: {fichier: absent.docx, voies: [tribunall], droits: [aide]}\n"
        'regles: {majoritee: "{Person} est majeur(e)"}\n'
        "omises: [majeurr]",
        "modeles:\n"
        "  recours_exemple: {fichier: exemple.docx, voies: [tribunal], droits: [aide]}\n"
        'regles: {majorite: "{Personne} est majeur(e)"}\n'
        "omises: [majeur]",
    ),
    Doc(
        "PC316",
        "phrase d'un modèle hors de la liste",
        "Chaque phrase d'une lettre vient de la preuve, ou de la liste des phrases que son modèle dit de lui-même : "
        "ce qu'un document dit et que la liste ne dit pas n'a été relu par personne. Chaque trou a un nom connu.",
        "phrases: []   # alors que le document dit « Objet : recours »",
        'phrases: [{dit: "Objet : recours"}]',
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find dead references, unlisted or unsaid sentences, and unknown holes."""
    root = Path(study.base.root)
    found, findings = read_stationery(root)
    yield from findings
    if study.lost:
        return
    yield from _told(study, found)
    for name, model in found.modeles.items():
        yield from _named(study, name, model)
        yield from _said(root, found, name, model)


def _dead(place: Place, message: str, help_: str) -> Finding:
    return Finding(place, "PC315", message, help_)


def _named(study: Study, name: str, model: Model) -> Iterator[Finding]:
    base = study.base
    known: dict[str, tuple[tuple[str, ...], set[str]]] = {
        "voie": (model.voies, _codes(study, "voie_recours")),
        "droit": (model.droits, set(base.rights)),
        "avertissement": (model.avertissements, _codes(study, "avertissement")),
    }
    for kind, (codes, existing) in known.items():
        for code in codes:
            if code not in existing:
                help_ = suggestion(code, existing) or f"{kind} : {', '.join(sorted(existing)) or 'aucun'}"
                yield _dead(model.place, f"« {name} » : {kind} inconnu(e) « {code} »", help_)
    for phrase in model.phrases:
        yield from _source(study, phrase.source, name, model.place)


def _codes(study: Study, nomenclature: str) -> set[str]:
    found = study.base.nomenclatures.get(nomenclature)
    return set(found.elements) if found else set()


def _source(study: Study, source: str, name: str, place: Place) -> Iterator[Finding]:
    if source and (not re.fullmatch(r"\w+\(.+\)", source) or source.partition("(")[0] not in study.base.texts):
        yield _dead(place, f"« {name} » : source inconnue « {source} »", "un texte de facts/textes/ et son article")


def _told(study: Study, found: Stationery) -> Iterator[Finding]:
    """Yield what is wrong in how facts are told: unknown attributes and holes."""
    place = Place(f"facts/{FOLDER}/{INDEX}", 1, 1)
    attributes = {attribute.name: attribute for attribute in study.base.vocabulary}
    for kind, told in (("faits", found.faits), ("absences", found.absences)):
        for name, phrase in told.items():
            if name not in attributes:
                yield _dead(place, f"{kind} : attribut inconnu « {name} »", suggestion(name, attributes))
                continue
            texts = list(phrase.values()) if isinstance(phrase, dict) else [phrase]
            for hole in sorted({hole for text in texts for hole in re.findall(r"\{(\w+)\}", text)}):
                if hole not in attributes[name].arguments:
                    help_ = f"trous : {', '.join(attributes[name].arguments)}"
                    yield _dead(place, f"{kind}, « {name} » : trou inconnu « {hole} »", help_)
    for rule, phrase in found.regles.items():
        legal = study.base.legal.get(rule)
        if legal is None:
            yield _dead(place, f"regles : règle inconnue « {rule} »", suggestion(rule, study.base.legal))
            continue
        known = re.findall(r"\{(\w+)\}", legal.phrase)
        for hole in sorted({*re.findall(r"\{(\w+)\}", phrase)} - {*known}):
            yield _dead(place, f"regles, « {rule} » : trou inconnu « {hole} »", f"trous : {', '.join(known)}")
    silent = {*study.base.notions, *dict(study.base.properties())}
    for name in sorted(found.omises - silent):
        yield _dead(place, f"omises : notion ou propriété inconnue « {name} »", suggestion(name, silent))
    acting, warnings = found.representation, _codes(study, "avertissement")
    if acting and acting.avertissement not in warnings:
        code = acting.avertissement
        yield _dead(place, f"representation : avertissement inconnu « {code} »", suggestion(code, warnings))
    for right in sorted({*found.sans_modele} - {*study.base.rights}):
        yield _dead(place, f"sans_modele : droit inconnu « {right} »", suggestion(right, study.base.rights))
    for common in found.commun:
        yield from _source(study, common.source, "commun", place)


def _said(root: Path, found: Stationery, name: str, model: Model) -> Iterator[Finding]:
    """Yield the sentences of a document that are not listed, those listed that it does not say, unknown holes."""
    path = root / "facts" / FOLDER / model.fichier
    try:
        paragraphs = list(written(path)) if path.name == model.fichier else []
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        yield _dead(model.place, f"« {name} » : document illisible « {model.fichier} »", why)
        return
    common, own = {plain(phrase.dit) for phrase in found.commun}, {plain(phrase.dit) for phrase in model.phrases}
    said = {text for text in paragraphs if not is_hole(text)}
    for text in sorted(said - common - own):
        yield Finding(model.place, "PC316", f"« {name} » : phrase non listée « {text} »", f"ajoutez-la à {INDEX}")
    for text in sorted(own - said):
        help_ = f"retirez-la de {INDEX}, ou remettez-la dans {model.fichier}"
        yield Finding(model.place, "PC316", f"« {name} » : phrase que le document ne dit pas « {text} »", help_)
    for hole in sorted({hole for text in paragraphs for hole in holes(text)} - HOLES):
        help_ = suggestion(hole, HOLES) or f"trous : {', '.join(sorted(HOLES))}"
        yield Finding(model.place, "PC316", f"« {name} » : trou inconnu « {hole} »", help_)
