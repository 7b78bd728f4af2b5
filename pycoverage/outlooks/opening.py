"""What would open a right that is not held: the least sets of changes, of waiting, and of both.

The solver chooses among the changes and gives the least sets; that none is left is its proof. Each set is then
made true of the dossier, which is assessed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from pycoverage.assessment import Assessment, assess_all
from pycoverage.completion import fill
from pycoverage.evaluation import prover_for
from pycoverage.exploration import GOALS
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.outlooks.change import Change, alternatives, apply
from pycoverage.outlooks.difference import differing
from pycoverage.outlooks.horizon import Horizon, days_held
from pycoverage.outlooks.remedy import Action, Reason, Remedy
from pycoverage.proof import Applied, Denied
from pycoverage.prover import Prover
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.situation import Case, Context, Option
from pycoverage.space import Space
from pycoverage.status import reading_name, verdict
from pycoverage.symbolic import Options, Symbolic
from pycoverage.syntax import Atom
from pycoverage.value import Fun
from pycoverage.world import at_stake

MOST = 24
"""Sets returned for one right: beyond, the answer says that there are others."""

MAX_REASONS = 3

Pair = tuple[str, str]


class Way(msgspec.Struct, frozen=True):
    """Changes that open a right on a day, in a context: the default reading or another."""

    pair: Pair
    changes: tuple[Change, ...]
    day: str
    context: Context

    def order(self) -> tuple[object, ...]:
        """Fewest changes, then the least cost, then the earliest day."""
        texts = [(change.person, change.texte) for change in self.changes]
        return len(self.changes), sum(change.cost for change in self.changes), self.day, self.context, texts


class Opening:
    """Looks for what would open the rights of one dossier. `horizon` is None for a dossier with open facts."""

    def __init__(
        self,
        law: Law,
        assessment: Assessment,
        found: Sequence[Change],
        horizon: Horizon | None,
        *,
        seconds: float | None = None,
    ) -> None:
        self.law, self.assessment, self.horizon, self.seconds = law, assessment, horizon, seconds
        self.dossier, self.default = assessment.dossier, assessment.default
        self.writer = Writer(law, self.dossier.persons)
        self.alternatives = alternatives(law, self.dossier, found)
        groups = [*self.alternatives.groups, *self._open()]
        self.counted = range(len(self.alternatives.groups))
        self.case = Case(assessment.case.name, assessment.case.persons, self.alternatives.kept, assessment.case.place)
        first = Symbolic(
            instance(law, self.case, groups, [self.default], goals=GOALS, stakes=("droit",)), seconds=seconds
        )
        stakes = first.stakes()
        self.readings = [each for each in assessment.contexts[1:] if at_stake(law, stakes, self.default, each)]
        self.days = self._days() if horizon is not None else []
        contexts = [self.default, *map(self.default.on, self.days), *self.readings]
        self.symbolic = Symbolic(instance(law, self.case, groups, contexts, goals=GOALS), seconds=seconds)
        self._prover = prover_for(assessment)

    def _open(self) -> list[list[Option]]:
        """Return the options of the open facts."""
        filled = self.assessment.filled
        return Space(self.law, filled, self.assessment.contexts, GOALS).options() if filled.gaps else []

    def _days(self) -> list[str]:
        """Return the days to come on which some change may open what it does not open today."""
        assert self.horizon is not None
        options = (fact for group in self.alternatives.groups for option in group for fact in option)
        case = self.assessment.case
        return self.horizon.pivots(Case(case.name, case.persons, (*self.alternatives.kept, *options)))

    def remedies(self, pairs: Sequence[Pair]) -> dict[Pair, tuple[list[Remedy], bool]]:
        """Return, per right not held, what would open it, best first, and whether that is all."""
        ways: list[Way] = []
        whole: dict[Pair, bool] = {}
        later: list[tuple[Pair, tuple[Change, ...]]] = []
        for pair in pairs:
            waiting = self.horizon.first(pair, held=True) if self.horizon else ""
            today, all_today = self._least(pair, [self.default])
            ways += [Way(pair, self._changes(options), self.default.jour, self.default) for options in today]
            before = [self.default.on(day) for day in self.days if not waiting or day < waiting]
            after, all_after = self._least(pair, before, today)
            later += [(pair, self._changes(options)) for options in after]
            if waiting:
                ways.append(Way(pair, (), waiting, self.default))
            others, all_others = self._elsewhere(pair, today)
            ways += others
            whole[pair] = all_today and all_after and all_others
        ways += self._dated(later)
        found: dict[Pair, list[Remedy]] = {pair: [] for pair in pairs}
        for way, assessed in zip(ways := sorted(ways, key=Way.order), self._assessed(ways), strict=True):
            found[way.pair].append(self._remedy(way, assessed))
        return {pair: (found[pair], whole[pair]) for pair in pairs}

    def _least(
        self, pair: Pair, contexts: Sequence[Context], known: Iterable[Options] = ()
    ) -> tuple[list[Options], bool]:
        found, whole = self.symbolic.least(
            self.symbolic.goals((*pair, each) for each in contexts), self.counted, MOST, known
        )
        return sorted(found, key=sorted), whole

    def _changes(self, options: Options) -> tuple[Change, ...]:
        return tuple(self.alternatives.changes[group][option - 1] for group, option in sorted(options))

    def _elsewhere(self, pair: Pair, known: Sequence[Options]) -> tuple[list[Way], bool]:
        """Return what opens a right in another reading only; nothing where that reading already gives it."""
        ways: list[Way] = []
        whole = True
        seen = list(known)
        for context in self.readings:
            if self.assessment.outcomes[*pair, context].status != "non":
                continue
            found, all_found = self._least(pair, [context], seen)
            seen += found
            whole = whole and all_found
            ways += [Way(pair, self._changes(options), context.jour, context) for options in found]
        return ways, whole

    def _dated(self, later: Sequence[tuple[Pair, tuple[Change, ...]]]) -> Iterator[Way]:
        """Yield changes made today that open a right later, with the first day on which they do."""
        for pair, changes in later:
            assert self.horizon is not None
            case = fill(apply(self.dossier, changes), self.law.base).case
            days = self.horizon.pivots(case)
            [held] = days_held(self.law, [case], self.default, days, seconds=self.seconds)
            first = next((day for day in days if pair in held.get(day, ())), None)
            if first is not None:
                yield Way(pair, changes, first, self.default)

    def _assessed(self, ways: Sequence[Way]) -> list[Assessment]:
        """Return the assessments of the changed dossiers, those of one day in one grounding."""
        found: dict[int, Assessment] = {}
        for day in sorted({way.day for way in ways}):
            numbers = [number for number, way in enumerate(ways) if way.day == day]
            dossiers = [apply(self.dossier, ways[number].changes) for number in numbers]
            readings = dict(self.default.readings)
            assessed = assess_all(
                self.law, dossiers, date=day, readings=readings, others=("droit",), seconds=self.seconds
            )
            found.update(zip(numbers, assessed, strict=True))
        return [found[number] for number in range(len(ways))]

    def _remedy(self, way: Way, assessed: Assessment) -> Remedy:
        """Return a way as it is told, once its assessment has confirmed it."""
        found = verdict(assessed, *way.pair)
        context = assessed.default if way.context.readings == assessed.default.readings else way.context
        outcome = assessed.outcomes[*way.pair, context].status
        if outcome == "non" or (outcome != "oui" and self.horizon is not None) or assessed.anomalies:
            texts = " ; ".join(change.texte for change in way.changes)
            raise RuntimeError(f"{way.pair} : « {texts} » opens nothing on {way.day}")
        prover = prover_for(assessed)
        atom = Atom("droit", (Fun(way.pair[0]), Fun(way.pair[1])))
        proof = prover.explain(atom, context)
        node = prover.nodes[proof]
        rule, why, reasons = "", None, []
        if isinstance(node, Applied):
            rule = self.law.base.rules[node.rule].guard or ""
            why = self._reason(prover, proof)
            lost, jour = self._unchanged(way)
            refusal = lost.explain(atom, context.on(jour))
            reasons = list(
                dict.fromkeys(self._reason(prover, met) for met, _ in differing(prover, proof, lost, refusal))
            )
        return Remedy(
            demarches=[action(change, self.dossier.persons) for change in way.changes],
            des_le=way.day,
            statut=found.status,
            regle=rule,
            raison=why,
            raisons=reasons[:MAX_REASONS],
            lecture=reading_name(assessed, context) if context != assessed.default else "",
            lectures=found.others,
            depend_de=[gap.key(self.dossier.persons) for gap in found.depends],
        )

    def _unchanged(self, way: Way) -> tuple[Prover, str]:
        """Return what proves the refusal without the changes, and its day: for waiting alone the day before."""
        if way.day == self.default.jour:
            return self._prover, way.day
        assert self.horizon is not None
        return self.horizon.around(way.day), way.day if way.changes else day_before(way.day)

    def _reason(self, prover: Prover, number: int) -> Reason:
        return reason(self.writer, prover, number)


def reason(writer: Writer, prover: Prover, number: int) -> Reason:
    """Return a node of a proof in words, with the article of its rule."""
    node = prover.nodes[number]
    if isinstance(node, Denied) and node.name == "droit":
        person, right = (
            writer.value(arg, kind) for arg, kind in zip(node.args, ("personne", "code:droit"), strict=True)
        )
        return Reason(f"{person} n'a pas de droit à « {right} »")
    return Reason(writer.node(node), writer.legal_source(node.rule, node.jour) if isinstance(node, Applied) else "")


def action(change: Change, names: dict[str, str], opened: Sequence[str] = ()) -> Action:
    """Return a change as it is told."""
    return Action(names[change.person], change.attribute, change.texte, change.cost, list(opened))
