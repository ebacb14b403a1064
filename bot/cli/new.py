"""`tallydesk new`: writes a desk file from a feed, or adds a feed to an existing desk file."""

import re
import shlex
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import typer
from rapidfuzz import fuzz, process, utils
from yarl import URL

from bot.cli.feed_file import bytes_of, no_votes_line
from bot.cli.new_draft import (
    ContestDraft,
    DeskDocument,
    Guess,
    Pairing,
    columns_line,
    draft_of,
    free,
    pair_of,
    pairings,
    proposed_lines,
    state_of,
)
from bot.cli.new_feed import NewFeed, TableHints, feed_at, feed_in_files, is_own, one_answer
from bot.cli.terminal import BAD_INPUT, DONE, ask, complain, progress, say
from bot.clock import Clock, SystemClock
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.desk_file import Desk, Source
from bot.desk.known_feeds import KnownFeed, known_counties, known_feeds
from bot.desk.sheet_layout import ColumnName
from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.feeds.ap.reports import Report, report_here
from bot.feeds.ballot import slug
from bot.feeds.formats import SHEET, format_called
from bot.feeds.results_sites import ListedElection, doubles, site_at
from bot.feeds.sheet_mapping import changed, columns_typed
from bot.files import write_whole
from bot.wording.numbers import commas, counted
from bot.wording.states import STATES

DESK_FILE = Path("desk.toml")

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_SHOWN, _FEW = 20, 5
_FEW_CANDIDATES = 2
_SHORT_KEY = 12
"""The longest contest key to show for typing. Longer keys, such as UUIDs, mean nothing to a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOptions:
    """The command's options, as the person typed them."""

    contests: Sequence[str] = ()
    """The contests to add, each by key, name, part of the name, or pattern with * and ?. Case doesn't matter."""
    yes: bool = False
    """True to ask no questions. Unsure values are skipped and listed."""
    output: Path = DESK_FILE
    pairs: Sequence[str] = ()
    """Pairs of contests that are the same despite different names: the desk file's id, =, and the feed's key, as in
    lamp=100.
    """
    state: str | None = None
    """A postal code."""
    preset: str | None = None
    """For a table: the office whose layout it has."""
    columns: str | None = None
    """For a table, what its columns contain, as `contest=race+party,candidate=Name`. The other columns are guessed."""
    election: str | None = None
    """For a site with several elections: an election's id, or its day as 2026-11-03."""


def example(output: Path) -> int:
    """Write the shipped example desk file to a new file. Returns the exit status."""
    if output.exists():
        raise BadInputError(f"{output}: is there already; choose another file with --output")
    _write(output, shipped("desks", "georgia-2020.toml").read_text(encoding="utf-8"))
    say(f"{output}: the example, Georgia in November 2020; tallydesk rehearse plays it")
    return DONE


def new(feeds: Sequence[str], options: NewOptions, clock: Clock | None = None) -> int:
    """Write a desk file from feeds, or add them to the file at `options.output`. Returns the exit status.

    Without a feed, the known facts about the state's feed are printed. The status is 2 if anything that was asked for
    is missing.

    Raises:
        BadInputError: the input can't be used. Nothing is written.

    """
    if options.state is not None and options.state.upper() not in STATES:
        raise BadInputError(f"--state: {options.state} is not a state's postal code, such as GA")
    if not feeds:
        return _say_known(options)
    document = DeskDocument(options.output)
    if reports := _reports(feeds):
        return _propose(reports, document)
    missed = False
    for places in [feeds] if len(feeds) > 1 and one_answer(feeds) else [[places] for places in feeds]:
        say(f"looking at {', '.join(places)} ...")
        with progress(places[0]):
            feed = _read_feed(places, (clock or SystemClock()).now(), options, document.desk())
        for refusal in feed.refusals[:_SHOWN]:
            complain(str(refusal))
        missed |= _add(document, feed, options)
    desk = document.desk()
    if desk is None:
        raise BadInputError("no contest was picked, so nothing was written")
    _write(options.output, document.text())
    say(f"{options.output}: {counted(len(desk.contests), 'contest')}, {counted(len(desk.sources), 'source')}")
    if document.guesses:
        say(f"look up what is marked as a guess: {counted(document.guesses, 'value')}")
    rehearsal = f"tallydesk rehearse --desk {shlex.quote(str(options.output))} --grow"
    if any(map(_ADDRESS.match, feeds)):
        say(f"next: `tallydesk check` compares it with its sources; `{rehearsal}` shows what the bot will post")
    else:  # a file has no address for `check` to poll
        say(f"next: `{rehearsal} {shlex.quote(feeds[0])}` shows what the bot will post")
    return BAD_INPUT if missed else DONE


