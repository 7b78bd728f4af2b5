"""From values to words: holes filled by kind, codes named, sources cited, computed terms read aloud.

No legal sentence stands here: they come from the rules and the catalogues. Nor does any word: see `speech`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from pycoverage.citation import named
from pycoverage.kinds import Kinds
from pycoverage.law import Law
from pycoverage.situation import Fact
from pycoverage.speech import Speech, article, speech
from pycoverage.value import INF, SUP, Arith, Bound, Call, Fun, Term, Value, Var
from pycoverage.vocabulary import Attribute, type_name

ISO = re.compile(r"\d{4}-\d\d-\d\d")
PRODUCTS = ("part", "part_par_exces", "fois", "coefficient_par")
"""Named functions that are read as a product; `somme_coefficients` is read as a sum."""


class Wording:
    """Puts values in words for one dossier; `names` gives the persons' names by canonical id."""

    def __init__(self, law: Law, names: Mapping[str, str]) -> None:
        self.law, self.names = law, names
        self.base = law.base
        self.kinds: Kinds = law.kinds
        self.speech: Speech = speech(self.base.reader)
        self._attributes = self.base.vocabulary.by_predicate()
        self._french = Wording(law.french(), names) if law.original else self

    def say(self, sentence: str, hole: Callable[[Wording, str], str]) -> str:
        """Fill the holes of a sentence; one that is not translated is filled in French, and stays marked."""
        french = self.speech.untranslated(sentence)
        if french is None:
            return self.speech.filled(sentence, lambda name: hole(self, name))
        return self.speech.marked(self._french.speech.filled(french, lambda name: hole(self._french, name)))

    def person(self, identifier: str) -> str:
        name = self.names.get(identifier, identifier)
        return self.speech.foreign(name[:1].upper() + name[1:])

    def right(self, identifier: str) -> str:
        """Return the name of a right."""
        right = self.base.rights.get(identifier)
        return right.nom if right else identifier

    def value(self, value: Value | None, kind: str | None) -> str:
        """Return a value in words, by its kind."""
        if value is None:
            return self.speech("cette_personne") if kind == "personne" else "…"
        if isinstance(value, Bound):
            return self.speech("date_ouverte" if kind == "date" else "sans_fin" if value == SUP else "sans_debut")
        if isinstance(value, int):
            return self.speech.euros(value) if kind == "montant" else self.speech.number(value)
        if isinstance(value, str):
            return self.speech.day(value) if kind == "date" or ISO.fullmatch(value) else self.speech.foreign(value)
        if value.name == "rapport":
            return self._ratio(value)
        return self.code(value, kind)

    def _ratio(self, value: Fun) -> str:
        match value.args:
            case (int(above), int(below)):
                shown = f"{above / below:.6f}".rstrip("0").rstrip(".")
                return self.speech.decimal(shown) if Fraction(shown) == Fraction(above, below) else f"{above}/{below}"
        return str(value)

    def code(self, value: Fun, kind: str | None) -> str:
        """Return the name of a code, a right or a person."""
        if value.name in self.names:
            return self.person(value.name)
        if kind == "code:droit" or (kind is None and value.name in self.base.rights):
            return self.right(value.name)
        if kind == "code:oui_non" and value.name in ("oui", "non"):
            return self.speech(value.name)
        nomenclature = self.base.nomenclatures.get((kind or "").removeprefix("code:"))
        element = nomenclature.elements.get(value.name) if nomenclature else None
        return element.nom if element else self.label(value.name)

    def label(self, identifier: str) -> str:
        """Return an identifier of the base as it is shown where nothing names it."""
        return self.speech.foreign(identifier.replace("_", " "))

    def fill(self, sentence: str, rule: int, binding: Mapping[str, Value]) -> str:
        """Fill the holes of a rule's sentence from a binding."""
        return self.say(sentence, lambda own, name: own.value(binding.get(name), self.kinds.variable(rule, name)))

    def notion(self, name: str, args: tuple[Value | None, ...], *, holds: bool) -> str:
        """Return the sentence of a notion, or an empty text if it has none."""
        notion = self.base.notions.get(name)
        if notion is None:
            return ""
        binding = dict(zip(notion.variables, enumerate(args), strict=False))

        def hole(own: Wording, variable: str) -> str:
            found = binding.get(variable)
            return own.value(found[1], self.kinds.position(name, found[0])) if found else "…"

        return self.say(notion.positive if holds else notion.negative, hole)

    def fact(self, fact: Fact, phrase: str = "") -> str:
        """Return a stated fact in words; `phrase` is another sentence than that of the vocabulary."""
        attribute = self._attributes[fact.name]
        values = dict(zip(attribute.arguments, fact.args, strict=True))

        def hole(own: Wording, name: str) -> str:
            value = values.get(name)
            if isinstance(value, Bound):
                return own.speech("jour_non_precise" if value == INF else "sans_date_de_fin")
            return own.value(value, type_name(attribute.field(name))) if value is not None else "…"

        return self.say(phrase or attribute.phrase or attribute.name, hole)

    def question(self, attribute: Attribute, owner: str) -> str:
        """Return the question that asks an attribute of a person."""
        return self.say(attribute.question["fr"], lambda own, _: own.person(owner))

    def source(self, term: Term | str, day: str = "") -> str:
        """Return a source as it is cited, in French, its article by the number that it bore on a day."""
        return self.speech.foreign(self._cite(term, day))

    def _cite(self, term: Term | str, day: str) -> str:
        if isinstance(term, str):
            term = named(term)
        if not isinstance(term, Fun):
            return str(term)
        text = self.base.texts.get(term.name)
        parts = [str(arg) for arg in term.args]
        if text is None:
            return ", ".join([term.name, *parts])
        name = parts[0] if parts else ""
        cited = text.cited(name, day).replace("{article}", article(text.number(name, day))).strip()
        return ", ".join([cited, *parts[1:]])

    def term(self, term: Term, binding: Mapping[str, Value], rule: int) -> str:
        """Return how a term was computed, in words: « 2 novembre 2020 + 3 mois »."""
        if isinstance(term, Var):
            return self.value(binding.get(term.name), self.kinds.variable(rule, term.name))
        if isinstance(term, Call):
            args = [
                f"({shown})" if isinstance(arg, Arith) else shown
                for arg in term.args
                for shown in [self.term(arg, binding, rule)]
            ]
            return self._call(term, args, binding)
        if isinstance(term, Arith):
            sign = {"-": "−", "*": "×"}.get(term.op, term.op)
            return f"{self.term(term.left, binding, rule)} {sign} {self.term(term.right, binding, rule)}"
        if isinstance(term, Fun) and term.args:
            if all(isinstance(arg, int) for arg in term.args):
                return self.value(term, None)
            args = [self.term(arg, binding, rule) for arg in term.args]
            return "/".join(args) if term.name == "rapport" else f"{term.name} ({', '.join(args)})"
        return self.value(term, None)

    def _call(self, call: Call, args: list[str], binding: Mapping[str, Value]) -> str:
        if call.name in PRODUCTS:
            return " × ".join(args)
        if call.name == "somme_coefficients":
            return " + ".join(args)
        last = call.args[-1] if call.args else None
        number = binding.get(last.name) if isinstance(last, Var) else last
        counted = {"n": number} if isinstance(number, int) else {"n": 2}
        return self.speech(f"fonctions.{call.name}", **dict(zip("abcd", args, strict=False)), **counted)
