"""How the commands write: to the terminal or to a file, lines or JSON, and how far a long one has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click


def to_json(item: object) -> str:
    """Return an answer in JSON, ending with its line."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(item), indent=2).decode() + "\n"


def show_json(item: object) -> None:
    """Print an answer in JSON."""
    click.echo(to_json(item), nl=False)


def show_lines(lines: Iterable[str]) -> None:
    """Print lines as they come."""
    for line in lines:
        click.echo(line)


def show(form: str, item: object, lines: Callable[[], Iterable[str]]) -> None:
    """Print an answer in JSON if that is the form asked for, else its lines."""
    if form == "json":
        show_json(item)
    else:
        show_lines(lines())


def write(text: str, output: Path | None) -> None:
    """Print a text, or write it whole to a file."""
    from pycoverage.writing import write_whole

    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)


def told(text: str) -> None:
    """Tell the person who waits something that is no part of the answer."""
    click.echo(text, err=True)


def progress(text: str) -> None:
    """Show how far a long command has come, in place of what it showed before, where a person looks."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)


def counted(what: str) -> Callable[[int, int], None]:
    """Return what shows how many are done of all, and nothing more once all are."""
    return lambda done, whole: progress(f"{done} {what} sur {whole}" if done < whole else "")
