"""What a conclusion rests on among the open facts: nothing, or some of them.

A conclusion drawn in one completion holds in all of them when it can be proved without any open fact. For a
right that is held, a proof is followed; for one that is not, each rule that could give it must fail whatever
the open facts are. Where this cannot be told, the conclusion counts as resting on all that could matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.base import CONTEXT
from pycoverage.completion import Filled, Gap
from pycoverage.law import Law
from pycoverage.matching import Binding, Matcher, Undefined, compare, pattern, unify, value
from pycoverage.proof import Pattern
from pycoverage.situation import Case, Context
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Literal, Rule, literals, variables
from pycoverage.value import Fun, Var
from pycoverage.world import World

Gaps = frozenset[Gap]
_NONE: Gaps = frozenset()
_Key = tuple[str, Pattern, Context]


class Reliance:
    """Tells on which open facts a conclusion of one completion rests; fewer is better, none is certainty."""

    def __init__(self, law: Law, filled: Filled, case: Case, world: World) -> None:
        self.base, self.world = law.base, world
        self.matcher = Matcher(world)
        self._by_head = law.base.by_head()
        self._attributes = law.base.vocabulary.by_predicate()
        self._given = {"personne", *CONTEXT, *law.base.parameters, *dict(law.base.properties())}
        self._persons = set(case.persons)
        self._gaps: dict[str, list[Gap]] = {}
        for gap in filled.gaps:
            sections = law.base.vocabulary.personne if gap.owner else law.base.vocabulary.foyer
            self._gaps.setdefault(sections[gap.attribute].predicate, []).append(gap)
        self._supposed = {(fact.name, fact.args): fact for fact in case.facts if fact.origin == "supposed"}
        self._known: dict[tuple[str, _Key], Gaps] = {}
        self._busy: set[tuple[str, _Key]] = set()
        self._may: dict[tuple[str, str], Gaps] = {}

    def settled(self, person: str, right: str, context: Context) -> bool:
        """Tell whether a status rests on no open fact."""
        return not self.rests(person, right, context)

    def rests(self, person: str, right: str, context: Context) -> Gaps:
        """Return the open facts that a status rests on."""
        return self.of(Atom("droit", (Fun(person), Fun(right))), context)

    def of(self, atom: Atom, context: Context) -> Gaps:
        """Return the open facts that a conclusion, or its absence, rests on."""
        known = tuple(value(arg, {}) for arg in atom.args)
        if known in self.world.rows(atom.name, len(known), context):
            return self._true(atom.name, known, context)
        return self._false(atom.name, known, context)

    def weight(self, rule: Rule, binding: Binding, context: Context) -> int:
        """Return how many open facts an instance of a rule rests on."""
        return len(frozenset().union(*(self._holds(condition, binding, context) for condition in rule.body)))

    def lightest(self, name: str, rows: Iterable[Pattern], context: Context) -> list[Pattern]:
        """Return atoms that hold, those that rest on the fewest open facts first."""
        return sorted(rows, key=lambda row: len(self._true(name, row, context)))

    def firm(self, rule: Rule, failing: Iterable[int], start: Binding, context: Context) -> list[int]:
        """Return the conditions, among those that fail, that fail whatever the open facts are."""
        found = []
        for index in failing:
            condition = rule.body[index]
            if self._fails_alone(condition, start, context) and not self._alone(condition, start, context):
                found.append(index)
        return found

    def _once(self, sort: str, name: str, args: Pattern, context: Context) -> Gaps:
        key = sort, (name, args, context)
        if key in self._known:
            return self._known[key]
        if key in self._busy:
            return self._any(name, args)
        self._busy.add(key)
        try:
            rules = [(number, self.base.rules[number]) for number in self._by_head.get(name, ())]
            if sort == "oui":
                found = min(self._instances(rules, args, context), key=_size, default=self._any(name, args))
            elif sort == "tous":
                found = frozenset().union(*(self._given_by(rule, args, context) for _, rule in rules))
            else:
                found = frozenset().union(*(self._refuted(rule, args, context) for _, rule in rules))
        finally:
            self._busy.discard(key)
        self._known[key] = found
        return found

    def _true(self, name: str, args: Pattern, context: Context) -> Gaps:
        if name in self._attributes:
            fact = self._supposed.get((name, args))  # type: ignore[arg-type]
            return _NONE if fact is None else self._any(name, args)
        return _NONE if name in self._given else self._once("oui", name, args, context)

    def _false(self, name: str, args: Pattern, context: Context) -> Gaps:
        if name in self._attributes:
            return self._any(name, args)
        return _NONE if name in self._given else self._once("non", name, args, context)

    def _instances(self, rules: list[tuple[int, Rule]], args: Pattern, context: Context) -> Iterator[Gaps]:
        """Yield what each way to prove an atom rests on."""
        for _, rule in rules:
            start = unify(rule.head.args, args, {})
            if start is None:
                continue
            for count, binding in enumerate(self.matcher.solutions(rule, start, context)):
                if count > 5:
                    break
                if pattern(rule.head, binding) == args:
                    yield frozenset().union(*(self._holds(c, binding, context) for c in rule.body))

    def _holds(self, condition: Condition, binding: Binding, context: Context) -> Gaps:
        """Return what a condition that holds rests on."""
        if isinstance(condition, Comparison):
            return _NONE
        if isinstance(condition, Aggregate):
            return self._elements(condition, binding, context)
        other = self.matcher.at(condition, binding, context)
        known = pattern(condition.atom, binding)
        if condition.negated:
            return self._false(condition.atom.name, known, other)
        rows = self.world.rows(condition.atom.name, len(known), other)
        fitting = (
            [known] if None not in known else [r for r in rows if unify(condition.atom.args, r, binding) is not None]
        )
        return min((self._true(condition.atom.name, row, other) for row in fitting), key=_size)

    def _elements(self, aggregate: Aggregate, binding: Binding, context: Context) -> Gaps:
        """Return what it rests on that the elements of an aggregate are those it has."""
        return frozenset().union(*(self._all(each.condition, binding, context) for each in aggregate.elements))

    def _rows(self, name: str, args: Pattern, context: Context) -> Gaps:
        """Return what it rests on that the atoms which fit a pattern are those of the model, and no others."""
        if name in self._attributes:
            return self._any(name, args)
        return _NONE if name in self._given else self._once("tous", name, args, context)

    def _given_by(self, rule: Rule, args: Pattern, context: Context) -> Gaps:
        """Return what it rests on that a rule gives what it gives."""
        start = unify(rule.head.args, args, {})
        if start is None or (rule.guard and not self.base.in_force(rule.guard, context.law)):
            return _NONE
        return self._all(rule.body, start, context)

    def _all(self, body: tuple[Condition, ...], binding: Binding, context: Context) -> Gaps:
        """Return what it rests on that conditions have the solutions they have."""
        failing = [each for each in body if self._fails_alone(each, binding, context)]
        if failing:
            return min((self._alone(each, binding, context) for each in failing), key=_size)
        for index, condition in enumerate(body):
            rest = (*body[:index], *body[index + 1 :])
            extended = self._extensions(condition, binding, context)
            if extended is not None:
                more, found = extended
                return found.union(*(self._all(rest, each, context) for each in more))
        found = _NONE
        for condition in body:
            try:
                found |= self._holds(condition, binding, context)
            except (Undefined, ValueError):
                found |= self._may_change(condition, binding)
        return found

    def _refuted(self, rule: Rule, args: Pattern, context: Context) -> Gaps:
        """Return what the failure of a rule rests on."""
        start = unify(rule.head.args, args, {})
        if start is None:
            return _NONE
        if rule.guard and not self.base.in_force(rule.guard, context.law):
            return _NONE
        return self._fails(tuple(rule.body), start, context)

    def _fails(self, body: tuple[Condition, ...], binding: Binding, context: Context) -> Gaps:
        """Return the least that the failure of conditions rests on: one that fails alone, or all ways through one."""
        best = min(
            (self._alone(c, binding, context) for c in body if self._fails_alone(c, binding, context)),
            key=_size,
            default=None,
        )
        if best is not None and not best:
            return best
        for index, condition in enumerate(body):
            rest = (*body[:index], *body[index + 1 :])
            extended = self._extensions(condition, binding, context)
            if extended is None:
                continue
            more, others = extended
            found = others
            for each in more:
                found |= self._fails(rest, each, context)
            return found if best is None or len(found) < len(best) else best
        if best is not None:
            return best
        return frozenset().union(*(self._may_change(c, binding) for c in body))

    def _fails_alone(self, condition: Condition, binding: Binding, context: Context) -> bool:
        """Tell whether a condition fails whatever the others give."""
        try:
            if isinstance(condition, Comparison):
                return not compare(value(condition.left, binding), condition.op, value(condition.right, binding))
            if isinstance(condition, Aggregate):
                return False
            other = self.matcher.at(condition, binding, context)
        except Undefined:
            return False
        known = pattern(condition.atom, binding)
        rows = self.world.rows(condition.atom.name, len(known), other)
        if condition.negated:
            return None not in known and known in rows
        if None not in known:
            return known not in rows
        return not any(unify(condition.atom.args, row, binding) is not None for row in rows)

    def _alone(self, condition: Condition, binding: Binding, context: Context) -> Gaps:
        if isinstance(condition, Comparison):
            return _NONE
        assert isinstance(condition, Literal)
        other = self.matcher.at(condition, binding, context)
        known = pattern(condition.atom, binding)
        if condition.negated:
            return self._true(condition.atom.name, known, other)
        return self._false(condition.atom.name, known, other)

    def _extensions(
        self, condition: Condition, binding: Binding, context: Context
    ) -> tuple[list[Binding], Gaps] | None:
        """Return the bindings a condition gives, and what it rests on that there are no others, or None."""
        if isinstance(condition, Aggregate):
            return self._aggregated(condition, binding, context)
        if isinstance(condition, Comparison):
            for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                if condition.op == "=" and isinstance(one, Var) and one.name not in binding:
                    try:
                        return [{**binding, one.name: value(other, binding)}], _NONE
                    except Undefined:
                        continue
            return None
        if condition.negated or set(variables(condition.atom)) - {"_"} <= binding.keys():
            return None
        try:
            other_day = self.matcher.at(condition, binding, context)
        except Undefined:
            return None
        known = pattern(condition.atom, binding)
        rows = self.world.rows(condition.atom.name, len(known), other_day)
        more = [found for row in rows if (found := unify(condition.atom.args, row, binding)) is not None]
        return more, self._rows(condition.atom.name, known, other_day)

    def _aggregated(
        self, aggregate: Aggregate, binding: Binding, context: Context
    ) -> tuple[list[Binding], Gaps] | None:
        term = aggregate.term
        if not isinstance(term, Var) or term.name in binding or aggregate.op != "=":
            return None
        total = self.matcher.aggregate(aggregate, binding, context)
        return [{**binding, term.name: total}], self._elements(aggregate, binding, context)

    def _may_change(self, condition: Condition, binding: Binding) -> Gaps:
        if isinstance(condition, Literal):
            return self._any(condition.atom.name, pattern(condition.atom, binding))
        if isinstance(condition, Aggregate):
            inner = [literal for literal, _ in literals((condition,))]
            return frozenset().union(*(self._may_change(each, binding) for each in inner))
        return _NONE

    def _any(self, name: str, args: Pattern) -> Gaps:
        """Return the open facts that could change which atoms fit a pattern."""
        person = next((str(arg) for arg in args if isinstance(arg, Fun) and str(arg) in self._persons), "")
        return self._reached(name, person if args and args[0] == Fun(person) else "")

    def _reached(self, name: str, person: str) -> Gaps:
        key = name, person
        if key not in self._may:
            found: set[Gap] = set()
            seen = {key}
            wanted = [key]
            while wanted:
                predicate, owner = wanted.pop()
                found.update(gap for gap in self._gaps.get(predicate, ()) if not owner or gap.owner in ("", owner))
                for number in self._by_head.get(predicate, ()):
                    rule = self.base.rules[number]
                    first = rule.head.args[0] if rule.head.args else None
                    for literal, _ in literals(rule.body):
                        same = bool(literal.atom.args) and literal.atom.args[0] == first
                        new = literal.atom.name, owner if same else ""
                        if new not in seen:
                            seen.add(new)
                            wanted.append(new)
            self._may[key] = frozenset(found)
        return self._may[key]


def _size(gaps: Gaps) -> tuple[int, list[Gap]]:
    return len(gaps), sorted(gaps)
