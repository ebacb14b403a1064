"""A restored backup: nothing is posted twice, no number comes twice, and each channel is told of the gap once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.count.statement import Statement
from bot.database.backup import back_up
from bot.desk.desk_file import Desk
from bot.errors import TallydeskError
from bot.events.event import Event
from bot.follows.preferences import FollowPreferences
from bot.operations.restored import TRIES
from bot.operations.restored_store import SPARE
from bot.outbox.discord import number_of
from bot.outbox.states import Transition as Happens
from tests.conftest import (
    AWAY,
    COUNT,
    LIVE,
    LOOKS,
    OTHER_SERVER,
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
    desk = small_desk(rundown="00:00").model_dump(exclude_none=True)
    for source in desk["sources"][:2]:
        source |= {"format": "readings", "url": f"https://{source['id']}.example/x"}
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
        return self.newsroom

    def back_up(self) -> None:
        back_up(self.newsroom.path, self._copy, force=True)
        run_sql(self._copy, f"UPDATE installation SET copied_at = {self.newsroom.outbox.now()}")

    async def restore(self, *, settle: bool = True) -> Newsroom:
        """Lose the database, and start on the copy, in the same Discord."""
        self._restores += 1
        self.newsroom.wall.move(1)  # a nonce is made of a row's id, which comes again, and its time, which does not
        path = self._folder / f"restored-{self._restores}.sqlite3"
        path.write_bytes(self._copy.read_bytes())
        await self.newsroom.restart(path=path)
        await self.newsroom.log_in()
        if settle:
            with capture_logs():
                await self.newsroom.restored.settle()
        return self.newsroom


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        yield Shop(tmp_path, stack)


async def told(newsroom: Newsroom) -> None:
    """Let the notices go out."""
    await newsroom.restored.catch_up()
    await newsroom.publish()


def headlines(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.split("\n")[0] for content in newsroom.contents(channel)]


def numbers(newsroom: Newsroom, *channels: int) -> list[int | None]:
    return [number_of(content) for channel in channels for content in newsroom.contents(channel)]


async def test_what_was_posted_since_the_copy_is_not_posted_again_and_a_notice_says_so_once(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.take(reading(1100, 500, 1), reading(1200, 500, 2))
    await before.publish()
    shown = headlines(before)

    after = await shop.restore()
    await after.publish()
    after.wall.move(600)
    await after.take(reading(1200, 500, 2))  # the feed still shows what it showed
    await after.publish()
    assert headlines(after) == shown
    await told(after)
    notice = f"{NOTICE}7 a.m.** 2 posts from #2 to #3 stand, but are not in the records. "
    assert headlines(after)[3:] == [
        f"{notice}What changed since then is not told again; this is where the count stands now."
    ]
    row = await after.database.row("SELECT embeds FROM outbox WHERE kind = 'notice'")
    assert row is not None
    assert "Biden leads in Georgia by 700, by the Times' count as of 7:02 a.m." in row[0]
    await told(after)
    await after.take(reading(1300, 500, 20))
    await after.publish()
    assert headlines(after)[4:] == [
        "**Biden's lead in Georgia grows by 100 votes, to 800,** after 100 more votes were counted (Biden 100)."
    ]
    assert len(set(numbers(after, COUNT))) == 5


async def test_what_happened_while_it_was_down_is_not_lost(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.take(reading(1100, 500, 1))
    await before.publish()
    after = await shop.restore()
    await after.take(reading(1100, 1900, 30))  # somebody else leads by now
    await told(after)
    assert len(headlines(after)) == 3
    row = await after.database.row("SELECT embeds FROM outbox WHERE kind = 'notice'")
    assert row is not None
    assert "Trump leads in Georgia by 800, by the Times' count as of 7:30 a.m." in row[0]


@pytest.mark.parametrize("board", [True, False])
async def test_a_channel_with_a_board_is_told_that_one_may_be_left(shop: Shop, board: bool) -> None:
    before = await shop.open()
    await before.follow(board=board)
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.boards.look()  # the records know nothing of this one
    await before.take(reading(1100, 500, 1))
    await before.publish()
    after = await shop.restore()
    await after.take(reading(1100, 500, 2))
    await told(after)
    assert (
        "A board that was pinned here since then is not kept up to date: delete it." in headlines(after)[-1]
    ) is board


async def test_no_number_comes_twice_in_any_channel_of_the_newsroom(shop: Shop) -> None:
    before = await shop.open()
    await before.follow(COUNT)
    await before.follow(LIVE, least=1)
    await before.follow(AWAY, contest="senate", server=OTHER_SERVER)
    await before.take(reading(1000, 500), reading(70, 50, contest="senate"))
    await before.publish()
    shop.back_up()
    await before.take(*(reading(1000 + 5 * step, 500, step) for step in range(1, 9)))  # too little for one of them
    await before.publish()
    assert len(headlines(before, LIVE)) > len(headlines(before, COUNT))
    after = await shop.restore()
    await after.take(reading(1500, 500, 20), reading(1800, 500, 21))
    await told(after)
    await after.take(reading(2100, 500, 22))
    await after.publish()
    texts: dict[int | None, str] = {}
    for channel in (COUNT, LIVE):
        for content in after.contents(channel):
            assert texts.setdefault(number_of(content), content) == content
    assert [text for text in headlines(after, AWAY) if NOTICE in text] == []  # nothing was posted there since


async def test_a_channel_in_which_nothing_was_posted_since_goes_on_as_if_nothing_had_been(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500), reading(1100, 500, 1))
    shop.back_up()
    after = await shop.restore()
    await after.take(reading(1200, 500, 2))
    await told(after)
    assert [row.state for row in await after.posts()] == ["sent"] * 3
    assert numbers(after, COUNT) == [1, 2, 3]
    assert await after.database.rows("SELECT copied_at FROM installation") == [(None,)]


# What was open in the copy.


async def test_what_was_open_in_the_copy_and_sent_since_becomes_sent(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500), reading(1000, 1600, 1), reading(2000, 1600, 2))
    await before.outbox.claim(COUNT)
    shop.back_up()
    await before.publish()
    after = await shop.restore()
    await told(after)
    rows = await after.posts()
    assert [row.state for row in rows] == ["sent"] * 3
    assert [row.message for row in rows] == [shown.id for shown in after.shown(COUNT)]
    assert numbers(after, COUNT) == [1, 2, 3]


async def test_what_was_merged_into_a_later_post_that_stands_is_superseded(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.take(reading(1100, 500, 1), reading(1200, 500, 2), reading(1300, 500, 3))
    shop.back_up()
    before.wall.move(100)
    await before.publish()
    assert numbers(before, COUNT) == [1, 4]
    after = await shop.restore()
    await told(after)
    assert numbers(after, COUNT) == [1, 4]
    rows = await after.posts()
    assert [row.state for row in rows] == ["sent", "superseded", "superseded", "sent"]
    assert rows[1].why == "the database was restored from a copy, and posts made since then settled it"


async def test_what_was_merged_into_a_post_that_the_copy_does_not_know_is_superseded(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.take(reading(1100, 500, 1))
    shop.back_up()
    await before.take(reading(1200, 500, 2))
    before.wall.move(100)
    await before.publish()
    assert numbers(before, COUNT) == [1, 3]
    after = await shop.restore()
    await after.take(reading(1200, 500, 2))
    await told(after)
    assert [row.state for row in await after.posts()] == ["sent", "superseded", "sent"]
    assert len(headlines(after)) == 3
    assert "Post #3 stands, but is not in the records." in headlines(after)[2]


async def test_what_waits_behind_another_contest_s_post_is_still_sent(shop: Shop) -> None:
    """Merged into a post that was not sent before the end, it would be in no post at all if it were given up."""
    before = await shop.open()
    await before.follow()
    await before.follow(contest="senate")
    await before.take(reading(1000, 500), reading(70, 50, contest="senate"))
    await before.publish()
    await before.take(reading(1100, 500, 1), reading(170, 50, 1, contest="senate"))
    shop.back_up()
    senate = (await before.posts())[-1]
    await before.database.transact(
        lambda connection: connection.execute("UPDATE outbox SET wall_next = NULL, state = 'superseded' WHERE id = 3")
    )
    await before.publish()
    assert numbers(before, COUNT) == [1, 2, senate.number]
    after = await shop.restore()
    await told(after)
    assert numbers(after, COUNT) == [1, 2, 4, 3]
    assert [row.state for row in await after.posts()] == ["sent"] * 4


async def test_a_backlog_of_the_copy_is_still_merged(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.take(*(reading(1000 + 100 * step, 500, step) for step in range(1, 9)))
    shop.back_up()
    before.wall.move(3600)
    after = await shop.restore()
    await told(after)
    assert numbers(after, COUNT) == [1, 9]


async def test_what_an_editor_published_since_becomes_sent_and_what_is_still_to_be_published_waits(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.follow(LIVE)
    await before.take(reading(1000, 500))
    shop.back_up()
    run_sql(shop._copy, "UPDATE outbox SET state = 'awaiting'")
    await before.database.transact(
        lambda connection: connection.execute("UPDATE outbox SET state = 'failed' WHERE channel = ?", (LIVE,))
    )
    await before.publish()
    after = await shop.restore()
    rows = await after.database.rows("SELECT channel, state FROM outbox ORDER BY id")
    assert rows == [(COUNT, "sent"), (LIVE, "awaiting")]


async def certify(newsroom: Newsroom, done: int, minute: int = 0) -> None:
    """Let staff enter how far the certification of Georgia is."""
    said = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), "certified": (done, 159)}
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)


async def test_what_is_never_merged_waits_on_whatever_was_posted_since(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    await certify(before, 92)
    await certify(before, 96, 1)
    await before.corrections.correct(SERVER, 1, "The count is 999.", WHO)
    shop.back_up()
    await before.database.transact(lambda connection: connection.execute("DELETE FROM outbox WHERE state = 'pending'"))
    await before.follow(contest="senate")
    await before.take(reading(70, 50, 2, contest="senate"))
    await before.publish()
    assert len(headlines(before)) == 2
    after = await shop.restore()
    waited = [(row.kind, row.state) for row in await after.posts()][1:]
    assert {state for _, state in waited} == {"pending"}
    assert {kind for kind, _ in waited} == {"certified", "correction"}
    await told(after)
    assert {row.state for row in await after.posts() if row.kind in ("certified", "correction")} == {"sent"}


async def test_what_a_mute_held_may_stand_under_another_number_and_is_doubtful(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.control.mute("ga-sos", SERVER, WHO, None)
    await certify(before, 92)
    await certify(before, 96, 1)
    shop.back_up()
    await before.control.unmute("ga-sos", SERVER, WHO, None)
    await before.publish()
    shown = headlines(before)
    after = await shop.restore()
    await after.control.unmute("ga-sos", SERVER, WHO, None)
    await after.publish()
    assert headlines(after) == shown
    rows = [row for row in await after.posts() if row.kind != "first"]
    assert [(row.state, row.why) for row in rows] == [
        ("doubtful", "the database was restored from a copy, and it may have been posted since under another number")
    ] * len(rows)


async def in_public(newsroom: Newsroom) -> None:
    """Follow where the public reads, with a post that waits for Publish after one that went out before."""
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await newsroom.take(reading(1000, 1500, 1))
    await newsroom.publish()


def keys(newsroom: Newsroom) -> list[list[str]]:
    """Return the keys of the buttons of each message to the desk, oldest first."""
    return [list(buttons(shown).values()) for shown in newsroom.shown(DESK)]


async def test_the_desk_is_asked_anew_about_what_waits_for_its_answer(shop: Shop) -> None:
    """An answer given since the copy took the buttons away, and the post would block its contest for ever."""
    before = await shop.open()
    await in_public(before)
    shop.back_up()
    await before.queue.press("drop", 2, SERVER, WHO)
    await before.publish()
    assert keys(before) == [[]]
    after = await shop.restore()
    await after.publish()
    assert keys(after) == [[], ["publish:2", "drop:2"]]
    await after.queue.press("publish", 2, SERVER, WHO)
    await after.publish()
    assert len(headlines(after)) == 2
    assert keys(after) == [[], []]


async def test_a_question_that_still_waited_is_asked_once(shop: Shop) -> None:
    before = await shop.open()
    await in_public(before)
    shop.back_up()
    run_sql(shop._copy, "UPDATE outbox SET state = 'pending', message = NULL WHERE kind = 'notice'")
    before.take_away(DESK)
    after = await shop.restore()
    await after.publish()
    assert keys(after) == [["publish:2", "drop:2"]]


async def test_the_desk_is_asked_what_became_of_a_post_whose_channel_can_not_be_read(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.control.set_desk_channel(DESK, SERVER, WHO)
    await before.take(reading(1000, 500))
    shop.back_up()
    await before.forbid_history(COUNT)
    after = await shop.restore()
    await after.publish()
    assert keys(after) == [["doubtful:there:1", "doubtful:absent:1", "doubtful:drop:1"]]


async def test_an_edit_that_waited_and_what_was_for_the_operator_are_left_out(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    columns = "server, channel, number, kind, news_at, wall_created, content"
    run_sql(
        shop._copy,
        f"INSERT INTO outbox ({columns}, action, about) VALUES (1, {COUNT}, 1, 'first', 0, 0, 'x', 'edit', 1)",
        f"INSERT INTO outbox ({columns}) VALUES (0, 99, 1, 'notice', 0, 0, 'the bot is down')",
    )
    await before.take(reading(1100, 500, 1))
    await before.publish()
    after = await shop.restore()
    rows = await after.database.rows("SELECT action, state FROM outbox ORDER BY id")
    assert rows == [("post", "sent"), ("edit", "superseded"), ("post", "superseded")]


async def test_what_was_for_the_operator_is_left_out_also_where_they_were_told_before(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    columns = "server, channel, number, kind, news_at, wall_created, content"
    run_sql(
        shop._copy,
        "INSERT INTO servers (id, next_number) VALUES (0, 2)",
        f"INSERT INTO outbox ({columns}) VALUES (0, 99, 1, 'notice', 0, 0, 'the bot is down')",
    )
    await before.forbid_history(99)  # no direct message's history is
    after = await shop.restore()
    await told(after)
    rows = await after.database.rows("SELECT state FROM outbox WHERE channel = 99")
    assert rows == [("superseded",)]
    assert await after.database.rows("SELECT next_number FROM servers WHERE id = 0") == [(2 + SPARE,)]
    assert await after.count("restored_channels") == 0
    assert await after.database.rows("SELECT server FROM audit WHERE what = 'restored'") == [(SERVER,)]


# What can't be known.


async def test_a_channel_whose_history_can_not_be_read_doubts_what_was_open_and_is_told_so(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500), reading(1100, 500, 1))
    await before.outbox.claim(COUNT)
    shop.back_up()
    await before.take(reading(1200, 500, 2))
    await before.publish()
    await before.forbid_history(COUNT)
    after = await shop.restore()
    await after.take(reading(1300, 500, 3))
    await told(after)
    rows = await after.posts()
    assert [row.state for row in rows] == ["doubtful", "doubtful", "sent"]
    assert rows[0].why == "the database was restored from a copy, and the channel's history can't be read"
    assert "because the bot may not read this channel's history" in headlines(after)[-1]
    assert len(headlines(after)) == 4
    assert len(set(numbers(after, COUNT))) == 4


async def test_discord_is_asked_again_until_it_answers(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    shop.back_up()
    await before.publish()
    before.standin.faults.answer_next(503, channel_id=COUNT, route=LOOKS)
    before.will(COUNT, "later", route=LOOKS, seconds=33.0)
    before.wall.slept.clear()
    after = await shop.restore(settle=False)
    with capture_logs():
        await after.restored.settle()
    assert after.wall.slept == [1.0, 30.0]
    assert [row.state for row in await after.posts()] == ["sent"]


async def test_while_discord_does_not_answer_nothing_is_changed_and_the_start_is_given_up(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    shop.back_up()
    await before.publish()
    before.standin.faults.answer_next(503, n=TRIES, channel_id=COUNT, route=LOOKS)
    after = await shop.restore(settle=False)
    with capture_logs(), pytest.raises(TallydeskError, match=f"in channel {COUNT} .*: nothing was posted or changed"):
        await after.restored.settle()
    assert [row.state for row in await after.posts()] == ["pending"]
    with capture_logs():
        await after.restored.settle()
    assert [row.state for row in await after.posts()] == ["sent"]


async def test_a_crash_before_it_is_settled_leaves_it_to_be_done_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    shop.back_up()
    await before.publish()
    after = await shop.restore(settle=False)
    rows_before = await after.database.rows("SELECT * FROM outbox")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, capture_logs():
        patch.setattr("bot.operations.restored_store.RestoreReconciliation._audit", die)
        with pytest.raises(KeyboardInterrupt):
            await after.restored.settle()
    assert await after.database.rows("SELECT * FROM outbox") == rows_before
    assert await after.restored._store.copy() is not None
    with capture_logs():
        for _ in range(2):
            await after.restored.settle()
    audit = await after.database.rows("SELECT who, what, server FROM audit WHERE what = 'restored'")
    assert audit == [("Tallydesk", "restored", SERVER)]


# Sources that answer late, or never.


async def posted_since(shop: Shop) -> Newsroom:
    """Return a newsroom that was restored, with a post that its records don't have."""
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.take(reading(1100, 500, 1))
    await before.publish()
    return await shop.restore()


