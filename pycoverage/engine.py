"""Runs the lifted rules on many situations at once; the only module beside the reader that owns clingo.

A stratified program is fully evaluated by the grounder, so no search happens here: after grounding,
every atom is a fact, and one that is not is an error of the base.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pycoverage.atoms import Ids, situation_atoms
from pycoverage.finding import Finding, InputError, LimitError, Place, TimeLimitError
from pycoverage.limit import GROUNDING
from pycoverage.program import CASE, CONTEXT_ID, Program
from pycoverage.relevance import relevant
from pycoverage.situation import Case, Context
from pycoverage.symbol import Functions, symbol_of, value_of
from pycoverage.syntax import Atom
from pycoverage.value import Value

if TYPE_CHECKING:
    import clingo

    from pycoverage.base import KnowledgeBase

CHUNK = 200
"""Cases per grounding: the cheapest size, with flat memory (see benchmarks)."""

Row = tuple[Value, ...]

Stake = tuple[str, str, str]
"""A question and two of its readings: the first concludes what the second does not, or, the same twice,
what does not hold."""


class Model:
    """The atoms that hold, read from the solver on demand and indexed by situation."""

    def __init__(self, control: clingo.Control, levels: dict[str, tuple[str, ...]], ids: Ids) -> None:
        self._control, self._levels, self._ids = control, levels, ids
        self._symbols: dict[str, dict[Row, list[Sequence[clingo.Symbol]]]] = {}
        self._rows: dict[tuple[str, tuple[int, ...]], dict[Row, None]] = {}
        self._applied: dict[str, set[int]] = {}
        self._stakes: dict[int, set[Stake]] | None = None

    def rows(self, name: str, arity: int, case: int, context: Context) -> dict[Row, None]:
        """Return the rows of a predicate in a situation, as an ordered set."""
        hidden = tuple(
            case if level == CASE else self._ids.context(context) if level == CONTEXT_ID else self._ids.law(context)
            for level in self._levels.get(name, ())
        )
        found = self._rows.get((name, hidden))
        if found is None:
            if name not in self._symbols:
                self._symbols[name] = self._read(name, arity)
            rows = self._symbols[name].get(hidden, ())
            found = dict.fromkeys(tuple(map(value_of, row)) for row in rows)
            self._rows[name, hidden] = found
        return found

    def covers(self, case: int, context: Context) -> bool:
        """Tell whether a case was evaluated in a context."""
        number = self._ids.contexts.get(context)
        if number is None:
            return False
        return self._control.symbolic_atoms[_atom("_situation", (case, number))] is not None

    def holds(self, atom: Atom, case: int, context: Context) -> bool:
        """Tell whether a ground atom holds in a situation."""
        return atom.args in self.rows(atom.name, len(atom.args), case, context)

    def applied(self, index: int, hidden: tuple[str, ...], variables: int, case: int) -> bool:
        """Tell whether a rule was applied in a case (only after a traced evaluation).

        A rule that depends on the context alone counts for every case of the model.
        """
        key = f"_applique_{index}"
        if key not in self._applied:
            atoms = self._control.symbolic_atoms.by_signature(key, len(hidden) + variables)
            self._applied[key] = {atom.symbol.arguments[0].number if CASE in hidden else -1 for atom in atoms}
        return bool(self._applied[key] & {case, -1})

    def stakes(self, case: int) -> frozenset[Stake]:
        """Return what is at stake in a case (only when asked of `evaluate`)."""
        if self._stakes is None:
            self._stakes = {}
            for atom in self._control.symbolic_atoms.by_signature("_enjeu", 4):
                number, question, one, other = atom.symbol.arguments
                self._stakes.setdefault(number.number, set()).add((question.name, one.name, other.name))
        return frozenset(self._stakes.get(case, set()) | self._stakes.get(-1, set()))

    def marked(self, names: Iterable[str]) -> Iterator[tuple[str, set[int] | None]]:
        """Yield the predicates that hold somewhere, with the cases where they do; None where they name no case."""
        wanted = set(names)
        for name, arity, positive in self._control.symbolic_atoms.signatures:
            if positive and name in wanted:
                atoms = list(self._control.symbolic_atoms.by_signature(name, arity))
                if atoms:
                    named = CASE in self._levels[name]
                    yield name, {atom.symbol.arguments[0].number for atom in atoms} if named else None

    def _read(self, name: str, arity: int) -> dict[Row, list[Sequence[clingo.Symbol]]]:
        hidden = len(self._levels.get(name, ()))
        found: dict[Row, list[Sequence[clingo.Symbol]]] = {}
        for atom in self._control.symbolic_atoms.by_signature(name, arity + hidden):
            if not atom.is_fact:
                message = f"« {name} » n'est pas décidé par les règles"
                help_ = "une règle n'est pas stratifiée : lancez pycoverage check"
                raise InputError([Finding(Place("rules"), "PC210", message, help_)])
            arguments = atom.symbol.arguments
            key = tuple([value_of(argument) for argument in arguments[:hidden]])
            found.setdefault(key, []).append(arguments[hidden:])
        return found


def evaluate(
    base: KnowledgeBase,
    program: Program,
    cases: Sequence[Case],
    contexts: Sequence[Sequence[Context]],
    *,
    traced: bool = False,
    stakes: Iterable[str] = (),
    goals: Iterable[str] | None = None,
    seconds: float | None = None,
) -> Model:
    """Ground the rules for each case in each of its contexts, and return the model.

    `goals` are the predicates asked for (by default all that cross into Python): the model holds what they
    rest on. `traced` adds which rules are applied, `stakes` which readings matter to these predicates. The
    days that `a_la_date` may ask for are added. Raises InputError for an error of the base that only shows
    while it runs (a function that fails, a sum that leaves 32 bits) and LimitError when `seconds` have passed.
    """
    import clingo

    messages: list[str] = []
    control = clingo.Control(["--warn=no-atom-undefined"], logger=lambda _code, text: messages.append(text))
    ids = Ids(program.pivots)
    atoms = list(situation_atoms(base, program, cases, contexts, ids))
    chosen, others = relevant(base, program, cases, ids.laws, goals or base.outputs(), stakes)
    control.add("base", [], program.text(chosen, others, form="traced" if traced else "text"))
    if others:
        control.add("base", [], program.stakes(others))
    with control.backend() as backend:
        for name, arguments in atoms:
            backend.add_rule([backend.add_atom(_atom(name, arguments))])
    functions = Functions()
    ground(control, functions, seconds)
    if functions.errors:
        raise InputError(failure(base, rule, text) for rule, text in functions.errors)
    for message in messages:
        raise InputError([Finding(Place("rules"), "PC108", " ".join(message.split()), "lancez pycoverage check")])
    for atom in control.symbolic_atoms.by_signature("_depassement", 1):
        rule = atom.symbol.arguments[0].number
        raise InputError([failure(base, rule, "somme hors des bornes du calcul (environ 21 millions d'euros)")])
    return Model(control, program.levels, ids)


def _atom(name: str, arguments: Row) -> clingo.Symbol:
    import clingo

    return clingo.Function(name, [symbol_of(argument) for argument in arguments])


def ground(control: clingo.Control, functions: object, seconds: float | None) -> None:
    """Ground under a limit of time. Raises LimitError, and KeyboardInterrupt; the abandoned grounding dies with the
    process, which must end at once (`limit.abandoned`).
    """
    if seconds is None:
        _ground(control, functions)
        return
    failures: list[BaseException] = []

    def work() -> None:
        _prepare_to_fail()
        try:
            _ground(control, functions)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            failures.append(error)

    worker = threading.Thread(target=work, name=GROUNDING, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        raise TimeLimitError
    if failures:
        raise failures[0]


def _prepare_to_fail() -> None:
    """Let clingo raise one error in this thread: the first one needs memory, which may be gone later."""
    import clingo

    with suppress(RuntimeError):
        clingo.parse_term("(", logger=lambda _code, _text: None)


def _ground(control: clingo.Control, functions: object) -> None:
    try:
        control.ground([("base", [])], context=functions)
    except MemoryError:
        raise LimitError("la limite de mémoire est dépassée") from None


def failure(base: KnowledgeBase, rule: int, text: str) -> Finding:
    """Return what to say of an error that a rule meets while it runs."""
    place = base.rules[rule].place if 0 <= rule < len(base.rules) else Place("rules")
    return Finding(place, "PC109", text, "corrigez le dossier ou la règle qui donne ces valeurs")
