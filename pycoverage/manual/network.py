"""What rests on what: rights and notions, with the technical steps between them folded away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal as Choice

import msgspec

from pycoverage.base import OUTPUT, KnowledgeBase
from pycoverage.syntax import Atom, Rule, literals
from pycoverage.value import Fun

Way = Choice["si", "sauf", "autre_jour"]
"""How a rule uses a notion: it must hold, it must not, or it is read on another day."""


class Node(msgspec.Struct, frozen=True, order=True):
    """A right or a notion, by its key."""

    kind: Choice["droit", "notion"]
    key: str


class Use(msgspec.Struct, frozen=True, order=True):
    """One arrow: `head` is concluded by a rule that uses `target`."""

    head: Node
    target: Node
    way: Way


class Network:
    """The uses between rights and notions, in the order of the rules."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._by_head = base.by_head()
        self.uses: dict[Node, dict[Use, None]] = {}
        self.concluded: dict[Node, list[int]] = {}
        for index, rule in enumerate(base.rules):
            head = self.node(rule.head)
            if head is not None:
                self.concluded.setdefault(head, []).append(index)
                found = self.uses.setdefault(head, {})
                found.update((Use(head, target, way), None) for target, way in self.of(rule))

    def node(self, atom: Atom) -> Node | None:
        """Return the right or the notion an atom speaks of, or None for a fact or a technical step."""
        if atom.name == "droit" and len(atom.args) == OUTPUT["droit"]:
            right = atom.args[1]
            return Node("droit", right.name) if isinstance(right, Fun) and right.name in self._base.rights else None
        return Node("notion", atom.name) if atom.name in self._base.notions else None

    def of(self, rule: Rule) -> dict[tuple[Node, Way], None]:
        """Return what a rule uses, through technical steps, in the order of its conditions."""
        return dict.fromkeys(self._through(rule, negated=False, elsewhere=False, seen=frozenset()))

    def _through(
        self, rule: Rule, *, negated: bool, elsewhere: bool, seen: frozenset[str]
    ) -> Iterator[tuple[Node, Way]]:
        for literal, _ in literals(rule.body):
            inverted, moved = negated != literal.negated, elsewhere or literal.day is not None
            target = self.node(literal.atom)
            if target is not None:
                yield target, "sauf" if inverted else "autre_jour" if moved else "si"
            elif literal.atom.name not in seen and literal.atom.name not in OUTPUT:
                deeper = seen | {literal.atom.name}
                for index in self._by_head.get(literal.atom.name, ()):
                    yield from self._through(self._base.rules[index], negated=inverted, elsewhere=moved, seen=deeper)

    def reach(self, roots: Iterable[Node], opened: Iterable[Node]) -> list[Use]:
        """Return the uses met from some nodes on, going on only through those of `opened`."""
        allowed, found = set(opened), dict[Use, None]()
        waiting, seen = list(roots), set[Node]()
        while waiting:
            node = waiting.pop(0)
            if node in seen or node not in allowed:
                continue
            seen.add(node)
            for use in self.uses.get(node, ()):
                found[use] = None
                waiting.append(use.target)
        return list(found)
