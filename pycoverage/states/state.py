"""States of the law, as a person names them, and two of them side by side on the same persons."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.cache import load_law
from pycoverage.checkout import default_root
from pycoverage.finding import Finding, InputError, Place
from pycoverage.inference import infer
from pycoverage.law import Law
from pycoverage.lifting import lift
from pycoverage.reform import Reform, day_of, named, not_yet, read_reform
from pycoverage.scalar import day as valid_day
from pycoverage.situation import Context
from pycoverage.speech import day
from pycoverage.states.merging import AFTER, BEFORE, merge
from pycoverage.states.revision import unpacked

FORMS = "base, droit:AAAA-MM-JJ, reforme:NOM[+NOM][@AAAA-MM-JJ], rev:RÉVISION, ou un dossier (rules/ et facts/)"


class State(msgspec.Struct, frozen=True):
    """One state of the law: how it was named, what it is called, and the base it is read from.

    `plafond` is the day whose law is kept for later days, `date` the day from which the state differs from the base,
    `etat` its code in a base that holds two states, `readings` the questions read there by default otherwise than in
    that base.
    """

    spec: str
    label: str
    law: Law
    plafond: str = ""
    date: str = ""
    etat: str = ""
    reforms: tuple[Reform, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()

    def context(self, jour: str, readings: tuple[tuple[str, str], ...] = ()) -> Context:
        """Return the context of a day in this state: its own default readings, but for those chosen."""
        own = {**dict(self.readings), **dict(readings)}
        return Context(jour, self.plafond, tuple(sorted(own.items())), self.etat)


class Pair(msgspec.Struct, frozen=True):
    """Two states of the law under one roof: `law` answers for both, in the contexts that each gives."""

    law: Law
    before: State
    after: State

    @property
    def date(self) -> str:
        """The later day from which one of the states differs from the base, or an empty text if there is none.

        The law of a day and that of all days share none: on that day they are the same.
        """
        one, other = self.before, self.after
        alone = (one.plafond and not other.date) or (other.plafond and not one.date)
        return "" if alone else max(one.date, other.date)

    def warnings(self, jour: str) -> tuple[str, ...]:
        """Return what to say of the reforms that are not yet in force on a day."""
        return tuple(dict.fromkeys(not_yet([*self.before.reforms, *self.after.reforms], jour)))


def read_state(spec: str, root: Path | None = None) -> State:
    """Read a state of the law (see `FORMS`), the base being that of a folder. Raises InputError."""
    root = (root or default_root()).resolve()
    kind, _, rest = spec.partition(":")
    if spec == "base":
        return State(spec, "la base", load_law(root))
    if kind == "droit" and rest:
        if valid_day(rest) is None:
            message = f"date incorrecte « {rest} »"
            raise InputError([Finding(Place(spec), "DO030", message, "écrivez droit:AAAA-MM-JJ, un jour qui existe")])
        law = load_law(root)
        if rest < law.base.start():
            help_ = f"la base commence le {law.base.start()}"
            raise InputError([Finding(Place(spec), "DO030", f"le droit du {day(rest)} n'y est pas", help_)])
        return State(spec, f"le droit du {day(rest)}", law, plafond=rest, date=rest)
    if kind == "reforme" and rest:
        wanted, at, when = rest.partition("@")
        if at and not when:
            message = f"il manque le jour après « @ » dans « {rest} »"
            raise InputError([Finding(Place(spec), "DO030", message, "écrivez reforme:NOM@AAAA-MM-JJ, ou reforme:NOM")])
        names = wanted.split("+")
        if not all(names) or len(set(names)) < len(names):
            twice, none = f"« {wanted} » nomme une réforme deux fois", f"il manque un nom de réforme dans « {rest} »"
            message = twice if all(names) else none
            raise InputError([Finding(Place(spec), "DO030", message, "écrivez reforme:NOM, ou reforme:NOM+AUTRE")])
        reforms = tuple(read_reform(root, name, when) for name in names)
        return State(spec, named(reforms), load_law(root, reforms), date=day_of(reforms), reforms=reforms)
    if kind == "rev" and rest:
        with unpacked(root, rest) as folder:
            return State(spec, f"la révision {rest}", load_law(folder, cache=False))
    if spec.strip() and Path(spec).is_dir():
        return State(spec, f"le dossier {spec}", load_law(Path(spec)))
    raise InputError([Finding(Place(spec or "état"), "DO030", f"état du droit inconnu « {spec} »", f"écrivez {FORMS}")])


def side_by_side(before: State, after: State) -> Pair:
    """Return two states as one law. Raises InputError if they do not describe persons alike."""
    one, other = before.law.base, after.law.base
    if one.digest == other.digest:
        return Pair(after.law, before, after)
    base = merge(one, other)
    law = Law(base, lift(base), infer(base))
    return Pair(
        law,
        msgspec.structs.replace(before, etat=BEFORE, readings=_defaults(one, base)),
        msgspec.structs.replace(after, etat=AFTER, readings=_defaults(other, base)),
    )


def _defaults(own: KnowledgeBase, base: KnowledgeBase) -> tuple[tuple[str, str], ...]:
    """Return the questions whose default reading in a base is not that of another."""
    own_defaults = {name: question.defaut for name, question in own.questions.items()}
    return tuple((name, kept) for name, kept in own_defaults.items() if kept != base.questions[name].defaut)
