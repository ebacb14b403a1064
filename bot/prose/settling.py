"""From what the sentences seem to claim to claims: who leads, at what time, and what contradicts itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.desk.desk_file import Contest
from bot.prose.claim import CertifiedClaim, ChangeClaim, Claim, LeadClaim, MarginClaim, NoChangeClaim
from bot.prose.clauses import Clauses
from bot.prose.lexicon import phrases_of
from bot.prose.search import FoundClaim
from bot.prose.sentences import Sentence
from bot.prose.stream import Stream
from bot.prose.tokens import Token
from bot.prose.whens import UPDATES, When

_NEAR = 2
_NEAR_BEFORE = 5
_BETWEEN = frozenset(":,-–—|")
_OF_NO_FIGURE = ("since", "from", "by")
"""What they introduce is no time of a figure: "by noon" may be ahead. Nor is "from"; "since" is of what has not changed."""
_LOOKED = UPDATES | {"checked", "updated", "refreshed"}
_PUBLISHERS = phrases_of("speakers.publishers", "speakers.credit")


@dataclass(slots=True)
class Heard:
    """What one sentence seems to claim."""

    sentence: Sentence
    streams: list[Stream]
    stamp: str | None = None
    """The time that stands before its line."""
    found: list[tuple[FoundClaim, Stream]] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)
    """The candidates who are said to lead in it."""
    leading: set[str] = field(default_factory=set)
    """The candidates who are said to lead in its paragraph."""
    clauses: Clauses = field(default_factory=Clauses)


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim, and where in the text it is."""

    claim: Claim
    start: int
    end: int
    sentence: Sentence


def settled(heard: Sequence[Heard], text: str, contest: Contest, times: "Times") -> list[Settled]:
    """Return the claims that stand, in the order of the text; what is heard knows then who leads in its paragraph."""
    leading: dict[int, set[str]] = {}
    for one in heard:
        one.leading = leading.setdefault(one.sentence.block, set())
        margins = (found.claim for found, _ in one.found if isinstance(found.claim, MarginClaim))
        one.leading.update([*one.leaders, *(claim.candidate for claim in margins if claim.candidate)])
    claims: list[Settled] = []
    for one in heard:
        found = _consistent(_led(one, contest))
        for each, stream in found:
            time = times.of(each, stream, [other for other, _ in found], one.streams)
            if claim := _said(each, stream, one.streams, text):
                dated = claim.model_copy(update={"time": time, "stamp": one.stamp})
                claims.append(Settled(dated, each.start, each.end, one.sentence))
    return sorted(_agreeing(claims), key=lambda one: (one.start, one.end))


def _led(one: Heard, contest: Contest) -> Iterator[tuple[FoundClaim, Stream]]:
    """Yield what a sentence claims; net gains from the view of who leads, where that is certain, else not at all."""
    rivals = {candidate.id for candidate in contest.candidates[:2]}
    for found, stream in one.found:
        claim = found.claim
        if not (found.is_net and isinstance(claim, ChangeClaim)):
            yield found, stream
        elif len(one.leading) == 1 and {*one.leading, claim.candidate} <= rivals:
            (leader,) = one.leading
            votes = claim.votes if claim.candidate == leader else -claim.votes
            yield replace(found, claim=claim.model_copy(update={"candidate": leader, "votes": votes})), stream


# What contradicts itself.


def _consistent(found: Iterable[tuple[FoundClaim, Stream]]) -> list[tuple[FoundClaim, Stream]]:
    """Return each claim once, and none of a number that was read in two ways.

    Nor changes that stand in one sentence with others and with counties: which did which is not certain.
    """
    by_number: dict[int, list[tuple[FoundClaim, Stream]]] = {}
    for one, stream in found:
        by_number.setdefault(one.number, []).append((one, stream))
    kept = [
        min(ways, key=lambda way: way[0].start - way[0].end)
        for ways in by_number.values()
        if len({one.claim for one, _ in ways}) == 1
    ]
    changes = [one.claim for one, _ in kept if isinstance(one.claim, ChangeClaim)]
    uncertain = len(changes) > 1 and any(one.units for one in changes)
    return [pair for pair in kept if not (uncertain and isinstance(pair[0].claim, ChangeClaim))]


def _agreeing(claims: Iterable[Settled]) -> Iterator[Settled]:
    """Yield the claims, but no margins of a line that has two candidates lead."""
    claims = list(claims)
    leaders: dict[int, set[str | None]] = {}
    for one in claims:
        if isinstance(one.claim, LeadClaim):
            leaders.setdefault(one.sentence.line, set()).add(one.claim.candidate)
    for one in claims:
        if not isinstance(one.claim, LeadClaim) or len(leaders[one.sentence.line]) == 1:
            yield one


def _said(found: FoundClaim, stream: Stream, streams: Sequence[Stream], text: str) -> Claim | None:
    """Return the claim with its words, and how many counties had certified before; None: more than now, which can't be."""
    if not isinstance(found.claim, CertifiedClaim):
        return found.claim.model_copy(update={"words": text[found.start : found.end]})
    near = [
        one.number
        for one in stream.befores
        if 0 < one.first - found.last <= _NEAR_BEFORE or 0 < found.first - one.first <= _NEAR_BEFORE
    ]
    inner = [one.befores[0].number for one in streams[1:] if one.befores and not one.items]
    near += [number for number in inner if 0 <= number.start - found.end < _NEAR_BEFORE * 4]
    before = near[-1].value if near else None
    if before is not None and before >= found.claim.done:
        return None
    words = text[found.start : max([found.end, *(number.end for number in near)])]
    return found.claim.model_copy(update={"words": words, "before": before})


