"""Sentences: each rule and each notion has its own, and each hole is a value the proof has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from pycoverage.base import Notion
from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, anomalies, parts
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.syntax import shared

CODES = (
    Doc(
        "PC111",
        "règle sans phrase",
        "Chaque règle et chaque anomalie se lit dans une preuve : sans phrase, la personne ne saurait pas pourquoi.",
        'regle(majorite, code_exemple("1"), "2020-01-01", #sup).',
        """
        regle(majorite, code_exemple("1"), "2020-01-01", #sup).
        phrase(majorite, "{Personne} est majeure").
        """,
    ),
    Doc(
        "PC115",
        "phrase qui finit par un point",
        "Une phrase se lit au milieu d'une autre, avec sa source et sa période : un point final la couperait.",
        'phrase(majorite, "{Personne} est majeure.").',
        'phrase(majorite, "{Personne} est majeure").',
        "les points de suspension",
    ),
    Doc(
        "PC112",
        "notion sans phrases",
        "Ce qu'une règle gardée conclut est une notion : elle a une phrase quand elle est vraie, une autre quand elle "
        "manque. C'est la seconde que montre un refus.",
        "majeur(Personne) :- en_vigueur(majorite), personne(Personne).",
        """
        notion(majeur("Personne"), "{Personne} est majeure", "{Personne} n'est pas majeure").
        majeur(Personne) :- en_vigueur(majorite), personne(Personne).
        """,
        "les atomes que le programme lit (rules/README.md) ont leurs propres phrases",
    ),
    Doc(
        "PC113",
        "trou inconnu dans une phrase",
        "Un trou nomme une variable de la règle, de la notion ou un argument du fait ; un autre resterait vide. Une "
        "variable interne à un agrégat n'a pas une seule valeur, et ne peut pas remplir un trou.",
        'phrase(majorite, "{Personnne} est majeure").',
        'phrase(majorite, "{Personne} est majeure").',
    ),
)

_HOLE = re.compile(r"\{([^{}]*)\}")


def check(study: Study) -> Iterator[Finding]:
    """Find rules and notions without sentence, and holes that nothing fills."""
    yield from _missing(study)
    yield from _phrases(study)
    yield from _notions(study)
    yield from _catalogues(study)


def ended(sentence: str) -> bool:
    """Tell whether a sentence ends with a full stop."""
    return re.search(r"(?<!\.)\.\s*$", sentence) is not None


def full_stop(study: Study, place: Place, identifier: str) -> Finding:
    """Return what is said of a sentence that ends with a full stop."""
    message = f"la phrase de « {identifier} » finit par un point"
    return Finding(study.locate(place, identifier), "PC115", message, "enlevez-le")


def _missing(study: Study) -> Iterator[Finding]:
    base = study.base
    for identifier, legal in base.legal.items():
        if not legal.phrase.strip() and identifier not in study.lost:
            help_ = f'écrivez phrase({identifier}, "…")'
            yield Finding(
                study.locate(legal.place, identifier), "PC111", f"la règle « {identifier} » n'a pas de phrase", help_
            )
    for identifier, rules in anomalies(study).items():
        if identifier not in base.phrases and identifier not in study.lost:
            place = study.locate(base.rules[rules[0]].place, identifier)
            help_ = f'écrivez phrase({identifier}, "…")'
            yield Finding(place, "PC111", f"l'anomalie « {identifier} » n'a pas de phrase", help_)
    told: set[str] = {*base.outputs(), *study.lost, *study.given}
    for rule in base.rules:
        name = rule.head.name
        if rule.guard and name not in base.notions and name not in told:
            told.add(name)
            names = ", ".join(f'"{arg}"' for arg in rule.head.args)
            pattern = f"{name}({names})" if names else name
            help_ = f'écrivez notion({pattern}, "…", "… ne … pas")'
            yield Finding(rule.place, "PC112", f"la notion « {name} » n'a pas de phrases", help_)


def _phrases(study: Study) -> Iterator[Finding]:
    base = study.base
    errors = anomalies(study)
    guarded: dict[str, list[int]] = {}
    for index, rule in enumerate(base.rules):
        guarded.setdefault(rule.guard or "", []).append(index)
    for fact in study.facts("phrase"):
        identifier, sentence = fact.head.args
        indices = guarded.get(str(identifier)) or errors.get(str(identifier), [])
        if isinstance(sentence, str) and ended(sentence):
            yield full_stop(study, fact.place, str(identifier))
        twice = len(guarded.get(str(identifier), ())) > 1
        if not indices or twice or not isinstance(sentence, str):
            continue
        names = [{name for part, _ in parts(base.rules[index]) for name in shared(part)} for index in indices]
        yield from _holes(study, sentence, set.intersection(*names), fact.place, f"de la règle « {identifier} »")


def _notions(study: Study) -> Iterator[Finding]:
    for notion in study.base.notions.values():
        for sentence in (notion.positive, notion.negative):
            yield from _holes(study, sentence, notion.variables, notion.place, f"de la notion « {notion.predicate} »")
        if not (notion.positive.strip() and notion.negative.strip()):
            yield Finding(notion.place, "PC112", f"la notion « {notion.predicate} » a une phrase vide", _both(notion))


def _both(notion: Notion) -> str:
    return f"écrivez les deux phrases de « {notion.predicate} » : quand elle est vraie, et quand elle manque"


def _catalogues(study: Study) -> Iterator[Finding]:
    for attribute in study.base.vocabulary:
        whose = f"de l'attribut « {attribute.name} »"
        yield from _holes(study, attribute.phrase, attribute.arguments, attribute.place, whose)
        for question in attribute.question.values():
            yield from _holes(study, question, {"personne", *attribute.arguments}, attribute.place, whose)
    for nomenclature in study.base.nomenclatures.values():
        for name, item in nomenclature.proprietes.items():
            place = study.locate(nomenclature.place, name)
            for sentence in (item.phrase, item.phrase_negative):
                yield from _holes(study, sentence, ("element",), place, f"de la propriété « {name} »")
    for name, text in study.base.texts.items():
        yield from _holes(study, text.citation, ("article",), text.place, f"du texte « {name} »")


def _holes(study: Study, sentence: str, known: Collection[str], place: Place, whose: str) -> Iterator[Finding]:
    holes = _HOLE.findall(sentence)
    for hole in dict.fromkeys(holes):
        if hole not in known:
            help_ = suggestion(hole, known) or f"trous possibles : {', '.join(sorted(known)) or 'aucun'}"
            where = study.locate(place, f"{{{hole}}}")
            yield Finding(where, "PC113", f"le trou « {{{hole}}} » n'est pas une variable {whose}", help_)
    if re.search(r"[{}]", _HOLE.sub("", sentence)):
        yield Finding(place, "PC113", f"accolade isolée dans « {sentence} »", "un trou s'écrit {Variable}")
