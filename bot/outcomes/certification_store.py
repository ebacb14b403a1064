"""Queries about certified units; the callers that a server added, and the callers whose calls a server posts."""

from dataclasses import dataclass
from datetime import datetime

from bot.count.certification import CertificationCount, SourceCounts, named_by
from bot.database.database import Store, from_micros, moment, to_micros
from bot.desk.desk_file import Source
from bot.outbox.approval_store import not_posted_sql, released_sql
from bot.outbox.outbox import PostingStore
from bot.outbox.servers_store import ensure_server
from bot.outbox.tx import Tx
from bot.wording.context import Audience

_MOST = 20_000
"""The most rows read for one contest."""

_COUNT_RELEASED = released_sql("certification_counts.statement")

_UNITS_RELEASED = released_sql("unit_certifications.statement")

_COUNT_WAITS = not_posted_sql("certification_counts.statement")

_UNITS_WAIT = not_posted_sql("unit_certifications.statement")


@dataclass(frozen=True, slots=True)
class SourceListing:
    """The counties that a source has reported as certified in a contest: how many, and which."""

    source: str
    as_of: datetime
    count: CertificationCount | None
    counted_at: datetime | None
    """The time of the source's count. Names reported later don't change it."""
    units: frozenset[str]
    waits: bool
    """True if the post about the count or about one of the counties is not sent yet."""


@dataclass(frozen=True, slots=True)
class CountyReport:
    """The last report that a county has certified, or that its certification was withdrawn.

    `source` is who reported it to the desk, even if the county announced it itself.
    """

    unit: str
    taken_back: bool
    source: str
    as_of: datetime
    waits: bool
    """True if the report's post is not sent yet."""


class CertificationStore(Store):
    """Reads which units have certified."""

    async def listed(
        self, contest: str, server: int, at: datetime, *, reader: Audience = "newsroom"
    ) -> list[SourceListing]:
        """Return each source's list of certified counties as of `at`, the source with the newest report first.

        A county stays on a list until its certification is withdrawn. `reader`: as in `StandingStore.statements`.
        """
        key = (server, contest, to_micros(at), reader)
        counts = await self._database.rows(
            f"""SELECT source, as_of, done, of, by_name = 2, {_COUNT_WAITS} FROM certification_counts
               WHERE server = ? AND contest = ? AND as_of <= ? AND {_COUNT_RELEASED}
               ORDER BY as_of, statement""",
            key,
        )
        units = await self._database.rows(
            f"""SELECT source, statement, as_of, taken_back, unit, {_UNITS_WAIT} FROM unit_certifications
               WHERE server = ? AND contest = ? AND as_of <= ? AND {_UNITS_RELEASED} AND NOT own ORDER BY as_of, statement LIMIT ?""",
            (*key, _MOST),
        )
        last = {row[0]: (row[1], CertificationCount(row[2], row[3], bool(row[4]))) for row in counts}
        heard = {source: as_of for source, (as_of, _) in last.items()}
        waits = {row[0]: bool(row[5]) for row in counts}
        names: dict[str, list[SourceCounts]] = {}
        for source, statement, as_of, back, unit, unit_waits in units:
            names.setdefault(source, []).append(
                SourceCounts(statement, from_micros(as_of), None, frozenset({unit}), bool(back))
            )
            heard[source] = max(heard.get(source, as_of), as_of)
            waits[source] = waits.get(source, False) or bool(unit_waits)
        found = []
        for source, as_of in heard.items():
            counted_at, count = last.get(source, (None, None))
            named = named_by(names.get(source, []))
            found.append(SourceListing(source, from_micros(as_of), count, moment(counted_at), named, waits[source]))
        return sorted(found, key=lambda one: one.as_of, reverse=True)

    async def own(
        self, contest: str, server: int, at: datetime, *, reader: Audience = "newsroom"
    ) -> list[CountyReport]:
        """Return, for each county that announced its certification itself, its last announcement as of `at`.

        `reader`: as in `StandingStore.statements`.
        """
        rows = await self._database.rows(
            f"""SELECT unit, taken_back, source, as_of, {_UNITS_WAIT} FROM unit_certifications
               WHERE server = ? AND contest = ? AND as_of <= ? AND {_UNITS_RELEASED} AND own
               ORDER BY as_of, statement LIMIT ?""",
            (server, contest, to_micros(at), reader, _MOST),
        )
        newest = {row[0]: CountyReport(row[0], bool(row[1]), row[2], from_micros(row[3]), bool(row[4])) for row in rows}
        return list(newest.values())

    async def of_unit(
        self, contest: str, server: int, unit: str, at: datetime, *, reader: Audience = "newsroom"
    ) -> list[tuple[CountyReport, bool]]:
        """Return each source's last report on the county `unit` as of `at`, newest first.

        The second item is True if the county announced it itself. `reader`: as in `StandingStore.statements`.
        """
        rows = await self._database.rows(
            f"""SELECT unit, taken_back, source, as_of, {_UNITS_WAIT}, own FROM unit_certifications
               WHERE server = ? AND contest = ? AND unit = ? AND as_of <= ? AND {_UNITS_RELEASED}
               ORDER BY as_of DESC, statement DESC LIMIT 200""",
            (server, contest, unit, to_micros(at), reader),
        )
        newest: dict[tuple[str, int], tuple[CountyReport, bool]] = {}
        for code, back, source, as_of, waits, own in rows:
            said = CountyReport(code, bool(back), source, from_micros(as_of), bool(waits))
            newest.setdefault((source, own), (said, bool(own)))
        return list(newest.values())


