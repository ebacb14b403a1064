"""A notice that a reading is held is answered with its buttons: once, by whoever may, in every server alike."""

import json
from copy import copy
from dataclasses import replace

import pytest

from bot.count.reading import Reading
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from bot.tally.holds_store import HoldHistory
from bot.wording.message import render
from tests.cogs.conftest import Person, Room, Seen, history, last, said
from tests.cogs.test_control import NO_ROLE
from tests.conftest import reading

FIGURES = """Before → on hold
**Lead:** Biden +500 → Biden +400 (−100)
**Votes counted:** 1,500 → 1,400 (−100)
**Status:** unofficial (no change)
**As of:** 7 a.m. → 7:01 a.m."""  # noqa: RUF001 - as `signed` writes it


def table(seen: Seen) -> str:
    """Return the table of held figures on a card, but for what other sources have."""
    (embed,) = seen.embeds
    return embed.description or ""


@pytest.fixture
def elsewhere(room: Room) -> tuple[Channel, Person]:
    """Return a channel of another server, and an editor there."""
    return room.elsewhere()


async def hold(room: Room, desk: Channel | None) -> None:
    """Let a fall be held until the desk is asked."""
    if desk is not None:
        await room.set_desk(desk)
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500), reading(900, 500, 1))
    await look(room, 16)


def moved(biden: int, trump: int, minute: float) -> Reading:
    """Return a reading in which ten counties moved when all was in: only the desk lets it through."""
    batch = {f"County {number}": 1 for number in range(10)}
    return reading(biden, trump, minute, reporting={"precincts": (100, 100)}, unit_batch=batch)


async def hold_moved(room: Room, *later: Reading) -> Seen:
    """Let a feed that moves to another count be held, and return the notice as it was first; `later` comes after it."""
    await room.follow("ga")
    await room.newsroom.take(moved(1000, 500, 0), moved(1010, 520, 1))
    await room.publish()
    notice = last(room.count)
    first = replace(notice, message=copy(notice.message))
    await room.newsroom.take(*later)
    return first


async def decide(room: Room, seen: Seen, label: str, who: Person | None = None) -> str:
    """Press a button under what is held, and once more where Post asks; return the answer."""
    answer = await (who or room.editor).click(seen, label)
    assert answer.ephemeral
    if label == "Post":
        assert answer.content.startswith("**Post ")
        (sure,) = answer.buttons
        return await room.press(answer, sure, who)
    return answer.content


async def look(room: Room, minute: float) -> None:
    room.newsroom.at(minute)
    await room.newsroom.ingest.tell_of_holds()
    await room.publish()


