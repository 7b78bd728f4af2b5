"""The situation that shows what a search has found: the one with the fewest facts out of the ordinary."""

from __future__ import annotations

from collections.abc import Sequence

from pycoverage.searches.domain import Domain
from pycoverage.searches.preference import preferences
from pycoverage.symbolic import Found, Options, Symbolic


def counted(domain: Domain) -> list[int]:
    """Return the facts of a domain that have an ordinary value: those that an example need not mention."""
    return [number for number, options in enumerate(domain.options()) if options[0] == domain.ordinary(number)]


def most_ordinary(
    domain: Domain, symbolic: Symbolic, goal: int, assumed: Sequence[int] = (), most: int | None = None
) -> tuple[Found, Options] | None:
    """Return a situation of a domain that gives a goal, and what in it is out of the ordinary, as little as can be.

    Of those with as few facts out of the ordinary it is the first in the order of `preferences`. None if nothing
    gives the goal, or nothing with at most so many facts out of the ordinary (`most`). Raises LimitError.
    """
    facts = counted(domain)
    beyond = symbolic.departing(facts)
    asked = [goal, *assumed, *(-atom for atom in ([] if most is None else beyond[most : most + 1]))]
    found = symbolic.found(asked)
    if found is None:
        return None
    for atom in beyond:
        fewer = symbolic.found([*asked, -atom])
        if fewer is not None:
            found, asked = fewer, [*asked, -atom]
            break
    if not symbolic.preferring:
        symbolic.prefer(preferences(domain, facts, sorted(symbolic.loose or ())))
    found = symbolic.foremost(asked)
    assert found is not None
    return found, frozenset((group, option) for group in facts if (option := found.taken[0][group]))
