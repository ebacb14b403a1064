"""Proposals: every number of a text that stands near a candidate, a county or a word of the trade, for a person to tick.

The second tier. A claim (`reader.py`) is exact or it is not made; a proposal may be wrong, and is nobody's word before
somebody ticks it. So it says as much as can be read off the sentence, and None for the rest. Only which way a lead moves is
never guessed: a candidate's gain is offered once for each who may lead, and a move without a direction both ways.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.desk.desk_file import Contest
from bot.prose.claim import CertifiedClaim, ChangeClaim, Claim, LeftClaim, MarginClaim, TotalClaim
from bot.prose.grammar import captured, compiled
from bot.prose.lexicon import words_of
from bot.prose.names import Names
from bot.prose.numbers import with_numbers_read
from bot.prose.places import how_many_counties
from bot.prose.settling import Heard, Settled, Times
from bot.prose.stream import Item, Stream, streams_of
from bot.prose.tokens import Token, tokens_of

_KINDS: Mapping[str, type[Claim]] = {
    word: kind
    for kind, words in (
        (MarginClaim, "LEAD LEADS UP DOWN TRAILS PASSES PLUS GAP"),
        (ChangeClaim, "LESS MORE ADD GAIN PICKS NETS NET WENT SWING FURTHER"),
        (TotalClaim, "TOTAL COUNTED COUNT VOTES"),
        (CertifiedClaim, "CERT"),
        (LeftClaim, "LEFT BALLOTS TYPE PENDING"),
    )
    for word in words.split()
}
"""Class of words → what a number near one may be."""
_WEAK = frozenset({"VOTES", "BALLOTS", "TYPE", "COUNTED", "COUNT", "FURTHER", "HOLD"})
"""Said of other things too: a surer word counts before them unless it is much farther off."""
_WEAKER_BY = 3
_UP_AND_DOWN = {"UP": 2, "DOWN": 2}
"""Of a lead only so near a number."""
_LEVEL = frozenset({"TO", "AT", "BE", "WAS", "OF", "POSS"})
"""Before a number: what the lead came to, and not by how much it moved."""
_PART_OF = frozenset({"OF", "OUT_OF", "SLASH"})
_STANDINGS = frozenset({"LEAD", "LEADS", "TRAILS", "GAP", "PASSES"})
_GROWS = frozenset({"MORE", "ADD", "FURTHER", "GAIN", "NETS", "NET", "UP", "PLUS"})
_SHRINKS = frozenset({"LESS", "DOWN"})
_GAINS = frozenset({"GAIN", "NETS", "NET", "ADD"})
_OF_A_BATCH = _GAINS | {"MORE", "PLUS", "BATCH", "FURTHER"}
_GIVES_VOTES = frozenset({"COLON", "PLUS", "HAVE", "WITH", "AT", "GAIN", "DASH"})
_NET_GAINS = (
    "<who:NAME> (HAVE|BE)? ([GAIN PICKS ADD]? NET|NETS|PICKS) <votes:NUM>",
    "<who:NAME> (HAVE|BE)? (GAIN|ADD|COLON? PLUS) <votes:NUM> VOTES? (NET|OVER NAME|TO OTHER? LEAD)",
    "NET VOTES? GAIN? OF? PLUS? <votes:NUM> VOTES? [FOR TO] <who:NAME> (?!POSS? LEAD)",
    "<votes:NUM> (NET VOTES? [FOR TO] <who:NAME>|VOTES? FOR <who:NAME> COMMA? NET)",
    "(<loss:LESS>|MORE|SWING) <who:NAME> BY? <votes:NUM>",
)
_A_STATES = 1_000_000
"""A number as large is of a state's votes together."""
_NO_COUNT = words_of("numbers.no_count")
_NO_VOTES = words_of("numbers.no_votes")
_DIGITS = re.compile(r"(?<![\w.,])(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9})(?![\w]|[.,][0-9])")
_MOST_TOKENS = 160
_LONGEST_WORDS = 300


