"""Terms that move with the day, and the days of a range on which they change.

The named functions are monotone in each argument: what is the same at the ends of a block of days, each
argument taken apart, is the same all through it. A range is halved until every block is decided.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from pycoverage.functions import FUNCTIONS
from pycoverage.symbol import computed
from pycoverage.value import Arith, Call, Fun, Term, Value, Var, rank

FOLLOWED = frozenset({"date", "nombre"})
"""Kinds whose values are followed; an amount is None."""

TODAY = Var("Jour")
"""The day, the only variable of a term that moves."""

MOST = 8
"""A term that changes more often than every so many days is not followed."""

Binding = Mapping[str, Term | None]


class NotFollowed(Exception):
    """What changes cannot be found without trying every day."""


class Line:
    """A range of days, and where terms of the day change along it."""

    def __init__(self, days: Sequence[str]) -> None:
        self.days = days
        self._ends: dict[tuple[Term, int, int], tuple[Value, Value] | None] = {}

    def flips(self, one: Term, op: str, other: Term) -> Iterator[str]:
        """Yield the days on which `one op other` is no longer what it was the day before."""
        for each in ("<=", ">=") if op in ("=", "!=") else (op,):

            def decided(first: int, last: int, op: str = each) -> bool | None:
                return _decided(op, self.ends(one, first, last), self.ends(other, first, last), first == last)

            yield from self._changes(decided)

    def steps(self, term: Term) -> Iterator[str]:
        """Yield the days on which a term is no longer what it was the day before. Raises NotFollowed if too many."""

        def decided(first: int, last: int) -> Value | None:
            ends = self.ends(term, first, last)
            return None if ends is None or ends[0] != ends[1] else ends[0]

        for number, day in enumerate(self._changes(decided)):
            if number > MOST + len(self.days) // MOST:
                raise NotFollowed
            yield day

    def _changes(self, decided: Callable[[int, int], Value | None]) -> Iterator[str]:
        """Yield the days that begin a block for which another value is decided than for the one before."""
        blocks = [(0, len(self.days) - 1)]
        before: list[object] = []
        while blocks:
            first, last = blocks.pop()
            found = decided(first, last)
            if found is None and first < last:
                middle = (first + last) // 2
                blocks += [(middle + 1, last), (first, middle)]
                continue
            if before and before[0] != found:
                yield self.days[first]
            before = [found]

    def ends(self, term: Term, first: int, last: int) -> tuple[Value, Value] | None:
        """Return the least and the greatest value of a term over a block, or None where it has none."""
        if isinstance(term, Var):
            return self.days[first], self.days[last]
        if not isinstance(term, Call | Arith):
            return term, term
        key = term, first, last
        if key not in self._ends:
            self._ends[key] = self._corners(term, first, last)
        return self._ends[key]

    def _corners(self, term: Call | Arith, first: int, last: int) -> tuple[Value, Value] | None:
        parts = term.args if isinstance(term, Call) else (term.left, term.right)
        name = term.name if isinstance(term, Call) else term.op
        ends = [self.ends(part, first, last) for part in parts]
        if None in ends:
            return None
        sides = [dict.fromkeys(end) for end in ends if end is not None]
        found = [computed(name, values) for values in itertools.product(*sides)]
        if None in found:
            return None
        known = sorted((value for value in found if value is not None), key=rank)
        return known[0], known[-1]


def _decided(op: str, one: tuple[Value, Value] | None, other: tuple[Value, Value] | None, single: bool) -> bool | None:
    """Tell whether `one op other` holds all through a block, fails all through it, or neither (None)."""
    if one is None or other is None:
        return False if single else None
    if op in (">", ">="):
        one, other, op = other, one, "<" if op == ">" else "<="
    low, high = (rank(one[0]), rank(one[1])), (rank(other[0]), rank(other[1]))
    if op == "<":
        return True if low[1] < high[0] else False if low[0] >= high[1] else None
    return True if low[1] <= high[0] else False if low[0] > high[1] else None


def moves(term: Term) -> bool:
    """Tell whether a term that was built depends on the day."""
    return isinstance(term, Var | Call | Arith) or (isinstance(term, Fun) and any(map(moves, term.args)))


def built(term: Term, binding: Binding) -> Term | None:
    """Return a term with its variables replaced, computed as far as it goes; None if an amount is in it."""
    if isinstance(term, Var):
        return binding.get(term.name)
    if isinstance(term, Call):
        if FUNCTIONS[term.name][2] not in FOLLOWED:
            return None
        return _folded(term.name, [built(arg, binding) for arg in term.args])
    if isinstance(term, Arith):
        return _folded(term.op, [built(term.left, binding), built(term.right, binding)])
    if isinstance(term, Fun) and term.args:
        parts = [built(arg, binding) for arg in term.args]
        return None if None in parts else Fun(term.name, tuple(part for part in parts if part is not None))
    return term


def _folded(name: str, parts: Sequence[Term | None]) -> Term | None:
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts):
        return None
    if not any(map(moves, known)):
        return computed(name, known)  # type: ignore[arg-type]
    return Arith(name, *known) if name in "+-*/" else Call(name, known)


def made_of(term: Term) -> Iterator[Term]:
    """Yield the dates and numbers in the amounts of a term."""
    if isinstance(term, Call) and FUNCTIONS[term.name][2] not in FOLLOWED:
        for arg in term.args:
            yield from _leaves(arg)
    elif isinstance(term, Call | Fun):
        for arg in term.args:
            yield from made_of(arg)
    elif isinstance(term, Arith):
        for arg in (term.left, term.right):
            yield from made_of(arg)


def _leaves(term: Term) -> Iterator[Term]:
    if isinstance(term, Call) and FUNCTIONS[term.name][2] in FOLLOWED:
        yield term
    elif isinstance(term, Call | Fun):
        for arg in term.args:
            yield from _leaves(arg)
    elif isinstance(term, Arith):
        yield from _leaves(term.left)
        yield from _leaves(term.right)
    elif isinstance(term, Var):
        yield term
