"""Situations that show the differences between two states of the law, each as ordinary as can be."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pycoverage.searches.difference import Difference, Differences, difference_of
from pycoverage.searches.example import most_ordinary
from pycoverage.symbolic import Found, Options


class Sample(msgspec.Struct, frozen=True):
    """A situation that shows a difference: the options that depart from the ordinary, and one taken of each fact.

    `touched` are the rules that changed and apply there, `shown` all the differences that it shows.
    """

    difference: Difference
    departs: Options
    taken: tuple[int, ...]
    touched: tuple[int, ...]
    shown: frozenset[Difference]


def samples(search: Differences, difference: Difference, most: int, more: int | None = None) -> Iterator[Sample]:
    """Yield situations that show a difference, the most ordinary first, each by other rules than those before.

    With `more`, the others have at most so many facts more out of the ordinary than the first: that there is no other
    way at all takes long to prove. Raises LimitError.
    """
    without: list[int] = []
    limit: int | None = None
    for _ in range(most):
        found = most_ordinary(search.domain, search.symbolic, search.goal(difference), without, limit)
        if found is None:
            return
        sample = _sample(difference, *found)
        yield sample
        if limit is None and more is not None:
            limit = len(sample.departs) + more
        literals = [search.symbolic.literal("_touche", [rule]) for rule in sample.touched]
        without += [-literal for literal in literals if literal is not None]
        if not sample.touched:
            return


def first(search: Differences, difference: Difference) -> Sample:
    """Return the situation in which a difference was met first, as the solver made it: much in it may be odd."""
    found = search.met[difference]
    departs = frozenset((group, option) for group in search.counted if (option := found.taken[0][group]))
    return _sample(difference, found, departs)


def _sample(difference: Difference, found: Found, departs: Options) -> Sample:
    touched = tuple(sorted(int(str(row[0])) for row in found.rows.get("_touche", ())))
    return Sample(difference, departs, found.taken[0], touched, frozenset(map(difference_of, found.rows["_differe"])))
