"""Whether what must always hold does: statements that read the same are examined together, groups in parallel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from pycoverage.finding import LimitError
from pycoverage.limit import ends
from pycoverage.searches.examination import Examination, Scope, Status, Verdict
from pycoverage.searches.invariant import VIOLATION, Invariants
from pycoverage.searches.memory import Use
from pycoverage.searches.persons import Persons
from pycoverage.syntax import literals
from pycoverage.workers import shared_out

Told = Callable[[str], None]


class Verification(msgspec.Struct, frozen=True):
    """The verdicts on some days, for households of so many persons; `partial` when the time was up, or when a person
    interrupted the search (`interrupted`).
    """

    persons: int
    jours: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    scopes: tuple[Scope, ...]
    partial: bool
    interrupted: bool = False

    @property
    def broken(self) -> bool:
        """Tell whether a statement is broken where no gap is declared."""
        return any(each.statut in ("viole", "non_confirme") for each in self.verdicts)


def verify(
    known: Invariants,
    ids: Collection[str],
    jours: Sequence[str],
    persons: int = 1,
    *,
    seconds: float | None = None,
    told: Told = lambda _text: None,
    processes: int | None = None,
    memory: Use = "none",
) -> Verification:
    """Prove each statement on each day, or show what breaks it; statements that read the same are looked at together,
    in as many processes as there are processors. `memory` tells what is done with what an earlier run found.
    """
    until = ends(seconds)
    verdicts: list[Verdict] = []
    scopes: list[Scope] = []
    partial = interrupted = False
    tasks = [(jour, names) for jour in jours for names in _together(known, ids)]
    results = shared_out(_searched, (known, persons, until, memory), tasks, processes=processes)
    for jour, names in tasks:
        result = None
        if not interrupted:
            told(f"{jour} : {', '.join(names)}")
            try:
                result = next(results)
            except KeyboardInterrupt:
                interrupted = True
        if result is None:
            partial = True
            verdicts += [Verdict(known.statements[name], jour, "non_examine") for name in names]
            continue
        verdicts += result.verdicts
        scopes.append(result.scope)
        partial, interrupted = partial or result.late, interrupted or result.stopped
    order = [(jour, name) for jour in jours for name in known.statements]
    verdicts = [_of_persons(known, each, persons) for each in verdicts]
    verdicts.sort(key=lambda each: order.index((each.jour, each.invariant.id)))
    return Verification(persons, tuple(jours), tuple(verdicts), tuple(scopes), partial, interrupted)


def _of_persons(known: Invariants, verdict: Verdict, persons: int) -> Verdict:
    """Return a verdict with how many persons its statement names: proved of fewer, it has no object."""
    own = (each for each in known.own if known.concerned(each) == verdict.invariant.id)
    rules = (each for each in own if known.law.base.rules[each].head.name == VIOLATION)
    named = Persons(known.law).named(rules)
    status: Status = "sans_objet" if verdict.statut == "prouve" and named > persons else verdict.statut
    return replace(verdict, statut=status, named=named)


class _Result(msgspec.Struct, frozen=True):
    """What was found of some statements; `late` before all was known, `stopped` because a person asked for it."""

    verdicts: tuple[Verdict, ...]
    scope: Scope
    late: bool
    stopped: bool


_Known = tuple[Invariants, int, float | None, Use]
_Task = tuple[str, list[str]]


def _searched(shared: _Known, task: _Task) -> _Result | None:
    """Return what is found of a task, None where time ran out before it."""
    known, persons, until, memory = shared
    jour, names = task
    wanted = [known.statements[name] for name in names]
    try:
        found = Examination(known, wanted, jour, persons, until, memory=memory)
    except LimitError:
        return None
    verdicts = tuple(found.verdict(each) for each in wanted)
    found.keep()
    return _Result(verdicts, found.scope(), found.late, found.stopped)


def _together(known: Invariants, ids: Collection[str]) -> Iterator[list[str]]:
    """Yield the statements that are looked at together: those over pairs that differ by the same fact, or those over
    one situation that read rights alone, or more. What takes the longest comes first.
    """
    outputs = set(known.law.base.outputs()) - {"droit"}
    more = dict.fromkeys(known.statements, False)
    for number in known.own:
        name = known.concerned(number)
        if name is not None:
            read = {each.atom.name for each, _ in literals(known.law.base.rules[number].body)}
            more[name] |= not outputs.isdisjoint(read)
    groups: dict[tuple[str, bool], list[str]] = {}
    for name, each in known.statements.items():
        if name in ids:
            groups.setdefault((each.varies, more[name]), []).append(name)
    yield from (groups[key] for key in sorted(groups, key=lambda key: (not key[1], not key[0])))
