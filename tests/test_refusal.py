"""The examination of a refusal: the decision, the day, the ground, the mistake, and the last day to appeal."""

from __future__ import annotations

import json
from datetime import date, timedelta

import msgspec
import pytest
from cases import DOSSIERS, ROOT, dossier, outputs, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess
from pycoverage.cache import load_law
from pycoverage.cli import main
from pycoverage.dossier import Dossier, read_dossier
from pycoverage.finding import InputError
from pycoverage.ground import conditions, grounds
from pycoverage.proof import Applied, Denied
from pycoverage.refusals.absence import absence
from pycoverage.refusals.examination import Examination, Examinations
from pycoverage.refusals.opinion import opinion_text
from pycoverage.refusals.refusal import DECISIONS, Examined, examine, examine_all, examine_in, refusals
from pycoverage.status import verdict

FOLDER = ROOT / "tests" / "dossiers" / "recours" / "examen"
EXAMINED = [path for path in DOSSIERS if path.parent == FOLDER]

WHOLE = """\
dossier: essai
date: 2022-07-01
demandes: [{droit: ame, personne: issa, deposee: 2022-05-20}]
decisions: [{droit: ame, personne: issa, sens: refus, notifiee: 2022-06-20, effet: 2022-06-20}]
personnes:
  issa:
    naissance: 1990-01-01
    nationalite: ML
    arrivee: 2015-01-01
    sejour: []
    ressources: []
"""


def refused(**described: str) -> Dossier:
    """Return the whole dossier, its decision described further."""
    more = "".join(f", {key}: {value}" for key, value in described.items())
    return dossier(WHOLE.replace("effet: 2022-06-20}", f"effet: 2022-06-20{more}}}"))


def examined(path_or_dossier: object, person: str, right: str) -> Examined:
    found = path_or_dossier if isinstance(path_or_dossier, Dossier) else read_dossier(path_or_dossier, the_law().base)
    [identifier] = [key for key, name in found.persons.items() if name == person]
    return examine(the_law(), found, identifier, right)


def expectations() -> list[tuple[str, dict[str, object]]]:
    """Return each right whose refusal is examined in the dossiers, with what is expected."""
    found = []
    for path in EXAMINED:
        for rights in read_dossier(path, the_law().base).expected.values():
            for right, node in rights.items():
                expected = node.get("refus")
                if expected is not None:
                    found.append((right, expected.plain()))
    return found


def test_the_dossiers_tell_right_and_wrong_refusals_of_every_kind():
    told = expectations()
    assert len(told) >= 25
    values = {key: {str(expected.get(key)) for _, expected in told} for key in ("constat", "motif", "erreur", "forme")}
    assert values["constat"] >= {"infonde", "fonde", "incertain", "conteste", "sans_decision"}
    assert values["motif"] >= {"infonde", "fonde", "incertain", "conteste", "inconnu", "aucun"}
    natures = {"fait", "date", "regle_anterieure", "lecture", "parametre", "piece_non_exigible", "regle_ignoree"}
    assert values["erreur"] >= natures | {"aucun"}
    assert values["forme"] >= {"expresse", "tacite"}
    assert {right for right, _ in told} >= {
        "ame",
        "puma",
        "c2s_gratuite",
        "c2s_participation",
        "ame_humanitaire",
        "ald",
    }


def test_the_dossiers_reach_every_body_and_every_regime():
    bodies = {body for _, expected in expectations() for body in expected.get("delais", {})}
    judges = {"tribunal_administratif", "recours_gracieux", "commission_recours_amiable", "tribunal_judiciaire", "cdas"}
    assert bodies >= judges
    years = {read_dossier(path, the_law().base).date[:4] for path in EXAMINED}
    assert years & {"2017", "2018"} and years & {"2019", "2020"} and years & {"2021"} and years & {"2022", "2023"}


