"""The timeline: exact to the day, with what changes; as text, JSON, picture and diary."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from xml.etree import ElementTree

import icalendar
import pytest
from cases import EXAMPLES, ROOT, assessments, dossier, statuses, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess
from pycoverage.cli import main
from pycoverage.dossier import read_dossier
from pycoverage.finding import InputError
from pycoverage.timelines.chart import timeline_picture, timeline_text
from pycoverage.timelines.timeline import timeline

AMINA = ROOT / "examples" / "amina.yaml"
WHOLE = [path for path in EXAMPLES if not assessments()[path].filled.gaps]


def run(*arguments: str):
    return CliRunner().invoke(main, ["timeline", *arguments])


def told(found, person, right, day):
    """Return what a timeline says of a right on a day; a right never held is not listed."""
    for span in found.personnes[person].get(right, ()):
        if span.du <= day <= span.au:
            return span.statut
    return "non"


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_every_day_says_what_evaluate_says_that_day(path):
    """The dossier's own day, the days around each change, and one day in each month of the year around it."""
    law = the_law()
    read = read_dossier(path, law.base)
    middle = date.fromisoformat(read.date)
    start, end = str(middle - timedelta(days=200)), str(middle + timedelta(days=200))
    found = timeline(law, read, start, end)
    changes = {span.du for rights in found.personnes.values() for spans in rights.values() for span in spans}
    days = {read.date, start, end, *changes} | {str(middle + timedelta(days=31 * n)) for n in range(-6, 7)}
    days |= {str(date.fromisoformat(day) - timedelta(days=1)) for day in changes if day > start}
    for day in sorted(days):
        expected = statuses(assess(law, read, date=day))
        for (person, right), status in expected.items():
            assert told(found, person, right, day) == status, (person, right, day)


def test_spans_follow_each_other_without_gap_or_repetition():
    found = timeline(the_law(), read_dossier(AMINA, the_law().base), "2020-01-01", "2023-12-31")
    for rights in found.personnes.values():
        for spans in rights.values():
            assert (spans[0].du, spans[-1].au) == ("2020-01-01", "2023-12-31")
            for one, other in itertools.pairwise(spans):
                assert date.fromisoformat(other.du) - date.fromisoformat(one.au) == timedelta(days=1)
                assert one.statut != other.statut
                assert other.changement


def test_the_change_names_the_delay_that_elapses():
    found = timeline(the_law(), read_dossier(AMINA, the_law().base), "2020-10-01", "2021-12-31")
    [before, after] = found.personnes["amina"]["puma"]
    assert (before.au, after.du) == ("2021-02-02", "2021-02-03")
    assert "3 mois" in after.changement


def test_a_law_that_changes_is_the_change():
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
    assert [(span.du, span.statut) for span in found.personnes["ana"]["ame"]] == [
        ("2019-11-01", "non"),
        ("2019-12-02", "oui"),
        ("2019-12-30", "non"),
        ("2020-03-01", "oui"),
    ]


def test_the_four_forms_say_the_same():
    span = ["--from", "2022-01-01", "--to", "2022-12-31"]
    plain = run(str(AMINA), *span)
    assert plain.exit_code == 0
    assert "du 1er janvier 2022 au" in plain.stdout.replace("\u00a0", " ")
    document = json.loads(run(str(AMINA), *span, "--format", "json").stdout)
    events = icalendar.Calendar.from_ical(run(str(AMINA), *span, "--format", "ics").stdout).walk("VEVENT")
    assert len(events) == len(document["echeances"]) > 0
    assert {str(event.decoded("dtstart")) for event in events} == {each["jour"] for each in document["echeances"]}
    picture = ElementTree.fromstring(run(str(AMINA), *span, "--format", "svg").stdout)
    names = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert "Amina, PUMa" in names
    assert picture.find("{http://www.w3.org/2000/svg}title").text


def test_the_picture_draws_one_bar_per_span_held():
    law = the_law()
    found = timeline(law, read_dossier(AMINA, law.base), "2021-01-01", "2022-12-31")
    held = sum(s.statut == "oui" for rights in found.personnes.values() for spans in rights.values() for s in spans)
    picture = ElementTree.fromstring(timeline_picture(found, law.base))
    assert sum(1 for each in picture.iter("{http://www.w3.org/2000/svg}rect") if each.get("rx")) == held


def test_the_same_timeline_gives_the_same_bytes():
    law = the_law()
    one, two = (timeline(law, read_dossier(AMINA, law.base), "2022-01-01", "2022-03-31") for _ in range(2))
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
    law = the_law()
    with pytest.raises(InputError) as error:
        timeline(law, read_dossier(ROOT / "examples" / "arrivee_inconnue.yaml", law.base), "2022-01-01", "2022-02-01")
    assert "arrivee" in str(error.value)


def test_the_file_is_written_whole(tmp_path):
    target = tmp_path / "frise.svg"
    result = run(str(AMINA), "--from", "2022-01-01", "--to", "2022-02-01", "--format", "svg", "-o", str(target))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert ElementTree.parse(target).getroot() is not None
