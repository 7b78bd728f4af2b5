"""The reforms that ship: who they change, on which day, and that they change nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from cases import DOSSIERS, ROOT, dossier, name_of, outputs, statuses, the_law

from pycoverage.assessment import Assessment, assess, assess_all
from pycoverage.base import KnowledgeBase
from pycoverage.dossier import read_dossier
from pycoverage.evaluation import answer_for
from pycoverage.finding import InputError
from pycoverage.functions import plus_jours
from pycoverage.reform import names, read_reform
from pycoverage.situation import Context
from pycoverage.states.state import Pair, read_state, side_by_side
from pycoverage.value import Value

REFORMS = names(ROOT)

ALONE = """\
dossier: essai
date: {date}
personnes:
  lina:
    naissance: 1985-05-05
    nationalite: MA
    arrivee: {arrivee}
    sejour: []
    ressources: [{ressources}]
    {plus}
"""

COUPLE = """\
dossier: essai
date: {date}
unions: [{{nature: mariage, de: lina, avec: omar, du: 2015-01-01}}]
personnes:
  lina:
    naissance: 1985-05-05
    nationalite: MA
    arrivee: 2020-01-01
    sejour: []
    ressources: []
  omar:
    naissance: 1980-01-01
    nationalite: MA
    arrivee: 2012-01-01
    sejour: [{titre}]
    ressources: [{ressources}]
    {plus}
"""

RESIDENT = "{titre: carte_resident, du: 2018-01-01, au: 2027-12-31}"

CHILD = """\
  {nom}:
    naissance: {naissance}
    nationalite: {nationalite}
    arrivee: 2020-01-01
    parents: [lina]
    sejour: []
    ressources: []
    {plus}
"""


def alone(date: str, *, arrivee: str = "2020-01-01", ressources: str = "", plus: str = "") -> str:
    """A person without a permit who lives alone."""
    return ALONE.format(date=date, arrivee=arrivee, ressources=ressources, plus=plus)


def couple(date: str, *, titre: str = "", ressources: str = "", plus: str = "") -> str:
    """A wife without a permit nor resources, and her husband."""
    return COUPLE.format(date=date, titre=titre, ressources=ressources, plus=plus)


def child(nom: str, naissance: str, *, nationalite: str = "MA", plus: str = "") -> str:
    """A child of Lina's."""
    return CHILD.format(nom=nom, naissance=naissance, nationalite=nationalite, plus=plus)


def paid(cents: int, date: str = "2023-12-01") -> str:
    """A sum received once."""
    return f"{{nature: salaire, montant: {cents // 100}.{cents % 100:02d}, par: fois, du: {date}}}"


def ceiling(name: str, date: str, persons: int = 1) -> int:
    """The yearly ceiling of free complementary insurance and of the AME, in cents, for one person or two."""
    [amount] = pair(name).after.law.base.parameters["plafond_c2s"].at(date)
    assert isinstance(amount.value, int)
    return amount.value * {1: 100, 2: 150}[persons] // 100


@cache
def pair(name: str) -> Pair:
    return side_by_side(read_state("base", ROOT), read_state(f"reforme:{name}", ROOT))


def both(name: str, text: str) -> tuple[Assessment, Assessment]:
    """Assess a dossier without the reform and with it."""
    states = pair(name)
    case = dossier(text, states.law)
    before, after = (assess(states.law, case, frame=state.context("")) for state in (states.before, states.after))
    return before, after


def change(name: str, text: str, right: str, person: str = "lina") -> tuple[str, str]:
    """Return the status of a right without the reform and with it."""
    before, after = (statuses(each)[person, right] for each in both(name, text))
    return before, after


def care(found: Assessment, right: str, person: str = "p1") -> dict[str, str]:
    """Return the extent to which each kind of care is paid under a right."""
    rows = (row for name, row in outputs(found) if name == "couverture")
    return {str(row[2]): str(row[3]) for row in rows if (str(row[0]), str(row[1])) == (person, right)}


