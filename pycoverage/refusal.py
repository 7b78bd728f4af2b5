"""Examines the refusal of a right: is there a decision, does its ground hold, what was mistaken, what remains."""

from __future__ import annotations

import msgspec

from pycoverage.assessment import Assessment
from pycoverage.dossier import Dossier
from pycoverage.examination import Decision, Examination, Ground, Mistake
from pycoverage.law import Law
from pycoverage.prover import Prover

__all__ = ["Decision", "Examination", "Examined", "Ground", "Mistake", "examine"]


class Examined(msgspec.Struct, frozen=True):
    """An examination and what it rests on.

    `assessment` and `prover` are those of the day on which the right is to be assessed (nodes are its);
    `current` and `current_prover` those of the day of the examination, that tell bodies and deadlines.
    """

    examination: Examination
    assessment: Assessment
    prover: Prover
    current: Assessment
    current_prover: Prover


def examine(
    law: Law, dossier: Dossier, person: str, right: str, *, date: str | None = None, seconds: float | None = None
) -> Examined:
    """Examine the refusal of a right to a person (canonical id). Raises InputError and LimitError."""
    raise NotImplementedError
