"""Links: every person a rule speaks of is tied to the others."""

from __future__ import annotations

from collections.abc import Iterator

from pycoverage.checks.doc import Doc
from pycoverage.checks.safety import slips
from pycoverage.checks.study import Study, conditions
from pycoverage.finding import Finding
from pycoverage.syntax import Literal, Rule, variables

CODES = (
    Doc(
        "PC209",
        "personne sans lien avec les autres",
        "Une condition sur une personne que rien ne relie à celle de la conclusion vaut pour n'importe qui dans le "
        "dossier. C'est presque toujours une variable écrite autrement.",
        "aide(Personne) :- majeur(Personne), total(Demandeur, Total), plafond(Plafond), Total <= Plafond.",
        "aide(Personne) :- majeur(Personne), total(Personne, Total), plafond(Plafond), Total <= Plafond.",
    ),
)


def check(study: Study) -> Iterator[Finding]:
    """Find conditions about a person whom nothing ties to the conclusion."""
    for index, rule in enumerate(study.base.rules):
        shared = _impersonal(study, rule)
        groups: list[set[str]] = []
        for part in (rule.head, *rule.body):
            names = set(variables(part)) - shared - {"_"}
            near = [group for group in groups if group & names]
            groups = [group for group in groups if not group & names]
            groups.append(names.union(*near))
        persons = [{n for n in group if study.kinds.variable(index, n) == "personne"} for group in groups]
        apart = [names for names in persons if names]
        head = set(variables(rule.head))
        kept = next((names for names in apart if names & head), apart[0] if apart else set())
        for names in apart:
            if names is not kept and not names.intersection(name for name, _ in slips(rule)):
                first, place = next(
                    (name, place)
                    for condition, place in conditions(rule)
                    for name in variables(condition)
                    if name in names
                )
                message = f"rien ne relie « {first} » à « {', '.join(sorted(kept))} »"
                help_ = "reliez ces personnes par une condition, ou corrigez le nom de la variable"
                yield Finding(study.locate(place, first), "PC209", message, help_, "avertissement")


def _impersonal(study: Study, rule: Rule) -> set[str]:
    """Return the variables that conditions about nobody give: they tie nobody to anybody."""
    found: set[str] = set()
    for condition in rule.body:
        if isinstance(condition, Literal) and condition.atom.name in study.given:
            kinds = study.kinds.positions.get(condition.atom.name, ())
            if "personne" not in kinds:
                found.update(variables(condition.atom))
    return found
