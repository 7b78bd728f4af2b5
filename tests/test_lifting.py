"""Rules made ready for many situations at once: what the text of each looks at, and what its trace tells."""

from __future__ import annotations

from cases import the_law

from pycoverage.parsing import read_source
from pycoverage.syntax import Rule, projected


def rule(text: str) -> Rule:
    (found,) = read_source(text, file="essai.lp").rules
    return found


def test_what_a_rule_looks_at_nowhere_else_is_left_open():
    text = "p(A) :- q(A, B, C), r(A, D), not s(A), t(A, E), E <= C, F = #sum{ G, H : u(G, H, D) }, F > 0."
    found = list(map(str, projected(rule(text)).body))
    assert found[0] == "q(A, _, C)", "C is compared, B is not"
    assert found[1] == "r(A, D)", "a sum looks at D"
    assert found[2:4] == ["not s(A)", "t(A, E)"]


def test_a_rule_that_looks_at_all_it_names_stays_as_it_is():
    whole = rule("p(A, B) :- q(A, B, C), C != 0.")
    assert projected(whole) == whole


def test_a_rule_is_traced_with_all_it_binds_and_evaluated_with_what_it_looks_at():
    (each,) = (each for each in the_law().program.statements if each.guard == "c2s_effet")
    own = "droit_en_cours(C__,K__,Personne,Droit,Debut,{})"
    assert own.format("_") in each.text and own.format("Fin") not in each.text
    assert own.format("Fin") in each.traced and "Fin" in each.variables
