"""The time that a search may take: a moment of the clock at which it stops, or none."""

from __future__ import annotations

import threading
import time

from pycoverage.finding import TimeLimitError

GROUNDING = "grounding"
"""The name of the threads that ground under a limit of time."""


def abandoned() -> bool:
    """Tell whether a grounding that nobody waits for still runs.

    It cannot be stopped, and the interpreter must not end beside it: the solver would abort the process.
    """
    return any(each.name == GROUNDING for each in threading.enumerate())


def ends(seconds: float | None) -> float | None:
    """Return the moment when so many seconds from now will have passed."""
    return None if seconds is None else time.monotonic() + seconds


def time_left(until: float | None) -> float | None:
    """Return how many seconds are left until a moment, more than 0. Raises LimitError when it is past."""
    if until is None:
        return None
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeLimitError
    return seconds


def remaining(until: float | None) -> float | None:
    """Return how many seconds are left until a moment, and never none: a search so short says it is partial."""
    return None if until is None else max(0.001, until - time.monotonic())
