"""Where a named function, or an operation, passes a value: the first argument from which its result does.

All arguments but one are given. In the one looked for the function only grows, or only falls, so that the place is
found by halving, from a guess as if it grew evenly.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from pycoverage.functions import FUNCTIONS, LIMIT
from pycoverage.scalar import FIRST_DAY, LAST_DAY
from pycoverage.symbol import computed
from pycoverage.value import Arith, Call, Value, rank

UNEVEN = {"versements": (0,)}
"""Arguments of the named functions in which their result goes up and down."""

_START = date.fromisoformat(FIRST_DAY)
_SPAN = (date.fromisoformat(LAST_DAY) - _START).days


def followed(term: Call | Arith, index: int) -> str | None:
    """Return the kind of an argument that can be followed back, or None."""
    if isinstance(term, Arith):
        return "montant"
    if index in UNEVEN.get(term.name, ()):
        return None
    kinds = FUNCTIONS[term.name][1]
    kind = kinds[index] if index < len(kinds) and kinds[index] != "*" else kinds[-2 if kinds[-1] == "*" else -1]
    return kind if kind in ("date", "montant", "nombre") else None


@cache
def inverse(name: str, values: tuple[Value | None, ...], index: int, cut: Value, kind: str) -> tuple[Value, ...]:
    """Return the first argument from which the result is no longer below a cut, or no longer from it."""
    low, high = _ends(name, values, index, kind)
    if low >= high:
        return ()
    function, limit = _along(name, values, index, kind), rank(cut)

    def above(step: int) -> bool | None:
        result = function(step)
        return None if result is None else rank(result) >= limit

    first = above(low)
    if first is None or first == above(high):
        return ()
    low, high = _about(above, low, high, _guess(function, low, high, cut))
    while high - low > 1:
        middle = (low + high) // 2
        if above(middle) == first:
            low = middle
        else:
            high = middle
    return (_day(high) if kind == "date" else high,)


@cache
def _ends(name: str, values: tuple[Value | None, ...], index: int, kind: str) -> tuple[int, int]:
    """Return the first and the last argument for which a function gives something, as steps."""
    function = _along(name, values, index, kind)
    low, high = (0, _SPAN) if kind == "date" else (0, LIMIT if kind == "montant" else 1_000)
    while low < high and function(low) is None:
        low += 1 if kind == "nombre" else 370
    while low < high and function(high) is None:
        high -= max(1, (high - low) // 8)
    return low, high


def _along(name: str, values: tuple[Value | None, ...], index: int, kind: str) -> Callable[[int], Value | None]:
    """Return a function of one of its arguments, a step from the lowest, the others given."""
    before, after = values[:index], values[index + 1 :]
    return lambda step: computed(name, (*before, _day(step) if kind == "date" else step, *after))


def _guess(function: Callable[[int], Value | None], low: int, high: int, cut: Value) -> int:
    """Return about where a function passes a cut, as if it grew evenly."""
    first, last, wanted = _measure(function(low)), _measure(function(high)), _measure(cut)
    if first is None or last is None or wanted is None or first == last:
        return (low + high) // 2
    return low + (high - low) * (wanted - first) // (last - first)


def _measure(value: Value | None) -> int | None:
    if isinstance(value, str):
        return date.fromisoformat(value).toordinal()
    return value if isinstance(value, int) else None


def _about(above: Callable[[int], bool | None], low: int, high: int, guess: int) -> tuple[int, int]:
    """Return two steps between which the outcome changes, near a guess: it is looked for in strides that double."""
    first, at, stride = above(low), min(max(guess, low + 1), high - 1), 1
    if low < at and above(at) == first:
        low = at
        while low + stride < high and above(low + stride) == first:
            low, stride = low + stride, 2 * stride
        return low, min(high, low + stride)
    high = max(at, low + 1)
    while high - stride > low and above(high - stride) != first:
        high, stride = high - stride, 2 * stride
    return max(low, high - stride), high


@cache
def _day(step: int) -> str:
    return (_START + timedelta(days=step)).isoformat()
