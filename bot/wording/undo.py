"""How long a post can be undone, in words."""

from datetime import datetime, timedelta

from bot.wording.context import Setting
from bot.wording.times import when

UNDO = timedelta(minutes=2)
"""Real time, since a person has to press the button; a rehearsal's news clock may run sixty times as fast."""

UNDO_MICROS = UNDO // timedelta(microseconds=1)


def undo_label(setting: Setting, now: datetime, how: str) -> str:
    """Return the label of the Undo button: "Undo until 7:18 a.m. (posts a retraction)". `how` is the text in brackets.

    In a rehearsal, whose clock runs at another speed, it is "Undo within two minutes".
    """
    time = " within two minutes" if setting.rehearsal else f" until {when(now + UNDO, now, setting.desk.zone)}"
    return f"Undo{time}{f' ({how})' if how else ''}"


def undo_time(setting: Setting, now: datetime) -> str:
    """Return "until 7:18 a.m." by the desk's clock; in a rehearsal, whose clock runs at another speed, "for two minutes"."""
    if setting.rehearsal:
        return "for two minutes"
    return f"until {when(now + UNDO, now, setting.desk.zone)}"
