"""/follow, /unfollow, /following and /desk role, and who may use them."""

import json
from copy import copy
from dataclasses import replace
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.entries.drafts import Asker
from bot.errors import BadInputError
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, history
from tests.conftest import handled, reading

NEEDED = ("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history")


@pytest.fixture
def live(room: Room) -> Channel:
    return room.guild.add_channel("live")


async def test_a_channel_follows_from_here_on(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    said = await room.ask("follow", contest="ga")
    assert said == (
        f"<#{room.count.id}> now follows **President** and gets a post when the margin moves by 25 votes or 0.3% of "
        "the lead; lead changes and revisions always post. A pinned board there shows the count.\n"
        "**Biden leads in Georgia by 20 votes,** with 220 counted.\n-# the Times, 7:05 a.m."
    )
    assert await room.follows() == [(room.count.id, "ga", None)]
    ((name, what, before, after),) = await room.audit()
    assert (name, what, before) == (str(room.editor), "follow", None)
    assert json.loads(after) == {"channel": room.count.id, "contest": "ga", "least": None, "board": True}
    assert await room.newsroom.posts() == []


async def test_another_channel_follows_from_so_many_votes_on(room: Room, live: Channel) -> None:
    said = await room.ask("follow", contest="Senate", channel=live, at_least=500)
    assert said.startswith(
        f"<#{live.id}> now follows **U.S. Senate** and gets a post when the margin moves by 500 votes;"
    )
    assert await room.follows() == [(live.id, "senate", 500)]


async def test_following_again_changes_from_how_many_votes_on(room: Room) -> None:
    await room.ask("follow", contest="ga", at_least=500)
    assert "still follows" in await room.ask("follow", contest="ga", at_least=1)
    assert await room.follows() == [(room.count.id, "ga", 1)]
    assert "25 votes or 0.3%" in await room.ask("follow", contest="ga")
    rows = await room.audit()
    assert [(json.loads(before or "{}").get("least"), json.loads(after)["least"]) for _, _, before, after in rows] == [
        (None, 500),
        (500, 1),
        (1, None),
    ]


async def test_a_channel_stops_following(room: Room) -> None:
    await room.ask("follow", contest="ga", at_least=500)
    assert await room.ask("unfollow", contest="ga") == f"<#{room.count.id}> no longer follows **President**."
    assert await room.follows() == []
    name, what, before, after = (await room.audit())[-1]
    assert (name, what, after) == (str(room.editor), "unfollow", None)
    assert json.loads(before) == {
        "channel": room.count.id, "contest": "ga", "least": 500, "board": True,
    }  # fmt: skip


async def test_who_wants_no_board_has_none(room: Room) -> None:
    assert "board" not in await room.ask("follow", contest="ga", board=False)
    assert [row.board for row in await room.following.servers.following(room.guild.id)] == [False]


async def test_a_board_that_is_asked_for_takes_the_permission_to_pin(room: Room) -> None:
    unpinned = room.closed("unpinned", "PIN_MESSAGES")
    said = await room.refused("follow", contest="ga", channel=unpinned, board=True)
    assert said.endswith("it lacks the permission to pin messages.")
    assert "board" not in await room.ask("follow", contest="ga", channel=unpinned)


async def test_stopping_what_was_not_followed_says_so_and_writes_nothing(room: Room, live: Channel) -> None:
    said = await room.ask("unfollow", contest="ga", channel=live)
    assert said == f"<#{live.id}> did not follow **President**."
    assert await room.audit() == []


async def test_following_lists_every_channel_of_the_server_alone(room: Room, live: Channel) -> None:
    assert await room.ask("following", room.reporter) == (
        "No channel you can see follows a contest. Start with `/follow`."
    )
    await room.newsroom.follow()  # another server's
    await room.ask("follow", contest="ga")
    await room.ask("follow", contest="senate", at_least=1)
    await room.ask("follow", contest="evil", channel=live)
    lines = (await room.ask("following", room.reporter)).split("\n")
    assert lines[:2] == [
        f"<#{room.count.id}>: **President**, from 25 votes or 0.3% of the lead",
        f"<#{room.count.id}>: **U.S. Senate**, from 1 vote",
    ]
    assert lines[2].startswith(f"<#{live.id}>: **@\u200beveryone \\<@\u200b&1> \\*\\*Mayor\\*\\*")
    assert len(lines) == 3


async def test_a_contest_that_left_the_desk_file_is_still_listed(room: Room) -> None:
    await room.ask("follow", contest="ga")
    await room.newsroom.database.transact(lambda connection: connection.execute("UPDATE follows SET contest = '*old*'"))
    assert await room.ask("following") == (
        f"<#{room.count.id}>: \\*old\\* (no longer in the desk file), from 25 votes or 0.3% of the lead"
    )


async def test_a_role_may_do_what_it_was_set_for_and_every_change_of_it_is_kept(room: Room) -> None:
    desk = room.role("Desk")
    member = room.person("dee", desk)
    await room.refused("source mute", member, source="times")
    assert await room.ask("desk role", role=desk) == f"<@&{desk.id}> can now enter, confirm, publish, correct and mute."
    assert (await room.ask("source mute", member, source="times")).startswith("**Muted.**")
    assert (await room.ask("desk role", role=desk, may="reporter")).startswith(
        f"<@&{desk.id}> can now enter what no feed"
    )
    assert await room.ask("desk role") == (
        "No role is set for the desk now. Anyone who can manage the server can still do everything."
    )
    assert (await room.refused("source unmute", member, source="times")).startswith("You need the desk role")
    roles = [(name, what, before, after) for name, what, before, after in await room.audit() if what.endswith(" role")]
    assert roles == [
        (str(room.editor), "desk role", None, str(desk.id)), (str(room.editor), "reporter role", None, str(desk.id)),
        (str(room.editor), "desk role", str(desk.id), None),
    ]  # fmt: skip


async def test_another_servers_role_opens_nothing(room: Room) -> None:
    other = room.newsroom.world.add_guild("Elsewhere")
    channel = other.add_channel("count")
    desk = room.role("Desk")
    await room.ask("desk role", role=desk)
    member = room.person("eve", other.add_role("Desk"), guild=other)
    result = await member.slash(channel, "desk pause")
    assert result.content.startswith("You need the desk role")
    assert len(room.failures) == 1


@pytest.mark.parametrize("lost", NEEDED)
async def test_a_channel_where_the_bot_lacks_a_permission_is_refused_by_its_name(room: Room, lost: str) -> None:
    closed = room.closed("closed", lost.upper())
    said = await room.refused("follow", contest="ga", channel=closed)
    assert said.startswith("The bot can't follow there yet: in #closed it lacks the permission to ")
    assert lost.replace("_", " ") in said
    assert await room.follows() == []
    assert await room.audit() == []


async def test_the_channel_asked_in_is_looked_at_too(room: Room) -> None:
    closed = room.closed("closed", "EMBED_LINKS", "READ_MESSAGE_HISTORY")
    result = await room.editor.slash(closed, "follow", contest="ga")
    assert result.content == (
        "The bot can't follow there yet: in #closed it lacks the permission to embed links and to read message history."
    )
    assert len(room.failures) == 1
    assert await room.follows() == []


async def test_only_a_text_channel_can_follow(room: Room) -> None:
    forum = room.guild.add_channel("questions", forum=True)
    result = await room.editor.slash(forum, "follow", contest="ga")
    assert result.content == "Only a text channel can follow a contest; name one with the option channel."
    assert len(room.failures) == 1


class TestServersTheOperatorDidNotList:
    @pytest.fixture
    def served(self) -> list[int]:
        return [4242]

    @pytest.mark.parametrize(
        ("words", "options"), [("margin", {"contest": "ga"}), ("follow", {"contest": "ga"}), ("following", {})]
    )
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


async def test_a_held_reading_is_shown_and_let_through_by_who_may_write_in_a_server_that_follows(room: Room) -> None:
    newsroom = room.newsroom
    await room.ask("follow", contest="ga")
    await newsroom.take(reading(110, 100), reading(105, 100, 1))
    assert (await room.refused("desk hold", room.reporter, contest="ga")).startswith("You need the")
    shown = await room.card("desk hold", contest="ga")
    assert shown.content == (
        "**Held since 7:01 a.m.:** the Times' newest figures of Georgia's count are lower than before. "
        "Held: Biden ahead by 5 of 205 votes, as of 7:01 a.m. Accepted so far: Biden ahead by 10 of 210 votes, as of "
        "7 a.m. Difference: −5 in Biden's lead, −5 votes."  # noqa: RUF001 - as `signed` writes it
    )
    assert (await newsroom.verdicts())[-1] == ("held", "fall")
    assert (await room.press(await room.editor.click(shown, "Post"), "Post 205")).startswith(
        "**Let through:**\n- The Times, Georgia's count: Biden ahead by 5 of 205 votes, as of 7:01 a.m.\n"
    )
    assert (await newsroom.verdicts())[-1] == ("accepted", "fall")
    assert "hold post" in [what for _, what, _, _ in await room.audit()]
    assert (await room.ask("desk hold", contest="ga")).startswith(
        "Nothing of **President** is held.\n**Posted by olga,"
    )


async def test_two_counts_that_are_held_are_told_apart_on_the_buttons(room: Room) -> None:
    newsroom = room.newsroom
    await room.ask("follow", contest="ga")
    for source, count in (("times", "election"), ("ga-sos", "audit")):
        said = {"source": source, "count": count}
        await newsroom.take(reading(110, 100, 1, **said), reading(105, 100, 2, **said))
    shown = await room.card("desk hold", contest="ga")
    assert (await room.press(shown, "Sec. of State, audit: Discard")).startswith(
        "**Discarded.** Not posted:\n- The Secretary of State, Georgia's audit: Biden ahead by 5"
    )
    assert [(row[0], row[1]) for row in await newsroom.verdicts()][-1] == ("dropped", "dropped by the desk")
    asked = await room.editor.click(shown, "the Times, count: Post")
    assert (await room.press(asked, "Post 205")).startswith("**Let through:**")


async def test_who_does_not_follow_a_contest_does_not_judge_its_readings(room: Room) -> None:
    await room.newsroom.take(reading(110, 100), reading(105, 100, 1))
    said = await room.refused("desk hold", contest="ga")
    assert said.startswith("No channel of this server follows that contest")
    assert (await room.newsroom.verdicts())[-1] == ("held", "fall")


# Corrections and retractions.


async def posted(room: Room) -> None:
    """Let the desk have posted a feed's margin as #1 and an entry of its own as #2."""
    await room.ask("follow", contest="ga")
    await room.newsroom.take(reading(1000, 500))
    said = {"source": "ga-sos", "contest": "ga", "as_of": reading(1, 0).as_of, "leader": "biden", "margin": 400}
    await room.newsroom.statements.take_in(Statement.model_validate(said), room.guild.id, "Olga")
    await room.newsroom.publish()


async def test_a_correction_is_played_back_and_nothing_is_posted_before_its_button(room: Room) -> None:
    await posted(room)
    card = await room.card("desk correct", post="#1", text="the lead is 501")
    assert card.content == (
        "**Correct #1 like this?**\nNow:\n> **Biden leads in Georgia by 500 votes,** with 1,500 counted.\n"
        f"Then:\n> **Correction** to #1: The lead is 501.\nThe correction goes out in <#{room.count.id}>.\n"
        "This corrects the post alone: answers go on showing the source's figures.\n"
        "You can undo it for two minutes."
    )
    assert list(card.buttons) == ["Post correction", "Discard"]
    assert "correct" not in [what for _, what, *_ in await room.audit()]
    await room.publish()
    assert len(history(room.count)) == 2
    done = await room.editor.click(card, "Post correction")
    assert done.content == (
        f"The correction goes out in <#{room.count.id}>. #1 will then begin with Corrected and link to it, unless it was deleted. You can undo it until 7:02 a.m."
    )
    await room.newsroom.publish()
    assert history(room.count)[2].content.startswith("**Correction** to #1: The lead is 501.")
    assert (await room.newsroom.database.rows("SELECT state FROM replacements")) == [("done",)]


async def test_a_correction_is_discarded(room: Room) -> None:
    await posted(room)
    card = await room.card("desk correct", post="#1", text="the lead is 501")
    assert await room.press(card, "Discard") == "**Discarded.** Nothing was posted."
    await room.publish()
    assert len(history(room.count)) == 2


async def test_a_correction_that_was_undone_is_taken_back_in_the_open_and_its_post_stands_again(room: Room) -> None:
    await posted(room)
    before = history(room.count)[0].content
    done = await room.replace("desk correct", post="#1", text="the lead is 501")
    await room.publish()
    assert history(room.count)[0].content.startswith("**Corrected; see")
    assert await room.press(done, "Undo") == (
        f"**Undone.** In <#{room.count.id}> a post withdraws the correction, and #1 reads as before."
    )
    await room.publish()
    shown = [one.content for one in history(room.count)]
    assert shown[0] == before
    assert shown[2].startswith("**Retracted; see [#4](")
    assert shown[3].startswith("**Retraction** of #3: we withdraw this correction. #1 stands as posted.")


async def test_a_correction_that_was_not_sent_yet_is_undone_without_a_word(room: Room) -> None:
    await posted(room)
    done = await room.replace("desk correct", post="#1", text="the lead is 501")
    assert await room.press(done, "Undo") == "**Undone.** 1 post of the correction, not sent yet, will not be sent."
    await room.publish()
    assert next(one.content.split("\n")[0] for one in history(room.count)) == (
        "**Biden leads in Georgia by 500 votes,** with 1,500 counted."
    )
    assert len(history(room.count)) == 2


async def test_after_two_minutes_a_correction_stays(room: Room) -> None:
    await posted(room)
    done = await room.replace("desk correct", post="#1", text="the lead is 501")
    room.newsroom.at(60)  # the day's clock may run fast
    room.newsroom.wall.move(121)
    assert (await room.press(done, "Undo")).startswith("That was posted over two minutes ago;")


async def test_a_correction_is_posted_once(room: Room) -> None:
    await posted(room)
    card = await room.card("desk correct", post="#1", text="the lead is 501")
    first = replace(card, message=copy(card.message))
    await room.editor.click(card, "Post correction")
    (key,) = [key for key in first.keys if key.endswith(":post")]
    corrections = room.newsroom.rooms.entries.corrections
    with pytest.raises(BadInputError, match="that is already posted, by olga"):
        await corrections.press("post", Asker(room.guild.id, room.editor.id, "olga (1)"), int(key.split(":")[1]))
    assert [row.kind for row in await room.newsroom.posts()].count("correction") == 1


async def test_a_correction_waits_for_publish_where_the_public_reads_and_says_so(room: Room) -> None:
    desk = room.guild.add_channel("desk")
    await posted(room)
    await room.ask("desk channel", channel=desk)
    await room.ask("desk public", channel=room.count, posts="on")
    done = await room.replace("desk correct", post="#1", text="the lead is 501")
    assert done.content.startswith(f"The correction waits for Publish in <#{room.count.id}>.")
    await room.publish()
    assert len(history(room.count)) == 2
    await room.press(done, "Undo")
    await room.publish()
    assert "**Retracted:** not posted" in history(desk)[-1].content


async def test_confirmation_says_where_nobody_else_could_confirm(room: Room, desk: Channel) -> None:
    assert "Everyone in this server can read it, with held figures" in await room.ask("desk channel", channel=desk)
    closed = room.guild.add_channel("closed")
    closed.forbid("VIEW_CHANNEL", to=room.guild.roles[room.guild.id])
    closed.allow("VIEW_CHANNEL")
    assert "Everyone" not in await room.ask("desk channel", channel=closed)
    assert (await room.ask("desk confirm", entries="on")).endswith("Set one with `/desk role`.")
    await room.ask("desk role", role=room.role("Desk"))
    assert (await room.ask("desk confirm", entries="on")).endswith("in the desk channel.")


async def confirming(room: Room) -> Channel:
    """Let two people confirm, and return the desk's channel."""
    desk = room.guild.add_channel("desk")
    await room.ask("desk channel", channel=desk)
    await room.ask("desk confirm", entries="on")
    return desk


async def test_one_person_alone_ends_confirmation_only_after_ten_minutes_and_in_the_open(room: Room) -> None:
    desk = await confirming(room)
    said = await room.ask("desk confirm", entries="off")
    assert said.startswith("**Not off yet:** confirmation ends at 7:10 a.m., unless someone keeps it.")
    await room.publish()
    assert history(desk)[-1].content.startswith(
        "**Confirmation by a second person ends at 7:10 a.m.:** olga wants it off. Until then, what one person enters"
    )
    suspensions = room.newsroom.rooms.outbox.suspensions
    assert (await room.press(history(desk)[-1], "End it now")).startswith("**Not off yet:**")
    for minute, on in ((9.9, True), (10.1, False)):
        room.newsroom.at(minute)
        assert await suspensions.asks_two(room.guild.id, room.newsroom.clock.now()) is on


@pytest.mark.parametrize(("label", "on"), [("Keep confirmation", True), ("End it now", False)])
async def test_a_second_person_ends_confirmation_at_once_or_keeps_it(
    room: Room, label: str, on: bool, dee: Person
) -> None:
    desk = await confirming(room)
    await room.ask("desk confirm", entries="off")
    await room.publish()
    notice = history(desk)[-1]
    answer = await room.press(notice, label, dee)
    assert answer.startswith("**On.**" if on else "Entries, corrections and held figures no longer need")
    await room.publish()
    done = "kept" if on else "ended"
    assert history(desk)[-1].content.startswith(f"**Confirmation by a second person was {done} by dee, 7 a.m.**")
    assert list(history(desk)[-1].buttons) == []
    room.newsroom.at(20)
    assert await room.newsroom.rooms.outbox.suspensions.asks_two(room.guild.id, room.newsroom.clock.now()) is on


@pytest.mark.parametrize("yes", [True, False])
async def test_a_second_person_confirms_a_correction(room: Room, yes: bool, dee: Person) -> None:
    desk = room.guild.add_channel("desk")
    await posted(room)
    await room.ask("desk channel", channel=desk)
    await room.ask("desk confirm", entries="on")
    card = await room.card("desk correct", post="#1", text="the lead is 501")
    assert card.content.endswith(f"Someone else on the desk must confirm it in <#{desk.id}>.")
    asked = await room.editor.click(card, "Post correction")
    assert asked.content.startswith("**Waiting for a second person**")
    await room.publish()
    question = history(desk)[-1]
    assert question.content.startswith(
        "**Confirm?** olga wants to correct #1.\nNow:\n> **Biden leads in Georgia by 500"
    )
    assert "someone else on the desk must confirm it" in await room.press(question, "Confirm")
    answer = await room.press(question, "Confirm" if yes else "Reject", dee)
    await room.publish()
    assert len(history(room.count)) == (3 if yes else 2)
    assert answer.startswith("The correction goes out in" if yes else "**Rejected.** Nothing is posted.")
    assert history(desk)[-1].content.startswith(f"**{'Confirmed' if yes else 'Rejected'}** by dee, 7 a.m.")
    assert list(history(desk)[-1].buttons) == []


async def test_an_entry_is_taken_back_by_its_number_and_counts_again_once_that_is_undone(room: Room) -> None:
    await posted(room)
    before = history(room.count)[1].content
    card = await room.card("tally retract", post="2", why="misread")
    assert card.content.split("\n")[0] == "**Retract #2?** Answers will no longer use it."
    done = await room.editor.click(card, "Retract")
    assert done.content == (
        f"**Retracted.** Answers no longer use it. The retraction goes out in <#{room.count.id}>. What was posted there will then begin with Retracted, unless it was deleted. You can undo it until 7:02 a.m."
    )
    await room.publish()
    retracted = "SELECT retracted_at IS NULL FROM statements"
    assert await room.newsroom.database.rows(retracted) == [(0,)]
    answer = await room.press(done, "Undo")
    assert answer.startswith("**Undone.** Answers use the entry again. In <#")
    assert await room.newsroom.database.rows(retracted) == [(1,)]
    await room.publish()
    shown = [one.content for one in history(room.count)]
    assert shown[1] == before
    assert shown[3].startswith("**Correction** to #3: we retracted #2 by mistake. It stands as posted.")
    assert [what for _, what, *_ in await room.audit()][-2:] == ["retract", "retract undo"]


async def test_posts_come_up_as_one_types_without_markdown(room: Room) -> None:
    await posted(room)
    choices = await room.editor.autocomplete(room.count, "desk correct", "post", "")
    assert [(choice["name"], choice["value"]) for choice in choices][1] == (
        "#1 · Biden leads in Georgia by 500 votes, with 1,500 counted.", "1",
    )  # fmt: skip
    choices = await room.editor.autocomplete(room.count, "tally retract", "post", "")
    assert [choice["value"] for choice in choices] == ["2"]


async def test_posts_come_up_for_nobody_but_the_desk(room: Room) -> None:
    await posted(room)
    for words in ("desk correct", "tally retract"):
        assert await room.reporter.autocomplete(room.count, words, "post", "") == []


@pytest.mark.parametrize("typed", ["two", "#", "1.5", "99999999999", "²"])
async def test_what_is_no_number_is_said(room: Room, typed: str) -> None:
    assert "is not a post number" in await room.refused("desk correct", post=typed, text="the lead is 501")


async def test_a_refusal_names_its_commands_in_code_marks(room: Room) -> None:
    await room.ask("follow", contest="ga")
    await room.newsroom.take(reading(1000, 500))
    assert await room.refused("tally retract", post="1", why="misread") == (
        "\\#1 did not come of an entry; `/desk correct` corrects other posts."
    )
    assert await room.refused("tally retract", post="99", why="misread") == "There is no #99 in this newsroom."


async def test_only_the_desk_corrects_and_takes_back(room: Room) -> None:
    await posted(room)
    for words, options in (("desk correct", {"text": "no, no"}), ("tally retract", {"why": "no, no"})):
        said = await room.refused(words, room.reporter, post="2", **options)
        assert said == "You need the desk role, or permission to manage the server."
    assert [row.action for row in await room.newsroom.posts()] == ["post", "post"]
