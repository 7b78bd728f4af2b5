"""Proofs: what facts/preuves.yaml and the vocabulary name exists, and somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.base import ASKED
from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.requirement import Admission, Declaration
from pycoverage.scalar import day
from pycoverage.value import Fun

CODES = (
    Doc(
        "PC330",
        "preuve qui ne tient à rien",
        "Un document, un fait ou un droit que facts/preuves.yaml nomme et qui n'existe pas, ou une pièce que rien ne "
        "demande : la personne serait mal conseillée sans que rien ne le montre.",
        "pieces: {preuve_identite: {etablit: [identitee_prouvee], …}}",
        "pieces: {preuve_identite: {etablit: [identite_prouvee], …}}",
    ),
    Doc(
        "PC331",
        "période d'une preuve incorrecte",
        "Un document est admis d'un jour à un autre, compris tous deux ; une date impossible ou une fin avant le début "
        "le rendrait admis toujours, ou jamais.",
        "- {document: passeport, du: 2021-02-30}",
        "- {document: passeport, du: 2021-02-28}",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find the names, days and pieces of facts/preuves.yaml that fit nothing."""
    base = study.base
    rubric = base.rubrics.get(ASKED)
    lists = [field.nomenclature for field in rubric.champs.values()] if rubric else []
    documents = {code for name in lists if name in base.nomenclatures for code in base.nomenclatures[name].elements}
    attributes = {attribute.name: attribute for attribute in base.vocabulary}
    proofs = base.requirements
    for attribute in attributes.values():
        if lists:
            yield from _names(study, "un document", attribute.preuves, documents, attribute.place)
    listed: set[str] = set()
    for name, piece in proofs.pieces.items():
        lines = (*piece.documents, *piece.tout_moyen)
        listed.update(line.document for line in lines)
        yield from _names(study, "une pièce", [name], documents, piece.place)
        yield from _names(study, "un fait du vocabulaire", piece.etablit, attributes, piece.place)
        yield from _names(study, "une pièce", [piece.vaut] if piece.vaut else [], proofs.pieces, piece.place)
        for line in lines:
            yield from _names(study, "un document", [line.document] if line.document else [], documents, line.place)
            yield from _days(study, line)
    for declaration in proofs.honneur:
        known = {*documents, *attributes}
        yield from _names(study, "une pièce ou un fait", declaration.pour, known, declaration.place)
        yield from _names(study, "un droit", declaration.droits, base.rights, declaration.place)
        given = [declaration.document] if declaration.document else []
        yield from _names(study, "un document", given, documents, declaration.place)
        yield from _days(study, declaration)
    yield from _names(study, "un document", proofs.communs, documents, Place("facts/preuves.yaml", 1, 1))
    for name, values in proofs.sans_objet.items():
        where = study.locate(Place("facts/preuves.yaml", 1, 1), "sans_objet")
        yield from _names(study, "un document", [name], documents, where)
        simple = [key for key, attribute in base.vocabulary.personne.items() if not attribute.is_list]
        yield from _names(study, "un fait simple d'une personne", values, simple, where)
    yield from _only(study)
    asked = {str(term) for term in _asked(study)}
    asked |= {code for attribute in attributes.values() for code in attribute.preuves}
    for name, piece in proofs.pieces.items():
        if name in documents and name not in asked | study.lost:
            place = study.locate(piece.place, name)
            help_ = f"une règle la demande ({ASKED}), ou « preuves » du vocabulaire la nomme"
            yield Finding(place, "PC330", f"rien ne demande la pièce « {name} »", help_, "avertissement")


def _only(study: Study) -> Iterator[Finding]:
    """Find what `seulement` names and that does not exist."""
    base, where = study.base, study.locate(Place("facts/preuves.yaml", 1, 1), "seulement")
    for document, lists in base.requirements.seulement.items():
        yield from _names(study, "un document", [document], base.nomenclatures["document"].elements, where)
        for name, values in lists.items():
            listed = {key: found.champs for key, found in base.vocabulary.personne.items() if found.is_list}
            yield from _names(study, "une liste d'une personne", [name], listed, where)
            fields = listed.get(name, {})
            yield from _names(study, f"un champ de « {name} »", values, fields, where)
            for field, codes in values.items():
                kind = base.nomenclatures.get(fields[field].nomenclature) if field in fields else None
                yield from _names(study, "un code de la nomenclature", codes, kind.elements if kind else codes, where)


def _asked(study: Study) -> Iterator[Fun]:
    for index in study.heads.get(ASKED, ()):
        last = study.base.rules[index].head.args[-1]
        if isinstance(last, Fun):
            yield last


def _names(study: Study, what: str, names: Iterable[str], known: Iterable[str], place: Place) -> Iterator[Finding]:
    found = set(known)
    for name in names:
        if name not in found | study.lost:
            help_ = suggestion(name, found) or "voir facts/README.md"
            yield Finding(study.locate(place, name), "PC330", f"« {name} » n'est pas {what}", help_)


def _days(study: Study, line: Admission | Declaration) -> Iterator[Finding]:
    wrong = [text for text in (line.du, line.au) if text and day(text) is None]
    for text in wrong:
        help_ = "écrivez AAAA-MM-JJ, un jour qui existe"
        yield Finding(study.locate(line.place, text), "PC331", f"date incorrecte « {text} »", help_)
    if not wrong and line.au and line.au < line.du:
        place = study.locate(line.place, line.au)
        yield Finding(place, "PC331", f"la fin {line.au} précède le début {line.du}", "échangez-les ou corrigez")
