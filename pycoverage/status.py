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
    exists = assessment.law.base.exists(right, assessment.default.droit_au, assessment.default.etat)
    return Verdict(status, default.status, others, default.depends, not exists)


def reading_name(assessment: Assessment, context: Context) -> str:
    """Return `question=lecture` for the reading in which a context differs from the default one."""
    changed = sorted(set(context.readings) - set(assessment.default.readings))
    return ",".join(f"{question}={reading}" for question, reading in changed)
