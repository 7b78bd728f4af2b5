"""What every check looks at: the base, its kinds, and the files as written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from pycoverage.base import METADATA, KnowledgeBase
from pycoverage.checkout import base_files
from pycoverage.finding import Finding, Place
from pycoverage.folder import read_base
from pycoverage.inference import infer
from pycoverage.kinds import Kinds
from pycoverage.parsing import Source, decoded, read_source
from pycoverage.reform import Reform
from pycoverage.reform import files as reform_files
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Element, Literal, Rule
from pycoverage.value import Arith, Call, Fun, Term

Part: TypeAlias = Condition | Atom | Element

UNREADABLE = re.compile(r"PC10[134]|PC30[12]|DO\d+")
"""Codes after which a part of a file may be missing from the base."""


class Study(msgspec.Struct, frozen=True):
    """A base under examination.

    `given` and `heads` are `base.given()` and `base.by_head()`; `texts` the files by name; `lost` the
    words of the files that could not be read whole, so that no check calls them unknown or unused.
    """

    base: KnowledgeBase
    kinds: Kinds
    sources: dict[str, Source]
    texts: dict[str, str]
    given: dict[str, int]
    heads: dict[str, list[int]]
    lost: frozenset[str]

    def facts(self, name: str) -> Iterator[Rule]:
        """Yield the well-formed facts of that name that describe rules (`regle`, `phrase`…)."""
        for source in self.sources.values():
            for rule in source.rules:
                if rule.head.name == name and not rule.body and len(rule.head.args) == METADATA[name]:
                    yield rule

    def technical(self, rule: Rule) -> bool:
        """Tell whether a rule stands in a section titled « Technique »."""
        return self.sources[rule.place.file].title(rule.place.line).startswith("Technique")

    def locate(self, place: Place, token: str) -> Place:
        """Return the place of a token, the first from a place on; that place if it is not found."""
        text = self.texts.get(place.file, "")
        start = _offset(text, place)
        before, after = (r"(?<!\w)" if token[:1].isidentifier() else "", r"(?!\w)" if token[-1:].isidentifier() else "")
        match = re.compile(before + re.escape(token) + after).search(text, start)
        if not match:
            return place
        line = text.count("\n", 0, match.start()) + 1
        return Place(place.file, line, match.start() - (text.rfind("\n", 0, match.start()) + 1) + 1)


def study(root: Path, reforms: Sequence[Reform] = ()) -> tuple[Study, list[Finding]]:
    """Read a base to examine it, with what its reading found. Raises InputError if there is no base."""
    base, findings = read_base(root, reforms)
    sources: dict[str, Source] = {}
    texts: dict[str, str] = {}
    files = [(path.relative_to(root).as_posix(), path) for path in base_files(root)]
    for name, path in (*files, *((name, path) for name, _, path in reform_files(reforms))):
        try:
            content = path.read_bytes()
        except OSError:
            continue
        texts[name] = text = decoded(content, "replace")
        if path.suffix == ".lp":
            sources[name] = read_source(text, file=name)
    unreadable = {finding.place.file for finding in findings if UNREADABLE.fullmatch(finding.code)}
    lost = frozenset(word for name in unreadable for word in re.findall(r"\w+", texts.get(name, "")))
    return Study(base, infer(base), sources, texts, base.given(), base.by_head(), lost), findings


def conditions(rule: Rule) -> Iterator[tuple[Condition, Place]]:
    """Yield the conditions of a rule with their places."""
    return zip(rule.body, rule.places, strict=True)


def atoms(rule: Rule) -> Iterator[tuple[Literal, Place]]:
    """Yield every literal of a rule's body, those inside aggregates included, with its place."""
    for condition, place in conditions(rule):
        if isinstance(condition, Literal):
            yield condition, place
        elif isinstance(condition, Aggregate):
            for element in condition.elements:
                yield from ((inner, place) for inner in element.condition if isinstance(inner, Literal))


def terms(part: Part) -> Iterator[Term]:
    """Yield every term of a part of a rule, those inside other terms included."""
    for term in _outer(part):
        yield from inside(term)


def inside(term: Term) -> Iterator[Term]:
    """Yield a term and every term inside it."""
    yield term
    if isinstance(term, Fun | Call):
        for arg in term.args:
            yield from inside(arg)
    elif isinstance(term, Arith):
        yield from inside(term.left)
        yield from inside(term.right)


def parts(rule: Rule) -> Iterator[tuple[Condition | Atom, Place]]:
    """Yield the head and the conditions of a rule with their places."""
    yield rule.head, rule.place
    yield from conditions(rule)


def shown(study: Study) -> frozenset[str]:
    """Return the predicates that leave the rules."""
    return frozenset(study.base.outputs()) | {name for name, _, _ in study.base.shows}


def anomalies(study: Study) -> dict[str, list[int]]:
    """Return, per identifier of an anomaly, the rules that derive it."""
    found: dict[str, list[int]] = {}
    for index in study.heads.get("anomalie", ()):
        args = study.base.rules[index].head.args
        if args and isinstance(args[0], Fun) and not args[0].args:
            found.setdefault(args[0].name, []).append(index)
    return found


def _outer(part: Part) -> Iterator[Term]:
    if isinstance(part, Atom):
        yield from part.args
    elif isinstance(part, Literal):
        yield from part.atom.args
        if part.day is not None:
            yield part.day
    elif isinstance(part, Comparison):
        yield from (part.left, part.right)
    elif isinstance(part, Element):
        yield from part.terms
        for condition in part.condition:
            yield from _outer(condition)
    else:
        yield part.term
        for element in part.elements:
            yield from _outer(element)


def _offset(text: str, place: Place) -> int:
    start = 0
    for _ in range(place.line - 1):
        following = text.find("\n", start)
        if following < 0:
            break
        start = following + 1
    return start + max(place.column - 1, 0)
