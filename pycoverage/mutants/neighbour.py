"""The neighbours of a dossier: the same household but for one fact or the day, at the edges that the rules make."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec
import yaml

from pycoverage.assessment import contexts_of
from pycoverage.completion import fill
from pycoverage.document import parse
from pycoverage.dossier import Dossier, check_dossier
from pycoverage.finding import InputError
from pycoverage.functions import plus_jours
from pycoverage.law import Law
from pycoverage.space import ORDERED, Space, before
from pycoverage.timelines.pivots import pivot_days
from pycoverage.value import Bound, Fun, Value, rank

OPEN = "inconnu"

YEARS = 2
"""How far from its own day a dossier is looked at."""

DAYS, FACTS, VALUES, LINES = 16, 14, 7, 3
"""Neighbours drawn of one dossier, at most: other days, facts that change and their values, lines left out."""

SIDES = ("attendu", "titre", "recit")
"""What is said about a dossier: its neighbours do not take it over."""

OTHERS = ("dossier", "date", "personnes", "decisions", "lectures")
"""Keys of a dossier that state no fact to change."""

Data = dict[str, Any]

Way = tuple[str | int, ...]
"""Where a value stands in a dossier: keys, and numbers of lines."""

T = TypeVar("T")


class Neighbour(msgspec.Struct, frozen=True):
    """What a dossier says, but for its name and title, the file that it comes from, and what is not the same."""

    home: str
    change: str
    data: Data

    def text(self, name: str, title: str) -> str:
        """Return the dossier (YAML) under a name and a title."""
        return str(yaml.dump({**self.data, "dossier": name, "titre": title}, Dumper=_Plain))


def neighbours(law: Law, dossier: Dossier) -> Iterator[Neighbour]:
    """Yield neighbours of a dossier that leaves nothing open, drawn by its name; some may be refused as dossiers."""
    whole = parse(Path(dossier.file).read_bytes(), name=dossier.file).plain()
    assert isinstance(whole, dict)
    data = {"dossier": "", "titre": "", **{key: value for key, value in whole.items() if key not in SIDES}}
    chance = Random(dossier.name)  # noqa: S311 - a draw, no secret
    for day in _drawn(chance, _days(law, dossier), DAYS):
        yield _neighbour(dossier, data, ("date",), day)
    for way, old in _drawn(chance, list(_facts(data)), FACTS):
        values = [new for new in _values(law, data, way) if new != old]
        for new in _drawn(chance, values, VALUES):
            yield _neighbour(dossier, data, way, new)
    for way in _drawn(chance, list(_lines(data)), LINES):
        yield _neighbour(dossier, data, way, None)


def _drawn(chance: Random, values: list[T], most: int) -> list[T]:
    return values if len(values) <= most else chance.sample(values, most)


def _neighbour(dossier: Dossier, data: Data, way: Way, new: str | None) -> Neighbour:
    where = ".".join(str(each + 1) if isinstance(each, int) else each for each in way if each != "personnes")
    old = _at(data, way)
    change = f"{where} : {old if isinstance(old, str) else 'une ligne'} → {'rien' if new is None else new}"
    return Neighbour(dossier.file, change, _put(data, way, new))


def _days(law: Law, dossier: Dossier) -> list[str]:
    """Return the first day of each span of the years around a dossier, and its eve."""
    case = fill(dossier, law.base).case
    today = contexts_of(law, dossier)[0].jour
    start, end = str(plus_jours(today, -365 * YEARS)), str(plus_jours(today, 365 * YEARS))
    pivots = pivot_days(law, case, start, end, list(law.base.outputs()))[1:]
    return sorted({each for day in pivots for each in (str(before(day)), day)} - {today})


def _facts(data: Data) -> Iterator[tuple[Way, str]]:
    """Yield the texts of a dossier that state facts."""
    for key, value in data.items():
        if key not in (*OTHERS, *SIDES):
            yield from _texts((key,), value)
    for name, person in data["personnes"].items():
        for key, value in person.items() if isinstance(person, dict) else ():
            yield from _texts(("personnes", name, key), value)


def _texts(way: Way, value: object) -> Iterator[tuple[Way, str]]:
    if isinstance(value, str):
        yield way, value
    elif isinstance(value, list):
        for index, line in enumerate(value):
            yield from _texts((*way, index), line)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts((*way, key), inner)


def _lines(data: Data) -> Iterator[Way]:
    """Yield the lines of lists of persons."""
    for name, person in data["personnes"].items():
        for key, value in person.items() if isinstance(person, dict) else ():
            if isinstance(value, list):
                yield from (("personnes", name, key, index) for index in range(len(value)))


def _values(law: Law, data: Data, way: Way) -> Iterator[str]:
    """Yield what a fact may become: one value per class of codes, both edges of each interval of dates or amounts."""
    try:
        dossier = read_text(law, _text(_put(data, way, OPEN)))
        filled = fill(dossier, law.base)
        if not filled.gaps:
            return
        space = Space(law, filled, contexts_of(law, dossier), list(law.base.outputs()), brief=True)
    except InputError:
        return
    kind, values = space.slots[0].field.type, [each for each in space.points[0] if each is not None]
    points: dict[Value, None] = {}
    for value in values:
        if not isinstance(value, Bound):
            if kind in ORDERED and rank(value) > rank(values[0]):
                points[before(value)] = None
            points[value] = None
    for value in points:
        if isinstance(value, Fun):
            yield dossier.persons.get(value.name, value.name)
        elif kind == "montant" and isinstance(value, int):
            yield f"{value // 100}.{value % 100:02d}"
        else:
            yield str(value)


def read_text(law: Law, text: str, file: str = "voisin.yaml") -> Dossier:
    """Read a dossier written here. Raises InputError for one that contradicts itself."""
    return check_dossier(parse(text.encode(), name=file), law.base, file=file)


def _at(data: Any, way: Way) -> Any:
    for key in way:
        data = data[key] if isinstance(key, int) or key in data else ""
    return data


def _put(data: Data, way: Way, new: str | None) -> Data:
    """Return a copy of a dossier with another value at one place, or without it."""
    found = copy.deepcopy(data)
    inner = _at(found, way[:-1])
    if new is None:
        del inner[way[-1]]
    else:
        inner[way[-1]] = new
    return found


def _text(data: Data) -> str:
    return str(yaml.dump(data, Dumper=_Plain))


class _Plain(
    yaml.emitter.Emitter, yaml.serializer.Serializer, yaml.representer.SafeRepresenter, yaml.resolver.BaseResolver
):
    """Writes texts as they are: dates and numbers without quotes, for no type is guessed when they are read."""

    def __init__(self, stream: Any, **_options: Any) -> None:
        yaml.emitter.Emitter.__init__(self, stream, width=110, allow_unicode=True)
        yaml.serializer.Serializer.__init__(self)
        yaml.representer.SafeRepresenter.__init__(self, sort_keys=False)
        yaml.resolver.BaseResolver.__init__(self)
