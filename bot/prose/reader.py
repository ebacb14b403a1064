"""Reads claims from prose.

A sentence is understood for sure (`sure_claims.py`), or its numbers are offered as proposals (`proposals.py`), or it
is refused because it claims nothing about this count (`refusals.py`). All other sentences are leftovers. No function
of this package uses a clock, a network or a model.
"""

from collections.abc import Iterator, Sequence

from bot.desk.desk_file import Contest, Desk
from bot.errors import BadInputError
from bot.prose.claim import Claim, ParsedText
from bot.prose.clauses import ClauseReader, Clauses
from bot.prose.names import Names
from bot.prose.numbers import with_numbers_read
from bot.prose.proposals import proposals
from bot.prose.refusals import refusal, takes_back
from bot.prose.sentences import Sentence, sentences_of
from bot.prose.stream import streams_of
from bot.prose.sure_claims import SentenceContext, settled, understand
from bot.prose.tokens import MOST_TOKENS, tokens_of
from bot.prose.whens import Times, when_at

MOST_LETTERS = 1 << 20
"""Longer texts are refused."""

_HEADING = 6
"""A sentence of at most this many words may be a heading."""

_QUOTES = frozenset('"“”«»')
"""Quotation marks. Nothing in a line that has one is sure, since it may be somebody else's claim."""

_GOES_ON = ("a forecast", "another contest", "another year", "money", "sports", "turnout")
"""Reasons that also apply to the next sentence on the line, if it names no candidate and no place."""


def read(text: bytes, desk: bytes, contest: bytes) -> Iterator[bytes]:
    """Yield the claims and proposals of a text as lines of JSON, several lines at a time.

    Runs in a worker process (`bot/box`).
    """
    found = understood(text.decode(), Desk.model_validate_json(desk), contest.decode())
    lines = [claim.to_json() for claim in (*found.claims, *found.proposals)]
    for start in range(0, len(lines), _AT_ONCE):
        yield "\n".join(lines[start : start + _AT_ONCE]).encode()


_AT_ONCE = 100


def claims(text: str, desk: Desk, contest: str | None = None) -> list[Claim]:
    """Return the claims that `text` surely makes about a contest.

    `contest` is the contest's id; by default the first contest in the desk file.

    Raises:
        BadInputError: the text is longer than `MOST_LETTERS`, or the desk has no such contest.
    """
    return list(understood(text, desk, contest).claims)


def understood(text: str, desk: Desk, contest: str | None = None) -> ParsedText:
    """Return all claims found in `text`, and the sentences without any. Arguments and errors are those of `claims`."""
    followed = desk.contests[0] if contest is None else desk.contest(contest)
    if followed is None:
        raise BadInputError(f"{contest}: the desk file has no such contest")
    if len(text) > MOST_LETTERS:
        raise BadInputError(f"the text has {len(text)} letters; {MOST_LETTERS} at most are read")
    names = Names(followed, [other for other in desk.contests if other is not followed])
    times = Times(desk.zone)
    heard = [*_heard(text, followed, names, times)]
    _place(heard)
    understand(heard, followed)
    made = [*settled(heard, text, followed, times)]
    clauses = ClauseReader(desk, followed, names)
    said = [Clauses() if one.is_doubtful else clauses.read(text, one.streams) for one in heard]
    spoken = {one.sentence for one in made}
    return ParsedText(
        claims=tuple(one.claim for one in made),
        leftovers=tuple(
            text[one.sentence.start : one.sentence.end]
            for one, clause in zip(heard, said, strict=True)
            if not one.why and one.sentence not in spoken and clause == Clauses()
        ),
        refused=tuple(
            (text[one.sentence.start : one.sentence.end], one.why)
            for one, clause in zip(heard, said, strict=True)
            if one.why and clause == Clauses()
        ),
        words=tuple(word for clause in said for word in clause.words),
        strangers=tuple(stranger for clause in said for stranger in clause.strangers),
        proposals=tuple(proposals(text, heard, made, followed, names, times)),
    )


def _heard(text: str, contest: Contest, names: Names, times: Times) -> Iterator[SentenceContext]:
    """Yield the sentences of a text as tokens and streams, each with the reason if it is refused."""
    for sentence in sentences_of(text):
        tokens = tokens_of(text, sentence.start, sentence.end)
        if len(tokens) > MOST_TOKENS:
            yield SentenceContext(sentence, [], [], why="too long")
            continue
        read = with_numbers_read(tokens)
        streams = streams_of(read, contest, names)
        yield SentenceContext(sentence, read, streams, _stamp(text, sentence, times), refusal(streams, contest, names))


def _stamp(text: str, sentence: Sentence, times: Times) -> str | None:
    """Return the time of the stamp before the sentence's line, such as "8:05 a.m. ET |", as HH:MM.

    Returns None if there is no stamp, or its time is not certain.
    """
    stamp = tokens_of(text, *sentence.stamp) if sentence.stamp else []
    said = [token for token in stamp if token.kind != "mark"]
    whens = (when_at(said[i:], 0) for i, token in enumerate(said) if token.kind == "time")
    return next((times.clock(when) for when in whens if when), None)


def _place(heard: Sequence[SentenceContext]) -> None:
    """Mark sentences as doubtful or refused because of what surrounds them: places, quotations, retractions."""
    counties: tuple[str, ...] = ()
    place, quoted = "", {one.sentence.line for one in heard if not _QUOTES.isdisjoint(one.words)}
    for before, one in zip([None, *heard], heard, strict=False):
        same = before is not None and before.sentence.block == one.sentence.block
        place, counties = (place, counties) if same or _is_heading(before) else ("", ())
        places = [place for stream in one.streams for place in stream.places]
        if not places and place == "another place":
            one.why = one.why or place
        if places:
            place = "another place" if not places[-1].is_own else "a county" if places[-1].county else ""
            counties = tuple(dict.fromkeys(each.county for each in places if each.is_own and each.county))
        else:
            one.counties = counties
        one.is_doubtful = one.sentence.line in quoted or bool(place and not places)
        if one.why == "another contest":
            place = "another place"
        names_none = not places and all(item.kind != "NAME" for stream in one.streams for item in stream.items)
        if names_none and before and before.sentence.line == one.sentence.line and before.why in _GOES_ON:
            one.why = one.why or before.why
        if same and before and takes_back(one.words, has_number=one.has_number):
            before.why, before.is_doubtful = "taken back", True


def _is_heading(one: SentenceContext | None) -> bool:
    return one is not None and len(one.words) <= _HEADING and not one.found