async def test_the_notice_waits_for_the_leading_source_two_minutes_and_no_longer(shop: Shop) -> None:
    after = await posted_since(shop)
    await told(after)
    assert len(headlines(after)) == 2
    assert await after.restored.next_due() is not None
    after.clock.set(after.clock.now() + timedelta(seconds=121))
    await told(after)
    assert headlines(after)[2].endswith("A source that has not answered yet is told when it does.")
    row = await after.database.row("SELECT embeds FROM outbox WHERE kind = 'notice'")
    assert row is not None
    assert "Biden leads in Georgia by 500, by the Times' count as of 7 a.m." in row[0]
    assert await after.restored.next_due() is None
    await after.take(reading(1100, 500, 1))
    await after.publish()
    assert headlines(after)[3:] == ["**Biden leads in Georgia by 600 votes,** with 1,600 counted."]  # no change is told


async def test_a_source_that_says_nothing_new_has_answered(shop: Shop) -> None:
    after = await posted_since(shop)
    after.at(2)
    await after.ingest.unchanged("times", {("ga", "election")})
    await told(after)
    assert headlines(after)[2].endswith("this is where the count stands now.")


async def test_a_source_whose_fall_is_held_is_waited_for(shop: Shop) -> None:
    after = await posted_since(shop)
    await after.take(reading(900, 500, 2))
    await told(after)
    assert len(headlines(after)) == 2
    after.at(3.5)
    await after.ingest.unchanged("times", {("ga", "election")})
    await told(after)
    assert len(headlines(after)) == 3  # the revision is in the notice
    row = await after.database.row("SELECT embeds FROM outbox WHERE kind = 'notice'")
    assert row is not None
    assert "Biden leads in Georgia by 400" in row[0]


