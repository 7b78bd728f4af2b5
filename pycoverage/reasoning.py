"""What carries a conclusion, taken from its proof: legal rules by id, values of the law, entries of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pycoverage.proof import Applied, Attempt, Denied, Node, ParameterLeaf, PropertyLeaf, premises
from pycoverage.prover import Prover

Reason = frozenset[tuple[str, str]]
"""Pairs such as (`regle`, id), (`montant`, `name keys value`), (`liste`, `property(element) oui`)."""


def reason(prover: Prover, root: int, *, decisive: bool = True) -> Reason:
    """Return what carries a conclusion; with `decisive` unset, all that its proof looks at."""
    nodes = prover.nodes
    found: set[tuple[str, str]] = set()
    stack, seen = [root], {root}
    while stack:
        node = nodes[stack.pop()]
        found.update(items(prover, node))
        if decisive and isinstance(node, Denied):
            children = [child for attempt in node.attempts for child in _telling(prover, attempt)]
        else:
            children = list(premises(node))
        for child in children:
            if child not in seen:
                seen.add(child)
                stack.append(child)
    return frozenset(found - {("regle", "")})


def nearest(prover: Prover, roots: Iterable[int], marks: Callable[[Node], Iterable[str]]) -> list[str]:
    """Return the marks of the nodes under some nodes that have any, nearest first: all those at the same distance."""
    wanted, found = list(dict.fromkeys(roots)), dict[str, None]()
    seen = set(wanted)
    while wanted and not found:
        level = [prover.nodes[number] for number in wanted]
        found.update(dict.fromkeys(mark for node in level for mark in sorted(set(marks(node)))))
        wanted = list(dict.fromkeys(child for node in level for child in premises(node) if child not in seen))
        seen.update(wanted)
    return list(found)


def keys(items: Iterable[tuple[str, str]]) -> set[str]:
    """Return what a reason names, as `regle:…`, `montant:…`, `liste:…`."""
    return {f"{sort}:{text.partition(' ')[0].partition('(')[0]}" for sort, text in items}


def items(prover: Prover, node: Node) -> Iterator[tuple[str, str]]:
    """Yield what of a reason one node holds itself."""
    rules = prover.base.rules
    if isinstance(node, Applied):
        yield "regle", rules[node.rule].guard or ""
    elif isinstance(node, Denied):
        yield from (("regle", rules[each.rule].guard or "") for each in node.attempts if each.missing)
    elif isinstance(node, ParameterLeaf) and node.amount is not None:
        yield "montant", " ".join(map(str, (node.name, *node.amount.keys, node.amount.value)))
    elif isinstance(node, PropertyLeaf):
        yield "liste", f"{node.name}({node.element}) {'oui' if node.interval else 'non'}"


def _telling(prover: Prover, attempt: Attempt) -> Iterator[int]:
    """Yield what is missing in an attempt, and the values and entries of the law that it was tried with."""
    yield from (child for _, child in attempt.missing)
    if attempt.missing:
        for _, child in attempt.met:
            if isinstance(prover.nodes[child], ParameterLeaf | PropertyLeaf):
                yield child
