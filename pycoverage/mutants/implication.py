"""Conditions that the others of a rule already ask: by the rules that give these, whatever the dossier."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.catalogue import Interval
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Literal, Rule, variables
from pycoverage.value import Arith, Call, Fun, Term, Var, rank

DEPTH = 4
"""How many rules may stand between a condition and the one that asks it."""

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
OPPOSED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
WEAKER = {"<": ("<", "<=", "!="), ">": (">", ">=", "!="), "=": ("=", "<=", ">="), "<=": ("<=",), ">=": (">=",)}


class Implication:
    """Tells what follows from conditions on the days on which a rule is in force."""

    def __init__(self, base: KnowledgeBase, rule: Rule) -> None:
        self.base = base
        legal = base.legal.get(rule.guard or "")
        self.days = legal.interval if legal else None
        self.question = (legal.question, legal.reading) if legal and legal.question else None
        self._heads = base.by_head()
        self._simple = {each.predicate for each in base.vocabulary if not each.is_list}
        self._fresh = itertools.count()

    def follows(self, wanted: Condition, given: Sequence[Condition], free: Collection[str], depth: int = DEPTH) -> bool:
        """Tell whether a condition, in which some variables are free, holds whenever the given ones do."""
        if any(self._is(each, wanted, free) for each in given):
            return True
        if depth == 0 or isinstance(wanted, Aggregate):
            return False
        if isinstance(wanted, Literal) and wanted.day is None:
            if wanted.negated and not free and self._impossible(wanted.atom, given, depth):
                return True
            if not wanted.negated and self._concluded(wanted.atom, given, free, depth):
                return True
        sources = (each for each in given if isinstance(each, Literal) and not each.negated and each.day is None)
        return any(self._asked_by(each.atom, wanted, free, depth) for each in sources)

    def _asked_by(self, atom: Atom, wanted: Condition, free: Collection[str], depth: int) -> bool:
        """Tell whether every rule that may give an atom asks a condition."""
        bodies = self._bodies(atom)
        return bool(bodies) and all(self.follows(wanted, body, free, depth - 1) for body in bodies)

    def _impossible(self, atom: Atom, given: Sequence[Condition], depth: int) -> bool:
        """Tell whether each rule that may give an atom asks what the given conditions exclude."""
        bodies = self._bodies(atom)
        return bool(bodies) and all(
            any(self.follows(other, given, (), depth - 1) for each in body if (other := self._denied(each)) is not None)
            for body in bodies
        )

    def _denied(self, condition: Condition) -> Condition | None:
        if isinstance(condition, Comparison):
            return Comparison(condition.left, OPPOSED[condition.op], condition.right)
        if isinstance(condition, Literal) and condition.day is None and condition.atom.name != "en_vigueur":
            return Literal(condition.atom, not condition.negated)
        return None

    def _concluded(self, atom: Atom, given: Sequence[Condition], free: Collection[str], depth: int) -> bool:
        """Tell whether a rule without date gives an atom from the given conditions alone."""
        for number in self._heads.get(atom.name, ()):
            rule = self.base.rules[number]
            body = None if rule.guard else self._body(rule, atom)
            if body is None or not rule.body:
                continue
            local = {name for each in body for name in variables(each) if name.endswith("__")} | set(free)
            counts = Counter(name for each in body for name in set(variables(each)) & local)
            if all(count == 1 for count in counts.values()) and all(
                self.follows(each, given, local, depth - 1) for each in body
            ):
                return True
        return False

    def _bodies(self, atom: Atom) -> list[tuple[Condition, ...]]:
        """Return what each rule that may give an atom asks; nothing if it may be given otherwise."""
        if atom.name not in self._heads:
            return []
        rules = (self.base.rules[number] for number in self._heads[atom.name])
        return [body for rule in rules if self._meets(rule) and (body := self._body(rule, atom)) is not None]

    def _meets(self, rule: Rule) -> bool:
        """Tell whether a rule may be in force when the one looked at is."""
        legal = self.base.legal.get(rule.guard or "")
        if legal is None:
            return True
        if self.question and legal.question == self.question[0] and legal.reading != self.question[1]:
            return False
        return self.days is None or _overlap(legal.interval, self.days)

    def _body(self, rule: Rule, atom: Atom) -> tuple[Condition, ...] | None:
        """Return the conditions of a rule for an atom, or None if it cannot give it."""
        known: dict[str, Term] = {}
        more: list[Condition] = []
        for own, asked in zip(rule.head.args, atom.args, strict=True):
            if isinstance(own, Var) and own.name not in known:
                known[own.name] = asked
            elif isinstance(own, Fun) and isinstance(asked, Fun) and own != asked:
                return None
            elif own != asked:
                more.append(
                    Comparison(asked, "=", own) if not isinstance(own, Var) else Comparison(asked, "=", known[own.name])
                )
        mark = next(self._fresh)
        return (*(_with(each, known, mark) for each in rule.body), *more)

    def _is(self, given: Condition, wanted: Condition, free: Collection[str]) -> bool:
        """Tell whether one condition is another, or a stronger one."""
        if isinstance(given, Comparison) and isinstance(wanted, Comparison):
            sides = ((given.left, given.op, given.right), (given.right, TURNED[given.op], given.left))
            return any(
                one == wanted.left and other == wanted.right and wanted.op in WEAKER.get(op, (op,))
                for one, op, other in sides
            )
        if not isinstance(given, Literal) or not isinstance(wanted, Literal) or given.day != wanted.day:
            return False
        if given.atom.name != wanted.atom.name:
            return False
        pairs = list(zip(given.atom.args, wanted.atom.args, strict=True))
        if given.negated == wanted.negated:
            return all(one == other or (isinstance(other, Var) and other.name in {*free, "_"}) for one, other in pairs)
        # A simple fact has one value: another one excludes this one.
        (one, other), owners = pairs[-1], pairs[:-1]
        return (
            wanted.negated
            and given.atom.name in self._simple
            and isinstance(one, Fun)
            and isinstance(other, Fun)
            and one != other
            and all(each == same for each, same in owners)
        )


def _overlap(one: Interval, other: Interval) -> bool:
    return rank(max(one.start, other.start, key=rank)) < rank(min(one.end, other.end, key=rank))


def _with(part: Condition, known: Mapping[str, Term], mark: int) -> Condition:
    """Return a condition with other terms in place of variables; those that are left get a name of their own."""

    def term(each: Term) -> Term:
        if isinstance(each, Var):
            return known.get(each.name, each if each.name == "_" else Var(f"{each.name}{mark}__"))
        if isinstance(each, Fun):
            return Fun(each.name, tuple(map(term, each.args)))
        if isinstance(each, Call):
            return Call(each.name, tuple(map(term, each.args)))
        if isinstance(each, Arith):
            return Arith(each.op, term(each.left), term(each.right))
        return each

    if isinstance(part, Literal):
        day = None if part.day is None else term(part.day)
        return Literal(Atom(part.atom.name, tuple(map(term, part.atom.args))), part.negated, day)
    if isinstance(part, Comparison):
        return Comparison(term(part.left), part.op, term(part.right))
    return msgspec.structs.replace(part, elements=())
