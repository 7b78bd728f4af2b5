"""Every step of every proof is checked by an independent checker, which rejects proofs that were altered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
from cases import DOSSIERS, EXAMPLES, assessments, dossier, dossier_texts, name_of, the_law
from hypothesis import given, settings
from proof_checker import Checker, problems

from pycoverage.assessment import Assessment, assess
from pycoverage.evaluation import prover_for
from pycoverage.proof import (
    Applied,
    Compared,
    Contribution,
    Denied,
    InForce,
    Node,
    ParameterLeaf,
    PropertyLeaf,
    Stated,
    Summed,
    premises,
    reach,
)
from pycoverage.prover import Prover
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
        return set(found.world.rows(name, arities().get(name, 0), context.on(day)))

    return rows


def evaluated(found: Assessment) -> list[Context]:
    """Return the contexts evaluated for themselves, the default first."""
    return [context for context in found.contexts if context.readings in found.world.parts]


def goals(found: Assessment, prover: Prover, *, contexts: int = 1) -> Iterator[Goal]:
    """Yield each right of each person, and each day and amount concluded, with the node that explains it."""
    for context in evaluated(found)[:contexts]:
        atoms = [
            Atom("droit", (Fun(person), Fun(right))) for person in found.case.persons for right in the_law().base.rights
        ]
        for name in ("effet", "fin", "montant_du", "ouverture", "anomalie"):
            arity = arities().get(name, 3)
            atoms += [Atom(name, row) for row in found.world.rows(name, arity, context)]
        for atom in atoms:
            yield atom, context, prover.explain(atom, context)


def checker_of(found: Assessment, nodes: dict[int, Node], context: Context) -> Checker:
    return Checker(found.law.base, found.case, derived_in(found, context), dict(context.readings), nodes)


def check(found: Assessment, nodes: dict[int, Node], goal: Goal) -> list[str]:
    atom, context, root = goal
    return problems(checker_of(found, nodes, context), root, atom, context.jour)


def assert_sound(found: Assessment, *, contexts: int = 1) -> None:
    """Check the proofs of every conclusion of an assessment, each shared step once."""
    prover = prover_for(found)
    asked = list(goals(found, prover, contexts=contexts))
    checkers = {context: checker_of(found, prover.nodes, context) for _, context, _ in asked}
    for atom, context, root in asked:
        assert problems(checkers[context], root, atom, context.jour) == [], atom


@pytest.mark.parametrize("path", [*EXAMPLES, *DOSSIERS[len(EXAMPLES) :: 2]], ids=name_of)
def test_every_step_of_every_proof_is_sound(path):
    found = assessments()[path]
    assert_sound(found, contexts=len(found.contexts) if path in EXAMPLES else 1)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(dossier_texts())
def test_every_step_of_every_proof_of_any_dossier_is_sound(text):
    assert_sound(assess(the_law(), dossier(text)))


@pytest.mark.parametrize("path", DOSSIERS[1::2], ids=name_of)
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


SAMPLE = [path for path in EXAMPLES if path.stem in ("amina", "guadeloupe")]


def altered(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield wrong variants of a node, each with what was done to it."""
    replace = msgspec.structs.replace
    base = the_law().base
    match node:
        case Applied():
            if node.premises:
                yield "last premise removed", replace(node, premises=node.premises[:-1])
                yield "first premise removed", replace(node, premises=node.premises[1:])
            if node.premises != node.premises[::-1]:
                yield "premises exchanged", replace(node, premises=node.premises[::-1])
            for name, value in node.binding.items():
                yield "wrong binding", replace(node, binding={**node.binding, name: other(value)})
                yield (
                    "binding left out",
                    replace(node, binding={key: kept for key, kept in node.binding.items() if key != name}),
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
            if any(arg is not None for arg in node.args):
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
            rare = isinstance(prover.nodes[number], ParameterLeaf)
            if (number + len(path.stem)) % 3 and len(done) > 150 and not rare:
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


def test_a_proof_with_one_step_altered_is_rejected():
    """Every node under every right is altered in turn, in every way that makes it wrong."""
    kinds: set[str] = set()
    for path in SAMPLE:
        tried, unseen = alterations(path)
        assert unseen == []
        kinds |= set(tried)
    assert kinds >= {
        "last premise removed",
        "premises exchanged",
        "wrong binding",
        "another rule",
        "a value not in force",
        "a changed value",
        "a changed left value",
        "in force or not",
        "a contribution dropped",
        "a premise of a contribution removed",
        "a changed total",
        "an attempt dropped",
        "nothing missing",
        "a fact that was not stated",
    }


def test_a_proof_that_rests_on_itself_is_rejected():
    found = assessments()[SAMPLE[0]]
    prover = prover_for(found)
    goal = next(goal for goal in goals(found, prover) if isinstance(prover.nodes[goal[2]], Applied))
    node = prover.nodes[goal[2]]
    assert isinstance(node, Applied)
    loops = msgspec.structs.replace(node, premises=(*node.premises[:-1], goal[2]))
    assert check(found, {**prover.nodes, goal[2]: loops}, goal)


def test_a_rule_out_of_force_is_rejected():
    """The proof of the eve of the reform is no proof the day after."""
    path = next(path for path in EXAMPLES if path.stem == "touriste_veille_reforme")
    found = assessments()[path]
    prover = prover_for(found)
    atom = Atom("droit", (Fun("p1"), Fun("ame")))
    root = prover.explain(atom, found.default)
    assert check(found, prover.nodes, (atom, found.default, root)) == []
    later = assess(the_law(), found.dossier, date="2019-12-30")
    assert problems(checker_of(later, prover.nodes, later.default), root, atom, "2019-12-30")


def test_a_proof_of_a_person_does_not_loop_through_another_that_is_not_shown():
    """A refusal that two persons share through each other is told in full under each of them."""
    found = assess(
        the_law(),
        dossier(
            "date: 2021-05-01\nunions: [{nature: mariage, de: ana, avec: bob, du: 2015-01-01}]\npersonnes:\n"
            + "".join(
                f"  {name}: {{naissance: 1980-01-01, nationalite: PE, arrivee: 2021-01-01, sejour: [], "
                "ressources: []}\n"
                for name in ("ana", "bob")
            )
        ),
    )
    assert_sound(found)


def test_an_activity_without_end_is_explained():
    """`a_la_date` has no day to look at when an activity is still going on; the why-not says so."""
    found = assess(
        the_law(),
        dossier(
            "date: 2021-05-01\npersonnes:\n  ana: {naissance: 1980-01-01, nationalite: PT, arrivee: 2021-04-01, "
            "sejour: [], ressources: [], activites: [{nature: benevole, du: 2021-04-02}], "
            "qualites: [{qualite: refugie}]}\n".replace("nature: benevole", f"nature: {any_code('activite')}")
        ),
    )
    assert_sound(found)


def any_code(nomenclature: str) -> str:
    """Return the last code of a nomenclature."""
    return list(the_law().base.nomenclatures[nomenclature].elements)[-1]
