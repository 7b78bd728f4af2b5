"""The approved answer of a dossier as text: its conclusions, and a mark of the reasons behind them."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from pycoverage.assessment import Assessment
from pycoverage.comparisons.conclusion import MOTIVE, OUT, STATUS, TERMS, Aspects, approved, differing
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.evaluation import prover_for
from pycoverage.firmness import firm
from pycoverage.matching import unify
from pycoverage.proof import Applied, Compared, Denied, InForce, premises
from pycoverage.prover import Prover
from pycoverage.reasoning import Reason, items, keys, nearest, reason
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Value

WIDTH = 110
HEAD = "# {folder} : réponses approuvées (pycoverage snapshot)"
ABSENT: Aspects = {STATUS: ("non",), OUT: ("oui",)}
"""What is concluded of a right that has no line: it does not exist on that day."""


class Record(msgspec.Struct, frozen=True):
    """What is approved of one dossier: the day, per person and right what is concluded, and what contradicts."""

    date: str
    persons: dict[str, dict[str, Aspects]]
    contradictions: tuple[str, ...] = ()


class Recorded(msgspec.Struct, frozen=True):
    """The record of a dossier, what it states, and, by person, right and aspect that is not as approved, what of
    the base may have changed it."""

    file: str
    facts: int
    record: Record
    causes: dict[tuple[str, str, str], list[str]]


def record_of(
    assessment: Assessment,
    known: Record | None = None,
    moved: Collection[str] = frozenset(),
    prover: Prover | None = None,
    only: Collection[tuple[str, str]] | None = None,
) -> Recorded:
    """Return the record of a dossier, with the causes of what differs from the one that was `known`.

    `moved` are the keys of what the base says otherwise since; `prover` is one of the assessment, which keeps the
    proofs; `only` are the rights of persons (canonical ids) to record.
    """
    dossier = assessment.dossier
    found: dict[str, dict[str, Aspects]] = {}
    roots: dict[tuple[str, str], int] = {}
    codes = sorted(f"{code} ({dossier.persons.get(person, person)})" for code, person in assessment.anomalies)
    prover, heads = prover or prover_for(assessment), assessment.law.base.by_head()
    for person, name in dossier.persons.items() if not codes else ():
        found[name] = {}
        for right in assessment.law.base.rights:
            context = assessment.default
            if only is not None and (person, right) not in only:
                continue
            if not assessment.law.base.exists(right, context.droit_au, context.etat):
                continue
            root = prover.explain(Atom(RIGHT, (Fun(person), Fun(right))), context)
            settled = not assessment.filled.gaps or firm(prover, root)
            aspects = approved(assessment, person, right, firm=settled)
            whole = reason(prover, root) | frozenset(_givers(assessment, prover, heads, person, right, aspects))
            aspects[MOTIVE] = (_mark(prover, whole), *_outline(prover, root))
            found[name][right] = aspects
            roots[name, right] = root
    stated = sum(fact.origin == "stated" for fact in assessment.case.facts)
    record = Record(assessment.date, found, tuple(codes))
    causes = dict(_causes(assessment, prover, roots, record, known, moved)) if known else {}
    return Recorded(dossier.file, stated, record, causes)


def _causes(
    assessment: Assessment,
    prover: Prover,
    roots: Mapping[tuple[str, str], int],
    record: Record,
    known: Record,
    moved: Collection[str],
) -> Iterator[tuple[tuple[str, str, str], list[str]]]:
    """Yield, per aspect that is not as approved, what has moved nearest to the proofs of its lines, or of the right."""
    ids = {name: person for person, name in assessment.dossier.persons.items()}
    outputs = prover.base.outputs()
    for (name, right), root in roots.items():
        for aspect in differing(known.persons.get(name, {}).get(right, ABSENT), record.persons[name][right]):
            predicate = TERMS.get(aspect, aspect)
            rows = assessment.told(predicate, ids[name], right) if predicate in outputs else []
            start = (Fun(ids[name]), Fun(right))
            lines = [prover.explain(Atom(predicate, (*start, *row)), assessment.default) for row in rows]
            found = sorted(keys(reason(prover, root)) & set(moved)) if aspect == MOTIVE else []
            yield (
                (name, right, aspect),
                found or nearest(prover, lines or [root], lambda node: keys(items(prover, node)) & set(moved)),
            )


def _mark(prover: Prover, found: Reason) -> str:
    """Return a short hash of a reason: the rules with the articles they cite, the values, the entries of lists."""
    legal = prover.base.legal
    items = sorted(
        f"{sort} {name} {legal[name].source}" if sort == "regle" and name in legal else f"{sort} {name}"
        for sort, name in found
    )
    return hashlib.sha256("\n".join(items).encode()).hexdigest()[:8]


def _givers(
    assessment: Assessment, prover: Prover, heads: Mapping[str, list[int]], person: str, right: str, aspects: Aspects
) -> Iterator[tuple[str, str]]:
    """Yield the legal rules that give what is told beside a status."""
    base, context = assessment.law.base, assessment.default
    for aspect in aspects:
        name = TERMS.get(aspect, aspect)
        for row in assessment.told(name, person, right) if name in base.outputs() else ():
            whole: tuple[Value, ...] = (Fun(person), Fun(right), *row)
            for number in heads.get(name, ()):
                rule = base.rules[number]
                start = unify(rule.head.args, whole, {})
                if rule.guard and start is not None and any(prover.matcher.solutions(rule, start, context)):
                    yield "regle", rule.guard


def _outline(prover: Prover, root: int) -> list[str]:
    """Return the legal rules that a proof applies, or the rule that comes closest and what it misses."""
    top = prover.nodes[root]
    if isinstance(top, Denied):
        way = next((each for each in top.attempts if each.missing), None)
        if way is None:
            return []
        names = [_name(prover, child) for _, child in way.missing]
        return [f"{prover.base.rules[way.rule].guard or top.name} sans {', '.join(dict.fromkeys(names))}"]
    found: set[str] = set()
    stack, seen = [root], {root}
    while stack:
        node = prover.nodes[stack.pop()]
        if isinstance(node, Applied):
            found.add(prover.base.rules[node.rule].guard or "")
        new = [child for child in premises(node) if child not in seen] if not isinstance(node, Denied) else []
        seen.update(new)
        stack += new
    return sorted(found - {""})


def _name(prover: Prover, number: int) -> str:
    node = prover.nodes[number]
    if isinstance(node, Compared):
        return node.text
    if isinstance(node, InForce):
        return node.rule
    return str(getattr(node, "name", "") or getattr(node, "function", "") or "calcul")


def records_text(folder: str, records: Mapping[str, Record]) -> str:
    """Return the text of the records of one folder, by the name of their files."""
    lines = [HEAD.format(folder=folder)]
    for name in sorted(records):
        record = records[name]
        lines += ["", f"{name} {record.date}"]
        lines += _wrapped("  contradiction: ", record.contradictions) if record.contradictions else []
        for person, rights in record.persons.items():
            lines.append(f"  {person}")
            for right, aspects in rights.items():
                lines.append(f"    {right} {aspects[STATUS][0]}")
                for aspect, values in aspects.items():
                    if aspect != STATUS:
                        lines += _wrapped(f"      {aspect}: ", values)
    return "\n".join(lines) + "\n"


def _wrapped(head: str, values: Iterable[str]) -> list[str]:
    """Return values on lines of a bounded width, separated by semicolons."""
    return textwrap.wrap(
        "; ".join(values),
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )


def read_records(text: str) -> dict[str, Record]:
    """Read what `records_text` writes. Raises ValueError if a line is none of its own, or if a record is cut."""
    found: dict[str, Record] = {}
    for block in text.split("\n\n")[1:]:
        first, *lines = block.rstrip("\n").split("\n")
        name, _, date = first.rpartition(" ")
        found[name] = _record(date, lines)
        rights = [aspects for person in found[name].persons.values() for aspects in person.values()]
        if not lines or not all(MOTIVE in aspects for aspects in rights):
            raise ValueError(first)
    if not found:
        raise ValueError(text)
    return found


def _record(date: str, lines: Iterable[str]) -> Record:
    persons: dict[str, dict[str, Aspects]] = {}
    contradictions: tuple[str, ...] = ()
    rights: dict[str, Aspects] = {}
    aspects: Aspects = {}
    for line in _joined(lines):
        depth, content = len(line) - len(line.lstrip()), line.strip()
        key, _, told = content.partition(": ")
        if depth == 2 and key == "contradiction":
            contradictions = tuple(told.split("; "))
        elif depth == 2:
            rights = persons[content] = {}
        elif depth == 4:
            right, _, status = content.partition(" ")
            aspects = rights[right] = {STATUS: (status,)}
        elif depth == 6 and told:
            aspects[key] = tuple(told.split("; "))
        else:
            raise ValueError(line)
    return Record(date, persons, contradictions)


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines, each with those that continue it."""
    current = ""
    for line in lines:
        if line.startswith(" " * 8):
            current += f" {line.strip()}"
        else:
            if current:
                yield current
            current = line
    if current:
        yield current
