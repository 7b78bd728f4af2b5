"""The search over all situations against trying them one by one, on small random bases: two states, and statements."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from pycoverage.engine import evaluate
from pycoverage.functions import plus_jours, plus_mois
from pycoverage.law import Law
from pycoverage.searches.difference import Difference, Differences
from pycoverage.searches.domain import FOCUS, Domain
from pycoverage.searches.invariant import FOLDER, read_invariants
from pycoverage.searches.ranges import Range, Ranges
from pycoverage.searches.sample import samples
from pycoverage.searches.variation import Variations
from pycoverage.searches.verification import verify
from pycoverage.situation import Case, Context
from pycoverage.states.state import Pair, read_state, side_by_side
from pycoverage.value import NON, OUI, SUP, Fun, Value

SMALL = Path(__file__).parent / "checks" / "base"
DAY = "2024-06-01"

TECHNICAL = """\
%% Technique

total(Personne, Total) :- personne(Personne), Total = #sum{ Montant, Cle : ressource(Personne, Cle, Montant) }.
foyer(Personne, Total) :- personne(Personne), Total = #sum{ Montant, Autre, Cle : ressource(Autre, Cle, Montant) }.
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


def of_a_household(drawn: random.Random) -> list[str]:
    """Return conditions on what the others of a household are, or on all of it."""
    older = drawn.choice([">=", "<"])
    return [
        f"parent(Personne, Parent), naissance(Parent, Naissance), date(Jour), @age(Naissance, Jour) {older} 18",
        f"parent(Enfant, Personne), isole(Enfant, {drawn.choice(['oui', 'non'])})",
        f"personne(Autre), Autre != Personne, isole(Autre, {drawn.choice(['oui', 'non'])})",
        f"naissance(Personne, Naissance), date(Jour), @age(Naissance, Jour) {older} 16",
        f"territoire({drawn.choice(['plaine', 'montagne'])})",
        f"foyer(Personne, Total), Total {drawn.choice(['<=', '>'])} 50000",
    ]


Kinds = Callable[[random.Random], list[str]]


def rule(name: str, head: str, body: list[str], end: str = "#sup") -> str:
    until = end if end == "#sup" else f'"{end}"'
    return (
        f'regle({name}, code_exemple("1"), "2016-01-01", {until}).\n'
        f'phrase({name}, "{{Personne}} : {name}").\n'
        f"{head} :-\n    en_vigueur({name}),\n    personne(Personne),\n    {', '.join(renamed(body))}.\n"
    )


def renamed(body: list[str]) -> list[str]:
    """Return conditions each with variables of its own, but for the person."""
    names = ("Naissance", "Jour", "Annees", "Titre", "Debut", "Fin", "Total", "Parent", "Enfant", "Autre")
    for number, text in enumerate(body):
        for name in names:
            text = text.replace(name, f"{name}{number}")
        yield text


def state(drawn: random.Random, kinds: Kinds = conditions) -> dict[str, str]:
    """Return random rules: two notions, and four rules on two rights, that may rest on them."""
    rules = {
        "ancienne": rule(
            "ancienne", "ancienne(Personne)", [drawn.choice(["isole(Personne, oui)", "territoire(plaine)"])], LAW
        )
    }
    for name in ("notion_0", "notion_1"):
        rules[name] = rule(name, f"{name}(Personne)", drawn.sample(kinds(drawn), 2))
    return rules | {f"droit_{number}": right(number, drawn, kinds) for number in range(4)}


def right(number: int, drawn: random.Random, kinds: Kinds = conditions) -> str:
    body = drawn.sample(kinds(drawn), 2)
    if drawn.random() < 0.6:
        body.append(f"{drawn.choice(['', 'not '])}{drawn.choice(['notion_0', 'notion_1'])}(Personne)")
    return rule(f"droit_{number}", f"droit(Personne, {('aide', 'secours')[number % 2]})", body)


def bases(folder: Path, drawn: random.Random, kinds: Kinds = conditions) -> Pair:
    """Return two random states: some rules, of which one is changed, one left out, and one added."""
    rules = state(drawn, kinds)
    after = dict(rules)
    changed = drawn.choice(sorted(rules.keys() - {"ancienne"}))
    after[changed] = (
        rule(changed, f"{changed}(Personne)", drawn.sample(kinds(drawn), 2))
        if changed.startswith("notion")
        else right(int(changed[-1]), drawn, kinds)
    )
    del after[drawn.choice([name for name in after if name.startswith("droit")])]
    after["droit_4"] = right(4, drawn, kinds)
    return side_by_side(*(read_state(write(folder / name, text)) for name, text in (("un", rules), ("deux", after))))


