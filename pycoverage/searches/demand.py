"""Which facts a question rests on, told apart by their codes: an appeal against a refusal of one right may matter
where the same about another cannot.

The codes that each rule looks for are followed from what is asked down to the facts, as far as rules name them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.situation import Fact
from pycoverage.syntax import Atom, Literal, Rule, literals, variables
from pycoverage.value import Fun, Term, Value, Var

Codes = frozenset[Value] | None
"""The codes that may stand at a place; None for any, and for what is no code."""

Shape = tuple[Codes, ...]


class Look(msgspec.Struct, frozen=True):
    """A rule that looks for a predicate on the way to what is asked, with which codes, and at which places it does
    not mind what stands.
    """

    rule: int
    codes: Shape
    any: frozenset[int]

    def meets(self, args: Sequence[Value | None]) -> bool:
        """Tell whether arguments are among those looked for; None stands for any."""
        return all(codes is None or arg is None or arg in codes for codes, arg in zip(self.codes, args, strict=True))

    def minds(self, args: Sequence[Value | None]) -> tuple[object, ...]:
        """Return all that the rule can tell of arguments, days and amounts left aside."""
        return (self.rule, *(None if index in self.any else arg for index, arg in enumerate(args)))


Demand = dict[str, frozenset[Look]]
"""Who looks for each predicate."""


def demand(base: KnowledgeBase, rules: Sequence[int], goals: Iterable[str], facts: Iterable[Fact]) -> Demand:
    """Return what some rules look for, on the way to what is asked, where no facts but these may stand."""
    may = possible(base, rules, facts)
    heads: dict[str, list[int]] = {}
    for number in rules:
        heads.setdefault(base.rules[number].head.name, []).append(number)
    found: dict[str, set[Look]] = {}
    waiting: list[tuple[str, Shape]] = [
        (name, (None,) * len(base.rules[numbers[0]].head.args)) for name in goals if (numbers := heads.get(name))
    ]
    seen = set(waiting)
    while waiting:
        name, shape = waiting.pop()
        for number in heads.get(name, ()):
            bound = _bound(base.rules[number], shape, may)
            if bound is None:
                continue
            rule = base.rules[number]
            times = Counter(name for part in (rule.head, *rule.body) for name in variables(part))
            for literal, _ in literals(rule.body):
                atom = literal.atom
                wanted = tuple(_codes(arg, bound) for arg in atom.args)
                free = (index for index, arg in enumerate(atom.args) if isinstance(arg, Var) and times[arg.name] == 1)
                found.setdefault(atom.name, set()).add(Look(number, wanted, frozenset(free)))
                if (atom.name, wanted) not in seen:
                    seen.add((atom.name, wanted))
                    waiting.append((atom.name, wanted))
    return {name: frozenset(each) for name, each in found.items()}


def possible(base: KnowledgeBase, rules: Sequence[int], facts: Iterable[Fact]) -> dict[tuple[str, int], Codes]:
    """Return the codes that may stand at each place of the predicates that rules conclude or facts state."""
    may: dict[tuple[str, int], Codes] = {}
    for fact in facts:
        for index, value in enumerate(fact.args):
            _add(may, (fact.name, index), frozenset([value]) if isinstance(value, Fun) else None)
    for nomenclature in base.nomenclatures.values():
        for code, element in nomenclature.elements.items():
            for name in element.properties:
                _add(may, (name, 0), frozenset([Fun(code)]))
    growing = True
    while growing:
        growing = False
        for number in rules:
            rule = base.rules[number]
            bound = _bound(rule, (None,) * len(rule.head.args), may)
            if bound is not None:
                for index, arg in enumerate(rule.head.args):
                    growing = _add(may, (rule.head.name, index), _codes(arg, bound)) or growing
    return may


def _add(may: dict[tuple[str, int], Codes], place: tuple[str, int], codes: Codes) -> bool:
    """Let codes stand at a place; tell whether some could not before."""
    if place not in may:
        may[place] = codes
        return True
    known = may[place]
    if known is None or (codes is not None and codes <= known):
        return False
    may[place] = None if codes is None else known | codes
    return True


def _bound(rule: Rule, shape: Shape, may: Mapping[tuple[str, int], Codes]) -> dict[str, Codes] | None:
    """Return the codes that the variables of a rule may be where its conclusion has a shape, or None if it has none."""
    bound: dict[str, Codes] = {}

    def meet(atom: Atom, allowed: Iterable[Codes]) -> bool:
        for arg, codes in zip(atom.args, allowed, strict=True):
            if codes is None:
                continue
            if isinstance(arg, Var) and arg.name != "_":
                known = bound.get(arg.name)
                bound[arg.name] = codes if known is None else known & codes
                if not bound[arg.name]:
                    return False
            elif isinstance(arg, Fun) and not arg.args and arg not in codes:
                return False
        return True

    if not meet(rule.head, shape):
        return None
    for condition in rule.body:
        if isinstance(condition, Literal) and not condition.negated:
            atom = condition.atom
            if not meet(atom, [may.get((atom.name, index)) for index in range(len(atom.args))]):
                return None
    return bound


def _codes(term: Term, bound: Mapping[str, Codes]) -> Codes:
    if isinstance(term, Var):
        return bound.get(term.name)
    return frozenset([term]) if isinstance(term, Fun) and not term.args else None
