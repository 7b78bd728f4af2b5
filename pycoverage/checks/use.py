"""Use: what is written and never serves was either forgotten or misspelt."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, atoms, shown
from pycoverage.finding import Finding, Place
from pycoverage.value import Fun

CODES = (
    Doc(
        "PC230",
        "règle déclarée sans condition",
        "regle(id, …) annonce une règle que rien n'écrit : elle serait citée sans jamais s'appliquer.",
        'regle(majorite, code_exemple("1"), "2020-01-01", #sup).',
        """
        regle(majorite, code_exemple("1"), "2020-01-01", #sup).
        majeur(Personne) :- en_vigueur(majorite), personne(Personne).
        """,
    ),
    Doc(
        "PC231",
        "conclusion qui ne sert pas",
        "Une conclusion que nulle règle n'emploie et que le programme ne lit pas ne change aucune réponse.",
        "majeur(Personne) :- adulte(Personne).  % et nulle part « majeur » dans une condition",
        "aide(Personne) :- majeur(Personne).",
        "les atomes que le programme lit (rules/README.md)",
    ),
    Doc(
        "PC232",
        "phrases d'une notion qui n'existe pas",
        "notion(…) décrit un prédicat qu'aucune règle ne conclut : son nom a changé, ou sa règle manque.",
        'notion(majeure("Personne"), "{Personne} est majeure", "{Personne} n\'est pas majeure").',
        'notion(majeur("Personne"), "{Personne} est majeure", "{Personne} n\'est pas majeure").',
    ),
    Doc(
        "PC233",
        "paramètre ou propriété inutilisé",
        "Un montant ou une propriété que nulle règle ne lit : on croit l'avoir mis à jour, et rien ne change.",
        "# facts/parametres/exemple.yaml : un paramètre que nulle règle ne lit",
        "aide(Personne) :- total(Personne, Total), plafond(Plafond), Total <= Plafond.",
    ),
    Doc(
        "PC234",
        "droit que nulle règle ne donne",
        "Chaque droit de facts/droits.yaml est annoncé à chaque personne : sans règle, la réponse serait toujours non.",
        "# facts/droits.yaml : un droit sans règle",
        "droit(Personne, aide) :- en_vigueur(aide_droit), majeur(Personne).",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find rules, conclusions, sentences, parameters and rights that change no answer."""
    base = study.base
    read = {
        literal.atom.name for rule in base.rules for literal, _ in atoms(rule) if literal.atom.name != rule.head.name
    }
    read |= study.lost
    for legal in base.legal.values():
        if legal.rule < 0 and legal.id not in study.lost:
            place = study.locate(legal.place, legal.id)
            help_ = f"écrivez-la : … :- en_vigueur({legal.id}), …"
            yield Finding(place, "PC230", f"aucune règle n'est gardée par « {legal.id} »", help_)
    for name, indices in study.heads.items():
        if name not in read | shown(study) and name not in study.given:
            place = base.rules[indices[0]].place
            help_ = "employez-la dans une condition, ou retirez-la"
            yield _warning(place, "PC231", f"aucune règle n'emploie la conclusion « {name} »", help_)
    for notion in base.notions.values():
        if notion.predicate not in study.heads and notion.predicate not in study.lost:
            place = study.locate(notion.place, notion.predicate)
            help_ = "corrigez le nom, ou retirez la notion"
            yield Finding(place, "PC232", f"aucune règle ne conclut la notion « {notion.predicate} »", help_)
    for name, parameter in base.parameters.items():
        if name not in read:
            help_ = "lisez-le dans une règle, ou retirez-le"
            yield _warning(parameter.place, "PC233", f"aucune règle ne lit le paramètre « {name} »", help_)
    for name, nomenclature in base.properties():
        if name not in read:
            place = study.locate(base.nomenclatures[nomenclature].place, name)
            help_ = "lisez-la dans une règle, ou retirez-la"
            yield _warning(place, "PC233", f"aucune règle ne lit la propriété « {name} »", help_)
    yield from _rights(study)


def _rights(study: Study) -> Iterator[Finding]:
    heads = [study.base.rules[index].head for index in study.heads.get("droit", ())]
    given = {head.args[1].name for head in heads if len(head.args) == 2 and isinstance(head.args[1], Fun)}
    if any(len(head.args) == 2 and not isinstance(head.args[1], Fun) for head in heads):
        return
    for name, right in study.base.rights.items():
        if name not in given and name not in study.lost:
            help_ = f"écrivez droit(Personne, {name}) :- …, ou retirez-le de facts/droits.yaml"
            yield Finding(right.place, "PC234", f"aucune règle ne donne le droit « {name} »", help_)


def _warning(place: Place, code: str, message: str, help_: str) -> Finding:
    return Finding(place, code, message, help_, "avertissement")
