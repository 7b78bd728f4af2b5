"""A base made ready for the solver: its rules as lifted text, with what each needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal as Choice

import msgspec

from pycoverage.syntax import Atom
from pycoverage.value import Value, constant

Form = Choice["text", "traced", "open"]
"""How rules are written: to be applied, to tell that they were, or over facts that are chosen."""

CASE, CONTEXT_ID, LAW = "C__", "K__", "L__"
HIDDEN = (CASE, CONTEXT_ID, LAW)
"""The hidden arguments of a lifted predicate, in order: the case, the context, the state of the law."""

Shape = tuple[str, tuple[Value | None, ...]]
"""What an atom may look like: a name, and constants where the rules write them."""


def shape(atom: Atom) -> Shape:
    """Return what a rule writes of an atom."""
    return atom.name, tuple(arg if constant(arg) else None for arg in atom.args)


class Statement(msgspec.Struct, frozen=True):
    """One lifted rule: its text, what it needs to apply, and the names of `facts/` it reads.

    `needs` are the positive conditions, `rests` the names of all. `traced` also tells that the rule was
    applied, `stakes` what its reading concludes. `open` is the text to use where facts are chosen, if it is another.
    `hidden` and `variables` are the arguments of the atom that traces it. `question` and `reading` are those of
    the rule.
    """

    rule: int
    guard: str
    head: Shape
    needs: tuple[Shape, ...]
    rests: tuple[str, ...]
    reads: tuple[str, ...]
    text: str
    traced: str
    stakes: str
    open: str
    hidden: tuple[str, ...]
    variables: tuple[str, ...]
    question: str = ""
    reading: str = ""


class Program(msgspec.Struct, frozen=True):
    """A base made ready for the solver.

    `levels` gives the hidden arguments of each predicate, in order; `statements` are the rules, those a
    rule rests on before it where they do not rest on each other; `catalogue` is the text of each name of
    `facts/`; `days` are the (predicate, argument) positions whose dates `a_la_date` may ask for, `pivots`
    the days on which the law changes.
    """

    levels: dict[str, tuple[str, ...]]
    statements: tuple[Statement, ...]
    catalogue: dict[str, str]
    readings: str
    defined: str
    days: tuple[tuple[str, int], ...]
    pivots: tuple[str, ...]

    def text(self, chosen: Sequence[Statement], others: Sequence[Statement] = (), *, form: Form = "text") -> str:
        """Return the program made of some of the statements, with what they and some others read."""
        names = dict.fromkeys(name for statement in (*chosen, *others) for name in statement.reads)
        rules = (getattr(statement, form) or statement.text for statement in chosen)
        return "\n".join([_LAW, *(self.catalogue[name] for name in names), *rules])

    def stakes(self, statements: Iterable[Statement], *, form: Form = "text") -> str:
        """Return the rules that tell which readings matter; over chosen facts, those with a sum always do."""
        found = [
            _ALWAYS.format(each.question, each.reading) if form == "open" and each.open else each.stakes
            for each in statements
            if each.stakes
        ]
        return "\n".join([_STAKES, self.readings, *found])

    def whole(self) -> str:
        """Return the whole program over chosen facts, for who runs it without this package."""
        return "\n".join([self.text(self.statements, form="open"), self.defined, _RANKS])


_LAW = """\
en_vigueur(L__,R) :- _en_periode(L__,R), not _ecartee(L__,R).
_en_periode(L__,R) :- _loi(L__,J), _regle(R,Du,Au), Du <= J, J < Au.
_en_periode(L__,R) :- _loi(L__,J), etat(L__,E), _regle(E,R,Du,Au), Du <= J, J < Au.
_ecartee(L__,R) :- _selon(R,Q,Retenue), _lecture(L__,Q,Choisie), Choisie != Retenue.
#defined _loi/2.
#defined _regle/3.
#defined _regle/4.
#defined etat/2.
#defined _selon/3.
#defined _lecture/3."""


_RANKS = "#defined _dernier_rang/2.\n" + "\n".join(f"#defined _rang/{arity}." for arity in (2, 3, 4))

_ALWAYS = "_enjeu(C__,{0},{1},{1}) :- _cas(C__)."

_STAKES = """\
_enjeu(C__,Q,Une,Autre) :- _conclut(C__,Q,Une,Tete), _lue(Q,Autre), Autre != Une, not _conclut(C__,Q,Autre,Tete).
#defined _conclut/4.
#defined _lue/2."""
"""Replacing one reading by another takes away what the first alone concludes."""
