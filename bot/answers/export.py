"""`/export`: a contest's whole history as a file, the answer to "why did you say 12,284?"."""

import asyncio
import csv
import gzip
import io
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from aiolimiter import AsyncLimiter

from bot.answers.export_store import ExportedLine, HistoryStore, HoldKept, PostMade, ReadingTaken, StatementEntered
from bot.answers.provenance_words import OWN_WORDS
from bot.count.statement import Statement
from bot.desk.desk_file import Contest
from bot.errors import BadInputError
from bot.feeds.ballot import slug
from bot.follows.levels import Sees, sees_everything
from bot.wording.context import Setting
from bot.wording.draft import address_of
from bot.wording.escape import escape


def export_answer(contest: Contest, setting: Setting) -> str:
    """Return what the file has, and for whom it is."""
    return (
        f"{setting.loud_mark}{escape(contest.name)}: all that each source sent and what it changed, what was held, and this server's "
        "entries and posts, with sources and times (UTC). It includes newsroom-only figures: check before you share it."
    )


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
"""What a spreadsheet would take for the beginning of a formula, the last four in full width
(https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11-25)."""

LARGEST = 8 * 1024 * 1024
"""Bytes of a file that is handed over in Discord, which takes 10 MiB
(https://discord.com/developers/docs/reference#uploading-files, read 2026-11-25)."""

_LARGEST_UNPACKED = 16 * LARGEST

FILES, WITHIN = 6, 600.0
"""Files that a server may ask for, and in how many seconds: each reads all there is of a contest."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A history to hand over."""

    name: str
    body: bytes


class Export:
    """Writes contests' histories into files."""

    def __init__(self, store: HistoryStore) -> None:
        """Read from `store`."""
        self._store = store
        self._turn = asyncio.Semaphore(1)
        self._asked: defaultdict[int, AsyncLimiter] = defaultdict(lambda: AsyncLimiter(FILES, WITHIN))

    async def lines(
        self,
        contest: Contest,
        kind: FileFormat,
        server: int | None = None,
        since: datetime | None = None,
        sees: Sees = sees_everything,
    ) -> AsyncIterator[str]:
        """Yield a contest's history line by line, each with its line end; see `HistoryStore.events`.

        `csv`: a heading, then a row for each reading, hold, entry and post, with a column `votes.ID` for each candidate
        of the desk file; an empty cell means that nobody says. `json`: one document, an object with `contest` and
        `events`, of which each has the reading, the change and the statement whole, as `tallydesk schema` and the
        docs have them. Times are in UTC; `at` is when the bot learned of it or did it.
        """
        events = self._store.events(contest.id, server, since, sees)
        write = _csv if kind == "csv" else _json
        async for line in write(contest, events):
            yield line

    async def file(
        self, contest: Contest, kind: FileFormat, server: int, who: str, at: datetime, sees: Sees
    ) -> ExportFile:
        """Return a contest's history as a server may have it, packed with gzip where it is too large for Discord.

        The audit has who took it.

        Args:
            contest: the contest.
            kind: csv or json.
            server: entries and posts of this one alone.
            who: who asks, as the audit names them.
            at: when, in the desk's zone; the day is in the file's name.
            sees: posts of channels that who asks does not see are left out.

        Raises:
            BadInputError: it is too large even so, or the server has asked for many already.

        """
        if not self._asked[server].has_capacity():
            raise BadInputError(
                f"this server asked for {FILES} files just now; the next one can be had in some minutes"
            )
        await self._asked[server].acquire()
        async with self._turn:  # one file at a time is in memory, whoever asks
            file = await self._file(contest, kind, server, at.date().isoformat(), sees)
        await self._store.keep_taken(contest.id, kind, server, who, at)
        return file

    async def _file(self, contest: Contest, kind: FileFormat, server: int, day: str, sees: Sees) -> ExportFile:
        parts, size = [], 0
        async for line in self.lines(contest, kind, server, sees=sees):
            parts.append(line.encode("utf-8"))
            size += len(parts[-1])
            if size > _LARGEST_UNPACKED:
                raise _too_large(contest)
        body, name = b"".join(parts), f"{slug(contest.id)}-{day}.{kind}"
        if size > LARGEST:
            body, name = await asyncio.to_thread(gzip.compress, body, mtime=0), f"{name}.gz"
        if len(body) > LARGEST:
            raise _too_large(contest)
        return ExportFile(name, body)


def _too_large(contest: Contest) -> BadInputError:
    return BadInputError(
        f"the history of {contest.id} is too large for Discord; the operator's `tallydesk export {contest.id}` writes all of it"
    )


