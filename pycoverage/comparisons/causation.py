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
        needed, enough = self._tried({at: set(_at(self.found, at).origins) for at in asked})
        kept = {at: needed[at] | enough[at] for at in asked}
        made = self._made(kept)
        left = [at for at in asked if not needed[at] or at not in made]
        needed, enough = self._tried({at: self._others(_at(self.found, at)) for at in left})
        kept.update((at, kept[at] | needed[at] | enough[at]) for at in left)
        named = {at: set(_at(self.found, at).origins) for at in left if not kept[at]}
        kept.update((at, named[at]) for at in self._made(named))
        return kept

    def _others(self, traced: Traced) -> set[str]:
        """Return the differences that a change may rest on and that its proofs do not name."""
        aspect = traced.change.aspect
        about = {(RIGHT, traced.change.droit), (aspect, ""), (TERMS.get(aspect, aspect), "")}
        near = (key for key in sorted(self.trial.keys - set(traced.origins)) if self.trial.testable(key))
        return set([key for key in near if about & self.trial.novelty.only(key).touched()][:MOST])

    def _tried(self, wanted: Mapping[Place, set[str]]) -> tuple[dict[Place, set[str]], dict[Place, set[str]]]:
        """Return, of the keys to try for each change, those without which it is not made, and others that make it."""
        needed: dict[Place, set[str]] = {at: set() for at in wanted}
        enough: dict[Place, set[str]] = {at: set() for at in wanted}
        for key in sorted({key for keys in wanted.values() for key in keys}):
            asked = [at for at, keys in wanted.items() if key in keys]
            if not self.trial.testable(key):
                undone = set(asked)
            else:
                lent = self.trial.undone({key})
                undone = self._passed(lent, asked, lambda each, _, after, own: not each.same(own, after))
            for at in undone:
                needed[at].add(key)
            lent, rest = self.trial.made({key}), [at for at in asked if at not in undone]
            for at in self._passed(lent, rest, lambda each, before, _, own: not each.same(own, before)):
                enough[at].add(key)
        return needed, enough

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
        answered = self.trial.assess(lent, [self.found[number].differ.before.dossier for number in by_dossier])
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
