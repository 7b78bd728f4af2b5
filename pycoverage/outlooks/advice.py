"""What would change the rights of a dossier, as plain text for who advises a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pycoverage.base import KnowledgeBase
from pycoverage.outlooks.remedy import Action, Domain, Ending, Outlook, Outlooks, Reason, Remedy
from pycoverage.presentation import status_text
from pycoverage.speech import count, day, speech

SHOWN = 3
"""Ways told of one right among others; all are told of a right asked for."""


def advice_text(found: Outlooks, base: KnowledgeBase, title: str, *, full: bool = False) -> Iterator[str]:
    """Yield the lines of what is ahead; with `full`, all the ways, and the steps that were looked at."""
    yield title
    yield f"Ce qui changerait les droits au {day(found.date)}"
    yield ""
    for anomaly in found.anomalies:
        yield f"  ! {anomaly.message}"
    if found.anomalies:
        yield ""
        yield "Le dossier se contredit : corrigez-le, aucune réponse n'est donnée."
        return
    for name, rights in found.personnes.items():
        yield _capital(name)
        nothing = []
        for right, outlook in rights.items():
            if not full and outlook.par_defaut == "non" and not outlook.remedes and not outlook.a_defaut_de:
                nothing += [] if outlook.motif else [base.rights[right].nom]
                continue
            yield f"  {base.rights[right].nom} : {_status(outlook)}"
            yield from (f"    {line}" for line in _lines(found, outlook, base, len(found.personnes) > 1, full=full))
        if nothing:
            yield f"  rien de ce qui a été examiné ne peut ouvrir : {', '.join(nothing)}"
        yield ""
    yield from _domain(found.domaine, full=full)
    yield ""
    yield speech()("avertissement")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _status(outlook: Outlook) -> str:
    text = status_text(outlook.statut, speech())
    if outlook.statut == "conteste":
        text += f" (par défaut : {status_text(outlook.par_defaut, speech())[2:]})"
    return text


def _lines(found: Outlooks, outlook: Outlook, base: KnowledgeBase, many: bool, *, full: bool) -> Iterator[str]:
    if outlook.motif:
        yield "ce droit n'existe pas à cette date"
    elif outlook.depend_de:
        yield f"à préciser d'abord : {', '.join(outlook.depend_de)}"
    elif outlook.a_defaut_de:
        held = ", ".join(base.rights[right].nom for right in outlook.a_defaut_de)
        yield f"ce droit ne sert qu'à défaut de celui-ci, que la loi donne : {held}"
    elif outlook.par_defaut == "non":
        yield from _opening(found, outlook, many, full=full)
    if outlook.refus and outlook.par_defaut == "oui":
        yield speech()("suite_refus", jour=day(outlook.refus))
    if outlook.fin is not None:
        yield from _ending(found, outlook.fin, base, many)


def _opening(found: Outlooks, outlook: Outlook, many: bool, *, full: bool) -> Iterator[str]:
    if not outlook.remedes:
        yield "rien ne peut l'ouvrir : aucune des démarches examinées, seule ou avec d'autres, ce jour-là"
        if found.domaine.temps:
            yield f"ni le temps, jusqu'au {day(found.domaine.jusqu_au)}, avec elles ou sans elles"
        return
    shown = outlook.remedes[: None if full else SHOWN]
    yield "pour que ce droit s'ouvre :"
    for number, remedy in enumerate(shown, start=1):
        yield f"  {number}. {_steps(remedy, many)}"
        yield from (f"     {line}" for line in _why(found, remedy))
    rest = len(outlook.remedes) - len(shown)
    if rest:
        yield "  et une autre façon" if rest == 1 else f"  et {rest} autres façons"
    if not outlook.complet:
        yield "  d'autres façons existent, qui n'ont pas été cherchées"
    if outlook.refus:
        against = f"après la décision défavorable du {day(outlook.refus)}"
        yield f"  {against}, il faudra aussi une nouvelle demande, ces conditions remplies"


def _steps(remedy: Remedy, many: bool) -> str:
    if not remedy.demarches:
        return f"attendre : il s'ouvre le {day(remedy.des_le)}, sans que rien d'autre change"
    return " ; et ".join(_action(each, many) for each in remedy.demarches)


def _action(action: Action, many: bool) -> str:
    return f"{_capital(action.personne)} : {action.texte}" if many and action.personne else action.texte


def _why(found: Outlooks, remedy: Remedy) -> Iterator[str]:
    if remedy.demarches and remedy.des_le != found.date:
        yield f"il s'ouvre alors le {day(remedy.des_le)}"
    reasons = remedy.raisons or ([remedy.raison] if remedy.raison else [])
    if reasons:
        met = "condition alors remplie" if len(reasons) == 1 else "conditions alors remplies"
        yield f"{met} : {_reasons(reasons)}"
    if remedy.raison and remedy.raison.source not in ("", *(each.source for each in reasons)):
        yield f"droit donné par : {remedy.raison.source}"
    if remedy.lecture:
        yield f"seulement selon une autre lecture ({remedy.lecture})"
    elif remedy.statut == "conteste":
        others = (f"{name} : {status_text(status, speech())[2:]}" for name, status in remedy.lectures.items())
        yield f"contesté : {', '.join(others)}"
    elif remedy.statut == "a_preciser":
        yield f"encore à préciser : {', '.join(remedy.depend_de)}"


def _reasons(reasons: Iterable[Reason]) -> str:
    return " ; ".join(f"{each.texte} ({each.source})" if each.source else each.texte for each in reasons)


def _ending(found: Outlooks, end: Ending, base: KnowledgeBase, many: bool) -> Iterator[str]:
    if end.le:
        yield f"ses conditions ne seront plus remplies le {day(end.le)} si rien ne change"
        if end.cesse:
            yield f"  ne tiendra plus : {_reasons(end.cesse)}"
        if end.empeche:
            yield f"  s'y opposera : {_reasons(end.empeche)}"
        if end.garder:
            yield f"  pour le garder, avant ce jour-là : {_either(end.garder, many)}"
    elif found.domaine.temps:
        until = day(found.domaine.jusqu_au)
        yield f"ses conditions restent remplies jusqu'au {until} au moins si rien ne change"
        yield "  ce qui est accordé se renouvelle à son terme"
    if end.aussitot:
        yield "s'arrêterait aussitôt :"
        for each in end.aussitot:
            opened = ", ".join(base.rights[right].nom for right in each.ouvre)
            yield f"  · {_action(each, many)}{f' (ouvrirait : {opened})' if opened else ''}"


def _either(actions: Sequence[Action], many: bool) -> str:
    return " ; ou ".join(_action(each, many) for each in actions)


def _domain(domain: Domain, *, full: bool) -> Iterator[str]:
    """Yield what was looked at: what is not among it is neither proposed nor excluded."""
    steps = count(len(domain.demarches), "démarche examinée", "démarches examinées")
    yield f"{_capital(steps)} ; les faits que personne ne peut changer ne sont jamais touchés, le passé non plus."
    if domain.temps:
        text = f"Le temps seul : chaque jour jusqu'au {day(domain.jusqu_au)}"
        if domain.jours:
            tried = count(domain.jours, "jour", "jours")
            text += f" ; les démarches suivies d'une attente : {tried} où une règle peut changer de réponse"
        yield f"{text}."
    else:
        yield "Le dossier laisse des faits inconnus : les jours suivants n'ont pas été examinés."
    if full:
        yield from (f"  · {each.texte}" for each in domain.demarches)
