"""Where each thing of a base stands in its pages, and how a reader is told of it in one line."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path

from pycoverage.base import LegalRule
from pycoverage.catalogue import Article, Interval
from pycoverage.law import Law
from pycoverage.manual.layout import INTERFACE, read_layout
from pycoverage.manual.lexicon import Lexicon
from pycoverage.manual.markdown import code, escape, link
from pycoverage.manual.network import Network, Node
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.speech import day
from pycoverage.suite import Played
from pycoverage.syntax import Rule
from pycoverage.value import Fun, Term

ARTICLES = "https://www.legifrance.gouv.fr/codes/article_lc/"
READINGS, PARAMETERS, LISTS = "lectures.md", "parametres.md", "nomenclatures.md"
SOURCES, VOCABULARY, LIMITS = "sources.md", "vocabulaire.md", "limites.md"
PICTURES = "images"
"""Folder of the pictures, beside the pages."""


class Atlas:
    """A law with its rule files as laid out, the uses between its notions, and the page of each thing.

    Pages are named by their path from the root of the documentation (`droits/x.md`). A rule stands on one page: that
    of the right it concludes on, else that of the only right its folder gives, else that of its folder.
    """

    def __init__(self, law: Law, played: Sequence[Played] = ()) -> None:
        self.law, self.base, self.played = law, law.base, tuple(played)
        self.writer = Writer(law, {})
        self.network = Network(law.base)
        files = dict.fromkeys(rule.place.file for rule in law.base.rules)
        files.update((notion.place.file, None) for notion in law.base.notions.values())
        self.layouts = {file: read_layout(Path(law.base.root), file) for file in sorted(files)}
        self.lexicon = Lexicon(self._texts())
        self.folder_rights = self._folder_rights()
        self.replaced_by: dict[str, list[str]] = {}
        for legal in law.base.legal.values():
            if legal.replaces:
                self.replaced_by.setdefault(legal.replaces, []).append(legal.id)

    def _texts(self) -> Iterator[str]:
        base = self.base
        yield from base.phrases.values()
        for notion in base.notions.values():
            yield from (notion.positive, notion.negative)
        for layout in self.layouts.values():
            for section in layout.sections:
                yield section.title
                yield from (remark.text for remark in section.remarks if remark.label not in INTERFACE)
        yield from (question.question for question in base.questions.values())
        yield from (right.nom for right in base.rights.values())
        yield from (rubric.nom for rubric in base.rubrics.values())
        yield from (parameter.nom for parameter in base.parameters.values())
        for text in base.texts.values():
            yield from (article.objet for article in text.articles.values())
        for nomenclature in base.nomenclatures.values():
            yield from (element.nom for element in nomenclature.elements.values())
        for attribute in base.vocabulary:
            yield from (*attribute.question.values(), attribute.phrase)

    def _folder_rights(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for rule in self.base.rules:
            given = found.setdefault(folder(rule.place.file), {})
            node = self.network.node(rule.head)
            if node is not None and node.kind == "droit":
                given[node.key] = None
        return {name: tuple(right for right in self.base.rights if right in given) for name, given in found.items()}

    def of_folder(self, name: str) -> str:
        """Return the page of a folder of rules: its own, or that of the only right it gives."""
        rights = self.folder_rights.get(name, ())
        return of_right(rights[0]) if len(rights) == 1 else f"notions/{name}.md"

    def of_rule(self, rule: Rule) -> str:
        """Return the page a rule stands on."""
        kinds = self.law.kinds
        rights = [
            arg.name
            for index, arg in enumerate(rule.head.args)
            if isinstance(arg, Fun) and kinds.position(rule.head.name, index) == "code:droit"
        ]
        return of_right(rights[0]) if rule.guard and len(rights) == 1 else self.of_folder(folder(rule.place.file))

    def of_legal(self, legal: LegalRule) -> str:
        """Return the page of a rule described by `regle`."""
        return self.of_rule(self.base.rules[legal.rule])

    def of_node(self, node: Node) -> tuple[str, str]:
        """Return the page of a right or a notion, and its place on it."""
        if node.kind == "droit":
            return of_right(node.key), ""
        return self.of_folder(folder(self.base.notions[node.key].place.file)), f"notion-{node.key}"

    def folders(self) -> list[str]:
        """Return the folders of rules that have a page of their own."""
        return [name for name in self.folder_rights if not self.of_folder(name).startswith("droits/")]

    def folder_title(self, name: str) -> str:
        """Return how to name a folder of rules."""
        rights = [self.base.rights[right] for right in self.folder_rights.get(name, ())]
        if rights:
            return f"Règles communes : {', '.join(right.sigle or right.nom for right in rights)}"
        return capital(self.lexicon.words(name))

    def path_of(self, played: Played) -> str:
        """Return the path of a dossier from the root of the base."""
        return Path(played.dossier.file).relative_to(self.base.root).as_posix()

    def text_of(self, played: Played) -> str:
        """Return a dossier as written."""
        return Path(played.dossier.file).read_text(encoding="utf-8")

    def of_dossier(self, played: Played) -> str:
        """Return the page of a dossier: that of its folder."""
        return f"dossiers/{posixpath.dirname(self.path_of(played)).replace('/', '-')}.md"

    def to_dossier(self, here: str, played: Played) -> str:
        """Return a link to a dossier, by its title."""
        shown = escape(played.dossier.title or played.dossier.name)
        return self.go(here, self.of_dossier(played), stem(self.path_of(played)), shown)

    def sentence(self, text: str) -> str:
        """Return a sentence whose holes are words in brackets, with its capital letter."""
        shown = self.writer.speech.filled(text, lambda name: f"[{self.lexicon.words(name)}]")
        return capital(shown)

    def label(self, node: Node) -> str:
        """Return a right or a notion in words."""
        if node.kind == "notion":
            return self.sentence(self.base.notions[node.key].positive)
        right = self.base.rights[node.key]
        return f"{right.nom} ({right.sigle})" if right.sigle else right.nom

    def go(self, here: str, target: str, anchor: str, text: str) -> str:
        """Return a link from a page to a place of another one, or of itself."""
        path = "" if here == target else posixpath.relpath(target, posixpath.dirname(here) or ".")
        return link(text, f"{path}#{anchor}" if anchor else path or posixpath.basename(here))

    def to_rule(self, here: str, identifier: str) -> str:
        """Return a link to a rule."""
        return self.go(here, self.of_legal(self.base.legal[identifier]), identifier, code(identifier))

    def to_node(self, here: str, node: Node) -> str:
        """Return a link to a right or a notion, in words."""
        page, anchor = self.of_node(node)
        return self.go(here, page, anchor, escape(self.label(node)))

    def article(self, source: Term | str) -> tuple[str, Article | None]:
        """Return the key of the text a source cites and the article described there, if any."""
        name, parts = cited(source)
        text = self.base.texts.get(name)
        return (name if text else ""), (text.articles.get(parts[0]) if text and parts else None)

    def address(self, source: Term | str) -> str:
        """Return the public address of a source, or an empty text if the base gives none."""
        key, article = self.article(source)
        if article is not None and article.legifrance:
            return ARTICLES + article.legifrance
        return self.base.texts[key].adresse if key else ""

    def source(self, here: str, source: Term | str) -> str:
        """Return a source as cited, linked to its public address, or else to the page of sources."""
        shown, address = escape(self.writer.source(source)), self.address(source)
        if address:
            return link(shown, address)
        key, _ = self.article(source)
        return self.go(here, SOURCES, key, shown) if key else shown


def capital(text: str) -> str:
    """Return a text with a capital letter first, inside a bracket if it opens with one."""
    at = 1 if text.startswith("[") else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def stem(path: str) -> str:
    """Return the name of a file without its folder and its extension."""
    return posixpath.splitext(posixpath.basename(path))[0]


def of_right(right: str) -> str:
    """Return the page of a right."""
    return f"droits/{right}.md"


def folder(file: str) -> str:
    """Return the folder of a rule file under `rules/`, or an empty text."""
    parts = file.split("/")
    return parts[1] if len(parts) > 2 else ""


def cited(source: Term | str) -> tuple[str, list[str]]:
    """Return the text and the parts that a source names: `code("L1-2", "al. 1")`."""
    if isinstance(source, Fun):
        return source.name, [str(arg) for arg in source.args]
    name, opened, rest = str(source).strip().partition("(")
    return (name, rest.split('"')[1::2]) if opened else ("", [])


def interval_text(interval: Interval) -> str:
    """Return an interval in words: « depuis le … », « du … au … »."""
    if isinstance(interval.end, str):
        return f"du {day(interval.start)} au {day(day_before(interval.end))}"
    return f"depuis le {day(interval.start)}"


def version_text(article: Article | None, interval: Interval) -> str:
    """Return which version of an article was read for a rule, in words, and what was not."""
    if article is None:
        return "article non décrit"
    if not article.read:
        return "texte non lu, connu par ce qui le cite"
    lived = article.lived(interval)
    read = [version for version in lived if version in article.read] or list(article.read)
    text = f"version lue : {', '.join(map(day, read))}"
    if not set(read) & set(lived) and lived:
        text += ", postérieure à cette règle" if read[-1] > lived[-1] else ", antérieure à cette règle"
    unread = [version for version in lived if version not in article.read]
    return f"{text} ; non lue : {', '.join(map(day, unread))}" if unread else text
