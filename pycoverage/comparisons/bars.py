"""The picture of rights won and lost: two bars for each right, told apart by their pattern and their words."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from pycoverage.comparisons.comparison import Nature
from pycoverage.speech import count

WIDTH, LEFT, ROW, BAR = 760, 230, 46, 15
"""The drawing, where the bars begin, a right and a bar, in points."""

INK = "#1d2f4a"
SHOWN: tuple[tuple[Nature, str, str], ...] = (
    ("gagne", "gagné", INK),
    ("perd", "perdu", "url(#raies)"),
)


def bars(rights: Mapping[str, Mapping[Nature, int]]) -> str:
    """Return the SVG of how many persons win and lose each right, by name, or an empty text if nobody does."""
    rows = {name: [own.get(nature, 0) for nature, _, _ in SHOWN] for name, own in rights.items()}
    rows = {name: numbers for name, numbers in rows.items() if any(numbers)}
    if not rows:
        return ""
    most = max(max(numbers) for numbers in rows.values())
    height = ROW * len(rows) + 10
    told = " ; ".join(
        f"{name} : {count(numbers[0], 'gagné')}, {count(numbers[1], 'perdu')}" for name, numbers in rows.items()
    )
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "role": "img",
            "aria-labelledby": "image-titre image-texte",
            "font-family": "DejaVu Sans, Arial, sans-serif",
            "font-size": "13",
        },
    )
    ElementTree.SubElement(root, "title", {"id": "image-titre"}).text = "Droits gagnés et perdus"
    ElementTree.SubElement(root, "desc", {"id": "image-texte"}).text = told
    _pattern(root)
    for number, (name, numbers) in enumerate(rows.items()):
        top = ROW * number + 8
        _text(root, LEFT - 10, top + BAR + 4, name, {"text-anchor": "end"})
        for index, (value, (_, words, fill)) in enumerate(zip(numbers, SHOWN, strict=True)):
            width = round((WIDTH - LEFT - 130) * value / most, 1)
            y = top + index * (BAR + 2)
            sizes = {"x": str(LEFT), "y": str(y), "width": str(width), "height": str(BAR)}
            if value:
                ElementTree.SubElement(root, "rect", {**sizes, "fill": fill, "stroke": INK})
            _text(root, LEFT + width + 8, y + BAR - 3, count(value, words), {})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


def _pattern(root: ElementTree.Element) -> None:
    size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    pattern = ElementTree.SubElement(ElementTree.SubElement(root, "defs"), "pattern", {"id": "raies", **size})
    ElementTree.SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": "white"})
    line = {"x1": "0", "y1": "0", "x2": "0", "y2": "6", "stroke": INK, "stroke-width": "2.4"}
    ElementTree.SubElement(pattern, "line", line)


def _text(root: ElementTree.Element, x: float, y: float, text: str, more: Mapping[str, str]) -> None:
    ElementTree.SubElement(root, "text", {"x": str(x), "y": str(y), **more}).text = text
