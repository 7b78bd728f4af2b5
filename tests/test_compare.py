"""What changes between two states of the law, for whom, and because of which rule, amount or list."""

from __future__ import annotations

import re
import shutil
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest
from cases import DOSSIERS, ROOT, dossier
from click.testing import CliRunner

from pycoverage.cli import main
from pycoverage.comparisons import corpus
from pycoverage.comparisons.comparison import Change, Comparison
from pycoverage.comparisons.corpus import compare, read_all
from pycoverage.comparisons.novelty import Novelty
from pycoverage.comparisons.output import written
from pycoverage.finding import InputError
from pycoverage.schema import output_schema
from pycoverage.states.state import Pair, read_state, side_by_side

EXAMPLES = ROOT / "examples"
SMALL = Path(__file__).parent / "checks" / "base"
TOURISTS = [EXAMPLES / "touriste_jour_reforme.yaml", EXAMPLES / "touriste_veille_reforme.yaml"]
STATUSES = {"gagne", "perd", "a_preciser", "conteste", "plus_conteste", "conteste_autrement"}


@cache
def pair_of(before: str, after: str) -> Pair:
    return side_by_side(read_state(before, ROOT), read_state(after, ROOT))


@cache
def compared(before: str, after: str, *names: str) -> Comparison:
    """Compare two states over dossiers of the project, named as `ame/k036` or `examples/amina`."""
    pair = pair_of(before, after)
    paths = [
        ROOT / f"{name}.yaml" if name.startswith("examples/") else ROOT / "tests" / "dossiers" / f"{name}.yaml"
        for name in names
    ]
    return compare(pair, read_all(pair.law, paths), processes=1)


def changes(found: Comparison, *natures: str) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """Return who, which right, what, because of what."""
    return {
        (change.personne, change.droit, change.nature, tuple(change.causes))
        for each in found.changements
        for change in each.changements
        if change.nature in (natures or STATUSES)
    }


def told(found: Comparison, right: str, aspect: str = "statut") -> Change:
    [change] = [
        change
        for each in found.changements
        for change in each.changements
        if (change.droit, change.aspect) == (right, aspect)
    ]
    return change


def test_on_30_december_2019_a_tourist_of_four_months_loses_the_ame():
    """By default; the rule that a reading keeps, and by which she would not lose it, is named beside."""
    found = compared("droit:2019-12-29", "droit:2019-12-30", "examples/touriste_jour_reforme")
    causes = ("regle:ame_irregularite_trois_mois", "regle:ame_residence_trois_mois_tolere")
    assert changes(found, "gagne", "perd") == {("carmen", "ame", "perd", causes)}
    change = told(found, "ame")
    assert (change.avant, change.apres) == (["oui"], ["conteste", "non"])
    assert "n'est pas après le 29 février 2020" in change.pourquoi
    [cause] = [each for each in found.causes if each.nom == "ame_irregularite_trois_mois"]
    assert cause.source.replace("\u00a0", " ").startswith("art. L. 251-1 du code de l'action sociale")
    assert cause.etat == "en vigueur depuis le 30 décembre 2019, remplace ame_residence_trois_mois"


def test_the_way_back_gives_what_was_lost():
    found = compared("droit:2019-12-30", "droit:2019-12-29", "examples/touriste_jour_reforme")
    assert changes(found, "gagne", "perd") == {("carmen", "ame", "gagne", ("regle:ame_irregularite_trois_mois",))}


def test_on_1_november_2019_the_cmuc_becomes_the_free_complementaire():
    found = compared("droit:2019-10-31", "droit:2019-11-01", "examples/allocataire_rsa")
    assert changes(found, "gagne", "perd") == {
        (person, right, nature, (f"regle:{cause}",))
        for person in ("valerie", "manon")
        for right, nature, cause in (("cmuc", "perd", "cmuc_droit"), ("c2s_gratuite", "gagne", "c2s_gratuite_droit"))
    }


def test_on_1_january_2021_some_care_of_the_ame_waits_nine_months():
    found = compared("droit:2020-12-31", "droit:2021-01-01", "ame/carence_avant_2021")
    assert changes(found) == set(), "nobody gains or loses a right"
    care = told(found, "ame", "couverture")
    assert care.causes == ["liste:differe_ame", "liste:panier_ame", "regle:ame_soins_differes"]
    assert "prothese_genou apres_delai" in care.apres
    assert "prothese_genou apres_delai" not in care.avant
    assert told(found, "ame", "echeance").causes == ["regle:ame_anciennete", "regle:ame_fin_attente"]


