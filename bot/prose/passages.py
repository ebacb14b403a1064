"""Finds sentences that are read together: rows of a table, a number and what it is, a county's votes and their split."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from bot.prose.sure_claims import SentenceContext
from bot.prose.tokens import MOST_TOKENS

STATE_TOTAL = 1_000_000
"""A number this large is a total of the whole state, and not the size of a batch."""
OF_THE_COUNT = frozenset("LEAD LEADS UP GAP TRAILS LEFT PENDING CERT UNCERT TOTAL".split())
"""Classes of words that are about more than a batch: a lead, a total, ballots left or certification."""
_ROW = frozenset("NAME NUM PCT BATCH COUNT STOP COLON DASH COMMA SLASH".split())
"""The only word classes in a candidate's row of a table."""


def passages(heard: Sequence[SentenceContext]) -> Iterator[tuple[SentenceContext, int]]:
    """Yield groups of sentences that are read together, as (first sentence, position where the group ends).

    Three kinds of groups are read together:

    - rows of a table, each with a candidate and a number
    - a number and the sentence that explains it: "14,112. That is the lead."
    - a county's votes and their split: "Cobb posted 1,414. Biden 824, Trump 568"
    """
    i = 0
    while i < len(heard):
        near = _near(heard, i)
        last = i + max(_end_of_rows(near), _end_of_batch(near))
        says_what = i + 1 < len(heard) and _says_what(heard[i], heard[i + 1])
        yield heard[i], heard[i + 1 if says_what else last].sentence.end
        i = last + 1


def _near(heard: Sequence[SentenceContext], i: int) -> Sequence[SentenceContext]:
    """Return the sentences from `i` on that have `MOST_TOKENS` tokens together, or sentence `i` alone."""
    end, tokens = i + 1, len(heard[i].tokens)
    while end < len(heard) and (tokens := tokens + (len(heard[end].tokens) or MOST_TOKENS)) <= MOST_TOKENS:
        end += 1
    return heard[i:end]


def _end_of_rows(near: Sequence[SentenceContext]) -> int:
    """Return the index of the last row of the table that begins with the first sentence; 0 if that is no row."""
    rows = takewhile(lambda one: one.sentence.block == near[0].sentence.block and _is_row(one), near)
    return max(sum(1 for _ in rows) - 1, 0)


def _end_of_batch(near: Sequence[SentenceContext]) -> int:
    """Return the index of the last sentence that may split the votes in the first one by candidate.

    The first sentence gives a county's votes. Returns 0 if no later sentence may split them.
    """
    one, last = near[0], 0
    of_a_county = any(place.county and place.is_own for stream in one.streams for place in stream.places)
    most = max(_values(one), default=STATE_TOTAL)
    if not of_a_county or most > STATE_TOTAL or _says_whose(one) or _leads(one):
        return 0
    for at, after in enumerate(near[1:], 1):
        goes_on = after.sentence.line == one.sentence.line and not (after.why or _leads(after))
        if not goes_on or any(stream.places for stream in after.streams) or max(_values(after), default=0) > most:
            break
        if _says_whose(after) and _values(after):
            last = at
    return last


def _says_whose(one: SentenceContext) -> bool:
    return any(item.kind == "NAME" for stream in one.streams for item in stream.items)


def _leads(one: SentenceContext) -> bool:
    """Return True if a sentence is about more than a batch: a lead, a total, ballots left or certification."""
    return any(item.kind in OF_THE_COUNT for stream in one.streams for item in stream.items)


def _values(one: SentenceContext) -> list[int]:
    return [item.token.value or 0 for stream in one.streams for item in stream.items if item.kind == "NUM"]


def _says_what(one: SentenceContext, after: SentenceContext) -> bool:
    """Return True if `after` has no number of its own and may explain the number of `one`."""
    tokens = after.streams[0].tokens if after.streams and after.sentence.line == one.sentence.line else []
    begins = [token.low for token in tokens[:1]] in (["that"], ["this"])
    alone = all(token.kind in ("number", "mark") for token in one.tokens)
    return bool(tokens) and (begins or alone) and all(token.kind != "number" for token in tokens)


def _is_row(one: SentenceContext) -> bool:
    """Return True if a sentence is a candidate's row in a table, or a part of such a row."""
    kinds = [item.kind for item in one.streams[0].items] if one.streams else []
    kinds = kinds[kinds.index("COLON") + 1 :] if "COLON" in kinds[:-2] else kinds  # after the table's title
    return {*kinds} <= _ROW and max(map(kinds.count, ("NAME", "NUM"))) == 1
