"""The text of a post, written and stored when its row is claimed, so that each attempt sends the same."""

import sqlite3

import structlog

from bot.outbox.kinds import Kinds, NotPosted, PostText
from bot.outbox.rows import Action, Post, stored_text
from bot.outbox.rows_store import read_post
from bot.outbox.states import State, Transition, next_state
from bot.outbox.tx import Tx
from bot.wording.card import buttons_json

log = structlog.get_logger()


def word(tx: Tx, post: Post) -> Post | NotPosted:
    """Write and store a post's text, and return the post with its text.

    If the post should not be sent, the function drops the post and returns why.
    """
    words = _words_of(tx, post)
    if isinstance(words, NotPosted):
        tx.execute(
            "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
            (next_state(post.state, words.transition), words.why, post.id),
        )
        tx.kinds[post.kind].on_not_posted(tx, post)
        return words
    return post if words is None else _store(tx.connection, post, words)


def changed_text(tx: Tx, post: Post) -> PostText | NotPosted | None:
    """Return a post's text as of now if it differs from what an editor was shown, else None.

    The result is always None for a post that no editor was shown, or whose kind is not perishable.
    """
    kind = tx.kinds[post.kind]
    shown = post.state is State.AWAITING or (post.state is State.PENDING and post.approved_by is not None)
    if not kind.perishable or not shown or post.action is not Action.POST:
        return None
    words = _words_of(tx, post)
    return None if isinstance(words, PostText) and words.card.states == post.states else words


def has_final_text(post: Post, kinds: Kinds) -> bool:
    """Return True if a post's text is final.

    The text of perishable posts is written again until the first attempt.
    """
    if post.action in (Action.PIN, Action.DELETE, Action.PUBLISH):
        return True
    if post.content is None:
        return False
    if post.action is not Action.POST or not kinds[post.kind].perishable:
        return True
    counts_down = post.state is State.PENDING and kinds[post.kind].counts_down
    return not (post.unattempted or counts_down)


def _words_of(tx: Tx, post: Post) -> PostText | NotPosted | None:
    """Return the text that a post's kind writes.

    If writing the text fails, the function logs the error and returns a `NotPosted`.
    """
    try:
        words = tx.kinds[post.kind].words(tx, post)
    except sqlite3.Error:
        raise  # the database's trouble, not the post's
    except Exception as error:
        log.exception("a post's words could not be made, and it is left out", number=post.number, channel=post.channel)
        return NotPosted(f"its words could not be made: {error!r}", Transition.REFUSED, text_failed=True)
    if words is None and post.content is None:
        return NotPosted("there is nothing to say it about", Transition.REFUSED)
    return words


def _store(connection: sqlite3.Connection, post: Post, words: PostText) -> Post:
    """Store a post's text, and return the post as stored."""
    card = words.card if words.mention is None else words.card.then(f"<@&{words.mention}>")
    buttons, states = buttons_json(card.buttons) if card.buttons else None, card.states_json()
    connection.execute(
        """UPDATE outbox SET card = ?, content = ?, embeds = ?, kind = ?, components = ?, quiet = ?, about = ?, mention = ?, states = ?
           WHERE id = ?""",
        (
            *stored_text(card, post.number, post.server),
            card.kind,
            buttons,
            int(card.quiet),
            words.about,
            words.mention,
            states,
            post.id,
        ),
    )
    worded = read_post(connection, post.id)
    assert worded is not None  # noqa: S101 - it was just written
    return worded
