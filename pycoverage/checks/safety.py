"""Variables: each is bound by a condition, and written the same way everywhere in its rule."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, parts
from pycoverage.finding import Finding
from pycoverage.syntax import Aggregate, Comparison, Condition, Literal, Rule, shared, variables
from pycoverage.value import Arith, Call, Fun, Term, Var

CODES = (
    Doc(
        "PC203",
        "variable que rien ne donne",
        "Une variable de la conclusion, d'une négation ou d'une comparaison doit aussi figurer dans une condition "
        "positive, qui lui donne ses valeurs.",
        "majeur(Personne) :- date(Jour), not mineur(Personne).",
        "majeur(Personne) :- personne(Personne), not mineur(Personne).",
    ),
    Doc(
        "PC206",
        "variable sans doute mal orthographiée",
        "Une variable écrite une seule fois, presque comme une autre de la même règle : les deux conditions ne "
        "parleraient plus de la même personne ou du même jour.",
        "majeur(Personne) :- adulte(Personne), present(Personnne).",
        "majeur(Personne) :- adulte(Personne), present(Personne).",
        "deux noms qui ne diffèrent que par un nombre ou un mot à la fin (Debut, Debut2, DebutMois)",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find variables without value, and variables that look like a slip of the pen."""
    for rule in study.base.rules:
        for name in dict.fromkeys(unsafe(rule)):
            help_ = "nommez-la dans une condition positive"
            if name == "_":
                help_ = "une conclusion ne laisse rien de côté : nommez la valeur"
            place = study.locate(rule.place, name)
            yield Finding(place, "PC203", f"rien ne donne de valeur à la variable « {name} »", help_)
        for name, near in slips(rule):
            place = study.locate(rule.place, name)
            help_ = f"vouliez-vous dire « {near} » ? sinon choisissez un nom plus différent, ou « _ »"
            yield Finding(place, "PC206", f"variable « {name} » écrite une seule fois", help_)


def unsafe(rule: Rule) -> Iterator[str]:
    """Yield the variables of a rule that nothing binds."""
    bound = _bound(rule.body, set(), {name for part, _ in parts(rule) for name in shared(part)})
    wanted = [name for part, _ in parts(rule) for name in shared(part)]
    if "_" in variables(rule.head):
        yield "_"
    yield from (name for name in wanted if name not in bound)
    for condition in rule.body:
        if isinstance(condition, Aggregate):
            for element in condition.elements:
                local = _bound(element.condition, bound | set(wanted), set())
                yield from (name for name in variables(element) if name != "_" and name not in local)


def _bound(body: Iterable[Condition], known: set[str], outer: set[str]) -> set[str]:
    bound = set(known)
    size = -1
    while len(bound) > size:
        size = len(bound)
        for condition in body:
            if isinstance(condition, Literal):
                if not condition.negated:
                    for term in (*condition.atom.args, *([condition.day] if condition.day is not None else ())):
                        bound.update(_binds(term))
            elif isinstance(condition, Comparison):
                if condition.op == "=":
                    for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                        if bound.issuperset(variables(other)):
                            bound.update(_binds(one))
            elif condition.op == "=":
                inner = {name for element in condition.elements for name in variables(element)}
                if bound.issuperset(inner & outer - set(variables(condition.term))):
                    bound.update(_binds(condition.term))
    return bound


def _binds(term: Term) -> Iterator[str]:
    if isinstance(term, Var):
        yield term.name
    elif isinstance(term, Fun):
        for arg in term.args:
            yield from _binds(arg)
    elif isinstance(term, Arith) and term.op in "+-*":
        sides = (term.left, term.right)
        if sum(isinstance(side, int) for side in sides) == 1:
            for side in sides:
                if not isinstance(side, Call):
                    yield from _binds(side)


def slips(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield the variables written once, each with the one it nearly is."""
    uses = Counter(name for part, _ in parts(rule) for name in variables(part))
    for name, count in uses.items():
        others = sorted(other for other in uses if other != name and not _told_apart(name, other))
        near = difflib.get_close_matches(name, others, n=1, cutoff=0.85)
        if count == 1 and name != "_" and near:
            yield name, near[0]


def _told_apart(one: str, other: str) -> bool:
    """Tell whether two names differ on purpose: by a number or a word at the end."""
    short, long = sorted((one.rstrip("0123456789"), other.rstrip("0123456789")), key=len)
    rest = long.removeprefix(short)
    return long.startswith(short) and (not rest or rest[0].isupper())
