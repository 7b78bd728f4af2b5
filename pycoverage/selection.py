"""The rights of the persons of a dossier that somebody asks about, by name."""

from __future__ import annotations

from pycoverage.assessment import Assessment
from pycoverage.finding import Finding, InputError, Place, suggestion


def select(assessment: Assessment, person: str | None, right: str | None) -> list[tuple[str, str]]:
    """Return the pairs (canonical id of a person, right) asked for; None is all. Raises InputError for an unknown one.

    A right may be named by its identifier, its name or its abbreviation.
    """
    persons, rights = assessment.dossier.persons, assessment.law.base.rights
    findings = []
    if person is not None and person not in persons.values():
        help_ = suggestion(person, persons.values()) or f"personnes : {', '.join(persons.values())}"
        findings.append(Finding(Place("--person"), "DO010", f"personne inconnue « {person} »", help_))
    named = {name.lower(): key for key, r in rights.items() for name in (r.sigle, r.nom) if name}
    right = named.get(right.lower(), right) if right is not None else None
    if right is not None and right not in rights:
        help_ = suggestion(right, rights) or f"droits : {', '.join(rights)}"
        findings.append(Finding(Place("DROIT"), "DO006", f"droit inconnu « {right} »", help_))
    if findings:
        raise InputError(findings)
    return [
        (identifier, key)
        for identifier, name in persons.items()
        for key in rights
        if person in (None, name) and right in (None, key)
    ]
