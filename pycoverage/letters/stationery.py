"""The models of letters (`facts/lettres/`): which serves which body and right, and all that they say by themselves.

A model is a Word document that a legal expert edits. Its holes are `{{ … }}`, its conditional paragraphs
`{%p … %}`. What it says of its own is listed in `modeles.yaml`, so that no sentence of a letter is unaccounted for.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import msgspec

from pycoverage.document import Node, read
from pycoverage.finding import Finding, InputError, Place
from pycoverage.reader import Reader

FOLDER = "lettres"
INDEX = "modeles.yaml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{%.*?%\}")
_HOLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")
_PART_OF = re.compile(r"\[([^\[\]]*)\]")
_VALUE = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"word/(document|header\d*|footer\d*)\.xml")

HOLES = frozenset(
    [f"expediteur.{name}" for name in ("nom", "naissance", "lieu_de_naissance", "nationalite", "profession", "numero")]
    + [f"lecture.{name}" for name in ("question", "nom", "source")]
    + ["destinataire.nom", "defendeur.nom", "defendeur.adresse"]
    + ["motif.texte", "motif.reponse.texte", "condition.texte", "ligne", "phrase", "piece", "texte"]
    + ["conseil", "lieu", "date", "personne", "droit", "sens_en_mots", "par", "notifiee", "datee", "reference"]
    + ["voie", "dernier_jour", "jour", "motif_libre", "effet", "jour_effet"]
    + ["representant.nom", "representant.qualite", "representant.participe", "requerant", "signataire", "signature"]
)
"""What a model may write between `{{` and `}}` (facts/lettres/README.md)."""

MAX_PART = 5_000_000
"""Bytes of one part of a model, at most."""


class Phrase(msgspec.Struct, frozen=True):
    """A sentence that a model says by itself, and the text of law it rests on, if any."""

    dit: str
    source: str = ""


BODY = "[nom de l'organisme]"
"""The mark of a recipient who is the body that decided."""


class Model(msgspec.Struct, frozen=True):
    """One model: its document, the ways and rights it serves, and its own sentences.

    `avertissements` are the codes of what the rules warn of that the letter tells its recipient; `destinataire` is
    the mark of a recipient whose name is not given: another one than BODY is not the body that decided.
    """

    fichier: str
    voies: tuple[str, ...]
    droits: tuple[str, ...]
    avertissements: tuple[str, ...] = ()
    destinataire: str = BODY
    phrases: tuple[Phrase, ...] = ()
    place: Place = Place()


class Representation(msgspec.Struct, frozen=True):
    """Who may not act alone: the warning of the rules that says so, and how a letter then names who signs it.

    `participe` agrees with the person, `requerant` has the holes `personne`, `participe` and `representant`.
    """

    avertissement: str
    participe: str
    requerant: str


class Stationery(msgspec.Struct, frozen=True):
    """All models, the sentences any of them may say, and how facts and their absence are told in a letter.

    `faits` gives per attribute a sentence, or one per value; `absences` one for a list that the dossier gives empty;
    `regles` per legal rule its sentence in a letter, whose parts in square brackets may say nothing (`pared`);
    `omises` the notions denied and the properties of which letters say nothing; `sans_modele` why a right has no model.
    """

    modeles: dict[str, Model]
    commun: tuple[Phrase, ...] = ()
    faits: dict[str, str | dict[str, str]] = {}
    absences: dict[str, str] = {}
    regles: dict[str, str] = {}
    omises: frozenset[str] = frozenset()
    representation: Representation | None = None
    sans_modele: dict[str, str] = {}

    def serving(self, right: str) -> list[Model]:
        """Return the models of a right, in the order of the file."""
        return [model for model in self.modeles.values() if right in model.droits]


def read_stationery(root: Path) -> tuple[Stationery, list[Finding]]:
    """Read the models of a base, with what is wrong in the form of their index. A base may have none."""
    path = root / "facts" / FOLDER / INDEX
    reader = Reader()
    if not path.is_file():
        return Stationery({}), []
    try:
        document = read(path, name=path.relative_to(root).as_posix())
    except InputError as error:
        return Stationery({}), error.findings
    models = document.get("modeles")
    found = reader.structs(models, Model, "modèle de lettre") if models else {}
    plain = {key: node.plain() for key, (_, node) in (document.entries or {}).items() if key != "modeles"}
    bare = Node(document.place, {key: entry for key, entry in (document.entries or {}).items() if key != "modeles"})
    rest = reader.decode(bare, Stationery, "modèles de lettres", modeles={}) if plain else None
    return msgspec.structs.replace(rest or Stationery({}), modeles=found), reader.findings


def written(path: Path) -> Iterator[str]:
    """Yield the paragraphs of a Word document, tags of its template removed. Raises OSError, ValueError."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(filter(_PART.fullmatch, archive.namelist())):
                if archive.getinfo(name).file_size > MAX_PART:
                    raise ValueError("document trop grand")
                data = archive.read(name)
                if b"<!DOCTYPE" in data:
                    raise ValueError("document incorrect")
                for paragraph in ElementTree.fromstring(data).iter(f"{_W}p"):  # noqa: S314
                    text = plain(_TAG.sub("", "".join(_texts(paragraph))))
                    if text:
                        yield re.sub(r"\{\{\s*(.*?)\s*\}\}", r"{{ \1 }}", text)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError):
        raise ValueError("ce n'est pas un document Word") from None


def _texts(paragraph: ElementTree.Element) -> Iterator[str]:
    """Yield the texts of a paragraph; what a field computes (a page number) is none."""
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in (f"{_W}tab", f"{_W}br"):
            yield " "


def holes(text: str) -> list[str]:
    """Return the names of the holes of a paragraph."""
    return _HOLE.findall(text)


def is_hole(text: str) -> bool:
    """Tell whether a paragraph says nothing by itself: only holes, and signs between them."""
    return not re.search(r"\w", _HOLE.sub("", text))


def fits(phrase: str, text: str) -> bool:
    """Tell whether a text of a letter is a sentence of a model with its holes filled."""
    parts = [re.escape(part) for part in _HOLE.split(plain(phrase))[::2]]
    return re.fullmatch("(.+?)".join(parts), plain(text)) is not None


def pared(phrase: str, values: Mapping[str, object]) -> str:
    """Return a sentence without its parts in square brackets whose values are all zero, or already said."""
    said = {values.get(name) for name in _VALUE.findall(_PART_OF.sub("", phrase))}

    def part(match: re.Match[str]) -> str:
        own = {values.get(name) for name in _VALUE.findall(match[1])}
        if own <= said | {0}:
            return ""
        said.update(own)
        return match[1]

    return _PART_OF.sub(part, phrase)


def plain(text: str) -> str:
    """Return a text with ordinary spaces, as one compares it."""
    return " ".join(text.split())
