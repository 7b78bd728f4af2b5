"""A proof laid out for reading: a tree of lines, technical steps folded away, nothing said twice."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pycoverage.finding import Place
from pycoverage.matching import World
from pycoverage.proof import (
    Absent,
    Applied,
    Attempt,
    Compared,
    Denied,
    Given,
    InForce,
    Loop,
    Node,
    ParameterLeaf,
    PropertyLeaf,
    Prover,
    Stated,
    Summed,
)
from pycoverage.sentence import Writer, count, day

MAX_ATTEMPTS = 4
"""Rules shown for one refusal; the others, which miss more conditions, are counted."""


class Line(msgspec.Struct, frozen=True):
    """One line of an explanation. `mark` says what it is: met, missing, fact, parameter, note."""

    mark: str
    text: str
    source: str = ""
    place: Place = Place()
    children: tuple[Line, ...] = ()


class Layout:
    """Lays out nodes of one prover. A node that was already developed is only named again."""

    def __init__(self, prover: Prover, writer: Writer, *, depth: int = 12, technical: bool = False) -> None:
        self.prover, self.writer = prover, writer
        self.depth, self.technical = depth, technical
        self._developed: set[int] = set()

    def lines(self, number: int) -> tuple[Line, ...]:
        """Return the lines of a node: one, or those of its premises when it is folded away."""
        return tuple(self._lines(number, 0))

    def _lines(self, number: int, level: int) -> Iterator[Line]:
        node = self.prover.nodes[number]
        match node:
            case Applied():
                yield from self._applied(number, node, level)
            case Denied():
                yield from self._denied(number, node, level)
            case Given() | InForce() if not self.technical:
                return
            case Compared() if not self.technical and not _telling(node):
                return
            case _:
                yield self._leaf(node)

    def _leaf(self, node: Node) -> Line:
        text = self.writer.node(node)
        match node:
            case Stated():
                presumed = "supposé, à confirmer" if node.fact.origin == "presumed" else ""
                presumed = "supposé pour l'exemple" if node.fact.origin == "supposed" else presumed
                return Line("supposition" if presumed else "fait", text, presumed, node.fact.place)
            case Absent():
                return Line("manque", text, "supposé, à confirmer" if node.presumed else "")
            case ParameterLeaf():
                source = self.writer.source(node.amount.source) if node.amount else ""
                return Line("parametre", text, source)
            case PropertyLeaf():
                mark = "oui" if node.interval is not None else "non"
                return Line(mark, text, self.writer.source(node.source))
            case Compared():
                return Line("oui" if node.holds else "non", text)
            case Summed():
                return Line("oui" if node.holds else "non", text)
            case Loop():
                return Line("note", text, "ne pourrait reposer que sur lui-même")
        return Line("note", text)

    def _applied(self, number: int, node: Applied, level: int) -> Iterator[Line]:
        rule = self.prover.base.rules[node.rule]
        named = bool(rule.guard) or node.name in self.prover.base.notions
        if not named and not self.technical:
            for child in node.premises:
                yield from self._lines(child, level)
            return
        source = self._source(node.rule)
        text = self.writer.node(node)
        if number in self._developed or level >= self.depth:
            yield Line("oui", text, source + self._elsewhere(number))
            return
        self._developed.add(number)
        children = [line for child in node.premises for line in self._lines(child, level + 1)]
        if node.others:
            children.append(Line("note", f"{count(node.others, 'autre raison')} de le conclure"))
        yield Line("oui", text, source, children=tuple(_distinct(children)))

    def _source(self, rule: int) -> str:
        source = self.writer.legal_source(rule)
        return f"{source}, {self.writer.period(rule)}" if source else ""

    def _elsewhere(self, number: int) -> str:
        return " ; voir plus haut" if number in self._developed else " ; détail replié"

    def _denied(self, number: int, node: Denied, level: int) -> Iterator[Line]:
        named = node.name in self.prover.base.notions or node.name == "droit"
        if not named and not self.technical:
            current = [attempt for attempt in node.attempts if self._in_force(attempt)]
            for attempt in current[:1]:
                yield from self._missing(attempt, level)
            if not current:
                yield Line("non", self.writer.node(node))
            return
        text = self._refusal(node)
        if number in self._developed or level >= self.depth:
            yield Line("non", text, self._elsewhere(number).removeprefix(" ; "))
            return
        self._developed.add(number)
        yield Line("non", text, children=tuple(_distinct(list(self._attempts(node, level + 1)))))

    def _refusal(self, node: Denied) -> str:
        if node.name == "droit" and node.args[1] is not None:
            right = self.prover.base.rights.get(str(node.args[1]))
            label = right.nom if right else str(node.args[1])
            return f"{self.writer.value(node.args[0], 'personne')} : pas de droit à « {label} » au {day(node.jour)}"
        return self.writer.node(node)

    def _in_force(self, attempt: Attempt) -> bool:
        found = self.prover.nodes.get(attempt.in_force)
        return not isinstance(found, InForce) or found.holds

    def _attempts(self, node: Denied, level: int) -> Iterator[Line]:
        current = [attempt for attempt in node.attempts if self._in_force(attempt)]
        closed = [attempt for attempt in node.attempts if not self._in_force(attempt)]
        if len(current) == 1:
            yield from self._missing(current[0], level)
            yield from self._met(current[0])
        else:
            for attempt in current[:MAX_ATTEMPTS]:
                label = self._rule_label(attempt.rule)
                children = (*self._missing(attempt, level + 1), *self._met(attempt))
                yield Line("voie", label, self._source(attempt.rule), children=tuple(_distinct(list(children))))
            rest = len(current) - MAX_ATTEMPTS
            if rest > 0:
                yield Line("note", f"{count(rest, 'autre voie', 'autres voies')}, plus éloignées, repliées")
        for attempt in closed:
            reason = self.writer.node(self.prover.nodes[attempt.in_force])
            yield Line("note", f"{self._rule_label(attempt.rule)} : {reason}", self.writer.legal_source(attempt.rule))
        if not node.attempts:
            yield Line("note", "aucune règle ne le donne")

    def _rule_label(self, rule: int) -> str:
        guard = self.prover.base.rules[rule].guard
        return f"règle {guard}" if guard else "autre façon"

    def _missing(self, attempt: Attempt, level: int) -> Iterator[Line]:
        for _, child in attempt.missing:
            found = self.prover.nodes[child]
            if isinstance(found, Applied):
                for line in self._lines(child, level):
                    yield Line("non", f"écarté car : {line.text}", line.source, line.place, line.children)
            else:
                lines = list(self._lines(child, level))
                yield from lines or [self._leaf(found)]

    def _met(self, attempt: Attempt) -> Iterator[Line]:
        """Yield the legal conditions that are met, without what they rest on."""
        for _, child in attempt.met:
            found = self.prover.nodes[child]
            if isinstance(found, Applied):
                rule = self.prover.base.rules[found.rule]
                if rule.guard or found.name in self.prover.base.notions:
                    yield Line("rempli", self.writer.node(found), self._source(found.rule))



def _telling(node: Compared) -> bool:
    """Tell whether a comparison says something to a reader: dates, amounts, numbers, or a failure."""
    return not node.holds or isinstance(node.left, str | int)


def _distinct(lines: list[Line]) -> list[Line]:
    return list(dict.fromkeys(lines))
