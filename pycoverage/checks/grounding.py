"""What the solver itself has to say about each rule, tried on one made-up instance of its conditions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study, atoms
from pycoverage.finding import Finding
from pycoverage.functions import FUNCTIONS
from pycoverage.syntax import Atom, Literal, Rule
from pycoverage.value import Bound, Fun, Term, Var, write

if TYPE_CHECKING:
    from collections.abc import Callable

    import clingo

CODES = (
    Doc(
        "PC108",
        "remarque du solveur",
        "clingo signale une opération sans valeur ou une variable d'agrégat qui n'est pas la sienne, et passe "
        "outre : la règle ne s'appliquerait pas comme elle se lit.",
        "part(Personne, Nombre / 0) :- nombre(Personne, Nombre).",
        "part(Personne, Nombre / 2) :- nombre(Personne, Nombre).",
    ),
)

_SAMPLES: dict[str, Term] = {
    "personne": Fun("p1"),
    "date": "2020-06-15",
    "montant": 100,
    "nombre": 7,
    "cle": 1,
    "coefficient": Fun("rapport", (1, 1)),
    "texte": "texte",
}
_FRENCH = {
    "operation undefined": "opération sans valeur",
    "global variable": "variable de la règle dans un agrégat",
    "unsafe variables": "variable que rien ne donne",
    "atom does not occur": "condition que rien ne donne",
}


def check(study: Study, known: Collection[Finding]) -> Iterator[Finding]:
    """Find what clingo remarks on a rule where nothing else was found, one finding per rule."""
    lines: dict[str, set[int]] = {}
    for finding in known:
        if finding.severity == "erreur":
            lines.setdefault(finding.place.file, set()).add(finding.place.line)
    ends = _ends(study)
    for index, rule in enumerate(study.base.rules):
        covered = range(rule.place.line, ends.get((rule.place.file, rule.place.line), rule.place.line) + 1)
        if rule.body and not lines.get(rule.place.file, set()).intersection(covered):
            remark = _remark(study, index, rule)
            if remark:
                yield Finding(rule.place, "PC108", f"{remark} dans « {rule.head} »", "récrivez cette condition")


def _ends(study: Study) -> dict[tuple[str, int], int]:
    """Return the line before the next rule, for each rule by file and line."""
    found: dict[tuple[str, int], int] = {}
    for name, source in study.sources.items():
        starts = sorted({rule.place.line for rule in source.rules})
        for start, following in pairwise([*starts, source.text.count("\n") + 2]):
            found[name, start] = following - 1
    return found


def _remark(study: Study, index: int, rule: Rule) -> str:
    import clingo

    messages: list[str] = []
    control = clingo.Control(logger=lambda _code, text: messages.append(text))
    read = [literal for literal, _ in atoms(rule)]
    lines = [f"#defined {literal.atom.name}/{len(literal.atom.args)}." for literal in read]
    for literal in read:
        if not literal.negated and literal.atom.name != rule.head.name:
            arguments = tuple(_sample(study, index, literal, i) for i in range(len(literal.atom.args)))
            lines.append(f"{Atom(literal.atom.name, arguments)}.")
    plain = str(rule)
    for literal in read:
        if literal.day is not None:
            plain = plain.replace(f"a_la_date({write(literal.day)}, {literal.atom})", str(literal.atom))
    try:
        control.add("base", [], "\n".join([*lines, plain]))
        control.ground([("base", [])], context=_Context())
    except RuntimeError:
        pass
    return _french(messages[0]) if messages else ""


def _french(message: str) -> str:
    text = " ".join(message.split())
    detail = re.sub(r"^.*?(?:info|warning|error): ", "", text)
    what = next((french for english, french in _FRENCH.items() if english in detail), "remarque de clingo")
    shown = re.sub(r"<block>:[\d:-]+:? ?(?:note: |info: )?", "", detail.split(":", 1)[-1]).strip()
    return f"{what} « {shown} »"


def _sample(study: Study, index: int, literal: Literal, position: int) -> Term:
    term = literal.atom.args[position]
    if isinstance(term, int | str | Bound) or (isinstance(term, Fun) and not term.args):
        return term
    kind = study.kinds.position(literal.atom.name, position)
    if isinstance(term, Var):
        kind = study.kinds.variable(index, term.name) or kind
    if kind and kind.startswith("code:"):
        name = kind.removeprefix("code:")
        item = study.base.nomenclatures.get(name)
        return Fun(next(iter(item.elements), "x")) if item else Fun("oui")
    return _SAMPLES.get(kind or "", Fun("x"))


class _Context:
    """Stands for the named functions: each gives one value of the right kind."""

    def __getattr__(self, name: str) -> Callable[..., clingo.Symbol]:
        import clingo

        if name not in FUNCTIONS:
            raise AttributeError(name)
        sample = _SAMPLES[FUNCTIONS[name][2]]
        return lambda *_: clingo.parse_term(write(sample))
