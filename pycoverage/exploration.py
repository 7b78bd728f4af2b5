"""Explores the completions of a dossier that leaves facts open: what is certain, what is open, and on what it depends.

A conclusion is certain when it holds in every completion, possible when it holds in some. All completions
made of the points of `space` are examined at once (`symbolic`). Two different conclusions found prove that a
right is open. That it is certain is proved when the points leave nothing out; else it must have a proof that
rests on no open fact (`reliance`), failing which it is left open and the answer says that it is not complete.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from pycoverage.completion import Filled, Outcome
from pycoverage.law import Law
from pycoverage.reliance import Reliance
from pycoverage.situation import Case, Context
from pycoverage.space import Option, Space
from pycoverage.symbolic import Pair, Symbolic
from pycoverage.world import World, at_stake, worlds

GOALS = ("droit", "anomalie")
"""What is asked of each completion."""


class Exploration(msgspec.Struct, frozen=True):
    """What the completions of a `space` give; `case` and `world` are one completion, kept as an example."""

    outcomes: dict[tuple[str, str, Context], Outcome]
    case: Case
    world: World
    complete: bool
    space: Space


def explore(law: Law, filled: Filled, contexts: Sequence[Context], *, seconds: float | None = None) -> Exploration:
    """Evaluate the completions of a dossier. Raises InputError and LimitError as `evaluate` does."""
    until = None if seconds is None else time.monotonic() + seconds

    def left() -> float | None:
        return None if until is None else max(0.001, until - time.monotonic())

    space = Space(law, filled, contexts, GOALS)
    groups = space.options()
    first = Symbolic(law, filled.case, groups, contexts[:1], goals=GOALS, stakes=("droit",), seconds=left())
    taken = first.example()
    assert taken is not None
    stakes = first.stakes()
    looked = [contexts[0], *(context for context in contexts[1:] if at_stake(law, stakes, contexts[0], context))]
    possible, certain = first.held("brave"), first.held("cautious")
    depends: dict[Pair, list[int]] = {}
    if possible != certain:
        pair = Symbolic(law, filled.case, groups, contexts[:1], goals=GOALS, copies=2, seconds=left())
        for number in range(len(groups)):
            for found in pair.differing(number):
                depends.setdefault(found, []).append(number)
    for context in looked[1:]:
        other = Symbolic(law, filled.case, groups, [context], goals=GOALS, seconds=left())
        possible, certain = possible | other.held("brave"), certain | other.held("cautious")
    opened = possible - certain
    case = space.completed(taken)
    [world] = worlds(law, [case], [contexts], seconds=left())
    reliance = Reliance(law, filled, case, world)
    gaps = space.gaps()
    complete = True
    outcomes: dict[tuple[str, str, Context], Outcome] = {}
    for context in contexts:
        same = context if context in looked else contexts[0]
        for person in filled.case.persons:
            for right in law.base.rights:
                key = person, right, same
                if key in opened:
                    named = [gap for number in depends.get(key, ()) for gap in gaps[number]]
                    outcomes[person, right, context] = Outcome("a_preciser", tuple(named))
                    continue
                if space.closed or reliance.settled(person, right, context):
                    outcomes[person, right, context] = Outcome("oui" if key in certain else "non", ())
                else:
                    complete = False
                    outcomes[person, right, context] = Outcome("a_preciser", ())
    return Exploration(outcomes, case, world, complete, space)


def alternatives(law: Law, filled: Filled, contexts: Sequence[Context]) -> list[list[Option]]:
    """Return, per unknown attribute or line, the facts it may become: one option is one or no fact."""
    return Space(law, filled, contexts, GOALS).options()
