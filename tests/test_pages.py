"""The documentation shows every rule once, as it is, and every link in it leads somewhere."""

from __future__ import annotations

import logging
import posixpath
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cases import EXAMPLES, ROOT, the_law
from click.testing import CliRunner
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pycoverage.cache import load_law
from pycoverage.cli import main
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.manual import site
from pycoverage.manual.atlas import (
    ARTICLES,
    LIMITS,
    LISTS,
    PARAMETERS,
    READINGS,
    SOURCES,
    VOCABULARY,
    Atlas,
    interval_text,
)
from pycoverage.manual.layout import NOT_MODELLED, read_remarks
from pycoverage.manual.lexicon import Lexicon
from pycoverage.manual.pages import Site, compose
from pycoverage.manual.picture import EDGES
from pycoverage.suite import Played, play

pytest.importorskip("pygraphviz")

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def played() -> list[Played]:
    """A few dossiers, with the rules they apply."""
    paths = [*EXAMPLES, *sorted((ROOT / "tests" / "dossiers" / "acs").glob("*.yaml"))]
    found, unusable = play(the_law(), paths)
    assert unusable == []
    return found


@pytest.fixture(scope="module")
def pages(played) -> Site:
    """The pages of the checkout's base."""
    return compose(the_law(), played)


@pytest.fixture(scope="module")
def atlas(played) -> Atlas:
    return Atlas(the_law(), played)


COMMON = """\
%% Une démarche commune

regle(essai_organisme, code_ss("L160-1"), "2016-01-01", #sup).
phrase(essai_organisme, "la caisse de {Personne} décide").

organisme(Personne, Droit, caisse) :-
    en_vigueur(essai_organisme),
    demarche_utile(Personne, Droit).
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Law:
    """The same base, with one rule for several rights and two dossiers beside it."""
    root = tmp_path_factory.mktemp("base")
    for name in ("rules", "facts"):
        shutil.copytree(ROOT / name, root / name)
    (root / "rules" / "procedure" / "essai.lp").write_text(COMMON, encoding="utf-8")
    (root / "examples").mkdir()
    for path in EXAMPLES[:2]:
        shutil.copy(path, root / "examples")
    return load_law(root, cache=False)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a page, those within lines included."""
    for token in MarkdownIt().enable("table").parse(text):
        yield token
        yield from token.children or ()


def plain(text: str) -> str:
    """Return Markdown as it is read: no marks, one space between words."""
    parts = [token.content for token in tokens(text) if token.type in ("text", "code_inline", "fence")]
    return " ".join("".join(parts).split())


def headings(text: str) -> list[str]:
    """Return the headings of a page as read."""
    found = list(tokens(text))
    return [
        "".join(child.content for child in following.children or ())
        for token, following in pairwise(found)
        if token.type == "heading_open"
    ]


def anchors(text: str) -> set[str]:
    """Return the places of a page that a link may name."""
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in headings(text)}


def links(text: str) -> list[str]:
    """Return the targets of the links and of the pictures of a page."""
    found = [token.attrs.get("href") or token.attrs.get("src") for token in tokens(text)]
    return [str(target) for target in found if target]


def entry(text: str, rule: str) -> str:
    """Return what a page says of one rule."""
    found = re.search(rf"^#### `{rule}`\n(.*?)(?=^#{{2,4}} |\Z)", text, flags=re.M | re.S)
    assert found, rule
    return found[1]


def test_each_rule_stands_once_with_its_sentence_its_source_its_period_and_its_text(pages, atlas):
    base = the_law().base
    titles = [title for text in pages.pages.values() for title in re.findall(r"^#### `(\w+)`$", text, flags=re.M)]
    contradictions = {str(rule.head.args[0]) for rule in base.rules if rule.head.name == "anomalie"}
    assert sorted(set(titles) - contradictions) == sorted(base.legal)
    assert len(titles) == len(set(titles))
    for name, legal in base.legal.items():
        told = entry(pages.pages[atlas.of_legal(legal)], name)
        said = plain(told)
        assert atlas.sentence(legal.phrase).strip() in said, name
        assert " ".join(atlas.writer.source(legal.source).split()) in said, name
        assert f"En vigueur : {interval_text(legal.interval)}" in said, name
        [written] = [token.content for token in tokens(told) if token.type == "fence"]
        assert written.strip() in (ROOT / legal.place.file).read_text(encoding="utf-8"), name
        assert written.startswith(base.rules[legal.rule].head.name), name
        assert f"en_vigueur({name})" in written, name


