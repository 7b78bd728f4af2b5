"""The search over all situations against trying them one by one, on small random bases of two states."""

from __future__ import annotations

import itertools
import random
import shutil
from pathlib import Path

import pytest

from pycoverage.engine import evaluate
from pycoverage.functions import plus_jours, plus_mois
from pycoverage.searches.difference import Differences
from pycoverage.searches.domain import FOCUS
from pycoverage.situation import Case
from pycoverage.states.state import Pair, read_state, side_by_side
from pycoverage.value import NON, OUI, SUP, Fun, Value

SMALL = Path(__file__).parent / "checks" / "base"
DAY = "2024-06-01"

TECHNICAL = """\
%% Technique

total(Personne, Total) :- personne(Personne), Total = #sum{ Montant, Cle : ressource(Personne, Cle, Montant) }.
"""
AGES, MONTHS, CEILINGS, BORN, LAW = (16, 18, 21), (2, 3, 12), (50_000, 70_000), "1995-05-05", "2021-06-01"
"""All that the conditions name: the grid has each day and amount around them."""


def conditions(drawn: random.Random) -> list[str]:
    """Return conditions that a rule may have, one of each kind, with numbers of their own."""
    older, line, amount = drawn.choice([">=", "<"]), drawn.choice(["<", "<="]), drawn.choice(["<=", ">"])
    age, months, ceiling = drawn.choice(AGES), drawn.choice(MONTHS), drawn.choice(CEILINGS)
    sejour = "sejour(Personne, Titre, Debut, Fin)"
    return [
        f"naissance(Personne, Naissance), date(Jour), Annees = @age(Naissance, Jour), Annees {older} {age}",
        f'naissance(Personne, Naissance), Naissance {drawn.choice(["<", ">="])} "{BORN}"',
        f"isole(Personne, {drawn.choice(['oui', 'non'])})",
        f"territoire({drawn.choice(['plaine', 'montagne'])})",
        f"{sejour}, date(Jour), Debut <= Jour, Jour {line} Fin",
        f"{sejour}, date(Jour), @plus_mois(Debut, {months}) {line} Jour",
        f"{sejour}, {drawn.choice(['durable', 'not durable'])}(Titre)",
        f"{sejour}, a_la_date(Debut, ancienne(Personne))",
        f"total(Personne, Total), Total {amount} {ceiling}",
    ]


def rule(name: str, head: str, body: list[str], end: str = "#sup") -> str:
    until = end if end == "#sup" else f'"{end}"'
    return (
        f'regle({name}, code_exemple("1"), "2016-01-01", {until}).\n'
        f'phrase({name}, "{{Personne}} : {name}").\n'
        f"{head} :-\n    en_vigueur({name}),\n    personne(Personne),\n    {', '.join(renamed(body))}.\n"
    )


def renamed(body: list[str]) -> list[str]:
    """Return conditions each with variables of its own, but for the person."""
    names = ("Naissance", "Jour", "Annees", "Titre", "Debut", "Fin", "Total")
    for number, text in enumerate(body):
        for name in names:
            text = text.replace(name, f"{name}{number}")
        yield text


def bases(folder: Path, drawn: random.Random) -> Pair:
    """Return two random states: some rules, of which one is changed, one left out, and one added."""
    notions = [f"notion_{number}" for number in range(2)]
    rules = {
        "ancienne": rule(
            "ancienne", "ancienne(Personne)", [drawn.choice(["isole(Personne, oui)", "territoire(plaine)"])], LAW
        )
    }
    for name in notions:
        rules[name] = rule(name, f"{name}(Personne)", drawn.sample(conditions(drawn), 2))

    def right(number: int) -> str:
        body = drawn.sample(conditions(drawn), 2)
        if drawn.random() < 0.6:
            body.append(f"{drawn.choice(['', 'not '])}{drawn.choice(notions)}(Personne)")
        return rule(f"droit_{number}", f"droit(Personne, {('aide', 'secours')[number % 2]})", body)

    rules |= {f"droit_{number}": right(number) for number in range(4)}
    after = dict(rules)
    changed = drawn.choice(sorted(rules.keys() - {"ancienne"}))
    after[changed] = (
        rule(changed, f"{changed}(Personne)", drawn.sample(conditions(drawn), 2))
        if changed in notions
        else right(int(changed[-1]))
    )
    del after[drawn.choice([name for name in after if name.startswith("droit")])]
    after["droit_4"] = right(4)
    return side_by_side(*(read_state(write(folder / name, text)) for name, text in (("un", rules), ("deux", after))))


