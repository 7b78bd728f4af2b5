"""Commands on whether the rules hold: dossiers replayed, invariants, mutants, and the days on which the law changes."""

from __future__ import annotations

from pathlib import Path

import click

from pycoverage.commands.guard import guarded
from pycoverage.commands.loading import law_of, replayed, root_of
from pycoverage.commands.options import FORMAT, PATHS, SEARCH, Options
from pycoverage.commands.printing import counted, progress, show, show_lines, told


@click.command()
@PATHS
@click.option("--exercised", is_flag=True, help="Liste aussi les règles jamais appliquées.")
@click.pass_obj
@guarded
def test(options: Options, paths: tuple[Path, ...], exercised: bool) -> None:
    """Rejoue les dossiers qui ont un « attendu » (par défaut tests/dossiers et examples)."""
    from pycoverage.suite import report_text, run_suite

    law = law_of(options)
    report = run_suite(law, replayed(paths), seconds=options.seconds)
    show_lines(report_text(law, report, exercised=exercised))
    raise SystemExit(
        2 if report.unusable else 3 if report.partial else 1 if report.failures or not report.dossiers else 0
    )


@click.command()
@click.argument("ids", nargs=-1, metavar="[INVARIANTS]...")
@click.option(
    "--persons", "--personnes", type=click.IntRange(min=1, max=4), default=1, show_default=True, help="Foyer."
)
@click.option(
    "--date",
    "dates",
    multiple=True,
    metavar="AAAA-MM-JJ",
    help="Jour examiné (par défaut, ceux déclarés, ou celui de la réforme s'il vient après).",
)
@click.option("--limite", "seconds", type=click.FloatRange(min=0.001), help=f"Secondes au plus (par défaut {SEARCH}).")
@click.option("--reforme", "reform", metavar="NOM", help="Prouve ce qui tient sous une réforme de rules/reformes.")
@click.option("--structure", is_flag=True, help="Cherche aussi ce qui, dans les règles, ne sert jamais.")
@click.option("--neuf", "anew", is_flag=True, help="Refait toutes les preuves, même celles que rien n'a changées.")
@FORMAT
@click.pass_obj
@guarded
def verify(
    options: Options,
    ids: tuple[str, ...],
    persons: int,
    dates: tuple[str, ...],
    seconds: float | None,
    reform: str | None,
    structure: bool,
    anew: bool,
    form: str,
) -> None:
    """Prouve ce qui doit toujours tenir (rules/invariants), ou montre la plus petite situation qui le contredit."""
    from pycoverage.checks import of_invariants
    from pycoverage.finding import InputError, errors
    from pycoverage.searches.verdict import examine, report_text
    from pycoverage.states.state import read_state

    if wrong := errors(of_invariants(root_of(options))):
        raise InputError(wrong)
    state = None if reform is None else read_state(f"reforme:{reform}", root_of(options))
    law, reforms = (state.law, state.reforms) if state else (law_of(options), ())
    found = examine(
        law,
        ids,
        dates,
        persons,
        reforms=reforms,
        structural=structure,
        memory="anew" if anew else "kept",
        seconds=seconds or options.long,
        told=told,
    )
    show(form, found, lambda: report_text(found))
    raise SystemExit(found.code)


@click.command()
@PATHS
@click.option("--seed", type=int, default=1, show_default=True, help="Graine du tirage.")
@click.option("--count", type=click.IntRange(min=1), default=200, show_default=True, help="Mutants tirés.")
@click.option("--tous", "whole", is_flag=True, help="Tous les mutants, sans tirage.")
@click.option("--equivalents", type=click.Path(path_type=Path), help="Mutants qui ne changent rien, et pourquoi.")
@click.option(
    "--voisins",
    "folder",
    type=click.Path(path_type=Path),
    help="Où écrire des voisins qui voient le reste.",
)
@FORMAT
@click.pass_obj
@guarded
def mutants(
    options: Options,
    paths: tuple[Path, ...],
    seed: int,
    count: int,
    whole: bool,
    equivalents: Path | None,
    folder: Path | None,
    form: str,
) -> None:
    """Change la base d'un rien, et dit quels changements les dossiers voient (par défaut, tous ceux de la base)."""
    from pycoverage.comparisons.corpus import default_paths
    from pycoverage.dossier import read_dossier
    from pycoverage.mutants.equivalence import equivalences
    from pycoverage.mutants.mutation import mutants as generated
    from pycoverage.mutants.outcome import outcomes
    from pycoverage.mutants.score import draw, read_equivalents, score, score_text
    from pycoverage.suite import find_dossiers

    law = law_of(options)
    where = find_dossiers(paths) if paths else default_paths(root_of(options))
    if not where:
        raise click.UsageError("aucun dossier : nommez des fichiers ou des dossiers de fichiers")
    dossiers = [read_dossier(path, law.base) for path in where]
    made = generated(law.base)
    default = Path("tests/mutants.yaml")
    known = equivalents or (default if default.exists() else None)
    drawn = draw(made, seed=seed, count=None if whole else count)
    reasons = {**dict(equivalences(law, drawn)), **(read_equivalents(known, made) if known else {})}
    tried = outcomes(law, drawn, dossiers, told=counted("essais"))
    found = score(tried, seed=seed, made=len(made), equivalents=reasons)
    show(form, found, lambda: score_text(found))
    if folder is not None:
        from pycoverage.mutants.sentinel import sentinels, write

        left = [each.mutant for each in tried if each.fate == "vivant" and each.mutant.name not in reasons]
        written = 0
        for each in sentinels(law, left, dossiers, told=progress):
            written += 1
            told(f"{write(each, folder)} : {', '.join(mutant.name for mutant in each.seen)}")
        progress("")
        told(f"voisins écrits : {written}, pour {len(left)} survivants")


@click.command()
@PATHS
@click.option("--from", "start", metavar="AAAA-MM-JJ", help="Premier jour (par défaut, le début de la base).")
@click.option("--to", "end", metavar="AAAA-MM-JJ", help="Dernier jour (par défaut, le dernier changement).")
@click.pass_obj
@guarded
def continuity(options: Options, paths: tuple[Path, ...], start: str | None, end: str | None) -> None:
    """Cherche ce qui manque, chaque jour où le droit change et la veille (sondes : les exemples, par défaut)."""
    from pycoverage.continuity import examine, report
    from pycoverage.dossier import read_dossier
    from pycoverage.suite import find_dossiers

    law = law_of(options)
    where = paths or [path for path in [Path(law.base.root) / "examples"] if path.is_dir()]
    dossiers = [read_dossier(path, law.base) for path in find_dossiers(where)]
    if paths and not dossiers:
        raise click.UsageError("aucun dossier : nommez des fichiers ou des dossiers de fichiers")
    found = examine(law, dossiers, start, end, progress=progress)
    progress("")
    show_lines(report(law, found))
    raise SystemExit(1 if found.problems else 0)
