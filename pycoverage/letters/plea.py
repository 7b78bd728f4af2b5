"""What a letter argues: a right that is proved, and a way of appeal that is open; or why there is none."""

from __future__ import annotations

import msgspec

from pycoverage.assessment import Assessment, assess
from pycoverage.evaluation import prover_for
from pycoverage.firmness import sound
from pycoverage.letters.objection import Objection, elsewhere, objection
from pycoverage.letters.stationery import Stationery
from pycoverage.letters.way import Way, chosen
from pycoverage.prover import Prover
from pycoverage.refusals.examination import Decision
from pycoverage.refusals.refusal import Examined
from pycoverage.syntax import Atom
from pycoverage.value import Fun


class Plea(msgspec.Struct, frozen=True):
    """What a letter argues: a right held in the proof of `root`, by a way that is open.

    `reading` is the reading in which the right is argued, empty for the default one. `examined.current_prover`
    proves the procedure.
    """

    examined: Examined
    decision: Decision
    way: Way
    assessment: Assessment
    prover: Prover
    root: int
    reading: str = ""


def plea(
    examined: Examined, stationery: Stationery, *, way: str = "", seconds: float | None = None
) -> Plea | Objection:
    """Return what can be argued against a refusal, in the default reading if it gives the right."""
    found, assessment = examined.examination, examined.assessment
    against = objection(examined)
    if against is not None:
        return against
    assert found.decision is not None and found.droit is not None
    open_way = chosen(examined, stationery, way)
    if isinstance(open_way, Objection):
        return open_way
    prover, reading = examined.prover, ""
    if found.droit.par_defaut != "oui":
        reading = next(name for name, status in found.droit.lectures.items() if status == "oui")
        readings = dict(part.split("=") for part in reading.split(","))
        day, law = assessment.date, assessment.law
        assessment = assess(law, assessment.dossier, date=day, readings=readings, seconds=seconds)
        prover = prover_for(assessment)
    atom = Atom("droit", (Fun(found.decision.personne), Fun(found.decision.droit)))
    root = prover.explain(atom, assessment.default)
    if not sound(prover, root, {}):
        name = assessment.law.base.rights[found.decision.droit].nom
        needs = [gap.key(assessment.dossier.persons) for gap in assessment.filled.gaps]
        return elsewhere(examined, [f"{name} : le droit est certain, mais sa preuve passe par un fait inconnu"], needs)
    return Plea(examined, found.decision, open_way, assessment, prover, root, reading)
