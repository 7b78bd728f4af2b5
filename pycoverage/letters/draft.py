"""A letter being written: its sections in the order they are read, its sentences and its exhibits."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pycoverage.catalogue import Question, Reading
from pycoverage.citation import citations, listed
from pycoverage.evaluation import rules_of
from pycoverage.letters.argument import Argument, Point, Said
from pycoverage.letters.emptiness import empties
from pycoverage.letters.enclosure import Enclosures
from pycoverage.letters.identity import Identity, opponent, recipient, representative, sender
from pycoverage.letters.letter import Letter, Told
from pycoverage.letters.pen import Pen, spaced
from pycoverage.letters.plea import Plea
from pycoverage.letters.rebuttal import alleged, refutation, taken
from pycoverage.letters.stationery import BODY, Stationery
from pycoverage.proof import Absent, Denied, ParameterLeaf, PropertyLeaf, Stated, reached
from pycoverage.prover import Prover
from pycoverage.situation import Fact
from pycoverage.speech import day, speech
from pycoverage.syntax import Atom
from pycoverage.value import Fun

BIRTH = "naissance"
"""The attribute of the vocabulary that an identity also tells."""


class Draft:
    """Writes one letter: two arguments, of the right and of the procedure, and one list of exhibits."""

    def __init__(self, plea: Plea, stationery: Stationery, identity: Identity) -> None:
        self.plea, self.identity = plea, identity
        assessment, current = plea.assessment, plea.examined.current
        law, persons = assessment.law, assessment.dossier.persons
        self.base = law.base
        self.pen = Pen(law, persons, stationery, identity, assessment.date)
        self.argument = Argument(plea.prover, self.pen, omitted=stationery.omises)
        clerk = Pen(law, persons, stationery, identity, current.date)
        self.steps = Argument(plea.examined.current_prover, clerk, rights=False, omitted=stationery.omises)
        self.enclosures = Enclosures(law.base, assessment.dossier, self.pen, assessment.case.facts)
        self.empties = tuple(empties(plea))
        self.assessed = self._assessed()
        self.told: list[Told] = []

    def letter(self) -> Letter:
        """Write the letter, in the order in which it is read."""
        plea, decision = self.plea, self.plea.decision
        self._enclose()
        above, conditions = self.argument.steps(plea.root)
        content = self._heading()
        content["recevabilite"] = self._procedure()
        content["faits"] = list(self._facts())
        content["droit_applicable"] = [*self._step(self.assessed), *(self._tell(said) for said in above)]
        answered, content["motif"] = self._ground()
        kept = [number for number in conditions if self.argument.say(number).text != answered]
        content["conditions"] = [self._point(self.argument.point(number)) for number in kept]
        content["lecture"] = self._reading()
        content["jour_effet"], content["effet"] = self._effect()
        content["pieces"] = self.enclosures.labels()
        content["textes"] = self._texts()
        content["motif_libre"] = decision.motif_libre
        return Letter(plea, content, tuple(self.told), tuple(self._reserves()))

    def _heading(self) -> dict[str, object]:
        """Return who writes to whom, when, and about what."""
        plea, decision = self.plea, self.plea.decision
        mark = plea.way.model.destinataire
        return {
            **self._signing(),
            "destinataire": recipient(self.identity, mark, body=mark == BODY),
            "defendeur": opponent(self.identity),
            "conseil": self.identity.conseil,
            "lieu": self.identity.lieu or "[lieu]",
            "date": day(plea.examined.examination.date),
            "droit": self.base.rights[decision.droit].nom,
            "tacite": decision.forme == "tacite",
            "sens": decision.sens,
            "sens_en_mots": self._name("sens_decision", decision.sens),
            "par": self._name("organisme", decision.par),
            "notifiee": day(decision.notifiee),
            "datee": day(decision.datee) if decision.datee else "",
            "reference": decision.reference,
            "voie": self._name("voie_recours", plea.way.code),
            "dernier_jour": day(plea.way.last_day) if plea.way.last_day else "",
            "jour": day(plea.assessment.date),
        }

    def _signing(self) -> dict[str, object]:
        """Return who contests and who signs: another one, where the rules say that the person may not act alone."""
        identifier = self.plea.decision.personne
        name, known = self.pen.person(identifier), self.plea.assessment.dossier.persons[identifier]
        own = sender(self.identity, known)
        acting = self.pen.stationery.representation
        content: dict[str, object] = {"expediteur": own, "personne": name, "representant": None}
        if acting is None or not self._represented():
            return {**content, "requerant": name, "signataire": name, "signature": own["nom"]}
        other = representative(self.identity, known, acting.participe)
        filled = {"personne": name, "participe": other["participe"], "representant": other["nom"]}
        minor = self.identity.personnes.get(known)
        return {
            **content,
            "expediteur": {**own, "nom": minor.nom if minor and minor.nom else "[nom et prénom]"},
            "representant": other,
            "requerant": acting.requerant.format(**filled),
            "signataire": other["nom"],
            "signature": other["nom"],
        }

    def _represented(self) -> list[str]:
        """Return the warnings of the rules that the person may not act alone."""
        acting = self.pen.stationery.representation
        warnings = self.plea.examined.examination.avertissements
        return [entry.texte for entry in warnings if acting and entry.valeurs["code"] == acting.avertissement]

    def _name(self, nomenclature: str, code: str) -> str:
        elements = self.base.nomenclatures[nomenclature].elements
        return elements[code].nom if code in elements else ""

    def _enclose(self) -> None:
        """Number the exhibits: what proves the decision first, then what proves the facts of the right."""
        for argument, root in self._roots():
            for number in argument.facts(root):
                self.enclosures.add(_fact(argument.prover, number))
        for _, empty in self.empties:
            if empty.attribute in self.pen.stationery.absences:
                self.enclosures.add(empty)

    def _roots(self) -> Iterator[tuple[Argument, int]]:
        """Yield what the letter argues: the day assessed, the procedure, the right."""
        yield self.steps, self.assessed
        yield from ((self.steps, root) for root in self.plea.way.roots)
        yield self.argument, self.plea.root

    def _procedure(self) -> list[str]:
        """Return why the appeal can be brought, here and until when."""
        return list(dict.fromkeys(line for root in self.plea.way.roots for line in self._step(root)))

    def _step(self, root: int) -> Iterator[str]:
        """Yield a conclusion of the procedure, what carries it first."""
        point = self.steps.point(root)
        head = [point.head] if self.steps.tells(root) else []
        yield from (self._tell(said, "demarche") for said in (*point.support, *head))

    def _facts(self) -> Iterator[str]:
        """Yield the facts relied on, those of the procedure first, each with its exhibit."""
        seen: set[str] = set()
        for argument, root in self._roots():
            for number in argument.facts(root):
                said = argument.say(number)
                if said.text not in seen:
                    seen.add(said.text)
                    kind = "droit" if argument is self.argument else "demarche"
                    yield self._tell(said, kind, self.enclosures.cited([_fact(argument.prover, number)]))
        for number in reached(self.plea.prover.nodes, self.plea.root):
            node = self.plea.prover.nodes[number]
            text = self.pen.absence(node) if isinstance(node, Absent) and not self._pointless(node) else ""
            if text and text not in seen:
                seen.add(text)
                yield self._tell(Said(text, number))
        for number, empty in self.empties:
            text = self.pen.nothing(empty)
            if text and text not in seen:
                seen.add(text)
                yield self._tell(Said(text, number), exhibits=self.enclosures.cited([empty]))

    def _pointless(self, node: Absent) -> bool:
        """Tell whether the vocabulary says that a list has no object for the person it is about."""
        attribute = self.base.vocabulary.by_predicate()[node.name]
        return any(
            fact.attribute == name and fact.args[0] in node.args and str(fact.args[-1]) in values
            for name, values in attribute.sans_objet.items()
            for fact in self.plea.assessment.case.facts
        )

    def _assessed(self) -> int:
        """Return the node that tells why the right is assessed on its day."""
        decision, examined = self.plea.decision, self.plea.examined
        who, right = Fun(decision.personne), Fun(decision.droit)
        atom = Atom("jour_apprecie", (who, right, decision.notifiee, decision.jour))
        return examined.current_prover.explain(atom, examined.current.default)

    def _ground(self) -> tuple[str, dict[str, object] | None]:
        """Return the sentence that answers the ground alleged, if one does, and all that is said of it."""
        ground = self.plea.examined.examination.motif
        if ground is None or not ground.code:
            return "", None
        node = refutation(self.plea, ground)
        found: dict[str, object] = {
            "texte": self._quote(alleged(self.plea, ground, self.pen)),
            "retenu": [self._quote(self.pen.fact(fact)) for fact in taken(self.plea)],
            "reponse": self._point(self.argument.denial(node)) if node is not None else None,
            "exact": ground.verdict == "fonde" and node is None,
        }
        return self.argument.say(node).text if node is not None else "", found

    def _point(self, point: Point) -> dict[str, object]:
        under = set(reached(self.plea.prover.nodes, point.head.node))
        facts = [_fact(self.plea.prover, number) for number in point.facts]
        facts += [empty for number, empty in self.empties if number in under]
        head = self._tell(point.head, "droit", self.enclosures.cited(facts))
        return {"texte": head, "appuis": list(dict.fromkeys(self._tell(said) for said in point.support))}

    def _effect(self) -> tuple[str, str]:
        """Return the day from which the right takes effect, and its sentence; empty texts if there is none."""
        assessment, decision = self.plea.assessment, self.plea.decision
        days = sorted(str(row[0]) for row in assessment.told("effet", decision.personne, decision.droit))
        if not days:
            return "", ""
        atom = Atom("effet", (Fun(decision.personne), Fun(decision.droit), days[0]))
        number = self.plea.prover.explain(atom, assessment.default)
        return day(days[0]), self._tell(self.argument.say(number)) if self.argument.tells(number) else ""

    def _argued(self) -> tuple[Question, Reading] | None:
        """Return the question that is disputed and the reading argued, where another one gives another answer."""
        droit = self.plea.examined.examination.droit
        assert droit is not None
        if droit.statut != "conteste":
            return None
        name = (self.plea.reading or next(iter(droit.lectures))).partition("=")[0]
        question = self.base.questions[name]
        return question, question.lectures[self.base.reading(name, dict(self.plea.assessment.default.readings))]

    def _reading(self) -> dict[str, str] | None:
        """Return the reading in which the right is argued, in words."""
        argued = self._argued()
        if argued is None:
            return None
        question, reading = argued
        source = self.pen.source(reading.source) if reading.source else ""
        return {"question": spaced(question.question), "nom": spaced(reading.nom), "source": spaced(source)}

    def _texts(self) -> list[str]:
        """Return the texts cited, each article with its version; that one was not read is for the signatory."""
        day = self.plea.assessment.default.droit_au
        found = citations(self.base, self._rules(), day, self._sources())
        return [
            _plain(text) for text in listed((msgspec.structs.replace(cited, lue=True) for cited in found), speech())
        ]

    def _rules(self) -> set[str]:
        """Return the rules whose sources the letter cites."""
        provers = {"droit": self.plea.prover, "demarche": self.plea.examined.current_prover}
        rules: set[str] = set()
        for kind, number in {(said.preuve, said.node) for said in self.told if said.preuve in provers}:
            node = provers[kind].nodes[number]
            if not isinstance(node, Denied):
                rules.update(rules_of(provers[kind], [node]))
        return rules

    def _sources(self) -> Iterator[str]:
        """Yield the sources cited that are no rule's: of an amount, a list, a reading, the model."""
        provers = {"droit": self.plea.prover, "demarche": self.plea.examined.current_prover}
        for said in self.told:
            node = provers[said.preuve].nodes[said.node] if said.preuve in provers else None
            if isinstance(node, PropertyLeaf):
                yield node.source
            elif isinstance(node, ParameterLeaf) and node.amount:
                yield node.amount.source
        argued = self._argued()
        yield argued[1].source if argued else ""
        yield from (phrase.source for phrase in self.plea.way.model.phrases)

    def _reserves(self) -> Iterator[str]:
        """Yield what the signatory has to check: the last day, facts supposed, versions not read, doubts, readings."""
        droit = self.plea.examined.examination.droit
        assert droit is not None
        last = self.plea.way.last_day
        yield f"dernier jour pour former ce recours : {day(last) if last else 'aucun délai ne court'}"
        yield from self._represented()
        yield from (f"à confirmer, et à écrire au dossier : {_told(fact)}" for fact in droit.hypotheses)
        for cited in citations(self.base, self._rules(), self.plea.assessment.default.droit_au):
            if not cited.lue:
                yield f"version non lue : {cited.citation}"
        yield from (f"à vérifier : {reserve}" for reserve in droit.reserves)
        if self._born_otherwise():
            yield "la date de naissance du fichier d'identité n'est pas celle du dossier"
        ground = self.plea.examined.examination.motif
        if ground is not None and refutation(self.plea, ground) is None:
            yield f"la lettre ne dément pas le motif : {ground.texte}"
        if self.plea.reading:
            yield f"la lecture par défaut ne donne pas ce droit ; la lettre ne vaut que dans {self.plea.reading}"
        elif droit.statut == "conteste":
            against = [name for name, status in droit.lectures.items() if status != "oui"]
            yield from (f"une autre lecture ne donne pas ce droit : {name}" for name in against)

    def _born_otherwise(self) -> bool:
        """Tell whether the sender is the person of the dossier, with another day of birth."""
        given, person = self.identity.expediteur, Fun(self.plea.decision.personne)
        born = {
            str(fact.args[-1])
            for fact in self.plea.assessment.case.facts
            if fact.args[:1] == (person,) and fact.attribute == BIRTH
        }
        return bool(given.naissance and not given.nom and born and given.naissance not in born)

    def _quote(self, text: str) -> str:
        """Return a sentence that the decision says, and the letter only reports."""
        return self._tell(Said(text, -1), "decision")

    def _tell(self, said: Said, proof: str = "droit", exhibits: str = "") -> str:
        """Return a sentence as the letter writes it, and keep what proves it."""
        inside = " ; ".join(part for part in (said.source, exhibits) if part)
        text = _plain(f"{said.text} ({inside})" if inside else said.text)
        self.told.append(Told(text, proof, said.node))
        return text


def _plain(text: str) -> str:
    """Return a sentence with its capital and its full stop."""
    return spaced(f"{text[:1].upper()}{text[1:].rstrip('.')}.")


def _fact(prover: Prover, number: int) -> Fact:
    node = prover.nodes[number]
    assert isinstance(node, Stated)
    return node.fact


def _told(hypothesis: str) -> str:
    """Return a presumed fact as it is written in a dossier: `samira : activites: []`."""
    owner, _, fact = hypothesis.partition(".")
    name, _, value = fact.partition(" = ")
    written = f"{name}: {'[]' if value == 'aucun' else value}"
    return f"{written} (à la racine)" if owner == "foyer" else f"{written} ({owner})"
