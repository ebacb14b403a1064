"""Compares the messages in the channels with those that the database says they should have."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Self

from bot.outbox.discord import number_of
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.message import Message
from bot.wording.card import card_of
from bot.wording.message import render

_LINK = re.compile(r"/channels/\d+/\d+/\d+|(?<=<#)\d+(?=>)")


@dataclass(slots=True)
class Tally:
    """The problems found: counts of changes in no message (lost), in two (doubled) or out of order, and other
    problems as texts.
    """

    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    wrong: list[str] = field(default_factory=list)
    untrue: int = 0
    """The number of margins that posts called current although `/margin` gave another at that minute."""
    told: int = 0
    """The number of messages checked."""

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.disordered or self.wrong or self.untrue) and self.told > 0

    def add_untrue(self, problems: Sequence[str]) -> None:
        """Add claims in posts that `/margin` did not confirm."""
        self.untrue += len(problems)
        self.wrong += problems

    def __iadd__(self, other: "Tally") -> Self:
        self.lost += other.lost
        self.doubled += other.doubled
        self.disordered += other.disordered
        self.wrong += other.wrong
        self.untrue += other.untrue
        self.told += other.told
        return self

    def __or__(self, other: "Tally") -> "Tally":
        """Combine two checks of the same messages. A problem found by both counts once."""
        return Tally(
            max(self.lost, other.lost),
            max(self.doubled, other.doubled),
            max(self.disordered, other.disordered),
            self.wrong + other.wrong,
            max(self.untrue, other.untrue),
            max(self.told, other.told),
        )

    def __str__(self) -> str:
        return (
            f"lost={self.lost} doubled={self.doubled} disordered={self.disordered} wrong={len(self.wrong)} "
            f"untrue={self.untrue}"
        )


Shown = list[str]
"""The messages in a channel, without anything that differs from run to run."""


def shown(channel: Channel) -> Shown:
    """Return a channel's messages in a form that is equal in every run."""
    return [
        _LINK.sub("*", f"{message.content}\n{message.embeds}{' (pinned)' if message.pinned else ''}")
        for message in channel.messages
    ]


def places_of(channels: Iterable[Channel]) -> list[tuple[str, Channel]]:
    """Return (name, channel) for each channel and each thread in the channels."""
    found = []
    for channel in channels:
        threads = [thread for thread in channel.guild.threads.values() if thread.parent is channel]
        found += [(channel.name, channel), *((f"{channel.name}/{thread.name}", thread) for thread in threads)]
    return found


