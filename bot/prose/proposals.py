"""Proposals: claims read from a text that may be wrong, for a person to select from.

Each number near a candidate, a county or a word such as "lead" or "ballots" can become a proposal. A proposal has the
fields that can be read from the sentence, and None for the others. The direction in which a lead moves is never
guessed. A candidate's gain is offered once for each candidate who may lead, and a move without a direction is offered
as both a rise and a fall. A number between words of two kinds is offered as both kinds. If the sentence has no such
word, the topic, county and candidate of the previous sentence are used. Nothing is offered if somebody who is no
candidate leads, or if the numbers count things other than votes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from bot.count.reported_batch import CandidateVotes
from bot.desk.desk_file import Contest
from bot.events.typed_time import HOUR_IN_DIGITS
from bot.prose.claim import (
    BatchClaim,
    CertifiedClaim,
    ChangeClaim,
    Claim,
    LeadClaim,
    LeftClaim,
    MarginClaim,
    NoChangeClaim,
    ReportingClaim,
    TotalClaim,
    VotesClaim,
)
from bot.prose.county_list import how_many_counties
from bot.prose.grammar import captured, compiled, encoded
from bot.prose.lexicon import phrases_of, words_of
from bot.prose.names import Names, given_names
from bot.prose.numbers import with_numbers_read
from bot.prose.passages import OF_THE_COUNT, STATE_TOTAL, passages
from bot.prose.refusals import STRONG, WEAK
from bot.prose.stream import Item, Stream, streams_of
from bot.prose.sure_claims import PERCENT, SentenceContext, Settled
from bot.prose.tokens import Token, tokens_of
from bot.prose.whens import Times

_MOVES = "LESS MORE ADD GAIN PICKS NETS NET WENT SWING FURTHER"
_KINDS: Mapping[str, type[Claim]] = {
    word: kind
    for kind, words in (
        (MarginClaim, "LEAD LEADS UP DOWN TRAILS PASSES PLUS GAP"),
        (ChangeClaim, _MOVES),
        (TotalClaim, "TOTAL COUNTED"),
        (CertifiedClaim, "CERT"),
        (LeftClaim, "LEFT BALLOTS TYPE PENDING"),
    )
    for word in words.split()
}
"""The kind of claim that a number near a word may be, by the class of the word."""
_WEAK = frozenset({"BALLOTS", "TYPE", "COUNTED", "FURTHER"})
"""Classes of words that are used for other things, too. Another word wins over them unless it is farther from the
number by more than `_WEAKER_BY` items.
"""
_WEAKER_BY = 3
_TOPICS = _KINDS.keys() - _WEAK
"""Classes of words that set the topic of a sentence, and of the next sentence if that has no such word."""
_UP_AND_DOWN = 3
"""UP and DOWN are about a lead only within this many items of a number."""
_AS_NEAR = 2
"""If words of two kinds are within this many items of a number, the number may be of either kind."""
_BALLOTS = frozenset({"BALLOTS", "TYPE"})
_OF_A_BATCH = frozenset("GAIN ADD PLUS BATCH FURTHER".split())
_GROWS = frozenset("MORE ADD GAIN NETS NET UP PLUS".split())
_SHRINKS = frozenset({"LESS", "DOWN"})
_OFF_A_LEAD = "THIS VOTES? (OFF|INTO|[FROM OUT_OF] NAME POSS? LEAD)"
_STANDS = "LEAD LEADS TRAILS GAP"
_LEADING, _STANDING = frozenset(_STANDS.split()), f"[{_STANDS}]"
_MAY_BE_BEHIND = "NAME GAP BY|NAME POSS? (NUM DASH? VOTES?)? [GAIN NETS NET ADD]"
"""A candidate named in this way may be the one who is behind."""
_AHEAD = frozenset({"LEAD", "LEADS", "UP", "PLUS", "PASSES", "HOLD"})
"""Word classes that say that somebody leads."""
_IS_A_MARGIN = "^[^LEAD]*+ LEAD .* [AND COMMA] BE THIS|LEFT OF .{0,2} LEAD"
"""The number is a margin, whatever word is next to it."""
_BEHIND = "NAME COMMA? (BE|POSS)* (TRAILS|DOWN (?!TO)|LESS (GAP|LEAD))|TRAILS [FOR OF] NAME"
"""A candidate named in this way does not lead: "Trump closes the gap"."""
_ON_A_RIVAL = "^[^NAME]* ([LEAD UP] [NUM VOTES BY]* [OVER OF]|[LEADS PASSES]) NAME"
"""Only the trailing candidate is named: "He's up 90,400 on Ossoff"."""
_LEADS_BY = (
    "(?<!NAME OTHER)(?<![OVER OF GAP LEADS PASSES TRAILS]) <who:NAME> (POSS|BE|OTHER)*"
    "([LEADS UP] BY?|LEAD [BE AT OF COLON DASH]*|BY|OVER [NAME RIVAL] BY|PLUS) THIS|<who:NAME> [POSS BE]* THIS VOTES? UP"
    "|TRAILS <who:NAME> BY THIS|^[^NAME]*+ <who:NAME> [^NAME]* [HE AND BUT] [POSS BE HAVE HOLD]* [UP LEADS PLUS] BY? THIS"
)
"""A candidate named in this way leads by the number."""
_LEVEL = "[TO AT BE WAS OF POSS]"
_BESIDE = "(?<!LEADS BY)(?<!TRAILS BY)(?<!GAP BY)(?<![LEADS TRAILS GAP PASSES])"
"""Not directly after a word that says who leads."""
_RULES: Sequence[tuple[type[Claim], str]] = (
    (
        MarginClaim,
        "LEAD [LESS DOWN MORE UP] NUM [^NUM NAME]*[COLON DASH COMMA] IT? [BE POSS]* THIS ($|[COMMA STOP])",
    ),  # "Biden's lead falls below 12k: 11,737"
    (
        MarginClaim,
        "([COMMA SEMI] (NAME POSS?)? LEAD|LEAD [BE OF AT COLON]+ OTHER{0,2}) THIS",
    ),  # "Trump gains 31 in Cobb; lead 14,070"
    (
        ChangeClaim,
        "^[^SWING]*+ SWING .* PLUS THIS|NUM VOTES? [COMMA DASH]+ [UP DOWN] THIS",
    ),
    (ChangeClaim, f"{_OFF_A_LEAD}|SWING .{{0,4}} LEAD .{{0,2}} THIS|NAME BE? GAIN THIS [COMMA SEMI AND]"),
    (
        MarginClaim,
        "NAME THIS UP|THIS DASH? VOTES? LEAD|NAME AT PLUS? THIS|THIS .{0,4} NAME UP",
    ),
    (
        ChangeClaim,
        "[LESS MORE] (GAP|OTHER? [TRAILS LEAD]) BY THIS|LEAD BE? [UP DOWN] BY? OTHER? THIS",
    ),
    (ChangeClaim, "[SWING NET GAIN MORE LESS] OF THIS|LEAD [LESS MORE] THIS VOTES? ($|[COMMA SEMI AND AFTER])"),
    (
        MarginClaim,
        "[COMMA SEMI COLON] NAME BE? UP THIS|^[^LESS MORE]*+ [LESS MORE] .* NUM VOTES? COMMA THIS",
    ),
    (MarginClaim, "((?<!OVER) NAME|^[^LEAD]* UP) BY THIS|IT [BE POSS AT]+ THIS ($|[COMMA STOP AND])"),
    (MarginClaim, "THIS .{0,2} THAN .{0,2} [NAME RIVAL]"),
    (ChangeClaim, "THIS .{0,2} THAN"),  # "that's 50 more than an hour ago"
    (MarginClaim, f"^[^{_STANDS}]*+ {_STANDING} .* {_LEVEL} THIS|^[^THIS]*+ (?<={_LEVEL}) THIS .* {_STANDING}"),
)
"""Whether a number near "lead" or the like is a margin or a change. The first pattern that matches wins; THIS is the number."""
_NET_GAINS = (
    "<who:NAME> [HAVE BE]? ([GAIN PICKS ADD]? NET|NETS|PICKS) THIS",
    "<who:NAME> HAVE? (GAIN THIS VOTES? OVER [NAME RIVAL HE]|[GAIN ADD] THIS (NET|TO OTHER? LEAD))",
    "NET GAIN? OF? PLUS? THIS VOTES? [FOR TO]? <who:NAME> (?!LEAD)|NET GAIN? [FOR TO] <who:NAME> [^NUM]{0,99} COLON THIS",
    "THIS (NET VOTES? [FOR TO]? <who:NAME>|VOTES? FOR <who:NAME> COMMA? NET)",
    "[MORE SWING] <who:NAME> BY? THIS|<who:NAME> HAVE? LESS [TRAILS GAP] BY THIS",
)
_LOSES = "<loss:LESS> <who:NAME> BY? THIS"
_GAINS_IN_A_COUNTY, _LOSES_IN_A_COUNTY = "<who:NAME> COLON? PLUS THIS", "<who:NAME> COLON? THIS"
_VOTES_OF = (
    "THIS (VOTES|FURTHER|OF [OTHER WHICH]|WENT)* [FOR TO] <who:NAME>",
    "<who:NAME> (LEADS WITH)? [COLON PLUS HAVE WITH AT GAIN DASH COMMA STOP POSS PCT ODD]* THIS",
    "<who:NAME> (OTHER|LESS) THIS",
    "THIS [FOR TO VOTES WENT]* <who:NAME>",
)
_BOTH = "<who:NAME> [SLASH DASH] NAME [^NUM NAME]* THIS [SLASH DASH COMMA TO] <of:NUM>"
"""Votes of both under a heading, "Biden/Trump: 2,461,854 / 2,459,825"."""
_OF_ONE = "<who:NAME> (COMMA WHO)? [POSS COLON HAVE BE AT TOTAL VOTES]* THIS"
_OF_A_WHOLE = frozenset({"TOTAL", "COUNTED", "COUNT"})
_OF_ANOTHER = _OF_A_WHOLE | {"LEAD", "LEADS", "UP", "GAP", "TRAILS", "NET", "NETS", "LEFT", "CERT"}
_OF_THE_TWO = frozenset({"LEAD", "UP", "GAP"})
"""Words that are not about a third candidate, even if one is named: "Ward has 9,280, more than the gap"."""
_OF_A_TOTAL = _OF_A_WHOLE | {"VOTES", "BALLOTS", "REPORTING", "PCT"}
_BATCH_SIZE = (
    "COUNTY POSS? .{0,2} [ADD COUNTED BATCH GAIN] .{0,2} THIS (?!TO (?!COUNT))"
    "|BATCH [OF COLON AT BE]* THIS|THIS [FURTHER VOTES BALLOTS TYPE BATCH]+ [FROM OUT_OF] COUNTY"
    "|(FURTHER|ADD) THIS VOTES|THIS FURTHER VOTES"
)
"""The number is the size of a batch."""
_SIZE_OF_A_COUNTYS = (
    "COUNTY POSS THIS DASH? [VOTES BALLOTS] (?![LEAD UP NET])|COUNTY LESS THIS [VOTES BALLOTS] (?![OFF FROM INTO])"
)
"""The same, even beside a lead: "Gwinnett's 3,600 votes cut the lead"."""
_SIZE_WITH_ITS_NET = "[ADD BATCH COUNTED LESS] OTHER{0,2} THIS|COUNTY POSS THIS|THIS [FURTHER TYPE COUNTED]* [VOTES BALLOTS BATCH COUNTED]|THIS IN OTHER{0,2} BATCH|[FROM IN OF] OTHER{0,2} THIS$"
"""The same, if a county and a candidate's net gain are named."""
_SIZE_OF_BALLOTS = "(^|STOP) THIS [VOTES BALLOTS] (?![BE HAVE])|[BATCH LESS COUNTED] [BE OF COLON DASH COMMA OTHER FURTHER]{0,2} THIS|COUNTY COUNTIES? POSS BE THIS|THIS DASH? [FURTHER TYPE VOTES BALLOTS]* OTHER? (BATCH|FURTHER|[FROM OUT_OF] COUNTY)|[COMMA COLON] THIS [VOTES BALLOTS]"
"""The same, if the sentence is about nothing else."""
_OF_A_SIDE = "THIS OF OTHER [TO FOR]? <who:NAME>|<who:NAME> [GAIN HAVE WITH OTHER] THIS (OF|$|[COMMA STOP])"
"""One candidate's part of a batch: "706 of em Biden"."""
_MOST_OF = 0.9
"""The least share of a batch that two candidates have together."""
_NET_OF_A_BATCH = "|".join(
    (
        "<who:NAME> [BE OTHER IT HE GAIN BATCH]{0,3} [PLUS UP NETS NET BY] PLUS? THIS",
        "[NET NETS] GAIN? [FOR TO]? <who:NAME> COMMA? PLUS? THIS",
        *_NET_GAINS,
    )
)
_SCORE = "<who:NAME> .{0,6} THIS VOTES? [TO DASH] (NAME POSS?)? <of:NUM>|THIS [TO DASH] <of:NUM> .{0,2} <who:NAME>|^(IT POSS)? THIS TO <of:NUM>"
"""A score of two candidates that names the one with more votes: "broke for Biden 5,602 to 871", "went 61-13 for Trump"."""
_ITS_COUNTY = (
    "(?<![COUNTY COUNTIES] [AND COMMA SLASH]) <where:COUNTY> [HAVE COLON PLUS DASH AT BE SAYS]* THIS"
    "|(?<![IN FROM OUT_OF AND COMMA SLASH]) <where:COUNTY> COMMA THIS (?!COUNTY)"
    "|THIS [VOTES BALLOTS TYPE NET FURTHER LEFT BE]* [IN FROM OUT_OF]? <where:COUNTY> (?![AND COMMA SLASH]+ COUNTY)"
)
_OF_OTHERS = "THIS OTHER (?![BALLOTS VOTES])"
_THIS, _UP_TO = encoded(["THIS"]), encoded(["UP", "TO"])
_ALL_BUT = "ALL BUT THIS"
_UNCERTIFIED = f"{_ALL_BUT}|THIS ([OF OUT_OF SLASH] .? NUM)? [COUNTIES HAVE BE OTHER FURTHER WHICH LEFT]* UNCERT"
_COMPARED = words_of("numbers.compared")
_WAITING = phrases_of("numbers.waiting")
_MINUS = frozenset({"-", "−", "minus"})
_A_CONTESTS = 50_000
"""Two candidates' votes this large are their totals, unless the sentence is about a batch."""
_PERCENT = 100
_SHARES = 97
"""Two numbers whose sum is at least this, and at most 100, are shares: "77-22"."""
_IN_A_COUNTY = "<where:COUNTY> COUNTIES? [HAVE AT POSS BE COLON DASH COMMA REPORTING COUNTED]{0,2} THIS"
"""A county before a percentage that is in."""
_OF_PRECINCTS = frozenset({"PRECINCTS", "REPORTING"})
_OF_REPORTING = frozenset("PRECINCTS REPORTING COUNTED EXPECTED IN".split())
_LEAST_IN = 60
"""The least percentage in a county that, if no precincts are mentioned, is taken for the share of its votes that is in."""
_POINTS = 20
"""A smaller lead without the word "votes" is taken for percentage points."""
_A_BATCHES = 10_000
"""Fewer votes are taken for a batch and not for a county's total."""
_OF_A_CHANGE = frozenset("NAME LEAD GAP NET NETS RIVAL HE IT SWING".split())
_MARKS_OF_PARTS = frozenset("COMMA SEMI DASH COLON STOP AFTER".split())
_OF_A_LEAD = frozenset("LEAD GAP NET NETS SWING LESS RIVAL HE IT TRAILS UP DOWN PLUS MORE".split())
_MOVED_BY = frozenset("LESS MORE NET NETS GAIN PICKS ADD SWING COUNTED LEFT BATCH AFTER".split())
_PRONOUNS = frozenset("his her their our we they i you we're thats they're i'm it's that's".split())
_STRANGER = compiled(
    "OTHER ([POSS BE WAS HAVE]* [LEAD LEADS UP TRAILS]|[POSS BE]* NUM UP|[BY PLUS]+ NUM"
    "|LESS COUNTY BY|OVER OTHER|COLON? NUM [COMMA SLASH DASH SEMI]* OTHER{1,2} NUM)"
)
"""An unknown name in such a place is a candidate of another contest, or a team."""
_NOT, _MOVED, _SAME = words_of("unchanged.not"), words_of("unchanged.moved"), phrases_of("unchanged.same")
_NOT_FAR = 5
"""The number of words after a "not" to which it applies."""
_MARKS = ("under", "below", "above", "past")
"""Words before a number that is the lead itself and not its change: "slips under 10,000"."""
_NO_COUNT, _NEEDED = words_of("numbers.no_count"), words_of("numbers.needed")
_COULD, _COULD_BE = words_of("numbers.could"), 5
"""A number within this many words after one of them is about the future."""
_MANY = 1_000
"""A number this large is no day, page or channel, and may be a third candidate's votes."""
_NO_VOTES = words_of("numbers.no_votes")
_DIGITS = re.compile(r"(?<![\w.,])(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2}|[1-9][0-9]{0,8})(?![\w]|[.,][0-9])")
_ORDINAL = re.compile(r"[0-9]{1,6}(?=(?:st|nd|rd|th)\b)")
_LONGEST_WORDS = 300


