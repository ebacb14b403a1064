"""What a source's answer means by the desk file, read aloud: their contest and ours, their candidates and ours."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from bot.cli.new_draft import match_candidates
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.counties import county
from bot.desk.desk_file import Contest, Desk, Source
from bot.feeds.ballot import is_residual
from bot.wording.numbers import commas

_MOST_ROWS = 8
_MOST_NAMED = 60
_FEW_UNITS = 3
_JANUARY, _JULY = (2026, 1, 15), (2026, 7, 15)
_WITHOUT_DAYLIGHT_SAVING = frozenset({"America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam"})

Heard = tuple[str, str | None, list[str]]
"""What was looked at; what is wrong and how to mend it, None where nothing is; the rows below."""


def read_aloud(desk: Desk, source: Source, readings: Sequence[Reading]) -> Iterator[Heard]:
    """Yield what each contest of the desk file is in a source's answer, which has the source's own ids."""
    newest = {one.contest: one for one in readings if one.count != "election"}
    newest |= {one.contest: one for one in readings if one.count == "election"}
    for contest in desk.contests:
        key = contest.feed_key(source.id)
        reading = newest.get(key)
        if reading is None:
            if contest.leads == source.id or source.id in contest.feeds:
                yield f"{source.id}: {contest.id}", _missing(source, key, newest), []
            continue
        wrong = [*_wrong_names(contest, source, reading), *_wrong_units(contest, source, reading)]
        what = f"{source.id}: {(reading.contest_name or key)[:_MOST_NAMED]} ({key}) = {contest.id} ({contest.name})"
        yield what, "; ".join(wrong) or None, _rows(contest, source, reading)


def wrong_zone(zone: ZoneInfo) -> str | None:
    """Return why a newsroom's zone can't be meant, and another; None where it is one that people live in."""
    summer, winter = (datetime(*day, tzinfo=zone).utcoffset() for day in (_JULY, _JANUARY))
    if (
        summer != winter
        or zone.key in _WITHOUT_DAYLIGHT_SAVING
        or not zone.key.startswith(("Etc/", "EST", "MST", "HST"))
    ):
        return None
    return f"the zone {zone.key} has no daylight saving time; take a place's, such as America/New_York"


def _missing(source: Source, key: str, there: Mapping[str, Reading]) -> str:
    near = get_close_matches(key, there, 3, 0.5) or list(there)[:3]
    named = ", ".join(f"{one} ({(there[one].contest_name or one)[:_MOST_NAMED]})" for one in near)
    return f"there is no contest {key} in its answer; look at feeds.{source.id}.key: there are {named or 'none'}"


def _names(reading: Reading) -> dict[str, str]:
    names = reading.names or {}
    return {key: names.get(key, key) for key in reading.votes if not is_residual(names.get(key, key))}


def _ours(contest: Contest, source: Source, theirs: str) -> str:
    feed = contest.feeds.get(source.id)
    return feed.candidates.get(theirs, theirs) if feed else theirs


def _wrong_names(contest: Contest, source: Source, reading: Reading) -> Iterator[str]:
    names = _names(reading)
    first = sorted(names, key=lambda key: -reading.votes[key])[:2]
    alike = match_candidates(contest.candidates, names)
    taken: dict[str, str] = {}
    for theirs, name in names.items():
        ours = _ours(contest, source, theirs)
        candidate = contest.candidate(ours)
        if candidate is None:
            near = alike.get(theirs)
            if theirs in first or near is not None:
                hint = f', such as {{"{theirs}" = "{near}"}}' if near else ": add them to candidates"
                yield f"{name} is nobody in the desk file; say who in feeds.{source.id}.candidates{hint}"
            continue
        if (near := alike.get(theirs)) is not None and near != ours:
            yield f"{name} is {candidate.name} by the desk file, and {_name(contest, near)} by the name: they look swapped"
        elif ours in taken and theirs not in alike:
            yield f"both {taken[ours]} and {name} are {candidate.name} by the desk file: take one of them away"
        taken[ours] = name
    yield from _gone(contest, source, reading, {*taken, *alike.values()})


def _gone(contest: Contest, source: Source, reading: Reading, there: Collection[str]) -> Iterator[str]:
    """Yield which of the feed's candidates that the desk file names are not in its answer."""
    feed = contest.feeds.get(source.id)
    for theirs, ours in feed.candidates.items() if feed else ():
        if theirs not in reading.votes and ours not in there:
            yield (
                f"nobody there is {_name(contest, ours)}: feeds.{source.id}.candidates says {theirs}, which is not in its "
                "answer; take it out, or say who it is there"
            )


def _name(contest: Contest, key: str) -> str:
    found = contest.candidate(key)
    return found.name if found else key


def _wrong_units(contest: Contest, source: Source, reading: Reading) -> Iterator[str]:
    units = reading.units or {}
    if contest.state is None or contest.unit not in ("county", "parish", "borough") or len(units) < _FEW_UNITS:
        return
    strange = [name for name in units if county(contest.state, name) is None]
    if len(strange) * 2 > len(units):
        shown = ", ".join(strange[:3])[:_MOST_NAMED]
        yield f"its units are not counties of {contest.state} ({shown}); mend state or unit, or take another source than {source.id}"


def _rows(contest: Contest, source: Source, reading: Reading) -> list[str]:
    names = _names(reading)
    order = sorted(names, key=lambda key: -reading.votes[key])
    rows = []
    for theirs in order[:_MOST_ROWS]:
        candidate = contest.candidate(_ours(contest, source, theirs))
        ours = f"{candidate.last}" if candidate else "nobody"
        rows.append(f"{names[theirs][:_MOST_NAMED]} = {ours}, {commas(reading.votes[theirs])}")
    if len(order) > _MOST_ROWS:
        rows.append(f"and {len(order) - _MOST_ROWS} more")
    found = margin_of(reading.votes)
    if found.votes is None:
        return rows
    leader = contest.candidate(_ours(contest, source, found.leader))
    lead = (
        f"{leader.last if leader else found.leader} leads by {commas(found.votes)}" if found.votes else "nobody leads"
    )
    return [*rows, f"{lead}, with {commas(reading.counted)} counted"]
