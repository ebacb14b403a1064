"""What else a stream speaks of: votes in the tally, counties that have certified, ballots that are left, no change."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from bot.prose import patterns
from bot.prose.places import how_many_counties
from bot.prose.search import Found, Match, Search
from bot.prose.vetoes import INCREMENT, table

_FEWEST_TOTAL = 1_000


_INCREMENT = table("increment", INCREMENT)


_COUNTED = frozenset({"LEAD", "COUNT", "TOTAL", "VOTES", "COUNTED", "NAME", "NUM"})


_UNCHANGED_WHEN = frozenset({"overnight", "report", "night", "yesterday"})


_SO_FAR = frozenset({"now", "far"})


_SOME_OF_THEM = frozenset({("last",), ("first",), ("next",), ("remaining",), ("except",)})


_ALL_BUT = frozenset({("all", "but"), ("everywhere", "but"), ("up", "to"), ("down", "to")})


_PARTS = frozenset({"COMMA", "SEMI", "DASH", "COLON", "AND", "BUT", "STOP", "AFTER", "WITH", "OUT_OF"})


def totals(search: Search, margins: Collection[Found]) -> Iterator[Found]:
    """Yield totals of votes; `margins` are those of the same stream."""
    if not search.kinds & {"VOTES", "TOTAL"}:
        return
    for match, name in search.matches(patterns.TOTAL, patterns.AFTER_NUMBER):
        one = search.numbered("total", match)
        if one is None or one.votes < _FEWEST_TOTAL or search.is_local(one.first, one.last):
            continue
        before = search.items[match.start() - 1].kind if match.start() else ""
        whose = name == "total is" and before in ("POSS", "NAME")
        if not (whose or search.is_somebodys(match) or _is_a_candidates(search, match, margins)):
            yield one


def _is_a_candidates(search: Search, match: Match, margins: Collection[Found]) -> bool:
    """Return True if the votes may be one candidate's, as in "Biden leads with 2,471,895 votes counted"."""
    i = match.start()
    while i > 0 and search.items[i - 1].kind not in _PARTS:
        i -= 1
    if any(item.kind == "NAME" for item in search.items[i : match.end()]):
        return True
    if i == 0 or search.items[i - 1].kind not in ("WITH", "OUT_OF"):
        return False
    first = search.items[i - 1].first
    named = any(item.kind == "NAME" and item.first < first for item in search.items)
    return named and not any(margin.first < first for margin in margins)


def certified(search: Search) -> Iterator[Found]:
    """Yield how many units have certified."""
    if "CERT" not in search.kinds:
        return
    for match, _ in search.matches(patterns.CERTIFIED):
        captured = match.groupdict()
        done = search.item(match, "done" if "done" in captured else "of").token
        of = search.item(match, "of").token if "of" in captured else None
        if done.value is None or done.approximate or (of and of.approximate):
            continue
        possible = _is_share(search, done.value, of.value) if of else not _is_increment(search)
        (first, last), (start, end) = search.span(match), search.letters(match)
        if not possible or _is_of_others(search, match, first) or search.objects("certified", match):
            continue
        yield Found(
            kind="certified", first=first, last=last, start=start, end=end, number=done.start, done=done.value,
            of=of.value if of else None,
        )  # fmt: skip


def _is_of_others(search: Search, match: Match, first: int) -> bool:
    """Return True if the number is not of all that have certified: all but ten, the last ten; or if they certified him."""
    before = tuple(search.stream.words[max(0, first - 2) : first])
    whom = search.items[match.end()].kind if match.end() < len(search.items) else ""
    return before[-1:] in _SOME_OF_THEM or before in _ALL_BUT or whom == "NAME"


def _is_share(search: Search, done: int, of: int | None) -> bool:
    """Return True if there are so many units; another state has another number of counties."""
    contest = search.contest
    there_are = how_many_counties(contest.state) if contest.unit == "county" else None
    return of is not None and done <= of and there_are in (None, of)


def _is_increment(search: Search) -> bool:
    """Return True if a number of counties may be only of those that came in lately."""
    as_of = (when for when in search.stream.times if when.introduction == "as")
    times = {i for when in as_of for i in range(when.first, when.first + when.length)}
    words = [word for i, word in enumerate(search.stream.words) if i not in times]
    return any(True for _ in _INCREMENT.all_in(words))


def outstanding(search: Search) -> Iterator[Found]:
    """Yield ballots that are left, with where."""
    if "LEFT" not in search.kinds:
        return
    for match, _ in search.matches(patterns.OUTSTANDING, patterns.AFTER_LEFT):
        where = _where(search, match)
        if not where and not _is_of_the_whole(search, match):
            continue
        if one := search.numbered("outstanding", match):
            yield replace(one, units=where)


def _where(search: Search, match: Match) -> tuple[str, ...]:
    if match.groupdict().get("where") is None:
        return ()
    items = search.items[match.start("where") : match.end("where")]
    return tuple(dict.fromkeys(item.said for item in items if item.kind == "COUNTY" and item.said))


def _is_of_the_whole(search: Search, match: Match) -> bool:
    """Return True if a number without a county is surely of no county that is named elsewhere."""
    return not (search.roles or search.other_counties or search.is_somebodys(match))


def _is_of_the_count(search: Search, match: Match) -> bool:
    """Return True if it is the count that has not changed: something of it is named, or when, and nothing else is."""
    before = search.items[: match.start()]
    labelled = bool(before) and before[-1].kind in ("COLON", "DASH")
    if labelled and any(item.kind == "OTHER" for item in before) and not _COUNTED & {item.kind for item in before}:
        return False
    named = bool(_COUNTED & search.kinds) or any(place.county is None for place in search.stream.places)
    return named or bool(search.stream.times) or not _UNCHANGED_WHEN.isdisjoint(search.stream.words)


def no_changes(search: Search) -> Iterator[Found]:
    """Yield that nothing has changed in the whole contest."""
    if not search.kinds & {"NO_CHANGE", "UNCHANGED"} or search.roles or search.other_counties:
        return
    for match, _ in search.matches(patterns.NO_CHANGE, patterns.AFTER_NO_CHANGE):
        if search.objects("no_change", match) or not _is_of_the_count(search, match):
            continue
        (first, last), (start, end) = search.span(match), search.letters(match)
        yield Found(kind="no_change", first=first, last=last, start=start, end=end)
