"""The list of all watchers, and the functions that run them.

Posters run at each change of the leading source's count, and riders when a margin is posted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.count.change import Change
from bot.count.reading import Reading
from bot.outbox.rows import OutboxRow
from bot.tally.intake_store import Follow, Ledger
from bot.tally.line_crossings import MajorityWatcher, RecountLineWatcher
from bot.tally.turnout_marks import TurnoutMarks
from bot.tally.watchers import Poster, Rider, WatchedCount, Watcher
from bot.tally.watchers_store import Watched, WatcherNews
from bot.tally.writes_store import Writes

WATCHERS: Sequence[Watcher] = (RecountLineWatcher(), MajorityWatcher(), TurnoutMarks())

POSTERS = {one.name: one for one in WATCHERS if isinstance(one, Poster)}

RIDERS = tuple(one for one in WATCHERS if isinstance(one, Rider))


class Watching:
    """Runs the posters after a change in the leading source's count."""

    def __init__(self, ledger: Ledger, writes: Writes) -> None:
        """Create the runner of posters for one transaction. It reads from `ledger`, and adds rows to `writes`."""
        self._ledger = ledger
        self._writes = writes

    def look(
        self, follow: Follow, count: WatchedCount, change: Change, reading_id: int, before: Reading | None
    ) -> None:
        """Make a post in a channel about each watched value that is news in the channel.

        A value is compared with the one that the channel knew or, if it knew none, with that of the reading `before`.

        Args:
            follow: the channel's follow of the contest.
            count: the count after the change.
            change: the change that led to the count.
            reading_id: the id of the count's reading.
            before: the reading before it; None if there was none.
        """
        series = self._ledger.series[count.reading.series].id
        for name, poster in POSTERS.items():
            if (value := poster.value(count)) is None:
                continue
            known_value = self._ledger.watched.get((follow.id, name))
            if known_value != value:
                self._ledger.watched[follow.id, name] = value
                self._writes.watched.append(Watched(follow.id, name, series, reading_id, value))
            if known_value is None and before is not None:
                known_value = poster.value(replace(count, reading=before))
            told = poster.in_margin_posts and change.kind == "margin" and follow.posted_reading == reading_id
            if known_value is not None and poster.is_news(known_value, value) and not told:
                draft = poster.post(count, change)
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


def news_between(count: WatchedCount, before: Reading, change: Change) -> tuple[str, ...]:
    """Return sentences about watched values that changed since the reading `before`, to add to another post.

    They come from the watchers with separate posts (`Poster`).
    """
    sentences = []
    for poster in POSTERS.values():
        if poster.in_margin_posts and change.kind == "margin":
            continue
        known_value, value = poster.value(replace(count, reading=before)), poster.value(count)
        if known_value is not None and value is not None and poster.is_news(known_value, value):
            sentences.append(poster.post(count, change).headline)
    return tuple(sentences)


@dataclass(frozen=True, slots=True)
class RiderNews:
    """A sentence that a rider adds to a margin post, and the value that the channel knows from the sentence."""

    follow: int
    watcher: str
    value: int
    sentence: str


def rider_news(follow: int, count: WatchedCount, before: Reading, known: Mapping[str, int]) -> list[RiderNews]:
    """Return the sentences to add to a margin post of a follow, from the watchers that add a sentence (`Rider`).

    Args:
        follow: the id of the follow.
        count: the count at the end of the span that the post covers.
        before: the reading at the start of the span.
        known: the values that the channel knew before, by watcher.
    """
    found = []
    for rider in RIDERS:
        value, was = rider.value(count), rider.value(replace(count, reading=before))
        known_value = [one for one in (was, known.get(rider.name)) if one is not None]
        if value is not None and all(rider.is_news(one, value) for one in known_value):
            found.append(RiderNews(follow, rider.name, value, rider.sentence(count, value)))
    return found
