"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pycoverage.finding import Finding, InputError, Place


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one step, so that a killed run leaves the old file.

    A link is followed. Raises InputError if the file cannot be written, or is no regular file.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        message = "ce n'est pas un fichier ordinaire"
        raise InputError([Finding(Place(os.fspath(path)), "DO013", message, "choisissez un autre chemin")])
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _failure(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _failure(path, error) from None


def _failure(path: Path, error: OSError) -> InputError:
    reason = error.strerror or "erreur du système"
    message = f"écriture impossible ({reason})"
    return InputError([Finding(Place(os.fspath(path)), "DO013", message, "vérifiez le chemin")])
