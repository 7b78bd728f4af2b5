"""States of the law: a day, a reform, a folder, a revision, and two of them on the same persons."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from cases import ROOT, assessments, outputs, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess_all
from pycoverage.base import KnowledgeBase
from pycoverage.cache import load_law
from pycoverage.catalogue import Interval
from pycoverage.checks import run_all
from pycoverage.cli import main
from pycoverage.dossier import read_dossier
from pycoverage.finding import InputError
from pycoverage.folder import load_base
from pycoverage.functions import plus_jours
from pycoverage.inference import infer
from pycoverage.law import Law
from pycoverage.lifting import lift
from pycoverage.reform import names, read_reform
from pycoverage.situation import Context
from pycoverage.states.merging import merge
from pycoverage.states.state import State, read_state, side_by_side
from pycoverage.syntax import Comparison, Literal, Rule

SMALL = Path(__file__).parent / "checks" / "base"
MANIFEST = """\
titre: {titre}
auteur: un essai
statut: hypothetique
date: {date}
sources: [essai]
"""
TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def law_of(base: KnowledgeBase) -> Law:
    return Law(base, lift(base), infer(base))


def shaken(base: KnowledgeBase, seed: int) -> KnowledgeBase:
    """Return a base with some rules changed: comparisons turned, negations left out, days moved, amounts raised."""
    drawn = random.Random(seed)
    rules, legal, parameters = list(base.rules), dict(base.legal), dict(base.parameters)
    for number in drawn.sample(range(len(rules)), 60):
        rule = rules[number]
        guard = rule.guard
        if guard and drawn.random() < 0.5 and legal[guard].interval.start < "2021":
            legal[guard] = msgspec.structs.replace(
                legal[guard], interval=Interval(legal[guard].interval.start, "2021-07-01")
            )
        else:
            rules[number] = turned(rule, drawn)
    for name in drawn.sample(sorted(parameters), 10):
        amounts = (
            msgspec.structs.replace(each, value=each.value + 1) if isinstance(each.value, int) else each
            for each in parameters[name].amounts
        )
        parameters[name] = msgspec.structs.replace(parameters[name], amounts=tuple(amounts))
    return msgspec.structs.replace(
        base, rules=tuple(rules), legal=legal, parameters=parameters, digest=f"{base.digest}{seed}"
    )


def turned(rule: Rule, drawn: random.Random) -> Rule:
    body, places = list(rule.body), list(rule.places)
    for index in drawn.sample(range(len(body)), len(body)):
        condition = body[index]
        if isinstance(condition, Comparison) and condition.op in TURNED:
            body[index] = msgspec.structs.replace(condition, op=TURNED[condition.op])
            break
        if isinstance(condition, Literal) and condition.negated:
            del body[index], places[index]
            break
    return msgspec.structs.replace(rule, body=tuple(body), places=tuple(places))


@pytest.mark.parametrize("seed", [1, 2])
def test_two_states_under_one_roof_answer_as_each_alone(seed):
    law = the_law()
    other = law_of(shaken(law.base, seed))
    pair = side_by_side(State("avant", "avant", law), State("apres", "après", other))
    assert sum(bool(legal.interval.etat) for legal in pair.law.base.legal.values()) > 10
    paths = [path for path, found in assessments().items() if not found.filled.gaps][seed::5]
    dossiers = [read_dossier(path, law.base) for path in paths]
    changed = 0
    for state, alone in ((pair.before, law), (pair.after, other)):
        together = assess_all(pair.law, dossiers, frame=state.context(""))
        for found, expected in zip(together, assess_all(alone, dossiers), strict=True):
            assert outputs(found) == outputs(expected)
            statuses = {(*key[:2], key[2].readings): each.status for key, each in found.outcomes.items()}
            assert statuses == {(*key[:2], key[2].readings): each.status for key, each in expected.outcomes.items()}
        changed += sum(outputs(one) != outputs(assessments()[path]) for path, one in zip(paths, together, strict=True))
    assert changed > 20, "the two states differ"


def test_what_two_states_share_stands_once():
    base = the_law().base
    merged = merge(base, base)
    assert merged.rules == base.rules
    assert not any(legal.interval.etat for legal in merged.legal.values())
    assert merged.parameters == base.parameters


def test_the_law_of_a_day_is_kept_for_later_days():
    state = read_state("droit:2019-12-29", ROOT)
    assert state.context("2022-06-01").droit_au == "2019-12-29"
    assert state.context("2018-06-01").droit_au == "2018-06-01"
    assert state.context("2022-06-01").jour == "2022-06-01"


def test_the_day_on_which_states_are_compared_is_the_later_one():
    pair = side_by_side(read_state("droit:2019-12-30", ROOT), read_state("droit:2019-12-29", ROOT))
    assert pair.date == "2019-12-30"


def test_the_law_of_a_day_and_that_of_all_days_share_no_day():
    """On the day itself they are the same law: to compare them there would tell that nothing ever changed."""
    assert side_by_side(read_state("droit:2019-12-29", ROOT), read_state("base", ROOT)).date == ""


@pytest.mark.parametrize(
    ("spec", "code", "said"),
    [
        ("droit:2019-02-30", "DO030", "2019-02-30"),
        ("droit:", "DO030", "droit:"),
        ("hier", "DO030", "hier"),
        ("reforme:amu_2023+", "DO030", "il manque un nom de réforme"),
        ("reforme:amu_2023+amu_2023", "DO030", "nomme une réforme deux fois"),
        ("reforme:plafond_plus_dix_pourcent", "PC401", "plafond_plus_dix_pour_cent"),
        ("reforme:plafond_plus_dix_pour_cent@demain", "PC401", "demain"),
        ("rev:inexistante", "DO032", "inexistante"),
        ("rev:--output=x", "DO032", "--output=x"),
    ],
)
def test_a_state_that_cannot_be_read_is_refused_with_what_to_write(spec, code, said):
    with pytest.raises(InputError) as error:
        read_state(spec, ROOT)
    [finding] = error.value.findings
    assert finding.code == code
    assert said in str(finding)


@pytest.mark.parametrize("spec", ["rev:inexistante", "reforme:toute_neuve"])
def test_a_state_sought_in_another_base_than_that_of_the_folder_is_told_with_the_option_to_give(
    spec, tmp_path, monkeypatch
):
    here, other = tmp_path / "ici", tmp_path / "ailleurs"
    shutil.copytree(SMALL, here)
    shutil.copytree(SMALL, other)
    help_ = f"la base employée est {other.resolve()} ; pour celle de ce dossier, ajoutez --base ."
    monkeypatch.chdir(here)
    for root, told in ((other, True), (here, False)):
        with pytest.raises(InputError) as error:
            read_state(spec, root)
        assert (help_ in str(error.value), "--base" in str(error.value)) == (told, told)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        read_state(spec, other)
    assert "--base" not in str(error.value), "no base is in this folder"


def test_a_revision_is_read_as_git_keeps_it(tmp_path):
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=essai", "-c", "user.email=essai@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "base")
    file = tmp_path / "facts" / "parametres" / "plafonds.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("500.00", "600.00"), encoding="utf-8")
    old, new = read_state("rev:HEAD", tmp_path), read_state("base", tmp_path)
    values = [state.law.base.parameters["plafond"].amounts[0].value for state in (old, new)]
    assert values == [50000, 60000]


def reform(folder: Path, name: str, more: str = "", rules: str = "", date: str = "2024-01-01") -> None:
    path = folder / "rules" / "reformes" / name
    path.mkdir(parents=True)
    (path / "reforme.yaml").write_text(MANIFEST.format(titre=name, date=date) + more, encoding="utf-8")
    if rules:
        (path / "regles.lp").write_text(rules, encoding="utf-8")


NEW_MAJORITY = """\
%% La majorité à seize ans

