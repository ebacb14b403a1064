"""Reporting units in the database: ballots left, certification, and who has to certify when. Reads only."""

from datetime import datetime

from bot.count.certification import CertificationCount
from bot.count.statement import Statement
from bot.database.database import Store, from_micros, to_micros
from bot.events.event import Event
from bot.tally.standing_store import Certified

_MOST_SAID = 300


class UnitStore(Store):
    """Answers about what is left and what is certified."""

    async def outstanding(self, contest: str, server: int, at: datetime) -> list[Statement]:
        """Return what a server's staff entered of ballots left by a time: the newest of each source, units and type.

        The newest first, among the last 300 that say so.
        """
        rows = await self._database.rows(
            """SELECT json_array(json_extract(body, '$.count'), source, json_extract(body, '$.outstanding.units'), json_extract(body, '$.outstanding.type')),
                      body
               FROM statements
               WHERE server = ? AND contest = ? AND as_of <= ? AND json_extract(body, '$.outstanding') IS NOT NULL
                 AND retracted_at IS NULL ORDER BY as_of DESC, id DESC LIMIT ?""",
            (server, contest, to_micros(at), _MOST_SAID),
        )
        newest: dict[object, Statement] = {}
        bodies: dict[str, str] = dict(reversed(rows))
        for body in bodies.values():  # of one source, place and kind the newest alone is read
            said = Statement.model_validate_json(body)
            if said.outstanding is None or said.count != "election":
                continue
            key = (said.source, frozenset(said.outstanding.units), said.outstanding.type)
            if key not in newest or newest[key].as_of <= said.as_of:
                newest[key] = said
        return sorted(newest.values(), key=lambda said: said.as_of, reverse=True)

    async def certified(
        self, contest: str, server: int, at: datetime
    ) -> list[tuple[Certified, CertificationCount | None]]:
        """Return each source's newest count of certified units by a time, newest first, with its count before."""
        rows = await self._database.rows(
            """SELECT DISTINCT source FROM certification_counts
               WHERE server = ? AND contest = ?""",
            (server, contest),
        )
        found = []
        for (source,) in rows:
            counts = await self._database.rows(
                """SELECT as_of, done, of FROM certification_counts
                   WHERE server = ? AND contest = ? AND source = ? AND as_of <= ?
                   ORDER BY as_of DESC, statement DESC LIMIT 20""",
                (server, contest, source, to_micros(at)),
            )
            if counts:
                as_of, done, of = counts[0]
                before = next((CertificationCount(*row[1:]) for row in counts[1:] if row[1] != done), None)
                found.append((Certified(source, from_micros(as_of), CertificationCount(done, of)), before))
        return sorted(found, key=lambda one: one[0].as_of, reverse=True)

    async def certifying(self, server: int, contest: str, now: datetime) -> list[Event]:
        """Return a server's deadlines of who has to certify: the next ones, and the last that went by."""
        ahead, past = [
            await self._database.rows(
                f"""SELECT body FROM schedule_entries
                    WHERE server = ? AND json_extract(body, '$.certifies') IS NOT NULL AND starts_at {which}, id LIMIT 50""",
                (server, to_micros(now)),
            )
            for which in (">= ? ORDER BY starts_at", "< ? ORDER BY starts_at DESC")
        ]
        events = [Event.model_validate_json(body) for (body,) in [*reversed(past), *ahead]]
        return [event for event in events if event.contest in (None, contest) and event.status != "canceled"]