async def test_before_any_reading_had_come_in_the_first_is_not_told_again(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    shop.back_up()
    await before.take(reading(1000, 500))
    await before.publish()
    after = await shop.restore()
    await told(after)
    assert len(headlines(after)) == 1
    await after.take(reading(1000, 500))
    await told(after)
    assert len(headlines(after)) == 2
    assert NOTICE in headlines(after)[1]


async def test_a_contest_that_the_desk_file_lost_does_not_keep_the_notice_back(shop: Shop) -> None:
    after = await posted_since(shop)
    await after.database.transact(
        lambda connection: connection.execute("UPDATE follows SET contest = 'gone' WHERE contest = 'ga'")
    )
    await told(after)
    assert headlines(after)[2].endswith("stands, but is not in the records.")


async def test_another_source_does_not_confirm_again_what_it_confirmed(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    shop.back_up()
    await before.take(reading(1100, 500, 1), reading(1100, 500, 2, source="ga-sos"))
    await before.publish()
    shown = len(headlines(before))
    after = await shop.restore()
    await after.take(reading(1100, 500, 2, source="ga-sos"), reading(1100, 500, 1))
    await told(after)
    assert len(headlines(after)) == shown + 1


async def test_small_changes_that_waited_in_the_copy_are_not_rolled_up_again(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500), reading(1001, 500, 1))
    await before.publish()
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
        await told(after)
    assert headlines(after)[:-1] == shown
    assert NOTICE in headlines(after)[-1]


async def test_the_morning_list_is_not_posted_again(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    shop.back_up()
    before.clock.set(START - timedelta(hours=6, minutes=30))
    await before.database.transact(lambda connection: connection.execute("UPDATE follows SET followed_at = 0"))
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
    await before.follow()
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


async def test_a_server_that_the_bot_left_is_left_alone(shop: Shop) -> None:
    before = await shop.open()
    await before.follow()
    await before.take(reading(1000, 500))
    await before.publish()
    await before.desk_store.leave(SERVER, START)
    shop.back_up()
    after = await shop.restore()
    assert await after.restored._store.waiting() == []
    assert await after.database.rows("SELECT next_number FROM servers") == [(2,)]


async def test_a_second_restore_of_the_same_copy_finds_what_the_first_posted(shop: Shop) -> None:
    first = await posted_since(shop)
    await first.take(reading(1200, 500, 5))
    await told(first)
    await first.take(reading(1300, 500, 6))
    await first.publish()
    shown = headlines(first)
    second = await shop.restore()
    await second.take(reading(1300, 500, 6))
    await told(second)
    assert headlines(second)[:-1] == shown
    assert len(set(numbers(second, COUNT))) == len(shown) + 1


async def test_a_database_that_is_no_copy_is_not_looked_up(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.restored.settle()
    assert await newsroom.restored.next_due() is None
    assert await newsroom.count("audit") == 1


async def test_posts_in_a_contest_s_thread_since_the_copy_are_not_posted_again(shop: Shop) -> None:
    before = await shop.open()
    await before.follow(taste=FollowPreferences(thread=True))
    await before.take(reading(1000, 500))
    await before.publish()
    found = await before.desk_store.thread(COUNT, "ga")
    assert found is not None
    await before.take(reading(1100, 500, 1))
    shop.back_up()
    await before.publish()
    shown = headlines(before, found.thread)
    assert len(shown) == 2
    after = await shop.restore()
    await after.publish()
    assert headlines(after, found.thread) == shown
    assert len(headlines(after, COUNT)) == 1
    await after.take(reading(1200, 500, 2))
    await after.publish()
    assert len(headlines(after, found.thread)) == 3


async def test_a_thread_whose_message_was_posted_since_the_copy_is_opened_once(shop: Shop) -> None:
    before = await shop.open()
    await before.follow(taste=FollowPreferences(thread=True))
    await before.take(reading(1000, 500))
    claimed = await before.outbox.claim(COUNT)
    assert claimed.opens == "President \u00b7 Georgia"
    assert claimed.post is not None
    await before.outbox.defer(claimed.post, before.outbox.now(), "not yet", Happens.DECLINED)
    shop.back_up()
    await before.publish()
    after = await shop.restore()
    await after.publish()
    assert len(after.threads) == 1
    assert len(headlines(after, COUNT)) == 1
    assert len(headlines(after, next(iter(after.threads)))) == 1
    assert {row[0] for row in await after.database.rows("SELECT thread FROM outbox WHERE kind = 'first'")} == set(
        after.threads
    )
