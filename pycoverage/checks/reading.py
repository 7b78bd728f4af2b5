"""What reading a base finds: writing, catalogues, and the YAML they are written in."""

from __future__ import annotations

from pycoverage.checks.doc import Doc

CODES = (
    Doc(
        "PC001",
        "aucune base de règles",
        "Le dossier donné avec --base doit contenir rules/ avec des fichiers .lp et facts/ avec des fichiers .yaml.",
        "pycoverage check --base .",
        "pycoverage check --base mon-depot",
    ),
    Doc(
        "PC002",
        "code inconnu",
        "Le code dont on demande l'explication n'est pas un de ceux que donne pycoverage check.",
        "pycoverage check --explain PC999",
        "pycoverage check --explain PC101",
    ),
    Doc(
        "PC101",
        "écriture incorrecte",
        "Une virgule, un point ou une parenthèse de travers : la règle ne peut pas être lue, et ne compte pas.",
        """
        majeur(Personne) :-
            personne(Personne)
            adulte(Personne).
        """,
        """
        majeur(Personne) :-
            personne(Personne),
            adulte(Personne).
        """,
    ),
    Doc(
        "PC103",
        "lettre accentuée hors d'un texte, ou caractère interdit",
        "Les identifiants et les variables sont sans accent ; les textes entre guillemets et les commentaires en "
        "portent librement, mais aucun signe de contrôle. Un signe que l'on ne voit pas est nommé par son code.",
        "âgé(Personne) :- personne(Personne).",
        "age(Personne) :- personne(Personne).",
    ),
    Doc(
        "PC104",
        "construction interdite",
        "Les règles sont des règles normales : un dossier complet a exactement une réponse, que chacun peut "
        "suivre pas à pas. Un choix, une disjonction, une contrainte ou une inclusion de fichier l'empêchent.",
        "{ aide(Personne) } :- personne(Personne).",
        "aide(Personne) :- personne(Personne), besoin(Personne).",
    ),
    Doc(
        "PC106",
        "description de règle mal écrite",
        "regle, phrase, notion, remplace et selon ont une forme fixe ; mal écrits, ils seraient ignorés et la règle "
        "perdrait sa source, sa période ou sa phrase.",
        'phrase(premiere_regle, "{Personne} est majeure", "Personne").',
        'phrase(premiere_regle, "{Personne} est majeure").',
    ),
    Doc(
        "PC301",
        "fait ou catalogue mal écrit",
        "Une clé inconnue, une valeur d'un autre type ou un fichier inattendu sous facts/ : ce qui n'est pas compris "
        "ne serait pas pris en compte.",
        "aide: {nom: l'aide, nature: de_drot}",
        "aide: {nom: l'aide, nature: de_droit}",
    ),
    Doc(
        "PC302",
        "défini deux fois",
        "Deux définitions d'un même nom se cachent l'une l'autre : on ne sait plus laquelle fait foi.",
        """
        regle(premiere, code_exemple("1"), "2020-01-01", #sup).
        regle(premiere, code_exemple("2"), "2020-01-01", #sup).
        """,
        """
        regle(premiere, code_exemple("1"), "2020-01-01", #sup).
        regle(seconde, code_exemple("2"), "2020-01-01", #sup).
        """,
    ),
    Doc(
        "PC304",
        "valeur ou vérification manquante",
        "Un montant sans valeur, ou dont personne ne sait quand il a été vérifié, ne peut pas fonder une réponse.",
        'valeurs: [{du: 2020-01-01, valeur: 10.00, source: "arrêté"}]',
        'valeurs: [{du: 2020-01-01, valeur: 10.00, source: "arrêté", verifie_le: 2020-02-01}]',
    ),
    Doc(
        "DO001",
        "fichier illisible",
        "Un fichier absent, vide, trop grand ou qui n'est pas en UTF-8 ne peut pas être lu.",
        "# un fichier YAML vide",
        "aide: {nom: l'aide, nature: de_droit}",
    ),
    Doc(
        "DO002",
        "écriture YAML incorrecte",
        "Une indentation ou un deux-points de travers : le fichier ne peut pas être lu.",
        "aide: {nom: l'aide",
        "aide: {nom: l'aide}",
    ),
    Doc(
        "DO003",
        "ancre ou alias YAML",
        "Une ancre cache la valeur à qui lit la ligne, et peut faire exploser la mémoire.",
        "aide: &modele {nom: l'aide}",
        "aide: {nom: l'aide}",
    ),
    Doc(
        "DO004",
        "clé écrite deux fois",
        "YAML garderait la dernière sans le dire.",
        """
        aide: {nom: l'aide}
        aide: {nom: l'autre}
        """,
        """
        aide: {nom: l'aide}
        autre_aide: {nom: l'autre}
        """,
    ),
)
