"""From what the sentences seem to claim to claims: who leads, at what time, and what contradicts itself."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from bot.desk.desk_file import Contest
from bot.prose.calls import CallsSaid
from bot.prose.claim import Claim, UnitsClaim, WordClaim
from bot.prose.search import Found
from bot.prose.sentences import Sentence
from bot.prose.stream import Stream
from bot.prose.whens import When

_NEAR = 2


_NEAR_BEFORE = 5


_RIVALS = 2


_BETWEEN = frozenset(":,-–—|")


_OF_A_CREDIT = frozenset("the 's of and site website page dashboard office state secretary our reporter .".split())


_OF_LEADS = ("margin", "margin_change")


@dataclass(slots=True)
class Heard:
    """What one sentence seems to claim."""

    sentence: Sentence
    streams: list[Stream]
    found: list[tuple[Found, Stream]] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)
    """The candidates who are said to lead in it."""
    words: tuple[WordClaim, ...] = ()
    """Calls and counties certified by name: whole clauses, which need nothing settled."""
    strangers: tuple[str, ...] = ()

    def take_words(self, calls: CallsSaid, units: UnitsClaim | None) -> None:
        """Take in what it says in words of its own."""
        self.words = (*calls.claims, units) if units else calls.claims
        self.strangers = calls.strangers


class Settled(Struct, frozen=True):
    """A claim, and where in the text it is."""

    claim: Claim
    start: int
    end: int
    sentence: Sentence


def settled(heard: Sequence[Heard], text: str, contest: Contest, zone: ZoneInfo) -> list[Settled]:
    """Return the claims that stand, in the order of the text."""
    zones = _zone_words(zone)
    leading = _leading(heard)
    claims: list[Settled] = []
    for one in heard:
        found = _consistent(_led(one.found, leading[one.sentence.block], contest))
        for each, stream in found:
            if claim := _claim(each, stream, [other for other, _ in found], one, text, zones):
                claims.append(Settled(claim, each.start, each.end, one.sentence))
    return sorted(_agreeing(claims), key=lambda one: (one.start, one.end))


# Who leads.


def _leading(heard: Iterable[Heard]) -> dict[int, set[str]]:
    """Return who is said to lead, by paragraph."""
    leading: dict[int, set[str]] = {}
    for one in heard:
        known = leading.setdefault(one.sentence.block, set())
        known.update(one.leaders)
        known.update(found.candidate for found, _ in one.found if found.kind == "margin" and found.candidate)
    return leading


def _led(
    found: Iterable[tuple[Found, Stream]], leading: Collection[str], contest: Contest
) -> Iterator[tuple[Found, Stream]]:
    """Yield what a sentence claims; net gains from the view of who leads, where that is certain, else not at all."""
    rivals = {candidate.id for candidate in contest.candidates[:_RIVALS]}
    for one, stream in found:
        if one.who is None:
            yield one, stream
        elif len(leading) == 1 and {*leading, one.who} <= rivals:
            (leader,) = leading
            yield replace(one, candidate=leader, votes=one.votes if one.who == leader else -one.votes), stream


# What contradicts itself.


def _consistent(found: Iterable[tuple[Found, Stream]]) -> list[tuple[Found, Stream]]:
    """Return each claim once, and none of a number that was read in two ways."""
    by_number: dict[tuple[str, int], list[tuple[Found, Stream]]] = {}
    for one, stream in found:
        by_number.setdefault((("number", one.number) if one.number is not None else ("at", one.start)), []).append(
            (one, stream)
        )
    kept = [
        min(ways, key=lambda way: way[0].start - way[0].end)
        for ways in by_number.values()
        if len({_meaning(one) for one, _ in ways}) == 1
    ]
    return _with_certain_causes(kept)


def _meaning(one: Found) -> tuple[object, ...]:
    return (one.kind, one.candidate, one.votes, one.units, one.done, one.of)


def _with_certain_causes(found: list[tuple[Found, Stream]]) -> list[tuple[Found, Stream]]:
    """Leave out changes that stand in one sentence with others and with counties: which did which is not certain."""
    changes = [one for one, _ in found if one.kind == "margin_change"]
    if len(changes) > 1 and any(one.units for one in changes):
        return [(one, stream) for one, stream in found if one.kind != "margin_change"]
    return found


def _agreeing(claims: Iterable[Settled]) -> Iterator[Settled]:
    """Yield the claims, but no margins of a line that has two candidates lead."""
    claims = list(claims)
    leaders: dict[int, set[str | None]] = {}
    for one in claims:
        if one.claim.claim in _OF_LEADS:
            leaders.setdefault(one.sentence.line, set()).add(one.claim.candidate)
    for one in claims:
        if one.claim.claim not in _OF_LEADS or len(leaders[one.sentence.line]) == 1:
            yield one


# The claim itself.


def _claim(
    found: Found, stream: Stream, all_found: Sequence[Found], one: Heard, text: str, zones: frozenset[str]
) -> Claim | None:
    """Return the claim, or None where what it says can't be: more counties before than now."""
    time = _time_of(found, stream, all_found, one, zones)
    if found.kind == "certified":
        before, end = _before(found, stream, one)
        if before is not None and before >= found.done:
            return None
        words = text[found.start : end]
        return Claim(claim="certified", done=found.done, of=found.of, before=before, time=time, words=words)
    number = {"outstanding": "ballots", "no_change": ""}.get(found.kind, "votes")
    figures: dict[str, Any] = (
        {number: found.votes, "approximate": found.approximate, "units": found.units} if number else {}
    )
    return Claim(claim=found.kind, candidate=found.candidate, time=time, words=text[found.start : found.end], **figures)


