"""What a change of some rules, or of a fact, can reach: what else is concluded is the same before and after.

A conclusion that no change reaches is written once, in the first state or for the first case, and taken over in the
other: the solver then has nothing to prove about it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.program import Statement, shape
from pycoverage.syntax import Atom, literals, meet
from pycoverage.value import write

CASE, CONTEXT = "C__", "K__"


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
    statements: Iterable[Statement], cone: frozenset[int], levels: dict[str, tuple[str, ...]]
) -> tuple[list[Statement], str]:
    """Return the statements, those out of the cone written for the first state only, and what takes them over."""
    found: list[Statement] = []
    aliases: dict[str, None] = {}
    for statement in statements:
        name, constants = statement.head
        hidden = levels.get(name, ())
        if statement.rule in cone or CONTEXT not in hidden or CASE not in hidden:
            found.append(statement)
            continue
        arguments = [f"X{number}" if value is None else write(value) for number, value in enumerate(constants)]
        own, other = (",".join([CASE, context, *arguments]) for context in (CONTEXT, "S__"))
        aliases[f"{name}({own}) :- _partage({CASE},{CONTEXT},S__), {name}({other})."] = None
        aliases[f"#defined {name}/{len(arguments) + 2}."] = None
        texts = {form: _first(getattr(statement, form)) for form in ("text", "traced", "open")}
        found.append(msgspec.structs.replace(statement, **texts))
    return found, "\n".join([SHARED, *aliases, ""])


def of_first_case(
    statements: Iterable[Statement], cone: frozenset[int], levels: dict[str, tuple[str, ...]]
) -> tuple[list[Statement], str]:
    """Return the statements, those out of the cone written for the first of two cases only, and what takes them over."""
    found: list[Statement] = []
    aliases: dict[str, None] = {}
    for statement in statements:
        name, constants = statement.head
        hidden = levels.get(name, ())
        if statement.rule in cone or CASE not in hidden:
            found.append(statement)
            continue
        arguments = [f"X{number}" if value is None else write(value) for number, value in enumerate(constants)]
        own, other = (",".join([*hidden, *arguments]).replace(CASE, case) for case in ("0", "1"))
        aliases[f"{name}({other}) :- _cas(1), {name}({own})."] = None
        aliases[f"#defined {name}/{len(hidden) + len(arguments)}."] = None
        texts = {form: _of_case(getattr(statement, form), "0") for form in ("text", "traced", "open")}
        found.append(msgspec.structs.replace(statement, **texts))
    return found, "\n".join([*aliases, ""])


_DOMAINS = (f"_situation({CASE},{CONTEXT})", f"_demandee({CASE},{CONTEXT})", f"_cas_loi({CASE},L__)", f"_cas({CASE})")


def _of_case(text: str, case: str) -> str:
    """Return the text of a rule over one case."""
    for domain in _DOMAINS:
        text = text.replace(domain, f"{domain}, {CASE}={case}")
    return text


def _first(text: str) -> str:
    """Return the text of a rule over the situations of the first state."""
    own = text.replace(f"_situation({CASE},{CONTEXT})", f"_situation_commune({CASE},{CONTEXT})")
    return own.replace(f"_demandee({CASE},{CONTEXT})", f"_demandee_commune({CASE},{CONTEXT})")