def _reports(feeds: Sequence[str]) -> Mapping[str, Report]:
    """Return the AP reports among the files, by file name; empty if the files are feeds.

    Raises:
        BadInputError: a report can't be read, or reports and feeds are mixed.

    """
    reports: dict[str, Report] = {}
    for file in feeds:
        try:
            report = report_here(bytes_of(file)) if Path(file).is_file() else None
        except BadInputError as error:
            raise BadInputError(f"{file}: {error}") from None
        if report is not None:
            reports[file] = report
    if reports and len(reports) < len(feeds):
        raise BadInputError(f"tallydesk new: {next(iter(reports))} is a report and no feed; give it without the others")
    return reports


def _propose(reports: Mapping[str, Report], document: DeskDocument) -> int:
    """Print the lines that AP reports propose for the existing desk file. Returns the exit status.

    The file is not changed.
    """
    desk = document.desk()
    if desk is None:
        raise BadInputError(
            f"{document.path}: has no contest yet that a report could be about; add one from a feed first"
        )
    missed = False
    for file, report in reports.items():
        for line in report.refused[:_SHOWN]:
            complain(f"{file}: {line}")
        lines, missing = proposed_lines(report, desk)
        missed |= bool(report.refused or missing)
        if lines:
            say(
                f"# {file}: proposals for {document.path}, which is left as it is; times are those of {desk.desk.zone.key}"
            )
        for what in missing:
            complain(f"{file}: AP's {report.name} report has nothing for {document.path}, {what}")
        for line in lines:
            say(line)
    return BAD_INPUT if missed else DONE


def _say_known(options: NewOptions) -> int:
    state = options.state
    if state is None:
        if not _can_ask(options):
            raise BadInputError("tallydesk new: give a results page's address, a file, or --state, such as --state GA")
        state = ask("Which state? Its postal code, such as GA")
    known = known_feeds().get(state.upper())
    if known is None:
        raise BadInputError(f"{state}: nothing is known about it; Tallydesk knows the fifty states and DC")
    for line in known_lines(known):
        say(line)
    return DONE


def known_lines(known: KnownFeed) -> list[str]:
    """Return the known facts about a state's feed, one to a line."""
    read = f"format {known.format}" if known.format else "no format of ours reads it"
    preset = f", preset {known.preset}" if known.preset else ""
    proof = {
        "file": "a recorded file was read",
        "document": "according to a document",
        "unknown": "nobody has looked yet",
    }
    lines = [
        f"{STATES[known.state]}: {known.publisher}; {known.kind} ({read}{preset}; {proof[known.verified]})",
        f"  where: {known.address}",
        f"  ask at most every: {duration_label(known.every)}" if known.every else "",
        f"  updates on the night: {known.night}" if known.night else "",
        f"  note: {known.obstacle}" if known.obstacle else "",
        f"  instead: {known.instead}" if known.instead else "",
        *(
            f"  {', '.join(one.counties)}: {one.address}; {one.kind} ({f'format {one.format}' if one.format else 'no format of ours reads it'}; "
            f"{proof[one.verified]}){f'; {one.obstacle}' if one.obstacle else ''}"
            for one in known_counties(known.state)
        ),
        f"  from: {'; '.join(known.sources)}",
        f"next: tallydesk new '{known.give}'" if known.give else "",
    ]
    return [line for line in lines if line]


def duration_label(every: timedelta) -> str:
    """Format a duration as in the desk file: 2m, 150s."""
    seconds = int(every.total_seconds())
    return f"{seconds}s" if seconds % 60 else f"{seconds // 60}m"


