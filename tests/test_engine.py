"""One meaning: many situations answered at once say what each says alone, and what plain clingo says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import clingo
import clingo.script
import pytest
from cases import (
    DOSSIERS,
    EXAMPLES,
    ROOT,
    assessments,
    dossier,
    dossier_texts,
    name_of,
    outputs,
    statuses,
    the_law,
)
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pycoverage import engine
from pycoverage.assessment import Assessment, assess, assess_all
from pycoverage.cli import main
from pycoverage.completion import fill
from pycoverage.dossier import read_dossier
from pycoverage.engine import evaluate
from pycoverage.export import export_program
from pycoverage.finding import InputError, LimitError
from pycoverage.folder import load_base
from pycoverage.law import Law
from pycoverage.lifting import lift
from pycoverage.situation import Context
from pycoverage.symbol import value_of

clingo.script.enable_python()
QUICK = settings(max_examples=25, derandomize=True, deadline=None)
GAPS = [path for path in DOSSIERS if assessments()[path].filled.gaps]
WHOLE = [path for path in DOSSIERS if not assessments()[path].filled.gaps]


def plain(program: str, *options: str) -> clingo.Control:
    """Ground an exported program with clingo alone; it must have nothing to say about it."""
    messages: list[str] = []
    control = clingo.Control(list(options), logger=lambda _code, text: messages.append(text))
    control.add("base", [], program)
    control.ground([("base", [])])
    assert not messages
    return control


def plain_outputs(assessment: Assessment) -> set[tuple[str, tuple[object, ...]]]:
    """Return the conclusions of plain clingo on the export of a complete dossier: its only model."""
    control = plain(export_program(assessment), "0")
    models = []
    with control.solve(yield_=True) as handle:
        for model in handle:
            models.append(
                {
                    (symbol.name, tuple(value_of(argument) for argument in symbol.arguments))
                    for symbol in model.symbols(atoms=True)
                    if the_law().base.outputs().get(symbol.name) == len(symbol.arguments)
                }
            )
    assert len(models) == 1
    return models[0]


@pytest.mark.parametrize("path", WHOLE[::2], ids=name_of)
def test_the_engine_says_what_plain_clingo_says_of_the_export(path):
    found = assessments()[path]
    assert outputs(found) == plain_outputs(found)


@pytest.mark.parametrize("path", WHOLE[::4], ids=name_of)
def test_dossiers_answered_together_are_answered_as_one_by_one(path):
    alone = assess(the_law(), read_dossier(path, the_law().base))
    assert outputs(alone) == outputs(assessments()[path])
    assert alone.outcomes == assessments()[path].outcomes


@QUICK
@given(dossier_texts())
def test_any_dossier_is_answered_as_plain_clingo_does(text):
    found = assess(the_law(), dossier(text))
    assert outputs(found) == plain_outputs(found)


@settings(max_examples=10, derandomize=True, deadline=None)
@given(st.lists(dossier_texts(), min_size=2, max_size=6))
def test_any_dossiers_together_are_answered_as_one_by_one(texts):
    law = the_law()
    read = [dossier(text) for text in texts]
    for one, together in zip(read, assess_all(law, read), strict=True):
        assert outputs(assess(law, one)) == outputs(together)


@settings(max_examples=10, derandomize=True, deadline=None)
@given(dossier_texts(), st.lists(st.dates().map(lambda day: f"{2016 + day.year % 11}-{day.month:02d}-01"), max_size=6))
def test_many_days_of_one_dossier_are_answered_as_one_by_one(text, days):
    law = the_law()
    case = fill(dossier(text), law.base).case
    contexts = [Context(day) for day in dict.fromkeys(days)]
    together = evaluate(law.base, law.program, [case], [contexts])
    for context in contexts:
        alone = evaluate(law.base, law.program, [case], [[context]])
        for name, arity in law.base.outputs().items():
            assert set(together.rows(name, arity, 0, context)) == set(alone.rows(name, arity, 0, context))


@pytest.mark.parametrize("path", GAPS, ids=name_of)
def test_an_incomplete_dossier_has_the_statuses_of_all_models_of_its_export(path):
    """Certain is what every model without contradiction holds, possible what one of them holds."""
    found = assessments()[path]
    control = plain(export_program(found) + ":- anomalie(0, 0, _, _).\n", "0")
    certain: set[tuple[str, str]] | None = None
    possible: set[tuple[str, str]] = set()
    with control.solve(yield_=True) as handle:
        for model in handle:
            held = {
                (str(symbol.arguments[2]), str(symbol.arguments[3]))
                for symbol in model.symbols(atoms=True)
                if symbol.match("droit", 4) and [argument.number for argument in symbol.arguments[:2]] == [0, 0]
            }
            certain = held if certain is None else certain & held
            possible |= held
    assert certain is not None
    for (person, right, context), outcome in found.outcomes.items():
        if context == found.default:
            key = person, right
            expected = "oui" if key in certain else "a_preciser" if key in possible else "non"
            assert (key, outcome.status) == (key, expected)


@pytest.mark.parametrize("size", [1, 2, 3, 199, 200, 201])
def test_the_size_of_a_batch_changes_nothing(size):
    law = the_law()
    few = [read_dossier(path, law.base) for path in WHOLE[:5]]
    batch = [few[number % len(few)] for number in range(size)]
    for number, found in enumerate(assess_all(law, batch)):
        assert outputs(found) == outputs(assessments()[WHOLE[number % len(few)]])


def test_the_order_of_the_dossiers_changes_nothing():
    law = the_law()
    paths = WHOLE[::-1][:60]
    for path, found in zip(paths, assess_all(law, [read_dossier(path, law.base) for path in paths]), strict=True):
        assert outputs(found) == outputs(assessments()[path])


@settings(max_examples=15, derandomize=True, deadline=None)
@given(dossier_texts())
def test_the_order_of_the_persons_changes_nothing(text):
    head, people = text.split("personnes:\n")
    blocks: list[str] = []
    for line in people.splitlines(keepends=True):
        if line.startswith("  ") and not line.startswith("    "):
            blocks.append(line)
        else:
            blocks[-1] += line
    other = head + "personnes:\n" + "".join(reversed(blocks))
    law = the_law()
    assert statuses(assess(law, dossier(text))) == statuses(assess(law, dossier(other)))


def test_a_person_with_nothing_to_do_with_the_household_changes_nothing():
    text = (ROOT / "examples" / "amina.yaml").read_text(encoding="utf-8")
    law = the_law()
    stranger = text.replace(
        "personnes:\n",
        "personnes:\n  zora:\n    naissance: 1950-01-01\n    nationalite: FR\n    arrivee: 1950-01-01\n"
        "    sejour: []\n    ressources: [{nature: autre, montant: 500000.00, par: an, du: 2010-01-01}]\n",
    )
    alone, with_her = statuses(assess(law, dossier(text))), statuses(assess(law, dossier(stranger)))
    assert {key: with_her[key] for key in alone} == alone


def law_with(folder, rule: str) -> Law:
    """Return the law of the checkout with one more rule file."""
    import shutil

    for name in ("rules", "facts"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "rules" / "puma" / "essai.lp").write_text(rule, encoding="utf-8")
    base = load_base(folder)
    return Law(base, lift(base), the_law().kinds)


NOT_IN_FORCE = """\
regle(essai, code_ss("L160-1"), "{start}", {end}).
phrase(essai, "{{Personne}} existe").

