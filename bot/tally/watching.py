"""All watchers, and when each is asked: posters with each change of the leading source's count, riders by a margin post."""

from collections.abc import Sequence
from dataclasses import replace

from bot.count.reading import Reading
from bot.outbox.rows import OutboxRow
from bot.tally.intake_store import Follow, Ledger, Writes
from bot.tally.line_crossings import MajorityWatcher, RecountLineWatcher
from bot.tally.watchers import Poster, Rider, WatchedCount, Watcher
from bot.tally.watchers_store import WatcherNews

WATCHERS: Sequence[Watcher] = (RecountLineWatcher(), MajorityWatcher())

POSTERS = {one.name: one for one in WATCHERS if isinstance(one, Poster)}

RIDERS = tuple(one for one in WATCHERS if isinstance(one, Rider))


class Watching:
    """Posts what posters have to say of a change."""

    def __init__(self, ledger: Ledger, writes: Writes) -> None:
        """Read from `ledger`, add to `writes`."""
        self._ledger = ledger
        self._writes = writes

    def look(self, follow: Follow, count: WatchedCount, reading_id: int, before: Reading | None) -> None:
        """Post in a channel each value that is news, by what it knew last; where it knew nothing, by the reading before.

        `reading_id` is the count's; `before` is the reading before it, or None where there was none.
        """
        series = self._ledger.series[count.reading.series].id
        for name, poster in POSTERS.items():
            if (value := poster.value(count)) is None:
                continue
            knew = self._ledger.watched.get((follow.id, name))
            if knew != value:
                self._ledger.watched[follow.id, name] = value
                self._writes.watched.append((follow.id, name, series, reading_id, value))
            if knew is None and before is not None:
                knew = poster.value(replace(count, reading=before))
            if knew is not None and poster.is_news(knew, value):
                draft = poster.post(count)
                row = OutboxRow.worded(
                    follow.server,
                    follow.channel,
                    self._ledger.number(follow.server, draft.words),
                    draft,
                    count.now,
                    count.contest.id,
                    count.source.id,
                    chain=series,
                    topic=WatcherNews(name, value),
                )
                self._writes.outbox.append(row)


def news_between(count: WatchedCount, before: Reading) -> tuple[str, ...]:
    """Return a sentence for each poster that has news since the reading `before`, for a post that tells more than that."""
    sentences = []
    for poster in POSTERS.values():
        knew, value = poster.value(replace(count, reading=before)), poster.value(count)
        if knew is not None and value is not None and poster.is_news(knew, value):
            sentences.append(poster.post(count).headline)
    return tuple(sentences)
