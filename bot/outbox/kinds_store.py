"""A post's words, made in the transaction that claims its row, and kept, so that each attempt sends the same."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.database.database import fetch, from_micros
from bot.follows.preferences import preferences_of
from bot.outbox.approval_words import Decision
from bot.outbox.post import Action, Post, Span, Was
from bot.outbox.states import State, Transition, moved
from bot.outbox.threads_store import NamesThreads
from bot.schedule.event_words_store import EventWords, Unsaid, draft_of_event, leave_out
from bot.wording.draft import Draft, Embed, Link, Picture, PostKind, address_of

REPEATED = "the source repeated it"
"""How a hold ended whose reading the source has shown for long enough."""

WORDLESS = "its words could not be made"
"""How the reason begins why a post failed that the bot could not put into words."""

REACHED = ("first", "lead_change", "margin", "no_margin_change", "progress", "roll_up", "revision", "statement")
"""Kinds of post that a revision by their source edits."""

log = structlog.get_logger()


class Words(EventWords, NamesThreads, Protocol):
    """Makes the words of what the delivery has to say."""

    def compose(self, span: Span) -> Draft | None:
        """Return the post of changes; None where the desk file no longer has its contest or source."""
        ...

    def reached(self, kind: PostKind, old: str, new: str, link: Link) -> str:
        """Return the content of a post (`old`) that a newer one (`new`, at `link`) replaces."""
        ...

    def also(self, agreeing: Sequence[tuple[str, datetime]]) -> str:
        """Return the line of a post's card that names who says the same; empty for nobody."""
        ...

    def begun(self, old: str, who: str, at: datetime) -> str:
        """Return the content of a reminder (`old`) whose event has begun, as somebody says."""
        ...

    def closed(self, channel: int, why: str, *, is_thread: bool = False) -> Draft:
        """Return the notice to the desk that a channel, or a contest's thread, can't be written to."""
        ...

    def no_thread(self, channel: int, contest: str, why: str) -> Draft:
        """Return the notice to the desk that a contest's thread can't be opened in a channel."""
        ...

    def in_words(self, picture: Picture) -> Embed:
        """Return the card that stands for a picture where it can't be attached."""
        ...

    def unattached(self, post: Post, why: str) -> Draft:
        """Return the notice to the desk that a post went out without its picture."""
        ...

    def refused(self, post: Post, why: str) -> Draft:
        """Return the notice to the desk that Discord will never take a post."""
        ...

    def wordless(self, post: Post) -> Draft:
        """Return the notice to the desk that the bot could not put a post into words."""
        ...

    def opened(self, channel: int, since: int) -> Draft:
        """Return the notice that it can again; `since` in seconds of the wall clock."""
        ...

    def doubtful(self, post: Post, why: str) -> Draft:
        """Return the question to the desk whether a post is in its channel."""
        ...

    def publish_question(self, post: Post) -> tuple[Draft, ...]:
        """Return the question to the desk whether to publish a post; the last has the buttons."""
        ...

    def decided(self, post: Post, old: str, decision: Decision) -> str:
        """Return the content of a question (`old`) about a post once it is answered."""
        ...

    def may_tell(self, source: str) -> bool:
        """Return whether the public may read that a source said something."""
        ...


def word(connection: sqlite3.Connection, post: Post, words: Words) -> Post | None:
    """Make a post's words and keep them; return None, and fail it, where there is nothing to say them about."""
    why, draft = "the desk file no longer has its contest or source", None
    about = None
    try:
        if post.event is not None:
            return _word_event(connection, post, words)
        span = _span(connection, post)
        draft = words.compose(span) if span else None
        if span and draft and draft.kind == "revision" and (about := _replaced(connection, post)):
            draft = words.compose(replace(span, replaces=about[1]))
    except sqlite3.Error:
        raise  # the database's trouble, not the post's
    except Exception as error:
        log.exception("a post's words could not be made, and it is left out", number=post.number, channel=post.channel)
        why = f"{WORDLESS}: {error!r}"
    if draft is None:
        connection.execute(
            "UPDATE outbox SET state = ?, why = ? WHERE id = ?", (moved(post.state, Transition.REFUSED), why, post.id)
        )
        return None
    return _keep(connection, post, draft, about[0] if about else None)


def _word_event(connection: sqlite3.Connection, post: Post, words: Words) -> Post | None:
    """Make the words of a post about an event, or let it not be posted where it would come too late."""
    made = draft_of_event(connection, post, words)
    if not isinstance(made, Unsaid):
        return _keep(connection, post, *made)
    leave_out(connection, post, made)
    return None


def is_outdated(connection: sqlite3.Connection, post: Post, words: Words) -> bool:
    """Let an approved post about an event not be posted where it would come too late; return whether it would."""
    if (
        post.event is None
        or post.approved_by is None
        or post.state is not State.PENDING
        or post.action is not Action.POST
    ):
        return False
    made = draft_of_event(connection, post, words)
    if isinstance(made, Unsaid):
        leave_out(connection, post, made)
    return isinstance(made, Unsaid)


