"""Which person and which right a command was asked about."""

from __future__ import annotations

from collections.abc import Collection

from pycoverage.assessment import Assessment
from pycoverage.base import KnowledgeBase
from pycoverage.finding import Finding, InputError, Place, suggestion


def refuse_unknown(
    base: KnowledgeBase, names: Collection[str], person: str | None, right: str | None, *, place: str = "DROIT"
) -> None:
    """Raise InputError for a person that is not one of `names`, or a right that the base does not have.

    `place` is where the right was given.
    """
    findings = []
    if person is not None and person not in names:
        help_ = suggestion(person, names) or f"personnes : {', '.join(names)}"
        findings.append(Finding(Place("--person"), "DO010", f"personne inconnue « {person} »", help_))
    if right is not None and right not in base.rights:
        help_ = suggestion(right, base.rights) or f"droits : {', '.join(base.rights)}"
        findings.append(Finding(Place(place), "DO006", f"droit inconnu « {right} »", help_))
    if findings:
        raise InputError(findings)


def selection(
    base: KnowledgeBase, names: Collection[str], person: str | None, right: str | None, *, place: str = "DROIT"
) -> str | None:
    """Return the identifier of a right named by it, its name or its short name. Raises InputError for an unknown one.

    `names` are the persons of the dossier, of whom `person` must be one when given.
    """
    named = {name.lower(): key for key, each in base.rights.items() for name in (each.sigle, each.nom) if name}
    found = named.get(right.lower(), right) if right is not None else None
    refuse_unknown(base, names, person, found, place=place)
    return found


def select(assessment: Assessment, person: str | None, right: str | None) -> list[tuple[str, str]]:
    """Return the pairs (canonical id of a person, right) asked for; None is all. Raises as `selection` does."""
    persons = assessment.dossier.persons
    chosen = selection(assessment.law.base, persons.values(), person, right)
    return [
        (identifier, key)
        for identifier, name in persons.items()
        for key in assessment.law.base.rights
        if person in (None, name) and chosen in (None, key)
    ]
