"""Days on which a rule reads a conclusion: they are stated, never computed."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.stratification import CHOOSING
from pycoverage.checks.study import Study, conditions
from pycoverage.finding import Finding
from pycoverage.syntax import Aggregate, Comparison, Condition, Literal
from pycoverage.value import Bound, Call, Term, Var, write
from pycoverage.vocabulary import type_name

CODES = (
    Doc(
        "PC214",
        "jour de a_la_date calculé",
        "a_la_date(Jour, atome) ajoute ce jour à ceux que le programme examine. S'il était calculé à partir du jour "
        "examiné, il y en aurait sans fin : il vient d'une date du dossier, telle quelle.",
        "garde(Personne) :- date(Jour), a_la_date(@plus_mois(Jour, -12), couvert(Personne)).",
        "garde(Personne) :- expiration(Personne, Jour), a_la_date(Jour, couvert(Personne)).",
        "@plus_tard, @plus_tot, #min et #max, qui choisissent parmi des dates du dossier",
    ),
)

Position = tuple[str, int]


def check(study: Study) -> Iterator[Finding]:
    """Find days of `a_la_date` that do not come from a stated fact."""
    stated = _stated(study)
    for rule in study.base.rules:
        for condition, place in conditions(rule):
            if not isinstance(condition, Literal) or condition.day is None:
                continue
            if not _from_facts(condition.day, rule.body, stated, frozenset()):
                message = f"le jour « {write(condition.day)} » de a_la_date n'est pas une date du dossier"
                help_ = "prenez une date d'un fait du dossier, sans calcul ni date(Jour)"
                yield Finding(place, "PC214", message, help_)


def _stated(study: Study) -> set[Position]:
    """Return the positions that only ever hold dates stated in a dossier (greatest fixpoint)."""
    rules = study.base.rules
    stated = {(rule.head.name, index) for rule in rules for index in range(len(rule.head.args))}
    stated -= {(name, index) for name, index in stated if name in study.given}
    for attribute in study.base.vocabulary:
        for index, argument in enumerate(attribute.arguments):
            if argument != "cle" and type_name(attribute.field(argument)) == "date":
                stated.add((attribute.predicate, index))
    size = -1
    while len(stated) != size:
        size = len(stated)
        for rule in rules:
            for index, arg in enumerate(rule.head.args):
                position = (rule.head.name, index)
                if position in stated and not _from_facts(arg, rule.body, stated, frozenset()):
                    stated.discard(position)
    return stated


def _from_facts(term: Term, body: tuple[Condition, ...], stated: set[Position], seen: frozenset[str]) -> bool:
    if isinstance(term, Bound):
        return True
    if isinstance(term, Call):
        return term.name in CHOOSING and all(_from_facts(arg, body, stated, seen) for arg in term.args)
    if not isinstance(term, Var) or term.name in seen:
        return False
    seen |= {term.name}
    for condition in body:
        if isinstance(condition, Literal) and not condition.negated:
            positions = [i for i, arg in enumerate(condition.atom.args) if arg == term]
            if any((condition.atom.name, position) in stated for position in positions):
                return True
        elif isinstance(condition, Comparison) and condition.op == "=":
            for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                if one == term and _from_facts(other, body, stated, seen):
                    return True
        elif isinstance(condition, Aggregate) and condition.term == term and _chooses(condition):
            inner = (
                _from_facts(element.terms[0], (*body, *element.condition), stated, seen)
                for element in condition.elements
            )
            if all(inner):
                return True
    return False


def _chooses(aggregate: Aggregate) -> bool:
    return aggregate.op == "=" and aggregate.function in ("min", "max")
