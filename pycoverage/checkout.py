"""Where a base lies: its folder, its files in a fixed order, and a hash of what they hold."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pycoverage.finding import Finding, InputError, Place

APART = frozenset({"inventaire", "langues", "lettres"})
"""Folders of `facts/` that no answer in French depends on: each has its reader."""

BESIDE = frozenset({"reformes", "invariants"})
"""Folders of `rules/` that are no law of the base: what may become law, and what must always hold."""


def default_root() -> Path:
    """Return the folder of the base shipped with the package, or of the checkout."""
    package = Path(__file__).resolve().parent
    shipped = package / "base"
    return shipped if shipped.is_dir() else package.parent


def other_base(root: Path) -> str:
    """Return what to do where the base of a folder is used though the current folder has rules, or an empty text."""
    here = Path.cwd()
    if root.resolve() == here.resolve() or not (here / "rules").is_dir():
        return ""
    return f"la base employée est {root} ; pour celle de ce dossier, ajoutez --base ."


def base_files(root: Path) -> list[Path]:
    """Return the files of a base in a fixed order. Raises InputError if there is none."""
    rules = sorted(path for path in (root / "rules").rglob("*.lp") if not _beside(root, path))
    facts = sorted(path for path in (root / "facts").rglob("*.yaml") if path.parent.name not in APART)
    if not rules or not facts:
        help_ = "indiquez avec --base un dossier qui contient rules/ et facts/"
        raise InputError([Finding(Place(os.fspath(root)), "PC001", "aucune base de règles ici", help_)])
    return rules + facts


def catalogue_files(root: Path, reader: str = "*") -> list[Path]:
    """Return the files that hold the texts of a base for a reader (by default, for all), in a fixed order."""
    rules = (path for path in (root / "rules").rglob(f"*.{reader}.yaml") if not _beside(root, path))
    folder = root / "facts" / "langues"
    return sorted(rules) + sorted({*folder.glob(f"{reader}.yaml"), *folder.glob(f"*.{reader}.yaml")})


def _beside(root: Path, path: Path) -> bool:
    return not BESIDE.isdisjoint(path.relative_to(root).parts)


def digest_of(root: Path, files: Iterable[Path], marks: Iterable[str] = ()) -> str:
    """Return a hash of the names and contents of the files of a base, and of some marks."""
    state = hashlib.sha256("\0".join(marks).encode())
    for path in files:
        name = path.relative_to(root) if path.is_relative_to(root) else path
        state.update(name.as_posix().encode() + b"\0")
        try:
            state.update(path.read_bytes() + b"\0")
        except OSError:
            state.update(b"illisible\0")
    return state.hexdigest()
