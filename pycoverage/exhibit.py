"""The exhibits of a letter: the fewest documents that prove its facts, numbered as they are first needed."""

from __future__ import annotations

from collections.abc import Iterable

from pycoverage.base import KnowledgeBase
from pycoverage.pen import Pen, spaced
from pycoverage.situation import Fact


class Exhibits:
    """Numbers documents. One document proves several facts of a person; where several would do, all are named."""

    def __init__(self, base: KnowledgeBase, pen: Pen, persons: int) -> None:
        self._attributes = base.vocabulary.by_predicate()
        self._names = base.nomenclatures["document"].elements
        self._pen, self._many = pen, persons > 1
        self._exhibits: list[tuple[str, tuple[str, ...]]] = []
        self._numbers: dict[Fact, int] = {}

    def add(self, fact: Fact) -> None:
        """Add what proves a fact, unless no document does or one already does."""
        documents = self._attributes[fact.name].preuves
        if not documents or fact in self._numbers:
            return
        owner = self._pen.owner(fact.args)
        for number, (other, choice) in enumerate(self._exhibits):
            common = tuple(document for document in choice if document in documents)
            if common and (other == owner or "" in (other, owner)):
                self._exhibits[number] = owner or other, common
                self._numbers[fact] = number + 1
                return
        self._exhibits.append((owner, documents))
        self._numbers[fact] = len(self._exhibits)

    def cited(self, facts: Iterable[Fact]) -> str:
        """Return how the exhibits of facts are cited: « pièces n° 1 et 3 », or an empty text."""
        numbers = sorted({self._numbers[fact] for fact in facts if fact in self._numbers})
        if not numbers:
            return ""
        *first, last = map(str, numbers)
        return f"pièces n° {', '.join(first)} et {last}" if first else f"pièce n° {last}"

    def labels(self) -> list[str]:
        """Return the list of exhibits; what is left to choose stands between square brackets."""
        return [self._label(owner, documents) for owner, documents in self._exhibits]

    def _label(self, owner: str, documents: tuple[str, ...]) -> str:
        names = " ou ".join(self._names[document].nom for document in documents)
        shown = f"[{names}]" if len(documents) > 1 else f"{names[:1].upper()}{names[1:]}"
        return spaced(f"{shown} ({owner})" if self._many and owner else shown)
