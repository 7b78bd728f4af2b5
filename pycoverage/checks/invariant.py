"""What must always hold (`rules/invariants/`): its form, and the rules that say when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pycoverage.checks import function, kind, negation, number, predicate, safety, source, stratification
from pycoverage.checks.doc import Doc
from pycoverage.checks.sentence import ended, full_stop
from pycoverage.checks.study import Study
from pycoverage.finding import Finding, errors
from pycoverage.inference import infer
from pycoverage.parsing import decoded, read_source
from pycoverage.searches.invariant import FOLDER, extended, files, parse

CODES = (
    Doc(
        "PC501",
        "invariant mal décrit",
        "Un invariant est déclaré par invariant(id, source, phrase), une lacune de la loi par lacune(id, invariant, "
        "source, phrase), une limite de la base par limite(id, invariant, phrase) ; une règle conclut "
        "violation(id, Personne) pour l'un, admise(id, Personne) pour les autres. "
        "Mal nommé, il serait toujours prouvé.",
        "violation(aide_et_majoritee, Personne) :- droit(Personne, aide), not majeur(Personne).",
        "violation(aide_et_majorite, Personne) :- droit(Personne, aide), not majeur(Personne).",
    ),
    Doc(
        "PC502",
        "situation mal désignée",
        "Un invariant qui déclare varie(id, fait) compare deux situations : chaque condition dit laquelle elle lit, "
        "avant(…) ou apres(…). Sans varie, il n'y en a qu'une.",
        "violation(moins_de_ressources, Personne) :- droit(Personne, aide), not apres(droit(Personne, aide)).",
        "violation(moins_de_ressources, Personne) :- avant(droit(Personne, aide)), not apres(droit(Personne, aide)).",
    ),
)

_OF_RULES = (function, kind, negation, number, predicate, safety, stratification)


def check(study: Study) -> Iterator[Finding]:
    """Find what is wrong with the statements of a base, as the checks of its rules find it in these."""
    root = Path(study.base.root)
    statements, _, rules, findings = parse(study.base, root)
    yield from findings
    texts = dict(study.texts)
    for path in files(root):
        texts[path.relative_to(root).as_posix()] = decoded(path.read_bytes(), "replace")
    sources = {**study.sources, **{name: read_source(text, file=name) for name, text in texts.items() if _own(name)}}
    base = extended(study.base, [rule for rule in rules if rule.head.args])
    whole = msgspec.structs.replace(
        study, base=base, kinds=infer(base), sources=sources, texts=texts, heads=base.by_head()
    )
    for each in statements.values():
        if ended(each.phrase):
            yield full_stop(whole, each.place, each.id)
        yield from source.of_term(whole, each.source, each.place, each.id)
        for gap in each.gaps:
            if gap.source is not None:
                yield from source.of_term(whole, gap.source, gap.place, gap.id)
    if not errors(findings):
        for module in _OF_RULES:
            yield from (finding for finding in module.check(whole) if _own(finding.place.file))


def _own(name: str) -> bool:
    return name.startswith(FOLDER.as_posix() + "/")
