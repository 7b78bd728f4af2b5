"""The grounds on which a right can be refused: the conditions of its rules, read from the rules themselves.

A condition is a notion, a simple fact or another right that a rule giving the right asks of the same person,
or of no person; and so on through the rules of that notion. The ground is that it is not met.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

from pycoverage.base import CONTEXT, KnowledgeBase
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.law import Law
from pycoverage.sentence import Writer
from pycoverage.situation import Context, Fact
from pycoverage.syntax import Atom, Literal, Rule, variables
from pycoverage.value import NON, OUI, Fun, Value, Var
from pycoverage.world import World

MAX_DEPTH = 4
"""How far the conditions of a condition are looked for."""

PERSON = Fun("_personne")
"""Stands for the person in the shape of a condition."""


class Condition(msgspec.Struct, frozen=True):
    """One condition of a right. `shape` has the person, constants, and None where anything fits.

    `wanted` tells whether the law asks that it hold or that it not hold; `depth` how far it stands from the
    right.
    """

    code: str
    name: str
    shape: tuple[Value | None, ...]
    wanted: bool
    depth: int

    def rows(self, world: World, context: Context, person: str) -> list[tuple[Value, ...]]:
        """Return the atoms that fit, for a person (canonical id)."""
        wanted = [Fun(person) if part == PERSON else part for part in self.shape]
        return [
            row
            for row in world.rows(self.name, len(wanted), context)
            if all(part in (None, value) for part, value in zip(wanted, row, strict=True))
        ]

    def unmet(self, world: World, context: Context, person: str) -> bool:
        """Tell whether it is true that the person does not meet it: the ground is right."""
        return bool(self.rows(world, context, person)) != self.wanted

    def atom(self, world: World, context: Context, person: str) -> tuple[Value | None, ...]:
        """Return the atom that a proof of the ground is about: one that fits, or the shape."""
        rows = self.rows(world, context, person)
        return rows[0] if rows else tuple(Fun(person) if part == PERSON else part for part in self.shape)


def conditions(base: KnowledgeBase, right: str) -> dict[str, Condition]:
    """Return the conditions of a right by code, nearest first: what a refusal may allege not to be met."""
    found: dict[str, Condition] = {}
    rules = base.by_head()
    simple = {attribute.predicate for attribute in base.vocabulary if not attribute.is_list}
    steps = deque([(Atom("droit", (PERSON, Fun(right))), 0, True, 1)])
    seen: set[tuple[str, int, bool]] = set()
    while steps:
        atom, position, wanted, depth = steps.popleft()
        for rule in (base.rules[number] for number in rules.get(atom.name, ())):
            for literal, place in _asked(rule, position) if _gives(rule, atom) else ():
                name, holds = literal.atom.name, wanted != literal.negated
                code = _code(base, simple, literal.atom, place)
                if code and code != right and code not in found:
                    found[code] = Condition(code, name, _shape(literal.atom, place), holds, depth)
                next_depth = depth + bool(code)
                if place is None or name == "droit" or (name, place, holds) in seen or next_depth > MAX_DEPTH:
                    continue
                seen.add((name, place, holds))
                steps.append((literal.atom, place, holds, next_depth))
    return dict(sorted(found.items(), key=lambda item: item[1].depth))


def _gives(rule: Rule, atom: Atom) -> bool:
    """Tell whether a rule can conclude an atom: no two constants differ."""
    pairs = zip(rule.head.args, atom.args, strict=True)
    return all(
        PERSON in pair or not all(isinstance(each, Fun) for each in pair) or pair[0] == pair[1] for pair in pairs
    )


def _asked(rule: Rule, position: int) -> Iterator[tuple[Literal, int | None]]:
    """Yield the conditions of a rule that concern the person of its head, with the place of the person.

    A condition that names nobody, and nothing told of somebody, concerns everyone: its place is None.
    """
    head = rule.head.args[position]
    person = head.name if isinstance(head, Var) else ""
    own = [each for each in rule.body if isinstance(each, Literal) and each.day is None]
    tied = {name for each in own if person in set(variables(each)) for name in variables(each)}
    for literal in own:
        if literal.atom.name in CONTEXT:
            continue
        places = [index for index, arg in enumerate(literal.atom.args) if isinstance(arg, Var) and arg.name == person]
        if places:
            yield literal, places[0]
        elif not tied & set(variables(literal)):
            yield literal, None


def _code(base: KnowledgeBase, simple: set[str], atom: Atom, place: int | None) -> str:
    """Return how a condition is named, or an empty text if it is only a step."""
    if atom.name == "droit":
        right = atom.args[1]
        return right.name if isinstance(right, Fun) else ""
    if atom.name in base.notions:
        return atom.name
    constant = any(isinstance(arg, Fun) for arg in atom.args)
    return atom.name if atom.name in simple and constant and place is not None else ""


def _shape(atom: Atom, place: int | None) -> tuple[Value | None, ...]:
    return tuple(
        PERSON if index == place else arg if isinstance(arg, Fun) and not arg.args else None
        for index, arg in enumerate(atom.args)
    )


def allegation(writer: Writer, condition: Condition, args: tuple[Value | None, ...]) -> str:
    """Return the ground in words: that the condition is not met. `args` are those of `Condition.atom`."""
    base = writer.base
    if condition.name == "droit":
        name = base.rights[str(args[1])].nom
        person = writer.person(str(args[0]))
        told = "n'a pas ce droit" if condition.wanted else "relève d'un autre droit"
        return f"{person} {told} : {name}"
    if condition.name in base.notions:
        return writer.notion(condition.name, args, holds=not condition.wanted)
    attribute = base.vocabulary.by_predicate()[condition.name]
    other = {OUI: NON, NON: OUI} if condition.wanted else {}
    values = tuple(other.get(arg, arg) if isinstance(arg, Fun) else arg for arg in args)
    told = writer.fact(Fact(condition.name, values, attribute=attribute.name))  # type: ignore[arg-type]
    return told if values != args or not condition.wanted else f"condition non remplie : {told}"


def grounds(law: Law, right: str) -> dict[str, str]:
    """Return the grounds on which a right can be refused, in words. Raises InputError for an unknown right."""
    rights = law.base.rights
    if right not in rights:
        help_ = suggestion(right, rights) or f"droits : {', '.join(rights)}"
        raise InputError([Finding(Place("DROIT"), "DO006", f"droit inconnu « {right} »", help_)])
    writer = Writer(law, {PERSON.name: "la personne"})
    told = {code: allegation(writer, found, found.shape) for code, found in conditions(law.base, right).items()}
    lowered = {code: text.replace("La personne", "la personne") for code, text in told.items()}
    return {code: text[:1].upper() + text[1:] for code, text in lowered.items()}
