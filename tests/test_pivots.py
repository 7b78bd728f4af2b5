"""Pivot days: between two of them nothing changes, whatever the dossier; found without answering every day."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from datetime import date, timedelta

import msgspec
import pytest
from cases import ROOT, dossier, dossier_texts, the_law
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pycoverage.completion import fill
from pycoverage.dossier import read_dossier
from pycoverage.engine import evaluate
from pycoverage.finding import InputError
from pycoverage.inference import infer
from pycoverage.law import Law
from pycoverage.lifting import lift
from pycoverage.matching import compare
from pycoverage.situation import Case, Context
from pycoverage.syntax import Atom, Literal, Rule
from pycoverage.timelines.moving import TODAY, Line, NotFollowed, built
from pycoverage.timelines.pivots import every_day, pivot_days
from pycoverage.value import Call, Fun, Var

GOALS = ("droit", "anomalie", "echeance")
DOSSIERS = ROOT / "tests" / "dossiers"


def told(case: Case, days: list[str]) -> dict[str, dict[str, frozenset]]:
    """Return what the rules say of each goal on each day, every day answered."""
    law, found = the_law(), {}
    for first in range(0, len(days), 366):
        part = days[first : first + 366]
        model = evaluate(law.base, law.program, [case], [[Context(day) for day in part]], goals=GOALS)
        for day in part:
            found[day] = {
                goal: frozenset(model.rows(goal, law.base.outputs()[goal], 0, Context(day))) for goal in GOALS
            }
    return found


def compare_with_every_day(case: Case, start: str, end: str) -> list[str]:
    """Check that each pivot day stands for the days until the next, and return the pivot days."""
    pivots = pivot_days(the_law(), case, start, end, GOALS)
    assert pivots[0] == start
    assert pivots == sorted(set(pivots))
    answers = told(case, every_day(start, end))
    for day, answer in answers.items():
        pivot = pivots[bisect_right(pivots, day) - 1]
        assert answer == answers[pivot], (day, pivot)
    return pivots


def case_of(path) -> Case:
    law = the_law()
    return fill(read_dossier(path, law.base), law.base).case


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(dossier_texts(), st.integers(0, 100))
def test_nothing_changes_between_two_pivot_days_of_any_dossier(text, back):
    law = the_law()
    try:
        read = dossier(text)
    except InputError:
        assume(False)
    filled = fill(read, law.base)
    assume(not filled.gaps)
    start = max(date(2016, 1, 1), date.fromisoformat(read.date) - timedelta(days=back))
    compare_with_every_day(filled.case, str(start), str(start + timedelta(days=120)))


@pytest.mark.parametrize("name", ["examples/couple_mixte", "examples/un_centime_de_trop"])
def test_ten_years_are_the_same_day_by_day(name):
    pivots = compare_with_every_day(case_of(ROOT / f"{name}.yaml"), "2016-01-01", "2025-12-31")
    assert len(pivots) < 120


@pytest.mark.parametrize(
    "name",
    [
        "ame/k007_apres_le_maintien",
        "ame/refus_conteste",
        "ame/jeune_majeur_trois_mois",
        "c2s/fermeture_impayes",
        "c2s/abattement_veille",
        "puma/maintien_dette",
        "recours/n21",
    ],
)
def test_two_years_of_procedures_and_incomes_are_the_same_day_by_day(name):
    case = case_of(DOSSIERS / f"{name}.yaml")
    [day] = {read_dossier(DOSSIERS / f"{name}.yaml", the_law().base).date}
    middle = date.fromisoformat(day)
    compare_with_every_day(case, str(middle - timedelta(days=365)), str(middle + timedelta(days=365)))


def test_a_salary_that_comes_and_goes_moves_the_sum_of_twelve_months():
    """The sum over a sliding year crosses the ceiling at a month of its own, in both directions."""
    text = """\
