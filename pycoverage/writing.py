"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pycoverage.finding import Finding, InputError, Place
from pycoverage.mishap import reason


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file in one step, so that a killed run leaves the old file.

    A link is followed. Raises InputError if the file cannot be written, or is no regular file.
    """
    write_together({path: content})


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write files in one step each, once all of them could be written: else none is. Raises as `write_whole` does."""
    ready: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            whole = path.resolve()
            handle, name = _beside(whole)
            ready[whole] = Path(name)
            with _told(whole), os.fdopen(handle, "wb") as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
                umask = os.umask(0)
                os.umask(umask)
                ready[whole].chmod(0o666 & ~umask)
        for whole, written in ready.items():
            with _told(whole):
                written.replace(whole)
    finally:
        for written in ready.values():
            written.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Raise InputError, that names a file, for what goes wrong in writing it."""
    try:
        yield
    except OSError as error:
        raise _failure(path, error) from None


def make_folder(path: Path) -> None:
    """Make a folder, and those above it. Raises InputError if it cannot be made."""
    with _told(path):
        path.mkdir(parents=True, exist_ok=True)


def refuse_unwritable(path: Path) -> None:
    """Raise InputError if a file could not be written now; nothing is left behind."""
    handle, name = _beside(path.resolve())
    os.close(handle)
    Path(name).unlink()


def refuse_replacing(path: Path | None, *, agreed: bool) -> None:
    """Raise InputError if a file to write exists and nobody agreed to replace it."""
    if path is not None and path.exists() and not agreed:
        help_ = "choisissez un autre fichier, ou ajoutez --remplacer"
        raise InputError([Finding(Place(os.fspath(path)), "DO013", "ce fichier existe déjà", help_)])


def refuse_overwriting(output: Path | None, sources: Iterable[Path]) -> None:
    """Raise InputError if a file to write is one of those that are read."""
    for source in sources if output is not None and output.exists() else ():
        if source.exists() and output is not None and output.samefile(source):
            message = "ce fichier est lu : il ne peut pas être remplacé"
            raise InputError([Finding(Place(os.fspath(output)), "DO013", message, "choisissez un autre chemin")])


def _beside(path: Path) -> tuple[int, str]:
    """Open a file of its own in the folder of a file to write; return its handle and its name."""
    if path.exists() and not path.is_file():
        message = "ce n'est pas un fichier ordinaire"
        raise InputError([Finding(Place(os.fspath(path)), "DO013", message, "choisissez un autre chemin")])
    try:
        return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _failure(path, error) from None


def _failure(path: Path, error: OSError) -> InputError:
    message = f"écriture impossible ({reason(error)})"
    return InputError([Finding(Place(os.fspath(path)), "DO013", message, "vérifiez le chemin")])
