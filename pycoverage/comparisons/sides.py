"""One dossier in two states of the law: its two assessments, and one prover over both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from pycoverage.assessment import Assessment, assess_all
from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.novelty import RIGHT, Key, touches
from pycoverage.dossier import Dossier
from pycoverage.engine import evaluate
from pycoverage.finding import InputError
from pycoverage.proof import Pattern
from pycoverage.prover import Prover
from pycoverage.situation import Case, Context
from pycoverage.states.state import Pair
from pycoverage.value import Value
from pycoverage.world import World


class Sides(msgspec.Struct, frozen=True):
    """A dossier as each of two states answers for it, on the same day."""

    before: Assessment
    after: Assessment

    @property
    def contexts(self) -> tuple[Context, Context]:
        return self.before.default, self.after.default

    @property
    def certain(self) -> bool:
        """Whether nothing of the dossier is left open."""
        return not self.before.filled.gaps

    def prover(self, touched: Collection[Key], case: Case | None = None) -> Prover:
        """Return a prover over both states, for the dossier or for one completion of it."""
        law = self.before.law
        if case is None or self.certain:
            world: World = _Together(self.before, self.after)
        else:
            model = evaluate(law.base, law.program, [case], [list(self.contexts)])
            world = World(law.base, {context.readings: (model, 0) for context in self.contexts})
        return _Sharing(law.base, case or self.before.case, world, self.contexts, touched)


class _Sharing(Prover):
    """Proves once, in the first state, what is proved alike in both: all that is not `touched`."""

    def __init__(
        self,
        base: KnowledgeBase,
        case: Case,
        world: World,
        contexts: tuple[Context, Context],
        touched: Collection[Key],
    ) -> None:
        super().__init__(base, case, world)
        self.before, self.after = contexts
        self.touched = touched

    def prove(self, name: str, args: tuple[Value, ...], context: Context) -> int | None:
        return super().prove(name, args, self._home(name, args, context))

    def deny(self, name: str, args: Pattern, context: Context) -> int:
        return super().deny(name, args, self._home(name, args, context))

    def _home(self, name: str, args: Pattern, context: Context) -> Context:
        """Return the context in which an atom is looked at: that of the first state, if it is the same there."""
        own = self.after.on(context.jour)
        return context if context != own or touches(self.touched, name, args) else self.before.on(context.jour)


class _Together(World):
    """The rows of one case in two states, each read from its own models."""

    def __init__(self, before: Assessment, after: Assessment) -> None:
        super().__init__(before.world.base, before.world.parts)
        self.worlds = {_state(each.default): each.world for each in (before, after)}

    def rows(self, name: str, arity: int, context: Context) -> Mapping[tuple[Value, ...], None]:
        found = self._rows.get((name, context))
        if found is None:
            found = self._rows[name, context] = self.worlds[_state(context)].rows(name, arity, context)
        return found

    def covers(self, context: Context) -> bool:
        return self.worlds[_state(context)].covers(context)


def _state(context: Context) -> tuple[str, str]:
    return context.plafond_droit, context.etat


def sides_of(
    pair: Pair,
    dossiers: Sequence[Dossier],
    *,
    date: str | None,
    readings: Mapping[str, str],
    seconds: float | None = None,
) -> list[Sides | InputError]:
    """Assess dossiers in both states; one that cannot be assessed gives the error, and hides no other."""
    try:
        before, after = (
            assess_all(
                pair.law,
                dossiers,
                date=date,
                readings=readings,
                frame=state.context(""),
                seconds=seconds,
                others=(RIGHT,),
            )
            for state in (pair.before, pair.after)
        )
    except InputError as error:
        if len(dossiers) == 1:
            return [error]
        alone = (sides_of(pair, [each], date=date, readings=readings, seconds=seconds) for each in dossiers)
        return [found for each in alone for found in each]
    return [Sides(one, other) for one, other in zip(before, after, strict=True)]
