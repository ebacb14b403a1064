"""Corrections of our own errors and retractions of entries, as posts; and the answers of the commands that made them."""

from bot.wording.context import Setting
from bot.wording.draft import Draft, Link, PostKind, colour_of
from bot.wording.escape import capitalised, escape, stopped
from bot.wording.numbers import counted


def correction_post(number: int, replaced: Link | None, text: str, setting: Setting) -> Draft:
    """Return the post that corrects an error of ours in post `number`; `replaced`: where that is, if it is known."""
    return _post("correction", correction(number, text), replaced, setting)


def retraction_post(numbers: list[int], replaced: Link | None, why: str, setting: Setting) -> Draft:
    """Return the post that takes back an entry; `replaced`: where its last post in the channel is, if it is known."""
    return _post("retraction", retraction(numbers, why), replaced, setting)


def correction_answer(number: int, channels: int, dropped: int = 0, unfound: int = 0, late: int = 0) -> str:
    """Return what `/desk correct` answers.

    Args:
        number: of the post that is corrected.
        channels: in how many it had been posted.
        dropped: in how many more it waited, and is not posted any more.
        unfound: of `channels`, where nobody knows which message it is.
        late: in how many more it is not known yet whether it arrived.

    """
    parts = [f"The correction goes out in {counted(channels, 'channel')}."]
    if channels > unfound:
        parts.append(f"#{number} there will begin with Correction and link to it, unless it was deleted.")
    if unfound:
        parts.append(_unedited(unfound))
    if dropped:
        parts.append(
            f"In {counted(dropped, 'channel')} where #{number} still waited, the correction is posted instead."
        )
    if late:
        parts.append(f"{_late(late)}: the correction follows as soon as it is known whether each has arrived.")
    return " ".join(parts)


def retraction_answer(channels: int, dropped: int, unfound: int = 0, late: int = 0) -> str:
    """Return what `/tally retract` answers.

    Args:
        channels: in how many it was taken back.
        dropped: posts that had not been sent yet.
        unfound: of `channels`, where nobody knows which message it is.
        late: posts of which it is not known yet whether they arrived.

    """
    parts = []
    if channels:
        parts.append(f"Taken back in {counted(channels, 'channel')}.")
    if channels > unfound:
        parts.append("What was posted there will begin with Retraction, unless it was deleted.")
    if unfound:
        parts.append(_unedited(unfound))
    if dropped:
        parts.append(f"{counted(dropped, 'post')} that had not been sent yet will not be.")
    if late:
        parts.append(f"{_late(late)}: each is taken back as soon as it is known to have arrived.")
    return " ".join(parts) or "Taken back. Nothing had been posted of it."


def _unedited(unfound: int) -> str:
    return (
        f"In {counted(unfound, 'channel')} the bot does not know which message it is, since an editor said that it is "
        "there: it is neither edited nor linked to."
    )


def _late(number: int) -> str:
    return f"{counted(number, 'post')} {'is' if number == 1 else 'are'} on the way or in doubt"


def _post(kind: PostKind, headline: str, replaced: Link | None, setting: Setting) -> Draft:
    cards = ({"description": f"It replaces {replaced}.", "color": colour_of("revision")},) if replaced else ()
    credit = "the desk · rehearsal" if setting.rehearsal else "the desk"
    return Draft(kind, headline, credit, cards, quiet=False)


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
