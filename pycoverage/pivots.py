"""The days on which anything may change for a dossier: between two of them every rule concludes the same.

All facts being known, the day alone moves. What may stand at each date or number of the rules is followed
from the facts up, as values and as terms of the day (`premier_du_mois(Jour)`); a comparison then changes on
the days on which it does so for some pair of them. The named functions are monotone in each argument, so
that what is the same at the ends of a block of days is the same all through it. Amounts are not followed:
whatever of the day they are made of is cut at each of its changes. What cannot be followed is said by
answering every day.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from pycoverage.atoms import Ids, situation_atoms
from pycoverage.functions import FUNCTIONS
from pycoverage.law import Law
from pycoverage.lifting import changes
from pycoverage.relevance import relevant
from pycoverage.situation import Case, Context
from pycoverage.symbol import applied
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Literal, Rule, variables
from pycoverage.value import INF, SUP, Arith, Bound, Call, Fun, Term, Value, Var, rank

FOLLOWED = frozenset({"date", "nombre"})
"""Kinds whose values are followed; what stands elsewhere is None, but for the codes that rules write."""

TODAY = Var("Jour")
"""The day, in the terms that stand at a position."""

MOST = 3_000
"""Rows of one predicate, and bindings of one condition, beyond which a rule is not followed."""

MOST_SUMMED = 8
"""Lines of a sum of numbers of which every partial sum is tried."""

PASSES = 6

Row = tuple[Term | None, ...]
Binding = dict[str, Term | None]


class NotFollowed(Exception):
    """A rule whose changes cannot be found without trying every day."""


def every_day(start: str, end: str) -> list[str]:
    """Return the days of a range, both ends included."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def pivot_days(law: Law, case: Case, start: str, end: str, goals: Iterable[str]) -> list[str]:
    """Return the first day of each span on which the goals are constant, sorted, the start included.

    `goals` are predicates. Every reading of the law is looked at.
    """
    days = every_day(start, end)
    rules = _rules(law, case, start, end, list(goals))
    found = {day for day in changes(law.base, rules) if start < day <= end}
    try:
        found |= _Days(law, rules, case, days).cuts()
    except NotFollowed:
        return days
    return [start, *sorted(found)]


def _rules(law: Law, case: Case, start: str, end: str, goals: list[str]) -> list[int]:
    """Return the rules that may apply to a case on some day, in the order of their conclusions."""
    ids = Ids(law.program.pivots)
    own = [Context(day) for day in (start, *(day for day in law.program.pivots if start < day <= end))]
    for _ in situation_atoms(law.base, law.program, [case], [own], ids):
        pass
    chosen, _ = relevant(law.base, law.program, [case], ids.laws, goals, any_reading=True)
    return [statement.rule for statement in chosen]


