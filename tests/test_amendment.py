"""A fact is added where it belongs in the text of a dossier, and every other sign stays as it was."""

from __future__ import annotations

import difflib

import pytest

from pycoverage.document import parse
from pycoverage.questions.amendment import amended, without

BLOCK = """\
# Un dossier annoté.
date: 2022-06-01   # le jour

personnes:
  ana:      # née à Oran
    naissance: 1990-03-02
    sejour:
      - {titre: carte_temporaire, du: 2021-01-01}   # photocopie
      - titre: recepisse
        du: 2022-01-01
    # rien d'autre
  bao:
  chadi: {naissance: inconnu}
  dina: {}
note: |
  Deux lignes
  de note.
"""


def value_at(text: str, *path: str | int) -> object:
    found = parse(text.encode(), name="cas.yaml").plain()
    for step in path:
        found = found[step]
    return found


def changed(before: str, after: str) -> list[str]:
    """Return the lines taken away and added, with their sign."""
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        (("personnes", "ana", "nationalite"), "dz", ["+     nationalite: dz"]),
        (("personnes", "bao", "nationalite"), "vn", ["+     nationalite: vn"]),
        (("personnes", "ana", "ressources"), [], ["+     ressources: []"]),
        (
            ("personnes", "bao", "sejour"),
            [{"titre": "recepisse", "du": "2022-01-01"}],
            ["+     sejour:", "+       - {titre: recepisse, du: 2022-01-01}"],
        ),
        (("personnes", "bao", "parents"), ["ana"], ["+     parents: [ana]"]),
        (("territoire",), "metropole", ["+ territoire: metropole"]),
        (
            ("personnes", "chadi", "naissance"),
            "2000-01-01",
            ["-   chadi: {naissance: inconnu}", "+   chadi: {naissance: 2000-01-01}"],
        ),
        (
            ("personnes", "chadi", "nationalite"),
            "fr",
            ["-   chadi: {naissance: inconnu}", "+   chadi: {naissance: inconnu, nationalite: fr}"],
        ),
        (("personnes", "dina", "nationalite"), "fr", ["-   dina: {}", "+   dina: {nationalite: fr}"]),
        (("personnes", "ana", "sejour", 1, "au"), "2023-01-01", ["+         au: 2023-01-01"]),
        (("personnes", "bao", "adresse"), 'a "b" # c', ['+     adresse: "a \\"b\\" # c"']),
    ],
)
def test_one_fact_changes_only_its_lines(path, value, lines):
    after = amended(BLOCK, path, value)
    assert [line for line in changed(BLOCK, after) if not line.startswith("?")] == lines
    assert value_at(after, *path) == value


def test_a_line_between_braces_takes_its_field_before_the_comment():
    after = amended(BLOCK, ("personnes", "ana", "sejour", 0, "au"), "inconnu")
    assert "- {titre: carte_temporaire, du: 2021-01-01, au: inconnu}   # photocopie" in after


@pytest.mark.parametrize(
    "text", ["date: 2022-01-01\npersonnes:\n  ana:", "\ufeffdate: 2022-01-01\r\npersonnes:\r\n  ana:\r\n"]
)
def test_a_file_without_last_line_end_or_from_another_system_is_kept_as_it_is(text):
    after = amended(text, ("personnes", "ana", "nationalite"), "fr")
    assert after.startswith(text.rstrip("\r\n"))
    assert value_at(after.removeprefix("\ufeff"), "personnes", "ana", "nationalite") == "fr"
    assert ("\r\n" in after) == ("\r\n" in text) and "\r" not in after.replace("\r\n", "")


def test_a_whole_dossier_between_braces_is_amended_too():
    text = "{date: 2022-01-01, personnes: {ana: , bao: ''}}\n"
    once = amended(text, ("personnes", "ana", "nationalite"), "fr")
    twice = amended(once, ("personnes", "bao", "nationalite"), "dz")
    assert value_at(twice, "personnes") == {"ana": {"nationalite": "fr"}, "bao": {"nationalite": "dz"}}


EXPECTED = """\
attendu:   # vérifié
  ana: {puma: oui, ame: non, ald: non}   # le tout
  bao:
    puma: oui   # au 1er mai
    ame:
      statut: non
      fin: 2022-05-01   # dernier jour
    # le reste est inconnu
  chadi:
    ald: non
date: 2022-06-01
"""


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            ("ana", "puma"),
            ["  ana: {puma: oui, ame: non, ald: non}   # le tout", "  ana: {ame: non, ald: non}   # le tout"],
        ),
        (
            ("ana", "ame"),
            ["  ana: {puma: oui, ame: non, ald: non}   # le tout", "  ana: {puma: oui, ald: non}   # le tout"],
        ),
        (
            ("ana", "ald"),
            ["  ana: {puma: oui, ame: non, ald: non}   # le tout", "  ana: {puma: oui, ame: non}   # le tout"],
        ),
        (("bao", "puma"), ["    puma: oui   # au 1er mai"]),
        (("bao", "ame"), ["    ame:", "      statut: non", "      fin: 2022-05-01   # dernier jour"]),
        (("chadi", "ald"), ["  chadi:", "    ald: non"]),
    ],
    ids=str,
)
def test_a_key_is_taken_away_with_its_lines_only(path, lines):
    after = without(EXPECTED, ("attendu", *path))
    assert [line[2:] for line in changed(EXPECTED, after) if line[0] in "+-" and line[1] == " "] == lines
    assert path[1] not in value_at(after, "attendu").get(path[0], {})


def test_a_block_whose_last_key_goes_goes_too():
    text = "date: 2022-06-01\nattendu:\n  ana: {puma: oui}\n"
    assert without(text, ("attendu", "ana", "puma")) == "date: 2022-06-01\n"
    assert (
        without("{date: 2022-06-01, attendu: {ana: {puma: oui}}}", ("attendu", "ana", "puma")) == "{date: 2022-06-01}"
    )
