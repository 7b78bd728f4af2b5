"""What the documentation says is what the program does."""

from __future__ import annotations

import inspect
import itertools
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
import pytest
from cases import the_law

from pycoverage import __version__
from pycoverage.base import OUTPUT
from pycoverage.catalogue import Article, Nomenclature, Parameter, Property, Question, Reading, Right, Text
from pycoverage.cli import main
from pycoverage.comparisons.corpus import default_paths
from pycoverage.document import read
from pycoverage.functions import FUNCTIONS
from pycoverage.inventory import Entry, read_entries
from pycoverage.reader import Reader
from pycoverage.reform import STATUSES, Reform, names
from pycoverage.requirement import Admission, Declaration, Requirement, Requirements, read_requirements
from pycoverage.rubric import Rubric
from pycoverage.translation import flaws, read_catalogues, texts
from pycoverage.vocabulary import WORDS, Attribute, Field, Step

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
RULES = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
FACTS = (ROOT / "facts" / "README.md").read_text(encoding="utf-8")

LONG = ("test", "check", "mutants")
"""Commands of the README that other tests run, and that take seconds on the whole base."""


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the language and the content of each fenced block."""
    yield from re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.M | re.S)


def cells(text: str, header: str) -> list[list[str]]:
    """Return the rows of the tables whose first column has this header."""
    found: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        row = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if not line.startswith("|"):
            inside = False
        elif row[0] == header:
            inside = True
        elif inside and set(row[0]) - {"-"}:
            found.append(row)
    return found


def marked(name: str) -> str:
    """Return the line of the block that follows a marker comment of the README."""
    found = re.findall(rf"^<!-- {name} -->\n```\w*\n(.*)\n```$", README, flags=re.M)
    assert len(found) == 1, f"one block after <!-- {name} -->"
    return found[0]


def commands() -> list[list[str]]:
    """Return the arguments of each `pycoverage …` written in the README's fenced blocks."""
    found = []
    for language, content in blocks(README):
        if language not in ("sh", "bash", "console", ""):
            continue
        for line in content.splitlines():
            for part in re.split(r"&&|;|\|", line):
                words = shlex.split(part, comments=True)
                words = words[1:] if words[:1] == ["$"] else words
                if words and Path(words[0]).name == "pycoverage":
                    found.append(words[1:])
    return found


def parsed(arguments: list[str]) -> str:
    """Parse arguments as the command line does, without running them, and return the command's name."""
    context = click.Context(main, info_name="pycoverage")
    rest = main.make_parser(context).parse_args(list(arguments))[1]
    name, command, left = main.resolve_command(context, rest)
    assert command is not None
    command.make_context(name, left, parent=context)
    return str(name)


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_each_command_of_the_readme_exists_with_its_options(arguments):
    parsed(arguments)


