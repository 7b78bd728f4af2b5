"""A letter says what the proof says, all of it, and nothing else; what is not proved gives no letter."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from functools import cache
from pathlib import Path

import msgspec
import pytest
from cases import ROOT, dossier, the_law
from click.testing import CliRunner
from docx import Document

from pycoverage.assessment import assess
from pycoverage.cli import main
from pycoverage.completion import fill
from pycoverage.document import parse
from pycoverage.dossier import Dossier, read_dossier
from pycoverage.finding import InputError, Place
from pycoverage.letters.composition import compose
from pycoverage.letters.enclosure import Enclosures
from pycoverage.letters.identity import Identity, check_identity
from pycoverage.letters.letter import Letter
from pycoverage.letters.objection import Objection
from pycoverage.letters.pen import Pen
from pycoverage.letters.printing import printed
from pycoverage.letters.stationery import Stationery, fits, pared, plain, read_stationery
from pycoverage.proof import Applied, Denied, ParameterLeaf, Stated, Summed
from pycoverage.refusals.refusal import examine_in, refusals
from pycoverage.sentence import Writer
from pycoverage.stated import Line
from pycoverage.stated import Stated as Stating
from pycoverage.value import NON, Bound, Fun

EXAMINED = ROOT / "tests" / "dossiers" / "recours" / "examen"
SNAPSHOTS = Path(__file__).parent / "letters"

REVIEWED = {
    "ame_arrivee": "recours_gracieux",
    "ame_gracieux_forme": "tribunal_administratif",
    "puma_titre_ignore_2018": "commission_recours_amiable",
    "c2s_commission_rejette": "tribunal_judiciaire",
    "puma_silence": "commission_recours_amiable",
    "puma_ferme_trop_tot": "commission_recours_amiable",
}
"""Letters read line by line, as the caseworker and the judge who receive them: one per body, silence, kept rights."""

ARGUED = (*REVIEWED, "ame_enfant_oublie", "ame_piece_par_mois", "c2s_mutuelle", "puma_mineur_trois_mois")

IDENTITY = """
personnes: {amina: {nom: Madame Amina Diriye, appellation: Mme Diriye, accord: feminin}}
expediteur: {adresse: [12 rue des Lilas, 94000 Créteil], naissance: 1990-03-02, numero: 118}
conseil: Association Accueil
destinataire: {nom: CPAM du Val-de-Marne, adresse: [94031 Créteil cedex]}
lieu: Créteil
"""


@cache
def stationery() -> Stationery:
    found, findings = read_stationery(ROOT)
    assert findings == []
    return found


def contested(found: Dossier, identity: Identity | None = None) -> Letter | Objection:
    """Return the letter against the only refusal of a dossier, or why there is none."""
    current = assess(the_law(), found)
    [(person, right)] = refusals(current)
    return compose(examine_in(current, person, right), stationery(), identity=identity)


@cache
def outcome(name: str) -> Letter | Objection:
    """Return what a dossier of a refusal gives, without identity."""
    return contested(read_dossier(EXAMINED / f"{name}.yaml", the_law().base))


def letter(name: str) -> Letter:
    found = outcome(name)
    assert isinstance(found, Letter), found
    return found


def amina(identity: str) -> Letter:
    found = contested(
        read_dossier(EXAMINED / "ame_arrivee.yaml", the_law().base),
        check_identity(parse(identity.encode(), name="identite.yaml"), ["amina"]),
    )
    assert isinstance(found, Letter)
    return found


def paragraphs(data: bytes) -> list[str]:
    """Return the paragraphs of a Word document, with ordinary spaces."""
    return [text for paragraph in Document(io.BytesIO(data)).paragraphs if (text := plain(paragraph.text))]


def appeal(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["--base", str(ROOT), "appeal", *arguments])
    return done.exit_code, done.stdout, done.stderr


# Every sentence comes from the proof, from the decision, or from the list of what the model says.


@pytest.mark.parametrize("name", ARGUED)
def test_every_paragraph_is_proved_or_listed(name):
    found = letter(name)
    proved = {plain(said.texte) for said in found.sentences}
    content = found.content
    listed = [phrase.dit for phrase in (*found.model.phrases, *stationery().commun)]
    own = {*map(plain, (*content["pieces"], *content["textes"]))}
    marks = {"[nom et prénom]", "[adresse]", "[nom du représentant légal]", found.model.destinataire}
    unaccounted = [
        text
        for text in paragraphs(printed(found, "docx"))
        if text not in proved | own | marks and not any(fits(phrase, text) for phrase in listed)
    ]
    assert unaccounted == []


@pytest.mark.parametrize("name", ARGUED)
def test_every_proved_sentence_is_the_sentence_of_its_node(name):
    found = letter(name)
    provers = {"droit": found.plea.prover, "demarche": found.plea.examined.current_prover}
    names = {key: f"[{name[:1].upper()}{name[1:]}]" for key, name in found.plea.assessment.dossier.persons.items()}
    writer = Writer(the_law(), names)
    for said in found.sentences:
        if said.preuve == "decision":
            assert found.content["motif"], "only a ground is quoted"
            continue
        node = provers[said.preuve].nodes[said.node]
        assert node is not None
        if isinstance(node, Applied):
            own = plain(own_words(found, writer, node)).replace("[[", "[").replace("]]", "]")
            assert own.lower() in plain(said.texte).lower(), said
            assert writer.legal_source(node.rule, node.jour).replace("\u00a0", " ") in plain(said.texte)


@pytest.mark.parametrize("name", ARGUED)
@pytest.mark.parametrize("kind", ["droit", "demarche"])
def test_no_premise_of_the_decisive_proof_is_dropped(name, kind):
    """Each legal conclusion, each negation with a sentence, each fact and each amount of the proof is in the letter.

    The procedure (`demarche`) leaves the right itself to the discussion.
    """
    found = letter(name)
    plea, base = found.plea, the_law().base
    prover = plea.prover if kind == "droit" else plea.examined.current_prover
    told = plain(" ".join(said.texte for said in found.sentences)).lower()
    facts = {
        (node.fact.name, node.fact.args)
        for said in found.sentences
        if said.preuve != "decision"
        for node in [(plea.prover if said.preuve == "droit" else plea.examined.current_prover).nodes[said.node]]
        if isinstance(node, Stated)
    }
    writer = Writer(the_law(), {key: f"[{name[:1].upper()}{name[1:]}]" for key, name in plea_persons(found).items()})
    dropped, seen = [], set()
    stack = [plea.root] if kind == "droit" else list(plea.way.roots)
    while stack:
        number = stack.pop()
        node = prover.nodes[number]
        if number in seen or (kind == "demarche" and getattr(node, "name", "") == "droit"):
            continue
        seen.add(number)
        if isinstance(node, Applied):
            if base.rules[node.rule].guard and plain(own_words(found, writer, node)).lower() not in told:
                dropped.append(writer.node(node))
            stack += node.premises
        elif isinstance(node, Summed) and node.function in ("sum", "count"):
            stack += [child for contribution in node.contributions for child in contribution.premises]
        elif isinstance(node, Denied) and node.name in {*base.notions} - stationery().omises:
            dropped += [] if plain(writer.node(node)).lower() in told else [writer.node(node)]
        elif isinstance(node, Stated) and (node.fact.name, node.fact.args) not in facts:
            dropped += [] if says_nothing(node) else [writer.fact(node.fact)]
        elif isinstance(node, ParameterLeaf) and node.amount:
            amount = writer.value(node.amount.value, base.parameters[node.name].type)
            dropped += [] if plain(amount).lower() in told else [writer.node(node)]
    assert seen
    assert dropped == []


def own_words(found: Letter, writer: Writer, node: Applied) -> str:
    """The sentence of a rule, or the one that letters have for it in its place."""
    if the_law().base.rules[node.rule].guard not in stationery().regles:
        return writer.node(node)
    return Pen(the_law(), plea_persons(found), stationery(), Identity(), node.jour).node(node)


def test_letters_keep_silent_only_what_is_listed():
    """What letters leave out is told here whole: a longer list is read again."""
    assert stationery().omises == {
        "jour_ferie",
        "defavorable",
        "delai_inopposable",
        "trois_mois_seulement",
        "adresse_suffisante",
        "sejour_regulier",
    }
    pared_rules = {rule for rule, phrase in stationery().regles.items() if "[" in phrase}
    assert pared_rules == {"delai_proroge", "delai_franc_proroge", "ressources_du_foyer"}


def test_a_part_of_a_sentence_is_left_out_when_it_says_nothing():
    phrase = "au {A}[, et au {B}][, moins {C} et {D}][, soit {E}]"
    assert pared(phrase, {"A": 5, "B": 5, "C": 0, "D": 0, "E": 5}) == "au {A}"
    assert pared(phrase, {"A": 5, "B": 6, "C": 0, "D": 2, "E": 3}) == "au {A}, et au {B}, moins {C} et {D}, soit {E}"


def test_no_income_is_a_fact_with_its_exhibit():
    facts = [plain(text) for text in letter("ame_arrivee").content["faits"]]
    assert any(re.match(r"\[Amina\] n'a perçu aucune ressource .*\(pièce n° \d\)\.", text) for text in facts)
    assert not any("aucune ressource" in plain(text) for text in letter("c2s_commission_rejette").content["faits"])


def test_de_is_elided_before_a_name_in_brackets():
    text = " ".join(said.texte for said in letter("ame_arrivee").sentences)
    assert "d'[Amina]" in text
    assert "de [Amina]" not in text


def plea_persons(found: Letter) -> dict[str, str]:
    return found.plea.assessment.dossier.persons


def says_nothing(node: Stated) -> bool:
    """A date left open: the departure of who has not left."""
    return any(isinstance(arg, Bound) for arg in node.fact.args) and all(
        isinstance(arg, Bound | Fun) for arg in node.fact.args
    )


def test_the_last_day_and_the_exhibits_are_in_the_letter():
    found = letter("ame_arrivee")
    text = "\n".join(paragraphs(printed(found, "docx")))
    assert found.plea.way.last_day == "2022-08-22"
    assert "dernier jour pour former ce recours : 22 août 2022" in found.reserves
    assert "Dernier jour pour former ce recours : 22 août 2022" in text
    assert "Notification de la décision" in text
    assert "(pièce n° 1)" in text


def test_of_two_refusals_the_letter_names_the_one_it_contests():
    """The older one, whose delay has passed, would make the request look late."""
    found = contested(read_dossier(EXAMINED.parent / "ame_deux_refus.yaml", the_law().base))
    assert isinstance(found, Letter)
    text = "\n".join(paragraphs(printed(found, "docx")))
    assert "notifiée à [Issa] le 5 août 2022" in text
    assert "5 janvier 2022" not in text


def silent_on_appeals(name: str, day: str) -> Letter | Objection:
    """Return the letter of a day against a decision that did not tell how to appeal."""
    text = (EXAMINED / f"{name}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^( +)(notifiee: [\d-]+)$", r"\1\2\n\1recours_mentionnes: non", text)
    text = re.sub(r"(notifiee: [\d-]+),", r"\1, recours_mentionnes: non,", text)
    return contested(dossier(re.sub(r"(?m)^date: .*", f"date: {day}", text)))


def test_a_decision_that_did_not_tell_the_appeals_is_contested_for_a_year_before_the_administrative_judge():
    found = silent_on_appeals("ame_arrivee", "2023-06-20")
    assert isinstance(found, Letter), found
    assert found.plea.way.last_day == "2023-06-20"
    told = plain(" ".join(found.content["recevabilite"]))
    assert "ne disait pas les voies et les délais de recours" in told
    assert "art. R. 421-5 du code de justice administrative" in told
    assert "un an depuis le 20 juin 2022" in told
    assert "n° 387763" in told
    late = silent_on_appeals("ame_arrivee", "2023-06-21")
    assert isinstance(late, Objection)
    assert any("l'année laissée à Amina a pris fin le 20 juin 2023" in plain(reason) for reason in late.reasons)


def test_a_decision_of_insurance_that_did_not_tell_the_appeals_is_contested_without_last_day():
    found = silent_on_appeals("puma_demande_trois_mois", "2026-06-20")
    assert isinstance(found, Letter), found
    assert found.plea.way.last_day == ""
    text = "\n".join(paragraphs(printed(found, "docx")))
    assert "Dernier jour pour former ce recours" not in text
    assert "aucun délai ne lui est opposable (art. R. 142-1-A du code de la sécurité sociale, III" in text
    assert "dernier jour pour former ce recours : aucun délai ne court" in found.reserves
    assert "387763" not in text


CHILD = """
personnes: {ali: {nom: Ali Traoré, accord: masculin}, fatou: {nom: Fatou Traoré, accord: feminin}}
representant: {nom: Madame Fatou Traoré, qualite: mère}
"""


def for_ali(identity: str = "") -> Letter:
    found = contested(
        read_dossier(EXAMINED / "ame_mineur.yaml", the_law().base),
        check_identity(parse(identity.encode(), name="identite.yaml"), ["ali", "fatou"]) if identity else None,
    )
    assert isinstance(found, Letter)
    return found


def test_the_letter_of_a_minor_is_signed_by_who_represents_him():
    text = paragraphs(printed(for_ali(CHILD), "docx"))
    assert text[:2] == ["Ali Traoré", "représenté par Madame Fatou Traoré, mère"]
    assert any(line.startswith("Ali Traoré, représenté par Madame Fatou Traoré, vous demande") for line in text)
    assert "Madame Fatou Traoré vous prie d'agréer l'expression de sa considération distinguée." in text
    assert text[text.index("Pièces jointes") - 1] == "Madame Fatou Traoré"


def test_the_letter_of_a_minor_leaves_a_blank_for_who_signs_it():
    found = for_ali()
    text = paragraphs(printed(found, "docx"))
    assert text[:2] == ["[nom et prénom]", "représenté(e) par [nom du représentant légal], [père, mère ou tuteur]"]
    assert text[text.index("Pièces jointes") - 1] == "[nom du représentant légal]"
    assert any("a moins de dix-huit ans" in reserve and "signe" in reserve for reserve in found.reserves)
    assert "art. 388-1-1 du code civil" in plain(" ".join(found.content["recevabilite"]))


def test_a_sender_of_another_name_signs_for_a_minor():
    text = paragraphs(printed(for_ali("personnes: {ali: {nom: Ali Traoré}}\nexpediteur: {nom: Jean Petit}\n"), "docx"))
    assert text[:2] == ["Ali Traoré", "représenté(e) par Jean Petit, [père, mère ou tuteur]"]


def test_who_is_of_age_signs_alone():
    """Eighteen on the day of the letter, whatever the age on the day of the decision."""
    young = (EXAMINED / "ame_mineur.yaml").read_text(encoding="utf-8")
    for born, represented in (("2004-07-01", False), ("2004-07-02", True)):
        found = contested(
            dossier(young.replace("2014-05-05", born).replace("arrivee: 2022-05-01", "arrivee: 2019-05-01"))
        )
        assert isinstance(found, Letter), found
        assert any("représenté(e) par" in line for line in paragraphs(printed(found, "docx"))) == represented


def test_the_status_of_refugee_has_its_exhibit():
    found = letter("puma_refugie_2019")
    [fact] = [text for text in found.content["faits"] if "réfugié reconnu" in plain(text)]
    assert re.search(r"\(pièce n°\s\d+\)", fact)
    assert any("décision de l'OFPRA" in plain(label) for label in found.content["pieces"])


def test_an_article_renumbered_since_says_so_in_the_list_of_texts():
    told = plain(" ".join(letter("puma_titre_ignore_2018").content["textes"]))
    assert "art. L. 411-2, selon la numérotation du 1er mai 2021" in told


def test_a_permit_still_valid_is_not_told_in_the_past():
    told = plain("\n".join(said.texte for said in letter("puma_silence").sentences))
    assert "ocument de séjour de [Samir] : carte de résident, du 1er janvier 2015 au 31 décembre 2024" in told
    assert "a eu ce document" not in told


def test_a_way_that_no_model_serves_is_told_as_a_way_and_not_as_a_thing_to_prove():
    found = outcome("ald_silence")
    assert isinstance(found, Objection)
    lines = [plain(line) for line in found.lines()]
    assert (
        lines[lines.index("Autres voies :") + 1]
        == "- commission de recours amiable de la caisse : jusqu'au 28 avril 2022"
    )
    assert "À établir d'abord :" not in lines
    assert any(
        "aucun modèle de lettre ne sert ce droit : le refus se conteste devant la commission médicale" in x
        for x in lines
    )


def test_the_minister_is_asked_to_examine_again_and_not_to_grant():
    """Humanitarian aid is no right: the letter answers the ground, and goes no further."""
    text = "\n".join(paragraphs(printed(letter("humanitaire_etat_de_sante"), "docx")))
    assert "prise par le ministre chargé de l'action sociale" in text
    assert "d'examiner à nouveau la demande dans le mois du jugement (art. L. 911-2 du code de justice" in text
    assert "Ce motif est inexact" in text
    assert "de reconnaître" not in text
    assert "caisse d'assurance maladie" not in text


def test_a_document_held_is_enclosed_and_one_that_cannot_be_had_is_not_proposed():
    """What the dossier says of documents, where its vocabulary lets it say so."""
    law = the_law()
    found = read_dossier(EXAMINED / "ame_arrivee.yaml", law.base)
    [person] = found.persons
    lines = (
        Line({"document": Fun("visa")}, Place()),
        Line({"document": Fun("acte_naissance"), "disponible": NON}, Place()),
    )
    held = msgspec.structs.replace(found, stated={**found.stated, (person, "pieces"): Stating(Place(), lines=lines)})
    pen = Pen(law, found.persons, stationery(), Identity(), "2022-05-20")
    enclosures = Enclosures(law.base, held, pen)
    facts = {fact.attribute: fact for fact in fill(found, law.base).case.facts}
    for name in ("naissance", "arrivee"):
        enclosures.add(facts[name])
    assert enclosures.labels() == ["[pièce d'identité ou livret de famille]", "Visa"]
    assert plain(enclosures.cited(facts[name] for name in ("naissance", "arrivee"))) == "pièces n° 1 et 2"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("puma_silence", "10 janvier 2022"),
        ("puma_titre_ignore_2018", "16 avril 2018"),
        ("puma_demande_trois_mois", "11 avril 2023"),
        ("puma_demande_trop_tot", "11 avril 2023"),
    ],
)
def test_insurance_is_asked_from_no_earlier_than_the_claim_or_the_refusal(name, asked):
    """Not from the first day of an old card; and from the day the conditions were met, if they were met later."""
    found = letter(name)
    assert found.content["jour_effet"] == asked
    assert asked in plain(found.content["effet"])


ELSEWHERE = """
dossier: cas
date: 2021-06-01
demandes: [{droit: c2s_gratuite, personne: bruno, deposee: 2021-04-10}]
decisions: [{droit: c2s_gratuite, personne: bruno, sens: refus, notifiee: 2021-05-05, effet: 2021-05-05}]
personnes:
  bruno:
    naissance: 1980-01-01
    nationalite: FR
    arrivee: 1980-01-01
    ressources: [{nature: salaire, montant: 500.00, par: mois, du: 2015-01-01}]
