"""The values rules speak of: numbers, texts, codes, and the two open bounds."""

from __future__ import annotations

from typing import TypeAlias, TypeGuard

import msgspec


class Fun(msgspec.Struct, frozen=True, tag="f"):
    """A code (`oui`) or a compound term (`rapport(135, 100)`)."""

    name: str
    args: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(write, self.args))})" if self.args else self.name


class Bound(msgspec.Struct, frozen=True, tag="b"):
    """`#inf` or `#sup`: an interval that is open on that side."""

    name: str

    def __str__(self) -> str:
        return f"#{self.name}"


class Var(msgspec.Struct, frozen=True, tag="v"):
    """A variable of a rule; `_` is anonymous."""

    name: str

    def __str__(self) -> str:
        return self.name


class Call(msgspec.Struct, frozen=True, tag="c"):
    """A named function: `@plus_mois(Debut, 3)`."""

    name: str
    args: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return f"@{self.name}({', '.join(map(write, self.args))})"


class Arith(msgspec.Struct, frozen=True, tag="a"):
    """An operation on numbers: `+`, `-`, `*`, `/`."""

    op: str
    left: Term
    right: Term

    def __str__(self) -> str:
        return f"({write(self.left)} {self.op} {write(self.right)})"


Value: TypeAlias = int | str | Fun | Bound
Term: TypeAlias = int | str | Fun | Bound | Var | Call | Arith

INF = Bound("inf")
SUP = Bound("sup")
OUI = Fun("oui")
NON = Fun("non")


def constant(term: Term) -> TypeGuard[Value]:
    """Tell whether a term is a value without parts: a number, a text, a bound or a code."""
    return isinstance(term, int | str | Bound) or (isinstance(term, Fun) and not term.args)


def write(term: Term) -> str:
    """Return a term in clingo's syntax; texts are quoted and escaped."""
    if isinstance(term, str):
        escaped = term.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return str(term)


def rank(value: Value) -> tuple[int, object]:
    """Return a key that orders values as clingo does within one type, open bounds outside."""
    if isinstance(value, Bound):
        return (0, 0) if value == INF else (9, 0)
    if isinstance(value, int):
        return (1, value)
    if isinstance(value, str):
        return (2, value)
    return (3, (len(value.args), value.name, tuple(rank(arg) for arg in value.args)))  # type: ignore[arg-type]
