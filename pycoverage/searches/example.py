"""The situation that shows what a search has found: the one with the fewest facts out of the ordinary."""

from __future__ import annotations

from collections.abc import Sequence

from pycoverage.searches.domain import Domain
from pycoverage.symbolic import Found, Options, Symbolic


def counted(domain: Domain) -> list[int]:
    """Return the facts of a domain that have an ordinary value: those that an example need not mention."""
    return [number for number, options in enumerate(domain.options()) if options[0] == domain.ordinary(number)]


def most_ordinary(
    domain: Domain, symbolic: Symbolic, goal: int, assumed: Sequence[int] = (), most: int | None = None
) -> tuple[Found, Options] | None:
    """Return a situation of a domain that gives a goal, and what in it is out of the ordinary, as little as can be.

    Where several codes do as well, one of those that the list says are usual. None if nothing gives the goal, or
    nothing with at most so many facts out of the ordinary (`most`).
    Raises LimitError.
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
            found = fewer
            break
    taken = {group: found.taken[0][group] for group in facts}
    for group, option in taken.items():
        for usual in domain.usual_options(group) if option else ():
            if usual == option:
                break
            other = symbolic.found(asked, {**taken, group: usual})
            if other is not None:
                taken[group], found = usual, other
                break
    return found, frozenset((group, option) for group, option in taken.items() if option)
