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

from bot.cli.feed_file import bytes_of, unvoted_line
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
from bot.cli.new_feed import FoundFeed, TableHints, found_at, found_in, is_own, one_answer
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
"""The longest contest key to show for typing; longer ones, such as UUIDs, mean nothing to a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOptions:
    """The options, as typed."""

    contests: Sequence[str] = ()
    """The contests to take, each by key, name, part of the name, or pattern with * and ?; case doesn't matter."""
    yes: bool = False
    """True: ask nothing; whatever is unsure is left out and listed."""
    output: Path = DESK_FILE
    pairs: Sequence[str] = ()
    """Contests that are the same despite different names, as the desk file's id, =, and the feed's key: lamp=100."""
    state: str | None = None
    """A postal code."""
    preset: str | None = None
    """For a table: the office whose layout it has."""
    columns: str | None = None
    """For a table: what its columns hold, as `contest=race+party,candidate=Name`; the rest is guessed."""
    election: str | None = None
    """For a site with several elections: an election's id, or its day as 2026-11-03."""


def example(output: Path) -> int:
    """Write the shipped example to a new file. Returns the exit status."""
    if output.exists():
        raise BadInputError(f"{output}: is there already; choose another file with --output")
    _write(output, shipped("desks", "georgia-2020.toml").read_text(encoding="utf-8"))
    say(f"{output}: the example, Georgia in November 2020; tallydesk rehearse plays it")
    return DONE


def new(feeds: Sequence[str], options: NewOptions, clock: Clock | None = None) -> int:
    """Write a desk file from feeds, or add them to the file at `options.output`. Returns the exit status.

    Without a feed, print what is known about the state's. The status is 2 if something asked for isn't there.

    Raises:
        BadInputError: the input can't be used; nothing is written.

    """
    if options.state is not None and options.state.upper() not in STATES:
        raise BadInputError(f"--state: {options.state} is not a state's postal code, such as GA")
    if not feeds:
        return _say_known(options)
    document = DeskDocument(options.output)
    if reports := _reports(feeds):
        return _propose(reports, document)
    missed = False
    for feed in [feeds] if len(feeds) > 1 and one_answer(feeds) else [[feed] for feed in feeds]:
        say(f"looking at {', '.join(feed)} ...")
        with progress(feed[0]):
            found = _found(feed, (clock or SystemClock()).now(), options, document.desk())
        for refusal in found.refusals[:_SHOWN]:
            complain(str(refusal))
        missed |= _add(document, found, options)
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
    """Return the AP reports among the files, by file name; empty if they are feeds.

    Raises:
        BadInputError: a report can't be read here, or reports and feeds are mixed.

    """
    found: dict[str, Report] = {}
    for file in feeds:
        try:
            report = report_here(bytes_of(file)) if Path(file).is_file() else None
        except BadInputError as error:
            raise BadInputError(f"{file}: {error}") from None
        if report is not None:
            found[file] = report
    if found and len(found) < len(feeds):
        raise BadInputError(f"tallydesk new: {next(iter(found))} is a report and no feed; give it without the others")
    return found


def _propose(reports: Mapping[str, Report], document: DeskDocument) -> int:
    """Print the lines that AP reports propose for the existing desk file. Returns the exit status; nothing is written."""
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
    """Return lines about a state's feed, a fact each."""
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


def _found(feed: Sequence[str], now: datetime, options: NewOptions, desk: Desk | None) -> FoundFeed:
    """Read an address, a file, or files that form one answer.

    Raises:
        BadInputError: it can't be read, or has no contest.

    """
    place = feed[0]
    typed_before = columns_typed(options.columns) if options.columns else {}
    state = options.state.upper() if options.state else None
    hints = TableHints(preset=options.preset, columns=typed_before, known=_known_columns(place, desk), state=state)
    found = _looked_at(feed, now, options, hints)
    while found.mapping:
        for line in found.mapping:
            say(f"  {line}")
        if not _can_ask(options):
            break
        for refusal in found.refusals[:_FEW]:
            complain(str(refusal))
        asked = "Enter if that is right; else what to change, as contest=race+party,votes=Total Votes"
        if not (typed := ask(asked, default="")):
            break
        try:
            columns = changed(found.columns or {}, columns_typed(typed))
            found = _looked_at(feed, now, options, TableHints(columns=columns, guesses=False, state=state))
        except BadInputError as error:
            complain(str(error))
    voted = [one.contest for one in found.readings if any(one.votes.values())]
    if remark := unvoted_line(place, voted, found.unvoted, [one.contest for one in found.readings]):
        say(remark)
    if not found.readings:
        why = f"; {found.refusals[0]}" if found.refusals else ""
        raise BadInputError(f"{place}: has no contest that can be read{why}")
    called = {"contest_name": Path(URL(place).path).stem.replace("_", " ")} if found.is_one_contest else {}
    newest = {(one.contest, one.count): one.model_copy(update=called) for one in found.readings}
    readings = tuple(one for one in newest.values() if one.count == "election") or tuple(newest.values())
    state = state or found.state or _state_by_format(found) or state_of(readings)
    return replace(found, readings=readings, state=state)


