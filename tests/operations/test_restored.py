"""Tests a restored backup: nothing is posted twice, no post number is used twice, and each newsroom is told once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.count.statement import Statement
from bot.database.backup import back_up
from bot.database.database import to_micros
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.follows.preferences import FollowPreferences
from bot.operations.restored import RestorePress
from bot.operations.restored_store import SPARE
from bot.operations.restored_words import waiting_answer
from bot.outbox.discord import number_of
from bot.outbox.outbox_store import PostPreview
from bot.outbox.states import Transition as Happens
from bot.wording.card import Card
from bot.wording.context import Audience, Setting
from bot.wording.message import pages, render
from tests.conftest import COUNT, LIVE, SERVER, START, WHO, Newsroom, buttons, lay_new, reading, run_sql, small_desk

DESK = 19
KEY = to_micros(START + timedelta(minutes=20))
NOTICE = "**The bot's records were restored from a copy made at "


def fetched_desk() -> Desk:
    """Return the small desk file. The Times and the secretary of state have addresses to poll."""
    desk = small_desk(rundown="00:00").model_dump(exclude_none=True, exclude_unset=True)
    for source in desk["sources"][:2]:
        source |= {"format": "readings", "url": f"https://{source['id']}.example/x", "stale_after": "24h"}
    return Desk.model_validate(desk)


class Shop:
    """A newsroom whose database is backed up, used further, lost, and restored from the backup."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._copy = folder / "copy"
        self._restores = 0

    async def open(self) -> Newsroom:
        path = self._folder / "desk.sqlite3"
        await lay_new(path)
        self.newsroom = await self._stack.enter_async_context(Newsroom(path, fetched_desk()))
        await self.newsroom.follow()
        await self.newsroom.control.set_desk_channel(DESK, SERVER, WHO)
        return self.newsroom

    def back_up(self) -> None:
        back_up(self.newsroom.path, self._copy)
        run_sql(self._copy, f"UPDATE installation SET copied_at = {self.newsroom.outbox.now()}")

    async def restore(self) -> Newsroom:
        """Lose the database, and start with the backup, on the same Discord."""
        self._restores += 1
        self.newsroom.wall.move(1)  # a nonce is made of a row's id, which comes again, and its time, which does not
        path = self._folder / f"restored-{self._restores}.sqlite3"
        path.write_bytes(self._copy.read_bytes())
        await self.newsroom.restart(path=path)
        await self.newsroom.log_in()
        with capture_logs():
            await self.newsroom.restored.pause_newsrooms()
        await self.newsroom.publisher.start()
        await self.newsroom.publish()
        return self.newsroom


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        yield Shop(tmp_path, stack)


def headlines(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.split("\n")[0] for content in newsroom.contents(channel)]


def keys(newsroom: Newsroom) -> list[list[str]]:
    """Return the custom ids of the buttons under each message to the desk, oldest first."""
    return [list(buttons(shown).values()) for shown in newsroom.shown(DESK)]


async def press(newsroom: Newsroom, what: RestorePress) -> Card:
    """Press a button under the notice of the restore, and send the posts that follow."""
    (key,) = {
        int(key.rpartition(":")[2]) for shown in keys(newsroom) for key in shown if key.startswith("restored:")
    } or {0}
    answer = await newsroom.restored.press(what, key, SERVER, "Ann (7)")
    await newsroom.publish()
    return answer


async def posted_since(shop: Shop) -> Newsroom:
    """Return a newsroom restored from a backup that lacks two posts."""
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.post(reading(1100, 500, 1), reading(1200, 500, 2))
    before.at(20)
    return await shop.restore()


async def test_nothing_is_posted_after_a_restore_until_the_desk_answers_the_one_notice(shop: Shop) -> None:
    after = await posted_since(shop)
    shown = headlines(after)
    assert len(shown) == 3
    await after.take(reading(1200, 500, 2))  # the feed still shows what it showed
    await after.take(reading(1300, 500, 20))
    await after.publish()
    assert headlines(after) == shown
    (asked,) = headlines(after, DESK)
    assert asked == (
        "**The bot's records were restored from a copy made at 7 a.m.** Posts from then until 7:20 a.m. remain but are not "
        "on record. Entries and settings from that time are lost: enter them again. **Posting is paused.** What would go out "
        "now may have been posted already, in part. See what is waiting, then post or discard it."
    )
    assert keys(after) == [[f"restored:show:{KEY}", f"restored:drop:{KEY}"]]
    told = [number_of(content) for channel in (COUNT, DESK) for content in after.contents(channel)]
    assert told == [1, 2, 3, 1 + SPARE + 1]


