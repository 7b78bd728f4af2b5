"""An unknown fact opens what depends on it, names itself, and opens nothing else."""

from __future__ import annotations

import pytest
from cases import dossier, statuses, the_law

from pycoverage.assessment import assess
from pycoverage.field import codes
from pycoverage.functions import plus_jours

SANS_TITRE = """\
date: 2022-05-01
personnes:
  ana:
    naissance: 1984-01-01
    nationalite: {nationalite}
    arrivee: {arrivee}
    sejour: []
    identite_prouvee: {identite}
    ressources: {ressources}
"""
KNOWN = {"nationalite": "LY", "arrivee": "2019-01-01", "identite": "oui", "ressources": "[]"}


def text(**unknown: str) -> str:
    return SANS_TITRE.format(**{**KNOWN, **unknown})


def by_force(name: str, values: list[str]) -> dict[tuple[str, str], str]:
    """Return the status of each right over every explicit value of one fact."""
    law = the_law()
    seen: dict[tuple[str, str], set[str]] = {}
    for value in values:
        found = assess(law, dossier(text(**{name: value})))
        if found.anomalies:
            continue
        for key, status in statuses(found).items():
            seen.setdefault(key, set()).add(status)
    return {key: one.pop() if len(one) == 1 else "a_preciser" for key, one in seen.items()}


def explored(**unknown: str) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], list[str]]]:
    found = assess(the_law(), dossier(text(**unknown)))
    depends = {
        ("ana", right): [gap.key(found.dossier.persons) for gap in outcome.depends]
        for (_, right, context), outcome in found.outcomes.items()
        if context == found.default
    }
    assert found.complete
    return statuses(found), depends


def days() -> list[str]:
    """Return days that fall on both sides of every delay, and one per month further back."""
    near = [plus_jours("2022-05-01", -number) for number in range(88, 98)]
    far = [plus_jours("2022-05-01", -31 * number) for number in range(0, 30, 2)]
    return [*near, *far, "1984-01-01"]


AMOUNTS = [f"{cents // 100}.{cents % 100:02d}" for cents in [0, 1, *range(100_000, 2_000_000, 150_000), 200_000_000]]
AMOUNTS += ["9571.99", "9572.00", "9572.01"]
CASES = {
    "identite": ["oui", "non"],
    "arrivee": days(),
    "nationalite": ["FR", "PT", "GB", "CH", "LY", "DZ", "US", "NO"],
    "ressources": ["[]", *(f"[{{nature: autre, montant: {a}, par: an, du: 1900-01-01}}]" for a in AMOUNTS)],
}


@pytest.mark.parametrize("name", CASES)
def test_an_unknown_fact_gives_what_every_explicit_value_gives(name):
    found, depends = explored(**{name: "inconnu"})
    expected = by_force(name, CASES[name])
    assert found == expected
    key = {"identite": "ana.identite_prouvee"}.get(name, f"ana.{name}")
    for right, status in found.items():
        assert depends[right] == ([key] if status == "a_preciser" else [])
    assert "a_preciser" in found.values()


def test_an_unknown_amount_of_one_line_names_the_line_and_the_field():
    _, depends = explored(ressources="[{nature: autre, montant: inconnu, par: an, du: 2019-01-01}]")
    assert depends["ana", "ame"] == ["ana.ressources[1].montant"]


def test_a_fact_that_does_not_matter_opens_nothing():
    """A French resident's date of arrival, long past or not, changes nothing to the AME."""
    found, _ = explored(nationalite="FR", ressources="inconnu")
    assert (found["ana", "puma"], found["ana", "ame"]) == ("oui", "non")
    assert found["ana", "c2s_gratuite"] == "a_preciser"


def test_two_unknown_facts_are_named_only_where_each_matters():
    found, depends = explored(identite="inconnu", arrivee="inconnu")
    assert found["ana", "ame"] == "a_preciser"
    assert depends["ana", "ame"] == ["ana.arrivee", "ana.identite_prouvee"]
    assert depends["ana", "puma"] == []


def test_what_is_told_of_an_open_dossier_is_told_of_the_plainest_example():
    """The way the solver goes does not choose it: of unknown resources the example has none."""
    found = assess(the_law(), dossier(text(ressources="inconnu")))
    assert not [fact for fact in found.case.facts if fact.origin == "supposed"]


def test_an_unknown_title_opens_what_some_title_would_give():
    law = the_law()
    found = assess(law, dossier(text().replace("sejour: []", "sejour: inconnu")))
    expected = {"non"}
    for code in codes(law.base, law.base.vocabulary.personne["sejour"].champs["titre"]):
        line = f"sejour: [{{titre: {code}, du: 2021-01-01, au: 2023-01-01}}]"
        one = assess(law, dossier(text().replace("sejour: []", line)))
        if not one.anomalies:
            expected.add(statuses(one)["ana", "puma"])
    assert expected == {"oui", "non"}
    assert statuses(found)["ana", "puma"] == "a_preciser"


def test_an_unknown_end_never_precedes_the_start_of_its_line():
    """A title whose end is unknown was held at least on its first day: no completion is without it."""
    found = assess(
        the_law(),
        dossier(
            """\
date: 2022-05-01
personnes:
  zed:
    naissance: 1980-01-01
    nationalite: MA
    arrivee: 2019-01-01
    sejour: [{titre: carte_temporaire, du: 2022-05-01, au: inconnu}]
    ressources: []
"""
        ),
    )
    assert statuses(found)["zed", "puma"] == "oui"
