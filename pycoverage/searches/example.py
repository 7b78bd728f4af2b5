"""The situation that shows what a search has found: the one with the fewest facts out of the ordinary."""

from __future__ import annotations

from collections.abc import Sequence

from pycoverage.searches.domain import Domain
from pycoverage.symbolic import Found, Options, Symbolic


def counted(domain: Domain) -> list[int]:
    """Return the facts of a domain that have an ordinary value: those that an example need not mention."""
    return [number for number, options in enumerate(domain.options()) if options[0] == domain.ordinary(number)]


def most_ordinary(
    domain: Domain, symbolic: Symbolic, goal: int, assumed: Sequence[int] = ()
) -> tuple[Found, Options] | None:
    """Return a situation of a domain that gives a goal, and what in it is out of the ordinary, as little as can be.

    Where several codes do as well, one of those that the list says are usual. None if nothing gives the goal.
    Raises LimitError.
    """
    facts = counted(domain)
    least, _ = symbolic.least([goal], facts, 1, assumed=assumed)
    if not least:
        return None
    departs = dict(least[0])
    ordinary = dict.fromkeys(facts, 0)
    found = symbolic.found([goal, *assumed], {**ordinary, **departs})
    assert found is not None
    for group, taken in least[0]:
        for option in domain.usual_options(group):
            if option == taken:
                break
            other = symbolic.found([goal, *assumed], {**ordinary, **departs, group: option})
            if other is not None:
                departs[group], found = option, other
                break
    return found, frozenset(departs.items())