def documents(found: Assessment) -> set[str]:
    """Return the documents asked for the AME."""
    return {str(row[2]) for name, row in outputs(found) if name == "piece" and str(row[1]) == "ame"}


# L'aide médicale d'urgence


@pytest.mark.parametrize(
    ("date", "ame", "amu"),
    [("2024-01-27", ("oui", "oui"), ("non", "non")), ("2024-01-28", ("oui", "non"), ("non", "oui"))],
)
def test_amu_takes_the_place_of_the_ame_on_its_day(date, ame, amu):
    assert change("amu_2023", alone(date), "ame") == ame
    assert change("amu_2023", alone(date), "amu") == amu


@pytest.mark.parametrize(("date", "status"), [("2024-04-01", "non"), ("2024-04-02", "oui")])
def test_amu_asks_like_the_ame_for_more_than_three_months(date, status):
    text = alone(date, arrivee="2024-01-01")
    assert change("amu_2023", text, "ame")[0] == change("amu_2023", text, "amu")[1] == status


@pytest.mark.parametrize(("more", "status"), [(0, "oui"), (1, "non")])
def test_amu_asks_like_the_ame_for_resources_at_most_at_the_ceiling(more, status):
    text = alone("2024-02-01", ressources=paid(ceiling("amu_2023", "2024-02-01") + more))
    assert change("amu_2023", text, "ame")[0] == change("amu_2023", text, "amu")[1] == status


def test_amu_leaves_the_adult_who_does_not_pay_the_yearly_fee_with_urgent_care():
    text = alone("2024-02-01", plus="droit_annuel_acquitte: non\n    assurance_maladie_complete: non")
    assert change("amu_2023", text, "ame") == ("oui", "non")
    assert change("amu_2023", text, "amu") == ("non", "non")
    after = both("amu_2023", text)[1]
    assert (statuses(after)["lina", "dsuv"], statuses(after)["lina", "pass"]) == ("oui", "oui")


@pytest.mark.parametrize(("fee", "status"), [("oui", "oui"), ("non", "non")])
def test_amu_asks_for_the_fee_of_each_adult_in_charge(fee, status):
    text = couple("2024-02-01", plus=f"droit_annuel_acquitte: {fee}")
    assert change("amu_2023", text, "amu", "lina") == ("non", status)
    assert change("amu_2023", text, "amu", "omar") == ("non", status)


@pytest.mark.parametrize(("born", "status"), [("2006-02-01", "non"), ("2006-02-02", "oui")])
def test_amu_asks_no_fee_and_no_wait_of_a_minor(born, status):
    text = alone("2024-02-01", plus="droit_annuel_acquitte: non") + child("nour", born).replace(
        "2020-01-01", "2024-01-20"
    )
    assert change("amu_2023", text, "amu", "nour") == ("non", status)
    assert change("amu_2023", text, "amu", "lina") == ("non", "non")


def test_the_fee_is_supposed_to_be_paid_and_the_answer_says_so():
    after = both("amu_2023", alone("2024-02-01"))[1]
    told = answer_for(after).personnes["lina"].droits["amu"]
    assert "lina.droit_annuel_acquitte = oui" in told.hypotheses


def test_amu_ends_the_years_of_ame_already_granted():
    rich = paid(ceiling("amu_2023", "2024-02-01") + 1)
    text = alone("2024-02-01", ressources=rich)
    text += "droits: [{droit: ame, personne: lina, du: 2023-06-01, au: 2024-05-31}]\n"
    assert change("amu_2023", text, "ame") == ("oui", "non")
    assert change("amu_2023", text, "amu") == ("non", "non")
    assert change("amu_2023", text, "dsuv") == ("non", "oui")


def test_amu_pays_for_its_list_and_nothing_else():
    before, after = both("amu_2023", alone("2024-02-01"))
    assert care(before, "ame")["consultation"] == care(before, "ame")["medicament"] == "integrale"
    assert care(after, "ame") == {}
    listed = {"maladie_grave", "soin_vital", "maternite", "vaccination_reglementaire", "medecine_preventive"}
    assert care(after, "amu") == {**dict.fromkeys(listed, "integrale"), "autre_soin": "exclue"}


