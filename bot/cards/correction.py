"""Corrections and retractions as posts, and what the command that made one answers."""

from bot.cards.colours import colour_of
from bot.cards.draft import Draft, Link, PostKind
from bot.cards.facts import Setting
from bot.wording.correction_sentences import correction, retraction
from bot.wording.numbers import counted


def correction_post(replaced: Link, text: str, setting: Setting) -> Draft:
    """Return the post that corrects an error of ours in the post at `replaced`."""
    return _post("correction", correction(replaced.number, text), replaced, setting)


def retraction_post(replaced: Link, numbers: list[int], why: str, setting: Setting) -> Draft:
    """Return the post that takes back an entry, whose last post in the channel is at `replaced`."""
    return _post("retraction", retraction(numbers, why), replaced, setting)


def correction_answer(number: int, channels: int) -> str:
    """Return what `/desk correct` answers."""
    return (
        f"The correction goes out in {counted(channels, 'channel')}. #{number} there will begin with Correction and link "
        "to it, unless it was deleted."
    )


def retraction_answer(channels: int, dropped: int) -> str:
    """Return what `/tally retract` answers: where it was taken back, and how many posts had not been sent yet."""
    parts = []
    if channels:
        parts.append(
            f"Taken back in {counted(channels, 'channel')}. What was posted there will begin with Retraction, unless it was deleted."
        )
    if dropped:
        parts.append(f"{counted(dropped, 'post')} that had not been sent yet will not be.")
    return " ".join(parts) or "Taken back. Nothing had been posted of it."


def _post(kind: PostKind, headline: str, replaced: Link, setting: Setting) -> Draft:
    card = {"description": f"It replaces {replaced}.", "color": colour_of("revision")}
    credit = "the desk · rehearsal" if setting.rehearsal else "the desk"
    return Draft(kind, headline, credit, (card,), quiet=False)
