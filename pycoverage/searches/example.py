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
    order = preferences(domain, facts, sorted(symbolic.asked.loose or ()))
    stay = [group for _, group, _ in order[: len(facts)]]
    bound = [] if most is None else [-atom for atom in symbolic.departing(stay)[most : most + 1]]
    found = symbolic.fewest(stay, [goal, *assumed, *bound])
    if found is None:
        return None
    odd = [group for group in stay if found.taken[0][group]]
    if not symbolic.preferring:
        symbolic.prefer(order)
    kept = [symbolic.first(group) for group in stay if group not in odd]
    found = symbolic.foremost([goal, *assumed, *kept])
    assert found is not None
    return found, frozenset((group, found.taken[0][group]) for group in odd)
