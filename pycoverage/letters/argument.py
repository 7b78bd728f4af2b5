"""The argument of a proof: its conditions one by one, each with the sentences that carry it.

Nothing is invented here: every sentence is that of a node of the proof. What a proof holds is told in the
order of its rules; a technical step has no sentence, and tells what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pycoverage.explanation import telling
from pycoverage.functions import FUNCTIONS
from pycoverage.proof import Applied, Compared, Denied, InForce, Node, ParameterLeaf, PropertyLeaf, Stated, Summed
from pycoverage.prover import Prover
from pycoverage.sentence import Writer
from pycoverage.value import Call

GATHERS = 4
"""A step with as many conditions only gathers them: they are argued one by one in its place."""


class Said(msgspec.Struct, frozen=True):
    """One sentence of an argument: its words, its source, and the node that proves it."""

    text: str
    node: int
    source: str = ""


class Point(msgspec.Struct, frozen=True):
    """One condition: what is concluded, the sentences that carry it, and the facts under it (nodes)."""

    head: Said
    support: tuple[Said, ...]
    facts: tuple[int, ...]


class Argument:
    """Argues from the nodes of one prover; what was said once is only named again.

    With `rights` false, the proof of a right is left to the argument of that right; `omitted` are the notions and
    properties that say nothing to the reader.
    """

    def __init__(
        self, prover: Prover, writer: Writer, *, rights: bool = True, omitted: frozenset[str] = frozenset()
    ) -> None:
        self.prover, self.writer, self.rights, self.omitted = prover, writer, rights, omitted
        self._said: set[int] = set()
        self._words: set[str] = set()

    def steps(self, root: int) -> tuple[list[Said], list[int]]:
        """Return what gathers the conditions of a conclusion, outermost first, and the nodes of these conditions."""
        above: list[Said] = []
        conditions: list[int] = []
        waiting, seen = [root], set[int]()
        while waiting:
            number = waiting.pop(0)
            if number in seen:
                continue
            seen.add(number)
            below = list(self._conditions(number))
            alone = not (conditions or waiting) or (len(below) == 1 and not self._is_fact(below[0]))
            if below and (alone or len(below) >= GATHERS) and self._is_step(number, root):
                above += [self.say(number)] if self.tells(number) else []
                waiting = below + waiting
            else:
                conditions.append(number)
        self._words.update(said.text for said in above)
        argued = {fact for number in conditions if not self._is_fact(number) for fact in self.facts(number)}
        return above, [number for number in conditions if number not in argued]

    def _is_step(self, number: int, root: int) -> bool:
        """Tell whether a node is a conclusion of the same day as the one argued."""
        node, first = self.prover.nodes[number], self.prover.nodes[root]
        return isinstance(node, Applied) and isinstance(first, Applied) and node.jour == first.jour

    def denial(self, number: int) -> Point:
        """Return the argument of one condition; of what does not hold, also what no rule in force gives it by."""
        point = self.point(number)
        return msgspec.structs.replace(point, support=(*point.support, *self._obstacles(number)))

    def _obstacles(self, number: int) -> Iterator[Said]:
        """Yield why the rules that could give what is denied do not: no longer in force, or a condition missing."""
        node = self.prover.nodes[number]
        if not isinstance(node, Denied):
            return
        for attempt in node.attempts:
            source = self.writer.legal_source(attempt.rule, node.jour)
            force = self.prover.nodes.get(attempt.in_force)
            if isinstance(force, InForce) and not force.holds:
                if not force.interval.holds(force.droit_au):
                    yield Said(f"la règle contraire {self.writer.node(force)}", attempt.in_force, source)
                continue
            for _, child in attempt.missing:
                if self.tells(child) or isinstance(self.prover.nodes[child], Compared):
                    yield Said(self.writer.node(self.prover.nodes[child]), child, source)

    def point(self, number: int) -> Point:
        """Return the argument of one condition."""
        head = self.say(number)
        known = number in self._said
        self._said.add(number)
        self._words.add(head.text)
        support = () if known else tuple(self._support(number))
        return Point(head, support, tuple(dict.fromkeys(self.facts(number))))

    def say(self, number: int) -> Said:
        """Return the sentence of one node."""
        node = self.prover.nodes[number]
        return Said(self.writer.node(node), number, self._source(node))

    def facts(self, number: int) -> Iterator[int]:
        """Yield the facts of the dossier on which a conclusion rests."""
        seen: set[int] = set()
        stack = [number]
        while stack:
            current = stack.pop()
            if current in seen:
                continue
            seen.add(current)
            if self._is_fact(current) and telling(self.prover.nodes[current]):
                yield current
            stack += reversed(list(self._below(current)))

    def _conditions(self, number: int) -> Iterator[int]:
        """Yield the nodes just under a node that have a sentence, through the steps that have none."""
        for child in self._below(number):
            if self._is_fact(child):
                if telling(self.prover.nodes[child]):
                    yield child
            elif self.tells(child):
                yield child
            else:
                yield from self._conditions(child)

    def _below(self, number: int) -> Iterator[int]:
        node = self.prover.nodes[number]
        if isinstance(node, Applied) and (self.rights or node.name != "droit"):
            yield from node.premises
        elif isinstance(node, Summed):
            chosen = node.function in ("min", "max")
            for contribution in node.contributions:
                if not chosen or contribution.terms[0] == node.value:
                    yield from contribution.premises

    def _support(self, number: int) -> Iterator[Said]:
        for child in self._conditions(number):
            if self._is_fact(child) or child in self._said:
                continue
            self._said.add(child)
            said = self.say(child)
            if said.text not in self._words:
                self._words.add(said.text)
                yield said
            yield from self._support(child)

    def _is_fact(self, number: int) -> bool:
        return isinstance(self.prover.nodes[number], Stated)

    def tells(self, number: int) -> bool:
        """Tell whether a node has a sentence of its own that says more than the one above it."""
        node = self.prover.nodes[number]
        base = self.prover.base
        if isinstance(node, Denied | PropertyLeaf) and node.name in self.omitted:
            return False
        if isinstance(node, Applied | Denied) and node.name == "droit" and not self.rights:
            return False
        if isinstance(node, Applied):
            if base.rules[node.rule].guard:
                return not self._repeats(node)
            return node.name in base.notions and len(list(self._conditions(number))) > 1
        if isinstance(node, Denied):
            return node.name in base.notions or node.name == "droit"
        if isinstance(node, Compared):
            return telling(node) and not _trivial(node)
        if isinstance(node, Summed):
            return node.function == "sum" and len(node.contributions) > 1
        return isinstance(node, ParameterLeaf | PropertyLeaf) and telling(node)

    def _repeats(self, node: Applied) -> bool:
        """Tell whether a rule says no more than the rule it rests on: it did not change its result."""
        below = [self.prover.nodes[child] for child in node.premises]
        text = self.writer.node(node)
        return any(isinstance(child, Applied) and self.writer.node(child) == text for child in below)

    def _source(self, node: Node) -> str:
        if isinstance(node, Applied):
            return self.writer.legal_source(node.rule, node.jour)
        if isinstance(node, ParameterLeaf) and node.amount:
            return self.writer.source(node.amount.source, node.droit_au)
        if isinstance(node, PropertyLeaf):
            return self.writer.source(node.source, node.droit_au)
        return ""


def _trivial(node: Compared) -> bool:
    """Tell whether a computation is no amount, or changes nothing: the sentence above gives its result."""
    if node.op != "=":
        return False
    calls = [term for term in (node.left_term, node.right_term) if isinstance(term, Call)]
    if not any(FUNCTIONS[call.name][2] == "montant" for call in calls):
        return True
    inside = [arg for call in calls for arg in call.args]
    return node.left in [node.binding.get(getattr(arg, "name", ""), arg) for arg in inside]