async def test_what_waits_is_shown_and_posted_as_one_post_up_to_the_newest_figures(shop: Shop) -> None:
    after = await posted_since(shop)
    assert render(await press(after, "show")).content.startswith("Nothing is waiting")
    await after.take(reading(1200, 500, 2), reading(1210, 500, 3))
    shown = await press(after, "show")
    assert render(shown).embeds[0]["description"] == (
        f"<#{COUNT}>: **Biden's lead in Georgia has grown by 210 votes since 7 a.m., to 710,** after 210 more votes were "
        "counted over two updates, all for Biden."
    )
    assert [button.label for button in shown.buttons] == ["Post 1 post", "Discard it"]
    await after.take(reading(1220, 500, 4))
    posts = len(headlines(after))
    assert render(await press(after, "post")).content == "**Resumed. 1 post goes out now.**"
    (posted,) = headlines(after)[posts:]
    assert posted.startswith(
        "**Biden's lead in Georgia has grown by 220 votes since 7 a.m., to 720,** after 220 more votes"
    )
    assert "Resumed, with 1 post waiting, said Ann (7) at 7:20 a.m." in after.contents(DESK)[-1]
    assert keys(after)[-1] == []
    assert render(await after.restored.press("drop", KEY, SERVER, WHO)).content == "Ann (7) has already decided this."
    await after.take(reading(1300, 500, 20))
    await after.publish()
    assert headlines(after)[-1].startswith("**Biden's lead in Georgia grows by 80 votes, to 800,**")


async def test_what_waits_is_dropped_and_the_count_goes_on(shop: Shop) -> None:
    after = await posted_since(shop)
    await after.take(reading(1200, 500, 2), reading(1201, 500, 3))
    shown = headlines(after)
    assert render(await press(after, "drop")).content.startswith("**Discarded.**")
    await after.ingest.roll_up()
    await after.publish()
    assert headlines(after) == shown
    assert "Resumed; what was waiting is not posted, said Ann (7)" in after.contents(DESK)[-1]
    await after.take(reading(1301, 500, 20))
    await after.publish()
    assert headlines(after)[len(shown) :] == [
        "**Biden's lead in Georgia grows by 100 votes, to 801,** after 100 more votes were counted, all for Biden."
    ]


async def test_what_the_newsroom_entered_since_is_not_discarded(shop: Shop) -> None:
    before = await shop.open()
    await certify(before, 92)
    shop.back_up()
    after = await shop.restore()
    after.at(30)
    await certify(after, 96, 25)
    assert render(await press(after, "drop")).content.startswith("**Discarded.**")
    assert [words for words in headlines(after) if "92" in words and "Ninety-six" not in words] == []
    assert len([words for words in headlines(after) if "Ninety-six of Georgia's 159" in words]) == 1


async def test_what_was_entered_in_a_pause_of_the_copy_stays_the_newsroom_s_until_posts_are_resumed(shop: Shop) -> None:
    before = await shop.open()
    await before.control.pause(SERVER, WHO, "checking", "10 minutes")
    before.at(1)
    said = Statement(contest="ga", source="ga-sos", as_of=before.clock.now(), certified=(92, 159), entered_by=WHO)
    await before.statements.take_in(said, SERVER, WHO)
    shop.back_up()
    before.at(20)
    after = await shop.restore()

    async def read_by(reader: Audience) -> bool:
        return await after.queries.certified("ga", SERVER, START + timedelta(hours=1), (), reader=reader) is not None

    paused = await after.control_store.paused(SERVER)
    assert paused is not None
    assert (paused.at, paused.why, paused.until) == (START, "checking", None)
    assert [await read_by("newsroom"), await read_by("guest")] == [True, False]
    assert render(await press(after, "post")).content.startswith("**Resumed.")
    assert await read_by("guest")


async def test_whoever_resumes_as_after_any_pause_has_decided(shop: Shop) -> None:
    after = await posted_since(shop)
    await after.take(reading(1200, 500, 2))
    await after.control.resume(SERVER, WHO, None)
    await after.publish()
    assert len(headlines(after)) == 4
    assert render(await press(after, "post")).content == "Olga has already decided this."


