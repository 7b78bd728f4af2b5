"""Approved answers: what has changed since is told, and nothing is written by halves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from cases import ROOT, assessments
from click.testing import CliRunner, Result

from pycoverage.cli import main
from pycoverage.comparisons.approval import FOLDER
from pycoverage.comparisons.comparison import Comparison
from pycoverage.comparisons.record import read_records, record_of, records_text

SMALL = Path(__file__).parent / "checks" / "base"
PERSON = "dossier: {0}\ndate: 2024-06-01\npersonnes:\n  {0}: {{naissance: {1}, sejour: [], ressources: {2}}}\n"


def write(base: Path, name: str, born: str, resources: str = "[]") -> Path:
    path = base / "tests" / "dossiers" / "aide" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PERSON.format(name, born, resources), encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path):
    """A small base with two dossiers whose answers are approved."""
    shutil.copytree(SMALL, tmp_path / "base")
    write(tmp_path / "base", "ada", "2007-01-01")
    write(tmp_path / "base", "bob", "1990-01-01", "[{montant: 500.00}]")
    assert run(tmp_path / "base", "--update").exit_code == 0
    return tmp_path / "base"


def run(base: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--base", str(base), "snapshot", *arguments])


def found(base: Path) -> Comparison:
    done = run(base, "--format", "json")
    assert done.exit_code == 1, done.output
    return msgspec.json.decode(done.stdout, type=Comparison)


def changes(told: Comparison) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (change.personne, change.nature, tuple(change.causes))
        for each in told.changements
        for change in each.changements
    }


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rule(base: Path, old: str, new: str) -> None:
    rewrite(base / "rules" / "aide" / "droit.lp", old, new)


def kept(base: Path) -> dict[str, bytes]:
    return {str(path.relative_to(base)): path.read_bytes() for path in sorted((base / FOLDER).rglob("*.txt"))}


def test_answers_that_did_not_change_are_approved(base):
    done = run(base)
    assert done.exit_code == 0
    assert "Rien ne change." in done.output
    assert list(kept(base)) == ["tests/approuve/aide.txt", "tests/approuve/base.txt"]


def test_the_approved_text_says_the_answer_and_its_reason(base):
    lines = (base / FOLDER / "aide.txt").read_text(encoding="utf-8").splitlines()
    assert "bob 2024-06-01" in lines
    assert "    aide oui" in lines
    assert any(line.endswith("; aide_droit; majorite") for line in lines if "motif: " in line)
    assert "1990" not in "\n".join(lines), "what the dossier states is not kept"


def test_a_changed_rule_is_told_with_those_whom_it_changes(base):
    rule(base, "Annees >= 18", "Annees >= 16")
    told = found(base)
    assert changes(told) == {("ada", "gagne", ("regle:majorite",))}
    assert [(cause.nom, cause.etat) for cause in told.causes] == [("majorite", "réécrite")]
    [group] = told.groupes
    assert (group.dossiers, group.exemple.fichier) == (1, "tests/dossiers/aide/ada.yaml")


def test_a_changed_amount_is_told(base):
    rewrite(base / "facts" / "parametres" / "plafonds.yaml", "500.00", "400.00")
    assert ("bob", "perd", ("montant:plafond",)) in changes(found(base))


def test_a_reason_that_changes_alone_is_told(base):
    rule(base, 'regle(majorite, code_exemple("1")', 'regle(majorite, code_exemple("2")')
    told = found(base)
    assert changes(told) == {(person, "motif", ("regle:majorite",)) for person in ("ada", "bob")}
    assert told.groupes == []


def test_a_sentence_reworded_changes_no_answer_and_no_reason(base):
    rule(base, "{Personne} a {Annees} ans", "{Personne} a eu {Annees} ans")
    assert run(base).exit_code == 0


def test_a_rule_that_takes_the_place_of_another_changes_the_reason(base):
    rule(base, "(majorite", "(majorite_nouvelle")
    assert {(person, nature) for person, nature, _ in changes(found(base))} == {("ada", "motif"), ("bob", "motif")}


def test_a_new_dossier_and_one_that_is_gone_are_told(base):
    write(base, "ada", "2007-01-01").rename(base / "tests" / "dossiers" / "aide" / "eve.yaml")
    told = found(base)
    assert (told.nouveaux, told.disparus) == (["tests/dossiers/aide/eve.yaml"], ["tests/dossiers/aide/ada.yaml"])


@pytest.mark.parametrize("form", ["text", "markdown", "html", "junit"])
def test_every_form_names_the_new_dossier_and_the_one_that_is_gone(base, form):
    write(base, "ada", "2007-01-01").rename(base / "tests" / "dossiers" / "aide" / "eve.yaml")
    done = run(base, "--format", form)
    assert done.exit_code == 1
    assert "eve.yaml" in done.output
    assert "ada.yaml" in done.output
    if form == "junit":
        root = ElementTree.fromstring(done.stdout.encode())
        assert (root.get("tests"), root.get("failures"), len(list(root.iter("failure")))) == ("3", "2", 2)


def test_a_dossier_that_now_contradicts_itself_is_told(base):
    with (base / "rules" / "aide" / "droit.lp").open("a", encoding="utf-8") as stream:
        stream.write(
            '\nphrase(trop_jeune, "{Personne} est trop jeune").\n\n'
            "anomalie(trop_jeune, Personne) :-\n    personne(Personne),\n    not majeur(Personne).\n"
        )
    told = found(base)
    [change] = [change for each in told.changements for change in each.changements]
    assert change.texte == "contradiction : rien → trop_jeune (ada)"


def test_approving_again_takes_the_new_answers(base):
    rule(base, "Annees >= 18", "Annees >= 16")
    before = kept(base)
    assert run(base, "--update").exit_code == 0
    assert kept(base) != before
    assert run(base).exit_code == 0


def test_approving_one_dossier_keeps_what_was_approved_of_the_others(base):
    rule(base, "Annees >= 18", "Annees >= 16")
    ada = base / "tests" / "dossiers" / "aide" / "ada.yaml"
    write(base, "zoe", "1980-01-01")
    assert run(base, "--update", str(ada)).exit_code == 0
    records = read_records((base / FOLDER / "aide.txt").read_text(encoding="utf-8"))
    assert list(records) == ["ada", "bob"]
    assert records["ada"].persons["ada"]["aide"]["statut"] == ("oui",)


def test_approving_one_dossier_keeps_the_causes_of_what_changes_for_the_others(base):
    rewrite(base / "facts" / "parametres" / "plafonds.yaml", "500.00", "400.00")
    assert run(base, "--update", str(base / "tests" / "dossiers" / "aide" / "ada.yaml")).exit_code == 0
    assert changes(found(base)) == {("bob", "perd", ("montant:plafond",))}


def test_approving_every_dossier_by_name_takes_what_the_rules_now_say(base):
    rewrite(base / "facts" / "parametres" / "plafonds.yaml", "500.00", "400.00")
    assert run(base, "--update", str(base / "tests" / "dossiers")).exit_code == 0
    by_name = kept(base)
    assert run(base, "--update").exit_code == 0
    assert kept(base) == by_name


def test_an_approval_that_changes_nothing_writes_nothing(base):
    times = {path: path.stat().st_mtime_ns for path in (base / FOLDER).rglob("*.txt")}
    assert run(base, "--update").output == ""
    assert {path: path.stat().st_mtime_ns for path in (base / FOLDER).rglob("*.txt")} == times


KILLED = """\
import os, signal, sys
sys.path[:0] = [{root!r}]
from pathlib import Path
from pycoverage.cli import main
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(["--base", {base!r}, "snapshot", "--update"])
"""


def test_an_approval_killed_while_it_writes_leaves_the_old_answers_whole(base):
    before = kept(base)
    rule(base, "Annees >= 18", "Annees >= 16")
    run(base)
    script = KILLED.format(root=str(ROOT), base=str(base))
    done = subprocess.run([sys.executable, "-c", script], env=dict(os.environ), check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert list((base / FOLDER).glob(".aide.txt.*")), "the new answers were being written"
    assert kept(base) == before
    assert changes(found(base)) == {("ada", "gagne", ("regle:majorite",))}


def test_an_answer_refused_leaves_the_old_ones(base):
    before = kept(base)
    (base / "tests" / "dossiers" / "aide" / "faux.yaml").write_text("dossier: faux\n", encoding="utf-8")
    done = run(base, "--update")
    assert done.exit_code == 2
    assert "faux.yaml" in done.output
    assert kept(base) == before


def test_approved_answers_written_by_hand_are_refused(base):
    (base / FOLDER / "aide.txt").write_text("# tests/dossiers/aide : …\n\nada 2024-06-01\n ada\n", encoding="utf-8")
    done = run(base)
    assert done.exit_code == 2
    assert "aide.txt" in done.output


@pytest.mark.parametrize(
    ("file", "until", "said"),
    [
        ("aide.txt", "", "incomplètes"),
        ("aide.txt", "# tests/dossiers/aide : réponses approuvées (pycoverage snapshot)\n", "incomplètes"),
        ("aide.txt", "\nbob 2024-06-01\n", "incomplètes"),
        ("aide.txt", "  bob\n    aide ou", "la dernière ligne est coupée"),
        ("aide.txt", "  bob\n    aide oui\n", "incomplètes"),
        ("base.txt", "", "incomplètes"),
        ("base.txt", "regle:majorite", "la dernière ligne est coupée"),
        ("base.txt", "regle:", "la dernière ligne est coupée"),
        ("base.txt", "(pycoverage snapshot)\n\n", "il manque ce que disaient les règles"),
    ],
)
def test_approved_answers_that_were_cut_are_told_incomplete(base, file, until, said):
    path = base / FOLDER / file
    text = path.read_text(encoding="utf-8")
    assert until in text
    path.write_text(text[: text.rindex(until) + len(until)] if until else "", encoding="utf-8")
    done = run(base)
    assert done.exit_code == 2
    assert f"{file}: DO034" in done.output
    assert said in done.output
    assert run(base, "--update").exit_code == 0
    assert path.read_text(encoding="utf-8") == text


def test_approved_answers_without_what_the_rules_said_are_refused(base):
    (base / FOLDER / "base.txt").unlink()
    done = run(base)
    assert done.exit_code == 2
    assert "base.txt: DO034 il manque ce que disaient les règles" in done.output


@pytest.mark.parametrize("arguments", [[], ["--update"]])
def test_a_file_in_place_of_the_folder_of_approved_answers_is_told(base, arguments):
    shutil.rmtree(base / FOLDER)
    (base / FOLDER).write_text("", encoding="utf-8")
    done = run(base, *arguments)
    assert done.exit_code == 2
    assert f"{base / FOLDER}: DO034 ce n'est pas un dossier — déplacez ce fichier" in done.output


def test_a_dossier_from_elsewhere_has_no_approved_answer(base, tmp_path):
    path = tmp_path / "ailleurs.yaml"
    path.write_text(PERSON.format("ada", "2007-01-01", "[]"), encoding="utf-8")
    done = run(base, str(path))
    assert done.exit_code == 2
    assert "ailleurs.yaml" in done.output


def test_records_are_read_as_they_were_written():
    sample = list(assessments().values())[::25]
    records = {f"dossier_{number}": record_of(each).record for number, each in enumerate(sample)}
    text = records_text("tests/dossiers", records)
    assert read_records(text) == records
    assert max(map(len, text.splitlines())) <= 200


def test_the_examples_answer_as_approved():
    done = CliRunner().invoke(main, ["--base", str(ROOT), "snapshot", str(ROOT / "examples")])
    assert done.exit_code == 0, f"{done.output}\nLisez ce qui change, puis : pycoverage snapshot --update"


def test_where_one_file_cannot_be_written_none_is(base):
    before = {path: path.read_bytes() for path in (base / FOLDER).rglob("*.txt")}
    assert len(before) == 2
    write(base, "cora", "1990-01-01", "[{montant: 999.00}]")
    last = base / FOLDER / "base.txt"
    last.unlink()
    last.mkdir()
    assert run(base, "--update").exit_code == 2
    kept = {path: path.read_bytes() for path in (base / FOLDER).rglob("*.txt") if path.is_file()}
    assert kept == {path: text for path, text in before.items() if path != last}
    assert not list((base / FOLDER).rglob(".*"))
