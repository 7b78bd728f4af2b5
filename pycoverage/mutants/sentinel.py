"""Dossiers that see what no other sees: neighbours of those that exist, each kept for the mutants that it betrays."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from pycoverage.assessment import contexts_of
from pycoverage.completion import fill
from pycoverage.dossier import Dossier
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.neighbour import Neighbour, neighbours, read_text
from pycoverage.mutants.probing import sightings
from pycoverage.mutants.replay import parts, play
from pycoverage.mutants.subject import subjects_of
from pycoverage.writing import write_whole

PART = 16
"""Dossiers of which the neighbours are looked at together."""

TRIES = (2, 3)
"""Neighbours on which each mutant is played, time after time."""

Told = Callable[[str], None]


class Sentinel(msgspec.Struct, frozen=True):
    """A neighbour that sees mutants, and what it sees."""

    neighbour: Neighbour
    seen: tuple[Mutant, ...]


def sentinels(
    law: Law, mutants: Sequence[Mutant], dossiers: Sequence[Dossier], *, told: Told = lambda _text: None
) -> Iterator[Sentinel]:
    """Yield neighbours of some dossiers, each with the mutants that it is the first to see."""
    left = list(mutants)
    homes = [each for each in dossiers if not fill(each, law.base).gaps]
    for start in range(0, len(homes), PART):
        told(f"voisins de {start} dossiers sur {len(homes)} ; {len(left)} mutants que rien ne voit")
        near = [each for home in homes[start : start + PART] for each in _readable(law, home)]
        for at, seen in _seen(law, left, [dossier for dossier, _ in near]).items():
            yield Sentinel(near[at][1], tuple(seen))
            left = [each for each in left if each not in seen]
        if not left:
            return


def write(found: Sentinel, folder: Path) -> Path:
    """Write a sentinel as a dossier of its own, in the folder that bears the name of the one of its home."""
    home = Path(found.neighbour.home)
    within = folder / home.parent.name
    within.mkdir(parents=True, exist_ok=True)
    names = (f"{home.stem}_{number}" for number in itertools.count(1))
    name = next(each for each in names if not (within / f"{each}.yaml").exists())
    title = f"Comme {home.parent.name}/{home.stem}, sauf {found.neighbour.change}"
    write_whole(within / f"{name}.yaml", found.neighbour.text(name, title))
    return within / f"{name}.yaml"


def _readable(law: Law, home: Dossier) -> Iterator[tuple[Dossier, Neighbour]]:
    for number, each in enumerate(neighbours(law, home)):
        file = f"{re.sub('[.]yaml$', '', home.file)}_{number}.yaml"
        try:
            dossier = read_text(law, each.text(f"voisin_{number}", "voisin"), file)
            contexts_of(law, dossier)
        except InputError:
            continue
        if not fill(dossier, law.base).gaps:
            yield dossier, each


def _seen(law: Law, mutants: Sequence[Mutant], dossiers: Sequence[Dossier]) -> dict[int, list[Mutant]]:
    """Return, by the number of the dossier, the mutants that it sees, each one once."""
    known = [each for each in subjects_of(law, dossiers) if not each.anomalies]
    places = sightings(law, mutants, [each.filled.case for each in known], [each.contexts for each in known]).cases
    wide = Counter(at for cases in places for at in cases)
    queues = {number: sorted(cases, key=lambda at: (-wide[at], at)) for number, cases in enumerate(places) if cases}
    found: dict[int, list[Mutant]] = {}
    done: set[int] = set()
    first = 0
    for size in TRIES:
        batch = [(n, at) for n, queue in queues.items() if n not in done for at in queue[first : first + size]]
        first += size
        for part in parts(law, mutants, batch):
            for number, _, file in play(law, mutants, known, part, whole=False):
                if number not in done:
                    done.add(number)
                    at = next(at for at, each in enumerate(dossiers) if each.file == file)
                    found.setdefault(at, []).append(mutants[number])
    return found