async def _json(contest: Contest, events: AsyncIterator[ExportedLine]) -> AsyncIterator[str]:
    yield f'{{"contest": {json.dumps(contest.id)}, "name": {json.dumps(contest.name, ensure_ascii=False)}, "events": ['
    comma = "\n"
    async for event in events:
        yield comma + json.dumps(_whole(event), ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


async def _csv(contest: Contest, events: AsyncIterator[ExportedLine]) -> AsyncIterator[str]:
    candidates = [candidate.id for candidate in contest.candidates]
    columns = [*_COLUMNS, *(f"votes.{candidate}" for candidate in candidates)]
    yield _row(columns)
    async for event in events:
        cells = _flat(event)
        if isinstance(event, ReadingTaken):
            cells |= {f"votes.{candidate}": event.reading.votes.get(candidate) for candidate in candidates}
        yield _row([cells.get(column) for column in columns])


def _row(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Return a value as a cell; text that a spreadsheet would run is kept text by an apostrophe before it."""
    if isinstance(value, datetime):
        return _time(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _whole(event: ExportedLine) -> dict[str, Any]:
    """Return an event with all that is stored of it."""
    said: dict[str, Any] = {"at": _time(event.at), "what": _NAMES[type(event)], "id": event.id}
    match event:
        case ReadingTaken():
            change = event.change.model_dump(mode="json") if event.change else None
            said |= {"state": event.verdict, "reason": event.reason}
            said |= {"reading": event.reading.said(), "change": change}
        case StatementEntered():
            said |= {
                "server": _key(event.server),
                "statement": event.statement.model_dump(mode="json", exclude_none=True),
            }
            said |= {"retracted_at": _time(event.retracted_at), "retracted_by": event.retracted_by}
        case HoldKept():
            said |= {"source": event.source, "count": event.count, "reading": event.reading, "reason": event.reason}
            said |= {"settled_at": _time(event.settled_at), "outcome": event.outcome}
        case PostMade():
            said |= {"server": _key(event.server), "channel": _key(event.channel), "number": event.number}
            said |= {"kind": event.kind, "source": _source(event), "state": event.state, "why": event.why}
            said |= {"approved_by": event.approved_by, "content": event.content, "link": _link(event)}
            said |= {
                "after_reading": event.from_reading,
                "up_to_reading": event.to_reading,
                "statement": event.statement,
                "replaces": event.replaces,
            }
    return said


def _flat(event: ExportedLine) -> dict[str, Any]:
    """Return an event as the cells of a row, by the columns' names."""
    cells: dict[str, Any] = {"at": event.at, "what": _NAMES[type(event)], "id": event.id}
    return cells | _CELLS[type(event)](event)


def _of_reading(event: ReadingTaken) -> dict[str, Any]:
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


def _of_hold(event: HoldKept) -> dict[str, Any]:
    outcome = event.outcome or "open"
    return {
        "source": event.source,
        "count": event.count,
        "as_of": event.settled_at,
        "state": outcome,
        "reason": event.reason,
        "up_to_reading": event.reading,
        "who": event.settled_by,
        "server": event.server,
    }


def _of_statement(event: StatementEntered) -> dict[str, Any]:
    said = event.statement
    done, of = said.certified or (None, None)
    return {
        "source": said.source,
        "count": said.count,
        "as_of": said.as_of,
        "state": "retracted" if event.retracted_at else "entered",
        "leader": said.leader,
        "margin": said.margin,
        "margin_change": said.margin_change,
        "total": said.total,
        "certified": done,
        "of": of,
        "ballots_left": said.outstanding.ballots if said.outstanding else None,
        "approximate": " ".join(said.approximate) or None,
        "who": said.entered_by,
        "server": event.server,
        "content": said.words or _beside_figures(said),
        "link": said.link,
    }


def _beside_figures(said: Statement) -> str | None:
    """Return what was said of certification by name, of the results or of the outcome, in a statement's own fields."""
    fields = {"units_certified", "results_certified", "call"}
    beside = said.model_dump_json(include=fields, exclude_defaults=True)
    return None if beside == "{}" else beside


def _of_post(event: PostMade) -> dict[str, Any]:
    return {
        "source": _source(event),
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


_NAMES = {ReadingTaken: "reading", HoldKept: "hold", StatementEntered: "entry", PostMade: "post"}

_CELLS: dict[type, Callable[[Any], dict[str, Any]]] = {
    ReadingTaken: _of_reading,
    HoldKept: _of_hold,
    StatementEntered: _of_statement,
    PostMade: _of_post,
}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _key(key: int | None) -> str | None:
    """Return one of Discord's ids as text: as a number it would lose its last digits in many programs."""
    return None if key is None else str(key)


def _source(event: PostMade) -> str | None:
    """Return whose word a post is; None: the desk's own."""
    return None if event.kind in OWN_WORDS else event.source


def _link(event: PostMade) -> str | None:
    return None if event.message is None else address_of(event.server, event.thread or event.channel, event.message)