@pytest.mark.parametrize("arguments", [c for c in commands() if not set(LONG) & set(c)], ids=" ".join)
def test_each_command_of_the_readme_runs(arguments, tmp_path):
    for name in ("examples", "rules", "facts", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    done = run_cli(arguments, tmp_path)
    assert done.returncode == 0, done.stderr


def run_cli(arguments: list[str], cwd: Path, typed: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run the command line of this checkout as its own process, with what somebody types."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pycoverage.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", start, *arguments],
        cwd=cwd,
        input="".join(f"{line}\n" for line in typed),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def transcripts(title: str) -> list[tuple[list[str], list[str], list[str]]]:
    """Return the steps of a path of the README: arguments, answers typed, and lines that it shows."""
    [path] = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## )", README, flags=re.M | re.S)
    found = []
    for language, content in blocks(path):
        assert language == "text"
        command, *lines = content.splitlines()
        typed = [line.rpartition(" > ")[2] for line in lines if " > " in line]
        shown = [line.rpartition(" > ")[0] if " > " in line else line for line in lines]
        found.append((shlex.split(command.removeprefix("$ pycoverage ")), typed, shown))
    return found


def test_the_path_of_the_adviser_is_true(tmp_path):
    """Each step runs on what the one before wrote, and says every line that the README shows."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    steps = transcripts("Le parcours d'un conseiller")
    assert [arguments[0] for arguments, _, _ in steps] == ["evaluate", "ask", "refusal", "timeline", "appeal"]
    for arguments, typed, shown in steps:
        done = run_cli(arguments, tmp_path, typed)
        assert done.returncode == 0, done.stderr
        output = done.stdout
        if "-o" in arguments:
            output += (tmp_path / arguments[arguments.index("-o") + 1]).read_text(encoding="utf-8")
        assert unsaid(shown, output) == []


def unsaid(shown: Sequence[str], output: str) -> list[str]:
    """Return the lines shown that an output does not say, whatever its spaces."""
    said = output.replace("\u00a0", " ")
    return [line for line in shown if line.replace("\u00a0", " ") not in said]


def test_the_path_of_the_reviewer_is_true():
    """Each step says every line that the README shows; those on the whole base have their own tests."""
    steps = transcripts("Le chemin d'un relecteur")
    assert [parsed(arguments) for arguments, _, _ in steps] == [
        "check",
        "compare",
        "compare",
        "verify",
        "snapshot",
        "mutants",
    ]
    for arguments, _, shown in steps:
        if not set(LONG) & set(arguments):
            done = run_cli(arguments, ROOT)
            assert done.returncode == ("verify" in arguments), done.stderr
            assert unsaid(shown, done.stdout) == []


def test_the_script_of_the_recipe_stops_at_a_refused_base_and_gives_the_gravest_code(tmp_path):
    """A command that stands for pycoverage notes what it is asked and gives the code of each."""
    script = next(content for language, content in blocks(RULES) if language == "sh")
    asked = [shlex.split(line)[1:] for line in script.splitlines() if line.startswith("pas ")]
    steps = [parsed(["--base", ".", *itertools.takewhile(lambda word: word != "||", words)]) for words in asked]
    assert steps == ["check", "test", "snapshot", "verify", "compare"]
    (tmp_path / "relire.sh").write_text(script, encoding="utf-8")
    (tmp_path / "git").write_text("#!/bin/sh\necho depart\n")
    (tmp_path / "pycoverage").write_text('#!/bin/sh\necho "$3"\neval "exit \\${$3:-0}"\n')
    for name in ("git", "pycoverage"):
        (tmp_path / name).chmod(0o755)

    def reviewed(**codes: str) -> tuple[int, list[str]]:
        env = {"PATH": f"{tmp_path}:/usr/bin:/bin", **codes}
        done = subprocess.run(
            ["bash", "relire.sh", "main"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.split()

    assert reviewed() == (0, steps)
    assert reviewed(check="1") == (1, ["check"])
    assert reviewed(snapshot="1") == (1, steps)
    assert reviewed(snapshot="1", verify="3") == (3, steps)


def test_the_readme_lists_every_command_and_no_other():
    listed = {re.match(r"`pycoverage (\w+)", row[0])[1] for row in cells(README, "commande")}
    assert listed == {name for name, command in main.commands.items() if not command.hidden}


def test_the_readme_names_the_folders_whose_dossiers_are_compared_by_default(monkeypatch):
    monkeypatch.chdir(ROOT)
    [told] = re.findall(r"^.*Sans nom de dossier, il prend tous ceux de ([^.]*)\.", README, flags=re.M)
    folders = set(re.findall(r"`([^`]+)`", told))
    taken = {path: [each for each in folders if path.is_relative_to(each)] for path in default_paths(ROOT)}
    assert all(len(within) == 1 for within in taken.values())
    assert {each for [each] in taken.values()} == folders


def test_the_page_on_rules_counts_no_dossiers():
    """Their number changes with each dossier: the program tells it."""
    assert not re.search(r"\d+ dossiers comparés", RULES)


def test_options_named_in_the_text_exist():
    known = {name for command in main.commands.values() for item in command.params for name in item.opts}
    known |= {name for item in main.params for name in item.opts} | {"--help", "--version"}
    prose = re.sub(r"^```.*?^```", "", README, flags=re.M | re.S)
    assert set(re.findall(r"`[^`\n]*?(--[a-z]+)", prose)) <= known


def test_the_two_marked_lines_are_what_the_job_runs():
    job = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "marked main" in job
    assert "marked tests" in job
    assert marked("main").startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert "examples/" in marked("main")
    assert marked("tests").endswith("-m pytest -n 2 --dist loadgroup")
    shell = job[job.index("marked()") : job.index("run()")] + '\nmarked "$1"\n'
    for name in ("main", "tests"):
        done = subprocess.run(["bash", "-c", shell, "-", name], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.rstrip("\n") == marked(name)


EXIT_CODES = {
    0: ["evaluate", "examples/amina.yaml"],
    1: ["test", "faux.yaml"],
    2: ["evaluate", "absent.yaml"],
    3: ["--limite", "0.001", "evaluate", "examples/amina.yaml"],
}


def test_the_readme_names_the_exit_codes():
    sentence = re.search(r"^Codes de sortie : (.*)$", README, flags=re.M)
    assert sentence
    assert {int(code) for code in re.findall(r"`(\d)`", sentence[1])} == set(EXIT_CODES)


@pytest.mark.parametrize("code", EXIT_CODES)
def test_each_exit_code_is_given(code, tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    example = (ROOT / "examples" / "amina.yaml").read_text(encoding="utf-8")
    wrong = example[: example.index("attendu:")] + "attendu:\n  amina: {ame: oui}\n"
    (tmp_path / "faux.yaml").write_text(wrong, encoding="utf-8")
    done = run_cli(EXIT_CODES[code], tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_rules_page_lists_the_atoms_that_the_program_reads():
    listed = {}
    for row in cells(RULES, "atome"):
        name, arguments = re.fullmatch(r"`(\w+)\((.*)\)`", row[0]).groups()
        listed[name] = len(arguments.split(","))
    assert listed == OUTPUT


def test_the_rules_page_lists_the_named_functions_with_their_arguments():
    listed = {
        name: [part.strip() for part in arguments.split(",")]
        for row in cells(RULES, "fonction")
        for name, arguments in re.findall(r"`@(\w+)\(([^)]*)\)`", row[0])
    }
    assert set(listed) == set(FUNCTIONS)
    for name, (function, types, _) in FUNCTIONS.items():
        open_ended = types[-1] == "*"
        assert (listed[name][-1] == "…") == open_ended, name
        assert len(listed[name]) == len(types), name
        assert len(inspect.signature(function).parameters) == len(types) - open_ended, name


def section(title: str) -> str:
    """Return the part of facts/README.md under a heading that names a file."""
    found = re.search(rf"^## `{re.escape(title)}`.*?\n(.*?)(?=^## |\Z)", FACTS, flags=re.M | re.S)
    assert found, title
    return found[1]


def written(part: str) -> set[str]:
    """Return the words of a section that stand in backticks or in a block."""
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", part, flags=re.M | re.S))
    return set(re.findall(r"\w+", " ".join([*spans, *(content for _, content in blocks(part))])))


SECTIONS = {
    "vocabulaire.yaml": (Attribute, Field, Step),
    "textes/*.yaml": (Text, Article),
    "droits.yaml": (Right,),
    "rubriques.yaml": (Rubric,),
    "lectures.yaml": (Question, Reading),
    "preuves.yaml": (Requirements, Requirement, Admission, Declaration),
    "parametres/*.yaml": (Parameter,),
    "nomenclatures/*.yaml": (Nomenclature, Property),
    "inventaire/*.yaml": (Entry,),
}
DERIVED = {"name", "owner", "place", "key_types", "amounts"}
"""Fields that no one writes: they are computed, or written under other names."""


@pytest.mark.parametrize("title", SECTIONS)
def test_the_facts_page_names_every_key(title):
    keys = {field.name for struct in SECTIONS[title] for field in msgspec.structs.fields(struct)} - DERIVED
    assert keys - written(section(title)) - {"note"} == set()
    assert "`note`" in FACTS


def test_every_named_variable_is_one_of_a_rule():
    base = the_law().base
    written = {name for file in (ROOT / "rules").rglob("*.lp") for name in re.findall(r"\b[A-Z]\w*", file.read_text())}
    assert set(base.variables) <= written
    [example] = [content for language, content in blocks(section("variables.yaml")) if language == "yaml"]
    assert dict(line.split(": ") for line in example.splitlines()).items() <= base.variables.items()


def test_the_facts_page_names_every_section_of_a_catalogue(tmp_path):
    beside, apart = [content for language, content in blocks(section("langues/*.yaml")) if language == "yaml"]
    (tmp_path / "rules").mkdir()
    (tmp_path / "facts" / "langues").mkdir(parents=True)
    (tmp_path / "rules" / "exemple.en.yaml").write_text(beside, encoding="utf-8")
    (tmp_path / "facts" / "langues" / "en.yaml").write_text(apart, encoding="utf-8")
    entries, findings = read_catalogues(tmp_path, "en")
    assert findings == []
    assert {key[0] for key in entries} == {key[0] for key in texts(the_law().base)}
    assert flaws({key: entry for key, entry in entries.items() if entry.text != "…"}, the_law().base) == []


def test_the_keys_of_the_vocabulary_table_exist():
    listed = {name for row in cells(FACTS, "clé") for name in re.findall(r"`(\w+)`", row[0])}
    assert listed <= {field.name for struct in (Attribute, Step) for field in msgspec.structs.fields(struct)}


def test_the_facts_page_names_the_words_of_a_step():
    assert all(f"`{word}`" in FACTS or f'`"{word}"`' in FACTS for word in WORDS)


@pytest.mark.parametrize("title", [title for title in SECTIONS if title != "vocabulaire.yaml"])
def test_the_examples_of_the_facts_page_are_read_without_a_finding(title, tmp_path):
    [content] = [content for language, content in blocks(section(title)) if language == "yaml"]
    path = tmp_path / "exemple.yaml"
    path.write_text(content, encoding="utf-8")
    reader = Reader()
    node = read(path, name=path.name)
    if title.startswith("parametres"):
        assert reader.parameters(node)
    elif title.startswith("nomenclatures"):
        assert reader.nomenclature(node)
    elif title.startswith("inventaire"):
        assert read_entries(node, reader)
    elif title.startswith("preuves"):
        assert read_requirements(node, reader).pieces
    else:
        assert reader.structs(node, SECTIONS[title][0], "exemple")
    assert reader.findings == []


def test_the_example_rule_of_the_pages_stands_in_the_base():
    for page in (README, RULES):
        [rule] = [content for language, content in blocks(page) if language == "prolog"]
        name = re.search(r"^regle\((\w+)", rule, flags=re.M)[1]
        text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").rglob("*.lp")))
        assert f"regle({name}," in text
        assert f"en_vigueur({name})" in text


def test_the_files_that_the_pages_name_exist():
    for page, folder in ((README, ROOT), (RULES, ROOT / "rules"), (FACTS, ROOT / "facts")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page):
            assert (folder / target).exists(), target
    for row in cells(README, "chemin"):
        for name in re.findall(r"`([\w/]+/)`", row[0]):
            assert (ROOT / name).is_dir(), name


def test_the_journal_opens_with_the_current_version():
    journal = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", journal, flags=re.M)[1] == __version__


def test_the_manifest_of_a_reform_is_documented_key_by_key():
    listed = {name for row in cells(RULES, "clé") for name in re.findall(r"`(\w+)`", row[0])}
    own = {"name", "depuis", "folder", "place", "places"}
    assert listed == {field.name for field in msgspec.structs.fields(Reform)} - own
    told = next(row[1] for row in cells(RULES, "clé") if row[0] == "`statut`")
    assert set(re.findall(r"`(\w+)`", told)) == set(STATUSES)


def test_the_reforms_that_ship_are_listed():
    assert [row[0].strip("`") for row in cells(RULES, "réforme")] == sorted(names(ROOT))
