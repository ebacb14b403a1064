"""What kind of event words speak of: a rally, a press conference, a deadline."""

import re

from bot.schedule.event import EventKind

_KIND_WORDS: dict[EventKind, str] = {
    "debate": "debates?",
    "polls_close": "polls? (?:will |are to )?clos(?:e|es|ing)|poll closing|voting ends",
    "rally": "rall(?:y|ies)",
    "press_conference": "(?:press|news) conferences?|pressers?|(?:press |media )?briefings?|(?:press|media) availability",
    "hearing": "hearings?|oral arguments?|(?:in|before) (?:the )?court",
    "deadline": "deadlines?|last day to|due by",
    "recount": "recounts?",
    "certification": "certif(?:y|ies|ied|ying|ication)",
    "audit": "audit(?:s|ed|ing)?|hand (?:tally|count)",
    "results": "(?:new |more |further |updated )?results|new (?:totals|numbers|figures)|ballot drop",
}
_KINDS = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _KIND_WORDS.items())
"""A line is of the first kind whose words it has: a press conference about the recount is a press conference."""


def kind_said(what: str) -> tuple[EventKind, str]:
    """Return the kind of event and the words that say so; `other` and no words where none do."""
    for kind, words in _KINDS:
        if match := words.search(what):
            return kind, match[0]
    return "other", ""
