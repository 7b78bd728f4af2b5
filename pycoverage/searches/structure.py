"""What the rules hold that never serves: in no situation of a declared domain, on one day.

A rule that never applies, one that never concludes alone, a condition without which nothing would change, an
exception that never applies, two versions of one article in force together. The solver is asked for everything at
once which of them does serve; what it does not name is proved not to.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal as Choice

import msgspec
from msgspec.structs import replace

from pycoverage.base import KnowledgeBase
from pycoverage.checks.safety import unsafe
from pycoverage.days import asked_elsewhere
from pycoverage.finding import LimitError
from pycoverage.law import Law
from pycoverage.lifting import lift
from pycoverage.relevance import support
from pycoverage.searches.domain import Domain
from pycoverage.searches.verification import Told
from pycoverage.situation import Context
from pycoverage.speech import day
from pycoverage.symbolic import Symbolic
from pycoverage.syntax import Atom, Condition, Literal, Rule, meet
from pycoverage.value import Fun, Var

Served = tuple[str, int, int]
"""What serves: a kind, the number of a rule, and that of one of its conditions, or of another rule."""

Kind = Choice["jamais_appliquee", "jamais_seule", "condition_sans_effet", "exception_sans_objet", "versions_ensemble"]

TOLD: dict[Kind, str] = {
    "jamais_appliquee": "règles qui ne s'appliquent jamais",
    "jamais_seule": "règles qui ne concluent jamais seules : une autre conclut toujours de même",
    "exception_sans_objet": "exceptions qui ne s'appliquent jamais",
    "condition_sans_effet": "conditions qui ne décident jamais",
    "versions_ensemble": "deux versions d'un article en vigueur ensemble",
}


class Idle(msgspec.Struct, frozen=True, order=True):
    """A rule, or one of its conditions, that never serves; `autre` is the rule that concludes in its place."""

    genre: Kind
    regle: str
    lieu: str
    condition: str = ""
    autre: str = ""


class Structure(msgspec.Struct, frozen=True):
    """What never serves on a day, how many rules and conditions were looked at, and the rules not in force then."""

    jour: str
    personnes: int
    regles: int
    conditions: int
    hors_periode: int
    trouve: tuple[Idle, ...]
    reduits: tuple[str, ...]
    partiel: bool

    def told(self) -> Iterator[str]:
        """Yield the same as plain text."""
        household = "d'une personne" if self.personnes == 1 else f"de {self.personnes} personnes"
        yield (
            f"Structure des règles au {day(self.jour)}, pour un foyer {household} : {self.regles} règles et "
            f"{self.conditions} conditions regardées, {self.hors_periode} règles hors de leur période"
        )
        for kind, title in TOLD.items():
            own = [each for each in self.trouve if each.genre == kind]
            if own:
                yield f"  {title} (jamais dans le domaine déclaré) : {len(own)}"
            for each in own:
                what = f" : {each.condition}" if each.condition else ""
                other = f" : « {each.autre} »" if each.autre else ""
                yield f"    {each.lieu} {each.regle}{what}{other}"
        if self.partiel:
            yield "  RÉSULTAT PARTIEL : le temps a manqué"
        yield ""


def structure(
    law: Law, jour: str, persons: int, goals: Iterable[str], *, seconds: float | None = None, told: Told = print
) -> Structure:
    """Return what never serves on a day, among the rules that some goals rest on."""
    until = None if seconds is None else time.monotonic() + seconds
    context = Context(jour)
    wanted = list(dict.fromkeys([*goals, "anomalie"]))
    rests = support(law.program, wanted)
    away = sum(not legal.holds(jour) for legal in law.base.legal.values())
    looked = {
        number: rule
        for number, rule in enumerate(law.base.rules)
        if rule.body
        and rule.head.name in rests - {"anomalie"}
        and (not rule.guard or law.base.in_force(rule.guard, context.law))
    }
    found = list(_together(law.base, jour))
    variants, facts = _variants(looked)
    conditions = sum(kind == DECIDES for kind, _, _ in map(_asked, variants))
    told(f"{jour} : {len(looked)} règles, {conditions} conditions")
    domain = Domain(law, persons, [context], wanted)
    names = domain.filled.case.persons
    reduced = tuple(dict.fromkeys(gap.key(names) for gap in domain.thinned))
    try:
        symbolic = Symbolic(
            _with(law, variants),
            domain.filled.case,
            domain.options(),
            [context],
            goals=[SERVES, *wanted, *(rule.head.name for rule in variants)],
            program=facts,
            apart=domain.apart(),
            strict=False,
            seconds=None if until is None else until - time.monotonic(),
        )
        _vary(symbolic)
        served = {(str(kind), int(str(one)), int(str(other))) for kind, one, other in symbolic.shown("_servi") or ()}
    except LimitError:
        return Structure(jour, persons, 0, 0, away, tuple(found), reduced, partiel=True)
    found += _idle(looked, variants, served)
    return Structure(jour, persons, len(looked), conditions, away, tuple(sorted(found)), reduced, partiel=False)


def _vary(symbolic: Symbolic) -> None:
    """Let the solver choose at random, always the same way: the situations it finds differ more, and serve more."""
    solver = symbolic.control.configuration.solver
    solver.sign_def, solver.rand_freq = "rnd", "0.05"  # type: ignore[union-attr]


SERVES, APPLIES, DECIDES, EXCEPTS, ALONE, WITHOUT = "_sert", "applique", "decide", "ecarte", "seule", "sans"


def _variants(looked: Mapping[int, Rule]) -> tuple[list[Rule], str]:
    """Return the rules that tell what serves, and the program that tells it of rules with the same conclusion.

    A condition decides where, without it, the others would hold and nothing conclude what the rule does.
    """
    found: list[Rule] = []
    rivals: dict[int, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for number, rule in looked.items():
        by_name.setdefault(rule.head.name, []).append(number)
    for numbers in by_name.values():
        for one in numbers:
            met = [other for other in numbers if other != one and meet(looked[one].head, looked[other].head)]
            if met:
                rivals[one] = met
    for number, rule in looked.items():
        found.append(_variant(APPLIES, number, 0, rule, rule.body))
        for index, condition in enumerate(rule.body):
            others = (*rule.body[:index], *rule.body[index + 1 :])
            if (rule.guard and not index) or list(unsafe(replace(rule, body=others, places=rule.places[1:]))):
                continue
            found.append(_variant(DECIDES, number, index, rule, (*others, Literal(rule.head, negated=True))))
            if isinstance(condition, Literal) and condition.negated:
                opposed = replace(condition, negated=False)
                found.append(_variant(EXCEPTS, number, index, rule, (*others, opposed)))
        if number in rivals:
            head = Atom(f"_conclut_{rule.head.name}", (number, *rule.head.args))
            found.append(replace(rule, head=head))
    lines = [f"_rivale({one},{other})." for one, others in rivals.items() for other in others]
    for name in sorted({looked[number].head.name for number in rivals}):
        arity = len(looked[by_name[name][0]].head.args)
        lines += _rivals(f"_conclut_{name}", arity)
    return found, "\n".join([*lines, _TOLD, ""])


def _variant(kind: str, number: int, index: int, rule: Rule, body: tuple[Condition, ...]) -> Rule:
    places = (*rule.places, rule.place)[: len(body)]
    return Rule(Atom(SERVES, (Fun(kind), number, index)), body, rule.place, places)


def _rivals(name: str, arity: int) -> Iterator[str]:
    """Yield, for the rules of one conclusion, the program that tells which conclude alone, or without another."""
    args = "".join(f",X{index}" for index in range(arity))
    yield f"_servi({WITHOUT},R,J) :- {name}(C,K,R{args}), _rivale(R,J), not {name}(C,K,J{args})."
    yield f"_servi({ALONE},R,0) :- {name}(C,K,R{args}), not _autre_{name}(C,K,R{args})."
    yield f"_autre_{name}(C,K,R{args}) :- {name}(C,K,R{args}), {name}(C,K,J{args}), J != R."
    yield f"#defined {name}/{arity + 3}."


_TOLD = """\
_servi(Genre,R,I) :- _sert(_,_,Genre,R,I).
#show _servi/3.
#defined _servi/3.
#defined _rivale/2."""


