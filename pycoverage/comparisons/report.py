"""A comparison as plain text: what changes by right, why, and dossier by dossier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.comparison import Cause, Change, Comparison, Group, Nature
from pycoverage.comparisons.wording import MARKS, NATURES, NO_CAUSE
from pycoverage.speech import count, day

REASONS = 10
"""Groups of reasons shown; the others are counted."""


def comparison_text(found: Comparison, base: KnowledgeBase) -> Iterator[str]:
    """Yield the lines of a comparison."""
    yield title(found)
    yield ""
    yield from summary(found)
    if not found.changements and not missing(found):
        yield ""
        yield "Rien ne change."
    rights = rights_of(found, base)
    if rights:
        yield ""
        yield "Droit par droit"
        width = max(map(len, rights))
        yield from (f"  {name:<{width}}  {words}" for name, words in rights.items())
    causes = {cause.cle: cause for cause in found.causes}
    if found.groupes:
        yield ""
        yield "Pourquoi"
        for number, group in enumerate(found.groupes, 1):
            yield from _group(f"{number}.", group, causes, base)
    if found.motifs:
        yield ""
        yield "Seul le motif change (même réponse, autres règles ou autres valeurs)"
        for group in found.motifs[:REASONS]:
            yield from _group("·", group, causes, base, short=True)
        if len(found.motifs) > REASONS:
            yield f"  … et {count(len(found.motifs) - REASONS, 'autre cause', 'autres causes')}"
    if found.concluded:
        yield ""
        yield "Dossier par dossier"
        yield from _dossiers(found)
    yield from _apart(found)


def title(found: Comparison) -> str:
    return f"Ce qui change : de « {found.avant.nom} » à « {found.apres.nom} »"


def summary(found: Comparison) -> Iterator[str]:
    """Yield how many dossiers were compared, on which day, and how many change, after what warns about that day."""
    yield from found.avertissements
    when = f"le {day(found.date)}" if found.date else "au jour de chaque dossier"
    yield f"Les mêmes personnes dans les deux états, {when}."
    concluded, whole = len(found.concluded), len(found.changements)
    yield (
        f"{count(found.dossiers, 'dossier comparé', 'dossiers comparés')}, {count(found.personnes, 'personne')} : "
        f"{count(concluded, 'dossier change', 'dossiers changent')}, "
        f"{count(whole - concluded, 'autre n’a qu’un autre motif', 'autres n’ont qu’un autre motif')}, "
        f"{count(len(found.ecartes), 'dossier écarté', 'dossiers écartés')}."
    ).replace("’", "'")


def rights_of(found: Comparison, base: KnowledgeBase) -> dict[str, str]:
    """Return what changes for each right, in words, in the order of the base."""
    return {right_name(base, right): counted(found.droits[right]) for right in base.rights if right in found.droits}


def right_name(base: KnowledgeBase, right: str) -> str:
    """Return the short name of a right, or its name."""
    return base.rights[right].sigle or base.rights[right].nom


def counted(natures: Mapping[Nature, int]) -> str:
    """Return numbers of changes in words: « 2 droits gagnés, 1 motif seul »."""
    return ", ".join(count(natures[nature], *NATURES[nature]) for nature in NATURES if nature in natures)


def cause_text(cause: Cause) -> str:
    """Return a cause in one line: what it is, its source, its sentence."""
    source = f" — {cause.source}" if cause.source else ""
    return f"{cause.nom} ({cause.etat}){source} : {cause.texte}"


def group_text(group: Group, base: KnowledgeBase) -> str:
    """Return the size of a group and what it changes, in one line."""
    parts = [
        f"{right_name(base, right)} : {counted(group.droits[right])}" for right in base.rights if right in group.droits
    ]
    return f"{count(group.dossiers, 'dossier')}, {count(group.personnes, 'personne')} — {' ; '.join(parts)}"


def line(change: Change) -> str:
    """Return one change in one line, its sign first."""
    who = f"{change.personne[:1].upper()}{change.personne[1:]}, " if change.personne else ""
    return f"{MARKS.get(change.nature, '~')} {who}{change.texte}"


def _group(
    mark: str, group: Group, causes: Mapping[str, Cause], base: KnowledgeBase, *, short: bool = False
) -> Iterator[str]:
    yield f"  {mark} {group_text(group, base)}"
    for key in group.causes:
        yield f"     § {cause_text(causes[key])}"
    if not group.causes:
        yield f"     {NO_CAUSE}"
    example = group.exemple
    yield f"     exemple : {example.fichier}{'' if short else f' : {line(example.changement)}'}"
    if example.changement.pourquoi and not short:
        yield f"       {example.changement.pourquoi}"


def _dossiers(found: Comparison) -> Iterator[str]:
    numbers = {tuple(group.causes): number for number, group in enumerate(found.groupes, 1)}
    for each in found.concluded:
        yield f"  {each.fichier} ({day(each.date)})"
        for change in each.changements:
            if change.nature != "motif":
                yield f"    {line(change)} [{numbers[tuple(change.causes)]}]"


def _apart(found: Comparison) -> Iterator[str]:
    if found.ecartes:
        yield ""
        yield "Dossiers écartés"
        for reason, number in sorted(Counter(each.raison for each in found.ecartes).items()):
            yield f"  {count(number, 'dossier')} : {reason}"
    for heading, names in missing(found):
        yield ""
        yield heading
        yield from (f"  {name}" for name in names)


def missing(found: Comparison) -> list[tuple[str, list[str]]]:
    """Return the dossiers that only one side knows, under what to say of them."""
    both = [("Dossiers sans réponse approuvée", found.nouveaux), ("Dossiers approuvés et disparus", found.disparus)]
    return [(heading, names) for heading, names in both if names]
