"""What the ground of a refusal is worth: in every reading of the law, in every completion of the unknown facts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

from pycoverage.assessment import Assessment
from pycoverage.ground import Condition, allegation
from pycoverage.prover import Prover
from pycoverage.refusals.examination import Decision, Ground, Support
from pycoverage.sentence import Writer
from pycoverage.situation import Case, Context
from pycoverage.status import reading_name
from pycoverage.syntax import Atom
from pycoverage.value import Fun
from pycoverage.world import worlds

MAX_TRIED = 4_000
"""Completions tried for a ground; beyond, it is `incertain`."""


def weigh(
    assessment: Assessment,
    prover: Prover,
    decision: Decision,
    condition: Condition | None,
    *,
    seconds: float | None = None,
) -> Ground | None:
    """Return what the ground alleged by a decision is worth, or None when it alleges none.

    `assessment` and `prover` are those of the day on which the right is assessed, `condition` the one the
    decision names. Raises InputError and LimitError as `engine.evaluate` does.
    """
    writer = Writer(assessment.law, assessment.dossier.persons)
    if condition is not None:
        return _condition_ground(assessment, prover, writer, condition, decision, seconds)
    if decision.piece:
        barred = any(str(row[0]) == decision.piece for row in _barred(assessment, decision))
        text = f"pièce manquante : {writer.code(Fun(decision.piece), 'code:document')}"
        node = None
        if barred:
            atom = Atom("piece_non_exigible", (Fun(decision.personne), Fun(decision.droit), Fun(decision.piece)))
            node = prover.explain(atom, assessment.default)
        return Ground(decision.piece, text, "infonde" if barred else "inconnu", node)
    return Ground("", decision.motif_libre, "inconnu") if decision.motif_libre else None


def _barred(assessment: Assessment, decision: Decision) -> list[tuple[object, ...]]:
    if "piece_non_exigible" not in assessment.law.base.rubrics:
        return []
    return list(assessment.told("piece_non_exigible", decision.personne, decision.droit))


def _condition_ground(
    assessment: Assessment,
    prover: Prover,
    writer: Writer,
    condition: Condition,
    decision: Decision,
    seconds: float | None,
) -> Ground:
    person, default = decision.personne, assessment.default
    args = condition.atom(assessment.world, default, person)
    text = allegation(writer, condition, args)
    node = prover.explain_any(condition.name, args, default)
    if not assessment.filled.gaps:
        own = {each: {condition.unmet(assessment.world, each, person)} for each in assessment.contexts}
        depends: list[str] = []
    else:
        own, depends = _in_completions(assessment, condition, person, seconds)
    given: dict[Context, Support] = {each: _support(held) for each, held in own.items()}
    others = {
        reading_name(assessment, each): given[each] for each in assessment.contexts[1:] if given[each] != given[default]
    }
    result: Support = "conteste" if others else given[default]
    return Ground(condition.code, text, result, node, others, depends)


def _support(held: set[bool]) -> Support:
    return "incertain" if len(held) > 1 else "fonde" if True in held else "infonde"


def _in_completions(
    assessment: Assessment, condition: Condition, person: str, seconds: float | None
) -> tuple[dict[Context, set[bool]], list[str]]:
    """Return whether a ground is true in each context, over the completions, and the facts it depends on."""
    from pycoverage.exploration import alternatives

    law, filled, contexts = assessment.law, assessment.filled, assessment.contexts
    options = alternatives(law, filled, contexts)
    everything = {context: {True, False} for context in contexts}
    if math.prod(map(len, options)) > MAX_TRIED:
        return everything, [gap.key(assessment.dossier.persons) for gap in filled.gaps]
    tried = list(itertools.product(*(range(len(each)) for each in options)))
    base = filled.case
    cases = [
        Case(base.name, base.persons, base.facts + tuple(f for o, n in zip(options, t, strict=True) for f in o[n]))
        for t in tried
    ]
    goals = ("droit", "anomalie", condition.name)
    held: dict[Context, set[bool]] = {context: set() for context in contexts}
    by_choice: dict[tuple[int, ...], bool] = {}
    for choice, world in zip(
        tried, worlds(law, cases, [contexts] * len(cases), goals=goals, seconds=seconds), strict=True
    ):
        if world.rows("anomalie", 2, contexts[0]):
            continue
        for context in contexts:
            held[context].add(condition.unmet(world, context, person))
        by_choice[choice] = condition.unmet(world, contexts[0], person)
    keys = list(dict.fromkeys(gap.entry for gap in filled.gaps))
    depends = [gap.key(assessment.dossier.persons) for gap in filled.gaps if _varies(by_choice, keys.index(gap.entry))]
    return {context: found or {True, False} for context, found in held.items()}, depends


def _varies(results: Mapping[tuple[int, ...], bool], place: int) -> bool:
    """Tell whether one choice alone changes the result."""
    groups: dict[tuple[int, ...], set[bool]] = {}
    for choice, result in results.items():
        groups.setdefault((*choice[:place], *choice[place + 1 :]), set()).add(result)
    return any(len(found) > 1 for found in groups.values())
