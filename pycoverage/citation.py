"""The texts that an answer rests on, and whether the version in force that day was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pycoverage.answer import Citation
from pycoverage.base import KnowledgeBase
from pycoverage.speech import Speech
from pycoverage.speech import article as shown
from pycoverage.value import Fun, Term

ARTICLE_ADDRESS = "https://www.legifrance.gouv.fr/codes/article_lc/"


def citations(base: KnowledgeBase, rules: Iterable[str], jour: str, sources: Iterable[str] = ()) -> list[Citation]:
    """Return the articles that rules and other sources cite, each once, sorted, as in force on a day of the law.

    A source that names no text of the base, as that of an amount may, is cited whole.
    """
    terms: list[Term | str] = [base.legal[rule].source for rule in rules if rule in base.legal]
    terms += [named(source) for source in sources if source]
    found = {(c.citation, c): c for term in terms for c in _cited(base, term, jour)}
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1].article))]


def named(source: str) -> Term | str:
    """Return the text and article that a source written `text("article", "part")` names, else the source as it is."""
    match = re.fullmatch(r"(\w+)\((.*)\)", source.strip())
    return Fun(match.group(1), tuple(re.findall(r'"([^"]*)"', match.group(2)))) if match else source


def _cited(base: KnowledgeBase, source: Term | str, jour: str) -> Iterable[Citation]:
    if isinstance(source, str):
        yield Citation(source[:1].upper() + source[1:], "", source, "", True, "")
        return
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
    renumbered = template.removeprefix(text.citation) if template.startswith(text.citation) else ""
    named = f"art. {number}{renumbered}" if "art. {article}" in template else number
    yield Citation(text.titre, named, cited, version, read, address)


def listed(found: Iterable[Citation], speech: Speech) -> Iterator[str]:
    """Yield one line per text: its articles, each with the version in force, and whether it was not read."""
    by_text: dict[str, list[str]] = {}
    for cited in found:
        notes = [speech.day(cited.version)] if cited.version else []
        notes += [] if cited.lue else [speech("non_lu")]
        named = speech.foreign(cited.article)
        told = f"{named} ({speech('virgule').join(notes)})" if notes else named
        by_text.setdefault(cited.texte, []).extend([told] if told else [])
    for text, articles in by_text.items():
        yield speech.foreign(text) + (speech("deux_points") + speech("virgule").join(articles) if articles else "")