def proposals(
    text: str, heard: Sequence[SentenceContext], sure: Sequence[Settled], contest: Contest, names: Names, times: Times
) -> Iterator[Claim]:
    """Yield the claims in `heard` that are not sure, in the order of the text.

    Quotations are read as well. A number is skipped if a sure claim (in `sure`) of the same sentence already has the
    number.
    """
    surely: dict[int, list[Claim]] = {}
    for each in sure:
        surely.setdefault(each.sentence.start, []).append(each.claim)
    topic, subject, block, off = None, None, -1, -1
    for one, end in passages(heard):
        topic, subject = (topic, subject) if one.sentence.block == block else (None, None)
        block = one.sentence.block
        leads = any(isinstance(claim, MarginClaim) for claim in one.likely.values())
        goes_on = off == one.sentence.line
        off = one.sentence.line if one.why in STRONG else -1
        if goes_on or (one.why and not (leads and one.why == WEAK)):
            topic = _topic(one) or topic
            continue
        claimed = surely.get(one.sentence.start, [])
        said = {number for claim in claimed for number in _numbers(claim)}
        alone = end == one.sentence.end
        cut = one.tokens if alone else with_numbers_read(tokens_of(text, one.sentence.start, end))
        certifies = _certifies(token.low for token in cut)
        named = names.with_last_names(cut)
        tokens = [_plain(token, certifies=certifies) for token in _signed(named)]
        unsaid = bool(one.likely) or any(
            token.kind == "percent" or (token.kind == "number" and token.value not in said) for token in tokens
        )
        streams = _parts(one, tokens, contest, names) if unsaid else []
        about = {
            "words": text[one.sentence.start : end][:_LONGEST_WORDS],
            "sure": False,
            "time": times.only(when for stream in streams or one.streams for when in stream.times),
            "stamp": one.stamp,
        }
        if _unchanged(one) and not any(isinstance(claim, NoChangeClaim) for claim in claimed):
            yield NoChangeClaim().model_copy(update=about)
        found = [pair for stream in streams for pair in _Numbers(stream, contest, one, topic, subject).claims()]
        for number, claim in sorted(found, key=lambda pair: pair[0].start):
            if number.value not in said and getattr(claim, "done", None) not in said:
                yield claim.model_copy(update=about)
        topic = _topic(one) or topic
        leader = next((claim.candidate for _, claim in found if isinstance(claim, MarginClaim)), None)
        subject = leader or next(_named(streams or one.streams), subject)


