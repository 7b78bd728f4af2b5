"""The smallest set of things that meets every need, exact and always the same."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache
from typing import TypeAlias, TypeVar

T = TypeVar("T", bound=Hashable)

_Cost: TypeAlias = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]


def smallest_cover(needs: Sequence[tuple[int, Sequence[T]]]) -> list[tuple[int, T]]:
    """Return the fewest things that meet every need, each with the level it was chosen for.

    A need is a level and the things that meet it, the preferred first. Fewest for level 0, then fewest more for
    level 1, and so on; equals are told apart by the order in which things are first named. A thing chosen for a
    level meets every need of that level and those after it. Raises ValueError for a need that nothing meets.
    """
    ordered = sorted(needs, key=lambda need: need[0])
    if any(not things for _, things in ordered):
        raise ValueError("a need that nothing meets")
    rank: dict[T, int] = {}
    meets: dict[T, int] = {}
    for number, (_, things) in enumerate(ordered):
        for thing in things:
            rank.setdefault(thing, len(rank))
            meets[thing] = meets.get(thing, 0) | 1 << number
    by_rank = sorted(rank, key=rank.__getitem__)
    first_with: dict[int, T] = {}
    for thing in by_rank:
        first_with.setdefault(meets[thing], thing)
    kept = sorted(first_with.values(), key=rank.__getitem__)
    levels = sorted({level for level, _ in ordered})
    everything = (1 << len(ordered)) - 1

    @cache
    def best(met: int) -> _Cost:
        if met == everything:
            return (0,) * len(levels), ()
        number = (~met & (met + 1)).bit_length() - 1
        level = levels.index(ordered[number][0])
        found: _Cost | None = None
        for thing in kept:
            if meets[thing] >> number & 1:
                counts, chosen = best(met | meets[thing])
                more = tuple(count + (place == level) for place, count in enumerate(counts))
                cost = (more, tuple(sorted((*chosen, (level, rank[thing])))))
                found = cost if found is None else min(found, cost)
        assert found is not None
        return found

    return [(levels[level], by_rank[place]) for level, place in best(0)[1]]