droit(Personne, puma) :-
    en_vigueur(essai),
    personne(Personne).
"""


@pytest.mark.parametrize(("start", "end"), [("2090-01-01", "#sup"), ("1990-01-01", '"2015-12-31"')])
def test_a_rule_that_is_not_in_force_changes_nothing(start, end, tmp_path):
    law = law_with(tmp_path, NOT_IN_FORCE.format(start=start, end=end))
    paths = [path for path in EXAMPLES if path in WHOLE]
    for path, found in zip(paths, assess_all(law, [read_dossier(path, law.base) for path in paths]), strict=True):
        assert outputs(found) == outputs(assessments()[path])


def test_a_rule_in_force_changes_the_answer(tmp_path):
    law = law_with(tmp_path, NOT_IN_FORCE.format(start="2016-01-01", end="#sup"))
    found = assess(law, read_dossier(ROOT / "examples" / "mineur_seul.yaml", law.base))
    assert statuses(found)["mamadou", "puma"] == "oui"


def test_tracing_changes_nothing():
    law = the_law()
    read = [read_dossier(path, law.base) for path in WHOLE]
    for path, found in zip(WHOLE, assess_all(law, read, traced=True), strict=True):
        assert outputs(found) == outputs(assessments()[path])


RICH = """\
date: 2021-05-01
personnes:
  ana:
    naissance: 1980-01-01
    nationalite: FR
    arrivee: 1980-01-01
    sejour: []
    ressources: [{lines}]