@pytest.mark.parametrize("path", EXAMINED, ids=lambda path: path.stem)
def test_a_fact_taken_wrongly_is_one_that_changes_the_answer(path):
    """Written in the dossier in place of the true ones, the facts taken refuse the right."""
    found = read_dossier(path, the_law().base)
    for person, right, each in examine_all(the_law(), found):
        told = each.examination
        facts = [mistake for mistake in told.erreurs if mistake.nature == "fait"]
        if facts and told.constat == "infonde":
            [line] = [line for line in found.stated["", DECISIONS].lines if line.taken]
            assert max(mistake.taille for mistake in facts) <= len(line.taken)
            mistaken = msgspec.structs.replace(found, stated={**found.stated, **line.taken})
            again = assess(the_law(), mistaken, date=told.decision.jour)
            assert verdict(again, person, right).default == "non"


def test_a_wrong_ground_does_not_make_a_right_refusal_wrong():
    told = examined(FOLDER / "ame_autre_motif.yaml", "issa", "ame").examination
    assert (told.constat, told.motif.verdict) == ("fonde", "infonde")


def test_a_true_ground_does_not_make_a_wrong_refusal_right():
    told = examined(FOLDER / "ame_mineur.yaml", "ali", "ame").examination
    assert (told.constat, told.motif.verdict) == ("infonde", "fonde")
    [mistake] = told.erreurs
    assert "ni durée de présence ni ressources ne comptent" in mistake.texte
    assert mistake.source == "Conseil d'État, 7 juin 2006, n° 285576"


def test_the_smallest_set_of_facts_comes_first_and_neither_fact_alone_explains():
    told = examined(FOLDER / "ame_deux_faits.yaml", "issa", "ame").examination
    assert [(mistake.nature, mistake.taille) for mistake in told.erreurs] == [("fait", 2)]


def test_a_fact_that_explains_alone_is_not_told_with_another():
    found = refused(motif="presence_trois_mois", retenu="{arrivee: 2022-05-01, adresse: domiciliation}")
    told = examined(found, "issa", "ame").examination
    assert [(mistake.nature, mistake.taille) for mistake in told.erreurs] == [("fait", 1)]
    assert "1er mai 2022" in told.erreurs[0].texte
    assert "1er janvier 2015" in told.erreurs[0].texte


def test_facts_taken_that_would_not_refuse_the_right_are_no_mistake():
    told = examined(refused(motif="presence_trois_mois", retenu="{arrivee: 2014-01-01}"), "issa", "ame").examination
    assert told.constat == "infonde"
    assert told.erreurs == []


def test_a_superseded_rule_is_told_as_it_was_applied():
    told = examined(FOLDER / "c2s_periode_ancienne.yaml", "samir", "c2s_gratuite").examination
    assert told.erreurs[0].nature == "regle_anterieure"
    assert "31 décembre 2021" in told.erreurs[0].texte
    assert "du 10 mars 2021 au 9 mars 2022" in told.erreurs[0].texte


def test_a_ceiling_of_another_year_is_named_with_its_value():
    told = examined(FOLDER / "ame_plafond_ancien.yaml", "issa", "ame").examination
    assert told.erreurs[0].nature == "parametre"
    assert "9\u00a0041,00\u00a0€" in told.erreurs[0].texte
    assert "9\u00a0203,00\u00a0€" in told.erreurs[0].texte


def test_the_ground_and_its_proof_speak_of_the_same_condition():
    for name, person, right, kind in (
        ("ame_arrivee", "amina", "ame", Applied),
        ("ame_presence_trop_courte", "issa", "ame", Denied),
        ("ame_pendant_maintien", "amina", "ame", Applied),
    ):
        found = examined(FOLDER / f"{name}.yaml", person, right)
        ground = found.examination.motif
        node = found.prover.nodes[ground.node]
        assert isinstance(node, kind)
        assert node.name == conditions(the_law().base, right)[ground.code].name


def test_the_day_of_the_right_is_told_by_a_rule_with_its_source():
    decision = examined(FOLDER / "ame_arrivee.yaml", "amina", "ame").examination.decision
    assert decision.jour == "2022-05-20"
    assert "le jour de la demande" in decision.raison
    assert decision.source == "art. 44-1 du décret n° 54-883 du 2 septembre 1954"


