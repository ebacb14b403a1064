"""Proposals: every number of a text that stands near a candidate, a county or a word of the trade, for a person to tick.

The second tier. A claim (`reader.py`) is exact or it is not made; a proposal may be wrong, and is nobody's word before
somebody ticks it. So it says as much as can be read off the sentence, and None for the rest. Only which way a lead moves is
never guessed: a candidate's gain is offered once for each who may lead, and a move without a direction both ways.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest

from bot.desk.desk_file import Contest
from bot.prose.claim import CertifiedClaim, ChangeClaim, Claim, LeftClaim, MarginClaim, TotalClaim
from bot.prose.county_list import how_many_counties
from bot.prose.grammar import captured, compiled, encoded
from bot.prose.lexicon import words_of
from bot.prose.names import Names
from bot.prose.numbers import with_numbers_read
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
_BALLOTS = frozenset({"BALLOTS", "TYPE"})
_OF_A_BATCH = frozenset("GAIN NETS NET ADD MORE PLUS BATCH FURTHER".split())
_GROWS = frozenset("MORE ADD GAIN NETS NET UP PLUS".split())
_SHRINKS = frozenset({"LESS", "DOWN"})
_OF_A_LEAD = "LEAD .{0,3} [LESS DOWN] .* THIS|[LESS DOWN] .{0,2} NAME POSS? LEAD"
_OFF_A_LEAD = "THIS VOTES? (OFF|INTO|(FROM|OUT_OF) NAME POSS? LEAD)"
_LEADING = frozenset("LEAD LEADS TRAILS GAP".split())
_STANDING = "[LEAD LEADS TRAILS GAP PASSES]"
_MOVING = "[LESS MORE ADD GAIN PICKS NETS NET WENT SWING FURTHER]"
_AHEAD = frozenset({"LEAD", "LEADS", "UP", "PLUS", "PASSES", "HOLD"})
"""Without one of these nobody is said to lead."""
_BEHIND = "NAME COMMA? WHO? (BE|HAVE|POSS|WAS)* (TRAILS|DOWN (?!TO)|LESS INTO? (GAP|LEAD))"
"""Whoever is named so does not lead: "Trump closes the gap"."""
_LEVEL = "[TO AT BE WAS OF POSS]"
_BESIDE = "(?<!LEADS BY)(?<!TRAILS BY)(?<!GAP BY)(?<!PASSES BY)(?<![LEADS TRAILS GAP PASSES])"
"""Not right behind a word that says who leads."""
_RULES: Sequence[tuple[type[Claim], str]] = (
    (
        MarginClaim,
        "((^|[COMMA SEMI]) LEAD|[COMMA SEMI] NAME POSS LEAD|LEAD (BE|OF|AT|COLON)+) THIS",
    ),  # "Trump gains 31 in Cobb; lead 14,070"
    (ChangeClaim, "^PLUS THIS$|SWING .* PLUS THIS|NUM VOTES? [COMMA DASH]+ [UP DOWN] THIS"),  # "(+268 since noon)"
    (ChangeClaim, "[LESS MORE] GAP BY THIS"),
    (MarginClaim, "([COMMA SEMI COLON] NAME|HE) BE? UP THIS|[LESS MORE] .* BY NUM VOTES? COMMA THIS"),
    (MarginClaim, "(NAME|^[^LEAD]* UP) BY THIS"),
    (MarginClaim, "THIS .{0,2} THAN"),
    (MarginClaim, f"{_MOVING} .* TO THIS"),  # "Biden stretches it to 14,122"
    (MarginClaim, f"{_STANDING} .* {_LEVEL} THIS|{_LEVEL} THIS .* {_STANDING}"),
    (ChangeClaim, f"{_STANDING} .* THIS VOTES? TO NUM|THIS VOTES? TO NUM .* {_STANDING}"),  # "it slides 333 to 13,724"
    (ChangeClaim, f"{_MOVING} .* BY {_BESIDE} THIS"),  # "trimmed Biden's lead by 14"
)
"""What a number is that stands near a word of a lead: the first that fits; THIS is the number."""
_NET_GAINS = (
    "<who:NAME> (HAVE|BE)? ([GAIN PICKS ADD]? NET|NETS|PICKS) THIS",
    "<who:NAME> (HAVE|BE)? (GAIN|ADD|COLON? PLUS) THIS VOTES? (NET|OVER NAME|TO OTHER? LEAD)",
    "NET VOTES? GAIN? OF? PLUS? THIS VOTES? [FOR TO] <who:NAME> (?!POSS? LEAD)",
    "THIS (NET VOTES? [FOR TO] <who:NAME>|VOTES? FOR <who:NAME> COMMA? NET)",
    "(<loss:LESS>|MORE|SWING) <who:NAME> BY? THIS",
)
_GAINS_IN_A_COUNTY = "<who:NAME> COLON? PLUS THIS"
_VOTES_OF = (
    "THIS (VOTES|FURTHER|OF [OTHER WHICH]|WENT)* [FOR TO] <who:NAME>",
    "<who:NAME> [COLON PLUS HAVE WITH AT GAIN DASH]* THIS",
    "THIS [FOR VOTES]* <who:NAME>",
)
_SCORE = "<who:NAME> .{0,3} THIS [TO DASH] <of:NUM>|THIS [TO DASH] <of:NUM> .{0,2} <who:NAME>"
"""Of two candidates, the one who has more is named: "broke for Biden 5,602 to 871", "went 61-13 for Trump"."""
_ITS_COUNTY = (
    "(?<![COUNTY COUNTIES] [AND COMMA SLASH]) <where:COUNTY> COUNTIES? [HAVE COLON PLUS DASH AT BE SAYS]* THIS"
    "|THIS [VOTES BALLOTS TYPE NET FURTHER LEFT]* [IN FROM OUT_OF] <where:COUNTY> (?!COUNTIES? [AND COMMA SLASH]+ COUNTY)"
)
_THIS, _UP_TO = encoded(["THIS"]), encoded(["UP", "TO"])
_UNCERTIFIED = "THIS ((OF|OUT_OF|SLASH) .? NUM)? [COUNTIES HAVE BE OTHER FURTHER WHICH LEFT]* UNCERT"
_A_STATES = 1_000_000
"""A number as large is of a state's votes together."""
_A_BATCHES = 10_000
"""So few votes are rather a batch's than all of a county's."""
_MARKS = ("under", "below", "above", "past")
"""Where a lead that "slips under 10,000" is, and not by how much it moved."""
_NO_COUNT = words_of("numbers.no_count")
_NO_VOTES = words_of("numbers.no_votes")
_DIGITS = re.compile(r"(?<![\w.,])(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9})(?![\w]|[.,][0-9])")
_ORDINAL = re.compile(r"[0-9]+(?=(?:st|nd|rd|th)\b)")
_MOST_TOKENS = 160
_LONGEST_WORDS = 300


