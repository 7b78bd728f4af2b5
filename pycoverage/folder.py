"""The folder of a base: its files, and the base read from them, with all that is wrong in their form."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from pycoverage.base import METADATA, KnowledgeBase, LegalRule, Notion
from pycoverage.catalogue import Interval, Nomenclature, Parameter, Question, Right, Text
from pycoverage.checkout import base_files, catalogue_files, digest_of
from pycoverage.document import Node
from pycoverage.document import read as read_document
from pycoverage.finding import Finding, InputError, Place, errors
from pycoverage.overlay import claims, extended, own_nomenclature, own_parameter, superseded
from pycoverage.parsing import Source, decoded, read_source
from pycoverage.reader import Reader
from pycoverage.reform import Reform, enact
from pycoverage.reform import files as reform_files
from pycoverage.requirement import Requirements, read_requirements
from pycoverage.rubric import Rubric
from pycoverage.syntax import Rule
from pycoverage.value import INF, SUP, Bound, Fun, Term
from pycoverage.vocabulary import Vocabulary, read_vocabulary

T = TypeVar("T")


def load_base(root: Path, reforms: Sequence[Reform] = ()) -> KnowledgeBase:
    """Read a base, as some reforms would make it. Raises InputError with every error if it cannot be used."""
    base, findings = read_base(root, reforms)
    blocking = errors(findings)
    if blocking:
        raise InputError(blocking)
    return base


def read_base(root: Path, reforms: Sequence[Reform] = ()) -> tuple[KnowledgeBase, list[Finding]]:
    """Read a base, as some reforms would make it, and return it with what is wrong in its form."""
    files: list[tuple[str, Reform | None, Path]] = [
        (path.relative_to(root).as_posix(), None, path) for path in base_files(root)
    ]
    files += reform_files(reforms)
    sources: list[Source] = []
    reader = Reader()
    catalogue = _Catalogue(reader)
    for name, reform, path in files:
        if path.suffix == ".lp":
            try:
                text = decoded(path.read_bytes())
            except OSError:
                reader.error(Place(name, 1, 1), "fichier illisible", "vérifiez ses droits, ou enlevez-le", "PC001")
                continue
            except UnicodeDecodeError:
                reader.error(Place(name, 1, 1), "ce fichier n'est pas en UTF-8", "enregistrez-le en UTF-8", "PC101")
                continue
            sources.append(read_source(text, file=name))
        else:
            try:
                catalogue.take(reform.within(path) if reform else name, read_document(path, name=name), reform)
            except InputError as error:
                reader.findings += error.findings
    read = [*(path for _, _, path in files), *catalogue_files(root), *(each.manifest for each in reforms)]
    rules, metadata = _split(sources)
    for source in sources:
        reader.findings += source.findings
    legal, notions, phrases = _describe(rules, metadata, reader)
    base = KnowledgeBase(
        tuple(rules),
        legal,
        notions,
        phrases,
        catalogue.vocabulary,
        catalogue.texts,
        catalogue.rights,
        catalogue.rubrics,
        catalogue.questions,
        catalogue.parameters,
        catalogue.nomenclatures,
        tuple(show for source in sources for show in source.shows),
        digest_of(root, read, [each.date for each in reforms]),
        os.fspath(root),
        catalogue.requirements,
        variables=catalogue.variables,
    )
    return enact(base, reforms, reader, catalogue.valued()), reader.findings


class _Catalogue:
    """Dispatches each file of `facts/` to its part of the catalogue, by its name."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.vocabulary = Vocabulary({}, {})
        self.texts: dict[str, Text] = {}
        self.rights: dict[str, Right] = {}
        self.rubrics: dict[str, Rubric] = {}
        self.questions: dict[str, Question] = {}
        self.parameters: dict[str, Parameter] = {}
        self.nomenclatures: dict[str, Nomenclature] = {}
        self.requirements = Requirements()
        self.variables: dict[str, str] = {}
        self.claimed: dict[tuple[str, ...], str] = {}

    def take(self, name: str, node: Node, reform: Reform | None = None) -> None:
        """Take one file; that of a reform says what it adds to those of the base, or has in their place."""
        parts = name.split("/")
        if reform is not None:
            self._claim(parts[1], node, reform)
        if len(parts) == 3 and parts[1] == "parametres":
            parameters = self.reader.parameters(node)
            if reform is not None:
                parameters = {key: own_parameter(reform, each) for key, each in parameters.items()}
            self._add(self.parameters, parameters, node, superseded if reform else None)
        elif len(parts) == 3 and parts[1] == "nomenclatures":
            found = self.reader.nomenclature(node)
            if found:
                key, nomenclature = found
                if reform is not None:
                    nomenclature = own_nomenclature(reform, nomenclature)
                self._add(self.nomenclatures, {key: nomenclature}, node, extended if reform else None)
        elif parts[1:] == ["vocabulaire.yaml"]:
            new = read_vocabulary(node, self.reader)
            old = self.vocabulary
            self.vocabulary = Vocabulary({**old.foyer, **new.foyer}, {**old.personne, **new.personne})
        elif len(parts) == 3 and parts[1] == "textes":
            self._texts(self.reader.structs(node, Text, "texte"))
        elif parts[1:] == ["droits.yaml"]:
            self.rights |= self.reader.structs(node, Right, "droit")
        elif parts[1:] == ["rubriques.yaml"]:
            self.rubrics |= self.reader.structs(node, Rubric, "rubrique")
        elif parts[1:] == ["preuves.yaml"]:
            self.requirements = read_requirements(node, self.reader)
        elif parts[1:] == ["lectures.yaml"]:
            self.questions |= self.reader.structs(node, Question, "question")
        elif parts[1:] == ["variables.yaml"]:
            self.variables |= self.reader.names(node, "variable")
        else:
            self.reader.error(Place(name, 1, 1), "fichier inattendu", "voir facts/README.md")

    def _claim(self, kind: str, node: Node, reform: Reform) -> None:
        """Note what a reform tells, which no other may tell otherwise."""
        for path, place in claims(kind, node):
            owner = self.claimed.setdefault(path, reform.name)
            if owner != reform.name:
                message = f"« {path[-1]} » est déjà dit par « {owner} »"
                self.reader.error(place, message, "réunissez ces réformes en une", "PC402")

    def valued(self) -> dict[str, str]:
        """Return the parameters whose values a reform tells, each with the name of that reform."""
        return {path[-1]: owner for path, owner in self.claimed.items() if path[0] == "parametres"}

    def _texts(self, found: dict[str, Text]) -> None:
        """Add texts; a text may be spread over files, each with other articles."""
        for key, text in found.items():
            known = self.texts.get(key)
            if known is not None:
                for name in text.articles.keys() & known.articles.keys():
                    message = f"article « {name} » de « {key} » décrit deux fois"
                    self.reader.error(text.place, message, "gardez-en une description", "PC302")
                text = msgspec.structs.replace(known, articles={**known.articles, **text.articles})
            self.texts[key] = text

    def _add(
        self, known: dict[str, T], found: Mapping[str, T], node: Node, join: Callable[[T, T], T] | None = None
    ) -> None:
        for key, item in found.items():
            if key in known and join is not None:
                item = join(known[key], item)
            elif key in known:
                place = getattr(item, "place", node.place)
                self.reader.error(place, f"« {key} » est défini deux fois", "gardez une seule définition", "PC302")
            known[key] = item


