"""Rules written for one situation, turned into rules that answer many at once.

Every predicate receives hidden arguments in front (`levels`), and every rule begins with the cases, the contexts or
the states of the law over which these range.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from pycoverage.base import KnowledgeBase, LegalRule
from pycoverage.days import asked_days, asked_elsewhere, changes
from pycoverage.inference import infer
from pycoverage.kinds import Kinds
from pycoverage.levels import NONE, Level, levels_of, needed
from pycoverage.program import CASE, CONTEXT_ID, HIDDEN, LAW, Program, Statement, shape
from pycoverage.syntax import (
    Aggregate,
    Atom,
    Comparison,
    Condition,
    Element,
    Literal,
    Rule,
    calls,
    literals,
    projected,
    variables,
)
from pycoverage.validity import catalogue_of, period_of
from pycoverage.value import Arith, Call, Fun, Term, Var, write

WAIT = "Z__"
"""Nothing, once the state of the law is that of the context: a function is called as soon as its arguments are known,
and else it would be called for every other state of the law too.
"""

ORDERS = ("personne", "cle", "personne_cle")
"""Orders in which the lines of a sum are added: by person, by number of the line, or both."""


def lift(base: KnowledgeBase) -> Program:
    """Lift a whole base."""
    levels = levels_of(base)
    lifter = _Lifter(levels, asked_elsewhere(base), infer(base))
    catalogue = dict(catalogue_of(base))
    return Program(
        {name: tuple(h for h in HIDDEN if h in level) for name, level in levels.items()},
        tuple(lifter.statement(base, index, catalogue) for index in _ordered(base)),
        catalogue,
        "\n".join(_readings(base)),
        "\n".join(_defined(base)),
        tuple(sorted(asked_days(base))),
        tuple(sorted(changes(base))),
    )


def lift_beside(
    base: KnowledgeBase,
    program: Program,
    kinds: Kinds,
    twins: Sequence[int],
    levels: Mapping[str, Sequence[str]],
    again: Collection[int] = (),
) -> Program:
    """Return the program of a base that holds, after the rules of `program`, one more for each of `twins`.

    The rules of `again` are those of the program that the base writes otherwise, with the same conclusion.

    A twin is the rule of the program that the new one resembles: it is evaluated on the same days, and its
    variables are of the same `kinds`. `levels` are the hidden arguments of the conclusions that are new.
    """
    count = len(base.rules) - len(twins)
    elsewhere = asked_elsewhere(base, frozenset(range(count)))
    elsewhere |= {count + number for number, twin in enumerate(twins) if twin in elsewhere}
    known = {**program.levels, **{name: tuple(own) for name, own in levels.items()}}
    variables_ = (*kinds.variables, *(kinds.variables[twin] for twin in twins))
    lifter = _Lifter({name: frozenset(own) for name, own in known.items()}, elsewhere, Kinds({}, variables_))
    catalogue = dict(catalogue_of(base))
    kept = (lifter.statement(base, each.rule, catalogue) if each.rule in again else each for each in program.statements)
    own = [lifter.statement(base, count + number, catalogue) for number in range(len(twins))]
    return msgspec.structs.replace(
        program,
        levels=known,
        statements=(*kept, *own),
        catalogue=catalogue,
        pivots=tuple(sorted(changes(base))),
    )


def _ordered(base: KnowledgeBase) -> list[int]:
    """Return the rules, those of the predicates that a rule rests on first."""
    by_head = base.by_head()
    found: list[int] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for number in by_head.get(name, ()):
            for literal, _ in literals(base.rules[number].body):
                if literal.atom.name not in seen:
                    visit(literal.atom.name)
        found.extend(by_head.get(name, ()))

    for name in by_head:
        if name not in seen:
            visit(name)
    return found


def _readings(base: KnowledgeBase) -> Iterator[str]:
    for name, question in base.questions.items():
        yield from (f"_lue({name},{reading})." for reading in question.lectures)


def _reached(base: KnowledgeBase, name: str) -> set[str]:
    """Return the predicates on which a predicate rests."""
    by_head = base.by_head()
    found: set[str] = set()
    wanted = [name]
    while wanted:
        for number in by_head.get(wanted.pop(), ()):
            names = {literal.atom.name for literal, _ in literals(base.rules[number].body)} - found
            found |= names
            wanted += names
    return found


class _Lifter:
    """Writes lifted rules. Those in `elsewhere` are read on other days too, the rest on the days asked only."""

    def __init__(self, levels: dict[str, Level], elsewhere: frozenset[int], kinds: Kinds) -> None:
        self.levels, self.elsewhere, self.kinds = levels, elsewhere, kinds

    def needs(self, rule: Rule) -> Level:
        return needed(rule, self.levels)

    def statement(self, base: KnowledgeBase, index: int, catalogue: dict[str, str]) -> Statement:
        """Return a rule as a statement."""
        rule = base.rules[index]
        legal = base.legal.get(rule.guard) if rule.guard else None
        head, body = self.rule(index, rule)
        plain = projected(rule)
        text = self._text(index, plain)
        traced, stakes = text, ""
        hidden: tuple[str, ...] = ()
        seen: tuple[str, ...] = ()
        if rule.guard:
            hidden, seen = tuple(name for name in HIDDEN if name in self.needs(rule)), global_variables(rule)
            applied = f"_applique_{index}({','.join([*hidden, *seen])})"
            traced = f"{applied} :- {body}.\n{head} :- {applied}."
        if legal is not None and legal.question:
            recursive = rule.head.name in _reached(base, rule.head.name)
            stakes = "\n".join([*period_of(legal), *self.stakes(index, rule, legal, recursive=recursive)])
        own = "\n".join([*period_of(legal), *self.probes(index, rule)])
        names = dict.fromkeys(literal.atom.name for literal, _ in literals(rule.body))
        return Statement(
            index,
            rule.guard or "",
            shape(rule.head),
            tuple(shape(c.atom) for c in rule.body if isinstance(c, Literal) and not c.negated),
            tuple(names),
            tuple(name for name in names if name in catalogue),
            f"{own}\n{text}" if own else text,
            f"{own}\n{traced}" if own else traced,
            stakes,
            "\n".join([*period_of(legal), *opened]) if (opened := list(self.open(index, plain))) else "",
            hidden,
            seen,
            legal.question if legal else "",
            legal.reading if legal else "",
        )

    def _text(self, index: int, rule: Rule) -> str:
        head, body = self.rule(index, rule)
        return f"{head} :- {body}." if body else f"{head}."

    def rule(self, index: int, rule: Rule) -> tuple[str, str]:
        """Return the lifted head and body."""
        domain, caller = self._domain(index, rule), self._caller(index, rule)
        parts = [*domain]
        day = 0
        for condition in rule.body:
            if isinstance(condition, Literal) and condition.day is not None:
                day += 1
                parts += self._on_day(condition, caller, day)
            elif isinstance(condition, Aggregate):
                parts.append(self._aggregate(condition, caller, domain))
            else:
                parts.append(self._condition(condition, caller))
        return self.atom(rule.head, str(index)), ", ".join(parts)

    def open(self, index: int, rule: Rule) -> Iterator[str]:
        """Yield the rule with its sums added up line by line, if it has some and the lines of each can be put in order.

        Over facts that are chosen, the grounder would write out every subset of what a sum may count.
        """
        sums = [each for each in rule.body if isinstance(each, Aggregate) and each.function == "sum"]
        if not sums or any(self._order(index, each) is None for each in sums):
            return
        conditions: list[str] = []
        domain, caller = self._domain(index, rule), self._caller(index, rule)
        for number, condition in enumerate(rule.body):
            if isinstance(condition, Aggregate) and condition.function == "sum":
                order = self._order(index, condition)
                name, hidden = f"_{{}}_{index}_{number}", [h for h in HIDDEN if h in self.needs(rule)]
                shared = sorted(_shared(rule, condition))
                outer = ",".join([*hidden, *shared])
                kept = [self._condition(other, caller) for other in _before(rule, condition)]
                yield f"{name.format('depuis')}({outer}) :- {', '.join([*domain, *kept])}."
                for element in condition.elements:
                    weight, *key = (_term(term, caller) for term in element.terms)
                    found = ", ".join(self._condition(c, caller) for c in element.condition)
                    yield (
                        f"{name.format('ligne')}({outer},Rang__,{weight}) :- {name.format('depuis')}({outer}), "
                        f"{', '.join([*domain, found])}, _rang({order},Rang__,{','.join(key)})."
                    )
                line, step, some = (name.format(word) for word in ("ligne", "cumul", "comptee"))
                yield f"{some}({outer},Rang__) :- {line}({outer},Rang__,_)."
                yield f"{step}({outer},0,0) :- {name.format('depuis')}({outer})."
                yield (
                    f"{step}({outer},Rang__,Cumul__+Ligne__) :- "
                    f"{step}({outer},Rang__-1,Cumul__), {line}({outer},Rang__,Ligne__)."
                )
                yield (
                    f"{step}({outer},Rang__,Cumul__) :- {step}({outer},Rang__-1,Cumul__), "
                    f"_rang({order},Rang__), not {some}({outer},Rang__)."
                )
                total = f"Somme{number}__"
                conditions += [
                    f"_dernier_rang({order},Dernier{number}__)",
                    f"{step}({outer},Dernier{number}__,{total})",
                    f"{_term(condition.term, str(index))} {condition.op} {total}",
                ]
        others = tuple(c for c in rule.body if not (isinstance(c, Aggregate) and c.function == "sum"))
        head, body = self.rule(index, Rule(rule.head, others, rule.place, ()))
        yield from self.probes(index, rule)
        yield f"{head} :- {', '.join([body, *conditions])}."

    def _order(self, index: int, aggregate: Aggregate) -> str | None:
        """Return the name of the order in which the lines of a sum can be added, or None."""
        found = set()
        for element in aggregate.elements:
            terms = [term for term in element.terms[1:] if isinstance(term, Var)]
            kinds = [self.kinds.variable(index, term.name) for term in terms]
            found.add("_".join(str(kind) for kind in kinds) if len(kinds) == len(element.terms) - 1 else "")
        (order,) = found if len(found) == 1 else ("",)
        return order if order in ORDERS else None

    def _on_day(self, literal: Literal, caller: str, number: int) -> list[str]:
        assert literal.day is not None
        other, regime, law = f"K{number}__", f"G{number}__", f"L{number}__"
        renamed = {CONTEXT_ID: other, LAW: law}
        parts = [
            f"_regime({CONTEXT_ID},{regime})",
            f"_jour({regime},{_term(literal.day, caller)},{other})",
        ]
        if LAW in self.levels.get(literal.atom.name, NONE):
            parts.append(f"_contexte({other},{law})")
        sign = "not " if literal.negated else ""
        return [*parts, sign + self.atom(literal.atom, caller, renamed)]

    def _condition(self, condition: Condition, caller: str) -> str:
        if isinstance(condition, Literal):
            return ("not " if condition.negated else "") + self.atom(condition.atom, caller)
        assert isinstance(condition, Comparison)
        return f"{_term(condition.left, caller)} {condition.op} {_term(condition.right, caller)}"

    def _aggregate(self, aggregate: Aggregate, caller: str, domain: list[str], weight: str = "{}") -> str:
        elements = "; ".join(self._element(element, caller, domain, weight) for element in aggregate.elements)
        return f"{_term(aggregate.term, caller)} {aggregate.op} #{aggregate.function}{{ {elements} }}"

    def _element(self, element: Element, caller: str, domain: list[str], weight: str) -> str:
        terms = [_term(term, caller) for term in element.terms]
        terms[0] = weight.format(terms[0])
        conditions = [self._condition(c, caller) for c in element.condition]
        return f"{','.join(terms)} : {', '.join([*domain, *conditions])}"

    def atom(self, atom: Atom, caller: str, renamed: dict[str, str] | None = None) -> str:
        level = self.levels.get(atom.name, NONE)
        hidden = [(renamed or {}).get(name, name) for name in HIDDEN if name in level]
        arguments = hidden + [_term(arg, caller) for arg in atom.args]
        return f"{atom.name}({','.join(arguments)})" if arguments else atom.name

    def _caller(self, index: int, rule: Rule) -> str:
        """Return what tells a named function which rule calls it."""
        return f"{index}+{WAIT}" if self._waits(rule) else str(index)

    def _waits(self, rule: Rule) -> bool:
        return {CONTEXT_ID, LAW} <= self.needs(rule) and calls(rule)

    def stakes(self, index: int, rule: Rule, legal: LegalRule, *, recursive: bool) -> Iterator[str]:
        """Yield the rules that tell what a reading concludes, and what it would conclude that is not yet so.

        Of a recursive predicate each rule concludes for itself: it could else replace its own premise.
        """
        head, body = self.rule(index, rule)
        guard = self.atom(Atom("en_vigueur", (Fun(legal.id),)), str(index))
        case = CASE if CASE in self.needs(rule) else "-1"
        period = guard.replace("en_vigueur(", "_en_periode(")
        what = f"tete({index},{head})" if recursive else head
        body = body.replace(guard, period, 1)
        yield f"_conclut({case},{legal.question},{legal.reading},{what}) :- {body}."
        yield f"_enjeu({case},{legal.question},{legal.reading},{legal.reading}) :- {body}, not {head}."

    def _domain(self, index: int, rule: Rule) -> list[str]:
        needs, parts = self.needs(rule), []
        if CASE in needs and CONTEXT_ID in needs:
            parts.append(f"{'_situation' if index in self.elsewhere else '_demandee'}({CASE},{CONTEXT_ID})")
        elif CASE in needs and LAW in needs:
            parts.append(f"_cas_loi({CASE},{LAW})")
        elif CASE in needs:
            parts.append(f"_cas({CASE})")
        if CONTEXT_ID in needs and (LAW in needs or CASE not in needs):
            waits = self._waits(rule)
            parts.append(f"_appel({CONTEXT_ID},{LAW},{WAIT})" if waits else f"_contexte({CONTEXT_ID},{LAW})")
        elif needs == {LAW}:
            parts.append(f"_loi({LAW},_)")
        return parts

    def probes(self, index: int, rule: Rule) -> Iterator[str]:
        """Yield rules that see a sum about to leave 32 bits: the same sum, in units of 1,024 cents."""
        domain, caller = self._domain(index, rule), self._caller(index, rule)
        for condition in rule.body:
            if not isinstance(condition, Aggregate) or condition.function != "sum":
                continue
            kept = [self._condition(other, caller) for other in _before(rule, condition)]
            total = self._aggregate(Aggregate(2**21 - 1, "<=", "sum", condition.elements), caller, domain, "|{}|/1024")
            yield f"_depassement({index}) :- {', '.join([*domain, *kept, total])}."


def lift_pair(rule: Rule, index: int, sides: Sequence[str], levels: dict[str, tuple[str, ...]], kinds: Kinds) -> str:
    """Return a rule over two cases in one context: each condition reads the case numbered beside it, if any.

    What it concludes is of the first case.
    """
    lifter = _Lifter({name: frozenset(hidden) for name, hidden in levels.items()}, frozenset(), kinds)
    parts = [f"_demandee(0,{CONTEXT_ID})", f"_demandee(1,{CONTEXT_ID})", f"_contexte({CONTEXT_ID},{LAW})"]
    for condition, side in zip(rule.body, sides, strict=True):
        if isinstance(condition, Literal):
            sign = "not " if condition.negated else ""
            parts.append(sign + lifter.atom(condition.atom, str(index), {CASE: side}))
        else:
            parts.append(lifter._condition(condition, str(index)))
    return f"{lifter.atom(rule.head, str(index), {CASE: '0'})} :- {', '.join(parts)}."


def _before(rule: Rule, aggregate: Aggregate) -> Iterator[Literal | Comparison]:
    """Yield the conditions that give an aggregate what it looks at."""
    result = set(variables(aggregate.term))
    for other in rule.body:
        if isinstance(other, Aggregate) or result & set(variables(other)):
            continue
        plain = isinstance(other, Literal) and other.day is None and not other.negated
        if plain or (isinstance(other, Comparison) and other.op == "="):
            yield other


def _shared(rule: Rule, aggregate: Aggregate) -> set[str]:
    """Return the variables that the elements of an aggregate share with the rest of the rule."""
    given = {name for other in _before(rule, aggregate) for name in variables(other)}
    return {name for element in aggregate.elements for name in variables(element)} & given - {"_"}


def _term(term: Term, caller: str) -> str:
    """Return a term as text; a named function also receives its caller, the rule's number, to report errors."""
    if isinstance(term, Call):
        return f"@{term.name}({','.join([caller, *(_term(arg, caller) for arg in term.args)])})"
    if isinstance(term, Fun) and term.args:
        return f"{term.name}({','.join(_term(arg, caller) for arg in term.args)})"
    if isinstance(term, Arith):
        return f"({_term(term.left, caller)}{term.op}{_term(term.right, caller)})"
    return write(term)


def _defined(base: KnowledgeBase) -> Iterator[str]:
    """Yield the names that may be without atoms."""
    for name, parameter in base.parameters.items():
        yield f"#defined _p_{name}/{parameter.arity + 2}."
    for key, _ in base.properties():
        yield f"#defined _n_{key}/3."
    for attribute in base.vocabulary:
        yield f"#defined {attribute.predicate}/{len(attribute.arguments) + 1}."
    for name, arity in base.outputs().items():
        yield f"#defined {name}/{arity + 2}."


def global_variables(rule: Rule) -> tuple[str, ...]:
    """Return the variables of a rule outside its aggregates' elements, sorted, without `_`."""
    found: set[str] = set(variables(rule.head))
    for condition in rule.body:
        found.update(variables(condition.term if isinstance(condition, Aggregate) else condition))
    return tuple(sorted(found - {"_"}))
