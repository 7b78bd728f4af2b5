"""The explanation of a dossier, person by person and right by right, in each format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pycoverage.assessment import Assessment
from pycoverage.citation import citations, listed
from pycoverage.completion import Gap
from pycoverage.evaluation import answer_for, entries, prover_for
from pycoverage.explanation import Layout, Line
from pycoverage.presentation import (
    LEGEND,
    STATUS_MARKS,
    WARNING,
    answer_text,
    print_tree,
    tree_markdown,
    tree_text,
)
from pycoverage.selection import selection
from pycoverage.sentence import Writer, day, filled
from pycoverage.status import verdict
from pycoverage.syntax import Atom
from pycoverage.value import Fun

Choice = tuple[str, str]


CITED = "Textes cités, dans la version de ce jour :"


def gathered(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield lines of which those that say the same of several things are one: « a : payé », « b : payé »."""
    same: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        subject, colon, rest = line.text.partition(" : ")
        same.setdefault((rest if colon else line.text, line.source), []).append(subject if colon else "")
    for (rest, source), subjects in same.items():
        between = " ; " if any("," in subject for subject in subjects) else ", "
        yield Line("note", f"{between.join(subjects)} : {rest}" if subjects[0] else rest, source)


class Narrative:
    """Explains an assessment. Persons are named as in the dossier, rights by their identifier."""

    def __init__(self, assessment: Assessment, *, depth: int = 12, full: bool = False) -> None:
        self.assessment = assessment
        self.prover = prover_for(assessment)
        self.answer = answer_for(assessment, self.prover)
        self.writer = Writer(assessment.law, assessment.dossier.persons)
        self._layout = Layout(self.prover, self.writer, depth=depth, full=full)
        self._ids = {name: identifier for identifier, name in assessment.dossier.persons.items()}

    def select(self, person: str | None, right: str | None) -> list[Choice]:
        """Return the (person, right) pairs to explain. Raises InputError for an unknown one."""
        right = selection(self.assessment.law.base, self._ids, person, right)
        return [
            (name, identifier)
            for name, answers in self.answer.personnes.items()
            for identifier in answers.droits
            if person in (None, name) and right in (None, identifier)
        ]

    def root(self, choice: Choice) -> int:
        """Return the node of the proof of a right, or of why it is not held."""
        name, right = choice
        return self.prover.explain(Atom("droit", (Fun(self._ids[name]), Fun(right))), self.assessment.default)

    def lines(self, choice: Choice) -> tuple[Line, ...]:
        """Return the explanation of one right; what an earlier one developed is only named again."""
        found = list(self._layout.lines(self.root(choice)))
        right = self.answer.personnes[choice[0]].droits[choice[1]]
        if right.motif == "hors_periode":
            return (Line("note", f"aucune règle ne donne ce droit au {day(self.answer.date)}"),)
        if right.par_defaut == "a_preciser":
            example = " ; ".join(dict.fromkeys(map(self._supposed, self.assessment.filled.gaps)))
            found = [Line("supposition", f"par exemple, si : {example}", children=tuple(found))]
        for gap in verdict(self.assessment, self._ids[choice[0]], choice[1]).depends:
            found.append(Line("supposition", f"dépend d'un fait inconnu, {self._question(gap)}"))
        for reading, status in right.lectures.items():
            found.append(self._reading(reading, STATUS_MARKS[status][2:]))
        for reserve in right.reserves:
            found.append(Line("note", f"à vérifier : {reserve}"))
        if right.rubriques:
            found += self._rubrics(choice)
        return tuple(found)

    def _rubrics(self, choice: Choice) -> Iterator[Line]:
        """Yield what the base tells under each heading; with `full`, each line with its proof."""
        found: dict[str, list[Line]] = {}
        for name, entry, root in entries(self.assessment, self.prover, self._ids[choice[0]], choice[1]):
            proof = self._layout.lines(root) if self._layout.full else ()
            line = Line("note", entry.texte, entry.source, children=proof[0].children if proof else ())
            found.setdefault(self.assessment.law.base.rubrics[name].nom, []).append(line)
        for name, lines in found.items():
            yield Line("rubrique", name, children=tuple(lines if self._layout.full else gathered(lines)))

    def _supposed(self, gap: Gap) -> str:
        """Return what the example takes for an unknown fact."""
        facts = [
            self.writer.fact(fact)
            for fact in self.assessment.case.facts
            if fact.origin == "supposed" and fact.attribute == gap.attribute
            if not gap.owner or fact.args[0] == Fun(gap.owner)
        ]
        who = f" pour {self.writer.person(gap.owner)}" if gap.owner else ""
        return " ; ".join(facts) or f"rien sous « {gap.attribute.replace('_', ' ')} »{who}"

    def _question(self, gap: Gap) -> str:
        """Return how an unknown fact is named, and the question that would settle it."""
        vocabulary = self.assessment.law.base.vocabulary
        attribute = (vocabulary.personne if gap.owner else vocabulary.foyer)[gap.attribute]
        asked = filled(attribute.question["fr"], lambda _: self.writer.person(gap.owner))
        return f"{gap.key(self.assessment.dossier.persons)} : {asked}"

    def _reading(self, name: str, status: str) -> Line:
        question_id, _, reading_id = name.partition("=")
        question = self.assessment.law.base.questions[question_id]
        reading = question.lectures[reading_id]
        text = f"autre lecture, « {reading.nom} » : {status} ({question.question})"
        return Line("note", text, self.writer.source(reading.source) if reading.source else "")

    def title(self, choice: Choice) -> str:
        """Return the heading of one right: person, right, status."""
        name, right = choice
        answer = self.answer.personnes[name].droits[right]
        described = self.assessment.law.base.rights[right]
        status = STATUS_MARKS[answer.statut]
        if answer.statut == "conteste":
            status += f" (par défaut : {STATUS_MARKS[answer.par_defaut][2:]})"
        return f"{name[:1].upper()}{name[1:]} — {described.nom} : {status} au {day(self.answer.date)}"

    def header(self) -> list[str]:
        """Return the title and the story of the dossier."""
        dossier = self.assessment.dossier
        return [part for part in (dossier.title or dossier.name, dossier.story.strip()) if part]

    def texts(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield the texts that the rights explained rest on, with their articles."""
        rights = [self.answer.personnes[name].droits[right] for name, right in choices]
        rules = {rule for right in rights for rule in right.regles}
        rules |= {entry.regle for right in rights for found in right.rubriques.values() for entry in found}
        yield from listed(citations(self.assessment.law.base, rules, self.answer.droit_au))

    def text(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield the explanation as plain text."""
        if self.answer.anomalies:
            yield from self._summary()
            return
        yield from self.header()
        yield ""
        for choice in choices:
            yield self.title(choice)
            yield from tree_text(self.lines(choice))
            yield ""
        yield from self._further(choices)
        yield LEGEND
        yield ""
        yield CITED
        yield from (f"  {text}" for text in self.texts(choices))
        yield ""
        yield WARNING

    def markdown(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield the explanation as Markdown."""
        if self.answer.anomalies:
            yield from self._summary()
            return
        title, *story = self.header()
        yield f"# {title}"
        yield from ("", *story, "")
        for choice in choices:
            yield f"## {self.title(choice)}"
            yield ""
            yield from tree_markdown(self.lines(choice))
            yield ""
        yield from self._further(choices)
        yield f"## {CITED}"
        yield ""
        yield from (f"- {text}" for text in self.texts(choices))
        yield ""
        yield f"> {WARNING}"

    def _further(self, choices: Sequence[Choice]) -> Iterator[str]:
        """Yield, where a right is refused, the name of the command that tells what would open it."""
        told = [self.answer.personnes[name].droits[right] for name, right in choices]
        if any(right.par_defaut == "non" and not right.motif for right in told):
            yield "Ce qui ouvrirait un droit refusé : pycoverage change"
            yield ""

    def display(self, choices: Sequence[Choice]) -> None:
        """Print the explanation on a terminal."""
        if self.answer.anomalies:
            for line in self._summary():
                print(line)
            return
        print("\n".join(self.header()), end="\n\n")
        for choice in choices:
            print_tree(self.title(choice), self.lines(choice))
            print()
        for line in self._further(choices):
            print(line)
        print(LEGEND, end="\n\n")
        print(CITED, *(f"  {text}" for text in self.texts(choices)), sep="\n", end="\n\n")
        print(WARNING)

    def _summary(self) -> Iterator[str]:
        titles = {"title": self.assessment.dossier.title}
        yield from answer_text(self.answer, self.assessment.law.base, titles)

    def document(self, choices: Sequence[Choice]) -> dict[str, object]:
        """Return the proof graph as plain data: nodes by number, and the root of each right."""
        people: dict[str, dict[str, object]] = {}
        for choice in choices:
            name, right = choice
            status = self.answer.personnes[name].droits[right].statut
            people.setdefault(name, {})[right] = {"statut": status, "noeud": self.root(choice)}
        nodes: dict[str, object] = {}
        for number, node in self.prover.nodes.items():
            encoded = msgspec.to_builtins(node)
            encoded["texte"] = self.writer.node(node)
            nodes[str(number)] = encoded
        return {
            "version": self.answer.version,
            "dossier": self.answer.dossier,
            "date": self.answer.date,
            "noms": self.assessment.dossier.persons,
            "anomalies": msgspec.to_builtins(self.answer.anomalies),
            "personnes": people,
            "noeuds": nodes,
        }
