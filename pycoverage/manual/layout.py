"""A rule file as its author laid it out: titles, remarks, and each rule as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pycoverage.finding import Place

NOT_MODELLED = "Non modélisé"
INTERFACE = ("Prend", "Donne")
"""Labels of the remarks that list predicates, for who writes rules."""

_LABEL = re.compile(rf"({'|'.join((NOT_MODELLED, *INTERFACE))}) : (.*)")
_END = re.compile(r"(?<!\bart)(?<!\bal)(?<!\b[A-Z])\.$")
_OPENING = re.compile(r"[A-ZÀÂÇÉÈÊÎÔŒ«]")
_STATEMENT = re.compile(r'(?:%[^\n]*|"(?:\\.|[^"\\\n])*"|[^"%.]|\.(?!\s|$))*\.', re.S)


class Remark(msgspec.Struct, frozen=True):
    """A comment, its lines joined; `label` is what it opens with (`Non modélisé`…), or empty."""

    line: int
    label: str
    text: str


class Section(msgspec.Struct, frozen=True):
    """What stands under one `%%` title; the first section of a file opens the file."""

    line: int
    title: str
    remarks: tuple[Remark, ...]


class Layout(msgspec.Struct, frozen=True):
    """A rule file: its sections in order, and its text."""

    file: str
    sections: tuple[Section, ...]
    text: str

    @property
    def title(self) -> str:
        """The title of the file: that of its first section."""
        return self.sections[0].title

    def section(self, line: int) -> int:
        """Return the number of the section a line stands in."""
        return max((n for n, section in enumerate(self.sections) if section.line <= line), default=0)

    def remarks(self, label: str = "") -> Iterator[Remark]:
        """Yield the remarks of the file that open with a label."""
        return (remark for section in self.sections for remark in section.remarks if remark.label == label)

    def statement(self, place: Place) -> str:
        """Return the text of the rule that starts at a place, its final point included."""
        start = sum(len(part) + 1 for part in self.text.split("\n")[: place.line - 1]) + place.column - 1
        found = _STATEMENT.match(self.text, start)
        return found.group() if found else ""

    def above(self, place: Place) -> str:
        """Return the comment that touches a rule from above, as written, or an empty text."""
        lines = self.text.split("\n")[: place.line - 1]
        found: list[str] = []
        while lines and lines[-1].startswith("%") and not lines[-1].startswith("%%"):
            found.insert(0, lines.pop())
        return "".join(f"{line}\n" for line in found)


def read_layout(root: Path, file: str) -> Layout:
    """Read a rule file of a base already loaded."""
    text = (root / file).read_bytes().decode("utf-8").replace("\r\n", "\n")
    titles = [
        (number, line.lstrip("% ").strip())
        for number, line in enumerate(text.split("\n"), 1)
        if line.startswith("%%") and not line.startswith("%%%")
    ]
    starts = [1, *(line for line, _ in titles[1:])]
    remarks = list(read_remarks(text, "%"))
    sections = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text) + 1
        own = tuple(remark for remark in remarks if start <= remark.line < end)
        sections.append(Section(start, titles[number][1] if titles else "", own))
    return Layout(file, tuple(sections), text)


def read_remarks(text: str, sign: str) -> Iterator[Remark]:
    """Yield the comments of a text, titles left out; `sign` opens a comment (`%` or `#`).

    A remark ends with its block, before a label, or where a line ends a sentence and the next one opens another.
    """
    current: Remark | None = None
    for number, line in enumerate(text.split("\n"), 1):
        part = " ".join(line.strip().removeprefix(sign).split())
        if not line.strip().startswith(sign) or line.strip().startswith(sign * 2) or not part:
            if current is not None:
                yield current
            current = None
            continue
        label = _LABEL.match(part)
        if current is not None and not label and not (_END.search(current.text) and _OPENING.match(part)):
            current = msgspec.structs.replace(current, text=f"{current.text} {part}")
            continue
        if current is not None:
            yield current
        current = Remark(number, label[1], label[2]) if label else Remark(number, "", part)
    if current is not None:
        yield current
