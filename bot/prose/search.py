"""What a stream seems to claim: each kind is found by its patterns, and kept where nothing speaks against it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.desk.desk_file import Contest
from bot.prose import patterns
from bot.prose.causes import CountyRole, roles_of
from bot.prose.claim import CertifiedClaim, ChangeClaim, Claim, LeftClaim, MarginClaim, NoChangeClaim, TotalClaim
from bot.prose.county_list import how_many_counties
from bot.prose.grammar import captured, compiled
from bot.prose.lexicon import phrases_of
from bot.prose.objections import Objections
from bot.prose.places import may_be_caused_elsewhere
from bot.prose.stream import Item, Stream
from bot.prose.tokens import Token
from bot.prose.whens import HOUR_IN_DIGITS

Match: TypeAlias = re.Match[str]

_FEWEST_WITHOUT_VOTES = 100
"""A smaller margin or change without the word votes may be of percentage points."""
_FEWEST_TOTAL = 1_000
_BEHIND = 2
"""How many words behind its number a time may be with the word votes between."""
_STARTS = frozenset({"COMMA", "SEMI", "DASH", "COLON", "AND", "BUT", "STOP", "AFTER"})
"""What may stand before the beginning of a clause."""
_ENDS_A_PART = _STARTS | {"NAME", "NUM", "OUT_OF"}
_HAVE_IT = frozenset("we site page website state count tally nyt ap times secretary office desk georgia".split())
_OF_A_BATCH = frozenset("batch batches upload update drop dump tranche".split())
_INCREMENT = phrases_of("near.increment")
_COUNTED = frozenset({"LEAD", "COUNT", "TOTAL", "VOTES", "COUNTED", "NAME", "NUM"})
_UNCHANGED_WHEN = frozenset({"overnight", "report", "night", "yesterday"})
_SOME_OF_THEM = frozenset({"last", "first", "next", "remaining", "except"})
_WHOM = compiled("FOR? NAME")
_ALL_BUT = frozenset({("all", "but"), ("everywhere", "but"), ("up", "to"), ("down", "to")})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClaim:
    """Something that a stream seems to claim: the claim, still without its time and words, and where it is said."""

    claim: Claim
    first: int
    """Its first token's place in the stream's tokens."""
    last: int
    start: int
    """Its first letter's place in the text."""
    end: int
    number: int
    """The place in the text by which two claims of one number are told; of what has no number, where it begins."""
    is_net: bool = False
    """The claim's candidate made a net gain, and its votes are from this one's view; who leads is to be found out."""


