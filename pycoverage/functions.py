"""The named functions of the rule language: calendar arithmetic and exact amounts.

This module stands alone (standard library only): `pycoverage export` copies its source into the
program it writes. Dates are texts `AAAA-MM-JJ`, or `OPEN_START` / `OPEN_END` for an interval without
a bound, which pass through every date function. Amounts are whole cents; coefficients are exact
fractions. A result outside 32 bits, or an argument of the wrong kind, raises ValueError.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

OPEN_START = "#inf"
OPEN_END = "#sup"
LIMIT = 2**31 - 1


def _date(text: object) -> date:
    if not isinstance(text, str):
        raise ValueError(f"« {text} » n'est pas une date")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise ValueError(f"« {text} » n'est pas une date AAAA-MM-JJ")
    return found


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(f"« {value} » n'est pas un nombre entier")
    return value


def _fraction(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    raise ValueError(f"« {value} » n'est pas un coefficient")


def _bounded(value: int) -> int:
    if not -LIMIT <= value <= LIMIT:
        raise ValueError("montant hors des bornes du calcul (environ 21 millions d'euros)")
    return value


def _open(text: object) -> bool:
    return text in (OPEN_START, OPEN_END)


def _last_day(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _shift(start: date, months: int) -> date:
    count = start.year * 12 + start.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9998:
        raise ValueError("date hors du calendrier")
    return date(year, month, min(start.day, _last_day(year, month)))


def plus_jours(jour: str, nombre: int) -> str:
    """The day `nombre` days later."""
    if _open(jour):
        return jour
    try:
        return (_date(jour) + timedelta(days=_number(nombre))).isoformat()
    except OverflowError:
        raise ValueError("date hors du calendrier") from None


def plus_mois(jour: str, nombre: int) -> str:
    """The same day of the month `nombre` months later, clipped to the last day of that month."""
    return jour if _open(jour) else _shift(_date(jour), _number(nombre)).isoformat()


def plus_ans(jour: str, nombre: int) -> str:
    """The same day `nombre` years later; 29 February becomes 28 February in a common year."""
    return plus_mois(jour, 12 * _number(nombre))


def fin_de_mois(jour: str) -> str:
    """The last day of the month."""
    return fin_du_mois_suivant(jour, 0)


def fin_du_mois_suivant(jour: str, nombre: int) -> str:
    """The last day of the n-th month after the month of the day."""
    if _open(jour):
        return jour
    shifted = _shift(_date(jour).replace(day=1), _number(nombre))
    return shifted.replace(day=_last_day(shifted.year, shifted.month)).isoformat()


def premier_du_mois(jour: str) -> str:
    """The first day of the month."""
    return jour if _open(jour) else _date(jour).replace(day=1).isoformat()


def premier_du_mois_suivant(jour: str) -> str:
    """The first day of the next month."""
    return jour if _open(jour) else _shift(_date(jour).replace(day=1), 1).isoformat()


def premier_janvier(jour: str) -> str:
    """1 January of the year of the day."""
    return jour if _open(jour) else _date(jour).replace(month=1, day=1).isoformat()


def apres_week_end(jour: str) -> str:
    """The day itself, or the Monday after a Saturday or a Sunday."""
    if _open(jour):
        return jour
    before_monday = 7 - _date(jour).weekday()
    return plus_jours(jour, before_monday if before_monday in (1, 2) else 0)


def paques(jour: str) -> str:
    """Easter Sunday of the year of the day, in the Gregorian calendar (anonymous algorithm)."""
    if _open(jour):
        return jour
    year = _date(jour).year
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    count = epact + weekday - 7 * late + 114
    return date(year, count // 31, count % 31 + 1).isoformat()


def age(naissance: str, jour: str) -> int:
    """Completed years on a day; a birth on 29 February counts from 28 February in a common year."""
    if _open(naissance) or _open(jour):
        raise ValueError("l'âge demande deux dates connues")
    born, on = _date(naissance), _date(jour)
    years = on.year - born.year
    return years if _shift(born, 12 * years) <= on else years - 1


def jours(debut: str, fin: str) -> int:
    """The number of days from one day to the other."""
    if _open(debut) or _open(fin):
        raise ValueError("un nombre de jours demande deux dates connues")
    return (_date(fin) - _date(debut)).days


def plus_tard(un: str, autre: str) -> str:
    """The later of two days."""
    return max(un, autre, key=_order)


def plus_tot(un: str, autre: str) -> str:
    """The earlier of two days."""
    return min(un, autre, key=_order)


def _order(jour: str) -> tuple[int, str]:
    if _open(jour):
        return (2 if jour == OPEN_END else 0, "")
    return (1, _date(jour).isoformat())


def part(montant: int, *coefficients: Fraction) -> int:
    """The amount times the coefficients, rounded once, down to the cent."""
    exact = Fraction(_number(montant))
    for coefficient in coefficients:
        exact *= _fraction(coefficient)
    return _bounded(exact.numerator // exact.denominator)


def part_par_exces(montant: int, *coefficients: Fraction) -> int:
    """The amount times the coefficients, rounded once, up to the cent."""
    return -part(-_number(montant), *coefficients)


def a_l_euro_pres(montant: int) -> int:
    """The nearest amount in whole euros; half a euro is counted for one."""
    return (_number(montant) + 50) // 100 * 100


def fois(montant: int, nombre: int) -> int:
    """The amount times a whole number."""
    return _bounded(_number(montant) * _number(nombre))


def somme_coefficients(un: Fraction, autre: Fraction) -> Fraction:
    """The sum of two coefficients."""
    return _small(_fraction(un) + _fraction(autre))


def coefficient_par(coefficient: Fraction, nombre: int) -> Fraction:
    """The coefficient times a whole number."""
    return _small(_fraction(coefficient) * _number(nombre))


def _small(value: Fraction) -> Fraction:
    if max(abs(value.numerator), value.denominator) > LIMIT:
        raise ValueError("coefficient hors des bornes du calcul")
    return value


def versements(du: str, au: str, debut: str, fin: str) -> int:
    """Monthly payments from `debut` to `fin`, both included.

    One payment falls on the last day of each full month since `du`, as long as it is not after `au`.
    """
    if _open(debut) or _open(fin):
        raise ValueError("la période de référence doit être bornée")
    last = plus_tot(au, fin)
    if du == OPEN_END or last == OPEN_START or last < debut:
        return 0
    start, stop, first = _date(debut), _date(last), _date("1900-01-01" if du == OPEN_START else du)

    def paid(until: date) -> int:
        months = (until.year - first.year) * 12 + until.month - first.month
        while months > 0 and _shift(first, months) - timedelta(days=1) > until:
            months -= 1
        if months >= 0 and _shift(first, months + 1) - timedelta(days=1) <= until:
            months += 1
        return max(months, 0)

    return max(paid(stop) - paid(start - timedelta(days=1)), 0)


FUNCTIONS: dict[str, tuple[Callable[..., object], tuple[str, ...], str]] = {
    "plus_jours": (plus_jours, ("date", "nombre"), "date"),
    "plus_mois": (plus_mois, ("date", "nombre"), "date"),
    "plus_ans": (plus_ans, ("date", "nombre"), "date"),
    "fin_de_mois": (fin_de_mois, ("date",), "date"),
    "fin_du_mois_suivant": (fin_du_mois_suivant, ("date", "nombre"), "date"),
    "premier_du_mois": (premier_du_mois, ("date",), "date"),
    "premier_du_mois_suivant": (premier_du_mois_suivant, ("date",), "date"),
    "premier_janvier": (premier_janvier, ("date",), "date"),
    "apres_week_end": (apres_week_end, ("date",), "date"),
    "paques": (paques, ("date",), "date"),
    "age": (age, ("date", "date"), "nombre"),
    "jours": (jours, ("date", "date"), "nombre"),
    "plus_tard": (plus_tard, ("date", "date"), "date"),
    "plus_tot": (plus_tot, ("date", "date"), "date"),
    "part": (part, ("montant", "coefficient", "*"), "montant"),
    "part_par_exces": (part_par_exces, ("montant", "coefficient", "*"), "montant"),
    "a_l_euro_pres": (a_l_euro_pres, ("montant",), "montant"),
    "fois": (fois, ("montant", "nombre"), "montant"),
    "somme_coefficients": (somme_coefficients, ("coefficient", "coefficient"), "coefficient"),
    "coefficient_par": (coefficient_par, ("coefficient", "nombre"), "coefficient"),
    "versements": (versements, ("date", "date", "date", "date"), "nombre"),
}
"""Name → function, types of its arguments (`*` repeats the one before), type of its result."""
