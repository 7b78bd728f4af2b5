"""What the proofs of one dossier stand on: where a changed rule might be proved otherwise."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from typing import Any

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.engine import Row
from pycoverage.matching import unify
from pycoverage.mutants.mutation import Mutant
from pycoverage.proof import Applied, Attempt, Compared, Denied, ParameterLeaf, PropertyLeaf, Summed, premises
from pycoverage.prover import Prover
from pycoverage.situation import Context
from pycoverage.syntax import Rule

LEAVES = (ParameterLeaf, PropertyLeaf)
"""What a reason tells of a condition that is met where others are missing."""


class Footing:
    """The nodes of the proofs of one dossier, by the predicate that they prove or deny."""

    def __init__(self, prover: Prover, context: Context) -> None:
        self.prover, self.context = prover, context
        self.named: dict[str, list[Applied | Denied]] = {}
        self._given: dict[str, dict[Row, set[int]]] = {}
        self.days = {context.droit_au}
        self.leaves: list[ParameterLeaf | PropertyLeaf] = []
        for node in prover.nodes.values():
            if isinstance(node, Applied | Denied):
                self.named.setdefault(node.name, []).append(node)
                self.days.add(context.on(node.jour).droit_au)
            elif isinstance(node, ParameterLeaf | PropertyLeaf):
                self.leaves.append(node)

    def may_tell(self, mutant: Mutant, base: KnowledgeBase) -> bool:
        """Tell whether the reasons may not be the same under a mutant, of which the base is given.

        What a mutant concludes is taken to be the same as before.
        """
        if mutant.parameter is not None:
            amounts = mutant.parameter.amounts
            leaves = (each for each in self.leaves if isinstance(each, ParameterLeaf) and each.name == mutant.subject)
            return any(each.amount not in amounts for each in leaves)
        if mutant.nomenclature is not None:
            elements = base.nomenclatures[mutant.subject].elements
            entries = (each for each in self.leaves if isinstance(each, PropertyLeaf) and each.interval is not None)
            return any(
                each.name not in elements[each.element].properties for each in entries if each.element in elements
            )
        if mutant.interval is not None:
            ((_, rule),) = mutant.rules
            old = self.prover.base.legal[rule.guard or ""].interval
            return any(old.holds(day) != mutant.interval.holds(day) for day in self.days)
        return any(self._differs(index, changed, base) for index, changed in mutant.rules)

    def _differs(self, index: int, changed: Rule, base: KnowledgeBase) -> bool:
        """Tell whether a step of the proofs is another one under a changed rule."""
        prover, before = self.prover, self.prover.base
        at = _changed(before.rules[index], changed)
        steps = [each for each in self.named.get(changed.head.name, ()) if self._holds(each, index, at)]
        if not steps and changed.head.name not in before.outputs():
            return False
        memos: list[dict[Any, Any]] = [prover.nodes, prover._proved, prover._denied, prover._leaves]
        sizes = [len(memo) for memo in memos]
        prover.base = base
        try:
            if any(self._moves(node, index, sizes[0]) for node in steps):
                return True
            prover.base = before
            return self._told_otherwise(index, changed)
        finally:
            prover.base = before
            for memo, size in zip(memos, sizes, strict=True):
                while len(memo) > size:
                    memo.popitem()

    def _holds(self, node: Applied | Denied, index: int, at: int) -> bool:
        """Tell whether a step rests on a condition (by its number, or -1 for any) of a rule, met or missing."""
        if isinstance(node, Applied):
            return node.rule == index and (at < 0 or self._brings(node.premises[at]))
        own = next((each for each in node.attempts if each.rule == index), None)
        if own is None or not own.missing:
            return False
        missing = {number for number, _ in own.missing}
        leaves = {number for number, child in own.met if isinstance(self.prover.nodes[child], LEAVES)}
        return at < 0 or at in missing | leaves | set(own.skipped)

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

    def _moves(self, node: Applied | Denied, index: int, size: int) -> bool:
        """Tell whether a step is another one under the rules that the prover now reads."""
        prover, context = self.prover, self.context.on(node.jour)
        if isinstance(node, Applied):
            order = prover._by_head[node.name]
            if order.index(index) > order.index(node.rule):
                return False
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


def _changed(rule: Rule, other: Rule) -> int:
    """Return the number of the condition in which two rules differ, or -1 if their conclusions do."""
    if rule.head != other.head:
        return -1
    pairs = enumerate(zip(rule.body, other.body, strict=False))
    return next((at for at, (one, two) in pairs if one != two), len(rule.body) - 1)
