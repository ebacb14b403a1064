"""Reads an unknown file or address for `tallydesk new`: finds its format and layout, and then its readings."""

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from yarl import URL

from bot import __version__
from bot.box.box import Box, Job, own_worker
from bot.cli.feed_file import STANDARD_INPUT, bytes_of, file_label
from bot.cli.new_draft import state_of
from bot.cli.terminal import complain
from bot.count.reading import Frozen, Moment, Reading, describe_refusal
from bot.desk.desk_file import Source
from bot.desk.known_feeds import known_feeds
from bot.desk.results_formats import FORMATS
from bot.desk.sheet_layout import Charset, ColumnName, SheetLayout, preset, presets
from bot.errors import BadInputError, TallydeskError
from bot.feeds.answer_parts import WholeAnswer, bounded, parts_of
from bot.feeds.boxed import format_here
from bot.feeds.fetch import Feed, FeedError, News, NoKeyError, NotFoundError
from bot.feeds.formats import CLARITY_DETAIL, SHEET, is_one_answer, reader_of
from bot.feeds.own_network import Sessions, is_own_network
from bot.feeds.reader import BEGINNING_BYTES, ReaderContext, Refusal
from bot.feeds.recognise import format_of, refusal_of
from bot.feeds.results_sites import ListedElection, ResultsSite, doubles, read_elections, site_at
from bot.feeds.sheet_mapping import Columns, SheetMapping, mapping_by, mapping_of
from bot.feeds.source_feeds import feed_of
from bot.wording.numbers import commas
from bot.wording.states import STATES

ID = "feed"
"""The id of a source that isn't in a desk file yet."""

_LARGEST = 3

Choose = Callable[[str, Sequence[ListedElection]], ListedElection]
"""Chooses among the elections that a site lists. Arguments: the site as typed, and the elections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """The readings from a file or an address, with the format and layout that were found."""

    place: str
    """The file or address, as typed."""
    format: str
    readings: tuple[Reading, ...]
    refusals: tuple[Refusal, ...]
    url: str | None = None
    """The address; None for a file."""
    also: tuple[str, ...] = ()
    state: str | None = None
    """The postal code, if the address or the counties show the state."""
    is_states_own: bool = False
    """True if the address is the state's own, not a county's."""
    election_day: date | None = None
    """The day, if the site lists it."""
    preset: str | None = None
    """For a table: the office that publishes in this layout."""
    columns: Columns | None = None
    """For a table in no known layout: the guessed contents of its columns."""
    charset: Charset | None = None
    """The encoding of such a table, if not UTF-8 or UTF-16."""
    zone: str | None = None
    """The zone assumed for such a table's times if they name none: the state's."""
    primaries: bool | None = None
    """For such a table: True if races with candidates of several parties are a primary for each party. None if it
    has no such races.
    """
    mapping: tuple[str, ...] = ()
    """The table's headings and first rows, and the guessed contents of each column with the reason."""
    no_votes_yet: tuple[str, ...] = ()
    """The keys of contests without a vote; they have no reading."""
    user_agent: str | None = None
    key_env: str | None = None

    def headings_of(self, name: ColumnName) -> Sequence[str]:
        """Return the headings of the columns that together contain a value. Empty for a feed that is not a table."""
        headings = (self.columns or {}).get(name, ())
        return (headings,) if isinstance(headings, str) else headings

    @property
    def is_one_contest(self) -> bool:
        """True for a sheet with only one contest, whose key is the source's id."""
        return self.columns is not None and "contest" not in self.columns


def is_own(url: str) -> bool:
    """Return True if the address is in the operator's own network."""
    host = URL(url).host or ""
    try:
        return host == "localhost" or is_own_network(host)
    except ValueError:
        return False


class TableHints(Frozen):
    """Hints about a table from the person and the desk file, collected before the table is read."""

    preset: str | None = None
    """The office that publishes in this layout, if the person named it."""
    columns: dict[ColumnName, str | list[str]] = {}
    """The columns that the person named."""
    guesses: bool = True
    """True to guess the other columns, False to read only the named ones."""
    known: dict[str, dict[ColumnName, str | list[str]]] = {}
    """Full mappings to try if the person named no columns, by the reason why each may fit."""
    state: str | None = None
    """The postal code, if the person gave it."""