def proposals(
    text: str, heard: Sequence[Heard], sure: Sequence[Settled], contest: Contest, names: Names, times: Times
) -> Iterator[Claim]:
    """Yield what may be claimed beside what is `sure`, in the order of the text.

    What is quoted is read as well, whoever says it; a number that a sure claim of its sentence has is not offered again.
    """
    for one, end in _ending(heard):
        said = {number for each in sure if each.sentence == one.sentence for number in _numbers(each.claim)}
        cut = with_numbers_read(tokens_of(text, one.sentence.start, end))
        certifies = any(token.low.startswith("certif") for token in cut)
        tokens = [_plain(token, certifies=certifies) for token in cut]
        unsaid = any(token.kind == "number" and token.value not in said for token in tokens)
        streams = _parts(tokens, contest, names) if unsaid and len(tokens) <= _MOST_TOKENS else []
        about = {
            "words": text[one.sentence.start : end][:_LONGEST_WORDS], "sure": False,
            "time": times.only(streams), "stamp": one.stamp,
        }  # fmt: skip
        found = [pair for stream in streams for pair in _Numbers(stream, contest, one.leading).claims()]
        for number, claim in sorted(found, key=lambda pair: pair[0].start):
            if number.value not in said:
                yield claim.model_copy(update=about)


def _ending(heard: Sequence[Heard]) -> Iterator[tuple[Heard, int]]:
    """Yield each sentence and where it ends: with the next, which has no number of its own, in "14,112. That is the lead."."""
    for one, after in zip_longest(heard, heard[1:]):
        tokens = after.streams[0].tokens if after and after.streams and after.sentence.line == one.sentence.line else []
        goes_on = [token.low for token in tokens[:1]] in (["that"], ["this"])
        is_of_it = goes_on and all(token.kind != "number" for token in tokens)
        yield one, (after if is_of_it and after else one).sentence.end