def write(folder: Path, rules: dict[str, str]) -> str:
    shutil.copytree(SMALL, folder)
    (folder / "facts" / "droits.yaml").write_text(
        "aide: {nom: aide, nature: de_droit}\nsecours: {nom: secours, nature: de_droit}\n", encoding="utf-8"
    )
    told = "".join(
        f'notion({name}("Personne"), "{{Personne}} : {name}", "{{Personne}} : pas {name}").\n'
        for name in rules
        if not name.startswith("droit")
    )
    (folder / "rules" / "aide" / "droit.lp").write_text(
        told + "\n".join([*rules.values(), TECHNICAL]), encoding="utf-8"
    )
    return str(folder)


def around(days: list[str]) -> list[str]:
    return sorted({plus_jours(day, step) for day in days for step in (-1, 0, 1)})


GRID: dict[str, list[dict[str, Value | None]]] = {
    "territoire": [{"": Fun("plaine")}, {"": Fun("montagne")}],
    "isole": [{"": OUI}, {"": NON}],
    "naissance": [{"": day} for day in around([*(plus_mois(DAY, -12 * age) for age in AGES), BORN])],
    "sejour": [
        {"titre": None, "du": None, "au": None},
        *(
            {"titre": Fun(title), "du": start, "au": end}
            for title in ("carte", "recepisse")
            for start in [
                "2017-01-01",
                LAW,
                plus_jours(LAW, -1),
                *around([plus_mois(DAY, -month) for month in MONTHS]),
                DAY,
            ]
            for end in [plus_jours(DAY, -1), DAY, plus_jours(DAY, 1), SUP]
            if end == SUP or str(start) <= str(end)
        ),
    ],
    "ressources": [{"montant": None}, *({"montant": each + step} for each in CEILINGS for step in (-1, 0, 1))],
}
"""What each fact may be: every day next to one that a condition names, every amount next to a ceiling."""


def tried(search: Differences, contexts: list, drawn: random.Random) -> set[tuple[str, str, frozenset[int]]]:
    """Return what the two states give differently, with the rules that changed and apply, over the whole grid."""
    domain, law = search.domain, search.law
    choices = [GRID[name] for _, name, _ in domain.groups]
    whole = list(itertools.product(*choices))
    cases = [
        Case(
            "essai",
            domain.filled.case.persons,
            tuple(fact for key, parts in zip(domain.groups, each, strict=True) for fact in domain.option(key, parts)),
        )
        for each in (whole if len(whole) <= 6_000 else drawn.sample(whole, 6_000))
    ]
    goals = ["droit", "anomalie"]
    model = evaluate(law.base, law.program, cases, [contexts] * len(cases), goals=goals, traced=True)
    statements = [each for each in law.program.statements if each.rule in search.changed]
    found = set()
    for number in range(len(cases)):
        one, other = (
            {row[1] for row in model.rows("droit", 2, number, each) if row[0] == Fun(FOCUS)} for each in contexts
        )
        applied = frozenset(
            each.rule for each in statements if model.applied(each.rule, each.hidden, len(each.variables), number)
        )
        found |= {(str(right), "gagne", applied) for right in other - one}
        found |= {(str(right), "perd", applied) for right in one - other}
    return found


@pytest.mark.parametrize("seed", range(10))
def test_the_search_finds_what_trying_every_dossier_finds_and_nothing_else(seed, tmp_path):
    """Rights won and lost are the same, and each dossier that shows one applies a rule that the search has named."""
    drawn = random.Random(seed)
    pair = bases(tmp_path, drawn)
    search = Differences(pair, DAY, 1, ())
    found, complete = search.possible()
    assert complete
    shown = tried(search, [pair.before.context(DAY), pair.after.context(DAY)], drawn)
    assert {(each.right, each.how) for each in found} == {(right, how) for right, how, _ in shown}
    named = {
        (each.right, each.how): {rule for sample in search.samples(each, 20) for rule in sample.touched}
        for each in found
    }
    unexplained = [each for each in shown if each[2] and not each[2] & named[each[0], each[1]]]
    assert not unexplained
