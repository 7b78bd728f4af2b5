"""From the nodes of a proof to sentences: what is stated, what is missing, what was compared, by what margin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pycoverage.catalogue import NEVER
from pycoverage.functions import FUNCTIONS
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
from pycoverage.syntax import Aggregate
from pycoverage.value import Arith, Bound, Call, Fun, Term, Value, Var
from pycoverage.vocabulary import type_name
from pycoverage.wording import ISO, Wording


class Writer(Wording):
    """Writes the sentences of a proof about one dossier."""

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

    def legal_source(self, rule: int, day: str = "") -> str:
        """Return the source of a rule as it is cited on a day, or an empty text for a technical one."""
        guard = self.base.rules[rule].guard
        legal = self.base.legal.get(guard) if guard else None
        return self.source(legal.source, day) if legal else ""

    def period(self, rule: int) -> str:
        """Return the period in force of a rule: « depuis le … », « du … au … »."""
        guard = self.base.rules[rule].guard
        legal = self.base.legal.get(guard) if guard else None
        if legal is None:
            return ""
        start = self.speech.day(legal.interval.start)
        if isinstance(legal.interval.end, str):
            return self.speech("du_au", debut=start, fin=self.speech.day(day_before(legal.interval.end)))
        return self.speech("depuis", jour=start)

    def comparison(self, node: Compared) -> str:
        """Return a comparison with both values, how they were computed, and the margin."""
        kind = self.kind(node)
        left, right = self.value(node.left, kind), self.value(node.right, kind)
        colon, name = self.speech("deux_points"), self._name(node.left_term)
        if node.op == "=" and node.holds and isinstance(node.right_term, Call | Arith):
            shown = f"{left} = {self.term(node.right_term, node.binding, node.rule)}"
            return f"{name}{colon}{shown}" if name else shown
        words = f"{_family(kind)}.{node.op}.{'oui' if node.holds else 'non'}"
        if kind is not None and kind.startswith("code:"):
            text = self.speech(words, a=left, b=right)
            return f"{name}{colon}{text}" if name else text
        text = self.speech(words, a=left + self._how(node.left_term, node), b=right + self._how(node.right_term, node))
        margin = self.margin(node, kind)
        return self.speech("ecart", texte=text, ecart=margin) if margin else text

    def _name(self, term: Term) -> str:
        """Return what a compared value is, as far as the base names it: « arrivée »."""
        named = {each.name for each in variables_of(term)}
        name = self.base.variables.get(named.pop(), "") if len(named) == 1 else ""
        return "" if self.speech.untranslated(name) is not None else name

    def _how(self, term: Term, node: Compared) -> str:
        """Return between brackets what a compared value is, and how it was computed."""
        name = self._name(term)
        how = self.term(term, node.binding, node.rule) if isinstance(term, Call | Arith) else ""
        told = self.speech("deux_points").join(part for part in (name, how) if part)
        return f" ({told})" if told else ""

    def kind(self, node: Compared) -> str | None:
        """Return the kind of the values compared, or None if nothing tells."""
        for term, value in ((node.left_term, node.left), (node.right_term, node.right)):
            if isinstance(value, str) and ISO.fullmatch(value):
                return "date"
            if isinstance(term, Var):
                kind = self.kinds.variable(node.rule, term.name)
                if kind:
                    return kind
            if isinstance(term, Call):
                return _result(term)
        return None

    def margin(self, node: Compared, kind: str | None) -> str:
        """Return how far apart two values are, or an empty text."""
        if node.op in ("=", "!="):
            return ""
        if kind == "date" and isinstance(node.left, str) and isinstance(node.right, str):
            return self.speech("jours", n=abs((date.fromisoformat(node.left) - date.fromisoformat(node.right)).days))
        if isinstance(node.left, int) and isinstance(node.right, int):
            return self.value(abs(node.left - node.right), kind)
        return ""

    def _applied(self, node: Applied) -> str:
        guard = self.base.rules[node.rule].guard
        legal = self.base.legal.get(guard) if guard else None
        if legal is not None and legal.phrase:
            return self.fill(legal.phrase, node.rule, node.binding)
        return self.notion(node.name, node.args, holds=True) or self._bare(node.name, node.args)

    def _bare(self, name: str, args: tuple[Value | None, ...]) -> str:
        shown = [self.value(arg, self.kinds.position(name, index)) for index, arg in enumerate(args) if arg is not None]
        return f"{self.label(name)} ({', '.join(shown)})" if shown else self.label(name)

    def _absent(self, node: Absent) -> str:
        attribute = self._attributes[node.name]
        if node.near and not attribute.is_list:
            return self.fact(node.near[0])
        shown = [
            self.value(arg, type_name(attribute.field(name)))
            for name, arg in zip(attribute.arguments, node.args, strict=True)
            if arg is not None and name != "personne" and not isinstance(arg, Bound)
        ]
        persons = [self.person(arg.name) for arg in node.args if isinstance(arg, Fun) and arg.name in self.names]
        text = self.speech(
            "fait_absent",
            attribut=self.label(attribute.name),
            pour=self.speech("pour", personne=persons[0]) if persons else "",
            quoi=f" ({self.speech('virgule').join(shown)})" if shown else "",
        )
        near = self.speech("point_virgule").join(map(self.fact, node.near))
        return text + (self.speech("dossier_dit", faits=near) if near else "")

    def _given(self, node: Given) -> str:
        if node.name in ("date", "droit_au"):
            shown = self.value(node.args[0], "date")
            return self.speech("appreciee" if node.name == "date" else "droit_du_jour", jour=shown)
        if node.name == "personne":
            return self.speech("du_dossier", personne=self.value(node.args[0], "personne"))
        return self.speech("calcul_impossible")

    def _parameter(self, node: ParameterLeaf) -> str:
        parameter = self.base.parameters[node.name]
        if node.amount is None:
            return self.speech("sans_valeur", parametre=parameter.nom, jour=self.speech.day(node.droit_au))
        shown = self.value(node.amount.value, parameter.type)
        return self.speech(
            "parametre" if node.amount.confiance == "haute" else "parametre_doute",
            parametre=parameter.nom,
            valeur=f"{shown} {parameter.unite}" if parameter.unite else shown,
            jour=self.speech.day(node.amount.interval.start),
            confiance=self.speech(f"confiances.{node.amount.confiance}"),
        )

    def _property(self, node: PropertyLeaf) -> str:
        nomenclature = dict(self.base.properties())[node.name]
        described = self.base.nomenclatures[nomenclature].proprietes[node.name]
        holds = node.interval is not None
        sentence = described.phrase if holds else described.phrase_negative

        def element(own: Wording) -> str:
            return own.code(Fun(node.element), f"code:{nomenclature}") if node.element else own.speech("aucun_element")

        if sentence:
            return self.say(sentence, lambda own, _: element(own))
        return self.speech(
            "propriete" if holds else "propriete_non", element=element(self), propriete=self.label(node.name)
        )

    def _in_force(self, node: InForce) -> str:
        if node.interval == NEVER:
            return self.speech("hors_etat")
        start = self.speech.day(node.interval.start)
        if node.holds:
            return self.speech("en_vigueur", jour=start)
        if node.interval.holds(node.droit_au):
            return self.speech("lecture_autre", lecture=self.speech.foreign(node.reading))
        if node.droit_au < node.interval.start:
            return self.speech("pas_encore", jour=start)
        assert isinstance(node.interval.end, str)
        return self.speech("plus_en_vigueur", jour=self.speech.day(node.interval.end))

    def _summed(self, node: Summed) -> str:
        condition = self.base.rules[node.rule].body[node.condition]
        kind = "nombre"
        if isinstance(condition, Aggregate) and node.function != "count":
            first = condition.elements[0].terms[0]
            kind = (self.kinds.variable(node.rule, first.name) if isinstance(first, Var) else None) or "nombre"
            if isinstance(first, Call):
                kind = _result(first)
        parts = [self.value(c.terms[0], kind) for c in node.contributions]
        detail = f" = {' + '.join(parts)}" if node.function == "sum" and len(parts) > 1 else ""
        total = self.speech(f"agregats.{node.function}") + self.speech("deux_points")
        return f"{total}{self.value(node.value, kind)}{detail}"


def variables_of(term: Term) -> Iterator[Var]:
    """Yield the variables of a term."""
    if isinstance(term, Var):
        yield term
    elif isinstance(term, Arith):
        yield from (*variables_of(term.left), *variables_of(term.right))
    elif isinstance(term, Fun | Call):
        for arg in term.args:
            yield from variables_of(arg)


def _family(kind: str | None) -> str:
    """Return the family of words that compares values of a kind."""
    if kind == "date":
        return "dates"
    if kind == "personne":
        return "personnes"
    return "codes" if kind is not None and kind.startswith("code:") else "nombres"


def _result(call: Call) -> str:
    """Return the kind of what a named function gives."""
    return FUNCTIONS[call.name][2]
