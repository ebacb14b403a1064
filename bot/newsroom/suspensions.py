"""Pauses a newsroom's posts, mutes sources, and releases the posts that waited."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.clock import Clock
from bot.database.database import from_micros, to_micros
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.follows.follows import with_leading_source
from bot.follows.follows_store import ServerStore
from bot.follows.levels import Sees, can_see_all
from bot.newsroom.suspensions_words import (
    KEPT_FOR_CONFIRMING,
    channel_answer,
    go_out_answer,
    load_sentence,
    pause_answer,
    public_answer,
    resume_answer,
    resumed_by_itself_notice,
    source_card,
    two_person_answer,
    unmute_answer,
)
from bot.outbox.channels_store import mark_public
from bot.outbox.outbox_store import PostPreview
from bot.outbox.room import OutboxRoom
from bot.outbox.suspensions_store import PauseLength, end_pause, unmute_in
from bot.outbox.tx import Tx
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.credit import SetBy
from bot.wording.question import source_tag
from bot.wording.typed_names import source_named, sources_matching


class Suspensions:
    """A service that stops and releases posts: pauses, mutes, public channels and the two-person rule.

    Most methods return the answer to the person who used the command.
    """

    def __init__(
        self,
        outbox: OutboxRoom,
        servers: ServerStore,
        setting: Setting,
        clock: Clock,
        left_out: Callable[[int], Awaitable[int]],
    ) -> None:
        """Create the service. It stops and releases posts through `outbox`.

        `left_out` returns how many entries can't be used in answers in a public channel until the desk releases them.
        """
        self._outbox = outbox
        self._servers = servers
        self._setting = setting
        self._clock = clock
        self._left_out = left_out

    async def pause(self, server: int, who: str, why: str | None, length: PauseLength | None = None) -> Card:
        """Stop every post of a server, and return the answer. See `SuspensionStore.pause`.

        `why` is the reason for the pause. `length` is how long it lasts; with None, somebody has to end it.
        """
        pause = await self._outbox.suspensions.pause(server, who, why, length)
        return pause_answer(pause, self._setting, self._clock.now())

    async def resume_due(self) -> None:
        """Resume posting in each server whose pause has ended."""
        for server in await self._outbox.suspensions.ended_pauses(self._clock.now()):
            await self._resume_by_itself(server)

    async def _resume_by_itself(self, server: int) -> None:
        found = await self._outbox.store.preview_posts(server, lambda tx: end_pause(tx, server, None))

        def notice(paused: SetBy) -> Card:
            return resumed_by_itself_notice(paused, found, self._setting, self._clock.now())

        if await self._outbox.suspensions.resume_ended(server, notice):
            await self._outbox.dispatcher.wake_server(server)

    async def next_due(self) -> datetime | None:
        """Return when the next pause ends by itself, or None if no pause has an end."""
        return await self._outbox.suspensions.next_pause_end()

    async def ask_to_resume(self, server: int, who: str, why: str | None, sees: Sees) -> Card | str:
        """Return a preview of the posts that resuming would release, with a button that resumes posting.

        If no posts wait, posting resumes at once (see `resume`). `why` is the reason that the person typed. `sees`
        returns True for channels that the asker sees. Posts in other channels are included only in the number.
        """
        if (asked := await self._resume_question(server, who, sees)) is not None:
            await self._outbox.suspensions.record_resume_reason(server, who, "resume ask", why)
            return asked
        return await self.resume(server, who, why)

    async def _resume_question(self, server: int, who: str, sees: Sees, shown: datetime | None = None) -> Card | None:
        before = await self._outbox.suspensions.paused(server)
        if before is None:
            return None
        waiting = await self._outbox.store.preview_posts(server, lambda tx: end_pause(tx, server, who))
        return self._question("Resume", "letgo:resume", waiting, sees, shown, since=before)

    async def ask_to_release(self, channel: int, server: int, who: str) -> Card | str:
        """Return a preview of the posts that making a channel private would release, with a button to do so.

        If no posts wait, the channel becomes private at once (see `set_public`).
        """
        asked = await self._release_question(channel, server, who)
        return asked or await self.set_public(channel, server, who, public=False)

    async def _release_question(
        self, channel: int, server: int, who: str, shown: datetime | None = None
    ) -> Card | None:
        def free(tx: Tx) -> None:
            mark_public(tx, server, channel, who, public=False)

        freed = [one for one in await self._outbox.store.preview_posts(server, free) if one.place == channel]
        return self._question("Post them", f"letgo:public:{channel}", freed, can_see_all, shown)

    async def ask_to_unmute(self, key: str, server: int, who: str, why: str | None, sees: Sees) -> Card | str:
        """Return a preview of the posts that unmuting a source would release, with a button that unmutes the source.

        If no posts wait, the source is unmuted at once (see `unmute`). `key` is the source's id or name. `why` is the
        reason that the person typed.

        Raises:
            BadInputError: as for `unmute`.
        """
        muted = await self._outbox.suspensions.muted(server)
        source = key if key in muted else self.source(key).id
        if source in muted and (asked := await self._unmute_question(source, server, sees)) is not None:
            await self._outbox.suspensions.record_resume_reason(server, who, "source unmute ask", why)
            return asked
        return await self.unmute(source, server, who, why)

    async def _unmute_question(
        self, source: str, server: int, sees: Sees, shown: datetime | None = None
    ) -> Card | None:
        def release_posts(tx: Tx) -> None:
            unmute_in(tx, server, source)

        found = await self._outbox.store.preview_posts(server, release_posts)
        waiting = [one for one in found if one.source == source and not one.is_own_correction]
        digest = hashlib.sha256(source.encode()).hexdigest()[:16]
        return self._question("Unmute", f"letgo:unmute:{digest}", waiting, sees, shown)

    def _question(
        self,
        label: str,
        key: str,
        waiting: Sequence[PostPreview],
        sees: Sees,
        shown: datetime | None,
        since: SetBy | None = None,
    ) -> Card | None:
        """Return a preview of the posts to release, with a button, or None if no preview is needed.

        Args:
            label: the button's label.
            key: the first part of the button's key.
            waiting: the posts to release; without any, no preview is needed.
            sees: returns True for channels that the asker sees.
            shown: when an earlier preview was made, or None. If no post has come since, no preview is needed.
            since: when and by whom posting was paused, or None.
        """
        now = self._clock.now()
        new = 0 if shown is None else sum(one.news_at > to_micros(shown) for one in waiting)
        if not waiting or (shown is not None and not new):
            return None
        by = max(to_micros(now), *(one.news_at for one in waiting))  # a post may be from a clock that was ahead
        return go_out_answer(label, f"{key}:{by}", waiting, sees, self._setting, now, since, new)

    async def release_posts(self, what: str, shown: int, server: int, who: str, sees: Sees) -> Card | str:
        """Release the posts that a preview showed, once its button is pressed.

        If more posts have come since the preview, nothing is released, and the result is a new preview.

        Args:
            what: what to end: `resume`, `unmute:` and a source's digest, or `public:` and a channel id.
            shown: when the preview was made, in microseconds of the news clock.
            server: the server.
            who: the person who pressed the button.
            sees: returns True for channels that the person sees.
        """
        at = from_micros(shown)
        kind, _, of = what.partition(":")
        match kind:
            case "resume":
                return await self._resume_question(server, who, sees, at) or await self.resume(server, who, None)
            case "public":
                asked = await self._release_question(int(of), server, who, at)
                return asked or await self.set_public(int(of), server, who, public=False)
            case _:
                muted = await self._outbox.suspensions.muted(server)
                named = [key for key in muted if hashlib.sha256(key.encode()).hexdigest().startswith(of)]
                if not named:
                    return "That source is no longer muted."
                asked = await self._unmute_question(named[0], server, sees, at)
                return asked or await self.unmute(named[0], server, who, None)

    async def resume(self, server: int, who: str, why: str | None) -> str:
        """Resume posting in a server, and return the answer. `why` is the reason that the person typed."""
        before, load = await self._outbox.suspensions.resume(server, who, why)
        found = await self._posts_now_sent(server)
        await self._outbox.dispatcher.wake_server(server)
        muted = await self._outbox.suspensions.muted(server)
        return resume_answer(before, load, found, [one for one in self._setting.desk.sources if one.id in muted])

    async def source_card(
        self, key: str, server: int, leads: Sequence[Contest], could: Sequence[Contest], note: str = ""
    ) -> Card:
        """Return the card of `/mute` for a source.

        Args:
            key: the source's id or name.
            server: the server.
            leads: the contests followed in the server that the source leads.
            could: the contests that the source could lead.
            note: a sentence about the change just made.

        Raises:
            BadInputError: the desk file has no such source.
        """
        source = self.source(key)
        muted = (await self._outbox.suspensions.muted(server)).get(source.id)
        return source_card(source, muted, leads, could, self._setting, self._clock.now(), note)

    def source_by_tag(self, tag: str) -> Source:
        """Return the source to which `tag`, a part of a button's key, refers.

        Raises:
            BadInputError: the desk file no longer has the source.
        """
        found = next((source for source in self._setting.desk.sources if source_tag(source) == tag), None)
        if found is None:
            raise BadInputError("that source is no longer in the desk file")
        return found

    async def mute(self, key: str, server: int, who: str) -> str:
        """Stop a source's posts, and return the answer.

        The answer states how many posts wait, and how many are already being sent.

        Raises:
            BadInputError: the desk file has no such source.
        """
        return load_sentence(await self._outbox.suspensions.mute(server, self.source(key).id, who))

    async def set_mute_reason(self, key: str, server: int, who: str, why: str) -> None:
        """Store the reason `why` a source is muted, for a mute without a reason.

        Raises:
            BadInputError: the source is no longer muted, or already has a reason.
        """
        if not await self._outbox.suspensions.set_mute_reason(server, self.source(key).id, who, why):
            raise BadInputError("that source is no longer muted, or someone gave a reason first")

    async def unmute(self, key: str, server: int, who: str, why: str | None) -> str:
        """Release a source's posts, and return the answer.

        `key` is the source's id or name, and `why` the reason that the person typed. A source that is no longer in the
        desk file can also be unmuted, by its id.

        Raises:
            BadInputError: the desk file has no such source, and no source with that id is muted.
        """
        muted = await self._outbox.suspensions.muted(server)
        source = None if key in muted else self.source(key)
        before, load, paused = await self._outbox.suspensions.unmute(server, source.id if source else key, who, why)
        of_it = source.id if source else key
        found = [one for one in await self._posts_now_sent(server) if one.source == of_it and not one.is_own_correction]
        await self._outbox.dispatcher.wake_server(server)
        return unmute_answer(source.name if source else key, before, load, found, paused=paused)

    async def set_desk_channel(self, channel: int | None, server: int, who: str) -> str:
        """Set the channel for notices and questions to the desk, and return the answer. None removes the setting.

        Raises:
            BadInputError: the channel is public; it is None while other channels are public; or the two-person rule is on
                and needs the present channel.
        """
        placed = await self._outbox.channels.set_desk_channel(server, channel, who)
        if placed.needs_confirmation:
            raise BadInputError(KEPT_FOR_CONFIRMING)
        if placed.refused and channel is None:
            raise BadInputError(
                "the desk needs a channel to publish posts to public ones; first turn those private in `/desk setup`"
            )
        if placed.refused:
            raise BadInputError("that channel is public, so it can't be the desk channel; choose another")
        return channel_answer(channel, placed.questions)

    async def set_two_person(self, server: int, who: str, *, on: bool) -> str:
        """Turn the two-person rule on or off, and return the answer.

        Under the rule, entries take effect only when a second person at the desk confirms them.

        Raises:
            BadInputError: the server has no desk channel in which to ask for confirmation.
        """
        did = await self._outbox.two_person.set(server, who, on=on)
        if did.no_desk:
            raise BadInputError("confirmation needs a desk channel; choose one in `/desk setup`, step 2")
        return two_person_answer(did, self._setting, self._clock.now(), on=on)

    async def set_public(self, channel: int, server: int, who: str, *, public: bool) -> str:
        """Mark a channel as public or private, and return the answer.

        Each post to a public channel waits until an editor presses Publish.

        Raises:
            BadInputError: the server has no desk channel in which to ask the editors, or this channel is the desk's.
        """
        marked = await self._outbox.channels.set_public(server, channel, who, public=public)
        if marked.no_desk:
            raise BadInputError("public posts need a desk channel; choose one in `/desk setup`, step 2")
        if marked.is_desk:
            raise BadInputError("that is the desk channel, so it can't be public; choose another")
        found = [] if public else [one for one in await self._posts_now_sent(server) if one.place == channel]
        paused = await self._outbox.suspensions.paused(server)
        inside = await self._inside(channel, server) if public else []
        waits = marked.released if paused else 0
        followed = await self._servers.following(server)
        boards = sum(row.board for row in followed if row.channel == channel) if public and marked.changed else 0
        left = await self._left_out(channel) if public else 0
        return public_answer(
            channel, inside, found, on=public, did=marked.changed, waits=waits, boards=boards, left=left
        )

    async def _posts_now_sent(self, server: int) -> list[PostPreview]:
        """Return the posts that can now be sent in a server."""
        return await self._outbox.store.preview_posts(server, lambda _: None)

    async def _inside(self, channel: int, server: int) -> list[Contest]:
        """Return a channel's contests whose leading source is for the newsroom only."""
        rows = [row.contest for row in await self._servers.following(server) if row.channel == channel]
        contests = [
            await with_leading_source(contest, server, self._setting.desk, self._servers)
            for row in rows
            if (contest := self._setting.desk.contest(row))
        ]
        return [
            contest
            for contest in contests
            if (source := self._setting.desk.source(contest.leads)) is not None and not source.public
        ]

    def matching(self, typed: str) -> list[Source]:
        """Return the sources that match the text typed so far, in the desk file's order."""
        return sources_matching(typed, self._setting.desk.sources)

    def source(self, key: str) -> Source:
        """Return a source by its id or name, as typed or chosen.

        Raises a BadInputError if the desk file has no such source.
        """
        return self._setting.desk.own_source(key) or source_named(key, self._setting.desk.sources)