"""


def test_each_right_cites_its_own_text_for_what_two_rights_ask():
    """Three months of residence, and the income of the same twelve months before 2022."""
    assistance = "\n".join(said.texte for said in letter("ame_arrivee").sentences)
    assert "2 novembre 2020, soit plus de trois mois (art. L. 251-1" in plain(assistance)
    assert "D. 160-2" not in plain(assistance)
    complementary = contested(dossier(ELSEWHERE))
    assert isinstance(complementary, Letter)
    told = plain("\n".join(said.texte for said in complementary.sentences))
    assert "art. D. 160-2" in told
    assert "du 10 avril 2020 au 9 avril 2021" in told
    assert "AME" not in told
    assert "aide médicale" not in told


def test_a_closing_letter_admits_no_more_than_the_kept_right_needs():
    """Amina's title has expired: that is her case. That she stays irregularly, or may be closed later, is not."""
    found = letter("puma_ferme_trop_tot")
    told = [plain(said.texte) for said in found.sentences if said.preuve != "decision"]
    assert not any("n'est pas en situation régulière" in text for text in told)
    assert not any("peut être fermé" in text.replace("ne peut être fermé", "") for text in told)
    assert any("ne peut être fermé avant la fin du 30 juin 2022" in text for text in told)


def test_articles_are_cited_by_the_number_they_bore():
    """The code on foreigners was renumbered on 1 May 2021; article L. 142-1 said nothing in 1° before 2019."""
    told = plain("\n".join(said.texte for said in letter("puma_titre_ignore_2018").sentences))
    assert "art. L. 142-1 du code de la sécurité sociale)" in told
    assert (
        "art. L. 411-2 du code de l'entrée et du séjour des étrangers et du droit d'asile, selon la numérotation du"
        in told
    )
    complementary = contested(dossier(ELSEWHERE))
    assert isinstance(complementary, Letter)
    told = plain("\n".join(said.texte for said in complementary.sentences))
    assert "art. L. 111-1 du code de l'entrée et du séjour" in told
    assert "L. 110-3" not in told