"""


def rich(number: int, amount: str, per: str = "an") -> str:
    line = f"{{nature: salaire, montant: {amount}, par: {per}, du: 2018-01-01}}"
    return RICH.replace("{lines}", ", ".join([line] * number))


def test_a_large_income_is_compared_with_the_ceiling_as_it_is():
    found = statuses(assess(the_law(), dossier(rich(1, "2000000.00"))))
    assert (found["ana", "c2s_gratuite"], found["ana", "c2s_participation"]) == ("non", "non")


@pytest.mark.parametrize("text", [rich(11, "2000000.00"), rich(1, "2000000.00", "mois"), rich(200, "1999999.99")])
def test_a_sum_that_leaves_32_bits_is_refused_and_never_wraps(text):
    with pytest.raises(InputError, match="hors des bornes du calcul") as caught:
        assess(the_law(), dossier(text))
    finding = caught.value.findings[0]
    assert finding.code == "PC109"
    assert finding.place.file.startswith("rules/")
    assert finding.place.line


def test_a_sum_over_a_household_that_leaves_32_bits_is_refused():
    text = rich(10, "2000000.00")
    more = text.replace("  ana:", "  bob:", 1).split("personnes:\n")[1]
    child = more.replace("  bob:", "  bob:\n    parents: [ana]", 1).replace("1980-01-01", "2010-01-01")
    with pytest.raises(InputError, match="hors des bornes du calcul"):
        assess(the_law(), dossier(text + child))


def test_an_overflow_ends_the_command_with_code_2(tmp_path):
    path = tmp_path / "riche.yaml"
    path.write_text(rich(11, "2000000.00"), encoding="utf-8")
    result = CliRunner().invoke(main, ["evaluate", str(path), "--format", "json"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "hors des bornes du calcul" in result.stderr


def test_a_limit_of_time_is_told():
    law = the_law()
    read = [read_dossier(path, law.base) for path in WHOLE]
    before = threading.active_count()
    with pytest.raises(LimitError, match="la limite de temps est dépassée"):
        assess_all(law, read, seconds=0.001)
    while threading.active_count() > before:
        time.sleep(0.05)


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pycoverage", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=120,
    )


def test_a_limit_of_time_ends_the_command_with_code_3():
    found = command("--limite", "0.001", "evaluate", "examples/amina.yaml", "--format", "json")
    assert (found.returncode, found.stdout) == (3, "")
    assert "la limite de 0,001 seconde est dépassée" in found.stderr.replace("\u00a0", " ")
    assert "Traceback" not in found.stderr


def test_the_limit_told_is_the_one_that_was_set_and_not_what_was_left_of_it():
    found = command("--limite", "0.5", "compare", "droit:2020-12-31", "droit:2021-01-01", "--exhaustive")
    assert (found.returncode, found.stdout) == (3, "")
    assert found.stderr.replace("\u00a0", " ").startswith("la limite de 0,5 seconde est dépassée — ")


INTERRUPTED = """
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to it
import clingo
from pycoverage import assessment, cli
from pycoverage.engine import ground

class Called:
    def f(self, number):
        if number.number == 1:
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        return number

def endless(*given, **named):
    control = clingo.Control()
    control.add("base", [], "p(@f(X)) :- X = 1..1000000000.")
    ground(control, Called(), {seconds})