def test_a_sentence_shows_its_holes_as_words(atlas):
    assert atlas.sentence("{Personne} part le {Depart}, après le {FinTitre}") == (
        "[Personne] part le [départ], après le [fin titre]"
    )
    assert Lexicon(["Le dépôt, puis l'année."]).words("DepotAnnees") == "dépôt années"


def test_a_rule_tells_what_it_replaces_what_replaces_it_and_its_reading(pages, atlas):
    base = the_law().base
    for name, legal in base.legal.items():
        said = plain(entry(pages.pages[atlas.of_legal(legal)], name))
        assert ("Remplace :" in said) == bool(legal.replaces), name
        assert ("Remplacée par :" in said) == (name in {other.replaces for other in base.legal.values()}), name
        if legal.question:
            default = base.questions[legal.question].defaut == legal.reading
            assert ("(lecture par défaut)" if default else "(autre lecture)") in said, name


def test_each_right_has_its_page_and_each_rule_that_gives_it_is_listed_first(pages, atlas):
    base = the_law().base
    for name, right in base.rights.items():
        text = pages.pages[f"droits/{name}.md"]
        assert right.nom[1:] in headings(text)[0]
        ways = text[text.index("## Les façons de l'avoir") : text.index("## De quoi cela dépend")]
        for rule in base.rules:
            if rule.head.name == "droit" and str(rule.head.args[1]) == name:
                assert f"#{rule.guard})" in ways


def test_each_link_leads_to_a_page_and_a_place_that_exist(pages):
    known = {path: anchors(text) for path, text in pages.pages.items()}
    for here, text in pages.pages.items():
        for target in links(text):
            if target.startswith("https://"):
                continue
            path, _, place = target.partition("#")
            page = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
            assert page in known or page in pages.pictures, f"{here}: {target}"
            assert not place or place in known[page], f"{here}: {target}"


def test_each_page_can_be_reached_from_the_first_one(pages):
    listed = {posixpath.normpath(target) for target in links(pages.pages["index.md"])}
    assert listed == set(pages.pages) - {"index.md"}


def test_no_page_names_an_address_but_those_of_the_texts(pages):
    allowed = {text.adresse for text in the_law().base.texts.values()}
    for here, text in pages.pages.items():
        for address in re.findall(r"(?:https?:)?//[^\s)\"]+", text):
            assert address.startswith(ARTICLES) or address in allowed, f"{here}: {address}"


def test_each_dossier_that_is_named_exists_and_applies_the_rule(pages, played, atlas):
    for text in pages.pages.values():
        for name in re.findall(r"`([\w/.-]+\.yaml)`", text):
            assert (ROOT / name).is_file(), name
    for name, legal in the_law().base.legal.items():
        said = plain(entry(pages.pages[atlas.of_legal(legal)], name))
        count = sum(name in dossier.rules for dossier in played)
        expected = f"Dossiers : {count}" if count else "Dossiers : aucun dossier de référence"
        assert expected in said, name


def test_without_dossiers_nothing_is_said_of_them():
    found = compose(the_law(), [])
    assert not any(path.startswith("dossiers/") for path in found.pages)
    assert not any("**Dossiers :**" in text for text in found.pages.values())


def test_a_rule_that_speaks_of_several_rights_stands_on_one_page_and_is_linked_from_each_right(small):
    found = compose(small, []).pages
    assert "#### `essai_organisme`" in found["notions/procedure.md"]
    assert small.base.rubrics["organisme"].nom in entry(found["notions/procedure.md"], "essai_organisme")
    for right in small.base.rights:
        assert "(../notions/procedure.md#essai_organisme)" in found[f"droits/{right}.md"]


