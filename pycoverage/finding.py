"""What is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """A position in a file. Lines and columns count from 1, columns in characters."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


class Finding(msgspec.Struct, frozen=True, order=True):
    """One thing wrong with an input: its place, its code, one sentence, and help."""

    place: Place
    code: str
    message: str
    help: str = ""
    severity: str = "erreur"

    def __str__(self) -> str:
        text = f"{self.place}: {self.code} {self.message}"
        return f"{text} — {self.help}" if self.help else text


class InputError(Exception):
    """Input that cannot be used. Carries every finding, sorted by place."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: list[Finding] = sorted(set(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))


class LimitError(Exception):
    """A limit of time or memory was reached before the answer was known."""


class TimeLimitError(LimitError):
    """The limit of time was reached; who set it knows how long it was."""

    def __init__(self) -> None:
        super().__init__("la limite de temps est dépassée")


def suggestion(word: str, known: Iterable[str], *, close: float = 0.6) -> str:
    """Return « vouliez-vous dire … ? » for the nearest known word, or an empty text."""
    candidates: Sequence[str] = sorted(known)
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=close)
    return f"vouliez-vous dire « {near[0]} » ?" if near else ""


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that forbid using the input, sorted."""
    return sorted(f for f in findings if f.severity == "erreur")
