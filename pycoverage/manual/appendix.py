"""What the rules rest on, in Markdown: sources, amounts, lists, open readings, the vocabulary, and the limits."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from pycoverage.catalogue import Parameter
from pycoverage.checkout import base_files
from pycoverage.manual.atlas import (
    LIMITS,
    LISTS,
    PARAMETERS,
    READINGS,
    SOURCES,
    VOCABULARY,
    Atlas,
    capital,
    cited,
    interval_text,
)
from pycoverage.manual.layout import NOT_MODELLED, read_remarks
from pycoverage.manual.markdown import bullets, code, escape, heading, link, nested, page, strong, table
from pycoverage.scalar import day as valid_day
from pycoverage.speech import article as article_name
from pycoverage.speech import day
from pycoverage.syntax import literals
from pycoverage.value import Var
from pycoverage.vocabulary import Attribute, Field

TYPES = {
    "date": "une date",
    "montant": "un montant en euros",
    "nombre": "un nombre",
    "oui_non": "oui ou non",
    "personne": "une personne du dossier",
    "droit": "un droit",
    "attribut": "le nom d'un fait de ce vocabulaire",
    "texte": "un texte",
    "liste": "une liste de lignes",
    "condition": "une condition du droit (`pycoverage grounds`)",
    "faits": "des faits, écrits comme sous une personne",
}
SILENCE = {
    "inconnu": "on ne sait pas : le droit qui en dépend est à préciser",
    "non": "rien de tel : ce qui n'est pas écrit n'existe pas",
    "obligatoire": "toujours à écrire",
    "facultatif": "rien n'en est dit : aucune réponse n'en dépend",
}
CHANGES = {"immuable": "ne change jamais", "modifiable": "peut changer", "temps": "change avec le temps"}


def appendices(atlas: Atlas) -> Iterator[tuple[str, str, str]]:
    """Yield the title, the path and the text of each page of references."""
    yield "Lectures ouvertes", READINGS, _readings(atlas)
    yield "Paramètres", PARAMETERS, _parameters(atlas)
    yield "Nomenclatures", LISTS, _lists(atlas)
    yield "Sources", SOURCES, _sources(atlas)
    yield "Vocabulaire des dossiers", VOCABULARY, _vocabulary(atlas)
    yield "Ce qui n'est pas modélisé", LIMITS, _limits(atlas)


def _rules(atlas: Atlas, here: str, rules: list[str]) -> str:
    return ", ".join(atlas.to_rule(here, rule) for rule in rules)


def _readings(atlas: Atlas) -> str:
    here = READINGS
    blocks = [
        heading(1, "Les questions que les textes laissent ouvertes"),
        "Quand un droit dépend d'une de ces questions, la réponse est « contesté » : elle donne le statut selon la "
        f"lecture par défaut, et selon l'autre. {code('--lecture question=lecture')} en choisit une.",
    ]
    for name, question in atlas.base.questions.items():
        blocks += [heading(2, code(name)), strong(escape(question.question))]
        items = []
        for key, reading in question.lectures.items():
            rules = [r.id for r in atlas.base.legal.values() if (r.question, r.reading) == (name, key)]
            items.append((0, f"{strong(escape(reading.nom))}{' (par défaut)' if key == question.defaut else ''}"))
            items.append((1, f"{strong('Code :')} {code(f'{name}={key}')}"))
            if reading.source:
                items.append((1, f"{strong('Source :')} {atlas.source(here, reading.source)}"))
            if reading.note:
                items.append((1, f"{strong('Note :')} {escape(reading.note)}"))
            told = _rules(atlas, here, rules) or "aucune n'est propre à cette lecture"
            items.append((1, f"{strong('Règles :')} {told}"))
        blocks.append(nested(items))
    return page(*blocks)


def _parameters(atlas: Atlas) -> str:
    here = PARAMETERS
    blocks = [
        heading(1, "Les montants, les coefficients et les délais"),
        "Chaque valeur avec sa période, sa source, le jour où elle a été vérifiée et la confiance qu'elle mérite.",
    ]
    users: dict[str, dict[str, None]] = {}
    for rule in atlas.base.rules:
        for literal, _ in literals(rule.body):
            if rule.guard and literal.atom.name in atlas.base.parameters:
                users.setdefault(literal.atom.name, {})[rule.guard] = None
    for name, parameter in atlas.base.parameters.items():
        lines = [f"{strong('Source :')} {atlas.source(here, parameter.source)}"]
        if parameter.unite:
            lines.append(f"{strong('Unité :')} {escape(parameter.unite)}")
        if parameter.revision:
            lines.append(f"{strong('Valeur nouvelle attendue :')} chaque année, le {_yearly(parameter.revision)}")
        if name in users:
            lines.append(f"{strong('Règles :')} {_rules(atlas, here, list(users[name]))}")
        blocks += [
            heading(2, code(name)),
            strong(escape(capital(parameter.nom))),
            bullets(lines),
            _amounts(atlas, name, parameter),
        ]
    return page(*blocks)


def _yearly(revision: str) -> str:
    return day(f"2100-{revision}").rsplit(" ", 1)[0]


def _amounts(atlas: Atlas, name: str, parameter: Parameter) -> str:
    rows = [
        [
            interval_text(amount.interval),
            *(
                escape(atlas.writer.value(key, kind))
                for key, kind in zip(amount.keys, parameter.key_types, strict=True)
            ),
            escape(atlas.writer.value(amount.value, parameter.type)),
            atlas.source(here=PARAMETERS, source=amount.source),
            day(amount.verifie_le) if valid_day(amount.verifie_le) else escape(amount.verifie_le),
            escape(amount.confiance),
        ]
        for amount in parameter.amounts
    ]
    return table(["période", *_keys(atlas, name), "valeur", "source de la valeur", "vérifiée le", "confiance"], rows)


def _keys(atlas: Atlas, name: str) -> list[str]:
    """Return the names of the keys of a parameter: those of the variables of the first rule that asks for it."""
    for rule in atlas.base.rules:
        for literal, _ in literals(rule.body):
            if literal.atom.name == name:
                return [
                    atlas.lexicon.words(arg.name) if isinstance(arg, Var) and arg.name != "_" else f"clé {number}"
                    for number, arg in enumerate(literal.atom.args[:-1], 1)
                ]
    return [f"clé {number}" for number, _ in enumerate(atlas.base.parameters[name].key_types, 1)]


def _lists(atlas: Atlas) -> str:
    here = LISTS
    blocks = [
        heading(1, "Les nomenclatures"),
        "Les codes qu'un dossier ou une règle peut employer. Une colonne datée dit quand la loi attache cette "
        "propriété à l'élément ; un tiret : jamais.",
    ]
    for name, nomenclature in atlas.base.nomenclatures.items():
        properties = nomenclature.proprietes
        notes = any(element.note for element in nomenclature.elements.values())
        blocks += [heading(2, code(name)), strong(escape(capital(nomenclature.nom)))]
        blocks.append(
            bullets(
                f"{strong(escape(atlas.lexicon.words(key)))} : "
                + escape((described.phrase or key).replace("{element}", "…"))
                + (f" ({atlas.source(here, described.source)})" if described.source else "")
                for key, described in properties.items()
            )
        )
        rows = [
            [
                code(key),
                escape(element.nom),
                *(
                    " ; ".join(map(interval_text, element.properties.get(prop, ())))
                    + (f" ({atlas.source(here, element.sources[prop])})" if prop in element.sources else "")
                    for prop in properties
                ),
                *([escape(element.note)] if notes else []),
            ]
            for key, element in nomenclature.elements.items()
        ]
        header = ["code", "nom", *(escape(atlas.lexicon.words(key)) for key in properties)]
        blocks.append(table([*header, *(["note"] if notes else [])], rows))
    return page(*blocks)


def _sources(atlas: Atlas) -> str:
    here, base = SOURCES, atlas.base
    citing: dict[tuple[str, str], list[str]] = {}
    for legal in base.legal.values():
        name, parts = cited(legal.source)
        citing.setdefault((name, parts[0] if parts else ""), []).append(legal.id)
    blocks = [
        heading(1, "Les sources"),
        "Chaque texte avec ses articles, les versions connues, celle qui a été lue, et les règles qui le citent. Un "
        "texte non lu est connu par les sources qui le citent.",
    ]
    for name, text in base.texts.items():
        blocks += [heading(2, code(name)), strong(escape(capital(text.titre)))]
        if text.adresse:
            blocks.append(link("Le texte entier", text.adresse))
        rows = []
        for key, article in text.articles.items():
            shown = escape(article_name(key))
            address = atlas.address(f'{name}("{key}")') if article.legifrance else ""
            rows.append(
                [
                    link(shown, address) if address else shown,
                    escape(article.objet),
                    ", ".join(map(day, article.versions)),
                    ", ".join(map(day, article.read)) or "non lu",
                    _rules(atlas, here, citing.get((name, key), [])),
                ]
            )
        if rows:
            blocks.append(table(["article", "objet", "versions du", "version lue", "règles"], rows))
        others = [
            rule
            for (cite, part), rules in citing.items()
            if cite == name and part not in text.articles
            for rule in rules
        ]
        if others:
            blocks.append(f"{strong('Autres règles qui le citent :')} {_rules(atlas, here, others)}")
    return page(*blocks)


def _vocabulary(atlas: Atlas) -> str:
    blocks = [
        heading(1, "Le vocabulaire des dossiers"),
        "Ce qui peut être dit d'un foyer ou d'une personne, la question qui le demande, et ce que signifie le silence.",
    ]
    parts = (("Le foyer", atlas.base.vocabulary.foyer), ("Une personne", atlas.base.vocabulary.personne))
    for title, attributes in parts:
        blocks.append(heading(2, title))
        for name, attribute in attributes.items():
            question = attribute.question.get("fr", "").replace("{personne}", "la personne")
            blocks += [heading(3, code(name)), strong(escape(capital(question))), bullets(_told(atlas, attribute))]
            if attribute.champs:
                rows = [
                    [
                        code(key),
                        _type(atlas, field),
                        _silence(atlas, field.absence, field.valeur_presumee, field),
                    ]
                    for key, field in attribute.champs.items()
                ]
                blocks.append(table(["champ", "sorte", "s'il n'est pas écrit"], rows))
    return page(*blocks)


def _told(atlas: Atlas, attribute: Attribute) -> Iterator[str]:
    if attribute.element is not None:
        yield f"{strong('Sorte :')} une liste ; chaque élément est {_type(atlas, attribute.element)}"
    else:
        kind = Field(attribute.type, attribute.nomenclature)
        yield f"{strong('Sorte :')} {_type(atlas, kind)}"
    field = attribute.element or Field(attribute.type, attribute.nomenclature)
    yield f"{strong('Le silence :')} {_silence(atlas, attribute.absence, attribute.valeur_presumee, field)}"
    if attribute.phrase:
        yield f"{strong('Se lit :')} {escape(atlas.sentence(attribute.phrase))}"
    if attribute.preuves:
        yield f"{strong('Preuves :')} {', '.join(_document(atlas, code_) for code_ in attribute.preuves)}"
    yield f"{strong('Dans le temps :')} {CHANGES[attribute.evolution]}"
    if attribute.sensible == "oui":
        yield f"{strong('Sensible :')} la question touche à l'intime"
    if attribute.note:
        yield f"{strong('Note :')} {escape(attribute.note)}"


def _document(atlas: Atlas, name: str) -> str:
    found = (n.elements[name].nom for n in atlas.base.nomenclatures.values() if name in n.elements)
    return escape(next(found, name.replace("_", " ")))


def _type(atlas: Atlas, field: Field) -> str:
    nomenclature = atlas.base.nomenclatures.get(field.nomenclature)
    if field.type == "code" and nomenclature is not None:
        return f"un code : {atlas.go(VOCABULARY, LISTS, field.nomenclature, escape(nomenclature.nom))}"
    return TYPES.get(field.type, escape(field.type))


def _silence(atlas: Atlas, absence: str, presumed: str | list[object], field: Field) -> str:
    if absence == "presume":
        if isinstance(presumed, list):
            return "on suppose une liste vide, et la réponse le dit" if not presumed else "une liste est supposée"
        nomenclature = atlas.base.nomenclatures.get(field.nomenclature)
        element = nomenclature.elements.get(presumed) if nomenclature else None
        return f"on suppose « {escape(element.nom if element else presumed)} », et la réponse le dit"
    if absence == "ouvert":
        return "pas de date : la période est ouverte de ce côté"
    if absence == "herite":
        return f"la valeur de la personne liée ({code(str(presumed))})"
    return SILENCE[absence]


def _limits(atlas: Atlas) -> str:
    blocks = [
        heading(1, "Ce qui n'est pas modélisé"),
        "Ce que les auteurs des règles et des listes ont écrit y manquer, fichier par fichier. Une situation qui en "
        "dépend peut recevoir une réponse incomplète.",
    ]
    root = Path(atlas.base.root)
    for path in base_files(root):
        name = path.relative_to(root).as_posix()
        sign = "%" if path.suffix == ".lp" else "#"
        remarks = [r for r in read_remarks(path.read_text(encoding="utf-8"), sign) if r.label == NOT_MODELLED]
        if not remarks:
            continue
        layout = atlas.layouts.get(name)
        title = layout.title if layout else posixpath.basename(name)
        blocks += [
            heading(2, escape(title)),
            f"Fichier {code(name)}",
            bullets(escape(remark.text) for remark in remarks),
        ]
    return page(*blocks)
