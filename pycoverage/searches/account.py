"""A survey of all situations as plain text: what may differ, the proof or its limits, and a dossier for each."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.report import comparison_text, right_name
from pycoverage.searches.difference import HELD, RIGHT, ROLE
from pycoverage.searches.latitude import Latitude
from pycoverage.searches.survey import Extent, Persona, Shown, Survey
from pycoverage.speech import count, day

HOW = {
    "gagne": "+ droit gagné",
    "perd": "− droit perdu",
    "ajoute": "+ ajouté",
    "retire": "− retiré",
    "change": "~ jour ou montant changé",
}
TERMS = {"effet": "date d'effet", "fin": "date de fin", "montant_du": "montant"}


def survey_text(found: Survey, base: KnowledgeBase) -> Iterator[str]:
    """Yield the lines of a survey: the domain, the differences, then the comparison of the dossiers that show them."""
    yield from found.avertissements
    yield "Toutes les situations"
    yield from extent_text(found.domaine)
    yield ""
    yield from _differences(found, base)
    yield ""
    if found.personas:
        latitude = Latitude(base, found.domaine.date)
        yield "Exemples, relus et répondus dans les deux états"
        for each in found.personas:
            yield ""
            yield f"  # {each.dossier}.yaml"
            yield from (f"  {line}" for line in each.texte.rstrip("\n").split("\n"))
            if each.decisifs:
                yield f"  # {deciding_text(each)}"
                yield "  # Chacun peut être, les autres restant ainsi :"
                yield from (f"  #   {line}" for line in map(latitude, each.etendues) if line)
        yield ""
        yield from comparison_text(found.comparaison, base)


def deciding_text(found: Persona) -> str:
    """Return which facts decide of the difference that an example shows."""
    return (
        f"Un seul de ces faits, dit autrement, peut la défaire : {', '.join(found.decisifs)}. "
        "Changé seul, aucun autre fait ne la défait."
    )


def extent_text(domain: Extent) -> Iterator[str]:
    """Yield what was searched, and its limits."""
    yield (
        f"Domaine déclaré : un foyer d'au plus {count(domain.personnes, 'personne')}, le {day(domain.date)} ; "
        f"{count(domain.faits, 'fait libre', 'faits libres')}, {domain.valeurs} valeurs."
    )
    yield "  Une liste a au plus une ligne ; rien ne commence, n'est déposé ni notifié après ce jour."
    yield "  Une ligne qu'aucune règle utile ne regarde est laissée de côté."
    yield "  Lectures par défaut ; une valeur par intervalle que découpent les règles, ce jour et les dates de la loi."
    yield "  Où deux dates du dossier se comparent entre elles, seules ces valeurs sont essayées."
    if domain.reduits:
        yield f"  Faits dont toutes les valeurs ne sont pas gardées : {', '.join(domain.reduits)}."
    if domain.non_couvertes:
        yield f"  Règles dont une comparaison n'est pas suivie : {', '.join(domain.non_couvertes)}."
    if domain.echecs:
        yield f"  Combinaisons laissées de côté : {' ; '.join(domain.echecs)}."


def _differences(found: Survey, base: KnowledgeBase) -> Iterator[str]:
    if not found.differences:
        yield f"Aucune différence trouvée{' sur ce droit' if found.droit else ''}."
    for each in found.differences:
        shown = f" ({', '.join(each.dossiers[:2])})" if each.dossiers else ""
        yield f"  {label(each, base)}{shown}"
    yield from proof_text(found, base)


def proof_text(found: Survey, base: KnowledgeBase) -> Iterator[str]:
    """Yield whether there is anything else, or how far it is known."""
    only = f" sur ce droit ({right_name(base, found.droit)})" if found.droit else ""
    if not found.details:
        yield "Droits gagnés et perdus ; avec --details, aussi les dates, les montants et les indications (plus long)."
    size = count(found.domaine.personnes, "personne")
    if found.non_confirmes:
        yield (
            f"RÉSULTAT DOUTEUX : le moteur ne répond pas comme la recherche pour {', '.join(found.non_confirmes)} ; "
            "signalez-le."
        )
    elif found.complet and found.differences:
        yield f"Aucune autre différence{only} pour un foyer d'au plus {size} dans le domaine déclaré (prouvé)."
    elif found.complet:
        yield f"C'est prouvé pour un foyer d'au plus {size} dans le domaine déclaré."
    else:
        cut = "interrompue" if found.interrompu else "arrêtée avant la fin (--limite)"
        yield f"RÉSULTAT PARTIEL : {cut}, la recherche peut ignorer d'autres différences."
    if found.complet and not found.non_confirmes and found.domaine.reduits:
        yield "Le domaine nomme les faits dont des valeurs ne sont pas gardées : de celles-ci, rien n'est dit."


def label(each: Shown, base: KnowledgeBase) -> str:
    """Return how something differs: the right, what is told of it, and for whom."""
    whom = f", pour : {_name(base, ROLE, each.role)}" if each.role else ""
    return f"{HOW[each.sens]} : {_told(each, base)}{whom}"


def _told(each: Shown, base: KnowledgeBase) -> str:
    right = right_name(base, each.droit)
    if each.dit == RIGHT:
        return right
    if each.dit in HELD:
        return f"{right}, {TERMS[each.dit]}"
    rubric = base.rubrics.get(each.dit)
    if rubric is None:
        return f"{right}, {each.dit} {' '.join(each.codes)}".rstrip()
    fields = [field for field in rubric.champs.values() if field.type not in ("date", "montant", "nombre")]
    names = (_name(base, field.nomenclature, code) for field, code in zip(fields, each.codes, strict=True))
    return f"{right}, {rubric.nom} : {', '.join(names)}"


def _name(base: KnowledgeBase, nomenclature: str, code: str) -> str:
    known = base.nomenclatures.get(nomenclature)
    return known.elements[code].nom if known and code in known.elements else code.replace("_", " ")
