"""What makes a right held in one proof and not in another: the conditions that one meets and the other misses."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.proof import Applied, Compared, Denied, Given
from pycoverage.prover import Prover


def differing(held: Prover, proof: int, lost: Prover, refusal: int) -> Iterator[tuple[int, int]]:
    """Yield, along the rules that a proof applies, its nodes that are missing under a refusal, and what refuses them.

    A rule that only the proof has in force, or of which only a day or an amount differs, is told by its conclusion.
    """
    node, other = held.nodes[proof], lost.nodes[refusal]
    attempt = None
    if isinstance(node, Applied) and isinstance(other, Denied):
        attempt = next((each for each in other.attempts if each.rule == node.rule), None)
    if attempt is None or not isinstance(node, Applied):
        yield proof, refusal
        return
    if not attempt.missing or any(isinstance(lost.nodes[child], Compared | Given) for _, child in attempt.missing):
        yield proof, refusal
        return
    for index, child in attempt.missing:
        yield from differing(held, node.premises[index], lost, child)
