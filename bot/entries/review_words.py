"""The question to a second person whether an entry is right, and the answers to that person."""

from datetime import datetime

from bot.count.entry import Entry
from bot.desk.desk_file import Contest
from bot.entries.drafts_words import MOST_SENTENCE, EntryConsequences, goes_out, posts_hash
from bot.entries.pieces_words import piece_line, whose_line, whose_word
from bot.outbox.outbox_words import desk_notice
from bot.wording.card import Button, Card
from bot.wording.context import Setting, contest_context
from bot.wording.escape import escape
from bot.wording.limits import CONTENT, fitted, joined
from bot.wording.names import name_of

_MOST_PIECES_TEXT = 1100
"""The most characters of the list of pieces. A message has room for 2,000."""

_MOST_PREVIEW_TEXT = 600
"""The most characters of the preview of the posts."""


def entry_question(
    key: int,
    entry: Entry,
    contest: Contest,
    consequences: EntryConsequences,
    who: str,
    setting: Setting,
    now: datetime,
    *,
    picture: bool,
) -> Card:
    """Return the question to the desk whether `who`'s entry is right.

    `picture`: add a button that shows the entry's picture.
    """
    context = contest_context(contest, setting, now)
    source = whose_word(entry, setting.desk)
    lines = [
        f"**Is this right? {name_of(who)} entered it for {escape(contest.name)}.**",
        f"-# Entry {key}{', with a picture' if picture else ''}",
        joined(
            [piece_line(context, place, piece, setting.desk) for place, piece in enumerate(entry.kept, start=1)],
            _MOST_PIECES_TEXT,
            "and {} more",
        ),
        whose_line(context, entry, setting.desk),
        f"From {entry.link}" if entry.link else "",
        f"Reason: {escape(entry.reason, MOST_SENTENCE)}" if entry.reason else "",
        joined(
            goes_out(consequences, entry, source, context, second=False),
            _MOST_PREVIEW_TEXT,
            "and {} lines more",
        ),
        *consequences.notes,
    ]
    buttons = (*_decisions(key, consequences), *((Button("Picture", f"entries:picture:{key}"),) if picture else ()))
    return desk_notice(fitted([line for line in lines if line], CONTENT - 100), setting, buttons=buttons)


def _decisions(key: int, consequences: EntryConsequences) -> tuple[Button, ...]:
    """Return the buttons for a second person.

    **Confirm** carries a checksum of the posts, so that only the posts shown are sent.
    """
    return (
        Button("Confirm", f"entry:{key}:confirm{posts_hash(consequences.posts)}", "primary"),
        Button("Reject", f"entry:{key}:reject", "danger"),
    )


def asked_again_answer(
    key: int, entry: Entry, contest: Contest, consequences: EntryConsequences, setting: Setting, now: datetime
) -> Card:
    """Return the answer to Confirm if the posts have changed since the question.

    The answer has the new preview and the question's buttons.
    """
    context = contest_context(contest, setting, now)
    goes = goes_out(consequences, entry, whose_word(entry, setting.desk), context, second=False)
    asked = f"{posts_changed('question')} Confirm it as it is now?"
    return Card.of(asked, *goes, *consequences.notes, buttons=_decisions(key, consequences))


def posts_changed(shown_in: str) -> str:
    """Return the sentence saying that nothing was entered, because the posts have changed.

    `shown_in`: "card" or "question".
    """
    return f"**Not entered:** what goes out has changed since that {shown_in}."


def asked_card(key: int) -> Card:
    """Return the answer to the person whose entry the desk is asked to confirm.

    The desk's channel is not named, since that person may not see it.
    """
    return Card.of(
        "**Sent to the desk to confirm.** Nothing is posted or used in answers until then.",
        buttons=(Button("Withdraw", f"entry:{key}:back", "danger"),),
    )


def released_answer(key: int, *, undo: bool, paused: bool = False) -> str:
    """Return the answer to an editor who released an entry for public answers.

    `undo`: the entry's card has an Undo button. `paused`: posting is paused, so public answers don't use the entry
    yet.
    """
    when_used = ", once posts resume (`/pause`)" if paused else ", too"
    return f"**In public answers{when_used}.** To take it out: {'**Undo**, or ' if undo else ''}`/retract` entry {key}."
