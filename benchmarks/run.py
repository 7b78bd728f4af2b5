"""Measures pycoverage and prints one Markdown table: `python benchmarks/run.py [--quick]`.

Cold figures are whole processes; the others are warm, in this process. Short measures are medians of
several runs, and what is compared is measured in the same run, by turns. What each line should reach
stands beside it.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from interviews import measure as questions  # noqa: E402

from pycoverage import __version__  # noqa: E402
from pycoverage.assessment import Assessment, assess, assess_all  # noqa: E402
from pycoverage.base import OUTPUT, KnowledgeBase  # noqa: E402
from pycoverage.cache import load_law  # noqa: E402
from pycoverage.catalogue import Interval  # noqa: E402
from pycoverage.completion import fill  # noqa: E402
from pycoverage.dossier import Dossier, read_dossier  # noqa: E402
from pycoverage.engine import CHUNK, evaluate  # noqa: E402
from pycoverage.evaluation import answer_for  # noqa: E402
from pycoverage.law import Law  # noqa: E402
from pycoverage.lifting import lift  # noqa: E402
from pycoverage.outlooks.outlook import outlooks  # noqa: E402
from pycoverage.questions.question import inquire  # noqa: E402
from pycoverage.searches.cone import alone  # noqa: E402
from pycoverage.searches.difference import Differences  # noqa: E402
from pycoverage.situation import Case, Context  # noqa: E402
from pycoverage.states.state import Pair, read_state, side_by_side  # noqa: E402
from pycoverage.syntax import Atom, Literal, Rule  # noqa: E402
from pycoverage.timelines.pivots import every_day, pivot_days  # noqa: E402
from pycoverage.timelines.timeline import timeline  # noqa: E402
from pycoverage.value import Fun, Var  # noqa: E402
from pycoverage.world import worlds  # noqa: E402

EXAMPLES = ROOT / "examples"
STORIES = ("touriste_jour_reforme", "amina", "couple_mixte")
"""Examples of one, two and four persons, each without an open fact."""

UNKNOWN = ("arrivee_inconnue", "ressources_inconnues")
"""Examples that leave a fact open."""

ROLES = """\
date: 2024-06-01
unions: [{nature: mariage, de: pere, avec: mere}]
personnes:
  pere:
  mere:
  fils: {parents: [pere, mere]}
  fille: {parents: [pere, mere]}