class _Days:
    """What may stand at the dates and numbers of some rules over a range of days, and where that cuts it."""

    def __init__(self, law: Law, rules: Sequence[int], case: Case, days: Sequence[str]) -> None:
        self.kinds, self.base = law.kinds, law.base
        self.rules = [(number, law.base.rules[number]) for number in rules]
        self.scopes = {number: list(_scopes(rule)) for number, rule in self.rules}
        self.line = _Line(days)
        self.rows: dict[str, dict[Row, None]] = {"date": {(TODAY,): None}, "droit_au": {(TODAY,): None}}
        for fact in case.facts:
            self._add(fact.name, fact.args)
        for name, parameter in law.base.parameters.items():
            for amount in parameter.amounts:
                self._add(name, (*amount.keys, amount.value))
        self._elsewhere: dict[tuple[str, str], list[Row]] = {}

    def cuts(self) -> set[str]:
        """Return the days on which a comparison, or an amount made of the day, changes. Raises NotFollowed."""
        for _ in range(PASSES):
            before = sum(map(len, self.rows.values()))
            self._elsewhere.clear()
            for number, rule in self.rules:
                self._conclude(number, rule)
            if before == sum(map(len, self.rows.values())):
                break
        else:
            raise NotFollowed
        flips: dict[tuple[Term, str, Term], None] = {}
        steps: dict[Term, None] = {}
        for number, _ in self.rules:
            for scope in self.scopes[number]:
                for left, op, right in self._compared(number, scope):
                    if left is not None and right is not None:
                        flips[left, op, right] = None
                    else:
                        steps.update((side, None) for side in (left, right) if side is not None)
                steps.update((term, None) for term in self._weighed(number, scope))
        found = {day for one, op, other in flips if _moves(one) or _moves(other) for day in self.line.flips(one, op, other)}
        return found | {day for term in steps if _moves(term) for day in self.line.steps(term)}

    # What may stand where.

    def _add(self, name: str, args: Sequence[Term | None]) -> None:
        kinds = [self.kinds.position(name, index) for index in range(len(args))]
        row = tuple(arg if kind in FOLLOWED or _code(kind, arg) else None for kind, arg in zip(kinds, args, strict=True))
        found = self.rows.setdefault(name, {})
        found[row] = None
        if len(found) > MOST:
            raise NotFollowed

    def _conclude(self, number: int, rule: Rule) -> None:
        scope = self.scopes[number][0]
        args = [
            scope.expanded(arg)
            if self.kinds.position(rule.head.name, index) in FOLLOWED or not isinstance(arg, Var)
            else None
            for index, arg in enumerate(rule.head.args)
        ]
        names = dict.fromkeys(name for arg in args if arg is not None for name in variables(arg))
        for binding in self._bindings(number, scope, names):
            self._add(rule.head.name, [None if arg is None else _built(arg, binding) for arg in args])

    def _rows(self, number: int, scope: _Scope, literal: Literal) -> list[Row]:
        """Return the rows that a literal may meet."""
        atom = literal.atom
        if literal.day is None:
            found: Iterable[Row] = self.rows.get(atom.name, ())
        else:
            days = self._terms(number, scope, literal.day)
            found = itertools.chain.from_iterable(self._on(atom.name, day) for day in days if isinstance(day, str))
        return list(dict.fromkeys(row for row in found if _meets(atom, row)))

    def _on(self, name: str, day: str) -> list[Row]:
        """Return the rows of a predicate on another day."""
        key = name, day
        if key not in self._elsewhere:
            today: Binding = {TODAY.name: day}
            rows = (tuple(None if arg is None else _built(arg, today) for arg in row) for row in self.rows.get(name, ()))
            self._elsewhere[key] = list(dict.fromkeys(rows))
        return self._elsewhere[key]

    def _bindings(self, number: int, scope: _Scope, names: Iterable[str]) -> Iterator[Binding]:
        """Yield what some variables may be together: those of one condition are taken from one row."""
        groups: dict[int, list[tuple[str, int]]] = {}
        rows: dict[int, list[Row]] = {}
        choices: list[list[Binding]] = []
        for name in names:
            places = scope.places.get(name)
            if places:
                for at, _ in places:
                    if at not in rows:
                        rows[at] = self._rows(number, scope, scope.literals[at])
                at, index = min(places, key=lambda place: len(rows[place[0]]))
                groups.setdefault(at, []).append((name, index))
            elif name in scope.gathered:
                aggregate, inner = scope.gathered[name]
                choices.append([{name: term} for term in self._gathered(number, aggregate, inner)])
            else:
                choices.append([{name: None}])
        for at, wanted in groups.items():
            taken = dict.fromkeys(tuple(row[index] for _, index in wanted) for row in rows[at])
            choices.append([dict(zip((name for name, _ in wanted), values, strict=True)) for values in taken])
        if _product(choices) > MOST:
            raise NotFollowed
        for parts in itertools.product(*choices):
            yield {name: term for part in parts for name, term in part.items()}

    def _terms(self, number: int, scope: _Scope, term: Term) -> list[Term | None]:
        whole = scope.expanded(term)
        names = dict.fromkeys(variables(whole))
        return list(dict.fromkeys(_built(whole, binding) for binding in self._bindings(number, scope, names)))

    def _gathered(self, number: int, aggregate: Aggregate, inner: Sequence[_Scope]) -> list[Term | None]:
        found = [
            term
            for element, scope in zip(aggregate.elements, inner, strict=True)
            for term in self._terms(number, scope, element.terms[0])
        ]
        if aggregate.function in ("min", "max"):
            return list(dict.fromkeys([*found, SUP if aggregate.function == "min" else INF]))
        numbers = [term for term in found if isinstance(term, int)]
        if aggregate.function == "count" or len(numbers) != len(found) or len(numbers) > MOST_SUMMED:
            return [None]
        return sorted({sum(part) for size in range(len(numbers) + 1) for part in itertools.combinations(numbers, size)})  # type: ignore[return-value]

    # What is compared.

    def _compared(self, number: int, scope: _Scope) -> Iterator[tuple[Term | None, str, Term | None]]:
        """Yield the pairs that the conditions of a scope compare, by their own tests and where they join."""
        for test in scope.tests:
            left, right = scope.expanded(test.left), scope.expanded(test.right)
            names = dict.fromkeys([*variables(left), *variables(right)])
            for binding in self._bindings(number, scope, names):
                yield _built(left, binding), test.op, _built(right, binding)
        joined: dict[str, list[set[Term]]] = {}
        for literal in (*scope.literals, *scope.refused):
            for index, arg in enumerate(literal.atom.args):
                if self.kinds.position(literal.atom.name, index) not in FOLLOWED or arg == Var("_"):
                    continue
                met = {row[index] for row in self._rows(number, scope, literal)} - {None}
                if isinstance(arg, Var) and arg.name in scope.places:
                    joined.setdefault(arg.name, []).append(met)  # type: ignore[arg-type]
                else:
                    others = self._terms(number, scope, arg)
                    yield from ((one, "=", other) for one in met for other in others if one != other)
        for sets in joined.values():
            for one, other in itertools.combinations(sets, 2):
                yield from ((a, "=", b) for a in one for b in other if a != b)

    def _weighed(self, number: int, scope: _Scope) -> Iterator[Term]:
        """Yield the dates and numbers that the amounts and the sums of a scope are made of."""
        wanted: dict[Term, None] = {}
        for term in scope.terms:
            wanted.update((part, None) for part in _made_of(scope.expanded(term)))
        for aggregate, inner in scope.gathered.values():
            if aggregate.function in ("sum", "count"):
                for element, own in zip(aggregate.elements, inner, strict=True):
                    for term in element.terms:
                        if not isinstance(term, Var) or self.kinds.variable(number, term.name) in FOLLOWED:
                            yield from filter(None, self._terms(number, own, term))
        for part in wanted:
            yield from filter(None, self._terms(number, scope, part))