def test_a_document_is_of_the_list_only_where_the_list_was_read():
    told = plain("\n".join(said.texte for said in letter("puma_ferme_trop_tot").sentences))
    assert (
        "attestation de demande d'asile : ce document atteste la régularité du séjour (service-public.fr"
        in told.lower()
    )
    assert "arrêté du 10 mai 2017" not in told


def test_the_texts_cited_are_all_those_that_the_letter_names():
    """Also the texts of amounts and of lists, and those that the model cites by itself."""
    texts = plain("\n".join(letter("ame_gracieux_forme").content["textes"]))
    assert "art. L. 911-1" in texts
    assert "Arrêté de 2022 (plafond de la protection complémentaire)." in texts
    assert "arrêté du 10 mai 2017" in plain("\n".join(letter("puma_silence").content["textes"])).lower()
    assert "F13842" in plain("\n".join(letter("puma_ferme_trop_tot").content["textes"]))
    assert "art. R. 861-10" in plain("\n".join(letter("c2s_commission_rejette").content["textes"]))


def test_exhibits_are_those_that_the_person_may_have():
    """No visa for who never had one, no payslip for who has no income; a wage has its payslips."""
    exhibits = plain("\n".join(letter("ame_arrivee").content["pieces"]))
    assert "visa" not in exhibits
    assert "bulletins de paie" not in exhibits
    assert "bulletins de paie" in plain("\n".join(letter("c2s_commission_rejette").content["pieces"]))


