"""Explores the completions of a dossier that leaves facts open: what is certain, what is open, and on what it depends.

A conclusion is certain when it holds in every completion, possible when it holds in some. All completions
made of the points of `space` are examined at once (`symbolic`). Two different conclusions found prove that a
right is open. That it is certain is proved when the points leave nothing out; else it must have a proof that
rests on no open fact (`reliance`), failing which it is left open and the answer says that it is not complete.
Another reading is looked at for what is certain in the default one: what is open there stays open.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import msgspec

from pycoverage.completion import Filled, Gap, Outcome
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.limit import ends, time_left
from pycoverage.reliance import Reliance
from pycoverage.situation import Case, Context, Option
from pycoverage.space import Space
from pycoverage.symbolic import Symbolic
from pycoverage.value import Fun
from pycoverage.world import World, at_stake, worlds

Key = tuple[str, str]
"""A person and a right."""

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
    until = ends(seconds)
    default = contexts[0]
    space = Space(law, filled, contexts, GOALS)
    groups = space.options()
    first = Symbolic(
        instance(law, filled.case, groups, [default], goals=GOALS, stakes=("droit",)), seconds=time_left(until)
    )
    taken = first.plainest(space.plainest())
    assert taken is not None
    case = space.completed(taken)
    [world] = worlds(law, [case], [contexts], seconds=time_left(until))
    reliance = Reliance(law, filled, case, world)
    some_open = first.held("brave") != first.held("cautious")
    depends = _dependencies(law, space, default, time_left(until)) if some_open else {}
    own, complete = _statuses(law, space, reliance, default, first, depends)
    found = {default: own}
    stakes = first.stakes()
    for context in contexts[1:]:
        if not at_stake(law, stakes, default, context):
            found[context] = found[default]
            continue
        certain = [key for key, outcome in own.items() if outcome.status != "a_preciser"]
        if all(reliance.settled(person, right, context) for person, right in certain):
            held = world.rows("droit", 2, context)
            changed = {key: Outcome("oui" if tuple(map(Fun, key)) in held else "non", ()) for key in certain}
        else:
            other = Symbolic(instance(law, filled.case, groups, [context], goals=GOALS), seconds=time_left(until))
            statuses, proved = _statuses(law, space, reliance, context, other, {})
            changed, complete = {key: statuses[key] for key in certain}, complete and proved
        found[context] = {**own, **changed}
    outcomes = {(*key, context): outcome for context, each in found.items() for key, outcome in each.items()}
    return Exploration(outcomes, case, world, complete, space)


def _statuses(
    law: Law, space: Space, reliance: Reliance, context: Context, program: Symbolic, depends: Mapping[Key, list[Gap]]
) -> tuple[dict[Key, Outcome], bool]:
    """Return the status of each right in a context, and whether each that seems certain is proved so."""
    possible, certain = program.held("brave"), program.held("cautious")
    found: dict[Key, Outcome] = {}
    complete = True
    for key in itertools.product(space.filled.case.persons, law.base.rights):
        pair = (*key, context)
        if pair in possible and pair not in certain:
            found[key] = Outcome("a_preciser", tuple(depends.get(key, ())))
        elif space.closed or reliance.settled(*key, context):
            found[key] = Outcome("oui" if pair in certain else "non", ())
        else:
            found[key], complete = Outcome("a_preciser", ()), False
    return found, complete


def _dependencies(law: Law, space: Space, context: Context, seconds: float | None) -> dict[Key, list[Gap]]:
    """Return, per open right, the open facts whose value alone changes it."""
    groups, gaps = space.options(), space.gaps()
    pair = Symbolic(instance(law, space.filled.case, groups, [context], goals=GOALS, copies=2), seconds=seconds)
    found: dict[Key, list[Gap]] = {}
    for number in range(len(groups)):
        for person, right, _ in pair.differing(number):
            found.setdefault((person, right), []).extend(gaps[number])
    return found


def alternatives(law: Law, filled: Filled, contexts: Sequence[Context]) -> list[list[Option]]:
    """Return, per unknown attribute or line, the facts it may become: one option is one or no fact."""
    return Space(law, filled, contexts, GOALS).options()
