"""The same proof for other readers: their words, their numbers, their direction, and what stays in French."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from cases import ROOT, dossier, the_law
from click.testing import CliRunner, Result

from pycoverage import checks, words
from pycoverage.assessment import assess
from pycoverage.cache import load_law
from pycoverage.checkout import base_files, catalogue_files
from pycoverage.cli import main
from pycoverage.evaluation import answer_for
from pycoverage.functions import FUNCTIONS
from pycoverage.narrative import Narrative
from pycoverage.presentation import answer_text
from pycoverage.speech import speech
from pycoverage.translation import translated
from pycoverage.wording import PRODUCTS
from pycoverage.words import DEFAULT, FOLDER, readers

SMALL = Path(__file__).parent / "checks" / "base"
PERSON = """\
date: 2022-06-01
personnes:
  ana:
    naissance: 1990-03-02
    sejour: [{titre: carte, du: 2020-01-01}]
    ressources: [{montant: 1234.50}]
  bo: {naissance: 1990-03-03, sejour: [], ressources: []}
"""
RULES = """\
phrases:
  majorite: "{Personne} is {Annees} year(s) old"
notions:
  majeur: ["{Personne} is an adult", "{Personne} is not an adult"]
"""
NAMES = """\
droits: {aide: imaginary help}
parametres: {plafond: ceiling of the help}
vocabulaire:
  personne:
    naissance: {phrase: "{personne} was born on {valeur}"}
    ressources: {phrase: "{personne}: {montant}"}
"""
ARABIC = """\
phrases: {majorite: "عمر {Personne} هو {Annees}"}
notions: {majeur: ["{Personne} بالغ", "{Personne} ليس بالغًا"]}
"""


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """A copy of the small base with one catalogue in English and one in Arabic; most texts are in French only."""
    monkeypatch.setenv("PYCOVERAGE_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "base"
    shutil.copytree(SMALL, root)
    (root / "facts" / "langues").mkdir()
    write(root, "rules/aide/droit.en.yaml", RULES)
    write(root, "facts/langues/en.yaml", NAMES)
    write(root, "rules/aide/droit.ar.yaml", ARABIC)
    write(root, "facts/langues/ar.yaml", "droits: {aide: مساعدة}\n")
    write(tmp_path, "ana.yaml", PERSON)
    return root


def write(root: Path, name: str, text: str) -> None:
    (root / name).write_text(text, encoding="utf-8")


def run(root: Path, *arguments: str) -> Result:
    """Run a command over a base; an unexpected exception fails the test with its traceback."""
    result = CliRunner().invoke(main, ["--base", str(root), *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def explain(root: Path, lang: str, *options: str) -> str:
    return run(root, "explain", str(root.parent / "ana.yaml"), "--lang", lang, *options).stdout


def holes(word: object) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", str(word if isinstance(word, str) else list(word.values()))))


@pytest.mark.parametrize("reader", readers())
def test_every_reader_has_every_word_with_the_same_holes(reader):
    own, french = speech(reader).words, speech(DEFAULT).words
    assert list(own) == list(french)
    for key, word in own.items():
        missing = holes(french[key]) - holes(word)
        assert holes(word) <= holes(french[key]) | {"n"}, key
        assert missing == set(), key


@pytest.mark.parametrize("reader", readers())
def test_every_number_has_a_plural_form_of_its_language(reader):
    say = speech(reader)
    for key, word in say.words.items():
        if not isinstance(word, str):
            assert {say.plural(number) for number in range(1, 120)} <= set(word), key


def test_the_words_keys_are_those_that_the_program_says():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pycoverage").glob("*.py"))
    for key in speech(DEFAULT).words:
        family, dot, _ = key.partition(".")
        assert re.search(rf"""["']{family}(["']|{re.escape(dot or "'")})""", source), key


def test_every_named_function_of_the_rules_has_its_words():
    said = {key.split(".")[1] for key in speech(DEFAULT).words if key.startswith("fonctions.")}
    assert set(FUNCTIONS) <= said | {*PRODUCTS, "somme_coefficients"}


def test_days_amounts_numbers_and_plurals_are_those_of_the_language():
    french, english, arabic = speech("fr"), speech("en"), speech("ar")
    assert [say.day("2022-06-01") for say in (french, english, arabic)] == [
        "1er juin 2022",
        "1 June 2022",
        "1 يونيو 2022",
    ]
    assert french.euros(904100).replace("\u00a0", " ") == "9 041,00 €"
    assert english.euros(904100) == "€9,041.00"
    assert arabic.euros(904100).strip("\u200f").replace("\u00a0", " ") == "9,041.00 €"
    assert (french.decimal("1.5"), english.decimal("1.5")) == ("1,5", "1.5")
    assert [english("et_autres", n=n) for n in (1, 2)] == ["and one more", "and 2 more"]
    assert [arabic("jours", n=n) for n in (1, 2, 3, 11, 100)] == ["يوم واحد", "يومان", "3 أيام", "11 يومًا", "100 يوم"]
    assert speech("falc").day("2022-06-01") == "1er juin 2022"


