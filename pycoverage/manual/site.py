"""The documentation as a folder: Markdown pages, or the site that MkDocs builds from them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal as Choice

import yaml

from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.manual.pages import Site, compose
from pycoverage.mishap import reason
from pycoverage.suite import find_dossiers, play

Form = Choice["markdown", "site"]
MARKER = ".pycoverage-doc"
"""The file that says that a folder was written here, and may be replaced whole."""

DOSSIERS = ("tests/dossiers", "examples")
"""Where dossiers stand beside a base, when it is a checkout."""

LIBRARIES: dict[Form, tuple[str, ...]] = {"markdown": ("pygraphviz",), "site": ("pygraphviz", "mkdocs")}
"""What each form needs, all in the extra `doc`."""

NO_CLOCK = "0"
"""The day, as seconds, that MkDocs writes in its files: the same base gives the same bytes."""


def publish(
    law: Law,
    folder: Path,
    *,
    form: Form = "site",
    seconds: float | None = None,
    told: Callable[[str], None] = lambda _line: None,
) -> int:
    """Write the documentation of a base into a folder, whole or not at all, and return its number of pages.

    `told` receives lines about what is done. Raises InputError if the folder holds something else, if it cannot be
    written, or if a library of the extra `doc` is missing; LimitError if the dossiers take too long.
    """
    _refuse_missing(form)
    folder = folder.resolve()
    _refuse_foreign(folder)
    played, unusable = play(
        law,
        find_dossiers(path for name in DOSSIERS if (path := Path(law.base.root) / name).is_dir()),
        seconds=seconds,
        told=lambda done, whole: told(f"dossiers joués : {done} sur {whole}"),
    )
    for finding in unusable:
        told(f"dossier laissé de côté : {finding}")
    told("pages et images")
    site = compose(law, played, suffix="html" if form == "site" else "md")
    try:
        with _prepared(folder) as target:
            if form == "site":
                told("site")
                _build(site, target)
            else:
                _write(site, target)
            (target / MARKER).write_text(f"pycoverage doc {law.base.digest}\n", encoding="utf-8")
    except OSError as error:
        message = f"écriture impossible ({reason(error)})"
        raise _failure(folder, message, "vérifiez le chemin ; rien n'a été changé") from None
    return len(site.pages)


def _refuse_missing(form: Form) -> None:
    missing = [name for name in LIBRARIES[form] if importlib.util.find_spec(name) is None]
    if missing:
        message = f"il manque {' et '.join(f'« {name} »' for name in missing)} pour écrire la documentation"
        raise InputError([Finding(Place("pycoverage doc"), "DO014", message, "pip install '.[doc]'")])


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise _failure(folder, "ce n'est pas un dossier", "donnez un dossier avec -o")
    if any(folder.iterdir()) and not (folder / MARKER).is_file():
        message = "ce dossier contient autre chose qu'une documentation de pycoverage"
        raise _failure(folder, message, "donnez avec -o un dossier nouveau ou vide")


def _failure(folder: Path, message: str, help_: str) -> InputError:
    return InputError([Finding(Place(os.fspath(folder)), "DO013", message, help_)])


@contextmanager
def _prepared(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside the target, and put it in its place once it is full."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        fresh, old = work / "nouveau", work / "ancien"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except BaseException:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(site: Site, folder: Path) -> None:
    for name, text in {**site.pages, **site.pictures}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _build(site: Site, folder: Path) -> None:
    """Build the site with MkDocs: its own theme, nothing loaded from elsewhere, pages that open from a disk."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        _write(site, work / "docs")
        parts = [{title: [{shown: path} for shown, path in entries]} for title, entries in site.parts if entries]
        settings = {
            "site_name": "pycoverage",
            "docs_dir": "docs",
            "site_dir": os.fspath(folder),
            "use_directory_urls": False,
            "theme": {"name": "readthedocs", "locale": "fr", "highlightjs": False, "navigation_depth": 2},
            "plugins": [{"search": {"lang": "fr"}}],
            "nav": [{"Accueil": "index.md"}, *parts],
            "validation": {"anchors": "warn"},
        }
        (work / "mkdocs.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
        with _clock(NO_CLOCK):
            build(load_config(os.fspath(work / "mkdocs.yml")))
    # They need the address where the site will stand, which nothing here knows.
    for useless in ("sitemap.xml", "sitemap.xml.gz", "404.html"):
        (folder / useless).unlink(missing_ok=True)


@contextmanager
def _clock(seconds: str) -> Iterator[None]:
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = seconds
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
