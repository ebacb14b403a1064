"""Finds sentences that are understood to the last word, and their claims.

A claim is sure only in such a sentence. Each word has to be part of a claim, the cause of a change, a time, the
contest's own state, a known credit, or in a short list of words that do not change the meaning. If there is any other
word, no claim in the sentence is sure.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Literal, TypeAlias

from bot.desk.desk_file import Contest
from bot.events.typed_time import HOUR_IN_DIGITS
from bot.prose import patterns
from bot.prose.claim import (
    CertifiedClaim,
    ChangeClaim,
    Claim,
    LeadClaim,
    LeftClaim,
    MarginClaim,
    NoChangeClaim,
    ReportingClaim,
    TotalClaim,
)
from bot.prose.county_list import how_many_counties
from bot.prose.grammar import captured, compiled
from bot.prose.lexicon import phrases_of, words_of
from bot.prose.sentences import Sentence
from bot.prose.stream import Item, Stream
from bot.prose.tokens import Token
from bot.prose.whens import Times, When

Match: TypeAlias = re.Match[str]

_FEWEST_WITHOUT_VOTES = 100
"""A smaller margin or change without the word "votes" may be in percentage points."""

_FEWEST_TOTAL = 100_000
"""A smaller total may be the size of a batch."""

CREDITS = phrases_of("credit.publishers", "credit.says", "credit.harmless")
"""Phrases that attribute figures to somebody."""

_SAYS = phrases_of("credit.says", "credit.harmless")

_POINTING_BACK = words_of("context.pointing_back")

_ENDS = frozenset("COMMA SEMI DASH COLON AND BUT WITH".split())

_COUNTED = frozenset({"LEAD", "COUNT", "TOTAL", "VOTES", "COUNTED", "NAME", "NUM", "OVERNIGHT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RawClaim:
    """A claim at its position in the text, before its time and words are filled in."""

    claim: Claim
    start: int
    """The position of the claim's first character in the text."""
    end: int
    number: int
    """The position of the claim's number, or of its beginning if it has no number."""
    is_net: bool = False
    """True for a net gain of `claim.candidate`, who may not be the leader. `settled` converts it to a change of the lead."""


@dataclass(slots=True)
class SentenceContext:
    """A sentence, with facts about it that are collected before and while its claims are read."""

    sentence: Sentence
    tokens: list[Token]
    streams: list[Stream]
    stamp: str | None = None
    """The time stamp before the sentence's line, as HH:MM."""
    why: str = ""
    """The reason why the sentence is refused, in a few words; or empty."""
    is_doubtful: bool = False
    """True if the sentences around it may change its meaning, so that nothing in it is sure."""
    counties: tuple[str, ...] = ()
    """For a sentence that names no place: the last counties named before it in the paragraph, or in a heading."""
    found: list[RawClaim] = field(default_factory=list)
    likely: dict[int, Claim] = field(default_factory=dict)
    """Claims that match a pattern, even if the sentence is not understood as a whole. Keys are the positions of their numbers."""
    leaders: set[str] = field(default_factory=set)
    """Ids of candidates who lead, according to the sentence."""
    surely_led: bool = False
    """True if the sentence was understood to the last word, so that `leaders` is sure."""
    leading: set[str] = field(default_factory=set)
    """Ids of candidates who lead, according to the sentence's paragraph."""

    @property
    def words(self) -> list[str]:
        """The sentence's words in lower case, those in parentheses last."""
        return [word for stream in self.streams for word in stream.words]

    @property
    def has_number(self) -> bool:
        """True if the sentence has a number that may be a figure."""
        return any(item.kind == "NUM" for stream in self.streams for item in stream.items)


@dataclass(frozen=True, slots=True)
class Settled:
    """A finished claim, and the sentence that it was read from."""

    claim: Claim
    sentence: Sentence


