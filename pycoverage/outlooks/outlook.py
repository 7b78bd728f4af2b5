"""What is ahead of the rights of a dossier: what would open those that are not held, what would end the others."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pycoverage.answer import VERSION
from pycoverage.assessment import Assessment, assess
from pycoverage.dossier import Dossier
from pycoverage.engine import evaluate
from pycoverage.evaluation import anomalies_of, prover_for
from pycoverage.law import Law
from pycoverage.limit import ends, time_left
from pycoverage.outlooks.change import Change, Kind, changes
from pycoverage.outlooks.ending import Closing
from pycoverage.outlooks.horizon import Horizon, holds
from pycoverage.outlooks.opening import Opening, Pair
from pycoverage.outlooks.remedy import Action, Domain, Outlook, Outlooks
from pycoverage.refusals.refusal import certain_refusals
from pycoverage.speech import speech
from pycoverage.status import Verdict, verdict
from pycoverage.world import World


def outlooks(
    law: Law,
    dossier: Dossier,
    *,
    person: str | None = None,
    right: str | None = None,
    readings: Mapping[str, str] | None = None,
    date: str | None = None,
    seconds: float | None = None,
) -> Outlooks:
    """Return what is ahead of the rights of a dossier, or of one person (as named there), or of one right.

    Raises InputError and LimitError as `assess` does.
    """
    until = ends(seconds)
    assessment = assess(law, dossier, date=date, readings=readings, seconds=time_left(until))
    wrong = list(anomalies_of(assessment, prover_for(assessment)))
    if wrong:
        nothing = Domain([], assessment.date, 0, temps=False)
        return Outlooks(VERSION, dossier.name, assessment.date, nothing, wrong, {})
    asked = [
        (identifier, each)
        for identifier, name in dossier.persons.items()
        for each in law.base.rights
        if person in (None, name) and right in (None, each)
    ]
    verdicts = {pair: verdict(assessment, *pair) for pair in asked}
    steps = _steps(law, assessment)
    horizon = None
    if not assessment.filled.gaps:
        horizon = Horizon(law, assessment.case, assessment.default, _notions(law), seconds=time_left(until))
    domain, opened = _opened(law, assessment, verdicts, steps["demarches"], horizon, until)
    if horizon is not None and any(each.default == "oui" for each in verdicts.values()):
        ahead = [*steps["demarches"], *steps["evenements"]]
        closing = Closing(law, assessment, ahead, horizon, seconds=time_left(until))
        for pair, each in verdicts.items():
            if each.default == "oui":
                opened[pair] = msgspec.structs.replace(opened[pair], fin=closing.ending(pair))
    people: dict[str, dict[str, Outlook]] = {}
    for (identifier, name), outlook in opened.items():
        people.setdefault(dossier.persons[identifier], {})[name] = outlook
    return Outlooks(VERSION, dossier.name, assessment.date, domain, [], people)


def _opened(
    law: Law,
    assessment: Assessment,
    verdicts: dict[Pair, Verdict],
    steps: list[Change],
    horizon: Horizon | None,
    until: float | None,
) -> tuple[Domain, dict[Pair, Outlook]]:
    """Return what was looked at, and the outlook of each right: what would open those not held."""
    better = {pair: _better(assessment, pair) for pair, found in verdicts.items() if found.default == "non"}
    refused = [pair for pair, held in better.items() if not held]
    days, remedies = 0, {}
    if refused:
        opening = Opening(law, assessment, steps, horizon, seconds=time_left(until))
        days, remedies = 1 + len(opening.days), opening.remedies(refused)
    phrases = {(each.attribute, each.phrase): each.cost for each in steps}
    told = [Action("", name, speech().filled(phrase, lambda _: "…"), cost) for (name, phrase), cost in phrases.items()]
    end = horizon.end if horizon is not None else assessment.date
    outlooks, prover = {}, prover_for(assessment)
    for pair, found in verdicts.items():
        ways, whole = remedies.get(pair, ([], True))
        gaps = [gap.key(assessment.dossier.persons) for gap in found.depends]
        motif = "hors_periode" if found.out_of_period else ""
        decided = max((day for day, _ in certain_refusals(assessment, prover, *pair)), default="")
        held = better.get(pair, [])
        outlooks[pair] = Outlook(found.status, found.default, motif, ways, whole, gaps, a_defaut_de=held, refus=decided)
    return Domain(told, end, days, temps=horizon is not None), outlooks


def _better(assessment: Assessment, pair: Pair) -> list[str]:
    """Return the rights that a person holds and in default of which alone a right serves."""
    person, right = pair
    others = assessment.law.base.rights[right].a_defaut_de
    return [other for other in others if verdict(assessment, person, other).default == "oui"]


def _notions(law: Law) -> list[str]:
    """Return the notions that say to whom a step is open."""
    steps = (step for attribute in law.base.vocabulary for step in (*attribute.demarches, *attribute.evenements))
    return sorted({notion for step in steps for notion in step.si})


def _steps(law: Law, assessment: Assessment) -> dict[Kind, list[Change]]:
    """Return the changes that the persons could make on the day of assessment, and what may happen to them."""
    context = assessment.default
    model = evaluate(law.base, law.program, [assessment.case], [[context]], goals=_notions(law))
    world = World(law.base, {context.readings: (model, 0)})

    def known(notion: str, person: str) -> bool:
        return holds(world, notion, person, context)

    kinds: tuple[Kind, ...] = ("demarches", "evenements")
    return {kind: changes(law, assessment.dossier, context.jour, known, kind) for kind in kinds}
