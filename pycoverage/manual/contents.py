"""What a page says of each rule and notion that stands on it, in the order of the files, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pycoverage.base import LegalRule
from pycoverage.manual.atlas import READINGS, Atlas, folder
from pycoverage.manual.entry import WAYS, entry
from pycoverage.manual.layout import NOT_MODELLED, Layout, Section
from pycoverage.manual.markdown import bullets, code, escape, fence, heading, strong
from pycoverage.manual.network import Node
from pycoverage.syntax import Rule
from pycoverage.value import Var


def contents(atlas: Atlas, here: str) -> Iterator[str]:
    """Yield what a page says after its picture: limits, open questions, rubrics, then every rule and notion."""
    base = atlas.base
    own = [legal for legal in base.legal.values() if atlas.of_legal(legal) == here]
    files = [
        (layout, blocks)
        for file, layout in atlas.layouts.items()
        for blocks in [list(_file(atlas, here, layout))]
        if blocks or (atlas.of_folder(folder(file)) == here and any(layout.remarks(NOT_MODELLED)))
    ]
    limits = [
        f"{escape(remark.text.removesuffix('.'))} ({code(layout.file)})"
        for layout, _ in files
        for remark in layout.remarks(NOT_MODELLED)
    ]
    if limits:
        yield heading(2, "Ce qui n'est pas modélisé")
        yield bullets(limits)
    questions = dict.fromkeys(legal.question for legal in own if legal.question)
    if questions:
        yield heading(2, "Les lectures ouvertes")
        yield bullets(
            f"{atlas.go(here, READINGS, name, escape(base.questions[name].question))} "
            f"Par défaut, {escape(base.questions[name].lectures[base.questions[name].defaut].nom)}."
            for name in questions
        )
    yield from _rubrics(atlas, here)
    for layout, blocks in files:
        if blocks:
            yield heading(2, escape(layout.title or layout.file))
            yield f"Fichier {code(layout.file)}"
            yield from blocks
    yield from _notions(atlas, here)


def _rubrics(atlas: Atlas, here: str) -> Iterator[str]:
    """Yield the rubrics that rules of a page give; on the page of a right, those that do not name one right too."""
    base = atlas.base
    own: dict[str, list[str]] = {}
    common: dict[str, list[str]] = {}
    for legal in base.legal.values():
        head, target = base.rules[legal.rule].head, atlas.of_legal(legal)
        if head.name in base.rubrics and target == here:
            own.setdefault(head.name, []).append(legal.id)
        elif head.name in base.rubrics and isinstance(head.args[1], Var) and here.startswith("droits/"):
            common.setdefault(head.name, []).append(legal.id)
    lines = []
    for name, rubric in base.rubrics.items():
        told = [", ".join(atlas.to_rule(here, rule) for rule in own.get(name, ()))]
        if name in common:
            links = ", ".join(atlas.to_rule(here, rule) for rule in common[name])
            told.append(f"à plusieurs droits, selon le cas : {links}")
        if any(told):
            lines.append(f"{strong(escape(rubric.nom))} : {' ; '.join(filter(None, told))}")
    if lines:
        yield heading(2, "Ce que la réponse dit de plus")
        yield bullets(lines)


def _file(atlas: Atlas, here: str, layout: Layout) -> Iterator[str]:
    """Yield what a page shows of a rule file: its sections with the rules that stand on the page."""
    base = atlas.base
    legal: dict[int, list[LegalRule]] = {}
    technical: dict[int, list[Rule]] = {}
    for rule in base.rules:
        if rule.place.file == layout.file and atlas.of_rule(rule) == here:
            if rule.guard:
                legal.setdefault(layout.section(rule.place.line), []).append(base.legal[rule.guard])
            else:
                technical.setdefault(layout.section(rule.place.line), []).append(rule)
    if not legal and not technical:
        return
    opening = [remark.text for remark in layout.sections[0].remarks if not remark.label]
    for number, section in enumerate(layout.sections):
        blocks = [
            *_section(atlas, here, layout, section, legal.get(number, [])),
            *_technical(atlas, layout, technical.get(number, [])),
        ]
        if number == 0:
            yield from (escape(text) for text in opening if blocks or legal or technical)
        elif blocks:
            yield heading(3, escape(section.title))
        yield from blocks


def _section(atlas: Atlas, here: str, layout: Layout, section: Section, rules: Sequence[LegalRule]) -> Iterator[str]:
    """Yield the rules of a section; a remark before the first one is about the section, a later one about its rule."""
    remarks = [remark for remark in section.remarks if not remark.label]
    ends = [
        rule.place.line + layout.statement(rule.place).count("\n")
        for rule in atlas.base.rules
        if rule.place.file == layout.file
    ]
    for number, legal in enumerate(sorted(rules, key=lambda legal: legal.place)):
        line = atlas.base.rules[legal.rule].place.line
        before = max((end for end in ends if end < line), default=0)
        notes = [remark.text for remark in remarks if max(before, section.line) < remark.line < line]
        if section == layout.sections[0]:
            notes = []
        elif number == 0:
            yield from map(escape, notes)
            notes = []
        yield from entry(atlas, here, legal, notes)


def _technical(atlas: Atlas, layout: Layout, rules: Sequence[Rule]) -> Iterator[str]:
    """Yield the technical rules of a section as written, with their remarks; what a dossier contradicts is told."""
    plain = []
    for rule in rules:
        text = layout.statement(rule.place)
        told = atlas.base.phrases.get(str(rule.head.args[0])) if rule.head.name == "anomalie" else None
        if told:
            yield heading(4, code(str(rule.head.args[0])))
            yield strong(escape(atlas.sentence(told)))
            yield fence("prolog", text)
        else:
            plain.append(layout.above(rule.place) + text)
    if plain:
        yield "Étapes techniques : jointures, sommes et décomptes qui ne citent aucun texte."
        yield fence("prolog", "\n\n".join(plain))


def _notions(atlas: Atlas, here: str) -> Iterator[str]:
    """Yield the notions of a page: what they say when they hold and when they do not, and what concludes them."""
    base = atlas.base
    own = [n for n in base.notions.values() if atlas.of_folder(folder(n.place.file)) == here]
    if not own:
        return
    users: dict[Node, dict[Node, None]] = {}
    for head, uses in atlas.network.uses.items():
        for use in uses:
            users.setdefault(use.target, {})[head] = None
    yield heading(2, "Les notions")
    for notion in own:
        node = Node("notion", notion.predicate)
        rules = [base.rules[index] for index in atlas.network.concluded.get(node, ())]
        concluded = [atlas.to_rule(here, rule.guard) for rule in rules if rule.guard]
        if len(concluded) < len(rules):
            concluded.append("une étape technique")
        lines = [
            f"{strong('Sinon :')} {escape(atlas.sentence(notion.negative))}",
            f"{strong('Conclue par :')} {', '.join(concluded) or 'aucune règle'}",
        ]
        steps = [index for index in atlas.network.concluded.get(node, ()) if not base.rules[index].guard]
        folded = dict.fromkeys(use for index in steps for use in atlas.network.of(base.rules[index]))
        if folded:
            told = [f"{WAYS[way]}{atlas.to_node(here, target)}" for target, way in folded]
            lines.append(f"{strong('Repose, par cette étape, sur :')} {' ; '.join(told)}")
        serves = [atlas.to_node(here, user) for user in users.get(node, ()) if user != node]
        if serves:
            lines.append(f"{strong('Sert à :')} {' ; '.join(serves)}")
        yield heading(3, f"Notion {code(notion.predicate)}")
        yield strong(escape(atlas.sentence(notion.positive)))
        yield bullets(lines)