def _read_feed(places: Sequence[str], now: datetime, options: NewOptions, desk: Desk | None) -> NewFeed:
    """Read an address, a file, or several files that form one answer.

    Raises:
        BadInputError: the feed can't be read, or has no contest.

    """
    place = places[0]
    typed_before = columns_typed(options.columns) if options.columns else {}
    state = options.state.upper() if options.state else None
    hints = TableHints(preset=options.preset, columns=typed_before, known=_known_columns(place, desk), state=state)
    feed = _read_place(places, now, options, hints)
    while feed.mapping:
        for line in feed.mapping:
            say(f"  {line}")
        if not _can_ask(options):
            break
        for refusal in feed.refusals[:_FEW]:
            complain(str(refusal))
        question = "Enter if that is right; else what to change, as contest=race+party,votes=Total Votes"
        if not (answer := ask(question, default="")):
            break
        try:
            columns = changed(feed.columns or {}, columns_typed(answer))
            feed = _read_place(places, now, options, TableHints(columns=columns, guesses=False, state=state))
        except BadInputError as error:
            complain(str(error))
    voted = [one.contest for one in feed.readings if any(one.votes.values())]
    if remark := no_votes_line(place, voted, feed.no_votes_yet, [one.contest for one in feed.readings]):
        say(remark)
    if not feed.readings:
        why = f"; {feed.refusals[0]}" if feed.refusals else ""
        raise BadInputError(f"{place}: has no contest that can be read{why}")
    name = {"contest_name": Path(URL(place).path).stem.replace("_", " ")} if feed.is_one_contest else {}
    newest = {(one.contest, one.count): one.model_copy(update=name) for one in feed.readings}
    readings = tuple(one for one in newest.values() if one.count == "election") or tuple(newest.values())
    state = state or feed.state or _state_by_format(feed) or state_of(readings)
    return replace(feed, readings=readings, state=state)


def _known_columns(place: str, desk: Desk | None) -> dict[str, dict[ColumnName, str | list[str]]]:
    """Return the column mappings of the desk file's sheets that may fit this table.

    Sources with the same address come first. The keys are the reasons why a mapping may fit.
    """
    sheets = [one for one in (desk.sources if desk else ()) if one.columns]
    return {f"as in the source {one.id}": column_names(one) for one in sorted(sheets, key=lambda one: one.url != place)}


def column_names(source: Source) -> dict[ColumnName, str | list[str]]:
    """Return a source's column mapping in the form that the desk file uses."""
    return {
        name: [str(heading) for heading in column] if len(column) > 1 else str(column[0])
        for name, column in source.columns.items()
    }


def _read_place(places: Sequence[str], now: datetime, options: NewOptions, hints: TableHints) -> NewFeed:
    place = places[0]
    if not _ADDRESS.match(place):
        return feed_in_files(places, now, hints)
    site = site_at(place)
    if options.election is not None and site is not None and site.election not in (None, options.election):
        raise BadInputError(
            f"{place}: is of the election {site.election}, and --election says {options.election}; use one of them"
        )
    state = options.state and options.state.upper()
    return feed_at(place, now, hints, partial(_election, options=options, today=now.date()), state)


def _state_by_format(feed: NewFeed) -> str | None:
    """Return the only state that publishes in this format or layout; None if several states do."""
    states = [
        one.state
        for one in known_feeds().values()
        if (one.preset == feed.preset if feed.preset else one.format == feed.format != SHEET)
    ]
    return states[0] if len(states) == 1 else None


