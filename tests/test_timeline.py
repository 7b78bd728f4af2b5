"""The timeline: exact to the day, with the cause of each change; as text, JSON, picture and diary."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import icalendar
import jsonschema
import pytest
from cases import EXAMPLES, ROOT, assessments, dossier, name_of, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess
from pycoverage.cli import main
from pycoverage.dossier import read_dossier
from pycoverage.engine import evaluate
from pycoverage.field import codes
from pycoverage.finding import InputError
from pycoverage.matching import Matcher, unify
from pycoverage.proof import Applied
from pycoverage.schema import output_schema
from pycoverage.sentence import Writer
from pycoverage.situation import Context
from pycoverage.status import verdict
from pycoverage.timelines.chart import timeline_picture
from pycoverage.timelines.chronicle import timeline_text
from pycoverage.timelines.pivots import every_day
from pycoverage.timelines.timeline import Timeline, timeline
from pycoverage.value import Fun
from pycoverage.world import World

AMINA = ROOT / "examples" / "amina.yaml"
WHOLE = [path for path in EXAMPLES if not assessments()[path].filled.gaps]
DOSSIERS = ROOT / "tests" / "dossiers"
SVG = "{http://www.w3.org/2000/svg}"


def run(*arguments: str):
    return CliRunner().invoke(main, ["timeline", *arguments])


def of(path, start, end) -> Timeline:
    return timeline(the_law(), read_dossier(path, the_law().base), start, end)


def around(path, days) -> Timeline:
    middle = date.fromisoformat(read_dossier(path, the_law().base).date)
    return of(path, str(middle - timedelta(days=days)), str(middle + timedelta(days=days)))


def told(found, person, right, day):
    """Return what a timeline says of a right on a day: its status and its default; a right never held is not listed."""
    for span in found.personnes[person].get(right, ()):
        if span.du <= day <= span.au:
            return span.statut, span.par_defaut, span.lectures
    return "non", "non", {}


def causes(found, person, right):
    return [(span.du, cause) for span in found.personnes[person][right] for cause in span.causes]


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_every_day_says_what_evaluate_says_that_day(path):
    """The dossier's own day, the days around each change, and the ends: statuses, and readings that differ."""
    law = the_law()
    found = around(path, 200)
    changes = {span.du for rights in found.personnes.values() for spans in rights.values() for span in spans}
    days = {found.jour, found.du, found.au, *changes}
    days |= {str(date.fromisoformat(day) - timedelta(days=1)) for day in changes if day > found.du}
    for day in sorted(days):
        assessed = assess(law, read_dossier(path, law.base), date=day)
        for person, name in assessed.dossier.persons.items():
            for right in law.base.rights:
                expected = verdict(assessed, person, right)
                answer = told(found, name, right, day)
                assert answer == (expected.status, expected.default, expected.others), (name, right, day)


@pytest.mark.parametrize("name", ["ame/refus_conteste", "c2s/fermeture_impayes", "puma/maintien_dette"])
def test_pivot_days_tell_the_same_story_as_every_day(name):
    """Spans, reasons, causes, readings and deadlines are those of a timeline that answers each day."""
    law = the_law()
    read = read_dossier(DOSSIERS / f"{name}.yaml", law.base)
    middle = date.fromisoformat(read.date)
    start, end = str(middle - timedelta(days=250)), str(middle + timedelta(days=250))
    assert timeline(law, read, start, end) == timeline(law, read, start, end, days=every_day(start, end))


def test_spans_follow_each_other_without_gap_or_repetition():
    found = of(AMINA, "2020-01-01", "2023-12-31")
    for rights in found.personnes.values():
        for spans in rights.values():
            assert (spans[0].du, spans[-1].au) == ("2020-01-01", "2023-12-31")
            for one, other in itertools.pairwise(spans):
                assert date.fromisoformat(other.du) - date.fromisoformat(one.au) == timedelta(days=1)
                assert (one.par_defaut, one.lectures) != (other.par_defaut, other.lectures)
                assert other.causes


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_every_change_has_a_cause_with_its_source(path):
    for rights in around(path, 900).personnes.values():
        for spans in rights.values():
            for span in spans[1:]:
                assert span.causes
                assert all(cause.texte and cause.source for cause in span.causes)


def test_a_delay_elapses():
    found = of(AMINA, "2020-10-01", "2021-12-31")
    assert [span.du for span in found.personnes["amina"]["puma"]] == ["2020-10-01", "2021-02-03"]
    [(day, cause)] = causes(found, "amina", "puma")
    assert (day, cause.nature) == ("2021-02-03", "delai")
    assert "2 novembre 2020 + 3 mois" in cause.texte
    assert "D." in cause.source


