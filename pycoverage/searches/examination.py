"""Some statements looked at together on a day, over all the situations of a declared domain.

The solver is asked whether a situation of the domain breaks a statement; that it finds none is the proof. One that
is found is the situation that departs from the ordinary by the fewest facts, written as a dossier and evaluated
again as any dossier is: a violation that this does not confirm is told as such.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal as Choice

import msgspec
from msgspec.structs import replace

from pycoverage.base import KnowledgeBase
from pycoverage.completion import fill
from pycoverage.document import parse
from pycoverage.dossier import Dossier, check_dossier
from pycoverage.finding import LimitError
from pycoverage.instance import Instance, instance
from pycoverage.law import Law
from pycoverage.limit import time_left
from pycoverage.program import CASE, CONTEXT_ID, Statement
from pycoverage.searches.cone import of_first_case, reached, reading
from pycoverage.searches.domain import FOCUS, Domain
from pycoverage.searches.example import most_ordinary
from pycoverage.searches.invariant import ADMITTED, VIOLATION, Gap, Invariant, Invariants
from pycoverage.searches.memory import Memory, Shown, Use, keep, key_of, recalled
from pycoverage.searches.persona import persona
from pycoverage.situation import Context
from pycoverage.symbolic import Found, Symbolic
from pycoverage.syntax import Rule, literals, variables
from pycoverage.value import Fun
from pycoverage.world import worlds

WAY = "_atteinte_"
"""Before the number of a rule, an atom that tells in which way it says that a statement is broken."""

Status = Choice["prouve", "lacune", "viole", "non_confirme", "non_examine", "sans_objet"]
"""Proved; proved but for gaps declared; broken; broken for the solver only; not looked at for want of time; proved, but
of fewer persons than the statement names.
"""


class Witness(msgspec.Struct, frozen=True):
    """A situation that breaks a statement, as a dossier (YAML); two where it is about a pair, before and after.

    `person` is the name of whom it is about, `gap` the declared gap that it shows, or none. `confirmed` tells that
    the rules, applied to what the dossiers say and to nothing else, conclude the same.
    """

    person: str
    gap: str
    dossiers: tuple[str, ...]
    confirmed: bool


class Verdict(msgspec.Struct, frozen=True):
    """What is known of a statement on a day; `named` is how many persons it names that cannot be the same."""

    invariant: Invariant
    jour: str
    statut: Status
    witnesses: tuple[Witness, ...] = ()
    gaps: tuple[Gap, ...] = ()
    named: int = 1


class Scope(msgspec.Struct, frozen=True):
    """What was looked at together: the statements, the facts left free, those with fewer points, the seconds.

    `fixed` are the fields of lists that a line of the domain never varies; `recalled` tells that an earlier search of
    the same program had found all of it.
    """

    invariants: tuple[str, ...]
    jour: str
    facts: tuple[str, ...]
    thinned: tuple[str, ...]
    fixed: tuple[str, ...]
    uncovered: int
    failures: int
    seconds: float
    recalled: bool = False


class Examination:
    """The situations of a domain, or the pairs of them, that break one of some statements read together.

    `late` tells that time ran out, or that a person has interrupted the search (`stopped`), before all was known.
    """

    def __init__(
        self,
        known: Invariants,
        wanted: Sequence[Invariant],
        jour: str,
        persons: int,
        until: float | None,
        *,
        memory: Use = "none",
    ) -> None:
        self.started, self.until = time.monotonic(), until
        self.wanted, self.jour, self.known = wanted, jour, known
        self.law = _only(known, {each.id for each in wanted})
        self.context = Context(jour)
        self.goals = [VIOLATION, ADMITTED, "anomalie"]
        self.domain = Domain(self.law, persons, [self.context], self.goals, (VIOLATION, ADMITTED), until=until)
        self.pair, self.apart = bool(wanted[0].varies), list(self.domain.apart())
        self.late = self.stopped = False
        self._asked = self._question()
        self.key = "" if memory == "none" else key_of(self.law, self._asked, self.apart)
        known_already = recalled(self.key) if memory == "kept" else None
        self.recalled = known_already is not None
        self.memory = known_already or Memory(len(self.symbolic.failures))

    def _question(self) -> Instance:
        """Return what is asked of the solver: the situations of the domain, or the pairs that differ by one fact."""
        varies, law, taken_over = self.wanted[0].varies, self.law, ""
        if varies:
            program = law.program
            changed = reading(law.base, law.base.vocabulary.personne[varies].predicate)
            cone = reached(law.base, changed).union(self.known.own)
            kept, taken_over = of_first_case(program.statements, cone, program.levels, self.goals)
            law = replace(law, program=replace(program, statements=tuple(kept)))
        loose = [n for n, (owner, name, _) in enumerate(self.domain.groups) if (owner, name) == (FOCUS, varies)]
        breaking = {each.rule for each in self._breaking()}
        statements = tuple(
            _split(each, law.base.rules[each.rule], pair=self.pair) if each.rule in breaking else each
            for each in law.program.statements
        )
        law = replace(law, program=replace(law.program, statements=statements))
        return instance(
            law,
            self.domain.filled.case,
            self.domain.options(),
            [self.context],
            goals=self.goals,
            copies=2 if varies else 1,
            loose=loose if varies else None,
            program=_program(self.wanted) + taken_over,
        )

    def _breaking(self) -> list[Statement]:
        """Return the rules that tell that a statement is broken."""
        own = (each for each in self.law.program.statements if each.rule in self.known.own)
        return [each for each in own if each.head[0] == VIOLATION]

    @cached_property
    def symbolic(self) -> Symbolic:
        """The program of these situations, grounded when it is first asked."""
        left = time_left(self.until)
        return Symbolic(self._asked, apart=self.apart, strict=False, seconds=left)

    def scope(self) -> Scope:
        persons = self.domain.filled.case.persons
        return Scope(
            tuple(each.id for each in self.wanted),
            self.jour,
            tuple(dict.fromkeys(each.name for each in self.domain.free)),
            tuple(dict.fromkeys(gap.key(persons) for gap in self.domain.thinned)),
            tuple(fixed_fields(self.domain)),
            len(self.domain.uncovered),
            self.memory.failures,
            time.monotonic() - self.started,
            self.recalled,
        )

    def keep(self) -> None:
        """Keep what was found, if nothing is missing from it."""
        if self.key and not self.late and not self.recalled:
            keep(self.key, self.memory)

    def verdict(self, invariant: Invariant) -> Verdict:
        """Return what is known of a statement."""
        broken = self._witness("_erreur", (invariant.id,), "")
        proved = broken is None and not self.late
        found = {}
        for gap in invariant.gaps:
            row = invariant.id, gap.id
            witness = self._witness("_seul_trou", row, gap.id) or self._witness("_trou", row, gap.id)
            if witness is not None:
                found[gap] = witness
        status: Status = "non_examine"
        if broken is not None:
            status = "viole" if broken.confirmed else "non_confirme"
        elif proved:
            status = "lacune" if found or (self.late and invariant.gaps) else "prouve"
        witnesses = (*([broken] if broken else []), *found.values())
        return Verdict(invariant, self.jour, status, witnesses, tuple(found))

    def _witness(self, name: str, row: tuple[str, ...], gap: str) -> Witness | None:
        """Return the situation that shows an atom whose first arguments are these, written as a dossier, or None."""
        shown = self._shown(name, row)
        if shown is None:
            return None
        title = self.known.statements[row[0]].phrase
        names = [f"{row[0]}{suffix}" for suffix in (("_avant", "_apres") if self.pair else ("",))]
        dossiers = tuple(persona(self.domain, each, name, title) for each, name in zip(shown.taken, names, strict=True))
        person = self.domain.filled.case.persons[shown.person]
        return Witness(person, gap, dossiers, self._confirmed(row[0], shown.person, gap, dossiers))

    def _shown(self, name: str, row: tuple[str, ...]) -> Shown | None:
        """Return the situation that shows an atom, as an earlier search found it or as this one does."""
        key = " ".join((name, *row))
        if key not in self.memory.answers:
            shown = self._sought(name, row)
            if self.late:
                return shown
            self.memory.answers[key] = shown
        return self.memory.answers[key]

    def _sought(self, name: str, row: tuple[str, ...]) -> Shown | None:
        """Return the most ordinary situation that shows an atom whose first arguments are these, or None: a proof.

        Where time runs out, one that is not the most ordinary, if one is known.
        """
        if self.late:
            return None
        found: Found | None = None
        try:
            goals = [
                literal
                for args, literal in self.symbolic.signature(name, len(row) + 1)
                if tuple(map(str, args[:-1])) == row
            ]
            goal = self.symbolic.any_of(goals)
            found = self._found(goal, row[0]) if goals else None
            if found is None:
                return None
            if (best := most_ordinary(self.domain, self.symbolic, goal)) is not None:
                found, _ = best
        except LimitError:
            self.late = True
        except KeyboardInterrupt:
            self.late = self.stopped = True
        if found is None:
            return None
        person = min(str(args[-1]) for args in found.rows[name] if tuple(map(str, args[:-1])) == row)
        return Shown(tuple(map(tuple, found.taken)), person)

    def _found(self, goal: int, invariant: str) -> Found | None:
        """Return a situation where a literal holds, or None: each way of breaking the statement is asked apart first.

        What is learnt so makes the last question, on which the proof rests, a short one.
        """
        for statement in self._breaking():
            if self.known.concerned(statement.rule) == invariant:
                name, arguments = _way(statement, self.law.base.rules[statement.rule], pair=self.pair)
                for _, way in self.symbolic.signature(name, len(arguments)):
                    found = self.symbolic.found([goal, way])
                    if found is not None:
                        return found
        return self.symbolic.found([goal])

    def _confirmed(self, invariant: str, person: str, gap: str, dossiers: Iterable[str]) -> bool:
        """Tell whether the rules, applied to dossiers alone, conclude what the solver found."""
        wanted = [(VIOLATION, invariant), *([(ADMITTED, gap)] if gap else [])]
        filled = [fill(read_text(text, self.law.base), self.law.base) for text in dossiers]
        cases = [each.case for each in filled]
        worlds_ = worlds(self.law, cases, [[self.context]] * len(cases), goals=self.goals)
        free = {each.name for each in self.domain.free}
        if any(gap.attribute in free for each in filled for gap in each.gaps):
            return False
        if any(each.rows("anomalie", 2, self.context) for each in worlds_):
            return False
        return all(
            (Fun(identifier), Fun(person)) in worlds_[0].rows(name, 2, self.context) for name, identifier in wanted
        )


def fixed_fields(domain: Domain) -> Iterator[str]:
    """Yield the dates, amounts and codes of lists that have one value only in the whole domain."""
    free = {(slot.gap.attribute, slot.part) for slot in domain.slots}
    for attribute in domain.free:
        if attribute.is_list and attribute.element is None:
            for name in attribute.seen:
                if (attribute.name, name) not in free:
                    yield f"{attribute.name}.{name}"


def read_text(text: str, base: KnowledgeBase) -> Dossier:
    """Read a dossier written by `persona`."""
    name = "situation.yaml"
    return check_dossier(parse(text.encode(), name=name), base, file=name)


def _only(known: Invariants, ids: Collection[str]) -> Law:
    """Return the law with the rules of some statements only."""
    kept = tuple(
        each
        for each in known.law.program.statements
        if each.rule not in known.own or known.concerned(each.rule) in (None, *ids)
    )
    return replace(known.law, program=replace(known.law.program, statements=kept))


def _program(wanted: Iterable[Invariant]) -> str:
    """Return the rules that tell which statements are broken, and whether by a declared gap."""
    lines = []
    for each in wanted:
        lines += [f"_lacune({each.id},{gap.id})." for gap in each.gaps]
        lines.append(f"_regarde({each.id},P) :- personne(0,P)." if each.varies else f"_regarde({each.id},{FOCUS}).")
    return "\n".join([*lines, _TOLD, ""])


def _way(statement: Statement, rule: Rule, *, pair: bool) -> tuple[str, list[str]]:
    """Return the atom that tells in which way a rule says that a statement is broken: its name and its variables.

    These are those of what the rule says is missing, and those of its conclusion.
    """
    missing = (each for each, inside in literals(rule.body) if each.negated and not inside)
    named = (name for each in missing for name in variables(each) if name != "_")
    hidden = [CONTEXT_ID] if pair else [CASE, CONTEXT_ID]
    return f"{WAY}{statement.rule}", list(dict.fromkeys([*hidden, *named, *variables(rule.head)]))


def _split(statement: Statement, rule: Rule, *, pair: bool) -> Statement:
    """Return a rule in two: the way in which a statement is broken, then that it is."""
    name, arguments = _way(statement, rule, pair=pair)
    way = f"{name}({','.join(arguments)})"

    def split(line: str) -> str:
        head, _, body = line.partition(" :- ")
        return f"{way} :- {body}\n{head} :- {way}." if head.startswith(f"{VIOLATION}(") else line

    texts = ("\n".join(map(split, text.split("\n"))) for text in (statement.text, statement.open))
    return replace(statement, **dict(zip(("text", "open"), texts, strict=True)))


_TOLD = """\
_trou(Id,Lacune,P) :- violation(0,_,Id,P), admise(0,_,Lacune,P), _lacune(Id,Lacune), _regarde(Id,P).
_admise(Id,P) :- _trou(Id,_,P).
_erreur(Id,P) :- violation(0,_,Id,P), _regarde(Id,P), not _admise(Id,P).
_seul_trou(Id,Lacune,P) :- _trou(Id,Lacune,P), not _autre_trou(Id,Lacune,P).
_autre_trou(Id,Lacune,P) :- _trou(Id,Lacune,P), _trou(Id,Autre,P), Autre != Lacune.
#show _erreur/2.
#show _trou/3.
#show _seul_trou/3.
#defined violation/4.
#defined admise/4.
#defined _lacune/2."""