class _Scope:
    """The conditions of a rule, or of an element of an aggregate with those of its rule."""

    def __init__(self, conditions: Sequence[Condition], own: Sequence[Condition], terms: Sequence[Term]) -> None:
        self.literals = [c for c in conditions if isinstance(c, Literal) and not c.negated]
        self.refused = [c for c in own if isinstance(c, Literal) and c.negated]
        self.places: dict[str, list[tuple[int, int]]] = {}
        for number, literal in enumerate(self.literals):
            for index, arg in enumerate(literal.atom.args):
                if isinstance(arg, Var) and arg.name != "_":
                    self.places.setdefault(arg.name, []).append((number, index))
        self.gathered: dict[str, tuple[Aggregate, list[_Scope]]] = {}
        for aggregate in conditions:
            if isinstance(aggregate, Aggregate) and isinstance(aggregate.term, Var):
                around = [c for c in conditions if c is not aggregate]
                inner = [_Scope([*around, *e.condition], e.condition, e.terms) for e in aggregate.elements]
                self.gathered[aggregate.term.name] = aggregate, inner
        self.assigned: dict[str, Term] = {}
        tests = [c for c in conditions if isinstance(c, Comparison) and not self._assigns(c)]
        self.tests = [test for test in tests if any(test is c for c in own)]
        compared = [side for c in own if isinstance(c, Comparison) for side in (c.left, c.right)]
        self.terms = [*terms, *compared]

    def _assigns(self, comparison: Comparison) -> bool:
        if comparison.op == "=":
            for one, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                if isinstance(one, Var) and not any(
                    one.name in known for known in (self.places, self.gathered, self.assigned)
                ):
                    self.assigned[one.name] = other
                    return True
        return False

    def expanded(self, term: Term) -> Term:
        """Return a term in which what is only computed is written out."""
        if isinstance(term, Var):
            return self.expanded(self.assigned[term.name]) if term.name in self.assigned else term
        if isinstance(term, Call | Fun) and term.args:
            return type(term)(term.name, tuple(map(self.expanded, term.args)))
        if isinstance(term, Arith):
            return Arith(term.op, self.expanded(term.left), self.expanded(term.right))
        return term


def _scopes(rule: Rule) -> Iterator[_Scope]:
    """Yield the scope of a rule, then those of its aggregates."""
    wanted = [_Scope(rule.body, rule.body, rule.head.args)]
    for scope in wanted:
        yield scope
        wanted += [inner for _, own in scope.gathered.values() for inner in own]


