"""A comparison as one HTML page that loads nothing, reads without colours, and prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.bars import bars
from pycoverage.comparisons.comparison import Cause, Comparison, Group
from pycoverage.comparisons.report import group_text, line, missing, right_name, summary, title
from pycoverage.comparisons.wording import NATURES, NO_CAUSE
from pycoverage.speech import day

STYLE = """\
body { font: 1rem/1.5 "DejaVu Sans", Arial, sans-serif; color: #1d2f4a; background: #fff; margin: 0 auto;
  max-width: 62rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { border: 1px solid #8a8f98; padding: .3rem .5rem; text-align: left; vertical-align: top; }
td.nombre { text-align: right; font-variant-numeric: tabular-nums; }
thead th { background: #eef1f5; }
figure { margin: 1rem 0; }
svg { max-width: 100%; height: auto; }
code { font-family: "DejaVu Sans Mono", monospace; font-size: .9em; overflow-wrap: anywhere; }
summary { cursor: pointer; font-weight: bold; }
a:focus, summary:focus { outline: 3px solid #b35900; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  tr, figure, li li { break-inside: avoid; }
  h2, li > p { break-after: avoid; }
}
"""


Section = tuple[str, str, Iterable[str]]
"""An anchor, a heading, and lines."""


def comparison_page(found: Comparison, base: KnowledgeBase, before: Sequence[Section] = ()) -> str:
    """Return the page, with other sections before those of the comparison."""
    return "\n".join(_page(found, base, before)) + "\n"


def _page(found: Comparison, base: KnowledgeBase, before: Sequence[Section]) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="fr">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title(found))}</title>"
    yield f"<style>\n{STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield f"<header>\n<h1>{escape(title(found))}</h1>"
    yield from (f"<p>{escape(text)}</p>" for text in summary(found))
    yield "</header>"
    sections: list[Section] = [
        *before,
        ("droits", "Droit par droit", _rights(found, base) if found.droits else ()),
        ("causes", "Pourquoi", _groups(found, found.groupes, base)),
        ("motifs", "Seul le motif change", _groups(found, found.motifs, base)),
        ("dossiers", "Dossier par dossier", _dossiers(found) if found.concluded else ()),
        ("ecartes", "Dossiers écartés", _apart(found) if found.ecartes else ()),
    ]
    for number, (heading, names) in enumerate(missing(found), 1):
        items = [f"<li><code>{escape(name)}</code></li>" for name in names]
        sections.append((f"absents-{number}", heading, ["<ul>", *items, "</ul>"]))
    told = [(name, heading, list(lines)) for name, heading, lines in sections]
    if any(lines for _, _, lines in told):
        yield '<nav aria-label="Sommaire">\n<ul>'
        yield from (f'<li><a href="#{name}">{heading}</a></li>' for name, heading, lines in told if lines)
        yield "</ul>\n</nav>"
    yield "<main>"
    if not found.changements and not missing(found) and not before:
        yield "<p>Rien ne change.</p>"
    for name, heading, lines in told:
        if lines:
            yield f'<section id="{name}">\n<h2>{heading}</h2>'
            yield from lines
            yield "</section>"
    yield "</main>"
    yield "</body>"
    yield "</html>"


def _rights(found: Comparison, base: KnowledgeBase) -> Iterator[str]:
    rights = {right: found.droits[right] for right in base.rights if right in found.droits}
    picture = bars({right_name(base, right): own for right, own in rights.items()})
    if picture:
        yield f"<figure>\n{picture}\n<figcaption>Droits gagnés (plein) et perdus (rayé), en nombre de personnes."
        yield "</figcaption>\n</figure>"
    shown = [nature for nature in NATURES if any(nature in own for own in rights.values())]
    heads = ["droit", *(NATURES[nature][1] for nature in shown)]
    rows = [[right_name(base, right), *(str(own.get(nature, 0)) for nature in shown)] for right, own in rights.items()]
    yield from _table("Nombre de changements", heads, rows, numbers=True)


def _groups(found: Comparison, groups: Sequence[Group], base: KnowledgeBase) -> Iterator[str]:
    causes = {cause.cle: cause for cause in found.causes}
    if groups:
        yield "<ol>"
        for group in groups:
            yield f"<li>\n<p><strong>{escape(group_text(group, base))}</strong></p>"
            yield "<ul>"
            yield from [f"<li>{_cause(causes[key])}</li>" for key in group.causes] or [f"<li>{NO_CAUSE}</li>"]
            example = group.exemple
            why = f" — {escape(example.changement.pourquoi)}" if example.changement.pourquoi else ""
            shown = escape(line(example.changement))
            yield f"<li>exemple : <code>{escape(example.fichier)}</code> : {shown}{why}</li>"
            yield "</ul>\n</li>"
        yield "</ol>"


def _cause(cause: Cause) -> str:
    source = f", {escape(cause.source)}" if cause.source else ""
    return f"<code>{escape(cause.nom)}</code> ({escape(cause.etat)}){source} : {escape(cause.texte)}"


def _dossiers(found: Comparison) -> Iterator[str]:
    rows = [
        [
            escape(each.fichier),
            day(each.date),
            escape(line(change)),
            escape(change.pourquoi),
            ", ".join(f"<code>{escape(key.partition(':')[2])}</code>" for key in change.causes),
        ]
        for each in found.concluded
        for change in each.changements
        if change.nature != "motif"
    ]
    heads = ["dossier", "jour", "changement", "ce que dit le second état", "cause"]
    yield from _table("Ce qui change, dossier par dossier", heads, rows)


def _apart(found: Comparison) -> Iterator[str]:
    counts: Mapping[str, int] = Counter(each.raison for each in found.ecartes)
    rows = [[escape(reason), str(counts[reason])] for reason in sorted(counts)]
    yield from _table("Pourquoi ils ne sont pas comparés", ["raison", "dossiers"], rows, numbers=True)


def _table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = False
) -> Iterator[str]:
    """Yield a table whose first column names its rows; the cells are HTML."""
    yield f"<table>\n<caption>{caption}</caption>"
    named = "".join(f'<th scope="col">{head}</th>' for head in heads)
    yield f"<thead>\n<tr>{named}</tr>\n</thead>\n<tbody>"
    for first, *rest in rows:
        cell = '<td class="nombre">' if numbers else "<td>"
        yield f'<tr><th scope="row">{first}</th>{"".join(f"{cell}{text}</td>" for text in rest)}</tr>'
    yield "</tbody>\n</table>"
