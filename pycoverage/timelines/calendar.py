"""The deadlines of a timeline as an iCalendar file, for a diary (extra `calendar`)."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from pycoverage.finding import Finding, InputError, Place
from pycoverage.timelines.timeline import Timeline


def to_calendar(found: Timeline) -> str:
    """Return the deadlines that still count as all-day events. Raises InputError if the library is missing.

    The stamp of the events is the first day of the range: the same timeline gives the same bytes.
    """
    try:
        from icalendar import Calendar, Event
    except ImportError:
        help_ = "pip install '.[calendar]'"
        raise InputError([Finding(Place("--format"), "DO014", "il manque la bibliothèque icalendar", help_)]) from None
    stamp = datetime.combine(date.fromisoformat(found.du), datetime.min.time(), UTC)
    calendar = Calendar()
    calendar.add("prodid", "-//pycoverage//FR")
    calendar.add("version", "2.0")
    for deadline in found.echeances:
        if deadline.levee:
            continue
        event = Event()
        name = "\0".join([found.dossier, deadline.personne, *deadline.droits, deadline.jour, deadline.texte])
        event.add("uid", f"{hashlib.sha256(name.encode()).hexdigest()[:24]}@pycoverage")
        event.add("dtstamp", stamp)
        event.add("dtstart", date.fromisoformat(deadline.jour))
        event.add("dtend", date.fromisoformat(deadline.jour) + timedelta(days=1))
        who = deadline.personne[:1].upper() + deadline.personne[1:]
        past = " (passé)" if deadline.jour < found.jour else ""
        event.add("summary", f"{who} : {deadline.nom}{past}")
        event.add("description", f"{deadline.texte}{f' ({deadline.source})' if deadline.source else ''}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return str(calendar.to_ical().decode())
