"""What proves a right: the smallest set still missing, what is proved, what nobody may ask for."""

from __future__ import annotations

import itertools
import json
import shutil
from functools import cache
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml
from cases import DOSSIERS, ROOT, dossier, name_of, outputs, the_law
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pycoverage.assessment import assess, assess_all
from pycoverage.cache import load_law
from pycoverage.cli import main
from pycoverage.dossier import read_dossier
from pycoverage.evaluation import prover_for
from pycoverage.exhibits.bundle import Evidence
from pycoverage.exhibits.cover import smallest_cover
from pycoverage.exhibits.evidence import evidence, evidences
from pycoverage.exhibits.exhibit import Exhibit, worth
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.requirement import Admission
from pycoverage.schema import dossier_schema, output_schema
from pycoverage.syntax import literals

CASES = sorted((ROOT / "tests" / "pieces").glob("*.yaml"))


@cache
def some() -> list[tuple[Path, list[Evidence]]]:
    """Return some dossiers of the project, of every right, with what proves their rights."""
    paths = DOSSIERS[::15]
    found = assess_all(the_law(), [read_dossier(path, the_law().base) for path in paths])
    return [(path, evidences(item)) for path, item in zip(paths, found, strict=True)]


def examined(content: dict[str, object], law: Law | None = None) -> Evidence:
    """Return what proves the right that a case names."""
    law = law or the_law()
    found = assess(law, dossier(yaml.safe_dump(content["dossier"], allow_unicode=True), law))
    persons = {name: identifier for identifier, name in found.dossier.persons.items()}
    return evidence(found, prover_for(found), persons[content["personne"]], content["droit"])


