"""The forms in which a comparison is written."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.comparisons.comment import comparison_markdown
from pycoverage.comparisons.comparison import Comparison
from pycoverage.comparisons.junit import comparison_junit
from pycoverage.comparisons.page import comparison_page
from pycoverage.comparisons.report import comparison_text


def written(found: Comparison, base: KnowledgeBase, form: str, files: Sequence[str]) -> str:
    """Return a comparison as text, json, markdown, html or junit; `files` are the dossiers asked for."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    if form == "html":
        return comparison_page(found, base)
    if form == "junit":
        return comparison_junit(found, files)
    lines = comparison_markdown(found, base) if form == "markdown" else comparison_text(found, base)
    return "\n".join(lines) + "\n"