def test_a_proof_is_told_in_english_with_its_days_and_amounts(small):
    text = explain(small, "en")
    assert "Ana is 32 years old (art. 1 du code des exemples, since 1 January 2016)" in text
    assert "Bo was born on 3 March 1990 [line 7]" in text
    assert "Ana: no right to “imaginary help” on 1 June 2022" in text
    assert "ceiling of the help: €500.00, since 1 January 2016" in text
    assert "€1,234.50 is more than €500.00 (difference: €734.50)" in text


def test_a_text_without_translation_is_in_french_from_end_to_end_marked_and_counted(small):
    write(small, "facts/langues/en.yaml", "droits: {aide: imaginary help}\n")
    text = explain(small, "en")
    assert "[fr: Bo est née le 3 mars 1990] [line 7]" in text
    assert "[fr: plafond de l'aide]: €500.00" in text
    marks = text.count("[fr: ")
    assert marks > 2
    assert f"{marks} texts are in French only." in text.splitlines()
    assert text.splitlines()[-1] == f"{marks} texts are in French only."


def test_a_whole_translation_says_nothing_of_missing_texts(small):
    document = json.loads(explain(small, "en", "--format", "json"))
    assert document["langue"] == "en"
    told = {node["texte"] for node in document["noeuds"].values()}
    assert "Ana is 32 years old" in told
    text = "\n".join(answer_text(answer_for(assessed(small, "en")), translated(load_law(small), "en").base, {}))
    assert "imaginary help" in text
    assert "texts are in French" not in text


def assessed(root: Path, reader: str):
    law = translated(load_law(root), reader)
    return assess(law, dossier(PERSON, law))


def test_french_is_the_same_with_and_without_catalogues(small):
    with_catalogues = explain(small, "fr")
    for path in catalogue_files(small):
        path.unlink()
    assert explain(small, "fr") == with_catalogues
    assert "traduit" not in with_catalogues


def test_an_answer_in_another_language_has_the_same_statuses_and_rules(law):
    path = ROOT / "examples" / "amina.yaml"

    def shape(reader: str) -> object:
        result = json.loads(run(ROOT, "evaluate", str(path), "--format", "json", "--lang", reader).stdout)
        return {
            (name, right): (told["statut"], told["regles"], told.get("fin"), sorted(told.get("rubriques", {})))
            for name, person in result["personnes"].items()
            for right, told in person["droits"].items()
        }

    assert shape("en") == shape("ar") == shape("falc") == shape("fr")


@pytest.mark.parametrize("command", ["evaluate", "explain"])
def test_each_line_in_arabic_is_read_from_the_right_and_isolates_what_is_not(small, command):
    text = run(small, command, str(small.parent / "ana.yaml"), "--lang", "ar").stdout
    arabic = [line for line in text.splitlines() if re.search(r"[\u0600-\u06ff]", line)]
    assert len(arabic) >= 3
    for line in arabic:
        strong = (unicodedata.bidirectional(letter) for letter in line)
        assert next(kind for kind in strong if kind in ("L", "R", "AL")) == "R"
        outside = line
        while (inner := re.sub("\u2068[^\u2068\u2069]*\u2069", "", outside)) != outside:
            outside = inner
        assert not re.search("[A-Za-zÀ-ÿ\u2066-\u2069]", outside), line


def test_the_tree_opens_to_the_left_in_arabic(small):
    text = explain(small, "ar")
    assert "┤" in text
    assert not set("├└↳▸") & set(text)


def test_markdown_in_arabic_says_its_direction(small):
    lines = explain(small, "ar", "--format", "markdown").splitlines()
    assert (lines[0], lines[-1]) == ('<div dir="rtl">', "</div>")
    assert any(line.startswith("- ") for line in lines)


def test_countries_are_named_by_the_library(law):
    english = translated(law, "en").base.nomenclatures["pays"].elements
    assert (english["so"].nom, english["de"].nom) == ("Somalia", "Germany")
    easy = translated(law, "falc").base.nomenclatures["pays"].elements
    assert easy["de"].nom == law.base.nomenclatures["pays"].elements["de"].nom


def test_a_catalogue_that_is_wrong_stops_its_reader_and_no_other(small):
    write(small, "rules/aide/droit.en.yaml", 'phrases:\n  majoritee: "{Personne} is an adult"\n')
    result = run(small, "explain", str(small.parent / "ana.yaml"), "--lang", "en")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "rules/aide/droit.en.yaml:2:14: PC341" in result.stderr
    assert "vouliez-vous dire « phrases.majorite » ?" in result.stderr
    for reader in ("fr", "ar"):
        assert run(small, "explain", str(small.parent / "ana.yaml"), "--lang", reader).exit_code == 0


def test_an_unknown_reader_is_refused(small):
    result = run(small, "evaluate", str(small.parent / "ana.yaml"), "--lang", "klingon")
    assert result.exit_code == 2
    assert "klingon" in result.stderr


