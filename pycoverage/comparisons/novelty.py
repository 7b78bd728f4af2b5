"""What two states of the law say otherwise: rules, values, entries of lists; and what may rest on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import msgspec

from pycoverage.base import OUTPUT, STATE, KnowledgeBase, LegalRule
from pycoverage.catalogue import Interval
from pycoverage.proof import Applied, Denied, InForce, Node, ParameterLeaf, PropertyLeaf
from pycoverage.situation import Context
from pycoverage.states.merging import PRIME, plain_id
from pycoverage.states.state import Pair
from pycoverage.syntax import Atom, Literal, literals
from pycoverage.value import Fun, Value

Key = tuple[str, str]
"""A predicate; rights are told apart by their name, an empty text being any of them."""

RIGHT = "droit"


class Novelty(msgspec.Struct, frozen=True):
    """What is not the same, on some day, in both states.

    `rules` are legal rules by id, `technical` rules without id by number, `entries` (property, element) of lists,
    `contexts` what the rules are told of the context. `newest` gives, for a rule that others replace, the last of them.
    """

    base: KnowledgeBase
    rules: frozenset[str]
    technical: frozenset[int]
    parameters: frozenset[str]
    entries: frozenset[tuple[str, str]]
    contexts: frozenset[str]
    newest: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.rules or self.technical or self.parameters or self.entries)

    def marks(self, node: Node) -> Iterator[str]:
        """Yield the keys of what is new and that a node rests on directly: `regle:…`, `montant:…`, `liste:…`."""
        if isinstance(node, Applied):
            yield from self.of_rule(node.rule)
        elif isinstance(node, Denied):
            for attempt in node.attempts:
                yield from self.of_rule(attempt.rule)
        elif isinstance(node, InForce):
            yield from self._legal(node.rule)
        elif isinstance(node, ParameterLeaf) and node.name in self.parameters:
            yield f"montant:{node.name}"
        elif isinstance(node, PropertyLeaf):
            yield from self._entry(node)

    def of_rule(self, number: int) -> Iterator[str]:
        """Yield the key of a rule, if it is new."""
        guard = self.base.rules[number].guard
        if guard:
            yield from self._legal(guard)
        elif number in self.technical:
            yield f"technique:{self.base.rules[number].place}"

    def _legal(self, rule: str) -> Iterator[str]:
        if rule in self.rules:
            yield f"regle:{plain_id(self.newest.get(rule, rule))}"

    def _entry(self, node: PropertyLeaf) -> Iterator[str]:
        if any(name == node.name and node.element in ("", code) for name, code in self.entries):
            yield f"liste:{node.name}"

    def keys(self) -> Iterator[str]:
        """Yield the keys of all that is new, each once."""
        found = [each for rule in sorted(self.rules) for each in self._legal(rule)]
        found += [f"montant:{name}" for name in sorted(self.parameters)]
        found += [f"liste:{name}" for name, _ in sorted(self.entries)]
        found += [each for number in sorted(self.technical) for each in self.of_rule(number)]
        yield from dict.fromkeys(found)

    def only(self, key: str) -> Novelty:
        """Return what is new under one key."""
        sort, _, name = key.partition(":")
        return msgspec.structs.replace(
            self,
            rules=frozenset(each for each in self.rules if key in self._legal(each)),
            technical=frozenset(each for each in self.technical if key in self.of_rule(each)),
            parameters=self.parameters & {name} if sort == "montant" else frozenset(),
            entries=frozenset(each for each in self.entries if sort == "liste" and each[0] == name),
            contexts=frozenset(),
        )

    def touched(self) -> frozenset[Key]:
        """Return the conclusions that may not be the same, or not be proved alike, in both states."""
        given = self.parameters | {name for name, _ in self.entries} | self.contexts
        users: dict[Key, set[Key]] = {}
        found: set[Key] = {(name, "") for name in given}
        for number, rule in enumerate(self.base.rules):
            head = _key(rule.head)
            names = set()
            for literal, _ in literals(rule.body):
                names.add(literal.atom.name)
                for each in self._meant(literal.atom):
                    users.setdefault(each, set()).add(head)
            if number in self.technical or rule.guard in self.rules or names & given:
                found.add(head)
        wanted = list(found)
        while wanted:
            new = users.get(wanted.pop(), set()) - found
            found |= new
            wanted += new
        return frozenset(found | {("en_vigueur", ""), (STATE, "")})

    def _meant(self, atom: Atom) -> Iterator[Key]:
        name, right = _key(atom)
        yield name, right
        if name == RIGHT and not right:
            yield from ((RIGHT, each) for each in self.base.rights)


def _key(atom: Atom) -> Key:
    if atom.name == RIGHT and len(atom.args) == OUTPUT[RIGHT] and isinstance(atom.args[1], Fun):
        return RIGHT, atom.args[1].name
    return atom.name, ""


def touches(touched: Collection[Key], name: str, args: Sequence[Value | None]) -> bool:
    """Tell whether an atom (None fits anything) is among the conclusions that may not be the same."""
    if name != RIGHT or len(args) != OUTPUT[RIGHT]:
        return (name, "") in touched
    if isinstance(args[1], Fun):
        return (RIGHT, args[1].name) in touched
    return any(key[0] == RIGHT for key in touched)


def novelty(pair: Pair) -> Novelty:
    """Return what the two states of a pair say otherwise."""
    base = pair.law.base

    def differs(intervals: Iterable[Interval], told: Callable[[Context], object]) -> bool:
        days = {str(bound) for each in intervals for bound in (each.start, each.end) if isinstance(bound, str)}
        return any(told(pair.before.context(day)) != told(pair.after.context(day)) for day in days)

    def applies(legal: LegalRule, context: Context) -> tuple[bool, bool]:
        read = not legal.question or base.reading(legal.question, dict(context.readings)) == legal.reading
        return legal.holds(context.droit_au, context.etat), read

    rules = frozenset(
        name
        for name, legal in base.legal.items()
        if differs((legal.interval, *legal.others), lambda context: applies(legal, context))  # noqa: B023
    )
    parameters = frozenset(
        name
        for name, parameter in base.parameters.items()
        if differs(
            (amount.interval for amount in parameter.amounts),
            lambda context: {(a.keys, a.value) for a in parameter.at(context.droit_au, context.etat)},  # noqa: B023
        )
    )
    entries = frozenset(
        (name, code)
        for name, nomenclature in base.properties()
        for code, element in base.nomenclatures[nomenclature].elements.items()
        if differs(
            element.properties.get(name, ()),
            lambda context: any(
                each.holds(context.droit_au, context.etat)
                for each in element.properties.get(name, ())  # noqa: B023
            ),
        )
    )
    technical = frozenset(
        number
        for number, rule in enumerate(base.rules)
        if not rule.guard and any(isinstance(each, Literal) and each.atom.name == STATE for each in rule.body)
    )
    contexts = frozenset({"droit_au"} if pair.before.plafond != pair.after.plafond else ())
    return Novelty(base, rules, technical, parameters, entries, contexts, _newest(base, rules))


def _newest(base: KnowledgeBase, rules: frozenset[str]) -> dict[str, str]:
    """Return, for each rule that differs and that others which differ replace, the last of them."""
    after = {base.legal[name].replaces: name for name in sorted(rules) if base.legal[name].replaces in rules}
    after |= {plain_id(name): name for name in rules if name.endswith(PRIME)}
    found: dict[str, str] = {}
    for name in after:
        last, seen = name, {name}
        while last in after and after[last] not in seen:
            last = after[last]
            seen.add(last)
        found[name] = last
    return found
