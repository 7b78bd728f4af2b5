"""A base read, checked and made ready once, then kept in a cache.

The cache is a file named after the content of the base and of this package, written atomically and
safe to delete. It holds data only.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from pycoverage import __version__
from pycoverage.checkout import base_files, catalogue_files, default_root, digest_of
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.reform import Reform

T = TypeVar("T")

KEPT = 8
"""Files kept in the cache, the last written: states of the law that are compared again and again."""


def load_law(root: Path | None = None, reforms: Sequence[Reform] = (), *, cache: bool = True) -> Law:
    """Load a base from a folder (default: the one shipped), as some reforms would make it.

    Raises InputError if it cannot be used.
    """
    root = (root or default_root()).resolve()
    overlays = [path for reform in reforms for path in (reform.manifest, *reform.files())]
    files = [*base_files(root), *catalogue_files(root), *overlays]
    key = _key(root, digest_of(root, files, [each.date for each in reforms]))
    path = cache_folder() / f"{key}.msgpack" if cache else None
    if path is not None:
        found = read_kept(path, Law)
        if found is not None:
            return found
    from pycoverage.folder import load_base
    from pycoverage.inference import infer
    from pycoverage.lifting import lift

    base = load_base(root, reforms)
    _refuse_errors(root, reforms)
    law = Law(base, lift(base), infer(base))
    if path is not None:
        write_kept(path, law, KEPT)
    return law


def _refuse_errors(root: Path, reforms: Sequence[Reform]) -> None:
    """Raise InputError if `pycoverage check` finds errors: a rule that is silently dead gives wrong answers.

    No answer rests on the inventory, and none in French on what is said to other readers: their words are looked
    at when they are spoken to.
    """
    from pycoverage.checks import run
    from pycoverage.finding import errors
    from pycoverage.words import name_of, readers

    apart = {path.relative_to(root).as_posix() for path in catalogue_files(root)}
    apart |= {path.relative_to(root).as_posix() for path in (root / "facts" / "inventaire").glob("*.yaml")}
    apart |= {name_of(reader) for reader in readers()}
    blocking = [finding for finding in errors(run(root, reforms)) if finding.place.file not in apart]
    if blocking:
        raise InputError(blocking)


def cache_folder() -> Path:
    """Return the folder of what is kept from one run to the next; all in it may be deleted."""
    given = os.environ.get("PYCOVERAGE_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "pycoverage"


def _key(root: Path, digest: str) -> str:
    state = hashlib.sha256(f"{__version__}\0{root}\0{digest}".encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        stat = module.stat()
        state.update(f"{module.name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return state.hexdigest()[:32]


def package_digest() -> str:
    """Return a digest of the whole of this package, the same wherever it is copied."""
    folder = Path(__file__).parent
    state = hashlib.sha256(__version__.encode())
    for module in sorted(folder.rglob("*.py")):
        state.update(f"\0{module.relative_to(folder).as_posix()}\0".encode() + module.read_bytes())
    return state.hexdigest()


def read_kept(path: Path, kind: type[T]) -> T | None:
    """Return what a file of the cache holds, None if it is not there or cannot be read."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return None


def write_kept(path: Path, held: object, kept: int) -> None:
    """Write a file of the cache, whole or not at all; of its folder, the files `kept` are the last written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            stream.write(msgspec.msgpack.encode(held))
        Path(name).replace(path)
        files = sorted(path.parent.glob("*.msgpack"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        for old in files[kept:]:
            old.unlink(missing_ok=True)
    except OSError:
        return
