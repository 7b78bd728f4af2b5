"""Why a dossier has no refusal to contest: each decision and each claim it states, and what the rules say of it."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.assessment import Assessment
from pycoverage.evaluation import entries, prover_for
from pycoverage.explanation import Layout
from pycoverage.explanation import Line as Told
from pycoverage.firmness import firm
from pycoverage.prover import Prover
from pycoverage.refusals.refusal import CLAIMS, DECISIONS, known_day, lines, refusals
from pycoverage.sentence import Writer
from pycoverage.speech import day
from pycoverage.stated import Line
from pycoverage.syntax import Atom
from pycoverage.value import Fun

SILENCE = "silence"
"""The rubric that tells what silence is worth, and the kind of the deadlines it sets."""


def absence(current: Assessment, person: str | None = None, right: str | None = None) -> Iterator[str]:
    """Yield why no refusal can be contested that day, of a person (named as in the dossier) or a right if given."""
    yield f"aucune décision défavorable n'est à contester ce jour-là ({day(current.date)})"
    prover = prover_for(current)
    names = current.dossier.persons
    stated = False
    for identifier, name in names.items():
        for which in current.law.base.rights:
            if person in (None, name) and right in (None, which):
                decisions = list(lines(current.dossier, DECISIONS, identifier, which))
                claims = list(lines(current.dossier, CLAIMS, identifier, which))
                stated = stated or bool(decisions or claims)
                for line in decisions:
                    yield from _decision(current, prover, line)
                for line in claims:
                    if not known_day(line, "deposee"):
                        yield f"la demande de la ligne {line.place.line} : le jour de son dépôt est inconnu"
                if claims:
                    yield from _waiting(current, prover, identifier, which)
    if not stated:
        who = f" de {person[:1].upper()}{person[1:]}" if person else ""
        what = f" pour ce droit ({current.law.base.rights[right].nom})" if right else ""
        where = "elles s'écrivent sous « decisions » et « demandes »"
        yield f"le dossier n'indique ni décision ni demande{who}{what} : {where}"
    others = [f"--person {names[who]} --right {which}" for who, which in refusals(current)]
    if others:
        yield f"d'autres refus sont à contester : {', '.join(others)}"


def _decision(current: Assessment, prover: Prover, line: Line) -> Iterator[str]:
    """Yield why a decision of the dossier is no refusal to contest, as far as its day is known."""
    person, right, notified = (line.values[name] for name in ("personne", "droit", "notifiee"))
    where = f"la décision de la ligne {line.place.line}"
    if not isinstance(notified, str) or not isinstance(person, Fun) or not isinstance(right, Fun):
        yield f"{where} : le jour de sa notification est inconnu"
        return
    layout = Layout(prover, Writer(current.law, current.dossier.persons), depth=99)
    denied = prover.explain(Atom("refus", (person, right, Fun("expresse"), notified)), current.default)
    for told in layout.lines(denied):
        for text in dict.fromkeys(_lacks(told, line)):
            yield f"{where} : {text}"


def _lacks(told: Told, line: Line) -> Iterator[str]:
    """Yield what is missing under a line of an explanation; the decision itself is not told again."""
    below = [child for child in told.children if child.mark in ("non", "manque", "voie")]
    for child in below:
        yield from _lacks(child, line)
    if not below and told.place.line != line.place.line:
        yield f"{told.text} ({told.source})" if told.source else told.text


def _waiting(current: Assessment, prover: Prover, person: str, right: str) -> Iterator[str]:
    """Yield what the rules say of a claim without answer: what silence is worth, and the day it will be."""
    for name, entry, node in entries(current, prover, person, right):
        if (name == SILENCE or SILENCE in entry.valeurs.values()) and firm(prover, node):
            yield entry.texte
