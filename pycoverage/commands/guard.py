"""The errors of the library as messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
T = TypeVar("T")


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the errors of the library into messages and exit codes: 2 bad input, 3 a limit reached."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        from pycoverage.finding import InputError, LimitError, TimeLimitError

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
            if isinstance(error, TimeLimitError):
                reason = f"la limite de {_allowed()} est dépassée"
            click.echo(f"{reason} — augmentez --limite ou --memoire, ou précisez le dossier", err=True)
            sys.stderr.flush()
            os._exit(3)

    return run


def _allowed() -> str:
    """Return the time that the user gave: to the command if it has a limit of its own, else to the program."""
    from pycoverage.speech import seconds

    context = click.get_current_context()
    return seconds(context.params["seconds"] if "seconds" in context.params else context.obj.seconds)
