"""How a reader is spoken to: the words around the sentences of the base, days, amounts, numbers, plurals.

The words stand in `langues/`, one file per reader. French is written here; the other languages through Babel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from pycoverage.finding import Finding, InputError, Place
from pycoverage.words import DEFAULT, HOLE, Touches, Words, name_of, read_words, readers

if TYPE_CHECKING:
    from babel import Locale

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_ELIDED = re.compile(r"(\b(?:[Dd]e|[Qq]ue) )?\{(\w+)\}")
_VOWEL = re.compile(r"\[?[aeiouyâàéèêëîïôöûüœAEIOUÂÀÉÈÊËÎÏÔÖÛÜŒ]")
_NUMBERED = re.compile(r"\b(\d+)([  \u202f][^\W\d]+)\(s\)")
"""A number and the noun it counts, written with « (s) » in a sentence of the rules."""
_LATIN, _RIGHT_TO_LEFT = re.compile(r"[A-Za-zÀ-ÿ]"), re.compile(r"[\u0590-\u08ff\u2068]")
_MIRRORED = str.maketrans("├└↳→▸", "┤┘↲←◂")
_FIRST_STRONG, _END, _MARK = "\u2068", "\u2069", "\u200f"
NBSP = "\u00a0"


def day(text: str) -> str:
    """Return a day in French: « 1er juin 2022 »."""
    value = date.fromisoformat(text)
    return f"{'1er' if value.day == 1 else value.day} {MONTHS[value.month - 1]} {value.year}"


def euros(cents: int) -> str:
    """Return an amount in French: « 9 041,00 € »."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", NBSP)
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02d}{NBSP}€"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its French noun: « 1 jour », « 3 jours »."""
    return f"{number}{NBSP}{singular if abs(number) < 2 else plural or singular + 's'}"


def seconds(number: float) -> str:
    """Return a time in French: « 1 seconde », « 2,5 secondes »."""
    return f"{number:.15g}{NBSP}{'seconde' if number < 2 else 'secondes'}".replace(".", ",")


def article(name: str) -> str:
    """Return an article as it is cited: `L1-2` → « L. 1-2 »."""
    return re.sub(r"^([LRD])(?=\d)", rf"\1.{NBSP}", name)


class Speech:
    """French. `touches` are corrections of a sentence once its holes are filled."""

    def __init__(self, reader: str, words: Words, touches: Touches = ()) -> None:
        self.reader, self.words, self.touches = reader, words, touches

    def __call__(self, key: str, /, **holes: str | int) -> str:
        """Return a word with its holes filled; `n` is a number, and chooses the plural."""
        word = self.words[key]
        if not isinstance(word, str):
            form = self.plural(int(holes["n"]))
            word = word.get(form, word["other"])
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in holes.items()}
        return self.filled(word, shown.__getitem__)

    def filled(self, sentence: str, value: Callable[[str], str]) -> str:
        """Fill the holes of a sentence, with the elisions and plurals of the language."""
        text = _NUMBERED.sub(self._agreed, self._holes(sentence, value))
        for written, read in self.touches:
            text = text.replace(written, read)
        return text

    def _holes(self, sentence: str, value: Callable[[str], str]) -> str:
        """Fill the holes, eliding « de » and « que » before a vowel."""

        def hole(match: re.Match[str]) -> str:
            before, shown = match.group(1) or "", value(match.group(2))
            return before[:-2] + "'" + shown if before and _VOWEL.match(shown) else before + shown

        return _ELIDED.sub(hole, sentence)

    def _agreed(self, match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]}{'' if self.plural(int(match[1])) == 'one' else 's'}"

    def plural(self, number: int) -> str:
        """Return the plural category of a number, as CLDR names it."""
        return "one" if abs(number) < 2 else "other"

    def day(self, text: str) -> str:
        return day(text)

    def euros(self, cents: int) -> str:
        return euros(cents)

    def number(self, value: int) -> str:
        return str(value).replace("-", "−")

    def decimal(self, text: str) -> str:
        """Return a number written with a point as the language writes it."""
        return text.replace(".", ",")

    @cached_property
    def countries(self) -> Mapping[str, str]:
        """The names of countries by ISO 3166-1 code; none where the lists of the base name them."""
        return {}

    @cached_property
    def right_to_left(self) -> bool:
        return False

    def foreign(self, text: str) -> str:
        """Return a name, an identifier or a citation so that it keeps its own direction."""
        return text

    def line(self, text: str) -> str:
        """Return a line of text so that it is read in the direction of the language."""
        return text

    def sign(self, text: str) -> str:
        """Return a sign of a tree, turned in the direction of the language."""
        return text

    def marked(self, text: str) -> str:
        """Return a French text marked as not translated."""
        return self.foreign(self._mark[0] + text + self._mark[1])

    def untranslated(self, text: str) -> str | None:
        """Return the French text inside the mark, or None for a text of this language."""
        opening, closing = self._mark
        start = text.find(opening, 0, len(opening) + 1)
        return text[start + len(opening) : text.rindex(closing)] if start >= 0 else None

    def marks(self, text: str) -> int:
        """Return the number of marks in a text."""
        return text.count(self._mark[0])

    @cached_property
    def _mark(self) -> tuple[str, str]:
        opening, _, closing = str(self.words["repli"]).partition("{texte}")
        return opening, closing


