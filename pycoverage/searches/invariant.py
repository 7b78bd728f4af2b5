"""What must always hold: the statements of `rules/invariants/`, read beside the base that they are proved over.

A statement is a rule that concludes `violation(Id, Personne)`. One over pairs of situations reads each condition
`avant(…)` or `apres(…)`: the same household but for one fact, the one that it says may vary. A gap that the law
itself leaves is declared with its source (`lacune`), one that the base leaves without (`limite`); a rule tells of
whom, by `admise(Lacune, Personne)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pycoverage.base import KnowledgeBase
from pycoverage.finding import Finding, InputError, Place, errors, suggestion
from pycoverage.inference import infer
from pycoverage.law import Law
from pycoverage.lifting import lift, lift_pair
from pycoverage.parsing import decoded, read_source
from pycoverage.scalar import day as valid_day
from pycoverage.syntax import Aggregate, Atom, Condition, Literal, Rule, literals
from pycoverage.value import Fun, Term, Var

FOLDER = Path("rules") / "invariants"

VIOLATION, ADMITTED = "violation", "admise"
CONCLUSIONS = {VIOLATION: 2, ADMITTED: 2}
"""What the rules of the folder conclude for this package, beside notions of their own."""

IN_FORCE = "en_vigueur"

BEFORE, AFTER = "avant", "apres"
CASES = {BEFORE: "0", AFTER: "1"}

SHAPES = {
    "invariant": 'invariant(id, texte("article"), "ce qui doit toujours tenir")',
    "varie": "varie(id, fait)",
    "lacune": 'lacune(id, invariant, texte("article"), "ce que la loi laisse ainsi")',
    "limite": 'limite(id, invariant, "ce que la base ou le dossier ne dit pas")',
    "jour_examine": 'jour_examine("AAAA-MM-JJ")',
}
"""Facts that describe the statements, as they are written."""


class Gap(msgspec.Struct, frozen=True):
    """A gap in an invariant: that the law itself leaves, with its source, or else a limit of the base."""

    id: str
    invariant: str
    source: Term | None
    phrase: str
    place: Place


class Invariant(msgspec.Struct, frozen=True):
    """What must always hold. `varies` is the fact that may differ in a pair of situations, none where there is one."""

    id: str
    source: Term
    phrase: str
    place: Place
    varies: str = ""
    gaps: tuple[Gap, ...] = ()


class Invariants(msgspec.Struct, frozen=True):
    """The statements of a base, and the law with their rules: `base` numbers these after those of the base."""

    law: Law
    statements: dict[str, Invariant]
    days: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def own(self) -> range:
        """The numbers of their rules."""
        return range(len(self.law.base.rules) - len(self.rules), len(self.law.base.rules))

    def concerned(self, number: int) -> str | None:
        """Return the invariant that a rule concludes about, or None for a notion of their own."""
        head = self.law.base.rules[number].head
        if head.name not in CONCLUSIONS or not isinstance(head.args[0], Fun):
            return None
        name = head.args[0].name
        if head.name == VIOLATION:
            return name
        return next(each.invariant for known in self.statements.values() for each in known.gaps if each.id == name)


def files(root: Path) -> list[Path]:
    """Return the files of the statements, in a fixed order."""
    return sorted((root / FOLDER).rglob("*.lp"))


def read_invariants(law: Law, root: Path | None = None) -> Invariants:
    """Read the statements of a base (by default from its own folder). Raises InputError with every error."""
    statements, days, rules, findings = parse(law.base, root or Path(law.base.root))
    blocking = errors(findings)
    if blocking:
        raise InputError(blocking)
    first = len(law.base.rules)
    base = extended(law.base, rules)
    kinds = infer(base)
    program = lift(base)
    pairs = {name for name, each in statements.items() if each.varies}
    found = Invariants(Law(base, program, kinds), statements, days, tuple(rules))
    texts = {
        first + index: lift_pair(base.rules[first + index], first + index, sides_of(rule), program.levels, kinds)
        for index, rule in enumerate(rules)
        if rule.head.name in CONCLUSIONS and found.concerned(first + index) in pairs
    }
    changed = tuple(
        msgspec.structs.replace(each, text=texts[each.rule], traced=texts[each.rule], open="")
        if each.rule in texts
        else each
        for each in program.statements
    )
    return msgspec.structs.replace(found, law=Law(base, msgspec.structs.replace(program, statements=changed), kinds))


def extended(base: KnowledgeBase, rules: Sequence[Rule]) -> KnowledgeBase:
    """Return a base with the rules of its statements, each condition of a pair read as of one situation."""
    return msgspec.structs.replace(base, rules=(*base.rules, *map(single, rules)))


def single(rule: Rule) -> Rule:
    """Return a rule as if the situations of a pair were one; what it concludes is about a person, on a day."""
    body: tuple[Condition, ...] = tuple(_inside(condition)[0] for condition in rule.body)
    places = rule.places
    if rule.head.name in CONCLUSIONS:
        body = (*body, Literal(Atom("personne", rule.head.args[1:2])), Literal(Atom("date", (Var("_"),))))
        places = (*places, rule.place, rule.place)
    return Rule(rule.head, body, rule.place, places)


def sides_of(rule: Rule) -> list[str]:
    """Return, per condition of a rule made single, the situation that it reads."""
    return [_inside(condition)[1] for condition in rule.body] + ["0", ""]


def _inside(condition: Condition) -> tuple[Condition, str]:
    """Return a condition without the situation that it names, and the number of that situation."""
    if isinstance(condition, Literal) and condition.atom.name in CASES and len(condition.atom.args) == 1:
        inner = condition.atom.args[0]
        if isinstance(inner, Fun):
            return Literal(Atom(inner.name, inner.args), condition.negated), CASES[condition.atom.name]
    return condition, ""


def parse(base: KnowledgeBase, root: Path) -> tuple[dict[str, Invariant], tuple[str, ...], list[Rule], list[Finding]]:
    """Read the files: the statements, the days to look at, the rules, and what is wrong in their form."""
    findings: list[Finding] = []
    rules: list[Rule] = []
    facts: dict[str, list[Rule]] = {name: [] for name in SHAPES}
    for path in files(root):
        name = path.relative_to(root).as_posix()
        try:
            text = decoded(path.read_bytes())
        except (OSError, UnicodeDecodeError):
            findings.append(Finding(Place(name, 1, 1), "PC101", "fichier illisible", "enregistrez-le en UTF-8"))
            continue
        source = read_source(text, file=name)
        findings += source.findings
        for rule in source.rules:
            target = facts.get(rule.head.name) if not rule.body else None
            (rules if target is None else target).append(rule)
    reading = _Reading(base, facts, rules)
    statements = reading.statements()
    days = reading.days()
    reading.conclusions(statements)
    return statements, days, rules, findings + reading.findings


class _Reading:
    """Reads what describes the statements, noting what is wrong."""

    def __init__(self, base: KnowledgeBase, facts: dict[str, list[Rule]], rules: list[Rule]) -> None:
        self.base, self.facts, self.rules = base, facts, rules
        self.findings: list[Finding] = []

    def error(self, place: Place, code: str, message: str, help_: str) -> None:
        self.findings.append(Finding(place, code, message, help_))

    def _shaped(self, name: str, kinds: str) -> Iterator[tuple[tuple[Term, ...], Place]]:
        """Yield the arguments of the facts of a name: `n` a name, `t` a text, `s` a source."""
        for rule in self.facts[name]:
            args = rule.head.args
            fits = len(args) == len(kinds) and all(
                isinstance(arg, str) if kind == "t" else isinstance(arg, Fun) and (kind == "s" or not arg.args)
                for arg, kind in zip(args, kinds, strict=True)
            )
            if fits:
                yield args, rule.place
            else:
                self.error(rule.place, "PC106", f"« {name} » mal écrit", f"écrivez {SHAPES[name]}")

    def statements(self) -> dict[str, Invariant]:
        """Return the statements by id."""
        found: dict[str, Invariant] = {}
        for (name, source, phrase), place in self._shaped("invariant", "nst"):
            if str(name) in found:
                message = f"invariant « {name} » déclaré deux fois"
                self.error(place, "PC302", message, f"le premier : {found[str(name)].place}")
                continue
            found[str(name)] = Invariant(str(name), source, str(phrase), place)
        personal = self.base.vocabulary.personne
        for (name, fact), place in self._shaped("varie", "nn"):
            if str(name) not in found:
                self._unknown(place, str(name), found)
            elif str(fact) not in personal:
                help_ = suggestion(str(fact), personal) or "nommez un fait d'une personne (facts/vocabulaire.yaml)"
                self.error(place, "PC501", f"fait inconnu « {fact} »", help_)
            else:
                found[str(name)] = msgspec.structs.replace(found[str(name)], varies=str(fact))
        gaps: list[tuple[Term, Term, Term | None, Term, Place]] = [
            (name, whole, source, phrase, place)
            for (name, whole, source, phrase), place in self._shaped("lacune", "nnst")
        ]
        gaps += [(name, whole, None, phrase, place) for (name, whole, phrase), place in self._shaped("limite", "nnt")]
        seen: dict[str, Place] = {}
        for name, whole, gap_source, phrase, place in gaps:
            if str(name) in seen:
                self.error(place, "PC302", f"lacune « {name} » déclarée deux fois", f"la première : {seen[str(name)]}")
            elif str(whole) not in found:
                self._unknown(place, str(whole), found)
            else:
                known = found[str(whole)]
                gap = Gap(str(name), str(whole), gap_source, str(phrase), place)
                found[str(whole)] = msgspec.structs.replace(known, gaps=(*known.gaps, gap))
            seen[str(name)] = place
        return found

    def _unknown(self, place: Place, name: str, known: dict[str, Invariant]) -> None:
        help_ = suggestion(name, known) or "déclarez-le par invariant(…)"
        self.error(place, "PC501", f"invariant inconnu « {name} »", help_)

    def days(self) -> tuple[str, ...]:
        """Return the days to look at, sorted."""
        found = []
        for (text,), place in self._shaped("jour_examine", "t"):
            if valid_day(str(text)) is None:
                self.error(place, "PC305", f"date incorrecte « {text} »", "écrivez AAAA-MM-JJ, un jour qui existe")
            else:
                found.append(str(text))
        return tuple(sorted(set(found)))

    def conclusions(self, statements: dict[str, Invariant]) -> None:
        """Note the rules that conclude about nothing declared, or read situations that they may not."""
        gaps = {gap.id: each for each in statements.values() for gap in each.gaps}
        known: dict[str, dict[str, Invariant]] = {VIOLATION: statements, ADMITTED: gaps}
        concluded: set[tuple[str, str]] = set()
        judged = {*self.base.by_head(), *self.base.given()}
        for rule in self.rules:
            pair = False
            if rule.head.name in judged:
                message = f"« {rule.head} » : la base le dit déjà, un énoncé ne change pas ce qu'il juge"
                self.error(rule.place, "PC501", message, "donnez un autre nom à la conclusion")
            if rule.head.name in CONCLUSIONS:
                named = rule.head.args[0] if len(rule.head.args) == CONCLUSIONS[rule.head.name] else None
                if not isinstance(named, Fun) or named.args or not isinstance(rule.head.args[1], Var):
                    help_ = f"écrivez {rule.head.name}(id, Personne)"
                    self.error(rule.place, "PC501", f"conclusion mal écrite « {rule.head} »", help_)
                    continue
                owner = known[rule.head.name].get(named.name)
                concluded.add((rule.head.name, named.name))
                if owner is None:
                    help_ = suggestion(named.name, known[rule.head.name]) or "déclarez-le au-dessus de la règle"
                    self.error(rule.place, "PC501", f"« {rule.head.name} » nomme « {named.name} », inconnu", help_)
                    continue
                pair = bool(owner.varies)
            self._sides(rule, pair)
            self._guards(rule)
        for name, own in known.items():
            for identifier, each in own.items():
                if (name, identifier) not in concluded:
                    message = f"aucune règle ne conclut {name}({identifier}, Personne)"
                    self.error(each.place, "PC501", message, "écrivez-la sous sa déclaration")

    def _sides(self, rule: Rule, pair: bool) -> None:
        """Note the conditions that name no situation where there are two, or name one where there is one."""
        for condition, place in zip(rule.body, rule.places, strict=True):
            side = _inside(condition)[1]
            if side and not pair:
                message = f"« {condition} » : il n'y a ici qu'une situation"
                self.error(place, "PC502", message, "déclarez varie(id, fait), ou enlevez avant et apres")
            elif pair and not side and isinstance(condition, Literal) and self._of_a_case(condition):
                message = f"« {condition} » ne dit pas laquelle des deux situations"
                self.error(place, "PC502", message, f"écrivez {BEFORE}({condition.atom}) ou {AFTER}({condition.atom})")
            elif pair and isinstance(condition, Aggregate):
                message = f"« {condition} » : pas de somme sur deux situations"
                self.error(place, "PC502", message, "faites-en une notion, et lisez-la par avant et apres")

    def _guards(self, rule: Rule) -> None:
        """Note the conditions on whether a rule is in force: the program of a statement holds no rule but those that
        its conclusions rest on.
        """
        for condition, place in zip(rule.body, rule.places, strict=True):
            inside = [literal.atom for literal, _ in literals((_inside(condition)[0],))]
            if any(atom.name == IN_FORCE for atom in inside):
                message = f"« {condition} » : un énoncé lit ce que les règles concluent, non les règles"
                self.error(place, "PC501", message, "lisez la conclusion de la règle, ou une date par droit_au")

    def _of_a_case(self, literal: Literal) -> bool:
        free = {"date", "droit_au", IN_FORCE, *self.base.parameters, *(key for key, _ in self.base.properties())}
        return literal.day is not None or literal.atom.name not in free
