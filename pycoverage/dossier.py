"""One case file: read from YAML, checked against the vocabulary, every error at once."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.document import Node, read
from pycoverage.expectation import read_expectation
from pycoverage.field import scalar
from pycoverage.finding import InputError, suggestion
from pycoverage.scalar import FIRST_DAY, LAST_DAY, day
from pycoverage.stated import Stated, Statements
from pycoverage.value import Value
from pycoverage.vocabulary import Attribute, Field

OWN_KEYS = ("dossier", "titre", "recit", "references", "date", "personnes", "attendu", "note")
MAX_PERSONS = 50

_NAME = re.compile(r"[^\W\d_][\w '.-]{0,59}")


class Dossier(msgspec.Struct, frozen=True):
    """A case file as written. Persons are under canonical ids (`p1`…) in file order."""

    name: str
    title: str
    story: str
    date: str
    persons: dict[str, str]
    stated: dict[tuple[str, str], Stated]
    expected: dict[str, dict[str, Node]]
    file: str


def read_dossier(path: Path, base: KnowledgeBase) -> Dossier:
    """Read and check a dossier. Raises InputError with every error found."""
    return check_dossier(read(path), base, file=str(path))


def check_dossier(root: Node, base: KnowledgeBase, *, file: str) -> Dossier:
    """Check a dossier already parsed as YAML. Raises InputError with every error found."""
    checker = _Checker(base, file)
    dossier = checker.dossier(root)
    if checker.said.findings or dossier is None:
        raise InputError(checker.said.findings)
    return dossier


class _Checker:
    def __init__(self, base: KnowledgeBase, file: str) -> None:
        self.base, self.file = base, file
        self.persons: dict[str, str] = {}
        self.said = Statements(base, self.persons)
        self.error = self.said.error
        self.date = ""

    def dossier(self, root: Node) -> Dossier | None:
        if root.entries is None:
            help_ = "un dossier commence par « dossier: », « date: » et « personnes: »"
            self.error(root.place, "DO005", f"un dossier est un bloc de clés, pas {root.describe()}", help_)
            return None
        foyer = self.base.vocabulary.foyer
        for key, (place, _) in root.entries.items():
            if key not in OWN_KEYS and key not in foyer:
                self.error(place, "DO006", f"attribut inconnu « {key} »", self.said.where(key, [*OWN_KEYS, *foyer]))
        self._date(root.get("date"))
        people = root.get("personnes")
        if people is None or not people.entries:
            place = people.place if people else root.place
            self.error(place, "DO005", "aucune personne décrite", "ajoutez « personnes: » et au moins un nom")
            return None
        if len(people.entries) > MAX_PERSONS:
            self.error(people.place, "DO005", f"plus de {MAX_PERSONS} personnes", "découpez le dossier")
            return None
        for name, (place, _) in people.entries.items():
            if not _NAME.fullmatch(name):
                self.error(
                    place,
                    "DO005",
                    f"nom de personne incorrect « {name[:60]} »",
                    "lettres, chiffres, espaces et « ' - . », une lettre d'abord, 60 signes au plus",
                )
            self.persons[name] = f"p{len(self.persons) + 1}"
        stated: dict[tuple[str, str], Stated] = {}
        for name, attribute in foyer.items():
            node = root.get(name)
            if node is not None:
                self.said.take(stated, "", attribute, node)
        for name, (_, person) in people.entries.items():
            self.said.person(stated, self.persons[name], person)
        self._ranges(stated)
        for taken in self.said.taken:
            self._ranges({**stated, **taken}, only=taken)
        names = {identifier: name for name, identifier in self.persons.items()}

        def text(key: str) -> str:
            node = root.get(key)
            if node is not None and node.text is None:
                self.error(node.place, "DO007", f"« {key} » attend un texte, pas {node.describe()}")
            return (node.text or "") if node else ""

        name = text("dossier") or Path(self.file).stem
        expected = self._expected(root.get("attendu"))
        return Dossier(
            name, _one_line(text("titre")), _one_line(text("recit")), self.date, names, stated, expected, self.file
        )

    def _date(self, node: Node | None) -> None:
        if node is None:
            return
        found = day(node.text or "")
        if found is None:
            self.said.wrong(node, "date")
        elif not FIRST_DAY <= found <= LAST_DAY:
            help_ = f"de {FIRST_DAY[:4]} à {LAST_DAY[:4]}"
            self.error(node.place, "DO009", f"date hors de portée « {found} »", help_)
        else:
            self.date = found

    def _ranges(
        self, stated: dict[tuple[str, str], Stated], *, only: Collection[tuple[str, str]] | None = None
    ) -> None:
        """Check each simple value against its range, whose bounds may be the date or another attribute."""
        for (owner, name), entry in stated.items():
            if only is not None and (owner, name) not in only:
                continue
            section = self.base.vocabulary.personne if owner else self.base.vocabulary.foyer
            attribute = section[name]
            if len(attribute.plage) != 2 or not isinstance(entry.value, str | int):
                continue
            low, high = (self._bound(stated, owner, bound, attribute) for bound in attribute.plage)
            if low is not None and entry.value < low[0]:  # type: ignore[operator]
                self.error(
                    entry.place, "DO009", f"« {name} » ({entry.value}) précède {low[1]}", "corrigez l'une des deux"
                )
            if high is not None and entry.value > high[0]:  # type: ignore[operator]
                self.error(
                    entry.place, "DO009", f"« {name} » ({entry.value}) dépasse {high[1]}", "corrigez l'une des deux"
                )

    def _bound(
        self, stated: dict[tuple[str, str], Stated], owner: str, bound: str, attribute: Attribute
    ) -> tuple[Value, str] | None:
        if bound == "jour":
            return (self.date, f"la date du dossier ({self.date})") if self.date else None
        if bound in self.base.vocabulary.personne:
            other = stated.get((owner, bound))
            if other is None or not isinstance(other.value, str):
                return None
            return other.value, f"« {bound} » ({other.value})"
        value = scalar(self.base, Field(attribute.type), bound)
        return (value, f"la borne {bound}") if value is not None else None

    def _expected(self, node: Node | None) -> dict[str, dict[str, Node]]:
        found: dict[str, dict[str, Node]] = {}
        if node is None:
            return found
        if node.entries is None:
            self.error(node.place, "DO007", "« attendu » est un bloc de clés par personne")
            return found
        for name, (place, rights) in node.entries.items():
            if name not in self.persons:
                self.error(place, "DO010", f"personne inconnue « {name} »", suggestion(name, self.persons))
                continue
            found[name] = {}
            if rights.entries is None:
                help_ = "écrivez {droit: statut, …}"
                self.error(rights.place, "DO007", f"« attendu » de « {name} » est un bloc de clés", help_)
                continue
            for right, (where, status) in rights.entries.items():
                if right not in self.base.rights:
                    self.error(where, "DO006", f"droit inconnu « {right} »", suggestion(right, self.base.rights))
                elif flaw := read_expectation(status, self.base):
                    self.said.findings.append(flaw)
                else:
                    found[name][right] = status
        return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