def test_amu_keeps_the_decision_of_the_minister_for_who_is_passing_through():
    text = alone("2024-02-01", plus="residence_principale: non\n    soins_necessaires: oui")
    assert change("amu_2023", text, "ame_humanitaire") == ("oui", "oui")
    before, after = both("amu_2023", text)
    assert set(care(before, "ame_humanitaire")) == {"hospitalisation", "consultation"}
    assert "consultation" not in care(after, "ame_humanitaire")
    assert care(after, "ame_humanitaire")["maternite"] == "selon_decision"


@pytest.mark.parametrize(
    "granted",
    [
        "droits: [{droit: amu, personne: lina, du: 2024-01-28, au: 2025-01-27}]",
        "decisions: [{droit: amu, personne: lina, sens: accord, notifiee: 2024-02-10, effet: 2024-02-01}]",
    ],
)
def test_amu_once_granted_lasts_a_year_whatever_the_resources_become(granted):
    text = alone("2024-06-01", ressources=paid(ceiling("amu_2023", "2024-06-01") + 1, "2024-05-01"))
    assert change("amu_2023", text, "amu") == ("non", "non")
    assert change("amu_2023", f"{text}{granted}\n", "amu") == ("non", "oui")
    assert change("amu_2023", f"{text}{granted}\n", "dsuv")[1] == "non"


@pytest.mark.parametrize(("born", "asks"), [("1990-01-01", "oui"), ("2014-01-01", "non")])
def test_amu_leaves_the_minister_to_the_newcomer_who_is_ill_unless_a_minor_has_it_at_once(born, asks):
    text = alone("2024-02-01", arrivee="2024-01-20", plus="soins_necessaires: oui\n    isole: oui")
    text = text.replace("1985-05-05", born)
    assert change("amu_2023", text, "ame_humanitaire") == (asks, asks)
    assert change("amu_2023", text, "amu")[1] == ("non" if asks == "oui" else "oui")


def test_amu_leaves_the_care_of_whoever_is_in_custody():
    custody = "detention: [{nature: garde_a_vue, du: 2024-02-01, au: 2024-02-02}]"
    text = alone("2024-02-01", arrivee="2024-01-20", plus=f"soins_necessaires: oui\n    {custody}")
    assert change("amu_2023", text, "ame_humanitaire") == ("oui", "oui")


@pytest.mark.parametrize("person", ["nationalite: RO", "nationalite: MA"])
def test_amu_leaves_the_readings_of_urgent_care_during_a_short_stay(person):
    permit = "sejour: [{titre: titre_autre_etat_membre, du: 2023-01-01, au: 2025-01-01}]"
    text = alone("2024-02-01", arrivee="2024-01-20").replace("nationalite: MA", person).replace("sejour: []", permit)
    states = pair("amu_2023")
    for state in (states.before, states.after):
        case = dossier(text, states.law)
        found = assess(
            states.law, case, readings={"soins_urgents_sejour_court": "association"}, frame=state.context("")
        )
        assert statuses(found)["lina", "dsuv"] == "oui"


# Les projets de décrets de 2025, et les ressources du foyer


@pytest.mark.parametrize(("name", "day", "eve"), [
    ("ame_2025", "2025-10-01", "2025-09-30"),
    ("ame_ressources_foyer", "2025-02-16", "2025-02-15"),
])  # fmt: skip
def test_the_resources_of_a_husband_with_a_permit_count_from_the_day_of_the_reform(name, day, eve):
    for date, after in ((eve, "oui"), (day, "non")):
        text = couple(date, titre=RESIDENT, ressources=paid(3_000_000, "2024-12-01"))
        assert change(name, text, "ame") == ("oui", after)


@pytest.mark.parametrize("name", ["ame_2025", "ame_ressources_foyer"])
@pytest.mark.parametrize(("more", "status"), [(0, "oui"), (1, "non")])
def test_a_couple_is_measured_by_the_ceiling_for_two(name, more, status):
    text = couple("2025-10-01", titre=RESIDENT, ressources=paid(ceiling(name, "2025-10-01", 2) + more, "2025-06-01"))
    assert change(name, text, "ame")[1] == status