def _known_columns(place: str, desk: Desk | None) -> dict[str, dict[ColumnName, str | list[str]]]:
    """Return the column mappings of the desk file's sheets that may fit this table, by reason; those of the same address first."""
    sheets = [one for one in (desk.sources if desk else ()) if one.columns]
    return {f"as in the source {one.id}": column_names(one) for one in sorted(sheets, key=lambda one: one.url != place)}


def column_names(source: Source) -> dict[ColumnName, str | list[str]]:
    """Return a source's column mapping as in the desk file."""
    return {
        name: [str(heading) for heading in column] if len(column) > 1 else str(column[0])
        for name, column in source.columns.items()
    }


def _looked_at(feed: Sequence[str], now: datetime, options: NewOptions, hints: TableHints) -> FoundFeed:
    place = feed[0]
    if not _ADDRESS.match(place):
        return found_in(feed, now, hints)
    site = site_at(place)
    if options.election is not None and site is not None and site.election not in (None, options.election):
        raise BadInputError(
            f"{place}: is of the election {site.election}, and --election says {options.election}; use one of them"
        )
    state = options.state and options.state.upper()
    return found_at(place, now, hints, partial(_election, options=options, today=now.date()), state)


def _state_by_format(found: FoundFeed) -> str | None:
    """Return the state that alone publishes in this format or layout; None if several do."""
    states = [
        one.state
        for one in known_feeds().values()
        if (one.preset == found.preset if found.preset else one.format == found.format != SHEET)
    ]
    return states[0] if len(states) == 1 else None


