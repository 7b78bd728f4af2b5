"""What would open a right: all the least ways and no other, each verified; and what would end one."""

from __future__ import annotations

import itertools
import json
import re
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import jsonschema
import pytest
from cases import EXAMPLES, ROOT, assessments, dossier, statuses, the_law
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pycoverage.assessment import assess
from pycoverage.cache import load_law
from pycoverage.cli import main
from pycoverage.dossier import Dossier, read_dossier
from pycoverage.functions import plus_jours
from pycoverage.law import Law
from pycoverage.outlooks.change import Change, apply, changes
from pycoverage.outlooks.horizon import HORIZON
from pycoverage.outlooks.outlook import outlooks
from pycoverage.outlooks.remedy import Outlook, Remedy
from pycoverage.schema import output_schema
from pycoverage.speech import day
from pycoverage.value import rank

# A small base of its own: clubs that one enters on conditions of a card, a lesson and an age.

FACTS = """\
personne:
  naissance:
    type: date
    predicat: naissance(personne, valeur)
    question: {fr: "Quel jour {personne} est-il né ?"}
    phrase: "{personne} est né le {valeur}"
    absence: inconnu
    evolution: immuable
  ville:
    type: code
    nomenclature: ville
    predicat: ville(personne, valeur)
    question: {fr: "Où vit {personne} ?"}
    phrase: "{personne} vit à {valeur}"
    absence: inconnu
    demarches:
      - {phrase: "s'installer en ville ({valeur})", valeur: "?", cout: 5}
  assure:
    type: oui_non
    predicat: assure(personne, valeur)
    question: {fr: "{personne} est-il assuré ?"}
    phrase: "{personne} est assuré : {valeur}"
    absence: inconnu
    demarches:
      - {phrase: "s'assurer", valeur: oui, cout: 2}
  surdite:
    type: oui_non
    predicat: surdite(personne, valeur)
    question: {fr: "{personne} est-il sourd ?"}
    phrase: "{personne} est sourd : {valeur}"
    absence: inconnu
  cartes:
    type: liste
    predicat: carte(personne, couleur, du, au)
    question: {fr: "Quelles cartes {personne} a-t-il ?"}
    phrase: "{personne} a une carte {couleur}, du {du} au {au}"
    absence: non
    champs:
      couleur: {type: code, nomenclature: couleur}
      du: {type: date}
      au: {type: date, absence: ouvert}
    demarches:
      - {phrase: "prendre une carte {couleur}", ajoute: {couleur: "?", du: jour}}
      - {phrase: "rendre ses cartes", change: {au: veille}, si: [porteur]}
"""
NOMENCLATURES = {
    "ville": "nomenclature: ville\nnom: villes\nelements:\n  port: {nom: le port}\n  bourg: {nom: le bourg}\n",
    "couleur": "nomenclature: couleur\nnom: couleurs\nelements:\n  bleue: {nom: bleue}\n  rouge: {nom: rouge}\n",
}
TEXTS = 'code: {titre: code, citation: "art. {article}", articles: {"1": {objet: clubs, lu: 2016-01-01}}}\n'
HEAD = """\
notion(porteur("Personne"), "{Personne} a une carte", "{Personne} n'a pas de carte").
notion(tient("Personne", "Couleur"), "{Personne} tient une carte {Couleur}", "{Personne} n'en tient pas").
notion(ancien("Personne"), "{Personne} est ancien", "{Personne} n'est pas ancien").
notion(grand("Personne"), "{Personne} est grand", "{Personne} n'est pas grand").

%% Technique

tient(Personne, Couleur) :-
    carte(Personne, Couleur, Debut, Fin),
    date(Jour),
    Debut <= Jour,
    Jour <= Fin.

porteur(Personne) :-
    tient(Personne, Couleur).

ancien(Personne) :-
    carte(Personne, Couleur, Debut, Fin),
    date(Jour),
    Jour > @plus_mois(Debut, 1),
    Jour <= Fin.

grand(Personne) :-
    naissance(Personne, Naissance),
    date(Jour),
    @age(Naissance, Jour) >= 18.

%% Les clubs
"""
CONDITIONS = [
    "ville(Personne, port)",
    "ville(Personne, bourg)",
    "assure(Personne, oui)",
    "assure(Personne, non)",
    "surdite(Personne, oui)",
    "surdite(Personne, non)",
    "tient(Personne, bleue)",
    "tient(Personne, rouge)",
    "ancien(Personne)",
    "grand(Personne)",
    "not tient(Personne, bleue)",
    "not tient(Personne, rouge)",
    "not porteur(Personne)",
    "not ancien(Personne)",
]
RULE = """
regle(club_{number}, code("1"), "2016-01-01", #sup).
phrase(club_{number}, "{{Personne}} entre par la porte {number}").

droit(Personne, club) :-
    en_vigueur(club_{number}),
    personne(Personne),
    {conditions}.
"""
BODIES = st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True)
WAYS = st.lists(BODIES, min_size=1, max_size=3, unique_by=frozenset)