class Search:
    """One stream of a sentence, to be searched for claims."""

    def __init__(self, stream: Stream, sentence: Sequence[Stream], context: Objections, contest: Contest) -> None:
        self.stream = stream
        self.items = stream.items
        self.kinds = frozenset(item.kind for item in stream.items)
        self.context = context
        self.contest = contest
        self.roles = roles_of(stream)
        self.causes = [item for item, role in self.roles if role is CountyRole.CAUSE]
        others = [other for other in sentence if other is not stream]
        self.other_counties = context.around.counties or any(
            place.county and place.is_own for other in others for place in other.places
        )
        """A county is named on the line, but not in this stream: a number may be that county's."""
        self._labelled = any(
            other.inner and other.items and {item.kind for item in other.items} <= {"COUNTY", "COUNTIES"}
            for other in others
        )
        """A county stands alone in parentheses: "41,234 votes counted (Floyd)"."""
        self._encoded = stream.encoded

    def found(self) -> Iterator[FoundClaim]:
        """Yield what the stream seems to claim; of one number there may be several."""
        for kind, (needed, ways, read) in _KINDS.items():
            for match in self._matches(ways) if needed & self.kinds else ():
                number = next((item for name in _NUMBERS if (item := self.item(match, name))), None)
                claim = None if self._objects(kind, match) else read(self, match, number.token if number else _NONE)
                if claim is not None:
                    yield self._placed(match, claim, number)

    def leaders(self) -> Iterator[str]:
        """Yield who is said to lead now, in the whole contest."""
        for match in self._matches(patterns.LEADER) if _OF_LEADS & self.kinds else ():
            if not self._objects("margin", match) and not self.is_local(match):
                yield self.said(match, "leader")

    def _matches(self, ways: Sequence[str]) -> Iterator[Match]:
        for pattern in ways:
            yield from compiled(pattern).finditer(self._encoded)

    def _objects(self, kind: str, match: Match) -> bool:
        """Return True if anything in the sentence speaks against the claim, or the sentence goes on to where the lead went then."""
        start = match.end() if kind == "margin" else 0
        moved_on = kind in patterns.SUPERSEDED and compiled(patterns.SUPERSEDED[kind]).search(self._encoded, start)
        return bool(moved_on) or self.context.objects(kind, *self.span(match))

    def _placed(self, match: Match, claim: Claim, number: Item | None) -> FoundClaim:
        """Return the claim with its place: with the word "votes" behind it, and with the counties that caused a change."""
        first, last = self.span(match)
        spans = [(first, last)]
        after = self.items[match.end() : match.end() + 1]
        if number and after and after[0].kind == "VOTES":
            spans.append((first, after[0].first))
        if isinstance(claim, ChangeClaim):
            spans += [(item.first, item.last) for item in self.causes]
        tokens = self.stream.tokens
        return FoundClaim(
            claim=claim,
            first=first,
            last=last,
            start=min(tokens[start].start for start, _ in spans),
            end=max(tokens[end].end for _, end in spans),
            number=(number.token if number else tokens[first]).start,
            is_net=captured(match, "who") is not None,
        )

    def item(self, match: Match, name: str) -> Item | None:
        """Return the first item of a capture; None: it is not there."""
        span = captured(match, name)
        return self.items[span[0]] if span else None

    def said(self, match: Match, name: str) -> str:
        """Return the candidate of a capture."""
        item = self.item(match, name)
        return (item.said if item else None) or ""

    def span(self, match: Match) -> tuple[int, int]:
        """Return the places of the first and the last token of the match."""
        return self.items[match.start()].first, self.items[match.end() - 1].last

    def is_of_votes(self, match: Match, *, level: bool) -> bool:
        """Return True if a number is surely of votes, and not of percentage points; `level`: it is a margin."""
        first, end = captured(match, "votes") or match.span()
        if _value(self.items[first].token) >= _FEWEST_WITHOUT_VOTES:
            return True
        behind = [item.kind for item in self.items[end : end + 2]]
        if behind[:1] in (["VOTES"], ["NET"]) or behind == ["DASH", "VOTES"]:
            return True
        beside = any(
            item.kind in ("VOTES", "NET", "NETS")
            or (item.kind == "NUM" and _value(item.token) >= _FEWEST_WITHOUT_VOTES)
            for item in self.items[match.start() : match.end() + 4]
        )
        return not level and (beside or bool(self.causes))

    def is_local(self, match: Match) -> bool:
        """Return True if a county is named, or was on this line, whose own count this may be."""
        if self._labelled:
            return True
        start, end = self.context.zone(*self.span(match))
        places = (place for place in self.stream.places if start <= place.first < end)
        if not any(place.is_own and place.county is None for place in places):
            start = 0  # "Clayton is done: Biden leads Georgia by 1,098" is not of Clayton
        if any(role is CountyRole.OTHER and start <= item.first < end for item, role in self.roles):
            return True
        return self.context.around.local and not self.context.names_own_state

    def names_a_batch(self, match: Match) -> bool:
        """Return True if a batch is spoken of beside it: "the Cobb upload: Biden +312"."""
        start, end = self.context.zone(*self.span(match))
        return not _OF_A_BATCH.isdisjoint(self.stream.words[start:end])

    def may_be_an_hour(self, number: Token) -> bool:
        """Return True of "4,991,800 total at 1125": four digits right behind "at"."""
        at = any(token.low == "at" and 0 < number.start - token.end <= 1 for token in self.stream.tokens)
        return at and HOUR_IN_DIGITS.fullmatch(number.text) is not None

    def has_another_between_causes(self) -> bool:
        """Return True of "a net 48 in Floyd, Biden a net 12 in Cobb": the second county did what is said of the second name."""
        start, end = (self.causes[0].first, self.causes[-1].first) if self.causes else (0, 0)
        return {"NAME", "NUM"} <= {item.kind for item in self.items if start < item.first < end}

    def is_since(self, match: Match) -> bool:
        """Return True of "up 48 since midnight", which is a change."""
        last = self.span(match)[1]
        return any(
            when.introduction in ("since", "from") and 0 < when.first - last <= _BEHIND for when in self.stream.times
        )

    def is_somebodys(self, match: Match) -> bool:
        """Return True if somebody or something that is not known "has" the number."""
        i = match.start() - 1
        while i >= 0 and self.items[i].kind in ("LEFT", "BE"):
            i -= 1
        if i < 1 or self.items[i].kind != "HAVE":
            return False
        before = self.items[i - 1]
        if before.kind in _STARTS:
            return before.last + 1 == self.items[i].first  # "Biden leads and has 2,471,000 votes counted"
        return before.token.low not in _HAVE_IT


def _margin(search: Search, match: Match, votes: Token) -> Claim | None:
    if not search.is_of_votes(match, level=True) or search.is_local(match) or search.may_be_an_hour(votes):
        return None
    plus = sum(item.kind == "PLUS" for item in search.items) if captured(match, "plus") else 0
    if plus and (plus > 1 or _value(votes) < _FEWEST_WITHOUT_VOTES or not search.context.names_own_state):
        return None
    is_bare = search.items[(captured(match, "votes") or (1,))[0] - 1].kind in ("UP", "PLUS")
    if is_bare and (search.names_a_batch(match) or search.is_since(match)):
        return None
    return MarginClaim(candidate=search.said(match, "leader"), votes=_value(votes), approximate=votes.approximate)


