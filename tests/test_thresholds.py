"""Points leave nothing out: any day, any cent, is told apart by no rule from some point."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from cases import ROOT, dossier, the_law
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pycoverage import thresholds
from pycoverage.assessment import assess
from pycoverage.cli import main
from pycoverage.completion import Entry, fill
from pycoverage.dossier import read_dossier
from pycoverage.evaluation import answer_for
from pycoverage.functions import FUNCTIONS
from pycoverage.inverse import UNEVEN
from pycoverage.relevance import support
from pycoverage.schema import output_schema
from pycoverage.situation import Case, Context
from pycoverage.space import Space
from pycoverage.symbol import applied
from pycoverage.value import Fun, Value, rank
from pycoverage.world import World, worlds

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2030, 12, 31)).map(str)
ARGUMENTS: dict[str, st.SearchStrategy[Value]] = {
    "date": DAYS,
    "montant": st.integers(0, 3_000_000),
    "nombre": st.integers(-24, 24),
    "coefficient": st.tuples(st.integers(1, 30), st.integers(1, 12)).map(lambda pair: Fun("rapport", pair)),
}


def size(value: Value) -> tuple[int, object]:
    """Return a key that orders results, coefficients by what they are worth."""
    if isinstance(value, Fun):
        above, below = value.args
        assert isinstance(above, int)
        assert isinstance(below, int)
        return 0, Fraction(above, below)
    return rank(value)


EVEN = [
    (name, index)
    for name, (_, kinds, _) in FUNCTIONS.items()
    for index, kind in enumerate(kinds)
    if kind in ("date", "montant", "nombre") and index not in UNEVEN.get(name, ())
]


@pytest.mark.parametrize(("name", "index"), EVEN)
@settings(max_examples=150, derandomize=True, deadline=None)
@given(data=st.data())
def test_named_functions_go_one_way_in_each_argument(name, index, data):
    """Bisection rests on it: with the other arguments fixed, a result never goes up and then down."""
    function, kinds, _ = FUNCTIONS[name]
    kinds = tuple(kind for kind in kinds if kind != "*")
    given_ = [data.draw(ARGUMENTS[kind]) for kind in kinds]
    steps = sorted(data.draw(st.lists(ARGUMENTS[kinds[index]], min_size=3, max_size=3)), key=rank)
    results = [size(applied(function, [*given_[:index], step, *given_[index + 1 :]])) for step in steps]
    assert results in (sorted(results), sorted(results, reverse=True))


TEXT = """\
date: {jour}
personnes:
  ana:
    naissance: {naissance}
    nationalite: {nationalite}
    arrivee: {arrivee}
    sejour: {sejour}
    ressources: {ressources}
