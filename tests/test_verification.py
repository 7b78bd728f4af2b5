"""What must always hold is proved over the declared domain, or contradicted by a dossier that anyone can check."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import time
from functools import cache
from pathlib import Path

import jsonschema
import msgspec
import pytest
from cases import ROOT, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess
from pycoverage.cache import load_law
from pycoverage.checks import run_all
from pycoverage.cli import main
from pycoverage.finding import InputError, LimitError
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.schema import output_schema
from pycoverage.searches.domain import Domain
from pycoverage.searches.examination import Verdict, read_text
from pycoverage.searches.invariant import FOLDER, read_invariants
from pycoverage.searches.structure import structure
from pycoverage.searches.usage import dossiers_of
from pycoverage.searches.verdict import Report, examine, report, report_text
from pycoverage.searches.verification import verify
from pycoverage.situation import Context
from pycoverage.symbolic import Symbolic
from pycoverage.world import worlds

SMALL = Path(__file__).parent / "checks" / "base"
DAY = "2024-06-01"

MAJOR = """\
invariant(aide_aux_majeurs, code_exemple("1"), "l'aide est pour les majeurs").
violation(aide_aux_majeurs, Personne) :- droit(Personne, aide), not majeur(Personne).
"""
POORER = """\
invariant(moins_de_ressources, code_exemple("2"), "des ressources moindres ne font pas perdre l'aide").
varie(moins_de_ressources, ressources).
violation(moins_de_ressources, Personne) :-
    avant(total(Autre, Avant)),
    apres(total(Autre, Apres)),
    Apres < Avant,
    avant(droit(Personne, aide)),
    not apres(droit(Personne, aide)).
"""


def base(folder: Path, invariants: str, *changes: tuple[str, str]) -> Law:
    """Return the law of the small base with some invariants, and with some texts of its rule changed."""
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / FOLDER / "essai.lp").write_text(invariants, encoding="utf-8")
    rule = folder / "rules" / "aide" / "droit.lp"
    text = rule.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    rule.write_text(text, encoding="utf-8")
    return load_law(folder, cache=False)


def verdicts(law: Law, persons: int = 1) -> dict[str, Verdict]:
    known = read_invariants(law)
    found = verify(known, list(known.statements), [DAY], persons)
    assert not found.partial
    return {each.invariant.id: each for each in found.verdicts}


def told(law: Law) -> str:
    return "\n".join(report_text(examine(law, (), (DAY,), 1, told=lambda _text: None)))


def test_what_the_rules_never_break_is_proved(tmp_path):
    found = verdicts(base(tmp_path, MAJOR + POORER))
    assert {name: each.statut for name, each in found.items()} == {
        "aide_aux_majeurs": "prouve",
        "moins_de_ressources": "prouve",
    }


def test_a_planted_error_is_shown_by_a_dossier_that_the_engine_confirms(tmp_path):
    """The condition of age left out of the rule: a minor has the aid."""
    law = base(tmp_path, MAJOR, ("    majeur(Personne),\n    total", "    total"))
    [witness] = verdicts(law)["aide_aux_majeurs"].witnesses
    assert verdicts(law)["aide_aux_majeurs"].statut == "viole"
    assert witness.confirmed
    found = assess(law, read_text(witness.dossiers[0], law.base))
    assert found.world.rows("droit", 2, found.default)
    assert not found.world.rows("majeur", 1, found.default)
    text = told(law)
    assert "EN DÉFAUT" in text
    assert "confirmée par le moteur" in text
    assert "naissance:" in text


def test_an_error_between_two_situations_is_shown_by_both(tmp_path):
    """The ceiling turned round: the aid is for those above it."""
    law = base(tmp_path, POORER, ("Total <= Plafond", "Total >= Plafond"))
    [witness] = verdicts(law)["moins_de_ressources"].witnesses
    assert witness.confirmed
    before, after = (assess(law, read_text(each, law.base)) for each in witness.dossiers)
    assert before.world.rows("droit", 2, before.default)
    assert not after.world.rows("droit", 2, after.default)
    kept = [each.split("ressources:")[0].split("date:")[1] for each in witness.dossiers]
    assert kept[0] == kept[1], "only the resources differ"


def test_a_declared_gap_of_the_law_is_told_apart_from_an_error(tmp_path):
    gap = """\
