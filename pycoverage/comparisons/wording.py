"""The words of a comparison: changes, values of an answer, and what became of a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pycoverage.comparisons.comparison import Cause, Nature, Sort
from pycoverage.comparisons.conclusion import DEFAULT, DUE, END, OPEN, OPENING, OUT, READINGS, START, STATUS, Aspects
from pycoverage.comparisons.novelty import Novelty
from pycoverage.law import Law
from pycoverage.manual.lexicon import Lexicon
from pycoverage.sentence import Writer
from pycoverage.speech import count, day, euros
from pycoverage.states.merging import PRIME, plain_id
from pycoverage.states.state import Pair
from pycoverage.value import Fun
from pycoverage.vocabulary import type_name
from pycoverage.wording import ISO, Wording

NATURES: dict[Nature, tuple[str, str]] = {
    "gagne": ("droit gagné", "droits gagnés"),
    "perd": ("droit perdu", "droits perdus"),
    "a_preciser": ("réponse à préciser", "réponses à préciser"),
    "conteste": ("réponse contestée", "réponses contestées"),
    "effet": ("date d'effet", "dates d'effet"),
    "fin": ("date de fin", "dates de fin"),
    "montant": ("montant", "montants"),
    "ouverture": ("état de la demande", "états de la demande"),
    "rubrique": ("autre indication", "autres indications"),
    "motif": ("motif seul", "motifs seuls"),
}
"""How each nature of change is said, of one and of several."""

ASPECTS = {
    START: "effet",
    END: "fin",
    DUE: "montant par mois",
    OPENING: "demande",
    DEFAULT: "lecture par défaut",
    READINGS: "autres lectures",
    OPEN: "dépend de",
}
MARKS = {"gagne": "+", "perd": "−"}
"""The sign of a right won or lost; any other change is « ~ »."""


SHOWN = 3
"""What is shown of a long list; the rest is counted."""


def change_text(writer: Wording, right: str, aspect: str, before: Aspects, after: Aspects) -> str:
    """Return one change in words: « AME : oui → non »."""
    described = writer.base.rights.get(right)
    name = (described.sigle or described.nom) if described else right
    if aspect == STATUS:
        shown = [_status(writer, each) for each in (before, after)]
        return f"{name} : {shown[0]}" if shown[0] == shown[1] else f"{name} : {shown[0]} → {shown[1]}"
    rubric = writer.base.rubrics.get(aspect)
    title = f"{name}, {rubric.nom if rubric else ASPECTS.get(aspect, aspect)}"
    if rubric is None:
        one, other = (", ".join(_value(aspect, text) for text in each.get(aspect, ())) for each in (before, after))
        return f"{title} : {one or 'rien'} → {other or 'rien'}"
    gone = [text for text in before.get(aspect, ()) if text not in after.get(aspect, ())]
    new = [text for text in after.get(aspect, ()) if text not in before.get(aspect, ())]
    parts = [
        f"{sign} {some([_row(writer, aspect, text) for text in own])}" for sign, own in (("−", gone), ("+", new)) if own
    ]
    return f"{title} : {' ; '.join(parts)}" if parts else title


def some(texts: Sequence[str]) -> str:
    """Return the first of some texts, and how many more there are."""
    rest = len(texts) - SHOWN
    return " ; ".join(texts[:SHOWN]) + (f" ; et {count(rest, 'autre')}" if rest > 0 else "")


def _status(writer: Wording, aspects: Aspects) -> str:
    status = "".join(aspects.get(STATUS, ())) or "absent"
    words = writer.speech(f"statuts.{status}") if status != "absent" else status
    terms = [
        f"{ASPECTS[aspect]} {_value(aspect, aspects[aspect][0])}" for aspect in (START, END, DUE) if aspect in aspects
    ]
    if DEFAULT in aspects:
        terms.insert(0, f"par défaut : {writer.speech(f'statuts.{aspects[DEFAULT][0]}')}")
    if OUT in aspects:
        terms.append("n'existe pas ce jour-là")
    return f"{words} ({', '.join(terms)})" if terms else words


def _value(aspect: str, text: str) -> str:
    if aspect == DUE:
        return euros(int(text))
    if ISO.fullmatch(text):
        return day(text)
    return text.replace("_", " ") if aspect == OPENING else text


def _row(writer: Wording, rubric: str, text: str) -> str:
    """Return a line of a rubric in words, from its codes."""
    fields = writer.base.rubrics[rubric].champs.values()
    shown = []
    for field, part in zip(fields, text.split(" "), strict=False):
        kind = type_name(field)
        number = part.lstrip("-").isdigit() and not kind.startswith("code")
        shown.append(writer.value(int(part) if number else part if ISO.fullmatch(part) else Fun(part), kind))
    return ", ".join(shown)


def causes_of(pair: Pair, novelty: Novelty, keys: Mapping[str, object]) -> list[Cause]:
    """Return what stands behind keys of causes, sorted by key."""
    teller = _Teller(pair, novelty)
    return [teller.cause(key) for key in sorted(keys)]


def sentence_words(law: Law) -> Lexicon:
    """Return the words that the base puts behind the holes of its sentences."""
    texts = [legal.phrase for legal in law.base.legal.values()]
    texts += [text for notion in law.base.notions.values() for text in (notion.positive, notion.negative)]
    return Lexicon(texts)


class _Teller:
    def __init__(self, pair: Pair, novelty: Novelty) -> None:
        self.pair, self.base, self.novelty = pair, pair.law.base, novelty
        self.writer = Writer(pair.law, {})
        self.lexicon = sentence_words(pair.law)

    def cause(self, key: str) -> Cause:
        sort, _, name = key.partition(":")
        if sort == "regle":
            return self._rule(key, name)
        if sort == "montant":
            return self._parameter(key, name)
        if sort == "liste":
            return self._entries(key, name)
        return Cause(key, "technique", name, "règle technique, sans article", "", "changée")

    def _rule(self, key: str, name: str) -> Cause:
        later = self.base.legal.get(name + PRIME) or self.base.legal[name]
        text = self.writer.speech.filled(later.phrase, lambda hole: f"[{self.lexicon.words(hole)}]")
        sort: Sort = "regle"
        return Cause(key, sort, name, text[:1].upper() + text[1:], self.writer.source(later.source), self._state(name))

    def _state(self, name: str) -> str:
        if name + PRIME in self.base.legal:
            return "réécrite"
        legal = self.base.legal[name]
        old = plain_id(legal.replaces) if legal.replaces in self.novelty.rules else ""
        one, other = (legal.period(each.etat) for each in (self.pair.before, self.pair.after))
        if one is None:
            return f"nouvelle, remplace {old}" if old else "nouvelle"
        if other is None:
            return "supprimée"
        if (one.start, one.end) != (other.start, other.end):
            start = f"du {day(other.start)}"
            return f"en vigueur {start}{f' au {day(other.end)} non compris' if isinstance(other.end, str) else ''}"
        start = f"en vigueur depuis le {day(one.start)}"
        if old:
            return f"{start}, remplace {old}"
        return start if not isinstance(one.end, str) else f"{start}, jusqu'au {day(one.end)} non compris"

    def _parameter(self, key: str, name: str) -> Cause:
        parameter = self.base.parameters[name]
        told, source = [], parameter.source
        for state in (self.pair.before, self.pair.after):
            context = state.context(self.pair.date or "9999-12-31")
            amounts = parameter.at(context.droit_au, context.etat)
            told.append(self.writer.value(amounts[0].value, parameter.type) if len(amounts) == 1 else "")
            source = amounts[0].source or source if amounts else source
        shown = " → ".join(each or "sans valeur" for each in told) if any(told) else "changé"
        return Cause(key, "montant", name, parameter.nom, self.writer.source(source) if source else "", shown)

    def _entries(self, key: str, name: str) -> Cause:
        nomenclature = self.base.nomenclatures[dict(self.base.properties())[name]]
        described = nomenclature.proprietes[name]
        codes = sorted(code for prop, code in self.novelty.entries if prop == name)
        shown = some([nomenclature.elements[code].nom for code in codes])
        text = self.writer.speech.filled(described.phrase, lambda _: shown) if described.phrase else shown
        sources = {nomenclature.elements[code].sources.get(name, "") or described.source for code in codes}
        cited = " ; ".join(self.writer.source(source) for source in sorted(sources) if source)
        return Cause(key, "liste", name, text, cited, f"{count(len(codes), 'élément')} en plus ou en moins")
