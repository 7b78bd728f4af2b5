"""Negation: of conclusions, never of what may just be unknown."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, atoms, terms
from pycoverage.finding import Finding
from pycoverage.value import Var
from pycoverage.vocabulary import Attribute

CODES = (
    Doc(
        "PC212",
        "négation d'un fait du dossier",
        "Un attribut simple a toujours exactement une valeur : on la nomme. Une liste dont le silence veut dire "
        "« inconnu » ne se nie pas non plus : l'absence d'une ligne n'est pas un non.",
        "aide(Personne) :- personne(Personne), not isole(Personne, oui).",
        "aide(Personne) :- isole(Personne, non).",
        "une liste complète quand elle est donnée (absence : non, ou presume)",
    ),
    Doc(
        "PC213",
        "« _ » sous une négation",
        "« not p(X, _) » change de sens d'une version de clingo à l'autre, et n'a pas de sens pour qui relit.",
        "aide(Personne) :- personne(Personne), not parent(Personne, _).",
        """
        aide(Personne) :- personne(Personne), not a_un_parent(Personne).
        a_un_parent(Personne) :- parent(Personne, Parent).
        """,
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find negations of stated facts, and `_` under a negation."""
    attributes = study.base.vocabulary.by_predicate()
    for rule in study.base.rules:
        for literal, place in atoms(rule):
            if not literal.negated:
                continue
            attribute = attributes.get(literal.atom.name)
            if attribute is not None and (not attribute.is_list or attribute.absence == "inconnu"):
                message = f"« {literal} » nie un fait du dossier"
                yield Finding(place, "PC212", message, _instead(attribute))
            elif Var("_") in terms(literal):
                help_ = "écrivez une règle technique sans cet argument, et niez-la"
                yield Finding(study.locate(place, "_"), "PC213", f"« _ » sous une négation : « {literal} »", help_)


def _instead(attribute: Attribute) -> str:
    if attribute.is_list:
        return "concluez d'abord ce que cette liste établit, dans une règle, et niez cette conclusion"
    arguments = ", ".join(
        "oui ou non" if n == "valeur" and attribute.type == "oui_non" else n for n in attribute.arguments
    )
    return f"nommez la valeur : {attribute.predicate}({arguments})"
