"""From values and proof nodes to French: holes filled by kind, sources cited, margins told.

No legal sentence stands here: they come from the rules and the catalogues. What stands here is how
a date, an amount, a comparison or a named function is read aloud.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from pycoverage.kinds import Kinds
from pycoverage.law import Law
from pycoverage.proof import (
    Absent,
    Applied,
    Compared,
    Denied,
    Given,
    InForce,
    Loop,
    Node,
    ParameterLeaf,
    PropertyLeaf,
    Stated,
    Summed,
)
from pycoverage.scalar import day_before
from pycoverage.situation import Fact
from pycoverage.syntax import Aggregate
from pycoverage.value import INF, SUP, Arith, Bound, Call, Fun, Term, Value, Var
from pycoverage.vocabulary import type_name

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_ELIDED = re.compile(r"(\b(?:[Dd]e|[Qq]ue) )?\{(\w+)\}")
_VOWEL = re.compile(r"[aeiouyâàéèêëîïôöûüœAEIOUÂÀÉÈÊËÎÏÔÖÛÜŒ]")
_OPERATORS: dict[str, tuple[str, str]] = {
    "=": ("égale", "n'égale pas"),
    "!=": ("diffère de", "égale"),
    "<": ("est inférieur à", "n'est pas inférieur à"),
    "<=": ("ne dépasse pas", "dépasse"),
    ">": ("dépasse", "ne dépasse pas"),
    ">=": ("atteint", "n'atteint pas"),
}
_DAY_OPERATORS: dict[str, tuple[str, str]] = {
    "=": ("est le", "n'est pas le"),
    "!=": ("n'est pas le", "est le"),
    "<": ("est avant le", "n'est pas avant le"),
    "<=": ("n'est pas après le", "est après le"),
    ">": ("est après le", "n'est pas après le"),
    ">=": ("n'est pas avant le", "est avant le"),
}
_AGGREGATES = {"sum": "total", "count": "nombre", "min": "le plus petit", "max": "le plus grand"}
NBSP = "\u00a0"
OPEN_DATE = "une date ouverte"


def day(text: str) -> str:
    """Return a day in words: « 1er juin 2022 »."""
    value = date.fromisoformat(text)
    return f"{'1er' if value.day == 1 else value.day} {MONTHS[value.month - 1]} {value.year}"


def euros(cents: int) -> str:
    """Return an amount: « 9 041,00 € »."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", NBSP)
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02d}{NBSP}€"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: « 1 jour », « 3 jours »."""
    return f"{number}{NBSP}{singular if abs(number) < 2 else plural or singular + 's'}"


MANY = 2
"""In French a noun takes its plural from two on."""


def article(name: str) -> str:
    """Return an article as it is cited: `L1-2` → « L. 1-2 »."""
    return re.sub(r"^([LRD])(?=\d)", rf"\1.{NBSP}", name)


_NUMBERED = re.compile(r"\b(\d+)([  \u202f][^\W\d]+)\(s\)")
"""A number and the noun it counts, written with « (s) » in a sentence of the rules."""


def _agreed(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}{'' if int(match[1]) < MANY else 's'}"


def filled(sentence: str, value: Callable[[str], str]) -> str:
    """Fill the holes of a sentence, eliding « de » and « que » before a vowel."""

    def hole(match: re.Match[str]) -> str:
        before, shown = match.group(1) or "", value(match.group(2))
        if before and _VOWEL.match(shown):
            return before[:-2] + "'" + shown
        return before + shown

    text = _NUMBERED.sub(_agreed, _ELIDED.sub(hole, sentence))
    for ending in (" au", ", jusqu'au", " jusqu'au"):
        text = text.replace(f"{ending} {OPEN_DATE}", ", sans date de fin")
    return text


def _ratio(value: Fun) -> str:
    match value.args:
        case (int(above), int(below)):
            exact = Fraction(above, below)
            shown = f"{float(exact):.6f}".rstrip("0").rstrip(".")
            return shown.replace(".", ",") if Fraction(shown) == exact else f"{above}/{below}"
    return str(value)


