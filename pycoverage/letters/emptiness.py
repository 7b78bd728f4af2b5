"""The lists that a dossier gives empty and that a proof sums up: no income is a fact too, with its exhibit."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.base import KnowledgeBase
from pycoverage.letters.plea import Plea
from pycoverage.proof import Applied, Summed, reached
from pycoverage.situation import Fact
from pycoverage.syntax import Condition, literals
from pycoverage.value import Fun


def empties(plea: Plea) -> Iterator[tuple[int, Fact]]:
    """Yield each sum of nothing (its node) with the empty list it comes from, as a fact of its person alone."""
    nodes, base, dossier = plea.prover.nodes, plea.assessment.law.base, plea.assessment.dossier
    for number in reached(nodes, plea.root):
        node = nodes[number]
        if not isinstance(node, Applied):
            continue
        for child in node.premises:
            one = nodes[child]
            if not isinstance(one, Summed) or one.function != "sum" or one.contributions:
                continue
            read = _read(base, base.rules[one.rule].body)
            for (person, name), stated in dossier.stated.items():
                attribute = base.vocabulary.personne.get(name)
                if attribute and attribute.predicate in read and stated.lines == () and Fun(person) in node.args:
                    yield child, Fact(attribute.predicate, (Fun(person),), attribute=name)


def _read(base: KnowledgeBase, body: tuple[Condition, ...]) -> set[str]:
    """Return the predicates that the conditions of a rule rest on, directly or not."""
    read: set[str] = set()
    waiting = [body]
    while waiting:
        for literal, _ in literals(waiting.pop()):
            name = literal.atom.name
            if name not in read:
                read.add(name)
                waiting += [rule.body for rule in base.rules if rule.head.name == name]
    return read
