"""Reads what a text claims of the count.

Each sentence is cut into items (`items.py`). It is refused if it says itself that it claims nothing about this count
(`refusals.py`); otherwise the numbers in it are offered as claims (`offers.py`). No function of this package uses a
clock, a network or a model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.count.reported_batch import CandidateVotes
from bot.desk.desk_file import Contest, Desk
from bot.errors import BadInputError
from bot.prose.claim import (
    BatchClaim,
    CertifiedClaim,
    ChangeClaim,
    Claim,
    LeftClaim,
    MarginClaim,
    NoChangeClaim,
    ParsedText,
    TotalClaim,
    VotesClaim,
    WordClaim,
)
from bot.prose.clauses import ClauseReader, Clauses
from bot.prose.items import Items, items_of
from bot.prose.names import Names
from bot.prose.numbers import with_numbers_read
from bot.prose.offers import Before, offers
from bot.prose.refusals import refusal, takes_back
from bot.prose.sentences import Sentence, sentences_of
from bot.prose.tokens import MOST_TOKENS, Token, tokens_of
from bot.prose.whens import Times, when_at

MOST_LETTERS = 1 << 20
"""Longer texts are refused."""

_GOES_ON = frozenset(
    {"a forecast", "an if", "another contest", "another year", "money", "sports", "turnout", "a joke or a test"}
)
"""Reasons that also apply to the next sentence on the line, if it names no candidate and no place."""
_OF_ANOTHER = ("another place", "another contest", "taken back", "too long")
_QUOTES = frozenset('"“”«»')
"""Calls and lists of counties in a line with one of these are somebody else's."""
_LONGEST_WORDS = 300
_AT_ONCE = 100


def read(text: bytes, desk: bytes, contest: bytes) -> Iterator[bytes]:
    """Yield the claims of a text as lines of JSON, several lines at a time.

    Runs in a worker process (`bot/box`).
    """
    found = understood(text.decode(), Desk.model_validate_json(desk), contest.decode())
    lines = [claim.to_json() for claim in found.claims]
    for start in range(0, len(lines), _AT_ONCE):
        yield "\n".join(lines[start : start + _AT_ONCE]).encode()


def understood(text: str, desk: Desk, contest: str | None = None) -> ParsedText:
    """Return the claims that `text` makes about a contest, and the sentences without any.

    `contest` is the contest's id; by default the first contest in the desk file.

    Raises:
        BadInputError: the text is longer than `MOST_LETTERS`, or the desk has no such contest.
    """
    followed = desk.contests[0] if contest is None else desk.contest(contest)
    if followed is None:
        raise BadInputError(f"{contest}: the desk file has no such contest")
    if len(text) > MOST_LETTERS:
        raise BadInputError(f"the text has {len(text)} letters; {MOST_LETTERS} at most are read")
    names = Names(followed, [other for other in desk.contests if other is not followed])
    times = Times(desk.zone)
    read = [*_sentences(text, followed, names, times)]
    _refuse_by_context(read)
    claims: list[Claim] = []
    leftovers: list[str] = []
    clauses = ClauseReader(desk, followed, names)
    quoted = {one.sentence.line for one in read if not _QUOTES.isdisjoint(one.whole.words)}
    words: list[WordClaim] = []
    strangers: list[str] = []
    refused: list[tuple[str, str]] = []
    before, block, began = Before(), -1, 0
    for one in read:
        if one.sentence.block != block:
            before, block, began = Before(), one.sentence.block, len(claims)
        sentence = text[one.sentence.start : one.sentence.end]
        if one.sentence.line not in quoted and one.why not in _OF_ANOTHER:
            clause = clauses.read(text, one.whole)
            words += clause.words
            strangers += clause.strangers
            if clause != Clauses():
                continue
        if one.why:
            refused.append((sentence, one.why))
            continue
        about = {"words": sentence.rstrip(" .!…|•·")[:_LONGEST_WORDS], "stamp": one.stamp}
        found = [
            claim.model_copy(update=about | {"time": _time(part, at, claim, times)})
            for part in one.parts
            for at, claim in _offered(part, followed, before)
        ]
        found = _complete_a_batch(claims, _once(found), since=began)
        claims += found
        if margin := _of_two_lines(claims, text, since=began, contest=followed):
            claims.append(margin)
        if not found:
            leftovers.append(sentence)
    return ParsedText(
        claims=tuple(claims),
        leftovers=tuple(leftovers),
        refused=tuple(refused),
        words=tuple(words),
        strangers=tuple(strangers),
    )