assessment.assess = endless
cli.main(["evaluate", "examples/amina.yaml"])
"""


@pytest.mark.parametrize("seconds", ["60", "None"])
def test_an_interrupted_grounding_ends_at_once_in_french_and_with_its_own_code(seconds):
    """In a process of its own, that interrupts itself while the grounder calls it."""
    found = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.replace("{seconds}", seconds)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )
    assert (found.returncode, found.stdout, found.stderr) == (130, "", "Interrompu.\n")


def test_a_limit_of_memory_ends_the_command_with_code_3(tmp_path):
    """The household is large enough to pass the smallest limit that can be set."""
    people = "".join(
        f"  a{one}:\n    naissance: 1980-01-01\n    nationalite: PE\n    arrivee: 2019-01-01\n"
        f"    sejour: {list_of(200)}\n    ressources: inconnu\n"
        for one in range(50)
    )
    path = tmp_path / "grand.yaml"
    path.write_text(f"date: 2021-05-01\npersonnes:\n{people}", encoding="utf-8")
    found = command("--memoire", "256", "evaluate", str(path), "--format", "json")
    assert (found.returncode, found.stdout) == (3, "")
    assert "mémoire" in found.stderr
    assert "Traceback" not in found.stderr


def list_of(number: int) -> str:
    """Return titles of stay, one a day."""
    lines = [
        f"{{titre: carte_resident, du: 20{10 + day // 28:02d}-01-{day % 28 + 1:02d}, au: 2021-01-01}}"
        for day in range(number)
    ]
    return "[" + ", ".join(lines) + "]"


CONTRADICTIONS = [
    ("parents: [ana]", "parent_de_soi"),
    ("parents: [bob]", "parent_trop_jeune"),
    ("depart: 2010-01-01", "depart_avant_arrivee"),
    ("couverture_etrangere: [{pays: FR, du: 2019-06-01}]", "couverture_etrangere_francaise"),
]


@pytest.mark.parametrize(("line", "code"), CONTRADICTIONS)
def test_a_contradiction_is_an_anomaly_and_never_no_rights(line, code, tmp_path):
    path = tmp_path / "cas.yaml"
    path.write_text(
        "date: 2021-05-01\npersonnes:\n"
        "  ana:\n    naissance: 1980-01-01\n    nationalite: PE\n    arrivee: 2019-01-01\n    sejour: []\n"
        f"    ressources: []\n    {line}\n"
        "  bob:\n    naissance: 1975-01-01\n    nationalite: PE\n    arrivee: 2019-01-01\n    sejour: []\n"
        "    ressources: []\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["evaluate", str(path), "--format", "json"])
    assert result.exit_code == 2
    answer = json.loads(result.stdout)
    assert answer["personnes"] == {}
    found = [anomaly for anomaly in answer["anomalies"] if anomaly["code"] == code]
    assert found
    assert found[0]["personne"] == "ana"
    assert found[0]["ligne"] > 0
    assert found[0]["fichier"] == str(path)
    assert "{" not in found[0]["message"]
    assert "ana" in found[0]["message"].lower()


REFUSED = """\
date: 2022-07-01
personnes:
  ana: {naissance: 1980-01-01, nationalite: PE, arrivee: 2019-01-01, sejour: [], ressources: []}
demandes:
  - {droit: ame, personne: ana, deposee: 2022-05-20}
decisions:
  - {droit: ame, personne: ana, sens: refus, notifiee: 2022-05-19, effet: 2022-05-20}
"""


def test_a_refusal_notified_before_the_only_claim_it_can_answer_is_a_contradiction(tmp_path):
    path = tmp_path / "cas.yaml"
    path.write_text(REFUSED, encoding="utf-8")
    for arguments in (["evaluate", str(path)], ["explain", str(path)]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 2
        assert "notifié à Ana le 19 mai 2022, avant la demande du 20 mai 2022" in plain_text(result.stdout)
        assert "ligne 5" in result.stdout and "ligne 7" in result.stdout
    result = CliRunner().invoke(main, ["refusal", str(path)])
    assert result.exit_code == 2
    assert "decision_avant_demande" in result.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("notifiee: 2022-05-19", "notifiee: 2022-05-20"),
        ("effet: 2022-05-20", "effet: 2022-05-19"),
        ("demandes:", "demandes:\n  - {droit: ame, personne: ana, deposee: 2022-05-19}"),
        ("droit: ame, personne: ana, sens", "droit: puma, personne: ana, sens"),
        ("sens: refus", "sens: fermeture"),
    ],
    ids=["le même jour", "un effet antérieur", "une autre demande avant", "un autre droit", "une fermeture"],
)
def test_a_refusal_that_answers_another_claim_is_none(before, after):
    assert before in REFUSED
    assert assess(the_law(), dossier(REFUSED.replace(before, after))).anomalies == ()


COUPLE = """\
date: 2022-07-01
personnes:
  ana: {naissance: 1990-01-01, nationalite: PE, arrivee: 2019-01-01, sejour: [], ressources: []}
  bob: {naissance: 2000-01-01, nationalite: PE, arrivee: 2019-01-01, sejour: [], ressources: []}
