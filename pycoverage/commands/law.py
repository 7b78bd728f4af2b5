"""Commands on the base itself: what is wrong in it, what it holds, what is translated, its schemas, its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from pycoverage.commands.guard import guarded
from pycoverage.commands.loading import law_of, root_of
from pycoverage.commands.options import Options, formats
from pycoverage.commands.printing import show_json, show_lines, told


@click.command()
@formats("text", "json", "annotations")
@click.option("--explain", "code", metavar="CODE", help="Explique un code.")
@click.pass_obj
@guarded
def check(options: Options, form: str, code: str | None) -> None:
    """Relit les règles et les faits, et dit tout ce qui ne va pas."""
    from pycoverage import checks
    from pycoverage.inventory import read_inventory, summary
    from pycoverage.translation import completeness

    if code is not None:
        click.echo(checks.explain(code))
        return
    root = root_of(options)
    findings = checks.run_all(root)
    if form == "json":
        click.echo(checks.to_json(findings))
    elif form == "annotations":
        click.echo(checks.to_annotations(findings))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{f'{len(findings)} constat(s)' if findings else 'aucune erreur'} (base : {root})")
        entries, _ = read_inventory(root)
        if entries:
            click.echo(summary(entries))
        show_lines(completeness(root))
    raise SystemExit(1 if any(finding.severity == "erreur" for finding in findings) else 0)


@click.command()
@click.option("--missing", is_flag=True, help="Seulement ce qui n'est pas modélisé, avec la raison.")
@click.pass_obj
@guarded
def inventory(options: Options, missing: bool) -> None:
    """Dit ce qui porte, dans la base, chaque affirmation des documents de départ."""
    from pycoverage.finding import InputError
    from pycoverage.inventory import read_inventory, report

    entries, findings = read_inventory(root_of(options))
    if findings:
        raise InputError(findings)
    show_lines(report(entries, missing=missing))


@click.command()
@click.argument("reader", metavar="[LECTEUR]", required=False)
@click.pass_obj
@guarded
def languages(options: Options, reader: str | None) -> None:
    """Dit ce qui est traduit pour chaque lecteur, ou ce qui manque à un LECTEUR ; et ce qui est mal écrit (code 1)."""
    from pycoverage.translation import completeness, flaws_of_reader, missing
    from pycoverage.words import readers

    root = root_of(options)
    show_lines(missing(root, reader) if reader else completeness(root))
    findings = sorted(
        finding for each in ([reader] if reader else readers()) for finding in flaws_of_reader(root, each)
    )
    for finding in findings:
        click.echo(str(finding))
    raise SystemExit(1 if findings else 0)


@click.command()
@click.argument("what", metavar="[QUOI]", default="dossier")
@click.pass_obj
@guarded
def schema(options: Options, what: str) -> None:
    """Écrit le schéma JSON des dossiers, ou de ce qu'écrit une commande (evaluate, refusal…)."""
    from pycoverage.schema import OUTPUTS, dossier_schema, output_schema

    if what in OUTPUTS:
        show_json(output_schema(what))
    elif what == "dossier":
        show_json(dossier_schema(law_of(options).base))
    else:
        raise click.UsageError(f"pas de schéma « {what} » : {', '.join(['dossier', *OUTPUTS])}")


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("site"), show_default=True, help="Dossier."
)
@formats("site", "markdown")
@click.pass_obj
@guarded
def doc(options: Options, output: Path, form: Literal["site", "markdown"]) -> None:
    """Écrit une page par droit : chaque règle, ses sources, ses périodes, ses dossiers, et ce qui en dépend."""
    from pycoverage.manual.site import publish

    law = law_of(options)
    pages = publish(law, output, form=form, seconds=options.seconds, told=told)
    click.echo(f"{pages} pages dans {output}")
