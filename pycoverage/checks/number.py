"""Numbers: nothing leaves 32 bits, and no sum forgets a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, conditions, inside, parts, terms
from pycoverage.finding import Finding, Place
from pycoverage.functions import LIMIT
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Element, Literal, Rule, shared, variables
from pycoverage.value import Arith, Call, Fun, Term, Value, Var, write

CODES = (
    Doc(
        "PC224",
        "calcul qui peut déborder",
        "Les nombres du solveur ont 32 bits et reviennent à zéro sans un mot : un revenu énorme passerait sous le "
        "plafond. Les produits et quotients de montants passent par @part, @part_par_exces et @fois, exactes et "
        "bornées.",
        "aide(Personne) :- total(Personne, Total), plafond(Plafond), Total * 2 <= Plafond * 3.",
        "aide(Personne) :- total(Personne, Total), plafond(Plafond), Total <= @part(Plafond, rapport(3, 2)).",
        "le produit d'un nombre par un entier écrit, assez petit",
    ),
    Doc(
        "PC225",
        "division d'un nombre négatif",
        "Une division entière d'un nombre négatif s'arrondit vers zéro aujourd'hui, vers le bas dans la prochaine "
        "version de clingo.",
        "ecart(Personne, (Premier - Second) / 2) :- deux_nombres(Personne, Premier, Second).",
        "moitie(Personne, Nombre / 2) :- nombre(Personne, Nombre).",
    ),
    Doc(
        "PC226",
        "somme sans clé",
        "#sum compte une seule fois deux lignes égales : deux salaires égaux n'en feraient qu'un. La clé de la ligne "
        "et chaque personne de la ligne suivent le montant.",
        "Total = #sum{ Montant : ressource(Personne, Cle, Nature, Montant) }",
        "Total = #sum{ Montant, Cle : ressource(Personne, Cle, Nature, Montant) }",
        "un entier écrit à la place du montant",
    ),
)

SAFE_FACTOR = 1000
"""A written factor below which a plain number cannot leave 32 bits (plain numbers have six digits)."""

_TEXTS = re.compile(r'%\*.*?\*%|%[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)


def check(study: Study) -> Iterator[Finding]:
    """Find what may overflow, divisions that may be negative, and sums without a key."""
    for index, rule in enumerate(study.base.rules):
        for part, place in parts(rule):
            yield from _overflows(study, index, part, place)
            yield from _divisions(rule, part, place)
        for condition, place in conditions(rule):
            if isinstance(condition, Aggregate) and condition.function == "sum":
                for element in condition.elements:
                    yield from _keys(study, rule, condition, element, place)
    yield from _literals(study)
    for name, parameter in study.base.parameters.items():
        for amount in parameter.amounts:
            for value in (amount.value, *amount.keys):
                if _too_large(value):
                    message = f"paramètre « {name} » : valeur hors des bornes du calcul « {write(value)} »"
                    yield Finding(amount.place, "PC224", message, "environ 21 millions d'euros au plus")


def _too_large(value: Value) -> bool:
    if isinstance(value, Fun):
        return any(_too_large(arg) for arg in value.args)  # type: ignore[arg-type]
    return isinstance(value, int) and abs(value) > LIMIT


def _literals(study: Study) -> Iterator[Finding]:
    for name, source in study.sources.items():
        masked = _TEXTS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source.text)
        for line, text in enumerate(masked.split("\n"), 1):
            for match in re.finditer(r"(?<!\w)\d{10,}", text):
                if int(match.group()) > LIMIT:
                    place = Place(name, line, match.start() + 1)
                    message = f"nombre hors des bornes du calcul « {match.group()} »"
                    yield Finding(place, "PC224", message, f"{LIMIT} au plus")


def _overflows(study: Study, index: int, part: Condition | Atom, place: Place) -> Iterator[Finding]:
    for term in terms(part):
        if not (isinstance(term, Arith) and term.op in "*/"):
            continue
        amounts = [side for side in (term.left, term.right) if _is_amount(study, index, side)]
        if amounts:
            what = "produit" if term.op == "*" else "quotient"
            help_ = "employez @part(Montant, rapport(n, d)) ou @fois(Montant, n)"
            yield Finding(place, "PC224", f"{what} d'un montant « {write(term)} »", help_)
        elif term.op == "*" and not any(isinstance(s, int) and abs(s) <= SAFE_FACTOR for s in (term.left, term.right)):
            help_ = "employez @fois, ou un facteur écrit"
            yield Finding(place, "PC224", f"produit qui peut déborder « {write(term)} »", help_)


def _is_amount(study: Study, index: int, term: Term) -> bool:
    if isinstance(term, Var):
        return study.kinds.variable(index, term.name) == "montant"
    if isinstance(term, Call):
        return term.name in ("part", "part_par_exces", "a_l_euro_pres", "fois")
    return isinstance(term, Arith) and (_is_amount(study, index, term.left) or _is_amount(study, index, term.right))


def _divisions(rule: Rule, part: Condition | Atom, place: Place) -> Iterator[Finding]:
    for term in terms(part):
        if not isinstance(term, Arith) or term.op != "/":
            continue
        if _negative(term.left, rule, frozenset()) or _negative(term.right, rule, frozenset()):
            help_ = "divisez un nombre positif, et traitez l'autre cas par une autre règle"
            yield Finding(place, "PC225", f"division qui peut être négative « {write(term)} »", help_)


def _negative(term: Term, rule: Rule, seen: frozenset[str]) -> bool:
    """Tell whether a term may be negative by how it is written or computed in its rule."""
    if isinstance(term, int):
        return term < 0
    if isinstance(term, Call):
        return term.name == "jours"
    if isinstance(term, Arith):
        return term.op == "-" or any(_negative(side, rule, seen) for side in (term.left, term.right))
    if isinstance(term, Var) and term.name not in seen:
        for condition in rule.body:
            if isinstance(condition, Comparison) and condition.op == "=":
                for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                    if one == term and _negative(other, rule, seen | {term.name}):
                        return True
    return False


def _keys(study: Study, rule: Rule, aggregate: Aggregate, element: Element, place: Place) -> Iterator[Finding]:
    """Find a sum that would count two different lines once."""
    weight = set(variables(element.terms[0])) if element.terms else set()
    if not weight:
        return
    outer = {name for part, _ in parts(rule) for name in shared(part)}
    keys = {name for term in element.terms[1:] for name in variables(term)}
    missing: list[str] = []
    for literal in element.condition:
        if not isinstance(literal, Literal) or literal.negated or not weight & set(variables(literal)):
            continue
        for position, arg in enumerate(literal.atom.args):
            kind = study.kinds.position(literal.atom.name, position)
            if kind not in ("personne", "cle"):
                continue
            names = {part.name for part in inside(arg) if isinstance(part, Var)}
            missing += sorted(name for name in names if name not in outer | keys and name not in missing)
    if missing or len(element.terms) == 1:
        shown = f"« {', '.join(missing)} »" if missing and missing != ["_"] else "la clé de la ligne"
        message = f"deux lignes égales ne compteraient qu'une fois dans « {element} »"
        help_ = f"ajoutez {shown} après « {write(element.terms[0])} »"
        yield Finding(study.locate(place, f"#{aggregate.function}"), "PC226", message, help_)