async def test_the_desk_is_asked_in_its_own_channel_and_the_others_are_told(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    told = last(room.count).content.split("\n")[0]
    assert last(desk).content.split("\n")[0] == f"{told} Answer by 7:31 a.m."
    assert last(desk).content.startswith("**Still held:** the Times' figures of Georgia's count fell at 7:01 a.m.")
    assert table(last(desk)) == FIGURES
    assert list(last(desk).buttons) == ["Post", "Wait", "Discard"]
    assert list(last(room.count).buttons) == []


async def test_without_a_desk_channel_the_channel_is_asked_and_shown_what_it_decides_about(room: Room) -> None:
    await hold(room, None)
    assert list(last(room.count).buttons) == ["Post", "Wait", "Discard"]
    assert table(last(room.count)) == FIGURES


async def test_the_public_is_never_shown_the_buttons(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await hold(room, None)
    assert [list(message.buttons) for message in history(room.count)] == []
    assert ["Post", "Wait", "Discard"] in [list(message.buttons) for message in history(desk)]


async def test_a_question_for_the_desk_is_never_offered_for_publishing(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(900, 500, 1))
    await look(room, 16)
    asked = last(desk)
    assert asked.content.startswith("**Still held:**")
    await room.press(asked, "Wait")
    await look(room, 60)
    assert not any("Publish" in seen.buttons for seen in history(desk))
    assert len(history(room.count)) == 1


@pytest.mark.parametrize(
    ("label", "answer", "now", "verdict"),
    [
        (
            "Post",
            "**Accepted:**",
            "**Posted by olga, 7:16 a.m.:**",
            "accepted",
        ),
        (
            "Discard",
            "**Discarded.** Not posted:",
            "**Discarded by olga, 7:16 a.m.:**",
            "dropped",
        ),
    ],
)
async def test_an_answer_is_given_once_and_the_notices_say_by_whom(
    room: Room, desk: Channel, label: str, answer: str, now: str, verdict: str
) -> None:
    await hold(room, desk)
    notice = last(desk)
    goes = f"It goes out in <#{room.count.id}>. " if label == "Post" else ""
    assert await decide(room, notice, label) == (
        f"{answer}\n- The Times, Georgia's count: Biden ahead by 400 of 1,400 votes, as of 7:01 a.m.\n"
        f"{goes}You can undo it until 7:18 a.m."
    )
    words = f"{now} the Times' figures of Georgia's count, held since 7:01 a.m."
    posts = len(await room.newsroom.posts())
    for again in ("Post", "Wait", "Discard"):
        assert await room.press(notice, again) == f"That was already decided. {words}"
    room.newsroom.at(60 * 24)
    assert (await room.press(notice, label)).startswith(f"That was already decided. {now[:-3]} ")
    assert len(await room.newsroom.posts()) == posts
    await room.publish()
    assert said(desk) == [words]
    assert words.replace("by olga", "by the desk") in said(room.count)
    assert (list(last(desk).buttons), [list(one.buttons) for one in history(room.count)][-1]) == (["Undo"], [])
    assert (await room.newsroom.verdicts())[1][0] == verdict
    assert [(by.split(" ")[0], what) for by, what, *_ in await room.audit()][-1] == (
        "olga",
        "hold post" if label == "Post" else "hold drop",
    )


async def test_wait_says_when_it_asks_again_and_does(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    assert await room.press(last(desk), "Wait") == (
        "**It stays held.** If nothing has settled it, the desk is asked again at 7:31 a.m."
    )
    await room.publish()
    first = last(desk)
    assert first.content.split("\n")[1] == "olga waits: the desk is asked again at 7:31 a.m."
    assert list(first.buttons) == ["Post", "Wait", "Discard"]
    assert "The desk is asked again at 7:31 a.m." in await room.ask("status")
    assert await room.newsroom.ingest.next_due() == room.newsroom.clock.now().replace(minute=31)
    await look(room, 30)
    assert len(history(desk)) == 1
    await look(room, 31)
    assert len(history(desk)) == 2
    await look(room, 32)
    assert len(history(desk)) == 2
    assert len([line for line in said(room.count) if "Still held" in line]) == 1
    assert (await room.press(last(desk), "Discard")).startswith("**Discarded.** Not posted:\n- The Times")
    await room.publish()
    assert [list(message.buttons) for message in history(desk)] == [["Undo"], ["Undo"]]
    assert [what for _, what, *_ in await room.audit()][-2:] == ["hold wait", "hold drop"]
    (held,) = await HoldHistory(room.newsroom.database).all()
    assert [(pressed.minute, again.minute) for pressed, again in held.waits] == [(16, 31)]


async def test_a_source_that_settles_it_takes_the_buttons_away(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    notice = last(desk)
    await room.newsroom.take(reading(900, 500, 17))
    answer = await room.press(notice, "Discard")
    assert answer.startswith("That was already decided. **No longer held, 7:17 a.m.:** the Times' figures of Georgia's")
    await room.publish()
    assert last(desk).content.startswith("**No longer held, 7:17 a.m.:** the Times' figures of Georgia's count")
    assert list(last(desk).buttons) == []


@pytest.mark.parametrize(
    ("label", "answer", "verdict"),
    [
        ("Post", "**Accepted:**", "accepted"),
        ("Discard", "**Discarded.** Not posted:", "dropped"),
        ("Wait", "**It stays held.** If nothing has settled it, the desk is asked again at 7:17 a.m.", "held"),
    ],
)
async def test_a_press_after_newer_figures_came_in_shows_both_and_asks_again(
    room: Room, label: str, answer: str, verdict: str
) -> None:
    notice = await hold_moved(room, moved(1100, 560, 2))
    before = await room.newsroom.database.rows("SELECT * FROM holds"), await room.audit()
    result = await room.editor.click(notice, label)
    assert result.ephemeral
    assert result.content == (
        "**Not decided yet: newer figures came in.** You were shown: Biden ahead by 490 of 1,530 votes, as of 7:01 a.m."
    )
    assert table(result).split("\n")[1:3] == [
        "**Lead:** Biden +500 → Biden +540 (+40)",
        "**Votes counted:** 1,500 → 1,660 (+160)",
    ]
    assert (await room.newsroom.database.rows("SELECT * FROM holds"), await room.audit()) == before
    assert (await decide(room, result, label)).startswith(answer)
    assert (await room.newsroom.verdicts())[-1][0] == verdict


NOW_540 = (
    "**Held now:** Biden ahead by 540 of 1,660 votes, as of 7:02 a.m. Difference: +40 in Biden's lead, +160 votes."
)
NOW_550 = (
    "**Held now:** Biden ahead by 550 of 1,690 votes, as of 7:03 a.m. Difference: +50 in Biden's lead, +190 votes."
)


async def test_a_notice_shows_newer_figures_below_those_that_its_buttons_are_about(room: Room) -> None:
    notice = await hold_moved(room, moved(1100, 560, 2))
    await room.publish()
    sentence, now, small = last(room.count).content.split("\n")
    assert (sentence, small) == tuple(notice.content.split("\n"))
    assert now == NOW_540
    for label in ("Post", "Wait", "Discard"):
        assert (await room.press(last(room.count), label)).startswith("**Not decided yet:")
    await room.newsroom.take(moved(1120, 570, 3))
    await room.publish()
    assert last(room.count).content.split("\n") == [sentence, NOW_550, small]
    assert len([message for message in history(room.count) if "Held" in message.content]) == 1


async def test_the_newest_figures_and_who_waits_are_both_on_the_notice(room: Room) -> None:
    notice = await hold_moved(room)
    await room.press(notice, "Wait")
    await room.newsroom.take(moved(1100, 560, 2))
    await room.publish()
    sentence, small = notice.content.split("\n")
    waits = "olga waits: the desk is asked again at 7:16 a.m."
    assert last(room.count).content.split("\n") == [sentence, NOW_540, waits, small]
    answer = await room.editor.click(last(room.count), "Wait")
    await room.press(answer, "Wait")
    await room.publish()
    assert last(room.count).content.split("\n")[1:3] == [NOW_540, "olga waits: the desk is asked again at 7:17 a.m."]


async def test_newer_figures_of_another_day_have_their_day(room: Room) -> None:
    """The notice stays where it was posted: below the date of the day before."""
    await hold_moved(room, moved(1100, 560, 24 * 60))
    await room.publish()
    assert "**Held now:** Biden ahead by 540 of 1,660 votes, as of 7 a.m. Thursday." in last(room.count).content


async def test_a_channel_that_is_not_asked_is_shown_no_newer_figures(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    notice = await hold_moved(room, moved(1100, 560, 2))
    await room.publish()
    assert last(room.count).content == notice.content
    assert NOW_540 in last(desk).content


async def test_what_waits_to_be_shown_below_a_notice_is_the_newest_alone(room: Room) -> None:
    """As when Discord can't be reached for an hour: one edit follows, and none where the notice itself is not posted."""
    await room.follow("ga")
    await room.newsroom.take(moved(1000, 500, 0), moved(1010, 520, 1), moved(1100, 560, 2), moved(1120, 570, 3))
    edits = "SELECT state, content FROM outbox WHERE action = 'edit'"
    ((state, content),) = await room.newsroom.database.rows(edits)
    assert (state, content.split("\n")[1]) == ("pending", NOW_550)
    await room.press(await room.card("status"), "President: Discard")
    assert [state for state, _ in await room.newsroom.database.rows(edits)] == ["dropped"]
    await room.publish()
    assert [message.content for message in history(room.count) if "eld" in message.content] == []


async def test_the_same_figures_at_a_later_time_are_decided_about_at_once(room: Room) -> None:
    """As when more of the count is said to be in, while no vote moves."""
    later = moved(1010, 520, 2).model_copy(update={"expected_total": 1700})
    notice = await hold_moved(room, later)
    assert (await room.newsroom.verdicts())[1:] == [
        ("dropped", "a newer reading took its place"),
        ("held", "many_units"),
    ]
    assert (await room.press(notice, "Discard")).startswith("**Discarded.** Not posted:")


async def test_figures_that_came_back_are_decided_about_at_once(room: Room) -> None:
    notice = await hold_moved(room, moved(1100, 560, 2), moved(1010, 520, 3))
    assert "Biden ahead by 490 of 1,530 votes, as of 7:03 a.m." in await decide(room, notice, "Post")
    assert (await room.newsroom.verdicts())[-1][0] == "accepted"


async def test_a_button_that_names_no_figures_decides_nothing_and_shows_what_is_held(room: Room) -> None:
    """So were those that an earlier version posted."""
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
    assert answer.content == "**Not decided yet: newer figures came in.**"
    assert "→ Biden +490" in table(answer)
    assert (await room.newsroom.verdicts())[-1][0] == "held"


async def test_a_reporter_may_not_answer(room: Room) -> None:
    await hold(room, None)
    assert await room.press(last(room.count), "Post", room.reporter) == NO_ROLE
    assert [verdict for verdict, _ in await room.newsroom.verdicts()] == ["accepted", "held"]


async def test_another_server_s_desk_is_told_that_it_is_answered_but_not_by_whom(
    room: Room, desk: Channel, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    room.newsroom.settles.add(channel.guild.id)
    await room.follow("ga", channel, who=eve)
    await hold(room, desk)
    notice = last(channel)
    await room.press(last(desk), "Discard")
    answer = await room.press(notice, "Post", eve)
    assert answer.startswith("That was already decided. **Discarded by the desk of Newsroom, 7:16 a.m.:**")
    await room.publish()
    assert last(channel).content.startswith("**Discarded by the desk of Newsroom, 7:16 a.m.:**")


async def test_every_server_that_follows_has_a_trace_of_who_settled_what_was_held(
    room: Room, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    room.newsroom.settles.add(channel.guild.id)
    await room.follow("ga", channel, who=eve)
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
        (room.guild.id, f"olga ({room.editor.id})", "hold post", "ga"),
        (channel.guild.id, f"the desk of Newsroom ({room.guild.id})", "hold post", "ga"),
    ]
    audit = await eve.slash(channel, "audit")
    line = (
        "7:01 a.m., the desk of Newsroom: **posted held figures** (President): was source the Times, reason many units"
    )
    assert line in audit.content
    assert "olga" not in audit.content
    why = await eve.slash(channel, "why", post="#4")  # the first one greeted the server
    assert "the desk of Newsroom approved it" in why.content


NOT_HERE = (
    "What is held is on hold for every server, so only servers the operator names may post or discard it, and this one "
    "is not among them: it waits for its source, or for the desk of another server."
)


async def test_a_server_that_the_operator_did_not_name_settles_nothing(
    room: Room, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    await room.follow("ga", channel, who=eve)
    await hold_moved(room, moved(1100, 560, 2))
    status = await eve.slash(channel, "status")
    assert "They wait for their source, or for the desk of another server." in status.content
    assert not status.parts
    assert (await room.newsroom.verdicts())[-1] == ("held", "many_units")


@pytest.mark.parametrize("label", ["Post", "Wait", "Discard"])
async def test_a_button_from_when_the_operator_named_a_server_settles_nothing_any_more(room: Room, label: str) -> None:
    notice = await hold_moved(room)
    room.newsroom.settles.clear()
    before = await room.audit()
    assert await room.press(notice, label) == NOT_HERE.replace(", or for the desk of another server", "")
    assert ((await room.newsroom.verdicts())[-1], await room.audit()) == (("held", "many_units"), before)


async def test_a_desk_that_settles_nothing_is_told_that_it_waits_for_its_source(room: Room, desk: Channel) -> None:
    room.newsroom.settles.clear()
    await room.set_desk(desk)
    await hold_moved(room, moved(1100, 560, 2))
    await room.publish()
    sentence, now, _ = last(desk).content.split("\n")
    assert sentence == last(room.count).content.split("\n")[0]
    assert sentence == (
        "**Held:** the Times' newest figures of Georgia's count change in 10 or more counties at once, with nearly all "
        "reported; the feed may have moved to another count. It waits for its source: nothing more of that count is "
        "posted until the source goes back to its earlier numbers."
    )
    assert (table(last(desk))[:16], now) == ("Before → on hold", NOW_540)
    assert list(last(desk).buttons) == list(last(room.count).buttons) == []


async def test_a_server_that_does_not_follow_the_contest_answers_nothing(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    notice = last(desk)
    await room.unfollow("ga")
    assert await room.press(notice, "Post") == "Those figures are no longer on hold in this server."


async def test_the_status_shows_what_is_held_with_its_buttons(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500), reading(900, 500, 1))
    card = await room.card("status")
    assert "**Held since 7:01 a.m.:**" in card.content
    assert (await room.press(card, "President: Discard")).startswith("**Discarded.** Not posted:\n- The Times")


async def test_a_channel_that_is_not_asked_is_shown_no_held_figures(room: Room, desk: Channel) -> None:
    await hold(room, desk)
    assert "→ Biden +400" in table(last(desk))
    assert "400" not in last(room.count).content
    assert last(room.count).embeds == []


async def hold_more(room: Room) -> Seen:
    """Let such a feed be held whose margin is news by itself; return the notice."""
    await room.follow("ga")
    await room.newsroom.post(moved(1000, 500, 0), moved(1310, 620, 1))
    return replace(last(room.count), message=copy(last(room.count).message))


async def test_post_asks_once_more_with_the_figures_and_posts_nothing(room: Room) -> None:
    notice = await hold_more(room)
    before = await room.newsroom.database.rows("SELECT * FROM holds"), await room.newsroom.posts()
    asked = await room.editor.click(notice, "Post")
    assert asked.content.split("\n") == [
        (
            "**Post 1,930 as the count?** It would go out as the Times' figures of Georgia's count. You can undo it for two "
            "minutes."
        ),
        (
            "Held since 7:01 a.m.: they change in 10 or more counties at once, with nearly all reported; the feed may have "
            "moved to another count."
        ),
    ]
    assert table(asked).split("\n")[1:] == [
        "**Lead:** Biden +500 → Biden +690 (+190)",
        "**Votes counted:** 1,500 → 1,930 (+430)",
        "**Precincts reported:** 100 of 100 (no change)",
        "**Counties that moved:** County 0 +1, County 1 +1, County 2 +1 and 7 more",
        "**Status:** unofficial (no change)",
        "**As of:** 7 a.m. → 7:01 a.m.",
    ]
    assert list(asked.buttons) == ["Post 1,930"]
    assert (await room.newsroom.database.rows("SELECT * FROM holds"), await room.newsroom.posts()) == before
    await room.newsroom.take(moved(1100, 560, 2))
    assert (await room.press(asked, "Post 1,930")).startswith("**Not decided yet: newer figures came in.**")


async def test_undo_takes_back_what_was_posted_in_the_open_and_stands_where_it_did(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await hold_more(room)
    await decide(room, last(desk), "Post")
    await room.publish()
    (posted,) = [one for one in history(room.count) if one.content.startswith("**Biden's lead in Georgia grows")]
    room.newsroom.at(2.9)
    answer = await room.press(last(desk), "Undo")
    assert answer == (
        "**Undone.** Biden ahead by 690 of 1,930 votes, as of 7:01 a.m., is withdrawn as if discarded. "
        "What was posted is retracted in 1 channel."
    )
    await room.publish()
    number = posted.content.rpartition("#")[2].split(" ")[0]
    assert last(room.count).content.startswith(
        f"**Retraction** of #{number}: we posted those figures by mistake. As before, Georgia's count has "
        "Biden ahead by 500 of 1,500 votes, as of 7 a.m."
    )
    assert next(one for one in history(room.count) if one.id == posted.id).content.startswith("**Retracted; see [#")
    assert last(desk).content.startswith(
        "**Withdrawn by olga, 7:02 a.m.:** the Times' figures of Georgia's count, held"
    )
    assert list(last(desk).buttons) == []
    assert "Biden leads in Georgia by 500 votes" in (await room.card("margin", contest="ga")).content
    assert [(what, by.split(" ")[0]) for by, what, *_ in await room.audit()][-1] == ("hold undo", "olga")
    assert (await room.newsroom.verdicts())[-1] == ("dropped", "posted by the desk, and taken back")
    posts = len(await room.newsroom.posts())
    await room.newsroom.take(moved(1310, 620, 3))  # the source shows it again, and that is no news
    assert len(await room.newsroom.posts()) == posts
    await room.newsroom.take(reading(1030, 500, 4, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 30}))
    (told,) = (await room.newsroom.posts())[posts:]
    assert "grows by 30 votes, to 530" in told.headline


async def test_undo_before_anything_was_sent_leaves_nothing_to_retract(room: Room) -> None:
    notice = await hold_more(room)
    answer = await room.editor.click(await room.editor.click(notice, "Post"), "Post 1,930")
    assert await room.press(answer, "Undo") == (
        "**Undone.** Biden ahead by 690 of 1,930 votes, as of 7:01 a.m., is withdrawn as if discarded. "
        "1 unsent post won't go out."
    )
    await room.publish()
    assert [line for line in said(room.count) if "held" not in line] == [
        "**Biden leads in Georgia by 500 votes,** with 1,500 counted."
    ]


async def test_what_came_after_it_is_judged_anew_against_what_stood_before(room: Room) -> None:
    """A batch of the wrong count is held again; what goes on from the right one is told."""
    notice = await hold_more(room)
    await decide(room, notice, "Post")
    await room.publish()
    await room.newsroom.take(reading(1380, 640, 2, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 90}))
    assert (await room.newsroom.verdicts())[-1][0] == "accepted"
    await room.publish()
    (undo,) = [one for one in history(room.count) if "Undo" in one.buttons]
    answer = await room.press(undo, "Undo")
    assert answer.endswith("What was posted is retracted in 1 channel. 1 reading that came since is checked again.")
    assert [verdict for verdict, _ in await room.newsroom.verdicts()] == ["accepted", "dropped", "dropped", "accepted"]
    await room.publish()
    retraction, told = said(room.count)[-2:]
    assert retraction.startswith("**Retraction** of #3 and #4: we posted those figures by mistake")
    assert "lead in Georgia grows by 240 votes, to 740" in told


@pytest.mark.parametrize("label", ["Post", "Discard"])
async def test_after_two_minutes_nothing_is_undone(room: Room, label: str) -> None:
    notice = await hold_more(room)
    await decide(room, notice, label)
    await room.publish()
    (undo,) = [one for one in history(room.count) if "Undo" in one.buttons]
    room.newsroom.wall.move(121)
    before = await room.newsroom.database.rows("SELECT * FROM readings"), await room.newsroom.posts()
    refused = await room.editor.click(undo, "Undo")
    assert refused.content.startswith("That was decided over two minutes ago, so it is not undone.")
    assert list(refused.buttons) == (["Withdraw 1,930"] if label == "Post" else [])
    assert (await room.newsroom.database.rows("SELECT * FROM readings"), await room.newsroom.posts()) == before


async def test_the_button_goes_when_its_time_is_over(room: Room) -> None:
    notice = await hold_more(room)
    await decide(room, notice, "Post")
    await room.publish()
    (undo,) = [one for one in history(room.count) if "Undo" in one.buttons]
    room.newsroom.wall.move(119)
    await look(room, 60)  # the news clock of a rehearsal runs faster
    assert [list(one.buttons) for one in history(room.count) if one.id == undo.id] == [["Undo"]]
    room.newsroom.wall.move(2)
    await look(room, 60)
    (over,) = [one for one in history(room.count) if one.id == undo.id]
    assert (list(over.buttons), over.content) == ([], undo.content)


async def withdrawn(room: Room, minute: float = 90) -> Seen:
    """Post what is held by mistake, let time go by, and ask to withdraw it; return the question."""
    await decide(room, await hold_more(room), "Post")
    await look(room, minute)
    return await room.editor.click(await room.card("held", contest="ga"), "Withdraw 1,930")


async def test_what_was_posted_by_mistake_can_be_withdrawn_at_any_time_and_is_played_back_first(room: Room) -> None:
    asked = await withdrawn(room)
    before = await room.newsroom.database.rows("SELECT * FROM readings"), await room.newsroom.posts()
    assert asked.content.split("\n") == [
        "**Withdraw 1,930?** Nothing is done yet.",
        (
            "**Posted by olga, 7:01 a.m.:** the Times' figures of Georgia's count, Biden ahead by 690 of 1,930 votes, as of "
            "7:01 a.m. Before: Biden ahead by 500 of 1,500 votes, as of 7 a.m."
        ),
        "This would be posted:",
        (
            "> **Retraction** of #3: we posted those figures by mistake. As before, Georgia's count has "
            "Biden ahead by 500 of 1,500 votes, as of 7 a.m."
        ),
        f"It goes out in <#{room.count.id}>.",
        "You can undo it for two minutes.",
    ]
    assert "690" in (await room.card("margin", contest="ga")).content
    assert (await room.newsroom.database.rows("SELECT * FROM readings"), await room.newsroom.posts()) == before
    answer = await room.press(asked, "Withdraw")
    assert answer.startswith("**Undone.** Biden ahead by 690 of 1,930 votes, as of 7:01 a.m., is withdrawn")
    await room.publish()
    assert last(room.count).content.startswith("**Retraction** of #3:")
    assert "Biden leads in Georgia by 500 votes" in (await room.card("margin", contest="ga")).content
    assert [(what, by.split(" ")[0]) for by, what, *_ in await room.audit()][-1] == ("hold withdraw", "olga")
    assert await room.press(asked, "Withdraw") == (
        "That was already decided. **Withdrawn by olga, 8:30 a.m.:** the Times' figures of Georgia's count, held since "
        "7:01 a.m."
    )
    assert await room.ask("held", contest="ga") == "Nothing on **President** is on hold."


async def test_a_turnout_mark_that_only_withdrawn_figures_had_passed_is_named_again(room: Room) -> None:
    await room.follow("ga", turnout_marks=1_900)
    asked = await withdrawn(room)
    await room.publish()
    assert last(room.count).content.count("More than 1,900 votes are counted in Georgia.") == 1
    await room.press(asked, "Withdraw")
    await room.publish()
    assert await room.newsroom.database.rows("SELECT watcher FROM watched WHERE watcher = 'turnout'") == []
    await room.newsroom.post(reading(1350, 560, 95))
    assert "More than 1,900 votes are counted in Georgia." in last(room.count).content


async def test_the_button_of_a_second_decision_outlasts_the_two_minutes_of_the_first(room: Room) -> None:
    asked = await withdrawn(room)  # posted, and the desk asked whether to withdraw it
    await room.publish()
    done = await room.editor.click(asked, "Withdraw")
    await room.press(done, "Undo")
    await room.publish()
    room.newsroom.wall.move(60)
    await decide(room, last(room.count), "Post")
    await room.publish()
    (undo,) = [one for one in history(room.count) if "Undo" in one.buttons][-1:]
    room.newsroom.wall.move(61)
    await look(room, 60)
    assert [list(one.buttons) for one in history(room.count) if one.id == undo.id] == [["Undo"]]
    room.newsroom.wall.move(60)
    await look(room, 60)
    assert [list(one.buttons) for one in history(room.count) if one.id == undo.id] == [[]]


async def test_a_correction_of_what_was_let_through_says_what_withdraws_it(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.publish()
    card = await room.card("correct", post="#3", text="the lead is 500")
    assert "Answers keep its figures, which were held, until the desk withdraws them with `/held`." in card.content


async def test_a_withdrawal_is_undone_once_within_two_minutes(room: Room) -> None:
    done = await room.editor.click(await withdrawn(room), "Withdraw")
    assert (await room.press(done, "Undo")).startswith(
        "**Undone.** It is held again: Biden ahead by 690 of 1,930 votes"
    )
    assert (await room.newsroom.verdicts())[-1][0] == "held"
    assert (await room.press(done, "Undo")).startswith("The desk's decision on that no longer stands")
    await room.publish()
    assert (await decide(room, last(room.count), "Post")).startswith("**Accepted:**")


async def test_what_was_posted_on_top_of_it_goes_with_it_and_is_held_anew(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.newsroom.take(moved(1810, 820, 2))
    await room.publish()
    (second,) = [one for one in history(room.count) if "Post" in one.buttons]
    await decide(room, second, "Post")
    await look(room, 30)
    card = await room.card("held", contest="ga")
    assert list(card.buttons) == ["Withdraw 1,930", "Withdraw 2,630"]
    done = await room.editor.click(await room.editor.click(card, "Withdraw 1,930"), "Withdraw")
    assert "1 reading that came since is checked again." in done.content
    await room.publish()
    assert [one.content.split(":**")[0] for one in history(room.count) if one.id == second.id] == [
        "**No longer held, 7:30 a.m."
    ]
    assert list((await room.card("held", contest="ga")).buttons) == ["Post", "Wait", "Discard"]


async def test_what_waits_on_top_of_it_is_judged_anew_and_its_notice_says_so(room: Room) -> None:
    first = await hold_moved(room)
    await decide(room, first, "Post")
    await room.publish()
    await room.newsroom.take(moved(1100, 540, 2))
    await room.publish()
    waits = last(room.count)
    assert waits.content.startswith("**Held for the desk:**")
    await room.press(next(seen for seen in history(room.count) if "Undo" in seen.buttons), "Undo")
    await room.publish()
    asked = [seen for seen in history(room.count) if seen.content.startswith("**Held for the desk:**")]
    assert [list(seen.buttons) for seen in asked] == [["Post", "Wait", "Discard"]]
    assert waits.id not in [seen.id for seen in asked]


async def test_a_withdrawal_is_not_undone_later(room: Room) -> None:
    done = await room.editor.click(await withdrawn(room), "Withdraw")
    room.newsroom.wall.move(121)
    assert (await room.press(done, "Undo")).startswith("That was decided over two minutes ago")


async def test_nothing_is_withdrawn_once_the_source_has_left_it(room: Room) -> None:
    asked = await withdrawn(room, 5)
    back = reading(1030, 500, 6, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 30})
    await room.newsroom.take(back, back.model_copy(update={"as_of": reading(1, 1, 8).as_of}))
    assert "Withdraw" not in str((await room.card("held", contest="ga")).buttons)
    posts = len(await room.newsroom.posts())
    assert (await room.press(asked, "Withdraw")).startswith("That was already decided.")
    assert len(await room.newsroom.posts()) == posts


async def test_a_source_s_return_from_what_the_desk_posted_reads_as_our_error_put_right(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.publish()
    back = reading(1030, 500, 6, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 30})
    await room.newsroom.take(back, back.model_copy(update={"as_of": reading(1, 1, 8).as_of}))
    await room.publish()
    post = last(room.count)
    assert post.content.startswith(
        "**Correction: Biden leads in Georgia by 530 votes.** We posted Biden ahead by 690, from figures that had been held "
        "and that the Times has left since."
    )
    assert "source's own" not in (post.embeds[0].description or "")
    wrong = next(one for one in history(room.count) if "to 690" in one.content)
    assert wrong.content.startswith("**Corrected; see [#4](")
    await room.newsroom.take(reading(1010, 500, 9), reading(1010, 500, 11))
    await room.publish()
    assert last(room.count).content.startswith("**Count revised:**")
    assert "The revision is the source's own." in (last(room.count).embeds[0].description or "")


async def test_all_that_rested_on_it_is_marked_as_our_error(room: Room) -> None:
    await decide(room, await hold_more(room), "Post")
    await room.publish()
    await room.newsroom.take(reading(1410, 650, 2, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 130}))
    await room.publish()
    assert list((await room.card("held", contest="ga")).buttons) == ["Withdraw 1,930"]
    wrong = [one.id for one in history(room.count) if "to 690" in one.content or "to 760" in one.content]
    back = reading(1030, 500, 6, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 30})
    await room.newsroom.take(back, back.model_copy(update={"as_of": reading(1, 1, 8).as_of}))
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
    assert second.endswith("The lead is 501.")


async def test_a_second_person_confirms_a_withdrawal(room: Room, desk: Channel, dee: Person) -> None:
    asked = await withdrawn(room)
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    assert await room.press(asked, "Withdraw") == (
        f"**Not withdrawn yet:** someone else on the desk must confirm it in <#{desk.id}>; your own second press does not."
    )
    await room.publish()
    question = last(desk)
    assert question.content.startswith("**Confirm?** olga wants to withdraw 1,930, which was held and posted")
    assert "someone else on the desk must confirm it" in await room.press(question, "Confirm")
    assert (await room.press(question, "Confirm", dee)).startswith("**Undone.**")
    await room.publish()
    assert last(room.count).content.startswith("**Retraction** of #")
    assert list(last(desk).buttons) == []


async def test_a_second_person_keeps_what_one_would_withdraw(room: Room, desk: Channel, dee: Person) -> None:
    asked = await withdrawn(room)
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    await room.press(asked, "Withdraw")
    await room.publish()
    assert await room.press(last(desk), "Reject", dee) == "**Rejected.** It stays as posted."
    await room.publish()
    assert last(desk).content.startswith("**Rejected by dee, 8:30 a.m.** It stays as posted.\n**Confirm?** olga")
    assert (await room.newsroom.verdicts())[-1][0] == "accepted"


@pytest.mark.parametrize("press", ["Confirm", "Reject"])
async def test_a_question_that_is_answered_too_late_to_withdraw_is_closed(
    room: Room, desk: Channel, dee: Person, press: str
) -> None:
    asked = await withdrawn(room, 5)
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    await room.press(asked, "Withdraw")
    await room.publish()
    back = reading(1030, 500, 6, reporting={"precincts": (100, 100)}, unit_batch={"Floyd": 30})
    await room.newsroom.take(back, back.model_copy(update={"as_of": reading(1, 1, 8).as_of}))
    answer = await room.press(last(desk), press, dee)
    assert answer.startswith("That was already decided.")
    await room.publish()
    assert last(desk).content.startswith(f"{answer}\n**Confirm?** olga wants to withdraw 1,930")
    assert list(last(desk).buttons) == []


async def test_what_was_dropped_waits_again(room: Room) -> None:
    notice = await hold_more(room)
    await room.press(notice, "Discard")
    await room.publish()
    assert await room.press(last(room.count), "Undo") == (
        "**Undone.** It is held again: Biden ahead by 690 of 1,930 votes, as of 7:01 a.m."
    )
    await room.publish()
    assert last(room.count).content.startswith("**Still held:** the Times' newest figures")
    assert (await decide(room, last(room.count), "Post")).startswith("**Accepted:**")


async def test_another_server_s_desk_undoes_nothing(room: Room, elsewhere: tuple[Channel, Person]) -> None:
    channel, eve = elsewhere
    room.newsroom.settles.add(channel.guild.id)
    await room.follow("ga", channel, who=eve)
    await hold_more(room)
    await eve.click(last(channel), "Discard")
    await room.publish()
    assert (list(last(channel).buttons), list(last(room.count).buttons)) == (["Undo"], [])
    ((series, since),) = await room.newsroom.database.rows("SELECT series, since FROM holds")
    answer = await room.newsroom.rooms.tally.holds.press(
        "undo", series, since, None, Asker(room.guild.id, 1, "olga (1)")
    )
    assert render(answer).content == "The desk of another server decided that, and only it can undo it."


async def test_a_second_person_confirms_what_is_held(room: Room, desk: Channel, dee: Person) -> None:
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    await hold_more(room)
    asked = await room.editor.click(last(desk), "Post")
    assert asked.content.split("\n")[0].endswith("Someone else on the desk must confirm it.")
    assert await room.press(asked, "Post 1,930") == (
        f"**Not posted yet:** someone else on the desk must confirm it in <#{desk.id}>; your own second press does not."
    )
    await room.publish()
    question = last(desk)
    assert question.content.startswith(
        "**Confirm?** olga wants to post 1,930, held of the Times' figures of Georgia's count.\n"
    )
    assert "→ Biden +690 (+190)" in table(question)
    assert (await room.newsroom.verdicts())[-1][0] == "held"
    assert "someone else on the desk must confirm it" in await room.press(question, "Confirm")
    assert (await room.newsroom.verdicts())[-1][0] == "held"
    assert (await room.press(question, "Confirm", dee)).startswith("**Accepted:**")
    await room.publish()
    assert last(desk).content.startswith("**Posted by olga, confirmed by dee, 7:01 a.m.:**")
    assert "Confirm" not in last(desk).buttons
    assert [json.loads(after) for _, what, _, after in await room.audit() if what == "hold post"] == [
        {"confirmed_by": f"dee ({dee.id})"}
    ]


async def test_what_is_asked_twice_is_one_question_and_what_is_asked_anew_ends_the_first(
    room: Room, desk: Channel, dee: Person
) -> None:
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    await hold_more(room)
    notice = last(desk)
    answers = [await room.press(notice, "Discard") for _ in range(2)]
    assert (
        answers
        == [
            f"**Not discarded yet:** someone else on the desk must confirm it in <#{desk.id}>; your own second press does not."
        ]
        * 2
    )
    await room.publish()
    assert [list(one.buttons) for one in history(desk)] == [["Post", "Wait", "Discard"], ["Confirm", "Reject"]]
    await decide(room, notice, "Post")
    await room.publish()
    first, second = history(desk)[1:]
    assert first.content.startswith("**Asked anew in #")
    assert (list(first.buttons), list(second.buttons)) == ([], ["Confirm", "Reject"])
    assert (await room.press(second, "Confirm", dee)).startswith("**Accepted:**")


async def test_who_decides_reads_what_another_source_has_and_why_it_is_held(room: Room) -> None:
    await room.newsroom.take(reading(1005, 500, source="ga-sos"))
    notice = await hold_more(room)
    theirs = "The Secretary of State: Biden ahead by 505 of 1,505 votes, as of 7 a.m."
    asked = await room.editor.click(notice, "Post")
    for seen in (notice, asked):
        assert [(field.name, field.value) for field in seen.embeds[0].fields] == [("Other sources", theirs)]
    assert asked.content.split("\n")[1] == (
        "Held since 7:01 a.m.: they change in 10 or more counties at once, with nearly all reported; the feed may have "
        "moved to another count."
    )


async def test_a_second_person_says_no(room: Room, desk: Channel, dee: Person) -> None:
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    await hold_more(room)
    assert (await room.press(last(desk), "Discard")).startswith("**Not discarded yet:**")
    await room.publish()
    question = last(desk)
    assert await room.press(question, "Reject", dee) == "**Rejected.** It stays held."
    assert await room.press(question, "Confirm", dee) == "That question is closed. It is still held."
    await room.publish()
    assert last(desk).content.startswith(
        "**Rejected by dee, 7:01 a.m.** It stays held.\n**Confirm?** olga wants to drop"
    )
    assert list(last(desk).buttons) == []
    assert (await room.newsroom.verdicts())[-1][0] == "held"


async def test_an_answer_says_what_its_post_waits_for(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await room.follow("ga")
    await room.newsroom.post(moved(1000, 500, 0), moved(1310, 620, 1))
    (asked,) = [one for one in history(desk) if "Post" in one.buttons]
    answer = await decide(room, asked, "Post")
    assert f"\nIt waits in <#{desk.id}> for Publish. You can undo it" in answer


async def test_an_answer_says_that_the_server_is_paused(room: Room) -> None:
    notice = await hold_more(room)
    await room.ask("pause")
    assert "It waits: this server's posts have been paused since 7:01 a.m. by olga" in await decide(
        room, notice, "Post"
    )


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
    (posted,) = [one for one in history(room.count) if one.content.startswith("**Biden's lead in Georgia grows")]
    await room.newsroom.post(moved(1410, 640, 5))
    await room.newsroom.corrections.correct(room.guild.id, 3, "it is 689", "Olga")
    await room.publish()
    await look(room, 90)
    await room.editor.click(
        await room.editor.click(await room.card("held", contest="ga"), "Withdraw 1,930"), "Withdraw"
    )
    await room.publish()
    first, second, *_ = next(one for one in history(room.count) if one.id == posted.id).content.split("\n")
    assert first.startswith("**Retracted; see ")
    assert second.startswith("**Corrected; see ")
