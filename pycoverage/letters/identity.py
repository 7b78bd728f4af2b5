"""Who writes and to whom: names and addresses, in a file apart from the dossier, never needed to reason.

What is not given is a mark to fill in, between square brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal as Choice

import msgspec

from pycoverage.document import Node, read
from pycoverage.finding import InputError, suggestion
from pycoverage.reader import Reader
from pycoverage.scalar import day as valid_day
from pycoverage.speech import day

MAX_LENGTH = 200
"""Characters of one value of an identity, at most."""


class Name(msgspec.Struct, frozen=True):
    """How a person of the dossier is called: by `nom`, in sentences by `appellation`; `accord` settles « né(e) »."""

    nom: str = ""
    appellation: str = ""
    accord: Choice["", "feminin", "masculin"] = ""


class Sender(msgspec.Struct, frozen=True):
    """Who signs: an address by lines, a day and a place of birth, a number known to the recipient."""

    nom: str = ""
    adresse: tuple[str, ...] = ()
    naissance: str = ""
    lieu_de_naissance: str = ""
    nationalite: str = ""
    profession: str = ""
    numero: str = ""


class Representative(msgspec.Struct, frozen=True):
    """Who acts for a person who may not act alone, and in what capacity (« mère », « tuteur »)."""

    nom: str = ""
    qualite: str = ""


class Recipient(msgspec.Struct, frozen=True):
    """A body, to whom one writes or which one contests: its name, and its address by lines."""

    nom: str = ""
    adresse: tuple[str, ...] = ()


class Identity(msgspec.Struct, frozen=True):
    """All that a letter says and that no rule looks at. Empty: marks to fill in."""

    personnes: dict[str, Name] = {}
    expediteur: Sender = Sender()
    representant: Representative = Representative()
    destinataire: Recipient = Recipient()
    defendeur: Recipient = Recipient()
    conseil: str = ""
    lieu: str = ""

    def name(self, person: str) -> str:
        """Return how a person of the dossier is called: by name, or as in the dossier, marked."""
        found = self.personnes.get(person)
        marked = f"[{person[:1].upper()}{person[1:]}]"
        return found.appellation or found.nom or marked if found else marked

    def agreed(self, text: str) -> str:
        """Return a text whose « né(e) » agree with the persons it names, where all of them agree."""
        named = {name.accord for person, name in self.personnes.items() if self.name(person) in text}
        if len(named) != 1 or "" in named:
            return text
        ending = r"\1" if named == {"feminin"} else ""
        return re.sub(r"\((e|ne)\)", ending, text)


def read_identity(path: Path, persons: Iterable[str]) -> Identity:
    """Read the file of an identity. Raises InputError with every finding."""
    return check_identity(read(path), persons)


def check_identity(root: Node, persons: Iterable[str]) -> Identity:
    """Decode an identity whose persons are those of a dossier. Raises InputError with every finding."""
    reader, known = Reader(), set(persons)
    writing, people = root.get("expediteur"), root.get("personnes")
    sections = ("expediteur", Sender), ("representant", Representative), ("destinataire", Recipient)
    for section, kind in (*sections, ("defendeur", Recipient)):
        part = root.get(section)
        if part is not None:
            reader.decode(part, kind, f"« {section} »")
    for key, (place, node) in ((people.entries if people else None) or {}).items():
        reader.decode(node, Name, f"personne « {key} »")
        if key not in known:
            help_ = suggestion(key, known) or f"personnes : {', '.join(sorted(known))}"
            reader.error(place, f"personne inconnue « {key} »", help_, "DO010")
    for leaf in _leaves(root):
        text = leaf.text or ""
        if len(text) > MAX_LENGTH or "\n" in text:
            help_ = f"une ligne, {MAX_LENGTH} signes au plus"
            reader.error(leaf.place, f"valeur trop longue « {text[:30].strip()}… »", help_)
    born = writing.get("naissance") if writing else None
    if born is not None and born.text and valid_day(born.text) is None:
        reader.error(born.place, f"date incorrecte « {born.text} »", "écrivez AAAA-MM-JJ", "DO009")
    found = None if reader.findings else reader.decode(root, Identity, "identité")
    if found is None or reader.findings:
        raise InputError(reader.findings)
    return found


def _leaves(node: Node) -> Iterable[Node]:
    if node.text is not None:
        yield node
    for child in node.items or [child for _, child in (node.entries or {}).values()]:
        yield from _leaves(child)


def sender(identity: Identity, person: str) -> dict[str, object]:
    """Return the sender as templates see it: every value given or marked."""
    given = identity.expediteur
    named = identity.personnes.get(person, Name()).nom
    return {
        "nom": given.nom or named or "[nom et prénom]",
        "adresse": list(given.adresse) or ["[adresse]"],
        "naissance": day(given.naissance) if given.naissance else "[date de naissance]",
        "lieu_de_naissance": given.lieu_de_naissance or "[lieu de naissance]",
        "nationalite": given.nationalite or "[nationalité]",
        "profession": given.profession or "[profession]",
        "numero": given.numero or "[numéro]",
    }


def representative(identity: Identity, person: str, participle: str) -> dict[str, object]:
    """Return who acts for a person as templates see it: every value given or marked, the participle agreed.

    A sender who has another name is taken for the one who acts.
    """
    given = identity.representant
    other = identity.expediteur.nom
    name = given.nom or (other if other != identity.personnes.get(person, Name()).nom else "")
    return {
        "nom": name or "[nom du représentant légal]",
        "qualite": given.qualite or "[père, mère ou tuteur]",
        "participe": identity.agreed(f"{identity.name(person)} {participle}").removeprefix(f"{identity.name(person)} "),
    }


def recipient(identity: Identity, mark: str, *, body: bool) -> dict[str, object]:
    """Return the recipient as templates see it: every value given or marked, the name by `mark`.

    Where one writes to another than the `body` that decided, a recipient who is the one contested is not taken.
    """
    given = identity.destinataire
    if not body and given == identity.defendeur:
        given = Recipient()
    return {"nom": given.nom or mark, "adresse": list(given.adresse) or ["[adresse]"]}


def opponent(identity: Identity) -> dict[str, object]:
    """Return the body whose decision is contested as templates see it, its address in one line."""
    given = identity.defendeur
    return {
        "nom": given.nom or "[organisme qui a pris la décision]",
        "adresse": ", ".join(given.adresse) or "[adresse]",
    }
