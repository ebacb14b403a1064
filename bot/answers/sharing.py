"""The Share button: puts an answer that only its asker sees into the channel, as a post with a number, once.

The key says all (`share:open:TAG`): what is shared is what Discord says the asker sees, and nothing is kept for answers
that nobody shares. `open` or `inside` says for whom the answer was made.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.answers.asking import InsideError
from bot.answers.sharing_store import SharingStore
from bot.clock import Clock
from bot.database.database import from_micros
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.follows.follows import with_leading_source
from bot.follows.follows_store import ServerStore
from bot.outbox.kinds import Family, Kind, Unsaid, Worded
from bot.outbox.outbox_words import delivery_words
from bot.outbox.rows import AuditRow, Post, Wake
from bot.outbox.suspensions_store import SuspensionStore
from bot.tally.silences import SourceMarks
from bot.wording.context import Setting, may_be_named, source_name
from bot.wording.draft import Draft, Embed, Picture
from bot.wording.escape import capitalised
from bot.wording.question import names, tagged

GOOD_FOR = timedelta(minutes=15)
"""An older answer is not shared: what it says is no longer what is known now."""


class SharedPosts(Family):
    """Answers that were shared: they stay in the channel where somebody asked; one that waited for too long is not posted."""

    kinds = (Kind("shared", outside=True, published_as="rest"),)
    perishable = True

    def __init__(self, setting: Setting, news_now: Callable[[], datetime]) -> None:
        """Say it as `setting` has it; `news_now` is the news clock."""
        super().__init__(setting)
        self._news_now = news_now

    def words(self, connection: sqlite3.Connection, post: Post) -> Worded | Unsaid:
        """Return the answer as it was shown, or why it is not posted any more."""
        del connection
        if self._news_now() - from_micros(post.news_at) > GOOD_FOR:
            return Unsaid("that answer is over 15 minutes old; ask again")
        headline, _, small = (post.content or "").rpartition("\n")
        return Worded(
            Draft(post.kind, headline, small.partition(" · ")[2], tuple(post.embeds or ()), buttons=post.buttons or ())
        )


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer as Discord shows it to its asker."""

    message: int
    content: str
    embeds: Sequence[Mapping[str, Any]]
    age: timedelta


class Sharing:
    """Puts answers into their channel as posts."""

    def __init__(
        self,
        store: SharingStore,
        servers: ServerStore,
        suspensions: SuspensionStore,
        marks: SourceMarks,
        setting: Setting,
        clock: Clock,
        wake: Wake,
    ) -> None:
        """Post through `store`; `suspensions` says what a post waits for; `wake` is called with the channel.

        `marks` says of a source that is set apart what who reads the channel may know of that.
        """
        self._marks = marks
        self._suspensions = suspensions
        self._store = store
        self._servers = servers
        self._setting = setting
        self._clock = clock
        self._wake = wake

    async def shared(self, message: int, server: int) -> str | None:
        """Return that an answer was shared already, or None."""
        number = await self._store.shared(message, server)
        return None if number is None else f"That is in the channel already, as #{number}."

    async def share(
        self,
        shown: ShownAnswer,
        scope: str,
        tag: str,
        place: tuple[int, int],
        who: str,
        picture: Picture | None = None,
    ) -> str:
        """Post an answer as its asker sees it; return what is said of that.

        Args:
            shown: the answer.
            scope: `open` if it was made for a channel that the public reads, else `inside`.
            tag: of its contest (`contest_tag`).
            place: (server, channel).
            who: who shares it, as the audit names them.
            picture: the picture that it shows.

        Raises:
            BadInputError: the answer is too old, or an entry of its contest was retracted, or a post corrected, since.
            InsideError: the public reads the channel now, and the answer was not made for that.

        """
        server, channel = place
        if (said := await self.shared(shown.message, server)) is not None:
            return said
        if shown.age > GOOD_FOR:
            raise BadInputError(
                "that answer is over 15 minutes old; ask again, so that what is posted is what is known"
            )
        contest = tagged(self._setting.desk, tag)
        if contest is not None:
            if await self._store.put_right_since(contest.id, server, self._clock.now() - shown.age):
                raise BadInputError("something was retracted or corrected since; ask again, so that it is not posted")
            contest = await with_leading_source(contest, server, self._setting.desk, self._servers)
        public = await self._servers.is_public(channel)
        source = self._setting.desk.source(contest.leads) if contest else None
        named = source is None or not public or may_be_named(source, self._setting)
        if public and (scope != "open" or not named):
            raise InsideError
        content, embeds = await self._for_all(shown, server, contest, picture)
        headline, _, small = content.rpartition("\n")
        draft = Draft("shared", headline, small.removeprefix("-# "), embeds, picture=picture)
        audit = AuditRow(self._clock.now(), server, who, "share", contest.id if contest else None)
        about = (contest.id, contest.leads) if contest else (None, None)
        done = await self._store.share(shown.message, channel, draft, about, audit)
        self._wake(done.wake)
        if done.again:
            return f"That is in the channel already, as #{done.number}."
        delivery = await self._suspensions.delivery(server, [channel], [contest.leads] if contest else [])
        if delivery.now:
            return f"Shared in <#{channel}> as #{done.number}."
        return f"Not posted yet. {delivery_words(delivery, self._setting, self._clock.now(), f'#{done.number}')}"

    async def _for_all(
        self, shown: ShownAnswer, server: int, contest: Contest | None, picture: Picture | None
    ) -> tuple[str, tuple[Embed, ...]]:
        """Return an answer as all may read it: of a muted source, and of one for the newsroom only, no line is in it.

        Of the source that leads the contest its words stay, without who muted it, or let it lead, and why.

        Raises:
            BadInputError: the answer rests on such a source.

        """
        now, leads, to_all = (
            self._clock.now(),
            contest.leads if contest else "",
            replace(self._setting, names_staff=False),
        )
        marks, choice = await self._marks.of(server, to_all, now), None
        lines = shown.content.split("\n")
        if contest is not None and (choice := await self._servers.choice(server, contest.id)) is not None:
            named, plain = choice.since.words(self._setting, now), choice.since.words(to_all, now)
            lines = [line.replace(f"Chosen {named}", f"Chosen {plain}") for line in lines]
        kept_back = []
        for source in self._setting.desk.sources:
            mark, about = marks.get(source.id), f"{capitalised(source_name(source))} has been muted here since "
            if source.id == leads:
                lines = [mark.words if mark and line.startswith(about) else line for line in lines]
            elif not source.public or (mark is not None and mark.muted):
                kept_back.append(source)
                lines = [line for line in lines if not line.startswith(about)]
        said = [*lines, picture.words if picture else ""]
        for source in kept_back:
            if any(names(line, source) for line in said):
                why = "is for the newsroom only" if not source.public else "is muted here (`/mute`)"
                raise BadInputError(f"that answer rests on {source_name(source)}, which {why}, so it is not shared")
        return "\n".join(lines), tuple(_without(embed, kept_back) for embed in shown.embeds)


def _without(embed: Mapping[str, Any], sources: Sequence[Source]) -> Embed:
    """Return an embed without the lines that name a source."""

    def kept(text: object) -> str:
        return "\n".join(line for line in str(text).split("\n") if not any(names(line, one) for one in sources))

    found = dict(embed)
    if "description" in found:
        found["description"] = kept(found["description"])
    if "fields" in found:
        fields = [{**field, "value": kept(field["value"])} for field in found["fields"]]
        found["fields"] = [field for field in fields if field["value"]]
    return found