def against_undisturbed(undisturbed: Mapping[str, Shown], now: Mapping[str, Shown]) -> Tally:
    """Compare the channels after a run with faults with the channels after a run without."""
    tally = Tally()
    tally.wrong += [f"there is a thread #{name}" for name in now.keys() - undisturbed.keys()]
    for name, wanted in undisturbed.items():
        if name not in now:
            tally.wrong.append(f"there is no thread #{name}")
            continue
        seen, expected = Counter(now[name]), Counter(wanted)
        missing, extra = expected - seen, seen - expected
        tally.told += len(now[name])
        tally.lost += missing.total()
        tally.doubled += sum(times for message, times in extra.items() if message in expected)
        tally.wrong += [f"#{name} shows {message!r}" for message in extra if message not in expected]
        tally.disordered += not (missing or extra) and now[name] != wanted
    return tally


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the outbox, with the fields that are compared."""

    id: int
    action: str
    number: int
    kind: str
    series: int | None
    start: int
    end: int | None
    about: int | None
    content: str | None
    state: str
    message: int | None
    uncarded: bool = False
    """True if the post was sent without its embeds, because the channel refused them for a moment."""
    card: str | None = None
    anew: bool = False
    """True if the post gives the whole state of a series, as after a change of the leading source.

    If the series was posted before, the post gives the changes since.
    """

    @property
    def said(self) -> str | None:
        """The content that the message should have, or None."""
        if not self.uncarded or self.card is None:
            return self.content
        return render(card_of(self.card), self.number, blocks=False).content


def against_database(database: Path, channels: Iterable[Channel]) -> Tally:
    """Compare the channels with the changes that should be posted in them, and with the rows of the outbox."""
    tally = Tally()
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as reader:
        for channel in channels:
            tally += _compare(reader, channel)
    return tally


def _compare(reader: sqlite3.Connection, channel: Channel) -> Tally:
    rows = [
        _Row(*row)
        for row in reader.execute(
            """SELECT id, action, number, kind, chain, coalesce(from_reading, 0), to_reading, about, content, state,
               message, cards_refused IS NOT NULL, card, from_reading IS NULL FROM outbox LEFT JOIN spans ON post = id WHERE channel = ? AND state NOT IN ('superseded', 'dropped') ORDER BY id""",
            (channel.id,),
        )
    ]
    places = places_of([channel])
    by_place = [  # not "pinned a message"
        [message for message in place.messages if message.kind.by_somebody] for _, place in places
    ]
    messages = sorted((message for one in by_place for message in one), key=lambda message: message.id)
    tally = Tally(told=len(messages))
    tally.doubled += len(places) - len({name for name, _ in places})
    _compare_rows(channel.name, rows, messages, tally)
    for one in by_place:
        tally.disordered += _compare_numbers(one).disordered
    tally.doubled += _compare_numbers(messages).doubled
    return tally | _compare_changes(reader, channel.id, rows, messages)


def _compare_rows(name: str, rows: Sequence[_Row], messages: Sequence[Message], tally: Tally) -> None:
    """Check that each row was sent. Each message has to belong to a row, and have the text of the row or of its
    last edit.
    """
    tally.wrong += [f"#{name}: {row.action} #{row.number} is {row.state}" for row in rows if row.state != "sent"]
    posts = {row.message: row for row in rows if row.action == "post" and row.state == "sent"}
    deleted = {row.about for row in rows if row.action == "delete"}
    edits = {row.about: row.said for row in rows if row.action == "edit"}
    there = {message.id: message for message in messages}
    tally.wrong += [f"#{name}: nothing knows of the message {key}" for key in there if key not in posts]
    for key, row in posts.items():
        if key not in there and row.id not in deleted:
            tally.wrong.append(f"#{name}: #{row.number} is called sent, and not there")
        elif key in there and there[key].content != edits.get(row.id, row.said):
            tally.wrong.append(f"#{name}: #{row.number} does not say what its row says")
        if (
            row.about is not None
            and row.kind in ("revision", "correction", "retraction", "moved", "call", "certified")
            and row.action == "post"
            and row.about not in edits
        ):
            tally.wrong.append(f"#{name}: #{row.number} replaces a post that does not say so")


def _compare_numbers(messages: Sequence[Message]) -> Tally:
    """Check that no post number occurs twice, and that they increase."""
    numbers = [number for message in messages if (number := number_of(message.content)) is not None]
    once = list(dict.fromkeys(numbers))
    disordered = sum(later < earlier for earlier, later in pairwise(once))
    return Tally(doubled=len(numbers) - len(once), disordered=disordered)


def _compare_changes(
    reader: sqlite3.Connection, channel: int, rows: Sequence[_Row], messages: Sequence[Message]
) -> Tally:
    """Check that each change up to the last posted one is in exactly one message, in order of time.

    Later changes wait for the next post, and don't count as lost. For sources that don't lead, only revisions are
    posted.

    Changes from before the desk last chose the leading source may be missing. The comparison with the undisturbed run
    would find those that should not be.
    """
    tally = Tally()
    told = dict(
        reader.execute(
            "SELECT t.series, t.reading FROM last_posts t JOIN follows f ON f.id = t.follow WHERE f.channel = ?",
            (channel,),
        )
    )
    spans = {row.number: row for row in rows if row.action == "post" and row.end is not None}
    numbers = [number_of(message.content) for message in messages]
    there = [spans[number] for number in numbers if number in spans]
    for series in told.keys() | {row.series for row in there}:
        ours = [row for row in there if row.series == series]
        begins = [
            max((one.end or 0 for one in ours[:place]), default=0) if row.anew else row.start
            for place, row in enumerate(ours)
        ]
        changes = reader.execute(
            """SELECT c.reading, r.received_at <= coalesce((
                 SELECT max(a.at) FROM audit a JOIN series s ON s.id = r.series WHERE a.what = 'source lead' AND a.after ->> 'contest' = s.contest), 0)
               FROM changes c JOIN readings r ON r.id = c.reading WHERE r.series = ? AND c.reading <= ?""",
            (series, told.get(series, 0)),
        ).fetchall()
        for change, before_switch in changes:
            times = sum(start < change <= (row.end or 0) for start, row in zip(begins, ours, strict=True))
            tally.lost += times == 0 and not before_switch
            tally.doubled += max(times - 1, 0)
        tally.disordered += sum((later.end or 0) < (earlier.end or 0) for earlier, later in pairwise(ours))
    return tally
