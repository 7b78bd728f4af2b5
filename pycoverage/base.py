"""The knowledge base: every rule and every catalogue, read once, frozen."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from pycoverage.catalogue import (
    Interval,
    Nomenclature,
    Parameter,
    Question,
    Right,
    Text,
)
from pycoverage.document import Node, read
from pycoverage.finding import Finding, InputError, Place, errors
from pycoverage.parsing import Source, read_source
from pycoverage.reader import Reader
from pycoverage.rubric import Rubric
from pycoverage.syntax import Rule
from pycoverage.value import INF, SUP, Bound, Fun, Term
from pycoverage.vocabulary import Vocabulary, read_vocabulary

T = TypeVar("T")

METADATA = {"regle": 4, "phrase": 2, "notion": 3, "remplace": 2, "selon": 3}
"""Facts of rule files that describe rules; they are read here and never reach the solver."""

CONTEXT = {"date": 1, "droit_au": 1, "en_vigueur": 1}
"""Predicates that the engine gives to the rules, beside the facts of the dossier."""

OUTPUT = {"droit": 2, "effet": 3, "fin": 3, "ouverture": 3, "montant_du": 3, "anomalie": 2}
"""Predicates that cross from the rules into Python (rules/README.md), beside those of `facts/rubriques.yaml`."""


class LegalRule(msgspec.Struct, frozen=True):
    """What is said of a rule beside its condition."""

    id: str
    source: Term
    interval: Interval
    place: Place
    phrase: str = ""
    question: str = ""
    reading: str = ""
    replaces: str = ""
    rule: int = -1


class Notion(msgspec.Struct, frozen=True):
    """A derived predicate that means something to a lawyer, with its two sentences."""

    predicate: str
    variables: tuple[str, ...]
    positive: str
    negative: str
    place: Place


class KnowledgeBase(msgspec.Struct, frozen=True):
    """The law as read from a folder that holds `rules/` and `facts/`."""

    rules: tuple[Rule, ...]
    legal: dict[str, LegalRule]
    notions: dict[str, Notion]
    phrases: dict[str, str]
    vocabulary: Vocabulary
    texts: dict[str, Text]
    rights: dict[str, Right]
    rubrics: dict[str, Rubric]
    questions: dict[str, Question]
    parameters: dict[str, Parameter]
    nomenclatures: dict[str, Nomenclature]
    shows: tuple[tuple[str, int, Place], ...]
    digest: str
    root: str

    def properties(self) -> Iterator[tuple[str, str]]:
        """Yield (property, nomenclature) for every dated property."""
        for name, nomenclature in self.nomenclatures.items():
            for key in nomenclature.proprietes:
                yield key, name

    def given(self) -> dict[str, int]:
        """Return the arity of every predicate that rules receive."""
        found = {"personne": 1, **CONTEXT}
        found.update({a.predicate: len(a.arguments) for a in self.vocabulary})
        found.update({name: parameter.arity for name, parameter in self.parameters.items()})
        found.update({key: 1 for key, _ in self.properties()})
        return found

    def outputs(self) -> dict[str, int]:
        """Return the arity of every predicate that crosses into Python."""
        return {**OUTPUT, **{name: rubric.arity for name, rubric in self.rubrics.items()}}

    def by_head(self) -> dict[str, list[int]]:
        """Return, per predicate, the indices of the rules that derive it."""
        found: dict[str, list[int]] = {}
        for index, rule in enumerate(self.rules):
            found.setdefault(rule.head.name, []).append(index)
        return found

    def start(self) -> str:
        """Return the first day on which a rule of the base is in force."""
        return min((legal.interval.start for legal in self.legal.values()), default="0001-01-01")

    def in_force(self, rule: str, day: str, readings: dict[str, str]) -> bool:
        """Tell whether a rule is in force on a day of the law, under the given readings."""
        legal = self.legal.get(rule)
        if legal is None or not legal.interval.holds(day):
            return False
        return not legal.question or self.reading(legal.question, readings) == legal.reading

    def exists(self, right: str, day: str) -> bool:
        """Tell whether a rule that gives a right is in force on a day of the law, under any reading."""
        return any(
            rule.head.name == "droit"
            and len(rule.head.args) == OUTPUT["droit"]
            and rule.head.args[1] == Fun(right)
            and rule.guard in self.legal
            and self.legal[rule.guard].interval.holds(day)
            for rule in self.rules
        )

    def reading(self, question: str, readings: dict[str, str]) -> str:
        """Return the reading of a question: the chosen one, or its default."""
        default = self.questions[question].defaut if question in self.questions else ""
        return readings.get(question, default)


def default_root() -> Path:
    """Return the folder of the base shipped with the package, or of the checkout."""
    package = Path(__file__).resolve().parent
    shipped = package / "base"
    return shipped if shipped.is_dir() else package.parent


def base_files(root: Path) -> list[Path]:
    """Return the files of a base in a fixed order. Raises InputError if there is none."""
    rules = sorted(path for path in (root / "rules").rglob("*.lp") if "reformes" not in path.relative_to(root).parts)
    facts = sorted(path for path in (root / "facts").rglob("*.yaml") if path.parent.name != "inventaire")
    if not rules or not facts:
        help_ = "indiquez avec --base un dossier qui contient rules/ et facts/"
        raise InputError([Finding(Place(os.fspath(root)), "PC001", "aucune base de règles ici", help_)])
    return rules + facts


def digest_of(root: Path, files: Iterable[Path]) -> str:
    """Return a hash of the names and contents of the files of a base."""
    state = hashlib.sha256()
    for path in files:
        state.update(path.relative_to(root).as_posix().encode() + b"\0")
        try:
            state.update(path.read_bytes() + b"\0")
        except OSError:
            state.update(b"illisible\0")
    return state.hexdigest()


def load_base(root: Path) -> KnowledgeBase:
    """Read a base. Raises InputError with every error if it cannot be used."""
    base, findings = read_base(root)
    blocking = errors(findings)
    if blocking:
        raise InputError(blocking)
    return base


def read_base(root: Path) -> tuple[KnowledgeBase, list[Finding]]:
    """Read a base and return it with what is wrong in its form (not yet in its meaning)."""
    files = base_files(root)
    sources: list[Source] = []
    reader = Reader()
    catalogue = _Catalogue(reader)
    for path in files:
        name = path.relative_to(root).as_posix()
        if path.suffix == ".lp":
            try:
                text = path.read_bytes().decode("utf-8")
            except OSError:
                reader.error(Place(name, 1, 1), "fichier illisible", "vérifiez ses droits, ou enlevez-le", "PC001")
                continue
            except UnicodeDecodeError:
                reader.error(Place(name, 1, 1), "ce fichier n'est pas en UTF-8", "enregistrez-le en UTF-8", "PC101")
                continue
            sources.append(read_source(text.replace("\r\n", "\n"), file=name))
        else:
            try:
                catalogue.take(name, read(path, name=name))
            except InputError as error:
                reader.findings += error.findings
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
        digest_of(root, files),
        os.fspath(root),
    )
    return base, reader.findings


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

    def take(self, name: str, node: Node) -> None:
        parts = name.split("/")
        if len(parts) == 3 and parts[1] == "parametres":
            self._add(self.parameters, self.reader.parameters(node), node)
        elif len(parts) == 3 and parts[1] == "nomenclatures":
            found = self.reader.nomenclature(node)
            if found:
                self._add(self.nomenclatures, dict([found]), node)
        elif parts[1:] == ["vocabulaire.yaml"]:
            self.vocabulary = read_vocabulary(node, self.reader)
        elif len(parts) == 3 and parts[1] == "textes":
            self._texts(self.reader.structs(node, Text, "texte"))
        elif parts[1:] == ["droits.yaml"]:
            self.rights = self.reader.structs(node, Right, "droit")
        elif parts[1:] == ["rubriques.yaml"]:
            self.rubrics = self.reader.structs(node, Rubric, "rubrique")
        elif parts[1:] == ["lectures.yaml"]:
            self.questions = self.reader.structs(node, Question, "question")
        else:
            self.reader.error(Place(name, 1, 1), "fichier inattendu", "voir facts/README.md")

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

    def _add(self, known: dict[str, T], found: Mapping[str, T], node: Node) -> None:
        for key, item in found.items():
            if key in known:
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