async def test_the_desk_is_told_which_sources_were_not_heard_yet(shop: Shop) -> None:
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    before.at(5)
    after = await shop.restore()
    assert "Not heard since: President" in render(await press(after, "show")).content
    await after.take(reading(1000, 500, 6))
    assert "Not heard" not in render(await press(after, "show")).content


async def test_a_post_that_waited_in_the_copy_waits_on_under_a_new_number(shop: Shop) -> None:
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.take(reading(1100, 500, 1))
    shop.back_up()
    await before.publish()
    after = await shop.restore()
    await after.publish()
    assert len(headlines(after)) == 2
    assert [row.state for row in await after.posts() if row.kind == "margin"] == ["superseded", "pending"]
    await press(after, "post")
    assert [number_of(content) for content in after.contents(COUNT)] == [1, 2, 1 + SPARE + 2]


async def certify(newsroom: Newsroom, done: int, minute: int = 0) -> None:
    """Enter how many counties of Georgia have certified."""
    said = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), "certified": (done, 159)}
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)


async def test_a_question_to_the_desk_is_asked_anew_once_posting_goes_on(shop: Shop) -> None:
    """An answer given after the backup removed the buttons. Without a new question, the post would block its
    contest forever.
    """
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.control.set_public(COUNT, SERVER, WHO, public=True)
    await certify(before, 92)
    await certify(before, 96, 1)
    await before.publish()
    shop.back_up()
    await before.queue.press("drop", 2, SERVER, WHO)
    await before.publish()
    after = await shop.restore()
    await press(after, "post")
    waits = [row.id for row in await after.posts() if row.state == "awaiting"]
    assert len(waits) == 1
    assert f"publish:{waits[0]}" in keys(after)[-1]


async def test_an_edit_that_waited_and_what_was_for_the_operator_are_left_out(shop: Shop) -> None:
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    columns = "server, channel, number, kind, news_at, wall_created, content"
    run_sql(
        shop._copy,
        f"INSERT INTO outbox ({columns}, action, about) VALUES (1, {COUNT}, 1, 'first', 0, 0, 'x', 'edit', 1)",
        f"INSERT INTO outbox ({columns}) VALUES (0, 99, 1, 'notice', 0, 0, 'the bot is down')",
    )
    after = await shop.restore()
    rows = await after.database.rows("SELECT action, state FROM outbox ORDER BY id")
    assert rows[:3] == [("post", "sent"), ("edit", "superseded"), ("post", "superseded")]


async def test_numbers_skip_ahead_by_the_age_of_the_copy(shop: Shop) -> None:
    await shop.open()
    shop.back_up()
    run_sql(shop._copy, "UPDATE installation SET copied_at = copied_at - 7200000000")
    after = await shop.restore()
    assert number_of(after.contents(DESK)[0]) == 1 + 3 * SPARE


async def test_what_another_source_confirmed_and_what_fell_due_since_waits_too_and_is_discarded(shop: Shop) -> None:
    before = await shop.open()
    before.clock.set(START - timedelta(hours=1))
    await before.schedule.add(SERVER, [an_event(12), an_event(20)], WHO)
    await before.take(reading(1000, 500, -60))
    await before.publish()
    shop.back_up()

    async def go_on(newsroom: Newsroom) -> None:
        newsroom.clock.set(START)
        await newsroom.take(reading(1100, 500, 1), reading(1100, 500, 2, source="ga-sos"))
        await newsroom.remind.post_due()
        await newsroom.rundown.post_due()
        await newsroom.publish()

    await go_on(before)
    shown = headlines(before)
    assert len([words for words in shown if "Event 12" in words]) == 1
    after = await shop.restore()
    for _ in range(2):
        await go_on(after)
        assert headlines(after) == shown
    await press(after, "drop")
    await go_on(after)
    assert headlines(after) == shown
    due = await after.remind.next_due()
    assert due is not None
    assert due > START


def an_event(hour: int) -> Event:
    said = {"kind": "other", "title": f"Event {hour}", "wall": f"2020-11-11T{hour:02}:00", "zone": "UTC"}
    return Event.model_validate(said)


async def test_a_reminder_by_direct_message_that_fell_due_since_counts_as_sent(shop: Shop) -> None:
    before = await shop.open()
    before.clock.set(START - timedelta(hours=1))
    (key,) = await before.schedule.add(SERVER, [an_event(12)], WHO)
    await before.rooms.operations.direct_channels._store.store_direct_channel(7, LIVE)
    await before.schedule.remind(SERVER, key, 7, 5)
    shop.back_up()
    before.at(-3)
    after = await shop.restore()
    for minute in (-2, -1):
        after.at(minute)
        await after.remind.post_due()
        await after.publish()
    assert after.contents(LIVE) == []


