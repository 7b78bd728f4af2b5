"""The base over time: on every day on which the law changes, and the day before, is anything missing?

Three things are looked for. What can be read off the rules: a right without rules between two periods
in which it has some, a rule in force that needs a notion no rule in force concludes, a parameter
without value, two versions of one rule at once. And on probe dossiers, answered on all these days in
one grounding each: two amounts for one right, an anomaly, and a right that is lost for a single day.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import msgspec

from pycoverage.completion import fill
from pycoverage.dossier import Dossier
from pycoverage.engine import Model, evaluate
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.scalar import day as valid_day
from pycoverage.scalar import day_after, day_before
from pycoverage.situation import Case, Context
from pycoverage.speech import day as said
from pycoverage.syntax import Literal, Rule, literals
from pycoverage.value import Fun

Progress = Callable[[str], None]


class Problem(msgspec.Struct, frozen=True, order=True):
    """What is wrong on a day: a code, what it is about, and one sentence."""

    day: str
    code: str
    subject: str
    message: str


class Continuity(msgspec.Struct, frozen=True):
    """The outcome: the days looked at, the periods of each right, the probes and the problems found.

    `left` counts the dossiers that leave facts open, which are no probes.
    """

    days: tuple[str, ...]
    periods: dict[str, tuple[tuple[str, str], ...]]
    probes: int
    left: int
    situations: int
    problems: tuple[Problem, ...]


def days_of_change(law: Law, start: str, end: str) -> list[str]:
    """Return the days in a range (both ends included) on which the law changes, and the days before them."""
    changes = [day for day in law.program.pivots if start <= day <= end]
    return sorted(
        {day for change in changes for day in (day_before(change), change) if start <= day <= end} | {start, end}
    )


def examine(
    law: Law,
    dossiers: Sequence[Dossier],
    start: str | None = None,
    end: str | None = None,
    *,
    progress: Progress = lambda _: None,
) -> Continuity:
    """Look at every day of change in a range (both ends included), with dossiers that leave nothing open as probes.

    The range is by default from the start of the base to the last change. Raises InputError for a day
    that is none, and InputError and LimitError as `engine.evaluate` does.
    """
    start, end = _day(start or law.base.start(), "--from"), _day(end or max(law.program.pivots), "--to")
    if start > end:
        message = f"période incorrecte « {start} » à « {end} »"
        raise InputError([Finding(Place("--to"), "DO009", message, "le premier jour précède le dernier")])
    days = days_of_change(law, start, end)
    found: set[Problem] = set()
    for day in days:
        found.update(_missing(law, day))
    periods = {right: tuple(_periods(law, right, days)) for right in law.base.rights}
    for right, known in periods.items():
        for (_, last), (following, _) in itertools.pairwise(known):
            message = f"aucune règle du {said(day_after(last))} au {said(day_before(following))}"
            found.add(Problem(day_after(last), "droit_sans_regle", right, message))
    filled = [(dossier, fill(dossier, law.base)) for dossier in dossiers]
    probes = [(dossier, known.case) for dossier, known in filled if not known.gaps]
    for number, (dossier, case) in enumerate(probes, 1):
        progress(f"{number}/{len(probes)} {dossier.name}")
        found.update(_probe(law, dossier, case, days))
    left = len(dossiers) - len(probes)
    return Continuity(tuple(days), periods, len(probes), left, len(probes) * len(days), tuple(sorted(found)))


def _day(text: str, option: str) -> str:
    found = valid_day(text)
    if found is None:
        help_ = "écrivez AAAA-MM-JJ, un jour qui existe"
        raise InputError([Finding(Place(option), "DO009", f"date incorrecte « {text} »", help_)])
    return found


def _periods(law: Law, right: str, days: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the periods in which rules give a right, cut at the days looked at."""
    first = ""
    for day, following in zip(days, [*days[1:], ""], strict=True):
        if law.base.exists(right, day):
            first = first or day
            if not following or not law.base.exists(right, following):
                yield first, day
                first = ""


def _missing(law: Law, day: str) -> Iterator[Problem]:
    """Yield what rules in force on a day cannot find."""
    base = law.base
    live = {name for name, legal in base.legal.items() if legal.interval.holds(day)}
    concluded = {rule.head.name for rule in base.rules if _lives(rule, live)}
    derived = {rule.head.name for rule in base.rules}
    for rule in base.rules:
        if not rule.guard or rule.guard not in live:
            continue
        for condition in rule.body:
            if isinstance(condition, Literal) and not condition.negated and condition.day is None:
                name = condition.atom.name
                if name in derived and name not in concluded:
                    message = f"aucune règle en vigueur ne conclut « {name} »"
                    yield Problem(day, "notion_sans_regle", rule.guard, message)
        for literal, _ in literals(rule.body):
            parameter = base.parameters.get(literal.atom.name)
            if parameter is not None and not parameter.at(day):
                yield Problem(day, "parametre_absent", rule.guard, f"« {literal.atom.name} » n'a pas de valeur")
    for legal in base.legal.values():
        if legal.id in live and legal.replaces in live:
            yield Problem(day, "deux_versions", legal.id, f"« {legal.replaces} » vaut le même jour")


def _lives(rule: Rule, live: set[str]) -> bool:
    return not rule.guard or rule.guard in live


def _probe(law: Law, dossier: Dossier, case: Case, days: Sequence[str]) -> Iterator[Problem]:
    """Yield what goes wrong for one dossier over the days."""
    contexts = [Context(day) for day in days]
    model = evaluate(law.base, law.program, [case], [contexts])
    held = {context.jour: _held(model, context) for context in contexts}
    for context in contexts:
        for code, person in model.rows("anomalie", 2, 0, context):
            subject = f"{dossier.name}, {case.label(str(person))}"
            yield Problem(context.jour, "anomalie", subject, f"le dossier se contredit ce jour-là : {code}")
        amounts: dict[tuple[str, str], set[object]] = {}
        for person, right, amount in model.rows("montant_du", 3, 0, context):
            amounts.setdefault((str(person), str(right)), set()).add(amount)
        for (person, right), values in amounts.items():
            if len(values) > 1:
                subject = f"{dossier.name}, {case.label(person)}, {right}"
                yield Problem(context.jour, "deux_montants", subject, f"{len(values)} montants pour un mois")
    for before, day, after in zip(days, days[1:], days[2:], strict=False):
        if day_after(before) == day and day_after(day) == after:
            for person, right in sorted((held[before] & held[after]) - held[day]):
                subject = f"{dossier.name}, {case.label(person)}, {right}"
                yield Problem(day, "droit_perdu_un_jour", subject, "tenu la veille et le lendemain")


def _held(model: Model, context: Context) -> set[tuple[str, str]]:
    return {(str(row[0]), str(row[1])) for row in model.rows("droit", 2, 0, context) if isinstance(row[1], Fun)}


def report(law: Law, found: Continuity) -> Iterator[str]:
    """Yield the report: the periods of each right, the problems, then the sum."""
    for right, periods in found.periods.items():
        shown = " ; ".join(f"du {said(first)} au {said(last)}" for first, last in periods) or "aucune règle"
        yield f"{right} : {shown}"
    for problem in found.problems:
        yield f"{said(problem.day)} : {problem.code}, {problem.subject} : {problem.message}"
    yield (
        f"{len(found.days)} jours ({len(law.program.pivots)} changements du droit), {found.probes} dossiers sondes "
        f"({found.left} laissés de côté, qui ont des faits inconnus), "
        f"{found.situations} situations, {len(found.problems)} problèmes"
    )
