"""Reminders of events, with what can be answered to them, and posts that say what has changed."""

from datetime import datetime

from bot.cards.colours import colour_of
from bot.cards.control import name_of
from bot.cards.credit import credit_line
from bot.cards.draft import Button, Draft, Embed
from bot.cards.facts import MovedFacts, ReminderFacts, Setting
from bot.cards.limits import CONTENT, size
from bot.schedule.event import Event, EventKind
from bot.schedule.reminder import AT_ITS_TIME
from bot.wording.escape import escape
from bot.wording.event_sentences import begun_sentence, moved_sentences, reminder_sentences
from bot.wording.times import when

_MOST_SAID = 120

WITHOUT_BUTTONS: tuple[EventKind, ...] = ("deadline", "certification")
"""Kinds of event that nobody sees begin."""

WALL_KEY = "%Y%m%d%H%M"
"""How a button's key says of which wall time of its event it is."""


def reminder_post(facts: ReminderFacts, setting: Setting) -> Draft:
    """Return a reminder; under the one at its time are buttons for what came of it."""
    event = facts.event
    return Draft(
        "reminder",
        reminder_sentences(event, facts.wall, facts.due_at, facts.now, setting.desk.zone),
        _credit(facts.now, setting, personal=facts.personal),
        _card(event, setting, facts.now),
        quiet=False,
        buttons=event_buttons(facts.entry, event) if asks(facts) else (),
    )


def asks(facts: ReminderFacts) -> bool:
    """Return True if a reminder asks what came of its event."""
    at_its_time = facts.lead == AT_ITS_TIME and facts.wall == facts.event.wall
    return at_its_time and not facts.personal and not facts.public and facts.event.kind not in WITHOUT_BUTTONS


def event_buttons(entry: int, event: Event) -> tuple[Button, ...]:
    """Return the answers to whether an event has begun; their keys say which event, and at which wall time it was to."""
    key = f"{entry}:{event.wall.strftime(WALL_KEY)}"
    return (
        Button("Started", f"event:started:{key}", "primary"),
        Button("Pushed 15", f"event:pushed:{key}"),
        Button("Called off", f"event:off:{key}", "danger"),
    )


def moved_post(facts: MovedFacts, setting: Setting) -> Draft:
    """Return the post that says what has changed about an event, and which post said otherwise."""
    card: Embed = {"description": f"It replaces {facts.replaces}.", "color": colour_of("moved")}
    return Draft(
        "moved",
        moved_sentences(facts.before, facts.after, facts.now, setting.desk.zone, facts.why),
        _credit(facts.now, setting),
        (card,) if facts.replaces else (),
        quiet=False,
    )


def begun_content(old: str, who: str, at: datetime, setting: Setting) -> str:
    """Return the content of a reminder (`old`) whose event has begun; its small last line stays the last."""
    first = begun_sentence(name_of(who), at, setting.desk.zone)
    return f"{first}\n{old}" if size(first) + size(old) < CONTENT else old


def _credit(now: datetime, setting: Setting, *, personal: bool = False) -> str:
    by = "for you, " if personal else ""
    return f"the schedule, {by}{credit_line(setting, None, now, now)}"


def _card(event: Event, setting: Setting, now: datetime) -> tuple[Embed, ...]:
    """Return who speaks, when it ends, where it is later and who says so; nothing where nobody says any of it."""
    zone = setting.desk.zone
    source = escape(event.source, _MOST_SAID) if event.source else ""
    if event.link:
        source = f"[{source or 'the source'}]({_address(event.link)})"
    contest = setting.desk.contest(event.contest) if event.contest else None
    later = [f"{escape(one.place, _MOST_SAID)} {when(event.moment(one.wall), now, zone)}" for one in event.later[:10]]
    lines = [
        f"Who: {escape(event.who, _MOST_SAID)}" if event.who else "",
        f"{setting.desk.desk.style.contest.capitalize()}: {escape(contest.name, _MOST_SAID)}" if contest else "",
        f"Until {when(event.ends_at, now, zone)}" if event.ends_at else "",
        f"Later in {', '.join(later)}" if later else "",
        f"Source: {source}" if source else "",
    ]
    said = "\n".join(line for line in lines if line)
    return ({"description": said, "color": colour_of("reminder")},) if said else ()


def _address(link: str) -> str:
    """Return an address that does not end the link that it is put into."""
    return link.replace("(", "%28").replace(")", "%29")
