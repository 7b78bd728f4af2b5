"""Where a mutant concludes something else than the rule it changes, for all mutants at once.

One grounding holds the rules as they are and, beside each, what every mutant of it would conclude under another
name. Where a mutated rule concludes the same, nothing changes: a stratified program has one model, and the one of
the base satisfies the mutated base too. So a dossier is played again only where a difference is seen here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from pycoverage.base import KnowledgeBase, LegalRule
from pycoverage.catalogue import Nomenclature, Parameter
from pycoverage.engine import Model
from pycoverage.finding import InputError, Place
from pycoverage.law import Law
from pycoverage.lifting import global_variables, lift_beside
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.variation import Effect
from pycoverage.program import Statement
from pycoverage.situation import Case, Context
from pycoverage.syntax import Atom, Condition, Literal, Rule, literals, meet
from pycoverage.value import Fun, Var
from pycoverage.world import worlds

PART = 100
"""Cases per grounding."""

MUTANT = "_mutant"
"""Stands for the file of a rule written here: its line is the number of the mutant."""


class Probe(msgspec.Struct, frozen=True):
    """A rule that tells what a mutant concludes, the rule it resembles, and whether readings are left aside."""

    rule: Rule
    twin: int
    every_reading: bool


class Sightings(msgspec.Struct):
    """Per mutant, the cases in which it concludes something else; `failing` are those that cannot be evaluated."""

    cases: list[set[int]]
    failing: set[int]


def sightings(
    law: Law, mutants: Sequence[Mutant], cases: Sequence[Case], contexts: Sequence[Sequence[Context]]
) -> Sightings:
    """Return where each mutant concludes something else. Raises as `engine.evaluate` does."""
    found = Sightings([set() for _ in mutants], set())
    prepared = probed(law, mutants)
    for start in range(0, len(cases), PART):
        end = min(start + PART, len(cases))
        while True:
            try:
                _look(prepared, cases[start:end], contexts[start:end], start, found)
                break
            except InputError as error:
                failing = {each.place.line for each in error.findings if each.place.file == MUTANT}
                if not failing:
                    raise
                found.failing |= failing
                prepared = probed(law, mutants, found.failing)
    return found


def _look(law: Law, cases: Sequence[Case], contexts: Sequence[Sequence[Context]], start: int, found: Sightings) -> None:
    seen = [name for name in law.program.levels if name.startswith(("_plus_", "_moins_"))]
    models: dict[int, tuple[Model, dict[int, int]]] = {}
    for number, world in enumerate(worlds(law, cases, contexts, goals=seen)):
        for model, own in world.parts.values():
            models.setdefault(id(model), (model, {}))[1][own] = start + number
    for model, numbers in models.values():
        for name, marked in model.marked(seen):
            mutant = int(name.split("_")[2])
            found.cases[mutant].update(numbers.values() if marked is None else (numbers[case] for case in marked))


def probed(law: Law, mutants: Sequence[Mutant], without: Collection[int] = ()) -> Law:
    """Return a law that also tells what each mutant concludes that its rule does not, and the reverse."""
    base = law.base
    recursive = _recursive(base)
    legal, parameters, lists = dict(base.legal), dict(base.parameters), dict(base.nomenclatures)
    probes: dict[str, Probe] = {}
    levels: dict[str, tuple[str, ...]] = {}
    for number, mutant in enumerate(mutants):
        if number in without:
            continue
        beside(mutant, number, base, legal, parameters, lists)
        for each in _probes(base, mutant, number, recursive):
            probes.setdefault(str(each.rule), each)
            levels[each.rule.head.name] = law.program.levels[base.rules[each.twin].head.name]
        if mutant.other:
            levels[mutant.other] = ("L__",)
    added = list(probes.values())
    wider = msgspec.structs.replace(
        base,
        rules=(*base.rules, *(each.rule for each in added)),
        legal=legal,
        parameters=parameters,
        nomenclatures=lists,
    )
    program = lift_beside(wider, law.program, law.kinds, [each.twin for each in added], levels)
    count = len(law.program.statements)
    own = tuple(map(_open, program.statements[count:], added))
    return Law(wider, msgspec.structs.replace(program, statements=(*program.statements[:count], *own)), law.kinds)


def beside(
    mutant: Mutant,
    number: int,
    base: KnowledgeBase,
    legal: dict[str, LegalRule],
    parameters: dict[str, Parameter],
    lists: dict[str, Nomenclature],
) -> None:
    """Add what a mutant tells beside its rules: days in force, an amount, a list."""
    if mutant.interval is not None:
        ((index, rule),) = mutant.rules
        name = f"{rule.guard}__{number}"
        legal[name] = msgspec.structs.replace(
            base.legal[rule.guard or ""], id=name, interval=mutant.interval, rule=index
        )
    if mutant.parameter is not None:
        parameters[mutant.other] = mutant.parameter
    if mutant.nomenclature is not None:
        lists[mutant.other] = mutant.nomenclature


def _open(statement: Statement, probe: Probe) -> Statement:
    """Return a statement that no reading holds back, and that is no reading itself."""
    text = statement.text
    if probe.every_reading:
        text = text.replace("en_vigueur(", "_en_periode(", 1)
    return msgspec.structs.replace(statement, guard="", text=text, traced=text, open="", stakes="", question="")


def _probes(base: KnowledgeBase, mutant: Mutant, number: int, recursive: frozenset[str]) -> Iterator[Probe]:
    for nth, (index, changed) in enumerate(mutant.rules):
        if mutant.interval is not None:
            changed = guarded(changed, f"{changed.guard}__{number}")
        place = Place(MUTANT, number)
        yield from _compared(base, index, changed, f"{number}_{nth}", place, mutant.effect, recursive)


def _compared(
    base: KnowledgeBase,
    index: int,
    changed: Rule,
    name: str,
    place: Place,
    effect: Effect,
    recursive: frozenset[str],
) -> Iterator[Probe]:
    """Yield what tells where a rule and what becomes of it conclude differently.

    A rule that belongs to a reading is compared in every reading, with itself alone: it also tells what is at
    stake. Of a recursive predicate each application counts: one that is lost could else stand on another that
    rests on it.
    """
    rule = base.rules[index]
    head, generic = rule.head, tuple(Var(f"X{n}__") for n in range(len(rule.head.args)))
    legal = base.legal.get(rule.guard or "")
    contested = legal is not None and bool(legal.question)

    def probe(atom: Atom, body: tuple[Condition, ...], twin: int = index) -> Probe:
        return Probe(Rule(atom, body, place, (place,) * len(body)), twin, contested)

    if effect != "moins" and contested:
        yield probe(Atom(f"_vu_{name}", changed.head.args), changed.body)
        yield probe(Atom(f"_o_{index}", head.args), rule.body)
        yield probe(Atom(f"_plus_{name}", generic), _differs(f"_vu_{name}", [f"_o_{index}"], generic))
    elif effect != "moins":
        new = Literal(changed.head, negated=True)
        yield probe(Atom(f"_plus_{name}", changed.head.args), (*changed.body, new))
    if effect == "plus":
        return
    if head.name in recursive:
        shared = sorted(set(global_variables(rule)) & set(global_variables(changed)))
        applied, before = tuple(map(Var, shared)), "_".join(("_i", str(index), *shared))
        yield probe(Atom(f"_w_{name}", applied), changed.body)
        yield probe(Atom(before, applied), rule.body)
        yield probe(Atom(f"_moins_{name}", applied), _differs(before, [f"_w_{name}"], applied))
        return
    same = [] if contested else [each for each in base.by_head()[head.name] if each != index]
    others = [each for each in same if meet(base.rules[each].head, head)]
    yield probe(Atom(f"_w_{name}", changed.head.args), changed.body)
    yield probe(Atom(f"_o_{index}", head.args), rule.body)
    for each in others:
        yield probe(Atom(f"_p_{each}", base.rules[each].head.args), base.rules[each].body, each)
    gone = _differs(f"_o_{index}", [f"_w_{name}", *(f"_p_{each}" for each in others)], generic)
    yield probe(Atom(f"_moins_{name}", generic), gone)


def _differs(one: str, others: Sequence[str], args: tuple[Var, ...]) -> tuple[Literal, ...]:
    return (Literal(Atom(one, args)), *(Literal(Atom(other, args), negated=True) for other in others))


def guarded(rule: Rule, name: str) -> Rule:
    """Return a rule under another guard."""
    return Rule(rule.head, (Literal(Atom("en_vigueur", (Fun(name),))), *rule.body[1:]), rule.place, rule.places)


def _recursive(base: KnowledgeBase) -> frozenset[str]:
    """Return the predicates that rest on themselves."""
    rests: dict[str, set[str]] = {}
    for rule in base.rules:
        rests.setdefault(rule.head.name, set()).update(literal.atom.name for literal, _ in literals(rule.body))
    found = set()
    for name in rests:
        reached: set[str] = set()
        wanted = [name]
        while wanted:
            new = rests.get(wanted.pop(), set()) - reached
            reached |= new
            wanted += new
        if name in reached:
            found.add(name)
    return frozenset(found)
