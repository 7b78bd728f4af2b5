"""From the examination of a refusal to the letter that contests it.

Only what is proved is argued. A right that is not held, or not certainly, gives no letter but its reasons.
"""

from __future__ import annotations

from pycoverage.letters.draft import Draft
from pycoverage.letters.identity import Identity
from pycoverage.letters.letter import Letter
from pycoverage.letters.objection import Objection
from pycoverage.letters.plea import plea
from pycoverage.letters.stationery import Stationery
from pycoverage.refusals.refusal import Examined


def compose(
    examined: Examined,
    stationery: Stationery,
    *,
    way: str = "",
    identity: Identity | None = None,
    seconds: float | None = None,
) -> Letter | Objection:
    """Return the letter that contests a refusal, or why none can be written. Raises LimitError."""
    found = plea(examined, stationery, way=way, seconds=seconds)
    return found if isinstance(found, Objection) else Draft(found, stationery, identity or Identity()).letter()
