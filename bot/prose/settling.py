"""From what the sentences seem to claim to claims: who leads, at what time, and what contradicts itself."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.desk.desk_file import Contest
from bot.prose.calls import CallsSaid
from bot.prose.claim import (
    CertifiedClaim,
    Claim,
    MarginChangeClaim,
    MarginClaim,
    NoChangeClaim,
    OutstandingClaim,
    TotalClaim,
    UnitsClaim,
    WordClaim,
)
from bot.prose.search import Found, Leader
from bot.prose.sentences import Sentence
from bot.prose.stream import Stream
from bot.prose.whens import When

_NEAR = 2


_NEAR_BEFORE = 5


_RIVALS = 2


@dataclass(slots=True)
class Heard:
    """What one sentence seems to claim."""

    sentence: Sentence
    streams: list[Stream]
    found: list[tuple[Found, Stream]] = field(default_factory=list)
    leaders: list[Leader] = field(default_factory=list)
    named: frozenset[str] = frozenset()
    """The candidates it names."""
    subject: str | None = None
    """The candidate that it begins with, as in "Biden nets 176": the "he" of a sentence after it that leads."""
    counts: bool = False
    """It speaks of a total, or of another thing that "it" may mean."""
    words: tuple[WordClaim, ...] = ()
    """Calls and counties certified by name: whole clauses, which need nothing settled."""
    strangers: tuple[str, ...] = ()

    def take_words(self, calls: CallsSaid, units: UnitsClaim | None) -> None:
        """Take in what it says in words of its own."""
        self.words = (*calls.claims, units) if units else calls.claims
        self.strangers = calls.strangers


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim, and where in the text it is."""

    claim: Claim
    start: int
    end: int
    sentence: Sentence


def settled(heard: Sequence[Heard], text: str, contest: Contest, zone: ZoneInfo) -> list[Settled]:
    """Return the claims that stand, in the order of the text."""
    zones = _zone_words(zone)
    for i, one in enumerate(heard):
        before = heard[i - 1] if i and heard[i - 1].sentence.line == one.sentence.line else None
        one.found = [*_carried(one, before)]
    leading = _leading(heard)
    claims: list[Settled] = []
    for one in heard:
        found = _consistent(_led(one, leading[one.sentence.block], contest))
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
        known.update(leader.candidate for leader in one.leaders)
        known.update(found.candidate for found, _ in one.found if found.kind == "margin" and found.candidate)
    return leading


def _carried(one: Heard, before: Heard | None) -> Iterator[tuple[Found, Stream]]:
    """Yield what the sentence claims, with whom "he" and "the lead" mean; without the claim where that is not certain."""
    for found, stream in one.found:
        if not found.carried:
            yield found, stream
        elif leader := _antecedent(found, one, before):
            yield replace(found, candidate=leader.candidate, start=min(leader.start, found.start)), stream


def _led(one: Heard, leading: Collection[str], contest: Contest) -> list[tuple[Found, Stream]]:
    """Return what the sentence claims, with the candidate who leads where that is certain, else without the claim."""
    led: list[tuple[Found, Stream]] = []
    levels: dict[int, str] = {}
    for found, stream in one.found:
        if found.kind == "margin" and found.number is not None and found.candidate:
            levels[found.number] = found.candidate
        led.append((found, stream))
    return [
        (resolved, stream)
        for found, stream in led
        if (resolved := _resolved(found, levels, leading, contest)) is not None
    ]


def _antecedent(found: Found, one: Heard, before: Heard | None) -> Leader | None:
    """Return who is meant by "he" or by "the lead": named as leading in this sentence, else in the one before it."""
    here = [leader for leader in one.leaders if leader.start < found.start]
    source, leaders = (one, here) if here else (before, before.leaders if before else [])
    gains = {each.who for each, _ in before.found if each.who} if before else set()
    if found.carried == "he" and before and before.subject and gains == {before.subject} and not (leaders or one.named):
        leaders = [Leader(before.subject, 0, found.start)]
    if source is None or len({leader.candidate for leader in leaders}) != 1:
        return None
    if found.carried == "he" and len(source.named) > 1:
        return None
    if source is not one and source.counts:
        return None
    return leaders[-1]