class Writer:
    """Writes sentences about one dossier; `names` gives the persons' names by canonical id."""

    def __init__(self, law: Law, names: Mapping[str, str]) -> None:
        self.law, self.names = law, names
        self.base = law.base
        self.kinds: Kinds = law.kinds
        self._attributes = self.base.vocabulary.by_predicate()

    def person(self, identifier: str) -> str:
        name = self.names.get(identifier, identifier)
        return name[:1].upper() + name[1:]

    def value(self, value: Value | None, kind: str | None) -> str:
        """Return a value in words, by its kind."""
        if value is None:
            return "cette personne" if kind == "personne" else "…"
        if isinstance(value, Bound):
            return OPEN_DATE if kind == "date" else ("sans fin" if value == SUP else "sans début")
        if isinstance(value, int):
            return euros(value) if kind == "montant" else str(value).replace("-", "−")
        if isinstance(value, str):
            return day(value) if kind == "date" or re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
        if value.name == "rapport":
            return _ratio(value)
        return self.code(value, kind)

    def code(self, value: Fun, kind: str | None) -> str:
        """Return the name of a code, a right or a person."""
        if value.name in self.names:
            return self.person(value.name)
        if kind == "code:droit" or (kind is None and value.name in self.base.rights):
            right = self.base.rights.get(value.name)
            return right.nom if right else value.name
        nomenclature = self.base.nomenclatures.get((kind or "").removeprefix("code:"))
        element = nomenclature.elements.get(value.name) if nomenclature else None
        return element.nom if element else value.name.replace("_", " ")

    def fill(self, sentence: str, rule: int, binding: Mapping[str, Value]) -> str:
        """Fill the holes of a rule's sentence from a binding."""
        return filled(sentence, lambda name: self.value(binding.get(name), self.kinds.variable(rule, name)))

    def notion(self, name: str, args: tuple[Value | None, ...], *, holds: bool) -> str:
        """Return the sentence of a notion, or an empty text if it has none."""
        notion = self.base.notions.get(name)
        if notion is None:
            return ""
        binding = dict(zip(notion.variables, enumerate(args), strict=False))

        def hole(variable: str) -> str:
            found = binding.get(variable)
            return self.value(found[1], self.kinds.position(name, found[0])) if found else "…"

        return filled(notion.positive if holds else notion.negative, hole)

    def fact(self, fact: Fact, phrase: str = "") -> str:
        """Return a stated fact in words; `phrase` is another sentence than that of the vocabulary."""
        attribute = self._attributes[fact.name]
        values = {}
        for name, arg in zip(attribute.arguments, fact.args, strict=True):
            kind = type_name(attribute.field(name))
            if isinstance(arg, Bound):
                shown = "jour non précisé" if arg == INF else "sans date de fin"
            else:
                shown = self.value(arg, kind)
            values[name] = shown
        text = filled(phrase or attribute.phrase or attribute.name, lambda name: values.get(name, "…"))
        return text.replace("au sans date de fin", "sans date de fin").replace(", depuis le jour non précisé", "")

    def source(self, term: Term | str) -> str:
        """Return a source as it is cited."""
        if isinstance(term, str):
            match = re.fullmatch(r"(\w+)\((.*)\)", term.strip())
            if not match:
                return term
            term = Fun(match.group(1), tuple(re.findall(r'"([^"]*)"', match.group(2))))
        if not isinstance(term, Fun):
            return str(term)
        text = self.base.texts.get(term.name)
        parts = [str(arg) for arg in term.args]
        if text is None:
            return ", ".join([term.name, *parts])
        cited = text.citation.replace("{article}", article(parts[0]) if parts else "").strip()
        return ", ".join([cited, *parts[1:]])

    def legal_source(self, rule: int) -> str:
        """Return the source of a rule with its period, or an empty text for a technical one."""
        guard = self.base.rules[rule].guard
        legal = self.base.legal.get(guard) if guard else None
        return self.source(legal.source) if legal else ""

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
            known = _CALLS.get(term.name)
            return known(args).replace("+ −", "− ") if known else f"{term.name.replace('_', ' ')} ({', '.join(args)})"
        if isinstance(term, Arith):
            return f"{self.term(term.left, binding, rule)} {term.op} {self.term(term.right, binding, rule)}"
        if isinstance(term, Fun) and term.args:
            args = [self.term(arg, binding, rule) for arg in term.args]
            return "/".join(args) if term.name == "rapport" else f"{term.name} ({', '.join(args)})"
        return self.value(term, None)

    def comparison(self, node: Compared) -> str:
        """Return a comparison with both values, how they were computed, and the margin."""
        kind = self.kind(node)
        days = kind == "date"
        words = (_DAY_OPERATORS if days else _OPERATORS)[node.op][0 if node.holds else 1]
        if node.op == "=" and node.holds and isinstance(node.right_term, Call | Arith):
            return f"{self.value(node.left, kind)} = {self.term(node.right_term, node.binding, node.rule)}"
        left, right = self.value(node.left, kind), self.value(node.right, kind)
        if days:
            left = f"le {left}"
        right_how, left_how = self._how(node.right_term, node, right), self._how(node.left_term, node, left)
        return f"{left}{left_how} {words} {right}{right_how}{self.margin(node, kind)}"

    def _how(self, term: Term, node: Compared, shown: str) -> str:
        if not isinstance(term, Call | Arith):
            return ""
        text = self.term(term, node.binding, node.rule)
        return f" ({text})" if text != shown else ""

    def kind(self, node: Compared) -> str | None:
        """Return the kind of the values compared, or None if nothing tells."""
        for term, value in ((node.left_term, node.left), (node.right_term, node.right)):
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                return "date"
            if isinstance(term, Var):
                kind = self.kinds.variable(node.rule, term.name)
                if kind:
                    return kind
            if isinstance(term, Call):
                from pycoverage.functions import FUNCTIONS

                return FUNCTIONS[term.name][2]
        return None

    def margin(self, node: Compared, kind: str | None) -> str:
        """Return how far apart two values are, between brackets, or an empty text."""
        if node.op in ("=", "!="):
            return ""
        if kind == "date" and isinstance(node.left, str) and isinstance(node.right, str):
            gap = abs((date.fromisoformat(node.left) - date.fromisoformat(node.right)).days)
            return f" (écart : {count(gap, 'jour')})"
        if isinstance(node.left, int) and isinstance(node.right, int):
            gap = abs(node.left - node.right)
            return f" (écart : {euros(gap) if kind == 'montant' else gap})"
        return ""

    def node(self, node: Node) -> str:
        """Return one node of a proof in words, without what it rests on."""
        match node:
            case Stated():
                return self.fact(node.fact)
            case Absent():
                return self._absent(node)
            case Given():
                return self._given(node)
            case ParameterLeaf():
                return self._parameter(node)
            case PropertyLeaf():
                return self._property(node)
            case InForce():
                return self._in_force(node)
            case Applied():
                return self._applied(node)
            case Denied() | Loop():
                return self.notion(node.name, node.args, holds=False) or self._bare(node.name, node.args)
            case Compared():
                return self.comparison(node)
            case Summed():
                return self._summed(node)

    def _applied(self, node: Applied) -> str:
        guard = self.base.rules[node.rule].guard
        legal = self.base.legal.get(guard) if guard else None
        if legal is not None and legal.phrase:
            return self.fill(legal.phrase, node.rule, node.binding)
        return self.notion(node.name, node.args, holds=True) or self._bare(node.name, node.args)

    def _bare(self, name: str, args: tuple[Value | None, ...]) -> str:
        shown = [self.value(arg, self.kinds.position(name, index)) for index, arg in enumerate(args) if arg is not None]
        return f"{name.replace('_', ' ')} ({', '.join(shown)})" if shown else name.replace("_", " ")

    def _absent(self, node: Absent) -> str:
        attribute = self._attributes[node.name]
        if node.near and not attribute.is_list:
            return self.fact(node.near[0])
        label = attribute.name.replace("_", " ")
        shown = [
            self.value(arg, type_name(attribute.field(name)))
            for name, arg in zip(attribute.arguments, node.args, strict=True)
            if arg is not None and name != "personne" and not isinstance(arg, Bound)
        ]
        persons = [self.person(arg.name) for arg in node.args if isinstance(arg, Fun) and arg.name in self.names]
        whose = f" pour {persons[0]}" if persons else ""
        what = f" ({', '.join(shown)})" if shown else ""
        near = f" ; le dossier dit : {' ; '.join(map(self.fact, node.near))}" if node.near else ""
        return f"au dossier, rien sous « {label} »{whose}{what}{near}"

    def _given(self, node: Given) -> str:
        if node.name == "date":
            return f"la situation est appréciée au {self.value(node.args[0], 'date')}"
        if node.name == "droit_au":
            return f"le droit appliqué est celui du {self.value(node.args[0], 'date')}"
        if node.name == "personne":
            return f"{self.value(node.args[0], 'personne')} fait partie du dossier"
        return "calcul impossible : une valeur manque"

    def _parameter(self, node: ParameterLeaf) -> str:
        parameter = self.base.parameters[node.name]
        if node.amount is None:
            return f"{parameter.nom} : aucune valeur au {day(node.droit_au)}"
        shown = self.value(node.amount.value, parameter.type)
        unit = f" {parameter.unite}" if parameter.unite else ""
        since = f", depuis le {day(node.amount.interval.start)}"
        doubt = "" if node.amount.confiance == "haute" else f", confiance {node.amount.confiance}"
        return f"{parameter.nom} : {shown}{unit}{since}{doubt}"

    def _property(self, node: PropertyLeaf) -> str:
        nomenclature = next(n for n in self.base.nomenclatures.values() if node.name in n.proprietes)
        described = nomenclature.proprietes[node.name]
        element = nomenclature.elements.get(node.element)
        label = element.nom if element else node.element or "aucun élément"
        if node.interval is not None:
            return (described.phrase or f"{{element}} : {node.name}").replace("{element}", label)
        negative = described.phrase_negative or f"{{element}} : pas {node.name.replace('_', ' ')}"
        return negative.replace("{element}", label)

    def _in_force(self, node: InForce) -> str:
        if node.holds:
            return f"en vigueur depuis le {day(node.interval.start)}"
        if node.interval.holds(node.droit_au):
            return f"autre lecture ({node.reading})"
        if node.droit_au < node.interval.start:
            return f"en vigueur seulement à partir du {day(node.interval.start)}"
        assert isinstance(node.interval.end, str)
        return f"n'est plus en vigueur depuis le {day(node.interval.end)}"

    def _summed(self, node: Summed) -> str:
        condition = self.base.rules[node.rule].body[node.condition]
        kind = "nombre"
        if isinstance(condition, Aggregate) and node.function != "count":
            first = condition.elements[0].terms[0]
            kind = (self.kinds.variable(node.rule, first.name) if isinstance(first, Var) else None) or "nombre"
            if isinstance(first, Call):
                from pycoverage.functions import FUNCTIONS

                kind = FUNCTIONS[first.name][2]
        parts = [self.value(c.terms[0], kind) for c in node.contributions]
        detail = f" = {' + '.join(parts)}" if node.function == "sum" and len(parts) > 1 else ""
        return f"{_AGGREGATES[node.function]} : {self.value(node.value, kind)}{detail}"

    def period(self, rule: int) -> str:
        """Return the period in force of a rule: « depuis le … », « du … au … »."""
        guard = self.base.rules[rule].guard
        legal = self.base.legal.get(guard) if guard else None
        if legal is None:
            return ""
        start = day(legal.interval.start)
        if isinstance(legal.interval.end, str):
            return f"du {start} au {day(day_before(legal.interval.end))}"
        return f"depuis le {start}"


