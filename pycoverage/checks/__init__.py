"""Checks of a base: what a legal expert gets wrong while editing, all at once, each explained.

`run` examines a base, `CODES` documents every code, `explain` prints one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from pycoverage import reform as reforms
from pycoverage.checks import (
    day,
    dossier,
    evidence,
    function,
    grounding,
    guard,
    interval,
    invariant,
    inventory,
    kind,
    letter,
    link,
    negation,
    number,
    predicate,
    question,
    reading,
    reform,
    revision,
    safety,
    schema,
    sentence,
    source,
    step,
    stratification,
    translation,
    use,
    version,
)
from pycoverage.checks.doc import Doc
from pycoverage.checks.report import to_annotations, to_json
from pycoverage.checks.study import study
from pycoverage.finding import Finding, InputError, Place, errors, suggestion
from pycoverage.reform import Reform
from pycoverage.searches.invariant import files

_CHECKS = (
    day,
    evidence,
    function,
    guard,
    interval,
    inventory,
    kind,
    letter,
    link,
    negation,
    number,
    predicate,
    question,
    revision,
    safety,
    schema,
    sentence,
    source,
    step,
    stratification,
    translation,
    use,
    version,
)

CODES: dict[str, Doc] = {
    doc.code: doc
    for doc in sorted(doc for module in (reading, reform, invariant, grounding, *_CHECKS) for doc in module.CODES)
}
"""Every code of `pycoverage check`, with its documentation."""

DOSSIER_CODES: dict[str, Doc] = {doc.code: doc for doc in dossier.CODES}
"""Every code that only the reading of a dossier gives."""

MISSING = frozenset({"PC201", "PC222", "PC306", "PC309"})
"""Codes that say something is missing elsewhere, wherever it is asked for."""


def run(root: Path, reforms: Sequence[Reform] = ()) -> list[Finding]:
    """Return everything wrong with the base in a folder, as some reforms would make it, sorted by place.

    Never raises InputError.
    """
    try:
        subject, findings = study(root, reforms)
    except InputError as error:
        return error.findings
    found = set(findings)
    for module in _CHECKS:
        found.update(module.check(subject))
    found.update(grounding.check(subject, found))
    return sorted(_grouped(found))


def run_all(root: Path) -> list[Finding]:
    """Return what is wrong with a base, with its invariants, and with what each reform, alone, would make of it."""
    found = dict.fromkeys(run(root))
    if not errors(found):
        found |= dict.fromkeys(of_invariants(root))
    for name in reforms.names(root):
        try:
            one = reforms.read_reform(root, name)
        except InputError as error:
            found |= dict.fromkeys(error.findings)
            continue
        new = (each for each in run(root, [one]) if each.severity == "erreur" or one.holds(each.place))
        found |= dict.fromkeys(new)
    return sorted(found)


def of_invariants(root: Path) -> list[Finding]:
    """Return what is wrong with what must always hold, on a base that is right."""
    return list(_grouped(invariant.check(study(root)[0]))) if files(root) else []


def explain(code: str) -> str:
    """Return the documentation of a code. Raises InputError if there is no such code."""
    known = {**CODES, **DOSSIER_CODES}
    doc = known.get(code.strip().upper())
    if doc is None:
        help_ = suggestion(code.strip().upper(), known) or f"codes : {', '.join(known)}"
        raise InputError([Finding(Place("--explain"), "PC002", f"code inconnu « {code} »", help_)])
    return str(doc)


def _grouped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings; what is missing once and cited in many places is told once, at the first."""
    places: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings):
        if finding.code in MISSING and not finding.help.startswith("vouliez-vous"):
            places.setdefault((finding.code, finding.message), []).append(finding)
        else:
            yield finding
    for first, *others in places.values():
        if others:
            count = f"{len(others)} autre{'s' if len(others) > 1 else ''} endroit{'s' if len(others) > 1 else ''}"
            yield msgspec.structs.replace(first, help=f"{first.help} (et {count})")
        else:
            yield first


__all__ = ["CODES", "Doc", "explain", "run", "to_annotations", "to_json"]