def understand(heard: Sequence[SentenceContext], contest: Contest) -> None:
    """Fill in the claims and leaders of sentences that are understood to the last word.

    The neighbors of a sentence have to be understood as well. The previous sentence on the line may change the
    subject: "Precinct 12B at the church: Trump leads by 311. 100% reporting." The next sentence may withdraw the
    claim, in the same paragraph or with a word such as "that".
    """
    parts = [[_Part(stream, contest) for stream in one.streams] for one in heard]
    clear = [bool(each) and all(part.is_understood for part in each) for each in parts]
    for i, one in enumerate(heard):
        before, after = heard[i - 1] if i else None, heard[i + 1] if i + 1 < len(heard) else None
        set_apart = before is None or before.sentence.line != one.sentence.line or clear[i - 1]
        stands = after is None or clear[i + 1] or not _is_about(after, one)
        if clear[i] and set_apart and stands and not (one.why or one.is_doubtful):
            found = [each for part in parts[i] for each in part.found]
            leaders = {leader for part in parts[i] for leader in part.leaders}
            one.found = found if _is_consistent(found, leaders) else []
        if not one.why:
            one.leaders = {leader for part in parts[i] for leader in part.leaders}
            one.surely_led = clear[i]
        one.likely = {each.number: each.claim for part in parts[i] for each in part.likely}


def _is_about(after: SentenceContext, one: SentenceContext) -> bool:
    """Return True if the sentence `after` may be about the sentence `one`.

    True if both are in one paragraph, or if `after` begins with a word such as "That".
    """
    return after.sentence.block == one.sentence.block or not _POINTING_BACK.isdisjoint(after.words[:1])


def _is_consistent(found: Sequence[RawClaim], leaders: Collection[str]) -> bool:
    """Return True unless claims contradict each other.

    Claims contradict each other if two share a number, if they have two leaders, or if there are two changes and a
    county is named for one.
    """
    margins = {one.claim.candidate for one in found if isinstance(one.claim, LeadClaim) and not one.is_net}
    changes = [one.claim for one in found if isinstance(one.claim, ChangeClaim)]
    alone = len({one.number for one in found}) == len(found)
    return alone and len({*margins, *leaders}) < 2 and not (len(changes) > 1 and any(one.units for one in changes))