def test_without_a_request_the_right_is_assessed_on_the_day_of_the_decision():
    found = dossier("\n".join(line for line in WHOLE.splitlines() if not line.startswith("demandes")) + "\n")
    assert examined(found, "issa", "ame").examination.decision.jour == "2022-06-20"


def test_the_latest_refusal_is_the_one_examined():
    second = "effet: 2022-06-20}, {droit: ame, personne: issa, sens: refus, notifiee: 2022-06-25, effet: 2022-06-25}"
    found = dossier(WHOLE.replace("effet: 2022-06-20}", second))
    assert examined(found, "issa", "ame").examination.decision.notifiee == "2022-06-25"


def test_a_decision_not_yet_notified_is_no_refusal():
    found = dossier(WHOLE.replace("notifiee: 2022-06-20", "notifiee: 2022-07-02"))
    assert examined(found, "issa", "ame").examination.constat == "sans_decision"


def test_silence_that_accepts_is_no_refusal():
    told = examined(FOLDER / "c2s_silence_accepte.yaml", "nadia", "c2s_gratuite").examination
    assert told.constat == "sans_decision"
    assert [entry.valeurs for entry in told.silence] == [{"sens": "accord"}]


def test_what_a_decision_says_changes_no_right():
    plain = assess(the_law(), dossier(WHOLE))
    told = refused(
        datee="2022-06-15",
        reference="A-12",
        par="caisse",
        motif="presence_trois_mois",
        motif_libre="trop court",
        piece="rib",
        retenu="{arrivee: 2022-05-01}",
    )
    assert outputs(assess(the_law(), told)) == outputs(plain)


BAD = [
    ("motif", "presence_troi_mois", "DO009", ["« presence_troi_mois »", "« ame »", "« presence_trois_mois »"]),
    ("motif", "zzzz", "DO009", ["« zzzz »", "pycoverage grounds ame"]),
    ("par", "caise", "DO009", ["« caise »", "« caisse »"]),
    ("piece", "ribe", "DO009", ["« ribe »", "« rib »"]),
    ("datee", "2022-02-30", "DO009", ["« 2022-02-30 »"]),
    ("retenu", "[arrivee]", "DO007", ["« retenu »", "un bloc de faits"]),
    ("retenu", "{arive: 2022-05-01}", "DO006", ["« arive »", "« arrivee »"]),
    ("retenu", "{arrivee: inconnu}", "DO009", ["« arrivee »", "un fait retenu est connu"]),
    ("retenu", "{arrivee: 1980-01-01}", "DO009", ["« arrivee » (1980-01-01)", "« naissance » (1990-01-01)"]),
    ("retenu", "{sejour: [{titre: carte_residente, du: 2020-01-01}]}", "DO009", ["« carte_residente »"]),
    ("raison", "rien", "DO006", ["« raison »", "« decisions »"]),
]


@pytest.mark.parametrize(("key", "value", "code", "words"), BAD, ids=[f"{key}-{value[:12]}" for key, value, *_ in BAD])
def test_what_a_decision_says_wrongly_is_told_with_its_place(key, value, code, words):
    with pytest.raises(InputError) as caught:
        refused(**{key: value})
    [finding] = caught.value.findings
    assert finding.code == code
    assert finding.place.line == 4
    for word in words:
        assert word in str(finding)


def test_facts_of_other_persons_and_of_the_household_can_be_taken():
    text = WHOLE.replace(
        "effet: 2022-06-20}", "effet: 2022-06-20, retenu: {territoire: mayotte, ali: {a_charge: non}}}"
    )
    found = dossier(text + "  ali: {naissance: 2014-05-05, nationalite: ML, parents: [issa]}\n")
    [line] = found.stated["", DECISIONS].lines
    assert set(line.taken) == {("", "territoire"), ("p2", "a_charge")}


@pytest.mark.parametrize("right", list(the_law().base.rights))
def test_every_right_has_grounds_each_with_its_sentence(right):
    found = grounds(the_law(), right)
    assert found
    assert all(text and text[0].isupper() and "{" not in text for text in found.values())
    assert list(found) == list(conditions(the_law().base, right))


