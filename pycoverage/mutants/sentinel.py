"""Dossiers that see what no other sees: neighbours of those that exist, each kept for the mutants that it betrays."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from pycoverage.assessment import contexts_of
from pycoverage.completion import fill
from pycoverage.dossier import Dossier
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.mutants.aim import Nearby, days
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.mutation import mutants as generated
from pycoverage.mutants.neighbour import Aim, Neighbour, itself, neighbours, read_text
from pycoverage.mutants.probing import sightings
from pycoverage.mutants.reason import records_of
from pycoverage.mutants.replay import parts, play
from pycoverage.mutants.subject import Subject, subjects_of
from pycoverage.workers import processors, shared_out
from pycoverage.writing import write_whole

PART = 16
"""Homes of which the neighbours are looked at together."""

TRIES = ((0, 2, False), (2, 8, False), (0, 4, True))
"""Neighbours on which each mutant is played, time after time; the last ones under every reading, with the reasons."""

HOMES = 3
"""Dossiers near which a mutant is looked for."""

ROUNDS = 2
"""Facts by which a sentinel may differ from its home, at most."""

TOGETHER = 100
"""Mutants looked for in one process, at most: what is found is given as soon as one has done with its own."""

Told = Callable[[str], None]


class Sentinel(msgspec.Struct, frozen=True):
    """A neighbour that sees mutants, and what it sees."""

    neighbour: Neighbour
    seen: tuple[Mutant, ...]


def sentinels(
    law: Law, mutants: Sequence[Mutant], dossiers: Sequence[Dossier], *, told: Told = lambda _text: None
) -> Iterator[Sentinel]:
    """Yield neighbours of some dossiers, each with the mutants that it is the first to see.

    A mutant is looked for near dossiers in which it concludes something else, or in which another change of its rule
    does; then near the neighbours in which it does, although nothing that is told depends on it.
    """
    if not mutants:
        return
    known = [each for each in subjects_of(law, dossiers) if not each.anomalies]
    size = max(1, min(TOGETHER, -(-len(mutants) // processors())))
    parts_ = [mutants[start : start + size] for start in range(0, len(mutants), size)]
    told(f"voisins de {len(known)} dossiers, pour {len(mutants)} mutants que rien ne voit")
    done = 0
    for found, part in zip(shared_out(_part, (law, known), parts_, fresh=True), parts_, strict=True):
        done += len(part)
        yield from found
        told(f"voisins : {done} mutants cherchés sur {len(mutants)}")


def _part(known: tuple[Law, Sequence[Subject]], mutants: Sequence[Mutant]) -> list[Sentinel]:
    return list(_sentinels(*known, mutants))


def _sentinels(law: Law, known: Sequence[Subject], mutants: Sequence[Mutant]) -> Iterator[Sentinel]:
    left = dict(enumerate(mutants))
    near = _near(law, mutants, known)
    facts = Nearby(law.base)
    for _ in range(ROUNDS):
        aims: dict[str, tuple[Neighbour, Aim]] = {}
        for number, places in near.items():
            for home in places if number in left else ():
                _, aim = aims.setdefault(f"{home.home} {home.change}", (home, Aim({}, {})))
                for rule, _ in left[number].rules:
                    aim.attributes.update(facts.facts(rule))
                aim.days.update(dict.fromkeys(days(law.base, left[number])))
        near = {}
        for start in range(0, len(aims), PART):
            found = [
                each for home, aim in list(aims.values())[start : start + PART] for each in _readable(law, home, aim)
            ]
            seen, steps = _seen(law, left, [dossier for dossier, _ in found])
            for at, numbers in seen.items():
                yield Sentinel(found[at][1], tuple(left.pop(number) for number in numbers))
            for number, stones in steps.items():
                if number in left:
                    places = near.setdefault(number, [])
                    places += [found[at][1] for at in stones[: HOMES - len(places)]]
            if not left:
                return


def _near(law: Law, mutants: Sequence[Mutant], known: Sequence[Subject]) -> dict[int, list[Neighbour]]:
    """Return, by the number of a mutant, what some dossiers near which to look for it state."""
    rules = {rule for mutant in mutants for rule, _ in mutant.rules}
    own = {each.name for each in mutants}
    kin = [each for each in generated(law.base) if each.name not in own and rules & {rule for rule, _ in each.rules}]
    together = [*mutants, *kin]
    by_rule: dict[int, list[int]] = {}
    for number, mutant in enumerate(together):
        for rule, _ in mutant.rules:
            by_rule.setdefault(rule, []).append(number)
    cases = sightings(law, together, [each.filled.case for each in known], [each.contexts for each in known]).cases
    found = {}
    for number, mutant in enumerate(mutants):
        folder = f"/{Path(mutant.place.file).parent.name}/"
        others = {at for rule, _ in mutant.rules for each in by_rule[rule] for at in cases[each]} - cases[number]
        mirrored = [at for at, each in enumerate(known) if folder in each.dossier.file]
        chosen: list[int] = []
        for some in (cases[number], others, mirrored):
            chosen += _drawn(mutant.name, some, folder, known, HOMES - len(chosen))
        found[number] = [itself(known[at].dossier) for at in chosen]
    return found


def _drawn(name: str, some: Iterable[int], folder: str, known: Sequence[Subject], most: int) -> list[int]:
    """Return some dossiers, always the same, those of a folder first."""
    ordered = sorted(some, key=lambda at: hashlib.sha256(f"{name} {known[at].dossier.name}".encode()).digest())
    return sorted(ordered, key=lambda at: folder not in known[at].dossier.file)[:most]


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


def _readable(law: Law, home: Neighbour, aim: Aim) -> Iterator[tuple[Dossier, Neighbour]]:
    for number, each in enumerate(neighbours(law, home, aim)):
        mark = hashlib.sha256(home.change.encode()).hexdigest()[:8]
        file = f"{re.sub('[.]yaml$', '', home.home)}_{mark}_{number}.yaml"
        try:
            dossier = read_text(law, each.text(f"voisin_{number}", "voisin"), file)
            contexts_of(law, dossier)
        except InputError:
            continue
        if not fill(dossier, law.base).gaps:
            yield dossier, each


def _seen(
    law: Law, left: Mapping[int, Mutant], dossiers: Sequence[Dossier]
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return, by the number of the dossier, the mutants that it sees, each one once; and by the number of a mutant,
    the dossiers in which it concludes something else.
    """
    numbers, mutants = list(left), list(left.values())
    cases = [fill(each, law.base).case for each in dossiers]
    places = sightings(law, mutants, cases, [contexts_of(law, each)[:1] for each in dossiers]).cases
    wide = Counter(at for each in places for at in each)
    queues = {number: sorted(some, key=lambda at: (-wide[at], at)) for number, some in enumerate(places) if some}
    found: dict[int, list[int]] = {}
    done: set[int] = set()
    for start, end, whole in TRIES:
        batch = [(n, at) for n, queue in queues.items() if n not in done for at in queue[start:end]]
        chosen = list(dict.fromkeys(at for _, at in batch))
        at_file = {dossiers[at].file: at for at in chosen}
        subjects = {at_file[each.dossier.file]: each for each in subjects_of(law, [dossiers[at] for at in chosen])}
        subjects = {at: each for at, each in subjects.items() if not each.anomalies}
        records = records_of(law, subjects) if whole else None
        for part in parts(law, mutants, [(n, at) for n, at in batch if at in subjects]):
            for number, _, file in play(law, mutants, subjects, part, whole=whole, records=records):
                if number not in done:
                    done.add(number)
                    found.setdefault(at_file[file], []).append(numbers[number])
    return found, {numbers[number]: queue for number, queue in queues.items()}