def test_the_condition_of_income_cites_the_exhibit_that_proves_there_is_none():
    found = letter("ame_arrivee")
    [income] = [point["texte"] for point in found.content["conditions"] if "9 203,00" in plain(point["texte"])]
    number = next(n for n, label in enumerate(found.content["pieces"], 1) if "moyens d'existence" in plain(label))
    assert re.search(rf"pièces n° .*\b{number}\)", plain(income))


def test_the_ground_is_quoted_and_answered():
    ground = letter("ame_arrivee").content["motif"]
    assert ground["texte"] == "[Amina] ne réside pas en France depuis plus de trois mois."
    assert ground["retenu"] == ["[Amina] est en France sans interruption depuis le 1er avril 2022."]
    assert "depuis le 2 novembre 2020, soit plus de trois mois" in ground["reponse"]["texte"]


def test_a_ground_that_is_true_but_not_enough_is_not_denied():
    """Amina's title has expired, as the caisse says; her right is kept all the same."""
    found = letter("puma_ferme_trop_tot")
    assert found.content["motif"]["exact"]
    assert found.content["motif"]["reponse"] is None
    assert any("ne dément pas le motif" in reserve for reserve in found.reserves)


def test_a_fact_that_nobody_stated_is_marked():
    text = "\n".join(paragraphs(printed(letter("ame_arrivee"), "docx")))
    assert "[Amina] prouve son identité [à confirmer] (pièce n° 5)." in text
    assert any("identite_prouvee: oui (amina)" in reserve for reserve in letter("ame_arrivee").reserves)


