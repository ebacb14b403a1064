"""Compares a source's answer with the desk file, in lines that a person can check: contests, candidates and votes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from bot.cli.new_draft import match_candidates
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.counties import counties_of, county
from bot.desk.desk_file import Contest, Desk, Source
from bot.feeds.choices import is_residual, role_of
from bot.feeds.reader import Refusal
from bot.wording.numbers import commas, counted

_MOST_ROWS = 8
_MOST_NAMED = 60
_FEW_UNITS, _FEW_NAMES = 3, 5
_JANUARY, _JULY = (2026, 1, 15), (2026, 7, 15)
_WITHOUT_DAYLIGHT_SAVING = frozenset({"America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam"})

ReadAloud = tuple[str, str | None, list[str]]
"""(check, fault, lines): the name of the check; the fault and its remedy, or None; and lines to print below."""


def read_aloud(
    desk: Desk,
    source: Source,
    readings: Sequence[Reading],
    refusals: Sequence[Refusal] = (),
    no_votes_yet: Collection[str] = (),
) -> Iterator[ReadAloud]:
    """Compare a source's answer with each contest that the desk file maps to the source.

    Args:
        desk: the desk file.
        source: the source.
        readings: the answer's readings, with the source's own ids.
        refusals: the parts of the answer that were refused.
        no_votes_yet: the contests in the answer that have no votes yet.

    """
    newest = {one.contest: one for one in readings if one.count != "election"}
    newest |= {one.contest: one for one in readings if one.count == "election"}
    for contest in desk.contests:
        key = contest.feed_key(source.id)
        reading = newest.get(key)
        if reading is None and key in no_votes_yet:
            yield f"{source.id}: {key} = {contest.id} ({contest.name}): no votes yet", None, []
            continue
        if reading is None:
            if contest.leads == source.id or source.id in contest.feeds:
                why = next(
                    (one.what for one in refusals if one.contest and f"{key}-".startswith(f"{one.contest}-")), None
                )
                yield f"{source.id}: {contest.id}", why or _missing_contest(source, key, newest), []
            continue
        wrong = [*_wrong_names(contest, source, reading, newest), *_wrong_units(contest, source, reading)]
        ours = desk.translate(reading)
        if ours is not None and ours.part_of_units is not None:
            wrong.append(
                "it has {} of the state's {} ".format(*ours.part_of_units)
                + f"{contest.units}, so its margin is not the contest's; if they are all, set whole = true"
            )
        what = f"{source.id}: {(reading.contest_name or key)[:_MOST_NAMED]} ({key}) = {contest.id} ({contest.name})"
        yield what, "; ".join(wrong) or None, _rows(contest, source, reading)


def wrong_zone(zone: ZoneInfo) -> str | None:
    """Return a complaint if a newsroom's time zone is probably a mistake, with a better zone.

    Otherwise return None.
    """
    summer, winter = (datetime(*day, tzinfo=zone).utcoffset() for day in (_JULY, _JANUARY))
    if (
        summer != winter
        or zone.key in _WITHOUT_DAYLIGHT_SAVING
        or not zone.key.startswith(("Etc/", "EST", "MST", "HST"))
    ):
        return None
    return f"the zone {zone.key} has no daylight saving time; use a place's, such as America/New_York"


def _missing_contest(source: Source, key: str, there: Mapping[str, Reading]) -> str:
    near = get_close_matches(key, there, 3, 0.5) or list(there)[:3]
    named = ", ".join(f"{one} ({(there[one].contest_name or one)[:_MOST_NAMED]})" for one in near)
    return f"its answer has no contest {key}; correct feeds.{source.id}.key; it has {named or 'none'}"


def _wrong_names(contest: Contest, source: Source, reading: Reading, others: Mapping[str, Reading]) -> Iterator[str]:
    """Yield the mistakes in the desk file's mapping of the feed's candidates."""
    names = _names(reading)
    ours = {theirs: _desk_name(contest, source, theirs) for theirs in names}
    alike = match_candidates(contest.candidates, names)
    if not alike and not any(contest.candidate(one) for one in ours.values()):
        yield _another_contest(contest, source, reading, others)
        return
    yield from _strangers(contest, source, reading, ours, alike)
    yield from _wrong_candidates(contest, source, names, ours, alike)
    yield from _missing_candidates(contest, source, reading, {*ours.values(), *alike.values()})


def _another_contest(contest: Contest, source: Source, reading: Reading, others: Mapping[str, Reading]) -> str:
    """Return a complaint that the feed's contest has none of the desk file's candidates.

    If another contest has them, the complaint names that contest.
    """
    named = _first_names(list(_names(reading).values()))
    matches = {key: len(match_candidates(contest.candidates, _names(other))) for key, other in others.items()}
    best = max(matches, key=lambda key: matches[key], default="")
    hint = f"; {others[best].contest_name or best} has them: its key is {best}" if matches.get(best) else ""
    return f"it is another contest: of {named} nobody is in the desk file's; look at feeds.{source.id}.key{hint}"


def _strangers(
    contest: Contest, source: Source, reading: Reading, ours: Mapping[str, str], alike: Mapping[str, str]
) -> Iterator[str]:
    """Yield a complaint for each feed candidate whom the desk file lacks but may need.

    That is a candidate who leads, or whose name resembles one in the desk file.
    """
    names = _names(reading)
    first = sorted(names, key=lambda key: -reading.votes[key])[:2]
    unknown = [one for one in names if contest.candidate(ours[one]) is None and role_of(names[one]) == "candidate"]
    meant = [one for one in unknown if one in alike]
    if meant:
        text = ", ".join(f'"{theirs}" = "{alike[theirs]}"' for theirs in meant)
        feed = contest.feeds.get(source.id)
        stale = [theirs for theirs in (feed.candidates if feed else ()) if theirs not in reading.votes]
        instead = f" instead of {_first_names(stale)}" if stale else ""
        yield (
            f"{_first_names([names[one] for one in meant])} {_are(meant)} nobody in the desk file; say who in "
            f"feeds.{source.id}.candidates: {text}{instead}"
        )
    if strangers := [one for one in unknown if one in first and one not in alike]:
        yield (
            f"{_first_names([names[one] for one in strangers])} {_are(strangers)} nobody in the desk file, and among the first two: add "
            f"them to candidates, and to feeds.{source.id}.candidates under {_first_names(strangers)}"
        )


def _wrong_candidates(
    contest: Contest, source: Source, names: Mapping[str, str], ours: Mapping[str, str], alike: Mapping[str, str]
) -> Iterator[str]:
    """Yield a complaint for each feed candidate who is mapped to the wrong person.

    Two candidates mapped to the same person are a mistake, too.
    """
    reported: set[str] = set()
    for theirs, name in names.items():
        taken_for, near = ours[theirs], alike.get(theirs)
        if contest.candidate(taken_for) is None or theirs in reported:
            continue
        also = [other for other in names if other != theirs and ours[other] == taken_for]
        reported |= {theirs, *also}
        if also:
            yield (
                f"{_first_names([name, *(names[other] for other in also)])} are {'both' if len(also) == 1 else 'all'} {_name(contest, taken_for)} by the desk file; "
                f"leave one of them in feeds.{source.id}.candidates"
            )
            continue
        if near is None or near == taken_for:
            continue
        other = next((one for one in names if ours[one] == near and alike.get(one) == taken_for), None)
        if other is not None:
            reported.add(other)
            yield f"{name} and {names[other]} are swapped: look at feeds.{source.id}.candidates"
        else:
            yield (
                f"{name} is {_name(contest, taken_for)} by the desk file, and {_name(contest, near)} by the name: look at "
                f"feeds.{source.id}.candidates"
            )


def _first_names(names: Sequence[str]) -> str:
    """Return the first few names, joined for a sentence."""
    names_shown = [name[:_MOST_NAMED] for name in names[:_FEW_NAMES]]
    more = len(names) - len(names_shown)
    if more > 0:
        return f"{', '.join(names_shown)} and {more} more"
    return " and ".join([", ".join(names_shown[:-1]), names_shown[-1]] if len(names_shown) > 1 else names_shown)


def _are(people: Sequence[str]) -> str:
    return "is" if len(people) == 1 else "are"


def _missing_candidates(contest: Contest, source: Source, reading: Reading, there: Collection[str]) -> Iterator[str]:
    """Yield a complaint for each feed candidate whom the desk file maps but the answer lacks."""
    feed = contest.feeds.get(source.id)
    for theirs, ours in feed.candidates.items() if feed else ():
        if theirs not in reading.votes and ours not in there:
            yield (
                f"{_name(contest, ours)} is not in its answer: feeds.{source.id}.candidates says {theirs}; remove it, or give "
                "the right name"
            )


def _wrong_units(contest: Contest, source: Source, reading: Reading) -> Iterator[str]:
    units, report = reading.units or {}, reading.reporting.units if reading.reporting else None
    if contest.state is None or contest.unit not in ("county", "parish", "borough"):
        return
    if report and report[1] > (counties := len(counties_of(contest.state))) > 0:
        yield f"{report[1]} units report, and {contest.state} has {counted(counties, 'county', 'counties')}; set unit to precinct or town"
    if len(units) < _FEW_UNITS:
        return
    strange = [name for name in units if county(contest.state, name) is None]
    if len(strange) * 2 > len(units):
        text = ", ".join(strange[:3])[:_MOST_NAMED]
        yield f"its units are not counties of {contest.state} ({text}); correct state or unit, or use another source than {source.id}"


def _rows(contest: Contest, source: Source, reading: Reading) -> list[str]:
    names = _names(reading)
    order = sorted(names, key=lambda key: -reading.votes[key])
    rows = []
    for theirs in order[:_MOST_ROWS]:
        candidate = contest.candidate(_desk_name(contest, source, theirs))
        ours = f"{candidate.last}" if candidate else "nobody"
        rows.append(f"{names[theirs][:_MOST_NAMED]} = {ours}, {commas(reading.votes[theirs])}")
    if len(order) > _MOST_ROWS:
        rows.append(f"and {len(order) - _MOST_ROWS} more")
    margin = margin_of(reading.votes)
    if margin.votes is None:
        return rows
    leader = contest.candidate(_desk_name(contest, source, margin.leader))
    lead = (
        f"{leader.last if leader else names.get(margin.leader, margin.leader)} leads by {commas(margin.votes)}"
        if margin.votes
        else "nobody leads"
    )
    return [*rows, f"{lead}, with {commas(reading.counted)} counted"]


def _names(reading: Reading) -> dict[str, str]:
    names = reading.names or {}
    return {key: names.get(key, key) for key in reading.votes if not is_residual(names.get(key, key))}


def _desk_name(contest: Contest, source: Source, theirs: str) -> str:
    feed = contest.feeds.get(source.id)
    return feed.candidates.get(theirs, theirs) if feed else theirs


def _name(contest: Contest, key: str) -> str:
    candidate = contest.candidate(key)
    return candidate.name if candidate else key
