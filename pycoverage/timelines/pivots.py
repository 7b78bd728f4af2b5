"""The days on which anything may change for a dossier: between two of them every rule concludes the same.

All facts being known, the day alone moves. What may stand at each date or number of the rules is followed
from the facts up, as values and as terms of the day (`@premier_du_mois(Jour)`); a comparison then cuts the
days where it changes for some of these. Amounts are not followed: whatever of the day they are made of
cuts at each of its changes. Where this cannot be followed, every day is kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from pycoverage.atoms import Ids, situation_atoms
from pycoverage.days import changes
from pycoverage.law import Law
from pycoverage.relevance import relevant
from pycoverage.situation import Case, Context
from pycoverage.syntax import Literal, Rule, variables
from pycoverage.timelines.moving import FOLLOWED, TODAY, Binding, Line, NotFollowed, built, made_of, moves
from pycoverage.timelines.scope import Gathered, Scope, meets, scopes
from pycoverage.value import INF, SUP, Fun, Term, Var

MOST = 3_000
"""Rows of one predicate, and bindings of one condition, beyond which a rule is not followed."""

MOST_SUMMED = 8
"""Lines of a sum of numbers of which every partial sum is tried."""

PASSES = 6
"""Rounds in which the values of rules that rest on each other settle, or are not followed."""

Row = tuple[Term | None, ...]
"""What may stand at each argument of a predicate; None is anything."""

Pair = tuple[Term | None, str, Term | None]


def every_day(start: str, end: str) -> list[str]:
    """Return the days of a range, both ends included."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def pivot_days(law: Law, case: Case, start: str, end: str, goals: Sequence[str]) -> list[str]:
    """Return the first day of each span on which the goals are constant, sorted, the start included.

    `goals` are predicates. Every reading of the law is looked at.
    """
    days = every_day(start, end)
    rules = _rules(law, case, start, end, goals)
    found = {day for day in changes(law.base, rules) if start < day <= end}
    try:
        found |= _Days(law, rules, case, days).cuts(set(goals))
    except NotFollowed:
        return days
    return [start, *sorted(found)]