def test_a_right_held_in_another_reading_only_is_argued_in_it_and_says_so():
    found = letter("puma_mineur_trois_mois")
    assert found.plea.reading == "trois_mois_mineur=jurisprudence"
    text = "\n".join(paragraphs(printed(found, "docx")))
    assert "Ce recours se fonde sur la lecture suivante, et sur elle seule : non, comme pour" in text
    assert any("la lecture par défaut ne donne pas ce droit" in reserve for reserve in found.reserves)


# What cannot be proved is not argued.


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ame_presence_trop_courte", ["le refus est fondé", "plus de trois mois", "soins urgents", "humanitaire"]),
        ("ame_un_centime_de_trop", ["le refus est fondé", "écart : 0,01 €", "permanence d'accès aux soins"]),
        ("ame_arrivee_inconnue", ["dépend de faits inconnus", "issa.arrivee : Depuis quel jour"]),
        ("ame_delai_passe", ["a pris fin le 22 août 2022", "une nouvelle demande reste possible"]),
        ("humanitaire_sans_motif", ["reste à l'appréciation de l'autorité"]),
        (
            "ald_silence",
            ["aucun modèle de lettre", "commission de recours amiable de la caisse : jusqu'au 28 avril 2022"],
        ),
    ],
)
def test_no_letter_says_why_and_what_else_is_open(name, told, tmp_path):
    code, out, err = appeal(str(EXAMINED / f"{name}.yaml"), "-o", str(tmp_path / "lettre.md"))
    assert (code, out) == (1, "")
    assert err.startswith("Pas de lettre")
    for part in told:
        assert part.replace(" ", " ") in err.replace("\u00a0", " ")
    assert list(tmp_path.iterdir()) == []