def write(folder: Path, rules: dict[str, str], invariants: str = "") -> str:
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    (folder / FOLDER).mkdir(parents=True)
    (folder / FOLDER / "essai.lp").write_text(invariants, encoding="utf-8")
    (folder / "facts" / "droits.yaml").write_text(
        "aide: {nom: aide, nature: de_droit}\nsecours: {nom: secours, nature: de_droit}\n", encoding="utf-8"
    )
    told = "".join(
        f'notion({name}("Personne"), "{{Personne}} : {name}", "{{Personne}} : pas {name}").\n'
        for name in rules
        if not name.startswith(("droit", "anomalie"))
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


MANY = 6_000
"""Situations tried one by one, at most."""


Grid = dict[str, list[dict[str, Value | None]]]

HOUSEHOLD: Grid = {
    **GRID,
    "naissance": [{"": day} for day in around([plus_mois(DAY, -12 * age) for age in (16, 18)])],
    "parents": [{"valeur": None}, {"valeur": Fun("p1")}, {"valeur": Fun("p2")}],
    "ressources": [{"montant": None}, *({"montant": 50_000 + step} for step in (-1, 0, 1))],
}


def gridded(
    domain: Domain, drawn: random.Random, grid: Grid = GRID
) -> list[tuple[tuple[dict[str, Value | None], ...], Case]]:
    """Return the situations of the grid, or many of them, each with the values of its facts."""
    whole = list(itertools.product(*(grid[name] for _, name, _ in domain.groups)))
    return [(each, case_of(domain, each)) for each in (whole if len(whole) <= MANY else drawn.sample(whole, MANY))]


def case_of(domain: Domain, values: Sequence[dict[str, Value | None]]) -> Case:
    facts = (domain.option(key, parts) for key, parts in zip(domain.groups, values, strict=True))
    return Case("essai", domain.filled.case.persons, tuple(fact for each in facts for fact in each))


def tried(
    search: Differences, contexts: list, drawn: random.Random, grid: Grid = GRID
) -> set[tuple[str, str, frozenset[int]]]:
    """Return what the two states give differently, with the rules that changed and apply, over the whole grid."""
    law = search.law
    cases = [case for _, case in gridded(search.domain, drawn, grid)]
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
        (each.right, each.how): {rule for sample in samples(search, each, 20) for rule in sample.touched}
        for each in found
    }
    unexplained = [each for each in shown if each[2] and not each[2] & named[each[0], each[1]]]
    assert not unexplained


@pytest.mark.parametrize("seed", range(10))
def test_for_two_persons_no_dossier_tried_shows_what_the_search_does_not_and_each_it_shows_is_true(seed, tmp_path):
    drawn = random.Random(seed)
    pair = bases(tmp_path, drawn, of_a_household)
    search = Differences(pair, DAY, 2, ())
    found, complete = search.possible()
    assert complete
    contexts = [pair.before.context(DAY), pair.after.context(DAY)]
    shown = {(right, how) for right, how, _ in tried(search, contexts, drawn, HOUSEHOLD)}
    told = {(each.right, each.how) for each in found}
    assert shown <= told
    assert told <= answered(search, contexts, found)


@pytest.mark.parametrize("seed", range(6))
def test_one_right_alone_is_searched_as_among_the_others(seed, tmp_path):
    """With the only rules and facts on which it rests, a right is won and lost as with all of them."""
    pair = bases(tmp_path, random.Random(seed))
    whole = {(each.right, each.how) for each in Differences(pair, DAY, 1, ()).possible()[0]}
    for right_ in ("aide", "secours"):
        found, complete = Differences(pair, DAY, 1, (), right=right_).possible()
        assert complete
        assert {(each.right, each.how) for each in found} == {each for each in whole if each[0] == right_}


@pytest.mark.parametrize("seed", range(6))
def test_a_fact_decides_and_may_vary_as_trying_each_of_its_values_tells(seed, tmp_path):
    """Each fact alone takes every value of its grid, and those around the ends of the ranges told."""
    drawn = random.Random(seed)
    pair = bases(tmp_path, drawn)
    search = Differences(pair, DAY, 1, ())
    tried_so = Variations(search)
    for each in search.possible()[0]:
        for sample in samples(search, each, 2):
            decisive = tried_so.decisive(each, sample.taken)
            told = {(found.fait, found.partie): found for found in Ranges(tried_so, each, sample.taken).of(decisive)}
            options = search.domain.options()
            own = [search.domain.named(group)[option] for group, option in enumerate(sample.taken)]
            undone = {
                group
                for group, found in enumerate(options)
                for option in range(len(found))
                if not shows(search, each, own, group, search.domain.named(group)[option])
            }
            assert {found.group for found in decisive} == undone
            for (fact, part), found in told.items():
                group = next(n for n, key in enumerate(search.domain.groups) if fact.endswith(f".{key[1]}"))
                for value in [*around_ends(found), *(parts.get(part) for parts in GRID[fact.split(".")[1]])]:
                    if value is not None and not backwards(own[group] | {part: value}) and not untold(found, value):
                        kept = shows(search, each, own, group, own[group] | {part: value})
                        assert kept == within(found, value), (each, fact, part, value)


