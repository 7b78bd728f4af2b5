"""The texts that an answer rests on, and whether the version in force that day was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.answer import Citation
from pycoverage.base import KnowledgeBase
from pycoverage.speech import Speech
from pycoverage.speech import article as shown
from pycoverage.value import Fun, Term

ARTICLE_ADDRESS = "https://www.legifrance.gouv.fr/codes/article_lc/"


def citations(base: KnowledgeBase, rules: Iterable[str], jour: str) -> list[Citation]:
    """Return the articles that rules cite, each once, sorted, with their version in force on a day of the law."""
    found = {
        (c.citation, c): c for rule in rules if rule in base.legal for c in _cited(base, base.legal[rule].source, jour)
    }
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1].article))]


def _cited(base: KnowledgeBase, source: Term, jour: str) -> Iterable[Citation]:
    if not isinstance(source, Fun) or not source.args or source.name not in base.texts:
        return
    text, name = base.texts[source.name], str(source.args[0])
    article = text.articles.get(name)
    if article is None:
        return
    version = article.version(jour)
    read = version in article.read if version else bool(article.read) and not text.renumbered(jour)
    address = f"{ARTICLE_ADDRESS}{article.legifrance}" if article.legifrance else text.adresse
    number, template = shown(text.number(name, jour)), text.cited(name, jour)
    cited = template.replace("{article}", number).strip()
    named = f"art. {number}" if "art. {article}" in template else number
    yield Citation(text.titre, named, cited, version, read, address)


def listed(found: Iterable[Citation], speech: Speech) -> Iterator[str]:
    """Yield one line per text: its articles, each with the version in force, and whether it was not read."""
    by_text: dict[str, list[str]] = {}
    for cited in found:
        notes = [speech.day(cited.version)] if cited.version else []
        notes += [] if cited.lue else [speech("non_lu")]
        named = speech.foreign(cited.article)
        by_text.setdefault(cited.texte, []).append(f"{named} ({speech('virgule').join(notes)})" if notes else named)
    for text, articles in by_text.items():
        yield speech.foreign(text) + speech("deux_points") + speech("virgule").join(articles)
