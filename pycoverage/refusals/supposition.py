"""The law with one point changed: a rule passed over, an earlier rule still applied, another value of a parameter."""

from __future__ import annotations

import msgspec

from pycoverage.catalogue import NEVER, Amount, Interval
from pycoverage.law import Law
from pycoverage.validity import catalogue_of, period_of


def without_rule(law: Law, rule: str) -> Law:
    """Return the law in which a rule is never in force."""
    legal = {**law.base.legal, rule: msgspec.structs.replace(law.base.legal[rule], interval=NEVER)}
    return msgspec.structs.replace(law, base=msgspec.structs.replace(law.base, legal=legal))


def with_earlier_rule(law: Law, rule: str, earlier: str) -> Law:
    """Return the law in which a rule is never in force, and one that has ended still is."""
    law = without_rule(law, rule)
    old = law.base.legal[earlier]
    kept = msgspec.structs.replace(old, interval=Interval(old.interval.start))
    base = msgspec.structs.replace(law.base, legal={**law.base.legal, earlier: kept})
    before, after = ("\n".join(period_of(each)) for each in (old, kept))
    statements = tuple(
        msgspec.structs.replace(each, text=each.text.replace(before, after, 1)) if each.guard == earlier else each
        for each in law.program.statements
    )
    return Law(base, msgspec.structs.replace(law.program, statements=statements), law.kinds)


def with_amount(law: Law, name: str, amount: Amount, other: Amount) -> Law:
    """Return the law in which one value of a parameter takes the place of another."""
    parameter = law.base.parameters[name]
    amounts = tuple(
        msgspec.structs.replace(each, value=other.value) if each == amount else each for each in parameter.amounts
    )
    parameters = {**law.base.parameters, name: msgspec.structs.replace(parameter, amounts=amounts)}
    base = msgspec.structs.replace(law.base, parameters=parameters)
    return Law(base, msgspec.structs.replace(law.program, catalogue=dict(catalogue_of(base))), law.kinds)
