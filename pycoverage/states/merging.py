"""Two states of the base as one: what both hold stands once, the rest belongs to one of them.

A rule that changed is there twice, the later under its id followed by a prime; a rule that only ends or begins
on another day is there once, with its days in each state. So any context may be read in either state, by the
engine, the proofs and the searches that know a single base.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec

from pycoverage.base import STATE, KnowledgeBase, LegalRule
from pycoverage.catalogue import Element, Interval, Nomenclature, Parameter
from pycoverage.finding import Finding, InputError
from pycoverage.syntax import Atom, Literal, Rule
from pycoverage.value import Fun
from pycoverage.vocabulary import Vocabulary

T = TypeVar("T")

BEFORE, AFTER = "avant", "apres"
"""Codes of the two states."""

PRIME = "'"


def plain_id(rule: str) -> str:
    """Return the id of a rule as its files write it."""
    return rule.rstrip(PRIME)


class _Join(Protocol[T]):
    def __call__(self, one: T | None, other: T | None, /) -> T: ...


def merge(one: KnowledgeBase, other: KnowledgeBase) -> KnowledgeBase:
    """Return a base that holds two, under the states `BEFORE` and `AFTER`; where both tell, `other` has the word.

    Raises InputError if they do not describe persons alike.
    """
    rules, legal = _rules(one, other)
    return msgspec.structs.replace(
        other,
        rules=tuple(rules),
        legal=legal,
        notions={**one.notions, **other.notions},
        phrases={**one.phrases, **other.phrases},
        vocabulary=_vocabulary(one.vocabulary, other.vocabulary),
        texts={
            name: msgspec.structs.replace(text, articles={**one.texts[name].articles, **text.articles})
            if name in one.texts
            else text
            for name, text in {**one.texts, **other.texts}.items()
        },
        rights={**one.rights, **other.rights},
        rubrics={**one.rubrics, **other.rubrics},
        questions={
            name: msgspec.structs.replace(question, lectures={**one.questions[name].lectures, **question.lectures})
            if name in one.questions
            else question
            for name, question in {**one.questions, **other.questions}.items()
        },
        parameters=_each(one.parameters, other.parameters, _parameter),
        nomenclatures=_each(one.nomenclatures, other.nomenclatures, _nomenclature),
        shows=tuple({show[:2]: show for show in (*one.shows, *other.shows)}.values()),
        digest=hashlib.sha256(f"{one.digest}\0{other.digest}".encode()).hexdigest(),
        variables={**one.variables, **other.variables},
        states=(BEFORE, AFTER),
    )


def _rules(one: KnowledgeBase, other: KnowledgeBase) -> tuple[list[Rule], dict[str, LegalRule]]:
    legal: dict[str, LegalRule] = {}
    rules: list[Rule] = []

    def keep(rule: Rule, described: LegalRule) -> None:
        legal[described.id] = msgspec.structs.replace(described, rule=len(rules))
        rules.append(rule)

    common = Counter(str(rule) for rule in one.rules if not rule.guard)
    left = common - Counter(str(rule) for rule in other.rules if not rule.guard)
    for rule in other.rules:
        if not rule.guard:
            if common[str(rule)]:
                common[str(rule)] -= 1
                rules.append(rule)
            else:
                rules.append(_within(rule, AFTER))
            continue
        new, old = other.legal[rule.guard], one.legal.get(rule.guard)
        if old is None:
            keep(rule, _only(new, AFTER))
        elif _said(rule, new) != _said(one.rules[old.rule], old):
            keep(_renamed(rule, new.id + PRIME), _only(msgspec.structs.replace(new, id=new.id + PRIME), AFTER))
            keep(one.rules[old.rule], _only(old, BEFORE))
        elif new.interval == old.interval:
            keep(rule, new)
        else:
            later = (_tagged(new.interval, AFTER),)
            keep(rule, msgspec.structs.replace(new, interval=_tagged(old.interval, BEFORE), others=later))
    for rule in one.rules:
        if rule.guard and rule.guard not in other.legal:
            keep(rule, _only(one.legal[rule.guard], BEFORE))
        elif not rule.guard and left[str(rule)]:
            left[str(rule)] -= 1
            rules.append(_within(rule, BEFORE))
    return rules, legal


def _said(rule: Rule, legal: LegalRule) -> tuple[object, ...]:
    """Return all that makes a rule what it is, but for its days and its place."""
    return str(rule), legal.source, legal.phrase, legal.question, legal.reading


def _only(legal: LegalRule, state: str) -> LegalRule:
    return msgspec.structs.replace(legal, interval=_tagged(legal.interval, state))


def _tagged(interval: Interval, state: str) -> Interval:
    return msgspec.structs.replace(interval, etat=state)


def _renamed(rule: Rule, name: str) -> Rule:
    """Return a rule under another guard."""
    guard = Literal(Atom("en_vigueur", (Fun(name),)))
    return msgspec.structs.replace(rule, body=(guard, *rule.body[1:]))


def _within(rule: Rule, state: str) -> Rule:
    """Return a technical rule that only one state holds."""
    first = Literal(Atom(STATE, (Fun(state),)))
    return msgspec.structs.replace(rule, body=(first, *rule.body), places=(rule.place, *rule.places))


def _vocabulary(one: Vocabulary, other: Vocabulary) -> Vocabulary:
    findings = []
    for mine, theirs in ((one.foyer, other.foyer), (one.personne, other.personne)):
        for name in mine.keys() & theirs.keys():
            if (mine[name].type, mine[name].predicat) != (theirs[name].type, theirs[name].predicat):
                message = f"les deux états ne disent pas « {name} » de la même façon"
                help_ = "comparez des états qui ont le même vocabulaire, ou donnez un autre nom au fait nouveau"
                findings.append(Finding(theirs[name].place, "DO031", message, help_))
    if findings:
        raise InputError(sorted(findings, key=lambda each: each.place))
    return Vocabulary({**one.foyer, **other.foyer}, {**one.personne, **other.personne})


def _each(one: Mapping[str, T], other: Mapping[str, T], join: _Join[T]) -> dict[str, T]:
    """Join what two catalogues hold under each name."""
    return {name: join(one.get(name), other.get(name)) for name in {**one, **other}}


def _parameter(one: Parameter | None, other: Parameter | None) -> Parameter:
    found = other or one
    assert found is not None
    if one is not None and other is not None and one.arity != other.arity:
        message = f"les deux états n'ont pas les mêmes clés pour « {found.nom} »"
        raise InputError([Finding(found.place, "DO031", message, "donnez un autre nom au paramètre nouveau")])
    amounts = _dated(
        one.amounts if one else (),
        other.amounts if other else (),
        key=lambda amount: (amount.interval, amount.keys, amount.value),
        tag=lambda amount, state: msgspec.structs.replace(amount, interval=_tagged(amount.interval, state)),
    )
    return msgspec.structs.replace(found, amounts=amounts)


def _nomenclature(one: Nomenclature | None, other: Nomenclature | None) -> Nomenclature:
    found = other or one
    assert found is not None
    elements = _each(one.elements if one else {}, other.elements if other else {}, _element)
    names = {**(one.proprietes if one else {}), **(other.proprietes if other else {})}
    return msgspec.structs.replace(found, elements=elements, proprietes=names)


def _element(one: Element | None, other: Element | None) -> Element:
    found = other or one
    assert found is not None
    mine, theirs = one.properties if one else {}, other.properties if other else {}
    properties = {
        name: _dated(mine.get(name, ()), theirs.get(name, ()), key=lambda each: each, tag=_tagged)
        for name in {**mine, **theirs}
    }
    return msgspec.structs.replace(
        found, properties=properties, sources={**(one.sources if one else {}), **found.sources}
    )


def _dated(
    one: Iterable[T], other: Iterable[T], *, key: Callable[[T], object], tag: Callable[[T, str], T]
) -> tuple[T, ...]:
    """Return what both hold as it is, and what only one holds under its state."""
    mine, theirs = list(one), list(other)
    known = {key(each) for each in mine}
    shared = {key(each) for each in theirs} & known
    return (
        *(each if key(each) in shared else tag(each, AFTER) for each in theirs),
        *(tag(each, BEFORE) for each in mine if key(each) not in shared),
    )
