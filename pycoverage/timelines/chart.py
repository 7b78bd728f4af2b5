"""A timeline as a picture: it reads in print and without colours, and says in words what its marks stand for."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from xml.etree import ElementTree

from pycoverage.base import KnowledgeBase
from pycoverage.speech import day
from pycoverage.timelines.chronicle import deadline_text, readings_text, timeline_text
from pycoverage.timelines.deadline import Deadline
from pycoverage.timelines.timeline import Span, Timeline

WIDTH, LEFT, RIGHT = 1000, 210, 980
"""The drawing, and where the days begin and end, in points."""

TOP, ROW, BAR, LINE = 74, 44, 16, 15
"""The head, a right, a bar, and a line of text."""

NEAR = 15
"""Marks closer than this share one label."""

LETTERS = 150
"""Characters in a line of the lists."""

INK, PALE = "#1d2f4a", "#8a8f98"
HATCHED = "hachures"


class Chart:
    """Draws one timeline, from top to bottom."""

    def __init__(self, found: Timeline, base: KnowledgeBase) -> None:
        self.found, self.base, self.y = found, base, TOP
        self.first = date.fromisoformat(found.du)
        self.days = (date.fromisoformat(found.au) - self.first).days + 1
        self.root = ElementTree.Element("svg")
        spans = [s for rights in found.personnes.values() for each in rights.values() for s in each]
        starts = sorted({span.du for span in spans if span.du > found.du})
        self.numbers = {when: str(number) for number, when in enumerate(starts, 1)}
        self.letters = dict(zip(found.echeances, _letters(), strict=False))

    def draw(self) -> str:
        """Return the picture as SVG."""
        title = self.found.titre or self.found.dossier
        ElementTree.SubElement(self.root, "title", {"id": "titre"}).text = title
        described = ElementTree.SubElement(self.root, "desc", {"id": "description"})
        described.text = " ; ".join(line.strip() for line in timeline_text(self.found, self.base) if line.strip())
        self._pattern()
        paper = self._shape("rect", {"width": WIDTH, "fill": "white"})
        self._text(10, 24, title, {"font-size": "16", "font-weight": "bold"})
        self._text(10, 42, f"du {day(self.found.du)} au {day(self.found.au)}", {})
        grid = ElementTree.SubElement(self.root, "g")
        for name, rights in self.found.personnes.items():
            self._text(10, self.y + 4, name[:1].upper() + name[1:], {"font-weight": "bold", "font-size": "13"})
            self.y += 16
            for right, spans in rights.items():
                self._right(name, right, spans)
            if not rights:
                self._text(LEFT, self.y - 12, "aucun droit sur la période", {})
            self.y += 10
        self._grid(grid, self.y)
        self._legend()
        self._lists()
        paper.set("height", str(self.y))
        sizes = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {self.y}"}
        words = {"role": "img", "aria-labelledby": "titre description", "lang": "fr"}
        self.root.attrib.update(
            {**sizes, **words, "font-family": "DejaVu Sans, Arial, Helvetica, sans-serif", "font-size": "12"}
        )
        ElementTree.indent(self.root)
        return ElementTree.tostring(self.root, encoding="unicode") + "\n"

    def _pattern(self) -> None:
        definitions = ElementTree.SubElement(self.root, "defs")
        size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
        pattern = ElementTree.SubElement(definitions, "pattern", {"id": HATCHED, **size})
        ElementTree.SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": "white"})
        stroke = {"stroke": INK, "stroke-width": "2.4"}
        ElementTree.SubElement(pattern, "line", {"x1": "0", "y1": "0", "x2": "0", "y2": "6", **stroke})

    def at(self, when: str, *, after: bool = False) -> float:
        """Return where a day begins, or ends."""
        days = (date.fromisoformat(when) - self.first).days + after
        return round(LEFT + (RIGHT - LEFT) * days / self.days, 1)

    def _right(self, name: str, right: str, spans: list[Span]) -> None:
        top = self.y + 10
        known = self.base.rights[right]
        label = known.sigle or known.nom
        for number, line in enumerate(textwrap.wrap(label, 30)[:2]):
            self._text(20, top + 12 + 13 * number, line, {})
        middle = top + BAR / 2
        self._line(LEFT, middle, RIGHT, middle, {"stroke": PALE, "stroke-dasharray": "1 4"})
        for span in spans:
            if span.statut != "non":
                self._bar(span, top)
        marks = [(self.at(span.du), self.numbers[span.du]) for span in spans if span.du in self.numbers]
        for x, text in _gathered(marks):
            self._text(x, top - 2, text, {"text-anchor": "middle", "font-size": "9", "font-weight": "bold"})
        own = [each for each in self.found.echeances if each.personne == name and each.droits[0] == right]
        for each in own:
            self._mark(each, top + BAR)
        for x, text in _gathered([(self.at(each.jour), self.letters[each]) for each in own]):
            self._text(x, top + BAR + 16, text, {"text-anchor": "middle", "font-size": "9", "font-style": "italic"})
        self.y += ROW

    def _bar(self, span: Span, top: int) -> None:
        left, right = self.at(span.du), self.at(span.au, after=True)
        fill = INK if span.statut == "oui" else f"url(#{HATCHED})"
        low = BAR // 2 if span.par_defaut == "non" else 0
        sizes = {"x": left, "y": top + low, "width": round(max(right - left, 1.5), 1), "height": BAR - low}
        bar = self._shape("rect", {**sizes, "fill": fill, "stroke": INK, "class": span.statut})
        told = f"{span.statut} du {day(span.du)} au {day(span.au)}"
        known = list(span.bases())
        reasons = [f"du {day(first)} au {day(last)}, {each.raison}" for first, last, each in known]
        reason = span.raison if len(known) == 1 else " ; ".join(reasons)
        ElementTree.SubElement(bar, "title").text = f"{told} : {reason}" if reason else told

    def _mark(self, deadline: Deadline, top: float) -> None:
        """Draw a deadline: a triangle below the bar, full if it is to come, and the window it closes."""
        x = self.at(deadline.jour)
        if deadline.depuis and not deadline.levee:
            left = self.at(deadline.depuis)
            self._line(left, top + 5, x, top + 5, {"stroke": INK, "stroke-width": "1.5"})
            self._line(left, top + 1, left, top + 8, {"stroke": INK, "stroke-width": "1.5"})
        coming = deadline.jour >= self.found.jour and not deadline.levee
        points = f"{x},{top + 1} {x - 4},{top + 8} {x + 4},{top + 8}"
        shape = self._shape("polygon", {"points": points, "fill": INK if coming else "white", "stroke": INK})
        ElementTree.SubElement(shape, "title").text = deadline_text(deadline)

    def _grid(self, grid: ElementTree.Element, bottom: int) -> None:
        """Draw the first of each year, or of each quarter over a short range, and the day of the dossier."""
        found = self.found
        step = 12 if self.days > 800 else 3 if self.days > 130 else 1
        for year, month in itertools.product(range(int(found.du[:4]), int(found.au[:4]) + 1), range(1, 13, step)):
            when = f"{year}-{month:02}-01"
            if found.du <= when <= found.au:
                x = self.at(when)
                self._line(x, TOP - 8, x, bottom - 8, {"stroke": "#c9ccd1"}, grid)
                label = str(year) if month == 1 or step == 12 else f"{month:02}/{year}"
                self._text(x, TOP - 12, label, {"text-anchor": "middle", "font-size": "11"}, grid)
        if found.du <= found.jour <= found.au:
            x = self.at(found.jour)
            self._line(x, TOP - 8, x, bottom - 8, {"stroke": INK, "stroke-dasharray": "5 3"}, grid)
            text = f"dossier au {day(found.jour)}"
            self._text(x, TOP - 26, text, {"text-anchor": "middle", "font-size": "11", "font-style": "italic"}, grid)

    def _legend(self) -> None:
        self.y += 6
        hatched = f"url(#{HATCHED})"
        x = 20
        for fill, low, text in (
            (INK, 0, "tenu"),
            (hatched, 0, "tenu ; une autre lecture dit non"),
            (hatched, BAR // 2, "non tenu ; une autre lecture dit oui"),
        ):
            sizes = {"x": x, "y": self.y - 12 + low, "width": 26, "height": BAR - low}
            self._shape("rect", {**sizes, "fill": fill, "stroke": INK})
            self._text(x + 32, self.y, text, {"font-size": "11"})
            x += 62 + 6 * len(text)
        self.y += 20
        self._line(20, self.y - 4, 46, self.y - 4, {"stroke": PALE, "stroke-dasharray": "1 4"})
        self._text(52, self.y, "non tenu", {"font-size": "11"})
        self._shape("polygon", {"points": f"140,{self.y - 9} 136,{self.y - 1} 144,{self.y - 1}", "fill": INK})
        words = "échéance (blanche : passée, ou sans objet) ; numéros et lettres : voir les listes"
        self._text(150, self.y, words, {"font-size": "11"})
        self.y += 28

    def _lists(self) -> None:
        causes: dict[tuple[str, str], str] = {}
        for rights in self.found.personnes.values():
            for span in itertools.chain.from_iterable(rights.values()):
                for cause in span.causes:
                    causes.setdefault((span.du, cause.texte), f" ({cause.source})" if cause.source else "")
        changes = [(self.numbers[when], f"{day(when)}, {text}{source}") for (when, text), source in causes.items()]
        self._list("Ce qui change", sorted(changes, key=lambda entry: int(entry[0])))
        self._list("Échéances", [(letter, deadline_text(each)) for each, letter in self.letters.items()])
        for line in readings_text(self.found, self.base):
            self._lines(20, textwrap.wrap(line.strip(), LETTERS))
        self.y += 6

    def _list(self, title: str, entries: Iterable[tuple[str, str]]) -> None:
        entries = list(entries)
        if not entries:
            return
        self._text(10, self.y, title, {"font-weight": "bold"})
        self.y += LINE + 2
        before = ""
        for mark, text in entries:
            self._text(36, self.y, mark if mark != before else "", {"text-anchor": "end", "font-weight": "bold"})
            self._lines(44, textwrap.wrap(text, LETTERS))
            before = mark
        self.y += 10

    def _lines(self, x: float, lines: Iterable[str]) -> None:
        for line in lines:
            self._text(x, self.y, line, {"font-size": "11"})
            self.y += LINE

    def _shape(self, tag: str, values: dict[str, object]) -> ElementTree.Element:
        return ElementTree.SubElement(self.root, tag, {name: str(value) for name, value in values.items()})

    def _line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        style: dict[str, str],
        parent: ElementTree.Element | None = None,
    ) -> None:
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        where = self.root if parent is None else parent
        ElementTree.SubElement(where, "line", {**{name: str(value) for name, value in ends.items()}, **style})

    def _text(
        self, x: float, y: float, text: str, style: dict[str, str], parent: ElementTree.Element | None = None
    ) -> None:
        where = self.root if parent is None else parent
        ElementTree.SubElement(where, "text", {"x": str(x), "y": str(y), "fill": "#111", **style}).text = text


def timeline_picture(found: Timeline, base: KnowledgeBase) -> str:
    """Return a timeline as SVG.

    A full bar is a right that is held, a hatched one a right that another reading contests. Numbers are the
    changes and letters the deadlines, both told in the lists below.
    """
    return Chart(found, base).draw()


def _letters() -> Iterator[str]:
    for size in itertools.count(1):
        yield from map("".join, itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=size))


def _gathered(marks: Iterable[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """Yield the labels of marks from left to right; marks that nearly touch share one."""
    groups: list[list[tuple[float, str]]] = []
    for mark in sorted(marks):
        if groups and mark[0] - groups[-1][-1][0] < NEAR:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    for group in groups:
        names = list(dict.fromkeys(text for _, text in group))
        yield round((group[0][0] + group[-1][0]) / 2, 1), ", ".join(names)
