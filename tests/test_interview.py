"""An interview: what is typed becomes a dossier as one would have written it, or nothing at all."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

import jsonschema
import pytest
from cases import EXAMPLES, dossier, name_of, statuses, the_law
from click.testing import CliRunner, Result

from pycoverage.assessment import assess
from pycoverage.cli import main
from pycoverage.document import parse
from pycoverage.questions.dialogue import Dialogue
from pycoverage.questions.interview import Interview
from pycoverage.questions.questionnaire import Entry
from pycoverage.questions.reply import UnclearError, written
from pycoverage.schema import output_schema

ANA = """\
# Un dossier annoté.
date: 2022-05-01
personnes:
  ana:     # vue le 2 mai
    naissance: 1984-01-01
    nationalite: LY
    arrivee: 2019-01-01
    sejour: []
"""


def talk(*arguments: str, typed: Iterable[str] = ()) -> Result:
    """Run `pycoverage ask` and type these lines."""
    result = CliRunner().invoke(main, ["ask", *arguments], input="".join(f"{line}\n" for line in typed))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def plain(path: Path) -> dict[str, object]:
    return parse(path.read_bytes(), name=str(path)).plain()


@pytest.fixture
def ana(tmp_path) -> Path:
    path = tmp_path / "ana.yaml"
    path.write_text(ANA, encoding="utf-8")
    return path


def test_an_answer_completes_the_dossier_and_leaves_every_other_sign(ana):
    result = talk(str(ana), typed=["autre", "1 200,50 €", "mois", "1/1/2021", "-", "n", "o"])
    assert result.exit_code == 0, result.output
    assert "Plus de question utile." in result.output
    line = "    ressources:\n      - {nature: autre, montant: 1200.50, par: mois, du: 2021-01-01}\n"
    assert ana.read_text(encoding="utf-8") == ANA + line


def test_nothing_is_written_unless_the_person_agrees(ana, tmp_path):
    for last in ("", "n"):
        result = talk(str(ana), typed=["-", last])
        assert "Rien n'est gardé." in result.output
    talk(str(ana), typed=["-"])
    assert ana.read_text(encoding="utf-8") == ANA
    assert list(tmp_path.iterdir()) == [ana]


def test_with_a_new_file_the_dossier_itself_does_not_change(ana, tmp_path):
    other = tmp_path / "complet.yaml"
    assert talk(str(ana), "-o", str(other), typed=["-"]).exit_code == 0
    assert other.read_text(encoding="utf-8") == ANA + "    ressources: []\n"
    assert ana.read_text(encoding="utf-8") == ANA


def test_a_file_that_exists_is_replaced_only_on_agreement_given_before_the_first_question(ana, tmp_path):
    other = tmp_path / "autre.yaml"
    other.write_text("à garder", encoding="utf-8")
    for typed in (["non"], []):
        result = talk(str(ana), "-o", str(other), typed=typed)
        assert result.exit_code == 2
        assert "autre.yaml" in result.output and "Quelles ressources" not in result.output
        assert other.read_text(encoding="utf-8") == "à garder"
    assert talk(str(ana), "-o", str(other), typed=["oui", "-"]).exit_code == 0
    assert other.read_text(encoding="utf-8") == ANA + "    ressources: []\n"


def test_an_option_agrees_to_replace_a_file(ana, tmp_path):
    other = tmp_path / "autre.yaml"
    other.write_text("à garder", encoding="utf-8")
    result = talk(str(ana), "-o", str(other), "--remplacer", typed=["-"])
    assert result.exit_code == 0 and "Remplacer" not in result.output
    assert other.read_text(encoding="utf-8") == ANA + "    ressources: []\n"


@pytest.mark.parametrize("where", ["absent/ana.yaml", "."])
def test_a_place_where_nothing_can_be_written_is_told_before_the_first_question(ana, tmp_path, where):
    for arguments in ([str(ana)], ["--nouveau"]):
        result = talk(*arguments, "-o", str(tmp_path / where), typed=["-"])
        assert result.exit_code == 2
        assert "DO013" in result.output
        assert " > " not in result.output


def test_the_dossier_itself_named_by_another_path_is_completed_in_place(ana, tmp_path):
    (tmp_path / "sous").mkdir()
    result = talk(str(ana), "-o", str(tmp_path / "sous" / ".." / "ana.yaml"), typed=["-", "o"])
    assert "Remplacer" not in result.output
    assert ana.read_text(encoding="utf-8") == ANA + "    ressources: []\n"


@pytest.mark.parametrize("end", [["stop"], []], ids=["stop", "fin de la saisie"])
def test_stop_and_the_end_of_what_is_typed_keep_the_answers_alike(tmp_path, end):
    path, other = tmp_path / "bo.yaml", tmp_path / "complet.yaml"
    path.write_text("date: 2024-06-01\npersonnes:\n  bo:\n", encoding="utf-8")
    typed = ["mali", "recepisse_premiere_demande", "2024-01-01", "2024-12-31"]
    result = talk(str(path), "-o", str(other), typed=[*typed, *end])
    assert result.exit_code == 0, result.output
    title = {"titre": "recepisse_premiere_demande", "du": "2024-01-01", "au": "2024-12-31"}
    assert plain(other)["personnes"] == {"bo": {"nationalite": "ml", "sejour": [title]}}


@pytest.mark.parametrize("end", [["stop"], []], ids=["stop", "fin de la saisie"])
def test_a_new_dossier_left_while_the_roles_are_asked_keeps_the_persons(tmp_path, end):
    path = tmp_path / "neuf.yaml"
    result = talk("--nouveau", "-o", str(path), typed=["2024-06-01", "Awa", "Zoé", "", *end])
    assert result.exit_code == 0, result.output
    assert plain(path)["personnes"] == {"Awa": "", "Zoé": ""}


def test_the_exit_code_tells_that_nothing_was_kept(ana, tmp_path):
    assert talk(str(ana), typed=["-", "n"]).exit_code == 1
    assert talk(str(ana), typed=["-"]).exit_code == 1
    assert talk("--nouveau", typed=["2024-06-01", "stop"]).exit_code == 1
    assert talk("--nouveau", typed=["2024-06-01", "Awa", "", "stop", ""]).exit_code == 1
    assert talk(str(ana), typed=["stop"]).exit_code == 0, "there was nothing to keep"


WITH_EXPECTATION = """\
date: 2022-05-01
personnes:
  ana:
    naissance: 1984-01-01
    nationalite: LY
    arrivee: 2019-01-01
    sejour: []
