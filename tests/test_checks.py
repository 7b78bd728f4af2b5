"""Each code of `pycoverage check` refuses what it must, at its place, and lets the rest through."""

from __future__ import annotations

import json
import shutil
import textwrap
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pycoverage.checks import CODES, explain, run, run_all, to_annotations, to_json
from pycoverage.finding import Finding, InputError, Place

FOLDER = Path(__file__).parent / "checks"
DEFAULT = "rules/cas.lp"


def snippets(kind: str) -> list[object]:
    """Return the snippets of a kind (`refuse` or `accepte`), each with its code."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        for number, snippet in enumerate(content[kind], 1):
            found.append(pytest.param(path.stem, snippet, id=f"{path.stem}-{number}"))
    return found


def build(root: Path, snippet: dict[str, object]) -> tuple[str, int]:
    """Lay a snippet over the small base; return its file and the number of lines before it."""
    shutil.copytree(FOLDER / "base", root, dirs_exist_ok=True)
    for name in snippet.get("supprime", ()):
        shutil.rmtree(root / name)
    for name, text in snippet.get("aussi", {}).items():
        (root / name).write_text(text, encoding="utf-8")
    path = root / snippet.get("fichier", DEFAULT)
    path.parent.mkdir(exist_ok=True, parents=True)
    before = path.read_text(encoding="utf-8") if "ajoute" in snippet else ""
    if "texte" in snippet:
        text = textwrap.indent(snippet["texte"], " " * int(snippet.get("retrait", 0)))
        path.write_text(before + text, encoding="utf-8")
    return path.relative_to(root).as_posix(), before.count("\n")


@pytest.mark.parametrize(("code", "snippet"), snippets("refuse"))
def test_refuses_at_its_line_with_the_words_of_the_user(code, snippet, tmp_path):
    file, before = build(tmp_path, snippet)
    findings = run_all(tmp_path)
    expected = {code, *snippet.get("avec", ())}
    assert {finding.code for finding in findings} == expected, findings
    found = [finding for finding in findings if finding.code == code]
    assert len(found) == 1, "one message per mistake"
    assert snippet["jeton"] in found[0].message
    if "ligne" in snippet and snippet["ligne"] != "0":
        assert (found[0].place.file, found[0].place.line) == (file, before + int(snippet["ligne"]))


@pytest.mark.parametrize(("code", "snippet"), snippets("refuse"))
def test_points_at_the_token_when_it_is_written_in_the_line(code, snippet, tmp_path):
    """The column counts characters, and never lies outside its line."""
    build(tmp_path, snippet)
    for finding in run_all(tmp_path):
        if finding.place.line:
            lines = (tmp_path / finding.place.file).read_text(encoding="utf-8").split("\n")
            assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1


@pytest.mark.parametrize(("code", "snippet"), snippets("accepte"))
def test_accepts_without_any_finding(code, snippet, tmp_path):
    build(tmp_path, snippet)
    assert run_all(tmp_path) == []


def test_every_code_has_snippets_both_ways_and_every_snippet_a_code():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(CODES) - {"PC002"}
    for path in FOLDER.glob("*.yaml"):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        assert content["refuse"], path.stem
        assert content["accepte"], path.stem


@pytest.mark.parametrize("code", CODES)
def test_every_code_explains_itself(code):
    text = explain(code)
    assert text.startswith(f"{code} — ")
    for part in ("À éviter :", "Préférer :", "Exceptions :"):
        assert part in text


def test_explains_a_code_in_any_case_and_no_other():
    assert explain("pc101") == explain("PC101")
    with pytest.raises(InputError, match="PC002 code inconnu « PC1O1 » — vouliez-vous dire"):
        explain("PC1O1")


def test_the_small_base_is_clean():
    assert run(FOLDER / "base") == []


def test_findings_are_told_all_at_once_and_sorted(tmp_path):
    texte = 'droit(Personne, aid) :-\n    naisance(Personne, 3).\n#show majeur/1.\nphrase(rien, "").\n'
    build(tmp_path, {"texte": texte})
    findings = run(tmp_path)
    assert [finding.code for finding in findings] == ["PC107", "PC222", "PC201", "PC105", "PC102"]
    assert findings == sorted(findings)


def test_a_file_that_cannot_be_read_does_not_make_the_rest_unknown(tmp_path):
    build(tmp_path, {"fichier": "rules/aide/droit.lp", "ajoute": "oui", "texte": "majeur(Personne\n"})
    assert {finding.code for finding in run(tmp_path)} == {"PC101"}


def test_a_vocabulary_that_cannot_be_read_does_not_make_its_predicates_unknown(tmp_path):
    build(tmp_path, {"fichier": "facts/vocabulaire.yaml", "ajoute": "oui", "texte": "  autre: {type\n"})
    assert {finding.code for finding in run(tmp_path)} == {"DO002"}


def test_what_is_missing_once_is_told_once_with_the_number_of_places(tmp_path):
    texte = "%% Technique\n" + 3 * "droit(Personne, aide) :- marin(Personne).\n"
    build(tmp_path, {"texte": texte})
    findings = run(tmp_path)
    assert [(finding.code, finding.place.line) for finding in findings] == [("PC201", 2)]
    assert "2 autres endroits" in findings[0].help


def test_columns_count_characters_not_bytes(tmp_path):
    rule = 'droit(Personne, aide) :- parent("é", Enfant), isole(Enfant, ouii).'
    build(tmp_path, {"texte": f"%% Technique\n{rule}\n"})
    places = {finding.code: finding.place for finding in run(tmp_path)}
    assert places["PC222"] == Place(DEFAULT, 2, rule.index("ouii") + 1)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_rule_file_gives_findings_never_a_traceback(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("base")
    text = (FOLDER / "base" / "rules" / "aide" / "droit.lp").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 5))
    put = data.draw(st.sampled_from(["", "(", ")", ".", "é", '"', "#", "@", "-", "not ", "_", "{", "%*", "3", "\n"]))
    build(root, {"fichier": "rules/aide/droit.lp", "texte": text[:start] + put + text[start + length :]})
    for finding in run(root):
        assert finding.code in CODES
        assert finding.message


def test_json_gives_every_part_of_a_finding_in_order():
    findings = [Finding(Place("rules/a.lp", 3, 5), "PC201", "prédicat inconnu « x »", "aide")]
    assert json.loads(to_json(findings)) == [
        {
            "code": "PC201",
            "severity": "erreur",
            "file": "rules/a.lp",
            "line": 3,
            "column": 5,
            "message": "prédicat inconnu « x »",
            "help": "aide",
        }
    ]
    assert to_json([]) == "[]"


def test_annotations_escape_what_a_workflow_command_would_misread():
    finding = Finding(Place("rules/a,b.lp", 3, 5), "PC201", "100 %\nfaux", "", "avertissement")
    line = to_annotations([finding], folder="base")
    assert to_annotations([finding, finding], folder="base") == f"{line}\n{line}"
    assert line == "::warning file=base/rules/a%2Cb.lp,line=3,col=5,title=PC201::100 %25%0Afaux"


@pytest.mark.parametrize("file", ["rules/aide/droit.lp", "rules/invariants/essai.lp", "rules/reformes/essai/regles.lp"])
@pytest.mark.parametrize(("sign", "code"), [("\0", "U+0000"), ("\x1b", "U+001B"), ("\u202e", "U+202E")])
def test_a_control_sign_in_a_rule_file_is_refused_with_its_place(file, sign, code, tmp_path):
    """After a NUL clingo reads nothing: what follows would be lost without a word."""
    build(tmp_path, {"texte": "%% Technique\n"})
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if "reformes" in file:
        manifest = 'titre: Essai\nauteur: lecteur\nstatut: hypothetique\ndate: 2022-01-01\nsources: ["aucun texte"]\n'
        (path.parent / "reforme.yaml").write_text(manifest, encoding="utf-8")
    before = path.read_text(encoding="utf-8") if path.exists() else "%% Essai\n"
    path.write_text(f"{before}% fin{sign}\nmajeur(Personne) :- inconnu_partout(Personne).\n", encoding="utf-8")
    [told] = [each for each in run_all(tmp_path) if "caractère interdit" in each.message]
    assert told.message == f"caractère interdit « {code} »"
    assert (told.place.file, told.place.line, told.place.column) == (file, before.count("\n") + 1, 6)


def test_a_byte_order_mark_at_the_head_of_a_rule_file_is_no_part_of_it(tmp_path):
    """Rule files written by some editors begin with one, as dossiers do."""
    build(tmp_path, {"texte": "%% Technique\n"})
    path = tmp_path / "rules" / "aide" / "droit.lp"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run_all(tmp_path) == []


@pytest.mark.parametrize(("sign", "code"), [("\u00a0", "U+00A0"), ("\u200b", "U+200B"), ("\ufeff", "U+FEFF")])
def test_a_sign_that_nobody_sees_is_named_by_its_code(sign, code, tmp_path):
    build(tmp_path, {"texte": f"%% Technique\nmajeur(Personne) :-{sign}personne(Personne).\n"})
    [told] = [each for each in run(tmp_path) if each.code == "PC103"]
    assert told.message == f"signe invisible « {code} » avant « personne »"
    assert sign not in str(told)
