"""The inventory: each statement of the source documents is carried by the base, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding
from pycoverage.inventory import flaws, read_inventory

CODES = (
    Doc(
        "PC310",
        "référence morte de l'inventaire",
        "Une entrée de facts/inventaire/ nomme des règles, des paramètres, des éléments, des lectures, des attributs "
        "et des dossiers qui existent, et un texte de facts/textes/ : une règle renommée ne doit pas laisser croire "
        "qu'elle porte encore ce que dit la source.",
        'A-001: {dit: "…", source: \'code_exemple("1")\', regles: [majoritee], dossiers: [puma/majeure]}',
        'A-001: {dit: "…", source: \'code_exemple("1")\', regles: [majorite], dossiers: [puma/majeure]}',
        "les dossiers ne sont vérifiés que si le dossier de la base en contient",
    ),
    Doc(
        "PC311",
        "entrée de l'inventaire sans réponse",
        "Chaque affirmation d'une source est portée par la base et exercée par un dossier, ou dit pourquoi elle n'est "
        "pas une règle.",
        'A-001: {dit: "…", source: \'code_exemple("1")\'}',
        'A-001: {dit: "…", source: \'code_exemple("1")\', non_modelise: "adresse, sans règle"}',
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find dead references and statements that nothing carries."""
    root = Path(study.base.root)
    entries, findings = read_inventory(root)
    yield from findings
    if not study.lost:
        yield from flaws(entries, study.base, root)
