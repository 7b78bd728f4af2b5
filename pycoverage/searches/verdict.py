"""What a verification says: for people, with the situations that break a statement and why; for machines, the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal as Choice

import msgspec

from pycoverage.assessment import assess, too_early
from pycoverage.base import KnowledgeBase
from pycoverage.citation import citations
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.law import Law
from pycoverage.limit import ends, remaining
from pycoverage.narrative import Narrative
from pycoverage.reform import Reform, day_of, named, not_yet
from pycoverage.scalar import day as valid_day
from pycoverage.searches.examination import Status, Verdict, Witness, read_text
from pycoverage.searches.invariant import FOLDER, Invariants, read_invariants
from pycoverage.searches.memory import Use
from pycoverage.searches.structure import Structure, structure
from pycoverage.searches.usage import dossiers_of
from pycoverage.searches.verification import Told, Verification, verify
from pycoverage.speech import count, day
from pycoverage.syntax import literals
from pycoverage.value import Fun, Term, write

LIMITS = (
    "une ligne au plus par liste (une ressource, un titre, une demande…)",
    "rien ne commence, n'est déposé ni notifié après le jour examiné",
    "d'une date, d'un montant ou d'un nombre, une valeur par intervalle que les règles distinguent",
    "d'un code, un par ensemble que rien ne distingue",
    "les lectures par défaut",
)
"""What a proof does not go beyond."""

STATUSES: dict[Status, str] = {
    "prouve": "prouvé",
    "lacune": "prouvé, sauf lacunes ou limites déclarées",
    "viole": "EN DÉFAUT",
    "non_confirme": "non prouvé : la recherche trouve une situation que le moteur ne confirme pas",
    "non_examine": "non prouvé : non examiné",
    "sans_objet": "sans objet : l'énoncé nomme plus de personnes que ce foyer n'en a",
}

PLURALS: dict[Status, str] = {
    "prouve": "prouvés",
    "lacune": "prouvés, sauf lacunes ou limites déclarées",
    "viole": "EN DÉFAUT",
    "non_confirme": "non prouvés : la recherche trouve des situations que le moteur ne confirme pas",
    "non_examine": "non prouvés : non examinés",
    "sans_objet": "sans objet : ces énoncés nomment plus de personnes que ce foyer n'en a",
}

PROOFS: dict[Status, str] = {
    "prouve": "prouvé dans le domaine déclaré : aucune situation ne le contredit",
    "lacune": "prouvé dans le domaine déclaré, sauf ce qui est déclaré :",
}

Nature = Choice["lacune_du_droit", "limite_de_la_base", ""]
"""Whether a gap is left by the law, which is cited, or by the base; none where nothing declares it."""

NATURES: dict[Nature, str] = {"lacune_du_droit": "lacune du droit", "limite_de_la_base": "limite de la base"}

SIGNS: dict[Status, str] = {
    "prouve": "✓",
    "lacune": "◐",
    "viole": "✗",
    "non_confirme": "?",
    "non_examine": "…",
    "sans_objet": "◌",
}


class Example(msgspec.Struct, frozen=True):
    """A situation that breaks a statement, as one dossier, or two where it is about a pair.

    `lacune` is the declared gap that it shows, with what it says and, if the law leaves it, its source; none where
    nothing declares it.
    `explication` says, per dossier, why the rights at stake are held or not.
    """

    personne: str
    nature: Nature
    lacune: str
    phrase: str
    source: str
    confirme: bool
    dossiers: tuple[str, ...]
    explications: tuple[tuple[str, ...], ...] = ()


class Proved(msgspec.Struct, frozen=True):
    """What is known of one statement on one day; `personnes` is how many it names that cannot be the same."""

    id: str
    phrase: str
    source: str
    jour: str
    statut: Status
    varie: str
    exemples: tuple[Example, ...]
    personnes: int = 1


class Domaine(msgspec.Struct, frozen=True):
    """The situations that were looked at for some statements: persons, facts left free, facts with fewer points.

    `echecs` are the combinations of values on which a function failed, left out. `retrouve`: an earlier run had
    looked at them, with the same program, and what it found is told again.
    """

    jour: str
    personnes: int
    invariants: tuple[str, ...]
    faits: tuple[str, ...]
    reduits: tuple[str, ...]
    fixes: tuple[str, ...]
    non_couverts: int
    echecs: int = 0
    retrouve: bool = False


class Report(msgspec.Struct, frozen=True):
    """What `pycoverage verify` says. `partiel`: the time was up before the end, or a person interrupted the
    search (`interrompu`). `reforme`: the reforms under which
    the law was read, empty without any; `avertissements`: those not yet in force on a day that was asked for.
    """

    version: int
    jours: tuple[str, ...]
    personnes: int
    partiel: bool
    limites: tuple[str, ...]
    invariants: tuple[Proved, ...]
    domaines: tuple[Domaine, ...]
    structure: tuple[Structure, ...] = ()
    interrompu: bool = False
    reforme: str = ""
    avertissements: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """The exit code: 1 for what is broken, 3 for a partial result, else 0."""
        if any(each.statut in ("viole", "non_confirme") for each in self.invariants):
            return 1
        return 3 if self.partiel or any(each.partiel for each in self.structure) else 0


def examine(
    law: Law,
    ids: Collection[str],
    jours: Sequence[str],
    persons: int,
    *,
    reforms: Sequence[Reform] = (),
    structural: bool = False,
    memory: Use = "none",
    seconds: float | None = None,
    told: Told,
) -> Report:
    """Prove the statements named (by default all) on some days (by default those that their folder declares, or that
    of the `reforms` the law was read with, where it is later).

    Raises InputError for an unknown statement, a wrong day, or where no statement is declared.
    """
    known = read_invariants(law)
    days = _asked(known, ids, jours, day_of(reforms))
    until = ends(seconds)
    found = verify(known, ids or list(known.statements), days, persons, seconds=seconds, told=told, memory=memory)
    structures = []
    dossiers = dossiers_of(law) if structural else []
    for jour in days if structural and not found.interrupted else ():
        left = remaining(until)
        structures.append(structure(law, jour, persons, ["droit"], dossiers=dossiers, seconds=left, told=told))
    return report(law, known, found, structures, reforms)


def _near(name: str, known: Invariants) -> str:
    return suggestion(name, known.statements) or f"invariants : {', '.join(known.statements)}"


def _asked(known: Invariants, ids: Collection[str], jours: Sequence[str], earliest: str) -> tuple[str, ...]:
    """Return the days to look at, those declared being no sooner than `earliest`.

    Raises InputError for what is asked and is not there, or is before the base.
    """
    findings = [
        Finding(Place(name), "PC501", f"invariant inconnu « {name} »", _near(name, known))
        for name in ids
        if name not in known.statements
    ]
    findings += [
        Finding(Place("--date"), "DO030", f"date incorrecte « {jour} »", "écrivez AAAA-MM-JJ, un jour qui existe")
        for jour in jours
        if valid_day(jour) is None
    ]
    asked = tuple(jour for jour in jours if valid_day(jour) is not None)
    asked = asked or tuple(sorted({max(jour, earliest) for jour in known.days}))
    findings += [early for jour in asked if (early := too_early(known.law, jour, Place("--date")))]
    if not known.statements:
        findings.append(Finding(Place(str(FOLDER)), "PC501", "aucun invariant déclaré", "voir rules/README.md"))
    if not jours and not known.days:
        help_ = 'donnez --date, ou déclarez jour_examine("AAAA-MM-JJ")'
        findings.append(Finding(Place(str(FOLDER)), "PC501", "aucun jour à examiner", help_))
    if findings:
        raise InputError(findings)
    return asked


def report(
    law: Law,
    known: Invariants,
    found: Verification,
    structure: Iterable[Structure] = (),
    reforms: Sequence[Reform] = (),
) -> Report:
    """Return what a verification says."""
    return Report(
        1,
        found.jours,
        found.persons,
        found.partial,
        LIMITS,
        tuple(_proved(law, known, each) for each in found.verdicts),
        tuple(
            Domaine(
                each.jour,
                found.persons,
                each.invariants,
                each.facts,
                each.thinned,
                each.fixed,
                each.uncovered,
                each.failures,
                each.recalled,
            )
            for each in found.scopes
        ),
        tuple(structure),
        found.interrupted,
        named(reforms),
        tuple(warning for jour in found.jours for warning in not_yet(reforms, jour)),
    )


def _proved(law: Law, known: Invariants, verdict: Verdict) -> Proved:
    rights = at_stake(known, verdict.invariant.id)
    return Proved(
        verdict.invariant.id,
        verdict.invariant.phrase,
        cited(law.base, verdict.invariant.source, verdict.jour),
        verdict.jour,
        verdict.statut,
        verdict.invariant.varies,
        tuple(_example(law, verdict, each, rights) for each in verdict.witnesses),
        verdict.named,
    )


def _example(law: Law, verdict: Verdict, witness: Witness, rights: list[str]) -> Example:
    gap = next((each for each in verdict.gaps if each.id == witness.gap), None)
    explained = () if gap else tuple(tuple(_why(law, text, witness.person, rights)) for text in witness.dossiers)
    return Example(
        witness.person,
        "" if gap is None else "limite_de_la_base" if gap.source is None else "lacune_du_droit",
        witness.gap,
        gap.phrase if gap else "",
        cited(law.base, gap.source, verdict.jour) if gap and gap.source is not None else "",
        witness.confirmed,
        witness.dossiers,
        explained,
    )


def _why(law: Law, text: str, person: str, rights: list[str]) -> Iterator[str]:
    """Yield why a person has, or has not, the rights at stake, as `pycoverage explain` says it."""
    narrative = Narrative(assess(law, read_text(text, law.base)), depth=3)
    for choice in narrative.select(person, None):
        if choice[1] in rights:
            yield from narrative.proof(choice)


def at_stake(known: Invariants, invariant: str) -> list[str]:
    """Return the rights that the rules of a statement name, those of its own notions included."""
    base = known.law.base
    wanted = [number for number in known.own if known.concerned(number) == invariant]
    seen: set[int] = set()
    names: set[str] = set()
    while wanted:
        number = wanted.pop()
        seen.add(number)
        for literal, _ in literals(base.rules[number].body):
            atom = literal.atom
            if atom.name == "droit" and len(atom.args) == 2 and isinstance(atom.args[1], Fun):
                names.add(atom.args[1].name)
            wanted += [each for each in known.own if each not in seen and base.rules[each].head.name == atom.name]
    return [right for right in base.rights if right in names]


def cited(base: KnowledgeBase, source: Term, jour: str) -> str:
    """Return a source as a person reads it."""
    return " ; ".join(each.citation for each in citations(base, (), jour, [write(source)]))


def report_text(found: Report) -> Iterator[str]:
    """Yield a report as plain text."""
    yield from found.avertissements
    under = f", sous la réforme « {found.reforme} »" if found.reforme else ""
    for jour in found.jours:
        own = [each for each in found.invariants if each.jour == jour]
        numbers = {status: sum(each.statut == status for each in own) for status in STATUSES}
        told = ", ".join(
            count(number, STATUSES[status], PLURALS[status]) + _why_not(found, status)
            for status, number in numbers.items()
            if number
        )
        if told:
            yield f"Au {day(jour)}{under}, pour un foyer {_household(found.personnes)} : {told}"
            yield ""
        for each in own:
            yield from _told(each, found)
    for one in found.structure:
        yield from one.told()
    yield "Domaine déclaré : chaque fait peut y être tout ce que le vocabulaire admet, dans ces limites :"
    yield from (f"  · {limit}" for limit in found.limites)
    for label, names in (
        ("moins de valeurs pour", [name for each in found.domaines for name in each.reduits]),
        ("une seule valeur, celle du vocabulaire, pour", [name for each in found.domaines for name in each.fixes]),
    ):
        if names:
            yield f"  · {label} : {', '.join(dict.fromkeys(names))}"
    if failed := sum(each.echecs for each in found.domaines):
        yield f"  · combinaisons laissées de côté, qu'une fonction ne sait pas calculer : {failed}"
    again = ", ".join(name for each in found.domaines if each.retrouve for name in each.invariants)
    if again:
        yield f"Rien de ce qu'ils regardent n'a changé depuis leur dernière preuve (--neuf : tout refaire) : {again}"
    if found.partiel:
        yield ""
        cut = "a été interrompue" if found.interrompu else "s'est arrêtée avant la fin (--limite)"
        yield f"RÉSULTAT PARTIEL : la recherche {cut}"


def _why_not(found: Report, status: Status) -> str:
    """Return why statements were not looked at."""
    if status != "non_examine":
        return ""
    return ", la recherche a été interrompue" if found.interrompu else ", faute de temps"


def _household(persons: int) -> str:
    return "d'une personne" if persons == 1 else f"de {persons} personnes"


def _naming(persons: int) -> str:
    return f"cet énoncé en nomme {persons}, et ne dit rien d'un plus petit (--persons {persons})"


def _told(each: Proved, report: Report) -> Iterator[str]:
    yield f"{SIGNS[each.statut]} {each.id} : {each.phrase} ({each.source})"
    if each.varie:
        yield f"    entre deux situations qui ne diffèrent que par : {each.varie}"
    if each.statut == "sans_objet":
        yield f"    prouvé pour un foyer {_household(report.personnes)} seulement : {_naming(each.personnes)}"
    else:
        yield f"    {PROOFS.get(each.statut, STATUSES[each.statut])}{_why_not(report, each.statut)}"
    for example in each.exemples:
        if example.lacune:
            source = f" ({example.source})" if example.source else ""
            yield f"    {NATURES[example.nature]}, {example.lacune} : {example.phrase}{source}"
            unsure = "" if example.confirme else ", NON CONFIRMÉ par le moteur"
            yield f"      par exemple{unsure} : {_short(example)}"
        else:
            confirmed = "confirmée par le moteur" if example.confirme else "NON CONFIRMÉE par le moteur"
            which = "une situation" if report.partiel else "la situation la plus ordinaire"
            yield f"    {which} qui le contredit, {confirmed}, pour {example.personne} :"
            for number, text in enumerate(example.dossiers):
                if len(example.dossiers) > 1:
                    yield f"    {('avant', 'après')[number]} :"
                yield from (f"      {line}" for line in text.splitlines())
                for line in example.explications[number : number + 1]:
                    yield from (f"        {part}" for part in line)
    yield ""


def _short(example: Example) -> str:
    """Return a situation on one line: what its dossiers say, names and titles left out."""
    texts = []
    for text in example.dossiers:
        kept = [line.strip() for line in text.splitlines() if not line.startswith(("dossier:", "titre:", "date:"))]
        texts.append(", ".join(line for line in kept if not line.endswith(":")))
    return " → ".join(texts)
