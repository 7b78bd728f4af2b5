"""When each amount, code and rule is in force: as facts of the lifted program, and the rules that read them."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.base import STATE, KnowledgeBase, LegalRule
from pycoverage.catalogue import Interval
from pycoverage.program import LAW
from pycoverage.value import Fun, Value, write


def period_of(legal: LegalRule | None) -> Iterator[str]:
    """Yield the facts that say when a rule is in force."""
    if legal is not None:
        for each in (legal.interval, *legal.others):
            yield f"_regle({','.join(map(write, (*_state(each), Fun(legal.id), each.start, each.end)))})."
        if legal.question:
            yield f"_selon({legal.id},{legal.question},{legal.reading})."


def catalogue_of(base: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Yield, per name of `facts/`, its facts with their intervals and the rule that reads them."""
    in_force = f"_loi({LAW},J), Du <= J, J < Au"
    for name, parameter in base.parameters.items():
        names = [f"V{n}" for n in range(parameter.arity)]
        lines = [f"{name}({','.join([LAW, *names])}) :- _p_{name}({','.join([*names, 'Du', 'Au'])}), {in_force}."]
        if base.states:
            own = ",".join(["E", *names, "Du", "Au"])
            lines.append(f"{name}({','.join([LAW, *names])}) :- _p_{name}({own}), {STATE}({LAW},E), {in_force}.")
        for amount in parameter.amounts:
            values = (*_state(amount.interval), *amount.keys, amount.value, amount.interval.start, amount.interval.end)
            lines.append(f"_p_{name}({','.join(map(write, values))}).")
        yield name, "\n".join(lines)
    for nomenclature in base.nomenclatures.values():
        for key in nomenclature.proprietes:
            lines = [f"{key}({LAW},E) :- _n_{key}(E,Du,Au), {in_force}."]
            if base.states:
                lines.append(f"{key}({LAW},E) :- _n_{key}(S,E,Du,Au), {STATE}({LAW},S), {in_force}.")
            for name, element in nomenclature.elements.items():
                for interval in element.properties.get(key, ()):
                    values = (*_state(interval), Fun(name), interval.start, interval.end)
                    lines.append(f"_n_{key}({','.join(map(write, values))}).")
            yield key, "\n".join(lines)


def _state(interval: Interval) -> tuple[Value, ...]:
    """Return the state of the base that an interval belongs to, if it names one."""
    return (Fun(interval.etat),) if interval.etat else ()
