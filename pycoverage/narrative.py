"""The explanation of a dossier, person by person and right by right, in each format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.assessment import Assessment
from pycoverage.cases import branches, cases_text
from pycoverage.citation import citations, listed
from pycoverage.completion import Gap
from pycoverage.evaluation import answer_for, entries, prover_for, rules_of
from pycoverage.explanation import Layout, Line
from pycoverage.presentation import answer_text, limits, print_tree, status_text, told, tree_markdown, tree_text
from pycoverage.proof import reach
from pycoverage.selection import select
from pycoverage.sentence import Writer
from pycoverage.speech import Speech
from pycoverage.status import verdict
from pycoverage.syntax import Atom
from pycoverage.value import Fun
from pycoverage.words import DEFAULT

Choice = tuple[str, str]

BOUNDS = {"effet": "effet", "fin": "fin", "mensualite": "montant_du"}
"""What an answer says of a right beside its status, and the conclusion that proves it."""


def gathered(lines: Sequence[Line], say: Speech) -> Iterator[Line]:
    """Yield lines of which those that say the same of several things are one: « a : payé », « b : payé »."""
    colon, comma = say("deux_points"), say("virgule")
    same: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        subject, found, rest = line.text.partition(colon)
        same.setdefault((rest if found else line.text, line.source), []).append(subject if found else "")
    for (rest, source), subjects in same.items():
        between = say("point_virgule") if any(comma.strip() in subject for subject in subjects) else comma
        yield Line("note", between.join(subjects) + colon + rest if subjects[0] else rest, source)


class Narrative:
    """Explains an assessment. Persons are named as in the dossier, rights by their identifier."""

    def __init__(self, assessment: Assessment, *, depth: int = 12, full: bool = False) -> None:
        self.assessment = assessment
        self.prover = prover_for(assessment)
        self.answer = answer_for(assessment, self.prover)
        self.writer = Writer(assessment.law, assessment.dossier.persons)
        self.speech = self.writer.speech
        self._layout = Layout(self.prover, self.writer, depth=depth, full=full)
        self._ids = {name: identifier for identifier, name in assessment.dossier.persons.items()}

    def select(self, person: str | None, right: str | None) -> list[Choice]:
        """Return the (person, right) pairs to explain. Raises InputError for an unknown one."""
        chosen = select(self.assessment, person, right)
        names = self.assessment.dossier.persons
        return [(names[identifier], key) for identifier, key in chosen if names[identifier] in self.answer.personnes]

    def root(self, choice: Choice) -> int:
        """Return the node of the proof of a right, or of why it is not held."""
        name, right = choice
        return self.prover.explain(Atom("droit", (Fun(self._ids[name]), Fun(right))), self.assessment.default)

    def lines(self, choice: Choice) -> tuple[Line, ...]:
        """Return the explanation of one right; what an earlier one developed is only named again."""
        right = self.answer.personnes[choice[0]].droits[choice[1]]
        found = self._cases(choice) if right.par_defaut != "a_preciser" else []
        found = found or list(self._layout.lines(self.root(choice)))
        if right.motif == "hors_periode":
            return (Line("note", self.speech("hors_periode", jour=self.speech.day(self.answer.date))),)
        if right.par_defaut == "a_preciser":
            supposed = dict.fromkeys(map(self._supposed, self.assessment.filled.gaps))
            example = self.speech("par_exemple", faits=self.speech("point_virgule").join(supposed))
            found = [Line("supposition", example, children=tuple(found))]
        for gap in verdict(self.assessment, self._ids[choice[0]], choice[1]).depends:
            found.append(Line("supposition", self.speech("depend_inconnu", question=self._question(gap))))
        for reading, status in right.lectures.items():
            found.append(self._reading(reading, self.speech(f"statuts.{status}")))
        for reserve in right.reserves:
            found.append(Line("note", self.speech("a_verifier", texte=reserve)))
        for name, root in self.bounds(choice).items():
            found.append(Line("rubrique", self.speech(f"bornes.{name}"), children=self._layout.lines(root)))
        if right.rubriques:
            found += self._rubrics(choice)
        return tuple(found)

    def bounds(self, choice: Choice) -> dict[str, int]:
        """Return the node of the proof of the first day of a right, of its last day and of its amount, those known."""
        name, key = choice
        right, person = self.answer.personnes[name].droits[key], Fun(self._ids[name])
        told = {field: getattr(right, field) for field in BOUNDS}
        return {
            field: self.prover.explain(Atom(BOUNDS[field], (person, Fun(key), value)), self.assessment.default)
            for field, value in told.items()
            if value not in ("", None)
        }

    def proof(self, choice: Choice) -> Iterator[str]:
        """Yield why one right is held or not, and nothing of what follows from it."""
        yield self.title(choice)
        yield from tree_text(self._layout.lines(self.root(choice)), say=self.speech)

    def _cases(self, choice: Choice) -> list[Line]:
        """Return one line per case of a certain conclusion that no single proof carries; none for the others."""
        space = self.assessment.space
        found = []
        for branch in branches(self.assessment, self._ids[choice[0]], choice[1]) if space else ():
            assert space is not None
            told_ = self.speech("virgule").join(cases_text(branch, space, self.writer))
            layout = Layout(branch.prover, self.writer, depth=self._layout.depth, full=self._layout.full)
            found.append(Line("supposition", told_, children=layout.lines(branch.root)))
        return [Line("note", self.speech("par_cas")), *found] if found else []

    def _rubrics(self, choice: Choice) -> Iterator[Line]:
        """Yield what the base tells under each heading; with `full`, each line with its proof."""
        found: dict[str, list[Line]] = {}
        dated = self.assessment.law.base.dated()
        for name, entry, root in entries(self.assessment, self.prover, self._ids[choice[0]], choice[1]):
            proof = self._layout.lines(root) if self._layout.full else ()
            past = name in dated and str(entry.valeurs[dated[name]]) < self.answer.date
            text = f"{entry.texte} ({self.speech('passe')})" if past else entry.texte
            line = Line("note", text, entry.source, children=proof[0].children if proof else ())
            found.setdefault(self.assessment.law.base.rubrics[name].nom, []).append(line)
        for name, lines in found.items():
            yield Line("rubrique", name, children=tuple(lines if self._layout.full else gathered(lines, self.speech)))

    def _supposed(self, gap: Gap) -> str:
        """Return what the example takes for an unknown fact."""
        facts = [
            self.writer.fact(fact)
            for fact in self.assessment.case.facts
            if fact.origin == "supposed" and fact.attribute == gap.attribute
            if not gap.owner or fact.args[0] == Fun(gap.owner)
        ]
        who = self.speech("pour", personne=self.writer.person(gap.owner)) if gap.owner else ""
        nothing = self.speech("rien_sous", attribut=self.writer.label(gap.attribute), pour=who)
        return self.speech("point_virgule").join(facts) or nothing

    def _question(self, gap: Gap) -> str:
        """Return how an unknown fact is named, and the question that would settle it."""
        vocabulary = self.assessment.law.base.vocabulary
        attribute = (vocabulary.personne if gap.owner else vocabulary.foyer)[gap.attribute]
        named = self.speech.foreign(gap.key(self.assessment.dossier.persons))
        return named + self.speech("deux_points") + self.writer.question(attribute, gap.owner)

    def _reading(self, name: str, status: str) -> Line:
        question_id, _, reading_id = name.partition("=")
        question = self.assessment.law.base.questions[question_id]
        reading = question.lectures[reading_id]
        text = self.speech("autre_lecture", lecture=reading.nom, statut=status, question=question.question)
        return Line("note", text, self.writer.source(reading.source) if reading.source else "")

    def title(self, choice: Choice) -> str:
        """Return the heading of one right: person, right, status."""
        name, right = choice
        answer = self.answer.personnes[name].droits[right]
        status = status_text(answer.statut, self.speech)
        if answer.statut == "conteste":
            status += " " + self.speech("par_defaut", statut=self.speech(f"statuts.{answer.par_defaut}"))
        return self.speech(
            "titre_droit",
            personne=self.writer.person(self._ids[name]),
            droit=self.writer.right(right),
            statut=status,
            jour=self.speech.day(self.answer.date),
        )

    def header(self) -> list[str]:
        """Return the title and the story of the dossier."""
        dossier = self.assessment.dossier
        return [part for part in (dossier.title or dossier.name, dossier.story.strip()) if part]

    def texts(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield the texts that the rights explained rest on, with their articles."""
        rights = [self.answer.personnes[name].droits[right] for name, right in choices]
        rules = {rule for right in rights for rule in right.regles}
        rules |= {entry.regle for right in rights for found in right.rubriques.values() for entry in found}
        roots = [root for choice in choices for root in self.bounds(choice).values()]
        rules |= {rule for root in roots for rule in rules_of(self.prover, list(reach(self.prover.nodes, root)))}
        yield from listed(citations(self.assessment.law.base, rules, self.answer.droit_au), self.speech)

    def text(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield the explanation as plain text."""
        if self.answer.anomalies:
            return self._summary()
        return told(self._text(choices), self.speech)

    def _text(self, choices: Sequence[Choice]) -> Iterator[str]:
        yield from self.header()
        yield ""
        for choice in choices:
            yield self.title(choice)
            yield from tree_text(self.lines(choice), say=self.speech)
            yield ""
        yield from self._foot(choices)

    def _foot(self, choices: Sequence[Choice]) -> Iterator[str]:
        yield from self._further(choices)
        yield from limits(self.answer, self.speech)
        yield self.speech.sign(self.speech("legende"))
        yield ""
        yield self.speech("textes_cites")
        yield from (f"  {text}" for text in self.texts(choices))
        yield ""
        yield self.speech("avertissement")

    def markdown(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield the explanation as Markdown; a language written from the right stands in a block that says so."""
        if self.answer.anomalies:
            yield from self._summary()
            return
        lines = list(self._markdown(choices))
        marks = sum(map(self.speech.marks, lines))
        if marks:
            lines += ["", self.speech("replis", n=marks)]
        yield from ('<div dir="rtl">', "", *lines, "", "</div>") if self.speech.right_to_left else lines

    def _markdown(self, choices: Sequence[Choice]) -> Iterator[str]:
        title, *story = self.header()
        yield f"# {title}"
        yield from ("", *story, "")
        for choice in choices:
            yield f"## {self.title(choice)}"
            yield ""
            yield from tree_markdown(self.lines(choice), self.speech)
            yield ""
        yield from self._further(choices)
        yield from limits(self.answer, self.speech)
        yield f"## {self.speech('textes_cites')}"
        yield ""
        yield from (f"- {text}" for text in self.texts(choices))
        yield ""
        yield f"> {self.speech('avertissement')}"

    def _further(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield, where a right is refused, the name of the command that tells what would open it."""
        told = [self.answer.personnes[name].droits[right] for name, right in choices]
        if any(right.par_defaut == "non" and not right.motif for right in told):
            yield self.speech("voir_change", commande=self.speech.foreign("pycoverage change"))
            yield ""

    def display(self, choices: Sequence[Choice]) -> None:
        """Print the explanation on a terminal, in colours in French."""
        if self.answer.anomalies or self.speech.reader != DEFAULT:
            for line in self.text(choices):
                print(line)
            return
        print("\n".join(self.header()), end="\n\n")
        for choice in choices:
            print_tree(self.title(choice), self.lines(choice), self.speech)
            print()
        for line in self._foot(choices):
            print(line)

    def _summary(self) -> Iterator[str]:
        titles = {"title": self.assessment.dossier.title}
        yield from answer_text(self.answer, self.assessment.law.base, titles)

    def document(self, choices: Sequence[Choice]) -> dict[str, object]:
        """Return the proof graph as plain data: nodes by number, and the root of each right."""
        people: dict[str, dict[str, object]] = {}
        for choice in choices:
            name, right = choice
            status = self.answer.personnes[name].droits[right].statut
            people.setdefault(name, {})[right] = {
                "statut": status,
                "noeud": self.root(choice),
                **{f"noeud_{field}": root for field, root in self.bounds(choice).items()},
            }
        nodes: dict[str, object] = {}
        for number, node in self.prover.nodes.items():
            encoded = msgspec.to_builtins(node)
            encoded["texte"] = self.writer.node(node)
            nodes[str(number)] = encoded
        return {
            "version": self.answer.version,
            "dossier": self.answer.dossier,
            "langue": self.answer.langue,
            "date": self.answer.date,
            "noms": self.assessment.dossier.persons,
            "anomalies": msgspec.to_builtins(self.answer.anomalies),
            "personnes": people,
            "noeuds": nodes,
            "domaine_declare": self.answer.domaine_declare,
        }
