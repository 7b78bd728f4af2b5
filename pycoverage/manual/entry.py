"""What is said of one rule: its sentence, source, period, history and reading, what it rests on, and its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pycoverage.base import LegalRule
from pycoverage.manual.atlas import LISTS, PARAMETERS, READINGS, VOCABULARY, Atlas, folder, interval_text, version_text
from pycoverage.manual.markdown import bullets, code, escape, fence, heading, strong
from pycoverage.manual.network import Node, Way
from pycoverage.syntax import Rule, literals
from pycoverage.value import Fun

WAYS: dict[Way, str] = {"si": "", "sauf": "sauf si : ", "autre_jour": "à une autre date : "}
"""How a use is told before the notion it uses."""

CONCLUSIONS = {
    "effet": "le jour à partir duquel le droit peut prendre effet",
    "fin": "le dernier jour connu du droit, ou le jour avant lequel il ne peut être fermé",
    "ouverture": "où en est la demande",
    "montant_du": "ce que le droit coûte, par mois",
}
"""What the predicates that cross into Python say (rules/README.md), beside rights and rubrics."""

SHOWN = 6
"""How many dossiers are named under a rule; the others are counted."""


def entry(atlas: Atlas, here: str, legal: LegalRule, notes: Sequence[str]) -> Iterator[str]:
    """Yield the entry of one rule: its sentence, what is said of it, and its text."""
    base = atlas.base
    rule = base.rules[legal.rule]
    _, article = atlas.article(legal.source)
    lines = [
        (f"{strong('Source :')} {atlas.source(here, legal.source)} ; {version_text(article, legal.interval)}"),
        f"{strong('En vigueur :')} {interval_text(legal.interval)}",
        *_history(atlas, here, legal),
    ]
    if legal.question:
        question = base.questions[legal.question]
        shown = atlas.go(here, READINGS, legal.question, escape(question.question))
        lines.append(f"{strong('Lecture :')} {shown} — {reading_name(atlas, legal)}")
    lines += [f"{strong('Note :')} {escape(note)}" for note in notes]
    lines.append(f"{strong('Conclut :')} {_conclusion(atlas, here, rule)}")
    uses = [f"{WAYS[way]}{atlas.to_node(here, node)}" for node, way in atlas.network.of(rule)]
    if uses:
        lines.append(f"{strong('Repose sur :')} {' ; '.join(uses)}")
    given = list(_given(atlas, here, rule))
    if given:
        lines.append(f"{strong('Lit :')} {' ; '.join(given)}")
    if atlas.played:
        lines.append(f"{strong('Dossiers :')} {_exercised(atlas, here, legal)}")
    yield heading(4, code(legal.id))
    yield strong(escape(atlas.sentence(legal.phrase)))
    yield bullets(lines)
    yield fence("prolog", atlas.layouts[rule.place.file].statement(rule.place))


def reading_name(atlas: Atlas, legal: LegalRule) -> str:
    """Return the reading a rule takes, and whether it is the default one."""
    question = atlas.base.questions[legal.question]
    kind = "lecture par défaut" if legal.reading == question.defaut else "autre lecture"
    return f"{escape(question.lectures[legal.reading].nom)} ({kind})"


def _history(atlas: Atlas, here: str, legal: LegalRule) -> Iterator[str]:
    """Yield what a rule replaces and what replaces it; the whole line of versions when it is longer."""

    def told(name: str) -> str:
        shown = strong("celle-ci") if name == legal.id else atlas.to_rule(here, name)
        return f"{shown} ({interval_text(atlas.base.legal[name].interval)})"

    before, after = [], list[str]()
    name = legal.replaces
    while name in atlas.base.legal and name not in before:
        before.append(name)
        name = atlas.base.legal[name].replaces
    waiting = list(atlas.replaced_by.get(legal.id, ()))
    while waiting:
        name = waiting.pop(0)
        if name not in after:
            after.append(name)
            waiting += atlas.replaced_by.get(name, ())
    if before:
        yield f"{strong('Remplace :')} {told(before[0])}"
    if after:
        direct = ", ".join(told(name) for name in atlas.replaced_by[legal.id])
        yield f"{strong('Remplacée par :')} {direct}"
    if len(before) + len(after) > 1:
        yield f"{strong('Versions :')} {' ; '.join(told(name) for name in (*reversed(before), legal.id, *after))}"


def _conclusion(atlas: Atlas, here: str, rule: Rule) -> str:
    node = atlas.network.node(rule.head)
    if node is not None:
        return ("le droit : " if node.kind == "droit" else "") + atlas.to_node(here, node)
    name = rule.head.name
    if name in atlas.base.rubrics:
        return f"la rubrique « {escape(atlas.base.rubrics[name].nom)} » de la réponse"
    about = next((a.name for a in rule.head.args if isinstance(a, Fun) and a.name in atlas.base.rights), "")
    which = f" ({atlas.to_node(here, Node('droit', about))})" if about else ""
    return (CONCLUSIONS.get(name) or code(name)) + which


def _given(atlas: Atlas, here: str, rule: Rule) -> Iterator[str]:
    """Yield what a rule reads that no rule concludes: facts of the dossier, amounts, lists."""
    base = atlas.base
    names = dict.fromkeys(literal.atom.name for literal, _ in literals(rule.body))
    attributes, lists = base.vocabulary.by_predicate(), dict(base.properties())
    facts = [atlas.go(here, VOCABULARY, attributes[n].name, code(attributes[n].name)) for n in names if n in attributes]
    if facts:
        yield f"au dossier, {', '.join(facts)}"
    for name in names:
        if name in base.parameters:
            yield atlas.go(here, PARAMETERS, name, escape(base.parameters[name].nom))
        elif name in lists:
            yield atlas.go(here, LISTS, lists[name], escape(base.nomenclatures[lists[name]].nom))


def _exercised(atlas: Atlas, here: str, legal: LegalRule) -> str:
    """Return the dossiers that apply a rule: those of its own folder first, and the simplest first."""
    own = folder(legal.place.file)
    found = sorted(
        (played for played in atlas.played if legal.id in played.rules),
        key=lambda p: (own not in atlas.path_of(p).split("/"), len(p.rules), atlas.path_of(p)),
    )
    if not found:
        return "aucun dossier de référence ne l'applique"
    shown = " ; ".join(atlas.to_dossier(here, played) for played in found[:SHOWN])
    return f"{len(found)}, dont {shown}" if len(found) > SHOWN else f"{len(found)} : {shown}"


def way_line(atlas: Atlas, here: str, legal: LegalRule) -> str:
    """Return a rule in one line: its sentence, linked, its source and its period."""
    reading = f" ; lecture : {reading_name(atlas, legal)}" if legal.question else ""
    shown = atlas.go(here, atlas.of_legal(legal), legal.id, escape(atlas.sentence(legal.phrase)))
    return f"{shown} ({escape(atlas.writer.source(legal.source))} ; {interval_text(legal.interval)}{reading})"
