"""The words of a comparison: natures of changes, and values of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from pycoverage.comparisons.comparison import Nature
from pycoverage.comparisons.conclusion import DEFAULT, DUE, END, OPEN, OPENING, OUT, READINGS, START, STATUS, Aspects
from pycoverage.speech import count, day, euros
from pycoverage.value import Fun
from pycoverage.vocabulary import type_name
from pycoverage.wording import ISO, Wording

NATURES: dict[Nature, tuple[str, str]] = {
    "gagne": ("droit gagné", "droits gagnés"),
    "perd": ("droit perdu", "droits perdus"),
    "a_preciser": ("réponse à préciser", "réponses à préciser"),
    "conteste": ("réponse devenue contestée", "réponses devenues contestées"),
    "plus_conteste": ("réponse qui n'est plus contestée", "réponses qui ne sont plus contestées"),
    "conteste_autrement": ("réponse contestée autrement", "réponses contestées autrement"),
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
    "refus": "refus à contester",
    "jour_apprecie": "jour auquel il s'apprécie",
    "delai": "délais pour contester",
}
MARKS = {"gagne": "+", "perd": "−"}
"""The sign of a right won or lost; any other change is « ~ »."""

NO_CAUSE = "cause non trouvée"

SHOWN = 3
"""What is shown of a long list; the rest is counted."""


def change_text(writer: Wording, right: str, aspect: str, before: Aspects, after: Aspects) -> str:
    """Return one change in words: « AME : oui → non »."""
    described = writer.base.rights.get(right)
    name = (described.sigle or described.nom) if described else right
    if aspect in (STATUS, OUT):
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
