"""Runs dossiers that carry `attendu`, and tells which rules they exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from pycoverage.assessment import Assessment, assess_all
from pycoverage.document import Node
from pycoverage.dossier import Dossier, read_dossier
from pycoverage.engine import CHUNK
from pycoverage.expectation import DETAILS, NONE, REFUSAL
from pycoverage.finding import Finding, InputError, Place
from pycoverage.law import Law
from pycoverage.scalar import cents, day
from pycoverage.speech import count
from pycoverage.status import Verdict, verdict
from pycoverage.value import Bound, Fun, Value

PART = 50
"""How many dossiers are played between two signs of progress."""


class Failure(msgspec.Struct, frozen=True):
    """One expectation that does not hold."""

    assessment: Assessment
    person: str
    right: str
    expected: str
    found: str
    place: Place


Mismatch = tuple[str, str, Place]
"""What was expected, what was found, and where it was expected."""


class Report(msgspec.Struct, frozen=True):
    """What a run of dossiers gave.

    `partial` names the dossiers whose completions were too many to try all: what they expect is not
    compared. `exercised` holds the ids of the rules applied at least once.
    """

    dossiers: int
    expectations: int
    failures: tuple[Failure, ...]
    unusable: tuple[Finding, ...]
    partial: tuple[str, ...]
    exercised: frozenset[str]


class Played(msgspec.Struct, frozen=True):
    """One dossier and the ids of the rules it applies, in the order of the base."""

    dossier: Dossier
    rules: tuple[str, ...]


def find_dossiers(paths: Iterable[Path]) -> list[Path]:
    """Return the dossier files among files and folders, sorted."""
    found: set[Path] = set()
    for path in paths:
        found |= set(path.rglob("*.yaml")) if path.is_dir() else {path}
    return sorted(found)


def run_suite(law: Law, paths: Sequence[Path], *, seconds: float | None = None) -> Report:
    """Assess every dossier and compare with what it expects."""
    dossiers: list[Dossier] = []
    unusable: list[Finding] = []
    for path in paths:
        try:
            dossiers.append(read_dossier(path, law.base))
        except InputError as error:
            unusable += error.findings
    failures: list[Failure] = []
    partial: list[str] = []
    exercised: set[str] = set()
    expectations = 0
    for start in range(0, len(dossiers), CHUNK):
        for assessment in _assessed(law, dossiers[start : start + CHUNK], unusable, seconds):
            for code, person in assessment.anomalies:
                message = f"dossier contradictoire : {code} ({assessment.dossier.persons.get(person, person)})"
                unusable.append(Finding(Place(assessment.dossier.file, 1, 1), "DO020", message))
            exercised |= applied_rules(assessment)
            if not assessment.complete:
                partial.append(assessment.dossier.file)
                continue
            ids = {name: identifier for identifier, name in assessment.dossier.persons.items()}
            for name, rights in assessment.dossier.expected.items():
                for right, node in rights.items():
                    for mismatch in compare(assessment, ids[name], right, node):
                        expectations += 1
                        if mismatch is not None:
                            failures.append(Failure(assessment, ids[name], right, *mismatch))
    return Report(
        len(dossiers), expectations, tuple(failures), tuple(sorted(unusable)), tuple(partial), frozenset(exercised)
    )


def play(
    law: Law,
    paths: Sequence[Path],
    *,
    seconds: float | None = None,
    told: Callable[[int, int], None] = lambda _done, _whole: None,
) -> tuple[list[Played], list[Finding]]:
    """Tell which rules each dossier applies, and what is wrong with those left out.

    `told` receives, after each part, the number of dossiers done and to do.
    """
    found: list[Played] = []
    unusable: list[Finding] = []
    for start in range(0, len(paths), PART):
        dossiers: list[Dossier] = []
        for path in paths[start : start + PART]:
            try:
                dossiers.append(read_dossier(path, law.base))
            except InputError as error:
                unusable += error.findings
        for assessment in _assessed(law, dossiers, unusable, seconds):
            applied = applied_rules(assessment)
            found.append(Played(assessment.dossier, tuple(rule for rule in law.base.legal if rule in applied)))
        told(min(start + PART, len(paths)), len(paths))
    return found, unusable


def _assessed(
    law: Law, dossiers: Sequence[Dossier], unusable: list[Finding], seconds: float | None
) -> list[Assessment]:
    """Assess dossiers together; when one of them cannot be, each alone, so that it hides no other."""
    try:
        return assess_all(law, dossiers, traced=True, others=None, seconds=seconds)
    except InputError as error:
        if len(dossiers) == 1:
            unusable += error.findings
            return []
    return [found for dossier in dossiers for found in _assessed(law, [dossier], unusable, seconds)]


def applied_rules(assessment: Assessment) -> set[str]:
    """Return the ids of the rules applied in the situation of an assessment."""
    law = assessment.law
    return {
        each.guard
        for each in law.program.statements
        if each.guard and assessment.world.applied(each.rule, each.hidden, len(each.variables))
    }


def compare(assessment: Assessment, person: str, right: str, node: Node) -> Iterator[Mismatch | None]:
    """Yield, per expectation of a right, None when it holds or else the mismatch."""
    found = verdict(assessment, person, right)
    status = node if node.text is not None or node.get("conteste") else node.get("statut")
    if status is not None:
        yield None if matches(status, found) else (wanted(status), shown(found), status.place)
    for key, (place, part) in (node.entries or {}).items() if status is not node else ():
        if key == "statut":
            continue
        if key == REFUSAL:
            yield from _refusal(assessment, person, right, part)
            continue
        if key in DETAILS:
            told = assessment.told(DETAILS[key][0], person, right)
            values = sorted(_text(row[0]) for row in told if not isinstance(row[0], Bound)) or [NONE]
            actual = values[-1 if key == "fin" else 0]
            yield None if actual == _text(_read(part.text)) else (f"{key} {part.text}", f"{key} {actual}", place)
        else:
            yield from _rubric(assessment, person, right, key, part)


def _refusal(assessment: Assessment, person: str, right: str, node: Node) -> Iterator[Mismatch | None]:
    """Yield what differs between the examination of a refusal and what is expected of it."""
    from pycoverage.refusals.refusal import examine_in

    found = examine_in(assessment, person, right).examination
    actual = {
        "constat": found.constat,
        "motif": found.motif.verdict if found.motif else NONE,
        "erreur": found.erreurs[0].nature if found.erreurs else NONE,
        "forme": found.decision.forme if found.decision else NONE,
        "jour": found.decision.jour if found.decision else NONE,
    }
    for key, (place, part) in (node.entries or {}).items():
        if key == "delais":
            pairs = {
                f"delais {way}": (day.text, found.delais.get(way, NONE))
                for way, (_, day) in (part.entries or {}).items()
            }
        else:
            pairs = {key: (part.text, actual[key])}
        for name, (expected, told) in pairs.items():
            yield None if expected == told else (f"refus {name} {expected}", f"refus {name} {told}", place)


def _rubric(assessment: Assessment, person: str, right: str, name: str, node: Node) -> Iterator[Mismatch | None]:
    rows = [tuple(_text(value) for value in row) for row in assessment.told(name, person, right)]
    if node.items is not None:
        actual = sorted({row[0] for row in rows})
        expected = sorted(_text(_read(item.text)) for item in node.items)
        yield None if actual == expected else (_listed(name, expected), _listed(name, actual), node.place)
    for key, (place, part) in (node.entries or {}).items():
        if len(assessment.law.base.rubrics[name].champs) == 1:
            found = ["oui" if (key,) in rows else "non"]
        else:
            found = sorted(row[1] for row in rows if row[0] == key) or [NONE]
        expected = sorted(_text(_read(item.text)) for item in part.items or (part,))
        wanted = f"{name} {key} {', '.join(expected)}"
        yield None if found == expected else (wanted, f"{name} {key} {', '.join(found)}", place)


def _listed(name: str, values: list[str]) -> str:
    return f"{name} [{', '.join(values)}]"


def _read(text: str | None) -> Value:
    """Return a value as written: a day, an amount in euros, or a code."""
    text = text or ""
    if "." in text and (amount := cents(text)) is not None:
        return amount
    return day(text) or Fun(text)


def _text(value: Value) -> str:
    return f"{value / 100:.2f}" if isinstance(value, int) else str(value)


def matches(node: Node, found: Verdict) -> bool:
    """Tell whether a verdict is what a dossier expects."""
    if node.text is not None:
        return found.status == node.text or (found.status == "conteste" and found.default == node.text)
    contested = node.get("conteste")
    if contested is None or found.status != "conteste":
        return False
    expected = {key: value.text for key, (_, value) in (contested.entries or {}).items()}
    actual = {key.split("=", 1)[1]: status for key, status in found.others.items()} | found.others
    return all(actual.get(key) == status for key, status in expected.items())


def wanted(node: Node) -> str:
    """Return an expected status in words."""
    if node.text is not None:
        return node.text
    inner = node.get("conteste")
    return (
        f"conteste ({', '.join(f'{k} : {v.text}' for k, (_, v) in ((inner.entries or {}) if inner else {}).items())})"
    )


def shown(found: Verdict) -> str:
    """Return a verdict in words."""
    if not found.others:
        return found.status
    return f"{found.status} (par défaut {found.default} ; {', '.join(f'{k} : {v}' for k, v in found.others.items())})"


def report_text(law: Law, report: Report, *, exercised: bool = False) -> Iterable[str]:
    """Yield the lines of a report: each failure with its explanation, then the counts."""
    from pycoverage.narrative import Narrative
    from pycoverage.presentation import tree_text

    for finding in report.unusable:
        yield str(finding)
    for name in report.partial:
        yield f"{name}: résultat partiel, rien n'est comparé ; augmentez --limite"
    for failure in report.failures:
        name = failure.assessment.dossier.persons[failure.person]
        yield f"{failure.place}: {name}, {failure.right} : attendu {failure.expected}, trouvé {failure.found}"
        yield from tree_text(Narrative(failure.assessment, depth=4).lines((name, failure.right)), "    ")
    never = sorted(set(law.base.legal) - report.exercised)
    yield (
        f"{count(report.dossiers, 'dossier')}, {count(report.expectations, 'attente')}, "
        f"{count(len(report.failures), 'écart')}, {count(len(report.unusable), 'illisible')}"
    )
    yield f"règles appliquées : {len(law.base.legal) - len(never)} sur {len(law.base.legal)}"
    if exercised:
        yield from (f"  jamais appliquée : {name}" for name in never)