def _before(found: Found, stream: Stream, one: Heard) -> tuple[int | None, int]:
    """Return how many had certified before, where that is said, and where the words end that say it."""
    before, end = None, found.end
    for each in stream.befores:
        gap = each.first - found.last
        if 0 < gap <= _NEAR_BEFORE or 0 < found.first - each.first <= _NEAR_BEFORE:
            before, end = each.number.value, max(end, each.number.end)
    for inner in one.streams[1:]:
        if inner.befores and not inner.items and 0 <= inner.befores[0].number.start - found.end < _NEAR_BEFORE * 4:
            before, end = inner.befores[0].number.value, max(end, inner.befores[0].number.end)
    return before, end


# Times.


def _time_of(found: Found, stream: Stream, all_found: Sequence[Found], one: Heard, zones: frozenset[str]) -> str | None:
    """Return the time that is said of the claim; None: none, or not certainly one by the desk's clock."""
    for when in stream.times:
        if when.is_said and _bears_on(when, found, [other for other in all_found if _within(other, stream)], stream):
            return when.clock if when.zone is None or when.zone in zones else None
    for inner in one.streams[1:]:
        alone = len(inner.times) == 1 and inner.times[0].is_said and not inner.items
        if alone and stream is one.streams[0] and _follows(inner.tokens[0].start, found, all_found):
            when = inner.times[0]
            return when.clock if when.zone is None or when.zone in zones else None
    return None


def _within(found: Found, stream: Stream) -> bool:
    return bool(stream.tokens) and stream.tokens[0].start <= found.start <= stream.tokens[-1].end


def _bears_on(when: When, found: Found, others: Sequence[Found], stream: Stream) -> bool:
    if not when.introduction:
        first = min(others, key=lambda other: other.first)
        return len(stream.times) == 1 and _leads_in(when, first, stream.words)
    return _is_of_the_credit(when, found, others, stream) or _is_of(when, found, others, stream.words)


def _is_of(when: When, found: Found, others: Sequence[Found], words: Sequence[str]) -> bool:
    if when.introduction == "from" or (when.introduction == "since" and found.kind != "no_change"):
        return False
    if when.introduction == "since":
        others = [other for other in others if other.kind == "no_change"]
    if when.first <= 1 and when.introduction != "since" and not any(other.last < when.first for other in others):
        return True
    leads_in = words[when.first + when.length : when.first + when.length + 1] == ["when"]
    if found.first <= when.first <= found.last:
        return True
    before = [other for other in others if other.last < when.first]
    if not before:
        is_first = found is min(others, key=lambda other: other.first)
        return is_first and (when.introduction in ("as", "since") or leads_in)
    nearest = max(before, key=lambda other: other.last)
    if found.number != nearest.number or found.first != nearest.first:
        return False
    return when.introduction in ("as", "since") or when.first - found.last <= _NEAR


def _leads_in(when: When, first: Found, words: Sequence[str]) -> bool:
    """Return True for "8:40 a.m. Biden leads", and not for "8 p.m. deadline passed; Biden leads"."""
    return not when.names_a_day and set(words[when.first + when.length : first.first]) <= _BETWEEN


def _is_of_the_credit(when: When, found: Found, others: Sequence[Found], stream: Stream) -> bool:
    """Return True for what ends in "…, per the SOS site at 8:40 a.m.", right behind the claim."""
    last = max(others, key=lambda other: other.last)
    between = [token for token in stream.tokens[last.last + 1 : when.first] if token.text != ","]
    start = 1 if [token.low for token in between[:1]] == ["per"] else 2
    is_credit = start == 1 or [token.low for token in between[:2]] == ["according", "to"]
    named = all(token.text[:1].isupper() or token.low in _OF_A_CREDIT for token in between[start:])
    at_the_end = set(stream.words[when.first + when.length :]) <= {".", "!"}
    fits = when.introduction == "at" and not when.names_a_day and found.first == last.first
    return fits and at_the_end and is_credit and named


def _follows(start: int, found: Found, all_found: Sequence[Found]) -> bool:
    """Return True if what begins at `start` comes right after the claim, with no other between."""
    ends = [other.end for other in all_found if other.end <= start]
    return bool(ends) and found.end == max(ends)


def _zone_words(zone: ZoneInfo) -> frozenset[str]:
    """Return what the zone is called in a sentence: est, edt, et, eastern."""
    words: set[str] = set()
    for month in (1, 7):
        name = datetime(2020, month, 1, tzinfo=zone).strftime("%Z").casefold()
        words |= {name, name[0] + name[-1]}
    long = {"et": "eastern", "ct": "central", "mt": "mountain", "pt": "pacific"}
    return frozenset(words | {long[word] for word in words if word in long})
