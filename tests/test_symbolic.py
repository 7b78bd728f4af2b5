"""The solver over all completions says what trying each of them says."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import pytest
from cases import DOSSIERS, assessments, dossier, name_of, the_law
from hypothesis import given, settings
from hypothesis import strategies as st
from test_thresholds import KNOWN, TEXT, TITLE

from pycoverage.assessment import Assessment, assess
from pycoverage.cases import branches
from pycoverage.completion import fill
from pycoverage.evaluation import answer_for, prover_for
from pycoverage.instance import instance
from pycoverage.proof import Stated, reach
from pycoverage.situation import Context
from pycoverage.space import Space
from pycoverage.symbolic import Pair, Symbolic
from pycoverage.syntax import Atom
from pycoverage.value import Fun
from pycoverage.world import worlds

GOALS = ("droit", "anomalie")
FEW = 400
OPEN: dict[str, list[str]] = {
    "naissance": ["inconnu", "1990-01-01", "2008-03-01"],
    "nationalite": ["inconnu", "SN", "FR", "PT"],
    "arrivee": ["inconnu", "2017-03-05", "2022-03-01"],
    "sejour": [TITLE.format("carte_temporaire"), "[]"],
    "ressources": ["inconnu", "[]", "[{nature: salaire, montant: inconnu, par: mois, du: 2021-01-01}]"],
}


@cache
def tried(text: str) -> tuple[Space, dict[tuple[int, ...], set[Pair]]]:
    """Return the open facts of a dossier, and the rights held in each completion that does not contradict itself."""
    law = the_law()
    found = dossier(text)
    context = Context(found.date)
    space = Space(law, fill(found, law.base), [context], GOALS)
    options = space.options()
    held: dict[tuple[int, ...], set[Pair]] = {}
    if not space.slots or len(list(itertools.islice(itertools.product(*options), FEW + 1))) > FEW:
        return space, held
    chosen = list(itertools.product(*(range(len(group)) for group in options)))
    cases = [space.completed(each) for each in chosen]
    for each, world in zip(chosen, worlds(law, cases, [[context]] * len(cases), goals=GOALS), strict=True):
        if not world.rows("anomalie", 2, context):
            held[each] = {(str(who), str(what), context) for who, what in world.rows("droit", 2, context)}
    return space, held


def symbolic(space: Space, copies: int = 1) -> Symbolic:
    return Symbolic(instance(the_law(), space.filled.case, space.options(), space.contexts, goals=GOALS, copies=copies))


@settings(max_examples=10, derandomize=True, deadline=None)
@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in OPEN.items()}))
def test_what_holds_in_some_and_in_all_completions(chosen):
    space, held = tried(TEXT.format(**{**KNOWN, **chosen}))
    if not held:
        return
    found = symbolic(space)
    assert found.held("brave") == set().union(*held.values())
    assert found.held("cautious") == set.intersection(*map(set, held.values()))


def neighbours(held: dict[tuple[int, ...], set[Pair]], group: int) -> set[Pair]:
    """Return the rights that differ between two completions which differ by one group alone."""
    by_rest: dict[tuple[int, ...], list[set[Pair]]] = {}
    for each, pairs in held.items():
        by_rest.setdefault((*each[:group], *each[group + 1 :]), []).append(pairs)
    return {pair for own in by_rest.values() for one, other in itertools.combinations(own, 2) for pair in one ^ other}


@settings(max_examples=6, derandomize=True, deadline=None)
@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in OPEN.items()}))
def test_what_depends_on_each_open_fact(chosen):
    space, held = tried(TEXT.format(**{**KNOWN, **chosen}))
    if not held:
        return
    found = symbolic(space, copies=2)
    for group in range(len(space.options())):
        assert found.differing(group) == neighbours(held, group)


def certain(found: Assessment) -> Sequence[tuple[str, str]]:
    return [
        (person, right)
        for (person, right, context), outcome in found.outcomes.items()
        if context == found.default and outcome.status != "a_preciser"
    ]


def supposed(nodes: object, root: int) -> set[str]:
    return {
        node.fact.attribute
        for node in reach(nodes, root)  # type: ignore[arg-type]
        if isinstance(node, Stated) and node.fact.origin == "supposed"
    }


INCOMPLETE = [path for path in DOSSIERS if assessments()[path].filled.gaps]


@pytest.mark.parametrize("path", INCOMPLETE, ids=name_of)
def test_no_proof_of_a_certain_conclusion_rests_on_an_open_fact_but_by_cases(path):
    found = assessments()[path]
    prover = prover_for(found)
    for person, right in certain(found):
        told = branches(found, person, right)
        needed = {slot.gap.attribute for branch in told for slot, _, _ in branch.quand}
        for branch in told:
            assert supposed(branch.prover.nodes, branch.root) <= needed
        if not told:
            root = prover.explain(Atom("droit", (Fun(person), Fun(right))), found.default)
            assert supposed(prover.nodes, root) == set()


def test_urgent_care_is_certain_whatever_the_arrival_and_proved_by_cases():
    """Three months of irregular stay give the AME, that urgent care precedes; less give urgent care itself."""
    path = next(path for path in INCOMPLETE if path.stem == "arrivee_inconnue")
    found = assessments()[path]
    told = branches(found, "p1", "dsuv")
    rules = {found.law.base.rules[branch.prover.nodes[branch.root].rule].guard for branch in told}  # type: ignore[union-attr]
    assert rules == {"dsuv_ame_non_accordee", "dsuv_sejour_irregulier"}
    assert branches(found, "p1", "puma") == []


def test_a_household_of_which_only_the_roles_are_known_is_answered():
    found = assess(
        the_law(),
        dossier(
            """\
