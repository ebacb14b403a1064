"""What sets a source apart for now, as one server knows it: it is muted, can't be reached, or does not change.

Every answer, board and morning list that rests on such a source says so; see `Question.shareable`.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.feeds.polling import SourceHealth
from bot.outbox.suspensions_store import SuspensionStore
from bot.tally.silences_store import SilenceStore
from bot.tally.silences_words import mark_words
from bot.wording.context import Setting
from bot.wording.question import SourceMark


class SourceMarks:
    """Reads mutes, silences that were told, and how the feeds do."""

    def __init__(
        self, suspensions: SuspensionStore, silences: SilenceStore, health: Mapping[str, SourceHealth]
    ) -> None:
        """Read both stores; `health` is how each feed does, by its source."""
        self._suspensions = suspensions
        self._silences = silences
        self._health = health

    async def of(self, server: int, setting: Setting, now: datetime) -> dict[str, SourceMark]:
        """Return the marks of a server's sources, by their ids; `setting` says who reads them."""
        muted = await self._suspensions.muted(server)
        silent = await self._silences.open(server)
        failing = {key: one.failing_since for key, one in self._health.items() if one.failing_since is not None}
        found = {}
        for source in setting.desk.sources:
            since = silent.get((source.id, "unreached"))
            unreached = min((at for at in (since, failing.get(source.id)) if at is not None), default=None)
            mark = mark_words(
                source, muted.get(source.id), unreached, silent.get((source.id, "unchanged")), setting, now
            )
            if mark is not None:
                found[source.id] = mark
        return found
