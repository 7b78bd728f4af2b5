"""Questions asked of all completions of a dossier at once, to a solver.

Over the program that chooses the facts (`choices`), what holds in some completion and what holds in all are its
brave and cautious consequences. A second copy of the case, tied to the first except for one fact, tells what depends
on that fact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from pycoverage.choices import Choice, Choices, Row
from pycoverage.engine import Stake
from pycoverage.finding import LimitError
from pycoverage.limit import time_left
from pycoverage.situation import Context
from pycoverage.symbol import value_of
from pycoverage.value import Fun

if TYPE_CHECKING:
    import clingo

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


class Symbolic(Choices):
    """The completions of a case, and what is asked of them. Each question raises LimitError past the limit of time."""

    @cached_property
    def satisfiable(self) -> bool:
        """Tell whether some completion does not contradict itself; where none is, all of them are looked at."""
        return self._ask([self._coherent], lambda _model: None)

    @property
    def _consistent(self) -> int:
        return self._coherent if self.satisfiable else -self._coherent

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

    def stop(self) -> None:
        """Search nothing more: every question from now on is out of time."""
        self.until = 0

    def _ask(
        self,
        assumptions: Sequence[int],
        read: Callable[[clingo.Model], None],
        mode: str = "auto",
        *,
        best: bool = False,
    ) -> bool:
        """Solve under assumptions and hand a model to `read`, the `best` or the last; tell whether there is one."""
        configuration = self.control.configuration.solve
        configuration.enum_mode = mode  # type: ignore[union-attr]
        configuration.models = "1" if mode == "auto" and not best else "0"  # type: ignore[union-attr]
        configuration.opt_mode = "opt" if best else "ignore"  # type: ignore[union-attr]
        found = False
        with self.control.solve(assumptions=list(assumptions), yield_=True, async_=True) as handle:
            while True:
                handle.resume()
                self._wait(handle)
                model = handle.model()
                if model is None:
                    break
                found = True
                read(model)
        return found

    def chosen(self, fixed: dict[int, int]) -> list[int]:
        """Return the assumptions that fix the option of some groups."""
        return [self._literal(group, option) for group, option in fixed.items()]

    def _ties(self, free: Iterable[int]) -> list[int]:
        """Return the assumptions that tie the two copies together, except for some groups."""
        loose = set(free) | (self.asked.loose or frozenset())
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

    def core(self, assumptions: Sequence[int]) -> list[int] | None:
        """Return None if some completion holds all these literals, or else some of them that none holds together."""
        found: list[int] = []
        self.control.configuration.solve.opt_mode = "ignore"  # type: ignore[union-attr]
        with self.control.solve(assumptions=[self._consistent, *assumptions], yield_=True, async_=True) as handle:
            handle.resume()
            self._wait(handle)
            if handle.get().satisfiable:
                return None
            found = list(handle.core())
        return [each for each in assumptions if each in found]

    def found(
        self, assumed: Sequence[int] = (), fixed: dict[int, int] | None = None, *, best: bool = False
    ) -> Found | None:
        """Return one completion that holds some literals, some options of the first copy fixed, or None; with `best`,
        one in which as few of the groups counted as can be depart from their first option.
        """
        found: list[Found] = []

        def read(model: clingo.Model) -> None:
            rows: dict[str, set[Row]] = {}
            for atom in model.symbols(shown=True):
                rows.setdefault(atom.name, set()).add(tuple(map(value_of, atom.arguments)))
            found[:] = [Found(tuple(self._chosen(model, copy) for copy in range(self.asked.copies)), rows)]

        self._ask([self._consistent, *self.chosen(fixed or {}), *assumed, *self._ties(())], read, best=best)
        return found[0] if found else None

    def fewest(self, counted: Sequence[int], assumed: Sequence[int] = ()) -> Found | None:
        """Return a completion that holds some literals and of which as few of some groups as can be depart from their
        first option: the solver learns from what cannot all stay first (a proof per size takes far longer). Of those,
        the one in which the first group counted stays first, if one does, then the second, if one does…
        """
        self.count(counted)
        found = self.found(assumed, best=True)
        if found is None:
            return None
        size = sum(found.taken[0][group] > 0 for group in counted)
        kept = [*assumed, *(-atom for atom in self.departing(counted)[size : size + 1])]
        for group in counted:
            if found.taken[0][group] > 0:
                other = self.found([*kept, self.first(group)])
                if other is None:
                    continue
                found = other
            kept.append(self.first(group))
        return found

    def foremost(self, assumed: Sequence[int] = ()) -> Found | None:
        """Return the completion that takes the first option preferred, if one does, then the second, if one does…

        So does the first one found, for the solver then decides on these options alone, in their order.
        """
        solver = self.control.configuration.solver
        usual: str = solver.heuristic  # type: ignore[union-attr, assignment]
        solver.heuristic = "Domain"  # type: ignore[union-attr, assignment]
        try:
            return self.found(assumed)
        finally:
            solver.heuristic = usual  # type: ignore[union-attr, assignment]

    def _chosen(self, model: clingo.Model, copy: int) -> tuple[int, ...]:
        """Return the option that a model takes of each group."""
        return tuple(
            next(index for index in range(len(group)) if model.is_true(self._literal(number, index, copy)))
            for number, group in enumerate(self.asked.groups)
        )

    def plainest(self, preferred: Sequence[int]) -> tuple[int, ...] | None:
        """Return the option taken of each group where each takes the one preferred, in order, as far as may be; None
        if there is no completion. So the example of a dossier is always the same, whatever way the solver goes.
        """
        if not self.preferring:
            self.prefer([(0, number, option) for number, option in enumerate(preferred)])
        found = self.foremost()
        return found.taken[0] if found else None

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
            taken = ((group, option) for group in counted for option in range(1, len(self.asked.groups[group])))
            found[:] = [frozenset(each for each in taken if model.is_true(self._literal(*each)))]

        self._ask(assumptions, read)
        return found[0] if found else None

    def goals(self, pairs: Iterable[Pair]) -> list[int]:
        """Return the literals of rights in contexts, of those that something gives."""
        arguments = ((self.asked.contexts.index(context), Fun(person), Fun(right)) for person, right, context in pairs)
        return [literal for each in arguments if (literal := self.literal("_tenu", each)) is not None]

    def _pairs(self, model: clingo.Model, name: str) -> Iterator[Pair]:
        for atom in model.symbols(shown=True):
            if atom.name == name:
                number, person, right = atom.arguments
                yield person.name, right.name, self.asked.contexts[number.number]
