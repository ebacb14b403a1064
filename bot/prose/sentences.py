"""Cuts a text into sentences, by lines, time stamps as in a live blog, and full stops other than those of abbreviations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.wording.states import AP_STATES

_TIME = r"[0-9]{1,2}(?:[:.]?[0-9]{2})?[ ]?(?:[ap]\.[ ]?m\.?|[ap]m)"

_ZONE = r"(?:[ ]?\(?(?:E[SD]?T|C[SD]?T|M[SD]?T|P[SD]?T|Eastern|Central|Mountain|Pacific)\)?)?"

_STAMP = re.compile(
    rf"[^\w\"“(\[]{{0,10}}(?:(?:updated?|new|latest|breaking|posted|from)\b[ :|–—-]{{0,3}}(?:at[ ])?)?"
    rf"(?:[\[(][ ]?{_TIME}{_ZONE}[ ]?[\])][ ]{{0,3}}[|:–—-]{{0,2}}|{_TIME}{_ZONE}[ ]{{0,3}}[|:–—-]{{1,2}}(?=[ ]|$))",
    re.IGNORECASE,
)

_LINE = re.compile(r"[^\r\n\u2028\u2029\x85\x0b\x0c]+")

_STOP = re.compile(r"(?<![.!?…])[.!?…]+[\"”’')\]]{0,3}(?=\s|$)|(?<=[a-z0-9])[.!?]+(?=[A-Z][a-z])|[|•·](?=\s)")

_SHORTEST_WRAPPED = 30
"""A shorter line that ends with a number is a row of a table, even if the next line begins with a small letter."""

_LAST_WORD = re.compile(r"[\w.'’]{0,24}$")

_ABBREVIATIONS = frozenset(short.casefold() for short in AP_STATES.values()) | frozenset(
    "sec gov sen sens rep reps gen lt col sgt dr mr mrs ms jr sr st ste ft mt vs approx est co cos inc corp dept dist pct"
    " pres supt atty ave etc u.s d.c jan feb mar apr aug sept sep oct nov dec mon tue tues wed thu thurs fri sat sun"
    " no nos u.s.a".split()
)

_DAYTIME = re.compile(r"(?:^|[^a-z])[ap]\.?[ ]?m$", re.IGNORECASE)

_AFTER_DAYTIME = re.compile(
    r"\s+(?:E[SD]?T|C[SD]?T|M[SD]?T|P[SD]?T|Eastern|Central|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Nov|Oct|Dec|Jan|[a-z(–—|-])"
)

_LEADING_TIME = re.compile(
    r"\W{0,5}(?:(?:as of|at|by|since|just after|around|about)\s[^,.;:]{0,12})?[0-9: ]{1,6}[ap][. ]*m$", re.IGNORECASE
)

_SAYS_SOMETHING = re.compile(r"[^\W_]")

_LISTED = re.compile(r"[ \t]*+[-*–•]?[ \t]*[A-Z][A-Za-z.' ]{1,30}[:–-]?[ ]*[~]?[0-9][0-9,]{0,10}[* \t]*")
"""A line of a list, which has only a name and a number."""

_BREAKS_OFF = re.compile(
    r"(?:,|\b(?:by|to|at|of|in|the|from|and|up|about|with|than|a|is|are|for|over|on|his|has|have))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The span of a sentence in a text, `text[start:end]`."""

    start: int
    end: int
    line: int
    """The number of the sentence's line. Lines that break in the middle of a sentence count as one."""
    block: int
    """The number of the sentence's paragraph, or of its entry in a live blog."""
    stamp: tuple[int, int] | None = None
    """The span in the text of the entry's time stamp, or None."""


def sentences_of(text: str) -> Iterator[Sentence]:
    """Yield the sentences of `text` in order, without the time stamps at the beginning of lines."""
    for number, (start, end, block, stamp) in enumerate(_lines(text)):
        for first, last in _split(text, start, end):
            trimmed = _trimmed(text, first, last)
            if _SAYS_SOMETHING.search(text, *trimmed):
                yield Sentence(*trimmed, number, block, stamp)


def _lines(text: str) -> Iterator[tuple[int, int, int, tuple[int, int] | None]]:
    """Yield (start, end, block, stamp) for each line.

    Hard-wrapped lines and lists are joined, and time stamps are cut off.
    """
    block, start, end, listed_before, stamped = 0, -1, -1, False, None
    for match in _LINE.finditer(text):
        first, last = match.span()
        stamp = _STAMP.match(text, first, min(last, first + 60))
        blank = text.count("\n", end, first) > 1 if end >= 0 else False
        listed = listed_before and _LISTED.fullmatch(text, first, min(last, first + 61)) is not None
        listed_before = listed or match[0].rstrip().endswith(":")
        if start >= 0 and not stamp and not blank and (listed or _goes_on(text, start, end, first)):
            end = last
            continue
        if start >= 0:
            yield start, end, block, stamped
        if stamp or blank or not match[0].strip():
            block += 1
            stamped = stamp.span() if stamp else None
        start, end = (stamp.end() if stamp else first), last
    if start >= 0:
        yield start, end, block, stamped


def _goes_on(text: str, start: int, end: int, after: int) -> bool:
    """Return True if the line that begins at `after` continues the sentence of the line before."""
    line = text[max(start, end - 80) : end]
    begins = text[after : after + 40].lstrip()[:1]
    is_row = len(line.strip()) < _SHORTEST_WRAPPED and line.strip()[-1:].isdigit()
    if not line.strip() or is_row or not begins or line.rstrip()[-1:] in ".!?…|:":
        return False
    return begins.islower() or bool(_BREAKS_OFF.search(line))


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _STOP.finditer(text, start, end):
        if _ends(text, first, match):
            yield first, match.end()
            first = match.end()
    if first < end:
        yield first, end


def _ends(text: str, first: int, match: re.Match[str]) -> bool:
    """Return True if the punctuation mark in `match` ends the sentence that began at `first`."""
    mark = match[0]
    if mark[0] != "." or "!" in mark or "?" in mark or mark.startswith(".."):
        return True
    before = text[max(first, match.start() - 30) : match.start()]
    word = _LAST_WORD.search(before)
    last = word[0].casefold() if word else ""
    after = text[match.end() : match.end() + 20]
    if _DAYTIME.search(before):
        return not _AFTER_DAYTIME.match(after) and not _LEADING_TIME.match(text[first : match.start()])
    if last in ("no", "nos"):
        return not after.lstrip()[:1].isdigit()
    is_initial = len(last) == 1 and last.isalpha()
    return not (last in _ABBREVIATIONS or is_initial)


def _trimmed(text: str, first: int, last: int) -> tuple[int, int]:
    begins = last - len(text[first:last].lstrip())
    return begins, begins + len(text[begins:last].rstrip())
