"""Markdown as text: every function returns a piece that is safe to place in a page.

Only what Markdown says everywhere is used (headings, lists, tables, fences, links), so that a page reads the same in
a site, in a forge and in a text editor. Nothing here writes HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]|#])")
_OPENING = re.compile(r"^(\d+)([.)])(?=\s)|^([-+])(?=\s)")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    found = _SPECIAL.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))
    for sign, entity in ENTITIES.items():
        found = found.replace(sign, entity)
    return _OPENING.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", found)


def code(text: str) -> str:
    """Return a text as code within a line; it must hold no backquote."""
    return f"`{text}`"


def strong(text: str) -> str:
    """Return a piece in bold."""
    return f"**{text}**"


def link(text: str, target: str) -> str:
    """Return a link; `text` is already a piece."""
    return f"[{text}]({target})"


def image(alt: str, target: str) -> str:
    """Return a picture with its alternative text, itself a link to the picture at its full size."""
    return link(f"![{escape(alt)}]({target})", target)


def heading(level: int, text: str) -> str:
    """Return a heading; `text` is already a piece."""
    return f"{'#' * level} {text}"


def fence(language: str, text: str) -> str:
    """Return a block of code as written."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}{language}\n{text.rstrip()}\n{marks}"


def bullets(items: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(f"* {item}" for item in items)


def nested(items: Iterable[tuple[int, str]]) -> str:
    """Return a list of items with their depth, from 0."""
    return "\n".join(f"{'    ' * depth}* {item}" for depth, item in items)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are already pieces, an empty one shows a dash."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell or '—' for cell in line)} |" for line in lines)


def page(*blocks: str) -> str:
    """Return a page from its blocks, the empty ones left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"