def case(name: str) -> dict[str, object]:
    return yaml.load((ROOT / "tests" / "pieces" / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_has_the_documents_its_texts_ask(path):
    content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    found = examined(content)
    needs = {need.code: need for need in found.besoins}
    told = {
        "exigees": sorted(item.document for item in found.a_fournir if item.exigee),
        "appui": sorted(item.document for item in found.a_fournir if not item.exigee),
        "non_exigibles": sorted(entry.valeurs["document"] for entry in found.non_exigibles),
        "declaration": sorted(code for code, need in needs.items() if need.etat == "declaration"),
        "impossible": sorted(code for code, need in needs.items() if need.etat == "impossible"),
        "prouve": {code: need.preuve.document for code, need in needs.items() if need.preuve},
        "termes": {code: need.preuve.jusqu_au for code, need in needs.items() if need.preuve},
        "ecartes": {item.document: item.suffit_le for need in needs.values() for item in need.ecartes},
        "honneur": {code: need.honneur[0].valeur for code, need in needs.items() if need.honneur},
    }
    assert set(content) <= {"titre", "personne", "droit", "dossier", *told}
    for key in {*told} & {*content}:
        expected = content[key]
        if isinstance(expected, dict):
            assert {name: told[key].get(name) for name in expected} == expected, key
        else:
            assert told[key] == sorted(expected), key


def test_what_a_person_holds_changes_no_right():
    """The same dossier with and without documents gives the same conclusions."""
    content = case("ame_quittance_trois_mois_lendemain")
    held = assess(the_law(), dossier(yaml.safe_dump(content["dossier"])))
    del content["dossier"]["personnes"]["issa"]["pieces"]
    assert outputs(held) == outputs(assess(the_law(), dossier(yaml.safe_dump(content["dossier"]))))


def test_no_rule_reads_the_documents_held():
    predicate = the_law().base.vocabulary.personne["pieces"].predicate
    read = {literal.atom.name for rule in the_law().base.rules for literal, _ in literals(rule.body)}
    assert "demande" in read
    assert predicate not in read


def test_a_fact_unknown_of_a_document_leaves_no_right_open():
    content = case("ame_sans_papiers")
    content["dossier"]["personnes"]["issa"]["pieces"] = [{"document": "bail", "du": "inconnu", "au": "inconnu"}]
    found = examined(content)
    assert (found.statut, found.depend_de) == ("oui", [])
    [rejected] = [item for need in found.besoins for item in need.ecartes]
    assert rejected.raison == "sa date est à dire : il faut un document de plus de 3\xa0mois"


def test_every_need_missing_is_met_and_no_document_is_too_many():
    """In every dossier of the project, for every right: the set meets each need, and less would not."""
    for path, found in some():
        for item in found:
            missing = {need.code for need in item.besoins if need.etat == "manque"}
            met = [set(supply.pour) for supply in item.a_fournir]
            assert set().union(*met) == missing, name_of(path)
            for number in range(len(met)):
                assert set().union(*met[:number], *met[number + 1 :]) != missing, name_of(path)


@pytest.mark.parametrize(
    ("admission", "last_bad", "first_good"),
    [
        (Admission("bail", plus_de_mois=3), "2022-05-20", "2022-05-21"),
        (Admission("bail", moins_de_mois=12), "2023-02-20", "2023-02-19"),
        (Admission("titre", en_cours="oui"), "2022-12-31", "2022-12-30"),
    ],
)
def test_limits_of_age_and_validity_fall_on_their_day(admission, last_bad, first_good):
    exhibit = Exhibit(admission.document, "p1", "2022-02-20", "2022-12-30")
    assert not worth(exhibit, admission, last_bad).enough
    assert worth(exhibit, admission, first_good).enough


def test_an_expired_document_is_admitted_with_a_remark_where_no_text_asks_that_it_be_valid():
    found = worth(Exhibit("passeport", "p1", au="2020-01-01"), Admission("passeport"), "2022-01-01")
    assert found.enough
    assert "périmé depuis le 1er janvier 2020" in found.remark


THINGS = "abcdef"
NEEDS = st.lists(
    st.tuples(st.integers(0, 1), st.lists(st.sampled_from(THINGS), min_size=1, max_size=4, unique=True)), max_size=6
)


def brute(needs: list[tuple[int, list[str]]]) -> tuple[int, int]:
    """Return the sizes of the best choice: fewest for the first level, then fewest more."""
    best = (len(THINGS) + 1, 0)
    for first_size in range(len(THINGS) + 1):
        for first in itertools.combinations(THINGS, first_size):
            if any(level == 0 and not set(first) & set(things) for level, things in needs):
                continue
            rest = [things for _, things in needs if not set(first) & set(things)]
            for more in range(len(rest) + 1):
                if any(all(set(s) & set(t) for t in rest) for s in itertools.combinations(THINGS, more)):
                    best = min(best, (first_size, more))
                    break
        if best[0] == first_size:
            return best
    return best


@settings(max_examples=300, deadline=None)
@given(NEEDS)
def test_the_set_is_the_smallest_there_is(needs):
    chosen = smallest_cover(needs)
    first = {thing for level, thing in chosen if level == 0}
    every = {thing for _, thing in chosen}
    assert all((every if level else first) & set(things) for level, things in needs)
    assert (len(first), len(chosen) - len(first)) == brute(needs)


@settings(max_examples=100, deadline=None)
@given(NEEDS, st.randoms())
def test_the_order_of_needs_of_a_level_does_not_change_how_many(needs, random):
    other = list(needs)
    random.shuffle(other)
    assert len(smallest_cover(other)) == len(smallest_cover(needs))
    assert smallest_cover(needs) == smallest_cover(needs)


def test_equals_are_told_apart_by_the_order_of_the_list():
    assert smallest_cover([(0, ["b", "a"]), (1, ["c", "d"])]) == [(0, "b"), (1, "c")]
    assert smallest_cover([(0, ["b", "a"]), (1, ["c", "a"])]) == [(0, "a")]


def test_many_persons_are_no_matter():
    needs = [(1, [(kind, person) for kind in range(person % 3, 6)]) for person in range(60) for _ in range(5)]
    assert len(smallest_cover(needs)) == 60


def test_a_need_that_nothing_meets_is_refused():
    with pytest.raises(ValueError, match="nothing meets"):
        smallest_cover([(0, [])])


def test_a_new_document_is_added_in_yaml_only(tmp_path):
    """A library card, admitted from 2023 on as proof of presence, is then asked, held and counted."""
    for part in ("rules", "facts"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = tmp_path / "facts" / "nomenclatures" / "document.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  carte_bibliotheque: {nom: carte de bibliothèque}\n", "utf-8")
    path = tmp_path / "facts" / "preuves.yaml"
    first = "      - {document: bail, plus_de_mois: 3}\n"
    added = "      - {document: carte_bibliotheque, du: 2023-01-01, plus_de_mois: 3}\n"
    path.write_text(path.read_text(encoding="utf-8").replace(first, added + first, 1), "utf-8")
    law = load_law(tmp_path, cache=False)
    content = case("ame_sans_papiers")
    content["dossier"]["personnes"]["issa"]["pieces"] = [{"document": "carte_bibliotheque", "du": "2022-01-01"}]
    states = {}
    for day in ("2022-12-31", "2023-01-01"):
        content["dossier"]["date"] = day
        states[day] = {need.code: need.etat for need in examined(content, law).besoins}["preuve_presence"]
    assert states == {"2022-12-31": "manque", "2023-01-01": "prouve"}


def write(folder: Path, content: dict[str, object]) -> str:
    path = folder / "cas.yaml"
    path.write_text(yaml.safe_dump(content["dossier"], allow_unicode=True), encoding="utf-8")
    return str(path)


def test_the_command_answers_by_the_shipped_schema(tmp_path):
    path = write(tmp_path, case("ame_quittance_trois_mois"))
    result = CliRunner().invoke(main, ["--base", str(ROOT), "evidence", path, "--format", "json"])
    assert result.exit_code == 0, result.output
    answers = json.loads(result.stdout)
    jsonschema.validate(answers, output_schema("evidence"))
    assert [(item["personne"], item["droit"]) for item in answers] == [("issa", "ame")]
    assert CliRunner().invoke(main, ["--base", str(ROOT), "evidence", path, "--format", "json"]).stdout == result.stdout


def test_the_command_tells_an_adviser_what_to_bring(tmp_path):
    path = write(tmp_path, case("ame_quittance_trois_mois"))
    result = CliRunner().invoke(main, ["--base", str(ROOT), "evidence", path, "AME", "--person", "issa"])
    assert result.exit_code == 0
    for text in (
        "Issa : aide médicale de l'État, au 20 mai 2022 : ✓ oui",
        "À fournir (3\xa0documents suffisent)",
        "☐ tampon d'entrée sur le passeport",
        "✓ preuve d'identité : passeport (ligne",
        "trop récent : il suffira le 21 mai 2022",
        "⊘ le dossier d'Issa est complet sans relevé d'identité bancaire",
        "déclaration refusée",
    ):
        assert text in result.stdout


def test_a_dossier_that_contradicts_itself_proves_nothing(tmp_path):
    content = case("ame_enfant")
    content["dossier"]["personnes"]["awa"]["naissance"] = "2018-05-05"
    result = CliRunner().invoke(main, ["--base", str(ROOT), "evidence", write(tmp_path, content)])
    assert (result.exit_code, result.stdout) == (2, "")


def test_every_evidence_follows_the_shipped_schema():
    for _, found in some():
        jsonschema.validate(msgspec.to_builtins(found), output_schema("evidence"))


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("{document: passport}", "passport"),
        ("{document: bail, prouve: arivee}", "arivee"),
        ("{document: bail, du: 2021-02-30}", "2021-02-30"),
        ("{document: bail, du: 2022-02-01, au: 2022-01-01}", "2022-01-01"),
        ("{document: bail, valable: 2022-01-01}", "valable"),
        ("{du: 2022-01-01}", "document"),
    ],
)
def test_a_document_badly_stated_is_refused_with_the_words_of_the_user(line, token):
    with pytest.raises(InputError) as error:
        dossier(f"date: 2022-01-01\npersonnes:\n  ana:\n    pieces:\n      - {line}\n")
    [finding] = error.value.findings
    assert token in finding.message
    assert finding.place.line == 5


def test_the_schema_of_dossiers_knows_the_documents():
    validator = jsonschema.Draft202012Validator(dossier_schema(the_law().base))
    good = {"document": "bail", "du": "2022-01-01", "prouve": "arrivee", "disponible": False}
    assert validator.is_valid({"personnes": {"ana": {"pieces": [good]}}})
    assert not validator.is_valid({"personnes": {"ana": {"pieces": [{"document": "bail", "prouve": "arivee"}]}}})
