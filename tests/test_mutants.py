"""`pycoverage mutants`: the base is changed in one place, and the dossiers must see it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml
from cases import DOSSIERS, ROOT, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess, assess_filled, contexts_of
from pycoverage.catalogue import Parameter
from pycoverage.checks.safety import unsafe
from pycoverage.cli import main
from pycoverage.comparisons.record import record_of
from pycoverage.completion import fill
from pycoverage.dossier import read_dossier
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.lifting import lift_beside
from pycoverage.mutants.aim import Nearby
from pycoverage.mutants.equivalence import equivalences
from pycoverage.mutants.mutated import mutated
from pycoverage.mutants.mutation import KINDS, Mutant, mutants
from pycoverage.mutants.neighbour import Aim, itself, neighbours
from pycoverage.mutants.outcome import outcomes
from pycoverage.mutants.probing import sightings
from pycoverage.mutants.reason import in_place
from pycoverage.mutants.score import draw, read_equivalents, score, score_text
from pycoverage.mutants.sentinel import sentinels, write
from pycoverage.syntax import Comparison, Literal, Rule
from pycoverage.value import Call, Var

AME = ROOT / "tests" / "dossiers" / "ame"
LAST_DAY, DAY_AFTER = AME / "n16_trois_mois.yaml", AME / "n16_lendemain.yaml"
"""A visa that ended: three months later to the day, and the day after."""


@cache
def all_mutants() -> list[Mutant]:
    return mutants(the_law().base)


def of_rule(subject: str) -> dict[str, Mutant]:
    """Return the mutants of a rule, by what becomes of it."""
    return {each.change: each for each in all_mutants() if each.subject == subject}


def test_mutants_of_every_kind_are_made_from_the_rules_as_objects_always_the_same():
    made = all_mutants()
    assert {each.kind for each in made} == set(KINDS)
    assert len({each.name for each in made}) == len(made) >= 2000
    assert made == mutants(the_law().base)
    assert not [each.name for each in made for _, rule in each.rules if any(unsafe(rule))]


def test_a_rule_is_changed_in_each_of_its_conditions_numbers_and_days():
    made = of_rule("ame_irregularite_trois_mois")
    assert {change for change in made if "plus_mois" in change} == {
        "sans « Jour > @plus_mois(Debut, 3) »",
        "« Jour > @plus_mois(Debut, 3) » → « Jour >= @plus_mois(Debut, 3) »",
        "« Jour > @plus_mois(Debut, 3) » → « Jour <= @plus_mois(Debut, 3) »",
        "« Jour > @plus_mois(Debut, 3) » → « Jour > @plus_mois(Debut, 4) »",
        "« Jour > @plus_mois(Debut, 3) » → « Jour > @plus_mois(Debut, 2) »",
    }
    assert {"2019-12-30 → 2019-12-31", "2019-12-30 → 2019-12-29"} <= set(made)
    changed = made["« Jour > @plus_mois(Debut, 3) » → « Jour >= @plus_mois(Debut, 3) »"]
    ((_, rule),) = changed.rules
    assert Comparison(Var("Jour"), ">=", Call("plus_mois", (Var("Debut"), 3))) in rule.body
    assert changed.effect == "plus"


def test_a_negation_is_removed_and_stays_a_condition():
    turned = [each for each in all_mutants() if each.kind == "negation"]
    assert len(turned) >= 100
    index, rule = turned[0].rules[0]
    original: Rule = the_law().base.rules[index]
    assert sum(_negations(original)) == sum(_negations(rule)) + 1
    assert len(original.body) == len(rule.body)


def _negations(rule: Rule) -> list[bool]:
    return [isinstance(each, Literal) and each.negated for each in rule.body]


def test_an_amount_one_cent_off_is_read_under_another_name_by_every_rule_that_reads_it():
    each = next(each for each in all_mutants() if each.kind == "parametre")
    old = the_law().base.parameters[each.subject]
    assert isinstance(each.parameter, Parameter)
    differing = [(a.value, b.value) for a, b in zip(old.amounts, each.parameter.amounts, strict=True) if a != b]
    assert len(differing) == 1
    assert abs(differing[0][0] - differing[0][1]) == 1  # type: ignore[operator]
    assert all(each.subject not in str(rule).split("(")[0] for _, rule in each.rules)


def test_a_draw_is_the_same_for_a_seed_and_keeps_its_mutants_when_others_come():
    made = all_mutants()
    assert draw(made, seed=1, count=50) == draw(made, seed=1, count=50) != draw(made, seed=2, count=50)
    half = made[: len(made) // 2]
    kept = {each.name for each in draw(made, seed=1, count=50)} & {each.name for each in half}
    assert kept
    assert kept <= {each.name for each in draw(half, seed=1, count=50)}


def test_a_dossier_where_a_mutant_is_not_seen_keeps_all_its_conclusions():
    """The shortcut against the slow way: each mutated base evaluated on each dossier, under every reading."""
    law = the_law()
    chosen = draw(all_mutants(), seed=7, count=30)
    dossiers = [read_dossier(path, law.base) for path in DOSSIERS[::50]]
    filled = [(each, fill(each, law.base)) for each in dossiers]
    filled = [(each, own) for each, own in filled if not own.gaps]
    contexts = [contexts_of(law, each) for each, _ in filled]
    found = sightings(law, chosen, [own.case for _, own in filled], contexts)
    outputs = law.base.outputs().items()

    def conclusions(other):
        played = assess_filled(other, [each for each, _ in filled], [own for _, own in filled], contexts, others=None)
        return [
            [{(name, row) for name, arity in outputs for row in each.world.rows(name, arity, at)} for at in own]
            for each, own in zip(played, contexts, strict=True)
        ]

    usual = conclusions(law)
    changed = 0
    for number, mutant in enumerate(chosen):
        if number in found.failing:
            continue
        differing = {at for at, told in enumerate(conclusions(mutated(law, mutant))) if told != usual[at]}
        assert differing <= found.cases[number], mutant.name
        changed += bool(differing)
    assert changed >= 3


def test_the_days_in_pair_see_a_delay_that_one_day_alone_lets_through():
    law = the_law()
    later = of_rule("ame_irregularite_trois_mois")["« Jour > @plus_mois(Debut, 3) » → « Jour >= @plus_mois(Debut, 3) »"]
    last, after = (read_dossier(path, law.base) for path in (LAST_DAY, DAY_AFTER))
    (alone,) = outcomes(law, [later], [after])
    assert (alone.fate, alone.seen) == ("vivant", 0)
    (both,) = outcomes(law, [later], [last, after])
    assert (both.fate, both.witness) == ("attente", str(LAST_DAY))


def test_a_survivor_is_told_with_its_place_and_what_would_see_it():
    law = the_law()
    later = of_rule("ame_irregularite_trois_mois")["« Jour > @plus_mois(Debut, 3) » → « Jour >= @plus_mois(Debut, 3) »"]
    found = score(outcomes(law, [later], [read_dossier(DAY_AFTER, law.base)]), seed=1, made=1, equivalents={})
    told = "\n".join(score_text(found))
    assert later.name in told
    assert "rules/ame/conditions.lp" in told
    assert "aucun dossier n'est dans le cas" in told
    assert found.taux == 0
    same = score(
        outcomes(law, [later], [read_dossier(DAY_AFTER, law.base)]),
        seed=1,
        made=1,
        equivalents={later.name: "la raison"},
    )
    assert (same.equivalents, same.taux) == (1, 1)
    assert "équivalent : la raison" in "\n".join(score_text(same))


def test_versions_of_a_rule_that_no_longer_follow_each_other_are_seen_by_the_checks():
    moved = of_rule("ame_irregularite_trois_mois")["2019-12-30 → 2019-12-31"]
    (found,) = outcomes(the_law(), [moved], [])
    assert (found.fate, found.witness) == ("controle", "PC307")


def test_an_equivalent_that_is_no_mutant_or_has_no_reason_is_refused_with_its_own_word(tmp_path: Path):
    path = tmp_path / "mutants.yaml"
    known = all_mutants()[0].name
    path.write_text(f'"ame_droit:condition:999": "dit ailleurs"\n"{known}": ""\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_equivalents(path, all_mutants())
    assert [each.code for each in caught.value.findings] == ["DO040", "DO040"]
    assert "ame_droit:condition:999" in str(caught.value.findings[0])


def test_the_command_gives_the_score_as_data():
    result = CliRunner().invoke(main, ["mutants", str(LAST_DAY), str(DAY_AFTER), "--count", "12", "--format", "json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["tires"] == len(found["mutants"]) == 12
    assert found["engendres"] == len(all_mutants())


def test_a_day_on_which_nothing_gives_what_a_rule_asks_is_proved_to_change_nothing():
    law = the_law()
    proved = dict(equivalences(law, all_mutants()))
    assert "le 2019-10-31, aucune règle en vigueur ne donne droit(Personne, c2s_participation)" in proved.values()
    moved = of_rule("ame_irregularite_trois_mois")["2019-12-30 → 2019-12-29"]
    assert moved.name not in proved
    named = [each for each in all_mutants() if "aucune règle en vigueur" in proved.get(each.name, "")]
    assert len(named) >= 20
    paths = [*DOSSIERS[::15], *(path for path in DOSSIERS if "premier_jour" in path.stem or "fin" in path.stem)]
    dossiers = [read_dossier(path, law.base) for path in paths]
    cases = [(each, fill(each, law.base).case) for each in dossiers]
    found = sightings(law, named, [case for _, case in cases], [contexts_of(law, each) for each, _ in cases])
    assert [each.name for each, seen in zip(named, found.cases, strict=True) if seen] == []


def test_a_day_before_a_right_exists_changes_nothing_that_is_told_of_it():
    """The complementary cover starts on 1 November 2019; state medical aid was there before and after."""
    proved = dict(equivalences(the_law(), all_mutants()))
    reason = "le 2019-10-31, rien de ce qui est dit ne repose sur piece(Personne, Droit, titre_sejour)"
    assert proved[of_rule("c2s_piece_titre")["2019-11-01 → 2019-10-31"].name] == reason
    assert of_rule("ame_verification_visas")["2021-01-01 → 2020-12-31"].name not in proved
    idle = [each for each in all_mutants() if "rien de ce qui est dit" in proved.get(each.name, "")]
    eve = [path for path in DOSSIERS if "2019-10-31" in path.read_text(encoding="utf-8")]
    assert len(idle) >= 20
    assert len(eve) >= 3
    found = outcomes(the_law(), idle, [read_dossier(path, the_law().base) for path in eve])
    assert {each.fate for each in found} <= {"vivant", "controle"}


def test_a_condition_that_the_others_ask_already_is_proved_to_change_nothing():
    law = the_law()
    made = {each.name: each for each in all_mutants() if each.subject == "acs_droit"}
    proved = dict(equivalences(law, list(made.values())))
    asked = [made[name].kind for name, reason in proved.items() if "les autres conditions la supposent" in reason]
    assert asked == ["condition"]


def test_a_rule_that_starts_a_day_later_is_not_seen_in_the_middle_of_its_years():
    law = the_law()
    home = msgspec.structs.replace(read_dossier(ROOT / "examples" / "amina.yaml", law.base), expected={})
    told = str(record_of(assess(law, home)).record)
    later = [each for each in all_mutants() if each.kind == "debut" and each.name.endswith("+1")]
    later = [each for each in later if f"'{each.subject}'" in told]
    assert len(later) >= 5
    assert {each.fate for each in outcomes(law, later, [home])} <= {"vivant", "controle"}


def test_what_sees_a_mutant_is_what_the_snapshot_of_the_mutated_base_shows():
    """The shortcut against the slow way: the whole record of each dossier, under the mutated base."""
    law = the_law()
    chosen = [each for each in draw(all_mutants(), seed=11, count=24) if each.interval is None]
    dossiers = [read_dossier(path, law.base) for path in DOSSIERS[::300]]
    dossiers = [msgspec.structs.replace(each, expected={}) for each in dossiers]
    dossiers = [each for each in dossiers if not fill(each, law.base).gaps]
    usual = [record_of(assess(law, each)).record for each in dossiers]
    for found in outcomes(law, chosen, dossiers):
        base = in_place(law.base, found.mutant)
        again = {index for index, _ in found.mutant.rules}
        other = Law(base, lift_beside(base, law.program, law.kinds, [], {}, again), law.kinds)
        changed = [record_of(assess(other, each)).record for each in dossiers] != usual
        assert changed == (found.fate not in ("vivant", "controle")), found.mutant.name


def test_a_rule_on_which_nothing_told_rests_has_no_mutant():
    heads = {the_law().base.rules[rule].head.name for each in all_mutants() for rule, _ in each.rules}
    assert "role" in the_law().base.by_head(), "told of a search alone"
    assert {"droit", "effet", "echeance"} <= heads
    assert "role" not in heads


def flipped() -> Mutant:
    """Return the mutant for which irregular stay of three months to the day is enough."""
    return of_rule("ame_irregularite_trois_mois")["« Jour > @plus_mois(Debut, 3) » → « Jour >= @plus_mois(Debut, 3) »"]


def test_a_neighbour_of_a_dossier_sees_what_the_dossier_does_not(tmp_path):
    law, home = the_law(), read_dossier(DAY_AFTER, the_law().base)
    (blind,) = outcomes(law, [flipped()], [home])
    assert blind.fate == "vivant"
    (found,) = sentinels(law, [flipped()], [home])
    assert found.seen == (flipped(),)
    path = write(found, tmp_path)
    assert path.parent.name == DAY_AFTER.parent.name
    kept = read_dossier(path, law.base)
    (seen,) = outcomes(law, [flipped()], [kept])
    assert (seen.fate, seen.witness) == ("conclusion", str(path))
    assert write(found, tmp_path) != path, "a dossier that exists is never replaced"


def test_the_neighbours_of_a_dossier_differ_from_it_by_one_fact_and_are_always_the_same():
    law, home = the_law(), itself(read_dossier(DAY_AFTER, the_law().base))
    (rule,) = [number for number, each in enumerate(law.base.rules) if each.guard == "ame_irregularite_trois_mois"]
    aim = Aim(Nearby(law.base).facts(rule))
    assert "sejour" in aim.attributes
    found = list(neighbours(law, home, aim))
    assert [each.change for each in found] == [each.change for each in neighbours(law, home, aim)]
    assert {each.change.split(" : ")[0].split(".")[-1] for each in found} >= {"date", "sejour"}
    whole = without_words(yaml.load(home.text("", ""), Loader=yaml.BaseLoader))
    for each in found:
        data = yaml.load(each.text("voisin", "titre"), Loader=yaml.BaseLoader)
        assert (data["dossier"], data["titre"], "attendu" in data) == ("voisin", "titre", False)
        assert len(changed_facts(whole, without_words(data))) == 1, each.change


def test_the_neighbours_of_a_dossier_do_not_depend_on_where_the_base_is_kept(tmp_path):
    elsewhere = tmp_path / DAY_AFTER.parent.name / DAY_AFTER.name
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(DAY_AFTER.read_bytes())
    law = the_law()
    (rule,) = [number for number, each in enumerate(law.base.rules) if each.guard == "ame_irregularite_trois_mois"]
    aim = Aim(Nearby(law.base).facts(rule))
    here, there = (itself(read_dossier(path, law.base)) for path in (DAY_AFTER, elsewhere))
    assert [each.data for each in neighbours(law, here, aim)] == [each.data for each in neighbours(law, there, aim)]


def test_a_neighbour_on_another_day_may_have_every_date_moved_with_it():
    law, home = the_law(), itself(read_dossier(DAY_AFTER, the_law().base))
    found = list(neighbours(law, home, Aim(days={"2024-02-29": None})))
    alone, moved = found[:2]
    assert differences(home.data, alone.data) == [(home.data["date"], "2024-02-29")]
    dates = [
        (date.fromisoformat(one), date.fromisoformat(other))
        for one, other in differences(home.data, moved.data)
        if isinstance(one, str) and isinstance(other, str)
    ]
    assert len(dates) > 2
    assert len({other - one for one, other in dates}) == 1


def changed_facts(one: dict[str, object], other: dict[str, object]) -> set[str]:
    """Return the facts of a household, or of one of its persons, that two dossiers do not state alike."""
    people = [data["personnes"] for data in (one, other)]
    sections = [("", one, other), *((name, people[0][name], people[1][name]) for name in people[0])]
    return {
        f"{owner}.{key}"
        for owner, before, after in sections
        for key in {**before, **after}
        if key != "personnes" and before.get(key) != after.get(key)
    }


def without_words(data: dict[str, object]) -> dict[str, object]:
    about = {"dossier", "titre", "recit", "references", "attendu"}
    return {key: value for key, value in data.items() if key not in about}


def differences(one: object, other: object) -> list[tuple[object, object]]:
    """Return the texts that two dossiers do not share."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [pair for key in {**one, **other} for pair in differences(one.get(key), other.get(key))]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [pair for pair in zip(one, other, strict=True) for pair in differences(*pair)]
    return [] if one == other else [(one, other)]


def test_a_reason_that_changes_is_seen_where_the_answer_stays():
    law = the_law()
    ceiling = {each.change: each for each in all_mutants() if each.subject == "plafond_c2s"}
    mutant = ceiling["2022-04-01 : 920300 → 920301"]
    home = read_dossier(ROOT / "examples" / "amina.yaml", law.base)
    (found,) = outcomes(law, [mutant], [home])
    assert found.fate == "motif"
    (other,) = outcomes(law, [ceiling["2017-04-01 : 872300 → 872301"]], [home])
    assert other.fate == "vivant"


def test_a_folder_without_dossiers_measures_nothing(tmp_path):
    result = CliRunner().invoke(main, ["mutants", str(tmp_path)])
    assert result.exit_code == 2
    assert "aucun dossier" in result.stderr
