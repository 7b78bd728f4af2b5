"""Writes a dossier and the rules as one program that plain clingo understands.

A complete dossier is exported with the rules as written, the conclusions of other days that
`a_la_date` needs as facts. A dossier with unknown facts is exported in the form the engine runs (every
atom carries its case and its context), because those conclusions then vary, with one choice per
unknown fact over the points the engine examines.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from pycoverage import functions
from pycoverage.assessment import Assessment
from pycoverage.atoms import context_atoms, rank_atoms, situation_atoms
from pycoverage.base import METADATA, KnowledgeBase
from pycoverage.days import asked_days
from pycoverage.exploration import alternatives
from pycoverage.situation import Case, Context, Fact
from pycoverage.syntax import Atom, Literal, literals
from pycoverage.value import Value, write

_ADAPTER = """
from clingo import Function, Infimum, Number, String, Supremum, Symbol, SymbolType


def _given(symbol):
    if symbol.type == SymbolType.String:
        return symbol.string
    if symbol.type == SymbolType.Number:
        return symbol.number
    if symbol.type == SymbolType.Infimum:
        return OPEN_START
    if symbol.type == SymbolType.Supremum:
        return OPEN_END
    if symbol.match("rapport", 2):
        above, below = symbol.arguments
        return Fraction(above.number, below.number)
    return symbol


def _result(value):
    if isinstance(value, Fraction):
        return Function("rapport", [Number(value.numerator), Number(value.denominator)])
    if value == OPEN_START:
        return Infimum
    if value == OPEN_END:
        return Supremum
    return Number(value) if isinstance(value, int) else String(value)


def _adapt(function):
    def call(*given):
        if not given or not isinstance(given[0], Symbol):
            return function(*given)  # one function calling another
        return _result(function(*map(_given, given[SKIPPED:])))

    return call


globals().update({name: _adapt(entry[0]) for name, entry in list(FUNCTIONS.items())})
"""


def export_program(assessment: Assessment) -> str:
    """Return the program of an assessment as text."""
    lines = _choices(assessment) if assessment.filled.gaps else _complete(assessment)
    return "\n".join(lines) + "\n"


def _script(skipped: int) -> Iterator[str]:
    source = inspect.getsource(functions).replace("from __future__ import annotations\n", "")
    yield "#script (python)"
    yield source
    yield f"SKIPPED = {skipped}"
    yield _ADAPTER
    yield "#end."


def _header(assessment: Assessment) -> Iterator[str]:
    yield f"% Dossier « {_comment(assessment.dossier.name)} », situation au {assessment.date}."
    yield "% Écrit par pycoverage export ; lancer : python -m clingo --enable-python FICHIER"
    for identifier in assessment.dossier.persons:
        yield f"% {identifier} : {_comment(assessment.dossier.persons[identifier])}"


def _comment(text: str) -> str:
    return " ".join(text.split())


def _complete(assessment: Assessment) -> Iterator[str]:
    base, context = assessment.law.base, assessment.default
    yield from _header(assessment)
    yield ""
    yield "%% Les règles, telles qu'écrites"
    yield ""
    for name in METADATA:
        yield f"#defined {name}/{METADATA[name]}."
    yield "#defined a_la_date/2."
    given = {
        **base.given(),
        **base.outputs(),
        **{literal.atom.name: len(literal.atom.args) for literal, _ in _all_literals(assessment)},
    }
    yield from (f"#defined {name}/{arity}." for name, arity in sorted(given.items()))
    for rule in base.rules:
        yield str(rule)
    yield from (f"#show {name}/{arity}." for name, arity in _shown(base))
    yield ""
    yield "%% Le contexte, les paramètres et les nomenclatures de ce jour"
    yield ""
    for name, args in context_atoms(base, context):
        yield f"{Atom(name, args)}."
    yield ""
    yield "%% Le dossier"
    yield ""
    yield from (f"personne({identifier})." for identifier in assessment.case.persons)
    yield from (f"{_atom(fact)}." for fact in assessment.case.facts)
    yield ""
    yield "%% Ce qui était conclu d'autres jours"
    yield ""
    yield from sorted(_other_days(assessment))
    yield ""
    yield from _script(0)


def _shown(base: KnowledgeBase) -> list[tuple[str, int]]:
    """Return the predicates a program shows: those of the `#show` file, and the rubrics."""
    return [(name, arity) for name, arity, _ in base.shows] + [(n, r.arity) for n, r in base.rubrics.items()]


def _all_literals(assessment: Assessment) -> Iterator[tuple[Literal, bool]]:
    for rule in assessment.law.base.rules:
        yield from literals(rule.body)


def _atom(fact: Fact) -> Atom:
    return Atom(fact.name, fact.args)


def _other_days(assessment: Assessment) -> set[str]:
    base = assessment.law.base
    asked = asked_days(base)
    days = {
        arg
        for fact in assessment.case.facts
        for index, arg in enumerate(fact.args)
        if isinstance(arg, str) and (fact.name, index) in asked
    } | {assessment.date}
    wanted = {
        (literal.atom.name, len(literal.atom.args))
        for rule in base.rules
        for literal, _ in literals(rule.body)
        if literal.day is not None
    }
    found = set()
    for jour in days:
        for name, arity in wanted:
            for row in assessment.world.rows(name, arity, assessment.default.on(jour)):
                found.add(f"a_la_date({write(jour)}, {Atom(name, row)}).")
    return found


def _choices(assessment: Assessment) -> Iterator[str]:
    law = assessment.law
    contexts: list[Context] = [assessment.default]
    yield from _header(assessment)
    yield "% Dossier incomplet : chaque atome porte son cas (0) et son contexte ; un choix par fait inconnu."
    yield ""
    yield law.program.whole()
    levels = law.program.levels
    yield from (f"#show {name}/{arity + len(levels.get(name, ()))}." for name, arity in _shown(law.base))
    yield ""
    yield "%% Le dossier et ses contextes"
    yield ""
    groups = alternatives(law, assessment.filled, contexts)
    open_facts = tuple(fact for group in groups for option in group for fact in option)
    whole = assessment.filled.case
    case = Case(whole.name, whole.persons, (*whole.facts, *open_facts), whole.place)
    chosen = {_lifted(fact) for fact in open_facts}
    for name, args in situation_atoms(law.base, law.program, [case], [contexts]):
        atom = str(Atom(name, args))
        if atom not in chosen:
            yield f"{atom}."
    yield from (f"{Atom(name, args)}." for name, args in rank_atoms(case))
    for group in groups:
        least = 0 if () in group else 1
        options = "; ".join(_lifted(fact) for option in group for fact in option)
        yield f"{least} {{ {options} }} 1."
    yield ""
    yield from _script(1)


def _lifted(fact: Fact) -> str:
    args: tuple[Value, ...] = (0, *fact.args)
    return str(Atom(fact.name, args))
