"""What click says by itself — headings of the help, errors of usage, kinds of values —, in plain French.

click passes each of its messages through gettext, which would answer in the language of the user's session; the
program speaks French whatever the session. Nothing is read from a file, so that starting costs nothing. Messages of
click 8.2 to 8.5, the versions that the project admits; one that is not here would be said in English.
"""

from __future__ import annotations

import gettext
import sys
from typing import Any

import click

PHRASES = {
    # The help
    "Usage:": "Usage :",
    "Options": "Options ",
    "Positional arguments": "Arguments ",
    "Commands": "Commandes ",
    "Show this message and exit.": "Affiche cette aide.",
    "Show the version and exit.": "Affiche la version.",
    "%(prog)s, version %(version)s": "%(prog)s, version %(version)s",
    "Do you want to continue?": "Voulez-vous continuer ?",
    "Confirm the action without prompting.": "Confirme sans poser la question.",
    "default: {default}": "par défaut : {default}",
    "(dynamic)": "(selon le moment)",
    "required": "obligatoire",
    "env var: {var}": "variable d'environnement : {var}",
    "deprecated": "abandonné",
    "(Deprecated) {text}": "(Abandonné) {text}",
    "DeprecationWarning: The command {name!r} is deprecated.": "Attention : la commande « {name} » est abandonnée.",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}": (
        "Attention : la commande « {name} » est abandonnée.{extra_message}"
    ),
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}": (
        "Attention : « {name} » ({param_type}) est abandonné.{extra_message}"
    ),
    # Around an error
    "Error: {message}": "Erreur : {message}",
    "Try '{command} {option}' for help.": "Pour l'aide : {command} {option}",
    "Aborted!": "Interrompu.",
    "Invalid value: {message}": "valeur incorrecte : {message}",
    "Invalid value for {param_hint}: {message}": "valeur incorrecte pour {param_hint} : {message}",
    "Could not open file {filename!r}: {message}": "le fichier « {filename} » ne s'ouvre pas : {message}",
    "unknown error": "erreur inconnue",
    # Commands, options and arguments
    "Missing command.": "il manque une commande",
    "Missing argument": "il manque l'argument",
    "Missing option": "il manque l'option",
    "Missing parameter": "il manque le paramètre",
    "Missing {param_type}": "il manque : {param_type}",
    "Missing parameter: {param_name}": "il manque le paramètre : {param_name}",
    "No such command {name!r}.": "pas de commande « {name} »",
    "No such option {name!r}.": "pas d'option « {name} »",
    "No such option: {name}": "pas d'option « {name} »",
    "Did you mean {possibility}?": "(vouliez-vous dire {possibility} ?)",
    "(Did you mean one of: {possibilities}?)": "(vouliez-vous dire l'un de {possibilities} ?)",
    "(Possible options: {possibilities})": "(vouliez-vous dire l'un de {possibilities} ?)",
    "Got unexpected extra argument ({args})": "argument en trop : {args}",
    "Got unexpected extra arguments ({args})": "arguments en trop : {args}",
    "Option {name!r} does not take a value.": "l'option « {name} » ne prend pas de valeur",
    "Option {name!r} requires an argument.": "l'option « {name} » demande une valeur",
    "Option {name!r} requires {nargs} arguments.": "l'option « {name} » demande {nargs} valeurs",
    "Argument {name!r} takes {nargs} values.": "l'argument « {name} » demande {nargs} valeurs",
    "Takes {nargs} values but 1 was given.": "il faut {nargs} valeurs, et il y en a 1",
    "Takes {nargs} values but {len} were given.": "il faut {nargs} valeurs, et il y en a {len}",
    "{len_type} values are required, but {len_value} was given.": (
        "il faut {len_type} valeurs, et il y en a {len_value}"
    ),
    "{len_type} values are required, but {len_value} were given.": (
        "il faut {len_type} valeurs, et il y en a {len_value}"
    ),
    "Value must be an iterable.": "il faut une suite de valeurs",
    # Values
    "Choose from:\n\t{choices}": "À choisir parmi :\n\t{choices}",
    "{value!r} is not {choice}.": "« {value} » n'est pas {choice}",
    "{value!r} is not one of {choices}.": "« {value} » n'est pas l'un de {choices}",
    "{value!r} is not a valid {number_type}.": "« {value} » n'est pas un {number_type}",
    "{value} is not in the range {range}.": "{value} est hors des bornes : {range}",
    "{value!r} is not a valid boolean.": "« {value} » n'est ni vrai ni faux",
    "{value!r} is not a valid boolean. Recognized values: {states}": "« {value} » n'est ni vrai ni faux",
    "{value!r} is not a valid UUID.": "« {value} » n'est pas un UUID",
    "{value!r} does not match the format {format}.": "« {value} » n'est pas de la forme {format}",
    "{value!r} does not match the formats {formats}.": "« {value} » n'est d'aucune des formes {formats}",
    # Paths: each of the three words stands before the messages on it
    "file": "fichier",
    "directory": "dossier",
    "path": "chemin",
    "{name} {filename!r} does not exist.": "{name} « {filename} » : rien n'existe à cet endroit",
    "{name} {filename!r} is a file.": "{name} « {filename} » : c'est un fichier",
    "{name} {filename!r} is a directory.": "{name} « {filename} » : c'est un dossier",
    "{name} '{filename}' is a directory.": "{name} « {filename} » : c'est un dossier",
    "{name} {filename!r} is not readable.": "{name} « {filename} » : lecture interdite",
    "{name} {filename!r} is not writable.": "{name} « {filename} » : écriture interdite",
    "{name} {filename!r} is not executable.": "{name} « {filename} » : exécution interdite",
}
"""What click writes, and what is said instead; the holes keep their names. Before a heading's colon, a space."""

KINDS: dict[type[click.ParamType[Any]], str] = {
    type(click.STRING): "texte",
    type(click.INT): "entier",
    click.IntRange: "entier",
    type(click.FLOAT): "nombre",
    click.FloatRange: "nombre",
}
"""What a kind of value is called, in an error and, in capitals, in the help."""


def phrase(message: str) -> str:
    """Return a message of click in French, or as it is if it is not known."""
    return PHRASES.get(message, message)


def counted(one: str, many: str, number: int) -> str:
    """Return the French of a message of click that depends on a number: 0 and 1 are singular."""
    return phrase(one if number < 2 else many)


def speak() -> None:
    """Make click speak French in this process, from what it declares next. Its modules hold gettext by name."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "click":
            if getattr(module, "_", None) is gettext.gettext:
                vars(module)["_"] = phrase
            if getattr(module, "ngettext", None) is gettext.ngettext:
                vars(module)["ngettext"] = counted
    for kind, word in KINDS.items():
        kind.name = word