def _election(place: str, elections: Sequence[ListedElection], *, options: NewOptions, today: date) -> ListedElection:
    """Choose one of a site's elections: by its id or day, else ask the person.

    Raises:
        BadInputError: none is listed, the wanted one isn't, or nothing decides.

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
    if len({one.called for one in ahead}) == 1 and not _can_ask(options):
        say(f"taking {ahead[0]}, the next election; --election chooses another")
        return ahead[0]
    whole = [one for one in elections if one.county is None]  # a state's list may include its counties' elections
    if len(whole or elections) == 1:
        return (whole or elections)[0]
    if not _can_ask(options):
        for one in real[:_SHOWN]:
            say(f"  {one}")
        more = f", of which the newest {_SHOWN} are above" if len(real) > _SHOWN else ""
        raise BadInputError(
            f"{place}: lists {len(elections)} elections{more}; choose one with --election and its id or day"
        )
    return _picked_election(elections)


def _by_id_or_day(place: str, elections: Sequence[ListedElection], wanted: str) -> ListedElection:
    fits = [one for one in elections if one.id == wanted] or [one for one in elections if wanted == str(one.day)]
    fits = [one for one in fits if one.county is None] or fits  # prefer the state's own election to its counties'
    if len({one.called for one in fits}) == 1:
        return fits[0]
    if fits:
        raise BadInputError(f"{place}: lists several for {wanted}; choose one: {'; '.join(str(one) for one in fits)}")
    named = "; ".join(str(one) for one in elections[:_FEW] if not one.is_test)
    raise BadInputError(
        f"{place}: does not list {wanted}: its id may not be published yet; the newest are {named or 'tests'}"
    )


def _picked_election(elections: Sequence[ListedElection]) -> ListedElection:
    shown = list(elections[:_SHOWN])
    while True:
        for number, one in enumerate(shown, 1):
            say(f"{number:>4}  {one}{'  (a test)' if one.is_test else ''}")
        typed = ask(f"{len(elections)} elections. Which one? A number, or a part of its name")
        if typed.isdecimal() and 1 <= int(typed) <= len(shown):
            return shown[int(typed) - 1]
        shown = [one for one in elections if typed.casefold() in str(one).casefold()][:_SHOWN] or shown


def _add(document: DeskDocument, found: FoundFeed, options: NewOptions) -> bool:
    """Add the feed: pair its contests with existing ones, and add those picked. Returns True if something is missing."""
    known = found.state and known_feeds().get(found.state)
    document.set_zone(
        Guess(known.zone.key, f"where most of {STATES[known.state]} lives")
        if known
        else Guess("America/New_York", "set your newsroom's own")
    )
    desk, missed = document.desk(), False
    there = desk and next((one for one in desk.sources if one.url and one.url == found.url), None)
    if there and not _parts_contests(found, there):
        say(f"{found.place}: is in the desk file already, as the source {there.id}; nothing was changed")
        if found.columns and there.columns and found.columns != column_names(there):
            say(f"to have it read as above, give {there.id} this line: {columns_line(found.columns)}")
        return False
    if desk is not None and options.election is not None:
        _refuse_another_day(document, desk, found)
    source = _source_fields(found, known or None, desk, is_offices=_is_offices(found, known or None, options))
    paired: list[Pairing] = []
    if desk is not None:
        by_hand = [_paired(desk, found, typed) for typed in options.pairs]
        taken_by_hand = {pair.contest.id for pair in by_hand}
        are_parts = any(one.columns and _parts_contests(found, one) for one in desk.sources)
        alike = () if are_parts else pairings(desk, found.readings)
        found_alike = [pair for pair in alike if pair.contest.id not in taken_by_hand]
        for pair in [*by_hand, *found_alike]:
            if _accepts(pair, options) or pair in by_hand:
                paired.append(pair)
            else:
                missed = True
                complain(
                    f"{found.place}: {pair.contest.id} is not paired with {_called(pair.reading)}; "
                    f"if they are the same, use --pair {pair.contest.id}={pair.reading.contest}"
                )
    already = {pair.reading.contest for pair in paired}
    picked = [] if paired and not options.contests else _picked(found, options)
    ids = {one.id for one in desk.contests} if desk else set()
    units = {name for one in found.readings for name in one.units or ()}
    for reading in picked:
        if reading.contest not in already:
            draft = draft_of(reading, _state_of(reading, found), ids, found.election_day, units)
            if found.is_one_contest:
                draft.name = Guess(draft.name, "the sheet does not say; the file is called so")
            elif len(of_contest := found.headings_of("contest")) > 1 and not isinstance(draft.name, Guess):
                draft.name = Guess(draft.name, f"what {' and '.join(of_contest)} say")
            ids.add(draft.id)
            key = str(source["id"]) if found.is_one_contest else reading.contest
            document.add_contest(draft, str(source["id"]), key, _mapping(draft, reading))
            _read_aloud(draft, reading)
    for pair in paired:
        key = str(source["id"]) if found.is_one_contest else pair.reading.contest
        document.pair(pair.contest.id, str(source["id"]), key, pair.candidates)
    if paired or picked:
        remarks = [f'format = "{found.format}"', f'url = "https://…"    # where {Path(found.place).name} is from']
        document.add_source(source, () if found.url else remarks)
    return missed


def _parts_contests(found: FoundFeed, source: Source) -> bool:
    """Return True if the table's contests are parts of a source's contests, as one per county; one more column would tell."""
    theirs = set(source.columns.get("contest", ()))
    return bool(theirs) and theirs < set(found.headings_of("contest"))


def _refuse_another_day(document: DeskDocument, desk: Desk, found: FoundFeed) -> None:
    """Raise a BadInputError if the chosen election is on none of the days of the desk file's contests."""
    days = sorted({one.election_day for one in desk.contests if one.election_day})
    if found.election_day and days and found.election_day not in days:
        raise BadInputError(
            f"{found.place}: is of the election on {found.election_day}, and {document.path} is of {' and '.join(map(str, days))}: "
            "choose another file with --output"
        )


def _is_offices(found: FoundFeed, known: KnownFeed | None, options: NewOptions) -> bool:
    """Return True if the feed is the state's own office's, by its address or by a preset that the person named."""
    host = URL(found.url or "").host
    is_known_host = host is not None and known is not None and host in known.address and site_at(found.place) is None
    return found.is_states_own or options.preset is not None or is_known_host


