"""Intervals in force: real days, in order, and versions that follow each other without overlap."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.base import LegalRule
from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, Place
from pycoverage.scalar import day
from pycoverage.value import SUP, Term, rank, write

CODES = (
    Doc(
        "PC305",
        "date ou intervalle incorrect",
        "Une règle vaut de son début compris à sa fin non comprise, deux jours qui existent, le début avant la fin. "
        "Une date qui n'existe pas ferait disparaître la règle.",
        'regle(majorite, code_exemple("1"), "2021-02-30", #sup).',
        'regle(majorite, code_exemple("1"), "2021-02-28", #sup).',
    ),
    Doc(
        "PC307",
        "versions qui se chevauchent ou se quittent",
        "remplace(nouvelle, ancienne) : l'ancienne finit le jour où la nouvelle commence. Autrement, un jour aurait "
        "deux droits, ou aucun. Deux règles identiques ne valent pas le même jour.",
        """
        regle(nouvelle, code_exemple("1"), "2021-01-01", #sup).
        remplace(nouvelle, ancienne).
        regle(ancienne, code_exemple("1"), "2020-01-01", "2021-02-01").
        """,
        """
        regle(nouvelle, code_exemple("1"), "2021-01-01", #sup).
        remplace(nouvelle, ancienne).
        regle(ancienne, code_exemple("1"), "2020-01-01", "2021-01-01").
        """,
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find dates that are no days, empty intervals, and versions that overlap or leave a gap."""
    bad: set[str] = set()
    for fact in study.facts("regle"):
        for finding in _interval(study, fact.head.args, fact.place):
            bad.add(str(fact.head.args[0]))
            yield finding
    sound = {name: legal for name, legal in study.base.legal.items() if name not in bad}
    for fact in study.facts("remplace"):
        new, old = (sound.get(str(arg)) for arg in fact.head.args)
        if new and old and old.interval.end != new.interval.start:
            relation = "chevauche" if rank(new.interval.start) < rank(old.interval.end) else "laisse un vide après"
            message = f"« {new.id} » commence le {new.interval.start} et {relation} « {old.id} »"
            help_ = f'la fin de « {old.id} » est {write(old.interval.end)} : écrivez "{new.interval.start}"'
            yield Finding(fact.place, "PC307", message, help_)
    yield from _copies(study, sound)


def _interval(study: Study, args: tuple[Term, ...], place: Place) -> Iterator[Finding]:
    start, end = args[2], args[3]
    wrong = [bound for bound in (start, end) if bound != SUP and not (isinstance(bound, str) and day(bound))]
    for bound in wrong:
        where = study.locate(place, write(bound))
        yield Finding(where, "PC305", f"date incorrecte « {write(bound)} »", 'écrivez "AAAA-MM-JJ", un jour qui existe')
    if wrong:
        return
    if start == SUP:
        yield Finding(study.locate(place, "#sup"), "PC305", "début « #sup »", "une règle commence un jour précis")
    elif isinstance(start, str) and isinstance(end, str) and start >= end:
        message = f"l'intervalle de « {args[0]} » est vide : fin {write(end)} avant ou le jour du début {write(start)}"
        yield Finding(
            study.locate(place, write(end)), "PC305", message, "la fin est le premier jour qui n'est plus couvert"
        )


def _copies(study: Study, sound: dict[str, LegalRule]) -> Iterator[Finding]:
    """Find two rules that say the same on the same day, under the same reading."""
    seen: dict[str, list[LegalRule]] = {}
    for legal in sound.values():
        if legal.rule < 0:
            continue
        rule = study.base.rules[legal.rule]
        key = f"{rule.head} {legal.question} {legal.reading} {'; '.join(map(str, rule.body[1:]))}"
        for other in seen.setdefault(key, []):
            if other.interval.overlaps(legal.interval):
                message = f"« {legal.id} » dit la même chose que « {other.id} », les mêmes jours"
                yield Finding(legal.place, "PC307", message, f"l'autre : {other.place} ; gardez-en une")
        seen[key].append(legal)
