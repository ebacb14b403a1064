"""Follow preferences: how a channel wants to be told of a contest, where it wants it otherwise than everybody else.

They are applied where changes are routed (`bot/tally/changes.py`), not where rows are sent: a change that makes no post
of its own, or comes in quiet hours, waits like a small one, so that each change stays in one post.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import BadInputError
from bot.outbox.kinds import Published

Skippable = Literal["margin", "lead_change", "status", "other_sources"]
"""What a channel may skip; the next post then tells it. A first reading and a revision are always posted: what was on air
may have become wrong."""

SKIPPABLE: tuple[Skippable, ...] = get_args(Skippable)

Minute = Annotated[int, Field(ge=0, lt=24 * 60)]
"""A minute of the desk's day."""

_VOTES_WORD = re.compile(r"(?<=[0-9])\s*votes?$", re.IGNORECASE)

_SHARE = re.compile(r"[0-9]\s*(?:%|percent|per cent|points?|pts?\b|pp\b)", re.IGNORECASE)

_MOST_VOTES = 1_000_000

MIXED, BY_RULE = "mixed", "rule"
"""Values of a form's field: the contests of a channel differ, and are left so; small changes go by the default rule."""


class FollowPreferences(BaseModel):
    """What a channel wants of a contest. The default is what everybody gets."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    without: tuple[Skippable, ...] = ()
    """Kinds that make no post of their own."""
    roll_up: Annotated[int, Field(ge=5, le=24 * 60)] | Literal[0] | None = None
    """Minutes after which small changes are told together; None: an hour, and on election night a quarter of one; 0: the next
    post tells them."""
    quiet: tuple[Minute, Minute] | None = None
    """The minutes of the desk's day at which quiet hours begin and end, over midnight where the second is earlier."""
    through: bool = True
    """Lead changes and revisions are posted in quiet hours all the same."""
    night: bool = True
    """On election night: a digest, and lead changes neither alone nor with a notification."""
    mention: Annotated[int, Field(gt=0)] | None = None
    """The role that a lead change mentions."""
    publish: tuple[Published, ...] = ()
    """What is published to the followers of an announcement channel."""
    thread: bool = False
    """Its posts go into a thread of the contest."""
    board_chart: bool = False
    """Its board has a chart."""

    def quiet_until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet hours end that `now` is in, or None if it is in none."""
        if self.quiet is None or self.quiet[0] == self.quiet[1]:
            return None
        start, end = self.quiet
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        inside = start <= minute < end if start < end else minute >= start or minute < end
        if not inside:
            return None
        day = local.date() if minute < end else local.date() + timedelta(days=1)
        over = datetime(day.year, day.month, day.day, end // 60, end % 60, tzinfo=zone)
        if over <= now:  # both in the hour that comes twice: its second coming is meant
            over = over.replace(fold=1)
        return over.astimezone(now.tzinfo)


DEFAULT_PREFERENCES = FollowPreferences()


@lru_cache(maxsize=1024)
def preferences_of(stored: str | None) -> FollowPreferences:
    """Return the preferences in a column of the database; None: the default ones."""
    return DEFAULT_PREFERENCES if stored is None else FollowPreferences.model_validate_json(stored)


def least_votes(typed: str) -> int | None:
    """Return by how many votes the margin has to move for a post; None: nothing was typed, so the default rule applies.

    Raises:
        BadInputError: it is something else.

    """
    digits = _VOTES_WORD.sub("", typed.strip()).replace(",", "")
    if digits and not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:9]) <= _MOST_VOTES):
        if _SHARE.search(typed):
            raise BadInputError(
                f'"{typed[:20]}" is a share; type a number of votes, such as 500, or leave it empty for 25 votes or 0.3% of '
                "the lead, whichever is more"
            )
        raise BadInputError(
            f'"{typed[:20]}" is not a number of votes from 1 to {_MOST_VOTES:,}; leave it empty for the default'
        )
    return int(digits) if digits else None


def least_typed(least: int | None) -> str:
    """Return a number of votes to prefill the form with."""
    return str(least) if least is not None else ""


def smaller_chosen(value: str) -> dict[str, object]:
    """Return the `roll_up` preference that was chosen for changes below the minimum; empty for `MIXED`."""
    return {} if value == MIXED else {"roll_up": None if value == BY_RULE else int(value)}


def refuse_everyone(server: int, role: object) -> None:
    """Refuse @everyone, which Discord lists among a server's roles under the server's own id.

    Raises:
        BadInputError: it is that role.

    """
    if role == server:
        raise BadInputError("@everyone can't be chosen; choose another role")