def _with(law: Law, variants: Sequence[Rule]) -> Law:
    """Return the law with the rules that tell what serves, on the days where the rules they are about are read."""
    first = len(law.base.rules)
    on_a_day = tuple(_on_a_day(rule) for rule in variants)
    base = replace(law.base, rules=(*law.base.rules, *on_a_day))
    program = lift(base)
    elsewhere = asked_elsewhere(law.base)
    about = [number for _, number, _ in map(_asked, variants)]
    statements = []
    for each in program.statements:
        if each.rule >= first and about[each.rule - first] in elsewhere:
            texts = {form: getattr(each, form).replace("_demandee(", "_situation(") for form in ("text", "open")}
            each = replace(each, **texts)
        statements.append(each)
    return replace(law, base=base, program=replace(program, statements=tuple(statements)))


def _on_a_day(rule: Rule) -> Rule:
    """Return a rule that depends on a case and on a day, whatever its conditions are."""
    added = (Literal(Atom("personne", (Var("_"),))), Literal(Atom("date", (Var("_"),))))
    return replace(rule, body=(*rule.body, *added), places=(*rule.places, rule.place, rule.place))


def _idle(looked: Mapping[int, Rule], variants: Sequence[Rule], served: set[Served]) -> Iterator[Idle]:
    """Yield what is not served, the most telling first: what never applies is not told again of its conditions."""
    asked: dict[int, list[tuple[str, int]]] = {}
    for kind, number, index in map(_asked, variants):
        asked.setdefault(number, []).append((kind, index))
    for number, rule in looked.items():
        name, place = rule.guard or str(rule.head), str(rule.place)
        if (APPLIES, number, 0) not in served:
            yield Idle("jamais_appliquee", name, place)
            continue
        rivals = [other for other in looked if other != number and _same_conclusion(rule, looked[other])]
        if rivals and (ALONE, number, 0) not in served:
            whole = [looked[other] for other in rivals if (WITHOUT, number, other) not in served]
            yield Idle("jamais_seule", name, place, autre=whole[0].guard or str(whole[0].place) if whole else "")
            continue
        idle = {index for kind, index in asked[number] if kind == EXCEPTS and (kind, number, index) not in served}
        for kind, index in asked[number]:
            if kind == EXCEPTS and index in idle:
                yield Idle("exception_sans_objet", name, str(rule.places[index]), str(rule.body[index]))
            elif kind == DECIDES and index not in idle and (kind, number, index) not in served:
                yield Idle("condition_sans_effet", name, str(rule.places[index]), str(rule.body[index]))


def _asked(variant: Rule) -> Served:
    """Return what a variant tells: a kind, the number of the rule, and that of the condition."""
    if variant.head.name != SERVES:
        return "", int(str(variant.head.args[0])), 0
    kind, number, index = variant.head.args
    return str(kind), int(str(number)), int(str(index))


def _same_conclusion(one: Rule, other: Rule) -> bool:
    """Tell whether two rules may conclude the same."""
    return one.head.name == other.head.name and meet(one.head, other.head)


def _together(base: KnowledgeBase, jour: str) -> Iterator[Idle]:
    """Yield the rules in force on a day together with one that they replace, directly or through others."""
    for name, legal in base.legal.items():
        seen: set[str] = set()
        old = legal.replaces
        while old and old not in seen and old in base.legal:
            seen.add(old)
            if legal.holds(jour) and base.legal[old].holds(jour):
                yield Idle("versions_ensemble", name, str(legal.place), autre=old)
            old = base.legal[old].replaces