"""
KNOWN = {
    "jour": "2022-05-01",
    "naissance": "1990-01-01",
    "nationalite": "SN",
    "arrivee": "2017-03-05",
    "sejour": "[]",
    "ressources": "[]",
}
TITLE = "[{{titre: {0}, du: 2017-06-01, au: inconnu}}]"
OPEN = {
    "arrivee": {"arrivee": "inconnu"},
    "arrivee_britannique": {"arrivee": "inconnu", "nationalite": "GB", "jour": "2021-05-01"},
    "naissance": {"naissance": "inconnu", "arrivee": "2012-09-01"},
    "naissance_2020": {"naissance": "inconnu", "jour": "2020-06-01", "nationalite": "DZ"},
    "fin_du_titre": {"sejour": TITLE.format("carte_temporaire")},
    "fin_de_la_carte_en_2018": {"sejour": TITLE.format("carte_resident"), "jour": "2018-03-01"},
    "fin_de_l_attestation": {"sejour": TITLE.format("attestation_demande_asile"), "jour": "2020-03-01"},
    "debut_du_titre": {"sejour": "[{titre: carte_temporaire, du: inconnu, au: 2025-01-01}]"},
    "ressources": {"ressources": "inconnu", "nationalite": "FR", "jour": "2024-06-01"},
    "ressources_du_sans_titre": {"ressources": "inconnu", "jour": "2019-12-30"},
    "un_montant_parmi_d_autres": {
        "nationalite": "FR",
        "ressources": "[{nature: salaire, montant: 300.00, par: mois, du: 2021-01-01},"
        " {nature: salaire, montant: inconnu, par: mois, du: 2021-03-01}]",
    },
    "naissance_et_arrivee": {"naissance": "inconnu", "arrivee": "inconnu", "nationalite": "PT"},
    "arrivee_et_ressources": {"arrivee": "inconnu", "ressources": "inconnu", "nationalite": "FR"},
}


Choices = tuple[Value | None, ...]
"""One value per slot; None in a slot of an unknown list means that the list is empty."""


def entries(space: Space, choices: Choices) -> Iterator[tuple[Entry, dict[str, Value | None]]]:
    """Yield each attribute or line left open, and the values chosen for its parts."""
    for entry, numbers in space.groups.items():
        yield entry, {space.slots[number].part: choices[number] for number in numbers}


def case(space: Space, choices: Choices) -> Case:
    """Return the dossier completed by these choices."""
    whole = space.filled.case
    facts = [fact for entry, chosen in entries(space, choices) for fact in space.option(entry, chosen)]
    return Case(whole.name, whole.persons, (*whole.facts, *facts), whole.place)


def possible(space: Space, choices: Choices) -> bool:
    """Tell whether no line ends before it starts, which no dossier may say."""
    return not any(space.backwards(entry, chosen) for entry, chosen in entries(space, choices))


def space_of(name: str) -> Space:
    law = the_law()
    found = dossier(TEXT.format(**{**KNOWN, **OPEN[name]}))
    return Space(law, fill(found, law.base), [Context(found.date)], ("droit", "anomalie"))


def notions(world: World, context: Context) -> frozenset[tuple[str, tuple[Fun, ...]]]:
    """Return everything concluded on the way to the rights, days and amounts left out."""
    law = the_law()
    asked = support(law.program, ["droit"])
    return frozenset(
        (each.head[0], tuple(arg for arg in row if isinstance(arg, Fun)))
        for each in law.program.statements
        if each.head[0] in asked
        for row in world.rows(each.head[0], len(each.head[1]), context)
    )


def concluded(space: Space, chosen: Sequence[Choices]) -> Iterator[frozenset[tuple[str, tuple[Fun, ...]]]]:
    names = tuple(support(the_law().program, ["droit"]))
    cases: list[Case] = [case(space, choices) for choices in chosen]
    for start in range(0, len(cases), 200):
        part = cases[start : start + 200]
        for world in worlds(the_law(), part, [space.contexts] * len(part), goals=names):
            yield notions(world, space.contexts[0])


def drawn(space: Space, count: int) -> list[Choices]:
    """Return completions with any day and any cent, the recent ones more often."""
    chance = random.Random(7)

    def value(number: int) -> Value | None:
        slot, points = space.slots[number], space.points[number]
        if slot.field.type == "montant":
            none: list[Value | None] = [None] if None in points else []
            return chance.choice([*none, chance.randint(0, 200_000), chance.randint(0, 2_500_000)])
        low, high = (date.fromisoformat(str(bound)) for bound in space._bounds(slot))
        low = max(low, high - timedelta(days=chance.choice([200, 900, 3_000, 40_000])))
        return (low + timedelta(days=chance.randint(0, (high - low).days))).isoformat()

    found: list[Choices] = []
    while len(found) < count:
        choices = tuple(value(number) for number in range(len(space.slots)))
        if possible(space, choices):
            found.append(choices)
    return found


@pytest.mark.parametrize("name", OPEN)
def test_every_completion_has_a_point_with_the_same_notions(name):
    space = space_of(name)
    assert space.closed
    assert not space.uncovered
    points = [each for each in itertools.product(*space.points) if possible(space, each)]
    known = set(concluded(space, points))
    chosen = drawn(space, 120)
    missed = [choices for choices, found in zip(chosen, concluded(space, chosen), strict=True) if found not in known]
    assert missed == []


def test_with_fewer_points_completions_would_be_missed():
    """The test above can fail: with the oldest arrival alone, no point stands for a newcomer."""
    space = space_of("arrivee")
    oldest, *others = space.points[0]
    known = set(concluded(space, [(oldest,)]))
    assert any(found not in known for found in concluded(space, [(point,) for point in others]))


@pytest.fixture
def short(monkeypatch):
    """The closure gives up early, as it would on a base with more values."""
    monkeypatch.setattr(thresholds, "MOST", 1)


OPEN_DOSSIER = str(ROOT / "examples" / "arrivee_inconnue.yaml")


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (["evaluate"], ""),
        (["explain"], ""),
        (["explain", "--format", "markdown"], ""),
        (["ask"], "stop\n"),
        (["ask"], "\n" * 9),
    ],
    ids=["evaluate", "explain", "markdown", "ask, arrêté", "ask, sans réponse"],
)
def test_an_answer_that_a_comparison_bounds_says_so_and_names_the_rules(short, arguments, typed):
    name, *options = arguments
    found = CliRunner().invoke(main, [name, OPEN_DOSSIER, *options], input=typed)
    named = answer_for(assess(the_law(), read_dossier(Path(OPEN_DOSSIER), the_law().base))).domaine_declare
    assert named
    [line] = [line for line in found.stdout.splitlines() if "sur le domaine déclaré" in line]
    assert any(rule in line for rule in named)


def test_the_rules_named_are_those_of_the_json_of_each_command(short):
    names = {*the_law().base.legal, *(rule.head.name for rule in the_law().base.rules)}
    for command in ("evaluate", "explain", "ask"):
        found = json.loads(CliRunner().invoke(main, [command, OPEN_DOSSIER, "--format", "json"]).stdout)
        assert found["domaine_declare"] == sorted(set(found["domaine_declare"])) != []
        assert set(found["domaine_declare"]) <= names
        jsonschema.validate(found, output_schema(command))


def test_an_answer_that_the_points_cover_is_bounded_by_nothing():
    for command in ("evaluate", "explain", "ask"):
        result = CliRunner().invoke(main, [command, OPEN_DOSSIER, "--format", "json"])
        assert json.loads(result.stdout)["domaine_declare"] == []
    assert "domaine déclaré" not in CliRunner().invoke(main, ["evaluate", OPEN_DOSSIER]).stdout
