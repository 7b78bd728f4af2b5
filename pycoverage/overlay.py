"""The facts of a reform laid over those of the base: amounts, lists, and who tells what."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pycoverage.catalogue import Nomenclature, Parameter
from pycoverage.document import Node
from pycoverage.finding import Place
from pycoverage.reform import Reform


def own_parameter(reform: Reform, parameter: Parameter) -> Parameter:
    """Return a parameter that a reform tells, on the day chosen for it."""
    amounts = (msgspec.structs.replace(each, interval=reform.on_its_day(each.interval)) for each in parameter.amounts)
    return msgspec.structs.replace(parameter, amounts=tuple(amounts))


def own_nomenclature(reform: Reform, nomenclature: Nomenclature) -> Nomenclature:
    """Return a list that a reform tells, on the day chosen for it."""
    elements = {}
    for name, element in nomenclature.elements.items():
        properties = {key: tuple(map(reform.on_its_day, each)) for key, each in element.properties.items()}
        elements[name] = msgspec.structs.replace(element, properties=properties)
    return msgspec.structs.replace(nomenclature, elements=elements)


def superseded(parameter: Parameter, new: Parameter) -> Parameter:
    """Return a parameter whose values are those of a reform from the first day the reform tells."""
    start = min(amount.interval.start for amount in new.amounts)
    kept = ((amount, amount.interval.split(start)[0]) for amount in parameter.amounts)
    before = (msgspec.structs.replace(amount, interval=interval) for amount, interval in kept if interval)
    return msgspec.structs.replace(new, amounts=(*before, *new.amounts))


def extended(nomenclature: Nomenclature, new: Nomenclature) -> Nomenclature:
    """Return a list with the elements and the properties that a reform tells, in place of its own."""
    elements = dict(nomenclature.elements)
    for name, element in new.elements.items():
        if name in elements:
            old = elements[name]
            properties, sources = {**old.properties, **element.properties}, {**old.sources, **element.sources}
            element = msgspec.structs.replace(element, properties=properties, sources=sources)
        elements[name] = element
    return msgspec.structs.replace(
        nomenclature, elements=elements, proprietes={**nomenclature.proprietes, **new.proprietes}
    )


def claims(kind: str, node: Node) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield what a file of `facts/` has the last word on, with its place; `kind` is its folder or its name.

    Each is a path of keys: a parameter, a right, an attribute of a section, a property of an element of a list.
    """
    if kind == "nomenclatures":
        name, elements = node.get("nomenclature"), node.get("elements")
        for element, (_, properties) in (elements.entries or {} if elements else {}).items():
            for key, (place, _) in (properties.entries or {}).items():
                if key not in ("nom", "note"):
                    yield (kind, (name.text or "") if name else "", element, key), place
    elif kind == "vocabulaire.yaml":
        for section, (_, attributes) in (node.entries or {}).items():
            for key, (place, _) in (attributes.entries or {}).items():
                yield (kind, section, key), place
    elif kind != "textes":
        for key, (place, _) in (node.entries or {}).items():
            yield (kind, key), place
