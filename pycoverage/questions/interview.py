"""An interview: one question after the other, each answer checked and written into the text of a dossier.

What is typed never leaves this process: who holds the interview decides what becomes of its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from pycoverage.assessment import assess, assessment_day
from pycoverage.document import parse
from pycoverage.dossier import Dossier, check_dossier
from pycoverage.evaluation import answer_for
from pycoverage.finding import Finding, InputError, LimitError, Place
from pycoverage.law import Law
from pycoverage.questions.amendment import Item, Plain, amended
from pycoverage.questions.dialogue import BackError, Dialogue, StoppedError
from pycoverage.questions.question import Inquiry, Key, inquire
from pycoverage.questions.questionnaire import Asked, Concern, asked
from pycoverage.stated import UNKNOWN


class Interview:
    """Asks what is worth asking until nothing is. `text` is the dossier with the answers so far.

    `date` overrides that of the dossier. Raises InputError for a dossier that cannot be used, and LimitError.
    """

    def __init__(
        self, law: Law, text: str, file: str, dialogue: Dialogue, *, date: str | None, seconds: float | None
    ) -> None:
        self.law, self.text, self.file, self.date, self.seconds = law, text, file, date, seconds
        self.dialogue, self.tell = dialogue, dialogue.tell
        self.declined: frozenset[Key] = frozenset()
        self._past: list[tuple[str, frozenset[Key]]] = []
        self.inquiry = self._inquire()
        if not self.inquiry.coherent:
            raise InputError(Finding(Place(file), "DO016", message) for message in self._contradictions())

    def dossier(self) -> Dossier:
        """Return the dossier with the answers so far."""
        return checked(self.law, self.text, self.file)

    def _inquire(self) -> Inquiry:
        dossier = self.dossier()
        day = assessment_day(self.law, dossier, self.date)
        return inquire(self.law, dossier, day, declined=self.declined, seconds=self.seconds)

    def run(self) -> bool:
        """Ask until nothing is worth asking. Return False if the person stops before."""
        while self.inquiry.questions and not self.dialogue.stopping:
            question = self.inquiry.questions[0]
            before = self.text, self.declined, self.inquiry
            try:
                self._ask(asked(self.law, self.dossier(), question), question.key)
            except StoppedError:
                return False
            except BackError:
                self._back()
                continue
            self.inquiry = self._inquire()
            if self.inquiry.coherent:
                self._past.append(before[:2])
                continue
            for message in self._contradictions():
                self.tell(f"   Cette réponse contredit le dossier : {message}.")
            self.tell("   Répondez autrement, ou « retour » pour corriger une réponse précédente.")
            self.text, self.declined, self.inquiry = before
        return not self.inquiry.questions

    def _back(self) -> None:
        if not self._past:
            self.tell("   C'est la première question.")
            return
        self.text, self.declined = self._past.pop()
        self.inquiry = self._inquire()

    def _contradictions(self) -> list[str]:
        return contradictions(self.law, self.dossier(), self.date, self.seconds)

    def _ask(self, shown: Asked, key: Key) -> None:
        """Ask one question until the answer is one that a dossier may hold, and write it."""
        present(self.law, shown, self.tell)
        while True:
            text, unknown = self._line(shown, key) if shown.ligne else self._whole(shown, key)
            if accepted(self.law, text, self.file, self.tell):
                self.text, self.declined = text, self.declined | unknown
                return

    def _line(self, shown: Asked, key: Key) -> tuple[str, set[Key]]:
        """Return the text with what a line left open, and what stays unknown."""
        text, unknown = self.text, set()
        for entry in shown.champs:
            value = self.dialogue.field(entry)
            if value is not None:
                text = amended(text, (*place(shown), shown.ligne - 1, entry.nom), value)
            if value == UNKNOWN:
                unknown.add(key)
        return text, unknown

    def _whole(self, shown: Asked, key: Key) -> tuple[str, set[Key]]:
        """Return the text with an attribute, and what stays unknown."""
        value: Plain | None
        if shown.liste:
            value = self.dialogue.lines(shown.champs, lambda lines: self._fits(shown, lines))
        else:
            value = self.dialogue.value(shown.champs[0])
        if value is None or isinstance(value, str):
            unknown = {key} if value in (None, UNKNOWN) else set()
        else:
            owner, name, _ = key
            unknown = {(owner, name, at) for at, line in enumerate(value) if open_line(line)}
        return amended(self.text, place(shown), UNKNOWN if value is None else value), unknown

    def _fits(self, shown: Asked, lines: Plain) -> bool:
        return accepted(self.law, amended(self.text, place(shown), lines), self.file, self.tell)


def contradictions(law: Law, dossier: Dossier, date: str | None, seconds: float | None) -> list[str]:
    """Return what a dossier says against itself, in sentences."""
    found = []
    with suppress(LimitError):
        found = [a.message for a in answer_for(assess(law, dossier, date=date, seconds=seconds)).anomalies]
    return found or ["ces faits ne peuvent être vrais ensemble"]


def checked(law: Law, text: str, file: str) -> Dossier:
    """Return a dossier from its text. Raises InputError with every error."""
    return check_dossier(parse(text.encode(), name=file), law.base, file=file)


def accepted(law: Law, text: str, file: str, tell: Callable[[str], None]) -> bool:
    """Tell whether a text is a dossier, checked as every one is; if not, say why."""
    try:
        checked(law, text, file)
    except InputError as error:
        for finding in error.findings:
            tell(f"   {finding.message}" + (f" — {finding.help}" if finding.help else ""))
        return False
    return True


def place(shown: Asked) -> tuple[str | int, ...]:
    """Return where the answer is written in a dossier."""
    return ("personnes", shown.personne, shown.attribut) if shown.personne else (shown.attribut,)


def open_line(line: Item) -> bool:
    """Tell whether a line of a list leaves something open."""
    return UNKNOWN in line.values() if isinstance(line, dict) else line == UNKNOWN


def present(law: Law, shown: Asked, tell: Callable[[str], None]) -> None:
    """Show a question and why it is asked."""
    tell("")
    tell(shown.texte + (" (question sensible : vous pouvez ne pas répondre)" if shown.sensible else ""))
    for line in useful_for(law, shown.droits):
        tell(f"   pour savoir : {line}")
    if shown.deja_demandee:
        tell("   Le dossier dit : inconnu.")


def useful_for(law: Law, concerns: Sequence[Concern]) -> Iterator[str]:
    """Yield rights by person, the persons who have the same together: « Amina, Yusuf — PUMa, AME »."""
    by_person: dict[str, list[str]] = {}
    for concern in concerns:
        right = law.base.rights[concern.droit]
        by_person.setdefault(concern.personne, []).append(right.sigle or right.nom)
    together: dict[tuple[str, ...], list[str]] = {}
    for person, names in by_person.items():
        together.setdefault(tuple(names), []).append(person[:1].upper() + person[1:])
    for rights, persons in together.items():
        yield f"{', '.join(persons)} — {', '.join(rights)}"
