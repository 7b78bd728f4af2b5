"""Evaluates the body of a rule against a model: which bindings satisfy it, and what fails when none does.

The model computed by clingo is the reference; this only reads it, to say which instances of the
rules hold in it and which conditions are missing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from pycoverage.functions import FUNCTIONS
from pycoverage.proof import Pattern
from pycoverage.situation import Context
from pycoverage.symbol import applied
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Element, Literal, Rule, variables
from pycoverage.value import INF, SUP, Arith, Bound, Call, Fun, Term, Value, Var, rank
from pycoverage.world import World

Binding = dict[str, Value]

MAX_STATES = 40
"""How many partial bindings a why-not keeps; the others miss more conditions."""

MAX_PLANS = 20_000
"""How many orders of conditions are remembered in one process."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Undefined(Exception):
    """A term that has no value: an unbound variable, or an operation that fails."""


class Step(msgspec.Struct, frozen=True):
    """One condition in the order it can be evaluated; `binds` names a variable that `=` gives."""

    index: int
    binds: str = ""


class Trial(msgspec.Struct, frozen=True):
    """The best attempt at a body that fails: the binding, the conditions missing and those not reached."""

    binding: Binding
    missing: tuple[int, ...]
    skipped: tuple[int, ...]


def value(term: Term, binding: Mapping[str, Value]) -> Value:
    """Return the value of a term. Raises Undefined."""
    if isinstance(term, int | str | Bound):
        return term
    if isinstance(term, Var):
        found = binding.get(term.name)
        if found is None:
            raise Undefined(term.name)
        return found
    if isinstance(term, Fun):
        if not term.args:
            return term
        return Fun(term.name, tuple(value(arg, binding) for arg in term.args))
    if isinstance(term, Call):
        try:
            return applied(FUNCTIONS[term.name][0], [value(arg, binding) for arg in term.args])
        except (ValueError, TypeError, KeyError):
            raise Undefined(str(term)) from None
    left, right = value(term.left, binding), value(term.right, binding)
    if not isinstance(left, int) or not isinstance(right, int):
        raise Undefined(str(term))
    return _arithmetic(term, left, right)


def _arithmetic(term: Arith, left: int, right: int) -> int:
    match term.op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    if right == 0:
        raise Undefined(str(term))
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def compare(left: Value, op: str, right: Value) -> bool:
    """Compare two values as clingo does within one kind."""
    if op in ("=", "!="):
        return _COMPARE[op](left, right)
    return _COMPARE[op](rank(left), rank(right))


def unify(terms: tuple[Term, ...], row: Pattern, binding: Binding) -> Binding | None:
    """Extend a binding so that the terms equal the row, where None in the row fits anything."""
    result = binding
    for term, given in zip(terms, row, strict=True):
        if isinstance(term, Var):
            if term.name == "_" or given is None:
                continue
            known = result.get(term.name)
            if known is None:
                if result is binding:
                    result = dict(binding)
                result[term.name] = given
            elif known != given:
                return None
        elif given is not None:
            try:
                if value(term, result) != given:
                    return None
            except Undefined:
                return None
    return result


def pattern(atom: Atom, binding: Mapping[str, Value]) -> Pattern:
    """Return the arguments of an atom under a binding, None where they are not known."""
    found: list[Value | None] = []
    for arg in atom.args:
        try:
            found.append(value(arg, binding))
        except Undefined:
            found.append(None)
    return tuple(found)