@cache
def small_law(rules: str, facts: str = FACTS) -> Law:
    """Return the law of clubs with some rules."""
    root = Path(mkdtemp(prefix="clubs"))
    for name in ("nomenclatures", "textes", "parametres"):
        (root / "facts" / name).mkdir(parents=True)
    for name in ("clubs", "socle"):
        (root / "rules" / name).mkdir(parents=True)
    (root / "facts" / "vocabulaire.yaml").write_text(facts, encoding="utf-8")
    (root / "facts" / "droits.yaml").write_text("club: {nom: club, nature: de_droit}\n", encoding="utf-8")
    (root / "facts" / "textes" / "code.yaml").write_text(TEXTS, encoding="utf-8")
    for name, text in NOMENCLATURES.items():
        (root / "facts" / "nomenclatures" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (root / "rules" / "socle" / "montre.lp").write_text("#show droit/2.\n", encoding="utf-8")
    (root / "rules" / "clubs" / "droit.lp").write_text(HEAD + rules, encoding="utf-8")
    return load_law(root, cache=False)


def rules_of(ways: list[list[str]]) -> str:
    return "".join(
        RULE.format(number=number, conditions=",\n    ".join(each)) for number, each in enumerate(ways, start=1)
    )


MEMBER = """\
date: 2022-05-01
personnes:
  zoe:
    naissance: {naissance}
    ville: {ville}
    assure: {assure}
    surdite: {surdite}
    cartes: {cartes}
"""
CARDS = [
    "[]",
    "[{couleur: bleue, du: 2022-04-20}]",
    "[{couleur: rouge, du: 2021-04-20, au: 2022-06-15}]",
    "[{couleur: bleue, du: 2021-01-01, au: 2021-12-31}]",
]
MEMBERS = st.fixed_dictionaries(
    {
        "naissance": st.sampled_from(["1990-01-01", "2004-05-11", "2015-01-01"]),
        "ville": st.sampled_from(["port", "bourg"]),
        "assure": st.sampled_from(["oui", "non"]),
        "surdite": st.sampled_from(["oui", "non"]),
        "cartes": st.sampled_from(CARDS),
    }
)


def member(law: Law, **facts: str) -> Dossier:
    known = {"naissance": "1990-01-01", "ville": "bourg", "assure": "non", "surdite": "non", "cartes": "[]"}
    return dossier(MEMBER.format(**{**known, **facts}), law)


def steps_of(law: Law, read: Dossier) -> list[Change]:
    """Return every change of a dossier on its day."""
    lines = read.stated["p1", "cartes"].lines or ()
    bearer = any(rank(line.values["du"]) <= rank(read.date) <= rank(line.values["au"]) for line in lines)
    return changes(law, read, read.date, lambda notion, _: {"porteur": bearer}[notion], "demarches")


def by_force(law: Law, read: Dossier, on: str) -> set[frozenset[str]]:
    """Return the least sets of changes that open the club on a day, by trying every set."""
    steps = steps_of(law, read)
    opening: set[frozenset[str]] = set()
    keys = {each.attribute for each in steps}
    for size in range(len(keys) + 1):
        for taken in itertools.combinations(steps, size):
            texts = frozenset(each.texte for each in taken)
            if len({each.attribute for each in taken}) < size or any(less <= texts for less in opening):
                continue
            if statuses(assess(law, apply(read, taken), date=on))["zoe", "club"] == "oui":
                opening.add(texts)
    return opening


def texts(remedy: Remedy) -> frozenset[str]:
    return frozenset(each.texte for each in remedy.demarches)


def club(law: Law, read: Dossier) -> Outlook:
    return outlooks(law, read).personnes["zoe"]["club"]


@settings(max_examples=40, deadline=None)
@given(WAYS, MEMBERS)
def test_the_ways_of_today_are_those_that_trying_everything_finds(ways, facts):
    law = small_law(rules_of(ways))
    read = member(law, **facts)
    found = club(law, read)
    expected = by_force(law, read, read.date)
    if found.statut == "oui":
        assert expected == {frozenset()}
        assert found.remedes == []
    else:
        assert {texts(each) for each in found.remedes if each.des_le == read.date} == expected
        assert found.complet


@settings(max_examples=25, deadline=None)
@given(WAYS, MEMBERS)
def test_waiting_names_the_first_day_and_a_change_that_needs_time_names_its_own(ways, facts):
    law = small_law(rules_of(ways))
    read = member(law, **facts)
    found = club(law, read)
    if found.statut == "oui":
        return
    days = [plus_jours(read.date, number) for number in range(90)]
    waiting = next((d for d in days if statuses(assess(law, read, date=d))["zoe", "club"] == "oui"), "")
    told = [each.des_le for each in found.remedes if not each.demarches and each.des_le <= days[-1]]
    assert told == ([waiting] if waiting else [])
    today = [texts(each) for each in found.remedes if each.des_le == read.date]
    for step in steps_of(law, read):
        if frozenset([step.texte]) in today:
            continue
        changed = apply(read, [step])
        first = next((d for d in days if statuses(assess(law, changed, date=d))["zoe", "club"] == "oui"), "")
        named = [each.des_le for each in found.remedes if texts(each) == frozenset([step.texte])]
        if first and (not waiting or first < waiting):
            assert named == [first]
        else:
            assert all(each > days[-1] for each in named)


@settings(max_examples=25, deadline=None)
@given(WAYS, MEMBERS)
def test_no_part_of_a_way_opens_and_nothing_immutable_or_without_a_step_changes(ways, facts):
    law = small_law(rules_of(ways))
    read = member(law, **facts)
    steps = {each.texte: each for each in steps_of(law, read)}
    for remedy in club(law, read).remedes:
        taken = [steps[each.texte] for each in remedy.demarches]
        assert not {each.attribute for each in taken} & {"naissance", "surdite"}
        assert statuses(assess(law, apply(read, taken), date=remedy.des_le))["zoe", "club"] == remedy.statut == "oui"
        for size in range(len(taken)):
            for part in itertools.combinations(taken, size):
                assert statuses(assess(law, apply(read, part), date=remedy.des_le))["zoe", "club"] == "non"


ONE_DOOR = rules_of([["surdite(Personne, non)", "tient(Personne, bleue)", "assure(Personne, oui)"]])


def test_nothing_opens_what_an_unchangeable_fact_closes_and_one_step_what_it_does_not():
    """Deafness has no step: what it closes stays closed; without it, the one missing step is found."""
    law = small_law(ONE_DOOR)
    card = "[{couleur: bleue, du: 2022-01-01}]"
    closed = club(law, member(law, surdite="oui", cartes=card))
    assert (closed.remedes, closed.complet) == ([], True)
    [open_] = club(law, member(law, surdite="non", cartes=card)).remedes
    assert texts(open_) == {"s'assurer"}


def test_fewest_steps_come_first_then_the_least_cost():
    law = small_law(
        rules_of([["ville(Personne, port)"], ["assure(Personne, oui)"], ["assure(Personne, non)", "ancien(Personne)"]])
    )
    found = club(law, member(law))
    told = [sorted(texts(each)) for each in found.remedes]
    assert told == [["prendre une carte bleue"], ["s'assurer"], ["s'installer en ville (le port)"]]


@pytest.mark.parametrize(("born", "first"), [("2004-05-02", "2022-05-02"), ("2004-05-03", "2022-05-03")])
def test_waiting_is_exact_to_the_day(born, first):
    law = small_law(rules_of([["grand(Personne)"]]))
    [remedy] = club(law, member(law, naissance=born)).remedes
    assert (remedy.demarches, remedy.des_le) == ([], first)


def test_waiting_stops_at_the_end_of_what_is_looked_at():
    law = small_law(rules_of([["grand(Personne)"]]))
    last = plus_jours("2022-05-01", HORIZON - 1)
    for born, expected in ((last, [last]), (plus_jours(last, 1), [])):
        birthday = f"{int(born[:4]) - 18}{born[4:]}"
        found = outlooks(law, member(law, naissance=birthday))
        assert [each.des_le for each in found.personnes["zoe"]["club"].remedes] == expected
        assert found.domaine.jusqu_au == last


def test_a_step_that_needs_time_tells_the_day_and_why():
    law = small_law(rules_of([["ancien(Personne)"]]))
    [remedy] = club(law, member(law)).remedes
    assert texts(remedy) == {"prendre une carte bleue"}, "no rule tells the colours apart: one stands for both"
    assert remedy.des_le == "2022-06-02"
    assert (remedy.regle, remedy.raison.source) == ("club_1", "art. 1")


def test_what_a_person_has_not_is_not_given_up():
    """Cards are given back by who has one: the notion of the step says so."""
    law = small_law(rules_of([["not porteur(Personne)", "assure(Personne, oui)"]]))
    without = {each.texte for each in steps_of(law, member(law))}
    with_one = {each.texte for each in steps_of(law, member(law, cartes=CARDS[1]))}
    assert "rendre ses cartes" not in without
    assert "rendre ses cartes" in with_one
    [remedy] = club(law, member(law, cartes=CARDS[1])).remedes
    assert texts(remedy) == {"rendre ses cartes", "s'assurer"}


def test_an_open_fact_leaves_a_way_to_settle_and_names_it():
    law = small_law(rules_of([["surdite(Personne, non)", "assure(Personne, oui)"]]))
    found = outlooks(law, member(law, surdite="inconnu"))
    [remedy] = found.personnes["zoe"]["club"].remedes
    assert (texts(remedy), remedy.statut, remedy.depend_de) == ({"s'assurer"}, "a_preciser", ["zoe.surdite"])
    assert not found.domaine.temps


def test_a_right_ends_on_the_first_day_without_it_and_a_new_card_keeps_it():
    law = small_law(rules_of([["porteur(Personne)"]]))
    end = club(law, member(law, cartes="[{couleur: rouge, du: 2021-04-20, au: 2022-06-15}]")).fin
    assert end.le == "2022-06-16"
    assert [each.texte for each in end.garder] == ["prendre une carte bleue"]
    assert [each.texte for each in end.aussitot] == ["rendre ses cartes"]
    assert [each.texte for each in end.cesse] == ["Zoe tient une carte rouge"]


# The base itself.

SINGLE = [path for path in EXAMPLES if not assessments()[path].anomalies]


def run(*arguments: str):
    return CliRunner().invoke(main, ["change", *arguments])


@pytest.mark.parametrize("path", SINGLE, ids=lambda path: path.stem)
def test_each_example_answers_within_its_schema_and_never_touches_the_past(path):
    read = read_dossier(path, the_law().base)
    name = next(iter(read.persons.values()))
    done = run(str(path), "--format", "json", "--person", name)
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    jsonschema.validate(document, output_schema("change"))
    immutable = {each.name for each in the_law().base.vocabulary if each.evolution == "immuable"}
    for outlook in document["personnes"][name].values():
        for remedy in outlook.get("remedes", []):
            assert remedy["des_le"] >= read.date
            assert not {each["attribut"] for each in remedy["demarches"]} & immutable
    assert run(str(path), "--person", name).exit_code == 0


CARMEN = ROOT / "examples" / "touriste_jour_reforme.yaml"


def test_the_ame_opens_the_day_after_three_months_without_a_title():
    """Last lawful day 29 November 2019: no right on 29 February 2020, a right on 1 March."""
    found = outlooks(the_law(), read_dossier(CARMEN, the_law().base), right="ame").personnes["carmen"]["ame"]
    [remedy] = [each for each in found.remedes if not each.lecture]
    assert (remedy.demarches, remedy.des_le) == ([], "2020-03-01")
    read = read_dossier(CARMEN, the_law().base)
    for on, status in (("2020-02-29", "non"), ("2020-03-01", "oui")):
        assert statuses(assess(the_law(), read, date=on))["carmen", "ame"] == status


UNHOUSED = """\
date: 2022-05-01
territoire: {territoire}
personnes:
  ana:
    naissance: 1984-01-01
    nationalite: LY
    arrivee: 2019-01-01
    adresse: aucune
    sejour: []
    ressources: []
"""


def test_electing_an_address_opens_the_ame_everywhere_but_where_it_does_not_exist():
    there = outlooks(the_law(), dossier(UNHOUSED.format(territoire="mayotte")), right="ame").personnes["ana"]["ame"]
    assert (there.remedes, there.complet) == ([], True)
    here = outlooks(the_law(), dossier(UNHOUSED.format(territoire="metropole")), right="ame").personnes["ana"]["ame"]
    assert [[each.attribut for each in remedy.demarches] for remedy in here.remedes] == [["adresse"]]


def test_the_text_tells_the_right_its_ways_and_what_was_looked_at():
    done = run(str(CARMEN), "ame")
    plain = done.stdout.replace("\u00a0", " ")
    assert "aide médicale de l'État" in plain
    assert f"il s'ouvre le {day('2020-03-01')}" in plain
    assert "art. L. 251-1" in plain
    assert "  · élire domicile" in plain
    assert re.search(r"\d+ démarches examinées", plain)


def test_a_contradiction_gives_no_way(tmp_path):
    path = tmp_path / "faux.yaml"
    path.write_text("date: 2022-05-01\npersonnes:\n  ana: {naissance: 1984-01-01, parents: [ana]}\n", encoding="utf-8")
    done = run(str(path))
    assert done.exit_code == 2
    assert "Le dossier se contredit" in done.stdout


def test_an_unknown_right_or_person_is_named(tmp_path):
    done = run(str(CARMEN), "amee", "--person", "carmene")
    assert done.exit_code == 2
    assert "« amee »" in done.stderr
    assert "« carmene »" in done.stderr


def test_a_refusal_explained_names_the_command():
    done = CliRunner().invoke(main, ["explain", str(CARMEN), "ame"])
    assert "pycoverage change" in done.stdout


def test_a_right_that_serves_in_default_of_another_is_not_sought_by_who_holds_that_one():
    """Amina is insured: no request, and no waiting for the end of her insurance, is advised to be seen by a PASS."""
    read = read_dossier(ROOT / "examples" / "amina.yaml", the_law().base)
    found = outlooks(the_law(), read, person="amina", right="pass").personnes["amina"]["pass"]
    assert (found.par_defaut, found.a_defaut_de, found.remedes) == ("non", ["puma"], [])
    done = run(str(ROOT / "examples" / "amina.yaml"), "pass", "--person", "amina")
    assert "ce droit ne sert qu'à défaut de celui-ci, que la loi donne : protection universelle maladie" in done.stdout
    assert "déposer une demande (protection" not in done.stdout
    assert "0 jour" not in done.stdout.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "ame_presence_trop_courte",
            "après la décision défavorable du 20 juin 2022, il faudra aussi une nouvelle demande",
        ),
        ("ame_arrivee", "la contester si elle est infondée, sinon refaire une demande"),
    ],
)
def test_after_a_refusal_what_opens_the_right_also_asks_for_a_new_request(name, told):
    path = ROOT / "tests" / "dossiers" / "recours" / "examen" / f"{name}.yaml"
    assert told in run(str(path), "ame").stdout.replace("\u00a0", " ")


def test_no_refusal_is_told_of_a_claim_filed_on_an_unknown_day():
    """The silence of a claim is dated from it: without its day, there is no day of a refusal to tell."""
    text = """
dossier: cas
date: 2022-07-01
demandes: [{droit: ame, personne: issa, deposee: DAY}]
personnes:
  issa: {naissance: 1990-01-01, nationalite: SO, arrivee: 2020-01-01, sejour: [], ressources: []}
"""
    unknown = outlooks(the_law(), dossier(text.replace("DAY", "inconnu"))).personnes["issa"]["ame"]
    known = outlooks(the_law(), dossier(text.replace("DAY", "2022-01-10"))).personnes["issa"]["ame"]
    assert (unknown.refus, known.refus) == ("", "2022-03-10")