def _split(sources: Iterable[Source]) -> tuple[list[Rule], dict[str, list[Rule]]]:
    rules: list[Rule] = []
    metadata: dict[str, list[Rule]] = {name: [] for name in METADATA}
    for source in sources:
        for rule in source.rules:
            target = metadata.get(rule.head.name) if not rule.body else None
            (rules if target is None else target).append(rule)
    return rules, metadata


def _describe(
    rules: list[Rule], metadata: dict[str, list[Rule]], reader: Reader
) -> tuple[dict[str, LegalRule], dict[str, Notion], dict[str, str]]:
    def facts(name: str, shape: str, test: Callable[[tuple[Term, ...]], bool]) -> Iterator[Rule]:
        for rule in metadata[name]:
            if len(rule.head.args) == METADATA[name] and test(rule.head.args):
                yield rule
            else:
                reader.error(rule.place, f"« {name} » mal écrit", f"écrivez {shape}", "PC106")

    def named(term: Term) -> bool:
        return isinstance(term, Fun) and not term.args

    phrases: dict[str, str] = {}
    for rule in facts("phrase", 'phrase(id, "…")', lambda a: named(a[0]) and isinstance(a[1], str)):
        identifier = str(rule.head.args[0])
        if identifier in phrases:
            reader.error(rule.place, f"deux phrases pour « {identifier} »", "gardez-en une", "PC302")
        phrases[identifier] = str(rule.head.args[1])
    selected = {
        str(rule.head.args[0]): (str(rule.head.args[1]), str(rule.head.args[2]))
        for rule in facts("selon", "selon(id, question, lecture)", lambda a: all(map(named, a)))
    }
    replaced = {
        str(rule.head.args[0]): str(rule.head.args[1])
        for rule in facts("remplace", "remplace(nouvelle, ancienne)", lambda a: all(map(named, a)))
    }
    guarded = {rule.guard: index for index, rule in enumerate(rules) if rule.guard}
    legal: dict[str, LegalRule] = {}
    shape = 'regle(id, texte("article"), "AAAA-MM-JJ", #sup)'
    for rule in facts("regle", shape, lambda a: named(a[0]) and isinstance(a[2], str) and a[3] != INF):
        name = str(rule.head.args[0])
        source, start, end = rule.head.args[1:]
        if name in legal:
            first = legal[name].place
            reader.error(rule.place, f"règle « {name} » déclarée deux fois", f"la première : {first}", "PC302")
            continue
        question, reading = selected.get(name, ("", ""))
        legal[name] = LegalRule(
            name,
            source,
            Interval(str(start), end if isinstance(end, str | Bound) else SUP),
            rule.place,
            phrases.get(name, ""),
            question,
            reading,
            replaced.get(name, ""),
            guarded.get(name, -1),
        )
    for kind, pairs in (("selon", selected), ("remplace", replaced)):
        for rule in metadata[kind]:
            name = str(rule.head.args[0])
            if name in pairs and name not in legal:
                reader.error(rule.place, f"« {kind} » nomme une règle inconnue « {name} »", "", "PC102")
    notions: dict[str, Notion] = {}
    shape = 'notion(sejour_regulier("Personne"), "{Personne} …", "{Personne} ne … pas")'
    for rule in facts("notion", shape, lambda a: isinstance(a[0], Fun) and all(isinstance(x, str) for x in a[1:])):
        pattern, positive, negative = rule.head.args
        assert isinstance(pattern, Fun)
        if pattern.name in notions:
            reader.error(rule.place, f"notion « {pattern.name} » décrite deux fois", "gardez-en une", "PC302")
        holes = tuple(str(arg) for arg in pattern.args)
        notions[pattern.name] = Notion(pattern.name, holes, str(positive), str(negative), rule.place)
    return legal, notions, phrases
