"""The Share button: puts an answer that only its asker sees into the channel, once, as a post with a number.

What is shared is the message as Discord shows it to its asker, so nothing is stored for answers that nobody shares. The
button's key is `share:open:TAG` for an answer that the public may read, else `share:inside:TAG`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.answers.asking import InsideError
from bot.answers.sharing_store import SharingStore
from bot.clock import Clock
from bot.database.database import from_micros
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.follows.follows import with_leading_source
from bot.follows.follows_store import ServerStore
from bot.outbox.kinds import Kind, Unsaid, Worded
from bot.outbox.outbox_words import delivery_words
from bot.outbox.rows import Post
from bot.outbox.suspensions_store import SuspensionStore
from bot.outbox.tx import Tx
from bot.tally.silences import SourceMarks
from bot.wording.card import Picture
from bot.wording.context import Setting, may_be_named, source_name
from bot.wording.draft import post_card
from bot.wording.escape import capitalised
from bot.wording.message import Embed
from bot.wording.question import names, tagged

GOOD_FOR = timedelta(minutes=15)
"""An older answer can't be shared, since it may be out of date."""


class SharedPost(Kind):
    """A shared answer. It stays in the channel where it was asked for; one that has waited too long is not posted."""

    name = "shared"
    does = "is an answer that staff shared"
    on_page = {
        "shared": "an answer that an editor put into the channel",
    }
    perishable = True
    outside = True
    repeats = "its contest"
    published_as = "rest"

    def words(self, tx: Tx, post: Post) -> Worded | Unsaid:
        """Return the answer as it was shown, or why it is no longer posted."""
        if tx.now - from_micros(post.news_at) > GOOD_FOR:
            return Unsaid("that answer is over 15 minutes old; ask again")
        headline, _, small = (post.content or "").rpartition("\n")
        return Worded(
            post_card(
                post.kind, headline, small.partition(" · ")[2], tuple(post.embeds or ()), buttons=post.buttons or ()
            )
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
    ) -> None:
        self._marks = marks
        self._suspensions = suspensions
        self._store = store
        self._servers = servers
        self._setting = setting
        self._clock = clock

    async def shared(self, message: int, server: int) -> str | None:
        """Return a sentence if the answer was shared already, else None."""
        number = await self._store.shared(message, server)
        return None if number is None else f"That is in the channel already, as #{number}."

    async def share(
        self,
        shown: ShownAnswer,
        scope: str,
        tag: str,
        server: int,
        channel: int,
        who: str,
        picture: Picture | None,
    ) -> str:
        """Post an answer as its asker sees it, and return the reply.

        Args:
            shown: the answer.
            scope: `open` if the answer was made for a channel that the public reads, else `inside`.
            tag: its contest's tag (`contest_tag`).
            server: where it is shared.
            channel: where it is shared.
            who: who shares it, as the audit names them.
            picture: its picture, if it has one.

        Raises:
            BadInputError: the answer is too old, or since then an entry was retracted or a post corrected.
            InsideError: the public reads the channel now, and the answer is not for the public.

        """
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
        draft = post_card("shared", headline, small.removeprefix("-# "), embeds, picture=picture)
        done = await self._store.share(
            shown.message,
            server,
            channel,
            draft,
            contest.id if contest else None,
            contest.leads if contest else None,
            who,
        )
        if done.again:
            return f"That is in the channel already, as #{done.number}."
        delivery = await self._suspensions.delivery(server, [channel], [contest.leads] if contest else [])
        if delivery.now:
            return f"Shared in <#{channel}> as #{done.number}."
        return f"Not posted yet. {delivery_words(delivery, self._setting, self._clock.now(), f'#{done.number}')}"

    async def _for_all(
        self, shown: ShownAnswer, server: int, contest: Contest | None, picture: Picture | None
    ) -> tuple[str, tuple[Embed, ...]]:
        """Return (content, embeds) for all readers of the channel, without lines on muted or newsroom-only sources.

        Lines on the leading source stay, but not who muted or chose it, and why.

        Raises:
            BadInputError: the answer itself rests on such a source.

        """
        now = self._clock.now()
        leads = contest.leads if contest else ""
        to_all = replace(self._setting, names_staff=False)
        marks = await self._marks.of(server, to_all, now)
        lines = shown.content.split("\n")
        if contest is not None and (choice := await self._servers.choice(server, contest.id)) is not None:
            named, plain = choice.since.words(self._setting, now), choice.since.words(to_all, now)
            lines = [line.replace(f"Chosen {named}", f"Chosen {plain}") for line in lines]
        left_out = []
        for source in self._setting.desk.sources:
            mark, about = marks.get(source.id), f"{capitalised(source_name(source))} has been muted here since "
            if source.id == leads:
                lines = [mark.words if mark and line.startswith(about) else line for line in lines]
            elif not source.public or (mark is not None and mark.muted):
                left_out.append(source)
                lines = [line for line in lines if not line.startswith(about)]
        for source in left_out:
            if any(names(line, source) for line in [*lines, picture.words if picture else ""]):
                why = "is for the newsroom only" if not source.public else "is muted here (`/mute`)"
                raise BadInputError(f"that answer rests on {source_name(source)}, which {why}, so it is not shared")
        return "\n".join(lines), tuple(_without(embed, left_out) for embed in shown.embeds)


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
