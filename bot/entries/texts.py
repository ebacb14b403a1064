"""Reads the claims in a typed or pasted text, in a worker process (`bot/box`)."""

from typing import Annotated

from pydantic import BeforeValidator

from bot.box.box import JOB_SECONDS, TEXT_SECONDS, Box, Job
from bot.count.entry import Entry, Refused
from bot.count.reading import Frozen, Id, Moment, as_tuple
from bot.desk.desk_file import Desk
from bot.outbox.proposals_store import Asker
from bot.quotas import Caller


class TextToRead(Frozen):
    """A text to read, and what is known about it."""

    text: str
    contests: list[Id]
    """The contests to read the text for, each separately."""
    at: Moment
    """When the text was written."""
    source: Id | None
    """The text's source; None if not known yet."""
    link: str | None
    callers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    """Ids of the callers that the newsroom added."""


class ReadText(Frozen):
    """The result of reading a text for one contest: the entry, and the sentences that could not be used."""

    entry: Entry
    leftovers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
    """The sentences in which nothing was understood, verbatim."""
    refused: Annotated[tuple[Refused, ...], BeforeValidator(as_tuple)]
    """Sentences that are not offered as claims, with the reason."""
    strangers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
    """Calls by somebody who is not set up as a caller."""


async def read_text(box: Box, asker: Asker, desk: Desk, text: TextToRead) -> list[ReadText]:
    """Read a text for each of its contests, in a worker process. Returns the results in the order of the contests.

    Raises:
        BadInputError: the text exceeds a limit of the worker process.
        QuotaError: the asker has used up their quota.
    """
    parts = (text.model_dump_json().encode(), desk.model_dump_json(exclude_defaults=True).encode())
    job = Job("text", "the text", parts, min(JOB_SECONDS, TEXT_SECONDS * len(text.contests)))
    caller = Caller(asker.server, asker.user, staff=True)
    return await box.read(caller, job, ReadText.model_validate_json)
