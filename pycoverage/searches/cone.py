"""What a change of some rules, or of a fact, can reach: what else is concluded is the same before and after.

A conclusion that no change reaches is written once, in the first state or for the first case, and taken over in the
other: the solver then has nothing to prove about it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.law import Law
from pycoverage.program import Statement, shape
from pycoverage.syntax import Atom, literals, meet
from pycoverage.value import Fun, Var, write

CASE, CONTEXT = "C__", "K__"

Levels = Mapping[str, tuple[str, ...]]
"""The hidden arguments of each predicate."""


SHARED = """\
_premier(G) :- _observe(K,0), _regime(K,G).
_situation_commune(C,K) :- _situation(C,K), _regime(K,G), _premier(G).
_demandee_commune(C,K) :- _demandee(C,K), _regime(K,G), _premier(G).
_partage(C,K,S) :- _situation(C,K), _regime(K,G), not _premier(G), _jour(G,Jour,K), _premier(F), _jour(F,Jour,S).
"""
"""Which situations are those of the first state, and which one of them each other situation takes over from."""


def reached(base: KnowledgeBase, changed: Collection[int]) -> frozenset[int]:
    """Return the rules that changed, those that rest on what they conclude, and all that conclude the same."""
    found = set(changed)
    by_name: dict[str, list[Atom]] = {}
    for number in changed:
        _add(by_name, base.rules[number].head)
    growing = True
    while growing:
        growing = False
        for number, rule in enumerate(base.rules):
            if number in found:
                continue
            atoms = [rule.head, *(literal.atom for literal, _ in literals(rule.body))]
            if any(meet(atom, other) for atom in atoms for other in by_name.get(atom.name, ())):
                found.add(number)
                growing = _add(by_name, rule.head) or growing
    return frozenset(found)


def leading(base: KnowledgeBase, goals: Iterable[Atom]) -> tuple[frozenset[int], frozenset[str]]:
    """Return the rules on which some conclusions rest, and the predicates that these rules name."""
    by_head: dict[str, list[int]] = {}
    for number, rule in enumerate(base.rules):
        by_head.setdefault(rule.head.name, []).append(number)
    rules: set[int] = set()
    seen: set[object] = set()
    waiting = list(goals)
    while waiting:
        atom = waiting.pop()
        if shape(atom) in seen:
            continue
        seen.add(shape(atom))
        for number in by_head.get(atom.name, ()):
            if number not in rules and meet(base.rules[number].head, atom):
                rules.add(number)
                waiting += [literal.atom for literal, _ in literals(base.rules[number].body)]
    names = {literal.atom.name for number in rules for literal, _ in literals(base.rules[number].body)}
    return frozenset(rules), frozenset(names)


def alone(law: Law, goals: Iterable[Atom]) -> Law:
    """Return a law with the only rules on which some conclusions rest, and those that find a dossier contradictory."""
    rules, _ = leading(law.base, [*goals, Atom("anomalie", (Var("A"), Var("P")))])
    statements = tuple(each for each in law.program.statements if each.rule in rules)
    return msgspec.structs.replace(law, program=msgspec.structs.replace(law.program, statements=statements))


def told_of(base: KnowledgeBase, right: str, names: Iterable[str]) -> list[Atom]:
    """Return what some predicates may tell of a right of a person."""
    outputs = base.outputs()
    return [Atom(name, (Var("P"), Fun(right), *(Var(f"X{n}") for n in range(outputs[name] - 2)))) for name in names]


def reading(base: KnowledgeBase, name: str) -> frozenset[int]:
    """Return the rules that read a predicate."""
    return frozenset(
        number
        for number, rule in enumerate(base.rules)
        if any(literal.atom.name == name for literal, _ in literals(rule.body))
    )


def _add(by_name: dict[str, list[Atom]], head: Atom) -> bool:
    """Note what a rule may conclude; tell whether it was not already noted."""
    known = by_name.setdefault(head.name, [])
    if any(shape(each) == shape(head) for each in known):
        return False
    known.append(head)
    return True


def shared(
    statements: Sequence[Statement], cone: frozenset[int], levels: Levels, asked: Iterable[str]
) -> tuple[list[Statement], str]:
    """Return the statements, those out of the cone written for the first state only, and what takes them over.

    Taken over is only what the cone reads, and what is `asked`.
    """
    apart = [
        each for each in statements if each.rule not in cone and {CASE, CONTEXT} <= set(levels.get(_name(each), ()))
    ]
    read = _read(statements, apart, asked)
    lines = []
    for name, arguments in _concluded(apart):
        if name in read:
            own, other = (",".join([CASE, context, *arguments]) for context in (CONTEXT, "S__"))
            lines.append(f"{name}({own}) :- _partage({CASE},{CONTEXT},S__), {name}({other}).")
            lines.append(f"#defined {name}/{len(arguments) + 2}.")
    return _written(statements, apart, _IN_COMMON), "\n".join([SHARED, *lines, ""])


def of_first_case(
    statements: Sequence[Statement], cone: frozenset[int], levels: Levels, asked: Iterable[str]
) -> tuple[list[Statement], str]:
    """Return the statements, those out of the cone written for the first of two cases only, and what the other takes.

    Taken over is only what the cone reads, and what is `asked`.
    """
    apart = [each for each in statements if each.rule not in cone and CASE in levels.get(_name(each), ())]
    read = _read(statements, apart, asked)
    lines = []
    for name, arguments in _concluded(apart):
        if name in read:
            hidden = levels[name]
            own, other = (",".join([*hidden, *arguments]).replace(CASE, case) for case in ("0", "1"))
            lines.append(f"{name}({other}) :- _cas(1), {name}({own}).")
            lines.append(f"#defined {name}/{len(hidden) + len(arguments)}.")
    return _written(statements, apart, {each: f"{each}, {CASE}=0" for each in _DOMAINS}), "\n".join([*lines, ""])


_DOMAINS = (f"_situation({CASE},{CONTEXT})", f"_demandee({CASE},{CONTEXT})", f"_cas_loi({CASE},L__)", f"_cas({CASE})")
_IN_COMMON = {each: each.replace("(", "_commune(") for each in _DOMAINS[:2]}


def _name(statement: Statement) -> str:
    return statement.head[0]


def _read(statements: Iterable[Statement], apart: Iterable[Statement], asked: Iterable[str]) -> set[str]:
    """Return the predicates that statements read, but for those set apart, and those asked."""
    left = {each.rule for each in apart}
    return {*asked, *(name for each in statements if each.rule not in left for name in each.rests)}


def _concluded(statements: Iterable[Statement]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Return what statements conclude, once each: the name, and the arguments as text."""
    return dict.fromkeys(
        (name, tuple(f"X{number}" if value is None else write(value) for number, value in enumerate(constants)))
        for name, constants in (each.head for each in statements)
    )


def _written(
    statements: Iterable[Statement], apart: Iterable[Statement], domains: Mapping[str, str]
) -> list[Statement]:
    """Return the statements, those set apart with other domains."""
    left = {each.rule for each in apart}

    def over(text: str) -> str:
        for domain, other in domains.items():
            text = text.replace(domain, other)
        return text

    return [
        msgspec.structs.replace(each, text=over(each.text), traced=over(each.traced), open=over(each.open))
        if each.rule in left
        else each
        for each in statements
    ]