@dataclass(slots=True)
class _Read:
    """A sentence as items, in parts between semicolons."""

    sentence: Sentence
    whole: Items
    parts: list[Items]
    stamp: str | None = None
    why: str = ""


def _sentences(text: str, contest: Contest, names: Names, times: Times) -> Iterator[_Read]:
    for sentence in sentences_of(text):
        tokens = tokens_of(text, sentence.start, sentence.end)
        if len(tokens) > MOST_TOKENS:
            yield _Read(sentence, Items([]), [], why="too long")
            continue
        tokens = names.with_last_names(with_numbers_read(tokens))
        whole = items_of(tokens, contest, names)
        parts = [items_of(part, contest, names) for part in _parts(tokens)]
        stamp = _stamp(text, sentence, times)
        yield _Read(sentence, whole, parts if len(parts) > 1 else [whole], stamp, refusal(whole, contest, names))


def _parts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    ends = [0, *(i for i, token in enumerate(tokens) if token.text == ";"), len(tokens)]
    return [tokens[first:end] for first, end in pairwise(ends)]


def _refuse_by_context(read: Sequence[_Read]) -> None:
    """Refuse sentences because of what is before them: another place, a forecast that goes on, a retraction."""
    elsewhere, off, last = False, "", None
    for one in read:
        if last is None or one.sentence.block != last.sentence.block:
            elsewhere = False
        names_none = not one.whole.places and all(item.symbol != "N" for item in one.whole.items)
        if one.whole.places:
            elsewhere = not one.whole.places[-1].is_own
        elif elsewhere:
            one.why = one.why or "another place"
        if one.why == "another contest":
            elsewhere = True
        same_line = last is not None and last.sentence.line == one.sentence.line
        if names_none and same_line and off in _GOES_ON:
            one.why = one.why or off
        numbers = any(item.symbol == "#" for item in one.whole.items)
        if (
            last
            and last.sentence.block == one.sentence.block
            and (takes_back(one.whole.words, has_number=numbers) or (one.why == "a denial" and not numbers))
        ):
            last.why = "taken back"
        off, last = one.why, one


def _time(part: Items, at: int, claim: Claim, times: Times) -> str | None:
    """Return the time that a sentence gives for the claim of the number at `at` in the text.

    It is the time between the same commas, else one apart from all numbers: "As of noon, …", "…, from the county 6:30".
    """
    starts = [item.token.start for item in part.items]
    numbers = [item.token.start for item in part.items if item.symbol in ("#", "%")]
    cuts = [start for start, item in zip(starts, part.items, strict=True) if item.symbol == ","]
    cuts = [cut for cut, end in pairwise([*cuts, part.tokens[-1].end]) if _any_in(numbers, cut, end)]
    first = max((cut for cut in cuts if cut < at), default=0)
    last = min((cut for cut in cuts if cut > at), default=part.tokens[-1].end)
    whens = [(part.tokens[when.first].start, when) for when in part.times]
    beside = [when for start, when in whens if first <= start < last]
    if isinstance(claim, NoChangeClaim) and (since := [when for when in beside if when.introduction == "since"]):
        return times.clock(since[0])
    commas = [start for start, item in zip(starts, part.items, strict=True) if item.symbol == ","]
    apart = commas[-1] if commas and numbers and commas[-1] > numbers[-1] else part.tokens[-1].end
    beside = beside or [when for start, when in whens if not numbers or start < numbers[0] or start > apart]
    return times.only([when for when in beside if when.introduction == "as"] or beside)


def _any_in(numbers: Sequence[int], start: int, end: int) -> bool:
    return any(start < number < end for number in numbers)


