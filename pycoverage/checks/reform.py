"""What the reading of a reform finds."""

from __future__ import annotations

from pycoverage.checks.doc import Doc

CODES = (
    Doc(
        "PC401",
        "réforme mal décrite",
        "Une réforme est un dossier de rules/reformes/ dont le fichier reforme.yaml donne le titre, l'auteur, le "
        "statut, la date d'entrée en vigueur et les sources.",
        "multiplie: {plafond: dix pour cent}",
        "multiplie: {plafond: 110/100}",
    ),
    Doc(
        "PC402",
        "réforme en conflit",
        "Une réforme remplace ou abroge des règles en vigueur la veille, et chaque règle une seule fois : deux "
        "réformes qui touchent la même règle, le même montant ou le même fait doivent être réunies en une.",
        "abroge: [regle_inconnue]",
        "abroge: [aide_droit]",
    ),
)
