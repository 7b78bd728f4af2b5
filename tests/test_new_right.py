"""Python knows no law: a right is added by editing texts, and no text of the law stands in Python."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
from cases import ROOT, dossier, statuses, the_law
from click.testing import CliRunner

from pycoverage import checks
from pycoverage.assessment import assess
from pycoverage.cache import load_law
from pycoverage.cli import main
from pycoverage.law import Law
from pycoverage.schema import dossier_schema

RIGHT = """
cheque_lunettes:
  nom: chèque lunettes
  nature: sur_demande
  suite: "Demander le chèque à l'opticien."
"""
RUBRIC = """
opticien:
  nom: où aller
  champs: {lieu: {type: code, nomenclature: opticien}}
delai_lunettes:
  nom: quand revenir
  champs: {nature: {type: code, nomenclature: opticien}, jour: {type: date}}
"""
NOMENCLATURE = """\
nomenclature: opticien
nom: opticiens
elements:
  agree: {nom: opticien agréé}
  autre: {nom: autre opticien}
"""
FACT = """
  dioptries:
    type: montant
    predicat: dioptries(personne, valeur)
    question: {fr: "Combien de dioptries {personne} a-t-il ou a-t-elle ?"}
    phrase: "la correction de {personne} est de {valeur}"
    absence: inconnu
    evolution: modifiable
"""
PARAMETER = """\
seuil_lunettes:
  nom: correction à partir de laquelle le chèque est donné
  type: montant
  source: code_ss("L160-1")
  valeurs:
    - {du: 2016-01-01, valeur: 4.00, source: "essai", verifie_le: 2026-01-01, confiance: haute}
    - {du: 2022-01-01, valeur: 3.00, source: "essai", verifie_le: 2026-01-01, confiance: moyenne}
"""
RULES = """\
%% Un droit d'essai

notion(vue_basse("Personne"), "{Personne} voit mal", "{Personne} voit bien").