class _Part:
    """A sentence outside its parentheses, or the text in one pair of them."""

    def __init__(self, stream: Stream, contest: Contest) -> None:
        self.stream = stream
        self.items = stream.items
        self.contest = contest
        self._encoded = stream.encoded
        self._joints = [*self._matches(patterns.JOINTS)]
        self._leaders = [*self._matches(patterns.LEADER)]
        kinds = {} if _CLAIMING.isdisjoint(item.kind for item in self.items) else _KINDS
        self._claimed = [(kind, match) for kind, (ways, _) in kinds.items() for match in self._matches(ways)]
        self.causes = self.counties([*self._joints, *(match for _, match in self._claimed)], "units")
        """The counties whose votes caused a change."""
        self._claims = [(_KINDS[kind][1](self, match), match) for kind, match in self._claimed]

    def _matches(self, ways: Sequence[str]) -> Iterator[Match]:
        for pattern in ways:
            yield from compiled(pattern).finditer(self._encoded)

    @property
    def is_understood(self) -> bool:
        """True if every item is accounted for, and every match can be a claim."""
        matches = [*self._joints, *self._leaders, *(match for _, match in self._claimed)]
        known = {i for match in matches for i in range(*match.span())} | self._credits()
        past = any(when.introduction in ("since", "from", "by") for when in self.stream.times)
        unchanged = any(kind == "no_change" for kind, _ in self._claimed)
        possible = all(claim is not None for claim, _ in self._claims)
        possible &= all(place.is_certain for place in self.stream.places)
        claimed = {span[0] for _, match in self._claimed if (span := captured(match, "votes"))}
        possible &= not {one.number.value for one in self.stream.befores} & {self.items[i].token.value for i in claimed}
        apart = claimed.isdisjoint(i for match in self._joints for i in range(*match.span()))
        return possible and apart and len(known) == len(self.items) and (not past or unchanged)

    def _credits(self) -> set[int]:
        """Return the indexes of items that only name who reports a figure.

        These items are at the beginning of a part of the sentence, or are words such as "says" and "per".
        """
        credited: set[int] = set()
        words = self.stream.words
        found = {i for first, length, _ in CREDITS.all_in(words) for i in range(first, first + length)}
        told = {i for first, length, _ in _SAYS.all_in(words) for i in range(first, first + length)}
        for i, item in enumerate(self.items):
            own = {*range(item.first, item.last + 1)}
            begins = i == 0 or i - 1 in credited or self.items[i - 1].kind in _ENDS
            if own <= told or (own <= found and begins):
                credited.add(i)
        return credited

    @property
    def leaders(self) -> set[str]:
        """The ids of candidates who lead according to this part, with or without a margin."""
        margins = [match for claim, match in self._claims if isinstance(claim, MarginClaim)]
        owners = [*self._matches(patterns.OWNER)]
        return {self.said(match, "leader") for match in (*margins, *owners, *self._leaders)}

    @property
    def found(self) -> Iterator[RawClaim]:
        """Yield the claims. If several claims of one kind have the same number, only the longest is yielded."""
        longest = sorted(self._placed(), key=lambda one: one.start - one.end)
        seen: set[tuple[int, str]] = set()
        for one in longest:
            if (one.number, one.claim.claim) not in seen:
                seen.add((one.number, one.claim.claim))
                yield one

    def _placed(self) -> Iterator[RawClaim]:
        tokens = self.stream.tokens
        for claim, match in self._claims:
            first, last = self.items[match.start()].first, self.items[match.end() - 1].last
            if claim is None:
                continue
            if isinstance(claim, ChangeClaim):
                first = min([first, *(item.first for item in self.causes)])
                last = max([last, *(item.last for item in self.causes)])
            number = next((item for name in _NUMBERS if (item := self.item(match, name))), None)
            yield RawClaim(
                claim=claim,
                start=tokens[first].start,
                end=tokens[last].end,
                number=(number.token if number else tokens[first]).start,
                is_net=isinstance(claim, ChangeClaim) and captured(match, "who") is not None,
            )

    @property
    def likely(self) -> Iterator[RawClaim]:
        """Yield claims whose number has only one meaning, without net gains.

        Margins and totals are omitted if the sentence names a county that did not cause a change.
        """
        named = {item.first for item in self.items if item.kind == "COUNTY"}
        local = named - {item.first for item in self.causes}
        ways = Counter(found.number for found in self.found)
        for found in self.found:
            of_all = isinstance(found.claim, MarginClaim | TotalClaim)
            if ways[found.number] == 1 and not found.is_net and not (of_all and local):
                yield found

    def counties(self, matches: Sequence[Match], name: str) -> list[Item]:
        """Return the counties in the capture `name` of the matches, without duplicates, in the order of the text."""
        spans = [span for match in matches if (span := captured(match, name))]
        found = {item.first: item for span in spans for item in self.items[slice(*span)] if item.kind == "COUNTY"}
        return [found[first] for first in sorted(found)]

    def item(self, match: Match, name: str) -> Item | None:
        """Return the first item of the capture `name`; None if the capture did not match."""
        span = captured(match, name)
        return self.items[span[0]] if span else None

    def said(self, match: Match, name: str) -> str:
        """Return the candidate's id in the capture `name`; "" if the capture has no candidate."""
        item = self.item(match, name)
        return (item.said if item else None) or ""

    def votes(self, match: Match) -> Token:
        """Return the token in the capture `votes`. Its value is None if the capture did not match."""
        item = self.item(match, "votes")
        return item.token if item else _NONE

    def is_of_votes(self, match: Match) -> bool:
        """Return True if the number is surely a number of votes.

        False if it may be percentage points or a time: "up 5 at 1125".
        """
        first, end = captured(match, "votes") or match.span()
        number, before = self.items[first].token, self.stream.words[self.items[first].first - 1]
        behind = {item.kind for item in self.items[end : end + 2]}
        hour = before == "at" and HOUR_IN_DIGITS.fullmatch(number.text)
        return not hour and (_value(number) >= _FEWEST_WITHOUT_VOTES or not _OF_VOTES.isdisjoint(behind))


def _margin(part: _Part, match: Match) -> Claim | None:
    """Return the matched margin as a claim.

    Returns None if it may be the margin in a county, "Results from Gwinnett Co. - Biden leads by 75,414", or over a
    third candidate.
    """
    votes = part.votes(match)
    rivals = {candidate.id for candidate in part.contest.candidates[:2]}
    beside = part.items[max(match.start() - 1, 0) : match.end() + 1]
    if any(item.kind == "NAME" and item.said not in rivals for item in beside):
        return None
    in_the_state = any(place.county is None for place in part.stream.places)
    moved = any(item.kind in ("LESS", "MORE", "ADD", "NET", "NETS") for item in part.items)
    local = any(item.kind == "COUNTY" for item in part.items[: match.start()]) and not moved
    if not part.is_of_votes(match) or ((local or captured(match, "plus")) and not in_the_state):
        return None
    return MarginClaim(candidate=part.said(match, "leader"), votes=_value(votes), approximate=votes.approximate)


