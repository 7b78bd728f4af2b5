"""The hidden arguments of a predicate: on what its conclusions depend, beyond its own arguments.

Every predicate receives up to two of them in front: the case (`C__`) when it depends on the facts of a dossier, and
either the context (`K__`: day, day of the law, readings) or, when it depends on the law alone, the state of the law
(`L__`). Which ones is a least fixpoint over the rules, so that parameters cost once per state of the law and incomes
once per case.
"""

from __future__ import annotations

from collections.abc import Mapping

from pycoverage.base import CONTEXT, STATE, KnowledgeBase
from pycoverage.program import CASE, CONTEXT_ID, LAW
from pycoverage.syntax import Rule, literals

Level = frozenset[str]
"""Hidden arguments: some of `program.HIDDEN`."""

NONE: Level = frozenset()


def levels_of(base: KnowledgeBase) -> dict[str, Level]:
    """Return the hidden arguments of each predicate: those that its rules need, in the least way that agrees."""
    levels: dict[str, Level] = {"personne": frozenset({CASE})}
    levels.update({attribute.predicate: frozenset({CASE}) for attribute in base.vocabulary})
    levels.update({name: frozenset({LAW}) for name in (*base.parameters, "en_vigueur", STATE)})
    levels.update({key: frozenset({LAW}) for key, _ in base.properties()})
    levels.update({name: frozenset({CONTEXT_ID}) for name in CONTEXT if name not in levels})
    levels.update({name: frozenset({CASE, CONTEXT_ID}) for name in base.outputs()})
    given = set(levels)
    changed = True
    while changed:
        changed = False
        for rule in base.rules:
            name = rule.head.name
            if name in given:
                continue
            level = _join(levels.get(name, NONE), _body_level(rule, levels))
            if level != levels.get(name):
                levels[name] = level
                changed = True
    return levels


def needed(rule: Rule, levels: Mapping[str, Level]) -> Level:
    """Return the hidden arguments that a lifted rule names; the law and the context both, where it reads each."""
    own = _join(_body_level(rule, levels), levels.get(rule.head.name, NONE))
    law_too = any(LAW in levels.get(literal.atom.name, NONE) for literal, _ in literals(rule.body))
    return own | {LAW} if law_too and CONTEXT_ID in own else own


def _join(*parts: Level) -> Level:
    union = frozenset().union(*parts)
    return union - {LAW} if CONTEXT_ID in union else union


def _body_level(rule: Rule, levels: Mapping[str, Level]) -> Level:
    parts = [
        _join(levels.get(literal.atom.name, NONE), frozenset({CONTEXT_ID}) if literal.day is not None else NONE)
        for literal, _ in literals(rule.body)
    ]
    return _join(*parts) if parts else NONE
