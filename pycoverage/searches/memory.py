"""What a search has found, kept from one run to the next: proofs, and the options that an example takes.

It is kept under a digest of all that it rests on: the program as the solver is given it, the vocabulary and the
lists, which say what is ordinary, and this package. A rule that a statement does not rest on may change: what was
found still holds. No words are kept: an example is written, evaluated and told again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal as Choice

import msgspec

from pycoverage.cache import cache_folder, package_digest, read_kept, write_kept
from pycoverage.instance import Instance
from pycoverage.law import Law

KEPT = 64
"""Searches kept, the last ones."""


Use = Choice["none", "anew", "kept"]
"""Nothing is taken from it nor kept in it; all is searched anew, and kept; what is kept is taken, the rest searched."""


class Shown(msgspec.Struct, frozen=True):
    """An example: the option of each group, per copy of the situation, and the person (canonical id) it is about."""

    taken: tuple[tuple[int, ...], ...]
    person: str


class Memory(msgspec.Struct):
    """What a whole search found: how many functions failed in it, and, per question, an example or None, a proof."""

    failures: int
    answers: dict[str, Shown | None] = {}


def key_of(law: Law, instance: Instance, apart: Iterable[object]) -> str:
    """Return the name under which a search is kept: the same for all that cannot change what it finds."""
    import clingo

    rest = (law.base.vocabulary, law.base.nomenclatures, list(apart), package_digest(), clingo.__version__)
    return hashlib.sha256(instance.digest.encode() + msgspec.msgpack.encode(rest)).hexdigest()[:32]


def recalled(key: str) -> Memory | None:
    """Return what is kept under a name, None if nothing is, or if it cannot be read."""
    return read_kept(cache_folder() / "recherches" / f"{key}.msgpack", Memory)


def keep(key: str, found: Memory) -> None:
    """Keep what a search found; where the folder cannot be written, it is found again next time."""
    write_kept(cache_folder() / "recherches" / f"{key}.msgpack", found, KEPT)
