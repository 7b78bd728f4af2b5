"""One case file: read from YAML, checked against the vocabulary, every error at once."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.document import Node, read
from pycoverage.expectation import read_expectation
from pycoverage.field import codes, scalar
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.scalar import cents, day
from pycoverage.value import INF, SUP, Fun, Value
from pycoverage.vocabulary import Attribute, Field

OWN_KEYS = ("dossier", "titre", "recit", "references", "date", "personnes", "attendu", "note")
MAX_PERSONS = 50
MAX_LINES = 200
MAX_LISTED = 60
FIRST_DAY, LAST_DAY = "1900-01-01", "2100-12-31"
UNKNOWN = "inconnu"
DESCRIBED = ("condition", "faits")
"""Types of fields that describe a line, and become no value of the rules."""

_NAME = re.compile(r"[^\W\d_][\w '.-]{0,59}")


class Unknown(msgspec.Struct, frozen=True, tag="inconnu"):
    """A value the dossier leaves open."""


class Line(msgspec.Struct, frozen=True):
    """One line of a list: its values by field, each known or unknown.

    `taken` are the facts that the line says an authority took, by person (empty: the household) and attribute.
    """

    values: dict[str, Value | Unknown]
    place: Place
    taken: dict[tuple[str, str], Stated] = {}


class Stated(msgspec.Struct, frozen=True):
    """What the dossier says of one attribute: a value, lines, or that it is unknown."""

    place: Place
    value: Value | Unknown | None = None
    lines: tuple[Line, ...] | None = None


class Dossier(msgspec.Struct, frozen=True):
    """A case file as written. Persons are under canonical ids (`p1`…) in file order."""

    name: str
    title: str
    story: str
    date: str
    persons: dict[str, str]
    stated: dict[tuple[str, str], Stated]
    expected: dict[str, dict[str, Node]]
    file: str


def read_dossier(path: Path, base: KnowledgeBase) -> Dossier:
    """Read and check a dossier. Raises InputError with every error found."""
    return check_dossier(read(path), base, file=str(path))


def check_dossier(root: Node, base: KnowledgeBase, *, file: str) -> Dossier:
    """Check a dossier already parsed as YAML. Raises InputError with every error found."""
    checker = _Checker(base, file)
    dossier = checker.dossier(root)
    if checker.findings or dossier is None:
        raise InputError(checker.findings)
    return dossier


class _Checker:
    def __init__(self, base: KnowledgeBase, file: str) -> None:
        self.base, self.file = base, file
        self.findings: list[Finding] = []
        self.persons: dict[str, str] = {}
        self.date = ""
        self.taken: list[dict[tuple[str, str], Stated]] = []

    def error(self, place: Place, code: str, message: str, help_: str = "") -> None:
        self.findings.append(Finding(place, code, message, help_))

    def dossier(self, root: Node) -> Dossier | None:
        if root.entries is None:
            help_ = "un dossier commence par « dossier: », « date: » et « personnes: »"
            self.error(root.place, "DO005", f"un dossier est un bloc de clés, pas {root.describe()}", help_)
            return None
        foyer = self.base.vocabulary.foyer
        for key, (place, _) in root.entries.items():
            if key not in OWN_KEYS and key not in foyer:
                self.error(place, "DO006", f"attribut inconnu « {key} »", self._where(key, [*OWN_KEYS, *foyer]))
        self._date(root.get("date"))
        people = root.get("personnes")
        if people is None or not people.entries:
            place = people.place if people else root.place
            self.error(place, "DO005", "aucune personne décrite", "ajoutez « personnes: » et au moins un nom")
            return None
        if len(people.entries) > MAX_PERSONS:
            self.error(people.place, "DO005", f"plus de {MAX_PERSONS} personnes", "découpez le dossier")
            return None
        for name, (place, _) in people.entries.items():
            if not _NAME.fullmatch(name):
                self.error(
                    place,
                    "DO005",
                    f"nom de personne incorrect « {name[:60]} »",
                    "lettres, chiffres, espaces et « ' - . », une lettre d'abord, 60 signes au plus",
                )
            self.persons[name] = f"p{len(self.persons) + 1}"
        stated: dict[tuple[str, str], Stated] = {}
        for name, attribute in foyer.items():
            node = root.get(name)
            if node is not None:
                self._take(stated, "", attribute, node)
        for name, (_, person) in people.entries.items():
            self._person(stated, self.persons[name], person)
        self._ranges(stated)
        for taken in self.taken:
            self._ranges({**stated, **taken}, only=taken)
        names = {identifier: name for name, identifier in self.persons.items()}

        def text(key: str) -> str:
            node = root.get(key)
            if node is not None and node.text is None:
                self.error(node.place, "DO007", f"« {key} » attend un texte, pas {node.describe()}")
            return (node.text or "") if node else ""

        name = text("dossier") or Path(self.file).stem
        expected = self._expected(root.get("attendu"))
        return Dossier(
            name, _one_line(text("titre")), _one_line(text("recit")), self.date, names, stated, expected, self.file
        )

    def _where(self, key: str, known: list[str]) -> str:
        if key in self.base.vocabulary.personne and key not in known:
            return "cet attribut se place sous le nom d'une personne"
        if key in self.base.vocabulary.foyer and key not in known:
            return "cet attribut se place à la racine du dossier"
        return suggestion(key, known) or "voir la liste : pycoverage schema"

    def _date(self, node: Node | None) -> None:
        if node is None:
            return
        found = day(node.text or "")
        if found is None:
            self._bad(node, "date")
        elif not FIRST_DAY <= found <= LAST_DAY:
            help_ = f"de {FIRST_DAY[:4]} à {LAST_DAY[:4]}"
            self.error(node.place, "DO009", f"date hors de portée « {found} »", help_)
        else:
            self.date = found

    def _person(self, stated: dict[tuple[str, str], Stated], person: str, node: Node) -> None:
        if node.entries is None:
            if node.text == "":
                return
            self.error(node.place, "DO007", f"une personne est un bloc de clés, pas {node.describe()}")
            return
        known = self.base.vocabulary.personne
        for key, (place, value) in node.entries.items():
            if key in known:
                self._take(stated, person, known[key], value)
            else:
                self.error(place, "DO006", f"attribut inconnu « {key} »", self._where(key, list(known)))

    def _take(self, stated: dict[tuple[str, str], Stated], owner: str, attribute: Attribute, node: Node) -> None:
        key = owner, attribute.name
        if node.text == UNKNOWN:
            stated[key] = Stated(node.place, Unknown())
        elif attribute.is_list:
            lines = self._lines(attribute, node)
            if lines is not None:
                stated[key] = Stated(node.place, None, lines)
        else:
            value = self._value(attribute.field("valeur"), node, attribute.name)
            if value is not None:
                stated[key] = Stated(node.place, value)

    def _lines(self, attribute: Attribute, node: Node) -> tuple[Line, ...] | None:
        if node.items is None:
            help_ = "écrivez [] s'il n'y en a pas, sinon une ligne « - » par élément"
            self.error(node.place, "DO007", f"« {attribute.name} » attend une liste, pas {node.describe()}", help_)
            return None
        if len(node.items) > MAX_LINES:
            self.error(node.place, "DO007", f"« {attribute.name} » a plus de {MAX_LINES} lignes", "regroupez-les")
            return None
        found: list[Line] = []
        for item in node.items:
            if attribute.element is not None:
                value = self._value(attribute.element, item, attribute.name)
                if value is not None:
                    found.append(Line({"valeur": value}, item.place))
            else:
                line = self._line(attribute, item)
                if line is not None:
                    found.append(line)
        return tuple(found)

    def _line(self, attribute: Attribute, node: Node) -> Line | None:
        if node.entries is None:
            fields = ", ".join(attribute.champs)
            help_ = f"écrivez {{{fields}}}"
            self.error(node.place, "DO007", f"une ligne de « {attribute.name} » est un bloc de clés", help_)
            return None
        values: dict[str, Value | Unknown] = {}
        for key, (place, _) in node.entries.items():
            if key not in attribute.champs:
                help_ = suggestion(key, attribute.champs) or f"champs connus : {', '.join(attribute.champs)}"
                self.error(place, "DO006", f"champ inconnu « {key} » dans « {attribute.name} »", help_)
        for name, field in attribute.champs.items():
            part = node.get(name)
            if field.type in DESCRIBED:
                continue
            if part is None:
                value = self._absent(attribute, name, field, node)
            elif part.text == UNKNOWN:
                value = Unknown()
            else:
                value = self._value(field, part, f"{attribute.name}.{name}")
            if value is not None:
                values[name] = value
        start, end = values.get("du"), values.get("au")
        if isinstance(start, str) and isinstance(end, str) and end < start:
            place = (node.get("au") or node).place
            self.error(place, "DO009", f"la fin « {end} » précède le début « {start} »", "échangez-les ou corrigez")
        taken = self._described(attribute, node, values)
        whole = all(name in values for name, field in attribute.champs.items() if field.absence != "facultatif")
        return Line(values, node.place, taken) if whole else None

    def _described(
        self, attribute: Attribute, node: Node, values: dict[str, Value | Unknown]
    ) -> dict[tuple[str, str], Stated]:
        """Read the condition that a line names, among those of its right, and return the facts it says were taken."""
        taken: dict[tuple[str, str], Stated] = {}
        for name, field in attribute.champs.items():
            part = node.get(name)
            right, person = values.get("droit"), values.get("personne")
            if part is None or field.type not in DESCRIBED or not isinstance(right, Fun) or not isinstance(person, Fun):
                continue
            if field.type == "condition":
                self._condition(part, right.name, values, name)
            elif part.entries is None:
                help_ = "écrivez {arrivee: AAAA-MM-JJ, …}"
                self.error(part.place, "DO007", f"« {name} » est un bloc de faits, pas {part.describe()}", help_)
            else:
                self._facts(taken, person.name, part)
        self.taken.append(taken)
        return taken

    def _condition(self, node: Node, right: str, values: dict[str, Value | Unknown], name: str) -> None:
        from pycoverage.ground import conditions

        known = conditions(self.base, right)
        if node.text in known:
            values[name] = Fun(node.text)
        elif node.text != UNKNOWN:
            help_ = suggestion(node.text or "", known) or f"voir la liste : pycoverage grounds {right}"
            self.error(node.place, "DO009", f"condition inconnue {node.describe()} pour le droit « {right} »", help_)

    def _facts(self, taken: dict[tuple[str, str], Stated], person: str, node: Node) -> None:
        """Read facts as under a person; those of the household, and of other persons by name, are known too."""
        vocabulary = self.base.vocabulary
        for key, (place, part) in (node.entries or {}).items():
            if part.text == UNKNOWN:
                self.error(
                    part.place, "DO009", f"« {key} » : un fait retenu est connu", "écrivez sa valeur, ou retirez-le"
                )
            elif key in vocabulary.personne:
                self._take(taken, person, vocabulary.personne[key], part)
            elif key in vocabulary.foyer:
                self._take(taken, "", vocabulary.foyer[key], part)
            elif key in self.persons:
                self._person(taken, self.persons[key], part)
            else:
                known = [*vocabulary.personne, *vocabulary.foyer]
                help_ = suggestion(key, known) or "voir la liste : pycoverage schema"
                self.error(place, "DO006", f"attribut inconnu « {key} »", help_)

    def _absent(self, attribute: Attribute, name: str, field: Field, node: Node) -> Value | Unknown | None:
        if field.absence == "ouvert":
            return INF if name == "du" else SUP
        if field.absence == "inconnu":
            return Unknown()
        if field.absence == "facultatif":
            return None
        if field.absence == "presume":
            return scalar(self.base, field, field.valeur_presumee)
        self.error(node.place, "DO008", f"il manque « {name} » dans cette ligne de « {attribute.name} »")
        return None

    def _value(self, field: Field, node: Node, name: str) -> Value | None:
        if node.text is None:
            self.error(node.place, "DO007", f"« {name} » attend une seule valeur, pas {node.describe()}")
            return None
        if not node.text:
            self.error(node.place, "DO007", f"« {name} » n'a pas de valeur", "écrivez-la, ou « inconnu »")
            return None
        if field.type == "personne":
            if node.text in self.persons:
                return Fun(self.persons[node.text])
            help_ = suggestion(node.text, self.persons) or "décrivez cette personne sous « personnes: »"
            self.error(node.place, "DO010", f"personne inconnue « {node.text} »", help_)
            return None
        value = scalar(self.base, field, node.text)
        if value is None:
            self._bad(node, field.type, field)
            return None
        if field.type == "date" and not FIRST_DAY <= str(value) <= LAST_DAY:
            help_ = f"de {FIRST_DAY[:4]} à {LAST_DAY[:4]} ; sans la clé « {name} », la date est ouverte ou inconnue"
            self.error(node.place, "DO009", f"date hors de portée « {node.text} »", help_)
            return None
        if field.type == "montant" and field.plage:
            low, high = (cents(bound) for bound in field.plage)
            assert isinstance(value, int)
            if low is not None and high is not None and not low <= value <= high:
                shown = f"de {field.plage[0]} à {field.plage[1]} euros"
                self.error(node.place, "DO009", f"montant hors de portée « {node.text} »", shown)
        return value

    def _bad(self, node: Node, kind: str, field: Field | None = None) -> None:
        shown = node.describe()
        if kind == "date":
            help_ = "écrivez AAAA-MM-JJ, un jour qui existe"
            self.error(node.place, "DO009", f"date incorrecte {shown}", help_)
        elif kind == "montant":
            self.error(
                node.place, "DO009", f"montant incorrect {shown}", "écrivez des euros : 640.00 (21 millions au plus)"
            )
        elif kind == "oui_non":
            self.error(node.place, "DO009", f"réponse incorrecte {shown}", "écrivez oui, non ou inconnu")
        elif kind == "nombre":
            self.error(node.place, "DO009", f"nombre incorrect {shown}", "écrivez un nombre entier")
        else:
            nomenclature = field.nomenclature if field else ""
            known = codes(self.base, field) if field else []
            help_ = suggestion((node.text or "").lower(), known, close=0.75) or _listed(known)
            self.error(node.place, "DO009", f"valeur inconnue {shown} ({nomenclature or kind})", help_)

    def _ranges(
        self, stated: dict[tuple[str, str], Stated], *, only: Collection[tuple[str, str]] | None = None
    ) -> None:
        """Check each simple value against its range, whose bounds may be the date or another attribute."""
        for (owner, name), entry in stated.items():
            if only is not None and (owner, name) not in only:
                continue
            section = self.base.vocabulary.personne if owner else self.base.vocabulary.foyer
            attribute = section[name]
            if len(attribute.plage) != 2 or not isinstance(entry.value, str | int):
                continue
            low, high = (self._bound(stated, owner, bound, attribute) for bound in attribute.plage)
            if low is not None and entry.value < low[0]:  # type: ignore[operator]
                self.error(
                    entry.place, "DO009", f"« {name} » ({entry.value}) précède {low[1]}", "corrigez l'une des deux"
                )
            if high is not None and entry.value > high[0]:  # type: ignore[operator]
                self.error(
                    entry.place, "DO009", f"« {name} » ({entry.value}) dépasse {high[1]}", "corrigez l'une des deux"
                )

    def _bound(
        self, stated: dict[tuple[str, str], Stated], owner: str, bound: str, attribute: Attribute
    ) -> tuple[Value, str] | None:
        if bound == "jour":
            return (self.date, f"la date du dossier ({self.date})") if self.date else None
        if bound in self.base.vocabulary.personne:
            other = stated.get((owner, bound))
            if other is None or not isinstance(other.value, str):
                return None
            return other.value, f"« {bound} » ({other.value})"
        value = scalar(self.base, Field(attribute.type), bound)
        return (value, f"la borne {bound}") if value is not None else None

    def _expected(self, node: Node | None) -> dict[str, dict[str, Node]]:
        found: dict[str, dict[str, Node]] = {}
        if node is None:
            return found
        if node.entries is None:
            self.error(node.place, "DO007", "« attendu » est un bloc de clés par personne")
            return found
        for name, (place, rights) in node.entries.items():
            if name not in self.persons:
                self.error(place, "DO010", f"personne inconnue « {name} »", suggestion(name, self.persons))
                continue
            found[name] = {}
            if rights.entries is None:
                help_ = "écrivez {droit: statut, …}"
                self.error(rights.place, "DO007", f"« attendu » de « {name} » est un bloc de clés", help_)
                continue
            for right, (where, status) in rights.entries.items():
                if right not in self.base.rights:
                    self.error(where, "DO006", f"droit inconnu « {right} »", suggestion(right, self.base.rights))
                elif flaw := read_expectation(status, self.base):
                    self.findings.append(flaw)
                else:
                    found[name][right] = status
        return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _listed(known: list[str]) -> str:
    """Return the values known, or examples when they are many."""
    if len(known) <= MAX_LISTED:
        return f"valeurs connues : {', '.join(known)}"
    return f"écrivez un code comme {', '.join(known[:3])}…"
