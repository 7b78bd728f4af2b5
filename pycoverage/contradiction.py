"""The facts that contradict themselves: a rule of anomaly rules them out whatever the rest of the dossier says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.matching import Undefined, compare, unify, value
from pycoverage.syntax import Comparison, Literal, Rule
from pycoverage.value import Fun, Value

ANOMALY = "anomalie"


class Contradictions:
    """What the rules of anomaly that look at one fact alone rule out."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._rules: dict[str, list[tuple[Literal, list[Comparison]]]] = {}
        for rule in base.rules:
            literal = _only(rule) if rule.head.name == ANOMALY else None
            if literal is not None:
                compared = [part for part in rule.body if isinstance(part, Comparison)]
                self._rules.setdefault(literal.atom.name, []).append((literal, compared))

    def holds(self, name: str, args: Sequence[Value | None]) -> bool:
        """Tell whether a fact contradicts itself, whatever its arguments that are not known (None)."""
        unknown = {Fun(f"?{place}") for place, arg in enumerate(args) if arg is None}
        row = tuple(Fun(f"?{place}") if arg is None else arg for place, arg in enumerate(args))
        for literal, compared in self._rules.get(name, ()):
            binding = unify(literal.atom.args, row, {})
            if binding is not None:
                known = {variable: given for variable, given in binding.items() if given not in unknown}
                if all(_true(each, known) for each in compared):
                    return True
        return False


def _true(comparison: Comparison, binding: Mapping[str, Value]) -> bool:
    """Tell whether a comparison is known to be true."""
    try:
        return compare(value(comparison.left, binding), comparison.op, value(comparison.right, binding))
    except Undefined:
        return False


def _only(rule: Rule) -> Literal | None:
    """Return the only atom that a rule looks at, if all else is comparisons."""
    literals = [part for part in rule.body if not isinstance(part, Comparison)]
    first = literals[0] if len(literals) == 1 else None
    return first if isinstance(first, Literal) and not first.negated else None