unions: [{de: ana, avec: bob, nature: concubinage}]
"""


@pytest.mark.parametrize(
    ("de", "avec", "du", "young"),
    [
        ("ana", "bob", ", du: 1999-12-31", ["p2"]),
        ("bob", "ana", ", du: 1999-12-31", ["p2"]),
        ("ana", "bob", ", du: 2000-01-01", []),
        ("ana", "bob", "", []),
    ],
)
def test_a_couple_is_not_older_than_either_of_the_two(de, avec, du, young):
    line = f"{{de: {de}, avec: {avec}, nature: concubinage{du}}}"
    found = assess(the_law(), dossier(COUPLE.replace("{de: ana, avec: bob, nature: concubinage}", line)))
    assert found.anomalies == tuple(("union_avant_naissance", one) for one in young)


@pytest.mark.parametrize(
    ("nature", "du", "young"),
    [
        ("pacs", ", du: 2017-12-31", ["p2"]),
        ("pacs", ", du: 2018-01-01", []),
        ("pacs", "", []),
        ("mariage", ", du: 2017-12-31", []),
    ],
)
@pytest.mark.parametrize("order", [("ana", "bob"), ("bob", "ana")])
def test_a_civil_partnership_is_between_adults(order, nature, du, young):
    """Code civil, art. 515-1; a marriage before that age may be allowed (art. 145), or have been made elsewhere."""
    line = f"{{de: {order[0]}, avec: {order[1]}, nature: {nature}{du}}}"
    found = assess(the_law(), dossier(COUPLE.replace("{de: ana, avec: bob, nature: concubinage}", line)))
    assert found.anomalies == tuple(("pacs_mineur", one) for one in young)


@pytest.mark.parametrize(("day", "young"), [("2017-12-31", ["p2"]), ("2018-01-01", [])])
def test_a_civil_partnership_without_a_date_is_not_a_minor_s(day, young):
    text = COUPLE.replace("nature: concubinage", "nature: pacs").replace("date: 2022-07-01", f"date: {day}")
    found = assess(the_law(), dossier(text.replace("arrivee: 2019-01-01", "arrivee: 2010-01-01")))
    assert found.anomalies == tuple(("pacs_mineur", one) for one in young)


def plain_text(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_contradictory_dossier_does_not_disturb_its_neighbours():
    law = the_law()
    contradictory = dossier(RICH.replace("{lines}", "").replace("    sejour", "    parents: [ana]\n    sejour"))
    paths = [path for path in EXAMPLES if path in WHOLE][:3]
    read = [read_dossier(path, law.base) for path in paths]
    found = assess_all(law, [read[0], contradictory, *read[1:]])
    assert found[1].anomalies
    for path, one in zip(paths, [found[0], *found[2:]], strict=True):
        assert outputs(one) == outputs(assessments()[path])


@pytest.mark.parametrize("form", [("evaluate", "--format", "json"), ("explain", "--format", "json"), ("export",)])
def test_the_same_input_gives_the_same_bytes(form):
    name, *options = form
    runs = [command(name, "examples/couple_mixte.yaml", *options, PYTHONHASHSEED=seed) for seed in ("1", "2")]
    assert runs[0].returncode == runs[1].returncode == 0
    assert runs[0].stdout == runs[1].stdout


def test_a_chunk_holds_a_few_hundred_cases():
    assert 100 <= engine.CHUNK <= 300


def test_a_parameter_without_a_value_that_day_is_an_anomaly(tmp_path):
    """A gap in a parameter that a rule in force asks for is told, and no right is denied because of it."""
    import shutil

    for name in ("rules", "facts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    path = tmp_path / "facts" / "parametres" / "plafonds.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("plafond_c2s:"))
    kept, dropped = [], 0
    for number, line in enumerate(lines):
        inside = number > start and not dropped_block_ended(lines, start, number)
        if inside and line.lstrip().startswith("- {du:") and line.split("du:")[1].strip()[:4] < "2021":
            dropped += 1
            continue
        kept.append(line)
    assert dropped
    path.write_text("".join(kept), encoding="utf-8")
    base = load_base(tmp_path)
    law = Law(base, lift(base), the_law().kinds)
    found = assess(law, read_dossier(ROOT / "examples" / "touriste_veille_reforme.yaml", base))
    assert found.missing == ("plafond_c2s",)
    result = CliRunner().invoke(
        main, ["--base", str(tmp_path), "evaluate", str(ROOT / "examples" / "touriste_veille_reforme.yaml")]
    )
    assert result.exit_code == 2
    assert "plafond" in result.output


def dropped_block_ended(lines: list[str], start: int, number: int) -> bool:
    """Tell whether a line stands after the block of YAML that starts at another."""
    return any(line[:1].isalpha() for line in lines[start + 1 : number + 1])