def feed_in_files(files: Sequence[str], now: datetime, hints: TableHints) -> NewFeed:
    """Read a file, or several files that form one answer.

    Raises:
        BadInputError: a file can't be read, or is in no known format.

    """
    place = files[0]
    if STANDARD_INPUT in files:
        raise BadInputError("tallydesk new: standard input can't be looked at twice; give a file")
    if not Path(place).exists() and ("/" in place or ":" in place):
        raise BadInputError(f"{place}: there is no such file; an address begins with https://")
    data, beside = bytes_of(place), tuple(bytes_of(file) for file in files[1:])
    request = _Request(place=place, name=file_label(place), now=now, hints=hints)
    with own_worker() as worker:
        return _feed_of([*worker.do(_job(request, data, beside))])


def one_answer(files: Sequence[str]) -> bool:
    """Return True if the files form one answer, as KNOWiNK's files of results and names do."""
    formats = {format_here(bytes_of(file)) for file in files if Path(file).is_file()}
    return len(formats) == 1 and all(map(is_one_answer, formats))


def feed_at(address: str, now: datetime, hints: TableHints, choose: Choose, state: str | None) -> NewFeed:
    """Fetch and read an address.

    Args:
        address: the address, as typed.
        now: the time.
        hints: hints about a table.
        choose: chooses an election if the site lists several.
        state: the postal code, if the person gave it.

    Raises:
        BadInputError: the address can't be fetched, or its answer is in no known format.

    """
    try:
        return asyncio.run(_fetched(address, now, hints, choose, state))
    except NoKeyError:
        raise  # the user needs a key, not another page
    except FeedError as error:
        raise BadInputError(f"{error}; if your browser has the page, save it and give the file") from None


async def _fetched(address: str, now: datetime, hints: TableHints, choose: Choose, state: str | None) -> NewFeed:
    async with Sessions(f"Tallydesk/{__version__}") as sessions, Box() as box:

        def asking(format_name: str, urls: Sequence[str], site: ResultsSite | None = None) -> Feed:
            source = _source(format_name, urls, site)
            return feed_of(source, sessions.of(source), box)

        site = site_at(address)
        if site is None:
            answer = await asking("readings", [address]).body()
            request = _Request(place=address, name=address, now=now, hints=hints)
            return replace(_feed_of(await box.read(None, _job(request, answer), bytes)), url=address)
        site = replace(site, state=site.state or state)
        day = None
        if site.format == "ap" and site.election is not None:
            day = date.fromisoformat(site.election)
        if site.election is None:
            site, day = await _of_list(address, site, now, asking, box, choose)
        format_name, urls, news = await _news(site, now, asking)
        return NewFeed(
            place=address,
            format=format_name,
            url=urls[0],
            also=tuple(urls[1:]),
            readings=news.readings,
            refusals=news.refusals,
            no_votes_yet=news.no_votes_yet,
            state=site.state,
            is_states_own=site.is_states_own,
            election_day=day,
            user_agent=site.user_agent,
            key_env=site.key_env,
        )


MakeFeed = Callable[[str, Sequence[str], ResultsSite | None], Feed]


async def _of_list(
    address: str, site: ResultsSite, now: datetime, asking: MakeFeed, box: Box, choose: Choose
) -> tuple[ResultsSite, date | None]:
    """Choose one of a site's elections. Returns the site for that election alone, and the election's day.

    If an election is listed twice, the copy with the newer count is used.
    """
    if site.catalogue is None:
        raise BadInputError(f"{address}: names no election; give the address of one")
    answer = await asking("readings", [site.catalogue], site).body()
    try:
        elections = await read_elections(box, site, answer)
    except BadInputError as error:
        raise BadInputError(f"{site.catalogue}: {error}") from None
    chosen = choose(address, elections)
    copies = next((same for same in doubles(elections) if chosen in same), [chosen])
    if len(copies) > 1:
        chosen = await _newest(copies, site, now, asking)
    return site.of(chosen), chosen.day