def _at(day_text: str) -> str:
    return day_text.replace("le plus", "au plus", 1) if day_text.startswith("le plus") else f"au {day_text}"


def _units(number: str, unit: str) -> str:
    return f"{number} {unit}" if number.lstrip("−") in ("0", "1") else f"{number} {unit}s"


_CALLS: dict[str, Callable[[list[str]], str]] = {
    "plus_jours": lambda a: f"{a[0]} + {_units(a[1], 'jour')}",
    "plus_mois": lambda a: f"{a[0]} + {a[1]} mois",
    "plus_ans": lambda a: f"{a[0]} + {_units(a[1], 'an')}",
    "fin_de_mois": lambda a: f"fin du mois du {a[0]}",
    "fin_du_mois_suivant": lambda a: f"fin du {a[1]}e mois qui suit le {a[0]}",
    "premier_du_mois": lambda a: f"premier jour du mois du {a[0]}",
    "premier_du_mois_suivant": lambda a: f"premier jour du mois qui suit le {a[0]}",
    "apres_week_end": lambda a: f"{a[0]}, ou le lundi qui suit un samedi ou un dimanche",
    "paques": lambda a: f"Pâques de l'année du {a[0]}",
    "premier_janvier": lambda a: f"1er janvier de l'année du {a[0]}",
    "age": lambda a: f"âge {_at(a[1])} d'une personne née le {a[0]}",
    "jours": lambda a: f"jours du {a[0]} au {a[1]}",
    "plus_tard": lambda a: f"le plus tardif de {a[0]} et {a[1]}",
    "plus_tot": lambda a: f"le plus précoce de {a[0]} et {a[1]}",
    "part": lambda a: " × ".join(a),
    "part_par_exces": lambda a: " × ".join(a),
    "fois": lambda a: " × ".join(a),
    "somme_coefficients": lambda a: " + ".join(a),
    "coefficient_par": lambda a: " × ".join(a),
    "versements": lambda a: f"versements du {a[2]} au {a[3]}",
}