attendu:
  ana: {ame: a_preciser, puma: non}   # sans ressources connues
note: à suivre
"""


def test_what_the_answers_make_false_is_no_longer_expected_and_it_is_said(ana):
    ana.write_text(WITH_EXPECTATION, encoding="utf-8")
    result = talk(str(ana), typed=["-", "o"])
    assert "attendu" in result.output and "ana, ame : a_preciser" in result.output
    assert "puma :" not in result.output
    kept = ana.read_text(encoding="utf-8")
    assert "  ana: {puma: non}   # sans ressources connues\nnote: à suivre\n" in kept
    assert CliRunner().invoke(main, ["test", str(ana)]).exit_code == 0


def test_without_any_expectation_left_the_block_goes(ana):
    ana.write_text(WITH_EXPECTATION.replace(", puma: non", ""), encoding="utf-8")
    talk(str(ana), typed=["-", "o"])
    assert "attendu" not in plain(ana)
    assert ana.read_text(encoding="utf-8").endswith("ressources: []\nnote: à suivre\n")


def test_what_was_false_before_the_answers_stays_expected(ana):
    ana.write_text(WITH_EXPECTATION.replace("puma: non", "puma: oui"), encoding="utf-8")
    talk(str(ana), typed=["-", "o"])
    assert plain(ana)["attendu"] == {"ana": {"puma": "oui"}}


def test_a_file_changed_meanwhile_by_another_hand_is_kept(ana):
    def typed() -> Iterable[str]:
        yield "-"
        ana.write_text(ANA + "    adresse: stable\n", encoding="utf-8")
        yield "o"

    lines = typed()
    law = the_law()
    told: list[str] = []
    interview = Interview(
        law,
        ANA,
        str(ana),
        Dialogue(lambda _: next(lines), told.append),
        date=None,
        seconds=None,  # type: ignore[call-overload]
    )
    assert interview.run()
    from pycoverage.finding import InputError
    from pycoverage.questions.closing import keep

    with pytest.raises(InputError, match="a changé"):
        keep(interview, None, ana, ANA)
    assert "adresse: stable" in ana.read_text(encoding="utf-8")


def test_stopping_keeps_the_answers_and_the_next_interview_goes_on_from_there(tmp_path):
    path = tmp_path / "bo.yaml"
    path.write_text("date: 2024-06-01\npersonnes:\n  bo:\n", encoding="utf-8")
    first = talk(str(path), typed=["mali", "stop", "o"])
    assert "Quelle est la nationalité de Bo ?" in first.output
    assert "Reste à préciser" in first.output
    assert plain(path)["personnes"] == {"bo": {"nationalite": "ml"}}
    second = talk(str(path), typed=["stop"])
    assert "nationalité" not in second.output
    assert "titres, visas ou documents" in second.output


def test_i_do_not_know_is_written_and_not_asked_again(ana):
    result = talk(str(ana), typed=["", "o"])
    assert result.output.count("Quelles ressources") == 1
    assert "Reste à préciser :" in result.output
    assert "Ana" in result.output and "ana.ressources" in result.output
    assert ana.read_text(encoding="utf-8") == ANA + "    ressources: inconnu\n"
    later = talk(str(ana), typed=["-", "o"])
    assert "Le dossier dit : inconnu." in later.output
    assert ana.read_text(encoding="utf-8") == ANA + "    ressources: []\n"


def test_what_no_dossier_may_say_is_asked_again(tmp_path):
    path = tmp_path / "bo.yaml"
    path.write_text("date: 2024-06-01\npersonnes:\n  bo: {nationalite: ml, sejour: inconnu}\n", encoding="utf-8")
    law = the_law()
    told: list[str] = []
    typed = iter(["30/02/2020", "2030-01-01", "-", "2 mars 1990"])
    asked = Dialogue(lambda _: next(typed, "stop"), told.append)
    interview = Interview(law, path.read_text(encoding="utf-8"), str(path), asked, date=None, seconds=None)
    while interview.inquiry.questions[0].key[1] != "naissance":
        interview.declined |= {interview.inquiry.questions[0].key}
        interview.inquiry = interview._inquire()
    interview.run()
    shown = "\n".join(told)
    assert "30/02/2020" in shown
    assert "dépasse la date du dossier (2024-06-01)" in shown
    assert "attend une réponse" in shown
    assert "naissance: 1990-03-02" in interview.text


def test_an_answer_that_contradicts_the_dossier_is_refused_with_the_reason(tmp_path):
    """A child cannot be older than his mother."""
    path = tmp_path / "fils.yaml"
    known = "nationalite: ml, arrivee: 2024-05-01, sejour: [], ressources: []"
    text = f"date: 2024-06-01\npersonnes:\n  mere: {{naissance: 1990-01-01, {known}}}\n"
    text += f"  fils: {{parents: [mere], {known}}}\n"
    path.write_text(text, encoding="utf-8")
    result = talk(str(path), typed=["1985-01-01", "2015-05-05", "o"])
    assert "Cette réponse contredit le dossier : " in result.output
    assert "naissance" in result.output
    assert plain(path)["personnes"]["fils"]["naissance"] == "2015-05-05"


def test_one_may_go_back(tmp_path):
    path = tmp_path / "bo.yaml"
    path.write_text("date: 2024-06-01\npersonnes:\n  bo:\n", encoding="utf-8")
    talk(str(path), typed=["retour", "mali", "retour", "france", "stop", "o"])
    assert plain(path)["personnes"] == {"bo": {"nationalite": "fr"}}


def test_help_lists_and_searches_the_codes_with_their_names(tmp_path):
    path = tmp_path / "bo.yaml"
    path.write_text("date: 2024-06-01\npersonnes:\n  bo:\n", encoding="utf-8")
    result = talk(str(path), typed=["?", "? Guinée", "guinée", "xyz", "stop"])
    assert "réponses possibles" in result.output
    assert "gn  Guinée" in result.output and "gw  Guinée-Bissau" in result.output
    assert "→ Guinée (gn)" in result.output
    assert "titres" in result.output


def test_a_new_dossier_begins_with_the_day_the_persons_and_their_roles(tmp_path):
    path = tmp_path / "neuf.yaml"
    typed = ["2024-13-01", "1/6/2024", "Awa", "Awa", "7", "Zoé", ""]
    typed += ["-", "-", "awa", "n", "stop"]
    result = talk("--nouveau", "-o", str(path), typed=typed)
    assert result.exit_code == 0, result.output
    assert "« 2024-13-01 »" in result.output
    assert "Ce nom est déjà pris" in result.output
    assert plain(path) == {
        "dossier": "neuf",
        "date": "2024-06-01",
        "personnes": {"Awa": {"parents": []}, "Zoé": {"parents": ["Awa"]}},
        "unions": [],
    }


def test_a_new_dossier_needs_a_name_and_names_that_are_told_apart(tmp_path):
    path = tmp_path / "neuf.yaml"
    result = talk("--nouveau", "-o", str(path), typed=["2024-06-01", "", "Zoé", "ZOÉ", "", "stop"])
    assert "Donnez au moins une personne" in result.output
    assert "«  »" not in result.output
    assert "Ce nom est déjà pris : « Zoé »" in result.output
    assert plain(path)["personnes"] == {"Zoé": ""}


def test_roles_that_contradict_each_other_are_asked_again(tmp_path):
    path = tmp_path / "neuf.yaml"
    typed = ["2024-06-01", "Awa", "Zoé", "", "-", "zoé", "n", "awa", "n", "-", "-", "awa", "n", "stop"]
    result = talk("--nouveau", "-o", str(path), typed=typed)
    assert "Ces liens se contredisent" in result.output
    assert plain(path)["personnes"] == {"Awa": {"parents": []}, "Zoé": {"parents": ["Awa"]}}


@pytest.mark.parametrize("arguments", [[], ["--nouveau", "x.yaml"], ["--nouveau", "--format", "json"]])
def test_a_dossier_or_a_new_one(arguments):
    assert talk(*arguments).exit_code == 2


def test_a_dossier_that_contradicts_itself_is_refused(tmp_path):
    path = tmp_path / "faux.yaml"
    path.write_text("date: 2024-06-01\npersonnes:\n  a: {parents: [b]}\n  b: {parents: [a]}\n", encoding="utf-8")
    for arguments in ([], ["--format", "json"]):
        result = talk(str(path), *arguments)
        assert result.exit_code == 2
        assert "faux.yaml" in result.output and "DO016" in result.output


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_the_questions_in_json_follow_their_schema(path):
    result = talk(str(path), "--format", "json")
    found = json.loads(result.stdout)
    jsonschema.validate(found, output_schema("ask"))
    assert result.exit_code == 0
    assert bool(found["questions"]) == bool(found["ouverts"])


def test_the_questions_of_a_household_in_json_give_types_and_answers_with_their_names(tmp_path):
    path = tmp_path / "duo.yaml"
    path.write_text("date: 2024-06-01\npersonnes:\n  a:\n  b: {parents: [a]}\n", encoding="utf-8")
    found = json.loads(talk(str(path), "--format", "json").stdout)
    jsonschema.validate(found, output_schema("ask"))
    asked = {question["cle"]: question for question in found["questions"]}
    assert {"code": "fr", "nom": "France"} in asked["a.nationalite"]["champs"][0]["choix"]
    sejour = asked["a.sejour"]
    assert sejour["liste"] and [entry["nom"] for entry in sejour["champs"]] == ["titre", "du", "au"]
    assert [entry["type"] for entry in sejour["champs"]] == ["code", "date", "date"]


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "1/6/2022", "2022-06-01"),
        ("date", "1er juin 2022", "2022-06-01"),
        ("date", "3 Août 2021", "2021-08-03"),
        ("montant", "640", "640"),
        ("montant", "1 234,5 €", "1234.5"),
        ("montant", "1\u202f234,50 euros", "1234.50"),
        ("nombre", "12", "12"),
    ],
)
def test_days_and_amounts_are_read_as_people_write_them(kind, typed, expected):
    assert written(Entry("valeur", kind, "", "obligatoire"), typed) == expected


@pytest.mark.parametrize(
    ("kind", "typed"), [("date", "29/02/2023"), ("date", "hier"), ("montant", "beaucoup"), ("nombre", "1,5")]
)
def test_what_is_no_value_is_refused_with_what_was_typed(kind, typed):
    with pytest.raises(UnclearError, match=typed):
        written(Entry("valeur", kind, "", "obligatoire"), typed)


def complete(seed: int) -> str:
    """Return a dossier of one person in which all is known."""
    draw = random.Random(seed)
    born, came = f"{draw.randint(1950, 2015)}-05-05", f"{draw.randint(2018, 2024)}-0{draw.randint(1, 5)}-15"
    title = draw.choice(
        ["recepisse_premiere_demande", "carte_resident", "attestation_demande_asile", "visa_court_sejour"]
    )
    lines = [
        "date: 2024-06-01",
        "personnes:",
        "  ana:",
        f"    naissance: {born if born < came else '2000-05-05'}",
        f"    nationalite: {draw.choice(['fr', 'pt', 'ml', 'dz', 'gb'])}",
        f"    arrivee: {came}",
        f"    ressources: {draw.choice(['[]', '[{nature: autre, montant: 900.00, par: mois, du: 2020-01-01}]'])}",
    ]
    if "fr" not in lines[4]:
        lines.append(f"    sejour: {draw.choice(['[]', f'[{{titre: {title}, du: {came}, au: 2024-12-31}}]'])}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(5))
def test_a_settled_interview_answers_as_the_whole_dossier(seed):
    """What was not asked changes nothing."""
    law = the_law()
    whole = dossier(complete(seed))
    facts = parse(complete(seed).encode(), name="cas.yaml").plain()["personnes"]["ana"]
    told: list[str] = []
    lines: list[str] = []

    def listen(prompt: str) -> str:
        if not lines:
            name = interview.inquiry.questions[0].key[1]
            value = facts.get(name, [])
            if isinstance(value, str):
                lines.append(value)
            elif not value:
                lines.append("-")
            else:
                fields = law.base.vocabulary.personne[name].champs
                lines.extend([value[0].get(field, "-") for field in fields] + ["n"])
        return lines.pop(0)

    start = "date: 2024-06-01\npersonnes:\n  ana:\n"
    interview = Interview(law, start, "cas.yaml", Dialogue(listen, told.append), date=None, seconds=None)
    assert interview.run()
    assert interview.inquiry.open == frozenset()
    expected, found = assess(law, whole), assess(law, interview.dossier())
    assert statuses(found) == statuses(expected)
