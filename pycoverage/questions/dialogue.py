"""What is asked and typed, line by line: answers, help, and the words that stop or go back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pycoverage.questions.amendment import Plain
from pycoverage.questions.questionnaire import Entry
from pycoverage.questions.reply import HINTS, UnclearError, matching, written
from pycoverage.stated import UNKNOWN

STOP, BACK, HELP, NONE, EMPTY = "stop", "retour", "?", "-", ""
MOST_LISTED = 60
"""Answers of a closed list shown at once."""


KEYS = (
    "Réponse vide : je ne sais pas. « - » : aucun, sans objet. « ? » : aide. "
    "« retour » : question précédente. « stop » : arrêter en gardant les réponses."
)


class StoppedError(Exception):
    """The person stops here."""


class BackError(Exception):
    """The person returns to the question before."""


class Dialogue:
    """Reads answers.

    `listen` shows a prompt and returns what is typed (EOFError: no more will come); `tell` shows a line. Each
    reading raises StoppedError and BackError when the person says so. `stopping`: the person stopped after an
    answer that stands.
    """

    def __init__(self, listen: Callable[[str], str], tell: Callable[[str], None]) -> None:
        self._listen, self.tell = listen, tell
        self.stopping = False

    def heard(self, prompt: str) -> str:
        """Return what is typed."""
        try:
            typed = self._listen(f"{prompt} > ").strip()
        except EOFError:
            raise StoppedError from None
        if typed.lower() == STOP:
            raise StoppedError
        if typed.lower() == BACK:
            raise BackError
        return typed

    def agreed(self, question: str) -> bool:
        """Tell whether the answer to a question is yes; the default is no."""
        return self.heard(f"{question} (o/N)").lower() in ("o", "oui")

    def value(self, entry: Entry) -> str | None:
        """Return the one value asked for; None: it is not known."""
        while True:
            typed = self._typed(entry, hint(entry))
            if typed != NONE:
                return typed or None
            self.tell("   Cette question attend une réponse ; vide : je ne sais pas.")

    def field(self, entry: Entry) -> str | None:
        """Return one value of a line, `inconnu` if it is not known; None: as the vocabulary has it."""
        free = {"ouvert": "- : sans limite", "presume": f"vide : {entry.presumee}"}.get(entry.absence, "")
        while True:
            typed = self._typed(entry, f"{entry.texte} ({' ; '.join(filter(None, [hint(entry), free]))})")
            if typed == NONE and not free:
                self.tell("   Cette valeur est nécessaire ; vide : je ne sais pas.")
            elif typed == NONE or (typed == EMPTY and entry.absence == "presume"):
                return None
            else:
                return typed or UNKNOWN

    def lines(self, fields: Sequence[Entry], accepts: Callable[[Plain], bool]) -> Plain | None:
        """Return the lines of a list, asked for field by field; None: it is not known.

        `accepts` tells whether the lines so far may stand, and tells the person why not.
        """
        first = fields[0]
        lines: list[dict[str, str]] = []
        while True:
            none = "" if lines else " ; - : aucun ; vide : je ne sais pas"
            typed = self._typed(first, f"{first.texte} ({hint(first)}{none})")
            if typed in (NONE, EMPTY):
                return plain(lines) if lines or typed == NONE else None
            rest = ((entry.nom, self.field(entry)) for entry in fields[1:])
            line = {first.nom: typed, **{name: value for name, value in rest if value is not None}}
            if accepts(plain([*lines, line])):
                lines.append(line)
                if not self._more():
                    return plain(lines)

    def _more(self) -> bool:
        """Tell whether another line follows; to stop there keeps those given."""
        try:
            return self.agreed("   une autre ligne ?")
        except StoppedError:
            self.stopping = True
            return False

    def _typed(self, entry: Entry, prompt: str) -> str:
        """Return one typed value as a dossier writes it, EMPTY or NONE."""
        while True:
            typed = self.heard(f"   {prompt}")
            if typed.startswith(HELP):
                for line in help_for(entry, typed[1:].strip()):
                    self.tell(f"   {line}")
                continue
            if typed in (EMPTY, NONE, UNKNOWN):
                return typed
            try:
                found = written(entry, typed)
            except UnclearError as error:
                self.tell(f"   {error}")
                continue
            name = next((choice.nom for choice in entry.choix if choice.code == found), found)
            if entry.type == "code" and name != typed:
                self.tell(f"   → {name} ({found})")
            return found


def plain(lines: Sequence[dict[str, str]]) -> Plain:
    """Return the lines of a list as a dossier writes them: those of a single value are that value."""
    if all("valeur" in line for line in lines):
        return [line["valeur"] for line in lines]
    return list(lines)


def hint(entry: Entry) -> str:
    """Return how an answer is written."""
    if entry.type == "personne":
        return " ou ".join(choice.nom for choice in entry.choix)
    return HINTS.get(entry.type, "une réponse")


def help_for(entry: Entry, wanted: str) -> Iterator[str]:
    """Yield what may be answered, or the answers that hold a word."""
    found = matching(entry, wanted) if wanted else entry.choix
    if not entry.choix:
        yield f"Réponse attendue : {hint(entry)}."
    elif not found:
        yield f"Rien ne contient « {wanted} »."
    elif len(found) > MOST_LISTED:
        yield f"{len(found)} réponses possibles : « ? » et un mot pour chercher, par exemple « ? {found[0].nom[:4]} »."
    else:
        width = max(len(choice.code) for choice in found)
        yield from (f"{choice.code:<{width}}  {choice.nom}" for choice in found)