def test_on_1_january_2020_the_appeal_goes_to_another_court():
    found = compared("droit:2019-12-31", "droit:2020-01-01", "puma/maintien_2017_decision")
    change = told(found, "puma", "voie_recours")
    assert (change.nature, change.causes) == ("rubrique", ["regle:recours_tribunal_judiciaire"])
    assert "tribunal judiciaire" in change.texte


def test_a_higher_ceiling_makes_the_complementaire_free_for_some():
    found = compared("base", "reforme:plafond_plus_dix_pour_cent", "examples/europeen_salarie", "examples/amina")
    ceiling = ("montant:plafond_c2s",)
    assert changes(found) == {
        ("joao", "c2s_gratuite", "gagne", ceiling),
        ("joao", "c2s_participation", "perd", ceiling),
    }
    assert "463,10" in told(found, "c2s_gratuite").pourquoi, "by how much the resources are now under the ceiling"
    [cause] = found.causes
    assert cause.etat.replace("\u00a0", " ") == "10 421,00 € → 11 463,10 €"
    assert found.date == "2026-04-01"


def test_a_new_article_that_changes_no_answer_changes_the_reason():
    found = compared("droit:2019-12-29", "droit:2019-12-30", "examples/allocataire_rsa")
    assert changes(found) == set()
    reasons = changes(found, "motif")
    assert {causes for _, _, _, causes in reasons} == {("regle:ame_irregularite_trois_mois",)}


def test_the_same_state_twice_changes_nothing():
    found = compared("droit:2019-12-30", "droit:2019-12-30", *(f"examples/{path.stem}" for path in TOURISTS))
    assert found.changements == []
    assert found.dossiers == 2


def test_without_a_common_day_each_dossier_stands_on_its_own():
    found = compared("droit:2019-12-29", "base", "examples/touriste_jour_reforme", "examples/touriste_veille_reforme")
    assert found.date == ""
    assert {(each.dossier, each.date) for each in found.changements} == {("touriste_jour_reforme", "2019-12-30")}


def test_a_right_contested_in_both_states_is_won_where_the_usual_reading_now_gives_it():
    household = (
        "dossier: fils\ndate: 2025-02-16\npersonnes:\n"
        "  ugo: {naissance: 2007-01-01, nationalite: IT, arrivee: 2021-01-01, sejour: [], parents: [rita],"
        " ressources: [{nature: autre, montant: 10166.01, par: an, du: 1900-01-01}]}\n"
        "  rita: {naissance: 1980-01-01, nationalite: FR, arrivee: 1980-01-01, ressources: []}\n"
    )
    pair = pair_of("base", "reforme:ame_ressources_foyer")
    found = compare(pair, [dossier(household, pair.law)], right="ame", processes=1)
    [change] = [each for each in found.changements[0].changements if each.nature != "motif"]
    assert (change.personne, change.nature) == ("ugo", "gagne")
    assert change.texte == "AME : contesté (par défaut : non) → contesté (par défaut : oui)"


@pytest.mark.parametrize(
    ("before", "after", "nature", "said", "column"),
    [
        (
            "12-29",
            "12-30",
            "plus_conteste",
            "1 réponse qui n'est plus contestée",
            "réponses qui ne sont plus contestées",
        ),
        ("12-30", "12-29", "conteste", "1 réponse devenue contestée", "réponses devenues contestées"),
    ],
)
def test_a_doubt_that_disappears_is_not_counted_as_one_that_appears(before, after, nature, said, column):
    """The urgent care of a tourist, contested as long as the AME was hers, is no longer so."""
    states = (f"droit:2019-{before}", f"droit:2019-{after}")
    found = compared(*states, "examples/touriste_jour_reforme")
    assert told(found, "dsuv").nature == nature
    text, markdown, page = (
        written(found, pair_of(*states).law.base, form, []).replace("\u00a0", " ").replace("&#x27;", "'")
        for form in ("text", "markdown", "html")
    )
    assert re.search(rf"^  soins urgents +{said}", text, flags=re.M)
    assert f"| {column} |" in markdown
    assert f'<th scope="col">{column}</th>' in page