class Times:
    """What times in a text are times of, by the clock of one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Take times without a zone, and those of this one: est, edt, et, eastern."""
        names = {datetime(2020, month, 1, tzinfo=zone).strftime("%Z").casefold() for month in (1, 7)}
        short = {name[0] + name[-1] for name in names}
        long = {"et": "eastern", "ct": "central", "mt": "mountain", "pt": "pacific"}
        self._zones = frozenset({None, *names, *short, *(long[name] for name in short if name in long)})

    def clock(self, when: When) -> str | None:
        """Return a time as HH:MM; None: it is of another zone, or not certainly one."""
        return when.clock if when.zone in self._zones else None

    def only(self, streams: Iterable[Stream]) -> str | None:
        """Return the one time that is said in a sentence; None: there is none, or another."""
        whens = [when for stream in streams for when in stream.times if when.introduction not in _OF_NO_FIGURE]
        clocks = {clock for when in whens if (clock := self.clock(when))}
        return clocks.pop() if len(clocks) == 1 else None

    def of(
        self, found: FoundClaim, stream: Stream, others: Sequence[FoundClaim], streams: Sequence[Stream]
    ) -> str | None:
        """Return the time that is said of a claim; None: none, or not certainly one."""
        letters = range(stream.tokens[0].start, stream.tokens[-1].end + 1)
        here = [other for other in others if other.start in letters]
        for when in stream.times:
            if when.is_said and _bears_on(when, found, here, stream):
                return self.clock(when)
        for inner in streams[1:] if stream is streams[0] else ():
            ends = [other.end for other in others if other.end <= inner.tokens[0].start] if inner.tokens else []
            if ends and found.end == max(ends) and _is_dated(inner):
                return self.clock(inner.times[0])
        return None


def _bears_on(when: When, found: FoundClaim, others: Sequence[FoundClaim], stream: Stream) -> bool:
    words = stream.words
    behind = words[when.first + when.length :]
    if not when.introduction:  # "8:40 a.m. Biden leads", and not "8 p.m. deadline passed; Biden leads"
        first = min(other.first for other in others)
        alone = len(stream.times) == 1 and not when.names_a_day
        return alone and set(words[when.first + when.length : first]) <= _BETWEEN
    if when.introduction == "since":
        others = [other for other in others if isinstance(other.claim, NoChangeClaim)]
    if when.introduction in ("from", "by") or found not in others:
        return False
    if found.first <= when.first <= found.last:
        return True
    before = [other for other in others if other.last < when.first]
    surely = when.introduction in ("as", "since") or _is_of_an_update(when, words)
    if not before:
        label = behind[:1] == [":"] and not UPDATES.isdisjoint(words[: when.first])
        told = (
            behind[:1] == ["is"] and found.first == when.first + when.length + 1
        )  # "what I have at 6 a.m. is Biden up 5"
        of_a_look = _is_publisher(words[: when.first]) or (when.first == 1 and words[0] in _LOOKED)  # or of a meeting
        at_the_beginning = (of_a_look or label or told) and when.introduction != "since"
        is_first = found.first == min(other.first for other in others)
        return at_the_beginning or (is_first and (surely or behind[:1] == ["when"]))
    if found.last != max(other.last for other in before):
        return False
    return (
        surely
        or when.first - found.last - _places_between(stream, found.last, when.first) <= _NEAR
        or _is_of_the_credit(when, stream.tokens[found.last + 1 : when.first], behind)
    )


def _is_of_an_update(when: When, words: Sequence[str]) -> bool:
    """Return True of "after an update at 7:05 p.m." and "Small update at 2:25 a.m.: …"."""
    return when.introduction == "at" and not when.names_a_day and not UPDATES.isdisjoint(words[: when.first][-1:])


def _places_between(stream: Stream, first: int, end: int) -> int:
    """Return how many tokens of the contest's own state stand between two: "no change in Georgia at 2 a.m."."""
    own = [place for place in stream.places if place.is_own and place.county is None and first < place.first < end]
    return sum(place.length + (stream.words[place.first - 1] in ("in", "across", "for")) for place in own)


def _is_of_the_credit(when: When, between: Sequence[Token], behind: Sequence[str]) -> bool:
    """Return True for what ends in "…, per the SOS site at 8:40 a.m." or "…, the state's site says at 8:40 a.m."."""
    between = [token for token in between if token.low not in (",", "votes")]
    words = [token.low for token in between]
    start = 1 if words[:1] == ["per"] else 2 if words[:2] == ["according", "to"] else 0
    is_credit = start > 0 or words[-1:] in (["says"], ["said"], ["shows"], ["showed"])
    said = between[start:] if start else between[:-1]
    named = all(token.text[:1].isupper() or _is_publisher([token.low]) for token in said)
    return when.introduction == "at" and not when.names_a_day and {*behind} <= {".", "!"} and is_credit and named


def _is_dated(inner: Stream) -> bool:
    """Return True for "(8:40 a.m.)" and "(SoS, 8:40 a.m.)": a time, and at most whose figures they are."""
    if len(inner.times) != 1 or not inner.times[0].is_said:
        return False
    return not inner.items or _is_publisher(inner.words[: inner.times[0].first])


def _is_publisher(words: Sequence[str]) -> bool:
    return all(_PUBLISHERS.at([word], 0) for word in words)
