"""Everything the source documents state has an answer in the base, and the base has no hole in time."""

from __future__ import annotations

import re

from cases import DOSSIERS, EXAMPLES, ROOT, the_law
from click.testing import CliRunner

from pycoverage.cli import main
from pycoverage.continuity import examine
from pycoverage.dossier import read_dossier
from pycoverage.inventory import flaws, read_inventory, summary

ENTRIES = {f"I-{number:03}" for number in range(1, 351)}
"""The three documents of departure state 350 things, numbered in their order."""


def test_every_statement_of_the_documents_has_an_answer():
    entries, findings = read_inventory(ROOT)
    assert findings == []
    assert set(entries) == ENTRIES


def test_no_statement_names_what_does_not_exist_or_nothing_at_all():
    entries, _ = read_inventory(ROOT)
    assert list(flaws(entries, the_law().base, ROOT)) == []


def test_at_least_three_hundred_statements_are_modelled_and_the_others_say_why():
    entries, _ = read_inventory(ROOT)
    assert sum(entry.modelled for entry in entries.values()) >= 300
    assert all(entry.modelled or entry.non_modelise for entry in entries.values())


def test_the_dossiers_named_beside_a_rule_apply_one_of_its_rules():
    """An entry whose dossiers apply none of its rules would prove nothing."""
    from pycoverage.assessment import assess_all
    from pycoverage.suite import applied_rules

    law = the_law()
    paths = {
        path.relative_to(ROOT).with_suffix("").as_posix().removeprefix("tests/dossiers/"): path for path in DOSSIERS
    }
    found = assess_all(law, [read_dossier(path, law.base) for path in paths.values()], traced=True, others=None)
    applied = {name: applied_rules(each) for name, each in zip(paths, found, strict=True)}
    entries, _ = read_inventory(ROOT)
    idle = {
        key
        for key, entry in entries.items()
        if set(entry.regles) & set(law.base.legal)
        and not any(applied[name] & set(entry.regles) for name in entry.dossiers)
    }
    assert idle == set()


def test_the_command_prints_the_count_and_what_is_missing():
    result = CliRunner().invoke(main, ["inventory", "--missing"])
    entries, _ = read_inventory(ROOT)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == summary(entries)
    listed = set(re.findall(r"^  (I-\d{3}) ", result.stdout, flags=re.M))
    assert listed == {key for key, entry in entries.items() if not entry.modelled}


def test_nothing_is_missing_on_any_day_on_which_the_law_changes():
    law = the_law()
    found = examine(law, [read_dossier(path, law.base) for path in EXAMPLES], "2016-01-01", "2027-01-01")
    assert found.problems == ()
    assert found.probes > 10
    assert {day for day in law.program.pivots if "2016-01-01" <= day <= "2027-01-01"} <= set(found.days)
