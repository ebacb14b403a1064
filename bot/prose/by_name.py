"""Counties certified by name: "Appling, Bacon and Cobb counties have certified their results".

A list counts where all of it is counties of the contest's state, and the whole clause is understood.
"""

import re
from collections.abc import Sequence

from bot.desk.desk_file import Contest
from bot.prose.claim import UnitsClaim
from bot.prose.context import Context, Surroundings
from bot.prose.county_list import counties_in
from bot.prose.names import Names
from bot.prose.stream import Stream
from bot.prose.whens import when_at

_KINDS = frozenset("county counties parish parishes borough boroughs".split())


_OPENS = r"(?:[0-9]{1,2}(?::[0-9]{2})?[ap]\.?m\.? [:,–—-]? ?)?(?:(?:breaking|new|update|updated|news|live|and|meanwhile|in|just)(?: news| alert)? [:,.|—–-]? ?)*"


_RESULTS = (
    r"(?: (?:their|its|the)(?: (?:own|official|general|presidential|november))*(?: (?:election|vote))?"
    r" (?:results?|returns?|votes?|elections?|tall(?:y|ies)|counts?|totals?))?"
)


_CERTIFIED = rf"(?:(?:have|has|all|both|now|also|already|each) )*certified{_RESULTS}"


_SO_FAR = r"(?: so far| now| as of now)?"


_LISTS = (
    re.compile(rf"{_OPENS}(?P<list>\S.*?) {_CERTIFIED}{_SO_FAR}(?= [.!,;–—-]| after| while|$)"),
    re.compile(
        rf"{_OPENS}(?:the )?(?:(?:these|following) )*counties (?:(?:that|which) )?{_CERTIFIED}{_SO_FAR} (?::|are|are :)"
        r" (?P<list>[^:;!?]+?)(?= \.)?(?: \.)?$"
    ),
    re.compile(rf"{_OPENS}certified(?: counties)?{_SO_FAR}(?: counties)? : (?P<list>[^:;!?]+?)(?: \.)?$"),
)


def certified_by_name(
    text: str, streams: Sequence[Stream], contest: Contest, names: Names, around: Surroundings
) -> UnitsClaim | None:
    """Return the counties that a sentence says have certified; None: none, or not certainly so."""
    if not streams or contest.state is None or contest.unit not in ("county", "parish", "borough"):
        return None
    stream = streams[0]
    if "certified" not in stream.words:
        return None
    said, starts = _symbols(stream)
    match = next((found for pattern in _LISTS if (found := pattern.match(said))), None)
    if match is None:
        return None
    first, last = starts[match.start("list")], starts[_last(said, match.end("list"))]
    until = starts[_last(said, match.end())]
    if Context(stream, contest, names, around, streams).objection("certified", first, until, range(until + 1)):
        return None
    units = _units(text[stream.tokens[first].start : stream.tokens[last].end], contest.state, match)
    if not units:
        return None
    start, end = stream.tokens[0].start, stream.tokens[until].end
    times = (
        when for i in range(len(stream.tokens)) if (when := when_at(stream.tokens, i)) and when.introduction == "at"
    )
    return UnitsClaim(units=units, time=next((when.clock for when in times), None), words=text[start:end])


def _units(listed: str, state: str, match: re.Match[str]) -> tuple[str, ...]:
    """Return the counties of a list if all of it is counties, and it is plain that they are counties; else none."""
    found = counties_in(listed, state)
    kinds = _KINDS.intersection(re.findall(r"[a-z]+", match[0]))
    plain = bool(kinds) or (match.re is not _LISTS[0] and len(found.units) > 1)
    return found.units if plain and not found.unmatched else ()


def _symbols(stream: Stream) -> tuple[str, dict[int, int]]:
    """Return the words with one space between, and which token begins where."""
    starts: dict[int, int] = {}
    at = 0
    for i, word in enumerate(stream.words):
        starts[at] = i
        at += len(word.replace(" ", "")) + 1
    return " ".join(word.replace(" ", "") for word in stream.words), starts


def _last(said: str, end: int) -> int:
    """Return where the last word before `end` begins."""
    return said.rfind(" ", 0, end) + 1
