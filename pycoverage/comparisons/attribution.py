"""What stands behind the key of a cause: its sentence, its source, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.comparison import Cause
from pycoverage.comparisons.novelty import Novelty
from pycoverage.comparisons.wording import some
from pycoverage.law import Law
from pycoverage.manual.lexicon import Lexicon
from pycoverage.scalar import LAST_DAY
from pycoverage.sentence import Writer
from pycoverage.speech import count, day
from pycoverage.states.merging import PRIME, plain_id
from pycoverage.states.state import Pair


class Teller:
    """Tells what the base says under the keys of causes."""

    def __init__(self, law: Law) -> None:
        self.base = law.base
        self.writer = Writer(law, {})
        texts = [legal.phrase for legal in law.base.legal.values()]
        texts += [text for notion in law.base.notions.values() for text in (notion.positive, notion.negative)]
        self.lexicon = Lexicon(texts)

    def cause(self, key: str, state: str, gone: Collection[str] = (), new: Collection[str] = ()) -> Cause:
        """Return a cause. `gone` and `new` are the entries that a list has no more, and those it has now."""
        sort, _, name = key.partition(":")
        if sort == "regle":
            return self._rule(key, name, state)
        if sort == "montant" and name in self.base.parameters:
            parameter = self.base.parameters[name]
            return Cause(key, "montant", name, parameter.nom, self._cited([parameter.source]), state)
        if sort == "liste" and name in dict(self.base.properties()):
            return self._list(key, name, state, gone, new)
        kind = sort if sort in ("montant", "liste") else "technique"
        text = "règle technique, sans article" if kind == "technique" else "la base n'en dit plus rien"
        return Cause(key, kind, name, text, "", state)  # type: ignore[arg-type]

    def _rule(self, key: str, name: str, state: str) -> Cause:
        legal = self.base.legal.get(name + PRIME) or self.base.legal.get(name)
        if legal is None:
            return Cause(key, "regle", name, "la base n'en dit plus rien", "", state)
        text = self.writer.speech.filled(legal.phrase, lambda hole: f"[{self.lexicon.words(hole)}]")
        return Cause(key, "regle", name, text[:1].upper() + text[1:], self.writer.source(legal.source), state)

    def _list(self, key: str, name: str, state: str, gone: Collection[str], new: Collection[str]) -> Cause:
        nomenclature = self.base.nomenclatures[dict(self.base.properties())[name]]
        described = nomenclature.proprietes[name]

        def told(phrase: str, shown: str) -> str:
            return self.writer.speech.filled(phrase, lambda _: shown) if phrase else shown

        parts = [
            f"{sign} {told(phrase, some([nomenclature.elements[code].nom for code in sorted(codes)]))}"
            for sign, phrase, codes in (("−", described.phrase_negative, gone), ("+", described.phrase, new))
            if codes
        ]
        elements = [nomenclature.elements[code] for code in sorted({*gone, *new})]
        text = " ; ".join(parts) or told(described.phrase, nomenclature.nom)
        sources = {element.sources.get(name, "") or described.source for element in elements} or {described.source}
        return Cause(key, "liste", name, text, self._cited(sources), state)

    def _cited(self, sources: Iterable[str]) -> str:
        return " ; ".join(self.writer.source(source) for source in sorted(sources) if source)


def causes_of(pair: Pair, novelty: Novelty, keys: Iterable[str], date: str | None) -> list[Cause]:
    """Return what stands behind the keys of causes that make two states differ, sorted.

    `date` is the day on which they are compared, None if each dossier has its own.
    """
    teller = Teller(pair.law)
    found = []
    for key in sorted(keys):
        sort, _, name = key.partition(":")
        state = "changée"
        gone: list[str] = []
        new: list[str] = []
        if sort == "regle":
            state = _rule_state(pair, novelty, name)
        elif sort == "montant":
            state = _amount_state(pair, teller.writer, name, date or LAST_DAY)
        elif sort == "liste":
            gone, new = _moved(pair, novelty, name, date or LAST_DAY)
            state = _list_state(gone, new)
        found.append(teller.cause(key, state, gone, new))
    return found


def _rule_state(pair: Pair, novelty: Novelty, name: str) -> str:
    """Return what became of a rule from one state to the other."""
    base = pair.law.base
    if name + PRIME in base.legal:
        return _rewritten(base, name)
    legal = base.legal[name]
    old = plain_id(legal.replaces) if legal.replaces in novelty.rules else ""
    one, other = (legal.period(each.etat) for each in (pair.before, pair.after))
    if one is None:
        return f"nouvelle, remplace {old}" if old else "nouvelle"
    if other is None:
        return "supprimée"
    end = f", jusqu'au {day(other.end)} non compris" if isinstance(other.end, str) else ""
    return f"en vigueur depuis le {day(other.start)}{end}" + (f", remplace {old}" if old else "")


def _rewritten(base: KnowledgeBase, name: str) -> str:
    """Return what a rewritten rule asks no more, and what it asks now, as its files write them."""
    before, after = (
        [str(condition) for condition in base.rules[base.legal[each].rule].body[1:]] for each in (name, name + PRIME)
    )
    gone = [f"sans « {each} »" for each in before if each not in after]
    new = [f"avec « {each} »" for each in after if each not in before]
    return "réécrite" + (" : " if gone or new else "") + ", ".join([*gone, *new])


def _amount_state(pair: Pair, writer: Writer, name: str, date: str) -> str:
    """Return the value of a parameter in both states, on a day, or on the last one before where they are not the same.

    Only values that stand alone on their day are shown.
    """
    parameter = pair.law.base.parameters[name]
    starts = {amount.interval.start for amount in parameter.amounts}
    for jour in (date, *sorted((start for start in starts if start < date), reverse=True)):
        contexts = (state.context(jour) for state in (pair.before, pair.after))
        one, other = (parameter.at(context.droit_au, context.etat) for context in contexts)
        if len(one) == len(other) == 1 and one[0].value != other[0].value:
            told = " → ".join(writer.value(each[0].value, parameter.type) for each in (one, other))
            return told if jour == date else f"{told}, au {day(jour)}"
    return "changé"


def _moved(pair: Pair, novelty: Novelty, name: str, date: str) -> tuple[list[str], list[str]]:
    """Return the entries that a list loses and those that it gains, on a day or on the last one where they move."""
    gone: list[str] = []
    new: list[str] = []
    elements = pair.law.base.nomenclatures[dict(pair.law.base.properties())[name]].elements
    for code in sorted(code for prop, code in novelty.entries if prop == name):
        intervals = elements[code].properties.get(name, ())
        bounds = {str(day) for each in intervals for day in (each.start, each.end) if isinstance(day, str)}
        for jour in (date, *sorted(bounds, reverse=True)):
            one, other = (
                any(each.holds(context.droit_au, context.etat) for each in intervals)
                for context in (pair.before.context(jour), pair.after.context(jour))
            )
            if one != other:
                (gone if one else new).append(code)
                break
    return gone, new


def _list_state(gone: Sequence[str], new: Sequence[str]) -> str:
    """Return how many entries a list has lost, and how many it has gained."""
    both = ((gone, "en moins"), (new, "en plus"))
    return ", ".join(f"{count(len(codes), 'élément')} {how}" for codes, how in both if codes)