def _keep(connection: sqlite3.Connection, post: Post, draft: Draft, key: int | None) -> Post:
    """Keep a post's words, which refer to the row `key`; return it with them."""
    mention = _mention(connection, post, draft)
    if mention is not None:
        draft = replace(draft, headline=f"{draft.headline} <@&{mention}>")
    content = draft.content(post.number)
    connection.execute(
        "UPDATE outbox SET kind = ?, content = ?, embeds = ?, components = ?, quiet = ?, about = ?, mention = ? WHERE id = ?",
        (draft.kind, content, draft.embeds_json(), draft.buttons_json(), int(draft.quiet), key, mention, post.id),
    )
    embeds = tuple(dict(embed) for embed in draft.embeds)
    return replace(
        post,
        kind=draft.kind,
        content=content,
        embeds=embeds,
        buttons=draft.buttons,
        quiet=draft.quiet,
        about=key,
        mention=mention,
    )


def _mention(connection: sqlite3.Connection, post: Post, draft: Draft) -> int | None:
    """Return the role that a lead change mentions in its channel, if the follow wants one and it notifies at all."""
    if draft.kind != "lead_change" or draft.quiet:
        return None
    rows = fetch(
        connection,
        "SELECT taste FROM follows WHERE server = ? AND channel = ? AND contest = ?",
        (post.server, post.channel, post.contest),
    )
    return preferences_of(rows[0][0]).mention if rows else None


def _replaced(connection: sqlite3.Connection, post: Post) -> tuple[int, Link] | None:
    """Return the last post of a revision's contest and source in its channel: its row, and the way to it."""
    kinds = ", ".join("?" for _ in REACHED)
    rows = fetch(
        connection,
        f"""SELECT id, number, message, coalesce(thread, channel) FROM outbox
            WHERE channel = ? AND contest = ? AND source = ? AND state = 'sent' AND action = 'post' AND id < ?
              AND (series IS NULL OR series = ?) AND kind IN ({kinds}) AND message IS NOT NULL
            ORDER BY id DESC LIMIT 1""",  # noqa: S608 - question marks
        (post.channel, post.contest, post.source, post.id, post.series, *REACHED),
    )
    if not rows:
        return None
    key, number, message, place = rows[0]
    return key, Link(number, address_of(post.server, place, message))


def _span(connection: sqlite3.Connection, post: Post) -> Span | None:
    """Return what a post tells of."""
    if post.series is None or post.to_reading is None:
        return None
    ((source, contest),) = fetch(connection, "SELECT source, contest FROM series WHERE id = ?", (post.series,))
    ((end,),) = fetch(connection, "SELECT body FROM readings WHERE id = ?", (post.to_reading,))
    start = fetch(
        connection,
        "SELECT r.body, c.leader FROM readings r JOIN changes c ON c.reading = r.id WHERE r.id = ?",
        (post.from_reading,),
    )
    changes = fetch(
        connection,
        # By time, for which there is an index; accepted readings of a series come in order of both.
        """SELECT c.body FROM readings s, readings e
           JOIN readings r ON r.series = e.series AND r.verdict = 'accepted' AND r.as_of BETWEEN s.as_of AND e.as_of
           JOIN changes c ON c.reading = r.id
           WHERE s.id = ? AND e.id = ? AND r.id > s.id AND r.id <= e.id ORDER BY r.id""",
        (post.from_reading, post.to_reading),
    )
    return Span(
        post.kind,
        source,
        contest,
        from_micros(post.news_at),
        from_micros(post.news_at if post.checked_at is None else post.checked_at),
        Reading.model_validate_json(start[0][0]) if start else None,
        start[0][1] if start else None,
        Reading.model_validate_json(end),
        tuple(Change.model_validate_json(body) for (body,) in changes),
        _held_for(connection, post),
        None,
        *_confirms(connection, post),
        _was(connection, post),
    )


def _was(connection: sqlite3.Connection, post: Post) -> Was | None:
    """Return the margin by the source that led before, of a post that says another one leads now."""
    if post.was is None:
        return None
    rows = fetch(
        connection,
        """SELECT s.source, c.leader, c.margin FROM readings r JOIN series s ON s.id = r.series
           JOIN changes c ON c.reading = r.id WHERE r.id = ? AND c.margin IS NOT NULL""",
        (post.was,),
    )
    return Was(*rows[0]) if rows else None


def _confirms(connection: sqlite3.Connection, post: Post) -> tuple[Statement | None, int | None]:
    """Return the entry of the desk that a post confirms, and the number of the post that told it in its channel."""
    rows = fetch(
        connection,
        "SELECT s.id, s.source, s.body FROM outbox o JOIN statements s ON s.id = o.confirms WHERE o.id = ?",
        (post.id,),
    )
    if not rows:
        return None, None
    key, source, body = rows[0]
    told = fetch(
        connection,
        """SELECT number FROM outbox WHERE channel = ? AND contest = ? AND source = ?
           AND state = 'sent' AND action = 'post' AND statement = ? ORDER BY id LIMIT 1""",
        (post.channel, post.contest, source, key),
    )
    return Statement.model_validate_json(body), told[0][0] if told else None


def _held_for(connection: sqlite3.Connection, post: Post) -> float | None:
    """Return how long the hold lasted that ended when the post was caused, in seconds."""
    rows = fetch(
        connection,
        "SELECT settled_at - since FROM holds WHERE series = ? AND settled_at = ? AND outcome = ?",
        (post.series, post.news_at, REPEATED),
    )
    return rows[0][0] / 1_000_000 if rows and post.kind == "revision" else None
