"""Commands on what the law says of a dossier: its rights, why, what is open, what would change."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pycoverage.commands.guard import guarded
from pycoverage.commands.loading import assessed, coherent, law_of
from pycoverage.commands.options import (
    DATE,
    DOSSIER,
    DROIT,
    FORMAT,
    LANGUAGE,
    OUTPUT,
    PERSON,
    READING,
    REPLACE,
    Options,
    chosen,
    formats,
)
from pycoverage.commands.printing import counted, show, show_json, show_lines, to_json, write

if TYPE_CHECKING:
    from pycoverage.answer import Answer
    from pycoverage.assessment import Assessment
    from pycoverage.base import KnowledgeBase
    from pycoverage.timelines.timeline import Timeline


@click.command()
@DOSSIER
@DATE
@READING
@LANGUAGE
@FORMAT
@click.pass_obj
@guarded
def evaluate(
    options: Options, dossier: Path, date: str | None, readings: tuple[str, ...], lang: str, form: str
) -> None:
    """Tous les droits de toutes les personnes d'un DOSSIER."""
    from pycoverage.evaluation import answer_for

    found = assessed(options, dossier, date, readings, lang)
    answer = answer_for(found)
    show(form, answer, lambda: _answered(found, answer))
    raise SystemExit(2 if answer.anomalies else 0 if answer.complet else 3)


def _answered(found: Assessment, answer: Answer) -> Iterable[str]:
    from pycoverage.presentation import answer_text

    return answer_text(answer, found.law.base, {"title": found.dossier.title})


@click.command()
@DOSSIER
@DROIT
@PERSON
@DATE
@READING
@LANGUAGE
@formats("text", "json", "markdown")
@click.option("--depth", type=click.IntRange(min=1), help="Profondeur de l'arbre (par défaut 12, ou 5 sans DROIT).")
@click.option("--full", is_flag=True, help="Développe tout : ce qui est écarté et les étapes techniques.")
@click.pass_obj
@guarded
def explain(
    options: Options,
    dossier: Path,
    droit: str | None,
    person: str | None,
    date: str | None,
    readings: tuple[str, ...],
    lang: str,
    form: str,
    depth: int | None,
    full: bool,
) -> None:
    """Pourquoi, et pourquoi pas : chaque DROIT de chaque personne, avec ses sources."""
    from pycoverage.narrative import Narrative

    found = assessed(options, dossier, date, readings, lang)
    narrative = Narrative(found, depth=depth or (99 if full else 12 if droit else 5), full=full)
    told = narrative.select(person, droit)
    if form == "json":
        show_json(narrative.document(told))
    elif form == "markdown":
        show_lines(narrative.markdown(told))
    elif sys.stdout is not None and sys.stdout.isatty():
        narrative.display(told)
    else:
        show_lines(narrative.text(told))
    raise SystemExit(2 if narrative.answer.anomalies else 0 if narrative.answer.complet else 3)


@click.command()
@click.argument("dossier", required=False, type=click.Path(path_type=Path))
@click.option("--nouveau", is_flag=True, help="Commence un dossier : le jour, les personnes, leurs liens.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Fichier où écrire le dossier complété.")
@REPLACE
@DATE
@FORMAT
@click.pass_obj
@guarded
def ask(
    options: Options,
    dossier: Path | None,
    nouveau: bool,
    output: Path | None,
    replace: bool,
    date: str | None,
    form: str,
) -> None:
    """Les questions qui restent, la plus utile d'abord ; les réponses complètent le DOSSIER.

    Avec --format json : les questions d'une étape, sans dialogue. Code 1 : des réponses n'ont pas été gardées.
    """
    if nouveau == (dossier is not None) or (nouveau and (date or form == "json")):
        raise click.UsageError("donnez un DOSSIER, ou --nouveau seul")
    from pycoverage.questions.blank import opened
    from pycoverage.questions.closing import agree_output, conclude, keep
    from pycoverage.questions.dialogue import KEYS, Dialogue, StoppedError
    from pycoverage.questions.interview import Interview

    law = law_of(options)
    if dossier is not None and form == "json":
        from pycoverage.dossier import read_dossier
        from pycoverage.questions.questionnaire import step

        show_json(step(law, read_dossier(dossier, law.base), date=date, seconds=options.seconds))
        return
    dialogue = Dialogue(_typed, click.echo)
    before = "" if dossier is None else _text(dossier)
    agree_output(output, dossier, dialogue, agreed=replace)
    dialogue.tell(KEYS)
    name = output.stem if output is not None else "nouveau"
    try:
        text = opened(law, name, dialogue, seconds=options.seconds) if dossier is None else before
    except StoppedError:
        dialogue.tell("Rien n'est gardé.")
        raise SystemExit(1) from None
    file = str(dossier or output or name)
    interview = Interview(law, text, file, dialogue, date=date, seconds=options.seconds)
    finished = interview.run()
    show_lines(conclude(interview, finished=finished))
    raise SystemExit(0 if keep(interview, output, dossier, before) else 1)


