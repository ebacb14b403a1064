"""Deadlines of the contests that newsrooms follow, by law and by the desk file, kept in their schedules."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from bot.desk.desk_file import LAW, Desk
from bot.events.deadlines_by_law import Law
from bot.events.event import Event
from bot.events.icalendar import Imported
from bot.follows.follows_store import ServerStore
from bot.schedule.calendars_store import CalendarStore, Origin


class Deadlines:
    """Puts each deadline that is ahead into the schedule of each newsroom that follows its contest, once."""

    EVERY = 300.0
    """Seconds between two looks: a newsroom may have begun to follow a contest."""

    def __init__(self, law: Law, desk: Desk, store: CalendarStore, servers: ServerStore) -> None:
        """Know the `law` and the desk file."""
        self._deadlines = {contest.id: contest.all_deadlines(law, desk.zone) for contest in desk.contests}
        self._store = store
        self._servers = servers

    async def look(self) -> None:
        """Add to every schedule the deadlines that it lacks, and update the others; what staff changed of them stays."""
        origin = Origin(LAW, "the rule that sets it", "deadlines by rule", whole=False)
        for server in await self._servers.servers():
            followed = {row.contest for row in await self._servers.following(server)}
            read = _once_each(event for contest in sorted(followed) for event in self._deadlines.get(contest, ()))
            await self._store.take_in(server, origin, read)


def _once_each(events: Iterable[Event]) -> list[Imported]:
    """Return each deadline once. One that several contests share names no contest, so that it is posted for all of them.

    Its key is its title, source and year: the same deadline on another day has moved.
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
        read.append(Imported(key=key, uid=key, event=of))
    return read
