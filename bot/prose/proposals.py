"""Proposals: every number of a text that stands near a candidate, a county or a word of the trade, for a person to tick.

The second tier. A claim (`reader.py`) is exact or it is not made; a proposal may be wrong, and is nobody's word before
somebody ticks it. So it says as much as can be read off the sentence, and None for the rest.
"""

import re
from collections.abc import Iterator, Sequence

from bot.desk.desk_file import Contest
from bot.prose.claim import Claim, Kind
from bot.prose.names import Names
from bot.prose.numbers import with_numbers_read
from bot.prose.sentences import sentences_of
from bot.prose.settling import Settled
from bot.prose.stream import Item, Stream, streams_of
from bot.prose.tokens import Token, tokens_of

_SHRINKS = frozenset(
    "narrowed narrows shrank shrinks shrunk cut cuts trimmed trims trim erased erases closed closes shaved shaves knocked knocks"
    " sliced chopped sheds shed tightened tightens slides slid slips slipped dips dipped drops dropped falls fell ate eats"
    " lost loses".split()
)
_TRADE: dict[Kind, frozenset[str]] = {
    "margin": frozenset(
        "lead leads leading led ahead margin edge advantage trails trailing behind cushion gap difference deficit race front"
        " top plus separate separates apart".split()
    ),
    "margin_change": frozenset(
        "gained gains gain net nets netted picked adds added grew grows grown growing widened widens expands expanded rises rose"
        " climbs climbed swing swings shift shifts moved moves change changed another further worth handed hands gave gives bump"
        " boost pickup".split()
    )
    | _SHRINKS,
    "total": frozenset("total totals tally count counts counted votes vote cast turnout".split()),
    "certified": frozenset("certified certify certifies certifying certification".split()),
    "outstanding": frozenset(
        "left remain remains remaining outstanding uncounted pending uncured unprocessed await awaiting waiting process processed"
        " unopened opened still yet ballots ballot absentees absentee provisionals provisional mail-in backlog stack".split()
    ),
}
_UP = frozenset({"up", "down"})
"""Of a lead where a number stands right after or before them."""
_WEAK = frozenset("votes vote ballots ballot still yet count counts counted tally another front top race".split())
"""Said of other things too: a surer word counts before them unless it is much farther off."""
_WEAKER_BY = 3
_LEVEL = frozenset({"to", "at", "is", "was", "now", "stands", "of"})
"""Before a number: what the lead came to, and not by how much it moved."""
_LEADS = frozenset("leads leading led ahead trails trailing behind".split())
_BEHIND = frozenset("trails trailing behind deficit".split())
"""Whoever is named beside it is not who leads."""
_BALLOTS = frozenset("ballots ballot absentees absentee provisionals provisional mail-in".split())
_GAINS = frozenset("gains gained adds added gets got".split())
_GIVES_VOTES = frozenset({":", "+", "=", "has", "had", "with", "at", "got", "gets", "-", "–", "("})
_UNITS = frozenset({"counties", "county"})
_RIVALS = 2
_A_STATES = 1_000_000
"""A number as large is of a state's votes together."""
_NO_COUNT = frozenset(
    "district precinct no number route interstate chapter section page day jan feb mar apr may june july aug sept sep oct nov"
    " dec january february march april august september october november december sb hb channel age aged".split()
)
_NO_VOTES = frozenset(
    "percent percentage point points years year-old days day hours hour minutes minute p.m a.m people seats".split()
)
_DIGITS = re.compile(r"(?<![\w.,])(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9})(?![\w]|[.,][0-9])")
_YEARS = range(1900, 2100)
_MOST_TOKENS = 160
_LONGEST_WORDS = 300


def proposals(text: str, sure: Sequence[Settled], contest: Contest, names: Names) -> list[Claim]:
    """Return what may be claimed beside what is `sure`, in the order of the text.

    What is quoted is read as well, whoever says it; a number that a sure claim of its sentence has is not offered again.
    """
    found: list[Claim] = []
    for sentence in sentences_of(text):
        tokens = tokens_of(text, sentence.start, sentence.end)
        if len(tokens) > _MOST_TOKENS:
            continue
        said = {number for one in sure if one.sentence.start == sentence.start for number in _numbers(one.claim)}
        words = text[sentence.start : sentence.end][:_LONGEST_WORDS]
        streams = streams_of([_plain(token) for token in with_numbers_read(tokens)], contest, names)
        here = [pair for stream in streams for pair in _of_stream(words, stream) if pair[0].value not in said]
        found += [proposal for _, proposal in sorted(here, key=lambda pair: pair[0].start)]
    return found


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


