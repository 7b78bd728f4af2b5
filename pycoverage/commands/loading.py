"""What a command reads before it answers: the base, the law, and what it says of a dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pycoverage.commands.options import Options, chosen

if TYPE_CHECKING:
    from pycoverage.assessment import Assessment
    from pycoverage.law import Law


def root_of(options: Options) -> Path:
    """Return the folder of the base."""
    from pycoverage.checkout import default_root

    return options.root or default_root()


def law_of(options: Options, lang: str = "fr") -> Law:
    """Return the law of the base, as it is told to a reader."""
    from pycoverage.cache import load_law

    law = load_law(options.root)
    if lang == "fr":
        return law
    from pycoverage.translation import translated

    return translated(law, lang)


def assessed(
    options: Options, dossier: Path, date: str | None, readings: Iterable[str], lang: str = "fr"
) -> Assessment:
    """Return what the law says of a dossier."""
    from pycoverage.assessment import assess
    from pycoverage.dossier import read_dossier

    asked = chosen(readings)
    law = law_of(options, lang)
    return assess(law, read_dossier(dossier, law.base), date=date, readings=asked, seconds=options.seconds)


def coherent(options: Options, dossier: Path, date: str | None, readings: Iterable[str]) -> Assessment:
    """Return what the law says of a dossier; one that contradicts itself ends the command with code 2."""
    found = assessed(options, dossier, date, readings)
    if found.anomalies:
        click.echo("le dossier se contredit : « pycoverage evaluate » dit où", err=True)
        raise SystemExit(2)
    return found


def replayed(paths: Collection[Path]) -> list[Path]:
    """Return the dossiers asked for; by default those of the tests and of the examples of this folder."""
    from pycoverage.suite import find_dossiers

    usual = (Path("tests/dossiers"), Path("examples"))
    return find_dossiers(paths or [path for path in usual if path.exists()])
