"""Whether a conclusion rests on a fact supposed for the example, in place of an unknown one."""

from __future__ import annotations

from pycoverage.proof import Absent, Denied, Stated, premises, reach
from pycoverage.prover import Prover


def firm(prover: Prover, number: int) -> bool:
    """Tell whether no fact that a proof reaches is supposed."""
    found = reach(prover.nodes, number)
    return not any(isinstance(each, Stated) and each.fact.origin == "supposed" for each in found)


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
