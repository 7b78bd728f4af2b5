"""Marks of what the base says, approved with the answers: they tell which rule, value or list has changed since."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from pycoverage.base import KnowledgeBase

HEAD = "# ce que disaient les règles, montants et listes (pycoverage snapshot)"
_LINE = re.compile(r"(regle|montant|liste):\S+ [0-9a-f]{8}")


def imprints(base: KnowledgeBase) -> dict[str, str]:
    """Return a mark of each legal rule, parameter and property of a list, by key: `regle:…`, `montant:…`, `liste:…`."""
    return {key: hashlib.sha256(text.encode()).hexdigest()[:8] for key, text in _texts(base)}


def _texts(base: KnowledgeBase) -> Iterator[tuple[str, str]]:
    for name, legal in base.legal.items():
        said = (legal.source, legal.interval, legal.phrase, legal.question, legal.reading, base.rules[legal.rule])
        yield f"regle:{name}", "\n".join(map(str, said))
    for name, parameter in base.parameters.items():
        amounts = (f"{each.interval} {each.keys} {each.value}" for each in parameter.amounts)
        yield f"montant:{name}", "\n".join(sorted(amounts))
    for name, nomenclature in base.properties():
        entries = (
            f"{code} {sorted(map(str, element.properties.get(name, ())))}"
            for code, element in base.nomenclatures[nomenclature].elements.items()
        )
        yield f"liste:{name}", "\n".join(sorted(entries))


def imprints_text(marks: Mapping[str, str]) -> str:
    """Return marks as text, one a line, sorted."""
    return "\n".join([HEAD, "", *(f"{key} {marks[key]}" for key in sorted(marks))]) + "\n"


def read_imprints(text: str) -> dict[str, str]:
    """Read what `imprints_text` writes. Raises ValueError if it is not as it was written."""
    head, blank, *lines = text.splitlines()
    if (head, blank) != (HEAD, "") or not all(_LINE.fullmatch(line) for line in lines):
        raise ValueError(head)
    return {key: mark for key, _, mark in (line.rpartition(" ") for line in lines)}
