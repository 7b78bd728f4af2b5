"""The small changes of one rule: a condition dropped, a comparison or a negation turned, a number one off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal as Choice
from typing import TypeVar

import msgspec

from pycoverage.finding import Place
from pycoverage.functions import plus_jours
from pycoverage.scalar import day
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Element, Literal, Rule
from pycoverage.value import Arith, Call, Fun, Term, write

Kind = Choice["condition", "comparaison", "sens", "negation", "nombre", "date"]

Effect = Choice["plus", "moins", "autre"]
"""What a changed rule concludes: only more than before, only less, or anything."""

T = TypeVar("T", bound=Literal | Comparison | Aggregate)

LOOSER = {"<": "<=", ">": ">="}
TIGHTER = {"<=": "<", ">=": ">"}
TURNED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


class Variation(msgspec.Struct, frozen=True):
    """A rule with one change. `dropped` is the atom of the condition left out, if it is one."""

    kind: Kind
    change: str
    effect: Effect
    rule: Rule
    place: Place
    dropped: Atom | None = None


def variations(rule: Rule) -> Iterator[Variation]:
    """Yield every variation of a rule, its guard apart; some may leave a variable without value."""
    first = 1 if rule.guard else 0
    places = rule.places if len(rule.places) == len(rule.body) else (rule.place,) * len(rule.body)
    for at in range(first, len(rule.body)):
        for kind, change, effect, other, dropped in _conditions(rule.body[at]):
            body = (*rule.body[:at], *other, *rule.body[at + 1 :])
            kept = (*places[:at], *(places[at] for _ in other), *places[at + 1 :])
            yield Variation(kind, change, effect, Rule(rule.head, body, rule.place, kept), places[at], dropped)
    for (old, new), head in _atoms(rule.head):
        change = f"{write(old)} → {write(new)}"
        yield Variation(_unit(old), change, "autre", Rule(head, rule.body, rule.place, places), rule.place)


Change = tuple[Kind, str, Effect, tuple[Condition, ...], Atom | None]


def _conditions(condition: Condition) -> Iterator[Change]:
    """Yield what may become of a condition: kind, change in words, effect, and what stands in its place."""
    dropped = condition.atom if isinstance(condition, Literal) and not condition.negated else None
    yield "condition", f"sans « {condition} »", "plus", (), dropped
    for kind, effect, other in _turned(condition):
        yield kind, f"« {condition} » → « {other} »", effect, (other,), None
    if isinstance(condition, Aggregate):
        for number, element in enumerate(condition.elements):
            for at, inner in enumerate(element.condition):
                changes: list[tuple[Kind, tuple[Literal | Comparison, ...], str]] = [
                    ("condition", (), f"sans « {inner} » dans le calcul")
                ]
                changes += [(kind, (other,), f"« {inner} » → « {other} »") for kind, _, other in _turned(inner)]
                for kind, new, change in changes:
                    within = (*element.condition[:at], *new, *element.condition[at + 1 :])
                    if not within:
                        continue
                    elements = list(condition.elements)
                    elements[number] = Element(element.terms, within)
                    other = Aggregate(condition.term, condition.op, condition.function, tuple(elements))
                    yield kind, change, "autre", (other,), None


def _turned(condition: T) -> Iterator[tuple[Kind, Effect, T]]:
    """Yield what a condition becomes when its sense or one of its values changes."""
    if isinstance(condition, Literal):
        if condition.negated:
            yield "negation", "autre", Literal(condition.atom, False, condition.day)  # type: ignore[misc]
        for (old, _), atom in _atoms(condition.atom):
            yield _unit(old), "autre", Literal(atom, condition.negated, condition.day)  # type: ignore[misc]
        return
    replace = msgspec.structs.replace
    if condition.op in LOOSER:
        yield "comparaison", "plus", replace(condition, op=LOOSER[condition.op])
    if condition.op in TIGHTER:
        yield "comparaison", "moins", replace(condition, op=TIGHTER[condition.op])
    if isinstance(condition, Comparison):
        yield "sens", "autre", Comparison(condition.left, TURNED[condition.op], condition.right)  # type: ignore[misc]
        for (old, _), left in _terms(condition.left):
            yield _unit(old), "autre", Comparison(left, condition.op, condition.right)  # type: ignore[misc]
        for (old, _), right in _terms(condition.right):
            yield _unit(old), "autre", Comparison(condition.left, condition.op, right)  # type: ignore[misc]


Step = tuple[int | str, int | str]


def _unit(value: int | str) -> Kind:
    return "nombre" if isinstance(value, int) else "date"


def _atoms(atom: Atom) -> Iterator[tuple[Step, Atom]]:
    for step, args in _arguments(atom.args):
        yield step, Atom(atom.name, args)


def _arguments(args: tuple[Term, ...]) -> Iterator[tuple[Step, tuple[Term, ...]]]:
    for at, arg in enumerate(args):
        for step, new in _terms(arg):
            yield step, (*args[:at], new, *args[at + 1 :])


def _terms(term: Term) -> Iterator[tuple[Step, Term]]:
    """Yield a term with one of its numbers, or of its days, one off."""
    if isinstance(term, int):
        yield from (((term, term + step), term + step) for step in (1, -1))
    elif isinstance(term, str) and day(term) is not None:
        yield from (((term, new), new) for new in (plus_jours(term, 1), plus_jours(term, -1)))
    elif isinstance(term, Call):
        yield from ((step, Call(term.name, args)) for step, args in _arguments(term.args))
    elif isinstance(term, Fun):
        yield from ((step, Fun(term.name, args)) for step, args in _arguments(term.args))
    elif isinstance(term, Arith):
        yield from ((step, Arith(term.op, left, term.right)) for step, left in _terms(term.left))
        yield from ((step, Arith(term.op, term.left, right)) for step, right in _terms(term.right))


def renamed(rule: Rule, name: str, other: str) -> Rule:
    """Return a rule that reads another predicate in place of one."""
    return Rule(rule.head, tuple(_each(condition, name, other) for condition in rule.body), rule.place, rule.places)


def _each(condition: Condition, name: str, other: str) -> Condition:
    if isinstance(condition, Literal) and condition.atom.name == name:
        return Literal(Atom(other, condition.atom.args), condition.negated, condition.day)
    if isinstance(condition, Aggregate):
        swap: Callable[[Literal | Comparison], Literal | Comparison] = lambda inner: _each(inner, name, other)  # type: ignore[assignment,return-value]  # noqa: E731
        elements = tuple(Element(each.terms, tuple(map(swap, each.condition))) for each in condition.elements)
        return Aggregate(condition.term, condition.op, condition.function, elements)
    return condition
