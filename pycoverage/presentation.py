"""Answers and explanations as text for a terminal or a file, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pycoverage.answer import Answer, RightAnswer, Variant
from pycoverage.base import KnowledgeBase
from pycoverage.explanation import Line
from pycoverage.sentence import day, euros

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

LEGEND = "✓ rempli   ✗ manque   • dossier   ∅ absent du dossier   ? supposé   § valeur de la loi   ↳ autre voie"

STATUS_MARKS = {"oui": "✓ oui", "non": "✗ non", "a_preciser": "? à préciser", "conteste": "≠ contesté"}

WARNING = (
    "Cette réponse informe ; elle ne remplace ni une décision ni un conseil. "
    "Vérifiez les faits, et faites relire ce qui compte."
)


def answer_text(answer: Answer, base: KnowledgeBase, titles: dict[str, str]) -> Iterator[str]:
    """Yield the lines of an answer."""
    yield titles.get("title") or answer.dossier
    yield f"Droits au {day(answer.date)}" + _law_day(answer)
    yield ""
    for anomaly in answer.anomalies:
        place = f" ({anomaly.fichier}{f', ligne {anomaly.ligne}' if anomaly.ligne else ''})"
        yield f"  ! {anomaly.message}{place}"
        yield from (f"      {fact}" for fact in anomaly.faits)
    if answer.anomalies:
        yield ""
        yield "Le dossier se contredit : corrigez-le, aucune réponse n'est donnée."
        return
    width = max(len(right.nom) for right in base.rights.values())
    for name, person in answer.personnes.items():
        yield f"{name[:1].upper()}{name[1:]}"
        for identifier, right in person.droits.items():
            yield f"  {base.rights[identifier].nom:<{width}}  {_status(right)}"
        yield ""
    yield from _next_steps(answer, base)
    yield from _deadlines(answer, base)
    yield from _open_questions(answer, base)
    yield from _notes(answer)
    if not answer.complet:
        yield "Trop de faits sont inconnus pour tout essayer : « à préciser » peut cacher une réponse certaine."
        yield ""
    yield WARNING


def _law_day(answer: Answer) -> str:
    return "" if answer.droit_au == answer.date else f", droit du {day(answer.droit_au)}"


def _status(right: RightAnswer) -> str:
    parts = [STATUS_MARKS[right.statut]]
    if right.statut == "conteste":
        parts.append(f"(par défaut : {STATUS_MARKS[right.par_defaut][2:]})")
    if right.motif == "hors_periode":
        parts.append("(n'existe pas à cette date)")
    if right.effet:
        parts.append(f"depuis le {day(right.effet)}")
    if right.fin:
        parts.append(f"jusqu'au {day(right.fin)} au moins")
    if right.mensualite is not None:
        parts.append(f"{euros(right.mensualite)} par mois")
    if right.depend_de:
        parts.append(f"(dépend de {', '.join(right.depend_de)})")
    for reading, status in right.lectures.items():
        parts.append(f"[{reading} : {STATUS_MARKS[status][2:]}]")
    for reading, other in right.variantes.items():
        parts.append(f"[{reading} : {', '.join(_changed(other))}]")
    return " ".join(parts)


def _changed(other: Variant) -> Iterator[str]:
    if other.effet:
        yield f"depuis le {day(other.effet)}"
    if other.fin:
        yield f"jusqu'au {day(other.fin)} au moins"
    if other.mensualite is not None:
        yield f"{euros(other.mensualite)} par mois"
    if other == Variant():
        yield "sans jour connu"


def _next_steps(answer: Answer, base: KnowledgeBase) -> Iterator[str]:
    held = {identifier for person in answer.personnes.values() for identifier, r in person.droits.items() if r.suite}
    if held:
        yield "La suite :"
        yield from (
            f"  → {r.nom} : {r.suite}" for identifier, r in base.rights.items() if identifier in held and r.suite
        )
        yield ""


def _deadlines(answer: Answer, base: KnowledgeBase) -> Iterator[str]:
    """Yield the dated lines of the rubrics, in the order of the days."""
    dated = {
        name: key
        for name, rubric in base.rubrics.items()
        for key, field in rubric.champs.items()
        if field.type == "date"
    }
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
    if found:
        yield "Échéances :"
        for when, text in found:
            yield f"  ◷ {day(when)}{' (passé)' if when < answer.date else ''} : {text}"
        yield ""


def _open_questions(answer: Answer, base: KnowledgeBase) -> Iterator[str]:
    names = {
        name
        for person in answer.personnes.values()
        for r in person.droits.values()
        for name in (*r.lectures, *r.variantes)
    }
    if names:
        yield "Les textes se lisent de deux façons :"
        for name in sorted(names):
            question, _, reading = name.partition("=")
            asked = base.questions[question]
            default = asked.lectures[answer.lectures[question]].nom
            yield f"  ≠ {asked.question} Retenu : {default}. Autre lecture : {asked.lectures[reading].nom}. [{name}]"
        yield ""


def _notes(answer: Answer) -> Iterator[str]:
    rights = [right for person in answer.personnes.values() for right in person.droits.values()]
    hypotheses = sorted({text for right in rights for text in right.hypotheses})
    if hypotheses:
        yield "Supposé, faute d'indication (à confirmer) :"
        owners: dict[str, list[str]] = {}
        for text in hypotheses:
            owner, _, fact = text.partition(".")
            owners.setdefault(owner, []).append(fact.replace("_", " ").replace(" = ", " : "))
        yield from (f"  ? {owner} — {', '.join(facts)}" for owner, facts in owners.items())
        yield ""
    reserves = sorted({text for right in rights for text in right.reserves})
    if reserves:
        yield "À vérifier :"
        yield from (f"  § {text}" for text in reserves)
        yield ""


def tree_text(lines: Sequence[Line], prefix: str = "") -> Iterator[str]:
    """Yield the lines of an explanation as a tree drawn with signs."""
    for number, line in enumerate(lines):
        last = number == len(lines) - 1
        yield f"{prefix}{'└ ' if last else '├ '}{line_text(line)}"
        yield from tree_text(line.children, prefix + ("  " if last else "│ "))


def line_text(line: Line) -> str:
    """Return one line: its sign, its sentence, its source and its place in the dossier."""
    return f"{MARKS[line.mark]} {line.text}{_suffix(line)}"


def _suffix(line: Line) -> str:
    source = f" ({line.source})" if line.source else ""
    place = f" [ligne {line.place.line}]" if line.place.line else ""
    return source + place


def tree_markdown(lines: Iterable[Line], level: int = 0) -> Iterator[str]:
    """Yield the lines of an explanation as nested Markdown lists."""
    for line in lines:
        source = f" *({line.source})*" if line.source else ""
        place = f" `ligne {line.place.line}`" if line.place.line else ""
        yield f"{'  ' * level}- {MARKS[line.mark]} {_escape(line.text)}{source}{place}"
        yield from tree_markdown(line.children, level + 1)


def _escape(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_").replace("<", "&lt;")


def print_tree(title: str, lines: Sequence[Line]) -> None:
    """Print an explanation on a terminal, with colours beside the signs."""
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    def grow(tree: Tree, children: Iterable[Line]) -> None:
        for line in children:
            label = Text(f"{MARKS[line.mark]} ", style=STYLES.get(line.mark, ""))
            label.append(line.text)
            label.append(_suffix(line), style="dim")
            grow(tree.add(label), line.children)

    root = Tree(Text(title, style="bold"), guide_style="dim")
    grow(root, lines)
    Console(highlight=False).print(root)
