"""Named functions: known, with the right number of arguments, and with arguments that exist."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, parts, terms
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.functions import FUNCTIONS
from pycoverage.value import Bound, Call, Fun, Term, write

CODES = (
    Doc(
        "PC109",
        "fonction qui échoue",
        "Une fonction nommée refuse ses arguments : date qui n'existe pas, montant hors des bornes. Pendant une "
        "évaluation, la valeur fautive vient du dossier ou d'un paramètre.",
        'date_limite(Jour) :- Jour = @plus_mois("2021-02-30", 1).',
        'date_limite(Jour) :- Jour = @plus_mois("2021-02-28", 1).',
    ),
    Doc(
        "PC207",
        "fonction inconnue",
        "Une fonction qui n'existe pas ne donne aucune valeur, et la règle ne s'applique jamais.",
        "terme(Personne, @plus_moi(Jour, 3)) :- naissance(Personne, Jour).",
        "terme(Personne, @plus_mois(Jour, 3)) :- naissance(Personne, Jour).",
    ),
    Doc(
        "PC208",
        "nombre d'arguments d'une fonction",
        "Une fonction appelée avec un argument de trop ou de moins échoue à chaque évaluation.",
        "terme(Personne, @plus_mois(Jour)) :- naissance(Personne, Jour).",
        "terme(Personne, @plus_mois(Jour, 3)) :- naissance(Personne, Jour).",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find calls that cannot work."""
    for rule in study.base.rules:
        for part, place in parts(rule):
            for term in terms(part):
                if isinstance(term, Call):
                    yield from _call(study, term, place)


def _call(study: Study, call: Call, place: Place) -> Iterator[Finding]:
    where = study.locate(place, f"@{call.name}")
    if call.name not in FUNCTIONS:
        help_ = suggestion(call.name, FUNCTIONS) or "les fonctions sont dans rules/README.md"
        yield Finding(where, "PC207", f"fonction inconnue « @{call.name} »", help_)
        return
    function, types, _ = FUNCTIONS[call.name]
    repeated = types[-1] == "*"
    expected = len(types) - repeated
    if len(call.args) != expected and not (repeated and len(call.args) > expected):
        shown = ", ".join("…" if name == "*" else name for name in types)
        message = f"« @{call.name} » prend {expected}{' ou plus' if repeated else ''} arguments, pas {len(call.args)}"
        yield Finding(where, "PC208", message.replace(" 1 arguments", " 1 argument"), f"écrivez @{call.name}({shown})")
        return
    if not all(map(_constant, call.args)):
        return
    try:
        function(*map(_python, call.args))
    except (TypeError, ValueError) as error:
        yield Finding(where, "PC109", f"« {write(call)} » échoue : {error}", "corrigez l'argument")


def _constant(term: Term) -> bool:
    return isinstance(term, int | str | Bound) or (
        isinstance(term, Fun) and term.name == "rapport" and all(isinstance(arg, int) and arg for arg in term.args)
    )


def _python(term: Term) -> object:
    if isinstance(term, Fun):
        return Fraction(*(int(str(arg)) for arg in term.args))
    return f"#{term.name}" if isinstance(term, Bound) else term