def _election(place: str, elections: Sequence[ListedElection], *, options: NewOptions, today: date) -> ListedElection:
    """Choose one of a site's elections by its id or day. If neither is given, ask the person.

    Raises:
        BadInputError: no election is listed, the wanted one isn't, or nobody can be asked.

    """
    if not elections:
        raise BadInputError(
            f"{place}: lists no election, perhaps because the next one's id is not published yet; if the office's results "
            "page is up, give that page's address"
        )
    real = [one for one in elections if not one.is_test]
    for same in doubles(real):
        complain(f"{same[0].name} is listed {len(same)} times, as {' and '.join(one.id for one in same)}")
    if options.election is not None:
        return _by_id_or_day(place, elections, options.election)
    ahead = [one for one in real if one.day is not None and one.day >= today and one.county is None]
    if not ahead and not any(one.day is None for one in real):
        say("no coming election is listed: its id is not published yet")
    if len({one.identity for one in ahead}) == 1 and not _can_ask(options):
        say(f"taking {ahead[0]}, the next election; --election chooses another")
        return ahead[0]
    statewide = [one for one in elections if one.county is None]  # a state's list may include its counties' elections
    if len(statewide or elections) == 1:
        return (statewide or elections)[0]
    if not _can_ask(options):
        for one in real[:_SHOWN]:
            say(f"  {one}")
        more = f", of which the newest {_SHOWN} are above" if len(real) > _SHOWN else ""
        raise BadInputError(
            f"{place}: lists {len(elections)} elections{more}; choose one with --election and its id or day"
        )
    return _picked_election(elections)


def _by_id_or_day(place: str, elections: Sequence[ListedElection], wanted: str) -> ListedElection:
    matching = [one for one in elections if one.id == wanted] or [one for one in elections if wanted == str(one.day)]
    # Prefer the state's own election to its counties'.
    matching = [one for one in matching if one.county is None] or matching
    if len({one.identity for one in matching}) == 1:
        return matching[0]
    if matching:
        raise BadInputError(
            f"{place}: lists several for {wanted}; choose one: {'; '.join(str(one) for one in matching)}"
        )
    named = "; ".join(str(one) for one in elections[:_FEW] if not one.is_test)
    raise BadInputError(
        f"{place}: does not list {wanted}: its id may not be published yet; the newest are {named or 'tests'}"
    )


def _picked_election(elections: Sequence[ListedElection]) -> ListedElection:
    listed = list(elections[:_SHOWN])
    while True:
        for number, one in enumerate(listed, 1):
            say(f"{number:>4}  {one}{'  (a test)' if one.is_test else ''}")
        typed = ask(f"{len(elections)} elections. Which one? A number, or a part of its name")
        if typed.isdecimal() and 1 <= int(typed) <= len(listed):
            return listed[int(typed) - 1]
        listed = [one for one in elections if typed.casefold() in str(one).casefold()][:_SHOWN] or listed


def _add(document: DeskDocument, feed: NewFeed, options: NewOptions) -> bool:
    """Add the feed to the desk file, and pair its contests with existing ones.

    Returns True if a pair of similar contests was not confirmed.
    """
    known = feed.state and known_feeds().get(feed.state)
    document.set_zone(
        Guess(known.zone.key, f"where most of {STATES[known.state]} lives")
        if known
        else Guess("America/New_York", "set your newsroom's own")
    )
    desk, missed = document.desk(), False
    existing = desk and next((one for one in desk.sources if one.url and one.url == feed.url), None)
    if existing and not _parts_contests(feed, existing):
        say(f"{feed.place}: is in the desk file already, as the source {existing.id}; nothing was changed")
        if feed.columns and existing.columns and feed.columns != column_names(existing):
            say(f"to have it read as above, give {existing.id} this line: {columns_line(feed.columns)}")
        return False
    if desk is not None and options.election is not None:
        _refuse_another_day(document, desk, feed)
    source = _source_fields(feed, known or None, desk, is_offices=_is_offices(feed, known or None, options))
    pairs: list[Pairing] = []
    if desk is not None:
        by_hand = [_typed_pair(desk, feed, typed) for typed in options.pairs]
        taken_by_hand = {pair.contest.id for pair in by_hand}
        are_parts = any(one.columns and _parts_contests(feed, one) for one in desk.sources)
        similar = () if are_parts else pairings(desk, feed.readings)
        found_alike = [pair for pair in similar if pair.contest.id not in taken_by_hand]
        for pair in [*by_hand, *found_alike]:
            if _accepts(pair, options) or pair in by_hand:
                pairs.append(pair)
            else:
                missed = True
                complain(
                    f"{feed.place}: {pair.contest.id} is not paired with {_display_name(pair.reading)}; "
                    f"if they are the same, use --pair {pair.contest.id}={pair.reading.contest}"
                )
    already = {pair.reading.contest for pair in pairs}
    picked = [] if pairs and not options.contests else _contests_to_add(feed, options)
    ids = {one.id for one in desk.contests} if desk else set()
    units = {name for one in feed.readings for name in one.units or ()}
    for reading in picked:
        if reading.contest not in already:
            draft = draft_of(reading, _state_of(reading, feed), ids, feed.election_day, units)
            if feed.is_one_contest:
                draft.name = Guess(draft.name, "the sheet does not say; the file is called so")
            elif len(of_contest := feed.headings_of("contest")) > 1 and not isinstance(draft.name, Guess):
                draft.name = Guess(draft.name, f"what {' and '.join(of_contest)} say")
            ids.add(draft.id)
            key = str(source["id"]) if feed.is_one_contest else reading.contest
            document.add_contest(draft, str(source["id"]), key, _mapping(draft, reading))
            _read_aloud(draft, reading)
    for pair in pairs:
        key = str(source["id"]) if feed.is_one_contest else pair.reading.contest
        document.pair(pair.contest.id, str(source["id"]), key, pair.candidates)
    if pairs or picked:
        remarks = [f'format = "{feed.format}"', f'url = "https://…"    # where {Path(feed.place).name} is from']
        document.add_source(source, () if feed.url else remarks)
    return missed


