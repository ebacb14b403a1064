"""Reads numbers in sentences: spelled out, hedged ("just over"), bounded ("up to") and ranges.

Bounds and ranges ("up to 14,000", "between 10,000 and 12,000") get the kind "odd" or "other", since they are not one
number.
"""

from bot.prose.lexicon import TABLES, phrases
from bot.prose.tokens import Token, TokenKind

_TO_TWELVE = "zero one two three four five six seven eight nine ten eleven twelve"
_TO_NINETEEN = f"{_TO_TWELVE} thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ONES = {word: number for number, word in enumerate(_TO_NINETEEN.split())}

_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))

_SAID = TABLES["numbers"]
_SCALES = {"dozen": 12, "thousand": 1_000, "million": 1_000_000}

_NUDGED = {(*nudge, *beside) for nudge in phrases(_SAID["nudges"]) for beside in phrases(_SAID["beside"])}
_HEDGED = {(nudge, *about) for nudge in ("just", "only", "very") for about in phrases(_SAID["about"])}
_HEDGES = frozenset({*phrases(_SAID["about"]), *phrases(_SAID["beside"]), *_NUDGED, *_HEDGED})
_BOUND = frozenset(phrases(_SAID["bounds"]))
_AFTER = frozenset(phrases(_SAID["tails"]))
_BOUND_AFTER = frozenset(phrases(_SAID["bound_tails"]))
_VOTES = frozenset({"vote", "votes", "ballot", "ballots"})
_LONGEST = 4

_ROUND = 500
"""Numbers that are not multiples of this are exact, and no bounds of a range."""

_A_SCORE = 1_000_000
"""Numbers this large with "to" between them, "2,471,895 to 2,457,794", are two candidates' votes and no range."""

_ALIKE = 3
"""Two numbers with "to" between them are a range, or a score, if the larger is at most this many times the smaller."""


def with_numbers_read(tokens: list[Token]) -> list[Token]:
    """Return the tokens with each number as one token.

    A hedge such as "about" becomes part of the number's token, which is then `approximate`.
    """
    return _hedged(_ranges_odd(_spelled(tokens)))


