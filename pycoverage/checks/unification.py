"""Whether two atoms can be the same, their variables taken apart."""

from __future__ import annotations

from pycoverage.syntax import Atom
from pycoverage.value import Arith, Bound, Call, Fun, Term, Var


def unifies(one: Atom, other: Atom) -> bool:
    """Tell whether two atoms may have a common instance; repeated variables are not looked at."""
    return one.name == other.name and len(one.args) == len(other.args) and all(map(_meets, one.args, other.args))


def _meets(one: Term, other: Term) -> bool:
    if isinstance(one, Var | Call) or isinstance(other, Var | Call):
        return True
    if isinstance(one, Arith) or isinstance(other, Arith):
        return isinstance(one, Arith | int) and isinstance(other, Arith | int)
    if isinstance(one, Fun) and isinstance(other, Fun):
        return one.name == other.name and len(one.args) == len(other.args) and all(map(_meets, one.args, other.args))
    if isinstance(one, Bound) or isinstance(other, Bound):
        return one == other
    return type(one) is type(other) and one == other
