"""The command line: reads arguments, calls the library, prints. It holds no logic of its own."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial, wraps
from pathlib import Path
from typing import Any, Literal, NoReturn, ParamSpec, TypeVar

import click

from pycoverage import __version__

P = ParamSpec("P")
T = TypeVar("T")

DOSSIER = click.argument("dossier", type=click.Path(path_type=Path))
DATE = click.option("--date", metavar="AAAA-MM-JJ", help="Jour d'appréciation (par défaut, celui du dossier).")
LANGUAGE = click.option(
    "--lang",
    type=click.Choice(sorted(path.stem for path in (Path(__file__).parent / "langues").glob("*.yaml"))),
    default="fr",
    show_default=True,
    help="À qui parler : français juridique (fr), facile à lire (falc), ou une autre langue.",
)
REPLACE = click.option("--remplacer", "replace", is_flag=True, help="Remplace le fichier de -o s'il existe.")
REPORT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html", "junit"]),
    default="text",
    show_default=True,
)
OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Fichier à écrire (par défaut, la sortie)."
)
READING = click.option("--lecture", "readings", multiple=True, metavar="QUESTION=LECTURE", help="Choisit une lecture.")


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the errors of the library into messages and exit codes: 2 bad input, 3 a limit reached."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        from pycoverage.finding import InputError, LimitError

        try:
            return command(*args, **kwargs)
        except InputError as error:
            for finding in error.findings:
                click.echo(str(finding), err=True)
            raise SystemExit(2) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            click.echo(f"écriture impossible ({error.strerror or 'sortie fermée'})", err=True)
            os._exit(2)
        except (LimitError, MemoryError) as error:
            reason = str(error) or "la limite de mémoire est dépassée"
            click.echo(f"{reason} — augmentez --limite ou --memoire, ou précisez le dossier", err=True)
            sys.stderr.flush()
            os._exit(3)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pycoverage")
@click.option("--base", "root", type=click.Path(path_type=Path), help="Dossier d'une autre base (rules/ et facts/).")
@click.option(
    "--limite",
    "seconds",
    type=click.FloatRange(min=0.001, max=86_400),
    default=60,
    show_default=True,
    help="Secondes de calcul au plus.",
)
@click.option(
    "--memoire",
    type=click.IntRange(min=256, max=1_000_000),
    default=4096,
    show_default=True,
    help="Mémoire au plus, en Mo.",
)
@click.pass_context
def main(context: click.Context, root: Path | None, seconds: float, memoire: int) -> None:
    """Les droits à la couverture santé en France : qui a droit à quoi, pourquoi, et pourquoi pas."""
    if math.isnan(seconds):
        raise click.BadParameter("donnez un nombre de secondes", param_hint="--limite")
    context.obj = {"root": root, "seconds": seconds}
    _limit_memory(memoire)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:
        return
    size = megabytes * 1024 * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or size <= hard:
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def _law(options: dict[str, Any], lang: str = "fr") -> Any:
    from pycoverage.law import load_law

    law = load_law(options["root"])
    if lang == "fr":
        return law
    from pycoverage.translation import translated

    return translated(law, lang)


def _assess(options: dict[str, Any], dossier: Path, date: str | None, readings: Iterable[str], lang: str = "fr") -> Any:
    from pycoverage.assessment import assess
    from pycoverage.dossier import read_dossier

    chosen = dict(_pair(reading) for reading in readings)
    law = _law(options, lang)
    read = read_dossier(dossier, law.base)
    return assess(law, read, date=date, readings=chosen, seconds=options["seconds"])


def _pair(text: str) -> tuple[str, str]:
    question, separator, reading = text.partition("=")
    if not separator:
        raise click.UsageError(f"« {text} » : écrivez QUESTION=LECTURE")
    return question, reading


@main.command()
@DOSSIER
@DATE
@READING
@LANGUAGE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def evaluate(
    options: dict[str, Any], dossier: Path, date: str | None, readings: tuple[str, ...], lang: str, form: str
) -> None:
    """Tous les droits de toutes les personnes d'un DOSSIER."""
    from pycoverage.evaluation import answer_for

    found = _assess(options, dossier, date, readings, lang)
    answer = answer_for(found)
    if form == "json":
        _json(answer)
    else:
        from pycoverage.presentation import answer_text

        for line in answer_text(answer, found.law.base, {"title": found.dossier.title}):
            click.echo(line)
    raise SystemExit(2 if answer.anomalies else 0 if answer.complet else 3)