def test_the_grounds_are_the_conditions_that_the_rules_ask():
    found = conditions(the_law().base, "ame")
    assert found["presence_trois_mois"].wanted
    assert found["identite_prouvee"].wanted
    assert not found["puma"].wanted
    assert not found["enfant_dispense_titre"].wanted
    assert "ame" not in found


def test_what_rests_on_an_unknown_fact_is_not_told():
    told = examined(FOLDER / "ame_arrivee_inconnue.yaml", "issa", "ame").examination
    assert told.motif.depend_de == ["issa.arrivee"]
    natures = {entry.valeurs["nature"] for entry in told.echeances}
    assert "recours" in natures
    assert "renouvellement_fin" not in natures
    assert told.delais["tribunal_administratif"] == "2022-08-22"


def test_the_grounds_are_those_of_the_rules_of_any_base():
    base = load_law(ROOT / "tests" / "checks" / "base", cache=False).base
    assert {code: found.wanted for code, found in conditions(base, "aide").items()} == {"majeur": True}


@pytest.mark.parametrize(
    ("notified", "court", "commission"),
    [
        ("2022-03-10", "2022-05-11", "2022-05-10"),  # a Tuesday and a Wednesday
        ("2021-12-31", "2022-03-01", "2022-02-28"),  # two months stop at the end of February
        ("2019-12-31", "2020-03-02", "2020-03-02"),  # 29 February is a Saturday, 1 March a Sunday
        ("2022-03-15", "2022-05-16", "2022-05-16"),  # 15 May is a Sunday
        ("2022-03-12", "2022-05-13", "2022-05-12"),  # a Thursday and a Friday
        ("2022-03-13", "2022-05-16", "2022-05-13"),  # 14 May is a Saturday
        ("2022-02-17", "2022-04-19", "2022-04-19"),  # Easter Sunday, and the Monday after
        ("2022-03-26", "2022-05-27", "2022-05-27"),  # Ascension Day is 26 May
        ("2022-04-06", "2022-06-07", "2022-06-07"),  # the Monday of Pentecost is 6 June
        ("2022-05-13", "2022-07-15", "2022-07-13"),  # 14 July is a Thursday
        ("2021-10-31", "2022-01-03", "2021-12-31"),  # 1 January is a Saturday
        ("2020-10-25", "2020-12-28", "2020-12-28"),  # Christmas is a Friday
        ("2022-09-10", "2022-11-14", "2022-11-10"),  # 11 November is a Friday
    ],
)
def test_the_last_day_is_put_off_to_a_working_day(notified, court, commission):
    def last(right: str, body: str) -> str:
        text = WHOLE.replace("droit: ame", f"droit: {right}").replace("2022-06-20", notified)
        text = text.replace("date: 2022-07-01", f"date: {notified}").replace("demandes:", "depots: []\n#")
        return examined(dossier(text), "issa", right).examination.delais[body]

    assert last("ame", "tribunal_administratif") == court
    assert last("puma", "commission_recours_amiable") == commission
    for day in (court, commission):
        assert date.fromisoformat(day).weekday() < 5


def test_the_day_after_the_last_one_only_a_new_request_remains():
    told = examined(FOLDER / "ame_arrivee.yaml", "amina", "ame").examination
    last = told.delais["tribunal_administratif"]
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    found = read_dossier(FOLDER / "ame_arrivee.yaml", the_law().base)
    late = examine(the_law(), found, "p1", "ame", date=after).examination
    assert late.delais == {}
    assert "delai_passe" in {entry.valeurs["code"] for entry in late.avertissements}
    on_time = examine(the_law(), found, "p1", "ame", date=last).examination
    assert on_time.delais == told.delais


def test_the_finding_stands_first_then_the_ground_the_mistake_and_the_appeal():
    result = CliRunner().invoke(main, ["refusal", str(FOLDER / "ame_arrivee.yaml")])
    assert result.exit_code == 0, result.output
    wanted = ["Refus infondé", "Le motif :", "Pourquoi, au 20 mai 2022", "Ce qui explique le refus", "Contester :"]
    places = [result.output.index(words) for words in wanted]
    assert places == sorted(places)
    assert "jusqu'au 22 août 2022" in result.output
    assert result.output.count("Cette réponse informe") == 1


