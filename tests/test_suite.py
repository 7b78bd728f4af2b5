"""`pycoverage test` replays dossiers, and says what differs and why."""

from __future__ import annotations

from functools import cache

import pytest
from cases import DOSSIERS, ROOT, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess_all
from pycoverage.cli import main
from pycoverage.dossier import read_dossier
from pycoverage.engine import CHUNK
from pycoverage.matching import Matcher
from pycoverage.suite import Report, find_dossiers, report_text, run_suite
from pycoverage.syntax import Rule
from pycoverage.value import Fun, Var

pytestmark = pytest.mark.xdist_group("suite")
"""The dossiers of the project are played once, in one process."""

GOOD = ROOT / "examples" / "mineur_seul.yaml"


@cache
def whole_report() -> Report:
    """Return the report on every dossier of the project, run once per process."""
    return run_suite(the_law(), DOSSIERS)


def test_every_dossier_of_the_project_gives_what_it_expects():
    report = whole_report()
    assert list(map(str, report.unusable)) == []
    assert [f"{failure.place}: {failure.expected}, {failure.found}" for failure in report.failures] == []
    assert report.dossiers == len(DOSSIERS)


def test_one_dossier_is_counted_in_the_singular():
    result = CliRunner().invoke(main, ["test", str(GOOD)])
    assert result.stdout.replace("\u00a0", " ").startswith("1 dossier, ")
    assert ", 0 écart, 0 illisible\n" in result.stdout.replace("\u00a0", " ")


def test_the_project_has_examples_and_golden_situations():
    assert len(list((ROOT / "examples").glob("*.yaml"))) >= 12
    assert len(DOSSIERS) >= 52


def test_every_legal_rule_is_applied_by_a_dossier():
    assert sorted(set(the_law().base.legal) - whole_report().exercised) == []


def test_a_wrong_expectation_fails_with_its_place_a_difference_and_an_explanation(tmp_path):
    path = tmp_path / "faux.yaml"
    path.write_text(GOOD.read_text(encoding="utf-8").replace("ame: oui", "ame: non"), encoding="utf-8")
    result = CliRunner().invoke(main, ["test", str(path), str(GOOD)])
    assert result.exit_code == 1
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "ame: non" in text)
    assert f"{path}:{line}:" in result.stdout
    assert "mamadou, ame : attendu non, trouvé oui" in result.stdout
    assert "Mamadou" in result.stdout
    assert "L. 251-1" in result.stdout.replace("\u00a0", " ") or "art." in result.stdout
    assert "2\u00a0dossiers" in result.stdout
    assert "1\u00a0écart," in result.stdout


def test_right_expectations_end_with_code_0():
    result = CliRunner().invoke(main, ["test", str(GOOD)])
    assert result.exit_code == 0
    assert "0\u00a0écart," in result.stdout


def test_an_unreadable_dossier_ends_with_code_2_and_does_not_hide_the_others(tmp_path):
    (tmp_path / "a.yaml").write_text("personnes: {a: {x: 1}}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD.read_text(encoding="utf-8").replace("ame: oui", "ame: non"), encoding="utf-8")
    undated = "\n".join(line for line in GOOD.read_text(encoding="utf-8").splitlines() if not line.startswith("date:"))
    (tmp_path / "c.yaml").write_text(undated, encoding="utf-8")
    result = CliRunner().invoke(main, ["test", str(tmp_path)])
    assert result.exit_code == 2
    for words in ("a.yaml:1:", "b.yaml:", "attendu non, trouvé oui", "c.yaml:1:1: DO011"):
        assert words in result.output


def test_no_dossier_at_all_is_a_failure(tmp_path):
    assert CliRunner().invoke(main, ["test", str(tmp_path)]).exit_code == 1


def test_the_rules_never_applied_are_listed_on_demand():
    law = the_law()
    report = run_suite(law, [GOOD])
    told = "\n".join(report_text(law, report, exercised=True))
    assert "jamais appliquée : puma_" in told
    assert "ame_mineur_isole" in report.exercised


def test_folders_are_searched_and_sorted():
    assert find_dossiers([ROOT / "examples"]) == sorted((ROOT / "examples").glob("*.yaml"))


ALWAYS_APPLY = {
    "acs_aide",
    "sejour_fin_arrivee",
    "ame_foyer_demandeur",
    "ame_foyer_entier",
    "ame_foyer_taille",
    "ame_plafond",
    "ame_total",
    "foyer_composition",
    "foyer_taille",
    "logement_forfait_avec_aide",
    "logement_forfait_sans_aide",
    "plafond_deux_personnes",
    "plafond_du_foyer",
    "plafond_du_foyer_majore",
    "plafond_une_personne",
    "ressources_d_une_personne",
    "ressources_du_foyer",
    "ressources_periode_ame",
    "ressources_periode_decalee",
    "ressources_periode_douze_mois",
}
"""Rules that compute something for everyone while they are in force: no single condition can fail."""


def test_every_legal_rule_fails_somewhere_for_exactly_one_missing_condition():
    law = the_law()
    left = {rule.guard: index for index, rule in enumerate(law.base.rules) if rule.guard}
    bare = {
        index: Rule(rule.head, rule.body[1:], rule.place, rule.places[1:]) for index, rule in enumerate(law.base.rules)
    }
    dossiers = [read_dossier(path, law.base) for path in DOSSIERS]
    for start in range(0, len(dossiers), CHUNK):
        for assessment in assess_all(law, dossiers[start : start + CHUNK]):
            matcher = Matcher(assessment.world)
            for context in assessment.contexts:
                for guard, index in list(left.items()):
                    if law.base.in_force(guard, context.law):
                        starts = first_bindings(law, assessment.case, index)
                        if any(nearly(matcher, bare[index], start, context) for start in starts):
                            del left[guard]
    assert sorted(set(left) - ALWAYS_APPLY) == []


def first_bindings(law, case, index):
    """Return one binding per person for a rule about persons, else the empty binding."""
    first = law.base.rules[index].head.args[0] if law.base.rules[index].head.args else None
    if isinstance(first, Var) and law.kinds.variable(index, first.name) == "personne":
        return [{first.name: Fun(person)} for person in case.persons]
    return [{}]


def nearly(matcher, rule, start, context):
    """Tell whether the conditions of a rule in force, its guard left out, do not hold but for a single one."""
    if next(matcher.solutions(rule, start, context), None) is not None:
        return False
    return len(matcher.best_trial(rule, start, context).missing) == 1
