"""The neighbours of a dossier: the same household but for one fact or the day, at the edges that the rules make.

What is near a dossier is without number: neighbours are drawn, always the same, of the facts and days looked for.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
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
from pycoverage.scalar import day as scalar_day
from pycoverage.searches.persona import line
from pycoverage.space import ORDERED, Space, before
from pycoverage.timelines.pivots import pivot_days
from pycoverage.value import Bound, Fun, Value, rank
from pycoverage.vocabulary import Attribute

OPEN = "inconnu"

YEARS = 2
"""How far from its own day a dossier is looked at."""

DAYS, CHANGES = 8, 12
"""Neighbours drawn of one dossier, at most: other days, and changes of each fact looked for."""

SIDES = ("attendu", "titre", "recit", "references")
"""What is said about a dossier: its neighbours do not take it over."""

Data = dict[str, Any]

Way = tuple[str | int, ...]
"""Where a value stands in a dossier: keys, and numbers of lines."""

Lines = list[str | dict[str, str]]

Plain = str | dict[str, str] | Lines
"""What a dossier states of a fact, as it is read."""

T = TypeVar("T")


class Aim(msgspec.Struct):
    """What to change of a dossier: these facts, and the day to one of these."""

    attributes: dict[str, Attribute] = {}
    days: dict[str, None] = {}


class Neighbour(msgspec.Struct, frozen=True):
    """What a dossier says, but for its name and title, the file that it comes from, and what is not the same."""

    home: str
    change: str
    data: Data

    @property
    def name(self) -> str:
        """Return what names it, wherever the base is kept: the folder and the name of its home, and the change."""
        home = Path(self.home)
        return f"{home.parent.name}/{home.stem} {self.change}"

    def text(self, name: str, title: str) -> str:
        """Return the dossier (YAML) under a name and a title."""
        return str(yaml.dump({**self.data, "dossier": name, "titre": title}, Dumper=_Plain))


def itself(dossier: Dossier) -> Neighbour:
    """Return what a dossier states, nothing changed."""
    whole = parse(Path(dossier.file).read_bytes(), name=dossier.file).plain()
    assert isinstance(whole, dict)
    stated = {key: value for key, value in whole.items() if key not in SIDES}
    return Neighbour(dossier.file, "", {"dossier": "", "titre": "", **stated})


def neighbours(law: Law, home: Neighbour, aim: Aim) -> Iterator[Neighbour]:
    """Yield neighbours of what a dossier that leaves nothing open states; some may be refused as dossiers."""
    today = home.data["date"]
    for day in aim.days:
        if day != today:
            yield _neighbour(home, ("date",), day)
            moved = _shifted(home.data, (date.fromisoformat(day) - date.fromisoformat(today)).days)
            yield _changed(home, f"chaque date, comme si le {today} était le {day}", moved)
    for day in _drawn(home.name, _days(law, home), DAYS):
        yield _neighbour(home, ("date",), day)
    for name, attribute in aim.attributes.items():
        changes = [each for way in _ways(home.data, attribute) for each in _changes(law, home.data, way, attribute)]
        for way, new in _drawn(f"{home.name} {name}", changes, CHANGES):
            yield _neighbour(home, way, new)


def _shifted(value: Any, days: int) -> Any:
    """Return what a dossier states with every date so many days later."""
    if isinstance(value, dict):
        return {key: _shifted(inner, days) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shifted(inner, days) for inner in value]
    return str(plus_jours(value, days)) if isinstance(value, str) and scalar_day(value) is not None else value


def _drawn(name: str, values: list[T], most: int) -> list[T]:
    return values if len(values) <= most else Random(name).sample(values, most)  # noqa: S311 - a draw, no secret


def _neighbour(home: Neighbour, way: Way, new: Plain | None) -> Neighbour:
    where = ".".join(str(each + 1) if isinstance(each, int) else each for each in way if each != "personnes")
    return _changed(home, f"{where} : {_told(_at(home.data, way))} → {_told(new)}", _put(home.data, way, new))


def _changed(home: Neighbour, change: str, data: Data) -> Neighbour:
    return Neighbour(home.home, f"{home.change} ; {change}" if home.change else change, data)


def _told(value: Plain | None) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_told, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {inner}' for key, inner in value.items())}}}"
    return value or "rien"


def _days(law: Law, home: Neighbour) -> list[str]:
    """Return the first day of each span of the years around a dossier, and its eve."""
    dossier = read_text(law, _text(home.data))
    case = fill(dossier, law.base).case
    today = contexts_of(law, dossier)[0].jour
    start, end = str(plus_jours(today, -365 * YEARS)), str(plus_jours(today, 365 * YEARS))
    pivots = pivot_days(law, case, start, end, list(law.base.outputs()))[1:]
    return sorted({each for day in pivots for each in (str(before(day)), day)} - {today})


def _ways(data: Data, attribute: Attribute) -> Iterator[Way]:
    """Yield where an attribute stands, or could stand."""
    if attribute.owner == "foyer":
        yield (attribute.name,)
    else:
        yield from (("personnes", name, attribute.name) for name in data["personnes"])


def _changes(law: Law, data: Data, way: Way, attribute: Attribute) -> Iterator[tuple[Way, Plain | None]]:
    """Yield what an attribute may become: other values of what is stated, one line less, one more, or alone."""
    stated = _at(data, way)
    for inner, old in _texts(way, stated):
        yield from ((inner, new) for new in _values(law, data, inner) if new not in ("", old))
    lines = stated if isinstance(stated, list) else []
    yield from (((*way, number), None) for number in range(len(lines)))
    if attribute.is_list:
        for option in _options(law, data, way, attribute):
            yield way, [*lines, *option]
            if lines:
                yield way, option
    elif not stated:
        yield from ((way, new) for new in _values(law, data, way))


def _texts(way: Way, value: object) -> Iterator[tuple[Way, str]]:
    if isinstance(value, str) and value:
        yield way, value
    elif isinstance(value, list):
        for index, line in enumerate(value):
            yield from _texts((*way, index), line)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts((*way, key), inner)


def _options(law: Law, data: Data, way: Way, attribute: Attribute) -> Iterator[Lines]:
    """Yield the lists of one line at most that an attribute may be, one per class that no rule tells apart."""
    space = _space(law, _put(data, way, OPEN))
    if space is not None:
        yield from ([line(space, attribute, fact) for fact in option] for option in space.options()[0])


def _values(law: Law, data: Data, way: Way) -> Iterator[str]:
    """Yield what a fact may become: one value per class of codes, both edges of each interval of dates or amounts."""
    space = _space(law, _put(data, way, OPEN))
    if space is None:
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
            yield space.filled.case.persons.get(value.name, value.name)
        elif kind == "montant" and isinstance(value, int):
            yield f"{value // 100}.{value % 100:02d}"
        else:
            yield str(value)


def _space(law: Law, data: Data) -> Space | None:
    """Return what the facts that a dossier leaves open may be, or None where it contradicts itself."""
    try:
        dossier = read_text(law, _text(data))
        filled = fill(dossier, law.base)
        contexts = contexts_of(law, dossier)
        return Space(law, filled, contexts, list(law.base.outputs()), brief=True) if filled.gaps else None
    except InputError:
        return None


def read_text(law: Law, text: str, file: str = "voisin.yaml") -> Dossier:
    """Read a dossier written here. Raises InputError for one that contradicts itself."""
    return check_dossier(parse(text.encode(), name=file), law.base, file=file)


def _at(data: Any, way: Way) -> Any:
    for key in way:
        data = data[key] if isinstance(key, int) or key in data else ""
    return data


def _put(data: Data, way: Way, new: Plain | None) -> Data:
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
