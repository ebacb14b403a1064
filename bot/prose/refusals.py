"""Finds the reason why a sentence claims nothing about this count: a forecast, a question, another year.

The card shows the reason.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from bot.desk.desk_file import Contest
from bot.events.typed_time import MONTHS
from bot.prose.lexicon import TABLES, Phrases, words_of
from bot.prose.names import Names
from bot.prose.stream import YEARS, Stream
from bot.prose.tokens import Token
from bot.wording.states import STATES

_REASONS = Phrases(TABLES["refused"])
_NO_REASON = "none"
_TAKEN_BACK = Phrases({"taken back": TABLES["context"]["taken_back"]})
_CORRECTED = words_of("context.corrected")
_ASKING = words_of("context.asking")
_DISTRICT = re.compile(
    rf"\b(?:(?:{'|'.join(STATES).casefold()}) - |[chs]d ?(?:- )?)(?P<district>[0-9]{{1,3}})\b(?! [-,])"
)
_MONTHS_OF_A_COUNT = 2
_OF_A_MONTH = frozenset({"'s", "was", "were", "had"})

WEAK = "the past"
"""A reason that may concern only a part of the sentence: "leads by 14,101 in a state that Trump carried"."""

STRONG = frozenset({"a forecast", "an if", "another contest", "a joke or a test", "money", "sports"})
"""Reasons for which the next sentence of the line is not offered either: "538 has it at 61 in 100. Biden by 8,000 on average"."""


def refusal(streams: Sequence[Stream], contest: Contest, names: Names) -> str:
    """Return the reason why a sentence claims nothing about the contest, such as "a forecast"; "" without a reason."""
    words = [word for stream in streams for word in stream.words]
    if "?" in words or not _ASKING.isdisjoint(words[:1]):
        return "a question"
    kinds = {item.kind for stream in streams for item in stream.items}
    reasons = (reason for stream in streams for reason in _reasons(stream))
    said = next((reason for reason in reasons if reason != WEAK or "BATCH" not in kinds), "")  # "won the batch"
    if said:
        return said
    if contest.election_day and any(_is_of_another_month(stream, contest.election_day) for stream in streams):
        return "another year"
    own = f"{contest.id} {contest.name}"
    if any(
        _is_a_year(token) and token.text not in own
        for stream in streams
        if "since" not in stream.words
        for token in stream.tokens
    ):
        return "another year"
    places = [place for stream in streams for place in stream.places]
    if places and not any(place.is_own for place in places):
        return "another place"
    if any(_is_of_another_district(stream.words, contest) for stream in streams):
        return "another contest"
    if "NAME" not in kinds and any(is_of_another_contest(stream, contest, names) for stream in streams):
        return "another contest"
    return ""


def _reasons(stream: Stream) -> Iterator[str]:
    named = {
        item.first for item in stream.items if item.kind in ("COUNTY", "NAME")
    }  # the "bucks" of Bucks County are no money
    i = 0
    while i < len(stream.words):
        found = _REASONS.at(stream.words, i) if i not in named else None
        if found and found[0] != _NO_REASON:
            yield found[0]
        i += found[1] if found else 1


def _is_a_year(token: Token) -> bool:
    return token.kind == "number" and token.value in YEARS and token.text.isdigit()


def _is_of_another_month(stream: Stream, held: date) -> bool:
    """Return True if a stream names another month or year than that of the count: "June's tally", "in Aug.", "in '16".

    The count takes place in the month of the election, which is given by `held`, and in the two months after it.
    """
    for before, word, after in zip(["", *stream.words], stream.words, [*stream.words[1:], ""], strict=False):
        month = MONTHS.get(word) if before == "in" or after in _OF_A_MONTH else None
        if month and (month - held.month) % 12 > _MONTHS_OF_A_COUNT:
            return True
        if before == "'" and word.isdigit() and len(word) == len("20") and int(word) != held.year % 100:
            return True
    return False


def _is_of_another_district(words: Sequence[str], contest: Contest) -> bool:
    """Return True if a district such as "CO-3" or "CD3" is named that is not the contest's own."""
    said = _DISTRICT.finditer(" ".join(words))
    return any(
        int(one["district"]) not in map(int, re.findall("[0-9]+", f"{contest.id} {contest.name}")) for one in said
    )


def takes_back(words: Sequence[str], *, has_number: bool) -> bool:
    """Return True if a sentence begins by correcting the one before it: "Scratch that, …", "Sorry, 14,101."."""
    said = bool(words) and _TAKEN_BACK.at([*words], 0) is not None
    return said or (has_number and not _CORRECTED.isdisjoint(words[:1]))


def is_of_another_contest(stream: Stream, contest: Contest, names: Names) -> bool:
    """Return True if the stream mentions a kind of contest other than this one, or a candidate of another contest."""
    if _other_contests(contest.name).has_any(stream.words):
        return True
    return any(names.is_other(token) for token in stream.tokens if token.kind == "word")


@cache
def _other_contests(name: str) -> Phrases:
    """Return a finder for words about kinds of contest that are not in `name`, the contest's name."""
    return Phrases({kind: text for kind, text in TABLES["contests"].items() if kind not in name.casefold()})
