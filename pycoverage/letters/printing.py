"""Prints a letter: the Word model filled, and from it the other formats (extra `letter`).

What is inserted is text, escaped and never executed; the same letter gives the same bytes.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pycoverage.finding import Finding, InputError, Place
from pycoverage.letters.letter import Letter
from pycoverage.letters.stationery import FOLDER
from pycoverage.mishap import reason

FORMATS = ("docx", "odt", "pdf", "md")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def printed(letter: Letter, form: str) -> bytes:
    """Return a letter in a format of `FORMATS`. Raises InputError if a library is missing or the model is wrong."""
    try:
        word = _word(letter)
        return word if form == "docx" else _converted(letter, word, form)
    except ImportError as error:
        help_ = "pip install '.[letter]'"
        message = f"il manque la bibliothèque {error.name or 'des lettres'}"
        raise InputError([Finding(Place("--output"), "DO014", message, help_)]) from None


def format_of(path: Path) -> str:
    """Return the format that a file name asks for. Raises InputError for another one."""
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        help_ = f"choisissez un nom en {', '.join(f'.{known}' for known in FORMATS)}"
        raise InputError(
            [Finding(Place(os.fspath(path)), "DO013", f"format de lettre inconnu « {path.suffix} »", help_)]
        )
    return form


def _word(letter: Letter) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    path = Path(letter.plea.assessment.law.base.root) / "facts" / FOLDER / letter.model.fichier
    try:
        template = DocxTemplate(path)
        environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        template.render(letter.content, environment, autoescape=True)
    except TemplateError as error:
        message = f"modèle incorrect ({error.message})"
        raise InputError([Finding(Place(os.fspath(path)), "DO016", message, "facts/lettres/README.md")]) from None
    except (OSError, KeyError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "ce n'est pas un document Word"
        message = f"modèle illisible ({why})"
        raise InputError([Finding(Place(os.fspath(path)), "DO016", message, "facts/lettres/README.md")]) from None
    properties = template.docx.core_properties
    when = _midnight(letter)
    properties.created = properties.modified = when
    properties.title = _title(letter)
    properties.author = properties.last_modified_by = ""
    properties.revision = 1
    stream = io.BytesIO()
    template.save(stream)
    return _frozen(stream.getvalue())


def _title(letter: Letter) -> str:
    return f"{letter.content['voie']} – {letter.content['droit']}"


def _midnight(letter: Letter) -> datetime:
    return datetime.combine(date.fromisoformat(letter.jour), datetime.min.time())


def _frozen(data: bytes, title: str = "") -> bytes:
    """Return the same archive with no clock in it: its files as they stand, at a fixed day, with a title."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            kept = zipfile.ZipInfo(entry.filename, _EPOCH)
            kept.compress_type, kept.external_attr = entry.compress_type, 0o644 << 16
            content = old.read(entry.filename)
            if title and entry.filename == "meta.xml":
                content = content.replace(b"<dc:title></dc:title>", f"<dc:title>{escape(title)}</dc:title>".encode())
            new.writestr(kept, content)
    return stream.getvalue()


def _converted(letter: Letter, word: bytes, form: str) -> bytes:
    import pypandoc

    folder = Path(letter.plea.assessment.law.base.root) / "facts" / FOLDER
    with tempfile.TemporaryDirectory(prefix="pycoverage-") as name:
        here = Path(name)
        (here / "lettre.docx").write_bytes(word)
        options: dict[str, Any] = {
            "md": {"to": "gfm", "format": "docx", "extra_args": ["--wrap=none"]},
            "odt": {"to": "odt", "format": "docx+styles", "extra_args": [f"--reference-doc={folder / 'lettre.odt'}"]},
            "pdf": {
                "to": "typst",
                "format": "docx+styles",
                "extra_args": [
                    f"--template={folder / 'lettre.typ'}",
                    f"--lua-filter={folder / 'lettre.lua'}",
                    f"--metadata=objet:{_title(letter)}",
                ],
            },
        }[form]
        middle = here / f"lettre.{'typ' if form == 'pdf' else form}"
        pypandoc.convert_file(str(here / "lettre.docx"), outputfile=str(middle), sandbox=True, **options)
        if form == "pdf":
            return _typeset(middle, letter)
        data = middle.read_bytes()
    return _frozen(data, _title(letter)) if form == "odt" else data


def _typeset(path: Path, letter: Letter) -> bytes:
    import typst

    data = typst.compile(
        path,
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=(date.fromisoformat(letter.jour) - date(1970, 1, 1)).days * 86_400,
    )
    assert isinstance(data, bytes)
    return data
