"""Days on which posts waited for the desk, and were found wrong when they were sent.

`python -m tests.rehearsal.histories [NAME]...` plays the days, and prints the posts sent at the end of each wait.
"""

import asyncio
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.desk.desk_file import Desk
from bot.rehearsal.day import Day, Variation
from bot.rehearsal.drill.contests import OFFICE
from bot.rehearsal.player import play_day
from bot.rehearsal.posts import ArrivedPost
from bot.rehearsal.rehearsable_days import DRILL, open_day
from bot.wording.card import StatedMargin
from tests.faults.truth import held_to_margin

NIGHT, GEORGIA, PRESIDENT = "2020-11-05-georgia", "georgia-count", "ga-2020-president"

StepFields = Mapping[str, Any]
"""The fields of a step, as written in a day's file."""


def with_steps(opened: tuple[Day, Desk], *steps: StepFields, until: str | None = None) -> tuple[Day, Desk]:
    """Return a day with more steps.

    With `until`, an ISO time with a zone, the day ends at that time.
    """
    day, desk = opened
    fields = {"based_on": "it", "title": day.title, "facts_from": day.facts_from, "steps": list(steps), "ends": until}
    return Day.model_validate(Variation.model_validate(fields).of(day)), desk


def muted_drill() -> tuple[Day, Desk]:
    """Return a drill (seed 21) until 9:30 p.m. The Elections Office, a source, is muted from 7:50 to 8:40 p.m."""
    mute = {"at": "2035-11-06T19:50:00-05:00", "does": "mute", "source": OFFICE}
    unmute = {"at": "2035-11-06T20:40:00-05:00", "does": "unmute", "source": OFFICE}
    return with_steps(open_day(DRILL, 21), mute, unmute, until="2035-11-06T21:30:00-05:00")


HISTORIES: Mapping[str, Callable[[], tuple[Day, Desk]]] = {
    "paused": lambda: open_day(f"{NIGHT}-paused"),
    "quiet": lambda: open_day(f"{NIGHT}-quiet"),
    "muted": muted_drill,
}


@dataclass(slots=True)
class Played:
    """The result of a played day."""

    posts: list[ArrivedPost] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    """Claims about the present in posts that `/margin` did not confirm at that minute."""
    stated: dict[int, list[StatedMargin]] = field(default_factory=dict)
    """Post number → the margins that the post gives in the present tense."""

    @property
    def new(self) -> list[ArrivedPost]:
        """The posts without later edits."""
        return [post for post in self.posts if post.edit_of is None]


async def posts_of(day: Day, desk: Desk) -> list[ArrivedPost]:
    """Play a day at full speed. Returns the posts that arrived."""
    posts: list[ArrivedPost] = []
    with tempfile.TemporaryDirectory() as folder:
        await play_day(day, desk, Path(folder) / "played.sqlite3", None, posts.append)
    return posts


async def play(opened: tuple[Day, Desk]) -> Played:
    """Play a day at full speed, and compare each post with `/margin`."""
    played = Played()
    with tempfile.TemporaryDirectory() as folder, held_to_margin(played.untrue.append):
        database = Path(folder) / "played.sqlite3"
        await play_day(*opened, database, None, played.posts.append)
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as reader:
            rows = reader.execute("SELECT number, states FROM outbox WHERE action = 'post' AND state = 'sent'")
            played.stated = {
                number: [StatedMargin(*one) for one in json.loads(states or "[]")] for number, states in rows
            }
    return played


def main(names: Iterable[str]) -> None:
    """Play the named histories, or all, and print each new post and edit."""
    for name in names or HISTORIES:
        day, desk = HISTORIES[name]()
        print(f"== {name}: {day.title}")  # noqa: T201 - it is a script
        played = asyncio.run(play((day, desk)))
        print(f"untrue={len(played.untrue)}", *played.untrue, sep="\n  ")  # noqa: T201
        for post in played.posts:
            at, edit = post.at.astimezone(desk.zone), "" if post.edit_of is None else f" (edit of #{post.edit_of})"
            headline = post.content.split("\n")[0]
            print(f"{at:%a %H:%M} #{post.channel} {post.kind} #{post.number}{edit}: {headline}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
