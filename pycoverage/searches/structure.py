"""What the rules hold that never serves: in no dossier of the base, and in no situation of a domain on one day.

A rule that never applies, one that never concludes alone, a condition without which nothing would change, an
exception that never applies, two versions of one article in force together. The dossiers show most of what serves;
of the rest the solver is asked for everything at once, and what it does not name is proved not to serve.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Literal as Choice

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.dossier import Dossier
from pycoverage.finding import LimitError
from pycoverage.instance import instance
from pycoverage.law import Law
from pycoverage.limit import ends, time_left
from pycoverage.relevance import support
from pycoverage.searches.domain import Domain
from pycoverage.searches.example import most_ordinary
from pycoverage.searches.persona import persona
from pycoverage.searches.usage import (
    ALONE,
    APPLIES,
    DECIDES,
    EXCEPTS,
    SERVES,
    WITHOUT,
    Rivals,
    Served,
    asked,
    beside,
    rivals_of,
    shown_by,
    with_beside,
)
from pycoverage.searches.verification import Told
from pycoverage.situation import Context
from pycoverage.speech import day
from pycoverage.symbolic import Symbolic
from pycoverage.syntax import Comparison, Condition, Literal, Rule, literals, meet
from pycoverage.value import Fun

Kind = Choice["jamais_appliquee", "jamais_seule", "condition_sans_effet", "exception_sans_objet", "versions_ensemble"]

TOLD: dict[Kind, str] = {
    "jamais_appliquee": "règles qui ne s'appliquent jamais",
    "jamais_seule": "règles qui ne concluent jamais seules : une autre conclut toujours de même",
    "exception_sans_objet": "exceptions qui ne s'appliquent jamais",
    "condition_sans_effet": "conditions qui ne décident jamais",
    "versions_ensemble": "deux versions d'un article en vigueur ensemble",
}


class Idle(msgspec.Struct, frozen=True, order=True):
    """A rule, or one of its conditions, that never serves; `autre` is the rule that concludes in its place.

    `temoin` shows the rule applied: the file of a dossier, or a dossier (YAML); none for a rule that never is.
    """

    genre: Kind
    regle: str
    lieu: str
    condition: str = ""
    autre: str = ""
    temoin: str = ""


class Structure(msgspec.Struct, frozen=True):
    """What never serves on a day, how many rules and conditions were looked at, and the rules not in force then.

    `dossiers` were read first. Where `partiel`, so many things of those that no dossier shows are `non_examines`,
    and nothing is said of them. Nothing is said either, for a household of one person, of what `a_plusieurs` counts:
    what serves in no such household, in rules that read two persons; nor of what `hors_domaine` counts: conditions of
    rules that only dossiers show applied, those that hold off what comes after the day, and exceptions that no rule in
    force concludes in the readings looked at.
    """

    jour: str
    personnes: int
    regles: int
    conditions: int
    hors_periode: int
    dossiers: int
    trouve: tuple[Idle, ...]
    reduits: tuple[str, ...]
    partiel: bool
    non_examines: int = 0
    a_plusieurs: int = 0
    hors_domaine: int = 0

    def told(self) -> Iterator[str]:
        """Yield the same as plain text."""
        household = "d'une personne" if self.personnes == 1 else f"de {self.personnes} personnes"
        yield (
            f"Structure des règles au {day(self.jour)} : {self.regles} règles et {self.conditions} conditions "
            f"regardées, {self.hors_periode} règles hors de leur période"
        )
        where = f"dans aucune situation du domaine déclaré, pour un foyer {household}"
        yield f"  jamais : dans aucun des {self.dossiers} dossiers de la base, et, prouvé, {where}"
        for kind, title in TOLD.items():
            own = [each for each in self.trouve if each.genre == kind]
            if own:
                yield f"  {title} : {len(own)}"
            for each in own:
                what = f" : {each.condition}" if each.condition else ""
                other = f" : « {each.autre} »" if each.autre else ""
                yield f"    {each.lieu} {each.regle}{what}{other}"
                if each.temoin:
                    yield f"      la règle appliquée : {_short(each.temoin)}"
        if self.a_plusieurs:
            yield f"  non retenu : {self.a_plusieurs}, dans des règles qui lisent plusieurs personnes (--persons 2)"
        if self.hors_domaine:
            yield (
                f"  non retenu : {self.hors_domaine}, que le domaine ne peut montrer : la règle ne s'y applique pas, "
                "la condition écarte ce qui vient après ce jour, ou n'est conclue que par une autre lecture ou par la "
                "loi d'un autre jour"
            )
        if self.partiel:
            yield (
                f"  RÉSULTAT PARTIEL : le temps a manqué ; {self.non_examines} conditions ou règles "
                "restent à examiner, dont rien n'est dit"
            )
        yield ""


def _short(text: str) -> str:
    """Return a dossier on one line, or the name of its file."""
    kept = [line.strip() for line in text.splitlines() if not line.startswith(("dossier:", "titre:", "date:"))]
    return ", ".join(line for line in kept if not line.endswith(":"))


def structure(
    law: Law,
    jour: str,
    persons: int,
    goals: Iterable[str],
    *,
    dossiers: Sequence[Dossier] = (),
    seconds: float | None = None,
    told: Told = print,
) -> Structure:
    """Return what never serves on a day, among the rules that some goals rest on."""
    until = ends(seconds)
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
    rivals = rivals_of(looked)
    whole = list(asked(looked, rivals))
    conditions = sum(kind == DECIDES for kind, _, _ in whole)
    versions = list(_together(law.base, jour))
    told(f"{jour} : {len(looked)} règles, {conditions} conditions")
    shown: dict[Served, str] = {}
    left = whole
    reduced: tuple[str, ...] = ()

    def result(found: Iterable[Idle], missing: int, several: int = 0, outside: int = 0) -> Structure:
        own = tuple(sorted([*versions, *found]))
        counts = len(looked), conditions, away, len(dossiers)
        return Structure(jour, persons, *counts, own, reduced, missing > 0, missing, several, outside)

    try:
        shown = shown_by(law, beside(looked, rivals, whole), rivals, dossiers, until=until)
        left = list(_unshown(whole, shown))
        told(f"{jour} : {len(left)} à chercher dans le domaine déclaré")
        if not left:
            return result((), 0)
        heads = dict.fromkeys(rule.head.name for rule in looked.values())
        domain = Domain(law, persons, [context], wanted, tuple(heads), until=until)
        reduced = tuple(dict.fromkeys(gap.key(domain.filled.case.persons) for gap in domain.thinned))
        search = _Search(law, looked, rivals, left, domain, wanted, until)
    except LimitError:
        return result((), len(left))
    with suppress(LimitError):
        search.settle()
    idle = list(_idle(looked, rivals, whole, {*shown, *search.served, *search.left}))
    own = [(each, number) for each, number in idle if persons > 1 or not _of_several(law, number)]
    seen = [(each, number) for each, number in own if search.tells(each, number)]
    return result(
        [search.witnessed(each, number, shown) for each, number in seen],
        len(search.left),
        len(idle) - len(own),
        len(own) - len(seen),
    )


def _of_several(law: Law, number: int) -> bool:
    """Tell whether a rule reads several persons, whom a household of one does not have."""
    return sum(kind == "personne" for kind in law.kinds.variables[number].values()) > 1


def _unshown(whole: Iterable[Served], shown: Collection[Served]) -> Iterator[Served]:
    """Yield what no dossier shows; which rival concludes without a rule matters where it never concludes alone."""
    for kind, number, index in whole:
        if (kind, number, index) not in shown and not (kind == WITHOUT and (ALONE, number, 0) in shown):
            yield kind, number, index


class _Search:
    """What serves in the domain, of what no dossier shows."""

    def __init__(
        self,
        law: Law,
        looked: Mapping[int, Rule],
        rivals: Rivals,
        left: Collection[Served],
        domain: Domain,
        wanted: Sequence[str],
        until: float | None,
    ) -> None:
        self.domain = domain
        self.looked, self.rules = looked, law.base.rules
        self._applies: dict[int, bool] = {}
        rules = beside(looked, rivals, {**dict.fromkeys(left), **{(APPLIES, number, 0): None for _, number, _ in left}})
        names = {each.head.name: len(each.head.args) - 1 for each in rules if each.head.name != SERVES}
        lines = [
            f"_rivale({one},{other})." for one, others in rivals.items() if (ALONE, one, 0) in left for other in others
        ]
        for name, arity in sorted(names.items()):
            lines += _rivals(name, arity)
        self.symbolic = Symbolic(
            instance(
                with_beside(law, rules),
                domain.filled.case,
                domain.options(),
                domain.contexts,
                goals=[SERVES, *wanted, *names],
                program="\n".join([*lines, _SHOWN, ""]),
            ),
            apart=domain.apart(),
            strict=False,
            seconds=time_left(until),
        )
        _vary(self.symbolic)
        self.served: set[Served] = set()
        self.left = set(left)

    def settle(self) -> None:
        """Settle what is left, one after the other: each situation found shows all that serves in it.

        Where time runs out, what is settled stays so, and the rest stays in `left`.
        """
        literals = {
            (str(kind), int(str(one)), int(str(other))): literal
            for (kind, one, other), literal in self.symbolic.signature("_servi", 3)
        }
        among = set(literals.values())
        for each in sorted(self.left):
            if each not in self.left:
                continue
            held = self.symbolic.holding(literals[each], among) if each in literals else set()
            shown = {other for other, literal in literals.items() if literal in held}
            self.served |= shown
            self.left -= {each, *shown}
            if each[0] == APPLIES and not shown:
                self.left -= {other for other in self.left if other[1] == each[1]}

    def tells(self, idle: Idle, number: int) -> bool:
        """Tell whether the domain can show that a thing serves: else that it does not is no proof.

        Where time runs out, it is left.
        """
        if idle.genre == "jamais_appliquee":
            return True
        rule = self.looked[number]
        own = [condition for condition in rule.body if str(condition) == idle.condition]
        if any(_until_today(rule, condition) or self._elsewhere(condition) for condition in own):
            return False
        if number not in self._applies:
            goal = self.symbolic.literal("_servi", (Fun(APPLIES), number, 0))
            try:
                self._applies[number] = goal is not None and self.symbolic.found([goal]) is not None
            except LimitError:
                self.left.add((APPLIES, number, 0))
                return False
        return self._applies[number]

    def _elsewhere(self, condition: Condition) -> bool:
        """Tell whether an exception is concluded by rules none of which is in force, that day and in those readings."""
        if not isinstance(condition, Literal) or not condition.negated:
            return False
        atom = condition.atom
        concluding = [
            number for number, rule in enumerate(self.rules) if rule.head.name == atom.name and meet(rule.head, atom)
        ]
        return bool(concluding) and not any(number in self.looked for number in concluding)

    def witnessed(self, idle: Idle, number: int, shown: Mapping[Served, str]) -> Idle:
        """Return what never serves with a situation in which the rule applies: a dossier of the base, or another."""
        return msgspec.structs.replace(idle, temoin=shown.get((APPLIES, number, 0)) or self._applied(number))

    def _applied(self, number: int) -> str:
        """Return the most ordinary situation of the domain in which a rule applies, or none."""
        goal = self.symbolic.literal("_servi", (Fun(APPLIES), number, 0))
        if goal is None:
            return ""
        try:
            found = most_ordinary(self.domain, self.symbolic, goal)
        except LimitError:
            return ""
        return "" if found is None else persona(self.domain, found[0].taken[0], f"regle_{number}")


def _until_today(rule: Rule, condition: Condition) -> bool:
    """Tell whether a condition holds off what comes after the day looked at: there is nothing such in a domain."""
    today = {str(literal.atom.args[0]) for literal, _ in literals(rule.body) if literal.atom.name == "date"}
    if not isinstance(condition, Comparison):
        return False
    return (condition.op == "<=" and str(condition.right) in today) or (
        condition.op == ">=" and str(condition.left) in today
    )


def _vary(symbolic: Symbolic) -> None:
    """Let the solver choose at random, always the same way: the situations it finds differ more, and serve more."""
    solver = symbolic.control.configuration.solver
    solver.sign_def, solver.rand_freq = "rnd", "0.05"  # type: ignore[union-attr]


def _rivals(name: str, arity: int) -> Iterator[str]:
    """Yield, for the rules of one conclusion, the program that tells which conclude alone, or without another."""
    args = "".join(f",X{index}" for index in range(arity))
    yield f"_servi({WITHOUT},R,J) :- {name}(C,K,R{args}), _rivale(R,J), not {name}(C,K,J{args})."
    yield f"_servi({ALONE},R,0) :- {name}(C,K,R{args}), not _autre_{name}(C,K,R{args})."
    yield f"_autre_{name}(C,K,R{args}) :- {name}(C,K,R{args}), {name}(C,K,J{args}), J != R."
    yield f"#defined {name}/{arity + 3}."


_SHOWN = """\
_servi(Genre,R,I) :- _sert(_,_,Genre,R,I).
#show _servi/3.
#defined _servi/3.
#defined _sert/5.
#defined _rivale/2."""


