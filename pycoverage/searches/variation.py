"""What becomes of a difference when one fact of a situation is another: answered by the engine, one case per value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.choices import Choice
from pycoverage.engine import CHUNK, Model, evaluate
from pycoverage.finding import InputError
from pycoverage.limit import time_left
from pycoverage.program import Program
from pycoverage.searches.cone import alone, leading, told_of
from pycoverage.searches.difference import RIGHT, ROLE, Difference, Differences, is_code
from pycoverage.searches.domain import FOCUS
from pycoverage.situation import Case, Option
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Value, Var

ANOMALY = "anomalie"

FEW = 12
"""Lines of an empty list that are tried: where one undoes a difference, many do."""


class Variation(msgspec.Struct, frozen=True):
    """A fact (the number of its group) of which another value alone undoes a difference, and the options that keep it,
    the one taken included; of a list that is empty, not all.
    """

    group: int
    kept: tuple[int, ...]


class Variations:
    """Tries the situations of a domain that differ from one that shows a difference by one fact."""

    def __init__(self, search: Differences) -> None:
        self.search, self.law, self.domain = search, search.law, search.domain
        self.apart = {frozenset(pair) for pair in self.domain.apart()}
        self._known: dict[tuple[str, str, str], tuple[Program, frozenset[str]]] = {}

    def decisive(self, difference: Difference, taken: Sequence[int]) -> list[Variation]:
        """Return the facts that decide of the difference that a situation shows. Raises LimitError.

        Of a list that is empty there, it is only asked whether some line undoes it: of a few, then of the solver.
        """
        _, rests = self._cone(difference)
        options = self.domain.options()
        tried: list[Choice] = []
        left: list[int] = []
        for group, (_, name, _) in enumerate(self.domain.groups):
            known = [(group, option) for option in range(len(options[group])) if option != taken[group]]
            known = [each for each in known if name in rests and self._statable(taken, *each)]
            step = 1 if options[group][taken[group]] else max(1, len(known) // FEW)
            tried += known[::step]
            left += [group] if step > 1 else []
        kept: dict[int, list[int]] = {group: [option] for group, option in enumerate(taken)}
        undone: set[int] = set()
        told = self.keeping(difference, taken, [(group, options[group][option]) for group, option in tried])
        for (group, option), keeps in zip(tried, told, strict=True):
            if keeps:
                kept[group].append(option)
            elif keeps is False:
                undone.add(group)
        undone |= {group for group in left if group not in undone and self._undoing(difference, taken, group)}
        return [Variation(group, tuple(sorted(kept[group]))) for group in sorted(undone)]

    def _undoing(self, difference: Difference, taken: Sequence[int], group: int) -> bool:
        """Tell whether some option of a fact undoes a difference, the others as they are."""
        fixed = {number: option for number, option in enumerate(taken) if number != group}
        return self.search.symbolic.found([-self.search.goal(difference)], fixed) is not None

    def _statable(self, taken: Sequence[int], group: int, option: int) -> bool:
        """Tell whether a dossier may state an option together with the others taken."""
        return not any(
            frozenset({(group, option), each}) in self.apart for each in enumerate(taken) if each[0] != group
        )

    def keeping(
        self, difference: Difference, taken: Sequence[int], others: Sequence[tuple[int, Option]]
    ) -> list[bool | None]:
        """Tell, per fact (its group, and what it becomes), whether the difference is kept; None where the dossier then
        contradicts itself, or where a rule fails on it. Raises LimitError.
        """
        own = [options[option] for options, option in zip(self.domain.options(), taken, strict=True)]
        persons = self.domain.filled.case.persons
        cases = []
        for group, other in others:
            facts = [fact for number, each in enumerate(own) for fact in (other if number == group else each)]
            cases.append(Case("autre", persons, (*self.domain.filled.case.facts, *facts)))
        return [
            told
            for start in range(0, len(cases), CHUNK)
            for told in self._told(difference, cases[start : start + CHUNK])
        ]

    def _told(self, difference: Difference, cases: Sequence[Case]) -> Iterator[bool | None]:
        program, _ = self._cone(difference)
        contexts = self.domain.contexts
        goals = list(dict.fromkeys([RIGHT, ANOMALY, difference.told, *([ROLE] if difference.role else [])]))
        left = time_left(self.search.symbolic.until)
        try:
            model = evaluate(self.law.base, program, cases, [contexts] * len(cases), goals=goals, seconds=left)
        except InputError:
            half = len(cases) // 2
            yield from (
                [*self._told(difference, cases[:half]), *self._told(difference, cases[half:])] if half else [None]
            )
            return
        for number in range(len(cases)):
            if any(model.rows(ANOMALY, 2, number, context) for context in contexts):
                yield None
            else:
                yield self._shows(model, number, difference)

    def _shows(self, model: Model, case: int, difference: Difference) -> bool:
        """Tell whether a case shows a difference: as the solver is asked for it."""
        base, contexts = self.law.base, self.domain.contexts

        def rows(name: str, context: int) -> set[tuple[Value, ...]]:
            known = model.rows(name, base.outputs()[name], case, contexts[context])
            return {row[2:] for row in known if row[:2] == (Fun(FOCUS), Fun(difference.right))}

        if difference.role and (Fun(FOCUS), Fun(difference.role)) not in model.rows(ROLE, 2, case, contexts[1]):
            return False
        held = [bool(rows(RIGHT, context)) for context in (0, 1)]
        if difference.told == RIGHT:
            return held == [difference.how == "perd", difference.how == "gagne"]
        before, after = rows(difference.told, 0), rows(difference.told, 1)
        apart = {"ajoute": after - before, "retire": before - after}.get(difference.how, before ^ after)
        codes = {
            tuple(str(value) for number, value in enumerate(row) if is_code(base, difference.told, number))
            for row in apart
        }
        return held[0] == held[1] and difference.codes in codes

    def _cone(self, difference: Difference) -> tuple[Program, frozenset[str]]:
        """Return the rules that lead to a difference, and the attributes on which it rests."""
        key = difference.told, difference.right, difference.role
        if key not in self._known:
            base = self.law.base
            goals = told_of(base, difference.right, {RIGHT, difference.told})
            goals += [Atom(ROLE, (Var("P"), Var("Q")))] if difference.role else []
            _, names = leading(base, goals)
            rests = frozenset(each.name for each in base.vocabulary if each.predicate in names)
            self._known[key] = alone(self.law, goals).program, rests
        return self._known[key]