async def _newest(
    copies: Sequence[ListedElection], site: ResultsSite, now: datetime, asking: MakeFeed
) -> ListedElection:
    times: dict[str, datetime] = {}
    for one in copies:
        with suppress(TallydeskError):
            news = await asking(site.format, site.of(one).addresses, site).news(now)
            times |= {one.id: max(reading.as_of for reading in news.readings)} if news and news.readings else {}
    newest = max(copies, key=lambda one: times[one.id].timestamp() if one.id in times else 0.0)
    others = ", ".join(one.id for one in copies if one is not newest)
    complain(f"{newest.id} is taken, whose count is the newest, and not {others}")
    return newest


async def _news(site: ResultsSite, now: datetime, asking: MakeFeed) -> tuple[str, Sequence[str], News]:
    """Fetch an election's results. Returns the format, the addresses and the answer.

    A Clarity site has its counties in a separate file. Optional files may be missing.
    """
    empty = News((), ())
    if site.format == "clarity-summary":
        with suppress(NotFoundError):
            return CLARITY_DETAIL, site.addresses, await asking(CLARITY_DETAIL, site.addresses, site).news(now) or empty
    urls = site.addresses
    try:
        return site.format, urls, await asking(site.format, urls, site).news(now) or empty
    except FeedError as error:
        if len(urls) == 1:
            raise
        news = await asking(site.format, urls[:1], site).news(now)
        complain(f"{error}; it is asked for without that")
        return site.format, urls[:1], news or empty


def _source(format_name: str, urls: Sequence[str], site: ResultsSite | None) -> Source:
    fields = {
        "id": ID,
        "name": "the feed",
        "format": format_name,
        "url": urls[0],
        "also": urls[1:],
        "own_network": is_own(urls[0]),
        "user_agent": site.user_agent if site else None,
        "key_env": site.key_env if site else None,
    }
    try:
        return Source.model_validate({name: value for name, value in fields.items() if value})
    except ValidationError as error:
        raise BadInputError(f"{urls[0]}: {describe_refusal(error)}") from None


class _Request(Frozen):
    """The input of the worker process's job: how to read a file of unknown format."""

    place: str
    name: str
    """The file's name for use in errors."""
    now: Moment
    hints: TableHints


def _job(request: _Request, data: bytes, beside: Sequence[bytes] = ()) -> Job:
    return Job("look", request.name, (request.model_dump_json().encode(), data, *beside))


_FOUND = TypeAdapter(NewFeed)


def _feed_of(words: Sequence[bytes]) -> NewFeed:
    """Return the feed in a worker's answer, of which `words` are the parts."""
    head, *parts = words
    answer = WholeAnswer()
    for part in parts:
        answer.take(part)
    return replace(
        _FOUND.validate_json(head),
        readings=tuple(answer.readings),
        refusals=tuple(answer.refusals),
        no_votes_yet=tuple(answer.no_votes_yet),
    )


def look(asked: bytes, data: bytes, *beside: bytes) -> Iterator[bytes]:
    """Read bytes of unknown format. Yields the result without its readings, then the readings.

    This runs in a worker process for `feed_in_files` and `feed_at`. `asked` is a `_Request` as JSON. `beside` are the
    other files, if the answer consists of several.
    """
    request = _Request.model_validate_json(asked)
    context = ReaderContext(request.name, request.now, other_files=beside)
    feed = _read(request, data, context)
    yield _FOUND.dump_json(replace(feed, readings=(), refusals=()))
    context = replace(context, no_votes_yet=[*feed.no_votes_yet])
    yield from parts_of([*(("", one) for one in feed.readings), *(("", one) for one in feed.refusals)], context)


def _read(request: "_Request", data: bytes, context: ReaderContext) -> NewFeed:
    """Read bytes in the format that is recognized by their beginning."""
    format_name = (
        SHEET if request.hints.preset is not None or request.hints.columns else format_of(data[:BEGINNING_BYTES])
    )
    if format_name is None and _has_two_columns(data):
        format_name = SHEET
    if format_name is None and (what := refusal_of(data)):
        raise BadInputError(f"{context.name}: {what}")
    if format_name is None or format_name not in FORMATS:
        raise BadInputError(f"{context.name}: is in no format that is known; tallydesk read --help names them")
    return (
        _read_sheet(request, data, context) if format_name == SHEET else _read_as(format_name, request, data, context)
    )