@main.command()
@DOSSIER
@click.argument("droit", required=False)
@click.option("--person", "--personne", "person", help="Une seule personne.")
@DATE
@READING
@LANGUAGE
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option("--depth", type=click.IntRange(min=1), help="Profondeur de l'arbre (par défaut 12, ou 5 sans DROIT).")
@click.option("--full", is_flag=True, help="Développe tout : ce qui est écarté et les étapes techniques.")
@click.pass_obj
@guarded
def explain(
    options: dict[str, Any],
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

    found = _assess(options, dossier, date, readings, lang)
    narrative = Narrative(found, depth=depth or (99 if full else 12 if droit else 5), full=full)
    chosen = narrative.select(person, droit)
    if form == "json":
        _json(narrative.document(chosen))
    elif form == "markdown":
        for line in narrative.markdown(chosen):
            click.echo(line)
    elif sys.stdout is not None and sys.stdout.isatty():
        narrative.display(chosen)
    else:
        for line in narrative.text(chosen):
            click.echo(line)
    raise SystemExit(2 if narrative.answer.anomalies else 0 if narrative.answer.complet else 3)


@main.command()
@DOSSIER
@click.argument("droit", required=False)
@click.option("--person", "--personne", "person", help="Une seule personne.")
@DATE
@READING
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def change(
    options: dict[str, Any],
    dossier: Path,
    droit: str | None,
    person: str | None,
    date: str | None,
    readings: tuple[str, ...],
    form: str,
) -> None:
    """Ce qui ouvrirait un DROIT refusé (démarches, attente), et ce qui mettrait fin à un droit ouvert."""
    from pycoverage.dossier import read_dossier
    from pycoverage.law import load_law
    from pycoverage.outlooks.advice import advice_text
    from pycoverage.outlooks.outlook import outlooks
    from pycoverage.selection import selection

    chosen = dict(_pair(reading) for reading in readings)
    law = load_law(options["root"])
    read = read_dossier(dossier, law.base)
    right = selection(law.base, read.persons.values(), person, droit)
    found = outlooks(law, read, person=person, right=right, readings=chosen, date=date, seconds=options["seconds"])
    if form == "json":
        _json(found)
    else:
        for line in advice_text(found, law.base, read.title or read.name, full=right is not None):
            click.echo(line)
    whole = all(outlook.complet for rights in found.personnes.values() for outlook in rights.values())
    raise SystemExit(2 if found.anomalies else 0 if whole else 3)


@main.command()
@DOSSIER
@click.argument("droit", required=False)
@click.option("--person", "--personne", "person", help="Une seule personne.")
@DATE
@READING
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def evidence(
    options: dict[str, Any],
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

    found = _assess(options, dossier, date, readings)
    if found.anomalies:
        click.echo("le dossier se contredit : « pycoverage evaluate » dit où", err=True)
        raise SystemExit(2)
    listed = evidences(found, person, droit)
    if form == "json":
        _json(listed)
    else:
        for line in checklist(listed, found.law.base):
            click.echo(line)
    raise SystemExit(0 if found.complete else 3)


@main.command()
@DOSSIER
@click.option("--right", "--droit", "right", metavar="DROIT", help="Un seul droit.")
@click.option("--person", "--personne", "person", help="Une seule personne.")
@DATE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def refusal(
    options: dict[str, Any], dossier: Path, right: str | None, person: str | None, date: str | None, form: str
) -> None:
    """Examine chaque refus d'un DOSSIER : est-il fondé, son motif tient-il, quelle erreur, comment contester."""
    from pycoverage.assessment import assess
    from pycoverage.dossier import read_dossier
    from pycoverage.law import load_law
    from pycoverage.refusals.absence import absence
    from pycoverage.refusals.examination import VERSION, Examinations
    from pycoverage.refusals.opinion import opinion_text
    from pycoverage.refusals.refusal import examine_all
    from pycoverage.speech import speech

    law = load_law(options["root"])
    read = read_dossier(dossier, law.base)
    found = examine_all(law, read, person=person, right=right, date=date, seconds=options["seconds"])
    if form == "json":
        told = [examined.examination for _, _, examined in found]
        _json(Examinations(VERSION, read.name, date or read.date, read.persons, told))
    else:
        click.echo(read.title or read.name)
        for who, what, examined in found:
            click.echo()
            for line in opinion_text(examined, who, what):
                click.echo(line)
        if not found:
            click.echo("\nAucun refus à contester. Pourquoi :")
            for reason in absence(assess(law, read, date=date, seconds=options["seconds"]), person, right):
                click.echo(f"  - {reason}")
        click.echo(f"\n{speech()('avertissement')}" if not found else speech()("avertissement"))
    raise SystemExit(0 if all(examined.examination.complet for _, _, examined in found) else 3)


@main.command()
@click.argument("droit")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def grounds(options: dict[str, Any], droit: str, form: str) -> None:
    """Les motifs qu'un refus de DROIT peut invoquer : les conditions de ses règles, à écrire sous « motif »."""
    from pycoverage.ground import grounds as conditions_of
    from pycoverage.law import load_law

    found = conditions_of(load_law(options["root"]), droit)
    if form == "json":
        _json(found)
    else:
        width = max(map(len, found), default=0)
        for code, text in found.items():
            click.echo(f"{code:<{width}}  {text}")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--exercised", is_flag=True, help="Liste aussi les règles jamais appliquées.")
@click.pass_obj
@guarded
def test(options: dict[str, Any], paths: tuple[Path, ...], exercised: bool) -> None:
    """Rejoue les dossiers qui ont un « attendu » (par défaut tests/dossiers et examples)."""
    from pycoverage.law import load_law
    from pycoverage.suite import find_dossiers, report_text, run_suite

    law = load_law(options["root"])
    where = [path for path in paths or (Path("tests/dossiers"), Path("examples")) if paths or path.exists()]
    report = run_suite(law, find_dossiers(where), seconds=options["seconds"])
    for line in report_text(law, report, exercised=exercised):
        click.echo(line)
    raise SystemExit(
        2 if report.unusable else 3 if report.partial else 1 if report.failures or not report.dossiers else 0
    )


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Graine du tirage.")
@click.option("--count", type=click.IntRange(min=1), default=200, show_default=True, help="Mutants tirés.")
@click.option("--tous", "whole", is_flag=True, help="Tous les mutants, sans tirage.")
@click.option("--equivalents", type=click.Path(path_type=Path), help="Mutants qui ne changent rien, et pourquoi.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def mutants(
    options: dict[str, Any],
    paths: tuple[Path, ...],
    seed: int,
    count: int,
    whole: bool,
    equivalents: Path | None,
    form: str,
) -> None:
    """Change la base d'un rien, et dit quels changements les dossiers voient (défaut : tests/dossiers, examples)."""
    from pycoverage.dossier import read_dossier
    from pycoverage.law import load_law
    from pycoverage.mutants.equivalence import equivalences
    from pycoverage.mutants.mutation import mutants as generated
    from pycoverage.mutants.score import draw, read_equivalents, score, score_text
    from pycoverage.mutants.trial import outcomes
    from pycoverage.suite import find_dossiers

    law = load_law(options["root"])
    where = [path for path in paths or (Path("tests/dossiers"), Path("examples")) if paths or path.exists()]
    dossiers = [read_dossier(path, law.base) for path in find_dossiers(where)]
    made = generated(law.base)
    default = Path("tests/mutants.yaml")
    known = equivalents or (default if default.exists() else None)
    drawn = draw(made, seed=seed, count=None if whole else count)
    reasons = {**dict(equivalences(law, drawn)), **(read_equivalents(known, made) if known else {})}
    told = lambda done, all_: _progress(f"{done} dossiers rejoués sur {all_}")  # noqa: E731
    found = score(outcomes(law, drawn, dossiers, told=told), seed=seed, made=len(made), equivalents=reasons)
    if form == "json":
        _json(found)
    else:
        for line in score_text(found):
            click.echo(line)


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "json", "annotations"]), default="text", show_default=True)
@click.option("--explain", "code", metavar="CODE", help="Explique un code.")
@click.pass_obj
@guarded
def check(options: dict[str, Any], form: str, code: str | None) -> None:
    """Relit les règles et les faits, et dit tout ce qui ne va pas."""
    from pycoverage import checks
    from pycoverage.checkout import default_root
    from pycoverage.inventory import read_inventory, summary
    from pycoverage.translation import completeness

    if code is not None:
        click.echo(checks.explain(code))
        return
    root = options["root"] or default_root()
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
        for line in completeness(root):
            click.echo(line)
    raise SystemExit(1 if any(finding.severity == "erreur" for finding in findings) else 0)


