"""A dossier as it is played again and again under mutants, with what the base concludes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.assessment import Assessment, assess_filled, contexts_of
from pycoverage.base import OUTPUT
from pycoverage.comparisons.conclusion import Aspects, approved
from pycoverage.comparisons.novelty import RIGHT
from pycoverage.completion import Filled, fill
from pycoverage.dossier import Dossier
from pycoverage.engine import Model
from pycoverage.expectation import DETAILS, REFUSAL
from pycoverage.law import Law
from pycoverage.situation import Context

COPIES = 150
"""Copies of dossiers per grounding."""

Told = dict[tuple[str, str], Aspects]
"""What is concluded, by person and right: what is approved of a dossier, but for its reasons."""


class Subject(msgspec.Struct):
    """A dossier as it is played again and again, and what the base concludes of it.

    `asked` are the contexts on which what it expects depends: the first one, unless it expects a right contested.
    `told` is concluded of them, `whole` of all contexts; `held` are the predicates that hold in it.
    """

    dossier: Dossier
    filled: Filled
    contexts: list[Context]
    asked: list[Context]
    expects: frozenset[tuple[str, str]]
    anomalies: frozenset[tuple[str, str]]
    told: Told
    whole: Told
    held: frozenset[str]


def subjects_of(law: Law, dossiers: Sequence[Dossier]) -> Iterator[Subject]:
    """Yield each dossier that leaves nothing open, as it is played, with what the base concludes of it."""
    for start in range(0, len(dossiers), COPIES):
        part = [(each, fill(each, law.base)) for each in dossiers[start : start + COPIES]]
        part = [(dossier, filled) for dossier, filled in part if not filled.gaps]
        contexts = [contexts_of(law, dossier) for dossier, _ in part]
        found = assess_filled(law, [each for each, _ in part], [each for _, each in part], contexts, others=(RIGHT,))
        held = _held(law, found)
        for (dossier, filled), own, assessment, names in zip(part, contexts, found, held, strict=True):
            asked = own if _contesting(dossier) else own[:1]
            odd = frozenset(assessment.anomalies)
            told, whole = told_of(law, assessment, asked), told_of(law, assessment, own)
            yield Subject(dossier, filled, own, asked, _expected(dossier), odd, told, whole, names)


def _held(law: Law, found: Sequence[Assessment]) -> Iterator[frozenset[str]]:
    """Yield the predicates that hold in each of some dossiers assessed together, under the readings by default."""
    known: dict[Model, dict[int, set[str]]] = {}
    for each in found:
        model, case = next(iter(each.world.parts.values()))
        if model not in known:
            known[model] = {}
            for name, cases in model.marked(law.program.levels):
                for number in cases or ():
                    known[model].setdefault(number, set()).add(name)
        yield frozenset(known[model].get(case, ()))


def told_of(law: Law, assessment: Assessment, contexts: Sequence[Context]) -> Told:
    """Return what is concluded of each right that exists, the first of some contexts being the default."""
    asked = msgspec.structs.replace(assessment, law=law, contexts=tuple(contexts))
    day = contexts[0]
    rights = [right for right in law.base.rights if law.base.exists(right, day.droit_au, day.etat)]
    persons = asked.dossier.persons
    return {(person, right): approved(asked, person, right) for person in persons for right in rights}


def _contesting(dossier: Dossier) -> bool:
    """Tell whether a dossier expects a right to depend on how a text is read."""
    nodes = [node for rights in dossier.expected.values() for node in rights.values()]
    statuses = [status for node in nodes for status in (node, node.get("statut")) if status is not None]
    return any(status.text == "conteste" or status.get("conteste") is not None for status in statuses)


def _expected(dossier: Dossier) -> frozenset[tuple[str, str]]:
    """Return what a dossier expects: predicates and rights; an examined refusal rests on all that is told of it."""
    found: set[tuple[str, str]] = set()
    for rights in dossier.expected.values():
        for right, node in rights.items():
            keys = ("statut",) if node.text is not None else tuple(node.entries or {})
            for key in keys:
                if key == REFUSAL:
                    found |= {(name, right) for name in OUTPUT}
                elif key in ("statut", "conteste"):
                    found.add(("droit", right))
                else:
                    found.add((DETAILS[key][0] if key in DETAILS else key, right))
    return frozenset(found)