def _parts_contests(feed: NewFeed, source: Source) -> bool:
    """Return True if the feed's contests seem to be parts of a source's contests, such as one for each county.

    The feed then has a column for the contest that the source's table lacks.
    """
    theirs = set(source.columns.get("contest", ()))
    return bool(theirs) and theirs < set(feed.headings_of("contest"))


def _refuse_another_day(document: DeskDocument, desk: Desk, feed: NewFeed) -> None:
    """Raise a BadInputError if the desk file has contests, but none on the day of the chosen election."""
    days = sorted({one.election_day for one in desk.contests if one.election_day})
    if feed.election_day and days and feed.election_day not in days:
        raise BadInputError(
            f"{feed.place}: is of the election on {feed.election_day}, and {document.path} is of {' and '.join(map(str, days))}: "
            "choose another file with --output"
        )


def _is_offices(feed: NewFeed, known: KnownFeed | None, options: NewOptions) -> bool:
    """Return True if the state's own elections office publishes the feed.

    The feed's address shows that, or a preset that the person named.
    """
    host = URL(feed.url or "").host
    is_known_host = host is not None and known is not None and host in known.address and site_at(feed.place) is None
    return feed.is_states_own or options.preset is not None or is_known_host


def _typed_pair(desk: Desk, feed: NewFeed, typed: str) -> Pairing:
    """Parse a pair of contests as typed.

    Raises:
        BadInputError: the text is not a pair, or one of the two contests doesn't exist.

    """
    ours, _, theirs = typed.partition("=")
    contest = desk.contest(ours.strip())
    reading = next((one for one in feed.readings if one.contest == theirs.strip()), None)
    if contest is None:
        known = ", ".join(one.id for one in desk.contests[:_SHOWN])
        raise BadInputError(f"--pair {typed}: the desk file has no contest {ours.strip() or 'there'}; it has {known}")
    if reading is None:
        near = ", ".join(f"{one.contest_name or ''} ({one.contest})" for one in feed.readings[:_SHOWN])
        raise BadInputError(f"--pair {typed}: {feed.place} has no contest {theirs.strip() or 'there'}; it has {near}")
    return pair_of(contest, reading)


def _state_of(reading: Reading, feed: NewFeed) -> str | None:
    """Return a contest's state: the state in AP's key, or else the feed's state."""
    own = reading.contest.partition("-")[0].upper() if feed.format == "ap" else ""
    return own if own in STATES else feed.state


def _mapping(draft: ContestDraft, reading: Reading) -> dict[str, str]:
    """Map the feed's candidate ids to the draft's ids. The draft's candidates are in the order of votes."""
    names = reading.names or {}
    by_name: dict[str, list[str]] = {}
    for candidate in draft.candidates:
        by_name.setdefault(slug(candidate.name), []).append(candidate.id)
    return {key: ours[0] for key in reading.votes if (ours := by_name.get(slug(names.get(key, key))))}


