"""`/export`: a contest's whole history as a file, for the question "Why did you report 12,284?"."""

import asyncio
import csv
import gzip
import io
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from bot.answers.export_store import (
    ExportedHold,
    ExportedLine,
    ExportedPost,
    ExportedReading,
    ExportedStatement,
    HistoryStore,
)
from bot.count.statement import Statement
from bot.desk.desk_file import Contest
from bot.errors import BadInputError
from bot.feeds.ballot import slug
from bot.follows.levels import Sees
from bot.quotas import HISTORY, Caller, Quotas
from bot.wording.card import address_of
from bot.wording.context import Setting
from bot.wording.escape import escape

FileFormat: TypeAlias = Literal["csv", "json"]

_COLUMNS = (
    "at",
    "what",
    "id",
    "source",
    "count",
    "as_of",
    "state",
    "reason",
    "change",
    "leader",
    "margin",
    "margin_change",
    "total",
    "new_votes",
    "certified",
    "of",
    "ballots_left",
    "approximate",
    "who",
    "number",
    "server",
    "channel",
    "content",
    "link",
    "after_reading",
    "up_to_reading",
    "statement",
    "replaces",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Characters that a spreadsheet takes for the start of a formula. The last four are full-width.

See https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11-25.
"""

LARGEST_BYTES = 8 * 1024 * 1024
"""The largest file that the bot sends. Discord accepts 10 MiB.

See https://discord.com/developers/docs/reference#uploading-files, read 2026-11-25.
"""

_LARGEST_UNPACKED_BYTES = 16 * LARGEST_BYTES

_NAMES = {ExportedReading: "reading", ExportedHold: "hold", ExportedStatement: "entry", ExportedPost: "post"}


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A contest's history as a file for download."""

    name: str
    body: bytes


class Export:
    """The answer to `/export`: a contest's history, written into a file."""

    def __init__(self, store: HistoryStore, setting: Setting, quotas: Quotas) -> None:
        self._store = store
        self._setting = setting
        self._quotas = quotas
        self._turn = asyncio.Lock()

    async def file(
        self, contest: Contest, kind: FileFormat, caller: Caller, who: str, at: datetime, sees: Sees
    ) -> ExportFile:
        """Return a contest's history as a file, gzipped if it would otherwise be too large for Discord.

        The audit records who downloaded it.

        Args:
            contest: the contest.
            kind: csv or json.
            caller: who asks. The file has the entries and posts of their server only, and sources for the newsroom only
                if the operator lists their server.
            who: the name of the person who asks, as recorded in the audit.
            at: the present time in the desk's zone, whose day goes into the file's name.
            sees: returns False for channels whose posts are excluded.

        Raises:
            BadInputError: the file is too large even when gzipped.
            QuotaError: the caller's quota is used up.
        """
        async with self._quotas.working(caller, HISTORY), self._turn:  # only one file at a time is in memory
            events = self._store.events(contest.id, caller.server, sees, self._setting.inside(caller.server))
            file = await _packed(contest, kind, events, at.date().isoformat())
        await self._store.audit_export(contest.id, kind, caller.server, who, at)
        return file


async def _packed(contest: Contest, kind: FileFormat, events: AsyncIterator[ExportedLine], day: str) -> ExportFile:
    parts, size = [], 0
    async for line in history_lines(contest, kind, events):
        parts.append(line.encode("utf-8"))
        size += len(parts[-1])
        if size > _LARGEST_UNPACKED_BYTES:
            raise _too_large(contest)
    body, name = b"".join(parts), f"{slug(contest.id)}-{day}.{kind}"
    if size > LARGEST_BYTES:
        body, name = await asyncio.to_thread(gzip.compress, body, mtime=0), f"{name}.gz"
    if len(body) > LARGEST_BYTES:
        raise _too_large(contest)
    return ExportFile(name, body)


def history_lines(contest: Contest, kind: FileFormat, events: AsyncIterator[ExportedLine]) -> AsyncIterator[str]:
    """Yield a contest's history line by line, with line ends.

    `events` come from `HistoryStore.events`.

    `csv`: a heading, then a row for each reading, hold, entry and post, with a column `votes.ID` for each candidate of
    the desk file. An empty cell means unknown. `json`: one object with `contest` and `events`. Each event has its
    whole reading, change or statement, as in `tallydesk schema` and the docs.

    Times are in UTC. `at` is when the bot received the event or acted.
    """
    return _csv(contest, events) if kind == "csv" else _json(contest, events)


def export_answer(contest: Contest, setting: Setting) -> str:
    """Return the message that goes with an export file: what the file contains, and a warning."""
    return (
        f"{setting.loud_mark}{escape(contest.name)}: all that each source sent and what it changed, what was held, and this server's "
        "entries and posts, with sources and times (UTC). It includes newsroom-only figures: check before you share it."
    )


def _too_large(contest: Contest) -> BadInputError:
    return BadInputError(
        f"the history of {contest.id} is too large for Discord; the operator's `tallydesk export {contest.id}` writes all of it"
    )


async def _json(contest: Contest, events: AsyncIterator[ExportedLine]) -> AsyncIterator[str]:
    yield f'{{"contest": {json.dumps(contest.id)}, "name": {json.dumps(contest.name, ensure_ascii=False)}, "events": ['
    comma = "\n"
    async for event in events:
        yield comma + json.dumps(_stored_fields(event), ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


async def _csv(contest: Contest, events: AsyncIterator[ExportedLine]) -> AsyncIterator[str]:
    candidates = [candidate.id for candidate in contest.candidates]
    columns = [*_COLUMNS, *(f"votes.{candidate}" for candidate in candidates)]
    yield _row(columns)
    async for event in events:
        cells = _cells(event)
        if isinstance(event, ExportedReading):
            cells |= {f"votes.{candidate}": event.reading.votes.get(candidate) for candidate in candidates}
        yield _row([cells.get(column) for column in columns])


def _row(cells: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(value: object) -> object:
    """Return a value as a cell of a table. Text that looks like a formula gets an apostrophe in front."""
    if isinstance(value, datetime):
        return _time(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _stored_fields(event: ExportedLine) -> dict[str, Any]:
    """Return everything that is stored about an event, as a dictionary for JSON."""
    said: dict[str, Any] = {"at": _time(event.at), "what": _NAMES[type(event)], "id": event.id}
    match event:
        case ExportedReading():
            change = event.change.model_dump(mode="json") if event.change else None
            said |= {"state": event.verdict, "reason": event.reason}
            said |= {"reading": event.reading.said(), "change": change}
        case ExportedStatement():
            said |= {
                "server": _key(event.server),
                "statement": event.statement.model_dump(mode="json", exclude_none=True),
            }
            said |= {"retracted_at": _time(event.retracted_at), "retracted_by": event.retracted_by}
        case ExportedHold():
            said |= {"source": event.source, "count": event.count, "reading": event.reading, "reason": event.reason}
            said |= {"settled_at": _time(event.settled_at), "outcome": event.outcome}
        case ExportedPost():
            said |= {"server": _key(event.server), "channel": _key(event.channel), "number": event.number}
            said |= {"kind": event.kind, "source": event.source, "state": event.state, "why": event.why}
            said |= {"approved_by": event.approved_by, "content": event.content, "link": _link(event)}
            said |= {
                "after_reading": event.from_reading,
                "up_to_reading": event.to_reading,
                "statement": event.statement,
                "replaces": event.replaces,
            }
    return said


def _cells(event: ExportedLine) -> dict[str, Any]:
    """Return an event as a dictionary of table cells, by column name."""
    match event:
        case ExportedReading():
            cells = _reading_cells(event)
        case ExportedHold():
            cells = _hold_cells(event)
        case ExportedStatement():
            cells = _statement_cells(event)
        case ExportedPost():
            cells = _post_cells(event)
    return {"at": event.at, "what": _NAMES[type(event)], "id": event.id} | cells


def _reading_cells(event: ExportedReading) -> dict[str, Any]:
    reading, change = event.reading, event.change
    cells: dict[str, Any] = {
        "source": reading.source,
        "count": reading.count,
        "as_of": reading.as_of,
        "state": event.verdict,
        "reason": event.reason,
        "total": reading.total,
    }
    if change:
        cells |= {"change": change.kind, "leader": change.leader, "margin": change.margin}
        cells |= {"margin_change": change.margin_change, "new_votes": change.new_votes}
    return cells


def _hold_cells(event: ExportedHold) -> dict[str, Any]:
    return {
        "source": event.source,
        "count": event.count,
        "as_of": event.settled_at,
        "state": event.outcome or "open",
        "reason": event.reason,
        "up_to_reading": event.reading,
        "who": event.settled_by,
        "server": event.server,
    }


def _statement_cells(event: ExportedStatement) -> dict[str, Any]:
    statement = event.statement
    done, of = statement.certified or (None, None)
    return {
        "source": statement.source,
        "count": statement.count,
        "as_of": statement.as_of,
        "state": "retracted" if event.retracted_at else "entered",
        "leader": statement.leader,
        "margin": statement.margin,
        "margin_change": statement.margin_change,
        "total": statement.total,
        "certified": done,
        "of": of,
        "ballots_left": statement.outstanding.ballots if statement.outstanding else None,
        "approximate": " ".join(statement.approximate) or None,
        "who": statement.entered_by,
        "server": event.server,
        "content": statement.words or _other_contents(statement),
        "link": statement.link,
    }


def _other_contents(statement: Statement) -> str | None:
    """Return a statement's other contents as JSON, or None if it has figures only.

    The other contents are a certification by name, results, a call or a batch.
    """
    fields = {"units_certified", "results_certified", "call", "batch"}
    beside = statement.model_dump_json(include=fields, exclude_defaults=True)
    return None if beside == "{}" else beside


def _post_cells(event: ExportedPost) -> dict[str, Any]:
    return {
        "source": event.source,
        "state": event.state,
        "reason": event.why,
        "change": event.kind,
        "who": event.approved_by,
        "number": event.number,
        "server": event.server,
        "channel": event.channel,
        "content": event.content,
        "link": _link(event),
        "after_reading": event.from_reading,
        "up_to_reading": event.to_reading,
        "statement": event.statement,
        "replaces": event.replaces,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _key(key: int | None) -> str | None:
    """Return a Discord id as text, because many programs would round the number."""
    return None if key is None else str(key)


def _link(event: ExportedPost) -> str | None:
    return None if event.message is None else address_of(event.server, event.thread or event.channel, event.message)