class Matcher:
    """Evaluates bodies in one world; the order of the conditions of each rule is planned once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._plans: dict[tuple[int, frozenset[str]], tuple[Step, ...]] = {}

    def at(self, literal: Literal, binding: Mapping[str, Value], context: Context) -> Context:
        """Return the context in which a literal is read."""
        if literal.day is None:
            return context
        day = value(literal.day, binding)
        if not isinstance(day, str):
            raise Undefined(str(literal.day))
        return context.on(day)

    def solutions(self, rule: Rule, binding: Binding, context: Context) -> Iterator[Binding]:
        """Yield the bindings that satisfy the body of a rule, in a fixed order."""
        yield from self._solve(rule.body, self._plan(rule, binding), 0, binding, context)

    def _solve(
        self, body: tuple[Condition, ...], plan: Sequence[Step], at: int, binding: Binding, context: Context
    ) -> Iterator[Binding]:
        if at == len(plan):
            yield binding
            return
        for extended in self.satisfy(body[plan[at].index], plan[at], binding, context):
            yield from self._solve(body, plan, at + 1, extended, context)

    def satisfy(self, condition: Condition, step: Step, binding: Binding, context: Context) -> Iterator[Binding]:
        """Yield the extensions of a binding that satisfy one condition."""
        try:
            if isinstance(condition, Literal):
                yield from self._literal(condition, binding, context)
            elif isinstance(condition, Comparison):
                yield from self._comparison(condition, step.binds, binding)
            else:
                total = self.aggregate(condition, binding, context)
                if step.binds:
                    yield {**binding, step.binds: total}
                elif compare(value(condition.term, binding), condition.op, total):
                    yield binding
        except Undefined:
            return

    def _literal(self, literal: Literal, binding: Binding, context: Context) -> Iterator[Binding]:
        atom = literal.atom
        rows = self.world.rows(atom.name, len(atom.args), self.at(literal, binding, context))
        known = pattern(atom, binding)
        if None not in known:
            if (known in rows) != literal.negated:
                yield binding
            return
        found = False
        for row in rows:
            extended = unify(atom.args, row, binding)
            if extended is not None:
                found = True
                if not literal.negated:
                    yield extended
        if literal.negated and not found:
            yield binding

    def _comparison(self, comparison: Comparison, binds: str, binding: Binding) -> Iterator[Binding]:
        if binds:
            other = comparison.right if comparison.left == Var(binds) else comparison.left
            yield {**binding, binds: value(other, binding)}
        elif compare(value(comparison.left, binding), comparison.op, value(comparison.right, binding)):
            yield binding

    def aggregate(self, aggregate: Aggregate, binding: Binding, context: Context) -> Value:
        """Return the value of an aggregate under a binding."""
        tuples = {terms for terms, _ in self.elements(aggregate, binding, context)}
        weights = [terms[0] for terms in tuples]
        if aggregate.function == "count":
            return len(tuples)
        if aggregate.function == "sum":
            return sum(weight for weight in weights if isinstance(weight, int))
        if aggregate.function == "min":
            return min(weights, key=rank, default=SUP)
        return max(weights, key=rank, default=INF)

    def elements(
        self, aggregate: Aggregate, binding: Binding, context: Context
    ) -> Iterator[tuple[tuple[Value, ...], tuple[int, Binding]]]:
        """Yield each element that counts: its tuple, the number of its form, and its binding."""
        for number, element in enumerate(aggregate.elements):
            plan = _order(element.condition, frozenset(binding) & _names(element))
            for inner in self._solve(element.condition, plan, 0, binding, context):
                try:
                    yield tuple(value(term, inner) for term in element.terms), (number, inner)
                except Undefined:
                    continue

    def _plan(self, rule: Rule, binding: Binding) -> tuple[Step, ...]:
        key = id(rule), frozenset(binding)
        if key not in self._plans:
            self._plans[key] = _order(rule.body, key[1])
        return self._plans[key]

    def best_trial(self, rule: Rule, binding: Binding, context: Context) -> Trial:
        """Return the attempt at a failing body that misses the fewest conditions.

        Conditions are tried in order; one that cannot be met is noted and the others go on, so that
        every missing condition is told, not only the first. At most MAX_STATES bindings are kept.
        """
        states = [Trial(binding, (), ())]
        others = _names(rule.head).union(*map(_outside, rule.body))
        for step in self._plan(rule, binding):
            condition = rule.body[step.index]
            following: list[Trial] = []
            for state in states:
                if not self._ready(condition, step, others, state.binding, context):
                    skipped = (*state.skipped, step.index)
                    following.append(Trial(state.binding, state.missing, skipped))
                    continue
                matches = list(self.satisfy(condition, step, state.binding, context))
                if matches:
                    following += [Trial(found, state.missing, state.skipped) for found in matches]
                else:
                    missing = (*state.missing, step.index)
                    following.append(Trial(state.binding, missing, state.skipped))
            following.sort(key=lambda trial: (len(trial.missing), len(trial.skipped)))
            states = following[:MAX_STATES]
        return states[0]

    def _looked_at(self, literal: Literal, binding: Binding, context: Context) -> bool:
        """Tell whether the day of an `a_la_date` is one on which the case was evaluated."""
        try:
            return self.world.covers(self.at(literal, binding, context))
        except Undefined:
            return True

    def _ready(
        self, condition: Condition, step: Step, others: frozenset[str], binding: Binding, context: Context
    ) -> bool:
        """Tell whether what a condition needs is known; `others` are the variables that its rule binds elsewhere."""
        if isinstance(condition, Literal):
            if condition.day is None and not condition.negated:
                return True
            if condition.day is not None and not self._looked_at(condition, binding, context):
                return False
            needed = _names(condition) if condition.negated else _names(condition.day)  # type: ignore[arg-type]
        elif isinstance(condition, Comparison):
            needed = _names(condition) - {step.binds}
        else:
            needed = (_names(condition.term) - {step.binds}) | (_inside(condition) & others)
        return needed <= binding.keys()


@lru_cache(maxsize=MAX_PLANS)
def _names(part: Term | Atom | Condition | Element) -> frozenset[str]:
    """Return the variables of a part of a rule, without `_`."""
    return frozenset(variables(part)) - {"_"}


def _inside(aggregate: Aggregate) -> frozenset[str]:
    return frozenset().union(*map(_names, aggregate.elements))


def _outside(condition: Condition) -> frozenset[str]:
    return _names(condition.term if isinstance(condition, Aggregate) else condition)


@lru_cache(maxsize=MAX_PLANS)
def _order(body: tuple[Condition, ...], bound: frozenset[str]) -> tuple[Step, ...]:
    """Order conditions so that each is evaluated once its variables are known, tests first."""
    left = list(range(len(body)))
    steps: list[Step] = []
    while left:
        step = next((s for i in left if (s := _test(body, i, left, bound)) is not None), None)
        if step is None:
            index = next((i for i in left if _generates(body[i], bound)), left[0])
            step = Step(index)
        steps.append(step)
        left.remove(step.index)
        condition = body[step.index]
        if step.binds:
            bound = bound | {step.binds}
        elif isinstance(condition, Literal) and not condition.negated:
            bound = bound | _names(condition.atom)
    return tuple(steps)


def _generates(condition: Condition, bound: frozenset[str]) -> bool:
    if not isinstance(condition, Literal) or condition.negated:
        return False
    return condition.day is None or _names(condition.day) <= bound


def _test(body: tuple[Condition, ...], index: int, left: list[int], bound: frozenset[str]) -> Step | None:
    """Return the step for a condition whose variables are known, or that gives a single new one."""
    condition = body[index]
    names = _outside(condition)
    if isinstance(condition, Aggregate):
        result = names - bound
        elsewhere = frozenset().union(*(_outside(body[other]) for other in left if other != index))
        if (_inside(condition) & elsewhere) - bound - result:
            return None
        if not result:
            return Step(index)
        if condition.op == "=" and isinstance(condition.term, Var):
            return Step(index, condition.term.name)
        return None
    if names <= bound:
        return Step(index)
    if isinstance(condition, Comparison) and condition.op == "=":
        for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
            if isinstance(one, Var) and one.name not in bound and _names(other) <= bound:
                return Step(index, one.name)
    return None
