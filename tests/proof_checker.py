"""A small independent checker of proofs: it trusts the base, the dossier and the model, nothing else.

It shares no code with the prover: it evaluates terms, joins bodies, sums aggregates and reads
intervals by itself. `problems` returns what is wrong with a proof; an empty list accepts it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction

from pycoverage.base import KnowledgeBase
from pycoverage.functions import FUNCTIONS
from pycoverage.proof import (
    Absent,
    Applied,
    Attempt,
    Compared,
    Denied,
    Given,
    InForce,
    Loop,
    Node,
    ParameterLeaf,
    PropertyLeaf,
    Stated,
    Summed,
)
from pycoverage.situation import Case
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Literal, Rule, variables
from pycoverage.value import INF, SUP, Arith, Bound, Call, Fun, Term, Value, Var

Row = tuple[Value, ...]
Pattern = tuple[Value | None, ...]
Binding = Mapping[str, Value]
Derived = Callable[[str, str], Collection[Row]]
"""(predicate, day) → the rows that the rules derive, in the readings of the proof."""


class Unbound(Exception):
    """A term has no value under a binding."""


class Wrong(Exception):
    """A step of the proof is wrong."""


def problems(checker: Checker, root: int, atom: Atom, day: str) -> list[str]:
    """Return what is wrong with the proof of an atom, or of its absence; nothing if it is sound."""
    row = tuple(term(arg, {}) for arg in atom.args)
    try:
        if row in checker.rows(atom.name, day):
            checker.proves(root, atom.name, row, day)
        else:
            checker.refutes(root, atom.name, row, day)
    except Wrong as error:
        return [str(error)]
    return []


class Checker:
    """Checks nodes of one graph; a step found right is not checked again."""

    def __init__(
        self,
        base: KnowledgeBase,
        case: Case,
        derived: Derived,
        readings: Mapping[str, str],
        nodes: Mapping[int, Node],
    ) -> None:
        self.base, self.case, self.derived, self.readings, self.nodes = base, case, derived, readings, nodes
        self.attributes = {attribute.predicate for attribute in base.vocabulary}
        self.properties = dict(base.properties())
        self.right: set[object] = set()
        self.open: list[object] = []
        self.known: dict[tuple[str, str], Collection[Row]] = {}

    # What holds, told by the base, the dossier and the model.

    def in_force(self, name: str, day: str) -> bool:
        legal = self.base.legal[name]
        inside = legal.interval.start <= day and (legal.interval.end == SUP or day < str(legal.interval.end))
        if not legal.question:
            return inside
        chosen = self.readings.get(legal.question, self.base.questions[legal.question].defaut)
        return inside and chosen == legal.reading

    def rows(self, name: str, day: str) -> Collection[Row]:
        key = name, day
        if key not in self.known:
            self.known[key] = frozenset(self._rows(name, day))
        return self.known[key]

    def _rows(self, name: str, day: str) -> Iterator[Row]:
        if name in self.attributes:
            yield from (fact.args for fact in self.case.facts if fact.name == name)
        elif name == "personne":
            yield from ((Fun(person),) for person in self.case.persons)
        elif name in ("date", "droit_au"):
            yield (day,)
        elif name == "en_vigueur":
            yield from ((Fun(rule),) for rule in self.base.legal if self.in_force(rule, day))
        elif name in self.base.parameters:
            for amount in self.base.parameters[name].amounts:
                if amount.interval.start <= day and (amount.interval.end == SUP or day < str(amount.interval.end)):
                    yield (*amount.keys, amount.value)
        elif name in self.properties:
            for code, element in self.base.nomenclatures[self.properties[name]].elements.items():
                for interval in element.properties.get(name, ()):
                    if interval.start <= day and (interval.end == SUP or day < str(interval.end)):
                        yield (Fun(code),)
        else:
            yield from self.derived(name, day)

    # The join: every binding under which a body holds.

    def solve(self, body: tuple[Condition, ...], binding: Binding, day: str, outer: set[str]) -> Iterator[Binding]:
        """Yield the bindings that satisfy a body; `outer` names the variables that others bind."""
        if not body:
            yield binding
            return
        for index, condition in enumerate(body):
            rest = (*body[:index], *body[index + 1 :])
            around = outer | {name for other in rest for name in seen(other)}
            found = self.extend(condition, binding, day, around)
            if found is not None:
                for extended in found:
                    yield from self.solve(rest, extended, day, outer)
                return
        raise Wrong(f"no order evaluates {', '.join(map(str, body))}")

    def extend(self, condition: Condition, binding: Binding, day: str, around: set[str]) -> list[Binding] | None:
        """Return the bindings that satisfy one condition, or None if it must wait for others."""
        if isinstance(condition, Literal):
            if condition.day is not None and not set(variables(condition.day)) <= set(binding):
                return None
            free = set(variables(condition.atom)) - set(binding) - {"_"}
            inner = {name for arg in condition.atom.args if not isinstance(arg, Var) for name in variables(arg)}
            if (condition.negated and free) or inner - set(binding):
                return None
            try:
                held = self.at(condition, binding, day)
            except Unbound:
                return []
            row = ground(condition.atom, binding)
            if None not in row:
                return [binding] if (row in held) != condition.negated else []
            matched = [fit[0] for row in held if (fit := fits(condition.atom, row, binding))]
            return ([] if matched else [binding]) if condition.negated else matched
        if isinstance(condition, Comparison):
            free = set(variables(condition)) - set(binding)
            if not free:
                return [binding] if self.compared(condition, binding) else []
            return gives(condition.op, condition.left, condition.right, binding)
        shared = {name for element in condition.elements for name in variables(element)} & around
        result = set(variables(condition.term)) - set(binding)
        if (shared - set(binding)) - result:
            return None
        total = self.total(condition, binding, day)
        if not result:
            return [binding] if holds(term(condition.term, binding), condition.op, total) else []
        if condition.op == "=" and isinstance(condition.term, Var):
            return [{**binding, condition.term.name: total}]
        return None

    def at(self, literal: Literal, binding: Binding, day: str) -> Collection[Row]:
        return self.rows(literal.atom.name, self.day(literal, binding, day))

    def day(self, literal: Literal, binding: Binding, day: str) -> str:
        if literal.day is None:
            return day
        other = term(literal.day, binding)
        if not isinstance(other, str):
            raise Unbound(str(literal.day))
        return other

    def compared(self, comparison: Comparison, binding: Binding) -> bool:
        try:
            return holds(term(comparison.left, binding), comparison.op, term(comparison.right, binding))
        except Unbound:
            return False

    def elements(self, aggregate: Aggregate, binding: Binding, day: str) -> dict[Row, list[tuple[int, Binding]]]:
        """Return the distinct tuples that count, each with the ways it arises."""
        found: dict[Row, list[tuple[int, Binding]]] = {}
        for number, element in enumerate(aggregate.elements):
            for inner in self.solve(element.condition, binding, day, set()):
                row = tuple(term(part, inner) for part in element.terms)
                found.setdefault(row, []).append((number, inner))
        return found

    def total(self, aggregate: Aggregate, binding: Binding, day: str) -> Value:
        weights = [row[0] for row in self.elements(aggregate, binding, day)]
        match aggregate.function:
            case "count":
                return len(weights)
            case "sum":
                return sum(weight for weight in weights if isinstance(weight, int))
            case "min":
                return min(weights, key=position, default=SUP)
        return max(weights, key=position, default=INF)

    # The steps.

    def step(self, key: object, check: Callable[[], None]) -> None:
        """Check a step once, and refuse one that rests on itself."""
        if key in self.right:
            return
        ensure(key not in self.open, f"step {key} rests on itself")
        self.open.append(key)
        check()
        self.open.pop()
        self.right.add(key)

    def proves(self, number: int, name: str, row: Row, day: str) -> None:
        """Check that a node proves a ground atom on a day."""
        ensure(number in self.nodes, f"node {number} is missing")
        node = self.nodes[number]
        ensure(row in self.rows(name, day), f"{Atom(name, row)} does not hold on {day}")
        told = f"node {number} ({type(node).__name__}) does not prove {Atom(name, row)} on {day}"
        match node:
            case Applied():
                ensure((node.name, node.args, node.jour) == (name, row, day), told)
                self.step((number, day), lambda: self.applied(node, row, day))
            case Stated():
                ensure(node.fact in self.case.facts and (node.fact.name, node.fact.args) == (name, row), told)
            case Given():
                ensure(node.holds and (node.name, node.args, node.jour) == (name, row, day), told)
            case InForce():
                ensure(name == "en_vigueur" and node.holds and Fun(node.rule) == row[0], told)
                self.dates(node, day)
            case ParameterLeaf():
                ensure(name == node.name and node.amount is not None and node.droit_au == day, told)
                ensure(node.amount in self.base.parameters[name].amounts, told)
                ensure((*node.amount.keys, node.amount.value) == row, told)
                ensure(node.amount.interval.start <= day, told)
                ensure(node.amount.interval.end == SUP or day < str(node.amount.interval.end), told)
            case PropertyLeaf():
                ensure(node.name == name and Fun(node.element) == row[0] and node.droit_au == day, told)
                intervals = self.base.nomenclatures[self.properties[name]].elements[node.element].properties[name]
                ensure(node.interval in intervals, told)
                assert node.interval is not None
                ensure(node.interval.start <= day, told)
                ensure(node.interval.end == SUP or day < str(node.interval.end), told)
            case _:
                raise Wrong(told)

    def dates(self, node: InForce, day: str) -> None:
        told = f"the dates of {node.rule} are not those of the base"
        ensure(node.interval == self.base.legal[node.rule].interval, told)
        ensure(node.droit_au == day and node.holds == self.in_force(node.rule, day), told)

    def applied(self, node: Applied, row: Row, day: str) -> None:
        rule = self.base.rules[node.rule]
        ensure(rule.guard is None or self.in_force(rule.guard, day), f"{rule.guard} is not in force on {day}")
        ensure(set(node.binding) == scope(rule), f"the binding of rule {node.rule} names other variables")
        ensure(rule.head.name == node.name, f"rule {node.rule} does not give {node.name}")
        ensure(ground(rule.head, node.binding) == row, f"the head of rule {node.rule} is not {Atom(node.name, row)}")
        ensure(len(node.premises) == len(rule.body), f"rule {node.rule} has {len(rule.body)} conditions")
        for condition, premise in zip(rule.body, node.premises, strict=True):
            self.premise(premise, node.rule, condition, node.binding, day)

    def premise(self, number: int, rule: int, condition: Condition, binding: Binding, day: str) -> None:
        """Check that a node proves that a condition holds under a binding."""
        if isinstance(condition, Comparison):
            self.comparison(number, rule, condition, binding, expected=True)
        elif isinstance(condition, Aggregate):
            self.aggregate(number, rule, condition, binding, day, expected=True)
        elif condition.negated:
            other = self.day(condition, binding, day)
            self.refutes(number, condition.atom.name, ground(condition.atom, binding), other)
        else:
            other, pattern = self.day(condition, binding, day), ground(condition.atom, binding)
            self.proves(number, condition.atom.name, self.shown(number, pattern), other)

    def shown(self, number: int, pattern: Pattern) -> Row:
        """Return the row that a node claims to prove; it must fit the pattern that is asked."""
        node = self.nodes.get(number)
        row: Row
        match node:
            case Applied():
                row = node.args
            case Stated():
                row = node.fact.args
            case Given():
                row = tuple(arg for arg in node.args if arg is not None)
            case InForce():
                row = (Fun(node.rule),)
            case ParameterLeaf() if node.amount is not None:
                row = (*node.amount.keys, node.amount.value)
            case PropertyLeaf():
                row = (Fun(node.element),)
            case _:
                raise Wrong(f"node {number} proves no atom")
        ensure(matches(row, pattern), f"node {number} proves {row}, not {pattern}")
        return row

    def comparison(self, number: int, rule: int, comparison: Comparison, binding: Binding, *, expected: bool) -> None:
        node = self.nodes.get(number)
        told = f"node {number} is not « {comparison} » ({expected})"
        ensure(isinstance(node, Compared), told)
        assert isinstance(node, Compared)
        ensure((node.rule, node.text, node.op, node.holds) == (rule, str(comparison), comparison.op, expected), told)
        ensure((node.left_term, node.right_term) == (comparison.left, comparison.right), told)
        ensure(all(binding.get(name) == value for name, value in node.binding.items()), told)
        try:
            left, right = term(comparison.left, binding), term(comparison.right, binding)
        except Unbound as error:
            raise Wrong(f"{told}: no value for {error}") from None
        ensure((node.left, node.right) == (left, right) and holds(left, comparison.op, right) == expected, told)

    def aggregate(
        self, number: int, rule: int, aggregate: Aggregate, binding: Binding, day: str, *, expected: bool
    ) -> None:
        node = self.nodes.get(number)
        told = f"node {number} is not « {aggregate} » ({expected})"
        ensure(isinstance(node, Summed), told)
        assert isinstance(node, Summed)
        ensure((node.rule, node.function, node.op) == (rule, aggregate.function, aggregate.op), told)
        ensure(self.base.rules[rule].body[node.condition] == aggregate, told)
        counted = self.elements(aggregate, binding, day)
        ensure([c.terms for c in node.contributions] == list(dict.fromkeys(c.terms for c in node.contributions)), told)
        ensure({c.terms for c in node.contributions} == set(counted), f"{told}: other contributions")
        total = self.total(aggregate, binding, day)
        ensure(node.value == total and node.holds == expected, told)
        ensure(node.compared == term(aggregate.term, binding), told)
        assert node.compared is not None
        ensure(holds(node.compared, aggregate.op, total) == expected, told)
        for contribution in node.contributions:
            ways = counted[contribution.terms]
            errors = []
            for form, inner in ways:
                opened = len(self.open)
                try:
                    self.contribution(contribution.premises, rule, aggregate.elements[form].condition, inner, day)
                    break
                except Wrong as error:
                    del self.open[opened:]
                    errors.append(str(error))
            ensure(len(errors) < len(ways), f"{told}: {errors}")

    def contribution(
        self, premises: tuple[int, ...], rule: int, conditions: tuple[Condition, ...], binding: Binding, day: str
    ) -> None:
        ensure(len(premises) == len(conditions), "a contribution lacks a premise")
        for condition, premise in zip(conditions, premises, strict=True):
            self.premise(premise, rule, condition, binding, day)

    def refutes(self, number: int, name: str, pattern: Pattern, day: str) -> None:
        """Check that a node tells why no atom fits a pattern on a day."""
        ensure(number in self.nodes, f"node {number} is missing")
        node = self.nodes[number]
        told = f"node {number} ({type(node).__name__}) does not refute {name}{pattern} on {day}"
        ensure(not any(matches(row, pattern) for row in self.rows(name, day)), f"{name}{pattern} holds on {day}")
        match node:
            case Denied():
                ensure((node.name, node.args, node.jour) == (name, pattern, day), told)
                self.step((number, day), lambda: self.denied(node, day))
            case Absent():
                ensure(name in self.attributes and (node.name, node.args) == (name, pattern), told)
                ensure(all(fact in self.case.facts and fact.name == name for fact in node.near), told)
            case Given():
                ensure(not node.holds and (node.name, node.args, node.jour) == (name, pattern, day), told)
            case InForce():
                ensure(name == "en_vigueur" and not node.holds and Fun(node.rule) == pattern[0], told)
                self.dates(node, day)
            case ParameterLeaf():
                ensure(node.name == name and node.amount is None and node.droit_au == day, told)
            case PropertyLeaf():
                ensure(node.name == name and node.interval is None and node.droit_au == day, told)
                ensure(pattern[0] is None or Fun(node.element) == pattern[0], told)
            case Loop():
                ensure((node.name, node.args, node.jour) == (name, pattern, day), told)
                above = [self.nodes[key[0]] for key in self.open]  # type: ignore[index]
                again = [n for n in above if isinstance(n, Denied) and (n.name, n.args, n.jour) == (name, pattern, day)]
                ensure(bool(again), told)
            case _:
                raise Wrong(told)

    def denied(self, node: Denied, day: str) -> None:
        """Check that every rule that could give the atom has an attempt, and that each really fails."""
        could = {
            number: start
            for number, rule in enumerate(self.base.rules)
            if rule.head.name == node.name and (start := fits(rule.head, node.args, {})) is not None
        }
        tried = [attempt.rule for attempt in node.attempts]
        ensure(
            sorted(tried) == sorted(could), f"rules {sorted(could)} could give {node.name}, not only {sorted(tried)}"
        )
        for attempt in node.attempts:
            self.attempt(attempt, could[attempt.rule][0], node.args, day)

    def attempt(self, attempt: Attempt, start: Binding, pattern: Pattern, day: str) -> None:
        rule = self.base.rules[attempt.rule]
        if rule.guard:
            guard = self.nodes.get(attempt.in_force)
            ensure(isinstance(guard, InForce) and guard.rule == rule.guard, f"no dates for {rule.guard}")
            assert isinstance(guard, InForce)
            self.dates(guard, day)
            if not guard.holds:
                return
        told = f"rule {attempt.rule} for {rule.head} on {day}"
        for found in self.solve(rule.body, start, day, set(variables(rule.head))):
            ensure(not matches(ground(rule.head, found), pattern), f"{told} applies with {found}")
        ensure(bool(attempt.missing), f"{told}: nothing is missing")
        parts = [*(index for index, _ in (*attempt.met, *attempt.missing)), *attempt.skipped]
        ensure(sorted(parts) == list(range(len(rule.body))), f"{told}: conditions {sorted(parts)}")
        ensure(all(attempt.binding.get(name) == value for name, value in start.items()), f"{told}: another atom")
        for index, number in attempt.met:
            self.premise(number, attempt.rule, rule.body[index], attempt.binding, day)
        for index, number in attempt.missing:
            self.missing(number, attempt.rule, rule.body[index], attempt.binding, day)

    def missing(self, number: int, rule: int, condition: Condition, binding: Binding, day: str) -> None:
        """Check that a node tells why a condition fails under a binding."""
        if isinstance(condition, Aggregate):
            self.aggregate(number, rule, condition, binding, day, expected=False)
        elif isinstance(condition, Literal):
            try:
                other, pattern = self.day(condition, binding, day), ground(condition.atom, binding)
            except Unbound:
                ensure(isinstance(self.nodes.get(number), Given), f"« {condition} » has no day")
                return
            if condition.negated:
                self.proves(number, condition.atom.name, self.shown(number, pattern), other)
            else:
                self.refutes(number, condition.atom.name, pattern, other)
        elif isinstance(self.nodes.get(number), Given):
            try:
                term(condition.left, binding), term(condition.right, binding)
            except Unbound:
                return
            raise Wrong(f"« {condition} » has values")
        else:
            self.comparison(number, rule, condition, binding, expected=False)


def ensure(condition: bool, message: str) -> None:
    if not condition:
        raise Wrong(message)


def seen(condition: Condition) -> set[str]:
    """Return the variables that a condition shares with the others of its body."""
    return set(variables(condition.term if isinstance(condition, Aggregate) else condition)) - {"_"}


def scope(rule: Rule) -> set[str]:
    """Return the variables of a rule outside its aggregates."""
    return set(variables(rule.head)).union(*map(seen, rule.body)) - {"_"}


def ground(atom: Atom, binding: Binding) -> Pattern:
    """Return the arguments of an atom under a binding, None where one is free."""
    found: list[Value | None] = []
    for arg in atom.args:
        try:
            found.append(None if arg == Var("_") else term(arg, binding))
        except Unbound:
            found.append(None)
    return tuple(found)


def matches(row: Pattern, pattern: Pattern) -> bool:
    return len(row) == len(pattern) and all(p is None or r is None or r == p for r, p in zip(row, pattern, strict=True))


def fits(atom: Atom, row: Pattern, binding: Binding) -> tuple[Binding] | None:
    """Return the binding, alone in a tuple, under which an atom is a row (None in it fits all), or None."""
    found = dict(binding)
    for arg, value in zip(atom.args, row, strict=True):
        if value is None or arg == Var("_"):
            continue
        if isinstance(arg, Var):
            if found.setdefault(arg.name, value) != value:
                return None
            continue
        try:
            if term(arg, found) != value:
                return None
        except Unbound:
            continue
    return (found,)


def gives(op: str, left: Term, right: Term, binding: Binding) -> list[Binding] | None:
    """Return the binding that an equation with one unknown gives, or None if it gives none."""
    for one, other in ((left, right), (right, left)):
        if op == "=" and isinstance(one, Var) and one.name not in binding and set(variables(other)) <= set(binding):
            try:
                return [{**binding, one.name: term(other, binding)}]
            except Unbound:
                return []
    return None


def term(part: Term, binding: Binding) -> Value:
    """Return the value of a term. Raises Unbound."""
    match part:
        case Var():
            if part.name not in binding:
                raise Unbound(part.name)
            return binding[part.name]
        case Fun():
            return Fun(part.name, tuple(term(arg, binding) for arg in part.args))
        case Call():
            try:
                return back(FUNCTIONS[part.name][0](*(there(term(arg, binding)) for arg in part.args)))
            except (ValueError, TypeError) as error:
                raise Unbound(f"{part}: {error}") from None
        case Arith():
            left, right = term(part.left, binding), term(part.right, binding)
            if not (isinstance(left, int) and isinstance(right, int)) or (part.op == "/" and right == 0):
                raise Unbound(str(part))
            exact = {"+": left + right, "-": left - right, "*": left * right}
            return exact[part.op] if part.op in exact else int(Fraction(left, right))
    return part


def there(value: Value) -> object:
    """Return a value as the named functions take it."""
    if isinstance(value, Fun) and value.name == "rapport":
        above, below = value.args
        return Fraction(above, below)  # type: ignore[arg-type]
    return str(value) if isinstance(value, Bound) else value


def back(result: object) -> Value:
    """Return what a named function gives as a value of the rules."""
    if isinstance(result, Fraction):
        return Fun("rapport", (result.numerator, result.denominator))
    return {"#inf": INF, "#sup": SUP}.get(str(result), result)  # type: ignore[arg-type, return-value]


def position(value: Value) -> tuple[int, object]:
    """Return where a day, a number or a bound stands among its like."""
    if isinstance(value, Bound):
        return (0, 0) if value == INF else (2, 0)
    if isinstance(value, Fun):
        raise Unbound(f"no order for {value}")
    return (1, value)


def holds(left: Value, op: str, right: Value) -> bool:
    if op in ("=", "!="):
        return (left == right) == (op == "=")
    one, other = position(left), position(right)
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[op]
