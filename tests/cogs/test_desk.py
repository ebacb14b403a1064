"""Tests `/following`, roles, held readings and corrections: who may use them, and the replies."""

from copy import copy
from dataclasses import replace
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, history, last
from tests.conftest import handled, reading

RULE = (
    "-# Updates with fewer than 10 new votes wait for the next post. A difference between feeds is posted once a margin has stood for "
    "15 minutes. Figures that staff enter stay in answers for 12 hours."
)


async def test_following_says_which_channels_are_public_and_that_this_one_follows_nothing_yet(
    room: Room, desk: Channel
) -> None:
    await room.follow("ga")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    shown = await room.editor.slash(desk, "following")
    assert shown.content == (
        f"**<#{desk.id}>** follows nothing yet.\n<#{room.count.id}>: **President**; public\n{RULE}"
    )


async def test_following_lists_every_channel_of_the_server_alone(room: Room) -> None:
    live = room.guild.add_channel("live")
    assert await room.ask("following", room.reporter) == ("No channel you can see follows a contest.")
    await room.newsroom.follow()  # another server's
    await room.follow("ga")
    await room.follow("senate", at_least=1, quiet_hours="0-5")
    await room.follow("evil", channel=live)
    lines = (await room.ask("following", room.reporter)).split("\n")
    assert lines[:2] == [
        f"<#{room.count.id}>: **President**",
        f"<#{room.count.id}>: **U.S. Senate**, minimum change 1 vote; quiet from midnight to 5 a.m.",
    ]
    assert lines[2].startswith(f"<#{live.id}>: **@\u200beveryone \\<@\u200b&1> \\*\\*Mayor\\*\\*")
    assert lines[3:] == [RULE]


