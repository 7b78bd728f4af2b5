"""Kinds of values: like is compared with like, and every code is one of its list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, suggestion
from pycoverage.kinds import Conflict, Constant, label

CODES = (
    Doc(
        "PC220",
        "valeurs de sortes différentes",
        "Comparer un montant avec une date ou un texte est toujours vrai ou toujours faux, sans un mot. Les sortes "
        "viennent du vocabulaire et des paramètres et passent par les règles.",
        "aide(Personne) :- naissance(Personne, Naissance), Naissance < 20000101.",
        'aide(Personne) :- naissance(Personne, Naissance), Naissance < "2000-01-01".',
    ),
    Doc(
        "PC221",
        "constante à la place d'une valeur",
        "« Total <= plafond » compare un nombre avec le mot « plafond » : c'est toujours vrai. Un paramètre se lit "
        "par une condition.",
        "aide(Personne) :- total(Personne, Total), Total <= plafond.",
        "aide(Personne) :- total(Personne, Total), plafond(Plafond), Total <= Plafond.",
    ),
    Doc(
        "PC222",
        "code inconnu",
        "Un code qui n'est pas dans sa nomenclature, ou un droit qui n'est pas dans facts/droits.yaml : la condition "
        "serait toujours fausse.",
        "aide(Personne) :- isole(Personne, ouii).",
        "aide(Personne) :- isole(Personne, oui).",
    ),
    Doc(
        "PC223",
        "calcul sur une date",
        "Une date est un texte : on la compare, on ne calcule que par les fonctions nommées, dont les conventions "
        "sont écrites dans rules/README.md.",
        "aide(Personne) :- naissance(Personne, Naissance), date(Jour), Jour > Naissance + 90.",
        "aide(Personne) :- naissance(Personne, Naissance), date(Jour), Jour > @plus_jours(Naissance, 90).",
    ),
)

_ORDER = {"PC223": 0, "PC221": 1, "PC220": 2}


def check(study: Study) -> Iterator[Finding]:
    """Find values that cannot meet, and codes that no list holds; one finding per condition."""
    grouped: dict[tuple[object, str], list[Conflict]] = {}
    for conflict in study.kinds.conflicts:
        if conflict.expected == "regle":
            continue  # a guard that is no id is said by PC107
        grouped.setdefault((conflict.place, conflict.text), []).append(conflict)
    for conflicts in grouped.values():
        yield _conflict(study, min(conflicts, key=lambda conflict: _ORDER[_code(conflict)]))
    yield from _codes(study, study.kinds.constants)


def _code(conflict: Conflict) -> str:
    if conflict.about == "calcul" and "date" in (conflict.found, conflict.expected):
        return "PC223"
    return "PC221" if conflict.found == "code" else "PC220"


def _conflict(study: Study, conflict: Conflict) -> Finding:
    code = _code(conflict)
    place = study.locate(conflict.place, conflict.token) if conflict.token else conflict.place
    found, expected = label(conflict.found), label(conflict.expected)
    if code == "PC223":
        help_ = "calculez par @plus_jours, @plus_mois, @jours… (rules/README.md)"
        return Finding(conflict.place, code, f"« {conflict.text} » calcule sur une date", help_)
    if code == "PC221":
        message = f"« {conflict.token} » est un mot, pas {expected}, dans « {conflict.text} »"
        return Finding(place, code, message, _instead(study, conflict.token))
    if conflict.about == "comparaison":
        message = f"« {conflict.text} » compare {found} avec {expected}"
        return Finding(conflict.place, code, message, "comparez deux valeurs de même sorte")
    where = {"fonction": "la fonction attend", "calcul": "ce calcul attend", "agregat": "l'agrégat donne"}
    message = f"« {conflict.token} » est {found} dans « {conflict.text} »"
    help_ = f"{where.get(conflict.about, 'il y faut')} {expected}"
    return Finding(place, code, message, help_)


def _instead(study: Study, word: str) -> str:
    parameters = study.base.parameters
    if word in parameters:
        arguments = ", ".join([*("…" for _ in parameters[word].key_types), "Valeur"])
        return f"ajoutez la condition {word}({arguments}) et employez Valeur"
    return suggestion(word, parameters) or "lisez la valeur par une condition, et employez sa variable"


def _codes(study: Study, constants: Sequence[Constant]) -> Iterator[Finding]:
    base = study.base
    lists: dict[str, set[str]] = {f"code:{name}": set(item.elements) for name, item in base.nomenclatures.items()}
    lists["code:droit"] = set(base.rights)
    lists.setdefault("code:oui_non", {"oui", "non"})
    for constant in constants:
        known = lists.get(constant.kind)
        if known is None or constant.name in known or constant.name in study.lost:
            continue
        if constant.kind == "code:droit":
            message, file = f"droit inconnu « {constant.name} »", "facts/droits.yaml"
        else:
            message, file = f"« {constant.name} » n'est pas {label(constant.kind)}", "la nomenclature"
        help_ = suggestion(constant.name, known) or f"ajoutez-le à {file}, ou corrigez-le"
        yield Finding(study.locate(constant.place, constant.name), "PC222", message, help_)
