"""Examines the refusal of a right: is there a decision, does its ground hold, what was mistaken, what remains.

The rules tell whether there is a refusal, express or born of silence, and the day on which the right is to
be assessed. The right, then the ground alleged, are evaluated on that day, in every reading and every
completion of the unknown facts.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pycoverage.answer import Entry, Status
from pycoverage.assessment import Assessment, assess
from pycoverage.dossier import Dossier
from pycoverage.evaluation import entries, prover_for, right_answer
from pycoverage.finding import Finding, InputError, Place
from pycoverage.firmness import firm, sound
from pycoverage.ground import conditions
from pycoverage.law import Law
from pycoverage.proof import Applied
from pycoverage.prover import Prover
from pycoverage.refusals.examination import VERSION, Decision, Examination, Ground, Judgement, Mistake
from pycoverage.refusals.mistake import mistakes
from pycoverage.refusals.support import weigh
from pycoverage.selection import refuse_unknown
from pycoverage.sentence import Writer
from pycoverage.stated import Line
from pycoverage.status import verdict
from pycoverage.syntax import Atom
from pycoverage.value import SUP, Fun, Value

__all__ = ["Decision", "Examination", "Examined", "Ground", "Mistake", "examine", "examine_all", "refusals"]

DECISIONS = "decisions"
"""The attribute of the household whose lines are decisions."""

CLAIMS = "demandes"
"""The attribute of the household whose lines are claims."""


class Examined(msgspec.Struct, frozen=True):
    """An examination and what it rests on.

    `assessment` and `prover` are those of the day on which the right is to be assessed (nodes are its);
    `current` and `current_prover` those of the day of the examination, that tell bodies and deadlines.
    """

    examination: Examination
    assessment: Assessment
    prover: Prover
    current: Assessment
    current_prover: Prover


def examine(
    law: Law, dossier: Dossier, person: str, right: str, *, date: str | None = None, seconds: float | None = None
) -> Examined:
    """Examine the refusal of a right to a person (canonical id). Raises InputError and LimitError."""
    return examine_in(_sound(assess(law, dossier, date=date, seconds=seconds)), person, right, seconds=seconds)


def refusals(current: Assessment, *, person: str | None = None, right: str | None = None) -> list[tuple[str, str]]:
    """Return the persons (canonical ids) and rights to examine, in the order of the dossier.

    They are those for which the rules tell of a refusal, no unknown fact put aside; a person named as in the
    dossier and a right narrow them, and together are examined in any case. Raises InputError for an unknown one.
    """
    ids = {name: identifier for identifier, name in current.dossier.persons.items()}
    rights = current.law.base.rights
    refuse_unknown(current.law.base, ids, person, right, place="--right")
    if person is not None and right is not None:
        return [(ids[person], right)]
    prover = prover_for(current)
    rows = {
        (str(row[0]), str(row[1]))
        for row in current.world.rows("refus", 4, current.default)
        if _certain(current, prover, row)
    }
    pairs = ((identifier, each) for identifier in current.dossier.persons for each in rights)
    return [
        (identifier, each)
        for identifier, each in pairs
        if (identifier, each) in rows and (person is None or identifier == ids[person]) and right in (None, each)
    ]


def examine_all(
    law: Law,
    dossier: Dossier,
    *,
    person: str | None = None,
    right: str | None = None,
    date: str | None = None,
    seconds: float | None = None,
) -> list[tuple[str, str, Examined]]:
    """Examine every refusal of a dossier, as `refusals` chooses them. Raises InputError and LimitError."""
    current = _sound(assess(law, dossier, date=date, seconds=seconds))
    chosen = refusals(current, person=person, right=right)
    return [(who, what, examine_in(current, who, what, seconds=seconds)) for who, what in chosen]


def examine_in(current: Assessment, person: str, right: str, *, seconds: float | None = None) -> Examined:
    """Examine a refusal from the assessment of the day of the examination."""
    law, dossier = current.law, current.dossier
    prover = current_prover = prover_for(current)
    found = _decision(current, current_prover, person, right)
    if found is None:
        assessment, told = current, Examination(VERSION, dossier.name, current.date, "sans_decision")
    else:
        decision, line = found
        assessment = current
        if decision.jour != current.date:
            assessment = _sound(assess(law, dossier, date=decision.jour, seconds=seconds))
            prover = prover_for(assessment)
        answer = right_answer(assessment, prover, person, right)
        condition = conditions(law.base, right).get(decision.motif)
        ground = weigh(assessment, prover, decision, condition, seconds=seconds)
        judged = judgement(answer.statut, ground, discretionary=law.base.rights[right].nature == "discretionnaire")
        wrong = judged in ("infonde", "conteste") or (ground is not None and ground.verdict in ("infonde", "conteste"))
        errors = mistakes(assessment, prover, decision, condition, line, seconds=seconds) if wrong else []
        told = Examination(
            VERSION,
            dossier.name,
            current.date,
            judged,
            decision,
            droit=answer,
            motif=ground,
            erreurs=errors,
            complet=current.complete and assessment.complete,
        )
    return Examined(
        _completed(told, current, current_prover, person, right), assessment, prover, current, current_prover
    )


def judgement(status: Status, ground: Ground | None, *, discretionary: bool) -> Judgement:
    """Return what a refusal is worth, given the status of the right that day and the ground alleged.

    Where the authority chooses, the conditions met oblige it to nothing: only a false ground condemns.
    """
    known: dict[Status, Judgement] = {
        "oui": "infonde",
        "non": "fonde",
        "a_preciser": "incertain",
        "conteste": "conteste",
    }
    if discretionary and status != "non":
        return "infonde" if ground is not None and ground.verdict == "infonde" else "incertain"
    return known[status]


def _sound(assessment: Assessment) -> Assessment:
    """Raise InputError where the dossier contradicts itself on the day of an assessment."""
    if assessment.anomalies or assessment.missing:
        names = ", ".join(sorted({code for code, _ in assessment.anomalies} | set(assessment.missing)))
        message = f"au {assessment.date}, le dossier se contredit : {names}"
        help_ = f"« pycoverage evaluate --date {assessment.date} » dit pourquoi"
        raise InputError([Finding(Place(assessment.dossier.file, 1, 1), "DO020", message, help_)])
    return assessment


def _certain(current: Assessment, prover: Prover, row: tuple[Value, ...]) -> bool:
    """Tell whether a refusal rests on no unknown day: nor a silence on that of a decision, which may have broken it."""
    person, right, form, _ = map(str, row)
    decided = lines(current.dossier, DECISIONS, person, right) if form == "tacite" else ()
    known = all(known_day(line, "notifiee") for line in decided)
    return known and firm(prover, prover.explain(Atom("refus", row), current.default))


def certain_refusals(current: Assessment, prover: Prover, person: str, right: str) -> list[tuple[str, str]]:
    """Return the refusals of a right of a person, the oldest first: the day, and whether express or silent."""
    pair = Fun(person), Fun(right)
    return sorted(
        (str(day), str(form))
        for form, day in current.told("refus", person, right)
        if _certain(current, prover, (*pair, form, day))
    )


def _decision(current: Assessment, prover: Prover, person: str, right: str) -> tuple[Decision, Line | None] | None:
    """Return the latest refusal the rules tell of, with its line in the dossier unless it was silent.

    A refusal that rests on an unknown day is none. Raises InputError if the day to assess rests on one.
    """
    refused = certain_refusals(current, prover, person, right)
    if not refused:
        return None
    origin, form = refused[-1]
    days = {str(row[0]): str(row[1]) for row in current.told("jour_apprecie", person, right)}
    line = _line(current.dossier, person, right, origin) if form == "expresse" else None

    def said(name: str) -> str:
        value = line.values.get(name) if line else None
        return str(value) if isinstance(value, str | Fun) else ""

    assessed = Atom("jour_apprecie", (Fun(person), Fun(right), origin, days[origin]))
    undated = [line for line in lines(current.dossier, CLAIMS, person, right) if not known_day(line, "deposee")]
    if undated and not sound(prover, prover.explain(assessed, current.default), {}):
        message = "le jour de cette demande est inconnu : l'examen du refus en dépend"
        raise InputError([Finding(undated[0].place, "DO015", message, "donnez-le, puis recommencez")])
    names = current.dossier.persons
    decision = Decision(
        right,
        person,
        said("sens"),
        "expresse" if form == "expresse" else "tacite",
        origin,
        days[origin],
        *_reason(current, prover, assessed),
        datee=said("datee"),
        effet=said("effet"),
        par=said("par"),
        reference=said("reference"),
        motif=said("motif"),
        motif_libre=said("motif_libre"),
        piece=said("piece"),
        retenu=tuple(f"{names.get(owner, 'foyer')}.{name}" for owner, name in line.taken) if line else (),
        ligne=line.place.line if line else 0,
    )
    return decision, line


def _reason(current: Assessment, prover: Prover, atom: Atom) -> tuple[str, str]:
    """Return the sentence and the source of the rule that concludes an atom; both empty for a technical one."""
    node = prover.nodes[prover.explain(atom, current.default)]
    writer = Writer(current.law, current.dossier.persons)
    source = writer.legal_source(node.rule, node.jour) if isinstance(node, Applied) else ""
    return (writer.node(node), source) if source else ("", "")


def lines(dossier: Dossier, attribute: str, person: str, right: str) -> Iterator[Line]:
    """Yield the lines of a list of the household that are about a right of a person (canonical ids)."""
    stated = dossier.stated.get(("", attribute))
    for line in (stated.lines or ()) if stated else ():
        if line.values.get("personne") == Fun(person) and line.values.get("droit") == Fun(right):
            yield line


def known_day(line: Line, field: str) -> bool:
    """Tell whether a line says a day."""
    return isinstance(line.values.get(field), str)


def _line(dossier: Dossier, person: str, right: str, day: str) -> Line | None:
    found = [line for line in lines(dossier, DECISIONS, person, right) if line.values.get("notifiee") == day]
    return found[-1] if found else None


def _completed(told: Examination, current: Assessment, prover: Prover, person: str, right: str) -> Examination:
    """Add what the rules tell on the day of the examination: bodies, deadlines, and the other rights held.

    What rests on a fact supposed for the example, in place of an unknown one, is left out.
    """

    rubrics: dict[str, list[Entry]] = {}
    for name, entry, node in entries(current, prover, person, right):
        if firm(prover, node):
            rubrics.setdefault(name, []).append(entry)
    last = {
        str(way): "" if day == SUP else str(day)
        for way, day in current.told("delai", person, right)
        if firm(prover, prover.explain(Atom("delai", (Fun(person), Fun(right), way, day)), current.default))
    }
    return msgspec.structs.replace(
        told,
        voies=rubrics.get("voie_recours", []),
        delais=dict(sorted(last.items(), key=lambda item: (item[1], item[0]))),
        echeances=rubrics.get("echeance", []),
        avertissements=rubrics.get("avertissement", []),
        silence=rubrics.get("silence", []),
        aujourd_hui=right_answer(current, prover, person, right),
        autres={other: right_answer(current, prover, person, other) for other in _held(current, person, right)},
    )


def _held(current: Assessment, person: str, right: str) -> Iterator[str]:
    for other in current.law.base.rights:
        if other != right and verdict(current, person, other).status == "oui":
            yield other
