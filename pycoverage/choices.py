"""The program of a case whose facts are chosen: every option of every open fact is there, and one of each is taken.

It is grounded once, over all its completions; what may hold, and what a sum may come to, is read from it as it
stands. What holds in some completion, or in all, is asked of a solver (`symbolic`).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence

from pycoverage.engine import failure, ground
from pycoverage.finding import Finding, InputError
from pycoverage.instance import Instance
from pycoverage.limit import ends, time_left
from pycoverage.program import CONTEXT_ID
from pycoverage.symbol import Functions, symbol_of, value_of
from pycoverage.value import Value

Row = tuple[Value, ...]

Choice = tuple[int, int]
"""The number of a group and that of one of its options."""


class Choices:
    """One option of each group of a case, in all combinations, those that contradict themselves left out.

    `apart` are pairs of options that no completion takes together. Where not `strict`, a combination of values on
    which a function fails is told in `failures`, and no rule applies to it. Raises LimitError when `seconds` have
    passed, and InputError for an error of the base.
    """

    def __init__(
        self,
        asked: Instance,
        *,
        apart: Iterable[tuple[Choice, Choice]] = (),
        strict: bool = True,
        seconds: float | None = None,
    ) -> None:
        import clingo

        self.asked = asked
        self.counted: tuple[int, ...] | None = None
        self.preferring = False
        self.failures: list[Finding] = []
        self.until = ends(seconds)
        self.control = clingo.Control(["--warn=none", "--opt-strategy=usc"])
        self._beyond: dict[tuple[int, ...], list[int]] = {}
        for text in asked.texts:
            self.control.add("base", [], text)
        with self.control.backend() as backend:
            for name, arguments in asked.atoms:
                atom = clingo.Function(name, [symbol_of(argument) for argument in arguments])
                backend.add_rule([backend.add_atom(atom)])
        functions = Functions()
        ground(self.control, functions, time_left(self.until))
        if functions.errors:
            self.failures = [failure(asked.base, rule, text) for rule, text in functions.errors]
            if strict:
                raise InputError(self.failures)
        self._atoms: dict[tuple[str | int, ...], int] = {
            (atom.symbol.name, *(argument.number for argument in atom.symbol.arguments)): atom.literal
            for name, arity in (("_choix", 3), ("_meme", 1))
            for atom in self.control.symbolic_atoms.by_signature(name, arity)
        }
        coherent = self.literal("_coherent", ())
        assert coherent is not None
        self._coherent = coherent
        with self.control.backend() as backend:
            for pair, copy in itertools.product(apart, range(asked.copies)):
                backend.add_rule([], [self._literal(*choice, copy) for choice in pair])

    def literal(self, name: str, arguments: Sequence[Value]) -> int | None:
        """Return the literal of an atom, or None if nothing gives it."""
        import clingo

        atom = self.control.symbolic_atoms[clingo.Function(name, [symbol_of(each) for each in arguments])]
        return None if atom is None else atom.literal

    def first(self, group: int) -> int:
        """Return the literal that holds where a group takes its first option."""
        return self._literal(group, 0)

    def _literal(self, group: int, option: int, copy: int = 0) -> int:
        return self._atoms["_choix", copy, group, option]

    def signature(self, name: str, arity: int) -> Iterator[tuple[Row, int]]:
        """Yield the arguments and the literal of each atom of a name that some completion may hold."""
        for atom in self.control.symbolic_atoms.by_signature(name, arity):
            yield tuple(map(value_of, atom.symbol.arguments)), atom.literal

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

    def count(self, counted: Sequence[int]) -> None:
        """Note the groups of which `Symbolic.fewest` lets as few as can be depart from their first option.

        They are noted once. Raises ValueError for others.
        """
        if self.counted is not None:
            if self.counted != tuple(counted):
                raise ValueError("the groups that a program counts are noted once")
            return
        self.counted = tuple(counted)
        with self.control.backend() as backend:
            backend.add_minimize(0, [(-self._literal(group, 0), 1) for group in counted])

    def prefer(self, order: Sequence[tuple[int, int, int]]) -> None:
        """Note the options (each with its copy of the case and its group) that `Symbolic.foremost` takes if it can."""
        from clingo.backend import HeuristicType

        self.preferring = True
        with self.control.backend() as backend:
            for level, (copy, group, option) in enumerate(reversed(order), start=1):
                literal = self._literal(group, option, copy)
                backend.add_heuristic(literal, HeuristicType.True_, level, level, [])

    def any_of(self, goals: Iterable[int]) -> int:
        """Return a literal that holds where one of some literals does."""
        with self.control.backend() as backend:
            goal: int = backend.add_atom()
            for literal in goals:
                backend.add_rule([goal], [literal])
        return goal

    def sums(self, days: Collection[str]) -> dict[int, frozenset[int]]:
        """Return, per rule, the values that its sums may have on some days."""
        found: dict[int, set[int]] = {}
        looked = self._on(days)
        for name, arity, _ in self.control.symbolic_atoms.signatures:
            if name.startswith("_cumul_"):
                rule = int(name.split("_")[2])
                hidden = self.asked.hidden.get(rule, ())
                at = hidden.index(CONTEXT_ID) if CONTEXT_ID in hidden else -1
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
            levels = self.asked.levels.get(name, ())
            at = levels.index(CONTEXT_ID) if CONTEXT_ID in levels else -1
            for atom in self.control.symbolic_atoms.by_signature(name, arities.get(name, 0)):
                arguments = atom.symbol.arguments
                if at < 0 or arguments[at].number in looked:
                    for index, argument in enumerate(arguments[len(levels) :]):
                        found.setdefault((name, index), set()).add(value_of(argument))
        return {place: frozenset(values) for place, values in found.items()}

    def _on(self, days: Collection[str]) -> set[int]:
        return {number for context, number in self.asked.ids.contexts.items() if context.jour in days}
