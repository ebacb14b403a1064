"""Tests decisions about held readings with the buttons under the notice: decided once, by a permitted member, with
effect in all servers.
"""

import json
from copy import copy
from dataclasses import replace

import pytest

from bot.count.reading import Reading
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from bot.wording.message import render
from tests.cogs.conftest import Person, Room, Seen, history, last, said
from tests.conftest import reading


def table(seen: Seen) -> str:
    """Return the table of held figures on a card, with the figures of other sources."""
    (embed,) = seen.embeds
    return "\n".join([embed.description or "", *(field.value or "" for field in embed.fields)])


THREE = ["Post", "Wait", "Discard"]
"""The buttons under a notice about a held reading."""


@pytest.fixture
async def elsewhere(room: Room) -> tuple[Channel, Person]:
    """Return a channel of another server, and an editor of that server.

    The channel follows the contest, and the editor may decide about holds.
    """
    channel, eve = room.elsewhere()
    room.newsroom.settles.add(channel.guild.id)
    await room.follow("ga", channel, who=eve)
    return channel, eve


async def require_two(room: Room, desk: Channel) -> None:
    """Turn on two-person confirmation, and make the channel the desk's."""
    await room.set_desk(desk)
    await room.set_two_person(on=True)


@pytest.fixture
async def two(room: Room, desk: Channel) -> Channel:
    """Return the desk's channel of a room with two-person confirmation."""
    await require_two(room, desk)
    return desk


async def hold(room: Room, desk: Channel | None) -> None:
    """Hold a reading whose votes fell, until the desk is asked."""
    if desk is not None:
        await room.set_desk(desk)
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500), reading(900, 500, 1))
    await look(room, 16)


def moved(biden: int, trump: int, minute: float) -> Reading:
    """Return a reading in which ten counties changed after all precincts had reported. Only the desk can release
    it.
    """
    batch = {f"County {number}": 1 for number in range(10)}
    return reading(biden, trump, minute, reporting={"precincts": (100, 100)}, unit_batch=batch)


async def hold_moved(room: Room, *later: Reading) -> Seen:
    """Hold a reading of a feed that switched to another count. Then store the readings in `later`.

    Returns the notice as it was first posted.
    """
    await room.follow("ga")
    await room.newsroom.take(moved(1000, 500, 0), moved(1010, 520, 1))
    await room.publish()
    notice = last(room.count)
    first = replace(notice, message=copy(notice.message))
    await room.newsroom.take(*later)
    return first


async def decide(room: Room, seen: Seen, label: str) -> str:
    """Press a button under a held reading, and confirm after Post. Returns the reply."""
    answer = await room.editor.click(seen, label)
    assert answer.ephemeral
    if label == "Post":
        (sure,) = answer.buttons
        return await room.press(answer, sure)
    return answer.content


async def verdict(room: Room) -> str:
    """Return the verdict of the newest reading."""
    return (await room.newsroom.verdicts())[-1][0]


async def stored(room: Room) -> list[object]:
    """Return all readings with verdicts, holds, posts and audit rows."""
    tables = [await room.newsroom.database.rows(f"SELECT * FROM {name}") for name in ("readings", "holds")]
    return [*tables, await room.newsroom.posts(), await room.audit()]


async def go_back(room: Room) -> None:
    """Make the source continue from the figures that it had before it switched to another count."""
    back = reading(1030, 500, 6, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 30})
    await room.newsroom.take(back, back.model_copy(update={"as_of": reading(1, 1, 8).as_of}))


def with_button(channel: Channel, label: str) -> Seen:
    """Return the newest message of a channel that has a button with that label."""
    return [one for one in history(channel) if label in one.buttons][-1]


def now_of(seen: Seen) -> Seen:
    """Return the current version of a message."""
    return next(one for one in history(seen.channel) if one.id == seen.id)


async def look(room: Room, minute: float) -> None:
    room.newsroom.at(minute)
    await room.newsroom.ingest.ask_about_holds()
    await room.publish()


async def test_the_desk_is_asked_in_its_own_channel_and_the_others_are_told_without_the_figures(
    room: Room, desk: Channel
) -> None:
    await hold(room, desk)
    asked, told = last(desk), last(room.count)
    assert asked.content.split("\n")[0] == told.content.split("\n")[0]
    assert ("→ Biden +400" in table(asked), "400" in told.content, told.embeds) == (True, False, [])
    assert (list(asked.buttons), list(told.buttons)) == (THREE, [])


