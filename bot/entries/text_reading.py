"""Reads a text and turns its claims about a contest into an entry.

Import this only in worker processes (`bot/box`), since a text can be hostile.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.count.entry import MOST_PIECES, MOST_WORDS, Entry, Piece, Refused
from bot.desk.desk_file import Contest, Desk, added_caller_of
from bot.entries.texts import ReadText, TextToRead
from bot.entries.times_in_text import RECENT, times_in_text
from bot.prose.claim import Claim
from bot.prose.pieces import pieces_of
from bot.prose.reader import understood
from bot.prose.sentences import sentences_of


def read(text: bytes, desk: bytes) -> Iterator[bytes]:
    """Yield a `ReadText` as JSON for each contest to read.

    This is the part of `read_text` that runs in the worker process.

    `text` is a `TextToRead` and `desk` a `Desk`, both as JSON.
    """
    asked, known = TextToRead.model_validate_json(text), Desk.model_validate_json(desk)
    added = [source for key in asked.callers if (source := added_caller_of(key))]
    known = known.model_copy(update={"sources": [*added, *known.sources]})  # of one name the desk file's counts
    contests = [contest for key in asked.contests if (contest := known.contest(key))]
    return (read_of(contest, known, asked).model_dump_json().encode() for contest in contests)


def read_of(contest: Contest, desk: Desk, asked: TextToRead) -> ReadText:
    """Read a text for one contest."""
    text, at = asked.text, asked.at
    read = understood(text, desk, contest.id)
    claimed = pieces_of([*read.claims, *read.words], contest, at, desk.zone)
    pieces = _dated(_timed(claimed, text), text, at, desk.zone)
    offered = {piece.words for piece in pieces if piece.likely}
    others = _not_entered(read.claims, offered)
    said = offered | {one.words for one in others}
    unread = (one for one in read.leftovers if not any(one[: MOST_WORDS - 1] in words for words in said))
    refused = (*(Refused(words=words[:MOST_WORDS], why=why) for words, why in read.refused), *others)[:MOST_PIECES]
    leftovers = tuple(sentence[:300] for sentence in unread)[:20]
    entry = Entry(
        contest=contest.id,
        source=asked.source,
        as_of=at,
        pieces=pieces,
        text=text,
        leftovers=leftovers,
        refused=refused,
        link=asked.link,
        strangers=tuple(stranger[:MOST_WORDS] for stranger in read.strangers[:MOST_PIECES]),
    )
    return ReadText(entry=entry, leftovers=read.leftovers, refused=refused, strangers=read.strangers)


_NOT_ENTERED = {"votes": "a candidate's votes", "reporting": "how much is in"}
"""The reasons on the card for refused claims, by kind of claim. Statements have no fields for these kinds."""


def _not_entered(claims: Sequence[Claim], offered: Collection[str]) -> list[Refused]:
    """Return the claims that were read but can't be entered, each with the reason.

    A claim is skipped if its words are in `offered`, the words of likely pieces.
    """
    found = {claim.words[:MOST_WORDS]: _NOT_ENTERED[claim.claim] for claim in claims if claim.claim in _NOT_ENTERED}
    return [Refused(words=words, why=why) for words, why in found.items() if words not in offered]


_OF_ANOTHER_TIME = re.compile(r"\b(?:now|currently|since|from)\b", re.IGNORECASE)
"""Words after which a sentence's only time may not apply to all its figures."""


def _timed(pieces: Sequence[Piece], text: str) -> tuple[Piece, ...]:
    """Give pieces without a time the only time in their sentence: "up 14,101 as of 8:05 a.m., 4,991,741 votes"."""
    timed = list(pieces)
    for one in sentences_of(text):
        said = text[one.start : one.end]
        here = [place for place, piece in enumerate(timed) if piece.words and piece.words in said]
        moments = {at for place in here if (at := timed[place].as_of)}
        if len(moments) == 1 and len(times_in_text(said)) == 1 and not _OF_ANOTHER_TIME.search(said):
            for place in here:
                timed[place] = timed[place].model_copy(update={"as_of": timed[place].as_of or min(moments)})
    return tuple(timed)


def _dated(pieces: Sequence[Piece], text: str, written: datetime, zone: ZoneInfo) -> tuple[Piece, ...]:
    """Move each piece's time to the day that the text gives for it.

    A piece gets no time if the day is ambiguous, or if the text gives no day and the time is not recent.
    """
    said, found = times_in_text(text), []
    for piece in pieces:
        at = piece.as_of
        if at is not None:
            wall = at.astimezone(zone)
            here = [one for one in said if one.clock == wall.strftime("%I:%M")]
            can_be = {moment for one in here if one.dated for moment in one.moments(written, zone)}
            days = {moment for moment in can_be if moment.astimezone(zone).time() == wall.time()}
            if not any(one.dated for one in here):
                at = at if written - at < RECENT else None
            elif at not in days:
                at = days.pop() if len(days) == 1 and all(one.dated for one in here) else None
        found.append(piece if at == piece.as_of else _as_of(piece, at))
    return tuple(found)


def _as_of(piece: Piece, at: datetime | None) -> Piece:
    """Return the piece with another time.

    A call whose own time is unknown was made no later than the time that an editor chooses.
    """
    call = piece.call.model_copy(update={"since": "by"}) if piece.call and at is None else piece.call
    return piece.model_copy(update={"as_of": at, "call": call})
