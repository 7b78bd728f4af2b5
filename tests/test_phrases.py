"""The command line speaks French, also where click speaks for it: the help, and every error of usage."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from cases import ROOT
from click import core, decorators, exceptions, formatting, parser, types
from click.testing import CliRunner, Result

from pycoverage.cli import main
from pycoverage.commands.phrases import PHRASES

AMINA = str(ROOT / "examples" / "amina.yaml")
ENGLISH = (
    "aborted and are args boolean but choose command commands could default deprecated did directory does error exactly"
    " executable exist exit expected extra file filename float for formats from given got help integer invalid is mean"
    " missing must no not of one open path paths possible range readable required requires show such take takes text"
    " the this to try unexpected unknown valid value values was were with writable you your"
)
"""Words of click's own messages that are not also French words, as argument, option and format are."""
WORDS = re.compile(rf"\b({ENGLISH.replace(' ', '|')})\b", re.IGNORECASE)
OURS = re.compile(r"«[^»]*»|(?<!\w)'[^']*'|\[[a-z]+(?:\|[a-z]+)+\]|par défaut : [a-z]+|(?<!\w)--?[a-z]+")
"""Names that the program gives and words that the user typed: between quotes, after a dash, choices, defaults."""


def run(*arguments: str, **env: str) -> Result:
    return CliRunner(env=env).invoke(main, list(arguments), prog_name="pycoverage")


def english(text: str) -> list[str]:
    """Return the English words of what click writes: the names of commands, at the head of a line, aside."""
    plain = OURS.sub(" ", re.sub(r"^  (?:  )?[a-z]+  +", "", text, flags=re.M))
    return WORDS.findall(re.sub(r"^(Usage :|Pour l'aide :) .*?(?=\[|$)", "", plain, flags=re.M))


@pytest.mark.parametrize(
    "english_text", ["Usage: x [OPTIONS] COMMAND [ARGS]...", "  --base PATH  Dossier.", "[required]"]
)
def test_english_is_seen(english_text):
    assert english(english_text)


@pytest.mark.parametrize("name", ["", *main.commands])
def test_the_help_of_every_command_is_in_french(name):
    result = run(*filter(None, [name]), "--help")
    assert result.exit_code == 0
    assert english(result.output) == []
    assert result.output.startswith(f"Usage : pycoverage {name}".rstrip())
    assert "\nOptions :\n" in result.output
    assert re.search(r"--help +Affiche cette aide\.", result.output)


BAD = [
    (["evaluate", AMINA, "--format", "xml"], ["valeur incorrecte pour '--format'", "« xml »", "'json'"]),
    (["explain", AMINA, "--depth", "trois"], ["« trois » n'est pas un entier"]),
    (["explain", AMINA, "--depth", "0"], ["0 est hors des bornes : x>=1"]),
    (["compare", "base", "base", "--persons", "0"], ["0 est hors des bornes : 1<=x<=6", "--personnes"]),
    (["mutants", "--seed", "1.5"], ["« 1.5 » n'est pas un entier"]),
    (["--limite", "abc", "check"], ["valeur incorrecte pour '--limite'", "« abc » n'est pas un nombre"]),
    (["--limite", "0", "check"], ["0.0 est hors des bornes : 0.001<=x<=86400"]),
    (["--limite", "nan", "check"], ["donnez un nombre de secondes"]),
    (["--memoire", "1", "check"], ["1 est hors des bornes : 256<=x<=1000000"]),
    (["--limite"], ["l'option « --limite » demande une valeur"]),
    (["evaluate"], ["il manque l'argument 'DOSSIER'"]),
    (["compare", "base"], ["il manque l'argument 'APRES'"]),
    (["timeline", AMINA, "--to", "2021-01-01"], ["il manque l'option '--from'"]),
    (["evaluate", AMINA, "--date"], ["l'option « --date » demande une valeur"]),
    (["inventory", "--missing=oui"], ["l'option « --missing » ne prend pas de valeur"]),
    (["evaluate", AMINA, "--fromat", "json"], ["pas d'option « --fromat »", "vouliez-vous dire", "--format", "?)"]),
    (["compare", "base", "base", "--personn", "1"], ["« --personn »", "l'un de", "--personnes", "--persons", "?)"]),
    (["evaluate", AMINA, "-x"], ["pas d'option « -x »"]),
    (["--nawak"], ["pas d'option « --nawak »"]),
    (["nawak"], ["pas de commande « nawak »"]),
    (["evaluer", AMINA], ["pas de commande « evaluer »"]),
    (["--memoire", "300"], ["il manque une commande"]),
    (["grounds", "ame", "cmuc"], ["argument en trop : cmuc"]),
    (["grounds", "ame", "cmuc", "puma"], ["arguments en trop : cmuc puma"]),
    (["compare", "base", "base", "--keep", AMINA], [f"Dossier « {AMINA} » : c'est un fichier"]),
    (["evaluate", AMINA, "--lecture", "question"], ["écrivez QUESTION=LECTURE"]),
    (["schema", "rien"], ["pas de schéma « rien »"]),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_an_error_of_usage_is_in_french_and_ends_with_code_2(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert english(result.stderr) == []
    assert "Erreur : " in result.stderr
    for word in words:
        assert word in result.stderr


def test_a_command_almost_named_is_told():
    if not hasattr(exceptions, "NoSuchCommand"):
        pytest.skip("this click looks for no near command")
    assert "(vouliez-vous dire 'evaluate' ?)" in run("evaluer", AMINA).stderr


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (
            ["compare", "--limite", "2"],
            "« --limite » se place avant le nom de la commande",
        ),
        (["compare", "--limite=2"], "avant le nom de la commande : pycoverage --limite … compare …"),
        (["evaluate", AMINA, "--base", "ailleurs"], "pycoverage --base … evaluate …"),
        (["evaluate", "--version"], "pycoverage --version evaluate …"),
    ],
)
def test_an_option_of_the_program_after_a_command_is_told_its_place(arguments, place):
    result = run(*arguments)
    assert result.exit_code == 2
    assert place in result.stderr
    assert english(result.stderr) == []


