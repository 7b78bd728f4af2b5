"""Kinds flow from facts and parameters through the rules, and what cannot meet is a conflict."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycoverage.base import KnowledgeBase
from pycoverage.folder import read_base
from pycoverage.inference import infer
from pycoverage.kinds import Kinds, label

BASE = Path(__file__).parent / "checks" / "base"


@pytest.fixture
def base_with(tmp_path):
    """Return a function that reads the small base with one more file of rules."""

    def read(text: str) -> KnowledgeBase:
        shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
        (tmp_path / "rules" / "cas.lp").write_text(text, encoding="utf-8")
        base, findings = read_base(tmp_path)
        assert not findings
        return base

    return read


def rule_at(base: KnowledgeBase, head: str) -> int:
    """Return the index of the first rule that derives a predicate."""
    return base.by_head()[head][0]


def test_facts_parameters_and_properties_have_the_kinds_of_the_catalogues():
    base, _ = read_base(BASE)
    kinds = infer(base)
    assert kinds.positions["naissance"] == ("personne", "date")
    assert kinds.positions["isole"] == ("personne", "code:oui_non")
    assert kinds.positions["ressource"] == ("personne", "cle", "montant")
    assert kinds.positions["plafond"] == ("montant",)
    assert kinds.positions["durable"] == ("code:titre",)
    assert kinds.positions["droit"] == ("personne", "code:droit")


def test_a_derived_predicate_takes_the_kinds_of_what_it_is_made_of():
    base, _ = read_base(BASE)
    kinds = infer(base)
    assert kinds.positions["total"] == ("personne", "montant")
    assert kinds.variable(rule_at(base, "majeur"), "Annees") == "nombre"
    assert kinds.variable(rule_at(base, "total"), "Cle") == "cle"


def test_kinds_also_flow_backwards_from_where_a_value_is_used(base_with):
    base = base_with("seuil(X) :- X = 3.\ntrouve(X) :- seuil(X), plafond(X).\n")
    assert infer(base).positions["seuil"] == ("montant",)


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ('"2020-02-30"', "date"),
        ('"texte libre"', "texte"),
        ("12", "nombre"),
        ("mot", "code"),
        ("rapport(1, 2)", "coefficient"),
        ("@plus_mois(Jour, 3)", "date"),
        ("@jours(Jour, Jour)", "nombre"),
        ("@part(1000, rapport(1, 2))", "montant"),
        ("paire(Jour, 3)", "terme:paire/2"),
        ("1 + 2", "nombre"),
    ],
)
def test_each_written_value_has_its_kind(base_with, term, kind):
    base = base_with(f"essai({term}) :- date(Jour).\n")
    assert infer(base).position("essai", 0) == kind


def test_an_open_bound_fits_any_kind(base_with):
    kinds = infer(base_with("essai(X) :- naissance(_, X), X < #sup, total(_, T), T < #sup.\n"))
    assert kinds.position("essai", 0) == "date"
    assert kinds.conflicts == ()


@pytest.mark.parametrize(
    ("aggregate", "kind"),
    [
        ("#sum{ M, C : ressource(P, C, M) }", "montant"),
        ("#count{ D : sejour(P, _, D, _) }", "nombre"),
        ("#max{ D : sejour(P, _, D, _) }", "date"),
        ("#sum{ 1, D : sejour(P, _, D, _) }", "nombre"),
    ],
)
def test_an_aggregate_has_the_kind_of_what_it_gathers(base_with, aggregate, kind):
    kinds = infer(base_with(f"essai(P, X) :- personne(P), X = {aggregate}.\n"))
    assert kinds.position("essai", 1) == kind
    assert kinds.conflicts == ()


def test_a_variable_of_one_element_is_not_that_of_another(base_with):
    base = base_with(
        "essai(P) :- personne(P), #sum{ X, C : ressource(P, C, X) } > 0, #count{ X : sejour(P, _, X, _) } > 0.\n"
    )
    assert infer(base).conflicts == ()


@pytest.mark.parametrize(
    ("condition", "found", "expected", "about"),
    [
        ("naissance(P, N), total(P, T), N < T", "date", "montant", "comparaison"),
        ("total(P, T), T <= plafond", "code", "montant", "comparaison"),
        ("naissance(P, N), N < 20000101", "nombre", "date", "comparaison"),
        ("naissance(P, N), X = @age(N, 3)", "nombre", "date", "fonction"),
        ("naissance(P, N), X = N + 1", "nombre", "date", "calcul"),
        ("isole(P, N), durable(N)", "code:oui_non", "code:titre", "argument"),
        ("isole(P, oui), a_la_date(3, majeur(P))", "nombre", "date", "argument"),
    ],
)
def test_what_cannot_meet_is_a_conflict_with_its_place(base_with, condition, found, expected, about):
    base = base_with(f"\nessai(P) :- {condition}.\n")
    conflicts = infer(base).conflicts
    assert (found, expected, about) in {(c.found, c.expected, c.about) for c in conflicts}
    assert {c.place.line for c in conflicts} == {2}


def test_one_wrong_rule_does_not_spoil_the_kinds_of_the_others(base_with):
    rules = "proche(P, N) :- naissance(P, N).\n" + "".join(
        f"proche(P, Q) :- parent(P, Q), rang(P, {n}).\n" for n in "123"
    )
    kinds = infer(base_with(rules + "rang(P, 1) :- personne(P).\nessai(P) :- proche(P, Q), majeur(Q).\n"))
    assert kinds.position("proche", 1) == "personne"
    assert [c.place.line for c in kinds.conflicts] == [1]


def test_constants_are_listed_with_the_kind_of_their_place(base_with):
    kinds = infer(base_with("essai(P) :- sejour(P, carte, _, _), isole(P, X), X != oui.\n"))
    found = {(c.name, c.kind) for c in kinds.constants}
    assert {("carte", "code:titre"), ("oui", "code:oui_non"), ("aide", "code:droit")} <= found


def test_kinds_survive_the_cache():
    base, _ = read_base(BASE)
    kinds = infer(base)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(kinds), type=Kinds) == kinds


@pytest.mark.parametrize("kind", ["personne", "date", "cle", "code:droit", "code:titre", "terme:paire/2"])
def test_every_kind_has_a_name_a_person_can_read(kind):
    assert label(kind).startswith(("un ", "une "))


@given(data=st.data())
def test_the_order_of_the_rules_changes_no_kind(data):
    base, _ = read_base(BASE)
    rules = tuple(data.draw(st.permutations(base.rules)))
    assert infer(msgspec.structs.replace(base, rules=rules)).positions == infer(base).positions
