"""Texts about how long a post can be undone."""

from datetime import datetime, timedelta

from bot.wording.context import Setting
from bot.wording.times import when

UNDO_WITHIN = timedelta(minutes=2)
"""The time to undo, in real time, since a person has to press the button. A rehearsal's news clock may run sixty times as
fast.
"""

UNDO_MICROS = UNDO_WITHIN // timedelta(microseconds=1)


def undo_label(setting: Setting, now: datetime) -> str:
    """Return the label of the Undo button: "Undo until 7:18 a.m.".

    In a rehearsal, whose clock runs at another speed, it is "Undo within two minutes".
    """
    time = " within two minutes" if setting.rehearsal else f" until {when(now + UNDO_WITHIN, now, setting.desk.zone)}"
    return f"Undo{time}"


def undo_time(setting: Setting, now: datetime) -> str:
    """Return until when an action can be undone: "until 7:18 a.m.", by the desk's clock.

    In a rehearsal, whose clock runs at another speed, it is "for two minutes".
    """
    if setting.rehearsal:
        return "for two minutes"
    return f"until {when(now + UNDO_WITHIN, now, setting.desk.zone)}"
