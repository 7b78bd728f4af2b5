"""Documents that persons hold, and what each is worth for what is to be proved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from pycoverage.dossier import Dossier
from pycoverage.functions import plus_jours, plus_mois
from pycoverage.requirement import Admission, Requirements
from pycoverage.speech import count, day
from pycoverage.value import NON, Fun

HELD = "pieces"
"""The attribute of the vocabulary under which a dossier states the documents of a person."""


class Exhibit(msgspec.Struct, frozen=True):
    """A document of a person (canonical id): its day, the last day it is valid, the fact it is said to prove.

    Days not stated are empty. One that is not `available` is not held, and cannot be had.
    """

    document: str
    person: str
    du: str = ""
    au: str = ""
    proves: str = ""
    available: bool = True
    line: int = 0


class Worth(msgspec.Struct, frozen=True):
    """What an exhibit is worth on a day: enough or not, until when, from when, and what to say of it."""

    enough: bool
    until: str = ""
    since: str = ""
    remark: str = ""


def exhibits(dossier: Dossier) -> Iterator[Exhibit]:
    """Yield the documents a dossier states, in its order."""
    for person in dossier.persons:
        stated = dossier.stated.get((person, HELD))
        for line in (stated.lines or ()) if stated else ():
            texts = {key: str(value) for key, value in line.values.items() if isinstance(value, str | Fun)}
            yield Exhibit(
                texts.get("document", ""),
                person,
                texts.get("du", ""),
                texts.get("au", ""),
                texts.get("prouve", ""),
                line.values.get("disponible") != NON,
                line.place.line,
            )


def pointless(
    texts: Requirements, dossier: Dossier, simple: Mapping[tuple[str, str], str], document: str, person: str
) -> bool:
    """Tell whether a document has no object for a person (canonical id), given what is known of him.

    `simple` gives the values of the attributes that are no lists, by person and name.
    """
    values = texts.sans_objet.get(document, {})
    if any(simple.get((person, key)) in known for key, known in values.items()):
        return True
    for name, fields in texts.seulement.get(document, {}).items():
        stated = dossier.stated.get((person, name))
        if stated is None or stated.lines is None:
            continue
        told = [{key: str(value) for key, value in line.values.items()} for line in stated.lines]
        if not any(line.get(field) in known for line in told for field, known in fields.items()):
            return True
    return False


def worth(exhibit: Exhibit, admission: Admission, on: str) -> Worth:
    """Tell what a document is worth on a day, as a text admits it."""
    if not exhibit.du and (admission.plus_de_mois or admission.moins_de_mois):
        return Worth(False, remark=f"sa date est à dire : il faut un document {conditions(admission)}")
    if exhibit.du and exhibit.du > on:
        return Worth(False, since=exhibit.du, remark=f"il n'est que du {day(exhibit.du)}")
    if admission.plus_de_mois:
        since = plus_jours(plus_mois(exhibit.du, admission.plus_de_mois), 1)
        if on < since:
            return Worth(False, since=since, remark=f"trop récent : il suffira le {day(since)}")
    ends: list[str] = []
    if admission.moins_de_mois:
        last = plus_jours(plus_mois(exhibit.du, admission.moins_de_mois), -1)
        if last < on:
            return Worth(False, remark=f"trop ancien depuis le {day(plus_jours(last, 1))}")
        ends.append(last)
    remark = ""
    if admission.en_cours == "oui":
        if exhibit.au and exhibit.au < on:
            return Worth(False, remark=f"il n'est plus valable depuis le {day(plus_jours(exhibit.au, 1))}")
        if exhibit.au:
            ends.append(exhibit.au)
        else:
            remark = "à vérifier : il doit être en cours de validité"
    elif exhibit.au and exhibit.au < on:
        remark = f"périmé depuis le {day(exhibit.au)} : aucun texte de la base n'exige qu'il soit en cours de validité"
    if admission.au:
        ends.append(admission.au)
    return Worth(True, min(ends, default=""), remark=remark)


def conditions(admission: Admission) -> str:
    """Return the conditions of age and validity of a document, in words; empty if there is none."""
    bounds = [
        f"de {word} de {count(months, 'mois', 'mois')}"
        for word, months in (("plus", admission.plus_de_mois), ("moins", admission.moins_de_mois))
        if months
    ]
    return ", ".join([*([" et ".join(bounds)] if bounds else []), *VALID[admission.en_cours]])


VALID = {"oui": ("en cours de validité",), "non": ()}