@pytest.mark.parametrize("seed", range(6))
def test_an_example_is_the_first_of_all_those_as_ordinary(seed, tmp_path):
    """Every situation of the domain is tried: few facts out of the ordinary, then those that every dossier states."""
    pair = bases(tmp_path, random.Random(seed))
    search = Differences(pair, DAY, 1, ())
    domain, contexts = search.domain, search.domain.contexts
    whole = list(itertools.product(*(range(len(options)) for options in domain.options())))
    cases = [domain.completed(taken) for taken in whole]
    model = evaluate(search.law.base, search.law.program, cases, [contexts] * len(cases), goals=["droit", "anomalie"])
    for each in search.possible()[0]:
        shown = [
            taken
            for number, taken in enumerate(whole)
            if [(Fun(FOCUS), Fun(each.right)) in model.rows("droit", 2, number, one) for one in contexts]
            == [each.how == "perd", each.how == "gagne"]
        ]
        [sample] = samples(search, each, 1)
        assert named_facts(domain, sample.taken) == min((named_facts(domain, taken) for taken in shown), key=oddness)


def named_facts(domain: Domain, taken: Sequence[int]) -> dict[str, dict[str, str]]:
    """Return what a situation says, by attribute; nothing of a list that is empty."""
    named = (domain.named(group)[option] for group, option in enumerate(taken))
    return {
        name: {part: str(value) for part, value in parts.items() if value is not None}
        for (_, name, _), parts in zip(domain.groups, named, strict=True)
    }


def oddness(said: dict[str, dict[str, str]]) -> tuple[object, ...]:
    """Return how far a situation is from the ordinary, as the vocabulary of the small base tells it."""
    ordinary = {"territoire": {"": "plaine"}, "isole": {"": "non"}, "sejour": {}, "ressources": {}}
    out = [name for name, usual in ordinary.items() if said.get(name, usual) != usual]
    presumed = [name in out for name in ("isole", "territoire")]
    stated = [name in out for name in ("ressources", "sejour")]

    def apart(day: str) -> int:
        return abs((date.fromisoformat(day) - date.fromisoformat(DAY)).days)

    title, born = said.get("sejour"), said.get("naissance")
    line = (
        (title["au"] != "#sup", ["carte", "recepisse"].index(title["titre"]), apart(title["du"]), end(title["au"]))
        if title
        else ()
    )
    amount = int(said.get("ressources", {}).get("montant", 0))
    return len(out), presumed, stated, apart(born[""]) if born else 0, line, amount


def end(day: str) -> int:
    """Return how far an end is from the day: an open one comes first."""
    return -1 if day == "#sup" else abs((date.fromisoformat(day) - date.fromisoformat(DAY)).days)


def shows(search: Differences, difference: Difference, own: list, group: int, parts: dict) -> bool:
    """Tell whether the engine gives a difference once one fact is another."""
    case = case_of(search.domain, [parts if number == group else each for number, each in enumerate(own)])
    contexts = search.domain.contexts
    model = evaluate(search.law.base, search.law.program, [case], [contexts], goals=["droit", "anomalie"])
    one, other = ((Fun(FOCUS), Fun(difference.right)) in model.rows("droit", 2, 0, each) for each in contexts)
    return (one, other) == ((False, True) if difference.how == "gagne" else (True, False))


def around_ends(found: Range) -> list[Value]:
    days = [each for ends in found.intervalles for each in ends if each.count("-") == 2]
    amounts = [int(each) for ends in found.intervalles for each in ends if each.isdigit()]
    return [*around(days), *(each + step for each in amounts for step in (-1, 0, 1))]


def backwards(parts: dict[str, Value | None]) -> bool:
    return isinstance(parts.get("au"), str) and str(parts["du"]) > str(parts["au"])


def untold(found: Range, value: Value) -> bool:
    """Tell whether a range, which ends on the day examined, says nothing of a day: it comes after."""
    return isinstance(value, str) and value > DAY and any(high == DAY for _, high in found.intervalles)


