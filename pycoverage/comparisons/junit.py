"""A comparison as JUnit XML: one test per dossier, which fails when its answers or its reasons change."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from pycoverage.comparisons.comparison import Compared, Comparison
from pycoverage.comparisons.report import line, missing, title


def comparison_junit(found: Comparison, compared: Sequence[str]) -> str:
    """Return the XML. `compared` are the files asked for, in order."""
    changed = {each.fichier: each for each in found.changements}
    apart = {each.fichier: each.raison for each in found.ecartes}
    told = {file: _lines(each) for file, each in changed.items()}
    told |= {file: [heading] for heading, files in missing(found) for file in files}
    counts = {"tests": str(len(compared)), "failures": str(len(told)), "skipped": str(len(apart))}
    root = ElementTree.Element("testsuites", {"name": "pycoverage compare", **counts})
    suite = ElementTree.SubElement(root, "testsuite", {"name": _plain(title(found)), **counts, "errors": "0"})
    for file in compared:
        folder, _, name = file.rpartition("/")
        case = ElementTree.SubElement(suite, "testcase", {"classname": _plain(folder or "."), "name": _plain(name)})
        if file in apart:
            ElementTree.SubElement(case, "skipped", {"message": _plain(apart[file])})
        elif file in told:
            lines = told[file]
            failure = ElementTree.SubElement(case, "failure", {"message": _plain(lines[0]), "type": "changement"})
            failure.text = _plain("\n".join(lines))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _lines(each: Compared) -> list[str]:
    """Return the changes of a dossier, those of its answers first."""
    ordered = sorted(each.changements, key=lambda change: change.nature == "motif")
    return [
        f"{line(change)}{' (motif seul)' if change.nature == 'motif' else ''}"
        + (f" [{', '.join(change.causes)}]" if change.causes else "")
        for change in ordered
    ]


def _plain(text: str) -> str:
    """Return a text without the control characters that XML refuses."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t")