def _paired(desk: Desk, found: FoundFeed, typed: str) -> Pairing:
    """Parse a pair of contests as typed.

    Raises:
        BadInputError: it is no pair, or one of the two contests doesn't exist.

    """
    ours, _, theirs = typed.partition("=")
    contest = desk.contest(ours.strip())
    reading = next((one for one in found.readings if one.contest == theirs.strip()), None)
    if contest is None:
        known = ", ".join(one.id for one in desk.contests[:_SHOWN])
        raise BadInputError(f"--pair {typed}: the desk file has no contest {ours.strip() or 'there'}; it has {known}")
    if reading is None:
        near = ", ".join(f"{one.contest_name or ''} ({one.contest})" for one in found.readings[:_SHOWN])
        raise BadInputError(f"--pair {typed}: {found.place} has no contest {theirs.strip() or 'there'}; it has {near}")
    return pair_of(contest, reading)


def _state_of(reading: Reading, found: FoundFeed) -> str | None:
    """Return a contest's state: from AP's key, which begins with it, else the feed's."""
    own = reading.contest.partition("-")[0].upper() if found.format == "ap" else ""
    return own if own in STATES else found.state


def _mapping(draft: ContestDraft, reading: Reading) -> dict[str, str]:
    """Map the feed's candidate ids to the draft's; the draft is in the order of votes."""
    names = reading.names or {}
    by_name: dict[str, list[str]] = {}
    for candidate in draft.candidates:
        by_name.setdefault(slug(candidate.name), []).append(candidate.id)
    return {key: ours[0] for key in reading.votes if (ours := by_name.get(slug(names.get(key, key))))}


def _source_fields(
    found: FoundFeed, known: KnownFeed | None, desk: Desk | None, *, is_offices: bool
) -> Mapping[str, object]:
    """Return the desk file's keys for the source. `is_offices`: it is known to be the state's own office's."""
    state = STATES.get(found.state or "", "")
    place = state.removeprefix("the ")
    public: bool | Guess = True
    credit: str | Guess | None = None
    if found.format == "ap":
        name, why, key = "the AP", "another source is called so", "ap"
        public = Guess(False, "whether AP's numbers may be shown is in your contract")
        credit = "The Associated Press"
    elif found.columns is not None:
        name, why, key = "our own sheet", "say whose it is, as in the county clerk", f"{found.state or ''} sheet"
        public = Guess(False, "true lets anybody see it")
    elif known and is_offices and known.publisher.startswith("the "):
        name, why, key = known.publisher, f"who publishes {place}'s results", f"{known.state} results"
        publisher = known.publisher.removeprefix("the ").replace("secretary of state", "Secretary of State")
        credit = Guess(f"{place} {publisher}".strip(), "as the publisher is named")
    else:
        name, why, key = "the elections office", "say who publishes it", f"{found.state or ''} {found.format}"
    unique = free(name, [one.name for one in desk.sources] if desk else (), " ")
    same = known is not None and found.format.partition("-")[0] == str(known.format).partition("-")[0]
    every = duration_label(known.every) if known and known.every and same else None
    return {
        "id": free(slug(key), [one.id for one in desk.sources] if desk else ()),
        "name": unique if unique == name == "the AP" else Guess(unique, why),
        "format": found.format if found.url else None,
        "url": found.url,
        "also": list(found.also) or None,
        "preset": found.preset,
        "columns": found.columns and Guess(found.columns, "what its headings seem to be"),
        "charset": found.charset and Guess(found.charset, "it is not UTF-8; look at names with accents"),
        "zone": found.zone and Guess(found.zone, f"its times name no zone; most of {state} lives in this one"),
        "primaries": None
        if found.primaries is None
        else Guess(found.primaries, "whether candidates of several parties are in their parties' primaries"),
        "own_network": True if found.url and is_own(found.url) else None,
        "key_env": found.key_env,
        "user_agent": found.user_agent
        and Guess(found.user_agent, "put an address into it at which you can be reached"),
        "every": every or format_called(found.format).every,
        "stale_after": "24h",
        "stale_after_night": "45m",
        "public": public,
        "credit": credit,
    }


def _can_ask(options: NewOptions) -> bool:
    return not options.yes and sys.stdin is not None and sys.stdin.isatty()


