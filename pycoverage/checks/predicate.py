"""Predicates: each name is known, has one arity, and is derived by the rules or given to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pycoverage.base import METADATA
from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, atoms, inside, parts, shown
from pycoverage.checks.unification import unifies
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.syntax import Atom, variables
from pycoverage.value import Fun

CODES = (
    Doc(
        "PC105",
        "#show hors de rules/socle/montre.lp",
        "Ce qui sort des règles est une table fermée, dans un seul fichier.",
        "#show majeur/1.",
        "% dans rules/socle/montre.lp\n#show droit/2.",
    ),
    Doc(
        "PC114",
        "nom réservé",
        "Les noms qui commencent par « _ » et les variables C__, K__ et L__ sont ceux du moteur, et une règle ne "
        "conclut pas regle, phrase, notion, remplace ou selon, qui décrivent les règles.",
        "majeur(C__) :- personne(C__).",
        "majeur(Personne) :- personne(Personne).",
    ),
    Doc(
        "PC201",
        "prédicat inconnu",
        "Un prédicat qu'aucune règle ne conclut et qu'aucun fait ne donne est toujours faux : la règle ne "
        "s'appliquerait jamais.",
        "majeur(Personne) :- naisance(Personne, Naissance).",
        "majeur(Personne) :- naissance(Personne, Naissance).",
    ),
    Doc(
        "PC202",
        "nombre d'arguments",
        "Un nom a un seul nombre d'arguments. Avec un argument de trop ou de moins, c'est un autre prédicat, "
        "toujours faux.",
        "majeur(Personne) :- naissance(Personne).",
        "majeur(Personne) :- naissance(Personne, Naissance).",
    ),
    Doc(
        "PC204",
        "condition qu'aucune règle ne donne",
        "Le prédicat existe, mais aucune règle ne le conclut avec ces codes : la condition est toujours fausse.",
        """
        groupe(Personne, adulte) :- personne(Personne).
        aide(Personne) :- groupe(Personne, adultes).
        """,
        """
        groupe(Personne, adulte) :- personne(Personne).
        aide(Personne) :- groupe(Personne, adulte).
        """,
    ),
    Doc(
        "PC205",
        "règle qui conclut un fait donné",
        "Les faits du dossier, les paramètres, les nomenclatures et le contexte viennent d'ailleurs : une règle qui "
        "les conclut changerait ce que la personne a dit.",
        "naissance(Personne, Jour) :- personne(Personne), date(Jour).",
        "naissance_retenue(Personne, Jour) :- naissance(Personne, Jour).",
    ),
)

_RESERVED = re.compile(r"[A-Z]\w*__")
SHOW_FILE = "rules/socle/montre.lp"


def check(study: Study) -> Iterator[Finding]:
    """Find names that are unknown, reserved, misused, or never derived as they are asked."""
    arities = _arities(study)
    for rule in study.base.rules:
        yield from _reserved(rule.head, study, rule.place)
        named = sorted({name for part, _ in parts(rule) for name in variables(part) if _RESERVED.fullmatch(name)})
        for name in named:
            place = study.locate(rule.place, name)
            yield Finding(place, "PC114", f"variable réservée « {name} »", "choisissez un mot français entier")
        if rule.head.name in study.given:
            message = f"la règle conclut « {rule.head} », qui est donné"
            help_ = "donnez un autre nom à la conclusion"
            yield Finding(rule.place, "PC205", message, help_)
        else:
            yield from _arity(study, rule.head, rule.place, arities)
        for literal, place in atoms(rule):
            yield from _known(study, literal.atom, place, arities)
    for notion in study.base.notions.values():
        arity = arities.get(notion.predicate)
        if arity is not None and arity != len(notion.variables):
            yield _wrong(study, notion.predicate, len(notion.variables), arity, notion.place)
    for name, arity, place in study.base.shows:
        if place.file != SHOW_FILE:
            yield Finding(
                place, "PC105", f"« #show {name}/{arity} » hors de {SHOW_FILE}", "déplacez-le ou supprimez-le"
            )
        elif name not in arities and name not in study.lost:
            yield _unknown(study, name, place)
        elif arities.get(name, arity) != arity:
            yield _wrong(study, name, arity, arities[name], place)


def _arities(study: Study) -> dict[str, int]:
    """Return the arity of every name: the one given, or else the most usual."""
    uses: dict[str, Counter[int]] = {name: Counter() for name in study.heads}
    for rule in study.base.rules:
        for atom in (rule.head, *(literal.atom for literal, _ in atoms(rule))):
            if atom.name in uses:
                uses[atom.name][len(atom.args)] += 1
    found = {name: counts.most_common(1)[0][0] for name, counts in uses.items()}
    found.update(study.base.outputs())
    found.update(study.given)
    return found


def _reserved(head: Atom, study: Study, place: Place) -> Iterator[Finding]:
    if head.name in METADATA:
        help_ = "un fait seul, ou un autre nom"
        yield Finding(place, "PC114", f"« {head.name} » décrit les règles et ne se conclut pas", help_)
    elif head.name.startswith("_"):
        yield Finding(
            study.locate(place, head.name), "PC114", f"nom réservé « {head.name} »", "enlevez le « _ » initial"
        )


def _known(study: Study, atom: Atom, place: Place, arities: dict[str, int]) -> Iterator[Finding]:
    name = atom.name
    if name in study.lost and name not in study.heads and name not in study.given:
        return
    if name not in study.heads and name not in study.given:
        yield _unknown(study, name, place)
    elif len(atom.args) != arities[name]:
        yield from _arity(study, atom, place, arities)
    elif name in study.heads and name not in study.given and name not in study.lost:
        heads = [study.base.rules[index].head for index in study.heads[name]]
        if not any(unifies(atom, head) for head in heads):
            yield _impossible(study, atom, heads, place)


def _impossible(study: Study, atom: Atom, heads: list[Atom], place: Place) -> Finding:
    written = {t.name for arg in atom.args for t in inside(arg) if isinstance(t, Fun) and not t.args}
    given = {t.name for head in heads for arg in head.args for t in inside(arg) if isinstance(t, Fun) and not t.args}
    near = (suggestion(word, given) for word in sorted(written - given))
    help_ = next((text for text in near if text), f"les règles donnent {', '.join(map(str, heads[:3]))}")
    return Finding(study.locate(place, atom.name), "PC204", f"aucune règle ne donne « {atom} »", help_)


def _arity(study: Study, atom: Atom, place: Place, arities: dict[str, int]) -> Iterator[Finding]:
    expected = arities[atom.name]
    if len(atom.args) != expected:
        yield _wrong(study, atom.name, len(atom.args), expected, place)


def _wrong(study: Study, name: str, found: int, expected: int, place: Place) -> Finding:
    message = f"« {name} » a {_count(expected)}, pas {found}"
    return Finding(study.locate(place, name), "PC202", message, _shape(study, name))


def _count(number: int) -> str:
    return {0: "zéro argument", 1: "un argument"}.get(number, f"{number} arguments")


def _shape(study: Study, name: str) -> str:
    attribute = study.base.vocabulary.by_predicate().get(name)
    if attribute:
        return f"écrivez {name}({', '.join(attribute.arguments)})"
    if name in study.heads:
        rule = study.base.rules[study.heads[name][0]]
        return f"comme « {rule.head} », {rule.place}"
    kinds = study.kinds.positions.get(name, ())
    return f"écrivez {name}({', '.join((kind or '…').removeprefix('code:') for kind in kinds)})" if kinds else ""


def _unknown(study: Study, name: str, place: Place) -> Finding:
    near = suggestion(name, (set(study.heads) | set(study.given)) - {name})
    help_ = near or "écrivez la règle qui le conclut, ou ajoutez le fait à facts/vocabulaire.yaml"
    if name in shown(study):
        help_ = "aucune règle ne le conclut"
    return Finding(study.locate(place, name), "PC201", f"prédicat inconnu « {name} »", help_)