def test_a_fact_begins_and_ends():
    found = of(ROOT / "examples" / "touriste_jour_reforme.yaml", "2019-08-01", "2019-12-29")
    [(_, arrival)] = causes(found, "carmen", "pass")
    assert (arrival.nature, "commence" in arrival.texte) == ("fait", True)
    [visa] = [cause for day, cause in causes(found, "carmen", "dsuv") if day == "2019-11-30"]
    assert visa.nature == "fait"
    assert "prend fin" in visa.texte
    assert "visa" in visa.texte


def test_the_law_changes():
    """A tourist who overstays three weeks before the reform loses the right on the day of the law."""
    text = """\
dossier: essai
date: 2019-12-29
personnes:
  ana:
    naissance: 1980-01-01
    nationalite: BR
    arrivee: 2019-09-01
    sejour: [{titre: visa_court_sejour, du: 2019-09-01, au: 2019-11-29}]
    ressources: []
"""
    found = timeline(the_law(), dossier(text), "2019-11-01", "2020-03-31")
    defaults = [(span.du, span.par_defaut) for span in found.personnes["ana"]["ame"]]
    assert list(dict.fromkeys(defaults)) == defaults
    held = [(day, status) for day, status in defaults if day in ("2019-12-02", "2019-12-30", "2020-03-01")]
    assert held == [("2019-12-02", "oui"), ("2019-12-30", "non"), ("2020-03-01", "oui")]
    [law] = [cause for day, cause in causes(found, "ana", "ame") if day == "2019-12-30"]
    assert law.nature == "droit"
    assert "30 décembre 2019" in law.texte
    assert "251-1" in law.source


STOPS_WORKING = """\
dossier: essai
date: 2024-06-01
personnes:
  lea:
    naissance: 1990-01-01
    nationalite: CI
    arrivee: 2024-01-10
    sejour: [{titre: carte_temporaire, du: 2024-01-10, au: 2025-12-31}]
    activites: [{nature: salarie, du: 2024-02-01, au: 2024-08-31}]
    ressources: [{nature: salaire, montant: 1000.00, par: mois, du: 2024-02-01, au: 2024-08-31}]
"""


def test_a_right_that_outlives_its_reason_tells_the_next_one_with_its_day():
    """Salaried until 31 August 2024, then insured because she resides: one span, two reasons, each on its days."""
    law = the_law()
    found = timeline(law, dossier(STOPS_WORKING), "2024-01-01", "2025-12-01")
    [_, held] = found.personnes["lea"]["puma"]
    assert (held.du, held.au) == ("2024-02-01", "2025-12-01")
    assert "travaille en France" in held.raison
    [after] = held.suites
    assert after.du == "2024-09-01"
    assert "travaille" not in after.raison
    lines = list(timeline_text(found, law.base))
    assert any("du 1er février 2024 au 31 août 2024 : Lea travaille en France" in line for line in lines)
    assert any(f"du 1er septembre 2024 au 1er décembre 2025 : {after.raison}" in line for line in lines)
    assert not any("au 1er décembre 2025 : Lea travaille" in line for line in lines)
    titles = [each.text for each in ElementTree.fromstring(timeline_picture(found, law.base)).iter(f"{SVG}title")]
    assert any(f"au 31 août 2024, {held.raison} ; du 1er septembre 2024" in title for title in titles)


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_a_reason_is_true_on_every_day_it_is_told_for(path):
    """On the first and the last day of each reason, a rule that gives the right says just that, from that source."""
    law = the_law()
    for name, rights in around(path, 400).personnes.items():
        for right, spans in rights.items():
            for first, last, basis in (each for span in spans if span.par_defaut == "oui" for each in span.bases()):
                for day in (first, last):
                    assert (basis.raison, basis.source) in reasons(law, path, name, right, day), (name, right, day)


def reasons(law, path, name, right, day):
    """Return the sentence and the source of every rule that gives a right on a day."""
    assessed = assess(law, read_dossier(path, law.base), date=day)
    person = next(own for own, each in assessed.dossier.persons.items() if each == name)
    model = evaluate(law.base, law.program, [assessed.filled.case], [[Context(day)]], goals=("droit",))
    matcher = Matcher(World(law.base, {(): (model, 0)}))
    writer, args = Writer(law, assessed.dossier.persons), (Fun(person), Fun(right))
    for number in law.base.by_head()["droit"]:
        rule = law.base.rules[number]
        start = unify(rule.head.args, args, {})
        for binding in matcher.solutions(rule, start, Context(day)) if start is not None else ():
            node = Applied("droit", args, number, binding, (), 0, day)
            yield writer.node(node), writer.legal_source(number, day)


