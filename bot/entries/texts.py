"""A text that somebody wrote or pasted, read in the box: what it claims of some contests."""

from typing import Annotated

from pydantic import BeforeValidator

from bot.box.box import JOB_SECONDS, TEXT_SECONDS, Box, Job
from bot.count.entry import Entry, Refused
from bot.count.reading import Frozen, Id, Moment, as_tuple
from bot.desk.desk_file import Desk
from bot.outbox.proposals_store import Asker
from bot.quotas import Caller


class TextToRead(Frozen):
    """A text, and what is known of it."""

    text: str
    contests: list[Id]
    """Of which contests it is read, each by itself."""
    at: Moment
    """When it was written."""
    source: Id | None
    """Whose word it is; None: not said yet."""
    link: str | None
    callers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    """Ids of the callers that the newsroom added."""


class ReadText(Frozen):
    """What a text says of a contest."""

    entry: Entry
    leftovers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
    """The sentences of which nothing was understood, letter for letter."""
    refused: Annotated[tuple[Refused, ...], BeforeValidator(as_tuple)]
    """Sentences that are no claim, each with why."""
    strangers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
    """Calls by somebody who makes none by the desk file."""


async def read_text(box: Box, asker: Asker, desk: Desk, text: TextToRead) -> list[ReadText]:
    """Return what a text says of each of its contests, in their order.

    Raises:
        BadInputError: it passes a limit of the box.
        QuotaError: the asker has asked for too much.

    """
    parts = (text.model_dump_json().encode(), desk.model_dump_json(exclude_defaults=True).encode())
    job = Job("text", "the text", parts, min(JOB_SECONDS, TEXT_SECONDS * len(text.contests)))
    caller = Caller(asker.server, asker.user, staff=True)
    return await box.read(caller, job, ReadText.model_validate_json)
