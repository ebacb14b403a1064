"""Corrections of our own errors, and retractions of what the desk entered."""

from bot.wording.escape import escape
from bot.wording.punctuation import capitalised, stopped

MOST_TYPED = 600
"""Letters of an editor's own words."""


def correction(number: int, text: str) -> str:
    """Return what a correction of post `number` says: the editor's own words, after the word and the number."""
    return f"**Correction** to #{number}: {stopped(capitalised(escape(text, MOST_TYPED)))}"


def retraction(numbers: list[int], why: str) -> str:
    """Return what a retraction says of the posts that came of one entry, and why it is taken back."""
    said = ", ".join(f"#{number}" for number in numbers)
    reason = stopped(capitalised(escape(why, MOST_TYPED)))
    return f"**Retraction** of {said}: the desk takes back what it entered there. {reason}"
