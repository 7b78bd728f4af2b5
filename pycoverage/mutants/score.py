"""The score of the dossiers: what they see of the mutants drawn, what they let through, and what is no change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from pycoverage.document import read
from pycoverage.finding import Finding, InputError, Place, suggestion
from pycoverage.mutants.mutation import Mutant
from pycoverage.mutants.outcome import SURE, Outcome

SENTENCES = {
    "controle": "vus par les contrôles de la base",
    "erreur": "vus par une erreur d'évaluation",
    "anomalie": "vus par une anomalie",
    "attente": "vus par une attente d'un dossier",
    "conclusion": "vus par une réponse approuvée seule (pycoverage snapshot)",
    "motif": "vus par les motifs approuvés seuls (pycoverage snapshot)",
    "vivant": "vus par rien",
}


class Line(msgspec.Struct, frozen=True):
    """What is told of one mutant, in a report."""

    nom: str
    genre: str
    sujet: str
    changement: str
    lieu: str
    sort: str
    temoin: str = ""
    dossiers: int = 0
    equivalent: str = ""


class Score(msgspec.Struct, frozen=True):
    """Mutants drawn, and those that nothing sees but that change nothing (with the reason).

    `vus` counts those that an expectation, an anomaly, an error or a check sees; `changeants` adds those that only
    change an approved answer, `motives` those that only change its approved reasons. The three shares are of the
    mutants that are no equivalents.
    """

    graine: int
    engendres: int
    tires: int
    equivalents: int
    vus: int
    changeants: int
    motives: int
    taux: float
    taux_conclusions: float
    taux_motifs: float
    mutants: tuple[Line, ...]


def draw(mutants: Sequence[Mutant], *, seed: int, count: int | None) -> list[Mutant]:
    """Return some mutants, in their order; the draw of one depends on its name alone, not on the others."""
    if count is None:
        return list(mutants)
    ordered = sorted(mutants, key=lambda each: hashlib.sha256(f"{seed}\0{each.name}".encode()).digest())
    chosen = {each.name for each in ordered[:count]}
    return [each for each in mutants if each.name in chosen]


def read_equivalents(path: Path, mutants: Iterable[Mutant]) -> dict[str, str]:
    """Return the reason why each equivalent mutant is one, by name. Raises InputError with every error found."""
    node = read(path)
    names = {each.name for each in mutants}
    findings = []
    found: dict[str, str] = {}
    for name, (place, reason) in (node.entries or {}).items():
        if name not in names:
            where = Place(str(path), place.line, place.column)
            help_ = suggestion(name, names) or "pycoverage mutants donne les noms"
            findings.append(Finding(where, "DO040", f"mutant inconnu « {name} »", help_))
        elif not reason.text:
            where = Place(str(path), place.line, place.column)
            findings.append(Finding(where, "DO040", f"« {name} » : équivalent sans raison", "dites pourquoi"))
        else:
            found[name] = reason.text
    if findings:
        raise InputError(findings)
    return found


def score(outcomes: Sequence[Outcome], *, seed: int, made: int, equivalents: Mapping[str, str]) -> Score:
    """Return the score of some outcomes; a mutant said equivalent and seen all the same counts as seen."""
    lines = [_line(each, equivalents) for each in outcomes]
    same = sum(bool(each.equivalent) for each in lines)
    seen = sum(each.sort in SURE for each in lines)
    changing = seen + sum(each.sort == "conclusion" for each in lines)
    moved = changing + sum(each.sort == "motif" for each in lines)
    real = len(lines) - same
    return Score(
        seed,
        made,
        len(lines),
        same,
        seen,
        changing,
        moved,
        _part(seen, real),
        _part(changing, real),
        _part(moved, real),
        tuple(lines),
    )


def _part(some: int, whole: int) -> float:
    return round(some / whole, 4) if whole else 1.0


def _line(outcome: Outcome, equivalents: Mapping[str, str]) -> Line:
    mutant = outcome.mutant
    reason = equivalents.get(mutant.name, "") if outcome.fate == "vivant" else ""
    return Line(
        mutant.name,
        mutant.kind,
        mutant.subject,
        mutant.change,
        str(mutant.place),
        outcome.fate,
        outcome.witness,
        outcome.seen,
        reason,
    )


def score_text(found: Score) -> Iterator[str]:
    """Yield the lines of a report: the survivors by file and rule, with what would see them, then the counts."""
    place = ""
    for each in sorted(found.mutants, key=_order):
        if each.sort != "vivant":
            continue
        if each.lieu.split(":")[0] != place:
            place = each.lieu.split(":")[0]
            yield f"\n{place}"
        yield f"  {each.nom}  ({each.lieu.partition(':')[2]})  {each.changement}"
        yield f"      {_told(each)}"
    yield ""
    for fate, sentence in SENTENCES.items():
        count = sum(each.sort == fate and not each.equivalent for each in found.mutants)
        yield f"{count:6}  {sentence}"
    yield f"{found.equivalents:6}  équivalents, avec leur raison"
    yield (
        f"score : {_share(found.taux)} ({found.vus} sur {found.tires - found.equivalents}) ; "
        f"{_share(found.taux_conclusions)} avec les réponses approuvées ; {_share(found.taux_motifs)} avec leurs motifs"
    )
    yield f"{found.tires} mutants sur {found.engendres}, graine {found.graine}"


def _order(line: Line) -> tuple[str, int, str]:
    file, number, *_ = line.lieu.split(":")
    return file, int(number), line.nom


def _told(line: Line) -> str:
    if line.equivalent:
        return f"équivalent : {line.equivalent}"
    if line.dossiers:
        count = "un dossier" if line.dossiers == 1 else f"{line.dossiers} dossiers"
        return f"la règle conclut autre chose dans {count}, et rien de ce qui est attendu n'en dépend"
    return "aucun dossier n'est dans le cas où la règle conclurait autre chose"


def _share(value: float) -> str:
    return f"{100 * value:.1f}\u00a0%".replace(".", ",")