class _Line:
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
        """Yield the days on which a term is no longer what it was the day before. Raises NotFollowed if most."""
        count = 0

        def decided(first: int, last: int) -> Value | None:
            ends = self.ends(term, first, last)
            return None if ends is None or ends[0] != ends[1] else ends[0]

        for day in self._changes(decided):
            count += 1
            if count > 8 + len(self.days) // 8:
                raise NotFollowed
            yield day

    def _changes(self, decided: object) -> Iterator[str]:
        """Yield the days that begin a block for which another value is decided than for the one before."""
        blocks = [(0, len(self.days) - 1)]
        before: list[object] = []
        while blocks:
            first, last = blocks.pop()
            found = decided(first, last)  # type: ignore[operator]
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
        found = [_computed(name, values) for values in itertools.product(*sides)]
        if None in found:
            return None
        known = sorted((value for value in found if value is not None), key=rank)
        return known[0], known[-1]


def _decided(
    op: str, one: tuple[Value, Value] | None, other: tuple[Value, Value] | None, single: bool
) -> bool | None:
    """Tell whether `one op other` holds all through a block, fails all through it, or neither (None)."""
    if one is None or other is None:
        return False if single else None
    if op in (">", ">="):
        one, other, op = other, one, "<" if op == ">" else "<="
    low, high = (rank(one[0]), rank(one[1])), (rank(other[0]), rank(other[1]))
    if op == "<":
        return True if low[1] < high[0] else False if low[0] >= high[1] else None
    return True if low[1] <= high[0] else False if low[0] > high[1] else None


def _moves(term: Term) -> bool:
    """Tell whether a term that was built depends on the day."""
    return isinstance(term, Var | Call | Arith) or (isinstance(term, Fun) and any(map(_moves, term.args)))


def _code(kind: str | None, term: Term | None) -> bool:
    return isinstance(term, Fun) and not term.args and kind != "personne"


def _meets(atom: Atom, row: Row) -> bool:
    """Tell whether a row fits the codes that an atom writes."""
    return all(
        met is None or not isinstance(arg, Fun) or not isinstance(met, Fun) or arg == met
        for arg, met in zip(atom.args, row, strict=True)
    )


def _built(term: Term, binding: Binding) -> Term | None:
    """Return a term with its variables replaced, computed as far as it goes; None if an amount is in it."""
    if isinstance(term, Var):
        return binding.get(term.name)
    if isinstance(term, Call):
        if FUNCTIONS[term.name][2] not in FOLLOWED:
            return None
        return _folded(term.name, [_built(arg, binding) for arg in term.args])
    if isinstance(term, Arith):
        return _folded(term.op, [_built(term.left, binding), _built(term.right, binding)])
    if isinstance(term, Fun) and term.args:
        parts = [_built(arg, binding) for arg in term.args]
        return None if None in parts else Fun(term.name, tuple(part for part in parts if part is not None))
    return term


def _folded(name: str, parts: Sequence[Term | None]) -> Term | None:
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts):
        return None
    if not any(map(_moves, known)):
        return _computed(name, known)  # type: ignore[arg-type]
    return Arith(name, *known) if name in "+-*/" else Call(name, known)


def _made_of(term: Term) -> Iterator[Term]:
    """Yield the dates and numbers in the amounts of a term."""
    if isinstance(term, Call) and FUNCTIONS[term.name][2] not in FOLLOWED:
        for arg in term.args:
            yield from _leaves(arg)
    elif isinstance(term, Call | Fun):
        for arg in term.args:
            yield from _made_of(arg)
    elif isinstance(term, Arith):
        for arg in (term.left, term.right):
            yield from _made_of(arg)


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


@cache
def _computed(name: str, values: tuple[Value, ...]) -> Value | None:
    """Return what a function or an operation gives, or None if it gives nothing."""
    if name in "+-*/":
        left, right = values
        if not isinstance(left, int) or not isinstance(right, int):
            return None
        return {"+": left + right, "-": left - right, "*": left * right, "/": left // right if right else 0}[name]
    try:
        return applied(FUNCTIONS[name][0], values)
    except (ValueError, TypeError):
        return None


def _product(choices: Sequence[Sequence[object]]) -> int:
    size = 1
    for found in choices:
        size *= len(found)
    return size