def test_an_amount_is_revalued():
    found = of(ROOT / "examples" / "un_centime_de_trop.yaml", "2022-03-01", "2022-04-30")
    [(day, cause)] = causes(found, "christine", "c2s_gratuite")
    assert (day, cause.nature) == ("2022-04-01", "montant")
    assert "plafond" in cause.texte
    assert "arrêté" in cause.source


def test_a_right_that_another_reading_gives_is_contested_and_hatched():
    found = of(AMINA, "2022-05-01", "2022-12-31")
    contested = [span for span in found.personnes["amina"]["ame"] if span.statut == "conteste"]
    [span] = contested
    assert (span.du, span.au, span.par_defaut) == ("2022-07-01", "2022-12-10", "non")
    assert span.lectures == {"fin_du_maintien=pratique": "oui"}
    lines = "\n".join(timeline_text(found, the_law().base))
    assert "≠ contesté (par défaut : non) du 1er juillet 2022 au 10 décembre 2022" in lines
    picture = ElementTree.fromstring(timeline_picture(found, the_law().base))
    bars = [each for each in picture.iter(f"{SVG}rect") if each.get("class") == "conteste"]
    assert bars
    assert {bar.get("fill") for bar in bars} == {"url(#hachures)"}


def test_where_no_reading_changes_anything_the_timeline_says_so():
    found = of(AMINA, "2021-03-01", "2021-06-01")
    assert any("aucune autre lecture connue ne change" in line for line in timeline_text(found, the_law().base))


def test_a_renewal_window_opens_and_closes():
    found = around(DOSSIERS / "ald" / "ame.yaml", 400)
    [opening] = [each for each in found.echeances if each.nature == "renouvellement_debut"]
    [closing] = [each for each in found.echeances if each.nature == "renouvellement_fin"]
    assert (opening.jour, closing.depuis, closing.jour) == ("2022-12-01", "2022-12-01", "2023-01-31")
    assert any("du 1er décembre 2022 au 31 janvier 2023" in line for line in timeline_text(found, the_law().base))


def test_a_deadline_that_a_decision_settles_is_no_longer_told():
    found = around(DOSSIERS / "ald" / "refus_2021.yaml", 200)
    [silence] = [each for each in found.echeances if each.nature == "silence"]
    assert (silence.jour, silence.levee) == ("2021-12-20", "2021-12-10")


@pytest.mark.parametrize("name", ["ame/refus_conteste", "c2s/fermeture_impayes", "recours/ame_silence"])
def test_deadlines_are_told_once_and_those_of_the_past_apart(name):
    found = around(DOSSIERS / f"{name}.yaml", 300)
    assert len({(each.jour, each.personne, each.nature, each.texte) for each in found.echeances}) == len(
        found.echeances
    )
    lines = list(timeline_text(found, the_law().base))
    marks = [line for line in lines if line.startswith("  ◷")]
    assert len(marks) == len(set(marks)) > 0
    past = next((number for number, line in enumerate(lines) if "Échéances passées" in line), None)
    coming = next((number for number, line in enumerate(lines) if line.startswith("Échéances à venir")), len(lines))
    assert (past is not None) == any(each.jour < found.jour for each in found.echeances)
    if past is not None:
        assert coming - past > sum(each.jour < found.jour for each in found.echeances)


def test_what_a_decision_has_settled_is_not_announced_as_coming():
    """Refused on 10 December, examined soon after: the silence of the 20th can no longer be born."""
    text = (DOSSIERS / "ald" / "refus_2021.yaml").read_text(encoding="utf-8")
    soon = dossier(text.replace("date: 2021-12-31", "date: 2021-12-15"))
    found = timeline(the_law(), soon, "2021-09-01", "2022-03-31")
    [silence] = [each for each in found.echeances if each.nature == "silence"]
    assert silence.levee <= found.jour <= silence.jour
    lines = list(timeline_text(found, the_law().base))
    settled = next(number for number, line in enumerate(lines) if line.startswith("Échéances devenues sans objet"))
    [told] = [number for number, line in enumerate(lines) if f", {silence.nom} :" in line]
    coming = next(number for number, line in enumerate(lines) if line.startswith("Échéances à venir"))
    assert coming < settled < told


def test_windows_name_codes_of_their_list():
    base = the_law().base
    for rubric in base.rubrics.values():
        known = {code for field in rubric.champs.values() if field.type == "code" for code in codes(base, field)}
        assert {*rubric.fenetres, *rubric.fenetres.values()} <= known


