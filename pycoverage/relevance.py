"""Which rules matter to some cases: the others need not be given to the solver.

A rule cannot apply when it is in force on none of the days looked at, or when one of its positive
conditions meets no fact and no conclusion of a rule that can apply; and a rule is not asked for when
no conclusion that is asked for rests on it. Leaving it out changes nothing of what is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.program import Program, Shape, Statement
from pycoverage.situation import Case, LawState
from pycoverage.value import Value


def relevant(
    base: KnowledgeBase,
    program: Program,
    cases: Sequence[Case],
    states: Iterable[LawState],
    goals: Iterable[str],
    stakes: Iterable[str] = (),
    *,
    any_reading: bool = False,
) -> tuple[list[Statement], list[Statement]]:
    """Return the statements that can apply in some state of the law, and those that could in another reading.

    `goals` are the predicates asked for, `stakes` those asked for in other readings. With `any_reading` a rule
    applies when it would in some reading.
    """
    asked = support(program, goals)
    known = Known(base)
    for case in cases:
        for fact in case.facts:
            known.add((fact.name, fact.args))
    in_force, in_period = _by_time(base, states)
    if any_reading:
        in_force = in_period
    statements = [each for each in program.statements if each.head[0] in asked]
    waiting = [each for each in statements if not each.guard or each.guard in in_force]
    found: list[Statement] = []
    growing = True
    while growing:
        left: list[Statement] = []
        for statement in waiting:
            if all(map(known.meets, statement.needs)):
                found.append(statement)
                known.add(statement.head)
            else:
                left.append(statement)
        growing = len(left) < len(waiting) and bool(left)
        waiting = left
    contested = support(program, stakes)
    others = [
        each
        for each in program.statements
        if each.stakes and each.head[0] in contested and each.guard in in_period
        if all(map(known.meets, each.needs))
    ]
    return found, others


def support(program: Program, goals: Iterable[str]) -> set[str]:
    """Return the predicates that the goals rest on, and the goals."""
    by_head: dict[str, list[Statement]] = {}
    for each in program.statements:
        by_head.setdefault(each.head[0], []).append(each)
    wanted = list(goals)
    found = set(wanted)
    while wanted:
        for each in by_head.get(wanted.pop(), ()):
            new = [name for name in each.rests if name not in found]
            found.update(new)
            wanted += new
    return found


def _by_time(base: KnowledgeBase, states: Iterable[LawState]) -> tuple[set[str], set[str]]:
    """Return the rules in force in some state, and those that would be under some reading."""
    in_force: set[str] = set()
    in_period: set[str] = set()
    for day, readings, etat in states:
        chosen = dict(readings)
        for name, legal in base.legal.items():
            if name not in in_force and legal.holds(day, etat):
                in_period.add(name)
                if not legal.question or base.reading(legal.question, chosen) == legal.reading:
                    in_force.add(name)
    return in_force, in_period


class Known:
    """The atoms that may hold, by name and by the constants of each argument; None is any value."""

    def __init__(self, base: KnowledgeBase) -> None:
        stated = {attribute.predicate for attribute in base.vocabulary}
        given = {name: arity for name, arity in base.given().items() if name not in stated}
        self.names = set(given)
        self.constants: set[tuple[str, int, Value | None]] = {
            (name, index, None) for name, arity in given.items() for index in range(arity)
        }

    def add(self, shape: Shape) -> None:
        name, args = shape
        self.names.add(name)
        for index, arg in enumerate(args):
            self.constants.add((name, index, arg))

    def meets(self, shape: Shape) -> bool:
        name, args = shape
        return name in self.names and all(
            arg is None or (name, index, arg) in self.constants or (name, index, None) in self.constants
            for index, arg in enumerate(args)
        )
