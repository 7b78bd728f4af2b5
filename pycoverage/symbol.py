"""Values as clingo's symbols and back, and the named functions as clingo calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from pycoverage.functions import FUNCTIONS, OPEN_END, OPEN_START
from pycoverage.value import INF, SUP, Bound, Fun, Value

if TYPE_CHECKING:
    import clingo

MAX_KEPT = 50_000
"""Symbols and values remembered in one process, at most."""


class Functions:
    """The named functions as clingo calls them; the first argument is the number of the rule."""

    def __init__(self) -> None:
        self.errors: list[tuple[int, str]] = []

    def __getattr__(self, name: str) -> Callable[..., clingo.Symbol | Sequence[clingo.Symbol]]:
        function = FUNCTIONS[name][0]
        known = _RESULTS.setdefault(name, {})

        def call(rule: clingo.Symbol, *arguments: clingo.Symbol) -> clingo.Symbol | Sequence[clingo.Symbol]:
            result = known.get(arguments)
            if result is not None:
                return result
            try:
                result = symbol_of(applied(function, [value_of(argument) for argument in arguments]))
            except (ValueError, TypeError) as error:
                self.errors.append((rule.number, f"@{name} : {error}"))
                return []
            if len(known) > MAX_KEPT:
                known.clear()
            known[arguments] = result
            return result

        setattr(self, name, call)
        return call


def applied(function: Callable[..., object], arguments: Iterable[Value]) -> Value:
    """Apply a named function to values. Raises ValueError if an argument does not fit."""
    given: list[object] = []
    for argument in arguments:
        if isinstance(argument, Bound):
            given.append(OPEN_START if argument == INF else OPEN_END)
        elif isinstance(argument, Fun):
            match argument:
                case Fun("rapport", (int(above), int(below))) if below:
                    given.append(Fraction(above, below))
                case _:
                    given.append(argument)
        else:
            given.append(argument)
    result = function(*given)
    if isinstance(result, Fraction):
        return Fun("rapport", (result.numerator, result.denominator))
    if result == OPEN_START:
        return INF
    if result == OPEN_END:
        return SUP
    assert isinstance(result, int | str)
    return result


@cache
def computed(name: str, values: tuple[Value, ...]) -> Value | None:
    """Return what a named function or an operation gives, or None if it gives nothing."""
    if name in "+-*/":
        left, right = values
        if not isinstance(left, int) or not isinstance(right, int):
            return None
        return {"+": left + right, "-": left - right, "*": left * right, "/": left // right if right else 0}[name]
    try:
        return applied(FUNCTIONS[name][0], values)
    except (ValueError, TypeError):
        return None


def value_of(symbol: clingo.Symbol) -> Value:
    """Return a clingo symbol as a value; each symbol is taken apart once."""
    found = _VALUES.get(symbol)
    if found is None:
        if len(_VALUES) > MAX_KEPT:
            _VALUES.clear()
        found = _VALUES[symbol] = _value_of(symbol)
    return found


def _value_of(symbol: clingo.Symbol) -> Value:
    kind = symbol.type.value
    if kind == 4:
        return symbol.string
    if kind == 1:
        return symbol.number
    if kind == 5:
        name, arguments = symbol.name, symbol.arguments
        if not arguments:
            return _CODES.get(name) or _CODES.setdefault(name, Fun(name))
        return Fun(name, tuple(value_of(argument) for argument in arguments))
    return INF if kind == 0 else SUP


_CODES: dict[str, Fun] = {}
_VALUES: dict[clingo.Symbol, Value] = {}
_RESULTS: dict[str, dict[tuple[clingo.Symbol, ...], clingo.Symbol]] = {}
"""What was computed in this process: symbols are never freed by clingo, so that they can be remembered."""


def _symbol_of(value: Value) -> clingo.Symbol:
    import clingo

    if isinstance(value, str):
        return clingo.String(value)
    if isinstance(value, int):
        return clingo.Number(value)
    if isinstance(value, Bound):
        return clingo.Infimum if value == INF else clingo.Supremum
    return clingo.Function(value.name, [_symbol_of(arg) for arg in value.args])  # type: ignore[arg-type]


_SYMBOLS: dict[Value, clingo.Symbol] = {}


def symbol_of(value: Value) -> clingo.Symbol:
    """Return a value as a clingo symbol, never through text."""
    found = _SYMBOLS.get(value)
    if found is None:
        if len(_SYMBOLS) > MAX_KEPT:
            _SYMBOLS.clear()
        found = _SYMBOLS[value] = _symbol_of(value)
    return found
