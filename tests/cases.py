"""The dossiers of the project, and dossiers made up from the vocabulary, for the tests that need many."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from pycoverage.assessment import Assessment, assess_all
from pycoverage.cache import load_law
from pycoverage.document import parse
from pycoverage.dossier import Dossier, check_dossier, read_dossier
from pycoverage.field import codes
from pycoverage.functions import plus_jours, plus_tard
from pycoverage.law import Law
from pycoverage.value import Value
from pycoverage.vocabulary import Attribute, Field

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
DOSSIERS = [*EXAMPLES, *sorted((ROOT / "tests" / "dossiers").rglob("*.yaml"))]


def name_of(path: Path) -> str:
    """Return how a test names a dossier: `ame/mineur_isole`."""
    return f"{path.parent.name}/{path.stem}"


@cache
def the_law() -> Law:
    """Return the law of the checkout, read once per process."""
    return load_law(ROOT)


@cache
def assessments() -> dict[Path, Assessment]:
    """Return the assessment of every dossier of the project, grounded together."""
    law = the_law()
    return dict(zip(DOSSIERS, assess_all(law, [read_dossier(path, law.base) for path in DOSSIERS]), strict=True))


def dossier(text: str, law: Law | None = None) -> Dossier:
    """Return a dossier written as YAML in a test."""
    law = law or the_law()
    return check_dossier(parse(text.encode(), name="cas.yaml"), law.base, file="cas.yaml")


def outputs(assessment: Assessment) -> set[tuple[str, tuple[Value, ...]]]:
    """Return every conclusion that crosses into Python, in the default readings."""
    return {
        (name, row)
        for name, arity in assessment.law.base.outputs().items()
        for row in assessment.world.rows(name, arity, assessment.default)
    }


def statuses(assessment: Assessment) -> dict[tuple[str, str], str]:
    """Return the status of each right of each person, named as in the dossier, in the default readings."""
    names = assessment.dossier.persons
    return {
        (names[person], right): outcome.status
        for (person, right, context), outcome in assessment.outcomes.items()
        if context == assessment.default
    }


DAYS = st.dates(min_value=date(2015, 6, 1), max_value=date(2025, 12, 31)).map(str)
PEOPLE = ["alix", "bao", "chadi"]


def _scalar(law: Law, field: Field, persons: list[str], until: str) -> st.SearchStrategy[str]:
    match field.type:
        case "date":
            return DAYS
        case "montant":
            return st.integers(0, 3_000_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
        case "nombre":
            return st.integers(0, 9).map(str)
        case "personne":
            return st.sampled_from(persons)
        case _:
            return st.sampled_from(codes(law.base, field))


def _line(law: Law, attribute: Attribute, persons: list[str], until: str) -> st.SearchStrategy[str]:
    if attribute.element is not None:
        return _scalar(law, attribute.element, persons, until)
    fields = {name: _scalar(law, field, persons, until) for name, field in attribute.seen.items()}

    def write(values: dict[str, str]) -> str:
        if "du" in values and "au" in values and values["au"] < values["du"]:
            values["du"], values["au"] = values["au"], values["du"]
        return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"

    return st.fixed_dictionaries(fields).map(write)


@st.composite
def dossier_texts(draw: st.DrawFn, *, complete: bool = True) -> str:
    """Draw the text of a dossier: one to three persons, any attribute of the vocabulary, any day."""
    law = the_law()
    day = draw(st.dates(date(2016, 1, 1), date(2026, 12, 31)).map(str))
    persons = PEOPLE[: draw(st.integers(1, 3))]
    lines = ["dossier: tire", f"date: {day}"]
    for name, attribute in law.base.vocabulary.foyer.items():
        if draw(st.integers(0, 3)) == 0:
            lines.append(f"{name}: {_value(draw, law, attribute, persons, day)}")
    lines.append("personnes:")
    for person in persons:
        lines.append(f"  {person}:")
        born = draw(st.dates(date(1940, 1, 1), date(2014, 1, 1)).map(str))
        came = draw(st.dates(date(2014, 1, 2), date(2015, 12, 31)).map(str))
        near = draw(st.integers(0, 500))
        came = plus_tard(came, plus_jours(day, -near))
        for name, attribute in law.base.vocabulary.personne.items():
            if name == "naissance":
                lines.append(f"    naissance: {born}")
            elif name == "arrivee":
                lines.append(f"    arrivee: {came}")
            elif attribute.absence == "inconnu" or draw(st.integers(0, 4)) == 0:
                lines.append(f"    {name}: {_value(draw, law, attribute, persons, day)}")
    return "\n".join(lines) + "\n"


def _value(draw: st.DrawFn, law: Law, attribute: Attribute, persons: list[str], day: str) -> str:
    if not attribute.is_list:
        return draw(_scalar(law, attribute.field("valeur"), persons, day))
    items = draw(st.lists(_line(law, attribute, persons, day), max_size=2))
    return "[" + ", ".join(items) + "]"


def tokens(text: str) -> set[str]:
    """Return the words of a text."""
    return set(re.findall(r"[\w.-]+", text))