@pytest.mark.parametrize("language", ["en_GB.UTF-8", "de_DE.UTF-8", "C"])
def test_the_session_does_not_choose_the_language(language):
    result = run("evaluate", LANGUAGE=language, LC_ALL=language, LANG=language)
    assert "il manque l'argument 'DOSSIER'" in result.stderr


@click.command()
@click.option("--lieu", type=click.Path(exists=True))
@click.option("--pièce", "piece", type=click.Path(exists=True, dir_okay=False))
@click.option("--armoire", type=click.Path(exists=True, file_okay=False))
@click.option("--jour", type=click.DateTime(["%Y"]))
@click.option("--vrai", type=click.BOOL)
@click.option("--paire", nargs=2)
@click.option("--entre", type=click.Choice(["gauche"]))
@click.option("--nul", is_flag=True)
@click.argument("couple", nargs=2)
def sample(nul: bool, **_: object) -> None:
    """Les sortes de valeurs que les commandes n'ont pas toutes."""
    if nul:
        raise click.Abort


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["--lieu", "/nulle/part"], 2, "« /nulle/part » : rien n'existe à cet endroit"),
        (["--pièce", "/nulle/part"], 2, "« /nulle/part » : rien n'existe à cet endroit"),
        (["--pièce", "/"], 2, "« / » : c'est un dossier"),
        (["--armoire", AMINA], 2, f"« {AMINA} » : c'est un fichier"),
        (["--jour", "hier"], 2, "« hier »"),
        (["--vrai", "peut-être"], 2, "« peut-être » n'est ni vrai ni faux"),
        (["--paire", "un"], 2, "demande 2 valeurs"),
        (["--entre", "deux"], 2, "« deux » n'est pas"),
        (["un"], 2, "demande 2 valeurs"),
        (["un", "deux", "--nul"], 1, "Interrompu."),
    ],
)
def test_values_of_every_kind_are_refused_in_french(arguments, code, word):
    result = CliRunner().invoke(sample, arguments, prog_name="essai")
    assert result.exit_code == code
    assert word in result.stderr
    assert english(result.stderr) == []


def messages(module: ModuleType) -> Iterator[str]:
    """Yield what a module of click passes through gettext for its users: not for who declares a command wrongly."""
    waiting: list[ast.AST] = [ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name="__repr__"):
                continue
            case ast.Raise(exc=ast.Call(func=ast.Name(id="TypeError" | "ValueError"))):
                continue
            case (
                ast.Call(func=ast.Name(id="_"), args=[*said]) | ast.Call(func=ast.Name(id="ngettext"), args=[*said, _])
            ):
                yield from (each.value for each in said if isinstance(each, ast.Constant))
        waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize("module", [core, decorators, exceptions, formatting, parser, types])
def test_every_message_of_click_has_its_french(module):
    found = set(messages(module))
    assert found
    assert found - set(PHRASES) == set()


@pytest.mark.parametrize(("message", "french"), PHRASES.items())
def test_the_french_of_a_message_has_no_hole_that_the_message_has_not(message, french):
    def holes(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

    assert holes(french) <= holes(message)
