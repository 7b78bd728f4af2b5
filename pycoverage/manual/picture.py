"""The picture of what rests on what, drawn by graphviz, and the same as a list."""

from __future__ import annotations

import posixpath
import textwrap
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from pycoverage.manual.atlas import Atlas
from pycoverage.manual.network import Node, Use, Way

WIDTH = 24
"""Letters on a line of a node."""

EDGES: dict[Way, dict[str, str]] = {
    "si": {"style": "solid"},
    "sauf": {"style": "dashed", "label": "sauf si", "arrowhead": "tee"},
    "autre_jour": {"style": "dotted", "label": "autre date", "arrowhead": "vee"},
}
"""How each way of using a notion is drawn: a line and a word, never a colour."""


def draw(atlas: Atlas, uses: Sequence[Use], *, here: str, path: str, title: str, suffix: str) -> str:
    """Return the SVG picture of some uses; the nodes link to their pages, named with `suffix`.

    `here` is the page that shows the picture, `path` where the picture will stand among the pages. Needs `pygraphviz`.
    """
    import pygraphviz

    graph = pygraphviz.AGraph(directed=True, strict=False, name="dependances")
    graph.graph_attr.update(rankdir="LR", nodesep="0.18", ranksep="0.35", bgcolor="white")
    graph.node_attr.update(shape="box", fontname="Arial", fontsize="11", margin="0.12,0.06")
    graph.edge_attr.update(fontname="Arial", fontsize="10", arrowsize="0.7")
    nodes = dict.fromkeys(node for use in uses for node in (use.head, use.target))
    for node in nodes:
        graph.add_node(_name(node), **_drawn(atlas, node, here, path, suffix))
    for use in uses:
        graph.add_edge(_name(use.head), _name(use.target), **EDGES[use.way])
    text: str = graph.draw(format="svg", prog="dot").decode("utf-8")
    start, inside = text.index("<svg"), text.index(">", text.index("<svg"))
    return f'{text[start:inside]} role="img">\n<title>{escape(title)}</title>{text[inside + 1 :]}'


def outline(roots: Sequence[Node], uses: Sequence[Use]) -> Iterator[tuple[int, Node, Way, bool]]:
    """Yield the same as a list: depth, node, way of its use, and whether it was already opened above."""
    below: dict[Node, list[Use]] = {}
    for use in uses:
        below.setdefault(use.head, []).append(use)
    seen: set[Node] = set()

    def visit(node: Node, way: Way, depth: int) -> Iterator[tuple[int, Node, Way, bool]]:
        again = node in seen and node in below
        yield depth, node, way, again
        seen.add(node)
        for use in below.get(node, ()) if not again else ():
            yield from visit(use.target, use.way, depth + 1)

    for root in roots:
        if root in below and root not in seen:
            yield from visit(root, "si", 0)


def _name(node: Node) -> str:
    return f"{node.kind}_{node.key}"


def _drawn(atlas: Atlas, node: Node, here: str, path: str, suffix: str) -> dict[str, str]:
    page, anchor = atlas.of_node(node)
    target = posixpath.relpath(page, posixpath.dirname(path)).removesuffix("md") + suffix
    shown = atlas.label(node)
    attributes = {
        "label": "\n".join(textwrap.wrap(shown, WIDTH, break_long_words=False)),
        "URL": f"{target}#{anchor}" if anchor else target,
        "tooltip": shown,
    }
    if node.kind == "droit":
        return attributes | {"peripheries": "2"}
    return attributes | {"style": "rounded" if page == here else "rounded,dashed"}
