"""The unit that one stable model answers: a case in a context."""

from __future__ import annotations

import msgspec

from pycoverage.finding import Place
from pycoverage.value import Value


class Fact(msgspec.Struct, frozen=True):
    """A ground atom about a case, and where it comes from.

    `origin` is `stated`, `presumed` (the usual value was taken) or `supposed` (one completion of an
    unknown fact); `attribute` names the entry of the vocabulary. Of a line stated but for some of its values,
    `blanks` are the arguments that are supposed.
    """

    name: str
    args: tuple[Value, ...]
    place: Place = Place()
    origin: str = "stated"
    attribute: str = ""
    blanks: tuple[int, ...] = ()


Option = tuple[Fact, ...]
"""What an unknown fact may become: facts, or none."""


class Case(msgspec.Struct, frozen=True):
    """The facts of one dossier, its persons under canonical ids (`p1`, `p2`…)."""

    name: str
    persons: dict[str, str]
    facts: tuple[Fact, ...]
    place: Place = Place()

    def label(self, person: str) -> str:
        """Return the name a person has in the dossier."""
        return self.persons.get(person, person)


LawState = tuple[str, tuple[tuple[str, str], ...], str]
"""A day of the law, the readings chosen, and the state of the base."""


class Context(msgspec.Struct, frozen=True, order=True):
    """A day, the day whose law is kept for later days (none: the law of the day), the readings, the state of the base.

    `readings` holds the questions read otherwise than by default, sorted. `etat` is empty where the base has
    one state only.
    """

    jour: str
    plafond_droit: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    etat: str = ""

    @property
    def droit_au(self) -> str:
        return min(self.jour, self.plafond_droit) if self.plafond_droit else self.jour

    def on(self, jour: str) -> Context:
        """Return the same context on another day."""
        return Context(jour, self.plafond_droit, self.readings, self.etat)

    def read(self, readings: tuple[tuple[str, str], ...]) -> Context:
        """Return the same context under other readings."""
        return Context(self.jour, self.plafond_droit, readings, self.etat)

    @property
    def law(self) -> LawState:
        """Return what the law of the context depends on."""
        return self.droit_au, self.readings, self.etat
