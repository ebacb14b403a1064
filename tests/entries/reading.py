"""A text, read in this process."""

from datetime import datetime

from bot.count.entry import Entry
from bot.desk.desk_file import Desk
from bot.entries import text_reading
from bot.entries.texts import TextToRead


def read_of(desk: Desk, text: str, at: datetime, source: str | None = None) -> Entry:
    """Return what a text says of the desk file's first contest."""
    contest = desk.contests[0]
    asked = TextToRead(text=text, contests=[contest.id], at=at, source=source, link=None)
    return text_reading.read_of(contest, desk, asked).entry
