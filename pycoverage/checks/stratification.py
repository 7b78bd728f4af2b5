"""Circles: no conclusion rests on its own negation or sum, and no circle makes new values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pycoverage.checks.dependency import Edge, circles, edges, way
from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, atoms, inside
from pycoverage.finding import Finding
from pycoverage.syntax import Aggregate, Comparison, Rule, variables
from pycoverage.value import Arith, Call, Term, Var

CODES = (
    Doc(
        "PC210",
        "conclusion qui dépend de sa propre négation",
        "Le programme est stratifié : ce qui est nié ou compté est décidé avant. Un cercle à travers « not » ou un "
        "agrégat laisserait plusieurs réponses, ou aucune. Les constantes comptent : deux codes d'un même prédicat "
        "peuvent se suivre.",
        """
        aide(Personne, grande) :- besoin(Personne), not aide(Personne, petite).
        aide(Personne, petite) :- besoin(Personne), not aide(Personne, grande).
        """,
        """
        aide(Personne, grande) :- besoin(Personne), age_avance(Personne).
        aide(Personne, petite) :- besoin(Personne), not aide(Personne, grande).
        """,
    ),
    Doc(
        "PC211",
        "récursion qui calcule",
        "Une règle qui se rappelle elle-même en calculant une valeur nouvelle peut ne jamais finir, et rien ne "
        "l'arrête en route.",
        "rang(Personne, Nombre + 1) :- rang(Personne, Nombre).",
        "rang(Personne, Nombre) :- Nombre = #count{ Autre : avant(Personne, Autre) }, personne(Personne).",
        "@plus_tard et @plus_tot, qui choisissent sans rien créer",
    ),
)

CHOOSING = frozenset({"plus_tard", "plus_tot"})
"""Functions whose result is one of their arguments."""


def check(study: Study) -> Iterator[Finding]:
    """Find circles through a negation, an aggregate or a computation."""
    rules = study.base.rules
    found = edges(rules)
    circle = circles(len(rules), found)
    within = [edge for edge in found if circle[edge.reader] == circle[edge.source]]
    told: set[int] = set()
    for edge in within:
        number = circle[edge.reader]
        if edge.strict and number not in told:
            told.add(number)
            yield _circle(edge, within, rules)
    for index in sorted({edge.reader for edge in within}):
        rule = rules[index]
        if circle[index] not in told and _computes(rule, [edge for edge in within if edge.reader == index]):
            told.add(circle[index])
            message = f"« {rule.head} » se rappelle elle-même en calculant une valeur nouvelle"
            yield Finding(rule.place, "PC211", message, "comptez ou sommez plutôt avec un agrégat")


def _circle(edge: Edge, within: Sequence[Edge], rules: Sequence[Rule]) -> Finding:
    steps = [str(rules[edge.reader].head), str(edge.literal) if edge.literal.negated else f"agrégat de {edge.literal}"]
    steps += [str(step.literal) for step in way(edge.source, edge.reader, within)]
    reader = rules[edge.reader].head
    message = f"« {reader} » dépend de sa propre négation, par « {edge.literal} »"
    if not edge.literal.negated:
        message = f"« {reader} » dépend d'un agrégat qui dépend d'elle, par « {edge.literal} »"
    return Finding(edge.place, "PC210", message, f"le cercle : {' → '.join(steps)} ; retirez une de ces conditions")


def _computes(rule: Rule, own: Sequence[Edge]) -> bool:
    """Tell whether the head holds a value computed from what the circle itself gave."""
    circular = {str(edge.literal) for edge in own}
    fresh: set[str] = set()
    flowing = {name for literal, _ in atoms(rule) if str(literal) in circular for name in variables(literal)}
    size = -1
    while len(flowing) + len(fresh) > size:
        size = len(flowing) + len(fresh)
        for condition in rule.body:
            if isinstance(condition, Comparison) and condition.op == "=":
                for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                    if isinstance(one, Var):
                        _flow(one.name, other, flowing, fresh)
            elif isinstance(condition, Aggregate) and isinstance(condition.term, Var):
                inputs = {name for element in condition.elements for name in variables(element)}
                if inputs & (flowing | fresh):
                    fresh.add(condition.term.name)
    return any(_new(arg, flowing, fresh) for arg in rule.head.args)


def _flow(name: str, term: Term, flowing: set[str], fresh: set[str]) -> None:
    if _new(term, flowing, fresh):
        fresh.add(name)
    elif flowing & set(variables(term)):
        flowing.add(name)


def _new(term: Term, flowing: set[str], fresh: set[str]) -> bool:
    """Tell whether a term makes a value out of those that flow round the circle."""
    for part in inside(term):
        if isinstance(part, Var) and part.name in fresh:
            return True
        computed = isinstance(part, Arith) or (isinstance(part, Call) and part.name not in CHOOSING)
        if computed and flowing & set(variables(part)):
            return True
    return False
