"""The values at which the rules change their mind: the cuts that comparisons make in dates and amounts.

Every comparison of a rule is followed back, through the named functions and the conclusions it rests on,
to the facts it compares: each of these is cut at the first value that changes its outcome, given the
values that the others may take. Between two cuts no comparison changes, so that the first value of each
interval stands for all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pycoverage.days import changes
from pycoverage.flow import OTHER_DAY, TODAY, Chain, Flow, Position
from pycoverage.functions import LIMIT
from pycoverage.inverse import followed, inverse
from pycoverage.scalar import LAST_DAY, day_after
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

PASSES = 4
_NONE: Values = frozenset()
_ZERO = frozenset({0})


class Thresholds:
    """The values that may stand at each position of some rules, and the cuts that comparisons make there.

    The rules are those of a chain. `given` are the values of the facts and of the
    parameters, per position of their predicate; `days` the days of assessment; `wanted` the positions to cut,
    `TODAY` or positions of facts. With `sums`, the values that the sum of a rule has when the amounts looked for
    are nothing, `given` also holds the values of what the rules conclude then. With `pivots`, the days on which
    the law changes count too, where the rules look at other days than those of assessment. `uncovered` are the
    rules with a comparison that could not be followed; `cuts_of` are the cuts that each rule asks for.
    """

    def __init__(
        self,
        chain: Chain,
        given: Mapping[Position, Iterable[Value]],
        days: Iterable[str],
        persons: int,
        wanted: Iterable[Position],
        *,
        sums: Mapping[int, frozenset[int]] | None = None,
        pivots: bool = True,
    ) -> None:
        self.base, self.kinds, self.persons = chain.law.base, chain.law.kinds, persons
        self.rules, self.elsewhere, self._forms = chain.rules, chain.elsewhere, chain.forms
        self.values: dict[Position, Values] = {place: frozenset(found) for place, found in given.items()}
        self.values[TODAY] = self.values[OTHER_DAY] = frozenset(days)
        self.cuts: dict[Position, set[Value]] = {}
        self.cuts_of: dict[tuple[int, Position], set[Value]] = {}
        self.uncovered: set[int] = set()
        self.sums = sums or {}
        self.flow = Flow(chain, wanted)
        self.pivots = frozenset(changes(self.base, self.elsewhere) if pivots else ())
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
        if math.prod(map(len, choices)) > MOST:
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
            if math.prod(map(len, others)) * len(cuts) > MOST:
                self.uncovered.add(number)
                continue
            kind = followed(term, index)
            if kind is None:
                self.uncovered.add(number)
                continue
            found: set[Value] = set()
            name = term.name if isinstance(term, Call) else term.op
            for values in itertools.product(*others):
                for cut in cuts:
                    found.update(inverse(name, values, index, cut, kind))
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
        return day_after(value) if value < LAST_DAY else None
    return None


def _result(term: Call | Arith, values: Sequence[Value]) -> Value | None:
    return computed(term.name if isinstance(term, Call) else term.op, tuple(values))
