"""How many questions it takes to settle every right: the most useful first, in file order, or at random.

The households are made up, always the same ones; of each only the roles are known at first.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import msgspec

from pycoverage.assessment import assess
from pycoverage.completion import fill
from pycoverage.document import parse
from pycoverage.dossier import Dossier, check_dossier
from pycoverage.field import codes
from pycoverage.finding import InputError
from pycoverage.law import Law
from pycoverage.questions.question import Inquiry, Key, inquire

DAY = "2024-06-01"
COUPLE = "unions: [{nature: mariage, de: a, avec: b}]\n"
HOUSEHOLDS = {
    "une personne": (
        "",
        {
            "a": "",
        },
    ),
    "une mère et son enfant": ("", {"a": "", "e": "[a]"}),
    "un couple et deux enfants": (COUPLE, {"a": "", "b": "", "e": "[a, b]", "f": "[a, b]"}),
}
"""What is known at first: the text of the household, and the parents of each person."""

NATIONALITIES = ["FR", "PT", "DZ", "MA", "ML", "SN", "CN", "GB", "RO", "SY"]

Pick = Callable[[Inquiry, list[Key]], Key]
"""Chooses what to ask, given what is worth asking and all that is open in file order."""


def known(law: Law, draw: random.Random, kind: str) -> Dossier:
    """Return a household in which all is known, drawn at random, that does not contradict itself."""
    head, persons = HOUSEHOLDS[kind]
    while True:
        lines = [f"date: {DAY}", head + "personnes:"]
        for name, parents in persons.items():
            lines += _person(law, draw, name, parents)
        try:
            found = check_dossier(parse("\n".join(lines).encode(), name="tire"), law.base, file="tire")
        except InputError:
            continue
        if not assess(law, found).anomalies:
            return found


def _person(law: Law, draw: random.Random, name: str, parents: str) -> Iterator[str]:
    def day(first: int, last: int) -> str:
        return f"{draw.randint(first, last)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"

    nationality = draw.choice(NATIONALITIES)
    yield f"  {name}:"
    yield f"    naissance: {day(2004, 2020) if parents else day(1950, 1985)}"
    yield f"    nationalite: {nationality}"
    yield f"    arrivee: {draw.choice([day(2021, 2022), day(2023, 2023), f'2024-0{draw.randint(1, 5)}-15'])}"
    titles = codes(law.base, law.base.vocabulary.personne["sejour"].champs["titre"])
    title = f"{{titre: {draw.choice(titles)}, du: {day(2022, 2023)}, au: {day(2024, 2026)}}}"
    if nationality != "FR":
        yield f"    sejour: [{title if draw.randint(0, 2) else ''}]"
    amount = 0 if parents else draw.choice([0, 0, 600, 900, 1400, 2500])
    income = f"{{nature: salaire, montant: {amount}.00, par: mois, du: 2022-01-01}}"
    yield f"    ressources: [{income if amount else ''}]"
    if parents:
        yield f"    parents: {parents}"


def asked(law: Law, whole: Dossier, pick: Pick) -> tuple[int, float]:
    """Return how many questions are asked until all is settled, and the longest step in milliseconds."""
    roles = {"parents", "unions"}
    stated = {key: value for key, value in whole.stated.items() if key[1] in roles}
    declined: set[Key] = set()
    count, longest = 0, 0.0
    while True:
        dossier = msgspec.structs.replace(whole, stated=stated)
        start = time.process_time()
        found = inquire(law, dossier, DAY, declined=declined)
        longest = max(longest, (time.process_time() - start) * 1000)
        if not found.questions:
            return count, longest
        left = [key for key in _open(law, dossier) if key not in declined]
        key = pick(found, left)
        owner, name, _ = key
        count += 1
        if (owner, name) in whole.stated:
            stated[owner, name] = whole.stated[owner, name]
        else:
            declined.add(key)


def _open(law: Law, dossier: Dossier) -> list[Key]:
    """Return all that is open, person by person, in the order of the vocabulary."""
    gaps = fill(dossier, law.base).gaps
    return sorted(dict.fromkeys(gap.entry for gap in gaps), key=lambda key: key[0])


def measure(law: Law, counts: dict[str, int]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the mean number of questions of each way to ask, over some households of each kind."""
    for kind, count in counts.items():
        totals: dict[str, int] = {}
        longest = 0.0
        for seed in range(count):
            draw = random.Random(seed)
            whole = known(law, draw, kind)
            ways: dict[str, Pick] = {
                "la plus utile d'abord": lambda found, _: found.questions[0].key,
                "dans l'ordre du fichier": lambda _, left: left[0],
                "au hasard": lambda _, left, draw=draw: draw.choice(left),  # type: ignore[misc]
            }
            for way, pick in ways.items():
                found, step = asked(law, whole, pick)
                totals[way] = totals.get(way, 0) + found
                longest = max(longest, step) if way == "la plus utile d'abord" else longest
        for way, total in totals.items():
            best = totals["la plus utile d'abord"]
            yield f"questions, {kind} : {way}", f"{total / count:.1f}", f"× {total / best:.2f}", ""
        yield f"questions, {kind} : l'étape la plus longue", f"{longest:.0f} ms", "", "< 1 s"
