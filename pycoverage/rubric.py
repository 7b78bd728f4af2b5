"""What an answer tells beside the status of a right: who decides, what is covered, until when to appeal."""

from __future__ import annotations

import msgspec

from pycoverage.finding import Place
from pycoverage.vocabulary import Field, type_name


class Rubric(msgspec.Struct, frozen=True):
    """One heading of the answers. Rules conclude `heading(Personne, Droit, Champ…)`; their sentence is the text.

    `fenetres` gives, for a code whose day closes a window, the code whose day opens it.
    """

    nom: str
    champs: dict[str, Field]
    fenetres: dict[str, str] = {}
    note: str = ""
    place: Place = Place()

    @property
    def arity(self) -> int:
        return 2 + len(self.champs)

    @property
    def dated(self) -> str:
        """The field that holds a day, or an empty text."""
        return next((name for name, field in self.champs.items() if field.type == "date"), "")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the arguments, the person and the right first."""
        return ("personne", "code:droit", *(type_name(field) for field in self.champs.values()))
