"""A dossier as it is played again and again under mutants, with what the base concludes of it."""

from __future__ import annotations

import msgspec

from pycoverage.completion import Filled
from pycoverage.dossier import Dossier
from pycoverage.situation import Context
from pycoverage.value import Value


class Subject(msgspec.Struct):
    """A dossier as it is played again and again, and what the base concludes of it.

    `asked` are the contexts on which what it expects depends: the first one, unless it expects a right contested.
    """

    dossier: Dossier
    filled: Filled
    contexts: list[Context]
    asked: list[Context]
    expects: frozenset[tuple[str, str]]
    anomalies: frozenset[tuple[str, str]]
    conclusions: dict[Context, frozenset[tuple[str, tuple[Value, ...]]]]
