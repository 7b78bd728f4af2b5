"""What the proofs of one dossier stand on: where a changed rule might be proved otherwise."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from typing import Any

from pycoverage.assessment import Assessment
from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.engine import Row
from pycoverage.matching import unify
from pycoverage.mutants.mutation import Mutant
from pycoverage.proof import (
    Applied,
    Attempt,
    Compared,
    Denied,
    Node,
    ParameterLeaf,
    PropertyLeaf,
    Summed,
    premises,
    reached,
)
from pycoverage.prover import Prover
from pycoverage.syntax import Atom, Comparison, Rule
from pycoverage.value import Fun

Wanted = tuple[str, str]
"""A person and a right."""

LEAVES = (ParameterLeaf, PropertyLeaf)
"""What a reason tells of a condition that is met where others are missing."""


class Footing:
    """The nodes of the proofs of one dossier, by the predicate that they prove or deny."""

    def __init__(self, prover: Prover, assessment: Assessment) -> None:
        self.prover, self.context = prover, assessment.default
        self.named: dict[str, list[int]] = {}
        self.leaves: list[int] = []
        self._days: dict[str, list[int]] = {}
        self._given: dict[str, dict[Row, set[int]]] = {}
        for number, node in prover.nodes.items():
            if isinstance(node, Applied | Denied):
                self.named.setdefault(node.name, []).append(number)
                self._days.setdefault(self.context.on(node.jour).droit_au, []).append(number)
            elif isinstance(node, LEAVES):
                self.leaves.append(number)
        persons, rights = assessment.case.persons, assessment.law.base.rights
        self._whole = frozenset((person, right) for person in persons for right in rights)
        self._under = {
            each: frozenset(reached(prover.nodes, prover.explain(_atom(*each), self.context))) for each in self._whole
        }

    def moved(self, mutant: Mutant, base: KnowledgeBase) -> frozenset[Wanted]:
        """Return the rights of persons of which the reasons may not be the same under a mutant (its base is given).

        What a mutant concludes is taken to be the same as before.
        """
        nodes = self.prover.nodes
        steps: list[int] = []
        if mutant.parameter is not None:
            amounts = mutant.parameter.amounts
            leaves = ((number, nodes[number]) for number in self.leaves)
            steps = [
                number
                for number, each in leaves
                if isinstance(each, ParameterLeaf) and each.name == mutant.subject and each.amount not in amounts
            ]
        elif mutant.nomenclature is not None:
            elements = base.nomenclatures[mutant.subject].elements
            for number in self.leaves:
                leaf = nodes[number]
                if isinstance(leaf, PropertyLeaf) and leaf.interval is not None and leaf.element in elements:
                    steps += [number] if leaf.name not in elements[leaf.element].properties else []
        elif mutant.interval is not None:
            ((_, rule),) = mutant.rules
            old, new = self.prover.base.legal[rule.guard or ""].interval, mutant.interval
            if old.holds(self.context.droit_au) != new.holds(self.context.droit_au):
                return self._whole
            steps = [each for day, own in self._days.items() if old.holds(day) != new.holds(day) for each in own]
        else:
            for index, changed in mutant.rules:
                own = self._otherwise(index, changed, base)
                if own is None:
                    return self._whole
                steps += own
        moving = frozenset(steps)
        return frozenset(each for each, under in self._under.items() if under & moving) if moving else frozenset()

    def _otherwise(self, index: int, changed: Rule, base: KnowledgeBase) -> list[int] | None:
        """Return the steps of the proofs that are others under a changed rule; None: what is told beside may change."""
        prover, before = self.prover, self.prover.base
        at = _changed(before.rules[index], changed)
        nodes = prover.nodes
        steps = [each for each in self.named.get(changed.head.name, ()) if self._holds(nodes[each], index, at)]
        if self._told_otherwise(index, changed):
            return None
        memos: list[dict[Any, Any]] = [prover.nodes, prover._proved, prover._denied, prover._leaves]
        sizes = [len(memo) for memo in memos]
        prover.base = base
        try:
            return [each for each in steps if self._moves(nodes[each], index, sizes[0])]
        finally:
            prover.base = before
            for memo, size in zip(memos, sizes, strict=True):
                while len(memo) > size:
                    memo.popitem()

    def _holds(self, node: Node, index: int, at: int) -> bool:
        """Tell whether a step rests on a condition (by its number, or -1 for any) of a rule, met or missing."""
        if isinstance(node, Applied):
            return node.rule == index and (at < 0 or self._brings(node.premises[at]))
        assert isinstance(node, Denied)
        own = next((each for each in node.attempts if each.rule == index), None)
        if own is None or not own.missing:
            return False
        missing = {number for number, _ in own.missing}
        leaves = {number for number, child in own.met if isinstance(self.prover.nodes[child], LEAVES)}
        return at < 0 or node.name == RIGHT or at in missing | leaves | set(own.skipped)

    def _brings(self, number: int) -> bool:
        """Tell whether a node brings something to a reason."""
        return isinstance(self.prover.nodes[number], Applied | Denied | Summed | ParameterLeaf | PropertyLeaf)

    def _told_otherwise(self, index: int, changed: Rule) -> bool:
        """Tell whether a changed rule gives, or no longer gives, what is told beside a status and another rule gives.

        What it alone gives is the same: so is the model.
        """
        name = changed.head.name
        shared = (row for row, givers in self._givers(name).items() if givers - {index})
        return any((index in self._givers(name)[row]) != self._gives(changed, row) for row in shared)

    def _givers(self, name: str) -> dict[Row, set[int]]:
        """Return the rows of what is told beside a status, with the rules that give each."""
        outputs = self.prover.base.outputs()
        if name not in self._given:
            told = name in outputs and name != RIGHT
            rows = self.prover.world.rows(name, outputs[name], self.context) if told else ()
            rules = [(number, self.prover.base.rules[number]) for number in self.prover._by_head.get(name, ())]
            self._given[name] = {row: {number for number, rule in rules if self._gives(rule, row)} for row in rows}
        return self._given[name]

    def _gives(self, rule: Rule, row: Row) -> bool:
        start = unify(rule.head.args, row, {})
        return start is not None and any(self.prover.matcher.solutions(rule, start, self.context))

    def _moves(self, node: Node, index: int, size: int) -> bool:
        """Tell whether a step is another one under the rules that the prover now reads."""
        assert isinstance(node, Applied | Denied)
        prover, context = self.prover, self.context.on(node.jour)
        if isinstance(node, Applied):
            number = prover._instance(node.name, node.args, context)
            other = prover.nodes[number] if number is not None else None
            return not isinstance(other, Applied) or self._step(other, size) != self._step(node, size)
        old = next((each for each in node.attempts if each.rule == index), None)
        new = prover._attempt(index, node.args, context)
        return self._attempt(new, node.name == RIGHT, size) != self._attempt(old, node.name == RIGHT, size)

    def _step(self, node: Applied, size: int) -> Hashable:
        return node.rule, frozenset(self._told(node.premises, size))

    def _attempt(self, attempt: Attempt | None, root: bool, size: int) -> Hashable:
        if attempt is None:
            return None
        missing = [child for _, child in attempt.missing]
        names = tuple(self._name(child) for child in missing) if root else ()
        met = [child for _, child in attempt.met if isinstance(self.prover.nodes[child], LEAVES)]
        told = frozenset(self._told([*missing, *(met if missing else ())], size))
        return attempt.in_force, len(missing), names, told

    def _name(self, number: int) -> str:
        node = self.prover.nodes[number]
        return node.text if isinstance(node, Compared) else str(getattr(node, "name", ""))

    def _told(self, children: Collection[int], size: int) -> Iterator[Hashable]:
        """Yield what children bring to a reason; one that was not proved before stands for itself."""
        for child in children:
            node = self.prover.nodes[child]
            if isinstance(node, Summed):
                yield from self._told(list(premises(node)), size)
            elif isinstance(node, Applied | Denied | ParameterLeaf | PropertyLeaf):
                yield child if child < size else -child


def _atom(person: str, right: str) -> Atom:
    return Atom(RIGHT, (Fun(person), Fun(right)))


def _changed(rule: Rule, other: Rule) -> int:
    """Return the number of the condition left out, or of the comparison changed; -1 for any other change."""
    pairs = enumerate(zip(rule.body, other.body, strict=False))
    at = next((at for at, (one, two) in pairs if one != two), len(rule.body) - 1)
    if rule.head != other.head or (len(rule.body) == len(other.body) and not isinstance(rule.body[at], Comparison)):
        return -1
    return at
