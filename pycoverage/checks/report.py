"""Findings for machines: JSON, and the lines from which editors and CI annotate files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

import msgspec

from pycoverage.finding import Finding

LEVELS = {"erreur": "error", "avertissement": "warning"}


def to_json(findings: Iterable[Finding]) -> str:
    """Return findings as a JSON list of objects, in the given order."""
    rows = [
        {
            "code": finding.code,
            "severity": finding.severity,
            "file": finding.place.file,
            "line": finding.place.line,
            "column": finding.place.column,
            "message": finding.message,
            "help": finding.help,
        }
        for finding in findings
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()


def to_annotations(findings: Iterable[Finding], *, folder: str = "") -> str:
    """Return findings as GitHub workflow commands, one a line; `folder` leads from the checkout to the base."""
    lines = []
    for finding in findings:
        file = str(PurePosixPath(folder) / finding.place.file) if folder else finding.place.file
        where = f"file={_property(file)},line={max(finding.place.line, 1)},col={max(finding.place.column, 1)}"
        text = f"{finding.message} — {finding.help}" if finding.help else finding.message
        level = LEVELS.get(finding.severity, "notice")
        lines.append(f"::{level} {where},title={_property(finding.code)}::{_data(text)}")
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
