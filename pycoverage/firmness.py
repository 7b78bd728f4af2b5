"""Whether a conclusion rests on a fact supposed for the example, in place of an unknown one."""

from __future__ import annotations

from collections import Counter

from pycoverage.proof import Absent, Applied, Denied, Node, Stated, children, premises, reached
from pycoverage.prover import Prover
from pycoverage.syntax import Condition, Literal, Rule, variables
from pycoverage.value import Var


def firm(prover: Prover, number: int) -> bool:
    """Tell whether a proof uses nothing supposed: of a line stated but for some values, a rule may use the others."""
    if all(fact.origin != "supposed" for fact in prover.case.facts):
        return True
    if _supposed(prover.nodes[number]):
        return False
    for each in reached(prover.nodes, number):
        node = prover.nodes[each]
        if isinstance(node, Applied):
            rule = prover.base.rules[node.rule]
            conditions = zip(rule.body, node.premises, strict=True)
            loose = [child for condition, child in conditions if not _spares(rule, condition, prover.nodes[child])]
        else:
            loose = children(node)
        if any(_supposed(prover.nodes[child]) for child in loose):
            return False
    return True


def _supposed(node: Node) -> bool:
    return isinstance(node, Stated) and node.fact.origin == "supposed"


def _spares(rule: Rule, condition: Condition, node: Node) -> bool:
    """Tell whether a condition uses nothing of what is supposed in the fact that meets it."""
    if not isinstance(node, Stated) or not node.fact.blanks or not isinstance(condition, Literal):
        return False
    used = Counter(name for part in (rule.head, *rule.body) for name in variables(part))
    terms = [condition.atom.args[place] for place in node.fact.blanks]
    return all(isinstance(each, Var) and used[each.name] == 1 for each in terms)


def sound(prover: Prover, number: int, known: dict[int, bool]) -> bool:
    """Tell whether a proof rests on no supposed fact: what is denied, if each way to it surely lacks something."""
    if number not in known:
        known[number] = True
        node = prover.nodes[number]
        if isinstance(node, Stated):
            known[number] = node.fact.origin != "supposed"
        elif isinstance(node, Absent):
            known[number] = all(fact.origin != "supposed" for fact in node.near)
        elif isinstance(node, Denied):
            ways = [attempt.missing for attempt in node.attempts]
            known[number] = all(not way or any(sound(prover, child, known) for _, child in way) for way in ways)
        else:
            known[number] = all(sound(prover, child, known) for child in premises(node))
    return known[number]