def _rules(law: Law, case: Case, start: str, end: str, goals: Sequence[str]) -> list[int]:
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
        self.scopes = {number: scopes(rule) for number, rule in self.rules}
        self.line = Line(days)
        self.rows: dict[str, dict[Row, None]] = {"date": {(TODAY,): None}, "droit_au": {(TODAY,): None}}
        for fact in case.facts:
            self._add(fact.name, fact.args)
        for name, parameter in law.base.parameters.items():
            for amount in parameter.amounts:
                self._add(name, (*amount.keys, amount.value))
        self._elsewhere: dict[tuple[str, str], list[Row]] = {}

    def cuts(self, goals: set[str]) -> set[str]:
        """Return the days on which a comparison, an amount, or what a goal tells changes. Raises NotFollowed."""
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
        steps = dict.fromkeys(term for name in goals for row in self.rows.get(name, ()) for term in row)
        for number, _ in self.rules:
            for scope in self.scopes[number]:
                for left, op, right in self._compared(number, scope):
                    if left is not None and right is not None:
                        flips[left, op, right] = None
                    else:
                        steps.update(dict.fromkeys((left, right)))
                steps.update(dict.fromkeys(self._counted(number, scope)))
        found: set[str] = set()
        for one, op, other in flips:
            if moves(one) or moves(other):
                found.update(self.line.flips(one, op, other))
        for term in steps:
            if term is not None and moves(term):
                found.update(self.line.steps(term))
        return found

    # What may stand where.

    def _add(self, name: str, args: Sequence[Term | None]) -> None:
        kinds = [self.kinds.position(name, index) for index in range(len(args))]
        row = tuple(
            arg if kind in FOLLOWED or _code(kind, arg) else None for kind, arg in zip(kinds, args, strict=True)
        )
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
            self._add(rule.head.name, [None if arg is None else built(arg, binding) for arg in args])

    def _rows(self, number: int, scope: Scope, literal: Literal) -> list[Row]:
        """Return the rows that a literal may meet."""
        atom = literal.atom
        if literal.day is None:
            found: Iterable[Row] = self.rows.get(atom.name, ())
        else:
            days = self._terms(number, scope, literal.day, without=literal)
            found = itertools.chain.from_iterable(self._on(atom.name, day) for day in days if isinstance(day, str))
        return list(dict.fromkeys(row for row in found if meets(atom, row)))

    def _on(self, name: str, day: str) -> list[Row]:
        """Return the rows of a predicate on another day."""
        key = name, day
        if key not in self._elsewhere:
            today: Binding = {TODAY.name: day}
            rows = (tuple(None if arg is None else built(arg, today) for arg in row) for row in self.rows.get(name, ()))
            self._elsewhere[key] = list(dict.fromkeys(rows))
        return self._elsewhere[key]

    def _bindings(
        self, number: int, scope: Scope, names: Iterable[str], without: Literal | None = None
    ) -> Iterator[Binding]:
        """Yield what some variables may be together: those that one condition binds are taken from one row.

        The condition `without` is not asked.
        """
        groups: dict[int, tuple[list[Row], list[tuple[str, int]]]] = {}
        choices: list[list[Binding]] = []
        for name in names:
            places = [place for place in scope.places.get(name, ()) if place[0] is not without]
            if places:
                known = [(self._rows(number, scope, literal), literal, index) for literal, index in places]
                rows, literal, index = min(known, key=lambda place: len(place[0]))
                groups.setdefault(id(literal), (rows, []))[1].append((name, index))
            elif name in scope.gathered:
                choices.append([{name: term} for term in self._gathered(number, scope.gathered[name])])
            else:
                choices.append([{name: None}])
        for rows, wanted in groups.values():
            taken = dict.fromkeys(tuple(row[index] for _, index in wanted) for row in rows)
            choices.append([dict(zip((name for name, _ in wanted), values, strict=True)) for values in taken])
        if _product(choices) > MOST:
            raise NotFollowed
        for parts in itertools.product(*choices):
            yield {name: term for part in parts for name, term in part.items()}

    def _terms(self, number: int, scope: Scope, term: Term, without: Literal | None = None) -> list[Term | None]:
        """Return what a term of a scope may be."""
        whole = scope.expanded(term)
        names = dict.fromkeys(variables(whole))
        return list(dict.fromkeys(built(whole, each) for each in self._bindings(number, scope, names, without)))

    def _gathered(self, number: int, gathered: Gathered) -> list[Term | None]:
        """Return what an aggregate may give."""
        aggregate, inner = gathered
        found = [
            term
            for element, scope in zip(aggregate.elements, inner, strict=True)
            for term in self._terms(number, scope, element.terms[0])
        ]
        if aggregate.function in ("min", "max"):
            return list(dict.fromkeys([*found, SUP if aggregate.function == "min" else INF]))
        numbers = [term for term in found if isinstance(term, int)]
        if aggregate.function == "count" or len(numbers) < len(found) or len(numbers) > MOST_SUMMED:
            return [None]
        parts = (itertools.combinations(numbers, size) for size in range(len(numbers) + 1))
        return list(dict.fromkeys(map(sum, itertools.chain.from_iterable(parts))))

    # What is compared.

    def _compared(self, number: int, scope: Scope) -> Iterator[Pair]:
        """Yield the pairs that a scope compares: in its tests, with an aggregate, and where conditions join."""
        for test in scope.tests:
            left, right = scope.expanded(test.left), scope.expanded(test.right)
            for binding in self._bindings(number, scope, dict.fromkeys([*variables(left), *variables(right)])):
                yield built(left, binding), test.op, built(right, binding)
        for aggregate, inner in scope.aggregates:
            if scope.gathered.get(str(aggregate.term), (None,))[0] is not aggregate:
                others = self._gathered(number, (aggregate, inner))
                yield from (
                    (one, aggregate.op, b) for one in self._terms(number, scope, aggregate.term) for b in others
                )
        for literal in scope.own:
            for index, arg in enumerate(literal.atom.args):
                if self.kinds.position(literal.atom.name, index) in FOLLOWED and arg != Var("_"):
                    met = {row[index] for row in self._rows(number, scope, literal)}
                    for known in self._elsewhere_bound(number, scope, literal, arg):
                        yield from ((one, "=", other) for one in met for other in known if one != other)

    def _elsewhere_bound(self, number: int, scope: Scope, literal: Literal, arg: Term) -> Iterator[set[Term | None]]:
        """Yield, per other condition that gives an argument of a condition its value, what it may be."""
        if not isinstance(arg, Var):
            yield set(self._terms(number, scope, arg))
        elif arg.name in scope.places:
            for other, index in scope.places[arg.name]:
                if other is not literal:
                    yield {row[index] for row in self._rows(number, scope, other)}
        else:
            yield set(self._terms(number, scope, arg))

    def _counted(self, number: int, scope: Scope) -> Iterator[Term | None]:
        """Yield the dates and numbers that the amounts of a scope, and what it sums, are made of."""
        for term in scope.terms:
            for part in dict.fromkeys(made_of(scope.expanded(term))):
                yield from self._terms(number, scope, part)
        for aggregate, inner in scope.aggregates:
            if aggregate.function in ("sum", "count"):
                for element, own in zip(aggregate.elements, inner, strict=True):
                    for term in element.terms:
                        if not isinstance(term, Var) or self.kinds.variable(number, term.name) in FOLLOWED:
                            yield from self._terms(number, own, term)


def _code(kind: str | None, term: Term | None) -> bool:
    return isinstance(term, Fun) and not term.args and kind != "personne"


def _product(choices: Sequence[Sequence[object]]) -> int:
    size = 1
    for found in choices:
        size *= len(found)
    return size
