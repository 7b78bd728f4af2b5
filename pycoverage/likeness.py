"""Which codes no rule can tell apart: one of them stands for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.syntax import Atom, Comparison, Rule, comparisons, literals
from pycoverage.value import Fun, Value
from pycoverage.vocabulary import Field


class Likeness:
    """What the rules of a base (all of them, or some) tell apart."""

    def __init__(self, base: KnowledgeBase, rules: Iterable[Rule] | None = None) -> None:
        self.nomenclatures = base.nomenclatures
        self.named: set[str] = set()
        self.listed: dict[str, set[object]] = {}
        for rule in base.rules if rules is None else rules:
            if rule.body:
                self.named.update(_constants(rule))
            else:
                for code in _constants(rule):
                    shape = tuple("*" if arg == Fun(code) else arg for arg in rule.head.args)
                    self.listed.setdefault(code, set()).add((rule.head.name, shape))

    def representatives(self, field: Field, known: Sequence[str]) -> list[Value]:
        """Return one code per class of codes that no rule can tell apart, in file order."""
        return list(dict.fromkeys(self.classes(field, known).values()))

    def classes(self, field: Field, known: Sequence[str]) -> dict[str, Value]:
        """Return, per code, the first code that no rule can tell from it, in file order."""
        nomenclature = self.nomenclatures.get(field.nomenclature)
        seen: dict[object, Value] = {}
        found: dict[str, Value] = {}
        for code in known:
            element = nomenclature.elements.get(code) if nomenclature else None
            properties = tuple(sorted(element.properties.items())) if element else ()
            told = properties, frozenset(self.listed.get(code, ()))
            found[code] = seen.setdefault(code if code in self.named or nomenclature is None else told, Fun(code))
        return found


def _constants(rule: Rule) -> Iterator[str]:
    """Yield the codes a rule names."""

    def within(part: object) -> Iterator[str]:
        if isinstance(part, Fun):
            yield part.name
        elif isinstance(part, Atom):
            for arg in part.args:
                yield from within(arg)
        elif isinstance(part, Comparison):
            yield from within(part.left)
            yield from within(part.right)

    yield from within(rule.head)
    for literal, _ in literals(rule.body):
        yield from within(literal.atom)
    for comparison in comparisons(rule.body):
        yield from within(comparison)
