"""Yearly values: one that should have been replaced, and is not known to be, is told."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding

CODES = (
    Doc(
        "PC314",
        "valeur dont la suite manque",
        "« revision » annonce le jour de l'année où une valeur nouvelle est attendue. Passé ce jour, la dernière "
        "valeur est peut-être périmée : la réponse le dit, et voici où chercher. Le jour comparé est la vérification "
        "la plus récente de la base, car le programme ne lit pas l'horloge.",
        "- {du: 2024-04-01, valeur: 10166.00, verifie_le: 2026-11-22}  # et rien pour 2025",
        "- {du: 2025-04-01, valeur: 10339.00, verifie_le: 2026-11-22}",
        "une valeur close par « au »",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find last values that are past their day."""
    parameters = study.base.parameters.values()
    latest = max((amount.verifie_le for found in parameters for amount in found.amounts), default="")
    for name, parameter in study.base.parameters.items():
        for amount in parameter.amounts[-1:]:
            due = parameter.due(amount)
            if due and due <= latest:
                message = f"« {name} » : la valeur attendue le {due} manque (base vérifiée le {latest})"
                help_ = "ajoutez-la, ou fermez la dernière par « au »"
                yield Finding(amount.place, "PC314", message, help_, "avertissement")
