"""What would end a right that is held: the first day without it, what would keep it then, and what ends it at once."""

from __future__ import annotations

from collections.abc import Sequence

from pycoverage.assessment import Assessment
from pycoverage.completion import fill
from pycoverage.law import Law
from pycoverage.outlooks.change import Change, apply, changes
from pycoverage.outlooks.difference import differing
from pycoverage.outlooks.horizon import Horizon, Pairs, days_held, holds
from pycoverage.outlooks.opening import Pair, action, reason
from pycoverage.outlooks.remedy import Action, Ending, Reason
from pycoverage.proof import Absent, Denied
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.syntax import Atom
from pycoverage.value import Fun

MAX_REASONS = 2


class Closing:
    """Looks for what would end the rights of one dossier without open facts."""

    def __init__(
        self,
        law: Law,
        assessment: Assessment,
        found: Sequence[Change],
        horizon: Horizon,
        *,
        seconds: float | None = None,
    ) -> None:
        self.law, self.assessment, self.horizon, self.seconds = law, assessment, horizon, seconds
        self.dossier = assessment.dossier
        self.writer = Writer(law, self.dossier.persons)
        self.now = self._alone(found, assessment.date)
        self._then: dict[str, list[tuple[Change, Pairs]]] = {}

    def _alone(self, found: Sequence[Change], day: str) -> list[tuple[Change, Pairs]]:
        """Return the rights held on a day with each change alone; those that contradict the dossier are left out."""
        cases = [fill(apply(self.dossier, [each]), self.law.base).case for each in found]
        tried = days_held(self.law, cases, self.assessment.default, [day], seconds=self.seconds)
        return [(each, held[day]) for each, held in zip(found, tried, strict=True) if day in held]

    def ending(self, pair: Pair) -> Ending:
        """Return what would end a right."""
        end = self.horizon.first(pair, held=False)
        over, against = self._reasons(pair, end) if end else ([], [])
        return Ending(end, over, against, self._kept(pair, end), self._at_once(pair))

    def _reasons(self, pair: Pair, end: str) -> tuple[list[Reason], list[Reason]]:
        """Return the conditions that no longer hold on the first day without a right, and what then bars it."""
        atom = Atom("droit", (Fun(pair[0]), Fun(pair[1])))
        prover, default = self.horizon.around(end), self.assessment.default
        proof, refusal = (prover.explain(atom, default.on(day)) for day in (day_before(end), end))
        over: dict[Reason, None] = {}
        against: dict[Reason, None] = {}
        for held, lost in differing(prover, proof, prover, refusal):
            if isinstance(prover.nodes[held], Denied | Absent):
                against[reason(self.writer, prover, lost)] = None
            else:
                over[reason(self.writer, prover, held)] = None
        return list(over)[:MAX_REASONS], list(against)[:MAX_REASONS]

    def _kept(self, pair: Pair, end: str) -> list[Action]:
        """Return the steps that would keep a right on the day it would end, cheapest first."""
        if not end:
            return []
        if end not in self._then:
            world, context = self.horizon.world, self.assessment.default.on(end)
            steps = changes(self.law, self.dossier, end, lambda n, p: holds(world, n, p, context), "demarches")
            self._then[end] = self._alone(steps, end)
        kept = [change for change, held in self._then[end] if pair in held]
        return [action(each, self.dossier.persons) for each in sorted(kept, key=lambda each: each.cost)]

    def _at_once(self, pair: Pair) -> list[Action]:
        """Return the steps and the events that would end a right today, with the rights they open instead."""
        today = self.horizon.held(self.assessment.date)
        found = []
        for change, held in self.now:
            if pair not in held:
                opened = [right for right in self.law.base.rights if (pair[0], right) in held - today]
                found.append(action(change, self.dossier.persons, opened))
        return found
