"""The rights of a dossier over time, day by day: when each begins and ends, and why.

Every day of the range is evaluated with the law of that day, so that a span is exact to the day; the
persons, their titles and their incomes are those of the dossier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal as Choice

import msgspec

from pycoverage.assessment import assess
from pycoverage.completion import fill
from pycoverage.dossier import FIRST_DAY, LAST_DAY, Dossier
from pycoverage.engine import evaluate
from pycoverage.evaluation import answer_for
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.proof import Applied, Denied
from pycoverage.prover import Prover
from pycoverage.scalar import day as valid_day
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.situation import Case, Context
from pycoverage.syntax import Atom
from pycoverage.value import Fun
from pycoverage.world import World

PART = 366
"""Days evaluated together."""

MAX_DAYS = 366 * 30
"""The longest range."""

MAX_CAUSES = 2
"""Conditions named for one change; they most often say the same."""

Progress = Callable[[int, int], None]


class Span(msgspec.Struct, frozen=True):
    """Days, both included, on which a right is held or not.

    `raison` is the rule that gives it. `changement` is the condition that was missing the day before, or
    that is missing from the first day on.
    """

    du: str
    au: str
    statut: Choice["oui", "non"]
    raison: str = ""
    source: str = ""
    changement: str = ""


class Deadline(msgspec.Struct, frozen=True, order=True):
    """A day told by the rules for a right of a person."""

    jour: str
    personne: str
    droit: str
    texte: str
    source: str = ""


class Timeline(msgspec.Struct, frozen=True):
    """The spans of each right of each person (those never held are left out), and the deadlines.

    `langue` is whom its texts speak to.
    """

    dossier: str
    titre: str
    du: str
    au: str
    personnes: dict[str, dict[str, list[Span]]]
    echeances: list[Deadline]
    langue: str = "fr"


def timeline(
    law: Law,
    dossier: Dossier,
    start: str,
    end: str,
    *,
    seconds: float | None = None,
    progress: Progress = lambda _done, _whole: None,
) -> Timeline:
    """Return the rights of a dossier from one day to another, both included.

    Raises InputError for a range that is none, for a dossier that leaves facts open or contradicts itself,
    and LimitError as `engine.evaluate` does.
    """
    days = list(_days(law, start, end))
    filled = fill(dossier, law.base)
    if filled.gaps:
        names = ", ".join(gap.key(dossier.persons) for gap in filled.gaps[:5])
        message = f"le dossier laisse des faits inconnus : {names}"
        raise InputError([Finding(Place(dossier.file, 1, 1), "DO015", message, "donnez-les, puis recommencez")])
    found: dict[tuple[str, str], list[Span]] = {}
    held: set[tuple[str, str]] = set()
    for first in range(0, len(days), PART):
        part = days[first : first + PART]
        before = [day_before(part[0])] if first else []
        contexts = {day: Context(day) for day in (*before, *part)}
        own = list(contexts.values())
        model = evaluate(law.base, law.program, [filled.case], [own], goals=("droit", "anomalie"), seconds=seconds)
        reader = _Reader(law, dossier, filled.case, World(law.base, {(): (model, 0)}))
        for day in part:
            reader.refuse_anomalies(contexts[day])
            now = reader.held(contexts[day])
            changed = now ^ held if day != days[0] else set(_pairs(law, filled.case))
            for person, right in sorted(changed):
                spans = found.setdefault((person, right), [])
                if spans:
                    spans[-1] = msgspec.structs.replace(spans[-1], au=day_before(day))
                last = contexts.get(day_before(day)) if day != days[0] else None
                spans.append(reader.span(person, right, contexts[day], last, end))
            held = now
        progress(min(first + PART, len(days)), len(days))
    people: dict[str, dict[str, list[Span]]] = {name: {} for name in dossier.persons.values()}
    for (person, right), spans in found.items():
        if any(span.statut == "oui" for span in spans):
            people[dossier.persons[person]][right] = spans
    ordered = {
        name: {right: rights[right] for right in law.base.rights if right in rights} for name, rights in people.items()
    }
    starts = sorted({span.du for rights in ordered.values() for spans in rights.values() for span in spans})
    deadlines = sorted(set(_deadlines(law, dossier, starts, start, end, seconds)))
    return Timeline(dossier.name, dossier.title, start, end, ordered, deadlines, law.base.reader)


def _days(law: Law, start: str, end: str) -> Iterator[str]:
    for option, text in (("--from", start), ("--to", end)):
        if valid_day(text) is None or not max(FIRST_DAY, law.base.start()) <= text <= LAST_DAY:
            help_ = f"écrivez AAAA-MM-JJ, du {law.base.start()} au {LAST_DAY}"
            raise InputError([Finding(Place(option), "DO009", f"date incorrecte « {text} »", help_)])
    count = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
    if not 0 < count <= MAX_DAYS:
        help_ = "le premier jour précède le dernier, de trente ans au plus"
        raise InputError([Finding(Place("--to"), "DO009", f"période incorrecte « {start} » à « {end} »", help_)])
    yield from ((date.fromisoformat(start) + timedelta(days=number)).isoformat() for number in range(count))


def _pairs(law: Law, case: Case) -> Iterator[tuple[str, str]]:
    yield from ((person, right) for person in case.persons for right in law.base.rights)


class _Reader:
    """Reads days of one model, and says why a right begins or ends."""

    def __init__(self, law: Law, dossier: Dossier, case: Case, world: World) -> None:
        self.law, self.dossier, self.world = law, dossier, world
        self.prover = Prover(law.base, case, world)
        self.writer = Writer(law, dossier.persons)

    def held(self, context: Context) -> set[tuple[str, str]]:
        return {(str(person), str(right)) for person, right in self.world.rows("droit", 2, context)}

    def refuse_anomalies(self, context: Context) -> None:
        for code, person in self.world.rows("anomalie", 2, context):
            who = self.dossier.persons.get(str(person), str(person))
            message = f"au {context.jour}, le dossier se contredit : {code} ({who})"
            help_ = "« pycoverage evaluate » dit pourquoi"
            raise InputError([Finding(Place(self.dossier.file, 1, 1), "DO020", message, help_)])

    def span(self, person: str, right: str, context: Context, before: Context | None, end: str) -> Span:
        """Return the span that begins on a day, open until the end of the range."""
        atom = Atom("droit", (Fun(person), Fun(right)))
        root = self.prover.explain(atom, context)
        node = self.prover.nodes[root]
        held = isinstance(node, Applied)
        reason, source = "", ""
        if isinstance(node, Applied):
            reason, source = self.writer.node(node), self.writer.legal_source(node.rule)
        if before is None:
            return Span(context.jour, end, "oui" if held else "non", reason, source)
        last = self.prover.explain(atom, before)
        change = self._change(root, last) if held else self._change(last, root)
        return Span(context.jour, end, "oui" if held else "non", reason, source, change)

    def _change(self, held: int, lost: int) -> str:
        """Return what a proof has that is missing on the other day, down to the condition that changed."""
        found = dict.fromkeys(self.writer.node(self.prover.nodes[number]) for number in self._missing(held, lost))
        return self.writer.speech("point_virgule").join(list(found)[:MAX_CAUSES])

    def _missing(self, held: int, lost: int) -> Iterator[int]:
        """Yield the nodes missing under a refusal, along the rules that the proof of the other day applies."""
        proof, refusal = self.prover.nodes[held], self.prover.nodes[lost]
        attempt = None
        if isinstance(proof, Applied) and isinstance(refusal, Denied):
            attempt = next((each for each in refusal.attempts if each.rule == proof.rule), None)
        if attempt is None or not isinstance(proof, Applied):
            yield lost
            return
        if not attempt.missing:
            yield attempt.in_force
        for index, child in attempt.missing:
            yield from self._missing(proof.premises[index], child)


def _deadlines(
    law: Law, dossier: Dossier, starts: Sequence[str], start: str, end: str, seconds: float | None
) -> Iterator[Deadline]:
    """Yield the dated lines that the rules tell on the first day of each span."""
    dated = law.base.dated()
    for day in starts:
        answer = answer_for(assess(law, dossier, date=day, seconds=seconds))
        for person, rights in answer.personnes.items():
            for right, told in rights.droits.items():
                for name, entries in told.rubriques.items():
                    for entry in entries if name in dated else ():
                        when = str(entry.valeurs[dated[name]])
                        if start <= when <= end:
                            yield Deadline(when, person, right, entry.texte, entry.source)
