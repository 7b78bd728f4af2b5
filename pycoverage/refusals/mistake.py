"""The mistakes that explain a refusal: each is tried by evaluating again, none is guessed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.assessment import Assessment
from pycoverage.completion import fill
from pycoverage.ground import Condition
from pycoverage.proof import Applied, Compared, Node, ParameterLeaf, premises, reach
from pycoverage.prover import Prover
from pycoverage.refusals.examination import Decision, Mistake
from pycoverage.refusals.retrial import Retrial, Trial
from pycoverage.refusals.supposition import with_amount, with_earlier_rule, without_rule
from pycoverage.scalar import day_before
from pycoverage.sentence import Writer
from pycoverage.situation import Case, Context, Fact
from pycoverage.speech import day
from pycoverage.stated import Line
from pycoverage.status import reading_name
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Value

ORDER = ("piece_non_exigible", "fait", "date", "parametre", "regle_anterieure", "lecture", "regle_ignoree")
"""Mistakes of one size: those the decision itself tells of first."""

MAX_FACTS = 6
"""Facts taken by the authority that are tried in every combination; beyond, one by one and all together."""


def mistakes(
    assessment: Assessment,
    prover: Prover,
    decision: Decision,
    condition: Condition | None,
    line: Line | None,
    *,
    seconds: float | None = None,
) -> list[Mistake]:
    """Return the mistakes that explain a refusal, smallest first; none for a silent one, that gives no reason.

    `line` is the decision in the dossier. Raises LimitError when one evaluation takes more than `seconds`.
    """
    if line is None:
        return []
    search = _Search(assessment, prover, decision, condition, line, seconds)
    return sorted(search.all(), key=lambda found: (found.taille, ORDER.index(found.nature)))


class _Search:
    def __init__(
        self,
        assessment: Assessment,
        prover: Prover,
        decision: Decision,
        condition: Condition | None,
        line: Line,
        seconds: float | None,
    ) -> None:
        self.assessment, self.prover = assessment, prover
        self.decision, self.condition, self.line = decision, condition, line
        self.law, self.case, self.context = assessment.law, assessment.case, assessment.default
        self.writer = Writer(self.law, assessment.dossier.persons)
        self.atom = Atom("droit", (Fun(decision.personne), Fun(decision.droit)))
        self.root = prover.explain(self.atom, self.context)
        self.again = Retrial(self.case, self.context, self.atom, condition, seconds)

    def all(self) -> list[Mistake]:
        """Return what the decision itself tells of, if it explains; else every other mistake found.

        A rule is passed over only where nothing else explains. Where neither the refusal nor its ground is wrong
        by the readings taken, only another reading is one.
        """
        world, person = self.assessment.world, self.decision.personne
        true = self.condition is None or self.condition.unmet(world, self.context, person)
        if true and not self._held(self.context):
            return list(self.readings())
        told = [mistake for search in (self.documents, self.facts) for mistake in search()]
        if told:
            return told
        others = (self.days, self.amounts, self.households, self.readings, self.earlier_law)
        found = [mistake for search in others for mistake in search()]
        return found or list(self.forgotten_rules())

    def documents(self) -> Iterator[Mistake]:
        """A document that cannot be demanded."""
        if not self.decision.piece or "piece_non_exigible" not in self.law.base.rubrics:
            return
        args = (*self.atom.args, Fun(self.decision.piece))
        if args in self.assessment.world.rows("piece_non_exigible", len(args), self.context):
            node = self.prover.explain(Atom("piece_non_exigible", args), self.context)
            yield self._told("piece_non_exigible", node)

    def facts(self) -> Iterator[Mistake]:
        """Facts taken by the authority that the dossier tells otherwise: the smallest sets that explain."""
        keys = list(self.line.taken)
        sizes = range(1, len(keys) + 1) if len(keys) <= MAX_FACTS else (1, len(keys))
        subsets = [set(part) for size in sizes for part in itertools.combinations(keys, size)]
        cases = [self._taken(part) for part in subsets]
        found: list[set[tuple[str, str]]] = []
        trials = list(self.again.trials(self.law, cases, [self.context])) if cases else []
        for part, trial in zip(subsets, trials, strict=True):
            if not any(smaller <= part for smaller in found) and self.again.explains(trial):
                found.append(part)
                yield Mistake("fait", self._contrast(part), taille=len(part))

    def _taken(self, part: set[tuple[str, str]]) -> Case:
        """Return the case with some facts as the authority took them."""
        dossier = self.assessment.dossier
        stated = {**dossier.stated, **{key: self.line.taken[key] for key in part}}
        other = fill(msgspec.structs.replace(dossier, stated=stated), self.law.base).case
        kept = [fact for fact in self.case.facts if self._key(fact) not in part]
        return Case(
            self.case.name,
            self.case.persons,
            (*kept, *(fact for fact in other.facts if self._key(fact) in part)),
            self.case.place,
        )

    def _key(self, fact: Fact) -> tuple[str, str]:
        attribute = self.law.base.vocabulary.by_predicate()[fact.name]
        if attribute.owner == "foyer":
            return "", attribute.name
        return str(fact.args[attribute.arguments.index("personne")]), attribute.name

    def _contrast(self, part: set[tuple[str, str]]) -> str:
        """Return what the decision took and what the dossier tells."""
        case = self._taken(part)

        def told(facts: Sequence[Fact]) -> str:
            texts = [self.writer.fact(fact) for fact in facts if self._key(fact) in part]
            return " ; ".join(texts) or "rien"

        return f"la décision retient : {told(case.facts)} ; le dossier dit : {told(self.case.facts)}"

    def days(self) -> Iterator[Mistake]:
        """A day of the decision on which the right was not to be assessed."""
        start = self.law.base.start()
        known = {self.decision.notifiee, self.decision.datee, self.decision.effet} - {"", self.context.jour}
        contexts = [self.context.on(each) for each in sorted(known) if each >= start]
        for trial in self.again.trials(self.law, [self._unasked()], contexts) if contexts else ():
            if self.again.explains(trial):
                text = f"le droit apprécié le {day(trial.context.jour)}, au lieu du {day(self.context.jour)}"
                yield Mistake("date", text, self.decision.source)

    def _unasked(self) -> Case:
        """Return the case without what was asked on the day of assessment: as if it had been on another."""
        told = {Fun(self.decision.personne), Fun(self.decision.droit), self.context.jour}
        facts = tuple(fact for fact in self.case.facts if not told <= set(fact.args))
        return Case(self.case.name, self.case.persons, facts, self.case.place)

    def amounts(self) -> Iterator[Mistake]:
        """The value just before, or just after, of a parameter on which the right rests."""
        leaves = {
            (node.name, node.amount.keys): node.amount
            for node in reach(self.prover.nodes, self.root)
            if isinstance(node, ParameterLeaf) and node.amount is not None
        }
        for (name, keys), amount in sorted(leaves.items(), key=lambda item: item[0][0]):
            parameter = self.law.base.parameters[name]
            same = [other for other in parameter.amounts if other.keys == keys]
            place = same.index(amount)
            for other in (*same[max(place - 1, 0) : place], *same[place + 1 : place + 2]):
                if other.value != amount.value and self.again.explains(
                    self.again.under(with_amount(self.law, name, amount, other))
                ):
                    value = self.writer.value(other.value, parameter.type)
                    taken = self.writer.value(amount.value, parameter.type)
                    text = f"{parameter.nom} : {value} (du {day(other.interval.start)}), au lieu de {taken}"
                    yield Mistake("parametre", text, self.writer.source(other.source or parameter.source))

    def households(self) -> Iterator[Mistake]:
        """A member of the household left out, where amounts are then compared otherwise."""
        others = [person for person in self.case.persons if person != self.decision.personne]
        cases = [self._without(person) for person in others]
        for person, trial in zip(
            others, self.again.trials(self.law, cases, [self.context]) if cases else (), strict=True
        ):
            if any(self._compares_amounts(node) for node in self.again.refused(trial)):
                yield Mistake("parametre", f"le foyer compté sans {self.writer.person(person)}")

    def _compares_amounts(self, node: Node) -> bool:
        return isinstance(node, Compared) and self.writer.kind(node) == "montant"

    def _without(self, person: str) -> Case:
        persons = {key: name for key, name in self.case.persons.items() if key != person}
        facts = tuple(fact for fact in self.case.facts if Fun(person) not in fact.args)
        return Case(self.case.name, persons, facts, self.case.place)

    def readings(self) -> Iterator[Mistake]:
        """A question that the texts leave open, read against the right."""
        held = self._held(self.context)
        for context in self.assessment.contexts[1:]:
            trial = Trial(self.law, self.case, self.assessment.world, context)
            if self._held(context) == held or not (self._held(context) or self.again.explains(trial)):
                continue
            name, _, reading = reading_name(self.assessment, context).partition("=")
            question = self.law.base.questions[name]
            default = self.law.base.reading(name, dict(self.context.readings))
            against, given = (question.lectures[each] for each in ((reading, default) if held else (default, reading)))
            told = f"La décision suit une lecture : {against.nom} ; une autre donne le droit : {given.nom}"
            text = f"{question.question} {told}"
            yield Mistake("lecture", text, self.writer.source(given.source) if given.source else "")

    def _held(self, context: Context) -> bool:
        return self.atom.args in self.assessment.world.rows("droit", 2, context)

    def earlier_law(self) -> Iterator[Mistake]:
        """A rule that another has replaced: the latest that explains, for each rule the right rests on."""
        legal = self.law.base.legal
        for rule in self._applied():
            earlier = legal[rule].replaces
            while earlier:
                trial = self.again.under(with_earlier_rule(self.law, rule, earlier))
                if self.again.explains(trial):
                    last = day(day_before(str(legal[earlier].interval.end)))
                    text = f"une règle qui n'a valu que jusqu'au {last} : {self._sentence(trial, earlier)}"
                    yield Mistake("regle_anterieure", text, self.writer.source(legal[earlier].source))
                    break
                earlier = legal[earlier].replaces

    def _applied(self) -> Iterator[str]:
        """Yield the legal rules applied on the way to the right, held or not, nearest first."""
        seen: set[str] = set()
        for _, node in _numbered(self.prover, self.root):
            guard = self.law.base.rules[node.rule].guard if isinstance(node, Applied) else None
            if guard and guard not in seen:
                seen.add(guard)
                yield guard

    def _sentence(self, trial: Trial, rule: str) -> str:
        """Return the sentence of a rule as a refusal applies it, or else with its holes open."""
        prover = Prover(trial.law.base, trial.case, trial.world)
        number = trial.law.base.legal[rule].rule
        for _, node in _numbered(prover, prover.explain(self.atom, trial.context)):
            if isinstance(node, Applied) and node.rule == number:
                return self.writer.node(node)
        person: dict[str, Value] = {"Personne": Fun(self.decision.personne)}
        return self.writer.fill(trial.law.base.legal[rule].phrase, number, person)

    def forgotten_rules(self) -> Iterator[Mistake]:
        """A rule passed over: the nearest to the right, of those without which the ground would do."""
        if self.condition is None:
            return
        seen: set[str] = set()
        for number, node in _numbered(self.prover, self.root):
            guard = self.law.base.rules[node.rule].guard if isinstance(node, Applied) else None
            if not guard or guard in seen or not self._one_of_several(guard):
                continue
            seen.add(guard)
            if self.again.explains(self.again.under(without_rule(self.law, guard))):
                yield self._told("regle_ignoree", number)
                return

    def _one_of_several(self, rule: str) -> bool:
        """Tell whether other rules in force conclude the same; to pass over the only one is to deny the condition."""
        base = self.law.base
        head = base.rules[base.legal[rule].rule].head
        return any(
            name != rule and _same(base.rules[legal.rule].head, head) and base.in_force(name, self.context.law)
            for name, legal in base.legal.items()
        )

    def _told(self, nature: str, number: int) -> Mistake:
        node = self.prover.nodes[number]
        source = self.writer.legal_source(node.rule, node.jour) if isinstance(node, Applied) else ""
        return Mistake(nature, self.writer.node(node), source, number)  # type: ignore[arg-type]


def _same(one: Atom, other: Atom) -> bool:
    """Tell whether two rules conclude one thing: the same predicate, with the same codes."""
    codes = [[arg for arg in head.args if isinstance(arg, Fun)] for head in (one, other)]
    return one.name == other.name and codes[0] == codes[1]


def _numbered(prover: Prover, root: int) -> Iterator[tuple[int, Node]]:
    """Yield the nodes under a root with their numbers, nearest first."""
    seen, level = {root}, [root]
    while level:
        below: list[int] = []
        for number in level:
            yield number, prover.nodes[number]
            below += premises(prover.nodes[number])
        level = [number for number in dict.fromkeys(below) if number not in seen]
        seen |= set(level)
