"""A comparison as Markdown, for the discussion of a change: short, the details folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.comparison import Change, Comparison, Group
from pycoverage.comparisons.report import cause_text, group_text, line, missing, right_name, summary, title
from pycoverage.comparisons.wording import NATURES, NO_CAUSE
from pycoverage.manual.markdown import escape
from pycoverage.speech import count, day

GROUPS, DOSSIERS = 20, 50
"""Groups and dossiers shown; the others are counted."""


def comparison_markdown(found: Comparison, base: KnowledgeBase) -> Iterator[str]:
    """Yield the lines of a comparison."""
    yield f"## {escape(title(found))}"
    yield ""
    *warnings, same, numbers = summary(found)
    yield from (line for each in warnings for line in (escape(each), ""))
    yield from map(escape, (same, numbers))
    if found.droits:
        shown = [nature for nature in NATURES if any(nature in own for own in found.droits.values())]
        yield ""
        yield f"| droit | {' | '.join(NATURES[nature][1] for nature in shown)} |"
        yield f"|---|{'---:|' * len(shown)}"
        for right in base.rights:
            if right in found.droits:
                cells = (str(found.droits[right].get(nature, "")) for nature in shown)
                yield f"| {escape(right_name(base, right))} | {' | '.join(cells)} |"
    if found.groupes:
        yield ""
        yield "### Pourquoi"
        yield ""
        yield from _groups(found, found.groupes, base, numbered=True)
    if found.motifs:
        yield ""
        yield from folded(
            f"Seul le motif change ({count(len(found.motifs), 'cause')})",
            _groups(found, found.motifs, base, numbered=False),
        )
    if found.concluded:
        yield ""
        yield from folded(f"Dossier par dossier ({count(len(found.concluded), 'dossier')})", _dossiers(found))
    if found.ecartes:
        yield ""
        yield from folded(
            f"Dossiers écartés ({len(found.ecartes)})",
            (f"- {escape(each.fichier)} : {escape(each.raison)}" for each in found.ecartes[:DOSSIERS]),
        )
    for heading, names in missing(found):
        yield ""
        yield f"### {heading}"
        yield ""
        yield from (f"- `{name}`" for name in names)


def _groups(found: Comparison, groups: list[Group], base: KnowledgeBase, *, numbered: bool) -> Iterator[str]:
    causes = {cause.cle: cause for cause in found.causes}
    for number, group in enumerate(groups[:GROUPS], 1):
        yield f"{f'{number}.' if numbered else '-'} **{escape(group_text(group, base))}**"
        for key in group.causes:
            yield f"   - {escape(cause_text(causes[key]))}"
        if not group.causes:
            yield f"   - {NO_CAUSE}"
        example = group.exemple
        yield f"   - exemple : `{example.fichier}` : {_line(example.changement)}"
        if example.changement.pourquoi:
            yield f"     — {escape(example.changement.pourquoi)}"
    if len(groups) > GROUPS:
        yield f"\n… et {count(len(groups) - GROUPS, 'autre')}"


def _dossiers(found: Comparison) -> Iterator[str]:
    for each in found.concluded[:DOSSIERS]:
        yield f"- `{each.fichier}` ({day(each.date)})"
        for change in each.changements:
            if change.nature != "motif":
                yield f"  - {_line(change)}"
    rest = len(found.concluded) - DOSSIERS
    if rest > 0:
        yield f"- … et {count(rest, 'autre dossier', 'autres dossiers')}"


def _line(change: Change) -> str:
    """Return one change, its sign apart: at the beginning of an item, it would begin a list."""
    sign, _, text = line(change).partition(" ")
    return f"`{sign}` {escape(text)}"


def folded(summary_: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield lines that a reader unfolds."""
    yield f"<details><summary>{summary_}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