def test_the_json_is_of_its_schema_and_the_same_twice():
    arguments = ["refusal", str(FOLDER / "ame_arrivee.yaml"), "--format", "json"]
    first, second = (CliRunner().invoke(main, arguments).output for _ in range(2))
    assert first == second
    told = msgspec.json.decode(first.encode(), type=Examinations)
    assert told.noms == {"p1": "amina"}
    assert [each.constat for each in told.examens] == ["infonde"]
    schema = json.loads(CliRunner().invoke(main, ["schema", "refusal"]).output)
    fields = {field.encode_name for field in msgspec.structs.fields(Examination)}
    assert set(schema["$defs"]["Examination"]["properties"]) == fields


def test_an_unknown_person_or_right_is_told():
    for option, value, words in (("--person", "amin", "« amina »"), ("--right", "am", "« ame »")):
        result = CliRunner().invoke(main, ["refusal", str(FOLDER / "ame_arrivee.yaml"), option, value])
        assert result.exit_code == 2
        assert words in result.output


def test_a_dossier_without_refusal_says_so():
    result = CliRunner().invoke(main, ["refusal", str(ROOT / "examples" / "amina.yaml")])
    assert result.exit_code == 0
    assert "Aucun refus à contester" in result.output
    assert refusals(assess(the_law(), read_dossier(ROOT / "examples" / "amina.yaml", the_law().base))) == []


def test_the_grounds_of_a_right_are_listed_and_an_unknown_right_is_told():
    result = CliRunner().invoke(main, ["grounds", "ame"])
    assert result.exit_code == 0
    assert "presence_trois_mois" in result.output
    assert "La personne ne réside pas en France depuis plus de trois mois" in result.output
    result = CliRunner().invoke(main, ["grounds", "pumma"])
    assert result.exit_code == 2
    assert "« puma »" in result.output


def test_an_expectation_of_a_refusal_that_is_wrong_is_told_with_its_place():
    text = WHOLE + "attendu: {issa: {ame: {refus: {constat: fondee}}}}\n"
    with pytest.raises(InputError) as caught:
        dossier(text)
    assert "« fondee »" in str(caught.value.findings[0])