regle(majorite_seize_ans, code_exemple("1"), "2024-01-01", #sup).
remplace(majorite_seize_ans, majorite).
phrase(majorite_seize_ans, "{Personne} a {Annees} ans").

majeur(Personne) :-
    en_vigueur(majorite_seize_ans),
    naissance(Personne, Naissance),
    date(Jour),
    Annees = @age(Naissance, Jour),
    Annees >= 16.
"""


@pytest.fixture
def small(tmp_path):
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_reform_replaces_a_rule_from_its_day_on(small):
    reform(small, "seize_ans", rules=NEW_MAJORITY)
    assert run_all(small) == []
    base = load_base(small, [read_reform(small, "seize_ans")])
    in_force = {day: base.in_force("majorite", Context(day).law) for day in ("2023-12-31", "2024-01-01")}
    assert in_force == {"2023-12-31": True, "2024-01-01": False}
    assert base.in_force("majorite_seize_ans", Context("2024-01-01").law)
    assert load_base(small).legal["majorite"].interval.end != "2024-01-01", "the base itself is not touched"


def test_a_reform_may_be_enacted_on_another_day(small):
    reform(small, "seize_ans", rules=NEW_MAJORITY)
    base = load_base(small, [read_reform(small, "seize_ans", "2025-06-01")])
    assert base.legal["majorite"].interval.end == base.legal["majorite_seize_ans"].interval.start == "2025-06-01"


def test_a_reform_repeals_and_multiplies(small):
    reform(small, "sans_aide", "abroge: [aide_droit]\nmultiplie: {plafond: 1001/1000}\n")
    assert run_all(small) == []
    base = load_base(small, [read_reform(small, "sans_aide")])
    assert base.legal["aide_droit"].interval.end == "2024-01-01"
    values = {day: base.parameters["plafond"].at(day)[0].value for day in ("2023-12-31", "2024-01-01")}
    assert values == {"2023-12-31": 50000, "2024-01-01": 50050}


def test_a_reform_gives_new_values_and_new_elements(small):
    reform(small, "valeurs")
    facts = small / "rules" / "reformes" / "valeurs" / "facts"
    (facts / "parametres").mkdir(parents=True)
    text = (small / "facts" / "parametres" / "plafonds.yaml").read_text(encoding="utf-8")
    (facts / "parametres" / "plafonds.yaml").write_text(text.replace("2016-01-01", "2024-01-01").replace("500", "700"))
    base = load_base(small, [read_reform(small, "valeurs")])
    values = {day: base.parameters["plafond"].at(day)[0].value for day in ("2023-12-31", "2024-01-01")}
    assert values == {"2023-12-31": 50000, "2024-01-01": 70000}


VALUE = """\
plafond:
  nom: plafond de l'aide
  type: montant
  source: code_exemple("2")
  valeurs:
    - {du: 2024-01-01, valeur: 700.00, source: "arrêté", verifie_le: 2026-11-22}
"""
LIST = """\
nomenclature: titre
nom: titres
proprietes:
  durable: {phrase: "{element} dure", phrase_negative: "{element} ne dure pas", source: 'code_exemple("2")'}
elements:
"""
CARD = "  carte: {nom: carte, durable: [{du: 2016-01-01, au: 2023-12-31}]}\n"
RECEIPT = "  recepisse: {nom: récépissé, durable: [{du: 2024-01-01}]}\n"
RIGHT = "aide: {nom: aide nouvelle, nature: de_droit}\n"


def facts(folder: Path, name: str, file: str, text: str) -> None:
    """Write a file of facts of a reform."""
    path = folder / "rules" / "reformes" / name / "facts" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("spec", "day"), [("", "2024-01-01"), ("2025-06-01", "2025-06-01")])
def test_what_a_reform_tells_starts_and_ends_on_the_day_chosen_for_it(small, spec, day):
    reform(small, "valeurs")
    facts(small, "valeurs", "parametres/plafonds.yaml", VALUE)
    facts(small, "valeurs", "nomenclatures/titre.yaml", LIST + CARD + RECEIPT)
    base = load_base(small, [read_reform(small, "valeurs", spec)])
    eve = plus_jours(day, -1)
    assert [base.parameters["plafond"].at(each)[0].value for each in (eve, day)] == [50000, 70000]
    for element, held in (("carte", (True, False)), ("recepisse", (False, True))):
        [interval] = base.nomenclatures["titre"].elements[element].properties["durable"]
        assert (interval.holds(eve), interval.holds(day)) == held


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("parametres/plafonds.yaml", VALUE, "plafond"),
        ("nomenclatures/titre.yaml", LIST + CARD, "durable"),
        ("droits.yaml", RIGHT, "aide"),
        ("vocabulaire.yaml", "personne:\n  age_declare: {}\n", "age_declare"),
    ],
)
def test_two_reforms_that_tell_the_same_fact_are_refused(small, file, text, said):
    for name in ("une", "deux"):
        reform(small, name)
        facts(small, name, file, text)
    with pytest.raises(InputError, match="PC402") as error:
        read_state("reforme:une+deux", small)
    assert f"« {said} » est déjà dit par « une »" in str(error.value)
    assert f"rules/reformes/deux/facts/{file}:" in str(error.value)


def test_two_reforms_may_tell_of_other_elements_of_a_list(small):
    for name, element in (("une", CARD), ("deux", RECEIPT)):
        reform(small, name)
        facts(small, name, "nomenclatures/titre.yaml", LIST + element)
    elements = read_state("reforme:une+deux", small).law.base.nomenclatures["titre"].elements
    assert [elements[each].properties["durable"][0].holds("2024-01-01") for each in elements] == [False, True]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("abroge: [majorite]\n", "abroge: [majorite]\n", "déjà remplacée ou abrogée par « une »"),
        ("multiplie: {plafond: 2}\n", "multiplie: {plafond: 3}\n", "déjà multiplié par « une »"),
    ],
)
def test_two_reforms_of_the_same_rule_or_amount_are_told(small, one, other, said):
    reform(small, "une", one)
    reform(small, "deux", other)
    with pytest.raises(InputError, match="PC402") as error:
        read_state("reforme:une+deux", small)
    assert said in str(error.value)


@pytest.mark.parametrize("order", ["une+deux", "deux+une"])
def test_a_reform_that_gives_an_amount_and_one_that_multiplies_it_are_refused(small, order):
    """One would silently multiply the value of the other, or lose its factor, as they are named in this order."""
    reform(small, "une")
    facts(small, "une", "parametres/plafonds.yaml", VALUE)
    reform(small, "deux", "multiplie: {plafond: 2}\n")
    with pytest.raises(InputError, match="PC402") as error:
        read_state(f"reforme:{order}", small)
    said = str(error.value)
    assert "« deux » multiplie « plafond », dont « une » donne la valeur" in said
    assert "écrivez dans une seule réforme, sous facts/parametres/, la valeur voulue" in said
    assert "rules/reformes/deux/reforme.yaml:" in said


def test_a_reform_that_gives_an_amount_and_multiplies_it_is_refused(small):
    reform(small, "une", "multiplie: {plafond: 2}\n")
    facts(small, "une", "parametres/plafonds.yaml", VALUE)
    with pytest.raises(InputError, match="PC402") as error:
        read_state("reforme:une", small)
    said = str(error.value)
    assert "« une » multiplie « plafond », dont elle donne aussi la valeur" in said
    assert "retirez « plafond » de multiplie, et écrivez la valeur voulue" in said


def test_a_reform_that_replaces_and_repeals_the_same_rule_is_told_so(small):
    reform(small, "seize_ans", "abroge: [majorite]\n", rules=NEW_MAJORITY)
    with pytest.raises(InputError, match="PC402") as error:
        read_state("reforme:seize_ans", small)
    said = str(error.value)
    assert "« seize_ans » abroge « majorite », qu'elle remplace déjà" in said
    assert "retirez « majorite » de abroge" in said
    assert "réunissez" not in said


def test_a_reform_that_replaces_a_rule_twice_is_told_so(small):
    twice = NEW_MAJORITY + '\nregle(autre, code_exemple("1"), "2024-01-01", #sup).\nremplace(autre, majorite).\n'
    twice += (
        'phrase(autre, "{Personne} est là").\nmajeur(Personne) :-\n    en_vigueur(autre),\n    personne(Personne).\n'
    )
    reform(small, "seize_ans", rules=twice)
    with pytest.raises(InputError, match="PC402") as error:
        read_state("reforme:seize_ans", small)
    assert "« seize_ans » remplace deux fois « majorite » — gardez un seul remplace" in str(error.value)


WHOLE_MANIFEST = """\
titre: Essai
auteur: un essai
statut: hypothetique
date: 2024-01-01
sources: [essai]
abroge:
  - majorite
multiplie:
  plafond: 110/100
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said", "place"),
    [
        ("statut: hypothetique", "statut: revee", "« revee »", "3:9"),
        ("date: 2024-01-01", "date: 2024-02-30", "« 2024-02-30 »", "4:7"),
        ("sources: [essai]", "sources: essai", "« sources »", "5:10"),
        ("sources: [essai]", "sources: [essai, {a: b}]", "« sources[1] »", "5:18"),
        ("sources:", "source:", "« source »", "5:1"),
        ("sources:", "places: {}\nsources:", "« places »", "5:1"),
        ("- majorite", "- majorit", "« majorit »", "7:5"),
        ("plafond:", "plafnd:", "« plafnd »", "9:3"),
        ("110/100", "dix", "« dix »", "9:12"),
        ("110/100", "0", "« plafond » : facteur incorrect « 0 » — écrivez 11/10 ou 1.1", "9:12"),
        ("110/100", "1,1", "« plafond » : facteur incorrect « 1,1 » — écrivez 11/10 ou 1.1", "9:12"),
        ("\n  plafond: 110/100", " {plafond: 1,1}", "« 1 » : il manque le facteur — écrivez 11/10 ou 1.1", "8:25"),
        ("\n  plafond: 110/100", " 0", "« multiplie » n'a pas la forme attendue", "8:12"),
        ("statut: hypothetique", "statut: adoptee", "écrivez proposee, votee, abandonnee ou hypothetique", "3:9"),
        ("- majorite", "- majorit", "vouliez-vous dire « majorite » ? ; nommez une règle de rules/", "7:5"),
        ("- majorite", "- xyz", "« xyz » — nommez une règle de rules/", "7:5"),
        ("plafond:", "part:", "« part », qui est de type coefficient — seul un montant se multiplie", "9:3"),
    ],
)
def test_what_is_wrong_in_a_manifest_is_told_at_its_place(small, right, wrong, said, place):
    reform(small, "une")
    file = small / "facts" / "parametres" / "parts.yaml"
    file.write_text(VALUE.replace("plafond:", "part:").replace("montant", "coefficient"), encoding="utf-8")
    assert right in WHOLE_MANIFEST
    (small / "rules" / "reformes" / "une" / "reforme.yaml").write_text(
        WHOLE_MANIFEST.replace(right, wrong, 1), encoding="utf-8"
    )
    with pytest.raises(InputError) as error:
        read_state("reforme:une", small)
    assert said in str(error.value)
    assert f"rules/reformes/une/reforme.yaml:{place}: " in str(error.value)


