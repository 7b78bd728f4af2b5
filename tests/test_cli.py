"""The command line: what it prints, its codes, and never a traceback."""

from __future__ import annotations

import errno
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from cases import DOSSIERS, EXAMPLES, ROOT, assessments, name_of, the_law
from click.testing import CliRunner, Result

from pycoverage.cli import main
from pycoverage.evaluation import answer_for
from pycoverage.mishap import reason
from pycoverage.schema import dossier_schema, output_schema

AMINA = str(ROOT / "examples" / "amina.yaml")
MARKS = {"oui": "oui", "non": "non", "a_preciser": "préciser", "conteste": "contest"}


def run(*arguments: str) -> Result:
    """Run a command in this process; an unexpected exception fails the test with its traceback."""
    result = CliRunner().invoke(main, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_evaluate_answers_by_the_shipped_schema():
    schema = output_schema("evaluate")
    for path in EXAMPLES:
        result = run("evaluate", str(path), "--format", "json")
        answer = json.loads(result.stdout)
        jsonschema.validate(answer, schema)
        assert result.exit_code == 0
        assert (answer["version"], answer["anomalies"]) == (1, [])
        for person in answer["personnes"].values():
            assert list(person["droits"]) == list(the_law().base.rights)


@pytest.mark.parametrize("path", DOSSIERS[::3], ids=name_of)
def test_every_answer_follows_the_shipped_schema(path):
    import msgspec

    jsonschema.validate(msgspec.to_builtins(answer_for(assessments()[path])), output_schema("evaluate"))


def test_every_dossier_follows_the_shipped_schema():
    validator = jsonschema.Draft202012Validator(dossier_schema(the_law().base))
    for path in DOSSIERS:
        plain = plain_yaml(path.read_text(encoding="utf-8"))
        assert [f"{path.stem}: {error.message}" for error in validator.iter_errors(plain)] == []


def plain_yaml(text: str) -> object:
    """Return a dossier as an editor sees it: dates as texts, numbers as numbers."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if "timestamp" not in tag and "bool" not in tag]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Loader)


@pytest.mark.parametrize("command", ["evaluate", "explain"])
@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_the_text_names_every_person_and_its_statuses(command, path):
    result = run(command, str(path))
    answer = answer_for(assessments()[path])
    assert result.exit_code == 0
    for name, person in answer.personnes.items():
        assert name.lower() in result.stdout.lower()
        for right in person.droits.values():
            assert MARKS[right.statut] in result.stdout


def test_markdown_has_one_heading_per_right_with_its_status():
    result = run("explain", AMINA, "--format", "markdown")
    headings = [line for line in result.stdout.splitlines() if line.startswith("## ")]
    assert len(headings) == 2 * len(the_law().base.rights) + 1
    assert result.exit_code == 0


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_explain_ends_well_in_every_format(path, form):
    result = run("explain", str(path), "--format", form, "--full")
    assert result.exit_code == 0
    assert result.stdout
    if form == "json":
        document = json.loads(result.stdout)
        for rights in document["personnes"].values():
            numbers = [found for right in rights.values() for key, found in right.items() if key.startswith("noeud")]
            assert len(numbers) >= len(rights)
            assert {str(number) for number in numbers} <= document["noeuds"].keys()
    else:
        assert "{Personne}" not in result.stdout


def test_explain_proves_since_when_until_when_and_how_much():
    path = str(ROOT / "tests" / "dossiers" / "c2s" / "k105.yaml")
    told = run("explain", path, "c2s_participation").stdout
    heads = ("▸ depuis quand", "▸ jusqu'à quand", "▸ combien", "▸ qui décide")
    places = [told.index(head) for head in heads]
    since, until, much = (told[start:end] for start, end in itertools.pairwise(places))
    assert "prend effet le 1er juin 2021" in since
    assert "le moyen de paiement reçu le 20 mai 2021" in since
    assert "jusqu'au 31 mai 2022" in until
    assert "14,00 €" in much.replace("\u00a0", " ")
    refused = run("explain", path, "c2s_gratuite").stdout
    assert not any(head in refused for head in heads[:3])


def test_explain_keeps_to_one_right_of_one_person():
    result = run("explain", AMINA, "ame", "--person", "yusuf", "--format", "json")
    assert json.loads(result.stdout)["personnes"].keys() == {"yusuf"}
    assert json.loads(result.stdout)["personnes"]["yusuf"].keys() == {"ame"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", AMINA, "amee"], ["« amee »", "vouliez-vous dire « ame » ?"]),
        (["explain", AMINA, "--person", "amin"], ["« amin »", "vouliez-vous dire « amina » ?"]),
        (["evaluate", AMINA, "--date", "2021-02-30"], ["« 2021-02-30 »"]),
        (["evaluate", AMINA, "--date", "hier"], ["« hier »"]),
        (["evaluate", AMINA, "--date", "2015-12-31"], ["« 2015-12-31 »", "2016-01-01"]),
        (["evaluate", AMINA, "--lecture", "irregularite=loi"], ["« irregularite »"]),
        (["evaluate", AMINA, "--lecture", "irregularite_trois_mois=autre"], ["« autre »"]),
        (["evaluate", AMINA, "--lecture", "irregularite_trois_mois"], ["QUESTION=LECTURE"]),
        (["--base", "/nulle/part", "evaluate", AMINA], ["/nulle/part"]),
        (["evaluate"], ["DOSSIER"]),
        (["evaluer", AMINA], ["evaluer"]),
        (["evaluate", AMINA, "--format", "xml"], ["xml"]),
        (["export", AMINA, "-o", "/nulle/part/cas.lp"], ["/nulle/part/cas.lp"]),
        (["--limite", "0", "evaluate", AMINA], ["--limite"]),
    ],
)
def test_bad_usage_ends_with_code_2_in_the_words_of_the_user(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


def test_another_date_changes_the_answer():
    def status(*options: str) -> str:
        answer = json.loads(run("evaluate", AMINA, "--format", "json", *options).stdout)
        return answer["personnes"]["amina"]["droits"]["ame"]["statut"]

    assert status() == "non"
    assert status("--date", "2022-06-30") == "non"
    assert status("--date", "2022-07-01") == "conteste"


def test_a_person_who_is_not_born_yet_is_simply_not_there(tmp_path):
    result = run("evaluate", str(ROOT / "examples" / "couple_mixte.yaml"), "--date", "2019-12-31", "--format", "json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    fanta = answer["personnes"]["fanta"]["droits"]
    assert {right["statut"] for right in fanta.values()} == {"non"}


def test_a_reading_can_be_chosen():
    path = str(ROOT / "examples" / "touriste_jour_reforme.yaml")
    answer = json.loads(run("evaluate", path, "--format", "json").stdout)
    right = answer["personnes"]["carmen"]["droits"]["ame"]
    assert (right["statut"], right["par_defaut"]) == ("conteste", "non")
    assert right["lectures"] == {"irregularite_trois_mois=pratique": "oui"}
    chosen = run("evaluate", path, "--format", "json", "--lecture", "irregularite_trois_mois=pratique")
    answer = json.loads(chosen.stdout)
    assert answer["lectures"]["irregularite_trois_mois"] == "pratique"
    assert answer["personnes"]["carmen"]["droits"]["ame"]["statut"] == "oui"


def test_a_right_that_does_not_exist_that_day_says_so():
    answer = json.loads(run("evaluate", AMINA, "--format", "json").stdout)
    right = answer["personnes"]["amina"]["droits"]["cmuc"]
    assert (right["statut"], right["motif"]) == ("non", "hors_periode")
    assert "rubriques" not in right


def test_a_dossier_without_a_date_asks_for_one(tmp_path):
    path = tmp_path / "cas.yaml"
    path.write_text("personnes: {a: {}}\n", encoding="utf-8")
    result = run("evaluate", str(path))
    assert result.exit_code == 2
    assert "--date" in result.stderr


def test_export_never_writes_over_its_own_dossier_nor_over_what_is_no_file(tmp_path):
    own = tmp_path / "amina.yaml"
    own.write_text(Path(AMINA).read_text(encoding="utf-8"), encoding="utf-8")
    before = own.read_bytes()
    assert run("export", str(own), "-o", str(own)).exit_code == 2
    assert own.read_bytes() == before
    result = run("export", str(own), "-o", str(tmp_path))
    assert result.exit_code == 2
    assert "DO013" in result.stderr


def test_export_follows_a_link_and_leaves_it(tmp_path):
    target, link = tmp_path / "cas.lp", tmp_path / "lien.lp"
    target.write_text("", encoding="utf-8")
    link.symlink_to(target)
    assert run("export", AMINA, "-o", str(link)).exit_code == 0
    assert link.is_symlink()
    assert "droit(" in target.read_text(encoding="utf-8")


def test_a_dossier_that_contradicts_itself_is_not_exported(tmp_path):
    text = Path(AMINA).read_text(encoding="utf-8").replace("parents: [amina]", "parents: [yusuf]")
    path = tmp_path / "boucle.yaml"
    path.write_text(text, encoding="utf-8")
    result = run("export", str(path), "-o", str(tmp_path / "cas.lp"))
    assert result.exit_code == 2
    assert not (tmp_path / "cas.lp").exists()


def test_export_writes_a_whole_file(tmp_path):
    output = tmp_path / "cas.lp"
    assert run("export", AMINA, "-o", str(output)).exit_code == 0
    assert output.read_text(encoding="utf-8") == run("export", AMINA).stdout


@pytest.mark.parametrize("options", [[], ["evaluate"]])
def test_schemas_are_valid_schemas(options):
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", *options).stdout))


def test_the_base_has_no_error():
    result = run("check")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("command", ["evaluate", "explain", "test", "check", "schema", "export"])
def test_every_command_has_help(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage")


def test_the_articles_of_one_text_stand_in_one_order():
    """Two articles of a text that is cited without them would else stand in the order of a hash."""
    code = "import sys; from pycoverage.cli import main; main(['explain', sys.argv[1]])"
    path = str(ROOT / "examples" / "touriste_veille_reforme.yaml")
    told = {
        subprocess.run(
            [sys.executable, "-c", code, path],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


ALONE = """\
dossier: essai
date: 2022-06-01
personnes:
  samira:
    naissance: 1990-01-01
    nationalite: CI
    arrivee: 2010-01-01
    sejour: []
    ressources: []
"""
REFUSED = (
    ALONE
    + """\
demandes:
  - {droit: ame, personne: samira, deposee: 2022-05-20}
decisions:
  - {droit: ame, personne: samira, sens: refus, notifiee: 2022-05-25, effet: 2022-05-20, par: caisse}
"""
)


def next_step(tmp_path, text, *options):
    """Return what is said to do next for the AME."""
    path = tmp_path / "essai.yaml"
    path.write_text(text, encoding="utf-8")
    lines = run("evaluate", str(path), *options).stdout.replace("\u00a0", " ").split("La suite :")[1].splitlines()
    return next(line for line in lines if "aide médicale de l'État :" in line)


def test_whoever_was_refused_is_told_to_contest_not_to_ask(tmp_path):
    """A request was made and refused: the next step is that of « change »."""
    told = next_step(tmp_path, REFUSED).partition("l'État : ")[2]
    assert told.startswith("une décision défavorable date du 25 mai 2022 : la contester si elle est infondée")
    assert "Déposer" not in told
    assert told in run("change", str(tmp_path / "essai.yaml"), "ame").stdout.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("day", "said", "unsaid"),
    [
        ("2016-06-01", ("par courrier", "centre communal d'action sociale"), ("hôpital", "établissement de santé")),
        ("2022-06-01", ("établissement de santé", "France services"), ("par courrier", "centre communal")),
    ],
)
def test_the_next_step_tells_the_ways_of_asking_that_the_law_of_the_day_has(day, said, unsaid, tmp_path):
    told = next_step(tmp_path, ALONE, "--date", day)
    assert "Déposer la demande" in told
    assert all(each in told for each in said)
    assert not any(each in told for each in unsaid)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "nope"], ["« nope »", "invariants : ressources_moindres"]),
        (["verify", "mineur_couvrt"], ["vouliez-vous dire « mineur_couvert »"]),
        (["compare", "", "base", AMINA], ["état: DO030"]),
        (["compare", "base", "reforme:amu_2023@", AMINA], ["« amu_2023@ »", "reforme:NOM@AAAA-MM-JJ"]),
        (["compare", "base", "reforme:../reformes/amu_2023", AMINA], ["« ../reformes/amu_2023 »", "amu_2023"]),
        (
            ["compare", "base", "base", "--exhaustive", "--keep", "/dev/null/x"],
            ["/dev/null/x: DO013", "du chemin n'est"],
        ),
        (["export", AMINA, "-o", "/introuvable/ici.lp"], ["/introuvable/ici.lp: DO013", "(chemin introuvable)"]),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    for word in words:
        assert word in result.stderr, result.stderr


def test_a_missing_field_of_a_line_is_shown_as_it_is_written(tmp_path):
    path = tmp_path / "essai.yaml"
    path.write_text(REFUSED.replace(", effet: 2022-05-20", ""), encoding="utf-8")
    told = run("evaluate", str(path)).stderr
    assert "il manque « effet » dans cette ligne de « decisions » — écrivez « effet: AAAA-MM-JJ »" in told


def test_continuity_without_any_dossier_is_an_error(tmp_path):
    result = run("continuity", str(tmp_path))
    assert result.exit_code == 2
    assert "aucun dossier" in result.stderr


def test_continuity_writes_its_days_in_words():
    told = run("continuity", AMINA, "--from", "2019-10-01", "--to", "2019-12-31").stdout.replace("\u00a0", " ")
    assert "cmuc : du 1er octobre 2019 au 31 octobre 2019" in told
    assert "2019-" not in told


@pytest.mark.parametrize("number", ["ENOENT", "EACCES", "ENOSPC", "EFBIG", "EROFS", "EISDIR", "ENOTDIR"])
def test_what_the_system_refuses_is_said_in_french(number):
    error = OSError(getattr(errno, number), os.strerror(getattr(errno, number)))
    assert reason(error)
    assert error.strerror not in reason(error)
    assert "erreur" not in reason(error)


def test_a_base_outside_git_has_no_revision_and_says_so_in_french(tmp_path):
    shutil.copytree(ROOT / "tests" / "checks" / "base", tmp_path / "base")
    told = run("--base", str(tmp_path / "base"), "compare", "rev:HEAD", "base", AMINA).stderr
    assert "n'est pas dans un dépôt git" in told
    assert "fatal" not in told