def test_what_the_authors_wrote_as_not_modelled_is_told_on_its_page_and_all_together(pages, atlas):
    for path in sorted([*(ROOT / "rules").rglob("*.lp"), *(ROOT / "facts").rglob("*.yaml")]):
        sign = "%" if path.suffix == ".lp" else "#"
        text = path.read_text(encoding="utf-8")
        remarks = [remark for remark in read_remarks(text, sign) if remark.label == NOT_MODELLED]
        assert len(remarks) == len(re.findall(rf"^ *{sign} {NOT_MODELLED} : ", text, flags=re.M)), path
        name = path.relative_to(ROOT).as_posix()
        for remark in remarks:
            said = " ".join(remark.text.split()).removesuffix(".")
            assert said in plain(pages.pages[LIMITS]), name
            if sign == "%":
                here = {atlas.of_legal(legal) for legal in the_law().base.legal.values() if legal.place.file == name}
                assert any(said in plain(pages.pages[page]) for page in here), name


def test_the_references_show_every_question_value_code_article_and_attribute(pages):
    base = the_law().base
    assert set(headings(pages.pages[READINGS])[1:]) == set(base.questions)
    assert set(headings(pages.pages[SOURCES])[1:]) == set(base.texts)
    assert {attribute.name for attribute in base.vocabulary} <= set(headings(pages.pages[VOCABULARY]))
    for path, count in (
        (PARAMETERS, sum(len(parameter.amounts) for parameter in base.parameters.values())),
        (LISTS, sum(len(nomenclature.elements) for nomenclature in base.nomenclatures.values())),
        (SOURCES, sum(len(text.articles) for text in base.texts.values())),
    ):
        rows = [line for line in pages.pages[path].splitlines() if line.startswith("| ")]
        heads = sum(line.startswith("| ---") for line in rows)
        assert len(rows) - 2 * heads == count, path


def test_each_picture_has_a_title_and_the_page_says_the_same_in_a_list(pages):
    for path, picture in pages.pictures.items():
        root = ElementTree.fromstring(picture)
        first = next(iter(root))
        assert (root.tag, first.tag) == (f"{SVG}svg", f"{SVG}title")
        [(here, text)] = [
            (here, text)
            for here, text in pages.pages.items()
            if f"({posixpath.relpath(path, posixpath.dirname(here))})" in text
        ]
        [image] = [token for token in tokens(text) if token.type == "image"]
        assert str(first.text) in image.content, here
        said = plain(text)
        for node in root.iter(f"{SVG}g"):
            if node.get("class") == "node":
                shown = " ".join(str(line.text) for line in node.iter(f"{SVG}text"))
                assert shown.replace("- ", "-").replace(" ", "") in said.replace(" ", ""), f"{here}: {shown}"


def test_a_negation_is_drawn_with_another_line_and_a_word(pages):
    assert EDGES["sauf"]["style"] != EDGES["si"]["style"]
    for path, picture in pages.pictures.items():
        for edge in ElementTree.fromstring(picture).iter(f"{SVG}g"):
            if edge.get("class") == "edge":
                line = next(edge.iter(f"{SVG}path"))
                words = [text.text for text in edge.iter(f"{SVG}text")]
                assert ("stroke-dasharray" in line.attrib) == bool(words), path
                assert (line.get("stroke"), words) in [("black", w) for w in ([], ["sauf si"], ["autre date"])], path