def within(found: Range, value: Value) -> bool:
    """Tell whether a range holds a value."""
    if value == SUP:
        return found.ouvert
    if isinstance(value, Fun):
        return str(value) in found.codes
    if isinstance(value, int):
        return any(int(low or 0) <= value <= int(high or value) for low, high in found.intervalles)
    return any(low <= str(value) <= (high or "9") for low, high in found.intervalles)


ROLES = """\
%% Technique

role(Personne, enfant) :- parent(Personne, Parent).
role(Personne, seul) :- personne(Personne), not a_un_parent(Personne).
a_un_parent(Personne) :- parent(Personne, Parent).
"""


@pytest.mark.parametrize("seed", range(5))
def test_for_two_persons_each_difference_is_told_with_the_role_of_the_person(seed, tmp_path):
    drawn = random.Random(seed)
    rules = state(drawn, of_a_household) | {"droit_roles": ROLES}
    after = rules | {"droit_0": right(0, drawn, of_a_household), "droit_1": right(1, drawn, of_a_household)}
    pair = side_by_side(*(read_state(write(tmp_path / name, text)) for name, text in (("un", rules), ("deux", after))))
    search = Differences(pair, DAY, 2, ())
    contexts = [pair.before.context(DAY), pair.after.context(DAY)]
    shown = set()
    cases = [case for _, case in gridded(search.domain, drawn, HOUSEHOLD)]
    goals = ["droit", "anomalie", "role"]
    model = evaluate(pair.law.base, pair.law.program, cases, [contexts] * len(cases), goals=goals)
    for number in range(len(cases)):
        one, other = (
            {row for row in model.rows("droit", 2, number, each) if row[0] == Fun(FOCUS)} for each in contexts
        )
        [role] = [str(row[1]) for row in model.rows("role", 2, number, contexts[0]) if row[0] == Fun(FOCUS)]
        shown |= {(str(row[1]), "gagne" if row in other else "perd", role) for row in one ^ other}
    told = {(each.right, each.how, each.role) for each in search.possible()[0]}
    assert shown <= told
    assert {role for _, _, role in told} <= {"enfant", "seul"}
    for each in search.possible()[0]:
        [sample] = samples(search, each, 1)
        stated = {fact.args for fact in search.domain.completed(sample.taken).facts if fact.name == "parent"}
        assert any(args[0] == Fun(FOCUS) for args in stated) == (each.role == "enfant")


def answered(search: Differences, contexts: list[Context], found: Sequence[Difference]) -> set[tuple[str, str]]:
    """Return the differences that the engine gives for the dossiers that the search shows."""
    law = search.law
    cases = [search.domain.completed(sample.taken) for each in found for sample in samples(search, each, 1)]
    model = evaluate(law.base, law.program, cases, [contexts] * len(cases), goals=["droit", "anomalie"])
    given = set()
    for number in range(len(cases)):
        one, other = (
            {str(row[1]) for row in model.rows("droit", 2, number, each) if row[0] == Fun(FOCUS)} for each in contexts
        )
        given |= {(right, "gagne") for right in other - one} | {(right, "perd") for right in one - other}
    return given


LAWS = """\
invariant(avant_la_loi, code_exemple("1"), "qui a un titre pris sous la loi ancienne n'a pas l'aide").
violation(avant_la_loi, Personne) :- droit(Personne, aide), isole(Personne, oui), territoire(plaine).
"""


def test_a_statement_broken_only_by_who_began_under_another_law_is_not_proved(tmp_path):
    """The rule read on the day of the title ended in 2021: a title of today never shows it."""
    began = "sejour(Personne, Titre, Debut, Fin), a_la_date(Debut, ancienne(Personne))"
    rules = {
        "ancienne": rule("ancienne", "ancienne(Personne)", ["isole(Personne, oui)"], LAW),
        "droit_0": rule("droit_0", "droit(Personne, aide)", [began]),
        "droit_1": rule("droit_1", "droit(Personne, secours)", ["isole(Personne, oui)"]),
    }
    law = read_state(write(tmp_path, rules, LAWS)).law
    known = read_invariants(law)
    [found] = verify(known, list(known.statements), [DAY]).verdicts
    assert found.statut == "viole"
    assert found.witnesses[0].confirmed


NOTIONS = ("droit(Personne, aide)", "droit(Personne, secours)", "notion_0(Personne)", "notion_1(Personne)")
ASKED = ("droit", "notion_0", "notion_1")


def stated(name: str, body: Sequence[str]) -> str:
    text = f'invariant({name}, code_exemple("1"), "essai").\n'
    return f"{text}violation({name}, Personne) :- personne(Personne), {', '.join(body)}.\n"


