"""What goes out by an entry: the posts that it makes or would make, and what its source has said otherwise before."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.entry_lines import Consequences, Going
from bot.count.relation import agrees
from bot.count.statement import Statement
from bot.deskfile import Desk
from bot.service.outcomes import notes
from bot.store.statements import TakenIn


def consequences_of(
    taken: Sequence[TakenIn], statements: Sequence[Statement], server: int, desk: Desk, *, numbered: bool
) -> Consequences:
    """Return what came, or would come, of statements: posts, figures that are posted already, and what does not agree."""
    posts: dict[tuple[int, str], list[int]] = {}
    known: list[tuple[int | None, datetime]] = []
    for one, statement in zip(taken, statements, strict=True):
        for row in one.posts:
            headline = row.draft.headline if row.draft else ""
            posts.setdefault((row.number, headline), []).append(row.channel)
        if not one.posts:
            known += _posted(one, statement, server)
    made = tuple(
        Going(headline, tuple(channels), number if numbered else None) for (number, headline), channels in posts.items()
    )
    beside = [
        note
        for one, statement in zip(taken, statements, strict=True)
        if (source := desk.source(statement.source))
        for note in notes(one, statement, source)
    ]
    named = any(one.edits for one in taken)
    return Consequences(made, tuple(dict.fromkeys(known)), tuple(beside), named)


def _posted(taken: TakenIn, statement: Statement, server: int) -> list[tuple[int | None, datetime]]:
    """Return the posts of the leading source that have a statement's margin, in the server's channels that follow."""
    if statement.margin is None or statement.leader is None:
        return []
    about, ledger = "margin" in statement.approximate, taken.around.ledger
    ours = {follow.id for follows in ledger.follows.values() for follow in follows if follow.server == server}
    return [
        (posted.number, posted.as_of)
        for (follow, count), posted in ledger.posted.items()
        if follow in ours
        and count == statement.count
        and agrees(statement.leader, statement.margin, posted.margin_posted, about=about)
    ]