def test_the_four_forms_say_the_same():
    span = ["--from", "2022-01-01", "--to", "2022-12-31"]
    plain = run(str(AMINA), *span)
    assert plain.exit_code == 0
    assert "du 1er janvier 2022 au" in plain.stdout.replace("\u00a0", " ")
    document = json.loads(run(str(AMINA), *span, "--format", "json").stdout)
    events = icalendar.Calendar.from_ical(run(str(AMINA), *span, "--format", "ics").stdout).walk("VEVENT")
    counting = [each for each in document["echeances"] if not each["levee"]]
    assert len(events) == len({str(event["uid"]) for event in events}) == len(counting) > 0
    assert {str(event.decoded("dtstart")) for event in events} == {each["jour"] for each in counting}
    picture = ElementTree.fromstring(run(str(AMINA), *span, "--format", "svg").stdout)
    written = [element.text or "" for element in picture.iter(f"{SVG}text")]
    assert "PUMa" in written
    assert picture.find(f"{SVG}title").text
    for each in document["echeances"]:
        assert any(each["nom"] in text for text in written), each


@pytest.mark.parametrize("path", WHOLE, ids=name_of)
def test_the_json_follows_its_schema(path):
    schema = json.loads(CliRunner().invoke(main, ["schema", "timeline"]).stdout)
    result = run(str(path), "--from", "2021-01-01", "--to", "2023-12-31", "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    jsonschema.validate(found, schema)
    for name, part in schema["$defs"].items():
        told = [found] if name == "Timeline" else list(parts(found, name))
        assert all(set(each) == set(part["properties"]) for each in told), name
    assert found["version"] == 1


def parts(found: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    spans = [span for rights in found["personnes"].values() for spans in rights.values() for span in spans]
    causes = [cause for span in spans for cause in span["causes"]]
    bases = [basis for span in spans for basis in span["suites"]]
    yield from {"Span": spans, "Cause": causes, "Basis": bases, "Deadline": found["echeances"]}[name]


def test_what_is_no_timeline_does_not_follow_the_schema():
    found = json.loads(run(str(AMINA), "--from", "2022-01-01", "--to", "2022-12-31", "--format", "json").stdout)
    for key, value in (("version", None), ("echeances", {}), ("personnes", {"amina": {"puma": [{"statut": "oui"}]}})):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**found, key: value}, output_schema("timeline"))


def test_the_picture_draws_one_bar_per_span_held_and_numbers_each_change():
    law = the_law()
    found = of(AMINA, "2021-01-01", "2022-12-31")
    spans = [span for rights in found.personnes.values() for each in rights.values() for span in each]
    picture = ElementTree.fromstring(timeline_picture(found, law.base))
    bars = [each for each in picture.iter(f"{SVG}rect") if each.get("class")]
    assert len(bars) == sum(span.statut != "non" for span in spans)
    written = {element.text for element in picture.iter(f"{SVG}text")}
    changes = {span.du for span in spans if span.du > found.du}
    assert {str(number) for number in range(1, len(changes) + 1)} <= written


def test_the_picture_stays_within_its_frame():
    found = of(ROOT / "examples" / "couple_mixte.yaml", "2016-01-01", "2025-12-31")
    picture = ElementTree.fromstring(timeline_picture(found, the_law().base))
    _, _, width, height = map(float, picture.get("viewBox").split())
    for element in picture.iter(f"{SVG}text"):
        assert 0 <= float(element.get("x")) <= width
        assert 0 <= float(element.get("y")) <= height
        assert len(element.text or "") <= 170


def test_the_same_timeline_gives_the_same_bytes():
    law = the_law()
    one, two = (of(AMINA, "2022-01-01", "2022-03-31") for _ in range(2))
    assert timeline_picture(one, law.base) == timeline_picture(two, law.base)
    assert list(timeline_text(one, law.base)) == list(timeline_text(two, law.base))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2022-02-30", "2022-03-01", "2022-02-30"),
        ("2015-01-01", "2022-03-01", "2015-01-01"),
        ("2022-03-01", "2022-02-01", "précède"),
        ("2016-01-01", "2099-01-01", "trente ans"),
    ],
)
def test_a_wrong_range_is_refused(start, end, words):
    result = run(str(AMINA), "--from", start, "--to", end)
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_open_dossier_is_refused_with_the_facts_to_give():
    with pytest.raises(InputError) as error:
        of(ROOT / "examples" / "arrivee_inconnue.yaml", "2022-01-01", "2022-02-01")
    assert "arrivee" in str(error.value)


def test_the_file_is_written_whole(tmp_path):
    target = tmp_path / "frise.svg"
    result = run(str(AMINA), "--from", "2022-01-01", "--to", "2022-02-01", "--format", "svg", "-o", str(target))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert ElementTree.parse(target).getroot() is not None
