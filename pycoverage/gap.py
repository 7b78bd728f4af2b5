"""Where two proofs of one conclusion part: the conditions that one context meets and the other does not.

The proof of one context is laid beside the refusal of the other, along the rule that the proof applies, down
to the condition that only one of them meets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

from pycoverage.proof import Applied, Denied, Node, premises
from pycoverage.prover import Prover
from pycoverage.syntax import Comparison, variables
from pycoverage.value import Term


class Gap(msgspec.Struct, frozen=True):
    """A condition that two contexts decide otherwise, and the conclusions that rest on it, nearest first."""

    before: int
    after: int
    under: tuple[tuple[int, int], ...]


def gaps(prover: Prover, before: int, after: int, under: tuple[tuple[int, int], ...] = ()) -> Iterator[Gap]:
    """Yield the conditions in which two nodes differ, along the rule that the proof of one of them applies."""
    earlier, later = prover.nodes[before], prover.nodes[after]
    proof, refusal = (later, earlier) if isinstance(earlier, Denied) else (earlier, later)
    attempt = None
    if isinstance(proof, Applied) and isinstance(refusal, Denied) and (before, after) not in under:
        attempt = next((each for each in refusal.attempts if each.rule == proof.rule), None)
    if attempt is None or not isinstance(proof, Applied):
        yield Gap(before, after, under)
        return
    pairs = [(proof.premises[index], child) for index, child in attempt.missing]
    for met, missed in pairs or [(proof.premises[0], attempt.in_force)]:
        pair = (missed, met) if refusal is earlier else (met, missed)
        yield from gaps(prover, *pair, ((before, after), *under))


def behind(prover: Prover, gap: Gap, term: Term) -> Iterator[Node]:
    """Yield what a term of the rule compared rests on, nearest first, in either context."""
    for number in gap.under[0] if gap.under else ():
        node = prover.nodes[number]
        if isinstance(node, Applied):
            rule, children = node.rule, list(enumerate(node.premises))
        elif isinstance(node, Denied):
            attempt = next(each for each in node.attempts if each.missing)
            rule, children = attempt.rule, list(attempt.met)
        else:
            continue
        body = prover.base.rules[rule].body
        names = set(variables(term))
        for _ in body:
            for condition in body:
                if isinstance(condition, Comparison) and condition.op == "=" and names & set(variables(condition)):
                    names |= set(variables(condition))
        wanted = deque(child for index, child in children if names & set(variables(body[index])))
        seen: set[int] = set()
        while wanted:
            number = wanted.popleft()
            if number not in seen:
                seen.add(number)
                yield prover.nodes[number]
                wanted += premises(prover.nodes[number])