def _of_stream(words: str, stream: Stream) -> Iterator[tuple[Token, Claim]]:
    yield from _of_a_list(words, stream)
    part_of_another: set[int] = set()
    for place, token in enumerate(stream.tokens):
        before = [one for one in stream.places if one.first < place]
        if place in part_of_another or not _counts(stream, place) or (before and not before[-1].is_own):
            continue
        if _is_a_candidates(stream, place):
            part_of_another.add(_whole(stream, place) or place)
            continue
        kind, trade = _kind(stream, place)
        if kind == "total" and _BALLOTS & set(stream.words) and (token.value or 0) < _A_STATES:
            continue  # "provisional ballots are counted, 553 of them": of a part of the ballots
        names = _names(stream)
        gains = any(
            stream.words[item.last + 1 : item.last + 2] and stream.words[item.last + 1] in _GAINS for item in names
        )
        counties = tuple(dict.fromkeys(one.county for one in stream.places if one.is_own and one.county))
        if kind is None and not names and not counties:
            continue
        whole = _whole(stream, place)
        if whole is not None:
            part_of_another.add(whole)
        said = {item.said for item in names}
        what: Kind = kind or ("margin_change" if counties else "margin" if names else "total")
        number = {"certified": "done", "outstanding": "ballots"}.get(what, "votes")
        figure = -(token.value or 0) if what == "margin_change" and trade in _SHRINKS else token.value
        yield token, Claim(
            claim=what, **{number: figure}, words=words, time=_clock(stream), sure=False,
            candidate=said.pop() if what == "margin" and len(said) == 1 and not gains and trade not in _BEHIND else None,
            of=stream.tokens[whole].value if whole is not None and what == "certified" else None,
            approximate=token.approximate and what != "certified",
            units=counties if what in ("margin_change", "outstanding") else (),
        )  # fmt: skip


def _counts(stream: Stream, place: int) -> bool:
    """Return True for a number that can be one of votes, ballots or counties."""
    token = stream.tokens[place]
    if token.kind != "number" or token.value is None or token.value < 1:
        return False
    if token.value in _YEARS and token.text.isdigit():
        return False
    before = stream.words[place - 1].rstrip(".") if place else ""
    if before == "" and place > 1:
        before = stream.words[place - 2].rstrip(".")
    after = stream.words[place + 1] if place + 1 < len(stream.words) else ""
    return before not in _NO_COUNT and after not in _NO_VOTES


def _is_a_candidates(stream: Stream, place: int) -> bool:
    """Return True for a number of votes of one candidate, which no claim is of: "Biden 120, Trump 30", "Trump gains 31"."""
    names = _names(stream)
    if place in _listed(stream):
        return True
    large = [token for token in stream.tokens if token.kind == "number" and (token.value or 0) >= _A_STATES]
    if len({item.said for item in names}) > 1 and len(large) > 1 and stream.tokens[place] in large:
        return True
    before = stream.words[place - 1 : place]
    is_net = "on" in stream.words[place + 1 : place + 3]  # "Trump gained 53 on Biden"
    return bool(before) and before[0] in _GAINS and not is_net and any(item.last == place - 2 for item in names)


def _names(stream: Stream) -> list[Item]:
    return [item for item in stream.items if item.kind == "NAME" and item.said]


def _listed(stream: Stream) -> dict[int, str]:
    """Return whose number is at which place in "Biden 120, Trump 30"; none where a name has two, as in a list of states."""
    beside = [(there, item.said) for item in _names(stream) if item.said and (there := _number_beside(stream, item))]
    found = dict(beside)
    return found if 1 < len(beside) == len(found) == len(set(found.values())) else {}


