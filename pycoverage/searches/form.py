"""The forms in which a survey of all situations is written: text, JSON, Markdown, HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.comment import comparison_markdown, folded
from pycoverage.comparisons.page import comparison_page
from pycoverage.manual.markdown import escape as marked
from pycoverage.searches.account import deciding_text, extent_text, label, proof_text, survey_text
from pycoverage.searches.latitude import Latitude
from pycoverage.searches.survey import Survey

FORMS = ("text", "json", "markdown", "html")

WHOLE, EXAMPLES, LIMITS = "Toutes les situations", "Exemples", "Le domaine et ses limites"
DECIDING = "Ce que chaque fait décisif peut être, les autres restant ainsi"


def survey_written(found: Survey, base: KnowledgeBase, form: str) -> str:
    """Return a survey in one of the `FORMS`."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    if form == "html":
        return comparison_page(found.comparaison, base, list(_sections(found, base)))
    return "\n".join(_markdown(found, base) if form == "markdown" else survey_text(found, base)) + "\n"


def _markdown(found: Survey, base: KnowledgeBase) -> Iterator[str]:
    latitude = Latitude(base, found.domaine.date)
    yield f"## {WHOLE}"
    yield ""
    yield from (f"{marked(each)}\n" for each in found.avertissements)
    for each in found.differences:
        yield f"- {marked(label(each, base))}{''.join(f' `{name}`' for name in each.dossiers[:2])}"
    yield ""
    yield from (f"{marked(line)}  " for line in proof_text(found, base))
    yield ""
    yield from folded(LIMITS, (f"- {marked(line)}" for line in _limits(found)))
    for example in found.personas:
        lines = ["```yaml", *example.texte.rstrip("\n").split("\n"), "```"]
        told = [f"- {marked(line)}" for line in map(latitude, example.etendues) if line]
        decisive = [f"\n{marked(deciding_text(example))}"] if example.decisifs else []
        yield ""
        yield from folded(
            f"{example.dossier}.yaml", [*lines, *decisive, *([f"\n{DECIDING} :\n", *told] if told else [])]
        )
    yield ""
    yield from comparison_markdown(found.comparaison, base)


def _sections(found: Survey, base: KnowledgeBase) -> Iterator[tuple[str, str, list[str]]]:
    latitude = Latitude(base, found.domaine.date)
    shown = (f"{label(each, base)} ({', '.join(each.dossiers[:2])})" for each in found.differences)
    lines = [f"<p>{escape(line)}</p>" for line in found.avertissements]
    lines += [*_items(shown), *(f"<p>{escape(line)}</p>" for line in proof_text(found, base))]
    yield "situations", WHOLE, [*lines, f"<details><summary>{LIMITS}</summary>", *_items(_limits(found)), "</details>"]
    examples = []
    for each in found.personas:
        told = [line for line in map(latitude, each.etendues) if line]
        examples += [f"<h3>{escape(each.dossier)}.yaml</h3>", f"<pre>{escape(each.texte)}</pre>"]
        examples += [f"<p>{escape(deciding_text(each))}</p>"] if each.decisifs else []
        examples += [f"<p>{DECIDING} :</p>", *_items(told)] if told else []
    yield "exemples", EXAMPLES, examples


def _limits(found: Survey) -> list[str]:
    return [line.strip() for line in extent_text(found.domaine)]


def _items(lines: Iterable[str]) -> Iterator[str]:
    items = [f"<li>{escape(line)}</li>" for line in lines]
    if items:
        yield from ["<ul>", *items, "</ul>"]