@pytest.mark.parametrize("name", ["ame_2025", "ame_ressources_foyer"])
def test_nothing_changes_for_a_couple_without_permits(name):
    text = couple("2025-10-01", ressources=paid(1_400_000, "2025-06-01"))
    assert change(name, text, "ame") == ("oui", "oui")


@pytest.mark.parametrize("name", ["ame_2025", "ame_ressources_foyer"])
def test_the_children_who_are_french_raise_the_ceiling_of_their_mother(name):
    text = alone("2025-10-01", ressources=paid(1_400_000, "2025-06-01"))
    text += "".join(child(nom, "2016-01-01", nationalite="FR") for nom in ("nour", "sami"))
    assert change(name, text, "ame") == ("non", "oui")


@pytest.mark.parametrize(("born", "after"), [("2007-10-01", "non"), ("2007-10-02", "oui")])
def test_the_drafts_of_2025_no_longer_count_the_grown_child_who_studies(born, after):
    student = "etudes: [{du: 2025-09-01, au: 2026-06-30}]"
    text = alone("2025-10-01", ressources=paid(1_400_000, "2025-06-01")) + child("nour", born, plus=student)
    assert change("ame_2025", text, "ame") == ("oui", after)


def test_the_drafts_of_2025_make_adults_wait_for_glasses_and_minors_not():
    text = alone("2025-10-01") + child("nour", "2016-01-01")
    before, after = both("ame_2025", text)
    delayed = {"optique", "audioprothese", "prothese_dentaire", "kinesitherapie_programmee", "transport_programme"}
    assert not delayed & set(care(before, "ame"))
    assert {care(after, "ame")[each] for each in delayed} == {"apres_delai"}
    assert {care(after, "ame", "p2")[each] for each in delayed} == {"integrale"}
    assert care(after, "ame")["balneotherapie"] == "exclue"
    assert care(after, "ame", "p2")["balneotherapie"] == "integrale"


@pytest.mark.parametrize(("date", "extent"), [("2025-10-31", "apres_delai"), ("2025-11-01", "integrale")])
def test_the_drafts_of_2025_pay_for_glasses_after_nine_months(date, extent):
    text = alone(date) + "droits: [{droit: ame, personne: lina, du: 2025-02-01, au: 2026-01-31}]\n"
    assert care(both("ame_2025", text)[1], "ame")["optique"] == extent


@pytest.mark.parametrize(
    ("date", "before", "after"),
    [
        ("2025-09-30", False, False),
        ("2025-10-01", False, True),
        ("2026-02-28", False, True),
        ("2026-03-01", True, True),
    ],
)
def test_the_drafts_of_2025_ask_for_a_photograph_before_the_decree_of_2026(date, before, after):
    found = both("ame_2025", alone(date))
    assert tuple("preuve_identite_photo" in documents(each) for each in found) == (before, after)


def test_the_drafts_of_2025_may_come_on_another_day():
    name = "ame_2025@2026-10-01"
    for date, delayed in (("2026-09-30", False), ("2026-10-01", True)):
        assert ("optique" in care(both(name, alone(date))[1], "ame")) is delayed
    husband = {"titre": RESIDENT, "ressources": paid(3_000_000, "2026-06-01")}
    assert change(name, couple("2026-09-30", **husband), "ame")[1] == "oui"
    assert change(name, couple("2026-10-01", **husband), "ame")[1] == "non"


# Le plafond relevé


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (1_042_100, ("oui", "oui")),
        (1_042_101, ("non", "oui")),
        (1_146_310, ("non", "oui")),
        (1_146_311, ("non", "non")),
    ],
)
def test_a_ceiling_raised_by_a_tenth_lets_in_whoever_is_under_it(resources, expected):
    text = alone("2026-04-01", ressources=paid(resources, "2025-12-01"))
    assert change("plafond_plus_dix_pour_cent", text, "ame") == expected


# Ensemble, et au-delà