def _source_fields(
    feed: NewFeed, known: KnownFeed | None, desk: Desk | None, *, is_offices: bool
) -> Mapping[str, object]:
    """Return the desk file's keys for the source.

    `is_offices` is True if the state's own office publishes the feed.
    """
    state = STATES.get(feed.state or "", "")
    place = state.removeprefix("the ")
    public: bool | Guess = True
    credit: str | Guess | None = None
    if feed.format == "ap":
        name, why, key = "the AP", "another source is called so", "ap"
        public = Guess(False, "whether AP's numbers may be shown is in your contract")
        credit = "The Associated Press"
    elif feed.columns is not None:
        name, why, key = "our own sheet", "say whose it is, as in the county clerk", f"{feed.state or ''} sheet"
        public = Guess(False, "true lets anybody see it")
    elif known and is_offices and known.publisher.startswith("the "):
        name, why, key = known.publisher, f"who publishes {place}'s results", f"{known.state} results"
        publisher = known.publisher.removeprefix("the ").replace("secretary of state", "Secretary of State")
        credit = Guess(f"{place} {publisher}".strip(), "as the publisher is named")
    else:
        name, why, key = "the elections office", "say who publishes it", f"{feed.state or ''} {feed.format}"
    unique = free(name, [one.name for one in desk.sources] if desk else (), " ")
    same = known is not None and feed.format.partition("-")[0] == str(known.format).partition("-")[0]
    every = duration_label(known.every) if known and known.every and same else None
    return {
        "id": free(slug(key), [one.id for one in desk.sources] if desk else ()),
        "name": unique if unique == name == "the AP" else Guess(unique, why),
        "format": feed.format if feed.url else None,
        "url": feed.url,
        "also": list(feed.also) or None,
        "preset": feed.preset,
        "columns": feed.columns and Guess(feed.columns, "what its headings seem to be"),
        "charset": feed.charset and Guess(feed.charset, "it is not UTF-8; look at names with accents"),
        "zone": feed.zone and Guess(feed.zone, f"its times name no zone; most of {state} lives in this one"),
        "primaries": None
        if feed.primaries is None
        else Guess(feed.primaries, "whether candidates of several parties are in their parties' primaries"),
        "own_network": True if feed.url and is_own(feed.url) else None,
        "key_env": feed.key_env,
        "user_agent": feed.user_agent and Guess(feed.user_agent, "put an address into it at which you can be reached"),
        "every": every or format_called(feed.format).every,
        "stale_after": "24h",
        "stale_after_night": "45m",
        "public": public,
        "credit": credit,
    }


def _can_ask(options: NewOptions) -> bool:
    return not options.yes and sys.stdin is not None and sys.stdin.isatty()


def _accepts(pair: Pairing, options: NewOptions) -> bool:
    """Show two contests side by side. Returns True if the person, or an option, confirms that they are the same."""
    names = pair.reading.names or {}
    say(f"{pair.contest.id} ({pair.contest.name}) = {_display_name(pair.reading)}")
    for theirs, ours in pair.candidates.items():
        candidate = pair.contest.candidate(ours)
        say(
            f"  {candidate.name if candidate else ours} = {names.get(theirs, theirs)}, {commas(pair.reading.votes[theirs])} votes"
        )
    for one in pair.contest.candidates:
        if one.id not in pair.candidates.values():
            say(f"  {one.name} = nobody there")
    for stranger in pair.strangers:
        say(f"  nobody here = {names.get(stranger, stranger)}, {commas(pair.reading.votes[stranger])} votes")
    return pair.sure or (_can_ask(options) and typer.confirm("Is it the same contest?", default=False))