def _resolved(found: Found, levels: dict[int, str], leading: Collection[str], contest: Contest) -> Found | None:
    if found.level is not None:
        return replace(found, candidate=levels[found.level]) if found.level in levels else None
    if found.who is None:
        return found
    rivals = {candidate.id for candidate in contest.candidates[:_RIVALS]}
    if len(leading) != 1 or not {*leading, found.who} <= rivals:
        return None
    (leader,) = leading
    return replace(found, candidate=leader, votes=found.votes if found.who == leader else -found.votes)


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
    leaders: dict[int, set[str]] = {}
    for one in claims:
        if isinstance(one.claim, MarginClaim | MarginChangeClaim):
            leaders.setdefault(one.sentence.line, set()).add(one.claim.candidate)
    for one in claims:
        if not isinstance(one.claim, MarginClaim | MarginChangeClaim) or len(leaders[one.sentence.line]) == 1:
            yield one


# The claim itself.


def _claim(
    found: Found, stream: Stream, all_found: Sequence[Found], one: Heard, text: str, zones: frozenset[str]
) -> Claim | None:
    """Return the claim, or None where what it says can't be: more counties before than now."""
    time = _time_of(found, stream, all_found, one, zones)
    words = text[found.start : found.end]
    match found.kind:
        case "margin":
            return MarginClaim(
                candidate=_known(found.candidate), votes=found.votes, approximate=found.approximate, time=time,
                words=words,
            )  # fmt: skip
        case "margin_change":
            return MarginChangeClaim(
                candidate=_known(found.candidate), votes=found.votes, approximate=found.approximate,
                units=found.units, time=time, words=words,
            )  # fmt: skip
        case "total":
            return TotalClaim(votes=found.votes, approximate=found.approximate, time=time, words=words)
        case "outstanding":
            return OutstandingClaim(
                ballots=found.votes, approximate=found.approximate, units=found.units, time=time, words=words
            )
        case "no_change":
            return NoChangeClaim(time=time, words=words)
        case "certified":
            return _certified(found, stream, one, text, time)


def _known(candidate: str | None) -> str:
    """Return the candidate, who has been found out by now."""
    if candidate is None:
        raise ValueError("a margin without its leader")
    return candidate


def _certified(found: Found, stream: Stream, one: Heard, text: str, time: str | None) -> CertifiedClaim | None:
    before, end = None, found.end
    for each in stream.befores:
        gap = each.first - found.last
        if 0 < gap <= _NEAR_BEFORE or 0 < found.first - each.first <= _NEAR_BEFORE:
            before, end = each.number.value, max(end, each.number.end)
    for inner in one.streams[1:]:
        if inner.befores and not inner.items and 0 <= inner.befores[0].number.start - found.end < _NEAR_BEFORE * 4:
            before, end = inner.befores[0].number.value, max(end, inner.befores[0].number.end)
    if before is not None and before >= found.done:
        return None
    words = text[found.start : end]
    return CertifiedClaim(done=found.done, of=found.of, before=before, time=time, words=words)


# Times.


def _time_of(found: Found, stream: Stream, all_found: Sequence[Found], one: Heard, zones: frozenset[str]) -> str | None:
    """Return the time that is said of the claim; None: none, or not certainly one by the desk's clock."""
    for when in stream.times:
        if when.is_said and _is_of(when, found, [other for other in all_found if _within(other, stream)], stream.words):
            return when.clock if when.zone is None or when.zone in zones else None
    for inner in one.streams[1:]:
        alone = len(inner.times) == 1 and inner.times[0].is_said and not inner.items
        if alone and stream is one.streams[0] and _follows(inner.tokens[0].start, found, all_found):
            when = inner.times[0]
            return when.clock if when.zone is None or when.zone in zones else None
    return None


def _within(found: Found, stream: Stream) -> bool:
    return bool(stream.tokens) and stream.tokens[0].start <= found.start <= stream.tokens[-1].end


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
