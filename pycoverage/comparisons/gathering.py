"""Changes gathered: by cause, and by right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pycoverage.comparisons.comparison import Change, Compared, Example, Group, Nature

STATUSES: tuple[Nature, ...] = ("gagne", "perd", "a_preciser", "conteste", "plus_conteste", "conteste_autrement")

Member = tuple[Compared, Change]


def grouped(compared: Sequence[Compared]) -> tuple[list[Group], list[Group]]:
    """Return the groups of what is concluded otherwise, by all of its causes, and of reasons alone, by each.

    Those that change a status come first, and the largest.
    """
    concluded: dict[tuple[str, ...], list[Member]] = {}
    reasons: dict[tuple[str, ...], list[Member]] = {}
    for each in compared:
        for change in each.changements:
            if change.nature != "motif":
                concluded.setdefault(tuple(change.causes), []).append((each, change))
                continue
            for cause in change.causes:
                reasons.setdefault((cause,), []).append((each, change))
    return _groups(concluded), _groups(reasons)


def _groups(members: Mapping[tuple[str, ...], Sequence[Member]]) -> list[Group]:
    found = [_group(causes, own) for causes, own in members.items()]
    return sorted(found, key=lambda group: (not _decides(group), -group.dossiers, -group.personnes, group.causes))


def _decides(group: Group) -> bool:
    """Tell whether a group holds changes of a status, and not only of what is told beside it."""
    return any(nature in STATUSES for own in group.droits.values() for nature in own)


def _group(causes: tuple[str, ...], members: Sequence[Member]) -> Group:
    shortest, change = min(members, key=_plainness)
    return Group(
        list(causes),
        len({each.fichier for each, _ in members}),
        len({(each.fichier, change.personne) for each, change in members}),
        by_right(change for _, change in members),
        Example(shortest.fichier, change),
    )


def _plainness(member: Member) -> tuple[bool, int, str]:
    """Return what makes a change a plain example: a right won or lost, in a dossier that states little."""
    compared, change = member
    return change.nature not in ("gagne", "perd"), compared.faits, compared.fichier


def by_right(changes: Iterable[Change]) -> dict[str, dict[Nature, int]]:
    """Return how many changes of each nature there are, by right, the rights sorted."""
    found: dict[str, dict[Nature, int]] = {}
    for change in changes:
        own = found.setdefault(change.droit, {})
        own[change.nature] = own.get(change.nature, 0) + 1
    return {right: dict(sorted(found[right].items())) for right in sorted(found)}