def test_an_expectation_of_a_refusal_that_does_not_hold_fails(tmp_path):
    path = tmp_path / "faux.yaml"
    text = (FOLDER / "ame_arrivee.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("constat: infonde", "constat: fonde"), encoding="utf-8")
    result = CliRunner().invoke(main, ["test", str(path)])
    assert result.exit_code == 1
    assert "attendu refus constat fonde, trouvé refus constat infonde" in result.output


def told(name: str) -> str:
    result = CliRunner().invoke(main, ["refusal", str(FOLDER / f"{name}.yaml")])
    assert result.exit_code == 0, result.output
    return result.output.replace("\u00a0", " ")


def test_where_the_authority_chooses_the_law_gives_no_right():
    """The conditions to ask are met, or not; nothing says that the right is due."""
    assert "la loi ne donne pas" not in told("humanitaire_2017_fonde")
    assert "les conditions pour demander ce droit ne sont pas remplies" in told("humanitaire_2017_fonde")
    for name in ("humanitaire_sans_motif", "humanitaire_etat_de_sante"):
        assert "la loi donne ce droit" not in told(name)
        assert "les conditions pour demander ce droit sont remplies, et l'autorité apprécie" in told(name)


def test_against_a_founded_refusal_the_ways_are_told_to_promise_little():
    assert "Contester (le refus est fondé : ces voies ne serviront que si le dossier se trompe) :" in told(
        "ame_un_centime_de_trop"
    )
    assert "le refus est fondé" not in told("ame_arrivee")


UNDATED = """
dossier: cas
date: 2022-07-01
demandes: [{droit: ame, personne: issa, deposee: inconnu}]
personnes:
  issa: {naissance: 1990-01-01, nationalite: SO, arrivee: 2020-01-01, sejour: [], ressources: []}
"""
REFUSED = UNDATED + "decisions: [{droit: ame, personne: issa, sens: refus, notifiee: DAY, effet: 2022-05-20}]\n"


@pytest.mark.parametrize("text", [UNDATED, REFUSED.replace("DAY", "inconnu")])
def test_no_refusal_is_dated_from_a_day_that_nobody_knows(text):
    """A claim filed on an unknown day: since when silence is a refusal, nobody can say."""
    current = assess(the_law(), dossier(text))
    assert refusals(current) == []
    reasons = list(absence(current))
    assert any("le jour de son dépôt est inconnu" in reason for reason in reasons)
    assert not any("2021" in reason for reason in reasons)
    assert examine_in(current, "p1", "ame").examination.constat == "sans_decision"


def test_a_silence_is_no_refusal_while_the_day_of_a_decision_is_unknown():
    """The decision may have come in time."""
    text = REFUSED.replace("DAY", "inconnu").replace("deposee: inconnu", "deposee: 2022-01-10")
    current = assess(the_law(), dossier(text))
    assert refusals(current) == []
    assert any("le jour de sa notification est inconnu" in reason for reason in absence(current))


def test_a_refusal_is_not_assessed_on_a_guessed_day():
    """The aid starts on the day of the claim: an express refusal of a claim whose day is unknown waits for it."""
    current = assess(the_law(), dossier(REFUSED.replace("DAY", "2022-06-20")))
    with pytest.raises(InputError) as caught:
        examine_in(current, "p1", "ame")
    assert "le jour de cette demande est inconnu" in str(caught.value)
    assert ":4:" in str(caught.value)


def test_a_decision_that_did_not_tell_the_appeals_leaves_a_year():
    """The year replaces the two months, for the court and for the director; the next day, it has passed."""
    silent = refused(recours_mentionnes="non")
    told = examine(the_law(), silent, "p1", "ame", date="2023-06-20").examination
    assert told.delais == {"recours_gracieux": "2023-06-20", "tribunal_administratif": "2023-06-20"}
    assert "recours_sans_mention" not in {entry.valeurs["nature"] for entry in told.echeances}
    late = examine(the_law(), silent, "p1", "ame", date="2023-06-21").examination
    assert late.delais == {}
    assert "delai_passe" in {entry.valeurs["code"] for entry in late.avertissements}


def test_where_the_letter_is_supposed_to_tell_the_appeals_the_year_is_only_announced():
    told = examine(the_law(), refused(), "p1", "ame").examination
    assert told.delais["tribunal_administratif"] == "2022-08-22"
    assert "recours_sans_mention" in {entry.valeurs["nature"] for entry in told.echeances}


def test_where_no_delay_runs_a_way_is_told_without_last_day():
    silent = dossier(
        WHOLE.replace("droit: ame", "droit: puma")
        .replace("date: 2022-07-01", "date: 2026-07-01")
        .replace("effet: 2022-06-20}", "effet: 2022-06-20, recours_mentionnes: non}")
        .replace("nationalite: ML", "nationalite: FR")
    )
    found = examine(the_law(), silent, "p1", "puma")
    assert found.examination.delais == {"commission_recours_amiable": ""}
    text = "\n".join(opinion_text(found, "p1", "puma"))
    assert "commission de recours amiable" in text
    assert "— sans dernier jour" in text


def test_a_refusal_stays_one_when_nobody_knows_whether_it_told_the_appeals():
    """The shorter delay is told, as for a letter that says nothing of it; the year is only announced."""
    current = assess(the_law(), refused(recours_mentionnes="inconnu"))
    assert refusals(current) == [("p1", "ame")]
    told, presumed = (examine(the_law(), each, "p1", "ame").examination for each in (current.dossier, refused()))
    assert (told.constat, told.delais) == (presumed.constat, presumed.delais)
    assert "recours_sans_mention" in {entry.valeurs["nature"] for entry in told.echeances}