def _accepts(pair: Pairing, options: NewOptions) -> bool:
    """Show two contests side by side. Returns True if the person says, or the options say, they are the same."""
    names = pair.reading.names or {}
    say(f"{pair.contest.id} ({pair.contest.name}) = {_called(pair.reading)}")
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


def _picked(found: FoundFeed, options: NewOptions) -> list[Reading]:
    """Return the contests to add.

    Raises:
        BadInputError: nothing says which and nobody can be asked, or a pattern matches none.

    """
    if options.contests:
        picked: dict[str, Reading] = {}
        for pattern in options.contests:
            fits = _fitting(found.readings, pattern)
            if not fits:
                lines = _lines(found.readings)
                found_near = process.extract(
                    pattern, lines, scorer=fuzz.WRatio, processor=utils.default_process, limit=_FEW
                )
                near = [line for line, _, _ in found_near]
                raise BadInputError(f"{found.place}: no contest is called {pattern}; the nearest are {'; '.join(near)}")
            picked |= {one.contest: one for one in fits}
        return list(picked.values())
    if len(found.readings) == 1:
        return [found.readings[0]]
    if _can_ask(options):
        return _asked(found)
    for line in _lines(found.readings):
        say(f"  {line}")
    raise BadInputError(
        f"{found.place}: has {len(found.readings)} contests; choose with --contest and a part of the name"
    )


def _asked(found: FoundFeed) -> list[Reading]:
    """Ask the person: they search by typing and pick by number."""
    picked: dict[str, Reading] = {}
    fits: Sequence[Reading] = found.readings
    shown = fits[:_SHOWN]
    say(
        f"{len(found.readings)} contests. Type a part of a name to search, a number to pick, nothing when you are done."
    )
    while True:
        for number, (one, line) in enumerate(zip(shown, _lines(shown), strict=True), 1):
            say(f"{'*' if one.contest in picked else ' '}{number:>3}  {line}")
        if more := len(fits) - len(shown):
            say(f"      and {commas(more)} more")
        typed = ask(f"{len(picked)} picked", default="")
        if not typed:
            return list(picked.values())
        if typed.isdecimal() and 1 <= int(typed) <= len(shown):
            one = shown[int(typed) - 1]
            if picked.pop(one.contest, None) is None:
                picked[one.contest] = one
            continue
        with_it = [one for one in found.readings if typed.casefold() in _called(one).casefold()]
        say(f"{counted(len(with_it), 'contest')} with {typed}")
        fits = with_it or fits
        shown = fits[:_SHOWN]


def _fitting(readings: Sequence[Reading], pattern: str) -> list[Reading]:
    """Return the contests that match: a pattern with * or ?, else a key or name, else a part of the name."""
    wanted = pattern.casefold()
    exact = [
        one for one in readings if any(fnmatchcase(name.casefold(), wanted) for name in (one.contest, _called(one)))
    ]
    return exact or [one for one in readings if wanted in _called(one).casefold()]


def _lines(readings: Sequence[Reading]) -> list[str]:
    """Return a line for each contest: the name, with the key if it is short or the name isn't unique."""
    times = Counter(map(_called, readings))
    return [
        _called(one)
        + (
            f" ({one.contest})"
            if one.contest_name and (len(one.contest) <= _SHORT_KEY or times[_called(one)] > 1)
            else ""
        )
        for one in readings
    ]


def _called(reading: Reading) -> str:
    """Return the contest's name, or its key if it has none."""
    return reading.contest_name or reading.contest


def _read_aloud(draft: ContestDraft, reading: Reading) -> None:
    """Print the contest and its votes, so that a wrong name stands out."""
    found = margin_of(reading.votes)
    names = reading.names or {}
    leads = f"{names.get(found.leader, found.leader)} leads by {commas(found.votes)}" if found.votes else "nobody leads"
    text = f"{leads}, with {commas(reading.counted)} counted" if reading.counted else "no votes yet"
    seats = f"; {draft.seats.value} seats, {draft.seats.why}" if isinstance(draft.seats, Guess) else ""
    if draft.seats is None and not reading.parties and len(draft.candidates) > _FEW_CANDIDATES:
        seats = '; if several are elected, write rule = "top-n" and seats'
    say(f"{draft.id}: {_called(reading)}; {text}{seats}")


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text)
    except OSError as error:
        raise BadInputError(f"{path}: can't be written ({error.strerror or error})") from None
