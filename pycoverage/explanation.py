"""A proof laid out for reading: a tree of lines, technical steps folded away, nothing said twice.

What is set aside in a proof (a negation that holds) is one line; what is missing in a refusal is
developed along the ways that come closest, the others are counted.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pycoverage.finding import Place
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
    Stated,
    Summed,
)
from pycoverage.prover import Prover
from pycoverage.sentence import Writer
from pycoverage.syntax import Literal
from pycoverage.value import Bound, Call, Fun

MAX_WAYS = 3
"""Ways developed for one refusal; the others, further away, are counted."""

MAX_CONTRIBUTIONS = 6
"""What is shown of an aggregate; the rest is counted."""

UNUSUAL = 5
"""Distance of a fact that is out of the ordinary: the vocabulary presumes that there is none."""

FAR = 100
"""Distance of what nobody can change: a birth, a nationality, a closed list of the law."""


class Line(msgspec.Struct, frozen=True):
    """One line of an explanation. `mark` says what it is: met, missing, fact, parameter, note."""

    mark: str
    text: str
    source: str = ""
    place: Place = Place()
    children: tuple[Line, ...] = ()
    rule: str = ""


class Layout:
    """Lays out nodes of one prover. A node that was already developed is only named again.

    With `full`, what is set aside is developed too, and every step is shown, technical ones included.
    """

    def __init__(self, prover: Prover, writer: Writer, *, depth: int = 12, full: bool = False) -> None:
        self.prover, self.writer, self.depth, self.full = prover, writer, depth, full
        self.speech = writer.speech
        self._developed: set[int] = set()
        self._distances: dict[int, int] = {}

    def lines(self, number: int) -> tuple[Line, ...]:
        """Return the lines of a node: one, or those of its premises when it is folded away."""
        return tuple(self._lines(number, 0))

    def _lines(self, number: int, level: int) -> Iterator[Line]:
        node = self.prover.nodes[number]
        if isinstance(node, Applied):
            yield from self._applied(number, node, level)
        elif isinstance(node, Denied):
            yield from self._denied(number, node, level)
        elif isinstance(node, Summed) and (self.full or telling(node)):
            yield self._sum(node, level)
        elif self.full or telling(node):
            yield self._leaf(node)

    def _sum(self, node: Summed, level: int) -> Line:
        """Return an aggregate with what it counts: of each contribution the steps that tell something."""
        children = [
            line
            for contribution in node.contributions[: None if self.full else MAX_CONTRIBUTIONS]
            for child in contribution.premises
            for line in self._lines(child, level + 1)
        ]
        rest = len(node.contributions) - MAX_CONTRIBUTIONS
        if rest > 0 and not self.full:
            children.append(Line("note", self.speech("et_autres", n=rest)))
        leaf = self._leaf(node)
        return msgspec.structs.replace(leaf, children=tuple(_distinct(children)))

    def _leaf(self, node: Node) -> Line:
        text = self.writer.node(node)
        match node:
            case Stated():
                doubt = {"presumed": "suppose", "supposed": "suppose_exemple"}.get(node.fact.origin)
                source = self.speech(doubt) if doubt else ""
                return Line("supposition" if source else "fait", text, source, node.fact.place)
            case Absent():
                listed = self.prover.base.vocabulary.by_predicate()[node.name].is_list
                return Line("manque" if listed else "non", text, self._supposed(node))
            case ParameterLeaf():
                return Line(
                    "parametre", text, self.writer.source(node.amount.source, node.droit_au) if node.amount else ""
                )
            case PropertyLeaf():
                return Line(
                    "non" if node.interval is None else "oui", text, self.writer.source(node.source, node.droit_au)
                )
            case Compared() | Summed():
                return Line("oui" if node.holds else "non", text)
            case Loop():
                return Line("note", text, self.speech("sur_lui_meme"))
        return Line("note", text)

    def _applied(self, number: int, node: Applied, level: int) -> Iterator[Line]:
        rule = self.prover.base.rules[node.rule]
        if not self.full and not rule.guard and node.name not in self.prover.base.notions:
            yield from self._premises(node, level)
            return
        text, source = self.writer.node(node), self._source(node.rule, node.jour)
        if number in self._developed or level >= self.depth:
            yield Line("oui", text, self._joined(source, self._elsewhere(number)))
            return
        self._developed.add(number)
        children = [line for line in self._premises(node, level + 1) if line.text != text]
        if not self.full and not rule.guard and len(children) == 1 and not node.others:
            yield children[0]
            return
        if node.others:
            children.append(Line("note", self.speech("autres_raisons", n=node.others)))
        yield Line("oui", text, source, children=tuple(_distinct(children)))

    def _premises(self, node: Applied, level: int) -> Iterator[Line]:
        rule = self.prover.base.rules[node.rule]
        for condition, child in zip(rule.body, node.premises, strict=True):
            if isinstance(condition, Literal) and condition.negated:
                yield from self._set_aside(child, level)
            else:
                yield from self._lines(child, level)

    def _set_aside(self, number: int, level: int) -> Iterator[Line]:
        """Yield what a negation that holds says: it is met."""
        node = self.prover.nodes[number]
        if self.full:
            for line in self._lines(number, level):
                yield Line("oui", line.text, line.source, line.place, line.children)
        elif isinstance(node, Denied):
            if node.name in self.prover.base.notions or node.name == "droit":
                yield Line("oui", self._refusal(node))
        elif isinstance(node, Absent):
            yield Line("oui", self.writer.node(node), self._supposed(node))
        elif isinstance(node, PropertyLeaf):
            yield Line("oui", self.writer.node(node), self.writer.source(node.source, node.droit_au))

    def _source(self, rule: int, day: str) -> str:
        source = self.writer.legal_source(rule, day)
        return self.speech("virgule").join((source, self.writer.period(rule))) if source else ""

    def _supposed(self, node: Absent) -> str:
        return self.speech("suppose") if node.presumed else ""

    def _joined(self, *parts: str) -> str:
        return self.speech("point_virgule").join(part for part in parts if part)

    def _elsewhere(self, number: int) -> str:
        return self.speech("voir_plus_haut" if number in self._developed else "detail_replie")

    def _denied(self, number: int, node: Denied, level: int) -> Iterator[Line]:
        named = node.name in self.prover.base.notions or node.name == "droit"
        if not self.full and not named:
            nearest = self._ways(node)[:1]
            lines = [line for attempt in nearest for line in self._missing(attempt, level)]
            yield from lines or [Line("non", self.writer.node(node))]
            return
        if number in self._developed or level >= self.depth:
            yield Line("non", self._refusal(node), self._elsewhere(number))
            return
        self._developed.add(number)
        children = _distinct(list(self._attempts(node, level + 1)))
        yield Line("non", self._refusal(node), children=tuple(children))

    def _refusal(self, node: Denied) -> str:
        if node.name == "droit" and node.args[1] is not None:
            return self.speech(
                "pas_de_droit",
                personne=self.writer.value(node.args[0], "personne"),
                droit=self.writer.right(str(node.args[1])),
                jour=self.speech.day(node.jour),
            )
        return self.writer.node(node)

    def _in_force(self, attempt: Attempt) -> bool:
        found = self.prover.nodes.get(attempt.in_force)
        return not isinstance(found, InForce) or found.holds

    def _ways(self, node: Denied) -> list[Attempt]:
        """Return the attempts of rules in force, closest first."""
        current = [attempt for attempt in node.attempts if self._in_force(attempt)]
        return sorted(current, key=lambda attempt: (self._far(attempt), len(attempt.missing)))

    def _far(self, attempt: Attempt) -> int:
        return sum(self.distance(child) for _, child in attempt.missing)

    def distance(self, number: int) -> int:
        """Return how far a missing condition is: 1 per day or amount, 2 per fact, FAR for what nobody can change."""
        if number in self._distances:
            return self._distances[number]
        self._distances[number] = FAR
        node = self.prover.nodes[number]
        found = 1
        if isinstance(node, Denied):
            ways = [self._far(attempt) for attempt in node.attempts if self._in_force(attempt)]
            found = min(ways, default=FAR)
        elif isinstance(node, Absent):
            attribute = self.prover.base.vocabulary.by_predicate()[node.name]
            found = FAR if attribute.evolution == "immuable" else UNUSUAL if node.presumed else 2
        elif isinstance(node, PropertyLeaf | Loop | ParameterLeaf):
            found = FAR
        elif isinstance(node, Applied):
            found = 2
        self._distances[number] = min(found, 10 * FAR)
        return self._distances[number]

    def _attempts(self, node: Denied, level: int) -> Iterator[Line]:
        ways = self._ways(node)
        shown = ways[: len(ways) if self.full else MAX_WAYS]
        if not self.full and shown:
            near = [attempt for attempt in shown if self._far(attempt) < FAR]
            shown = near or shown[:1]
        if len(ways) == 1 or (shown and not self.full and not any(map(self._guarded, ways))):
            yield from self._missing(shown[0], level)
            yield from self._met(shown[0])
        else:
            for attempt in shown:
                children = (*self._missing(attempt, level + 1), *self._met(attempt))
                source = self._source(attempt.rule, node.jour)
                label = self.speech("il_manque" if source else "ou_bien", source=source)
                yield Line("voie", label, children=tuple(_distinct(list(children))), rule=self._name(attempt.rule))
            rest = len(ways) - len(shown)
            if rest:
                yield Line("note", self.speech("autres_voies", n=rest))
        if self.full or level <= 1:
            yield from self._closed(node)
        if not node.attempts:
            yield Line("note", self.speech("aucune_regle"))

    def _closed(self, node: Denied) -> Iterator[Line]:
        for attempt in node.attempts:
            if not self._in_force(attempt):
                reason = self.writer.node(self.prover.nodes[attempt.in_force])
                source = self.writer.legal_source(attempt.rule, node.jour)
                told = self.speech("source_dit", source=source, raison=reason)
                yield Line("note", told, rule=self._name(attempt.rule))

    def _name(self, rule: int) -> str:
        """Return the id of a legal rule, or an empty text for a technical one."""
        return self.prover.base.rules[rule].guard or ""

    def _guarded(self, attempt: Attempt) -> bool:
        return bool(self._name(attempt.rule))

    def _missing(self, attempt: Attempt, level: int) -> Iterator[Line]:
        for _, child in attempt.missing:
            found = self.prover.nodes[child]
            if isinstance(found, Applied | Stated):
                is_right = isinstance(found, Applied) and found.name == "droit"
                right = self.writer.right(str(found.args[1])) if isinstance(found, Applied) and is_right else ""
                for line in self._lines(child, level):
                    text = self.speech("droit_ecarte" if is_right else "ecarte", texte=line.text, droit=right)
                    yield Line("non", text, line.source, line.place, line.children)
            else:
                lines = list(self._lines(child, level))
                if not lines and not (isinstance(found, PropertyLeaf) and not found.element):
                    lines = [self._leaf(found)]
                yield from lines

    def _met(self, attempt: Attempt) -> Iterator[Line]:
        """Yield the legal conditions that are met, without what they rest on."""
        for _, child in attempt.met:
            found = self.prover.nodes[child]
            if isinstance(found, Applied):
                rule = self.prover.base.rules[found.rule]
                if rule.guard or found.name in self.prover.base.notions:
                    yield Line("rempli", self.writer.node(found), self._source(found.rule, found.jour))


def telling(node: Node) -> bool:
    """Tell whether a leaf says something to a reader, beyond what the sentence above it says."""
    match node:
        case Given() | InForce():
            return False
        case PropertyLeaf():
            return bool(node.element)
        case Stated():
            own = [arg for arg in node.fact.args if not isinstance(arg, Fun)]
            return not own or not all(isinstance(arg, Bound) for arg in own) or len(own) < len(node.fact.args) - 1
        case Compared():
            if isinstance(node.left, Bound) or isinstance(node.right, Bound):
                return not node.holds
            open_ended = any(isinstance(value, Bound) for value in node.binding.values())
            computed = isinstance(node.left_term, Call) or isinstance(node.right_term, Call)
            return not node.holds or (computed and not open_ended)
        case Summed():
            return not node.holds or node.function in ("sum", "count")
    return True


def _distinct(lines: list[Line]) -> list[Line]:
    return list(dict.fromkeys(lines))