def test_pictures_link_to_the_pages(pages):
    known = {path: anchors(text) for path, text in pages.pages.items()}
    for path, picture in pages.pictures.items():
        for link in ElementTree.fromstring(picture).iter(f"{SVG}a"):
            target, _, place = link.attrib["{http://www.w3.org/1999/xlink}href"].partition("#")
            page = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            assert page in known
            assert not place or place in known[page], f"{path}: {target}#{place}"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Resources(HTMLParser):
    """Gathers what a page makes a browser load, links to follow left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {"src", "srcset", "data", "poster", "action"} | ({"href"} if tag != "a" else set())
        self.found += [value for name, value in attrs if name in names and value]


@pytest.fixture(scope="module")
def built(small, tmp_path_factory) -> Path:
    """The site of the small base, built with nothing to warn about."""
    pytest.importorskip("mkdocs")
    messages: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("mkdocs").addHandler(handler)
    folder = tmp_path_factory.mktemp("site") / "site"
    try:
        site.publish(small, folder)
    finally:
        logging.getLogger("mkdocs").removeHandler(handler)
    assert messages == []
    return folder


def test_the_site_loads_nothing_from_elsewhere(built):
    for path in built.rglob("*.html"):
        parser = Resources()
        parser.feed(path.read_text(encoding="utf-8"))
        assert parser.found
        for target in parser.found:
            assert not re.match(r"(\w+:)?//", target), f"{path.name}: {target}"
            assert (path.parent / target.split("#")[0].split("?")[0]).exists(), f"{path.name}: {target}"
    for path in built.rglob("*.css"):
        assert not re.search(r"(url\(\s*['\"]?|@import\s+['\"]?)(\w+:)?//", path.read_text(encoding="utf-8")), path.name


def test_the_site_is_in_french_and_has_a_page_for_each_right(built):
    assert '<html class="writer-html5" lang="fr"' in (built / "index.html").read_text(encoding="utf-8")
    for right in the_law().base.rights:
        assert (built / "droits" / f"{right}.html").is_file()


def test_the_same_base_gives_the_same_bytes(small, built, tmp_path):
    site.publish(small, tmp_path / "site")
    assert contents(tmp_path / "site") == contents(built)
    for name in ("un", "deux"):
        site.publish(small, tmp_path / name, form="markdown")
    assert contents(tmp_path / "un") == contents(tmp_path / "deux")


def test_a_folder_of_ours_is_replaced_whole_and_another_one_is_left_alone(small, tmp_path):
    ours, other = tmp_path / "ours", tmp_path / "other"
    ours.mkdir()
    site.publish(small, ours, form="markdown")
    (ours / "vieux.md").write_text("vieux", encoding="utf-8")
    site.publish(small, ours, form="markdown")
    assert not (ours / "vieux.md").exists()
    assert (ours / "index.md").is_file()
    other.mkdir()
    (other / "memoire.txt").write_text("à moi", encoding="utf-8")
    with pytest.raises(InputError, match="DO013 ce dossier contient autre chose"):
        site.publish(small, other, form="markdown")
    with pytest.raises(InputError, match="DO013 ce n'est pas un dossier"):
        site.publish(small, other / "memoire.txt", form="markdown")
    assert contents(other) == {"memoire.txt": "à moi".encode()}
    assert {path.name for path in tmp_path.iterdir()} == {"ours", "other"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_run_that_stops_leaves_the_old_documentation(small, tmp_path, monkeypatch, error):
    folder = tmp_path / "doc"
    site.publish(small, folder, form="markdown")
    before = contents(folder)

    def stop(*_args: object) -> None:
        raise error

    monkeypatch.setattr(site, "_write", stop)
    with pytest.raises((InputError, KeyboardInterrupt)):
        site.publish(small, folder, form="markdown")
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["doc"]


def test_a_missing_library_is_named_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda _name: None)
    result = CliRunner().invoke(main, ["doc", "-o", str(tmp_path / "doc")])
    assert result.exit_code == 2
    assert "DO014 il manque « pygraphviz » et « mkdocs »" in result.stderr
    assert "pip install '.[doc]'" in result.stderr
    assert not (tmp_path / "doc").exists()


def test_the_command_tells_what_it_does_on_the_side(small, tmp_path):
    arguments = ["--base", small.base.root, "doc", "--format", "markdown", "-o", str(tmp_path / "doc")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "dossiers joués : 2 sur 2" in result.stderr
    assert re.fullmatch(r"\d+ pages dans .*doc\n", result.stdout)