def _named(streams: Sequence[Stream]) -> Iterator[str]:
    return (item.said or "" for stream in streams for item in stream.items if item.kind == "NAME")


def _topic(one: SentenceContext) -> type[Claim] | None:
    """Return the kind of claim that a sentence is about; None if unknown.

    The kind also applies to a later sentence in the paragraph, such as "43 already have".
    """
    if _certifies(word for stream in one.streams for word in stream.words):
        return CertifiedClaim
    said = [item.kind for stream in one.streams for item in stream.items if item.kind in _TOPICS]
    return _KINDS[said[-1]] if said else None


def _unchanged(one: SentenceContext) -> bool:
    """Return True if a sentence may mean that nothing has changed in the whole contest."""
    places = [place for stream in one.streams for place in stream.places]
    whole = any(place.is_own and place.county is None for place in places) or "statewide" in one.words
    if any(not place.is_own or (place.county and not whole) for place in places):
        return False
    return any(_SAME.has_any(stream.words) or _nothing_moved(stream.words) for stream in one.streams)


def _nothing_moved(words: Sequence[str]) -> bool:
    return any(word in _NOT and not _MOVED.isdisjoint(words[i : i + _NOT_FAR]) for i, word in enumerate(words))


def _parts(one: SentenceContext, tokens: list[Token], contest: Contest, names: Names) -> list[Stream]:
    """Return the streams of a sentence: the text outside parentheses, and the text in each pair of parentheses.

    A sentence with semicolons is split first if each part has a county, a number and a name.
    """
    ends = [i for i, token in enumerate(tokens) if token.text == ";"]
    if ends:
        parts = [streams_of(tokens[first:end], contest, names) for first, end in pairwise([0, *ends, len(tokens)])]
        if all({"NAME", "NUM", "COUNTY"} <= {item.kind for item in part[0].items} for part in parts):
            return [stream for part in parts for stream in part]
    return one.streams if tokens == one.tokens else streams_of(tokens, contest, names)


