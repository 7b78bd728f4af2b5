"""The pages of a base, in Markdown: the first one, one per right, per folder of shared notions and of dossiers."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

import msgspec

from pycoverage import __version__
from pycoverage.catalogue import Interval, Right
from pycoverage.law import Law
from pycoverage.manual.appendix import appendices
from pycoverage.manual.atlas import PICTURES, Atlas, capital, folder, interval_text, of_right, stem
from pycoverage.manual.contents import contents
from pycoverage.manual.entry import WAYS, way_line
from pycoverage.manual.markdown import bullets, code, escape, fence, heading, image, nested, page, strong
from pycoverage.manual.network import Node
from pycoverage.manual.picture import draw, outline
from pycoverage.speech import count, day
from pycoverage.suite import Played
from pycoverage.value import SUP, Bound

NATURES = {
    "de_droit": "acquis dès que les conditions sont remplies",
    "sur_demande": "sur demande",
    "discretionnaire": "accordé si l'administration le décide",
    "soins": "prise en charge de soins",
}


class Site(msgspec.Struct, frozen=True):
    """A documentation: its Markdown pages and its pictures by path, and the order of its parts."""

    pages: dict[str, str]
    pictures: dict[str, str]
    parts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def compose(law: Law, played: Sequence[Played], *, suffix: str = "md") -> Site:
    """Write every page of a base. `suffix` is that of the pages to which the pictures link."""
    atlas = Atlas(law, played)
    pages: dict[str, str] = {}
    pictures: dict[str, str] = {}
    rights = []
    for name, right in law.base.rights.items():
        path = of_right(name)
        pages[path] = _right_page(atlas, name, right, pictures, suffix)
        rights.append((right.sigle or right.nom, path))
    folders = []
    for name in atlas.folders():
        path = atlas.of_folder(name)
        pages[path] = _folder_page(atlas, name, pictures, suffix)
        folders.append((atlas.folder_title(name), path))
    references = []
    for title, path, text in appendices(atlas):
        pages[path] = text
        references.append((title, path))
    dossiers = []
    for title, path, text in _dossier_pages(atlas):
        pages[path] = text
        dossiers.append((title, path))
    parts = (
        ("Droits", tuple(rights)),
        ("Notions partagées", tuple(folders)),
        ("Références", tuple(references)),
        ("Dossiers", tuple(dossiers)),
    )
    pages["index.md"] = _index(atlas, parts)
    return Site(pages, pictures, parts)


def _index(atlas: Atlas, parts: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> str:
    base, here = atlas.base, "index.md"
    rights = []
    for name, right in base.rights.items():
        concluded = atlas.network.concluded.get(Node("droit", name), [])
        ways = count(len(concluded), "façon de l'avoir", "façons de l'avoir")
        shown = atlas.go(here, of_right(name), "", escape(capital(atlas.label(Node("droit", name)))))
        rights.append(f"{shown} : {NATURES[right.nature]} ; {ways} ; {_existence(atlas, name)}")
    others = [
        block
        for title, entries in parts[1:]
        if entries
        for block in (
            heading(2, title),
            bullets(atlas.go(here, path, "", escape(name)) for name, path in entries),
        )
    ]
    played = f"{count(len(atlas.played), 'dossier rejoué', 'dossiers rejoués')}" if atlas.played else "aucun"
    return page(
        heading(1, "Les droits à la couverture santé, règle par règle"),
        "Ces pages sont tirées des règles elles-mêmes : chaque règle y figure une fois, avec sa phrase, sa source, sa "
        "période et son texte. Elles informent ; elles ne remplacent ni une décision ni un conseil.",
        heading(2, "Droits"),
        bullets(rights),
        *others,
        heading(2, "Comment lire"),
        bullets(
            (
                f"{strong('Une phrase')} est celle que lit la personne dans une réponse. Un mot entre crochets "
                "tient la place de ce que dira le dossier : un nom, un jour, un montant.",
                f"{strong('La source')} mène au texte public. La version lue est celle que l'auteur de la règle a eue "
                "sous les yeux ; un texte non lu est connu par ceux qui le citent.",
                f"{strong('En vigueur')} : les deux jours sont compris. Le droit appliqué est celui du jour apprécié.",
                f"{strong('Repose sur')} : ce que la règle demande (« sauf si » : ce qui l'écarte ; « à une autre "
                "date » : ce qui se lit un autre jour). Les étapes techniques entre deux notions sont passées.",
                f"{strong('Dossiers')} : les situations de référence où la règle s'est appliquée, les plus simples "
                "d'abord.",
                f"{strong('Le texte de la règle')} est celui que lit le programme (answer set programming) : la "
                "conclusion avant « :- », puis les conditions, toutes nécessaires ; « not » : la condition ne doit "
                "pas être remplie. Plusieurs règles de même conclusion sont autant de façons d'y arriver.",
            )
        ),
        heading(2, "D'où viennent ces pages"),
        bullets(
            (
                f"base : {count(len(base.legal), 'règle')}, {count(len(base.notions), 'notion')}, "
                f"{count(sum(len(text.articles) for text in base.texts.values()), 'article')} ; dossiers : {played}",
                f"empreinte de la base : {code(base.digest)}",
                f"écrites par pycoverage {__version__}",
            )
        ),
    )


def _existence(atlas: Atlas, right: str) -> str:
    """Return from when to when a right exists, in words."""
    guards = [atlas.base.rules[index].guard for index in atlas.network.concluded.get(Node("droit", right), [])]
    intervals = [atlas.base.legal[guard].interval for guard in guards if guard]
    if not intervals:
        return "aucune règle"
    ends = [interval.end for interval in intervals]
    last = SUP if any(isinstance(end, Bound) for end in ends) else max(str(end) for end in ends)
    return interval_text(Interval(min(interval.start for interval in intervals), last))


def _right_page(atlas: Atlas, name: str, right: Right, pictures: dict[str, str], suffix: str) -> str:
    here, node = of_right(name), Node("droit", name)
    concluded = [index for index in atlas.network.concluded.get(node, []) if atlas.base.rules[index].guard]
    own = {folder(atlas.base.rules[index].place.file) for index in concluded}
    facts = [f"{strong('Nature :')} {NATURES[right.nature]}", f"{strong('Existe :')} {_existence(atlas, name)}"]
    if right.suite:
        facts.append(f"{strong('Prochain pas :')} {escape(right.suite)}")
    if right.note:
        facts.append(f"{strong('Note :')} {escape(right.note)}")
    shared = [f for f in own if not atlas.of_folder(f).startswith("droits/")]
    if shared:
        links = ", ".join(atlas.go(here, atlas.of_folder(f), "", escape(atlas.folder_title(f))) for f in sorted(shared))
        facts.append(f"{strong('Voir aussi :')} {links}")
    ways = [way_line(atlas, here, atlas.base.legal[str(atlas.base.rules[index].guard)]) for index in concluded]
    blocks = [
        heading(1, escape(capital(atlas.label(node)))),
        bullets(facts),
        heading(2, "Les façons de l'avoir"),
        bullets(ways) or "Aucune règle ne donne ce droit.",
        *_picture(atlas, here, [node], own, pictures, suffix, f"De quoi dépend le droit : {atlas.label(node)}"),
    ]
    return page(*blocks, *contents(atlas, here))


def _folder_page(atlas: Atlas, name: str, pictures: dict[str, str], suffix: str) -> str:
    here, title = atlas.of_folder(name), atlas.folder_title(name)
    inside = [node for node in atlas.network.uses if node.kind == "notion" and atlas.of_node(node)[0] == here]
    used = {use.target for node in inside for use in atlas.network.uses[node] if use.head != use.target}
    roots = [node for node in inside if node not in used] or inside
    elsewhere: dict[str, list[str]] = {}
    for legal in atlas.base.legal.values():
        if folder(legal.place.file) == name and atlas.of_legal(legal) != here:
            elsewhere.setdefault(atlas.of_legal(legal), []).append(legal.id)
    moved = [
        f"{atlas.go(here, target, '', escape(_title(atlas, target)))} : {count(len(rules), 'règle')}"
        for target, rules in elsewhere.items()
    ]
    blocks = [
        heading(1, escape(title)),
        f"Ce qui est écrit dans {code(f'rules/{name}/')}, et sur quoi d'autres règles reposent.",
        f"Les règles de ce dossier qui concluent sur un seul droit se lisent avec lui :\n\n{bullets(moved)}"
        if moved
        else "",
        *_picture(atlas, here, roots, {name}, pictures, suffix, f"Les notions : {title}"),
    ]
    return page(*blocks, *contents(atlas, here))


def _title(atlas: Atlas, path: str) -> str:
    name = stem(path)
    return atlas.label(Node("droit", name)) if path.startswith("droits/") else atlas.folder_title(name)


def _picture(
    atlas: Atlas,
    here: str,
    roots: Sequence[Node],
    folders: set[str],
    pictures: dict[str, str],
    suffix: str,
    title: str,
) -> Iterator[str]:
    """Yield the picture of what some nodes rest on, and the same as a list; add it to `pictures`.

    Notions of the given folders are opened; those of other folders are drawn and linked, and opened on their pages.
    """
    opened = [
        node
        for node in atlas.network.uses
        if node in roots or (node.kind == "notion" and folder(atlas.base.notions[node.key].place.file) in folders)
    ]
    uses = atlas.network.reach(roots, opened)
    if not uses:
        return
    stem = posixpath.splitext(here)[0].replace("/", "-")
    path = f"{PICTURES}/{stem}.svg"
    pictures[path] = draw(atlas, uses, here=here, path=path, title=title, suffix=suffix)
    yield heading(2, "De quoi cela dépend")
    yield (
        "Une flèche va d'un droit ou d'une notion à ce qu'une de ses règles demande. Trait plein : il le faut. Tirets, "
        "« sauf si » : il ne le faut pas. Pointillés, « autre date » : lu un autre jour. Bord double : un droit. Bord "
        "en tirets : une notion expliquée sur une autre page. L'image s'ouvre en grand d'un clic ; la liste qui suit "
        "dit la même chose."
    )
    yield image(f"{title}. La liste qui suit dit la même chose.", posixpath.relpath(path, posixpath.dirname(here)))
    yield nested(
        (
            depth,
            f"{WAYS[way]}{atlas.to_node(here, node)}{' (voir plus haut)' if again else ''}",
        )
        for depth, node, way, again in outline(roots, uses)
    )


def _dossier_pages(atlas: Atlas) -> Iterator[tuple[str, str, str]]:
    """Yield the title, the path and the text of each page of dossiers: one per folder, as written."""
    groups: dict[str, list[Played]] = {}
    for played in atlas.played:
        groups.setdefault(atlas.of_dossier(played), []).append(played)
    for here, found in groups.items():
        where = posixpath.dirname(atlas.path_of(found[0]))
        blocks = [
            heading(1, f"Dossiers : {escape(posixpath.basename(where))}"),
            f"{count(len(found), 'situation')} de référence, dans {code(where)}. Chacune dit, sous « attendu », ce que "
            "la loi donne à chacun ce jour-là.",
        ]
        for played in found:
            dossier = played.dossier
            rules = ", ".join(map(code, played.rules))
            lines = [f"{strong('Fichier :')} {code(atlas.path_of(played))}"]
            if dossier.date:
                lines.append(f"{strong('Apprécié le :')} {day(dossier.date)}")
            lines.append(f"{strong(f'Règles appliquées ({len(played.rules)}) :')} {rules or 'aucune'}")
            blocks += [
                heading(2, code(stem(atlas.path_of(played)))),
                strong(escape(dossier.title or dossier.name)),
                bullets(lines),
                fence("yaml", atlas.text_of(played)),
            ]
        yield posixpath.basename(where), here, page(*blocks)
