"""The inventory: what the source documents state, and what carries each statement in the base.

The files of `facts/inventaire/` are read only to be checked and reported: no answer depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.document import Node, read
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.reader import Reader

FOLDER = "inventaire"

CARRIERS = ("regles", "parametres", "elements", "lectures", "attributs")
"""What may carry a statement; each names things of the base."""


class Entry(msgspec.Struct, frozen=True):
    """One statement of a source document, in our words.

    It is carried by rules, parameters, elements of nomenclatures (`nomenclature.code`), readings or
    attributes of the vocabulary, and exercised by dossiers; or `non_modelise` says why it is no rule.
    """

    dit: str
    source: str
    regles: tuple[str, ...] = ()
    parametres: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    lectures: tuple[str, ...] = ()
    attributs: tuple[str, ...] = ()
    dossiers: tuple[str, ...] = ()
    non_modelise: str = ""
    note: str = ""
    place: Place = Place()

    @property
    def modelled(self) -> bool:
        return any(getattr(self, kind) for kind in CARRIERS) and bool(self.dossiers)


def read_inventory(root: Path) -> tuple[dict[str, Entry], list[Finding]]:
    """Read the inventory of a base, by identifier, with what is wrong in its form."""
    reader = Reader()
    found: dict[str, Entry] = {}
    for path in sorted((root / "facts" / FOLDER).glob("*.yaml")):
        try:
            document = read(path, name=path.relative_to(root).as_posix())
        except InputError as error:
            reader.findings += error.findings
            continue
        for key, entry in read_entries(document, reader).items():
            if key in found:
                reader.error(entry.place, f"entrée « {key} » écrite deux fois", "gardez-en une", "PC302")
            found[key] = entry
    return found, reader.findings


def read_entries(document: Node, reader: Reader) -> dict[str, Entry]:
    """Read one file of the inventory; what is wrong is added to the reader's findings."""
    if document.entries is None:
        help_ = "écrivez un bloc par entrée : I-001: {dit: …, source: …, …}"
        reader.error(document.place, f"l'inventaire est un bloc de clés, pas {document.describe()}", help_)
    decoded = {
        key: reader.decode(node, Entry, f"entrée « {key} »", place=place)
        for key, (place, node) in (document.entries or {}).items()
    }
    return {key: entry for key, entry in decoded.items() if entry is not None}


def flaws(entries: Mapping[str, Entry], base: KnowledgeBase, root: Path) -> Iterator[Finding]:
    """Yield what is wrong in what entries say: dead references, nothing that carries them, no dossier."""
    known = _known(base)
    dossiers = _dossiers(root)
    for key, entry in entries.items():
        for kind in CARRIERS:
            for name in getattr(entry, kind):
                if name not in known[kind]:
                    help_ = suggestion(name, known[kind]) or f"« {kind} » nomme ce qui est dans la base"
                    yield _dead(entry, f"« {key} » : rien ne s'appelle « {name} »", help_)
        for name in entry.dossiers if dossiers else ():
            if name not in dossiers:
                help_ = suggestion(name, dossiers) or "un chemin sous tests/dossiers, ou examples/…, sans .yaml"
                yield _dead(entry, f"« {key} » : aucun dossier « {name} »", help_)
        if not re.fullmatch(r"\w+\(.+\)", entry.source) or entry.source.split("(")[0] not in base.texts:
            help_ = 'nommez le document et le passage, comme source_exemple("l. 12")'
            yield _dead(entry, f"« {key} » : source inconnue « {entry.source} »", help_)
        if not entry.modelled and not entry.non_modelise:
            missing = (
                "aucun dossier ne l'exerce" if any(getattr(entry, kind) for kind in CARRIERS) else "rien ne la porte"
            )
            help_ = "ajoutez ce qui manque, ou « non_modelise: » et la raison"
            yield _open(entry, f"« {key} » : {missing}", help_)
        elif entry.non_modelise and any(getattr(entry, kind) for kind in CARRIERS):
            yield _open(entry, f"« {key} » est modélisée et dite non modélisée", "choisissez")


def _dead(entry: Entry, message: str, help_: str) -> Finding:
    return Finding(entry.place, "PC310", message, help_)


def _open(entry: Entry, message: str, help_: str) -> Finding:
    return Finding(entry.place, "PC311", message, help_)


def _known(base: KnowledgeBase) -> dict[str, set[str]]:
    return {
        "regles": {*base.legal, *base.phrases},
        "parametres": set(base.parameters),
        "elements": {f"{name}.{code}" for name, found in base.nomenclatures.items() for code in found.elements},
        "lectures": set(base.questions),
        "attributs": {attribute.name for attribute in base.vocabulary}
        | {f"{attribute.name}.{field}" for attribute in base.vocabulary for field in attribute.champs},
    }


def _dossiers(root: Path) -> set[str]:
    """Return the dossiers beside a base, as entries name them; none when the base stands alone."""
    folder = root / "tests" / "dossiers"
    found = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml")}
    return found | {f"examples/{path.stem}" for path in (root / "examples").glob("*.yaml")}


def summary(entries: Mapping[str, Entry]) -> str:
    """Return the count in one line."""
    modelled = sum(entry.modelled for entry in entries.values())
    return f"inventaire : {modelled} entrées modélisées sur {len(entries)}, {len(entries) - modelled} avec leur raison"


def report(entries: Mapping[str, Entry], *, missing: bool = False) -> Iterator[str]:
    """Yield the report: per document the count, then what is not modelled and why, then the sum."""
    by_source: dict[str, list[tuple[str, Entry]]] = {}
    for key, entry in sorted(entries.items()):
        by_source.setdefault(entry.source.split("(")[0], []).append((key, entry))
    for source, found in by_source.items():
        modelled = sum(entry.modelled for _, entry in found)
        yield f"{source} : {modelled} sur {len(found)}"
        for key, entry in found:
            if not entry.modelled:
                yield f"  {key} {entry.dit} — {entry.non_modelise or 'sans raison'}"
            elif not missing:
                carriers = ", ".join(name for kind in CARRIERS for name in getattr(entry, kind))
                yield f"  {key} {entry.dit} → {carriers} [{', '.join(entry.dossiers)}]"
    yield summary(entries)
