"""All completions of a dossier at once: the same rules over facts that the solver chooses.

One program holds every option of every open fact and chooses one of each; what holds in some completion
and what holds in all are its brave and cautious consequences. A second copy of the case, tied to the first
except for one fact, tells what depends on that fact.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from pycoverage.atoms import Ids, rank_atoms, situation_atoms
from pycoverage.engine import Stake, failure, ground
from pycoverage.finding import Finding, InputError, LimitError
from pycoverage.law import Law
from pycoverage.limit import ends, time_left
from pycoverage.program import CONTEXT_ID
from pycoverage.relevance import relevant
from pycoverage.situation import Case, Context, Fact
from pycoverage.symbol import Functions, symbol_of, value_of
from pycoverage.value import Fun, Value

if TYPE_CHECKING:
    import clingo

Row = tuple[Value, ...]

Option = tuple[Fact, ...]
"""What an unknown fact may become: facts, or none."""

Choice = tuple[int, int]
"""The number of a group and that of one of its options."""

Options = frozenset[Choice]
"""Options taken."""

Pair = tuple[str, str, Context]
"""A person, a right, and the context in which it is looked at."""


WHILE = 0.5
"""Seconds that the solver is waited for at a time."""


class Found(msgspec.Struct, frozen=True):
    """One completion: the option taken of each group, per copy of the case, and the rows of what is shown, by name."""

    taken: tuple[tuple[int, ...], ...]
    rows: dict[str, set[Row]]


class Symbolic:
    """The completions of a case: one option of each group, all combinations, those that contradict themselves left out.

    `program` is added to what is asked, over the atoms of `_PROGRAM`; of the rules `traced`, the atoms that tell
    they apply are there too. Of two copies only the `loose` groups may differ, where they are given. `apart` are
    pairs of options that no completion takes together. Where not `strict`, a combination of values on which a
    function fails is told in `failures`, and no rule applies to it. A `hard` question is simplified first: a proof is
    sooner found, a situation later. Raises LimitError when `seconds` have passed,
    and InputError for an error of the base.
    """

    def __init__(
        self,
        law: Law,
        case: Case,
        groups: Sequence[Sequence[Option]],
        contexts: Sequence[Context],
        *,
        goals: Iterable[str],
        stakes: Iterable[str] = (),
        copies: int = 1,
        loose: Collection[int] | None = None,
        program: str = "",
        traced: Collection[int] = (),
        apart: Iterable[tuple[Choice, Choice]] = (),
        strict: bool = True,
        hard: bool = False,
        seconds: float | None = None,
    ) -> None:
        self.groups, self.contexts, self._levels = groups, list(contexts), law.program.levels
        self._program, self._traced, self._apart = program, frozenset(traced), list(apart)
        self._hard = hard
        self._strict, self._loose = strict, None if loose is None else frozenset(loose)
        self.failures: list[Finding] = []
        self.persons = list(case.persons)
        self.until = ends(seconds)
        self.ids = Ids(law.program.pivots)
        self._atoms: dict[tuple[str | int, ...], int] = {}
        self._coherent, self._copies = 0, copies
        self._beyond: dict[tuple[int, ...], list[int]] = {}
        self.control = self._control(law, case, list(goals), list(stakes), copies)
        self._numbers = {self.ids.context(context): context for context in self.contexts}
        self._names = {symbol_of(Fun(code)): code for code in (*case.persons, *law.base.rights)}

    @cached_property
    def satisfiable(self) -> bool:
        """Tell whether some completion does not contradict itself; where none is, all of them are looked at."""
        return self._ask([self._coherent], lambda _model: None)

    @property
    def _consistent(self) -> int:
        return self._coherent if self.satisfiable else -self._coherent

    def _control(self, law: Law, case: Case, goals: list[str], stakes: list[str], copies: int) -> clingo.Control:
        import clingo

        options = [fact for group in self.groups for option in group for fact in option]
        full = Case(case.name, case.persons, (*case.facts, *options))
        atoms = list(situation_atoms(law.base, law.program, [full] * copies, [self.contexts] * copies, self.ids))
        chosen, others = relevant(law.base, law.program, [full], self.ids.laws, goals, stakes)
        self.size = sum(map(len, self.groups)) * max(1, len(self.ids.contexts))
        self.rules = [each.rule for each in chosen]
        self._hidden = {each.rule: each.hidden for each in chosen}
        chosen = [
            msgspec.structs.replace(each, text=each.traced) if each.rule in self._traced and not each.open else each
            for each in chosen
        ]
        control = clingo.Control(["--warn=none", *(("--configuration=handy",) if self._hard else ())])
        control.add("base", [], law.program.text(chosen, others, form="open"))
        if others:
            control.add("base", [], law.program.stakes(others, form="open"))
        control.add("base", [], _PROGRAM + self._program)
        for name, arity in sorted({(fact.name, len(fact.args)) for fact in options}):
            names = ",".join(f"A{number}" for number in range(arity))
            rule = f"{name}(C,{names}) :- _option(G,I,{name},{names}), _choix(C,G,I)."
            control.add("base", [], f"{rule}\n#defined _option/{arity + 3}.")
        known = {(fact.name, fact.args) for fact in case.facts}
        free = {(fact.name, fact.args) for fact in options} - known
        with control.backend() as backend:

            def add(name: str, arguments: Sequence[Value]) -> None:
                atom = clingo.Function(name, [symbol_of(argument) for argument in arguments])
                backend.add_rule([backend.add_atom(atom)])

            for name, arguments in atoms:
                if (name, arguments[1:]) not in free:
                    add(name, arguments)
            for number, group in enumerate(self.groups):
                add("_groupe", [number])
                if self._loose is not None and number not in self._loose:
                    add("_suit", [number])
                for index, option in enumerate(group):
                    add("_possible", [number, index])
                    for fact in option:
                        if (fact.name, fact.args) in free:
                            add("_option", [number, index, Fun(fact.name), *fact.args])
            for name, arguments in rank_atoms(full):
                add(name, arguments)
            for number, context in enumerate(self.contexts):
                add("_observe", [self.ids.context(context), number])
        functions = Functions()
        ground(control, functions, time_left(self.until))
        if functions.errors:
            self.failures = [failure(law.base, rule, text) for rule, text in functions.errors]
            if self._strict:
                raise InputError(self.failures)
        self._atoms = {
            (atom.symbol.name, *(argument.number for argument in atom.symbol.arguments)): atom.literal
            for name, arity in (("_choix", 3), ("_meme", 1))
            for atom in control.symbolic_atoms.by_signature(name, arity)
        }
        coherent = control.symbolic_atoms[clingo.Function("_coherent", [])]
        assert coherent is not None
        self._coherent = coherent.literal
        with control.backend() as backend:
            for pair, copy in itertools.product(self._apart, range(copies)):
                backend.add_rule([], [self._literal(*choice, copy) for choice in pair])
        return control

    def _wait(self, handle: clingo.SolveHandle) -> None:
        """Wait for the solver, by short whiles, so that a person can interrupt it: nothing more is then searched.

        Raises LimitError, and KeyboardInterrupt.
        """
        try:
            while not handle.wait(min(WHILE, time_left(self.until) or WHILE)):
                pass
        except (LimitError, KeyboardInterrupt):
            self.until = 0
            handle.cancel()
            raise

    def _ask(self, assumptions: Sequence[int], read: object, mode: str = "auto", models: int = 1) -> bool:
        """Solve under assumptions and hand the last model to `read`; tell whether there is one."""
        configuration = self.control.configuration.solve
        configuration.enum_mode = mode  # type: ignore[union-attr]
        configuration.models = str(models if mode == "auto" else 0)  # type: ignore[union-attr]
        found = False
        with self.control.solve(assumptions=list(assumptions), yield_=True, async_=True) as handle:
            while True:
                handle.resume()
                self._wait(handle)
                model = handle.model()
                if model is None:
                    break
                found = True
                read(model)  # type: ignore[operator]
        return found

    def chosen(self, fixed: dict[int, int]) -> list[int]:
        """Return the assumptions that fix the option of some groups."""
        return [self._literal(group, option) for group, option in fixed.items()]

    def _literal(self, group: int, option: int, copy: int = 0) -> int:
        return self._atoms["_choix", copy, group, option]

    def _ties(self, free: Iterable[int]) -> list[int]:
        """Return the assumptions that tie the two copies together, except for some groups."""
        loose = set(free) | (self._loose or frozenset())
        return [-literal if key[1] in loose else literal for key, literal in self._atoms.items() if key[0] == "_meme"]

    def held(self, mode: str, fixed: dict[int, int] | None = None) -> set[Pair]:
        """Return the rights held in some completion (`brave`) or in all (`cautious`), some options fixed."""
        found: set[Pair] = set()

        def read(model: clingo.Model) -> None:
            found.clear()
            found.update(self._pairs(model, "_tenu"))

        self._ask([self._consistent, *self.chosen(fixed or {}), *self._ties(())], read, mode)
        return found

    def known(self, fixed: dict[int, int] | None = None) -> tuple[set[Pair], set[Pair]] | None:
        """Return the rights held in some completion and in all, some options fixed; None if there is no completion."""
        possible: set[Pair] = set()

        def read(model: clingo.Model) -> None:
            possible.clear()
            possible.update(self._pairs(model, "_tenu"))

        if not self._ask([self._consistent, *self.chosen(fixed or {}), *self._ties(())], read, "brave"):
            return None
        return possible, self.held("cautious", fixed) if possible else set()

    def differing(self, group: int) -> set[Pair]:
        """Return the rights that two completions which differ by one group alone do not give alike."""
        found: set[Pair] = set()

        def read(model: clingo.Model) -> None:
            found.clear()
            found.update(self._pairs(model, "_differe"))

        self._ask([self._consistent, *self._ties([group])], read, "brave")
        return found

    def stakes(self) -> frozenset[Stake]:
        """Return what is at stake in some completion, when asked for."""
        found: set[Stake] = set()

        def read(model: clingo.Model) -> None:
            found.clear()
            for atom in model.symbols(shown=True):
                if atom.name == "_enjeu":
                    _, question, one, other = atom.arguments
                    found.add((question.name, one.name, other.name))

        self._ask([self._consistent, *self._ties(())], read, "brave")
        return frozenset(found)

    def shown(self, name: str, mode: str = "brave", assumed: Sequence[int] = ()) -> set[Row] | None:
        """Return the arguments of the atoms of a name shown in some completion, or in all; None if there is none.

        With `auto`, those of one completion.
        """
        found: set[Row] = set()

        def read(model: clingo.Model) -> None:
            found.clear()
            for atom in model.symbols(shown=True):
                if atom.name == name:
                    found.add(tuple(map(value_of, atom.arguments)))

        return found if self._ask([self._consistent, *assumed, *self._ties(())], read, mode) else None

    def holding(self, literal: int, among: Collection[int]) -> set[int]:
        """Return which of some literals hold in one completion that holds a literal; none if no completion does."""
        found: set[int] = set()

        def read(model: clingo.Model) -> None:
            found.update(each for each in among if model.is_true(each))

        self._ask([self._consistent, literal, *self._ties(())], read)
        return found

    def signature(self, name: str, arity: int) -> Iterator[tuple[Row, int]]:
        """Yield the arguments and the literal of each atom of a name that some completion may hold."""
        for atom in self.control.symbolic_atoms.by_signature(name, arity):
            yield tuple(map(value_of, atom.symbol.arguments)), atom.literal

    def core(self, assumptions: Sequence[int]) -> list[int] | None:
        """Return None if some completion holds all these literals, or else some of them that none holds together."""
        found: list[int] = []
        with self.control.solve(assumptions=[self._consistent, *assumptions], yield_=True, async_=True) as handle:
            handle.resume()
            self._wait(handle)
            if handle.get().satisfiable:
                return None
            found = list(handle.core())
        return [each for each in assumptions if each in found]

    def departing(self, counted: Sequence[int]) -> list[int]:
        """Return the literals that hold where more than none, than one, than two… of some groups depart from their
        first option.
        """
        key = tuple(counted)
        if key not in self._beyond:
            with self.control.backend() as backend:
                self._beyond[key] = [backend.add_atom() for _ in counted]
                for size, atom in enumerate(self._beyond[key]):
                    backend.add_weight_rule([atom], size + 1, [(-self._literal(group, 0), 1) for group in counted])
        return self._beyond[key]

    def any_of(self, goals: Iterable[int]) -> int:
        """Return a literal that holds where one of some literals does."""
        with self.control.backend() as backend:
            goal: int = backend.add_atom()
            for literal in goals:
                backend.add_rule([goal], [literal])
        return goal

    def found(self, assumed: Sequence[int] = (), fixed: dict[int, int] | None = None) -> Found | None:
        """Return one completion that holds some literals, some options of the first copy fixed, or None."""
        found: list[Found] = []

        def read(model: clingo.Model) -> None:
            rows: dict[str, set[Row]] = {}
            for atom in model.symbols(shown=True):
                rows.setdefault(atom.name, set()).add(tuple(map(value_of, atom.arguments)))
            found[:] = [Found(tuple(self._chosen(model, copy) for copy in range(self._copies)), rows)]

        self._ask([self._consistent, *self.chosen(fixed or {}), *assumed, *self._ties(())], read)
        return found[0] if found else None

    def _chosen(self, model: clingo.Model, copy: int) -> tuple[int, ...]:
        """Return the option that a model takes of each group."""
        return tuple(
            next(index for index in range(len(group)) if model.is_true(self._literal(number, index, copy)))
            for number, group in enumerate(self.groups)
        )

    def sums(self, days: Collection[str]) -> dict[int, frozenset[int]]:
        """Return, per rule, the values that its sums may have on some days."""
        found: dict[int, set[int]] = {}
        looked = self._on(days)
        for name, arity, _ in self.control.symbolic_atoms.signatures:
            if name.startswith("_cumul_"):
                rule = int(name.split("_")[2])
                at = self._hidden.get(rule, ()).index(CONTEXT_ID) if CONTEXT_ID in self._hidden.get(rule, ()) else -1
                for atom in self.control.symbolic_atoms.by_signature(name, arity):
                    arguments = atom.symbol.arguments
                    if at < 0 or arguments[at].number in looked:
                        found.setdefault(rule, set()).add(arguments[-1].number)
        return {rule: frozenset(values) for rule, values in found.items()}

    def values(self, names: Iterable[str], days: Collection[str]) -> dict[tuple[str, int], frozenset[Value]]:
        """Return the values that may stand at each position of some predicates on some days."""
        found: dict[tuple[str, int], set[Value]] = {}
        looked = self._on(days)
        arities = {name: arity for name, arity, _ in self.control.symbolic_atoms.signatures}
        for name in names:
            levels = self._levels.get(name, ())
            at = levels.index(CONTEXT_ID) if CONTEXT_ID in levels else -1
            for atom in self.control.symbolic_atoms.by_signature(name, arities.get(name, 0)):
                arguments = atom.symbol.arguments
                if at < 0 or arguments[at].number in looked:
                    for index, argument in enumerate(arguments[len(levels) :]):
                        found.setdefault((name, index), set()).add(value_of(argument))
        return {place: frozenset(values) for place, values in found.items()}

    def _on(self, days: Collection[str]) -> set[int]:
        return {number for context, number in self.ids.contexts.items() if context.jour in days}

    def example(self, fixed: dict[int, int] | None = None, assumed: Sequence[int] = ()) -> list[int] | None:
        """Return one completion: the option taken of each group, or None if there is none."""
        found = self.found(assumed, fixed)
        return list(found.taken[0]) if found else None

    def least(
        self,
        goals: Sequence[int],
        counted: Sequence[int],
        most: int,
        known: Iterable[Options] = (),
        assumed: Sequence[int] = (),
    ) -> tuple[list[Options], bool]:
        """Return the least sets of options that give one of some goals, fewest options first, and if these are all.

        The first options of the `counted` groups are what stands; the other groups are free. No set holds another,
        nor one already `known`. At most `most` are returned. No set, and all of them: nothing gives the goals.
        Goals, and what is `assumed`, are literals.
        """
        found: list[Options] = []
        if not goals or not self.satisfiable:
            return found, True
        any_goal, beyond = self.any_of(goals), self.departing(counted)
        with self.control.backend() as backend:
            guard = backend.add_atom()
            backend.add_rule([guard], [], choice=True)
        self._block(guard, known)
        asked = [self._consistent, any_goal, guard, *assumed, *self._ties(())]
        size = 0
        while len(found) < most and self._taken(asked, counted) is not None:
            while (taken := self._taken([*asked, *(-atom for atom in beyond[size : size + 1])], counted)) is None:
                size += 1
            found.append(taken)
            self._block(guard, [taken])
        return found, len(found) < most or self._taken(asked, counted) is None

    def _block(self, guard: int, sets: Iterable[Options]) -> None:
        """Leave out, while `guard` is assumed, the completions that take all the options of a set."""
        with self.control.backend() as backend:
            for taken in sets:
                backend.add_rule([], [guard, *(self._literal(*each) for each in sorted(taken))])

    def _taken(self, assumptions: Sequence[int], counted: Sequence[int]) -> Options | None:
        """Return the options other than the first that one completion takes, or None if there is none."""
        found: list[Options] = []

        def read(model: clingo.Model) -> None:
            taken = ((group, option) for group in counted for option in range(1, len(self.groups[group])))
            found[:] = [frozenset(each for each in taken if model.is_true(self._literal(*each)))]

        self._ask(assumptions, read)
        return found[0] if found else None

    def goals(self, pairs: Iterable[Pair]) -> list[int]:
        """Return the literals of rights in contexts, of those that something gives."""
        arguments = ((self.contexts.index(context), Fun(person), Fun(right)) for person, right, context in pairs)
        return [literal for each in arguments if (literal := self.literal("_tenu", each)) is not None]

    def literal(self, name: str, arguments: Sequence[Value]) -> int | None:
        """Return the literal of an atom, or None if nothing gives it."""
        import clingo

        atom = self.control.symbolic_atoms[clingo.Function(name, [symbol_of(each) for each in arguments])]
        return None if atom is None else atom.literal

    def _pairs(self, model: clingo.Model, name: str) -> Iterator[Pair]:
        for atom in model.symbols(shown=True):
            if atom.name == name:
                number, person, right = atom.arguments
                yield person.name, right.name, self.contexts[number.number]


_PROGRAM = """\
{ _choix(C,G,I) : _possible(G,I) } = 1 :- _groupe(G), _cas(C), not _suit(C,G).
_choix(1,G,I) :- _suit(1,G), _choix(0,G,I).
_suit(1,G) :- _suit(G), _cas(1).
{ _meme(G) } :- _groupe(G), _cas(1), not _suit(1,G).
:- _meme(G), _choix(0,G,I), not _choix(1,G,I).
{ _coherent }.
:- _coherent, anomalie(C,K,_,_), _observe(K,0).
_tenu(N,P,R) :- droit(0,K,P,R), _observe(K,N).
_differe(N,P,R) :- droit(0,K,P,R), not droit(1,K,P,R), _observe(K,N), _cas(1).
_differe(N,P,R) :- droit(1,K,P,R), not droit(0,K,P,R), _observe(K,N), _cas(1).
#show.
#show _tenu/3.
#show _differe/3.
#show _enjeu/4.
#defined droit/4.
#defined anomalie/4.
#defined _enjeu/4.
#defined _suit/1.
#defined _rang/2.
#defined _rang/3.
#defined _rang/4."""