def _of_two_lines(claims: Sequence[Claim], text: str, since: int, contest: Contest) -> Claim | None:
    """Return the margin between the votes of the two who may lead, if two lines or sentences have them."""
    if len(claims) < since + 2:
        return None
    first, second = claims[-2:]
    if not (isinstance(first, VotesClaim) and isinstance(second, VotesClaim)) or first.words == second.words:
        return None
    rivals = [one.id for one in contest.candidates[:2]]
    if {first.candidate, second.candidate} != {*rivals} or first.units or second.units or first.votes == second.votes:
        return None
    ahead, behind = sorted((first, second), key=lambda one: one.votes, reverse=True)
    start = text.find(first.words)
    words = text[start : text.find(second.words, start) + len(second.words)][:_LONGEST_WORDS]
    votes = ahead.votes - behind.votes
    return MarginClaim(candidate=ahead.candidate, votes=votes, words=words, time=first.time, stamp=first.stamp)


def _offered(part: Items, contest: Contest, before: Before) -> list[tuple[int, Claim]]:
    """Return the claims of a part of a sentence, each with its place, and note in `before` what goes on."""
    offered = offers(part, contest, before)
    found = [claim for _, claim in offered]
    named = list(dict.fromkeys(item.said for item in part.items if item.symbol == "N"))
    leaders = {claim.candidate for claim in found if isinstance(claim, MarginClaim) and claim.candidate}
    before.leader = leaders.pop() if len(leaders) == 1 else before.leader
    before.subject = named[0] if named else before.subject
    before.counties = part.counties or before.counties
    sizes = [claim for claim in found if isinstance(claim, BatchClaim)]
    before.size = next((batch.votes for batch in sizes if not batch.split), None if sizes else before.size)
    kinds = [type(claim) for claim in found if isinstance(claim, _TOPICS)]
    if "CERT" in {item.symbol for item in part.items}:
        kinds.append(CertifiedClaim)
    elif "LEFT" in {item.symbol for item in part.items}:
        kinds.append(LeftClaim)
    elif not kinds and not {"LEAD", "AHEAD"}.isdisjoint(item.symbol for item in part.items):
        kinds.append(MarginClaim)
    before.topic = kinds[-1] if kinds else before.topic
    return offered


def _complete_a_batch(claims: list[Claim], found: list[Claim], since: int) -> list[Claim]:
    """Give the last batch in `claims` the split or the net that a later sentence has: "1,192 ballots. Nets Biden 426".

    Returns what is left of `found`. `since`: the place in `claims` where the paragraph began.
    """
    at = next(
        (
            i
            for i in range(len(claims) - 1, max(since, len(claims) - _LAST) - 1, -1)
            if isinstance(claims[i], BatchClaim)
        ),
        None,
    )
    batch = claims[at] if at is not None else None
    if at is None or not isinstance(batch, BatchClaim) or batch.split or batch.net:
        return found
    part = next((one for one in found if isinstance(one, BatchClaim)), None)
    if part and part.split and part.votes == batch.votes:
        claims[at] = batch.model_copy(update={"split": part.split, "net": part.net})
        return [one for one in found if one is not part]
    gains = [one for one in found if isinstance(one, ChangeClaim) and one.votes > 0]
    if not part and len(gains) == 1 and len(found) > 1 and gains[0].candidate and gains[0].votes <= batch.votes:
        net = CandidateVotes(candidate=gains[0].candidate, votes=gains[0].votes)
        claims[at] = batch.model_copy(update={"net": net})
    return found


_LAST = 8
"""The number of claims among which the batch is looked for."""
_TOPICS = (MarginClaim, ChangeClaim, TotalClaim, LeftClaim, BatchClaim, CertifiedClaim)


def _once(claims: Sequence[Claim]) -> list[Claim]:
    return [claim for i, claim in enumerate(claims) if claim not in claims[:i]]


def _stamp(text: str, sentence: Sentence, times: Times) -> str | None:
    """Return the time of the stamp before the sentence's line, such as "8:05 a.m. ET |", as HH:MM.

    Returns None if there is no stamp, or its time is not certain.
    """
    stamp = tokens_of(text, *sentence.stamp) if sentence.stamp else []
    said = [token for token in stamp if token.kind != "mark"]
    whens = (when_at(said[i:], 0) for i, token in enumerate(said) if token.kind == "time")
    return next((times.clock(when) for when in whens if when), None)
