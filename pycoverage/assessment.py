"""Assesses a dossier: every right of every person, under the default readings and each other one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from pycoverage.base import OUTPUT
from pycoverage.completion import Filled, Outcome, fill
from pycoverage.dossier import Dossier
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.law import Law
from pycoverage.scalar import FIRST_DAY, LAST_DAY
from pycoverage.scalar import day as valid_day
from pycoverage.situation import Case, Context
from pycoverage.syntax import literals
from pycoverage.value import Fun, Value
from pycoverage.world import World, worlds

if TYPE_CHECKING:
    from pycoverage.space import Space


FRAME = Context("")
"""The state of the law of the base, on the day itself."""


class Assessment(msgspec.Struct, frozen=True):
    """What was found for one dossier.

    `contexts` holds the default reading first, then each other reading alone. `world` answers for
    `case`: the dossier itself, or with gaps one completion that serves as an example.
    `outcomes` gives, per (person, right, context), the status and the gaps it depends on; `space` what the
    open facts may be.
    """

    law: Law
    dossier: Dossier
    filled: Filled
    date: str
    contexts: tuple[Context, ...]
    world: World
    case: Case
    outcomes: dict[tuple[str, str, Context], Outcome]
    anomalies: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    complete: bool
    space: Space | None = None

    @property
    def default(self) -> Context:
        return self.contexts[0]

    def told(self, name: str, person: str, right: str, context: Context | None = None) -> list[tuple[Value, ...]]:
        """Return what an output predicate says of a right of a person: the rest of its arguments.

        `context` is one of those of the assessment, by default the first.
        """
        arity = self.law.base.outputs()[name]
        rows = self.world.rows(name, arity, context or self.default)
        return [row[2:] for row in rows if row[:2] == (Fun(person), Fun(right))]


def assess(
    law: Law,
    dossier: Dossier,
    *,
    date: str | None = None,
    readings: Mapping[str, str] | None = None,
    frame: Context = FRAME,
    seconds: float | None = None,
) -> Assessment:
    """Assess a dossier on a day (default: its own). Raises InputError and LimitError."""
    return assess_all(law, [dossier], date=date, readings=readings, frame=frame, seconds=seconds)[0]


def assess_all(
    law: Law,
    dossiers: Sequence[Dossier],
    *,
    date: str | None = None,
    readings: Mapping[str, str] | None = None,
    frame: Context = FRAME,
    seconds: float | None = None,
    traced: bool = False,
    others: Iterable[str] | None = OUTPUT,
) -> list[Assessment]:
    """Assess many dossiers in one grounding; those with gaps are explored one by one.

    `frame` is the state of the law in which they are assessed: a context whose day does not count. `others` are
    the predicates asked for in the readings that are not the default (None: all).
    """
    filled = [fill(dossier, law.base) for dossier in dossiers]
    contexts = [contexts_of(law, each, date=date, readings=readings, frame=frame) for each in dossiers]
    return assess_filled(law, dossiers, filled, contexts, traced=traced, others=others, seconds=seconds)


def contexts_of(
    law: Law,
    dossier: Dossier,
    *,
    date: str | None = None,
    readings: Mapping[str, str] | None = None,
    frame: Context = FRAME,
) -> list[Context]:
    """Return the contexts in which a dossier is assessed, the default one first. Raises InputError."""
    chosen = chosen_readings(law, readings or {})
    return _contexts(law, frame.on(assessment_day(law, dossier, date)), chosen, set(readings or {}))


def assess_filled(
    law: Law,
    dossiers: Sequence[Dossier],
    filled: Sequence[Filled],
    contexts: Sequence[Sequence[Context]],
    *,
    traced: bool = False,
    others: Iterable[str] | None = OUTPUT,
    seconds: float | None = None,
) -> list[Assessment]:
    """Assess dossiers already turned into facts, each in its contexts. Raises as `assess_all` does."""
    whole = [number for number, item in enumerate(filled) if not item.gaps]
    known = worlds(
        law,
        [filled[number].case for number in whole],
        [contexts[number] for number in whole],
        traced=traced,
        others=others,
        seconds=seconds,
    )
    uses = parameter_uses(law)
    place = dict(zip(whole, known, strict=True))
    found: list[Assessment] = []
    for number, dossier in enumerate(dossiers):
        own = contexts[number]
        if number in place:
            world, case, complete, space = place[number], filled[number].case, True, None
            outcomes = _certain(law, world, case, own)
        else:
            from pycoverage.exploration import explore

            search = explore(law, filled[number], list(own), seconds=seconds)
            world, case, complete, space = search.world, search.case, search.complete, search.space
            outcomes = search.outcomes
        anomalies = tuple((str(row[0]), str(row[1])) for row in world.rows("anomalie", 2, own[0]))
        missing = missing_parameters(law, uses, own)
        found.append(
            Assessment(
                law,
                dossier,
                filled[number],
                own[0].jour,
                tuple(own),
                world,
                case,
                outcomes,
                anomalies,
                missing,
                complete,
                space,
            )
        )
    return found


def _certain(
    law: Law, world: World, case: Case, contexts: Sequence[Context]
) -> dict[tuple[str, str, Context], Outcome]:
    found = {}
    for context in contexts:
        rows = world.rows("droit", 2, context)
        for person in case.persons:
            for right in law.base.rights:
                held = (Fun(person), Fun(right)) in rows
                found[person, right, context] = Outcome("oui" if held else "non", ())
    return found


def _contexts(law: Law, day: Context, chosen: dict[str, str], settled: Collection[str]) -> list[Context]:
    """Return the chosen context, then each other reading of each open question alone (k + 1, not 2^k)."""
    own = {**dict(day.readings), **chosen}
    found = [day.read(tuple(sorted(own.items())))]
    for name, question in law.base.questions.items():
        for reading in question.lectures:
            if name not in settled and reading != law.base.reading(name, own):
                others = {**own, name: reading}
                if reading == question.defaut:
                    del others[name]
                found.append(day.read(tuple(sorted(others.items()))))
    return found


def chosen_readings(law: Law, readings: Mapping[str, str]) -> dict[str, str]:
    findings = []
    for name, reading in readings.items():
        question = law.base.questions.get(name)
        place = Place("--lecture")
        if question is None:
            help_ = suggestion(name, law.base.questions) or f"questions : {', '.join(law.base.questions)}"
            findings.append(Finding(place, "DO012", f"question inconnue « {name} »", help_))
        elif reading not in question.lectures:
            help_ = f"lectures : {', '.join(question.lectures)}"
            findings.append(Finding(place, "DO012", f"lecture inconnue « {reading} »", help_))
    if findings:
        raise InputError(findings)
    return {name: reading for name, reading in readings.items() if reading != law.base.questions[name].defaut}


def assessment_day(law: Law, dossier: Dossier, date: str | None) -> str:
    place = Place(dossier.file, 1, 1) if date is None else Place("--date")
    if date is not None and (valid_day(date) is None or not FIRST_DAY <= date <= LAST_DAY):
        raise InputError(
            [
                Finding(
                    place,
                    "DO009",
                    f"date incorrecte « {date} »",
                    f"écrivez AAAA-MM-JJ, de {FIRST_DAY[:4]} à {LAST_DAY[:4]}",
                )
            ]
        )
    found = date or dossier.date
    if not found:
        help_ = "ajoutez « date: AAAA-MM-JJ » au dossier, ou donnez --date"
        raise InputError([Finding(place, "DO011", "aucune date d'appréciation", help_)])
    if early := too_early(law, found, place):
        raise InputError([early])
    return found


def too_early(law: Law, jour: str, place: Place) -> Finding | None:
    """Return what to say of a day before the first one of the base, or None."""
    start = law.base.start()
    if jour >= start:
        return None
    return Finding(place, "DO011", f"date avant le début de la base « {jour} »", f"la base commence le {start}")


def parameter_uses(law: Law) -> dict[str, list[str]]:
    """Return, per parameter, the ids of the rules that ask for it."""
    found: dict[str, list[str]] = {}
    for rule in law.base.rules:
        guard = rule.guard
        for literal, _ in literals(rule.body):
            if guard and literal.atom.name in law.base.parameters:
                found.setdefault(literal.atom.name, []).append(guard)
    return found


def missing_parameters(law: Law, uses: dict[str, list[str]], contexts: Sequence[Context]) -> tuple[str, ...]:
    """Return the parameters that a rule in force asks for and that have no value that day."""
    return tuple(
        sorted(
            name
            for name, guards in uses.items()
            if any(
                not law.base.parameters[name].at(context.droit_au, context.etat)
                and any(law.base.in_force(guard, context.law) for guard in guards)
                for context in contexts
            )
        )
    )
