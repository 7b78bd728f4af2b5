"""Where to look for what sees a mutant: near which dossiers, at which of their facts, on which day."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from pycoverage.base import KnowledgeBase
from pycoverage.functions import plus_jours
from pycoverage.mutants.mutation import Mutant
from pycoverage.syntax import Rule, literals, meet
from pycoverage.vocabulary import Attribute

FACTS = 12
"""Facts looked at for a rule: those that the fewest rules stand between."""

READ = 3
"""How far the rules that read what a rule gives are from it, where those that give what it reads are at one."""


class Nearby:
    """The facts near each rule of a base: those it rests on, and those with which another rule reads what it gives."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.attributes = base.vocabulary.by_predicate()
        self.heads = base.by_head()
        self.readers: dict[str, list[int]] = {}
        for number, rule in enumerate(base.rules):
            for name in dict.fromkeys(literal.atom.name for literal, _ in literals(rule.body)):
                self.readers.setdefault(name, []).append(number)
        self._known: dict[int, dict[str, Attribute]] = {}

    def facts(self, number: int) -> dict[str, Attribute]:
        """Return the facts near a rule, the nearest first."""
        if number not in self._known:
            self._known[number] = self._found(number)
        return self._known[number]

    def _found(self, number: int) -> dict[str, Attribute]:
        found: dict[str, Attribute] = {}
        far = {number: 0}
        waiting = [(0, number)]
        while waiting and len(found) < FACTS:
            distance, each = heapq.heappop(waiting)
            if distance > far[each]:
                continue
            rule = self.base.rules[each]
            for literal, _ in literals(rule.body):
                attribute = self.attributes.get(literal.atom.name)
                if attribute is not None:
                    found.setdefault(attribute.name, attribute)
            for step, others in ((1, self._giving(rule)), (READ, self._reading(rule))):
                for other in others:
                    if distance + step < far.get(other, distance + step + 1):
                        far[other] = distance + step
                        heapq.heappush(waiting, (distance + step, other))
        return dict(list(found.items())[:FACTS])

    def _giving(self, rule: Rule) -> Iterator[int]:
        """Yield the rules that give what a rule reads."""
        for literal, _ in literals(rule.body):
            for number in self.heads.get(literal.atom.name, ()):
                if meet(self.base.rules[number].head, literal.atom):
                    yield number

    def _reading(self, rule: Rule) -> Iterator[int]:
        """Yield the rules that read what a rule gives."""
        for number in self.readers.get(rule.head.name, ()):
            if any(meet(literal.atom, rule.head) for literal, _ in literals(self.base.rules[number].body)):
                yield number


def days(base: KnowledgeBase, mutant: Mutant) -> list[str]:
    """Return the days on which alone a mutant can be seen, or one of these; none where any may do."""
    if mutant.interval is not None:
        ((_, rule),) = mutant.rules
        old, new = base.legal[rule.guard or ""].interval, mutant.interval
        if mutant.kind == "debut":
            return [min(old.start, new.start)]
        return [str(plus_jours(max(str(old.end), str(new.end)), -1))]
    if mutant.parameter is not None:
        known = base.parameters[mutant.subject].amounts
        return [each.interval.start for each in mutant.parameter.amounts if each not in known]
    return []
