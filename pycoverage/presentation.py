"""Answers and explanations as text for a terminal or a file, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pycoverage.answer import Answer, RightAnswer, Variant
from pycoverage.base import KnowledgeBase
from pycoverage.explanation import Line
from pycoverage.speech import Speech, speech

MARKS = {
    "oui": "✓",
    "non": "✗",
    "rempli": "✓",
    "fait": "•",
    "supposition": "?",
    "parametre": "§",
    "manque": "∅",
    "voie": "↳",
    "note": "·",
    "rubrique": "▸",
}
"""The sign of each kind of line; the sign, never the colour alone, carries the meaning."""

STYLES = {
    "oui": "green",
    "rempli": "green",
    "non": "red",
    "manque": "red",
    "supposition": "yellow",
    "note": "dim",
    "rubrique": "bold",
}

STATUS_SIGNS = {"oui": "✓", "non": "✗", "a_preciser": "?", "conteste": "≠"}


def status_text(status: str, say: Speech) -> str:
    """Return a status with its sign: « ✓ oui »."""
    return f"{STATUS_SIGNS[status]} {say(f'statuts.{status}')}"


def told(lines: Iterable[str], say: Speech) -> Iterator[str]:
    """Yield lines in the direction of the language, then how many texts of them are not translated."""
    marks = 0
    for line in lines:
        marks += say.marks(line)
        yield say.line(line)
    if marks:
        yield ""
        yield say.line(say("replis", n=marks))


def answer_text(answer: Answer, base: KnowledgeBase, titles: dict[str, str]) -> Iterator[str]:
    """Yield the lines of an answer."""
    say = speech(base.reader)
    yield from told(_answer(answer, base, titles, say), say)


def _answer(answer: Answer, base: KnowledgeBase, titles: dict[str, str], say: Speech) -> Iterator[str]:
    yield titles.get("title") or answer.dossier
    word = "droits_au" if answer.droit_au == answer.date else "droits_au_loi"
    yield say(word, jour=say.day(answer.date), loi=say.day(answer.droit_au))
    yield ""
    for anomaly in answer.anomalies:
        place = f"({anomaly.fichier})"
        if anomaly.ligne:
            place = say("place", fichier=say.foreign(anomaly.fichier), n=anomaly.ligne)
        yield f"  ! {anomaly.message} {place}"
        yield from (f"      {fact}" for fact in anomaly.faits)
    if answer.anomalies:
        yield ""
        yield say("contradiction")
        return
    width = max(len(right.nom) for right in base.rights.values())
    for name, person in answer.personnes.items():
        yield say.foreign(f"{name[:1].upper()}{name[1:]}")
        for identifier, right in person.droits.items():
            yield f"  {base.rights[identifier].nom:<{width}}  {_status(right, say)}"
        yield ""
    yield from _next_steps(answer, base, say)
    yield from _deadlines(answer, base, say)
    yield from _open_questions(answer, base, say)
    yield from _notes(answer, say)
    yield from limits(answer, say)
    yield say("avertissement")


def limits(answer: Answer, say: Speech) -> Iterator[str]:
    """Yield what bounds an answer to a dossier with unknown facts: not all was tried, or not everywhere."""
    if not answer.complet:
        yield say("incomplet")
        yield ""
    if answer.domaine_declare:
        yield declared(answer.domaine_declare, say)
        yield ""


def declared(rules: Iterable[str], say: Speech) -> str:
    """Return that an answer holds on the declared domain only, because of these rules."""
    return say("domaine_declare", regles=say("virgule").join(map(say.foreign, rules)))


def _status(right: RightAnswer, say: Speech) -> str:
    parts = [status_text(right.statut, say)]
    if right.statut == "conteste":
        parts.append(say("par_defaut", statut=say(f"statuts.{right.par_defaut}")))
    if right.motif == "hors_periode":
        parts.append(say("pas_a_cette_date"))
    parts += _terms(right, say)
    if right.depend_de:
        parts.append(say("depend_de", faits=say("virgule").join(map(say.foreign, right.depend_de))))
    for reading, status in right.lectures.items():
        parts.append(say("variante", lecture=say.foreign(reading), texte=say(f"statuts.{status}")))
    for reading, other in right.variantes.items():
        changed = say("virgule").join(_terms(other, say)) or say("sans_jour")
        parts.append(say("variante", lecture=say.foreign(reading), texte=changed))
    return " ".join(parts)


def _terms(held: RightAnswer | Variant, say: Speech) -> list[str]:
    """Return the days and the amount of a right, as far as they are known."""
    return [
        *([say("depuis_le", jour=say.day(held.effet))] if held.effet else []),
        *([say("jusqu_au", jour=say.day(held.fin))] if held.fin else []),
        *([say("par_mois", montant=say.euros(held.mensualite))] if held.mensualite is not None else []),
    ]


def _next_steps(answer: Answer, base: KnowledgeBase, say: Speech) -> Iterator[str]:
    steps: dict[str, dict[str, list[str]]] = {identifier: {} for identifier in base.rights}
    for name, person in answer.personnes.items():
        for identifier, right in person.droits.items():
            if right.suite:
                steps[identifier].setdefault(right.suite, []).append(name[:1].upper() + name[1:])
    if any(steps.values()):
        yield say("la_suite")
        for identifier, told in steps.items():
            for step, names in told.items():
                whose = f" ({say('virgule').join(names)})" if len(told) > 1 else ""
                yield f"  {say.sign('→')} {base.rights[identifier].nom}{whose}{say('deux_points')}{step}"
        yield ""


def _deadlines(answer: Answer, base: KnowledgeBase, say: Speech) -> Iterator[str]:
    """Yield the dated lines of the rubrics, in the order of the days."""
    dated = base.dated()
    found = sorted(
        {
            (str(entry.valeurs[dated[name]]), entry.texte)
            for person in answer.personnes.values()
            for right in person.droits.values()
            for name, entries in right.rubriques.items()
            if name in dated
            for entry in entries
        }
    )
    coming = [line for line in found if line[0] >= answer.date]
    for title, lines in (("echeances", coming), ("echeances_passees", [line for line in found if line not in coming])):
        if lines:
            yield say(title)
            yield from (f"  ◷ {say('echeance', jour=say.day(when), texte=text)}" for when, text in lines)
            yield ""


def _open_questions(answer: Answer, base: KnowledgeBase, say: Speech) -> Iterator[str]:
    names = {
        name
        for person in answer.personnes.values()
        for r in person.droits.values()
        for name in (*r.lectures, *r.variantes)
    }
    if names:
        yield say("deux_facons")
        for name in sorted(names):
            question, _, reading = name.partition("=")
            asked = base.questions[question]
            text = say(
                "deux_lectures",
                question=asked.question,
                retenu=asked.lectures[answer.lectures[question]].nom,
                autre=asked.lectures[reading].nom,
                lecture=say.foreign(name),
            )
            yield f"  ≠ {text}"
        yield ""


def _notes(answer: Answer, say: Speech) -> Iterator[str]:
    rights = [right for person in answer.personnes.values() for right in person.droits.values()]
    if answer.suppositions:
        yield say("supposes")
        yield from (f"  ? {text}" for text in dict.fromkeys(answer.suppositions.values()))
        yield ""
    reserves = sorted({text for right in rights for text in right.reserves})
    if reserves:
        yield say("a_verifier_titre")
        yield from (f"  § {text}" for text in reserves)
        yield ""


def tree_text(lines: Sequence[Line], prefix: str = "", *, say: Speech | None = None) -> Iterator[str]:
    """Yield the lines of an explanation as a tree drawn with signs, in French unless told otherwise."""
    say = say or speech()
    for number, line in enumerate(lines):
        last = number == len(lines) - 1
        sign = say.sign(f"{'└' if last else '├'} {MARKS[line.mark]}")
        yield f"{prefix}{sign} {line.text}{_suffix(line, say)}"
        yield from tree_text(line.children, prefix + ("  " if last else "│ "), say=say)


def _suffix(line: Line, say: Speech) -> str:
    source = f" ({line.source})" if line.source else ""
    place = f" [{say('ligne', n=line.place.line)}]" if line.place.line else ""
    rule = f" [{say.foreign(line.rule)}]" if line.rule else ""
    return source + place + rule


def tree_markdown(lines: Iterable[Line], say: Speech, level: int = 0) -> Iterator[str]:
    """Yield the lines of an explanation as nested Markdown lists."""
    for line in lines:
        source = f" *({line.source})*" if line.source else ""
        place = f" `{say('ligne', n=line.place.line)}`" if line.place.line else ""
        place += f" `{line.rule}`" if line.rule else ""
        yield f"{'  ' * level}- {say.sign(MARKS[line.mark])} {_escape(line.text)}{source}{place}"
        yield from tree_markdown(line.children, say, level + 1)


def _escape(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_").replace("<", "&lt;")


def print_tree(title: str, lines: Sequence[Line], say: Speech) -> None:
    """Print an explanation on a terminal, with colours beside the signs."""
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    def grow(tree: Tree, children: Iterable[Line]) -> None:
        for line in children:
            label = Text(f"{MARKS[line.mark]} ", style=STYLES.get(line.mark, ""))
            label.append(line.text)
            label.append(_suffix(line, say), style="dim")
            grow(tree.add(label), line.children)

    root = Tree(Text(title, style="bold"), guide_style="dim")
    grow(root, lines)
    Console(highlight=False).print(root)