def test_no_decision_no_letter():
    code, _, err = appeal(str(ROOT / "examples" / "amina.yaml"), "--right", "AME", "--person", "amina")
    assert code == 1
    assert "aucune décision défavorable n'est à contester ce jour-là" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ame_accordee"], ["la décision de la ligne 6 : accord : décision qui n'est pas défavorable"]),
        (["ame_accordee", "--person", "issa", "--right", "AME"], ["la décision de la ligne 6 : accord"]),
        (
            ["ame_accordee", "--right", "puma"],
            ["ni décision ni demande pour ce droit (protection universelle maladie)"],
        ),
        (["ame_silence", "--le", "2022-01-15"], ["l'AME est réputée refusée à Issa le 28 février 2022"]),
        (["ame_delai_passe", "--le", "2020-01-01"], ["le 15 mars 2022 (notification) est après le 1er janvier 2020"]),
        (["ame_refus_puis_accord"], ["la décision de la ligne 7", "accord (aide médicale de l'État)", "ligne 8"]),
    ],
    ids=lambda item: " ".join(item) if len(item[0]) < 40 else "",
)
def test_where_no_refusal_can_be_contested_each_decision_and_claim_is_told(arguments, told):
    name, *options = arguments
    code, out, err = appeal(str(EXAMINED.parent / f"{name}.yaml"), *options)
    assert (code, out) == (1, "")
    assert "--person et --right" not in err
    for part in ["aucune décision défavorable n'est à contester ce jour-là", *told]:
        assert plain(part) in plain(err)


def test_a_person_without_refusal_is_told_of_those_of_others():
    code, _, err = appeal(str(ROOT / "examples" / "refus_ame.yaml"), "--right", "puma")
    assert code == 1
    assert "d'autres refus sont à contester : --person samira --right ame" in err


def test_a_way_that_is_closed_is_named_with_the_one_that_is_open():
    code, _, err = appeal(str(EXAMINED / "puma_silence.yaml"), "--recours", "tribunal_judiciaire")
    assert code == 1
    assert "tribunal judiciaire, pôle social : aucun délai ne court ce jour-là" in err
    assert "commission de recours amiable de la caisse : jusqu'au 10 mai 2022" in err


def test_a_certain_right_whose_proof_supposes_a_fact_gives_no_letter():
    """Samir is regular, or kept insured after his card: certain, but a letter would have to suppose which."""
    found = contested(
        dossier("""
dossier: cas
date: 2021-04-10
decisions: [{droit: puma, personne: samir, sens: refus, notifiee: 2021-04-10, effet: 2021-04-10}]
personnes:
  samir:
    naissance: 1990-01-01
    nationalite: MA
    arrivee: 2015-01-01
    sejour: [{titre: carte_resident, du: 2021-01-01, au: inconnu}]
    ressources: []
""")
    )
    assert isinstance(found, Objection)
    assert "le droit est certain, mais sa preuve passe par un fait inconnu" in found.reasons[0]
    assert found.needs == ("samir.sejour[1].au",)


