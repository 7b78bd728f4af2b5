"""Approved answers, kept as text beside the dossiers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from pycoverage.assessment import assess_all
from pycoverage.comparisons.corpus import PART, read_all
from pycoverage.comparisons.imprint import imprints, imprints_text, read_imprints
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.comparisons.record import Record, Recorded, read_records, record_of, records_text
from pycoverage.dossier import Dossier
from pycoverage.finding import Finding, InputError, LimitError, Place
from pycoverage.law import Law
from pycoverage.workers import shared_out
from pycoverage.writing import write_together

FOLDER = Path("tests") / "approuve"
BASE = "base.txt"
"""The file that holds the marks of the rules, beside those that hold answers."""

HOME = Path("tests") / "dossiers"
"""The folder of dossiers whose name is left out of the names of the files; of others, that of the one above."""

Progress = Callable[[int, int], None]


class Approved(msgspec.Struct, frozen=True):
    """What was approved: records by the path of the dossier from the base, and marks of the rules."""

    records: dict[str, Record]
    marks: dict[str, str]


def _folder(root: Path) -> Path:
    """Return the folder of what is approved. Raises InputError if a file takes its place."""
    folder = root / FOLDER
    if folder.exists() and not folder.is_dir():
        help_ = "déplacez ce fichier : les réponses approuvées s'écrivent dans un dossier de ce nom"
        raise InputError([Finding(Place(os.fspath(folder)), "DO034", "ce n'est pas un dossier", help_)])
    return folder


def file_of(root: Path, dossier: Path) -> Path:
    """Return the file that holds what is approved of a dossier.

    Raises InputError for one that is not of the base, or if a file takes the place of the folder.
    """
    try:
        folder = dossier.resolve().relative_to(root.resolve()).parent
    except ValueError:
        help_ = f"les réponses approuvées sont celles des dossiers de {root}"
        raise InputError([Finding(Place(os.fspath(dossier)), "DO033", "dossier hors de la base", help_)]) from None
    home = next((each for each in (HOME, HOME.parent) if folder.is_relative_to(each) and folder != each), Path())
    inside = folder.relative_to(home)
    return _folder(root) / inside.parent / f"{inside.name}.txt"


def read_approved(root: Path) -> Approved:
    """Read what was approved. Raises InputError for a file that is not as it was written, cut or missing."""
    records: dict[str, Record] = {}
    marks: dict[str, str] = {}
    base = _folder(root) / BASE
    for path in sorted(base.parent.rglob("*.txt")):
        try:
            text = path.read_text(encoding="utf-8")
            if not text.endswith("\n"):
                raise _unreadable(path, "réponses approuvées incomplètes : la dernière ligne est coupée")
            if path == base:
                marks = read_imprints(text)
                continue
            folder = text.partition(" : ")[0].removeprefix("# ")
            records |= {f"{folder}/{name}.yaml": record for name, record in read_records(text).items()}
        except (OSError, ValueError, KeyError, IndexError):
            raise _unreadable(path, "réponses approuvées illisibles ou incomplètes") from None
    if records and not marks:
        raise _unreadable(base, "il manque ce que disaient les règles quand les réponses ont été approuvées")
    return Approved(records, marks)


def _unreadable(path: Path, message: str) -> InputError:
    help_ = "reprenez le fichier, ou lancez pycoverage snapshot --update"
    return InputError([Finding(Place(os.fspath(path)), "DO034", message, help_)])


def moved(law: Law, approved: Approved) -> frozenset[str]:
    """Return the keys of what the base says otherwise than when the answers were approved."""
    marks = imprints(law.base)
    return frozenset(key for key in marks.keys() | approved.marks.keys() if marks.get(key) != approved.marks.get(key))


def recorded(
    law: Law,
    root: Path,
    paths: Sequence[Path],
    *,
    approved: Approved | None = None,
    seconds: float | None = None,
    processes: int | None = None,
    progress: Progress = lambda _done, _whole: None,
) -> list[Recorded]:
    """Answer dossiers of a base with their reasons, in order; `approved` is what to compare them with.

    Raises InputError, and LimitError for an answer that is partial.
    """
    for path in paths:
        file_of(root, path)
    dossiers = read_all(law, paths)
    parts = [dossiers[start : start + PART] for start in range(0, len(dossiers), PART)]
    found: list[Recorded] = []
    progress(0, len(dossiers))
    known = approved or Approved({}, {})
    shared = law, root, known.records, moved(law, known), seconds
    for part in shared_out(_recorded, shared, parts, processes=processes):
        found += part
        progress(len(found), len(dossiers))
    return found


def _recorded(
    shared: tuple[Law, Path, Mapping[str, Record], frozenset[str], float | None], dossiers: Sequence[Dossier]
) -> list[Recorded]:
    law, root, approved, changed, seconds = shared
    found = []
    for assessment in assess_all(law, dossiers, seconds=seconds, others=(RIGHT,)):
        file = assessment.dossier.file
        if not assessment.complete:
            raise LimitError(f"{file} : la réponse est partielle, elle ne peut être approuvée")
        found.append(record_of(assessment, approved.get(name_of(root, file)), changed))
    return found


def approve(law: Law, root: Path, found: Sequence[Recorded], *, whole: bool) -> list[Path]:
    """Write the answers found as the approved ones, each file whole or not at all; return the files that changed.

    Unless they are `whole`, what was approved of other dossiers that still exist is kept, and with it the marks of
    the rules: they are those of the oldest approval, so that what these answers owe to a later change is told.
    """
    known = Approved({}, {}) if whole else read_approved(root)
    here = {name_of(root, each.file): each.record for each in found}
    kept = {name: each for name, each in known.records.items() if name not in here and (root / name).is_file()}
    records = kept | here
    marks = known.marks if kept else imprints(law.base)
    texts: dict[Path, dict[str, Record]] = {}
    folders: dict[Path, str] = {}
    for name, record in records.items():
        path = file_of(root, root / name)
        texts.setdefault(path, {})[Path(name).stem] = record
        folders[path] = Path(name).parent.as_posix()
    contents = {path: records_text(folders[path], own) for path, own in sorted(texts.items())}
    contents[root / FOLDER / BASE] = imprints_text(marks)
    changed = [path for path, text in contents.items() if not _holds(path, text)]
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_together({path: contents[path] for path in changed})
    gone = [path for path in sorted((root / FOLDER).rglob("*.txt")) if path not in contents]
    for path in gone:
        path.unlink()
    return [*changed, *gone]


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def name_of(root: Path, file: str) -> str:
    """Return the path of a dossier from the base."""
    return Path(file).resolve().relative_to(root.resolve()).as_posix()