def _change(part: _Part, match: Match) -> Claim | None:
    votes, direction = part.votes(match), part.item(match, "dir")
    if not (part.is_of_votes(match) or part.causes):
        return None
    return ChangeClaim(
        candidate=part.said(match, "leader") or part.said(match, "who"),
        votes=-_value(votes) if direction and direction.kind in ("LESS", "DOWN") else _value(votes),
        approximate=votes.approximate,
        units=_names(part.causes),
    )


def _total(part: _Part, match: Match) -> Claim | None:
    votes = part.votes(match)
    possible = _value(votes) >= _FEWEST_TOTAL and part.is_of_votes(match)
    return TotalClaim(votes=_value(votes), approximate=votes.approximate) if possible else None


def _certified(part: _Part, match: Match) -> Claim | None:
    whole, contest = part.item(match, "of"), part.contest
    done = part.item(match, "done") or whole
    there_are = how_many_counties(contest.state) if contest.unit == "county" else None
    of = _value(whole.token) if whole else None
    if done is None or done.token.approximate or (whole and whole.token.approximate):
        return None
    possible = of is None or (of >= _value(done.token) and there_are in (None, of))
    return CertifiedClaim(done=_value(done.token), of=of) if possible else None


def _left(part: _Part, match: Match) -> Claim | None:
    votes = part.votes(match)
    units = _names(part.counties([match], "where"))
    if _value(votes) < _FEWEST_WITHOUT_VOTES and _OF_BALLOTS.isdisjoint(item.kind for item in part.items):
        return None  # "lee has 4 left"
    return LeftClaim(ballots=_value(votes), units=units, approximate=votes.approximate)


def _reporting(part: _Part, match: Match) -> Claim | None:
    """Return a claim about the percentage of the votes, precincts or counties that have reported.

    "All precincts" and "159 of 159 counties" mean 100 percent. "96 of 159 counties" and a percentage over 100 are no
    claims. The claim is for the county named after the match or, if there is none, the last county named before.
    Without a county, it is for the whole contest.
    """
    item, done, of = (part.item(match, name) for name in ("percent", "done", "of"))
    if done and of and _value(done.token) != _value(of.token):
        return None
    said = PERCENT.match(item.token.text) if item else None
    percent = float(said[0]) if said else 101 if item else 100
    if percent > 100:
        return None
    kinds = [one.kind for one in part.items[slice(*match.span())]]
    whose = next((kind for kind in kinds[::-1] if kind in _REPORTING and kinds[:2] != ["COUNTY", kind]), "")
    ahead = takewhile(lambda one: one.kind not in _BETWEEN_PARTS, part.items[match.end() - 1 : match.end() + 2])
    behind = [one for one in ahead if one.kind == "COUNTY"]
    before = [one for one in part.items[: match.end() - 1] if one.kind == "COUNTY"][-1:]
    return ReportingClaim(percent=f"{percent:g}", of=_REPORTING.get(whose), units=_names(behind or before))


def _no_change(part: _Part, _: Match) -> Claim | None:
    """Return a claim that nothing has changed.

    Returns None if the sentence names a county, or if the sentence neither is about the count nor gives a time.
    """
    kinds = {item.kind for item in part.items}
    named = _COUNTED & kinds or any(place.county is None for place in part.stream.places)
    of_the_count = named or part.stream.times or "report" in part.stream.words
    return NoChangeClaim() if of_the_count and "COUNTY" not in kinds else None


def _value(token: Token) -> int:
    return token.value or 0


def _names(items: Sequence[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.said for item in items if item.said))


_CLAIMING = frozenset({"NUM", "PCT", "ALL", "NO_CHANGE", "UNCHANGED"})
"""A sentence without any of these classes has no claim."""
_NUMBERS = ("votes", "done", "of", "percent", "whole")
_NONE = Token("number", 0, 0, "")
PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?(?![0-9.,])")
_BETWEEN_PARTS = frozenset({"COMMA", "SEMI", "DASH", "COLON", "AND", "BUT"})
_REPORTING: Mapping[str, Literal["precincts", "counties", "votes"]] = {
    "PRECINCTS": "precincts",
    "COUNTIES": "counties",
    "VOTES": "votes",
    "BALLOTS": "votes",
}
_OF_VOTES = frozenset({"VOTES", "NET"})
_OF_BALLOTS = frozenset({"VOTES", "BALLOTS", "TYPE"})
_Read: TypeAlias = Callable[[_Part, Match], Claim | None]
_KINDS: Mapping[str, tuple[Sequence[str], _Read]] = {
    "margin": (patterns.MARGIN, _margin),
    "margin_change": (patterns.CHANGE, _change),
    "total": (patterns.TOTAL, _total),
    "certified": (patterns.CERTIFIED, _certified),
    "outstanding": (patterns.OUTSTANDING, _left),
    "reporting": (patterns.REPORTING, _reporting),
    "no_change": (patterns.NO_CHANGE, _no_change),
}
"""Kind → its patterns, and a function that makes a claim of a match, or returns None if it can't be one."""


