"""The texts that an answer rests on, and whether the version in force that day was read."""

from __future__ import annotations

from collections.abc import Iterable

from pycoverage.answer import Citation
from pycoverage.base import KnowledgeBase
from pycoverage.sentence import article as shown
from pycoverage.value import Fun, Term

ARTICLE_ADDRESS = "https://www.legifrance.gouv.fr/codes/article_lc/"


def citations(base: KnowledgeBase, rules: Iterable[str], day: str) -> list[Citation]:
    """Return the articles that rules cite, each once, sorted, with their version in force on a day of the law."""
    found = {
        (c.citation, c): c for rule in rules if rule in base.legal for c in _cited(base, base.legal[rule].source, day)
    }
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _cited(base: KnowledgeBase, source: Term, day: str) -> Iterable[Citation]:
    if not isinstance(source, Fun) or not source.args or source.name not in base.texts:
        return
    text, name = base.texts[source.name], str(source.args[0])
    article = text.articles.get(name)
    if article is None:
        return
    version = article.version(day)
    read = version in article.read if version else bool(article.read)
    address = f"{ARTICLE_ADDRESS}{article.legifrance}" if article.legifrance else text.adresse
    yield Citation(text.citation.replace("{article}", shown(name)).strip(), version, read, address)
