"""The values at which the rules change their mind: the cuts that comparisons make in dates and amounts.

Every comparison of a rule is followed back, through the named functions and the conclusions it rests on,
to the facts it compares: each of these is cut at the first value that changes its outcome, given the
values that the others may take. Between two cuts no comparison changes, so that the first value of each
interval stands for all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from pycoverage.days import changes
from pycoverage.flow import OTHER_DAY, TODAY, Flow, Position
from pycoverage.functions import FUNCTIONS, LIMIT
from pycoverage.law import Law
from pycoverage.scalar import FIRST_DAY, LAST_DAY
from pycoverage.symbol import computed
from pycoverage.syntax import Aggregate, Rule
from pycoverage.value import INF, SUP, Arith, Bound, Call, Fun, Term, Value, Var, rank

Values = frozenset[Value]

ORDERED = frozenset({"date", "montant", "nombre", "coefficient"})
"""Kinds whose values are compared."""

MOST = 20_000
"""Combinations of values tried for one condition; beyond, the condition is not covered."""

MOST_CUTS = 2_000
"""Cuts kept at one position."""

UNEVEN = {"versements": (0,)}
"""Arguments of the named functions in which their result goes up and down."""

PASSES = 4
_NONE: Values = frozenset()
_ZERO = frozenset({0})


class Thresholds:
    """The values that may stand at each position of some rules, and the cuts that comparisons make there.

    `rules` are numbers of rules, those that a rule rests on first. `given` are the values of the facts and of the
    parameters, per position of their predicate; `days` the days of assessment; `wanted` the positions to cut,
    `TODAY` or positions of facts. With `sums`, the values that the sum of a rule has when the amounts looked for
    are nothing, `given` also holds the values of what the rules conclude then. With `pivots`, the days on which
    the law changes count too, where the rules look at other days than those of assessment. `uncovered` are the
    rules with a comparison that could not be followed; `cuts_of` are the cuts that each rule asks for.
    """

    def __init__(
        self,
        law: Law,
        rules: Sequence[int],
        given: Mapping[Position, Iterable[Value]],
        days: Iterable[str],
        persons: int,
        wanted: Iterable[Position],
        *,
        sums: Mapping[int, frozenset[int]] | None = None,
        pivots: bool = True,
    ) -> None:
        self.base, self.kinds, self.persons = law.base, law.kinds, persons
        self.rules = [(number, law.base.rules[number]) for number in rules]
        self.values: dict[Position, Values] = {place: frozenset(found) for place, found in given.items()}
        self.values[TODAY] = self.values[OTHER_DAY] = frozenset(days)
        self.cuts: dict[Position, set[Value]] = {}
        self.cuts_of: dict[tuple[int, Position], set[Value]] = {}
        self.uncovered: set[int] = set()
        self.sums = sums or {}
        self.flow = Flow(law, rules, wanted)
        self.elsewhere, self._forms = self.flow.elsewhere, self.flow.forms
        self.pivots = frozenset(changes(law.base, self.elsewhere) if pivots else ())
        self._known: dict[tuple[int, str], Values] = {}
        self._run()

    def _run(self) -> None:
        for _ in range(0 if self.sums else PASSES):
            before = {place: len(found) for place, found in self.values.items()}
            self._known.clear()
            for number, rule in self.rules:
                self._conclude(number, rule)
            if before == {place: len(found) for place, found in self.values.items()}:
                break
        for number, _ in self.rules:
            self._compare(number)
        for _ in range(PASSES):
            before = {place: len(found) for place, found in self.cuts.items()}
            for number, rule in reversed(self.rules):
                self._follow(number, rule)
            if before == {place: len(found) for place, found in self.cuts.items()}:
                break

    # Forward: the values that may stand.

    def _conclude(self, number: int, rule: Rule) -> None:
        for index, term in enumerate(rule.head.args):
            if self.kinds.position(rule.head.name, index) in ORDERED:
                place = rule.head.name, index
                self.values[place] = self.values.get(place, _NONE) | self._of(number, term)
        for literal in self._forms[number].on_days:
            assert literal.day is not None
            self.values[OTHER_DAY] = self.values[OTHER_DAY] | {
                day for day in self._of(number, literal.day) if isinstance(day, str)
            }

    def _of(self, number: int, term: Term) -> Values:
        """Return the values that a term of a rule may have."""
        if isinstance(term, Var):
            key = number, term.name
            if key not in self._known:
                self._known[key] = _NONE
                self._known[key] = self._variable(number, term.name)
            return self._known[key]
        if isinstance(term, Call | Arith):
            parts = term.args if isinstance(term, Call) else (term.left, term.right)
            return frozenset(found for _, found in self._apply(number, term, parts))
        if isinstance(term, Fun) and term.args:
            choices = [sorted(self._of(number, part), key=rank) for part in term.args]
            return frozenset(Fun(term.name, values) for values in itertools.product(*choices))
        return frozenset([term]) if isinstance(term, int | str | Bound) else _NONE

    def _variable(self, number: int, name: str) -> Values:
        form = self._forms[number]
        if name in form.places:
            found = [values for place in form.places[name] if (values := self._at(number, place))]
            return min(found, key=len, default=_NONE)
        if name in form.assigned:
            return self._of(number, form.assigned[name])
        if name in form.gathered:
            return self._gathered(number, form.gathered[name])
        return _NONE

    def _at(self, number: int, place: Position) -> Values:
        if place == TODAY:
            return self.values[OTHER_DAY if number in self.elsewhere else TODAY]
        return self.values.get(place, _NONE)

    def _gathered(self, number: int, aggregate: Aggregate) -> Values:
        if aggregate.function == "count":
            return frozenset(range(self.persons + 1))
        if aggregate.function == "sum":
            return self.sums.get(number, _ZERO)
        found: set[Value] = {SUP if aggregate.function == "min" else INF}
        for element in aggregate.elements:
            found |= self._of(number, element.terms[0])
        return frozenset(found)

    def _apply(
        self, number: int, term: Call | Arith, parts: Sequence[Term]
    ) -> Iterator[tuple[tuple[Value, ...], Value]]:
        choices = [sorted(self._of(number, part), key=rank) for part in parts]
        if _product(choices) > MOST:
            self.uncovered.add(number)
            return
        for values in itertools.product(*choices):
            result = _result(term, values)
            if result is not None:
                yield values, result

    # Backward: where a comparison changes.

    def _compare(self, number: int) -> None:
        form = self._forms[number]
        for comparison in form.tests:
            for one, other, turned in (
                (comparison.left, comparison.right, False),
                (comparison.right, comparison.left, True),
            ):
                if not self.flow.leads(number, one):
                    continue
                op = _TURNED.get(comparison.op, comparison.op) if turned else comparison.op
                cuts = {cut for value in self._of(number, other) for cut in _cuts(op, value)}
                self._push(number, one, cuts)
        for name, places in form.places.items():
            if len(places) + len(form.refused.get(name, ())) > 1:
                everywhere = [*places, *form.refused.get(name, ())]
                for place in everywhere:
                    if place not in self.flow.places:
                        continue
                    others = {
                        value
                        for other in everywhere
                        if other != place and TODAY not in (place, other)
                        for value in self._at(number, other)
                    }
                    self._cut(number, place, {cut for value in others for cut in _cuts("=", value)})

    def _follow(self, number: int, rule: Rule) -> None:
        """Push the cuts of a conclusion down to what it is made of."""
        for index, term in enumerate(rule.head.args):
            found = self.cuts.get((rule.head.name, index))
            if found and self.kinds.position(rule.head.name, index) in ORDERED:
                self._push(number, term, found)
        for literal in self._forms[number].on_days:
            assert literal.day is not None
            self._push(number, literal.day, self.cuts.get(OTHER_DAY, set()) | self.pivots)

    def _push(self, number: int, term: Term, cuts: Iterable[Value]) -> None:
        """Cut a term of a rule: it changes at the first value that is not below the cut."""
        wanted = set(cuts)
        if not wanted or not self.flow.leads(number, term):
            return
        if isinstance(term, Var):
            form = self._forms[number]
            for place in form.places.get(term.name, ()):
                self._cut(number, place, wanted)
            if term.name in form.assigned:
                self._push(number, form.assigned[term.name], wanted)
            elif term.name in form.gathered:
                self._push_gathered(number, form.gathered[term.name], wanted)
        elif isinstance(term, Call | Arith):
            self._push_call(number, term, wanted)

    def _cut(self, number: int, place: Position, cuts: Iterable[Value]) -> None:
        if place == TODAY and number in self.elsewhere:
            place = OTHER_DAY
        if self.kinds.position(place[0], 0 if place == OTHER_DAY else place[1]) in ORDERED:
            wanted = set(cuts)
            self.cuts_of.setdefault((number, place), set()).update(wanted)
            found = self.cuts.setdefault(place, set())
            found.update(wanted)
            if len(found) > MOST_CUTS:
                self.uncovered.add(number)
                self.cuts[place] = set(sorted(found, key=rank)[:MOST_CUTS])

    def _push_gathered(self, number: int, aggregate: Aggregate, cuts: set[Value]) -> None:
        for element in aggregate.elements:
            if aggregate.function in ("min", "max"):
                self._push(number, element.terms[0], cuts)
            elif aggregate.function == "sum":
                rest = self.sums.get(number, _ZERO)
                self._push(
                    number,
                    element.terms[0],
                    {cut - value for cut in cuts if isinstance(cut, int) for value in rest if cut - value >= 0},
                )

    def _push_call(self, number: int, term: Call | Arith, cuts: set[Value]) -> None:
        parts = term.args if isinstance(term, Call) else (term.left, term.right)
        choices = [sorted(self._of(number, part), key=rank) for part in parts]
        for index, part in enumerate(parts):
            if not self.flow.leads(number, part):
                continue
            others: list[list[Value | None]] = [[*each] for each in choices]
            others[index] = [None]
            if _product(others) * len(cuts) > MOST:
                self.uncovered.add(number)
                continue
            kind = _kind(term, index)
            if kind is None:
                self.uncovered.add(number)
                continue
            found: set[Value] = set()
            name = term.name if isinstance(term, Call) else term.op
            for values in itertools.product(*others):
                for cut in cuts:
                    found.update(_inverse(name, values, index, cut, kind))
            self._push(number, part, found)


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _cuts(op: str, value: Value) -> Iterator[Value]:
    """Yield the first values at which `x op value` changes."""
    if op in ("<", ">=", "=", "!=") and not isinstance(value, Fun):
        yield value
    if op in ("<=", ">", "=", "!="):
        after = _next(value)
        if after is not None:
            yield after


def _next(value: Value) -> Value | None:
    if isinstance(value, int):
        return value + 1 if value < LIMIT else None
    if isinstance(value, str):
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat() if value < LAST_DAY else None
    return None


def _product(choices: Sequence[Sequence[object]]) -> int:
    size = 1
    for found in choices:
        size *= len(found)
    return size


def _kind(term: Call | Arith, index: int) -> str | None:
    """Return the kind of an argument that can be followed back, or None."""
    if isinstance(term, Arith):
        return "montant"
    if index in UNEVEN.get(term.name, ()):
        return None
    kinds = FUNCTIONS[term.name][1]
    kind = kinds[index] if index < len(kinds) and kinds[index] != "*" else kinds[-2 if kinds[-1] == "*" else -1]
    return kind if kind in ("date", "montant", "nombre") else None


def _result(term: Call | Arith, values: Sequence[Value]) -> Value | None:
    return computed(term.name if isinstance(term, Call) else term.op, tuple(values))


@cache
def _inverse(name: str, values: tuple[Value | None, ...], index: int, cut: Value, kind: str) -> tuple[Value, ...]:
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


_START = date.fromisoformat(FIRST_DAY)
_SPAN = (date.fromisoformat(LAST_DAY) - _START).days


@cache
def _day(step: int) -> str:
    return (_START + timedelta(days=step)).isoformat()
