"""What the texts admit as proof: the documents for each piece a right may ask, and declarations on honour.

Read from `facts/preuves.yaml`. Days are included at both ends; an empty day leaves the period open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from typing import Literal as Choice

import msgspec

from pycoverage.finding import Place

if TYPE_CHECKING:
    from pycoverage.document import Node
    from pycoverage.reader import Reader

T = TypeVar("T")


class Admission(msgspec.Struct, frozen=True):
    """A document that a text admits, from `du` to `au`; without `document`, any other.

    `plus_de_mois` and `moins_de_mois` bound its age on the day of assessment, `en_cours` asks that it be valid.
    """

    document: str = ""
    du: str = ""
    au: str = ""
    source: str = ""
    plus_de_mois: int = 0
    moins_de_mois: int = 0
    en_cours: Choice["oui", "non"] = "non"
    precision: str = ""
    place: Place = Place()

    def holds(self, day: str) -> bool:
        return _within(day, self.du, self.au)


class Requirement(msgspec.Struct, frozen=True):
    """A piece: the facts it establishes, the documents admitted for it, and those of an open list.

    Without `documents`, only the document of its own name. With `vaut` it is asked of nobody: it is one way to
    supply another piece.
    """

    etablit: tuple[str, ...] = ()
    source: str = ""
    vaut: str = ""
    note: str = ""
    documents: tuple[Admission, ...] = ()
    tout_moyen: tuple[Admission, ...] = ()
    place: Place = Place()


class Declaration(msgspec.Struct, frozen=True):
    """What a declaration on honour is worth for pieces or facts (`pour`) of some rights.

    `suffit`: no document may be asked; `a_defaut`: it replaces documents that cannot be produced; `refusee`.
    """

    pour: tuple[str, ...]
    droits: tuple[str, ...]
    valeur: Choice["suffit", "a_defaut", "refusee"]
    source: str
    du: str = ""
    au: str = ""
    document: str = ""
    precision: str = ""
    place: Place = Place()

    def holds(self, day: str) -> bool:
        return _within(day, self.du, self.au)


class Requirements(msgspec.Struct, frozen=True):
    """All of it.

    One copy of a document named in `communs` serves the whole household. `sans_objet` names, per document, the
    values of attributes of a person for whom it has no object; `seulement` names, per document, the lists and
    the values of a field of which a line is needed for it to have one, once the list is given.
    """

    pieces: dict[str, Requirement] = {}
    honneur: tuple[Declaration, ...] = ()
    communs: tuple[str, ...] = ()
    sans_objet: dict[str, dict[str, tuple[str, ...]]] = {}
    seulement: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}


def _within(day: str, start: str, end: str) -> bool:
    return start <= day and (not end or day <= end)


def read_requirements(root: Node, reader: Reader) -> Requirements:
    """Decode `facts/preuves.yaml`; what is wrong is added to the reader's findings."""
    for key, (place, _) in (root.entries or {}).items():
        if key not in Requirements.__struct_fields__:
            known = "« pieces », « honneur », « communs », « sans_objet » ou « seulement »"
            reader.error(place, f"preuves : partie inconnue « {key} »", known)
    pieces = {}
    for name, place, node in reader.each(root.get("pieces"), "pièce"):
        lists = {key: _items(node.get(key), Admission, f"pièce « {name} »", reader) for key in LISTS}
        bare = _without(node, LISTS)
        found = reader.decode(bare, Requirement, f"pièce « {name} »", place=place)
        if found is not None:
            whole = {
                key: tuple(_sourced(line, found.source, name, reader) for line in lines) for key, lines in lists.items()
            }
            pieces[name] = msgspec.structs.replace(found, **whole)
    honour = _items(root.get("honneur"), Declaration, "déclaration", reader)
    shared = tuple(item.text or "" for item in _listed(root.get("communs"), reader))
    pointless = {
        name: _values(node, reader) for name, _, node in reader.each(root.get("sans_objet"), "document sans objet")
    }
    only = {
        name: {attribute: _values(fields, reader) for attribute, _, fields in reader.each(node, "")}
        for name, _, node in reader.each(root.get("seulement"), "document réservé")
    }
    return Requirements(pieces, honour, shared, pointless, only)


def _values(node: Node, reader: Reader) -> dict[str, tuple[str, ...]]:
    """Decode a mapping of names to lists of texts."""
    return {key: tuple(item.text or "" for item in _listed(values, reader)) for key, _, values in reader.each(node, "")}


LISTS = ("documents", "tout_moyen")


def _items(node: Node | None, kind: type[T], what: str, reader: Reader) -> tuple[T, ...]:
    found = (reader.decode(item, kind, what, place=item.place) for item in _listed(node, reader))
    return tuple(item for item in found if item is not None)


def _listed(node: Node | None, reader: Reader) -> tuple[Node, ...]:
    if node is None:
        return ()
    if node.items is None:
        reader.error(node.place, f"preuves : une liste est attendue, pas {node.describe()}")
    return node.items or ()


def _without(node: Node, keys: tuple[str, ...]) -> Node:
    if node.entries is None:
        return node
    return msgspec.structs.replace(node, value={k: v for k, v in node.entries.items() if k not in keys})


def _sourced(line: Admission, source: str, name: str, reader: Reader) -> Admission:
    """Return a line with the source of its piece where it has none."""
    if not (line.source or source):
        reader.error(line.place, f"pièce « {name} » : un document admis sans source", "nommez le texte", "PC303")
    return line if line.source else msgspec.structs.replace(line, source=source)
