"""Mutants of a base: the same law but for one small change, made on the rules as objects, never on their text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal as Choice
from typing import get_args

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.catalogue import Interval, Nomenclature, Parameter
from pycoverage.checks.safety import unsafe
from pycoverage.finding import Place
from pycoverage.functions import plus_jours
from pycoverage.mutants.variation import Effect, renamed, variations
from pycoverage.syntax import Rule, literals
from pycoverage.value import write

Kind = Choice["condition", "comparaison", "sens", "negation", "nombre", "date", "debut", "fin", "parametre", "element"]

KINDS: tuple[Kind, ...] = get_args(Kind)


class Mutant(msgspec.Struct, frozen=True):
    """One change of a base.

    `name` tells it apart, whatever changes elsewhere in the base; `subject` is the rule, the parameter or the list
    that it changes, and `change` what becomes of it. `rules` are the rules that it replaces, by number, `interval`
    the days in force of the one that changes them, `parameter` or `nomenclature` what they read under
    another name in place of `facts/`. `effect` tells whether the rules can conclude only more, or only less.
    """

    name: str
    kind: Kind
    subject: str
    change: str
    place: Place
    effect: Effect
    rules: tuple[tuple[int, Rule], ...]
    interval: Interval | None = None
    other: str = ""
    parameter: Parameter | None = None
    nomenclature: Nomenclature | None = None


def mutants(base: KnowledgeBase) -> list[Mutant]:
    """Return every mutant of a base, in the order of its files; one that leaves a variable without value is none, nor
    is one of a rule on which nothing that is told rests.
    """
    told = _told(base)
    made = [*_of_rules(base), *_of_parameters(base), *_of_lists(base)]
    return [each for each in made if any(rule in told for rule, _ in each.rules)]


def _told(base: KnowledgeBase) -> set[int]:
    """Return the rules on which something that is told of a person rests."""
    heads = base.by_head()
    found: set[int] = set()
    waiting = list(base.outputs())
    while waiting:
        for number in heads.pop(waiting.pop(), ()):
            found.add(number)
            waiting += [literal.atom.name for literal, _ in literals(base.rules[number].body)]
    return found


def subjects(base: KnowledgeBase) -> list[str]:
    """Return the name of each rule: its id, or its conclusion and a number."""
    seen: Counter[str] = Counter()
    found = []
    for rule in base.rules:
        if not rule.guard:
            seen[rule.head.name] += 1
        found.append(rule.guard or f"{rule.head.name}#{seen[rule.head.name]}")
    return found


def _of_rules(base: KnowledgeBase) -> Iterator[Mutant]:
    first = base.start()
    for index, (subject, rule) in enumerate(zip(subjects(base), base.rules, strict=True)):
        seen: Counter[str] = Counter()
        known = {str(rule)}
        for each in variations(rule):
            seen[each.kind] += 1
            name = f"{subject}:{each.kind}:{seen[each.kind]}"
            if str(each.rule) not in known and not any(unsafe(each.rule)):
                known.add(str(each.rule))
                yield Mutant(name, each.kind, subject, each.change, each.place, each.effect, ((index, each.rule),))
        legal = base.legal.get(rule.guard or "")
        if legal is None:
            continue
        for kind, step, effect, interval in _intervals(legal.interval, first):
            old, new = (legal.interval.start, interval.start) if kind == "debut" else (legal.interval.end, interval.end)
            name, change = f"{subject}:{kind}:{step:+d}", f"{old} → {new}"
            yield Mutant(name, kind, subject, change, legal.place, effect, ((index, rule),), interval)


def _intervals(interval: Interval, first: str) -> Iterator[tuple[Kind, int, Effect, Interval]]:
    """Yield the days in force of a rule, one day off; the first day of the base is no day of the law."""
    for step in (1, -1):
        if interval.start != first:
            yield "debut", step, "moins" if step > 0 else "plus", Interval(_moved(interval.start, step), interval.end)
        if isinstance(interval.end, str):
            yield "fin", step, "plus" if step > 0 else "moins", Interval(interval.start, _moved(interval.end, step))


def _moved(day: str, step: int) -> str:
    return str(plus_jours(day, step))


def _of_parameters(base: KnowledgeBase) -> Iterator[Mutant]:
    for name, parameter in base.parameters.items():
        readers = _readers(base, name)
        for number, amount in enumerate(parameter.amounts if readers else ()):
            if not isinstance(amount.value, int):
                continue
            keys = "".join(f" ({write(key)})" for key in amount.keys)
            for step in (1, -1):
                other = f"{name}__{number}{'plus' if step > 0 else 'moins'}"
                moved = msgspec.structs.replace(amount, value=amount.value + step)
                amounts = (*parameter.amounts[:number], moved, *parameter.amounts[number + 1 :])
                yield Mutant(
                    f"{name}:parametre:{amount.interval.start}{keys}:{step:+d}",
                    "parametre",
                    name,
                    f"{amount.interval.start}{keys} : {amount.value} → {moved.value}",
                    parameter.place,
                    "autre",
                    tuple((index, renamed(base.rules[index], name, other)) for index in readers),
                    other=other,
                    parameter=msgspec.structs.replace(parameter, amounts=amounts),
                )


def _of_lists(base: KnowledgeBase) -> Iterator[Mutant]:
    for key, name in base.properties():
        nomenclature = base.nomenclatures[name]
        readers = _readers(base, key)
        for code, element in nomenclature.elements.items():
            if key not in element.properties or not readers:
                continue
            other = f"{key}__sans_{code}"
            elements = {
                each: msgspec.structs.replace(described, properties={other: described.properties[key]})
                for each, described in nomenclature.elements.items()
                if each != code and key in described.properties
            }
            yield Mutant(
                f"{name}:element:{key}:{code}",
                "element",
                name,
                f"« {code} » sans {key}",
                nomenclature.place,
                "autre",
                tuple((index, renamed(base.rules[index], key, other)) for index in readers),
                other=other,
                nomenclature=msgspec.structs.replace(
                    nomenclature, elements=elements, proprietes={other: nomenclature.proprietes[key]}
                ),
            )


def _readers(base: KnowledgeBase, name: str) -> list[int]:
    """Return the rules that read a predicate."""
    return [
        index
        for index, rule in enumerate(base.rules)
        if any(literal.atom.name == name for literal, _ in literals(rule.body))
    ]
