"""What a file or an address has, for `tallydesk new`: its format and layout found, its readings read."""

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
from bot.feeds.reader import LOOKED_AT, ReaderContext, Refusal
from bot.feeds.recognise import format_of, refusal_of
from bot.feeds.results_sites import ListedElection, ResultsSite, doubles, read_elections, site_at
from bot.feeds.sheet_mapping import Columns, SheetMapping, mapping_by, mapping_of
from bot.feeds.source_feeds import feed_of
from bot.wording.numbers import commas
from bot.wording.states import STATES

ID = "feed"
"""What a source is called that is not in a desk file yet."""

_LARGEST = 3

Choose = Callable[[str, Sequence[ListedElection]], ListedElection]
"""Returns which of the elections that a site (as it was given) lists is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """What a file or an address has."""

    place: str
    """As it was given."""
    format: str
    readings: tuple[Reading, ...]
    refusals: tuple[Refusal, ...]
    url: str | None = None
    """None: it is a file."""
    also: tuple[str, ...] = ()
    state: str | None = None
    """The postal code, where address or counties say it."""
    is_states_own: bool = False
    """True: the address is the state's own, and none of a county's."""
    election_day: date | None = None
    """Where the site's list says it."""
    preset: str | None = None
    """Of a table: the office whose layout it has."""
    columns: Columns | None = None
    """Of a table whose layout is nobody's: what its columns seem to hold."""
    charset: Charset | None = None
    """Of such a table, where it is not UTF-8 or UTF-16."""
    zone: str | None = None
    """Of such a table whose times name no zone: the one that they are taken to be of, the state's."""
    primaries: bool | None = None
    """Of such a table: whether races with candidates of several parties are each party's primary; None: it has none."""
    mapping: tuple[str, ...] = ()
    """Its headings and first rows, and what each column is taken for and why."""
    unvoted: tuple[str, ...] = ()
    """The keys of contests in which there is no vote yet, which are no readings."""
    user_agent: str | None = None
    key_env: str | None = None

    def headings_of(self, name: ColumnName) -> Sequence[str]:
        """Return the headings of the columns that hold something together; of no table's there are none."""
        held = (self.columns or {}).get(name, ())
        return (held,) if isinstance(held, str) else held

    @property
    def is_one_contest(self) -> bool:
        """True: a sheet of one contest, whose key is the source's id."""
        return self.columns is not None and "contest" not in self.columns


def is_own(url: str) -> bool:
    """Return True for an address in the operator's own network."""
    host = URL(url).host or ""
    try:
        return host == "localhost" or is_own_network(host)
    except ValueError:
        return False


class TableHints(Frozen):
    """What is known of a table before it is looked at."""

    preset: str | None = None
    """The office whose layout it has."""
    columns: dict[ColumnName, str | list[str]] = {}
    """What somebody said of its columns."""
    guesses: bool = True
    """Whether the other columns are guessed; False: these are all that is read."""
    known: dict[str, dict[ColumnName, str | list[str]]] = {}
    """Whole mappings to try first where nobody said anything, by why each may be the table's."""
    state: str | None = None
    """The postal code, where somebody said it."""


def found_in(files: Sequence[str], now: datetime, hints: TableHints) -> FoundFeed:
    """Return what a file has, or several that are one answer.

    Raises:
        BadInputError: it can't be read, or is in no format that is known.

    """
    place = files[0]
    if STANDARD_INPUT in files:
        raise BadInputError("tallydesk new: standard input can't be looked at twice; give a file")
    if not Path(place).exists() and ("/" in place or ":" in place):
        raise BadInputError(f"{place}: there is no such file; an address begins with https://")
    data, beside = bytes_of(place), tuple(bytes_of(file) for file in files[1:])
    asked = _Asked(place=place, name=file_label(place), now=now, hints=hints)
    with own_worker() as worker:
        return _found([*worker.do(_job(asked, data, beside))])


def one_answer(files: Sequence[str]) -> bool:
    """Return True of files that are one answer together, as KNOWiNK's results and names are."""
    found = {format_here(bytes_of(file)) for file in files if Path(file).is_file()}
    return len(found) == 1 and all(map(is_one_answer, found))