# From sentences to claims.


def settled(heard: Sequence[SentenceContext], text: str, contest: Contest, times: Times) -> Iterator[Settled]:
    """Yield the sure claims, in the order of the text. Also fills in each sentence's `leading`."""
    leading: dict[int, set[str]] = {}
    surely: dict[int, set[str]] = {}
    lines: dict[int, set[str | None]] = {}
    for one in heard:
        one.leading = leading.setdefault(one.sentence.block, set())
        one.leading |= one.leaders
        surely.setdefault(one.sentence.block, set()).update(one.leaders if one.surely_led else ())
    for one in heard:
        one.found = (
            [*_led(one, contest)] if surely[one.sentence.block] else [each for each in one.found if not each.is_net]
        )
        said = lines.setdefault(one.sentence.line, set())
        said |= {found.claim.candidate for found in one.found if isinstance(found.claim, LeadClaim)}
    for one in heard:
        for found in sorted(one.found, key=lambda found: (found.start, found.end)):
            if isinstance(found.claim, LeadClaim) and len(lines[one.sentence.line]) > 1:
                continue  # two lead
            before = _before(one) if isinstance(found.claim, CertifiedClaim) else None
            said_at = {"time": _time(found, one, times), "stamp": one.stamp}
            end = max(found.end, before.end) if before else found.end
            more = {"before": before.value} if before else {}
            claim = found.claim.model_copy(update={"words": text[found.start : end], **said_at, **more})
            yield Settled(claim, one.sentence)


def _led(one: SentenceContext, contest: Contest) -> Iterator[RawClaim]:
    """Yield a sentence's claims, with net gains as changes of the lead.

    A net gain is dropped if it is not certain who leads.
    """
    rivals = {candidate.id for candidate in contest.candidates[:2]}
    for found in one.found:
        claim = found.claim
        if not (found.is_net and isinstance(claim, ChangeClaim)):
            yield found
        elif len(one.leading) == 1 and {*one.leading, claim.candidate} <= rivals:
            (leader,) = one.leading
            votes = claim.votes if claim.candidate == leader else -claim.votes
            yield replace(found, claim=claim.model_copy(update={"candidate": leader, "votes": votes}))


def _before(one: SentenceContext) -> Token | None:
    """Return the token of an earlier count of certified units, as in "up from 92".

    Returns None if the sentence has no earlier number, or several.
    """
    befores = [before.number for stream in one.streams for before in stream.befores]
    return befores[0] if len(befores) == 1 else None


def _time(found: RawClaim, one: SentenceContext, times: Times) -> str | None:
    """Return the time of a claim as HH:MM; None if the sentence has no time, or its time belongs to something else.

    The next time after the claim's number and before any other number is used, or else a time before all numbers.
    """
    whens = sorted(
        ((stream.tokens[when.first].start, when) for stream in one.streams for when in stream.times if when.is_said),
        key=lambda pair: pair[0],
    )
    numbers = [other.number for other in one.found]
    later = min((number for number in numbers if number > found.number), default=one.sentence.end)
    near = [when for at, when in whens if found.number < at < later] + [when for at, when in whens if at < min(numbers)]
    return None if not near or _is_of_something_else(near[0], found, one) else times.clock(near[0])


def _is_of_something_else(when: When, found: RawClaim, one: SentenceContext) -> bool:
    """Return True if a time does not belong to the claim.

    Examples are the time at which a county reported, and "officials said at 9:15 a.m.".
    """
    stream = next(stream for stream in one.streams if when in stream.times)
    before = [item for item in stream.items if item.last < when.first][-1:]
    if when.introduction == "since":
        return not isinstance(found.claim, NoChangeClaim)
    of_a_county = isinstance(found.claim, LeadClaim) and before and before[0].kind in ("COUNTY", "COUNTIES")
    return when.introduction == "at" and (bool(of_a_county) or stream.words[: when.first][-1:] == ["said"])
