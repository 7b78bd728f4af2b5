"""A right evaluated again with one thing changed: a fact, a day, a rule, an amount.

What is changed explains a refusal when, with it and all else as it is, the right is not held, and the ground
alleged, if any, is true and is one of the conditions then missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.engine import evaluate
from pycoverage.ground import Condition
from pycoverage.law import Law
from pycoverage.proof import Node, reach
from pycoverage.prover import Prover
from pycoverage.situation import Case, Context
from pycoverage.syntax import Atom
from pycoverage.world import World


class Trial(msgspec.Struct, frozen=True):
    """A law, a case and their model in one context."""

    law: Law
    case: Case
    world: World
    context: Context


class Retrial:
    """Evaluates the right of a person (`droit(Personne, Droit)`) again, and tells whether that explains its refusal.

    `seconds` bounds each evaluation; LimitError is raised beyond.
    """

    def __init__(
        self, case: Case, context: Context, right: Atom, condition: Condition | None, seconds: float | None
    ) -> None:
        self.case, self.context, self.right, self.condition, self.seconds = case, context, right, condition, seconds

    def trials(self, law: Law, cases: Sequence[Case], contexts: Sequence[Context]) -> Iterator[Trial]:
        """Yield the models of each case in each context, grounded together."""
        goals = ["droit", *([self.condition.name] if self.condition else [])]
        own = [list(contexts)] * len(cases)
        model = evaluate(law.base, law.program, cases, own, goals=goals, seconds=self.seconds)
        for number, case in enumerate(cases):
            world = World(law.base, {self.context.readings: (model, number)})
            for context in contexts:
                yield Trial(law, case, world, context)

    def under(self, law: Law) -> Trial:
        """Return the model of the case under another law."""
        return next(self.trials(law, [self.case], [self.context]))

    def explains(self, trial: Trial) -> bool:
        """Tell whether what is changed explains the refusal."""
        return bool(self.refused(trial))

    def refused(self, trial: Trial) -> list[Node]:
        """Return what the refusal rests on where what is changed explains it, else nothing."""
        if self.right.args in trial.world.rows(self.right.name, len(self.right.args), trial.context):
            return []
        person = str(self.right.args[0])
        if self.condition is not None and not self.condition.unmet(trial.world, trial.context, person):
            return []
        prover = Prover(trial.law.base, trial.case, trial.world)
        found = list(reach(prover.nodes, prover.explain(self.right, trial.context)))
        if self.condition is None:
            return found
        args = self.condition.atom(trial.world, trial.context, person)
        wanted = prover.nodes[prover.explain_any(self.condition.name, args, trial.context)]
        return found if any(node is wanted for node in found) else []
