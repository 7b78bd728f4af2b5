"""Commands on a refusal: what it is worth, the grounds it may take, the letter that contests it."""

from __future__ import annotations

from pathlib import Path

import click

from pycoverage.commands.guard import guarded
from pycoverage.commands.loading import law_of
from pycoverage.commands.options import DATE, DOSSIER, FORMAT, PERSON, REPLACE, RIGHT, Options
from pycoverage.commands.printing import show_json, show_lines, told


@click.command()
@DOSSIER
@RIGHT
@PERSON
@DATE
@FORMAT
@click.pass_obj
@guarded
def refusal(
    options: Options, dossier: Path, right: str | None, person: str | None, date: str | None, form: str
) -> None:
    """Examine chaque refus d'un DOSSIER : est-il fondé, son motif tient-il, quelle erreur, comment contester."""
    from pycoverage.assessment import assess
    from pycoverage.dossier import read_dossier
    from pycoverage.refusals.absence import absence
    from pycoverage.refusals.examination import VERSION, Examinations
    from pycoverage.refusals.opinion import opinion_text
    from pycoverage.refusals.refusal import examine_all
    from pycoverage.speech import speech

    law = law_of(options)
    read = read_dossier(dossier, law.base)
    found = examine_all(law, read, person=person, right=right, date=date, seconds=options.seconds)
    if form == "json":
        examined = [each.examination for _, _, each in found]
        show_json(Examinations(VERSION, read.name, date or read.date, read.persons, examined))
    else:
        click.echo(read.title or read.name)
        for who, what, each in found:
            click.echo()
            show_lines(opinion_text(each, who, what))
        if not found:
            click.echo("\nAucun refus à contester. Pourquoi :")
            for reason in absence(assess(law, read, date=date, seconds=options.seconds), person, right):
                click.echo(f"  - {reason}")
            click.echo()
        click.echo(speech()("avertissement"))
    raise SystemExit(0 if all(each.examination.complet for _, _, each in found) else 3)


@click.command()
@click.argument("droit")
@FORMAT
@click.pass_obj
@guarded
def grounds(options: Options, droit: str, form: str) -> None:
    """Les motifs qu'un refus de DROIT peut invoquer : les conditions de ses règles, à écrire sous « motif »."""
    from pycoverage.ground import grounds as conditions_of

    found = conditions_of(law_of(options), droit)
    if form == "json":
        show_json(found)
    else:
        width = max(map(len, found), default=0)
        for code, text in found.items():
            click.echo(f"{code:<{width}}  {text}")


@click.command()
@DOSSIER
@click.option(
    "--right", "--droit", "right", help="Le droit refusé (par défaut, le seul dont le refus est à contester)."
)
@click.option("--person", "--personne", "person", help="La personne (par défaut, la seule à qui un droit est refusé).")
@click.option(
    "--recours", "way", default="", metavar="VOIE", help="La voie de recours (par défaut, la première ouverte)."
)
@click.option("--identite", "identity", type=click.Path(path_type=Path), help="Noms et adresses, à part du dossier.")
@click.option("--le", "--date", "date", metavar="AAAA-MM-JJ", help="Jour de la lettre (par défaut, celui du dossier).")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Lettre à écrire, en .docx, .odt, .pdf ou .md (par défaut, la sortie).",
)
@REPLACE
@click.pass_obj
@guarded
def appeal(
    options: Options,
    dossier: Path,
    right: str | None,
    person: str | None,
    way: str,
    identity: Path | None,
    date: str | None,
    output: Path | None,
    replace: bool,
) -> None:
    """Écrit la lettre qui conteste un refus, phrase par phrase depuis la preuve ; ou dit pourquoi pas (code 1)."""
    from pycoverage.letters.correspondence import correspond
    from pycoverage.writing import refuse_overwriting, refuse_replacing, write_whole

    refuse_overwriting(output, [dossier, *([identity] if identity else [])])
    refuse_replacing(output, agreed=replace)
    asked = {"right": right, "person": person, "way": way, "date": date}
    found = correspond(options.root, dossier, identity, output, **asked, seconds=options.seconds)
    for line in found.told:
        told(line)
    if found.letter is None:
        raise SystemExit(1)
    if output is None:
        click.echo(found.letter.decode(), nl=False)
    else:
        write_whole(output, found.letter)