class Translation(Speech):
    """A language that Babel knows."""

    def __init__(self, reader: str, words: Words, touches: Touches, locale: Locale) -> None:
        super().__init__(reader, words, touches)
        self.locale = locale

    def _holes(self, sentence: str, value: Callable[[str], str]) -> str:
        return HOLE.sub(lambda match: value(match.group(1)), sentence)

    def plural(self, number: int) -> str:
        return str(self.locale.plural_form(abs(number)))

    def day(self, text: str) -> str:
        from babel.dates import format_date

        return format_date(date.fromisoformat(text), "long", locale=self.locale)

    def euros(self, cents: int) -> str:
        from decimal import Decimal

        from babel.numbers import format_currency

        return format_currency(Decimal(cents).scaleb(-2), "EUR", locale=self.locale)

    def number(self, value: int) -> str:
        from babel.numbers import format_decimal

        return ("−" if value < 0 else "") + format_decimal(abs(value), locale=self.locale)

    def decimal(self, text: str) -> str:
        from decimal import Decimal

        from babel.numbers import format_decimal

        return format_decimal(Decimal(text), format="#,##0.######", locale=self.locale)

    @cached_property
    def countries(self) -> Mapping[str, str]:
        return {str(code): str(name) for code, name in self.locale.territories.items()}

    @cached_property
    def right_to_left(self) -> bool:
        return str(self.locale.text_direction) == "rtl"

    def foreign(self, text: str) -> str:
        return f"{_FIRST_STRONG}{text}{_END}" if self.right_to_left and _LATIN.search(text) else text

    def line(self, text: str) -> str:
        return _MARK + text if self.right_to_left and _RIGHT_TO_LEFT.search(text) else text

    def sign(self, text: str) -> str:
        return text.translate(_MIRRORED) if self.right_to_left else text


@cache
def speech(reader: str = DEFAULT) -> Speech:
    """Return how a reader is spoken to. Raises InputError for an unknown one, or if Babel is missing."""
    if reader not in readers():
        help_ = f"lecteurs : {', '.join(readers())}"
        raise InputError([Finding(Place("--lang"), "DO021", f"lecteur inconnu « {reader} »", help_)])
    lexicon = read_words(reader)
    locale = str(lexicon.words["locale"])
    if locale == DEFAULT:
        return Speech(reader, lexicon.words, lexicon.touches)
    return Translation(reader, lexicon.words, lexicon.touches, _locale(reader, locale))


def _locale(reader: str, name: str) -> Locale:
    try:
        from babel import Locale
    except ImportError:
        help_ = "pip install '.[languages]'"
        raise InputError([Finding(Place("--lang"), "DO014", "il manque la bibliothèque babel", help_)]) from None
    try:
        return Locale.parse(name)
    except (ValueError, LookupError, TypeError):
        message = f"langue inconnue « {name} »"
        place = Place(name_of(reader), 1, 1)
        raise InputError([Finding(place, "PC340", message, "un code de langue comme en, ar, pt-BR")]) from None
