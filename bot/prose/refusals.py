"""Finds the reason why a sentence claims nothing about this count: a forecast, a question, another year.

The card shows the reason.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from bot.desk.desk_file import Contest
from bot.events.typed_time import MONTHS
from bot.prose.items import Items
from bot.prose.lexicon import TABLES, Phrases, words_of
from bot.prose.names import Names
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


def refusal(sentence: Items, contest: Contest, names: Names) -> str:
    """Return the reason why a sentence claims nothing about the contest, such as "a forecast"; "" without a reason."""
    words = sentence.words
    if "?" in words or not _ASKING.isdisjoint(words[:1]):
        return "a question"
    symbols = {item.symbol for item in sentence.items}
    if said := next((reason for reason in _reasons(sentence) if reason != WEAK or "BATCH" not in symbols), ""):
        return said  # "won the batch" is of now
    if contest.election_day and _is_of_another_month(words, contest.election_day):
        return "another year"
    own = f"{contest.id} {contest.name}"
    if "since" not in words and any(item.symbol == "year" and item.token.text not in own for item in sentence.items):
        return "another year"
    if sentence.places and not any(place.is_own for place in sentence.places):
        return "another place"
    if _is_of_another_district(words, contest):
        return "another contest"
    if "N" not in symbols and is_of_another_contest(sentence, contest, names):
        return "another contest"
    return ""


def _reasons(sentence: Items) -> Iterator[str]:
    named = {item.token.start for item in sentence.items if item.symbol in ("C", "N")}  # the "bucks" of Bucks County
    words, i = sentence.words, 0
    while i < len(words):
        found = _REASONS.at(words, i) if sentence.tokens[i].start not in named else None
        if found and found[0] != _NO_REASON:
            yield found[0]
        i += found[1] if found else 1


def _is_of_another_month(words: Sequence[str], held: date) -> bool:
    """Return True if another month or year than that of the count is named: "June's tally", "in Aug.", "in '16".

    The count takes place in the month of the election, which is given by `held`, and in the two months after it.
    """
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
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


def is_of_another_contest(sentence: Items, contest: Contest, names: Names) -> bool:
    """Return True if a kind of contest other than this one is named, or a candidate of another contest."""
    if _other_contests(contest.name).has_any(sentence.words):
        return True
    return any(names.is_other(token) for token in sentence.tokens if token.kind == "word")


@cache
def _other_contests(name: str) -> Phrases:
    """Return a finder for words about kinds of contest that are not in `name`, the contest's name."""
    return Phrases({kind: text for kind, text in TABLES["contests"].items() if kind not in name.casefold()})
