"""Which of the differences between two states make a change: each one is tried without the others, or undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from pycoverage.comparisons.comparison import Change
from pycoverage.comparisons.conclusion import TERMS, Aspects
from pycoverage.comparisons.difference import Differ, Traced
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.comparisons.trial import Trial

MOST = 24
"""Differences tried beside those that the proofs name."""


class Followed(msgspec.Struct, frozen=True):
    """A dossier in both states, and what changes in it."""

    differ: Differ
    traced: list[Traced]


Place = tuple[int, int]
"""The number of a dossier, and that of a change in it."""


Test = Callable[[Traced, Aspects, Aspects, Aspects], bool]
"""Whether a change passes, from what is concluded before, after, and in the trial."""


def told(trial: Trial, found: Sequence[Followed]) -> list[list[Change]]:
    """Return the changes of each dossier with the keys of what makes them; none where that is not found.

    A difference makes a change if what is concluded is not the same once it alone is undone, or once it alone is
    made. Those that the proofs name are tried first; the others too where no difference found is needed, or where all
    of them do not make the whole change. Raises LimitError.
    """
    whole = {
        (number, place): set(each.origins) for number, own in enumerate(found) for place, each in enumerate(own.traced)
    }
    asked = [at for at in whole if _at(found, at).concludes]
    if trial.alone:
        whole.update((at, {trial.alone}) for at in asked)
    else:
        whole.update(_Court(trial, found).causes(asked))
    return [
        [each.told(whole[number, place]) for place, each in enumerate(own.traced)] for number, own in enumerate(found)
    ]


def _at(found: Sequence[Followed], at: Place) -> Traced:
    number, place = at
    return found[number].traced[place]


class _Court:
    """Tries the causes of changes, the same trial of all dossiers at once."""

    def __init__(self, trial: Trial, found: Sequence[Followed]) -> None:
        self.trial, self.found = trial, found

    def causes(self, asked: Sequence[Place]) -> dict[Place, set[str]]:
        """Return the keys of what makes each change."""
        named = {at: set(_at(self.found, at).origins) for at in asked}
        needed, enough = self._tried(named)
        kept = {at: needed[at] | enough[at] for at in asked}
        whole = {at for at in self._made(kept) if needed[at]}
        others = {at: self._others(_at(self.found, at)) for at in asked if at not in whole}
        for found, test in ((needed, self._undone), (enough, self._changed)):
            for at, keys in self._halved(others, test).items():
                found[at] |= keys
                kept[at] |= keys
            others = {at: keys for at, keys in others.items() if not needed[at]}
        kept.update((at, named[at]) for at in self._made({at: named[at] for at in asked if not kept[at]}))
        return kept

    def _others(self, traced: Traced) -> set[str]:
        """Return the differences that a change may rest on and that its proofs do not name."""
        aspect = traced.change.aspect
        about = {(RIGHT, traced.change.droit), (aspect, ""), (TERMS.get(aspect, aspect), "")}
        keys = sorted(self.trial.keys - set(traced.origins), key=lambda key: (not key.startswith("regle:"), key))
        near = (key for key in keys if self.trial.testable(key))
        return set([key for key in near if about & self.trial.touched(key)][:MOST])

    def _tried(self, wanted: Mapping[Place, set[str]]) -> tuple[dict[Place, set[str]], dict[Place, set[str]]]:
        """Return, of the keys to try for each change, those without which it is not made, and others that make it."""
        needed: dict[Place, set[str]] = {at: set() for at in wanted}
        enough: dict[Place, set[str]] = {at: set() for at in wanted}
        for key in sorted({key for keys in wanted.values() for key in keys}):
            asked = [at for at, keys in wanted.items() if key in keys]
            undone = self._undone([key], asked) if self.trial.testable(key) else set(asked)
            for at in undone:
                needed[at].add(key)
            for at in self._changed([key], [at for at in asked if at not in undone]):
                enough[at].add(key)
        return needed, enough

    def _halved(
        self, wanted: Mapping[Place, set[str]], test: Callable[[Sequence[str], Collection[Place]], set[Place]]
    ) -> dict[Place, set[str]]:
        """Return, of many keys to try for each change, those that pass a test: together, then by halves."""
        found: dict[Place, set[str]] = {at: set() for at in wanted}
        sets = dict.fromkeys(tuple(sorted(keys)) for keys in wanted.values() if keys)
        left = [(keys, [at for at in wanted if wanted[at] == set(keys)]) for keys in sets]
        while left:
            keys, asked = left.pop()
            passed = test(keys, asked)
            half = len(keys) // 2
            if passed and half:
                left += [(keys[:half], [*passed]), (keys[half:], [*passed])]
            for at in passed if not half else ():
                found[at].update(keys)
        return found

    def _undone(self, keys: Sequence[str], asked: Collection[Place]) -> set[Place]:
        """Return the changes that are not made without some differences."""
        return self._passed(self.trial.undone(keys), asked, lambda each, _, after, own: not each.same(own, after))

    def _changed(self, keys: Sequence[str], asked: Collection[Place]) -> set[Place]:
        """Return the changes that some differences alone begin: what is concluded is not as it was."""
        return self._passed(self.trial.made(keys), asked, lambda each, before, _, own: not each.same(own, before))

    def _made(self, kept: Mapping[Place, set[str]]) -> set[Place]:
        """Return the changes that some keys together make as they are, without any other difference."""
        found: set[Place] = set()
        for keys in sorted({tuple(sorted(keys)) for keys in kept.values() if keys}):
            asked = [at for at, own in kept.items() if own == set(keys)]
            lent = self.trial.made(set(keys))
            found |= self._passed(lent, asked, lambda each, _, after, own: each.same(own, after))
        return found

    def _passed(self, lent: Collection[str], asked: Iterable[Place], test: Test) -> set[Place]:
        """Return the changes that pass a test in the host with what is lent."""
        by_dossier: dict[int, list[Place]] = {}
        for at in asked:
            by_dossier.setdefault(at[0], []).append(at)
        if not by_dossier:
            return set()
        dossiers = [self.found[number].differ.before.dossier for number in by_dossier]
        read_otherwise = any(_at(self.found, at).read_otherwise for places in by_dossier.values() for at in places)
        answered = self.trial.assess(lent, dossiers, read_otherwise=read_otherwise)
        found: set[Place] = set()
        for (number, places), own in zip(by_dossier.items(), answered, strict=True):
            if own is None or own.anomalies:
                continue
            differ = self.found[number].differ
            for at in places:
                each = _at(self.found, at)
                sides = (differ.before, differ.after, own)
                before, after, other = (differ.concluded(side, each.person, each.change.droit) for side in sides)
                if test(each, before, after, other):
                    found.add(at)
        return found
