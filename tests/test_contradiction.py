"""A fact that a rule of anomaly rules out by itself is in no situation searched; any other one is."""

from __future__ import annotations

import pytest
from cases import ROOT, dossier

from pycoverage.assessment import assess
from pycoverage.cache import load_law
from pycoverage.completion import fill
from pycoverage.contradiction import Contradictions
from pycoverage.searches.domain import Domain
from pycoverage.situation import Context
from pycoverage.space import Space
from pycoverage.value import SUP, Fun

CLAUDE, ANNE = Fun("p1"), Fun("p2")
PARTNER = (Fun("concubinage"), "2020-01-01", SUP, Fun("non"))


@pytest.fixture(scope="module")
def law():
    return load_law(ROOT)


def test_nobody_is_their_own_parent_or_partner_and_may_be_that_of_another(law):
    contradictions = Contradictions(law.base)
    assert contradictions.holds("parent", (CLAUDE, CLAUDE))
    assert not contradictions.holds("parent", (CLAUDE, ANNE))
    assert contradictions.holds("union", (CLAUDE, CLAUDE, *PARTNER))
    assert contradictions.holds("union", (CLAUDE, CLAUDE, None, None, None, None))
    assert not contradictions.holds("union", (CLAUDE, ANNE, *PARTNER))
    assert not contradictions.holds("union", (CLAUDE, None, *PARTNER))


@pytest.mark.parametrize(("final", "held"), [("2020-01-31", True), ("2020-02-01", False)])
def test_a_removal_final_the_day_before_it_is_notified_contradicts_itself_the_same_day_it_does_not(law, final, held):
    contradictions = Contradictions(law.base)
    removal = (CLAUDE, Fun("oqtf"), "2020-02-01", SUP, final)
    assert contradictions.holds("eloignement", removal) is held
    assert not contradictions.holds("eloignement", (*removal[:2], None, SUP, final))


def test_a_search_over_one_person_has_no_parent_and_no_partner_and_over_two_has_both(law):
    def stated(persons: int) -> set[str]:
        domain = Domain(law, persons, [Context("2026-06-01")], ["droit", "anomalie"])
        return {fact.name for options in domain.options() for option in options for fact in option}

    assert {"parent", "union"}.isdisjoint(stated(1))
    assert {"parent", "union"} <= stated(2)


OPEN = """\
date: 2024-05-01
personnes:
  nour:
    naissance: 1990-01-01
    nationalite: LY
    arrivee: 2020-01-01
    sejour: []
    ressources: []
    {}
"""


@pytest.mark.parametrize(
    "line",
    [
        "eloignement: [{mesure: oqtf, notifiee: inconnu, definitive: 2024-02-01}]",
        "eloignement: [{mesure: oqtf, notifiee: inconnu, definitive: 2024-04-30}]",
        "eloignement: [{mesure: inconnu, notifiee: inconnu, definitive: 2024-04-30}]",
    ],
)
def test_a_line_with_an_unknown_day_is_answered(law, line):
    found = assess(law, dossier(OPEN.format(line)))
    assert not found.anomalies
    assert found.outcomes["p1", "ame", found.default].status == "oui"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("couverture_etrangere: [{pays: fr, du: inconnu}]", "couverture_etrangere_francaise"),
        (
            "eloignement: [{mesure: oqtf, notifiee: 2024-03-01, rejet_tribunal: inconnu, definitive: 2024-02-01}]",
            "definitive_avant_notifiee",
        ),
    ],
)
def test_a_line_that_contradicts_itself_is_told_whatever_it_leaves_unknown(law, line, code):
    assert assess(law, dossier(OPEN.format(line))).anomalies == ((code, "p1"),)


@pytest.mark.parametrize("end", ["2024-04-01", "2024-05-01"])
def test_an_unknown_first_day_is_looked_for_before_the_last_day_of_its_line(law, end):
    text = OPEN.format(f"activites: [{{nature: salarie, du: inconnu, au: {end}}}]")
    found = dossier(text)
    space = Space(law, fill(found, law.base), [Context(found.date)], ["droit", "anomalie"])
    [number] = [number for number, slot in enumerate(space.slots) if slot.part == "du"]
    assert len([each for each in space.points[number] if isinstance(each, str) and each <= end]) > 1