dossier: salaires
date: 2021-06-01
personnes:
  ana:
    naissance: 1980-01-01
    nationalite: FR
    arrivee: 1980-01-01
    ressources:
      - {nature: salaire, montant: 1900.00, par: mois, du: 2019-03-15, au: 2020-02-14}
      - {nature: salaire, montant: 2400.00, par: mois, du: 2021-01-10, au: 2021-12-31}
      - {nature: revenu_patrimoine, montant: 1200.00, par: an, du: 2018-01-01}
"""
    case = fill(dossier(text), the_law().base).case
    pivots = compare_with_every_day(case, "2018-06-01", "2023-06-01")
    right = Fun("p1"), Fun("c2s_gratuite")
    answers = told(case, pivots)
    held = [right in answers[day]["droit"] for day in pivots if day >= "2020-01-01"]
    assert sum(one != other for one, other in itertools.pairwise(held)) >= 3


def test_what_follows_the_day_itself_is_answered_every_day():
    """A deadline « ten days from now » is another one each day: no day stands for the next."""
    base = the_law().base
    today, place = Var("Jour"), base.rules[0].place
    head = Atom("echeance", (Var("Personne"), Fun("puma"), Fun("silence"), Call("plus_jours", (today, 10))))
    body = (Literal(Atom("personne", (Var("Personne"),))), Literal(Atom("date", (today,))))
    more = msgspec.structs.replace(base, rules=(*base.rules, Rule(head, body, place, (place, place))))
    law = Law(more, lift(more), infer(more))
    case = case_of(ROOT / "examples" / "amina.yaml")
    assert pivot_days(law, case, "2022-01-01", "2022-12-31", GOALS) == every_day("2022-01-01", "2022-12-31")
    assert len(pivot_days(law, case, "2022-01-01", "2022-12-31", ("droit",))) < 40


DAYS = every_day("2019-11-01", "2022-04-30")
CONSTANT = st.sampled_from(DAYS)
MONTHS = st.integers(-14, 14)
TERMS = st.recursive(
    st.just(TODAY),
    lambda inner: st.one_of(
        st.builds(lambda t, n: Call("plus_mois", (t, n)), inner, MONTHS),
        st.builds(lambda t, n: Call("plus_jours", (t, n)), inner, st.integers(-50, 50)),
        st.builds(lambda t, n: Call("fin_du_mois_suivant", (t, n)), inner, MONTHS),
        st.builds(lambda t: Call("premier_du_mois", (t,)), inner),
        st.builds(lambda t: Call("premier_janvier", (t,)), inner),
        st.builds(lambda t, c: Call("plus_tot", (t, c)), inner, CONSTANT),
        st.builds(lambda c, t: Call("plus_tard", (c, t)), CONSTANT, inner),
    ),
    max_leaves=3,
)


def changing(values: list[object]) -> set[str]:
    return {day for day, one, other in zip(DAYS[1:], values, values[1:], strict=False) if one != other}


@settings(max_examples=150, deadline=None)
@given(TERMS, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.one_of(TERMS, CONSTANT))
def test_a_comparison_turns_on_the_days_found_by_trying_all(one, op, other):
    found = set(Line(DAYS).flips(one, op, other))
    values = [(built(one, {"Jour": day}), built(other, {"Jour": day})) for day in DAYS]
    expected = changing([compare(left, op, right) for left, right in values])
    assert expected <= found
    if op not in ("=", "!="):
        assert expected == found


@settings(max_examples=60, deadline=None)
@given(CONSTANT, CONSTANT, MONTHS, MONTHS)
def test_a_count_of_payments_changes_on_the_days_found_by_trying_all(du, au, first, last):
    window = Call("plus_mois", (TODAY, first)), Call("plus_mois", (Call("premier_du_mois", (TODAY,)), last))
    for term in (Call("versements", (du, au, *window)), Call("age", (du, window[1]))):
        values = [built(term, {"Jour": day}) for day in DAYS]
        assert set(Line(DAYS).steps(term)) == changing(values)


def test_a_term_that_changes_every_day_is_not_followed():
    with pytest.raises(NotFollowed):
        list(Line(DAYS).steps(Call("plus_jours", (TODAY, 3))))