async def test_a_contest_that_left_the_desk_file_is_still_listed(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.database.write(lambda connection: connection.execute("UPDATE follows SET contest = '*old*'"))
    gone = "\\*old\\* (no longer in the desk file)"
    assert await room.ask("following", room.reporter) == f"<#{room.count.id}>: {gone}\n{RULE}"
    assert (await room.ask("following")).startswith(f"**<#{room.count.id}>** follows {gone};")


async def test_a_role_may_do_what_it_was_set_for_and_every_change_of_it_is_kept(room: Room) -> None:
    desk = room.role("Desk")
    member = room.person("dee", desk)
    await room.refused("mute", member, source="times")
    await room.set_role(desk)
    await room.mute("times", who=member)
    await room.set_role(desk, "reporter")
    await room.set_role(None)
    await room.refused("mute", member, source="times")
    roles = [(name, what, before, after) for name, what, before, after in await room.audit() if what.endswith(" role")]
    assert roles == [
        (str(room.editor), "desk role", None, str(desk.id)),
        (str(room.editor), "reporter role", None, str(desk.id)),
        (str(room.editor), "desk role", str(desk.id), None),
    ]


async def test_another_servers_role_opens_nothing(room: Room) -> None:
    other = room.newsroom.world.add_guild("Elsewhere")
    channel = other.add_channel("count")
    desk = room.role("Desk")
    await room.set_role(desk)
    member = room.person("eve", other.add_role("Desk"), guild=other)
    result = await member.slash(channel, "pause")
    assert result.content.startswith("You need the desk role")
    assert len(room.failures) == 1


async def test_only_a_text_channel_can_follow(room: Room) -> None:
    forum = room.guild.add_channel("questions", forum=True)
    assert (await room.editor.slash(forum, "following")).buttons == {}


class TestServersTheOperatorDidNotList:
    @pytest.fixture
    def served(self) -> list[int]:
        return [4242]

    @pytest.mark.parametrize(("words", "options"), [("margin", {"contest": "ga"}), ("help", {}), ("following", {})])
    async def test_are_refused(self, room: Room, words: str, options: dict[str, Any]) -> None:
        assert await room.ask(words, **options) == "This bot does not serve this server."
        assert await room.follows() == []
        assert await room.audit() == []

    async def test_get_no_suggestions(self, room: Room) -> None:
        standin, asker = room.newsroom.standin, room.reporter.id
        with pytest.raises(TimeoutError):
            await standin.autocomplete(room.count.id, asker, "margin", "contest", "", timeout=0.2)
        await handled()
        assert [request for request in room.requests if request.path.endswith("/callback")] == []

    async def test_are_not_joined(self, room: Room) -> None:
        assert await room.newsroom.count("servers") == 0


async def test_a_fault_of_our_own_is_said_to_be_one_and_logged(
    room: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: int) -> list[object]:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(room.newsroom.desk_store, "following", broken)
    assert await room.ask("following") == (
        "That failed, and it is the bot's fault; its operator can read the reason in the log. Check what was done "
        "before you try again."
    )
    (failure,) = room.failures
    assert isinstance(failure, RuntimeError)
    room.failures.clear()
    assert "disk on fire" in capsys.readouterr().out


async def test_an_answer_that_is_too_late_for_discord_is_one_line_in_the_log(
    room: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    following, fails = room.newsroom.desk_store.following, [True, False]

    async def slow(server: int) -> list[Any]:
        room.newsroom.wall.move(3.5)
        if fails.pop():
            raise BadInputError("there is nothing")
        return list(await following(server))

    monkeypatch.setattr(room.newsroom.desk_store, "following", slow)
    while fails:
        with pytest.raises(TimeoutError):
            await room.newsroom.standin.slash(room.count.id, room.editor.id, "following", timeout=0.2)
        await handled()
        logged = capsys.readouterr().out
        assert logged.count("an answer came too late for Discord") == 1
        assert "Traceback" not in logged
        room.failures.clear()


async def test_a_held_reading_is_let_through_from_the_status(room: Room) -> None:
    newsroom = room.newsroom
    await room.follow("ga")
    await newsroom.take(reading(110, 100), reading(105, 100, 1))
    shown = await room.card("status")
    assert (await newsroom.verdicts())[-1] == ("held", "fall")
    await room.press(await room.editor.click(shown, "President: Post"), "Post 205")
    assert (await newsroom.verdicts())[-1] == ("accepted", "fall")
    assert "hold post" in [what for _, what, _, _ in await room.audit()]
    assert "Biden ahead by 5, with 205 votes counted" in await room.ask("held", contest="ga")


async def test_two_counts_that_are_held_are_told_apart_on_the_buttons(room: Room) -> None:
    newsroom = room.newsroom
    await room.follow("ga")
    for source, count in (("times", "election"), ("ga-sos", "audit")):
        said = {"source": source, "count": count}
        await newsroom.take(reading(110, 100, 1, **said), reading(105, 100, 2, **said))
    shown = await room.card("status")
    assert "The Secretary of State, Georgia's audit" in await room.press(
        shown, "President, Sec. of State, audit: Discard"
    )
    assert (await newsroom.verdicts())[-1] == ("dropped", "dropped by the desk")
    asked = await room.editor.click(shown, "President, the Times, count: Post")
    assert "The Times, Georgia's count" in await room.press(asked, "Post 205")


async def test_who_does_not_follow_a_contest_does_not_judge_its_readings(room: Room) -> None:
    await room.newsroom.take(reading(110, 100), reading(105, 100, 1))
    assert (await room.card("status")).buttons == {}
    assert (await room.newsroom.verdicts())[-1] == ("held", "fall")


# Corrections and retractions.


async def posted(room: Room) -> None:
    """Post a margin from a feed as #1 and a margin from an entry by the desk as #2."""
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    said = {"source": "ga-sos", "contest": "ga", "as_of": reading(1, 0).as_of, "leader": "biden", "margin": 400}
    await room.newsroom.statements.take_in(Statement.model_validate(said), room.guild.id, "Olga")
    await room.newsroom.publish()


async def contents(room: Room) -> list[str]:
    """Send the waiting posts. Returns the contents of the channel's messages."""
    await room.publish()
    return [seen.content for seen in history(room.count)]


async def test_a_correction_is_played_back_and_nothing_is_posted_before_its_button(room: Room) -> None:
    await posted(room)
    card = await room.card("correct", post="#1", text="the lead is 501")
    assert card.content.endswith("\nAnswers keep the source's figures, and say that our post was corrected.")
    (quoted,) = [line for line in card.content.split("\n") if line.startswith("> ")]
    assert list(card.buttons) == ["Post correction", "Discard"]
    assert not card.lists
    assert "correct" not in [what for _, what, *_ in await room.audit()]
    assert len(await contents(room)) == 2
    done = await room.editor.click(card, "Post correction")
    assert done.content == "**Correction going out.** #1 will be marked Corrected."
    assert list(done.buttons) == ["Undo until 7:02 a.m."]
    assert (await contents(room))[2].startswith(quoted.removeprefix("> "))
    assert (await room.newsroom.database.rows("SELECT state FROM proposals")) == [("done",)]


async def test_a_correction_of_an_entry_s_post_says_that_its_figure_stays_and_the_way_out(room: Room) -> None:
    await posted(room)
    card = await room.card("correct", post="#2", text="the lead is 401")
    stays = "Answers and the board still use the entry, Biden +400: to replace it, retract #2 and enter it again."
    assert stays in card.content.split("\n")
    assert card.content.startswith("**Correct #2?** “")
    await room.editor.click(card, "Post correction")
    await room.newsroom.publish()
    assert stays in (await room.card("correct", post="#3", text="the lead is 402")).content.split("\n")
    await room.editor.click(await room.card("retract", post="2", why="misread"), "Retract")
    await room.publish()
    assert "Answers" not in (await room.card("correct", post="#2", text="the lead is 403")).content


async def test_a_correction_is_discarded(room: Room) -> None:
    await posted(room)
    before = await contents(room)
    card = await room.card("correct", post="#1", text="the lead is 501")
    assert await room.press(card, "Discard") == "**Discarded.** Nothing was posted."
    assert await contents(room) == before


async def test_a_correction_that_went_out_stays_and_the_next_one_puts_it_right(room: Room) -> None:
    await posted(room)
    done = await room.replace("correct", post="#1", text="the lead is 501")
    before = await contents(room)
    assert await room.press(done, "Undo") == "That went out in #3, so it is not undone; use `/correct` on the post."
    assert await contents(room) == before


async def test_a_correction_that_was_not_sent_yet_is_undone_without_a_word(room: Room) -> None:
    await posted(room)
    before = await contents(room)
    await room.ask("pause")
    done = await room.replace("correct", post="#1", text="the lead is 501")
    assert await room.press(done, "Undo") == "**Undone.** 1 unsent post won't go out."
    await room.resume()
    assert await contents(room) == before


async def test_a_correction_that_took_the_place_of_an_unsent_post_is_not_undone(room: Room, desk: Channel) -> None:
    await posted(room)
    await room.follow("ga", desk, board=False)
    await room.set_desk(room.guild.add_channel("questions"))
    await room.set_public(desk, public=True)
    await room.newsroom.take(reading(1200, 500, 1))
    await room.publish()
    await room.ask("pause")
    done = await room.replace("correct", post="#3", text="the lead is 501")
    assert await room.press(done, "Undo") == (
        "Posts that had not gone out were dropped for that, so it is not undone; correct it again."
    )


async def test_a_retraction_names_the_correction_that_it_marks(room: Room) -> None:
    await posted(room)
    await room.replace("correct", post="2", text="It is 501")
    await room.publish()
    card = await room.card("retract", post="2", why="misread")
    assert card.content.startswith("**Retract #2 and its correction #3?** ")
    assert "#2 and its correction #3" in (await room.editor.click(card, "Retract")).content
    assert [content.split(";")[0] for content in (await contents(room))[1:3]] == ["**Retracted", "**Retracted"]


async def test_after_two_minutes_a_correction_stays(room: Room) -> None:
    await posted(room)
    done = await room.replace("correct", post="#1", text="the lead is 501")
    room.newsroom.at(60)  # the day's clock may run fast
    room.newsroom.wall.move(121)
    before = await contents(room)
    assert (await room.press(done, "Undo")).startswith("That was posted over two minutes ago;")
    assert await contents(room) == before


async def test_a_correction_is_posted_once(room: Room) -> None:
    await posted(room)
    card = await room.card("correct", post="#1", text="the lead is 501")
    first = replace(card, message=copy(card.message))
    await room.editor.click(card, "Post correction")
    (key,) = [key for key in first.keys if key.endswith(":post")]
    corrections = room.newsroom.rooms.entries.corrections
    with pytest.raises(BadInputError, match="that is already posted, by olga"):
        await corrections.press("post", Asker(room.guild.id, room.editor.id, "olga (1)"), int(key.split(":")[1]))
    assert [row.kind for row in await room.newsroom.posts()].count("correction") == 1


async def test_a_correction_waits_for_publish_where_the_public_reads_and_says_so(room: Room, desk: Channel) -> None:
    await posted(room)
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    done = await room.replace("correct", post="#1", text="the lead is 501")
    assert done.content.startswith(f"The correction waits in <#{desk.id}> for Publish.")
    assert len(await contents(room)) == 2
    await room.press(done, "Undo")
    await room.publish()
    assert "retracted:** not posted" in history(desk)[-1].content


async def test_confirmation_says_where_nobody_else_could_confirm(room: Room, desk: Channel) -> None:
    card = await room.editor.click(await room.overview(), "2 Desk channel")
    card = await room.editor.choose(card, card.lists[0], desk)
    assert "Everyone in this server can read it, with held figures" in card.content
    card = await room.editor.click(card, "Require a second person")
    assert "No desk role is set, so only others who can manage the server can confirm" in card.content
    await room.set_role(room.role("Desk"))
    card = await room.editor.click(await room.overview(), "2 Desk channel")
    assert "No desk role" not in card.content
    closed = room.guild.add_channel("closed")
    closed.forbid("VIEW_CHANNEL", to=room.guild.roles[room.guild.id])
    closed.allow("VIEW_CHANNEL")
    card = await room.editor.choose(card, card.lists[0], closed)
    assert "Everyone" not in card.content


@pytest.fixture
async def confirming(room: Room, desk: Channel) -> Channel:
    """Return the desk's channel of a room with two-person confirmation."""
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    return desk


async def is_two_person(room: Room) -> bool:
    """Return True if two-person confirmation is on."""
    return await room.newsroom.rooms.outbox.two_person.is_two_person(room.guild.id, room.newsroom.clock.now())


async def test_one_person_alone_ends_confirmation_only_after_ten_minutes_and_in_the_open(
    room: Room, confirming: Channel
) -> None:
    assert "7:10 a.m." in await room.set_two_person(on=False)
    await room.publish()
    notice = last(confirming)
    assert notice.content.startswith(
        "**Confirmation by a second person ends at 7:10 a.m.:** olga wants it off. Until then, what one person enters"
    )
    assert "7:10 a.m." in await room.press(notice, "End it now")
    for minute, on in ((9.9, True), (10.1, False)):
        room.newsroom.at(minute)
        assert await is_two_person(room) is on


@pytest.mark.parametrize(("label", "on"), [("Keep confirmation", True), ("End it now", False)])
async def test_a_second_person_ends_confirmation_at_once_or_keeps_it(
    room: Room, confirming: Channel, label: str, on: bool, dee: Person
) -> None:
    await room.set_two_person(on=False)
    await room.publish()
    await room.press(last(confirming), label, dee)
    await room.publish()
    done = "kept" if on else "ended"
    assert last(confirming).content.startswith(f"**Confirmation by a second person was {done} by dee, 7 a.m.**")
    assert list(last(confirming).buttons) == []
    room.newsroom.at(20)
    assert await is_two_person(room) is on


@pytest.mark.parametrize("ending", [False, True])
@pytest.mark.parametrize("moved", [False, True])
async def test_the_desk_channel_stays_where_it_is_while_a_second_person_confirms(
    room: Room, confirming: Channel, moved: bool, ending: bool
) -> None:
    """With another channel, one person could end two-person confirmation alone, or where nobody sees the question."""
    dark = room.guild.add_channel("dark")
    if ending:
        await room.set_two_person(on=False)
    with pytest.raises(BadInputError, match="first end confirmation by a second person"):
        await room.set_desk(dark if moved else None)
    assert await room.newsroom.rooms.outbox.channels.desk_channel(room.guild.id) == confirming.id
    assert await is_two_person(room)
    await room.set_two_person(on=False)
    room.newsroom.at(10.1)
    await room.set_desk(dark if moved else None)


@pytest.mark.parametrize(
    ("label", "answer", "posts"),
    [("Confirm", "**Correction going out.**", 3), ("Reject", "**Rejected.** Nothing is posted.", 2)],
)
async def test_a_second_person_confirms_a_correction(
    room: Room, confirming: Channel, label: str, answer: str, posts: int, dee: Person
) -> None:
    await posted(room)
    card = await room.card("correct", post="#1", text="the lead is 501")
    assert card.content.endswith(f"Someone else on the desk must confirm it in <#{confirming.id}>.")
    asked = await room.editor.click(card, "Post correction")
    assert asked.content.startswith("**Waiting for a second person** to confirm ")
    await room.publish()
    question = last(confirming)
    assert question.content.startswith("**Confirm?** olga wants to correct #1.\n")
    await room.press(question, "Confirm")  # who asked does not
    assert len(await contents(room)) == 2
    assert (await room.press(question, label, dee)).startswith(answer)
    assert len(await contents(room)) == posts
    assert "by dee, 7 a.m." in last(confirming).content
    assert list(last(confirming).buttons) == []


async def test_posts_come_up_as_one_types_without_markdown(room: Room) -> None:
    await posted(room)
    choices = await room.editor.autocomplete(room.count, "correct", "post", "")
    assert [(choice["name"], choice["value"]) for choice in choices][1] == (
        "#1 · Biden leads in Georgia by 500 votes, with 1,500 counted.",
        "1",
    )
    choices = await room.editor.autocomplete(room.count, "retract", "post", "")
    assert [choice["value"] for choice in choices] == ["2"]


async def test_posts_come_up_for_nobody_but_the_desk(room: Room) -> None:
    await posted(room)
    for words in ("correct", "retract"):
        assert await room.reporter.autocomplete(room.count, words, "post", "") == []


@pytest.mark.parametrize("typed", ["two", "#", "1.5", "99999999999", "²"])
async def test_what_is_no_number_is_said(room: Room, typed: str) -> None:
    assert "is not a post number" in await room.refused("correct", post=typed, text="the lead is 501")


async def test_a_refusal_names_its_commands_in_code_marks(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    assert await room.refused("retract", post="1", why="misread") == (
        "\\#1 is not from an entry; use `/correct` for it."
    )
    assert await room.refused("retract", post="99", why="misread") == "There is no #99 in this newsroom."
