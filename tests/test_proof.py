"""Every step of every proof is checked by an independent checker, which rejects proofs that were altered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
from cases import DOSSIERS, EXAMPLES, assessments, dossier, dossier_texts, name_of, the_law
from hypothesis import given, settings
from proof_checker import problems

from pycoverage.assessment import Assessment, assess
from pycoverage.evaluation import prover_for
from pycoverage.matching import World
from pycoverage.proof import (
    Applied,
    Compared,
    Contribution,
    Denied,
    InForce,
    Node,
    ParameterLeaf,
    PropertyLeaf,
    Prover,
    Stated,
    Summed,
    premises,
    reach,
)
from pycoverage.situation import Context
from pycoverage.syntax import Atom
from pycoverage.value import Bound, Fun, Value

Goal = tuple[Atom, Context, int]


@cache
def arities() -> dict[str, int]:
    """Return the arity of every derived predicate."""
    return {rule.head.name: len(rule.head.args) for rule in the_law().base.rules}


def derived_in(found: Assessment, context: Context) -> Callable[[str, str], set[tuple[Value, ...]]]:
    """Return how a checker asks the model: the rows of a predicate on a day."""

    def rows(name: str, day: str) -> set[tuple[Value, ...]]:
        return set(found.model.rows(name, arities().get(name, 0), found.index, context.on(day)))

    return rows


def goals(found: Assessment, prover: Prover, *, contexts: int = 1) -> Iterator[Goal]:
    """Yield each right of each person, and each day and amount concluded, with the node that explains it."""
    for context in found.contexts[:contexts]:
        atoms = [
            Atom("droit", (Fun(person), Fun(right))) for person in found.case.persons for right in the_law().base.rights
        ]
        for name in ("effet", "fin", "montant_du", "ouverture", "anomalie"):
            arity = arities().get(name, 3)
            atoms += [Atom(name, row) for row in found.model.rows(name, arity, found.index, context)]
        for atom in atoms:
            yield atom, context, prover.explain(atom, context)


def check(found: Assessment, nodes: dict[int, Node], goal: Goal) -> list[str]:
    atom, context, root = goal
    derived = derived_in(found, context)
    readings = dict(context.readings)
    return problems(found.law.base, found.case, derived, readings, nodes, root, atom, context.jour)


@pytest.mark.parametrize("path", DOSSIERS, ids=name_of)
def test_every_step_of_every_proof_is_sound(path):
    found = assessments()[path]
    prover = prover_for(found)
    contexts = len(found.contexts) if path in EXAMPLES else 1
    for goal in list(goals(found, prover, contexts=contexts)):
        assert check(found, prover.nodes, goal) == [], goal[0]


@settings(max_examples=25, derandomize=True, deadline=None)
@given(dossier_texts())
def test_every_step_of_every_proof_of_any_dossier_is_sound(text):
    found = assess(the_law(), dossier(text))
    prover = prover_for(found)
    for goal in list(goals(found, prover)):
        assert check(found, prover.nodes, goal) == [], goal[0]


@pytest.mark.parametrize("path", DOSSIERS, ids=name_of)
def test_no_conclusion_of_a_complete_dossier_rests_on_a_supposed_fact(path):
    found = assessments()[path]
    if found.filled.gaps:
        return
    prover = prover_for(found)
    for _, _, root in goals(found, prover):
        for node in reach(prover.nodes, root, decisive=False):
            assert not (isinstance(node, Stated) and node.fact.origin == "supposed")


def test_a_stated_leaf_names_its_line_of_the_dossier():
    path = next(path for path in EXAMPLES if path.stem == "amina")
    found = assessments()[path]
    prover = prover_for(found)
    lines = path.read_text(encoding="utf-8").splitlines()
    for _, _, root in goals(found, prover):
        for node in reach(prover.nodes, root):
            if isinstance(node, Stated) and node.fact.origin == "stated" and node.fact.place.line:
                values = [str(arg) for arg in node.fact.args if isinstance(arg, str)]
                assert all(value in lines[node.fact.place.line - 1] for value in values)


SAMPLE = [path for path in EXAMPLES if path.stem in ("amina", "couple_mixte", "un_centime_de_trop", "guadeloupe")]


def altered(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield wrong variants of a node, each with what was done to it."""
    replace = msgspec.structs.replace
    base = the_law().base
    match node:
        case Applied():
            if node.premises:
                yield "last premise removed", replace(node, premises=node.premises[:-1])
                yield "first premise removed", replace(node, premises=node.premises[1:])
            if len(set(node.premises)) > 1:
                yield "premises exchanged", replace(node, premises=node.premises[::-1])
            for name, value in node.binding.items():
                yield "wrong binding", replace(node, binding={**node.binding, name: other(value)})
                yield "binding left out", replace(
                    node, binding={key: kept for key, kept in node.binding.items() if key != name}
                )
            yield "another atom", replace(node, args=tuple(map(other, node.args)))
            yield "another day", replace(node, jour="2016-01-01" if node.jour != "2016-01-01" else "2016-01-02")
            for number, rule in enumerate(base.rules):
                if rule.guard and rule.head.name == node.name and number != node.rule:
                    yield "another rule", replace(node, rule=number)
        case Stated():
            changed = replace(node.fact, args=(*node.fact.args[:-1], other(node.fact.args[-1])))
            yield "a fact that was not stated", replace(node, fact=changed)
        case ParameterLeaf() if node.amount is not None:
            for amount in base.parameters[node.name].amounts:
                if amount.interval != node.amount.interval:
                    yield "a value not in force", replace(node, amount=amount)
            yield "a changed value", replace(node, amount=replace(node.amount, value=other(node.amount.value)))
        case PropertyLeaf() if node.interval is not None:
            yield "a property that does not hold", replace(node, interval=None)
        case InForce():
            yield "in force or not", replace(node, holds=not node.holds)
            yield "another rule in force", replace(node, rule=next(name for name in base.legal if name != node.rule))
        case Compared():
            yield "a changed left value", replace(node, left=other(node.left))
            yield "a changed right value", replace(node, right=other(node.right))
            yield "true or false", replace(node, holds=not node.holds)
        case Summed():
            yield "a changed total", replace(node, value=other(node.value))
            if node.contributions:
                first, *rest = node.contributions
                yield "a contribution dropped", replace(node, contributions=tuple(rest))
                yield "a contribution doubled", replace(node, contributions=(first, *node.contributions))
                wrong = Contribution((other(first.terms[0]), *first.terms[1:]), first.premises)
                yield "a changed contribution", replace(node, contributions=(wrong, *rest))
                bare = Contribution(first.terms, first.premises[:-1])
                yield "a premise of a contribution removed", replace(node, contributions=(bare, *rest))
        case Denied():
            if node.attempts:
                first, *after = node.attempts
                yield "an attempt dropped", replace(node, attempts=tuple(after))
                yield "an attempt doubled", replace(node, attempts=(first, *node.attempts))
                if first.missing:
                    yield "nothing missing", replace(node, attempts=(replace(first, missing=()), *after))
                    swapped = replace(first, missing=first.met, met=first.missing)
                    yield "met and missing exchanged", replace(node, attempts=(swapped, *after))
            yield "another atom", replace(node, args=tuple(arg if arg is None else other(arg) for arg in node.args))


