"""Commands on two states of the law, and the answers that were approved."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pycoverage.commands.guard import guarded
from pycoverage.commands.loading import law_of, root_of
from pycoverage.commands.options import OUTPUT, READING, REPORT, RIGHT, Options, chosen
from pycoverage.commands.printing import counted, progress, write

if TYPE_CHECKING:
    from pycoverage.states.state import Pair


class Asked(NamedTuple):
    """What is asked of two states of the law, for some dossiers or for all situations."""

    pair: Pair
    date: str | None
    right: str | None
    form: str
    seconds: float


class Compared(NamedTuple):
    """A comparison as it is written, whether something differs, whether time sufficed, and the examples found, by the
    name of their file.
    """

    text: str
    differs: bool
    whole: bool
    examples: Mapping[str, str]


@click.command()
@click.argument("before", metavar="AVANT")
@click.argument("after", metavar="APRES")
@click.argument("paths", metavar="[DOSSIERS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--date", metavar="AAAA-MM-JJ", help="Jour d'appréciation (par défaut, le plus tardif des deux états).")
@RIGHT
@READING
@REPORT
@OUTPUT
@click.option("--fail", is_flag=True, help="Sort avec le code 1 si une réponse ou un motif change.")
@click.option("--exhaustive", is_flag=True, help="Cherche parmi toutes les situations, et non des dossiers.")
@click.option(
    "--persons",
    "--personnes",
    type=click.IntRange(min=1, max=6),
    default=1,
    show_default=True,
    help="Avec --exhaustive : personnes du foyer, au plus.",
)
@click.option("--details", is_flag=True, help="Avec --exhaustive : aussi les dates, les montants, les indications.")
@click.option(
    "--keep",
    "--garder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Avec --exhaustive : dossier où écrire les exemples trouvés.",
)
@click.pass_obj
@guarded
def compare(
    options: Options,
    before: str,
    after: str,
    paths: tuple[Path, ...],
    date: str | None,
    right: str | None,
    readings: tuple[str, ...],
    form: str,
    output: Path | None,
    fail: bool,
    exhaustive: bool,
    persons: int,
    details: bool,
    keep: Path | None,
) -> None:
    """Ce qui change pour des DOSSIERS (par défaut, tests et exemples) entre deux états du droit, et pourquoi.

    AVANT et APRES : base, droit:AAAA-MM-JJ, reforme:NOM[+NOM][@AAAA-MM-JJ], rev:RÉVISION, ou un dossier.
    Avec --exhaustive, tout ce qui peut changer, avec un exemple de chaque, ou la preuve que rien d'autre ne change.
    """
    from pycoverage.comparisons.corpus import default_paths
    from pycoverage.selection import selection
    from pycoverage.states.state import read_state, side_by_side
    from pycoverage.suite import find_dossiers
    from pycoverage.writing import make_folder, refuse_overwriting, refuse_unwritable

    if exhaustive and (paths or form == "junit"):
        raise click.UsageError("--exhaustive se passe de dossiers, et ne s'écrit pas en junit")
    by_question = chosen(readings)
    root = root_of(options)
    pair = side_by_side(read_state(before, root), read_state(after, root))
    asked = Asked(
        pair, date, selection(pair.law.base, (), None, right), form, options.long if exhaustive else options.seconds
    )
    if exhaustive:
        if keep is not None:
            make_folder(keep)
            refuse_unwritable(keep / "persona.yaml")
        found = _everywhere(asked, persons, details=details)
    else:
        files = find_dossiers(paths) if paths else default_paths(root)
        refuse_overwriting(output, files)
        found = _among(asked, files, by_question)
    write(found.text, output)
    if keep is not None:
        _keep(keep, found.examples)
    raise SystemExit(3 if not found.whole else 1 if fail and found.differs else 0)


def _among(asked: Asked, files: Sequence[Path], readings: dict[str, str]) -> Compared:
    """Compare the two states on dossiers."""
    from pycoverage.comparisons.corpus import compare as compare_states
    from pycoverage.comparisons.corpus import read_all
    from pycoverage.comparisons.output import written

    law = asked.pair.law
    dossiers = read_all(law, files)
    if not dossiers:
        raise click.UsageError("aucun dossier à comparer : nommez des fichiers ou des dossiers de fichiers")
    found = compare_states(
        asked.pair,
        dossiers,
        date=asked.date,
        right=asked.right,
        readings=readings,
        seconds=asked.seconds,
        progress=counted("dossiers"),
    )
    text = written(found, law.base, asked.form, [each.file for each in dossiers])
    return Compared(text, bool(found.changements), True, {})


def _everywhere(asked: Asked, persons: int, *, details: bool) -> Compared:
    """Compare the two states on all situations."""
    from pycoverage.searches.form import survey_written
    from pycoverage.searches.survey import survey

    found = survey(
        asked.pair,
        asked.date or asked.pair.date,
        persons,
        right=asked.right,
        details=details,
        seconds=asked.seconds,
        progress=progress,
    )
    examples = {f"{each.dossier}.yaml": each.texte for each in found.personas}
    text = survey_written(found, asked.pair.law.base, asked.form)
    return Compared(text, bool(found.differences), found.complet, examples)


def _keep(folder: Path, examples: Mapping[str, str]) -> None:
    """Write the examples found to a folder. Raises InputError that names those whose file holds something else."""
    from pycoverage.finding import Finding, InputError, Place
    from pycoverage.writing import write_whole

    taken = []
    for name, text in examples.items():
        path = folder / name
        if not path.exists():
            write_whole(path, text)
        elif not path.is_file() or path.read_bytes() != text.encode():
            message = "ce fichier existe déjà : l'exemple n'y est pas écrit"
            taken.append(Finding(Place(os.fspath(path)), "DO013", message, "donnez un autre dossier à --keep"))
    if taken:
        raise InputError(taken)


@click.command()
@click.argument("paths", metavar="[DOSSIERS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--update", is_flag=True, help="Approuve les réponses d'aujourd'hui.")
@REPORT
@OUTPUT
@click.pass_obj
@guarded
def snapshot(options: Options, paths: tuple[Path, ...], update: bool, form: str, output: Path | None) -> None:
    """Compare les réponses et les motifs des DOSSIERS (par défaut, tests et exemples) à ceux qui sont approuvés.

    Les réponses approuvées sont dans tests/approuve ; sort avec le code 1 si l'une d'elles change.
    """
    from pycoverage.comparisons.approval import Approved, approve, name_of, read_approved, recorded
    from pycoverage.comparisons.corpus import default_paths
    from pycoverage.comparisons.output import written
    from pycoverage.comparisons.review import unapproved
    from pycoverage.suite import find_dossiers
    from pycoverage.writing import refuse_overwriting

    root = root_of(options)
    asked = find_dossiers(paths) if paths else default_paths(root)
    refuse_overwriting(output, asked)
    law = law_of(options)
    known = Approved({}, {}) if update else read_approved(root)
    told = counted("dossiers")
    found = recorded(law, root, asked, approved=known, seconds=options.seconds, progress=told)
    if not found:
        raise click.UsageError("aucun dossier : nommez des fichiers ou des dossiers de fichiers")
    if update:
        for path in approve(law, root, found, whole=not paths):
            click.echo(os.path.relpath(path))
        return
    compared = unapproved(law, root, known, found, whole=not paths)
    files = [*(name_of(root, each.file) for each in found), *compared.disparus]
    write(written(compared, law.base, form, files), output)
    raise SystemExit(1 if compared.changements or compared.nouveaux or compared.disparus else 0)
