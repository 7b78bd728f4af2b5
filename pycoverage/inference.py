"""What kind of value stands at each place of the rules, inferred over the whole base.

Kinds flow from the vocabulary, the parameters, the nomenclatures and the named functions through the
variables of the rules (union-find). A kind is `personne`, `date`, `montant`, `nombre`, `coefficient`,
`texte`, `cle` (the number of a line of a list), `code:<nomenclature>` (`code:droit`, `code:oui_non`),
`regle`, `anomalie`, `question`, `lecture`, `terme:<nom>` for a compound term, or `code` for a constant
that nothing describes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.finding import Place
from pycoverage.functions import FUNCTIONS
from pycoverage.kinds import About, Conflict, Constant, Kinds
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Literal, Rule, shared
from pycoverage.value import Arith, Bound, Call, Fun, Term, Var
from pycoverage.vocabulary import type_name

NUMERIC = frozenset({"montant", "nombre", "cle"})
"""Kinds that a whole number may have."""

OUTPUT_KINDS = {
    "droit": ("personne", "code:droit"),
    "effet": ("personne", "code:droit", "date"),
    "fin": ("personne", "code:droit", "date"),
    "ouverture": ("personne", "code:droit", "code:ouverture"),
    "montant_du": ("personne", "code:droit", "montant"),
    "anomalie": ("anomalie", "personne"),
}
"""Kinds of the arguments of the predicates that cross into Python (`base.OUTPUT`)."""

CONTEXT_KINDS = {
    "personne": ("personne",),
    "date": ("date",),
    "droit_au": ("date",),
    "en_vigueur": ("regle",),
}
"""Kinds of the arguments of the predicates that the engine gives (`base.CONTEXT`)."""

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def infer(base: KnowledgeBase) -> Kinds:
    """Infer every kind of a base. Never raises: what does not fit is a conflict.

    Where rules disagree on a position of a derived predicate, the kind that most of them give is kept,
    so that one mistake is one conflict.
    """
    kinds = _infer(base, {})
    return _infer(base, _votes(base)) if kinds.conflicts else kinds


def _infer(base: KnowledgeBase, settled: dict[tuple[str, int], str]) -> Kinds:
    inference = _Inference(base, settled)
    for rule in base.rules:
        inference.rule(rule)
    return inference.result()


def _votes(base: KnowledgeBase) -> dict[tuple[str, int], str]:
    """Return the kind that most rules, each taken alone, give to a position of a derived predicate."""
    inference = _Inference(base, {}, apart=True)
    for rule in base.rules:
        inference.rule(rule)
    counts: dict[tuple[str, int], Counter[str]] = {}
    for position, kind, weight in inference.seen():
        counts.setdefault(position, Counter())[kind] += weight
    return {position: max(sorted(found), key=found.__getitem__) for position, found in counts.items()}


class _Use(msgspec.Struct):
    """Where a term stands: enough to name it in a conflict."""

    place: Place
    part: Condition | Atom
    about: About


class _Inference:
    """Union-find over nodes: each class has at most one kind, and constraints checked at the end.

    `settled` gives kinds of derived positions known beforehand; `apart` keeps rules from telling each
    other the kinds of derived positions, and orders (`<`, `!=`) from telling any.
    """

    def __init__(self, base: KnowledgeBase, settled: dict[tuple[str, int], str], *, apart: bool = False) -> None:
        self._parents: list[int] = []
        self._kinds: list[str | None] = []
        self._nodes: dict[tuple[str, int], int] = {}
        self._arity: dict[str, int] = {}
        self._variables: list[dict[str, int]] = []
        self._weak: list[tuple[int, str, str, _Use]] = []
        self._conflicts: list[Conflict] = []
        self._seeds: dict[str, int] = {}
        for name, kinds in _seeds(base):
            self._arity[name] = len(kinds)
            for index, kind in enumerate(kinds):
                self._nodes[name, index] = self._new(None if kind == "code" else kind)
        for position, kind in settled.items():
            self._nodes.setdefault(position, self._new(kind))
        for rule in base.rules:
            self._arity.setdefault(rule.head.name, len(rule.head.args))
        self._given = frozenset(self._nodes) if apart else None
        self._apart: list[tuple[tuple[str, int], int, int]] = []

    def seen(self) -> Iterator[tuple[tuple[str, int], str, int]]:
        """Yield each kind seen at a derived position, when rules are taken apart; a head weighs two."""
        for position, node, weight in self._apart:
            kind = self._kinds[self._find(node)]
            if kind is not None:
                yield position, kind, weight

    def _new(self, kind: str | None = None) -> int:
        self._parents.append(len(self._parents))
        self._kinds.append(kind)
        return len(self._parents) - 1

    def _find(self, node: int) -> int:
        parents = self._parents
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    def _union(self, found: int, expected: int, use: _Use, token: str = "") -> None:
        one, other = self._find(found), self._find(expected)
        if one == other:
            return
        left, right = self._kinds[one], self._kinds[other]
        if left is not None and right is not None and left != right:
            self._conflicts.append(Conflict(use.place, left, right, use.about, str(use.part), token))
            return
        self._parents[one] = other
        if right is None:
            self._kinds[other] = left

    def _seed(self, kind: str) -> int:
        """Return a node that already has a kind; never merged with another kind."""
        if kind not in self._seeds:
            self._seeds[kind] = self._new(kind)
        return self._seeds[kind]

    def rule(self, rule: Rule) -> None:
        """Take one rule into account; a variable that only an aggregate's element names is its own."""
        named: dict[str, int] = {}
        self._variables.append(named)
        whole = {name: self._new() for part in (rule.head, *rule.body) for name in shared(part)}
        self._atom(rule.head, whole, _Use(rule.place, rule.head, "argument"))
        for condition, place in zip(rule.body, rule.places, strict=True):
            if isinstance(condition, Literal):
                self._literal(condition, whole, place)
            elif isinstance(condition, Comparison):
                self._comparison(condition, whole, place)
            else:
                result = self._term(condition.term, whole, _Use(place, condition, "agregat"))
                for element in condition.elements:
                    inner = dict(whole)
                    self._aggregate(condition, result, element.terms, inner, place)
                    for part in element.condition:
                        if isinstance(part, Literal):
                            self._literal(part, inner, place)
                        else:
                            self._comparison(part, inner, place)
                    for name, node in inner.items():
                        named.setdefault(name, node)
        named.update(whole)

    def _aggregate(
        self, aggregate: Aggregate, result: int, terms: tuple[Term, ...], scope: dict[str, int], place: Place
    ) -> None:
        use = _Use(place, aggregate, "agregat")
        nodes = [self._term(term, scope, use) for term in terms]
        if aggregate.function == "count":
            self._union(result, self._seed("nombre"), use)
            return
        if aggregate.function == "sum":
            self._weak.append((result, "nombre", "", use))
        if nodes:
            self._union(nodes[0], result, use, str(terms[0]))

    def _literal(self, literal: Literal, scope: dict[str, int], place: Place) -> None:
        if literal.day is not None:
            use = _Use(place, literal, "argument")
            self._union(self._term(literal.day, scope, use), self._seed("date"), use, str(literal.day))
        self._atom(literal.atom, scope, _Use(place, literal, "argument"))

    def _comparison(self, comparison: Comparison, scope: dict[str, int], place: Place) -> None:
        use = _Use(place, comparison, "comparaison")
        left = self._term(comparison.left, scope, use)
        right = self._term(comparison.right, scope, use)
        if self._given is None or comparison.op == "=":
            self._union(left, right, use, str(comparison.left))

    def _atom(self, atom: Atom, scope: dict[str, int], use: _Use) -> None:
        known = self._arity.get(atom.name) == len(atom.args)
        for index, arg in enumerate(atom.args):
            node = self._term(arg, scope, use)
            if known:
                self._union(node, self._node(atom.name, index, 2 if use.part is atom else 1), use, str(arg))

    def _node(self, name: str, index: int, weight: int = 1) -> int:
        if self._given is not None and (name, index) not in self._given:
            node = self._new()
            self._apart.append(((name, index), node, weight))
            return node
        known = self._nodes.get((name, index))
        if known is None:
            known = self._nodes[name, index] = self._new()
        return known

    def _term(self, term: Term, scope: dict[str, int], use: _Use) -> int:
        if isinstance(term, Var):
            if term.name == "_":
                return self._new()
            node = scope.get(term.name)
            if node is None:
                node = scope[term.name] = self._new()
            return node
        if isinstance(term, int):
            return self._constrained("nombre", str(term), use)
        if isinstance(term, str):
            return self._new("date" if _ISO.fullmatch(term) else "texte")
        if isinstance(term, Bound):
            return self._new()
        if isinstance(term, Call):
            return self._call(term, scope, use)
        if isinstance(term, Arith):
            return self._arith(term, scope, use)
        return self._compound(term, scope, use)

    def _constrained(self, kind: str, token: str, use: _Use) -> int:
        node = self._new()
        self._weak.append((node, kind, token, use))
        return node

    def _call(self, call: Call, scope: dict[str, int], use: _Use) -> int:
        inner = _Use(use.place, use.part, "fonction")
        nodes = [self._term(arg, scope, inner) for arg in call.args]
        known = FUNCTIONS.get(call.name)
        if known is None:
            return self._new()
        _, types, result = known
        for node, arg, kind in zip(nodes, call.args, _signature(types, len(nodes)), strict=False):
            self._union(node, self._seed(kind), inner, str(arg))
        return self._new(result)

    def _arith(self, term: Arith, scope: dict[str, int], use: _Use) -> int:
        inner = _Use(use.place, use.part, "calcul")
        left, right = self._term(term.left, scope, inner), self._term(term.right, scope, inner)
        for node, side in ((left, term.left), (right, term.right)):
            self._weak.append((node, "nombre", str(side), inner))
        if term.op in "*/":
            return self._constrained("nombre", str(term), inner)
        self._union(left, right, inner, str(term.left))
        return left

    def _compound(self, term: Fun, scope: dict[str, int], use: _Use) -> int:
        if not term.args:
            return self._constrained("code", term.name, use)
        nodes = [self._term(arg, scope, use) for arg in term.args]
        if term.name == "rapport":
            return self._new("coefficient")
        name = f"{term.name}/{len(term.args)}"
        for index, (node, arg) in enumerate(zip(nodes, term.args, strict=True)):
            self._union(node, self._node(f"terme:{name}", index), use, str(arg))
        return self._new(f"terme:{name}")

    def result(self) -> Kinds:
        """Settle numbers and constants, and return what was inferred."""
        constants: list[Constant] = []
        for node, kind, token, use in self._weak:
            root = self._find(node)
            known = self._kinds[root]
            if known is None:
                self._kinds[root] = kind
            elif kind == "nombre" and known not in NUMERIC:
                self._conflicts.append(Conflict(use.place, "nombre", known, use.about, str(use.part), token))
            elif kind == "code":
                if not _holds_codes(known):
                    self._conflicts.append(Conflict(use.place, "code", known, use.about, str(use.part), token))
                elif known != "code":
                    constants.append(Constant(use.place, token, known, str(use.part)))
        positions = {
            name: tuple(self._kind_at(name, index) for index in range(arity)) for name, arity in self._arity.items()
        }
        named: list[dict[str, str]] = []
        for found in self._variables:
            kinds = ((name, self._kinds[self._find(node)]) for name, node in found.items())
            named.append({name: kind for name, kind in kinds if kind is not None})
        return Kinds(positions, tuple(named), tuple(dict.fromkeys(self._conflicts)), tuple(constants))

    def _kind_at(self, name: str, index: int) -> str | None:
        node = self._nodes.get((name, index))
        return None if node is None else self._kinds[self._find(node)]


def _seeds(base: KnowledgeBase) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from OUTPUT_KINDS.items()
    for name, rubric in base.rubrics.items():
        yield name, rubric.kinds
    for attribute in base.vocabulary:
        names = attribute.arguments
        yield attribute.predicate, tuple(n if n == "cle" else type_name(attribute.field(n)) for n in names)
    for name, parameter in base.parameters.items():
        yield name, (*parameter.key_types, parameter.type)
    for name, nomenclature in base.properties():
        yield name, (f"code:{nomenclature}",)
    yield from CONTEXT_KINDS.items()


def _signature(types: tuple[str, ...], count: int) -> Iterator[str]:
    fixed = types[:-1] if types[-1] == "*" else types
    yield from fixed
    if len(fixed) < len(types):
        for _ in range(count - len(fixed)):
            yield fixed[-1]


def _holds_codes(kind: str) -> bool:
    return kind.startswith("code") or kind in ("regle", "anomalie")