"""
"""A household of which only the roles are known."""

FEW = {"une personne": 4, "une mère et son enfant": 2}
MANY = {"une personne": 12, "une mère et son enfant": 8, "un couple et deux enfants": 3}
"""Households of each kind in which interviews are counted."""

Line = tuple[str, str, str, str]
"""What is measured, the figure, the ratio and what it should reach."""


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--quick", action="store_true", help="smaller batches and fewer runs")
    options.add_argument("--searches", action="store_true", help="only the searches over all situations")
    given = options.parse_args()
    quick = given.quick
    runs = 5 if quick else 9
    law = load_law(ROOT)
    print(f"{processor()}, {os.cpu_count()} cœurs, {platform.system()} {platform.machine()}")
    print(
        f"pycoverage {__version__}, {len(law.base.legal)} règles ; Python {platform.python_version()}, "
        f"clingo {version('clingo')}, msgspec {version('msgspec')}, PyYAML {version('PyYAML')}\n"
    )
    print("| mesure | médiane | rapport | visé |\n|---|---:|---:|---|")
    if given.searches:
        for measure in (searches((1, 2) if quick else (1, 2, 3)), by_rules((1, 2, 4, len(law.base.rights)))):
            tell(measure)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for measure in (
            cold(folder, runs),
            warm(law, runs),
            persons(law, folder, runs),
            rules(law, runs),
            dates(law, runs),
            guidance(law, runs),
            letters(law, runs),
            steps(law, folder, runs),
            questions(law, FEW if quick else MANY),
            remedies(law, runs),
            years(law, 3 if quick else 10),
            searches((1, 2) if quick else (1, 2, 3)),
            by_rules((1, 2, 4, len(law.base.rights))),
            batch(law, folder, (200, 2_000) if quick else (1_000, 10_000)),  # last: it leaves memory behind
        ):
            tell(measure)


def tell(measure: Iterable[Line]) -> None:
    for what, figure, ratio, reach in measure:
        print(f"| {what} | {figure} | {ratio} | {reach} |", flush=True)


def processor() -> str:
    """Return the name of the processor, as far as the system tells it."""
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), flags=re.M)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "processeur inconnu"


def clock(action: Callable[[], object]) -> float:
    """Return how many milliseconds an action takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def medians(runs: int, *actions: Callable[[], object]) -> list[float]:
    """Return the median of each action in milliseconds; they take turns, after one run that is not counted."""
    for action in actions:
        action()
    taken = [[clock(action) for action in actions] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def shown(milliseconds: float) -> str:
    """Return a duration as it is read."""
    return f"{milliseconds / 1000:.2f} s" if milliseconds >= 1000 else f"{milliseconds:.3g} ms"


def times(ratio: float) -> str:
    """Return a ratio as it is read."""
    return f"× {ratio:.0f}" if ratio >= 10 else f"× {ratio:.2g}"


def cold(folder: Path, runs: int) -> Iterator[Line]:
    """Measure the command line as whole processes, beside the import of clingo alone."""
    example = str(EXAMPLES / "amina.yaml")

    def process(*arguments: str, cache: str) -> Callable[[], object]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYCOVERAGE_CACHE": cache}
        command = [sys.executable, *arguments]
        return lambda: subprocess.run(
            command, env=env, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True
        )

    kept = str(folder / "cache")
    command = ("-m", "pycoverage")
    fresh = iter(range(10_000))

    def without_cache() -> object:
        return process(*command, "evaluate", example, cache=str(folder / f"cache{next(fresh)}"))()

    alone, helped, answered, explained, first = medians(
        runs,
        process("-c", "import clingo", cache=kept),
        process(*command, "--help", cache=kept),
        process(*command, "evaluate", example, cache=kept),
        process(*command, "explain", example, cache=kept),
        without_cache,
    )
    yield "à froid : `import clingo` seul", shown(alone), "", "repère"
    yield "à froid : `--help`", shown(helped), times(helped / alone), ""
    yield "à froid : `evaluate` d'un dossier", shown(answered), times(answered / alone), "< × 10"
    yield "à froid : `explain` d'un dossier", shown(explained), times(explained / alone), ""
    yield "à froid : `evaluate`, base jamais lue", shown(first), times(first / alone), ""


def story(law: Law, name: str) -> tuple[Dossier, Case, tuple[Context, ...]]:
    """Return an example, its facts and the contexts in which it is evaluated."""
    dossier = read_dossier(EXAMPLES / f"{name}.yaml", law.base)
    return dossier, fill(dossier, law.base).case, assess(law, dossier).contexts


def proved(law: Law, dossier: Dossier, runs: int) -> tuple[float, float]:
    """Return the time to solve a dossier and to prove every right of every person, in milliseconds."""
    found = assess(law, dossier)
    fresh: list[Assessment] = []

    def solve() -> None:
        worlds(law, [found.case], [found.contexts], others=OUTPUT)

    def prepare() -> None:
        fresh[:] = [assess(law, dossier)]

    def prove() -> None:
        answer_for(fresh[0])

    solved, _, proving = medians(runs, solve, prepare, prove)
    return solved, proving


def warm(law: Law, runs: int) -> Iterator[Line]:
    """Measure one dossier in this process: solved, and with the proofs of all rights of all persons."""
    for name in STORIES:
        dossier, _, contexts = story(law, name)
        solved, proving = proved(law, dossier, runs)
        used = len(assess(law, dossier).world.parts)
        what = f"à chaud : {len(dossier.persons)} pers., {used} lectures utiles sur {len(contexts)}"
        yield f"{what}, résolution seule", shown(solved), "", "repère"
        yield (
            f"{what}, preuves de tous les droits",
            shown(proving),
            times(proving / solved),
            f"≤ {shown(max(3 * solved, 20))}",
        )


def varied(folder: Path, count: int) -> Iterator[Path]:
    """Write dossiers made from the examples, each with all its dates moved and its amounts changed."""
    texts = [
        path.read_text(encoding="utf-8").split("attendu:")[0]
        for path in sorted(EXAMPLES.glob("*.yaml"))
        if "inconnu" not in path.name
    ]
    folder.mkdir()
    for number in range(count):
        text = texts[number % len(texts)]
        turn = number // len(texts)
        back = timedelta(days=(turn * 7) % 365)
        factor = 90 + turn % 21

        def moved(found: re.Match[str], back: timedelta = back) -> str:
            return (date.fromisoformat(found[0]) - back).isoformat()

        def scaled(found: re.Match[str], factor: int = factor) -> str:
            return f"montant: {float(found[1]) * factor / 100:.2f}"

        text = re.sub(r"\b\d{4}-\d\d-\d\d\b", moved, text)
        text = re.sub(r"montant: (\d+\.\d\d)", scaled, text)
        path = folder / f"d{number}.yaml"
        path.write_text(text, encoding="utf-8")
        yield path


def batch(law: Law, folder: Path, sizes: tuple[int, int]) -> Iterator[Line]:
    """Measure many dossiers in groups of CHUNK, and by turns some of the same dossiers one by one."""
    small, large = sizes
    read: list[Dossier] = []
    reading = clock(lambda: read.extend(read_dossier(path, law.base) for path in varied(folder / "lot", large)))
    whole = [dossier for dossier in read if not fill(dossier, law.base).gaps]
    alone: list[float] = []

    def together(count: int) -> float:
        taken = 0.0
        for start in range(0, count, CHUNK):
            group = [whole[at % len(whole)] for at in range(start, min(start + CHUNK, count))]
            taken += clock(lambda group=group: assess_all(law, group))  # type: ignore[misc]
            alone.extend(clock(lambda dossier=dossier: assess(law, dossier)) for dossier in group[:10])  # type: ignore[misc]
        return taken / count

    together(CHUNK)
    alone.clear()
    each = {count: together(count) for count in sizes}
    one = statistics.median(alone)
    yield f"lecture d'un dossier parmi {large}", shown(reading / large), "", ""
    yield "un dossier seul", shown(one), "", "repère"
    for count, taken in each.items():
        yield f"un dossier parmi {count}", shown(taken), f"÷ {one / taken:.1f}", "≥ ÷ 10"
    yield f"par dossier, de {small} à {large}", "", times(each[large] / each[small]), "linéaire : × 1"
    yield "mémoire au plus", f"{peak()} Mo", "", ""


def peak() -> int:
    """Return the most memory this process has held, in megabytes."""
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size // (1024 if sys.platform != "darwin" else 1024 * 1024)


def persons(law: Law, folder: Path, runs: int) -> Iterator[Line]:
    """Measure households of one, two, four and eight persons."""
    adult = "naissance: 1985-01-01, nationalite: GN, arrivee: 2019-03-15, sejour: [], ressources: []"
    first = 0.0
    for count in (1, 2, 4, 8):
        lines = ["dossier: foyer", "date: 2021-05-01", "personnes:", f"  a1: {{{adult}}}"]
        if count > 1:
            lines.insert(2, "unions: [{nature: mariage, de: a1, avec: a2, du: 2015-08-08}]")
            lines.append(f"  a2: {{{adult}}}")
        lines += [
            f"  e{number}: {{naissance: 20{8 + number:02}-02-02, nationalite: GN, arrivee: 2019-03-15,"
            " sejour: [], ressources: [], parents: [a1, a2]}"
            for number in range(count - 2)
        ]
        path = folder / f"foyer{count}.yaml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        solved, proving = proved(law, read_dossier(path, law.base), runs)
        first = first or solved
        yield f"foyer de {count} : résolution", shown(solved), times(solved / first), ""
        yield f"foyer de {count} : preuves", shown(proving), times(proving / solved), f"≤ {shown(max(3 * solved, 20))}"


def multiplied(base: KnowledgeBase, copies: int, *, live: bool) -> KnowledgeBase:
    """Return a base with copies of every legal rule under new ids, in force like it or never."""
    found, legal = list(base.rules), dict(base.legal)
    for copy in range(1, copies):
        for rule in base.rules:
            if rule.guard not in base.legal:
                continue
            name = f"{rule.guard}__{copy}"
            guard = Literal(Atom("en_vigueur", (Fun(name),)))
            found.append(Rule(rule.head, (guard, *rule.body[1:]), rule.place, rule.places))
            model = base.legal[rule.guard]
            interval = model.interval if live else Interval("1900-01-01", "1900-01-02")
            legal[name] = msgspec.structs.replace(model, id=name, interval=interval, rule=len(found) - 1)
    return msgspec.structs.replace(base, rules=tuple(found), legal=legal)


def rules(law: Law, runs: int) -> Iterator[Line]:
    """Measure one dossier on bases of one, two and four times the rules."""
    dossier, _, _ = story(law, "amina")
    first, _ = proved(law, dossier, runs)
    yield f"{len(law.base.legal)} règles : résolution", shown(first), "", "repère"
    for copies in (2, 4):
        for live in (False, True):
            base = multiplied(law.base, copies, live=live)
            other = Law(base, lift(base), law.kinds)
            solved, proving = proved(other, dossier, runs)
            state = "toutes en vigueur" if live else "les autres hors de leur période"
            yield f"{len(base.legal)} règles, {state} : résolution", shown(solved), times(solved / first), ""
            yield f"{len(base.legal)} règles, {state} : preuves", shown(proving), times(proving / solved), ""


def dates(law: Law, runs: int) -> Iterator[Line]:
    """Measure one dossier on one, ten, a hundred and a thousand days."""
    dossier, case, _ = story(law, "amina")
    start = date.fromisoformat(dossier.date)
    first = 0.0
    for count in (1, 10, 100, 1000):
        days = [Context((start - timedelta(days=number)).isoformat()) for number in range(count)]
        [taken] = medians(
            runs if count < 1000 else 3, lambda days=days: evaluate(law.base, law.program, [case], [days])
        )  # type: ignore[misc]
        first = first or taken
        yield (
            f"{count} jour{'s' * (count > 1)} : résolution",
            shown(taken),
            times(taken / first),
            f"{shown(taken / count)} par jour",
        )


def guidance(law: Law, runs: int) -> Iterator[Line]:
    """Measure dossiers that leave facts open."""
    from pycoverage.document import parse
    from pycoverage.dossier import check_dossier

    some = min(runs, 3)
    open_ = {name: read_dossier(EXAMPLES / f"{name}.yaml", law.base) for name in ("refus_ame", "ressources_inconnues")}
    household = check_dossier(parse(ROLES.encode(), name="roles.yaml"), law.base, file="roles.yaml")
    for name, dossier in {**open_, "quatre personnes, rôles seuls": household}.items():
        [taken] = medians(some, lambda dossier=dossier: assess(law, dossier))  # type: ignore[misc]
        yield f"{name} : réponse, faits inconnus", shown(taken), "", "repère"


def steps(law: Law, folder: Path, runs: int) -> Iterator[Line]:
    """Measure one step of an interview, on examples and on a household of which only the roles are known."""
    roles = folder / "roles.yaml"
    roles.write_text(ROLES, encoding="utf-8")
    paths = {f"étape de questions, {name}": EXAMPLES / f"{name}.yaml" for name in UNKNOWN}
    for what, path in {**paths, "étape de questions, foyer de quatre, rôles seuls": roles}.items():
        dossier = read_dossier(path, law.base)
        [taken] = medians(runs, lambda dossier=dossier: inquire(law, dossier, dossier.date))  # type: ignore[misc]
        yield what, shown(taken), "", "< 1 s"


def remedies(law: Law, runs: int) -> Iterator[Line]:
    """Measure what would change one right: the slowest of each story."""
    for name in STORIES:
        dossier = story(law, name)[0]
        asked = [
            partial(outlooks, law, dossier, person=person, right=right)
            for person in dossier.persons.values()
            for right in law.base.rights
        ]
        slowest = max(asked, key=clock)
        [taken] = medians(runs, slowest)
        what = f"ce qui changerait un droit, {len(dossier.persons)} pers. ({slowest.keywords['right']})"
        yield what, shown(taken), "", "< 2 s"


def letters(law: Law, runs: int) -> Iterator[Line]:
    """Measure a refusal examined, the letter composed from its proof, and each of its formats."""
    from pycoverage.letters.composition import compose
    from pycoverage.letters.printing import FORMATS, printed
    from pycoverage.letters.stationery import read_stationery
    from pycoverage.refusals.refusal import examine

    dossier = read_dossier(ROOT / "tests" / "dossiers" / "recours" / "examen" / "ame_arrivee.yaml", law.base)
    [person] = dossier.persons
    stationery, _ = read_stationery(ROOT)
    found = examine(law, dossier, person, "ame")
    letter = compose(found, stationery)
    [taken] = medians(runs, lambda: examine(law, dossier, person, "ame"))
    yield "un refus examiné", shown(taken), "", "repère"
    [taken] = medians(runs, lambda: compose(found, stationery))
    yield "sa lettre, composée depuis la preuve", shown(taken), "", "repère"
    for form in FORMATS:
        [taken] = medians(runs, lambda form=form: printed(letter, form))  # type: ignore[misc]
        yield f"sa lettre, en .{form}", shown(taken), "", "≤ 1 s"


def searches(persons: Sequence[int]) -> Iterator[Line]:
    """Yield how long it takes to find every right won or lost between two states, and to prove there is no other."""
    for days in (("2019-12-28", "2019-12-29"), ("2019-12-29", "2019-12-30"), ("2019-10-31", "2019-11-01")):
        before, after = (read_state(f"droit:{day}", ROOT) for day in days)
        pair = side_by_side(before, after)
        first = 0.0
        for count in persons:
            found: list[int] = []

            def search(pair: Pair = pair, count: int = count, found: list[int] = found) -> None:
                possible, complete = Differences(pair, pair.date, count, ()).possible()
                found.append(len(possible) if complete else -1)

            spent = clock(search)
            first = first or spent
            what = f"toutes les situations, {days[0]} / {days[1]}, {count} pers. : {found[0]} droits gagnés ou perdus"
            yield what, shown(spent), times(spent / first), "bien moins d'une minute"


def by_rules(counts: Sequence[int]) -> Iterator[Line]:
    """Yield how long it takes for some rights alone: with the rules on which they rest, and the facts these read."""
    pair = side_by_side(*(read_state(f"droit:{day}", ROOT) for day in ("2019-12-29", "2019-12-30")))
    law, rights = pair.law, list(pair.law.base.rights)
    first = 0.0
    for count in counts:
        kept = rights[:count]
        some = msgspec.structs.replace(pair, law=alone(law, [Atom("droit", (Var("P"), Fun(right))) for right in kept]))
        found: list[Differences] = []

        def search(some: Pair = some, found: list[Differences] = found) -> None:
            found.append(Differences(some, some.date, 1, ()))
            found[0].possible()

        spent = clock(search)
        first = first or spent
        size = f"{len(kept)} droit(s), {len(some.law.program.statements)} règles, {len(found[0].domain.groups)} faits"
        yield (
            f"toutes les situations, une personne, {size}",
            shown(spent),
            times(spent / first),
            "bien moins d'une minute",
        )


def years(law: Law, count: int) -> Iterator[Line]:
    """Measure a timeline of some years, on the days on which anything may change and on every day."""
    start, end = "2016-01-01", f"{2015 + count}-12-31"
    goals, whole = ("droit", "anomalie", "echeance"), every_day(start, end)
    for name in STORIES:
        dossier, case, _ = story(law, name)
        pivots = len(pivot_days(law, case, start, end, goals))
        found, taken = medians(
            3,
            lambda case=case: pivot_days(law, case, start, end, goals),  # type: ignore[misc]
            lambda dossier=dossier: timeline(law, dossier, start, end),  # type: ignore[misc]
        )
        daily = clock(lambda dossier=dossier: timeline(law, dossier, start, end, days=whole))  # type: ignore[misc]
        what = f"frise de {count} ans, {len(dossier.persons)} pers."
        yield f"{what} : {pivots} jours pivots sur {len(whole)}", shown(found), "", ""
        yield f"{what}, toutes lectures, causes et échéances", shown(taken), f"÷ {daily / taken:.1f}", "environ 1 s"
        yield f"{what}, de même jour après jour", shown(daily), "", "repère"


if __name__ == "__main__":
    main()
