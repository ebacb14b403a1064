"""The step of `/desk setup` in which a newsroom says how long before each kind of event it is told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from bot.cards.draft import Answer, Button, Choice, Select
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined
from bot.schedule.event import EventKind
from bot.schedule.reminder import LEADS
from bot.server_settings import ServerSettings
from bot.wording.event_sentences import KINDS
from bot.wording.times import exact_length

AS_THE_DESK_FILE = "as in the desk file"
_AT_ITS_TIME = "at its time only"


def reminders_card(settings: ServerSettings, setting: Setting, note: str = "") -> Answer:
    """Return, for each kind of event, how long before it the channels are told and whose word that is."""
    lines = [
        (
            "**Step 4 of 4: reminders.** How long before an event of each kind its channels are told; at its time they are told "
            "as well. An event that has reminders of its own keeps them."
        ),
        *(f"- {name}: {_in_force(kind, settings, setting)}" for kind, name in KINDS.items()),
        "Choose a kind to change it, for events that are on the schedule too.",
    ]
    choices = tuple(Choice(name, kind) for kind, name in KINDS.items())
    select = Select("setup:kind", "A kind of event", choices)
    return Answer(
        joined([note, *lines] if note else lines, CONTENT),
        (),
        (Button("Overview", "setup:go:start"),),
        selects=(select,),
    )


def own_said(reminders: Mapping[EventKind, Sequence[int]]) -> str:
    """Return what a newsroom has set of its reminders, for the overview."""
    if not reminders:
        return f"{AS_THE_DESK_FILE}, for every kind of event"
    own = "; ".join(f"{KINDS[kind].lower()} {before_said(leads)}" for kind, leads in reminders.items())
    return f"{own}; other kinds {AS_THE_DESK_FILE}" if len(reminders) < len(KINDS) else own


def before_said(minutes: Sequence[int] | None) -> str:
    """Return lead times in minutes as people say them: "1 day, 60 minutes before"; None: the desk file has them."""
    if minutes is None:
        return AS_THE_DESK_FILE
    return f"{_listed(minutes)} before" if minutes else _AT_ITS_TIME


def typed_as(minutes: Sequence[int] | None) -> str:
    """Return lead times in minutes as they are typed: "1 day, 60 minutes"; "none"; None: nothing."""
    return "" if minutes is None else _listed(minutes) or "none"


def _in_force(kind: EventKind, settings: ServerSettings, setting: Setting) -> str:
    own, by_file = settings.reminders.get(kind), setting.desk.desk.reminders
    if own is not None:
        return f"{before_said(own)} (this server's)"
    leads = [lead // timedelta(minutes=1) for lead in by_file.get(kind, LEADS[kind])]
    whose = "the desk file's" if kind in by_file else "default"
    return f"{before_said(leads)} ({whose})"


def _listed(minutes: Iterable[int]) -> str:
    return ", ".join(exact_length(timedelta(minutes=one)) for one in minutes)
