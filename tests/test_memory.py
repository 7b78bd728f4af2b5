"""What a verification has found is kept as long as nothing that it rests on changes, and no longer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from cases import ROOT
from click.testing import CliRunner

from pycoverage.cli import main
from pycoverage.finding import LimitError
from pycoverage.searches import examination, verification
from pycoverage.searches.invariant import FOLDER
from pycoverage.searches.memory import Memory

SMALL = Path(__file__).parent / "checks" / "base"
DAY = "2024-06-01"

MAJOR = """\
invariant(aide_aux_majeurs, code_exemple("1"), "l'aide est pour les majeurs").
violation(aide_aux_majeurs, Personne) :- droit(Personne, aide), not majeur(Personne).
"""
ALL = """\
invariant(aide_pour_tous, code_exemple("2"), "chacun a l'aide").
violation(aide_pour_tous, Personne) :- personne(Personne), not droit(Personne, aide).
"""
UNRELATED = """\
%% Une notion que rien ne regarde
% Prend : isole/2. Donne : seul/1.

%% Technique

notion(seul("Personne"), "{Personne} est sans famille", "{Personne} a de la famille").

seul(Personne) :-
    isole(Personne, oui),
    naissance(Personne, Naissance),
    date(Jour),
    @plus_ans(Naissance, 1) <= Jour.
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A copy of the small base with a statement that holds and one that does not, and a cache of its own."""
    monkeypatch.setenv("PYCOVERAGE_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "base"
    shutil.copytree(SMALL, folder)
    (folder / FOLDER).mkdir(parents=True)
    (folder / FOLDER / "essai.lp").write_text(MAJOR + ALL, encoding="utf-8")
    return folder


def verified(folder: Path, *arguments: str) -> tuple[dict[str, object], bool]:
    """Return what `verify` says of the statements, and whether an earlier run had found it."""
    done = CliRunner().invoke(
        main, ["--base", str(folder), "verify", "--date", DAY, "--format", "json", *arguments], catch_exceptions=False
    )
    told = json.loads(done.stdout)
    return {each["id"]: each for each in told["invariants"]}, all(each["retrouve"] for each in told["domaines"])


def changed(folder: Path, old: str, new: str, path: str = "rules/aide/droit.lp") -> None:
    file = folder / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_was_proved_or_shown_is_told_again_the_same(small):
    first, again = verified(small)
    assert not again
    assert first["aide_aux_majeurs"]["statut"] == "prouve"
    assert first["aide_pour_tous"]["statut"] == "viole"
    assert verified(small) == (first, True)
    assert verified(small, "--neuf") == (first, False)


def test_a_rule_that_the_statements_do_not_rest_on_may_be_added_before_the_others(small):
    first, _ = verified(small)
    (small / "rules" / "a_part").mkdir()
    (small / "rules" / "a_part" / "seul.lp").write_text(UNRELATED, encoding="utf-8")
    assert verified(small) == (first, True)


def test_a_rule_that_a_statement_rests_on_is_looked_at_again(small):
    verified(small)
    changed(small, "    majeur(Personne),\n    total", "    total")
    found, again = verified(small)
    assert not again
    assert found["aide_aux_majeurs"]["statut"] == "viole"


def test_an_amount_that_a_statement_rests_on_is_looked_at_again(small):
    first, _ = verified(small)
    path = next(path for path in (small / "facts" / "parametres").glob("*.yaml"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("valeur: 6", "valeur: 7").replace("valeur: 5", "valeur: 8"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    found, again = verified(small)
    assert not again
    assert found["aide_aux_majeurs"]["statut"] == first["aide_aux_majeurs"]["statut"]


def test_another_statement_under_the_same_name_is_looked_at_again(small):
    verified(small)
    changed(small, "droit(Personne, aide), not majeur(Personne)", "majeur(Personne)", f"{FOLDER}/essai.lp")
    found, again = verified(small)
    assert not again
    assert found["aide_aux_majeurs"]["statut"] == "viole"


def test_a_sentence_that_changes_is_told_as_it_is_now_the_proof_is_the_same(small):
    verified(small)
    changed(small, "l'aide est pour les majeurs", "aucun mineur n'a l'aide", f"{FOLDER}/essai.lp")
    found, again = verified(small)
    assert again
    assert found["aide_aux_majeurs"]["phrase"] == "aucun mineur n'a l'aide"


def test_what_is_kept_and_broken_is_found_again(small, tmp_path):
    first, _ = verified(small)
    files = list((tmp_path / "cache" / "recherches").glob("*.msgpack"))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:-3])
    assert verified(small) == (first, False)


def test_a_search_made_anew_replaces_what_was_kept(small, tmp_path):
    first, _ = verified(small)
    for file in (tmp_path / "cache" / "recherches").glob("*.msgpack"):
        kept = msgspec.msgpack.decode(file.read_bytes(), type=Memory)
        untrue = msgspec.structs.replace(kept, answers=dict.fromkeys(kept.answers))
        file.write_bytes(msgspec.msgpack.encode(untrue))
    assert verified(small)[0]["aide_pour_tous"]["statut"] == "prouve"
    assert verified(small, "--neuf") == (first, False)
    assert verified(small) == (first, True)


def test_a_search_that_is_not_ended_is_not_kept(small, tmp_path, monkeypatch):
    def late(*_arguments):
        raise LimitError("trop tard")

    monkeypatch.setattr(examination, "most_ordinary", late)
    monkeypatch.setattr(
        verification, "shared_out", lambda work, shared, items, **_: (work(shared, each) for each in items)
    )
    found, _ = verified(small)
    assert found["aide_pour_tous"]["statut"] == "viole"
    assert not list((tmp_path / "cache").glob("recherches/*.msgpack"))


def test_the_default_of_the_program_interface_keeps_nothing(law, tmp_path, monkeypatch):
    monkeypatch.setenv("PYCOVERAGE_CACHE", str(tmp_path))
    from pycoverage.searches.invariant import read_invariants

    found = verification.verify(read_invariants(law), ["complementaire_avec_puma"], ["2026-06-01"], processes=1)
    assert [each.statut for each in found.verdicts] == ["prouve"]
    assert not found.scopes[0].recalled
    assert not (tmp_path / "recherches").exists()
    assert law.base.root == str(ROOT)


def test_what_stands_between_quotes_is_no_number_of_a_rule(small):
    """A digest that numbered the rules again inside a text would take one statement for the other."""
    file = small / FOLDER / "essai.lp"
    always = 'droit(Personne, aide), "@a(1" < "@a(2"'
    file.write_text(MAJOR.replace("droit(Personne, aide), not majeur(Personne)", always), encoding="utf-8")
    assert verified(small)[0]["aide_aux_majeurs"]["statut"] == "viole"
    changed(small, '"@a(1" < "@a(2"', '"@a(2" < "@a(1"', f"{FOLDER}/essai.lp")
    found, again = verified(small)
    assert (found["aide_aux_majeurs"]["statut"], again) == ("prouve", False)
