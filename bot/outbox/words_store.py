"""A post's words, made by its kind in the transaction that claims its row, and kept, so that each attempt sends the same."""

import sqlite3

import structlog

from bot.outbox.kinds import Kinds, NotPosted, PostWords
from bot.outbox.rows import Action, Post, stored_words
from bot.outbox.rows_store import read_post
from bot.outbox.states import State, Transition, moved
from bot.outbox.tx import Tx
from bot.wording.card import buttons_json

log = structlog.get_logger()


def word(tx: Tx, post: Post) -> Post | NotPosted:
    """Make a post's words and store them; return why it is not to be posted, if so, and fail or drop it."""
    made = _made(tx, post)
    if isinstance(made, NotPosted):
        tx.execute(
            "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
            (moved(post.state, made.transition), made.why, post.id),
        )
        tx.kinds[post.kind].on_not_posted(tx, post)
        return made
    return post if made is None else _keep(tx.connection, post, made)


def changed_words(tx: Tx, post: Post) -> PostWords | NotPosted | None:
    """Return what a post would say now, if its words changed since an editor saw them, else None.

    None, too, of a post that no editor saw, or that does not go out of date.
    """
    family = tx.kinds[post.kind]
    shown = post.state is State.AWAITING or (post.state is State.PENDING and post.approved_by is not None)
    if not family.perishable or not shown or post.action is not Action.POST:
        return None
    made = _made(tx, post)
    return None if isinstance(made, PostWords) and made.card.states == post.states else made


def has_words(post: Post, kinds: Kinds) -> bool:
    """Return True if a post's words are made and stay. Perishable ones are made again until somebody can have read them."""
    if post.action in (Action.PIN, Action.DELETE, Action.PUBLISH):
        return True
    if post.content is None:
        return False
    if post.action is not Action.POST or not kinds[post.kind].perishable:
        return True
    counts_down = post.state is State.PENDING and kinds[post.kind].counts_down
    return not (post.unattempted or counts_down)


def _made(tx: Tx, post: Post) -> PostWords | NotPosted | None:
    """Return what a post's family says; that it can't is a reason not to post it, and stops nothing else."""
    try:
        made = tx.kinds[post.kind].words(tx, post)
    except sqlite3.Error:
        raise  # the database's trouble, not the post's
    except Exception as error:
        log.exception("a post's words could not be made, and it is left out", number=post.number, channel=post.channel)
        return NotPosted(f"its words could not be made: {error!r}", Transition.REFUSED, wordless=True)
    if made is None and post.content is None:
        return NotPosted("there is nothing to say it about", Transition.REFUSED)
    return made


def _keep(connection: sqlite3.Connection, post: Post, made: PostWords) -> Post:
    """Store a post's words; return the post with them."""
    card = made.card if made.mention is None else made.card.then(f"<@&{made.mention}>")
    buttons, states = buttons_json(card.buttons) if card.buttons else None, card.states_json()
    connection.execute(
        """UPDATE outbox SET card = ?, content = ?, embeds = ?, kind = ?, components = ?, quiet = ?, about = ?, mention = ?, states = ?
           WHERE id = ?""",
        (
            *stored_words(card, post.number, post.server),
            card.kind,
            buttons,
            int(card.quiet),
            made.about,
            made.mention,
            states,
            post.id,
        ),
    )
    worded = read_post(connection, post.id)
    assert worded is not None  # noqa: S101 - it was just written
    return worded