invariant(aide_pour_tous, code_exemple("2"), "chacun a l'aide").
violation(aide_pour_tous, Personne) :- personne(Personne), not droit(Personne, aide).
lacune(les_mineurs, aide_pour_tous, code_exemple("1"), "l'aide est pour les majeurs").
admise(les_mineurs, Personne) :- personne(Personne), not majeur(Personne).
"""
    above = """\
lacune(les_riches, aide_pour_tous, code_exemple("2", "al. 1"), "au-dessus du plafond, pas d'aide").
admise(les_riches, Personne) :- total(Personne, Total), plafond(Plafond), Total > Plafond.
"""
    undeclared = verdicts(base(tmp_path / "une", gap))["aide_pour_tous"]
    assert undeclared.statut == "viole"
    whole = verdicts(base(tmp_path / "deux", gap + above))["aide_pour_tous"]
    assert whole.statut == "lacune"
    assert {each.gap: each.confirmed for each in whole.witnesses} == {"les_mineurs": True, "les_riches": True}


def test_a_gap_is_shown_by_a_situation_of_its_own_where_there_is_one(tmp_path):
    gap = """\
invariant(aide_pour_tous, code_exemple("2"), "chacun a l'aide").
violation(aide_pour_tous, Personne) :- personne(Personne), not droit(Personne, aide).
lacune(les_mineurs, aide_pour_tous, code_exemple("1"), "mineurs").
admise(les_mineurs, Personne) :- personne(Personne), not majeur(Personne).
lacune(les_riches, aide_pour_tous, code_exemple("2"), "riches").
admise(les_riches, Personne) :- total(Personne, Total), plafond(Plafond), Total > Plafond.
"""
    law = base(tmp_path, gap)
    for witness in verdicts(law)["aide_pour_tous"].witnesses:
        found = assess(law, read_text(witness.dossiers[0], law.base))
        assert bool(found.world.rows("majeur", 1, found.default)) == (witness.gap == "les_riches")


@cache
def _small() -> Law:
    return load_law(SMALL, cache=False)


@pytest.mark.parametrize("seed", range(12))
def test_the_proof_says_what_trying_every_situation_says(seed, tmp_path):
    """Random statements over the small base: broken if and only if a situation tried one by one breaks them."""
    drawn = random.Random(seed)
    pool = [
        "droit(Personne, aide)",
        "not droit(Personne, aide)",
        "majeur(Personne)",
        "not majeur(Personne)",
        "isole(Personne, oui)",
        "isole(Personne, non)",
        "territoire(plaine)",
        "total(Personne, Total), plafond(Plafond), Total > Plafond",
        "total(Personne, Total), plafond(Plafond), Total <= Plafond",
        "sejour(Personne, Titre, Debut, Fin), date(Jour), Fin < Jour",
        "sejour(Personne, Titre, Debut, Fin), not durable(Titre)",
        "total(Personne, Total), not plafond(Total)",
        "0 = #count{ Depuis : sejour(Personne, Autre, Depuis, Jusque), not durable(Autre) }",
    ]
    rules = [
        f'invariant(un_{n}, code_exemple("1"), "essai").\n'
        f"violation(un_{n}, Personne) :- personne(Personne), {', '.join(drawn.sample(pool, 3))}.\n"
        for n in range(5)
    ]
    law = base(tmp_path, "".join(rules))
    known = read_invariants(law)
    found = verify(known, list(known.statements), [DAY], 1)
    context = Context(DAY)
    domain = Domain(known.law, 1, [context], ["violation", "anomalie"])
    apart = set(domain.apart())
    taken = [
        each
        for each in itertools.product(*(range(len(group)) for group in domain.options()))
        if not any(each[a] == i and each[b] == j for (a, i), (b, j) in apart)
    ]
    cases = [domain.completed(each) for each in taken]
    tried = {
        str(name)
        for world in worlds(known.law, cases, [[context]] * len(cases), goals=["violation", "anomalie"])
        if not world.rows("anomalie", 2, context)
        for name, _ in world.rows("violation", 2, context)
    }
    assert {each.invariant.id for each in found.verdicts if each.statut == "viole"} == tried
    assert all(each.statut in ("viole", "prouve") for each in found.verdicts), "each one found is confirmed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('invariant(un, code_exemple("1")).', "« invariant » mal écrit"),
        ('invariant(un, code_exemple("1"), "essai").', "aucune règle ne conclut violation(un, Personne)"),
        (MAJOR.replace("violation(aide_aux_majeurs", "violation(aide_aux_majeur"), "« aide_aux_majeur », inconnu"),
        (MAJOR.replace("droit(", "avant(droit(").replace("aide),", "aide)),"), "il n'y a ici qu'une situation"),
        (
            POORER.replace("varie(moins_de_ressources, ressources)", "varie(moins_de_ressources, revenus)"),
            "« revenus »",
        ),
        (POORER.replace("avant(droit(Personne, aide))", "droit(Personne, aide)"), "ne dit pas laquelle"),
        ('jour_examine("2024-02-30").', "date incorrecte « 2024-02-30 »"),
        (MAJOR.replace("droit(Personne, aide)", "droit(Personne, aidee)"), "aidee"),
        (MAJOR + "total(Personne) :- droit(Personne, aide).", "« total(Personne) » : la base le dit déjà"),
        (MAJOR.replace('code_exemple("1")', 'code_exemple("99")'), "article inconnu « 99 »"),
        (MAJOR.replace("not majeur(Personne)", "en_vigueur(majorite)"), "« en_vigueur(majorite) » : un énoncé lit"),
        (MAJOR.replace("not majeur(Personne)", "not en_vigueur(majorite)"), "« not en_vigueur(majorite) » : un"),
        (POORER.replace("Apres < Avant,", "Apres < Avant, avant(en_vigueur(majorite)),"), "un énoncé lit ce que"),
        (MAJOR.replace("majeur(Personne)", "majeure(Personne)"), "prédicat inconnu « majeure »"),
    ],
)
def test_a_statement_badly_written_is_a_finding_with_the_words_of_the_user(text, words, tmp_path):
    base(tmp_path, text)
    findings = run_all(tmp_path)
    assert any(words in finding.message for finding in findings), findings
    assert {finding.place.file for finding in findings} == {"rules/invariants/essai.lp"}
    assert all(finding.place.line for finding in findings)


def test_nothing_is_proved_of_a_statement_that_names_what_is_not_there(tmp_path):
    base(tmp_path, MAJOR + "violation(aide_aux_majeurs, Personne) :- age_inconnu(Personne, 3).")
    code, output = command(tmp_path, "--date", DAY)
    assert (code, "age_inconnu" in output) == (2, True)


def test_no_answer_rests_on_the_statements(tmp_path):
    law = base(tmp_path, "violation(rien, Personne) :- droit(Personne, inconnu).")
    assert law.base.digest == _small().base.digest
    with pytest.raises(InputError, match="PC501"):
        read_invariants(law)


def command(folder: Path, *arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["--base", str(folder), "verify", *arguments])
    return found.exit_code, found.output


def test_the_command_fails_only_where_something_undeclared_is_broken(tmp_path):
    base(tmp_path / "une", MAJOR)
    assert command(tmp_path / "une", "--date", DAY)[0] == 0
    base(tmp_path / "deux", MAJOR, ("    majeur(Personne),\n    total", "    total"))
    assert command(tmp_path / "deux", "--date", DAY)[0] == 1
    code, output = command(tmp_path / "une", "aide_aux_majeur", "--date", DAY)
    assert (code, "vouliez-vous dire « aide_aux_majeurs »" in output) == (2, True)
    code, output = command(tmp_path / "une")
    assert (code, "aucun jour à examiner" in output) == (2, True)


def test_statements_are_counted_in_french(tmp_path):
    two = MAJOR + MAJOR.replace("aide_aux_majeurs", "encore")
    assert "une personne : 2 prouvés\n" in told(base(tmp_path, two)).replace("\u00a0", " ")


def test_a_day_before_the_base_is_refused_not_proved(tmp_path):
    base(tmp_path, MAJOR)
    assert command(tmp_path, "--date", "2016-01-01")[0] == 0
    code, output = command(tmp_path, "--date", "2015-12-31")
    assert code == 2
    assert "DO011 date avant le début de la base « 2015-12-31 » — la base commence le 2016-01-01" in output
    assert "prouvé" not in output


REFORM = """\
titre: Aide pour tous
auteur: personne
statut: hypothetique
date: 2027-03-01
sources: ["rapport, page 1"]
abroge: [{rule}]
"""


def reformed(folder: Path) -> None:
    """Write a base whose usual day is in 2024, and a reform of 2027 that repeals the age of the aid."""
    base(folder, MAJOR + f'jour_examine("{DAY}").\n')
    (folder / "rules" / "reformes" / "pour_tous").mkdir(parents=True)
    (folder / "rules" / "reformes" / "pour_tous" / "reforme.yaml").write_text(
        REFORM.format(rule="aide_droit"), encoding="utf-8"
    )


def test_a_reform_is_examined_on_its_own_day_and_named(tmp_path):
    reformed(tmp_path)
    assert "Au 1er juin 2024, pour" in command(tmp_path)[1]
    output = command(tmp_path, "--reforme", "pour_tous")[1]
    assert "Au 1er mars 2027, sous la réforme « Aide pour tous (hypothétique) », pour un foyer" in output
    assert "Attention" not in output
    assert "Au 1er janvier 2024" not in command(tmp_path, "--reforme", "pour_tous@2024-01-01")[1]
    assert "Au 1er juin 2024, sous" in command(tmp_path, "--reforme", "pour_tous@2024-01-01")[1]


def test_a_day_before_the_reform_is_said_to_show_nothing_of_it(tmp_path):
    reformed(tmp_path)
    said = (
        "Attention : le 28 février 2027, « Aide pour tous » n'est pas encore en vigueur : "
        "cette réforme ne change rien avant le 1er mars 2027."
    )
    asked = "base", "reforme:pour_tous", "--exhaustive", "--date"
    for day, warned in (("2027-02-28", True), ("2027-03-01", False)):
        assert (said in command(tmp_path, "--reforme", "pour_tous", "--date", day)[1]) == warned
        found = CliRunner().invoke(main, ["--base", str(tmp_path), "compare", *asked, day])
        assert found.exit_code == 0
        assert (said in found.stdout) == warned


def test_a_limit_of_time_gives_a_partial_result_marked_as_such(tmp_path):
    base(tmp_path, MAJOR)
    code, output = command(tmp_path, "--date", DAY, "--limite", "0.001")
    assert code == 3
    assert "RÉSULTAT PARTIEL" in output
    assert "non examiné" in output
    assert "prouvé dans" not in output


def test_the_domain_itself_is_not_built_beyond_the_limit():
    with pytest.raises(LimitError):
        Domain(_small(), 1, [Context(DAY)], ["droit", "anomalie"], ["droit"], until=time.monotonic() - 1)


@pytest.mark.parametrize("cut", [LimitError("trop tard"), KeyboardInterrupt()])
def test_what_broke_a_statement_before_time_ran_out_is_shown_and_what_is_left_is_not_proved(cut, monkeypatch, tmp_path):
    def late(*_given: object, **_named: object) -> None:
        raise cut

    monkeypatch.setattr(Symbolic, "departing", late)
    law = base(tmp_path, MAJOR + NEVER, ("    majeur(Personne),\n    total", "    total"))
    known = read_invariants(law)
    found = verify(known, list(known.statements), [DAY])
    assert found.partial
    assert {each.invariant.id: each.statut for each in found.verdicts} == {
        "aide_aux_majeurs": "viole",
        "jamais": "non_examine",
    }
    [witness] = found.verdicts[0].witnesses
    assert witness.confirmed
    text = "\n".join(report_text(report(law, known, found)))
    stopped = isinstance(cut, KeyboardInterrupt)
    assert ("RÉSULTAT PARTIEL : la recherche a été interrompue" in text) == stopped
    assert ("non examiné, la recherche a été interrompue" in text) == stopped
    assert ("faute de temps" in text) != stopped
    assert ("--limite" in text) != stopped


NEVER = """\
invariant(jamais, code_exemple("1"), "majeur et mineur").
violation(jamais, Personne) :- majeur(Personne), isole(Personne, oui), not droit(Personne, aide), isole(Personne, non).
"""


def test_the_json_follows_its_schema_and_says_the_same_twice(tmp_path):
    base(tmp_path, MAJOR, ("    majeur(Personne),\n    total", "    total"))
    runs = [
        CliRunner().invoke(main, ["--base", str(tmp_path), "verify", "--date", DAY, "--format", "json", "--structure"])
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    jsonschema.validate(json.loads(runs[0].stdout), output_schema("verify"))
    read = msgspec.json.decode(runs[0].stdout, type=Report)
    assert [each.statut for each in read.invariants] == ["viole"]


def idle(law: Law) -> dict[tuple[str, str], list[str]]:
    """Return what never serves in a base: the conditions (or the rule that concludes instead), by kind and rule."""
    found = structure(law, DAY, 1, ["droit"], told=lambda _text: None)
    by_rule: dict[tuple[str, str], list[str]] = {}
    for each in found.trouve:
        by_rule.setdefault((each.genre, each.regle), []).append(each.condition or each.autre)
    return by_rule


def test_a_base_where_everything_serves_raises_no_alarm(tmp_path):
    assert idle(base(tmp_path, "")) == {}


def test_a_rule_that_another_always_does_for_is_told_with_the_other(tmp_path):
    twin = """
