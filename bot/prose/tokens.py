"""Cuts a text into words, numbers, times and punctuation, with their positions.

A token that looks like a number and is not written as one (14.101, l4,101, 14,1011) is of the kind "odd", and so is
any token joined to it. Odd tokens can't be read, and no pattern matches across them.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bot.count.reading import MOST_VOTES
from bot.events.typed_time import HOURS, clock_of

TokenKind: TypeAlias = Literal["word", "number", "odd", "other", "percent", "time", "handle", "link", "mark"]

_PATTERN = re.compile(
    r"""
    (?P<link>(?:https?://|www\.)\S*)
    |(?P<handle>[@\#]\w+)
    |(?P<time>(?<![\w.,:])(?:[0-9]{1,2}(?:(?:[:.h]?[0-9]{2}(?::[0-9]{2})?)?[ ]?HALF|:[0-9]{2}[ap]\b|[:h][0-9]{2}(?::[0-9]{2})?(?!\w|:\w|[.,][0-9]|[ ]ago\b))
      |(?:[0-9]{1,2}[ ]?|(?:HOUR)[ ])o['’]clock\b(?:[ ]HALF)?|(?:HOUR)[ ]HALF))
    |(?P<percent>(?<![\w.,])[0-9][0-9.,]{0,12}(?:[ ]?%|[ ]?-?(?:percent|pct\b\.?|percentage|points?|pts)\b)(?:[ ]points?\b)?)
    |(?P<other>(?<![\w.,])[0-9][0-9.,]{0,12}(?:[ ](?:thousand|million))?[ ](?:billion|dollars|bucks)\b)
    |(?P<scaled>(?<![\w.,])[0-9]{1,4}(?:\.[0-9]{1,3})?[ -](?:thousand|million|mil)\b)
    |(?P<broken>(?<![\w.,])[0-9]{1,3}(?:,[0-9]{3}){0,3},(?:[0-9][ ][0-9]{2}|[0-9]{2}[ ][0-9])(?![\w]|[.,][0-9]))
    |(?P<number>\w{0,24}[0-9]\w*(?:[.,]\w{0,24}[0-9]\w*)*+)
    |(?P<word>['’]s\b|[^\W\d_](?:\.[^\W\d_]\b)++|[^\W\d_]+(?:['’](?:t|re|ve|ll|d|m)\b)?)
    |(?P<space>\s+)
    |(?P<mark>\.{2,}|[-=]>|.)
    """.replace("HALF", r"(?:[ap]\.[ ]?m\b\.?|[ap]m\b)").replace("HOUR", "|".join(HOURS)),
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)

_WHOLE = re.compile(r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,11})(?P<glued>votes?|ballots?|ish)?", re.IGNORECASE)

_SCALED = re.compile(r"(?P<digits>[0-9]{1,4}(?:\.[0-9]{1,3})?)[ -]?(?P<scale>k|m|mil|thousand|million)", re.IGNORECASE)

_SCALES = {"k": 1_000, "m": 1_000_000, "mil": 1_000_000, "thousand": 1_000, "million": 1_000_000}

_APOSTROPHES = "'’‘ʼ`´"

_BEFORE_MAKES_ODD = "#№_"

_MONEY = "$€£"


_DAYS = 31

MOST_TOKENS = 160
"""Sentences with more tokens are not read, and no more tokens are read together."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, time or punctuation mark, at `text[start:end]`."""

    kind: TokenKind
    start: int
    end: int
    text: str
    value: int | None = None
    """For a number, its value. For a time, minutes after midnight, or None without a.m. or p.m.

    An odd number may have one as well, if it is only a bound or "another 1,200".
    """
    approximate: bool = False
    """True if the number is rounded, as in 14K, or hedged, as in "about 14,000"."""
    low: str = field(init=False, compare=False)
    """The token's text in lower case, with straight apostrophes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", self.text.casefold().replace("’", "'"))


def tokens_of(text: str, start: int, end: int) -> list[Token]:
    """Return the tokens of `text[start:end]` without spaces. Their positions are those in the whole `text`."""
    found: list[Token] = []
    for match in _PATTERN.finditer(text, start, end):
        kind, said = match.lastgroup, match[0]
        if kind == "space":
            continue
        if kind == "time":
            found.append(_time(match))
        elif kind in ("number", "broken", "scaled"):
            found.extend(_number(match, text))
        else:
            found.append(Token(kind or "mark", match.start(), match.end(), said))  # type: ignore[arg-type]  # a literal, to mypy a str
    return _without_doubtful(found)


def _time(match: re.Match[str]) -> Token:
    clock = clock_of(match[0])
    if clock is None:
        return Token("odd", match.start(), match.end(), match[0])
    at, half_said = clock
    certain = half_said or at.hour > 12 or match[0].startswith("00")  # a clock's face
    return Token("time", match.start(), match.end(), match[0], at.hour * 60 + at.minute if certain else None)


def _number(match: re.Match[str], text: str) -> list[Token]:
    start, end, said = match.start(), match.end(), match[0]
    odd = [Token("odd", start, end, said)]
    before = text[start - 1] if start else " "
    if before in _MONEY:
        return [Token("other", start, end, said)]
    if before.isalnum() or before in _BEFORE_MAKES_ODD or before in _APOSTROPHES:
        return odd
    if match.lastgroup == "broken":
        said = said.replace(" ", "")
    if whole := _WHOLE.fullmatch(said):
        digits = whole["digits"].replace(",", "")
        if (digits != "0" and digits.startswith("0")) or int(digits) > MOST_VOTES:
            return odd
        if not whole["glued"]:
            return [Token("number", start, end, match[0], int(digits))]
        middle = start + whole.end("digits")
        return [
            Token("number", start, middle, whole["digits"], int(digits)),
            Token("word", middle, end, whole["glued"]),
        ]
    if scaled := _SCALED.fullmatch(said):
        return [Token("number", start, end, said, _times(scaled["digits"], scaled["scale"].casefold()), True)]
    return odd


def _times(digits: str, scale: str) -> int:
    whole, _, part = digits.partition(".")
    return int(whole + part.ljust(6, "0")) * _SCALES[scale] // 1_000_000


def _without_doubtful(tokens: list[Token]) -> list[Token]:
    """Mark numbers as odd if they are so close together that they may be one mistyped number: 14, 101; 4,99 1,741."""
    doubtful: set[int] = set()
    for i, token in enumerate(tokens[:-1]):
        if token.kind not in ("number", "odd"):
            continue
        after = tokens[i + 1]
        if after.kind in ("number", "odd"):
            if not (token.kind == "number" and "," in token.text and _begins_share(tokens, i + 1)):
                doubtful |= {i, i + 1}
        elif after.text == "," and i + 2 < len(tokens) and tokens[i + 2].kind == "number":
            second = tokens[i + 2]
            loose = len(second.text) == 3 and len(token.text) <= 3  # a group of digits
            if loose or (second.start == after.end and len(second.text) == 3):  # as above
                doubtful |= {i, i + 2}
        elif _is_chained(tokens, i) and max(token.value or 0, tokens[i + 2].value or 0) <= _DAYS:
            doubtful |= {i, i + 2}  # 10-12
        elif _is_chained(tokens, i) and (i == 0 or tokens[i - 1].end < token.start) and _is_chained(tokens, i + 2):
            doubtful |= {i, i + 2, i + 4}  # 1-800-741-0750
    return [
        Token("odd", token.start, token.end, token.text) if i in doubtful and token.kind == "number" else token
        for i, token in enumerate(tokens)
    ]


def _is_chained(tokens: list[Token], i: int) -> bool:
    """Return True if a dash joins the number at `i` to another number, without spaces."""
    after = tokens[i + 1 : i + 3]
    return (
        len(after) > 1 and after[0].text in "-–—" and tokens[i].end == after[0].start and after[1].start == after[0].end
    )


def _begins_share(tokens: list[Token], i: int) -> bool:
    """Return True if a count such as "96 of 159" begins at `i`: probably a new sentence after a missing full stop."""
    return i + 1 < len(tokens) and tokens[i].kind == "number" and tokens[i + 1].low in ("of", "out", "/", "counties")
