"""Adds the deadlines of followed contests to the newsrooms' schedules, and updates them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from bot.desk.desk_file import LAW, Desk
from bot.events.deadlines_by_law import Law
from bot.events.event import Event
from bot.events.icalendar import ImportedEvent
from bot.follows.follows_store import ServerStore
from bot.schedule.calendars_store import CalendarStore, Origin


class Deadlines:
    """A service that adds each future deadline, once, to the schedules of newsrooms that follow its contest."""

    EVERY = 300.0
    """Seconds between two checks for newly followed contests."""

    def __init__(self, law: Law, desk: Desk, store: CalendarStore, servers: ServerStore) -> None:
        """Create the service for the deadlines in `law` and `desk`. It writes through `store`."""
        self._deadlines = {contest.id: contest.all_deadlines(law, desk.zone) for contest in desk.contests}
        self._store = store
        self._servers = servers

    async def look(self) -> None:
        """Add missing deadlines to every schedule, and update the deadlines that are already there.

        Changes that staff made to a deadline are preserved.
        """
        origin = Origin(LAW, "the rule that sets it", "deadlines by rule", whole=False)
        for server in await self._servers.servers():
            followed = {row.contest for row in await self._servers.following(server)}
            read = _once_each(event for contest in sorted(followed) for event in self._deadlines.get(contest, ()))
            await self._store.take_in(server, origin, read)


def _once_each(events: Iterable[Event]) -> list[ImportedEvent]:
    """Return each deadline once, even if several contests share it.

    A deadline that several contests share gets no contest, so that it is posted for all of them. The key is title,
    source and year, so a deadline on a new day is treated as moved.
    """
    found: dict[Event, set[str | None]] = defaultdict(set)
    for event in events:
        found[event.model_copy(update={"contest": None})].add(event.contest)
    times: Counter[str] = Counter()
    read = []
    for event, contests in found.items():
        name = f"{event.title}/{event.source}/{event.wall.year}"[:380]
        times[name] += 1
        key = name if times[name] == 1 else f"{name}/{times[name]}"
        of = event if len(contests) > 1 else event.model_copy(update={"contest": next(iter(contests))})
        read.append(ImportedEvent(key=key, uid=key, event=of))
    return read
