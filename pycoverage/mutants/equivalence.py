"""Mutants that change nothing, by a simple argument that holds for any dossier."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from pycoverage.functions import plus_jours
from pycoverage.law import Law
from pycoverage.mutants.implication import Implication
from pycoverage.mutants.mutation import Mutant
from pycoverage.program import Shape, shape
from pycoverage.relevance import Known
from pycoverage.syntax import Condition, Literal, Rule, literals, variables
from pycoverage.value import Fun, Value, Var, rank

RIGHT = "code:droit"

ALWAYS = frozenset({"inconnu", "obligatoire", "presume"})
"""What absence means for a fact that every completed dossier holds."""


def equivalences(law: Law, mutants: Sequence[Mutant]) -> Iterator[tuple[str, str]]:
    """Yield the name of each mutant that is proved to change nothing, and why."""
    possible = cache(lambda day: _possible(law, day))
    wanted = cache(lambda day: _wanted(law, day, possible(day)))
    for mutant in mutants:
        if mutant.interval is not None:
            reason = _idle_day(law, mutant, possible, wanted)
        else:
            reason = _idle_condition(law, mutant) or _asked_already(law, mutant)
        if reason:
            yield mutant.name, reason


def _idle_day(law: Law, mutant: Mutant, possible: Callable[[str], Known], wanted: Callable[[str], Known]) -> str:
    """Return why the day that a rule gains or loses does not count: one of its conditions cannot hold then, or
    nothing that is told then rests on what it concludes.
    """
    ((_, rule),) = mutant.rules
    old, new = law.base.legal[rule.guard or ""].interval, mutant.interval
    assert new is not None
    last = str(plus_jours(max(str(old.end), str(new.end)), -1))
    day = min(old.start, new.start) if mutant.kind == "debut" else last
    for literal in _asked(rule):
        if literal.atom.name != "en_vigueur" and not possible(day).meets(shape(literal.atom)):
            return f"le {day}, aucune règle en vigueur ne donne {literal}"
    if not any(map(wanted(day).meets, _heads(law, rule, possible(day)))):
        return f"le {day}, rien de ce qui est dit ne repose sur {rule.head}"
    return ""


def _wanted(law: Law, day: str, possible: Known) -> Known:
    """Return what something told on a day of the law may rest on; what rules read on other days always may.

    Nothing is told of a right that no rule gives that day.
    """
    wanted = Known(law.base)
    rights = [Fun(right) for right in law.base.rights if law.base.exists(right, day)]
    for name, arity in law.base.outputs().items():
        named = [law.kinds.position(name, index) == RIGHT for index in range(arity)]
        for right in rights if any(named) else [None]:
            wanted.add((name, tuple(right if each else None for each in named)))
    for rule in law.base.rules:
        for literal, _ in literals(rule.body):
            if literal.day is not None:
                wanted.add(shape(literal.atom))
    legal = law.base.legal
    waiting = [rule for rule in law.base.rules if rule.guard not in legal or legal[rule.guard].holds(day)]
    growing = True
    while growing:
        left = []
        for rule in waiting:
            if any(map(wanted.meets, _heads(law, rule, possible))):
                for literal, _ in literals(rule.body):
                    wanted.add(shape(literal.atom))
            else:
                left.append(rule)
        growing = len(left) < len(waiting)
        waiting = left
    return wanted


def _heads(law: Law, rule: Rule, possible: Known) -> Iterator[Shape]:
    """Yield what a rule may conclude: a right that it takes from a condition is one that the condition may name."""
    name, known = shape(rule.head)
    choices: list[list[Value | None]] = []
    for index, term in enumerate(rule.head.args):
        rights = [known[index]]
        if isinstance(term, Var) and law.kinds.position(name, index) == RIGHT:
            named = [
                {value for found, at, value in possible.constants if (found, at) == (each.atom.name, place)}
                for each in _asked(rule)
                for place, arg in enumerate(each.atom.args)
                if arg == term
            ]
            closed = [values for values in named if None not in values]
            rights = sorted(set.intersection(*closed), key=rank) if closed else [None]  # type: ignore[arg-type]
        choices.append(rights)
    for args in itertools.product(*choices):
        yield name, args


def _possible(law: Law, day: str) -> Known:
    """Return what may hold on a day of the law, whatever the dossier and the readings."""
    known = Known(law.base)
    for attribute in law.base.vocabulary:
        known.add((attribute.predicate, (None,) * (len(attribute.arguments))))
    known.add(("personne", (None,)))
    legal = law.base.legal
    waiting = [rule for rule in law.base.rules if rule.guard not in legal or legal[rule.guard].holds(day)]
    growing = True
    while growing:
        left = []
        for rule in waiting:
            if all(known.meets(shape(each.atom)) for each in _asked(rule)):
                known.add(shape(rule.head))
            else:
                left.append(rule)
        growing = len(left) < len(waiting)
        waiting = left
    return known


def _asked(rule: Rule) -> list[Literal]:
    """Return the conditions that must hold on the day itself."""
    return [each for each in rule.body if isinstance(each, Literal) and not each.negated and each.day is None]


def _idle_condition(law: Law, mutant: Mutant) -> str:
    """Return why the condition left out was always met: it names one value of a person, whichever it is."""
    condition = _left_out(law, mutant)
    if condition is None:
        return ""
    ((index, changed),) = mutant.rules
    attributes = law.base.vocabulary.by_predicate()
    if not isinstance(condition, Literal) or condition.negated or condition.day is not None:
        return ""
    name, args = condition.atom.name, condition.atom.args
    kept = {each for part in (changed.head, *changed.body) for each in variables(part)}
    if (
        name == "personne"
        and isinstance(args[0], Var)
        and args[0].name in kept
        and _person(law, changed, index, args[0])
    ):
        return "les autres conditions parlent déjà d'une personne du dossier"
    attribute = attributes.get(name)
    if attribute is None or attribute.is_list or attribute.absence not in ALWAYS or attribute.sans_objet:
        return ""
    value = args[-1]
    free = isinstance(value, Var) and (value.name == "_" or value.name not in kept)
    owner = args[:-1]
    if free and (
        not owner or (len(owner) == 1 and isinstance(owner[0], Var) and _person(law, changed, index, owner[0]))
    ):
        return f"tout dossier complété a une valeur de « {attribute.name} », et la règle n'en retient rien"
    return ""


def _asked_already(law: Law, mutant: Mutant) -> str:
    """Return why the condition left out always held: the others ask it too."""
    condition = _left_out(law, mutant)
    if condition is None:
        return ""
    ((index, changed),) = mutant.rules
    kept = {name for part in (changed.head, *changed.body) for name in variables(part)}
    free = set(variables(condition)) - kept
    if Implication(law.base, law.base.rules[index]).follows(condition, changed.body, free):
        return "les autres conditions la supposent, par les règles qui les donnent"
    return ""


def _left_out(law: Law, mutant: Mutant) -> Condition | None:
    """Return the condition that a mutant leaves out of one rule, if that is all that it changes."""
    if mutant.kind != "condition" or len(mutant.rules) != 1:
        return None
    ((index, changed),) = mutant.rules
    rule = law.base.rules[index]
    gone = [each for each in rule.body if each not in changed.body]
    return gone[0] if len(gone) == 1 and len(changed.body) == len(rule.body) - 1 else None


def _person(law: Law, changed: Rule, index: int, variable: Var) -> bool:
    """Tell whether another condition binds a variable to a person."""
    bound = any(variable in each.atom.args for each in changed.body if isinstance(each, Literal) and not each.negated)
    return bound and law.kinds.variable(index, variable.name) == "personne"
