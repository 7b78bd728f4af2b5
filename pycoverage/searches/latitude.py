"""What a fact may be without a difference being undone, told in words: days, amounts, codes and their properties."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pycoverage.base import KnowledgeBase
from pycoverage.searches.ranges import Range
from pycoverage.speech import count, day, euros

NAMED, EXCEPTED = 4, 3
"""Codes named one by one, and those named as exceptions to a property, at most."""


class Latitude:
    """Tells ranges in French; `date` is the day on which the properties of codes are read."""

    def __init__(self, base: KnowledgeBase, date: str) -> None:
        self.base, self.date = base, date

    def __call__(self, found: Range) -> str:
        """Return a line: « claude.arrivee : du 1er mars 2019 au 30 novembre 2019 »."""
        owner, _, name = found.fait.partition(".")
        attribute = (self.base.vocabulary.foyer if owner == "foyer" else self.base.vocabulary.personne)[name]
        field = attribute.field(found.partie or "valeur")
        told = [self._interval(field.type, *each) for each in found.intervalles]
        told += ["aucune date"] if found.ouvert else []
        told += [self._codes(field.nomenclature, found.codes)] if found.codes else []
        part = f".{found.partie}" if found.partie else ""
        seen = " (parmi les valeurs essayées)" if found.reduit else ""
        return f"{found.fait}{part} : {', ou '.join(told)}{seen}" if told else ""

    def _interval(self, kind: str, first: str, last: str) -> str:
        if kind == "date":
            if first and last:
                return f"le {day(first)}" if first == last else f"du {day(first)} au {day(last)}"
            return f"depuis le {day(first)}" if first else f"jusqu'au {day(last)}" if last else "n'importe quel jour"
        shown = [euros(int(each)) if kind == "montant" else each for each in (first, last) if each]
        if first and last:
            return shown[0] if first == last else f"de {shown[0]} à {shown[1]}"
        return f"à partir de {shown[0]}" if first else f"jusqu'à {shown[0]}" if last else "n'importe quelle valeur"

    def _codes(self, nomenclature: str, codes: Collection[str]) -> str:
        known = self.base.nomenclatures.get(nomenclature)
        if known is None:
            return " ou ".join(code.replace("_", " ") for code in codes)
        if len(codes) == len(known.elements):
            return "toute valeur"
        names = [known.elements[code].nom for code in codes]
        others = [known.elements[code].nom for code in known.elements.keys() - set(codes)]
        if len(names) > NAMED and len(others) <= EXCEPTED:
            return f"toute valeur, sauf {', '.join(sorted(others))}"
        if len(names) > NAMED:
            known_by = min(self._common(nomenclature, codes), key=lambda each: (len(each[1]), each[0]), default=None)
            if known_by is not None:
                phrase, left_out = known_by
                return phrase + (f", sauf {', '.join(left_out)}" if left_out else "")
        shown = ", ".join(names[:NAMED])
        return shown if len(names) <= NAMED else f"{shown}… ({count(len(names), 'valeur')})"

    def _common(self, nomenclature: str, codes: Collection[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield the properties that tell these codes from the others, and the few exceptions."""
        known = self.base.nomenclatures[nomenclature]
        for name, described in known.proprietes.items():
            holding = {
                code
                for code, element in known.elements.items()
                if any(each.holds(self.date) for each in element.properties.get(name, ()))
            }
            for phrase, those in (
                (described.phrase, holding),
                (described.phrase_negative, known.elements.keys() - holding),
            ):
                left_out = [known.elements[code].nom for code in sorted(those - set(codes))]
                if phrase and set(codes) <= those and len(left_out) <= EXCEPTED:
                    yield phrase.replace("{element} : ", ""), left_out