async def test_without_a_desk_channel_the_first_channel_that_follows_is_asked(shop: Shop) -> None:
    before = await shop.open()
    await before.control.set_desk_channel(None, SERVER, WHO)
    shop.back_up()
    after = await shop.restore()
    assert headlines(after)[0].startswith(NOTICE)


async def test_a_server_that_the_bot_left_is_left_alone(shop: Shop) -> None:
    before = await shop.open()
    await before.desk_store.leave(SERVER, START)
    shop.back_up()
    after = await shop.restore()
    assert await after.database.rows("SELECT next_number, paused_at FROM servers") == [(1, None)]


async def test_a_second_restore_of_the_same_copy_posts_nothing_again_and_makes_old_buttons_void(shop: Shop) -> None:
    first = await posted_since(shop)
    await first.take(reading(1200, 500, 2))
    await first.take(reading(1300, 500, 20))
    await first.publish()
    shown = headlines(first)
    first.at(40)
    second = await shop.restore()
    await second.take(reading(1300, 500, 20))
    await second.publish()
    assert headlines(second) == shown
    stale = await second.restored.press("post", 1, SERVER, WHO)
    assert render(stale).content.startswith("The records were restored once more")


async def test_a_database_that_is_no_copy_is_left_as_it_is(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.restored.pause_newsrooms()
    assert await newsroom.database.rows("SELECT paused_at FROM servers") == [(None,)]
    assert await newsroom.count("audit") == 1


async def test_a_file_that_was_copied_without_its_log_posts_nothing_twice_and_says_so(shop: Shop) -> None:
    """For example, `cp` copied the database from a running bot, or a disk lost the write-ahead log."""
    newsroom = await shop.open()
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    run_sql(newsroom.path, "PRAGMA wal_checkpoint(TRUNCATE)")
    shop._copy.write_bytes(newsroom.path.read_bytes())
    newsroom.at(10)
    await newsroom.take(reading(1200, 500, 10))
    await newsroom.publish()
    before = headlines(newsroom)
    newsroom.forget_nonces()
    after = await shop.restore()
    newsroom.at(20)
    await after.take(reading(1200, 500, 10))
    await after.publish()
    assert headlines(after) == before
    (notice,) = headlines(after, DESK)
    assert notice.startswith(NOTICE)


async def test_a_thread_whose_message_was_posted_since_the_copy_is_opened_once(shop: Shop) -> None:
    before = await shop.open()
    await before.follow(LIVE, preferences=FollowPreferences(thread=True))
    await before.take(reading(1000, 500))
    claimed = await before.outbox.claim(LIVE)
    assert claimed.new_thread == "President \u00b7 Georgia"
    assert claimed.post is not None
    await before.outbox.defer(claimed.post, before.outbox.now(), "not yet", Happens.DECLINED)
    shop.back_up()
    await before.publish()
    after = await shop.restore()
    assert len(after.threads) == 1
    assert len(headlines(after, LIVE)) == 1


def test_however_much_waits_all_of_it_is_in_the_answers_pages() -> None:
    waiting = [PostPreview(10**18 + n, f"{n} **Biden leads.** " + "x" * 500, shown=False) for n in range(99)]
    split = pages(waiting_answer(waiting, ["ga"] * 99, 1, Setting(small_desk())))
    shown = "\n".join(embed["description"] for page in split for embed in render(page).embeds)
    assert shown.count("Biden leads") == 99


async def test_the_buttons_of_the_notice_are_known_by_when_it_paused_posting_though_the_clock_goes_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open()
    shop.back_up()
    ticks = count()
    monkeypatch.setattr(shop.newsroom.clock, "now", lambda: START + timedelta(microseconds=next(ticks)))
    newsroom = await shop.restore()
    ((paused_at,),) = await newsroom.database.rows("SELECT paused_at FROM servers WHERE id = ?", (SERVER,))
    ((asked,),) = await newsroom.database.rows(
        "SELECT components FROM outbox WHERE id = (SELECT restored_notice FROM servers WHERE id = ?)", (SERVER,)
    )
    assert f":{paused_at}" in asked
