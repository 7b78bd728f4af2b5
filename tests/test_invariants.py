"""What must hold of every dossier, on its day and on the days around it."""

from __future__ import annotations

import msgspec
import pytest
from cases import DOSSIERS, dossier_texts, the_law
from cases import dossier as dossier_of
from hypothesis import given, settings

from pycoverage.assessment import Assessment, assess, assess_all
from pycoverage.completion import fill
from pycoverage.dossier import read_dossier
from pycoverage.functions import plus_jours, plus_mois

COMPLEMENTS = ("cmuc", "acs", "c2s_gratuite", "c2s_participation")


def broken(found: Assessment) -> list[str]:
    """Return the invariants that an assessment breaks, under any of its readings."""
    told = []
    for context in found.contexts:
        held = {(str(row[0]), str(row[1])) for row in found.world.rows("droit", 2, context)}
        for person in found.case.persons:
            rights = {right for owner, right in held if owner == person}
            if {"puma", "ame"} <= rights:
                told.append(f"{found.dossier.file} {context}: {person} has PUMa and AME")
            if "puma" not in rights and rights & set(COMPLEMENTS):
                told.append(f"{found.dossier.file} {context}: {person} has {rights} without PUMa")
            if {"c2s_gratuite", "c2s_participation"} <= rights or {"cmuc", "acs"} <= rights:
                told.append(f"{found.dossier.file} {context}: {person} has both complements")
            if {"puma", "dsuv"} <= rights:
                told.append(f"{found.dossier.file} {context}: {person} has {rights}")
        for name in ("fin", "montant_du"):
            for row in found.world.rows(name, 3, context):
                if (str(row[0]), str(row[1])) not in held:
                    told.append(f"{found.dossier.file} {context}: {name}{row} without the right")
    listed = {(person, right) for person, right, context in found.outcomes if context == found.default}
    if listed != {(person, right) for person in found.case.persons for right in found.law.base.rights}:
        told.append(f"{found.dossier.file}: not every right is listed")
    return told


SHIFTS = [
    lambda day: day,
    lambda day: plus_jours(day, -1),
    lambda day: plus_jours(day, 1),
    lambda day: plus_mois(day, -1),
    lambda day: plus_mois(day, 1),
]


NAMES = ["same day", "day before", "day after", "month before", "month after"]


@pytest.mark.parametrize("shift", SHIFTS, ids=NAMES)
def test_every_dossier_keeps_the_invariants_around_its_day(shift):
    law = the_law()
    moved = []
    for path in DOSSIERS:
        read = read_dossier(path, law.base)
        day = shift(read.date)
        if not fill(read, law.base).gaps and day >= law.base.start():
            moved.append(msgspec.structs.replace(read, date=day))
    for found in assess_all(law, moved):
        assert broken(found) == []


@settings(max_examples=40, derandomize=True, deadline=None)
@given(dossier_texts())
def test_any_dossier_keeps_the_invariants(text):
    found = assess(the_law(), dossier_of(text))
    if not found.anomalies:
        assert broken(found) == []


def test_every_right_of_the_output_is_a_right_of_the_base():
    law = the_law()
    given_rights = {str(rule.head.args[1]) for rule in law.base.rules if rule.head.name == "droit"}
    assert given_rights == set(law.base.rights)
