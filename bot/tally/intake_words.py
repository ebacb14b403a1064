"""The notice to the desk about figures that are too large to store."""

from bot.desk.desk_file import Contest, Source
from bot.outbox.outbox_words import desk_notice
from bot.wording.card import Card
from bot.wording.context import Setting, source_name
from bot.wording.escape import capitalised, escape, possessive


def too_large_notice(source: Source, contest: Contest, most: int, setting: Setting) -> Card:
    """Return the notice saying that a source's reading is larger than `most` MiB, the limit for storing one."""
    head = f"**{capitalised(possessive(source_name(source)))} figures for {escape(contest.name)} are too large to be stored.**"
    why = f"They take more than {most} MiB, so none of them are used. The operator can ask the source for less, such as one state."
    return desk_notice(f"{head} {why}", setting)
