"""What reading a dossier finds; the findings come from the dossier itself, the documentation from here."""

from __future__ import annotations

from pycoverage.checks.doc import Doc

CODES = (
    Doc(
        "DO005",
        "dossier sans la forme attendue",
        "Un dossier est un bloc de clés : une date, et sous « personnes » au moins un nom.",
        "- amina",
        "date: 2022-06-01\npersonnes:\n  amina: {}",
    ),
    Doc(
        "DO006",
        "nom inconnu",
        "Seuls les attributs, champs et droits que la base connaît sont compris : un nom mal écrit serait ignoré, "
        "et la réponse fausse.",
        "personnes:\n  amina: {naisance: 1990-03-02}",
        "personnes:\n  amina: {naissance: 1990-03-02}",
    ),
    Doc(
        "DO007",
        "valeur sans la forme attendue",
        "Une liste s'écrit entre crochets ou ligne par ligne, une valeur simple tient en un mot.",
        "sejour: carte_resident",
        "sejour: [{titre: carte_resident, du: 2020-01-01, au: 2029-12-31}]",
    ),
    Doc(
        "DO008",
        "champ manquant",
        "Une ligne doit dire tous ses champs obligatoires ; un champ qu'on ignore s'écrit « inconnu ».",
        "sejour: [{du: 2020-01-01}]",
        "sejour: [{titre: inconnu, du: 2020-01-01}]",
    ),
    Doc(
        "DO009",
        "valeur impossible",
        "La date n'existe pas, le montant n'en est pas un, le code n'est pas de la liste, ou deux dates se "
        "contredisent.",
        "naissance: 2021-02-30",
        "naissance: 2021-02-28",
    ),
    Doc(
        "DO010",
        "personne inconnue",
        "Chaque personne nommée doit être décrite sous « personnes ».",
        "parents: [amna]",
        "parents: [amina]",
    ),
    Doc(
        "DO011",
        "date d'appréciation absente ou trop ancienne",
        "Les droits s'apprécient à un jour donné, que la base doit couvrir.",
        "personnes: {amina: {}}",
        "date: 2022-06-01\npersonnes: {amina: {}}",
        "--date remplace la date du dossier",
    ),
    Doc(
        "DO012",
        "lecture inconnue",
        "La question et la lecture choisies doivent être de celles que la base propose.",
        "pycoverage evaluate d.yaml --lecture question=oui",
        "pycoverage evaluate d.yaml --lecture une_question=une_lecture",
    ),
    Doc(
        "DO030",
        "état du droit inconnu",
        "Un état du droit est la base, le droit d'un jour, une ou plusieurs réformes, une révision, ou un dossier.",
        "pycoverage compare droit:2019-12-32 base",
        "pycoverage compare droit:2019-12-29 droit:2019-12-30",
    ),
    Doc(
        "DO031",
        "états inconciliables",
        "Deux états du droit se comparent sur les mêmes dossiers : ils doivent les décrire avec les mêmes mots.",
        "pycoverage compare une-base-ancienne base",
        "pycoverage compare base reforme:plafond_plus_dix_pour_cent",
    ),
    Doc(
        "DO032",
        "révision illisible",
        "La révision demandée n'est pas dans le dépôt git de la base, ou ne contient pas de base.",
        "pycoverage compare rev:inexistante base",
        "pycoverage compare rev:HEAD base",
    ),
    Doc(
        "DO033",
        "dossier hors de la base",
        "Les réponses approuvées sont celles des dossiers de la base : les autres n'ont pas de place parmi elles.",
        "pycoverage snapshot ailleurs/d.yaml",
        "pycoverage snapshot tests/dossiers/ame",
    ),
    Doc(
        "DO034",
        "réponses approuvées illisibles",
        "Les fichiers de tests/approuve ne s'écrivent pas à la main : ils se relisent tels que le programme les écrit.",
        "une ligne effacée dans tests/approuve/ame.txt",
        "git checkout tests/approuve, ou pycoverage snapshot --update",
    ),
    Doc(
        "DO040",
        "mutant équivalent inconnu ou sans raison",
        "Un mutant n'est dit équivalent que sous son nom, et avec la raison pour laquelle il ne change rien.",
        "ame_droit:condition:99: la condition est dite ailleurs",
        'ame_droit:condition:3: "toute personne d\'un dossier a un âge"',
    ),
    Doc(
        "DO013",
        "écriture impossible",
        "Le fichier demandé n'a pas pu être écrit ; rien n'a été changé.",
        "pycoverage export d.yaml -o dossier-absent/cas.lp",
        "pycoverage export d.yaml -o cas.lp",
    ),
    Doc(
        "DO014",
        "bibliothèque absente",
        "La documentation et l'agenda ont besoin de bibliothèques que le reste du programme n'emploie pas.",
        "pip install ., puis pycoverage doc",
        "pip install '.[doc]' pour la documentation, '.[calendar]' pour l'agenda",
    ),
    Doc(
        "DO015",
        "dossier ouvert",
        "Une frise suit des faits connus : un dossier qui en laisse d'inconnus donnerait une frise par possibilité.",
        "pycoverage timeline d.yaml --from 2022-01-01 --to 2022-12-31  # sejour: inconnu",
        "pycoverage timeline d.yaml --from 2022-01-01 --to 2022-12-31  # sejour: []",
    ),
    Doc(
        "DO020",
        "dossier contradictoire dans une suite de tests",
        "Un dossier de test dont les faits se contredisent ne teste rien.",
        "un enfant plus âgé que sa mère",
        "corriger la date de naissance",
    ),
)
