"""The texts of a base for another reader: catalogues beside the rules and in `facts/langues/`.

Every text of a base has a key, a path of words: `phrases`, `majorite`; `notions`, `majeur`, `oui`; `droits`, `ame`.
A catalogue gives a text for keys; what it does not give stays in French, marked. It is read for the reader asked for
only; French reads none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.catalogue import Nomenclature, Question
from pycoverage.checkout import catalogue_files
from pycoverage.document import Node, read
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.folder import read_base
from pycoverage.law import Law
from pycoverage.speech import speech
from pycoverage.vocabulary import Attribute, Vocabulary
from pycoverage.words import DEFAULT, flaws_of_words, readers

Key = tuple[str, ...]
Say = Callable[[Key, str], str]
"""From a key and its French text to the text of a reader."""

T = TypeVar("T")

PAIRS = ("notions", "proprietes")
"""Sections whose texts are two: when it holds, and when it does not."""

BESIDE = ("phrases", "notions")
"""Sections of the catalogue beside a rule file; all others stand in `facts/langues/`."""

COUNTRIES = "pays"
"""The list of countries: where a catalogue does not name one, Babel does."""

HOLE = re.compile(r"\{([^{}]*)\}")


class Entry(msgspec.Struct, frozen=True):
    """A text of a catalogue and its place."""

    text: str
    place: Place


def translated(law: Law, reader: str) -> Law:
    """Return a law whose texts speak to a reader.

    Raises InputError for an unknown reader, and for what is wrong in its catalogues.
    """
    if reader == DEFAULT:
        return law
    own = speech(reader)
    entries, findings = read_catalogues(Path(law.base.root), reader)
    findings += flaws(entries, law.base)
    if findings:
        raise InputError(findings)

    def told(key: Key, french: str) -> str:
        if key in entries:
            return entries[key].text
        if key[:2] == ("nomenclatures", COUNTRIES):
            known = own.countries.get(key[2].upper()) if own.countries else french
            return known or own.marked(french)
        return own.marked(french) if french.strip() else french

    base = msgspec.structs.replace(rewritten(law.base, told), reader=reader)
    return Law(base, law.program, law.kinds, law.base)


def read_catalogues(root: Path, reader: str) -> tuple[dict[Key, Entry], list[Finding]]:
    """Read what a base says to a reader, by key, with what is wrong in the form of the catalogues."""
    found: dict[Key, Entry] = {}
    findings: list[Finding] = []
    for path in catalogue_files(root, reader):
        name = path.relative_to(root).as_posix()
        try:
            document = read(path, name=name)
        except InputError as error:
            findings += error.findings
            continue
        beside = name.startswith("rules/")
        for section, (place, node) in (document.entries or {}).items():
            if (section in BESIDE) != beside:
                where = "à côté des règles" if section in BESIDE else "dans facts/langues/"
                findings.append(
                    _malformed(place, f"« {section} » n'a pas sa place ici", f"« {section} » s'écrit {where}")
                )
                continue
            for key, entry in _entries((section,), node, findings):
                if key in found:
                    message = f"« {'.'.join(key)} » est déjà traduit ({found[key].place})"
                    findings.append(_malformed(entry.place, message, "gardez une traduction"))
                found[key] = entry
        if document.entries is None:
            findings.append(_malformed(document.place, f"un catalogue est un bloc de clés, pas {document.describe()}"))
    return found, findings


def _entries(path: Key, node: Node, findings: list[Finding]) -> Iterator[tuple[Key, Entry]]:
    if node.entries is not None:
        for key, (_, child) in node.entries.items():
            yield from _entries((*path, key), child, findings)
    elif path[0] in PAIRS and len(path) == 2 and node.items is not None and len(node.items) == 2:
        for answer, item in zip(("oui", "non"), node.items, strict=True):
            yield from _entries((*path, answer), item, findings)
    elif node.text and (path[0] not in PAIRS or len(path) == 3):
        yield path, Entry(node.text, node.place)
    else:
        help_ = 'écrivez ["vrai", "faux"]' if path[0] in PAIRS else "écrivez un texte"
        findings.append(
            _malformed(node.place, f"« {'.'.join(path)} » : un texte est attendu, pas {node.describe()}", help_)
        )


def _malformed(place: Place, message: str, help_: str = "voir facts/README.md") -> Finding:
    return Finding(place, "PC340", message, help_)


def flaws(entries: Mapping[Key, Entry], base: KnowledgeBase) -> list[Finding]:
    """Return what is wrong in what catalogues say: keys of nothing, holes that the French text does not have."""
    known = texts(base)
    names = {".".join(key) for key in known}
    found = []
    for key, entry in entries.items():
        if key not in known:
            name = ".".join(key)
            help_ = suggestion(name, names) or "cette clé n'est pas dans la base"
            found.append(Finding(entry.place, "PC341", f"rien à traduire ne s'appelle « {name} »", help_))
            continue
        holes = set(HOLE.findall(known[key]))
        for hole in dict.fromkeys(HOLE.findall(entry.text)):
            if hole not in holes:
                help_ = suggestion(hole, holes) or f"trous possibles : {', '.join(sorted(holes)) or 'aucun'}"
                message = f"le trou « {{{hole}}} » n'est pas dans la phrase française de « {'.'.join(key)} »"
                found.append(Finding(entry.place, "PC342", message, help_))
        if re.search(r"[{}]", HOLE.sub("", entry.text)):
            message = f"accolade isolée dans « {entry.text} »"
            found.append(Finding(entry.place, "PC342", message, "un trou s'écrit {Variable}"))
    return found


def texts(base: KnowledgeBase) -> dict[Key, str]:
    """Return every French text of a base by key, without those that are empty."""
    found: dict[Key, str] = {}

    def note(key: Key, french: str) -> str:
        if french.strip():
            found[key] = french
        return french

    rewritten(base, note)
    return found


def completeness(root: Path) -> Iterator[str]:
    """Yield, per reader that has a catalogue, how many texts of a base it has, countries apart."""
    base, _ = read_base(root)
    wanted = _wanted(base)
    for reader in readers():
        entries, _ = read_catalogues(root, reader)
        done = wanted & entries.keys()
        if entries:
            yield f"lecteur {reader} : {len(done)} textes sur {len(wanted)} ({100 * len(done) // len(wanted)} %)"


def flaws_of_reader(root: Path, reader: str) -> list[Finding]:
    """Return what is wrong in the form of what speaks to a reader: the words of the program, and the catalogues."""
    return flaws_of_words(reader) + read_catalogues(root, reader)[1]


def missing(root: Path, reader: str) -> Iterator[str]:
    """Yield what a reader has no text for, with the French text. Raises InputError for an unknown reader."""
    speech(reader)
    base, _ = read_base(root)
    entries, _ = read_catalogues(root, reader)
    wanted = _wanted(base)
    for key, french in texts(base).items():
        if key in wanted and key not in entries and reader != DEFAULT:
            yield f"{'.'.join(key)} : {french}"


def _wanted(base: KnowledgeBase) -> set[Key]:
    return {key for key in texts(base) if key[:2] != ("nomenclatures", COUNTRIES)}


def rewritten(base: KnowledgeBase, say: Say) -> KnowledgeBase:
    """Return a base of which every text went through `say`, each under its key."""
    replace = msgspec.structs.replace
    vocabulary = base.vocabulary
    phrases = {name: say(("phrases", name), phrase) for name, phrase in base.phrases.items()}
    return replace(
        base,
        phrases=phrases,
        legal={name: replace(legal, phrase=phrases.get(name, legal.phrase)) for name, legal in base.legal.items()},
        notions={
            name: replace(
                notion,
                positive=say(("notions", name, "oui"), notion.positive),
                negative=say(("notions", name, "non"), notion.negative),
            )
            for name, notion in base.notions.items()
        },
        vocabulary=Vocabulary(
            {name: _attribute(("vocabulaire", "foyer", name), item, say) for name, item in vocabulary.foyer.items()},
            {
                name: _attribute(("vocabulaire", "personne", name), item, say)
                for name, item in vocabulary.personne.items()
            },
        ),
        rights={
            name: replace(right, nom=say(("droits", name), right.nom), suite=say(("suites", name), right.suite))
            for name, right in base.rights.items()
        },
        rubrics={
            name: replace(rubric, nom=say(("rubriques", name), rubric.nom)) for name, rubric in base.rubrics.items()
        },
        questions={name: _question(name, question, say) for name, question in base.questions.items()},
        parameters={
            name: replace(item, nom=say(("parametres", name), item.nom), unite=say(("unites", item.unite), item.unite))
            for name, item in base.parameters.items()
        },
        nomenclatures={name: _nomenclature(name, item, say) for name, item in base.nomenclatures.items()},
        variables={name: say(("variables", name), text) for name, text in base.variables.items()},
    )


def _attribute(path: Key, attribute: Attribute, say: Say) -> Attribute:
    question = {**attribute.question, DEFAULT: say((*path, "question"), attribute.question[DEFAULT])}
    return msgspec.structs.replace(attribute, question=question, phrase=say((*path, "phrase"), attribute.phrase))


def _question(name: str, question: Question, say: Say) -> Question:
    readings = {
        code: msgspec.structs.replace(reading, nom=say(("lectures", name, "lectures", code), reading.nom))
        for code, reading in question.lectures.items()
    }
    asked = say(("lectures", name, "question"), question.question)
    return msgspec.structs.replace(question, question=asked, lectures=readings)


def _nomenclature(name: str, nomenclature: Nomenclature, say: Say) -> Nomenclature:
    replace = msgspec.structs.replace
    properties = {
        key: replace(
            item,
            phrase=say(("proprietes", key, "oui"), item.phrase),
            phrase_negative=say(("proprietes", key, "non"), item.phrase_negative),
        )
        for key, item in nomenclature.proprietes.items()
    }
    elements = {
        code: replace(element, nom=say(("nomenclatures", name, code), element.nom))
        for code, element in nomenclature.elements.items()
    }
    return replace(nomenclature, proprietes=properties, elements=elements)