def other(value: Value) -> Value:
    """Return another value of the same kind."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return "2016-02-03" if value != "2016-02-03" else "2016-02-04"
    if isinstance(value, Bound):
        return "2016-02-03"
    return Fun(value.name + "x", value.args)


@cache
def alterations(path: Path) -> tuple[dict[str, int], list[str]]:
    """Alter every node under every right, one at a time; return how many by kind, and those not seen."""
    found = assessments()[path]
    prover = prover_for(found)
    tried: dict[str, int] = {}
    unseen: list[str] = []
    done: set[int] = set()
    for goal in list(goals(found, prover)):
        for number in under(prover.nodes, goal[2]):
            if number in done:
                continue
            done.add(number)
            if (number + len(path.stem)) % 3 and len(done) > 150:
                continue
            for what, wrong in altered(prover.nodes[number]):
                tried[what] = tried.get(what, 0) + 1
                if not check(found, {**prover.nodes, number: wrong}, goal):
                    unseen.append(f"{what}: {prover.nodes[number]}")
    return tried, unseen


def under(nodes: dict[int, Node], root: int) -> list[int]:
    """Return the numbers of the nodes under a root."""
    found: dict[int, None] = {}
    stack = [root]
    while stack:
        number = stack.pop()
        if number not in found:
            found[number] = None
            stack += premises(nodes[number])
    return list(found)
