"""Guards and rule ids: which rule applies when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, anomalies, atoms
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.syntax import Rule

CODES = (
    Doc(
        "PC102",
        "identifiant de règle inconnu",
        "Une garde ou une phrase qui nomme une règle que personne n'a déclarée : la règle ne s'appliquerait jamais, "
        "sans un mot.",
        "majeur(Personne) :- en_vigueur(majeurr), personne(Personne).",
        """
        regle(majeur, code_exemple("1"), "2020-01-01", #sup).
        majeur(Personne) :- en_vigueur(majeur), personne(Personne).
        """,
        "phrase(…) peut aussi nommer une anomalie que les règles donnent",
    ),
    Doc(
        "PC107",
        "règle sans garde",
        "Une règle de droit s'applique entre deux dates et a une source : sa première condition est en_vigueur(id). "
        "Une liste de codes qui vient d'un texte est une propriété de nomenclature, datée elle aussi.",
        "majeur(Personne) :- personne(Personne).",
        """
        majeur(Personne) :-
            en_vigueur(majorite),
            personne(Personne).
        """,
        "une règle sans contenu juridique (jointure, somme, décompte, anomalie) se place sous une ligne "
        "« %% Technique »",
    ),
    Doc(
        "PC110",
        "un identifiant garde deux règles",
        "Un identifiant, une règle, une phrase : sinon la preuve ne sait pas laquelle des deux a joué.",
        """
        majeur(Personne) :- en_vigueur(majorite), personne(Personne).
        adulte(Personne) :- en_vigueur(majorite), personne(Personne).
        """,
        """
        majeur(Personne) :- en_vigueur(majorite), personne(Personne).
        adulte(Personne) :- en_vigueur(age_adulte), personne(Personne).
        """,
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find rules without guard, guards that are no guard, and ids that name nothing."""
    first: dict[str, Place] = {}
    for rule in study.base.rules:
        yield from _guard(study, rule)
        guard = rule.guard
        if guard is None:
            continue
        if guard not in study.base.legal and guard not in study.lost:
            yield _unknown(study, guard, rule.places[0], study.base.legal)
        if guard in first:
            message = f"l'identifiant « {guard} » garde deux règles"
            help_ = f"la première : {first[guard]} ; donnez à celle-ci son propre identifiant"
            yield Finding(study.locate(rule.places[0], guard), "PC110", message, help_)
        first.setdefault(guard, rule.place)
    known = {*study.base.legal, *anomalies(study)}
    for rule in study.facts("phrase"):
        identifier = str(rule.head.args[0])
        if identifier not in known and identifier not in study.lost:
            yield _unknown(study, identifier, rule.place, known)
    for rule in study.facts("remplace"):
        identifier = str(rule.head.args[1])
        if identifier not in study.base.legal and identifier not in study.lost:
            yield _unknown(study, identifier, rule.place, study.base.legal)


def _unknown(study: Study, identifier: str, place: Place, known: Iterable[str]) -> Finding:
    help_ = suggestion(identifier, known) or "déclarez-la : regle(id, source, début, fin)"
    message = f"identifiant de règle inconnu « {identifier} »"
    return Finding(study.locate(place, identifier), "PC102", message, help_)


def _guard(study: Study, rule: Rule) -> Iterator[Finding]:
    misplaced = [
        (literal, place)
        for number, (literal, place) in enumerate(atoms(rule))
        if literal.atom.name == "en_vigueur" and not (number == 0 and rule.guard)
    ]
    if misplaced:
        literal, place = misplaced[0]
        message = f"« {literal} » n'est pas une garde"
        yield Finding(place, "PC107", message, "la garde est la première condition : en_vigueur(identifiant), seule")
    elif rule.guard is None and not study.technical(rule):
        what = "règle sans garde" if rule.body else "fait sans garde ni date"
        help_ = "commencez par en_vigueur(identifiant), ou placez la règle sous « %% Technique »"
        if not rule.body:
            help_ = "écrivez une propriété de nomenclature ou un paramètre, ou placez-le sous « %% Technique »"
        yield Finding(rule.place, "PC107", f"{what} « {rule.head} »", help_)
