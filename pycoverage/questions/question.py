"""The next questions: which open facts to ask for, the most useful first, and for which rights.

A fact is worth asking for when an open right depends on it. Each is tried on the points of `space`: for every
value it may take, what becomes known of the rights. What counts is how many rights an answer settles on
average, all persons together, against what the answer costs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

import msgspec

from pycoverage.completion import fill
from pycoverage.dossier import Dossier
from pycoverage.exploration import GOALS
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.reliance import Reliance
from pycoverage.situation import Context
from pycoverage.space import Space
from pycoverage.stated import Unknown
from pycoverage.symbolic import Pair, Symbolic
from pycoverage.vocabulary import Attribute
from pycoverage.world import worlds

TRIALS = 24
"""Values tried per step, all facts together; the first fact is always tried."""

SAMPLE = 6
"""Values tried per fact."""

FEW = 8
"""Open facts up to which all are looked at, however little the answer to one alone tells."""

COSTS = {"faible": 1, "moyen": 2, "fort": 3}

Right = tuple[str, str]
"""A person and a right."""

Key = tuple[str, str, int]
"""What is asked for: an owner (a person, or empty for the household), an attribute, and a line or -1."""


class Question(msgspec.Struct, frozen=True):
    """An open fact to ask for: an attribute, or the open `fields` of a line that the dossier gives.

    `informs` are the rights of which the answer changes what is known, `settles` how many it settles on
    average. `again` tells that the dossier says that the answer is not known.
    """

    key: Key
    fields: tuple[str, ...]
    informs: tuple[Right, ...]
    settles: Fraction
    again: bool


class Inquiry(msgspec.Struct, frozen=True):
    """What one step knows: the rights held in some completion, in all, and what is worth asking, best first.

    `whole` tells that every open fact was looked at, `declared` names the rules that the points do not cover. A
    dossier without a `coherent` completion contradicts itself.
    """

    possible: frozenset[Right]
    certain: frozenset[Right]
    questions: tuple[Question, ...]
    coherent: bool = True
    whole: bool = True
    declared: tuple[str, ...] = ()

    @property
    def open(self) -> frozenset[Right]:
        return self.possible - self.certain


def inquire(
    law: Law,
    dossier: Dossier,
    date: str,
    *,
    declined: Collection[Key] = (),
    every: bool = False,
    seconds: float | None = None,
) -> Inquiry:
    """Return the next questions of a dossier on a day, those declined left out. Raises as `assess` does.

    With `every`, the questions that tell something only together with others come too, last, where few are open.
    """
    return _Step(law, dossier, Context(date), declined, seconds).inquiry(every=every)


class _Step:
    def __init__(
        self, law: Law, dossier: Dossier, context: Context, declined: Collection[Key], seconds: float | None
    ) -> None:
        self.law, self.dossier, self.context, self.seconds = law, dossier, context, seconds
        self.filled = fill(dossier, law.base)
        self.space = Space(law, self.filled, [context], GOALS, brief=True)
        self.options = self.space.options()
        self.keys: list[Key] = list(self.space.groups)
        self._order = {name: number for number, name in enumerate(a.name for a in law.base.vocabulary)}
        wanted = [number for number, key in enumerate(self.keys) if key not in declined]
        self.candidates = sorted(wanted, key=self._rank)
        self._waiting = self._moot_perhaps()

    def inquiry(self, *, every: bool) -> Inquiry:
        program = Symbolic(
            instance(self.law, self.filled.case, self.options, [self.context], goals=GOALS), seconds=self.seconds
        )
        known = program.known() if program.satisfiable else None
        if known is None:
            return Inquiry(frozenset(), frozenset(), (), coherent=False)
        possible, certain = known
        opened = possible - certain
        found: list[Question] = []
        whole = True
        if opened:
            found, whole = self._tried(program, opened)
            found.sort(key=self._usefulness)
            if whole and (not found or (every and len(self.keys) <= FEW)):
                found += self._differing(opened, {question.key for question in found})
        if not found and not self.space.closed:
            found = list(self._resting(program))
        declared = tuple(self.space.declared)
        return Inquiry(_rights(possible), _rights(certain), tuple(found), whole=whole, declared=declared)

    def _tried(self, program: Symbolic, opened: set[Pair]) -> tuple[list[Question], bool]:
        """Return the facts whose answer alone changes what is known, as far as the trials go."""
        found: list[Question] = []
        left = TRIALS
        for group in self.candidates:
            tried = _spread(len(self.options[group]), SAMPLE)
            if left < len(tried) < TRIALS:
                return found, False
            left -= len(tried)
            informs, settles = self._effect(program, group, tried, opened)
            if informs:
                found.append(self._question(group, informs, settles))
        return found, True

    def _effect(self, program: Symbolic, group: int, tried: list[int], opened: set[Pair]) -> tuple[set[Pair], Fraction]:
        """Return the rights of which an answer changes what is known, and how many it settles on average."""
        outcomes = [known for option in tried if (known := program.known({group: option})) is not None]
        if not outcomes:
            return set(), Fraction(0)
        informs = {
            pair for pair in opened if len({(pair in possible, pair in certain) for possible, certain in outcomes}) > 1
        }
        settled = sum(len(opened) - len(possible - certain) for possible, certain in outcomes)
        return informs, Fraction(settled, len(outcomes))

    def _differing(self, opened: set[Pair], told: Collection[Key]) -> list[Question]:
        """Return the facts on which an open right depends only together with others."""
        groups = [group for group in self.candidates if self.keys[group] not in told]
        if not groups:
            return []
        pair = Symbolic(
            instance(self.law, self.filled.case, self.options, [self.context], goals=GOALS, copies=2),
            seconds=self.seconds,
        )
        informed = ((group, pair.differing(group) & opened) for group in groups)
        return [self._question(group, informs, Fraction(0)) for group, informs in informed if informs]

    def _resting(self, program: Symbolic) -> Iterator[Question]:
        """Yield the facts on which a right may rest, where the points leave something out."""
        taken = program.plainest(self.space.plainest())
        assert taken is not None
        case = self.space.completed(taken)
        [world] = worlds(self.law, [case], [[self.context]], seconds=self.seconds)
        reliance = Reliance(self.law, self.filled, case, world)
        rests: dict[Key, set[Pair]] = {}
        for person in self.filled.case.persons:
            for right in self.law.base.rights:
                for gap in reliance.rests(person, right, self.context):
                    rests.setdefault(gap.entry, set()).add((person, right, self.context))
        for group in self.candidates:
            if self.keys[group] in rests:
                yield self._question(group, rests[self.keys[group]], Fraction(0))

    def _question(self, group: int, informs: set[Pair], settles: Fraction) -> Question:
        key = self.keys[group]
        fields = tuple(gap.field for gap in self.space.gaps()[group] if gap.field)
        order = list(self.law.base.rights)
        persons = list(self.filled.case.persons)
        rights = sorted(_rights(informs), key=lambda pair: (persons.index(pair[0]), order.index(pair[1])))
        return Question(key, fields, tuple(rights), settles, self._asked_before(key))

    def _asked_before(self, key: Key) -> bool:
        """Tell whether the dossier itself says that the answer is not known."""
        owner, name, _ = key
        stated = self.dossier.stated.get((owner, name))
        return stated is not None and isinstance(stated.value, Unknown)

    def _usefulness(self, question: Question) -> tuple[object, ...]:
        cost = weight(self._attribute(question.key))
        return question.again, question.key in self._waiting, -question.settles / cost, *self._place(question.key)

    def _moot_perhaps(self) -> set[Key]:
        """Return the lists that the answer to another question may leave without object: they wait for it."""
        asked = {self.keys[group] for group in self.candidates if not self._asked_before(self.keys[group])}
        return {key for key in asked if any((key[0], name, -1) in asked for name in self._attribute(key).sans_objet)}

    def _rank(self, group: int) -> tuple[object, ...]:
        key = self.keys[group]
        return self._asked_before(key), *self._place(key)

    def _place(self, key: Key) -> tuple[object, ...]:
        """Return the order where all else is equal: the household first, then one person after the other."""
        owner, name, line = key
        persons = list(self.filled.case.persons)
        return (
            persons.index(owner) if owner else -1,
            weight(self._attribute(key)),
            self._order[name],
            line,
        )

    def _attribute(self, key: Key) -> Attribute:
        owner, name, _ = key
        section: Mapping[str, Attribute] = (
            self.law.base.vocabulary.personne if owner else self.law.base.vocabulary.foyer
        )
        return section[name]


def weight(attribute: Attribute) -> int:
    """Return what an answer costs: to find it, and to say it."""
    return COSTS[attribute.cout] + (attribute.sensible == "oui")


def _rights(pairs: Collection[Pair]) -> frozenset[Right]:
    return frozenset((person, right) for person, right, _ in pairs)


def _spread(count: int, most: int) -> list[int]:
    """Return some numbers below a count, the first and the last among them, evenly spread."""
    if count <= most:
        return list(range(count))
    return [round(step * (count - 1) / (most - 1)) for step in range(most)]