def proposals(
    text: str, heard: Sequence[Heard], sure: Sequence[Settled], contest: Contest, names: Names, times: Times
) -> Iterator[Claim]:
    """Yield what may be claimed beside what is `sure`, in the order of the text.

    What is quoted is read as well, whoever says it; a number that a sure claim of its sentence has is not offered again.
    """
    for one in heard:
        tokens = tokens_of(text, one.sentence.start, one.sentence.end)
        if len(tokens) > _MOST_TOKENS:
            continue
        said = {number for each in sure if each.sentence == one.sentence for number in _numbers(each.claim)}
        streams = streams_of([_plain(token) for token in with_numbers_read(tokens)], contest, names)
        about = {
            "words": text[one.sentence.start : one.sentence.end][:_LONGEST_WORDS], "sure": False,
            "time": times.only(streams), "stamp": one.stamp,
        }  # fmt: skip
        found = [pair for stream in streams for pair in _Numbers(stream, contest, one.leading).claims()]
        for number, claim in sorted(found, key=lambda pair: pair[0].start):
            if number.value not in said:
                yield claim.model_copy(update=about)


def _plain(token: Token) -> Token:
    """Return a token that is no sure number, "another 1,097" or "up to 500", as the number that stands in it."""
    found = _DIGITS.search(token.text) if token.kind == "odd" else None
    if found is None:
        return token
    return Token("number", token.start, token.end, token.text, int(found[0].replace(",", "")), True)


def _numbers(claim: Claim) -> Iterator[int]:
    for name in ("votes", "ballots", "done", "of", "before"):
        if (value := getattr(claim, name, None)) is not None:
            yield abs(value)


