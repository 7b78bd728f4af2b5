"""Catalogues of other readers: what they translate exists, and says nothing that the French does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pycoverage.checkout import catalogue_files
from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, Place, suggestion
from pycoverage.translation import Key, flaws, flaws_of_reader, read_catalogues
from pycoverage.words import DEFAULT, readers

CODES = (
    Doc(
        "PC340",
        "catalogue mal écrit",
        "Un catalogue de lecteur est un bloc de sections, chacune de clés et de textes. Ce qui n'est pas compris ne "
        "serait pas lu, et le lecteur recevrait du français. Les mots du programme (pycoverage/langues/, un fichier "
        "par lecteur) sont tous ceux de fr.yaml : sans l'un d'eux, une réponse s'arrêterait en chemin.",
        'phrases:\n  majorite: ["{Personne} is an adult"]',
        'phrases:\n  majorite: "{Personne} is an adult"',
    ),
    Doc(
        "PC341",
        "traduction de rien",
        "Une clé nomme une phrase, une notion ou un nom de la base ; celle d'une règle renommée traduirait une règle "
        "qui n'existe plus. Une phrase se traduit à côté de la règle qu'elle dit.",
        'phrases:\n  majoritee: "{Personne} is an adult"',
        'phrases:\n  majorite: "{Personne} is an adult"',
    ),
    Doc(
        "PC342",
        "trou que la phrase française n'a pas",
        "Une traduction emploie les trous de la phrase française, tous ou quelques-uns : un autre resterait vide.",
        'phrases:\n  majorite: "{Person} is an adult"',
        'phrases:\n  majorite: "{Personne} is an adult"',
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find catalogues that are wrong in their form, keys of nothing, keys out of place, unknown holes.

    The words of the program itself are looked at too.
    """
    root = Path(study.base.root)
    for reader in readers():
        yield from flaws_of_reader(root, reader)
    known = [reader for reader in readers() if reader != DEFAULT]
    for path in catalogue_files(root):
        reader = path.stem.rpartition(".")[2]
        if reader not in known:
            help_ = suggestion(reader, known) or f"lecteurs : {', '.join(known)}"
            place = Place(path.relative_to(root).as_posix(), 1, 1)
            yield Finding(place, "PC340", f"lecteur inconnu « {reader} »", help_)
    homes: dict[Key, str] = {("phrases", str(fact.head.args[0])): fact.place.file for fact in study.facts("phrase")}
    homes |= {("notions", notion.predicate): notion.place.file for notion in study.base.notions.values()}
    for reader in known:
        entries, _ = read_catalogues(root, reader)
        if not study.lost:
            yield from flaws(entries, study.base)
        for key, entry in entries.items():
            home = homes.get(key[:2], "")
            beside = home.removesuffix("lp") + f"{reader}.yaml"
            if home and entry.place.file != beside:
                message = f"« {key[1]} » n'est pas de ce fichier de règles"
                yield Finding(entry.place, "PC341", message, f"écrivez-le dans {beside}")
