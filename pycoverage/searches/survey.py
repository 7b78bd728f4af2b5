"""All that may differ between two states of the law, with a dossier for each difference: what is told of a search.

The stable contract of `compare --exhaustive --format json` (version 1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

import msgspec
from msgspec.structs import replace

from pycoverage.assessment import assess, too_early
from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.comparison import Comparison
from pycoverage.comparisons.corpus import compare
from pycoverage.document import parse
from pycoverage.dossier import Dossier, check_dossier
from pycoverage.finding import Finding, InputError, LimitError, Place
from pycoverage.scalar import day as valid_day
from pycoverage.searches.difference import HELD, RIGHT, Difference, Differences
from pycoverage.searches.domain import Domain
from pycoverage.searches.persona import persona
from pycoverage.searches.ranges import Range, Ranges
from pycoverage.searches.sample import Sample, first, samples
from pycoverage.searches.variation import Variations
from pycoverage.states.state import Pair
from pycoverage.status import Verdict, verdict
from pycoverage.workers import beside

VERSION = 1

WAYS, MORE = 3, 1
"""Dossiers shown for a right won or lost, each by other rules; by how many facts the others may depart further."""


class Shown(msgspec.Struct, frozen=True):
    """A difference: of which right, what is told of it, its codes, how, the role of the person in a household of
    several (empty for one), and the dossiers that show it.
    """

    droit: str
    dit: str
    codes: tuple[str, ...]
    sens: str
    role: str
    dossiers: tuple[str, ...]


class Persona(msgspec.Struct, frozen=True):
    """A dossier that shows differences: its text, the facts that decide of the first one if it is a right won or lost,
    what each of these may be without undoing it, the rules that apply.
    """

    dossier: str
    texte: str
    decisifs: tuple[str, ...]
    etendues: tuple[Range, ...]
    regles: tuple[str, ...]


class Extent(msgspec.Struct, frozen=True):
    """The domain that was searched: `reduits` are facts whose values were not all kept, `non_couvertes` the rules with
    a comparison that was not followed, `echecs` values on which a rule could not be computed.
    """

    date: str
    personnes: int
    faits: int
    valeurs: int
    reduits: tuple[str, ...]
    non_couvertes: tuple[str, ...]
    echecs: tuple[str, ...]


class Survey(msgspec.Struct, frozen=True):
    """What two states may give differently, for one right or, if `droit` is empty, for all. `details`: also days,
    amounts and what is told beside a right.

    `complet`: there is nothing else in the domain; else time ran out, a person interrupted the search (`interrompu`),
    or the engine does not confirm the dossiers `non_confirmes`. Found when time ran out, a difference has the dossier
    that showed it first, which is not the most ordinary one. `avertissements`: the reforms not yet in force that day.
    """

    version: int
    domaine: Extent
    complet: bool
    droit: str
    details: bool
    differences: tuple[Shown, ...]
    personas: tuple[Persona, ...]
    non_confirmes: tuple[str, ...]
    comparaison: Comparison
    avertissements: tuple[str, ...] = ()
    interrompu: bool = False


def survey(
    pair: Pair,
    date: str,
    persons: int = 1,
    *,
    right: str | None = None,
    details: bool = False,
    seconds: float | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> Survey:
    """Search what two states of the law may give differently on a day, and show each difference by a dossier.

    Rights won and lost are looked for; with `details`, also all that is told beside a right that both states give.
    Each dossier is read and answered again in both states. Raises InputError for a date that is none or is before
    the base, and LimitError when `seconds` have passed before the search could begin.
    """
    if valid_day(date) is None:
        message = "aucun jour où chercher" if not date else f"date incorrecte « {date} »"
        raise InputError([Finding(Place("--date"), "DO009", message, "donnez --date AAAA-MM-JJ")])
    if early := too_early(pair.law, date, Place("--date")):
        raise InputError([early])
    progress("domaine et règles")
    told = (*HELD, *pair.law.base.rubrics) if details else ()
    search = Differences(pair, date, persons, told, right=right, seconds=seconds)
    progress("différences possibles")
    possible, complete = search.possible()
    shown: dict[Difference, dict[str, tuple[int, ...]]] = {}
    personas: list[Persona] = []
    dossiers: list[Dossier] = []
    sought: dict[str, str] = {}
    varied: list[Future[Varied]] = []
    with beside(varying, search) as start:
        for number, difference in enumerate(sorted(possible, key=lambda each: (each.told != RIGHT, each))):
            progress(f"exemples : {number} différences sur {len(possible)}")
            if difference in shown and (difference.told != RIGHT or not complete):
                continue
            known = len(set(shown.get(difference, {}).values()))
            found_so = samples(search, difference, max(1, WAYS - known) if difference.told == RIGHT else 1, MORE)
            while True:
                try:
                    sample = next(found_so, None)
                except (LimitError, KeyboardInterrupt) as cut:
                    complete = False
                    if isinstance(cut, KeyboardInterrupt):
                        search.interrupt()
                    sample = None if difference in shown else first(search, difference)
                if sample is None:
                    break
                varied.append(start(sample))
                found = _persona(search, sample, _name(difference, len(personas) + 1))
                dossiers.append(_read(found, pair))
                rights = sorted({each.right for each in sample.shown})
                personas.append(replace(found, texte=found.texte + expected(pair, dossiers[-1], date, rights)))
                sought[found.dossier] = difference.right
                for each in sample.shown:
                    shown.setdefault(each, {})[found.dossier] = sample.touched
        progress("ce que chaque fait peut être")
        personas = [_with(each, *_awaited(search, found)) for each, found in zip(personas, varied, strict=True)]
    progress("")
    kept = (
        Shown(each.right, each.told, each.codes, each.how, each.role, tuple(shown.get(each, {}))) for each in possible
    )
    comparison = compare(pair, dossiers, date=date, right=right, processes=1)
    answered = {(each.dossier, change.droit) for each in comparison.changements for change in each.changements}
    doubtful = tuple(name for name, wanted in sought.items() if (name, wanted) not in answered)
    extent = _extent(
        search.domain,
        date,
        persons,
        [f"{each.place.file}, ligne {each.place.line} ({each.message})" for each in search.symbolic.failures],
    )
    return Survey(
        VERSION,
        extent,
        complete and not doubtful,
        right or "",
        details,
        tuple(kept),
        tuple(personas),
        doubtful,
        msgspec.structs.replace(comparison, avertissements=[]),
        pair.warnings(date),
        search.interrupted,
    )


def _name(difference: Difference, number: int) -> str:
    what = [] if difference.told == RIGHT else [difference.told]
    return "_".join(
        [
            f"persona_{number:02}",
            difference.right,
            *what,
            difference.how,
            *([difference.role] if difference.role else []),
        ]
    )


def _persona(search: Differences, sample: Sample, name: str) -> Persona:
    domain = search.domain
    rules = [guard for number in sample.touched if (guard := domain.base.rules[number].guard)]
    return Persona(name, persona(domain, sample.taken, name), (), (), tuple(rules))


def _with(found: Persona, deciding: Sequence[str], ranges: Sequence[Range]) -> Persona:
    return replace(found, decisifs=tuple(deciding), etendues=tuple(ranges))


Varied = tuple[list[str], list[Range]]
"""The facts that decide of a difference, as keys, and what these may be."""


def _awaited(search: Differences, started: Future[Varied]) -> Varied:
    """Return what was found beside; nothing of what is not found when a person interrupts the search."""
    try:
        return started.result() if not search.interrupted or started.done() else ([], [])
    except KeyboardInterrupt:
        search.interrupt()
        return [], []


def varying(search: Differences, sample: Sample) -> Varied:
    """Return the facts that decide of a right won or lost in a situation, and what these may be; none of another
    difference, nor where the time has passed first.
    """
    if sample.difference.told != RIGHT:
        return [], []
    tried, domain = Variations(search), search.domain
    gaps, names = domain.gaps(), domain.filled.case.persons
    try:
        found = tried.decisive(sample.difference, sample.taken)
        ranges = Ranges(tried, sample.difference, sample.taken).of(found)
    except LimitError:
        return [], []
    except KeyboardInterrupt:
        search.interrupt()
        return [], []
    deciding = [gap.key(names) for each in found for gap in gaps[each.group]]
    return list(dict.fromkeys(deciding)), ranges


def _read(found: Persona, pair: Pair) -> Dossier:
    file = f"{found.dossier}.yaml"
    return check_dossier(parse(found.texte.encode(), name=file), pair.law.base, file=file)


def expected(pair: Pair, dossier: Dossier, date: str, rights: Sequence[str]) -> str:
    """Return what a dossier kept as a test expects: the status of some rights in the later of the states that
    `pycoverage test` answers from; nothing where each is a reform, or the law of a day long past.
    """
    law = next(
        (each.law for each in (pair.after, pair.before) if not each.reforms and (each.plafond or date) >= date), None
    )
    if law is None:
        return ""
    found = assess(law, dossier)
    lines = []
    for person, name in dossier.persons.items():
        told = {right: verdict(found, person, right) for right in rights if right in law.base.rights}
        lines += (
            [f"  {name}: {{{', '.join(f'{right}: {_status(each)}' for right, each in told.items())}}}"] if told else []
        )
    return "\n".join(["attendu:", *lines, ""]) if lines else ""


def _status(found: Verdict) -> str:
    """Return a status as a dossier expects it, with the readings that tell another."""
    if found.status != "conteste":
        return found.status
    return f"{{conteste: {{{', '.join(f'{reading}: {status}' for reading, status in found.others.items())}}}}}"


def _extent(domain: Domain, date: str, persons: int, failures: Sequence[str]) -> Extent:
    return Extent(
        date,
        persons,
        len(domain.groups),
        sum(len(options) for options in domain.options()),
        tuple(dict.fromkeys(gap.attribute for gap in domain.thinned)),
        tuple(sorted(guard for number in domain.uncovered if (guard := domain.base.rules[number].guard))),
        tuple(dict.fromkeys(failures)),
    )


def right_of(base: KnowledgeBase, difference: Shown) -> str:
    """Return the short name of the right of a difference."""
    return base.rights[difference.droit].sigle or base.rights[difference.droit].nom
