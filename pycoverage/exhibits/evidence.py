"""What proves a right: the smallest set of documents still missing, what is proved, what nobody may ask for.

The documents that a right asks are those of the rubric `piece`, which rules conclude; what is admitted for each
stands in `facts/preuves.yaml`. A stated fact that the proof of the right rests on, and that no piece asked
establishes, is proved by the documents that the vocabulary names: no text asks for them, they only help.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from pycoverage.answer import VERSION, Entry
from pycoverage.assessment import Assessment
from pycoverage.base import ASKED, NEVER_ASKED
from pycoverage.evaluation import entries, prover_for
from pycoverage.exhibits.bundle import Evidence, Honour, Means, Need, Rejected, Supply, Support
from pycoverage.exhibits.cover import smallest_cover
from pycoverage.exhibits.exhibit import HELD, Exhibit, Worth, conditions, exhibits, pointless, worth
from pycoverage.firmness import firm
from pycoverage.proof import Applied, Denied, Stated, premises
from pycoverage.prover import Prover
from pycoverage.requirement import Admission, Declaration, Requirement
from pycoverage.selection import select
from pycoverage.sentence import Writer
from pycoverage.situation import Fact
from pycoverage.status import verdict
from pycoverage.syntax import Atom
from pycoverage.value import Fun

Item: TypeAlias = tuple[str, str]
"""A document and whose it is (canonical id; empty for the household). `("", need)`: any other document."""

SHOWN = 3
"""Facts named for one need; the others are counted."""


class _Open(msgspec.Struct, frozen=True):
    """A need before it is examined: its documents in order of preference, and those of an open list."""

    need: Need
    person: str
    facts: tuple[str, ...]
    admitted: tuple[Admission, ...]
    free: tuple[Admission, ...]
    declared: tuple[Declaration, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.need.code, self.person


def evidence(assessment: Assessment, prover: Prover, person: str, right: str) -> Evidence:
    """Return what proves a right of a person (canonical id) on the day of an assessment."""
    return _Examiner(assessment, prover, person, right).evidence()


def evidences(assessment: Assessment, person: str | None = None, right: str | None = None) -> list[Evidence]:
    """Return what proves the rights of a dossier: the one named, else all those that ask for documents.

    Raises InputError for an unknown person or right.
    """
    prover = prover_for(assessment)
    found = [evidence(assessment, prover, *chosen) for chosen in select(assessment, person, right)]
    return [item for item in found if right is not None or item.asks]


class _Examiner:
    def __init__(self, assessment: Assessment, prover: Prover, person: str, right: str) -> None:
        self.assessment, self.prover, self.person, self.right = assessment, prover, person, right
        self.base = assessment.law.base
        self.texts = self.base.requirements
        self.names = assessment.dossier.persons
        self.day, self.law_day = assessment.date, assessment.default.droit_au
        self.writer = Writer(assessment.law, self.names)
        self.vocabulary = {attribute.name: attribute for attribute in self.base.vocabulary}
        self.exhibits = list(exhibits(assessment.dossier))
        self.simple = {
            (str(fact.args[0]), fact.attribute): str(fact.args[-1]) for fact in assessment.case.facts if fact.args
        }
        found: dict[str, list[Entry]] = {ASKED: [], NEVER_ASKED: []}
        for name, entry, root in entries(assessment, prover, person, right):
            if name in found and firm(prover, root):
                found[name].append(entry)
        self.never = {_document(entry) for entry in found[NEVER_ASKED]}
        self.never_asked = found[NEVER_ASKED]
        self.asked = {_document(e): e for e in found[ASKED] if _document(e) not in self.never}

    def evidence(self) -> Evidence:
        found = verdict(self.assessment, self.person, self.right)
        facts, rights = self._proof()
        optional = [code for code in self.asked if self._optional(code)]
        pieces = [self._piece(code) for code in self.asked if code not in optional]
        opened = [*pieces, *self._facts(facts, pieces)]
        needs = {item.key: self._examined(item) for item in opened}
        missing = [item for item in opened if needs[item.key].etat == "manque"]
        return Evidence(
            VERSION,
            self.assessment.dossier.name,
            self.day,
            self.names[self.person],
            self.right,
            found.status,
            self._supplies(missing),
            list(needs.values()),
            self.never_asked,
            [self.asked[code] for code in optional],
            rights,
            [gap.key(self.names) for gap in found.depends],
        )

    def _proof(self) -> tuple[list[Fact], list[str]]:
        """Return the stated facts that the right rests on, and the other rights of the person it takes as held."""
        root = self.prover.explain(Atom("droit", (Fun(self.person), Fun(self.right))), self.assessment.default)
        if not isinstance(self.prover.nodes[root], Applied):
            return [], []
        facts: dict[Fact, None] = {}
        rights: set[str] = set()
        seen: set[int] = set()
        stack = [root]
        while stack:
            number = stack.pop()
            node = self.prover.nodes[number]
            if number in seen:
                continue
            seen.add(number)
            if isinstance(node, Applied | Denied) and node.name == "droit" and number != root:
                if isinstance(node, Applied) and node.args[0] == Fun(self.person):
                    rights.add(str(node.args[1]))
                continue
            if isinstance(node, Stated) and node.fact.origin == "stated" and node.fact.place.line:
                facts[node.fact] = None
            if isinstance(node, Denied):
                stack += [child for attempt in node.attempts for _, child in attempt.missing]
            else:
                stack += premises(node)
        return list(facts), [name for name in self.base.rights if name in rights - {self.right}]

    def _optional(self, code: str) -> bool:
        """Tell whether a piece told is asked of nobody: one way to supply another, or only in default of it."""
        piece = self.texts.pieces.get(code, Requirement())
        return bool(piece.vaut) or any(item.valeur == "a_defaut" for item in self._declarations(code))

    def _declarations(self, code: str) -> tuple[Declaration, ...]:
        return tuple(
            item
            for item in self.texts.honneur
            if code in item.pour and self.right in item.droits and item.holds(self.law_day)
        )

    def _piece(self, code: str) -> _Open:
        piece = self.texts.pieces.get(code, Requirement())
        admitted = tuple(line for line in piece.documents if line.holds(self.law_day)) or (Admission(code),)
        others = tuple(
            Admission(other, source=self.texts.pieces[other].source)
            for other in self.asked
            if self.texts.pieces.get(other, Requirement()).vaut == code
        )
        entry = self.asked[code]
        need = Need(
            code,
            self._name(code),
            self.names[self.person],
            True,
            "manque",
            entry.texte,
            entry.source,
            entry.regle,
            [f"{self.names[self.person]}.{fact}" for fact in piece.etablit],
        )
        free = tuple(line for line in piece.tout_moyen if line.holds(self.law_day))
        return _Open(need, self.person, piece.etablit, (*admitted, *others), free, self._declarations(code))

    def _facts(self, facts: Iterable[Fact], pieces: Iterable[_Open]) -> Iterator[_Open]:
        """Yield the needs that come from the proof: one per attribute and person, unless a piece establishes it."""
        established = {(fact, piece.person) for piece in pieces for fact in piece.facts}
        grouped: dict[tuple[str, str], list[Fact]] = {}
        for fact in sorted(facts, key=lambda fact: (fact.place, fact.name)):
            owner = self._owner(fact)
            if (fact.attribute, owner or self.person) not in established and fact.attribute != HELD:
                grouped.setdefault((fact.attribute, owner), []).append(fact)
        for (name, owner), stated in sorted(grouped.items(), key=lambda item: self._order(*item[0])):
            codes = [code for code in self._proving(name) if owner != self.person or code not in self.never]
            if self._proving(name) and not codes:
                continue
            told = [self.writer.fact(fact) for fact in stated]
            more = [f"et {len(told) - SHOWN} de plus"] if len(told) > SHOWN else []
            where = self.names.get(owner, "")
            code = f"{where or 'foyer'}.{name}"
            need = Need(
                code,
                name.replace("_", " "),
                where,
                False,
                "manque" if codes else "sans_document",
                " ; ".join([*told[:SHOWN], *more]),
                faits=[code],
            )
            admitted = tuple(Admission(document) for document in codes)
            yield _Open(need, owner, (name,), admitted, (Admission(),), self._declarations(name))

    def _owner(self, fact: Fact) -> str:
        attribute = self.vocabulary[fact.attribute]
        if attribute.owner == "foyer" or "personne" not in attribute.arguments:
            return ""
        return str(fact.args[attribute.arguments.index("personne")])

    def _order(self, name: str, owner: str) -> tuple[bool, int, int]:
        persons = list(self.names)
        place = persons.index(owner) if owner in persons else -1
        return owner != self.person, place, list(self.vocabulary).index(name)

    def _proving(self, attribute: str) -> list[str]:
        """Return the documents that prove a fact in general, a kind of document as the documents of that kind."""
        found: dict[str, None] = {}
        for code in self.vocabulary[attribute].preuves:
            piece = self.texts.pieces.get(code, Requirement())
            kinds = [line.document for line in piece.documents if line.holds(self.law_day)]
            found.update(dict.fromkeys(kinds or [code]))
        return list(found)

    def _examined(self, item: _Open) -> Need:
        """Return a need with what the documents held and the declarations admitted do for it."""
        good: list[tuple[Exhibit, Worth]] = []
        bad: dict[Exhibit, Worth] = {}
        for exhibit in self.exhibits:
            tried = list(self._tried(item, exhibit))
            if any(found.enough for found in tried):
                good.append((exhibit, next(found for found in tried if found.enough)))
            elif tried:
                bad[exhibit] = tried[0]
        best = max(good, key=lambda pair: (pair[1].until or "9", not pair[1].remark), default=None)
        state = item.need.etat
        if best is not None:
            state = "prouve"
        elif any(found.valeur == "suffit" for found in item.declared):
            state = "declaration"
        elif state == "manque" and not self._candidates(item):
            state = "impossible"
        return msgspec.structs.replace(
            item.need,
            etat=state,
            preuve=self._support(*best) if best else None,
            ecartes=[] if best else [self._rejected(exhibit, found) for exhibit, found in bad.items()],
            moyens=self._means(item) if state == "manque" else [],
            honneur=[
                Honour(found.valeur, found.precision, self.writer.source(found.source), found.du, found.document)
                for found in item.declared
            ],
        )

    def _tried(self, item: _Open, exhibit: Exhibit) -> Iterator[Worth]:
        """Yield what a document is worth for a need, in each way that it may be admitted."""
        shared = not item.person or exhibit.document in self.texts.communs
        if not exhibit.available or not (shared or exhibit.person == item.person):
            return
        for line in item.admitted:
            if line.document == exhibit.document:
                yield worth(exhibit, line, self.day)
        for declared in item.declared:
            if declared.valeur == "a_defaut" and declared.document == exhibit.document:
                yield Worth(True, declared.au, remark=declared.precision)
        listed = [line.document for line in item.admitted]
        if exhibit.document == item.need.code and exhibit.document not in listed:
            yield Worth(True)
        elif exhibit.document not in listed and self._proves(exhibit, item.facts):
            for line in item.free:
                found = worth(exhibit, line, self.day)
                yield msgspec.structs.replace(found, remark=found.remark or line.precision)

    def _proves(self, exhibit: Exhibit, facts: Iterable[str]) -> bool:
        if exhibit.proves:
            return exhibit.proves in facts
        return any(exhibit.document in self._proving(fact) for fact in facts)

    def _candidates(self, item: _Open) -> dict[Item, Admission]:
        """Return the documents that would meet a need and can be had, the preferred first, any other last."""
        refused = {(found.document, found.person) for found in self.exhibits if not found.available}
        found: dict[Item, Admission] = {}
        for line in item.admitted:
            thing = line.document, "" if line.document in self.texts.communs else item.person
            if (line.document, item.person) not in refused and not self._pointless(line.document, item.person):
                found.setdefault(thing, line)
        for line in item.free:
            found.setdefault(("", "/".join(item.key)), line)
        return found

    def _pointless(self, document: str, person: str) -> bool:
        return pointless(self.texts, self.assessment.dossier, self.simple, document, person)

    def _supplies(self, missing: list[_Open]) -> list[Supply]:
        """Return the smallest set of documents that meets the needs still missing."""
        candidates = {item.key: self._candidates(item) for item in missing}
        needs = [(0 if item.need.exigee else 1, list(candidates[item.key])) for item in missing]
        found = []
        for level, thing in smallest_cover(needs):
            met = [item for item in missing if thing in candidates[item.key]]
            lines: Mapping[tuple[str, str], Admission] = {item.key: candidates[item.key][thing] for item in met}
            strict = [line for line in lines.values() if conditions(line)]
            told = dict.fromkeys(line.precision for line in lines.values() if line.precision)
            sources = (
                self.writer.source(line.source) if line.source else item.need.source
                for item, line in zip(met, lines.values(), strict=True)
            )
            cited = [source for source in dict.fromkeys(sources) if source]
            document, owner = thing
            found.append(
                Supply(
                    document,
                    self._name(document) if document else "autre document",
                    self.names.get(owner if document else met[0].person, ""),
                    level == 0,
                    [item.need.code for item in met],
                    ", ".join(dict.fromkeys(conditions(line) for line in strict)),
                    " ; ".join(told),
                    " ; ".join(cited),
                )
            )
        return found

    def _means(self, item: _Open) -> list[Means]:
        return [
            Means(
                document,
                self._name(document) if document else "autre document",
                conditions(line),
                line.precision,
                self.writer.source(line.source) if line.source else "",
            )
            for (document, _), line in self._candidates(item).items()
        ]

    def _support(self, exhibit: Exhibit, found: Worth) -> Support:
        name = self.names[exhibit.person]
        return Support(exhibit.document, self._name(exhibit.document), name, found.until, found.remark, exhibit.line)

    def _rejected(self, exhibit: Exhibit, found: Worth) -> Rejected:
        name = self.names[exhibit.person]
        return Rejected(exhibit.document, self._name(exhibit.document), name, found.remark, found.since, exhibit.line)

    def _name(self, document: str) -> str:
        rubric = self.base.rubrics.get(ASKED)
        lists = [self.base.nomenclatures[field.nomenclature] for field in rubric.champs.values()] if rubric else []
        return next((found.elements[document].nom for found in lists if document in found.elements), document)


def _document(entry: Entry) -> str:
    return str(next(iter(entry.valeurs.values())))
