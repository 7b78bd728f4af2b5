"""The rights of a dossier over time: when each begins and ends, exact to the day, and why.

The law of each day is applied to the persons, titles and incomes of the dossier. Only the days on which
anything may change are answered (see `pivots`): each stands for the days until the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from pycoverage.answer import VERSION, Status
from pycoverage.completion import fill
from pycoverage.dossier import Dossier
from pycoverage.engine import Model, evaluate
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.prover import Prover
from pycoverage.scalar import FIRST_DAY, LAST_DAY, day_before
from pycoverage.scalar import day as valid_day
from pycoverage.sentence import Writer
from pycoverage.situation import Case, Context
from pycoverage.syntax import Atom
from pycoverage.timelines.basis import Bases, Basis
from pycoverage.timelines.cause import Cause, Comparer
from pycoverage.timelines.deadline import Deadline, Deadlines
from pycoverage.timelines.pivots import every_day, pivot_days
from pycoverage.value import Fun
from pycoverage.world import Readings, World, at_stake

PART = 366
"""Days evaluated together."""

MAX_DAYS = 366 * 30
"""The longest range."""

Pair = tuple[str, str]
"""A person and a right."""

State = tuple[bool, tuple[Readings, ...]]
"""Whether a right is held in the default readings, and the other readings in which it is not so."""

NEVER: State = (False, ())

Progress = Callable[[int, int], None]


class Span(msgspec.Struct, frozen=True):
    """Days, both included, on which the answer for a right is the same.

    `par_defaut` is the answer in the default readings, `lectures` what another reading answers that differs.
    `raison` is the rule that gives the right on the first day, `suites` those that give it later, each from
    its own day, where that one no longer does. `causes` is what changed on the first day.
    """

    du: str
    au: str
    statut: Status
    par_defaut: Status
    raison: str = ""
    source: str = ""
    suites: tuple[Basis, ...] = ()
    causes: tuple[Cause, ...] = ()
    lectures: dict[str, Status] = {}

    def bases(self) -> Iterator[tuple[str, str, Basis]]:
        """Yield what the right rests on, with the first and the last day of each."""
        if self.raison:
            known = [Basis(self.du, self.raison, self.source), *self.suites]
            ends = [*(day_before(each.du) for each in self.suites), self.au]
            yield from ((each.du, end, each) for each, end in zip(known, ends, strict=True))


class Timeline(msgspec.Struct, frozen=True):
    """The spans of each right of each person (those never held are left out), and the deadlines.

    `jour` is the day of the dossier, or an empty text: what comes before it is past.
    """

    version: int
    dossier: str
    titre: str
    jour: str
    du: str
    au: str
    personnes: dict[str, dict[str, list[Span]]]
    echeances: list[Deadline]


class Change(msgspec.Struct, frozen=True):
    """A day on which the state of a right is not that of the day answered before (`eve`, an empty text if none).

    `bases` tells on what the right rests from that day, where it is held in some reading.
    """

    pair: Pair
    day: str
    state: State
    eve: str
    before: State | None
    bases: Bases


def timeline(
    law: Law,
    dossier: Dossier,
    start: str,
    end: str,
    *,
    days: Sequence[str] | None = None,
    seconds: float | None = None,
    progress: Progress = lambda _done, _whole: None,
) -> Timeline:
    """Return the rights of a dossier from one day to another, both included.

    `days` are the days to answer, the first of the range among them: by default those on which anything may
    change. Raises InputError for a range that is none, for a dossier that leaves facts open or contradicts
    itself, and LimitError as `engine.evaluate` does.
    """
    _refuse_range(law, start, end)
    filled = fill(dossier, law.base)
    if filled.gaps:
        names = ", ".join(gap.key(dossier.persons) for gap in filled.gaps[:5])
        message = f"le dossier laisse des faits inconnus : {names}"
        raise InputError([Finding(Place(dossier.file, 1, 1), "DO015", message, "donnez-les, puis recommencez")])
    film = _Film(law, dossier, filled.case, seconds)
    if days is None:
        days = pivot_days(law, filled.case, start, end, film.goals)
    deadlines = Deadlines(law, dossier)
    changes: list[Change] = []
    newest: dict[Pair, Change] = {}
    eve = ""
    for first in range(0, len(days), PART):
        part = days[first : first + PART]
        world, readings = film.shot(part)
        prover = Prover(law.base, filled.case, world)
        for day in part:
            film.refuse_anomalies(world, day)
            for pair, state in film.states(world, day, readings).items():
                known = newest.get(pair)
                if known is None or known.state != state:
                    newest[pair] = film.change(pair, day, state, known, eve)
                    changes.append(newest[pair])
                if state != NEVER:
                    newest[pair].bases.tell(prover, film.held(day, state))
            deadlines.tell(world, Context(day))
            eve = day
        progress(min(first + PART, len(days)), len(days))
    ever = {change.pair for change in changes if change.state != NEVER}
    spans: dict[Pair, list[Span]] = {pair: [] for pair in film.pairs if pair in ever}
    telling = deadlines.first_days(start, end)
    moments = sorted({*telling, *(change.day for change in changes if change.pair in ever)})
    for first in range(0, len(moments), PART // 4):
        last = moments[first : first + PART // 4][-1]
        own = [each for each in changes if each.pair in ever and moments[first] <= each.day <= last]
        told = [day for day in telling if moments[first] <= day <= last]
        prover = film.prover([*(context for each in own for context in film.asked(each)), *map(Context, told)])
        for change in own:
            spans[change.pair].append(film.span(prover, change))
        deadlines.prove(prover, told)
    people: dict[str, dict[str, list[Span]]] = {name: {} for name in dossier.persons.values()}
    for (person, right), own_spans in spans.items():
        people[dossier.persons[person]][right] = list(_closed(own_spans, end))
    dated = deadlines.found(start, end)
    return Timeline(VERSION, dossier.name, dossier.title, dossier.date or "", start, end, people, dated)


def _closed(spans: Sequence[Span], end: str) -> Iterator[Span]:
    """Yield the spans, each ending the day before the next begins."""
    for span, following in zip(spans, [*(each.du for each in spans[1:]), ""], strict=True):
        yield msgspec.structs.replace(span, au=day_before(following) if following else end)


def _refuse_range(law: Law, start: str, end: str) -> None:
    for option, text in (("--from", start), ("--to", end)):
        if valid_day(text) is None or not max(FIRST_DAY, law.base.start()) <= text <= LAST_DAY:
            help_ = f"écrivez AAAA-MM-JJ, du {law.base.start()} au {LAST_DAY}"
            raise InputError([Finding(Place(option), "DO009", f"date incorrecte « {text} »", help_)])
    if not 0 < len(every_day(start, end)) <= MAX_DAYS:
        help_ = "le premier jour précède le dernier, de trente ans au plus"
        raise InputError([Finding(Place("--to"), "DO009", f"période incorrecte « {start} » à « {end} »", help_)])


class _Film:
    """A dossier and what is asked of each day: its rights, what contradicts, and its deadlines."""

    def __init__(self, law: Law, dossier: Dossier, case: Case, seconds: float | None) -> None:
        self.law, self.dossier, self.case, self.seconds = law, dossier, case, seconds
        self.goals = ("droit", "anomalie", *(name for name, rubric in law.base.rubrics.items() if rubric.dated))
        self.pairs: list[Pair] = [(person, right) for person in case.persons for right in law.base.rights]
        self.readings: list[Readings] = [
            ((name, reading),)
            for name, question in law.base.questions.items()
            for reading in question.lectures
            if reading != question.defaut
        ]
        self.writer = Writer(law, dossier.persons)

    def shot(self, days: Sequence[str]) -> tuple[World, list[Readings]]:
        """Answer some days, in the default readings and in those that matter on some of them."""
        own = [Context(day) for day in days]
        model = self._evaluate(own, stakes=True)
        stakes = model.stakes(0)
        matter = [each for each in self.readings if at_stake(self.law, stakes, own[0], Context("", "", each))]
        parts: dict[Readings, tuple[Model, int]] = {(): (model, 0)}
        for each in matter:
            other = [Context(day, "", each) for day in days]
            parts[each] = self._evaluate(other, goals=("droit",)), 0
        return World(self.law.base, parts), matter

    def prover(self, contexts: Sequence[Context]) -> Prover:
        """Return a prover over some days, each in its readings."""
        model = self._evaluate(list(dict.fromkeys(contexts)))
        parts = {context.readings: (model, 0) for context in (Context(""), *contexts)}
        return Prover(self.law.base, self.case, World(self.law.base, parts))

    def _evaluate(
        self, contexts: Sequence[Context], *, goals: Sequence[str] | None = None, stakes: bool = False
    ) -> Model:
        return evaluate(
            self.law.base,
            self.law.program,
            [self.case],
            [contexts],
            goals=goals or self.goals,
            stakes=("droit",) if stakes else (),
            seconds=self.seconds,
        )

    def states(self, world: World, day: str, readings: Sequence[Readings]) -> dict[Pair, State]:
        """Return the state of every right of every person on a day."""
        held = world.rows("droit", 2, Context(day))
        others = {each: world.rows("droit", 2, Context(day, "", each)) for each in readings}
        found: dict[Pair, State] = {}
        for pair in self.pairs:
            row = Fun(pair[0]), Fun(pair[1])
            found[pair] = row in held, tuple(each for each, rows in others.items() if (row in rows) != (row in held))
        return found

    def refuse_anomalies(self, world: World, day: str) -> None:
        for code, person in world.rows("anomalie", 2, Context(day)):
            who = self.dossier.persons.get(str(person), str(person))
            message = f"au {day}, le dossier se contredit : {code} ({who})"
            help_ = "« pycoverage evaluate » dit pourquoi"
            raise InputError([Finding(Place(self.dossier.file, 1, 1), "DO020", message, help_)])

    def change(self, pair: Pair, day: str, state: State, known: Change | None, eve: str) -> Change:
        """Return the change of a right on a day, after the last one known."""
        atom = Atom("droit", (Fun(pair[0]), Fun(pair[1])))
        return Change(pair, day, state, eve, known.state if known else None, Bases(atom, self.writer))

    def held(self, day: str, state: State) -> Context:
        """Return the context of a day in which a right is held: the default readings, or the first other."""
        held, others = state
        return Context(day, "", () if held or not others else others[0])

    def asked(self, change: Change) -> list[Context]:
        """Return the contexts that explain a change: before and after."""
        held, others = change.state
        found: list[Context] = []
        if change.before is not None:
            differ = set(others) ^ set(change.before[1])
            reading = () if change.before[0] != held else next(each for each in self.readings if each in differ)
            found = [Context(change.eve, "", reading), Context(change.day, "", reading)]
        return found

    def span(self, prover: Prover, change: Change) -> Span:
        """Return the span that begins with a change, open to its end."""
        held, others = change.state
        status: Status = "oui" if held else "non"
        other: Status = "non" if held else "oui"
        asked = self.asked(change)
        causes = Comparer(prover, self.writer).causes(change.bases.atom, *asked) if asked else ()
        readings = {f"{question}={reading}": other for ((question, reading),) in others}
        contested: Status = "conteste" if others else status
        found = Span(change.day, change.day, contested, status, causes=causes, lectures=readings)
        if change.bases.found:
            first, *following = change.bases.found
            return msgspec.structs.replace(found, raison=first.raison, source=first.source, suites=tuple(following))
        return found
