"""Steps of the vocabulary: their values are those of the field, their notions are told of one person."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.field import codes, scalar
from pycoverage.finding import Finding, suggestion
from pycoverage.vocabulary import WORDS, Attribute, Field, Step

DAYS = ("jour", "veille", "ouvert")

CODES = (
    Doc(
        "PC325",
        "démarche sans effet",
        "Une démarche ou un événement donne des valeurs du type des champs, et « si » nomme des notions d'une seule "
        "personne, que des règles concluent ; sinon elle ne serait jamais proposée, ou à tort.",
        "demarches: [{phrase: élire domicile, valeur: domicilliation}]",
        "demarches: [{phrase: élire domicile, valeur: domiciliation}]",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find steps that name unknown values, or notions that no rule concludes of one person."""
    for attribute in study.base.vocabulary:
        for step in (*attribute.demarches, *attribute.evenements):
            yield from _values(study, attribute, step)
            yield from _notions(study, attribute, step)


def _values(study: Study, attribute: Attribute, step: Step) -> Iterator[Finding]:
    named = {**({"valeur": step.valeur} if step.valeur else {}), **step.ajoute, **step.change}
    for name, text in named.items():
        field = attribute.field(name)
        if not _fits(study, field, text):
            known = [*codes(study.base, field), *WORDS]
            help_ = suggestion(text, known) or f"écrivez une valeur de type {field.type}, ou {', '.join(WORDS)}"
            message = f"« {step.phrase} » : valeur incorrecte « {text} » pour « {name} »"
            yield Finding(study.locate(attribute.place, text), "PC325", message, help_)


def _fits(study: Study, field: Field, text: str) -> bool:
    if field.nomenclature and field.nomenclature not in study.base.nomenclatures:
        return True
    if text == "?":
        return bool(codes(study.base, field))
    if field.type == "personne":
        return text == "personne"
    if field.type == "date" and text in DAYS:
        return True
    return scalar(study.base, field, text) is not None


def _notions(study: Study, attribute: Attribute, step: Step) -> Iterator[Finding]:
    told = {name for name, heads in study.heads.items() if len(study.base.rules[heads[0]].head.args) == 1}
    for notion in step.si:
        if notion not in told and notion not in study.lost:
            help_ = suggestion(notion, told) or "nommez un prédicat que des règles concluent d'une personne"
            message = f"« {step.phrase} » : notion inconnue « {notion} »"
            yield Finding(study.locate(attribute.place, notion), "PC325", message, help_)
