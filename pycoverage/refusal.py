"""Examines the refusal of a right: is there a decision, does its ground hold, what was mistaken, what remains.

The rules tell whether there is a refusal, express or born of silence, and the day on which the right is to
be assessed. The right, then the ground alleged, are evaluated on that day, in every reading and every
completion of the unknown facts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

import msgspec

from pycoverage.answer import Entry, Status
from pycoverage.assessment import Assessment, assess
from pycoverage.dossier import Dossier, Line
from pycoverage.evaluation import entries, prover_for, right_answer
from pycoverage.examination import VERSION, Decision, Examination, Ground, Judgement, Mistake, Support
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.ground import Condition, allegation, conditions
from pycoverage.law import Law
from pycoverage.proof import Applied
from pycoverage.prover import Prover
from pycoverage.sentence import Writer
from pycoverage.situation import Case, Context
from pycoverage.status import reading_name, verdict
from pycoverage.syntax import Atom
from pycoverage.value import Fun

__all__ = ["Decision", "Examination", "Examined", "Ground", "Mistake", "examine", "examine_all", "refusals"]

DECISIONS = "decisions"
"""The attribute of the household whose lines are decisions."""

MAX_TRIED = 4_000
"""Completions tried for a ground; beyond, it is `incertain`."""


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

    They are those for which the rules tell of a refusal; a person named as in the dossier and a right narrow
    them, and together are examined in any case. Raises InputError for an unknown one.
    """
    ids = {name: identifier for identifier, name in current.dossier.persons.items()}
    rights = current.law.base.rights
    findings = []
    if person is not None and person not in ids:
        help_ = suggestion(person, ids) or f"personnes : {', '.join(ids)}"
        findings.append(Finding(Place("--person"), "DO010", f"personne inconnue « {person} »", help_))
    if right is not None and right not in rights:
        help_ = suggestion(right, rights) or f"droits : {', '.join(rights)}"
        findings.append(Finding(Place("--right"), "DO006", f"droit inconnu « {right} »", help_))
    if findings:
        raise InputError(findings)
    if person is not None and right is not None:
        return [(ids[person], right)]
    rows = {(str(row[0]), str(row[1])) for row in current.world.rows("refus", 4, current.default)}
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
        from pycoverage.mistake import mistakes

        decision, line = found
        assessment = current
        if decision.jour != current.date:
            assessment = _sound(assess(law, dossier, date=decision.jour, seconds=seconds))
            prover = prover_for(assessment)
        answer = right_answer(assessment, prover, person, right)
        condition = conditions(law.base, right).get(decision.motif)
        ground = _ground(assessment, prover, decision, condition, seconds)
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


def _decision(current: Assessment, prover: Prover, person: str, right: str) -> tuple[Decision, Line | None] | None:
    """Return the latest refusal the rules tell of, with its line in the dossier unless it was silent."""
    refused = sorted((str(row[1]), str(row[0])) for row in current.told("refus", person, right))
    if not refused:
        return None
    origin, form = refused[-1]
    days = {str(row[0]): str(row[1]) for row in current.told("jour_apprecie", person, right)}
    line = _line(current.dossier, person, right, origin) if form == "expresse" else None

    def said(name: str) -> str:
        value = line.values.get(name) if line else None
        return str(value) if isinstance(value, str | Fun) else ""

    names = current.dossier.persons
    decision = Decision(
        right,
        person,
        said("sens"),
        "expresse" if form == "expresse" else "tacite",
        origin,
        days[origin],
        *_reason(current, prover, Atom("jour_apprecie", (Fun(person), Fun(right), origin, days[origin]))),
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
    source = writer.legal_source(node.rule) if isinstance(node, Applied) else ""
    return (writer.node(node), source) if source else ("", "")


def _line(dossier: Dossier, person: str, right: str, day: str) -> Line | None:
    stated = dossier.stated.get(("", DECISIONS))
    wanted = {"personne": Fun(person), "droit": Fun(right), "notifiee": day}
    lines = [
        line
        for line in (stated.lines or () if stated else ())
        if all(line.values.get(name) == value for name, value in wanted.items())
    ]
    return lines[-1] if lines else None


def _ground(
    assessment: Assessment, prover: Prover, decision: Decision, condition: Condition | None, seconds: float | None
) -> Ground | None:
    """Return what the ground alleged is worth, or None when none is."""
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
    from pycoverage.world import worlds

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
    keys = list(dict.fromkeys((gap.owner, gap.attribute, gap.line) for gap in filled.gaps))
    depends = [
        gap.key(assessment.dossier.persons)
        for gap in filled.gaps
        if _varies(by_choice, keys.index((gap.owner, gap.attribute, gap.line)))
    ]
    return {context: found or {True, False} for context, found in held.items()}, depends


def _varies(results: Mapping[tuple[int, ...], bool], place: int) -> bool:
    """Tell whether one choice alone changes the result."""
    groups: dict[tuple[int, ...], set[bool]] = {}
    for choice, result in results.items():
        groups.setdefault((*choice[:place], *choice[place + 1 :]), set()).add(result)
    return any(len(found) > 1 for found in groups.values())


def _completed(told: Examination, current: Assessment, prover: Prover, person: str, right: str) -> Examination:
    """Add what the rules tell on the day of the examination: bodies, deadlines, and the other rights held."""
    rubrics: dict[str, list[Entry]] = {}
    for name, entry, _ in entries(current, prover, person, right):
        rubrics.setdefault(name, []).append(entry)
    last = {str(way): str(day) for way, day in current.told("delai", person, right)}
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
