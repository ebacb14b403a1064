"""Prose to claims.

A claim is exact or it is not made. Each sentence is cut into classes of words, a few patterns are looked for in them
(`patterns.py`), and whatever in the sentence speaks against a claim takes it back (`objections.py`). What is not
understood is left out, and handed on as a leftover. Nothing here asks a clock, a network or a model.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.desk.desk_file import Contest, Desk
from bot.errors import BadInputError
from bot.prose.claim import ChangeClaim, Claim, Understood
from bot.prose.clauses import ClauseReader, Clauses
from bot.prose.names import Names
from bot.prose.numbers import with_numbers_read
from bot.prose.objections import Objections, Surroundings, denies, left_over, takes_back
from bot.prose.proposals import proposals
from bot.prose.search import Search
from bot.prose.sentences import Sentence, sentences_of
from bot.prose.settling import Heard, Times, settled
from bot.prose.speakers import says
from bot.prose.stream import Stream, streams_of
from bot.prose.tokens import Token, tokens_of
from bot.prose.whens import when_at

MOST_LETTERS = 1 << 20
"""A longer text is no prose, and is refused."""

_NEEDED = frozenset(
    "LEAD LEADS UP DOWN PASSES TRAILS PLUS IT WHICH LESS MORE ADD GAIN PICKS NETS NET VOTES TOTAL CERT LEFT NO_CHANGE UNCHANGED".split()
)
"""A sentence without any of these classes claims nothing, and names nobody who leads."""

_HEADING = 6
"""A line of so few words may be a heading."""

_QUOTES = frozenset('"“”«»')

_MOST_TOKENS = 160
"""A sentence of more words is none that anybody wrote; nothing in it is understood."""


def read(text: bytes, desk: bytes, contest: bytes) -> Iterator[bytes]:
    """Yield what a text claims of a contest, and what may be claimed beside that, as lines of JSON: in the box."""
    found = understood(text.decode(), Desk.model_validate_json(desk), contest.decode())
    lines = [claim.to_json() for claim in (*found.claims, *found.proposals)]
    for start in range(0, len(lines), _AT_ONCE):
        yield "\n".join(lines[start : start + _AT_ONCE]).encode()


_AT_ONCE = 100


def claims(text: str, desk: Desk, contest: str | None = None) -> list[Claim]:
    """Return what `text` claims of the contest with the id `contest` (by default the desk file's first).

    Raises:
        BadInputError: the text is longer than `MOST_LETTERS`, or the desk has no such contest.

    """
    return list(understood(text, desk, contest).claims)


def understood(text: str, desk: Desk, contest: str | None = None) -> Understood:
    """Return the claims of `text` and the sentences of which nothing was understood; see `claims`."""
    followed = desk.contests[0] if contest is None else desk.contest(contest)
    if followed is None:
        raise BadInputError(f"{contest}: the desk file has no such contest")
    if len(text) > MOST_LETTERS:
        raise BadInputError(f"the text has {len(text)} letters; {MOST_LETTERS} at most are read")
    names = Names(followed, [other for other in desk.contests if other is not followed])
    times = Times(desk.zone)
    heard = _heard(text, followed, names, ClauseReader(desk, followed, names), times)
    made = settled(_without_denied(heard), text, followed, times)
    spoken = {one.sentence for one in made} | {one.sentence for one in heard if one.clauses != Clauses()}
    return Understood(
        claims=tuple(one.claim for one in made),
        leftovers=tuple(text[one.sentence.start : one.sentence.end] for one in heard if one.sentence not in spoken),
        words=tuple(word for one in heard for word in one.clauses.words),
        strangers=tuple(stranger for one in heard for stranger in one.clauses.strangers),
        proposals=tuple(proposals(text, heard, made, followed, names, times)),
    )


def _heard(text: str, contest: Contest, names: Names, clauses: ClauseReader, times: Times) -> list[Heard]:
    """Return what each sentence seems to claim, read with what is left over from those before it."""
    sentences = [*_streamed(text, contest, names)]
    heard: list[Heard] = []
    around, line = Surroundings(), -1
    for sentence, streams in sentences:
        if sentence.line != line:
            around, line = _of_a_new_line(around, heard, sentence.block), sentence.line
        heard.append(_listened(sentence, streams, contest, names, around))
        heard[-1].stamp = _stamp(text, sentence, times)
        heard[-1].clauses = clauses.read(text, streams, around)
        around = left_over(streams, contest, names, around)
    return heard


def _stamp(text: str, sentence: Sentence, times: Times) -> str | None:
    """Return the time of the stamp before its line, "8:05 a.m. ET |"; None: there is none, or not certainly one."""
    stamp = tokens_of(text, *sentence.stamp) if sentence.stamp else []
    said = [token for token in stamp if token.kind != "mark"]
    whens = (when_at(said[i:], 0) for i, token in enumerate(said) if token.kind == "time")
    return next((times.clock(when) for when in whens if when), None)


def _without_denied(heard: list[Heard]) -> list[Heard]:
    """Take back what the next sentence takes back, "This is false."; and a change of which it says the county."""
    for one, after in pairwise(heard):
        words = [word for stream in after.streams for word in stream.words]
        same_line = one.sentence.line == after.sentence.line
        if denies(words) if same_line else one.sentence.block == after.sentence.block and takes_back(words):
            one.found, one.leaders = [], []
            one.clauses = Clauses()
        if same_line and _names_a_county_alone(after):
            one.found = [
                pair for pair in one.found if not isinstance(pair[0].claim, ChangeClaim) or pair[0].claim.units
            ]
    return heard


def _names_a_county_alone(one: Heard) -> bool:
    """Return True of "The votes came from Richmond County.", which has no number of its own."""
    kinds = {item.kind for stream in one.streams for item in stream.items}
    return "COUNTY" in kinds and "NUM" not in kinds


def _streamed(text: str, contest: Contest, names: Names) -> Iterator[tuple[Sentence, list[Stream]]]:
    """Yield each sentence with its streams; none for one that is too long to be one."""
    line, quoted = -1, False
    for sentence in sentences_of(text):
        if sentence.line != line:
            line, quoted = sentence.line, False
        tokens = tokens_of(text, sentence.start, sentence.end)
        unquoted, quoted = _without_quotations(tokens, quoted=quoted)
        short = len(tokens) <= _MOST_TOKENS
        yield sentence, streams_of(with_numbers_read(unquoted), contest, names) if short else []


def _of_a_new_line(around: Surroundings, heard: Sequence[Heard], block: int) -> Surroundings:
    """Return what a line leaves over the next: all, if it was a heading, such as "PENNSYLVANIA"; else where its paragraph is."""
    if not heard:
        return Surroundings()
    last = heard[-1]
    alone = len(heard) == 1 or heard[-2].sentence.line != last.sentence.line
    short = sum(len(stream.tokens) for stream in last.streams) <= _HEADING
    if alone and short and not last.found:
        return around
    return Surroundings(elsewhere=around.elsewhere and last.sentence.block == block)


def _listened(sentence: Sentence, streams: list[Stream], contest: Contest, names: Names, around: Surroundings) -> Heard:
    heard = Heard(sentence, streams)
    for stream in streams:
        context = Objections(stream, contest, names, around, streams)
        if not _NEEDED & {item.kind for item in stream.items} or context.whole:
            continue
        search = Search(stream, streams, context, contest)
        heard.found.extend((found, stream) for found in search.found())
        heard.leaders.extend(search.leaders())
    return heard


def _without_quotations(tokens: list[Token], *, quoted: bool) -> tuple[list[Token], bool]:
    """Return the tokens without what is quoted, unless somebody is said to say it, and whether a quotation stays open.

    Whose word it is, and whether it is taken, is judged later, with the rest of the sentence.
    """
    kept: list[Token] = []
    inside: list[Token] = []
    for token in tokens:
        if token.text in _QUOTES:
            quoted = token.text not in "”»" if token.text != '"' else not quoted
            inside.append(token)
            kept.append(Token("mark", token.start, token.end, "|"))
        elif quoted:
            inside.append(token)
        else:
            kept.append(token)
    if says([token.low for token in kept]) and not quoted:
        return [token for token in tokens if token.text not in _QUOTES], quoted
    return kept, quoted