async def test_without_a_desk_channel_the_channel_is_asked_and_shown_what_it_decides_about(room: Room) -> None:
    await hold(room, None)
    assert "→ Biden +400" in table(last(room.count))
    assert list(last(room.count).buttons) == THREE


async def test_the_public_is_never_shown_the_buttons(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await hold(room, None)
    assert [list(message.buttons) for message in history(room.count)] == []
    assert THREE in [list(message.buttons) for message in history(desk)]


async def test_a_question_for_the_desk_is_never_offered_for_publishing(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(900, 500, 1))
    await look(room, 16)
    await room.press(last(desk), "Wait")
    await look(room, 60)
    assert not any("Publish" in seen.buttons for seen in history(desk))
    assert len(history(room.count)) == 1


@pytest.mark.parametrize(
    ("label", "becomes", "audited"), [("Post", "accepted", "post"), ("Discard", "dropped", "drop")]
)
async def test_an_answer_is_given_once_and_the_notices_say_by_whom(
    room: Room, desk: Channel, label: str, becomes: str, audited: str
) -> None:
    await hold(room, desk)
    notice = last(desk)
    answer = await decide(room, notice, label)
    assert "400, with 1,400" in answer
    assert (f"<#{room.count.id}>" in answer) == (label == "Post")
    posts = len(await room.newsroom.posts())
    (already,) = {await room.press(notice, again) for again in THREE}
    assert len(await room.newsroom.posts()) == posts
    _, how = already.split(". ", 1)
    assert "by olga, 7:16 a.m." in how
    await room.publish()
    assert said(desk) == [how]
    assert how.replace("by olga", "by the desk") in said(room.count)
    assert (list(last(desk).buttons), [list(one.buttons) for one in history(room.count)][-1]) == (["Undo"], [])
    assert (await room.newsroom.verdicts())[1][0] == becomes
    assert (await room.audit())[-1][:2] == (str(room.editor), f"hold {audited}")


async def test_wait_says_when_it_asks_again_and_does(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    assert "7:31 a.m." in await room.press(last(desk), "Wait")
    await room.publish()
    first = last(desk)
    assert first.content.split("\n")[1].startswith("olga pressed Wait at ")
    assert list(first.buttons) == THREE
    assert "The desk is asked again at 7:31 a.m." in await room.ask("status")
    assert await room.newsroom.ingest.next_due() == room.newsroom.clock.now().replace(minute=31)
    for minute, asked in ((30, 1), (31, 2), (32, 2)):
        await look(room, minute)
        assert len(history(desk)) == asked
    assert len([line for line in said(room.count) if "Still held" in line]) == 1
    await decide(room, last(desk), "Discard")
    await room.publish()
    assert [list(message.buttons) for message in history(desk)] == [["Undo"], ["Undo"]]
    assert [what for _, what, *_ in await room.audit()][-2:] == ["hold wait", "hold drop"]


async def test_a_source_that_settles_it_takes_the_buttons_away(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    notice = last(desk)
    await room.newsroom.take(reading(900, 500, 17))
    _, how = (await room.press(notice, "Discard")).split(". ", 1)
    await room.publish()
    assert last(desk).content.startswith(how)
    assert list(last(desk).buttons) == []


@pytest.mark.parametrize(("label", "becomes"), [("Post", "accepted"), ("Discard", "dropped"), ("Wait", "held")])
async def test_a_press_after_newer_figures_came_in_shows_both_and_asks_again(
    room: Room, label: str, becomes: str
) -> None:
    notice = await hold_moved(room, moved(1100, 560, 2))
    before = await stored(room)
    result = await room.editor.click(notice, label)
    assert result.ephemeral
    assert ("490, with 1,530" in result.content, "→ Biden +540" in table(result)) == (True, True)
    assert await stored(room) == before
    await decide(room, result, label)
    assert await verdict(room) == becomes


async def test_a_notice_shows_newer_figures_below_those_that_its_buttons_are_about(room: Room) -> None:
    notice = await hold_moved(room, moved(1100, 560, 2))
    await room.publish()
    sentence, now, small = last(room.count).content.split("\n")
    assert [sentence, small] == notice.content.split("\n")
    assert "540, with 1,660" in now
    for label in THREE:
        assert "→ Biden +540" in table(await room.editor.click(last(room.count), label))
    await room.newsroom.take(moved(1120, 570, 3))
    await room.publish()
    assert last(room.count).content.split("\n")[1] != now
    assert [*last(room.count).content.split("\n")[:1], small] == notice.content.split("\n")
    assert len([message for message in history(room.count) if "Held" in message.content]) == 1


async def test_the_newest_figures_and_who_waits_are_both_on_the_notice(room: Room) -> None:
    notice = await hold_moved(room)
    await room.press(notice, "Wait")
    await room.newsroom.take(moved(1100, 560, 2))
    await room.publish()
    sentence, now, waits, small = last(room.count).content.split("\n")
    assert [sentence, small] == notice.content.split("\n")
    assert "540, with 1,660" in now
    assert waits == "olga pressed Wait at 7:01 a.m., for the desk to be asked again at 7:16 a.m."
    await room.press(await room.editor.click(last(room.count), "Wait"), "Wait")
    await room.publish()
    again = "olga pressed Wait at 7:02 a.m., for the desk to be asked again at 7:17 a.m."
    assert last(room.count).content.split("\n")[1:3] == [now, again]


async def test_newer_figures_of_another_day_have_their_day(room: Room) -> None:
    """The notice itself stays below the previous day's date."""
    await hold_moved(room, moved(1100, 560, 24 * 60))
    await room.publish()
    assert "540, with 1,660 votes counted, as of 7 a.m. Thursday." in last(room.count).content


async def test_a_channel_that_is_not_asked_is_shown_no_newer_figures(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    notice = await hold_moved(room, moved(1100, 560, 2))
    await room.publish()
    assert last(room.count).content == notice.content
    assert "540, with 1,660" in last(desk).content


async def test_what_waits_to_be_shown_below_a_notice_is_the_newest_alone(room: Room) -> None:
    """For example, Discord can't be reached for an hour. Afterward one edit with the newest figures is sent. No
    edit is sent if the notice itself was not posted.
    """
    await room.follow("ga")
    await room.newsroom.take(moved(1000, 500, 0), moved(1010, 520, 1), moved(1100, 560, 2), moved(1120, 570, 3))
    edits = "SELECT state, content FROM outbox WHERE action = 'edit'"
    ((state, content),) = await room.newsroom.database.rows(edits)
    assert (state, "550, with 1,690" in content) == ("pending", True)
    await room.press(await room.card("status"), "President: Discard")
    assert [state for state, _ in await room.newsroom.database.rows(edits)] == ["dropped"]
    await room.publish()
    assert [message.content for message in history(room.count) if "eld" in message.content] == []


async def test_the_same_figures_at_a_later_time_are_decided_about_at_once(room: Room) -> None:
    """For example, the source reports more of the count, but no new votes."""
    later = moved(1010, 520, 2).model_copy(update={"expected_total": 1700})
    notice = await hold_moved(room, later)
    assert (await room.newsroom.verdicts())[1:] == [
        ("dropped", "a newer reading took its place"),
        ("held", "many_units"),
    ]
    await decide(room, notice, "Discard")
    assert await verdict(room) == "dropped"


async def test_figures_that_came_back_are_decided_about_at_once(room: Room) -> None:
    notice = await hold_moved(room, moved(1100, 560, 2), moved(1010, 520, 3))
    assert "490, with 1,530 votes counted, as of 7:03 a.m." in await decide(room, notice, "Post")
    assert await verdict(room) == "accepted"


async def test_a_button_that_names_no_figures_decides_nothing_and_shows_what_is_held(room: Room) -> None:
    """Earlier versions of the bot posted buttons without the held figures."""
    await room.follow("ga")
    await room.newsroom.take(moved(1000, 500, 0), moved(1010, 520, 1))
    await room.newsroom.database.write(
        lambda connection: connection.execute(
            """UPDATE outbox SET components = json_array(json_array('Discard', 'hold:drop:' || series || ':' || since, 'danger'))
               FROM hold_notices WHERE post = id"""
        )
    )
    await room.publish()
    answer = await room.editor.click(last(room.count), "Discard")
    assert ("→ Biden +490" in table(answer), "You were shown" in answer.content) == (True, False)
    assert await verdict(room) == "held"


async def test_another_server_s_desk_is_told_that_it_is_answered_but_not_by_whom(
    room: Room, desk: Channel, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    await hold(room, desk)
    notice = last(channel)
    await decide(room, last(desk), "Discard")
    _, how = (await room.press(notice, "Post", eve)).split(". ", 1)
    assert "by the desk of Newsroom, 7:16 a.m." in how
    await room.publish()
    assert last(channel).content.startswith(how)


async def test_every_server_that_follows_has_a_trace_of_who_settled_what_was_held(
    room: Room, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    await room.follow("ga", channel=room.guild.add_channel("more"))
    third = room.newsroom.world.add_guild("Follows nothing of it")
    await room.newsroom.desk_store.join(third.id)
    await room.follow("ga")
    await room.newsroom.take(moved(1000, 500, 0), moved(5000, 500, 1))
    await room.publish()
    await decide(room, last(room.count), "Post")
    rows = await room.newsroom.database.rows(
        "SELECT server, who, what, why FROM audit WHERE what LIKE 'hold%' ORDER BY id"
    )
    assert rows == [
        (room.guild.id, str(room.editor), "hold post", "ga"),
        (channel.guild.id, f"the desk of Newsroom ({room.guild.id})", "hold post", "ga"),
    ]
    audit = await eve.slash(channel, "audit")
    assert (
        "7:01 a.m., the desk of Newsroom: **posted held figures** (President): was source the Times, reason many units"
        in audit.content
    )
    assert "olga" not in audit.content
    why = await eve.slash(channel, "why", post="#4")  # the first one greeted the server
    assert "the desk of Newsroom approved it" in why.content


async def test_a_server_that_the_operator_did_not_name_settles_nothing(
    room: Room, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    room.newsroom.settles.remove(channel.guild.id)
    await hold_moved(room, moved(1100, 560, 2))
    status = await eve.slash(channel, "status")
    assert "→ Biden +540" in table(status)
    assert not status.parts


@pytest.mark.parametrize("label", THREE)
async def test_a_button_from_when_the_operator_named_a_server_settles_nothing_any_more(room: Room, label: str) -> None:
    notice = await hold_moved(room)
    room.newsroom.settles.clear()
    before = await stored(room)
    assert "only servers the operator names" in await room.press(notice, label)
    assert await stored(room) == before


async def test_a_desk_that_settles_nothing_is_told_so_without_buttons(room: Room, desk: Channel) -> None:
    room.newsroom.settles.clear()
    await room.set_desk(desk)
    await hold_moved(room, moved(1100, 560, 2))
    await room.publish()
    sentence, now, _ = last(desk).content.split("\n")
    assert sentence == last(room.count).content.split("\n")[0]
    assert ("→ Biden +490" in table(last(desk)), "540, with 1,660" in now) == (True, True)
    assert list(last(desk).buttons) == list(last(room.count).buttons) == []


async def test_a_server_that_does_not_follow_the_contest_answers_nothing(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    notice = last(desk)
    await room.unfollow("ga")
    before = await stored(room)
    await room.press(notice, "Post")
    assert await stored(room) == before


async def hold_more(room: Room) -> Seen:
    """Hold a reading of a feed that switched to another count, with a margin that needs a post. Returns the notice."""
    await room.follow("ga")
    await room.newsroom.post(moved(1000, 500, 0), moved(1310, 620, 1))
    return replace(last(room.count), message=copy(last(room.count).message))


async def test_post_asks_once_more_with_the_figures_and_posts_nothing(room: Room) -> None:
    await room.newsroom.take(reading(1005, 500, source="ga-sos"))
    notice = await hold_more(room)
    before = await stored(room)
    asked = await room.editor.click(notice, "Post")
    assert table(asked) == table(notice)
    assert "505, with 1,505" in table(asked)  # what another source has
    assert list(asked.buttons) == ["Post 1,930"]
    assert await stored(room) == before
    await room.newsroom.take(moved(1100, 560, 2))
    assert "→ Biden +540" in table(await room.editor.click(asked, "Post 1,930"))


async def test_undo_takes_back_what_was_posted_in_the_open_and_stands_where_it_did(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await hold_more(room)
    await decide(room, last(desk), "Post")
    await room.publish()
    posted = last(room.count)
    room.newsroom.at(2.9)
    answer = await room.press(last(desk), "Undo")
    assert "690, with 1,930" in answer
    await room.publish()
    assert last(room.count).content.startswith("**Retraction** of #4: ")
    assert "500, with 1,500" in last(room.count).content
    assert now_of(posted).content.startswith("**Retracted; see [#")
    assert "Withdrawn by olga, 7:02 a.m." in last(desk).content
    assert list(last(desk).buttons) == []
    assert "500 votes" in (await room.card("margin", contest="ga")).content
    assert (await room.audit())[-1][:2] == (str(room.editor), "hold undo")
    assert (await room.newsroom.verdicts())[-1] == ("dropped", "posted by the desk, and taken back")
    posts = len(await room.newsroom.posts())
    await room.newsroom.take(moved(1310, 620, 3))  # the source shows it again, and that is no news
    assert len(await room.newsroom.posts()) == posts
    await room.newsroom.take(reading(1030, 500, 4, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 30}))
    (told,) = (await room.newsroom.posts())[posts:]
    assert "by 30 votes, to 530" in told.headline


async def test_undo_before_anything_was_sent_leaves_nothing_to_retract(room: Room) -> None:
    notice = await hold_more(room)
    answer = await room.editor.click(await room.editor.click(notice, "Post"), "Post 1,930")
    assert "1 unsent post" in await room.press(answer, "Undo")
    await room.publish()
    (only,) = [line for line in said(room.count) if "held" not in line]
    assert "500 votes" in only


async def test_what_came_after_it_is_judged_anew_against_what_stood_before(room: Room) -> None:
    """A batch of the wrong count is held again. A reading that continues the right count is posted."""
    notice = await hold_more(room)
    await decide(room, notice, "Post")
    await room.publish()
    await room.newsroom.take(reading(1380, 640, 2, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 90}))
    assert await verdict(room) == "accepted"
    await room.publish()
    assert "1 reading " in await room.press(with_button(room.count, "Undo"), "Undo")
    assert [verdict for verdict, _ in await room.newsroom.verdicts()] == ["accepted", "dropped", "dropped", "accepted"]
    await room.publish()
    retraction, told = said(room.count)[-2:]
    assert retraction.startswith("**Retraction** of #3 and #4: ")
    assert "by 240 votes, to 740" in told


@pytest.mark.parametrize(("label", "left"), [("Post", ["Withdraw 1,930"]), ("Discard", [])])
async def test_after_two_minutes_nothing_is_undone(room: Room, label: str, left: list[str]) -> None:
    notice = await hold_more(room)
    await decide(room, notice, label)
    await room.publish()
    room.newsroom.wall.move(121)
    before = await stored(room)
    refused = await room.editor.click(with_button(room.count, "Undo"), "Undo")
    assert list(refused.buttons) == left
    assert await stored(room) == before


async def test_the_button_goes_when_its_time_is_over(room: Room) -> None:
    notice = await hold_more(room)
    await decide(room, notice, "Post")
    await room.publish()
    undo = with_button(room.count, "Undo")
    room.newsroom.wall.move(119)
    await look(room, 60)  # the news clock of a rehearsal runs faster
    assert list(now_of(undo).buttons) == ["Undo"]
    content = now_of(undo).content
    room.newsroom.wall.move(2)
    await look(room, 60)
    assert (list(now_of(undo).buttons), now_of(undo).content) == ([], content)


async def withdrawn(room: Room, minute: float = 90) -> Seen:
    """Post a held reading by mistake, wait `minute` minutes, and press Withdraw. Returns the question."""
    await decide(room, await hold_more(room), "Post")
    await look(room, minute)
    return await room.editor.click(await room.card("held", contest="ga"), "Withdraw 1,930")


async def test_what_was_posted_by_mistake_can_be_withdrawn_at_any_time_and_is_played_back_first(room: Room) -> None:
    before_it = await stored(room)
    asked = await withdrawn(room)
    before = await stored(room)
    assert before != before_it
    (quoted,) = [line for line in asked.content.split("\n") if line.startswith("> ")]
    assert f"<#{room.count.id}>" in asked.content
    assert "690" in (await room.card("margin", contest="ga")).content
    assert await stored(room) == before
    await room.press(asked, "Withdraw")
    await room.publish()
    assert last(room.count).content.startswith(quoted.removeprefix("> "))
    assert "500 votes" in (await room.card("margin", contest="ga")).content
    assert (await room.audit())[-1][:2] == (str(room.editor), "hold withdraw")
    assert "Withdrawn by olga, 8:30 a.m." in await room.press(asked, "Withdraw")
    assert list((await room.card("held", contest="ga")).buttons) == []


async def test_a_turnout_mark_that_only_withdrawn_figures_had_passed_is_named_again(room: Room) -> None:
    await room.follow("ga", turnout_marks=1_900)
    asked = await withdrawn(room)
    await room.publish()
    assert last(room.count).content.count("1,900 votes") == 1
    await room.press(asked, "Withdraw")
    await room.publish()
    assert await room.newsroom.database.rows("SELECT watcher FROM watched WHERE watcher = 'turnout'") == []
    await room.newsroom.post(reading(1350, 560, 95))
    assert "1,900 votes" in last(room.count).content


async def test_the_button_of_a_second_decision_outlasts_the_two_minutes_of_the_first(room: Room) -> None:
    asked = await withdrawn(room)  # posted, and the desk asked whether to withdraw it
    await room.publish()
    done = await room.editor.click(asked, "Withdraw")
    await room.press(done, "Undo")
    await room.publish()
    room.newsroom.wall.move(60)
    await decide(room, last(room.count), "Post")
    await room.publish()
    undo = with_button(room.count, "Undo")
    for seconds, left in ((61, ["Undo"]), (60, [])):
        room.newsroom.wall.move(seconds)
        await look(room, 60)
        assert list(now_of(undo).buttons) == left


async def test_a_correction_of_what_was_let_through_says_what_withdraws_it(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.publish()
    card = await room.card("correct", post="#3", text="the lead is 500")
    assert "Answers keep its figures, which were held, until the desk withdraws them with `/held`." in card.content


async def test_a_withdrawal_is_undone_once_within_two_minutes(room: Room) -> None:
    done = await room.editor.click(await withdrawn(room), "Withdraw")
    assert "690, with 1,930" in await room.press(done, "Undo")
    assert await verdict(room) == "held"
    before = await stored(room)
    await room.press(done, "Undo")
    assert await stored(room) == before
    await room.publish()
    await decide(room, last(room.count), "Post")
    assert await verdict(room) == "accepted"


async def test_a_withdrawal_is_not_undone_later(room: Room) -> None:
    done = await room.editor.click(await withdrawn(room), "Withdraw")
    room.newsroom.wall.move(121)
    before = await stored(room)
    await room.press(done, "Undo")
    assert await stored(room) == before


async def test_what_was_posted_on_top_of_it_goes_with_it_and_is_held_anew(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.newsroom.take(moved(1810, 820, 2))
    await room.publish()
    second = with_button(room.count, "Post")
    await decide(room, second, "Post")
    await look(room, 30)
    card = await room.card("held", contest="ga")
    assert list(card.buttons) == ["Withdraw 1,930", "Withdraw 2,630"]
    done = await room.editor.click(await room.editor.click(card, "Withdraw 1,930"), "Withdraw")
    assert "1 reading " in done.content
    await room.publish()
    assert now_of(second).content.startswith(
        "**Checked again, 7:30 a.m.:** the Times' figures for Georgia, held since 7:02 a.m."
    )
    assert list((await room.card("held", contest="ga")).buttons) == THREE


async def test_what_waits_on_top_of_it_is_judged_anew_and_its_notice_says_so(room: Room) -> None:
    first = await hold_moved(room)
    await decide(room, first, "Post")
    await room.publish()
    await room.newsroom.take(moved(1100, 540, 2))
    await room.publish()
    waits = last(room.count)
    assert list(waits.buttons) == THREE
    await room.press(with_button(room.count, "Undo"), "Undo")
    await room.publish()
    (asked,) = [seen for seen in history(room.count) if list(seen.buttons) == THREE]
    assert waits.id != asked.id


async def test_nothing_is_withdrawn_once_the_source_has_left_it(room: Room) -> None:
    asked = await withdrawn(room, 5)
    await go_back(room)
    assert "Withdraw" not in str((await room.card("held", contest="ga")).buttons)
    before = await stored(room)
    await room.press(asked, "Withdraw")
    assert await stored(room) == before


async def test_a_source_s_return_from_what_the_desk_posted_reads_as_our_error_put_right(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.publish()
    await go_back(room)
    await room.publish()
    post = last(room.count)
    assert post.content.startswith(
        "**Correction: Biden leads in Georgia by 530 votes.** We posted Biden ahead by 690, from figures that had been held "
        "and that the Times has left since."
    )
    assert "The source changed its own figures." not in (post.embeds[0].description or "")
    wrong = next(one for one in history(room.count) if "to 690" in one.content)
    assert wrong.content.startswith("**Corrected; see [#4](")
    await room.newsroom.take(reading(1010, 500, 9), reading(1010, 500, 11))
    await room.publish()
    assert last(room.count).content.startswith("**Count revised:**")
    assert "The source changed its own figures." in (last(room.count).embeds[0].description or "")


async def test_all_that_rested_on_it_is_marked_as_our_error(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.publish()
    await room.newsroom.take(reading(1410, 650, 2, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 130}))
    await room.publish()
    assert list((await room.card("held", contest="ga")).buttons) == ["Withdraw 1,930"]
    wrong = [one.id for one in history(room.count) if "to 690" in one.content or "to 760" in one.content]
    await go_back(room)
    await room.publish()
    marked = [one.id for one in history(room.count) if one.content.startswith("**Corrected; see [#")]
    assert marked == wrong
    assert len(wrong) == len([690, 760])


async def test_a_source_s_revision_leaves_the_mark_of_our_correction(told: Room) -> None:
    await told.replace("correct", post="#1", text="the lead is 501")
    await told.publish()
    await told.newsroom.take(reading(1000, 480, 5), reading(1000, 480, 7))
    await told.publish()
    first, second, *_ = history(told.count)[0].content.split("\n")
    assert first.startswith("**Revised; see [#3](")
    assert second.startswith("**Corrected; see [#2](")


@pytest.mark.parametrize(
    ("press", "answer", "becomes"),
    [("Confirm", "**Undone.** ", "dropped"), ("Reject", "**Rejected.** It stays as posted.", "accepted")],
)
async def test_a_second_person_confirms_a_withdrawal_or_keeps_what_was_posted(
    room: Room, desk: Channel, dee: Person, press: str, answer: str, becomes: str
) -> None:
    asked = await withdrawn(room)
    await require_two(room, desk)
    assert f"<#{desk.id}>" in await room.press(asked, "Withdraw")
    await room.publish()
    question = last(desk)
    before = await stored(room)
    await room.press(question, "Confirm")
    assert await stored(room) == before
    assert (await room.press(question, press, dee)).startswith(answer)
    assert await verdict(room) == becomes
    await room.publish()
    assert any(one.startswith("**Retraction** of #") for one in said(room.count)) == (press == "Confirm")
    assert list(now_of(question).buttons) == []


@pytest.mark.parametrize("press", ["Confirm", "Reject"])
async def test_a_question_that_is_answered_too_late_to_withdraw_is_closed(
    room: Room, desk: Channel, dee: Person, press: str
) -> None:
    asked = await withdrawn(room, 5)
    await require_two(room, desk)
    await room.press(asked, "Withdraw")
    await room.publish()
    question = last(desk)
    await go_back(room)
    answer = await room.press(question, press, dee)
    await room.publish()
    assert now_of(question).content.startswith(f"{answer}\n**Confirm?** ")
    assert list(now_of(question).buttons) == []


async def test_what_was_dropped_waits_again(room: Room) -> None:
    notice = await hold_more(room)
    await decide(room, notice, "Discard")
    await room.publish()
    assert "690, with 1,930" in await room.press(last(room.count), "Undo")
    await room.publish()
    assert await verdict(room) == "held"
    await decide(room, last(room.count), "Post")
    assert await verdict(room) == "accepted"


async def test_another_server_s_desk_undoes_nothing(room: Room, elsewhere: tuple[Channel, Person]) -> None:
    channel, eve = elsewhere
    await hold_more(room)
    await eve.click(last(channel), "Discard")
    await room.publish()
    assert (list(last(channel).buttons), list(last(room.count).buttons)) == (["Undo"], [])
    ((series, since),) = await room.newsroom.database.rows("SELECT series, since FROM holds")
    answer = await room.newsroom.rooms.tally.holds.press(
        "undo", series, since, None, Asker(room.guild.id, 1, "olga (1)")
    )
    assert render(answer).content == "The desk of another server decided that, and only it can undo it."


async def test_a_second_person_confirms_what_is_held(room: Room, two: Channel, dee: Person) -> None:
    await hold_more(room)
    asked = await room.editor.click(last(two), "Post")
    assert f"<#{two.id}>" in await room.press(asked, "Post 1,930")
    await room.publish()
    question = last(two)
    assert "→ Biden +690" in table(question)
    await room.press(question, "Confirm")  # who asked does not
    assert await verdict(room) == "held"
    await room.press(question, "Confirm", dee)
    assert await verdict(room) == "accepted"
    await room.publish()
    assert "by olga, confirmed by dee, 7:01 a.m." in last(two).content
    assert "Confirm" not in last(two).buttons
    assert [json.loads(after) for _, what, _, after in await room.audit() if what == "hold post"] == [
        {"confirmed_by": str(dee)}
    ]


async def test_what_is_asked_twice_is_one_question_and_what_is_asked_anew_ends_the_first(
    room: Room, two: Channel, dee: Person
) -> None:
    await hold_more(room)
    notice = last(two)
    for _ in range(2):
        await room.press(notice, "Discard")
    await room.publish()
    assert [list(one.buttons) for one in history(two)] == [THREE, ["Confirm", "Reject"]]
    await decide(room, notice, "Post")
    await room.publish()
    first, second = history(two)[1:]
    assert first.content.startswith("**Asked anew in #")
    assert (list(first.buttons), list(second.buttons)) == ([], ["Confirm", "Reject"])
    await room.press(second, "Confirm", dee)
    assert await verdict(room) == "accepted"


async def test_a_second_person_says_no(room: Room, two: Channel, dee: Person) -> None:
    await hold_more(room)
    await room.press(last(two), "Discard")
    await room.publish()
    question = last(two)
    assert await room.press(question, "Reject", dee) == "**Rejected.** It stays held."
    before = await stored(room)
    assert await room.press(question, "Confirm", dee) == "That question is closed. It is still held."
    assert await stored(room) == before
    await room.publish()
    assert last(two).content.startswith("**Rejected by dee, 7:01 a.m.**")
    assert list(last(two).buttons) == []
    assert await verdict(room) == "held"


async def test_an_answer_says_what_its_post_waits_for(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await room.follow("ga")
    await room.newsroom.post(moved(1000, 500, 0), moved(1310, 620, 1))
    assert f"<#{desk.id}> for Publish" in await decide(room, with_button(desk, "Post"), "Post")


async def test_an_answer_says_that_the_server_is_paused(room: Room) -> None:
    notice = await hold_more(room)
    await room.ask("pause")
    answer = await decide(room, notice, "Post")
    assert "It waits: this server's posts have been paused since 7:01 a.m. by olga" in answer


async def test_a_mute_of_its_source_keeps_no_notice_from_saying_what_was_decided(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    notice = last(desk)
    await room.mute("times")
    await room.press(notice, "Discard")
    await room.publish()
    assert any(one.startswith("**Discarded") for one in said(desk))


async def test_a_post_that_was_corrected_says_so_also_once_it_is_withdrawn(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.publish()
    posted = last(room.count)
    await room.newsroom.post(moved(1410, 640, 5))
    await room.newsroom.corrections.correct(room.guild.id, 3, "it is 689", "Olga")
    await room.publish()
    await look(room, 90)
    await room.editor.click(
        await room.editor.click(await room.card("held", contest="ga"), "Withdraw 1,930"), "Withdraw"
    )
    await room.publish()
    first, second, *_ = now_of(posted).content.split("\n")
    assert first.startswith("**Retracted; see ")
    assert second.startswith("**Corrected; see ")
