"""What two states of the law may give differently, over all the situations of a domain.

The solver is asked which differences are possible at all; that it names no other is the proof that there is none.
Each difference is then shown by the situation that departs from the ordinary by the fewest facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Literal as Choice

import msgspec
from msgspec.structs import replace

from pycoverage.base import KnowledgeBase
from pycoverage.days import changed_between
from pycoverage.finding import LimitError
from pycoverage.limit import ends, time_left
from pycoverage.searches.cone import reached, shared
from pycoverage.searches.domain import FOCUS, Domain
from pycoverage.searches.example import counted, most_ordinary
from pycoverage.states.state import Pair
from pycoverage.symbolic import Found, Options, Row, Symbolic
from pycoverage.value import Fun, Value

RIGHT = "droit"
HELD = ("effet", "fin", "montant_du")
"""What is told of a right that is held, beside the rubrics."""

How = Choice["gagne", "perd", "ajoute", "retire", "change"]


class Difference(msgspec.Struct, frozen=True, order=True):
    """One way in which two states may differ for a person: of a right, what is told (`droit` for the right itself),
    its codes, and how: gained or lost, added or left out, or changed where it is a day or an amount.
    """

    right: str
    told: str
    codes: tuple[str, ...]
    how: How


class Sample(msgspec.Struct, frozen=True):
    """A situation that shows a difference: the options that depart from the ordinary, and one taken of each fact.

    `touched` are the rules that changed and apply there, `shown` all the differences that it shows.
    """

    difference: Difference
    departs: Options
    taken: tuple[int, ...]
    touched: tuple[int, ...]
    shown: frozenset[Difference]


class Differences:
    """The differences between the two states of a pair on a day, for a household of so many persons.

    Raises LimitError when `seconds` have passed.
    """

    def __init__(
        self, pair: Pair, jour: str, persons: int, told: Collection[str], *, seconds: float | None = None
    ) -> None:
        until = ends(seconds)
        law = pair.law
        contexts = [pair.before.context(jour), pair.after.context(jour)]
        goals = list(dict.fromkeys([RIGHT, "anomalie", *told]))
        self.law = law
        asked = [name for name in goals if name != "anomalie"]
        self.domain = Domain(law, persons, contexts, goals, asked, until=until)
        self.changed = changed_between(law.base, *contexts)
        groups = self.domain.options()
        program = law.program
        statements, taken_over = shared(program.statements, reached(law.base, self.changed), program.levels, goals)
        self.symbolic = Symbolic(
            replace(law, program=replace(program, statements=tuple(statements))),
            self.domain.filled.case,
            groups,
            contexts,
            goals=goals,
            program=comparing(law.base, goals) + taken_over + self._touched(pair) + DEPARTURES,
            traced=self.changed,
            apart=self.domain.apart(),
            strict=False,
            seconds=time_left(until),
        )
        self.met: dict[Difference, Found] = {}
        self.counted = counted(self.domain)

    def _touched(self, pair: Pair) -> str:
        """Return the rules that tell which of the rules that changed apply to the case."""
        lines = []
        for statement in pair.law.program.statements:
            if statement.rule in self.changed and not statement.open:
                count = len(statement.hidden) + len(statement.variables)
                first = ["0"] if "C__" in statement.hidden else []
                arguments = ",".join([*first, *["_"] * (count - len(first))])
                name = f"_applique_{statement.rule}"
                lines += [f"_touche({statement.rule}) :- {name}({arguments}).", f"#defined {name}/{count}."]
        return "\n".join([*lines, "#show _touche/1.", "#defined _touche/1.\n"])

    def possible(self, right: str | None = None) -> tuple[list[Difference], bool]:
        """Return every difference that some situation of the domain shows (of one right, or of all), and if it is all.

        Each situation found strikes off the differences it shows; when none is left for the others, there is no other.
        It is not all when the time has passed first, or a person has interrupted the search.
        """
        wanted = {
            row: literal
            for row, literal in self.symbolic.signature("_differe", 4)
            if right is None or str(row[0]) == right
        }
        met: dict[Difference, Found] = {}
        complete = True
        try:
            while wanted and (found := self.symbolic.found([self.symbolic.any_of(wanted.values())])) is not None:
                for row in found.rows["_differe"] & wanted.keys():
                    met[_difference(row)] = found
                    del wanted[row]
        except (LimitError, KeyboardInterrupt):
            complete = False
        self.met |= met
        return sorted(met), complete

    def samples(self, difference: Difference, most: int) -> Iterator[Sample]:
        """Yield situations that show a difference, the most ordinary first, each by other rules than those before."""
        goal = self.symbolic.literal("_differe", _arguments(difference))
        assert goal is not None
        without: list[int] = []
        for _ in range(most):
            found = most_ordinary(self.domain, self.symbolic, goal, without)
            if found is None:
                return
            sample = _sample(difference, *found)
            yield sample
            literals = [self.symbolic.literal("_touche", [rule]) for rule in sample.touched]
            without += [-literal for literal in literals if literal is not None]
            if not sample.touched:
                return

    def first(self, difference: Difference) -> Sample:
        """Return the situation in which a difference was met first, as the solver made it: much in it may be odd."""
        found = self.met[difference]
        return _sample(difference, found, frozenset((n, found.taken[0][n]) for n in self.counted if found.taken[0][n]))

    def decisive(self, sample: Sample) -> list[int]:
        """Return the numbers of the facts of a situation of which another value alone would undo the difference.

        None where the time has passed first.
        """
        goal = self.symbolic.literal("_differe", _arguments(sample.difference))
        assert goal is not None
        alone = self.symbolic.literal("_un_seul", [])
        as_taken = [self.symbolic.literal("_pris", each) for each in enumerate(sample.taken)]
        asked = [literal for literal in (-goal, alone, *as_taken) if literal is not None]
        kept = {group: option for group, option in enumerate(sample.taken) if group not in self.counted}
        undone: list[int] = []
        with suppress(LimitError, KeyboardInterrupt):
            while (found := self.symbolic.found(asked, kept)) is not None:
                group = next(each for each, option in enumerate(sample.taken) if found.taken[0][each] != option)
                undone.append(group)
                kept[group] = sample.taken[group]
        return sorted(undone)


def comparing(base: KnowledgeBase, goals: Sequence[str]) -> str:
    """Return the rules that compare what two contexts tell of the person looked at."""
    held = f"droit(0,K,{FOCUS},R), _observe(K,N)"
    lines = [
        ":- _coherent, anomalie(0,K,_,_), _observe(K,1).",
        f"_a(N,R) :- {held}.",
        "_differe(R,droit,codes,gagne) :- _a(1,R), not _a(0,R).",
        "_differe(R,droit,codes,perd) :- _a(0,R), not _a(1,R).",
        "_pareil(R) :- _a(0,R), _a(1,R).",
        "_pareil(R) :- _droit(R), not _a(0,R), not _a(1,R).",
        *(f"_droit({right})." for right in base.rights),
    ]
    for name, arity in base.outputs().items():
        if name in (RIGHT, "anomalie") or name not in goals:
            continue
        names = [f"X{number}" for number in range(arity - 2)]
        codes = [each for number, each in enumerate(names) if is_code(base, name, number)]
        how = ("change", "change") if len(codes) < len(names) else ("ajoute", "retire")
        key = f"codes({','.join(codes)})" if codes else "codes"
        row = ",".join(["N", "R", *names])
        lines.append(f"_dit_{name}({row}) :- {name}({','.join(['0', 'K', FOCUS, 'R', *names])}), _observe(K,N).")
        for one, other, word in ((1, 0, how[0]), (0, 1, how[1])):
            this, that = row.replace("N", str(one), 1), row.replace("N", str(other), 1)
            lines.append(
                f"_differe(R,{name},{key},{word}) :- _dit_{name}({this}), not _dit_{name}({that}), _pareil(R)."
            )
        lines.append(f"#defined {name}/{arity + 2}.")
    return "\n".join([*lines, "#show _differe/4.", "#defined _differe/4.\n"])


def is_code(base: KnowledgeBase, name: str, number: int) -> bool:
    """Tell whether a value told beside a right is a code: days and amounts are not told apart."""
    rubric = base.rubrics.get(name)
    if rubric is None:
        return name not in HELD
    return list(rubric.champs.values())[number].type not in ("date", "montant", "nombre")


DEPARTURES = """\
{ _pris(G,I) : _possible(G,I) } 1 :- _groupe(G).
_ecart(G) :- _choix(0,G,I), not _pris(G,I).
{ _un_seul }.
:- _un_seul, 2 { _ecart(G) : _groupe(G) }.
"""
"""A situation to depart from (`_pris`), and by one fact at most (`_un_seul`)."""


def _sample(difference: Difference, found: Found, departs: Options) -> Sample:
    touched = tuple(sorted(int(str(row[0])) for row in found.rows.get("_touche", ())))
    return Sample(difference, departs, found.taken[0], touched, frozenset(map(_difference, found.rows["_differe"])))


def _difference(row: Row) -> Difference:
    right, told, codes, how = row
    assert isinstance(codes, Fun)
    return Difference(str(right), str(told), tuple(map(str, codes.args)), str(how))  # type: ignore[arg-type]


def _arguments(difference: Difference) -> list[Value]:
    codes = Fun("codes", tuple(map(Fun, difference.codes)))
    return [Fun(difference.right), Fun(difference.told), codes, Fun(difference.how)]
