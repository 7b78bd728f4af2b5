"""The status of a right: yes, no, open, or contested between readings."""

from __future__ import annotations

import msgspec

from pycoverage.answer import Status
from pycoverage.assessment import Assessment
from pycoverage.completion import Gap
from pycoverage.situation import Context


class Verdict(msgspec.Struct, frozen=True):
    """The status of one right of one person.

    `default` is the status under the default readings; `others` the readings that change it, as
    `question=lecture`; `depends` the open facts behind `a_preciser`.
    """

    status: Status
    default: Status
    others: dict[str, Status]
    depends: tuple[Gap, ...]
    out_of_period: bool


def verdict(assessment: Assessment, person: str, right: str) -> Verdict:
    """Return the status of a right of a person (canonical id)."""
    default = assessment.outcomes[person, right, assessment.default]
    others: dict[str, Status] = {}
    for context in assessment.contexts[1:]:
        outcome = assessment.outcomes[person, right, context]
        if outcome.status != default.status:
            others[reading_name(assessment, context)] = outcome.status
    status: Status = "conteste" if others else default.status
    return Verdict(status, default.status, others, default.depends, out_of_period(assessment, right))


def reading_name(assessment: Assessment, context: Context) -> str:
    """Return `question=lecture` for the reading in which a context differs from the default one."""
    changed = sorted(set(context.readings) - set(assessment.default.readings))
    return ",".join(f"{question}={reading}" for question, reading in changed)


def out_of_period(assessment: Assessment, right: str) -> bool:
    """Tell whether no rule that gives a right is in force that day, under any reading."""
    base = assessment.law.base
    day = assessment.default.droit_au
    for rule in base.rules:
        if rule.head.name == "droit" and str(rule.head.args[1]) == right and rule.guard:
            legal = base.legal.get(rule.guard)
            if legal is not None and legal.interval.holds(day):
                return False
    return True
