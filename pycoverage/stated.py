"""What a dossier says under its attributes: values, lines and unknowns, checked against the vocabulary."""

from __future__ import annotations

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.document import Node
from pycoverage.field import codes, scalar
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.scalar import FIRST_DAY, LAST_DAY, cents
from pycoverage.value import INF, SUP, Fun, Value
from pycoverage.vocabulary import Attribute, Field

MAX_LINES = 200
MAX_LISTED = 60
UNKNOWN = "inconnu"
DESCRIBED = ("condition", "faits")
"""Types of fields that describe a line, and become no value of the rules."""


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


class Statements:
    """Reads what is said of the household and of `persons` (canonical ids by name).

    `findings` are the errors, in the order met; `taken` what each line says that an authority took.
    """

    def __init__(self, base: KnowledgeBase, persons: dict[str, str]) -> None:
        self.base, self.persons = base, persons
        self.findings: list[Finding] = []
        self.taken: list[dict[tuple[str, str], Stated]] = []

    def error(self, place: Place, code: str, message: str, help_: str = "") -> None:
        """Note an error."""
        self.findings.append(Finding(place, code, message, help_))

    def where(self, key: str, known: list[str]) -> str:
        """Return where an attribute that is not one of those known here may be written instead."""
        if key in self.base.vocabulary.personne and key not in known:
            return "cet attribut se place sous le nom d'une personne"
        if key in self.base.vocabulary.foyer and key not in known:
            return "cet attribut se place à la racine du dossier"
        return suggestion(key, known) or "voir la liste : pycoverage schema"

    def person(self, stated: dict[tuple[str, str], Stated], person: str, node: Node) -> None:
        """Read what stands under the name of a person into `stated`."""
        if node.entries is None:
            if node.text == "":
                return
            self.error(node.place, "DO007", f"une personne est un bloc de clés, pas {node.describe()}")
            return
        known = self.base.vocabulary.personne
        for key, (place, value) in node.entries.items():
            if key in known:
                self.take(stated, person, known[key], value)
            else:
                self.error(place, "DO006", f"attribut inconnu « {key} »", self.where(key, list(known)))

    def take(self, stated: dict[tuple[str, str], Stated], owner: str, attribute: Attribute, node: Node) -> None:
        """Read one attribute of a person, or of the household (empty), into `stated`."""
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
                self.take(taken, person, vocabulary.personne[key], part)
            elif key in vocabulary.foyer:
                self.take(taken, "", vocabulary.foyer[key], part)
            elif key in self.persons:
                self.person(taken, self.persons[key], part)
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
        help_ = f"écrivez « {name}: {self._example(field)} »"
        self.error(node.place, "DO008", f"il manque « {name} » dans cette ligne de « {attribute.name} »", help_)
        return None

    def _example(self, field: Field) -> str:
        """Return what a value of a field looks like: its form, a person of the dossier, or the first of its codes."""
        forms = {"date": "AAAA-MM-JJ", "montant": "640.00", "nombre": "3", "personne": next(iter(self.persons), "…")}
        known = codes(self.base, field)
        return forms.get(field.type) or (known[0] if known else "…")

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
            self.wrong(node, field.type, field)
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

    def wrong(self, node: Node, kind: str, field: Field | None = None) -> None:
        """Note that a value is not of its kind, and what to write."""
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


def _listed(known: list[str]) -> str:
    """Return the values known, or examples when they are many."""
    if len(known) <= MAX_LISTED:
        return f"valeurs connues : {', '.join(known)}"
    return f"écrivez un code comme {', '.join(known[:3])}…"
