import asyncio
import hashlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.answers.sharing_store import SharingStore
from bot.outbox import dispatcher as publisher_module
from bot.outbox.discord import OutgoingMessage, UnknownError
from bot.outbox.dispatcher import LOOK_AHEAD_SECONDS, LOOK_BACK_SECONDS, Backoff, Dispatcher
from bot.outbox.outbox_store import ClaimResult
from bot.outbox.pacing import Pacing, SendPermit
from bot.outbox.states import Transition
from bot.tally import changes_store
from bot.tally.changes_words import Span, span_post
from bot.wording.card import Block, Card, Picture, Section, lines
from bot.wording.context import Setting
from tests.conftest import COUNT, FAST, LIVE, LOOKS, SERVER, SOON, START, WHO, Fate, Newsroom, delivery, reading
from tests.outbox.rows import add

LATER_9: list[Fate] = ["later"] * 9


@pytest.fixture
async def newsroom(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with two channels, whose bot is connected."""
    for channel in (COUNT, LIVE):
        newsroom.add_channel(channel)
    await newsroom.connect()
    return newsroom


def said(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.split("\n")[0] for content in newsroom.contents(channel)]


async def states(newsroom: Newsroom) -> list[str]:
    return [row.state for row in await newsroom.posts()]


async def forever(_: float) -> None:
    """Never return, in place of `asyncio.sleep`."""
    await asyncio.get_running_loop().create_future()


async def until(true: Callable[[], object]) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(SOON):
        while not true():
            await asyncio.sleep(0.001)


# In order, once.


async def test_boards_are_in_the_way_of_no_channel_s_posts(newsroom: Newsroom) -> None:
    await add(newsroom, "a board", kind="board", contest="ga")
    others = list(range(31, 43))
    for channel in others:
        await add(newsroom, "a post", channel=channel)
    send, asked = newsroom.channels.send, list[int]()

    async def noted(channel: int, message: OutgoingMessage) -> int:
        asked.append(channel)  # on the way to Discord one request may overtake another
        return await send(channel, message)

    newsroom.channels.send = noted
    await newsroom.publish()
    *before, last = dict.fromkeys(asked)
    assert (sorted(before), last) == (others, COUNT)
    assert set(await states(newsroom)) == {"sent"}


async def test_posts_go_out_in_order_each_once(newsroom: Newsroom) -> None:
    await add(newsroom, "one", "two", "three")
    await add(newsroom, "elsewhere", channel=LIVE)
    await newsroom.publish()
    assert said(newsroom) == ["one", "two", "three"]
    assert said(newsroom, LIVE) == ["elsewhere"]
    assert await states(newsroom) == ["sent"] * 4
    assert [row.message for row in await newsroom.posts(COUNT)] == [shown.id for shown in newsroom.shown(COUNT)]
    assert newsroom.looks == []
    await newsroom.publish()
    assert len(newsroom.sends) == 4


async def test_a_nonce_is_made_of_the_installation_the_post_and_its_time_and_is_short_enough(
    newsroom: Newsroom,
) -> None:
    await add(newsroom, "one", "two")
    created = newsroom.outbox.now()
    await newsroom.publish()
    installation = await newsroom.outbox.installation()
    nonces = [nonce for _, nonce in newsroom.sends]
    assert nonces == [
        hashlib.blake2b(f"{installation}-{key}-{created}".encode(), digest_size=12).hexdigest() for key in (1, 2)
    ]
    assert [len(nonce) for nonce in nonces] == [24, 24]  # Discord takes 25


async def test_a_restored_backup_gives_an_id_again_but_no_nonce(newsroom: Newsroom) -> None:
    await add(newsroom, "one")
    await newsroom.publish()

    def restore(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM outbox")
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox'")

    await newsroom.database.write(restore)
    newsroom.wall.move(1)
    await add(newsroom, "another")
    await newsroom.publish()
    (row,) = await newsroom.posts()
    assert (row.id, row.state) == (1, "sent")
    assert said(newsroom) == ["one", "another"]
    assert len({nonce for _, nonce in newsroom.sends}) == 2


async def test_what_is_added_while_it_runs_goes_out_when_it_is_woken(newsroom: Newsroom) -> None:
    await newsroom.publisher.start()
    await newsroom.follow()
    for one in (reading(100, 50), reading(200, 50, 1)):
        await newsroom.take(one)
        await newsroom.publisher.drained()
    assert len(said(newsroom)) == 2


async def test_a_wake_during_work_is_not_lost(newsroom: Newsroom) -> None:
    claim, late = newsroom.outbox.claim, ["two"]

    async def claim_then_add(channel: int, *, boards: bool = True) -> ClaimResult:
        claimed = await claim(channel, boards=boards)
        if not claimed.more and late:  # one more comes just as the dispatcher hears that none waits
            await add(newsroom, late.pop())
            newsroom.publisher.wake({COUNT: False})
        return claimed

    newsroom.outbox.claim = claim_then_add
    await add(newsroom, "one")
    await newsroom.publisher.start()
    await newsroom.publisher.drained()
    assert said(newsroom) == ["one", "two"]


async def test_a_channel_that_hangs_delays_no_other(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "hang")
    await add(newsroom, "stuck", "behind")
    await add(newsroom, "one", "two", channel=LIVE)
    await newsroom.publisher.start()
    await until(lambda: len(newsroom.shown(LIVE)) == 2)
    assert said(newsroom, LIVE) == ["one", "two"]
    assert said(newsroom) == []


async def test_a_channel_that_waits_for_its_time_delays_no_other(newsroom: Newsroom) -> None:
    postponed, asleep = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        postponed.set()
        await asleep.wait()

    newsroom.publisher = Dispatcher(newsroom.outbox, newsroom.channels, Pacing(FAST), sleep)
    newsroom.will(COUNT, "later")
    await add(newsroom, "put off", "behind")
    await newsroom.publisher.start()
    await postponed.wait()
    await add(newsroom, "one", channel=LIVE)
    newsroom.publisher.wake({LIVE: False})
    await until(lambda: LIVE not in newsroom.publisher._tasks)
    assert said(newsroom, LIVE) == ["one"]
    assert said(newsroom) == []
    newsroom.wall.move(60)
    asleep.set()
    await newsroom.publisher.drained()
    assert said(newsroom) == ["put off", "behind"]


# When the answer is lost.


async def test_a_lost_answer_is_found_in_the_history_and_not_sent_again(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "lost answer")
    await add(newsroom, "one", "two")
    await newsroom.publish()
    assert said(newsroom) == ["one", "two"]
    assert newsroom.looks == [COUNT]
    assert len(newsroom.sends) == 2
    assert [row.message for row in await newsroom.posts()] == [shown.id for shown in newsroom.shown(COUNT)]


async def test_a_post_whose_answer_can_not_be_parsed_is_looked_for_at_once(newsroom: Newsroom) -> None:
    newsroom.standin.faults.garble(channel_id=COUNT)
    await add(newsroom, "one", "two")
    await newsroom.publish()
    assert said(newsroom) == ["one", "two"]
    assert (newsroom.looks, len(newsroom.sends)) == ([COUNT], 2)
    (slept,) = newsroom.wall.slept
    assert 0.5 <= slept <= 1.0


async def test_a_history_whose_answer_can_not_be_parsed_is_asked_again(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "lost answer")
    newsroom.standin.faults.garble(channel_id=COUNT, route=LOOKS)
    await add(newsroom, "one")
    await newsroom.publish()
    assert said(newsroom) == ["one"]
    assert (len(newsroom.looks), len(newsroom.sends)) == (2, 1)
    assert sum(newsroom.wall.slept) < 5


async def test_what_the_history_does_not_have_is_sent_again_unchanged_with_the_same_nonce(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "lost", "lost")
    await add(newsroom, "one", "two")
    await newsroom.publish()
    assert said(newsroom) == ["one", "two"]
    first, second, third, last = (nonce for _, nonce in newsroom.sends)
    assert first == second == third != last
    assert newsroom.looks == [COUNT, COUNT]


async def test_no_answer_in_time_is_a_lost_answer(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_module, "SEND_WITHIN_SECONDS", 0.5)
    newsroom.will(COUNT, "hang")
    await add(newsroom, "one")
    await newsroom.publish()
    assert said(newsroom) == ["one"]
    assert set(newsroom.looks) == {COUNT}  # a busy machine may not answer the second request in time either


async def test_a_history_that_can_not_be_read_now_is_asked_again(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "lost answer")
    newsroom.standin.faults.answer_next(503, channel_id=COUNT, route=LOOKS)
    newsroom.will(COUNT, "later", route=LOOKS)
    await add(newsroom, "one")
    await newsroom.publish()
    assert said(newsroom) == ["one"]
    assert len(newsroom.looks) == 3
    assert len(newsroom.sends) == 1


async def test_a_history_that_may_not_be_read_leaves_the_post_to_the_desk_and_the_next_goes_on(
    newsroom: Newsroom,
) -> None:
    newsroom.will(COUNT, "lost answer")
    await newsroom.forbid_history(COUNT)
    await add(newsroom, "one", "two")
    await newsroom.publish()
    doubtful, sent = await newsroom.posts()
    assert (doubtful.state, doubtful.message) == ("doubtful", None)
    assert doubtful.why == "the bot may not read the channel's history"
    assert sent.state == "sent"
    assert said(newsroom) == ["one", "two"]


async def test_the_history_is_read_from_a_minute_before_the_first_attempt_to_five_after_the_last(
    newsroom: Newsroom,
) -> None:
    asked: list[tuple[float, float]] = []
    find = newsroom.channels.find

    async def note(channel: int, number: int, since: float, until: float) -> int | None:
        asked.append((since, until))
        return await find(channel, number, since, until)

    newsroom.channels.find = note
    newsroom.will(COUNT, "lost", "lost")
    await add(newsroom, "one")
    newsroom.wall.move(10)
    first = newsroom.wall()
    await newsroom.publish()
    assert (LOOK_BACK_SECONDS, LOOK_AHEAD_SECONDS) == (60, 300)
    second = first + newsroom.wall.slept[0]
    assert asked == [(first - 60, first + 300), (first - 60, second + 300)]


async def test_what_was_under_way_when_the_process_died_is_first_looked_up(newsroom: Newsroom) -> None:
    await add(newsroom, "one", "two")
    died = await newsroom.outbox.claim(COUNT)
    assert died.post is not None
    await newsroom.publish()
    assert newsroom.looks == [COUNT]
    assert said(newsroom) == ["one", "two"]


async def die_once_it_arrived(newsroom: Newsroom) -> None:
    """Stop the dispatcher after Discord has received the first post, but before the next attempt. Then a day
    passes.
    """

    dying = Dispatcher(newsroom.outbox, newsroom.channels, Pacing(FAST), forever)
    await dying.start()
    await until(lambda: newsroom.shown(COUNT))
    await dying.stop()
    newsroom.wall.move(86_400)  # a nonce lasts some minutes


async def test_what_had_arrived_when_the_process_died_is_not_sent_again_even_a_day_later(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "lost answer")
    await add(newsroom, "one", "two")
    await die_once_it_arrived(newsroom)
    await newsroom.publish()
    assert said(newsroom) == ["one", "two"]
    assert newsroom.looks == [COUNT]


# No, and not now.


async def test_a_refused_post_fails_with_why_and_the_next_goes_on(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "refuse")
    await add(newsroom, "one", "two")
    await newsroom.publish()
    failed, sent = await newsroom.posts()
    why = "Discord answered 400, error 50035: Invalid Form Body"
    assert (failed.state, failed.why, failed.message) == ("failed", why, None)
    assert sent.state == "sent"


async def test_discord_says_how_long_to_wait(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "later", "later", seconds=37.5)
    await add(newsroom, "one", "two")
    await newsroom.publish()
    assert newsroom.wall.slept == pytest.approx([37.5, 37.5])
    assert said(newsroom) == ["one", "two"]


async def test_what_was_surely_not_taken_costs_no_look_and_is_never_doubtful(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "later", "closed", "later")
    await newsroom.forbid_history(COUNT)
    await add(newsroom, "one", "two")
    await newsroom.publish()
    assert newsroom.looks == []
    assert await states(newsroom) == ["sent", "sent"]
    assert said(newsroom) == ["one", "two"]
    assert [row.attempts for row in await newsroom.posts()] == [4, 1]
    assert len({nonce for _, nonce in newsroom.sends}) == 2


async def test_what_had_no_answer_before_is_looked_up_however_often_it_is_put_off(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "lost", "later", "closed")
    await add(newsroom, "one", "two")
    await newsroom.publish()
    assert newsroom.looks == [COUNT] * 3
    assert said(newsroom) == ["one", "two"]
    assert len({nonce for _, nonce in newsroom.sends}) == 2


async def test_after_a_rate_limit_a_lost_answer_is_looked_up_from_its_own_attempt_on(newsroom: Newsroom) -> None:
    asked: list[float] = []
    find = newsroom.channels.find

    async def note(channel: int, number: int, since: float, until: float) -> int | None:
        asked.append(since)
        return await find(channel, number, since, until)

    newsroom.channels.find = note
    newsroom.will(COUNT, "closed", "lost answer")
    await add(newsroom, "one")
    began = newsroom.wall()
    await newsroom.publish()
    assert said(newsroom) == ["one"]
    assert asked == [began + newsroom.wall.slept[0] - LOOK_BACK_SECONDS]


async def test_what_waits_for_a_closed_channel_is_told_in_one_post_when_it_opens(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.take(reading(1100, 500, 1), reading(1200, 500, 2), reading(1300, 500, 3))
    newsroom.will(COUNT, "closed", "closed")
    await newsroom.publish()
    first, second = newsroom.wall.slept
    assert 300 <= first <= 360
    assert 300 <= second <= 660
    assert newsroom.looks == []
    rows = await newsroom.posts()
    assert [(row.state, row.superseded_by) for row in rows] == [
        ("sent", None),
        ("superseded", 4),
        ("superseded", 4),
        ("sent", None),
    ]
    assert (rows[-1].start, rows[-1].end) == (1, 4)
    assert len(said(newsroom)) == 2
    assert "to 800" in said(newsroom)[1]
    assert len({nonce for _, nonce in newsroom.sends}) == 2


async def test_words_that_can_not_be_made_fail_their_post_and_the_next_goes_on(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_once(span: Span, setting: Setting) -> Card | None:
        if span.kind == "margin":
            raise ZeroDivisionError("no votes")
        return span_post(span, setting)

    await newsroom.follow()
    await newsroom.control.set_desk_channel(LIVE, SERVER, "Olga")
    await newsroom.post(reading(1000, 500))
    monkeypatch.setattr(changes_store, "span_post", break_once)
    with capture_logs() as logs:
        await newsroom.post(reading(1100, 500, 1), reading(1100, 1300, 2))
    stored = await newsroom.database.rows("SELECT state, why, content IS NULL FROM outbox ORDER BY id")
    assert [tuple(row) for row in stored] == [
        ("sent", None, 0),
        ("failed", "its words could not be made: ZeroDivisionError('no votes')", 1),
        ("sent", None, 0),
        ("sent", None, 0),
    ]
    assert newsroom.wall.slept == []
    assert len(said(newsroom)) == 2
    assert said(newsroom)[1].startswith(
        "**Trump takes the lead in Georgia, by 200 votes,** after 800 more votes were counted, all for Trump. Biden had led by 600"
    )
    (notice,) = said(newsroom, LIVE)
    assert notice.startswith("**#2")
    (told,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (told["event"], told["number"]) == ("a post's words could not be made, and it is left out", 2)


async def test_where_it_does_not_say_each_wait_is_twice_as_long_up_to_a_minute(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, *LATER_9)
    await add(newsroom, "one")
    await newsroom.publish()
    assert len(newsroom.wall.slept) == 9
    for slept, least in zip(newsroom.wall.slept, [0.5, 1, 2, 4, 8, 16, 32, 60, 60], strict=True):
        assert least - 0.001 <= slept <= min(least + 0.5, 60) + 0.001


async def test_a_post_can_be_put_off_for_days(newsroom: Newsroom) -> None:
    await add(newsroom, "one")
    await newsroom.database.write(lambda connection: connection.execute("UPDATE outbox SET attempts = 5000"))
    newsroom.will(COUNT, "later")
    await newsroom.publish()
    assert newsroom.wall.slept == pytest.approx([60])
    assert said(newsroom) == ["one"]


async def test_something_unforeseen_puts_the_channel_off_and_loses_nothing(newsroom: Newsroom) -> None:
    send, bugs = newsroom.channels.send, [RuntimeError("a bug")]

    async def fail_once(channel: int, message: OutgoingMessage) -> int:
        if bugs:
            raise bugs.pop()
        return await send(channel, message)

    newsroom.channels.send = fail_once
    await add(newsroom, "one", "two")
    await newsroom.publish()
    assert newsroom.wall.slept == pytest.approx([60])
    assert said(newsroom) == ["one", "two"]


async def test_a_post_that_is_put_off_again_and_again_is_logged_at_each_doubling(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, *LATER_9)
    await add(newsroom, "one")
    with capture_logs() as logged:
        await newsroom.publish()
    assert [line["tries"] for line in logged if line["event"] == "a post is put off"] == [1, 2, 4, 8]
    assert said(newsroom) == ["one"]


# In channels where no file may be attached.

CHART = Picture(b"a chart", "Line chart.")
WHY = "Discord answered 403, error 50013: Missing Permissions"


async def share_chart(newsroom: Newsroom) -> None:
    """Add a post with a chart to the outbox, and set the desk's channel."""
    await newsroom.control.set_desk_channel(LIVE, SERVER, WHO)
    draft = Card(lines("chart"), "the desk", kind="shared", picture=CHART)
    await SharingStore(newsroom.rooms.outbox.outbox).share(9, SERVER, COUNT, draft, None, None, WHO)


def refuse_file(newsroom: Newsroom) -> None:
    """Make Discord refuse the next post in the channel, as if files may not be attached."""
    refusal = {"message": "Missing Permissions", "code": 50013}
    newsroom.standin.faults.answer_next(403, refusal, channel_id=COUNT)


def files_sent(newsroom: Newsroom) -> list[bool]:
    """Return a boolean for each request to post in the channel: True if the request had a file."""
    posts = [request for request in newsroom.standin.requests if request.method == "POST"]
    return ["attachments" in post.json for post in posts if post.path == f"/channels/{COUNT}/messages"]


def cards(newsroom: Newsroom) -> list[str]:
    return [embed["description"] for shown in newsroom.shown(COUNT) for embed in shown.embeds]


IN_WORDS = "**The chart could not be attached here.** In words: Line chart."


async def test_a_post_whose_file_is_refused_goes_at_once_in_words_and_closes_nothing(newsroom: Newsroom) -> None:
    refuse_file(newsroom)
    await share_chart(newsroom)
    await add(newsroom, "behind")
    await newsroom.publish()
    assert files_sent(newsroom) == [True, False, False]
    assert said(newsroom) == ["chart", "behind"]
    assert cards(newsroom) == [IN_WORDS]
    assert (newsroom.wall.slept, newsroom.looks) == ([], [])
    (told,) = said(newsroom, LIVE)
    assert told.startswith("**The chart of #1")
    assert told.endswith(WHY)
    assert await newsroom.database.rows("SELECT id FROM channels WHERE closed_since IS NOT NULL") == []


async def test_a_death_after_the_refusal_of_a_file_loses_and_doubles_nothing(newsroom: Newsroom) -> None:
    await share_chart(newsroom)
    refused = (await newsroom.outbox.claim(COUNT)).post
    assert refused is not None
    await newsroom.outbox.defer(refused, newsroom.outbox.now(), WHY, Transition.DECLINED, without="file")
    await newsroom.publish()  # as after a restart
    assert files_sent(newsroom) == [False]
    assert (said(newsroom), cards(newsroom)) == (["chart"], [IN_WORDS])
    assert len(said(newsroom, LIVE)) == 1


async def test_a_death_while_it_goes_without_its_file_is_looked_up_and_the_desk_is_told(newsroom: Newsroom) -> None:
    refuse_file(newsroom)
    newsroom.will(COUNT, "lost answer")
    await share_chart(newsroom)
    await die_once_it_arrived(newsroom)
    await newsroom.publish()
    assert files_sent(newsroom) == [True, False]
    assert (said(newsroom), cards(newsroom)) == (["chart"], [IN_WORDS])
    assert newsroom.looks == [COUNT]
    assert len(said(newsroom, LIVE)) == 1


async def test_what_may_have_arrived_with_its_file_is_looked_up_before_it_goes_without(newsroom: Newsroom) -> None:
    refuse_file(newsroom)
    await share_chart(newsroom)
    died = await newsroom.outbox.claim(COUNT)
    assert died.picture == CHART
    await newsroom.publish()
    assert files_sent(newsroom) == [True, False]
    assert newsroom.looks == [COUNT] * 2
    assert said(newsroom) == ["chart"]


async def test_a_channel_that_takes_nothing_is_closed_and_gets_the_picture_when_it_opens(newsroom: Newsroom) -> None:
    for _ in range(2):
        refuse_file(newsroom)
        newsroom.will(COUNT, "closed")
    await share_chart(newsroom)
    await newsroom.publish()
    assert files_sent(newsroom) == [True, False, True, False, True]
    assert (said(newsroom), cards(newsroom)) == (["chart"], [])
    assert len(newsroom.wall.slept) == 2
    closed, opened = said(newsroom, LIVE)
    assert closed.endswith("Missing Access")
    assert "again" in opened


async def test_where_no_card_may_be_embedded_posts_go_at_once_in_words_and_the_desk_is_told_once(
    newsroom: Newsroom,
) -> None:
    await newsroom.control.set_desk_channel(LIVE, SERVER, WHO)
    newsroom.standin.world.guilds[SERVER].channels[COUNT].forbid("EMBED_LINKS")
    others = Section("Other sources", lines("none"))
    block = Block(lines("Biden 100"), (others,), "President", "19,000 left")
    for headline in ("first", "second"):
        draft = Card(lines(headline), "the desk", (block,), "shared")
        store = SharingStore(newsroom.rooms.outbox.outbox)
        await store.share(len(headline), SERVER, COUNT, draft, None, None, WHO)
    await newsroom.publish()
    mark = "-# Its card could not be embedded here, and is shown as text above."
    in_words = ["**President**", "Biden 100", "**Other sources**", "none", "19,000 left", mark]
    shown = newsroom.shown(COUNT)
    assert [one.content.split("\n")[:-1] for one in shown] == [["first", *in_words], ["second", *in_words]]
    assert [one.embeds for one in shown] == [[], []]
    (told,) = said(newsroom, LIVE)
    assert told.startswith("**The card of #1")
    assert await newsroom.database.rows("SELECT id FROM channels WHERE closed_since IS NOT NULL") == []


async def test_what_was_said_in_place_of_a_card_stays_once_the_post_is_struck_through(newsroom: Newsroom) -> None:
    newsroom.standin.world.guilds[SERVER].channels[COUNT].forbid("EMBED_LINKS")
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    (posted,) = newsroom.shown(COUNT)
    in_words = posted.content.split("\n")[1:]
    assert in_words[-2] == "-# Its card could not be embedded here, and is shown as text above."
    await newsroom.corrections.correct(SERVER, 1, "the lead is 501", WHO)
    await newsroom.publish()
    first, marked_replaced, *rest = newsroom.shown(COUNT)[0].content.split("\n")
    assert first.startswith("**Corrected; see [#2]")
    assert marked_replaced.startswith("> ~~")
    assert rest == in_words
    assert newsroom.shown(COUNT)[0].embeds == []


# Starting and stopping.


async def test_nothing_is_sent_before_the_start(newsroom: Newsroom) -> None:
    await add(newsroom, "one")
    newsroom.publisher.wake({COUNT: False})
    await newsroom.publisher.drained()
    assert newsroom.sends == []


async def test_a_post_without_an_answer_stays_under_way_when_the_stop_has_waited(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "hang")
    await add(newsroom, "one", "two")
    await newsroom.publisher.start()
    await until(lambda: newsroom.sends)
    async with asyncio.timeout(SOON):
        await newsroom.publisher.stop(within=0.05)
        await newsroom.publisher.drained()
    assert await states(newsroom) == ["sending", "pending"]


async def test_the_stop_waits_for_a_request_under_way_and_takes_up_nothing_after_it(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, send = asyncio.Event(), newsroom.channels.send

    async def slow(channel: int, message: OutgoingMessage) -> int:
        sent = await send(channel, message)
        await answer.wait()
        return sent

    monkeypatch.setattr(newsroom.channels, "send", slow)
    await add(newsroom, "one", "two")
    await newsroom.publisher.start()
    await until(lambda: newsroom.sends)
    stopping = asyncio.create_task(newsroom.publisher.stop())
    await asyncio.sleep(0)
    answer.set()
    async with asyncio.timeout(SOON):
        await stopping
    assert await states(newsroom) == ["sent", "pending"]


async def test_the_stop_does_not_wait_for_posts_that_are_put_off(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "closed")
    await add(newsroom, "one")
    waits = asyncio.Event()

    async def sleep(_: float) -> None:
        waits.set()
        await asyncio.Event().wait()

    publisher = Dispatcher(newsroom.outbox, newsroom.channels, Pacing(FAST), sleep)
    await publisher.start()
    await waits.wait()
    async with asyncio.timeout(SOON):
        await publisher.stop(within=600)
    assert await states(newsroom) == ["pending"]


async def test_nothing_is_taken_up_after_the_stop(newsroom: Newsroom) -> None:
    await newsroom.publish()
    await add(newsroom, "one")
    newsroom.publisher.wake({COUNT: False})
    await newsroom.publisher.drained()
    assert await states(newsroom) == ["pending"]


# A backlog.


async def test_a_backlog_is_told_in_one_post_a_contest_which_a_revision_leads(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.follow(contest="senate")
    await newsroom.post(reading(1000, 500))
    await newsroom.take(
        reading(1100, 500, 1),
        reading(1100, 600, 2),
        reading(70, 50, 2, contest="senate"),
        reading(1150, 600, 3),
        reading(1150, 1300, 4),
        reading(1150, 1400, 5),
        reading(1150, 1500, 6),
        reading(1150, 1450, 7),
    )
    await newsroom.repeat(9)
    await newsroom.take(reading(1150, 1550, 10), reading(1150, 1650, 11))
    newsroom.wall.move(61)
    await newsroom.publish()
    told = [row for row in await newsroom.posts() if row.state == "sent" and row.action == "post"]
    spans = [(row.kind, row.start, row.end) for row in told]
    assert spans == [
        ("first", None, 1),
        ("first", None, 4),
        ("revision", 1, 11),
    ]
    assert told[2].headline == (
        "**Count revised: Trump now leads in Georgia, by 500 votes.** The Times took 50 votes off its total; "
        "Biden had led by 500."
    )
    assert [content.split("\n")[-1].split(" ")[1] for content in newsroom.contents(COUNT)] == [
        f"#{row.number}" for row in told
    ]


# Urgency.


class Noting(Pacing):
    """A rate limiter that records whether each request was urgent."""

    def __init__(self) -> None:
        super().__init__(FAST)
        self.turns: list[bool] = []

    async def turn(self, channel: int, *, urgent: bool, last: bool = False) -> None:
        self.turns.append(urgent)
        await super().turn(channel, urgent=urgent, last=last)


async def test_what_is_urgent_stays_so_however_often_it_is_put_off(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.take(reading(1000, 1600, 1))
    pacing = Noting()
    newsroom.publisher = Dispatcher(newsroom.outbox, newsroom.channels, pacing, newsroom.wall.sleep)
    newsroom.will(COUNT, "later", "later", "later")
    await newsroom.publish()
    assert len(pacing.turns) >= 4
    assert all(pacing.turns)


async def test_what_becomes_urgent_while_a_request_waits_for_its_moment_is_urgent_next(newsroom: Newsroom) -> None:
    pacing = Noting()
    waits, goes = asyncio.Event(), asyncio.Event()
    permit = pacing.permit

    async def slow_permit() -> SendPermit:
        waits.set()
        await goes.wait()
        return await permit()

    pacing.permit = slow_permit
    newsroom.publisher = Dispatcher(newsroom.outbox, newsroom.channels, pacing, newsroom.wall.sleep)
    await add(newsroom, "one")
    await newsroom.publisher.start()
    await waits.wait()
    await add(newsroom, "two")
    newsroom.publisher.wake({COUNT: True})
    goes.set()
    await newsroom.publisher.drained()
    assert pacing.turns == [False, True]


async def test_closed_channels_are_not_tried_each_time_that_something_changes(newsroom: Newsroom) -> None:
    await add(newsroom, "one")
    closed: list[Fate] = ["closed"] * 50
    newsroom.will(COUNT, *closed)
    asleep = asyncio.Event()

    async def sleep(_: float) -> None:
        asleep.set()
        await asyncio.get_running_loop().create_future()

    newsroom.publisher = Dispatcher(newsroom.outbox, newsroom.channels, Pacing(FAST), sleep)
    await newsroom.publisher.start()
    await asleep.wait()
    for _ in range(20):
        await newsroom.publisher.retry_closed(SERVER, [COUNT])
        await asyncio.sleep(0.001)
    await newsroom.publisher.retry_closed(SERVER, [LIVE])
    assert len(newsroom.sends) <= 2


async def test_after_a_day_without_a_network_what_changed_is_one_post(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    send, find, began = newsroom.channels.send, newsroom.channels.find, newsroom.wall.now

    hours = [0]

    async def comes_in() -> None:
        """Each attempt takes ten minutes to fail. Every hour a reading arrives."""
        newsroom.wall.now += 600
        hour = int((newsroom.wall.now - began) // 3600)
        if hour >= 24:
            newsroom.channels.send, newsroom.channels.find = send, find
        elif hour > hours[-1]:
            hours.append(hour)
            newsroom.clock.set(START + timedelta(hours=hour))
            await newsroom.ingest.accept(delivery([reading(1100 + 100 * hour, 500, 60 * hour)]))
        raise UnknownError("there is no network")

    async def no_network(*_: object) -> int:
        await comes_in()
        return 0

    newsroom.channels.send = newsroom.channels.find = no_network  # type: ignore[assignment]  # it never returns
    await newsroom.post(reading(1100, 500, 1))
    (said_now,) = said(newsroom)[1:]
    assert hours == list(range(24))
    assert said_now.startswith("**Biden's lead in Georgia has grown by 2,400 votes since 7 a.m. Wednesday, to 2,900,**")


@given(st.integers(1, 5000))
def test_each_wait_is_twice_as_long_up_to_a_limit_and_a_little_random(attempts: int) -> None:
    least = min(0.5 * 2.0 ** min(attempts - 1, 40), 60)
    seconds = Backoff(0.5, most=60, jitter=0.5).seconds_after(attempts)
    assert least <= seconds <= min(least + 0.5, 60)


def test_no_attempt_waits_like_one() -> None:
    assert Backoff(3, most=60, jitter=0).seconds_after(0) == 3
