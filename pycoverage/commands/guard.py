"""The errors of the library, and what a person interrupts, as messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from pycoverage.commands.printing import progress, told

P = ParamSpec("P")
T = TypeVar("T")

INTERRUPTED = 130
"""The exit code of a command that a person interrupts before it could answer: 128 and the number of the signal."""


class Commands(click.Group):
    """Commands that a person may interrupt, and that may leave a grounding behind."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Raises SystemExit, with `INTERRUPTED` for one that was interrupted."""
        try:
            found = super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            progress("")
            told("Interrompu.")
            _leave(INTERRUPTED)
        except SystemExit as end:
            _leave(end.code if isinstance(end.code, int) else 0)
        return found


def _leave(code: int) -> NoReturn:
    """End with a code; at once where a grounding still runs. Raises SystemExit."""
    from pycoverage.limit import abandoned

    if abandoned():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise SystemExit(code) from None


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the errors of the library into messages and exit codes: 2 bad input, 3 a limit reached."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        from pycoverage.finding import Finding, InputError, LimitError, Place, TimeLimitError
        from pycoverage.mishap import reason as why

        try:
            return command(*args, **kwargs)
        except InputError as error:
            for finding in error.findings:
                click.echo(str(finding), err=True)
            raise SystemExit(2) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            where = str(error.filename or "sortie standard")
            message = f"écriture impossible ({why(error)})"
            click.echo(str(Finding(Place(where), "DO013", message, "vérifiez la place et les droits")), err=True)
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
    return seconds(context.params.get("seconds", context.obj.seconds))