def _parts(tokens: list[Token], contest: Contest, names: Names) -> list[Stream]:
    """Return the streams, of each part for itself where each has its number and name: "Cobb +410 Biden; Hall +402 Trump"."""
    ends = [i for i, token in enumerate(tokens) if token.text == ";"]
    parts = [streams_of(tokens[first:end], contest, names) for first, end in pairwise([0, *ends, len(tokens)])]
    alone = all({"NAME", "NUM"} <= {item.kind for item in part[0].items} for part in parts)
    return [stream for part in parts for stream in part] if alone else streams_of(tokens, contest, names)


def _plain(token: Token, *, certifies: bool) -> Token:
    """Return a token that is no sure number, "another 1,097" or "the 102nd to certify", as the number that stands in it."""
    found = _DIGITS.search(token.text) or (certifies and _ORDINAL.match(token.text)) if token.kind == "odd" else None
    if not found:
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
        self._certifies = any(word.startswith(("certif", "sign")) for word in stream.words)
        self._items = stream.items
        self._encoded = stream.encoded
        self._kinds = frozenset(item.kind for item in stream.items)
        self._names = [i for i, item in enumerate(stream.items) if item.kind == "NAME"]
        self._counties = tuple(dict.fromkeys(one.county for one in stream.places if one.is_own and one.county))
        self._rivals = [one.id for one in contest.candidates[:2]]
        self._leaders = [*leading] if len(leading) == 1 and {*leading} <= {*self._rivals} else self._rivals

    def claims(self) -> Iterator[tuple[Token, Claim]]:
        """Yield each with the number that it is of."""
        numbers = [i for i, item in enumerate(self._items) if item.kind == "NUM" and self._value(i)]
        cast = self._cast(numbers)
        yield from self._between(cast)
        for i in numbers:
            if i not in cast and self._value(i) != sum(map(self._value, cast)) and self._counts(i):
                yield from ((self._items[i].token, claim) for claim in self._of(i))

    def _of(self, i: int) -> Iterator[Claim]:
        """Yield what a number may be."""
        votes, about, kind = self._value(i), self._items[i].token.approximate, self._kind(i)
        if gain := self._gain(i):
            yield from self._gained(*gain, self._where(i), about=about)
        elif kind is CertifiedClaim:
            of = self._item(i, "THIS (OF|OUT_OF|SLASH) .? <of:NUM>", "of")
            done = (how_many_counties(self._contest.state) or votes) - votes if self._said(i, _UNCERTIFIED) else votes
            yield CertifiedClaim(done=done, of=of.token.value if of else None, sure=False)
        elif kind is LeftClaim:
            yield LeftClaim(ballots=votes, units=self._where(i), approximate=about, sure=False)
        elif kind is ChangeClaim:
            yield from self._moved(i, votes, about=about)
        elif kind is MarginClaim:
            yield MarginClaim(candidate=self._leader(), votes=votes, approximate=about, sure=False)
            by = (
                self._item(i, "<who:NAME> UP? BY THIS", "who") if self._counties else None
            )  # "Cobb's 700: Biden by 212"
            yield from self._gained(by.said or "", votes, self._counties) if by else ()
        elif kind is TotalClaim and (votes >= _A_STATES or _BALLOTS.isdisjoint(self._kinds)):
            # not "provisional ballots counted, 553 of them"
            yield TotalClaim(votes=votes, approximate=about, sure=False)

    def _said(self, i: int, pattern: str) -> re.Match[str] | None:
        """Return where the pattern is, in which THIS is the number."""
        return compiled(pattern).search(f"{self._encoded[:i]}{_THIS}{self._encoded[i + 1 :]}")

    def _item(self, i: int, pattern: str, name: str) -> Item | None:
        """Return what the pattern captures by this name, beside the number."""
        match = self._said(i, pattern)
        span = captured(match, name) if match else None
        return self._items[span[0]] if span else None

    # What a number is of.

    def _kind(self, i: int) -> type[Claim] | None:
        """Return what the nearest word of the trade makes of a number; None: it is near nothing that is counted."""
        near = min(
            (
                (abs(j - i) + (_WEAKER_BY if item.kind in _WEAK else 0), j)
                for j, item in enumerate(self._items)
                if item.kind in _KINDS
                and not self._encoded.startswith(_UP_TO, j)
                and abs(j - i) <= _UP_AND_DOWN.get(item.kind, len(self._items))
            ),
            default=None,
        )
        word = self._items[near[1]].kind if near else ""
        kind, few = _KINDS.get(word), self._value(i) <= (how_many_counties(self._contest.state) or 0)
        by = (kind in (TotalClaim, LeftClaim) or (word == "CERT" and not few)) and self._said(i, "BY THIS")
        of_a_lead = word in ("VOTES", "CERT", "COUNTED") and self._kinds & _LEADING and not few
        if by or of_a_lead or self._said(i, "^IT [BE AT OF]+ THIS"):  # "the advantage is 463 votes"
            kind = MarginClaim
        if kind in (MarginClaim, ChangeClaim) and "LEFT" in self._kinds and not (self._names or self._kinds & _LEADING):
            kind = LeftClaim  # "the ballots left dropped to 9,380"
        counted = self._said(i, "THIS (.? COUNTIES|HAVE? CERT|(OF|OUT_OF|SLASH) .? NUM)")
        if self._certifies and few and (counted or kind in (TotalClaim, None)):
            return CertifiedClaim
        if self._value(i) >= _A_STATES and kind:
            return TotalClaim
        if kind is TotalClaim and self._counties:
            return LeftClaim if self._kinds & _BALLOTS else ChangeClaim
        if kind in (MarginClaim, ChangeClaim):
            return self._of_lead(i, kind)
        return kind or (ChangeClaim if self._counties else MarginClaim if self._names else None)

    def _of_lead(self, i: int, kind: type[Claim]) -> type[Claim]:
        """Return whether a number is what the lead is, or by how much it moved."""
        to_a_mark = self._items[i].token.low.startswith(_MARKS) and self._said(i, "LEAD BE? [LESS MORE DOWN] THIS")
        if to_a_mark or self._stream.words[self._items[i].last + 1 :][:1] == ["statewide"]:
            return MarginClaim
        told = next((told for told, pattern in _RULES if self._said(i, pattern)), None)
        if told is None and self._counties and self._said(i, f"{_BESIDE} THIS"):  # "Tift moved the margin 31 votes"
            return ChangeClaim
        return told or kind

    def _counts(self, i: int) -> bool:
        """Return True for a number that can be one of votes, ballots or counties of the contest's own state."""
        item, words = self._items[i], self._stream.words
        before = [word for word in words[max(item.first - 2, 0) : item.first] if word != "."]
        part = self._said(i, "THIS (OF|OUT_OF|SLASH) .? NUM")
        loose = item.token.text.isalpha() and self._said(i, "THIS ([OTHER DASH STOP BATCH]|$)")  # "six figures"
        whole = self._said(i, "(NUM|CERT .*) (OF|OUT_OF|SLASH) .? THIS")
        places = [place for place in self._stream.places if place.first < item.first]
        return (
            not whole
            and not loose
            and words[max(item.first - 2, 0) : item.first] != ["as", "of"]
            and (bool(part) or _NO_COUNT.isdisjoint(before[-1:]))
            and _NO_VOTES.isdisjoint(words[item.last + 1 : item.last + 2])
            and (not places or places[-1].is_own)
        )

    def _where(self, i: int) -> tuple[str, ...]:
        """Return the counties that a number is of: the one that it stands beside in a list, else all that are named."""
        if "statewide" in self._stream.words or self._said(i, "THIS .* PARTLY .{0,3} COUNTY"):
            return ()
        own = self._item(i, _ITS_COUNTY, "where")
        return (own.said or "",) if own else self._counties

    def _value(self, i: int) -> int:
        return self._items[i].token.value or 0

    # Who leads, who gains.

    def _leader(self) -> str | None:
        """Return who leads by a margin: who is said to, or the one who is named and does not gain; the rival of who is behind."""
        own = {self._items[i].said for i in self._names}
        said = self._kinds & _AHEAD or compiled("NAME BY NUM").search(self._encoded)
        if len(own) == 1 and compiled(_BEHIND).search(self._encoded):
            rivals: set[str | None] = {rival for rival in self._rivals if rival not in own}
            own = rivals if len(rivals) == 1 else set()
        elif not said or "TRAILS" in self._kinds or compiled("NAME [GAIN NETS NET ADD]").search(self._encoded):
            own = set()
        if len(self._leaders) == 1:
            own = own & {*self._leaders} if own else {*self._leaders}
        return own.pop() if len(own) == 1 else None

    def _moved(self, i: int, votes: int, *, about: bool) -> Iterator[ChangeClaim]:
        """Yield how the lead moved; without a direction both ways. Votes of one candidate are no claim: "Trump gains 31"."""
        if self._said(i, "NAME (HAVE|BE)? [GAIN ADD] THIS"):
            return
        lead = compiled("NAME POSS? LEAD").search(self._encoded)
        owner = self._items[lead.start()].said if lead else None
        of_the_lead = {self._items[name].said for name in self._names} <= {owner} and bool(owner or not self._names)
        kinds = [item.kind for item in self._items]
        word = next((kind for kind in (*reversed(kinds[:i]), *kinds[i + 1 :]) if kind in _GROWS | _SHRINKS), "")
        shrinks = (word in _SHRINKS and (of_the_lead or self._said(i, _OF_A_LEAD))) or self._said(i, _OFF_A_LEAD)
        grows = word in _GROWS and of_the_lead and "LEAD" in kinds
        for sign in (-1,) if shrinks else (1,) if grows else (1, -1):
            units = self._where(i)
            yield ChangeClaim(candidate=owner, votes=sign * votes, units=units, approximate=about, sure=False)

    def _gain(self, i: int) -> tuple[str, int] | None:
        """Return whose net gain a number is, and of how many votes; None: it is none."""
        pattern = "|".join((*_NET_GAINS, _GAINS_IN_A_COUNTY) if self._counties else _NET_GAINS)
        who, loss = self._item(i, pattern, "who"), self._item(i, pattern, "loss")
        return (who.said or "", -self._value(i) if loss else self._value(i)) if who else None

    def _gained(self, who: str, votes: int, units: tuple[str, ...], *, about: bool = False) -> Iterator[ChangeClaim]:
        """Yield what a net gain is for each who may lead; of a third candidate it says nothing of the margin."""
        for leader in self._leaders if who in self._rivals else ():
            signed = votes if leader == who else -votes
            yield ChangeClaim(candidate=leader, votes=signed, units=units, approximate=about, sure=False)

    # Votes of two candidates.

    def _cast(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return whose number is where in "Biden 120, Trump 30"; none where a name has two, as in a list of states."""
        numbers = [i for i in numbers if not self._said(i, "THIS BALLOTS? LEFT")]
        for pattern in _VOTES_OF:
            cast = {i: who.said or "" for i in numbers if (who := self._item(i, pattern, "who"))}
            if 1 < len(cast) == len({*cast.values()}):
                return cast
        for i in sorted(numbers, key=self._value, reverse=True):
            who, of = self._item(i, _SCORE, "who"), self._item(i, _SCORE, "of")
            if who and of and who.said in self._rivals and self._value(i) > (of.token.value or 0):
                return {i: who.said, i + 2: next(rival for rival in self._rivals if rival != who.said)}
        return {}

    def _between(self, cast: Mapping[int, str]) -> Iterator[tuple[Token, Claim]]:
        """Yield the margin between two candidates' votes in a whole state, and of a batch how it moved the lead."""
        places = self._stream.places
        of_rivals = [i for i in cast if cast[i] in self._rivals]
        if len(of_rivals) != len(self._rivals) or any(not one.is_own for one in places):
            return
        behind, ahead = sorted(of_rivals, key=self._value)
        votes, who = self._value(ahead) - self._value(behind), cast[ahead]
        token = self._items[ahead].token
        if not votes or any(not _DIGITS.fullmatch(self._items[i].token.text) for i in of_rivals):
            return
        if self._value(behind) >= _A_STATES and not self._counties:
            yield token, MarginClaim(candidate=who, votes=votes, sure=False)
        elif self._value(ahead) < (_A_STATES if self._kinds & _OF_A_BATCH else _A_BATCHES):
            yield from ((token, claim) for claim in self._gained(who, votes, self._counties))
