"""A restored backup: nothing is posted twice, no number comes twice, and each newsroom is told of the gap once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.count.statement import Statement
from bot.database.backup import back_up
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.follows.preferences import FollowPreferences
from bot.operations.restored import RestorePress
from bot.operations.restored_store import SPARE, RollUp
from bot.operations.restored_words import since_copy_answer
from bot.outbox.discord import number_of
from bot.outbox.states import Transition as Happens
from bot.tally.told_store import SinceCopy
from bot.wording.context import Setting
from bot.wording.draft import Answer, Draft
from bot.wording.pages import pages_of
from tests.conftest import (
    COUNT,
    LIVE,
    SERVER,
    START,
    WHO,
    Newsroom,
    buttons,
    lay_new,
    reading,
    run_sql,
    small_desk,
)

DESK = 19
NOTICE = "**The bot's records were restored from a copy made at "


def fetched_desk() -> Desk:
    """Return the small desk file, the Times and the Secretary of State being fetched."""
    desk = small_desk(rundown="00:00").model_dump(exclude_none=True, exclude_unset=True)
    for source in desk["sources"][:2]:
        source |= {"format": "readings", "url": f"https://{source['id']}.example/x", "stale_after": "24h"}
    return Desk.model_validate(desk)


class Shop:
    """A newsroom whose database is copied, used on, lost, and restored from the copy."""

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
        """Lose the database, and start on the copy, in the same Discord."""
        self._restores += 1
        self.newsroom.wall.move(1)  # a nonce is made of a row's id, which comes again, and its time, which does not
        path = self._folder / f"restored-{self._restores}.sqlite3"
        path.write_bytes(self._copy.read_bytes())
        await self.newsroom.restart(path=path)
        await self.newsroom.log_in()
        with capture_logs():
            await self.newsroom.restored.take_up()
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
    """Return the keys of the buttons of each message to the desk, oldest first."""
    return [list(buttons(shown).values()) for shown in newsroom.shown(DESK)]


async def press(newsroom: Newsroom, what: RestorePress) -> Answer:
    """Press a button under the notice, and let what follows go out."""
    ((at,),) = await newsroom.database.rows("SELECT restored_at FROM restores")
    answer = await newsroom.restored.press(what, at, SERVER, "Ann (7)")
    await newsroom.publish()
    return answer


async def posted_since(shop: Shop) -> Newsroom:
    """Return a newsroom restored from a copy that lacks two posts."""
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.post(reading(1100, 500, 1), reading(1200, 500, 2))
    before.at(20)
    return await shop.restore()


async def test_what_was_posted_since_the_copy_is_not_posted_again_and_one_notice_names_the_gap(shop: Shop) -> None:
    after = await posted_since(shop)
    shown = headlines(after)
    assert len(shown) == 3
    await after.take(reading(1200, 500, 2))  # the feed still shows what it showed
    await after.publish()
    assert headlines(after) == shown
    (asked,) = headlines(after, DESK)
    assert asked == (
        "**The bot's records were restored from a copy made at 7 a.m.** Posts from then until 7:20 a.m. remain but are not on record. Entries and settings from that time are lost: enter them again. Each source's "
        "first figures count as posted, and so does whatever fell due: some may never have been posted. See what "
        "changed since the copy, then post it as one summary per contest or discard it."
    )
    await after.take(reading(1300, 500, 20))
    await after.publish()
    assert headlines(after)[3:] == [
        "**Biden's lead in Georgia grows by 100 votes, to 800,** after 100 more votes were counted (Biden 100)."
    ]
    told = [number_of(content) for channel in (COUNT, DESK) for content in after.contents(channel)]
    assert told == [1, 2, 3, 1 + SPARE + 2, 1 + SPARE + 1]  # a number skipped ahead, and the notice's, are between


async def test_what_changed_is_shown_and_posted_as_one_roll_up_up_to_the_newest_figures(shop: Shop) -> None:
    after = await posted_since(shop)
    assert (await press(after, "show")).content.startswith("Nothing has changed")
    await after.take(reading(1200, 500, 2), reading(1210, 500, 3))
    shown = await press(after, "show")
    assert shown.embeds[0]["description"] == (
        f"<#{COUNT}>: **Biden's lead in Georgia is 710, up 210 since 7 a.m.,** after 210 more votes were counted over two "
        "updates (Biden 210)."
    )
    assert [button.label for button in shown.buttons] == ["Post 1 summary", "Discard it"]
    await after.take(reading(1220, 500, 4))
    posts = len(headlines(after))
    assert (await press(after, "post")).content == "**1 summary goes out now.**"
    (posted,) = headlines(after)[posts:]
    assert posted.startswith("**Biden's lead in Georgia is 720, up 220 since 7 a.m.,** after 220 more votes")
    assert "1 summary posted, said Ann (7) at 7:20 a.m." in after.contents(DESK)[-1]
    assert keys(after)[-1] == []
    assert (await press(after, "drop")).content == "Ann (7) has already decided this."
    await after.take(reading(1300, 500, 20))
    await after.publish()
    assert headlines(after)[-1].startswith("**Biden's lead in Georgia grows by 80 votes, to 800,**")


async def test_what_changed_is_dropped_and_the_count_goes_on(shop: Shop) -> None:
    after = await posted_since(shop)
    await after.take(reading(1200, 500, 2))
    shown = headlines(after)
    assert (await press(after, "drop")).content.startswith("**Discarded.**")
    assert headlines(after) == shown
    assert "Not posted, said Ann (7)" in after.contents(DESK)[-1]
    await after.take(reading(1300, 500, 20))
    await after.publish()
    assert len(headlines(after)) == len(shown) + 1


async def test_a_source_that_has_nothing_new_has_been_heard_and_its_next_change_is_told(shop: Shop) -> None:
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    after = await shop.restore()
    assert "Not heard since: President" in (await press(after, "show")).content
    await after.take(reading(1000, 500))
    assert "Not heard" not in (await press(after, "show")).content
    await after.take(reading(1100, 500, 1))
    await after.publish()
    assert len(headlines(after)) == 2


async def test_a_part_of_a_recount_is_not_taken_as_told(shop: Shop) -> None:
    await shop.open()
    shop.back_up()
    after = await shop.restore()
    part, whole = (dict[str, Any](count="recount", reporting={"units": (units, 159)}) for units in (50, 159))
    await after.take(reading(900, 1000, **part))
    await after.take(reading(5000, 4900, 5, **whole))
    await after.publish()
    assert [words for words in headlines(after) if "moves ahead" in words] == []


async def test_a_first_count_of_before_the_restore_is_taken_as_told_and_one_of_after_it_is_news(shop: Shop) -> None:
    before = await shop.open()
    await before.follow(contest="senate")
    shop.back_up()
    await before.take(reading(1000, 500))
    await before.publish()
    before.at(20)
    after = await shop.restore()
    await after.take(reading(1000, 500), reading(70, 50, 21, contest="senate"))
    await after.publish()
    assert len(headlines(after)) == 2
    assert (await press(after, "post")).content == "**1 summary goes out now.**"
    assert await after.kinds(COUNT) == ["first", "first"]


async def test_a_channel_that_follows_after_the_restore_is_told_the_first_count(shop: Shop) -> None:
    await shop.open()
    shop.back_up()
    after = await shop.restore()
    after.at(30)
    await after.follow(LIVE)
    await after.take(reading(1000, 500, -10))
    await after.publish()
    assert (len(headlines(after)), len(headlines(after, LIVE))) == (0, 1)


async def test_posts_of_the_count_that_were_open_are_left_to_the_desk_s_answer(shop: Shop) -> None:
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.take(reading(1100, 500, 1))
    await before.take(reading(400, 500, 2), reading(400, 500, 5))
    shop.back_up()
    after = await shop.restore()
    await after.publish()
    assert len(headlines(after)) == 1
    assert {row.state for row in await after.posts() if row.kind not in ("first", "notice")} == {"superseded"}
    ((told,),) = await after.database.rows("SELECT margin FROM told")
    assert told == 500
    await after.take(reading(1100, 500, 6))
    assert (await press(after, "post")).content == "**1 summary goes out now.**"
    (posted,) = headlines(after)[1:]
    assert posted.startswith(
        "**Biden leads in Georgia by 600 votes.** The lead changed twice, last at 7:06 a.m. Biden led by 500"
    )


async def certify(newsroom: Newsroom, done: int, minute: int = 0) -> None:
    """Let staff enter how far the certification of Georgia is."""
    said = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), "certified": (done, 159)}
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)


async def test_any_other_post_that_was_open_is_doubtful_and_the_desk_is_asked(shop: Shop) -> None:
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    await certify(before, 92)
    await certify(before, 96, 1)
    shop.back_up()
    after = await shop.restore()
    assert len(headlines(after)) == 1
    row, *_ = [row for row in await after.posts() if row.kind == "certified"]
    assert (row.kind, row.state) == ("certified", "doubtful")
    assert row.why == "the database was restored from a copy, and it may have been posted since that was made"
    assert keys(after)[-1] == [f"doubtful:there:{row.id}", f"doubtful:absent:{row.id}", f"doubtful:drop:{row.id}"]
    await after.queue.press("doubtful:absent", row.id, SERVER, WHO)
    await after.publish()
    assert len(headlines(after)) == 2


async def test_a_question_to_the_desk_is_asked_anew_once(shop: Shop) -> None:
    """An answer given since the copy took the buttons away, and the post would block its contest for ever."""
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
    asked = [asked for asked in keys(after) if asked and asked[0].endswith(":2")]
    assert asked == [["doubtful:there:2", "doubtful:absent:2", "doubtful:drop:2"]]


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


async def test_another_source_does_not_confirm_again_what_it_confirmed(shop: Shop) -> None:
    before = await shop.open()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.take(reading(1100, 500, 1), reading(1100, 500, 2, source="ga-sos"))
    await before.publish()
    shown = len(headlines(before))
    assert shown == 3
    after = await shop.restore()
    for _ in range(2):
        await after.take(reading(1100, 500, 2, source="ga-sos"), reading(1100, 500, 1))
        await after.publish()
    assert len(headlines(after)) == shown


async def test_a_silence_that_fell_due_before_the_restore_is_not_told_and_its_end_is(shop: Shop) -> None:
    async def look(newsroom: Newsroom, minute: int) -> None:
        newsroom.at(minute)
        await newsroom.ingest.unchanged("times", {("ga", "election")})
        await newsroom.silences.look()
        await newsroom.publish()

    all_in: dict[str, Any] = {"reporting": {"precincts": (100, 100)}}
    before = await shop.open()
    await before.take(reading(1000, 500, **all_in))
    await before.publish()
    shop.back_up()
    await look(before, 60 * 30)
    shown = len(headlines(before))
    assert shown == 2
    after = await shop.restore()
    await look(after, 60 * 31)
    assert len(headlines(after)) == shown
    await after.take(reading(1000, 500, **all_in))
    await after.take(reading(1100, 500, 60 * 31, **all_in))
    await look(after, 60 * 31)
    assert await after.kinds(COUNT) == ["first", "margin", "stale"]


async def test_small_changes_that_waited_in_the_copy_are_not_rolled_up_again(shop: Shop) -> None:
    before = await shop.open()
    await before.post(reading(1000, 500), reading(1001, 500, 1))
    shop.back_up()
    before.at(62)
    await before.ingest.roll_up()
    await before.publish()
    shown = headlines(before)
    assert len(shown) == 2
    after = await shop.restore()
    for _ in range(2):
        await after.ingest.roll_up()
        await after.take(reading(1001, 500, 1))
        await after.publish()
    assert headlines(after) == shown


async def test_the_morning_list_is_not_posted_again(shop: Shop) -> None:
    before = await shop.open()
    shop.back_up()
    before.clock.set(START - timedelta(hours=6, minutes=30))
    await before.database.write(lambda connection: connection.execute("UPDATE follows SET followed_at = 0"))
    await before.rundown.post_due()
    await before.publish()
    assert len(headlines(before)) == 1
    run_sql(shop._copy, "UPDATE follows SET followed_at = 0")
    after = await shop.restore()
    await after.rundown.post_due()
    await after.publish()
    assert len(headlines(after)) == 1


def an_event(hour: int) -> Event:
    said = {"kind": "other", "title": f"Event {hour}", "wall": f"2020-11-11T{hour:02}:00", "zone": "UTC"}
    return Event.model_validate(said)


async def test_a_reminder_that_was_posted_since_the_copy_is_not_posted_again_and_later_ones_are(shop: Shop) -> None:
    before = await shop.open()
    before.clock.set(START - timedelta(hours=1))
    await before.schedule.add(SERVER, [an_event(12), an_event(20)], WHO)
    shop.back_up()
    before.clock.set(START)
    await before.remind.post_due()
    await before.publish()
    assert len(headlines(before)) == 1
    after = await shop.restore()
    await after.remind.post_due()
    await after.publish()
    assert [said for said in headlines(after) if "Event 12" in said] == headlines(before)[:1]
    due = await after.remind.next_due()
    assert due is not None
    assert due > START


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
    assert await after.count("restores") == 0
    assert await after.database.rows("SELECT next_number FROM servers") == [(1,)]


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
    assert stale.content.startswith("The records were restored once more")


async def test_a_database_that_is_no_copy_is_left_as_it_is(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.restored.take_up()
    assert await newsroom.count("restores") == 0
    assert await newsroom.count("audit") == 1


async def test_a_file_that_was_copied_without_its_log_posts_nothing_twice_and_says_so(shop: Shop) -> None:
    """As `cp` copies it from under a bot that runs, or a disk leaves it that lost the log."""
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
    assert claimed.opens == "President \u00b7 Georgia"
    assert claimed.post is not None
    await before.outbox.defer(claimed.post, before.outbox.now(), "not yet", Happens.DECLINED)
    shop.back_up()
    await before.publish()
    after = await shop.restore()
    assert len(after.threads) == 1
    assert len(headlines(after, LIVE)) == 1


def test_however_much_changed_all_of_it_is_in_the_answers_pages() -> None:
    draft = Draft("roll_up", "**Biden leads.** " + "x" * 500, "the Times")
    ups = [
        RollUp(SinceCopy(n, 10**18 + n, "ga", "times", 1, 1, 2), replace(draft, headline=f"{n} {draft.headline}"))
        for n in range(99)
    ]
    pages = pages_of(since_copy_answer(ups, ["ga"] * 99, 1, Setting(small_desk())))
    shown = "\n".join(embed["description"] for page in pages for embed in page.embeds)
    assert shown.count("Biden leads") == 99
