"""What the commands share on the line of command: options, arguments, and what stands before the command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any] | click.Command)


ANSWER, SEARCH = 60, 600
"""Seconds that an answer, and a search over all situations, may take where nothing else is told."""


class Options(NamedTuple):
    """What stands before the name of a command: another base, and the seconds it may take, if they are told."""

    root: Path | None
    given: float | None

    @property
    def seconds(self) -> float:
        """How long an answer may take."""
        return self.given or ANSWER

    @property
    def long(self) -> float:
        """How long a search over all situations may take."""
        return self.given or SEARCH


def formats(*names: str) -> Callable[[C], C]:
    """Return the option that chooses how an answer is written, the first by default."""
    return click.option("--format", "form", type=click.Choice(names), default=names[0], show_default=True)


DOSSIER = click.argument("dossier", type=click.Path(path_type=Path))
PATHS = click.argument("paths", metavar="[DOSSIERS]...", nargs=-1, type=click.Path(path_type=Path))
DROIT = click.argument("droit", required=False)
RIGHT = click.option("--right", "--droit", "right", metavar="DROIT", help="Un seul droit.")
PERSON = click.option("--person", "--personne", "person", help="Une seule personne.")
DATE = click.option("--date", metavar="AAAA-MM-JJ", help="Jour d'appréciation (par défaut, celui du dossier).")
READING = click.option("--lecture", "readings", multiple=True, metavar="QUESTION=LECTURE", help="Choisit une lecture.")
LANGUAGE = click.option(
    "--lang",
    type=click.Choice(sorted(path.stem for path in (Path(__file__).parents[1] / "langues").glob("*.yaml"))),
    default="fr",
    show_default=True,
    help="À qui parler : français juridique (fr), facile à lire (falc), ou une autre langue.",
)
FORMAT = formats("text", "json")
REPORT = formats("text", "json", "markdown", "html", "junit")
OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Fichier à écrire (par défaut, la sortie)."
)
REPLACE = click.option("--remplacer", "replace", is_flag=True, help="Remplace le fichier de -o s'il existe.")


def chosen(readings: Iterable[str]) -> dict[str, str]:
    """Return the readings that `--lecture` chooses, by question. Raises UsageError for one that is not a pair."""
    found = {}
    for text in readings:
        question, separator, reading = text.partition("=")
        if not separator:
            raise click.UsageError(f"« {text} » : écrivez QUESTION=LECTURE")
        found[question] = reading
    return found
