"""Of several differences between two states, the cause of a change is the one that makes it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
from cases import ROOT, dossier

from pycoverage.comparisons.comparison import Comparison
from pycoverage.comparisons.corpus import compare, read_all
from pycoverage.comparisons.difference import Differ
from pycoverage.comparisons.novelty import novelty
from pycoverage.comparisons.sides import sides_of
from pycoverage.states.state import Pair, read_state, side_by_side

SMALL = Path(__file__).parent / "checks" / "base"

MANIFEST = "titre: {0}\nauteur: un essai\nstatut: hypothetique\ndate: {1}\nsources: [essai]\n"

SIX_MONTHS = """\
%% La durée

regle(ame_irregularite_six_mois, essai("art. 1"), "2026-06-15", #sup).
remplace(ame_irregularite_six_mois, ame_irregularite_trois_mois).
phrase(ame_irregularite_six_mois, "{Personne} est en situation irrégulière depuis le {Debut}, plus de six mois").

anciennete_ame(Personne) :-
    en_vigueur(ame_irregularite_six_mois),
    presence_trois_mois(Personne),
    sejour_irregulier_depuis(Personne, Debut),
    date(Jour),
    Jour > @plus_mois(Debut, 6).
"""
TEXT = (
    'essai:\n  titre: essai\n  citation: "essai, {article}"\n  articles:\n    "art. 1": {objet: durée, lu: non_lue}\n'
)
CEILING = """\
plafond_c2s:
  nom: plafond annuel de la complémentaire santé solidaire gratuite, pour une personne seule
  type: montant
  unite: par an
  source: code_ss("D861-1")
  valeurs:
    - {du: 2026-06-15, valeur: 5000.00, source: "essai", verifie_le: 2026-11-22, confiance: haute}
"""


def reform(base: Path, name: str, more: str = "", date: str = "2026-06-15", **files: str) -> None:
    """Write a reform to a base; its files are named by the last part of their path."""
    places = {"regles": "regles.lp", "texte": "facts/textes/essai.yaml", "montant": "facts/parametres/plafond.yaml"}
    folder = base / "rules" / "reformes" / name
    for path, text in {"reforme.yaml": MANIFEST.format(name, date) + more, **files}.items():
        file = folder / places.get(path, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    """The base, with three reforms: no urgent care before the AME is granted, six months, a lower ceiling."""
    folder = tmp_path_factory.mktemp("base")
    for part in ("rules", "facts"):
        shutil.copytree(ROOT / part, folder / part)
    reform(folder, "sans_attente", "abroge: [dsuv_ame_non_accordee]\n")
    reform(folder, "six_mois", regles=SIX_MONTHS, texte=TEXT)
    reform(folder, "plafond_bas", montant=CEILING)

    @cache
    def pair_of(after: str) -> Pair:
        return side_by_side(read_state("base", folder), read_state(f"reforme:{after}", folder))

    @cache
    def compared(after: str, name: str) -> Comparison:
        pair = pair_of(after)
        return compare(pair, read_all(pair.law, [ROOT / "examples" / f"{name}.yaml"]), processes=1)

    compared.pair = pair_of
    return compared


def causes(found: Comparison) -> dict[tuple[str, str], list[str]]:
    """Return what is named as the cause of each change, by right and aspect, but for reasons alone."""
    return {
        (each.droit, each.aspect): each.causes
        for one in found.changements
        for each in one.changements
        if each.nature != "motif"
    }


def test_a_rule_that_changes_nothing_by_itself_is_not_the_cause_of_what_an_amount_changes(law):
    """Dieudonne, in Guadeloupe: the six months change nothing for him, the ceiling takes his AME."""
    assert causes(law("six_mois", "guadeloupe")) == {}
    alone = causes(law("plafond_bas", "guadeloupe"))
    assert set(map(tuple, alone.values())) == {("montant:plafond_c2s",)}
    assert causes(law("six_mois+plafond_bas", "guadeloupe")) == alone


def test_a_repealed_rule_is_the_cause_of_what_it_gave_and_no_longer_gives(law):
    """Bilal, whose day of arrival is unknown: without the rule, his urgent care depends on that day."""
    care = {("dsuv", "statut"): ["regle:dsuv_ame_non_accordee"]}
    assert causes(law("sans_attente", "arrivee_inconnue")) == care
    assert causes(law("six_mois", "arrivee_inconnue")) == {}
    assert causes(law("sans_attente+six_mois", "arrivee_inconnue")) == care


def test_a_threshold_that_no_variable_names_is_told_by_the_amount_of_the_law_it_comes_from(law):
    """Joao, 11 000 € a year: the threshold of 6 750 € is 135 % of the ceiling."""
    found = law("plafond_bas", "europeen_salarie")
    whys = {change.droit: change.pourquoi for each in found.changements for change in each.changements}
    why = whys["c2s_participation"].replace("\u00a0", " ")
    assert "dépasse 6 750,00 €" in why
    assert why.endswith(
        "d'après : plafond annuel de la complémentaire santé solidaire gratuite, pour une personne seule"
    )


def test_a_right_that_no_sentence_tells_is_told_in_words_and_not_as_an_atom(law):
    """Dieudonne: what the notes of the PASS rest on is a right that the rules give without a sentence."""
    pair = law.pair("six_mois+plafond_bas")
    dossiers = read_all(pair.law, [ROOT / "examples" / "guadeloupe.yaml"])
    [sides] = sides_of(pair, dossiers, date="2026-06-15", readings={})
    new = novelty(pair)
    differ = Differ(sides, new, new.touched())
    [person] = dossiers[0].persons
    whys = [why for each in differ.changes(person, "pass") if each.concludes for why in each.origins.values()]
    assert not any("droit (" in why for why in whys)
    assert "Dieudonne, protection universelle maladie : non" in whys


PERSON = (
    "dossier: un\ndate: 2024-06-01\npersonnes:\n  {0}: {{naissance: {1}, sejour: [], ressources: [{{montant: {2}}}]}}\n"
)
BOB = PERSON.format("bob", "1990-01-01", "450.00")
ADA = PERSON.format("ada", "2007-01-01", "550.00")
SIXTEEN = """\
%% La majorité à seize ans

regle(seize_ans, code_exemple("1"), "2024-01-01", #sup).
remplace(seize_ans, majorite).
phrase(seize_ans, "{Personne} a {Annees} ans").

majeur(Personne) :-
    en_vigueur(seize_ans),
    naissance(Personne, Naissance),
    date(Jour),
    Annees = @age(Naissance, Jour),
    Annees >= 16.
"""


@pytest.fixture
def small(tmp_path):
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    reform(tmp_path, "seize", date="2024-01-01", regles=SIXTEEN)
    reform(tmp_path, "hausse", "multiplie: {plafond: 2}\n", date="2024-01-01")
    reform(tmp_path, "baisse", "multiplie: {plafond: 1/2}\n", date="2024-01-01")
    reform(tmp_path, "fin", "abroge: [aide_droit]\n", date="2024-01-01")
    reform(tmp_path, "large", "abroge: [aide_large]\n", date="2024-01-01")
    return tmp_path


def aid(folder: Path, before: str, after: str, text: str) -> list[str]:
    """Return what is named as the cause of the change of the aid of one person."""
    pair = side_by_side(read_state(before, folder), read_state(after, folder))
    found = compare(pair, [dossier(text, pair.law)], date="2024-06-01", processes=1)
    return causes(found).get(("aide", "statut"), ["rien ne change"])


def test_two_changes_that_a_right_needs_both_are_both_named(small):
    assert aid(small, "base", "reforme:seize", ADA) == ["rien ne change"]
    assert aid(small, "base", "reforme:hausse", ADA) == ["rien ne change"]
    both = ["montant:plafond", "regle:seize_ans"]
    assert aid(small, "base", "reforme:seize+hausse", ADA) == both
    assert aid(small, "reforme:seize+hausse", "base", ADA) == both, "the way back too"


def test_two_changes_that_each_take_a_right_are_both_named(small):
    assert aid(small, "base", "reforme:fin", BOB) == ["regle:aide_droit"]
    assert aid(small, "base", "reforme:baisse", BOB) == ["montant:plafond"]
    assert aid(small, "base", "reforme:fin+baisse", BOB) == ["montant:plafond", "regle:aide_droit"]
    assert aid(small, "reforme:fin+baisse", "base", BOB) == ["montant:plafond", "regle:aide_droit"]


def test_a_change_beside_the_one_that_takes_a_right_is_not_named(small):
    assert aid(small, "base", "reforme:fin+large+seize", BOB) == ["regle:aide_droit"]
    assert aid(small, "reforme:fin+large+seize", "base", BOB) == ["regle:aide_droit"]


def test_between_two_days_of_the_law_only_what_makes_the_difference_is_named(small):
    """From before the reforms to after: the ceiling falls and the age too, and only the ceiling takes the aid."""
    file = small / "facts" / "parametres" / "plafonds.yaml"
    line = '    - {du: 2024-01-01, valeur: 250.00, source: "arrêté", verifie_le: 2026-11-22}\n'
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + line, encoding="utf-8")
    rules = small / "rules" / "aide" / "droit.lp"
    text = rules.read_text(encoding="utf-8").replace(
        'majorite, code_exemple("1"), "2016-01-01", #sup', 'majorite, code_exemple("1"), "2016-01-01", "2024-01-01"'
    )
    rules.write_text(text + "\n" + SIXTEEN, encoding="utf-8")
    for one, other in (("2023-12-31", "2024-01-01"), ("2024-01-01", "2023-12-31")):
        assert aid(small, f"droit:{one}", f"droit:{other}", BOB) == ["montant:plafond"]


def test_the_reason_of_a_right_that_an_ended_rule_gave_is_that_it_has_ended():
    """Salma, dependent adult of 2015: the rule that kept her right ended with 2019."""
    pair = side_by_side(read_state("droit:2019-12-31", ROOT), read_state("droit:2020-01-01", ROOT))
    read = read_all(pair.law, [ROOT / "tests/dossiers/puma/ayant_droit_2015_dernier_jour.yaml"])
    [found] = compare(pair, read, processes=1).changements
    [lost] = [each for each in found.changements if each.droit == "puma"]
    assert lost.causes == ["regle:puma_ayant_droit_majeur"]
    assert lost.pourquoi == "plus en vigueur depuis le 1er janvier 2020"


def test_what_another_reading_keeps_is_told_beside_what_takes_the_right_by_default():
    """Zahra, adult, had asked for asylum the day before: lost by default, kept by the reading of a transition."""
    pair = side_by_side(read_state("droit:2019-12-31", ROOT), read_state("droit:2020-01-01", ROOT))
    read = read_all(pair.law, [ROOT / "tests/dossiers/puma/asile_enregistre_31_decembre.yaml"])
    [found] = compare(pair, read, processes=1).changements
    [lost] = [each for each in found.changements if each.droit == "puma" and each.aspect == "statut"]
    assert lost.causes == ["regle:puma_dispense_asile_mineur", "regle:puma_dispense_asile_transition"]
