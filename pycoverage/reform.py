"""Reforms: folders of proposed, voted or hypothetical law laid over the base (`rules/reformes/<name>/`).

A folder holds `reforme.yaml`, rule files, and under `facts/` what it adds to the catalogues. Its rules add, or
replace by `remplace`; its manifest repeals rules and multiplies parameters. Nothing of the base is rewritten: a
rule that is replaced or repealed ends on the day of the reform.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Literal as Choice

import msgspec

from pycoverage.catalogue import Amount, Interval, Parameter
from pycoverage.checkout import other_base
from pycoverage.document import Node, read
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.reader import Reader
from pycoverage.scalar import day, ratio
from pycoverage.speech import day as said
from pycoverage.value import rank

if TYPE_CHECKING:
    from pycoverage.base import KnowledgeBase, LegalRule

MANIFEST = "reforme.yaml"
FOLDER = Path("rules") / "reformes"

Status = Choice["proposee", "votee", "abandonnee", "hypothetique"]

STATUSES = {
    "proposee": "proposée",
    "votee": "votée, pas en vigueur",
    "abandonnee": "abandonnée",
    "hypothetique": "hypothétique",
}


class Reform(msgspec.Struct, frozen=True):
    """A reform as its manifest tells it.

    `date` is the day on which it would enter into force, `depuis` that of its manifest. `abroge` names the rules
    it repeals, `multiplie` the parameters whose values it multiplies, `non_modelise` what of its text no rule says.
    `places` are those of the names that the manifest gives, by key: `abroge.ame_conditions`.
    """

    titre: str
    auteur: str
    statut: Status
    date: str
    sources: tuple[str, ...]
    note: str = ""
    abroge: tuple[str, ...] = ()
    multiplie: dict[str, str] = {}
    non_modelise: tuple[str, ...] = ()
    name: str = ""
    depuis: str = ""
    folder: str = ""
    place: Place = Place()
    places: dict[str, Place] = {}

    def files(self) -> list[Path]:
        """Return the files of rules and facts, in a fixed order."""
        folder = Path(self.folder)
        return sorted(folder.rglob("*.lp")) + sorted((folder / "facts").rglob("*.yaml"))

    @property
    def manifest(self) -> Path:
        return Path(self.folder) / MANIFEST

    def place_of(self, path: Path) -> str:
        """Return the name under which findings cite a file."""
        return (Path(self.place.file).parent / path.relative_to(self.folder)).as_posix()

    def place_named(self, key: str, name: str) -> Place:
        """Return the place where the manifest gives a name under a key."""
        return self.places.get(f"{key}.{name}", self.place)

    def within(self, path: Path) -> str:
        """Return the name under which a base would hold a file."""
        return path.relative_to(self.folder).as_posix()

    def on_its_day(self, interval: Interval) -> Interval:
        """Return an interval that its files tell, on the day chosen for it: what starts or ends with it moves."""
        start = self.date if interval.start == self.depuis else interval.start
        return Interval(start, self.date if interval.end == self.depuis else interval.end)

    def holds(self, place: Place) -> bool:
        """Tell whether a place is in one of its files."""
        return place.file.startswith(f"{Path(self.place.file).parent.as_posix()}/")


NEEDED = tuple(field.name for field in msgspec.structs.fields(Reform) if field.required)
"""The keys that every manifest has."""


def names(root: Path) -> list[str]:
    """Return the names of the reforms that a base holds."""
    return sorted(path.parent.name for path in (root / FOLDER).glob(f"*/{MANIFEST}"))


def read_reform(root: Path, wanted: str, date: str = "") -> Reform:
    """Read a reform of a base by its name, on its own date or on another.

    Raises InputError if there is none, or if its manifest is wrong.
    """
    folder = root / FOLDER / wanted
    manifest = folder / MANIFEST
    if Path(wanted).name != wanted or not manifest.is_file():
        known = names(root)
        help_ = suggestion(wanted, known) or (f"réformes : {', '.join(known)}" if known else f"il y faut un {MANIFEST}")
        help_ = " ; ".join(filter(None, (help_, other_base(root))))
        raise InputError([Finding(Place(wanted), "PC401", f"réforme inconnue « {wanted} »", help_)])
    place = Place((FOLDER / wanted / MANIFEST).as_posix(), 1, 1)
    reader = Reader()
    node = read(manifest, name=place.file, empty=f"il y faut {', '.join(NEEDED[:-1])} et {NEEDED[-1]}")
    own = {"name": folder.name, "folder": os.fspath(folder), "place": place, "depuis": ""}
    own["places"] = dict(_places(node))
    found = reader.decode(node, Reform, "réforme", **own)
    if found is not None and day(found.date) is None:
        where = node.get("date") or node
        reader.error(where.place, f"date incorrecte « {found.date} »", "écrivez AAAA-MM-JJ", "PC401")
    if found is not None and not found.sources:
        where = node.get("sources") or node
        reader.error(where.place, "« sources » est vide", "nommez au moins un texte, ou ce qui en tient lieu", "PC401")
    factors = node.get("multiplie") or node
    for name, factor in found.multiplie.items() if found else ():
        if ratio(factor) is None or not Fraction(factor):
            where = factors.get(name) or factors
            problem = f"facteur incorrect « {factor} »" if factor else "il manque le facteur"
            help_ = "écrivez 11/10 ou 1.1 (sans virgule), plus que zéro"
            reader.error(where.place, f"« {name} » : {problem}", help_, "PC401")
    if date and day(date) is None:
        reader.error(Place(wanted), f"date incorrecte « {date} »", "écrivez AAAA-MM-JJ", "PC401")
    if found is None or reader.findings:
        raise InputError(reader.findings)
    return msgspec.structs.replace(found, date=date or found.date, depuis=found.date)


def _places(manifest: Node) -> Iterator[tuple[str, Place]]:
    """Yield the places of the rules that a manifest repeals, and of the parameters that it multiplies."""
    repealed, multiplied = manifest.get("abroge"), manifest.get("multiplie")
    for node in (repealed.items if repealed else None) or ():
        yield f"abroge.{node.text}", node.place
    for name, (place, _) in ((multiplied.entries if multiplied else None) or {}).items():
        yield f"multiplie.{name}", place


def enact(
    base: KnowledgeBase, reforms: Sequence[Reform], reader: Reader, valued: Mapping[str, str] | None = None
) -> KnowledgeBase:
    """Return a base read with the files of some reforms as the law they make, one after the other.

    `valued` gives, for each parameter whose values are those of a reform, the name of that reform.
    """
    valued = valued or {}
    closed: dict[str, str] = {}
    multiplied: dict[str, str] = {}
    for reform in reforms:
        legal = {name: _moved(reform, each) for name, each in base.legal.items()}
        own = [each for each in legal.values() if reform.holds(each.place)]
        ends = [(each.replaces, each.interval.start, each.place) for each in own if each.replaces]
        replaced = {name for name, _, _ in ends}
        ends += [(name, reform.date, reform.place_named("abroge", name)) for name in reform.abroge]
        for name, end, place in ends:
            problem = _problem(name, end, legal, closed, reform, replaced)
            if problem:
                reader.error(place, problem[0], problem[1], "PC402")
            elif not reform.holds(legal[name].place):
                closed[name] = reform.name
                old = legal[name]
                legal[name] = msgspec.structs.replace(old, interval=Interval(old.interval.start, end))
        parameters = dict(base.parameters)
        for name, factor in reform.multiplie.items():
            place = reform.place_named("multiplie", name)
            if name not in parameters:
                amounts = [each for each, parameter in parameters.items() if parameter.type == "montant"]
                help_ = suggestion(name, amounts) or "nommez un montant de facts/parametres/"
                reader.error(place, f"« {reform.name} » multiplie un montant inconnu « {name} »", help_, "PC402")
            elif parameters[name].type != "montant":
                message = f"« {reform.name} » multiplie « {name} », qui est de type {parameters[name].type}"
                help_ = "seul un montant se multiplie : donnez sa nouvelle valeur sous facts/parametres/ de la réforme"
                reader.error(place, message, help_, "PC402")
            elif valued.get(name) == reform.name:
                message = f"« {reform.name} » multiplie « {name} », dont elle donne aussi la valeur"
                help_ = f"retirez « {name} » de multiplie, et écrivez la valeur voulue sous facts/parametres/"
                reader.error(place, message, help_, "PC402")
            elif name in valued:
                message = f"« {reform.name} » multiplie « {name} », dont « {valued[name]} » donne la valeur"
                help_ = "écrivez dans une seule réforme, sous facts/parametres/, la valeur voulue"
                reader.error(place, message, help_, "PC402")
            elif name in multiplied:
                message = f"« {name} » est déjà multiplié par « {multiplied[name]} »"
                reader.error(place, message, "réunissez ces réformes en une", "PC402")
            else:
                multiplied[name] = reform.name
                parameters[name] = _multiplied(parameters[name], Fraction(factor), reform)
        base = msgspec.structs.replace(base, legal=legal, parameters=parameters)
    return base


def _moved(reform: Reform, legal: LegalRule) -> LegalRule:
    """Return a rule of the reform on the day chosen for it; the others as they are."""
    if not reform.holds(legal.place):
        return legal
    return msgspec.structs.replace(legal, interval=reform.on_its_day(legal.interval))


def _problem(
    name: str, end: str, legal: dict[str, LegalRule], closed: dict[str, str], reform: Reform, replaced: set[str]
) -> tuple[str, str] | None:
    """Return what is wrong with ending a rule on a day, and what to do, or None."""
    if name not in legal:
        help_ = " ; ".join(filter(None, (suggestion(name, legal), "nommez une règle de rules/")))
        return f"« {reform.name} » remplace ou abroge une règle inconnue « {name} »", help_
    if closed.get(name) == reform.name:
        if name not in replaced:
            return f"« {reform.name} » abroge deux fois « {name} »", f"gardez « {name} » une fois dans abroge"
        if name in reform.abroge:
            message = (
                f"« {reform.name} » abroge « {name} », qu'elle remplace déjà : une règle remplacée finit ce jour-là"
            )
            return message, f"retirez « {name} » de abroge"
        return f"« {reform.name} » remplace deux fois « {name} »", "gardez un seul remplace"
    if name in closed:
        return f"« {name} » est déjà remplacée ou abrogée par « {closed[name]} »", "réunissez ces réformes en une"
    interval = legal[name].interval
    if reform.holds(legal[name].place) and interval.end == end:
        return None
    if not interval.start < end or rank(end) > rank(interval.end):
        return f"« {name} » n'est pas en vigueur la veille du {end}", "choisissez un autre jour, ou une autre règle"
    return None


def _multiplied(parameter: Parameter, factor: Fraction, reform: Reform) -> Parameter:
    """Return a parameter whose values are multiplied from the day of the reform on, rounded to the nearest cent."""
    found: list[Amount] = []
    for amount in parameter.amounts:
        before, after = amount.interval.split(reform.date)
        if before is not None:
            found.append(msgspec.structs.replace(amount, interval=before))
        if after is not None:
            assert isinstance(amount.value, int)
            value = int(amount.value * factor + Fraction(1, 2))
            source = f"{reform.titre} : {amount.source}"
            found.append(msgspec.structs.replace(amount, interval=after, value=value, source=source))
    return msgspec.structs.replace(parameter, amounts=tuple(found))


def day_of(reforms: Iterable[Reform]) -> str:
    """Return the day from which all of some reforms are in force, or an empty text without any."""
    return max((each.date for each in reforms), default="")


def named(reforms: Iterable[Reform]) -> str:
    """Return some reforms by their titles, each with its status."""
    return " ; ".join(f"{each.titre} ({STATUSES[each.statut]})" for each in reforms)


def not_yet(reforms: Iterable[Reform], jour: str) -> Iterator[str]:
    """Yield what to say of the reforms that enter into force only after a day."""
    for each in reforms:
        if jour < each.date:
            yield (
                f"Attention : le {said(jour)}, « {each.titre} » n'est pas encore en vigueur : "
                f"cette réforme ne change rien avant le {said(each.date)}."
            )


def files(reforms: Sequence[Reform]) -> Iterator[tuple[str, Reform, Path]]:
    """Yield the files of some reforms: the name findings cite, the reform, and the path."""
    for reform in reforms:
        for path in reform.files():
            yield reform.place_of(path), reform, path
