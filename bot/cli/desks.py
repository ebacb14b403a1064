"""What `tallydesk check` says of each newsroom: what is stopped, closed, waiting or in doubt."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bot.database.database import Database
from bot.desk.desk_file import Desk
from bot.follows.follows_store import ServerStore
from bot.newsroom.status_store import StatusStore
from bot.newsroom.status_words import ServerStatus
from bot.wording.escape import clean
from bot.wording.numbers import counted

_MOST_SHOWN = 100


_MOST_CHANNELS = 3


async def desk_findings(database: Database) -> AsyncIterator[tuple[str, str | None]]:
    """Yield (what, what is wrong and how to fix it or None) for each newsroom of which there is something to say."""
    store = StatusStore(database, None)
    for server in await ServerStore(database).servers():
        status = await store.status(server)
        if said := _stopped(status):
            yield f"server {server}: {'; '.join(said)}", None
        for closed in status.closed:
            since = datetime.fromtimestamp(closed.since, UTC).isoformat()
            why = clean(closed.why, _MOST_SHOWN)
            yield (
                f"channel {closed.channel} of server {server}",
                f"it can't be written to since {since} ({why}): let the bot's role see it, and send messages there",
            )
        if status.doubtful:
            named = ", ".join(f"#{post.number}" for post in status.doubtful)[:_MOST_SHOWN]
            yield (
                f"posts of server {server}",
                f"nobody has said whether {named} arrived: an editor answers with /status",
            )


async def follow_findings(database: Database, desk: Desk) -> AsyncIterator[tuple[str, str]]:
    """Yield (what, what is wrong and how to fix it) for each contest that is followed and not in the desk file."""
    store = ServerStore(database)
    for server in await store.servers():
        lost: dict[str, list[int]] = {}
        for row in await store.following(server):
            if desk.contest(row.contest) is None:
                lost.setdefault(row.contest, []).append(row.channel)
        for contest, channels in lost.items():
            named = " and ".join(str(channel) for channel in channels[:_MOST_CHANNELS])
            more = f" and {len(channels) - _MOST_CHANNELS} more" if len(channels) > _MOST_CHANNELS else ""
            yield (
                f"contest {clean(contest, _MOST_SHOWN)} of server {server}",
                (
                    f"{'channel' if len(channels) == 1 else 'channels'} {named}{more} followed it, and the desk file no longer "
                    "has it: nothing is posted of it; put it back, or let the channel follow another"
                ),
            )


def _stopped(status: ServerStatus) -> list[str]:
    said = []
    if status.paused:
        said.append(f"paused since {status.paused.at.isoformat()} by {clean(status.paused.who, _MOST_SHOWN)}")
    said += [
        f"{source} muted since {since.at.isoformat()} by {clean(since.who, _MOST_SHOWN)}"
        for source, since in status.muted.items()
    ]
    if status.awaiting:
        said.append(f"{_waits(len(status.awaiting))} for Publish")
    if status.waiting and status.oldest is not None:
        said.append(f"{_waits(status.waiting)} to be sent, the oldest since {status.oldest.isoformat()}")
    return said


def _waits(number: int) -> str:
    return f"{counted(number, 'post')} {'waits' if number == 1 else 'wait'}"
