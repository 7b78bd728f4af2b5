"""Runs the lifted rules on many situations at once; the only module beside the reader that owns clingo.

A stratified program is fully evaluated by the grounder, so no search happens here: after grounding,
every atom is a fact, and one that is not is an error of the base.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

from pycoverage.base import OUTPUT
from pycoverage.finding import Finding, InputError, LimitError, Place
from pycoverage.functions import FUNCTIONS, OPEN_END, OPEN_START
from pycoverage.situation import Case, Context, Fact
from pycoverage.syntax import Atom
from pycoverage.value import INF, SUP, Bound, Fun, Value

if TYPE_CHECKING:
    import clingo

    from pycoverage.base import KnowledgeBase
    from pycoverage.lifting import Program

CHUNK = 200
"""Cases per grounding: the cheapest size, with flat memory (see benchmarks)."""

MAX_KEPT = 50_000
"""Symbols and values remembered in one process, at most."""

Row = tuple[Value, ...]


class Model:
    """The atoms that hold, read from the solver on demand and indexed by situation."""

    def __init__(self, control: clingo.Control, levels: dict[str, tuple[str, ...]], ids: _Ids) -> None:
        self._control, self._levels, self._ids = control, levels, ids
        self._symbols: dict[str, dict[Row, list[Sequence[clingo.Symbol]]]] = {}
        self._rows: dict[tuple[str, tuple[int, ...]], dict[Row, None]] = {}
        self._applied: dict[str, set[int]] = {}

    def rows(self, name: str, arity: int, case: int, context: Context) -> dict[Row, None]:
        """Return the rows of a predicate in a situation, as an ordered set."""
        hidden = tuple(
            case if level == "C__" else self._ids.context(context) if level == "K__" else self._ids.law(context)
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
            self._applied[key] = {atom.symbol.arguments[0].number if "C__" in hidden else -1 for atom in atoms}
        return bool(self._applied[key] & {case, -1})

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


class _Ids:
    """Numbers for contexts, states of the law and regimes, in the order they are met.

    The law is the same from one pivot day to the next, so that days share their state of the law.
    """

    def __init__(self, pivots: Sequence[str]) -> None:
        self._pivots = pivots
        self.contexts: dict[Context, int] = {}
        self.laws: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
        self.regimes: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}

    def context(self, context: Context) -> int:
        return self.contexts.setdefault(context, len(self.contexts))

    def law(self, context: Context) -> int:
        at = bisect_right(self._pivots, context.droit_au)
        day = self._pivots[at - 1] if at else context.droit_au
        return self.laws.setdefault((day, context.readings), len(self.laws))

    def regime(self, context: Context) -> int:
        return self.regimes.setdefault((context.plafond_droit, context.readings), len(self.regimes))


class _Functions:
    """The named functions as clingo calls them; the first argument is the number of the rule."""

    def __init__(self) -> None:
        self.errors: list[tuple[int, str]] = []

    def __getattr__(self, name: str) -> Callable[..., Sequence[clingo.Symbol]]:
        function = FUNCTIONS[name][0]
        known = _RESULTS.setdefault(name, {})

        def call(rule: clingo.Symbol, *arguments: clingo.Symbol) -> Sequence[clingo.Symbol]:
            result = known.get(arguments)
            if result is not None:
                return result
            try:
                result = [symbol_of(applied(function, [value_of(argument) for argument in arguments]))]
            except (ValueError, TypeError) as error:
                self.errors.append((rule.number, f"@{name} : {error}"))
                return []
            if len(known) > MAX_KEPT:
                known.clear()
            known[arguments] = result
            return result

        setattr(self, name, call)
        return call


def applied(function: Callable[..., object], arguments: Iterable[Value]) -> Value:
    """Apply a named function to values. Raises ValueError if an argument does not fit."""
    given: list[object] = []
    for argument in arguments:
        if isinstance(argument, Bound):
            given.append(OPEN_START if argument == INF else OPEN_END)
        elif isinstance(argument, Fun):
            match argument:
                case Fun("rapport", (int(above), int(below))) if below:
                    given.append(Fraction(above, below))
                case _:
                    given.append(argument)
        else:
            given.append(argument)
    result = function(*given)
    if isinstance(result, Fraction):
        return Fun("rapport", (result.numerator, result.denominator))
    if result == OPEN_START:
        return INF
    if result == OPEN_END:
        return SUP
    assert isinstance(result, int | str)
    return result


def value_of(symbol: clingo.Symbol) -> Value:
    """Return a clingo symbol as a value; each symbol is taken apart once."""
    found = _VALUES.get(symbol)
    if found is None:
        if len(_VALUES) > MAX_KEPT:
            _VALUES.clear()
        found = _VALUES[symbol] = _value_of(symbol)
    return found


def _value_of(symbol: clingo.Symbol) -> Value:
    kind = symbol.type.value
    if kind == 4:
        return symbol.string
    if kind == 1:
        return symbol.number
    if kind == 5:
        name, arguments = symbol.name, symbol.arguments
        if not arguments:
            return _CODES.get(name) or _CODES.setdefault(name, Fun(name))
        return Fun(name, tuple(value_of(argument) for argument in arguments))
    return INF if kind == 0 else SUP


_CODES: dict[str, Fun] = {}
_VALUES: dict[clingo.Symbol, Value] = {}
_RESULTS: dict[str, dict[tuple[clingo.Symbol, ...], list[clingo.Symbol]]] = {}
"""What was computed in this process: symbols are never freed by clingo, so that they can be remembered."""


def symbol_of(value: Value) -> clingo.Symbol:
    """Return a value as a clingo symbol, never through text."""
    import clingo

    if isinstance(value, str):
        return clingo.String(value)
    if isinstance(value, int):
        return clingo.Number(value)
    if isinstance(value, Bound):
        return clingo.Infimum if value == INF else clingo.Supremum
    return clingo.Function(value.name, [symbol_of(arg) for arg in value.args])  # type: ignore[arg-type]


def evaluate(
    base: KnowledgeBase,
    program: Program,
    cases: Sequence[Case],
    contexts: Sequence[Sequence[Context]],
    *,
    traced: bool = False,
    seconds: float | None = None,
) -> Model:
    """Ground the rules for each case in each of its contexts, and return the model.

    The days that `a_la_date` may ask for are added. Raises InputError for an error of the base that
    only shows while it runs (a function that fails, a sum that leaves 32 bits) and LimitError when
    `seconds` have passed.
    """
    import clingo

    messages: list[str] = []
    control = clingo.Control(["--warn=no-atom-undefined"], logger=lambda _code, text: messages.append(text))
    ids = _Ids(program.pivots)
    control.add("base", [], program.traced if traced else program.text)
    with control.backend() as backend:
        for name, arguments in situation_atoms(base, program, cases, contexts, ids):
            backend.add_rule([backend.add_atom(_atom(name, arguments))])
    functions = _Functions()
    ground(control, functions, seconds)
    if functions.errors:
        raise InputError(_failure(base, rule, text) for rule, text in functions.errors)
    for message in messages:
        raise InputError([Finding(Place("rules"), "PC108", " ".join(message.split()), "lancez pycoverage check")])
    for atom in control.symbolic_atoms.by_signature("_depassement", 1):
        rule = atom.symbol.arguments[0].number
        raise InputError([_failure(base, rule, "somme hors des bornes du calcul (environ 21 millions d'euros)")])
    return Model(control, program.levels, ids)


Option = tuple[Fact, ...]
"""What an unknown fact may become: one fact, or none."""

Held = frozenset[tuple[Context, str, str]]
"""Rights held: (context, person, right)."""


def consequences(
    base: KnowledgeBase,
    program: Program,
    case: Case,
    groups: Sequence[Sequence[Option]],
    contexts: Sequence[Context],
    *,
    seconds: float,
) -> tuple[Held, Held]:
    """Return the rights held in all completions, and in some: one option per group, freely combined.

    Completions that contradict themselves are left out. Raises LimitError when `seconds` have passed.
    """
    import clingo

    started = time.monotonic()
    arity = OUTPUT["droit"] + len(program.levels["droit"])
    control = clingo.Control(["0", "--warn=none"], logger=lambda _code, _text: None)
    control.add("base", [], f"{program.text}\n#show droit/{arity}.")
    ids = _Ids(program.pivots)
    open_facts = tuple(fact for group in groups for option in group for fact in option)
    whole = Case(case.name, case.persons, (*case.facts, *open_facts), case.place)
    chosen = {(fact.name, (0, *fact.args)) for fact in open_facts}
    with control.backend() as backend:
        for name, arguments in situation_atoms(base, program, [whole], [contexts], ids):
            if (name, arguments) not in chosen:
                backend.add_rule([backend.add_atom(_atom(name, arguments))])
        for group in groups:
            atoms = [backend.add_atom(_atom(fact.name, (0, *fact.args))) for option in group for fact in option]
            backend.add_rule(atoms, [], choice=True)
            backend.add_weight_rule([], 2, [(atom, 1) for atom in atoms])
            if () not in group:
                backend.add_rule([], [-atom for atom in atoms])
    ground(control, _Functions(), seconds)
    with control.backend() as backend:
        for name, size in (("anomalie", OUTPUT["anomalie"] + len(program.levels["anomalie"])), ("_depassement", 1)):
            for atom in control.symbolic_atoms.by_signature(name, size):
                backend.add_rule([], [atom.literal])
    found: list[Held] = []
    numbers = {number: context for context, number in ids.contexts.items()}
    for mode in ("cautious", "brave"):
        control.configuration.solve.enum_mode = mode  # type: ignore[union-attr]
        last: list[clingo.Symbol] = []

        def keep(model: clingo.Model, last: list[clingo.Symbol] = last) -> None:
            last[:] = model.symbols(shown=True)

        with control.solve(on_model=keep, async_=True) as handle:
            if not handle.wait(max(seconds - (time.monotonic() - started), 0.001)):
                handle.cancel()
                raise LimitError(f"la limite de {seconds:g} secondes est dépassée")
            handle.get()
        rows = [[value_of(argument) for argument in symbol.arguments] for symbol in last]
        found.append(frozenset((numbers[row[1]], str(row[2]), str(row[3])) for row in rows))  # type: ignore[index]
    return found[0], found[1]


def _atom(name: str, arguments: Row) -> clingo.Symbol:
    import clingo

    return clingo.Function(name, [_symbol(argument) for argument in arguments])


def ground(control: clingo.Control, functions: object, seconds: float | None) -> None:
    """Ground under a limit of time. Raises LimitError; the abandoned grounding dies with the process."""
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

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        raise LimitError(f"la limite de {seconds:g} secondes est dépassée")
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


def _failure(base: KnowledgeBase, rule: int, text: str) -> Finding:
    place = base.rules[rule].place if 0 <= rule < len(base.rules) else Place("rules")
    return Finding(place, "PC109", text, "corrigez le dossier ou la règle qui donne ces valeurs")


_SYMBOLS: dict[Value, clingo.Symbol] = {}


def _symbol(value: Value) -> clingo.Symbol:
    found = _SYMBOLS.get(value)
    if found is None:
        if len(_SYMBOLS) > MAX_KEPT:
            _SYMBOLS.clear()
        found = _SYMBOLS[value] = symbol_of(value)
    return found


def context_atoms(base: KnowledgeBase, context: Context) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """Yield what rules receive in one context, without hidden arguments: day, law, parameters, lists."""
    law_day, readings = context.droit_au, dict(context.readings)
    yield "date", (context.jour,)
    yield "droit_au", (law_day,)
    for question in base.questions:
        yield "lecture", (Fun(question), Fun(base.reading(question, readings)))
    for rule in base.legal:
        if base.in_force(rule, law_day, readings):
            yield "en_vigueur", (Fun(rule),)
    for name, parameter in base.parameters.items():
        for amount in parameter.at(law_day):
            yield name, (*amount.keys, amount.value)
    for nomenclature in base.nomenclatures.values():
        for code, element in nomenclature.elements.items():
            for key, intervals in element.properties.items():
                if any(interval.holds(law_day) for interval in intervals):
                    yield key, (Fun(code),)


def situation_atoms(
    base: KnowledgeBase,
    program: Program,
    cases: Sequence[Case],
    contexts: Sequence[Sequence[Context]],
    ids: _Ids | None = None,
) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """Yield the facts of the cases and of their contexts, with hidden arguments."""
    ids = ids or _Ids(program.pivots)
    asked = set(program.days)
    situations: dict[tuple[int, int], Context] = {}
    for number, (case, own) in enumerate(zip(cases, contexts, strict=True)):
        yield "_cas", (number,)
        for person in case.persons:
            yield "personne", (number, Fun(person))
        days: dict[str, None] = {}
        for fact in case.facts:
            yield fact.name, (number, *fact.args)
            for index, arg in enumerate(fact.args):
                if isinstance(arg, str) and (fact.name, index) in asked:
                    days[arg] = None
        for context in own:
            for day in (context.jour, *days):
                other = context.on(day)
                situations[number, ids.context(other)] = other
    laws: set[tuple[int, int]] = set()
    for (number, identifier), context in situations.items():
        yield "_situation", (number, identifier)
        if (number, ids.law(context)) not in laws:
            laws.add((number, ids.law(context)))
            yield "_cas_loi", (number, ids.law(context))
    for context, identifier in ids.contexts.items():
        regime = ids.regime(context)
        yield "_contexte", (identifier, ids.law(context))
        yield "_regime", (identifier, regime)
        yield "_jour", (regime, context.jour, identifier)
        yield "date", (identifier, context.jour)
        yield "droit_au", (identifier, context.droit_au)
    for (law_day, readings), law in ids.laws.items():
        yield "_loi", (law, law_day)
        chosen = dict(readings)
        for question in base.questions:
            yield "lecture", (law, Fun(question), Fun(base.reading(question, chosen)))