date: 2024-06-01
unions: [{nature: mariage, de: pere, avec: mere}]
personnes:
  pere:
  mere:
  fils: {parents: [pere, mere]}
  fille: {parents: [pere, mere]}
"""
        ),
    )
    status = {(p, r): o.status for (p, r, c), o in found.outcomes.items() if c == found.default}
    assert {status[person, "puma"] for person in ("p1", "p2", "p3", "p4")} == {"a_preciser"}
    assert {status[person, "cmuc"] for person in ("p1", "p2", "p3", "p4")} == {"non"}


UNDATED = """
dossier: cas
date: 2022-07-01
demandes: [{droit: ame, personne: issa, deposee: inconnu}]
personnes:
  issa: {naissance: 1990-01-01, nationalite: SO, arrivee: 2020-01-01, sejour: [], ressources: []}
"""


def test_a_certain_right_tells_no_day_that_rests_on_an_unknown_one():
    """Claimed on an unknown day: the aid is due, but nobody can say from when, nor until when, nor its deadlines."""
    found = assess(the_law(), dossier(UNDATED))
    right = answer_for(found).personnes["issa"].droits["ame"]
    assert (right.statut, right.effet, right.fin) == ("oui", "", "")
    assert right.rubriques["couverture"], "what rests on no day is told"
    assert not [entry.texte for entries in right.rubriques.values() for entry in entries if "2021" in entry.texte]
    known = assess(the_law(), dossier(UNDATED.replace("inconnu", "2022-05-20")))
    assert answer_for(known).personnes["issa"].droits["ame"].effet == "2022-05-20"


def test_what_is_counted_is_noted_once():
    """As few of some groups as can be depart from their first option; another program counts others."""
    space, _ = tried(TEXT.format(**{**KNOWN, "naissance": "inconnu", "arrivee": "inconnu", "ressources": "inconnu"}))
    program = symbolic(space)
    groups = range(len(space.groups))
    found = program.fewest(groups)
    assert found is not None
    assert program.fewest(list(groups)) == found
    with pytest.raises(ValueError, match="once"):
        program.fewest(groups[1:])