def _read_as(format_name: str, request: "_Request", data: bytes, context: ReaderContext) -> NewFeed:
    context = replace(context, no_votes_yet=[])
    items = [*bounded(reader_of(format_name)(io.BytesIO(data), context), context.name)]
    return NewFeed(
        place=request.place,
        format=format_name,
        readings=tuple(item for item in items if isinstance(item, Reading)),
        refusals=tuple(item for item in items if isinstance(item, Refusal)),
        no_votes_yet=tuple(context.no_votes_yet),
    )


def _read_sheet(request: "_Request", data: bytes, context: ReaderContext) -> NewFeed:
    """Read a table by the hints. Without hints, try a known mapping, then a preset that fits, then a guess."""
    preset_name, hints = request.hints.preset, request.hints

    def read(layout: SheetLayout) -> NewFeed:
        return _read_as(SHEET, request, data, replace(context, sheet=layout))

    if preset_name is not None:
        return replace(read(preset(preset_name)), preset=preset_name)
    mapping = None if hints.columns else _known_mapping(data, hints.known)
    layouts = {} if mapping or hints.columns else presets()
    for name in sorted(layouts, key=lambda name: layouts[name].numbered):  # headings before column numbers
        with suppress(BadInputError):
            if (feed := read(layouts[name])).readings:
                return replace(feed, preset=name)
    try:
        mapping = mapping or _guessed_mapping(data, hints)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {error}; --preset says whose it is: {', '.join(presets())}") from None
    return _by_mapping(mapping, hints.state, read)


def _by_mapping(mapping: SheetMapping, state: str | None, read: Callable[[SheetLayout], NewFeed]) -> NewFeed:
    """Read a table by a mapping. Times without a zone get the state's zone, or are dropped if the state is unknown."""
    columns, lines = dict(mapping.columns), [*mapping.lines]
    layout = SheetLayout.model_validate({"columns": columns})
    feed = read(layout)
    if not feed.readings and "as_of" in columns:
        timed, columns = columns, {"other" if name == "as_of" else name: of for name, of in columns.items()}
        layout = SheetLayout.model_validate({"columns": columns})
        feed = read(layout)
        lines.append("as_of: its times are none that can be read, and are left out")
        known_feed = known_feeds().get(state or state_of(feed.readings) or "")
        zoned = known_feed and SheetLayout.model_validate({"columns": timed, "zone": known_feed.zone.key})
        if known_feed and zoned and (found_by_zone := read(zoned)).readings:
            feed, layout, columns = found_by_zone, zoned, timed
            lines[-1] = (
                f"as_of: its times name no zone; they are taken to be {STATES[known_feed.state]}'s, {layout.zone}"
            )
    # The format may have been recognised by its file name, which the address need not have, so record it.
    either = {asked: read(layout.model_copy(update={"primaries": asked})).readings for asked in (True, False)}
    primaries = [asked for asked, readings in either.items() if readings == feed.readings]
    return replace(
        feed,
        columns=columns,
        charset=mapping.charset,
        zone=layout.zone,
        primaries=primaries[0] if len(primaries) == 1 else None,
        mapping=(*lines, *_largest(feed.readings)),
    )


def _known_mapping(data: bytes, known: Mapping[str, Columns]) -> SheetMapping | None:
    """Return the first known mapping whose headings are all in the table; None if none fits."""
    for because, columns in known.items():
        with suppress(BadInputError):
            return mapping_by(data, columns, because)
    return None


def _guessed_mapping(data: bytes, hints: TableHints) -> SheetMapping:
    return mapping_of(data, hints.columns) if hints.guesses else mapping_by(data, hints.columns, "you said so")


def _largest(readings: Sequence[Reading]) -> Iterator[str]:
    """Yield lines with the votes of the largest contests, for comparison with the office's own page."""
    for one in sorted(readings, key=lambda reading: -reading.counted)[:_LARGEST]:
        names = one.names or {}
        first = sorted(one.votes, key=lambda key: -one.votes[key])[:_LARGEST]
        votes = ", ".join(f"{names.get(key, key)} {commas(one.votes[key])}" for key in first)
        yield f"{one.contest_name or one.contest}: {votes}; {commas(one.counted)} in all"


def _has_two_columns(data: bytes) -> bool:
    """Return True if the table has only two columns, too few to recognize the table by its beginning."""
    try:
        return bool(mapping_of(data, {}).columns)
    except BadInputError:
        return False