class RepeatedCallers(PostingStore):
    """Stores the callers whose calls each server posts automatically from their feeds."""

    async def repeated(self, server: int) -> list[str]:
        """Return the ids of the callers whose calls a server posts automatically, in order of id."""
        rows = await self._database.rows(
            "SELECT source FROM repeated_callers WHERE server = ? ORDER BY source", (server,)
        )
        return [source for (source,) in rows]

    async def repeat(self, server: int, source: str, who: str, *, on: bool) -> bool:
        """Turn automatic posts of a caller's calls on or off in a server. Returns False if nothing changed.

        `who` is the editor, for the audit log.
        """

        def work(tx: Tx) -> bool:
            ensure_server(tx.connection, server)
            sql = (
                "INSERT INTO repeated_callers (server, source) VALUES (?, ?) ON CONFLICT DO NOTHING"
                if on
                else "DELETE FROM repeated_callers WHERE server = ? AND source = ?"
            )
            changed = tx.execute(sql, (server, source)).rowcount > 0
            if changed:
                tx.audit(server, who, "calls posted", source, before=not on, after=on)
            return changed

        return await self._outbox.write(work)


class AddedCallers(PostingStore):
    """Stores the callers that servers added to those in the desk file."""

    async def of(self, server: int) -> list[str]:
        """Return the ids of the callers that a server added."""
        rows = await self._database.rows("SELECT source FROM added_callers WHERE server = ? ORDER BY source", (server,))
        return [source for (source,) in rows]

    async def add(self, server: int, caller: Source, who: str) -> bool:
        """Add a caller to a server. Returns False if the server already has it."""

        def work(tx: Tx) -> bool:
            ensure_server(tx.connection, server)
            added = tx.execute(
                "INSERT INTO added_callers (server, source, added_by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (server, caller.id, who),
            ).rowcount
            if added:
                tx.audit(server, who, "caller add", after=_audited(caller))
            return bool(added)

        return await self._outbox.write(work)

    async def remove(self, server: int, caller: Source, who: str) -> bool:
        """Remove a caller from a server. Its calls stay on record. Returns False if the server does not have it."""

        def work(tx: Tx) -> bool:
            values = (server, caller.id)
            gone = tx.execute("DELETE FROM added_callers WHERE server = ? AND source = ?", values).rowcount
            if gone:
                tx.audit(server, who, "caller remove", before=_audited(caller))
            return bool(gone)

        return await self._outbox.write(work)


def _audited(caller: Source) -> dict[str, object]:
    return {"name": caller.name, "verb": caller.calls}
