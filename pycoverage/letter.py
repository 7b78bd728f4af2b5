"""The letter of an appeal: what it says, each sentence with its proof, or why there is no letter.

Only what is proved is argued. A right that is not held, or not certainly, gives no letter but its reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from pycoverage.argument import Argument, Point, Said
from pycoverage.assessment import Assessment, assess
from pycoverage.citation import citations, listed
from pycoverage.evaluation import entries, prover_for, rules_of
from pycoverage.examination import Decision, Ground
from pycoverage.exhibit import Exhibits
from pycoverage.completion import fill
from pycoverage.ground import allegation
from pycoverage.ground import conditions as conditions_of
from pycoverage.identity import Identity, recipient, sender
from pycoverage.objection import Objection, elsewhere, objection
from pycoverage.pen import Pen, spaced
from pycoverage.proof import Absent, Denied, Stated, reach
from pycoverage.prover import Prover
from pycoverage.refusal import Examined
from pycoverage.sentence import day
from pycoverage.situation import Fact
from pycoverage.stationery import Model, Stationery
from pycoverage.status import reading_name
from pycoverage.syntax import Atom
from pycoverage.value import Fun
from pycoverage.way import Way, chosen


class Told(msgspec.Struct, frozen=True):
    """One sentence of a letter and where it comes from.

    `preuve` is `droit` or `demarche`, with a node of that proof, or `decision` for what the decision says.
    """

    texte: str
    preuve: str
    node: int


class Letter(msgspec.Struct, frozen=True):
    """A letter to be printed: the model, what its holes receive, and every sentence with its proof.

    `jour` is the day of the letter; `reserves` are what the signatory has to check first.
    """

    jour: str
    model: Model
    way: Way
    content: dict[str, object]
    sentences: tuple[Told, ...]
    reserves: tuple[str, ...]
    assessment: Assessment
    prover: Prover
    root: int


def compose(
    examined: Examined,
    stationery: Stationery,
    *,
    way: str = "",
    identity: Identity | None = None,
    seconds: float | None = None,
) -> Letter | Objection:
    """Return the letter that contests a refusal, or why none can be written."""
    found = examined.examination
    against = objection(examined)
    if against is not None or found.decision is None or found.droit is None:
        return against or Objection(("aucune décision n'est à contester",))
    served = chosen(examined, stationery, way)
    if isinstance(served, Objection):
        return served
    assessment, prover, reading = examined.assessment, examined.prover, ""
    if found.droit.par_defaut != "oui":
        reading = next(name for name, status in found.droit.lectures.items() if status == "oui")
        readings = {**dict(assessment.default.readings), **dict(part.split("=") for part in reading.split(","))}
        assessment = assess(
            assessment.law, assessment.dossier, date=assessment.date, readings=readings, seconds=seconds
        )
        prover = prover_for(assessment)
    supposed = list(_supposed(prover, assessment, found.decision))
    if supposed:
        name = assessment.law.base.rights[found.decision.droit].nom
        return elsewhere(examined, [f"{name} : le droit est certain, mais sa preuve passe par un fait inconnu"], supposed)
    return _Draft(examined, stationery, identity or Identity(), served, assessment, prover, reading).letter()


def _supposed(prover: Prover, assessment: Assessment, decision: Decision) -> Iterator[str]:
    """Yield the unknown facts that the proof of a right would suppose."""
    root = prover.explain(Atom("droit", (Fun(decision.personne), Fun(decision.droit))), assessment.default)
    nodes = reach(prover.nodes, root)
    supposed = {node.fact for node in nodes if isinstance(node, Stated) and node.fact.origin == "supposed"}
    for gap in assessment.filled.gaps:
        if any(fact.attribute == gap.attribute for fact in supposed):
            yield gap.key(assessment.dossier.persons)


class _Draft:
    """A letter being written: one proof of the right, one of the procedure, one list of exhibits."""

    def __init__(
        self,
        examined: Examined,
        stationery: Stationery,
        identity: Identity,
        way: Way,
        assessment: Assessment,
        prover: Prover,
        reading: str,
    ) -> None:
        self.examined, self.identity, self.way = examined, identity, way
        self.assessment, self.prover, self.reading = assessment, prover, reading
        assert examined.examination.decision is not None
        self.decision: Decision = examined.examination.decision
        law, persons = assessment.law, assessment.dossier.persons
        self.pen = Pen(law, persons, stationery, identity, assessment.date)
        self.clerk = Pen(law, persons, stationery, identity, examined.current.date)
        self.argument = Argument(prover, self.pen)
        self.steps = Argument(examined.current_prover, self.clerk)
        self.exhibits = Exhibits(law.base, self.pen, len(persons))
        self.told: list[Told] = []

    def letter(self) -> Letter:
        """Write the letter, in the order in which it is read."""
        person = self.assessment.dossier.persons[self.decision.personne]
        base = self.assessment.law.base
        root = self._proof(self.decision.droit)
        self._enclose(self.way.roots, root)
        content: dict[str, object] = {
            "expediteur": sender(self.identity, person),
            "destinataire": recipient(self.identity),
            "conseil": self.identity.conseil,
            "lieu": self.identity.lieu or "[lieu]",
            "date": day(self.examined.examination.date),
            "personne": self.pen.person(self.decision.personne),
            "droit": base.rights[self.decision.droit].nom,
            "tacite": self.decision.forme == "tacite",
            "sens": self.decision.sens,
            "sens_en_mots": self._name("sens_decision", self.decision.sens),
            "par": self._name("organisme", self.decision.par),
            "notifiee": day(self.decision.notifiee),
            "datee": day(self.decision.datee) if self.decision.datee else "",
            "reference": self.decision.reference,
            "motif_libre": self.decision.motif_libre,
            "voie": self._name("voie_recours", self.way.code),
            "dernier_jour": day(self.way.last_day),
            "jour": day(self.assessment.date),
            "recevabilite": self._procedure(),
            "faits": list(self._facts(root)),
        }
        above, conditions = self.argument.steps(root)
        content["droit_applicable"] = [*self._day(), *(self._tell(said) for said in above)]
        content["motif"], conditions = self._ground(conditions)
        content["conditions"] = [self._point(self.argument.point(number)) for number in conditions]
        content["lecture"] = self._reading(root)
        content["effet"] = self._effect()
        content["pieces"] = self.exhibits.labels()
        content["textes"] = self._texts(root)
        content["objet"] = f"{content['voie']} – {content['droit']}"
        return Letter(
            self.examined.examination.date,
            self.way.model,
            self.way,
            content,
            tuple(self.told),
            tuple(self._reserves(root)),
            self.assessment,
            self.prover,
            root,
        )

    def _proof(self, right: str) -> int:
        atom = Atom("droit", (Fun(self.decision.personne), Fun(right)))
        return self.prover.explain(atom, self.assessment.default)

    def _enclose(self, procedure: Sequence[int], root: int) -> None:
        """Number the exhibits: what proves the decision first, then what proves the facts of the right."""
        for number in procedure:
            for fact in self.steps.facts(number):
                self.exhibits.add(self._fact(self.examined.current_prover, fact))
        for fact in self.argument.facts(root):
            self.exhibits.add(self._fact(self.prover, fact))

    def _fact(self, prover: Prover, number: int) -> Fact:
        node = prover.nodes[number]
        assert isinstance(node, Stated)
        return node.fact

    def _procedure(self) -> list[str]:
        """Return why the appeal can be brought, here and until when."""
        lines = []
        for number in self.way.roots:
            point = self.steps.point(number)
            head = [point.head] if self.steps.tells(number) else []
            lines += [self._tell(said, "demarche") for said in (*point.support, *head)]
        return list(dict.fromkeys(lines))

    def _name(self, nomenclature: str, code: str) -> str:
        elements = self.assessment.law.base.nomenclatures[nomenclature].elements
        return elements[code].nom if code in elements else ""

    def _day(self) -> Iterator[str]:
        """Yield why the right is assessed on its day, where a rule says so."""
        who, right = Fun(self.decision.personne), Fun(self.decision.droit)
        atom = Atom("jour_apprecie", (who, right, self.decision.notifiee, self.decision.jour))
        number = self.examined.current_prover.explain(atom, self.examined.current.default)
        if self.steps.tells(number):
            yield self._tell(self.steps.say(number), "demarche")

    def _facts(self, root: int) -> Iterator[str]:
        """Yield the facts relied on, those of the procedure first, each with its exhibit."""
        seen: set[str] = set()
        for kind, argument, roots in (("demarche", self.steps, self.way.roots), ("droit", self.argument, (root,))):
            for number in (fact for start in roots for fact in argument.facts(start)):
                node = argument.prover.nodes[number]
                assert isinstance(node, Stated)
                text = self.pen.node(node)
                if text not in seen:
                    seen.add(text)
                    yield self._tell(Said(text, number), kind, self.exhibits.cited([node.fact]))
        for number, text in self._absences(root):
            if text not in seen:
                seen.add(text)
                yield self._tell(Said(text, number))

    def _absences(self, root: int) -> Iterator[tuple[int, str]]:
        """Yield what the dossier gives as an empty list, where a condition rests on it."""
        numbers = {id(node): number for number, node in self.prover.nodes.items()}
        for node in reach(self.prover.nodes, root):
            if isinstance(node, Absent) and (text := self.pen.absence(node)) and not self._pointless(node):
                yield numbers[id(node)], text

    def _pointless(self, node: Absent) -> bool:
        """Tell whether the vocabulary says that a list has no object for the person it is about."""
        attribute = self.assessment.law.base.vocabulary.by_predicate()[node.name]
        return any(
            fact.attribute == name and fact.args[0] in node.args and str(fact.args[-1]) in values
            for name, values in attribute.sans_objet.items()
            for fact in self.assessment.case.facts
        )

    def _ground(self, conditions: list[int]) -> tuple[dict[str, object] | None, list[int]]:
        """Return what is answered to the ground alleged, and the conditions left to argue."""
        ground = self.examined.examination.motif
        if ground is None or not ground.code:
            return None, conditions
        node = self._refutation(ground)
        lines = self._point(self.argument.point(node)) if node is not None else None
        if node is not None:
            same = self.argument.say(node).text
            conditions = [number for number in conditions if self.argument.say(number).text != same]
        exact = ground.verdict == "fonde" and node is None
        alleged = self._alleged(ground)
        return {"texte": alleged, "retenu": self._taken(), "reponse": lines, "exact": exact}, conditions

    def _alleged(self, ground: Ground) -> str:
        """Return the ground in words, persons called by their names."""
        condition = conditions_of(self.assessment.law.base, self.decision.droit).get(ground.code)
        if condition is None:
            return self._quote(ground.texte)
        args = condition.atom(self.assessment.world, self.assessment.default, self.decision.personne)
        return self._quote(self.identity.agreed(allegation(self.pen, condition, args)))

    def _taken(self) -> list[str]:
        """Return the facts that the decision takes otherwise than the dossier."""
        dossier, base = self.assessment.dossier, self.assessment.law.base
        taken = {
            key: fact
            for stated in dossier.stated.values()
            for line in stated.lines or ()
            if line.place.line == self.decision.ligne
            for key, fact in line.taken.items()
        }
        other = fill(msgspec.structs.replace(dossier, stated={**dossier.stated, **taken}), base).case.facts
        known = {(fact.name, fact.args) for fact in self.assessment.case.facts}
        return [self._quote(self.pen.fact(fact)) for fact in other if (fact.name, fact.args) not in known]

    def _quote(self, text: str) -> str:
        """Return a sentence that the decision says, and the letter only reports."""
        return self._tell(Said(text, -1), "decision")

    def _refutation(self, ground: Ground) -> int | None:
        """Return the node that proves a ground wrong, in the reading in which the right is argued, if it is."""
        alleged = conditions_of(self.assessment.law.base, self.decision.droit).get(ground.code)
        if alleged is None:
            return ground.node if ground.verdict == "infonde" and not self.reading else None
        world, context, person = self.assessment.world, self.assessment.default, self.decision.personne
        if alleged.unmet(world, context, person) or ground.depend_de:
            return None
        return self.prover.explain_any(alleged.name, alleged.atom(world, context, person), context)

    def _point(self, point: Point) -> dict[str, object]:
        facts = [self._fact(self.prover, number) for number in point.facts]
        head = self._tell(point.head, "droit", self.exhibits.cited(facts))
        return {"texte": head, "appuis": list(dict.fromkeys(self._tell(said) for said in point.support))}

    def _effect(self) -> str:
        """Return the sentence of the day from which the right takes effect, or an empty text."""
        rows = self.assessment.told("effet", self.decision.personne, self.decision.droit)
        days = sorted(str(row[0]) for row in rows)
        if not days or not rows:
            return ""
        atom = Atom("effet", (Fun(self.decision.personne), Fun(self.decision.droit), days[0]))
        number = self.prover.explain(atom, self.assessment.default)
        return self._tell(self.argument.say(number)) if self.argument.tells(number) else ""

    def _reading(self, root: int) -> dict[str, str] | None:
        """Return the reading in which the right is argued, where another one gives another answer."""
        droit = self.examined.examination.droit
        assert droit is not None
        if droit.statut != "conteste":
            return None
        base = self.assessment.law.base
        question_id = (self.reading or next(iter(droit.lectures))).partition("=")[0]
        question = base.questions[question_id]
        reading = question.lectures[base.reading(question_id, dict(self.assessment.default.readings))]
        return {
            "question": question.question,
            "nom": reading.nom,
            "source": self.pen.source(reading.source) if reading.source else "",
        }

    def _texts(self, root: int) -> list[str]:
        """Return the texts cited, each article with its version; that one was not read is told to the signatory."""
        found = citations(self.assessment.law.base, self._rules(root), self.assessment.default.droit_au)
        return [self._plain(text) for text in listed(msgspec.structs.replace(cited, lue=True) for cited in found)]

    def _rules(self, root: int) -> set[str]:
        """Return the rules whose sources the letter cites."""
        told = {(sentence.preuve, sentence.node) for sentence in self.told}
        return {
            rule
            for kind, number in told
            if number >= 0
            for prover in [self.prover if kind == "droit" else self.examined.current_prover]
            for rule in rules_of(prover, [prover.nodes[number]])
            if not isinstance(prover.nodes[number], Denied)
        }

    def _reserves(self, root: int) -> Iterator[str]:
        """Yield what the signatory has to check: facts supposed, versions not read, values in doubt."""
        droit = self.examined.examination.droit
        assert droit is not None
        yield from (f"à confirmer, et à écrire au dossier : {fact}" for fact in droit.hypotheses)
        for cited in citations(self.assessment.law.base, self._rules(root), self.assessment.default.droit_au):
            if not cited.lue:
                yield f"version non lue : {cited.citation}"
        yield from (f"à vérifier : {reserve}" for reserve in droit.reserves)
        if droit.statut == "conteste":
            against = ", ".join(name for name, status in droit.lectures.items() if status != "oui")
            yield f"une autre lecture refuse ce droit : {against or reading_name(self.examined.assessment, self.examined.assessment.default) or 'celle par défaut'}"

    def _tell(self, said: Said, proof: str = "droit", exhibits: str = "") -> str:
        """Return a sentence as the letter writes it, and keep what proves it."""
        inside = "; ".join(part for part in (said.source, exhibits) if part).replace("; ", " ; ")
        text = self._plain(f"{said.text} ({inside})" if inside else said.text)
        self.told.append(Told(text, proof, said.node))
        return text

    @staticmethod
    def _plain(text: str) -> str:
        """Return a sentence with its capital and its full stop."""
        return spaced(f"{text[:1].upper()}{text[1:].rstrip('.')}.")