@main.command()
@click.argument("dossier", required=False, type=click.Path(path_type=Path))
@click.option("--nouveau", is_flag=True, help="Commence un dossier : le jour, les personnes, leurs liens.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Fichier où écrire le dossier complété.")
@REPLACE
@DATE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def ask(
    options: dict[str, Any],
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
    from pycoverage.law import load_law
    from pycoverage.questions.blank import opened
    from pycoverage.questions.closing import agree_output, conclude, keep
    from pycoverage.questions.dialogue import KEYS, Dialogue, StoppedError
    from pycoverage.questions.interview import Interview

    law = load_law(options["root"])
    if dossier is not None and form == "json":
        from pycoverage.dossier import read_dossier
        from pycoverage.questions.questionnaire import step

        _json(step(law, read_dossier(dossier, law.base), date=date, seconds=options["seconds"]))
        return
    dialogue = Dialogue(_typed, click.echo)
    before = "" if dossier is None else _text(dossier)
    agree_output(output, dossier, dialogue, agreed=replace)
    dialogue.tell(KEYS)
    name = output.stem if output is not None else "nouveau"
    try:
        text = opened(law, name, dialogue, seconds=options["seconds"]) if dossier is None else before
    except StoppedError:
        dialogue.tell("Rien n'est gardé.")
        raise SystemExit(1) from None
    file = str(dossier or output or name)
    interview = Interview(law, text, file, dialogue, date=date, seconds=options["seconds"])
    finished = interview.run()
    for line in conclude(interview, finished=finished):
        click.echo(line)
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


@main.command()
@DOSSIER
@click.option("--from", "start", required=True, metavar="AAAA-MM-JJ", help="Premier jour.")
@click.option("--to", "end", required=True, metavar="AAAA-MM-JJ", help="Dernier jour.")
@click.option("--format", "form", type=click.Choice(["text", "json", "svg", "ics"]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Fichier à écrire (par défaut, la sortie).")
@click.pass_obj
@guarded
def timeline(options: dict[str, Any], dossier: Path, start: str, end: str, form: str, output: Path | None) -> None:
    """Les droits d'un DOSSIER jour après jour : quand chacun commence et finit, et pourquoi."""
    from pycoverage.dossier import read_dossier
    from pycoverage.timelines.timeline import timeline as over_time

    law = _law(options)
    found = over_time(
        law,
        read_dossier(dossier, law.base),
        start,
        end,
        seconds=options["seconds"],
        progress=lambda done, whole: _progress(f"{done} jours sur {whole}" if done < whole else ""),
    )
    _write(_timeline(found, law.base, form), output)


def _timeline(found: Any, base: Any, form: str) -> str:
    import msgspec

    from pycoverage.timelines.calendar import to_calendar
    from pycoverage.timelines.chart import timeline_picture
    from pycoverage.timelines.chronicle import timeline_text

    if form == "json":
        return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    if form == "svg":
        return timeline_picture(found, base)
    if form == "ics":
        return to_calendar(found)
    return "\n".join(timeline_text(found, base)) + "\n"


@main.command()
@click.argument("before", metavar="AVANT")
@click.argument("after", metavar="APRES")
@click.argument("paths", metavar="[DOSSIERS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--date", metavar="AAAA-MM-JJ", help="Jour d'appréciation (par défaut, le plus tardif des deux états).")
@click.option("--right", "--droit", "right", metavar="DROIT", help="Un seul droit.")
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
    options: dict[str, Any],
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
    if exhaustive:
        _survey(options, before, after, paths, date, right, form, output, fail, persons, details, keep)
    from pycoverage.checkout import default_root
    from pycoverage.comparisons.corpus import compare as compare_states
    from pycoverage.comparisons.corpus import default_paths, read_all
    from pycoverage.comparisons.output import written
    from pycoverage.selection import selection
    from pycoverage.states.state import read_state, side_by_side
    from pycoverage.suite import find_dossiers
    from pycoverage.writing import refuse_overwriting

    chosen = dict(_pair(reading) for reading in readings)
    root = options["root"] or default_root()
    pair = side_by_side(read_state(before, root), read_state(after, root))
    wanted = selection(pair.law.base, (), None, right)
    asked = find_dossiers(paths) if paths else default_paths(root)
    refuse_overwriting(output, asked)
    dossiers = read_all(pair.law, asked)
    if not dossiers:
        raise click.UsageError("aucun dossier à comparer : nommez des fichiers ou des dossiers de fichiers")
    found = compare_states(
        pair,
        dossiers,
        date=date,
        right=wanted,
        readings=chosen,
        seconds=options["seconds"],
        progress=lambda done, whole: _progress(f"{done} dossiers sur {whole}" if done < whole else ""),
    )
    _write(written(found, pair.law.base, form, [each.file for each in dossiers]), output)
    raise SystemExit(1 if fail and found.changements else 0)


def _survey(
    options: dict[str, Any],
    before: str,
    after: str,
    paths: tuple[Path, ...],
    date: str | None,
    right: str | None,
    form: str,
    output: Path | None,
    fail: bool,
    persons: int,
    details: bool,
    keep: Path | None,
) -> NoReturn:
    """Print what may differ in all situations; exit 3 where time ran out first."""
    import msgspec

    from pycoverage.checkout import default_root
    from pycoverage.searches.account import survey_text
    from pycoverage.searches.survey import survey
    from pycoverage.selection import selection
    from pycoverage.states.state import read_state, side_by_side
    from pycoverage.writing import refuse_replacing, write_whole

    if paths or form not in ("text", "json"):
        raise click.UsageError("--exhaustive se passe de dossiers, et s'écrit en text ou en json")
    root = options["root"] or default_root()
    pair = side_by_side(read_state(before, root), read_state(after, root))
    wanted = selection(pair.law.base, (), None, right)
    found = survey(
        pair,
        date or pair.date,
        persons,
        right=wanted,
        details=details,
        seconds=options["seconds"],
        progress=_progress,
    )
    if keep is not None:
        files = {keep / f"{each.dossier}.yaml": each.texte for each in found.personas}
        keep.mkdir(parents=True, exist_ok=True)
        for path in files:
            refuse_replacing(path, agreed=False)
        for path, text in files.items():
            write_whole(path, text)
    if form == "json":
        _write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n", output)
    else:
        _write("\n".join(survey_text(found, pair.law.base)) + "\n", output)
    raise SystemExit(3 if not found.complet else 1 if fail and found.differences else 0)


@main.command()
@click.argument("paths", metavar="[DOSSIERS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--update", is_flag=True, help="Approuve les réponses d'aujourd'hui.")
@REPORT
@OUTPUT
@click.pass_obj
@guarded
def snapshot(options: dict[str, Any], paths: tuple[Path, ...], update: bool, form: str, output: Path | None) -> None:
    """Compare les réponses et les motifs des DOSSIERS (par défaut, tests et exemples) à ceux qui sont approuvés.

    Les réponses approuvées sont dans tests/approuve ; sort avec le code 1 si l'une d'elles change.
    """
    from pycoverage.checkout import default_root
    from pycoverage.comparisons.approval import Approved, approve, name_of, read_approved, recorded
    from pycoverage.comparisons.corpus import default_paths
    from pycoverage.comparisons.output import written
    from pycoverage.comparisons.review import unapproved
    from pycoverage.law import load_law
    from pycoverage.suite import find_dossiers
    from pycoverage.writing import refuse_overwriting

    root = options["root"] or default_root()
    asked = find_dossiers(paths) if paths else default_paths(root)
    refuse_overwriting(output, asked)
    law = load_law(root)
    known = Approved({}, {}) if update else read_approved(root)
    found = recorded(
        law,
        root,
        asked,
        approved=known,
        seconds=options["seconds"],
        progress=lambda done, whole: _progress(f"{done} dossiers sur {whole}" if done < whole else ""),
    )
    if not found:
        raise click.UsageError("aucun dossier : nommez des fichiers ou des dossiers de fichiers")
    if update:
        for path in approve(law, root, found, whole=not paths):
            click.echo(os.path.relpath(path))
        return
    compared = unapproved(law, root, known, found, whole=not paths)
    files = [*(name_of(root, each.file) for each in found), *compared.disparus]
    _write(written(compared, law.base, form, files), output)
    raise SystemExit(1 if compared.changements or compared.nouveaux or compared.disparus else 0)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--from", "start", metavar="AAAA-MM-JJ", help="Premier jour (par défaut, le début de la base).")
@click.option("--to", "end", metavar="AAAA-MM-JJ", help="Dernier jour (par défaut, le dernier changement).")
@click.pass_obj
@guarded
def continuity(options: dict[str, Any], paths: tuple[Path, ...], start: str | None, end: str | None) -> None:
    """Cherche ce qui manque, chaque jour où le droit change et la veille (sondes : les exemples, par défaut)."""
    from pycoverage.continuity import examine, report
    from pycoverage.dossier import read_dossier
    from pycoverage.law import load_law
    from pycoverage.suite import find_dossiers

    law = load_law(options["root"])
    where = paths or [path for path in [Path(law.base.root) / "examples"] if path.is_dir()]
    dossiers = [read_dossier(path, law.base) for path in find_dossiers(where)]
    found = examine(law, dossiers, start, end, progress=_progress)
    _progress("")
    for line in report(law, found):
        click.echo(line)
    raise SystemExit(1 if found.problems else 0)


@main.command()
@click.option("--missing", is_flag=True, help="Seulement ce qui n'est pas modélisé, avec la raison.")
@click.pass_obj
@guarded
def inventory(options: dict[str, Any], missing: bool) -> None:
    """Dit ce qui porte, dans la base, chaque affirmation des documents de départ."""
    from pycoverage.checkout import default_root
    from pycoverage.finding import InputError
    from pycoverage.inventory import read_inventory, report

    entries, findings = read_inventory(options["root"] or default_root())
    if findings:
        raise InputError(findings)
    for line in report(entries, missing=missing):
        click.echo(line)


@main.command()
@click.argument("reader", metavar="[LECTEUR]", required=False)
@click.pass_obj
@guarded
def languages(options: dict[str, Any], reader: str | None) -> None:
    """Dit ce qui est traduit pour chaque lecteur, ou ce qui manque à un LECTEUR ; et ce qui est mal écrit (code 1)."""
    from pycoverage.checkout import default_root
    from pycoverage.translation import completeness, flaws_of_reader, missing
    from pycoverage.words import readers

    root = options["root"] or default_root()
    for line in missing(root, reader) if reader else completeness(root):
        click.echo(line)
    findings = sorted(
        finding for each in ([reader] if reader else readers()) for finding in flaws_of_reader(root, each)
    )
    for finding in findings:
        click.echo(str(finding))
    raise SystemExit(1 if findings else 0)


@main.command()
@click.argument("what", metavar="[QUOI]", default="dossier")
@click.pass_obj
@guarded
def schema(options: dict[str, Any], what: str) -> None:
    """Écrit le schéma JSON des dossiers, ou de ce qu'écrit une commande (evaluate, refusal…)."""
    from pycoverage.law import load_law
    from pycoverage.schema import OUTPUTS, dossier_schema, output_schema

    if what in OUTPUTS:
        _json(output_schema(what))
    elif what == "dossier":
        _json(dossier_schema(load_law(options["root"]).base))
    else:
        raise click.UsageError(f"pas de schéma « {what} » : {', '.join(['dossier', *OUTPUTS])}")


@main.command()
@DOSSIER
@DATE
@READING
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Fichier à écrire (par défaut, la sortie).")
@click.pass_obj
@guarded
def export(
    options: dict[str, Any], dossier: Path, date: str | None, readings: tuple[str, ...], output: Path | None
) -> None:
    """Écrit un DOSSIER et les règles en un seul programme, que clingo seul comprend."""
    from pycoverage.export import export_program

    if output is not None and output.resolve() == dossier.resolve():
        raise click.BadParameter("c'est le dossier lui-même", param_hint="-o")
    found = _assess(options, dossier, date, readings)
    if found.anomalies:
        click.echo("le dossier se contredit : « pycoverage evaluate » dit où", err=True)
        raise SystemExit(2)
    _write(export_program(found), output)


@main.command()
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
    options: dict[str, Any],
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
    found = correspond(options["root"], dossier, identity, output, **asked, seconds=options["seconds"])
    for line in found.told:
        click.echo(line, err=True)
    if found.letter is None:
        raise SystemExit(1)
    if output is None:
        click.echo(found.letter.decode(), nl=False)
    else:
        write_whole(output, found.letter)


@main.command()
@click.argument("ids", nargs=-1, metavar="[INVARIANTS]...")
@click.option(
    "--persons", "--personnes", type=click.IntRange(min=1, max=4), default=1, show_default=True, help="Foyer."
)
@click.option("--date", "dates", multiple=True, metavar="AAAA-MM-JJ", help="Jour examiné (par défaut, ceux déclarés).")
@click.option(
    "--limite", "seconds", type=click.FloatRange(min=0.001), default=600, show_default=True, help="Secondes au plus."
)
@click.option("--structure", is_flag=True, help="Cherche aussi ce qui, dans les règles, ne sert jamais.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@guarded
def verify(
    options: dict[str, Any],
    ids: tuple[str, ...],
    persons: int,
    dates: tuple[str, ...],
    seconds: float,
    structure: bool,
    form: str,
) -> None:
    """Prouve ce qui doit toujours tenir (rules/invariants), ou montre la plus petite situation qui le contredit."""
    from pycoverage.law import load_law
    from pycoverage.searches.verdict import examine, report_text

    law = load_law(options["root"])
    told = partial(click.echo, err=True)
    found = examine(law, ids, dates, persons, structural=structure, seconds=seconds, told=told)
    if form == "json":
        _json(found)
    else:
        for line in report_text(found):
            click.echo(line)
    raise SystemExit(found.code)


def _write(text: str, output: Path | None) -> None:
    from pycoverage.writing import write_whole

    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)


@main.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("site"), show_default=True, help="Dossier."
)
@click.option("--format", "form", type=click.Choice(["site", "markdown"]), default="site", show_default=True)
@click.pass_obj
@guarded
def doc(options: dict[str, Any], output: Path, form: Literal["site", "markdown"]) -> None:
    """Écrit une page par droit : chaque règle, ses sources, ses périodes, ses dossiers, et ce qui en dépend."""
    from pycoverage.law import load_law
    from pycoverage.manual.site import publish

    law = load_law(options["root"])
    told = partial(click.echo, err=True)
    pages = publish(law, output, form=form, seconds=options["seconds"], told=told)
    click.echo(f"{pages} pages dans {output}")


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)


def _json(item: object) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(item), indent=2).decode())
