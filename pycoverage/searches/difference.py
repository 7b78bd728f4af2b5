"""What two states of the law may give differently, over all the situations of a domain.

The solver is asked which differences are possible at all; that it names no other is the proof that there is none.
Each difference is then shown by the situation that departs from the ordinary by the fewest facts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal as Choice

import msgspec
from msgspec.structs import replace

from pycoverage.base import KnowledgeBase
from pycoverage.choices import Row
from pycoverage.days import changed_between
from pycoverage.finding import LimitError
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.limit import ends, time_left
from pycoverage.searches.cone import alone, reached, shared, told_of
from pycoverage.searches.domain import FOCUS, Domain
from pycoverage.searches.example import counted
from pycoverage.states.state import Pair
from pycoverage.symbolic import Found, Symbolic
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Var

RIGHT = "droit"
HELD = ("effet", "fin", "montant_du")
"""What is told of a right that is held, beside the rubrics."""

ROLE = "role"
"""The predicate, and the nomenclature, of the role of a person in the household, where the base tells it."""

How = Choice["gagne", "perd", "ajoute", "retire", "change"]


class Difference(msgspec.Struct, frozen=True, order=True):
    """One way in which two states may differ for a person: of a right, what is told (`droit` for the right itself),
    its codes, and how: gained or lost, added or left out, or changed where it is a day or an amount; of several
    persons, also the role in the household.
    """

    right: str
    told: str
    codes: tuple[str, ...]
    how: How
    role: str = ""


class Differences:
    """The differences between the two states of a pair on a day, for a household of so many persons; those of one
    `right` are sought with the only rules and facts on which it rests.

    `interrupted` tells that a person has ended the search. Raises LimitError when `seconds` have passed.
    """

    def __init__(
        self,
        pair: Pair,
        jour: str,
        persons: int,
        told: Collection[str],
        *,
        right: str | None = None,
        seconds: float | None = None,
    ) -> None:
        until = ends(seconds)
        law, self.right = pair.law, right
        contexts = [pair.before.context(jour), pair.after.context(jour)]
        roles = [ROLE] if persons > 1 and any(rule.head.name == ROLE for rule in law.base.rules) else []
        goals = list(dict.fromkeys([RIGHT, "anomalie", *told, *roles]))
        if right is not None:
            others = [Atom(ROLE, (Var("P"), Var("Q")))] if roles else []
            law = alone(law, [*told_of(law.base, right, (RIGHT, *told)), *others])
        self.law = law
        asked = [name for name in goals if name != "anomalie"]
        self.domain = Domain(law, persons, contexts, goals, asked, until=until)
        self.changed = changed_between(law.base, *contexts)
        groups = self.domain.options()
        program = law.program
        statements, taken_over = shared(program.statements, reached(law.base, self.changed), program.levels, goals)
        self.symbolic = Symbolic(
            instance(
                replace(law, program=replace(program, statements=tuple(statements))),
                self.domain.filled.case,
                groups,
                contexts,
                goals=goals,
                program=comparing(law.base, goals) + of_role(law, roles) + taken_over + self._touched(),
                traced=self.changed,
            ),
            apart=self.domain.apart(),
            strict=False,
            seconds=time_left(until),
        )
        self.interrupted = False
        self.met: dict[Difference, Found] = {}
        self.counted = counted(self.domain)

    def _touched(self) -> str:
        """Return the rules that tell which of the rules that changed apply to the case."""
        lines = []
        for statement in self.law.program.statements:
            if statement.rule in self.changed and not statement.open:
                count = len(statement.hidden) + len(statement.variables)
                first = ["0"] if "C__" in statement.hidden else []
                arguments = ",".join([*first, *["_"] * (count - len(first))])
                name = f"_applique_{statement.rule}"
                lines += [f"_touche({statement.rule}) :- {name}({arguments}).", f"#defined {name}/{count}."]
        return "\n".join([*lines, "#show _touche/1.", "#defined _touche/1.\n"])

    def possible(self) -> tuple[list[Difference], bool]:
        """Return every difference that some situation of the domain shows, and if it is all.

        Each situation found strikes off the differences it shows; when none is left for the others, there is no other.
        It is not all when the time has passed first, or a person has interrupted the search.
        """
        wanted = {
            row: literal
            for row, literal in self.symbolic.signature("_differe", 5)
            if self.right is None or str(row[0]) == self.right
        }
        met: dict[Difference, Found] = {}
        complete = True
        try:
            while wanted and (found := self.symbolic.found([self.symbolic.any_of(wanted.values())])) is not None:
                for row in found.rows["_differe"] & wanted.keys():
                    met[difference_of(row)] = found
                    del wanted[row]
        except LimitError:
            complete = False
        except KeyboardInterrupt:
            complete = False
            self.interrupt()
        self.met |= met
        return sorted(met), complete

    def interrupt(self) -> None:
        """Search nothing more, because a person asked for it."""
        self.interrupted = True
        self.symbolic.stop()

    def goal(self, difference: Difference) -> int:
        """Return the literal of a difference that some situation may show."""
        codes = Fun("codes", tuple(map(Fun, difference.codes)))
        right, told, how = Fun(difference.right), Fun(difference.told), Fun(difference.how)
        literal = self.symbolic.literal("_differe", [right, told, codes, how, Fun(difference.role or NO_ROLE)])
        assert literal is not None
        return literal


def comparing(base: KnowledgeBase, goals: Sequence[str]) -> str:
    """Return the rules that compare what two contexts tell of the person looked at."""
    held = f"droit(0,K,{FOCUS},R), _observe(K,N)"
    lines = [
        ":- _coherent, anomalie(0,K,_,_), _observe(K,1).",
        f"_a(N,R) :- {held}.",
        "_autre(R,droit,codes,gagne) :- _a(1,R), not _a(0,R).",
        "_autre(R,droit,codes,perd) :- _a(0,R), not _a(1,R).",
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
            lines.append(f"_autre(R,{name},{key},{word}) :- _dit_{name}({this}), not _dit_{name}({that}), _pareil(R).")
        lines.append(f"#defined {name}/{arity + 2}.")
    return "\n".join([*lines, "#defined _autre/4.\n"])


def of_role(law: Law, roles: Sequence[str]) -> str:
    """Return the rules that tell each difference with the role of the person looked at, if it is asked for."""
    if not roles:
        return f"_differe(R,T,C,H,{NO_ROLE}) :- _autre(R,T,C,H).\n{SHOWN}"
    hidden = [{"C__": "0", "K__": "K", "L__": "L"}[level] for level in law.program.levels[ROLE]]
    lines = [
        f"_role(Q) :- {ROLE}({','.join([*hidden, FOCUS, 'Q'])}), _observe(K,1), _contexte(K,L).",
        f"_differe(R,T,C,H,Q) :- _autre(R,T,C,H), _role(Q).\n#defined {ROLE}/{len(hidden) + 2}.",
        f"_differe(R,T,C,H,{NO_ROLE}) :- _autre(R,T,C,H), not _un_role.",
        "_un_role :- _role(Q).\n#defined _role/1.",
    ]
    return "\n".join([*lines, SHOWN])


def is_code(base: KnowledgeBase, name: str, number: int) -> bool:
    """Tell whether a value told beside a right is a code: days and amounts are not told apart."""
    rubric = base.rubrics.get(name)
    if rubric is None:
        return name not in HELD
    return list(rubric.champs.values())[number].type not in ("date", "montant", "nombre")


NO_ROLE = "aucun"
SHOWN = "#show _differe/5.\n#defined _differe/5.\n"


def difference_of(row: Row) -> Difference:
    """Return the difference that an atom `_differe` tells."""
    right, told, codes, how, role = row
    assert isinstance(codes, Fun)
    known = "" if str(role) == NO_ROLE else str(role)
    return Difference(str(right), str(told), tuple(map(str, codes.args)), str(how), known)  # type: ignore[arg-type]
