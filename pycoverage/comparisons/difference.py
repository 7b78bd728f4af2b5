"""What changes in one dossier between two states, right by right, and because of what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from pycoverage.assessment import Assessment
from pycoverage.comparisons.comparison import Change, Nature
from pycoverage.comparisons.conclusion import (
    DEFAULT,
    DUE,
    END,
    MOTIVE,
    OPEN,
    OPENING,
    OUT,
    READINGS,
    START,
    STATUS,
    TERMS,
    Aspects,
    conclusion,
    differing,
)
from pycoverage.comparisons.novelty import RIGHT, Key, Novelty
from pycoverage.comparisons.origin import Tracer
from pycoverage.comparisons.sides import Sides
from pycoverage.comparisons.wording import change_text, some
from pycoverage.evaluation import prover_for
from pycoverage.firmness import firm
from pycoverage.matching import unify
from pycoverage.prover import Prover
from pycoverage.sentence import Writer
from pycoverage.situation import Context
from pycoverage.status import reading_name
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Value

NATURES: dict[str, Nature] = {
    DEFAULT: "conteste_autrement",
    READINGS: "conteste_autrement",
    OPEN: "a_preciser",
    START: "effet",
    END: "fin",
    DUE: "montant",
    OPENING: "ouverture",
    OUT: "motif",
    MOTIVE: "motif",
}
"""The nature of a change of each aspect but the status; of another aspect, it is a rubric."""


class Traced(msgspec.Struct, frozen=True):
    """A change of a right of a person (canonical id), and, by key of what its proofs name as a cause, what the later
    state says there. What is concluded may be asked again in a trial; of a reason alone, nothing is.
    """

    person: str
    change: Change
    origins: dict[str, str]

    @property
    def concludes(self) -> bool:
        return self.change.nature != "motif"

    def told(self, keys: Collection[str]) -> Change:
        """Return the change, because of some keys."""
        whys = [text for key, text in sorted(self.origins.items()) if key in keys and text]
        return msgspec.structs.replace(self.change, causes=sorted(keys), pourquoi=some(list(dict.fromkeys(whys))))

    @property
    def read_otherwise(self) -> bool:
        """Whether this change rests on what other readings say, and not only on what is concluded by default."""
        if self.change.aspect == STATUS:
            return "conteste" in (*self.change.avant, *self.change.apres)
        return self.change.aspect in (DEFAULT, READINGS)

    def same(self, one: Aspects, other: Aspects) -> bool:
        """Tell whether two conclusions agree in what this change is about."""
        if self.change.aspect == STATUS and not self.read_otherwise:
            return one.get(DEFAULT, one[STATUS]) == other.get(DEFAULT, other[STATUS])
        aspects = (STATUS, DEFAULT) if self.change.aspect == STATUS else (self.change.aspect,)
        return all(one.get(each) == other.get(each) for each in aspects)


class Differ:
    """Compares the two sides of one dossier. `touched` are the conclusions that may change, or be proved otherwise."""

    def __init__(self, sides: Sides, novelty: Novelty, touched: Collection[Key]) -> None:
        self.sides, self.novelty, self.touched = sides, novelty, touched
        self.before, self.after = sides.before, sides.after
        self.base = sides.before.law.base
        self.names = sides.before.dossier.persons
        self.writer = Writer(sides.before.law, self.names)
        self._tracers: list[Tracer] = []
        self._provers: dict[int, tuple[Assessment, Prover]] = {}

    def changes(self, person: str, right: str) -> Iterator[Traced]:
        """Yield what changes for a right of a person (canonical id)."""
        if self.sides.certain and not any(self._may(right)):
            return
        before, after = (self.concluded(each, person, right) for each in (self.before, self.after))
        aspects = list(differing(before, after))
        if STATUS in aspects or DEFAULT in aspects:
            aspects = [STATUS]
        for aspect in aspects:
            if len(aspects) == 1 or aspect not in (OUT, DEFAULT):
                yield self._change(person, right, aspect, before, after)
        if not aspects:
            yield from self._reasons(person, right, before)

    def _may(self, right: str) -> Iterator[bool]:
        yield (RIGHT, right) in self.touched
        yield from ((name, "") in self.touched for name in (*TERMS.values(), *self.base.rubrics))

    def _change(self, person: str, right: str, aspect: str, before: Aspects, after: Aspects) -> Traced:
        nature, one, other = nature_of(aspect, before, after)
        text = change_text(self.writer, right, aspect, before, after)
        change = Change(self.names[person], right, nature, aspect, text, one, other)
        return Traced(person, change, self._origins(person, right, aspect))

    def _origins(self, person: str, right: str, aspect: str) -> dict[str, str]:
        """Return what makes an aspect differ, and why, in the first completion that shows it."""
        found: dict[str, str] = {}
        for tracer in self.tracers:
            for atom in self._atoms(person, right, aspect, tracer):
                for key, why in tracer.origins(atom, *self.sides.contexts).items():
                    found.setdefault(key, why)
            if found:
                return found
        whole = Atom(RIGHT, (Fun(person), Fun(right)))
        for one, other in self._readings(person, right):
            found |= self.tracers[0].origins(whole, one, other)
        if not found:
            found = dict.fromkeys(self._turned(whole), "")
        return found

    def _turned(self, atom: Atom) -> list[str]:
        tracer = self.tracers[0]
        one, other = (tracer.prover.explain(atom, context) for context in self.sides.contexts)
        return tracer.turned(one, other)

    def _atoms(self, person: str, right: str, aspect: str, tracer: Tracer) -> Iterator[Atom]:
        """Yield the atoms behind an aspect that hold in one state only."""
        name = TERMS.get(aspect, aspect if aspect in self.base.rubrics else RIGHT)
        start: tuple[Value, ...] = (Fun(person), Fun(right))
        arity = self.base.outputs()[name]
        rows = [
            [row for row in tracer.prover.world.rows(name, arity, context) if row[:2] == start]
            for context in self.sides.contexts
        ]
        for row in (*rows[0], *rows[1]):
            if (row in rows[0]) != (row in rows[1]):
                yield Atom(name, row)

    def _readings(self, person: str, right: str) -> Iterator[tuple[Context, Context]]:
        """Yield the contexts of the other readings in which a right is held in one state only."""
        after = {reading_name(self.after, each): each for each in self.after.contexts[1:]}
        for one in self.before.contexts[1:]:
            other = after.get(reading_name(self.before, one))
            if other is not None:
                before = self.before.outcomes[person, right, one].status
                if before != self.after.outcomes[person, right, other].status:
                    yield one, other

    def _reasons(self, person: str, right: str, aspects: Aspects) -> Iterator[Traced]:
        """Yield the change of a reason alone: of the status, then of what the rules tell beside it."""
        keys: list[str] = []
        if (RIGHT, right) in self.touched:
            keys = self._turned(Atom(RIGHT, (Fun(person), Fun(right))))
            if keys:
                yield self._reason(person, right, STATUS, aspects[STATUS], keys)
        for name in self.base.rubrics if self.sides.certain else ():
            if name in aspects and not keys:
                found = sorted(self._given_otherwise(person, right, name))
                if found:
                    yield self._reason(person, right, name, aspects[name], found)

    def _reason(self, person: str, right: str, aspect: str, told: tuple[str, ...], keys: list[str]) -> Traced:
        text = change_text(self.writer, right, aspect, {aspect: told}, {aspect: told})
        change = Change(self.names[person], right, "motif", aspect, text, list(told), list(told))
        return Traced(person, change, dict.fromkeys(keys, ""))

    def _given_otherwise(self, person: str, right: str, name: str) -> Iterator[str]:
        """Yield what is new among the rules that give the lines of a rubric."""
        numbers = self.base.by_head().get(name, ())
        new = [n for n in numbers if self.base.rules[n].guard in self.novelty.rules or n in self.novelty.technical]
        if not new:
            return
        matcher = self.tracers[0].prover.matcher
        for row in self.before.told(name, person, right):
            whole = (Fun(person), Fun(right), *row)
            for number in new:
                rule = self.base.rules[number]
                start = unify(rule.head.args, whole, {})
                gives = [start is not None and any(matcher.solutions(rule, start, c)) for c in self.sides.contexts]
                if gives[0] != gives[1]:
                    yield from self.novelty.of_rule(number)

    @property
    def tracers(self) -> list[Tracer]:
        """Tracers over the dossier, or over the completion that each side took as its example."""
        if not self._tracers:
            cases = [self.before.case] if self.sides.certain else [self.before.case, self.after.case]
            self._tracers = [Tracer(self.sides.prover(self.touched, case), self.writer, self.novelty) for case in cases]
        return self._tracers

    def concluded(self, assessment: Assessment, person: str, right: str) -> Aspects:
        """Return what an assessment of the dossier concludes of a right of a person."""
        return conclusion(assessment, person, right, firm=self._firm(assessment, person, right))

    def _firm(self, assessment: Assessment, person: str, right: str) -> bool:
        """Tell whether the status of a right rests on no open fact."""
        if self.sides.certain:
            return True
        if id(assessment) not in self._provers:
            self._provers[id(assessment)] = assessment, prover_for(assessment)
        _, prover = self._provers[id(assessment)]
        root = prover.explain(Atom(RIGHT, (Fun(person), Fun(right))), assessment.default)
        return firm(prover, root)


def nature_of(aspect: str, before: Aspects, after: Aspects) -> tuple[Nature, list[str], list[str]]:
    """Return the nature of a change of one aspect, and its codes before and after."""
    keys = (STATUS, DEFAULT) if aspect == STATUS else (aspect,)
    one, other = ([text for key in keys for text in each.get(key, ())] for each in (before, after))
    return _turn(one, other) if aspect == STATUS else NATURES.get(aspect, "rubrique"), one, other


def _turn(before: Sequence[str], after: Sequence[str]) -> Nature:
    """Return the nature of a change of status; what is contested counts as it is by default, where that changes."""
    if "a_preciser" in (*before, *after):
        return "a_preciser"
    if before[-1] == after[-1]:
        if before[0] == after[0]:
            return "conteste_autrement"
        return "conteste" if "conteste" in after else "plus_conteste"
    return "gagne" if after[-1] == "oui" else "perd"
