"""What is asked next is what an open right depends on, the most useful first, and always the same."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from cases import ROOT, dossier, statuses, the_law
from pycoverage.question import inquire, weight
from pycoverage.questionnaire import step

from pycoverage.assessment import assess
from pycoverage.dossier import read_dossier
from pycoverage.functions import plus_jours

TEXT = """\
date: 2022-05-01
personnes:
  ana:
    naissance: 1984-01-01
    nationalite: {nationalite}
    arrivee: {arrivee}
    sejour: []
    identite_prouvee: {identite_prouvee}
    ressources: {ressources}
    soins_necessaires: {soins_necessaires}
"""
KNOWN = {
    "nationalite": "LY",
    "arrivee": "2019-01-01",
    "identite_prouvee": "oui",
    "ressources": "[]",
    "soins_necessaires": "non",
}
VALUES = {
    "nationalite": ["FR", "PT", "GB", "LY", "DZ"],
    "arrivee": ["1984-01-01", "2021-06-01", *(plus_jours("2022-05-01", -number) for number in (0, 60, 89, 90, 91, 92))],
    "identite_prouvee": ["oui", "non"],
    "ressources": [
        "[]",
        *(f"[{{nature: autre, montant: {a}, par: an, du: 1900-01-01}}]" for a in ("9571.99", "9572.00", "900000.00")),
    ],
    "soins_necessaires": ["oui", "non"],
}
"""Values on both sides of every delay and every ceiling that this person can meet."""

HOUSEHOLD = """\
date: 2024-06-01
unions: [{nature: mariage, de: pere, avec: mere}]
personnes:
  pere:
  mere:
  fils: {parents: [pere, mere]}
  fille: {parents: [pere, mere]}
"""
ALONE = "date: 2024-06-01\npersonnes:\n  ana:\n"


def text(**values: str) -> str:
    return TEXT.format(**{**KNOWN, **values})


def answers(**values: str) -> dict[tuple[str, str], str] | None:
    """Return the status of every right when all is known, or None if the dossier contradicts itself."""
    found = assess(the_law(), dossier(text(**values)))
    return None if found.anomalies else statuses(found)


def depended_on(names: list[str]) -> dict[str, set[str]]:
    """Return, per open fact, the rights that change with it alone, by trying all values of all."""
    tried = {
        values: found
        for values in itertools.product(*(VALUES[name] for name in names))
        if (found := answers(**dict(zip(names, values, strict=True)))) is not None
    }
    depends: dict[str, set[str]] = {name: set() for name in names}
    for one, other in itertools.combinations(tried, 2):
        different = [number for number in range(len(names)) if one[number] != other[number]]
        if len(different) == 1:
            depends[names[different[0]]] |= {
                right for (_, right), status in tried[one].items() if status != tried[other]["ana", right]
            }
    return {name: rights for name, rights in depends.items() if rights}


@pytest.mark.parametrize(
    "names",
    [
        ["identite_prouvee"],
        ["soins_necessaires"],
        ["arrivee", "identite_prouvee"],
        ["nationalite", "ressources"],
        ["arrivee", "soins_necessaires", "ressources"],
    ],
    ids="-".join,
)
def test_the_questions_are_those_an_open_right_depends_on(names):
    found = inquire(the_law(), dossier(text(**dict.fromkeys(names, "inconnu"))), "2022-05-01", every=True)
    expected = depended_on(names)
    assert {question.key[1] for question in found.questions} == set(expected)
    for question in found.questions:
        assert {right for _, right in question.informs} <= expected[question.key[1]]
    assert {right for _, right in found.open} == set().union(*expected.values())


def test_a_dossier_without_an_open_right_asks_nothing():
    """A dossier in which all is known leaves nothing to ask."""
    found = inquire(the_law(), dossier(text()), "2022-05-01")
    assert (found.questions, found.open) == ((), frozenset())


@pytest.mark.parametrize("written", [HOUSEHOLD, ALONE], ids=["famille", "personne seule"])
def test_the_same_dossier_gives_the_same_questions(written):
    law = the_law()
    one, other = (msgspec.json.encode(step(law, dossier(written))) for _ in range(2))
    assert one == other


def test_of_a_household_of_which_only_the_roles_are_known_the_first_person_comes_first():
    found = step(the_law(), dossier(HOUSEHOLD))
    assert found.questions[0].personne == "pere"
    assert found.questions[0].attribut in ("naissance", "nationalite")
    assert {concern.personne for concern in found.ouverts} == {"pere", "mere", "fils", "fille"}
    assert not found.complet


def test_titles_of_stay_wait_for_the_nationality_that_may_make_them_pointless():
    law = the_law()
    first = inquire(law, dossier(ALONE), "2024-06-01")
    order = [question.key[1] for question in first.questions]
    assert order.index("nationalite") < order.index("sejour")
    unknown = inquire(law, dossier(ALONE), "2024-06-01", declined=[("p1", "nationalite", -1)])
    assert unknown.questions[0].key[1] == "sejour"
    french = inquire(law, dossier(ALONE + "    nationalite: fr\n"), "2024-06-01")
    assert "sejour" not in [question.key[1] for question in french.questions]


def test_what_was_declined_is_not_asked_and_stays_open():
    found = inquire(the_law(), dossier(text(identite_prouvee="inconnu")), "2022-05-01")
    [question] = found.questions
    assert question.again
    after = inquire(the_law(), dossier(text(identite_prouvee="inconnu")), "2022-05-01", declined=[question.key])
    assert after.questions == ()
    assert after.open == found.open


def test_what_the_dossier_says_is_unknown_comes_after_what_it_does_not_say():
    written = text(identite_prouvee="inconnu").replace("    ressources: []\n", "")
    found = inquire(the_law(), dossier(written), "2022-05-01", every=True)
    assert [(question.key[1], question.again) for question in found.questions] == [
        ("ressources", False),
        ("identite_prouvee", True),
    ]


def test_a_dossier_that_contradicts_itself_asks_nothing():
    written = "date: 2024-06-01\npersonnes:\n  ana: {parents: [bao]}\n  bao: {parents: [ana]}\n"
    found = inquire(the_law(), dossier(written), "2024-06-01")
    assert not found.coherent and not found.questions


def test_a_sensitive_question_costs_more():
    attributes = the_law().base.vocabulary.personne
    plain = msgspec.structs.replace(attributes["ressources"], sensible="non")
    assert weight(attributes["ressources"]) > weight(plain) > weight(attributes["nationalite"])


def test_only_the_open_field_of_a_line_is_asked_for():
    written = text(ressources="[{nature: autre, montant: inconnu, par: an, du: 2019-01-01}]")
    [question] = step(the_law(), dossier(written)).questions
    assert (question.cle, question.ligne) == ("ana.ressources[1]", 1)
    assert [entry.nom for entry in question.champs] == ["montant"]


@pytest.mark.parametrize("name", ["arrivee_inconnue", "ressources_inconnues"])
def test_the_examples_with_an_unknown_fact_ask_for_it_and_say_what_for(name):
    law = the_law()
    found = read_dossier(ROOT / "examples" / f"{name}.yaml", law.base)
    [question] = step(law, found).questions
    assert question.attribut == name.split("_")[0]
    assert question.droits and {(c.personne, c.droit) for c in question.droits} <= {
        (c.personne, c.droit) for c in step(law, found).ouverts
    }
