"""From files to a letter: the dossier, the identity, the refusal to contest, and the letter or why there is none."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pycoverage.assessment import Assessment, assess
from pycoverage.cache import load_law
from pycoverage.dossier import read_dossier
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.letters.composition import compose
from pycoverage.letters.identity import Identity, read_identity
from pycoverage.letters.objection import Objection
from pycoverage.letters.printing import format_of, printed
from pycoverage.letters.stationery import read_stationery
from pycoverage.refusals.absence import absence
from pycoverage.refusals.refusal import examine_in, refusals
from pycoverage.selection import selection


class Correspondence(msgspec.Struct, frozen=True):
    """A letter in the format asked for, or none; and what is told to the person who asked for it."""

    letter: bytes | None
    told: tuple[str, ...]


def correspond(
    root: Path | None,
    dossier: Path,
    identity: Path | None = None,
    output: Path | None = None,
    *,
    right: str | None = None,
    person: str | None = None,
    way: str | None = None,
    date: str | None = None,
    seconds: float | None = None,
) -> Correspondence:
    """Write the letter that contests a refusal. Raises InputError and LimitError.

    Without `output` the letter is Markdown. The identity is read after the reasoning, and never enters it.
    """
    form = format_of(output) if output else "md"
    law = load_law(root)
    stationery, findings = read_stationery(Path(law.base.root))
    if findings:
        raise InputError(findings)
    current = assess(law, read_dossier(dossier, law.base), date=date, seconds=seconds)
    _known_way(current, way)
    asked = selection(law.base, current.dossier.persons.values(), person, right or None, place="--right")
    meant = _refusal(current, person, asked)
    if meant is None:
        return Correspondence(None, tuple(Objection(tuple(absence(current, person, asked))).lines()))
    who, which = meant
    examined = examine_in(current, who, which, seconds=seconds)
    named = read_identity(identity, current.dossier.persons.values()) if identity else Identity()
    found = compose(examined, stationery, way=way or "", identity=named, seconds=seconds)
    if isinstance(found, Objection):
        return Correspondence(None, tuple(found.lines()))
    head = ("Avant de signer :", *(f"  - {reserve}" for reserve in found.reserves)) if found.reserves else ()
    return Correspondence(printed(found, form), head)


def _refusal(current: Assessment, person: str | None, right: str | None) -> tuple[str, str] | None:
    """Return the person (canonical id) and the right of the only refusal meant; None: there is none to contest.

    Raises InputError where several are meant.
    """
    told = [
        (who, what)
        for who, what in refusals(current)
        if person in (None, current.dossier.persons[who]) and right in (None, what)
    ]
    if len(told) > 1:
        shown = ", ".join(f"--person {current.dossier.persons[who]} --right {what}" for who, what in told)
        raise InputError([Finding(Place("--right"), "DO006", "plusieurs refus sont à contester", shown)])
    return told[0] if told else None


def _known_way(current: Assessment, way: str | None) -> None:
    ways = current.law.base.nomenclatures["voie_recours"].elements
    if way and way not in ways:
        help_ = suggestion(way, ways) or f"voies : {', '.join(ways)}"
        raise InputError([Finding(Place("--recours"), "DO006", f"voie de recours inconnue « {way} »", help_)])
