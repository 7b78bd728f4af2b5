"""The deadlines that the rules tell along a range of days, each once, with the window that it closes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

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
from pycoverage.world import World


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
    """A row of a rubric: the day on which it is first told, that on which it is not told any more, its words."""

    def __init__(self, first: str) -> None:
        self.first, self.ended, self.text, self.source = first, "", "", ""


class Deadlines:
    """Gathers the deadlines told on days given in order; each day stands for those until the next."""

    def __init__(self, law: Law, dossier: Dossier) -> None:
        self.base, self.dossier = law.base, dossier
        self.writer = Writer(law, dossier.persons)
        self.rubrics = {name: rubric for name, rubric in law.base.rubrics.items() if rubric.dated}
        self._told: dict[tuple[str, Row], _Told] = {}

    def tell(self, world: World, context: Context) -> None:
        """Take in what is told on a day."""
        now = {(name, row) for name, r in self.rubrics.items() for row in world.rows(name, r.arity, context)}
        for key in sorted(now - self._told.keys(), key=str):
            self._told[key] = _Told(context.jour)
        for key, told in self._told.items():
            told.ended = "" if key in now else told.ended or context.jour

    def _within(self, start: str, end: str) -> Iterator[tuple[str, Row, _Told]]:
        for (name, row), told in self._told.items():
            if start <= self._day(name, row) <= end:
                yield name, row, told

    def _day(self, name: str, row: Row) -> str:
        rubric = self.rubrics[name]
        return str(row[2 + list(rubric.champs).index(rubric.dated)])

    def first_days(self, start: str, end: str) -> list[str]:
        """Return the days on which a deadline of a range is first told, sorted."""
        return sorted({told.first for _, _, told in self._within(start, end)})

    def prove(self, prover: Prover, days: Collection[str]) -> None:
        """Put in words what is first told on some days."""
        for (name, row), told in self._told.items():
            if told.first in days:
                node = prover.nodes[prover.explain(Atom(name, row), Context(told.first))]
                assert isinstance(node, Applied)
                told.text, told.source = self.writer.node(node), self.writer.legal_source(node.rule, node.jour)

    def found(self, start: str, end: str) -> list[Deadline]:
        """Return the deadlines of a range, sorted; what is told of several rights is one."""
        rights: dict[Deadline, list[str]] = {}
        for name, row, told in self._within(start, end):
            rubric = self.rubrics[name]
            person, right, *rest = row
            when = self._day(name, row)
            one = Deadline(
                jour=when,
                personne=self.dossier.persons[str(person)],
                texte=told.text,
                nature=next((str(value) for value in rest if isinstance(value, Fun)), name),
                nom=self._named(rubric, dict(zip(rubric.champs, rest, strict=True))),
                droits=(),
                source=told.source,
                levee=told.ended if told.ended and told.ended < when else "",
            )
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