def test_check_and_languages_tell_what_each_reader_has_and_misses(small):
    told = run(small, "check").stdout.splitlines()
    counts = {line.split()[1]: line for line in told if line.startswith("lecteur ")}
    assert set(counts) == {"ar", "en"}
    assert " 7 textes sur " in counts["en"]
    assert run(small, "languages").stdout.splitlines() == list(counts.values())
    missing = run(small, "languages", "en").stdout.splitlines()
    assert "phrases.aide_large : {Personne} a un titre durable" in missing
    assert not any(line.startswith(("droits.aide", "phrases.majorite")) for line in missing)
    assert len(missing) == int(counts["en"].split(" sur ")[1].split()[0]) - 7


SINCE = {"en": "since {%s}", "falc": "depuis le {%s}", "ar": "منذ {%s}"}


@pytest.mark.parametrize("reader", SINCE)
def test_what_ended_on_a_day_is_not_said_to_be_over_since_that_day(law, reader):
    """That day is still the last one on which one may act."""
    own = translated(law, reader)
    ended = [
        (name, day) for name, text in law.base.phrases.items() for day in re.findall(r"a pris fin le {(\w+)}", text)
    ]
    assert ended
    assert [name for name, day in ended if SINCE[reader] % day in own.base.phrases[name]] == []


@pytest.fixture
def spoken(tmp_path, monkeypatch) -> Path:
    """A copy of the words of the program, read in place of them."""
    folder = tmp_path / "langues"
    shutil.copytree(FOLDER, folder)
    monkeypatch.setattr(words, "FOLDER", folder)
    speech.cache_clear()
    yield folder
    speech.cache_clear()


WRONG_WORDS = [
    ("en", b'passe: "past"', b"passe: [past", "DO002", ""),
    ("en", None, b"\xff", "DO001", "UTF-8"),
    ("en", None, b"- oui\n", "PC340", "une liste"),
    ("falc", 'passe: "c\'est passé"\n'.encode(), b"", "PC340", "« passe »"),
    ("falc", 'passe: "c\'est passé"'.encode(), b'passe: ""', "PC340", "« passe »"),
    ("ar", b"locale: ar", b"locale: arabe", "PC340", "« arabe »"),
    ("en", b"incomplet:", b"incomplett:", "PC341", "« incomplett »"),
    ("en", b"{regles}", b"{rule}", "PC342", "{rule}"),
    ("fr", b"incomplet:", b"incomplet: {", "DO002", ""),
]


@pytest.mark.parametrize(("reader", "before", "after", "code", "token"), WRONG_WORDS)
def test_words_that_cannot_be_read_or_are_missing_are_findings(small, spoken, reader, before, after, code, token):
    path = spoken / f"{reader}.yaml"
    text = path.read_bytes()
    assert before is None or text.count(before) == 1
    path.write_bytes(after if before is None else text.replace(before, after))
    place = f"pycoverage/langues/{reader}.yaml:"
    for command in (["check"], ["languages"]):
        result = run(small, *command)
        told = [line for line in result.output.splitlines() if line.startswith(place)]
        assert any(code in line and token in line for line in told), result.output
        assert result.exit_code == 1
    spoken_to = run(small, "evaluate", str(small.parent / "ana.yaml"), "--lang", reader)
    assert spoken_to.exit_code == 2
    assert place in spoken_to.stderr


def test_the_words_of_the_program_have_no_finding(small):
    assert [flaw for reader in readers() for flaw in words.flaws_of_words(reader)] == []
    assert run(small, "languages").exit_code == 0


def test_a_catalogue_that_cannot_be_read_is_told_by_languages(small):
    write(small, "facts/langues/en.yaml", "droits: [\n")
    result = run(small, "languages")
    assert result.exit_code == 1
    assert "facts/langues/en.yaml" in result.output


def test_catalogues_are_part_of_the_base_but_not_of_its_facts(small):
    before = load_law(small).base.digest
    write(small, "facts/langues/en.yaml", NAMES.replace("imaginary", "pretended"))
    assert load_law(small).base.digest != before
    assert not set(base_files(small)) & set(catalogue_files(small))
    assert checks.run(small) == []


def test_the_whole_base_can_be_told_to_every_reader(law):
    path = ROOT / "examples" / "amina.yaml"
    for reader in readers():
        own = translated(law, reader)
        narrative = Narrative(assess(own, dossier(path.read_text(encoding="utf-8"), own)))
        text = "\n".join(narrative.text(narrative.select(None, None)))
        assert not re.search(r"\{\w+\}", text)


def test_french_loads_no_library_of_languages():
    example = ROOT / "examples" / "amina.yaml"
    code = (
        "import sys, pycoverage.cli as cli\n"
        f"try: cli.main(['evaluate', {str(example)!r}])\n"
        "except SystemExit as done: code = done.code\n"
        "sys.exit('babel' in sys.modules or code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_law_in_french_is_the_law(law):
    assert translated(law, DEFAULT) is law is the_law()
