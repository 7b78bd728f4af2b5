"""The named functions at the edges of the calendar and of 32 bits."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycoverage import functions as f
from pycoverage.functions import FUNCTIONS, LIMIT, OPEN_END, OPEN_START

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31)).map(str)
MONTHS = st.integers(-240, 240)
AMOUNTS = st.integers(-200_000_000, 200_000_000)
SHARES = st.fractions(0, 4, max_denominator=1000)
QUICK = settings(max_examples=50, derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2021-01-31", 1, "2021-02-28"),
        ("2020-01-31", 1, "2020-02-29"),
        ("2021-03-31", 1, "2021-04-30"),
        ("2021-03-31", -1, "2021-02-28"),
        ("2021-05-30", 3, "2021-08-30"),
        ("2019-11-30", 3, "2020-02-29"),
        ("2021-12-15", 1, "2022-01-15"),
        ("2022-01-15", -1, "2021-12-15"),
        ("2021-05-30", 0, "2021-05-30"),
    ],
)
def test_months_keep_the_day_or_stop_at_the_end_of_the_month(start, months, expected):
    assert f.plus_mois(start, months) == expected


def test_more_than_three_months_is_false_on_the_anniversary_and_true_the_day_after():
    limit = f.plus_mois("2021-05-30", 3)
    assert not limit < "2021-08-30"
    assert f.plus_jours("2021-08-30", 1) > limit


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2008, "03-23"), (2016, "03-27"), (2019, "04-21"), (2024, "03-31"), (2026, "04-05"), (2038, "04-25")],
)
def test_easter_is_the_one_of_the_year(year, easter):
    assert f.paques(f"{year}-01-01") == f.paques(f"{year}-12-31") == f"{year}-{easter}"


def test_only_saturday_and_sunday_lead_to_monday():
    week = [f.plus_jours("2022-05-09", number) for number in range(7)]
    assert [f.apres_week_end(day) for day in week] == [*week[:5], "2022-05-16", "2022-05-16"]


@QUICK
@given(DAYS, DAYS)
def test_the_calendar_functions_keep_the_order_of_days(one, other):
    one, other = sorted((one, other))
    assert f.apres_week_end(one) <= f.apres_week_end(other)
    assert f.paques(one) <= f.paques(other)
    assert date.fromisoformat(f.paques(one)).isoweekday() == 7


@pytest.mark.parametrize(
    ("expiry", "months", "expected"),
    [
        ("2021-06-10", 6, "2021-12-31"),
        ("2021-12-10", 6, "2022-06-30"),
        ("2021-08-31", 6, "2022-02-28"),
        ("2019-08-01", 6, "2020-02-29"),
        ("2019-12-31", 12, "2020-12-31"),
        ("2021-06-10", 0, "2021-06-30"),
        ("2021-06-10", -4, "2021-02-28"),
    ],
)
def test_rights_are_kept_to_the_end_of_the_nth_month(expiry, months, expected):
    assert f.fin_du_mois_suivant(expiry, months) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [("2020-02-01", "2020-02-29"), ("2100-02-10", "2100-02-28"), ("2021-12-31", "2021-12-31")]
)
def test_a_month_ends_on_its_last_day_leap_years_included(day, expected):
    assert f.fin_de_mois(day) == expected


def test_first_days():
    assert f.premier_du_mois("2020-02-29") == "2020-02-01"
    assert f.premier_du_mois_suivant("2021-12-31") == "2022-01-01"
    assert f.premier_du_mois_suivant("2021-01-31") == "2021-02-01"
    assert f.premier_janvier("2021-12-31") == "2021-01-01"


def test_years_from_29_february_fall_on_28_february_in_a_common_year():
    assert f.plus_ans("2020-02-29", 1) == "2021-02-28"
    assert f.plus_ans("2020-02-29", 4) == "2024-02-29"


@pytest.mark.parametrize(
    ("birth", "day", "expected"),
    [
        ("2004-02-29", "2022-02-27", 17),
        ("2004-02-29", "2022-02-28", 18),
        ("2004-02-29", "2024-02-28", 19),
        ("2004-02-29", "2024-02-29", 20),
        ("2003-07-07", "2021-07-06", 17),
        ("2003-07-07", "2021-07-07", 18),
        ("2021-07-07", "2021-07-07", 0),
        ("2021-07-07", "2021-07-06", -1),
    ],
)
def test_age_counts_completed_years_and_29_february_from_the_28th(birth, day, expected):
    assert f.age(birth, day) == expected


def test_days_between_count_a_leap_day_and_are_negative_backwards():
    assert f.jours("2020-02-28", "2020-03-01") == 2
    assert f.jours("2021-02-28", "2021-03-01") == 1
    assert f.jours("2021-03-01", "2021-02-28") == -1


def test_later_and_earlier_put_open_bounds_outside():
    assert f.plus_tard(OPEN_START, "2021-01-01") == "2021-01-01"
    assert f.plus_tard(OPEN_END, "2021-01-01") == OPEN_END
    assert f.plus_tot(OPEN_START, "2021-01-01") == OPEN_START
    assert f.plus_tot(OPEN_END, "2021-01-01") == "2021-01-01"


@pytest.mark.parametrize("bound", [OPEN_START, OPEN_END])
def test_open_bounds_pass_through_every_function_from_a_date_to_a_date(bound):
    for name, (function, kinds, result) in FUNCTIONS.items():
        if result != "date" or kinds.count("date") > 1:
            continue
        assert function(bound, *([3] if "nombre" in kinds else [])) == bound, name


@pytest.mark.parametrize("bound", [OPEN_START, OPEN_END])
def test_what_needs_a_known_date_refuses_an_open_bound(bound):
    with pytest.raises(ValueError, match="âge"):
        f.age(bound, "2021-01-01")
    with pytest.raises(ValueError, match="jours"):
        f.jours("2021-01-01", bound)
    with pytest.raises(ValueError, match="bornée"):
        f.versements("2021-01-01", OPEN_END, bound, "2021-12-31")


@pytest.mark.parametrize(
    "wrong", ["2021-02-30", "2021-13-01", "20210830", "2021-W01-1", "30/08/2021", "", 20210830, None]
)
def test_what_is_not_a_date_is_refused_with_its_own_words(wrong):
    with pytest.raises(ValueError, match=f"« {wrong} » n'est pas une date"):
        f.plus_jours(wrong, 1)


def test_dates_outside_the_calendar_are_refused():
    for call in (
        lambda: f.plus_jours("9999-12-31", 1),
        lambda: f.plus_jours("2021-01-01", LIMIT),
        lambda: f.plus_mois("2021-01-01", LIMIT),
        lambda: f.plus_ans("2021-01-01", -3000),
    ):
        with pytest.raises(ValueError, match="calendrier"):
            call()


@QUICK
@given(DAYS, DAYS, MONTHS, MONTHS)
def test_months_grow_with_the_day_and_with_the_number(one, other, fewer, more):
    one, other = sorted([one, other])
    fewer, more = sorted([fewer, more])
    assert f.plus_mois(one, fewer) <= f.plus_mois(other, fewer)
    assert f.plus_mois(one, fewer) <= f.plus_mois(one, more)
    assert f.fin_du_mois_suivant(one, fewer) <= f.fin_du_mois_suivant(other, more)
    assert f.plus_jours(one, fewer) <= f.plus_jours(other, more)
    assert f.plus_ans(one, fewer) <= f.plus_ans(other, more)


@QUICK
@given(DAYS, DAYS, DAYS)
def test_age_grows_with_the_day_and_shrinks_with_the_birth(birth, one, other):
    one, other = sorted([one, other])
    assert f.age(birth, one) <= f.age(birth, other)
    assert f.age(one, birth) >= f.age(other, birth)


@QUICK
@given(DAYS, DAYS)
def test_a_person_turns_n_on_the_nth_anniversary(birth, day):
    years = f.age(birth, day)
    assert f.plus_ans(birth, years) <= day < f.plus_ans(birth, years + 1)


@QUICK
@given(DAYS, st.integers(-5000, 5000))
def test_days_added_are_days_counted(day, number):
    assert f.jours(day, f.plus_jours(day, number)) == number


@QUICK
@given(AMOUNTS, st.lists(SHARES, max_size=3))
def test_a_share_is_the_exact_product_rounded_once(amount, shares):
    exact = Fraction(amount)
    for share in shares:
        exact *= share
    if abs(exact) > LIMIT:
        with pytest.raises(ValueError, match="bornes"):
            f.part(amount, *shares)
        return
    below, above = f.part(amount, *shares), f.part_par_exces(amount, *shares)
    assert below <= exact < below + 1
    assert above - 1 < exact <= above
    assert (below == above) == (exact.denominator == 1)


@QUICK
@given(AMOUNTS, AMOUNTS, SHARES, SHARES)
def test_a_share_grows_with_the_amount_and_with_the_coefficient(one, other, share, larger):
    one, other = sorted([one, other])
    share, larger = sorted([share, larger])
    limit = LIMIT // 8
    if max(abs(one), abs(other)) > limit:
        one, other = one % limit, limit
    for function in (f.part, f.part_par_exces):
        assert function(one, share) <= function(other, share)
        assert function(abs(one), share) <= function(abs(one), larger)


@pytest.mark.parametrize(
    ("amount", "euros"), [(0, 0), (49, 0), (50, 100), (149, 100), (150, 200), (-50, 0), (-51, -100)]
)
def test_half_a_euro_is_counted_for_one(amount, euros):
    assert f.a_l_euro_pres(amount) == euros


def test_a_ceiling_of_two_coefficients_is_not_rounded_in_between():
    coefficients = Fraction(3, 2), Fraction(1113, 1000)
    assert f.part(904_101, *coefficients) == 1_509_396
    assert f.part_par_exces(904_101, *coefficients) == 1_509_397


@pytest.mark.parametrize(
    "call",
    [
        lambda: f.part(LIMIT, Fraction(2)),
        lambda: f.part_par_exces(LIMIT, Fraction(LIMIT + 1, LIMIT)),
        lambda: f.part(-LIMIT, Fraction(2)),
        lambda: f.fois(LIMIT, 2),
        lambda: f.fois(50_000, 50_000),
        lambda: f.somme_coefficients(Fraction(1, LIMIT), Fraction(1, LIMIT - 1)),
        lambda: f.coefficient_par(Fraction(LIMIT), 2),
    ],
)
def test_what_leaves_32_bits_is_refused(call):
    with pytest.raises(ValueError, match="bornes du calcul"):
        call()


def test_the_largest_amount_is_still_computed():
    assert f.fois(LIMIT, 1) == LIMIT
    assert f.part(LIMIT, Fraction(1)) == LIMIT
    assert f.part_par_exces(-LIMIT, Fraction(1)) == -LIMIT
    assert f.a_l_euro_pres(LIMIT) == LIMIT - 47


@pytest.mark.parametrize("wrong", ["12", 1.5, None])
def test_an_amount_or_a_coefficient_of_the_wrong_kind_is_refused(wrong):
    with pytest.raises(ValueError, match="n'est pas un"):
        f.part(wrong, Fraction(1))
    with pytest.raises(ValueError, match="n'est pas un coefficient"):
        f.part(100, wrong)


def test_coefficients_add_and_multiply_exactly():
    assert f.somme_coefficients(Fraction(1), Fraction(1, 2)) == Fraction(3, 2)
    assert f.coefficient_par(Fraction(2, 5), 3) == Fraction(6, 5)


def payments(start: str, end: str, first: str, last: str) -> int:
    """Count monthly payments one by one: on the last day of each full month since `start`."""
    day = date.fromisoformat("1900-01-01" if start == OPEN_START else start)
    found = 0
    for number in range(1, 12 * 200):
        paid = (date.fromisoformat(f.plus_mois(str(day), number)) - timedelta(days=1)).isoformat()
        if paid > last:
            break
        found += first <= paid and (end == OPEN_END or paid <= end)
    return found


NEAR = st.dates(date(2019, 1, 1), date(2022, 12, 31)).map(str)


@QUICK
@given(NEAR | st.just(OPEN_START), NEAR | st.just(OPEN_END), NEAR, NEAR)
def test_payments_are_those_counted_one_by_one(start, end, first, last):
    assert f.versements(start, end, first, last) == payments(start, end, first, last)


@pytest.mark.parametrize("start", ["2021-01-29", "2021-01-30", "2021-01-31", "2020-02-29", "2021-03-31"])
@pytest.mark.parametrize("last", ["2021-02-26", "2021-02-27", "2021-02-28", "2021-03-27", "2021-03-28", "2021-04-29"])
def test_payments_at_the_end_of_short_months_are_those_counted_one_by_one(start, last):
    assert f.versements(start, OPEN_END, "2020-01-01", last) == payments(start, OPEN_END, "2020-01-01", last)


@QUICK
@given(NEAR, NEAR, NEAR, NEAR, NEAR)
def test_payments_grow_with_the_period(start, end, first, last, later):
    last, later = sorted([last, later])
    assert f.versements(start, end, first, last) <= f.versements(start, end, first, later)
    assert f.versements(start, last, first, end) <= f.versements(start, later, first, end)
    assert f.versements(start, end, last, first) >= f.versements(start, end, later, first)


def test_a_year_of_monthly_income_is_twelve_payments():
    assert f.versements(OPEN_START, OPEN_END, "2020-05-01", "2021-04-30") == 12
    assert f.versements("2021-06-01", "2021-11-30", "2021-01-01", "2021-12-31") == 6
    assert f.versements("2021-06-01", "2021-11-29", "2021-01-01", "2021-12-31") == 5


def test_no_payment_before_the_income_starts_or_after_it_ends():
    assert f.versements("2021-06-01", OPEN_END, "2021-01-01", "2021-06-29") == 0
    assert f.versements("2021-06-01", OPEN_END, "2021-01-01", "2021-06-30") == 1
    assert f.versements("2019-01-01", "2020-12-31", "2021-01-01", "2021-12-31") == 0
    assert f.versements(OPEN_END, OPEN_END, "2021-01-01", "2021-12-31") == 0