# Snapshots: letters reviewed, kept as text. To renew one: pycoverage appeal DOSSIER > tests/letters/NAME.md


@pytest.mark.parametrize("name", REVIEWED)
def test_a_reviewed_letter_has_not_changed(name):
    found = letter(name)
    assert found.plea.way.code == REVIEWED[name]
    assert printed(found, "md").decode() == (SNAPSHOTS / f"{name}.md").read_text(encoding="utf-8")


# Formats.


def test_the_same_letter_gives_the_same_bytes():
    for form in ("docx", "odt", "pdf", "md"):
        assert printed(letter("ame_arrivee"), form) == printed(letter("ame_arrivee"), form)


def test_the_word_letter_has_headings_lists_and_a_language():
    found = Document(io.BytesIO(printed(letter("ame_arrivee"), "docx")))
    styles = [paragraph.style.name for paragraph in found.paragraphs]
    assert {"Heading 1", "Heading 2", "Condition", "Appui", "Pièce"} <= set(styles)
    assert 'w:lang w:val="fr-FR"' in found.styles.element.xml
    assert found.core_properties.title.startswith("recours gracieux")
    assert not any(part in paragraph.text for paragraph in found.paragraphs for part in ("{{", "{%"))


def test_the_open_document_letter_is_whole_and_french():
    with zipfile.ZipFile(io.BytesIO(printed(letter("ame_arrivee"), "odt"))) as archive:
        assert archive.testzip() is None
        assert b'fo:language="fr"' in archive.read("styles.xml")
        assert b"novembre 2020" in archive.read("content.xml")
        assert b"<dc:title>recours gracieux" in archive.read("meta.xml")


