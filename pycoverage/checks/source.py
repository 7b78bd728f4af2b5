"""Sources: every rule and every amount cites an article that the base knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.value import Fun, Term, write

CODES = (
    Doc(
        "PC303",
        "source manquante",
        "Une règle ou un montant sans source ne peut pas être opposé à un refus.",
        'regle(majorite, "", "2020-01-01", #sup).',
        'regle(majorite, code_exemple("1"), "2020-01-01", #sup).',
    ),
    Doc(
        "PC306",
        "texte ou article inconnu",
        "La source d'une règle nomme un texte de facts/textes/ et un article de ce texte : c'est ce que lira la "
        "personne, et ce que vérifiera le juriste.",
        'regle(majorite, code_exemple("999"), "2020-01-01", #sup).',
        'regle(majorite, code_exemple("1", "al. 2"), "2020-01-01", #sup).',
        "la source d'une valeur de paramètre peut aussi être une phrase libre",
    ),
)

_TERM = re.compile(r'\s*([a-z][a-z0-9_]*)\(\s*"([^"]*)"\s*(?:,\s*"[^"]*"\s*)?\)\s*')


def check(study: Study) -> Iterator[Finding]:
    """Find rules without source, and sources that name no article."""
    for legal in study.base.legal.values():
        yield from of_term(study, legal.source, legal.place, legal.id)
    for name, parameter in study.base.parameters.items():
        whose = f"le paramètre « {name} »"
        sources = {parameter.source: parameter.place} if parameter.source.strip() else {}
        for amount in parameter.amounts:
            sources.setdefault(amount.source, amount.place)
        for source, place in sources.items():
            if source.strip():
                yield from _text(study, source, study.locate(place, source), whose)
    for question in study.base.questions.values():
        for name, reading in question.lectures.items():
            where = study.locate(question.place, reading.source) if reading.source else question.place
            yield from _text(study, reading.source, where, f"la lecture « {name} »", free=False)
    for nomenclature in study.base.nomenclatures.values():
        for name, item in nomenclature.proprietes.items():
            yield from _text(
                study, item.source, study.locate(nomenclature.place, item.source or name), f"la propriété « {name} »"
            )
        for name, element in nomenclature.elements.items():
            for source in dict.fromkeys(element.sources.values()):
                yield from _text(study, source, study.locate(element.place, source), f"l'élément « {name} »")
    yield from _admitted(study)


def _admitted(study: Study) -> Iterator[Finding]:
    """Find the sources of facts/preuves.yaml that name no article, each once."""
    proofs = study.base.requirements
    cited = {piece.source: (f"la pièce « {name} »", piece.place) for name, piece in proofs.pieces.items()}
    for name, piece in proofs.pieces.items():
        for line in (*piece.documents, *piece.tout_moyen):
            cited.setdefault(line.source, (f"la pièce « {name} »", line.place))
    for declaration in proofs.honneur:
        cited.setdefault(declaration.source, ("une déclaration sur l'honneur", declaration.place))
    for source, (whose, place) in cited.items():
        if source:
            yield from _text(study, source, study.locate(place, source), whose, free=False)


def of_term(study: Study, source: Term, place: Place, identifier: str) -> Iterator[Finding]:
    """Find what is wrong with the source of a rule or a statement."""
    if not isinstance(source, Fun) or not source.args:
        message = f"la règle « {identifier} » n'a pas de source"
        help_ = 'écrivez le texte et son article : texte("article", "alinéa")'
        if source != "":
            message += f" : « {write(source)} »"
        yield Finding(place, "PC303", message, help_)
        return
    known = study.base.texts
    first = source.args[0]
    if source.name not in known:
        if source.name not in study.lost:
            yield _unknown_text(study, source.name, study.locate(place, source.name))
    elif not all(isinstance(arg, str) for arg in source.args) or len(source.args) > 2:
        help_ = f'écrivez {source.name}("article") ou {source.name}("article", "alinéa")'
        yield Finding(study.locate(place, source.name), "PC306", f"source mal écrite « {source} »", help_)
    elif isinstance(first, str) and first not in known[source.name].articles:
        yield _unknown_article(study, source.name, first, study.locate(place, write(first)))


def _text(study: Study, source: str, place: Place, whose: str, *, free: bool = True) -> Iterator[Finding]:
    match = _TERM.fullmatch(source)
    if match is None:
        if not source.strip() or not free:
            shown = f" : « {source} »" if source.strip() else ""
            yield Finding(place, "PC303", f"{whose} n'a pas de source{shown}", "nommez le texte et l'article")
        return
    text, article = match.groups()
    if text not in study.base.texts:
        if text not in study.lost:
            yield _unknown_text(study, text, place)
    elif article not in study.base.texts[text].articles:
        yield _unknown_article(study, text, article, place)


def _unknown_text(study: Study, text: str, place: Place) -> Finding:
    help_ = suggestion(text, study.base.texts) or "ajoutez-le à facts/textes/"
    return Finding(place, "PC306", f"texte inconnu « {text} »", help_)


def _unknown_article(study: Study, text: str, article: str, place: Place) -> Finding:
    same = [known for known in study.base.texts[text].articles if _plain(known) == _plain(article)]
    help_ = f"vouliez-vous dire « {same[0]} » ?" if same else f"ajoutez-le sous « {text} » dans facts/textes/"
    return Finding(place, "PC306", f"article inconnu « {article} » de « {text} »", help_)


def _plain(article: str) -> str:
    return re.sub(r"[\W_]|art", "", article.lower())