@pytest.mark.parametrize("text", ["", "# à écrire\n"])
def test_an_empty_manifest_is_told_what_it_needs(small, text):
    reform(small, "une")
    (small / "rules" / "reformes" / "une" / "reforme.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="fichier vide — il y faut titre, auteur, statut, date et sources"):
        read_state("reforme:une", small)


def test_reforms_that_do_not_touch_combine_in_order(small):
    reform(small, "une", "abroge: [aide_large]\n")
    reform(small, "deux", "multiplie: {plafond: 2}\n", date="2025-01-01")
    state = read_state("reforme:une+deux", small)
    assert state.date == "2025-01-01"
    assert state.law.base.legal["aide_large"].interval.end == "2024-01-01"
    assert state.law.base.parameters["plafond"].at("2025-01-01")[0].value == 100000


def test_the_check_reads_each_reform(small):
    reform(small, "seize_ans", rules=NEW_MAJORITY.replace("naissance(Personne", "naisance(Personne"))
    found = CliRunner().invoke(main, ["--base", str(small), "check"])
    assert found.exit_code == 1
    assert "rules/reformes/seize_ans/regles.lp:9:5: " in found.output


@pytest.mark.parametrize("name", names(ROOT))
def test_each_shipped_reform_is_law_that_answers(name):
    pair = side_by_side(read_state("base", ROOT), read_state(f"reforme:{name}", ROOT))
    dossiers = [read_dossier(path, pair.law.base) for path in sorted((ROOT / "examples").glob("*.yaml"))]
    found = assess_all(pair.law, dossiers, date=pair.date, frame=pair.after.context(""))
    assert all(outputs(one) for one in found)


def test_a_law_read_with_a_reform_is_kept_beside_the_others(small, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("PYCOVERAGE_CACHE", str(tmp_path_factory.mktemp("cache")))
    reform(small, "seize_ans", rules=NEW_MAJORITY)
    one = [read_reform(small, "seize_ans")]
    first, second = load_law(small), load_law(small, one)
    assert (load_law(small), load_law(small, one)) == (first, second)
    assert first.base.digest != second.base.digest