def _signed(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens, with each minus sign joined to its number: "-503", "minus 813"."""
    i = 0
    while i < len(tokens):
        token, after = tokens[i], tokens[i + 1] if i + 1 < len(tokens) else None
        apart = i == 0 or tokens[i - 1].end < token.start
        joined = after and (token.low == "minus" or token.end == after.start)
        if token.low in _MINUS and apart and joined and after and _DIGITS.fullmatch(after.text):
            yield Token("number", token.start, after.end, f"-{after.text}", int(after.text.replace(",", "")))
            i += 2
        else:
            yield token
            i += 1


def _plain(token: Token, *, certifies: bool) -> Token:
    """Return an odd token as an approximate number, if a number can be read from the token.

    Odd tokens are numbers that are not read as exact figures, such as "another 1,097". An ordinal such as "102nd" is
    read only with `certifies`, which means that the text is about certification. Other tokens are returned unchanged.
    """
    if token.kind == "odd" and token.value is not None:
        return Token("number", token.start, token.end, token.text, token.value, True)
    found = _DIGITS.search(token.text) or (certifies and _ORDINAL.match(token.text)) if token.kind == "odd" else None
    if not found:
        return token
    return Token("number", token.start, token.end, token.text, int(found[0].replace(",", "")), True)


def _certifies(words: Iterable[str]) -> bool:
    return any(word.startswith("certif") or word in ("cert", "certs") for word in words)


def _numbers(claim: Claim) -> Iterator[int]:
    for name in ("votes", "ballots", "done", "of", "before"):
        if isinstance(value := getattr(claim, name, None), int):
            yield abs(value)


class _Numbers:
    """A parser that finds the claims that the numbers in one stream may be."""

    def __init__(
        self, stream: Stream, contest: Contest, heard: SentenceContext, topic: type[Claim] | None, subject: str | None
    ) -> None:
        leading = heard.leading
        self._likely = heard.likely
        self._sure = bool(heard.found)
        self._weak = bool(heard.why)
        self._topic = topic
        self._subject = subject
        self._whole = how_many_counties(contest.state) or 0
        self._stream = stream
        self._contest = contest
        signs = any(word.startswith("sign") for word in stream.words)
        self._certifies = topic is CertifiedClaim or signs or _certifies(stream.words)
        self._items = stream.items
        self._encoded = stream.encoded
        self._kinds = frozenset(item.kind for item in stream.items)
        self._names = [i for i, item in enumerate(stream.items) if item.kind == "NAME"]
        self._waits = _WAITING.has_any(stream.words)
        self._inherited = () if "statewide" in stream.words else heard.counties
        self._counties = tuple(dict.fromkeys(one.county for one in stream.places if one.is_own and one.county))
        self._rivals = [one.id for one in contest.candidates[:2]]
        self._leaders = [*leading] if len(leading) == 1 and {*leading} <= {*self._rivals} else self._rivals

    def claims(self) -> Iterator[tuple[Token, Claim]]:
        """Yield pairs of a number and a claim. A number may have several claims."""
        if self._is_of_a_stranger or ("electoral" in self._stream.words and self._kinds.isdisjoint(_AHEAD)):
            return
        words = self._stream.words
        counted = (item.last + 1 >= len(words) or words[item.last + 1] not in _NO_VOTES for item in self._items)
        numbers = [i for i, of_votes in enumerate(counted) if of_votes and self._items[i].kind == "NUM"]
        shares = [
            i for i, j in pairwise(numbers) if j == i + 2 and _SHARES <= self._value(i) + self._value(j) <= _PERCENT
        ]
        numbers = [i for i in numbers if i not in shares and i - 2 not in shares]  # "broke 70-30"
        cast = self._cast(numbers)
        if len(cast) > 1 and not self._counties and sum(map(self._value, cast)) <= _PERCENT:
            return  # shares
        batch = self._batch(numbers, cast)
        yield from self._between(cast)
        yield from batch.values()
        alone = self._of_one([i for i in numbers if i not in batch and i not in cast])
        votes = {i: who for i, who in cast.items() if not batch} | alone
        yield from self._votes(votes)
        yield from self._reporting()
        for i in numbers:
            claim = self._likely.get(self._items[i].token.start)
            if (
                claim
                and i not in batch
                and self._is_plain(i)
                and self._counts(i)
                and not (isinstance(claim, LeadClaim) and self._could_be(i))
            ):
                somewhere = isinstance(claim, ChangeClaim) and not claim.units
                where = {"units": self._where(i)} if somewhere else {}
                yield self._items[i].token, claim.model_copy(update={"sure": False} | where)
            elif (
                (self._value(i) or self._kind(i) is LeftClaim)
                and not self._weak
                and i not in cast
                and i not in votes
                and i not in batch
                and self._counts(i)
            ):
                yield from ((self._items[i].token, claim) for claim in self._of(i))
            elif i in batch and self._kind(i) is LeftClaim and self._kinds.isdisjoint(("BATCH", "COUNTED", "ADD")):
                yield from ((self._items[i].token, claim) for claim in self._as(LeftClaim, i))

    def _reporting(self) -> Iterator[tuple[Token, Claim]]:
        for i, item in enumerate(self._items if not self._sure else ()):
            if item.kind not in ("PCT", "ALL"):
                continue
            claim = self._likely.get(item.token.start)
            ending = "[IN REPORTING COUNTED]" if item.kind == "ALL" else "(?!NAME)"
            where = self._item(i, f"{_IN_A_COUNTY} {ending}", "where") if self._kinds & _OF_REPORTING else None
            percent = float((PERCENT.match(item.token.text) or ["100"])[0])
            if where and percent <= _PERCENT and (percent >= _LEAST_IN or self._kinds & _OF_PRECINCTS):
                claim = ReportingClaim(percent=f"{percent:g}", units=(where.said or "",), sure=False)
                yield item.token, claim.model_copy(update={"of": "precincts"} if "PRECINCTS" in self._kinds else {})
            elif claim:
                yield item.token, claim

    def _is_plain(self, i: int) -> bool:
        """Return True if the likely claim about a number can be offered unchanged.

        False for a claim about ballots left without a county, since the county may be named elsewhere. Also False if a
        word after the number makes the number a change, as in "310 bigger".
        """
        last = self._items[i].last
        claim = self._likely[self._items[i].token.start]
        somewhere = isinstance(claim, LeftClaim) and not claim.units
        return not somewhere and _COMPARED.isdisjoint(self._stream.words[last + 1 : last + 3])

    def _of(self, i: int) -> Iterator[Claim]:
        """Yield the claims that the number at `i` may be."""
        if gain := self._gain(i):
            yield from self._gained(*gain, self._where(i), about=self._items[i].token.approximate)
            return
        for kind in self._kinds_of(i):
            yield from self._as(kind, i)

    def _kinds_of(self, i: int) -> Iterator[type[Claim]]:
        """Yield the kinds of claims that a number may be: none, one or two.

        A second kind is yielded if a word of that kind is about as near to the number, and the wording does not decide
        between the two kinds.
        """
        kind = self._kind(i)
        if kind is None or (kind in (MarginClaim, ChangeClaim) and self._could_be(i)):
            return
        yield kind
        alone = kind is CertifiedClaim or (kind is ChangeClaim and self._counties) or self._value(i) >= STATE_TOTAL
        if alone or self._told(i):
            return
        words = self._items[max(i - _AS_NEAR, 0) : i + _AS_NEAR + 1]
        beside = {_KINDS[item.kind] for item in words if item.kind in _KINDS} - {kind, TotalClaim}
        yield from sorted(beside, key=lambda one: one.__name__)[:1]

    def _as(self, kind: type[Claim], i: int) -> Iterator[Claim]:
        """Yield a number as claims of the type `kind`. Yields nothing if the number can't be a claim of that type."""
        votes, about = self._value(i), self._items[i].token.approximate
        if kind is CertifiedClaim:
            of = self._item(i, "THIS [OF OUT_OF SLASH] .? <of:NUM>", "of")
            left = self._said(i, f"{_UNCERTIFIED}|[COMMA SEMI DASH AND WITH] THIS [FURTHER COUNTIES]* LEFT")
            done = self._whole - votes if self._is_few(i) and left else votes
            if done <= ((of.token.value if of else self._whole) or done):
                yield CertifiedClaim(done=done, of=of.token.value if of else None, sure=False)
        elif kind is LeftClaim:
            yield LeftClaim(ballots=votes, units=self._where(i) or self._inherited, approximate=about, sure=False)
        elif kind is ChangeClaim and (self._counties or self._kinds & _LEADING or not self._is_of_points(i)):
            yield from self._moved(i, votes, about=about)
        elif kind is MarginClaim and (self._is_local(i) or self._is_of_points(i) or self._is_over_a_third(i)):
            return
        elif kind is MarginClaim:
            yield MarginClaim(candidate=self._leader(i), votes=votes, approximate=about, sure=False)
            by = (
                self._item(i, "(?<![OVER OF GAP LEADS PASSES]) <who:NAME> UP? BY THIS", "who")
                if self._counties
                else None
            )  # "Cobb's 700: Biden by 212"
            yield from self._gained(by.said or "", votes, self._counties) if by else ()
        elif kind is TotalClaim and self._said(i, "THIS ([OF OUT_OF SLASH] .? NUM)? [COUNTIES PRECINCTS]"):
            return  # "96 of 159 counties have reported"
        elif kind is TotalClaim and (votes >= STATE_TOTAL or _BALLOTS.isdisjoint(self._kinds)):
            # not "provisional ballots counted, 553 of them"
            yield TotalClaim(votes=votes, approximate=about, sure=False)

    def _is_of_points(self, i: int) -> bool:
        """Return True if a number is in percentage points.

        A small lead without the word "votes" is in percentage points, as in "up 8".
        """
        return self._value(i) < _POINTS and "VOTES" not in self._kinds

    def _is_over_a_third(self, i: int) -> bool:
        """Return True for the margin between one of the two leading candidates and a third one."""
        beside = ("[LEADS UP LEAD] [OVER OF]? <who:NAME> BY THIS|THIS VOTES? OVER <who:NAME>", "<who:NAME> TRAILS")
        found = (self._item(i, pattern, "who") for pattern in beside)
        return any(who is not None and who.said not in self._rivals for who in found)

    def _is_local(self, i: int) -> bool:
        """Return True if a margin may be the margin in one county.

        True if a county is named just before the margin, after "in" or "from", or as a label. False if the sentence
        names the state or reports a change.
        """
        of_the_state = any(place.is_own and place.county is None for place in self._stream.places)
        if of_the_state or self._kinds & _MOVED_BY:
            return False
        kinds = [item.kind for item in self._items[:i]]
        part = kinds[max((j for j, kind in enumerate(kinds) if kind in _MARKS_OF_PARTS | {"AND", "BUT"}), default=0) :]
        return "COUNTY" in part or bool(
            self._said(
                i, "^[^COMMA COLON DASH]* COUNTY COUNTIES? [COMMA COLON DASH] .* THIS|THIS VOTES? [IN FROM] COUNTY"
            )
        )

    @property
    def _is_of_a_stranger(self) -> bool:
        """True if somebody who is no candidate of the contest leads: "Warnock tops Loeffler by 343,000"."""
        found = _STRANGER.search(self._encoded) if not self._names else None
        token = self._items[found.start()].token if found else None
        if token is None or not token.text[:1].isupper():
            return False
        return not self._is_given(token)

    def _is_a_strangers(self, i: int) -> bool:
        """Return True if a number belongs to a candidate of another contest: "Ossoff +900"."""
        who = self._item(i, "<who:OTHER> [BE WAS HAVE]* (PLUS|UP|[LEADS UP TRAILS LESS] OTHER? BY) THIS", "who")
        return who is not None and who.token.text[:1].isupper() and not self._is_given(who.token)

    def _is_given(self, token: Token) -> bool:
        return token.low in _PRONOUNS.union(*map(given_names, self._contest.candidates))

    def _said(self, i: int, pattern: str) -> re.Match[str] | None:
        """Search the stream for a pattern in which THIS is the number at `i`."""
        return compiled(pattern).search(f"{self._encoded[:i]}{_THIS}{self._encoded[i + 1 :]}")

    def _item(self, i: int, pattern: str, name: str) -> Item | None:
        """Return the item in the capture `name` of a pattern around the number at `i`.

        Returns None if the pattern or the capture did not match.
        """
        match = self._said(i, pattern)
        span = captured(match, name) if match else None
        return self._items[span[0]] if span else None

    # What a number means.

    def _kind(self, i: int) -> type[Claim] | None:
        """Return the kind of claim that the nearest known word suggests for a number.

        Returns None if there is no such word.
        """
        near = min(
            (
                (abs(j - i) + (_WEAKER_BY if item.kind in _WEAK else 0), j)
                for j, item in enumerate(self._items)
                if item.kind in _KINDS
                and not self._encoded.startswith(_UP_TO, j)
                and (item.kind not in ("UP", "DOWN") or abs(j - i) <= _UP_AND_DOWN)
            ),
            default=None,
        )
        word = self._items[near[1]].kind if near else ""
        kind = MarginClaim if self._is_a_margin(i, word) else _KINDS.get(word)
        of_ballots = "LEFT" in self._kinds or self._said(i, "DOWN TO THIS TYPE* BALLOTS")
        if kind in (MarginClaim, ChangeClaim) and of_ballots and not (self._names or self._kinds & _LEADING):
            kind = LeftClaim  # "the ballots left dropped to 9,380"
        if kind is None or (word in _WEAK and kind is _KINDS[word]):
            left = kind and (self._waits or (word in _BALLOTS and "LEFT" in self._kinds))
            kind = LeftClaim if left else self._topic or kind
        if self._said(i, "^[^COLON NUM]* LEFT [^COLON NUM]* COLON .* THIS"):
            return LeftClaim  # in a list with such a heading
        counted = self._said(i, "THIS [OF OUT_OF SLASH] .? NUM")
        left = kind is LeftClaim  # "101 counties certified, 58 to go"
        if (
            self._certifies
            and self._is_few(i)
            and (counted or "COUNTIES" in self._kinds or left or kind in (TotalClaim, None))
        ):
            return CertifiedClaim
        if (
            self._value(i) >= STATE_TOTAL
            and word not in ("LEFT", "PENDING")
            and not self._said(i, f"BY THIS|{_LEADS_BY}")
        ):
            return None if self._items[i].token.approximate and self._kinds.isdisjoint(_OF_A_TOTAL) else TotalClaim
        if self._said(i, _ALL_BUT) and self._kinds.isdisjoint(("CERT", "UNCERT")):
            return LeftClaim  # "has counted all but 4,355 ballots"
        if kind is TotalClaim and self._counties:
            kind = LeftClaim if self._kinds & _BALLOTS else ChangeClaim
        if kind in (MarginClaim, ChangeClaim):
            told = self._of_lead(i, kind)
            return told if told is MarginClaim or self._is_of_a_lead or self._is_minus(i) else None
        if kind or not self._names or self._said(i, "THIS OTHER") or self._value(i) < _PERCENT:  # "45 cars"
            return kind
        return ChangeClaim if self._counties else MarginClaim

    @property
    def _is_of_a_lead(self) -> bool:
        """True if numbers may be about a lead: a candidate or a lead is mentioned."""
        return bool(self._names or self._kinds & _OF_A_LEAD)

    def _is_a_margin(self, i: int, word: str) -> bool:
        """Return True if a number is a margin although the next word suggests something else: "the advantage is 463 votes"."""
        many = not self._is_few(i)
        is_of_another = _KINDS.get(word) in (TotalClaim, LeftClaim, None) or (word == "CERT" and many)
        beside = (word == "COUNTED" or self._said(i, "THIS VOTES")) and self._kinds & _LEADING and many
        return bool(beside or self._said(i, _IS_A_MARGIN) or (is_of_another and self._said(i, "BY THIS")))

    def _of_lead(self, i: int, kind: type[Claim]) -> type[Claim]:
        """Return `MarginClaim` if a number is a margin, or `ChangeClaim` if it is a change of a margin."""
        item = self._items[i]
        behind = [word for word in self._stream.words[item.last + 1 : item.last + 3] if word != "votes"][:1]
        beside = [*behind, *self._stream.words[max(item.first - 2, 0) : item.first]]
        if self._is_minus(i) or not _COMPARED.isdisjoint(beside):  # "-503", "176 bigger", "bigger by 176"
            return ChangeClaim
        told = self._told(i)
        ahead = self._said(i, f"^[^COUNTY]* ({_LEADS_BY})") and not self._said(i, "THIS [IN FROM] COUNTY")
        if told is None and (ahead or self._is_of_the_state(item)):
            return MarginClaim
        if told is None and self._counties and self._said(i, f"{_BESIDE} THIS"):  # "Tift moved the margin 31 votes"
            return ChangeClaim
        return told or kind

    def _told(self, i: int) -> type[Claim] | None:
        """Return `MarginClaim` or `ChangeClaim` if the words around a number decide between the two; else None."""
        last = self._items[i].last
        since = (when.first - last for when in self._stream.times if when.introduction in ("since", "from"))
        if any(0 < away <= _AS_NEAR for away in since):
            return ChangeClaim
        to_a_mark = "LEAD (OVER NAME)? [BE HAVE]* [LESS MORE DOWN WENT] THIS"
        if self._items[i].token.low.startswith(_MARKS) and self._said(i, to_a_mark):
            return MarginClaim
        return next((told for told, pattern in _RULES if self._said(i, pattern)), None)

    def _counts(self, i: int) -> bool:
        """Return True if the number may be a figure about votes, ballots or counties in the contest's own state."""
        item, words = self._items[i], self._stream.words
        before = [word for word in words[max(item.first - 2, 0) : item.first] if word != "."]
        whole = (self._value(i) < STATE_TOTAL and self._said(i, "NUM [OF OUT_OF SLASH] [^COUNTY]? THIS")) or (
            self._value(i) == self._whole and self._said(i, "CERT .* [OF OUT_OF SLASH] .? THIS")
        )
        return (
            not whole
            and not (self._is_of_things(i) and not self._waits)
            and not self._is_a_strangers(i)
            and words[max(item.first - 2, 0) : item.first] != ["as", "of"]
            and not self._is_a_clock(i)
            and not (before[-1:] and before[-1] in _NO_COUNT and self._value(i) < _MANY and not self._certifies)
            and _NEEDED.isdisjoint(before[-1:])
            and before[-1:] != ["not"]
            and self._is_own(item)
        )

    def _is_of_things(self, i: int) -> bool:
        """Return True if a number counts things other than votes, as in "412,000 likes"."""
        behind = self._items[i + 1].token.text if self._said(i, _OF_OTHERS) else ""
        few = self._value(i) < _POINTS and not self._certifies
        many = behind.endswith("s") and behind not in _PRONOUNS | _COMPARED
        return behind.islower() and (few or many)

    def _is_a_clock(self, i: int) -> bool:
        """Return True if the number is a time, as in "at 825".

        False if a lead or a count is said to be "at" the number.
        """
        at = "AT THIS ($|[COMMA SEMI STOP DASH AND BUT])"
        stands = "[LEAD LEADS UP DOWN BE HOLD HAVE COUNT TOTAL COUNTED VOTES WENT IT NAME POSS] COMMA? AT THIS"
        if not HOUR_IN_DIGITS.fullmatch(self._items[i].token.text):
            return False
        label = self._said(i, "^OTHER{0,3} THIS COLON")  # "SoS 1125: …"
        return bool(label) or (self._said(i, at) is not None and not self._said(i, stands))

    def _could_be(self, i: int) -> bool:
        """Return True if a number is only possible or expected, as in "the lead could hit 15,000".

        False for "should read Biden by 4,263".
        """
        return not _COULD.isdisjoint(self._clause(self._items[i])[-_COULD_BE:])

    def _clause(self, item: Item) -> list[str]:
        """Return the words before an item, from the last comma, semicolon or colon on."""
        words = self._stream.words[: item.first]
        return words[max((at + 1 for at, word in enumerate(words) if word in (",", ";", ":")), default=0) :]

    def _is_own(self, item: Item) -> bool:
        """Return True if a number's place is in the contest's own state.

        The place is the one named directly after the number, or else the last one named before the number. If neither
        is named, the result is True.
        """
        words = self._stream.words
        ahead = item.last + 1 + (words[item.last + 1 : item.last + 2] == ["votes"])
        behind = ahead + 1 if words[ahead : ahead + 1] == ["in"] else -1
        places = [place for place in self._stream.places if place.first < item.first or place.first == behind]
        return not places or places[-1].is_own

    def _is_of_the_state(self, item: Item) -> bool:
        """Return True if a number is for the whole state, even if the sentence names a county.

        The wording decides, as in "up 4,020 in Georgia".
        """
        named = any(p.first == item.last + 2 and p.is_own and not p.county for p in self._stream.places)
        return named or "statewide" in [*self._clause(item), *self._stream.words[item.last + 1 : item.last + 2]]

    def _is_few(self, i: int) -> bool:
        """Return True if the number is no larger than the state's number of counties."""
        return self._value(i) <= self._whole

    def _where(self, i: int) -> tuple[str, ...]:
        """Return the names of the counties that a number is about.

        The county next to the number is used or, if there is none, every county in the sentence. Empty if the number
        is for the whole state.
        """
        item = self._items[i]
        near = self._stream.words[max(item.first - 2, 0) : item.last + 4]
        if (
            "statewide" in near
            or "respectively" in self._stream.words
            or self._said(i, "TOTAL THIS|THIS .* PARTLY .{0,3} COUNTY|PARTLY OF? THIS")
        ):
            return ()
        own = self._item(i, _ITS_COUNTY, "where")
        return (own.said or "",) if own else self._counties

    def _is_minus(self, i: int) -> bool:
        return self._items[i].token.text.startswith("-")

    def _value(self, i: int) -> int:
        return self._items[i].token.value or 0

    # Who leads, who gains.

    def _leader(self, i: int) -> str | None:
        """Return the id of the candidate who leads by a margin; None if unknown.

        The leader is named as such, is the only candidate named, or is the rival of the candidate who is behind.
        """
        if ahead := self._item(i, _LEADS_BY, "who"):
            return ahead.said
        named = own = {self._items[i].said for i in self._names}
        said = self._kinds & _AHEAD or compiled("NAME BY NUM").search(self._encoded)
        far = not said and (self._kinds & _MOVED_BY or all(abs(i - name) > _AS_NEAR + 1 for name in self._names))
        if len(own) == 1 and compiled(_BEHIND).search(self._encoded):
            rivals: set[str | None] = {rival for rival in self._rivals if rival not in own}
            own = rivals if self._kinds.isdisjoint(("LEADS", "UP")) else set()
        elif len(own) == 1 and compiled(_ON_A_RIVAL).search(self._encoded):
            own = {rival for rival in self._rivals if rival not in own}
        elif far or "TRAILS" in self._kinds or compiled(_MAY_BE_BEHIND).search(self._encoded):
            own = set()
        if len(self._leaders) == 1:
            own = {who for who in own or named or self._leaders if who in self._leaders}
        elif not named and self._subject:
            trails = "TRAILS" in self._kinds or self._said(i, "HE [BE POSS]* DOWN THIS") is not None
            own = {rival for rival in self._rivals if (rival != self._subject) == trails}
        return own.pop() if len(own) == 1 else None

    def _moved(self, i: int, votes: int, *, about: bool) -> Iterator[ChangeClaim]:
        """Yield claims that the lead changed by a number: one claim up and one down if there is no direction.

        Yields nothing for "Trump gains 31", which are the votes of one candidate. `about`: the number is approximate.
        """
        if self._said(i, "NAME HAVE? [GAIN ADD] THIS"):
            return
        lead = compiled("NAME (POSS? LEAD|MORE OTHER? LEAD)").search(self._encoded)  # "extends his lead"
        unnamed = self._subject if "LEAD" in self._kinds and not self._names else None
        owner = self._items[lead.start()].said if lead else unnamed
        of_the_lead = {self._items[name].said for name in self._names} <= {owner} and "RIVAL" not in self._kinds
        kinds = [item.kind for item in self._items]
        word = next((kind for kind in (*reversed(kinds[:i]), *kinds[i + 1 :]) if kind in _GROWS | _SHRINKS), "")
        shrinks = self._is_minus(i) or (word in _SHRINKS and of_the_lead) or self._said(i, _OFF_A_LEAD)
        grows = word in _GROWS and of_the_lead and ("LEAD" in kinds or self._said(i, "UP THIS"))
        for sign in (-1,) if shrinks else (1,) if grows else (1, -1):
            units = self._where(i)
            yield ChangeClaim(candidate=owner, votes=sign * votes, units=units, approximate=about, sure=False)

    def _gain(self, i: int) -> tuple[str, int] | None:
        """Return (candidate's id, votes) if the number is a net gain; else None. A loss is negative."""
        minus = self._is_minus(i)
        in_a_county = _LOSES_IN_A_COUNTY if minus else _GAINS_IN_A_COUNTY
        somewhere = self._counties and not self._is_of_the_state(self._items[i])
        pattern = "|".join((*_NET_GAINS, _LOSES, *([in_a_county] if somewhere else [])))
        who, loss = self._item(i, pattern, "who"), self._item(i, pattern, "loss")
        return (who.said or "", -self._value(i) if loss or minus else self._value(i)) if who else None

    def _gained(self, who: str, votes: int, units: tuple[str, ...], *, about: bool = False) -> Iterator[ChangeClaim]:
        """Yield a net gain as a change of the lead, once for each candidate who may lead.

        Yields nothing for the gain of a third candidate. `about`: the number is approximate.
        """
        for leader in self._leaders if who in self._rivals else ():
            signed = votes if leader == who else -votes
            yield ChangeClaim(candidate=leader, votes=signed, units=units, approximate=about, sure=False)

    # What came in, and how much is in.

    def _batch(self, numbers: Sequence[int], cast: Mapping[int, str]) -> dict[int, tuple[Token, Claim]]:
        """Return the claim about a batch, with its split by candidate and its net gain.

        The result is {index of the batch's size: (token, claim)}, or an empty dictionary if there is no batch. `cast`
        has the numbers that are candidates' votes, as {index: candidate's id}.
        """
        others = [i for i in numbers if i not in cast and self._value(i) < STATE_TOTAL]
        whose = {i: who for i in others if (who := self._item(i, _NET_OF_A_BATCH, "who"))}
        sides = {i: who.said or "" for i in others if (who := self._item(i, _OF_A_SIDE, "who"))}
        told = {**whose, **sides}
        parts = [sum(map(self._value, cast)), *map(self._value, whose)]
        sizes = [i for i in others if i not in told and self._value(i) >= max(parts)]
        size = next((i for i in sizes if self._is_a_batch(i, cast, has_net=bool(told))), None)
        if size is None or self._kinds & {"LEFT", "CERT", "PENDING"}:
            return {}
        token, split = self._items[size].token, {who: self._value(i) for i, who in cast.items()}
        nets = [CandidateVotes(candidate=who.said or "", votes=self._value(i)) for i, who in whose.items()]
        net = nets[0] if nets else None
        if not split and not net:
            split = {who: self._value(i) for i, who in sides.items()}
        if sum(split.values()) > self._value(size):
            return {}
        claim = BatchClaim(
            votes=self._value(size),
            split=split or None,
            net=net,
            units=self._where(size) or self._inherited,
            approximate=token.approximate,
            sure=False,
        )
        return {size: (token, claim)}

    def _is_a_batch(self, i: int, cast: Mapping[int, str], *, has_net: bool) -> bool:
        """Return True if the number is the size of a batch.

        True if the wording suggests a batch, or if the number is little more than two candidates' votes in a county.
        `has_net`: one candidate's part or net gain is known.
        """
        by_words = self._said(i, _BATCH_SIZE) and not self._kinds_beside(i) & _OF_A_CHANGE
        local = self._counties or self._inherited
        by_net = local and has_net and self._said(i, _SIZE_WITH_ITS_NET)
        alone = (
            local
            and not self._waits
            and self._kinds.isdisjoint(OF_THE_COUNT | _OF_A_CHANGE - {"NAME"})
            and self._said(i, _SIZE_OF_BALLOTS)
        )
        both = sum(map(self._value, cast))
        by_sum = local and len(cast) > 1 and _MOST_OF * self._value(i) <= both <= self._value(i)
        if self._said(i, _ALL_BUT):
            return False
        return bool(by_words or by_net or by_sum or alone or self._said(i, _SIZE_OF_A_COUNTYS))

    def _kinds_beside(self, i: int) -> set[str]:
        """Return the word classes in the number's part of the sentence, between punctuation marks."""
        kinds = [item.kind for item in self._items]
        marks = [-1, *(j for j, kind in enumerate(kinds) if kind in _MARKS_OF_PARTS | {"AND"}), len(kinds)]
        first = max(j for j in marks if j < i)
        return {*kinds[first + 1 : min(j for j in marks if j > i)]}

    def _votes(self, votes_of: Mapping[int, str]) -> Iterator[tuple[Token, Claim]]:
        """Yield claims about candidates' votes in the state or in a county.

        Yields nothing if the votes are so few that they may be a batch.
        """
        most = max(map(self._value, votes_of), default=0)
        units = self._counties or (self._inherited if most < STATE_TOTAL else ())
        fewest = (
            0
            if self._is_all_in or {*votes_of.values()}.isdisjoint(self._rivals)
            else _A_BATCHES
            if self._counties or self._inherited
            else _A_CONTESTS
        )
        for i, candidate in votes_of.items() if most >= fewest else ():
            votes, about = self._value(i), self._items[i].token.approximate
            if self._is_own(self._items[i]) and not self._is_of_things(i):
                claim = VotesClaim(candidate=candidate, votes=votes, approximate=about, units=units, sure=False)
                yield self._items[i].token, claim

    def _of_one(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return {index of the number: candidate's id} for the votes of the only candidate who is named.

        The number has to be too large for a margin, unless the candidate is neither of the two who may lead.
        """
        beside = ((i, self._item(i, _OF_ONE, "who")) for i in numbers if self._value(i) >= STATE_TOTAL)
        found = {i: who.said or "" for i, who in beside if who}
        named = {self._items[i].said or "" for i in self._names}
        whole = not named.isdisjoint(self._rivals)
        if found or len(named) != 1 or self._kinds & (_OF_ANOTHER if whole else _OF_ANOTHER - _OF_THE_TWO):
            return found
        (who,) = named
        large = [i for i in numbers if self._value(i) >= (STATE_TOTAL if whole else _MANY)]
        return {large[0]: who} if len(large) == 1 else {}

    @property
    def _is_all_in(self) -> bool:
        """True if a percentage of precincts is given, or all votes are in.

        In that case, even a small number of votes is a total.
        """
        return any(both <= self._kinds for both in ({"PRECINCTS", "PCT"}, {"ALL", "IN"})) or any(
            item.token.text == "100%" for item in self._items
        )

    # Votes of two candidates.

    def _cast(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return {index of the number: candidate's id} for votes such as "Biden 120, Trump 30".

        Empty if a candidate has two numbers, as in a list of states.
        """
        numbers = [
            i for i in numbers if not (self._is_of_things(i) or self._said(i, "THIS LEFT|LEAD [BE OF AT COLON]* THIS"))
        ]
        casts = [
            {i: who.said or "" for i in numbers if (who := self._item(i, pattern, "who"))} for pattern in _VOTES_OF
        ]
        casts.append(
            {i: who for cast in reversed(casts) for i, who in cast.items()}
        )  # "1,672,143 for Biden to Trump's 1,661,686"
        if cast := max((cast for cast in casts if 1 < len(cast) == len({*cast.values()})), key=len, default=None):
            return cast
        for i in numbers:
            who, of = self._item(i, _BOTH, "who"), self._item(i, _BOTH, "of")
            if who and of and who.said in self._rivals:
                return {i: who.said, self._items.index(of): self._rival_of(who.said)}
        for i in sorted(numbers, key=self._value, reverse=True):
            who, of = self._item(i, _SCORE, "who"), self._item(i, _SCORE, "of")
            said = who.said if who else self._subject if self._value(i) >= _A_CONTESTS else None
            if of and said in self._rivals and (of.token.value or 0) < self._value(i):
                return {i: said, self._items.index(of): self._rival_of(said)}
        return {}

    def _rival_of(self, candidate: str) -> str:
        """Return the other one of the two candidates who may lead."""
        return next(rival for rival in self._rivals if rival != candidate)

    def _between(self, cast: Mapping[int, str]) -> Iterator[tuple[Token, Claim]]:
        """Yield the margin between two candidates' totals in the state.

        If their votes are those in a batch, yield the resulting change of the lead instead.
        """
        places = self._stream.places
        of_rivals = [i for i in cast if cast[i] in self._rivals]
        if len(of_rivals) != len(self._rivals) or any(not one.is_own for one in places):
            return
        behind, ahead = sorted(of_rivals, key=self._value)
        votes, who = self._value(ahead) - self._value(behind), cast[ahead]
        token = self._items[ahead].token
        if not votes or any(not _DIGITS.fullmatch(self._items[i].token.text) for i in of_rivals):
            return
        if self._value(behind) >= _A_CONTESTS and not (self._counties or self._inherited):
            yield token, MarginClaim(candidate=who, votes=votes, sure=False)
        elif not self._is_all_in and self._value(ahead) < (STATE_TOTAL if self._kinds & _OF_A_BATCH else _A_BATCHES):
            yield from ((token, claim) for claim in self._gained(who, votes, self._counties))
