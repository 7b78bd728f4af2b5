"""What serves in the rules: rules written beside them that tell it, and what the dossiers of the base already show.

A rule serves where it applies, and where it concludes alone; a condition, where without it the rule would conclude
more; an exception, where it holds off a rule that would else apply.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from pycoverage.assessment import contexts_of
from pycoverage.checks.safety import unsafe
from pycoverage.completion import fill
from pycoverage.days import asked_elsewhere
from pycoverage.dossier import Dossier, read_dossier
from pycoverage.engine import evaluate
from pycoverage.finding import InputError, Place
from pycoverage.law import Law
from pycoverage.lifting import lift
from pycoverage.limit import time_left
from pycoverage.situation import Case, Context
from pycoverage.suite import find_dossiers
from pycoverage.syntax import Atom, Condition, Literal, Rule, meet
from pycoverage.value import Fun, Value, Var

Served = tuple[str, int, int]
"""What serves: a kind, the number of a rule, and that of one of its conditions, or of another rule."""

Rivals = Mapping[int, Sequence[int]]
"""Per rule, those that may conclude the same."""

SERVES, CONCLUDES = "_sert", "_conclut_"
APPLIES, DECIDES, EXCEPTS, ALONE, WITHOUT = "applique", "decide", "ecarte", "seule", "sans"

BESIDE = "_sert"
"""Stands for the file of a rule written here: its line is its number."""

PART = 100
"""Dossiers per grounding."""


def rivals_of(looked: Mapping[int, Rule]) -> dict[int, list[int]]:
    """Return, per rule that has some, the others that may conclude the same."""
    by_name: dict[str, list[int]] = {}
    for number, rule in looked.items():
        by_name.setdefault(rule.head.name, []).append(number)
    found = {
        one: [other for other in by_name[rule.head.name] if other != one and meet(rule.head, looked[other].head)]
        for one, rule in looked.items()
    }
    return {one: others for one, others in found.items() if others}


def asked(looked: Mapping[int, Rule], rivals: Rivals) -> Iterator[Served]:
    """Yield all that could serve."""
    for number, rule in looked.items():
        yield APPLIES, number, 0
        for index, condition in enumerate(rule.body):
            others = (*rule.body[:index], *rule.body[index + 1 :])
            if (rule.guard and not index) or list(unsafe(replace(rule, body=others, places=rule.places[1:]))):
                continue
            yield DECIDES, number, index
            if isinstance(condition, Literal) and condition.negated:
                yield EXCEPTS, number, index
        if number in rivals:
            yield ALONE, number, 0
            yield from ((WITHOUT, number, other) for other in rivals[number])


def beside(looked: Mapping[int, Rule], rivals: Rivals, wanted: Collection[Served]) -> list[Rule]:
    """Return the rules that tell which of what is wanted does serve.

    A condition decides where, without it, the others would hold and nothing conclude what the rule does.
    """
    found: list[Rule] = []
    compared: dict[int, None] = {}
    for kind, number, index in wanted:
        rule = looked[number]
        if kind in (ALONE, WITHOUT):
            compared |= dict.fromkeys((number, *rivals[number]))
            continue
        body: tuple[Condition, ...] = rule.body
        if kind != APPLIES:
            body = (*rule.body[:index], *rule.body[index + 1 :])
            condition = rule.body[index]
            if kind == DECIDES:
                body = (*body, Literal(rule.head, negated=True))
            elif isinstance(condition, Literal):
                body = (*body, replace(condition, negated=False))
        found.append(_rule(Atom(SERVES, (Fun(kind), number, index)), body))
    for number in compared:
        head = looked[number].head
        found.append(_rule(Atom(CONCLUDES + head.name, (number, *head.args)), looked[number].body))
    return [replace(each, place=Place(BESIDE, line)) for line, each in enumerate(found)]


def _rule(head: Atom, body: tuple[Condition, ...]) -> Rule:
    """Return a rule that depends on a case and on a day, whatever its conditions are."""
    body = (*body, Literal(Atom("personne", (Var("_"),))), Literal(Atom("date", (Var("_"),))))
    place = Place(BESIDE, 0)
    return Rule(head, body, place, (place,) * len(body))


def about(each: Rule) -> int:
    """Return the number of the rule that a rule written beside it is about."""
    return int(str(each.head.args[1 if each.head.name == SERVES else 0]))


_ASKED = re.compile(r"(?<!\w)_demandee\(")


def with_beside(law: Law, rules: Sequence[Rule]) -> Law:
    """Return the law with rules written beside its own, on the days where those they are about are read."""
    first = len(law.base.rules)
    base = replace(law.base, rules=(*law.base.rules, *rules))
    program = lift(base)
    elsewhere = asked_elsewhere(law.base)
    statements = []
    for each in program.statements:
        if each.rule >= first and about(rules[each.rule - first]) in elsewhere:
            texts = {form: _ASKED.sub("_situation(", getattr(each, form)) for form in ("text", "open")}
            each = replace(each, **texts)
        statements.append(each)
    return replace(law, base=base, program=replace(program, statements=tuple(statements)))


def dossiers_of(law: Law) -> list[Dossier]:
    """Return the dossiers that a base comes with, those that cannot be read left out."""
    root = Path(law.base.root)
    found = []
    for path in find_dossiers(each for name in ("tests/dossiers", "examples") if (each := root / name).is_dir()):
        try:
            found.append(read_dossier(path, law.base))
        except InputError:
            continue
    return found


def shown_by(
    law: Law, rules: Sequence[Rule], rivals: Rivals, dossiers: Sequence[Dossier], until: float | None = None
) -> dict[Served, str]:
    """Return what serves in some dossiers, each on its own day, and the file of the first one that shows it.

    Dossiers that leave a fact open, or contradict themselves, show nothing. Raises LimitError past `until`.
    """
    known = [(each, fill(each, law.base)) for each in dossiers]
    cases = [
        (_named(law, dossier), filled.case, contexts_of(law, dossier)[0])
        for dossier, filled in known
        if not filled.gaps
    ]
    found: dict[Served, str] = {}
    kept = list(rules)
    prepared = with_beside(law, kept)
    for start in range(0, len(cases), PART):
        part = cases[start : start + PART]
        while True:
            try:
                for file, served in _looked(prepared, kept, rivals, part, time_left(until)):
                    found.setdefault(served, file)
                break
            except InputError as error:
                failing = {each.place.line for each in error.findings if each.place.file == BESIDE}
                if not failing:
                    raise
                kept = [each for each in kept if each.place.line not in failing]
                prepared = with_beside(law, kept)
    return found


def _named(law: Law, dossier: Dossier) -> str:
    """Return the file of a dossier as it is named from the folder of the base."""
    path, root = Path(dossier.file), Path(law.base.root)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else dossier.file


def _looked(
    law: Law,
    rules: Sequence[Rule],
    rivals: Rivals,
    cases: Sequence[tuple[str, Case, Context]],
    seconds: float | None,
) -> Iterator[tuple[str, Served]]:
    """Yield what serves in some cases that contradict nothing, with the file of each."""
    heads = {(each.head.name, len(each.head.args)): None for each in rules}
    goals = [*(name for name, _ in heads), "anomalie"]
    known = [case for _, case, _ in cases], [[context] for _, _, context in cases]
    model = evaluate(law.base, law.program, *known, goals=goals, seconds=seconds)
    for number, (file, _, context) in enumerate(cases):
        if model.rows("anomalie", 2, number, context):
            continue
        for name, arity in heads:
            rows = model.rows(name, arity, number, context)
            if name == SERVES:
                yield from ((file, (str(kind), int(str(one)), int(str(other)))) for kind, one, other in rows)
                continue
            same: dict[tuple[Value, ...], set[int]] = {}
            for rule, *args in rows:
                same.setdefault(tuple(args), set()).add(int(str(rule)))
            for together in map(frozenset, same.values()):
                for one in together:
                    absent = [other for other in rivals.get(one, ()) if other not in together]
                    yield from ((file, (WITHOUT, one, other)) for other in absent)
                    if len(absent) == len(rivals.get(one, ())):
                        yield file, (ALONE, one, 0)