class _Numbers:
    """The numbers of one stream, and what each may be."""

    def __init__(self, stream: Stream, contest: Contest, leading: Collection[str]) -> None:
        self._stream = stream
        self._contest = contest
        self._certifies = any(word.startswith("certif") for word in stream.words)
        self._items = stream.items
        self._kinds = frozenset(item.kind for item in stream.items)
        self._names = [i for i, item in enumerate(stream.items) if item.kind == "NAME"]
        self._counties = tuple(dict.fromkeys(one.county for one in stream.places if one.is_own and one.county))
        self._rivals = [one.id for one in contest.candidates[:2]]
        self._leaders = [*leading] if len(leading) == 1 and {*leading} <= {*self._rivals} else self._rivals

    def claims(self) -> Iterator[tuple[Token, Claim]]:
        """Yield each with the number that it is of."""
        cast = self._cast()
        yield from self._between(cast)
        large = [i for i in range(len(self._items)) if self._value(i) >= _A_STATES]
        if not cast and len(self._names) > 1 and len(large) > 1:
            cast = dict.fromkeys(large, "")  # "Biden leads Trump 2,471,910 to 2,457,853"
        whole: int | None = None
        for i, item in enumerate(self._items):
            if i in cast or i == whole or not self._counts(i):
                continue
            whole = self._whole(i)
            for claim in self._of(i, whole) if not self._is_elsewhere(item) else ():
                yield item.token, claim

    def _of(self, i: int, whole: int | None) -> Iterator[Claim]:
        """Yield what a number may be; `whole` is the number that it is a part of."""
        kind, word = self._kind(i)
        votes, about = self._value(i), self._items[i].token.approximate
        if gain := self._gain(i):
            yield from self._gained(*gain, approximate=about)
            return
        if kind is None and not self._names and not self._counties:
            return
        kind = kind or (ChangeClaim if self._counties else MarginClaim)
        if kind is CertifiedClaim and i and self._items[i - 1].kind in _PART_OF:
            return  # of how many
        if kind is CertifiedClaim:
            yield CertifiedClaim(done=votes, of=None if whole is None else self._value(whole), sure=False)
        elif kind is LeftClaim:
            yield LeftClaim(
                ballots=votes,
                units=() if "statewide" in self._stream.words else self._counties,
                approximate=about,
                sure=False,
            )
        elif kind is ChangeClaim:
            yield from self._changes(i, word, votes, approximate=about)
        elif kind is MarginClaim:
            yield MarginClaim(candidate=self._leader(word), votes=votes, approximate=about, sure=False)
        elif votes >= _A_STATES or not self._kinds & {
            "BALLOTS",
            "TYPE",
        }:  # "provisional ballots counted, 553": of a part
            yield TotalClaim(votes=votes, approximate=about, sure=False)

    # What a number is of.

    def _kind(self, i: int) -> tuple[type[Claim] | None, str]:
        """Return what the nearest word of the trade makes of a number, and that word's class; None: there is none."""
        near = sorted(
            (abs(j - i) + (_WEAKER_BY if item.kind in _WEAK else 0), j)
            for j, item in enumerate(self._items)
            if item.kind in _KINDS and abs(j - i) <= _UP_AND_DOWN.get(item.kind, len(self._items))
        )
        if not near:
            return (CertifiedClaim if self._certifies else None), ""
        word = self._items[near[0][1]].kind
        kind = _KINDS[word]
        few = self._value(i) <= (how_many_counties(self._contest.state) or 0)
        if self._certifies and (
            "COUNTIES" in {item.kind for item in self._items[i + 1 : i + 3]} or (few and kind is TotalClaim)
        ):
            return CertifiedClaim, word
        if self._value(i) >= _A_STATES:
            return TotalClaim, word
        if kind is TotalClaim and self._counties:
            return (LeftClaim if self._kinds & {"BALLOTS", "TYPE"} else ChangeClaim), word
        return self._of_lead(i, kind, word) if kind in (MarginClaim, ChangeClaim) else (kind, word)

    def _of_lead(self, i: int, kind: type[Claim], word: str) -> tuple[type[Claim], str]:
        """Return whether a number is what the lead is, or by how much it moved."""
        before = ["COMMA", "COMMA", *(item.kind for item in self._items[:i])][-2:]
        after = [item.kind for item in self._items[i + 1 : i + 4] if item.kind != "VOTES"][:2]
        moved = next((item.kind for item in reversed(self._items[:i]) if _KINDS.get(item.kind) is ChangeClaim), "")
        stands = bool(self._kinds & _STANDINGS)
        if (
            before in (["COMMA", "LEAD"], ["SEMI", "LEAD"], ["NAME", "BY"])  # "Trump gains 31 in Cobb; lead 14,070"
            or (before == ["UP", "BY"] and "LEAD" not in self._kinds)
            or (before[1] == "TO" and moved)  # "Biden stretches it to 14,122"
            or (before[1] in _LEVEL and stands)
            or "THAN" in after
        ):
            return MarginClaim, word
        if after == ["TO", "NUM"] and stands:  # "the lead slides 333 to 13,724"
            return ChangeClaim, word
        beside_leads = _STANDINGS & {*before} - {"LEAD"}
        if before[1] == "BY" and moved and not beside_leads:  # "trimmed Biden's lead by 14"
            return ChangeClaim, moved
        if kind is MarginClaim and self._counties and not beside_leads:  # "Tift moved the margin 31 votes"
            return ChangeClaim, moved or word
        return kind, word

    def _is_elsewhere(self, item: Item) -> bool:
        before = [one for one in self._stream.places if one.first < item.first]
        return bool(before) and not before[-1].is_own

    def _counts(self, i: int) -> bool:
        """Return True for a number that can be one of votes, ballots or counties."""
        item, words = self._items[i], self._stream.words
        before = [word for word in words[max(item.first - 2, 0) : item.first] if word != "."]
        after = words[item.last + 1 : item.last + 2]
        return self._value(i) > 0 and _NO_COUNT.isdisjoint(before[-1:]) and _NO_VOTES.isdisjoint(after)

    def _value(self, i: int) -> int:
        """Return the number that an item is; 0: it is none."""
        item = self._items[i]
        return item.token.value or 0 if item.kind == "NUM" else 0

    def _whole(self, i: int) -> int | None:
        """Return the number that this one is a part of: "96 of 159", "96 out of the 159"."""
        kinds = [item.kind for item in self._items[i + 1 : i + 4]]
        if _PART_OF.isdisjoint(kinds[:1]) or "NUM" not in kinds:
            return None
        return i + 1 + kinds.index("NUM")

    # Who leads, who gains.

    def _leader(self, word: str) -> str | None:
        """Return who leads by a margin, where one candidate is named and is neither behind nor said to gain."""
        said = {self._items[i].said for i in self._names}
        gains = any(item.kind in _GAINS for i in self._names for item in self._items[i + 1 : i + 2])
        return said.pop() if len(said) == 1 and word != "TRAILS" and not gains else None

    def _changes(self, i: int, word: str, votes: int, *, approximate: bool = False) -> Iterator[ChangeClaim]:
        """Yield how the lead moved; without a direction both ways. Votes of one candidate are no claim: "Trump gains 31"."""
        if self._is_a_candidates(i):
            return
        owner = self._owner()
        grows, shrinks = word in _GROWS and (owner or word == "MORE"), word in _SHRINKS
        for sign in (1, -1):
            if not (grows and sign < 0) and not (shrinks and sign > 0):
                yield self._change(owner, sign * votes, approximate=approximate)

    def _gained(self, who: str, votes: int, *, approximate: bool = False) -> Iterator[ChangeClaim]:
        """Yield what a net gain is for each who may lead; of a third candidate it says nothing of the margin."""
        for leader in self._leaders if who in self._rivals else ():
            yield self._change(leader, votes if leader == who else -votes, approximate=approximate)

    def _change(self, leader: str | None, votes: int, *, approximate: bool) -> ChangeClaim:
        return ChangeClaim(candidate=leader, votes=votes, units=self._counties, approximate=approximate, sure=False)

    def _gain(self, i: int) -> tuple[str, int] | None:
        """Return whose net gain a number is, and of how many votes; None: it is none."""
        for pattern in _NET_GAINS:
            for match in compiled(pattern).finditer(self._stream.encoded):
                who = captured(match, "who")
                if who and captured(match, "votes") == (i, i + 1):
                    return self._items[who[0]].said or "", -self._value(i) if captured(match, "loss") else self._value(
                        i
                    )
        return None

    def _owner(self) -> str | None:
        """Return whose lead is spoken of."""
        match = compiled("<who:NAME> POSS? LEAD").search(self._stream.encoded)
        return self._items[match.start()].said if match else None

    def _is_a_candidates(self, i: int) -> bool:
        """Return True for "Trump gains 31": votes of one candidate, which no claim is of."""
        before = [item.kind for item in self._items[:i] if item.kind not in ("HAVE", "BE")][-2:]
        return before[:1] == ["NAME"] and before[-1] in ("GAIN", "ADD")

    # Votes of two candidates.

    def _cast(self) -> dict[int, str]:
        """Return whose number is where in "Biden 120, Trump 30"; none where a name has two, as in a list of states."""
        beside = [
            (there, self._items[i].said or "") for i in self._names if (there := self._number_beside(i)) is not None
        ]
        found = dict(beside)
        return found if 1 < len(beside) == len(found) == len(set(found.values())) else {}

    def _number_beside(self, i: int) -> int | None:
        """Return the number right behind a name, or else right before it: "Biden: +120", "120 for Biden"."""
        behind, before = i + 1, i - 1
        while behind < len(self._items) and self._items[behind].kind in _GIVES_VOTES:
            behind += 1
        if behind < len(self._items) and self._value(behind):
            return behind
        while before > 0 and self._items[before].kind in ("FOR", "VOTES"):
            before -= 1
        return before if before >= 0 and self._value(before) else None

    def _between(self, cast: Mapping[int, str]) -> Iterator[tuple[Token, Claim]]:
        """Yield the margin between two candidates' votes in a whole state, and of a batch how it moved the lead."""
        places = self._stream.places
        if {*cast.values()} != {*self._rivals} or any(not one.is_own for one in places):
            return
        behind, ahead = sorted(cast, key=self._value)
        votes, who = self._value(ahead) - self._value(behind), cast[ahead]
        token = self._items[ahead].token
        if not votes or token.approximate or self._items[behind].token.approximate:
            return
        if self._value(behind) >= _A_STATES and not self._counties:
            yield token, MarginClaim(candidate=who, votes=votes, sure=False)
        elif self._value(ahead) < _A_STATES and self._kinds & _OF_A_BATCH:
            for claim in self._gained(who, votes):
                yield token, claim