def found_at(address: str, now: datetime, hints: TableHints, choose: Choose, state: str | None) -> FoundFeed:
    """Return what is at an address; of a site that lists several elections `choose` says which.

    `state`: the postal code, where the address may not say it.

    Raises:
        BadInputError: it can't be had, or is in no format that is known.

    """
    try:
        return asyncio.run(_fetched(address, now, hints, choose, state))
    except NoKeyError:
        raise  # the way out is a key, and no page
    except FeedError as error:
        raise BadInputError(f"{error}; if your browser has the page, save it and give the file") from None


async def _fetched(address: str, now: datetime, hints: TableHints, choose: Choose, state: str | None) -> FoundFeed:
    async with Sessions(f"Tallydesk/{__version__}") as sessions, Box() as box:

        def asking(format_name: str, urls: Sequence[str], site: ResultsSite | None = None) -> Feed:
            source = _source(format_name, urls, site)
            return feed_of(source, sessions.of(source), box)

        site = site_at(address)
        if site is None:
            answer = await asking("readings", [address]).body()
            asked = _Asked(place=address, name=address, now=now, hints=hints)
            return replace(_found(await box.read(None, _job(asked, answer), bytes)), url=address)
        site = replace(site, state=site.state or state)
        day = None
        if site.format == "ap" and site.election is not None:
            day = date.fromisoformat(site.election)
        if site.election is None:
            site, day = await _of_list(address, site, now, asking, box, choose)
        format_name, urls, news = await _news(site, now, asking)
        return FoundFeed(
            place=address,
            format=format_name,
            url=urls[0],
            also=tuple(urls[1:]),
            readings=news.readings,
            refusals=news.refusals,
            unvoted=news.unvoted,
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
    """Return the one election that is wanted of a site's list; of one that is listed twice the copy with the newer count."""
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
    """Return in which format and where an election is asked for, and what it has.

    A Clarity site's counties are in another file than its totals; what stands beside an answer may not be there.
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


class _Asked(Frozen):
    """What a worker is asked to look at."""

    place: str
    name: str
    """As errors call it."""
    now: Moment
    hints: TableHints


def _job(asked: _Asked, data: bytes, beside: Sequence[bytes] = ()) -> Job:
    return Job("look", asked.name, (asked.model_dump_json().encode(), data, *beside))


_FOUND = TypeAdapter(FoundFeed)


def _found(words: Sequence[bytes]) -> FoundFeed:
    """Return what a worker has found: the parts of its answer."""
    head, *parts = words
    whole = WholeAnswer()
    for part in parts:
        whole.take(part)
    return replace(
        _FOUND.validate_json(head),
        readings=tuple(whole.readings),
        refusals=tuple(whole.refusals),
        unvoted=tuple(whole.unvoted),
    )


def look(asked: bytes, data: bytes, *beside: bytes) -> Iterator[bytes]:
    """Yield what some bytes hold: first all but the readings, then these. The worker's side of `found_in` and `found_at`."""
    said = _Asked.model_validate_json(asked)
    context = ReaderContext(said.name, said.now, beside=beside)
    found = _read(said, data, context)
    yield _FOUND.dump_json(replace(found, readings=(), refusals=()))
    context = replace(context, unvoted=[*found.unvoted])
    yield from parts_of([*(("", one) for one in found.readings), *(("", one) for one in found.refusals)], context)


def _read(said: "_Asked", data: bytes, context: ReaderContext) -> FoundFeed:
    """Return what some bytes hold, in the format that they begin as."""
    format_name = SHEET if said.hints.preset is not None or said.hints.columns else format_of(data[:LOOKED_AT])
    if format_name is None and _says_who_has_how_many(data):
        format_name = SHEET
    if format_name is None and (what := refusal_of(data)):
        raise BadInputError(f"{context.name}: {what}")
    if format_name is None or format_name not in FORMATS:
        raise BadInputError(f"{context.name}: is in no format that is known; tallydesk read --help names them")
    return _read_sheet(said, data, context) if format_name == SHEET else _read_as(format_name, said, data, context)


def _read_as(format_name: str, said: "_Asked", data: bytes, context: ReaderContext) -> FoundFeed:
    context = replace(context, unvoted=[])
    items = [*bounded(reader_of(format_name)(io.BytesIO(data), context), context.name)]
    return FoundFeed(
        place=said.place,
        format=format_name,
        readings=tuple(item for item in items if isinstance(item, Reading)),
        refusals=tuple(item for item in items if isinstance(item, Refusal)),
        unvoted=tuple(context.unvoted),
    )


def _read_sheet(said: "_Asked", data: bytes, context: ReaderContext) -> FoundFeed:
    """Read a table by what was said of it, else by a mapping that is known, a preset that reads it, or a guess."""
    preset_name, hints = said.hints.preset, said.hints

    def read(layout: SheetLayout) -> FoundFeed:
        return _read_as(SHEET, said, data, replace(context, sheet=layout))

    if preset_name is not None:
        return replace(read(preset(preset_name)), preset=preset_name)
    mapping = None if hints.columns else _known_mapping(data, hints.known)
    layouts = {} if mapping or hints.columns else presets()
    for name in sorted(layouts, key=lambda name: layouts[name].numbered):  # headings say more than numbers
        with suppress(BadInputError):
            if (found := read(layouts[name])).readings:
                return replace(found, preset=name)
    try:
        mapping = mapping or _guessed_mapping(data, hints)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {error}; --preset says whose it is: {', '.join(presets())}") from None
    return _by_mapping(mapping, hints.state, read)


def _by_mapping(mapping: SheetMapping, state: str | None, read: Callable[[SheetLayout], FoundFeed]) -> FoundFeed:
    """Read a table by a mapping; times that name no zone are the state's, or left out where no state is known."""
    columns, lines = dict(mapping.columns), [*mapping.lines]
    layout = SheetLayout.model_validate({"columns": columns})
    found = read(layout)
    if not found.readings and "as_of" in columns:
        timed, columns = columns, {"other" if name == "as_of" else name: of for name, of in columns.items()}
        layout = SheetLayout.model_validate({"columns": columns})
        found = read(layout)
        lines.append("as_of: its times are none that can be read, and are left out")
        known = known_feeds().get(state or state_of(found.readings) or "")
        zoned = known and SheetLayout.model_validate({"columns": timed, "zone": known.zone.key})
        if known and zoned and (found_by_zone := read(zoned)).readings:
            found, layout, columns = found_by_zone, zoned, timed
            lines[-1] = f"as_of: its times name no zone; they are taken to be {STATES[known.state]}'s, {layout.zone}"
    # Its name may have said what it is, and the address may not: what it was read as is written down.
    either = {asked: read(layout.model_copy(update={"primaries": asked})).readings for asked in (True, False)}
    primaries = [asked for asked, readings in either.items() if readings == found.readings]
    return replace(
        found,
        columns=columns,
        charset=mapping.charset,
        zone=layout.zone,
        primaries=primaries[0] if len(primaries) == 1 else None,
        mapping=(*lines, *_largest(found.readings)),
    )


def _known_mapping(data: bytes, known: Mapping[str, Columns]) -> SheetMapping | None:
    """Return the first whole mapping whose headings the table has; None: it has those of none."""
    for because, columns in known.items():
        with suppress(BadInputError):
            return mapping_by(data, columns, because)
    return None


def _guessed_mapping(data: bytes, hints: TableHints) -> SheetMapping:
    return mapping_of(data, hints.columns) if hints.guesses else mapping_by(data, hints.columns, "you said so")


def _largest(readings: Sequence[Reading]) -> Iterator[str]:
    """Yield the votes of the largest contests, to be held against the office's own page."""
    for one in sorted(readings, key=lambda reading: -reading.counted)[:_LARGEST]:
        names = one.names or {}
        first = sorted(one.votes, key=lambda key: -one.votes[key])[:_LARGEST]
        votes = ", ".join(f"{names.get(key, key)} {commas(one.votes[key])}" for key in first)
        yield f"{one.contest_name or one.contest}: {votes}; {commas(one.counted)} in all"


def _says_who_has_how_many(data: bytes) -> bool:
    """Return True of a table of two columns, which is too little to be known by its beginning."""
    try:
        return bool(mapping_of(data, {}).columns)
    except BadInputError:
        return False
