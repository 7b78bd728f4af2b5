"""The words that the program itself writes, per reader (`langues/`): read, and held against the French ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from pycoverage.document import Node, read
from pycoverage.finding import Finding, InputError, suggestion

FOLDER = Path(__file__).parent / "langues"
DEFAULT = "fr"
"""The reader whose texts are those of the rules and facts themselves."""

OTHER = "other"
"""The form of a plural that every word that counts has; those of the CLDR."""
FORMS = frozenset({"zero", "one", "two", "few", "many", OTHER})

LOCALE = re.compile(r"[a-z]{2,3}([-_]\w+)*")
HOLE = re.compile(r"\{(\w+)\}")

Words = Mapping[str, str | Mapping[str, str]]
"""A word by its key (`nombres.<.oui`), or its forms by plural."""

Touches = tuple[tuple[str, str], ...]
"""Corrections of a sentence once its holes are filled: what is written, what is to be read."""


class Lexicon(msgspec.Struct, frozen=True):
    """The words of a reader, and the corrections of its sentences."""

    words: Words
    touches: Touches


def readers() -> tuple[str, ...]:
    """Return the readers, the default one first."""
    return (DEFAULT, *sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != DEFAULT))


def name_of(reader: str) -> str:
    """Return how the file of a reader is named in messages."""
    return f"pycoverage/langues/{reader}.yaml"


def read_words(reader: str) -> Lexicon:
    """Read the words of a reader. Raises InputError with all that is wrong in its file, or in the French one."""
    found, findings = _read(reader)
    if findings:
        raise InputError(findings)
    return found


def flaws_of_words(reader: str) -> list[Finding]:
    """Return all that is wrong in the words of a reader: an unreadable file, words missing, unknown or ill-formed."""
    try:
        return _read(reader)[1]
    except InputError as error:
        return error.findings


def _read(reader: str) -> tuple[Lexicon, list[Finding]]:
    """Raises InputError for a file that cannot be read, the French one or its own."""
    document = _document(reader)
    own = dict(_words(document))
    findings = list(_touched(document))
    french = own if reader == DEFAULT else dict(_words(_document(DEFAULT)))
    findings += _compared(document, own, french)
    words = {key: _plain(node) for key, node in own.items()}
    pairs = document.get("retouches")
    listed = [pair.items or () for pair in (pairs.items or ())] if pairs else []
    touches = tuple((pair[0].text or "", pair[1].text or "") for pair in listed if len(pair) == 2)
    return Lexicon(words, touches), sorted(findings)


def _document(reader: str) -> Node:
    return read(FOLDER / f"{reader}.yaml", name=name_of(reader))


def _words(node: Node, prefix: str = "") -> Iterator[tuple[str, Node]]:
    """Yield each word by its key, and each value that should be one."""
    for key, (_, value) in (node.entries or {}).items():
        if value.entries is not None and OTHER not in value.entries:
            yield from _words(value, f"{prefix}{key}.")
        elif value.items is None:
            yield prefix + key, value


def _plain(node: Node) -> str | dict[str, str]:
    if node.entries is not None:
        return {form: part.text or "" for form, (_, part) in node.entries.items()}
    return node.text or ""


def _compared(document: Node, own: Mapping[str, Node], french: Mapping[str, Node]) -> Iterator[Finding]:
    """Yield the words that are missing, unknown, or that have forms or holes that nothing fills."""
    for key in french:
        if key not in own:
            yield Finding(document.place, "PC340", f"il manque le mot « {key} »", "traduisez celui de fr.yaml")
    for key, node in own.items():
        if key not in french:
            help_ = suggestion(key, french) or "ce mot n'est pas dans fr.yaml"
            yield Finding(node.place, "PC341", f"aucun mot ne s'appelle « {key} »", help_)
            continue
        if key == "locale" and not LOCALE.fullmatch(node.text or ""):
            yield Finding(
                node.place, "PC340", f"langue inconnue {node.describe()}", "un code de langue : en, ar, pt_BR"
            )
        for form in sorted(set(node.entries or ()) - FORMS):
            help_ = f"formes : {', '.join(sorted(FORMS))}"
            yield Finding(node.place, "PC340", f"« {key} » : forme de pluriel inconnue « {form} »", help_)
        if not all(text.strip() for text in _texts(node)) and all(text.strip() for text in _texts(french[key])):
            yield Finding(node.place, "PC340", f"« {key} » : un texte est attendu, pas un vide", "écrivez-le")
        known = _holes(french[key]) | {"n"}
        for hole in sorted(_holes(node) - known):
            help_ = suggestion(hole, known) or f"trous possibles : {', '.join(sorted(known)) or 'aucun'}"
            message = f"le trou « {{{hole}}} » n'est pas dans le mot français « {key} »"
            yield Finding(node.place, "PC342", message, help_)


def _touched(document: Node) -> Iterator[Finding]:
    """Yield the corrections that are not two texts, and a document that is no block of words."""
    if document.entries is None:
        message = f"des mots sont un bloc de clés, pas {document.describe()}"
        yield Finding(document.place, "PC340", message, "voir fr.yaml")
    pairs = document.get("retouches")
    if pairs is None:
        return
    for pair in pairs.items if pairs.items is not None else (pairs,):
        if len(pair.items or ()) != 2 or not all(part.text is not None for part in pair.items or ()):
            yield Finding(
                pair.place, "PC340", "une retouche est une paire de textes", "[ce qui est écrit, ce qui se lit]"
            )


def _texts(node: Node) -> list[str]:
    found = _plain(node)
    return [found] if isinstance(found, str) else list(found.values())


def _holes(node: Node) -> set[str]:
    return {hole for text in _texts(node) for hole in HOLE.findall(text)}
