"""Checks the style of the bot's sentences: plain words, AP times and numbers, short headlines."""

import re

_JARGON = (
    r"whose word",
    r"(?:its|their) own word\b",
    r"(?:is|are) told\b",
    r"told of\b",
    r"stands at\b",
    r"mend(?:ed|s)?\b",
    r"the desk's (?:role|channel|clock)",
    r"anew\b",
    r"counts? no more",
    r"by (?:itself|themselves)\b",
    r"who may manage",
    r"tak(?:es?|en) back\b",
    r"took back\b(?! (?:\d|\{\}))",
    r"put into the schedule",
    r"drop(?:s|ped)? (?:it|them|this)\b",
    r"of the desk (?:has|have)\b",
    r"meanwhile\b",
    r"the public reads",
    r"it takes\b",
)
"""Regular expressions for phrases that no newsroom would print.

"Took back" is allowed before a number, since a source can take back votes.
"""
_JARGON_OF = re.compile("|".join(rf"\b{one}" for one in _JARGON), re.IGNORECASE)
_NOT_AP = re.compile(
    r"\b\d{1,2}(?::\d\d)? ?(?:AM|PM|am|pm)\b"  # 7:30 p.m.
    r"|\b\d{1,2}:00 [ap]\.m\.|\b0\d:\d\d\b|\b12 [ap]\.m\."  # 8 a.m., noon, midnight
    r"|[ap]\.m\. today\b|\b(?:Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\. "  # 8 a.m. alone is today's; Sunday in full
    r"|\b(?:January|February|August|September|October|November|December) \d|\b(?:Nov|Dec|Jan)\. \d+(?:st|nd|rd|th)\b"
    r"|(?<![\d,.])[1-9] (?:updates?|batch(?:es)?|sources? ha(?:s|ve))\b"  # two updates
    r"|(?<![a-z}] )\bpercent\b|(?<![\d,.#])\d{5,}(?= (?:votes?|ballots?)\b)"  # 50% (in words where it is read aloud), 14,101 votes
)

MOST_WORDS = 30
"""The longest sentence allowed in a headline, in words."""
_ENDS = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\bSec\.)(?<!\bSens\.)(?<!\b(?:Nov|Oct|Dec|Jan|Feb|Sen|Rep|Gov|Aug)\.)(?<=[.?;])(?:\*\*)? "
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Nov|Oct|Dec|Jan|Feb|Aug|Sept)\.|March|April|May|June|July)(?=[^a-z]|(?<=; ))"
)
"""Matches the end of a sentence, or a semicolon. Both count as the end when a headline is measured."""


def jargon(text: str) -> list[str]:
    """Return the phrases in a text that no newsroom would print."""
    return [one[0] for one in _JARGON_OF.finditer(text)]


def not_ap(text: str) -> list[str]:
    """Return the times, dates and numbers in a text that are not in AP style."""
    return [one[0] for one in _NOT_AP.finditer(text)]


def too_long(headline: str) -> list[str]:
    """Return the sentences of a headline with more than `MOST_WORDS` words. Text in parentheses doesn't count."""
    first = re.sub(r" \([^)]*\)", "", headline.split("\n", maxsplit=1)[0])
    return [one for one in _ENDS.split(first) if len(one.split()) > MOST_WORDS]
