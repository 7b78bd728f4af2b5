"""The wheel carries its rules and facts, and the command line starts without what it does not use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("clingo", "rich", "yaml", "msgspec")


def run(arguments: list[str], *, cwd: Path, **env: str) -> str:
    """Run Python in another folder and return what it prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder where the wheel of this checkout is installed, alone."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)], cwd=folder)
    [wheel] = folder.glob("*.whl")
    target = folder / "target"
    run([*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)], cwd=folder)
    return target


def test_the_wheel_holds_every_rule_and_fact_unchanged(installed):
    def contents(root: Path) -> dict[str, bytes]:
        files = [path for part in ("rules", "facts") for path in (root / part).rglob("*") if path.is_file()]
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}

    assert contents(installed / "pycoverage" / "base") == contents(ROOT)
    assert (installed / "pycoverage" / "py.typed").exists()
    words = {path.name for path in (ROOT / "pycoverage" / "langues").iterdir()}
    assert {path.name for path in (installed / "pycoverage" / "langues").iterdir()} == words


def test_the_wheel_holds_nothing_but_the_package(installed):
    assert {path.name for path in installed.iterdir()} - {"bin"} == {
        "pycoverage",
        next(installed.glob("pycoverage-*.dist-info")).name,
    }


def test_an_installed_package_answers_from_another_folder_with_its_own_base(installed, tmp_path):
    shutil.copy(ROOT / "examples" / "amina.yaml", tmp_path)
    env = {"PYTHONPATH": str(installed), "PYCOVERAGE_CACHE": str(tmp_path / "cache")}
    where = "import pycoverage.checkout as b; print(b.default_root())"
    assert run(["-c", where], cwd=tmp_path, **env).strip() == str(installed / "pycoverage" / "base")
    asked = ["-m", "pycoverage", "evaluate", "amina.yaml", "--format", "json"]
    answer = json.loads(run(asked, cwd=tmp_path, **env))
    assert answer["personnes"]["amina"]["droits"]["puma"]["statut"] == "oui"
    assert answer["personnes"]["amina"]["droits"]["ame"]["statut"] == "non"
    assert json.loads(run(asked, cwd=tmp_path, **env)) == answer, "the cache changes nothing"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"], ["evaluate", "--help"]])
def test_the_command_line_starts_without_loading_the_engine(arguments, tmp_path):
    code = (
        "import sys, pycoverage.cli as cli\n"
        f"if {arguments!r}: cli.main({arguments!r}, standalone_mode=False)\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    run(["-c", code], cwd=tmp_path, PYTHONPATH=str(ROOT))


def test_an_answer_in_json_does_not_load_the_terminal_library(tmp_path):
    example = ROOT / "examples" / "amina.yaml"
    code = (
        "import sys, pycoverage.cli as cli\n"
        f"try: cli.main(['evaluate', {str(example)!r}, '--format', 'json'])\n"
        "except SystemExit as done: code = done.code\n"
        "sys.exit('rich' in sys.modules or code)"
    )
    run(["-c", code], cwd=tmp_path, PYTHONPATH=str(ROOT))
