"""Builds proofs over one model: for a true atom the instances that give it, for a false one what is missing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from pycoverage.base import CONTEXT, STATE, KnowledgeBase
from pycoverage.catalogue import NEVER, Interval
from pycoverage.matching import Binding, Matcher, Trial, Undefined, compare, pattern, unify, value
from pycoverage.proof import (
    Absent,
    Applied,
    Attempt,
    Compared,
    Contribution,
    Denied,
    Given,
    InForce,
    Loop,
    Node,
    ParameterLeaf,
    Pattern,
    PropertyLeaf,
    Stated,
    Summed,
)
from pycoverage.reliance import Reliance
from pycoverage.situation import Case, Context, Fact
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Literal, Rule, variables
from pycoverage.value import Fun, Value
from pycoverage.world import World

MAX_COUNTED = 20
"""Other instances of a rule are counted up to this number."""


class Prover:
    """Builds proofs over one model, sharing nodes between all that is asked of it.

    With `reliance`, for a completion of a dossier that leaves facts open, a proof rests on as few of them as it can.
    """

    def __init__(self, base: KnowledgeBase, case: Case, world: World, reliance: Reliance | None = None) -> None:
        self.base, self.case, self.world, self.reliance = base, case, world, reliance
        self.matcher = Matcher(world)
        self.nodes: dict[int, Node] = {}
        self._by_head = base.by_head()
        self._attributes = base.vocabulary.by_predicate()
        self._properties = dict(base.properties())
        self._facts: dict[str, dict[tuple[Value, ...], Fact]] = {}
        for fact in case.facts:
            self._facts.setdefault(fact.name, {})[fact.args] = fact
        self._proved: dict[tuple[str, tuple[Value, ...], Context], int] = {}
        self._denied: dict[tuple[str, Pattern, Context], int] = {}
        self._proving: set[tuple[str, tuple[Value, ...], Context]] = set()
        self._denying: dict[tuple[str, Pattern, Context], int] = {}
        self._loops: dict[tuple[str, Pattern, Context], frozenset[int]] = {}
        self._looping: set[int] = set()
        self._leaves: dict[object, int] = {}

    def explain(self, atom: Atom, context: Context) -> int:
        """Return the node that proves a ground atom, or that tells why it does not hold."""
        args: tuple[Value, ...] = tuple(value(arg, {}) for arg in atom.args)
        if args in self.world.rows(atom.name, len(args), context):
            found = self.prove(atom.name, args, context)
            if found is None:
                raise RuntimeError(f"no founded proof of {atom}")
            return found
        return self.deny(atom.name, args, context)

    def explain_any(self, name: str, args: Pattern, context: Context) -> int:
        """Return the node that proves an atom which fits a pattern, or that tells why none does."""
        for row in self.world.rows(name, len(args), context):
            if all(given in (None, own) for given, own in zip(args, row, strict=True)):
                found = self.prove(name, row, context)
                if found is not None:
                    return found
        return self.deny(name, args, context)

    def _add(self, node: Node) -> int:
        self.nodes[len(self.nodes)] = node
        return len(self.nodes) - 1

    def _leaf(self, key: object, node: Node) -> int:
        if key not in self._leaves:
            self._leaves[key] = self._add(node)
        return self._leaves[key]

    def prove(self, name: str, args: tuple[Value, ...], context: Context) -> int | None:
        """Return the node of a true atom, or None if it could only rest on what is being proved."""
        leaf = self._given(name, args, context)
        if leaf is not None:
            return leaf
        key = name, args, context
        if key in self._proved:
            return self._proved[key]
        if key in self._proving:
            return None
        self._proving.add(key)
        try:
            found = self._instance(name, args, context)
        finally:
            self._proving.discard(key)
        if found is not None:
            self._proved[key] = found
        return found

    def _instance(self, name: str, args: tuple[Value, ...], context: Context) -> int | None:
        chosen: tuple[int, Binding, tuple[int, ...]] | None = None
        others = 0
        for number, binding in self._instances(name, args, context):
            if chosen is not None:
                others += 1
                continue
            premises = self._premises(number, self.base.rules[number].body, binding, context)
            if premises is not None:
                chosen = number, binding, premises
        if chosen is None:
            return None
        number, binding, premises = chosen
        return self._add(Applied(name, args, number, binding, premises, others, context.jour))

    def _instances(self, name: str, args: tuple[Value, ...], context: Context) -> list[tuple[int, Binding]]:
        """Return the instances of rules that give an atom, some of each rule, the one to show first."""
        found: list[tuple[int, Binding]] = []
        for number in self._by_head.get(name, ()):
            rule = self.base.rules[number]
            start = unify(rule.head.args, args, {})
            if start is None:
                continue
            given = (each for each in self.matcher.solutions(rule, start, context) if self._gives(rule, each, args))
            found += [(number, binding) for binding in itertools.islice(given, MAX_COUNTED)]
        if self.reliance is not None and len(found) > 1:
            weigh = self.reliance.weight
            found.sort(key=lambda each: weigh(self.base.rules[each[0]], each[1], context))
        return found

    def _gives(self, rule: Rule, binding: Binding, args: tuple[Value, ...]) -> bool:
        return pattern(rule.head, binding) == args

    def _premises(
        self, number: int, body: tuple[Condition, ...], binding: Binding, context: Context
    ) -> tuple[int, ...] | None:
        found: list[int] = []
        for index, condition in enumerate(body):
            node = self._premise(number, index, condition, binding, context)
            if node is None:
                return None
            found.append(node)
        return tuple(found)

    def _premise(self, number: int, index: int, condition: Condition, binding: Binding, context: Context) -> int | None:
        """Return the node that proves a condition which holds under a binding."""
        if isinstance(condition, Comparison):
            return self._compared(number, condition, binding)
        if isinstance(condition, Aggregate):
            return self._summed(number, index, condition, binding, context)
        return self._literal(condition, binding, context)

    def _literal(self, literal: Literal, binding: Binding, context: Context) -> int | None:
        other = self.matcher.at(literal, binding, context)
        known = pattern(literal.atom, binding)
        if literal.negated:
            return self.deny(literal.atom.name, known, other)
        rows: Iterable[Pattern] = self.world.rows(literal.atom.name, len(known), other)
        if None in known and self.reliance is not None:
            rows = self.reliance.lightest(literal.atom.name, rows, other)
        for row in [known] if None not in known else rows:
            if unify(literal.atom.args, row, binding) is not None:
                node = self.prove(literal.atom.name, row, other)  # type: ignore[arg-type]
                if node is not None:
                    return node
        return None

    def _compared(self, number: int, comparison: Comparison, binding: Binding) -> int:
        left, right = value(comparison.left, binding), value(comparison.right, binding)
        names = set(variables(comparison))
        return self._add(
            Compared(
                str(comparison),
                left,
                comparison.op,
                right,
                compare(left, comparison.op, right),
                comparison.left,
                comparison.right,
                {name: binding[name] for name in sorted(names) if name in binding},
                number,
            )
        )

    def _summed(self, number: int, index: int, aggregate: Aggregate, binding: Binding, context: Context) -> int | None:
        total = self.matcher.aggregate(aggregate, binding, context)
        outer = {name: binding[name] for name in binding}
        counted: dict[tuple[Value, ...], Contribution] = {}
        for terms, (form, inner) in self.matcher.elements(aggregate, outer, context):
            if terms in counted:
                continue
            premises = []
            for condition in aggregate.elements[form].condition:
                node = self._premise(number, index, condition, inner, context)
                if node is None:
                    return None
                premises.append(node)
            counted[terms] = Contribution(terms, tuple(premises))
        try:
            compared = value(aggregate.term, binding)
        except Undefined:
            compared = None
        holds = compared is None or compare(compared, aggregate.op, total)
        contributions = tuple(counted[terms] for terms in counted)
        return self._add(Summed(aggregate.function, total, aggregate.op, compared, holds, contributions, number, index))

    def deny(self, name: str, args: Pattern, context: Context) -> int:
        """Return the node that tells why no atom fits a pattern."""
        leaf = self._not_given(name, args, context)
        if leaf is not None:
            return leaf
        key = name, args, context
        if key in self._denied:
            self._looping |= self._loops.get(key, frozenset())
            return self._denied[key]
        if key in self._denying:
            self._looping.add(self._denying[key])
            return self._leaf(("boucle", key), Loop(name, args, context.jour))
        depth, above = len(self._denying), self._looping
        self._denying[key], self._looping = depth, set()
        try:
            attempts = [
                attempt
                for number in self._by_head.get(name, ())
                if (attempt := self._attempt(number, args, context)) is not None
            ]
        finally:
            del self._denying[key]
            self._close(key, depth, above)
        attempts.sort(key=lambda attempt: (not self._holds(attempt.in_force), len(attempt.missing)))
        self._denied[key] = self._add(Denied(name, args, tuple(attempts), context.jour))
        return self._denied[key]

    def _close(self, key: tuple[str, Pattern, Context], depth: int, above: set[int]) -> None:
        """Forget the refusals that loop back to this one: they prove nothing away from under it."""
        for other in [other for other, loops in self._loops.items() if depth in loops]:
            del self._loops[other]
            self._denied.pop(other, None)
        own = self._looping - {depth}
        if own:
            self._loops[key] = frozenset(own)
        self._looping = above | own

    def _holds(self, node: int) -> bool:
        found = self.nodes.get(node)
        return not isinstance(found, InForce) or found.holds

    def _attempt(self, number: int, args: Pattern, context: Context) -> Attempt | None:
        rule = self.base.rules[number]
        start = unify(rule.head.args, args, {})
        if start is None:
            return None
        if rule.guard:
            guard = self._in_force(rule.guard, context)
            if not self._holds(guard):
                return Attempt(number, guard, {}, (), (), ())
        else:
            guard = -1
        trial = self.matcher.best_trial(rule, start, context)
        failing = sorted(trial.missing)
        if self.reliance is not None:
            failing = self.reliance.firm(rule, failing, start, context) or failing
        missing = tuple((index, self._missing(number, index, rule.body[index], trial, context)) for index in failing)
        left = set(trial.skipped) | (set(trial.missing) - set(failing))
        reached = set(range(len(rule.body))) - set(trial.missing) - left
        met = []
        for index in sorted(reached):
            node = self._met(number, index, rule.body[index], trial, context)
            if node is not None:
                met.append((index, node))
        return Attempt(number, guard, trial.binding, tuple(met), missing, tuple(sorted(left)))

    def _met(self, number: int, index: int, condition: Condition, trial: Trial, context: Context) -> int | None:
        try:
            return self._premise(number, index, condition, trial.binding, context)
        except Undefined:
            return None

    def _missing(self, number: int, index: int, condition: Condition, trial: Trial, context: Context) -> int:
        binding = trial.binding
        if isinstance(condition, Comparison):
            try:
                return self._compared(number, condition, binding)
            except Undefined:
                names = {name: binding[name] for name in variables(condition) if name in binding}
                return self._leaf((number, index, str(names)), Given("calcul", (), False, context.jour))
        if isinstance(condition, Aggregate):
            node = self._summed(number, index, condition, binding, context)
            assert node is not None
            return node
        try:
            other = self.matcher.at(condition, binding, context)
        except Undefined:
            return self._leaf((number, index, "jour"), Given("calcul", (), False, context.jour))
        known = pattern(condition.atom, binding)
        if not condition.negated:
            return self.deny(condition.atom.name, known, other)
        for row in self.world.rows(condition.atom.name, len(known), other):
            if unify(condition.atom.args, row, binding) is not None:
                found = self.prove(condition.atom.name, row, other)
                return (
                    found
                    if found is not None
                    else self._leaf(
                        ("boucle", condition.atom.name, row, other), Loop(condition.atom.name, row, other.jour)
                    )
                )
        raise RuntimeError(f"condition {condition} is not missing")

    def _in_force(self, rule: str, context: Context) -> int:
        key = "en_vigueur", rule, context.law
        if key in self._leaves:
            return self._leaves[key]
        legal = self.base.legal[rule]
        period = legal.period(context.etat)
        interval = Interval(period.start, period.end) if period else NEVER
        reading = ""
        if legal.question:
            reading = f"{legal.question}={legal.reading}"
        holds = self.base.in_force(rule, context.law)
        node = InForce(rule, holds, interval, reading, context.droit_au)
        return self._leaf(key, node)

    def _given(self, name: str, args: tuple[Value, ...], context: Context) -> int | None:
        """Return the leaf of an atom that no rule derives, or None if rules derive it."""
        if name in self._attributes:
            fact = self._facts[name][args]
            return self._leaf(("fait", name, args), Stated(fact, context.jour))
        if name == "en_vigueur":
            return self._in_force(str(args[0]), context)
        if name in CONTEXT or name in ("personne", STATE):
            return self._leaf((name, args, context), Given(name, args, True, context.jour))
        if name in self.base.parameters:
            amounts = self.base.parameters[name].at(context.droit_au, context.etat)
            amount = next(a for a in amounts if (*a.keys, a.value) == args)
            return self._leaf((name, args, context.law), ParameterLeaf(name, amount, context.droit_au))
        if name in self._properties:
            return self._property(name, str(args[0]), context)
        return None

    def _not_given(self, name: str, args: Pattern, context: Context) -> int | None:
        if name in self._attributes:
            attribute = self._attributes[name]
            person = next((arg for arg in args if isinstance(arg, Fun)), None)
            near = tuple(
                fact
                for fact in self.case.facts
                if fact.name == name and (attribute.owner == "foyer" or person is None or person in fact.args)
            )
            presumed = attribute.absence == "presume" and not any(fact.origin == "stated" for fact in near)
            return self._leaf((name, args), Absent(name, args, near, presumed, context.jour))
        if name == "en_vigueur":
            return self._in_force(str(args[0]), context)
        if name in CONTEXT or name in ("personne", STATE):
            return self._leaf((name, args, context, False), Given(name, args, False, context.jour))
        if name in self.base.parameters:
            return self._leaf((name, args, context.law), ParameterLeaf(name, None, context.droit_au))
        if name in self._properties:
            return self._property(name, str(args[0]) if args[0] is not None else "", context)
        return None

    def _property(self, name: str, element: str, context: Context) -> int:
        nomenclature = self.base.nomenclatures[self._properties[name]]
        found = nomenclature.elements.get(element)
        intervals = found.properties.get(name, ()) if found else ()
        interval = next((i for i in intervals if i.holds(context.droit_au, context.etat)), None)
        source = (found.sources.get(name, "") if found else "") or nomenclature.proprietes[name].source
        node = PropertyLeaf(name, element, interval, source, context.droit_au)
        return self._leaf((name, element, context.law), node)
