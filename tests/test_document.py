"""What is not a plain YAML text is refused whole, at its place, in the user's own words."""

from __future__ import annotations

import time

import pytest

from pycoverage.document import MAX_BYTES, parse, read
from pycoverage.finding import Finding, InputError

BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


def refused(data: str | bytes) -> list[Finding]:
    """Return the findings of a text that must not be read."""
    with pytest.raises(InputError) as caught:
        parse(data.encode() if isinstance(data, str) else data, name="cas.yaml")
    return caught.value.findings


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "words"),
    [
        ("a: 1\na: 2\n", 2, 1, "DO004", "« a » écrite deux fois — la première est à la ligne 1"),
        ("a: &nom 1\nb: 2\n", 1, 4, "DO003", "« nom »"),
        ("a: 1\nb: *nom\n", 2, 4, "DO003", "« nom »"),
        (BOMB, 1, 4, "DO003", "« a »"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "DO003", "« !!python/object/apply:os.system »"),
        ("a: !!binary aGVsbG8=\n", 1, 4, "DO003", "« !!binary »"),
        ("!prive a: 1\n", 1, 1, "DO003", "« !prive »"),
        ("a:\n\tb: 1\n", 2, 1, "DO002", "des espaces, pas des tabulations"),
        ("a: b: c\n", 1, 5, "DO002", "« : »"),
        ("a: [1, 2\n", 2, 1, "DO002", "« 2 »"),
        ("a: 'sans fin\n", 2, 1, "DO002", "« fin »"),
        ("a: 1\n---\nb: 2\n", 2, 1, "DO002", "« --- »"),
        ("? [a]\n: 1\n", 1, 3, "DO002", "une clé doit être un mot"),
        ("a: 1\nb: x\0y\n", 2, 5, "DO002", "« U+0000 »"),
        ("é: \x1b[31m\n", 1, 4, "DO002", "« U+001B »"),
        ("[" * 100 + "]" * 100, 1, 1, "DO001", "imbrication trop profonde"),
        ("[" * 50_000, 1, 1, "DO001", "imbrication trop profonde"),
        ("{a: " * 60 + "1" + "}" * 60, 1, 1, "DO001", "imbrication trop profonde"),
        ("", 1, 1, "DO001", "fichier vide"),
        (" \n\n", 1, 1, "DO001", "fichier vide"),
        ("# rien\n", 1, 1, "DO001", "fichier vide"),
        ("\ufeff", 1, 1, "DO001", "fichier vide"),
    ],
)
def test_refuses_at_its_place(text, line, column, code, words):
    finding = refused(text)[0]
    assert (finding.place.file, finding.place.line, finding.place.column) == ("cas.yaml", line, column)
    assert finding.code == code
    assert words in str(finding)


def test_a_file_that_is_not_utf_8_names_the_line():
    finding = refused("a: 1\nb: é\n".encode("latin-1"))[0]
    assert (finding.place.line, finding.code) == (2, "DO001")
    assert "UTF-8" in finding.message


def test_every_forbidden_character_is_told_at_once():
    assert [str(finding.place) for finding in refused("a: \x07\nb: \x08\n")] == ["cas.yaml:1:4", "cas.yaml:2:4"]


def test_every_duplicate_is_told_at_once():
    assert [finding.place.line for finding in refused("a: 1\na: 2\nb: {c: 1, c: 2}\na: 3\n")] == [2, 3, 4]


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 50_000_000])
def test_a_file_too_large_is_refused_without_being_parsed(tmp_path, size):
    path = tmp_path / "gros.yaml"
    with path.open("wb") as stream:
        stream.truncate(size)
    started = time.perf_counter()
    with pytest.raises(InputError, match=r"gros\.yaml:1:1: DO001 fichier trop grand"):
        read(path)
    assert time.perf_counter() - started < 1


def test_a_large_file_of_forbidden_characters_is_refused_quickly():
    started = time.perf_counter()
    assert len(refused(b"\0" * MAX_BYTES)) == 20
    assert time.perf_counter() - started < 2


def test_a_folder_and_a_missing_file_are_refused_by_name(tmp_path):
    with pytest.raises(InputError, match="c'est un dossier de fichiers"):
        read(tmp_path)
    with pytest.raises(InputError, match=r"absent\.yaml:1:1: DO001 fichier introuvable"):
        read(tmp_path / "absent.yaml")


def test_no_type_is_guessed():
    node = parse(b"a: NO\nb: 0123\nc: 2021-02-30\nd: 1e3\ne: null\nf: yes\ng: ~\n", name="cas.yaml")
    assert node.plain() == {
        "a": "NO",
        "b": "0123",
        "c": "2021-02-30",
        "d": "1e3",
        "e": "null",
        "f": "yes",
        "g": "~",
    }


def test_a_byte_order_mark_is_no_part_of_the_text():
    node = parse("\ufeffa: 1\n".encode(), name="cas.yaml")
    assert node.plain() == {"a": "1"}


def test_columns_count_characters():
    node = parse("é: {à: été, b: c}\n".encode(), name="cas.yaml")
    inner = node.get("é")
    assert inner is not None
    assert inner.entries is not None
    assert inner.entries["b"][0].column == 13