def test_what_a_list_gains_and_what_it_loses_are_told_apart():
    found = compared("droit:2019-12-29", "droit:2019-12-30", "examples/couple_mixte")
    [cause] = [each for each in found.causes if each.nom == "premiere_demande_ame"]
    assert cause.etat.replace("\u00a0", " ") == "3 éléments en moins, 1 élément en plus"
    gone, new = cause.texte.replace("\u00a0", " ").split(" ; + ")
    assert gone.startswith(
        "− une première demande d'AME ne peut pas être déposée ainsi : par l'intermédiaire d'une asso"
    )
    assert new == "une première demande d'AME peut être déposée ainsi : à l'établissement de santé qui soigne"
    back = compared("droit:2019-12-30", "droit:2019-12-29", "examples/couple_mixte")
    [cause] = [each for each in back.causes if each.nom == "premiere_demande_ame"]
    assert cause.etat.replace("\u00a0", " ") == "1 élément en moins, 3 éléments en plus"


@pytest.mark.parametrize(("date", "warned"), [("2026-03-31", True), ("2026-04-01", False)])
def test_the_day_before_a_reform_the_comparison_says_that_it_is_not_in_force(date, warned):
    pair = pair_of("base", "reforme:plafond_plus_dix_pour_cent")
    found = compare(pair, read_all(pair.law, [EXAMPLES / "amina.yaml"]), date=date, processes=1)
    said = "n'est pas encore en vigueur : cette réforme ne change rien avant le 1er avril 2026."
    assert [text.replace("\u00a0", " ").endswith(said) for text in found.avertissements] == [True] * warned
    for form in ("text", "json", "markdown", "html"):
        told = written(found, pair.law.base, form, []).replace("\u00a0", " ").replace("&#x27;", "'")
        assert (said in told) == warned, form


def test_persons_not_born_that_day_are_told_apart():
    born = "dossier: {0}\ndate: 2022-06-01\npersonnes: {{zoe: {{naissance: {1}, nationalite: FR}}}}\n"
    pair = pair_of("droit:2019-12-29", "droit:2019-12-30")
    dossiers = [
        dossier(born.format("avant", "2019-12-30"), pair.law),
        dossier(born.format("apres", "2019-12-31"), pair.law),
    ]
    dossiers = [msgspec.structs.replace(each, file=f"{each.name}.yaml") for each in dossiers]
    found = compare(pair, dossiers, processes=1)
    assert found.dossiers == 1
    assert [(each.fichier, each.raison) for each in found.ecartes] == [
        ("apres.yaml", "ce jour-là, aucune de ses personnes n'est encore née ou arrivée")
    ]


def test_a_dossier_that_contradicts_itself_is_told_apart_and_hides_no_other():
    wrong = (
        "dossier: faux\ndate: 2022-06-01\npersonnes: {zoe: {naissance: 1990-01-01, nationalite: FR, parents: [zoe]}}\n"
    )
    pair = pair_of("droit:2019-12-29", "droit:2019-12-30")
    found = compare(pair, [dossier(wrong, pair.law), *read_all(pair.law, TOURISTS)], processes=1)
    assert found.dossiers == 2
    [apart] = found.ecartes
    assert "se contredit" in apart.raison


@pytest.mark.parametrize(
    ("before", "after", "date"),
    [
        ("droit:2019-12-29", "droit:2019-12-30", None),
        ("droit:2020-12-31", "droit:2021-01-01", "2022-06-01"),
        ("base", "reforme:plafond_plus_dix_pour_cent", None),
    ],
)
def test_what_is_left_unproved_would_have_told_nothing_more(monkeypatch, before, after, date):
    """Only what may differ is proved, and only once what may not: proving all in both states finds the same."""

    class Everything(frozenset):
        def __contains__(self, _key: object) -> bool:
            return True

    pair = pair_of(before, after)
    dossiers = read_all(pair.law, DOSSIERS[::40])
    short = compare(pair, dossiers, date=date, processes=1)
    monkeypatch.setattr(Novelty, "touched", lambda _self: Everything({("droit", "ame")}))
    assert compare(pair, dossiers, date=date, processes=1) == short
    assert all(change.causes for each in short.changements for change in each.changements), "each has its cause"


