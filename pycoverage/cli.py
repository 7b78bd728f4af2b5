"""The command line: what stands before every command, and the commands. It holds no logic of its own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from pycoverage import __version__
from pycoverage.commands import answers, law, proofs, reforms, refusals
from pycoverage.commands.guard import Commands
from pycoverage.commands.options import ANSWER, SEARCH, Options


class Program(Commands):
    """The group of the commands. An option of its own that stands after a command's name is told its place."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            name, inner = error.option_name, error.ctx
            for own in self.params:
                if inner is not None and isinstance(own, click.Option) and name in own.opts:
                    example = f"{ctx.command_path} {name}{'' if own.is_flag else ' …'} {inner.info_name} …"
                    message = f"« {name} » se place avant le nom de la commande : {example}"
                    raise click.UsageError(message, inner) from None
            raise


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
)
@click.version_option(__version__, prog_name="pycoverage")
@click.option("--base", "root", type=click.Path(path_type=Path), help="Dossier d'une autre base (rules/ et facts/).")
@click.option(
    "--limite",
    "seconds",
    type=click.FloatRange(min=0.001, max=86_400),
    help=f"Secondes de calcul au plus (par défaut {ANSWER}, ou {SEARCH} pour chercher dans toutes les situations).",
)
@click.option(
    "--memoire",
    type=click.IntRange(min=256, max=1_000_000),
    default=4096,
    show_default=True,
    help="Mémoire au plus, en Mo.",
)
@click.pass_context
def main(context: click.Context, root: Path | None, seconds: float | None, memoire: int) -> None:
    """Les droits à la couverture santé en France : qui a droit à quoi, pourquoi, et pourquoi pas."""
    if seconds is not None and math.isnan(seconds):
        raise click.BadParameter("donnez un nombre de secondes", param_hint="--limite")
    context.obj = Options(root, seconds)
    _limit_memory(memoire)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:
        return
    size = megabytes * 1024 * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or size <= hard:
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


for _family in (answers, refusals, reforms, proofs, law):
    for _each in vars(_family).values():
        if isinstance(_each, click.Command):
            main.add_command(_each)
