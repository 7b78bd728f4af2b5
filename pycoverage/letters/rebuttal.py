"""The ground of a refusal, answered: what the decision alleges, what it takes as fact, what proves it wrong."""

from __future__ import annotations

import msgspec

from pycoverage.completion import fill
from pycoverage.ground import allegation, conditions
from pycoverage.letters.pen import Pen
from pycoverage.letters.plea import Plea
from pycoverage.refusals.examination import Ground
from pycoverage.situation import Fact


def alleged(plea: Plea, ground: Ground, pen: Pen) -> str:
    """Return the ground in words, persons called as the letter calls them."""
    assessment, decision = plea.assessment, plea.decision
    condition = conditions(assessment.law.base, decision.droit).get(ground.code)
    if condition is None:
        return ground.texte
    args = condition.atom(assessment.world, assessment.default, decision.personne)
    return pen.identity.agreed(allegation(pen, condition, args))


def refutation(plea: Plea, ground: Ground) -> int | None:
    """Return the node that proves a ground wrong, in the reading in which the right is argued, if it is."""
    assessment, person = plea.assessment, plea.decision.personne
    condition = conditions(assessment.law.base, plea.decision.droit).get(ground.code)
    if condition is None:
        return ground.node if ground.verdict == "infonde" and not plea.reading else None
    world, context = assessment.world, assessment.default
    if ground.depend_de or condition.unmet(world, context, person):
        return None
    return plea.prover.explain_any(condition.name, condition.atom(world, context, person), context)


def taken(plea: Plea) -> list[Fact]:
    """Return the facts that the decision takes otherwise than the dossier tells them."""
    dossier, base = plea.assessment.dossier, plea.assessment.law.base
    other = {
        key: fact
        for stated in dossier.stated.values()
        for line in stated.lines or ()
        if line.place.line == plea.decision.ligne
        for key, fact in line.taken.items()
    }
    facts = fill(msgspec.structs.replace(dossier, stated={**dossier.stated, **other}), base).case.facts
    known = {(fact.name, fact.args) for fact in plea.assessment.case.facts}
    return [fact for fact in facts if (fact.name, fact.args) not in known]
