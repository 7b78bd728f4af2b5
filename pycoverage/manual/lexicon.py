"""The words behind identifiers: accents given back from how the base itself writes French."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[a-zà-öø-ÿœæ]{2,}")
_HOLE = re.compile(r"\{\w+\}")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class Lexicon:
    """Knows, for each word without accents, how the texts of the base write it most often."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(_WORD.findall(_HOLE.sub(" ", text)))
        self._known: dict[str, str] = {}
        for word, _ in sorted(counts.items(), key=lambda item: (item[1], item[0])):
            self._known[plain(word)] = word

    def words(self, identifier: str) -> str:
        """Return an identifier in words: `FinTitre` → « fin titre », `Debut` → « début »."""
        parts = _PARTS.findall(identifier) if identifier[:1].isupper() else identifier.split("_")
        return " ".join(self._word(part.lower()) for part in parts)

    def _word(self, word: str) -> str:
        """Return a word with its accents, itself known or only its singular."""
        if word in self._known:
            return self._known[word]
        singular = self._known.get(word[:-1]) if word.endswith("s") else None
        return f"{singular}s" if singular else word


def plain(word: str) -> str:
    """Return a word without its accents."""
    decomposed = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
