"""Rules as frozen objects: what the reader makes and every other module reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

import msgspec

from pycoverage.finding import Place
from pycoverage.value import Arith, Call, Fun, Term, Var, write


class Atom(msgspec.Struct, frozen=True, tag="atome"):
    """A predicate applied to terms."""

    name: str
    args: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(write, self.args))})" if self.args else self.name


class Literal(msgspec.Struct, frozen=True, tag="litteral"):
    """An atom or its negation; `day` is set when it is read on another day (`a_la_date`)."""

    atom: Atom
    negated: bool = False
    day: Term | None = None

    def __str__(self) -> str:
        text = str(self.atom) if self.day is None else f"a_la_date({write(self.day)}, {self.atom})"
        return f"not {text}" if self.negated else text


class Comparison(msgspec.Struct, frozen=True, tag="comparaison"):
    """`left op right`, with op one of = != < <= > >=."""

    left: Term
    op: str
    right: Term

    def __str__(self) -> str:
        return f"{write(self.left)} {self.op} {write(self.right)}"


class Element(msgspec.Struct, frozen=True):
    """One element of an aggregate: the tuple that is counted, and its condition."""

    terms: tuple[Term, ...]
    condition: tuple[Literal | Comparison, ...]

    def __str__(self) -> str:
        return f"{', '.join(map(write, self.terms))} : {', '.join(map(str, self.condition))}"


class Aggregate(msgspec.Struct, frozen=True, tag="agregat"):
    """`term op #function{ elements }`; function is sum, count, min or max."""

    term: Term
    op: str
    function: str
    elements: tuple[Element, ...]

    def __str__(self) -> str:
        inside = "; ".join(map(str, self.elements))
        return f"{write(self.term)} {self.op} #{self.function}{{ {inside} }}"


Condition: TypeAlias = Literal | Comparison | Aggregate


class Rule(msgspec.Struct, frozen=True):
    """One normal rule, with the place of its head and of each condition."""

    head: Atom
    body: tuple[Condition, ...]
    place: Place
    places: tuple[Place, ...]

    @property
    def guard(self) -> str | None:
        """The id in `en_vigueur(id)`, if the first condition is such a guard."""
        first = self.body[0] if self.body else None
        if isinstance(first, Literal) and first.atom.name == "en_vigueur" and not first.negated:
            argument = first.atom.args[0] if first.atom.args else None
            if isinstance(argument, Fun) and not argument.args:
                return argument.name
        return None

    def __str__(self) -> str:
        if not self.body:
            return f"{self.head}."
        return f"{self.head} :-\n    " + ",\n    ".join(map(str, self.body)) + "."


def variables(part: Term | Condition | Atom | Element) -> Iterator[str]:
    """Yield the names of the variables of a part of a rule, in order, with repetitions."""
    if isinstance(part, Var):
        yield part.name
    elif isinstance(part, Fun | Call | Atom):
        for arg in part.args:
            yield from variables(arg)
    elif isinstance(part, Arith | Comparison):
        yield from variables(part.left)
        yield from variables(part.right)
    elif isinstance(part, Literal):
        yield from variables(part.atom)
        if part.day is not None:
            yield from variables(part.day)
    elif isinstance(part, Element):
        for term in part.terms:
            yield from variables(term)
        for condition in part.condition:
            yield from variables(condition)
    elif isinstance(part, Aggregate):
        yield from variables(part.term)
        for element in part.elements:
            yield from variables(element)


def literals(body: tuple[Condition, ...]) -> Iterator[tuple[Literal, bool]]:
    """Yield each literal of a body and whether it stands inside an aggregate."""
    for condition in body:
        if isinstance(condition, Literal):
            yield condition, False
        elif isinstance(condition, Aggregate):
            for element in condition.elements:
                for inner in element.condition:
                    if isinstance(inner, Literal):
                        yield inner, True


def comparisons(body: tuple[Condition, ...]) -> Iterator[Comparison]:
    """Yield each comparison of a body, those inside aggregates included."""
    for condition in body:
        if isinstance(condition, Comparison):
            yield condition
        elif isinstance(condition, Aggregate):
            for element in condition.elements:
                yield from (c for c in element.condition if isinstance(c, Comparison))


def told_apart(found: Iterable[Comparison], bound: Collection[str]) -> tuple[dict[str, Term], list[Comparison]]:
    """Tell the comparisons that give a variable its value from those that test, in the order written.

    `bound` are the variables that other conditions bind. Returns the term that gives each other one its value, and
    the tests.
    """
    assigned: dict[str, Term] = {}
    tests: list[Comparison] = []
    for each in found:
        for one, other in ((each.left, each.right), (each.right, each.left)):
            if each.op == "=" and isinstance(one, Var) and one.name not in bound and one.name not in assigned:
                assigned[one.name] = other
                break
        else:
            tests.append(each)
    return assigned, tests


def calls(rule: Rule) -> bool:
    """Tell whether a rule calls a named function to compute what it compares."""
    return any(_calls(term) for each in comparisons(rule.body) for term in (each.left, each.right))


def _calls(term: Term) -> bool:
    if isinstance(term, Arith):
        return _calls(term.left) or _calls(term.right)
    return isinstance(term, Call)


def shared(part: Condition | Atom) -> Iterator[str]:
    """Yield the variables of a part that the whole rule shares, those local to an aggregate left out."""
    source = part.term if isinstance(part, Aggregate) else part
    return (name for name in variables(source) if name != "_")


def meet(one: Atom, other: Atom) -> bool:
    """Tell whether two atoms of one name can be the same: no two constants differ."""
    open_terms = (Var, Call, Arith)
    return all(
        isinstance(a, open_terms) or isinstance(b, open_terms) or a == b
        for a, b in zip(one.args, other.args, strict=False)
    )


def projected(rule: Rule) -> Rule:
    """Return a rule whose conditions leave open what nothing else in it looks at.

    The grounder then writes it once for all the values that may stand there, and not once for each.
    """
    counts = Counter([*variables(rule.head), *(name for condition in rule.body for name in variables(condition))])
    once = {name for name, count in counts.items() if count == 1}

    def left_open(term: Term) -> Term:
        return Var("_") if isinstance(term, Var) and term.name in once else term

    body = tuple(
        msgspec.structs.replace(each, atom=Atom(each.atom.name, tuple(map(left_open, each.atom.args))))
        if isinstance(each, Literal) and not each.negated
        else each
        for each in rule.body
    )
    return msgspec.structs.replace(rule, body=body)
