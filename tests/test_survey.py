"""Comparing two states of the law over all situations: nothing false, and within the domain nothing left out."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from datetime import date, timedelta
from functools import cache, lru_cache

import jsonschema
import pytest
from cases import ROOT, the_law
from click.testing import CliRunner

sys.path.insert(0, str(ROOT / "benchmarks"))
from holes import Drawn, Sampler, look

from pycoverage.assessment import assess
from pycoverage.checks import run_all
from pycoverage.cli import main
from pycoverage.document import parse
from pycoverage.dossier import check_dossier
from pycoverage.engine import evaluate
from pycoverage.finding import LimitError
from pycoverage.schema import output_schema
from pycoverage.searches.account import survey_text
from pycoverage.searches.cone import reached
from pycoverage.searches.difference import Differences
from pycoverage.searches.domain import Domain
from pycoverage.searches.form import survey_written
from pycoverage.searches.latitude import Latitude
from pycoverage.searches.persona import persona
from pycoverage.searches.ranges import Range
from pycoverage.searches.sample import samples
from pycoverage.searches.survey import expected, survey
from pycoverage.situation import Case, Fact
from pycoverage.states.state import Pair, read_state, side_by_side
from pycoverage.symbolic import Symbolic
from pycoverage.value import Fun

SMALL = ROOT / "tests" / "checks" / "base"

PAST = {
    "2019-10-31 2019-11-01": {"acs perd", "cmuc perd", "c2s_gratuite gagne", "c2s_participation gagne"},
    "2019-12-29 2019-12-30": {"ame perd", "ald perd", "pass perd", "ame_humanitaire gagne"},
    "2019-12-31 2020-01-01": {
        *("puma perd", "ald perd", "c2s_gratuite perd", "c2s_participation perd"),
        *("dsuv gagne", "ame_humanitaire gagne", "pass gagne", "pass perd"),
    },
}
"""Rights won and lost the day the law changed: the complementary cover in place of CMU-C and ACS (law 2018-1203); the
three months of irregular stay of the AME (law 2019-1479), which long-term illness and PASS follow, as does the
humanitarian AME for who is left without; the three months asked of asylum seekers (decree 2019-1531), who lose the
insurance and what rests on it, and are left to urgent care."""

WIDE = {
    "2019-12-28 2019-12-29": {
        *("puma perd", "ald perd", "c2s_gratuite perd", "c2s_participation perd", "c2s_participation gagne"),
        *("ame gagne", "ame_humanitaire gagne", "dsuv gagne", "pass gagne", "pass perd"),
    },
    "2020-12-31 2021-01-01": {
        f"{right} {how}"
        for right in ("puma", "ald", "c2s_gratuite", "c2s_participation", "ame", "ame_humanitaire", "dsuv", "pass")
        for how in ("gagne", "perd")
    },
}
"""The same for the insurance kept six months after a title rather than twelve (decree 2019-1468), and for the end of
European law for the British: some lose the insurance and have the AME instead, others the reverse."""


@cache
def pair_of(days: str) -> Pair:
    before, after = (read_state(f"droit:{day}", ROOT) for day in days.split())
    return side_by_side(before, after)


@lru_cache(maxsize=1)
def search(days: str) -> Differences:
    pair = pair_of(days)
    return Differences(pair, pair.date, 1, ())


@lru_cache(maxsize=1)
def told_between(days: str):
    return search(days).possible()


@pytest.fixture(scope="module")
def past(request):
    """The days of a past reform, the search between them, what it finds and whether it went to its end."""
    return request.param, search(request.param), *told_between(request.param)


def each_of(days):
    """Give a test the past reforms one by one; those of the same days run one after the other, in one process."""
    named = [pytest.param(each, marks=pytest.mark.xdist_group(each)) for each in days]
    return pytest.mark.parametrize("past", named, indirect=True, scope="module")


@each_of({**PAST, **WIDE})
def test_the_rights_won_and_lost_by_a_past_reform_are_those_of_the_law(past):
    days, _, found, complete = past
    assert complete
    assert {f"{each.right} {each.how}" for each in found} == {**PAST, **WIDE}[days]


@each_of(PAST)
def test_each_difference_is_shown_by_a_dossier_that_the_two_states_answer_so(past):
    days, differences, found, _ = past
    pair = pair_of(days)
    for each in found:
        for sample in samples(differences, each, 2):
            text = persona(differences.domain, sample.taken, "essai")
            dossier = check_dossier(parse(text.encode(), name="essai.yaml"), pair.law.base, file="essai.yaml")
            held = []
            for state in (pair.before, pair.after):
                answer = assess(pair.law, dossier, frame=state.context(""))
                assert not answer.anomalies
                assert not answer.filled.gaps
                held.append(answer.outcomes["p1", each.right, answer.default].status)
            assert held == (["non", "oui"] if each.how == "gagne" else ["oui", "non"]), text


@each_of(PAST)
def test_no_situation_of_the_domain_shows_a_difference_that_was_not_told(past):
    """Situations drawn at random, answered by the engine: rights that differ are among those told."""
    days, differences, found, _ = past
    pair = pair_of(days)
    told = {(each.right, each.how) for each in found}
    domain, drawn = differences.domain, random.Random(5)
    contexts = [pair.before.context(pair.date), pair.after.context(pair.date)]
    options = domain.options()
    known = [next(samples(differences, each, 1)).taken for each in found]
    cases = []
    for _ in range(300):
        near = drawn.choice(known)
        taken = [
            drawn.randrange(len(each)) if drawn.random() < 0.1 else option
            for each, option in zip(options, near, strict=True)
        ]
        cases.append(domain.completed(taken))
    model = evaluate(pair.law.base, pair.law.program, cases, [contexts] * len(cases), goals=["droit", "anomalie"])
    shown = set()
    for number in range(len(cases)):
        if model.rows("anomalie", 2, number, contexts[0]):
            continue
        before, after = (
            {row[1] for row in model.rows("droit", 2, number, context) if row[0] == Fun("p1")} for context in contexts
        )
        shown |= {(str(right), "gagne") for right in after - before}
        shown |= {(str(right), "perd") for right in before - after}
    assert shown <= told
    assert shown, "some situation drawn shows a difference"


def test_what_any_day_gives_is_given_by_the_first_day_of_its_interval():
    """Situations whose days are drawn anywhere between two points: the two states differ there as at the points."""
    pair, differences = pair_of("2019-12-29 2019-12-30"), search("2019-12-29 2019-12-30")
    domain, drawn = differences.domain, random.Random(7)
    contexts = [pair.before.context(pair.date), pair.after.context(pair.date)]
    known = [next(samples(differences, each, 1)).taken for each in differences.possible()[0]]
    options = domain.options()
    cases: list[Case] = []
    for _ in range(200):
        near = drawn.choice(known)
        taken = [
            drawn.randrange(len(each)) if drawn.random() < 0.05 else option
            for each, option in zip(options, near, strict=True)
        ]
        at_points, anywhere = domain.completed(taken), moved(domain, taken, drawn)
        cases += [at_points, anywhere or at_points]
    assert sum(one != other for one, other in zip(cases[::2], cases[1::2], strict=True)) > 100
    model = evaluate(pair.law.base, pair.law.program, cases, [contexts] * len(cases), goals=["droit", "anomalie"])
    shown = [
        tuple(frozenset(model.rows("droit", 2, number, context)) for context in contexts)
        for number in range(len(cases))
    ]
    differ = [(after - before, before - after) for before, after in shown]
    assert differ[::2] == differ[1::2]
    assert sum(any(each) for each in differ) > 50


def moved(domain: Domain, taken: list[int], drawn: random.Random) -> Case | None:
    """Return a situation with each day that is not ordinary moved within its interval, or None if that is absurd."""
    facts: list[Fact] = []
    for group, (key, numbers) in enumerate(domain.groups.items()):
        values = {slot.part: value for slot, value in domain.chosen(group, taken[group])}
        for number in numbers:
            part, point = domain.slots[number].part, values[domain.slots[number].part]
            later = [each for each in domain.points[number] if isinstance(each, str) and str(point) < each]
            if isinstance(point, str) and later and taken[group]:
                span = (date.fromisoformat(later[0]) - date.fromisoformat(point)).days
                values[part] = (date.fromisoformat(point) + timedelta(days=drawn.randrange(span))).isoformat()
        if domain.backwards(key, values):
            return None
        facts += domain.option(key, values)
    born, came = (next(str(fact.args[-1]) for fact in facts if fact.name == name) for name in ("naissance", "arrivee"))
    return Case("ailleurs", domain.filled.case.persons, tuple(facts)) if born <= came else None


def test_a_nationality_that_no_rule_tells_from_others_is_one_that_the_list_says_is_usual():
    differences = search("2019-12-29 2019-12-30")
    usuals = pair_of("2019-12-29 2019-12-30").law.base.nomenclatures["pays"].usuels
    found, _ = differences.possible()
    for each in found:
        for sample in samples(differences, each, 1):
            facts = differences.domain.completed(sample.taken).facts
            assert {str(fact.args[-1]) for fact in facts if fact.name == "nationalite"} <= set(usuals)


def test_a_usual_code_that_is_not_in_the_list_is_refused(tmp_path):
    shutil.copytree(SMALL, tmp_path / "base")
    path = tmp_path / "base" / "facts" / "nomenclatures" / "titre.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nusuels: [cartte]\n", encoding="utf-8")
    [found] = run_all(tmp_path / "base")
    assert "« cartte »" in found.message
    assert "« carte »" in found.help


def test_what_no_changed_rule_reaches_is_told_from_what_one_does():
    base = the_law().base
    number = base.legal["ame_irregularite_trois_mois"].rule
    cone = reached(base, {number})
    heads = {str(base.rules[each].head) for each in cone}
    assert "droit(Personne, ame)" in heads
    assert "droit(Personne, puma)" not in heads
    assert number in cone


def test_every_amount_at_which_the_rules_change_is_kept_for_one_person():
    """Were close ceilings to share a point, nothing would be proved of the resources between them."""
    told = {gap.attribute for gap in search("2019-10-31 2019-11-01").domain.thinned}
    assert "ressources" not in told
    assert "sejour" in told


def test_two_equal_states_differ_nowhere():
    state = read_state("base", ROOT)
    found, complete = Differences(side_by_side(state, state), "2022-06-01", 1, ()).possible()
    assert (found, complete) == ([], True)


def test_a_survey_is_told_in_words_and_by_contract(tmp_path):
    asked = ["compare", "droit:2019-10-31", "droit:2019-11-01", "--exhaustive", "--right", "acs"]
    kept = tmp_path / "exemples"
    found = CliRunner().invoke(main, ["--limite", "500", *asked, "--keep", str(kept)])
    assert found.exit_code == 0
    assert "− droit perdu : ACS" in found.output
    said = "Aucune autre différence sur ce droit (ACS) pour un foyer d'au plus 1 personne dans le domaine déclaré"
    assert f"{said} (prouvé)." in found.output.replace("\u00a0", " ")
    again = CliRunner().invoke(main, ["--limite", "500", *asked, "--format", "json", "--fail"])
    assert again.exit_code == 1
    told = json.loads(again.output)
    jsonschema.validate(told, output_schema("compare_exhaustive"))
    assert {each["droit"] for each in told["differences"]} == {"acs"}
    for each in told["personas"]:
        assert (kept / f"{each['dossier']}.yaml").read_text(encoding="utf-8") == each["texte"]
        assert "attendu:\n  claude: {acs: non" in each["texte"]
    tested = CliRunner().invoke(main, ["test", str(kept)])
    assert (tested.exit_code, tested.output.startswith("0 dossier")) == (0, False), tested.output


def test_examples_that_cannot_be_kept_are_named_and_the_answer_is_not_lost(tmp_path):
    shutil.copytree(SMALL, tmp_path / "base")
    reform = tmp_path / "base" / "rules" / "reformes" / "sans_aide"
    reform.mkdir(parents=True)
    (reform / "reforme.yaml").write_text(
        "titre: Sans aide\nauteur: personne\nstatut: hypothetique\ndate: 2024-03-01\n"
        'sources: ["rapport, page 1"]\nabroge: [aide_droit]\n',
        encoding="utf-8",
    )
    kept = tmp_path / "exemples"
    asked = ["--base", str(tmp_path / "base"), "compare", "base", "reforme:sans_aide", "--exhaustive", "--keep"]

    def run(folder):
        return CliRunner().invoke(main, [*asked, str(folder)])

    first = run(kept)
    assert first.exit_code == 0
    example, *others = sorted(kept.iterdir())
    text = example.read_text(encoding="utf-8")
    assert run(kept).exit_code == 0, "the same examples are there already"
    example.write_text("autre chose", encoding="utf-8")
    for other in others:
        other.unlink()
    again = run(kept)
    assert again.exit_code == 2
    assert again.stdout == first.stdout
    assert f"{example}: DO013 ce fichier existe déjà" in again.stderr
    assert "--remplacer" not in again.stderr
    assert example.read_text(encoding="utf-8") == "autre chose"
    assert sorted(kept.iterdir()) == [example, *others]
    example.unlink()
    run(kept)
    assert example.read_text(encoding="utf-8") == text


def test_a_folder_that_cannot_be_written_is_refused_before_the_search(tmp_path):
    """In a process of its own: an error of the system leaves at once. The search itself would refuse the day."""
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    asked = ["compare", "base", "base", "--exhaustive", "--keep", str(tmp_path / "fichier" / "exemples")]
    found = subprocess.run(
        [sys.executable, "-m", "pycoverage", "--base", str(SMALL), *asked, "--date", "2015-06-01"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (2, "")
    assert "écriture impossible" in found.stderr


@pytest.fixture(scope="module")
def surveyed():
    pair = pair_of("2019-12-29 2019-12-30")
    return survey(pair, pair.date, right="ame"), pair.law.base


def test_each_deciding_fact_is_told_with_what_it_may_be(surveyed):
    found, base = surveyed
    lines = [line for line in survey_text(found, base) if line.startswith("  #   ")]
    told = dict(line.removeprefix("  #   ").split(" : ", 1) for line in lines)
    assert told["claude.residence_principale"] == "oui"
    assert told["claude.depart"] == "aucune date"
    european = "État de l'Union européenne ou de l'Espace économique européen, ou Suisse"
    assert told["claude.nationalite"] == f"{european}, sauf France"
    assert told["claude.arrivee"] == "du 30 juin 2019 au 29 septembre 2019"
    assert f"« claude.arrivee : {told['claude.arrivee']} »" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert told["foyer.territoire"] == "toute valeur, sauf Mayotte"
    for each in found.personas:
        assert {span.fait for span in each.etendues} <= set(each.decisifs)


def test_the_dates_of_a_line_that_no_example_varies_are_told_too():
    """The resources of an example are those of always: since when and until when they must be, the engine confirms."""
    pair = pair_of("2019-10-31 2019-11-01")
    found = survey(pair, pair.date, right="acs")
    [shown] = found.personas
    told = {each.partie: each for each in shown.etendues if each.fait == "claude.ressources"}
    assert told["du"].intervalles == (("", "2018-11-01"),)
    assert told["au"].intervalles == (("2019-10-31", ""),)
    assert told["au"].ouvert and not told["du"].ouvert
    own, date = "du: 1900-01-01}", "2019-11-01"
    assert own in shown.texte
    for stated, kept in (
        ("du: 2018-11-01}", True),
        ("du: 2018-11-02}", False),
        ("du: 1900-01-01, au: 2019-10-31}", True),
        ("du: 1900-01-01, au: 2019-10-30}", False),
    ):
        text = shown.texte.partition("attendu:")[0].replace(own, stated)
        dossier = check_dossier(parse(text.encode(), name="essai.yaml"), pair.law.base, file="essai.yaml")
        held = [
            answer.outcomes["p1", "acs", answer.default].status
            for state in (pair.before, pair.after)
            for answer in [assess(pair.law, dossier, frame=state.context(date))]
        ]
        assert (held == ["oui", "non"]) == kept, text


def test_a_range_is_told_in_days_amounts_and_what_codes_have_in_common():
    base = the_law().base
    states = base.nomenclatures["pays"].elements
    third = [code for code, each in states.items() if "membre_ue_eee_suisse" not in each.properties]
    told = [
        Range("claude.arrivee", "", (("2019-03-01", "2019-11-30"),)),
        Range("claude.arrivee", "", (("", "2019-03-01"), ("2019-12-01", ""))),
        Range("claude.ressources", "montant", (("0", "930055"),), reduit=True),
        Range("claude.sejour", "au", (("2019-03-01", "2019-03-01"),), ouvert=True),
        Range("claude.nationalite", "", codes=tuple(third)),
        Range("claude.nationalite", "", codes=("fr", "ml")),
    ]
    assert [Latitude(base, "2019-12-30")(each).replace("\u00a0", " ") for each in told] == [
        "claude.arrivee : du 1er mars 2019 au 30 novembre 2019",
        "claude.arrivee : jusqu'au 1er mars 2019, ou depuis le 1er décembre 2019",
        "claude.ressources.montant : de 0,00 € à 9 300,55 € (parmi les valeurs essayées)",
        "claude.sejour.au : le 1er mars 2019, ou aucune date",
        "claude.nationalite : ni État de l'Union européenne ou de l'Espace économique européen, ni Suisse",
        "claude.nationalite : France, Mali",
    ]


@pytest.mark.parametrize(("form", "begins"), [("markdown", "## Toutes les situations\n"), ("html", "<!DOCTYPE html>")])
def test_a_survey_is_written_for_a_pull_request_and_as_a_page(form, begins, surveyed):
    found, base = surveyed
    text = survey_written(found, base, form)
    assert text.startswith(begins)
    assert text.count("persona_01_ame_perd.yaml") >= 2
    for said in ("(prouvé)", "peut la défaire", "claude.depart", "ame_irregularite_trois_mois", "residence_principale"):
        assert said in text.replace("\\_", "_")


def test_a_survey_cut_by_time_says_so_or_does_not_begin():
    """In a process of its own: what is cut leaves at once."""
    asked = ["--limite", "4", "compare", "droit:2020-12-31", "droit:2021-01-01", "--exhaustive"]
    found = subprocess.run(
        [sys.executable, "-m", "pycoverage", *asked], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert found.returncode == 3
    assert "prouvé" not in found.stdout
    assert found.stdout or "la limite de 4 secondes est dépassée" in found.stderr.replace("\u00a0", " ")


@pytest.mark.parametrize("cut", [LimitError("trop tard"), KeyboardInterrupt()])
def test_what_was_found_before_time_ran_out_is_told_with_the_situation_that_showed_it(cut, monkeypatch):
    def late(*_given: object, **_named: object) -> None:
        raise cut

    monkeypatch.setattr(Symbolic, "departing", late)
    pair = pair_of("2019-10-31 2019-11-01")
    found = survey(pair, pair.date, right="acs")
    assert not found.complet
    assert found.non_confirmes == ()
    [persona] = found.personas
    assert [(each.droit, each.sens, each.dossiers) for each in found.differences] == [
        ("acs", "perd", (persona.dossier,))
    ]
    text = "\n".join(survey_text(found, pair.law.base))
    assert f"− droit perdu : ACS ({persona.dossier})\n" in text
    assert "RÉSULTAT PARTIEL" in text
    assert "prouvé" not in text
    assert ("interrompue" in text) == isinstance(cut, KeyboardInterrupt)
    assert ("--limite" in text) == isinstance(cut, LimitError)


def test_an_example_that_the_engine_does_not_confirm_is_told(monkeypatch):
    ordinary = "dossier: x\ndate: 2019-11-01\npersonnes:\n  claude: {naissance: 1980-01-01, nationalite: fr, "
    ordinary += "arrivee: 1980-01-01, ressources: []}\n"
    monkeypatch.setattr("pycoverage.searches.survey.persona", lambda *_given: ordinary)
    pair = pair_of("2019-10-31 2019-11-01")
    found = survey(pair, pair.date, right="acs")
    assert found.non_confirmes == ("persona_01_acs_perd",)
    assert not found.complet
    assert "RÉSULTAT DOUTEUX" in "\n".join(survey_text(found, pair.law.base))


def test_a_survey_asks_for_the_day_that_two_states_do_not_share():
    asked = ["compare", "droit:2019-12-29", "base", "--exhaustive"]
    found = CliRunner().invoke(main, asked)
    assert found.exit_code == 2
    assert "--date AAAA-MM-JJ" in found.output


def test_a_survey_refuses_a_day_before_the_base():
    found = CliRunner().invoke(main, ["compare", "base", "base", "--exhaustive", "--date", "2015-12-31"])
    assert found.exit_code == 2
    assert "DO011 date avant le début de la base « 2015-12-31 » — la base commence le 2016-01-01" in found.stderr


def test_an_example_kept_as_a_test_expects_the_readings_that_tell_otherwise():
    pair = side_by_side(read_state("droit:2019-12-29", ROOT), read_state("base", ROOT))
    path = ROOT / "tests" / "dossiers" / "c2s" / "n25_tardif.yaml"
    text = path.read_text(encoding="utf-8").partition("attendu:")[0]
    found = check_dossier(parse(text.encode(), name="essai.yaml"), pair.law.base, file="essai.yaml")
    told = expected(pair, found, found.date, ["puma", "c2s_gratuite"])
    contested = "{conteste: {complementaire_pendant_maintien=regularite: non}}"
    assert told == f"attendu:\n  samia: {{puma: oui, c2s_gratuite: {contested}}}\n"
    kept = check_dossier(parse((text + told).encode(), name="essai.yaml"), pair.law.base, file="essai.yaml")
    assert list(kept.expected["samia"]) == ["puma", "c2s_gratuite"]


def test_a_survey_takes_no_dossier():
    found = CliRunner().invoke(main, ["compare", "base", "base", "examples", "--exhaustive"])
    assert found.exit_code == 2


def test_any_dossier_has_its_like_in_the_domain():
    """Dossiers of any day and any cent: a situation of the domain has the same codes and the same notions."""
    sampler = Sampler(pair_of("2019-10-31 2019-11-01"), "2019-11-01")
    found = look(sampler, 60, seed=3)
    assert [(each.case, core) for each, core in found.missing] == []
    assert len(found.dossiers) == found.direct + found.searched == 60
    days = {arg for each in found.dossiers for fact in each.case.facts for arg in fact.args if isinstance(arg, str)}
    assert len(days) > 60, "days that no point of the domain names"


def test_a_domain_that_lacks_a_point_is_found_out():
    """All that come to France came long ago: who came last month has no like in the domain any more."""
    sampler = Sampler(pair_of("2019-12-29 2019-12-30"), "2019-12-30")
    domain = sampler.domain
    group = list(domain.groups).index(("p1", "arrivee", -1))
    [number] = domain.groups["p1", "arrivee", -1]
    domain.points[number] = domain.points[number][:1]
    domain.named_again()
    dossiers = ((named, case) for named, case in sampler.draw(random.Random(2)) if str(named[group][""]) > "2019-12")
    named, case = next(each for each in dossiers if sampler.notions([each[1]]) != [None])
    [notions] = sampler.notions([case])
    assert notions is not None
    assert sampler.held_off(Drawn(named, case, notions))
