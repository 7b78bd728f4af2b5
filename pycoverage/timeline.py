"""The rights of a dossier over time: when each begins and ends, exact to the day, and why.

The law of each day is applied to the persons, titles and incomes of the dossier. Only the days on which
anything may change are answered (see `pivots`): each stands for the days until the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from pycoverage.answer import Status
from pycoverage.change import Cause, Comparer
from pycoverage.completion import fill
from pycoverage.deadline import Deadline, Deadlines
from pycoverage.dossier import FIRST_DAY, LAST_DAY, Dossier
from pycoverage.engine import Model, evaluate
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.pivots import every_day, pivot_days
from pycoverage.proof import Applied
from pycoverage.prover import Prover
from pycoverage.scalar import day as valid_day
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.situation import Case, Context
from pycoverage.syntax import Atom
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

Progress = Callable[[int, int], None]


class Span(msgspec.Struct, frozen=True):
    """Days, both included, on which the answer for a right is the same.

    `par_defaut` is the answer in the default readings, `lectures` what another reading answers that differs.
    `raison` is the rule that gives the right, `causes` what changed on the first day.
    """

    du: str
    au: str
    statut: Status
    par_defaut: Status
    raison: str = ""
    source: str = ""
    causes: tuple[Cause, ...] = ()
    lectures: dict[str, Status] = {}


class Timeline(msgspec.Struct, frozen=True):
    """The spans of each right of each person (those never held are left out), and the deadlines.

    `jour` is the day of the dossier, or an empty text: what comes before it is past.
    """

    dossier: str
    titre: str
    jour: str
    du: str
    au: str
    personnes: dict[str, dict[str, list[Span]]]
    echeances: list[Deadline]


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
    spans: dict[Pair, list[Span]] = {pair: [] for pair in film.pairs}
    states: dict[Pair, State] = {}
    for first in range(0, len(days), PART):
        part = days[first : first + PART]
        before = days[max(first - 1, 0) : first]
        scene = film.scene([*before, *part])
        for day, eve in zip(part, [*(before or [""]), *part], strict=False):
            scene.refuse_anomalies(day)
            for pair, state in scene.states(day).items():
                if states.get(pair) != state:
                    spans[pair].append(scene.span(pair, day, state, eve, states.get(pair)))
                    states[pair] = state
            deadlines.tell(scene.prover, Context(day))
        progress(min(first + PART, len(days)), len(days))
    people: dict[str, dict[str, list[Span]]] = {name: {} for name in dossier.persons.values()}
    for (person, right), known in spans.items():
        if any(span.statut != "non" for span in known):
            people[dossier.persons[person]][right] = list(_closed(known, end))
    return Timeline(dossier.name, dossier.title, dossier.date or "", start, end, people, deadlines.found(start, end))


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

    def scene(self, days: Sequence[str]) -> _Scene:
        """Answer some days, in the default readings and in those that matter on some of them."""
        base, program = self.law.base, self.law.program
        own = [Context(day) for day in days]
        model = evaluate(base, program, [self.case], [own], goals=self.goals, stakes=("droit",), seconds=self.seconds)
        stakes = model.stakes(0)
        matter = [each for each in self.readings if at_stake(self.law, stakes, own[0], Context("", "", each))]
        parts: dict[Readings, tuple[Model, int]] = {(): (model, 0)}
        if matter:
            contexts = [Context(day, "", each) for each in matter for day in days]
            other = evaluate(base, program, [self.case], [contexts], goals=("droit",), seconds=self.seconds)
            parts |= dict.fromkeys(matter, (other, 0))
        return _Scene(self, World(base, parts), matter)


class _Scene:
    """Some days of a film, answered together. `readings` are those beside the default ones that matter."""

    def __init__(self, film: _Film, world: World, readings: Sequence[Readings]) -> None:
        self.film, self.world, self.readings = film, world, readings
        self.prover = Prover(film.law.base, film.case, world)
        self.writer = Writer(film.law, film.dossier.persons)

    def states(self, day: str) -> dict[Pair, State]:
        """Return the state of every right of every person on a day."""
        held = self.world.rows("droit", 2, Context(day))
        others = {each: self.world.rows("droit", 2, Context(day, "", each)) for each in self.readings}
        found: dict[Pair, State] = {}
        for pair in self.film.pairs:
            row = Fun(pair[0]), Fun(pair[1])
            found[pair] = row in held, tuple(each for each, rows in others.items() if (row in rows) != (row in held))
        return found

    def refuse_anomalies(self, day: str) -> None:
        dossier = self.film.dossier
        for code, person in self.world.rows("anomalie", 2, Context(day)):
            who = dossier.persons.get(str(person), str(person))
            message = f"au {day}, le dossier se contredit : {code} ({who})"
            help_ = "« pycoverage evaluate » dit pourquoi"
            raise InputError([Finding(Place(dossier.file, 1, 1), "DO020", message, help_)])

    def span(self, pair: Pair, day: str, state: State, eve: str, before: State | None) -> Span:
        """Return the span that begins on a day, and what changed since the day answered before it."""
        held, others = state
        status: Status = "oui" if held else "non"
        other: Status = "non" if held else "oui"
        atom = Atom("droit", (Fun(pair[0]), Fun(pair[1])))
        reason, source = "", ""
        if held or others:
            node = self.prover.nodes[self.prover.explain(atom, Context(day, "", () if held else others[0]))]
            assert isinstance(node, Applied)
            reason, source = self.writer.node(node), self.writer.legal_source(node.rule)
        causes: tuple[Cause, ...] = ()
        if before is not None:
            changed = set(others) ^ set(before[1])
            reading = () if before[0] != held else next(each for each in self.film.readings if each in changed)
            pair_of_days = Context(eve, "", reading), Context(day, "", reading)
            causes = Comparer(self.prover, self.writer).causes(atom, *pair_of_days)
        readings = {f"{question}={reading}": other for ((question, reading),) in others}
        return Span(day, day, "conteste" if others else status, status, reason, source, causes, readings)
