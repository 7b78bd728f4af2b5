"""Which of its options an example takes first of a fact: what the vocabulary calls ordinary, then the usual codes,
then those declared first, and the days nearest to the ordinary one or to the day examined.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pycoverage.field import scalar, usual_value
from pycoverage.searches.domain import Domain
from pycoverage.slot import Slot
from pycoverage.space import ORDERED
from pycoverage.value import INF, SUP, Bound, Fun, Value

FAR = 10**10
"""Further than any day or amount is from another: where an open end stands that is not the ordinary value."""


def preferences(domain: Domain, facts: Sequence[int], loose: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return what an example takes if it can (the copy of the case, the fact, its option), in order.

    First the facts that stay ordinary: those that silence presumes before those that every dossier states, the last
    declared first. Then what each is; last, what those that may differ in a second copy of the case become there.
    """
    kept = sorted(facts, key=lambda group: (_stated(domain, group), -group))
    orders = [_preferred(domain, group) for group in range(len(domain.groups))]
    return [
        *((0, group, 0) for group in kept),
        *((0, group, option) for group, order in enumerate(orders) for option in order),
        *((1, group, option) for group in loose for option in orders[group]),
    ]


def _stated(domain: Domain, group: int) -> bool:
    """Tell whether every dossier states a fact, for nothing is presumed of it."""
    return domain.attribute(domain.slots[list(domain.groups.values())[group][0]].gap).absence == "inconnu"


def _preferred(domain: Domain, group: int) -> list[int]:
    """Return the options of a fact, the most ordinary first; of lines, those with the fewest odd fields come first."""
    numbers = list(domain.groups.values())[group]
    named, ordinary = domain.named(group), domain.ordinary(group)
    options = domain.options()[group]

    def oddness(option: int) -> tuple[int, ...]:
        if options[option] == ordinary:
            return (-1,)
        told = [_oddness(domain, number, named[option][domain.slots[number].part]) for number in numbers]
        return sum(odd for odd, _ in told), *(distance for _, distance in told)

    return sorted(range(len(options)), key=oddness)


def _oddness(domain: Domain, number: int, value: Value | None) -> tuple[bool, int]:
    """Tell whether a part is not what the vocabulary presumes, and how far its value is from the first to take."""
    slot = domain.slots[number]
    usual = _usual(domain, slot)
    odd = usual is not None and value != usual
    if value == usual or value is None:
        return odd, -1
    if slot.field.type not in ORDERED:
        usuals = domain.usuals(slot)
        known = isinstance(value, Fun) and value.name in usuals
        return odd, usuals.index(str(value)) if known else len(usuals) + domain.points[number].index(value)
    if isinstance(value, Bound):
        return odd, FAR
    near = domain.today if usual is None or isinstance(usual, Bound) else usual
    if isinstance(value, str):
        return odd, abs((date.fromisoformat(value) - date.fromisoformat(str(near))).days)
    return odd, abs(int(str(value)) - (near if isinstance(near, int) else 0))


def _usual(domain: Domain, slot: Slot) -> Value | None:
    """Return the value of a part that a dossier need not state, or None."""
    attribute, field = domain.attribute(slot.gap), slot.field
    if not attribute.is_list:
        return usual_value(domain.base, attribute)
    if field.absence == "ouvert":
        return INF if slot.part == "du" else SUP
    return scalar(domain.base, field, str(field.valeur_presumee)) if field.absence == "presume" else None
