"""Where a mutant concludes something else than the rule it changes, for all mutants at once.

One grounding holds the rules as they are and, beside each, what every mutant of it would conclude under another
name. Where a mutated rule concludes the same, nothing changes: a stratified program has one model, and the one of
the base satisfies the mutated base too. So a dossier is played again only where a difference is seen here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.base import KnowledgeBase, LegalRule
from pycoverage.catalogue import Nomenclature, Parameter
from pycoverage.finding import InputError, Place
from pycoverage.law import Law
from pycoverage.lifting import global_variables, lift_beside, meet
from pycoverage.mutants.mutation import Mutant
from pycoverage.program import Statement
from pycoverage.situation import Case, Context
from pycoverage.syntax import Atom, Literal, Rule, literals
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
    goals = [*law.base.outputs(), *seen]
    models: dict[int, tuple[object, dict[int, int]]] = {}
    for number, world in enumerate(worlds(law, cases, contexts, goals=goals)):
        for model, own in world.parts.values():
            models.setdefault(id(model), (model, {}))[1][own] = start + number
    for model, numbers in models.values():
        for name, own in model.marked(seen):  # type: ignore[attr-defined]
            mutant = int(name.split("_")[2])
            found.cases[mutant].update(numbers.values() if own is None else (numbers[case] for case in own))


def probed(law: Law, mutants: Sequence[Mutant], without: set[int] = frozenset()) -> Law:  # type: ignore[assignment]
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
        rule = base.rules[index]
        legal = base.legal.get(rule.guard or "")
        contested = legal is not None and bool(legal.question)
        if mutant.interval is not None:
            changed = guarded(changed, f"{rule.guard}__{number}")
        place = Place(MUTANT, number)

        def write(head: Atom, body: tuple, place: Place = place, index: int = index, own: bool = contested) -> Probe:  # type: ignore[type-arg]
            return Probe(Rule(head, body, place, (place,) * len(body)), index, own)

        name, args = f"{number}_{nth}", rule.head.args
        generic = tuple(Var(f"X{n}__") for n in range(len(args)))
        if mutant.effect != "moins":
            if contested:
                yield write(Atom(f"_vu_{name}", changed.head.args), changed.body)
                yield write(Atom(f"_o_{index}", args), rule.body)
                yield write(Atom(f"_plus_{name}", generic), _differs(f"_vu_{name}", [f"_o_{index}"], generic))
            else:
                new = Literal(changed.head, negated=True)
                yield write(Atom(f"_plus_{name}", changed.head.args), (*changed.body, new))
        if mutant.effect == "plus":
            continue
        if rule.head.name in recursive:
            shared = sorted(set(global_variables(rule)) & set(global_variables(changed)))
            instance = tuple(map(Var, shared))
            yield write(Atom(f"_w_{name}", instance), changed.body)
            yield write(Atom(f"_i_{index}_{'_'.join(shared)}".rstrip("_"), instance), rule.body)
            before = f"_i_{index}_{'_'.join(shared)}".rstrip("_")
            yield write(Atom(f"_moins_{name}", instance), _differs(before, [f"_w_{name}"], instance))
            continue
        others = [index_ for index_ in base.by_head()[rule.head.name] if index_ != index] if not contested else []
        others = [each for each in others if meet(base.rules[each].head, rule.head)]
        yield write(Atom(f"_w_{name}", changed.head.args), changed.body)
        yield write(Atom(f"_o_{index}", args), rule.body)
        for each in others:
            other = base.rules[each]
            yield Probe(Rule(Atom(f"_p_{each}", other.head.args), other.body, place, ()), each, False)
        gone = _differs(f"_o_{index}", [f"_w_{name}", *(f"_p_{each}" for each in others)], generic)
        yield write(Atom(f"_moins_{name}", generic), gone)


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
