"""The deadlines that the rules tell along a range of days, each once, with the window that it closes."""

from __future__ import annotations

import msgspec

from pycoverage.dossier import Dossier
from pycoverage.law import Law
from pycoverage.proof import Applied
from pycoverage.prover import Prover
from pycoverage.rubric import Rubric
from pycoverage.sentence import Writer
from pycoverage.situation import Context
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Value


class Deadline(msgspec.Struct, frozen=True, order=True):
    """A day told by the rules for rights of a person.

    `nature` is its code and `nom` says it in words. `depuis` is the first day of the window that this day
    closes, where an opening is told. `levee` is the day on which the rules stopped telling it, if that came
    before the day itself: a decision was taken, a right was lost.
    """

    jour: str
    personne: str
    texte: str
    nature: str
    nom: str
    droits: tuple[str, ...]
    source: str = ""
    depuis: str = ""
    levee: str = ""


Row = tuple[Value, ...]


class _Told:
    """A row of a rubric as it is told: its first and last days known, and the day it is not told any more."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source, self.ended = text, source, ""


class Deadlines:
    """Gathers the deadlines told on days given in order; each day stands for those until the next."""

    def __init__(self, law: Law, dossier: Dossier) -> None:
        self.base, self.dossier = law.base, dossier
        self.writer = Writer(law, dossier.persons)
        self.rubrics = {name: rubric for name, rubric in law.base.rubrics.items() if rubric.dated}
        self._told: dict[tuple[str, Row], _Told] = {}

    def tell(self, prover: Prover, context: Context) -> None:
        """Take in what is told on a day."""
        now = {
            (name, row)
            for name, rubric in self.rubrics.items()
            for row in prover.world.rows(name, rubric.arity, context)
        }
        for key in sorted(now, key=str):
            if key not in self._told:
                name, row = key
                node = prover.nodes[prover.explain(Atom(name, row), context)]
                assert isinstance(node, Applied)
                self._told[key] = _Told(self.writer.node(node), self.writer.legal_source(node.rule))
            self._told[key].ended = ""
        for key, told in self._told.items():
            if key not in now and not told.ended:
                told.ended = context.jour

    def found(self, start: str, end: str) -> list[Deadline]:
        """Return the deadlines of a range, sorted; what is told of several rights is one."""
        rights: dict[Deadline, list[str]] = {}
        for (name, row), told in self._told.items():
            rubric = self.rubrics[name]
            person, right, *rest = row
            values = dict(zip(rubric.champs, rest, strict=True))
            when = str(values[rubric.dated])
            if start <= when <= end:
                nature = next((str(value) for value in rest if isinstance(value, Fun)), name)
                lifted = told.ended if told.ended and told.ended < when else ""
                one = Deadline(
                    when, self.dossier.persons[str(person)], told.text, nature, self._named(rubric, values), (),
                    told.source, "", lifted,
                )  # fmt: skip
                rights.setdefault(one, []).append(str(right))
        order = list(self.base.rights)
        whole = [
            msgspec.structs.replace(one, droits=tuple(sorted(found, key=order.index))) for one, found in rights.items()
        ]
        return sorted(msgspec.structs.replace(each, depuis=self._opening(each, whole)) for each in whole)

    def _named(self, rubric: Rubric, values: dict[str, Value]) -> str:
        for name, field in rubric.champs.items():
            value = values[name]
            if field.type == "code" and isinstance(value, Fun):
                return self.writer.code(value, f"code:{field.nomenclature}")
        return rubric.nom

    def _opening(self, deadline: Deadline, whole: list[Deadline]) -> str:
        """Return the day that opens the window a deadline closes, or an empty text."""
        opening = next(
            (r.fenetres[deadline.nature] for r in self.rubrics.values() if deadline.nature in r.fenetres), ""
        )
        days = (
            each.jour
            for each in whole
            if each.nature == opening and each.personne == deadline.personne and each.jour <= deadline.jour
            if set(each.droits) & set(deadline.droits)
        )
        return max(days, default="")
