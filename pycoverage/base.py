"""The knowledge base: every rule and every catalogue, frozen."""

from __future__ import annotations

from collections.abc import Iterator
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
from pycoverage.finding import Place
from pycoverage.requirement import Requirements
from pycoverage.rubric import Rubric
from pycoverage.situation import LawState
from pycoverage.syntax import Rule
from pycoverage.value import Fun, Term
from pycoverage.vocabulary import Vocabulary

T = TypeVar("T")

METADATA = {"regle": 4, "phrase": 2, "notion": 3, "remplace": 2, "selon": 3}
"""Facts of rule files that describe rules; they are read here and never reach the solver."""

CONTEXT = {"date": 1, "droit_au": 1, "en_vigueur": 1}
"""Predicates that the engine gives to the rules, beside the facts of the dossier."""

STATE = "etat"
"""Predicate that tells the state of the base, in a base that holds several: no rule file may use it."""

OUTPUT = {
    **{"droit": 2, "effet": 3, "fin": 3, "ouverture": 3, "montant_du": 3, "anomalie": 2},
    **{"refus": 4, "jour_apprecie": 4, "delai": 4},
}
"""Predicates that cross from the rules into Python (rules/README.md), beside those of `facts/rubriques.yaml`."""

ASKED, NEVER_ASKED = "piece", "piece_non_exigible"
"""Rubrics that tell the documents a right asks, and those that nobody may ask for it."""


class LegalRule(msgspec.Struct, frozen=True):
    """What is said of a rule beside its condition. `others` are its days in force in other states of the base."""

    id: str
    source: Term
    interval: Interval
    place: Place
    phrase: str = ""
    question: str = ""
    reading: str = ""
    replaces: str = ""
    rule: int = -1
    others: tuple[Interval, ...] = ()

    def period(self, etat: str = "") -> Interval | None:
        """Return the days on which the rule is in force in a state of the base, or None if it is not part of it."""
        return next((each for each in (self.interval, *self.others) if each.etat in ("", etat)), None)

    def holds(self, day: str, etat: str = "") -> bool:
        """Tell whether the rule is in force on a day of the law, readings apart."""
        return any(each.holds(day, etat) for each in (self.interval, *self.others))


class Notion(msgspec.Struct, frozen=True):
    """A derived predicate that means something to a lawyer, with its two sentences."""

    predicate: str
    variables: tuple[str, ...]
    positive: str
    negative: str
    place: Place


class KnowledgeBase(msgspec.Struct, frozen=True):
    """The law as read from a folder that holds `rules/` and `facts/`; `reader` says whom its texts speak to.

    `variables` names, in a proof, the values that rules compare. `states` are the codes of the states of the base
    that it holds together, none where there is only one.
    """

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
    requirements: Requirements = Requirements()
    reader: str = "fr"
    variables: dict[str, str] = {}
    states: tuple[str, ...] = ()

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
        if self.states:
            found[STATE] = 1
        return found

    def outputs(self) -> dict[str, int]:
        """Return the arity of every predicate that crosses into Python."""
        return {**OUTPUT, **{name: rubric.arity for name, rubric in self.rubrics.items()}}

    def dated(self) -> dict[str, str]:
        """Return, per rubric that tells a day, the field that holds it."""
        return {
            name: key
            for name, rubric in self.rubrics.items()
            for key, field in rubric.champs.items()
            if field.type == "date"
        }

    def by_head(self) -> dict[str, list[int]]:
        """Return, per predicate, the indices of the rules that derive it."""
        found: dict[str, list[int]] = {}
        for index, rule in enumerate(self.rules):
            found.setdefault(rule.head.name, []).append(index)
        return found

    def start(self) -> str:
        """Return the first day on which a rule of the base is in force."""
        return min((legal.interval.start for legal in self.legal.values()), default="0001-01-01")

    def in_force(self, rule: str, law: LawState) -> bool:
        """Tell whether a rule is in force in a state of the law."""
        day, readings, etat = law
        legal = self.legal.get(rule)
        if legal is None or not legal.holds(day, etat):
            return False
        return not legal.question or self.reading(legal.question, dict(readings)) == legal.reading

    def exists(self, right: str, day: str, etat: str = "") -> bool:
        """Tell whether a rule that gives a right is in force on a day of the law, under any reading."""
        return any(
            rule.head.name == "droit"
            and len(rule.head.args) == OUTPUT["droit"]
            and rule.head.args[1] == Fun(right)
            and rule.guard in self.legal
            and self.legal[rule.guard].holds(day, etat)
            for rule in self.rules
        )

    def reading(self, question: str, readings: dict[str, str]) -> str:
        """Return the reading of a question: the chosen one, or its default."""
        default = self.questions[question].defaut if question in self.questions else ""
        return readings.get(question, default)
