"""The dated catalogues of `facts/`: sources, rights, readings, parameters, nomenclatures.

Formats are described in facts/README.md. Intervals are half-open here: from the first day in force
to the first day no longer in force (`#sup` when open).
"""

from __future__ import annotations

from typing import Literal as Choice

import msgspec

from pycoverage.finding import Place
from pycoverage.value import SUP, Bound, Value, rank


class Interval(msgspec.Struct, frozen=True):
    """Days from `start` to the day before `end`, in one state of the base or, if it names none, in every state."""

    start: str
    end: str | Bound = SUP
    etat: str = ""

    def holds(self, day: str, etat: str = "") -> bool:
        if self.etat and self.etat != etat:
            return False
        return self.start <= day and (isinstance(self.end, Bound) or day < self.end)

    def overlaps(self, other: Interval) -> bool:
        return rank(self.start) < rank(other.end) and rank(other.start) < rank(self.end)

    def split(self, day: str) -> tuple[Interval | None, Interval | None]:
        """Return what of it is before a day, and what is from that day on."""
        before = Interval(self.start, min(self.end, day, key=rank)) if self.start < day else None
        after = Interval(max(self.start, day), self.end) if rank(day) < rank(self.end) else None
        return before, after


NEVER = Interval("0001-01-01", "0001-01-01")


class Article(msgspec.Struct, frozen=True):
    """One article of a text: what it is about, the days its versions start, and which were read.

    `lu` is one day or several on which the text read was in force, or `non_lue`; `non_lues` names the
    starts of versions known and not read. `ancien` is the number it bore before its text was renumbered.
    """

    objet: str = ""
    legifrance: str = ""
    versions: tuple[str, ...] = ()
    lu: str | tuple[str, ...] = "non_lue"
    non_lues: tuple[str, ...] = ()
    ancien: str = ""

    @property
    def read(self) -> tuple[str, ...]:
        """The starts of the versions that were read; the day itself where no version is known."""
        return tuple(self.version(day) or day for day in self.days)

    @property
    def days(self) -> tuple[str, ...]:
        """The days on which the texts read were in force."""
        if isinstance(self.lu, tuple):
            return self.lu
        return () if self.lu == "non_lue" else (self.lu,)

    def lived(self, interval: Interval) -> tuple[str, ...]:
        """Return the starts of the versions in force on some day of an interval."""
        ends: tuple[str | Bound, ...] = (*self.versions[1:], SUP)
        pairs = zip(self.versions, ends, strict=False)
        return tuple(start for start, end in pairs if Interval(start, end).overlaps(interval))

    def version(self, day: str) -> str:
        """Return the start of the version in force on a day, or an empty text if it is not known."""
        return max((start for start in self.versions if start <= day), default="")


class Numbering(msgspec.Struct, frozen=True):
    """The day since which the articles of a text bear their numbers, and how one is cited whose former is not known."""

    depuis: str
    citation: str


class Text(msgspec.Struct, frozen=True):
    """A code, law, decree or other source, and its cited articles."""

    titre: str
    citation: str = "{article}"
    adresse: str = ""
    articles: dict[str, Article] = {}
    numerotation: Numbering | None = None
    place: Place = Place()

    def renumbered(self, day: str) -> bool:
        """Tell whether the articles bore other numbers on a day (unknown when empty)."""
        return bool(day) and self.numerotation is not None and day < self.numerotation.depuis

    def number(self, name: str, day: str) -> str:
        """Return the number of an article on a day, as far as it is known."""
        found = self.articles.get(name)
        return found.ancien if found is not None and found.ancien and self.renumbered(day) else name

    def cited(self, name: str, day: str) -> str:
        """Return how an article is cited on a day, `{article}` standing for its number."""
        if self.numerotation is not None and self.renumbered(day) and self.number(name, day) == name:
            return self.numerotation.citation
        return self.citation


class Right(msgspec.Struct, frozen=True):
    """A right a person may have; it only serves in default of the rights named in `a_defaut_de`.

    `suite` is the next step, and `voies` the rubric whose lines tell in what ways it is taken on the day, if any.
    """

    nom: str
    nature: Choice["de_droit", "sur_demande", "discretionnaire", "soins"]
    sigle: str = ""
    suite: str = ""
    voies: str = ""
    a_defaut_de: tuple[str, ...] = ()
    note: str = ""
    place: Place = Place()


class Reading(msgspec.Struct, frozen=True):
    """One answer to a question the texts leave open."""

    nom: str
    source: str = ""
    note: str = ""


class Question(msgspec.Struct, frozen=True):
    """A question the texts leave open, its readings and the one taken by default."""

    question: str
    defaut: str
    lectures: dict[str, Reading]
    place: Place = Place()


class Amount(msgspec.Struct, frozen=True):
    """One value of a parameter while it is in force; `keys` is empty unless it has several lines."""

    interval: Interval
    keys: tuple[Value, ...]
    value: Value
    source: str
    verifie_le: str
    confiance: str
    place: Place


class Parameter(msgspec.Struct, frozen=True):
    """A dated amount, coefficient or number of the law."""

    nom: str
    type: str
    source: str
    unite: str
    revision: str
    key_types: tuple[str, ...]
    amounts: tuple[Amount, ...]
    place: Place

    @property
    def arity(self) -> int:
        return len(self.key_types) + 1

    def at(self, day: str, etat: str = "") -> tuple[Amount, ...]:
        """Return the values in force on a day, in a state of the base."""
        return tuple(amount for amount in self.amounts if amount.interval.holds(day, etat))

    def due(self, amount: Amount) -> str:
        """Return the day on which a value should have been replaced and is not known to be, or an empty text."""
        if not self.revision or isinstance(amount.interval.end, str):
            return ""
        year = int(amount.interval.start[:4])
        days = (f"{year}-{self.revision}", f"{year + 1}-{self.revision}")
        return next(day for day in days if day > amount.interval.start)


class Property(msgspec.Struct, frozen=True):
    """A dated fact about elements of a nomenclature."""

    phrase: str = ""
    phrase_negative: str = ""
    source: str = ""


class Element(msgspec.Struct, frozen=True):
    """One element of a nomenclature with its name and the intervals of its properties."""

    nom: str
    properties: dict[str, tuple[Interval, ...]]
    sources: dict[str, str]
    note: str
    place: Place


class Nomenclature(msgspec.Struct, frozen=True):
    """A closed list of codes. `usuels` are those that an example takes where no rule tells them from others."""

    nom: str
    proprietes: dict[str, Property]
    elements: dict[str, Element]
    place: Place
    usuels: tuple[str, ...] = ()