regle(lunettes_vue, code_ss("L160-1"), "2016-01-01", #sup).
phrase(lunettes_vue, "la correction de {Personne}, {Correction}, atteint {Seuil}").

vue_basse(Personne) :-
    en_vigueur(lunettes_vue),
    dioptries(Personne, Correction),
    seuil_lunettes(Seuil),
    Correction >= Seuil.

regle(lunettes_droit, code_ss("L160-1", "al. 1"), "2016-01-01", #sup).
phrase(lunettes_droit, "{Personne} a droit au chèque lunettes").

droit(Personne, cheque_lunettes) :-
    en_vigueur(lunettes_droit),
    vue_basse(Personne).

regle(lunettes_opticien, code_ss("L160-1", "al. 2"), "2016-01-01", #sup).
phrase(lunettes_opticien, "{Personne} va chez un opticien agréé").

opticien(Personne, cheque_lunettes, agree) :-
    en_vigueur(lunettes_opticien),
    droit(Personne, cheque_lunettes).

regle(lunettes_retour, code_ss("L160-1", "al. 2"), "2016-01-01", #sup).
phrase(lunettes_retour, "{Personne} revient le {Retour}").

delai_lunettes(Personne, cheque_lunettes, agree, Retour) :-
    en_vigueur(lunettes_retour),
    droit(Personne, cheque_lunettes),
    date(Jour),
    Retour = @plus_ans(Jour, 1).
"""
PERSON = """\
dossier: essai
date: {date}
personnes:
  ana:
    naissance: 1980-01-01
    nationalite: FR
    arrivee: 1980-01-01
    sejour: []
    ressources: []
    dioptries: {value}
"""


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the base with one more right, fact and parameter, added as an expert would."""
    root = tmp_path_factory.mktemp("base")
    for name in ("rules", "facts"):
        shutil.copytree(ROOT / name, root / name)
    add(root / "facts" / "droits.yaml", RIGHT)
    add(root / "facts" / "vocabulaire.yaml", FACT)
    add(root / "facts" / "rubriques.yaml", RUBRIC)
    (root / "facts" / "nomenclatures" / "opticien.yaml").write_text(NOMENCLATURE, encoding="utf-8")
    (root / "facts" / "parametres" / "lunettes.yaml").write_text(PARAMETER, encoding="utf-8")
    (root / "rules" / "lunettes").mkdir()
    (root / "rules" / "lunettes" / "droit.lp").write_text(RULES, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def larger(folder: Path) -> Law:
    return load_law(folder, cache=False)


@pytest.mark.parametrize(
    ("date", "value", "expected"),
    [
        ("2021-05-01", "4.00", "oui"),
        ("2021-05-01", "3.99", "non"),
        ("2021-12-31", "3.00", "non"),
        ("2022-01-01", "3.00", "oui"),
        ("2022-01-01", "inconnu", "a_preciser"),
    ],
)
def test_a_right_added_by_text_alone_is_evaluated(larger, date, value, expected):
    found = assess(larger, dossier(PERSON.format(date=date, value=value), larger))
    assert statuses(found)["ana", "cheque_lunettes"] == expected


def test_a_right_added_by_text_alone_depends_on_its_unknown_fact(larger):
    found = assess(larger, dossier(PERSON.format(date="2022-01-01", value="inconnu"), larger))
    gaps = found.outcomes["p1", "cheque_lunettes", found.default].depends
    assert [gap.key(found.dossier.persons) for gap in gaps] == ["ana.dioptries"]


def test_a_right_added_by_text_alone_leaves_the_others_as_they_were(larger):
    found = statuses(assess(larger, dossier(PERSON.format(date="2021-05-01", value="9.00"), larger)))
    before = PERSON.format(date="2021-05-01", value="9.00").replace("    dioptries: 9.00\n", "")
    known = statuses(assess(the_law(), dossier(before)))
    assert {key: found[key] for key in known} == known
    assert set(found) - set(known) == {("ana", "cheque_lunettes")}


def test_a_right_added_by_text_alone_is_explained(folder, tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text(PERSON.format(date="2021-05-01", value="4.00"), encoding="utf-8")
    result = CliRunner().invoke(main, ["--base", str(folder), "explain", str(path), "cheque_lunettes"])
    assert result.exit_code == 0, result.output
    shown = result.stdout.replace("\u00a0", " ")
    for words in ("Ana a droit au chèque lunettes", "4,00 €", "L. 160-1", "chèque lunettes"):
        assert words in shown
    path.write_text(PERSON.format(date="2021-05-01", value="3.99"), encoding="utf-8")
    result = CliRunner().invoke(main, ["--base", str(folder), "explain", str(path), "cheque_lunettes"])
    assert result.exit_code == 0, result.output
    assert "Ana voit bien" in result.stdout


def test_a_right_added_by_text_alone_is_in_the_answer_and_in_the_schema(folder, larger, tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text(PERSON.format(date="2022-05-01", value="3.00"), encoding="utf-8")
    result = CliRunner().invoke(main, ["--base", str(folder), "evaluate", str(path), "--format", "json"])
    right = json.loads(result.stdout)["personnes"]["ana"]["droits"]["cheque_lunettes"]
    assert (right["statut"], right["regles"]) == ("oui", ["lunettes_droit", "lunettes_vue"])
    assert right["reserves"]
    schema = dossier_schema(larger.base)
    person = {"naissance": "1980-01-01", "dioptries": 3.0}
    jsonschema.validate({"personnes": {"ana": person}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"personnes": {"ana": {**person, "dioptrie": 3.0}}}, schema)


def test_a_rubric_added_by_text_alone_is_answered_explained_and_recalled(folder, tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text(PERSON.format(date="2021-05-01", value="4.00"), encoding="utf-8")
    run = CliRunner()
    answer = run.invoke(main, ["--base", str(folder), "evaluate", str(path), "--format", "json"])
    [entry] = json.loads(answer.stdout)["personnes"]["ana"]["droits"]["cheque_lunettes"]["rubriques"]["opticien"]
    assert entry["valeurs"] == {"lieu": "agree"}
    assert (entry["regle"], entry["texte"]) == ("lunettes_opticien", "Ana va chez un opticien agréé")
    assert "L. 160-1" in entry["source"].replace("\u00a0", " ")
    told = run.invoke(main, ["--base", str(folder), "explain", str(path), "cheque_lunettes"]).stdout
    assert told.index("où aller") < told.index("Ana va chez un opticien agréé") < told.index("quand revenir")
    summary = run.invoke(main, ["--base", str(folder), "evaluate", str(path)]).stdout.replace("\u00a0", " ")
    assert "1er mai 2022 : Ana revient le 1er mai 2022" in summary
    path.write_text(PERSON.format(date="2021-05-01", value="3.99"), encoding="utf-8")
    answer = run.invoke(main, ["--base", str(folder), "evaluate", str(path), "--format", "json"])
    assert "rubriques" not in json.loads(answer.stdout)["personnes"]["ana"]["droits"]["cheque_lunettes"]


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        ("{statut: oui, opticien: [agree], delai_lunettes: {agree: 2022-05-01}}", 0),
        ("{statut: oui, opticien: []}", 1),
        ("{opticien: {agree: oui, autre: non}}", 0),
        ("{opticien: {agree: non}}", 1),
        ("{opticien: {autre: oui}}", 1),
        ("{opticien: {agree: peut_etre}}", 2),
        ("{opticien: {}}", 2),
        ("{delai_lunettes: {agree: 2022-05-02}}", 1),
        ("{delai_lunettes: {agree: aucun}}", 1),
        ("{effet: aucun, fin: aucun, mensualite: aucun}", 0),
        ("{statut: non, opticien: [agree]}", 1),
        ("{optician: [agree]}", 2),
        ("{opticien: agree}", 2),
        ("{delai_lunettes: [agree]}", 2),
        ("{}", 2),
    ],
)
def test_what_a_dossier_expects_of_a_rubric_is_compared(folder, tmp_path, expected, code):
    path = tmp_path / "ana.yaml"
    text = PERSON.format(date="2021-05-01", value="4.00") + f"attendu: {{ana: {{cheque_lunettes: {expected}}}}}\n"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["--base", str(folder), "test", str(path)])
    assert result.exit_code == code, result.output


def test_a_right_added_by_text_alone_has_its_page(larger):
    pytest.importorskip("pygraphviz")
    from pycoverage.manual.pages import compose

    found = compose(larger, [])
    text = found.pages["droits/cheque_lunettes.md"]
    assert text.startswith("# Chèque lunettes\n")
    for told in ("#### `lunettes_vue`", "#### `lunettes_droit`", "**où aller** : [`lunettes_opticien`]", "Notion `vue"):
        assert told in text
    assert "images/droits-cheque_lunettes.svg" in found.pictures


def test_a_right_added_by_text_alone_passes_the_checks(folder):
    before = {(f.code, f.message) for f in checks.run(ROOT)}
    assert [f for f in checks.run(folder) if (f.code, f.message) not in before] == []


def test_a_dossier_that_is_wrong_about_the_new_fact_is_refused_in_its_words(folder, tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text(PERSON.format(date="2021-05-01", value="beaucoup"), encoding="utf-8")
    result = CliRunner().invoke(main, ["--base", str(folder), "evaluate", str(path)])
    assert result.exit_code == 2
    assert f"{path}:10:16: DO009" in result.stderr
    assert "« beaucoup »" in result.stderr


@pytest.mark.parametrize("value", ["30000000.00", "999999999999.00"])
def test_an_amount_without_a_range_that_leaves_32_bits_is_refused(folder, value, tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text(PERSON.format(date="2021-05-01", value=value), encoding="utf-8")
    result = CliRunner().invoke(main, ["--base", str(folder), "evaluate", str(path)])
    assert result.exit_code == 2
    assert f"« {value} »" in result.stderr


MODULES = [p for p in sorted((ROOT / "pycoverage").rglob("*.py")) if "checks" not in p.parts]
"""Every module; those of `checks` quote wrong rules as examples in what they print."""
ARTICLE = re.compile(r"\b[LRD]\. ?\*?\d{2,3}-\d|\b[LRD]\d{3}-\d|\barticle \d|\bart\. \d")
AMOUNT = re.compile(r"\b\d+(?:[ ,.]\d+)* ?(?:euros?|€)(?! au)")


def texts(path: Path) -> list[tuple[int, str]]:
    """Return the literal texts of a module, docstrings left out: they may cite an example."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "pycoverage").as_posix())
def test_no_right_rule_parameter_or_title_of_the_law_is_named_in_python(path):
    base = the_law().base
    codes = {
        code
        for name, nomenclature in base.nomenclatures.items()
        if name in ("titre_sejour", "mesure_eloignement", "prestation", "ressource")
        for code in nomenclature.elements
        if len(code) > 5
    }
    names = {*base.rights, *base.legal, *base.parameters, *base.questions, *codes}
    for line, text in texts(path):
        for word in re.findall(r"\b[a-z][a-z0-9_]*\b", text):
            assert word not in names, f"{path.name}:{line}: {text}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "pycoverage").as_posix())
def test_no_article_and_no_amount_of_the_law_stands_in_python(path):
    for line, text in texts(path):
        if "écrivez" in text or text.startswith("regle(id"):
            continue
        assert not ARTICLE.search(text), f"{path.name}:{line}: {text}"
        assert not AMOUNT.search(text) or "21 millions" in text, f"{path.name}:{line}: {text}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "pycoverage").as_posix())
def test_no_day_of_the_law_stands_in_python(path):
    """Bounds of the calendar are allowed: the first and the last day a dossier may name."""
    bounds = {"0001-01-01", "1900-01-01", "2100-12-31"}
    for line, text in texts(path):
        if text.startswith("regle(id"):
            continue
        assert set(re.findall(r"\d{4}-\d{2}-\d{2}", text)) <= bounds, f"{path.name}:{line}: {text}"
