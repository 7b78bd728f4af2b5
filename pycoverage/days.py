"""The days that matter to a base: those on which its law changes, and the other days that its rules read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.base import STATE, KnowledgeBase
from pycoverage.catalogue import Interval
from pycoverage.situation import Context
from pycoverage.syntax import Aggregate, Comparison, Condition, Literal, Rule, literals, meet
from pycoverage.value import Call, Term, Var


def asked_elsewhere(base: KnowledgeBase, among: frozenset[int] | None = None) -> frozenset[int]:
    """Return the rules that an `a_la_date` may lead to: those read on other days than the ones asked.

    `among` are the rules looked at, by default all.
    """
    by_head = base.by_head()
    found: set[int] = set()
    looked = range(len(base.rules)) if among is None else sorted(among)
    wanted = [
        literal.atom for number in looked for literal, _ in literals(base.rules[number].body) if literal.day is not None
    ]
    while wanted:
        atom = wanted.pop()
        for number in by_head.get(atom.name, ()):
            rule = base.rules[number]
            if number not in found and (among is None or number in among) and meet(rule.head, atom):
                found.add(number)
                wanted += [literal.atom for literal, _ in literals(rule.body)]
    return frozenset(found)


def changes(base: KnowledgeBase, rules: Iterable[int] | None = None) -> set[str]:
    """Return the days on which the law changes for some rules (by default all).

    On these days a rule, or a parameter or a property that it reads, starts or ends.
    """
    looked = [base.rules[number] for number in rules] if rules is not None else base.rules
    names = {literal.atom.name for rule in looked for literal, _ in literals(rule.body)}
    guards = base.legal if rules is None else {rule.guard for rule in looked}
    intervals = [each for n, legal in base.legal.items() if n in guards for each in (legal.interval, *legal.others)]
    parameters = [parameter for name, parameter in base.parameters.items() if rules is None or name in names]
    intervals += [amount.interval for parameter in parameters for amount in parameter.amounts]
    for nomenclature in base.nomenclatures.values():
        for element in nomenclature.elements.values():
            for name, found in element.properties.items():
                intervals += found if rules is None or name in names else ()
    return {day for interval in intervals for day in (interval.start, interval.end) if isinstance(day, str)}


def changed_between(base: KnowledgeBase, one: Context, other: Context) -> frozenset[int]:
    """Return the rules whose days in force, or the values of `facts/` that they read, differ between two contexts.

    Where the law of a day is kept, those of every later day count.
    """
    first, last = sorted((one.droit_au, other.droit_au))

    def moved(intervals: Iterable[Interval]) -> bool:
        days = (day for each in intervals for day in (each.start, each.end) if isinstance(day, str))
        return any(each.etat for each in intervals) or any(first < day <= last for day in days)

    names = {
        name for name, parameter in base.parameters.items() if moved([each.interval for each in parameter.amounts])
    }
    for nomenclature in base.nomenclatures.values():
        for element in nomenclature.elements.values():
            names |= {name for name, intervals in element.properties.items() if moved(intervals)}
    if base.states:
        names.add(STATE)
    return frozenset(
        number
        for number, rule in enumerate(base.rules)
        if (rule.guard in base.legal and moved([base.legal[rule.guard].interval, *base.legal[rule.guard].others]))
        or any(literal.atom.name in names for literal, _ in literals(rule.body))
    )


def asked_days(base: KnowledgeBase) -> set[tuple[str, int]]:
    """Return the vocabulary positions whose dates reach the day of an `a_la_date`.

    Raises nothing: a day that does not come from a stated fact is a finding of `pycoverage check`.
    """
    by_head = base.by_head()
    stated = {attribute.predicate for attribute in base.vocabulary}
    found: set[tuple[str, int]] = set()
    visited: set[tuple[str, int]] = set()
    followed: set[tuple[object, str]] = set()

    def position(name: str, index: int) -> None:
        if (name, index) in visited:
            return
        visited.add((name, index))
        if name in stated:
            found.add((name, index))
        for number in by_head.get(name, ()):
            rule = base.rules[number]
            if index < len(rule.head.args):
                term(rule, rule.head.args[index])

    def term(rule: Rule, value: Term) -> None:
        if isinstance(value, Var):
            if (rule.place, value.name) in followed:
                return
            followed.add((rule.place, value.name))
            for name, index in _sources(rule.body, value.name):
                position(name, index)
            for condition in rule.body:
                if isinstance(condition, Comparison) and condition.op == "=":
                    for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                        if one == value and other != value:
                            term(rule, other)
                elif isinstance(condition, Aggregate) and condition.term == value:
                    for element in condition.elements:
                        inner = Rule(rule.head, (*rule.body, *element.condition), rule.place, ())
                        term(inner, element.terms[0])
        elif isinstance(value, Call):
            for arg in value.args:
                term(rule, arg)

    for rule in base.rules:
        for condition in rule.body:
            if isinstance(condition, Literal) and condition.day is not None:
                term(rule, condition.day)
    return found


def _sources(body: Iterable[Condition], variable: str) -> Iterator[tuple[str, int]]:
    """Yield the (predicate, argument) positions of positive literals that bind a variable."""
    for condition in body:
        if isinstance(condition, Literal) and not condition.negated:
            for index, arg in enumerate(condition.atom.args):
                if arg == Var(variable):
                    yield condition.atom.name, index
