"""How far certification is, for an answer: whose count, from how many, and until when."""

from datetime import datetime

from bot.count.certification import CertificationCount
from bot.deskfile import Source
from bot.schedule.event import Event
from bot.wording.escape import escape
from bot.wording.numbers import commas
from bot.wording.places import state_name
from bot.wording.punctuation import capitalised, stopped
from bot.wording.telling import Telling, source_name
from bot.wording.times import clock, day, day_is_enough

_MOST_LAW = 120


def by_whom(telling: Telling, source: Source, as_of: datetime, before: CertificationCount | None) -> str:
    """Return whose count it is, as of when, and from how many: "says the Secretary of State, 8:05 a.m.; 92 before."."""
    said = f"says {source_name(source)}, {telling.when(as_of)}"
    return stopped(f"{said}; {commas(before.done)} before" if before is not None else said)


def nobody_counts(telling: Telling, at: datetime | None) -> str:
    """Return that nobody has said how many units have certified."""
    then = f" by {telling.when(at)}" if at else ""
    verb = "had" if at else "has"
    unknown = f"Unknown: nobody {verb} said how many {telling.contest.units} have certified in {telling.place}{then}"
    return f"**{stopped(unknown)}**"


def state_says(telling: Telling, source: Source, as_of: datetime) -> str:
    """Return that a source calls its own results certified."""
    return stopped(f"{capitalised(source_name(source))} calls its results certified, as of {telling.when(as_of)}")


def deadline_sentence(telling: Telling, event: Event, now: datetime) -> str:
    """Return until when the units, or the state, have to certify, by which law; unverified is said to be so."""
    moment, zone = event.starts_at, telling.zone
    who = f"the {telling.contest.units}" if event.certifies == "units" else (state_name(telling.contest) or "the state")
    date = day(moment, now, zone)
    if date == "today":
        until = "today" if day_is_enough(moment, zone) else clock(moment, zone)
    else:
        until = date if day_is_enough(moment, zone) else f"{clock(moment, zone)} {date}"
    law = f" ({escape(event.source, _MOST_LAW)})" if event.source else ""
    if not event.verified:
        law += ", unverified"
    if moment < now:
        return stopped(f"The date set for {who} to certify was {until}{law}")
    verb = "are expected to have" if event.status == "expected" else "has" if event.certifies == "state" else "have"
    return stopped(f"{capitalised(who)} {verb} until {until} to certify{law}")