def _idle(
    looked: Mapping[int, Rule], rivals: Rivals, whole: Iterable[Served], served: Collection[Served]
) -> Iterator[tuple[Idle, int]]:
    """Yield what is not served, with the number of its rule: what never applies is not told again of its conditions."""
    own: dict[int, list[tuple[str, int]]] = {}
    for kind, number, index in whole:
        own.setdefault(number, []).append((kind, index))
    for number, rule in looked.items():
        name, place = rule.guard or str(rule.head), str(rule.place)
        if (APPLIES, number, 0) not in served:
            yield Idle("jamais_appliquee", name, place), number
            continue
        if number in rivals and (ALONE, number, 0) not in served:
            for_it = [looked[other] for other in rivals[number] if (WITHOUT, number, other) not in served]
            other = for_it[0].guard or str(for_it[0].place) if for_it else ""
            yield Idle("jamais_seule", name, place, autre=other), number
            continue
        idle = {index for kind, index in own[number] if kind == EXCEPTS and (kind, number, index) not in served}
        for kind, index in own[number]:
            genre: Kind = "exception_sans_objet" if kind == EXCEPTS else "condition_sans_effet"
            if (
                kind in (DECIDES, EXCEPTS)
                and (index in idle) == (kind == EXCEPTS)
                and (kind, number, index) not in served
            ):
                yield Idle(genre, name, str(rule.places[index]), str(rule.body[index])), number


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
