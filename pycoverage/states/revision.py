"""A revision of the base kept by git, unpacked for as long as it is read."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pycoverage.checkout import other_base
from pycoverage.finding import Finding, InputError, Place

PARTS = ("rules", "facts")


@contextmanager
def unpacked(root: Path, revision: str) -> Iterator[Path]:
    """Yield a folder that holds the base as a revision has it. Raises InputError if git does not know it."""
    archive = _git(root, revision, "archive", "--format=tar", f"{_commit(root, revision)}:./", *PARTS)
    with tempfile.TemporaryDirectory(prefix="pycoverage-") as name:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            _extract(tar, Path(name))
        yield Path(name).resolve()


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files of an archive, and nothing that is no plain file (the first versions of Python 3.11 cannot)."""
    for member in tar:
        content = tar.extractfile(member) if member.isfile() else None
        target = (folder / member.name).resolve()
        if content is not None and target.is_relative_to(folder.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


def _commit(root: Path, revision: str) -> str:
    found = _git(root, revision, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.decode().strip()


def _git(root: Path, revision: str, *arguments: str) -> bytes:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        found = subprocess.run(  # noqa: S603 - no shell, and a revision that git has verified
            ["git", *arguments],  # noqa: S607 - the git of whoever keeps the base
            cwd=root,
            env=environment,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        help_ = " ; ".join(filter(None, (_help(root, error), other_base(root))))
        message = f"révision illisible « {revision} »"
        raise InputError([Finding(Place(f"rev:{revision}"), "DO032", message, help_)]) from None
    return found.stdout


def _help(root: Path, error: Exception) -> str:
    """Return what to do where git cannot be run, or does not give what it is asked for."""
    if isinstance(error, FileNotFoundError):
        return "il y faut le programme git, qui est introuvable"
    told = error.stderr if isinstance(error, subprocess.CalledProcessError) else b""
    if b"not a git repository" in told:
        return f"{root} n'est pas dans un dépôt git"
    return "la base doit être dans un dépôt git qui a cette révision"