def test_two_processes_say_the_same_as_one(monkeypatch):
    monkeypatch.setattr(corpus, "PART", 3)
    pair = pair_of("droit:2019-12-29", "droit:2019-12-30")
    dossiers = read_all(pair.law, DOSSIERS[:10])
    assert compare(pair, dossiers, processes=2) == compare(pair, dossiers, processes=1)


MAJORITY = "Annees >= 18"


def small_base(folder: Path) -> Path:
    shutil.copytree(SMALL, folder)
    (folder / "examples").mkdir()
    text = "dossier: {0}\ndate: 2024-06-01\npersonnes:\n  {0}: {{naissance: {1}, sejour: [], ressources: []}}\n"
    for name, day in (("ada", "2007-01-01"), ("bob", "1990-01-01")):
        (folder / "examples" / f"{name}.yaml").write_text(text.format(name, day), encoding="utf-8")
    return folder


def rewrite(base: Path, old: str, new: str) -> None:
    path = base / "rules" / "aide" / "droit.lp"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_rewritten_rule_is_named_as_its_files_write_it(tmp_path):
    before, after = small_base(tmp_path / "avant"), small_base(tmp_path / "apres")
    rewrite(after, MAJORITY, "Annees >= 16")
    pair = side_by_side(read_state(str(before), ROOT), read_state(str(after), ROOT))
    found = compare(pair, read_all(pair.law, sorted((before / "examples").glob("*.yaml"))), processes=1)
    assert changes(found) == {("ada", "aide", "gagne", ("regle:majorite",))}
    state = "réécrite : sans « Annees >= 18 », avec « Annees >= 16 »"
    assert [(cause.nom, cause.etat) for cause in found.causes] == [("majorite", state)]
    assert changes(found, "motif") == {("bob", "aide", "motif", ("regle:majorite",))}
    assert found.groupes[0].exemple.changement.pourquoi == "Ada a 17 ans"


def test_a_technical_rule_that_changes_is_a_cause_too(tmp_path):
    before, after = small_base(tmp_path / "avant"), small_base(tmp_path / "apres")
    rewrite(after, "    personne(Personne),\n", "    isole(Personne, oui),\n")
    pair = side_by_side(read_state(str(before), ROOT), read_state(str(after), ROOT))
    found = compare(pair, read_all(pair.law, [before / "examples" / "bob.yaml"]), processes=1)
    [(person, right, nature, causes)] = changes(found)
    assert (person, right, nature) == ("bob", "aide", "perd")
    assert [cause.partition(":")[0] for cause in causes] == ["technique"]


TWO_YEARS = """\
plafond:
  nom: plafond de l'aide
  type: montant
  source: code_exemple("2")
  valeurs:
    - {{du: 2016-01-01, valeur: {0}.00, source: "arrêté", verifie_le: 2026-11-22}}
    - {{du: 2025-01-01, valeur: {1}.00, source: "arrêté", verifie_le: 2026-11-22}}
"""


@pytest.mark.parametrize(
    ("values", "date", "told"),
    [
        ((400, 700), "2024-12-31", "500,00 € → 400,00 €"),
        ((400, 600), "2024-12-31", "500,00 € → 400,00 €"),
        ((400, 600), None, "700,00 € → 600,00 €"),
        ((400, 700), None, "500,00 € → 400,00 €, au 1er janvier 2016"),
    ],
)
def test_a_changed_amount_is_told_as_it_is_on_the_day_examined_or_on_the_last_where_it_differs(
    tmp_path, values, date, told
):
    before, after = small_base(tmp_path / "avant"), small_base(tmp_path / "apres")
    for base, amounts in ((before, (500, 700)), (after, values)):
        (base / "facts" / "parametres" / "plafonds.yaml").write_text(TWO_YEARS.format(*amounts), encoding="utf-8")
    bob = before / "examples" / "bob.yaml"
    bob.write_text(bob.read_text(encoding="utf-8").replace("ressources: []", "ressources: [{montant: 450.00}]"))
    pair = side_by_side(read_state(str(before), ROOT), read_state(str(after), ROOT))
    found = compare(pair, read_all(pair.law, [bob]), date=date, processes=1)
    assert changes(found) == {("bob", "aide", "perd", ("montant:plafond",))}
    assert [cause.etat.replace("\u00a0", " ") for cause in found.causes] == [told]


