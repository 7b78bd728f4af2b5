"""The hand that writes a letter: sentences of a proof, as a person who signs them would write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pycoverage.law import Law
from pycoverage.letters.identity import Identity
from pycoverage.letters.stationery import Stationery, pared
from pycoverage.proof import Absent, Applied, Compared, Denied, Node, Stated
from pycoverage.sentence import Writer
from pycoverage.situation import Fact
from pycoverage.speech import NBSP, day


def spaced(text: str) -> str:
    """Return a text whose spaces do not break where French typography keeps words together."""
    text = re.sub(r" ([;:!?»])", f"{NBSP}\\1", text)
    return re.sub(r"(«|\bart\.|n°) ", f"\\1{NBSP}", text)


class Pen(Writer):
    """Writes the nodes of the proofs of a dossier; persons are called by their names, or marked to be.

    What holds on another day than `jour` says on which; a fact that nobody stated is marked.
    """

    def __init__(
        self, law: Law, persons: Mapping[str, str], stationery: Stationery, identity: Identity, jour: str
    ) -> None:
        super().__init__(law, {key: identity.name(name) for key, name in persons.items()})
        self.stationery, self.identity, self.jour = stationery, identity, jour

    def person(self, identifier: str) -> str:
        return self.names.get(identifier, identifier)

    def node(self, node: Node) -> str:
        """Return one node of a proof in words: no margin, and the day if it is another one."""
        if isinstance(node, Denied) and node.name == "droit" and node.args[1] is not None:
            who, right = self.value(node.args[0], "personne"), self.value(node.args[1], "code:droit")
            return self.identity.agreed(f"{who} n'a pas droit à « {right} » au {day(node.jour)}")
        if isinstance(node, Stated):
            doubt = "" if node.fact.origin == "stated" else " [à confirmer]"
            return self.fact(node.fact) + doubt
        text = self.identity.agreed(super().node(node))
        if isinstance(node, Applied | Denied) and node.jour != self.jour and day(node.jour) not in text:
            return f"au {day(node.jour)}, {text}"
        return text

    def _applied(self, node: Applied) -> str:
        told = self.stationery.regles.get(self.base.rules[node.rule].guard or "")
        return self.fill(pared(told, node.binding), node.rule, node.binding) if told else super()._applied(node)

    def fact(self, fact: Fact, phrase: str = "") -> str:
        """Return a stated fact as a letter tells it: by its attribute, or by its value."""
        attribute = self._attributes[fact.name]
        told = self.stationery.faits.get(attribute.name, "")
        if isinstance(told, dict):
            values = dict(zip(attribute.arguments, fact.args, strict=True))
            told = told.get(str(values.get("valeur", "")), "")
        return self.identity.agreed(super().fact(fact, phrase or told))

    def absence(self, node: Absent) -> str:
        """Return what a list given empty says, or an empty text if letters do not tell it."""
        attribute = self._attributes[node.name]
        told = self.stationery.absences.get(attribute.name, "")
        binding = dict(zip(attribute.arguments, node.args, strict=True))
        if not told or node.near or node.presumed or binding.get("personne") is None:
            return ""
        return self.identity.agreed(self.speech.filled(told, lambda name: self.value(binding.get(name), "personne")))

    def nothing(self, empty: Fact) -> str:
        """Return what a list given empty says of its person, or an empty text if letters do not tell it."""
        told = self.stationery.absences.get(empty.attribute, "")
        return self.identity.agreed(self.speech.filled(told, lambda _: self.value(empty.args[0], "personne")))

    def margin(self, node: Compared, kind: str | None) -> str:  # noqa: ARG002
        return ""
