"""A base ready for use: its rules, the lifted program and the kinds."""

from __future__ import annotations

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.kinds import Kinds
from pycoverage.program import Program


class Law(msgspec.Struct, frozen=True):
    """Everything the engine needs of one state of the base.

    `original` is the base in French, when the texts of `base` are those of another reader.
    """

    base: KnowledgeBase
    program: Program
    kinds: Kinds
    original: KnowledgeBase | None = None

    def french(self) -> Law:
        """Return the same law with the texts that are authoritative."""
        return Law(self.original or self.base, self.program, self.kinds)
