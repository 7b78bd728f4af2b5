"""A reading is evaluated only where it matters: elsewhere it says what the default says."""

from __future__ import annotations

import pytest
from cases import DOSSIERS, assessments, dossier_texts, the_law
from cases import dossier as written
from hypothesis import given, settings

from pycoverage.assessment import assess
from pycoverage.engine import CHUNK, evaluate
from pycoverage.world import worlds

PATHS = [path for path in DOSSIERS if not assessments()[path].filled.gaps][::5]
"""Every fifth dossier: each is evaluated under every reading, which takes long."""


def conclusions(model, index, context):
    return {name: set(model.rows(name, arity, index, context)) for name, arity in the_law().base.outputs().items()}


@pytest.mark.parametrize("start", range(0, len(PATHS), CHUNK))
def test_every_reading_of_a_dossier_says_what_it_says_when_all_are_evaluated(start):
    law = the_law()
    found = [assessments()[path] for path in PATHS[start : start + CHUNK]]
    whole = evaluate(law.base, law.program, [each.case for each in found], [each.contexts for each in found])
    alone = worlds(law, [each.case for each in found], [each.contexts for each in found])
    for index, (each, world) in enumerate(zip(found, alone, strict=True)):
        for context in each.contexts:
            told = {name: set(world.rows(name, arity, context)) for name, arity in law.base.outputs().items()}
            assert told == conclusions(whole, index, context), (PATHS[start + index], context)
            assert set(each.world.rows("droit", 2, context)) == told["droit"]


@settings(max_examples=20, deadline=None)
@given(dossier_texts())
def test_any_dossier_says_in_each_reading_what_it_says_when_all_are_evaluated(text):
    law = the_law()
    each = assess(law, written(text))
    whole = evaluate(law.base, law.program, [each.case], [each.contexts])
    [world] = worlds(law, [each.case], [each.contexts])
    for context in each.contexts:
        told = {name: set(world.rows(name, arity, context)) for name, arity in law.base.outputs().items()}
        assert told == conclusions(whole, 0, context)


def test_readings_are_skipped_and_some_are_not():
    found = [assessments()[path] for path in PATHS]
    assert any(len(each.world.parts) == 1 for each in found)
    assert any(len(each.world.parts) > 1 for each in found)
    assert all(len(each.contexts) > len(each.world.parts) for each in found)
