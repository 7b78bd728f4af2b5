"""Simple values as people write them: days, amounts in euros, numbers, coefficients, codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from pycoverage.functions import LIMIT
from pycoverage.value import Fun, Value

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

FIRST_DAY, LAST_DAY = "1900-01-01", "2100-12-31"
"""The days between which a dossier may speak, both included."""


def day(text: str) -> str | None:
    """Return the text if it is a real day `AAAA-MM-JJ`, else None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def day_after(text: str) -> str:
    """Return the next day."""
    return (date.fromisoformat(text) + timedelta(days=1)).isoformat()


def day_before(text: str) -> str:
    """Return the day before."""
    return (date.fromisoformat(text) - timedelta(days=1)).isoformat()


def cents(text: str) -> int | None:
    """Return an amount in euros as whole cents, or None if it is not one or does not fit 32 bits."""
    if not re.fullmatch(r"-?(0|[1-9]\d{0,11})(\.\d{1,2})?", text):
        return None
    try:
        found = int(Decimal(text) * 100)
    except InvalidOperation:
        return None
    return found if abs(found) <= LIMIT else None


def ratio(text: str) -> Fun | None:
    """Return a decimal or `n/d` as the exact term `rapport(n, d)`, or None."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?|\d{1,9}/[1-9]\d{0,8}", text):
        return None
    exact = Fraction(text)
    if max(exact.numerator, exact.denominator) > LIMIT:
        return None
    return Fun("rapport", (exact.numerator, exact.denominator))


def code(text: str) -> Fun | None:
    """Return a code as a term, or None if it is not written as one."""
    return Fun(text) if IDENTIFIER.fullmatch(text) else None


def number(text: str) -> int | None:
    """Return a whole number, or None."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


SCALARS: dict[str, Callable[[str], Value | None]] = {
    "date": day,
    "montant": cents,
    "nombre": number,
    "coefficient": ratio,
    "code": code,
}