regle(aide_double, code_exemple("2"), "2016-01-01", #sup).
phrase(aide_double, "{Personne} est seule et a {Total}, pas plus que {Plafond}").

droit(Personne, aide) :-
    en_vigueur(aide_double),
    majeur(Personne),
    isole(Personne, oui),
    total(Personne, Total),
    plafond(Plafond),
    Total <= Plafond.

%% La lecture large
"""
    found = idle(base(tmp_path, "", ("\n%% La lecture large\n", twin)))
    assert found["jamais_seule", "aide_double"] == ["aide_droit"]


def test_a_rule_that_cannot_apply_and_a_condition_that_decides_nothing_are_told(tmp_path):
    law = base(
        tmp_path,
        "",
        ("    plafond(Plafond),\n", "    plafond(Plafond),\n    Plafond > 0,\n"),
        ("Annees >= 18.", "Annees >= 18,\n    not tres_jeune(Personne)."),
        ("%% Technique\n", "%% Technique\n\ntres_jeune(Personne) :-\n    age_vu(Personne, 5).\n\n"
         "age_vu(Personne, Annees) :-\n    naissance(Personne, Naissance),\n    date(Jour),\n"
         "    Annees = @age(Naissance, Jour),\n    Annees > 5.\n"),
    )  # fmt: skip
    found = idle(law)
    assert found["condition_sans_effet", "aide_droit"] == ["Plafond > 0"]
    assert found["exception_sans_objet", "majorite"] == ["not tres_jeune(Personne)"]
    assert ("jamais_appliquee", "tres_jeune(Personne)") in found


TWO_LINES = """\
dossier: deux_lignes
date: 2024-06-01
personnes:
  ana:
    naissance: 1980-01-01
    sejour: []
    ressources: [{montant: 10.00}, {montant: 20.00}]
"""


def test_a_dossier_of_the_base_shows_what_serves_in_no_situation_of_the_domain(tmp_path):
    """A list has one line in the domain: only a dossier shows two lines."""
    twice = """%% Technique

deux_lignes(Personne) :-
    ressource(Personne, Une, Montant),
    ressource(Personne, Autre, Second),
    Une < Autre.
"""
    law = base(
        tmp_path,
        "",
        ("%% Technique\n", twice),
        ("    majeur(Personne),\n    total", "    majeur(Personne),\n    not deux_lignes(Personne),\n    total"),
    )
    assert ("jamais_appliquee", "deux_lignes(Personne)") in idle(law)
    (tmp_path / "tests" / "dossiers").mkdir(parents=True)
    (tmp_path / "tests" / "dossiers" / "deux.yaml").write_text(TWO_LINES, encoding="utf-8")
    found = structure(law, DAY, 1, ["droit"], dossiers=dossiers_of(law), told=lambda _text: None)
    assert found.dossiers == 1
    assert not [each for each in found.trouve if each.regle == "deux_lignes(Personne)" and not each.condition]


def test_what_never_decides_is_told_with_a_situation_in_which_its_rule_applies(tmp_path):
    law = base(tmp_path, "", ("    plafond(Plafond),\n", "    plafond(Plafond),\n    Plafond > 0,\n"))
    [found] = structure(law, DAY, 1, ["droit"], told=lambda _text: None).trouve
    assert (found.genre, found.condition) == ("condition_sans_effet", "Plafond > 0")
    assessed = assess(law, read_text(found.temoin, law.base))
    assert assessed.world.rows("droit", 2, assessed.default), "the rule applies"


def test_a_structure_out_of_time_says_nothing_of_what_it_did_not_look_at(tmp_path):
    law = base(tmp_path, "", ("    plafond(Plafond),\n", "    plafond(Plafond),\n    Plafond > 0,\n"))
    found = structure(law, DAY, 1, ["droit"], seconds=0.001, told=lambda _text: None)
    assert found.partiel
    assert found.trouve == ()
    assert found.non_examines
    assert any("RÉSULTAT PARTIEL" in line for line in found.told())


def test_a_limit_of_the_base_is_not_told_as_a_gap_of_the_law(tmp_path):
    text = """\
invariant(aide_pour_tous, code_exemple("2"), "chacun a l'aide").
violation(aide_pour_tous, Personne) :- personne(Personne), not droit(Personne, aide).
lacune(les_mineurs, aide_pour_tous, code_exemple("1"), "l'aide est pour les majeurs").
admise(les_mineurs, Personne) :- personne(Personne), not majeur(Personne).
limite(les_riches, aide_pour_tous, "la base ne dit rien au-dessus du plafond").
admise(les_riches, Personne) :- total(Personne, Total), plafond(Plafond), Total > Plafond.
"""
    law = base(tmp_path, text)
    shown = told(law)
    assert "lacune du droit, les_mineurs : l'aide est pour les majeurs (" in shown
    assert "limite de la base, les_riches : la base ne dit rien au-dessus du plafond\n" in shown
    report = examine(law, (), (DAY,), 1, told=lambda _text: None)
    [proved] = report.invariants
    assert [(each.nature, bool(each.source)) for each in proved.exemples] == [
        ("lacune_du_droit", True),
        ("limite_de_la_base", False),
    ]


def test_the_invariants_of_the_base_are_clean():
    known = read_invariants(the_law())
    assert known.days
    assert not [each for each in run_all(ROOT) if each.place.file.startswith(FOLDER.as_posix())]


def test_in_the_base_no_one_has_both_puma_and_ame_nor_the_complement_without_puma():
    known = read_invariants(the_law())
    found = verify(known, ["jamais_puma_et_ame", "complementaire_avec_puma", "resident_couvert"], known.days[:1], 1)
    assert [each.statut for each in found.verdicts] == ["prouve", "prouve", "lacune"]
    assert all(witness.confirmed for each in found.verdicts for witness in each.witnesses)


def test_every_rule_of_the_base_is_computed_in_the_whole_domain():
    """A participation depends on an age on the day a right takes effect: a day that is known in every situation."""
    domain = Domain(the_law(), 1, [Context(read_invariants(the_law()).days[0])], ["montant_du", "anomalie"])
    own = domain.filled.case, domain.options(), domain.contexts
    assert Symbolic(instance(the_law(), *own, goals=["montant_du"]), apart=domain.apart(), strict=False).failures == []


def test_a_line_that_has_ended_is_a_situation_of_the_domain():
    """Studies, a detention or a benefit of the past: each list has a line over before the day examined."""
    day = read_invariants(the_law()).days[0]
    domain = Domain(the_law(), 1, [Context(day)], ["droit", "anomalie"])
    lists = {"etudes", "detention", "prise_en_charge", "prestations"}
    ended = {
        fact.name
        for group in domain.options()
        for option in group
        for fact in option
        if isinstance(fact.args[-1], str) and fact.args[-1] < day
    }
    assert {domain.base.vocabulary.personne[name].predicate for name in lists} <= ended


def test_an_error_that_either_of_two_persons_shows_is_shown_for_one(tmp_path):
    """The aid of one depends on what the other has: who loses it is either of them."""
    either = POORER.replace(
        "avant(droit(Personne, aide)),", "avant(droit(Personne, aide)),\n    avant(personne(Autre)),"
    )
    law = base(
        tmp_path,
        either,
        ("Total <= Plafond", "Total >= Plafond"),
        (
            "total(Personne, Total) :-\n    personne(Personne),",
            "total(Personne, Total) :-\n    personne(Personne),\n    personne(Autre),",
        ),
        ("ressource(Personne, Cle", "ressource(Autre, Cle"),
    )
    [witness] = verdicts(law, 2)["moins_de_ressources"].witnesses
    assert witness.confirmed
    assert len(witness.dossiers) == 2


OF_A_PARENT = """\
invariant(parents_aides, code_exemple("1"), "les parents d'un enfant aidé sont majeurs").
violation(parents_aides, Personne) :- {conditions}, droit(Personne, aide), not majeur(Parent).
"""
NOT_OF_ONESELF = """
%% Technique

phrase(parent_de_soi, "{Personne} ne peut pas être son propre parent").
anomalie(parent_de_soi, Personne) :- parent(Personne, Personne).
famille(Personne, Autre) :- parent(Personne, Autre).
famille(Personne, Autre) :- parent(Autre, Personne).
"""


@pytest.mark.parametrize(
    ("conditions", "rules"),
    [
        ("parent(Personne, Parent), Personne != Parent", ""),
        ("parent(Personne, Parent)", NOT_OF_ONESELF),
        ("famille(Personne, Parent)", NOT_OF_ONESELF),
    ],
    ids=["dit autre", "un parent est un autre", "une notion"],
)
def test_a_statement_on_two_persons_is_not_said_proved_of_one(conditions, rules, tmp_path):
    """No household of one person can break it, and it says nothing of one: of two, a minor parent breaks it."""
    law = base(
        tmp_path,
        MAJOR + OF_A_PARENT.replace("{conditions}", conditions),
        ("total(Personne, Total) :-", f"{rules}\ntotal(Personne, Total) :-"),
    )
    found = verdicts(law)
    assert {name: each.statut for name, each in found.items()} == {
        "aide_aux_majeurs": "prouve",
        "parents_aides": "sans_objet",
    }
    text = told(law)
    assert "prouvé pour un foyer d'une personne seulement : cet énoncé en nomme 2" in text
    assert "1 prouvé, 1 sans objet" in text.replace("\u00a0", " ")
    assert verdicts(law, 2)["parents_aides"].statut == "viole"


def test_a_statement_on_two_persons_that_may_be_one_is_proved_of_one(tmp_path):
    law = base(tmp_path, OF_A_PARENT.replace("{conditions}", "personne(Parent)"))
    assert verdicts(law)["parents_aides"].statut == "prouve"


def test_nothing_is_said_of_a_condition_that_no_situation_of_the_domain_can_show(tmp_path):
    """A list has one line there, and nothing comes after the day: what holds off the rest may serve elsewhere."""
    twice = """%% Technique

deux_lignes(Personne) :-
    ressource(Personne, Une, Montant),
    ressource(Personne, Autre, Second),
    Une < Autre,
    majeur(Personne).
"""
    law = base(
        tmp_path,
        "",
        ("%% Technique\n", twice),
        ("    majeur(Personne),\n    total", "    majeur(Personne),\n    not deux_lignes(Personne),\n    total"),
        ("    date(Jour),\n", "    date(Jour),\n    Naissance <= Jour,\n"),
    )
    (tmp_path / "tests" / "dossiers").mkdir(parents=True)
    (tmp_path / "tests" / "dossiers" / "deux.yaml").write_text(TWO_LINES, encoding="utf-8")
    found = structure(law, DAY, 1, ["droit"], dossiers=dossiers_of(law), told=lambda _text: None)
    told = {(each.regle, each.condition) for each in found.trouve}
    assert ("deux_lignes(Personne)", "majeur(Personne)") not in told
    assert ("majorite", "Naissance <= Jour") not in told
    assert found.hors_domaine


def test_a_rule_read_on_another_day_serves_whatever_the_names_it_reads(tmp_path):
    """What a person has asked for is a notion like any other: its name ends as one of the engine begins."""
    then = "sejour(Personne, _, Debut, _), a_la_date(Debut, majeur(Personne))"
    law = base(
        tmp_path,
        "",
        ("    majeur(Personne),\n    total", f"    {then},\n    total"),
        ("    date(Jour),\n", "    date(Jour),\n    aide_demandee(Personne),\n"),
        ("%% Technique\n", "%% Technique\n\naide_demandee(Personne) :-\n    isole(Personne, oui).\n"),
    )  # fmt: skip
    assert ("jamais_appliquee", "majorite") not in idle(law)


def test_an_exception_that_only_another_reading_or_another_day_concludes_is_no_finding(tmp_path):
    """What holds it off is no error: it serves in that reading, or under the law of that day."""
    elsewhere = """%% La lecture large

notion(ecarte("Personne"), "{Personne} est écartée", "{Personne} n'est pas écartée").

regle(ecarte_large, code_exemple("2"), "2016-01-01", #sup).
selon(ecarte_large, question_ouverte, large).
phrase(ecarte_large, "{Personne} a un titre durable").

ecarte(Personne) :-
    en_vigueur(ecarte_large),
    sejour(Personne, Titre, Debut, Fin),
    durable(Titre).

regle(ecarte_ancien, code_exemple("2"), "2016-01-01", "2018-01-01").
phrase(ecarte_ancien, "{Personne} est seule").

ecarte(Personne) :-
    en_vigueur(ecarte_ancien),
    isole(Personne, oui).

regle(aide_large,"""
    law = base(
        tmp_path,
        "",
        ("%% La lecture large\n\nregle(aide_large,", elsewhere),
        ("    Total <= Plafond", "    not ecarte(Personne),\n    Total <= Plafond"),
    )
    found = structure(law, DAY, 1, ["droit"], told=lambda _text: None)
    assert found.trouve == ()
    assert found.hors_domaine == 1


def test_a_rule_that_asks_for_a_longer_wait_is_not_excused_by_the_wait_that_the_law_allows(tmp_path):
    """The declared gaps count three months themselves: they do not read the rule that they excuse."""
    for part in ("rules", "facts"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for name in ("ame/conditions.lp", "residence/stabilite.lp"):
        rules = tmp_path / "rules" / name
        text = rules.read_text(encoding="utf-8")
        assert ", 3)" in text
        rules.write_text(text.replace(", 3)", ", 120)"), encoding="utf-8")
    law = load_law(tmp_path)
    ids = ["mineur_couvert", "resident_couvert"]
    found = verify(read_invariants(law, tmp_path), ids, ["2026-06-01"])
    assert [(each.invariant.id, each.statut) for each in found.verdicts] == [(each, "viole") for each in ids]


SUMS = (
    "0 <= #sum{ Montant, Cle : ressource(Personne, Cle, Montant) }",
    "0 <= #sum{ 1, Code : sejour(Personne, Code, Depuis, Jusque) }",
)


@pytest.mark.parametrize("sums", [SUMS, SUMS[::-1]])
def test_a_rule_with_two_sums_applies_whether_the_lines_of_both_can_be_put_in_order_or_not(sums, tmp_path):
    """A rule that the solver was given without its conclusion would prove that no one has the aid."""
    nobody = """\
invariant(personne_n_a_l_aide, code_exemple("1"), "personne n'a l'aide").
violation(personne_n_a_l_aide, Personne) :- droit(Personne, aide).
invariant(compte, code_exemple("1"), "rien ne se compte").
violation(compte, Personne) :- personne(Personne), SUMS.
""".replace("SUMS", ", ".join(sums))
    wider = ("    total(Personne, Total),\n", f"    total(Personne, Total),\n    {', '.join(sums)},\n")
    alone = (
        "durable(Titre),\n    not majeur(Personne)",
        "durable(Titre),\n    not majeur(Personne),\n    majeur(Personne)",
    )
    found = verdicts(base(tmp_path, nobody, wider, alone))
    assert {name: each.statut for name, each in found.items()} == {"personne_n_a_l_aide": "viole", "compte": "viole"}


LAST = """\
invariant(essai, code_exemple("1"), "essai").
violation(essai, Personne) :- majeur(Personne), not majeur(Personne).
violation(essai, Personne) :- droit(Personne, aide), sejour(Personne, Titre, Debut, Fin), not durable(Titre).
"""

LAST_OF_PAIR = """\
invariant(essai, code_exemple("2"), "essai").
varie(essai, ressources).
violation(essai, Personne) :- avant(majeur(Personne)), not apres(majeur(Personne)).
violation(essai, Personne) :- avant(droit(Personne, aide)), not apres(droit(Personne, aide)).
"""


@pytest.mark.parametrize("rules", [LAST, LAST_OF_PAIR])
def test_a_statement_that_only_its_last_rule_breaks_is_broken(rules, tmp_path):
    assert verdicts(base(tmp_path, rules))["essai"].statut == "viole"


def test_a_separator_of_lines_inside_a_text_cuts_no_rule(tmp_path):
    other = '"a\u2028violation(" != "b"'
    rules = MAJOR.replace("not majeur(Personne)", other)
    assert verdicts(base(tmp_path, rules))["aide_aux_majeurs"].statut == "viole"


def test_combinations_that_no_function_can_compute_are_told(tmp_path):
    far = MAJOR.replace("droit(Personne, aide)", "naissance(Personne, Jour), Loin = @plus_ans(Jour, 8100), Loin < Jour")
    law = base(tmp_path, far)
    assert "combinaisons laissées de côté, qu'une fonction ne sait pas calculer : " in told(law)
    assert "laissées de côté" not in told(base(tmp_path / "autre", MAJOR))


TOWN = """\
  ville:
    type: texte
    predicat: ville(personne, valeur)
    question: {fr: "Où vit {personne} ?"}
    phrase: "{personne} vit à {valeur}"
    absence: presume
    valeur_presumee: "nulle part"
"""


def test_a_text_is_written_in_the_example_as_a_text(tmp_path):
    base(tmp_path, MAJOR.replace("droit(Personne, aide)", 'ville(Personne, Ville), Ville != "nulle part"'))
    file = tmp_path / "facts" / "vocabulaire.yaml"
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + TOWN, encoding="utf-8")
    assert verdicts(load_law(tmp_path, cache=False))["aide_aux_majeurs"].statut == "viole"
