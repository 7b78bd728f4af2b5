"""What a person types, as a dossier writes it: a day, an amount, a code or its name."""

from __future__ import annotations

import re
import unicodedata

from pycoverage.questions.questionnaire import Choice, Entry
from pycoverage.scalar import cents, day, number
from pycoverage.speech import MONTHS

SHOWN = 12
"""Answers listed when what is typed fits several."""

HINTS = {
    "date": "AAAA-MM-JJ ou JJ/MM/AAAA",
    "montant": "en euros : 640 ou 640,50",
    "nombre": "un nombre entier",
    "oui_non": "oui ou non",
    "code": "nom ou code ; « ? mot » cherche",
    "personne": "le nom d'une personne du dossier",
    "droit": "nom ou code ; « ? » les donne",
}


class UnclearError(Exception):
    """What is typed is no answer; the message says why, and what to type."""


def written(entry: Entry, typed: str) -> str:
    """Return a typed answer as a dossier writes it. Raises UnclearError."""
    text = " ".join(typed.split())
    if entry.type == "date":
        found = day(_date(text))
        help_ = "écrivez un jour qui existe : AAAA-MM-JJ ou JJ/MM/AAAA"
    elif entry.type == "montant":
        amount = re.sub(r"[\s\u00a0\u202f]|€|euros?$", "", text).replace(",", ".")
        found = amount if cents(amount) is not None else None
        help_ = "écrivez des euros : 640 ou 640,50"
    elif entry.type == "nombre":
        found = text if number(text) is not None else None
        help_ = "écrivez un nombre entier"
    elif entry.choix:
        return _chosen(entry, text)
    else:
        return text
    if found is None:
        raise UnclearError(f"« {text} » : {help_}")
    return found


def matching(entry: Entry, typed: str) -> list[Choice]:
    """Return the answers of a closed list whose code or name holds what is typed, in the order of the list."""
    wanted = folded(typed)
    return [choice for choice in entry.choix if wanted in folded(choice.code) or wanted in folded(choice.nom)]


def folded(text: str) -> str:
    """Return a text without accents, capitals or punctuation, to compare."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return " ".join(re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def _chosen(entry: Entry, text: str) -> str:
    wanted = folded(text)
    if entry.type == "oui_non" and wanted in ("o", "n"):
        wanted = {"o": "oui", "n": "non"}[wanted]
    exact = [c for c in entry.choix if c.code.lower() == text.lower()]
    exact = exact or [c for c in entry.choix if wanted in (folded(c.code), folded(c.nom))]
    near = exact or (matching(entry, text) if wanted else [])
    if len(near) == 1:
        return near[0].code
    if not near:
        raise UnclearError(f"« {text} » n'est pas dans la liste : « ? » la donne, « ? mot » y cherche")
    shown = ", ".join(f"{choice.nom} ({choice.code})" for choice in near[:SHOWN])
    raise UnclearError(f"« {text} » : plusieurs réponses — {shown}{'…' if len(near) > SHOWN else ''}")


def _date(text: str) -> str:
    """Return a day as AAAA-MM-JJ if it is written as people do, else the text."""
    match = re.fullmatch(r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})", text)
    if match:
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    match = re.fullmatch(r"(\d{1,2})(?:er)? (\w+) (\d{4})", text.lower())
    months = [folded(month) for month in MONTHS]
    if match and folded(match[2]) in months:
        return f"{match[3]}-{months.index(folded(match[2])) + 1:02}-{int(match[1]):02}"
    return text