@pytest.mark.parametrize("seed", range(10))
def test_a_statement_is_broken_by_a_dossier_confirmed_or_by_none_of_those_tried(seed, tmp_path):
    drawn = random.Random(seed)
    pool = [f"{no}{what}" for no in ("", "not ") for what in NOTIONS]
    bodies = [[*drawn.sample(pool, 2), *renamed([drawn.choice(conditions(drawn))])] for _ in range(6)]
    text = "".join(stated(f"un_{number}", body) for number, body in enumerate(bodies))
    known = read_invariants(read_state(write(tmp_path, state(drawn), text)).law)
    found = verify(known, list(known.statements), [DAY]).verdicts
    assert {each.statut for each in found} <= {"viole", "prouve"}, "each one found is confirmed"
    context = Context(DAY)
    domain = Domain(known.law, 1, [context], ["violation", "anomalie"])
    cases = [case for _, case in gridded(domain, drawn)]
    model = evaluate(known.law.base, known.law.program, cases, [[context]] * len(cases), goals=["violation"])
    shown = {str(row[0]) for number in range(len(cases)) for row in model.rows("violation", 2, number, context)}
    assert shown <= {each.invariant.id for each in found if each.statut == "viole"}
    assert shown


@pytest.mark.parametrize("seed", range(10))
def test_a_statement_on_two_situations_is_broken_by_two_dossiers_confirmed_or_by_none_tried(seed, tmp_path):
    """Lost by the change of one fact alone: every two values of it are tried, the other facts drawn."""
    drawn = random.Random(seed)
    fact, text = drawn.choice(("sejour", "ressources", "naissance")), ""
    for number, lost in enumerate(NOTIONS):
        body = [f"avant({lost})", f"not apres({lost})"]
        text += stated(f"deux_{number}", body).replace(" personne(Personne)", " apres(personne(Personne))")
        text += f"varie(deux_{number}, {fact}).\n"
    law = read_state(write(tmp_path, state(drawn), text)).law
    known = read_invariants(law)
    found = verify(known, list(known.statements), [DAY]).verdicts
    assert {each.statut for each in found} <= {"viole", "prouve"}, "each one found is confirmed"
    context = Context(DAY)
    domain = Domain(law, 1, [context], [*ASKED, "anomalie"])
    keys = [name for _, name, _ in domain.groups]
    shown = set()
    for _ in range(40):
        near = [drawn.choice(GRID[name]) for name in keys]
        varied = [
            [other if name == fact else each for name, each in zip(keys, near, strict=True)] for other in GRID[fact]
        ]
        held = conclusions(law, [case_of(domain, each) for each in varied], context)
        shown |= {lost for one in held for other in held for lost in one - other}
    assert shown <= {NOTIONS[int(each.invariant.id[-1])] for each in found if each.statut == "viole"}


def conclusions(law: Law, cases: Sequence[Case], context: Context) -> list[set[str]]:
    """Return which of the notions hold in each case."""
    model = evaluate(law.base, law.program, cases, [[context]] * len(cases), goals=ASKED)
    return [
        {f"droit(Personne, {right})" for _, right in model.rows("droit", 2, number, context)}
        | {f"{name}(Personne)" for name in ASKED[1:] if model.rows(name, 1, number, context)}
        for number in range(len(cases))
    ]


CONTRADICTION = """\
%% Technique

phrase(seule, "{Personne} est seule").
anomalie(seule, Personne) :-
    isole(Personne, oui).
"""


def test_a_dossier_that_contradicts_itself_in_the_later_state_alone_shows_no_difference(tmp_path):
    """The plain dossier of a person alone is a contradiction from now on: of the two rights, one is still lost."""
    before = {
        "droit_0": rule("droit_0", "droit(Personne, aide)", ["isole(Personne, oui)"]),
        "droit_1": rule("droit_1", "droit(Personne, secours)", ["territoire(plaine)"]),
    }
    after = {
        "droit_0": rule("droit_0", "droit(Personne, aide)", ["isole(Personne, oui)", "territoire(montagne)"]),
        "droit_1": rule("droit_1", "droit(Personne, secours)", ["territoire(montagne)"]),
        "anomalie": CONTRADICTION,
    }
    pair = side_by_side(*(read_state(write(tmp_path / name, text)) for name, text in (("un", before), ("deux", after))))
    found, complete = Differences(pair, DAY, 1, ()).possible()
    assert complete
    assert {(each.right, each.how) for each in found} == {("secours", "gagne"), ("secours", "perd")}