def _change(search: Search, match: Match, votes: Token) -> Claim | None:
    """Return the change with the counties that caused it; None where they are not certain."""
    if not search.is_of_votes(match, level=False) or search.is_local(match):
        return None
    elsewhere = search.other_counties or may_be_caused_elsewhere(search.stream.tokens, search.contest.state)
    if (elsewhere or search.roles) and not search.causes:
        return None
    if search.has_another_between_causes():
        return None
    direction = search.item(match, "dir")
    return ChangeClaim(
        candidate=search.said(match, "leader") or search.said(match, "who"),
        votes=-_value(votes) if direction and direction.kind in ("LESS", "DOWN") else _value(votes),
        approximate=votes.approximate,
        units=tuple(dict.fromkeys(item.said for item in search.causes if item.said)),
    )


def _total(search: Search, match: Match, votes: Token) -> Claim | None:
    if _value(votes) < _FEWEST_TOTAL or search.is_local(match) or search.is_somebodys(match):
        return None
    if _is_a_candidates(search.items, match) or search.may_be_an_hour(votes):
        return None
    return TotalClaim(votes=_value(votes), approximate=votes.approximate)


def _value(token: Token) -> int:
    return token.value or 0


def _is_a_candidates(items: Sequence[Item], match: Match) -> bool:
    """Return True if the votes may be one candidate's, as in "Biden leads with 2,471,895 votes counted"."""
    before = (item.kind for item in reversed(items[: match.start()]))
    return next((kind for kind in before if kind in _ENDS_A_PART), "") == "NAME"


def _certified(search: Search, match: Match, done: Token) -> Claim | None:
    whole, contest = search.item(match, "of"), search.contest
    if done.approximate or (whole and whole.token.approximate) or _is_of_others(search, match):
        return None
    there_are = how_many_counties(contest.state) if contest.unit == "county" else None
    of = _value(whole.token) if whole else None
    possible = of >= _value(done) and there_are in (None, of) if of else not _is_increment(search)
    return CertifiedClaim(done=_value(done), of=of) if possible else None


def _is_of_others(search: Search, match: Match) -> bool:
    """Return True if the number is not of all that have certified: all but ten, the last ten; or if they certified him."""
    first = search.items[match.start()].first
    before = tuple(search.stream.words[max(0, first - 2) : first])
    return (
        not _SOME_OF_THEM.isdisjoint(before[-1:])
        or before in _ALL_BUT
        or _WHOM.match(search.stream.encoded, match.end()) is not None
    )


def _is_increment(search: Search) -> bool:
    """Return True if a number of counties may be only of those that came in lately."""
    as_of = (when for when in search.stream.times if when.introduction == "as")
    times = {i for when in as_of for i in range(when.first, when.first + when.length)}
    return _INCREMENT.has_any([word for i, word in enumerate(search.stream.words) if i not in times])


def _left(search: Search, match: Match, ballots: Token) -> Claim | None:
    items = search.items[slice(*(captured(match, "where") or (0, 0)))]
    units = tuple(dict.fromkeys(item.said for item in items if item.kind == "COUNTY" and item.said))
    if not units and (search.roles or search.other_counties or search.is_somebodys(match)):
        return None
    return LeftClaim(ballots=_value(ballots), units=units, approximate=ballots.approximate)


def _no_change(search: Search, match: Match, _: Token) -> Claim | None:
    """Return that nothing has changed in the whole contest: something of the count is named, or when, and nothing else is."""
    before = search.items[: match.start()]
    labelled = bool(before) and before[-1].kind in ("COLON", "DASH")
    if labelled and any(item.kind == "OTHER" for item in before) and not _COUNTED & {item.kind for item in before}:
        return None
    named = _COUNTED & search.kinds or any(place.county is None for place in search.stream.places)
    of_the_count = named or search.stream.times or not _UNCHANGED_WHEN.isdisjoint(search.stream.words)
    return NoChangeClaim() if of_the_count and not search.roles and not search.other_counties else None


_NUMBERS = ("votes", "done", "of")
"""The captures that are a claim's number, the first that is there."""
_NONE = Token("number", 0, 0, "")
_OF_LEADS = frozenset("LEAD LEADS UP DOWN PASSES TRAILS PLUS IT WHICH".split())
_Read: TypeAlias = Callable[[Search, Match, Token], Claim | None]
_KINDS: Mapping[str, tuple[frozenset[str], Sequence[str], _Read]] = {
    "margin": (_OF_LEADS, patterns.MARGIN, _margin),
    "margin_change": (frozenset("LESS MORE UP DOWN ADD GAIN PICKS NETS NET".split()), patterns.CHANGE, _change),
    "total": (frozenset({"VOTES", "TOTAL"}), patterns.TOTAL, _total),
    "certified": (frozenset({"CERT"}), patterns.CERTIFIED, _certified),
    "outstanding": (frozenset({"LEFT"}), patterns.OUTSTANDING, _left),
    "no_change": (frozenset({"NO_CHANGE", "UNCHANGED"}), patterns.NO_CHANGE, _no_change),
}
"""Kind → the classes of which it needs one (most sentences need not be searched), its patterns, and what reads a match."""
