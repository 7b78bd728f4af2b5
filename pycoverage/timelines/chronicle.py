"""A timeline as text: the spans of each right with what changed, then the deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.base import KnowledgeBase
from pycoverage.presentation import status_text
from pycoverage.speech import day, speech
from pycoverage.timelines.deadline import Deadline
from pycoverage.timelines.timeline import Span, Timeline

MEANING = (
    "Oui : ce jour-là, la loi donne ce droit à qui le demande ; ce qui est accordé court de son effet à son terme."
)


def timeline_text(found: Timeline, base: KnowledgeBase) -> Iterator[str]:
    """Yield the lines of a timeline."""
    yield found.titre or found.dossier
    yield f"Droits du {day(found.du)} au {day(found.au)}, avec les faits et les titres du dossier"
    yield MEANING
    for name, rights in found.personnes.items():
        yield ""
        yield name[:1].upper() + name[1:]
        if not rights:
            yield "  aucun droit sur la période"
        for right, spans in rights.items():
            yield f"  {base.rights[right].nom}"
            yield from (f"    {line}" for span in spans for line in _span(span))
    past = [each for each in found.echeances if each.jour < found.jour]
    settled = [each for each in found.echeances if each.jour >= found.jour and settled_by(each, found.jour)]
    coming = [each for each in found.echeances if each.jour >= found.jour and each not in settled]
    yield from _deadlines(
        f"Échéances passées au {day(found.jour)}, comme elles étaient annoncées" if past else "", past
    )
    yield from _deadlines("Échéances à venir" if past or settled else "Échéances", coming)
    yield from _deadlines(f"Échéances devenues sans objet au {day(found.jour)}", settled)
    yield ""
    yield from readings_text(found, base)


def _span(span: Span) -> Iterator[str]:
    default = f" (par défaut : {span.par_defaut})" if span.statut == "conteste" else ""
    other = "selon l'autre lecture, " if span.par_defaut == "non" else ""
    told = [(first, last, f" : {other}{each.raison}{_source(each.source)}") for first, last, each in span.bases()]
    reason = told[0][2] if len(told) == 1 else ""
    yield f"{status_text(span.statut, speech())}{default} du {day(span.du)} au {day(span.au)}{reason}"
    if len(told) > 1:
        yield from (f"  ‣ du {day(first)} au {day(last)}{text}" for first, last, text in told)
    for cause in span.causes:
        yield f"  · le {day(span.du)}, {cause.texte}{_source(cause.source)}"
    for reading, status in span.lectures.items():
        yield f"  ≠ {reading} : {status}"


def _source(source: str) -> str:
    return f" ({source})" if source else ""


def _deadlines(title: str, deadlines: Iterable[Deadline]) -> Iterator[str]:
    lines = list(dict.fromkeys(f"  ◷ {deadline_text(each)}" for each in deadlines))
    if lines:
        yield ""
        yield f"{title} :"
        yield from lines


def settled_by(deadline: Deadline, today: str) -> bool:
    """Tell whether a deadline had stopped counting on a day: a decision was taken, a right was lost."""
    return bool(deadline.levee) and deadline.levee <= today


def deadline_text(deadline: Deadline) -> str:
    """Return a deadline in one line: its day, its window, what it is, and whether it still counts."""
    window = f"du {day(deadline.depuis)} au {day(deadline.jour)}" if deadline.depuis else day(deadline.jour)
    lifted = f" (les règles ne l'annoncent plus depuis le {day(deadline.levee)})" if deadline.levee else ""
    return f"{window}, {deadline.nom} : {deadline.texte}{lifted}"


def readings_text(found: Timeline, base: KnowledgeBase) -> Iterator[str]:
    """Yield what is said of the other readings: those that change a right, or that none does."""
    names = {
        name for rights in found.personnes.values() for spans in rights.values() for s in spans for name in s.lectures
    }
    if not names:
        yield "Lecture par défaut des textes ; sur cette période, aucune autre lecture connue ne change un droit."
        return
    yield "Lecture par défaut des textes, échéances comprises ; ≠ : une autre lecture change la réponse."
    for name in sorted(names):
        question, _, reading = name.partition("=")
        asked = base.questions[question]
        default, other = asked.lectures[asked.defaut].nom, asked.lectures[reading].nom
        yield f"  ≠ {asked.question} Retenu : {default}. Autre lecture : {other}. [{name}]"
