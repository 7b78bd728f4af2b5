"""How the lines of a proof read: days and values named, codes as facts, sources first."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
from cases import EXAMPLES, ROOT, dossier, name_of, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess
from pycoverage.cli import main
from pycoverage.evaluation import answer_for
from pycoverage.narrative import Narrative
from pycoverage.presentation import answer_text
from pycoverage.schema import output_schema

ADULT = "naissance: 1990-03-02, nationalite: SO, arrivee: 2020-11-02, sejour: [], ressources: []"


def explained(text: str, person: str, right: str, *, full: bool = False) -> str:
    """Return the explanation of a right in a dossier, with plain spaces."""
    narrative = Narrative(assess(the_law(), dossier(text)), depth=99, full=full)
    return "\n".join(narrative.text(narrative.select(person, right))).replace("\u00a0", " ")


def answered(text: str) -> str:
    """Return the answer for a dossier as text, with plain spaces."""
    found = assess(the_law(), dossier(text))
    return "\n".join(answer_text(answer_for(found), found.law.base, {})).replace("\u00a0", " ")


def test_days_that_are_compared_are_named():
    text = explained(f"date: 2021-01-15\npersonnes: {{ana: {{{ADULT}}}}}\n", "ana", "ame", full=True)
    assert (
        "le 15 janvier 2021 (jour examiné) n'est pas après le 2 février 2021 (arrivée : 2 novembre 2020 + 3 mois)"
        in text
    )


def test_a_computed_day_says_what_it_is():
    text = explained((ROOT / "examples" / "amina.yaml").read_text(encoding="utf-8"), "amina", "puma")
    assert "terme : 30 juin 2022 = fin du 6e mois qui suit le 10 décembre 2021" in text


def test_numbers_and_amounts_that_are_compared_are_named():
    child = "naissance: 2015-05-20, nationalite: SO, arrivee: 2020-11-02, sejour: [], ressources: []"
    text = explained(f"date: 2022-06-01\npersonnes: {{yan: {{{child}}}}}\n", "yan", "dsuv", full=True)
    assert "7 (âge) n'atteint pas 18 (écart : 11)" in text


def test_a_code_is_told_as_what_it_is_not_as_an_equation():
    home = "date: 2022-06-01\nterritoire: mayotte\n"
    text = explained(f"{home}personnes: {{ana: {{{ADULT}}}}}\n", "ana", "ame")
    assert "territoire : Mayotte" in text
    text = explained(f"date: 2022-06-01\npersonnes: {{ana: {{{ADULT}}}}}\n", "ana", "puma", full=True)
    assert not re.search(r"égale|diffère", text)


def test_the_units_of_a_household_are_added_as_people_write_them():
    couple = (
        f"date: 2022-06-01\nunions: [{{de: ana, avec: bo, nature: mariage, du: 2015-01-01}}]\n"
        f"personnes:\n  ana: {{{ADULT}}}\n  bo: {{{ADULT}}}\n"
    )
    text = explained(couple, "ana", "ame", full=True)
    assert "coefficient : 1,5 = 1 + 0,5" in text
    assert "1/1" not in text


def test_the_source_stands_first_and_the_identifier_of_the_rule_last():
    text = explained(f"date: 2022-06-01\npersonnes: {{ana: {{{ADULT}}}}}\n", "ana", "puma")
    ways = [line for line in text.splitlines() if "↳" in line and "✓" not in line]
    assert ways
    for line in ways:
        assert re.search(r"↳ .*(art\.|circulaire|webinaire|info).*il manque : \[\w+\]$", line), line
        assert "par la règle" not in line


def test_what_is_presumed_is_told_in_sentences():
    text = answered(f"date: 2022-06-01\npersonnes: {{zoé: {{{ADULT}}}}}\n")
    lines = text[text.index("Supposé") :].splitlines()
    assert "  ? preuve de l'identité de Zoé : oui" in lines
    assert not re.search(r"identite|[a-z]_[a-z]", "\n".join(lines))


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_every_presumed_fact_has_its_sentence(path):
    found = assess(the_law(), dossier(path.read_text(encoding="utf-8")))
    answer = answer_for(found)
    presumed = {
        text for person in answer.personnes.values() for right in person.droits.values() for text in right.hypotheses
    }
    assert set(answer.suppositions) == presumed
    assert all(sentence and "{" not in sentence for sentence in answer.suppositions.values())


def test_a_right_already_open_has_no_first_step_to_take():
    opened = "droits: [{droit: ame, personne: ana, du: 2022-01-01, au: 2022-12-31}]\n"
    person = f"personnes: {{ana: {{{ADULT}}}}}\n"
    assert "→ aide médicale de l'État : Déposer la demande" in answered(f"date: 2022-06-01\n{person}")
    assert "→ aide médicale de l'État : Déposer la demande" not in answered(f"date: 2022-06-01\n{opened}{person}")
    last, after = answered(f"date: 2022-12-31\n{opened}{person}"), answered(f"date: 2023-01-01\n{opened}{person}")
    assert "Déposer la demande" not in last
    assert "→ aide médicale de l'État : Déposer la demande" in after


def test_deadlines_that_are_past_stand_apart():
    text = answered((ROOT / "examples" / "amina.yaml").read_text(encoding="utf-8"))
    coming, past = text.index("Échéances :"), text.index("Échéances passées")
    assert coming < text.index("20 juin 2022 : ") < past < text.index("16 mai 2022 : ")


def test_a_past_deadline_is_told_as_past_in_the_explanation():
    text = explained((ROOT / "examples" / "amina.yaml").read_text(encoding="utf-8"), "amina", "ame")
    [line] = [line for line in text.splitlines() if "peut être demandée dès le 16 mai 2022" in line]
    assert "(passé)" in line
    assert not [line for line in text.splitlines() if "le 20 juin 2022" in line and "(passé)" in line]


@pytest.mark.parametrize("path", EXAMPLES[::5], ids=name_of)
def test_an_explanation_in_json_follows_its_published_schema(path):
    told = CliRunner().invoke(main, ["explain", str(path), "--format", "json"])
    document = json.loads(told.stdout)
    schema = output_schema("explain")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    number = next(iter(document["noeuds"]))
    for broken in ({"type": "autre"}, {"texte": None}):
        wrong = {**document, "noeuds": {number: {**document["noeuds"][number], **broken}}}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_the_schema_of_explanations_is_printed():
    told = CliRunner().invoke(main, ["schema", "explain"])
    assert json.loads(told.stdout) == json.loads(json.dumps(output_schema("explain")))