def run(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_command_exits_with_1_only_when_asked_to_fail():
    assert run("compare", "droit:2019-12-29", "droit:2019-12-30", *TOURISTS).exit_code == 0
    assert run("compare", "droit:2019-12-29", "droit:2019-12-30", *TOURISTS, "--fail").exit_code == 1
    assert run("compare", "droit:2019-12-29", "droit:2019-12-29", *TOURISTS, "--fail").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["droit:2019-12-29", "hier"], "hier"),
        (["droit:2015-12-31", "base"], "la base commence le 2016-01-01"),
        (["droit:2019-12-29", "base", "absent.yaml"], "absent.yaml"),
        (["droit:2019-12-29", "base", TOURISTS[0], "--right", "amee"], "amee"),
        (["droit:2019-12-29", "base", TOURISTS[0], "--date", "2019-02-30"], "2019-02-30"),
        (["droit:2019-12-29", "base", TOURISTS[0], "--date", "2012-02-03"], "2012-02-03"),
        (["droit:2019-12-29", "base", TOURISTS[0], "--lecture", "nulle=part"], "nulle"),
    ],
)
def test_bad_input_is_refused_with_its_own_words(arguments, said):
    done = run("compare", *arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_one_right_alone_may_be_compared():
    pair = pair_of("droit:2019-12-29", "droit:2019-12-30")
    found = compare(pair, read_all(pair.law, TOURISTS), right="pass", processes=1)
    assert list(found.droits) == ["pass"]


WHOLE = ("examples/touriste_jour_reforme", "examples/couple_mixte", "examples/mayotte", "examples/amina")


def form(name: str) -> str:
    found = compared("droit:2019-12-29", "droit:2019-12-30", *WHOLE)
    files = [str(ROOT / f"{each}.yaml") for each in WHOLE]
    return written(found, pair_of("droit:2019-12-29", "droit:2019-12-30").law.base, name, files)


def test_the_json_is_what_its_schema_says():
    told = msgspec.json.decode(form("json"))
    jsonschema.validate(told, output_schema("compare"))
    assert told["version"] == 1
    assert msgspec.json.decode(form("json"), type=Comparison) == compared(
        "droit:2019-12-29", "droit:2019-12-30", *WHOLE
    )


def test_the_text_names_who_loses_and_why():
    text = form("text").replace("\u00a0", " ")
    assert "− Carmen, AME : oui → contesté (par défaut : non)" in text
    assert "§ ame_irregularite_trois_mois (en vigueur depuis le 30 décembre 2019" in text
    assert re.search(r"^  AME +1 droit perdu, ", text, flags=re.M)


def test_the_xml_counts_one_test_per_dossier():
    root = ElementTree.fromstring(form("junit").encode())
    cases = list(root.iter("testcase"))
    apart = compared("droit:2019-12-29", "droit:2019-12-30", *WHOLE).ecartes
    assert len(cases) == len(WHOLE) == int(root.get("tests"))
    assert len(list(root.iter("skipped"))) == len(apart) == int(root.get("skipped"))
    assert len(list(root.iter("failure"))) == int(root.get("failures")) > 0
    [failure] = [c.find("failure") for c in cases if c.get("name") == "touriste_jour_reforme.yaml"]
    assert failure.get("message").startswith("− Carmen, AME")


def test_a_right_that_no_longer_exists_is_told_in_the_same_words_everywhere():
    """Refused before as after: in the text the reason alone, in the XML and the JSON with what changes of it."""
    found = compared("droit:2019-10-31", "droit:2019-11-01", "examples/couple_mixte")
    pair = pair_of("droit:2019-10-31", "droit:2019-11-01")
    xml = written(found, pair.law.base, "junit", [str(ROOT / "examples" / "couple_mixte.yaml")])
    assert "~ Kadiatou, ACS : non → non (n'existe pas ce jour-là) (motif seul)" in xml
    assert "~ Kadiatou, C2S gratuite : non (n'existe pas ce jour-là) → non (motif seul)" in xml
    assert "hors_periode" not in xml
    texts = [change.texte for each in found.changements for change in each.changements]
    assert not any("hors_periode" in text for text in texts)


class Page(HTMLParser):
    """Reads a page strictly: every element that opens closes in order."""

    EMPTY = ("meta", "br", "link", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_is_read_without_seeing_it():
    page = Page()
    page.feed(form("html"))
    assert page.open == []
    tags = [tag for tag, _ in page.seen]
    assert tags.count("h1") == 1
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert all(not (attributes.get("href") or "#").startswith("http") for _, attributes in page.seen)
    assert ("html", {"lang": "fr"}) in page.seen
    assert all("scope" in attributes for tag, attributes in page.seen if tag == "th")
    assert tags.count("caption") == tags.count("table") > 0
    headings = [int(tag[1]) for tag in tags if re.fullmatch(r"h\d", tag)]
    assert all(after - before <= 1 for before, after in pairwise(headings))
    [picture] = [attributes for tag, attributes in page.seen if tag == "svg"]
    assert picture["role"] == "img"
    ids = {attributes["id"] for _, attributes in page.seen if "id" in attributes}
    assert set(picture["aria-labelledby"].split()) <= ids
    assert {attributes["href"][1:] for tag, attributes in page.seen if tag == "a"} <= ids
    assert "@media print" in form("html")


def test_the_picture_says_in_words_what_its_bars_show():
    text = form("html")
    assert "AME : 0 gagné, 1 perdu" in text.replace("\u00a0", " ")
    assert re.search(r"<text[^>]*>1.perdu</text>", text)


def test_the_comment_holds_a_table_of_rights():
    text = form("markdown").replace("\u00a0", " ")
    assert re.search(r"^\| AME \| .*\b1\b", text, flags=re.M)
    assert "`−` Carmen, AME : oui → contesté" in text
    assert text.count("<details>") == text.count("</details>") > 0


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_a_change_whose_cause_is_not_found_says_so(name):
    found = compared("droit:2019-12-29", "droit:2019-12-30", *WHOLE)
    assert "cause non trouvée" not in form(name)
    unknown = [msgspec.structs.replace(each, causes=[]) for each in found.groupes]
    base = pair_of("droit:2019-12-29", "droit:2019-12-30").law.base
    bare = [
        msgspec.structs.replace(each, changements=[msgspec.structs.replace(one, causes=[]) for one in each.changements])
        for each in found.changements
    ]
    told = written(msgspec.structs.replace(found, groupes=unknown, changements=bare), base, name, [])
    assert told.count("cause non trouvée") == len(unknown)


@pytest.mark.parametrize("name", ["text", "json", "markdown", "html", "junit"])
def test_the_same_comparison_gives_the_same_bytes(name):
    assert form(name) == form(name)
    assert form(name).endswith("\n")


def test_a_written_report_replaces_nothing_when_a_state_is_wrong(tmp_path):
    output = tmp_path / "rapport.html"
    output.write_text("ancien", encoding="utf-8")
    assert run("compare", "droit:2019-12-29", "hier", TOURISTS[0], "-o", output).exit_code == 2
    assert output.read_text(encoding="utf-8") == "ancien"


def test_a_report_never_replaces_a_dossier(tmp_path):
    path = tmp_path / "carmen.yaml"
    shutil.copy(TOURISTS[0], path)
    before = path.read_bytes()
    assert run("compare", "droit:2019-12-29", "droit:2019-12-30", path, "-o", path).exit_code == 2
    assert path.read_bytes() == before


def test_every_wrong_dossier_is_told_at_once(tmp_path):
    for name in ("un", "deux"):
        (tmp_path / f"{name}.yaml").write_text(f"dossier: {name}\npersonnes: {{a: {{naisance: 1990-01-01}}}}\n")
    with pytest.raises(InputError) as error:
        read_all(pair_of("droit:2019-12-29", "droit:2019-12-30").law, sorted(tmp_path.glob("*.yaml")))
    assert {Path(finding.place.file).stem for finding in error.value.findings} == {"un", "deux"}


def test_the_readme_shows_what_the_comparison_says():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    part = page[page.index("## Ce qu'une réforme change") : page.index("## Le chemin d'un relecteur")]
    found = re.findall(r"^```(?:sh|text)\n(.*?)^```", part, flags=re.M | re.S)
    for command, shown in zip(found[::2], found[1::2], strict=True):
        done = run(*[str(ROOT / word) if word == "examples" else word for word in command.split()[1:]])
        said = done.output.replace("\u00a0", " ").replace(f"{ROOT}/", "")
        assert [line for line in shown.splitlines() if line.replace("\u00a0", " ") not in said] == []