def _of_a_list(words: str, stream: Stream) -> Iterator[tuple[Token, Claim]]:
    """Yield the margin between two candidates' votes in a whole state, "Biden 2,471,910, Trump 2,457,853"."""
    listed = [(stream.tokens[place], who) for place, who in _listed(stream).items()]
    if len(listed) != _RIVALS or (stream.places and any(one.county or not one.is_own for one in stream.places)):
        return
    (behind, _), (ahead, who) = sorted(listed, key=lambda one: one[0].value or 0)
    margin = (ahead.value or 0) - (behind.value or 0)
    if margin and (behind.value or 0) >= _A_STATES and not (ahead.approximate or behind.approximate):
        yield ahead, Claim(claim="margin", candidate=who, votes=margin, words=words, time=_clock(stream), sure=False)


def _number_beside(stream: Stream, name: Item) -> int | None:
    """Return the place of the number right behind a name, or else right before it: "Biden: +120", "120 for Biden"."""
    behind, before = name.last + 1, name.first - 1
    while behind < len(stream.words) and stream.words[behind] in _GIVES_VOTES:
        behind += 1
    if behind < len(stream.words) and stream.tokens[behind].kind == "number":
        return behind
    while before > 0 and stream.words[before] in ("for", "votes"):
        before -= 1
    return before if before >= 0 and stream.tokens[before].kind == "number" else None


def _kind(stream: Stream, place: int) -> tuple[Kind | None, str]:
    """Return what the nearest word of the trade makes of a number, and that word; None: there is none."""
    words = stream.words
    near: list[tuple[int, int, Kind, str]] = [
        (abs(there - place) + (_WEAKER_BY if word in _WEAK else 0), order, kind, word)
        for there, word in enumerate(words)
        for order, (kind, known) in enumerate(_TRADE.items())
        if word in known
    ]
    near += [(0, 0, "margin", word) for word in words[max(place - 1, 0) : place + 2] if word in _UP]
    if not near:
        return None, ""
    _, _, kind, word = min(near)
    if "certified" in {one for _, _, one, _ in near} and _UNITS & set(words[place + 1 : place + 3]):
        return "certified", word
    if (stream.tokens[place].value or 0) >= _A_STATES:
        return "total", word
    if kind == "total" and _in_county(stream):
        return ("outstanding" if _BALLOTS & set(words) else "margin_change"), word
    return _of_lead(stream, place, kind, word) if kind in ("margin", "margin_change") else (kind, word)


def _of_lead(stream: Stream, place: int, kind: Kind, word: str) -> tuple[Kind, str]:
    """Return whether a number is what the lead is, or by how much it moved."""
    words = stream.words
    before = words[max(place - 2, 0) : place]
    moved = next((one for one in reversed(words[:place]) if one in _TRADE["margin_change"]), None)
    lead = any(one in _TRADE["margin"] for one in words)
    to_another = words[place + 1 : place + 2] == ["to"] and [
        one.kind for one in stream.tokens[place + 2 : place + 3]
    ] == ["number"]
    if before[-1:] == ["lead"] and (
        len(before) == 1 or not before[0].isalpha()
    ):  # "Trump gains 31 in Cobb; lead 14,070"
        return "margin", word
    if to_another and lead:  # "the lead slides 333 to 13,724"
        return "margin_change", word
    if _LEVEL & set(before[-1:]) and lead:
        return "margin", word
    beside_leads = _LEADS & set(before)
    if not beside_leads and before[-1:] == ["by"] and moved:  # "trimmed Biden's lead by 14"
        return "margin_change", moved
    if not beside_leads and kind == "margin" and _in_county(stream):  # "Tift moved the margin 31 votes"
        return "margin_change", moved or word
    return kind, word


def _in_county(stream: Stream) -> bool:
    return any(one.is_own and one.county for one in stream.places)


def _whole(stream: Stream, place: int) -> int | None:
    """Return the place of the number that this one is a part of: "96 of 159", "96 out of the 159"."""
    words = stream.words[place + 1 : place + 5]
    if words[:1] not in (["of"], ["out"], ["/"]):
        return None
    there = next(
        (place + 1 + step for step, word in enumerate(words) if word not in ("of", "out", "the", "all", "/")), None
    )
    return there if there is not None and there < len(stream.tokens) and stream.tokens[there].kind == "number" else None


def _clock(stream: Stream) -> str | None:
    return next((when.clock for when in stream.times if when.clock and when.introduction), None)
