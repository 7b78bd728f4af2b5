"""Decodes the YAML of `facts/` into the catalogue, collecting findings instead of stopping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar, get_args

import msgspec

from pycoverage.catalogue import Amount, Element, Interval, Nomenclature, Parameter, Property
from pycoverage.document import Node
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.scalar import IDENTIFIER, SCALARS, code, day, day_after
from pycoverage.value import SUP, Bound, Value, rank

T = TypeVar("T")


class Reader:
    """Decodes YAML nodes into the catalogue, collecting findings instead of stopping."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def error(self, place: Place, message: str, help_: str = "", code: str = "PC301") -> None:
        self.findings.append(Finding(place, code, message, help_))

    def decode(self, node: Node, kind: type[T], what: str, **extra: object) -> T | None:
        """Decode a mapping into a struct, reporting unknown keys and wrong types at their place."""
        if node.entries is None:
            self.error(node.place, f"{what} : un bloc de clés est attendu, pas {node.describe()}")
            return None
        known = {field.name for field in msgspec.structs.fields(kind)} - {"place", *extra}  # type: ignore[arg-type]
        for key, (place, _) in node.entries.items():
            if key not in known:
                self.error(place, f"{what} : clé inconnue « {key} »", suggestion(key, known))
        try:
            plain = {k: v.plain() for k, (_, v) in node.entries.items() if k in known}
            return msgspec.convert({**plain, **extra}, kind, strict=False)
        except msgspec.ValidationError as error:
            self.error(_at(node, str(error)), f"{what} : {_french(str(error))}", _choices(kind, str(error)))
            return None

    def each(self, root: Node | None, what: str) -> Iterator[tuple[str, Place, Node]]:
        """Yield the entries of a mapping whose keys must be identifiers."""
        if root is None:
            return
        if root.entries is None:
            self.error(root.place, f"{what} : un bloc de clés est attendu")
            return
        for key, (place, node) in root.entries.items():
            if IDENTIFIER.fullmatch(key):
                yield key, place, node
            else:
                help_ = "écrivez-le en minuscules sans accent, chiffres et « _ »"
                self.error(place, f"{what} : identifiant incorrect « {key} »", help_)

    def structs(self, root: Node, kind: type[T], what: str) -> dict[str, T]:
        """Decode a mapping of identifiers to structs."""
        found = {}
        for key, place, node in self.each(root, what):
            item = self.decode(node, kind, f"{what} « {key} »", place=place)
            if item is not None:
                found[key] = item
        return found

    def names(self, root: Node, what: str) -> dict[str, str]:
        """Decode a mapping of names to texts."""
        found = {key: node.text or "" for key, (_, node) in (root.entries or {}).items()}
        if not root.entries or not all(found.values()):
            self.error(root.place, f"{what} : un bloc de noms et de textes est attendu")
        return found

    def interval(self, node: Node) -> Interval | None:
        """Decode `du` and `au` (both included) of a mapping."""
        ends: dict[str, str | None] = {}
        for key in ("du", "au"):
            part = node.get(key)
            ends[key] = day(part.text) if part and part.text else None
            if part and not ends[key]:
                help_ = "écrivez AAAA-MM-JJ, un jour qui existe"
                self.error(part.place, f"date incorrecte {part.describe()}", help_, "PC305")
                return None
        if not ends["du"]:
            self.error(node.place, "il manque la date de début « du »", "", "PC305")
            return None
        end: str | Bound = day_after(ends["au"]) if ends["au"] else SUP
        interval = Interval(ends["du"], end)
        if rank(interval.start) >= rank(end):
            self.error(node.place, f"la fin {ends['au']} précède le début {ends['du']}", "", "PC305")
            return None
        return interval

    def parameters(self, root: Node) -> dict[str, Parameter]:
        """Decode one file of parameters."""
        found = {}
        for name, place, node in self.each(root, "paramètre"):
            parameter = self._parameter(name, place, node)
            if parameter:
                found[name] = parameter
        return found

    def _parameter(self, name: str, place: Place, node: Node) -> Parameter | None:
        what = f"paramètre « {name} »"
        known = {"nom", "type", "source", "unite", "revision", "cles", "valeurs", "note"}
        for key, (where, _) in (node.entries or {}).items():
            if key not in known:
                self.error(where, f"{what} : clé inconnue « {key} »", suggestion(key, known))
        texts = {k: (part.text or "") if (part := node.get(k)) else "" for k in known}
        kind = texts["type"]
        convert = SCALARS.get(kind)
        for key in ("nom", "type", "source"):
            if not texts[key]:
                self.error(place, f"{what} : il manque « {key} »", "", "PC303" if key == "source" else "PC301")
        if convert is None:
            self.error(place, f"{what} : type inconnu « {kind} »", suggestion(kind, SCALARS))
            return None
        keys_node, values_node = node.get("cles"), node.get("valeurs")
        key_types = {k: v.text or "" for k, (_, v) in (keys_node.entries or {}).items()} if keys_node else {}
        rows = (values_node.items or ()) if values_node else ()
        if not rows:
            self.error(place, f"{what} : aucune valeur", "ajoutez « valeurs: »", "PC304")
        intervals = [self.interval(row) for row in rows]
        amounts: list[Amount] = []
        for row, interval, following in zip(rows, intervals, [*intervals[1:], None], strict=False):
            if interval is None:
                continue
            if following is not None:
                if following.start <= interval.start:
                    self.error(row.place, f"{what} : les valeurs ne sont pas dans l'ordre des dates", "", "PC305")
                if interval.end == SUP:
                    interval = Interval(interval.start, following.start)
                elif interval.overlaps(following):
                    self.error(row.place, f"{what} : deux valeurs le même jour", "", "PC305")
            lines = row.get("lignes")
            for line in (lines.items or ()) if lines else (row,):
                amount = self._amount(what, row, line, interval, key_types, convert, texts["source"])
                if amount:
                    amounts.append(amount)
        return Parameter(
            texts["nom"],
            kind,
            texts["source"],
            texts["unite"],
            texts["revision"],
            tuple(key_types.values()),
            tuple(amounts),
            place,
        )

    def _amount(
        self,
        what: str,
        row: Node,
        line: Node,
        interval: Interval,
        key_types: dict[str, str],
        convert: Callable[[str], Value | None],
        source: str,
    ) -> Amount | None:
        keys: list[Value] = []
        for key, kind in key_types.items():
            part = line.get(key)
            value = SCALARS.get(kind, code)(part.text or "") if part else None
            if value is None:
                self.error(line.place, f"{what} : clé « {key} » absente ou incorrecte")
                return None
            keys.append(value)
        part = line.get("valeur")
        value = convert(part.text or "") if part else None
        if value is None:
            shown = part.describe() if part else "absente"
            self.error((part or line).place, f"{what} : valeur incorrecte {shown}")
            return None

        def text(key: str, default: str) -> str:
            found = line.get(key) or row.get(key)
            return (found.text or default) if found else default

        checked = text("verifie_le", "")
        if not day(checked):
            self.error(line.place, f"{what} : il manque le jour de vérification « verifie_le »", "", "PC304")
        return Amount(
            interval,
            tuple(keys),
            value,
            text("source", source),
            checked,
            text("confiance", "haute"),
            line.place,
        )

    def nomenclature(self, root: Node) -> tuple[str, Nomenclature] | None:
        """Decode one file of nomenclature."""
        name_node, elements_node = root.get("nomenclature"), root.get("elements")
        if name_node is None or not name_node.text or elements_node is None:
            self.error(root.place, "une nomenclature a besoin de « nomenclature: » et « elements: »")
            return None
        nom = root.get("nom")
        properties: dict[str, Property] = {}
        declared = root.get("proprietes")
        for key, _, node in self.each(declared, "propriété"):
            item = self.decode(node, Property, f"propriété « {key} »")
            if item:
                properties[key] = item
        elements: dict[str, Element] = {}
        for key, place, node in self.each(elements_node, "élément"):
            intervals: dict[str, tuple[Interval, ...]] = {}
            sources: dict[str, str] = {}
            for field, (where, part) in (node.entries or {}).items():
                if field in ("nom", "note"):
                    continue
                if field not in properties:
                    self.error(where, f"propriété inconnue « {field} »", suggestion(field, properties))
                    continue
                found = [self.interval(item) for item in part.items or (part,)]
                intervals[field] = tuple(item for item in found if item)
                first = (part.items or (part,))[0].get("source")
                if first and first.text:
                    sources[field] = first.text
            name, note = node.get("nom"), node.get("note")
            if not name or not name.text:
                self.error(place, f"élément « {key} » : il manque « nom »")
            elements[key] = Element(
                (name.text or key) if name else key, intervals, sources, (note.text or "") if note else "", place
            )
        label = (nom.text or "") if nom else ""
        usual: list[str] = []
        listed = root.get("usuels")
        for part in (listed.items if listed else None) or ():
            if part.text not in elements:
                message = f"code usuel inconnu « {part.text} »"
                self.error(part.place, message, suggestion(part.text or "", elements))
            else:
                usual.append(part.text)
        return name_node.text, Nomenclature(label or name_node.text, properties, elements, root.place, tuple(usual))


def _at(node: Node, message: str) -> Place:
    """Return the place of the value that a message is about, or of the block that it is in."""
    path = re.search(r"at `\$(.*?)`", message)
    for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", path.group(1) if path else ""):
        inner = node.get(key) if key else (node.items or ())[int(index)]
        if inner is None:
            break
        node = inner
    return node.place


def _choices(kind: type, message: str) -> str:
    """Return the values to choose from, where the message is about a key that has but a few, or an empty text."""
    field = re.search(r"Invalid enum value .* at `\$\.(\w+)`", message)
    types = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
    known = get_args(types.get(field.group(1))) if field else ()
    return f"écrivez {', '.join(known[:-1])} ou {known[-1]}" if known else ""


def _french(message: str) -> str:
    path = re.search(r"at `\$\.?(.*?)`", message)
    where = f"« {path.group(1)} » " if path and path.group(1) else ""
    missing = re.search(r"missing required field `(\w+)`", message)
    if missing:
        return f"il manque « {missing.group(1)} »"
    invalid = re.search(r"Invalid enum value '(.*?)'", message)
    if invalid:
        return f"{where}a une valeur inconnue « {invalid.group(1)} »"
    return f"{where}n'a pas la forme attendue (facts/README.md)"
