"""What the desk's channel reads when one person alone wants no second one to confirm any more."""

from datetime import datetime

from bot.outbox.undelivered_words import desk_notice
from bot.wording.context import Setting
from bot.wording.draft import Button, Draft
from bot.wording.names import name_of
from bot.wording.times import when


def two_person_notice(who: str, until: datetime, setting: Setting, now: datetime) -> Draft:
    """Return the notice that confirmation ends, at whose wish and when, with the ways to end it now and to keep it."""
    ends = when(until, now, setting.desk.zone)
    said = (
        f"**Confirmation by a second person ends at {ends}:** {name_of(who)} wants it off. Until then, what one person "
        "enters, corrects or approves still waits for a second. Someone else on the desk can end it now; anyone on the desk can keep it."
    )
    buttons = (Button("Keep confirmation", "twoperson:keep", "primary"), Button("End it now", "twoperson:end"))
    return desk_notice(said, setting, buttons=buttons)


def two_person_decided(who: str, now: datetime, setting: Setting, *, on: bool) -> str:
    """Return what the notice says once somebody decided."""
    verb = "kept" if on else "ended"
    return f"**Confirmation by a second person was {verb} by {name_of(who)}, {when(now, now, setting.desk.zone)}**"
