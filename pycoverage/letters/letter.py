"""The letter of an appeal: what it says, each sentence with its proof."""

from __future__ import annotations

import msgspec

from pycoverage.letters.plea import Plea
from pycoverage.letters.stationery import Model


class Told(msgspec.Struct, frozen=True):
    """One sentence of a letter and where it comes from.

    `preuve` is `droit` or `demarche`, with a node of that proof, or `decision` for what the decision says.
    """

    texte: str
    preuve: str
    node: int


class Letter(msgspec.Struct, frozen=True):
    """A letter to be printed: the model, what its holes receive, and every sentence with its proof.

    `reserves` are what the signatory has to check first.
    """

    plea: Plea
    content: dict[str, object]
    sentences: tuple[Told, ...]
    reserves: tuple[str, ...]

    @property
    def model(self) -> Model:
        return self.plea.way.model

    @property
    def jour(self) -> str:
        """The day of the letter."""
        return self.plea.examined.examination.date