def test_the_pdf_letter_is_accessible():
    import pikepdf

    with pikepdf.open(io.BytesIO(printed(letter("ame_arrivee"), "pdf"))) as found:
        root = found.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "fr-FR"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert found.open_metadata()["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert {"/H1", "/H2", "/L", "/LI", "/P"} <= set(tags(root.StructTreeRoot))
        fonts = [item for item in found.objects if isinstance(item, pikepdf.Dictionary) and "/FontName" in item]
        assert fonts
        assert all({"/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts), "fonts are embedded"


def tags(node: object) -> list[str]:
    """Return the tags of the structure of a PDF, in reading order."""
    import pikepdf

    if not isinstance(node, pikepdf.Dictionary):
        return []
    below = node.get("/K", [])
    children = list(below) if isinstance(below, pikepdf.Array) else [below]
    own = [str(node.S)] if "/S" in node else []
    return own + [tag for child in children for tag in tags(child)]


@pytest.mark.parametrize("form", ["docx", "odt", "pdf", "md"])
def test_an_unknown_library_says_how_to_install_it(form, monkeypatch):
    for name in ("docxtpl", "pypandoc", "typst"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r"il manque la bibliothèque docxtpl — pip install '\.\[letter\]'"):
        printed(letter("ame_arrivee"), form)


# Identity.

HOSTILE = ("{{ 7*7 }}{% raw %}", "<w:p/>&amp;", '#eval("1") $x$ #import', "[a](javascript:1)", "\\input{x} `x` @a *b*")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_inserted_is_text_never_executed(text):
    found = amina(f"lieu: '{text}'")
    assert f"{text}, le 1er juillet 2022" in paragraphs(printed(found, "docx"))
    import pypdfium2

    page = pypdfium2.PdfDocument(printed(found, "pdf"))[0].get_textpage().get_text_bounded()
    assert plain(text).replace(" ", "") in re.sub(r"\s", "", page).replace("’", "'")
    with zipfile.ZipFile(io.BytesIO(printed(found, "odt"))) as archive:
        assert b"<w:p/>" not in archive.read("content.xml")
    assert b"](javascript" not in printed(found, "md").replace(b"\\]", b"")


def test_identity_changes_names_and_marks_and_nothing_of_the_argument():
    named, bare = amina(IDENTITY), letter("ame_arrivee")
    assert [(said.preuve, said.node) for said in named.sentences] == [(s.preuve, s.node) for s in bare.sentences]
    text = "\n".join(paragraphs(printed(named, "docx")))
    assert "Madame Amina Diriye\n12 rue des Lilas\n94000 Créteil\nDate de naissance : 2 mars 1990" in text
    assert "Mme Diriye est née le 2 mars 1990" in text
    assert "[Amina]" not in text
    assert "[nom" not in text


def test_an_identity_that_contradicts_the_dossier_is_told():
    assert not any("date de naissance" in reserve for reserve in amina(IDENTITY).reserves)
    other = amina(IDENTITY.replace("1990-03-02", "1991-03-02"))
    assert "la date de naissance du fichier d'identité n'est pas celle du dossier" in other.reserves


def test_a_request_to_a_court_is_not_sent_to_the_body_it_contests():
    """One identity file serves the letter to the body, then the request against it."""
    text = IDENTITY + "defendeur: {nom: CPAM du Val-de-Marne, adresse: [94031 Créteil cedex]}\n"
    identity = check_identity(parse(text.encode(), name="identite.yaml"), ["amina"])
    found = read_dossier(EXAMINED / "ame_arrivee.yaml", the_law().base)
    examined = examine_in(assess(the_law(), found), *refusals(assess(the_law(), found))[0])
    to_body = compose(examined, stationery(), identity=identity, way="recours_gracieux")
    to_court = compose(examined, stationery(), identity=identity, way="tribunal_administratif")
    assert isinstance(to_body, Letter)
    assert isinstance(to_court, Letter)
    assert to_body.content["destinataire"] == {"nom": "CPAM du Val-de-Marne", "adresse": ["94031 Créteil cedex"]}
    assert to_court.content["destinataire"] == {"nom": "[ville du tribunal]", "adresse": ["[adresse]"]}
    assert to_court.content["defendeur"] == {"nom": "CPAM du Val-de-Marne", "adresse": "94031 Créteil cedex"}


def test_identity_is_not_told_to_the_terminal(tmp_path):
    identity = tmp_path / "identite.yaml"
    identity.write_text(IDENTITY, encoding="utf-8")
    output = tmp_path / "lettre.md"
    code, out, err = appeal(str(EXAMINED / "ame_arrivee.yaml"), "--identite", str(identity), "-o", str(output))
    assert (code, out) == (0, "")
    assert "Diriye" not in err
    assert "Mme Diriye" in output.read_text(encoding="utf-8")


def test_an_identity_is_refused_with_all_its_errors():
    wrong = "personnes: {aminaa: {nom: A}}\nexpediteur: {naissance: 1990-02-31, adrese: x}\nlieu: " + "a" * 300 + "\n"
    with pytest.raises(InputError) as caught:
        check_identity(parse(wrong.encode(), name="identite.yaml"), ["amina"])
    text = str(caught.value)
    for part in (
        "identite.yaml:1:13",
        "aminaa",
        "vouliez-vous dire « amina »",
        "1990-02-31",
        "adrese",
        "« adresse »",
        "aaaa",
    ):
        assert part in text


# The command.


@pytest.mark.parametrize("form", ["docx", "odt", "pdf", "md"])
def test_the_command_writes_each_format(form, tmp_path):
    output = tmp_path / f"lettre.{form}"
    code, out, err = appeal(
        str(EXAMINED / "puma_silence.yaml"), "--right", "PUMa", "--person", "samir", "-o", str(output)
    )
    assert (code, out) == (0, "")
    assert "Avant de signer" in err
    assert output.read_bytes() == printed(letter("puma_silence"), form)
    assert [path.name for path in tmp_path.iterdir()] == [output.name]


def test_a_letter_that_exists_is_replaced_only_when_told(tmp_path):
    output = tmp_path / "lettre.md"
    output.write_text("corrigée à la main", encoding="utf-8")
    arguments = [str(EXAMINED / "puma_silence.yaml"), "-o", str(output)]
    code, _, err = appeal(*arguments)
    assert code == 2
    assert "lettre.md" in err and "ce fichier existe déjà" in err and "--remplacer" in err
    assert output.read_text(encoding="utf-8") == "corrigée à la main"
    assert appeal(*arguments, "--remplacer")[0] == 0
    assert output.read_bytes() == printed(letter("puma_silence"), "md")


def test_the_command_never_overwrites_what_it_reads(tmp_path):
    source = tmp_path / "cas.md"
    source.write_bytes((EXAMINED / "puma_silence.yaml").read_bytes())
    before = source.read_bytes()
    code, _, err = appeal(str(source), "-o", str(source))
    assert code == 2
    assert "ce fichier est lu" in err
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-o", "lettre.doc"], "format de lettre inconnu « .doc »"),
        (["--recours", "tribunal"], "voie de recours inconnue « tribunal »"),
        (["--person", "samirr"], "personne inconnue « samirr » — vouliez-vous dire « samir » ?"),
        (["--right", "pumaa"], "droit inconnu « pumaa » — vouliez-vous dire « puma » ?"),
        (["--le", "2022-02-30"], "date incorrecte « 2022-02-30 »"),
    ],
)
def test_wrong_usage_is_refused_with_the_words_of_the_user(arguments, told):
    code, _, err = appeal(str(EXAMINED / "puma_silence.yaml"), *arguments)
    assert code == 2
    assert told in err
