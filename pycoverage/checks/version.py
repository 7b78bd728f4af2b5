"""Versions of articles: a rule that lives through a version of its article says whether it was read."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.study import Study
from pycoverage.finding import Finding
from pycoverage.scalar import day
from pycoverage.value import Fun

CODES = (
    Doc(
        "PC312",
        "version d'article que personne n'a relue",
        "Un article change ; une règle qui traverse ce changement était peut-être fausse avant, ou l'est devenue. "
        "Chaque version en vigueur pendant la règle est lue (« lu ») ou annoncée comme non lue (« non_lues ») : "
        "la réponse le dit.",
        '"1": {objet: majorité, versions: [2016-01-01, 2020-01-01], lu: 2020-01-01}',
        '"1": {objet: majorité, versions: [2016-01-01, 2020-01-01], lu: 2020-01-01, non_lues: [2016-01-01]}',
        "un article sans « versions », ou dont « lu » est non_lue",
    ),
    Doc(
        "PC313",
        "version d'article inconnue",
        "« versions » donne les débuts dans l'ordre du temps ; « lu » est un jour où l'une d'elles valait, et "
        "« non_lues » des débuts de versions.",
        '"1": {objet: majorité, versions: [2020-01-01, 2016-01-01], lu: 2015-01-01}',
        '"1": {objet: majorité, versions: [2016-01-01, 2020-01-01], lu: 2020-01-01}',
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find versions that nobody read and nobody told, and versions that do not exist."""
    for text, described in study.base.texts.items():
        for name, article in described.articles.items():
            where = study.locate(described.place, name)
            if list(article.versions) != sorted(set(article.versions)):
                message = f"les versions de « {name} » ({text}) ne sont pas dans l'ordre du temps"
                yield Finding(where, "PC313", message, "écrivez chaque début une fois, du plus ancien au plus récent")
            written = [*article.versions, *article.non_lues, *article.days]
            for text_ in written:
                if day(text_) is None:
                    help_ = "AAAA-MM-JJ, un jour qui existe ; ou « lu: non_lue »"
                    yield Finding(where, "PC313", f"« {name} » ({text}) : date incorrecte « {text_} »", help_)
            for version in sorted(set(article.read) & set(article.non_lues)):
                message = f"« {name} » ({text}) : la version du {version} est dite lue et non lue"
                yield Finding(where, "PC313", message, "choisissez")
            told = [*article.read, *article.non_lues] if article.versions else []
            for version in told:
                if version not in article.versions:
                    message = f"« {name} » ({text}) n'a pas de version du {version}"
                    yield Finding(where, "PC313", message, f"versions : {', '.join(article.versions)}")
    yield from _unread(study)


def _unread(study: Study) -> Iterator[Finding]:
    lived: dict[tuple[str, str], dict[str, str]] = {}
    for legal in study.base.legal.values():
        source = legal.source
        if isinstance(source, Fun) and source.args and source.name in study.base.texts:
            article = study.base.texts[source.name].articles.get(str(source.args[0]))
            if article is None:
                continue
            for version in article.lived(legal.interval):
                lived.setdefault((source.name, str(source.args[0])), {}).setdefault(version, legal.id)
    for (text, name), versions in lived.items():
        described = study.base.texts[text]
        article = described.articles[name]
        for version, rule in versions.items():
            if article.read and version not in (*article.read, *article.non_lues):
                message = f"la règle « {rule} » traverse la version du {version} de « {name} » ({text}), non relue"
                help_ = "lisez-la et ajoutez-la à « lu », ou annoncez-la dans « non_lues »"
                yield Finding(study.locate(described.place, name), "PC312", message, help_, "avertissement")
