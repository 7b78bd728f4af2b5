"""What `change` answers: what would open a right that is not held, and what would end one that is (version 1)."""

from __future__ import annotations

import msgspec

from pycoverage.answer import Anomaly, Status


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step: who takes it (empty: the household), which fact it changes, its sentence.

    `ouvre` are the rights that the person would have then and has not, told of a step that ends another.
    """

    personne: str
    attribut: str
    texte: str
    cout: int = 1
    ouvre: list[str] = []


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condition in words, and the article of the rule that gives it."""

    texte: str
    source: str = ""


class Remedy(msgspec.Struct, frozen=True, omit_defaults=True):
    """Steps that together open a right on a day, none of which can be left out; no step: waiting is enough.

    `statut` is the status found by evaluating the changed dossier on that day, `regle` the rule that then gives
    the right and `raison` its sentence (none while the status is open), `raisons` the conditions that are met and
    were not. `lecture` names the reading, `question=lecture`, without which the steps open nothing; `lectures` the
    status under each reading that changes it.
    """

    demarches: list[Action]
    des_le: str
    statut: Status
    regle: str = ""
    raison: Reason | None = None
    raisons: list[Reason] = []
    lecture: str = ""
    lectures: dict[str, Status] = {}
    depend_de: list[str] = []


class Ending(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of a right that is held: the first day without it, the facts unchanged.

    `cesse` are the conditions that hold until then, `empeche` what stands against the right from then on.

    `garder` are the steps that, taken on that day at the latest, would keep it; `aussitot` those that end it now.
    """

    le: str = ""
    cesse: list[Reason] = []
    empeche: list[Reason] = []
    garder: list[Action] = []
    aussitot: list[Action] = []


class Outlook(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is ahead of one right of one person.

    `remedes` are ranked: fewest steps, least cost, earliest day. `complet` tells that they are all those the domain
    holds: none, and all of them, proves that nothing of the domain opens the right. `depend_de` are the
    open facts to settle first; `motif` is `hors_periode` for a right that does not exist that day. `a_defaut_de` are
    the rights held in default of which this one serves: nothing is then proposed. `refus` is the day of the last
    decision against the person, known on the day.
    """

    statut: Status
    par_defaut: Status
    motif: str = ""
    remedes: list[Remedy] = []
    complet: bool = True
    depend_de: list[str] = []
    fin: Ending | None = None
    a_defaut_de: list[str] = []
    refus: str = ""


class Domain(msgspec.Struct, frozen=True):
    """What was looked at: the steps, each once, the last day, and how many days up to it were tried with steps.

    `temps` tells whether later days were looked at, which asks for a dossier without open facts.
    """

    demarches: list[Action]
    jusqu_au: str
    jours: int
    temps: bool


class Outlooks(msgspec.Struct, frozen=True):
    """What is ahead of the rights of a dossier."""

    version: int
    dossier: str
    date: str
    domaine: Domain
    anomalies: list[Anomaly]
    personnes: dict[str, dict[str, Outlook]]
