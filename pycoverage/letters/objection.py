"""Why there is no letter: what cannot be proved is not argued, and what else is open is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from pycoverage.explanation import Layout, Line
from pycoverage.refusals.refusal import Examined
from pycoverage.sentence import Writer
from pycoverage.speech import day, speech
from pycoverage.status import verdict
from pycoverage.syntax import Atom
from pycoverage.value import Fun


class Objection(msgspec.Struct, frozen=True):
    """Why no letter is written, which other ways are open, what to establish or change first, what else is open."""

    reasons: tuple[str, ...]
    ways: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the objection as text."""
        yield "Pas de lettre : ce recours ne peut pas être prouvé."
        for title, found in (
            ("Pourquoi :", self.reasons),
            ("Autres voies :", self.ways),
            ("À établir d'abord :", self.needs),
            ("Ce qui changerait la réponse :", self.changes),
            ("Ce qui reste ouvert :", self.others),
        ):
            if found:
                yield title
                yield from (f"  - {text}" for text in found)


def objection(examined: Examined) -> Objection | None:
    """Return why the right cannot be argued, or None if it can."""
    found = examined.examination
    if found.constat == "sans_decision" or found.decision is None or found.droit is None:
        waiting = [entry.texte for entry in (*found.silence, *found.echeances)]
        return elsewhere(examined, ["aucune décision défavorable n'est à contester ce jour-là", *waiting])
    droit, jour = found.droit, day(found.decision.jour)
    name = examined.assessment.law.base.rights[found.decision.droit].nom
    if not found.complet:
        return elsewhere(examined, ["l'examen est resté partiel : précisez le dossier"])
    if droit.statut == "a_preciser" or (droit.par_defaut == "a_preciser" and "oui" not in droit.lectures.values()):
        return elsewhere(
            examined, [f"{name} : le droit au {jour} dépend de faits inconnus"], list(_questions(examined))
        )
    if found.constat == "incertain":
        held = "les conditions sont remplies, mais la décision reste à l'appréciation de l'autorité"
        return elsewhere(examined, [f"{name} : {held}, et le motif n'est pas démenti"])
    if droit.par_defaut != "oui" and "oui" not in droit.lectures.values():
        return elsewhere(
            examined, [f"le refus est fondé : au {jour}, ce droit n'est pas ouvert ({name})", *_missing(examined)]
        )
    return None


def elsewhere(
    examined: Examined, reasons: Iterable[str], needs: Iterable[str] = (), ways: Iterable[str] = ()
) -> Objection:
    """Return an objection with what would change it and what else is open to the person."""
    found, rights = examined.examination, examined.assessment.law.base.rights
    others = [f"{rights[right].nom} : {answer.suite or 'droit ouvert'}" for right, answer in found.autres.items()]
    return Objection(tuple(reasons), tuple(ways), tuple(needs), tuple(found.changer), tuple(others))


def _questions(examined: Examined) -> Iterator[str]:
    """Yield the unknown facts that decide, each with its question."""
    assessment, decision = examined.assessment, examined.examination.decision
    assert decision is not None
    vocabulary = assessment.law.base.vocabulary
    writer = Writer(assessment.law, assessment.dossier.persons)
    for gap in verdict(assessment, decision.personne, decision.droit).depends:
        attribute = (vocabulary.personne if gap.owner else vocabulary.foyer)[gap.attribute]
        asked = speech().filled(attribute.question["fr"], lambda _, gap=gap: writer.person(gap.owner))  # type: ignore[misc]
        yield f"{gap.key(assessment.dossier.persons)} : {asked}"


def _missing(examined: Examined) -> Iterator[str]:
    """Yield the conditions that are missing, on the way that comes closest."""
    assessment, decision = examined.assessment, examined.examination.decision
    assert decision is not None
    layout = Layout(examined.prover, Writer(assessment.law, assessment.dossier.persons), depth=99)
    atom = Atom("droit", (Fun(decision.personne), Fun(decision.droit)))
    for line in layout.lines(examined.prover.explain(atom, assessment.default)):
        yield from dict.fromkeys(_leaves(line))


def _leaves(line: Line, above: str = "") -> Iterator[str]:
    """Yield what is missing under a line, along the first way, what comes closest, with the condition it fails."""
    below = [child for child in line.children if child.mark in ("non", "manque", "voie")]
    ways = [child for child in below if child.mark == "voie"]
    if not below:
        text = f"{line.text} ({line.source})" if line.source else line.text
        yield f"{above} : {text}" if above else text
    for child in ways[:1] or below:
        yield from _leaves(child, above if line.mark == "voie" else line.text)
