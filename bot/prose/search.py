"""What a stream seems to claim, and what all kinds of claims are found by: patterns, and what speaks against them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from bot.desk.desk_file import Contest
from bot.prose.causes import Role, roles_of
from bot.prose.context import Context
from bot.prose.grammar import compiled
from bot.prose.stream import Item, Stream

Kind: TypeAlias = Literal["margin", "margin_change", "total", "certified", "outstanding", "no_change"]


Match: TypeAlias = re.Match[str]

FEWEST_WITHOUT_VOTES = 100
"""A smaller margin or change without the word votes may be of percentage points."""

STARTS = frozenset({"COMMA", "SEMI", "DASH", "COLON", "AND", "BUT", "STOP", "AFTER"})
"""What may stand before the beginning of a clause."""

_HAVE_IT = frozenset("we site page website state count tally nyt ap times secretary office desk georgia".split())


_NUMBERS = ("votes", "more", "most")
"""The captures that are a claim's number."""


class Found(Struct, frozen=True, kw_only=True):
    """Something that a stream seems to claim."""

    kind: Kind
    first: int
    """Its first token's place in the stream's tokens."""
    last: int
    start: int
    """Its first letter's place in the text."""
    end: int
    number: int | None = None
    """The place in the text of its number, by which two claims of one number are told."""
    candidate: str | None = None
    """Who leads, or None: to be found out."""
    who: str | None = None
    """Who made a net gain; the sign of `votes` is then from this one's view."""
    votes: int = 0
    approximate: bool = False
    units: tuple[str, ...] = ()
    done: int = 0
    of: int | None = None


class Search:
    """One stream of a sentence, to be searched for claims."""

    def __init__(self, stream: Stream, sentence: Sequence[Stream], context: Context, contest: Contest) -> None:
        self.stream = stream
        self.items = stream.items
        self.kinds = frozenset(item.kind for item in stream.items)
        self.context = context
        self.contest = contest
        self.roles = roles_of(stream)
        self.other_counties = context.around.counties or any(
            place.county and place.is_own for other in sentence if other is not stream for place in other.places
        )
        """A county is named on the line, but not in this stream: a number may be that county's."""
        self._labelled = any(
            other.inner and other.items and {item.kind for item in other.items} <= {"COUNTY", "COUNTIES"}
            for other in sentence
            if other is not stream
        )
        """A county stands alone in parentheses: "41,234 votes counted (Floyd)"."""
        self._encoded = stream.encoded

    def matches(self, by_name: Mapping[str, str], after: str = "") -> Iterator[tuple[Match, str]]:
        """Yield each match with the name of its pattern; `after` is what has to follow."""
        for name, pattern in by_name.items():
            for match in compiled(pattern + after).finditer(self._encoded):
                yield match, name

    def numbered(self, kind: Kind, match: Match, own: range | None = None) -> Found | None:
        """Return the claim with its number, or None where the number can't be, or something speaks against it."""
        i = self.number_at(match)
        token = self.items[i].token
        followed = i + 1 < len(self.items) and self.items[i + 1].kind in ("VOTES", "DASH", "NET")
        if token.value is None:
            return None
        if token.value < FEWEST_WITHOUT_VOTES and not followed and not self._is_of_votes(kind, match):
            return None
        if self.objects(kind, match, own):
            return None
        first, last = self.span(match)
        start, end = self.letters(match)
        if match.end() < len(self.items) and self.items[match.end()].kind == "VOTES":
            end = self.items[match.end()].token.end
        return Found(
            kind=kind, first=first, last=last, start=start, end=end, number=token.start, votes=token.value,
            approximate=token.approximate,
        )  # fmt: skip

    def _is_of_votes(self, kind: Kind, match: Match) -> bool:
        """Return True if a small number is surely of votes, and not of percentage points."""
        if kind in ("margin", "margin_change"):
            near = self.items[match.start() : match.end() + 4]
            level = any(item.kind == "NUM" and (item.token.value or 0) >= FEWEST_WITHOUT_VOTES for item in near)
            named = any(item.kind in ("VOTES", "NET", "NETS") for item in near)
            caused = any(role is Role.CAUSE for _, role in self.roles)
            return kind == "margin_change" and (level or named or caused)
        return True

    def number_at(self, match: Match) -> int:
        """Return the place of the item that is the claim's number."""
        return next(match.start(name) for name in _NUMBERS if name in match.re.groupindex and match.start(name) >= 0)

    def item(self, match: Match, name: str) -> Item:
        """Return the first item of a capture."""
        return self.items[match.start(name)]

    def objects(self, kind: Kind, match: Match, own: range | None = None) -> bool:
        """Return True if anything speaks against the claim; `own` are tokens that are its own words."""
        first, last = self.span(match)
        return self.context.objection(kind, first, last, own or self.own(match)) is not None

    def own(self, match: Match) -> range:
        """Return the places of the tokens of the match."""
        first, last = self.span(match)
        return range(first, last + 1)

    def is_local(self, first: int, last: int) -> bool:
        """Return True if a county is named, or was on this line, whose own count this may be."""
        if self._labelled:
            return True
        start, end = self.context.zone(first, last)
        places = (place for place in self.stream.places if start <= place.first < end)
        if not any(place.is_own and place.county is None for place in places):
            start = 0  # "Clayton is done: Biden leads Georgia by 1,098" is not of Clayton
        if any(role is Role.OTHER and start <= item.first < end for item, role in self.roles):
            return True
        return self.context.around.local and not self.context.names_own_state

    def is_somebodys(self, match: Match) -> bool:
        """Return True if somebody or something that is not known "has" the number."""
        i = match.start() - 1
        while i >= 0 and self.items[i].kind in ("LEFT", "BE"):
            i -= 1
        if i < 1 or self.items[i].kind != "HAVE":
            return False
        return self.items[i - 1].kind not in STARTS and self.items[i - 1].token.low not in _HAVE_IT

    def span(self, match: Match) -> tuple[int, int]:
        """Return the places of the first and the last token of the match."""
        return self.items[match.start()].first, self.items[match.end() - 1].last

    def letters(self, match: Match) -> tuple[int, int]:
        """Return from where to where in the text the match is."""
        first, last = self.span(match)
        return self.stream.tokens[first].start, self.stream.tokens[last].end

    def zone_words(self, one: Found) -> set[str]:
        """Return the words that bear on a claim."""
        start, end = self.context.zone(one.first, one.last)
        return set(self.stream.words[start:end])
