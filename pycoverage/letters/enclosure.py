"""What a letter encloses: the fewest documents that prove its facts, numbered as they are first needed."""

from __future__ import annotations

from collections.abc import Iterable

from pycoverage.base import KnowledgeBase
from pycoverage.dossier import Dossier
from pycoverage.exhibits.exhibit import HELD, pointless
from pycoverage.letters.pen import Pen, spaced
from pycoverage.situation import Fact
from pycoverage.value import NON


class Enclosures:
    """Numbers documents. One document proves several facts of a person; where several would do, all are named.

    A document that the dossier says the person holds is preferred; one that cannot be had, or that has no object for
    this person given the `facts`, is left out.
    """

    def __init__(self, base: KnowledgeBase, dossier: Dossier, pen: Pen, facts: Iterable[Fact] = ()) -> None:
        self._texts, self._dossier = base.requirements, dossier
        self._simple = {(str(fact.args[0]), fact.attribute): str(fact.args[-1]) for fact in facts if fact.args}
        self._attributes = base.vocabulary.by_predicate()
        self._names = base.nomenclatures["document"].elements
        self._persons, self._pen = dossier.persons, pen
        self._held: set[tuple[str, str, str]] = set()
        self._lacking: set[tuple[str, str]] = set()
        for person in dossier.persons:
            stated = dossier.stated.get((person, HELD))
            for line in (stated.lines or ()) if stated else ():
                document, proves = (str(line.values.get(key, "")) for key in ("document", "prouve"))
                if line.values.get("disponible") == NON:
                    self._lacking.add((person, document))
                else:
                    self._held.add((person, document, proves))
        self._enclosed: list[tuple[str, tuple[str, ...]]] = []
        self._numbers: dict[Fact, int] = {}

    def add(self, fact: Fact) -> None:
        """Add what proves a fact, unless no document does or one already does."""
        owner = next((str(arg) for arg in fact.args if str(arg) in self._persons), "")
        documents = self._proving(fact, owner)
        if not documents or fact in self._numbers:
            return
        for number, (other, choice) in enumerate(self._enclosed):
            common = tuple(document for document in choice if document in documents)
            if common and (other == owner or "" in (other, owner)):
                self._enclosed[number] = owner or other, common
                self._numbers[fact] = number + 1
                return
        self._enclosed.append((owner, documents))
        self._numbers[fact] = len(self._enclosed)

    def _proving(self, fact: Fact, owner: str) -> tuple[str, ...]:
        """Return the documents that prove a fact: those held, else those that can be had, else all."""
        attribute = self._attributes[fact.name]
        usual = attribute.preuves
        own = [(document, proves) for person, document, proves in sorted(self._held) if owner in ("", person)]
        said = [document for document, proves in own if proves == attribute.name]
        held = said or [document for document in usual if (document, "") in own]
        possible = [document for document in usual if self._possible(document, owner)]
        return tuple(held or possible or usual)

    def _possible(self, document: str, owner: str) -> bool:
        """Tell whether a document may be had, and has an object for its person."""
        if (owner, document) in self._lacking:
            return False
        return not pointless(self._texts, self._dossier, self._simple, document, owner)

    def cited(self, facts: Iterable[Fact]) -> str:
        """Return how the exhibits of facts are cited: « pièces n° 1 et 3 », or an empty text."""
        numbers = sorted({self._numbers[fact] for fact in facts if fact in self._numbers})
        if not numbers:
            return ""
        *first, last = map(str, numbers)
        return f"pièces n° {', '.join(first)} et {last}" if first else f"pièce n° {last}"

    def labels(self) -> list[str]:
        """Return the list of exhibits; what is left to choose stands between square brackets."""
        return [self._label(owner, documents) for owner, documents in self._enclosed]

    def _label(self, owner: str, documents: tuple[str, ...]) -> str:
        names = " ou ".join(self._names[document].nom for document in documents)
        shown = f"[{names}]" if len(documents) > 1 else f"{names[:1].upper()}{names[1:]}"
        return spaced(f"{shown} ({self._pen.person(owner)})" if len(self._persons) > 1 and owner else shown)
