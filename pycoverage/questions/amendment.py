"""The text of a dossier with a fact more or a key less, every other sign left as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import yaml

Item: TypeAlias = str | dict[str, str]
"""One line of a list: a value, or values by field."""

Plain: TypeAlias = str | Sequence[Item]
"""A value as a dossier writes it: a text, or the lines of a list."""

_BARE = re.compile(r"[^\W_][\w.-]*")


def amended(text: str, path: tuple[str | int, ...], value: Plain) -> str:
    """Return the text of a dossier with a value at a path of keys and positions, the last one a key.

    What stands there is replaced; else it is added as the last key of its block. All above the last key must be
    in the text. A person without any fact is begun.
    """
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    node: yaml.Node = yaml.compose(body, Loader=yaml.BaseLoader)  # type: ignore[assignment]
    column, braces = 0, False
    for step in path[:-1]:
        braces = bool(getattr(node, "flow_style", False))
        node, column = _below(node, step)
    key = str(path[-1])
    if isinstance(node, yaml.MappingNode) and any(each.value == key for each, _ in node.value):
        old, _ = _below(node, key)
        found = _replaced(body, old, flow(value))
    elif isinstance(node, yaml.MappingNode) and node.flow_style:
        found = _within(body, node, f"{key}: {flow(value)}")
    elif isinstance(node, yaml.ScalarNode) and (braces or node.style):
        found = _replaced(body, node, f" {{{key}: {flow(value)}}}")
    else:
        if isinstance(node, yaml.MappingNode):
            column = node.value[0][0].start_mark.column
        else:
            column += 2
        found = _after(body, node, block(key, value, column))
    return mark + found


def without(text: str, path: tuple[str, ...]) -> str:
    """Return the text of a dossier without the key at a path of keys, nor any block of that path it leaves empty.

    The key must be in the text, and not be all of it.
    """
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    nodes: list[yaml.Node] = [yaml.compose(body, Loader=yaml.BaseLoader)]  # type: ignore[list-item]
    for step in path[:-1]:
        nodes.append(_below(nodes[-1], step)[0])
    depth = max(number for number, node in enumerate(nodes) if number == 0 or len(node.value) > 1)
    entries = nodes[depth].value
    at = next(number for number, (key, _) in enumerate(entries) if key.value == path[depth])
    key, value = entries[at]
    if not getattr(nodes[depth], "flow_style", False):
        start, end = body.rfind("\n", 0, key.start_mark.index) + 1, _end(body, value)
    elif at + 1 < len(entries):
        start, end = key.start_mark.index, entries[at + 1][0].start_mark.index
    else:
        start, end = entries[at - 1][1].end_mark.index if at else key.start_mark.index, value.end_mark.index
    return mark + body[:start] + body[end:]


def _below(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int]:
    """Return what stands under a key or at a position, and the column of the key."""
    if isinstance(step, int):
        below = node.value[step]
        return below, below.start_mark.column
    return next((value, key.start_mark.column) for key, value in node.value if key.value == step)


def _replaced(text: str, node: yaml.Node, shown: str) -> str:
    return text[: node.start_mark.index] + shown + text[node.end_mark.index :]


def _within(text: str, node: yaml.MappingNode, entry: str) -> str:
    """Add an entry to a mapping between braces."""
    if node.value:
        end = node.value[-1][1].end_mark.index
        return f"{text[:end]}, {entry}{text[end:]}"
    end = node.start_mark.index + 1
    return f"{text[:end]}{entry}{text[end:]}"


def _after(text: str, node: yaml.Node, lines: list[str]) -> str:
    """Add lines after the last line of a block."""
    newline = "\r\n" if "\r\n" in text else "\n"
    at = _end(text, node)
    before = text[:at] + ("" if text[:at].endswith("\n") else newline)
    return before + "".join(line + newline for line in lines) + text[at:]


def _end(text: str, node: yaml.Node) -> int:
    """Return where the line after the last line of a node begins."""
    while isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    at = node.end_mark.index
    if getattr(node, "style", None) in ("|", ">"):
        return text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def block(key: str, value: Plain, column: int) -> list[str]:
    """Return the lines that state a value under a key, from a column on."""
    margin = " " * column
    if not isinstance(value, str) and value and isinstance(value[0], dict):
        return [f"{margin}{key}:", *(f"{margin}  - {_item(item)}" for item in value)]
    return [f"{margin}{key}: {flow(value)}"]


def flow(value: Plain) -> str:
    """Return a value on one line."""
    if isinstance(value, str):
        return _item(value)
    return f"[{', '.join(_item(item) for item in value)}]"


def _item(item: Item) -> str:
    if isinstance(item, dict):
        return "{" + ", ".join(f"{key}: {_item(value)}" for key, value in item.items()) + "}"
    if _BARE.fullmatch(item):
        return item
    return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'