def _contests_to_add(feed: NewFeed, options: NewOptions) -> list[Reading]:
    """Return the feed's contests that the options name, or that the person picks.

    Raises:
        BadInputError: no option names them and nobody can be asked, or a pattern matches none.

    """
    if options.contests:
        picked: dict[str, Reading] = {}
        for pattern in options.contests:
            matching = _matching(feed.readings, pattern)
            if not matching:
                lines = _lines(feed.readings)
                found_near = process.extract(
                    pattern, lines, scorer=fuzz.WRatio, processor=utils.default_process, limit=_FEW
                )
                near = [line for line, _, _ in found_near]
                raise BadInputError(f"{feed.place}: no contest is called {pattern}; the nearest are {'; '.join(near)}")
            picked |= {one.contest: one for one in matching}
        return list(picked.values())
    if len(feed.readings) == 1:
        return [feed.readings[0]]
    if _can_ask(options):
        return _ask_which(feed)
    for line in _lines(feed.readings):
        say(f"  {line}")
    raise BadInputError(
        f"{feed.place}: has {len(feed.readings)} contests; choose with --contest and a part of the name"
    )


def _ask_which(feed: NewFeed) -> list[Reading]:
    """Ask the person which contests to add. The person searches by typing, and picks by number."""
    picked: dict[str, Reading] = {}
    matching: Sequence[Reading] = feed.readings
    listed = matching[:_SHOWN]
    say(f"{len(feed.readings)} contests. Type a part of a name to search, a number to pick, nothing when you are done.")
    while True:
        for number, (one, line) in enumerate(zip(listed, _lines(listed), strict=True), 1):
            say(f"{'*' if one.contest in picked else ' '}{number:>3}  {line}")
        if more := len(matching) - len(listed):
            say(f"      and {commas(more)} more")
        typed = ask(f"{len(picked)} picked", default="")
        if not typed:
            return list(picked.values())
        if typed.isdecimal() and 1 <= int(typed) <= len(listed):
            one = listed[int(typed) - 1]
            if picked.pop(one.contest, None) is None:
                picked[one.contest] = one
            continue
        with_it = [one for one in feed.readings if typed.casefold() in _display_name(one).casefold()]
        say(f"{counted(len(with_it), 'contest')} with {typed}")
        matching = with_it or matching
        listed = matching[:_SHOWN]


def _matching(readings: Sequence[Reading], pattern: str) -> list[Reading]:
    """Return the contests that match `pattern`, a key or a name, which may have * or ?.

    If none matches, the result is the contests with `pattern` as a part of their name.
    """
    wanted = pattern.casefold()
    exact = [
        one
        for one in readings
        if any(fnmatchcase(name.casefold(), wanted) for name in (one.contest, _display_name(one)))
    ]
    return exact or [one for one in readings if wanted in _display_name(one).casefold()]


def _lines(readings: Sequence[Reading]) -> list[str]:
    """Return a line for each contest with its name.

    The contest's key is added if the key is short, or if the name isn't unique.
    """
    times = Counter(map(_display_name, readings))
    return [
        _display_name(one)
        + (
            f" ({one.contest})"
            if one.contest_name and (len(one.contest) <= _SHORT_KEY or times[_display_name(one)] > 1)
            else ""
        )
        for one in readings
    ]


def _display_name(reading: Reading) -> str:
    """Return a contest's name, or its key if it has no name."""
    return reading.contest_name or reading.contest


def _read_aloud(draft: ContestDraft, reading: Reading) -> None:
    """Print the contest with its candidates and votes, so that the person notices a wrong name."""
    margin = margin_of(reading.votes)
    names = reading.names or {}
    leads = (
        f"{names.get(margin.leader, margin.leader)} leads by {commas(margin.votes)}" if margin.votes else "nobody leads"
    )
    text = f"{leads}, with {commas(reading.counted)} counted" if reading.counted else "no votes yet"
    seats = f"; {draft.seats.value} seats, {draft.seats.why}" if isinstance(draft.seats, Guess) else ""
    if draft.seats is None and not reading.parties and len(draft.candidates) > _FEW_CANDIDATES:
        seats = '; if several are elected, write rule = "top-n" and seats'
    say(f"{draft.id}: {_display_name(reading)}; {text}{seats}")


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text)
    except OSError as error:
        raise BadInputError(f"{path}: can't be written ({error.strerror or error})") from None
