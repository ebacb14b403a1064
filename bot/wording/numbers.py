"""Whole numbers, shares and percentage points as text. Rounding never hides which side of a line a share is on."""

import re
from fractions import Fraction

from bot.count.margin import percent, percent_of

_MOST_DECIMALS = 8

_BELOW_TEN = dict(enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), start=1))
"""AP spells out numbers below 10, but not margins, shares, times of day or tables."""

_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HUNDRED, _THOUSAND = 100, 1000

_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

_LARGE = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"))


def commas(number: int) -> str:
    """Return a whole number with commas: "14,101". Negative numbers have a true minus sign, U+2212."""
    return f"{number:,}".replace("-", "\N{MINUS SIGN}")


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number in figures and its noun: "1 vote", "2 votes". By default the plural adds an s."""
    return f"{commas(number)} {_noun(number, singular, plural)}"


def spelled(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number and its noun, with words below 10: "two batches", "14 counties". Not for margins, shares and times."""
    return f"{_BELOW_TEN.get(number) or commas(number)} {_noun(number, singular, plural)}"


def begins(number: int) -> str:
    """Return a number for the beginning of a sentence: "Ninety-six", "One hundred eleven".

    From 1,000 on in figures.
    """
    if not 0 < number < _THOUSAND:
        return commas(number) if number else "None"
    return in_words(number).capitalize()


def in_words(number: int) -> str:
    """Return a number in words, to be read aloud: "zero", "ninety-six", "fourteen thousand one hundred"."""
    parts, rest = [], number
    for large, name in _LARGE:
        many, rest = divmod(rest, large)
        parts += [f"{in_words(many)} {name}"] if many else []
    hundreds, rest = divmod(rest, _HUNDRED)
    parts += [f"{_BELOW_TEN[hundreds]} hundred"] if hundreds else []
    if rest in _BELOW_TEN:
        parts.append(_BELOW_TEN[rest])
    elif rest:
        tens, ones = divmod(rest, 10)
        parts.append(_TEENS[ones] if tens == 1 else "-".join(filter(None, (_TENS[tens - 2], _BELOW_TEN.get(ones)))))
    return " ".join(parts) or "zero"


def ordinal(number: int) -> str:
    """Return a number's ordinal in words: "third", "twenty-first", "thirtieth"."""
    words = in_words(number)
    last = re.split(r"[ -]", words)[-1]
    irregular = _ORDINALS.get(last)
    ending = irregular or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return words[: len(words) - len(last)] + ending


def votes(number: int) -> str:
    """Return "1 vote" or "2 votes"."""
    return counted(number, "vote")


def more_votes(number: int) -> str:
    """Return "one more vote" or "74 more votes"."""
    return spelled(number, "more vote")


def signed(number: int) -> str:
    """Return a change with its sign: "+13", "+0". Negative numbers are as in `commas`."""
    return commas(number) if number < 0 else f"+{commas(number)}"


def share_percent(part: int, whole: int, decimals: int = 2) -> str | None:
    """Return `part` of `whole` as a percentage: "49.52%". None if `whole` is 0.

    A few votes are never shown as 0%, and nearly all votes never as 100%.
    """
    if not whole:
        return None
    text = percent_of(part, whole, 2)
    if part and text == "0.00":
        return "less than 0.01%"
    if part < whole and text == "100.00":
        return "more than 99.99%"
    return f"{percent_of(part, whole, decimals)}%"


def percent_beside(exact: Fraction, line: Fraction, decimals: int = 1) -> str:
    """Return a share in percent, without the percent sign.

    It has at least `decimals` decimals, and enough of them to differ from `line`.
    """
    for enough in range(decimals, _MOST_DECIMALS):
        text = percent(exact, enough)
        if exact == line or text != percent(line, enough):
            return text
    return percent(exact, _MOST_DECIMALS)


def round_percent(exact: Fraction) -> str:
    """Return a share, as a law sets it, in percent without trailing zeros: "50%", "0.5%"."""
    return f"{round_points(exact)}%"


def points(part: int, whole: int) -> str:
    """Return a margin as a share of all votes: "0.28 percentage points". A small margin is never shown as 0.00."""
    text = percent_of(part, whole, 2)
    return f"{'less than 0.01' if part and text == '0.00' else text} percentage points"


def round_points(exact: Fraction) -> str:
    """Return a share, as a law sets it, in percentage points without trailing zeros, as digits only: "0.5", "50"."""
    return percent(exact, 4).rstrip("0").removesuffix(".")


def _noun(number: int, singular: str, plural: str | None) -> str:
    return singular if number == 1 else plural or f"{singular}s"
