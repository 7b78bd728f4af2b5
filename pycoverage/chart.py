"""A timeline as text, and as a picture that reads in print and without colours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

from pycoverage.base import KnowledgeBase
from pycoverage.presentation import told
from pycoverage.speech import Speech, day, speech
from pycoverage.timeline import Span, Timeline

WIDTH, LEFT, ROW, BAR, TOP = 1000, 330, 30, 16, 60
"""Sizes of the picture, in points: the drawing, the names, a row, a bar, the head."""


def timeline_text(found: Timeline, base: KnowledgeBase) -> Iterator[str]:
    """Yield the lines of a timeline."""
    say = speech(base.reader)
    yield from told(_timeline(found, base, say), say)


def _timeline(found: Timeline, base: KnowledgeBase, say: Speech) -> Iterator[str]:
    yield found.titre or found.dossier
    yield say("frise", debut=say.day(found.du), fin=say.day(found.au))
    for name, rights in found.personnes.items():
        yield ""
        yield say.foreign(name[:1].upper() + name[1:])
        if not rights:
            yield f"  {say('aucun_droit')}"
        for right, spans in rights.items():
            yield f"  {base.rights[right].nom}"
            yield from (f"    {line}" for span in spans for line in _span(span, say))
    if found.echeances:
        yield ""
        yield say("echeances")
        yield from (f"  ◷ {say('echeance', jour=say.day(each.jour), texte=each.texte)}" for each in found.echeances)


def _span(span: Span, say: Speech) -> Iterator[str]:
    held = span.statut == "oui"
    source = f" ({span.source})" if span.source else ""
    reason = say("deux_points") + span.raison + source if span.raison else ""
    days = say("tenu" if held else "pas_tenu", debut=say.day(span.du), fin=say.day(span.au))
    yield f"{'✓' if held else '✗'} {days}{reason}"
    if span.changement:
        yield f"  · {say('change_veille' if held else 'change_ce_jour', texte=span.changement)}"


def timeline_picture(found: Timeline, base: KnowledgeBase) -> str:
    """Return a timeline as SVG: a bar where a right is held, nothing where it is not, a tick per deadline."""
    rows = [(name, right, spans) for name, rights in found.personnes.items() for right, spans in rights.items()]
    height = TOP + ROW * len(rows) + 40
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "role": "img",
            "aria-labelledby": "titre description",
            "font-family": "sans-serif",
            "font-size": "12",
        },
    )
    title = ElementTree.SubElement(root, "title", {"id": "titre"})
    title.text = found.titre or found.dossier
    description = ElementTree.SubElement(root, "desc", {"id": "description"})
    description.text = " ; ".join(timeline_text(found, base))
    ElementTree.SubElement(root, "rect", {"width": str(WIDTH), "height": str(height), "fill": "white"})
    _text(root, 10, 24, found.titre or found.dossier, {"font-size": "16", "font-weight": "bold"})
    scale = _Scale(found)
    _years(root, scale, found, TOP + ROW * len(rows))
    for number, (name, right, spans) in enumerate(rows):
        top = TOP + ROW * number
        _text(
            root,
            10,
            top + 13,
            f"{name[:1].upper()}{name[1:]}, {base.rights[right].sigle or base.rights[right].nom}",
            {},
        )
        for span in spans:
            if span.statut == "oui":
                _bar(root, scale, span, top)
        for each in found.echeances:
            if (each.personne, each.droit) == (name, right):
                mark = _text(root, scale.at(each.jour), top - 2, "▾", {"text-anchor": "middle"})
                ElementTree.SubElement(mark, "title").text = f"{day(each.jour)} : {each.texte}"
    _text(root, 10, height - 12, "barre : droit tenu ; ▾ : échéance", {"fill": "#333"})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


class _Scale:
    def __init__(self, found: Timeline) -> None:
        self.first = date.fromisoformat(found.du)
        self.days = (date.fromisoformat(found.au) - self.first).days + 1

    def at(self, when: str, *, after: bool = False) -> float:
        days = (date.fromisoformat(when) - self.first).days + after
        return round(LEFT + (WIDTH - LEFT - 20) * days / self.days, 1)


def _bar(root: ElementTree.Element, scale: _Scale, span: Span, top: int) -> None:
    left = scale.at(span.du)
    width = round(max(scale.at(span.au, after=True) - left, 1), 1)
    style = {"fill": "#4a6fa5", "stroke": "#1d2f4a"}
    bar = ElementTree.SubElement(
        root, "rect", {"x": str(left), "y": str(top), "width": str(width), "height": str(BAR), "rx": "2", **style}
    )
    ElementTree.SubElement(bar, "title").text = f"du {day(span.du)} au {day(span.au)} : {span.raison}"


def _years(root: ElementTree.Element, scale: _Scale, found: Timeline, bottom: int) -> None:
    """Draw a line at each first of January, and of each quarter over a short range."""
    months = (1,) if scale.days > 800 else (1, 4, 7, 10)
    for year in range(int(found.du[:4]), int(found.au[:4]) + 1):
        for month in months:
            when = f"{year}-{month:02}-01"
            if found.du <= when <= found.au:
                x = str(scale.at(when))
                ElementTree.SubElement(
                    root, "line", {"x1": x, "x2": x, "y1": str(TOP - 12), "y2": str(bottom), "stroke": "#bbb"}
                )
                label = str(year) if month == 1 else f"{month:02}/{year}"
                _text(root, float(x), TOP - 16, label, {"text-anchor": "middle", "fill": "#333"})


def _text(root: ElementTree.Element, x: float, y: float, text: str, style: dict[str, str]) -> ElementTree.Element:
    element = ElementTree.SubElement(root, "text", {"x": str(x), "y": str(y), **style})
    element.text = text
    return element