def _typed(prompt: str) -> str:
    click.echo(prompt, nl=False)
    line = sys.stdin.readline()
    if not line:
        click.echo()
        raise EOFError
    return line


def _text(dossier: Path) -> str:
    from pycoverage.document import read

    read(dossier)
    return dossier.read_bytes().decode()


@click.command()
@DOSSIER
@DROIT
@PERSON
@DATE
@READING
@FORMAT
@click.pass_obj
@guarded
def change(
    options: Options,
    dossier: Path,
    droit: str | None,
    person: str | None,
    date: str | None,
    readings: tuple[str, ...],
    form: str,
) -> None:
    """Ce qui ouvrirait un DROIT refusé (démarches, attente), et ce qui mettrait fin à un droit ouvert."""
    from pycoverage.dossier import read_dossier
    from pycoverage.outlooks.advice import advice_text
    from pycoverage.outlooks.outlook import outlooks
    from pycoverage.selection import selection

    asked_readings = chosen(readings)
    law = law_of(options)
    read = read_dossier(dossier, law.base)
    right = selection(law.base, read.persons.values(), person, droit)
    found = outlooks(law, read, person=person, right=right, readings=asked_readings, date=date, seconds=options.seconds)
    show(form, found, lambda: advice_text(found, law.base, read.title or read.name, full=right is not None))
    whole = all(outlook.complet for rights in found.personnes.values() for outlook in rights.values())
    raise SystemExit(2 if found.anomalies else 0 if whole else 3)


@click.command()
@DOSSIER
@DROIT
@PERSON
@DATE
@READING
@FORMAT
@click.pass_obj
@guarded
def evidence(
    options: Options,
    dossier: Path,
    droit: str | None,
    person: str | None,
    date: str | None,
    readings: tuple[str, ...],
    form: str,
) -> None:
    """Ce qui prouve un DROIT : les documents qui manquent, ceux qui suffisent, ce qui ne peut être exigé."""
    from pycoverage.exhibits.checklist import checklist
    from pycoverage.exhibits.evidence import evidences

    found = coherent(options, dossier, date, readings)
    listed = evidences(found, person, droit)
    show(form, listed, lambda: checklist(listed, found.law.base))
    raise SystemExit(0 if found.complete else 3)


@click.command()
@DOSSIER
@click.option("--from", "start", required=True, metavar="AAAA-MM-JJ", help="Premier jour.")
@click.option("--to", "end", required=True, metavar="AAAA-MM-JJ", help="Dernier jour.")
@formats("text", "json", "svg", "ics")
@OUTPUT
@click.pass_obj
@guarded
def timeline(options: Options, dossier: Path, start: str, end: str, form: str, output: Path | None) -> None:
    """Les droits d'un DOSSIER jour après jour : quand chacun commence et finit, et pourquoi."""
    from pycoverage.dossier import read_dossier
    from pycoverage.timelines.timeline import timeline as over_time

    law = law_of(options)
    read = read_dossier(dossier, law.base)
    found = over_time(law, read, start, end, seconds=options.seconds, progress=counted("jours"))
    write(_timeline(found, law.base, form), output)


def _timeline(found: Timeline, base: KnowledgeBase, form: str) -> str:
    from pycoverage.timelines.calendar import to_calendar
    from pycoverage.timelines.chart import timeline_picture
    from pycoverage.timelines.chronicle import timeline_text

    if form == "json":
        return to_json(found)
    if form == "svg":
        return timeline_picture(found, base)
    if form == "ics":
        return to_calendar(found)
    return "\n".join(timeline_text(found, base)) + "\n"


@click.command()
@DOSSIER
@DATE
@READING
@OUTPUT
@click.pass_obj
@guarded
def export(options: Options, dossier: Path, date: str | None, readings: tuple[str, ...], output: Path | None) -> None:
    """Écrit un DOSSIER et les règles en un seul programme, que clingo seul comprend."""
    from pycoverage.export import export_program

    if output is not None and output.resolve() == dossier.resolve():
        raise click.BadParameter("c'est le dossier lui-même", param_hint="-o")
    found = coherent(options, dossier, date, readings)
    write(export_program(found), output)