def test_reforms_that_do_not_touch_the_same_rules_combine():
    state = read_state("reforme:amu_2023+plafond_plus_dix_pour_cent", ROOT)
    assert state.date == "2026-04-01"
    case = dossier(alone("2026-04-01", ressources=paid(1_146_310, "2025-12-01")), state.law)
    assert statuses(assess(state.law, case))["lina", "amu"] == "oui"


def test_two_reforms_of_the_same_resources_are_refused():
    with pytest.raises(InputError, match="PC402") as error:
        read_state("reforme:ame_2025+ame_ressources_foyer", ROOT)
    assert "« ame_foyer_entier » est déjà remplacée ou abrogée par « ame_2025 »" in str(error.value)


TOUCHED = {
    "amu_2023": {"ame", "amu", "ame_humanitaire", "dsuv", "pass", "ald"},
    "ame_2025": {"ame", "ame_humanitaire", "dsuv", "pass", "ald"},
    "ame_ressources_foyer": {"ame", "ame_humanitaire", "dsuv", "pass", "ald"},
    "plafond_plus_dix_pour_cent": {
        "ame",
        "ame_humanitaire",
        "dsuv",
        "pass",
        "ald",
        "c2s_gratuite",
        "c2s_participation",
    },
}
"""The rights whose answers a reform may change: its own, and those that are given to whoever has not got them."""


def test_every_reform_says_what_it_touches():
    assert set(TOUCHED) == set(REFORMS)


def in_force(base: KnowledgeBase, day: str) -> Iterator[object]:
    """Yield what is in force on a day: the rules, the amounts, the properties."""
    law = Context(day).law
    yield from (name for name in base.legal if base.in_force(name, law))
    for name, parameter in base.parameters.items():
        yield from ((name, each.keys, each.value) for each in parameter.at(day))
    for name, listed in base.nomenclatures.items():
        for element, described in listed.elements.items():
            for key, intervals in described.properties.items():
                if any(each.holds(day) for each in intervals):
                    yield name, element, key


@pytest.mark.parametrize("name", REFORMS)
def test_the_law_before_the_day_of_a_reform_is_what_it_was(name):
    reform = read_reform(ROOT, name)
    base = read_state(f"reforme:{name}", ROOT).law.base
    eve = plus_jours(reform.date, -1)
    for day in (*(f"{year}-06-30" for year in range(2016, int(eve[:4]))), eve):
        assert set(in_force(base, day)) == set(in_force(the_law().base, day)), day
    assert set(in_force(base, reform.date)) != set(in_force(the_law().base, reform.date))


@cache
def everyone(law_of: str) -> list[set[tuple[str, tuple[Value, ...]]]]:
    """Return the conclusions of every dossier of the project on a day that follows every reform."""
    law = read_state(law_of, ROOT).law
    readings = {name: question.defaut for name, question in law.base.questions.items()}
    dossiers = [read_dossier(path, law.base) for path in DOSSIERS]
    return [outputs(each) for each in assess_all(law, dossiers, date="2026-06-01", readings=readings)]


@pytest.mark.parametrize("name", REFORMS)
def test_no_dossier_changes_in_what_a_reform_does_not_touch(name):
    changed = set()
    for path, before, after in zip(DOSSIERS, everyone("base"), everyone(f"reforme:{name}"), strict=True):
        differences = {(kind, str(row[1]) if len(row) > 1 else "") for kind, row in before ^ after}
        assert {right for _, right in differences} <= TOUCHED[name], name_of(path)
        changed |= differences
    assert ("droit", "ame") in changed


def test_whoever_had_the_ame_has_the_amu_once_the_fee_is_paid():
    given = [
        {(str(row[0]), str(row[1])) for kind, row in each if kind == "droit"} for each in everyone("reforme:amu_2023")
    ]
    for path, before, after in zip(DOSSIERS, everyone("base"), given, strict=True):
        entitled = {str(row[0]) for kind, row in before if kind == "droit" and str(row[1]) == "ame"}
        assert entitled == {person for person, right in after if right == "amu"}, name_of(path)
        assert not [right for _, right in after if right == "ame"]
