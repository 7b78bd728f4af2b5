"""The test of a cause: what one state would conclude if a difference between the two had not been made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from pycoverage.assessment import Assessment, assess_filled, contexts_of
from pycoverage.base import STATE, KnowledgeBase, LegalRule
from pycoverage.catalogue import Interval, Nomenclature, Parameter
from pycoverage.comparisons.novelty import RIGHT, Key, Novelty
from pycoverage.completion import fill
from pycoverage.dossier import Dossier
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.lifting import lift_beside
from pycoverage.states.state import Pair
from pycoverage.syntax import Atom, Literal, Rule
from pycoverage.value import Fun


class Trial:
    """Answers in a state of the law, the host, where some differences are as in the other one, the guest.

    The host is the later state, unless its law stops on a day after which that of the other still changes.
    """

    def __init__(
        self, pair: Pair, novelty: Novelty, *, date: str | None, readings: Mapping[str, str], seconds: float | None
    ) -> None:
        self.law, self.novelty = pair.law, novelty
        one, other = pair.before, pair.after
        self.later = not other.plafond or bool(one.plafond and one.plafond <= other.plafond)
        self.guest, self.host = (one, other) if self.later else (other, one)
        self.date, self.readings, self.seconds = date, readings, seconds
        self.keys = frozenset(novelty.keys())
        self._laws: dict[frozenset[str], Law] = {}
        self._touched: dict[str, frozenset[Key]] = {}

    @property
    def alone(self) -> str:
        """The key of the only difference between the states, or an empty text."""
        same = not self.novelty.contexts and self.host.readings == self.guest.readings
        return next(iter(self.keys)) if same and len(self.keys) == 1 else ""

    def testable(self, key: str) -> bool:
        """Tell whether a difference is in what the base says, and not in the reading that it takes by default."""
        changed = set(self.host.readings) ^ set(self.guest.readings)
        questions = {name for name, _ in changed}
        return not any(self.law.base.legal[rule].question in questions for rule in self.novelty.only(key).rules)

    def touched(self, key: str) -> frozenset[Key]:
        """Return the conclusions that a difference may change."""
        if key not in self._touched:
            self._touched[key] = self.novelty.only(key).touched()
        return self._touched[key]

    def undone(self, keys: Collection[str]) -> frozenset[str]:
        """Return what to lend so that the later state is as it is but for the differences of some keys."""
        return frozenset(keys) if self.later else self.keys - set(keys)

    def made(self, keys: Collection[str]) -> frozenset[str]:
        """Return what to lend so that the first state is as it is but for the differences of some keys."""
        return self.keys - set(keys) if self.later else frozenset(keys)

    def assess(
        self, lent: Collection[str], dossiers: Sequence[Dossier], *, read_otherwise: bool
    ) -> list[Assessment | None]:
        """Assess dossiers in the host, the differences of some keys being as in the guest; None for an error.

        Without `read_otherwise`, nothing is asked of the readings that are not the default.
        """
        law = self._law(frozenset(lent))
        frame = self.host.context("")
        try:
            filled = [fill(dossier, law.base) for dossier in dossiers]
            contexts = [
                contexts_of(law, each, date=self.date, readings=self.readings, frame=frame) for each in dossiers
            ]
            own = contexts if read_otherwise else [each[:1] for each in contexts]
            return [*assess_filled(law, dossiers, filled, own, others=(RIGHT,), seconds=self.seconds)]
        except InputError:
            if len(dossiers) == 1:
                return [None]
            return [found for each in dossiers for found in self.assess(lent, [each], read_otherwise=read_otherwise)]

    def _law(self, lent: frozenset[str]) -> Law:
        found = self._laws.get(lent)
        if found is None:
            base, again = self._lent(lent)
            program = lift_beside(base, self.law.program, self.law.kinds, (), {}, again)
            found = self._laws[lent] = Law(base, program, self.law.kinds)
        return found

    def _lent(self, keys: Iterable[str]) -> tuple[KnowledgeBase, set[int]]:
        """Return the base where some differences are as in the guest, and the rules that it writes otherwise."""
        base = self.law.base
        chosen = [self.novelty.only(key) for key in keys]
        rules, legal = list(base.rules), dict(base.legal)
        parameters, nomenclatures = dict(base.parameters), dict(base.nomenclatures)
        again: set[int] = set()
        for each in chosen:
            for name in each.rules:
                legal[name] = self._rule(legal[name])
                again.add(legal[name].rule)
            for number in each.technical:
                rules[number] = self._technical(rules[number])
                again.add(number)
            for name in each.parameters:
                parameters[name] = self._parameter(parameters[name])
            for name, code in each.entries:
                nomenclature = dict(base.properties())[name]
                nomenclatures[nomenclature] = self._entry(nomenclatures[nomenclature], name, code)
        changed = msgspec.structs.replace(
            base, rules=tuple(rules), legal=legal, parameters=parameters, nomenclatures=nomenclatures
        )
        return changed, again

    def _seen(self, interval: Interval) -> Iterator[Interval]:
        """Yield the days of an interval on which the guest holds it, whatever the day."""
        own, last = interval.etat in ("", self.guest.etat), self.guest.plafond
        if own and last and interval.holds(last, self.guest.etat):
            yield Interval(interval.start, etat=self.host.etat)
        elif own and (not last or interval.start <= last):
            yield msgspec.structs.replace(interval, etat=self.host.etat)

    def _rule(self, legal: LegalRule) -> LegalRule:
        start = legal.interval.start
        first, *others = [
            *(seen for each in (legal.interval, *legal.others) for seen in self._seen(each)),
            Interval(start, start, self.host.etat),
        ]
        return msgspec.structs.replace(legal, interval=first, others=tuple(others))

    def _technical(self, rule: Rule) -> Rule:
        """Return a rule of one state as one of the other."""
        swapped = {self.host.etat: self.guest.etat, self.guest.etat: self.host.etat}
        body = []
        for part in rule.body:
            if isinstance(part, Literal) and part.atom.name == STATE:
                [state] = part.atom.args
                part = Literal(Atom(STATE, (Fun(swapped[str(state)]),)))
            body.append(part)
        return msgspec.structs.replace(rule, body=tuple(body))

    def _parameter(self, parameter: Parameter) -> Parameter:
        amounts = (
            msgspec.structs.replace(amount, interval=seen)
            for amount in parameter.amounts
            for seen in self._seen(amount.interval)
        )
        return msgspec.structs.replace(parameter, amounts=tuple(amounts))

    def _entry(self, nomenclature: Nomenclature, name: str, code: str) -> Nomenclature:
        element = nomenclature.elements[code]
        intervals = tuple(seen for each in element.properties.get(name, ()) for seen in self._seen(each))
        element = msgspec.structs.replace(element, properties={**element.properties, name: intervals})
        return msgspec.structs.replace(nomenclature, elements={**nomenclature.elements, code: element})