def _spelled(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        run = _run(tokens, i)
        votes = any(token.low in _VOTES for token in tokens[i + 1 : i + 2])
        if not run or (run == 1 and tokens[i].low in ("one", "zero") and not votes):
            found.append(tokens[i])
            i += 1
            continue
        said = tokens[i : i + run]
        value = _value([token.low for token in said if token.low not in ("-", "and", ",")])
        text = " ".join(token.text for token in said)
        rounded = said[-1].low in _SCALES
        kind: TokenKind = "odd" if value is None or (i and tokens[i - 1].low == "point") else "number"
        if kind == "number" and [token.low for token in tokens[i + run : i + run + 1]] in (["percent"], ["pct"]):
            kind, text, run = "percent", f"{value} percent", run + 1  # "ninety-seven percent"
        found.append(Token(kind, said[0].start, tokens[i + run - 1].end, text, value, rounded))
        i += run
    return found


def _run(tokens: list[Token], first: int) -> int:
    """Return how many tokens, beginning at `first`, spell out one number."""
    begins = tokens[first].low
    of_one = begins == "a" and any(token.low in _BIG for token in tokens[first + 1 : first + 2])
    if not of_one and begins not in _ONES and begins not in _TENS:
        return 0
    length = 1
    while first + length < len(tokens):
        word = tokens[first + length].low
        after = tokens[first + length + 1].low if first + length + 1 < len(tokens) else ""
        if _is_number_word(word):
            length += 1
        elif _is_number_word(after) and _joins(word, tokens[first + length - 1].low):
            length += 2
        else:
            break
    return length


_BIG = frozenset({"hundred", *_SCALES})


def _joins(word: str, before: str) -> bool:
    """Return True if `word` joins two words of a number that is spelled out.

    In "sixty-one thousand, three hundred and two", the hyphen, the comma and "and" do. `before` is the previous word.
    """
    return word in ("-", "point") or (word == "and" and before in _BIG) or (word == "," and before in _SCALES)


def _is_number_word(word: str) -> bool:
    return word in _ONES or word in _TENS or word in _BIG


def _value(words: list[str]) -> int | None:
    """Return the number that the words spell out; None for words that form no number: "four twenty"."""
    whole, part, last = 0, 0, None
    words = ["one", *words[1:]] if words[0] == "a" else words
    if "point" in words[1:-2]:  # four point nine seven million
        point = words.index("point")
        ones = [_ONES.get(word, 10) for word in [*words[:point], *words[point + 1 : -1]]]
        exact = words[-1] in _SCALES and max(ones) < 10  # digits
        return int("".join(map(str, ones))) * _SCALES[words[-1]] // 10 ** (len(words) - point - 2) if exact else None
    for word in words:
        one = _ONES.get(word)
        if one is not None and (
            part % 100 == 0 or (0 < one < 10 and part % 10 == 0 and part % 100 >= 20)
        ):  # twenty-one
            part += one
        elif word in _TENS and part % 100 == 0:
            part += _TENS[word]
        elif word == "hundred" and 0 < part < 100 and part % 10:  # nine hundred, and twelve hundred
            part *= 100
        elif word in _SCALES and part and (last is None or _SCALES[word] < last):
            whole, part, last = whole + part * _SCALES[word], 0, _SCALES[word]
        else:
            return None
    return whole + part


def _ranges_odd(tokens: list[Token]) -> list[Token]:
    odd: dict[int, TokenKind] = {}
    for i in range(1, len(tokens) - 1):
        first, second = tokens[i - 1], tokens[i + 1]
        if tokens[i].low not in ("to", "or", "and", "-", "–", "—") or first.value is None or second.value is None:
            continue
        if first.kind != "number" or second.kind != "number":
            continue
        before = tokens[i - 2].low if i > 1 else ""
        low, high = sorted((first.value, second.value))
        if tokens[i].low not in ("or", "and") and (low % _ROUND or high % _ROUND):
            continue  # a score: "182,372 to 128,565"
        joined = before == "between" if tokens[i].low == "and" else before != "from" and high <= low * _ALIKE
        if joined and (tokens[i].low in ("or", "and") or high < _A_SCORE):
            odd |= dict.fromkeys((i - 1, i + 1), "other" if tokens[i].low in ("or", "and") else "odd")
    return [Token(odd[i], token.start, token.end, token.text) if i in odd else token for i, token in enumerate(tokens)]


def _hedged(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        i += 1
        if token.kind != "number":
            found.append(token)
            continue
        words = [token.low for token in found[-_LONGEST:]]
        hedge = _ending(words, _HEDGES)
        bound = _ending(words, _BOUND)
        what = tokens[i : i + 1] if tokens[i : i + 1] and tokens[i].low in _VOTES else []  # "9,000 votes or so"
        tail, bound_tail = _beginning(tokens, i + len(what), _AFTER), _beginning(tokens, i, _BOUND_AFTER)
        if hedge and bound < hedge:
            token = _joined([*found[-hedge:], token], token)
            del found[-hedge:]
        if tail:
            token = _joined([token, *([] if what else tokens[i : i + tail])], token)
            i += len(what) + tail
        found.append(_odd(token) if bound > hedge or bound_tail else token)
        found.extend(what if tail else ())
    return found


def _ending(words: list[str], phrases: frozenset[tuple[str, ...]]) -> int:
    """Return the length of the longest phrase that `words` end with, or 0."""
    return next((n for n in range(min(_LONGEST, len(words)), 0, -1) if tuple(words[-n:]) in phrases), 0)


def _beginning(tokens: list[Token], first: int, phrases: frozenset[tuple[str, ...]]) -> int:
    words = tuple(token.low for token in tokens[first : first + _LONGEST])
    if words[2:3] == ("ago",):  # 96 an hour ago
        return 0
    return next((n for n in range(len(words), 0, -1) if words[:n] in phrases), 0)


def _joined(tokens: list[Token], number: Token) -> Token:
    text = " ".join(token.text for token in tokens)
    return Token("number", tokens[0].start, tokens[-1].end, text, number.value, True)


def _odd(token: Token) -> Token:
    return Token("odd", token.start, token.end, token.text, token.value)
