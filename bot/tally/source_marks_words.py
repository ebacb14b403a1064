"""What an answer says of a source that is muted, can't be reached or does not change."""

from datetime import datetime

from bot.desk.desk_file import Source
from bot.wording.context import Setting, source_name
from bot.wording.credit import SetBy
from bot.wording.escape import capitalised, stopped
from bot.wording.question import SourceMark
from bot.wording.times import when


def mark_words(
    source: Source, muted: SetBy | None, unreached: datetime | None, unchanged: datetime | None, setting: Setting,
    now: datetime,
) -> SourceMark | None:  # fmt: skip
    """Return the mark of a source; None: it has none.

    Args:
        source: the source.
        muted: since when, by whom and why; who is not of the desk reads since when alone.
        unreached: since when it can't be reached.
        unchanged: since when its numbers have not changed, for so long that the desk was told.
        setting: with who reads it.
        now: the news clock's time.

    """
    name, parts, brief = capitalised(source_name(source)), [], ""
    if muted is not None:
        parts.append(stopped(f"{name} is muted here since {muted.words(setting, now)}"))
        brief = "SOURCE MUTED"
    if unreached is not None:
        parts.append(stopped(f"{name} has not been reached since {when(unreached, now, setting.desk.zone)}"))
        brief = brief or "SOURCE NOT REACHED"
    elif unchanged is not None:
        parts.append(
            stopped(f"{name} has shown nothing new since {when(unchanged, now, setting.desk.zone)}, longer than usual")
        )
        brief = brief or "SOURCE UNCHANGED"
    return SourceMark(" ".join(parts), brief, muted=muted is not None) if parts else None
