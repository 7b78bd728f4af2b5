"""YAML read as text with places: no type is guessed, nothing is executed."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pycoverage.finding import Finding, InputError, Place

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs of control, and those that turn the direction of writing: no text holds them."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Node(msgspec.Struct, frozen=True):
    """A value with its place: a text, a list of nodes, or a mapping in file order."""

    place: Place
    value: str | tuple[Node, ...] | dict[str, tuple[Place, Node]]
    quoted: bool = False

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    @property
    def items(self) -> tuple[Node, ...] | None:
        return self.value if isinstance(self.value, tuple) else None

    @property
    def entries(self) -> dict[str, tuple[Place, Node]] | None:
        return self.value if isinstance(self.value, dict) else None

    def get(self, key: str) -> Node | None:
        """Return the node under `key`, or None if absent or not a mapping."""
        entry = (self.entries or {}).get(key)
        return entry[1] if entry else None

    def plain(self) -> object:
        """Return the value as plain texts, lists and dictionaries."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return {key: node.plain() for key, (_, node) in self.value.items()}

    def describe(self) -> str:
        """Return how to name this value in a message."""
        if isinstance(self.value, str):
            return f"« {self.value} »" if self.value else "une valeur vide"
        return "une liste" if isinstance(self.value, tuple) else "un bloc de clés"


EMPTY = "décrivez-y au moins une personne"
"""What to do with an empty dossier."""


def read(path: Path, *, name: str | None = None, empty: str = EMPTY) -> Node:
    """Read a YAML file. `empty` tells what to write in one that is empty.

    Raises InputError with every finding: unreadable, too large, not UTF-8, empty, bad syntax,
    several documents, duplicate keys, anchors, aliases or tags.
    """
    name = name or os.fspath(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise InputError([_finding(name, "c'est un dossier de fichiers", "indiquez un fichier")]) from None
    except OSError as error:
        reason = "introuvable" if isinstance(error, FileNotFoundError) else "illisible"
        raise InputError([_finding(name, f"fichier {reason}", "vérifiez le chemin")]) from None
    return parse(data, name=name, empty=empty)


def parse(data: bytes, *, name: str, empty: str = EMPTY) -> Node:
    """Parse the bytes of one YAML document. Raises InputError as `read` does."""
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1_000_000} Mo au plus"
        raise InputError([_finding(name, "fichier trop grand", limit)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = Place(name, line, 1)
        raise InputError(
            [Finding(place, "DO001", "ce fichier n'est pas en UTF-8", "enregistrez-le en UTF-8")]
        ) from None
    if not text.strip():
        raise InputError([_finding(name, "fichier vide", empty)])
    findings = [_control(name, text, match.start()) for match in itertools.islice(_CONTROL.finditer(text), 20)]
    if findings:
        raise InputError(findings)
    try:
        for token in _events(text):
            tag = getattr(token, "tag", None)
            if tag:
                shown = tag.replace("tag:yaml.org,2002:", "!!")
                help_ = "écrivez la valeur seule"
                findings.append(
                    Finding(_place(name, token.start_mark), "DO003", f"étiquette « {shown} » interdite", help_)
                )
                break
            if getattr(token, "anchor", None):
                findings.append(
                    Finding(
                        _place(name, token.start_mark),
                        "DO003",
                        f"ancre ou alias « {token.anchor} » interdit",
                        "écrivez la valeur en entier",
                    )
                )
                break
        if findings:
            raise InputError(findings)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(name, mark) if mark else Place(name, 1, 1)
        token = _token(text, place)
        message = f"écriture YAML incorrecte près de « {token} »" if token else "écriture YAML incorrecte"
        help_ = _yaml_help(str(error.problem or ""), tab="\t" in _line(text, place.line)[: place.column])
        raise InputError([Finding(place, "DO002", message, help_)]) from None
    except yaml.YAMLError:
        raise InputError(
            [Finding(Place(name, 1, 1), "DO002", "caractère interdit dans ce fichier", "enlevez-le")]
        ) from None
    except RecursionError:
        raise InputError([_finding(name, "imbrication trop profonde", "simplifiez le fichier")]) from None
    if root is None:
        raise InputError([_finding(name, "fichier vide", empty)])
    node = _convert(root, name, findings, 0)
    if findings:
        raise InputError(findings)
    return node


def _events(text: str) -> Iterator[Any]:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RecursionError
        yield event


def _convert(node: yaml.Node, name: str, findings: list[Finding], depth: int) -> Node:
    place = _place(name, node.start_mark)
    if isinstance(node, yaml.ScalarNode) and HIDDEN.search(node.value):
        findings.append(Finding(place, "DO002", "signe de contrôle interdit dans un texte", "enlevez-le"))
        return Node(place, HIDDEN.sub("", node.value))
    if isinstance(node, yaml.ScalarNode):
        return Node(place, node.value, node.style in ("'", '"'))
    if isinstance(node, yaml.SequenceNode):
        return Node(place, tuple(_convert(item, name, findings, depth + 1) for item in node.value))
    entries: dict[str, tuple[Place, Node]] = {}
    for key, value in node.value:
        where = _place(name, key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            findings.append(Finding(where, "DO002", "une clé doit être un mot", "écrivez « clé: valeur »"))
            continue
        if key.value in entries:
            findings.append(
                Finding(
                    where,
                    "DO004",
                    f"clé « {key.value} » écrite deux fois",
                    f"la première est à la ligne {entries[key.value][0].line}",
                )
            )
        entries[key.value] = (where, _convert(value, name, findings, depth + 1))
    return Node(place, entries)


def _place(name: str, mark: object) -> Place:
    return Place(name, getattr(mark, "line", 0) + 1, getattr(mark, "column", 0) + 1)


def _finding(name: str, message: str, help_: str) -> Finding:
    return Finding(Place(name, 1, 1), "DO001", message, help_)


def _control(name: str, text: str, offset: int) -> Finding:
    line = text.count("\n", 0, offset) + 1
    place = Place(name, line, offset - (text.rfind("\n", 0, offset) + 1) + 1)
    return Finding(place, "DO002", f"caractère interdit « {code_point(text[offset])} »", "enlevez-le")


def code_point(sign: str) -> str:
    """Return the name of a sign that nobody sees: « U+00A0 »."""
    return f"U+{ord(sign):04X}"


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def _token(text: str, place: Place) -> str:
    """Return what stands at a place, or the end of what stands before it."""
    rest = _line(text, place.line)[place.column - 1 :].strip()
    if rest:
        return rest.split()[0][:40]
    before = " ".join(text.split("\n")[: place.line - 1]).split()
    return before[-1][:40] if before else ""


def _yaml_help(problem: str, *, tab: bool) -> str:
    if tab:
        return "indentez avec des espaces, pas des tabulations"
    if "expected" in problem and ("key" in problem or "':'" in problem):
        return "il manque « : » ou l'indentation n'est pas la bonne"
    return "vérifiez l'indentation, les « : » et les guillemets"
